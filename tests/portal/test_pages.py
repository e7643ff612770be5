"""Home page, pages about the portal, sitemap, robots: true numbers, honest gaps, nothing of the data as markup."""

from __future__ import annotations

import json
import os
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from kg.build import Build
from kg.errors import Text
from kg.portal import about, crawling, pages
from kg.portal.desk import Desk
from kg.portal.page import Reply, Request
from kg.portal.render import NotFoundError
from kg.portal.settings import PortalSettings
from kg.store import EmbeddedStore
from tests.portal.conftest import Served

SITEMAPS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture(scope="module")
def desk(both: Build) -> Desk:
    return Desk(EmbeddedStore(both.store), PortalSettings(), both)


def request(path: str = "/", lang: str = "de", **names: str) -> Request:
    return Request("x", path, names=names, lang=lang, origin="https://graph.example.org", root="/kg")


def words(reply: Reply) -> str:
    body = re.sub(r"<script.*?</script>", " ", reply.body.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def block(reply: Reply) -> dict[str, Any]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', reply.body.decode(), re.DOTALL)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


# --- home ---------------------------------------------------------------------------------------------------------------------


def test_numbers_are_those_of_the_build(desk: Desk, both: Build) -> None:
    shown = {one.name: one.count for one in pages.numbers(desk, request())}
    classes = both.record["classes"]
    assert shown["Projekte"] == classes["https://w3id.org/innokg/ontology#Project"]
    assert shown["Einrichtungen"] == classes["https://w3id.org/innokg/ontology#Organisation"]
    assert "2.5" in words(pages.home(desk, request()))


def test_questions_stand_with_their_real_answers(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "SECONDS", 60.0)
    fresh = replace(desk, _made={})
    html = words(pages.home(fresh, request()))
    assert "Projekte: 27; Partnereinrichtungen: 199; davon in mindestens zwei Projekten: 29" in html
    found, complete = pages.samples(fresh, request(), pages.SECONDS)
    assert complete
    assert len(found) == pages.ANSWERS
    assert all(one.sentence and one.href.startswith("/kg/questions/") for one in found)
    assert "projects: 27; partner institutions: 199" in words(pages.home(fresh, request(lang="en")))


def test_without_time_the_questions_stand_alone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "SECONDS", -1.0)
    fresh = replace(desk, _made={})
    found, complete = pages.samples(fresh, request(), pages.SECONDS)
    assert len(found) == pages.ANSWERS
    assert not complete
    assert not any(one.sentence for one in found)
    assert pages.home(fresh, request()).headers["Cache-Control"] == "no-store"
    monkeypatch.setattr(pages, "SECONDS", 60.0)
    assert "Cache-Control" not in pages.home(fresh, request()).headers


def test_answers_of_a_large_graph_come_afterwards(desk: Desk, both: Build) -> None:
    """The page of a large graph asks nothing itself, and says where the answers are."""
    large = Build(both.path, {**both.record, "quads": pages.LARGE})
    fresh = replace(desk, build=large, _made={}, names={})
    html = pages.home(fresh, request()).body.decode()
    assert 'data-answers="/kg/api/home?lang=de"' in html
    assert "199" not in words(pages.home(fresh, request()))
    data = json.loads(pages.answers(fresh, request()).body)
    assert data["complete"]
    assert "199" in data["samples"][0]["sentence"]
    assert "data-answers" not in pages.home(fresh, request()).body.decode()


def test_frames_and_licences_stand_on_the_home_page(desk: Desk) -> None:
    html = words(pages.home(desk, request()))
    for text in (
        "Auswahl um einen Kern",
        "Teilauswahl",
        "Sozialforschungsstelle Dortmund",
        "Zahlen gelten nicht über ihn hinaus",
        "CC BY 4.0",
        "Datenstand 2026-11-22",
    ):
        assert text in html


def test_the_data_block_is_escaped_and_true(desk: Desk, both: Build) -> None:
    catalog, data = block(pages.home(desk, request()))["@graph"]
    assert (catalog["@type"], data["@type"]) == ("DataCatalog", "Dataset")
    assert data["version"] == both.id
    assert data["name"] == both.record["title"]["de"]
    assert {one["@id"] for one in data["hasPart"]} == {source["graph"] for source in both.record["sources"]}
    assert any(one["contentUrl"].endswith("/sparql") for one in data["distribution"])
    evil = Build(both.path, {**both.record, "title": {"de": "</script><script>alert(1)</script>", "en": "x"}})
    reply = pages.home(replace(desk, build=evil, _made={}), request())
    assert b"<script>alert" not in reply.body
    assert block(reply)["@graph"][1]["name"] == "</script><script>alert(1)</script>"


