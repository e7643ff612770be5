"""Every statement of a graph once, or an error that says how many are missing: as a law on small stores, and on real servers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import StoreError
from kg.store import EndpointStore, Result, Triples, collect, paging
from kg.store.paging import ChangedError, counts, pages, statements
from tests.mirror.proxy import lying
from tests.servers import Server, oxigraph, virtuoso

GRAPH = "http://example.org/graph"
XSD = "http://www.w3.org/2001/XMLSchema#"
TERMS: dict[str, ox.NamedNode | ox.Literal] = {
    "quotes": ox.Literal("say \"hi\" \\ it's '''\\n"),
    "lines": ox.Literal("a\r\nb\nc\rd\te"),
    "control": ox.Literal("a\x01b\x7fc\x08\x0c"),
    "emoji": ox.Literal("😀 𝔘 é e\u0301"),
    "separators": ox.Literal("a\u2028b\u2029c\u0085d\u00a0"),
    "long": ox.Literal('x€"\n' * 50_000),
    "empty": ox.Literal(""),
    "formula": ox.Literal('=HYPERLINK("x")'),
    "markup": ox.Literal("<b>&amp;</b>]]>"),
    "windows": ox.Literal("C:\\new\\u0041"),
    "region": ox.Literal("Hello", language="en-gb"),
    "script": ox.Literal("x", language="zh-hant-tw"),
    "integer": ox.Literal("7", datatype=ox.NamedNode(f"{XSD}integer")),
    "decimal": ox.Literal("499998.75", datatype=ox.NamedNode(f"{XSD}decimal")),
    "boolean": ox.Literal("false", datatype=ox.NamedNode(f"{XSD}boolean")),
    "date": ox.Literal("2020-01-01", datatype=ox.NamedNode(f"{XSD}date")),
    "year": ox.Literal("2020", datatype=ox.NamedNode(f"{XSD}gYear")),
    "month": ox.Literal("2020-05", datatype=ox.NamedNode(f"{XSD}gYearMonth")),
    "time": ox.Literal("2020-01-01T10:00:00Z", datatype=ox.NamedNode(f"{XSD}dateTime")),
    "custom": ox.Literal('a"b', datatype=ox.NamedNode("http://example.org/datatype")),
    "escaped-iri": ox.NamedNode("http://example.org/a%20b%C3%BC?x=%2F#f"),
    "iri": ox.NamedNode("http://example.org/ü/日本/it's(a)"),
}


class Local:
    """A store in memory that may cut its answers to CONSTRUCT."""

    location = "memory"

    def __init__(self, triples: list[ox.Triple], cut: int | None = None) -> None:
        self.store, self.cut = ox.Store(), cut
        for triple in triples:
            self.store.add(ox.Quad(triple.subject, triple.predicate, triple.object, ox.NamedNode(GRAPH)))
        self.largest = 0

    def query(self, sparql: str, bindings: object = None) -> Result:
        result = collect(self.store.query(sparql))
        if isinstance(result, Triples):
            result = Triples(result.triples[: self.cut])
            self.largest = max(self.largest, len(result.triples))
        return result

    def count(self) -> int:
        return len(self.store)

    def graphs(self) -> list[str]:
        return sorted(graph.value for graph in self.store.named_graphs() if isinstance(graph, ox.NamedNode))

    def close(self) -> None:
        """Nothing to do."""


def iri(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"http://example.org/{name}")


TRIPLES = st.lists(
    st.builds(
        lambda s, p, o: ox.Triple(iri(f"s{s}"), iri(f"p{p}"), o),
        st.integers(0, 4),
        st.integers(0, 3),
        st.one_of(st.integers(0, 40).map(lambda n: ox.Literal(str(n))), st.integers(0, 5).map(lambda n: iri(f"o{n}"))),
    ),
    max_size=80,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TRIPLES, st.integers(4, 20), st.one_of(st.none(), st.integers(4, 12)))
def test_every_statement_comes_once(monkeypatch: pytest.MonkeyPatch, triples: list[ox.Triple], page: int, cut: int | None) -> None:
    monkeypatch.setattr(paging, "SMALLEST", 4)
    store = Local(triples, cut)
    found = list(statements(store, GRAPH, page=page))
    assert len(found) == len(set(found))
    assert set(found) == set(triples)
    assert store.largest <= page


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TRIPLES, st.integers(0, 60))
def test_with_blank_nodes_they_come_in_one_piece_or_not_at_all(monkeypatch: pytest.MonkeyPatch, triples: list[ox.Triple], cut: int) -> None:
    monkeypatch.setattr(paging, "SMALLEST", 4)
    named = list(dict.fromkeys(triples))
    blank = [ox.Triple(ox.BlankNode(f"b{number}"), iri("p0"), ox.BlankNode(f"b{number // 2}")) for number in range(1, 12)]
    store = Local([*named, *blank], max(cut, 4))
    if cut >= len(blank):
        assert set(statements(store, GRAPH, page=9)) == {*named, *blank}
    else:
        with pytest.raises(StoreError, match="of 11 statements with blank nodes"):
            list(statements(store, GRAPH, page=9))


def test_one_subject_of_many_values_is_divided_by_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "SMALLEST", 4)
    triples = [ox.Triple(iri("s"), iri("p"), ox.Literal(f"value {number}")) for number in range(300)]
    parts = list(pages(Local(triples, 10), GRAPH))
    assert sorted(str(triple) for part in parts for triple in part) == sorted(map(str, triples))
    assert max(map(len, parts)) <= 10


def test_what_changes_meanwhile_is_said() -> None:
    store = Local([ox.Triple(iri(f"s{number}"), iri("p"), ox.Literal("x")) for number in range(5)])
    reading = statements(store, GRAPH)
    next(reading)
    store.store.add(ox.Quad(iri("new"), iri("p"), ox.Literal("x"), ox.NamedNode(GRAPH)))
    with pytest.raises(ChangedError, match=f"{GRAPH} had 5 statements, then 6"):
        list(reading)
    with pytest.raises(ChangedError, match="had 4 statements, then 6"):
        list(statements(store, GRAPH, 4))


def put(server: Server, triples: list[ox.Triple]) -> None:
    body = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
    auth = httpx.DigestAuth(server.user, server.password) if server.user else None
    answer = httpx.put(
        server.graphs, params={"graph": GRAPH}, content=body or b"", headers={"Content-Type": "application/n-triples"}, auth=auth, timeout=60
    )
    assert answer.is_success, answer.text


@pytest.fixture(scope="module", params=["oxigraph", "virtuoso"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server") / request.param
    with oxigraph(folder, writable=True) if request.param == "oxigraph" else virtuoso(folder, max_rows=1_000) as running:
        yield running


@pytest.fixture
def asked(server: Server) -> Callable[[list[ox.Triple]], EndpointStore]:
    def load(triples: list[ox.Triple]) -> EndpointStore:
        put(server, triples)
        return EndpointStore(server.query, check=False)

    return load


def test_literals_and_iris_come_back_as_they_are(asked: Callable[[list[ox.Triple]], EndpointStore]) -> None:
    triples = [ox.Triple(iri(name), iri("p"), term) for name, term in TERMS.items()]
    store = asked(triples)
    assert counts(store)[GRAPH] == len(triples)
    found = {str(triple.subject): triple for triple in statements(store, GRAPH)}
    assert [name for name, triple in zip(TERMS, triples, strict=True) if found[str(triple.subject)] != triple] == []


def test_a_server_that_cuts_is_asked_for_less(asked: Callable[[list[ox.Triple]], EndpointStore], server: Server) -> None:
    triples = [ox.Triple(iri(f"s{number % 700}"), iri(f"p{number % 3}"), ox.Literal(f"value {number}")) for number in range(6_000)]
    parts = list(pages(asked(triples), GRAPH))
    assert sum(map(len, parts)) == 6_000
    assert {triple for part in parts for triple in part} == set(triples)
    assert (len(parts) > 6) == (server.name == "virtuoso")


def test_blank_nodes_of_a_server(asked: Callable[[list[ox.Triple]], EndpointStore], server: Server) -> None:
    some = [ox.Triple(iri(f"s{number}"), iri("p"), ox.BlankNode(f"b{number}")) for number in range(30)]
    rest = [ox.Triple(ox.BlankNode(f"b{number}"), iri("q"), ox.Literal(str(number))) for number in range(30)]
    others = [ox.Triple(iri(f"s{number}"), iri("p"), ox.Literal("x")) for number in range(1_500)]
    found = list(statements(asked([*some, *rest, *others]), GRAPH))
    one, other = (ox.Dataset(ox.Quad(*triple) for triple in triples) for triples in (found, [*some, *rest, *others]))
    for dataset in (one, other):
        dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    assert one == other
    if server.name == "virtuoso":
        many = [ox.Triple(ox.BlankNode(f"b{number}"), iri("p"), ox.Literal("x")) for number in range(1_200)]
        with pytest.raises(StoreError, match=r"1,00[01] of 1,200 statements with blank nodes"):
            list(statements(asked(many), GRAPH))


def test_a_server_that_drops_rows_is_found_out(server: Server) -> None:
    """Not by cutting, which smaller pages help against: every answer lacks one statement."""
    put(server, [ox.Triple(iri(f"s{number}"), iri("p"), ox.Literal(f"value {number}")) for number in range(900)])
    with lying(server.query) as address, pytest.raises(StoreError, match=r"gives 899 of 900 statements of http://example\.org/graph") as caught:
        list(statements(EndpointStore(address, check=False), GRAPH))
    assert "899 von 900" in caught.value.text("de")
    assert "Raise the row limit" in caught.value.text()


def test_an_endpoint_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        counts(EndpointStore("http://127.0.0.1:9/none", timeout=2))
