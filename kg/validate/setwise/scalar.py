"""Conditions and made values, judged for distinct terms by the functions of Oxigraph: one meaning of SPARQL's functions on every engine.

No statement is looked at: an expression is put to an empty store with its terms as `VALUES`, some thousand rows at a time (about 400,000
rows a second). A blank node, which no query text can name, is told to the store instead.
Source: SPARQL 1.1, section 17 (expressions: an error counts as false in FILTER, and leaves a variable of BIND unbound).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from kg.quads import Quad, Term, from_oxigraph_term, term_text, to_oxigraph
from kg.validate.setwise.algebra import Expression, expression_text
from kg.validate.setwise.solutions import unanswered

if TYPE_CHECKING:
    import pyoxigraph as ox

CHUNK = 5_000
"""Rows of one question."""

_ROW, _NUMBER = "urn:x-kg:row:", "urn:x-kg:variable:"

Row = Sequence[Term | None]


def holding(expression: Expression, names: Sequence[str], rows: Iterable[Row]) -> Iterator[int]:
    """Yield the places of the rows for which a condition holds.

    Args:
        expression: The condition.
        names: Variables of the rows' cells.
        rows: Terms; None is unbound.
    """
    condition = expression_text(expression, _places(names))
    for start, answer in _asked("SELECT ?row WHERE { ", f" FILTER({condition}) }}", len(names), rows):
        yield start + int(answer[0].value)


def made(expression: Expression, names: Sequence[str], rows: Iterable[Row]) -> Iterator[tuple[int, Term]]:
    """Yield the places of rows with the term that an expression makes of them; a row is left out where that is an error."""
    wanted = expression_text(expression, _places(names))
    for start, answer in _asked(f"SELECT ?row ({wanted} AS ?made) WHERE {{ ", " }", len(names), rows):
        if answer[1] is not None:
            yield start + int(answer[0].value), from_oxigraph_term(answer[1])


def _places(names: Sequence[str]) -> dict[str, str]:
    return {name: f"c{place}" for place, name in enumerate(names)}


def _asked(before: str, after: str, width: int, rows: Iterable[Row]) -> Iterator[tuple[int, Any]]:
    """Put rows to Oxigraph and yield its answers, each with the number of the first row of its chunk."""
    import pyoxigraph as ox

    empty, start, remaining = ox.Store(), 0, iter(rows)
    while chunk := list(islice(remaining, CHUNK)):
        blank = any(term is not None and term.kind == "bnode" for row in chunk for term in row)
        store, pattern = (_told(chunk), _facts(width)) if blank else (empty, _values(chunk, width))
        try:
            answers = sorted(store.query(before + pattern + after), key=lambda answer: int(answer[0].value))  # type: ignore[arg-type]
        except (SyntaxError, ValueError, RuntimeError, OSError) as error:
            raise unanswered(str(error), "sh:select") from error
        yield from ((start, answer) for answer in answers)
        start += len(chunk)


def _values(chunk: Sequence[Row], width: int) -> str:
    names = " ".join(f"?c{place}" for place in range(width))
    lines = " ".join(f"({place} {' '.join('UNDEF' if term is None else term_text(term) for term in row)})" for place, row in enumerate(chunk))
    return f"VALUES (?row {names}) {{ {lines} }}"


def _facts(width: int) -> str:
    optional = " ".join(f"OPTIONAL {{ ?kg <{_NUMBER}{place}> ?c{place} }}" for place in range(width))
    return f"?kg <{_ROW}> ?row . {optional}"


def _told(chunk: Sequence[Row]) -> ox.Store:
    import pyoxigraph as ox

    from kg.namespaces import XSD

    store = ox.Store()
    for place, row in enumerate(chunk):
        subject = f"{_ROW}{place}"
        store.add(to_oxigraph(Quad(subject, _ROW, str(place), "literal", XSD.integer, "", "", "")))
        for number, term in enumerate(row):
            if term is not None:
                store.add(to_oxigraph(Quad(subject, f"{_NUMBER}{number}", *term, "", "")))
    return store
