"""Search in the portal: the page in both languages with and without JavaScript, JSON for scripts, and the combobox in a real browser."""

from __future__ import annotations

import html
import json
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import KgError
from kg.portal import search
from kg.portal.desk import Desk
from kg.portal.page import Reply, Request
from kg.portal.render import BusyError
from kg.portal.settings import PortalSettings
from kg.search import INDEX, SearchIndex, index_store
from kg.store import EmbeddedStore
from tests.portal.conftest import Served

ID = "https://w3id.org/innokg/id/"
NASTY = '<img src=x onerror="document.title=1"> &amp; {{ 7*7 }}'
PLACE = "https://w3id.org/innokg/ontology#Place"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk with names that would do harm, and 45 of the same name."""
    import pyoxigraph as ox

    folder = tmp_path_factory.mktemp("search")
    made = ox.Store(str(folder / "store"))
    lines = [f"@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix inno: <https://w3id.org/innokg/ontology#> . @prefix : <{ID}> ."]
    lines.append(f":bad a inno:Place ; skos:prefLabel {json.dumps(NASTY)} .")
    lines.append(":elsewhere a inno:Organisation ; skos:prefLabel 'Université'@fr .")
    lines += [f":o{number} a inno:Organisation ; skos:prefLabel 'Amt {number:02}'@de ." for number in range(45)]
    made.load("\n".join(lines).encode(), format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(ID + "graph"))
    made.flush()
    del made
    opened = Desk(EmbeddedStore(folder / "store"), PortalSettings())
    index_store(opened.store, folder / INDEX)
    opened.__dict__["index"] = SearchIndex(folder / INDEX)
    return opened


def ask(lang: str = "en", /, **values: str | list[str]) -> Request:
    lists = {name: value if isinstance(value, list) else [value] for name, value in values.items()}
    return Request("search", path="/search", values=lists, lang=lang, chosen_lang=True)


class Seen(HTMLParser):
    """Elements with their attributes, and the text without what is not shown."""

    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(reply.body.decode())
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


# --- the page --------------------------------------------------------------------------------------------------------


def test_names_are_text(desk: Desk) -> None:
    reply = search.page(desk, ask(q="img src"))
    assert b"<img" not in reply.body
    assert NASTY in Seen(reply).text.replace("document . title", "document.title")
    assert b"<script>alert" not in search.page(desk, ask(q="<script>alert(1)</script>")).body
    reply = search.page(desk, ask(q='"><b onclick=x>'))
    assert not [element for element in Seen(reply).elements if element[0] == "b"]


def test_nothing_inline(desk: Desk) -> None:
    for request in (ask(q="amt"), ask(), ask(q="qqqzzz")):
        for tag, attributes in Seen(search.page(desk, request)).elements:
            assert tag != "style"
            assert "style" not in attributes
            assert not [name for name in attributes if name.startswith("on")]
            assert tag != "script" or attributes.get("src")


def test_pages_and_numbers(desk: Desk) -> None:
    first, last, beyond = (Seen(search.page(desk, ask("de", q="amt", page=page))) for page in ("1", "3", "77"))
    assert "45 Ergebnisse, Seite 1 von 3" in first.text
    assert ("a", "next") in [(tag, attributes.get("rel")) for tag, attributes in first.elements]
    assert [attributes["start"] for tag, attributes in last.elements if tag == "ol"] == ["41"]
    assert last.text == beyond.text
    assert "Amt 44" in last.text
    assert "Amt 00" in first.text


def test_language_of_a_name_in_another_language(desk: Desk) -> None:
    elements = Seen(search.page(desk, ask(q="universite"))).elements
    assert "fr" in [attributes.get("lang") for tag, attributes in elements if tag == "a"]


def test_links_keep_words_and_language(desk: Desk) -> None:
    elements = Seen(search.page(desk, ask("de", q="amt", page="2"))).elements
    facets = [attributes["href"] or "" for tag, attributes in elements if tag == "a" and "class=" in (attributes.get("href") or "")]
    assert facets
    for address in facets:
        assert "q=amt" in address
        assert "lang=de" in address
        assert "page=" not in address


def test_a_filter_can_be_taken_away(desk: Desk) -> None:
    reply = Seen(search.page(desk, ask(q="amt", **{"class": PLACE})))
    assert "Nothing was found" in reply.text
    assert "Search everywhere" in reply.text
    assert [
        attributes
        for tag, attributes in reply.elements
        if tag == "a" and attributes.get("aria-current") == "true" and "class" not in (attributes["href"] or "")
    ]


def test_an_empty_result_offers_near_matches(desk: Desk) -> None:
    reply = Seen(search.page(desk, ask(q="universaldienstleister")))
    assert "Nothing was found" in reply.text
    assert "Near matches" in reply.text
    assert "Université" in reply.text


def test_cut_searches_say_so(desk: Desk) -> None:
    hasty = Desk(desk.store, desk.settings)
    hasty.__dict__["index"] = SearchIndex(desk.index.path, seconds=-1) if desk.index else None
    # Nothing was looked at in no time: "at least" stands in the JSON as well.
    data = json.loads(search.api(hasty, ask(q="amt")).body)
    assert data["totalIsExact"] is False
    assert search.page(hasty, ask(q="amt")).headers["X-Truncated"] == "true"


def test_without_an_index(desk: Desk) -> None:
    bare = Desk(desk.store, desk.settings)
    for handler in (search.page, search.api, search.suggest):
        with pytest.raises(BusyError) as error:
            handler(bare, ask(q="amt"))
        assert "kg build" in error.value.text("de")


@given(st.dictionaries(st.sampled_from(["q", "class", "place", "period", "graph", "page", "limit"]), st.lists(st.text(max_size=30), max_size=3)))
def test_any_address_is_answered(desk: Desk, values: dict[str, list[str]]) -> None:
    for handler in (search.page, search.api, search.suggest):
        try:
            assert handler(desk, ask(**values)).status == 200
        except KgError as error:
            pytest.fail(str(error))


# --- the portal ------------------------------------------------------------------------------------------------------


def test_page_in_both_languages(portal: Served) -> None:
    german, english = (portal.get(f"/search?q=Sozialforschungstelle&lang={lang}") for lang in ("de", "en"))
    assert "Nichts heißt" not in html.unescape(german.text)
    assert "Sozialforschungsstelle" in re.sub("<[^>]+>", "", german.text)
    assert "Kind</h2>" in english.text
    assert german.headers["content-language"] == "de" if "content-language" in german.headers else True
    mended = html.unescape(portal.get("/search?q=Fraunhofr&lang=de").text)
    assert "Gezeigt werden Ergebnisse für <strong>Fraunhofer</strong>" in mended
    assert "Stichprobe" in mended


def test_json_for_scripts(portal: Served) -> None:
    data = portal.get("/api/search?q=868887&lang=en&limit=1").json()
    assert data["results"][0]["slug"] == "t-factor"
    assert data["results"][0]["otherKind"] == "identifier"
    assert len(data["results"]) == 1 < data["total"]
    facet = portal.get("/api/search?q=dortmund&lang=en").json()["facets"]["class"]["values"][0]
    assert portal.get(f"/api/search?q=dortmund&class={facet['value'].replace('#', '%23')}").json()["total"] == facet["count"]


def test_suggestions_know_the_class(portal: Served) -> None:
    found = portal.get("/api/suggest?q=sozialf&class=inno:Organisation&lang=de").json()["suggestions"]
    assert found[0]["slug"] == "sozialforschungsstelle"
    assert {one["kind"] for one in found} == {"Organisation"}
    assert portal.get("/api/suggest?q=").json() == {"suggestions": []}


# --- the combobox ----------------------------------------------------------------------------------------------------


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


@pytest.fixture
def page(browser: Any, portal: Served) -> Iterator[Any]:
    """The page of results; what the browser complains about fails the test, and so does a request to another host."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda message: wrong.append(message.text) if message.type == "error" and "favicon" not in message.text else None)
    opened.on("request", lambda request: None if request.url.startswith((portal.address, "data:")) else wrong.append(request.url))
    opened.goto(f"{portal.address}/search?q=dortmund&lang=de")
    yield opened
    context.close()
    assert [one for one in wrong if "404" not in one and "500" not in one] == []


