"""The command `kg`: one verb, one command. Heavy modules are imported inside the commands, so that `kg --help` answers at once."""

from __future__ import annotations

import gc
import os
import sys
import traceback
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from kg.config import build_root, default_sources, language
from kg.errors import InputError, KgError, ParameterError, QueryError, Text
from kg.terminal import fail, progress, write_text


def t(en: str, de: str) -> str:
    """Return a text of the help in the language of the environment (`KG_LANG`, else the locale)."""
    return de if language() == "de" else en


STEWARDS = t("Data stewards: keep tables, build, check", "Datenpflege: Tabellen führen, bauen, prüfen")
RESEARCHERS = t("Researchers: ask, measure, cite", "Forschung: fragen, messen, zitieren")
PORTALS = t("Linked-data portals: harvest", "Linked-Data-Portale: übernehmen")


class CommandsByUser(TyperGroup):
    """The list of commands under a heading per user. Plain text: the coloured help of typer costs a third of a second to import."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the commands, grouped by the panel they name."""
        panels: dict[str, list[tuple[str, str]]] = {}
        for name in self.list_commands(ctx):
            command = self.get_command(ctx, name)
            if command is not None and not command.hidden:
                panel = getattr(command, "rich_help_panel", None) or ""
                panels.setdefault(panel, []).append((name, command.get_short_help_str(limit=200)))
        for panel, commands in panels.items():
            with formatter.section(panel):
                formatter.write_dl(commands)


app = typer.Typer(
    name="kg",
    help=t(
        "The knowledge graph of an innovation ecosystem: who works with whom, in which projects and places, in which role, since when, and which source says so.",
        "Der Wissensgraph eines Innovationsökosystems: wer mit wem in welchen Projekten und an welchen Orten arbeitet, in welcher Rolle, seit wann, und welche Quelle das sagt.",
    ),
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    cls=CommandsByUser,
    context_settings={"help_option_names": ["-h", "--help"]},
)

BuildOption = Annotated[
    Path | None,
    typer.Option(
        "--build", metavar="DIR", help=t("Folder of builds [default: KG_BUILD or ./build].", "Ordner der Builds [sonst KG_BUILD oder ./build].")
    ),
]
StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="ADDRESS",
        help=t(
            "Ask this SPARQL endpoint (https://…) or store folder instead.",
            "Stattdessen diesen SPARQL-Endpunkt (https://…) oder Speicherordner fragen.",
        ),
    ),
]
LangOption = Annotated[
    str | None,
    typer.Option(
        "--lang",
        metavar="de|en",
        help=t(
            "Language of labels and messages [default: KG_LANG or the locale].",
            "Sprache von Namen und Meldungen [sonst KG_LANG oder die des Systems].",
        ),
    ),
]
AnswerFormOption = Annotated[
    str, typer.Option("--format", metavar="table|csv|tsv|json|xml|turtle", help=t("Form of the answer.", "Form der Antwort."))
]
LabelsOption = Annotated[
    bool,
    typer.Option(
        "--labels",
        help=t(
            "Add a label column beside each IRI column (csv, tsv, json, xml).", "Neben jeder IRI-Spalte eine Spalte mit Namen (csv, tsv, json, xml)."
        ),
    ),
]
OutputOption = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help=t("Write there instead of to the terminal.", "Dorthin schreiben statt auf den Bildschirm.")),
]


def _version(value: bool) -> None:
    if value:
        from kg import __version__

        typer.echo(f"innovation-kg {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help=t("Show the version and exit.", "Die Version zeigen und enden."))
    ] = False,
) -> None:
    """Hold the options of `kg` itself."""


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


