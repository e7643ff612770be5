"""What the graph says: statements with their graphs, claims with their sources, records (participations, funding, results) that link two things.

Every query is bounded and binds its terms, so that an endpoint serves as well as a store on disk.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from kg.namespaces import CODE, DCTERMS, FOAF, INNO, OA, PROV, RDF, local_name
from kg.results import labels
from kg.store import EmbeddedStore, Store, Table
from kg.why.model import Claim, Source

if TYPE_CHECKING:
    from kg.store import Node

MAX_STATEMENTS = 2_000
MAX_CLAIMS = 2_000
MAX_RECORDS = 500
_BATCH = 400

LINKS: dict[str, tuple[str, ...]] = {
    INNO.inInitiative: (INNO.participant, INNO.site),
    INNO.funds: (INNO.funder, INNO.underProgramme),
    INNO.inEdition: (INNO.candidate,),
    INNO.ofAward: (INNO.candidate,),
}
"""The edge that makes a record (the statement its claims are about) → what the record links besides (docs/decisions/0001-model.md)."""
ENDS = frozenset((*LINKS, *(one for many in LINKS.values() for one in many)))
"""Properties by which a record is found from the things it links."""

Said = list[tuple[str, "Node"]]


def rows(store: Store, sparql: str, **bindings: Node) -> list[tuple[Node | None, ...]]:
    """Return the rows of a SELECT."""
    result = store.query(sparql, bindings or None)
    return result.rows if isinstance(result, Table) else []


def described(store: Store, iris: Iterable[str]) -> dict[str, Said]:
    """Return what is said about several things: IRI → predicates and objects, sorted."""
    import pyoxigraph as ox

    wanted = sorted(set(iris))
    made: dict[str, Said] = defaultdict(list)
    if isinstance(store, EmbeddedStore):
        for iri in wanted:
            for quad in store.statements(ox.NamedNode(iri), limit=MAX_STATEMENTS * 2):
                made[iri].append((quad.predicate.value, quad.object))  # type: ignore[arg-type]
        wanted = []
    for start in range(0, len(wanted), _BATCH):
        things = " ".join(str(ox.NamedNode(iri)) for iri in wanted[start : start + _BATCH])
        for subject, predicate, value in rows(store, f"SELECT ?s ?p ?o WHERE {{ VALUES ?s {{ {things} }} ?s ?p ?o }}"):
            if subject is not None and predicate is not None and value is not None:
                made[subject.value].append((predicate.value, value))
    return {iri: sorted(set(said), key=lambda one: (one[0], str(one[1]))) for iri, said in made.items()}


def statements(store: Store, subject: str) -> tuple[dict[tuple[str, Node], tuple[str, ...]], bool]:
    """Return the statements about a thing with the graphs that hold them, and whether some were left out."""
    import pyoxigraph as ox

    found: dict[tuple[str, Node], set[str]] = defaultdict(set)
    most = MAX_STATEMENTS * 2
    me = ox.NamedNode(subject)
    given = rows(store, f"SELECT ?p ?o ?g WHERE {{ GRAPH ?g {{ ?s ?p ?o }} }} LIMIT {most + 1}", s=me)
    given = given or [(*row, None) for row in rows(store, f"SELECT ?p ?o WHERE {{ ?s ?p ?o }} LIMIT {most + 1}", s=me)]
    for predicate, value, graph in given[:most]:
        if predicate is not None and value is not None:
            found[predicate.value, value].update([graph.value] if graph is not None else [])
    return {key: tuple(sorted(graphs)) for key, graphs in found.items()}, len(given) > most


def records(store: Store, thing: str) -> tuple[list[tuple[str, str, Node]], bool]:
    """Return what records link with a thing: record, property, the other thing; and whether some were left out."""
    import pyoxigraph as ox

    ends = " ".join(str(ox.NamedNode(one)) for one in sorted(ENDS))
    inner = f"SELECT DISTINCT ?n WHERE {{ VALUES (?s) {{ (UNDEF) }} VALUES ?link {{ {ends} }} ?n ?link ?s }} LIMIT {MAX_RECORDS + 1}"
    query = f"SELECT DISTINCT ?n ?p ?o WHERE {{ {{ {inner} }} VALUES ?p {{ {ends} }} ?n ?p ?o FILTER (?o != ?s) }} ORDER BY ?p ?n ?o"
    found = [
        (node.value, predicate.value, value)
        for node, predicate, value in rows(store, query, s=ox.NamedNode(thing))
        if node is not None and predicate is not None and value is not None
    ]
    kept = sorted({node for node, _, _ in found})[:MAX_RECORDS]
    return [one for one in found if one[0] in set(kept)], len({node for node, _, _ in found}) > MAX_RECORDS


def claims(store: Store, subjects: Iterable[str], *, concerning: str = "", lang: str = "en") -> tuple[list[Claim], bool]:
    """Return the claims about some things (and those whose row names a thing), with those that contradict them, by IRI; whether some were left out."""
    import pyoxigraph as ox

    wanted = sorted(set(subjects))
    found: set[str] = set()
    most = MAX_CLAIMS + 1
    for start in range(0, len(wanted), _BATCH):
        things = " ".join(str(ox.NamedNode(iri)) for iri in wanted[start : start + _BATCH])
        given = rows(store, f"SELECT ?c WHERE {{ VALUES ?s {{ {things} }} ?c rdf:subject ?s }} LIMIT {most}")
        found.update(row[0].value for row in given if row[0] is not None)
    if concerning:
        given = rows(store, f"SELECT ?c WHERE {{ ?c inno:concerns ?s }} LIMIT {most}", s=ox.NamedNode(concerning))
        found.update(row[0].value for row in given if row[0] is not None)
    kept = sorted(found)[:MAX_CLAIMS]
    said = described(store, kept)
    others = {value.value for one in said.values() for name, value in one if name == INNO.contradicts} - set(said)
    said.update(described(store, sorted(others)[:MAX_CLAIMS]))
    evidence = _sources(store, {value.value for one in said.values() for name, value in one if name == INNO.evidence}, lang)
    made = [claim for iri, one in sorted(said.items()) if (claim := _claim(iri, one, evidence)) is not None]
    return made, len(found) > MAX_CLAIMS


def _claim(iri: str, said: Said, evidence: dict[str, Source]) -> Claim | None:
    subject, predicate = first(said, RDF.subject), first(said, RDF.predicate)
    value = next((one for name, one in said if name == RDF.object), None)
    if not subject or not predicate or value is None:
        return None
    sources = {evidence[one.value] for name, one in said if name == INNO.evidence and one.value in evidence}
    return Claim(
        iri,
        subject,
        predicate,
        value,
        first(said, INNO.claimStatus).removeprefix(CODE + "claim-status/") or "accepted",
        first(said, INNO.attestation).removeprefix(CODE + "attestation/"),
        _texts(said, INNO.roleWording),
        tuple(one.value for name, one in said if name == PROV.wasAttributedTo),
        tuple(sorted(sources, key=lambda one: (one.title, one.document, one.paraphrases))),
        tuple(one.value for name, one in said if name == INNO.contradicts),
        tuple(one.value for name, one in said if name == INNO.concerns),
    )


def _sources(store: Store, evidence: Iterable[str], lang: str) -> dict[str, Source]:
    """Return what each piece of evidence cites."""
    passages = described(store, evidence)
    documents = described(store, (value.value for said in passages.values() for name, value in said if name == OA.hasSource))
    selectors = described(store, (value.value for said in passages.values() for name, value in said if name == OA.hasSelector))
    publishers = labels(
        store, {value.value for said in documents.values() for name, value in said if name == DCTERMS.publisher} | set(documents), lang
    )
    made = {}
    for iri, said in passages.items():
        document = first(said, OA.hasSource)
        about = documents.get(document, [])
        publisher = first(about, DCTERMS.publisher)
        quoted = [one for name, chosen in said if name == OA.hasSelector for one in selectors.get(chosen.value, [])]
        made[iri] = Source(
            document,
            first(about, DCTERMS.title) or publishers.get(document) or local_name(document),
            publishers.get(publisher, "") if publisher else "",
            publisher,
            first(about, DCTERMS.issued),
            first(about, INNO.retrievedAt)[:10],
            next((value.value for name, value in about if name == FOAF.page and value.value.startswith(("https://", "http://"))), ""),
            _texts(said, DCTERMS.description),
            _texts(quoted, OA.exact),
        )
    return made


def first(said: Said, predicate: str) -> str:
    """Return the first value of a property as text, or empty."""
    return next((value.value for name, value in said if name == predicate), "")


def _texts(said: Said, predicate: str) -> tuple[tuple[str, str], ...]:
    import pyoxigraph as ox

    return tuple((value.value, value.language or "") for name, value in said if name == predicate and isinstance(value, ox.Literal))
