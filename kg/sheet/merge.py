"""The three-way merge of a table: as it was when the workbook was made, as the sheet has it, as the file is now.

A cell that changed on one side is taken from there; on both sides to the same, agreed; on both sides to different texts, a conflict. The same for rows.
Rows keep their places; new ones go to the end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kg.errors import Problem, Text
from kg.sheet.cells import Cell, Typed
from kg.sheet.grid import Grid, GridRow, fault
from kg.sheet.layout import KEYS, letters, restored, shown
from kg.sheet.match import Candidate, matched
from kg.sources.lossless import LosslessTable

SHEET, FILE = "sheet", "file"
_MANY = 10
"""From how many rows on an empty sheet is taken for a mishap."""
GONE = None
"""What a side has of a row that it has deleted."""


@dataclass(frozen=True)
class Conflict:
    """A cell or row that both sides have changed in different ways.

    Attributes:
        table: Name of the table.
        row: Number of the row in the file as it is now; 0: it is not there any more.
        sheet_row: Number of the row in the sheet; 0: it is not there any more.
        column: The column; empty where a whole row is meant.
        base, sheet, file: What stood there, what the sheet has, what the file has; None: the row is gone.
    """

    table: str
    row: int
    sheet_row: int
    column: str
    base: str | None
    sheet: str | None
    file: str | None


@dataclass
class TableMerge:
    """What becomes of a table.

    Attributes:
        table: Its name.
        before, after: Its bytes.
        changed: (row, column) of the cells changed in the file, by the numbers before rows are added or removed.
        added: How many rows come to the end.
        removed: Numbers of the rows that go.
        conflicts: What both sides have changed.
        converted: Texts that the spreadsheet had made numbers or dates of, and that are texts again.
        formulas: Places of cells taken over whose text a spreadsheet would compute if it opened the CSV.
        notes: What a user should know.
        problems: Why it cannot be merged.
    """

    table: str
    before: bytes
    after: bytes
    changed: list[tuple[int, str]] = field(default_factory=list)
    added: int = 0
    removed: list[int] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    converted: list[Text] = field(default_factory=list)
    formulas: list[str] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def merge(workbook: str, grid: Grid, base: LosslessTable, now: LosslessTable, choice: str = "") -> TableMerge:
    """Merge what a sheet has changed into a table.

    Args:
        workbook: How the workbook is named in messages.
        grid: The sheet.
        base: The table when the workbook was made.
        now: The table as it is; its cells may be changed in memory even where nothing comes of it.
        choice: Which side wins a conflict: `sheet`, `file`, or empty: neither, the conflicts are listed.
    """
    before = now.data()
    made = TableMerge(grid.table, before, before, notes=list(grid.notes), problems=list(grid.problems))
    if not made.problems:
        _Merging(workbook, grid, base, now, choice, made).run()
        if not made.problems and (choice or not made.conflicts):
            made.after = now.data()
    return made


def _rows(table: LosslessTable) -> dict[int, dict[str, str]]:
    """Return the rows that are not blank, as a spreadsheet shows them."""
    rows = {number: table.row(number) for number in table.rows}
    return {
        number: {column: shown(text) for column, text in row.items()} for number, row in rows.items() if any(text.strip() for text in row.values())
    }


@dataclass
class _Merging:
    workbook: str
    grid: Grid
    base: LosslessTable
    now: LosslessTable
    choice: str
    made: TableMerge
    # By address: a cell is looked at more than once.
    converted: dict[str, Text] = field(default_factory=dict)
    faults: dict[str, Problem] = field(default_factory=dict)

    def run(self) -> None:
        # A column the file has lost or gained since is no matter of the sheet; one it has lost can only be told where the sheet changed it.
        self.columns = [column for column in self.base.columns if column in self.grid.places]
        key = KEYS.get(self.grid.table, "")
        self.was = _rows(self.base)
        self.has = _rows(self.now)
        if not self.grid.rows and len(self.was) >= _MANY:
            what = Text(
                f"The sheet has no rows, the table had {len(self.was)}.",
                f"Das Blatt hat keine Zeilen, die Tabelle hatte {len(self.was)}.",
            )
            fix = Text(
                "Bring the rows back; to empty a table, delete the rows of the CSV.",
                "Holen Sie die Zeilen zurück; um eine Tabelle zu leeren, löschen Sie die Zeilen der CSV.",
            )
            self.made.problems.append(fault(self.workbook, self.grid.table, "", "", what, fix))
            return
        unchanged = self.base.data() == self.made.before
        both = [column for column in self.base.columns if column in self.now.columns]
        in_file = {n: n for n in self.was} if unchanged else matched(self.was, [Candidate(n, cells) for n, cells in self.has.items()], both, key)
        in_sheet = matched(self.was, [self._candidate(row) for row in self.grid.rows], self.columns, key if key in self.columns else "")
        self.file_row = {number: row for row, number in in_file.items()}
        self.sheet_row = {in_sheet[row.number]: row for row in self.grid.rows if row.number in in_sheet}
        again: list[dict[str, str]] = []
        for number in self.was:
            again += self._known(number)
        fresh = [row for row in self.grid.rows if row.number not in in_sheet]
        new = again + self._new(fresh, {row: cells for row, cells in self.has.items() if row not in in_file}, key)
        self.made.problems += self.faults.values()
        self.made.converted += self.converted.values()
        if self.made.problems or (self.made.conflicts and not self.choice):
            return
        # From the end, so that the numbers of those before stay true.
        for row in sorted(self.made.removed, reverse=True):
            self.now.remove(row)
        for values in new:
            self.now.append(values)
        self.made.added = len(new)
        order = [in_sheet[row.number] for row in self.grid.rows if row.number in in_sheet]
        if order != sorted(order):
            self.made.notes.append(
                Text(
                    "The sheet is sorted in another way; the rows of the file keep their order.",
                    "Das Blatt ist anders sortiert; die Zeilen der Datei behalten ihre Reihenfolge.",
                )
            )

    def _candidate(self, row: GridRow) -> Candidate:
        plain = {column: cell if isinstance(cell, str) else cell.text or "" for column, cell in row.cells.items()}
        before = self.was.get(row.hint)
        same = before is not None and all(_same(row.cell(column), before[column]) for column in self.columns)
        return Candidate(row.number, plain, row.hint, same)

    def _known(self, number: int) -> list[dict[str, str]]:
        """Merge a row that was there; return it where it must come back."""
        row, place = self.sheet_row.get(number), self.file_row.get(number)
        was = self.was[number]
        if row is None:
            if place is not None:
                self._removed(number, place)
            return []
        if place is None:
            changed = any(self._text(row, column, was[column]) != was[column] for column in self.columns)
            if changed and self._decide(Conflict(self.grid.table, 0, row.number, "", _line(was), _line(self._texts(row, was)), GONE)) == SHEET:
                return [{column: text for column, text in self._texts(row, was).items() if column in self.now.columns}]
            return []
        for column in self.columns:
            text = self._text(row, column, was[column])
            if text == was[column]:
                continue
            if column not in self.now.columns:
                what = Text(f"The column {column!r} is not in the file any more.", f"Die Spalte {column!r} gibt es in der Datei nicht mehr.")
                fix = Text(
                    "Undo the change in the sheet, or add the column to the CSV again.",
                    "Machen Sie die Änderung im Blatt rückgängig, oder ergänzen Sie die Spalte in der CSV.",
                )
                self._problem(row, column, what, fix)
                continue
            there = self.has[place][column]
            if there == text:
                continue
            if there != was[column] and self._decide(Conflict(self.grid.table, place, row.number, column, was[column], text, there)) != SHEET:
                continue
            self._set(place, column, text, row)
        return []

    def _removed(self, number: int, place: int) -> None:
        was, there = self.was[number], self.has[place]
        touched = any(text != was.get(column, "") for column, text in there.items())
        if not touched or self._decide(Conflict(self.grid.table, place, 0, "", _line(was), GONE, _line(there))) == SHEET:
            self.made.removed.append(place)

    def _new(self, rows: Sequence[GridRow], in_file: Mapping[int, Mapping[str, str]], key: str) -> list[dict[str, str]]:
        """Return the rows to add: not those that the file has got in the same form meanwhile."""
        columns = [column for column in self.columns if column in self.now.columns]
        twins = Counter(tuple(cells[column] for column in columns) for cells in in_file.values())
        places = {cells[key].strip(): place for place, cells in in_file.items()} if key in columns else {}
        added = []
        for row in rows:
            texts = {column: self._text(row, column, "") for column in self.columns}
            known = {column: texts[column] for column in columns}
            content = tuple(known.values())
            place = places.get(known.get(key, "").strip()) if key else None
            if twins[content]:
                twins[content] -= 1
            elif place is None:
                for column, text in known.items():
                    self._warn(text, column, row)
                added.append(known)
            else:
                for column, text in known.items():
                    there = self.has[place][column]
                    if there != text and self._decide(Conflict(self.grid.table, place, row.number, column, "", text, there)) == SHEET:
                        self._set(place, column, text, row)
        return added

    def _set(self, place: int, column: str, text: str, row: GridRow) -> None:
        self._warn(text, column, row)
        self.now.set(place, column, restored(text, self.now.cell(place, column)))
        self.made.changed.append((place, column))

    def _warn(self, text: str, column: str, row: GridRow) -> None:
        if text.startswith(("=", "@", "+", "-", "\t")) and not text[1:].replace(".", "", 1).isdigit():
            self.made.formulas.append(self._address(row, column))

    def _decide(self, conflict: Conflict) -> str:
        self.made.conflicts.append(conflict)
        return self.choice

    def _texts(self, row: GridRow, was: Mapping[str, str]) -> dict[str, str]:
        """Return the cells of a row; those of columns that the sheet lacks are as they were."""
        return {**was, **{column: self._text(row, column, was[column]) for column in self.columns}}

    def _text(self, row: GridRow, column: str, was: str) -> str:
        """Return a cell as text; what the spreadsheet made of the text that was there is that text."""
        cell = row.cell(column)
        if isinstance(cell, str):
            return cell
        address = self._address(row, column)
        if cell.stands_for(was):
            self.converted[address] = Text(f"{address}: {cell.seen} is still {was!r}", f"{address}: {cell.seen} ist weiterhin {was!r}")
            return was
        if cell.text is None:
            fix = Text(
                "Format the cell as text and type it again as it should stand in the table.",
                "Formatieren Sie die Zelle als Text, und geben Sie noch einmal ein, was in der Tabelle stehen soll.",
            )
            self._problem(row, column, cell.problem or Text("", ""), fix)
            return was
        self.converted[address] = Text(f"{address}: read as {cell.text!r}", f"{address}: gelesen als {cell.text!r}")
        return cell.text

    def _problem(self, row: GridRow, column: str, what: Text, fix: Text) -> None:
        address = f"{letters(self.grid.places[column])}{row.number}"
        self.faults.setdefault(address, fault(self.workbook, self.grid.table, address, column, what, fix))

    def _address(self, row: GridRow, column: str) -> str:
        return f"{self.grid.table}!{letters(self.grid.places[column])}{row.number}"


def _same(cell: Cell, text: str) -> bool:
    return cell.stands_for(text) or cell.text == text if isinstance(cell, Typed) else cell == text


def _line(cells: Mapping[str, str]) -> str:
    """Return a row on one line, for a message."""
    return " | ".join(filter(None, cells.values()))
