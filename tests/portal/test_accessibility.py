"""WCAG 2.2 AA on every kind of page, by axe-core in a real browser and by what axe-core does not measure: size of targets, language, headings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.portal.browser import NARROW, WIDE, Visit, axe_source, chromium, violations, visiting
from tests.portal.conftest import Served

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["chromium"]

SFS = "sozialforschungsstelle"
FIRST = (
    "/",
    "/search?q=dortmund",
    "/search?q=zzzzqqqq",
    f"/doc/organisation/{SFS}",
    "/doc/place/dortmund",
    "/doc/document/wiki-sfs",
    "/doc/award-edition/icapital-award-2014",
    "/doc/graph/dortmund",
    "/doc/code/organisation-kind/research-institute",
    "/ontology",
    "/catalog",
    "/questions",
    f"/questions/role-across-projects?institution={SFS}",
    "/questions/role-across-projects?institution=no-such-body",
    f"/questions/role-across-projects?institution={SFS}&view=timeline",
    f"/questions/role-across-projects?institution={SFS}&view=network",
    "/questions/projects-of-place?place=dortmund&view=map",
    "/questions/kinds-and-counts?kind=Project&view=chart",
    f"/network?institution={SFS}",
    f"/institutions/{SFS}",
    "/map",
    "/timeline",
    "/query",
    "/quality",
    "/check",
    "/why?subject=t-factor",
    "/about",
    "/about/data",
    "/about/api",
    "/about/imprint",
    "/about/privacy",
    "/about/accessibility",
    "/nothing-here",
    "/embed/network",
    "/embed/map",
    f"/embed/question/role-across-projects?institution={SFS}",
)
"""One page of each kind."""

SMALL_TARGETS = """() => {
    const boxes = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")].filter((one) => {
        const box = one.getBoundingClientRect();
        // A label makes its box larger; marks of a drawing are where they must be (SC 2.5.8, exception "essential").
        return box.width > 1 && box.height > 1 && one.checkVisibility({ visibilityProperty: true }) && !one.closest("svg")
            && !(one.matches("[type=checkbox], [type=radio]") && one.closest("label")) && getComputedStyle(one).clipPath === "none";
    });
    const inSentence = (one) => getComputedStyle(one).display === "inline"
        && [...one.parentElement.childNodes].some((other) => other.nodeType === Node.TEXT_NODE && other.textContent.trim().length > 1);
    const rects = boxes.map((one) => one.getBoundingClientRect());
    const small = (box) => box.width < 23.5 || box.height < 23.5;
    const crowded = (number) => {
        const box = rects[number];
        const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
        // A link that wraps is one box per line.
        return boxes.some((other, place) => place !== number && !other.contains(boxes[number]) && !boxes[number].contains(other)
            && [...other.getClientRects()].some((part) => {
                const nearX = Math.max(part.x, Math.min(x, part.right));
                const nearY = Math.max(part.y, Math.min(y, part.bottom));
                return Math.hypot(nearX - x, nearY - y) < 12 || (small(part) && Math.hypot(part.x + part.width / 2 - x, part.y + part.height / 2 - y) < 24);
            }));
    };
    return boxes.filter((one, number) => small(rects[number]) && !inSentence(one) && crowded(number))
        .map((one) => `${one.tagName} ${one.className} „${one.textContent.trim().slice(0, 40)}“ ${Math.round(one.getBoundingClientRect().width)}×${Math.round(one.getBoundingClientRect().height)}`);
}"""
"""Targets below 24 by 24 pixels whose circle of 24 pixels meets another target (WCAG 2.2, SC 2.5.8): axe-core measures this from 4.5 on only."""

STRUCTURE = """() => {
    const levels = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter((one) => one.checkVisibility()).map((one) => Number(one.tagName[1]));
    const wrong = [];
    if (levels.filter((one) => one === 1).length !== 1) wrong.push(`${levels.filter((one) => one === 1).length} h1`);
    levels.forEach((level, place) => { if (place && level > levels[place - 1] + 1) wrong.push(`h${level} follows h${levels[place - 1]}`); });
    if (document.querySelectorAll("main").length !== 1) wrong.push("no single main");
    for (const one of document.querySelectorAll("th:not([scope])")) wrong.push(`th without scope: ${one.textContent.slice(0, 40)}`);
    const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
    for (const id of new Set(ids.filter((one, place) => ids.indexOf(one) !== place))) wrong.push(`twice: #${id}`);
    return wrong;
}"""


def wrong_with(visit: Visit, axe: str) -> list[str]:
    """Return everything that is wrong with the page that is open."""
    found = violations(visit.page, axe)
    found += [f"target-size: {one}" for one in visit.page.evaluate(SMALL_TARGETS)]
    found += [f"structure: {one}" for one in visit.page.evaluate(STRUCTURE)]
    return found


def look_at(chromium: Browser, portal: Served, paths: tuple[str, ...], lang: str, width: int = WIDE, **options: Any) -> None:
    """Assert that nothing is wrong with any of the pages."""
    axe = axe_source()
    found = []
    with visiting(chromium, portal.address, lang, width, **options) as visit:
        visit.expected |= {400, 404}
        for path in paths:
            visit.page.goto(visit.address + path)
            visit.settle()
            assert visit.page.locator("html").get_attribute("lang") == lang
            found += [f"{path}: {one}" for one in wrong_with(visit, axe)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("part", [0, 1, 2])
def test_every_kind_of_page(chromium: Browser, portal: Served, part: int) -> None:
    """German pages in the light, a third at a time."""
    look_at(chromium, portal, FIRST[part::3], "de")


@pytest.mark.parametrize("part", [0, 1])
def test_english_pages_in_the_dark(chromium: Browser, portal: Served, part: int) -> None:
    """Colours differ in the dark; every other page is enough for the words, all templates are met."""
    look_at(chromium, portal, FIRST[part::4], "en", color_scheme="dark")


def test_narrow_pages(chromium: Browser, portal: Served) -> None:
    paths = (
        "/",
        "/search?q=dortmund",
        f"/doc/organisation/{SFS}",
        f"/questions/role-across-projects?institution={SFS}",
        "/network",
        "/map",
        "/query",
    )
    look_at(chromium, portal, paths, "de", NARROW, color_scheme="dark")


@pytest.mark.parametrize(("lang", "scheme"), [("de", "dark"), ("en", "light")])
def test_what_scripts_add(chromium: Browser, portal: Served, lang: str, scheme: Any) -> None:
    """Suggestions, an opened menu, the evidence of a tie in its panel and on its page, an answer and an error of the editor."""
    axe = axe_source()
    found: list[str] = []
    with visiting(chromium, portal.address, lang, color_scheme=scheme) as visit:
        page = visit.page

        def look(where: str) -> None:
            found.extend(f"{where}: {one}" for one in wrong_with(visit, axe))

        visit.goto("/")
        page.locator("#big").press_sequentially("sozialforsch")
        page.get_by_role("option").first.wait_for()
        page.keyboard.press("ArrowDown")
        look("suggestions")

        visit.goto(f"/doc/organisation/{SFS}")
        visit.settle()
        page.locator("details.sources summary").first.click()
        page.locator("details.more summary").first.click()
        page.locator("details.more [data-list]").first.wait_for()
        look("entity, unfolded")

        visit.goto(f"/questions/role-across-projects?institution={SFS}")
        page.locator("details.menu summary").first.click()
        page.locator("details.copy summary").first.click()
        look("question, menu and copies open")

        visit.goto(f"/network?institution={SFS}")
        visit.settle()
        page.locator(".net-nodes tbody a").first.focus()
        look("network, a row marked")
        page.locator(".net-edges tbody a").first.click()
        page.locator(".net-evidence").wait_for()
        look("evidence of a tie")

        visit.goto("/query#query=SELECT%20%3Fs%20%3Flabel%20WHERE%20%7B%20%3Fs%20skos%3AprefLabel%20%3Flabel%20%7D%20LIMIT%2030")
        visit.settle()
        page.locator("#answer td .curie").first.wait_for()
        look("answer in the editor")
        visit.expected.add(400)
        page.locator(".CodeMirror-lines").click()
        page.keyboard.press("Control+a")
        page.keyboard.insert_text("SELECT ?s WHERE {\n  ?s ?p }")
        page.keyboard.press("Control+Enter")
        page.locator("#answer [role=alert]").wait_for()
        look("error in the editor")
    assert not found, "\n".join(found)


def test_the_check_finds_what_is_wrong(chromium: Browser, portal: Served) -> None:
    """Each part of the check meets a page that was spoilt for it."""
    axe = axe_source()
    with visiting(chromium, portal.address, "en") as visit:
        visit.goto("/about")
        assert wrong_with(visit, axe) == []
        visit.page.evaluate(
            """() => {
                const main = document.querySelector("main");
                const image = document.createElement("img");
                image.src = "data:image/gif;base64,R0lGODlhAQABAAAAACw=";
                const heading = document.createElement("h5");
                heading.textContent = "Deep";
                const buttons = ["a", "b"].map((text) => Object.assign(document.createElement("button"), { textContent: text, className: "tiny" }));
                main.append(image, heading, ...buttons);
                for (const one of buttons) Object.assign(one.style, { width: "10px", height: "10px", padding: "0", margin: "0", border: "0" });
            }"""
        )
        found = " ".join(wrong_with(visit, axe))
        assert "image-alt" in found
        assert "target-size: BUTTON tiny" in found
        assert "structure: h5 follows" in found