def test_a_graph_without_a_record_claims_no_numbers(desk: Desk) -> None:
    bare = replace(desk, build=None, _made={})
    assert pages.numbers(bare, request()) == []
    assert pages.home(bare, request()).status == 200
    assert "keine Dateien" in words(pages.home(bare, request()))


# --- published files ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def with_files(both: Build, tmp_path: Path) -> tuple[Desk, Path]:
    """A desk whose build has published two files; a third lies beside."""
    path = tmp_path / "graphs" / both.id
    path.mkdir(parents=True)
    shutil.copy(both.path / "build.json", path)
    publish = tmp_path / "publish"
    publish.mkdir()
    (publish / "all.nq").write_bytes(b"<a> <b> <c> .\n")
    (publish / "secret.txt").write_text("secret")
    files = [
        {"name": name, "bytes": 14, "media_type": "application/n-quads", "purpose": {"de": "Alles", "en": "All"}}
        for name in ("all.nq", "../graphs/x")
    ]
    (publish / "manifest.json").write_text(json.dumps({"build": both.id, "files": files}))
    return Desk(EmbeddedStore(both.store), PortalSettings(), Build(path, both.record)), publish


def test_files_of_this_build_can_be_fetched(with_files: tuple[Desk, Path]) -> None:
    desk, _ = with_files
    reply = pages.download(desk, request(name="all.nq"))
    assert os.pread(reply.file, 100, 0) == b"<a> <b> <c> .\n"
    os.close(reply.file)
    assert reply.headers["Content-Disposition"] == 'attachment; filename="all.nq"'
    assert "all.nq" in words(pages.home(desk, request()))
    for name in ("secret.txt", "../graphs/x", "manifest.json", "..", ""):
        with pytest.raises(NotFoundError):
            pages.download(desk, request(name=name))


def test_files_of_another_build_are_not_shown(with_files: tuple[Desk, Path]) -> None:
    desk, publish = with_files
    (publish / "manifest.json").write_text(json.dumps({"build": "other", "files": [{"name": "all.nq", "bytes": 1, "media_type": "x/y"}]}))
    assert pages.published(desk) == []
    (publish / "manifest.json").write_text("no JSON")
    assert pages.published(replace(desk, _made={})) == []


# --- about --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("name", ["", *about.ABOUT])
def test_every_page_about_the_portal_is_there(desk: Desk, name: str, lang: str) -> None:
    reply = pages.about(desk, request("/about", lang, **({"name": name} if name else {})))
    assert reply.status == 200
    assert f'<html lang="{lang}"'.encode() in reply.body


def test_missing_texts_of_the_operator_are_named(desk: Desk) -> None:
    for name in ("imprint", "privacy", "accessibility"):
        assert f"{name} = {{de" in words(pages.about(desk, request(name=name)))
    own = PortalSettings(operator="Amt für <b>", imprint={"de": "Amt\n\nStraße 1\nDortmund"}, report_to="mailto:x@example.org")
    reply = pages.about(replace(desk, settings=own, _made={}), request(lang="en", name="imprint"))
    assert b"Amt f\xc3\xbcr &lt;b&gt;" in reply.body
    assert b'<div lang="de">' in reply.body
    assert "<br>" in reply.body.decode()
    assert "has not set" not in words(reply)


def test_the_privacy_page_says_what_the_log_holds(portal: Served) -> None:
    """The page promises that neither words nor addresses of readers are logged: the log of a real server is read."""
    portal.get("/query?query=ASK%20%7B%20%3Fsecretword%20%3Fp%20%3Fo%20%7D&run=1")
    portal.get("/sparql?query=ASK%20%7B%20%3Fsecretword%20%3Fp%20%3Fo%20%7D", headers={"User-Agent": "secretbrowser"})
    log = portal.log.read_text()
    assert '"/sparql"' in log
    assert "secret" not in log
    assert "127.0.0.1" not in log


def test_limits_of_the_operator_stand_on_the_page_for_programs(desk: Desk) -> None:
    html = words(pages.about(replace(desk, settings=PortalSettings(rows=4321, seconds=2.5)), request(name="api")))
    assert "4.321" in html
    assert "2.5" in html
    assert "https://graph.example.org/kg/sparql" in html


