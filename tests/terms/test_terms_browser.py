"""The written pages in a real browser, from `file://`: axe-core in both languages, light and dark, narrow; texts in their boxes; anchors; no request elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kg.terms import write
from tests.portal.browser import NARROW, WIDE, axe_source, chromium, violations
from tests.portal.test_accessibility import SMALL_TARGETS, STRUCTURE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["chromium"]

FEWER = """() => {
    for (const section of document.querySelectorAll("section")) [...section.querySelectorAll("article, tbody > tr")].slice(4).forEach((one) => one.remove());
    for (const figure of [...document.querySelectorAll("figure")].slice(1)) figure.remove();
    for (const list of document.querySelectorAll(".contents ul, .obligations, .relations")) [...list.children].slice(6).forEach((one) => one.remove());
}"""
"""Leaves some of each kind: all come from one template, and axe-core measures each colour."""
OUTSIDE = """() => [...document.querySelectorAll("svg .box")].flatMap((group) => {
    const box = group.querySelector("rect").getBoundingClientRect();
    return [...group.querySelectorAll("text")].filter((one) => {
        const own = one.getBoundingClientRect();
        return own.left < box.left || own.right > box.right || own.top < box.top || own.bottom > box.bottom + 1;
    }).map((one) => one.textContent);
})"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("pages")
    write(made)
    return made / "ontology"


def opened(browser: Browser, address: str, width: int = WIDE, scheme: Any = "light", *, scripts: bool = True) -> tuple[Page, list[str]]:
    context = browser.new_context(viewport={"width": width, "height": 1000}, color_scheme=scheme, java_script_enabled=scripts)
    shown, asked = context.new_page(), list[str]()
    shown.on("request", lambda request: asked.append(request.url))
    shown.on("console", lambda message: asked.append(f"console: {message.text}") if message.type == "error" else None)
    shown.goto(address)
    return shown, asked


@pytest.mark.parametrize(
    ("name", "width", "scheme"), [("index.de.html", WIDE, "light"), ("1.0.0/index.html", WIDE, "dark"), ("index.de.html", NARROW, "dark")]
)
def test_nothing_is_wrong(chromium: Browser, folder: Path, name: str, width: int, scheme: str) -> None:
    shown, asked = opened(chromium, f"file://{folder}/{name}", width, scheme)
    try:
        assert shown.evaluate(STRUCTURE) == []
        assert shown.evaluate(OUTSIDE) == []
        assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page does not scroll sideways"
        assert {address.rpartition("/")[2] for address in asked} == {Path(name).name, "ontology.css"}
        shown.evaluate(FEWER)
        wrong = violations(shown, axe_source()) + shown.evaluate(SMALL_TARGETS)
        assert not wrong, "\n".join(wrong)
    finally:
        shown.context.close()


def test_anchors_and_languages(chromium: Browser, folder: Path) -> None:
    shown, _ = opened(chromium, f"file://{folder}/index.html#Participation", scripts=False)
    try:
        # The label of a box leads to its term, by keyboard, too.
        shown.locator("svg a", has_text="Site use").first.focus()
        shown.keyboard.press("Enter")
        assert shown.url.endswith("#SiteUse")
        shown.get_by_role("link", name="Deutsch").click()
        assert shown.locator("html").get_attribute("lang") == "de"
        shown.get_by_role("link", name="Turtle", exact=True).wait_for()
        shown.goto(f"file://{folder}/1.0.0/overview.de.svg")
        assert shown.locator("text", has_text="Beteiligung").first.is_visible()
    finally:
        shown.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_term_that_is_looked_at_keeps_its_contrast(chromium: Browser, folder: Path, scheme: str) -> None:
    shown, _ = opened(chromium, f"file://{folder}/index.html#Initiative", WIDE, scheme)
    try:
        shown.evaluate(FEWER)
        assert shown.evaluate("document.querySelector('#Initiative').matches(':target')")
        assert violations(shown, axe_source()) == []
    finally:
        shown.context.close()


def test_the_check_finds_a_text_that_is_too_wide(chromium: Browser, folder: Path) -> None:
    shown, _ = opened(chromium, f"file://{folder}/index.html")
    try:
        shown.evaluate('document.querySelector("svg .box text").textContent = "x".repeat(200)')
        assert shown.evaluate(OUTSIDE) == ["x" * 200]
    finally:
        shown.context.close()
