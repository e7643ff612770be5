"""Answers of the endpoint: the protocol's cases from request to bytes, results read back by other programs, limits, errors."""

from __future__ import annotations

import io
import json
import math
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import quote

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.namespaces import PREFIXES
from kg.portal.answering import answer, answer_graph, explain
from kg.portal.negotiate import FORMATS, Format
from kg.portal.page import Reply
from kg.portal.protocol import Operation, ProtocolError, read, read_graph_store
from kg.portal.streams import Limits, write_rows, write_triples
from kg.results import to_csv, to_json, to_tsv, to_xml
from kg.store import EmbeddedStore, Store, Table

FORM, DIRECT = "application/x-www-form-urlencoded", "application/sparql-query"
G1, G2, G3 = (f"https://example.org/graph/{number}" for number in (1, 2, 3))
LIMITS = Limits()
ALL = "SELECT * { ?s ?p ?o }"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedStore:
    folder = tmp_path_factory.mktemp("store")
    made = ox.Store(str(folder))
    made.load(
        b"""@prefix : <https://example.org/> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
        <https://example.org/graph/1> { :a skos:prefLabel "Anna"@de ; :n 1 ; :part [ :n 2 ] . :b :n 5 }
        <https://example.org/graph/2> { :a skos:prefLabel "\xc3\x84nne\\n<b>\\"x\\"" . :c :n 7 . :a :n 1 }
        <https://example.org/graph/3> { :b :p :c }""",
        format=ox.RdfFormat.TRIG,
    )
    made.flush()
    del made
    return EmbeddedStore(folder)


def ask(store: Store, query: str, accept: str | None = None, extra: str = "", limits: Limits = LIMITS) -> Reply:
    operation = read("GET", f"query={quote(query)}{extra}".encode(), accept=accept)
    return answer(store, operation, limits)


def rows(reply: Reply) -> int:
    assert reply.status == 200, reply.body
    return len(json.loads(reply.body)["results"]["bindings"])


# The cases of the protocol's test suite, written from the text of the Recommendation.


@pytest.mark.parametrize("how", ["get", "form", "direct"])
def test_query_get_post_form_post_direct(store: EmbeddedStore, how: str) -> None:
    query = "ASK { ?s ?p 7 }"
    operation = {
        "get": lambda: read("GET", f"query={quote(query)}".encode()),
        "form": lambda: read("POST", b"", FORM, f"query={quote(query)}".encode()),
        "direct": lambda: read("POST", b"", DIRECT, query.encode()),
    }[how]()
    reply = answer(store, operation, LIMITS)
    assert reply.status == 200
    assert reply.media_type == "application/sparql-results+json"
    assert json.loads(reply.body)["boolean"] is True


def test_query_dataset_default_graph(store: EmbeddedStore) -> None:
    # A statement of two graphs is two rows of the union: the engine does not merge them.
    assert rows(ask(store, ALL)) == 9
    assert rows(ask(store, "SELECT DISTINCT * { ?s ?p ?o }")) == 8
    assert rows(ask(store, ALL, extra=f"&default-graph-uri={quote(G3)}")) == 1
    assert rows(ask(store, ALL, extra=f"&default-graph-uri={quote(G3)}&default-graph-uri={quote(G2)}")) == 4
    assert rows(ask(store, "SELECT * { GRAPH ?g { ?s ?p ?o } }", extra=f"&default-graph-uri={quote(G3)}")) == 0


def test_query_dataset_named_graphs(store: EmbeddedStore) -> None:
    both = "SELECT * { GRAPH ?g { ?s ?p ?o } }"
    assert rows(ask(store, both)) == 9
    assert rows(ask(store, both, extra=f"&named-graph-uri={quote(G2)}")) == 3
    assert rows(ask(store, ALL, extra=f"&named-graph-uri={quote(G2)}")) == 0


def test_query_dataset_full(store: EmbeddedStore) -> None:
    query = "SELECT * { ?s ?p ?o . GRAPH ?g { ?a ?b ?c } }"
    assert rows(ask(store, query, extra=f"&default-graph-uri={quote(G3)}&named-graph-uri={quote(G2)}&named-graph-uri={quote(G3)}")) == 4


