"""The endpoint is read by the clients that people use: SPARQLWrapper, rdflib's SPARQLStore, curl, form POST as R sends it; on both kinds of store."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
from typing import Any

import httpx
import pyoxigraph as ox
import pytest
from SPARQLWrapper import CSV, JSON, POST, TURTLE, XML, SPARQLWrapper

from tests.portal.conftest import Served

PROJECTS = "PREFIX inno: <https://w3id.org/innokg/ontology#> SELECT ?p WHERE { ?p a inno:Project } ORDER BY ?p LIMIT 5"
COUNT = "PREFIX inno: <https://w3id.org/innokg/ontology#> SELECT (COUNT(DISTINCT ?p) AS ?n) WHERE { ?p a inno:Project }"


def converted(wrapper: SPARQLWrapper) -> Any:
    """What SPARQLWrapper makes of an answer: a dictionary, a document, bytes or text by the format asked for."""
    return wrapper.query().convert()


def test_sparqlwrapper_reads_every_form(any_portal: Served) -> None:
    wrapper = SPARQLWrapper(any_portal.address + "/sparql")
    wrapper.setQuery(PROJECTS)
    wrapper.setReturnFormat(JSON)
    rows = converted(wrapper)["results"]["bindings"]
    assert len(rows) == 5
    wrapper.setMethod(POST)
    assert converted(wrapper)["results"]["bindings"] == rows
    wrapper.setReturnFormat(XML)
    assert len(converted(wrapper).getElementsByTagName("result")) == 5
    wrapper.setReturnFormat(CSV)
    assert converted(wrapper).decode().splitlines()[1] == rows[0]["p"]["value"]
    wrapper.setQuery("ASK { ?s ?p ?o }")
    wrapper.setReturnFormat(JSON)
    assert converted(wrapper)["boolean"] is True
    wrapper.setQuery(f"DESCRIBE <{rows[0]['p']['value']}>")
    wrapper.setReturnFormat(TURTLE)
    assert list(ox.parse(converted(wrapper), format=ox.RdfFormat.TURTLE))


def test_rdflib_reads_it_as_a_store(any_portal: Served) -> None:
    from rdflib import Graph, URIRef
    from rdflib.plugins.stores.sparqlstore import SPARQLStore

    graph = Graph(SPARQLStore(any_portal.address + "/sparql"))
    rows = list(graph.query(COUNT))
    assert int(str(rows[0][0])) == 232  # type: ignore[index]
    subject = URIRef("https://w3id.org/innokg/id/project/t-factor")
    assert list(graph.predicate_objects(subject))


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl: apt-get install curl")
def test_curl(any_portal: Served) -> None:
    query = ["--data-urlencode", f"query={PROJECTS}"]
    said = subprocess.run(
        ["curl", "-sS", "--fail", "-H", "Accept: text/csv", *query, any_portal.address + "/sparql"], check=True, capture_output=True, text=True
    )
    assert len(said.stdout.splitlines()) == 6
    compressed = subprocess.run(
        ["curl", "-sS", "--fail", "--compressed", "-G", *query, any_portal.address + "/sparql"], check=True, capture_output=True, text=True
    )
    assert len(json.loads(compressed.stdout)["results"]["bindings"]) == 5


def test_a_form_as_r_sends_it(any_portal: Served) -> None:
    """httr::POST(url, accept("text/csv"), body = list(query = q), encode = "form")."""
    headers = {"User-Agent": "libcurl/7.88.1 r-curl/5.0.0 httr/1.4.5", "Accept": "text/csv", "Content-Type": "application/x-www-form-urlencoded"}
    answer = httpx.post(any_portal.address + "/sparql", headers=headers, data={"query": COUNT}, timeout=60)
    assert answer.text.splitlines() == ["n", "232"]
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"


def test_conditional_requests(portal: Served) -> None:
    path = "/sparql?query=ASK%7B%7D"
    first = portal.get(path)
    tag = first.headers["etag"]
    again = portal.get(path, headers={"If-None-Match": f'W/"x", {tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert portal.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    assert portal.get(path, headers={"Accept": "application/sparql-results+xml"}).headers["etag"] != tag
    assert "Accept" in first.headers["vary"]


def test_an_endpoint_elsewhere_may_change_so_it_has_no_etag(remote_portal: Served) -> None:
    assert "etag" not in remote_portal.get("/sparql?query=ASK%7B%7D").headers


def test_head_options_and_cors(any_portal: Served) -> None:
    path = any_portal.address + "/sparql?query=ASK%7B%7D"
    get, head = httpx.get(path), httpx.head(path)
    assert head.content == b""
    assert {name: head.headers[name] for name in ("content-type", "content-length")} == {
        name: get.headers[name] for name in ("content-type", "content-length")
    }
    options = httpx.options(path, headers={"Origin": "https://example.org", "Access-Control-Request-Method": "POST"})
    assert options.status_code == 204
    assert "POST" in options.headers["access-control-allow-methods"]
    assert get.headers["access-control-allow-origin"] == "*"


def test_large_answers_are_cut_honestly_and_compressed(any_portal: Served) -> None:
    everything = {"query": "SELECT * WHERE { ?s ?p ?o }"}
    answer = httpx.get(any_portal.address + "/sparql", params=everything, headers={"Accept-Encoding": "gzip"}, timeout=120)
    assert answer.headers["content-encoding"] == "gzip"
    rows = answer.json()["results"]["bindings"]
    assert (len(rows), answer.headers["x-truncated"], answer.headers["x-rows"]) == (100_000, "true", "100000")
    whole = httpx.get(any_portal.address + "/sparql", params={"query": "SELECT * WHERE { ?s a ?c }"}, timeout=120)
    assert "x-truncated" not in whole.headers


def test_gzip_is_the_same_content(portal: Served) -> None:
    path = portal.address + "/sparql?query=" + "SELECT%20*%20WHERE%20%7B%3Fs%20a%20%3Fc%7D%20LIMIT%20500"
    plain = httpx.get(path, headers={"Accept-Encoding": "identity"})
    with httpx.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as packed:
        assert gzip.decompress(b"".join(packed.iter_raw())) == plain.content


def test_graphs(any_portal: Served) -> None:
    iri = "https://w3id.org/innokg/graph/links"
    answer = any_portal.get("/graphs", params={"graph": iri}, headers={"Accept": "application/n-triples"})
    assert len(answer.text.splitlines()) == 104
    assert any_portal.get("/graphs", params={"graph": "https://example.org/none"}).status_code == 404
    assert b"namedGraph" in any_portal.get("/graphs").content
    assert any_portal.get("/graphs/links", headers={"Accept": "application/n-triples"}).text.splitlines() == answer.text.splitlines()
    assert httpx.put(any_portal.address + "/graphs", params={"graph": iri}, content=b"").status_code == 405


@pytest.mark.parametrize(
    ("data", "kind", "status"),
    [
        (b"update=DELETE+WHERE+%7B%3Fs+%3Fp+%3Fo%7D", "application/x-www-form-urlencoded", 403),
        (b"DELETE WHERE { ?s ?p ?o }", "application/sparql-update", 403),
        (b"query=ASK%7B%7D&query=ASK%7B%7D", "application/x-www-form-urlencoded", 400),
        ("ASK {}".encode("utf-16"), "application/sparql-query", 400),
        (b"SELECT nonsense", "application/sparql-query", 400),
        (b"ASK { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", "application/sparql-query", 403),
        (b"ASK " + b"{" * 100_000 + b"}" * 100_000, "application/sparql-query", 400),
        (b'ASK { FILTER(REGEX("' + b"a" * 50 + b'", "(a+)+$")) }', "application/sparql-query", 200),
        (b"ASK {}", "text/plain", 415),
    ],
)
def test_what_is_refused_says_so(any_portal: Served, data: bytes, kind: str, status: int) -> None:
    answer = httpx.post(any_portal.address + "/sparql", content=data, headers={"Content-Type": kind}, timeout=60)
    assert answer.status_code == status or (status == 403 and b"SERVICE" in data and answer.status_code == 400), answer.text
    assert any_portal.get("/sparql?query=ASK%7B%7D").status_code == 200


def test_an_error_names_line_and_column(any_portal: Served) -> None:
    answer = any_portal.get("/sparql", params={"query": "SELECT ?s\nWHERE { ?s dcx:title ?o }"}, headers={"Accept": "application/json"})
    error = answer.json()["error"]
    assert (answer.status_code, error["line"]) == (400, 2)
    assert "dcx" in json.dumps(error)
    german = any_portal.get("/sparql", params={"query": "SELEKT"}, headers={"Accept-Language": "de"})
    assert "Abfrage" in german.text


def test_a_slow_reader_holds_no_worker(portal: Served) -> None:
    with httpx.stream("GET", portal.address + "/sparql", params={"query": "SELECT * WHERE { ?s ?p ?o }"}, timeout=60) as slow:
        chunks = slow.iter_raw(1024)
        next(chunks)
        pools = portal.get("/health/ready").json()["pools"]
        assert pools["desk"]["busy"] == 0


def test_a_dataset_of_the_request(any_portal: Served) -> None:
    query = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
    counts = []
    for graphs in ([], ["https://w3id.org/innokg/graph/links"], ["https://w3id.org/innokg/graph/links", "https://w3id.org/innokg/graph/codes"]):
        answer = httpx.get(any_portal.address + "/sparql", params={"query": query, "default-graph-uri": graphs}, timeout=60)
        counts.append(int(answer.json()["results"]["bindings"][0]["n"]["value"]))
    assert counts[0] > 100_000
    assert counts[1:] == [104, 104 + 750]
    named = {"query": "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }", "named-graph-uri": "https://w3id.org/innokg/graph/links"}
    rows = httpx.get(any_portal.address + "/sparql", params=named, timeout=60).json()["results"]["bindings"]
    assert [row["g"]["value"] for row in rows] == ["https://w3id.org/innokg/graph/links"]
