"""The graph in numbers (VoID, W3C Interest Group Note, 3 March 2011): everything is counted, nothing is stated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from kg.namespaces import DCTERMS, FOAF, RDF, VOID
from kg.publish.catalogue.description import Description, Triple, about_dataset
from kg.publish.counts import TARGETS, Counts, slug
from kg.publish.parts import File
from kg.publish.turtle import document
from kg.quads import integer, iri, literal

_FEATURES = {"nq": "N-Quads", "ttl": "Turtle", "jsonld": "JSON-LD"}


def void(about: Description, counts: Counts, licences: Mapping[str, Sequence[str]], files: Iterable[File]) -> str:
    """Return the VoID description as Turtle.

    Args:
        about: What is said about the graph.
        counts: What it holds.
        licences: Licences by graph.
        files: The dumps.
    """
    root = f"{about.base}.well-known/void#" if not about.version else f"{about.dataset}/void.ttl#"
    comment = "What the graph holds, counted over all its graphs; a triple that stands in two graphs counts once (VoID)."
    return document(about.base, _void(about, counts, licences, list(files), root), comment=comment, extra={"this": root})


def _void(about: Description, counts: Counts, licences: Mapping[str, Sequence[str]], files: list[File], root: str) -> Iterator[Triple]:
    me = about.dataset
    yield me, RDF.type, iri(VOID.Dataset)
    yield from about_dataset(about)
    yield me, VOID.uriSpace, literal(f"{about.base}id/")
    yield me, VOID.triples, integer(counts.triples)
    yield me, VOID.entities, integer(counts.entities)
    yield me, VOID.distinctSubjects, integer(counts.subjects)
    yield me, VOID.distinctObjects, integer(counts.objects)
    yield me, VOID.classes, integer(len(counts.classes))
    yield me, VOID.properties, integer(len(counts.properties))
    for namespace in _namespaces([*counts.classes, *(used.property for used in counts.properties)]):
        yield me, VOID.vocabulary, iri(namespace)
    for example in counts.examples.values():
        yield me, VOID.exampleResource, iri(example)
    for file in files:
        yield me, VOID.dataDump, iri(about.address(file.name))
        yield me, VOID.feature, iri(f"http://www.w3.org/ns/formats/{_FEATURES[file.name.rsplit('.', 1)[-1]]}")
    yield from _partitions(me, counts, root)
    for graph, quads in counts.graphs.items():
        if graph:
            yield me, VOID.subset, iri(graph)
            yield graph, RDF.type, iri(VOID.Dataset)
            yield graph, VOID.triples, integer(quads)
            for licence in licences.get(graph, ()):
                yield graph, DCTERMS.license, iri(licence)
    for link in counts.links:
        namespace, name, home = TARGETS[link.target]
        target, links = f"{root}{link.target}", f"{root}{link.target}-{slug(link.predicate)}"
        yield me, VOID.subset, iri(links)
        yield links, RDF.type, iri(VOID.Linkset)
        yield links, VOID.subjectsTarget, iri(me)
        yield links, VOID.objectsTarget, iri(target)
        yield links, VOID.linkPredicate, iri(link.predicate)
        yield links, VOID.triples, integer(link.triples)
        yield target, RDF.type, iri(VOID.Dataset)
        yield target, DCTERMS.title, literal(name, language="en")
        yield target, VOID.uriSpace, literal(namespace)
        yield target, FOAF.homepage, iri(home)


def _partitions(me: str, counts: Counts, root: str) -> Iterator[Triple]:
    for kind, entities in counts.classes.items():
        part = f"{root}class-{slug(kind)}"
        yield me, VOID.classPartition, iri(part)
        yield part, VOID["class"], iri(kind)
        yield part, VOID.entities, integer(entities)
    for used in counts.properties:
        part = f"{root}property-{slug(used.property)}"
        yield me, VOID.propertyPartition, iri(part)
        yield part, VOID.property, iri(used.property)
        yield part, VOID.triples, integer(used.triples)
        yield part, VOID.distinctSubjects, integer(used.subjects)
        yield part, VOID.distinctObjects, integer(used.objects)


def _namespaces(terms: Iterable[str]) -> list[str]:
    return sorted({term[: max(term.rfind("#"), term.rfind("/")) + 1] for term in terms})
