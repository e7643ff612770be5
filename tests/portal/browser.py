"""A real Chromium that visits the portal, and watches every page it opens: nothing fails unseen, nobody else is asked, nothing is left behind."""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import resources
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, Response

WIDE, NARROW = 1440, 390
ARGUMENTS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--enable-unsafe-swiftshader",
)
SECONDS = 20
"""How long a condition is waited for; pages take far less."""
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WATCH = 'document.addEventListener("securitypolicyviolation", (event) => console.error(`CSP ${event.violatedDirective} ${event.blockedURI}`));'
SETTLED = """() => {
    const all = (query, holds) => [...document.querySelectorAll(query)].every(holds);
    const webgl = Boolean(document.createElement("canvas").getContext("webgl2"));
    return (!webgl || !document.getElementById("net-script") || all(".net", (one) => one.dataset.lively))
        && all(".map[data-src]", (one) => one.querySelector(".leaflet-container, .leaflet-pane") || one.classList.contains("leaflet-container"))
        && all("#ask", () => document.querySelector(".CodeMirror"));
}"""
_STATUS = re.compile(r"Failed to load resource: the server responded with a status of (\d+)")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser; it ends with the module, since the event loop of Playwright would disturb tests that have one of their own."""
    playwright = pytest.importorskip("playwright.sync_api", reason="the browser tests need pip install 'innovation-kg[dev]'")
    command = shutil.which("chromium") or shutil.which("google-chrome")
    if command is None:
        pytest.skip("needs a browser: apt-get install chromium")
    with playwright.sync_playwright() as driver:
        browser: Browser = driver.chromium.launch(executable_path=command, args=list(ARGUMENTS))
        yield browser
        browser.close()


@dataclass
class Visit:
    """One person at one portal: a context of its own, and what went wrong in it.

    Attributes:
        address: Of the portal, without a slash at the end.
        context: Of the browser.
        page: The first page.
        expected: Statuses of answers that the test asks for; the browser writes a line about each failed one.
        problems: What must not happen: errors, requests to others, dialogs.
    """

    address: str
    context: BrowserContext
    page: Page
    expected: set[int] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)

    def goto(self, path: str, status: int = 200) -> Response:
        """Open a path and look at the status."""
        if status >= 400:
            self.expected.add(status)
        response = self.page.goto(self.address + path)
        assert response is not None
        assert response.status == status, f"{path}: {response.status}"
        return response

    def settle(self) -> None:
        """Wait until scripts have put the network, the map and the editor in the place of what stands there without them."""
        self.page.wait_for_load_state("load")
        self.page.wait_for_function(SETTLED)

    def focused(self) -> Locator:
        """Return the element that has the focus."""
        return self.page.locator(":focus")

    def watch(self, page: Page) -> None:
        """Take note of everything that must not happen on a page."""
        page.on("console", lambda message: self._said(message.text, message.location) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.problems.append(f"{page.url}: {error}"))
        page.on("request", self._asked)

        def dialog(shown: Any) -> None:
            self.problems.append(f"{page.url}: dialog {shown.message}")
            shown.dismiss()

        page.on("dialog", dialog)

    def _said(self, text: str, place: Any) -> None:
        failed = _STATUS.match(text)
        if failed is None or int(failed[1]) not in self.expected:
            self.problems.append(f"{self.page.url}: {text} {place['url']}:{place['lineNumber']}")

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob", "about") and f"{parts.scheme}://{parts.netloc}" != self.address:
            self.problems.append(f"{self.page.url}: request to {request.url}")

    def check(self) -> None:
        """Assert that nothing of this happened, and that nothing is stored in the browser."""
        assert not self.problems, "\n".join(self.problems)
        assert self.context.cookies() == []
        state: Any = self.context.storage_state()
        assert state["origins"] == [], "the browser's storage must stay empty"


@contextlib.contextmanager
def visiting(browser: Browser, address: str, lang: str = "en", width: int = WIDE, **options: Any) -> Iterator[Visit]:
    """Visit a portal with a browser that has nothing of earlier visits; what must not happen is checked at the end.

    Args:
        browser: The browser.
        address: Of the portal.
        lang: The language the browser asks for.
        width: Of the window, in CSS pixels.
        **options: More of the context: `java_script_enabled`, `color_scheme`, `reduced_motion`.
    """
    locale = {"de": "de-DE", "en": "en-GB"}[lang]
    context = browser.new_context(locale=locale, viewport={"width": width, "height": 1000}, **options)
    context.set_default_timeout(SECONDS * 1000)
    context.add_init_script(WATCH)
    visit = Visit(address, context, context.new_page())
    visit.watch(visit.page)
    context.on("page", visit.watch)
    try:
        yield visit
        visit.check()
    finally:
        context.close()


def axe_source() -> str:
    """Return the program of axe-core."""
    pytest.importorskip("axe_core_python", reason="the accessibility tests need pip install 'innovation-kg[dev]'")
    return resources.files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def violations(page: Page, axe: str) -> list[str]:
    """Return what axe-core finds on a page, one line per element: rule, element, reason.

    The program is evaluated by the debugger of the browser, which the content security policy does not bind.
    """
    page.evaluate(axe)
    found: dict[str, Any] = page.evaluate(
        "(tags) => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations'], iframes: false})", AXE_TAGS
    )
    return [
        f"{rule['id']}: {' '.join(map(str, node['target']))}: {' '.join(str(node.get('failureSummary', '')).split())}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
