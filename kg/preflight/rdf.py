"""A preflight as RDF."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from kg.namespaces import BASE, DCAT, DCTERMS, OA, PREFIXES, RDF, SH
from kg.preflight import Flight

DQV = "http://www.w3.org/ns/dqv#"
RULES = f"{BASE}preflight/rules#"
"""Namespace of the rules that are no shapes."""


def turtle(flight: Flight) -> str:
    """Return the report in Turtle; the same report gives the same bytes."""
    import pyoxigraph as ox

    prefixes = {name: PREFIXES[name] for name in ("dcat", "dcterms", "oa", "sh")} | {"dqv": DQV, "rule": RULES}
    written = ox.serialize((ox.Triple(*triple) for triple in _triples(flight)), format=ox.RdfFormat.TURTLE, prefixes=prefixes)
    return (written or b"").decode()


def _triples(flight: Flight) -> Iterator[tuple[Any, Any, Any]]:
    import pyoxigraph as ox

    node = ox.NamedNode
    root = f"{flight.base or BASE}preflight/{quote(flight.version or 'publish', safe='')}"
    report, dataset = node(root), flight.dataset or flight.base or BASE
    kind = node(RDF.type)
    yield report, kind, node(SH.ValidationReport)
    yield report, kind, node(f"{DQV}QualityMetadata")
    yield report, node(DCTERMS.subject), node(dataset)
    yield report, node(SH.conforms), ox.Literal(not flight.cards)
    if flight.version:
        yield report, node(DCAT.version), ox.Literal(flight.version)
    listed = [
        (card, place, node(f"{root}#result-{number}"))
        for number, (card, place) in enumerate(((card, place) for card in flight.cards for place in card.places), 1)
    ]
    for _, _, result in listed:
        yield report, node(SH.result), result
    for card, place, result in listed:
        yield result, kind, node(SH.ValidationResult)
        yield result, kind, node(f"{DQV}QualityAnnotation")
        yield result, node(OA.motivatedBy), node(f"{DQV}qualityAssessment")
        yield result, node(OA.hasTarget), node(dataset)
        yield result, node(SH.resultSeverity), node(SH[card.severity])
        focus = _node(place.subject, f"{root}/{quote(place.file)}")
        yield result, node(SH.focusNode), focus
        if (path := _node(place.property, "")) is not None:
            yield result, node(SH.resultPath), path
        if place.found:
            yield result, node(SH.value), ox.Literal(place.found)
        yield result, node(SH.sourceConstraintComponent), node(card.component or f"{RULES}{quote(card.rule, safe='')}")
        if (shape := _node(card.shape, "")) is not None:
            yield result, node(SH.sourceShape), shape
        yield result, node(SH.resultMessage), ox.Literal(card.what.en, language="en")
        yield result, node(SH.resultMessage), ox.Literal(card.what.de, language="de")
        yield result, node(DCTERMS.source), ox.Literal(f"{place.file}:{place.line}" if place.line else place.file)
        for name in card.profiles:
            yield result, node(DCTERMS.audience), ox.Literal(name)


def _node(value: str, otherwise: str) -> Any:
    """Return a term as a node; one that is no IRI as the other, or nothing."""
    import pyoxigraph as ox

    for one in (value, otherwise):
        if one.startswith("_:"):
            try:
                return ox.BlankNode(one[2:])
            except ValueError:
                continue
        if ":" in one and not any(char in one for char in ' <>"{}|\\^`\n\t'):
            try:
                return ox.NamedNode(one)
            except ValueError:
                continue
    return None
