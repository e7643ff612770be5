"""A graph on a SPARQL server: `kg load`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kg.cli.base import PORTALS, BuildOption, LangOption, OutputOption, app, choose, json_text, t
from kg.config import build_root, language
from kg.errors import ParameterError, Text
from kg.terminal import progress, write_text

FORMATS = ("text", "json")


@app.command(
    "load",
    help=t(
        "Put the graph on a SPARQL server, graph by graph, and compare it there; a load that stopped goes on where it was. Credentials come from "
        "KG_STORE_AUTH (basic, digest, bearer), KG_STORE_USER, KG_STORE_PASSWORD, KG_STORE_TOKEN. Exit code 1: loaded, but the server holds something else.",
        "Den Graphen auf einen SPARQL-Server bringen, Graph für Graph, und dort vergleichen; ein abgebrochenes Laden geht weiter, wo es war. Zugangsdaten "
        "kommen aus KG_STORE_AUTH (basic, digest, bearer), KG_STORE_USER, KG_STORE_PASSWORD, KG_STORE_TOKEN. Exit-Code 1: geladen, aber der Server hat anderes.",
    ),
    rich_help_panel=PORTALS,
)
def load_command(
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="URL",
            help=t(
                "Address of the server's graph store: http://127.0.0.1:7878/store, https://host/sparql-graph-crud-auth.",
                "Adresse des Graph Store des Servers: http://127.0.0.1:7878/store, https://host/sparql-graph-crud-auth.",
            ),
        ),
    ],
    graph: Annotated[
        list[str] | None,
        typer.Option("--graph", metavar="NAME", help=t("Load only this graph; may be repeated.", "Nur diesen Graphen laden; mehrfach möglich.")),
    ] = None,
    query: Annotated[
        str | None,
        typer.Option(
            "--query",
            metavar="URL",
            help=t(
                "Where the server answers queries [guessed for Oxigraph and Virtuoso; else whole graphs are fetched to be compared].",
                "Wo der Server Abfragen beantwortet [bei Oxigraph und Virtuoso erschlossen; sonst werden ganze Graphen zum Vergleich geholt].",
            ),
        ),
    ] = None,
    chunk: Annotated[
        int, typer.Option("--chunk", metavar="N", min=1, max=1_000_000, help=t("Statements in one request.", "Aussagen in einer Anfrage."))
    ] = 50_000,
    restart: Annotated[
        bool,
        typer.Option(
            "--restart", help=t("Forget what earlier loads have done; send everything.", "Frühere Ladevorgänge vergessen und alles senden.")
        ),
    ] = False,
    check: Annotated[bool, typer.Option("--check", help=t("Send nothing; only compare.", "Nichts senden, nur vergleichen."))] = False,
    verify: Annotated[
        bool, typer.Option("--verify/--no-verify", help=t("Compare counts and statements afterwards.", "Danach Zahlen und Aussagen vergleichen."))
    ] = True,
    prune: Annotated[
        bool,
        typer.Option(
            "--prune",
            help=t(
                "Remove graphs that an earlier load has put there and that are no longer in the build.",
                "Graphen entfernen, die ein früheres Laden dorthin gebracht hat und die nicht mehr im Build sind.",
            ),
        ),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=t("Say what would be sent; ask nobody.", "Sagen, was gesendet würde; niemanden fragen."))
    ] = False,
    script: Annotated[
        Path | None,
        typer.Option(
            "--script",
            metavar="DIR",
            help=t(
                "Send nothing; write files and a script there for Virtuoso's own loader (isql).",
                "Nichts senden; Dateien und ein Skript für Virtuosos eigenes Ladeprogramm (isql) dorthin schreiben.",
            ),
        ),
    ] = None,
    form: Annotated[str, typer.Option("--format", metavar="text|json", help=t("Form of the report.", "Form des Berichts."))] = "text",
    build_dir: BuildOption = None,
    output: OutputOption = None,
    lang: LangOption = None,
) -> None:
    """Put the graph on a SPARQL server, graph by graph, and compare it there; a load that stopped goes on where it was."""
    from kg.load import Options, load, plan, report
    from kg.load.bulk import write_bulk

    chosen = language(lang)
    choose("--format", form, FORMATS)
    clashes = (
        {"--check": check, "--dry-run": dry_run, "--script": script is not None},
        {"--check": check, "--no-verify": not verify},
        {"--check": check, "--prune": prune},
    )
    _refuse_together(*clashes)
    root = build_root(build_dir)
    names = tuple(graph or ())
    if script is not None:
        with progress() as step:
            bulk = write_bulk(root, script, names, progress=step)
        write_text(json_text(report.bulk_json(bulk)) if form == "json" else report.bulk_text(bulk, chosen), output)
        return
    options = Options(graphs=names, query=query or "", chunk=chunk, restart=restart, compare=verify, send=not check, prune=prune)
    if dry_run:
        found = plan(root, to, options)
    else:
        with progress() as step:
            found = load(root, to, options, progress=step)
    write_text(json_text(report.to_json(found)) if form == "json" else report.text(found, chosen), output)
    raise typer.Exit(0 if found.same else 1)


def _refuse_together(*groups: dict[str, bool]) -> None:
    """Refuse options that contradict each other.

    Raises:
        ParameterError: More than one of a group is given.
    """
    for group in groups:
        given = [name for name, is_given in group.items() if is_given]
        if len(given) > 1:
            both = " ".join(given)
            what = Text(f"These options contradict each other: {both}.", f"Diese Optionen widersprechen sich: {both}.")
            raise ParameterError(what, fix=Text("Give one of them.", "Geben Sie eine davon an."))
