"""The examples are real: every statement stands in the shipped graph; every snippet is Turtle that says it."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.build import Build
from kg.store import open_store
from kg.terms import terms
from kg.terms.examples import FILE, prologue

INVERSE = {"hasPart": "partOf", "involvement": "inInitiative", "fundedThrough": "funds", "containsPlace": "withinPlace"}
WITHOUT = {"NamedThing", "Initiative", "edtf", "samplingPopulation"}
"""Abstract classes, a property that the shipped graph does not use, and one whose text would fill a page."""


@pytest.fixture(scope="module")
def written() -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(FILE.read_bytes(), format=ox.RdfFormat.TURTLE)]


def test_every_example_stands_in_the_shipped_graph(both: Build, written: list[ox.Triple]) -> None:
    store = open_store(both.store)
    missing = []
    try:
        for one in written:
            name = one.predicate.value.rpartition("#")[2]
            subject, predicate, value = one.subject, one.predicate, one.object
            if name in INVERSE:
                assert isinstance(one.object, ox.NamedNode)
                subject, predicate, value = one.object, ox.NamedNode(predicate.value.replace(name, INVERSE[name])), one.subject
            if store.query(f"ASK {{ {subject} {predicate} {value} }}") is not True:
                missing.append(str(one))
    finally:
        store.close()
    assert not missing, "\n".join(missing)


def test_snippets_are_turtle_of_the_examples(written: list[ox.Triple]) -> None:
    found = {term.name: term for term in terms().terms}
    assert {name for name, term in found.items() if not term.snippet} == WITHOUT
    for term in found.values():
        if term.snippet:
            read = [quad.triple for quad in ox.parse(prologue() + term.snippet, format=ox.RdfFormat.TURTLE)]
            assert read, term.name
            assert set(read) <= set(written)
            assert any(term.iri in (one.predicate.value, getattr(one.object, "value", "")) for one in read)


def test_the_search_for_an_invented_statement_fails(both: Build) -> None:
    store = open_store(both.store)
    try:
        assert store.query("ASK { <https://w3id.org/innokg/id/project/t-factor> inno:declaredSize 24 }") is False
    finally:
        store.close()
