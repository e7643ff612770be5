"""What a store can do, asked by small real queries that change nothing (SPARQL 1.1 Query, Protocol, Service Description, Graph Store Protocol)."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit, urlunsplit

from kg.errors import KgError, StoreError, Text
from kg.store.base import Store, Table, Triples
from kg.store.endpoint import EndpointStore

if TYPE_CHECKING:
    from kg.store.base import Node

ROWS_TRIED = 20_000
"""Rows that are asked for to see where a server cuts."""
SECONDS = 120
"""After so long, what was not asked yet is left open."""
_VALUES = "VALUES (?k ?v) { ('a' 1) ('a' 2) ('b' 3) }"

FEATURES: Mapping[str, tuple[Text, str]] = {
    "property-paths": (
        Text("property paths", "Pfade"),
        "ASK { { SELECT ?s ?t WHERE { ?s a ?t } LIMIT 1 } ?s (a|<urn:kg:p>)/<urn:kg:q>* ?t . ?t ^a ?s }",
    ),
    "values": (Text("VALUES with UNDEF", "VALUES mit UNDEF"), "ASK { VALUES (?a ?b) { (1 UNDEF) (2 3) } FILTER(?a = 2 && ?b = 3) }"),
    "aggregates": (
        Text("aggregates", "Aggregate"),
        f"ASK {{ {{ SELECT ?k (SUM(?v) AS ?sum) (GROUP_CONCAT(?v; separator='|') AS ?all) {{ {_VALUES} }} GROUP BY ?k HAVING (COUNT(*) > 1) }} FILTER(?sum = 3) }}",
    ),
    "sub-queries": (
        Text("sub-queries", "Unterabfragen"),
        f"ASK {{ {{ SELECT ?k (MAX(?v) AS ?most) {{ {_VALUES} }} GROUP BY ?k }} FILTER(?most = 3) }}",
    ),
    "exists": (Text("EXISTS, NOT EXISTS", "EXISTS, NOT EXISTS"), "ASK { FILTER NOT EXISTS { <urn:kg:a> <urn:kg:p> ?o } }"),
    "minus": (Text("MINUS", "MINUS"), f"ASK {{ {{ SELECT (COUNT(*) AS ?n) {{ {_VALUES} MINUS {{ VALUES ?k {{ 'a' }} }} }} }} FILTER(?n = 1) }}"),
    "optional": (Text("OPTIONAL, COALESCE", "OPTIONAL, COALESCE"), "ASK { OPTIONAL { <urn:kg:a> <urn:kg:p> ?o } FILTER(COALESCE(?o, 1) = 1) }"),
    "bind": (Text("BIND, IF", "BIND, IF"), "ASK { BIND(IF(1 < 2, 'x', 'y') AS ?x) FILTER(?x = 'x') }"),
    "functions": (
        Text("functions (REGEX, REPLACE, SUBSTR, SHA256)", "Funktionen (REGEX, REPLACE, SUBSTR, SHA256)"),
        "ASK { FILTER(REGEX('abc', '^a') && REPLACE('abc', 'b', 'x') = 'axc' && SUBSTR('abc', 2) = 'bc' && STRLEN(SHA256('a')) = 64) }",
    ),
}
TABLES = {"json": "application/sparql-results+json", "xml": "application/sparql-results+xml", "tsv": "text/tab-separated-values", "csv": "text/csv"}
GRAPHS = {"turtle": "text/turtle", "n-triples": "application/n-triples", "rdf/xml": "application/rdf+xml", "json-ld": "application/ld+json"}
_BESIDE = {
    "/query": ("/store", "/data", "/get"),
    "/sparql": ("/sparql-graph-crud", "/store", "/data", "/rdf-graph-store"),
    "": ("/rdf-graphs/service", "/data"),
}
_CONVERTED = '"007"^^<{x}integer> "12.50"^^<{x}decimal> "1"^^<{x}boolean> "2020-01-01T00:00:00+00:00"^^<{x}dateTime> "a"@de-AT "9223372036854775808"^^<{x}integer>'
_KINDS = ("numbers", "numbers", "booleans", "times", "languages", "large-numbers")


@dataclass
class Probe:
    """What was found.

    Attributes:
        location: Address or folder.
        kind: `embedded` or `endpoint`.
        server: As it names itself.
        known: Its name in the table of quirks, or empty.
        quads: Number of statements in named graphs, without the server's own.
        graphs: Statements by named graph.
        union: Whether the default graph is the union of the named graphs; where not, every query names them.
        features: `yes`, `no`, `error` or `not-asked`, by name (:data:`FEATURES`).
        errors: What the server said to a feature, by name.
        canonicalises: What comes back in another form than it was sent.
        row_limit: Rows after which answers are cut; `None` where none was seen in :attr:`rows_tried`.
        rows_tried: Rows asked for; 0 where they could not be.
        methods: `get` and `post` (form), as features.
        formats: Media types of answers, as features.
        graph_store: Address that answers like a graph store (Graph Store Protocol), or empty.
        seconds: Of the shortest of three `ASK {}`.
    """

    location: str
    kind: str
    server: str = ""
    known: str = ""
    quads: int = 0
    graphs: dict[str, int] = field(default_factory=dict)
    union: bool = True
    features: dict[str, str] = field(default_factory=dict)
    errors: dict[str, Text] = field(default_factory=dict)
    canonicalises: tuple[str, ...] = ()
    row_limit: int | None = None
    rows_tried: int = ROWS_TRIED
    methods: dict[str, str] = field(default_factory=dict)
    formats: dict[str, str] = field(default_factory=dict)
    graph_store: str = ""
    seconds: float = 0.0


def probe(store: Store, *, seconds: float = SECONDS) -> Probe:
    """Ask a store what it can do.

    Args:
        store: Any store.
        seconds: After so long, features that were not asked yet are `not-asked`.

    Raises:
        StoreError: It does not answer at all.
    """
    until = time.monotonic() + seconds
    made = Probe(store.location, "endpoint" if isinstance(store, EndpointStore) else "embedded")
    made.seconds = min(_timed(store) for _ in range(3))
    made.graphs = _counts(store)
    made.quads = sum(made.graphs.values())
    for name, (_, query) in FEATURES.items():
        made.features[name] = _within(made, until, name, partial(_is_true, store, query))
    made.features["construct"] = _within(made, until, "construct", lambda: isinstance(store.query(_CONSTRUCT), Triples))
    made.canonicalises = _canonicalises(store)
    if isinstance(store, EndpointStore):
        # What a server does when it stores cannot be seen without writing to it.
        made.canonicalises = tuple(dict.fromkeys((*made.canonicalises, *store.quirks.canonicalises)))
    if not isinstance(store, EndpointStore):
        import pyoxigraph

        made.server, made.rows_tried = f"pyoxigraph {pyoxigraph.__version__}", 0
        return made
    made.server, made.known, made.union = store.server, store.quirks.name, store.union
    try:
        made.row_limit = store.row_limit(ROWS_TRIED)
    except KgError:
        made.rows_tried = 0
    for method in ("get", "post"):
        made.methods[method] = _within(made, until, method, partial(_answers, store, method))
    for query, formats in (("SELECT ?x WHERE { VALUES ?x { 1 } }", TABLES), (_CONSTRUCT, GRAPHS)):
        for name, media in formats.items():
            made.formats[name] = _within(made, until, name, partial(_speaks, store, query, media))
    made.graph_store = _graph_store(store, made.graphs, until)
    return made


_CONSTRUCT = "CONSTRUCT { <urn:kg:a> <urn:kg:p> ?x } WHERE { VALUES ?x { 1 } }"


def _within(made: Probe, until: float, name: str, ask: Callable[[], bool]) -> str:
    if time.monotonic() > until:
        return "not-asked"
    try:
        return "yes" if ask() else "no"
    except KgError as error:
        made.errors[name] = error.what
        return "error"


def _is_true(store: Store, query: str) -> bool:
    return store.query(query) is True


def _answers(store: EndpointStore, method: str) -> bool:
    return b"true" in store.ask("ASK {}", prefer=method).body


def _speaks(store: EndpointStore, query: str, media: str) -> bool:
    return store.ask(query, accept=media).media_type == media


def _timed(store: Store) -> float:
    start = time.monotonic()
    store.query("ASK {}")
    return round(time.monotonic() - start, 6)


def _counts(store: Store) -> dict[str, int]:
    own = set(store.graphs())
    result = store.query("SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
    rows = result.rows if isinstance(result, Table) else []
    return dict(sorted((row[0].value, int(row[1].value)) for row in rows if row[0] is not None and row[1] is not None and row[0].value in own))


def _canonicalises(store: Store) -> tuple[str, ...]:
    """Return what comes back in another form; of values in a query, which a server treats as it treats those it stores."""
    found: list[str] = []
    for kind, text in zip(_KINDS, _CONVERTED.format(x="http://www.w3.org/2001/XMLSchema#").split(" "), strict=True):
        query = f"SELECT ?v WHERE {{ VALUES ?v {{ {text} }} }}"
        terms = _terms(store, query)
        if terms is None:
            refused = isinstance(store, EndpointStore) and store.quirks.refuses(query) is not None
            found.append(kind if refused else "unknown")
        elif [str(term) for term in terms] != [text]:
            found.append(kind)
    merged = _terms(store, "SELECT DISTINCT ?v WHERE { VALUES ?v { 1 1.0 1e0 } }")
    if merged is not None and len(merged) < 3:
        found.append("terms")
    return tuple(dict.fromkeys(found))


def _terms(store: Store, query: str) -> list[Node | None] | None:
    """Return the first column of an answer, or `None` where there is none."""
    try:
        result = store.query(query)
    except KgError:
        return None
    return [row[0] for row in result.rows] if isinstance(result, Table) else None


def _graph_store(store: EndpointStore, graphs: Mapping[str, int], until: float) -> str:
    """Return the address beside the query address that answers for the smallest named graph, or empty."""
    parts = urlsplit(store.address)
    ending = next(one for one in _BESIDE if parts.path.endswith(one))
    stem = parts.path[: len(parts.path) - len(ending)] if ending else parts.path.rstrip("/")
    name = min(graphs, key=lambda one: (graphs[one], one), default="")
    for guess in _BESIDE[ending]:
        if not name or time.monotonic() > until:
            break
        place = urlunsplit((parts.scheme, parts.netloc, stem + guess, "", ""))
        try:
            answer = store.exchange.send(f"{place}?graph={quote(name, safe='')}", headers={"Accept": "application/n-triples"})
        except StoreError:
            continue
        if answer.status == 200 and answer.media_type in GRAPHS.values():
            return place
    return ""
