"""The file of a project list: its encoding, delimiter and header, and its records as a table of texts, read without trusting it.

The file is gone through once in pieces (checksum, encoding), then read by columns. Only where a record is damaged, or a blank line would shift the
record numbers, it is read record by record into a clean copy first. Source: RFC 4180.
"""

from __future__ import annotations

import codecs
import csv
import difflib
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from kg.errors import InputError, Problem, Text, unwritable
from kg.sources.listing_mapping import ListMapping
from kg.sources.tables import TEXTS, problem

if TYPE_CHECKING:
    from kg.engine.base import Engine

MAX_FILE = 2 * 1024**3
"""Bytes of the largest list."""
MAX_RECORD = 16 * 1024**2
"""Characters of the longest record."""
MAX_HEADER = 1024**2
"""Bytes that are read to find the header."""
DELIMITERS = (";", ",", "\t", "|")
_CHUNK = 1024**2
_BLANK_LINE = re.compile(rb"(?:\n|\r(?!\n))[ \t]*[\r\n]")


@dataclass
class ListTable:
    """A list by columns.

    Attributes:
        file: Name in origins and messages.
        header: Names of the columns.
        data: Ibis table: column `c<i>` holds the cells of `header[i]`, empty ones as empty text; `row` is the record's number.
        sha256: Checksum of the file as it lies there.
        problems: Records left out.
    """

    file: str
    header: Sequence[str]
    data: Any
    sha256: str
    problems: list[Problem] = field(default_factory=list)

    def column(self, name: str) -> Any:
        """Return the cells of a column."""
        return self.data[f"c{self.header.index(name)}"]


@dataclass(frozen=True)
class _Scan:
    sha256: str
    path: Path
    blank_lines: bool


def read_list(engine: Engine, path: Path, mapping: ListMapping, work: Path, name: str) -> ListTable:
    """Read a list by columns.

    Args:
        engine: Batch engine.
        path: The file.
        mapping: How it is written, and which columns must be there.
        work: Folder for a copy, where one is needed.
        name: How the file is named in origins and messages.

    Raises:
        InputError: The file cannot be read, is not of this encoding or delimiter, a column is absent or stands twice, or a quote is never closed.
    """
    form = mapping.table
    try:
        scan = _scan(path, form.encoding, work, name)
        header = _header(scan.path, form.delimiter, name)
        _check_header(header, mapping, name)
        columns = [f"c{number}" for number in range(len(header))]
        data, problems = None, []
        if not scan.blank_lines:
            try:
                data = engine.csv(scan.path, columns, delimiter=form.delimiter)
            except Exception as error:  # every engine has its own
                if isinstance(error, MemoryError) or "out of memory" in str(error).casefold():
                    raise
        if data is None:
            clean = work / "clean.csv"
            problems = _sort_out(scan.path, clean, form.delimiter, name, len(header))
            data = engine.csv(clean, [*columns, "record"], delimiter=",")
            data = data.mutate(row=data.record.cast("int64")).drop("record")
    except OSError as error:
        raise unwritable(error, work, "--build") from error
    return ListTable(name, header, data.mutate(**{column: data[column].fill_null("") for column in columns}), scan.sha256, problems)


