"""Where servers that were really run depart from the standard, and what is done about it: one table (decision 0011).

Measured with `oxigraph serve` 0.5.13 and Virtuoso 07.20.3229 (7.2.5, Debian); `tests/store/test_contract.py` holds a test of the same name for each line.
A server that is not in the table is taken at its word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.errors import Text
from kg.store.base import NONE, Quirks
from kg.store.rewriting import Refused, for_virtuoso

VIRTUOSO_GRAPHS = (
    "http://localuriqaserver/sparql",
    "http://www.openlinksw.com/schemas/virtrdf#",
    "http://www.w3.org/2002/07/owl#",
    "http://www.w3.org/ns/ldp#",
)
"""Graphs that a new Virtuoso holds: some 2,500 triples in the default graph of every query."""


@dataclass(frozen=True)
class Departure:
    """One thing that a server does otherwise.

    Attributes:
        name: In kebab case; of the test, too.
        what: What it does.
        remedy: `rewritten`, `refused`, `avoided` (never sent, or asked in another way), `by value` (answers differ in form alone).
    """

    name: str
    what: str
    remedy: str


VIRTUOSO = (
    Departure("direct-post-hangs", "A query sent as application/sparql-query is never answered.", "avoided"),
    Departure("system-graphs", "The default graph holds its own 2,500 triples.", "avoided"),
    Departure("rows-cut", "An answer ends silently at ResultSetMaxRows, 10,000 as shipped.", "refused"),
    Departure("insert-without-graph", "INSERT DATA without GRAPH is refused.", "avoided"),
    Departure("terms-merged", "Terms of one value under one subject and property become one.", "by value"),
    Departure("numbers-canonical", "12.50 comes back as 12.5, 007 as 7, a boolean as 1 or 0.", "by value"),
    Departure("languages-lower-case", "A language tag comes back in lower case.", "by value"),
    Departure("integers-beyond-64-bits", "An integer beyond 64 bits becomes another number.", "refused"),
    Departure("blank-nodes-named", "Blank nodes come back as nodeID://…, which is no label of one.", "rewritten"),
    Departure("first-statement-long", "The graph store takes a body for no Turtle whose first statement is longer than 64 KiB.", "avoided"),
    Departure("graphs-slow", "SELECT DISTINCT ?g of all graphs takes twelve times as long as GROUP BY ?g.", "rewritten"),
    Departure("values-beside-path", "VALUES beside a path of any length is forgotten, or an error.", "rewritten"),
    Departure("path-twice", "A path of any length gives an end once per way to it.", "rewritten"),
    Departure("path-round", "`+` leaves out the start of a circle.", "rewritten"),
    Departure("path-between", "A path whose ends others bind loses rows.", "rewritten"),
    Departure("path-without-end", "A path with no bound end, of several properties, or in EXISTS is an error or wrong.", "refused"),
    Departure("one-variable-twice", "`?x ?p ?x` beside OPTIONAL gives rows that are none.", "rewritten"),
    Departure(
        "property-as-value",
        "A variable that is a property, and a value in an OPTIONAL beside VALUES, finds nothing there; the ready questions name each property.",
        "avoided",
    ),
    Departure("unbound-in-aggregate", "GROUP_CONCAT, MIN, MAX, SUM pass over what is unbound.", "rewritten"),
    Departure("two-aggregates", "An expression of two aggregates beside a path cannot be compiled.", "rewritten"),
    Departure("separator-missing", "GROUP_CONCAT(DISTINCT …) without a separator is an error.", "rewritten"),
    Departure("list-order", "GROUP_CONCAT has another order, which the standard leaves open (18.5.1.7).", "by value"),
)


def _rewrite(sparql: str) -> str:
    try:
        return for_virtuoso(sparql)
    except Refused:
        return sparql


def _refuses(sparql: str) -> Text | None:
    try:
        for_virtuoso(sparql)
    except Refused as refused:
        return refused.what
    return None


_NODE = re.compile(rb'("type"\s*:\s*"bnode"\s*,\s*"value"\s*:\s*")nodeID://')


def readable(body: bytes) -> bytes:
    """Return an answer in JSON with blank nodes that have labels; a text cannot hold the words replaced, as its quotes are escaped."""
    return _NODE.sub(rb"\1", body) if b"nodeID://" in body else body


_KNOWN = {
    "oxigraph": Quirks("oxigraph", union=False, canonicalises=("numbers", "languages"), source="0.5.13"),
    "virtuoso": Quirks(
        "virtuoso",
        system_graphs=VIRTUOSO_GRAPHS,
        rewrite=_rewrite,
        refuses=_refuses,
        max_rows=10_000,
        canonicalises=("numbers", "booleans", "languages", "terms"),
        source="07.20.3229",
    ),
}


def quirks_of(name: str) -> Quirks:
    """Return what is known of a server.

    Args:
        name: As the server calls itself, in lower case and without its version; an unknown one has no quirks.
    """
    return _KNOWN.get(name, NONE)
