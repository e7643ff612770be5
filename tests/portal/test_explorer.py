"""The collaboration explorer: what is shown and what is said not to be, the same picture from the same link, evidence that adds up, files others read."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import networkx as nx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kg.analyse.frames import Frame
from kg.analyse.labels import Named
from kg.analyse.selection import ALL_LEVELS, ALL_ROLES, ALL_WEIGHTS, CLAIMS, OPEN_DATES, Selection
from kg.build import Build
from kg.errors import ParameterError
from kg.portal import explorer_svg
from kg.portal.desk import Desk
from kg.portal.explorer import prepare
from kg.portal.explorer_choice import MOST_SHOWN, SHOWN, Choice, read_choice
from kg.portal.explorer_edge import Part
from kg.portal.explorer_layout import area, labels, radius
from kg.portal.explorer_shelf import Shelf, shelf_of
from kg.portal.explorer_text import shown_sentence
from kg.portal.explorer_view import TIES_PER_NODE, NothingLeftError, View, _strongest, view
from kg.portal.page import Reply, Request
from kg.portal.settings import PortalSettings
from kg.portal.worker import answer
from tests.portal.conftest import Served

SFS = "sozialforschungsstelle"
ROUTES = {"/network": "page", "/embed/network": "embed", "/api/network": "api", "/api/network/edge": "edge"}
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def desk(both: Build) -> Iterator[Desk]:
    opened = Desk.open(PortalSettings(), both.path)
    yield opened
    opened.store.close()


@pytest.fixture(scope="module")
def shelf(desk: Desk) -> Shelf:
    return shelf_of(desk)


def ask(desk: Desk, address: str, lang: str = "en") -> Reply:
    """Answer an address as a worker does."""
    parts = urlsplit(address)
    values = parse_qs(parts.query, keep_blank_values=True)
    form = values.get("format", ["json" if parts.path.startswith("/api") else "html"])[0]
    handler = f"kg.portal.explorer:{ROUTES[parts.path]}"
    return answer(desk, Request(handler, parts.path, values=values, form=form, lang=lang, origin="http://localhost"))


def as_json(desk: Desk, address: str) -> dict[str, Any]:
    """Return an answer of the API."""
    reply = ask(desk, address)
    assert reply.status == 200, reply.body
    found: dict[str, Any] = json.loads(reply.body)
    return found


# --- the choice ------------------------------------------------------------------------------------------------------------

selections = st.builds(
    Selection,
    level=st.sampled_from(ALL_LEVELS),
    weight=st.sampled_from(ALL_WEIGHTS),
    roles=st.sampled_from(ALL_ROLES),
    linked=st.booleans(),
    since=st.none() | st.integers(1990, 2010),
    until=st.none() | st.integers(2010, 2030),
    open_dates=st.sampled_from(OPEN_DATES),
    cap=st.none() | st.integers(2, 100),
    claims=st.sampled_from(CLAIMS),
)
names = st.lists(st.text("abcdefgh-", min_size=1, max_size=8), max_size=3).map(lambda found: tuple(sorted(set(found))))
choices = st.builds(
    Choice,
    selection=selections,
    sources=names,
    least=st.sampled_from((0.0, 0.25, 1.0, 2.0, 17.5)),
    kinds=names,
    institution=st.text("abc ü-", max_size=10).map(str.strip),
    groups=st.booleans(),
    shown=st.integers(2, MOST_SHOWN),
)


@given(choices)
def test_an_address_says_what_was_chosen(choice: Choice) -> None:
    """The address is the state: what is chosen, written as address and read again, is the same."""
    address = Request("x", "/network").url("/network", **choice.values)
    values = parse_qs(urlsplit(address).query, keep_blank_values=True)
    assert read_choice(Request("x", "/network", values=values)) == choice


def test_a_plain_address_has_no_values() -> None:
    assert Choice().values == {}
    assert read_choice(Request("x", "/network")) == Choice()


@given(st.dictionaries(st.sampled_from(("level", "since", "least", "shown", "cap", "graph", "kind", "institution", "groups")), st.text(max_size=30)))
def test_any_text_is_a_choice_or_a_parameter_error(values: dict[str, str]) -> None:
    """Nothing that is typed leads to any other error."""
    request = Request("x", "/network", values={name: [value] for name, value in values.items()})
    found: Choice | ParameterError
    try:
        found = read_choice(request, {"dortmund": None})
    except ParameterError as error:
        found = error
    if isinstance(found, ParameterError):
        assert found.where
        assert found.fix
        assert found.what.de != found.what.en
    else:
        assert 2 <= found.shown <= MOST_SHOWN
        assert found.least >= 0


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("level=galaxy", "level=galaxy"),
        ("weight=heavy", "weight=heavy"),
        ("roles=boss", "roles=boss"),
        ("since=2022&until=2020", "since, until"),
        ("since=twenty", "since=twenty"),
        ("least=much", "least=much"),
        ("least=-1", "least=-1"),
        ("least=nan", "least=nan"),
        ("least=1e999", "least=1e999"),
        ("shown=1", "shown=1"),
        ("shown=151", "shown=151"),
        ("cap=1", "cap"),
        ("graph=nowhere", "graph=nowhere"),
        ("claims=mine", "claims=mine"),
        ("institution=" + "x" * 400, "institution"),
    ],
)
@pytest.mark.parametrize("path", ["/network", "/api/network", "/embed/network"])
def test_a_wrong_value_is_named(desk: Desk, path: str, query: str, where: str) -> None:
    """400 with what, where and how to mend it, as page and as JSON."""
    reply = ask(desk, f"{path}?{query}")
    assert reply.status == 400
    if path == "/api/network":
        found = json.loads(reply.body)
        assert found["where"] == where
        assert found["fix"]
    else:
        assert f"<code>{where}</code>" in reply.body.decode()


# --- what is shown ---------------------------------------------------------------------------------------------------------


def by_hand(shelf: Shelf) -> dict[tuple[str, str], tuple[int, float]]:
    """Return shared projects and Newman's weight of each pair, counted from the participations one by one."""
    assert shelf.default is not None
    teams: dict[str, set[str]] = {}
    for project, institution in zip(*(shelf.default.table[name].to_pylist() for name in ("initiative", "organisation")), strict=True):
        teams.setdefault(project, set()).add(institution)
    found: dict[tuple[str, str], tuple[int, float]] = {}
    for team in teams.values():
        for pair in combinations(sorted(team), 2):
            count, weight = found.get(pair, (0, 0.0))
            found[pair] = (count + 1, weight + 1 / (len(team) - 1))
    return found