def add_field(page: Any, attributes: str) -> None:
    """Put a field of a form into the page and upgrade it, as a script that adds fields does."""
    page.evaluate(
        """async (attributes) => {
            document.querySelector("main").insertAdjacentHTML("afterbegin",
              `<label for="field">Feld</label><input id="field" data-suggest="/api/suggest" ${attributes}><input id="value" type="hidden">`);
            const { upgrade } = await import(document.querySelector('script[src*="search.js"]').src);
            upgrade(document.getElementById("field"));
        }""",
        attributes,
    )


def state(page: Any, selector: str) -> dict[str, str | None]:
    found: dict[str, str | None] = page.eval_on_selector(selector, "node => Object.fromEntries([...node.attributes].map(a => [a.name, a.value]))")
    return found


def test_keyboard(page: Any) -> None:
    field = page.locator("#find")
    field.click()
    page.keyboard.type("sozialf")
    page.wait_for_selector("[role=option]")
    assert state(page, "#find")["aria-expanded"] == "true"
    assert "aria-activedescendant" not in state(page, "#find")
    page.keyboard.press("ArrowDown")
    active = state(page, "#find")["aria-activedescendant"]
    assert state(page, f"#{active}")["aria-selected"] == "true"
    assert page.locator("[aria-selected=true]").count() == 1
    page.keyboard.press("ArrowUp")
    assert "aria-activedescendant" not in state(page, "#find")
    page.keyboard.press("ArrowUp")
    assert state(page, "#find")["aria-activedescendant"] == page.locator("[role=option]").last.get_attribute("id")
    page.keyboard.press("Escape")
    assert state(page, "#find")["aria-expanded"] == "false"
    assert field.input_value() == "sozialf"
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?**q=sozialf")


