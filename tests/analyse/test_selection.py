"""What a selection leaves, and how it is tied: small answers by hand, laws on random networks, and the numbers of Dortmund that must stay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from kg.analyse.chosen import in_window
from kg.analyse.data import Data, Selection, load
from kg.analyse.dates import Span
from kg.analyse.edges import Collaboration, collaboration
from kg.analyse.incidence import Incidence
from kg.analyse.method import method_filters
from kg.analyse.places import at_level
from kg.analyse.selection import ALL_LEVELS, ALL_ROLES, ALL_WEIGHTS, CLAIMS, OPEN_DATES
from kg.analyse.wording import say
from kg.build import Build
from kg.engine.duckdb import DuckDB
from kg.errors import AnalysisError
from kg.namespaces import BASE, OWL
from kg.quads import Quad, iri, write_parquet
from tests.analyse.small import Part, Small, edges, teams, thing

SFS = "https://w3id.org/innokg/id/organisation/sozialforschungsstelle"

MONEY = Small(
    [
        Part("p", "a", "coordinator", "60"),
        Part("p", "b", "partner", "30"),
        Part("p", "c", "partner", "10"),
        Part("q", "a", "partner host", "8"),  # one participation in two roles: its money counts once
        Part("q", "b", "partner", "-5"),
        Part("r", "b"),
        Part("r", "c"),
    ]
)
"""p: 60 + 30 + 10, led by a; q: 8, and a negative amount; r: no amounts, nobody leads."""


def numbers(data: Data) -> tuple[int, int, int]:
    """Return projects, partners and repeat partners of the Sozialforschungsstelle."""
    network = data.collaboration
    node = data.incidence.position[SFS]
    mine = (network.source == node) | (network.target == node)
    return len(data.incidence.projects_of(SFS)), int(mine.sum()), int((network.count[mine] > 1).sum())


def test_the_defaults_change_nothing(graph: Build, engine: DuckDB) -> None:
    data = load(graph, engine=engine)
    assert numbers(data) == (27, 199, 29)
    assert "filters" not in data.method.to_json()
    assert method_filters(data.method, "de") == method_filters(data.method, "en") == ""


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"roles": "without-associated"}, (27, 196, 27)),
        ({"claims": "undisputed"}, (27, 199, 29)),
        # Eight participations are only attributed; the graph of Dortmund holds no disputed one.
        ({"claims": "without-attributed"}, (24, 185, 24)),
        ({"claims": "several-sources"}, (13, 98, 8)),
        ({"cap": 1000}, (27, 199, 29)),
        ({"since": 1900, "until": 2100}, (27, 199, 29)),
    ],
)
def test_numbers_of_the_sozialforschungsstelle(graph: Build, engine: DuckDB, options: dict[str, object], expected: tuple[int, int, int]) -> None:
    assert numbers(load(graph, Selection(**options), engine=engine)) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "options",
    [
        {"level": "village"},
        {"weight": "jaccard"},
        {"roles": "some"},
        {"open_dates": "maybe"},
        {"claims": "true"},
        {"since": 2024, "until": 2023},
        {"since": 0},
        {"until": 10_000},
        {"since": "2020"},
        {"cap": 1},
    ],
)
def test_bad_options_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(AnalysisError) as error:
        Selection(**options)  # type: ignore[arg-type]
    assert error.value.where
    assert error.value.fix
    assert error.value.text("de") != error.value.text("en")


# --- weights and stars ----------------------------------------------------------------------------------------------------------------------


def test_contributions_by_hand(tmp_path: Path, engine: DuckDB) -> None:
    """a and b get (60 + 30)/2 in p and 8/1 in q; a and c (60 + 10)/2; b and c (30 + 10)/2, and r gives them nothing known."""
    data = MONEY.load(tmp_path, engine, weight="contribution")
    assert edges(data) == pytest.approx({("a", "b"): 45 + 8, ("a", "c"): 35, ("b", "c"): 20})
    assert data.method.filters.to_json() == {"counts": {"contributions_missing": 2, "contributions_negative": 1}}
    assert data.collaboration.weight.sum() == pytest.approx(100 + 8)


def test_a_pair_that_gets_nothing_has_no_edge(tmp_path: Path, engine: DuckDB) -> None:
    data = Small([Part("p", "a"), Part("p", "b"), Part("q", "b", amount="0"), Part("q", "c", amount="4")]).load(
        tmp_path, engine, weight="contribution"
    )
    assert edges(data) == {("b", "c"): 4.0}
    assert data.collaboration.count.tolist() == [1]
    assert list(data.network) == data.incidence.institutions


def test_funding_that_nobody_knows_is_no_weight(tmp_path: Path, engine: DuckDB) -> None:
    with pytest.raises(AnalysisError, match="No contribution above 0"):
        PLACED.load(tmp_path, engine, weight="contribution")


def test_a_star_by_hand(tmp_path: Path, engine: DuckDB) -> None:
    """Only p has a coordinator: a is tied to b and c, by 1/2 each; with money each other gives all of its own to its one tie, a half to each."""
    data = MONEY.load(tmp_path, engine, roles="coordinator-star")
    assert edges(data) == {("a", "b"): 0.5, ("a", "c"): 0.5}
    assert data.method.filters.to_json() == {"counts": {"projects_without_coordinator": 2}}
    assert teams(data) == {"p": {"a", "b", "c"}, "q": {"a", "b"}, "r": {"b", "c"}}
    shared = data.collaboration.table(shared=True)["shared"].to_pylist()
    assert [[project.rsplit("/", 1)[-1] for project in found] for found in shared] == [["p"], ["p"]]
    paid = MONEY.load(tmp_path, engine, roles="coordinator-star", weight="contribution")
    assert edges(paid) == pytest.approx({("a", "b"): 30 + 30, ("a", "c"): 30 + 10})
    assert edges(MONEY.load(tmp_path, engine, roles="coordinator-star", weight="count")) == {("a", "b"): 1.0, ("a", "c"): 1.0}


LED = st.lists(
    st.lists(st.tuples(st.sampled_from("abcdefg"), st.booleans(), st.integers(0, 9)), min_size=1, max_size=6, unique_by=lambda member: member[0]),
    min_size=1,
    max_size=8,
)
"""Projects: members with whether they coordinate, and what they get."""


def matrices(projects: list[list[tuple[str, bool, int]]]) -> tuple[Incidence, csr_array, csr_array]:
    incidence = Incidence.of({f"p{number}": {name for name, _, _ in team} for number, team in enumerate(projects)})
    led, paid = np.zeros((2, len(incidence.institutions), len(incidence.projects)))
    for column, team in enumerate(projects):
        for name, leads, amount in team:
            row, place = incidence.position[name], incidence.projects.index(f"p{column}")
            led[row, place], paid[row, place] = leads, amount
    return incidence, csr_array(led.astype(np.int32)), csr_array(paid)


def by_loops(projects: list[list[tuple[str, bool, int]]], weight: str, star: bool) -> dict[tuple[str, str], float]:
    """The definition in plain loops."""
    found: dict[tuple[str, str], float] = {}
    for team in projects:
        tied = [tuple(sorted((one, other), key=lambda member: member[0])) for one, other in combinations(team, 2) if not star or one[1] or other[1]]
        ties = {name: sum(1 for pair in tied if name in (pair[0][0], pair[1][0])) for name, _, _ in team}
        for (one, _, mine), (other, _, theirs) in tied:
            value = {"count": 1.0, "newman": 1 / (len(team) - 1), "contribution": mine / ties[one] + theirs / ties[other]}[weight]
            found[one, other] = found.get((one, other), 0.0) + value
    return {pair: value for pair, value in sorted(found.items()) if value}


def as_dict(network: Collaboration) -> dict[tuple[str, str], float]:
    pairs = zip(network.source, network.target, strict=True)
    return dict(zip([(network.names[one], network.names[other]) for one, other in pairs], network.weight.tolist(), strict=True))


@settings(max_examples=80, deadline=None)
@given(LED)
def test_sparse_products_equal_loops(projects: list[list[tuple[str, bool, int]]]) -> None:
    incidence, led, paid = matrices(projects)
    for star in (False, True):
        for weight in ALL_WEIGHTS:
            found = collaboration(incidence, weight, coordinators=led if star else None, amounts=paid if weight == "contribution" else None)
            assert as_dict(found) == pytest.approx(by_loops(projects, weight, star))
            assert (found.weight > 0).all()
            assert len(found.source) == len(found.count)
            assert all(len(row) == count for row, count in zip(found.table(shared=True)["shared"].to_pylist(), found.count.tolist(), strict=True))


@settings(max_examples=60, deadline=None)
@given(LED)
def test_laws_of_the_weights(projects: list[list[tuple[str, bool, int]]]) -> None:
    """All tied: pairs of a project add up to its contributions. A star: each coordinator of a project of two or more has one unit of strength."""
    incidence, led, paid = matrices(projects)
    whole = sum(amount for team in projects if len(team) > 1 for _, _, amount in team)
    assert collaboration(incidence, "contribution", amounts=paid).weight.sum() == pytest.approx(whole)
    ledwhole = sum(amount for team in projects if len(team) > 1 and any(leads for _, leads, _ in team) for _, _, amount in team)
    assert collaboration(incidence, "contribution", coordinators=led, amounts=paid).weight.sum() == pytest.approx(ledwhole)
    for number, team in enumerate(projects):
        alone, mine, _ = matrices([team])
        star = collaboration(alone, coordinators=mine)
        strength = np.bincount(star.source, star.weight, len(star)) + np.bincount(star.target, star.weight, len(star))
        for name, leads, _ in team:
            if leads and len(team) > 1:
                assert strength[alone.position[name]] == pytest.approx(1.0), number


@settings(max_examples=60, deadline=None)
@given(LED)
def test_projections_equal_networkx(projects: list[list[tuple[str, bool, int]]]) -> None:
    """`newman` is NetworkX's collaboration projection, `count` its weighted projection."""
    incidence, _, _ = matrices(projects)
    both = incidence.networkx()
    for weight, project in (
        ("count", nx.bipartite.weighted_projected_graph),
        ("newman", nx.bipartite.collaboration_weighted_projected_graph),
    ):
        expected = {tuple(sorted(edge[:2])): edge[2] for edge in project(both, incidence.institutions).edges(data="weight")}
        assert as_dict(collaboration(incidence, weight)) == pytest.approx(expected)


