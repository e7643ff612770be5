"""What the endpoint says about itself (SPARQL 1.1 Service Description, W3C Recommendation 2013), in every RDF format.

Sources of the terms: http://www.w3.org/ns/sparql-service-description#, http://rdfs.org/ns/void# and the list of unique URIs for file formats.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from time import monotonic

import pyoxigraph as ox

from kg.namespaces import RDF, VOID, XSD, Namespace
from kg.portal.negotiate import FORMATS, format_of, with_charset
from kg.portal.page import Reply
from kg.portal.protocol import not_acceptable
from kg.portal.streams import Limits, write_triples

SD = Namespace("sd")
SIMPLE = "http://www.w3.org/ns/entailment/Simple"


def triples(endpoint: str, counts: Mapping[str, int], *, union: int | None = None, federated: bool = False) -> list[ox.Triple]:
    """Return the description.

    Args:
        endpoint: Absolute address of the endpoint.
        counts: Triples per named graph, by IRI.
        union: Triples of the default graph, the union of the named ones; left out where it is not known (a triple may stand in several graphs, so the
            sum of the counts is not it).
        federated: Whether SERVICE is answered for some hosts.
    """
    service, dataset, default = (ox.NamedNode(f"{endpoint}#{part}") for part in ("service", "dataset", "default-graph"))
    found: list[ox.Triple] = []

    def say(subject: ox.NamedNode, predicate: str, value: str | int) -> None:
        term = ox.Literal(str(value), datatype=ox.NamedNode(XSD.integer)) if isinstance(value, int) else ox.NamedNode(value)
        found.append(ox.Triple(subject, ox.NamedNode(predicate), term))

    say(service, RDF.type, SD.Service)
    say(service, SD.endpoint, endpoint)
    say(service, SD.supportedLanguage, SD.SPARQL11Query)
    say(service, SD.feature, SD.UnionDefaultGraph)
    if federated:
        say(service, SD.feature, SD.BasicFederatedQuery)
    for form in FORMATS:
        if form.iri:
            say(service, SD.resultFormat, form.iri)
    say(service, SD.defaultEntailmentRegime, SIMPLE)
    say(service, SD.defaultDataset, dataset.value)
    say(dataset, RDF.type, SD.Dataset)
    say(dataset, SD.defaultGraph, default.value)
    say(default, RDF.type, SD.Graph)
    if union is not None:
        say(default, VOID.triples, union)
    for number, iri in enumerate(sorted(counts), start=1):
        named, graph = ox.NamedNode(f"{endpoint}#named-graph-{number}"), ox.NamedNode(f"{endpoint}#graph-{number}")
        say(dataset, SD.namedGraph, named.value)
        say(named, RDF.type, SD.NamedGraph)
        say(named, SD.name, iri)
        say(named, SD.graph, graph.value)
        say(graph, RDF.type, SD.Graph)
        say(graph, VOID.triples, counts[iri])
    return found


def describe(
    endpoint: str, counts: Mapping[str, int], media: str, *, union: int | None = None, federated: bool = False, accept: str = "", lang: str = "en"
) -> Reply:
    """Return the description as a reply; 406 where no RDF format is accepted.

    Args:
        endpoint: Absolute address of the endpoint.
        counts: Triples per named graph, by IRI.
        media: Media type of an RDF format (:attr:`kg.portal.protocol.Operation.graph`), or empty.
        union: See :func:`triples`.
        federated: See :func:`triples`.
        accept: Accept header, for the error.
        lang: Language of the error.
    """
    if not media:
        return not_acceptable(("graph",)).reply(accept, lang)
    everything = Limits(rows=10_000_000, size=1 << 30, seconds=math.inf)
    written = write_triples(format_of(media, "graph"), triples(endpoint, counts, union=union, federated=federated), everything, monotonic())
    return Reply(written.body, with_charset(media), rows=written.rows)
