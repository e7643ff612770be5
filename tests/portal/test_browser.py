"""A person with a browser walks through the portal: from a name to the evidence, the network, a question, a query and a file."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kg.build import Build, build
from kg.init import init
from tests.portal.browser import NARROW, SECONDS, WIDE, Visit, chromium, visiting
from tests.portal.conftest import Served, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["chromium"]

SFS = "/doc/organisation/sozialforschungsstelle"
QUESTION = "/questions/role-across-projects"
RUNAWAY = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . FILTER(?a != ?d && ?d != ?g) }"
MARKUP = {
    "organisation": "<script>alert(1)</script>",
    "project": '"><img src=x onerror=alert(1)>',
    "place": "</script><u>lined</u>",
}
"""Names that would run, or become elements, where one of them is written into a page unescaped."""


def until(condition: Callable[[], Any], what: str, seconds: float = SECONDS) -> Any:
    """Wait for a condition outside the browser."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, what
        time.sleep(0.05)
    return found


def killed(portal: Served) -> float:
    """Return how many workers the portal had to kill, for any reason."""
    return sum(float(line.rpartition(" ")[2]) for line in portal.get("/metrics").text.splitlines() if line.startswith("kg_workers_killed{"))


def busy(portal: Served) -> int:
    return int(portal.get("/health/ready").json()["pools"]["desk"]["busy"])


def write_query(page: Page, text: str) -> None:
    """Put a query in the place of the one in the editor, as a person does."""
    page.locator(".CodeMirror-lines").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def open_a_tie(page: Page) -> None:
    """Click a tie: in the picture where the browser has WebGL, else in the table; ends on the page of its evidence."""
    if not page.evaluate("Boolean(document.createElement('canvas').getContext('webgl2'))"):
        page.locator(".net-edges tbody a").first.click()
        return
    page.locator(".net[data-lively=true]").wait_for()
    page.locator(".net-canvas").scroll_into_view_if_needed()
    # Feel for a tie along lines through the picture, as a person does until the pointer becomes a hand.
    spot = page.evaluate(
        """() => {
            const canvas = document.querySelector(".net-canvas");
            const layer = canvas.querySelector(".sigma-mouse");
            const box = canvas.getBoundingClientRect();
            const bottom = Math.min(box.bottom, window.innerHeight);
            for (let part = 3; part < 18; part++) {
                const x = Math.round(box.left + (box.width * part) / 20);
                for (let y = Math.round(Math.max(box.top, 0)) + 5; y < bottom - 5; y++) {
                    layer.dispatchEvent(new MouseEvent("mousemove", { clientX: x, clientY: y, bubbles: true }));
                    if (canvas.style.cursor === "pointer") return { x, y };
                }
            }
            return null;
        }"""
    )
    assert spot, "no tie was found in the picture"
    page.mouse.move(spot["x"], spot["y"])
    page.mouse.click(spot["x"], spot["y"])
    page.locator(".net-panel h3").wait_for()
    assert page.locator("tr[data-edge].chosen").count() == 1, "table and picture share the selection"
    page.locator(".net-panel a").click()


def command_line(graph: Build, name: str, *options: str) -> list[list[str]]:
    """Return the rows that `kg ask` prints."""
    command = [sys.executable, "-m", "kg", "ask", name, *options, "--format", "csv", "--build", str(graph.path.parents[1])]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    return list(csv.reader(io.StringIO(said.stdout)))


# --- the walk -----------------------------------------------------------------------------------------------------------------


