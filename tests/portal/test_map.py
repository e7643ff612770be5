"""The map: what is counted where, what is cut and said, and the page with and without JavaScript in a real browser."""

from __future__ import annotations

import http.server
import json
import re
import shutil
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import KgError, ParameterError
from kg.portal import map as portal_map
from kg.portal.app import CSP
from kg.portal.desk import Desk
from kg.portal.located import KINDS, Located, point_of, wkt_point
from kg.portal.map import Choice, spots_of
from kg.portal.page import Reply, Request
from kg.portal.render import STATIC
from kg.portal.settings import PortalSettings
from kg.store import EmbeddedStore
from tests.portal.conftest import Served

ID = "https://w3id.org/innokg/id/"
NASTY = '<img src=x onerror="document.title=1">'
DATA = f"""
PREFIX inno: <https://w3id.org/innokg/ontology#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX geo: <http://www.opengis.net/ont/geosparql#>
PREFIX wgs: <http://www.w3.org/2003/01/geo/wgs84_pos#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX : <{ID}>
inno:Project rdfs:subClassOf inno:Initiative . inno:Event rdfs:subClassOf inno:Initiative .
:city a inno:Place ; skos:prefLabel "Dortmund"@de, "Dortmund"@en ; wgs:lat 51.513889 ; wgs:long 7.465278 ; geo:hasDefaultGeometry [ geo:asWKT "POINT(7.465278 51.513889)" ] .
:quarter a inno:Place ; skos:prefLabel "Hafen"@de, "Harbour"@en ; inno:withinPlace :district .
:district a inno:Place ; skos:prefLabel "Nordstadt"@de ; inno:withinPlace :city .
:nowhere a inno:Place ; skos:prefLabel "Nirgendwo"@de, "Nowhere"@en ; inno:withinPlace :nowhere .
:essen a inno:Place ; skos:prefLabel "Essen"@de ; wgs:lat 51.45 ; wgs:long 7.02 .
:torn a inno:Place ; skos:prefLabel "Torn"@en ; geo:hasDefaultGeometry [ geo:asWKT "POINT(6.95 50.93)" ] , [ geo:asWKT "POINT(6.96 50.94)" ] .
:vague a inno:Place ; skos:prefLabel "Vague"@en ; wgs:lat 1.0, 2.0 ; wgs:long 3.0 .
:bad a inno:Place ; skos:prefLabel {json.dumps(NASTY)} ; wgs:lat 51.48 ; wgs:long 7.21 .
:a a inno:Organisation ; skos:prefLabel "Alpha"@en ; inno:location :city .
:b a inno:Organisation ; skos:prefLabel "Beta"@en ; inno:location :quarter .
:c a inno:Organisation ; skos:prefLabel "Gamma"@en ; inno:location :nowhere .
:d a inno:Organisation ; skos:prefLabel "Delta"@en .
:e a inno:Organisation ; skos:prefLabel "Epsilon"@en ; inno:location :essen, :torn .
:f a inno:Organisation ; skos:prefLabel "Zeta"@en ; inno:location :vague .
:g a inno:Organisation ; skos:prefLabel {json.dumps(NASTY + "2")} ; inno:location :bad .
:p a inno:Project ; skos:prefLabel "Projekt P"@de, "Project P"@en .
:q a inno:Project ; skos:prefLabel "Project Q"@en ; inno:location :essen .
:v a inno:Event ; skos:prefLabel "Event V"@en ; inno:location :city .
:use a inno:SiteUse ; inno:site :quarter ; inno:inInitiative :p .
:p1 a inno:Participation ; inno:inInitiative :p ; inno:participant :a . :p2 a inno:Participation ; inno:inInitiative :p ; inno:participant :b .
:q1 a inno:Participation ; inno:inInitiative :q ; inno:participant :e .
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk with a small graph that has every difficulty once."""
    import pyoxigraph as ox

    path = tmp_path_factory.mktemp("map") / "store"
    store = ox.Store(str(path))
    store.load(DATA.encode(), format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(ID + "graph"))
    store.flush()
    del store
    return Desk(EmbeddedStore(path), PortalSettings())


