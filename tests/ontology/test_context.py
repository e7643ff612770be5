"""The JSON-LD context loses nothing: a graph that uses every term is written with it and read back, by two readers.

Source: JSON-LD 1.1, sections 4.2.3 (type coercion), 4.6.2 (language maps) and 4.8 (reverse properties).
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
from rdflib import Graph, Literal, URIRef, namespace
from rdflib.compare import graph_diff
from rdflib.namespace import OWL, RDF, RDFS

ROOT = Path(__file__).resolve().parents[2]
CONTEXT = json.loads((ROOT / "ontology" / "context.jsonld").read_text(encoding="utf-8"))["@context"]
NAMESPACE = "https://w3id.org/innokg/ontology#"
ID = "https://w3id.org/innokg/id/"

VALUES = {
    "boolean": "true",
    "dateTime": "2026-11-22T00:00:00Z",
    "decimal": "12.5",
    "integer": "3",
    "string": "EUR",
    "EDTF": "2021~",
}
"""One canonical literal per datatype that stands as a range."""

ENTITIES = """
@prefix adms: <http://www.w3.org/ns/adms#> .
@prefix code: <https://w3id.org/innokg/code/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix geo: <http://www.opengis.net/ont/geosparql#> .
@prefix id: <https://w3id.org/innokg/id/> .
@prefix inno: <https://w3id.org/innokg/ontology#> .
@prefix locn: <http://www.w3.org/ns/locn#> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix wgs: <http://www.w3.org/2003/01/geo/wgs84_pos#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<https://w3id.org/innokg/id/project/t-factor> a inno:Project ;
    skos:prefLabel "T-Factor"@de , "T-Factor"@en ;
    skos:altLabel "Zwischennutzung"@de , "Zeit auf Zeit"@de , "Participatory Futures"@en , "ohne Sprache" ;
    dcterms:description "Ein Projekt."@de , "A project."@en ; dcterms:title "T-Factor"@en-GB ;
    schema:startDate "2020-06-01"^^xsd:date ; schema:endDate "2024"^^xsd:gYear , "2024-05"^^xsd:gYearMonth ;
    dcterms:subject code:thema ; dcterms:relation id:x ; schema:sameAs <http://www.wikidata.org/entity/Q1> ;
    foaf:page <https://www.t-factor.eu> ;
    adms:identifier id:identifier ; skos:notation "t-factor" ; owl:deprecated true ; dcterms:isReplacedBy id:y ; rdfs:seeAlso id:z .
id:identifier a adms:Identifier ; skos:notation "868887" ; skos:inScheme code:cordis .
id:participation a inno:Participation ; inno:inInitiative <https://w3id.org/innokg/id/project/t-factor> ; inno:participant id:sfs ;
    inno:role <https://w3id.org/innokg/code/participation-role/partner> ; inno:contribution 0.0 ; inno:sme false .
id:sfs a inno:Organisation , org:OrganizationalUnit ; org:subOrganizationOf id:tu ; org:memberOf id:network ; org:linkedTo id:other ;
    org:classification <https://w3id.org/innokg/code/organisation-kind/research-institute> ; locn:address id:address .
id:address a locn:Address ; rdfs:label "Evinger Platz 17" ; locn:fullAddress "Evinger Platz 17, 44339 Dortmund" .
id:u a inno:Place ; wgs:lat 51.5136 ; wgs:long 7.4653 ; geo:hasDefaultGeometry id:geometry .
id:geometry a geo:Geometry ; geo:asWKT "POINT(7.4653 51.5136)"^^geo:wktLiteral .
id:claim a inno:Claim , rdf:Statement ; rdf:subject <https://w3id.org/innokg/id/project/t-factor> ; rdf:predicate inno:featuredIn ;
    rdf:object id:campaign ; inno:claimStatus <https://w3id.org/innokg/code/claim-status/accepted> ;
    inno:roleWording "Projekt des Bereichs"@de ; prov:wasAttributedTo id:speaker ; inno:evidence id:evidence .
id:claim2 a inno:Claim , rdf:Statement ; rdf:subject id:u ; rdf:predicate schema:startDate ; rdf:object "1927"^^xsd:gYear .
id:claim3 a inno:Claim , rdf:Statement ; rdf:subject id:u ; rdf:predicate skos:altLabel ; rdf:object "U-Turm"@de .
id:evidence a inno:Evidence ; oa:hasSource id:document ; oa:hasSelector id:quote , id:position ;
    dcterms:description "Die Seite nennt es."@de .