def walk(visit: Visit, lang: str, graph: Build) -> None:
    def t(english: str, german: str) -> str:
        return german if lang == "de" else english

    page = visit.page
    visit.goto("/")
    assert page.locator("html").get_attribute("lang") == lang

    # From a part of a name to the page, by keyboard.
    page.locator("#big").press_sequentially("sozialforsch")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{SFS}*")
    name = t("Social Research Centre Dortmund", "Sozialforschungsstelle Dortmund")
    assert name in page.locator("h1").inner_text()

    # What sources say differently stands there with both values, and why one stands.
    sides = page.locator("#contradictions .side")
    values = {side.locator("time, .value").first.inner_text() for side in sides.all()}
    assert len(values) == sides.count() >= 2
    assert {t("accepted", "gültig"), t("disputed", "bestritten")} == set(page.locator("#contradictions .side .status").all_inner_texts())

    # The evidence of one statement: who says so, in which document, in which words.
    sources = page.locator(".facts details.sources").first
    sources.locator("summary").click()
    document = sources.locator(".witness li > a").first
    document.wait_for()
    assert "/doc/document/" in (document.get_attribute("href") or "")
    assert document.inner_text().strip()
    title = document.inner_text()
    document.click()
    page.wait_for_url("**/doc/document/*")
    assert title in page.locator("h1").inner_text()
    page.go_back()

    # The network, down to the evidence of a tie.
    page.get_by_role("link", name=t("Its network", "Ihr Netzwerk")).click()
    page.wait_for_url("**/network?*")
    assert "ego" in page.locator(".net").inner_text(), "the sampling frame stands beside the picture"
    open_a_tie(page)
    page.locator(".net-evidence").wait_for()
    assert page.locator(".net-evidence tbody tr").count() >= 1
    assert page.locator(".net-part > a[href*='/doc/participation/']").count() >= 2, "both sides have a role"
    assert page.locator(".net-documents a[href*='/doc/document/']").count() >= 1
    assert t("shared project", "gemeinsame") in page.locator("main").inner_text()

    # A ready question, asked about somebody else.
    page.get_by_role("navigation", name=t("Main", "Haupt")).get_by_role("link", name=t("Questions", "Fragen")).click()
    page.locator(f"main a[href*='{QUESTION}']").first.click()
    page.wait_for_url(f"**{QUESTION}*")
    box = page.locator("#f-institution")
    box.fill("")
    box.press_sequentially("tu dortmund")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert box.input_value() == "tu-dortmund"
    page.locator("#f-level").select_option("top")
    page.get_by_role("button", name=t("Ask", "Fragen"), exact=True).click()
    page.wait_for_url("**institution=tu-dortmund*")
    assert "level=top" in page.url, "the address is the state"
    assert t("TU Dortmund University", "Technische Universität Dortmund") in page.locator(".sentence").inner_text()
    rows = page.locator("table.answer tbody tr").count()
    assert rows > 20
    assert "ego" in page.locator("main").inner_text() or t("around", "um") in page.locator(".rule").inner_text()

    # The same rows as a file, here and on the command line.
    with page.expect_download() as download:
        page.locator(".take").get_by_role("link", name="CSV", exact=True).click()
    file = list(csv.reader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8"))))
    assert file == command_line(graph, "role-across-projects", "--institution", "tu-dortmund", "--level", "top", "--lang", lang)

    # The same rows as a picture.
    page.locator("nav.tabs").get_by_role("link", name=t("Timeline", "Zeitleiste")).click()
    page.wait_for_url("**view=timeline*")
    assert page.locator("figure.picture svg").is_visible()

    # The same question as a query, which the editor runs.
    page.get_by_role("link", name=t("Edit as SPARQL", "Als SPARQL bearbeiten")).click()
    page.wait_for_url("**/query?*")
    page.locator(".CodeMirror-lines").click()
    page.keyboard.press("Control+Enter")
    page.locator("#answer table td .curie").first.wait_for()
    assert f"{len(file) - 1} {t('rows', 'Zeilen')}" in page.locator("#answer").inner_text()
    link = page.locator("#answer td a").first
    assert not link.inner_text().startswith("http"), "names stand in the place of IRIs"

    # What is wrong is said with its place.
    visit.expected.add(400)
    write_query(page, "SELECT ?s WHERE {\n  ?s ?p }")
    page.keyboard.press("Control+Enter")
    wrong = page.locator("#answer [role=alert]")
    wrong.wait_for()
    assert re.search(t(r"Line 2, column \d+", r"Zeile 2, Spalte \d+"), wrong.inner_text())
    assert page.locator(".CodeMirror .kg-error").count() == 1


@pytest.mark.parametrize("lang", ["de", "en"])
def test_from_a_name_to_the_file(chromium: Browser, any_portal: Served, both: Build, lang: str) -> None:
    with visiting(chromium, any_portal.address, lang) as visit:
        walk(visit, lang, both)


def test_from_a_name_to_the_file_on_a_telephone(chromium: Browser, portal: Served, both: Build) -> None:
    with visiting(chromium, portal.address, "de", NARROW) as visit:
        walk(visit, "de", both)


# --- without JavaScript -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["de", "en"])
def test_everything_but_the_comfort_works_without_javascript(chromium: Browser, portal: Served, both: Build, lang: str) -> None:
    def t(english: str, german: str) -> str:
        return german if lang == "de" else english

    with visiting(chromium, portal.address, lang, java_script_enabled=False) as visit:
        page = visit.page
        visit.goto("/")
        page.locator("#big").fill("sozialforschungsstelle")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search?*")
        page.locator(f".search-hits a[href*='{SFS}']").first.click()
        page.wait_for_url(f"**{SFS}*")
        page.locator(".facts details.sources summary").first.click()
        assert page.locator(".facts details.sources .witness").first.is_visible()

        # A long list is a page of its own.
        page.locator("details.more summary").first.click()
        page.locator("details.more a").first.click()
        page.wait_for_url("**/api/inverse?*")
        assert page.locator("[data-list] li, [data-list] tbody tr").count() > 0

        visit.goto(QUESTION)
        page.locator("#f-institution").fill("tu-dortmund")
        page.locator("#f-level").select_option("top")
        page.get_by_role("button", name=t("Ask", "Fragen"), exact=True).click()
        page.wait_for_url("**institution=tu-dortmund*")
        assert page.locator("table.answer tbody tr").count() > 5
        with page.expect_download() as download:
            page.locator(".take").get_by_role("link", name="TSV").click()
        assert Path(download.value.path()).read_text(encoding="utf-8").startswith("?project\t")

        visit.goto(QUESTION + "?institution=no-such-body", 400)
        assert page.locator(".problem").inner_text().strip()

        # The picture is drawn by the server; a tie in it leads to its evidence.
        visit.goto("/network?institution=sozialforschungsstelle")
        assert page.locator("svg.net-svg").is_visible()
        assert page.locator(".net-nodes tbody tr").count() > 5
        page.locator(".net-edges tbody a").first.click()
        assert page.locator(".net-evidence tbody tr").count() >= 1
        page.go_back()
        page.locator("svg.net-svg a[data-edge]").first.evaluate("(link) => link.focus()")
        page.keyboard.press("Enter")
        page.locator(".net-evidence").wait_for()

        visit.goto("/map")
        assert page.locator(".map-wait").is_visible(), "the page says that the map needs JavaScript"
        assert page.locator("main table tbody tr").count() > 10

        visit.goto("/timeline")
        assert page.locator("main svg").first.is_visible()

        visit.goto("/query")
        page.locator("textarea#query").fill("SELECT ?p WHERE { ?p a inno:Project } ORDER BY ?p LIMIT 7")
        page.get_by_role("button", name=t("Run", "Ausführen")).click()
        page.wait_for_url("**run=1*")
        assert page.locator("#answer tbody tr").count() == 7
        assert page.locator("#answer td .curie").count() >= 1
        assert not any(text.startswith("http") for text in page.locator("#answer td a").all_inner_texts()), "names stand in the place of IRIs"
        visit.expected.add(400)
        page.locator("textarea#query").fill("SELECT ?s WHERE {\n  ?s ?p }")
        page.get_by_role("button", name=t("Run", "Ausführen")).click()
        alert = page.locator("#answer [role=alert]")
        alert.wait_for()
        assert re.search(t(r"Line 2, column \d+", r"Zeile 2, Spalte \d+"), alert.inner_text())


# --- the editor ---------------------------------------------------------------------------------------------------------------


def test_a_german_name_completes_to_its_term(chromium: Browser, portal: Served) -> None:
    with visiting(chromium, portal.address, "de") as visit:
        page = visit.page
        visit.goto("/query")
        page.locator(".CodeMirror").wait_for()
        write_query(page, "SELECT * WHERE { ?x a ")
        page.keyboard.type("Projek")
        page.locator(".CodeMirror-hints li").first.wait_for()
        hints = page.locator(".CodeMirror-hints li").all_inner_texts()
        for _ in range(next(place for place, text in enumerate(hints) if text.split()[0] == "inno:Project")):
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.keyboard.type(" } LIMIT 1")
        assert "a inno:Project }" in page.locator("#query").input_value()
        assert "PREFIX inno: <https://w3id.org/innokg/ontology#>" in page.locator("#query").input_value()


def test_a_query_given_up_frees_its_worker(chromium: Browser, portal: Served) -> None:
    before = killed(portal)
    with visiting(chromium, portal.address) as visit:
        page = visit.page
        visit.goto("/query")
        page.locator(".CodeMirror").wait_for()
        write_query(page, RUNAWAY)
        page.keyboard.press("Control+Enter")
        until(lambda: busy(portal) == 1, "the query never began")
        page.get_by_role("button", name="Cancel").click()
        page.locator("#state", has_text="Cancelled after").wait_for()
        until(lambda: busy(portal) == 0, "the worker is still busy")
        until(lambda: killed(portal) == before + 1, "no worker was ended")
        assert page.get_by_role("button", name="Run").is_visible()
        write_query(page, "ASK {}")
        page.keyboard.press("Control+Enter")
        page.locator("#answer", has_text="Yes").wait_for()


def test_escape_and_tab_leave_the_editor(chromium: Browser, portal: Served) -> None:
    with visiting(chromium, portal.address) as visit:
        page = visit.page
        visit.goto("/query")
        page.locator(".CodeMirror").wait_for()
        write_query(page, "ASK {}")
        page.keyboard.press("Tab")
        assert page.locator(".CodeMirror-focused").count() == 1, "Tab alone indents"
        page.keyboard.press("Escape")
        page.keyboard.press("Tab")
        assert page.locator(".CodeMirror-focused").count() == 0
        assert visit.focused().get_attribute("id") == "run"
        page.keyboard.press("Shift+Tab")
        assert page.locator(".CodeMirror-focused").count() == 1, "and it can be entered again"


# --- how it looks -------------------------------------------------------------------------------------------------------------

SHOWN = ("/", "/search?q=dortmund", SFS, f"{QUESTION}?institution=tu-dortmund", "/network", "/map", "/timeline", "/query", "/catalog", "/about/data")


def test_a_narrow_dark_window_scrolls_only_downwards(chromium: Browser, portal: Served) -> None:
    options: dict[str, Any] = {"color_scheme": "dark", "reduced_motion": "reduce"}
    with visiting(chromium, portal.address, "de", NARROW, **options) as visit:
        page = visit.page
        for path in SHOWN:
            visit.goto(path)
            # Also while something is still on its way.
            page.evaluate("document.querySelectorAll('#samples, #answer').forEach((one) => one.setAttribute('aria-busy', 'true'))")
            wide = page.evaluate(
                """() => [...document.querySelectorAll("main *")].filter((one) => one.getBoundingClientRect().right > innerWidth + 1
                    && !one.parentElement.closest(".scroll, pre, svg, .net-box, .map, .CodeMirror")).slice(0, 3).map((one) => one.outerHTML.slice(0, 120))"""
            )
            assert page.evaluate("document.documentElement.scrollWidth") <= NARROW, f"{path}: {wide}"
            assert page.locator("header.site .find input").is_visible()
            for link in page.locator("header.site nav a").all():
                box = link.bounding_box()
                assert box is not None, path
                assert box["x"] + box["width"] <= NARROW, path
                assert min(box["width"], box["height"]) >= 24, path
            red, green, blue = map(int, re.findall(r"\d+", page.evaluate("getComputedStyle(document.body).backgroundColor"))[:3])
            assert red + green + blue < 200, f"{path} is not dark"
            moving = page.evaluate("document.getAnimations().filter((one) => one.playState === 'running').length")
            assert moving == 0, f"{path} moves, although the person asked for rest"


def test_paper_shows_what_is_read_and_hides_what_is_pressed(chromium: Browser, portal: Served) -> None:
    with visiting(chromium, portal.address, color_scheme="dark") as visit:
        page = visit.page
        page.emulate_media(media="print")
        for path in (SFS, f"{QUESTION}?institution=tu-dortmund", "/network?institution=sozialforschungsstelle", "/timeline"):
            visit.goto(path)
            assert page.locator("h1").is_visible()
            assert not page.locator("header.site").is_visible()
            assert not any(one.is_visible() for one in page.locator("button, .no-print, form").all()), path
            assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)", path
            dark = page.evaluate(
                """() => [...document.querySelectorAll("main *")].filter((one) => {
                    const parts = getComputedStyle(one).backgroundColor.match(/[\\d.]+/g).map(Number);
                    return (parts.length < 4 || parts[3] > 0.5) && parts[0] + parts[1] + parts[2] < 300 && one.checkVisibility();
                }).slice(0, 3).map((one) => one.outerHTML.slice(0, 120))"""
            )
            assert dark == [], f"{path}: dark areas on paper"


