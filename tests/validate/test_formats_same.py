"""Every format tells the same findings: each is parsed back by a reader of its kind and compared with the report."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from junitparser import JUnitXml
from markdown_it import MarkdownIt
from rdflib import Graph
from rdflib.namespace import DCTERMS, Namespace

from kg.namespaces import INNOSH, SH, curie
from kg.validate import FORMATS, Origin, Report, Result, make_report, render, validate
from kg.validate.formats import Style
from kg.validate.places import Locator
from kg.validate.report import TABLE
from tests.validate.planted import FAULTS, HOSTILE, LINES, plant

Fact = tuple[str, str, int]
"""Id or rule of a finding, file, row."""
GITHUB = re.compile(r"::(error|warning|notice) ([^:]*)::(.*)")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return plant(tmp_path_factory.mktemp("planted") / "dortmund")


@pytest.fixture(scope="module")
def report(folder: Path) -> Report:
    return validate([folder])


def by_id(report: Report) -> Counter[Fact]:
    return Counter((result.id, result.origin[0].file, result.origin[0].row) for result in report.results)


def by_rule(report: Report) -> Counter[Fact]:
    return Counter((curie(result.shape), result.origin[0].file, result.origin[0].row) for result in report.results)


def split(place: str) -> tuple[str, int]:
    file, _, row = place.rpartition(":")
    return file, int(row)


def first(places: str) -> tuple[str, int]:
    return split(re.split(r", |; | and ", places, maxsplit=1)[0])


def from_human(text: str) -> Counter[Fact]:
    found: Counter[Fact] = Counter()
    rule = ""
    for line in text.splitlines():
        head = re.match(r"(?:Violation|Warning|Info): .* \[(\S+)\] · \d+ results?", line)
        item = re.match(r"    (\S+?:\d+)[, ]", line)
        if head:
            rule = head.group(1)
        elif item:
            found[(rule, *split(item.group(1)))] += 1
    return found


def from_table(text: str) -> Counter[Fact]:
    cells = [re.split(r"  +", line) for line in text.splitlines()]
    return Counter((row[2], *first(row[1])) for row in cells)


def from_json(text: str) -> Counter[Fact]:
    results = json.loads(text)["results"]
    return Counter((item["id"], item["origin"][0]["file"], item["origin"][0]["row"]) for item in results)


def from_csv(text: str) -> Counter[Fact]:
    return Counter((row["id"], row["file"], int(row["row"])) for row in csv.DictReader(io.StringIO(text, newline="")))


class Items(HTMLParser):
    """Collects the list items of a page: id and texts of their code elements."""

    def __init__(self) -> None:
        super().__init__()
        self.items: list[tuple[str, list[str], str]] = []
        self.inside = self.code = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in {
            *("html", "head", "meta", "title", "style", "body", "header", "main", "section", "h1", "h2", "h3", "p", "a", "table", "caption"),
            *("thead", "tbody", "tr", "th", "td", "span", "code", "ol", "ul", "li", "strong", "em", "dl", "dt", "dd"),
        }, f"<{tag}> comes from data"
        assert not any(name.startswith("on") for name, _ in attrs)
        if tag == "li":
            self.items.append((dict(attrs).get("id") or "", [], ""))
            self.inside = True
        self.code = self.inside and tag == "code"

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "li"
        self.code = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            identity, codes, text = self.items[-1]
            self.items[-1] = (identity, [*codes, data] if self.code else codes, text + data)


def from_html(text: str) -> Counter[Fact]:
    page = Items()
    page.feed(text)
    return Counter((identity[1:], *split(codes[0])) for identity, codes, _ in page.items)


def from_markdown(text: str) -> Counter[Fact]:
    page = Items()
    page.feed(MarkdownIt("commonmark").enable("table").render(text))
    return Counter((codes[-1], *first(words.split(" · ")[0])) for _, codes, words in page.items)


def unescaped(text: str) -> str:
    for sign, code in ((",", "%2C"), (":", "%3A"), ("\n", "%0A"), ("\r", "%0D"), ("%", "%25")):
        text = text.replace(code, sign)
    return text


def from_github(text: str) -> Counter[Fact]:
    found: Counter[Fact] = Counter()
    for line in text.splitlines():
        match = GITHUB.fullmatch(line)
        if match:
            message = unescaped(match.group(3))
            places = re.search(r" \(([^()]*:\d+)(?:, …)?\): ", message)
            assert places
            found[(message.rpartition("#")[2], *first(places.group(1)))] += 1
    return found


def from_sarif(text: str) -> Counter[Fact]:
    (run,) = json.loads(text)["runs"]
    places = [(item["partialFingerprints"]["kgFinding/v1"], item["properties"]["origin"][0]) for item in run["results"]]
    return Counter((identity, place["file"], place["row"]) for identity, place in places)


def from_junit(text: str) -> Counter[Fact]:
    found: Counter[Fact] = Counter()
    for suite in JUnitXml.fromstring(text.encode()):
        for case in suite:
            (result,) = case.result
            found[(case.name.rpartition("[")[2].rstrip("]"), *first(result.text.splitlines()[0]))] += 1
    return found


def from_turtle(text: str) -> Counter[Fact]:
    graph = Graph().parse(data=text, format="turtle")
    sh = Namespace(SH[""])
    found: Counter[Fact] = Counter()
    for result in graph.objects(None, sh.result):
        file, _, row = min(
            map(str, graph.objects(result, DCTERMS.source)), key=lambda text: (text.rpartition("#")[0], int(text.rpartition("#")[2]))
        ).rpartition("#")
        found[(curie(str(graph.value(result, sh.sourceShape))), file, int(row))] += 1
    return found


READERS: dict[str, tuple[Callable[[str], Counter[Fact]], Callable[[Report], Counter[Fact]]]] = {
    "human": (from_human, by_rule),
    "table": (from_table, by_rule),
    "json": (from_json, by_id),
    "csv": (from_csv, by_id),
    "html": (from_html, by_id),
    "markdown": (from_markdown, by_id),
    "github": (from_github, by_id),
    "sarif": (from_sarif, by_id),
    "junit": (from_junit, by_id),
    "turtle": (from_turtle, by_rule),
}


def test_all_formats_are_read() -> None:
    assert list(READERS) == list(FORMATS)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_tells_the_same(report: Report, name: str) -> None:
    read, facts = READERS[name]
    assert read(render(report, name, limit=0)) == facts(report)


@pytest.mark.parametrize("name", ["csv", "github", "html", "junit", "markdown", "sarif"])
@pytest.mark.parametrize("group", ["file", "class"])
def test_groups_lose_nothing(report: Report, name: str, group: str) -> None:
    read, facts = READERS[name]
    assert read(render(report, name, limit=0, lang="de" if name != "github" else "en", style=Style(group_by=group))) == facts(report)


def test_the_planted_faults_are_there(folder: Path, report: Report) -> None:
    found = {(result.shape, result.origin[0], result.path) for result in report.results if result.component == TABLE}
    for table, row, column, _, code in FAULTS:
        assert (INNOSH[f"Table-{code}"], Origin(str(folder / f"{table}.csv"), row), column) in found


@pytest.mark.parametrize("name", ["csv", "github", "junit", "sarif"])
def test_lines_are_those_of_the_file(folder: Path, report: Report, name: str) -> None:
    """The physical line holds the faulty cell, also behind a cell of several lines."""
    text = render(report, name, style=Style(locator=Locator(folder.parent)))
    if name == "csv":
        places = {(row["id"], Path(row["file"]).name, int(row["line"])) for row in csv.DictReader(io.StringIO(text, newline=""))}
    elif name == "github":
        matches = [
            (match, dict(pair.split("=") for pair in match.group(2).split(","))) for line in text.splitlines() if (match := GITHUB.fullmatch(line))
        ]
        assert {Path(item["file"]).parent for _, item in matches} == {Path("dortmund")}
        places = {(match.group(3).rpartition("#")[2], Path(item["file"]).name, int(item["line"])) for match, item in matches}
    elif name == "junit":
        cases = [case for suite in JUnitXml.fromstring(text.encode()) for case in suite]
        places = {(case.name.rpartition("[")[2].rstrip("]"), Path(case._elem.get("file")).name, int(case._elem.get("line"))) for case in cases}
    else:
        physical = [
            (item["partialFingerprints"]["kgFinding/v1"], item["locations"][0]["physicalLocation"]) for item in json.loads(text)["runs"][0]["results"]
        ]
        assert {place["artifactLocation"]["uriBaseId"] for _, place in physical} == {"SRCROOT"}
        places = {(identity, Path(place["artifactLocation"]["uri"]).name, place["region"]["startLine"]) for identity, place in physical}
    expected = set()
    for result in report.results:
        file = Path(result.origin[0].file).name
        row = result.origin[0].row
        expected.add((result.id, file, row + (LINES if file == "entities.csv" and row > 12 else 0)))
    assert places == expected
    lines = (folder / "entities.csv").read_bytes().split(b"\n")
    assert b",Projekt," in lines[54 + LINES - 1]


TEXTS = st.text(alphabet=st.characters(codec=None), max_size=40) | st.sampled_from(
    ["=1+1", "::error::x", "</script>", "|a|", "a\r\nb", "@x", "\ud800", "\x00", "]]>", HOSTILE]
)


@st.composite
def results(draw: st.DrawFn) -> Result:
    """A finding in which every text that may come from data is anything at all."""
    return Result(
        severity=draw(st.sampled_from(["Violation", "Warning", "Info"])),
        shape=INNOSH[f"Table-{draw(st.sampled_from(['wrong-date', 'wrong-id']))}"],
        component=TABLE,
        focus=draw(TEXTS),
        focus_label=draw(TEXTS),
        path=draw(TEXTS),
        value=draw(TEXTS),
        message={"de": draw(TEXTS), "en": draw(TEXTS)},
        expected=draw(TEXTS),
        found=draw(TEXTS),
        origin=(Origin(draw(st.sampled_from(["a.csv", "b/c.csv", "d e.csv"])), draw(st.integers(1, 9))),),
    )


@settings(max_examples=60, deadline=None)
@given(
    found=st.lists(results(), max_size=6),
    lang=st.sampled_from(["en", "de"]),
    name=st.sampled_from(["json", "csv", "html", "markdown", "github", "sarif", "junit"]),
)
def test_whatever_stands_in_a_cell_every_format_holds(found: list[Result], lang: str, name: str) -> None:
    report = make_report(found, "reference")
    text = render(report, name, lang=lang, limit=0)
    text.encode("utf-8", "backslashreplace")
    read, facts = READERS[name]
    if name in ("github", "junit") and lang == "de":
        assert text.endswith("\n")
        return
    if name == "junit" and not report.results:
        assert "No findings." in text
        return
    assert Counter(item[0] for item in read(text).elements()) == Counter(item[0] for item in facts(report).elements())
