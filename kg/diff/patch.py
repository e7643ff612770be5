"""The difference as an RDF patch: what to delete, then what to add, so that the old graph becomes the new one.

Source: RDF Patch (Apache Jena, "RDF Delta patch", https://afs.github.io/rdf-delta/rdf-patch.html): rows of `D` and `A` with terms of N-Quads between `TX`
and `TC`; no prefixes. Bookkeeping of builds is in it, because without it the result would not be the new graph. Blank nodes are written as the old
graph labels them where they are deleted, and under labels made from their content where they are added.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kg.errors import BuildError, Text
from kg.quads import Quad, quad_text

if TYPE_CHECKING:
    from kg.diff.result import Diff

_NOT_IN_IRI = re.compile(r'[\x00-\x20<>"{}|^`\\]')


def patch(found: Diff) -> Iterator[str]:
    """Yield the lines of a patch, each with its line end; no line at all where both graphs are the same.

    Raises:
        BuildError: Blank nodes were compared by their surroundings only, so that no patch would be exact.
    """
    if not found.exact:
        what = Text("There is no exact patch: too many blank nodes look alike.", "Es gibt keinen genauen Patch: Zu viele leere Knoten gleichen sich.")
        raise BuildError(
            what, fix=Text("Give these nodes IRIs, or use another --format.", "Geben Sie diesen Knoten IRIs, oder wählen Sie ein anderes --format.")
        )
    if found.empty and not any(found.bookkeeping):
        return
    session = found.session
    yield "TX .\n"
    for quad in session.as_written(session.stream("-", bookkeeping=True)):
        yield f"D {_line(quad)}\n"
    for quad in session.stream("+", bookkeeping=True):
        yield f"A {_line(quad)}\n"
    yield "TC .\n"


def _line(quad: Quad) -> str:
    """Return a quad in N-Quads; an IRI of a foreign table may hold what no IRI may hold, and must not end early."""
    iri = {
        name: _NOT_IN_IRI.sub(lambda match: f"\\u{ord(match.group()):04X}", getattr(quad, name))
        for name in ("subject", "predicate", "graph", "datatype")
    }
    value = _NOT_IN_IRI.sub(lambda match: f"\\u{ord(match.group()):04X}", quad.object) if quad.kind == "iri" else quad.object
    return quad_text(quad._replace(**iri, object=value))