# --- script in labels ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hostile_portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A portal on tables in which every name is markup."""
    place = tmp_path_factory.mktemp("hostile")
    folder = place / "tables"
    init(folder)
    names = {"example-city": "place", "example-university": "organisation", "example-city-administration": "organisation", "river-lab": "project"}

    def rewrite(file: str, change: Callable[[dict[str, str]], None]) -> None:
        with (folder / file).open(encoding="utf-8", newline="") as opened:
            rows = list(csv.DictReader(opened))
        for row in rows:
            change(row)
        with (folder / file).open("w", encoding="utf-8", newline="") as opened:
            writer = csv.DictWriter(opened, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)

    def entity(row: dict[str, str]) -> None:
        markup = MARKUP[names[row["entity_id"]]]
        row.update(label_de=f"{markup} {row['label_de']}", label_en=f"{markup} {row['label_en']}", description_de=markup)

    rewrite("entities.csv", entity)
    rewrite("sources.csv", lambda row: row.update(title=MARKUP["organisation"] + row["title"], publisher=MARKUP["project"]))
    rewrite("relations.csv", lambda row: row.update(role=MARKUP["place"], evidence=MARKUP["project"], quote=MARKUP["organisation"]))
    settings = folder / "settings.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace('title.de = "tables"', "title.de = '<script>alert(1)</script>'"), encoding="utf-8"
    )
    build([folder], place / "build")
    with serving(place / "build", place / "log") as served:
        yield served


