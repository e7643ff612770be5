"""SPARQL 1.1 Service Description."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
import rdflib

from kg.portal.description import describe, triples
from kg.portal.negotiate import FORMATS

ENDPOINT = "https://example.org/kg/sparql"
COUNTS = {"https://example.org/graph/b": 3, "https://example.org/graph/a": 2}
SD = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
VOID = rdflib.Namespace("http://rdfs.org/ns/void#")
READERS = {form.name: form.media for form in FORMATS if form.kind == "graph"}


@pytest.mark.parametrize("media", READERS.values(), ids=READERS)
def test_every_format_says_the_same(media: str) -> None:
    reply = describe(ENDPOINT, COUNTS, media)
    assert reply.status == 200
    assert reply.media_type.split(";")[0] == media
    read = {quad.triple for quad in ox.parse(reply.body, format=ox.RdfFormat.from_media_type(media))}
    assert read == set(triples(ENDPOINT, COUNTS))


def test_what_it_says() -> None:
    graph = rdflib.Graph().parse(data=describe(ENDPOINT, COUNTS, "text/turtle", union=4).body, format="turtle")
    (service,) = graph.subjects(SD.endpoint, rdflib.URIRef(ENDPOINT))
    assert (service, rdflib.RDF.type, SD.Service) in graph
    assert (service, SD.supportedLanguage, SD.SPARQL11Query) in graph
    assert (service, SD.feature, SD.UnionDefaultGraph) in graph
    assert (service, SD.feature, SD.BasicFederatedQuery) not in graph
    formats = {str(form) for form in graph.objects(service, SD.resultFormat)}
    assert {f"http://www.w3.org/ns/formats/{name}" for name in ("SPARQL_Results_JSON", "SPARQL_Results_CSV", "Turtle", "N-Quads")} <= formats
    (dataset,) = graph.objects(service, SD.defaultDataset)
    (default,) = graph.objects(dataset, SD.defaultGraph)
    assert graph.value(default, VOID.triples) == rdflib.Literal(4)
    named = list(graph.objects(dataset, SD.namedGraph))
    sizes = {str(graph.value(one, SD.name)): graph.value(graph.value(one, SD.graph), VOID.triples) for one in named}
    assert sizes == {iri: rdflib.Literal(count) for iri, count in COUNTS.items()}


def test_unknown_sizes_are_left_out_and_federation_is_said_where_there_is_any() -> None:
    said = {(triple.predicate.value, triple.object) for triple in triples(ENDPOINT, {}, federated=True)}
    assert not any(predicate == str(VOID.triples) for predicate, _ in said)
    assert (str(SD.feature), ox.NamedNode(str(SD.BasicFederatedQuery))) in said


def test_no_format_accepted() -> None:
    reply = describe(ENDPOINT, COUNTS, "", accept="image/png", lang="de")
    assert reply.status == 406
    assert b"text/turtle" in reply.body
