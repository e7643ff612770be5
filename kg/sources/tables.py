"""Reading CSV tables that people keep: every spreadsheet's variant accepted, every problem of a file listed.

RFC 4180 with comma, semicolon or tab, with or without a byte order mark, any line end. A row number is the record number with
the header as 1 (a record may span lines).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kg.errors import Problem

MAX_BYTES = 256 * 1024 * 1024
MAX_CELL = 1024 * 1024
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

TEXTS: dict[str, tuple[str, str, str, str]] = {
    # code: what de, what en, fix de, fix en; filled with str.format
    "missing-file": (
        "Die Datei fehlt.",
        "The file is missing.",
        "Legen Sie sie an; `kg init` zeigt ein Beispiel.",
        "Create it; `kg init` shows an example.",
    ),
    "unreadable-file": (
        "Die Datei ist nicht lesbar: {reason}.",
        "The file cannot be read: {reason}.",
        "Prüfen Sie Rechte und Pfad.",
        "Check permissions and path.",
    ),
    "empty-file": ("Die Datei ist leer.", "The file is empty.", "Sie braucht mindestens die Kopfzeile.", "It needs at least the header row."),
    "file-too-large": ("Die Datei ist größer als {limit} MB.", "The file is larger than {limit} MB.", "Teilen Sie sie auf.", "Split it."),
    "broken-utf8": (
        "Das Byte {byte} an Stelle {position} ist kein UTF-8.",
        "Byte {byte} at offset {position} is not UTF-8.",
        "Speichern Sie die Tabelle als CSV UTF-8.",
        "Save the table as CSV UTF-8.",
    ),
    "broken-csv": (
        "Die Zeile ist kein gültiges CSV: {reason}.",
        "The row is no valid CSV: {reason}.",
        "Schließen Sie Anführungszeichen und verdoppeln Sie sie innerhalb einer Zelle.",
        "Close the quotes, and double a quote inside a cell.",
    ),
    "missing-column": (
        "Die Spalte {column!r} fehlt.",
        "The column {column!r} is missing.",
        "Ergänzen Sie sie in der Kopfzeile; vorhanden sind: {present}.",
        "Add it to the header; present are: {present}.",
    ),
    "double-column": (
        "Die Spalte {column!r} steht zweimal in der Kopfzeile.",
        "The column {column!r} stands twice in the header.",
        "Benennen Sie eine um.",
        "Rename one.",
    ),
    "cell-count": (
        "Die Zeile hat {found} Zellen, die Kopfzeile {expected}.",
        "The row has {found} cells, the header {expected}.",
        "Ein Komma im Text braucht Anführungszeichen um die Zelle.",
        "A comma inside a text needs quotes around the cell.",
    ),
    "control-character": (
        "Die Zelle enthält ein Steuerzeichen (U+{point}).",
        "The cell holds a control character (U+{point}).",
        "Entfernen Sie es.",
        "Remove it.",
    ),
}


@dataclass(frozen=True)
class Row:
    """One record: its number and its trimmed cells by column."""

    number: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass
class Table:
    """A table as read: rows that can be used, and every problem found.

    Attributes:
        file: Path as named by the user, used in origins and messages.
        columns: Header.
        rows: Records with the right number of cells.
        problems: What is wrong; a fatal one means that nothing of the file was used.
    """

    file: str
    columns: Sequence[str] = ()
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def usable(self) -> bool:
        """Whether the file could be read as a table."""
        return not any(problem.fatal for problem in self.problems)

    def origin(self, row: Row) -> str:
        """Return where a row stands, as `<path>#<row>`."""
        return f"{self.file}#{row.number}"


def problem(
    texts: Mapping[str, tuple[str, str, str, str]],
    code: str,
    file: str,
    row: int = 0,
    column: str = "",
    *,
    value: str = "",
    fatal: bool = False,
    subject: str = "",
    words: Mapping[str, object] | None = None,
) -> Problem:
    """Return a problem with its texts in both languages filled in."""
    what_de, what_en, fix_de, fix_en = (text.format(column=column, value=value, **(words or {})) for text in texts[code])
    return Problem(file, row, column, code, {"de": what_de, "en": what_en}, {"de": fix_de, "en": fix_en}, value, fatal, subject)


def read_table(path: Path, name: str, required: Sequence[str]) -> Table:
    """Read a CSV file into rows of trimmed cells; nothing is raised, every problem is in the result.

    Args:
        path: The file.
        name: How the file is named in origins and messages.
        required: Columns that must be there; others are kept.
    """
    table = Table(name)
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= MAX_BYTES else b""
    except FileNotFoundError:
        table.problems.append(problem(TEXTS, "missing-file", name, fatal=True))
        return table
    except OSError as error:
        table.problems.append(problem(TEXTS, "unreadable-file", name, fatal=True, words={"reason": error.strerror or str(error)}))
        return table
    if size > MAX_BYTES:
        table.problems.append(problem(TEXTS, "file-too-large", name, fatal=True, words={"limit": MAX_BYTES // 1024 // 1024}))
        return table
    parse_table(data, table, required)
    return table


def parse_table(data: bytes, table: Table, required: Sequence[str]) -> None:
    """Parse the bytes of a table into `table` (see :func:`read_table`)."""
    text = _decode(data, table)
    if text is None:
        return
    if not text.strip():
        table.problems.append(problem(TEXTS, "empty-file", table.file, fatal=True))
        return
    records = _records(text, table)
    if not records:
        return
    header = [cell.strip() for cell in records[0]]
    table.columns = header
    for column in sorted({c for c in header if c and header.count(c) > 1}):
        table.problems.append(problem(TEXTS, "double-column", table.file, 1, column, fatal=True))
    for column in required:
        if column not in header:
            table.problems.append(problem(TEXTS, "missing-column", table.file, 1, column, fatal=True, words={"present": ", ".join(header)}))
    if not table.usable:
        return
    for number, record in enumerate(records[1:], start=2):
        if not any(cell.strip() for cell in record):
            continue
        if len(record) != len(header):
            table.problems.append(problem(TEXTS, "cell-count", table.file, number, words={"found": len(record), "expected": len(header)}))
            continue
        cells = {column: cell.strip() for column, cell in zip(header, record, strict=True)}
        for column, cell in cells.items():
            match = _CONTROL.search(cell)
            if match:
                point = f"{ord(match.group()):04X}"
                table.problems.append(problem(TEXTS, "control-character", table.file, number, column, words={"point": point}))
                cells[column] = _CONTROL.sub("", cell)
        table.rows.append(Row(number, cells))


def _decode(data: bytes, table: Table) -> str | None:
    """Decode UTF-8, with or without a byte order mark; name the row of the first byte that is none."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig", errors="ignore")
        row = max(1, sum(1 for _ in csv.reader(io.StringIO(before, newline=""), delimiter=delimiter_of(before))))
        byte = f"0x{data[error.start]:02X}"
        table.problems.append(problem(TEXTS, "broken-utf8", table.file, row, fatal=True, words={"byte": byte, "position": error.start}))
        return None


def delimiter_of(text: str) -> str:
    """Return the separator of the header: the one of comma, semicolon and tab that stands there most often.

    >>> delimiter_of("a;b\\r1,2,3;4\\r")
    ';'
    """
    header = re.split(r"[\r\n]", text, maxsplit=1)[0]
    return max(",;\t", key=header.count)


def _records(text: str, table: Table) -> list[list[str]]:
    csv.field_size_limit(MAX_CELL)
    records: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)
    try:
        for record in reader:
            records.append(record)
    except csv.Error as error:
        table.problems.append(problem(TEXTS, "broken-csv", table.file, len(records) + 1, fatal=True, words={"reason": str(error)}))
        return []
    return records
