"""One contract, two stores: the embedded one and a real SPARQL server answer every question alike."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.build import Build
from kg.errors import QueryError, StoreError
from kg.quads import read_parquet, to_oxigraph
from kg.store import EmbeddedStore, EndpointStore, Store, Table, Triples, bind, keywords, open_store, refuse_unsafe

INNO = "PREFIX inno: <https://w3id.org/innokg/ontology#>\n"


def oxigraph_command() -> str | None:
    beside = Path(sys.executable).parent / "oxigraph"
    return str(beside) if beside.is_file() else shutil.which("oxigraph")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def endpoint(graph: Build, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a real server (`oxigraph serve`) that holds the graph of Dortmund."""
    command = oxigraph_command()
    if command is None:
        pytest.skip("needs the oxigraph server: pip install oxigraph")
    folder = tmp_path_factory.mktemp("server") / "store"
    store = ox.Store(str(folder))
    store.bulk_extend(to_oxigraph(quad) for quad in read_parquet(graph.parquet))
    store.flush()
    del store
    port = free_port()
    address = f"http://127.0.0.1:{port}/query"
    server = subprocess.Popen(
        [command, "serve-read-only", "-l", str(folder), "-b", f"127.0.0.1:{port}", "--union-default-graph"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield address
    finally:
        server.kill()
        server.wait()


@pytest.fixture(scope="session", params=["embedded", "endpoint"])
def any_store(request: pytest.FixtureRequest, graph: Build) -> Store:
    return EmbeddedStore(graph.store) if request.param == "embedded" else open_store(request.getfixturevalue("endpoint"))


def test_counts_and_graphs(any_store: Store, graph: Build) -> None:
    assert any_store.count() == graph.record["quads"]
    assert any_store.graphs() == sorted(graph.record["graphs"])


def test_select(any_store: Store) -> None:
    result = any_store.query(INNO + "SELECT ?p ?missing WHERE { ?p a inno:Project } ORDER BY ?p LIMIT 2")
    assert isinstance(result, Table)
    assert result.variables == ("p", "missing")
    assert result.rows[0] == (ox.NamedNode("https://w3id.org/innokg/id/project/arte"), None)


def test_ask_and_construct(any_store: Store) -> None:
    assert any_store.query(INNO + "ASK { ?p a inno:Project }") is True
    assert any_store.query(INNO + "ASK { ?p a inno:Nothing }") is False
    result = any_store.query(INNO + "CONSTRUCT { ?p a inno:Project } WHERE { ?p a inno:Project }")
    assert isinstance(result, Triples)
    assert len(result.triples) == 44


def test_literals_keep_datatype_and_language(any_store: Store) -> None:
    query = "SELECT ?v WHERE { VALUES ?v { 'a'@de '2020'^^<http://www.w3.org/2001/XMLSchema#gYear> 12.5 'quote\"\\n\\\\' } } ORDER BY STR(?v)"
    result = any_store.query(query)
    assert isinstance(result, Table)
    terms = {row[0] for row in result.rows}
    year = ox.Literal("2020", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#gYear"))
    assert terms == {
        ox.Literal("a", language="de"),
        year,
        ox.Literal("12.5", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#decimal")),
        ox.Literal('quote"\n\\'),
    }


def test_bindings_are_terms(any_store: Store) -> None:
    query = INNO + "SELECT ?p WHERE { ?n inno:inInitiative ?p ; inno:participant ?o }"
    bound = any_store.query(query, {"o": ox.NamedNode("https://w3id.org/innokg/id/organisation/polimi")})
    assert isinstance(bound, Table)
    assert {row[0].value.rsplit("/", 1)[1] for row in bound.rows if row[0]} == {"t-factor", "simpact", "siscode"}
    hostile = ox.Literal('"} DELETE WHERE { ?s ?p ?o } #')
    empty = any_store.query("SELECT ?s WHERE { ?s ?p ?o }", {"o": hostile})
    assert isinstance(empty, Table)
    assert empty.rows == []


def test_bindings_of_a_graph_query_leave_its_template_alone(any_store: Store) -> None:
    project = {"p": ox.NamedNode("https://w3id.org/innokg/id/project/t-factor")}
    for query in ("CONSTRUCT { ?p a ?c } WHERE { ?p a ?c }", "CONSTRUCT WHERE { ?p a ?c }", "CONSTRUCT { } WHERE { ?p a ?c }"):
        result = any_store.query(query, project)
        assert isinstance(result, Triples)
        assert {triple.subject for triple in result.triples} == (set() if "{ }" in query else set(project.values()))


def test_long_query(any_store: Store) -> None:
    """Longer than an address may be: the endpoint gets it by POST."""
    names = " ".join(f"<https://example.org/{number:06}>" for number in range(1000))
    result = any_store.query(f"SELECT (COUNT(*) AS ?n) WHERE {{ VALUES ?x {{ {names} }} }}")
    assert isinstance(result, Table)
    assert result.rows[0][0] is not None
    assert result.rows[0][0].value == "1000"


@pytest.mark.parametrize("query", ["SELECT ?x WHERE { ?x ", "", "SELECT ?x WHERE { ?x ex:a ?b }", "INSERT DATA { <a:b> <a:b> <a:b> }"])
def test_wrong_queries(any_store: Store, query: str) -> None:
    with pytest.raises((QueryError, StoreError)):
        any_store.query(query)


def test_syntax_errors_say_where(graph: Build) -> None:
    with pytest.raises(QueryError) as caught:
        EmbeddedStore(graph.store).query("SELECT ?x\nWHERE { ?x ex:a ?b }")
    assert caught.value.where is not None
    assert caught.value.where.startswith("line 2")


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * WHERE { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
        "SELECT * WHERE { service silent ?x { ?s ?p ?o } }",
        "SELECT * WHERE { # comment\n SERVICE<http://127.0.0.1/>{ ?s ?p ?o } }",
    ],
)
def test_service_is_refused(any_store: Store, query: str) -> None:
    with pytest.raises(QueryError, match="SERVICE is refused"):
        any_store.query(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * WHERE { ?s ?p 'SERVICE' }",
        "SELECT * WHERE { ?s <http://a/SERVICE> ?o } # SERVICE",
        'SELECT ?service { ?service ?p """SERVICE { """ }',
    ],
)
def test_service_in_a_text_is_fine(query: str) -> None:
    refuse_unsafe(query)


def test_keywords_skip_texts() -> None:
    assert [word for word, _ in keywords("SELECT ?x { ?x a 'b } SERVICE' } # SERVICE")] == ["SELECT", "?X", "{", "?X", "A", "}"]


def test_bind_goes_into_the_outermost_block() -> None:
    text = bind("SELECT ?x { { SELECT ?x { ?x ?p '{' } } }", {"x": ox.NamedNode("a:b")})
    assert text == "SELECT ?x { VALUES (?x) { (<a:b>) }  { SELECT ?x { ?x ?p '{' } } }"
    with pytest.raises(QueryError):
        bind("SELECT ?x", {"x": ox.NamedNode("a:b")})


def test_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no graph yet"):
        open_store(tmp_path)


def test_no_server() -> None:
    with pytest.raises(StoreError, match="does not answer"):
        EndpointStore(f"http://127.0.0.1:{free_port()}/query", timeout=2).query("ASK {}")


def test_from_names_the_dataset(store: Store) -> None:
    """The embedded store; a server started with `--union-default-graph` asks the union all the same."""
    result = store.query("SELECT (COUNT(*) AS ?n) FROM <https://w3id.org/innokg/graph/codes> WHERE { ?s ?p ?o }")
    assert isinstance(result, Table)
    assert result.rows[0][0] == ox.Literal(750)


@pytest.mark.parametrize("query", ["ASK { # '\rSERVICE <http://127.0.0.1:1/> {} }", "ASK { FILTER(trueSERVICE<http://127.0.0.1:1/>{}) }"])
def test_service_in_disguise_is_refused(any_store: Store, query: str) -> None:
    with pytest.raises(QueryError):
        any_store.query(query)


def test_the_word_service_in_a_text_is_no_call(any_store: Store) -> None:
    assert any_store.query('ASK { FILTER("service" != "SERVICE <x>") # service\n }') is True