def test_markup_in_names_is_text(chromium: Browser, hostile_portal: Served) -> None:
    with visiting(chromium, hostile_portal.address, "de") as visit:
        page = visit.page
        nobody = "() => document.querySelectorAll('main img, main u, main script:not([src]):not([type])').length"
        organisation, project, place = MARKUP["organisation"], MARKUP["project"], MARKUP["place"]
        paths = {
            "/": organisation,
            "/search?q=hochschule": organisation,
            "/search?q=script": organisation,
            "/doc/organisation/example-university": organisation,
            "/doc/project/river-lab": project,
            "/doc/place/example-city": place,
            "/doc/document/example-project-page": organisation,
            "/network?institution=example-university": organisation,
            "/institutions/example-university": organisation,
            "/map": place,
            "/timeline": project,
            "/questions/role-across-projects?institution=example-university": project,
            "/questions/role-across-projects?institution=example-university&view=timeline": project,
            "/questions/role-across-projects?institution=example-university&view=network": organisation,
            "/questions/projects-of-place?place=example-city": project,
            "/catalog": organisation,
        }
        for path, shown in paths.items():
            visit.goto(path)
            visit.settle()
            assert shown in page.locator("body").inner_text() + page.title() + " ".join(page.locator("svg text, svg title").all_text_contents()), path
            assert page.evaluate(nobody) == 0, path

        # What scripts write: suggestions, the evidence of a tie, the answer of the editor, the completion.
        visit.goto("/")
        page.locator("#big").press_sequentially("hochsch")
        option = page.get_by_role("option", name=re.compile("Hochschule")).first
        option.wait_for()
        assert organisation in option.inner_text()

        visit.goto("/network?institution=example-university")
        open_a_tie(page)
        page.locator(".net-evidence").wait_for()
        assert project in page.locator("main").inner_text()
        assert page.evaluate(nobody) == 0

        visit.goto("/query")
        page.locator(".CodeMirror").wait_for()
        write_query(page, 'SELECT DISTINCT ?s ?label WHERE { ?s skos:prefLabel ?label FILTER REGEX(?label, "script|onerror") }')
        page.keyboard.press("Control+Enter")
        page.locator("#answer td .curie").first.wait_for()
        answered = page.locator("#answer").inner_text()
        assert all(markup in answered for markup in MARKUP.values())
        assert page.evaluate(nobody) == 0


