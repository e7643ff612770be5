"""The command `kg`: one verb, one command. Heavy modules are imported inside the commands, so that `kg --help` answers at once."""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path
from typing import Annotated, Any

import typer

from kg.config import build_root, default_source, language
from kg.errors import KgError, ParameterError
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


__all__ = ["Any", "ParameterError", "app", "main", "write_text"]