def test_ties_are_those_of_the_participations(desk: Desk, shelf: Shelf) -> None:
    """Every number of the default view is the one counted by hand."""
    pairs = by_hand(shelf)
    found = as_json(desk, "/api/network")
    assert found["total"]["edges"] == len(pairs)
    assert len(found["nodes"]) == SHOWN
    iris = [node["iri"] for node in found["nodes"]]
    for edge in found["edges"]:
        count, weight = pairs[tuple(sorted((iris[edge["source"]], iris[edge["target"]])))]
        assert (edge["shared_projects"], edge["weight"]) == (count, pytest.approx(weight))
    strength: dict[str, float] = {}
    partners: dict[str, int] = {}
    for pair, (_, weight) in pairs.items():
        for end in pair:
            strength[end] = strength.get(end, 0.0) + weight
            partners[end] = partners.get(end, 0) + 1
    assert [node["strength"] for node in found["nodes"]] == pytest.approx(sorted(strength.values(), reverse=True)[:SHOWN])
    for node in found["nodes"]:
        assert node["strength"] == pytest.approx(strength[node["iri"]])
        assert node["partners"] == partners[node["iri"]]
        drawn = {other for pair in pairs if node["iri"] in pair for other in pair if other in iris and other != node["iri"]}
        assert node["partners_not_shown"] == node["partners"] - len(drawn)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    least=st.sampled_from((0.0, 0.05, 0.25, 1.0)),
    shown=st.integers(2, MOST_SHOWN),
    kinds=st.sets(st.sampled_from(("university", "company", "municipality", "research-institute"))),
    institution=st.sampled_from(("", SFS, "tu-dortmund", "pic-999984059")),
)
def test_shown_and_not_shown_add_up(shelf: Shelf, least: float, shown: int, kinds: set[str], institution: str) -> None:
    """Whatever is cut is counted: what is shown and every rule of leaving out add up to all there is."""
    choice = Choice(least=least, shown=shown, kinds=tuple(sorted(kinds)), institution=institution)
    try:
        found = view(shelf, choice)
    except NothingLeftError:
        return
    counts = found.counts
    assert len(found.nodes) <= shown
    assert len(found.nodes) <= counts.looked_at <= counts.of_kinds <= counts.institutions
    assert len(found.edges) <= counts.ties_among <= counts.ties_looked_at
    assert counts.ties_looked_at + counts.below <= counts.ties
    assert len(found.edges) <= max(TIES_PER_NODE * len(found.nodes), len(found.nodes) - 1)
    assert all(round(edge.weight, 9) >= least for edge in found.edges)
    assert not kinds or all(node.named.kind in kinds for node in found.nodes)
    assert len({node.named.iri for node in found.nodes}) == len(found.nodes)
    drawn = {(edge.source, edge.target) for edge in found.edges}
    assert len(drawn) == len(found.edges)
    assert all(one != other for one, other in drawn)
    if institution:
        assert found.centre is not None
        assert found.nodes[0].named == found.centre
        around = {end for pair in drawn if 0 in pair for end in pair} - {0}
        assert around == set(range(1, len(found.nodes)))
    sentence = shown_sentence(found, "en")
    assert sentence.startswith(f"{len(found.nodes)} of {counts.institutions:,} institutions, {len(found.edges)} of {counts.ties:,} ties")
    assert ("weight at least" in sentence) == bool(least)


