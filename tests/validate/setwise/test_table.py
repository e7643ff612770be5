"""Results as a table: the same multiset as the list, and what is said of them together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pyoxigraph as ox
import pytest
from rdflib import Graph

from kg.build import Build
from kg.engine.duckdb import DuckDB
from kg.errors import ShapesError
from kg.quads import COLUMNS, Quad, Term, read_parquet, to_arrow
from kg.validate.raw import Raw, raw_text
from kg.validate.setwise import find
from kg.validate.setwise.reading import to_term
from kg.validate.setwise.table import RESULTS, results, summary
from kg.validate.shapes import load_shapes
from tests.validate.setwise.base import read_cases, read_graph
from tests.validate.setwise.test_dortmund import planted

Row = tuple[str, ...]


@pytest.fixture(scope="module")
def session() -> Iterator[DuckDB]:
    with DuckDB(threads=2) as made:
        yield made


def listed(found: list[Raw]) -> Counter[Row]:
    return Counter((raw.severity, raw.shape, raw.component, raw.focus, raw.path, raw.value) for raw in found)


def tabled(rows: list[dict[str, Any]]) -> Counter[Row]:
    """Return the rows of a table, each as often as it is to be reported."""
    counted: Counter[Row] = Counter()
    for row in rows:
        value = raw_text(Term(row["value"], row["kind"], row["datatype"], row["language"])) if row["kind"] else ""
        counted[row["severity"], row["shape"], row["component"], row["focus"], row["path"], value] += row["ways"]
    return counted


def rows_of(graph: Graph) -> list[Quad]:
    return [Quad(to_term(subject).value, str(predicate), *to_term(value), "", "") for subject, predicate, value in graph]


def test_dortmund_with_planted_faults(session: DuckDB, graph: Build) -> None:
    """Hundreds of faults: a table with targets as expressions, a list with targets that a store finds."""
    quads = session.table(to_arrow(planted(list(read_parquet(graph.parquet)))))
    found = results(session, quads.select(*COLUMNS[:-1]), load_shapes(), relational=True)
    rows = session.to_pylist(found)
    assert tuple(rows[0]) == tuple(RESULTS)
    assert tabled(rows) == listed(find(session, quads, load_shapes(), None, relational=False))
    assert len(rows) > 200
    assert {name: str(kind).lstrip("!") for name, kind in found.schema().items()} == RESULTS
    counts = {(row["severity"], row["shape"], row["component"]): row["results"] for row in session.to_pylist(summary(found))}
    assert counts == Counter(row[:3] for row in tabled(rows).elements())


def test_all_cases(session: DuckDB) -> None:
    """Queries, closed shapes, nested properties reached in several ways, blank nodes, values that look like formulas or hold quotes."""
    data, shapes = Graph(), Graph()
    for number, case in enumerate(case for case in read_cases() if not case.alone and not case.limit):
        data += read_graph(case.data, f"c{number}.")
        shapes += read_graph(case.shapes, f"c{number}.")
    quads = session.table(to_arrow(rows_of(data)))
    rows = session.to_pylist(results(session, quads, shapes))
    assert tabled(rows) == listed(find(session, quads, shapes, None))
    assert max(row["ways"] for row in rows) > 1
    assert {row["kind"] for row in rows} == {"", "iri", "bnode", "literal"}


def test_no_shapes_and_no_results(session: DuckDB) -> None:
    quads = session.table(to_arrow([Quad("urn:a", "urn:p", "1", "literal", "http://www.w3.org/2001/XMLSchema#integer", "", "", "x")]))
    for shapes in (Graph(), read_graph("ex:S sh:targetNode <urn:a> ; sh:path <urn:p> ; sh:maxCount 1 .")):
        found = results(session, quads, shapes)
        assert session.to_pylist(found) == session.to_pylist(summary(found)) == []
        assert tuple(found.columns) == tuple(RESULTS)


def test_what_the_result_is_made_of_is_left(session: DuckDB) -> None:
    """Results, their texts, rules, tags and the empty value; everything else is forgotten."""

    def kept() -> set[str]:
        return {name for name in session._connection.list_tables() if name.startswith("cached")}

    before = kept()
    quads = session.table(to_arrow([Quad("urn:a", "urn:p", "a", "iri", "", "", "", "x")]))
    found = results(session, quads, read_graph("ex:S sh:targetNode <urn:a> ; sh:path <urn:p> ; sh:nodeKind sh:Literal ; sh:minCount 2 ."))
    assert len(kept() - before) == 5
    assert session.scalar(found.count()) == 2


def test_a_query_that_is_not_translated_is_asked_of_the_store(session: DuckDB) -> None:
    """With a store the answer is the store's; without one and with too many statements for memory the error names the shape."""
    from kg.validate.setwise import queries

    rows = [Quad("urn:a", "urn:p", "a", "literal", "http://www.w3.org/2001/XMLSchema#string", "", "urn:g", "x")]
    shapes = read_graph("""ex:S sh:target [ a sh:SPARQLTarget ; sh:select "SELECT ?this WHERE { ?this ?p ?o } ORDER BY ?this LIMIT 1" ] ;
        sh:path <urn:p> ; sh:maxCount 0 .""")
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("urn:b"), ox.NamedNode("urn:p"), ox.Literal("a"), ox.NamedNode("urn:g")))
    quads = session.table(to_arrow([*rows, rows[0]._replace(subject="urn:b")]))
    ask = lambda query: store.query(query, use_default_graph_as_union=True)  # noqa: E731
    assert [raw.focus for raw in find(session, quads, shapes, ask, relational=True)] == ["urn:b"]
    assert [raw.focus for raw in find(session, quads, shapes, None, relational=True)] == ["urn:a"]
    limit = queries.IN_MEMORY
    queries.IN_MEMORY = 1
    try:
        with pytest.raises(ShapesError, match="needs a SPARQL store"):
            results(session, quads, shapes, relational=True)
    finally:
        queries.IN_MEMORY = limit