@app.command(
    "validate",
    help=t(
        "Check the graph, or any tables and RDF files you bring: what is wrong, in which file and row, and what to do.",
        "Den Graphen oder mitgebrachte Tabellen und RDF-Dateien prüfen: was falsch ist, in welcher Datei und Zeile, und was zu tun ist.",
    ),
    rich_help_panel=STEWARDS,
)
def validate_command(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[PATH]...",
            help=t(
                "Tables, folders of tables or RDF files [default: the graph built last].",
                "Tabellen, Ordner mit Tabellen oder RDF-Dateien [sonst der zuletzt gebaute Graph].",
            ),
        ),
    ] = None,
    build_dir: BuildOption = None,
    form: Annotated[str, typer.Option("--format", metavar="human|table|json|turtle", help=t("Form of the report.", "Form des Berichts."))] = "human",
    fail_on: Annotated[
        str,
        typer.Option(
            "--fail-on",
            metavar="violation|warning|info|never",
            help=t("From which severity on the exit code is 1.", "Ab welcher Schwere der Exit-Code 1 ist."),
        ),
    ] = "violation",
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit-per-rule",
            metavar="N",
            help=t(
                "Findings listed per rule, 0 for all [default: 10 Violations, 3 Warnings, Infos only counted]; counts are always complete.",
                "Befunde je Regel, 0 für alle [sonst 10 Verstöße, 3 Warnungen, Hinweise nur gezählt]; die Zahlen sind immer vollständig.",
            ),
        ),
    ] = None,
    engine: Annotated[
        str,
        typer.Option("--engine", metavar="auto|setwise|reference", help=t("Engine that applies the shapes.", "Auswertung, die die Regeln anwendet.")),
    ] = "auto",
    output: OutputOption = None,
    lang: LangOption = None,
) -> None:
    """Check the graph, or any tables and RDF files you bring: what is wrong, in which file and row, and what to do."""
    from kg.build import current
    from kg.validate import exit_code, render, validate, write_file, write_report

    chosen, root = language(lang), build_root(build_dir)
    with progress() as step:
        step({"de": "prüfe", "en": "validating"}[chosen])
        report = validate(paths or (), build=None if paths else current(root), engine=engine, lang=chosen)
    code = exit_code(report, fail_on)
    text = render(report, form, lang=chosen, limit=limit, color=output is None and sys.stdout.isatty() and "NO_COLOR" not in os.environ)
    if output is None:
        sys.stdout.write(text)
    else:
        write_file(output, text)
    if not paths:
        written = write_report(report, root / "report")
        if form == "human":
            typer.echo(f"{ {'de': 'Bericht', 'en': 'Report'}[chosen] }: {', '.join(map(str, written))}")
    raise typer.Exit(code)