@given(
    st.integers(2, 12).flatmap(
        lambda size: st.tuples(st.just(size), st.lists(st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)), unique=True))
    )
)
@example((11, [*combinations(range(10), 2), (0, 10)]))
def test_leaving_out_ties_divides_nothing(case: tuple[int, list[tuple[int, int]]]) -> None:
    """What hangs together with all ties hangs together with those drawn; with room for them, the strongest are drawn."""
    size, pairs = case
    pairs = list({tuple(sorted(pair)): None for pair in pairs if pair[0] != pair[1]})  # type: ignore[misc]
    kept = _strongest(pairs, size)
    graphs = []
    for chosen in (range(len(pairs)), kept):
        graph = nx.Graph()
        graph.add_nodes_from(range(size))
        graph.add_edges_from(pairs[place] for place in chosen)
        graphs.append({frozenset(part) for part in nx.connected_components(graph)})
    assert graphs[0] == graphs[1]
    assert len(kept) <= TIES_PER_NODE * size
    assert not pairs or 0 in kept


def test_a_unit_counts_as_what_it_belongs_to(desk: Desk) -> None:
    """The institution asked for may count as another at a level; the page says so."""
    body = ask(desk, f"/network?institution={SFS}&level=top").body.decode()
    assert "counts as “TU Dortmund University” at this level" in body


def test_places_are_nodes_too(desk: Desk) -> None:
    found = as_json(desk, "/api/network?level=country&weight=count&shown=10")
    assert "Germany" in {node["label"] for node in found["nodes"]}
    assert "places" in found["shown"]["sentence"]


def test_ranks_only_where_the_frame_allows_them(desk: Desk, shelf: Shelf) -> None:
    """On data collected around an institution tables are alphabetical and without ranks; on a census they are ranked."""
    body = ask(desk, "/network").body.decode()
    assert "the sampling frame allows no ranking" in body
    assert 'class="number">Rank' not in body
    assert all("rank" not in node for node in as_json(desk, "/api/network")["nodes"])
    assert shelf.default is not None
    census = replace(shelf.default, method=replace(shelf.default.method, frame=Frame("census", date="2026")))
    found = view(Shelf(shelf.build, census), Choice(groups=False))
    assert found.nodes[0].rank == 1
    assert found.rows("en") == list(range(len(found.nodes)))


