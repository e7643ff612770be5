"""Every term is explained in both languages, is defined once, and what the rest of the repository uses exists."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import OWL, RDF, RDFS, SKOS
from rdflib.term import Node

ROOT = Path(__file__).resolve().parents[2]
ONTOLOGY = ROOT / "ontology"
NAMESPACE = "https://w3id.org/innokg/ontology#"
TERM_TYPES = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)

USERS = ("ontology/alignments.ttl", "ontology/context.jsonld", "ontology/shapes/*.ttl", "queries/**/*.rq", "kg/**/*.py")
"""Files that use terms: a term they name must be defined in the core."""

USE = re.compile(r"\binno:([A-Za-z]\w*)|\bINNO\.([A-Za-z]\w*)|\bINNO\[\"([A-Za-z]\w*)\"\]|https://w3id\.org/innokg/ontology#([A-Za-z]\w*)")


@cache
def core() -> Graph:
    """Return the core ontology."""
    return Graph().parse(ONTOLOGY / "inno.ttl")


def terms() -> list[str]:
    """Return the local names of the terms the core defines."""
    found = {str(s) for kind in TERM_TYPES for s in core().subjects(RDF.type, kind)}
    return sorted(iri.removeprefix(NAMESPACE) for iri in found if iri.startswith(NAMESPACE))


def texts(term: Node, predicate: URIRef) -> dict[str | None, list[str]]:
    """Return the texts of a term by language."""
    found: dict[str | None, list[str]] = {}
    for value in core().objects(term, predicate):
        found.setdefault(value.language if isinstance(value, Literal) else None, []).append(str(value))
    return found


def used(text: str) -> set[str]:
    """Return the local names of our terms that a text names."""
    return {next(filter(None, match.groups())) for match in USE.finditer(text)}


def files() -> Iterator[Path]:
    """Return all files that use terms."""
    for pattern in USERS:
        yield from sorted(ROOT.glob(pattern))


@pytest.mark.parametrize("name", terms())
def test_term_is_explained(name: str) -> None:
    """One label and one definition per language, a sentence each, and the ontology that defines the term."""
    term = URIRef(NAMESPACE + name)
    for predicate in (RDFS.label, SKOS.definition):
        found = texts(term, predicate)
        assert set(found) == {"de", "en"}
        assert all(len(values) == 1 and values[0].strip() == values[0] for values in found.values())
    definitions = texts(term, SKOS.definition)
    assert all(values[0].endswith(".") and values[0].count(". ") == 0 for values in definitions.values())
    assert definitions["de"] != definitions["en"]
    assert set(texts(term, SKOS.example)) in (set(), {"de", "en"})
    assert list(core().objects(term, RDFS.isDefinedBy)) == [URIRef(NAMESPACE.rstrip("#"))]


def test_labels_differ() -> None:
    """No two properties and no two classes share a label in one language."""
    for kinds in ((OWL.Class,), (OWL.ObjectProperty, OWL.DatatypeProperty)):
        for language in ("de", "en"):
            names = Counter(n for kind in kinds for s in core().subjects(RDF.type, kind) for n in texts(s, RDFS.label).get(language, []))
            assert [name for name, count in names.items() if count > 1] == []


def test_no_term_is_defined_twice() -> None:
    """Each term is the subject of one block of the core, and only the core gives it a type."""
    blocks = Counter(re.findall(r"^inno:(\w+)$", (ONTOLOGY / "inno.ttl").read_text(encoding="utf-8"), re.MULTILINE))
    assert blocks == Counter(terms())
    others = [p for p in ONTOLOGY.rglob("*.ttl") if p.name != "inno.ttl"]
    defined = {(p.name, str(s)) for p in others for s in Graph().parse(p).subjects(RDF.type, None) if str(s).startswith(NAMESPACE)}
    assert defined == set()


def test_core_has_only_our_terms() -> None:
    """What the core says of foreign terms is their type, label and comment, never an axiom."""
    foreign = {s for kind in (*TERM_TYPES, OWL.AnnotationProperty, RDFS.Datatype) for s in core().subjects(RDF.type, kind) if isinstance(s, URIRef)}
    said = {p for s in foreign if not s.startswith(NAMESPACE) for p in core().predicates(s)}
    assert said == {RDF.type, RDFS.label, RDFS.comment, RDFS.isDefinedBy}


@pytest.mark.parametrize("path", list(files()), ids=lambda p: str(p.relative_to(ROOT)))
def test_used_terms_are_defined(path: Path) -> None:
    """A file names no term of ours that the core does not define."""
    assert used(path.read_text(encoding="utf-8")) - set(terms()) == set()


def test_use_is_recognised() -> None:
    """All ways to name a term are seen."""
    assert used("?x inno:partOf ?y") == {"partOf"}
    assert used('INNO.site, INNO["role"], "https://w3id.org/innokg/ontology#Place"') == {"site", "role", "Place"}
    assert used('innosh:Thing  "inno": "https://w3id.org/innokg/ontology#"  INNO.__class__') == set()


def test_every_term_is_in_the_context() -> None:
    """The JSON-LD context names every term of the core."""
    assert set(terms()) - used((ONTOLOGY / "context.jsonld").read_text(encoding="utf-8")) == set()
