"""The sandbox: findings, repairs and changes of tables that are sent, in both languages; nothing is kept, whatever is sent."""

from __future__ import annotations

import base64
import html
import re
import shutil
from pathlib import Path

import httpx
import pytest

from kg.build import Build
from kg.portal import check
from kg.portal.desk import Desk
from kg.portal.page import Reply, Request
from kg.portal.settings import PortalSettings
from kg.resources import folder
from kg.store import EmbeddedStore
from tests.portal.conftest import Served
from tests.portal.test_uploads import form, packed

DORTMUND = folder("data", "dortmund")
TABLES = ("sources.csv", "entities.csv", "relations.csv", "decisions.csv", "retired.csv", "settings.toml")


@pytest.fixture(scope="module")
def desk(both: Build) -> Desk:
    return Desk(EmbeddedStore(both.store), PortalSettings(seconds=60), both)


def tables(**changes: tuple[str, str]) -> list[tuple[str, bytes]]:
    """Return the tables of Dortmund, one text in some of them replaced by another."""
    found = []
    for name in TABLES:
        text = (DORTMUND / name).read_bytes().decode()
        old, new = changes.get(name.partition(".")[0], ("", ""))
        assert old in text
        found.append((name, (text.replace(old, new, 1) if old else text).encode()))
    return found


def ask(desk: Desk, *files: tuple[str, bytes], lang: str = "en") -> Reply:
    content_type, body = form(*files)
    return check.page(desk, Request("x", "/check", lang=lang, body=body, options={"content_type": content_type}))


def words(reply: Reply) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", reply.body.decode()).split()))


def test_a_fault_is_found_explained_and_repaired_to_the_byte(desk: Desk) -> None:
    original = dict(tables())["entities.csv"]
    sent = tables(entities=(",2021,2021-11-24,", ",2021,24.11.2021,"))
    shown = words(reply := ask(desk, ("d.zip", packed(*sent))))
    assert "1 violation " in shown
    assert "24.11.2021 → 2021-11-24" in shown
    assert "entities.csv:5" in shown
    assert "they remove 1 finding and add 0" in shown.lower()
    data = re.search(r'download="entities.csv" href="data:text/csv;charset=utf-8;base64,([^"]+)"', reply.body.decode())
    assert data
    assert base64.b64decode(data[1]) == original
    assert "a build would refuse these tables" in shown
    german = words(ask(desk, sent[1], lang="de"))
    assert "1 Verstoß" in german
    assert "Was zu tun ist:" in german
    assert "/tmp" not in german + shown


def test_what_would_change_is_said_in_words(desk: Desk) -> None:
    shown = words(ask(desk, *tables(entities=(",2021,2021-11-24,", ",2021,2021-11-25,"))))
    assert "0 violations" in shown
    assert re.search(r"Innovation Award 2021 – changed .*?2021-11-24 to 2021-11-25", shown), shown[-3000:]
    same = words(ask(desk, *tables()))
    assert "Nothing: the graph says the same." in same


def test_one_table_alone_says_so_and_beside_its_folder_knows_the_others(desk: Desk) -> None:
    relation = "icapital-award-2021,awardedTo,dortmund,"
    (name, data) = tables(relations=(relation, "icapital-award-2021,awardedTo,dortmundd,"))[2]
    alone = words(ask(desk, (name, data)))
    assert "rules that need the others were not applied" in alone
    beside = Desk(desk.store, PortalSettings(seconds=60, tables=str(DORTMUND)), desk.build)
    shown = words(ask(beside, (name, data)))
    assert "Checked beside the tables of this portal: sources.csv, entities.csv" in shown
    assert "dortmundd" in shown
    assert "1 violation " in shown
    assert "Nothing is stored" in shown


def test_rdf_is_checked_too(desk: Desk) -> None:
    turtle = b"""@prefix inno: <https://w3id.org/innokg/ontology#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
    <https://w3id.org/innokg/id/project/x> a inno:Project ; skos:prefLabel "<script>alert(1)</script>"@en ."""
    reply = ask(desk, ("x.ttl", turtle))
    assert "x.ttl" in words(reply)
    assert b"<script>alert(1)" not in reply.body
    assert "violation" in words(reply)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([("photo.jpg", b"\xff\xd8")], "nothing to check"),
        ([("entities.csv", b"")], "empty"),
        ([("entities.csv", b"\x00\x01\x02\xff")], "not UTF-8"),
        ([("x.csv", b"a,b\n1,2\n")], "belongs to no known table"),
        ([("x.ttl", b"<a> <b")], "x.ttl"),
        ([("x.zip", b"no zip")], "archive cannot be read"),
        ([("x.zip", packed(("../../etc/x.csv", b"a")))], "outside itself"),
        ([("settings.toml", b"base = ["), *tables()[:3]], "settings.toml"),
    ],
)
def test_what_cannot_be_checked_is_said(
    desk: Desk, files: list[tuple[str, bytes]], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    reply = ask(desk, *files)
    assert reply.status == 400
    assert said in words(reply)
    assert str(tmp_path) not in reply.body.decode()
    assert not list(tmp_path.iterdir()), "nothing is left behind"


def test_over_http(portal: Served, tmp_path: Path) -> None:
    shutil.copyfile(DORTMUND / "sources.csv", tmp_path / "sources.csv")
    page = portal.get("/check?lang=de")
    assert page.status_code == 200
    assert 'enctype="multipart/form-data"' in page.text
    with (tmp_path / "sources.csv").open("rb") as file:
        sent = httpx.post(
            f"{portal.address}/check?lang=de", files={"file": ("sources.csv", file, "text/csv")}, headers={"Accept": "text/html"}, timeout=60
        )
    assert sent.status_code == 200
    assert "ETag" not in sent.headers
    assert sent.headers["Cache-Control"] == "no-store"
    assert "Was gefunden wurde" in sent.text
    for content, kind, status in (
        (b"a=b", "application/x-www-form-urlencoded", 400),
        (b"", "multipart/form-data; boundary=x", 400),
        (b"x" * (21 * 1024 * 1024), "text/csv", 413),
    ):
        answer = httpx.post(f"{portal.address}/check", content=content, headers={"Content-Type": kind, "Accept": "text/html"}, timeout=60)
        assert answer.status_code == status
    assert httpx.put(f"{portal.address}/check", content=b"", timeout=60).status_code == 405
    assert portal.get("/health/ready").status_code == 200
