"""Terms by value, and which of ours a server does not have."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.load.values import key, loose, unmatched
from kg.namespaces import XSD

WKT = "http://www.opengis.net/ont/geosparql#wktLiteral"
VIRTUOSO = "http://www.openlinksw.com/schemas/virtrdf#Geometry"


def typed(text: str, name: str) -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(f"{XSD.string.removesuffix('string')}{name}"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (typed("12.50", "decimal"), typed("12.5", "decimal")),
        (typed("007", "integer"), typed("7", "integer")),
        (typed("1", "boolean"), typed("true", "boolean")),
        (typed("1.5E3", "double"), typed("1500", "double")),
        (typed("-0", "integer"), typed("0", "integer")),
        (ox.Literal("x", language="de-AT"), ox.Literal("x", language="de-at")),
    ],
)
def test_equal_values(one: ox.Literal, other: ox.Literal) -> None:
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (typed("1", "integer"), typed("1.0", "decimal")),
        (ox.Literal("x"), ox.Literal("x", language="de")),
        (ox.Literal("12.50"), ox.Literal("12.5")),
        (ox.Literal("http://x/"), ox.NamedNode("http://x/")),
    ],
)
def test_different_terms(one: ox.Literal, other: ox.Literal) -> None:
    assert key(one) != key(other)


def test_values_whatever_the_datatype() -> None:
    assert len({loose(typed("1", "integer")), loose(typed("1.0", "decimal")), loose(typed("1e0", "double")), loose(typed("true", "boolean"))}) == 1
    assert loose(typed("1e999999", "double")) != loose(typed("1", "double"))
    sent = ox.Literal("POINT(4.699408 50.878059)", datatype=ox.NamedNode(WKT))
    assert loose(sent) == loose(ox.Literal("POINT(4.6994080543518 50.878059387207)", datatype=ox.NamedNode(VIRTUOSO)))
    assert loose(sent) != loose(ox.Literal("POINT(4.6995 50.878059)", datatype=ox.NamedNode(VIRTUOSO)))


def test_a_merged_term_is_missing_once() -> None:
    one, same = typed("1", "integer"), typed("1.0", "decimal")
    assert unmatched([one, same], [one]) == ([same], [])
    assert unmatched([one, same], [same, one]) == ([], [])
    assert unmatched([same], [one]) == ([], [(same, one)])
    assert unmatched([one], []) == ([one], [])
