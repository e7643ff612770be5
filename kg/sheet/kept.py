"""The tables as they were when a workbook was made, kept in a hidden sheet of it: the base of the three-way merge.

The bytes of each file, compressed, in base64, cut into cells: letters that no spreadsheet changes, and a checksum that tells if one did.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kg.errors import InputError, Text
from kg.sources.lossless import LosslessTable, checksum
from kg.sources.tables import MAX_BYTES

FORMAT = "1"
_CHUNK = 30_000
# A cell that begins with a letter is never read as a formula; base64 also has "+" and "/".
_MARK = "b"


@dataclass(frozen=True)
class Kept:
    """What a workbook remembers.

    Attributes:
        folder: Name of the folder the tables came from.
        tables: Bytes of each table, by its name.
    """

    folder: str
    tables: Mapping[str, bytes]

    def rows(self) -> Iterable[Sequence[str]]:
        """Yield the rows of the hidden sheet."""
        yield ("format", FORMAT)
        yield ("folder", self.folder)
        for name, data in self.tables.items():
            text = base64.b64encode(zlib.compress(data, 9)).decode()
            yield ("table", name, checksum(data))
            for start in range(0, len(text), _CHUNK):
                yield ("part", name, _MARK + text[start : start + _CHUNK])


def read_kept(rows: Iterable[Sequence[str]], where: str) -> Kept:
    """Return what the rows of the hidden sheet hold.

    Raises:
        InputError: They are of another version, or have been changed.
    """
    folder, version = "", ""
    marks: dict[str, str] = {}
    parts: dict[str, list[str]] = {}
    for row in rows:
        kind, name, value = (*row, "", "", "")[:3]
        if kind == "format":
            version = name
        elif kind == "folder":
            folder = name
        elif kind == "table":
            marks[name] = value
        elif kind == "part":
            parts.setdefault(name, []).append(value.removeprefix(_MARK))
    if version != FORMAT:
        what = Text(
            f"The workbook has the format {version or 'unknown'}; this version reads {FORMAT}.",
            f"Die Arbeitsmappe hat das Format {version or 'unbekannt'}; diese Version liest {FORMAT}.",
        )
        raise InputError(what, where=where, fix=_AGAIN)
    room = MAX_BYTES
    tables: dict[str, bytes] = {}
    for name, mark in marks.items():
        data = _unpacked("".join(parts.get(name, ())), room)
        if data is None or checksum(data) != mark:
            what = Text(
                f"The hidden sheet that remembers {name}.csv has been changed.",
                f"Das ausgeblendete Blatt, das sich {name}.csv merkt, wurde verändert.",
            )
            raise InputError(what, where=where, fix=_AGAIN)
        room -= len(data)
        tables[name] = data
    return Kept(folder, tables)


_AGAIN = Text(
    "Make a new workbook with `kg export-sheet` and copy your changes into it; nothing was written.",
    "Erzeugen Sie mit `kg export-sheet` eine neue Arbeitsmappe und übertragen Sie Ihre Änderungen; geschrieben wurde nichts.",
)


def _unpacked(text: str, room: int) -> bytes | None:
    try:
        packed = base64.b64decode(text, validate=True)
        unpacker = zlib.decompressobj()
        data = unpacker.decompress(packed, room + 1)
    except (binascii.Error, ValueError, zlib.error):
        return None
    return data if unpacker.eof and len(data) <= room else None


def base_table(data: bytes, name: str) -> LosslessTable:
    """Return a kept table; it was read once already, so that it can be read again."""
    return LosslessTable(data, name)
