"""Frozen releases over HTTP: pages, files with ranges and checksums, headers, feeds, addresses that are gone; nothing but what a manifest names is given out."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.build import read
from kg.portal import ranges, released, releases
from kg.portal.desk import Desk
from kg.portal.page import Request
from kg.portal.settings import PortalSettings
from kg.store import EmbeddedStore
from tests.portal.browser import NARROW, axe_source, chromium, visiting
from tests.portal.conftest import Served, serving
from tests.portal.test_accessibility import wrong_with
from tests.release.states import EDITION, GONE, KOSI, NEW, OLD, REPLACED, SUCCESSOR, UPDATE, Two, two
from tests.release.test_feed import checked

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["chromium", "two"]


@pytest.fixture(scope="module")
def served(two: Two, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The portal on the new state, with both releases."""
    with serving(two.root, tmp_path_factory.mktemp("releases") / "log", "--workers", "1") as found:
        yield found


def entry(two: Two, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(dict(one) for one in two.new.files if one["name"] == name)
    return found


def links(answer: httpx.Response) -> dict[str, list[str]]:
    """Return targets of the Link header by relation."""
    found: dict[str, list[str]] = {}
    for target, rel in re.findall(r'<([^>]*)>; rel="([^"]*)"', answer.headers.get("link", "")):
        found.setdefault(rel, []).append(target)
    return found


# --- list and page ---------------------------------------------------------------------------------------------------------------


def test_the_list_as_page_and_as_json(served: Served) -> None:
    page = served.get("/releases?lang=de")
    assert page.text.index(f">{NEW}<") < page.text.index(f">{OLD}<")
    assert "3 sind geändert" in page.text
    data = served.get("/releases", headers={"Accept": "application/json"}).json()
    assert [(one["version"], one["issued"]) for one in data["releases"]] == [(NEW, "2026-12-22"), (OLD, "2026-11-22")]
    assert links(page)["latest-version"] == [f"{served.address}/releases/{NEW}"]


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_page_names_what_changed_and_every_file(served: Served, two: Two, lang: str) -> None:
    text = served.get(f"/releases/{NEW}?lang={lang}").text
    for words in {
        "de": ("Enddatum geändert von 2019 auf 2020", "ersetzt durch", "Amsterdam gegen Barcelona", "Zuerst ansehen", "Prüfsummen"),
        "en": ("end date changed from 2019 to 2020", "replaced by", "Amsterdam against Barcelona", "Look at this first", "checksums"),
    }[lang]:
        assert words in text
    for one in two.new.files:
        assert f'href="/releases/{NEW}/{one["name"]}"' in text
        assert str(one["sha256"]) in text
    assert f'href="/doc/project/kosi-lab?lang={lang}"' in text
    assert f'rel="prev" href="/releases/{OLD}?lang={lang}"' in text
    old = served.get(f"/releases/{OLD}?lang={lang}").text
    assert f'rel="next" href="/releases/{NEW}?lang={lang}"' in old
    assert f'rel="latest-version" href="/releases/{NEW}?lang={lang}"' in old


def test_the_record_is_negotiated(served: Served, two: Two) -> None:
    known = {ox.NamedNode(str(two.new.manifest["dataset"]))}
    for media, form in (
        ("text/turtle", ox.RdfFormat.TURTLE),
        ("application/ld+json", ox.RdfFormat.JSON_LD),
        ("application/rdf+xml", ox.RdfFormat.RDF_XML),
        ("application/n-triples", ox.RdfFormat.N_TRIPLES),
    ):
        answer = served.get(f"/releases/{NEW}", headers={"Accept": media})
        assert answer.headers["content-type"].startswith(media)
        assert "Accept" in answer.headers["vary"]
        subjects = {quad.subject for quad in ox.parse(answer.content, format=form, base_iri="https://x.example/")}
        assert known & subjects, media
    assert served.get(f"/releases/{NEW}.ttl").content == (two.new.path / "catalog.ttl").read_bytes()
    assert served.get(f"/releases/{NEW}", headers={"Accept": "application/json"}).json() == two.new.manifest
    assert served.get(f"/releases/{NEW}", headers={"Accept": "image/png"}).status_code == 406


def test_the_newest_is_led_to(served: Served) -> None:
    for path, target in (("", ""), ("/dortmund.nq", "/dortmund.nq")):
        answer = served.get(f"/releases/latest{path}")
        assert (answer.status_code, answer.headers["location"]) == (307, f"/releases/{NEW}{target}")
        assert answer.headers["cache-control"] == "no-cache"
    assert served.get(f"/releases/{NEW}/").status_code == 308


def test_pages_and_feeds_answer_304(served: Served) -> None:
    for path in ("/releases", f"/releases/{NEW}", "/releases/feed.atom", f"/releases/{NEW}/changes.atom", f"/releases/{NEW}/dortmund.nq"):
        first = served.get(path)
        again = served.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b""), path
        assert again.headers["etag"] == first.headers["etag"]
        assert served.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