def _scan(path: Path, encoding: str, work: Path, name: str) -> _Scan:
    """Go through the file once: checksum, encoding, blank lines; another encoding than UTF-8 is written anew as UTF-8."""
    utf8 = codecs.lookup(encoding).name in ("utf-8", "utf-8-sig", "ascii")
    decoder = codecs.getincrementaldecoder("utf-8-sig" if utf8 else encoding)()
    other = codecs.getincrementaldecoder("utf-8")()
    digest, size, line, blank, tail = hashlib.sha256(), 0, 1, False, b"\n"
    other_is_utf8 = not utf8
    target = path if utf8 else work / "utf8.csv"
    with _opened(path, name) as source:
        copy = None if utf8 else target.open("wb")
        try:
            while True:
                chunk = source.read(_CHUNK)
                size += len(chunk)
                if size > MAX_FILE:
                    raise _fatal(problem(TEXTS, "file-too-large", name, fatal=True, words={"limit": MAX_FILE // 1024**2}))
                digest.update(chunk)
                try:
                    text = decoder.decode(chunk, final=not chunk)
                except UnicodeError as error:
                    start = error.start if isinstance(error, UnicodeDecodeError) else 0
                    seen = error.object[:start] if isinstance(error, UnicodeDecodeError) else b""
                    raise _wrong_encoding(path, name, encoding, line + seen.count(b"\n")) from error
                if other_is_utf8:
                    try:
                        other.decode(chunk, final=not chunk)
                    except UnicodeDecodeError:
                        other_is_utf8 = False
                data = chunk if utf8 else text.encode("utf-8", errors="replace")
                if copy:
                    copy.write(data)
                window = tail + data
                blank = blank or bool(_BLANK_LINE.search(window))
                tail = window[-64:]
                line += text.count("\n")
                if not chunk:
                    break
        finally:
            if copy:
                copy.close()
    if size == 0:
        raise _fatal(problem(TEXTS, "empty-file", name, fatal=True))
    if other_is_utf8 and not _ascii(path):
        what = Text(f"The file is UTF-8, not {encoding}.", f"Die Datei ist UTF-8, nicht {encoding}.")
        raise InputError(what, where=name, fix=Text('Write encoding = "utf-8".', 'Schreiben Sie encoding = "utf-8".'))
    return _Scan(digest.hexdigest(), target, blank)


def _opened(path: Path, name: str) -> IO[bytes]:
    if path.is_dir():
        what = Text("This is a folder, no list.", "Das ist ein Ordner, keine Liste.")
        raise InputError(what, where=name, fix=Text("Name the CSV file.", "Nennen Sie die CSV-Datei."))
    try:
        return path.open("rb")
    except FileNotFoundError as error:
        what = Text("The file is missing.", "Die Datei fehlt.")
        raise InputError(what, where=name, fix=Text("Check the path.", "Prüfen Sie den Pfad.")) from error
    except OSError as error:
        found = problem(TEXTS, "unreadable-file", name, fatal=True, words={"reason": error.strerror or str(error)})
        raise _fatal(found) from error


def _ascii(path: Path) -> bool:
    with path.open("rb") as file:
        return all(chunk.isascii() for chunk in iter(lambda: file.read(_CHUNK), b""))


def _wrong_encoding(path: Path, name: str, encoding: str, line: int) -> InputError:
    found = guess_encoding(path)
    what = Text(f"The file is not {encoding}.", f"Die Datei ist kein {encoding}.")
    fix = Text(
        f'Try encoding = "{found}" below [table], or save the list as CSV UTF-8.',
        f'Versuchen Sie encoding = "{found}" unter [table], oder speichern Sie die Liste als CSV UTF-8.',
    )
    return InputError(what, where=f"{name}:{line}", fix=fix)


def guess_encoding(path: Path) -> str:
    """Return the encoding a file seems to have: by its byte order mark, else UTF-8 where its beginning is, else cp1252."""
    with _opened(path, path.name) as file:
        data = file.read(MAX_HEADER)
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return encoding
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def sample(path: Path, records: int = 200) -> tuple[str, str, list[list[str]]]:
    """Return encoding, delimiter and the first records of a file, the header among them.

    Args:
        path: The file.
        records: How many at most; no more than the first megabyte is read.

    Raises:
        InputError: The file is missing or empty.
    """
    encoding = guess_encoding(path)
    with _opened(path, path.name) as file:
        data = file.read(MAX_HEADER)
    text = codecs.getincrementaldecoder("utf-8-sig" if encoding == "utf-8" else encoding)("replace").decode(data).replace("\0", "")
    if not text.strip():
        raise _fatal(problem(TEXTS, "empty-file", path.name, fatal=True))
    delimiter = max(DELIMITERS, key=lambda mark: len(_first(text, mark, 1)[0]))
    return encoding, delimiter, _first(text, delimiter, records + 1, whole=len(data) < MAX_HEADER)


def _first(text: str, delimiter: str, count: int, *, whole: bool = True) -> list[list[str]]:
    """Return the first records of a text, the header trimmed; the last one is left out where the text was cut."""
    csv.field_size_limit(MAX_RECORD)
    found: list[list[str]] = []
    try:
        for record in csv.reader(text.splitlines(keepends=True), delimiter=delimiter):
            if record or not found:
                found.append(record)
            if len(found) == count:
                return [[cell.strip() for cell in found[0]], *found[1:]]
    except csv.Error:
        whole = True
    found = found or [[]]
    return [[cell.strip() for cell in found[0]], *(found[1:] if whole else found[1:-1])]


def _header(path: Path, delimiter: str, name: str) -> list[str]:
    with path.open("rb") as file:
        data = file.read(MAX_HEADER)
    text = codecs.getincrementaldecoder("utf-8-sig")().decode(data).replace("\0", "")
    if not text.strip():
        raise _fatal(problem(TEXTS, "empty-file", name, fatal=True))
    header = _first(text, delimiter, 1)[0]
    if not any(header):
        what = Text("The first line holds no column names.", "Die erste Zeile enthält keine Spaltennamen.")
        fix = Text("Delete what stands above the header.", "Löschen Sie, was über der Kopfzeile steht.")
        raise InputError(what, where=f"{name}:1", fix=fix)
    others = {mark: len(_first(text, mark, 1)[0]) for mark in DELIMITERS if mark != delimiter}
    best = max(others, key=lambda mark: others[mark])
    if len(header) == 1 and others[best] > 1:
        shown = "tab" if best == "\t" else best
        given = "tab" if delimiter == "\t" else delimiter
        what = Text(f"The columns are not separated by {given!r}.", f"Die Spalten sind nicht durch {given!r} getrennt.")
        fix = Text(f'Try delimiter = "{shown}" below [table].', f'Versuchen Sie delimiter = "{shown}" unter [table].')
        raise InputError(what, where=f"{name}:1", fix=fix)
    return header


def _check_header(header: Sequence[str], mapping: ListMapping, name: str) -> None:
    """Refuse a header in which a name stands twice, or a column that the mapping names is absent."""
    twice = sorted({column for column in header if column and header.count(column) > 1})
    if twice:
        raise _fatal(problem(TEXTS, "double-column", name, 1, twice[0], fatal=True))
    absent = {column: setting for column, setting in mapping.columns().items() if column not in header}
    for column, setting in absent.items():
        near = _near(column, header)
        what = Text(
            f"{setting} names the column {column!r}, which {name} does not have.", f"{setting} nennt die Spalte {column!r}, die {name} nicht hat."
        )
        present = ", ".join(item for item in header if item)[:500]
        fix = Text(f"Present are: {present}.", f"Vorhanden sind: {present}.")
        if near:
            fix = Text(f"Did you mean {near!r}?", f"Meinten Sie {near!r}?")
        raise InputError(what, where=mapping.where(setting), fix=fix)


def _near(column: str, header: Sequence[str]) -> str:
    folded = {item.casefold(): item for item in header if item}
    near = difflib.get_close_matches(column.casefold(), folded, 1)
    return folded[near[0]] if near else ""


def _sort_out(path: Path, clean: Path, delimiter: str, name: str, width: int) -> list[Problem]:
    """Copy the whole records of a file, each with its number, and say which are left out.

    Raises:
        InputError: A quote is never closed or a record is too long: nothing behind it can be told apart.
    """
    csv.field_size_limit(MAX_RECORD)
    problems: list[Problem] = []
    with path.open(encoding="utf-8-sig", newline="") as source, clean.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow([*(f"c{number}" for number in range(width)), "record"])
        lines = _Lines(source, name)
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        number = 0
        while True:
            number += 1
            lines.start()
            try:
                record = next(reader, None)
            except csv.Error as error:
                raise _fatal(_broken(error, name, number, lines)) from error
            if record is None:
                return problems
            if number == 1 or not any(cell.strip() for cell in record):
                continue
            if len(record) != width:
                problems.append(problem(TEXTS, "cell-count", name, number, words={"found": len(record), "expected": width}))
            else:
                writer.writerow([*record, number])


def _broken(error: csv.Error, name: str, number: int, lines: _Lines) -> Problem:
    reason = {"unexpected end of data": f"a quote opened in line {lines.first} is never closed"}.get(str(error), f"{error}, line {lines.first}")
    found = problem(TEXTS, "broken-csv", name, number, fatal=True, words={"reason": reason})
    if "end of data" in str(error):
        german = found.what["de"].replace(reason, f"ein in Zeile {lines.first} geöffnetes Anführungszeichen wird nie geschlossen")
        return Problem(found.file, found.row, "", found.code, {**found.what, "de": german}, found.fix, fatal=True)
    return found


class _Lines:
    """The lines of a file, bounded, with the number of the line where the present record begins."""

    def __init__(self, file: IO[str], name: str) -> None:
        self.file = file
        self.name = name
        self.first = self.number = 0
        self.size = 0

    def start(self) -> None:
        """Begin a record."""
        self.first = self.number + 1
        self.size = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.file.readline(MAX_RECORD + 1)
        if not line:
            raise StopIteration
        self.number += 1
        self.size += len(line)
        if self.size > MAX_RECORD:
            limit = MAX_RECORD // 1024**2
            what = Text(f"A record is longer than {limit} MB.", f"Ein Datensatz ist länger als {limit} MB.")
            fix = Text("Look for a quote that is never closed.", "Suchen Sie ein Anführungszeichen, das nie geschlossen wird.")
            raise InputError(what, where=f"{self.name}, line {self.first}", fix=fix)
        return line.replace("\0", "")


def _fatal(found: Problem) -> InputError:
    where = f"{found.file}:{found.row}" if found.row else found.file
    return InputError(Text(found.what["en"], found.what["de"]), where=where, fix=Text(found.fix["en"], found.fix["de"]), problems=(found,))