def test_networks_without_a_pair() -> None:
    for projects in ([[("a", True, 1)]], [[("a", True, 1)], [("b", False, 2)]]):
        incidence, led, paid = matrices(projects)
        for weight in ALL_WEIGHTS:
            assert collaboration(incidence, weight, coordinators=led, amounts=paid).number_of_edges() == 0
            assert collaboration(incidence, weight, amounts=paid).number_of_edges() == 0
    nobody = csr_array((0, 0), dtype=np.int32)
    assert len(collaboration(Incidence.of({}), "newman", coordinators=nobody)) == 0


# --- places ---------------------------------------------------------------------------------------------------------------------------------

PLACED = Small(
    [Part("p", "a"), Part("p", "b"), Part("p", "c"), Part("q", "a"), Part("q", "d"), Part("r", "e"), Part("r", "a")],
    places={"a": "city-1", "b": "city-2", "c": "country-FR", "d": "nuts-DEA2", "e": "nowhere"},
    within={"city-1": "nuts-DEA52", "nuts-DEA52": "nuts-DEA5", "nuts-DEA5": "nuts-DEA", "nuts-DEA": "country-DE", "city-2": "nuts-DEA51"}
    | {"nuts-DEA51": "nuts-DEA5", "nuts-DEA2": "nuts-DEA", "nowhere": "quarter", "quarter": "nowhere"},
)
"""a and b in different districts of one region, c known by country, d by region, e in places that lead in a circle."""