def test_decisions_are_those_that_went_into_the_build(desk: Desk, both: Build) -> None:
    rows, total = about.decisions(desk)
    assert total == len(rows) > 10
    assert {"target", "decision", "value", "who", "when", "why"} == set(rows[0])
    html = words(pages.about(desk, request(name="data")))
    assert rows[0]["why"][:30] in html
    assert "bestritten" in html
    # A file that is not the one of the build is not shown in its place.
    inputs = [{**one, "sha256": "0" * 64} for one in both.record["inputs"]]
    other = Build(both.path, {**both.record, "inputs": inputs})
    assert about.decisions(replace(desk, build=other, _made={})) == ([], 0)
    odd = Build(both.path, {**both.record, "inputs": [{"file": "../decisions.csv", "sha256": ""}, {"file": "/etc/decisions.csv"}]})
    assert about.decisions(replace(desk, build=odd, _made={})) == ([], 0)


def test_unknown_pages(desk: Desk) -> None:
    with pytest.raises(NotFoundError):
        pages.about(desk, request(name="../settings"))


def test_frames_are_named_as_in_the_code_list(desk: Desk) -> None:
    for kind, (name, meaning) in about.FRAMES.items():
        iri = f"https://w3id.org/innokg/code/sampling-frame/{kind}"
        result = desk.store.query(f"SELECT ?d WHERE {{ <{iri}> skos:definition ?d }}")
        definitions = {row[0].value for row in result.rows}  # type: ignore[union-attr]
        assert isinstance(name, Text)
        assert kind == "census" or set(meaning) == definitions


# --- sitemap ------------------------------------------------------------------------------------------------------------------


def locations(reply: Reply) -> list[str]:
    return [str(one.text) for one in ElementTree.fromstring(reply.body).iter(f"{SITEMAPS}loc")]


def test_the_sitemap_lists_every_thing_once(desk: Desk, both: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crawling, "PART", 700)
    fresh = replace(desk, _made={})
    index = locations(pages.sitemap(fresh, request()))
    assert index[0] == "https://graph.example.org/kg/sitemap-0.xml"
    parts = [locations(pages.sitemap_part(fresh, request(number=str(number)))) for number in range(len(index))]
    assert all(len(part) <= 700 for part in parts)
    listed = [one for part in parts[1:] for one in part]
    assert len(listed) == len(set(listed))
    classes = both.record["classes"]
    assert len(listed) == sum(classes.get(f"https://w3id.org/innokg/ontology#{name}", 0) for name in crawling.CLASSES)
    assert "https://graph.example.org/kg/doc/organisation/sozialforschungsstelle" in listed
    assert "https://graph.example.org/kg/questions/hierarchy" in parts[0]
    for wrong in (str(len(index)), "-1", "01", "x", "9" * 30):
        with pytest.raises(NotFoundError):
            pages.sitemap_part(fresh, request(number=wrong))


def test_lastmod_is_the_state_of_the_data(desk: Desk) -> None:
    assert b"<lastmod>2026-11-22</lastmod>" in pages.sitemap(desk, request()).body
    assert b"lastmod" not in pages.sitemap(replace(desk, build=None, _made={}), request()).body


def test_robots_leave_answers_alone(desk: Desk) -> None:
    text = pages.robots(desk, request()).body.decode()
    assert "Disallow: /kg/sparql\n" in text
    assert "Sitemap: https://graph.example.org/kg/sitemap.xml" in text
    assert "/doc" not in text


def test_the_search_describes_itself(desk: Desk) -> None:
    root = ElementTree.fromstring(pages.opensearch(desk, request()).body)
    url = root.find("{http://a9.com/-/spec/opensearch/1.1/}Url")
    name = root.find("{http://a9.com/-/spec/opensearch/1.1/}ShortName")
    assert url is not None
    assert name is not None
    assert url.get("template") == "https://graph.example.org/kg/search?q={searchTerms}&lang=de"
    assert len(name.text or "") <= 16


@pytest.mark.parametrize(
    "path", ["/", "/about", "/about/data", "/robots.txt", "/sitemap.xml", "/sitemap-1.xml", "/query?query=ASK%7B%7D&run=1", "/query?example=roles"]
)
def test_pages_answer_on_any_store(any_portal: Served, path: str) -> None:
    assert any_portal.get(path).status_code == 200


def test_vocabulary_of_any_store(any_portal: Served) -> None:
    data = any_portal.get("/api/vocabulary?lang=de").json()
    project = next(one for one in data["classes"] if one["curie"] == "inno:Project")
    assert project["label"] == "Projekt"
    assert project["properties"]


def test_a_part_that_is_not_there(portal: Served) -> None:
    assert portal.get("/sitemap-999.xml").status_code == 404
