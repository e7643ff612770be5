"""Formats for machines: SARIF by its published schema, JUnit by a consumer, workflow commands, CSV that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from junitparser import Failure, JUnitXml, Skipped

from kg.validate import FORMATS, Origin, Report, Result, make_report, render, validate
from kg.validate.baseline import Baseline, compare, read_baseline
from kg.validate.format_csv import COLUMNS
from kg.validate.formats import Style
from kg.validate.places import Locator
from kg.validate.report import TABLE
from kg.validate.select import Filters, select
from tests.validate.planted import HOSTILE, hostile_folder
from tests.validate.test_report import RESULT

jsonschema: Any = pytest.importorskip("jsonschema", reason="the schema of SARIF needs pip install 'innovation-kg[dev]'")
SCHEMA = json.loads((Path(__file__).parent / "schemas" / "sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft4Validator(SCHEMA, format_checker=jsonschema.FormatChecker())


def numbered(count: int, **values: Any) -> list[Result]:
    return [
        replace(RESULT, focus=f"https://example.org/id/event/e{n}", focus_label=f"E {n}", origin=(Origin("a.csv", n + 2),), **values)
        for n in range(count)
    ]


@pytest.fixture
def mixed() -> Report:
    """Two Violations, three Warnings, one Info."""
    bad = numbered(2, severity="Violation", shape="https://example.org/shapes#S")
    return make_report([*bad, *numbered(3), *numbered(1, severity="Info", shape="https://example.org/shapes#I")], "reference")


def sarif(report: Any, **style: Any) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(render(report, "sarif", **style))
    errors = [f"{'/'.join(map(str, error.path))}: {error.message}" for error in VALIDATOR.iter_errors(log)]
    assert errors == []
    return log


# --- SARIF ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["de", "en"])
def test_sarif_is_valid(mixed: Report, lang: str) -> None:
    (run,) = sarif(mixed, lang=lang)["runs"]
    assert run["tool"]["driver"]["language"] == lang
    assert [item["level"] for item in run["results"]] == ["error"] * 2 + ["warning"] * 3 + ["note"]
    assert [item["ruleId"] for item in run["results"]] == [run["tool"]["driver"]["rules"][item["ruleIndex"]]["id"] for item in run["results"]]
    event = next(rule for rule in run["tool"]["driver"]["rules"] if rule["id"] == "innosh:EventShape-startDate")
    assert event["fullDescription"]["text"] == {"de": "Eine Veranstaltung hat einen Beginn.", "en": "An event has a start."}[lang]
    assert "startDate" in event["help"]["text"]
    assert {"de": "mindestens ein Wert", "en": "at least one value"}[lang] in event["help"]["text"]
    assert all("baselineState" not in item for item in run["results"])


def test_sarif_of_nothing_and_of_hostile_tables(tmp_path: Path) -> None:
    assert sarif(make_report([], "reference"))["runs"][0]["results"] == []
    log = sarif(validate([hostile_folder(tmp_path / 'a b"c%')]), style=Style(locator=Locator(tmp_path)))
    uris = {item["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for item in log["runs"][0]["results"]}
    assert uris == {"a%20b%22c%25/entities.csv", "a%20b%22c%25/sources.csv"}


def test_sarif_outside_the_repository_names_the_whole_path(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("x\n1\n")
    log = sarif(
        make_report([replace(RESULT, origin=(Origin(str(file), 0), Origin(str(file), 2)))], "r"), style=Style(locator=Locator(tmp_path / "other"))
    )
    (item,) = log["runs"][0]["results"]
    assert item["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": f"file://{file}"}
    assert "region" in item["relatedLocations"][0]["physicalLocation"], "places are in order: the file as a whole first"
    assert "region" not in item["locations"][0]["physicalLocation"]


def test_sarif_against_a_baseline(mixed: Report, tmp_path: Path) -> None:
    old = make_report([*mixed.results[1:], replace(RESULT, focus="https://example.org/gone")], "reference")
    for name in ("json", "sarif"):
        file = tmp_path / f"old.{name}"
        file.write_text(render(old, name), encoding="utf-8")
        change = compare(mixed, read_baseline(file))
        log = sarif(select(mixed, comparison=change))
        states = [item["baselineState"] for item in log["runs"][0]["results"]]
        assert states == ["new"] + ["unchanged"] * 5 + ["absent"]
        assert log["runs"][0]["properties"]["baseline"]["known"] == 5
        again = tmp_path / "again.sarif"
        again.write_text(json.dumps(log), encoding="utf-8")
        assert len(read_baseline(again).findings) == 6, "what was absent then is no part of the baseline"


# --- JUnit ---------------------------------------------------------------------------------------------------------------


def test_junit_is_read_by_a_consumer(mixed: Report) -> None:
    xml: Any = JUnitXml.fromstring(render(mixed, "junit", style=Style(fail_on="warning")).encode())
    assert (xml.tests, xml.failures, xml.skipped, xml.errors) == (6, 5, 1, 0)
    suites: list[Any] = list(xml)
    assert [(suite.tests, suite.failures, suite.skipped) for suite in suites] == [(2, 2, 0), (3, 3, 0), (1, 0, 1)]
    assert [{type(result) for case in suite for result in case.result} for suite in suites] == [{Failure}, {Failure}, {Skipped}]
    properties = {item.name: item.value for item in suites[0].properties()}
    assert properties["Violation"] == properties["total.Violation"] == "2"
    assert properties["total.findings"] == "6"
    assert "An event has a start. [innosh:EventShape-startDate]" in suites[1].name
    again: Any = JUnitXml.fromstring(render(mixed, "junit", style=Style(fail_on="warning")).encode())
    again.update_statistics()
    assert (again.tests, again.failures, again.skipped) == (6, 5, 1), "the numbers are those of the cases"


@pytest.mark.parametrize(("fail_on", "failures"), [("violation", 2), ("warning", 5), ("info", 6), ("never", 0)])
def test_junit_fails_from_the_threshold_on(mixed: Report, fail_on: str, failures: int) -> None:
    assert JUnitXml.fromstring(render(mixed, "junit", style=Style(fail_on=fail_on)).encode()).failures == failures


def test_junit_holds_no_character_that_xml_forbids(tmp_path: Path) -> None:
    report = validate([hostile_folder(tmp_path / "hostile")])
    odd = make_report([*report.results, replace(RESULT, found="\x00\x0b\ufffe\ud800]]>", focus_label="\x1f<a>&\"'")], "r")
    root = ElementTree.fromstring(render(odd, "junit"))
    assert len(root.findall(".//testcase")) == len(odd.results)


def test_junit_of_nothing_is_one_passed_case() -> None:
    xml = JUnitXml.fromstring(render(make_report([], "r"), "junit").encode())
    assert (xml.tests, xml.failures) == (1, 0)


# --- GitHub --------------------------------------------------------------------------------------------------------------


def test_commands_are_escaped_and_worst_first() -> None:
    nasty = replace(RESULT, severity="Violation", focus_label="50 %: a,b\nc", origin=(Origin("a,b:c%.csv", 3),), component=TABLE, found=HOSTILE)
    lines = render(make_report([RESULT, nasty], "r"), "github").splitlines()
    assert lines[0].startswith(
        "::error file=a%2Cb%3Ac%25.csv,line=3,title=An event has a start. [innosh%3AEventShape-startDate]::50 %25: a,b c (a,b:c%25.csv:3): "
    )
    assert "%250A" in lines[0], "a percent sign of data cannot become a line break"
    assert lines[1].startswith("::warning file=small/entities.csv,line=14,")
    assert [line for line in lines if line.startswith("::")] == lines[:2]
    assert lines[-1] == "1 Violation, 1 Warning, 0 Infos in 1 rule. The rules are not met."


def test_commands_say_how_many_github_will_not_show() -> None:
    report = make_report([*numbered(12), *numbered(2, severity="Violation", shape="https://example.org/s")], "r")
    lines = render(report, "github").splitlines()
    assert sum(line.startswith("::") for line in lines) == 14
    assert "GitHub shows at most 10 annotations of each kind per step; here stand 14." in lines
    assert lines[-1].startswith("2 Violations, 12 Warnings")
    cut = render(report, "github", limit=3).splitlines()
    assert sum(line.startswith("::") for line in cut) == 5
    assert "innosh:EventShape-startDate: … and 9 more: use --limit-per-rule 0" in cut
    assert cut[-1] == lines[-1]


def test_new_findings_come_first_among_equals(mixed: Report) -> None:
    change = compare(mixed, Baseline(()))
    view = select(mixed, comparison=replace(change, new=frozenset([mixed.results[4].id]), known=frozenset()))
    warnings = [line for line in render(view, "github").splitlines() if line.startswith("::warning")]
    assert mixed.results[4].id in warnings[0]
    assert "[new]" in warnings[0]


# --- CSV -----------------------------------------------------------------------------------------------------------------


def test_csv_has_fixed_columns_and_one_line_per_finding(mixed: Report) -> None:
    text = render(mixed, "csv")
    assert text.splitlines()[0] == ",".join(COLUMNS)
    assert len(text.splitlines()) == 7
    assert render(mixed, "csv", style=Style(bom=True)) == "\ufeff" + text
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert rows[0]["selection"] == "6 of 6"
    assert (rows[0]["file"], rows[0]["row"], rows[0]["places"]) == ("a.csv", "2", "a.csv:2")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n=", "\ufeff=", " ="])
def test_no_cell_becomes_a_formula(start: str) -> None:
    names: dict[str, Any] = dict.fromkeys(("focus", "focus_label", "path", "value", "expected", "found"), f"{start}1+1")
    result = replace(RESULT, component=TABLE, message={"de": f"{start}1", "en": f"{start}1"}, origin=(Origin(f"{start}x.csv", 2),), **names)
    text = render(make_report([result], "r"), "csv")
    for cell in next(iter(csv.reader(io.StringIO(text.split("\r\n", 1)[1], newline="")))):
        assert not cell.strip(" \ufeff").startswith(("=", "+", "-", "@", "\t", "\r")), cell
    assert len(text.splitlines()) == 2


# --- all -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    ("lang", "shown", "since"),
    [("en", "1 of 6 findings shown", "0 new, 6 known, 0 fixed"), ("de", "1 von 6 Befunden gezeigt", "0 neu, 6 bekannt, 0 behoben")],
)
def test_a_filter_is_said_in_every_format(mixed: Report, tmp_path: Path, name: str, lang: str, shown: str, since: str) -> None:
    file = tmp_path / "base.json"
    file.write_text(render(mixed, "json"))
    view = select(mixed, Filters(shapes=("https://example.org/shapes#I",)), compare(mixed, read_baseline(file)))
    text = render(view, name, lang=lang)
    if name == "json":
        data = json.loads(text)
        assert (data["shown"]["findings"], data["shown"]["of"], data["counts"]["severity"]["Warning"]) == (1, 6, 3)
        assert (data["baseline"]["new"], data["baseline"]["known"], len(data["results"])) == ([], 6, 1)
    elif name == "csv":
        assert next(csv.DictReader(io.StringIO(text, newline="")))["selection"].startswith({"en": "1 of 6: rule", "de": "1 von 6: Regel"}[lang])
    else:
        assert shown in text
        assert since in text
        assert {"en": "2 Violations, 3 Warnings, 1 Info", "de": "2 Verstöße, 3 Warnungen, 1 Hinweis"}[lang] in text
