"""Answers of different servers, compared by value: what a term means, not how it is written."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

import pyoxigraph as ox

from kg.namespaces import XSD
from kg.store import Table
from kg.store.syntax import read

NUMBERS = {XSD[name] for name in ("integer", "decimal", "double", "float", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger")}
Value: TypeAlias = "tuple[str, object] | None"


def value(term: object, *, listed: bool = False) -> Value:
    """Return what a term means.

    Numbers are numbers whatever their type and spelling, booleans `1` and `true` the same, language tags in lower case; blank nodes are all one.

    Args:
        term: A pyoxigraph term or `None`.
        listed: It was joined by GROUP_CONCAT, which has no order (SPARQL 1.1, section 18.5.1.7): its parts are sorted.
    """
    if term is None:
        return None
    if isinstance(term, ox.BlankNode) or (isinstance(term, ox.NamedNode) and term.value.startswith("nodeID://")):
        return ("blank", "")
    if isinstance(term, ox.NamedNode):
        return ("iri", term.value)
    assert isinstance(term, ox.Literal)
    datatype = term.datatype.value
    if datatype in NUMBERS:
        try:
            return ("number", Decimal(term.value))
        except InvalidOperation:
            return ("number", term.value)
    if datatype == XSD["boolean"]:
        return ("boolean", term.value in ("1", "true"))
    if term.language:
        return (f"@{term.language.lower()}", term.value)
    return (datatype, "; ".join(sorted(term.value.split("; "))) if listed else term.value)


def lists(sparql: str) -> set[str]:
    """Return the variables of a question that GROUP_CONCAT makes."""
    found, depth, listed = set(), 0, False
    words = read(sparql).head
    for number, word in enumerate(words):
        depth += (word == "(") - (word == ")")
        listed = (listed and depth > 0) or word.upper() == "GROUP_CONCAT"
        if word.upper() == "AS" and depth == 1 and listed:
            found.add(words[number + 1][1:])
    return found


def rows(table: Table, listed: set[str] | frozenset[str] = frozenset()) -> list[tuple[Value, ...]]:
    """Return the rows of a table by value, in their order."""
    return [tuple(value(term, listed=name in listed) for name, term in zip(table.variables, row, strict=True)) for row in table.rows]


def bag(found: Sequence[tuple[Value, ...]]) -> list[tuple[Value, ...]]:
    """Return rows without their order."""
    return sorted(found, key=repr)
