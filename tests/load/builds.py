"""Small builds made of quads, and a graph store that fails as it is told."""

from __future__ import annotations

import contextlib
import json
import threading
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox

from kg.namespaces import XSD
from kg.quads import Quad, Term, iri, literal, quad_text, write_parquet

BASE = "https://example.org/"


def graph(name: str) -> str:
    return f"{BASE}graph/{name}"


def quad(subject: str, predicate: str, term: Term, name: str = "one") -> Quad:
    return Quad(subject if subject.startswith("_:") else BASE + subject, BASE + predicate, *term, graph(name), "test")


def numbered(count: int, name: str = "one") -> list[Quad]:
    """Return statements of a few subjects each, in no order."""
    return [quad(f"s{(number * 7919) % count:05}", f"p{number % 3}", literal(f"value {number}"), name) for number in range(count)]


NASTY = [
    quad("n", "text", literal('say "hello"\n\\back\\slash\ttab\r')),
    quad("n", "text", literal("Müller, Straße, 北京, 🦊")),
    quad("n", "text", literal("control \x01 and \x7f")),
    quad("n", "text", literal("", language="de")),
    quad("n", "text", literal("Guten Tag", language="de-AT")),
    quad("n", "long", literal("lang " * 20_000)),
    quad("n", "number", literal("12.50", XSD.decimal)),
    quad("n", "number", literal("007", XSD.integer)),
    quad("n", "number", literal("1.5E3", XSD.double)),
    quad("n", "flag", literal("1", XSD.boolean)),
    quad("n", "date", literal("2020-01-02", XSD.date)),
    quad("Bär", "sees", iri(f"{BASE}id/größe%20x")),
]


def write_build(root: Path, quads: Iterable[Quad], identifier: str = "b1") -> Path:
    """Write a folder of builds that holds these quads; statements of one graph may lie in two tables."""
    quads = list(quads)
    folder = root / "graphs" / identifier
    write_parquet(quads[::2], folder / "quads" / "a.parquet")
    write_parquet([*quads[1::2], *quads[:1]], folder / "quads" / "b.parquet")
    counts = Counter(one.graph for one in {q._replace(origin="") for q in quads})
    record = {"id": identifier, "base": BASE, "sources": [], "graphs": dict(counts)}
    (folder / "build.json").write_text(json.dumps(record), encoding="utf-8")
    link = root / "current"
    link.unlink(missing_ok=True)
    link.symlink_to(Path("graphs") / identifier)
    return root


def lines_of(quads: Iterable[Quad], name: str = "one") -> list[str]:
    return sorted({quad_text(one._replace(graph="")) for one in quads if one.graph == graph(name)})


def held(address: str, name: str = "one") -> list[str]:
    """Return the statements that a server gives back for a graph, as sorted lines."""
    request = urllib.request.Request(f"{address}?graph={graph(name)}", headers={"Accept": "application/n-triples"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        body = answer.read()
    return sorted({f"{one.triple} ." for one in ox.parse(body, format=ox.RdfFormat.N_TRIPLES)})


def as_kept(lines: list[str]) -> list[str]:
    """Write numbers and languages of our lines as Oxigraph keeps them."""
    store = ox.Store()
    store.bulk_load("\n".join(lines).encode(), format=ox.RdfFormat.N_TRIPLES)
    return sorted(f"{one.triple} ." for one in store)


Fault = Callable[["Request"], tuple[int, Mapping[str, str], bytes] | None]


@dataclass
class Request:
    """A request as the server got it."""

    number: int
    method: str
    graph: str
    body: bytes
    headers: Mapping[str, str]


@dataclass
class Fake:
    """A graph store in memory; `fault` may answer instead of it."""

    address: str
    graphs: dict[str, set[str]] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    fault: Fault = lambda _: None

    def changes(self) -> list[Request]:
        return [one for one in self.requests if one.method != "GET"]


@contextlib.contextmanager
def fake(fault: Fault = lambda _: None) -> Iterator[Fake]:
    """Run a graph store that does not know queries."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    store = Fake(f"http://127.0.0.1:{server.server_address[1]}/data", fault=fault)
    server.store = store  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield store
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def _any(self) -> None:
        store: Fake = self.server.store  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        name = parse_qs(urlsplit(self.path).query).get("graph", [""])[0]
        request = Request(len(store.requests), self.command, name, body, dict(self.headers))
        store.requests.append(request)
        status, headers, answer = store.fault(request) or self._graphs(store, request)
        if status == 0:
            self.close_connection = True
            return
        self.send_response(status)
        for key, value in {"Content-Length": str(len(answer)), **headers}.items():
            self.send_header(key, value)
        self.end_headers()
        with contextlib.suppress(ConnectionError):  # who asked may have lost patience
            self.wfile.write(answer)

    do_GET = do_PUT = do_POST = do_DELETE = _any

    def _graphs(self, store: Fake, request: Request) -> tuple[int, Mapping[str, str], bytes]:
        if request.method == "GET":
            if request.graph not in store.graphs:
                return 404, {}, b""
            text = "\n".join(sorted(store.graphs[request.graph])) + "\n"
            return 200, {"Content-Type": "application/n-triples"}, text.encode()
        if request.method == "DELETE":
            return (204 if store.graphs.pop(request.graph, None) is not None else 404), {}, b""
        lines = {line for line in request.body.decode().split("\n") if line}
        store.graphs[request.graph] = lines if request.method == "PUT" else store.graphs.get(request.graph, set()) | lines
        return 204, {}, b""

    def log_message(self, *_: Any) -> None:
        pass