def test_frame_and_method_stand_beside_every_picture(desk: Desk) -> None:
    for path in ("/network", f"/network?institution={SFS}&lang=de", "/embed/network"):
        body = ask(desk, path, "de" if "de" in path else "en").body.decode()
        assert "ego-sampled" in body
        assert "mapping" in body or "Zuordnung" in body
        assert "Social Research Centre Dortmund" in body or "Sozialforschungsstelle Dortmund" in body
    svg = ask(desk, "/api/network?format=svg").body.decode()
    assert "ego-sampled" in svg
    assert "60 of 2,474" in svg
    found = as_json(desk, "/api/network")
    assert found["frame"]["kind"] == "ego-sampled"
    assert found["caveat"]
    assert found["method"]["build"] == desk.site.release


# --- the picture -----------------------------------------------------------------------------------------------------------


def test_the_same_link_shows_the_same_picture(both: Build, desk: Desk) -> None:
    """Another process with another hash seed draws the same bytes."""
    here = ask(desk, "/api/network?format=svg&shown=40").body
    code = (
        "import sys; from pathlib import Path; from kg.portal.desk import Desk; from kg.portal.settings import PortalSettings\n"
        "from kg.portal.page import Request; from kg.portal.explorer import api\n"
        "values = {'format': ['svg'], 'shown': ['40']}\n"
        "reply = api(Desk.open(PortalSettings(), Path(sys.argv[1])), Request('x', '/api/network', values=values, form='svg'))\n"
        "sys.stdout.buffer.write(reply.body)"
    )
    there = subprocess.run([sys.executable, "-c", code, str(both.path)], capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": "77"})
    assert there.stdout == here


@pytest.mark.parametrize("choice", [Choice(), Choice(shown=150), Choice(institution=SFS, shown=30), Choice(groups=False, least=0.5)])
@pytest.mark.parametrize("lang", ["de", "en"])
def test_names_cover_nothing(shelf: Shelf, choice: Choice, lang: str) -> None:
    """No name covers another name or a node, all are inside the picture, and no node covers another."""
    found = view(shelf, choice)
    size = area(found)
    boxes = [box for _, box in labels(found, lang, size).values()]
    assert boxes
    for one, two in combinations(boxes, 2):
        assert not one.overlaps(two)
    for place, (x, y) in enumerate(found.places):
        reach = radius(found, place)
        assert 0 <= x <= size[0]
        assert 0 <= y <= size[1]
        assert not any(box.left < x < box.right and box.top < y < box.bottom for box in boxes)
        for other in range(place):
            to_x, to_y = found.places[other]
            assert ((x - to_x) ** 2 + (y - to_y) ** 2) ** 0.5 >= 0.9 * (reach + radius(found, other))
    assert all(box.left >= 0 and box.top >= 0 and box.right <= size[0] and box.bottom <= size[1] for box in boxes)


def test_letters_and_shapes_carry_the_meaning(shelf: Shelf) -> None:
    """No meaning by colour alone: a colour of a group goes with one letter, one of a kind with one shape."""
    found = view(shelf, Choice())
    assert {(explorer_svg.colour(found, node), node.letter) for node in found.nodes} == {
        (place + 1, letter) for place, letter in enumerate("ABCDEFGH")
    } | {(0, "")}
    kinds = view(shelf, Choice(groups=False))
    seen: dict[str, set[str]] = {}
    for node in kinds.nodes:
        seen.setdefault(explorer_svg.shape(node.named.kind), set()).add(node.named.kind if node.named.kind in explorer_svg.KINDS else "")
    assert all(len(kind) == 1 for kind in seen.values())
    assert len({shape for shape, _ in explorer_svg.KINDS.values()}) == len(explorer_svg.KINDS)


def evil(found: View) -> View:
    """Return a view whose institutions have a name that is markup."""
    label = '<script>alert(1)</script>"onload="x'
    return replace(
        found, nodes=tuple(replace(node, named=Named(node.named.iri, {"en": label, "de": label}, node.named.kind)) for node in found.nodes)
    )


def test_names_are_never_markup(shelf: Shelf) -> None:
    found = evil(view(shelf, Choice(shown=5)))
    drawn = explorer_svg.drawing(found, "en", title="<b>", description="&", node_link=lambda _: '"><x>', edge_link=lambda _: "a&b")
    written = explorer_svg.document(found, "de", title="<b>", description="&", caption=["<script>"]).decode()
    for text in (drawn, written):
        tags = {element.tag.removeprefix(SVG) for element in ET.fromstring(text).iter()}
        assert tags <= {"svg", "title", "desc", "g", "a", "line", "circle", "polygon", "text", "style", "rect"}


@pytest.mark.parametrize(
    "address", ["/network", "/embed/network", f"/network?institution={SFS}", f"/api/network/edge?format=html&a={SFS}&b=stadt-dortmund"]
)
def test_pages_hold_no_inline_style_or_script(desk: Desk, address: str) -> None:
    """What the content security policy would refuse is not there, and nothing is asked of another host."""
    body = ask(desk, address).body.decode()
    assert "<h1>" in body
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", body)
    assert all('src="/static/' in tag for tag in re.findall(r"<script[^>]*>", body))
    assert not re.findall(r'(?:src|href)="https?://(?!localhost|creativecommons|w3id)[^"]*"', re.sub(r"<a [^>]*>", "", body))


# --- evidence --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("weight", ["newman", "count"])
def test_evidence_adds_up_to_the_weight(desk: Desk, weight: str) -> None:
    """The shares of the shared projects are the weight of the tie, for every tie of a picture."""
    found = as_json(desk, f"/api/network?institution={SFS}&weight={weight}&shown=25")
    for edge in found["edges"]:
        proof = as_json(desk, edge["evidence"])
        assert proof["weight"] == edge["weight"]
        assert proof["shared_projects"] == edge["shared_projects"] == len(proof["projects"])
        assert sum(project["adds_to_weight"] for project in proof["projects"]) == pytest.approx(edge["weight"])
        assert all(project["a"] and project["b"] for project in proof["projects"])
        assert {proof["a"]["iri"], proof["b"]["iri"]} == {found["nodes"][edge[end]]["iri"] for end in ("source", "target")}


def test_evidence_names_roles_years_and_sources(desk: Desk) -> None:
    """A curated tie leads to the documents that say so, and to the claims."""
    reply = ask(desk, f"/api/network/edge?a={SFS}&b=stadt-dortmund", "de")
    proof = json.loads(reply.body)
    assert proof["shared_projects"] > 0
    assert any(part["documents"] for project in proof["projects"] for part in project["a"])
    assert {document["status"] for project in proof["projects"] for part in project["a"] for document in part["documents"]} <= {
        "accepted",
        "disputed",
        "superseded",
    }
    page = ask(desk, f"/api/network/edge?a={SFS}&b=stadt-dortmund&format=html", "de").body.decode()
    assert "/doc/participation/" in page
    assert "<q" in page
    assert all(project["label"] in page for project in proof["projects"] if "&" not in project["label"] and '"' not in project["label"])


def test_a_dispute_is_shown() -> None:
    """Where sources disagree the evidence says so."""
    part = Part("p", "r", None, (), (("d", "stated", "accepted"), ("e", "stated", "disputed")))
    assert part.contested
    assert not part.disputed
    assert replace(part, documents=(("e", "stated", "disputed"),)).disputed


def test_those_without_a_tie_have_an_answer(desk: Desk) -> None:
    reply = ask(desk, "/api/network/edge?format=html&a=stadt-dortmund&b=pic-999849423")
    assert reply.status == 200
    assert "share no project" in reply.body.decode()


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        (f"a={SFS}", 400),
        (f"a={SFS}&b={SFS}", 400),
        (f"a={SFS}&b=nobody-at-all", 404),
        (f"a={SFS}&b=%3Cscript%3E", 404),
        ("a=x&b=" + "y" * 999, 404),
    ],
)
def test_wrong_ends_are_refused(desk: Desk, query: str, status: int) -> None:
    for form in ("json", "html"):
        reply = ask(desk, f"/api/network/edge?{query}&format={form}")
        assert reply.status == status
        assert form == "json" or b"<script>" not in reply.body


