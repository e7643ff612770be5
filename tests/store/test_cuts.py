"""A cut answer is found out: a query of our own counts what there should be, and means the same whatever the query looks like."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.store.cuts import counting, outline, own_limit
from kg.store.texts import refuse_unsafe

G = "http://example.org/g"


@pytest.fixture(scope="module")
def numbers() -> ox.Store:
    """Twelve things with numbers, six of them in a second graph as well."""
    store = ox.Store()
    for number in range(12):
        for graph in (1, 2)[: 1 + (number < 6)]:
            thing, value = ox.NamedNode(f"http://example.org/{number}"), ox.Literal(number % 5)
            store.add(ox.Quad(thing, ox.NamedNode("http://example.org/p"), value, ox.NamedNode(f"{G}{graph}")))
    return store


def rows(store: ox.Store, query: str) -> int:
    found = store.query(query, use_default_graph_as_union="FROM" not in query)
    assert isinstance(found, ox.QuerySolutions)
    return len(list(found))


SELECTS = [
    "SELECT * { ?s ?p ?o }",
    "select distinct ?o where { ?s ?p ?o } order by ?o",
    "SELECT ?o (COUNT(*) AS ?n) (EXISTS { ?x ?y 3 } AS ?e) WHERE { ?s ?p ?o } GROUP BY ?o HAVING (COUNT(*) > 3) ORDER BY DESC(?n) ?o LIMIT 2 OFFSET 1",
    f"PREFIX a: <http://example.org/> SELECT ?s FROM <{G}2> WHERE {{ ?s a:p ?o }} ORDER BY (IF(EXISTS {{ ?s ?q 3 }}, 1, 2)) LIMIT 4",
    f"SELECT ?s FROM <{G}1> # }} SELECT\nFROM NAMED <{G}2> {{ ?s ?p ?o }} LIMIT 20",
    "SELECT ?s { { SELECT ?s { ?s ?p ?o } ORDER BY ?s LIMIT 3 } } ORDER BY ?s # LIMIT 1",
    "SELECT ?s ?limit { ?s ?p ?limit } ORDER BY ?limit LIMIT # 2\n 5",
    "SELECT ?o { ?s ?p ?o } ORDER BY ?o VALUES ?o { 1 2 }",
    "SELECT ('ORDER BY LIMIT {' AS ?t) ?o { ?s ?p ?o FILTER(?o != '}') }",
    "BASE <http://example.org/> SELECT $s WHERE{$s <p> ?o}order by(?o)limit 7",
    "SELECT (1 AS ?x) {}",
    "SELECT REDUCED ?s { ?s ?p ?o . FILTER NOT EXISTS { ?s ?p 3 } } OFFSET 2",
]


@pytest.mark.parametrize("query", SELECTS)
def test_the_count_is_the_number_of_rows(numbers: ox.Store, query: str) -> None:
    text = counting(query)
    assert text is not None
    refuse_unsafe(text)
    found = numbers.query(text, use_default_graph_as_union="FROM" not in query)
    assert isinstance(found, ox.QuerySolutions)
    assert [int(row[0].value) for row in found] == [rows(numbers, query)]


@given(
    st.sampled_from(["", "DISTINCT", "REDUCED"]),
    st.sampled_from(["", "ORDER BY ?o ?s", "ORDER BY DESC(?o)\n(STR(?s))", "order by ?s"]),
    st.integers(0, 30) | st.none(),
    st.integers(0, 30) | st.none(),
    st.sampled_from(["", f"FROM <{G}1>", f"FROM <{G}1> FROM <{G}2>"]),
    st.sampled_from(["WHERE ", "", "where\n"]),
)
def test_counting_holds_for_all_modifiers(select: str, order: str, limit: int | None, offset: int | None, dataset: str, where: str) -> None:
    store = ox.Store()
    for number in range(9):
        store.add(
            ox.Quad(ox.NamedNode(f"http://e/{number % 4}"), ox.NamedNode("http://e/p"), ox.Literal(number), ox.NamedNode(f"{G}{number % 2 + 1}"))
        )
    ends = " ".join(filter(None, [order, f"LIMIT {limit}" if limit is not None else "", f"OFFSET {offset}" if offset is not None else ""]))
    query = f"SELECT {select} ?s {dataset} {where}{{ ?s ?p ?o }} {ends}"
    text = counting(query)
    assert text is not None
    assert "ORDER" not in text.upper()
    found = store.query(text, use_default_graph_as_union=not dataset)
    assert isinstance(found, ox.QuerySolutions)
    assert [int(row[0].value) for row in found] == [rows(store, query)]
    assert own_limit(query) == limit


@pytest.mark.parametrize(
    ("query", "solutions"),
    [
        ("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", 18),
        ("CONSTRUCT WHERE { ?s ?p ?o }", 18),
        ("CONSTRUCT { ?s ?p ?o . ?o ?p ?s } { ?s ?p ?o } ORDER BY ?s LIMIT 7", 7),
        (f"CONSTRUCT {{ ?s ?p 'WHERE {{' }} FROM <{G}2> WHERE {{ ?s ?p ?o }}", 6),
        ("CONSTRUCT {} WHERE { { SELECT ?o (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?o } }", 5),
    ],
)
def test_the_solutions_of_a_graph_are_counted(numbers: ox.Store, query: str, solutions: int) -> None:
    text = counting(query)
    assert text is not None
    found = numbers.query(text, use_default_graph_as_union="FROM" not in query)
    assert isinstance(found, ox.QuerySolutions)
    assert [int(row[0].value) for row in found] == [solutions]


@pytest.mark.parametrize(
    "query",
    [
        "ASK {}",
        "DESCRIBE <a:b>",
        "SELECT",
        "SELECT * { ",
        "CONSTRUCT { ?s ?p ?n } WHERE { ?s ?p ?o } GROUP BY ?s",
        "SELECT (EXISTS { ?s ?p 1 } AS ?e) { ?s ?p ?o }",
        "",
    ],
)
def test_what_cannot_be_counted_is_not(query: str) -> None:
    assert counting(query) is None


@pytest.mark.parametrize(
    ("query", "limit"),
    [
        ("SELECT * {} LIMIT 3", 3),
        ("SELECT * {} OFFSET 1\nlimit\n4", 4),
        ("SELECT * { { SELECT * {} LIMIT 3 } }", None),
        ("SELECT ?limit { ?limit ?x 5 } # LIMIT 5", None),
        ("SELECT * {} LIMIT 9" + "9" * 40, 10**18 - 1),
    ],
)
def test_the_limit_of_the_outermost_query(query: str, limit: int | None) -> None:
    assert own_limit(query) == limit


@given(st.text(st.sampled_from("SELECT{}()WHERE ORDERBYLIMIT?x#'\"<>\n 12"), max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    outline(text)
    counting("SELECT " + text)
    own_limit("SELECT * {" + text)
