"""Release notes name what changed, in both languages, and nothing else; whatever comes from the data stays text."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from kg.errors import Text
from kg.namespaces import BASE
from kg.release import changes, notes
from kg.release.notes_form import Block, Item, Notes, Section
from tests.diff.conftest import City, city
from tests.diff.tables import quad
from tests.release.states import EDITION, GONE, KOSI, REPLACED, SUCCESSOR, UPDATE, Two, frozen, of_build, two
from tests.release.test_changes import named, write

__all__ = ["city", "two"]


def said(folder: Path, lang: str) -> str:
    return (folder / f"notes.{lang}.md").read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    """Return what stands below a heading of the second level."""
    match = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert match, heading
    return match[1]


# --- two states of Dortmund ------------------------------------------------------------------------------------------------------


def test_the_notes_name_every_difference_in_english(two: Two) -> None:
    text = said(two.new.path, "en")
    assert "Since 2026.11: 0 entities are new, 3 have changed, 2 are withdrawn" in text
    changed = section(text, "Changed")
    assert "end date changed from 2019 to 2020" in changed
    assert "partner added: Dortmund University of Applied Sciences and Arts (partner)" in changed
    assert "participant removed: ProjectTogether (organiser)" in changed
    assert "disputed → rejected" in changed
    withdrawn = section(text, "Withdrawn")
    assert f"[ProjectTogether](<{REPLACED}>)**: replaced by [Federal Chancellery](<{SUCCESSOR}>)" in withdrawn
    assert f"[asp Architekten](<{GONE}>)**: gone, without an entry in retired.csv" in withdrawn
    first = section(text, "Look at this first")
    assert "1 entity has vanished without a row in retired.csv" in first
    assert f"{GONE},,2026-12-22" in first
    contradictions = section(text, "Contradictions between sources")
    assert re.search(r"Open contradictions: (\d+) before, (\d+) now", contradictions)
    assert "Amsterdam against Barcelona – one of the two claims is rejected by a decision" in contradictions


def test_the_notes_name_every_difference_in_german(two: Two) -> None:
    text = said(two.new.path, "de")
    assert "vom 22. Dezember 2026. Seit 2026.11: 0 Entitäten sind neu, 3 sind geändert, 2 sind entfallen" in text
    changed = section(text, "Geändert")
    assert "Enddatum geändert von 2019 auf 2020" in changed
    assert "Partner hinzugekommen: Fachhochschule Dortmund (Partner)" in changed
    assert "Beteiligte weggefallen: ProjectTogether (Veranstalter)" in changed
    assert "bestritten → verworfen" in changed
    assert "ersetzt durch [Bundeskanzleramt]" in section(text, "Entfallen")
    assert "1 Entität ist ohne Zeile in retired.csv verschwunden" in section(text, "Zuerst ansehen")
    assert "Amsterdam gegen Barcelona – eine der beiden Aussagen ist durch eine Entscheidung verworfen" in section(
        text, "Widersprüche zwischen Quellen"
    )


@pytest.mark.parametrize("lang", ["de", "en"])
def test_no_other_entity_is_named_as_changed(two: Two, lang: str) -> None:
    heading = {"de": ("Geändert", "Entfallen"), "en": ("Changed", "Withdrawn")}[lang]
    text = said(two.new.path, lang)
    found = [set(re.findall(rf"^- \*\*\[.*?\]\(<({BASE}[^>]*)>\)", section(text, one), re.MULTILINE)) for one in heading]
    assert found == [{KOSI, UPDATE, EDITION}, {GONE, REPLACED}]
    assert "## New" not in text
    assert "## Neu" not in text


def test_numbers_stand_beside_how_the_data_were_collected(two: Two) -> None:
    text = said(two.new.path, "en")
    assert re.search(r"\| Organisations \| 278 \| 276 \| −2 \| −0\.7 % \|", section(text, "In numbers"))
    assert "ego-sampled" in section(text, "How the data were collected")
    assert "No measure is compared. The data were collected around “Social Research Centre Dortmund”" in section(
        text, "Effect on the collaboration network"
    )
    assert "| Violations | 0 | 0 | ±0 |" in section(text, "Quality")


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_first_release_says_what_it_holds(two: Two, lang: str) -> None:
    text = said(two.old.path, lang)
    assert {"de": "ist das erste", "en": "is the first one"}[lang] in text
    assert re.search(r"\| (Projects|Projekte) \| 44 \|", text)
    assert not re.search("^## (Changed|Geändert|Withdrawn|Entfallen)", text, re.MULTILINE)


def test_the_structure_comes_back_as_it_was(two: Two) -> None:
    found = notes.read(two.new.path)
    assert found is not None
    assert Notes.of_json(json.loads(json.dumps(found.to_json()))) == found
    for lang in ("de", "en"):
        assert notes.markdown(found, lang) == said(two.new.path, lang)


def test_a_changelog_is_what_changed_without_the_numbers(two: Two) -> None:
    found = notes.read(two.new.path)
    assert found is not None
    text = notes.changelog(found, "en")
    assert text.startswith("## 2026.12 – 2026-12-22\n")
    assert "### Changed\n" in text
    assert "### Removed\n" in text
    assert "KoSI-Lab" in text
    assert "In numbers" not in text
    assert "| ---" not in text


# --- small graphs ----------------------------------------------------------------------------------------------------------------


def noted(folder: Path, found: changes.Changes, lang: str = "en") -> str:
    notes.write(folder, found)
    return said(folder, lang)


def test_long_lists_are_cut_and_say_so(tmp_path: Path) -> None:
    every = [one for number in range(changes.LISTED + 3) for one in named(f"n{number:02}", f"Body {number:02}")]
    text = noted(tmp_path, write(tmp_path, named("z", "Z"), [*named("z", "Z"), *every]))
    assert "and 3 more with fewer changed statements, all of them in changes.json" in section(text, "New")
    assert len(re.findall(r"^- \*\*\[Body", text, re.MULTILINE)) == changes.LISTED
    assert "und 3 weitere mit weniger geänderten Aussagen, alle in changes.json" in said(tmp_path, "de")
    gone = noted(tmp_path / "2", write(tmp_path / "x", every, []))
    assert f"{changes.LISTED + 3} entities have vanished" in gone
    assert "and 3 more" in section(gone, "Look at this first")


def test_of_many_those_with_the_most_changes_are_listed(tmp_path: Path) -> None:
    every = [one for number in range(changes.LISTED + 5) for one in named(f"n{number:02}", f"Body {number:02}")]
    extra = [quad(f"https://example.org/id/organisation/n{changes.LISTED + 4}", "p", f"o{number}") for number in range(3)]
    text = noted(tmp_path, write(tmp_path, [], [*every, *extra]))
    assert f"Body {changes.LISTED + 4}" in section(text, "New")
    assert f"Body {changes.LISTED + 3}" not in section(text, "New")


HOSTILE = "<script>alert(1)</script> [x](javascript:1) @you `a` | *b* \u202e\x07 # http://evil.example"


class Tags(HTMLParser):
    """Collects elements and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.depth: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.depth.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.depth.pop() == tag


