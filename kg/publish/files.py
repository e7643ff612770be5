"""Size and checksum of files: of the large ones known when they are written, so that they are not read again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_PIECE = 1 << 20


class Checked:
    """A file being written, or written.

    Attributes:
        bytes: Size so far.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._hash = file, hashlib.sha256()
        self.bytes = 0

    @property
    def sha256(self) -> str:
        """Checksum so far, hexadecimal."""
        return self._hash.hexdigest()

    def write(self, data: bytes) -> None:
        """Write bytes."""
        self._file.write(data)
        self.count(data)

    def count(self, data: bytes) -> None:
        """Take bytes into size and checksum."""
        self._hash.update(data)
        self.bytes += len(data)

    def append(self, part: Path) -> None:
        """Write what another file holds, and remove it."""
        with part.open("rb") as source:
            while data := source.read(_PIECE):
                self.write(data)
        part.unlink()


@contextmanager
def checked(path: Path) -> Iterator[Checked]:
    """Open a file for writing, whose size and checksum are known afterwards."""
    with path.open("wb") as file:
        yield Checked(file)


def read(path: Path) -> Checked:
    """Return size and checksum of a file that another module has written."""
    with path.open("rb") as file:
        found = Checked(file)
        while data := file.read(_PIECE):
            found.count(data)
    return found
