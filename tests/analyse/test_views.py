"""Projects tied by institutions, institutions by topic, places by place: answers by hand, laws, and NetworkX as second opinion."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kg.analyse import project_view, topic_view
from kg.analyse.data import load
from kg.analyse.incidence import Incidence
from kg.analyse.project_view import _ties
from kg.analyse.render_text import method_line
from kg.analyse.result import Result
from kg.analyse.view_text import TEXT
from kg.analyse.views import CountryView, ProjectView, TopicView, activities, countries, project_ties, topics
from kg.build import Build
from kg.engine.duckdb import DuckDB
from kg.errors import AnalysisError
from tests.analyse.networks import GROUPS
from tests.analyse.small import Part, Small, thing

TEAMS = {"p": "abc", "q": "abd", "r": "ae", "s": "f"}
"""a is in three projects, b in two; p and q share both of them."""
TOPICS = {"p": ["water"], "q": ["water", "wind"], "r": ["wind"]}
SMALL = Small([Part(project, body) for project, team in TEAMS.items() for body in team], topics=TOPICS)


def last(iri: str) -> str:
    return iri.rsplit("/", 1)[-1]


# --- projects -------------------------------------------------------------------------------------------------------------------------------


def test_project_ties_by_hand(tmp_path: Path, engine: DuckDB) -> None:
    """p and q share a (1/(3−1)) and b (1/(2−1)) of four; r shares a with each; s shares nobody."""
    view = project_ties(SMALL.load(tmp_path, engine))
    found = {(last(tie.one.iri), last(tie.other.iri)): (tie.shared, tie.weight, tie.jaccard) for tie in view.ties}
    assert list(found) == [("p", "q"), ("p", "r"), ("q", "r")]
    assert found["p", "q"] == pytest.approx((2, 1.5, 2 / 4))
    assert found["p", "r"] == pytest.approx((1, 0.5, 1 / 4))
    assert (view.number, view.by_shared, view.projects, view.isolated, view.components) == (3, {1: 2, 2: 1}, 4, 1, (3, 1))


def test_a_part_of_the_ties_is_kept_and_all_are_counted(tmp_path: Path, engine: DuckDB) -> None:
    data = SMALL.load(tmp_path, engine)
    view = project_ties(data, top=1)
    assert [(last(tie.one.iri), last(tie.other.iri)) for tie in view.ties] == [("p", "q")]
    assert (view.number, view.to_json()["ties"], view.to_json()["ties_given"]) == (3, 3, 1)
    assert "1 von 3" in view.text("de")
    with pytest.raises(AnalysisError, match="At least one"):
        project_ties(data, top=0)


@settings(max_examples=60, deadline=None)
@given(GROUPS, st.sampled_from([1, 7, 1000]))
def test_project_ties_equal_networkx_in_pieces_of_any_size(groups: list[list[str]], piece: int) -> None:
    """Pieces of any size give the same; the ties of a project add up to the number of its institutions that are in another one."""
    incidence = Incidence.of({f"p{number}": set(group) for number, group in enumerate(groups)})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(project_view, "_PRODUCTS", piece)
        found = {
            (incidence.projects[one], incidence.projects[other]): (int(shared), float(weight))
            for part in _ties(incidence)
            for one, other, shared, weight in zip(*part, strict=True)
        }
    both = incidence.networkx()
    for project, place in ((nx.bipartite.weighted_projected_graph, 0), (nx.bipartite.collaboration_weighted_projected_graph, 1)):
        expected = {tuple(sorted(edge[:2])): edge[2] for edge in project(both, incidence.projects).edges(data="weight")}
        assert {pair: values[place] for pair, values in found.items()} == pytest.approx(expected)
    for column, name in enumerate(incidence.projects):
        elsewhere = sum(1 for row in incidence.rows_of(column) if incidence.degrees[row] > 1)
        assert sum(weight for pair, (_, weight) in found.items() if name in pair) == pytest.approx(elsewhere)


def test_one_project_has_no_tie(tmp_path: Path, engine: DuckDB) -> None:
    view = project_ties(Small([Part("p", "a")]).load(tmp_path, engine))
    assert (view.ties, view.number, view.isolated, view.components) == ((), 0, 1, (1,))
    assert "No two projects" in view.text("en")


# --- topics ---------------------------------------------------------------------------------------------------------------------------------


def test_topics_by_hand(tmp_path: Path, engine: DuckDB) -> None:
    """Eight participations are in projects with a topic: six of them in water (p, q), five in wind (q, r). a: 2 of 3 in water."""
    view = topics(SMALL.load(tmp_path, engine), least=1)
    found = {(last(cell.topic.iri), last(cell.institution.iri)): cell for cell in view.cells}
    assert len(found) == view.number == 8
    assert (view.projects, view.without_topic, view.at_least) == (3, 1, 1)
    a = found["water", "a"]
    assert (a.projects, a.rank) == (2, 1)
    assert (a.share, a.quotient) == pytest.approx((2 / 3, (2 / 3) / (6 / 8)))
    assert found["water", "c"].quotient == pytest.approx(1 / (6 / 8))
    assert found["wind", "e"].quotient == pytest.approx(1 / (5 / 8))
    assert {key: cell.rank for key, cell in found.items() if key[0] == "water"} == {
        ("water", "a"): 1,
        ("water", "b"): 1,
        ("water", "c"): 3,
        ("water", "d"): 3,
    }


def test_a_quotient_rests_on_enough_projects(tmp_path: Path, engine: DuckDB) -> None:
    data = SMALL.load(tmp_path, engine)
    assert all(cell.quotient is None for cell in topics(data).cells)
    assert {last(cell.institution.iri) for cell in topics(data, least=2).cells if cell.quotient is not None} == {"a", "b"}
    with pytest.raises(AnalysisError, match="1 project or more"):
        topics(data, least=0)


def test_one_topic_and_one_institution(tmp_path: Path, engine: DuckDB) -> None:
    data = SMALL.load(tmp_path, engine)
    whole = {(cell.topic.iri, cell.institution.iri): cell for cell in topics(data, least=1).cells}
    wind = topics(data, least=1, topic=thing("topic", "wind"))
    assert [last(cell.institution.iri) for cell in wind.cells] == ["a", "b", "d", "e"]
    mine = topics(data, least=1, institution=thing("organisation", "a"))
    assert [last(cell.topic.iri) for cell in mine.cells] == ["water", "wind"]
    assert all(whole[cell.topic.iri, cell.institution.iri] == cell for cell in (*wind.cells, *mine.cells))
    assert topics(data, institution=thing("organisation", "f")).cells == ()
    for asked in (("x", None), (None, "x")):
        with pytest.raises(AnalysisError) as error:
            topics(data, topic=asked[0], institution=asked[1])
        assert error.value.fix


def test_a_cut_puts_nobody_before_an_equal(tmp_path: Path, engine: DuckDB, monkeypatch: pytest.MonkeyPatch) -> None:
    data = SMALL.load(tmp_path, engine)
    for limit, at_least, given_ in ((8, 1, 8), (7, 2, 3), (3, 2, 3), (2, 3, 0)):
        monkeypatch.setattr(topic_view, "TOP", limit)
        view = topics(data)
        assert (view.at_least, len(view.cells), view.number) == (at_least, given_, 8)


def test_without_a_census_there_is_no_order(tmp_path: Path, engine: DuckDB) -> None:
    view = topics(Small(SMALL.parts, topics=TOPICS, frame="partial").load(tmp_path, engine))
    assert view.refusal is not None
    assert all(cell.rank is None for cell in view.cells)
    names = [(last(cell.topic.iri), last(cell.institution.iri)) for cell in view.cells]
    assert names == sorted(names)
    assert view.refusal.reason["de"][:40] in view.text("de")


@settings(max_examples=10, deadline=None)
@given(groups=st.lists(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=5, unique=True), min_size=1, max_size=6), data=st.data())
def test_the_mean_quotient_is_one(tmp_path_factory: pytest.TempPathFactory, engine: DuckDB, groups: list[list[str]], data: st.DataObject) -> None:
    """Weighted by the projects of institutions, in every topic; those outside a topic count as 0."""
    about = {f"p{number}": data.draw(st.lists(st.sampled_from("xyz"), max_size=2, unique=True)) for number in range(len(groups))}
    small = Small([Part(f"p{number}", body) for number, group in enumerate(groups) for body in group], topics=about)
    view = topics(small.load(tmp_path_factory.mktemp("topics"), engine), least=1)
    own = {body: sum(1 for number, group in enumerate(groups) if body in group and about[f"p{number}"]) for body in "abcdef"}
    for topic in {cell.topic.iri for cell in view.cells}:
        mean = sum(own[last(cell.institution.iri)] * (cell.quotient or 0) for cell in view.cells if cell.topic.iri == topic) / sum(own.values())
        assert mean == pytest.approx(1)


# --- places ---------------------------------------------------------------------------------------------------------------------------------


def fitted(sums: np.ndarray) -> np.ndarray:
    """Quasi-independence by iterative proportional fitting, the textbook way."""
    table = 1.0 - np.eye(len(sums))
    for _ in range(20_000):
        table *= (sums / table.sum(axis=1))[:, np.newaxis]
        table *= (sums / table.sum(axis=0))[np.newaxis, :]
    return table


def test_activities_by_hand() -> None:
    """Equal sums s of n nodes: a = √(s/(n − 1)). Two nodes: a = √s. One node in every tie: no finite factor. No tie: 0."""
    assert activities(np.array([6.0, 6.0, 6.0, 6.0])) == pytest.approx(np.full(4, 2**0.5))
    assert activities(np.array([9.0, 9.0])) == pytest.approx(np.array([3.0, 3.0]))
    assert activities(np.array([3.0, 1.0, 2.0])) is None
    assert activities(np.zeros(3)) == pytest.approx(np.zeros(3))
    assert activities(np.array([9.0, 0.0, 9.0])) == pytest.approx(np.array([3.0, 0.0, 3.0]))


@pytest.mark.parametrize("sums", [[5.0, 4.0, 3.0], [10.0, 4.0, 4.0, 4.0], [10.9, 4.0, 4.0, 3.0], [1.0, 1.0, 1.0, 2.9], [7.0, 6.0, 5.0, 1.0, 0.5]])
def test_activities_equal_iterative_fitting(sums: list[float]) -> None:
    values = np.array(sums)
    found = activities(values)
    assert found is not None
    product = np.outer(found, found) - np.diag(found**2)
    assert product.sum(axis=1) == pytest.approx(values)
    assert product == pytest.approx(fitted(values), rel=1e-3)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.floats(0.01, 1e9)), min_size=1, max_size=12))
@example([(0, 1, 1.0), (2, 3, 301637669.0)])
@example([(0, 1, 1e9), (0, 2, 1e9), (1, 2, 0.01)])
def test_expected_weights_keep_the_totals(ties: list[tuple[int, int, float]]) -> None:
    sums = np.zeros(7)
    for one, other, weight in ties:
        if one != other:
            sums[one] += weight
            sums[other] += weight
    found = activities(sums)
    if found is None:
        assert sums.max() == pytest.approx(sums.sum() / 2)
    else:
        assert np.isfinite(found).all()
        # Each without itself: the difference of the sum and a large factor would lose the small ones.
        others = np.array([np.delete(found, node).sum() for node in range(len(found))])
        assert found * others == pytest.approx(sums, rel=1e-6)


PLACED = Small(
    [Part(project, body) for project, team in {"p": "abc", "q": "ab", "r": "bc", "s": "aA", "t": "d"}.items() for body in team],
    places={"a": "country-DE", "A": "country-DE", "b": "country-FR", "c": "country-IT", "d": "country-PL"},
    within={"city": "country-DE"},
)


def test_countries_by_hand(tmp_path: Path, engine: DuckDB) -> None:
    """Germany and France: 1/2 in p and 1 in q; France and Italy the same by p and r; Germany and Italy 1/2. With three places the totals leave no choice,
    so what is expected is what is found; s lies within Germany, Poland works with nobody."""
    view = countries(PLACED.load(tmp_path, engine, level="country"))
    found = {(last(pair.one.iri)[-2:], last(pair.other.iri)[-2:]): (pair.count, pair.weight, pair.expected, pair.ratio) for pair in view.pairs}
    assert found.keys() == {("DE", "FR"), ("DE", "IT"), ("FR", "IT")}
    assert found["DE", "FR"] == pytest.approx((2, 1.5, 1.5, 1.0))
    assert found["DE", "IT"] == pytest.approx((1, 0.5, 0.5, 1.0))
    totals = {last(total.place.iri)[-2:]: (total.projects, total.partners, total.weight) for total in view.totals}
    assert totals == {"DE": (3, 2, 2.0), "FR": (3, 2, 3.0), "IT": (2, 2, 2.0), "PL": (1, 0, 0.0)}
    places, cells = view.matrix("count")
    assert [last(place.iri)[-2:] for place in places] == ["DE", "FR", "IT", "PL"]
    assert cells == [[0, 2, 1, 0], [2, 0, 2, 0], [1, 2, 0, 0], [0, 0, 0, 0]]
    with pytest.raises(AnalysisError, match="unknown"):
        view.matrix("p-value")


def test_a_place_in_every_tie_is_expected_to_be(tmp_path: Path, engine: DuckDB) -> None:
    star = Small(
        [Part(*pair) for pair in (("p", "a"), ("p", "b"), ("q", "a"), ("q", "c"))], places={"a": "country-A", "b": "country-B", "c": "country-C"}
    )
    view = countries(star.load(tmp_path, engine, level="country"))
    assert [(pair.expected, pair.ratio) for pair in view.pairs] == [(1.0, 1.0), (1.0, 1.0)]
    assert all(total.activity is None for total in view.totals)


def test_places_are_needed_for_the_matrix_of_places(tmp_path: Path, engine: DuckDB) -> None:
    with pytest.raises(AnalysisError, match="level of places"):
        countries(PLACED.load(tmp_path, engine))


def test_one_place_has_no_pair(tmp_path: Path, engine: DuckDB) -> None:
    view = countries(Small([Part("p", "a")], places={"a": "country-A"}).load(tmp_path, engine, level="country"))
    assert view.pairs == ()
    assert [total.activity for total in view.totals] == [0.0]
    assert "No two places" in view.text("en")


# --- all of them ----------------------------------------------------------------------------------------------------------------------------


def views(folder: Path, engine: DuckDB, frame: str) -> list[Result]:
    small = Small([*SMALL.parts, *PLACED.parts], topics=TOPICS, places=PLACED.places, within=PLACED.within, frame=frame)
    data = small.load(folder, engine)
    return [project_ties(data), topics(data), countries(small.load(folder, engine, level="country"))]


@pytest.mark.parametrize("frame", ["census", "partial"])
def test_every_view_is_a_result(tmp_path: Path, engine: DuckDB, frame: str) -> None:
    for view in views(tmp_path, engine, frame):
        assert all(tuple(row) == view.columns for row in view.rows())
        assert all(row["frame"] == frame for row in view.rows())
        written = json.dumps(view.to_json(), allow_nan=False, sort_keys=True)
        assert json.loads(written)["method"] == json.loads(json.dumps(view.method.to_json()))
        assert view.to_frame().shape == (len(view.rows()), len(view.columns))
        for lang in ("de", "en"):
            text = view.text(lang)
            assert "{" not in text
            assert text.rstrip().splitlines()[-1] == method_line(view.method, lang)
        assert view.text("de") != view.text("en")


def test_order_of_rows_changes_nothing(tmp_path: Path, engine: DuckDB) -> None:
    turned = Small(list(reversed(SMALL.parts)), topics=TOPICS)
    one, other = (small.load(tmp_path / name, engine) for name, small in (("one", SMALL), ("other", turned)))
    assert project_ties(one).to_json() == project_ties(other).to_json()
    assert topics(one).to_json() == topics(other).to_json()


def test_every_sentence_stands_in_both_languages() -> None:
    assert all(set(texts) == {"de", "en"} and all(texts.values()) for texts in TEXT.values())


def test_dortmund_says_no_order(graph: Build, engine: DuckDB) -> None:
    data = load(graph, engine=engine)
    ties, about = project_ties(data), topics(data)
    assert isinstance(ties, ProjectView)
    assert isinstance(about, TopicView)
    assert about.refusal is not None
    pairs = {frozenset(pair) for node in data.incidence.institutions for pair in combinations(data.incidence.projects_of(node), 2)}
    assert ties.number == len(pairs)
    assert CountryView.name != ProjectView.name != TopicView.name
