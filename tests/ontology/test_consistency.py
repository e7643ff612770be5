"""HermiT finds the ontology with its alignments consistent, and finds the contradictions that are planted.

HermiT (by owlready2) reads no Turtle and stops at ranges outside the OWL 2 datatype map: a copy is written as RDF/XML without them.
To the alignments come what ORG, PROV, FOAF, GeoSPARQL, Dublin Core and FRAPO say of the terms above ours (superclass, domain and
range as listed in `ontology-iris.tsv`, disjoint classes as those vocabularies state them), so that a wrong superclass is noticed.
"""

from __future__ import annotations

import csv
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import FOAF, OWL, PROV, RDF, RDFS

owlready2: Any = pytest.importorskip("owlready2", reason="needs owlready2: pip install owlready2")
pytestmark = pytest.mark.skipif(shutil.which("java") is None, reason="HermiT needs Java: apt-get install default-jre-headless")

ROOT = Path(__file__).resolve().parents[2]
ONTOLOGY = ROOT / "ontology"
XSD_NAMES = "anyURI base64Binary boolean byte dateTime dateTimeStamp decimal double float hexBinary int integer language long string"
DATATYPE_MAP = {URIRef(f"http://www.w3.org/2001/XMLSchema#{name}") for name in XSD_NAMES.split()}
FOREIGN = {"dcterms", "foaf", "frapo", "geo", "oa", "org", "prov"}

DISJOINT = [(PROV.Activity, PROV.Entity), (FOAF.Document, FOAF.Organization), (FOAF.Document, FOAF.Project)]
"""Stated by PROV-O (section 3.1) and the FOAF specification."""

PREFIXES = """
@prefix inno: <https://w3id.org/innokg/ontology#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix : <https://w3id.org/innokg/id/> .
"""

ECOSYSTEM = """
:t-factor a inno:Project ; inno:partOf :h2020 ; inno:featuredIn :innovation-next-door ; inno:follows :predecessor ;
    inno:acronym "T-Factor" ; inno:involves :tu-dortmund ; inno:coordinatedBy :anci-toscana ; inno:fundedThrough :grant ;
    inno:outcome :report ; inno:declaredSize 25 .
:h2020 a inno:Programme , inno:Project .
:innovation-next-door a inno:Campaign .
:workshop a inno:Event ; inno:location :dortmunder-u .
:sfs a inno:Organisation , org:OrganizationalUnit ; inno:location :dortmund ; inno:developed :t-factor .
:tu-dortmund a inno:Organisation , org:FormalOrganization ; inno:representedByUnit :sfs .
:dortmund a inno:Place ; inno:containsPlace :dortmunder-u .
:dortmunder-u a inno:Place ; inno:withinPlace :dortmund ; inno:operatedBy :u-operator .
:p1 a inno:Participation ; inno:inInitiative :t-factor ; inno:participant :tu-dortmund ; inno:participantMerged :sfs ; inno:role :partner ;
    inno:contribution 12.5 ; inno:sme false .
:s1 a inno:SiteUse ; inno:inInitiative :t-factor ; inno:site :dortmunder-u ; inno:role :venue .
:grant a inno:Funding ; inno:funds :t-factor ; inno:funder :ec ; inno:underProgramme :h2020 ; inno:amount 7.5 ; inno:currency "EUR" .
:icapital a inno:Award .
:icapital-2021 a inno:AwardEdition ; inno:editionOf :icapital ; inno:conferredBy :ec .
:r1 a inno:AwardResult ; inno:inEdition :icapital-2021 ; inno:candidate :dortmund ; inno:resultStatus :winner ; inno:rank 1 .
:r2 a inno:AwardResult ; inno:ofAward :icapital ; inno:candidate :tu-dortmund .
:c1 a inno:Claim ; inno:evidence :e1 ; inno:concerns :t-factor ; inno:contradicts :c2 ; inno:claimStatus :accepted .
:c2 a inno:Claim ; inno:evidence :e1 ; inno:claimStatus :disputed .
:e1 a inno:Evidence .
:report a inno:Document ; inno:contentHash "sha256:0" ; inno:featuredIn :innovation-next-door .
"""


