"""A file of statements in pieces of a bounded size: every statement in exactly one, in their order."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

STATEMENTS = 50_000
"""Statements of a chunk at most, unless told otherwise."""
BYTES = 8 * 1024 * 1024
"""Bytes of a chunk at most, unless one statement alone, or those with blank nodes, are more: Virtuoso takes 8 MB in 2 s, and 17 MB in 14 s."""
SMALLEST = 16 * 1024
"""Bytes below which a chunk that a server calls too large is not halved any more."""
LONG = 32 * 1024
"""Bytes from which on a statement does not stand first: Virtuoso takes a body for no Turtle whose first statement is longer than 64 KiB."""
MAX_TOGETHER = 64 * 1024 * 1024
"""Bytes of the statements with blank nodes at most: they are held in memory, and go in one request."""


@dataclass(frozen=True)
class Chunk:
    """A piece of a file.

    Attributes:
        start: Where it begins.
        body: Whole lines.
        statements: How many.
    """

    start: int
    body: bytes
    statements: int

    @property
    def end(self) -> int:
        """Where the next one begins."""
        return self.start + len(self.body)


def chunk_at(path: Path, start: int, *, statements: int = STATEMENTS, size: int = BYTES, together: int = 0) -> Chunk:
    """Return the chunk that begins at a line of a file; an empty one at its end.

    Args:
        path: A file of lines, each ended.
        start: Where a line begins.
        statements: Lines at most, 1 or more.
        size: Bytes at most, unless the first line is longer.
        together: The first chunk of a file holds at least so many bytes, whatever the bounds.
    """
    least = max(0, together - start) if start == 0 else 0
    with path.open("rb") as file:
        file.seek(start)
        body = file.read(max(size, least))
        end = body.rfind(b"\n") + 1
        if not end and body:
            body += file.readline()
            end = len(body)
    kept = _first(body[:end], statements)
    body = body[: max(kept, least)]
    return Chunk(start, body, body.count(b"\n"))


def short_first(body: bytes) -> bytes:
    """Return the same lines, with short ones before long ones where a long one stands first."""
    if body.find(b"\n") < LONG:
        return body
    lines = body.split(b"\n")[:-1]
    return b"".join(line + b"\n" for line in sorted(lines, key=lambda line: len(line) >= LONG))


def _first(body: bytes, lines: int) -> int:
    """Return where the first lines of a text end."""
    if body.count(b"\n") <= lines:
        return len(body)
    end = 0
    for _ in range(lines):
        end = body.index(b"\n", end) + 1
    return end