def test_query_multiple_dataset_the_protocol_wins_over_from(store: EmbeddedStore) -> None:
    assert rows(ask(store, f"SELECT * FROM <{G1}> {{ ?s ?p ?o }}", extra=f"&default-graph-uri={quote(G3)}")) == 1
    assert rows(ask(store, f"SELECT * FROM NAMED <{G1}> {{ GRAPH ?g {{ ?s ?p ?o }} }}", extra=f"&named-graph-uri={quote(G3)}")) == 1


def test_from_wins_over_the_union(store: EmbeddedStore) -> None:
    assert rows(ask(store, f"SELECT * FROM <{G3}> {{ ?s ?p ?o }}")) == 1
    assert rows(ask(store, f"SELECT * FROM NAMED <{G3}> {{ ?s ?p ?o }}")) == 0
    assert rows(ask(store, "PREFIX from: <https://example.org/> SELECT * from from:graph\\/3 { ?s ?p ?o }")) == 1
    assert rows(ask(store, "PREFIX from: <https://example.org/> SELECT ?from { ?from from:n ?n FILTER(?n > 0) } # from <x>")) == 5


@pytest.mark.parametrize(
    ("query", "accept", "media"),
    [
        (ALL, "application/sparql-results+xml", "application/sparql-results+xml"),
        (ALL, "application/json", "application/json"),
        (ALL, "text/csv", "text/csv; charset=utf-8"),
        (ALL, "text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        (ALL, "text/turtle, application/sparql-results+json;q=0.1", "application/sparql-results+json"),
        ("ASK {}", "application/sparql-results+xml", "application/sparql-results+xml"),
        ("ASK {}", None, "application/sparql-results+json"),
        ("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", None, "text/turtle; charset=utf-8"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "application/rdf+xml", "application/rdf+xml"),
        ("DESCRIBE <https://example.org/a>", "application/n-triples", "application/n-triples"),
        ("DESCRIBE <https://example.org/a>", "application/ld+json", "application/ld+json"),
        ("DESCRIBE <https://example.org/a>", "application/json", "application/json"),
    ],
)
def test_query_content_type(store: EmbeddedStore, query: str, accept: str | None, media: str) -> None:
    reply = ask(store, query, accept)
    assert reply.status == 200
    assert reply.media_type == media


@pytest.mark.parametrize(("query", "accept"), [(ALL, "text/turtle"), ("ASK {}", "image/png"), ("DESCRIBE <urn:a>", "text/csv")])
def test_not_acceptable_lists_what_there_is(store: EmbeddedStore, query: str, accept: str) -> None:
    reply = ask(store, query, accept)
    assert reply.status == 406
    assert (b"text/turtle" if query.startswith("D") else b"application/sparql-results+json") in reply.body


@pytest.mark.parametrize(
    ("query", "line", "column", "help_en"),
    [
        ("SELECT * {\n ?s ?p", 2, 7, "before all {"),
        ("SELECT * { ?s foo:bar ?o }", 1, 22, "foo:"),
        ("INSERT DATA { <urn:a> <urn:b> 1 }", 1, 10, "INSERT is an update"),
        ("# x\nPREFIX a: <urn:a>\nCLEAR ALL", 3, 10, "CLEAR is an update"),
        ("SELECT * { ?s <rel> ?o }", 1, 20, "in full"),
        ("SELECT * { ?s ?p ?o } garbage", 1, 23, "Check"),
        ("ä", 1, 1, ""),
    ],
)
def test_bad_query_syntax(store: EmbeddedStore, query: str, line: int, column: int, help_en: str) -> None:
    reply = ask(store, query)
    assert reply.status == 400
    error = json.loads(reply.body)["error"]
    assert error["line"] == line
    assert help_en in error["fix"]
    assert query.split("\n")[line - 1].strip() == error["excerpt"].strip()
    assert abs(error["column"] - column) <= 6
    assert len(error["caret"]) == error["column"]
    german = answer(store, read("GET", b"query=" + quote(query).encode(), accept="text/plain", lang="de"), LIMITS)
    assert "Zeile" in german.body.decode()


def test_updates_service_and_depth_are_refused(store: EmbeddedStore) -> None:
    assert ask(store, "SELECT * { SERVICE <http://127.0.0.1/> {} }").status == 403
    assert ask(store, "ASK { FILTER(" + "(" * 100_000 + "1" + ")" * 100_000 + ") }").status == 400
    assert ask(store, "SELECT * { ?s ?p 'service' ").status == 400
    assert ask(store, ALL, extra="&default-graph-uri=http%3A%2F%2F%5B").status == 400


def test_known_prefixes_need_no_declaration_and_own_ones_win(store: EmbeddedStore) -> None:
    assert rows(ask(store, "SELECT * { ?s skos:prefLabel ?o }")) == 2
    assert rows(ask(store, "PREFIX skos: <https://example.org/> SELECT * { ?s skos:n ?o }")) == 5


def test_describe_is_the_concise_bounded_description(store: EmbeddedStore) -> None:
    reply = ask(store, "DESCRIBE <https://example.org/a>", "application/n-triples")
    found = {str(quad.predicate) for quad in ox.parse(reply.body, format=ox.RdfFormat.N_TRIPLES)}
    assert reply.rows == len(list(ox.parse(reply.body, format=ox.RdfFormat.N_TRIPLES))) == 5
    assert "<https://example.org/part>" in found


# Formats, read back by other programs.

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufffe\uffff"), max_size=12)
XML_TEXTS = TEXTS.map(lambda text: re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text))


