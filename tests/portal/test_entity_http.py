"""Pages about one thing over HTTP, on the store on disk and on an endpoint elsewhere, and in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.namespaces import SCHEMA
from tests.portal.conftest import Served


def test_over_http(any_portal: Served) -> None:
    """The same on the store on disk and on an endpoint elsewhere."""
    redirect = any_portal.get("/id/project/t-factor", headers={"Accept": "text/turtle"})
    assert (redirect.status_code, redirect.headers["location"]) == (303, "/data/project/t-factor.ttl")
    assert "Accept" in redirect.headers["vary"]
    answer = any_portal.get("/doc/project/t-factor", headers={"Accept": "text/html", "Accept-Language": "de"})
    assert answer.status_code == 200
    assert "Quellen widersprechen einander" in answer.text
    data = any_portal.get("/data/project/t-factor.ttl")
    assert data.headers["content-type"] == "text/turtle; charset=utf-8"
    assert any(quad.predicate.value == SCHEMA.startDate for quad in ox.parse(data.content, format=ox.RdfFormat.TURTLE))
    assert any_portal.get("/doc/project/nothing").status_code == 404
    assert any_portal.get("/id/project/t-factor", headers={"Accept": "image/png"}).status_code == 406


def test_conditional_requests_and_links(portal: Served) -> None:
    first = portal.get("/doc/organisation/sozialforschungsstelle", headers={"Accept": "text/html"})
    assert {"canonical", "alternate", "describedby", "license"} <= set(re.findall(r'rel="([a-z]+)"', first.headers["link"]))
    again = portal.get("/doc/organisation/sozialforschungsstelle", headers={"Accept": "text/html", "If-None-Match": first.headers["etag"]})
    assert again.status_code == 304


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """A real browser."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs pip install playwright")
    if not Path("/usr/bin/chromium").exists():
        pytest.skip("needs chromium: apt-get install chromium")
    with playwright.sync_playwright() as running:
        made = running.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield made
        made.close()


@pytest.mark.parametrize("width", [1440, 390])
def test_in_a_browser(portal: Served, browser: object, width: int) -> None:
    """No other host, nothing refused by the policy, nothing wider than the window; a folded list loads when it is opened."""
    context = browser.new_context(viewport={"width": width, "height": 900}, locale="de-DE")  # type: ignore[attr-defined]
    tab = context.new_page()
    asked, said = [], []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda message: said.append(message.text))
    tab.goto(portal.address + "/doc/organisation/sozialforschungsstelle")
    box = tab.locator("details[data-inverse]", has_text="Aussagen darüber")
    box.locator("summary").click()
    box.locator("[data-list] li").first.wait_for()
    assert box.locator("[data-list] li").count() == 25
    box.get_by_role("button", name="Mehr zeigen").click()
    box.locator("[data-list]").nth(1).wait_for()
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert all(one.startswith((portal.address, "data:")) for one in asked)
    assert said == []
    context.close()
    plain = browser.new_context(java_script_enabled=False)  # type: ignore[attr-defined]
    tab = plain.new_page()
    tab.goto(portal.address + "/doc/organisation/sozialforschungsstelle?lang=de")
    tab.locator("details[data-inverse]", has_text="Aussagen darüber").locator("summary").click()
    tab.locator("details[data-inverse]", has_text="Aussagen darüber").get_by_role("link", name="Liste zeigen").click()
    assert tab.locator("h1").inner_text().startswith("Aussagen darüber (27)")
    plain.close()
