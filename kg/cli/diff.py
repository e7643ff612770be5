"""What has changed: `kg diff`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from kg.cli.base import STEWARDS, BuildOption, LangOption, OutputOption, app, choose, json_text, t
from kg.config import build_root, language
from kg.terminal import progress, write_text

FORMATS = ("human", "markdown", "json", "patch")


@app.command(
    "diff",
    help=t(
        "Say what changed between two graphs: by entity in words, by counts with alarms, by measures; as text, release note, JSON or RDF patch.",
        "Sagen, was sich zwischen zwei Graphen geändert hat: nach Entität in Worten, nach Zahlen mit Alarmen, nach Maßen; als Text, "
        "Versionshinweis, JSON oder RDF-Patch.",
    ),
    rich_help_panel=STEWARDS,
)
def diff_command(
    a: Annotated[
        str,
        typer.Argument(
            metavar="A",
            help=t(
                "The old one: a build (folder, beginning of its id, previous, current), a folder of tables, a CORDIS delivery, a quad table (.parquet) "
                "or an RDF file.",
                "Das Alte: ein Build (Ordner, Anfang seiner Kennung, previous, current), ein Ordner mit Tabellen, eine CORDIS-Lieferung, eine "
                "Quad-Tabelle (.parquet) oder eine RDF-Datei.",
            ),
        ),
    ] = "previous",
    b: Annotated[str, typer.Argument(metavar="B", help=t("The new one.", "Das Neue."))] = "current",
    form: Annotated[str, typer.Option("--format", metavar="human|markdown|json|patch", help=t("Form of the answer.", "Form der Antwort."))] = "human",
    graph: Annotated[
        list[str] | None,
        typer.Option(
            "--graph", metavar="NAME", help=t("Compare only this graph; may be repeated.", "Nur diesen Graphen vergleichen; mehrfach möglich.")
        ),
    ] = None,
    limit: Annotated[
        int,
        typer.Option(
            "--limit",
            metavar="N",
            min=0,
            help=t(
                "Entities listed per class, 0 for all; counts are always complete.",
                "Entitäten je Klasse, 0 für alle; die Zahlen sind immer vollständig.",
            ),
        ),
    ] = 20,
    biggest: Annotated[
        bool, typer.Option("--biggest-first", help=t("List those with the most changes first.", "Die mit den meisten Änderungen zuerst nennen."))
    ] = False,
    fail_on_drop: Annotated[
        float | None,
        typer.Option(
            "--fail-on-drop",
            metavar="PERCENT",
            min=0,
            max=100,
            help=t(
                "Exit code 1 where a class, property, graph or language of names lost more than this [alarms: 5].",
                "Exit-Code 1, wo eine Klasse, Eigenschaft, ein Graph oder eine Sprache von Namen mehr verlor [Alarme: 5].",
            ),
        ),
    ] = None,
    measures: Annotated[
        bool,
        typer.Option(
            "--measures/--no-measures",
            help=t(
                "Compare the collaboration networks, too, where the frame allows it.",
                "Auch die Netze der Zusammenarbeit vergleichen, wo der Rahmen es erlaubt.",
            ),
        ),
    ] = True,
    build_dir: BuildOption = None,
    output: OutputOption = None,
    lang: LangOption = None,
) -> None:
    """Say what changed between two graphs: by entity in words, by counts with alarms, by measures; as text, release note, JSON or RDF patch."""
    from kg.diff import diff
    from kg.diff.counts import DROP

    chosen = language(lang)
    choose("--format", form, FORMATS)
    drop = DROP if fail_on_drop is None else fail_on_drop
    with progress() as step, diff(a, b, root=build_root(build_dir), graphs=graph or (), progress=step) as found:
        if form == "patch":
            _write_patch(found.patch(), output)
        elif form == "json":
            write_text(json_text(found.to_json(limit=limit, biggest=biggest, drop=drop, measures=measures)), output)
        elif form == "markdown":
            write_text(found.markdown(chosen, limit=limit, biggest=biggest, drop=drop, measures=measures), output)
        else:
            color = output is None and sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
            write_text(found.text(chosen, limit=limit, biggest=biggest, drop=drop, measures=measures, color=color), output)
        failed = fail_on_drop is not None and bool(found.alarms(drop))
    raise typer.Exit(1 if failed else 0)


def _write_patch(lines: Iterator[str], output: Path | None) -> None:
    """Write a patch as it comes: it may be larger than memory."""
    from kg.files import make_folder_of, write_files

    if output is None:
        sys.stdout.writelines(lines)
        return
    make_folder_of(output)
    write_files({output: lines})
    print(output, file=sys.stderr)