def terms(texts: st.SearchStrategy[str]) -> st.SearchStrategy[object]:
    return (
        st.none()
        | st.sampled_from([ox.NamedNode("https://example.org/ä?a=b&c='d'"), ox.NamedNode("urn:x"), ox.BlankNode("b0"), ox.BlankNode("b1")])
        | texts.map(ox.Literal)
        | st.builds(lambda text, tag: ox.Literal(text, language=tag), texts, st.sampled_from(["de", "en-gb"]))
        | st.integers().map(ox.Literal)
        | texts.map(lambda text: ox.Literal(text, datatype=ox.NamedNode("urn:t")))
    )


TABLES = st.integers(1, 3).flatmap(lambda width: st.lists(st.tuples(*[terms(TEXTS)] * width), max_size=4).map(lambda rows: (width, rows)))
XML_TABLES = st.integers(1, 3).flatmap(lambda width: st.lists(st.tuples(*[terms(XML_TEXTS)] * width), max_size=4).map(lambda rows: (width, rows)))
NAMES = ("a", "b", "ü")


def read_back(body: bytes, form: ox.QueryResultsFormat) -> list[tuple[Any, ...]]:
    solutions = ox.parse_query_results(body, format=form)
    assert isinstance(solutions, ox.QuerySolutions)
    return [tuple(solution) for solution in solutions]


def alike(found: list[tuple[Any, ...]], given_rows: list[tuple[Any, ...]]) -> bool:
    """Compare rows; blank nodes get new names in some readers."""

    def plain(term: object) -> object:
        return "blank" if isinstance(term, ox.BlankNode) else term

    return [[plain(term) for term in row] for row in found] == [[plain(term) for term in row] for row in given_rows]


@settings(max_examples=60, deadline=None)
@given(TABLES)
def test_json_and_tsv_hold_every_term(table: tuple[int, list[tuple[Any, ...]]]) -> None:
    width, cells = table
    for form, kind in (("json", ox.QueryResultsFormat.JSON), ("tsv", ox.QueryResultsFormat.TSV)):
        written = write_rows(form, NAMES[:width], iter(cells), LIMITS, math.inf)
        assert alike(read_back(written.body, kind), cells), written.body
        assert not written.cut


@settings(max_examples=60, deadline=None)
@given(XML_TABLES)
def test_xml_holds_every_term(table: tuple[int, list[tuple[Any, ...]]]) -> None:
    width, cells = table
    written = write_rows("xml", NAMES[:width], iter(cells), LIMITS, math.inf)
    assert alike(read_back(written.body, ox.QueryResultsFormat.XML), cells), written.body


