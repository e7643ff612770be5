"""Questions over HTTP from a real `kg serve`, embedded and remote, and in a real browser with and without JavaScript."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from tests.portal.conftest import Served

REPEAT = "/questions/repeat-partners?institution=sozialforschungsstelle"
STRICT = re.compile(r"default-src 'none'.*script-src 'self'.*style-src 'self'")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="needs pip install 'innovation-kg[dev]'")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    with playwright.sync_playwright() as running:
        made = running.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield made
        made.close()


def opened(browser: Any, portal: Served, path: str, **options: Any) -> tuple[Any, list[str]]:
    """Return a page, and what the browser complains about; a request to another host is a complaint, too."""
    page = browser.new_context(**options).new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: None if request.url.startswith((portal.address, "data:", "blob:")) else wrong.append(request.url))
    page.goto(portal.address + path)
    return page, wrong


def test_the_same_rows_come_from_the_embedded_and_the_remote_store(any_portal: Served) -> None:
    answer = any_portal.get("/api" + REPEAT)
    assert answer.status_code == 200
    assert answer.json()["total"] == 29
    assert len(re.findall(r"<tr>", any_portal.get(REPEAT).text)) == 30
    assert any_portal.get("/timeline").status_code == 200


def test_formats_come_by_name_and_by_accept(portal: Served) -> None:
    path = "/api" + REPEAT
    kinds = {
        "csv": "text/csv",
        "xlsx": "officedocument",
        "ttl": "text/turtle",
        "ipynb": "ipynb+json",
        "geojson": "geo+json",
        "srj": "sparql-results+json",
    }
    for name, media in kinds.items():
        answer = portal.get(f"{path}&format={name}")
        assert answer.status_code == 200
        assert media in answer.headers["content-type"]
        assert answer.headers["access-control-allow-origin"] == "*"
    assert portal.get(path, headers={"Accept": "text/csv"}).text.startswith("partner,")
    tag = portal.get(path).headers["etag"]
    assert portal.get(path, headers={"If-None-Match": tag}).status_code == 304


def test_errors_are_pages_for_readers_and_json_for_programs(portal: Served) -> None:
    page = portal.get("/questions/repeat-partners?institution=nobody-at-all&lang=de")
    assert page.status_code == 400
    assert 'aria-invalid="true"' in page.text
    data = portal.get("/api/questions/repeat-partners?institution=nobody-at-all&lang=de")
    assert (data.status_code, data.json()["where"]) == (400, "institution")
    assert portal.get("/questions/none").status_code == 404
    assert portal.get("/api/questions/none").json()["status"] == 404


def test_only_the_frame_may_be_framed(portal: Served) -> None:
    page, frame = portal.get(REPEAT), portal.get(REPEAT.replace("/questions/", "/embed/question/"))
    assert STRICT.search(page.headers["content-security-policy"])
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert "frame-ancestors *" in frame.headers["content-security-policy"]


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_pages_fit_the_screen_and_break_no_rule_of_the_policy(browser: Any, portal: Served, width: int, scheme: str) -> None:
    for path in (REPEAT + "&view=network", "/questions/projects-of-place?place=dortmund&view=map", "/timeline?lang=de"):
        page, wrong = opened(browser, portal, path, viewport={"width": width, "height": 900}, color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert wrong == [], path
        page.context.close()


def test_everything_is_there_without_javascript(browser: Any, portal: Served) -> None:
    page, wrong = opened(browser, portal, "/questions", java_script_enabled=False)
    page.get_by_role("link", name="Repeat partners of an organisation", exact=True).click()
    page.get_by_label("organisation").fill("Social Research Centre Dortmund")
    page.get_by_role("button", name="Ask").click()
    assert "29." in page.locator(".sentence").inner_text()
    page.get_by_role("link", name="shared projects").click()
    assert page.locator('th[aria-sort="descending"]').count() == 1
    page.locator("details.menu summary").first.click()
    page.get_by_role("link", name="without this").first.click()
    assert page.locator("table.answer tbody tr").count() == 28
    page.get_by_role("link", name="Network", exact=True).last.click()
    assert page.locator("svg.drawn circle").count() == 29  # the institution, and 28 partners that passed the filter
    assert wrong == []


def test_menus_close_by_escape_and_texts_can_be_copied(browser: Any, portal: Served) -> None:
    page, wrong = opened(browser, portal, REPEAT + "&lang=de", permissions=["clipboard-read", "clipboard-write"])
    menus = page.locator("details.menu")
    menus.nth(0).locator("summary").click()
    menus.nth(1).locator("summary").click(force=True)
    assert page.locator("details.menu[open]").count() == 1
    page.keyboard.press("Escape")
    assert page.locator("details.menu[open]").count() == 0
    page.get_by_text("Kopieren als curl").click()
    page.locator(".copy-button").first.click()
    page.get_by_text("Kopiert").first.wait_for()
    assert page.evaluate("navigator.clipboard.readText()").startswith("curl --fail")
    assert wrong == []


def test_the_form_suggests_while_one_types(browser: Any, portal: Served) -> None:
    page, wrong = opened(browser, portal, "/questions/repeat-partners?lang=de")
    field = page.get_by_label("Einrichtung")
    field.press_sequentially("sozialforsch", delay=20)
    page.locator("[role=listbox] [role=option]").first.click()
    assert field.input_value() == "sozialforschungsstelle"
    page.get_by_role("button", name="Fragen").click()
    assert page.locator("table.answer tbody tr").count() == 29
    assert wrong == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_of_pictures_has_contrast_and_links_have_size(browser: Any, portal: Served, scheme: str) -> None:
    page, _ = opened(browser, portal, REPEAT + "&view=network", viewport={"width": 1440, "height": 900}, color_scheme=scheme)
    ratios = page.evaluate(
        """() => {
          const light = (text) => {
            const [r, g, b] = text.match(/[0-9.]+/g).map(Number).map((v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const paper = light(getComputedStyle(document.body).backgroundColor);
          const ratio = (ink) => { const [a, b] = [light(ink), paper].sort((x, y) => y - x); return (a + 0.05) / (b + 0.05); };
          const texts = [...document.querySelectorAll("svg.drawn text")].map((one) => ratio(getComputedStyle(one).fill));
          const nodes = [...document.querySelectorAll("svg.drawn circle")].map((one) => ratio(getComputedStyle(one).stroke));
          return [Math.min(...texts), Math.min(...nodes)];
        }"""
    )
    assert ratios[0] >= 4.5
    assert ratios[1] >= 3
    sizes = page.evaluate(
        "[...document.querySelectorAll('details.menu summary, .tabs a, .answer th a')].map((one) => one.getBoundingClientRect().height)"
    )
    assert min(sizes) >= 23.9
