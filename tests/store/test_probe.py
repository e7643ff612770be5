"""What a store can do is asked of the store itself: real servers, and one that can do less."""

from __future__ import annotations

import json
import re
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest

from kg.errors import StoreError
from kg.store import EmbeddedStore, EndpointStore
from kg.store.probe import FEATURES, GRAPHS, TABLES, probe
from kg.store.report import as_json, text
from tests.servers import free_port, oxigraph, virtuoso
from tests.store.bad_server import TRUE, Reply, Seen, serving

TURTLE = "<http://example.org/a> a <http://example.org/T> ; <http://example.org/p> 1 , 2 ."
G = "http://example.org/graph/one"
H = "http://example.org/graph/two"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("probe") / "store"
    store = ox.Store(str(made))
    store.load(TURTLE, format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(G))
    store.add(ox.Quad(ox.NamedNode("http://example.org/b"), ox.NamedNode("http://example.org/p"), ox.Literal("x"), ox.NamedNode(H)))
    store.flush()
    return made


def test_an_embedded_store(folder: Path) -> None:
    found = probe(EmbeddedStore(folder))
    assert (found.kind, found.quads, found.graphs) == ("embedded", 4, {G: 3, H: 1})
    assert found.server == f"pyoxigraph {ox.__version__}"
    assert set(found.features.values()) == {"yes"}
    assert set(found.features) == {*FEATURES, "construct"}
    assert {"numbers", "languages"} <= set(found.canonicalises)
    assert re.search(r"^  3 +http://example.org/graph/one$", text(found, "en"), re.MULTILINE)


def test_oxigraph(folder: Path) -> None:
    with oxigraph(folder) as server:
        found = probe(EndpointStore(server.query))
    assert (found.kind, found.known, found.quads, found.graphs) == ("endpoint", "oxigraph", 4, {G: 3, H: 1})
    assert found.server.startswith("Oxigraph/")
    assert found.union
    assert found.row_limit is None
    assert set(found.features.values()) == {"yes"}, found.errors
    assert found.methods == {"get": "yes", "post": "yes"}
    assert found.formats == dict.fromkeys([*TABLES, *GRAPHS], "yes")
    assert found.graph_store == server.graphs
    assert {"numbers", "languages"} <= set(found.canonicalises)
    assert 0 < found.seconds < 30


def test_virtuoso(tmp_path: Path) -> None:
    with virtuoso(tmp_path / "virtuoso", max_rows=700) as server:
        login = httpx.DigestAuth(server.user, server.password)
        assert httpx.put(server.graphs, params={"graph": G}, content=TURTLE, headers={"Content-Type": "text/turtle"}, auth=login).status_code == 201
        found = probe(EndpointStore(server.query))
    assert found.server.startswith("Virtuoso/")
    assert found.known == "virtuoso"
    assert (found.quads, found.graphs) == (3, {G: 3}), "the server's own graphs are left out"
    assert found.row_limit == 700
    assert found.graph_store == server.query + "-graph-crud"
    assert {"numbers", "languages", "large-numbers"} <= set(found.canonicalises)
    assert set(found.features.values()) == {"yes"}, found.errors
    assert "700 rows; longer answers are refused, not cut" in text(found, "en")


def weak(seen: Seen) -> Reply:
    """A server that can do SPARQL 1.0 and speaks JSON alone."""
    query = seen.one("query")
    if any(word in query for word in ("BIND", "VALUES", "MINUS", "EXISTS", "REGEX", ")/<")):
        return Reply(400, b"unexpected token", "text/plain")
    if "COUNT" in query or "?g" in query:
        row = {"g": {"type": "uri", "value": G}, "n": {"type": "literal", "value": "7"}}
        return Reply(body=json.dumps({"head": {"vars": ["g", "n"]}, "results": {"bindings": [row]}}).encode())
    return Reply(body=TRUE)


def test_a_weak_server() -> None:
    with serving(weak) as server:
        found = probe(EndpointStore(server.address))
    assert found.features["optional"] == "yes"
    assert {found.features[name] for name in ("values", "minus", "exists", "bind")} == {"error"}
    assert found.errors["bind"].en == "The endpoint refuses the query: unexpected token"
    assert found.canonicalises == ("unknown",)
    assert found.row_limit is None
    assert found.rows_tried == 0
    assert found.formats["turtle"] == "error"
    assert found.graph_store == ""
    assert found.server.startswith("BaseHTTP")
    german = text(found, "de")
    assert "BIND, IF: Der Endpunkt lehnt die Abfrage ab: unexpected token" in german
    assert "nicht festzustellen" in german
    assert json.loads(json.dumps(as_json(found)))["errors"]["bind"]["de"].startswith("Der Endpunkt lehnt")


def test_time_is_bounded() -> None:
    with serving(weak) as server:
        found = probe(EndpointStore(server.address), seconds=0)
    assert set(found.features.values()) == {"not-asked"}
    assert "not asked" in text(found, "en")
    assert "nicht gefragt" in text(found, "de")


def test_no_server() -> None:
    with pytest.raises(StoreError, match="connection refused"):
        probe(EndpointStore(f"http://127.0.0.1:{free_port()}/query"))