def test_choosing_in_the_header_opens_the_page(page: Any) -> None:
    page.locator("#find").click()
    page.keyboard.type("Sozialforschungsstelle Dortmund")
    page.wait_for_selector("[role=option]")
    with page.expect_request("**/doc/organisation/sozialforschungsstelle**"):
        page.locator("[role=option]").first.click()


def test_choosing_in_a_form_gives_the_slug(page: Any) -> None:
    add_field(page, 'data-class="inno:Organisation" data-target="value"')
    page.locator("#field").click()
    page.keyboard.type("sozialf")
    page.wait_for_selector("[role=option]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.locator("#value").input_value() == "sozialforschungsstelle"
    assert page.locator("#field").input_value() == "Sozialforschungsstelle Dortmund"
    page.keyboard.type("x")
    assert page.locator("#value").input_value() == ""


def test_a_field_without_target_takes_the_slug_itself(page: Any) -> None:
    add_field(page, 'data-class="inno:Organisation"')
    page.locator("#field").click()
    page.keyboard.type("sozialf")
    page.wait_for_selector("[role=option]")
    page.locator("[role=option]").first.click()
    assert page.locator("#field").input_value() == "sozialforschungsstelle"
    page.wait_for_timeout(300)
    assert page.locator("#field").get_attribute("aria-expanded") == "false"


def test_only_the_last_question_counts(page: Any) -> None:
    """An answer that comes late to what is no longer asked is thrown away."""
    answers = {"sozi": "Alt", "sozialf": "Neu"}

    def answer(route: Any) -> None:
        text = re.search(r"q=(\w+)", route.request.url)
        label = answers[text[1] if text else "sozi"]
        if label == "Alt":
            page.wait_for_timeout(400)
        one = {"iri": ID + "x", "slug": "x", "label": label, "lang": "", "kind": "", "place": "", "other": "<i>", "url": "/"}
        route.fulfill(json={"suggestions": [one]})

    page.route("**/api/suggest**", answer)
    page.locator("#find").click()
    page.keyboard.type("sozi")
    page.wait_for_timeout(200)
    page.keyboard.type("alf")
    page.wait_for_selector("[role=option]")
    page.wait_for_timeout(600)
    assert page.locator("[role=option]").all_inner_texts()[0].startswith("Neu")
    assert page.locator("[role=option] i").count() == 0


def test_without_javascript(browser: Any, portal: Served) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{portal.address}/search?lang=de")
    page.fill("#q", "868887")
    page.press("#q", "Enter")
    assert page.locator(".search-hits a").first.inner_text() == "T-Factor"
    page.goto(f"{portal.address}/search?q=dortmund&lang=de")
    link = page.locator(".search-facets a", has_text="Ort").first
    count = link.locator(".count").inner_text()
    link.click()
    assert page.locator("main [role=status]").inner_text().startswith(f"{count} Ergebnisse")
    context.close()


@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_is_cut_off(browser: Any, portal: Served, width: int) -> None:
    """No page scrolls sideways, and targets are at least 24 pixels high (WCAG 2.2, 1.4.10 and 2.5.8)."""
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(f"{portal.address}/search?q=dortmund&lang=de")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = page.eval_on_selector_all(
        "main .search-facets a, main .search-hits a, main .search-pages a", "all => all.filter(a => a.getBoundingClientRect().height < 23.5).length"
    )
    assert small == 0
    page.close()


def test_static_files_hold_no_foreign_address() -> None:
    folder = Path(search.__file__).parent / "static"
    for name in ("search.js", "search.css"):
        assert not re.search(r"https?://|//[a-z]+\.[a-z]", (folder / name).read_text(encoding="utf-8"))
