"""Formats: grouped for people, one line each, JSON and Turtle; counts complete whatever is listed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from kg.errors import ValidationError
from kg.validate import FORMATS, Origin, Report, make_report, render, validate
from kg.validate.formats import plain
from kg.validate.report import TABLE
from tests.validate.base import small_folder, spoil
from tests.validate.test_report import RESULT


@pytest.fixture
def many() -> Report:
    results = [replace(RESULT, focus=f"https://example.org/id/event/e{n}", focus_label=f"E {n}", origin=(Origin("a.csv", n + 1),)) for n in range(42)]
    return make_report([*results, replace(RESULT, shape="https://example.org/s", severity="Violation")], "reference")


def test_human_lists_some_and_counts_all(many: Report) -> None:
    text = render(many, "human")
    assert "… and 39 more: use --limit-per-rule 0" in text, "three Warnings are listed"
    assert "42 results" in text
    assert text.splitlines()[-1] == "1 Violation, 42 Warnings, 0 Infos in 2 rules. The rules are not met."
    assert len([line for line in text.splitlines() if line.startswith("    a.csv:")]) == 3
    assert "… and 37 more" in render(many, "human", limit=5)
    everything = render(many, "human", limit=0)
    assert "more:" not in everything
    assert len([line for line in everything.splitlines() if line.startswith("    a.csv:")]) == 42


def test_human_says_rule_place_name_expected_and_found(many: Report) -> None:
    lines = render(many, "human").splitlines()
    assert "Warning: An event has a start. [innosh:EventShape-startDate] · 42 results" in lines
    assert "  No start." in lines
    assert "    a.csv:1  E 0 – schema:startDate expected: at least one value; found: none" in lines


def test_human_in_german(many: Report) -> None:
    text = render(many, "human", lang="de")
    assert "Warnung: Eine Veranstaltung hat einen Beginn. [innosh:EventShape-startDate] · 42 Ergebnisse" in text
    assert "  Kein Beginn." in text
    assert text.endswith("1 Verstoß, 42 Warnungen, 0 Hinweise in 2 Regeln. Die Regeln sind nicht erfüllt.\n")


def test_violations_come_first(many: Report) -> None:
    text = render(many, "human")
    assert text.index("Violation") < text.index("Warning:")


def test_colours_only_when_asked(many: Report) -> None:
    assert "\x1b[" not in render(many, "human")
    assert "\x1b[" in render(many, "human", color=True)
    assert "\x1b[" in render(many, "table", color=True)


def test_table_is_one_line_per_result(many: Report) -> None:
    lines = render(many, "table").splitlines()
    assert len(lines) == 43
    assert lines[1].startswith("Warning")
    assert "innosh:EventShape-startDate" in lines[1]
    assert lines[1].endswith("No start.")
    assert render(make_report([], "reference"), "table") == ""


def test_an_empty_report() -> None:
    assert render(make_report([], "reference")) == "0 Violations, 0 Warnings, 0 Infos in 0 rules. No violations.\n"


def test_machine_formats_know_no_limit(many: Report) -> None:
    assert len(json.loads(render(many, "json", limit=1))["results"]) == 43
    assert render(many, "turtle", limit=1).count("sh:ValidationResult") == 43


def test_a_cell_cannot_move_the_cursor() -> None:
    nasty = replace(RESULT, focus_label="a\x1b[2Jb\r\nc\u202e", component=TABLE, found="x\x07\x00", origin=(Origin("f\x1b.csv", 2),))
    for name in ("human", "table"):
        text = render(make_report([nasty], "reference"), name)
        assert not set(text) & set("\x1b\r\x07\x00\u202e")
        assert len(text.splitlines()) <= 6


def test_long_texts_are_cut() -> None:
    assert len(plain("x" * 10_000)) == 301


def test_unknown_format() -> None:
    with pytest.raises(ValidationError, match="no format 'xml'"):
        render(make_report([], "reference"), "xml")


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("lang", ["de", "en"])
def test_every_format_ends_with_a_line_end(tmp_path: Path, name: str, lang: str) -> None:
    folder = small_folder(tmp_path / "small")
    spoil(folder, "entities", 4, lat="95")
    text = render(validate([folder], lang=lang), name, lang=lang)
    assert text.endswith("\n")
    assert "{" not in text or name in ("json", "sarif", "html")


def test_a_table_finding_names_cell_and_remedy(tmp_path: Path) -> None:
    folder = small_folder(tmp_path / "small")
    spoil(folder, "entities", 4, lat="95")
    text = render(validate([folder]), "human")
    assert f"{folder}/entities.csv:4  stadt" in text
    assert "lat: 95" in text
    assert "-90 to 90 are allowed" in text