@pytest.mark.parametrize(
    ("level", "expected", "without"),
    [
        ("country", {("country-DE", "country-FR"): 1.0}, 1),  # a and b count once in p: two countries, 1/(2 − 1); q stays in one country
        ("nuts1", {}, 2),  # c is known by country only
        ("nuts2", {("nuts-DEA2", "nuts-DEA5"): 1.0}, 2),
        ("nuts3", {("nuts-DEA51", "nuts-DEA52"): 1.0}, 3),
    ],
)
def test_places_by_hand(tmp_path: Path, engine: DuckDB, level: str, expected: dict[tuple[str, str], float], without: int) -> None:
    data = PLACED.load(tmp_path, engine, level=level)
    assert edges(data) == expected
    assert data.method.filters.to_json() == {"counts": {"institutions_without_place": without}}


def test_places_carry_their_labels_and_countries(tmp_path: Path, engine: DuckDB) -> None:
    data = PLACED.load(tmp_path, engine, level="nuts2")
    region = next(iri for iri in data.incidence.institutions if iri.endswith("nuts-DEA5"))
    assert data.named(region).label("de") == "Nuts-Dea5"
    assert data.countries[region].endswith("country-DE")
    assert data.network.nodes[region]["label_en"] == "Nuts-Dea5"
    assert {body.rsplit("/", 1)[-1] for body in PLACED.load(tmp_path, engine).countries} == {"a", "b", "c", "d"}


