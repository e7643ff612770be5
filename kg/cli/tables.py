"""Commands of data stewards: start, build, map, link and cut tables."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from kg.cli.base import STEWARDS, BuildOption, LangOption, OutputOption, app, t
from kg.config import build_root, default_sources, language
from kg.errors import InputError, Text
from kg.terminal import progress, write_text


@app.command(
    "init",
    help=t(
        "Start tables for another city: ten example rows and one settings file.",
        "Tabellen für eine andere Stadt beginnen: zehn Beispielzeilen und eine Einstellungsdatei.",
    ),
    rich_help_panel=STEWARDS,
)
def init_command(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help=t("Folder to make, for example my-city.", "Neuer Ordner, zum Beispiel my-city."))],
    base: Annotated[
        str | None,
        typer.Option(
            "--base",
            metavar="IRI",
            help=t("Namespace of your entities, ends with a slash.", "Namensraum Ihrer Entitäten, endet mit einem Schrägstrich."),
        ),
    ] = None,
    title: Annotated[str | None, typer.Option("--title", help=t("Title of the graph.", "Titel des Graphen."))] = None,
) -> None:
    """Start tables for another city: ten example rows and one settings file."""
    import datetime

    from kg.init import init

    if base is None and sys.stdin.isatty():
        base = typer.prompt("Namespace of your entities", default=f"https://example.org/{folder.name}/")
    files = init(folder, base=base, title=title, state=datetime.date.today().isoformat())
    for file in files:
        typer.echo(file)
    typer.echo(f"Next: cd {folder} && kg validate . && kg build && kg ask")


@app.command(
    "build",
    help=t(
        "Build the graph from tables: quad table, SPARQL store, derived statements, provenance.",
        "Den Graphen aus Tabellen bauen: Quad-Tabelle, SPARQL-Speicher, abgeleitete Aussagen, Herkunft.",
    ),
    rich_help_panel=STEWARDS,
)
def build_command(
    source: Annotated[
        list[Path] | None,
        typer.Option(
            "--source",
            "-s",
            metavar="PATH",
            help=t(
                "Folder of tables, CORDIS delivery (zip or folder of .csv or .csv.gz), or a list with --mapping; may be repeated "
                "[default: this folder if it has settings.toml, else Dortmund].",
                "Ordner mit Tabellen, CORDIS-Lieferung (Zip oder Ordner mit .csv oder .csv.gz) oder eine Liste mit --mapping; mehrfach möglich "
                "[sonst dieser Ordner, wenn er settings.toml hat, sonst Dortmund].",
            ),
        ),
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option(
            "--mapping",
            metavar="FILE",
            help=t(
                "How the columns of a list become statements; start one with `kg map`.",
                "Wie die Spalten einer Liste zu Aussagen werden; Anfang mit `kg map`.",
            ),
        ),
    ] = None,
    max_rejects: Annotated[
        int,
        typer.Option(
            "--max-rejects",
            metavar="N",
            min=0,
            help=t(
                "How many faulty rows and cells of deliveries may be left out.",
                "Wie viele fehlerhafte Zeilen und Zellen von Lieferungen wegbleiben dürfen.",
            ),
        ),
    ] = 100,
    build_dir: BuildOption = None,
    lang: LangOption = None,
) -> None:
    """Build the graph from tables: quad table, SPARQL store, derived statements, provenance."""
    from kg.build import build

    root = build_root(build_dir)
    with progress() as step:
        made = build(source or default_sources(), root, mapping=mapping, max_rejects=max_rejects, progress=step)
    record = made.record
    chosen = language(lang)
    title = record["title"].get(chosen) or record["name"]
    words = {
        "de": ("Gebaut", "Aussagen", "in {s} s", "Anzahl nach Klasse", "Stichprobe", "Graph"),
        "en": ("Built", "statements", "in {s} s", "Things by class", "Sampling frame", "Graph"),
    }[chosen]
    typer.echo(f"{words[0]}: {title} – {record['quads']} {words[1]}, {words[2].format(s=record['seconds'])}")
    typer.echo(f"{words[3]}:")
    names = class_labels(chosen)
    counts = sorted(
        ((names.get(iri, iri.rsplit("#", 1)[-1]), count) for iri, count in record["classes"].items()), key=lambda pair: (-pair[1], pair[0])
    )
    width = max((len(name) for name, _ in counts), default=0)
    for name, count in counts:
        typer.echo(f"  {name:<{width}}  {count:>7}")
    for entry in record["sources"]:
        frame = entry["frame"]
        around = f" ({frame['around']})" if frame["around"] else ""
        typer.echo(f"{words[4]}: {entry['name']}: {frame['kind']}{around}")
        for line in delivery_lines(entry, chosen):
            typer.echo(f"  {line}")
    typer.echo(f"{words[5]}: {root / 'current'} → {made.path.name}")


@app.command(
    "map",
    help=t(
        "Start a mapping for any list of projects, or show what ten rows become with one.",
        "Eine Zuordnung für eine beliebige Projektliste beginnen, oder zeigen, was aus zehn Zeilen wird.",
    ),
    rich_help_panel=STEWARDS,
)
def map_command(
    listing: Annotated[Path, typer.Argument(metavar="LIST", help=t("Delimited text file.", "Textdatei mit Trennzeichen."))],
    mapping: Annotated[
        Path | None,
        typer.Option(
            "--mapping",
            metavar="FILE",
            help=t(
                "Show ten rows as this mapping makes them; without it one is suggested.",
                "Zehn Zeilen zeigen, wie diese Zuordnung sie macht; ohne sie wird eine vorgeschlagen.",
            ),
        ),
    ] = None,
    rows: Annotated[
        int, typer.Option("--rows", metavar="N", min=1, max=1000, help=t("How many rows are shown.", "Wie viele Zeilen gezeigt werden."))
    ] = 10,
    output: OutputOption = None,
    lang: LangOption = None,
) -> None:
    """Start a mapping for any list of projects, or show what ten rows become with one."""
    from kg.sources.listing import preview, read_mapping, suggest

    chosen = language(lang)
    write_text(suggest(listing) if mapping is None else preview(listing, read_mapping(mapping), rows=rows).text(chosen), output)


@app.command(
    "link",
    help=t(
        "Find what is the same in two sources: sure pairs go into the mapping file, the others into a table for review.",
        "Finden, was in zwei Quellen dasselbe ist: sichere Paare kommen in die Zuordnungsdatei, die anderen in eine Prüftabelle.",
    ),
    rich_help_panel=STEWARDS,
)
def link_command(
    left: Annotated[
        str, typer.Option("--left", metavar="GRAPH", help=t("Graph whose entities are linked.", "Graph, dessen Entitäten verknüpft werden."))
    ] = "dortmund",
    right: Annotated[
        list[str] | None,
        typer.Option(
            "--right",
            metavar="GRAPH",
            help=t(
                "Graph they are linked to; may be repeated [default: all cordis-*].",
                "Graph, mit dem sie verknüpft werden; mehrfach möglich [sonst alle cordis-*].",
            ),
        ),
    ] = None,
    mappings: Annotated[
        Path, typer.Option("--mappings", metavar="FILE", help=t("Mapping file (SSSOM, TSV).", "Zuordnungsdatei (SSSOM, TSV)."))
    ] = Path("data/mappings/dortmund-cordis.sssom.tsv"),
    review: Annotated[
        Path | None,
        typer.Option(
            "--review",
            metavar="FILE",
            help=t("Table of pairs to look at [default: build/report/review.csv].", "Tabelle der Paare zum Prüfen [sonst build/report/review.csv]."),
        ),
    ] = None,
    decisions: Annotated[
        Path | None,
        typer.Option(
            "--decisions",
            metavar="FILE",
            help=t("Review table with decisions to take over first.", "Prüftabelle mit Entscheidungen, die zuerst übernommen werden."),
        ),
    ] = None,
    report: Annotated[
        bool,
        typer.Option(
            "--report",
            help=t(
                "Only compare the consortia of linked projects, member by member.",
                "Nur die Konsortien verknüpfter Projekte vergleichen, Mitglied für Mitglied.",
            ),
        ),
    ] = False,
    output: OutputOption = None,
    build_dir: BuildOption = None,
    lang: LangOption = None,
) -> None:
    """Find what is the same in two sources: sure pairs go into the mapping file, the others into a table for review."""
    import datetime

    from kg.build import current
    from kg.engine.duckdb import DuckDB
    from kg.link.completeness import completeness
    from kg.link.run import link
    from kg.link.sssom import new_set, read_sssom

    chosen, root = language(lang), build_root(build_dir)
    built = current(root)
    graphs = {entry["name"]: entry["graph"] for entry in built.record["sources"]}
    rights = right or sorted(name for name in graphs if name.startswith("cordis"))
    for name in (left, *rights):
        if name not in graphs:
            known = ", ".join(sorted(graphs))
            what = Text(f"The graph {name!r} is not in the build.", f"Der Graph {name!r} ist nicht im Build.")
            raise InputError(what, where="--left/--right", fix=Text(f"There are: {known}.", f"Es gibt: {known}."))
    with DuckDB(memory="500MB") as engine, progress() as step:
        quads = engine.quads(built.parquet)
        if report:
            compared = completeness(engine, quads, read_sssom(mappings).mappings, graphs[left], [graphs[name] for name in rights])
            write_text(compared.text(chosen), output)
            return
        step({"de": "vergleiche", "en": "comparing"}[chosen])
        empty = new_set(f"{left}-{'-'.join(rights)}", built.base, built.record["title"], "https://creativecommons.org/licenses/by/4.0/")
        target = review or root / "report" / "review.csv"
        today = datetime.date.today().isoformat()
        made = link(engine, quads, graphs[left], [graphs[name] for name in rights], mappings, target, empty=empty, decisions=decisions, date=today)
    typer.echo(made.text(chosen))
    typer.echo(f"{mappings}\n{target}")


@app.command(
    "cut",
    help=t(
        "Cut the slice of one city out of CORDIS deliveries: its projects with all their participants.",
        "Den Ausschnitt einer Stadt aus CORDIS-Lieferungen schneiden: ihre Projekte mit allen Beteiligten.",
    ),
    rich_help_panel=STEWARDS,
)
def cut_command(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help=t("Folder for the tables.", "Ordner für die Tabellen."))],
    source: Annotated[
        list[Path],
        typer.Option("--source", "-s", metavar="PATH", help=t("CORDIS delivery; may be repeated.", "CORDIS-Lieferung; mehrfach möglich.")),
    ],
    city: Annotated[str, typer.Option("--city", help=t("Name of the city.", "Name der Stadt."))],
    country: Annotated[str, typer.Option("--country", help=t("Country code as CORDIS writes it.", "Ländercode, wie CORDIS ihn schreibt."))],
    project: Annotated[
        list[str] | None,
        typer.Option("--project", metavar="ID", help=t("Number of a project to keep besides.", "Nummer eines Projekts, das auch bleiben soll.")),
    ] = None,
    lang: LangOption = None,
) -> None:
    """Cut the slice of one city out of CORDIS deliveries: its projects with all their participants."""
    import tempfile

    from kg.engine.duckdb import DuckDB
    from kg.sources.cut import cut

    chosen = language(lang)
    with tempfile.TemporaryDirectory() as work, DuckDB(memory="500MB", spill=Path(work) / "spill") as engine:
        made = cut(engine, source, city, folder, Path(work), country=country, projects=project or ())
    words = {"de": "Organisationen am Ort", "en": "organisations in the city"}[chosen]
    typer.echo(f"{made.organisations} {words}")
    for stem, rows in made.rows.items():
        typer.echo(f"  {folder / stem}.csv  {rows:>6}")


SHOWN_REJECTS = 5
"""How many faulty rows and cells of a source are listed after a build; build.json holds more."""


def delivery_lines(entry: dict[str, Any], lang: str) -> list[str]:
    """Return what a delivery does not hold and what of it was left out, as lines."""
    lines = [note[lang] for note in entry["notes"]]
    rejected = entry["rejected"]
    if rejected["count"]:
        lines.append(f"{rejected['count']} " + {"de": "Zeilen oder Zellen weggelassen:", "en": "rows or cells left out:"}[lang])
        for item in rejected["first"][:SHOWN_REJECTS]:
            column = f" [{item['column']}]" if item["column"] else ""
            lines.append(f"  {item['file']}:{item['row']}{column} {item['what'][lang]}")
        if rejected["count"] > SHOWN_REJECTS:
            lines.append({"de": "  weitere in build.json", "en": "  more in build.json"}[lang])
    return lines


def class_labels(lang: str) -> dict[str, str]:
    """Return the labels of the own classes, by IRI, from the ontology file."""
    from kg.namespaces import RDFS, SKOS
    from kg.resources import folder
    from kg.sources.rdf import read_rdf

    labels = {q.subject: q.object for q in read_rdf(folder("ontology", "inno.ttl")) if q.predicate == RDFS.label and q.language == lang}
    labels[SKOS.Concept] = {"de": "Begriff", "en": "Concept"}[lang]
    return labels
