"""All engines on the shapes of this project: over the graph of Dortmund, and over the same graph with faults planted in every property.

The reference takes minutes for a bulk graph, so Dortmund stands for all; how the two scale is a matter of `benchmarks/`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import astuple
from pathlib import Path

import pytest
from rdflib import Graph

from kg.build import Build
from kg.namespaces import RDF, XSD
from kg.quads import Quad, read_parquet
from kg.sources.rdf import read_rdf
from kg.validate import Report, validate
from kg.validate.engines import validate_quads
from kg.validate.shapes import shapes_folder, steady_blank_nodes
from tests.validate.setwise.base import Fact, facts
from tests.validate.setwise.base import validate as validate_graphs

BAD = Path(__file__).resolve().parents[1] / "bad.ttl"


def told(report: Report) -> Counter[tuple[object, ...]]:
    """Return all a report says of each result: texts, labels and rows too."""
    return Counter(tuple(map(str, astuple(result))) for result in report.results)


def test_dortmund(graph: Build) -> None:
    """The same Warnings, in the same words, led back to the same rows."""
    engines = ("setwise", "direct", "reference")
    setwise, direct, reference = (validate(build=graph, engine=engine, lang="de") for engine in engines)
    assert (setwise.engine, direct.engine, reference.engine) == engines
    assert told(setwise) == told(direct) == told(reference)
    assert setwise.results


def planted(quads: list[Quad]) -> list[Quad]:
    """Return quads with faults: of every property, one statement is gone, one has another literal, one leads elsewhere and one is doubled."""
    seen: Counter[str] = Counter()
    result = []
    nodes = sorted({quad.subject for quad in quads})
    for place, quad in enumerate(sorted(quads)):
        seen[quad.predicate] += 1
        turn = seen[quad.predicate] % 40
        elsewhere = nodes[place * 7919 % len(nodes)]
        if turn == 3:
            continue
        if turn == 5 and quad.kind == "literal":  # rdflib takes any text for a year, so it becomes plain text
            quad = quad._replace(object="x", datatype=XSD.string if quad.datatype == XSD.gYear else quad.datatype)
        elif turn == 5 or (turn == 7 and quad.kind != "literal"):
            quad = quad._replace(object=elsewhere, kind="bnode" if elsewhere.startswith("_:") else "iri", datatype="", language="")
        elif turn == 9:
            result.append(quad)
            quad = quad._replace(subject=elsewhere)
        elif turn == 11 and quad.predicate == RDF.type:
            quad = quad._replace(object="https://example.org/Other")
        result.append(quad)
    return result


def test_dortmund_with_planted_faults(graph: Build) -> None:
    """Hundreds of faults and a file that breaks many rules; most shapes of the project report something."""
    rows = [*planted(list(read_parquet(graph.parquet))), *steady_blank_nodes(read_rdf(BAD, "bad.ttl"), "t")]
    setwise, direct, reference = (validate_quads(rows, engine=engine, lang="en") for engine in ("setwise", "direct", "reference"))
    assert told(setwise) == told(direct) == told(reference)
    assert len({result.shape for result in setwise.results}) > 60
    assert len(setwise.results) > 500


def test_shacl_for_shacl() -> None:
    """The shapes of Appendix C over shapes of this project and over broken ones: deep paths, lists, logic in logic."""
    pyshacl = pytest.importorskip("pyshacl")
    rules = Graph().parse(Path(pyshacl.__file__).parent / "assets" / "shacl-shacl.ttl")
    shapes = Graph().parse(shapes_folder() / "campaign.ttl")
    shapes.parse(
        format="turtle",
        data="""@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .
        ex:S a sh:NodeShape ; sh:minCount 1 ; sh:path ex:p ; sh:severity "high" ; sh:in ex:a ; sh:class "C" ; sh:targetClass 5 .
        ex:P a sh:PropertyShape ; sh:datatype ex:a, ex:b ; sh:nodeKind ex:Kind ; sh:closed 1 ; sh:pattern 5 ; sh:deactivated "no" .
        ex:Q sh:targetNode ex:a ; sh:path ( ex:p ) ; sh:or ( "x" 5 ) ; sh:and ex:S ; sh:languageIn ( 5 ) ; sh:maxLength "3" .
        ex:R a sh:PropertyShape ; sh:path [ sh:alternativePath ( ex:p [ sh:inversePath ex:q ] ) ] ; sh:xone ( ex:S ex:P ) .""",
    )
    setwise, direct, reference = (facts(validate_graphs(shapes, rules, engine)) for engine in ("setwise", "direct", "reference"))
    assert bare(setwise) == bare(direct) == bare(reference)
    assert {"ex:S", "ex:P", "ex:Q"} <= {fact.focus for fact in setwise}
    assert not {fact.focus for fact in setwise} & {"ex:R"}
    assert not any("innokg" in fact.focus for fact in setwise)


def bare(found: Counter[Fact]) -> Counter[Fact]:
    """Return facts without messages, which each engine writes its own way."""
    return Counter([fact._replace(messages=()) for fact in found.elements()])
