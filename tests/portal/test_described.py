"""The RDF of a thing: the same in five syntaxes, complete where it can be, and honest where it cannot."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.build import Build
from kg.errors import KgError
from kg.namespaces import DCTERMS, FOAF, INNO, RDF, RDFS
from kg.portal import described
from kg.portal.described import MEDIA, description, written
from kg.portal.desk import Desk
from kg.portal.settings import PortalSettings
from kg.store import Table

BASE = "https://w3id.org/innokg/"
PROJECT = BASE + "id/project/t-factor"
PAGE = "http://h/data/project/t-factor.ttl"
FORMATS = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "rdf": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
    "json": ox.RdfFormat.JSON_LD,
}


@pytest.fixture(scope="module")
def desk(both: Build) -> Desk:
    """A desk on the default graph."""
    return Desk.open(PortalSettings(), both.path)


def read(data: bytes, form: str) -> set[ox.Triple]:
    """Return the triples of a document."""
    return {quad.triple for quad in ox.parse(data, format=FORMATS[form])}


def text_of(term: object) -> str:
    """Return what a term holds."""
    return str(getattr(term, "value", ""))


def own(desk: Desk, iri: str) -> set[ox.Triple]:
    """Return the statements about a thing, as the store has them."""
    found = desk.store.query("SELECT ?p ?o WHERE { ?s ?p ?o }", {"s": ox.NamedNode(iri)})
    assert isinstance(found, Table)
    return {ox.Triple(ox.NamedNode(iri), p, o) for p, o in found.rows if isinstance(p, ox.NamedNode) and o is not None}


@pytest.mark.parametrize("iri", [PROJECT, BASE + "id/place/dortmund", BASE + "graph/dortmund", INNO.Project, BASE + "id/organisation/pic-999848453"])
def test_five_syntaxes_say_the_same(desk: Desk, iri: str) -> None:
    triples = description(desk, iri, PAGE)
    assert len(triples) == len(set(triples))
    for form in MEDIA:
        assert read(written(triples, form), form) == set(triples)
    assert own(desk, iri) <= set(triples)


def test_participations_claims_and_evidence_come_along(desk: Desk) -> None:
    triples = set(description(desk, PROJECT, PAGE))
    participations = {text_of(one.subject) for one in triples if one.predicate.value == INNO.inInitiative and one.object == ox.NamedNode(PROJECT)}
    assert len(participations) >= 27
    for one in participations:
        assert own(desk, one) <= triples
    claims = {text_of(one.subject) for one in triples if one.predicate.value == RDF.subject and one.object == ox.NamedNode(PROJECT)}
    assert claims
    evidence = {text_of(one.object) for one in triples if one.predicate.value == INNO.evidence and text_of(one.subject) in claims}
    assert evidence
    for iri in sorted(evidence)[:20]:
        assert own(desk, iri) <= triples


def test_the_document_describes_itself(desk: Desk) -> None:
    iri = BASE + "id/organisation/pic-999848453"
    said = {one.predicate.value: text_of(one.object) for one in description(desk, iri, PAGE) if str(one.subject) == f"<{PAGE}>"}
    assert said[FOAF.primaryTopic] == iri
    assert said[DCTERMS.license] == "https://creativecommons.org/licenses/by/4.0/"
    assert said[DCTERMS.modified] == desk.site.state
    assert said[DCTERMS.isPartOf] == BASE + "dataset"
    assert RDFS.comment not in said, "nothing was left out"


def test_what_is_left_out_is_said(desk: Desk) -> None:
    iri = BASE + "code/participation-role/partner"
    triples = description(desk, iri, PAGE)
    given_ = [one for one in triples if one.predicate.value == INNO.role and one.object == ox.NamedNode(iri)]
    assert len(given_) == described.MAX_LINKS
    notes = {one.object.language: one.object.value for one in triples if one.predicate.value == RDFS.comment and isinstance(one.object, ox.Literal)}
    assert set(notes) == {"de", "en"}
    assert f"{INNO.role}: 100 / " in notes["en"]


def test_the_same_description_twice(desk: Desk) -> None:
    assert written(description(desk, PROJECT, PAGE), "nt") == written(description(desk, PROJECT, PAGE), "nt")


@given(
    st.text(alphabet=st.characters(exclude_categories=["Cs"])),
    st.sampled_from(["https://example.org/p", "https://example.org/1", "https://example.org/a%C3"]),
)
def test_no_document_is_broken(text: str, predicate: str) -> None:
    """Whatever a literal holds, each syntax either gives it back or refuses with a reason."""
    triple = ox.Triple(ox.NamedNode("https://example.org/s"), ox.NamedNode(predicate), ox.Literal(text))
    for form in MEDIA:
        try:
            data = written([triple], form)
        except KgError:
            assert form == "rdf"
            continue
        found = read(data, form)
        if form == "rdf":
            # XML 1.0, section 2.11: line ends become one line feed.
            assert {one.object.value.replace("\r\n", "\n").replace("\r", "\n") for one in found if isinstance(one.object, ox.Literal)} == {
                text.replace("\r\n", "\n").replace("\r", "\n")
            }
        else:
            assert found == {triple}


def test_only_prefixes_in_use_are_declared() -> None:
    triple = ox.Triple(ox.NamedNode("https://example.org/s"), ox.NamedNode(DCTERMS.title), ox.Literal("x"))
    assert written([triple], "ttl").count(b"@prefix") == 1