def ask(path: str = "/api/map", /, **values: object) -> Request:
    lists = {name: value if isinstance(value, list) else [str(value)] for name, value in values.items() if name != "lang"}
    return Request("map", path=path, values=lists, lang=str(values.get("lang", "en")), chosen_lang="lang" in values)


def answer(desk: Desk, **values: object) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(portal_map.api(desk, ask(**values)).body)
    return data


def by_name(data: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {feature["properties"]["name"]: feature["properties"] for feature in data["features"]}


def test_things_are_counted_where_they_are_or_at_the_next_place_with_a_position(desk: Desk) -> None:
    data = answer(desk)
    found = by_name(data)
    assert list(found) == ["Dortmund", "Essen", NASTY, "Torn"]
    city = found["Dortmund"]
    # Alpha and the event are in the city; Beta and Project P in a quarter of a district of it, neither of which has coordinates.
    assert (city["institution"], city["initiative"], city["event"], city["total"], city["within"]) == (2, 1, 1, 4, 2)
    assert [thing["name"] for thing in city["things"]] == ["Alpha", "Beta", "Project P", "Event V"]
    assert city["url"] == "/doc/city"
    assert data["features"][0]["geometry"] == {"type": "Point", "coordinates": [7.46528, 51.51389]}


def test_what_has_no_position_is_counted_and_said(desk: Desk) -> None:
    # Gamma's place lies in itself, Zeta's has two latitudes and no point, Delta has no place at all.
    assert answer(desk)["about"]["totals"]["institution"] == {"all": 7, "placed": 4, "without_position": 2}


def test_contradicting_positions_are_all_drawn(desk: Desk) -> None:
    torn = [one for one in answer(desk)["features"] if one["properties"]["name"] == "Torn"]
    assert [one["geometry"]["coordinates"] for one in torn] == [[6.95, 50.93], [6.96, 50.94]]
    assert {one["properties"]["positions"] for one in torn} == {2}


def test_a_kind_an_institution_or_a_project_narrows_the_map(desk: Desk) -> None:
    events = answer(desk, kind="event")
    assert list(by_name(events)) == ["Dortmund"]
    assert list(events["about"]["totals"]) == ["event"]
    around = answer(desk, institution="a")
    assert by_name(around)["Dortmund"]["things"] == [
        {"name": "Alpha", "url": "/doc/a", "kind": "institution"},
        {"name": "Beta", "url": "/doc/b", "kind": "institution"},
        {"name": "Project P", "url": "/doc/p", "kind": "initiative"},
    ]
    assert list(by_name(around)) == ["Dortmund"]
    assert around["about"]["around"] == {"iri": ID + "a", "name": "Alpha", "url": "/doc/a"}
    assert set(by_name(answer(desk, project=ID + "q"))) == {"Essen", "Torn"}
    assert set(by_name(answer(desk, place=[ID + "essen", ID + "quarter"]))) == {"Essen", "Dortmund"}
    assert set(by_name(answer(desk, place=ID + "nothing"))) == set()


def test_what_is_cut_says_so(desk: Desk) -> None:
    reply = portal_map.api(desk, ask(limit=1))
    data = json.loads(reply.body)
    assert (reply.truncated, reply.rows, reply.media_type) == (True, 1, "application/geo+json")
    assert (data["about"]["shown"], data["about"]["places"], data["about"]["truncated"]) == (1, 4, True)
    # The totals count everything, not only what is drawn.
    assert data["about"]["totals"]["institution"]["placed"] == 4
    text = html(desk, limit=1)
    assert "The map shows the 1 places with most of it, of 4." in text
    assert not portal_map.api(desk, ask()).truncated


@pytest.mark.parametrize(
    ("values", "what"),
    [
        ({"kind": "people"}, "There is no kind 'people'."),
        ({"institution": "nobody"}, "Nothing (inno:Organisation) is called 'nobody'."),
        ({"institution": ID + "p"}, f"Nothing (inno:Organisation) is called '{ID}p'."),
        ({"project": "x> } DROP ALL #"}, "Nothing (inno:Initiative) is called 'x> } DROP ALL #'."),
    ],
)
def test_a_wrong_parameter_is_an_error_that_says_so(desk: Desk, values: dict[str, str], what: str) -> None:
    with pytest.raises(ParameterError) as caught:
        portal_map.api(desk, ask(**values))
    assert caught.value.what.en == what
    assert caught.value.fix is not None


def html(desk: Desk, path: str = "/map", /, **values: object) -> str:
    handler = portal_map.embed if path == "/embed/map" else portal_map.page
    return handler(desk, ask(path, **values)).body.decode()


def test_the_page_says_the_same_as_the_map_in_both_languages(desk: Desk) -> None:
    english, german = html(desk, lang="en"), html(desk, lang="de")
    assert "<strong>4</strong> of 7 institutions have a place on the map; 2 more have a place without coordinates." in english
    assert "<strong>4</strong> von 7 Einrichtungen haben einen Ort auf der Karte; 2 weitere haben einen Ort ohne Koordinaten." in german
    assert "2 at smaller places without coordinates" in english
    assert "The sources contradict each other." in english
    assert "50.93, 6.95; 50.94, 6.96" in english
    for text in (english, german):
        assert 'data-src="/api/map?lang=' in text
        assert text.count('<th scope="row">') == 4
        assert NASTY not in text
        assert "&lt;img src=x" in text
        assert not re.search(r"<style|<[a-z][^>]*\s(?:style|on\w+)=|<script(?! type=\"module\" src=)", text)
        assert "© GeoBasis-DE / BKG 2021" in text


def test_links_of_the_page_keep_what_was_chosen(desk: Desk) -> None:
    text = html(desk, institution="a", kind=["institution", "event"], lang="de")
    assert "/api/map?kind=institution&amp;kind=event&amp;institution=a&amp;lang=de" in text
    assert "/embed/map?kind=institution&amp;kind=event&amp;institution=a&amp;lang=de" in text
    assert f'<input type="hidden" name="institution" value="{ID}a">' in text


def test_an_embedded_map_leads_back_and_opens_links_in_the_whole_window(desk: Desk) -> None:
    text = html(desk, "/embed/map", project="p")
    assert 'href="/map?project=p" target="_top"' in text
    assert 'href="/doc/city" target="_top"' in text
    assert "<details>" in text


def test_a_map_of_nothing_says_so(desk: Desk) -> None:
    text = html(desk, place=ID + "nothing")
    assert "Nothing of this has a place with coordinates." in text
    assert "data-src" not in text


@given(x=st.floats(), y=st.floats())
def test_a_position_lies_on_earth_or_is_none(x: float, y: float) -> None:
    point = point_of(str(x), str(y))
    assert point == wkt_point(f"POINT ({x} {y})")
    if point is not None:
        assert abs(point[0]) <= 180
        assert abs(point[1]) <= 90
        assert abs(point[0] - x) <= 1e-5


names = st.sampled_from("abcdefgh")


@given(
    points=st.dictionaries(names, st.just([(7.0, 51.0)])),
    larger=st.dictionaries(names, st.lists(names, max_size=2, unique=True).map(sorted)),
    kinds=st.dictionaries(st.text(alphabet="xyz", min_size=1, max_size=2), st.sampled_from(sorted(KINDS))),
    data=st.data(),
)
def test_counts_add_up_whatever_the_graph(points: dict[str, Any], larger: dict[str, list[str]], kinds: dict[str, str], data: st.DataObject) -> None:
    places = {thing: data.draw(st.sets(names, min_size=1, max_size=3)) for thing in kinds if data.draw(st.booleans())}
    # Places lie in each other in circles here; the walk to larger places ends all the same.
    spots, totals = spots_of(Located(points, larger, kinds, places), Choice(tuple(KINDS)))
    assert all(spot.place in points for spot in spots)
    assert [spot.total for spot in spots] == sorted((spot.total for spot in spots), reverse=True)
    for kind, count in totals.items():
        assert count["all"] == sum(each == kind for each in kinds.values())
        assert count["placed"] == len(set().union(*(spot.things[kind] for spot in spots)))
        assert count["placed"] + count["without_position"] == sum(kinds[thing] == kind for thing in places)
    for spot in spots:
        assert spot.within <= set().union(*spot.things.values())
        assert all(spot.place not in places[thing] for thing in spot.within)


def test_the_map_of_dortmund_is_served(portal: Served) -> None:
    data = portal.get("/api/map?lang=en").json()
    dortmund = data["features"][0]["properties"]
    assert dortmund["name"] == "Dortmund"
    assert dortmund["institution"] > 10
    assert 0 < data["about"]["totals"]["institution"]["placed"] < data["about"]["totals"]["institution"]["all"]
    assert "Social Research Centre Dortmund" in data["about"]["frame"]
    page = portal.get("/map?lang=de&institution=sozialforschungsstelle")
    assert page.status_code == 200
    assert "Karte zu" in page.text
    for address in re.findall(r'(?:href|src|data-library)="(/static/[^"]+)"', page.text):
        assert portal.get(address).status_code == 200, address
    wrong = portal.get("/map?lang=de&kind=people")
    assert wrong.status_code == 400
    assert "Es gibt: institution, initiative, event." in wrong.text
    assert "frame-ancestors *" in portal.get("/embed/map").headers["content-security-policy"]


TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".geojson": "application/geo+json"}


