"""A person with a browser walks through the static site: from a folder on the disk and from a plain file server, with and without JavaScript."""

from __future__ import annotations

import contextlib
import csv
import functools
import http.server
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.portal.browser import NARROW, WIDE, axe_source, chromium, violations
from tests.portal.test_accessibility import SMALL_TARGETS, STRUCTURE
from tests.site.conftest import MARKUP, Read

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["chromium"]

WATCH = 'document.addEventListener("securitypolicyviolation", (event) => console.error(`CSP ${event.violatedDirective} ${event.blockedURI}`));'


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextlib.contextmanager
def served(folder: Path, way: str) -> Iterator[str]:
    """Give the address of a site: its folder, or what `python -m http.server` makes of it."""
    if way == "file":
        yield folder.as_uri() + "/"
        return
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def visiting(browser: Browser, address: str, width: int = WIDE, **options: Any) -> Iterator[Page]:
    """Open a page in a browser of its own; errors, dialogs, requests to others and anything kept in the browser fail the test."""
    context = browser.new_context(viewport={"width": width, "height": 1000}, accept_downloads=True, **options)
    context.set_default_timeout(20_000)
    context.add_init_script(WATCH)
    page, problems = context.new_page(), list[str]()
    page.on("console", lambda message: problems.append(f"{page.url}: {message.text}") if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(f"{page.url}: {error}"))
    page.on("dialog", lambda shown: problems.append(f"dialog {shown.message}"))
    page.on("request", lambda asked: problems.append(f"{page.url}: request to {asked.url}") if not asked.url.startswith((address, "data:")) else None)
    try:
        yield page
        assert not problems, "\n".join(problems)
        assert context.cookies() == []
    finally:
        context.close()


def walk(page: Page, address: str, lang: str, *, scripts: bool, tmp_path: Path) -> None:
    def t(english: str, german: str) -> str:
        return german if lang == "de" else english

    end = ".de.html" if lang == "de" else ".html"
    page.goto(f"{address}index{end}")
    assert page.locator("html").get_attribute("lang") == lang
    page.locator("#q").fill("sozialforschungs")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/search{end}?q=*")
    name = t("Social Research Centre Dortmund", "Sozialforschungsstelle Dortmund")
    if scripts:
        page.locator("#hits a", has_text=name).first.click()
    else:
        page.get_by_role("link", name=t("Organisations", "Einrichtungen")).click()
        page.get_by_role("link", name=name, exact=True).click()
    page.wait_for_url(f"**/doc/organisation/sozialforschungsstelle{end}")
    assert page.locator("h1").inner_text() == name

    # From a project to both values of a contradiction, and the document of one.
    page.get_by_role("link", name="T-Factor", exact=True).first.click()
    assert page.locator("#contradictions .side").count() == 2
    page.locator("#contradictions a[href^='#s']").first.click()
    note = page.locator("ol.notes li:target")
    assert t("In other words", "Sinngemäß") in note.inner_text()
    note.get_by_role("link").first.click()
    page.wait_for_url("**/doc/document/*")
    assert page.get_by_role("heading", name=t("What this document attests", "Was dieses Dokument belegt")).is_visible()

    # The other language is one click away.
    page.locator("header").get_by_role("link", name=t("Deutsch", "English")).click()
    assert page.locator("html").get_attribute("lang") == t("de", "en")
    page.go_back()

    # The network, the evidence of a tie, a project in it.
    page.get_by_role("navigation").get_by_role("link", name=t("Network", "Netzwerk")).click()
    assert page.locator("svg .net-tie").count() > 30
    page.locator("h2#ties + table tbody a").first.click()
    page.wait_for_url(f"**/ties{end}#tie-1")
    page.locator("#tie-1 tbody a").first.click()
    page.wait_for_url("**/doc/*/*")

    # A question, its answer, its table.
    page.get_by_role("navigation").get_by_role("link", name=t("Questions", "Fragen")).click()
    page.locator("ul.samples a").nth(1).click()
    assert page.locator("#answer").inner_text()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="CSV").click()
    target = tmp_path / "answer.csv"
    downloading.value.save_as(target)
    with target.open(encoding="utf-8", newline="") as file:
        assert len(list(csv.reader(file))) > 1

    # The map, the downloads.
    page.get_by_role("navigation").get_by_role("link", name=t("Map", "Karte")).click()
    assert page.locator(".map-spot").count() > 10
    page.get_by_role("navigation").get_by_role("link", name="Downloads").click()
    assert page.get_by_role("link", name="catalog.ttl").first.is_visible()


