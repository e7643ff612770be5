"""Endpoints that answer wrongly: one clear error each, never a wrong or a short answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.errors import KgError, QueryError, StoreError
from kg.store import CutError, EndpointStore, Table, Triples
from tests.servers import Server, oxigraph, virtuoso
from tests.store.bad_server import JSON, TRUE, BadServer, Reply, Seen, serving

UNION = "LIMIT 1 } ?s ?p ?o }"
"""By this the store asks what the default graph is."""


@pytest.fixture(autouse=True)
def _nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AUTH", "USER", "PASSWORD", "TOKEN", "HOST", "MAX_MB", "TIMEOUT"):
        monkeypatch.delenv(f"KG_STORE_{name}", raising=False)


def error_of(reply: Reply, query: str = "SELECT * WHERE { ?s ?p ?o }") -> KgError:
    """Ask a server that answers so to everything but the question what its default graph is."""
    with serving(lambda seen: Reply() if UNION in seen.one("query") else reply) as server, pytest.raises(KgError) as caught:
        EndpointStore(server.address, timeout=3).query(query)
    assert caught.value.where is not None
    assert caught.value.where.endswith("/sparql")
    assert caught.value.fix is not None
    assert caught.value.what.en != caught.value.what.de
    return caught.value


HTML = b"<!DOCTYPE html><html><body>Welcome <script>alert(1)</script></body></html>"
CONSTRUCT = "CONSTRUCT WHERE { ?s ?p ?o }"


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply(body=HTML, kind="text/html; charset=utf-8"), "answers with a web page"),
        (Reply(body=HTML, kind="application/xhtml+xml"), "answers with a web page"),
        (Reply(body=HTML, kind=JSON), "is no SPARQL result"),
        (Reply(body=b"hello", kind="text/plain"), "is no SPARQL result (text/plain"),
        (Reply(body=b"", kind=JSON), "is no SPARQL result"),
        (Reply(body=b'{"head":{"vars":["s"]},"results":{"bindings":[{"s"', kind=JSON), "is no SPARQL result"),
        (Reply(body=b'{"error":"no"}', kind="application/json"), "is no SPARQL result"),
        (Reply(body=b"[1,2]", kind="application/json"), "is no SPARQL result"),
        (Reply(body=b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"literal","value":"\xff\xfe"}}]}}'), "is no SPARQL result"),
        (Reply(body=b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"uri","value":"not an iri"}}]}}'), "is no SPARQL result"),
        (
            Reply(400, b"Parse error\x1b[2J at line 1\n\nin SELECT\n<stack>\n" * 500, "text/plain"),
            "refuses the query: Parse error [2J at line 1 in SELECT <stack>",
        ),
        (Reply(404, HTML, "text/html"), "nothing at this address (404)"),
        (Reply(405, b"", "text/html"), "no SPARQL 1.1 endpoint"),
        (Reply(406, b"no json", "text/plain"), "no SPARQL 1.1 endpoint: 406 no json"),
        (Reply(413, b"", "text/plain"), "too long"),
        (Reply(500, b"java.lang.NullPointerException\n at x.y(Z.java:1)", "text/plain"), "answers with an error: 500 java.lang.NullPointerException"),
        (Reply(507, HTML, "text/html"), "answers with an error: 507"),
        (Reply(301), "answers with an error: 301"),
        (Reply(204, b"", ""), "is no SPARQL result (?"),
        (Reply(body=b'{"head":{"vars":["s"]},"results":{"bindings":[]}}', headers={"X-SQL-State": "S1TAT"}), "stopped early"),
        (Reply(headers={"Location": "http://elsewhere.example/"}, status=302), "redirects to another one: elsewhere.example:80"),
        (Reply(length=99999), "was cut short (99973 bytes are missing)"),
        (Reply(wait=4), "within 3 seconds"),
        (Reply(body=b"x", headers={"Content-Encoding": "gzip"}), "was cut short (gzip"),
    ],
)
def test_one_clear_error(reply: Reply, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.store.transport.FIRST_PAUSE", 0.01)
    error = error_of(reply)
    assert said in error.what.en
    assert len(error.text("de")) < 900
    assert error.text("en").isprintable()
    assert isinstance(error, QueryError if reply.status in (400, 413) else StoreError)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(body=HTML, kind="text/html"),
        Reply(body=b"<a:b> <a:b> ", kind="text/turtle"),
        Reply(body=b"<a:b> <a:b> \xff .", kind="application/n-triples"),
        Reply(body=b"{}", kind=JSON),
        Reply(body=b"<a:b> <a:b> <a:b> <a:b> .", kind="application/n-quads"),
        Reply(body=b"<rdf:RDF", kind="application/rdf+xml"),
    ],
)
def test_a_graph_that_is_none(reply: Reply) -> None:
    assert isinstance(error_of(reply, CONSTRUCT), StoreError)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/turtle; charset=utf-8", b"<a:b> <a:c> 'x'@de ."),
        ("application/n-triples", b'<a:b> <a:c> "x"@de .'),
        ("text/plain", b'<a:b> <a:c> "x"@de .'),
        (
            "application/rdf+xml",
            b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:a="a:"><rdf:Description rdf:about="a:b"><a:c xml:lang="de">x</a:c></rdf:Description></rdf:RDF>',
        ),
    ],
)
def test_any_syntax_of_a_graph_is_read(kind: str, body: bytes) -> None:
    with serving(lambda seen: Reply() if UNION in seen.one("query") else Reply(body=body, kind=kind)) as server:
        result = EndpointStore(server.address).query(CONSTRUCT)
    assert isinstance(result, Triples)
    assert [str(one) for one in result.triples] == ['<a:b> <a:c> "x"@de']


def test_a_table_may_come_as_xml() -> None:
    body = b'<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="s"/></head><results><result><binding name="s"><literal>x</literal></binding></result></results></sparql>'
    with serving(lambda seen: Reply() if UNION in seen.one("query") else Reply(body=body, kind="application/sparql-results+xml")) as server:
        result = EndpointStore(server.address).query("SELECT ?s { ?s ?p ?o }")
    assert isinstance(result, Table)
    assert result.rows == [(ox.Literal("x"),)]


# Answers that the engine's own readers do not survive, or do not notice

SOLUTION = b'<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="s"/></head><results><result><binding name="s"><literal>x</literal></binding></result>'
BOOLEAN = b'<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head></head><boolean>true'
TOP = b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:a="a:"><rdf:Description rdf:about="a:b"><a:c>x</a:c></rdf:Description>'


def nested(levels: int, word: bytes) -> bytes:
    """Triples in triples, as RDF-star has them."""
    leaf = b'{"type":"uri","value":"a:b"}'
    start = b'{"type":"' + word + b'","value":{"subject":' + leaf + b',"predicate":' + leaf + b',"object":'
    return b'{"head":{"vars":["a"]},"results":{"bindings":[{"a":' + start * levels + leaf + b"}}" * levels + b"}]}}"


@pytest.mark.parametrize("word", [b"triple", b"t\\u0072iple", b"\\u0074rip\\u006Ce"])
def test_depth_is_bounded(word: bytes) -> None:
    """20,000 levels would end this process."""
    assert "is no SPARQL result" in error_of(Reply(body=nested(20_000, word))).what.en
    with serving(lambda seen: Reply() if UNION in seen.one("query") else Reply(body=nested(2, word))) as server:
        result = EndpointStore(server.address).query("SELECT ?a { ?s ?p ?a }")
    assert isinstance(result, Table)
    assert isinstance(result.rows[0][0], ox.Triple)


@pytest.mark.parametrize(
    "body",
    [SOLUTION, SOLUTION + b"</results>", BOOLEAN, BOOLEAN + b"</boolean>", b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + SOLUTION + b"</results></sparql>"],
)
def test_xml_that_is_cut_between_elements(body: bytes) -> None:
    assert "is no SPARQL result" in error_of(Reply(body=body, kind="application/sparql-results+xml")).what.en


@pytest.mark.parametrize("start", [b"", b"<!DOCTYPE a [<!ENTITY a 'aaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]>"])
def test_rdf_xml_that_is_cut_or_grows(start: bytes) -> None:
    body = start + TOP + (b"</rdf:RDF>" if start else b"")
    assert "is no SPARQL result" in error_of(Reply(body=body, kind="application/rdf+xml"), CONSTRUCT).what.en


# Cut answers


def rows(number: int, name: str = "s") -> bytes:
    binding = {name: {"type": "literal", "value": "x"}}
    return json.dumps({"head": {"vars": [name]}, "results": {"bindings": [binding] * number}}).encode()


def counted(number: int) -> bytes:
    value = {"type": "literal", "value": str(number), "datatype": "http://www.w3.org/2001/XMLSchema#integer"}
    return json.dumps({"head": {"vars": ["n"]}, "results": {"bindings": [{"n": value}]}}).encode()


def cutting(given: int, there: int, *, say: bool = False, count: Callable[[int], Reply] | None = None) -> Callable[[Seen], Reply]:
    """A server that gives so many of so many rows, and may say that it has a limit."""

    def answer(seen: Seen) -> Reply:
        query = seen.one("query")
        if UNION in query:
            return Reply()
        if "COUNT" in query:
            return count(there) if count else Reply(body=counted(there))
        return Reply(body=rows(given), headers={"X-SPARQL-MaxRows": str(given)} if say else {})

    return answer


@pytest.mark.parametrize(("given", "say"), [(1000, False), (10_000, False), (1234, True)])
def test_a_silent_cut_is_found_out(given: int, say: bool) -> None:
    with serving(cutting(given, 29_000, say=say)) as server, pytest.raises(CutError) as caught:
        EndpointStore(server.address).query("SELECT ?s WHERE { ?s ?p ?o } ORDER BY ?s")
    assert f"cut the answer: {given:,} of 29,000 rows" in caught.value.what.en
    assert f"{given} von 29000 Zeilen" in caught.value.what.de
    assert "ResultSetMaxRows" in caught.value.text()
    assert caught.value.total == 29_000
    assert isinstance(caught.value.result, Table)
    assert len(caught.value.result.rows) == given
    assert "ORDER" not in server.seen[-1].one("query")


@pytest.mark.parametrize(
    ("given", "there", "query"),
    [(1000, 1000, "SELECT ?s { ?s ?p ?o }"), (1001, 5000, "SELECT ?s { ?s ?p ?o }"), (1000, 5000, "SELECT ?s { ?s ?p ?o } LIMIT 1000")],
)
def test_a_whole_answer_is_an_answer(given: int, there: int, query: str) -> None:
    """The number is no suspicious one, or the count agrees, or the query itself asked for no more."""
    with serving(cutting(given, there)) as server:
        result = EndpointStore(server.address).query(query)
    assert isinstance(result, Table)
    assert len(result.rows) == given
    assert len(server.seen) == (3 if given == there else 2)


def test_who_counts_himself_may_say_so() -> None:
    with serving(cutting(1000, 5000, say=True)) as server:
        result = EndpointStore(server.address, check=False).query("SELECT ?s { ?s ?p ?o }")
    assert isinstance(result, Table)
    assert len(result.rows) == 1000


@pytest.mark.parametrize("reply", [Reply(500, b"out of memory", "text/plain"), Reply(body=rows(1)), Reply(body=rows(0)), Reply(body=TRUE)])
def test_what_cannot_be_counted_is_not_trusted(reply: Reply) -> None:
    with serving(cutting(1000, 0, count=lambda _: reply)) as server, pytest.raises(CutError, match="could not be counted"):
        EndpointStore(server.address).query("SELECT ?s { ?s ?p ?o }")


def test_a_cut_graph_is_found_out() -> None:
    """1,000 statements from 1,000 solutions of 4,000: the solutions are counted, and where the server cuts is tried out."""

    def answer(seen: Seen) -> Reply:
        query = seen.one("query")
        if query.startswith("CONSTRUCT"):
            return Reply(body="".join(f"<a:{n}> <a:p> <a:o> .\n" for n in range(1000)).encode(), kind="application/n-triples")
        return cutting(1000, 4000)(seen)

    with serving(answer) as server, pytest.raises(CutError, match="1,000 of 4,000 rows"):
        EndpointStore(server.address).query(CONSTRUCT)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real Virtuoso that cuts at 500 rows, with 1,200 statements."""
    import httpx

    with virtuoso(tmp_path_factory.mktemp("cut") / "virtuoso", max_rows=500) as server:
        body = "".join(f"<http://example.org/s{number:04}> <http://example.org/p> {number % 7} .\n" for number in range(1200))
        sent = httpx.put(
            server.graphs,
            params={"graph": "http://example.org/g"},
            content=body,
            headers={"Content-Type": "text/turtle"},
            auth=httpx.DigestAuth(server.user, server.password),
        )
        assert sent.status_code == 201
        yield server


