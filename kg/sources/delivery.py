"""A publisher's delivery: a zip, a folder of `.csv` or `.csv.gz`, or one such file, read without trusting it.

What is packed is unpacked into a working folder, bounded in size and in ratio; names inside an archive never become paths. Tables are read by
columns. Only a table with damaged records is gone through record by record, to say which they are and to leave just those out.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import os
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from kg.engine.base import Engine
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
MAX_RECORD = 16 * 1024**2
"""Bytes of the longest record."""
DELIMITER = ";"
_CHUNK = 1024 * 1024


@dataclass(frozen=True)
class DeliveredFile:
    """One file of a delivery, ready to be read.

    Attributes:
        name: Name inside the delivery, `organization.csv`.
        path: The unpacked file.
        bytes: Size, unpacked.
        sha256: Checksum of the unpacked bytes.
    """

    name: str
    path: Path
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Delivery:
    """The files of a delivery that were asked for and are there.

    Attributes:
        name: Name of the zip, folder or file.
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
        return any((path / f"{stem}{suffix}").is_file() for stem in required for suffix in (".csv", ".csv.gz"))
    return path.suffix.casefold() == ".zip"


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
        files = _from_folder(path, work, wanted) if path.is_dir() else _from_zip(path, work, wanted)
    except OSError as error:
        if error.filename and Path(str(error.filename)).is_relative_to(work):
            raise unwritable(error, work, "--build") from error
        reason = error.strerror or str(error)
        what = Text(f"The delivery cannot be read: {reason}.", f"Die Lieferung ist nicht lesbar: {reason}.")
        raise InputError(what, where=str(path), fix=Text("Check path and permissions.", "Prüfen Sie Pfad und Rechte.")) from error
    missing = [stem for stem in required if stem not in files]
    if missing:
        there = ", ".join(sorted(item.name for item in files.values())) or "–"
        what = Text(f"The table {missing[0]}.csv is missing.", f"Die Tabelle {missing[0]}.csv fehlt.")
        fix = Text(f"Get the whole delivery; present are: {there}.", f"Holen Sie die ganze Lieferung; vorhanden sind: {there}.")
        raise InputError(what, where=str(path), fix=fix)
    name = path.resolve().name
    return Delivery(name.removesuffix(".zip"), path, {stem: files[stem] for stem in wanted if stem in files})


def _from_folder(path: Path, work: Path, wanted: Sequence[str]) -> dict[str, DeliveredFile]:
    files = {}
    for stem in wanted:
        plain, packed = path / f"{stem}.csv", path / f"{stem}.csv.gz"
        if plain.is_file() and packed.is_file():
            what = Text(f"{plain.name} and {packed.name} are both there.", f"{plain.name} und {packed.name} sind beide da.")
            raise InputError(what, where=str(path), fix=Text("Keep the one that is meant.", "Behalten Sie die gemeinte."))
        if plain.is_file():
            files[stem] = _plain(plain)
        elif packed.is_file():
            with packed.open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                try:
                    files[stem] = _unpack(gzip.GzipFile(fileobj=file), size, plain.name, packed, work)
                except (gzip.BadGzipFile, zlib.error, EOFError) as error:
                    raise _damaged(packed, error) from error
    return files


def _from_zip(path: Path, work: Path, wanted: Sequence[str]) -> dict[str, DeliveredFile]:
    if path.suffix.casefold() != ".zip" or not path.exists():
        what = Text("There is no such zip or folder.", "Ein solches Zip oder einen solchen Ordner gibt es nicht.")
        fix = Text(
            "Name the publisher's zip, or a folder of .csv or .csv.gz.",
            "Nennen Sie das Zip des Herausgebers oder einen Ordner mit .csv oder .csv.gz.",
        )
        raise InputError(what, where=str(path), fix=fix)
    files: dict[str, DeliveredFile] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _refuse_hostile(members, path)
            total = 0
            for member in members:
                name = member.filename.rsplit("/", 1)[-1]
                stem = name.removesuffix(".csv")
                if stem == name or stem not in wanted:
                    continue
                if stem in files:
                    what = Text(f"The archive holds {name} twice.", f"Das Archiv enthält {name} zweimal.")
                    raise InputError(what, where=str(path), fix=_again())
                if member.flag_bits & 1:
                    what = Text(f"{name} is encrypted.", f"{name} ist verschlüsselt.")
                    raise InputError(what, where=str(path), fix=_again())
                with archive.open(member) as source:
                    files[stem] = _unpack(source, member.compress_size, name, path, work)
                total += files[stem].bytes
                if total > MAX_TOTAL:
                    raise _too_large(path, MAX_TOTAL)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _damaged(path, error) from error
    return files