# --- finding an institution ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", [SFS, "Sozialforschungsstelle Dortmund", "SOZIALFORSCHUNGSSTELLE  dortmund", f"https://w3id.org/innokg/id/organisation/{SFS}"]
)
def test_slug_name_and_iri_mean_the_same(shelf: Shelf, name: str) -> None:
    assert shelf.institution(name).iri.endswith(f"/{SFS}")


@pytest.mark.parametrize("index", [True, False])
def test_near_matches_are_offered(desk: Desk, shelf: Shelf, index: bool) -> None:
    """A typing error leads to 404 with what may be meant, with the search index and without."""
    given = Shelf(shelf.build, shelf.default, index=desk.index if index else None)
    assert any(named.iri.endswith("/stadt-dortmund") for named in given.near("Stadt Dortmnd"))
    reply = ask(desk, "/network?institution=Stadt+Dortmnd&least=1")
    assert reply.status == 404
    assert "/network?institution=stadt-dortmund&amp;least=1" in reply.body.decode()


# --- files -----------------------------------------------------------------------------------------------------------------


def test_files_hold_what_is_shown(desk: Desk, tmp_path: Path) -> None:
    """GEXF, GraphML, CSV and VOSviewer JSON, read by other software, hold the nodes and edges of the picture."""
    shown = as_json(desk, "/api/network?shown=30")
    nodes, edges = len(shown["nodes"]), len(shown["edges"])
    for form, read in (("gexf", nx.read_gexf), ("graphml", nx.read_graphml)):
        reply = ask(desk, f"/api/network?shown=30&format={form}")
        (tmp_path / form).write_bytes(reply.body)
        graph = read(tmp_path / form)
        assert (graph.number_of_nodes(), graph.number_of_edges()) == (nodes, edges)
        assert reply.truncated
        assert re.fullmatch(r'attachment; filename="[A-Za-z0-9._-]+"', reply.headers["Content-Disposition"])
        iris = [node["iri"] for node in shown["nodes"]]
        for edge in shown["edges"]:
            assert graph[iris[edge["source"]]][iris[edge["target"]]]["weight"] == pytest.approx(edge["weight"])
        assert {data["group"] for _, data in graph.nodes(data=True)} == {node["group"] for node in shown["nodes"]}
    rows = list(csv.DictReader(io.StringIO(ask(desk, "/api/network?shown=30&format=csv").body.decode())))
    assert [float(row["weight"]) for row in rows] == pytest.approx([edge["weight"] for edge in shown["edges"]])
    people = list(csv.DictReader(io.StringIO(ask(desk, "/api/network?shown=30&format=csv&table=nodes").body.decode())))
    assert {row["iri"]: int(row["projects"]) for row in people} == {node["iri"]: node["projects"] for node in shown["nodes"]}
    vos = json.loads(ask(desk, "/api/network?shown=30&format=vosviewer").body)
    assert (len(vos["network"]["items"]), len(vos["network"]["links"])) == (nodes, edges)
    assert ET.fromstring(ask(desk, "/api/network?shown=30&format=svg").body).tag == f"{SVG}svg"