@pytest.fixture(scope="module")
def address(desk: Desk) -> Iterator[str]:
    """The handlers of the map behind a small server with the portal's policy."""
    handlers = {"/map": portal_map.page, "/api/map": portal_map.api, "/embed/map": portal_map.embed}

    def reply(target: str) -> Reply:
        url = urlsplit(target)
        values = parse_qs(url.query)
        if url.path.startswith("/static/"):
            file = STATIC / url.path.split("/", 3)[3]
            return Reply(file.read_bytes(), TYPES[file.suffix]) if file.is_file() else Reply(status=404)
        if url.path not in handlers:
            return Reply(status=404)
        try:
            return handlers[url.path](
                desk, Request("map", path=url.path, values=values, lang=values.get("lang", ["en"])[0], chosen_lang="lang" in values)
            )
        except KgError as error:
            return Reply(str(error).encode(), status=400)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made = reply(self.path)
            self.send_response(made.status)
            self.send_header("Content-Type", made.media_type)
            self.send_header("Content-Security-Policy", CSP.format(ancestors="'none'"))
            self.send_header("Content-Length", str(len(made.body)))
            self.end_headers()
            self.wfile.write(made.body)

        def log_message(self, format: str, *values: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A real Chromium."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs pip install 'innovation-kg[dev]'")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    with playwright.sync_playwright() as running:
        made = running.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield made
        made.close()


