"""The command `kg`: one verb, one command. Heavy modules are imported inside the commands, so that `kg --help` answers at once."""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from kg.config import build_root, default_source, language
from kg.errors import KgError, ParameterError, QueryError, Text
from kg.terminal import fail, progress, write_text

STEWARDS = "Data stewards: keep tables, build, check"
RESEARCHERS = "Researchers: ask, measure, cite"
PORTALS = "Linked-data portals: harvest"

app = typer.Typer(
    name="kg",
    help="The knowledge graph of an innovation ecosystem: who works with whom, in which projects and places, in which role, since when, and which source says so.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)

BuildOption = Annotated[Path | None, typer.Option("--build", metavar="DIR", help="Folder of builds [default: KG_BUILD or ./build].")]
StoreOption = Annotated[str | None, typer.Option("--store", metavar="ADDRESS", help="Ask this SPARQL endpoint (https://…) or store folder instead.")]
LangOption = Annotated[str | None, typer.Option("--lang", metavar="de|en", help="Language of labels and messages [default: KG_LANG or the locale].")]
OutputOption = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write there instead of to the terminal.")]


def _version(value: bool) -> None:
    if value:
        from kg import __version__

        typer.echo(f"innovation-kg {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")] = False,  # noqa: ARG001
) -> None:
    """Hold the options of `kg` itself."""


@app.command("init", rich_help_panel=STEWARDS)
def init_command(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder to make, for example my-city.")],
    base: Annotated[str | None, typer.Option("--base", metavar="IRI", help="Namespace of your entities, ends with a slash.")] = None,
    title: Annotated[str | None, typer.Option("--title", help="Title of the graph.")] = None,
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


@app.command("build", rich_help_panel=STEWARDS)
def build_command(
    source: Annotated[
        list[Path] | None,
        typer.Option(
            "--source",
            "-s",
            metavar="FOLDER",
            help="Folder of tables; may be repeated [default: this folder if it has settings.toml, else Dortmund].",
        ),
    ] = None,
    build_dir: BuildOption = None,
    lang: LangOption = None,
) -> None:
    """Build the graph from tables: quad table, SPARQL store, derived statements, provenance."""
    from kg.build import build

    root = build_root(build_dir)
    with progress() as step:
        made = build(source or [default_source()], root, progress=step)
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
    typer.echo(f"{words[5]}: {root / 'current'} → {made.path.name}")


def class_labels(lang: str) -> dict[str, str]:
    """Return the labels of the own classes, by IRI, from the ontology file."""
    from kg.namespaces import RDFS, SKOS
    from kg.resources import folder
    from kg.sources.rdf import read_rdf

    labels = {q.subject: q.object for q in read_rdf(folder("ontology", "inno.ttl")) if q.predicate == RDFS.label and q.language == lang}
    labels[SKOS.Concept] = {"de": "Begriff", "en": "Concept"}[lang]
    return labels


@app.command("validate", rich_help_panel=STEWARDS)
def validate_command(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="[PATH]...", help="Tables, folders of tables or RDF files [default: the graph built last].")] = None,
    build_dir: BuildOption = None,
    form: Annotated[str, typer.Option("--format", metavar="human|table|json|turtle", help="Form of the report.")] = "human",
    fail_on: Annotated[str, typer.Option("--fail-on", metavar="violation|warning|info|never", help="From which severity on the exit code is 1.")] = "violation",
    limit: Annotated[int, typer.Option("--limit-per-rule", help="Findings listed per rule, 0 for all; counts are always complete.")] = 10,
    engine: Annotated[str, typer.Option("--engine", metavar="auto|pyshacl", help="Engine that applies the shapes.")] = "auto",
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
            typer.echo(f"{ {'de': 'Bericht', 'en': 'Report'}[chosen]}: {', '.join(map(str, written))}")
    raise typer.Exit(code)


