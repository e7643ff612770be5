"""`kg export-sheet`: the tables of a folder as one workbook, in which every cell is text and nothing is computed.

The same tables in the same language give the same bytes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.archives import timeless
from kg.cells import is_formula
from kg.errors import InputError, MissingExtraError, Problem, Text
from kg.files import make_folder_of, write_file
from kg.sheet.choices import OPEN, choices, explained
from kg.sheet.columns import COLUMNS, Column
from kg.sheet.kept import Kept
from kg.sheet.layout import CELL_LIMIT, FORBIDDEN, KEPT_SHEET, KEYS, LISTS_SHEET, TABLES, escaped, letters, row_column, shown, units
from kg.sources.lossless import LosslessTable

_LAST = 1_048_576
"""Rows of a sheet."""
_SHOWN_PROBLEMS = 50
_SOME_TEXT = Column(Text("A column of this table.", "Eine Spalte dieser Tabelle."), Text("free text", "freier Text"))


@dataclass(frozen=True)
class Exported:
    """What was written.

    Attributes:
        path: The workbook.
        rows: Rows of each table.
    """

    path: Path
    rows: Mapping[str, int]


def export_sheet(folder: Path, path: Path, lang: str = "en", *, force: bool = False) -> Exported:
    """Write the tables of a folder as a workbook.

    Args:
        folder: Folder of tables.
        path: The workbook; must end with `.xlsx`.
        lang: Language of the notes.
        force: Replace a workbook that is there and differs: what was entered into it is lost.

    Raises:
        InputError: A table is missing or cannot stand in a workbook; nothing is written.
        BuildError: The workbook cannot be written.
        MissingExtraError: openpyxl is not installed.
    """
    if path.suffix.casefold() != ".xlsx":
        what = Text("A workbook must be named *.xlsx.", "Eine Arbeitsmappe muss *.xlsx heißen.")
        raise InputError(what, where=str(path), fix=Text(f"For example {path.stem}.xlsx.", f"Zum Beispiel {path.stem}.xlsx."))
    read = read_tables(folder)
    tables = {name: table for name, (table, _) in read.items()}
    data = workbook(folder.resolve().name, read, lang)
    make_folder_of(path)
    if path.is_file() and not force and path.read_bytes() != data:
        what = Text(
            "The workbook is there already and may hold changes that were not imported.",
            "Die Arbeitsmappe gibt es schon; sie kann Änderungen enthalten, die nicht importiert sind.",
        )
        fix = Text(
            "Run `kg import-sheet` on it first, choose another name, or replace it with --force.",
            "Importieren Sie sie zuerst mit `kg import-sheet`, wählen Sie einen anderen Namen, oder ersetzen Sie sie mit --force.",
        )
        raise InputError(what, where=str(path), fix=fix)
    write_file(path, data)
    return Exported(path, {name: len(filled(table)) for name, table in tables.items()})


def read_tables(folder: Path) -> dict[str, tuple[LosslessTable, bytes]]:
    """Return the tables of a folder and their bytes.

    Raises:
        InputError: There is none, or one cannot be read.
    """
    tables: dict[str, tuple[LosslessTable, bytes]] = {}
    for name in TABLES:
        file = folder / f"{name}.csv"
        if file.exists():
            table = LosslessTable.read(file)
            tables[name] = (table, table.data())
    if not tables:
        known = ", ".join(f"{name}.csv" for name in TABLES)
        what = Text("The folder holds no tables.", "Der Ordner enthält keine Tabellen.")
        raise InputError(what, where=str(folder), fix=Text(f"Name a folder with {known}.", f"Nennen Sie einen Ordner mit {known}."))
    return tables


def filled(table: LosslessTable) -> list[int]:
    """Return the numbers of the records that are not blank."""
    return [number for number in table.rows if any(cell.strip() for cell in table.row(number).values())]


def workbook(folder: str, read: Mapping[str, tuple[LosslessTable, bytes]], lang: str) -> bytes:
    """Return a workbook with a sheet per table.

    Args:
        folder: Name of the folder.
        read: Tables and their bytes by name.
        lang: Language of the notes.

    Raises:
        InputError: A cell cannot stand in a workbook.
        MissingExtraError: openpyxl is not installed.
    """
    try:
        from openpyxl import Workbook
    except ImportError as error:
        raise MissingExtraError("openpyxl", "tables", Text("Workbooks", "Arbeitsmappen")) from error
    tables = {name: table for name, (table, _) in read.items()}
    _refuse_what_no_cell_holds(tables)
    book = Workbook(write_only=True)
    book.properties.creator = "innovation-kg"
    writer = _Writer(book, lang)
    lists = choices(tables)
    for name, table in tables.items():
        writer.table(name, table, lists)
    writer.lists(lists)
    kept = book.create_sheet(KEPT_SHEET)
    kept.sheet_state = "veryHidden"
    for row in Kept(folder, {name: data for name, (_, data) in read.items()}).rows():
        kept.append([writer.cell(kept, text) for text in row])
    buffer = io.BytesIO()
    book.save(buffer)
    return timeless(buffer, level=6, change=_polished)


def _refuse_what_no_cell_holds(tables: Mapping[str, LosslessTable]) -> None:
    problems: list[Problem] = []
    for table in tables.values():
        problems += _header_problems(table)
        for number in table.rows:
            for column, text in table.row(number).items():
                if units(text) > CELL_LIMIT:
                    long = f"{units(text):,}"
                    problems.append(
                        _problem(
                            table,
                            number,
                            column,
                            Text(
                                f"The cell holds {long} characters; a cell of a workbook holds {CELL_LIMIT:,}.",
                                f"Die Zelle hat {long} Zeichen; eine Zelle einer Arbeitsmappe fasst {CELL_LIMIT:,}.",
                            ),
                            Text("Shorten it.", "Kürzen Sie sie."),
                        )
                    )
                elif found := FORBIDDEN.search(text):
                    point = f"U+{ord(found.group()):04X}"
                    problems.append(
                        _problem(
                            table,
                            number,
                            column,
                            Text(
                                f"The cell holds the character {point}, which no workbook can hold.",
                                f"Die Zelle enthält das Zeichen {point}, das keine Arbeitsmappe fassen kann.",
                            ),
                            Text("Remove it.", "Entfernen Sie es."),
                        )
                    )
    if problems:
        count = len(problems)
        more = Text(
            f" The first {_SHOWN_PROBLEMS} are listed." if count > _SHOWN_PROBLEMS else "",
            f" Die ersten {_SHOWN_PROBLEMS} sind genannt." if count > _SHOWN_PROBLEMS else "",
        )
        what = Text(
            f"Cells of the tables that no workbook can hold: {count}.{more.en}",
            f"Zellen der Tabellen, die keine Arbeitsmappe fassen kann: {count}.{more.de}",
        )
        raise InputError(what, fix=Text("Nothing was written.", "Geschrieben wurde nichts."), problems=tuple(problems[:_SHOWN_PROBLEMS]))


def _header_problems(table: LosslessTable) -> list[Problem]:
    nameless = [place for place, column in enumerate(table.columns, start=1) if not column]
    odd = [column for column in table.columns if FORBIDDEN.search(column) or units(column) > 255]
    fix = Text("Give it a short name in the header.", "Geben Sie ihr in der Kopfzeile einen kurzen Namen.")
    found = [_problem(table, 1, "", Text(f"Column {place} has no name.", f"Spalte {place} hat keinen Namen."), fix) for place in nameless]
    found += [
        _problem(table, 1, "", Text(f"The name of column {column[:40]!r} cannot be used.", f"Der Name der Spalte {column[:40]!r} geht nicht."), fix)
        for column in odd
    ]
    if len(table.columns) >= 200 or len(table.rows) >= 1_000_000:
        what = Text("The table has 200 columns or 1,000,000 rows, or more.", "Die Tabelle hat 200 Spalten oder 1.000.000 Zeilen, oder mehr.")
        found.append(_problem(table, 0, "", what, Text("Split it.", "Teilen Sie sie auf.")))
    return found


def _problem(table: LosslessTable, row: int, column: str, what: Text, fix: Text) -> Problem:
    return Problem(table.name, row, column, "no-cell", {"de": what.de, "en": what.en}, {"de": fix.de, "en": fix.en})


class _Writer:
    """Writes the sheets of a workbook; the styles are made once, since there are many cells."""

    def __init__(self, book: Any, lang: str) -> None:
        from openpyxl.styles import Alignment, Font, PatternFill

        self.book = book
        self.lang = lang
        sample = self._made(book.create_sheet("sample"))
        del book["sample"]
        sample.number_format = "@"
        sample.alignment = Alignment(wrap_text=True, vertical="top")
        self.text = sample._style.__copy__()
        sample.quotePrefix = True
        self.formula_like = sample._style.__copy__()
        sample.quotePrefix = False
        sample.font = Font(name="Calibri", size=11, bold=True)
        sample.fill = PatternFill("solid", fgColor="FFDDE6F0")
        self.header = sample._style.__copy__()

    @staticmethod
    def _made(sheet: Any) -> Any:
        from openpyxl.cell import WriteOnlyCell

        return WriteOnlyCell(sheet)

    def cell(self, sheet: Any, text: str, *, header: bool = False) -> Any:
        """Return a cell of text, whatever the text begins with."""
        made = self._made(sheet)
        # Not through `value`: openpyxl would take a text that begins with "=" for a formula, and "#N/A" for an error.
        made._value = escaped(shown(text)) or None
        made.data_type = "s" if text else "n"
        made._style = self.header if header else self.formula_like if text.startswith(("'", "\n")) or is_formula(text) else self.text
        return made

    def table(self, name: str, table: LosslessTable, lists: Mapping[str, Sequence[str]]) -> None:
        """Write the sheet of a table."""
        from openpyxl.worksheet.datavalidation import DataValidation

        sheet = self.book.create_sheet(name)
        described = {column: COLUMNS[name].get(column, _SOME_TEXT) for column in table.columns}
        technical = row_column(table.columns)
        last = letters(len(table.columns) + 1)
        sheet.freeze_panes = "B2" if name in KEYS else "A2"
        rows = filled(table)
        sheet.auto_filter.ref = f"A1:{last}{len(rows) + 1}"
        header = []
        for place, (column, about) in enumerate(described.items(), start=1):
            letter = letters(place)
            dimension = sheet.column_dimensions[letter]
            dimension.width = about.width
            # Rows that are added are text too, so that 2021-11 stays what was typed.
            dimension._style = self.text
            cell = self.cell(sheet, column, header=True)
            cell.comment = self._comment(self._note(about))
            header.append(cell)
            if lists.get(about.choice):
                sheet.data_validations.append(DataValidation(sqref=f"{letter}2:{letter}{_LAST}", **self._rule(about)))
        cell = self.cell(sheet, technical, header=True)
        cell.comment = self._comment(_TECHNICAL.in_(self.lang))
        sheet.column_dimensions[last].hidden = True
        sheet.column_dimensions[last]._style = self.text
        sheet.append([*header, cell])
        for number in rows:
            sheet.append([*(self.cell(sheet, text) for text in table.row(number).values()), self.cell(sheet, str(number))])

    def lists(self, lists: Mapping[str, Sequence[str]]) -> None:
        """Write the hidden sheet with the lists, a column each, and name their ranges."""
        from openpyxl.workbook.defined_name import DefinedName

        sheet = self.book.create_sheet(LISTS_SHEET)
        sheet.sheet_state = "hidden"
        sheet.append([self.cell(sheet, name, header=True) for name in lists])
        for place in range(max(map(len, lists.values()))):
            sheet.append([self.cell(sheet, values[place] if place < len(values) else "") for values in lists.values()])
        for place, (name, values) in enumerate(lists.items(), start=1):
            if values:
                letter = letters(place)
                area = f"'{LISTS_SHEET}'!${letter}$2:${letter}${len(values) + 1}"
                self.book.defined_names[_range(name)] = DefinedName(_range(name), attr_text=area)

    @staticmethod
    def _comment(text: str) -> Any:
        from openpyxl.comments import Comment

        # About 55 letters of the usual font fit into a line.
        lines = sum(1 + len(line) // 55 for line in text.split("\n"))
        return Comment(text, "innovation-kg", height=30 + 18 * lines, width=400)

    def _rule(self, about: Column) -> dict[str, Any]:
        closed = about.choice not in OPEN
        return {
            "type": "list",
            "formula1": _range(about.choice),
            "allow_blank": True,
            "showErrorMessage": True,
            "errorStyle": "stop" if closed else "warning",
            "errorTitle": _NOT_LISTED.in_(self.lang),
            "error": (_CHOOSE if closed else _MAYBE).in_(self.lang),
        }

    def _note(self, about: Column) -> str:
        words = {"de": ("Form", "Beispiel", "Pflicht", "Werte"), "en": ("Form", "Example", "Required", "Values")}[self.lang]
        lines = [about.what.in_(self.lang), f"{words[0]}: {about.form.in_(self.lang)}"]
        if about.example:
            lines.append(f"{words[1]}: {about.example}")
        if about.required:
            lines.append(f"{words[2]}.")
        named = [f"{code} – {name}" if name else code for code, name in explained(about.choice, self.lang).items()]
        if named:
            lines.append(f"{words[3]}: {'; '.join(named)}")
        return "\n".join(lines)


_TECHNICAL = Text(
    "Technical column: tells which row of the table this is. Leave it as it is; new rows have it empty.",
    "Technische Spalte: sagt, welche Zeile der Tabelle das ist. Lassen Sie sie, wie sie ist; in neuen Zeilen bleibt sie leer.",
)
_NOT_LISTED = Text("Not in the list", "Nicht in der Liste")
_CHOOSE = Text("Choose one of the values of the list, or leave the cell empty.", "Wählen Sie einen Wert der Liste, oder lassen Sie die Zelle leer.")
_MAYBE = Text(
    "The list holds what was there when the workbook was made. Go on if you have added the value yourself.",
    "Die Liste enthält, was es gab, als die Arbeitsmappe entstand. Fahren Sie fort, wenn Sie den Wert selbst ergänzt haben.",
)


_TEXT_IS_MEANT = b'<ignoredErrors><ignoredError sqref="A1:GR1048576" numberStoredAsText="1" /></ignoredErrors>'


def _range(name: str) -> str:
    return f"list_{name}"


def _polished(name: str, data: bytes) -> bytes:
    """Return a part of a workbook with blanks kept in cells that hold nothing else, and without the mark of numbers as text."""
    if not name.startswith("xl/worksheets/sheet"):
        return data
    data = re.sub(rb"<t>([ \t\n]+)</t>", rb'<t xml:space="preserve">\1</t>', data)
    # Numbers as text are meant: no mark that offers to make them numbers (18.3.1.49; stands before the drawings).
    return data.replace(b"<legacyDrawing ", _TEXT_IS_MEANT + b"<legacyDrawing ", 1)
