"""The report: keys of contracts 6, order, identity, exit codes, and both exchange forms."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import RDF, Graph, Namespace

from kg.errors import ValidationError
from kg.namespaces import INNOSH, SH, XSD
from kg.quads import Term, term_text
from kg.validate import SEVERITIES, Origin, Report, Result, exit_code, from_json, make_report, to_json, to_turtle
from kg.validate.report import TABLE, parse_literal, parse_path, path_text, readable_term

RESULT = Result(
    severity="Warning",
    shape=INNOSH["EventShape-startDate"],
    component=SH.MinCountConstraintComponent,
    focus="https://example.org/id/event/e1",
    focus_label="E 1",
    path="https://schema.org/startDate",
    value="",
    message={"de": "Kein Beginn.", "en": "No start."},
    expected="at least one value",
    found="none",
    origin=(Origin("small/entities.csv", 14),),
)


def report(*results: Result) -> Report:
    return make_report(results, "reference")


def test_json_has_exactly_the_keys_of_the_contract() -> None:
    data = json.loads(to_json(report(RESULT)))
    assert list(data) == ["conforms", "engine", "counts", "results"]
    assert list(data["counts"]) == ["severity", "rule"]
    assert data["counts"] == {"severity": {"Violation": 0, "Warning": 1, "Info": 0}, "rule": {RESULT.shape: 1}}
    (result,) = data["results"]
    assert list(result) == [
        *("id", "severity", "shape", "component", "focus", "focus_label", "path", "value"),
        *("message", "expected", "found", "origin"),
    ]
    assert result["message"] == {"de": "Kein Beginn.", "en": "No start."}
    assert result["origin"] == [{"file": "small/entities.csv", "row": 14}]


def test_conforms_decides_on_severities() -> None:
    assert report().conforms
    assert report(RESULT, replace(RESULT, severity="Info")).conforms
    assert not report(replace(RESULT, severity="Violation")).conforms


@pytest.mark.parametrize(
    ("severity", "codes"),
    [
        ("Violation", {"violation": 1, "warning": 1, "info": 1, "never": 0}),
        ("Warning", {"violation": 0, "warning": 1, "info": 1, "never": 0}),
        ("Info", {"violation": 0, "warning": 0, "info": 1, "never": 0}),
    ],
)
def test_exit_code(severity: str, codes: dict[str, int]) -> None:
    assert {name: exit_code(report(replace(RESULT, severity=severity)), name) for name in codes} == codes


def test_an_unknown_threshold_is_an_error() -> None:
    with pytest.raises(ValidationError, match="no threshold 'error'"):
        exit_code(report(), "error")


def test_the_identity_is_a_hash_of_five_fields() -> None:
    assert RESULT.id == "4b33d0b65f108bf4"  # pinned: baselines stand on it
    same = replace(RESULT, severity="Info", focus_label="x", message={}, expected="", found="", origin=())
    assert same.id == RESULT.id
    others = [
        *(replace(RESULT, shape="other"), replace(RESULT, component="other"), replace(RESULT, focus="other")),
        *(replace(RESULT, path="other"), replace(RESULT, value="other")),
    ]
    assert len({RESULT.id, *(other.id for other in others)}) == 6


def test_one_identity_once_with_all_origins() -> None:
    other = replace(RESULT, origin=(Origin("small/relations.csv", 3),))
    (result,) = report(other, RESULT).results
    assert result.origin == (Origin("small/entities.csv", 14), Origin("small/relations.csv", 3))


def test_equal_faults_in_several_rows_are_counted_one_by_one() -> None:
    cells = [replace(RESULT, component=TABLE, severity="Violation", origin=(Origin("a.csv", row),)) for row in (2, 3, 4)]
    made = report(*cells)
    assert made.severities["Violation"] == 3
    assert len({result.id for result in made.results}) == 3
    assert made == report(*reversed(cells))
    assert from_json(to_json(made)) == made


def test_the_order_is_fixed() -> None:
    results = [
        replace(RESULT, severity=severity, shape=shape, focus=focus, value=value)
        for severity in SEVERITIES
        for shape in ("s:1", "s:2")
        for focus in ("f:1", "f:2")
        for value in ("", '"a"', '"b"')
    ]
    results = [replace(result, path=f"{result.path}{result.severity}") for result in results]
    shuffled = list(results)
    random.Random(1).shuffle(shuffled)
    assert list(report(*shuffled).results) == results


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
literals = st.builds(
    lambda value, kind: term_text(Term(value, "literal", *kind)),
    text,
    st.sampled_from([(XSD.string, ""), (XSD.gYear, ""), ("", "de"), ("", "en-gb")]),
)
terms = st.one_of(literals, st.sampled_from(["_:f1b2", "https://example.org/a", "https://example.org/ä?q=1#x", ""]))
paths = st.recursive(
    st.sampled_from(["https://schema.org/startDate", "http://e/b"]).map(lambda iri: ("iri", iri)),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from("^*+?"), inner),
        st.tuples(st.sampled_from("/|"), inner, inner),
    ),
    max_leaves=5,
)


@given(st.lists(st.tuples(terms, terms, paths, text, text, st.sampled_from(SEVERITIES)), max_size=5))
def test_json_round_trip(items: list[tuple[str, str, tuple[object, ...], str, str, str]]) -> None:
    results = [
        replace(RESULT, focus=focus or "http://e/x", value=value, path=path_text(path), focus_label=label, found=found, severity=severity)
        for focus, value, path, label, found, severity in items
    ]
    made = report(*results)
    assert from_json(to_json(made)) == made


SHACL = Namespace(SH[""])


@given(st.lists(st.tuples(terms, literals, paths, text), max_size=4))
def test_turtle_parses_and_says_the_same(items: list[tuple[str, str, tuple[object, ...], str]]) -> None:
    results = [
        replace(RESULT, focus=focus or "http://e/x", value=value, path=path_text(path), message={"de": words, "en": "x"})
        for focus, value, path, words in items
    ]
    made = report(*results, replace(RESULT, component=TABLE, focus="row 1", path="lat °", value='9"5\n'))
    graph = Graph().parse(data=to_turtle(made), format="turtle")
    (node,) = graph.subjects(RDF.type, SHACL.ValidationReport)
    assert len(list(graph.objects(node, SHACL.result))) == len(made.results)
    assert str(graph.value(node, SHACL.conforms)) == "false"
    focuses = sorted(str(graph.value(result, SHACL.focusNode)) for result in graph.objects(node, SHACL.result) if result)
    plain = [parse_literal(r.focus).value if r.focus.startswith('"') else r.focus for r in made.results]
    assert [f for f in focuses if not f.startswith(("n", "f1"))] == sorted(f for f in plain if not f.startswith(("_:", "n", "f1")))


def test_an_empty_report_conforms_in_turtle() -> None:
    graph = Graph().parse(data=to_turtle(report()), format="turtle")
    assert [str(value) for value in graph.objects(None, SHACL.conforms)] == ["true"]


@given(paths)
def test_paths_round_trip(path: tuple[object, ...]) -> None:
    written = path_text(path)
    assert path_text(parse_path(written)) == written


@given(literals)
def test_literals_round_trip(written: str) -> None:
    assert term_text(parse_literal(written)) == written


def test_readable_terms() -> None:
    assert readable_term('"Bonn"@de') == "Bonn (@de)"
    assert readable_term("https://schema.org/startDate") == "schema:startDate"
    with pytest.raises(ValueError, match="not a literal"):
        parse_literal('"open')