def test_the_nearest_place_of_a_level_counts() -> None:
    above = {"x/a": ["x/nuts-DE1", "x/nuts-AT1"], "x/b": ["x/a"], "x/nuts-DE1": ["x/country-DE"], "x/nuts-AT1": ["x/country-AT"]}
    assert at_level(["x/b"], above, "nuts1") == "x/nuts-AT1"
    assert at_level(["x/b", "x/nuts-DE1"], above, "nuts1") == "x/nuts-DE1"
    assert at_level(["x/b"], above, "nuts3") is None
    assert at_level(["x/a"], {"x/a": ["x/b"], "x/b": ["x/a"]}, "country") is None


def test_a_level_that_no_place_leads_to_is_refused(tmp_path: Path, engine: DuckDB) -> None:
    with pytest.raises(AnalysisError, match="lead to this level"):
        MONEY.load(tmp_path, engine, level="country")


# --- time -----------------------------------------------------------------------------------------------------------------------------------

DATED = Small(
    [Part(project, body) for project in ("before", "inside", "open", "since", "until") for body in ("a", "b")],
    dates={"before": ("2001-01", "2005-12-31"), "inside": ("2010", "2012"), "since": ("2008-05-01", ""), "until": ("", "2011")},
)


@pytest.mark.parametrize(
    ("options", "expected", "undated"),
    [
        ({"since": 2010, "until": 2010}, {"inside", "open", "since", "until"}, 3),
        ({"since": 2010, "until": 2010, "open_dates": "certain"}, {"inside"}, 0),
        ({"since": 2005}, {"before", "inside", "open", "since", "until"}, 3),
        ({"since": 2006, "open_dates": "certain"}, {"inside", "since", "until"}, 2),
        ({"until": 2000}, {"open", "until"}, 2),
        ({"until": 2001, "open_dates": "certain"}, {"before"}, 0),
        ({"since": 2013}, {"open", "since"}, 2),
    ],
)
def test_windows_by_hand(tmp_path: Path, engine: DuckDB, options: dict[str, object], expected: set[str], undated: int) -> None:
    data = DATED.load(tmp_path, engine, **options)
    assert set(teams(data)) == expected
    counts = data.method.filters.to_json()["counts"]
    assert counts == {"projects_outside_window": 5 - len(expected), "projects_undated": undated}


