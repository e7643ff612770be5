"""A workbook read without trusting it: the cells of its sheets as text, and what else a user should know of."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kg.errors import MissingExtraError, Text
from kg.sheet import cells
from kg.sheet.cells import Cell, Typed
from kg.sheet.layout import letters, shown, unescaped
from kg.sheet.package import Package
from kg.sheet.parts import Contents, Handler, Relationships, Strings, Styles, TooMuch, walk

MAX_ROWS = 1_000_000
MAX_COLUMNS = 200
MAX_CELLS = 5_000_000
MAX_CHARACTERS = 200_000_000

_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})\Z")


@dataclass
class Sheet:
    """The filled cells of a sheet.

    Attributes:
        name: Its name.
        hidden: Whether a user does not see it.
        rows: Cells by row and column number, both from 1; empty cells are left out.
        merged: Addresses of merged cells.
        hidden_rows: How many of the filled rows are hidden or filtered away.
        hidden_columns: Numbers of hidden columns.
    """

    name: str
    hidden: bool = False
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    merged: list[str] = field(default_factory=list)
    hidden_rows: int = 0
    hidden_columns: set[int] = field(default_factory=set)


@dataclass
class Book:
    """What was read.

    Attributes:
        name: How the file is named in messages.
        sheets: The sheets asked for, by name.
        other: Names of the other sheets.
        notes: What was ignored.
    """

    name: str
    sheets: dict[str, Sheet] = field(default_factory=dict)
    other: list[str] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)


def read_book(path: Path, wanted: Callable[[str], str]) -> Book:
    """Read a workbook.

    Args:
        path: The file.
        wanted: Says as what a sheet of this name is read; empty: not at all.

    Raises:
        InputError: It is no workbook, is too large, or is built to do harm.
        MissingExtraError: openpyxl or defusedxml is not installed.
    """
    try:
        from openpyxl.styles.numbers import BUILTIN_FORMATS
    except ImportError as error:
        raise MissingExtraError("openpyxl", "tables", Text("Workbooks", "Arbeitsmappen")) from error
    with Package(path) as package:
        book = Book(package.name, notes=_ignored(package.parts))
        root = walk(package, "_rels/.rels", Relationships())
        main = next((_resolved("", root.targets[name]) for name, kind in root.kinds.items() if kind == "officeDocument"), "xl/workbook.xml")
        relations = walk(package, _relations_of(main), Relationships())
        contents = walk(package, main, Contents())

        def part(kind: str) -> str:
            return next((_resolved(main, relations.targets[name]) for name, found in relations.kinds.items() if found == kind), "")

        strings = walk(package, part("sharedStrings"), Strings()).texts if part("sharedStrings") else []
        formats = walk(package, part("styles"), Styles(BUILTIN_FORMATS)).formats if part("styles") else []
        for name, relation, state in contents.sheets:
            as_what = wanted(name) if relations.kinds.get(relation) == "worksheet" else ""
            if not as_what:
                book.other.append(name)
            elif as_what in book.sheets:
                what = Text(f"The sheet {as_what!r} is there twice.", f"Das Blatt {as_what!r} gibt es zweimal.")
                raise package.refused(what, Text("Delete or rename one.", "Löschen Sie eines oder benennen Sie es um."))
            else:
                sheet = Sheet(name, hidden=state != "visible")
                walk(package, _resolved(main, relations.targets[relation]), _Cells(sheet, strings, formats, from_1904=contents.from_1904))
                book.sheets[as_what] = sheet
    return book


def _ignored(parts: Collection[str]) -> list[Text]:
    notes = []
    if any(part.casefold().endswith("vbaproject.bin") for part in parts):
        notes.append(Text("The workbook holds macros; they were ignored.", "Die Arbeitsmappe enthält Makros; sie wurden nicht beachtet."))
    if any(part.casefold().startswith("xl/externallinks/") for part in parts):
        notes.append(
            Text(
                "The workbook links to other files; the links were ignored.",
                "Die Arbeitsmappe verweist auf andere Dateien; die Verweise wurden nicht beachtet.",
            )
        )
    return notes


def _relations_of(part: str) -> str:
    folder, _, name = part.rpartition("/")
    return f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"


def _resolved(part: str, target: str) -> str:
    """Return the name of the part that a relationship of another one means; one that climbs out is no part, and is not found."""
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(part), target)).lstrip("/")


class _Cells(Handler):
    """Reads the cells of a sheet."""

    def __init__(self, sheet: Sheet, strings: list[str], formats: list[str], *, from_1904: bool) -> None:
        super().__init__()
        self.sheet = sheet
        self.strings = strings
        self.formats = formats
        self.from_1904 = from_1904
        self.row = self.column = 0
        self.row_hidden = False
        self.kind = self.style = self.value = ""
        self.runs: list[str] = []
        self.formula: str | None = None
        self.inside = self.sound = False
        self.cells = self.characters = 0

    def opened(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "c":
            self._place(attributes.get("r", ""))
            self.kind, self.style = attributes.get("t", "n"), attributes.get("s", "0")
            self.value, self.runs, self.formula, self.inside = "", [], None, True
        elif tag == "row":
            self.row = self._number(attributes.get("r"), self.row + 1)
            self.column = 0
            self.row_hidden = attributes.get("hidden", "0") in ("1", "true")
        elif tag == "rPh":
            self.sound = True
        elif self.inside and tag in ("v", "f", "t") and not self.sound:
            self.listen()
        elif tag == "mergeCell":
            if len(self.sheet.merged) < 1000:
                self.sheet.merged.append(attributes.get("ref", "")[:20])
        elif tag == "col" and attributes.get("hidden", "0") in ("1", "true"):
            first, last = self._number(attributes.get("min"), 1), self._number(attributes.get("max"), 1)
            self.sheet.hidden_columns |= set(range(first, min(last, MAX_COLUMNS) + 1))

    def closed(self, tag: str) -> None:
        if tag == "c":
            self.inside = False
            cell = self._cell()
            if cell != "":
                self._keep(cell)
        elif tag == "rPh":
            self.sound = False
        elif tag == "row":
            if self.row_hidden and self.row in self.sheet.rows:
                self.sheet.hidden_rows += 1
        elif self.inside and not self.sound and tag in ("v", "f", "t"):
            text = self.heard()
            if tag == "v":
                self.value = text
            elif tag == "f":
                self.formula = text
            else:
                self.runs.append(text)

    @staticmethod
    def _number(text: str | None, otherwise: int) -> int:
        return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 7 else otherwise

    def _place(self, address: str) -> None:
        match = _ADDRESS.match(address)
        if not match:
            self.column += 1
            return
        self.column = 0
        for letter in match[1]:
            self.column = self.column * 26 + ord(letter) - 64
        self.row = int(match[2])

    def _cell(self) -> Cell:
        if self.formula is not None:
            return cells.formula(self.formula)
        if self.kind == "s":
            place = self._number(self.value.strip(), -1)
            if not 0 <= place < len(self.strings):
                raise ValueError(place)
            return shown(unescaped(self.strings[place]))
        if self.kind == "inlineStr":
            return shown(unescaped("".join(self.runs)))
        if self.kind == "str":
            return shown(unescaped(self.value))
        if not self.value.strip():
            return ""
        if self.kind == "b":
            return cells.boolean(self.value)
        if self.kind == "e":
            return cells.error(self.value)
        if self.kind == "d":
            return cells.iso_day(self.value)
        style = self._number(self.style, 0)
        return cells.number(self.value.strip(), self.formats[style] if style < len(self.formats) else "General", from_1904=self.from_1904)

    def _keep(self, cell: Cell) -> None:
        self.cells += 1
        self.characters += len(cell.seen if isinstance(cell, Typed) else cell)
        if self.row > MAX_ROWS:
            raise TooMuch(Text(f"The sheet has more than {MAX_ROWS} rows.", f"Das Blatt hat mehr als {MAX_ROWS} Zeilen."))
        if self.column > MAX_COLUMNS:
            what = Text(
                f"The cell {letters(self.column)}{self.row} lies beyond column {MAX_COLUMNS}.",
                f"Die Zelle {letters(self.column)}{self.row} liegt jenseits von Spalte {MAX_COLUMNS}.",
            )
            raise TooMuch(what)
        if self.cells > MAX_CELLS or self.characters > MAX_CHARACTERS:
            what = Text(
                f"The sheet has more than {MAX_CELLS} filled cells or {MAX_CHARACTERS} characters.",
                f"Das Blatt hat mehr als {MAX_CELLS} gefüllte Zellen oder {MAX_CHARACTERS} Zeichen.",
            )
            raise TooMuch(what)
        row = self.sheet.rows.setdefault(self.row, {})
        if self.column in row:
            # Programs differ in which of the two they show.
            raise ValueError(self.column)
        row[self.column] = cell
