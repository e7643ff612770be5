"""The inbox of findings: before and after a validation, filters, rules with cards, JSON, badge, hostile addresses, accessibility."""

from __future__ import annotations

import contextlib
import json
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.build import Build
from kg.portal import quality
from kg.portal.desk import Desk
from kg.portal.page import Request
from kg.portal.quality_svg import badge, trend
from kg.portal.settings import PortalSettings
from kg.store import EndpointStore
from kg.validate import Report, to_json, validate
from kg.validate.history import BASELINE, HISTORY, Line, remember
from kg.validate.report import SEVERITIES
from tests.portal.browser import NARROW, axe_source, chromium, visiting
from tests.portal.conftest import Served
from tests.portal.test_accessibility import wrong_with

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["chromium"]

RULE = "innosh:EventShape-startDate"
NEW = 3
"""Findings that the baseline of these tests does not have: the first of the report."""


@pytest.fixture(scope="module")
def found(both: Build) -> Report:
    """What a validation of the served build finds."""
    return validate(build=both)


@pytest.fixture(scope="module")
def folder(both: Build) -> Path:
    """Where reports on the served build lie."""
    return both.path.parents[1] / "report"


@pytest.fixture(scope="module")
def indexes(both: Build, found: Report, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The index of the report compared with nothing, and with a baseline that lacks three findings."""
    alone, other = tmp_path_factory.mktemp("alone"), tmp_path_factory.mktemp("compared")
    (other / BASELINE).write_text(to_json(Report(found.engine, found.results[NEW:])))
    return remember(found, both, alone), remember(found, both, other)


@contextlib.contextmanager
def reported(index: Path, folder: Path) -> Iterator[None]:
    """Let an index and its history lie beside the served build."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in (index, index.with_name(HISTORY)):
        shutil.copy(file, folder / f"{file.name}.new")
        (folder / f"{file.name}.new").replace(folder / file.name)
    yield
    (folder / index.name).unlink()
    (folder / HISTORY).unlink()


@pytest.fixture
def validated(indexes: tuple[Path, Path], folder: Path, portal: Served) -> Iterator[Served]:
    """The portal with the report, compared with nothing."""
    with reported(indexes[0], folder):
        yield portal


@pytest.fixture
def compared(indexes: tuple[Path, Path], folder: Path, portal: Served) -> Iterator[Served]:
    """The portal with the report, compared with a baseline that lacks three findings."""
    with reported(indexes[1], folder):
        yield portal


def test_a_build_that_was_not_validated(portal: Served) -> None:
    for lang, words in (("de", "noch nicht geprüft"), ("en", "has not been validated")):
        page = portal.get(f"/quality?lang={lang}")
        assert page.status_code == 200
        assert words in page.text
        assert "<code>kg validate</code>" in page.text
    data = portal.get("/quality.json").json()
    assert data["validated"] is False
    assert "validated" in data["reason"]
    assert "not validated" in portal.get("/quality/badge.svg").text


def test_the_inbox(validated: Served, found: Report) -> None:
    page = validated.get("/quality?lang=en")
    assert page.headers["cache-control"] == "no-store"
    assert "etag" not in page.headers
    assert "An event has a start." in page.text
    assert "://w3id.org/innokg/shapes" not in page.text.split("<main", 1)[1].split("</main", 1)[0].replace("/shapes#", "")
    assert "There is no earlier report" in page.text
    data = validated.get("/quality.json").json()
    assert data["counts"] == found.severities
    assert sum(line["results"] for line in data["rules"]) == len(found.results)
    assert data["baseline"] is None
    assert data["frames"]
    # A report that is written anew is seen at once, though the build is the same.
    assert data["trend"][-1]["build"] == data["build"]


def test_opening_a_rule(validated: Served, found: Report) -> None:
    chosen = [result for result in found.results if result.shape.endswith("#EventShape-startDate")]
    for lang, title, todo in (
        ("de", "hat keinen Beginn.", "Spalte start ausfüllen"),
        ("en", "has no start.", "Fill in column start"),
    ):
        page = validated.get(f"/quality?rule={RULE}&lang={lang}").text
        assert page.count("<article") == len(chosen)
        assert title in page
        assert todo in page
        assert "entities.csv" in page
        assert '<tr class="marked"><th scope="row">start</th>' in page
        assert {"de": "Ein gutes Beispiel:", "en": "A good example:"}[lang] in page
    large = validated.get("/quality?rule=innosh:OrganisationShape-classification&lang=en").text
    assert large.count("<li>\n    <h2>") == 10, "ten entities first"
    second = validated.get("/quality?rule=innosh:OrganisationShape-classification&lang=en&page=2").text
    assert 'start="11"' in second
    assert second != large


def test_only_what_is_new_is_shown_first(compared: Served, found: Report) -> None:
    new = found.results[:NEW]
    data = compared.get("/quality.json").json()
    assert data["filters"]["new"] is True
    assert data["baseline"] == BASELINE
    assert sum(data["new"].values()) == NEW
    assert sum(line["results"] for line in data["rules"]) == NEW
    everything = compared.get("/quality.json?new=0").json()
    assert sum(line["results"] for line in everything["rules"]) == len(found.results)
    page = compared.get("/quality?lang=de").text
    assert "nur neue" in page
    assert '<option value="1" selected>' in page
    other = next(result.shape for result in found.results if result.shape not in {one.shape for one in new})
    nothing = compared.get(f"/quality?lang=en&rule={quote(other)}")
    assert nothing.status_code == 200
    assert "Nothing of this rule with what is chosen." in nothing.text


def test_filters_narrow_down_and_are_in_the_address(validated: Served, found: Report) -> None:
    def total(query: str) -> int:
        return sum(line["results"] for line in validated.get(f"/quality.json?{query}").json()["rules"])

    assert total("severity=Info") == found.severities["Info"]
    file = next(place.file for result in found.results for place in result.origin)
    assert total(f"file={quote(file)}") == sum(any(place.file == file for place in result.origin) for result in found.results)
    projects = {result.focus for result in found.results if "/id/project/" in result.focus}
    assert total("class=inno:Project") == sum(result.focus in projects for result in found.results)
    page = validated.get(f"/quality?severity=Warning&file={quote(file)}&lang=en").text
    assert '<option value="Warning" selected>' in page
    assert f"<option selected>{file}</option>" in page


def test_findings_of_a_rule_as_json_are_paged(validated: Served, found: Report) -> None:
    shape = max(found.rules, key=lambda one: found.rules[one])
    first = validated.get(f"/quality.json?rule={quote(shape)}")
    assert first.headers["x-truncated"] == "true"
    pages = [first.json(), validated.get(f"/quality.json?rule={quote(shape)}&page=2").json()]
    ids = [one["id"] for page in pages for one in page["results"]]
    expected = [result.id for result in found.results if result.shape == shape]
    assert ids == expected[:200]


HOSTILE = (
    "rule=%3Cscript%3Ealert(1)%3C/script%3E",
    "rule=' OR 1=1 --",
    "rule=" + "x" * 3000,
    "file=%3Cimg src=x onerror=1%3E",
    "file=../../../../etc/passwd",
    "class=%00",
    "severity=Violation'--",
    "new=2",
    "page=-1",
    "page=99999999999",
    f"rule={RULE}&page=1000",
    "rule=inno:&class=:&file=:",
)


@pytest.mark.parametrize("query", HOSTILE)
def test_hostile_addresses(validated: Served, query: str) -> None:
    for path in ("/quality", "/quality.json", "/quality/badge.svg"):
        answer = validated.get(f"{path}?{query}")
        assert answer.status_code in (200, 404), (path, query)
        if "html" in answer.headers["content-type"]:
            assert "<script>alert" not in answer.text
            assert "<img src" not in answer.text
        else:
            assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_badge(validated: Served, found: Report) -> None:
    for lang, words in (("de", "Verst"), ("en", "violation")):
        answer = validated.get(f"/quality/badge.svg?lang={lang}")
        assert answer.headers["content-type"].startswith("image/svg+xml")
        root = ET.fromstring(answer.text)
        assert root.attrib["role"] == "img"
        title = root.find("{http://www.w3.org/2000/svg}title")
        assert title is not None
        assert words in (title.text or "")
        assert "style=" not in answer.text
        assert "#8a4200" in answer.text, "the worst there is are warnings"
    assert found.conforms


@given(st.fixed_dictionaries(dict.fromkeys(SEVERITIES, st.integers(0, 10**9))), st.sampled_from(["de", "en"]))
def test_any_badge_is_an_image_with_a_name(counts: dict[str, int], lang: str) -> None:
    root = ET.fromstring(badge(counts, lang))
    title = root.findtext("{http://www.w3.org/2000/svg}title") or ""
    assert all(f"{counts[name]:,}".replace(",", "." if lang == "de" else ",") in title for name in SEVERITIES if counts[name])


@given(st.lists(st.integers(0, 10**6), max_size=40))
def test_any_trend_is_drawn_within_its_picture(numbers: list[int]) -> None:
    lines = [Line(f"2026-01-{n % 28 + 1:02}", f"b{n}", dict.fromkeys(SEVERITIES, count), 1) for n, count in enumerate(numbers)]
    root = ET.fromstring(str(trend(lines, "Warning", "de")))
    for bar in root.iter("rect"):
        assert float(bar.attrib["y"]) >= 0
        assert float(bar.attrib["x"]) + float(bar.attrib["width"]) <= 320
    assert len(list(root.iter("rect"))) == min(len(numbers), 20)


def test_an_endpoint_has_no_inbox() -> None:
    desk = Desk(EndpointStore("http://127.0.0.1:9/sparql"), PortalSettings(store="http://127.0.0.1:9/sparql"))
    for lang, words in (("de", "abgeschaltet"), ("en", "inbox is off")):
        request = Request("quality:page", "/quality", lang=lang)
        page = quality.page(desk, request).body.decode()
        assert words in page
        assert "kg validate" not in page
        assert json.loads(quality.api(desk, request).body)["validated"] is False
        assert b"55626a" in quality.badge_svg(desk, request).body


def test_accessibility(chromium: Browser, compared: Served, both: Build, found: Report, folder: Path) -> None:
    axe, wrong = axe_source(), []
    # A build before: the trend is drawn.
    before = Build(both.path.parent / "before", {"id": "before", "created": "2026-01-01T00:00:00Z"})
    earlier = remember(Report(found.engine, found.results[:40]), before, folder)
    paths = ("/quality", "/quality?new=0", f"/quality?rule={RULE}&new=0", "/quality?rule=innosh:InitiativeShape-partOfTime&new=0")
    try:
        for lang, width, scheme in (("de", 1440, "light"), ("en", NARROW, "dark")):
            with visiting(chromium, compared.address, lang, width, color_scheme=scheme, java_script_enabled=True) as visit:
                for path in paths:
                    visit.goto(path)
                    visit.settle()
                    wrong += [f"{lang} {path}: {one}" for one in wrong_with(visit, axe)]
                    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width, path
    finally:
        earlier.unlink(missing_ok=True)
    assert not wrong, "\n".join(wrong)


def test_without_scripts_the_filters_work(chromium: Browser, compared: Served) -> None:
    with visiting(chromium, compared.address, "en", java_script_enabled=False) as visit:
        visit.goto("/quality")
        visit.page.locator("#new").select_option("0")
        visit.page.locator("#severity").select_option("Warning")
        visit.page.get_by_role("button", name="Show").click()
        visit.page.get_by_role("link", name="An event has a start.").click()
        assert visit.page.locator("article.card").count() == 2
        assert "severity=Warning" in visit.page.url
        assert "new=0" in visit.page.url