# --- files -----------------------------------------------------------------------------------------------------------------------


def test_every_file_is_what_the_manifest_says(served: Served, two: Two) -> None:
    with httpx.Client(base_url=served.address, headers={"Accept-Encoding": "identity"}) as client:
        for one in two.new.files:
            answer = client.get(f"/releases/{NEW}/{one['name']}")
            assert answer.status_code == 200, one["name"]
            assert hashlib.sha256(answer.content).hexdigest() == one["sha256"]
            assert answer.headers["etag"] == f'"{one["sha256"]}"'
            assert answer.headers["content-type"].partition(";")[0] == one["media_type"]
            assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
            assert "content-encoding" not in answer.headers
        sums = client.get(f"/releases/{NEW}/SHA256SUMS").text
        assert len(sums.splitlines()) > len(two.new.files)
        assert client.get(f"/releases/{NEW}/manifest.json").json() == two.new.manifest


def test_a_file_goes_packed_to_who_unpacks_it(served: Served, two: Two) -> None:
    packed = entry(two, "dortmund.nq")["compressed"]
    path = f"/releases/{NEW}/dortmund.nq"
    with httpx.stream("GET", served.address + path, headers={"Accept-Encoding": "gzip"}) as answer:
        raw = b"".join(answer.iter_raw())
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.headers["etag"] == f'"{packed["sha256"]}"'
    assert raw == (two.new.path / "dortmund.nq.gz").read_bytes()
    assert gzip.decompress(raw) == (two.new.path / "dortmund.nq").read_bytes()
    plain = served.get(path + ".gz", headers={"Accept-Encoding": "gzip"})
    assert (plain.headers["content-type"], plain.content) == ("application/gzip", raw)
    assert "content-encoding" not in plain.headers


def test_head_and_links(served: Served, two: Two) -> None:
    for version in (NEW, OLD):
        answer = httpx.head(f"{served.address}/releases/{version}/dortmund.ttl", headers={"Accept-Encoding": "identity"})
        assert answer.status_code == 200
        assert answer.content == b""
        assert answer.headers["accept-ranges"] == "bytes"
        assert int(answer.headers["content-length"]) == (two.root / "release" / version / "dortmund.ttl").stat().st_size
        found = links(answer)
        here = f"{served.address}/releases"
        assert found["latest-version"] == [f"{here}/{NEW}"]
        assert found.get("predecessor-version", []) == ([f"{here}/{OLD}"] if version == NEW else [])
        assert found.get("successor-version", []) == ([f"{here}/{NEW}"] if version == OLD else [])
        assert found["license"] == ["https://creativecommons.org/licenses/by/4.0/"]
        assert f"{here}/feed.atom" in found["alternate"]


def test_ranges(served: Served, two: Two) -> None:
    path, whole = f"/releases/{NEW}/dortmund.nq", (two.new.path / "dortmund.nq").read_bytes()
    tag = f'"{entry(two, "dortmund.nq")["sha256"]}"'

    def ask(value: str, **more: str) -> httpx.Response:
        return served.get(path, headers={"Accept-Encoding": "identity", "Range": value, **more})

    for value, part in (("bytes=0-0", whole[:1]), ("bytes=10-99", whole[10:100]), ("bytes=-7", whole[-7:]), (f"bytes={len(whole) - 3}-", whole[-3:])):
        answer = ask(value)
        assert (answer.status_code, answer.content) == (206, part)
        first = whole.rindex(part) if value[6] == "-" or value.endswith("-") else int(value[6:].split("-")[0])
        assert answer.headers["content-range"] == f"bytes {first}-{first + len(part) - 1}/{len(whole)}"
        assert answer.headers["etag"] == tag
    none = ask(f"bytes={len(whole)}-")
    assert (none.status_code, none.headers["content-range"], none.content) == (416, f"bytes */{len(whole)}", b"")
    assert ask("bytes=0-1,4-5").status_code == ask("lines=1-2").status_code == ask("bytes=9-3").status_code == 200
    assert ask("bytes=0-1", **{"If-Range": tag}).status_code == 206
    assert ask("bytes=0-1", **{"If-Range": '"other"'}).content == whole
    packed = served.get(path, headers={"Accept-Encoding": "gzip", "Range": "bytes=0-1"})
    assert (packed.status_code, packed.headers["content-encoding"]) == (206, "gzip")
    # Two halves make the whole, as `wget --continue` takes them.
    assert ask("bytes=0-4999").content + ask("bytes=5000-").content == whole