@cache
def axioms() -> Graph:
    """Return core and alignments with what the foreign vocabularies say, fit for HermiT; not to be changed."""
    graph = Graph()
    for name in ("inno", "alignments"):
        graph.parse(ONTOLOGY / f"{name}.ttl")
    relations = set(graph.subjects(RDF.type, OWL.ObjectProperty))
    with (Path(__file__).parent / "ontology-iris.tsv").open(encoding="utf-8", newline="") as table:
        rows = [row for row in csv.DictReader(table, delimiter="\t") if row["term"].split(":")[0] in FOREIGN]
    for row in rows:
        iri, above = URIRef(row["iri"]), [URIRef(x) for x in row["subclass_or_subproperty_of"].split()]
        if row["kind"] == "class":
            for parent in above:
                graph.add((iri, RDF.type, OWL.Class)).add((parent, RDF.type, OWL.Class)).add((iri, RDFS.subClassOf, parent))
        elif iri in relations:
            for predicate, column in ((RDFS.domain, "domain"), (RDFS.range, "range")):
                for end in row[column].split():
                    graph.add((URIRef(end), RDF.type, OWL.Class)).add((iri, predicate, URIRef(end)))
    for a, b in DISJOINT:
        graph.add((a, RDF.type, OWL.Class)).add((b, RDF.type, OWL.Class)).add((a, OWL.disjointWith, b))
    graph.remove((None, OWL.imports, None))
    for subject in set(graph.subjects(RDF.type, OWL.DatatypeProperty)):
        for end in set(graph.objects(subject, RDFS.range)) - DATATYPE_MAP:
            graph.remove((subject, RDFS.range, end))
    graph.remove((None, RDF.type, RDFS.Datatype))
    return graph


def unsatisfiable(folder: Path, *turtle: str) -> list[str]:
    """Return the classes that can have no instance.

    Raises:
        OwlReadyInconsistentOntologyError: The statements contradict each other.
    """
    graph = Graph() + axioms()
    for text in turtle:
        graph.parse(data=PREFIXES + text, format="turtle")
    path = folder / "ontology.rdf"
    graph.serialize(path, format="xml", encoding="utf-8")
    world = owlready2.World()
    with path.open("rb") as file:
        world.get_ontology("https://w3id.org/innokg/ontology#").load(fileobj=file)
    owlready2.sync_reasoner_hermit(world, infer_property_values=False, debug=0)
    return sorted(c.iri for c in world.inconsistent_classes() if c is not owlready2.Nothing)


def test_ontology_is_consistent(tmp_path: Path) -> None:
    """An ecosystem with an instance of every class contradicts nothing, and every class can have instances."""
    assert unsatisfiable(tmp_path, ECOSYSTEM) == []


@pytest.mark.parametrize(
    "contradiction",
    [
        ":u a inno:Place , inno:Organisation .",
        ":p2 inno:participant :dortmund .",
        ":p1 inno:funds :t-factor .",
        ":t-factor a prov:Entity .",
    ],
    ids=["place-and-organisation", "place-takes-part", "participation-funds", "initiative-as-entity"],
)
def test_planted_contradiction_is_found(tmp_path: Path, contradiction: str) -> None:
    """A mix-up of kinds is found, also where only domain, range or an alignment tells."""
    with pytest.raises(owlready2.OwlReadyInconsistentOntologyError):
        unsatisfiable(tmp_path, ECOSYSTEM, contradiction)


def test_unsatisfiable_class_is_found(tmp_path: Path) -> None:
    """A class under two disjoint classes is reported, and so is a project under ORG's collaborations once both sides mean the same bodies."""
    mixed = "inno:CityHall a owl:Class ; rdfs:subClassOf inno:Place , inno:Organisation ."
    trap = "inno:Project rdfs:subClassOf org:OrganizationalCollaboration . org:Organization rdfs:subClassOf inno:Organisation ."
    found = unsatisfiable(tmp_path, mixed, trap)
    assert found == ["https://w3id.org/innokg/ontology#CityHall", "https://w3id.org/innokg/ontology#Project"]