def test_virtuoso_cuts_and_is_found_out(hostile: Server) -> None:
    store = EndpointStore(hostile.query)
    where = "WHERE { ?s <http://example.org/p> ?v }"
    for query in (
        f"SELECT ?s ?v {where}",
        f"SELECT DISTINCT ?s {where} ORDER BY DESC(?s)",
        f"CONSTRUCT {{ ?s a ?v }} {where}",
        f"CONSTRUCT {{ <a:b> <a:c> ?v }} {where}",
        f"SELECT ?s {where} LIMIT 700",
    ):
        with pytest.raises(CutError, match=r"500 of (1,200|700) rows"):
            store.query(query)
        with pytest.raises(CutError, match=r"500 of (1,200|700) rows"):
            EndpointStore(hostile.query).query(query)
    for query, number in (
        (f"SELECT ?s {where} LIMIT 500", 500),
        (f"SELECT DISTINCT ?v {where}", 7),
        (f"SELECT ?s {where} OFFSET 1190 LIMIT 100", 10),
    ):
        result = store.query(query)
        assert isinstance(result, Table)
        assert len(result.rows) == number
    graph = store.query(f"CONSTRUCT {{ <a:b> <a:c> ?v }} {where} LIMIT 30")
    assert isinstance(graph, Triples)
    assert 0 < len(graph.triples) <= 7


