"""A publisher's delivery: a zip, or a folder of `.csv` or `.csv.gz`, read without trusting it.

What is packed is unpacked into a working folder, bounded in size and in ratio; names inside an archive never become paths. Tables are read by
columns. Only a table with damaged records is gone through record by record, to say which they are and to leave just those out.

A record's number is its place in the file, the header being 1; a record may span lines, and a blank line is no record (RFC 4180, section 2).
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import gzip
import hashlib
import os
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast

from kg.archives import blown, points_outside, unfit
from kg.engine.base import CsvError, Engine
from kg.errors import InputError, Problem, Text, unwritable
from kg.sources.tables import TEXTS, problem

MAX_FILE = 4 * 1024**3
"""Bytes of one table, unpacked."""
MAX_TOTAL = 8 * 1024**3
"""Bytes of all tables of a delivery, unpacked."""
MAX_RATIO = 200
"""How many bytes one packed byte may become; text packs 5 to 20 times."""
FREE_RATIO = 16 * 1024**2
"""Bytes up to which no ratio is asked for: small tables of equal rows pack better."""
MAX_MEMBERS = 1_000
MAX_CONTENTS = 1024**2
"""Bytes of an archive's table of contents: a thousand long names."""
MAX_RECORD = 4 * 1024**2
"""Bytes of the longest record: a thousand times the longest text of Horizon Europe, and small enough for the engine when each quote is doubled."""
SHOWN_MEMBERS = 10
DELIMITER = ";"
_CHUNK = 1024 * 1024
_PACKED = (".csv", ".csv.gz")


@dataclass(frozen=True)
class DeliveredFile:
    """One file of a delivery, ready to be read.

    Attributes:
        name: Name inside the delivery, `organization.csv`.
        path: The unpacked file.
        bytes: Size, unpacked.
        sha256: Checksum of the unpacked bytes.
        utf8: Whether all of it is UTF-8.
    """

    name: str
    path: Path
    bytes: int
    sha256: str
    utf8: bool = True


@dataclass(frozen=True)
class Delivery:
    """The files of a delivery that were asked for and are there.

    Attributes:
        name: Name of the zip or folder.
        path: Where it lies.
        files: Files by the stem of their name.
    """

    name: str
    path: Path
    files: Mapping[str, DeliveredFile]

    def records(self) -> list[dict[str, Any]]:
        """Return name, size and checksum of every file, as `build.json` keeps them."""
        return [{"file": f"{self.name}/{item.name}", "bytes": item.bytes, "sha256": item.sha256} for item in self.files.values()]


def is_delivery(path: Path, required: Sequence[str]) -> bool:
    """Tell whether a path may be a delivery: a zip, or a folder that holds at least one of the tables asked for."""
    if path.is_dir():
        return any((path / f"{stem}{suffix}").is_file() for stem in required for suffix in _PACKED)
    return path.suffix.casefold() == ".zip"


def nearby(path: Path, required: Sequence[str]) -> Path | None:
    """Return the delivery that was meant where a path is none: the folder around one of its tables, or the one folder inside that holds them."""
    if path.is_file():
        return path.parent if path.name.endswith(_PACKED) and is_delivery(path.parent, required) else None
    inside = [folder for folder in sorted(path.iterdir()) if folder.is_dir() and is_delivery(folder, required)] if path.is_dir() else []
    return inside[0] if len(inside) == 1 else None


