"""A table of which single cells and rows can be changed while every other byte stays: byte order mark, separator, quotes, line ends, blanks.

RFC 4180, read as :mod:`kg.sources.tables` reads it (comma, semicolon or tab; a row number is the record number with the header as 1). Where that module
trims cells and drops records that do not fit, nothing is dropped here: what cannot be kept byte for byte is refused.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from kg.errors import InputError, Text
from kg.files import write_file
from kg.sources.tables import MAX_BYTES, delimiter_of

BOM = "\ufeff"


class LosslessTable:
    """The text of a table and where its cells stand in it.

    Attributes:
        name: How the file is named in messages.
        columns: The header, trimmed.
        delimiter: `,`, `;` or a tab.
        newline: Line end of new rows: that of the header.
    """

    def __init__(self, data: bytes, name: str = "") -> None:
        """Read the bytes of a table.

        Raises:
            InputError: They are no UTF-8, no CSV, too many, or empty; a column stands twice.
        """
        self.name = name
        if len(data) > MAX_BYTES:
            size = MAX_BYTES // 1024 // 1024
            raise self._unreadable(Text(f"The file is larger than {size} MB.", f"Die Datei ist größer als {size} MB."), 0)
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            what = Text(
                f"Byte 0x{data[error.start]:02X} at offset {error.start} is not UTF-8.",
                f"Das Byte 0x{data[error.start]:02X} an Stelle {error.start} ist kein UTF-8.",
            )
            raise self._unreadable(what, 1 + data[: error.start].count(b"\n")) from error
        self._bom = BOM if text.startswith(BOM) else ""
        text = text.removeprefix(BOM)
        self.delimiter = delimiter_of(text)
        # A record is its cells as they stand in the text and the line end after them; the whole is the text again.
        self._records: list[tuple[list[str], str]] = self._split(text)
        if not self._records:
            raise self._unreadable(Text("The file is empty.", "Die Datei ist leer."), 0)
        self.newline = self._records[0][1] or "\n"
        self.columns: Sequence[str] = [_value(cell).strip() for cell in self._records[0][0]]
        self._place = {column: place for place, column in enumerate(self.columns)}
        if len(self._place) < len(self.columns):
            raise self._unreadable(Text("A column stands twice in the header.", "Eine Spalte steht zweimal in der Kopfzeile."), 1)

    @classmethod
    def read(cls, path: Path, name: str = "") -> LosslessTable:
        """Read a file (see the constructor).

        Raises:
            InputError: It is not there, or cannot be read.
        """
        try:
            data = path.read_bytes() if path.stat().st_size <= MAX_BYTES else b"\0" * (MAX_BYTES + 1)
        except OSError as error:
            reason = error.strerror or str(error)
            what = Text(f"The file cannot be read: {reason}.", f"Die Datei ist nicht lesbar: {reason}.")
            raise InputError(what, where=name or str(path), fix=Text("Check path and permissions.", "Prüfen Sie Pfad und Rechte.")) from error
        return cls(data, name or str(path))

    def _unreadable(self, what: Text, row: int) -> InputError:
        fix = Text("Save the table as CSV UTF-8; nothing was changed.", "Speichern Sie die Tabelle als CSV UTF-8; geändert wurde nichts.")
        return InputError(what, where=f"{self.name}:{row}" if row else self.name, fix=fix)

    def _split(self, text: str) -> list[tuple[list[str], str]]:
        cell = _cell_pattern(self.delimiter)
        records: list[tuple[list[str], str]] = []
        cells: list[str] = []
        position, end = 0, len(text)
        while position < end or cells:
            match = cell.match(text, position)
            if match is None:
                what = Text(
                    "The row is no valid CSV: a quote is not closed.", "Die Zeile ist kein gültiges CSV: ein Anführungszeichen ist nicht geschlossen."
                )
                raise self._unreadable(what, len(records) + 1)
            cells.append(match["cell"])
            position = match.end()
            after = match["after"]
            if after != self.delimiter:
                records.append((cells, after))
                cells = []
                if not after:
                    break
        return records

    @property
    def rows(self) -> range:
        """Numbers of the records after the header, blank ones included."""
        return range(2, len(self._records) + 1)

    def row(self, number: int) -> dict[str, str]:
        """Return the cells of a record by column, as they stand (not trimmed, without quotes); missing ones are empty.

        Raises:
            InputError: There is no such record.
        """
        cells = self._record(number)[0]
        return {column: _value(cells[place]) if place < len(cells) else "" for place, column in enumerate(self.columns)}

    def cell(self, number: int, column: str) -> str:
        """Return a cell as it stands (see :meth:`row`)."""
        cells, place = self._record(number)[0], self._column(column)
        return _value(cells[place]) if place < len(cells) else ""

    def line(self, number: int) -> str:
        """Return a record as it stands, with its line end; 1 is the header, with the byte order mark if there is one.

        Raises:
            InputError: There is no such record.
        """
        cells, after = self._records[0] if number == 1 else self._record(number)
        return (self._bom if number == 1 else "") + self.delimiter.join(cells) + after

    def set(self, number: int, column: str, value: str) -> None:
        """Change one cell; quotes come where they must, and stay where they stood without need.

        Where only the old value needed them they go, unless the row quotes its other cells without need, too.

        Raises:
            InputError: There is no such record or column, or the record is too short for it.
        """
        cells, place = self._record(number)[0], self._column(column)
        if place >= len(cells):
            what = Text("The row has fewer cells than the header.", "Die Zeile hat weniger Zellen als die Kopfzeile.")
            raise InputError(
                what, where=f"{self.name}:{number}", fix=Text("Correct the row by hand first.", "Berichtigen Sie zuerst die Zeile von Hand.")
            )
        if _value(cells[place]) != value:
            others = (*self._records[0][0], *cells)
            needed = self._must_be_quoted(_value(cells[place]))
            free = not needed or any(cell.startswith('"') and not self._must_be_quoted(_value(cell)) for cell in others)
            cells[place] = self._written(value, quoted=cells[place].startswith('"') and free)

    def remove(self, number: int) -> None:
        """Take a record away; those after it move up by one."""
        self._record(number)
        _, after = self._records.pop(number - 1)
        if not after and len(self._records) > 1:
            # The last record had no line end: the one that is last now has none either.
            self._records[-1] = (self._records[-1][0], "")

    def insert(self, number: int, values: Mapping[str, str]) -> None:
        """Add a record that then has this number; `len(rows) + 2` puts it at the end.

        Raises:
            InputError: There is no such column, or no such place.
        """
        for column in values:
            self._column(column)
        if not 2 <= number <= len(self._records) + 1:
            raise self._missing(number)
        before, ending = self._records[number - 2]
        self._records[number - 2] = (before, ending or self.newline)
        cells = [self._written(values.get(column, ""), quoted=False) for column in self.columns]
        self._records.insert(number - 1, (cells, self.newline if ending else ""))

    def append(self, values: Mapping[str, str]) -> int:
        """Add a record at the end and return its number (see :meth:`insert`)."""
        number = len(self._records) + 1
        self.insert(number, values)
        return number

    def data(self) -> bytes:
        """Return the table as bytes."""
        return (self._bom + "".join(self.delimiter.join(cells) + after for cells, after in self._records)).encode()

    def write(self, path: Path, *, expected: str = "") -> None:
        """Write the table, whole or not at all.

        Args:
            path: Where.
            expected: :func:`checksum` of what must stand there now; empty: whatever.

        Raises:
            InputError: Somebody has changed the file in the meantime; nothing is written.
            BuildError: It cannot be written.
        """
        if expected and (not path.exists() or checksum(path.read_bytes()) != expected):
            what = Text(
                "The file has changed since it was read; nothing was written.",
                "Die Datei wurde geändert, seit sie gelesen wurde; geschrieben wurde nichts.",
            )
            raise InputError(
                what,
                where=self.name or str(path),
                fix=Text("Run the command again on the file as it is now.", "Rufen Sie den Befehl auf der jetzigen Datei neu auf."),
            )
        write_file(path, self.data())

    def _record(self, number: int) -> tuple[list[str], str]:
        if not 2 <= number <= len(self._records):
            raise self._missing(number)
        return self._records[number - 1]

    def _missing(self, number: int) -> InputError:
        what = Text(f"There is no row {number}.", f"Es gibt keine Zeile {number}.")
        last = len(self._records)
        return InputError(what, where=self.name, fix=Text(f"The last one is {last}.", f"Die letzte ist {last}."))

    def _column(self, column: str) -> int:
        place = self._place.get(column)
        if place is None:
            present = ", ".join(self.columns)
            what = Text(f"There is no column {column!r}.", f"Es gibt keine Spalte {column!r}.")
            raise InputError(what, where=self.name, fix=Text(f"There are: {present}.", f"Es gibt: {present}."))
        return place

    def _written(self, value: str, *, quoted: bool) -> str:
        if quoted or self._must_be_quoted(value):
            return '"' + value.replace('"', '""') + '"'
        return value

    def _must_be_quoted(self, value: str) -> bool:
        return value.startswith('"') or any(sign in value for sign in (self.delimiter, "\n", "\r"))


def checksum(data: bytes) -> str:
    """Return the mark by which :meth:`LosslessTable.write` tells that a file has changed: SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


@lru_cache(maxsize=4)
def _cell_pattern(delimiter: str) -> re.Pattern[str]:
    sign = re.escape(delimiter)
    # Possessive: a quote that nobody closes must not be tried at every length.
    return re.compile(rf'(?P<cell>"(?:[^"]|"")*+"|(?!")[^{sign}\r\n]*+)(?P<after>{sign}|\r\n|\n|\r|\Z)')


def _value(cell: str) -> str:
    return cell[1:-1].replace('""', '"') if cell.startswith('"') else cell
