"""The ontology as a page of terms and as RDF, from the graph that holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg.namespaces import BASE, DCTERMS, OWL, RDF, RDFS, SKOS
from kg.portal.entity_values import Reader
from kg.portal.facts import Said, described, first, rows, values

if TYPE_CHECKING:
    import pyoxigraph as ox

    from kg.portal.desk import Desk
    from kg.portal.page import Request

IRI = BASE + "ontology"
MAX_TERMS = 2_000
MAX_TRIPLES = 20_000
_KINDS = (
    (OWL.Class, "Classes", "Klassen"),
    (OWL.ObjectProperty, "Properties that lead to things", "Eigenschaften, die auf Dinge führen"),
    (OWL.DatatypeProperty, "Properties that hold values", "Eigenschaften, die Werte tragen"),
)


def triples(desk: Desk) -> list[ox.Triple]:
    """Return the vocabulary: the graph that describes it, sorted; of an endpoint without such a graph the statements about our terms."""
    import pyoxigraph as ox

    graph: dict[str, Any] = {"g": ox.NamedNode(f"{desk.base}graph/ontology")}
    limit = f"LIMIT {MAX_TRIPLES}"
    found = rows(desk.store, f"SELECT ?s ?p ?o WHERE {{ GRAPH ?g {{ ?s ?p ?o }} }} {limit}", graph)
    if not found:
        found = rows(desk.store, f'SELECT ?s ?p ?o WHERE {{ ?s ?p ?o FILTER (STRSTARTS(STR(?s), "{IRI}")) }} {limit}')
    made = {ox.Triple(s, p, o) for s, p, o in found if isinstance(s, ox.NamedNode) and isinstance(p, ox.NamedNode) and o is not None}
    return sorted(made, key=lambda one: (str(one.subject), str(one.predicate), str(one.object)))


def page_values(desk: Desk, request: Request) -> dict[str, Any]:
    """Return what the template shows: the head of the ontology and its terms by kind."""

    def make() -> dict[str, list[Said]]:
        kinds = " ".join(f"<{kind}>" for kind, _, _ in _KINDS)
        query = f'SELECT DISTINCT ?t WHERE {{ VALUES ?k {{ {kinds} }} ?t a ?k FILTER (STRSTARTS(STR(?t), "{IRI}#")) }} LIMIT {MAX_TERMS}'
        return described(desk.store, [row[0].value for row in rows(desk.store, query) if row[0] is not None] + [IRI])

    said = desk.cached("entity-ontology", make)
    reader = Reader(desk, request)
    unions = desk.cached("entity-unions", lambda: _unions(desk))
    reader.know(
        {value.value for one in said.values() for p, value in one if p in (RDFS.domain, RDFS.range, RDFS.subClassOf, RDFS.subPropertyOf)} | set(said)
    )
    groups = []
    for kind, english, german in _KINDS:
        terms = sorted(iri for iri, one in said.items() if kind in {value.value for value in values(one, RDF.type)})
        groups.append((german if request.lang == "de" else english, [_term(reader, iri, said[iri], unions) for iri in terms]))
    head = said.get(IRI, [])
    return {
        "iri": IRI,
        "title": reader.best(values(head, DCTERMS.title)),
        "text_": reader.best(values(head, DCTERMS.description)),
        "number": first(head, OWL.versionInfo),
        "groups": groups,
        "total": sum(len(terms) for _, terms in groups),
        "downloads": [(name, f"{request.root}/ontology?format={form}") for form, name in _SIGNS.items()],
    }


_SIGNS = {"ttl": "Turtle", "jsonld": "JSON-LD", "nt": "N-Triples", "rdf": "RDF/XML"}


def _term(reader: Reader, iri: str, said: list[Said], unions: dict[str, list[str]]) -> dict[str, Any]:
    def linked(predicate: str) -> list[Any]:
        found = [one for value in values(said, predicate) for one in unions.get(value.value, [value.value])]
        return [reader.link(one) for one in found]

    return {
        "name": iri.removeprefix(IRI + "#"),
        "label": reader.best(values(said, RDFS.label)),
        "definition": reader.best(values(said, SKOS.definition)),
        "example": reader.best(values(said, SKOS.example)),
        "href": reader.desk.href(iri, reader.request),
        "domain": linked(RDFS.domain),
        "range": linked(RDFS.range),
        "above": linked(RDFS.subClassOf) + linked(RDFS.subPropertyOf),
        "functional": OWL.FunctionalProperty in {value.value for value in values(said, RDF.type)},
    }


def _unions(desk: Desk) -> dict[str, list[str]]:
    """Return the members of each class that is a union (OWL 2: `owl:unionOf`)."""
    made: dict[str, list[str]] = {}
    for union, member in rows(desk.store, "SELECT ?u ?m WHERE { ?u owl:unionOf ?l . ?l rdf:rest*/rdf:first ?m } LIMIT 5000"):
        if union is not None and member is not None:
            made.setdefault(union.value, []).append(member.value)
    return {union: sorted(members) for union, members in made.items()}
