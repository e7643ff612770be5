"""Feeds of releases follow RFC 4287: mandatory elements, identifiers, dates, links; nothing of the data becomes markup."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from kg.release import changes, feed, notes
from kg.release.feed import Source, changes_feed, releases_feed
from tests.release.states import GONE, KOSI, NEW, OLD, REPLACED, SUCCESSOR, Two, frozen, two
from tests.release.test_changes import named

__all__ = ["two"]

ATOM = "{http://www.w3.org/2005/Atom}"
XML = "{http://www.w3.org/XML/1998/namespace}"
HERE: dict[str, Any] = {"address": "https://portal.example/releases/feed.atom", "page": "https://portal.example/releases"}
ONCE = ("id", "title", "updated", "subtitle", "summary", "content", "published", "rights", "logo", "icon", "generator", "source")
KNOWN = {*ONCE, "author", "contributor", "category", "link", "entry"}


def checked(text: str) -> ElementTree.Element:
    """Parse a feed and assert what RFC 4287 asks of it (sections 4.1.1, 4.1.2, 4.2)."""
    root = ElementTree.fromstring(text)
    assert root.tag == f"{ATOM}feed"
    assert root.get(f"{XML}lang") in ("de", "en")
    for one in (root, *root.findall(f"{ATOM}entry")):
        names = [child.tag.removeprefix(ATOM) for child in one]
        assert set(names) <= KNOWN
        for name in ("id", "title", "updated"):
            assert names.count(name) == 1, (one.tag, name)
        assert all(names.count(name) <= 1 for name in ONCE)
        identifier = one.findtext(f"{ATOM}id") or ""
        assert re.fullmatch(r"[a-z][a-z0-9+.-]*:[^\s<>\"{}|\\^`]+", identifier), identifier
        for name in ("updated", "published"):
            for date in one.findall(f"{ATOM}{name}"):
                assert re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", date.text or "")
        links = one.findall(f"{ATOM}link")
        assert all(link.get("href") for link in links)
        alternates = [(link.get("type"), link.get("hreflang")) for link in links if link.get("rel", "alternate") == "alternate"]
        assert len(alternates) == len(set(alternates))
        if one is not root:
            # Without content an entry must have an alternate link.
            assert alternates or one.find(f"{ATOM}content") is not None
            assert one.find(f"{ATOM}summary") is not None
        for content in one.findall(f"{ATOM}content"):
            assert content.get("type") == "html"
            assert not list(content)
    assert root.findtext(f"{ATOM}author/{ATOM}name")
    assert len([link for link in root.findall(f"{ATOM}link") if link.get("rel") == "self"]) == 1
    identifiers = [one.findtext(f"{ATOM}id") for one in root.findall(f"{ATOM}entry")]
    assert len(identifiers) == len(set(identifiers))
    return root


def sources(two: Two) -> list[Source]:
    return [Source(two.new.path, two.new.manifest), Source(two.old.path, two.old.manifest)]


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_feed_of_releases(two: Two, lang: str) -> None:
    root = checked(releases_feed(sources(two), lang, **HERE))
    entries = root.findall(f"{ATOM}entry")
    assert [one.findtext(f"{ATOM}id") for one in entries] == [two.new.manifest["dataset"], two.old.manifest["dataset"]]
    assert root.findtext(f"{ATOM}updated") == entries[0].findtext(f"{ATOM}updated") == "2026-12-22T00:00:00Z"
    found = notes.read(two.new.path)
    assert found is not None
    assert entries[0].findtext(f"{ATOM}summary") == found.lead.in_(lang)
    assert entries[0].findtext(f"{ATOM}content") == notes.html(found, lang)
    links = {link.get("href") for link in entries[0].findall(f"{ATOM}link")}
    assert {f"{two.new.manifest['dataset']}/{name}" for name in ("notes.de.md", "notes.en.md", "manifest.json")} <= links
    assert root.findtext(f"{ATOM}author/{ATOM}name") == "innovation-kg"


def test_the_feed_of_changed_entities(two: Two) -> None:
    root = checked(changes_feed(sources(two)[0], "en", **HERE))
    said = {
        link.get("href"): one.findtext(f"{ATOM}title") for one in root.findall(f"{ATOM}entry") for link in one.findall(f"{ATOM}link[@rel='related']")
    }
    assert said[KOSI] == "KoSI-Lab: changed"
    assert said[GONE] == "asp Architekten: withdrawn"
    assert said[REPLACED] == "ProjectTogether: replaced"
    assert SUCCESSOR in {link.get("href") for link in root.iter(f"{ATOM}link")}
    assert len(said) == 5
    assert root.findtext(f"{ATOM}subtitle") == "5 of 5 entities; all of them in changes.json."


def test_feeds_are_bounded_and_say_so(two: Two) -> None:
    root = checked(changes_feed(sources(two)[0], "de", limit=2, **HERE))
    assert len(root.findall(f"{ATOM}entry")) == 2
    assert root.findtext(f"{ATOM}subtitle") == "2 von 5 Entitäten; alle in changes.json."


def test_old_releases_stand_without_their_notes(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "WHOLE", 1)
    entries = checked(releases_feed(sources(two), "en", **HERE)).findall(f"{ATOM}entry")
    assert [one.find(f"{ATOM}content") is None for one in entries] == [False, True]
    assert OLD in (entries[1].findtext(f"{ATOM}summary") or "")
    assert NEW in (entries[0].findtext(f"{ATOM}title") or "")


def test_nothing_of_the_data_becomes_markup(tmp_path: Path) -> None:
    evil = "]]></title><script>&amp;\x00\x0b\ufffe\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace") + "\x07<b>"
    frozen(tmp_path / "1", "1", named("a", "A"))
    more: dict[str, Any] = {"title": {"en": evil, "de": evil}, "publisher": {"name": evil}, "licences": [evil]}
    manifest = frozen(tmp_path / "2", "2", named("a", evil), **more)
    notes.write(tmp_path / "2", changes.write(tmp_path / "2", tmp_path / "1", tmp_path / "2" / "small.parquet", manifest))
    source = Source(tmp_path / "2", manifest)
    for text in (releases_feed([source], "en", **HERE), changes_feed(source, "en", **HERE)):
        root = checked(text)
        assert not [one for one in root.iter() if one.tag.endswith("script")]
        assert "<script>" not in text


def test_without_a_release_there_is_no_feed(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no release"):
        releases_feed([], "en", **HERE)
    manifest = frozen(tmp_path, "1", named("a", "A"))
    (tmp_path / "changes.json").write_text("{", encoding="utf-8")
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert not checked(changes_feed(Source(tmp_path, manifest), "en", **HERE)).findall(f"{ATOM}entry")
