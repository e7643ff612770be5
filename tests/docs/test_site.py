"""The documentation site: built strictly, every link and anchor leads somewhere, nothing comes from another host, and it can be read and searched offline."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote, urlsplit

import pytest

from tests.portal.browser import NARROW, WIDE, axe_source, chromium, violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["chromium"]

pytest.importorskip("mkdocs", reason="the site needs pip install 'innovation-kg[docs]'")
pytest.importorskip("material", reason="the site needs pip install 'innovation-kg[docs]'")
ROOT = Path(__file__).resolve().parents[2]
LOADS = {"script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src", "audio": "src", "embed": "src", "object": "data"}
RELATIONS = {"stylesheet", "preload", "preconnect", "dns-prefetch", "prefetch", "modulepreload", "icon", "manifest"}


class Read(HTMLParser):
    """What a page loads, what it links, and the ids it has."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.linked: list[str] = []
        self.ids: set[str] = set()
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.ids |= {given[name] for name in ("id", "name") if given.get(name)}
        if tag in LOADS and given.get(LOADS[tag]):
            self.loaded.append(given[LOADS[tag]])
        if tag == "link" and RELATIONS & set(given.get("rel", "").split()):
            self.loaded.append(given["href"])
        if tag == "a" and given.get("href"):
            self.linked.append(given["href"])
        self.loaded += re.findall(r"url\(([^)]+)\)", given.get("style", ""))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built strictly."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Read]:
    """Every page of the site, read."""
    found = {}
    for path in sorted(site.rglob("*.html")):
        read = Read()
        read.feed(path.read_text(encoding="utf-8"))
        found[path] = read
    assert len(found) > 40
    return found


def test_links_and_anchors_lead_somewhere(site: Path, pages: dict[Path, Read]) -> None:
    broken = []
    for path, page in pages.items():
        if path.name == "404.html":
            continue
        for link in page.linked + page.loaded:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if target.is_dir():
                target /= "index.html"
            if not target.is_file():
                broken.append(f"{path.relative_to(site)}: {link}")
            elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].ids:
                broken.append(f"{path.relative_to(site)}: no anchor {link}")
    assert not broken


def test_nothing_is_loaded_from_another_host(site: Path, pages: dict[Path, Read]) -> None:
    for path, page in pages.items():
        assert not [link for link in page.loaded if urlsplit(link).netloc], path
    for path in site.rglob("*.css"):
        for address in re.findall(r"(?:@import\s+|url\()[\"']?([^\"')]+)", path.read_text(encoding="utf-8")):
            assert not urlsplit(address).netloc, f"{path.name}: {address}"


def test_every_kind_of_page_is_there(site: Path) -> None:
    for group in (
        "tutorials/researcher",
        "tutorials/steward",
        "tutorials/portal",
        "how-to/index",
        "reference/python",
        "explanation/frames",
        "decisions/0001-model",
    ):
        assert (site / f"{group}.html").is_file(), group
    assert (site / "repository/data/dortmund/index.html").is_file(), "pages of the repository that are linked come along"
    assert not (site / "generate.py").exists()


def test_hook_moves_only_links_outside_of_code(site: Path) -> None:
    text = (site / "reference/index.html").read_text(encoding="utf-8")
    assert 'href="../repository/data/dortmund/index.html"' in text
    assert 'href="../repository/CHANGELOG.html"' in text


@pytest.mark.slow
@pytest.mark.parametrize(("scheme", "width"), [("light", WIDE), ("dark", NARROW)])
def test_site_is_read_and_searched_from_the_disk(site: Path, chromium: Browser, scheme: Literal["light", "dark"], width: int) -> None:
    page = chromium.new_page(color_scheme=scheme, viewport={"width": width, "height": 900})
    asked: list[str] = []
    problems: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto((site / "index.html").as_uri())
    page.click(".md-search__input" if width == WIDE else "label.md-header__button[for=__search]")
    page.keyboard.type("sampling frame", delay=20)
    page.wait_for_selector(".md-search-result__item a", timeout=20000)
    assert "frame" in page.inner_text(".md-search-result__list").casefold()
    for name in ("index", "explanation/frames", "reference/shapes", "reference/python", "tutorials/portal"):
        page.goto((site / f"{name}.html").as_uri())
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{name} is wider than the screen"
        assert page.get_attribute("body", "data-md-color-scheme") == ("slate" if scheme == "dark" else "default")
        if name in ("index", "explanation/frames"):
            page.wait_for_timeout(300)
            assert not violations(page, axe_source()), name
    assert not problems
    outside = [url for url in asked if not url.startswith(("file:", "data:", "blob:", "about:"))]
    assert not outside, outside
    page.close()