def open_delivery(path: Path, work: Path, required: Sequence[str], optional: Sequence[str] = ()) -> Delivery:
    """Unpack the tables of a delivery.

    Args:
        path: A zip, or a folder of `.csv` or `.csv.gz`.
        work: Folder for what is unpacked; plain files are read where they lie.
        required: Stems of tables that must be there.
        optional: Stems of tables that may be there; all others are not read.

    Raises:
        InputError: The archive is damaged, hostile or too large, or a table is missing.
        BuildError: The working folder cannot be written.
    """
    wanted = (*required, *optional)
    try:
        files, there = _from_folder(path, work, wanted) if path.is_dir() else _from_zip(path, work, wanted)
    except OSError as error:
        reason = error.strerror or str(error)
        what = Text(f"The delivery cannot be read: {reason}.", f"Die Lieferung ist nicht lesbar: {reason}.")
        raise InputError(what, where=str(path), fix=Text("Check path and permissions.", "Prüfen Sie Pfad und Rechte.")) from error
    missing = [stem for stem in required if stem not in files]
    if missing:
        shown = ", ".join(there[:SHOWN_MEMBERS]) + (", …" if len(there) > SHOWN_MEMBERS else "") or "–"
        what = Text(f"The table {missing[0]}.csv is missing.", f"Die Tabelle {missing[0]}.csv fehlt.")
        fix = Text(f"Get the whole delivery; present are: {shown}.", f"Holen Sie die ganze Lieferung; vorhanden sind: {shown}.")
        raise InputError(what, where=str(path), fix=fix)
    name = path.resolve().name
    return Delivery(name.removesuffix(".zip"), path, {stem: files[stem] for stem in wanted if stem in files})


def _from_folder(path: Path, work: Path, wanted: Sequence[str]) -> tuple[dict[str, DeliveredFile], list[str]]:
    files: dict[str, DeliveredFile] = {}
    for stem in wanted:
        plain, packed = path / f"{stem}.csv", path / f"{stem}.csv.gz"
        if plain.is_file() and packed.is_file():
            what = Text(f"{plain.name} and {packed.name} are both there.", f"{plain.name} und {packed.name} sind beide da.")
            raise InputError(what, where=str(path), fix=Text("Keep the one that is meant.", "Behalten Sie die gemeinte."))
        if plain.is_file():
            with plain.open("rb") as file:
                files[stem] = _copy(file, plain.name, plain, None)
        elif packed.is_file():
            with packed.open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                try:
                    files[stem] = _copy(cast(IO[bytes], gzip.GzipFile(fileobj=file)), plain.name, packed, work / plain.name, size)
                except (gzip.BadGzipFile, zlib.error, EOFError) as error:
                    raise _damaged(packed, error) from error
        _refuse_total(files, path)
    return files, sorted(item.name for item in path.iterdir() if item.is_file())


def _from_zip(path: Path, work: Path, wanted: Sequence[str]) -> tuple[dict[str, DeliveredFile], list[str]]:
    if path.suffix.casefold() != ".zip" or not path.is_file():
        what = Text("There is no such zip or folder.", "Ein solches Zip oder einen solchen Ordner gibt es nicht.")
        fix = Text(
            "Name the publisher's zip, or a folder of .csv or .csv.gz.",
            "Nennen Sie das Zip des Herausgebers oder einen Ordner mit .csv oder .csv.gz.",
        )
        raise InputError(what, where=str(path), fix=fix)
    files: dict[str, DeliveredFile] = {}
    try:
        with path.open("rb") as opened, zipfile.ZipFile(cast(IO[bytes], _Contents(opened, path))) as archive:
            members = archive.infolist()
            _refuse_hostile(members, path)
            for member in members:
                name = member.filename.rsplit("/", 1)[-1]
                stem = name.removesuffix(".csv")
                if stem == name or stem not in wanted:
                    continue
                if stem in files:
                    what = Text(f"The archive holds {name} twice.", f"Das Archiv enthält {name} zweimal.")
                    raise InputError(what, where=str(path), fix=_again())
                _refuse_member(member, name, path)
                with archive.open(member) as source:
                    files[stem] = _copy(source, name, path, work / name, member.compress_size)
                _refuse_total(files, path)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, KeyError) as error:
        # Damaged headers reach Python's reader as any of these.
        raise _damaged(path, error) from error
    return files, sorted(member.filename for member in members)


class _Contents:
    """A zip's file, whose table of contents is not read where it is larger than that of any delivery: `zipfile` reads it at once."""

    def __init__(self, file: IO[bytes], path: Path) -> None:
        self._file = file
        self._path = path
        self._size = os.fstat(file.fileno()).st_size
        self.seek, self.tell, self.seekable, self.close = file.seek, file.tell, file.seekable, file.close

    def read(self, size: int = -1) -> bytes:
        """Return so many bytes."""
        if min(self._size - self._file.tell() if size < 0 else size, self._size) > MAX_CONTENTS + _CHUNK:
            raise _too_many(self._path)
        return self._file.read(size)