# --- the keyboard -------------------------------------------------------------------------------------------------------------


def test_the_header_is_reached_in_order_and_the_focus_is_seen(chromium: Browser, portal: Served) -> None:
    with visiting(chromium, portal.address, "en", WIDE) as visit:
        page = visit.page
        visit.goto("/questions")
        page.keyboard.press("Tab")
        skip = visit.focused()
        assert skip.inner_text() == "To the content"
        box = skip.bounding_box()
        assert box is not None
        assert box["x"] >= 0, "the skip link is seen when it has the focus"
        page.keyboard.press("Enter")
        assert visit.focused().get_attribute("id") == "main"
        page.keyboard.press("Tab")
        assert page.evaluate("document.querySelector('main').contains(document.activeElement)"), "Tab goes on in the content"

        visit.goto("/questions")
        page.keyboard.press("Tab")
        wanted = page.locator("header.site a, header.site input:not([type=hidden]), header.site button").count()
        for number in range(wanted):
            page.keyboard.press("Tab")
            state = page.evaluate(
                """() => {
                    const one = document.activeElement;
                    const style = getComputedStyle(one);
                    const seen = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
                    return { inside: Boolean(one.closest("header.site")), seen, what: one.outerHTML.slice(0, 80) };
                }"""
            )
            assert state["inside"], f"stop {number}: {state['what']}"
            assert state["seen"], f"the focus is not seen on {state['what']}"
        page.keyboard.press("Tab")
        assert page.evaluate("document.querySelector('main').contains(document.activeElement)"), "the header is no trap"


