"""A local mirror of an endpoint's graph, for what SPARQL alone is too slow for: the search index, networks, profiles.

Named graphs are fetched one by one with CONSTRUCT and checked against a COUNT, so that a server which cuts its answers silently (Virtuoso's 10,000 rows) is
noticed; what cannot be had whole is refused with the reason, and the portal switches those pages off. The mirror is a folder like a build, in a temporary
place, and goes with the process.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg import __version__
from kg.build import OWN
from kg.errors import StoreError, Text
from kg.namespaces import BASE, local_name
from kg.quads import Quad, literal, write_parquet
from kg.store import EndpointStore, Table, Triples

if TYPE_CHECKING:
    import pyoxigraph as ox

    from kg.store import Store

MAX_STATEMENTS = 5_000_000
VOCABULARY = ("ontology", "codes")
FETCH_SECONDS = 600


def mirror(address: str) -> Path:
    """Fetch the graph of an endpoint into a temporary folder that reads like a build.

    Raises:
        StoreError: The endpoint does not answer, has more than five million statements, or cuts its answers.
    """
    store = EndpointStore(address, timeout=FETCH_SECONDS)
    counts = _counts(store)
    if sum(counts.values()) > MAX_STATEMENTS:
        what = Text(f"The endpoint holds more than {MAX_STATEMENTS:,} statements.", f"Der Endpunkt hat mehr als {MAX_STATEMENTS} Aussagen.")
        fix = Text("Build the graph here for search and networks.", "Bauen Sie den Graphen hier, um Suche und Netzwerke zu haben.")
        raise StoreError(what, where=address, fix=fix)
    folder = Path(tempfile.mkdtemp(prefix="kg-mirror-"))
    try:
        _fill(store, counts, folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder


def _fill(store: EndpointStore, counts: dict[str, int], folder: Path) -> None:
    base = _base(counts)
    parts: dict[str, list[str]] = {}
    for graph in counts:
        parts.setdefault(_part(graph, base), []).append(graph)
    for name, graphs in sorted(parts.items()):
        write_parquet(_quads(store, graphs, counts), folder / "quads" / f"{name}.parquet")
    record = _record(store, base, counts, sorted(set(parts) - set(OWN)))
    from kg.search import index_store

    index_store(store, folder / "search.sqlite")
    (folder / "build.json").write_text(json.dumps(record, ensure_ascii=False, indent=2, sort_keys=True), encoding="utf-8")


def _rows(store: Store, query: str) -> list[tuple[Any, ...]]:
    result = store.query(query)
    return list(result.rows) if isinstance(result, Table) else []


def _counts(store: Store) -> dict[str, int]:
    rows = _rows(store, "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
    return dict(sorted((graph.value, int(number.value)) for graph, number in rows if graph is not None))


def _base(graphs: Iterable[str]) -> str:
    """Return the namespace root: what stands before `graph/` in the names of the graphs."""
    roots = {graph.rpartition("graph/")[0] for graph in graphs if "/graph/" in graph}
    return BASE if BASE in roots or not roots else min(roots)


def _part(graph: str, base: str) -> str:
    """Return the quad table that a named graph belongs to (contracts, section 4)."""
    name = local_name(graph) if graph.startswith(f"{base}graph/") else hashlib.sha256(graph.encode()).hexdigest()[:12]
    return "vocabulary" if name in VOCABULARY else name.removesuffix("-evidence")


def _quads(store: Store, graphs: Iterable[str], counts: dict[str, int]) -> Iterator[Quad]:
    import pyoxigraph as ox

    for graph in graphs:
        result = store.query(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {ox.NamedNode(graph)} {{ ?s ?p ?o }} }}")
        triples = result.triples if isinstance(result, Triples) else []
        if len(triples) != counts[graph]:
            what = Text(
                f"The endpoint gives {len(triples)} of {counts[graph]} statements of {graph}: it cuts its answers.",
                f"Der Endpunkt liefert {len(triples)} von {counts[graph]} Aussagen von {graph}: Er kürzt seine Antworten.",
            )
            fix = Text(
                "Raise the row limit of the server, or build the graph here.",
                "Heben Sie die Zeilengrenze des Servers an, oder bauen Sie den Graphen hier.",
            )
            raise StoreError(what, where=store.location, fix=fix)
        for triple in triples:
            yield _quad(triple, graph)


def _quad(triple: ox.Triple, graph: str) -> Quad:
    import pyoxigraph as ox

    subject = f"_:{triple.subject.value}" if isinstance(triple.subject, ox.BlankNode) else str(triple.subject.value)  # type: ignore[union-attr]
    found = triple.object
    if isinstance(found, ox.Literal):
        return Quad(subject, triple.predicate.value, *literal(found.value, found.datatype.value, found.language or ""), graph, graph)
    value = f"_:{found.value}" if isinstance(found, ox.BlankNode) else str(found.value)  # type: ignore[union-attr]
    return Quad(subject, triple.predicate.value, value, "bnode" if isinstance(found, ox.BlankNode) else "iri", "", "", graph, graph)


def _record(store: Store, base: str, counts: dict[str, int], sources: list[str]) -> dict[str, Any]:
    """Return what `build.json` says of a build, as far as the graph says it of itself."""
    described: dict[str, dict[str, Any]] = {}
    query = """SELECT ?g ?frame ?around ?title ?licence WHERE {
      ?g inno:samplingFrame ?frame OPTIONAL { ?g inno:sampledAround ?around } OPTIONAL { ?g dcterms:title ?title } OPTIONAL { ?g dcterms:license ?licence } }"""
    for graph, frame, around, title, licence in _rows(store, query):
        entry = described.setdefault(graph.value, {"title": {}, "license": "", "frame": {}})
        entry["frame"] = {
            "kind": local_name(frame.value),
            "around": local_name(around.value) if around is not None else "",
            "date": "",
            "population": {},
        }
        if title is not None:
            entry["title"][title.language or "en"] = title.value
        if licence is not None:
            entry["license"] = licence.value
    empty = {"title": {}, "license": "", "frame": {"kind": "partial", "around": "", "date": "", "population": {}}}
    listed = []
    for name in sources:
        graph = f"{base}graph/{name}"
        said = described.get(graph, empty)
        listed.append({"name": name, "graph": graph, "publisher": {}, "contact": {}, "description": {}, "notes": [], "rejected": {}, **said})
    # What was curated comes before deliveries, as in a build; its title is the title of the graph.
    listed.sort(key=lambda source: (f"{source['graph']}-evidence" not in counts, source["name"]))
    mark = hashlib.sha256(json.dumps([store.location, counts]).encode()).hexdigest()[:12]
    classes = _rows(store, "SELECT ?class (COUNT(DISTINCT ?x) AS ?n) WHERE { ?x a ?class } GROUP BY ?class")
    return {
        "id": mark,
        "software": __version__,
        "base": base,
        "name": listed[0]["name"] if listed else "graph",
        "title": listed[0]["title"] if listed else {},
        "state": "",
        "sources": listed,
        "inputs": [],
        "graphs": counts,
        "quads": sum(counts.values()),
        "classes": {kind.value: int(number.value) for kind, number in classes if kind is not None},
    }