# The union of the named graphs


@pytest.fixture(scope="module")
def three_graphs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two named graphs that share a statement; and another one in the default graph."""
    folder = tmp_path_factory.mktemp("graphs") / "store"
    store = ox.Store(str(folder))
    name = ox.NamedNode
    for graph, thing in (
        (name("http://g/1"), "a"),
        (name("http://g/2"), "b"),
        (name("http://g/1"), "both"),
        (name("http://g/2"), "both"),
        (ox.DefaultGraph(), "default"),
    ):
        store.add(ox.Quad(name(f"http://e/{thing}"), name("http://e/p"), ox.Literal(thing), graph))
    store.flush()
    return folder


def test_a_default_graph_that_is_no_union(three_graphs: Path) -> None:
    """A server as it is shipped asks its default graph only: the store names the graphs, so that nobody gets an empty answer."""
    import subprocess

    from tests.servers import _running, free_port, oxigraph_command

    command, port = oxigraph_command(), free_port()
    if command is None:
        pytest.skip("needs the oxigraph server: pip install oxigraph")
    with _running([command, "serve-read-only", "-l", str(three_graphs), "-b", f"127.0.0.1:{port}"], port, three_graphs) as process:
        assert isinstance(process, subprocess.Popen)
        store = EndpointStore(f"http://127.0.0.1:{port}/query")
        plain = things(store)
        assert plain == ["a", "b", "both", "both"]
        assert not store.union
        assert (store.count(), store.graphs()) == (4, ["http://g/1", "http://g/2"])
        assert things(store, "GRAPH ?g { ?s ?p ?o }") == plain
        assert things(EndpointStore(store.address, default_graphs=["http://g/2"])) == ["b", "both"]
        assert EndpointStore(store.address, default_graphs=["http://g/2"]).count() == 2
        result = store.query("SELECT ?o FROM <http://g/1> { ?s ?p ?o } ORDER BY ?o")
        assert isinstance(result, Table)
        assert [row[0] for row in result.rows] == [ox.Literal("a"), ox.Literal("both")]


def test_a_union_is_left_as_it_is(three_graphs: Path) -> None:
    with oxigraph(three_graphs) as server:
        store = EndpointStore(server.query)
        assert {"a", "b", "both"} <= set(things(store))
        assert store.union
        assert store.server.startswith("Oxigraph/")


def things(store: EndpointStore, where: str = "?s ?p ?o") -> list[str]:
    result = store.query(f"SELECT ?o WHERE {{ {where} }} ORDER BY ?o")
    assert isinstance(result, Table)
    return [row[0].value for row in result.rows if row[0] is not None]


def test_a_server_that_does_not_understand_the_question_is_taken_as_it_is() -> None:
    with serving(lambda seen: Reply(400) if UNION in seen.one("query") else Reply(body=rows(3))) as server:
        result = EndpointStore(server.address).query("SELECT ?s { ?s ?p ?o }")
    assert isinstance(result, Table)
    assert len(result.rows) == 3
    assert [name for name, _ in server.seen[-1].parameters] == ["query"]


def test_the_time_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_STORE_TIMEOUT", "7")
    assert EndpointStore("http://127.0.0.1:1/").timeout == 7
    for wrong in ("0", "-1", "1e3", "100000", "²"):
        monkeypatch.setenv("KG_STORE_TIMEOUT", wrong)
        with pytest.raises(StoreError, match="no number of seconds"):
            EndpointStore("http://127.0.0.1:1/")
    monkeypatch.delenv("KG_STORE_TIMEOUT")
    assert EndpointStore("http://127.0.0.1:1/").timeout == 60


def test_an_update_is_never_sent() -> None:
    with serving(Reply()) as server:
        for text in ("INSERT DATA { <a:b> <a:b> <a:b> }", "# SELECT\nDROP ALL", "", "ASK { SERVICE <http://127.0.0.1:1/> {} }"):
            with pytest.raises(QueryError):
                EndpointStore(server.address).query(text)
    assert not server.seen


def test_the_query_is_sent_as_it_is() -> None:
    with serving(Reply()) as server:
        EndpointStore(server.address).query("# DELETE DATA\nASK { FILTER('%2B + & ü' != '') }")
    assert server.seen[-1].one("query") == "# DELETE DATA\nASK { FILTER('%2B + & ü' != '') }"
    assert [name for name, _ in server.seen[-1].parameters] == ["query"]
    assert isinstance(server, BadServer)
