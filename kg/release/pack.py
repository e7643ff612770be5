"""Sizes and checksums of files, and a packed one beside each large one: gzip (RFC 1952) without name and time, so that equal files are packed equally."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from kg.publish.files import Checked, checked, read
from kg.publish.parts import Compressed

LARGE = 1_000_000
"""Bytes from which on a file is packed."""
PACKED = (".parquet",)
"""Endings of files that are packed within themselves."""
THREADS = 2
_PIECE = 1 << 20
_LEVEL, _GZIP = 6, 31
"""Window bits that stand for the largest window and a gzip header (zlib manual, deflateInit2), in which zlib leaves name and time empty."""


def pack(folder: Path, names: Iterable[str], known: Mapping[str, Checked]) -> dict[str, tuple[Checked, Compressed | None]]:
    """Return size and checksum of files, and the packed file beside each large one, which is written here.

    Args:
        folder: Where they lie.
        names: Their names.
        known: Size and checksum of those for which they are known.
    """
    # zlib and hashlib let other threads run meanwhile. Large files first, so that both threads end together.
    listed = sorted(names, key=lambda name: (-(folder / name).stat().st_size, name))
    with ThreadPoolExecutor(THREADS) as pool:
        return dict(zip(listed, pool.map(lambda name: _one(folder / name, known.get(name)), listed), strict=True))


def _one(path: Path, known: Checked | None) -> tuple[Checked, Compressed | None]:
    if path.stat().st_size <= LARGE or path.suffix in PACKED:
        return known or read(path), None
    target = path.with_name(f"{path.name}.gz")
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    with path.open("rb") as source, checked(target) as packed:
        plain = Checked(source)
        while data := source.read(_PIECE):
            if known is None:
                plain.count(data)
            packed.write(packer.compress(data))
        packed.write(packer.flush())
    return known or plain, Compressed(target.name, packed.bytes, packed.sha256)