def _refuse_hostile(members: Sequence[zipfile.ZipInfo], path: Path) -> None:
    """Refuse an archive that tries to write elsewhere: nothing it says is then to be trusted."""
    if len(members) > MAX_MEMBERS:
        what = Text(f"The archive holds more than {MAX_MEMBERS} files.", f"Das Archiv enthält mehr als {MAX_MEMBERS} Dateien.")
        raise InputError(what, where=str(path), fix=_again())
    for member in members:
        parts = member.filename.replace("\\", "/").split("/")
        if ".." in parts or parts[0] == "" or ":" in parts[0]:
            what = Text(
                f"The archive names a path outside itself: {member.filename!r}.", f"Das Archiv nennt einen Pfad außerhalb: {member.filename!r}."
            )
            raise InputError(what, where=str(path), fix=_again())


def _unpack(source: IO[bytes], packed: int, name: str, archive: Path, work: Path) -> DeliveredFile:
    """Write what a packed file holds into the working folder, up to the limits."""
    digest, size = hashlib.sha256(), 0
    work.mkdir(parents=True, exist_ok=True)
    target = work / name
    with target.open("wb") as file:
        while chunk := source.read(_CHUNK):
            size += len(chunk)
            if size > MAX_FILE:
                raise _too_large(archive, MAX_FILE)
            if size > FREE_RATIO and size > packed * MAX_RATIO:
                what = Text(
                    f"{name} grows to more than {MAX_RATIO} times its packed size: that is no table.",
                    f"{name} wächst auf mehr als das {MAX_RATIO}-Fache der gepackten Größe: Das ist keine Tabelle.",
                )
                raise InputError(what, where=str(archive), fix=_again())
            digest.update(chunk)
            file.write(chunk)
    return DeliveredFile(name, target, size, digest.hexdigest())


def _plain(path: Path) -> DeliveredFile:
    size = path.stat().st_size
    if size > MAX_FILE:
        raise _too_large(path, MAX_FILE)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    return DeliveredFile(path.name, path, size, digest.hexdigest())


def _again() -> Text:
    return Text("Get the delivery again from its publisher.", "Holen Sie die Lieferung neu vom Herausgeber.")


def _damaged(path: Path, error: Exception) -> InputError:
    reason = str(error).rstrip(".") or "EOF"
    what = Text(f"The archive is damaged or cut off: {reason}.", f"Das Archiv ist beschädigt oder abgeschnitten: {reason}.")
    return InputError(what, where=str(path), fix=_again())


def _too_large(path: Path, limit: int) -> InputError:
    size = limit // 1024**3
    what = Text(f"Unpacked it is larger than {size} GB.", f"Entpackt ist es größer als {size} GB.")
    return InputError(what, where=str(path), fix=Text("Split the delivery.", "Teilen Sie die Lieferung auf."))


# --- Tables --------------------------------------------------------------------------------------------------------------


@dataclass
class DeliveredTable:
    """A table of a delivery by columns.

    Attributes:
        file: `<delivery>/<name>`, as origins and messages name it.
        columns: Header.
        data: Ibis table: the columns as text, empty cells as empty text, and `row`.
        raw: What the engine holds of it, to be dropped when `data` is no longer needed.
        problems: Records left out.
    """

    file: str
    columns: Sequence[str]
    data: Any
    raw: Any = None
    problems: list[Problem] = field(default_factory=list)