id:quote a oa:TextQuoteSelector ; oa:exact "mit dem Projekt \\"T-Factor\\"" ; oa:prefix "sfs " ; oa:suffix " in enger" .
id:position a oa:TextPositionSelector ; oa:start 1263 ; oa:end 1289 .
id:document a inno:Document ; dcterms:title "Dortmund gewinnt …"@de ; dcterms:language "de" ; dcterms:issued "2022-02"^^xsd:gYearMonth ;
    dcterms:publisher id:agent ; dcterms:creator id:agent ; schema:mentions <https://w3id.org/innokg/id/project/t-factor> ;
    dcterms:license <https://creativecommons.org/licenses/by/4.0/> ; dcterms:identifier "seed" .
id:agent a foaf:Agent ; foaf:name "Sozialforschungsstelle" .
code:thema a skos:Concept ; skos:prefLabel "Zwischennutzung"@de ; skos:definition "Nutzung auf Zeit."@de ; skos:inScheme code:topic ;
    skos:broader code:stadt ; skos:topConceptOf code:topic .
code:topic skos:hasTopConcept code:thema .
code:ordered skos:memberList ( code:b code:a code:b ) .
<https://w3id.org/innokg/graph/dortmund> prov:wasGeneratedBy id:delivery ; prov:generatedAtTime "2026-11-22T00:00:00Z"^^xsd:dateTime ;
    dcterms:modified "2026-11-22"^^xsd:date ; inno:samplingPopulation "Vorhaben"@de , "Initiatives"@en .
