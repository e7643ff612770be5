"""The cases worked out by hand, on the set-oriented engine and, as a check of the expectations themselves, on pySHACL.

Where the two parts disagree the case says why (part `pyshacl`); `docs/decisions/0006-shacl.md` lists the same cases, and a test holds both lists equal.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from rdflib import RDF, XSD, Graph, Literal, URIRef

from kg.errors import ShapesError
from tests.validate.setwise.base import CASES, SH, Case, Fact, expected, facts, outcome, outcomes, read_cases, read_graph, run, spoken, validate

ALL = read_cases()
BY_NAME = {case.name: case for case in ALL}
FILES = sorted(path.stem for path in CASES.glob("*.txt"))
DECISION = Path(__file__).resolve().parents[3] / "docs" / "decisions" / "0006-shacl.md"
ONCE = (SH.focusNode, SH.resultSeverity, SH.sourceConstraintComponent, SH.sourceShape)
AT_MOST_ONCE = (SH.resultPath, SH.value, SH.sourceConstraint)


@cache
def together(file: str, engine: str) -> tuple[Graph, dict[str, Counter[Fact]]]:
    """Return report and facts of the cases of a file, validated together; for pySHACL without those it departs on."""
    return outcomes([case for case in ALL if case.name.startswith(f"{file}/") and not _single(case, engine)], engine)


def _single(case: Case, engine: str) -> bool:
    return case.alone or (engine == "reference" and bool(case.departs))


def said(case: Case, engine: str) -> Counter[Fact] | None:
    """Return what an engine says of a case, `None` for a refusal."""
    return outcome(case, engine) if _single(case, engine) else together(case.name.partition("/")[0], engine)[1][case.name]


@pytest.mark.parametrize("name", BY_NAME)
def test_setwise_says_what_the_recommendation_says(name: str) -> None:
    case = BY_NAME[name]
    found = said(case, "setwise")
    if case.limit:
        assert found != expected(case), f"gone: {case.limit}"
    else:
        assert found == expected(case), case.section


@pytest.mark.parametrize("name", BY_NAME)
def test_direct_says_what_the_recommendation_says(name: str) -> None:
    """The same cases node by node; shapes with queries as constraints are left to the other engines, and only they."""
    case = BY_NAME[name]
    refusal, found = "", None
    try:
        found = spoken(facts(run(case, "direct")), case)
    except ShapesError as error:
        refusal = error.what.en
    if "constraint that is a query" in refusal or "finds literals" in refusal:
        assert name.startswith(("sparql-", "pre-binding/")), "what needs no query is evaluated"
    else:
        assert (found != expected(case)) == bool(case.limit), case.section


@pytest.mark.parametrize("name", BY_NAME)
def test_pyshacl_says_the_same_or_the_case_says_why_not(name: str) -> None:
    """A departure that is gone has to go from the list."""
    case = BY_NAME[name]
    found = said(case, "reference")
    if case.departs:
        assert found != expected(case), f"gone: {case.departs}"
    else:
        assert found == expected(case), case.section


def test_the_departures_of_pyshacl_are_those_of_the_decision() -> None:
    """The table in the decision names each case that departs, with its section."""
    rows = re.findall(r"^\| `([\w/-]+)` \| ([^|]+?) \| ([^|]+?) \|$", DECISION.read_text(encoding="utf-8"), flags=re.MULTILINE)
    mine = [(case.name, case.section, case.limit) for case in ALL if case.limit]
    assert rows == [*mine, *((case.name, case.section, case.departs) for case in ALL if case.departs)]


def test_dates_and_years_are_held_against_their_datatype() -> None:
    """`supported by SPARQL 1.1` (4.1.2) is read as the least: any text of a datatype of XSD that is none of its lexical forms is ill-typed."""
    data = read_graph('ex:a ex:p "x"^^xsd:gYear, "2020"^^xsd:gYear ; ex:q "2020-13-01"^^xsd:date, "2020-12-01"^^xsd:date .')
    shapes = read_graph(
        "ex:S sh:targetNode ex:a ; sh:path ex:p ; sh:datatype xsd:gYear . ex:T sh:targetNode ex:a ; sh:path ex:q ; sh:datatype xsd:date ."
    )
    assert {fact.value for fact in facts(validate(data, shapes, "setwise"))} == {'"x"^^xsd:gYear', '"2020-13-01"^^xsd:date'}


def test_a_query_for_more_focus_nodes_than_one_run_takes() -> None:
    """Every focus node gets its own results, whichever run of the query it is in."""
    data = read_graph("".join(f"ex:n{number} a ex:C ; ex:p {number} . _:b{number} a ex:C ; ex:p {number} ." for number in range(700)))
    shapes = read_graph("""ex:S sh:targetClass ex:C ; sh:sparql [ sh:select
        "SELECT $this ?value WHERE { $this <http://example.org/p> ?value . FILTER (?value / 100 = FLOOR(?value / 100)) }" ] .""")
    found = facts(validate(data, shapes, "setwise"))
    assert sorted(fact.focus for fact in found) == sorted(f"{kind}{number}" for kind in ("ex:n", "_:b") for number in range(0, 700, 100))


# --- the form of a report ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", FILES)
def test_reports_have_the_form_of_the_recommendation(file: str) -> None:
    """Source: SHACL, section 3.6."""
    report, found = together(file, "setwise")
    assert found[""] == Counter(), "results that belong to no case"
    (root,) = report.subjects(RDF.type, SH.ValidationReport)
    results = list(report.objects(root, SH.result))
    assert list(report.objects(root, SH.conforms)) == [Literal(not results)]
    assert len(set(results)) == len(results) == sum(map(len, map(list, (counter.elements() for counter in found.values()))))
    for result in results:
        assert (result, RDF.type, SH.ValidationResult) in report
        assert {len(list(report.objects(result, predicate))) for predicate in ONCE} == {1}
        assert all(len(list(report.objects(result, predicate))) <= 1 for predicate in AT_MOST_ONCE)
        assert isinstance(report.value(result, SH.resultSeverity), URIRef)
        known = {RDF.type, SH.resultMessage, SH.detail, *ONCE, *AT_MOST_ONCE}
        assert set(report.predicates(result)) <= known
        if report.value(result, SH.sourceConstraint) is not None:
            assert report.value(result, SH.sourceConstraintComponent) == SH.SPARQLConstraintComponent


@pytest.mark.parametrize(("turtle", "conforms"), [("ex:a ex:p 1 .", False), ("ex:b ex:p 1 .", True)])
def test_conforms(turtle: str, conforms: bool) -> None:
    """False with any result, whatever its severity (3.6.1.1)."""
    shapes = read_graph("ex:S sh:targetNode ex:a ; sh:path ex:p ; sh:maxCount 0 ; sh:severity sh:Info .")
    report = validate(read_graph(turtle), shapes, "setwise")
    (root,) = report.subjects(RDF.type, SH.ValidationReport)
    (value,) = report.objects(root, SH.conforms)
    assert value == Literal("true" if conforms else "false", datatype=XSD.boolean)
    assert len(list(report.subjects(RDF.type, SH.ValidationReport))) == 1


def test_graphs_are_not_changed() -> None:
    """Both graphs stay as they are (3.4)."""
    case = BY_NAME["targets/implicit-class"]
    data, shapes = read_graph(case.data), read_graph(case.shapes)
    before = set(data), set(shapes)
    validate(data, shapes, "setwise")
    assert (set(data), set(shapes)) == before


def test_a_sparql_constraint_is_named() -> None:
    """`sh:sourceConstraint` is the value of `sh:sparql` (5.3.2), a blank node by its identity."""
    shapes = read_graph('ex:S sh:targetNode ex:a ; sh:sparql _:q . _:q sh:select "SELECT $this WHERE { $this ?p ?o }" .')
    report = validate(read_graph("ex:a ex:p 1 ."), shapes, "setwise")
    assert list(report.objects(None, SH.sourceConstraint)) == list(shapes.objects(None, SH.sparql))


def test_variables_in_messages_are_replaced() -> None:
    """Blocks of result variables, `$this` and parameters become text; how terms are written is up to the processor (5.3.2, 6.2.2)."""
    shapes = read_graph("""
        ex:S sh:targetNode ex:a ; sh:sparql [ sh:message "{$this} has {?value}, not {?limit} {?unknown}"@en ;
          sh:select "SELECT $this ?value (3 AS ?limit) WHERE { $this <http://example.org/p> ?value }" ] ; ex:least 7 .
        ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:least ] ; sh:nodeValidator [ a sh:SPARQLSelectValidator ;
          sh:message "{?value} is below {$least}" ; sh:select "SELECT $this ?value WHERE { $this <http://example.org/p> ?value }" ] .""")
    report = validate(read_graph("ex:a ex:p 5 ."), shapes, "setwise")
    first, second = sorted(report.objects(None, SH.resultMessage), key=lambda text: str(text).startswith("5"))
    assert isinstance(first, Literal)
    assert first.language == "en"
    assert str(first).startswith("http://example.org/a has 5, not 3 ") or str(first).startswith("<http://example.org/a> has 5, not 3 ")
    assert str(second) == "5 is below 7"


def test_each_case_stands_for_itself() -> None:
    """A result of one case cannot be hidden by another: names of cases are apart, also of blank nodes."""
    one, two = BY_NAME["value-type/class"], BY_NAME["value-type/class-of-focus"]
    _, found = outcomes([one, two], "reference")
    assert found[one.name] == expected(one)
    assert found[two.name] == expected(two)
    assert facts(validate(read_graph(one.data), read_graph(one.shapes), "reference")).total() == found[one.name].total()
