"""Filters and groups: nothing is lost, nothing counted twice, an unknown rule is an error and no clean bill."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import ValidationError
from kg.namespaces import INNOSH
from kg.validate import Origin, Report, Result, make_report
from kg.validate.baseline import Baseline, compare
from kg.validate.report import TABLE
from kg.validate.select import GROUPS, Filters, class_names, grouped, select
from tests.validate.test_report import RESULT

EVENT = RESULT
CELL = replace(
    RESULT,
    severity="Violation",
    shape=INNOSH["Table-wrong-date"],
    component=TABLE,
    focus="e1",
    path="start",
    origin=(Origin("small/entities.csv", 3),),
)
AWARD = replace(
    RESULT, shape=INNOSH["NamedThingShape-labelEn"], focus="https://example.org/id/award-edition/a1", origin=(Origin("z.csv", 9), Origin("a.csv", 1))
)
BNODE = replace(RESULT, shape=INNOSH["EventShape-endDate"], focus="_:b1", origin=())
REPORT = make_report([EVENT, CELL, AWARD, BNODE], "r")


@pytest.mark.parametrize(
    ("names", "found"),
    [
        ((INNOSH["EventShape-startDate"],), {EVENT}),
        (("innosh:EventShape-startDate",), {EVENT}),
        (("EventShape-startDate",), {EVENT}),
        (("EventShape",), {EVENT, BNODE}),
        (("innosh:EventShape",), {EVENT, BNODE}),
        (("wrong-date",), {CELL}),
        (("Table-wrong-date", "NamedThingShape"), {CELL, AWARD}),
        (("Table",), {CELL}),
        (("wrong-code",), set()),
        ((), {EVENT, CELL, AWARD, BNODE}),
    ],
)
def test_rules_by_name(names: tuple[str, ...], found: set[object]) -> None:
    assert set(select(REPORT, Filters(shapes=names)).results) == found


@pytest.mark.parametrize(
    ("foci", "found"),
    [(("e1",), {EVENT, CELL}), ((RESULT.focus,), {EVENT}), (("a1", "_:b1"), {AWARD, BNODE}), (("nothing",), set())],
)
def test_findings_by_focus(foci: tuple[str, ...], found: set[object]) -> None:
    assert set(select(REPORT, Filters(foci=foci)).results) == found


def test_filters_are_all_met() -> None:
    change = compare(REPORT, Baseline(()))
    view = select(REPORT, Filters(("EventShape",), ("e1",), new_only=True), replace(change, new=frozenset([CELL.id, AWARD.id])))
    assert view.results == ()
    assert view.report == REPORT
    assert view.shown.conforms


@pytest.mark.parametrize("name", ["EventShape-startDat", "wrong-dat", "innosh:Nothing", "", "https://example.org/none"])
def test_an_unknown_rule_is_an_error(name: str) -> None:
    with pytest.raises(ValidationError, match="no rule") as error:
        select(REPORT, Filters(shapes=(name,)))
    assert error.value.where == "--shape"
    if name == "EventShape-startDat":
        assert "EventShape-startDate" in error.value.text("en")


def test_groups() -> None:
    assert [(group.key, group.severity, len(group.results)) for group in grouped(REPORT.results, "file")] == [
        ("", "Warning", 1),
        ("small/entities.csv", "Violation", 2),
        ("z.csv", "Warning", 1),
    ]
    assert [group.key for group in grouped(REPORT.results, "class")] == ["AwardEdition", "Event", "entities.csv"]
    assert next(group.key for group in grouped(REPORT.results)) == "innosh:Table-wrong-date"
    with pytest.raises(ValidationError, match="cannot be grouped by 'colour'"):
        grouped(REPORT.results, "colour")


@given(st.lists(st.tuples(st.sampled_from([EVENT, CELL, AWARD, BNODE]), st.integers(0, 5)), max_size=20), st.sampled_from(GROUPS))
def test_each_finding_stands_in_one_group(items: list[tuple[Result, int]], by: str) -> None:
    report: Report = make_report([replace(item, value=str(number)) for item, number in items], "r")
    found = [result for group in grouped(report.results, by) for result in group.results]
    assert sorted(result.id for result in found) == sorted(result.id for result in report.results)
    assert all(sum(len(results) for _, results in group.by_rule) == len(group.results) for group in grouped(report.results, by))


def test_classes_have_names_in_both_languages() -> None:
    german, english = class_names("de"), class_names("en")
    assert german["Event"] == "Veranstaltung"
    assert english["AwardEdition"]
    assert set(german) == set(english)