@pytest.mark.parametrize(
    ("project", "twin", "expected"),
    [("until", "since", Span("2008-05-01", "2011")), ("since", "before", Span("2008-05-01", ""))],
)
def test_a_linked_project_fills_missing_dates(tmp_path: Path, engine: DuckDB, project: str, twin: str, expected: Span) -> None:
    """Its own dates stay; a date that would end it before it began fills nothing."""
    (tmp_path / "quads").mkdir()
    link = Quad(thing("project", project), OWL.sameAs, *iri(thing("project", twin)), f"{BASE}graph/links", "links#1")
    build = DATED.build(tmp_path)
    write_parquet([link], tmp_path / "quads" / "links.parquet")
    assert load(build, Selection(linked=True), engine=engine).spans[thing("project", project)] == expected
    assert load(build, engine=engine).spans[thing("project", project)] == Span(*DATED.dates[project])


def test_an_empty_window_says_which_years_there_are(tmp_path: Path, engine: DuckDB) -> None:
    with pytest.raises(AnalysisError, match="2000") as error:
        DATED.load(tmp_path, engine, until=2000, open_dates="certain")
    assert "2001 to 2012" in error.value.text("en")
    assert "2001 bis 2012" in error.value.text("de")
    with pytest.raises(AnalysisError) as nothing:
        MONEY.load(tmp_path, engine, since=2020, open_dates="certain")
    assert "No project has a date" in nothing.value.text("en")


YEARS = st.one_of(st.just(""), st.integers(1990, 2030).map(str))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(YEARS, YEARS), min_size=1, max_size=6), st.integers(1990, 2030), st.integers(0, 8))
def test_certain_lies_within_possible(dates: list[tuple[str, str]], since: int, length: int) -> None:
    """And a project is in a window just when one of its years is."""
    import pyarrow as pa

    spans = {f"p{number}": Span(*found) for number, found in enumerate(dates)}
    table = pa.table({"initiative": sorted(spans)})
    kept = {}
    for open_dates in OPEN_DATES:
        try:
            kept[open_dates] = set(in_window(table, spans, since, since + length, open_dates)[0]["initiative"].to_pylist())
        except AnalysisError:
            kept[open_dates] = set()
    assert kept["certain"] <= kept["possible"]
    window = set(range(since, since + length + 1))
    for project, span in spans.items():
        if span.start and span.end:
            runs = bool(window & set(range(int(span.start), int(span.end) + 1)))
            assert (project in kept["certain"]) == (project in kept["possible"]) == runs


# --- size and claims ------------------------------------------------------------------------------------------------------------------------


def test_the_cap_counts_institutions_before_places(tmp_path: Path, engine: DuckDB) -> None:
    data = PLACED.load(tmp_path, engine, cap=2)
    assert set(teams(data)) == {"q", "r"}
    assert data.method.filters.to_json() == {"cap": 2, "counts": {"projects_over_cap": 1}}
    # In p three institutions are in two countries: it is left out all the same.
    assert edges(PLACED.load(tmp_path, engine, cap=2, level="country")) == {}
    three = Small([Part("p", "a"), Part("p", "b"), Part("p", "c")])
    with pytest.raises(AnalysisError, match="more institutions"):
        three.load(tmp_path, engine, cap=2)


CLAIMED = Small(
    [
        Part("p", "accepted", claims=[("accepted", "stated", ["x"])]),
        Part("p", "twice", claims=[("accepted", "stated", ["x"]), ("accepted", "stated", ["y"])]),
        Part("p", "same", claims=[("accepted", "stated", ["x"]), ("accepted", "attributed", ["x"])]),
        Part("p", "disputed", claims=[("disputed", "stated", ["x"]), ("disputed", "stated", ["y"])]),
        Part("p", "partly", claims=[("disputed", "stated", ["x"]), ("accepted", "attributed", ["x"])]),
        Part("p", "attributed", claims=[("accepted", "attributed", ["x"])]),
        Part("p", "rejected", claims=[("accepted", "attributed", ["x"]), ("rejected", "stated", ["y"])]),
        Part("p", "delivered"),
    ]
)