def read_delivered(engine: Engine, item: DeliveredFile, name: str, required: Sequence[str], work: Path) -> DeliveredTable:
    """Read a table of a delivery by columns.

    Args:
        engine: Batch engine.
        item: The file.
        name: How it is named in origins and messages.
        required: Columns that must be there.
        work: Folder for a copy without damaged records, where there are any.

    Raises:
        InputError: The header is wrong, or the file is no table of this delimiter.
    """
    header = _header(item.path, name)
    twice = sorted({column for column in header if header.count(column) > 1})
    if twice:
        found = problem(TEXTS, "double-column", name, 1, twice[0], fatal=True)
        raise _fatal(found)
    absent = [column for column in required if column not in header]
    if absent:
        if len(header) == 1 and any(mark in header[0] for mark in (",", "\t", "|")):
            what = Text(f"The columns are not separated by {DELIMITER!r}.", f"Die Spalten sind nicht durch {DELIMITER!r} getrennt.")
            fix = Text("Take the publisher's file as it is.", "Nehmen Sie die Datei des Herausgebers, wie sie ist.")
            raise InputError(what, where=name, fix=fix)
        raise _fatal(problem(TEXTS, "missing-column", name, 1, absent[0], fatal=True, words={"present": ", ".join(header)}))
    table = DeliveredTable(name, header, None)
    try:
        data = engine.csv(item.path, header, delimiter=DELIMITER)
    except Exception as error:
        if _is_memory(error):
            raise
        clean = work / f"clean-{item.name}"
        columns = (*header, "record")
        try:
            table.problems = _sort_out(item.path, clean, name, header)
            data = engine.csv(clean, columns, delimiter=DELIMITER)
        except OSError as failure:
            raise unwritable(failure, work, "--build") from failure
        table.raw = data
        data = data.mutate(row=data.record.cast("int64")).drop("record")
    else:
        table.raw = data
    table.data = data.mutate(**{column: data[column].fill_null("") for column in header})
    return table


def _is_memory(error: Exception) -> bool:
    return isinstance(error, MemoryError) or "out of memory" in str(error).casefold()


def _fatal(found: Problem) -> InputError:
    where = f"{found.file}:{found.row}" if found.row else found.file
    return InputError(Text(found.what["en"], found.what["de"]), where=where, fix=Text(found.fix["en"], found.fix["de"]), problems=(found,))


def _header(path: Path, name: str) -> list[str]:
    with path.open("rb") as file:
        line = file.readline(MAX_RECORD)
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = problem(TEXTS, "broken-utf8", name, 1, fatal=True, words={"byte": f"0x{line[error.start]:02X}", "position": error.start})
        raise _fatal(found) from error
    if not text.strip():
        raise _fatal(problem(TEXTS, "empty-file", name, fatal=True))
    try:
        return [cell.strip() for cell in next(csv.reader([text], delimiter=DELIMITER, strict=True))]
    except csv.Error as error:
        raise _fatal(problem(TEXTS, "broken-csv", name, 1, fatal=True, words={"reason": str(error)})) from error


def _sort_out(path: Path, clean: Path, name: str, header: Sequence[str]) -> list[Problem]:
    """Copy the whole records of a damaged table, each with its number, and say which are left out.

    Raises:
        InputError: A quote is never closed or a record is too long: nothing behind it can be told apart.
    """
    problems = []
    csv.field_size_limit(MAX_RECORD)
    number = 1
    with path.open("rb") as source, clean.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, delimiter=DELIMITER, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow([*header, "record"])
        lines = _Lines(source, name)
        reader = csv.reader(lines, delimiter=DELIMITER, strict=True)
        next(reader)
        while True:
            lines.start()
            try:
                record = next(reader, None)
            except csv.Error as error:
                raise _fatal(problem(TEXTS, "broken-csv", name, number + 1, fatal=True, words={"reason": str(error)})) from error
            if record is None:
                break
            if not record:
                continue
            number += 1
            if lines.broken is not None:
                words = {"byte": f"0x{lines.broken[0]:02X}", "position": lines.broken[1]}
                problems.append(problem(TEXTS, "broken-utf8", name, number, words=words))
            elif len(record) != len(header):
                problems.append(problem(TEXTS, "cell-count", name, number, words={"found": len(record), "expected": len(header)}))
            else:
                writer.writerow([*record, number])
    return problems


class _Lines:
    """The lines of a file, bounded, with a note on bytes that are no UTF-8."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        self.file = file
        self.name = name
        self.broken: tuple[int, int] | None = None
        self.size = 0
        self.number = 0

    def start(self) -> None:
        """Begin a record."""
        self.broken = None
        self.size = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        offset = self.file.tell()
        line = self.file.readline(MAX_RECORD + 1)
        if not line:
            raise StopIteration
        self.number += 1
        self.size += len(line)
        if self.size > MAX_RECORD:
            limit = MAX_RECORD // 1024**2
            what = Text(f"A record is longer than {limit} MB.", f"Ein Datensatz ist länger als {limit} MB.")
            fix = Text("Look for a quote that is never closed.", "Suchen Sie ein Anführungszeichen, das nie geschlossen wird.")
            raise InputError(what, where=f"{self.name}, line {self.number}", fix=fix)
        try:
            return line.decode("utf-8-sig" if offset == 0 else "utf-8")
        except UnicodeDecodeError as error:
            self.broken = (line[error.start], offset + error.start)
            return line.decode("utf-8", errors="replace")