@pytest.mark.parametrize(("way", "lang", "scripts"), [("file", "de", True), ("http", "en", True), ("file", "en", False), ("http", "de", False)])
def test_the_walk(chromium: Browser, dortmund: Read, tmp_path: Path, way: str, lang: str, scripts: bool) -> None:
    with served(dortmund.path, way) as address, visiting(chromium, address, java_script_enabled=scripts) as page:
        walk(page, address, lang, scripts=scripts, tmp_path=tmp_path)


def test_what_is_typed_in_many_ways_is_found(chromium: Browser, dortmund: Read) -> None:
    spellings = {
        "Sozialforschungsstelle Dortmund": ("sozialforschungsstelle", "SOZIALFORSCHUNGSSTELLE dortm"),
        "T-Factor": ("tfactor", "t-fact", "868887"),
        "Sozialforschungsstelle an der Universität Münster": ("muenster", "MÜNSTER", "munster"),
        "Rheinische Straße": ("strasse", "Rheinische Straße", "rheinische stra"),
    }
    with served(dortmund.path, "file") as address, visiting(chromium, address) as page:
        page.goto(f"{address}search.de.html")
        for found, texts in spellings.items():
            for text in texts:
                page.locator("#q").fill("")
                page.locator("#found").filter(has_text=re.compile("^$")).wait_for(state="attached")
                page.locator("#q").fill(text)
                page.locator("#found").filter(has_text=re.compile(r"\d")).wait_for()
                assert any(found in name for name in page.locator("#hits a").all_inner_texts()), text


def test_nothing_is_found_and_that_is_said(chromium: Browser, dortmund: Read) -> None:
    with served(dortmund.path, "http") as address, visiting(chromium, address) as page:
        page.goto(f"{address}search.html?q=zzzzqqqq")
        page.get_by_text("Nothing of that name.").wait_for()


def test_hostile_names_stay_text_in_the_search(chromium: Browser, hostile: Read) -> None:
    with served(hostile.path, "file") as address, visiting(chromium, address) as page:
        page.goto(f"{address}search.html?q=onerror")
        page.locator("#hits a").first.wait_for()
        assert page.locator("#hits a").first.inner_text() == MARKUP
        page.locator("#hits a").first.click()
        assert page.locator("h1").inner_text() == MARKUP
        assert page.locator("img").count() == 0


PAGES = (
    *("index", "search", "network", "ties", "map", "catalog", "about", "list/organisation", "questions/index", "questions/role-across-projects"),
    *("doc/project/t-factor", "doc/organisation/sozialforschungsstelle", "doc/place/dortmund", "doc/document/wiki-sfs", "doc/code/topic"),
    *("doc/award-edition/icapital-award-2014", "doc/graph/dortmund"),
)


@pytest.mark.parametrize(("lang", "scheme", "width"), [("de", "light", WIDE), ("en", "dark", WIDE), ("de", "dark", NARROW)])
def test_accessibility(chromium: Browser, dortmund: Read, lang: str, scheme: Any, width: int) -> None:
    """WCAG 2.2 AA by axe-core, and what it does not measure: size of targets, order of headings."""
    axe, found = axe_source(), list[str]()
    with served(dortmund.path, "http") as address, visiting(chromium, address, width, color_scheme=scheme) as page:
        # Light and dark share the pages: each template is met in both languages or both colours.
        for name in PAGES[1::2] if scheme == "light" else PAGES[::2]:
            page.goto(f"{address}{name}{'.de' if lang == 'de' else ''}.html")
            found += [f"{name}: {one}" for one in violations(page, axe)]
            found += [f"{name}: target {one}" for one in page.evaluate(SMALL_TARGETS)]
            found += [f"{name}: structure {one}" for one in page.evaluate(STRUCTURE)]
            if width == NARROW:
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is wider than the window"
    assert not found, "\n".join(found)