@given(st.integers(0, 200), st.integers(0, 300), st.integers(0, 300))
def test_a_range_never_leaves_the_file(size: int, first: int, last: int) -> None:
    whole = list(range(size))
    for header, meant in (
        (f"bytes={first}-{last}", whole[first : last + 1]),
        (f"bytes={first}-", whole[first:]),
        (f"bytes=-{last}", whole[-last:] if last else []),
    ):
        found = ranges.wanted(header, None, '"x"', size)
        if found is None:
            assert last < first
        else:
            assert list(found) == meant


def test_downloads_of_what_is_current_have_ranges_too(served: Served, two: Two) -> None:
    folder = two.root / "publish"
    body = b"0123456789" * 20_000
    folder.mkdir(exist_ok=True)
    (folder / "some.csv").write_bytes(body)
    (folder / "manifest.json").write_text(
        json.dumps({"build": two.build.id, "files": [{"name": "some.csv", "bytes": len(body), "media_type": "text/csv"}]}), encoding="utf-8"
    )
    served.wait_for("/downloads/some.csv")
    assert served.get("/downloads/some.csv").content == body
    answer = served.get("/downloads/some.csv", headers={"Range": "bytes=5-9"})
    assert (answer.status_code, answer.content) == (206, b"56789")


def test_a_large_file_goes_through_nobodys_memory(served: Served, two: Two) -> None:
    """A file of 300 MB that takes no room on the disk, beside the others."""
    folder, size = two.root / "release" / "2027.1", 300 * 1024 * 1024
    folder.mkdir()
    with (folder / "large.nq").open("wb") as file:
        file.truncate(size)
    manifest = {**two.new.manifest, "version": "2027.1", "issued": "2027-01-01", "previous": NEW}
    manifest["files"] = [{"name": "large.nq", "media_type": "application/n-quads", "bytes": size, "sha256": "0" * 64}]
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    try:
        served.wait_for("/releases/2027.1")
        before, count = settled(served), 0
        with httpx.stream("GET", f"{served.address}/releases/2027.1/large.nq", timeout=60) as answer:
            for part in answer.iter_raw():
                count += len(part)
        assert count == size
        assert peak(served) - before < 40_000
    finally:
        shutil.rmtree(folder)
    served.wait_for("/releases/2027.1", 404)


def settled(served: Served) -> int:
    """Return the largest memory so far, kB, once the portal has read what it reads after its start (or a minute has passed)."""
    assert served.get(f"/releases/{NEW}/dortmund.nq").status_code == 200
    before = 0
    for _ in range(30):
        now = peak(served)
        if now == before:
            break
        before = now
        time.sleep(2)
    return before


def peak(served: Served) -> int:
    """Return the largest memory of the front and its workers so far, kB."""
    front = served.process.pid
    children = [int(pid) for path in Path(f"/proc/{front}/task").iterdir() for pid in (path / "children").read_text().split()]
    found = [re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text()) for pid in (front, *children)]
    return sum(int(match[1]) for match in found if match)


# --- what is refused -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/releases/2026.99",
        f"/releases/{NEW}/nothing.txt",
        f"/releases/{NEW}/../../current/build.json",
        f"/releases/{NEW}/%2e%2e/%2e%2e/current/build.json",
        f"/releases/{NEW}/..%2f{OLD}%2fmanifest.json",
        "/releases/%2e%2e/current/build.json",
        f"/releases/{NEW}/dortmund.nq%00",
        f"/releases/{NEW}//etc/passwd",
        f"/releases/{NEW}/.spill",
        "/releases/latest/../x",
    ],
)
def test_nothing_else_is_given_out(served: Served, path: str) -> None:
    import http.client

    connection = http.client.HTTPConnection(served.address.removeprefix("http://"), timeout=60)
    connection.request("GET", path, headers={"Accept": "text/html"})
    answer = connection.getresponse()
    body = answer.read()
    if answer.status == 307:
        assert answer.headers["Location"].startswith(f"/releases/{NEW}/")
    else:
        assert answer.status == 404
        assert b"<h1>" in body
    connection.close()


def desk_of(two: Two, folder: Path) -> Desk:
    """Return a desk whose releases lie in a folder that a test may spoil."""
    (folder / "graphs").mkdir(parents=True)
    (folder / "graphs" / two.build.id).symlink_to(two.build.path)
    shutil.copytree(two.root / "release", folder / "release")
    build = read(two.build.path)
    moved = type(build)(folder / "graphs" / two.build.id, build.record)
    return Desk(EmbeddedStore(build.store), PortalSettings(), moved)


def asked(handler: str, form: str = "html", **names: str) -> Request:
    return Request(f"kg.portal.releases:{handler}", "/releases", names=names, form=form, origin="https://kg.example")


@pytest.fixture
def spoilt(two: Two, tmp_path: Path) -> Desk:
    return desk_of(two, tmp_path)