@settings(max_examples=40, deadline=None)
@given(XML_TABLES)
def test_rows_are_written_as_on_the_command_line(table: tuple[int, list[tuple[Any, ...]]]) -> None:
    width, cells = table
    whole = Table(NAMES[:width], cells)
    for form, other in (("csv", to_csv), ("tsv", to_tsv), ("xml", to_xml)):
        assert write_rows(form, whole.variables, iter(cells), LIMITS, math.inf).body.decode() == other(whole)
    assert json.loads(write_rows("json", whole.variables, iter(cells), LIMITS, math.inf).body) == json.loads(to_json(whole))


def test_triple_terms_and_directions_are_written(store: EmbeddedStore) -> None:
    query = 'SELECT (TRIPLE(<urn:a>, <urn:b>, TRIPLE(<urn:c>, <urn:d>, 1)) AS ?t) (STRLANGDIR("a", "en", "ltr") AS ?l) {}'
    for accept, kind in (
        ("application/sparql-results+json", "JSON"),
        ("application/sparql-results+xml", "XML"),
        ("text/tab-separated-values", "TSV"),
    ):
        reply = ask(store, query, accept)
        ((triple, literal),) = read_back(reply.body, getattr(ox.QueryResultsFormat, kind))
        assert isinstance(triple, ox.Triple)
        assert isinstance(triple.object, ox.Triple)
        assert isinstance(literal, ox.Literal)
        assert literal.direction is not None
    assert ask(store, query, "text/csv").status == 200


def test_rdflib_reads_every_table_format(store: EmbeddedStore) -> None:
    for form, accept in (
        ("json", "application/sparql-results+json"),
        ("xml", "application/sparql-results+xml"),
        ("csv", "text/csv"),
        ("tsv", "text/tab-separated-values"),
    ):
        query = "SELECT ?o { <https://example.org/a> skos:prefLabel ?o } ORDER BY ?o"
        result = rdflib.query.Result.parse(io.BytesIO(ask(store, query, accept).body), format=form)
        assert sorted(str(row[0]) for row in result) == ["Anna", 'Änne\n<b>"x"']  # type: ignore[index]


GRAPHS = [form for form in FORMATS if form.kind == "graph"]


@pytest.mark.parametrize("form", GRAPHS, ids=[form.name for form in GRAPHS])
def test_every_graph_format_holds_every_triple(store: EmbeddedStore, form: Format) -> None:
    media = form.media
    reply = ask(store, "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", media)
    read_again = ox.Dataset(ox.parse(reply.body, format=ox.RdfFormat.from_media_type(media)))
    whole = ox.Dataset(ox.Quad(*quad.triple) for quad in store._store)
    for dataset in (read_again, whole):
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    assert read_again == whole
    assert reply.rows == 8


def test_prefixes_are_sorted_and_only_those_used(store: EmbeddedStore) -> None:
    text = ask(store, "CONSTRUCT { ?s skos:prefLabel ?o ; rdf:type foaf:Agent } WHERE { ?s skos:prefLabel ?o }").body.decode()
    assert re.findall(r"@prefix (\w+):", text) == ["foaf", "skos"]
    xml = ask(store, "CONSTRUCT { ?s skos:prefLabel ?o ; rdf:type foaf:Agent } WHERE { ?s skos:prefLabel ?o }", "application/rdf+xml").body.decode()
    assert re.findall(r"xmlns:(\w+)=", xml) == ["foaf", "rdf", "skos"]
    assert len(rdflib.Graph().parse(data=xml, format="xml")) == 3


def test_what_xml_cannot_hold_is_told(store: EmbeddedStore) -> None:
    row, triple = 'SELECT ("a\\u0001" AS ?x) {}', 'CONSTRUCT { <urn:a> <urn:p> "a\\u0001" } WHERE {}'
    assert ask(store, row).status == 200
    assert ask(store, row, "application/sparql-results+xml").status == 406
    assert ask(store, triple, "application/rdf+xml").status == 406
    assert ask(store, 'CONSTRUCT { <urn:a> <urn:1> "a" } WHERE {}', "application/rdf+xml").status in (200, 406)


# Limits.

MANY = "SELECT * { VALUES ?a { 1 2 3 4 5 6 7 8 9 } VALUES ?b { 1 2 3 4 5 6 7 8 9 } VALUES ?c { 1 2 3 4 5 6 7 8 9 } }"
TABLES_MEDIA = [form for form in FORMATS if form.kind == "table"]


