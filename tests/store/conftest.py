"""Three real stores with the graph of Dortmund."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest

from kg.build import Build
from kg.quads import read_parquet, to_oxigraph
from kg.store import EmbeddedStore, EndpointStore, Store
from tests.servers import Server, oxigraph, virtuoso

STORES = ("embedded", "oxigraph", "virtuoso")
SCRATCH = "https://example.org/scratch"


def put(server: Server, graph: str, data: bytes) -> None:
    """Replace a named graph by N-Triples (SPARQL 1.1 Graph Store Protocol, section 5.3)."""
    login = httpx.DigestAuth(server.user, server.password) if server.user else None
    # Virtuoso reads N-Triples as Turtle only.
    reply = httpx.put(server.graphs, params={"graph": graph}, content=data, headers={"Content-Type": "text/turtle"}, auth=login, timeout=300)
    assert reply.status_code in (200, 201, 204), reply.text[:300]


def delete(server: Server, graph: str) -> None:
    """Remove a named graph."""
    login = httpx.DigestAuth(server.user, server.password) if server.user else None
    assert httpx.delete(server.graphs, params={"graph": graph}, auth=login, timeout=60).status_code in (200, 204, 404)


def fill(server: Server, build: Build) -> Server:
    """Load every named graph of a build."""
    graphs: dict[str, list[ox.Triple]] = defaultdict(list)
    for quad in read_parquet(build.parquet):
        made = to_oxigraph(quad)
        assert isinstance(made.graph_name, ox.NamedNode)
        graphs[made.graph_name.value].append(made.triple)
    for name, triples in graphs.items():
        data = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
        assert data is not None
        put(server, name, data)
    return server


@pytest.fixture(scope="session")
def oxigraph_server(graph: Build, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with oxigraph(tmp_path_factory.mktemp("oxigraph"), writable=True) as server:
        yield fill(server, graph)


@pytest.fixture(scope="session")
def virtuoso_server(graph: Build, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with virtuoso(tmp_path_factory.mktemp("virtuoso")) as server:
        yield fill(server, graph)


@dataclass
class Place:
    """A store under its name.

    Attributes:
        name: One of :data:`STORES`.
        store: The graph of Dortmund in it.
        server: `None` for the embedded one.
        folder: For files of a test.
    """

    name: str
    store: Store
    server: Server | None
    folder: Path
    _made: dict[str, Store] = field(default_factory=dict)

    def scratch(self, turtle: str) -> Store:
        """Return a store that holds these triples alone, in the graph :data:`SCRATCH`."""
        if self.server is not None:
            put(self.server, SCRATCH, turtle.encode())
            return EndpointStore(self.server.query, default_graphs=[SCRATCH])
        if turtle not in self._made:
            path = self.folder / f"scratch-{len(self._made)}"
            made = ox.Store(str(path))
            made.load(turtle.encode(), format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(SCRATCH))
            made.flush()
            del made
            self._made[turtle] = EmbeddedStore(path)
        return self._made[turtle]


@pytest.fixture(scope="session", params=STORES)
def place(request: pytest.FixtureRequest, graph: Build, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Each of the three stores in turn."""
    folder = tmp_path_factory.mktemp("place")
    if request.param == "embedded":
        return Place("embedded", EmbeddedStore(graph.store), None, folder)
    server: Server = request.getfixturevalue(f"{request.param}_server")
    return Place(request.param, EndpointStore(server.query), server, folder)


@pytest.fixture
def any_store(place: Place) -> Store:
    return place.store


@pytest.fixture
def scratch(place: Place) -> Iterator[Callable[[str], Store]]:
    """Make a store of Turtle; the graph is gone afterwards."""
    yield place.scratch
    if place.server is not None:
        delete(place.server, SCRATCH)