def _refuse_hostile(members: Sequence[zipfile.ZipInfo], path: Path) -> None:
    """Refuse an archive that tries to write elsewhere: nothing it says is then to be trusted."""
    if len(members) > MAX_MEMBERS:
        raise _too_many(path)
    for member in members:
        if points_outside(member.filename):
            what = Text(
                f"The archive names a path outside itself: {member.filename!r}.", f"Das Archiv nennt einen Pfad außerhalb: {member.filename!r}."
            )
            raise InputError(what, where=str(path), fix=_again())


def _refuse_member(member: zipfile.ZipInfo, name: str, path: Path) -> None:
    """Refuse a table that cannot be unpacked within bounds."""
    reason = unfit(member)
    if reason == "encrypted":
        what = Text(f"{name} is encrypted.", f"{name} ist verschlüsselt.")
        raise InputError(what, where=str(path), fix=_again())
    if reason == "method":
        method = zipfile.compressor_names.get(member.compress_type, str(member.compress_type))  # type: ignore[attr-defined]
        what = Text(f"{name} is packed by {method}, not by deflate.", f"{name} ist mit {method} gepackt, nicht mit deflate.")
        raise InputError(what, where=str(path), fix=_again())
    if reason == "link":
        what = Text(f"{name} is a link, no table.", f"{name} ist ein Verweis, keine Tabelle.")
        raise InputError(what, where=str(path), fix=_again())


def _refuse_total(files: Mapping[str, DeliveredFile], path: Path) -> None:
    if sum(item.bytes for item in files.values()) > MAX_TOTAL:
        raise _too_large(path, MAX_TOTAL)


def _copy(source: IO[bytes], name: str, where: Path, target: Path | None, packed: int = 0) -> DeliveredFile:
    """Go through a file up to the limits, and write what is packed into the working folder.

    Args:
        source: What is read.
        name: Name inside the delivery.
        where: The file as the user named it, for messages.
        target: Where to write it; `None` where it lies unpacked already.
        packed: Size in the archive.
    """
    digest, size, utf8 = hashlib.sha256(), 0, True
    decoder = codecs.getincrementaldecoder("utf-8")()
    with _Target(target) if target else contextlib.nullcontext() as file:
        while chunk := source.read(_CHUNK):
            size += len(chunk)
            if size > MAX_FILE:
                raise _too_large(where, MAX_FILE)
            if target is not None and blown(size, packed, ratio=MAX_RATIO, free=FREE_RATIO):
                what = Text(
                    f"{name} grows to more than {MAX_RATIO} times its packed size: that is no table.",
                    f"{name} wächst auf mehr als das {MAX_RATIO}-Fache der gepackten Größe: Das ist keine Tabelle.",
                )
                raise InputError(what, where=str(where), fix=_again())
            digest.update(chunk)
            utf8 = utf8 and _decodes(decoder, chunk)
            if file is not None:
                file.write(chunk)
    utf8 = utf8 and _decodes(decoder, b"", last=True)
    return DeliveredFile(name, target or where, size, digest.hexdigest(), utf8)


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, last: bool = False) -> bool:
    try:
        decoder.decode(chunk, last)
    except UnicodeDecodeError:
        return False
    return True


class _Target:
    """A new file of the working folder; what goes wrong there is the working folder's fault, not the delivery's."""

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("wb")
        except OSError as error:
            raise unwritable(error, path.parent, "--build") from error
        self._folder = path.parent

    def write(self, chunk: bytes) -> None:
        """Write bytes to the disk."""
        try:
            self._file.write(chunk)
            self._file.flush()
        except OSError as error:
            raise unwritable(error, self._folder, "--build") from error

    def __enter__(self) -> _Target:
        return self

    def __exit__(self, *_: object) -> None:
        # What could not be written stays in the buffer and would be tried again.
        with contextlib.suppress(OSError):
            self._file.close()


def _again() -> Text:
    return Text("Get the delivery again from its publisher.", "Holen Sie die Lieferung neu vom Herausgeber.")