@pytest.fixture
def opened(browser: Any, address: str) -> Iterator[Any]:
    """Opens a page, waits for its map, and checks at the end that nothing was refused, failed, or asked elsewhere."""
    said: list[str] = []
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda message: said.append(message.text) if message.type == "error" and "404" not in message.text else None)
    page.on("request", lambda request: None if request.url.startswith((address, "data:")) else said.append(request.url))
    page.add_init_script("addEventListener('securitypolicyviolation', (e) => console.error('refused', e.violatedDirective, e.blockedURI))")

    def open_page(path: str) -> Any:
        page.goto(address + path)
        page.wait_for_selector(".map[data-ready]", timeout=20_000)
        return page

    yield open_page
    context.close()
    assert said == []


def test_the_map_is_drawn_and_its_popups_hold_text_not_markup(opened: Any) -> None:
    page = opened("/map?lang=de")
    page.get_by_role("button", name="Alles", exact=True).click()
    page.wait_for_selector(".map-circle")
    assert page.locator(".map-district").count() == 15
    assert page.locator(".map-country").count() > 150
    assert page.inner_text(".leaflet-control-attribution") == "Natural Earth, © GeoBasis-DE / BKG 2021"
    marker = page.locator(".leaflet-marker-icon[title^='<img']")
    if not marker.count():
        page.get_by_role("button", name="Ruhrgebiet").click()
    marker.click()
    popup = page.locator(".leaflet-popup-content")
    assert popup.locator(".name").inner_text() == NASTY
    assert popup.locator("li").inner_text() == NASTY + "2"
    assert popup.locator("img").count() == 0
    assert popup.locator(".name a").get_attribute("href") == "/doc/bad?lang=de"
    assert page.get_by_role("button", name="Schließen").count() == 1
    assert "1 Einrichtung" in popup.inner_text()


