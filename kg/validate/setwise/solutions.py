"""Answers of a store as terms of the quad table, whatever kind of store answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from kg.errors import KgError, ShapesError, Text
from kg.quads import Term, from_oxigraph_term

Ask: TypeAlias = Callable[[str], Any]
"""Answers a SPARQL query: with what `pyoxigraph.Store.query` returns, a :class:`kg.store.Table`, or a truth value."""

Solution: TypeAlias = Mapping[str, Term]


def solutions(ask: Ask, query: str, where: str) -> Iterator[Solution]:
    """Run a SELECT and yield what each solution binds.

    Args:
        ask: The store.
        query: The query.
        where: The shape it belongs to, for messages.

    Raises:
        ShapesError: The store cannot answer it.
    """
    try:
        answer = ask(query)
        names, rows = _parts(answer)
        for row in rows:
            yield {name: from_oxigraph_term(term) for name, term in zip(names, row, strict=True) if term is not None}
    except (SyntaxError, ValueError, RuntimeError, OSError, TypeError) as error:
        raise unanswered(str(error), where) from error
    except KgError as error:
        if isinstance(error, ShapesError):
            raise
        raise unanswered(error.what.en, where) from error


def _parts(answer: Any) -> tuple[list[str], Iterable[Any]]:
    if hasattr(answer, "rows"):
        return list(answer.variables), answer.rows
    return [variable.value for variable in answer.variables], answer


def unanswered(reason: str, where: str) -> ShapesError:
    """Return the error for a query of a shape that the store does not answer."""
    what = Text(f"A query of the shapes cannot be answered: {reason}", f"Eine Abfrage der Regeln ist nicht zu beantworten: {reason}")
    return ShapesError(what, where=where, fix=Text("Correct the query of the shape.", "Berichtigen Sie die Abfrage der Regel."))
