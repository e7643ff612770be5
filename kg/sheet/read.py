"""`kg import-sheet`: what was changed in a workbook, merged into the tables of a folder; all of them are written, or none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from kg.errors import InputError, Problem, Text
from kg.files import write_files
from kg.sheet.book import Book, Sheet, read_book
from kg.sheet.cells import Typed
from kg.sheet.grid import read_grid
from kg.sheet.kept import Kept, base_table, read_kept
from kg.sheet.layout import KEPT_SHEET, KEYS, LISTS_SHEET, TABLES, row_column
from kg.sheet.merge import Conflict, TableMerge, merge
from kg.sources.folder import DECISION_COLUMNS, ENTITY_COLUMNS, RELATION_COLUMNS, RETIRED_COLUMNS, ROLE_COLUMNS, SOURCE_COLUMNS
from kg.sources.lossless import LosslessTable, checksum

_LISTED = 50
_REQUIRED: Mapping[str, tuple[str, ...]] = {
    "sources": SOURCE_COLUMNS,
    "entities": ENTITY_COLUMNS,
    "relations": RELATION_COLUMNS,
    "decisions": DECISION_COLUMNS,
    "retired": RETIRED_COLUMNS,
    "roles": ROLE_COLUMNS,
}


@dataclass
class Imported:
    """What an import did, or would do.

    Attributes:
        folder: The folder of the tables.
        workbook: Name of the workbook.
        tables: What becomes of each table that has a sheet.
        notes: What was ignored in the workbook.
        written: Whether the files were written.
        choice: Which side won the conflicts; empty: none was chosen.
    """

    folder: Path
    workbook: str
    tables: list[TableMerge] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)
    written: bool = False
    choice: str = ""

    @property
    def conflicts(self) -> list[Conflict]:
        """All conflicts, in the order of tables and rows."""
        return [conflict for table in self.tables for conflict in table.conflicts]

    @property
    def changed(self) -> list[TableMerge]:
        """The tables whose bytes change."""
        return [table for table in self.tables if table.after != table.before]

    @property
    def refused(self) -> bool:
        """Whether conflicts stand that nobody has decided, so that nothing may be written."""
        return bool(self.conflicts) and not self.choice


def import_sheet(path: Path, folder: Path, *, preview: bool = False, conflicts: str = "") -> Imported:
    """Merge a workbook into the tables of a folder.

    Args:
        path: The workbook, made by :func:`kg.sheet.export_sheet`.
        folder: The folder; its tables may have changed since.
        preview: Write nothing.
        conflicts: Which side wins where both have changed: `sheet`, `file`, or empty: nothing is written then.

    Raises:
        InputError: The workbook cannot be read or used, or a table has changed in the meantime; nothing is written.
        MissingExtraError: openpyxl or defusedxml is not installed.
    """
    book = read_book(path, _wanted)
    kept_sheet = book.sheets.pop(KEPT_SHEET, None)
    if kept_sheet is None:
        what = Text(
            "The workbook was not made by `kg export-sheet`, or its hidden sheet is gone.",
            "Die Arbeitsmappe stammt nicht aus `kg export-sheet`, oder ihr ausgeblendetes Blatt fehlt.",
        )
        fix = Text(
            "Make one with `kg export-sheet` and copy your rows into it; nothing was written.",
            "Erzeugen Sie eine mit `kg export-sheet`, und übertragen Sie Ihre Zeilen; geschrieben wurde nichts.",
        )
        raise InputError(what, where=book.name, fix=fix)
    kept = read_kept(_texts(kept_sheet), book.name)
    made = Imported(folder, book.name, notes=[*book.notes, *_sheets(book, kept, folder)], choice=conflicts)
    problems: list[Problem] = []
    for name in TABLES:
        sheet = book.sheets.get(name)
        if sheet is None:
            continue
        if name not in kept.tables:
            made.notes.append(
                Text(
                    f"The sheet {sheet.name!r} was ignored: there was no {name}.csv when the workbook was made.",
                    f"Das Blatt {sheet.name!r} blieb unbeachtet: Als die Arbeitsmappe entstand, gab es keine {name}.csv.",
                )
            )
            continue
        base = base_table(kept.tables[name], f"{book.name}, {name}")
        technical = row_column(base.columns)
        required = [column for column in base.columns if column in _REQUIRED[name] or column == KEYS.get(name)]
        grid = read_grid(book.name, sheet, name, base.columns, required, technical)
        now = LosslessTable.read(folder / f"{name}.csv")
        table = merge(book.name, grid, base, now, conflicts)
        problems += table.problems
        made.tables.append(table)
    if problems:
        raise _unusable(book.name, problems)
    if not preview and not made.refused:
        _write(made)
    return made


def _wanted(name: str) -> str:
    folded = name.strip().casefold()
    return folded if folded in (*TABLES, KEPT_SHEET) else ""


def _texts(sheet: Sheet) -> list[list[str]]:
    """Return the rows of the hidden sheet; a version that became a number is a text again."""
    rows = []
    for _, cells in sorted(sheet.rows.items()):
        found = [cells.get(place, "") for place in (1, 2, 3)]
        rows.append([(cell.text or "") if isinstance(cell, Typed) else cell for cell in found])
    return rows


def _sheets(book: Book, kept: Kept, folder: Path) -> list[Text]:
    notes = []
    missing = [name for name in kept.tables if name not in book.sheets]
    for name in book.other:
        if name != LISTS_SHEET:
            near = get_close_matches(name.strip().casefold(), missing, n=1, cutoff=0.6)
            hint = Text(f" Did you rename {near[0]}?", f" Hieß es {near[0]}?") if near else Text("", "")
            notes.append(Text(f"The sheet {name!r} was ignored.{hint.en}", f"Das Blatt {name!r} blieb unbeachtet.{hint.de}"))
    for name in missing:
        notes.append(Text(f"There is no sheet {name}; {name}.csv stays as it is.", f"Das Blatt {name} fehlt; {name}.csv bleibt, wie sie ist."))
    if kept.folder and kept.folder != folder.resolve().name:
        notes.append(
            Text(
                f"The workbook was made from the folder {kept.folder!r}, not from {folder.resolve().name!r}.",
                f"Die Arbeitsmappe stammt aus dem Ordner {kept.folder!r}, nicht aus {folder.resolve().name!r}.",
            )
        )
    return notes


def _unusable(name: str, problems: list[Problem]) -> InputError:
    count = len(problems)
    listed = Text("", "") if count <= _LISTED else Text(f"; the first {_LISTED} are listed", f"; die ersten {_LISTED} sind genannt")
    what = Text(f"Places of the workbook that cannot be used: {count}{listed.en}.", f"Unbrauchbare Stellen der Arbeitsmappe: {count}{listed.de}.")
    fix = Text("Correct them and import again; nothing was written.", "Berichtigen Sie sie, und importieren Sie neu; geschrieben wurde nichts.")
    return InputError(what, where=name, fix=fix, problems=tuple(problems[:_LISTED]))


def _write(made: Imported) -> None:
    """Write the changed tables, all or none.

    Raises:
        InputError: Somebody has changed a file since it was read.
    """
    for table in made.changed:
        path = made.folder / f"{table.table}.csv"
        if not path.exists() or checksum(path.read_bytes()) != checksum(table.before):
            what = Text(
                "The file has changed since it was read; nothing was written.",
                "Die Datei wurde geändert, seit sie gelesen wurde; geschrieben wurde nichts.",
            )
            raise InputError(what, where=str(path), fix=Text("Run the command again.", "Rufen Sie den Befehl neu auf."))
    if made.changed:
        write_files({made.folder / f"{table.table}.csv": table.after for table in made.changed})
    made.written = True
