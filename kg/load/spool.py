"""One named graph of a build as a file of sorted, distinct N-Triples, made in bounded memory, so that pieces of it can be sent, again if need be.

Statements with blank nodes stand first: a label holds within one document only (RDF 1.1 N-Triples, section 2.4; RDF 1.1 Concepts, section 3.4), so they
have to go in one request. They are not skolemised, because a question that asks `isBlank` would get another answer on the server.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from heapq import heappush, heappushpop
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.engine.base import Engine

SAMPLE = 200
"""Statements of a graph that are compared one by one, besides the nasty ones."""
MAX_SAMPLE_LINE = 256 * 1024
"""Bytes of the longest statement that is compared: a query with it has to pass the server's own bounds."""
_ASTRAL = tuple(bytes([lead]) for lead in range(0xF0, 0xF5))
"""First bytes of characters beyond the basic plane, in UTF-8."""
_NASTY: tuple[tuple[str, Callable[[bytes], bool]], ...] = (
    ("quote", lambda line: b'\\"' in line),
    ("newline", lambda line: b"\\n" in line),
    ("backslash", lambda line: b"\\\\" in line),
    ("control", lambda line: b"\\u00" in line),
    ("non-ascii", lambda line: not line.isascii()),
    ("beyond-bmp", lambda line: any(lead in line for lead in _ASTRAL)),
)


@dataclass(frozen=True)
class Spool:
    """A graph written out.

    Attributes:
        path: The file: one statement a line, sorted by code point, those with blank nodes first.
        statements: Number of lines.
        size: Of the file, in bytes.
        sha256: Its checksum, hexadecimal.
        together: Size of the part in front that must stay in one request.
        blank: Statements in that part.
        sample: Statements to compare one by one, sorted: those of the smallest checksums, the longest, and one of each nasty kind.
    """

    path: Path
    statements: int
    size: int
    sha256: str
    together: int = 0
    blank: int = 0
    sample: tuple[bytes, ...] = field(default=(), repr=False)


class Sampler:
    """Picks the same statements of the same graph every time, whatever the order in which they come."""

    def __init__(self, size: int = SAMPLE) -> None:
        self._size = size
        self._smallest: list[tuple[int, bytes]] = []
        self._nasty: dict[str, bytes] = {}
        self._longest = b""

    def take(self, lines: Iterable[bytes]) -> None:
        """Look at some statements."""
        kept, size = self._smallest, self._size
        for line in lines:
            if len(line) > len(self._longest) and len(line) <= MAX_SAMPLE_LINE:
                self._longest = line
            number = -zlib.crc32(line)
            if len(kept) < size:
                heappush(kept, (number, line))
            elif number > kept[0][0] and len(line) <= MAX_SAMPLE_LINE:
                heappushpop(kept, (number, line))
            if len(self._nasty) < len(_NASTY) and (b"\\" in line or not line.isascii()) and len(line) <= MAX_SAMPLE_LINE:
                for kind, holds in _NASTY:
                    if kind not in self._nasty and holds(line):
                        self._nasty[kind] = line

    def chosen(self) -> tuple[bytes, ...]:
        """Return the statements picked so far, sorted."""
        return tuple(sorted({*(line for _, line in self._smallest), *self._nasty.values(), *([self._longest] if self._longest else [])}))


def write(engine: Engine, quads: Any, graph: str, path: Path, *, opened: Callable[[Path], IO[bytes]] | None = None) -> Spool:
    """Write one named graph of a quad table as N-Triples.

    Args:
        engine: Batch engine; it sorts, within its own memory and folder.
        quads: Ibis table in the layout of the quad table.
        graph: IRI of the graph.
        path: The file; one that is there is replaced.
        opened: Opens the file in another way (compressed); size and checksum are always those of the statements themselves.

    Raises:
        OSError: The file cannot be written.
    """
    checksum, sampler = hashlib.sha256(), Sampler()
    statements = size = together = blank = 0
    with (opened or _plain)(path) as file:
        for are_blank in (True, False):
            for lines in pieces(engine, quads, graph, blank=are_blank):
                number = lines.count(b"\n")
                file.write(lines)
                checksum.update(lines)
                statements, size = statements + number, size + len(lines)
                if are_blank:
                    together, blank = together + len(lines), blank + number
                else:
                    # A line of N-Triples holds no other line end than its last: those of a literal are escaped.
                    sampler.take(lines.split(b"\n")[:-1])
    return Spool(path, statements, size, checksum.hexdigest(), together, blank, sampler.chosen())


def pieces(engine: Engine, quads: Any, graph: str, *, blank: bool) -> Iterator[bytes]:
    """Yield the distinct lines of a graph, sorted, with or without blank nodes, some ten thousand at a time."""
    import ibis

    from kg.publish.nquads import in_order
    from kg.publish.stream import by_subject

    anonymous = quads.subject.startswith("_:") | (quads.kind == "bnode")
    chosen = quads.filter((quads.graph == graph) & (anonymous if blank else ~anonymous)).mutate(graph=ibis.literal(""))
    for batch in by_subject(engine, chosen):
        yield in_order(batch)[1]


def _plain(path: Path) -> IO[bytes]:
    return path.open("wb")
