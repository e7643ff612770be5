"""The RDF of a thing: a bounded description that says what it left out.

What is in it: the statements about the thing; what is said about the nodes it has to itself (identifiers, addresses, geometries); up to
:data:`MAX_LINKS` links to it per property; the nodes between things (participations, fundings, results) among them whole; the claims about it with their
evidence; names of everything named; and a description of the document (`foaf:primaryTopic`, licence, state, data set).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from kg.errors import KgError, Text
from kg.namespaces import DCTERMS, FOAF, INNO, OA, PREFIXES, RDF, RDFS, VOID, XSD
from kg.portal.desk import Desk
from kg.portal.entity_lists import NODES, has_claims
from kg.portal.facts import MAX_CLAIMS, Incoming, described, incoming, rows, statements

if TYPE_CHECKING:
    import pyoxigraph as ox

    from kg.store import Node

MAX_LINKS = 100
"""Links to the thing that are given per property."""
MAX_NAMES = 1000
MEDIA = {
    "ttl": "text/turtle; charset=utf-8",
    "jsonld": "application/ld+json",
    "json": "application/json",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
}
"""Media types by suffix; `json` is JSON-LD under the wider media type."""
_OWN = ("identifier/", "address/", "geometry/", "anchor/")


def description(desk: Desk, iri: str, document: str) -> list[ox.Triple]:
    """Return the triples of the description of a thing, sorted.

    Args:
        desk: The graph.
        iri: The thing.
        document: Whole address of the document, which is described, too.
    """
    import pyoxigraph as ox

    me = ox.NamedNode(iri)
    own, cut = statements(desk.store, iri)
    triples = {ox.Triple(me, ox.NamedNode(one.predicate), one.object) for one in own}
    parts = [
        one.object.value
        for one in own
        if isinstance(one.object, ox.NamedNode) and one.object.value.startswith(tuple(desk.base + "id/" + kind for kind in _OWN))
    ]
    triples |= _triples(desk, parts)
    links = incoming(desk.store, iri)
    for link in links:
        triples |= _linking(desk, me, link)
    if has_claims(desk):
        triples |= _claims(desk, me)
    named = {term.value for triple in triples for term in (triple.subject, triple.object) if isinstance(term, ox.NamedNode)}
    triples |= _names(desk, sorted(named)[:MAX_NAMES])
    triples |= about_document(desk, document, iri, links, cut=cut)
    return sorted(triples, key=lambda one: (str(one.subject) != str(me), str(one.subject), str(one.predicate), str(one.object)))


def _triples(desk: Desk, iris: Iterable[str]) -> set[ox.Triple]:
    import pyoxigraph as ox

    return {
        ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), value)
        for subject, said in described(desk.store, iris).items()
        for predicate, value in said
        if not subject.startswith("_:")
    }


def _linking(desk: Desk, me: ox.NamedNode, link: Incoming) -> set[ox.Triple]:
    """Return links to a thing by one property: the first by IRI, or any where they are too many to sort."""
    import pyoxigraph as ox

    order = "" if link.more else "ORDER BY ?x"
    found = rows(desk.store, f"SELECT ?x WHERE {{ ?x ?p ?s }} {order} LIMIT {MAX_LINKS}", {"s": me, "p": ox.NamedNode(link.predicate)})
    subjects = [row[0] for row in found if isinstance(row[0], ox.NamedNode)]
    triples = {ox.Triple(one, ox.NamedNode(link.predicate), me) for one in subjects}
    return triples | (_triples(desk, [one.value for one in subjects]) if link.predicate in NODES else set())


def _claims(desk: Desk, me: ox.NamedNode) -> set[ox.Triple]:
    """Return the claims about a thing and their evidence, with quotations."""
    import pyoxigraph as ox

    found = rows(desk.store, f"SELECT ?c WHERE {{ ?c rdf:subject ?s }} ORDER BY ?c LIMIT {MAX_CLAIMS}", {"s": me})
    triples = _triples(desk, [row[0].value for row in found if row[0] is not None])
    for predicate in (INNO.evidence, OA.hasSelector):
        further = [one.object.value for one in triples if one.predicate.value == predicate and isinstance(one.object, ox.NamedNode)]
        triples |= _triples(desk, further)
    return triples


def _names(desk: Desk, iris: list[str]) -> set[ox.Triple]:
    import pyoxigraph as ox

    triples: set[ox.Triple] = set()
    for start in range(0, len(iris), 400):
        things = " ".join(str(ox.NamedNode(iri)) for iri in iris[start : start + 400])
        query = f"SELECT ?s ?p ?o WHERE {{ VALUES ?s {{ {things} }} VALUES ?p {{ skos:prefLabel rdfs:label dcterms:title }} ?s ?p ?o }}"
        for subject, predicate, value in rows(desk.store, query):
            if isinstance(subject, ox.NamedNode) and isinstance(predicate, ox.NamedNode) and value is not None:
                triples.add(ox.Triple(subject, predicate, value))
    return triples


def about_document(desk: Desk, document: str, iri: str, links: Iterable[Incoming] = (), *, cut: bool = False) -> set[ox.Triple]:
    """Return what is said about the document itself: topic, licence, state, data set, and what was left out."""
    import pyoxigraph as ox

    page = ox.NamedNode(document)
    made: list[tuple[str, Node]] = [
        (RDF.type, ox.NamedNode(FOAF.Document)),
        (FOAF.primaryTopic, ox.NamedNode(iri)),
        (VOID.inDataset, ox.NamedNode(f"{desk.base}dataset")),
        (DCTERMS.isPartOf, ox.NamedNode(f"{desk.base}dataset")),
    ]
    made += [(DCTERMS.license, ox.NamedNode(licence)) for licence in desk.site.licenses]
    if len(desk.site.state) == 10:
        made.append((DCTERMS.modified, ox.Literal(desk.site.state, datatype=ox.NamedNode(XSD.date))))
    left = [link for link in links if link.count > MAX_LINKS]
    if left or cut:
        parts = {
            lang: "; ".join(f"{link.predicate}: {MAX_LINKS} / {'> ' if link.more else ''}{link.count}" for link in left) for lang in ("en", "de")
        }
        text = {
            "en": f"Not everything is in this document. Links to the thing given, of all there are: {parts['en'] or 'all'}.",
            "de": f"In diesem Dokument steht nicht alles. Verweise auf den Gegenstand, angegeben von allen: {parts['de'] or 'alle'}.",
        }
        made += [(RDFS.comment, ox.Literal(text[lang], language=lang)) for lang in ("en", "de")]
    return {ox.Triple(page, ox.NamedNode(predicate), value) for predicate, value in made}


def written(triples: list[ox.Triple], form: str) -> bytes:
    """Return triples in a format, with the prefixes they use.

    Args:
        triples: In the order in which they are written.
        form: Key of :data:`MEDIA`.

    Raises:
        KgError: RDF/XML cannot express one of them (RDF 1.1 XML Syntax, section 2.1: properties must be XML names; XML 1.0, section 2.2: characters).
    """
    import pyoxigraph as ox

    formats = {"ttl": ox.RdfFormat.TURTLE, "nt": ox.RdfFormat.N_TRIPLES, "rdf": ox.RdfFormat.RDF_XML}
    if form == "rdf" and (bad := next((one for one in triples if not _fits_xml(one)), None)):
        what = Text("RDF/XML cannot express this description.", "RDF/XML kann diese Beschreibung nicht ausdrücken.")
        fix = Text("Ask for Turtle, JSON-LD or N-Triples.", "Verlangen Sie Turtle, JSON-LD oder N-Triples.")
        raise KgError(what, where=str(bad.predicate), fix=fix)
    text = "".join(str(one) for one in triples)
    used = {prefix: root for prefix, root in PREFIXES.items() if root in text}
    return ox.serialize(triples, format=formats.get(form, ox.RdfFormat.JSON_LD), prefixes=used) or b""


def _fits_xml(triple: ox.Triple) -> bool:
    import pyoxigraph as ox

    name = triple.predicate.value
    start = len(name.rstrip(_NAME))
    local = name[start:].lstrip("0123456789.-")
    plain = not isinstance(triple.object, ox.Literal) or all(c >= " " or c in "\t\n\r" for c in triple.object.value)
    return bool(local) and plain and "\ufffe" not in str(triple.object) and "\uffff" not in str(triple.object)


_NAME = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"

__all__ = ("MAX_LINKS", "MEDIA", "about_document", "description", "written")
