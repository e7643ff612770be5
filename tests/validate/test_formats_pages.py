"""Formats for people: grouping, limits that are said, Markdown that a code host can show, a page that is accessible and asks nobody."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt

from kg.namespaces import INNOSH
from kg.validate import Origin, Report, make_report, render, validate
from kg.validate.baseline import Baseline, Comparison, Known, compare, read_baseline
from kg.validate.format_markdown import MAX_BYTES, escape
from kg.validate.format_words import WORDS
from kg.validate.formats import Style
from kg.validate.report import TABLE
from kg.validate.select import Filters, select
from tests.portal.browser import NARROW, WIDE, axe_source, chromium, violations
from tests.validate.planted import HOSTILE, hostile_folder
from tests.validate.test_formats_machine import numbered
from tests.validate.test_report import RESULT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["chromium"]


@pytest.fixture
def many() -> Report:
    """Forty Warnings in two files, a Violation of a cell, and one without a place."""
    warnings = [replace(result, origin=(Origin(f"{'ab'[n % 2]}.csv", n + 2),)) for n, result in enumerate(numbered(40))]
    cell = replace(
        RESULT,
        severity="Violation",
        shape=INNOSH["Table-wrong-date"],
        component=TABLE,
        focus="e1",
        path="start",
        found="gestern",
        origin=(Origin("b.csv", 7),),
    )
    return make_report([*warnings, cell, replace(RESULT, focus="https://example.org/x", origin=())], "reference")


def test_all_words_are_in_both_languages() -> None:
    for key, (de, en) in WORDS.items():
        assert de, key
        assert en, key
        assert de != en or key == "Warnings", key
        assert de.count("{}") == en.count("{}"), key


def test_human_by_file(many: Report) -> None:
    lines = render(many, "human", style=Style(group_by="file")).splitlines()
    assert [line for line in lines if re.match(r"\S.* · ", line)] == [
        "No file · 0 Violations, 1 Warning, 0 Infos",
        "a.csv · 0 Violations, 20 Warnings, 0 Infos",
        "b.csv · 1 Violation, 20 Warnings, 0 Infos",
    ]
    assert "    b.csv:7  E 1 – start: gestern; No start. (Violation, innosh:Table-wrong-date)" in lines
    assert lines.count("    … and 17 more of innosh:EventShape-startDate: use --limit-per-rule 0") == 2
    rows = [int(match.group(1)) for line in lines if (match := re.match(r"    b\.csv:(\d+) ", line))]
    assert rows == sorted(rows)


@pytest.mark.parametrize(("lang", "titles"), [("en", ["Event", "Rows of b.csv"]), ("de", ["Veranstaltung", "Zeilen in b.csv"])])
def test_human_by_class(many: Report, lang: str, titles: list[str]) -> None:
    lines = render(many, "human", lang=lang, style=Style(group_by="class")).splitlines()
    assert [line.split(" · ")[0] for line in lines if re.match(r"\S.* · ", line)] == titles


@pytest.mark.parametrize("name", ["human", "markdown", "html"])
@pytest.mark.parametrize("group", ["rule", "file", "class"])
@pytest.mark.parametrize("limit", [1, 5, 0])
def test_what_a_limit_leaves_out_is_said(many: Report, name: str, group: str, limit: int) -> None:
    text = render(many, name, limit=limit, style=Style(group_by=group))
    listed = len(
        re.findall({"human": r"^    (?:[ab]\.csv:|no row)", "markdown": r"^- (?:[ab]\.csv:|no row)", "html": "<li "}[name], text, re.MULTILINE)
    )
    left = sum(int(number) for number in re.findall(r"(\d+) more\b", text))
    assert listed + left == 42
    assert (left > 0) == (limit > 0)
    assert "1 Violation, 41 Warnings, 0 Infos" in text


def test_fixed_findings_are_listed(many: Report, tmp_path: Path) -> None:
    file = tmp_path / "base.json"
    file.write_text(render(many, "json"))
    view = select(make_report(many.results[30:], "r"), comparison=compare(make_report(many.results[30:], "r"), read_baseline(file)))
    for name in ("human", "markdown", "html"):
        text = render(view, name)
        assert "Fixed since the baseline" in text
        assert "… 20" in text or name == "html"
        assert "0 new, 12 known, 30 fixed since the baseline." in text
        assert "new</span>" not in text


def test_new_findings_are_marked(many: Report) -> None:
    view = select(many, comparison=compare(many, Baseline(())))
    assert render(view, "human").count(" [new]") == 4
    assert render(view, "table").count("[new] ") == 42
    assert "(**new**)" in render(view, "markdown")
    assert render(view, "html", lang="de").count('<span class="state">neu</span>') == 42


# --- Markdown ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [HOSTILE, "a|b", "<script>", "# x", "- x", "1. x", "@someone", "#12", "[x](http://e)", "![x](y)", "*a* _b_ `c`", "&lt;", "~~x~~", "> x", "$x$"],
)
def test_markdown_shows_just_the_text(text: str) -> None:
    html = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(f"x {escape(text)}")
    inner = re.fullmatch(r"<p>x (.*)</p>\n", html, re.DOTALL)
    assert inner
    assert "<" not in inner.group(1)
    shown = inner.group(1).replace("\u200b", "").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
    assert shown == text.replace("\x1b", "\\x1b").replace("\u202e", "\\x202e")
    assert not re.search(r"[@#]\w|://", inner.group(1)), "no mention, no reference, no link"


def test_markdown_is_cut_at_the_limit_and_says_so() -> None:
    report = make_report(numbered(6_000, severity="Violation", found="x" * 250), "r")
    text = render(report, "markdown", limit=0)
    assert len(text.encode()) <= MAX_BYTES
    listed = len(re.findall(r"^- ", text, re.MULTILINE))
    assert listed > 1_000
    assert f"Cut at 1 MB, GitHub's limit: {6_000 - listed} findings and 0 lines" in text
    assert "6000 Violations, 0 Warnings, 0 Infos" in text
    files = make_report([replace(RESULT, focus=f"e{n}", origin=(Origin(f"{n}-{'x' * 200}.csv", 2),)) for n in range(6_000)], "r")
    text = render(files, "markdown", style=Style(group_by="file"))
    assert len(text.encode()) <= MAX_BYTES
    rows = len(re.findall(r"^\| Warning", text, re.MULTILINE))
    assert f"6000 findings and {6_000 - rows} lines" in text


def test_markdown_of_nothing() -> None:
    assert "No findings." in render(make_report([], "r"), "markdown")


# --- HTML ----------------------------------------------------------------------------------------------------------------


def test_the_page_stands_alone(tmp_path: Path) -> None:
    text = render(validate([hostile_folder(tmp_path / "hostile")], lang="de"), "html", lang="de")
    assert '<html lang="de">' in text
    assert "<script" not in text
    assert not re.search(r"\s(?:src|href)=[\"'](?!#)", text)
    assert "<img" not in text


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_the_page_is_accessible(chromium: Browser, tmp_path: Path, many: Report, scheme: str, width: int) -> None:
    hostile = validate([hostile_folder(tmp_path / "hostile")])
    report = make_report([*many.results, *hostile.results, replace(RESULT, severity="Info", focus_label="x" * 300, focus="long")], "r")
    page_file = tmp_path / "report.html"
    change: Comparison = replace(compare(report, Baseline(())), fixed=read_baseline_of(many, tmp_path))
    for group in ("rule", "file"):
        page_file.write_text(render(select(report, Filters(), change), "html", style=Style(group_by=group)), encoding="utf-8")
        context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
        page = context.new_page()
        asked = watched(page)
        page.goto(page_file.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("Math.min(...[...document.querySelectorAll('a')].map((a) => a.getBoundingClientRect().height))") >= 24
        assert asked == [page_file.as_uri()]
        assert violations(page, axe_source()) == []
        context.close()


def watched(page: Page) -> list[str]:
    """Return a list that fills with what the page asks for, and with what it says in dialogs."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: asked.append(dialog.message))
    return asked


def read_baseline_of(report: Report, folder: Path) -> tuple[Known, ...]:
    file = folder / "old.json"
    file.write_text(render(report, "json"))
    return read_baseline(file).findings[:3]


def test_json_says_its_version(many: Report) -> None:
    assert json.loads(render(many, "json"))["version"] == "1"