def test_the_search_box_is_a_combobox(chromium: Browser, portal: Served) -> None:
    with visiting(chromium, portal.address) as visit:
        page = visit.page
        visit.goto("/")
        box = page.locator("#big")
        assert box.get_attribute("role") == "combobox"
        assert box.get_attribute("aria-expanded") == "false"
        box.press_sequentially("sozialforsch")
        options = page.locator(f"#{box.get_attribute('aria-controls')} [role=option]")
        options.first.wait_for()
        assert box.get_attribute("aria-expanded") == "true"
        assert box.get_attribute("aria-activedescendant") is None, "nothing is chosen before somebody chooses"
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        assert box.get_attribute("aria-activedescendant") == options.nth(1).get_attribute("id")
        assert [one.get_attribute("aria-selected") for one in options.all()].count("true") == 1
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowUp")
        assert box.get_attribute("aria-activedescendant") is None, "up from the first leads back to the text"
        page.keyboard.press("Escape")
        assert box.get_attribute("aria-expanded") == "false"
        assert options.count() == 0 or not options.first.is_visible()
        assert box.input_value() == "sozialforsch", "Escape closes the list and keeps the text"
        page.keyboard.press("Enter")
        page.wait_for_url("**/search?*")


def test_the_network_is_read_and_opened_by_keyboard(chromium: Browser, portal: Served) -> None:
    with visiting(chromium, portal.address) as visit:
        page = visit.page
        visit.goto("/network?institution=sozialforschungsstelle")
        visit.settle()
        page.locator(".net-nodes tbody a").first.focus()
        assert page.locator("tr[data-node].chosen").count() == 1, "what has the focus is marked in picture and table"
        tie = page.locator(".net-edges tbody a").first
        tie.focus()
        assert page.locator("tr[data-edge].chosen").count() == 1
        page.keyboard.press("Enter")
        page.locator(".net-evidence").wait_for()
