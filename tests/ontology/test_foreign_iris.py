"""Foreign IRIs in ontology and shapes exist: each was looked up (`ontology-iris.tsv`) or belongs to a W3C core vocabulary.

The table names for each term the file and commit it was read in. The W3C vocabularies are checked against rdflib's closed lists.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from rdflib import Graph, Literal, URIRef, namespace
from rdflib.namespace import DCTERMS, OWL, RDF, RDFS, SH, SKOS

ROOT = Path(__file__).resolve().parents[2]
ONTOLOGY = ROOT / "ontology"
OURS = "https://w3id.org/innokg/"
BIBO_STATUS = URIRef("http://purl.org/ontology/bibo/status")
FILES = [ONTOLOGY / "inno.ttl", ONTOLOGY / "alignments.ttl", *sorted((ONTOLOGY / "shapes").glob("*.ttl"))]

with (Path(__file__).parent / "ontology-iris.tsv").open(encoding="utf-8", newline="") as table:
    ROWS = list(csv.DictReader(table, delimiter="\t"))
KIND = {row["iri"]: row["kind"] for row in ROWS}
PREFIXES = {row["term"].split(":")[0]: row["iri"].removesuffix(row["term"].split(":", 1)[1]) for row in ROWS}
CORE_PREFIXES = {"owl": str(OWL), "rdf": str(RDF), "rdfs": str(RDFS), "sh": str(SH), "skos": str(SKOS), "xsd": str(namespace.XSD)}

DOCUMENTS = {DCTERMS.license, DCTERMS.source, RDFS.isDefinedBy, RDFS.seeAlso, BIBO_STATUS}
"""Properties whose values are documents or a status, not terms."""

LISTED = {
    str(RDF.langString),
    "http://id.loc.gov/datatypes/edtf/EDTF",  # the datatype IRI in use; the Library of Congress publishes no ontology file with it
}


def exists(iri: str) -> bool:
    """Tell whether a foreign term is known to exist."""
    term = URIRef(iri)
    return iri in KIND or iri in LISTED or any(term in vocabulary for vocabulary in (OWL, RDF, RDFS, SH, SKOS, namespace.XSD))


def foreign(graph: Graph) -> set[str]:
    """Return the foreign terms of a graph: nodes, datatypes, and prefixed names in SPARQL texts."""
    found: set[str] = set()
    for s, p, o in graph:
        found |= {str(n) for n in (s, p) if isinstance(n, URIRef)}
        if isinstance(o, URIRef) and p not in DOCUMENTS:
            found.add(str(o))
        elif isinstance(o, Literal):
            found |= {str(o.datatype)} if o.datatype else set()
            if p in (SH.select, SH.ask, SH.construct):
                found |= in_query(str(o))
    return {iri for iri in found if not iri.startswith(OURS)}


def in_query(text: str) -> set[str]:
    """Return the foreign terms that a SPARQL text names."""
    known = PREFIXES | CORE_PREFIXES
    bare = re.sub(r'"[^"\n]*"', '""', text)
    names = re.findall(r"(?<![\w?$<])([a-z]\w*):([A-Za-z]\w*)", bare)
    return {known[prefix] + name for prefix, name in names if prefix in known} | set(re.findall(r"<(https?://[^>\s]+)>", bare))


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_foreign_terms_exist(path: Path) -> None:
    """No foreign term is misspelt or made up."""
    assert {iri for iri in foreign(Graph().parse(path)) if not exists(iri)} == set()


def test_a_misspelt_term_is_found() -> None:
    """A wrong letter in a node, a datatype or a query is seen; the right ones are not."""
    bad = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
        <https://w3id.org/innokg/x> sh:path <http://www.w3.org/ns/org#unitof> ; sh:minimum "1"^^xsd:integr ;
            sh:select "SELECT $this WHERE { $this schema:startdate ?d ; schema:endDate ?e }" ."""
    assert {iri for iri in foreign(Graph().parse(data=bad, format="turtle")) if not exists(iri)} == {
        "http://www.w3.org/ns/org#unitof",
        "http://www.w3.org/ns/shacl#minimum",
        "http://www.w3.org/2001/XMLSchema#integr",
        "https://schema.org/startdate",
    }


def alignments() -> Graph:
    """Return the alignments."""
    return Graph().parse(ONTOLOGY / "alignments.ttl")


def test_alignments_compare_like_with_like() -> None:
    """A class is aligned with classes, a property with properties; only terms of the core are aligned."""
    core, graph = Graph().parse(ONTOLOGY / "inno.ttl"), alignments()
    matches = (SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch)
    for predicate in (RDFS.subClassOf, RDFS.subPropertyOf, *matches):
        for ours, theirs in graph.subject_objects(predicate):
            kind = "class" if (ours, RDF.type, OWL.Class) in core else "property"
            assert (ours, RDF.type, None) in core
            assert KIND[str(theirs)] == kind, (ours, theirs)
    for predicate in matches:
        assert (predicate, RDF.type, OWL.AnnotationProperty) in graph
    assert (None, SKOS.exactMatch, None) not in graph
    assert (None, OWL.equivalentClass, None) not in graph


TRAPS = {
    "https://schema.org/Project",
    "https://schema.org/FundingScheme",
    "https://schema.org/FundingAgency",
    "http://www.w3.org/ns/org#OrganizationalCollaboration",
    "http://vivoweb.org/ontology/core#Program",
    "http://www.w3.org/ns/prov#hadRole",
    "http://www.w3.org/ns/prov#generated",
    "http://www.w3.org/ns/org#unitOf",
    "http://www.w3.org/ns/dcat#startDate",
    "http://www.w3.org/ns/prov#startedAtTime",
    "http://xmlns.com/foaf/0.1/homepage",
}
"""Terms that would entail something false of our data if they stood above ours (a project would be a body, and so on)."""


def test_no_trap_stands_above_a_term() -> None:
    """The terms that entail something false are at most matches."""
    graph = alignments()
    above = {str(o) for p in (RDFS.subClassOf, RDFS.subPropertyOf) for o in graph.objects(None, p)}
    assert above & TRAPS == set()
    assert len(above) > 20
    assert {t for t in above if t not in KIND} == set()