def test_whatever_comes_from_the_data_stays_text(tmp_path: Path) -> None:
    found = write(tmp_path, named("a", "A"), [*named("a", HOSTILE), *named("b", HOSTILE)], title={"en": HOSTILE, "de": HOSTILE})
    text = noted(tmp_path, found)
    assert "<script" not in text
    assert not re.search(r"(?<!\\)\]\(javascript", text)
    assert "@you" not in text
    assert "http://evil" not in text
    made = notes.notes(found)
    html = notes.html(made, "en", href=lambda iri: f"/go?{iri}&\"'<")
    page = Tags()
    page.feed(html)
    assert page.depth == []
    assert page.tags <= {"p", "section", "h2", "h3", "ul", "li", "strong", "a", "div", "table", "caption", "thead", "tbody", "tr", "th", "td", "code"}
    assert page.attributes <= {"class", "href", "scope", "tabindex", "role", "aria-label"}
    assert "&lt;script&gt;" in html


def test_an_iri_that_is_no_web_address_is_no_link() -> None:
    made = Notes(
        "1",
        "",
        "",
        Text("t", "t"),
        Text("l", "l"),
        (Section("new", Text("n", "n"), (Block("list", items=(Item(Text("", ""), Text("x", "x"), "javascript:alert(1)"),)),)),),
    )
    assert "href" not in notes.html(made, "en")
    assert "](" not in notes.markdown(made, "en")