def _damaged(path: Path, error: Exception) -> InputError:
    reason = " ".join(str(error).split()).rstrip(".") or "EOF"
    what = Text(f"The archive is damaged or cut off: {reason}.", f"Das Archiv ist beschädigt oder abgeschnitten: {reason}.")
    return InputError(what, where=str(path), fix=_again())


def _too_many(path: Path) -> InputError:
    what = Text(f"The archive holds more than {MAX_MEMBERS:,} files.", f"Das Archiv enthält mehr als {german(MAX_MEMBERS)} Dateien.")
    return InputError(what, where=str(path), fix=_again())


def _too_large(path: Path, limit: int) -> InputError:
    size = limit / 1024**3
    what = Text(f"Unpacked it is larger than {size:g} GB.", f"Entpackt ist es größer als {size:g} GB.")
    return InputError(what, where=str(path), fix=Text("Split the delivery.", "Teilen Sie die Lieferung auf."))


def german(number: int) -> str:
    """Return a number as German text writes it.

    >>> german(15188)
    '15.188'
    """
    return f"{number:,}".replace(",", ".")


# --- Tables --------------------------------------------------------------------------------------------------------------


@dataclass
class DeliveredTable:
    """A table of a delivery by columns.

    Attributes:
        file: `<delivery>/<name>`, as origins and messages name it.
        columns: Header.
        data: Ibis table: the columns asked for that are there, as text, empty cells as empty text, and `row`.
        raw: What the engine holds of it, to be dropped when `data` is no longer needed.
        problems: Records left out, the first ones.
        count: How many records are left out.
    """

    file: str
    columns: Sequence[str]
    data: Any
    raw: Any = None
    problems: list[Problem] = field(default_factory=list)
    count: int = 0


def read_delivered(
    engine: Engine, item: DeliveredFile, name: str, required: Sequence[str], work: Path, *, wanted: Sequence[str] = (), told: int = 100
) -> DeliveredTable:
    """Read a table of a delivery by columns.

    Args:
        engine: Batch engine.
        item: The file.
        name: How it is named in origins and messages.
        required: Columns that must be there.
        work: Folder for a copy without damaged records, where there are any.
        wanted: Columns to read, where they are there; all others are left out.
        told: How many damaged records are told one by one.

    Raises:
        InputError: The header is wrong, or the file is no table of this delimiter.
        BuildError: The working folder cannot be written.
    """
    header = read_header(item.path, name, required)
    table = DeliveredTable(name, header, None)
    chosen = [column for column in dict.fromkeys((*required, *wanted)) if column in header]
    # Columns that are not asked for get a name that none has: to an engine Id and ID are one name, and a header may hold anything.
    names = [column if column in chosen else f"unread {number}" for number, column in enumerate(header)]
    whole = item.utf8
    if whole:
        try:
            table.raw = engine.csv(item.path, names, delimiter=DELIMITER, only=chosen)
            table.data = table.raw
        except CsvError:
            whole = False
    if not whole:
        clean = work / f"clean-{item.name}"
        try:
            work.mkdir(parents=True, exist_ok=True)
            _sort_out(item.path, clean, table, told)
        except OSError as failure:
            raise unwritable(failure, work, "--build") from failure
        table.raw = engine.csv(clean, [*names, "record"], delimiter=DELIMITER, only=[*chosen, "record"])
        table.data = table.raw.mutate(row=table.raw.record.cast("int64")).drop("record")
    table.data = table.data.mutate(**{column: table.data[column].fill_null("") for column in chosen})
    return table


def read_header(path: Path, name: str, required: Sequence[str]) -> list[str]:
    """Return the header of a table.

    Args:
        path: The file.
        name: How it is named in messages.
        required: Columns that must be there.

    Raises:
        InputError: The file has no header, a column stands twice or is missing, or the delimiter is another one.
    """
    header = _header(path, name)
    twice = sorted({column for column in header if column and header.count(column) > 1})
    if twice:
        raise _fatal(problem(TEXTS, "double-column", name, 1, twice[0], fatal=True))
    absent = [column for column in required if column not in header]
    if absent:
        present = ", ".join(header)[:500] or "–"
        raise _fatal(problem(TEXTS, "missing-column", name, 1, absent[0], fatal=True, words={"present": present}))
    return header


