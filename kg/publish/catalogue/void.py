"""The graph in numbers (VoID, W3C Interest Group Note, 3 March 2011): everything is counted, nothing is stated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from kg.namespaces import DCTERMS, FOAF, INNO, RDF, VOID
from kg.publish.catalogue.description import Description, Triple, about_dataset
from kg.publish.catalogue.downloads import Download, downloads
from kg.publish.counts import TARGETS, Counts, slug
from kg.publish.parts import File
from kg.publish.turtle import document
from kg.quads import integer, iri, literal

FEATURES = {"jsonld": "JSON-LD", "nq": "N-Quads", "nt": "N-Triples", "rdf": "RDF_XML", "trig": "TriG", "ttl": "Turtle"}
"""Names in the list of unique URIs for file formats, by ending."""
_FORMATS = "http://www.w3.org/ns/formats/"
_ROOTS = (INNO.Programme, INNO.Project, INNO.Organisation)
"""Classes whose most named thing is a good place to begin to follow links."""


def void(about: Description, counts: Counts, licences: Mapping[str, Sequence[str]], files: Iterable[File | Download]) -> str:
    """Return the VoID description as Turtle.

    Args:
        about: What is said about the graph.
        counts: What it holds.
        licences: Licences by graph.
        files: The dumps; a file in no RDF syntax is passed over.
    """
    root = void_root(about)
    comment = "What the graph holds, counted over all its graphs; a triple that stands in two graphs counts once (VoID)."
    dumps = [file for file in downloads(files, root=about.address("")) if file.ending in FEATURES]
    return document(about.base, _void(about, counts, licences, dumps, root), comment=comment, extra={"this": root})


def void_root(about: Description) -> str:
    """Return where the IRIs of the parts of the description begin."""
    return f"{about.base}.well-known/void#" if not about.version else f"{about.dataset}/void.ttl#"


def _void(about: Description, counts: Counts, licences: Mapping[str, Sequence[str]], files: list[Download], root: str) -> Iterator[Triple]:
    me = about.dataset
    yield from dataset(about)
    yield me, VOID.triples, integer(counts.triples)
    yield me, VOID.entities, integer(counts.entities)
    yield me, VOID.distinctSubjects, integer(counts.subjects)
    yield me, VOID.distinctObjects, integer(counts.objects)
    yield me, VOID.classes, integer(len(counts.classes))
    yield me, VOID.properties, integer(len(counts.properties))
    for namespace in namespaces([*counts.classes, *(used.property for used in counts.properties)]):
        yield me, VOID.vocabulary, iri(namespace)
    for example in counts.examples.values():
        yield me, VOID.exampleResource, iri(example)
    for kind in _ROOTS:
        if kind in counts.examples:
            yield me, VOID.rootResource, iri(counts.examples[kind])
    for file in files:
        yield me, VOID.dataDump, iri(file.url)
        yield me, VOID.feature, iri(f"{_FORMATS}{FEATURES[file.ending]}")
    yield from class_partitions(me, counts.classes, f"{root}class-")
    yield from _properties(me, counts, root)
    for graph, quads in counts.graphs.items():
        if graph:
            yield me, VOID.subset, iri(graph)
            yield graph, RDF.type, iri(VOID.Dataset)
            yield graph, VOID.triples, integer(quads)
            for licence in licences.get(graph, ()):
                yield graph, DCTERMS.license, iri(licence)
            kinds = counts.classes_by_graph.get(graph, {})
            yield graph, VOID.classes, integer(len(kinds))
            yield from class_partitions(graph, kinds, f"{root}graph-{slug(graph)}-class-")
    yield from _links(me, counts, root)


def dataset(about: Description) -> Iterator[Triple]:
    """Yield what is said of the data set without counting anything."""
    me = about.dataset
    yield me, RDF.type, iri(VOID.Dataset)
    yield from about_dataset(about)
    yield me, FOAF.homepage, iri(about.catalogue.homepage or about.base)
    yield me, VOID.uriSpace, literal(f"{about.base}id/")
    if about.catalogue.endpoint:
        yield me, VOID.sparqlEndpoint, iri(about.catalogue.endpoint)


def class_partitions(of: str, classes: Mapping[str, int], root: str) -> Iterator[Triple]:
    """Yield how many things of each class a data set holds.

    Args:
        of: IRI of the data set.
        classes: Number of things by class.
        root: Where the IRIs of the parts begin.
    """
    for kind, entities in classes.items():
        part = f"{root}{slug(kind)}"
        yield of, VOID.classPartition, iri(part)
        yield part, VOID["class"], iri(kind)
        yield part, VOID.entities, integer(entities)


def _properties(me: str, counts: Counts, root: str) -> Iterator[Triple]:
    for used in counts.properties:
        part = f"{root}property-{slug(used.property)}"
        yield me, VOID.propertyPartition, iri(part)
        yield part, VOID.property, iri(used.property)
        yield part, VOID.triples, integer(used.triples)
        yield part, VOID.distinctSubjects, integer(used.subjects)
        yield part, VOID.distinctObjects, integer(used.objects)


def _links(me: str, counts: Counts, root: str) -> Iterator[Triple]:
    for link in counts.links:
        namespace, name, home = TARGETS[link.target]
        target, links = f"{root}{link.target}", f"{root}{link.target}-{slug(link.predicate)}"
        yield me, VOID.subset, iri(links)
        yield links, RDF.type, iri(VOID.Linkset)
        for end, predicate in ((me, VOID.subjectsTarget), (target, VOID.objectsTarget)):
            yield links, predicate, iri(end)
            yield links, VOID.target, iri(end)
        yield links, VOID.linkPredicate, iri(link.predicate)
        yield links, VOID.triples, integer(link.triples)
        yield target, RDF.type, iri(VOID.Dataset)
        yield target, DCTERMS.title, literal(name, language="en")
        yield target, VOID.uriSpace, literal(namespace)
        yield target, FOAF.homepage, iri(home)


def namespaces(terms: Iterable[str]) -> list[str]:
    """Return the namespaces of some terms, sorted.

    >>> namespaces(["http://xmlns.com/foaf/0.1/name", "https://w3id.org/innokg/ontology#Project"])
    ['http://xmlns.com/foaf/0.1/', 'https://w3id.org/innokg/ontology#']
    """
    return sorted({term[: max(term.rfind("#"), term.rfind("/")) + 1] for term in terms})