@pytest.mark.parametrize(
    ("claims", "left_out"),
    [
        ("all", set()),
        ("undisputed", {"disputed"}),
        ("without-attributed", {"attributed", "rejected"}),
        ("several-sources", {"accepted", "same", "partly", "attributed", "rejected", "delivered"}),
    ],
)
def test_claims_by_hand(tmp_path: Path, engine: DuckDB, claims: str, left_out: set[str]) -> None:
    """A rejected claim says nothing; one document twice is one; a delivery has no claims and is one document."""
    data = CLAIMED.load(tmp_path, engine, claims=claims)
    assert teams(data)["p"] == {part.body for part in CLAIMED.parts} - left_out
    if claims != "all":
        assert data.method.filters.to_json() == {"claims": claims, "counts": {"participations_by_claims": len(left_out)}}


def test_claims_that_nothing_meets_are_refused(tmp_path: Path, engine: DuckDB) -> None:
    with pytest.raises(AnalysisError, match="such claims"):
        MONEY.load(tmp_path, engine, claims="several-sources")


# --- what the method says -------------------------------------------------------------------------------------------------------------------


def options() -> Iterator[Mapping[str, object]]:
    yield from ({"level": level} for level in ALL_LEVELS if level in ("country", "nuts2"))
    yield from ({"roles": roles} for roles in ALL_ROLES if roles == "coordinator-star")
    yield from ({"claims": claims} for claims in CLAIMS if claims in ("undisputed", "without-attributed"))
    yield from ({"since": 2010}, {"until": 2012}, {"since": 2010, "until": 2012, "open_dates": "certain"}, {"since": 2010, "until": 2010})
    yield from ({"cap": 12}, {"weight": "contribution"}, {"weight": "contribution", "roles": "coordinator-star", "cap": 12})


@pytest.mark.parametrize("chosen", options(), ids=str)
def test_the_method_says_every_filter_in_both_languages(tmp_path: Path, engine: DuckDB, chosen: Mapping[str, object]) -> None:
    every = Small(MONEY.parts, {"p": ("2010", "2012"), "q": ("2011", "")}, {"a": "nuts-DEA5", "b": "nuts-FR10"}, {"nuts-DEA5": "country-DE"})
    data = every.load(tmp_path, engine, **chosen)
    texts = {lang: method_filters(data.method, lang) for lang in ("de", "en")}
    assert all(texts.values())
    assert texts["de"] != texts["en"]
    assert "{" not in "".join(texts.values())
    assert len(texts["de"].split(" · ")) == len(texts["en"].split(" · "))
    filters = data.method.to_json()["filters"]
    for number in filters.get("counts", {}).values():
        assert all(str(number) in text for text in texts.values())
    for name in ("since", "until", "cap"):
        if name in chosen:
            assert filters[name] == chosen[name]
            assert all(str(chosen[name]) in text for text in texts.values())


def test_numbers_are_written_in_the_language() -> None:
    from kg.analyse.filters import Filters

    found = Filters(cap=1000, counts={"projects_over_cap": 12345})
    assert found.sentence("de") == "nur Projekte bis 1.000 Einrichtungen (12.345 größere weggelassen)"
    assert found.sentence("en") == "only projects of up to 1,000 institutions (12,345 larger ones left out)"


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize(
    "name", ["roles-all", "roles-without-associated", "roles-coordinator-star", "weight-newman", "weight-count", "weight-contribution"]
)
def test_every_choice_has_its_words(name: str, lang: str) -> None:
    """What a selection may be is said in the method line under every result."""
    assert say(name, lang)


def test_a_label_with_a_line_end_is_wrapped() -> None:
    pytest.importorskip("matplotlib")
    from kg.analyse.canvas import Ruler

    assert Ruler().wrap("one\ntwo\tthree", 8, 1000) == ["one two three"]
