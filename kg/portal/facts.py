"""What the graph says about one thing: its statements with their graphs, its incoming links counted, its claims with their evidence.

Few and bounded queries through :class:`kg.store.Store`, so that an endpoint serves as well as a store on disk. Terms are bound or written by pyoxigraph.
A store on disk is asked for the same by its index of quads where that costs less (:meth:`kg.store.EmbeddedStore.statements`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.namespaces import CODE, DCTERMS, FOAF, INNO, OA, PROV, RDF, SCHEMA
from kg.store import EmbeddedStore, Store, Table

if TYPE_CHECKING:
    import pyoxigraph as ox

    from kg.store import Node

MAX_STATEMENTS = 2_000
"""Statements of a thing that a page shows."""
MAX_COUNT = 10_000
"""Incoming links are counted up to here; beyond it is "more than 10,000"."""
MAX_CLAIMS = 1_000
"""Claims that are looked up for one page or document."""
PASSAGES = 4
"""Passages of a claim that are looked up; the page of the claim names them all."""
NEAR = 250
"""Incoming links that are read one by one; more are counted by the engine, which need not look up their names for it."""
_BATCH = 400
STATUSES = ("accepted", "disputed", "superseded", "rejected")

Said = tuple[str, "Node"]
"""Predicate and object."""


@dataclass(frozen=True)
class Statement:
    """One statement about a thing.

    Attributes:
        predicate: IRI.
        object: Term.
        graphs: Graphs that hold it, sorted; empty where a store has it in its default graph only.
    """

    predicate: str
    object: Node
    graphs: tuple[str, ...]


@dataclass(frozen=True)
class Incoming:
    """How many things link here by a property.

    Attributes:
        predicate: IRI.
        count: How many there are.
        more: Whether there are more than were counted.
        subjects: IRIs of those things, in the order of the store, where they are known already.
    """

    predicate: str
    count: int
    more: bool = False
    subjects: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Passage:
    """One piece of evidence: the document, what it says in other words, and verbatim.

    Attributes:
        iri, document: IRIs of the evidence and of its document.
        titles, paraphrases, quotes: Literals.
        pages: Web addresses of the document.
        publisher: IRI, or empty.
        retrieved: When the document was read, as written, or empty.
    """

    iri: str
    document: str
    titles: tuple[ox.Literal, ...] = ()
    paraphrases: tuple[ox.Literal, ...] = ()
    quotes: tuple[ox.Literal, ...] = ()
    pages: tuple[str, ...] = ()
    publisher: str = ""
    retrieved: str = ""


@dataclass(frozen=True)
class Claim:
    """What sources say about one statement (ontology: `inno:Claim`).

    Attributes:
        iri: The claim.
        subject, predicate, object: The statement.
        status: `accepted`, `disputed`, `superseded`, `rejected`, or whatever notation the code has.
        attestation: `stated`, `attributed`, `entity-row`, or another notation; empty where unknown.
        wordings: The role in the words of the source.
        speakers: Who is cited, where the source only passes the statement on.
        passages: The first pieces of evidence, at most :data:`PASSAGES`.
        count: How many there are.
        contradicts: Claims that cannot hold together with it.
    """

    iri: str
    subject: str
    predicate: str
    object: Node
    status: str
    attestation: str
    wordings: tuple[ox.Literal, ...] = ()
    speakers: tuple[str, ...] = ()
    passages: tuple[Passage, ...] = ()
    count: int = 0
    contradicts: tuple[str, ...] = ()


def rows(store: Store, sparql: str, bindings: Mapping[str, Node] | None = None) -> list[tuple[Node | None, ...]]:
    """Return the rows of a SELECT."""
    result = store.query(sparql, bindings)
    return result.rows if isinstance(result, Table) else []


def statements(store: Store, iri: str) -> tuple[list[Statement], bool]:
    """Return the statements about a thing, sorted, and whether some were left out (bound: :data:`MAX_STATEMENTS`)."""
    import pyoxigraph as ox

    found: dict[tuple[str, Node], set[str]] = defaultdict(set)
    most = MAX_STATEMENTS * 2 + 1
    given: list[tuple[Node | None, ...]]
    if isinstance(store, EmbeddedStore):
        quads = store.statements(ox.NamedNode(iri), limit=most)
        given = [(one.predicate, _term(one.object), name if isinstance(name := one.graph_name, ox.NamedNode) else None) for one in quads]
    else:
        subject: dict[str, Node] = {"s": ox.NamedNode(iri)}
        given = rows(store, f"SELECT ?p ?o ?g WHERE {{ GRAPH ?g {{ ?s ?p ?o }} }} LIMIT {most}", subject)
        given = given or [(*row, None) for row in rows(store, f"SELECT ?p ?o WHERE {{ ?s ?p ?o }} LIMIT {most}", subject)]
    for predicate, value, graph in given:
        if predicate is not None and value is not None:
            found[predicate.value, value].update([graph.value] if graph is not None else [])
    made = [Statement(predicate, value, tuple(sorted(graphs))) for (predicate, value), graphs in found.items()]
    made.sort(key=lambda one: (one.predicate, str(one.object)))
    return made[:MAX_STATEMENTS], len(made) > MAX_STATEMENTS or len(given) > MAX_STATEMENTS * 2


def _term(value: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Node:
    """Return an object as what it is in RDF 1.1: a build holds no triples in triples (RDF 1.2)."""
    return value  # type: ignore[return-value]


def exists(store: Store, iri: str) -> bool:
    """Tell whether the graph holds a statement about an IRI, with it, or in a graph of that name."""
    import pyoxigraph as ox

    me: dict[str, Node] = {"s": ox.NamedNode(iri)}
    if isinstance(store, EmbeddedStore):
        term = ox.NamedNode(iri)
        return any(store.statements(limit=1, **{place: term}) for place in ("subject", "value", "graph"))
    # Nearly everything asked for is a subject: the second question is for the rest.
    return store.query("ASK WHERE { ?s ?p ?o }", me) is True or store.query("ASK WHERE { { ?a ?b ?s } UNION { GRAPH ?s { ?c ?d ?e } } }", me) is True


def incoming(store: Store, iri: str) -> list[Incoming]:
    """Return how many things link to a thing, by property, sorted by property.

    Up to :data:`MAX_COUNT` links are counted exactly. Where there are more, each property of the ontology, of :data:`ALSO`, and among the first links found
    is counted for itself up to that number; a rare property of another vocabulary may then be missing.
    """
    import pyoxigraph as ox

    if isinstance(store, EmbeddedStore):
        quads = store.statements(value=ox.NamedNode(iri), limit=NEAR + 1)
        if len(quads) <= min(NEAR, MAX_COUNT):
            return _read(quads)
    me: dict[str, Node] = {"s": ox.NamedNode(iri)}
    # The inner block takes the term as well: the limit must hold for the links, not for the groups.
    inner = f"{{ SELECT ?s ?p ?x WHERE {{ VALUES (?s) {{ (UNDEF) }} ?x ?p ?s }} LIMIT {MAX_COUNT + 1} }}"
    counted = {
        p.value: int(n.value) for p, n in rows(store, f"SELECT ?p (COUNT(*) AS ?n) WHERE {{ {inner} }} GROUP BY ?p", me) if p is not None and n
    }
    if sum(counted.values()) <= MAX_COUNT:
        return [Incoming(predicate, count) for predicate, count in sorted(counted.items())]
    known = {row[0].value for row in rows(store, "SELECT ?p WHERE { ?p a owl:ObjectProperty } LIMIT 1000") if isinstance(row[0], ox.NamedNode)}
    made = []
    for predicate in sorted(known | set(counted) | set(ALSO)):
        count = count_of(store, iri, predicate)
        if count:
            made.append(Incoming(predicate, min(count, MAX_COUNT), count > MAX_COUNT))
    return made


def _read(quads: Iterable[ox.Quad]) -> list[Incoming]:
    import pyoxigraph as ox

    linked: dict[str, list[object]] = defaultdict(list)
    for quad in quads:
        linked[quad.predicate.value].append(quad.subject)
    return [
        Incoming(predicate, len(found), subjects=tuple(one.value for one in found if isinstance(one, ox.NamedNode)))
        for predicate, found in sorted(linked.items())
    ]


ALSO = (
    *(DCTERMS[name] for name in ("subject", "publisher", "source", "relation")),
    OA.hasSource,
    RDF.type,
    RDF.predicate,
    RDF.subject,
    RDF.object,
    RDF.first,
)
ALSO += tuple(f"http://www.w3.org/2004/02/skos/core#{name}" for name in ("broader", "inScheme", "hasTopConcept", "topConceptOf"))
ALSO += ("http://www.w3.org/ns/org#classification", "http://www.w3.org/ns/adms#status", "http://www.w3.org/ns/adms#identifier")
"""Properties of other vocabularies that may link to one thing very often."""


def count_of(store: Store, iri: str, predicate: str) -> int:
    """Return how many things link to a thing by a property; `MAX_COUNT + 1` means more than :data:`MAX_COUNT`."""
    import pyoxigraph as ox

    inner = f"{{ SELECT ?s ?p ?x WHERE {{ VALUES (?s ?p) {{ (UNDEF UNDEF) }} ?x ?p ?s }} LIMIT {MAX_COUNT + 1} }}"
    found = rows(store, f"SELECT (COUNT(*) AS ?n) WHERE {{ {inner} }}", {"s": ox.NamedNode(iri), "p": ox.NamedNode(predicate)})
    return int(found[0][0].value) if found and found[0][0] is not None else 0


def described(store: Store, iris: Iterable[str]) -> dict[str, list[Said]]:
    """Return what is said about several things: IRI → predicates and objects, sorted."""
    import pyoxigraph as ox

    wanted = sorted(set(iris))
    made: dict[str, list[Said]] = {}
    if isinstance(store, EmbeddedStore):
        for iri in wanted:
            if quads := store.statements(ox.NamedNode(iri), limit=MAX_COUNT):
                made[iri] = [(one.predicate.value, _term(one.object)) for one in quads]
        wanted = []
    for start in range(0, len(wanted), _BATCH):
        things = " ".join(str(ox.NamedNode(iri)) for iri in wanted[start : start + _BATCH])
        for subject, predicate, value in rows(store, f"SELECT ?s ?p ?o WHERE {{ VALUES ?s {{ {things} }} ?s ?p ?o }}"):
            if subject is not None and predicate is not None and value is not None:
                made.setdefault(subject.value, []).append((predicate.value, value))
    for said in made.values():
        said.sort(key=lambda one: (one[0], str(one[1])))
    return made


def objects(store: EmbeddedStore, iri: str, predicates: Iterable[str]) -> list[Said]:
    """Return what is said about a thing by a few properties, in their order: less to read than all that is said about it."""
    import pyoxigraph as ox

    subject = ox.NamedNode(iri)
    return [(name, _term(one.object)) for name in predicates for one in store.statements(subject, ox.NamedNode(name), limit=MAX_COUNT)]


def values(said: Iterable[Said], predicate: str) -> list[Node]:
    """Return the objects of a property."""
    return [value for name, value in said if name == predicate]


def first(said: Iterable[Said], predicate: str) -> str:
    """Return the first value of a property as text, or empty."""
    return next((value.value for name, value in said if name == predicate), "")


def claims(store: Store, subjects: Iterable[str]) -> tuple[dict[str, Claim], bool]:
    """Return the claims about several things and those that contradict them, by IRI, and whether some were left out (bound: :data:`MAX_CLAIMS`)."""
    import pyoxigraph as ox

    things = " ".join(str(ox.NamedNode(iri)) for iri in sorted(set(subjects)))
    limit = f"LIMIT {MAX_CLAIMS + 1}"
    found = sorted(
        row[0].value for row in rows(store, f"SELECT ?c WHERE {{ VALUES ?s {{ {things} }} ?c rdf:subject ?s }} {limit}") if row[0] is not None
    )
    if not found:
        return {}, False
    said = described(store, found[:MAX_CLAIMS])
    others = {value.value for one in said.values() for value in values(one, INNO.contradicts)} - set(said)
    said.update(described(store, sorted(others)[:MAX_CLAIMS]))
    # A claim from the row of a thing may rest on all sources of the thing: sixty documents that say the same are not looked up for a page that shows four.
    passages = _passages(store, {value.value for one in said.values() for value in values(one, INNO.evidence)[:PASSAGES]})
    made = {iri: claim for iri, one in said.items() if (claim := _claim(iri, one, passages)) is not None}
    return made, len(found) > MAX_CLAIMS


def _claim(iri: str, said: list[Said], passages: Mapping[str, Passage]) -> Claim | None:
    subject, predicate = first(said, RDF.subject), first(said, RDF.predicate)
    value = next(iter(values(said, RDF.object)), None)
    if not subject or not predicate or value is None:
        return None
    evidence = (passages[one.value] for one in values(said, INNO.evidence) if one.value in passages)
    return Claim(
        iri,
        subject,
        predicate,
        value,
        first(said, INNO.claimStatus).removeprefix(CODE + "claim-status/"),
        first(said, INNO.attestation).removeprefix(CODE + "attestation/"),
        _literals(said, INNO.roleWording),
        tuple(one.value for one in values(said, PROV.wasAttributedTo)),
        tuple(sorted(evidence, key=lambda one: (one.document, one.iri)))[:PASSAGES],
        len(values(said, INNO.evidence)),
        tuple(one.value for one in values(said, INNO.contradicts)),
    )


def _passages(store: Store, iris: Iterable[str]) -> dict[str, Passage]:
    evidence = described(store, iris)
    documents = described(store, (value.value for said in evidence.values() for value in values(said, OA.hasSource)))
    selectors = described(store, (value.value for said in evidence.values() for value in values(said, OA.hasSelector)))
    made = {}
    for iri, said in evidence.items():
        document = first(said, OA.hasSource)
        about = documents.get(document, [])
        chosen = [one for selector in values(said, OA.hasSelector) for one in selectors.get(selector.value, [])]
        made[iri] = Passage(
            iri,
            document,
            _literals(about, DCTERMS.title),
            _literals(said, DCTERMS.description),
            _literals(chosen, OA.exact),
            tuple(value.value for value in values(about, FOAF.page)),
            first(about, DCTERMS.publisher),
            first(about, INNO.retrievedAt),
        )
    return made


def _literals(said: Iterable[Said], predicate: str) -> tuple[ox.Literal, ...]:
    import pyoxigraph as ox

    return tuple(value for value in values(said, predicate) if isinstance(value, ox.Literal))


def years(said: Iterable[Said]) -> tuple[str, str]:
    """Return start and end as written, empty where unknown (`schema:startDate`, `schema:endDate`)."""
    said = list(said)
    return first(said, SCHEMA.startDate), first(said, SCHEMA.endDate)