def test_the_whole_network_is_a_file(desk: Desk, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """`all=1` gives every tie of the choice; above the limit the strongest, and it says so."""
    assert shelf.default is not None
    everything = ask(desk, "/api/network?all=1&format=csv")
    rows = list(csv.DictReader(io.StringIO(everything.body.decode())))
    assert len(rows) == shelf.default.collaboration.number_of_edges()
    assert not everything.truncated
    monkeypatch.setattr("kg.portal.explorer_view.WHOLE_TIES", 500)
    cut = ask(desk, "/api/network?all=1&format=csv")
    assert cut.truncated
    assert [row["weight"] for row in csv.DictReader(io.StringIO(cut.body.decode()))] == [row["weight"] for row in rows[:500]]
    assert f"500 of {len(rows)} ties" in ask(desk, "/api/network?all=1&format=graphml").body.decode()
    assert ask(desk, "/api/network?all=1&format=svg").status == 400
    assert ask(desk, "/api/network?format=csv&table=chairs").status == 400


# --- nothing to show -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    ["least=99", "since=1801&until=1802&dates=certain", "kind=chamber&least=5", "institution=stadt-dortmund&since=1801&until=1802&dates=certain"],
)
def test_an_empty_choice_has_a_page(desk: Desk, query: str) -> None:
    """Nothing left is an answer, not an error: the page keeps the form and says how to widen the choice."""
    for lang in ("de", "en"):
        reply = ask(desk, f"/network?{query}", lang)
        body = reply.body.decode()
        assert reply.status == 200
        assert '<div class="notice" role="status">' in body
        assert 'name="least"' in body
    assert ask(desk, f"/api/network?{query}").status in (400, 404)