"""


@cache
def core() -> Graph:
    """Return the core ontology."""
    return Graph().parse(ROOT / "ontology" / "inno.ttl")


def sample() -> Graph:
    """Return the entities above, an instance of every class and two values of every property of the core."""
    graph = Graph().parse(data=ENTITIES, format="turtle")
    for kind in core().subjects(RDF.type, OWL.Class):
        if isinstance(kind, URIRef):
            graph.add((URIRef(f"{ID}instance-{kind.removeprefix(NAMESPACE)}"), RDF.type, kind))
    for number in (1, 2):
        subject = URIRef(f"{ID}everything-{number}")
        for link in core().subjects(RDF.type, OWL.ObjectProperty):
            graph.add((subject, link, URIRef(f"{ID}target-{number}"))).add((subject, link, URIRef(NAMESPACE + "Project")))
        for attribute in core().subjects(RDF.type, OWL.DatatypeProperty):
            datatype = URIRef(str(core().value(attribute, RDFS.range)))
            if datatype == RDF.langString:
                graph.add((subject, attribute, Literal("Wort", lang="de"))).add((subject, attribute, Literal("word", lang="en")))
            else:
                name = datatype.rsplit("#", 1)[-1].rsplit("/", 1)[-1]
                value = Literal(VALUES[name]) if name == "string" else Literal(VALUES[name], datatype=datatype)
                graph.add((subject, attribute, value))
    return graph


def written(graph: Graph) -> str:
    """Return the graph as JSON-LD with our context embedded."""
    return graph.serialize(format="json-ld", context=CONTEXT)


def by_rdflib(text: str) -> Graph:
    """Read JSON-LD with rdflib."""
    return Graph().parse(data=text, format="json-ld")


def by_pyoxigraph(text: str) -> Graph:
    """Read JSON-LD with pyoxigraph."""
    quads = pyoxigraph.parse(text.encode(), format=pyoxigraph.RdfFormat.JSON_LD)
    turtle = pyoxigraph.serialize(quads, format=pyoxigraph.RdfFormat.N_QUADS)
    return Graph().parse(data=turtle, format="nt")


def difference(left: Graph, right: Graph) -> tuple[list[str], list[str]]:
    """Return what only one of two graphs says."""
    _, only_left, only_right = graph_diff(left, right)
    return sorted(map(str, only_left)), sorted(map(str, only_right))


def nodes() -> dict[str, dict[str, Any]]:
    """Return the written nodes by identifier."""
    return {node["id"]: node for node in json.loads(written(sample()))["@graph"]}


@pytest.mark.parametrize("read", [by_rdflib, by_pyoxigraph])
def test_round_trip(read: Any) -> None:
    """Writing with the context and reading back gives the same triples."""
    assert difference(sample(), read(written(sample()))) == ([], [])


@pytest.mark.parametrize("file", ["inno.ttl", "alignments.ttl", *(f"codes/{p.name}" for p in sorted((ROOT / "ontology" / "codes").glob("*.ttl")))])
def test_ontology_files_round_trip(file: str) -> None:
    """Ontology and code lists survive too, unions and ordered lists included."""
    graph = Graph().parse(ROOT / "ontology" / file)
    assert difference(graph, by_rdflib(written(graph))) == ([], [])


def test_sample_uses_every_term() -> None:
    """The round trip leaves out no term of the core and no term of the context."""
    graph = sample()
    named = {str(n) for triple in graph for n in triple if isinstance(n, URIRef)}
    ours = {
        str(s) for kind in (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty) for s in core().subjects(RDF.type, kind) if isinstance(s, URIRef)
    }
    assert ours - named == set()
    definitions = {name: d if isinstance(d, str) else d.get("@id", "") for name, d in CONTEXT.items() if isinstance(d, str | dict)}
    terms = {CONTEXT[d.split(":")[0]] + d.split(":")[1] for d in definitions.values() if ":" in d and "//" not in d}
    assert terms - named == set()


def test_entities_read_well() -> None:
    """Labels are language maps, two of one language a list; links are plain identifiers."""
    found = nodes()
    project = found[ID + "project/t-factor"]
    assert project["type"] == "Project"
    assert project["prefLabel"] == {"de": "T-Factor", "en": "T-Factor"}
    assert sorted(project["altLabel"]["de"]) == ["Zeit auf Zeit", "Zwischennutzung"]
    assert project["altLabel"]["en"] == "Participatory Futures"
    assert project["startDate"] == {"type": "xsd:date", "@value": "2020-06-01"}
    participation = found[ID + "participation"]
    assert participation["role"] == "https://w3id.org/innokg/code/participation-role/partner"
    assert participation["inInitiative"] == ID + "project/t-factor"
    claim = found[ID + "claim"]
    assert claim["claimSubject"] == ID + "project/t-factor"
    assert claim["roleWording"] == {"de": "Projekt des Bereichs"}
    assert found[ID + "claim2"]["claimObject"] == {"type": "xsd:gYear", "@value": "1927"}


def test_our_terms_need_no_prefix() -> None:
    """No key of a written node is a prefixed or full name of a term of ours."""
    assert {key for node in nodes().values() for key in node if key.startswith(("inno:", "http"))} == set()


def test_participants_stand_in_their_initiative() -> None:
    """The reverse terms turn around: a participation nested in its initiative points to it, a claim to what it concerns."""
    document = {
        "@context": CONTEXT,
        "id": ID + "project/t-factor",
        "type": "Project",
        "participants": [
            {"id": ID + "p1", "type": "Participation", "role": "code:participation-role/partner", "contribution": "0.0"},
            ID + "p2",
        ],
        "claims": {"id": ID + "c1", "claimPredicate": "featuredIn"},
    }
    initiative, graph = URIRef(ID + "project/t-factor"), by_rdflib(json.dumps(document))
    assert set(graph.subjects(URIRef(NAMESPACE + "inInitiative"), initiative)) == {URIRef(ID + "p1"), URIRef(ID + "p2")}
    assert set(graph.subjects(URIRef(NAMESPACE + "concerns"), initiative)) == {URIRef(ID + "c1")}
    assert graph.value(URIRef(ID + "c1"), RDF.predicate) == URIRef(NAMESPACE + "featuredIn")
    facts = {str(p).removeprefix(NAMESPACE): o for p, o in graph.predicate_objects(URIRef(ID + "p1"))}
    assert facts["role"] == URIRef("https://w3id.org/innokg/code/participation-role/partner")
    assert facts["contribution"] == Literal("0.0", datatype=namespace.XSD.decimal)
    assert difference(graph, by_pyoxigraph(json.dumps(document))) == ([], [])


def test_each_iri_has_one_name() -> None:
    """No two terms of the context mean the same IRI in the same direction."""
    meanings = [json.dumps(d.get("@id") or {"reverse": d["@reverse"]}) if isinstance(d, dict) else json.dumps(d) for d in CONTEXT.values()]
    assert sorted(meanings) == sorted(set(meanings))