def test_licence_publisher_files_quality_and_frame_are_compared(tmp_path: Path) -> None:
    frames = {kind: {"src": {"kind": kind, "population": {"en": "All.", "de": "Alle."}}} for kind in ("census", "partial")}
    frozen(
        tmp_path / "1",
        "1",
        named("a", "A"),
        licences=["https://x.example/a"],
        publisher={"name": "One"},
        sampling_frames=frames["census"],
        validation={"counts": {"violation": 0, "warning": 7, "info": 1}},
        files=[{"name": "small.parquet"}, {"name": "old.csv"}, {"name": "README.txt"}],
    )
    manifest = frozen(
        tmp_path / "2",
        "2",
        named("a", "B"),
        licences=["https://x.example/b"],
        publisher={"name": "Two"},
        sampling_frames=frames["partial"],
        validation={"counts": {"violation": 2, "warning": 5, "info": 1}},
        files=[{"name": "small.parquet"}, {"name": "new.csv"}],
    )
    text = noted(tmp_path, changes.write(tmp_path / "2", tmp_path / "1", tmp_path / "2" / "small.parquet", manifest), "de")
    rights = section(text, "Lizenz, Herausgeber, Dateien")
    assert "Lizenzen geändert von" in rights
    assert "Herausgeber geändert von One auf Two" in rights
    assert "Neue Dateien: new.csv" in rights
    assert "Dateien, die es nicht mehr gibt: old.csv" in rights
    assert "README" not in rights
    assert "| Warnungen | 7 | 5 | −2 |" in text
    assert "verletzt die Regeln der Daten: 2 Verstöße" in section(text, "Zuerst ansehen")
    assert "src war vorher census" in section(text, "Wie die Daten gesammelt wurden")


def test_the_same_content_says_so(tmp_path: Path) -> None:
    text = noted(tmp_path, write(tmp_path, named("a", "A"), named("a", "A")))
    assert "says the same as 1: 2 statements, none came, none went" in text
    assert "all measures" in text


def test_of_a_census_the_effect_on_measures_is_told(city: City, tmp_path: Path) -> None:
    of_build(tmp_path / "1", "1", city.old, name="city")
    (tmp_path / "1" / "small.parquet").rename(tmp_path / "1" / "city.parquet")
    before = json.loads((tmp_path / "1" / "manifest.json").read_text(encoding="utf-8"))
    (tmp_path / "1" / "manifest.json").write_text(json.dumps({**before, "files": [{"name": "city.parquet"}]}), encoding="utf-8")
    manifest = of_build(tmp_path / "2", "2", city.new)
    text = noted(tmp_path, changes.write(tmp_path / "2", tmp_path / "1", tmp_path / "2" / "small.parquet", manifest))
    measures = section(text, "Effect on the collaboration network")
    assert re.search(r"\| projects \| 1 \| 2 \| \+1 \|", measures)
    assert "Rank before" in measures
    assert "Newman" in measures
    assert "census" in section(text, "How the data were collected")
    assert "renamed" in section(text, "Changed")
    assert "Lake" in section(text, "New")


def test_notes_that_cannot_be_read_are_none(tmp_path: Path) -> None:
    assert notes.read(tmp_path) is None
    for text in ("{", "[]", '{"version": 1}', '{"version": "1", "previous": null, "issued": null, "title": {"de": "x"}, "lead": 1, "sections": 3}'):
        (tmp_path / "notes.json").write_text(text, encoding="utf-8")
        assert notes.read(tmp_path) is None
