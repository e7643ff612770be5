"""Checking: `kg validate`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from kg.cli.base import STEWARDS, BuildOption, LangOption, OutputOption, app, t
from kg.config import build_root, language
from kg.terminal import progress


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
