"""The round trip through a spreadsheet: `kg export-sheet` and `kg import-sheet`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kg.cli.base import STEWARDS, LangOption, app, choose, json_text, t
from kg.config import language
from kg.errors import Text

FolderArgument = Annotated[
    Path,
    typer.Argument(
        metavar="FOLDER", show_default=False, help=t("Folder of tables [default: this folder].", "Ordner mit Tabellen [sonst dieser Ordner].")
    ),
]


@app.command(
    "export-sheet",
    help=t(
        "Write the tables of a folder as a workbook (XLSX): a sheet per table, drop-downs for codes and ids, notes on every column.",
        "Die Tabellen eines Ordners als Arbeitsmappe (XLSX) schreiben: je Tabelle ein Blatt, Auswahllisten für Codes und Kennungen, Hinweise zu jeder Spalte.",
    ),
    rich_help_panel=STEWARDS,
)
def export_command(
    folder: FolderArgument = Path(),
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help=t("The workbook [default: FOLDER.xlsx here].", "Die Arbeitsmappe [sonst ORDNER.xlsx hier].")
        ),
    ] = None,
    force: Annotated[
        bool,
        typer.Option(
            "--force",
            help=t(
                "Replace a workbook that is there, with all that was entered into it.",
                "Eine vorhandene Arbeitsmappe ersetzen, mit allem, was in sie eingetragen wurde.",
            ),
        ),
    ] = False,
    lang: LangOption = None,
) -> None:
    """Write the tables of a folder as a workbook."""
    from kg.sheet.write import export_sheet

    chosen = language(lang)
    path = output or Path(f"{folder.resolve().name}.xlsx")
    made = export_sheet(folder, path, chosen, force=force)
    rows = {"de": "Zeilen", "en": "rows"}[chosen]
    for name, count in made.rows.items():
        typer.echo(f"  {name:<10} {count:>6} {rows}")
    typer.echo(made.path)
    what = Text(
        f"Edit it, then: kg import-sheet {made.path} {folder} --preview", f"Bearbeiten Sie sie, dann: kg import-sheet {made.path} {folder} --preview"
    )
    typer.echo(what.in_(chosen))


@app.command(
    "import-sheet",
    help=t(
        "Take over what was changed in a workbook: cell by cell, without touching anything else, and never over a change made meanwhile.",
        "Übernehmen, was in einer Arbeitsmappe geändert wurde: Zelle für Zelle, ohne anderes anzurühren, und nie über eine zwischenzeitliche Änderung hinweg.",
    ),
    rich_help_panel=STEWARDS,
)
def import_command(
    workbook: Annotated[Path, typer.Argument(metavar="FILE", help=t("Workbook from `kg export-sheet`.", "Arbeitsmappe aus `kg export-sheet`."))],
    folder: FolderArgument = Path(),
    preview: Annotated[
        bool, typer.Option("--preview", help=t("Show the differences and write nothing.", "Die Unterschiede zeigen und nichts schreiben."))
    ] = False,
    conflicts: Annotated[
        str,
        typer.Option(
            "--conflicts",
            metavar="sheet|file",
            help=t(
                "Which side wins where sheet and file have both changed [default: refuse and list].",
                "Welche Seite gilt, wo Blatt und Datei beide geändert sind [sonst ablehnen und auflisten].",
            ),
        ),
    ] = "",
    form: Annotated[str, typer.Option("--format", metavar="human|json", help=t("Form of the report.", "Form des Berichts."))] = "human",
    lang: LangOption = None,
) -> None:
    """Take over what was changed in a workbook; exit code 1 where conflicts stand."""
    chosen = language(lang)
    choose("--format", form, ("human", "json"))
    if conflicts:
        choose("--conflicts", conflicts, ("sheet", "file"))

    from kg.sheet.read import import_sheet
    from kg.sheet.say import as_json, summary

    made = import_sheet(workbook, folder, preview=preview, conflicts=conflicts)
    typer.echo(json_text(as_json(made)) if form == "json" else summary(made, chosen, preview=preview))
    raise typer.Exit(1 if made.refused else 0)
