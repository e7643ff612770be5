"""Where a row of a report lies on disk: the file as its repository names it, and the physical line at which the record begins.

A report counts records, the header being 1 (contracts, section 3); a record may span lines. Editors and code hosts count lines that end
with a line feed.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kg.sources.tables import MAX_BYTES, MAX_CELL, delimiter_of
from kg.validate.report import Origin

TABLES = (".csv", ".tsv")


@dataclass(frozen=True)
class Place:
    """A place for tools.

    Attributes:
        path: Relative to the base, with slashes, where the file lies below it; else as the report names it.
        line: Physical line, from 1; 0 for the file as a whole.
        inside: Whether `path` is relative.
    """

    path: str
    line: int
    inside: bool


@dataclass(frozen=True)
class Locator:
    """Finds the files of a report.

    Attributes:
        base: Folder that paths are relative to: the repository.
        roots: Further folders in which a file may lie that a report names by its last steps.
        checksums: SHA-256 of files as they were built; a file that has changed since has no line but its row.
    """

    base: Path = field(default_factory=lambda: Path.cwd().resolve())
    roots: Sequence[Path] = ()
    checksums: Mapping[str, str] = field(default_factory=dict)
    _starts: dict[str, array[int] | None] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def here(cls, roots: Sequence[Path] = (), checksums: Mapping[str, str] | None = None) -> Locator:
        """Return the locator of a run: relative to the repository around the working folder, else to that folder."""
        return cls(repository(Path.cwd(), os.environ.get("GITHUB_WORKSPACE", "")), tuple(roots), checksums or {})

    def place(self, origin: Origin) -> Place:
        """Return where a row lies; what cannot be read keeps the row's number."""
        found = self.find(origin.file)
        if found is None:
            inside = not Path(origin.file).is_absolute()
            return Place(Path(origin.file).as_posix(), origin.row, inside)
        starts = self._lines(origin.file, found) if origin.row else None
        line = starts[origin.row - 1] if starts is not None and 0 < origin.row <= len(starts) else origin.row
        absolute = found.resolve()
        if absolute.is_relative_to(self.base):
            return Place(absolute.relative_to(self.base).as_posix(), line, True)
        return Place(absolute.as_posix(), line, False)

    def find(self, file: str) -> Path | None:
        """Return the file that a report names, where it is there."""
        if "\0" in file:
            return None
        for candidate in (Path(file), *(root / file for root in self.roots)):
            try:
                if candidate.is_file():
                    return candidate
            except OSError:
                continue
        return None

    def _lines(self, name: str, path: Path) -> array[int] | None:
        if name not in self._starts:
            self._starts[name] = self._read(name, path) if path.suffix.casefold() in TABLES else None
        return self._starts[name]

    def _read(self, name: str, path: Path) -> array[int] | None:
        try:
            data = path.read_bytes() if path.stat().st_size <= MAX_BYTES else b""
        except OSError:
            return None
        expected = self.checksums.get(name)
        if expected is not None and hashlib.sha256(data).hexdigest() != expected:
            return None
        return record_lines(data.decode("utf-8-sig", "replace"))


def repository(folder: Path, workspace: str = "") -> Path:
    """Return the folder that file names of annotations are relative to.

    Args:
        folder: The working folder.
        workspace: What the build server names as the checkout (`GITHUB_WORKSPACE`), or empty.
    """
    folder = folder.resolve()
    if workspace and folder.is_relative_to(checkout := Path(workspace).resolve()):
        return checkout
    return next((parent for parent in (folder, *folder.parents) if (parent / ".git").exists()), folder)


def record_lines(text: str) -> array[int]:
    """Return the line at which each record of a table begins, counted as :func:`kg.sources.tables.read_table` counts records.

    >>> list(record_lines('a,b\\n"x\\ny",1\\nz,2\\n'))
    [1, 2, 4]
    """
    csv.field_size_limit(MAX_CELL)
    count = 0

    def lines() -> Iterator[str]:
        nonlocal count
        for line in io.StringIO(text, newline=""):
            count += line.endswith("\n")
            yield line

    starts = array("l")
    reader = csv.reader(lines(), delimiter=delimiter_of(text), strict=True)
    try:
        begin = 1
        for _ in reader:
            starts.append(begin)
            begin = count + 1
    except csv.Error:
        starts.append(begin)
    return starts


__all__ = ["Locator", "Place", "record_lines", "repository"]