def test_links_pipes_and_changed_files_are_refused(spoilt: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "release" / NEW
    secret = tmp_path / "secret"
    secret.write_text("secret", encoding="utf-8")
    (folder / "dortmund.ttl").unlink()
    (folder / "dortmund.ttl").symlink_to(secret)
    (folder / "dortmund.nq").write_bytes(b"changed")
    (folder / "dortmund.rdf").unlink()
    os.mkfifo(folder / "dortmund.rdf")
    (folder / "README.txt").unlink()
    for name in ("dortmund.ttl", "dortmund.nq", "dortmund.rdf", "README.txt"):
        reply = releases.file(spoilt, asked("file", version=NEW, name=name))
        assert reply.status == 500, name
        assert b"secret" not in reply.body
        assert "not what the manifest says" in reply.body.decode()


def test_a_release_that_is_a_link_or_damaged_is_passed_over(spoilt: Desk, tmp_path: Path) -> None:
    (tmp_path / "release" / "2027.1").symlink_to(tmp_path / "release" / NEW)
    (tmp_path / "release" / "2027.2").mkdir()
    (tmp_path / "release" / OLD / "manifest.json").write_text("{", encoding="utf-8")
    assert [one.version for one in released.releases(spoilt)] == [NEW]
    assert releases.listing(spoilt, asked("listing")).status == 200
    assert releases.page(spoilt, asked("page", version=NEW)).status == 200
    (tmp_path / "release" / NEW / "notes.json").write_text("[1]", encoding="utf-8")
    assert releases.page(spoilt, asked("page", version=NEW)).status == 200


def test_without_a_release_the_page_says_how_to_make_one(two: Two, tmp_path: Path) -> None:
    desk = desk_of(two, tmp_path)
    shutil.rmtree(tmp_path / "release")
    page = releases.listing(desk, asked("listing"))
    assert page.status == 200
    assert b"kg release 2026.11" in page.body
    assert json.loads(releases.listing(desk, asked("listing", "json")).body)["releases"] == []
    for handler, names in ((releases.feed, {}), (releases.page, {"version": "latest"}), (releases.page, {"version": "1"})):
        with pytest.raises(Exception, match="no release yet"):
            handler(desk, asked("x", **names))


# --- feeds, entities, sitemap ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["de", "en"])
def test_feeds(served: Served, lang: str) -> None:
    for path in ("/releases/feed.atom", "/releases/latest/changes.atom", f"/releases/{OLD}/changes.atom"):
        answer = served.get(f"{path}?lang={lang}")
        assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
        root = checked(answer.text)
        own = [one.get("href") for one in root.iter("{http://www.w3.org/2005/Atom}link") if one.get("rel") == "self"]
        assert own == [f"{served.address}{path}?lang={lang}"]


@pytest.mark.parametrize("kind", ["id", "doc", "data"])
def test_what_a_release_withdrew_is_gone(served: Served, kind: str) -> None:
    for iri, successor in ((GONE, ""), (REPLACED, SUCCESSOR)):
        key = iri.partition("/id/")[2]
        answer = served.get(f"/{kind}/{key}", headers={"Accept": "text/html" if kind != "data" else "text/turtle"})
        assert answer.status_code == 410
        assert links(answer).get("successor-version", []) == ([f"{served.address}/doc/{successor.partition('/id/')[2]}"] if successor else [])
    assert NEW in served.get(f"/doc/{GONE.partition('/id/')[2]}").text
    assert served.get("/doc/organisation/never-was").status_code == 404
    for iri in (KOSI, UPDATE, EDITION):
        assert served.get(f"/doc/{iri.partition('/id/')[2]}").status_code == 200


def test_the_sitemap_lists_releases_with_their_day(served: Served) -> None:
    text = served.get("/sitemap-0.xml").text
    assert f"<loc>{served.address}/releases/{NEW}</loc><lastmod>2026-12-22</lastmod>" in text
    assert f"<loc>{served.address}/releases/{OLD}</loc><lastmod>2026-11-22</lastmod>" in text
    assert f"<loc>{served.address}/releases</loc><lastmod>2026-12-22</lastmod>" in text


def test_pages_for_everyone(chromium: Browser, served: Served) -> None:
    """Nothing that axe-core or we find, no script, no request elsewhere; in the light, in the dark, and on a narrow screen."""
    axe, found = axe_source(), []
    for lang, width, options in (("de", 1440, {}), ("en", NARROW, {"color_scheme": "dark"})):
        with visiting(chromium, served.address, lang, width, **options) as visit:
            for path in ("/releases", f"/releases/{NEW}"):
                visit.page.goto(visit.address + path)
                visit.settle()
                found += [f"{path} {lang}: {one}" for one in wrong_with(visit, axe)]
                assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    assert not found, "\n".join(found)
