"""Zip archives: what may not be unpacked, told from their entries by one rule, and archives without the time of writing.

Who reads an archive says in own words what is wrong; limits are theirs, as a delivery of a publisher is larger than what a browser sends.
"""

from __future__ import annotations

import io
import re
import stat
import zipfile
from collections.abc import Callable
from typing import Literal


def points_outside(name: str) -> bool:
    """Tell whether the name of an entry is a path that leads out of the archive: absolute, upwards, or with a drive.

    >>> [points_outside(name) for name in ("a/b.csv", "../b", "/b", "C:\\\\b", "a/..\\\\..\\\\b", "")]
    [False, True, True, True, True, True]
    """
    parts = name.replace("\\", "/").split("/")
    return ".." in parts or parts[0] == "" or ":" in parts[0]


def unfit(entry: zipfile.ZipInfo) -> Literal["", "encrypted", "method", "link"]:
    """Return why an entry cannot be unpacked within bounds, or nothing.

    `method` is any but deflate: of the others one may ask for gigabytes of memory by a number in its header (LZMA's dictionary).
    """
    if entry.flag_bits & 1:
        return "encrypted"
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "method"
    return "link" if stat.S_ISLNK(entry.external_attr >> 16) else ""


def blown(unpacked: int, packed: int, *, ratio: int, free: int) -> bool:
    """Tell whether something unpacks to suspiciously much.

    Args:
        unpacked: Its bytes, or as many as are unpacked by now.
        packed: Bytes in the archive.
        ratio: How many bytes one packed byte may become.
        free: Bytes up to which no ratio is asked for: little of anything may pack well.
    """
    return unpacked > free and unpacked > ratio * max(packed, 1)


def timeless(book: io.BytesIO, *, level: int, change: Callable[[str, bytes], bytes] = lambda _, data: data) -> bytes:
    """Return a workbook (Office Open XML) without the times of writing: the same content gives the same bytes.

    Args:
        book: The workbook.
        level: How hard to pack, 0 to 9.
        change: Gets name and bytes of every part, and returns the bytes to write.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rb"\g<1>2000-01-01T00:00:00Z", data)
            entry = zipfile.ZipInfo(name)  # dated 1980-01-01
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, change(name, data))
    return buffer.getvalue()