@pytest.mark.parametrize("form", TABLES_MEDIA, ids=[form.name for form in TABLES_MEDIA])
@pytest.mark.parametrize("limit", [{"rows": 100}, {"size": 3000}, {"seconds": -1}])
def test_a_cut_answer_is_valid_and_says_so(store: EmbeddedStore, form: Format, limit: dict[str, int]) -> None:
    reply = ask(store, MANY, form.media, limits=Limits(**limit))
    assert reply.status == 200
    assert reply.truncated
    assert reply.headers["X-Total-Rows-At-Least"] == str((reply.rows or 0) + 1)
    assert reply.headers["X-Truncated-By"] == {"rows": "rows", "size": "bytes", "seconds": "seconds"}[next(iter(limit))]
    assert ("no-store" in reply.headers.get("Cache-Control", "")) == ("seconds" in limit)
    result = rdflib.query.Result.parse(io.BytesIO(reply.body), format=form.name)
    assert len(result) == reply.rows
    if form.name == "json":
        assert json.loads(reply.body)["head"]["truncated"] is True
        assert len(read_back(reply.body, ox.QueryResultsFormat.JSON)) == reply.rows
    if "rows" in limit:
        assert reply.rows == 100
    if "size" in limit:
        assert 0 < len(reply.body) < 3300


def test_an_answer_of_just_the_limit_is_whole(store: EmbeddedStore) -> None:
    reply = ask(store, MANY, limits=Limits(rows=729))
    assert reply.rows == 729
    assert not reply.truncated
    assert "X-Truncated-By" not in reply.headers
    assert "truncated" not in json.loads(reply.body)["head"]
    assert ask(store, MANY, limits=Limits(rows=728)).truncated


@pytest.mark.parametrize("form", GRAPHS, ids=[form.name for form in GRAPHS])
@pytest.mark.parametrize("limit", [Limits(rows=50), Limits(size=20_000)], ids=["rows", "size"])
def test_a_cut_graph_is_valid(form: Format, limit: Limits) -> None:
    triples = (ox.Triple(ox.NamedNode(f"urn:s{number}"), ox.NamedNode("https://example.org/p"), ox.Literal(number)) for number in range(100_000))
    written = write_triples(form.name, triples, limit, math.inf)
    assert written.cut == ("rows" if limit.rows == 50 else "bytes")
    quads = list(ox.parse(written.body, format=ox.RdfFormat.from_media_type(form.media)))
    assert len(quads) == written.rows
    assert len(written.body) < 60_000
    assert next(triples).subject.value == f"urn:s{written.rows + 1}", "more was read than needed"  # type: ignore[union-attr]


def test_rows_are_read_one_by_one() -> None:
    taken = []

    def cells() -> Iterator[tuple[ox.Literal]]:
        for number in range(1000):
            taken.append(number)
            yield (ox.Literal(number),)

    write_rows("csv", ["a"], cells(), Limits(rows=10), math.inf)
    assert len(taken) == 11


# Graphs.


def test_graph_store(store: EmbeddedStore) -> None:
    reply = answer_graph(store, read_graph_store("GET", "", f"graph={quote(G1)}".encode(), accept="application/n-triples"), LIMITS)
    assert reply.media_type == "application/n-triples"
    assert reply.rows == 5
    assert answer_graph(store, read_graph_store("GET", G3), LIMITS).rows == 1
    assert answer_graph(store, read_graph_store("GET", "", b"default"), LIMITS).rows == 8
    assert answer_graph(store, read_graph_store("GET", "", b"default"), Limits(rows=3)).truncated
    assert answer_graph(store, read_graph_store("GET", "", b"graph=urn:none"), LIMITS).status == 404
    assert answer_graph(store, read_graph_store("GET", "", b"graph=http://%5B"), LIMITS).status == 404


class Elsewhere:
    """A store that is none of ours: as an endpoint is."""

    location = "https://example.org/sparql"

    def __init__(self, store: EmbeddedStore) -> None:
        self._inner = store
        self.query = store.query
        self.count, self.graphs, self.close = store.count, store.graphs, store.close