def test_without_a_build_the_page_says_why(desk: Desk) -> None:
    """An endpoint whose participations were not fetched has pages that say so, and no 500."""
    bare = Desk(desk.store, PortalSettings(), None)
    assert prepare(bare, Request("x")).status == 200
    for path in ("/network", "/embed/network"):
        reply = ask(bare, path, "de")
        assert reply.status == 200
        assert "Netzwerke sind aus" in reply.body.decode()
    assert ask(bare, "/api/network").status in (400, 404, 502)


def test_few_selections_are_held(desk: Desk) -> None:
    """However many selections are asked for, participations of a handful stay in memory."""
    shelf = shelf_of(Desk(desk.store, PortalSettings(), desk.build))
    assert shelf.default is not None
    for cap in range(3, 9):
        shelf.data(Choice(Selection(cap=cap)))
        assert len(shelf.others) <= 3
    weighed = shelf.data(Choice(Selection(weight="count", cap=8)))
    assert weighed.table is shelf.data(Choice(Selection(cap=8))).table
    assert weighed.method.weight == "count"
    assert weighed.collaboration.weight.sum() == weighed.collaboration.count.sum()


# --- in a browser ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright and chromium")
    if not Path("/usr/bin/chromium").exists():
        pytest.skip("needs /usr/bin/chromium")
    with playwright.sync_playwright() as running:
        opened = running.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield opened
        opened.close()


def test_in_a_browser(portal: Served, browser: Any) -> None:
    """Table and picture share their selection, a tie opens its evidence, nothing breaks the policy, and without JavaScript all is there."""
    portal.wait_for("/network")
    page = browser.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.goto(f"{portal.address}/network?institution={SFS}&shown=12")
    page.wait_for_selector(".net[data-lively]")
    assert page.locator(".net-canvas canvas").count() > 0
    assert not page.locator(".net-svg").is_visible()
    page.locator(".net-nodes tbody tr a").first.focus()
    assert page.locator(".net-nodes tr.chosen").count() == 1
    page.get_by_role("button", name="Zoom in").press("Enter")
    page.evaluate("document.querySelector('.net-svg').style.display = 'block'; document.querySelector('.net-svg').removeAttribute('hidden')")
    page.evaluate("document.querySelector('.net-svg a[data-edge]').dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true}))")
    page.get_by_text("All evidence").click()
    page.wait_for_selector(".net-evidence")
    assert not problems
    assert hosts == {urlsplit(portal.address).netloc}
    page.close()
    plain = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800}).new_page()
    plain.goto(f"{portal.address}/network")
    assert plain.locator(".net-svg").is_visible()
    assert plain.evaluate("document.documentElement.scrollWidth") <= 390
    plain.locator(".net-edges tbody a").first.click()
    assert plain.locator(".net-evidence tbody tr").count() > 0
    plain.context.close()
