"""Short names in order at the head of a file that pyoxigraph writes: it keeps them in a hash table, whose order need not be the same on every machine."""

from __future__ import annotations

import re
from typing import IO

_PREFIX = re.compile(rb"@prefix [^\n]*\n")
_PREFIXES = re.compile(rb"(?:@prefix [^\n]*\n)+")
_ROOT = re.compile(rb"<rdf:RDF[^>]*>")
_NAMESPACE = re.compile(rb' xmlns:[^\s=]+="[^"]*"')
_MARK = b"@prefix "
_XML = b"<?xml"


def ordered(data: bytes) -> bytes:
    """Return a Turtle, TriG or RDF/XML document with its short names in order.

    >>> ordered(b'@prefix b: <x:b> .\\n@prefix a: <x:a> .\\na:x a b:y .\\n')
    b'@prefix a: <x:a> .\\n@prefix b: <x:b> .\\na:x a b:y .\\n'
    """
    if found := _PREFIXES.match(data):
        return b"".join(sorted(_PREFIX.findall(found[0]))) + data[found.end() :]
    if found := _ROOT.search(data, 0, 1 << 16):
        root = b"<rdf:RDF" + b"".join(sorted(_NAMESPACE.findall(found[0]))) + b">"
        return data[: found.start()] + root + data[found.end() :]
    return data


class Ordered:
    """A file that is written from its beginning; its short names are put in order on the way, and no more than they are held.

    Args:
        file: Where it goes.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._head: bytes | None = b""

    def write(self, data: bytes) -> int:
        """Write bytes."""
        if self._head is None:
            self._file.write(data)
            return len(data)
        self._head += data
        rest = self._head[found.end() :] if (found := _PREFIXES.match(self._head)) else self._head
        open_line = _MARK.startswith(rest[: len(_MARK)]) or rest.startswith(_MARK)
        may_be_xml = rest.startswith(_XML) or _XML.startswith(rest)
        if not open_line and (not may_be_xml or _ROOT.search(rest)):
            self.flush()
        return len(data)

    def flush(self) -> None:
        """Write what is held."""
        if self._head is not None:
            self._file.write(ordered(self._head))
            self._head = None
