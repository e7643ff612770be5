"""The same shapes on DuckDB and on Spark: every result equal, of core components, of paths in rounds and of targets that are expressions."""

from __future__ import annotations

from collections import Counter

from rdflib import Graph

from kg.engine.base import Engine
from kg.quads import Quad, to_arrow
from kg.validate.setwise.table import results
from tests.engine.conftest import engines
from tests.validate.setwise.base import EX, read_cases, read_graph
from tests.validate.setwise.test_table import rows_of

__all__ = ["engines"]

FILES = ("strings", "pairs")
"""Case files that are run on both; a table costs Spark a second, so not all of them."""

TARGETS = """
ex:A sh:path ex:none ; sh:minCount 1 ; sh:target [ a sh:SPARQLTarget ; sh:select '''
    SELECT ?this WHERE { ?this <http://example.org/name> ?a, ?b . FILTER(STR(?a) < STR(?b) && LANG(?a) = "de")
      FILTER NOT EXISTS { ?this <http://example.org/part>+ ?top . ?top <http://example.org/name> "end" } }''' ] .
ex:B sh:path ex:none ; sh:minCount 1 ; sh:severity sh:Info ; sh:target [ a sh:SPARQLTarget ; sh:select '''
    SELECT ?this WHERE { ?this <http://example.org/cost> ?cost ; <http://example.org/name> ?n }
    GROUP BY ?this HAVING(SUM(?cost) > 10.5 && COUNT(DISTINCT ?n) > 1)''' ] .
"""

DATA = """
ex:a ex:name "x"@de, "y"@de, "\\u00c4\\u2028\\\\\\"" ; ex:part ex:b ; ex:cost 3, 8 .
ex:b ex:name "b" ; ex:part ex:c . ex:c ex:name "end" ; ex:part ex:b .
ex:d ex:name "x"@de, "z"@en, "=1+1" ; ex:part ex:e ; ex:cost 10.25, 0.25, 0.5 .
_:f ex:name "p"@de, "q" ; ex:cost 9007199254740990, 9007199254740991, 9007199254740992, 9007199254740993, 9007199254740994, 9007199254740995, 9007199254740996, 9007199254740997 .
"""


def found(engine: Engine, quads: list[Quad], shapes: Graph) -> Counter[tuple[object, ...]]:
    rows = engine.to_pylist(results(engine, engine.table(to_arrow(quads)), shapes, relational=True))
    return Counter(tuple(row.values()) for row in rows)


def test_results_are_equal(engines: tuple[Engine, Engine]) -> None:
    """Core components, and targets over texts that are hard to quote, sums beyond 64 bits, a cycle of parts, blank nodes; all at once,
    because what costs Spark its time is how many tables there are."""
    data, shapes = read_graph(DATA), read_graph(TARGETS)
    for number, case in enumerate(case for case in read_cases() if case.name.split("/")[0] in FILES and not case.alone):
        data += read_graph(case.data, f"c{number}.")
        shapes += read_graph(case.shapes, f"c{number}.")
    duckdb, spark = (found(engine, rows_of(data), shapes) for engine in engines)
    assert duckdb == spark
    assert len(duckdb) > 25
    named = f"{EX}none"
    assert sorted((str(row[0]), str(row[3])) for row in duckdb if row[4] == named) == [
        ("Info", "_:f"),
        ("Info", "http://example.org/a"),
        ("Info", "http://example.org/d"),
        ("Violation", "_:f"),
        ("Violation", "http://example.org/d"),
    ]