@app.command(
    "ask",
    help=t(
        "Ask a ready question: `kg ask role-across-projects --institution sozialforschungsstelle`. Parameters follow as --name value.",
        "Eine fertige Frage stellen: `kg ask role-across-projects --institution sozialforschungsstelle`. Parameter folgen als --name Wert.",
    ),
    rich_help_panel=RESEARCHERS,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def ask_command(
    context: typer.Context,
    question: Annotated[
        str | None,
        typer.Argument(
            metavar="[QUESTION]", help=t("Name of the question; without it all are listed.", "Name der Frage; ohne ihn werden alle aufgezählt.")
        ),
    ] = None,
    form: AnswerFormOption = "table",
    labels: LabelsOption = False,
    explain: Annotated[
        bool,
        typer.Option(
            "--explain",
            help=t(
                "Show what the question asks and its parameters, without running it.",
                "Zeigen, was die Frage fragt und welche Parameter sie hat, ohne sie zu stellen.",
            ),
        ),
    ] = False,
    store: StoreOption = None,
    build_dir: BuildOption = None,
    output: OutputOption = None,
    lang: LangOption = None,
) -> None:
    """Ask a ready question: `kg ask role-across-projects --institution sozialforschungsstelle`. Parameters follow as --name value."""
    from kg import questions

    chosen = language(lang)
    if question is None:
        write_text(questions.list_text(chosen), output)
        return
    found = questions.find_question(question)
    if explain:
        write_text(questions.explain_text(found, chosen), output)
        return
    with questions.KnowledgeGraph.open(store or build_root(build_dir), lang=chosen) as graph:
        answer = graph.ask(question, **parameters(context.args))
        write_text(answer.to_text(form, labels=labels), output)


def parameters(arguments: list[str]) -> dict[str, str]:
    """Read `--name value` and `--name=value`.

    Raises:
        ParameterError: A value stands without a name, or a name without a value.
    """
    found: dict[str, str] = {}
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if not word.startswith("--") or len(word) < 3:
            what = Text(f"{word!r} stands without the name of a parameter.", f"{word!r} steht ohne den Namen eines Parameters.")
            raise ParameterError(what, fix=Text("Write --name value.", "Schreiben Sie --name Wert."))
        name, equals, value = word[2:].partition("=")
        if not equals:
            if not rest:
                what = Text(f"The parameter --{name} has no value.", f"Der Parameter --{name} hat keinen Wert.")
                raise ParameterError(what, fix=Text(f"Write --{name} value.", f"Schreiben Sie --{name} Wert."))
            value = rest.pop(0)
        found[name] = value
    return found


@app.command(
    "query",
    help=t(
        "Ask anything in SPARQL, over all named graphs at once. Known prefixes need not be declared.",
        "Beliebiges in SPARQL fragen, über alle benannten Graphen zugleich. Bekannte Präfixe brauchen keine Erklärung.",
    ),
    rich_help_panel=RESEARCHERS,
)
def query_command(
    query: Annotated[
        str | None,
        typer.Argument(
            metavar="[SPARQL|FILE|-]",
            help=t("SPARQL text, a file with it, or - for standard input.", "SPARQL-Text, eine Datei damit, oder - für die Standardeingabe."),
        ),
    ] = None,
    form: AnswerFormOption = "table",
    labels: LabelsOption = False,
    store: StoreOption = None,
    build_dir: BuildOption = None,
    output: OutputOption = None,
    lang: LangOption = None,
) -> None:
    """Ask anything in SPARQL, over all named graphs at once. Known prefixes need not be declared."""
    from kg import questions

    chosen = language(lang)
    with questions.KnowledgeGraph.open(store or build_root(build_dir), lang=chosen) as graph:
        write_text(graph.query(query_text(query)).to_text(form, labels=labels), output)


def query_text(argument: str | None) -> str:
    """Return SPARQL from an argument, a file, or standard input.

    Raises:
        QueryError: The file cannot be read, or nothing was given.
    """
    if argument is None and sys.stdin.isatty():
        fix = Text(
            "Name a file, give the text in quotes, or pipe it in.",
            "Nennen Sie eine Datei, geben Sie den Text in Anführungszeichen, oder leiten Sie ihn ein.",
        )
        raise QueryError(Text("There is no query.", "Es gibt keine Abfrage."), fix=fix)
    if argument is None or argument == "-":
        return sys.stdin.read()
    if "{" in argument or "\n" in argument:
        return argument
    try:
        return Path(argument).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        what = Text(f"The query file cannot be read: {error}.", f"Die Datei mit der Abfrage ist nicht lesbar: {error}.")
        raise QueryError(what, where=argument, fix=Text("Check path and encoding (UTF-8).", "Prüfen Sie Pfad und Kodierung (UTF-8).")) from error


LevelOption = Annotated[
    str,
    typer.Option(
        "--level",
        metavar="unit|merged|top",
        help=t(
            "As named; larger body merged into its unit; top of the hierarchy.",
            "Wie genannt; größere Einrichtung in ihrer Einheit; Spitze der Hierarchie.",
        ),
    ),
]
WeightOption = Annotated[
    str,
    typer.Option(
        "--weight",
        metavar="newman|count",
        help=t("Newman's 1/(k-1) per shared project, or their number.", "Newmans 1/(k-1) je gemeinsamem Projekt, oder deren Zahl."),
    ),
]
RolesOption = Annotated[
    str, typer.Option("--roles", metavar="all|without-associated", help=t("Which participations count.", "Welche Beteiligungen zählen."))
]
SeedOption = Annotated[int, typer.Option("--seed", help=t("Seed of everything drawn at random.", "Startwert für alles Zufällige."))]


@app.command(
    "analyse",
    help=t(
        "Measure the collaboration network: institutions that share a project, with method and sampling frame stated.",
        "Das Netzwerk der Zusammenarbeit messen: Einrichtungen mit gemeinsamen Projekten, mit Methode und Stichprobe.",
    ),
    rich_help_panel=RESEARCHERS,
)
def analyse_command(
    level: LevelOption = "merged",
    weight: WeightOption = "newman",
    roles: RolesOption = "all",
    seed: SeedOption = 1,
    graph: Annotated[
        list[str] | None,
        typer.Option(
            "--graph", metavar="NAME", help=t("Only this source; may be repeated [default: all].", "Nur diese Quelle; mehrfach möglich [sonst alle].")
        ),
    ] = None,
    linked: Annotated[
        bool,
        typer.Option("--linked", help=t("Count as one what exact links join.", "Als eins zählen, was sichere Verknüpfungen gleichsetzen.")),
    ] = False,
    form: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="text|json|csv",
            help=t(
                "csv writes nodes.csv, edges.csv and method.json into --output.", "csv schreibt nodes.csv, edges.csv und method.json nach --output."
            ),
        ),
    ] = "text",
    build_dir: BuildOption = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="PATH", help=t("File, or folder for csv.", "Datei, bei csv ein Ordner."))
    ] = None,
    lang: LangOption = None,
) -> None:
    """Measure the collaboration network: institutions that share a project, with method and sampling frame stated."""
    from kg.analyse import analyse
    from kg.analyse.render_text import render_analysis
    from kg.build import current

    chosen, root = language(lang), build_root(build_dir)
    choose("--format", form, ("text", "json", "csv"))
    with progress() as step:
        step({"de": "berechne das Netzwerk", "en": "measuring the network"}[chosen])
        chosen_build = current(root).only(graph) if graph else current(root)
        result = analyse(chosen_build, level=level, weight=weight, roles=roles, seed=seed, linked=linked)
    if form == "csv":
        for path in result.write_csv(output or root / "report" / "network"):
            typer.echo(path)
    else:
        write_text(json_text(result.to_json()) if form == "json" else render_analysis(result, chosen), output)


def json_text(data: object) -> str:
    """Return data as readable JSON."""
    import json

    return json.dumps(data, indent=2, ensure_ascii=False)


