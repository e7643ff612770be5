"""The page of an institution's role: the numbers of `kg profile`, bounded tables, links, refusals, and what happens with names nobody has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from kg.analyse.page import link
from kg.analyse.profile import Profile, profile
from kg.analyse.render_text import summary
from kg.analyse.sentences import sentences
from kg.build import Build
from kg.portal.desk import Desk
from kg.portal.institution import bounded, years
from kg.portal.page import Reply, Request
from kg.portal.settings import PortalSettings
from kg.portal.worker import answer

SFS = "sozialforschungsstelle"


@pytest.fixture(scope="module")
def desk(both: Build) -> Iterator[Desk]:
    opened = Desk.open(PortalSettings(), both.path)
    yield opened
    opened.store.close()


@pytest.fixture(scope="module")
def sfs(both: Build, desk: Desk) -> Profile:
    return profile(both, SFS, store=desk.store)


def ask(desk: Desk, key: str, query: str = "", lang: str = "en") -> Reply:
    """Answer the page as a worker does."""
    values = parse_qs(query, keep_blank_values=True)
    request = Request("kg.portal.institution:page", f"/institutions/{key}", names={"key": key}, values=values, lang=lang, origin="http://localhost")
    return answer(desk, request)


def text_of(reply: Reply) -> str:
    """Return the text of a page without its markup."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", reply.body.decode())))


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_page_says_what_the_profile_says(desk: Desk, sfs: Profile, lang: str) -> None:
    """Summary, every sentence with its rule, refusal, frame and method are those of `kg profile`."""
    reply = ask(desk, SFS, "rows=2000", lang)
    assert reply.status == 200
    text = text_of(reply)
    assert summary(sfs, lang) in text
    found = sentences(sfs)
    assert found
    for sentence in found:
        assert re.sub(r"\s+", " ", sentence.text[lang]) in text
        assert sentence.key in text
    assert sfs.refusal is not None
    assert sfs.refusal.reason[lang] in text
    assert "ego-sampled" in text
    assert sfs.method.mapping in text
    for entry in sfs.projects:
        assert re.sub(r"\s+", " ", entry.project.label(lang)).strip() in text


def test_tables_are_bounded_and_say_so(desk: Desk, sfs: Profile) -> None:
    """What is cut has its number beside it, and a link to more."""
    body = ask(desk, SFS, "rows=5").body.decode()
    assert f"Shown: 5 of {len(sfs.projects)}." in text_of(ask(desk, SFS, "rows=5"))
    assert "rows=2000" in body
    assert len(ask(desk, SFS, "rows=2000").body) > len(body)
    assert "Shown: 5" not in text_of(ask(desk, SFS, "rows=2000"))


def test_bounding_cuts_all_columns_alike() -> None:
    table = {"caption": "c", "head": ["x"], "rows": [["1"], ["2"], ["3"]], "numeric": [False], "links": ["a", "b", "c"], "ids": ["i", "j", "k"]}
    words = {"one": table, "beside": [], "other": "text"}
    assert bounded(words, 2) == {"c": 3}
    assert (table["rows"], table["links"], table["ids"]) == ([["1"], ["2"]], ["a", "b"], ["i", "j"])
    assert bounded(words, 2) == {}


def test_links_lead_on(desk: Desk) -> None:
    """To the document, the ego network, projects, and the evidence of a tie with another."""
    body = ask(desk, SFS).body.decode()
    assert f'href="/doc/organisation/{SFS}"' in body
    assert f'href="/network?institution={SFS}"' in body
    assert 'href="/doc/project/' in body
    assert 'action="/api/network/edge"' in body
    assert 'class="net-svg"' in body
    assert not re.search(r"<style|\sstyle=|javascript:", body)
    assert link("javascript:alert(1)") == ""


def test_years_add_up(sfs: Profile) -> None:
    """Each bar is as high as its number says; open dates stand on top of certain ones."""
    found = years(sfs, "en")
    assert found is not None
    most = max(year.possible for year in sfs.years)
    for bar, year in zip(found["bars"], sfs.years, strict=True):
        assert bar["certain"][1] == pytest.approx(110 * year.certain / most, abs=0.1)
        assert bar["certain"][1] + bar["open"][1] == pytest.approx(110 * year.possible / most, abs=0.2)


@pytest.mark.parametrize("level", ["unit", "merged", "top"])
def test_levels_of_bodies(desk: Desk, both: Build, level: str) -> None:
    expected = profile(both, SFS, level=level, draws=0, store=desk.store)
    text = text_of(ask(desk, SFS, f"level={level}"))
    assert f"{len(expected.projects)} projects" in text
    assert expected.institution.label("en") in text


@pytest.mark.parametrize(
    ("query", "status", "where"),
    [("level=country", 400, "level"), ("weight=contribution", 400, "weight"), ("roles=coordinator-star", 400, "roles"), ("since=x", 400, "since=x")],
)
def test_what_makes_no_sense_for_one_institution(desk: Desk, query: str, status: int, where: str) -> None:
    reply = ask(desk, SFS, query)
    assert reply.status == status
    assert where in reply.body.decode()


def test_an_unknown_name_has_near_matches(desk: Desk) -> None:
    """404 with links to what may be meant; markup in the name stays text."""
    reply = ask(desk, "stadt-dortmnd", lang="de")
    assert reply.status == 404
    assert 'href="/institutions/stadt-dortmund"' in reply.body.decode()
    evil = ask(desk, "<script>alert(1)</script>")
    assert evil.status == 404
    assert b"<script>alert" not in evil.body


def test_a_window_without_projects_is_no_mistake_of_the_portal(desk: Desk) -> None:
    assert ask(desk, SFS, "since=1801&until=1802&dates=certain").status == 404
    assert ask(desk, "pic-999849423", "since=2030").status in (200, 404)


def test_without_a_build_it_says_why(desk: Desk) -> None:
    reply = ask(Desk(desk.store, PortalSettings(), None), SFS)
    assert reply.status == 404
    assert "Networks are off" in reply.body.decode()


def test_addresses_of_links_are_paths_here(desk: Desk) -> None:
    for address in re.findall(r'href="([^"]+)"', ask(desk, SFS).body.decode()):
        parts = urlsplit(unescape(address))
        assert parts.scheme in ("", "https"), address
        assert not parts.scheme or parts.netloc in ("creativecommons.org", "w3id.org"), address
