"""Lines of text as gzip, from Arrow to a file without an object of Python for each.

Standard: RFC 1952, section 2.2: a file may be several members one after the other, and reads as their texts joined. So parts are compressed
at the same time, each a member.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import IO, TYPE_CHECKING, Any

from kg.engine.files import no_line

if TYPE_CHECKING:
    import pyarrow as pa

LEVEL = 3
"""A third of the time of level 6, and an eighth more space."""


def write_gzip(batches: Iterable[pa.RecordBatch], file: IO[bytes], threads: int, where: str) -> int:
    """Write lines to a file, and return how many there are; the same batches are the same bytes.

    Args:
        batches: One column of texts, each with its line end.
        file: Where they go.
        threads: How many parts are compressed at a time.
        where: What an error names.

    Raises:
        BuildError: A text is missing or holds a line break.
    """
    written = 0
    waiting: deque[Future[bytes]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for batch in batches:
            lines = _lines(batch.column(0), where)
            waiting.append(pool.submit(_member, lines))
            written += batch.num_rows
            if len(waiting) > threads:
                file.write(waiting.popleft().result())
        while waiting:
            file.write(waiting.popleft().result())
    if not written:
        file.write(_member(b""))
    return written


def _member(lines: bytes) -> bytes:
    import gzip

    # No time inside.
    return gzip.compress(lines, LEVEL, mtime=0)


def _lines(column: Any, where: str) -> bytes:
    """Return the texts of a column, one after the other, as they lie in memory (Arrow, variable-size binary layout)."""
    import pyarrow as pa

    texts = column.cast(pa.large_string())
    if texts.null_count:
        raise no_line(where)
    _, offsets, values = texts.buffers()
    if not len(texts) or values is None:
        return b""
    ends = memoryview(offsets).cast("q")
    lines = bytes(values[ends[texts.offset] : ends[texts.offset + len(texts)]])
    if lines.count(b"\n") != len(texts) or b"\r" in lines:
        raise no_line(where)
    return lines