def choose(option: str, value: str, allowed: tuple[str, ...]) -> None:
    """Refuse a value that an option does not have.

    Raises:
        ParameterError: It is none of those allowed.
    """
    if value not in allowed:
        known = ", ".join(allowed)
        what = Text(f"{value!r} is no value of {option}.", f"{value!r} ist kein Wert von {option}.")
        raise ParameterError(what, fix=Text(f"Use one of {known}.", f"Möglich sind {known}."))


@app.command(
    "profile",
    help=t(
        "Tell an institution's role across projects: roles, years, partners, funding, who attests it, and what is not known.",
        "Die Rolle einer Einrichtung über Projekte hinweg: Rollen, Jahre, Partner, Förderung, wer sie bezeugt, und was nicht bekannt ist.",
    ),
    rich_help_panel=RESEARCHERS,
)
def profile_command(
    institution: Annotated[
        str, typer.Argument(metavar="INSTITUTION", help=t("Slug, name or IRI of an organisation.", "Kennung, Name oder IRI einer Organisation."))
    ],
    level: LevelOption = "merged",
    weight: WeightOption = "newman",
    roles: RolesOption = "all",
    seed: SeedOption = 1,
    draws: Annotated[
        int, typer.Option("--draws", help=t("Draws of the null model; 0 leaves it out.", "Ziehungen des Nullmodells; 0 lässt es weg."))
    ] = 1000,
    form: Annotated[str, typer.Option("--format", metavar="text|json|html", help=t("Form of the profile.", "Form des Profils."))] = "text",
    build_dir: BuildOption = None,
    output: OutputOption = None,
    lang: LangOption = None,
) -> None:
    """Tell an institution's role across projects: roles, years, partners, funding, who attests it, and what is not known."""
    from kg.analyse import profile
    from kg.analyse.page import render_page
    from kg.analyse.render_text import render_profile
    from kg.build import current
    from kg.questions import resolve_iri
    from kg.store import open_store

    chosen, root = language(lang), build_root(build_dir)
    choose("--format", form, ("text", "json", "html"))
    made = current(root)
    with progress() as step:
        step({"de": "erstelle das Profil", "en": "making the profile"}[chosen])
        iri = resolve_iri(open_store(made.store), institution, "inno:Organisation", lang=chosen)
        result = profile(made, iri, level=level, weight=weight, roles=roles, seed=seed, draws=draws)
        text = {
            "json": lambda: json_text(result.to_json()),
            "html": lambda: render_page(result, chosen),
            "text": lambda: render_profile(result, chosen),
        }[form]()
    write_text(text, output)


@app.command(
    "publish",
    help=t(
        "Write the graph as files: RDF in three syntaxes, networks, tables with a codebook, manifest, VoID and DCAT.",
        "Den Graphen als Dateien schreiben: RDF in drei Syntaxen, Netzwerke, Tabellen mit Codebuch, Manifest, VoID und DCAT.",
    ),
    rich_help_panel=PORTALS,
)
def publish_command(
    build_dir: BuildOption = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="DIR",
            help=t("Folder of the files [default: publish in the folder of builds].", "Ordner der Dateien [sonst publish im Ordner der Builds]."),
        ),
    ] = None,
    lang: LangOption = None,
) -> None:
    """Write the graph as files: RDF in three syntaxes, networks, tables with a codebook, manifest, VoID and DCAT."""
    from kg.build import current
    from kg.publish import publish

    chosen, root = language(lang), build_root(build_dir)
    with progress() as step:
        publication = publish(current(root), output or root / "publish", step)
    typer.echo(f"{ {'de': 'Veröffentlicht in', 'en': 'Published in'}[chosen] } {publication.path}:")
    width = max(len(file.name) for file in publication.files)
    for file in publication.files:
        typer.echo(f"  {file.name:<{width}}  {size(file.bytes):>9}  {file.purpose(chosen)}")


def size(count: int) -> str:
    """Return a number of bytes for a person.

    >>> size(1234567)
    '1.2 MB'
    """
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.1f} kB"


def main() -> None:
    """Run `kg`; a user's mistake is one line on stderr and exit code 2, a bug keeps its traceback and ends with 3."""
    # A command makes many small objects and ends: fewer passes of the collector save a tenth of its time.
    gc.set_threshold(100_000, 50, 100)
    try:
        app(standalone_mode=True)
    except KgError as error:
        try:
            fail(error, language())
        except KgError:
            fail(error)
        sys.exit(2)
    except BrokenPipeError:
        # The reader has seen enough (kg … | head); nothing more can be written to standard output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception:
        traceback.print_exc()
        print("kg: This is a bug. Please report it with the lines above.", file=sys.stderr)
        sys.exit(3)