def test_a_store_elsewhere_gives_the_same(store: EmbeddedStore) -> None:
    remote = Elsewhere(store)
    for query in (ALL, "ASK {}", "DESCRIBE <https://example.org/c>", "SELECT * { ?s ?p"):
        here, there = ask(store, query, "application/json"), ask(remote, query, "application/json")
        assert (here.status, here.rows) == (there.status, there.rows)
    assert ask(remote, MANY, limits=Limits(rows=5)).truncated
    assert ask(remote, "SELECT * { SERVICE <http://x/> {} }").status == 403
    assert answer_graph(remote, read_graph_store("GET", G3), LIMITS).rows == 1
    assert answer_graph(remote, read_graph_store("GET", "urn:none"), LIMITS).status == 404


# Clients.


@pytest.fixture(scope="module")
def address(store: EmbeddedStore) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.respond("GET", b"")

        def do_POST(self) -> None:
            self.respond("POST", self.rfile.read(int(self.headers["Content-Length"])))

        def respond(self, method: str, body: bytes) -> None:
            accept = self.headers.get("Accept")
            try:
                given_query = self.path.partition("?")[2].encode()
                reply = answer(store, read(method, given_query, self.headers.get("Content-Type"), body, accept=accept), Limits(rows=6))
            except ProtocolError as error:
                reply = error.reply(accept)
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.media_type)
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/sparql"
    server.shutdown()


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("kind", ["json", "xml", "csv", "tsv"])
def test_sparqlwrapper(address: str, method: str, kind: str) -> None:
    from SPARQLWrapper import SPARQLWrapper

    wrapper = SPARQLWrapper(address)
    wrapper.setMethod(method)
    wrapper.setReturnFormat(kind)
    wrapper.setQuery(ALL)
    found: Any = wrapper.query().convert()
    # Nine rows, of which six come: the cut answer is read, too.
    if kind == "json":
        assert len(found["results"]["bindings"]) == 6
    elif kind == "xml":
        assert len(found.getElementsByTagName("result")) == 6
    else:
        assert b"Anna" in found
    wrapper.setQuery("CONSTRUCT WHERE { ?s <https://example.org/n> ?o }")
    wrapper.setReturnFormat("turtle")
    assert len(rdflib.Graph().parse(data=wrapper.query().response.read(), format="turtle")) == 4
    if method == "POST":
        wrapper.setRequestMethod("postdirectly")
        assert len(rdflib.Graph().parse(data=wrapper.query().response.read(), format="turtle")) == 4


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib_sparql_store(address: str, method: str) -> None:
    from rdflib.plugins.stores.sparqlstore import SPARQLStore

    for form in ("xml", "json", "csv", "tsv"):
        graph = rdflib.Graph(SPARQLStore(address, method=method, returnFormat=form))
        assert len(list(graph.query("SELECT ?s { ?s <https://example.org/n> ?o }"))) == 5
        assert len(list(graph.query(ALL))) == 6
    graph = rdflib.Graph(SPARQLStore(address, method=method))
    assert graph.query("ASK { ?s ?p 7 }").askAnswer is True
    assert len(graph.query("CONSTRUCT WHERE { ?s <https://example.org/n> ?o }").graph or []) == 4


# Whatever comes.


@settings(max_examples=150, deadline=None)
@given(
    st.text(max_size=40)
    | st.lists(
        st.sampled_from([*"{}()<>'\"#\\\n?.", "SELECT", "ASK", "*", "FROM", "?s", "?p", "a:b", "<urn:a>", "1", "SERVICE", " "]), max_size=14
    ).map(" ".join)
)
def test_any_text_is_answered_or_explained(store: EmbeddedStore, text: str) -> None:
    reply = answer(store, Operation("query", text), LIMITS)
    assert reply.status in (200, 400, 403, 406)
    json.loads(reply.body) if reply.status != 200 else None
    error = explain(text, "error at 3:7: expected x")
    assert error.status == 400


def test_the_engine_asks_for_no_known_prefix_twice(store: EmbeddedStore) -> None:
    declared = "".join(f"PREFIX {prefix}: <{root}>\n" for prefix, root in PREFIXES.items())
    assert ask(store, declared + ALL).body == ask(store, ALL).body
