"""SPARQL 1.1 Protocol, sections 2.1 and 2.2, and Graph Store HTTP Protocol: reading of requests."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.portal.protocol import MAX_REQUEST, GraphOperation, Operation, ProtocolError, not_acceptable, read, read_graph_store

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
ASK = b"ASK%20%7B%7D"


def status(*args: object, **names: object) -> int:
    with pytest.raises(ProtocolError) as caught:
        read(*args, **names)  # type: ignore[arg-type]
    assert caught.value.what.de
    assert caught.value.fix is None or caught.value.fix.de
    return caught.value.status


def test_query_get() -> None:
    assert read("GET", b"query=" + ASK).query == "ASK {}"
    assert read("GET", b"query=ASK+%7B%7D&x=y").query == "ASK {}"
    assert read("HEAD", b"query=" + ASK).query == "ASK {}"


def test_query_post_form() -> None:
    assert read("POST", b"", FORM, b"query=" + ASK).query == "ASK {}"
    assert read("POST", b"", FORM + "; charset=UTF-8", b"query=" + ASK).query == "ASK {}"
    assert read("POST", b"", FORM.upper(), b"query=%C3%A9").query == "é"


def test_query_post_direct() -> None:
    operation = read("POST", b"default-graph-uri=http%3A%2F%2Fa%2F", DIRECT, "ASK { ?s ?p 'é' }".encode())
    assert operation.query == "ASK { ?s ?p 'é' }"
    assert operation.default_graphs == ("http://a/",)
    assert read("POST", b"", DIRECT + ';charset="utf-8"', b"\xef\xbb\xbfASK {}").query == "ASK {}"


def test_query_dataset_full() -> None:
    dataset = b"default-graph-uri=urn:a&default-graph-uri=urn:b&named-graph-uri=urn:c&default-graph-uri=urn:a"
    for operation in (
        read("GET", b"query=" + ASK + b"&" + dataset),
        read("POST", b"", FORM, dataset + b"&query=" + ASK),
        read("POST", dataset, DIRECT, b"ASK {}"),
    ):
        assert operation.default_graphs == ("urn:a", "urn:b")
        assert operation.named_graphs == ("urn:c",)


def test_service_description() -> None:
    assert read("GET").kind == "describe-service"
    assert read("GET", b"format=jsonld").graph == "application/ld+json"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "get", ""])
def test_bad_query_method(method: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        read(method, b"query=" + ASK)
    assert caught.value.status == 405
    assert "GET" in caught.value.headers["Allow"]


def test_bad_multiple_queries() -> None:
    assert status("GET", b"query=" + ASK + b"&query=" + ASK) == 400
    assert status("POST", b"", FORM, b"query=" + ASK + b"&query=" + ASK) == 400
    assert status("POST", b"query=" + ASK, FORM, b"query=" + ASK) == 400
    assert status("POST", b"query=" + ASK, DIRECT, b"ASK {}") == 400


def test_bad_query_missing() -> None:
    assert status("POST", b"", FORM, b"") == 400
    assert status("POST", b"", FORM, b"query=") == 400
    assert status("POST", b"query=" + ASK, FORM, b"") == 400
    assert status("POST", b"", DIRECT, b" \n") == 400
    assert status("GET", b"query=") == 400


def test_bad_query_media_types() -> None:
    assert status("POST", b"", "text/plain", b"ASK {}") == 415
    assert status("POST", b"", None, b"query=" + ASK) == 415
    assert status("POST", b"", "", b"ASK {}") == 415
    assert status("POST", b"", "multipart/form-data; boundary=x", b"") == 415


def test_bad_query_non_utf8() -> None:
    assert status("POST", b"", DIRECT + "; charset=UTF-16", "ASK {}".encode("utf-16")) == 400
    assert status("POST", b"", DIRECT, "ASK {}".encode("utf-16")) == 400
    assert status("POST", b"", DIRECT, "ASK {}".encode("utf-16-le")) == 400
    assert status("POST", b"", DIRECT, b"ASK { ?s ?p '\xe9' }") == 400
    assert status("GET", b"query=%E9") == 400
    assert status("GET", b"query=ASK%00") == 400
    assert status("GET", b"query=\xff") == 400


def test_updates_are_refused_with_the_reason() -> None:
    assert status("POST", b"", FORM, b"update=CLEAR%20ALL") == 403
    assert status("POST", b"", "application/sparql-update", b"CLEAR ALL") == 403
    assert status("POST", b"", "application/sparql-update;charset=utf-8", b"") == 403
    assert status("GET", b"update=CLEAR%20ALL") == 403
    assert status("POST", b"", FORM, b"update=x&using-graph-uri=urn:a") == 403
    assert status("POST", b"", FORM, b"update=x&query=y") == 400
    assert status("POST", b"", FORM, b"query=" + ASK + b"&using-graph-uri=urn:a") == 400


@pytest.mark.parametrize("iri", ["relative", "/a", "", "http://a b", "http://<x>", "#x"])
def test_relative_graphs_are_refused(iri: str) -> None:
    assert status("GET", b"query=" + ASK + b"&default-graph-uri=" + quote(iri).encode()) == 400


def test_bounds() -> None:
    assert status("GET", b"query=" + b"a" * MAX_REQUEST) == 414
    assert status("POST", b"", DIRECT, b"a" * (MAX_REQUEST + 1)) == 413
    assert status("POST", b"", DIRECT, b"aaaa", limit=3) == 413
    assert status("GET", b"a=b&" * 201) == 400
    assert status("GET", b"query=a&" + b"&".join(b"named-graph-uri=urn:%d" % number for number in range(101))) == 400


def test_formats_are_negotiated_for_both_kinds() -> None:
    operation = read("GET", b"query=" + ASK, accept="text/csv;q=0.5, application/n-triples")
    assert (operation.table, operation.graph) == ("text/csv", "application/n-triples")
    assert read("GET", b"query=" + ASK, accept="text/csv").graph == ""
    assert read("GET", b"query=" + ASK + b"&format=json&output=json&results=json", accept="text/csv").table == "application/sparql-results+json"
    assert status("GET", b"query=" + ASK + b"&format=docx") == 406


def test_operations_cross_to_the_worker_as_json() -> None:
    operation = read("GET", b"default-graph-uri=urn:a&query=" + ASK, accept="text/csv", lang="de")
    assert Operation.of(json.loads(json.dumps(operation.head()))) == operation
    graph = read_graph_store("GET", "", b"graph=urn:a")
    assert GraphOperation.of(json.loads(json.dumps(graph.head()))) == graph
    assert graph.key() != read_graph_store("GET", "", b"default").key()
    assert operation.key() == read("POST", b"default-graph-uri=urn:a", FORM, b"query=" + ASK, accept="text/csv").key()
    assert operation.key() != read("GET", b"query=" + ASK, accept="text/csv").key()


def test_errors_as_json_and_text_in_both_languages() -> None:
    with pytest.raises(ProtocolError) as caught:
        read("PUT")
    reply = caught.value.reply("application/sparql-results+json", "en")
    assert reply.media_type == "application/json"
    assert json.loads(reply.body)["error"]["status"] == reply.status == 405
    assert reply.headers["Allow"]
    text = caught.value.reply("text/plain", "de")
    assert text.media_type == "text/plain; charset=utf-8"
    assert "Die Methode PUT" in text.body.decode()
    assert caught.value.reply("text/csv").media_type.startswith("text/plain")
    offers = json.loads(not_acceptable(("graph",)).reply().body)["error"]["offers"]
    assert "text/turtle" in offers
    assert "text/csv" not in offers


@given(
    st.sampled_from(["GET", "POST", "HEAD"]),
    st.binary(max_size=60),
    st.none() | st.sampled_from([FORM, DIRECT, "text/plain", FORM + ";charset=x"]) | st.text(max_size=20),
    st.binary(max_size=60) | st.just(b"query=a&query=b"),
    st.none() | st.text(max_size=30),
)
def test_any_request_is_read_or_refused(method: str, query_string: bytes, content_type: str | None, body: bytes, accept: str | None) -> None:
    try:
        reply = None
        read(method, query_string, content_type, body, accept=accept)
    except ProtocolError as error:
        reply = error.reply(accept, "de")
    assert reply is None or 400 <= reply.status < 500


@given(st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1).filter(str.strip))
def test_a_query_arrives_as_it_was_sent(text: str) -> None:
    coded = b"query=" + quote(text).encode()
    assert read("GET", coded).query == text
    assert read("POST", b"", FORM, coded).query == text
    assert read("POST", b"", DIRECT, text.encode()).query == text.removeprefix("\ufeff") if text != "\ufeff" else True


def test_graph_store() -> None:
    assert read_graph_store("GET", "", b"graph=http%3A%2F%2Fa%2Fg") == GraphOperation("graph", "http://a/g")
    assert read_graph_store("GET", "", b"default").kind == "default"
    assert read_graph_store("HEAD", "", b"default=").kind == "default"
    assert read_graph_store("GET").kind == "list"
    assert read_graph_store("GET", "https://w3id.org/innokg/graph/a").iri == "https://w3id.org/innokg/graph/a"
    assert read_graph_store("GET", "", b"default&format=nt").graph == "application/n-triples"


@pytest.mark.parametrize(
    ("method", "path", "query_string", "code"),
    [
        ("GET", "", b"graph=urn:a&default", 400),
        ("GET", "", b"graph=urn:a&graph=urn:b", 400),
        ("GET", "urn:x", b"graph=urn:b", 400),
        ("GET", "", b"graph=relative", 400),
        ("GET", "", b"graph=", 400),
        ("PUT", "", b"graph=urn:a", 405),
        ("POST", "", b"default", 405),
        ("DELETE", "", b"graph=urn:a", 405),
        ("PATCH", "", b"graph=urn:a", 405),
        ("TRACE", "", b"", 405),
        ("GET", "", b"graph=urn:a&format=csv", 406),
        ("GET", "", b"graph=" + b"a" * MAX_REQUEST, 414),
    ],
)
def test_graph_store_refusals(method: str, path: str, query_string: bytes, code: int) -> None:
    with pytest.raises(ProtocolError) as caught:
        read_graph_store(method, path, query_string)
    assert caught.value.status == code
    if code == 405:
        assert "GET" in caught.value.headers["Allow"]
        assert "POST" not in caught.value.headers["Allow"]