def _fatal(found: Problem) -> InputError:
    where = f"{found.file}:{found.row}" if found.row else found.file
    return InputError(Text(found.what["en"], found.what["de"]), where=where, fix=Text(found.fix["en"], found.fix["de"]), problems=(found,))


def _header(path: Path, name: str) -> list[str]:
    with path.open("rb") as file:
        line = file.readline(MAX_RECORD)
        empty = not line.strip() and not file.readline(MAX_RECORD)
    if empty:
        raise _fatal(problem(TEXTS, "empty-file", name, fatal=True))
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _fatal(_broken(name, 1, line[error.start], error.start, fatal=True)) from error
    if DELIMITER not in text and any(mark in text for mark in (",", "\t", "|")):
        what = Text(f"The columns are not separated by {DELIMITER!r}.", f"Die Spalten sind nicht durch {DELIMITER!r} getrennt.")
        fix = Text("Take the publisher's file as it is.", "Nehmen Sie die Datei des Herausgebers, wie sie ist.")
        raise InputError(what, where=f"{name}:1", fix=fix)
    try:
        return [cell.strip() for cell in next(csv.reader([text], delimiter=DELIMITER, strict=True))]
    except csv.Error as error:
        raise _fatal(problem(TEXTS, "broken-csv", name, 1, fatal=True, words={"reason": str(error)})) from error


def _broken(name: str, row: int, byte: int, position: int, *, fatal: bool = False) -> Problem:
    return problem(TEXTS, "broken-utf8", name, row, fatal=fatal, words={"byte": f"0x{byte:02X}", "position": position})


def _sort_out(path: Path, clean: Path, table: DeliveredTable, told: int) -> None:
    """Copy the whole records of a damaged table, each with its number, and say which are left out.

    Raises:
        InputError: A quote is never closed or a record is too long: nothing behind it can be told apart.
    """
    name, width = table.file, len(table.columns)
    csv.field_size_limit(MAX_RECORD)
    number = 1
    with path.open("rb") as source, clean.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, delimiter=DELIMITER, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow([*range(width), "record"])
        lines = _Lines(source, name)
        reader = csv.reader(lines, delimiter=DELIMITER, strict=True)
        next(reader)
        while True:
            lines.start(number + 1)
            try:
                record = next(reader, None)
            except csv.Error as error:
                raise _fatal(problem(TEXTS, "broken-csv", name, number + 1, fatal=True, words={"reason": str(error)})) from error
            if record is None:
                break
            if not record:
                continue
            number += 1
            if lines.broken is None and len(record) == width:
                writer.writerow([*record, number])
                continue
            table.count += 1
            if len(table.problems) >= told:
                continue
            if lines.broken is not None:
                table.problems.append(_broken(name, number, *lines.broken))
            else:
                table.problems.append(problem(TEXTS, "cell-count", name, number, words={"found": len(record), "expected": width}))


class _Lines:
    """The lines of a file, bounded, with a note on bytes that are no UTF-8."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        self.file = file
        self.name = name
        self.broken: tuple[int, int] | None = None
        self.size = 0
        self.record = 1
        self.offset = 0

    def start(self, record: int) -> None:
        """Begin a record."""
        self.record = record
        self.broken = None
        self.size = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.file.readline(MAX_RECORD + 1)
        if not line:
            raise StopIteration
        offset, self.offset = self.offset, self.offset + len(line)
        self.size += len(line)
        if self.size > MAX_RECORD:
            limit = f"{MAX_RECORD / 1024**2:g}"
            what = Text(f"A record is longer than {limit} MB.", f"Ein Datensatz ist länger als {limit} MB.")
            fix = Text("Look for a quote that is never closed.", "Suchen Sie ein Anführungszeichen, das nie geschlossen wird.")
            raise InputError(what, where=f"{self.name}:{self.record}", fix=fix)
        try:
            return line.decode("utf-8-sig" if offset == 0 else "utf-8")
        except UnicodeDecodeError as error:
            if self.broken is None:
                self.broken = (line[error.start], offset + error.start)
            return line.decode("utf-8", errors="replace")
