"""A sheet as a table again: its header matched with the columns of the table, its rows with their numbers, every fault with its address."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from kg.errors import Problem, Text
from kg.sheet.book import Sheet
from kg.sheet.cells import Cell, Typed
from kg.sheet.layout import FORBIDDEN, letters


@dataclass(frozen=True)
class GridRow:
    """A row of a sheet.

    Attributes:
        number: Its number in the sheet.
        cells: Its cells by column; empty ones are left out.
        hint: Number of the row of the table that it was made from; 0: none, or not to be trusted.
    """

    number: int
    cells: Mapping[str, Cell]
    hint: int = 0

    def cell(self, column: str) -> Cell:
        """Return a cell; an empty one is an empty text."""
        return self.cells.get(column, "")


@dataclass
class Grid:
    """What a sheet holds of a table.

    Attributes:
        table: Name of the table.
        places: Number of each of its columns in the sheet.
        rows: Its rows, without empty ones.
        hinted: Whether the technical column is there.
        notes: What a user should know.
        problems: Why it cannot be used.
    """

    table: str
    places: dict[str, int] = field(default_factory=dict)
    rows: list[GridRow] = field(default_factory=list)
    hinted: bool = False
    notes: list[Text] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def fault(file: str, sheet: str, address: str, column: str, what: Text, fix: Text, value: str = "") -> Problem:
    """Return a problem at a place of a workbook."""
    place = f"{file} {sheet}!{address}" if address else f"{file} {sheet}"
    return Problem(place, 0, column, "sheet", {"de": what.de, "en": what.en}, {"de": fix.de, "en": fix.en}, value)


def read_grid(file: str, sheet: Sheet, table: str, columns: Sequence[str], required: Iterable[str], technical: str) -> Grid:
    """Read a sheet as a table.

    Args:
        file: How the workbook is named in messages.
        sheet: The sheet.
        table: Name of the table.
        columns: Columns of the table when the workbook was made.
        required: Those that must be in the sheet.
        technical: Name of the column with the row numbers.
    """
    grid = Grid(table)
    _merged(file, sheet, grid)
    if not _header(file, sheet, grid, columns, required, technical):
        return grid
    known = {place: column for column, place in grid.places.items()}
    hint_place = grid.places.pop(technical, 0)
    grid.hinted = hint_place > 0
    for number, found in sorted(sheet.rows.items()):
        if number == 1:
            continue
        cells: dict[str, Cell] = {}
        hint = 0
        for place, cell in sorted(found.items()):
            column = known.get(place)
            if place == hint_place:
                hint = _hint(cell)
            elif column is None:
                if not isinstance(cell, str) or cell.strip():
                    grid.problems.append(_beside(file, sheet, f"{letters(place)}{number}"))
            else:
                cells[column] = cell
                grid.problems += _faults(file, sheet, f"{letters(place)}{number}", column, cell)
        if any(not isinstance(cell, str) or cell.strip() for cell in cells.values()):
            grid.rows.append(GridRow(number, cells, hint))
    _said(sheet, grid, known, hint_place)
    return grid


def _hint(cell: Cell) -> int:
    text = cell.text or "" if isinstance(cell, Typed) else cell.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 7 else 0


def _beside(file: str, sheet: Sheet, address: str) -> Problem:
    return fault(
        file,
        sheet.name,
        address,
        "",
        Text("The cell is filled, but its column has no name.", "Die Zelle ist gefüllt, aber ihre Spalte hat keinen Namen."),
        Text("Move the text into a column of the table, or delete it.", "Verschieben Sie den Text in eine Spalte der Tabelle, oder löschen Sie ihn."),
    )


def _faults(file: str, sheet: Sheet, address: str, column: str, cell: Cell) -> Iterator[Problem]:
    if isinstance(cell, Typed):
        if cell.broken and cell.problem:
            fix = Text(
                "Replace it by its value (copy, then paste as values).", "Ersetzen Sie sie durch ihren Wert (kopieren, dann als Werte einfügen)."
            )
            yield fault(file, sheet.name, address, column, cell.problem, fix, cell.seen)
    elif found := FORBIDDEN.search(cell):
        point = f"U+{ord(found.group()):04X}"
        what = Text(f"The cell holds a control character ({point}).", f"Die Zelle enthält ein Steuerzeichen ({point}).")
        yield fault(file, sheet.name, address, column, what, Text("Type the text again.", "Geben Sie den Text neu ein."))


def _merged(file: str, sheet: Sheet, grid: Grid) -> None:
    for area in sheet.merged[:10]:
        what = Text("The cells are merged.", "Die Zellen sind verbunden.")
        fix = Text("Unmerge them and fill each one.", "Heben Sie die Verbindung auf und füllen Sie jede.")
        grid.problems.append(fault(file, sheet.name, area, "", what, fix))


def _header(file: str, sheet: Sheet, grid: Grid, columns: Sequence[str], required: Iterable[str], technical: str) -> bool:
    """Find the columns; tell whether the rows can be read."""
    expected = (*columns, technical)
    before = len(grid.problems)
    names: dict[int, str] = {}
    for place, cell in sorted(sheet.rows.get(1, {}).items()):
        name = (cell.text or cell.seen) if isinstance(cell, Typed) else cell.strip()
        if name:
            names[place] = name
    missing = [column for column in columns if column not in names.values()]
    for place, name in names.items():
        address = f"{letters(place)}1"
        if name in grid.places:
            what = Text(f"The column {name!r} stands twice.", f"Die Spalte {name!r} steht zweimal da.")
            grid.problems.append(fault(file, sheet.name, address, "", what, Text("Delete one.", "Löschen Sie eine.")))
        elif name in expected:
            grid.places[name] = place
        else:
            near = get_close_matches(name, missing, n=1, cutoff=0.5)
            what = Text(f"There is no column {name[:60]!r} in {grid.table}.csv.", f"Die Spalte {name[:60]!r} gibt es in {grid.table}.csv nicht.")
            fix = (
                Text(f"Its name was probably {near[0]!r}.", f"Sie hieß vermutlich {near[0]!r}.")
                if near
                else Text(
                    "Delete the column, or add it to the CSV first and export again.",
                    "Löschen Sie die Spalte, oder ergänzen Sie sie zuerst in der CSV und exportieren Sie neu.",
                )
            )
            grid.problems.append(fault(file, sheet.name, address, "", what, fix))
    for column in required:
        if column in missing:
            what = Text(f"The column {column!r} is missing in row 1.", f"Die Spalte {column!r} fehlt in Zeile 1.")
            fix = Text(
                "The names of the columns stand in the first row; undo the deletion.",
                "Die Namen der Spalten stehen in der ersten Zeile; machen Sie das Löschen rückgängig.",
            )
            grid.problems.append(fault(file, sheet.name, "", "", what, fix))
    if len(grid.problems) > before:
        return False
    kept = [column for column in missing if column not in set(required)]
    if kept:
        listed = ", ".join(kept)
        grid.notes.append(
            Text(f"The sheet lacks {listed}; these columns stay as they are.", f"Dem Blatt fehlen {listed}; diese Spalten bleiben, wie sie sind.")
        )
    return True


def _said(sheet: Sheet, grid: Grid, known: Mapping[int, str], hint_place: int) -> None:
    if sheet.hidden:
        grid.notes.append(Text("The sheet is hidden; it was read.", "Das Blatt ist ausgeblendet; es wurde gelesen."))
    if sheet.hidden_rows:
        grid.notes.append(
            Text(
                f"Rows hidden or filtered away were read as well: {sheet.hidden_rows}.",
                f"Ausgeblendete oder weggefilterte Zeilen wurden mitgelesen: {sheet.hidden_rows}.",
            )
        )
    hidden = [known[place] for place in sorted(sheet.hidden_columns) if place in known and place != hint_place]
    if hidden:
        listed = ", ".join(hidden)
        grid.notes.append(Text(f"Hidden columns were read as well: {listed}.", f"Ausgeblendete Spalten wurden mitgelesen: {listed}."))