@app.command(
    "ask",
    rich_help_panel=RESEARCHERS,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def ask_command(
    context: typer.Context,
    question: Annotated[str | None, typer.Argument(metavar="[QUESTION]", help="Name of the question; without it all are listed.")] = None,
    form: Annotated[str, typer.Option("--format", metavar="table|csv|tsv|json|xml|turtle", help="Form of the answer.")] = "table",
    labels: Annotated[bool, typer.Option("--labels", help="Add a label column beside each IRI column (csv, tsv, json, xml).")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Show what the question asks and its parameters, without running it.")] = False,
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


@app.command("query", rich_help_panel=RESEARCHERS)
def query_command(
    query: Annotated[str | None, typer.Argument(metavar="[SPARQL|FILE|-]", help="SPARQL text, a file with it, or - for standard input.")] = None,
    form: Annotated[str, typer.Option("--format", metavar="table|csv|tsv|json|xml|turtle", help="Form of the answer.")] = "table",
    labels: Annotated[bool, typer.Option("--labels", help="Add a label column beside each IRI column (csv, tsv, json, xml).")] = False,
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
        fix = Text("Name a file, give the text in quotes, or pipe it in.", "Nennen Sie eine Datei, geben Sie den Text in Anführungszeichen, oder leiten Sie ihn ein.")
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


LevelOption = Annotated[str, typer.Option("--level", metavar="unit|merged|top", help="As named; larger body merged into its unit; top of the hierarchy.")]
WeightOption = Annotated[str, typer.Option("--weight", metavar="newman|count", help="Newman's 1/(k-1) per shared project, or their number.")]
RolesOption = Annotated[str, typer.Option("--roles", metavar="all|without-associated", help="Which participations count.")]
SeedOption = Annotated[int, typer.Option("--seed", help="Seed of everything drawn at random.")]


@app.command("analyse", rich_help_panel=RESEARCHERS)
def analyse_command(
    level: LevelOption = "merged",
    weight: WeightOption = "newman",
    roles: RolesOption = "all",
    seed: SeedOption = 1,
    form: Annotated[str, typer.Option("--format", metavar="text|json|csv", help="csv writes nodes.csv, edges.csv and method.json into --output.")] = "text",
    build_dir: BuildOption = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="PATH", help="File, or folder for csv.")] = None,
    lang: LangOption = None,
) -> None:
    """Measure the collaboration network: institutions that share a project, with method and sampling frame stated."""
    from kg.analyse import analyse, render_analysis
    from kg.build import current

    chosen, root = language(lang), build_root(build_dir)
    choose("--format", form, ("text", "json", "csv"))
    with progress() as step:
        step({"de": "berechne das Netzwerk", "en": "measuring the network"}[chosen])
        result = analyse(current(root), level=level, weight=weight, roles=roles, seed=seed)
    if form == "csv":
        for path in result.write_csv(output or root / "report" / "network"):
            typer.echo(path)
    else:
        write_text(result.to_json() if form == "json" else render_analysis(result, chosen), output)


def choose(option: str, value: str, allowed: tuple[str, ...]) -> None:
    """Refuse a value that an option does not have.

    Raises:
        ParameterError: It is none of those allowed.
    """
    if value not in allowed:
        known = ", ".join(allowed)
        what = Text(f"{value!r} is no value of {option}.", f"{value!r} ist kein Wert von {option}.")
        raise ParameterError(what, fix=Text(f"Use one of {known}.", f"Möglich sind {known}."))


@app.command("profile", rich_help_panel=RESEARCHERS)
def profile_command(
    institution: Annotated[str, typer.Argument(metavar="INSTITUTION", help="Slug, name or IRI of an organisation.")],
    level: LevelOption = "merged",
    weight: WeightOption = "newman",
    roles: RolesOption = "all",
    seed: SeedOption = 1,
    draws: Annotated[int, typer.Option("--draws", help="Draws of the null model; 0 leaves it out.")] = 1000,
    form: Annotated[str, typer.Option("--format", metavar="text|json|html", help="Form of the profile.")] = "text",
    build_dir: BuildOption = None,
    output: OutputOption = None,
    lang: LangOption = None,
) -> None:
    """Tell an institution's role across projects: roles, years, partners, funding, who attests it, and what is not known."""
    from kg.analyse import profile, render_page, render_profile
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
        text = {"json": result.to_json, "html": lambda: render_page(result, chosen), "text": lambda: render_profile(result, chosen)}[form]()
    write_text(text, output)


@app.command("publish", rich_help_panel=PORTALS)
def publish_command(
    build_dir: BuildOption = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="DIR", help="Folder of the files [default: publish in the folder of builds].")] = None,
    lang: LangOption = None,
) -> None:
    """Write the graph as files: RDF in three syntaxes, networks, tables with a codebook, manifest, VoID and DCAT."""
    from kg.build import current
    from kg.publish import publish

    chosen, root = language(lang), build_root(build_dir)
    with progress() as step:
        publication = publish(current(root), output or root / "publish", step)
    typer.echo(f"{ {'de': 'Veröffentlicht in', 'en': 'Published in'}[chosen]} {publication.path}:")
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