def test_the_map_is_usable_with_the_keyboard_alone(opened: Any) -> None:
    page = opened("/map?kind=event")
    # One place: no cluster. Its accessible name says place and number.
    marker = page.get_by_role("button", name="Dortmund, 1 event")
    marker.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".leaflet-popup-content .name a")
    assert page.evaluate("document.activeElement.textContent") == "Dortmund"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Event V"
    page.keyboard.press("Escape")
    page.wait_for_selector(".leaflet-popup-content", state="detached")
    assert page.evaluate("document.activeElement.classList.contains('map-circle')")
    box = marker.bounding_box()
    assert box["width"] >= 24
    assert box["height"] >= 24
    # A wheel over the map scrolls the page until the map has the focus.
    assert page.locator(".skip-map").get_attribute("href") == "#places"


def test_the_view_begins_where_most_is_and_says_what_lies_outside(opened: Any, address: str) -> None:
    page = opened("/map")
    # Names of districts come with the zoom at which they can be read.
    page.get_by_role("button", name="Ruhr area").click()
    page.wait_for_selector(".map.near.named")
    assert page.locator(".map-name", has_text="Dortmund").is_visible()
    assert "of 5 places lie outside this view" in page.inner_text(".map-status")
    page.get_by_role("button", name="All", exact=True).click()
    page.wait_for_function("document.querySelector('.map-status').textContent === ''")
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_links_in_data_lead_only_to_the_web_or_this_site(opened: Any, address: str) -> None:
    point = {"type": "Point", "coordinates": [7.4, 51.5]}
    feature = {
        "type": "Feature",
        "geometry": point,
        "properties": {"name": "Trap", "url": "javascript:alert(1)", "total": 1, "things": [{"name": "Two", "url": "//evil.example"}]},
    }

    def lie(route: Any) -> None:
        route.fulfill(content_type="application/geo+json", body=json.dumps({"type": "FeatureCollection", "features": [feature]}))

    page = opened("/map?kind=event")
    page.route("**/api/map*", lie)
    page.reload()
    page.wait_for_selector(".map[data-ready]")
    page.get_by_role("button", name="Trap").click()
    popup = page.locator(".leaflet-popup-content")
    assert popup.inner_text().split("\n")[0] == "Trap"
    assert popup.locator("a").count() == 0


def test_a_map_that_cannot_be_loaded_says_so(browser: Any, address: str) -> None:
    page = browser.new_page()
    page.route("**/api/map*", lambda route: route.fulfill(status=503))
    page.goto(address + "/map?lang=de")
    page.wait_for_selector(".map[data-failed]")
    assert page.inner_text(".map-status") == "Die Karte ließ sich nicht laden; die Tabelle darunter sagt dasselbe."
    page.close()


def test_without_javascript_the_table_is_the_page(browser: Any, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "/map")
    assert page.inner_text(".map") == "The map needs JavaScript; the table below says the same."
    assert page.get_by_role("rowheader").all_inner_texts() == ["Dortmund", "Essen", NASTY, "Torn"]
    page.get_by_label("Institutions").uncheck()
    page.get_by_label("Projects and programmes").uncheck()
    page.get_by_role("button", name="Show").click()
    assert page.get_by_role("rowheader").all_inner_texts() == ["Dortmund"]
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_on_the_map_has_contrast(browser: Any, address: str, scheme: str) -> None:
    page = browser.new_page(color_scheme=scheme)
    page.goto(address + "/map")
    page.wait_for_selector(".map[data-ready] .map-circle")
    ratios = page.evaluate(
        CONTRAST, [".map-circle span", ".map-status", "figcaption", ".leaflet-control-attribution", ".leaflet-control-zoom a", ".leaflet-bar button"]
    )
    page.close()
    assert all(ratio >= 4.5 for _, ratio in ratios), ratios


CONTRAST = """(selectors) => selectors.flatMap((selector) => [...document.querySelectorAll(selector)].filter((each) => each.textContent.trim()).map((each) => {
  const channels = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, at) => sum + v * [0.2126, 0.7152, 0.0722][at], 0);
  let under = each;
  const solid = (one) => { const found = channels(getComputedStyle(one).backgroundColor); return found.length < 4 || found[3] > 0.99 ? found : null; };
  while (under && !solid(under)) under = under.parentElement;
  const [a, b] = [light(channels(getComputedStyle(each).color)), light(under ? solid(under) : [255, 255, 255])];
  return [selector, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)];
}))"""
