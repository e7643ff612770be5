"""The shipped code lists: labelled in both languages, closed, ordered where order decides."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.namespace import RDF, SKOS
from rdflib.term import Node

ROOT = Path(__file__).resolve().parents[2]
CODES = ROOT / "ontology" / "codes"
BASE = "https://w3id.org/innokg/code/"
SCHEMES = sorted(p.stem for p in CODES.glob("*.ttl"))
ORDERED = {"participation-role", "site-role", "result-status"}
ROLES = ("participation-role", "site-role")


@cache
def graph(scheme: str) -> Graph:
    """Return the graph of a code list."""
    return Graph().parse(CODES / f"{scheme}.ttl")


def concepts(scheme: str) -> set[str]:
    """Return the notations of the concepts of a list, taken from their IRIs."""
    root = f"{BASE}{scheme}/"
    return {str(c).removeprefix(root) for c in graph(scheme).subjects(RDF.type, SKOS.Concept)}


def languages(scheme: str, subject: Node, predicate: URIRef) -> list[str | None]:
    """Return the languages of the texts, sorted."""
    return sorted((o.language or "" for o in graph(scheme).objects(subject, predicate) if isinstance(o, Literal)), key=str)


def test_all_schemes_are_there() -> None:
    """The lists of the decisions on the model and on bulk deliveries."""
    assert set(SCHEMES) == {
        *ORDERED,
        "claim-status",
        "attestation",
        "organisation-kind",
        "completeness",
        "sampling-frame",
        "identifier-scheme",
        "project-status",
    }


@pytest.mark.parametrize("scheme", SCHEMES)
def test_scheme(scheme: str) -> None:
    """One scheme per file, explained in both languages, whose top concepts are all its concepts."""
    g, iri = graph(scheme), URIRef(BASE + scheme)
    assert list(g.subjects(RDF.type, SKOS.ConceptScheme)) == [iri]
    assert languages(scheme, iri, SKOS.prefLabel) == languages(scheme, iri, SKOS.definition) == ["de", "en"]
    everything = set(g.subjects(RDF.type, SKOS.Concept))
    assert everything
    assert set(g.objects(iri, SKOS.hasTopConcept)) == everything
    assert set(g.subjects(SKOS.topConceptOf, iri)) == set(g.subjects(SKOS.inScheme, iri)) == everything


@pytest.mark.parametrize("scheme", SCHEMES)
def test_concepts(scheme: str) -> None:
    """Each concept has label and definition in both languages, one scheme, and its slug as the one notation."""
    g = graph(scheme)
    for concept in g.subjects(RDF.type, SKOS.Concept):
        assert languages(scheme, concept, SKOS.prefLabel) == languages(scheme, concept, SKOS.definition) == ["de", "en"], concept
        notations = list(g.objects(concept, SKOS.notation))
        assert [str(concept)] == [f"{BASE}{scheme}/{n}" for n in notations]
        assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", str(n)) for n in notations)
        assert list(g.objects(concept, SKOS.inScheme)) == [URIRef(BASE + scheme)]
        assert all(str(d).endswith(".") for d in g.objects(concept, SKOS.definition))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_labels_and_notations_are_unique(scheme: str) -> None:
    """No two concepts of a list share a notation or a label of one language."""
    subjects = list(graph(scheme).subjects(RDF.type, SKOS.Concept))
    for predicate in (SKOS.notation, SKOS.prefLabel, SKOS.definition):
        values = Counter(o for s in subjects for o in graph(scheme).objects(s, predicate))
        assert [v for v, count in values.items() if count > 1] == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_order(scheme: str) -> None:
    """An ordered list names every concept once; the others have no order."""
    g, iri = graph(scheme), URIRef(f"{BASE}{scheme}/ordered")
    head = g.value(iri, SKOS.memberList)
    if scheme not in ORDERED:
        assert head is None
        return
    assert (iri, RDF.type, SKOS.OrderedCollection) in g
    assert head is not None
    members = [str(m).removeprefix(f"{BASE}{scheme}/") for m in Collection(g, head)]
    assert sorted(members) == sorted(concepts(scheme))


def test_order_of_roles() -> None:
    """Who leads comes first, who is not named last: the first role in the list wins where a rule asks for one."""
    for scheme, first in zip(ROLES, ("coordinator", "pilot"), strict=True):
        head = graph(scheme).value(URIRef(f"{BASE}{scheme}/ordered"), SKOS.memberList)
        assert head is not None
        members = [str(m).rsplit("/", 1)[1] for m in Collection(graph(scheme), head)]
        assert (members[0], members[-1]) == (first, "unspecified")


@pytest.mark.parametrize("scheme", ROLES)
def test_unspecified_is_no_guess(scheme: str) -> None:
    """An empty role has a code of its own that says so."""
    definition = {str(o) for o in graph(scheme).objects(URIRef(f"{BASE}{scheme}/unspecified"), SKOS.definition)}
    assert "Die Quelle nennt keine Rolle dieser Liste; ihr Wortlaut steht an der Aussage." in definition


def named_codes(text: str) -> set[tuple[str, str]]:
    """Return the (scheme, notation) pairs of shipped lists that a text names."""
    pairs = set(re.findall(r'\bcode\("([a-z-]+)", "([a-z-]+)"\)', text))
    pairs |= set(re.findall(re.escape(BASE) + r"([a-z-]+)/([a-z-]+)\b", text))
    return {(scheme, notation) for scheme, notation in pairs if scheme in SCHEMES and notation != "ordered"}


def test_used_codes_exist() -> None:
    """Code, queries and shapes name no code that no list has."""
    paths = [p for pattern in ("kg/**/*.py", "queries/**/*.rq", "ontology/shapes/*.ttl") for p in ROOT.glob(pattern)]
    used = {(p.name, *pair) for p in paths for pair in named_codes(p.read_text(encoding="utf-8"))}
    assert {(name, s, n) for name, s, n in used if n not in concepts(s)} == set()
    assert named_codes(f'code("site-role", "pilto") <{BASE}claim-status/acepted> <{BASE}topic/x>') == {
        ("site-role", "pilto"),
        ("claim-status", "acepted"),
    }
