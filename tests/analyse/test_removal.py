"""What if one were missing: by hand on cliques, a star and a path, against NetworkX on random networks, and never outside a census."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from string import Formatter

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analyse import groups_text, reach, removal_text
from kg.analyse.data import Selection, load
from kg.analyse.incidence import Incidence
from kg.analyse.reach import parts, steps
from kg.analyse.removal import ALIKE, Removal, removal
from kg.build import Build
from kg.engine.duckdb import DuckDB
from kg.errors import AnalysisError
from tests.analyse.conftest import SFS
from tests.analyse.networks import GROUPS
from tests.analyse.toy import EGO, toy

BRIDGE = {"p1": "abcdm", "p2": "mwxyz"}


def names(found: Removal) -> list[str]:
    return [named.iri for named, _ in found.cut_off]


def test_two_cliques_part_without_the_one_that_joins_them() -> None:
    """Before: 9 institutions, 36 pairs reach each other, 20 at one step and 16 at two. After: 4 and 4, 12 pairs, all at one step.

    Any other of the eight cuts off nobody and takes 8 pairs along, m takes 24: no draw does as much, so (0 + 1) / (50 + 1).
    """
    found = removal(toy(BRIDGE), ["m"], draws=50)
    before, after = found.before, found.after
    assert (before.institutions, before.components, before.largest, before.reach, before.pairs) == (9, 1, 9, 36, 20)
    assert (after.institutions, after.components, after.largest, after.reach, after.pairs) == (8, 2, 4, 12, 12)
    assert before.steps.mean == pytest.approx(52 / 36)
    assert (after.steps.mean, before.steps.error) == (1, 0)
    assert names(found) == ["w", "x", "y", "z"]
    assert [(size, [one.iri for one in members]) for size, members in found.pieces] == [(4, list("abcd")), (4, list("wxyz"))]
    assert (found.lost_reach, found.lost_pairs) == (24, 8)
    compared = found.comparison
    assert compared is not None
    assert (compared.draws, compared.alike, compared.spread) == (50, 8, ((1, 1),))
    assert (compared.cut_off, compared.cut_off_most, compared.cut_off_share) == pytest.approx((0, 0, 1 / 51))
    assert (compared.reach, compared.reach_share) == pytest.approx((8, 1 / 51))
    assert (compared.drawn, compared.removed) == (1, 2)


def test_a_member_of_a_clique_joins_nobody() -> None:
    """With one project as the seven others that are drawn: the same effect, so every draw is at least as large."""
    found = removal(toy({"p1": "abcd", "p2": "wxyz"}), ["x"], draws=10)
    assert (found.before.reach, found.after.reach, names(found)) == (12, 9, [])
    assert found.comparison is not None
    assert (found.comparison.cut_off_share, found.comparison.reach_share) == (1, 1)
    assert "No institution loses its connection" in found.text("en")


def test_a_star_falls_apart() -> None:
    found = removal(toy(["ha", "hb", "hc", "hd"]), ["h"], draws=5)
    assert (found.before.reach, found.after.reach, found.after.components, found.after.largest) == (10, 0, 4, 1)
    assert names(found) == list("abcd")
    assert found.after.steps.mean is None
    assert found.after.steps.to_json()["mean"] is None


def test_a_path() -> None:
    """a–b–c–d: before 3 pairs at one step, 2 at two, 1 at three; without b a is alone, c and d remain."""
    found = removal(toy(["ab", "bc", "cd"]), ["b"], draws=5)
    assert found.before.steps.mean == pytest.approx(10 / 6)
    assert (found.before.reach, found.after.reach, found.before.pairs, found.after.pairs, found.after.steps.mean) == (6, 1, 3, 1, 1)
    assert found.cut_off == ((found.cut_off[0][0], 1),)
    assert names(found) == ["a"]
    assert found.rows() == [{"iri": "a", "label_de": "A", "label_en": "A", "component_size": 1, "frame": "census"}]


def test_a_project_leaves_its_institutions() -> None:
    """a and b share two projects, b and c one: without one of the two nothing is lost, without both a is cut off."""
    data = toy({"p1": "ab", "p2": "ab", "q": "bc"})
    one, both = removal(data, ["p1"], draws=5), removal(data, ["p1", "p2", "p1"], draws=5)
    assert (one.lost_pairs, one.lost_reach, names(one)) == (0, 0, [])
    assert (both.lost_pairs, both.lost_reach, names(both), both.after.institutions) == (1, 2, ["a"], 3)
    assert both.projects == {"p1", "p2"}
    assert both.comparison is None  # one other project is not enough for two
    assert "not enough of them" in both.text("en")


def test_an_institution_and_a_project_at_once() -> None:
    found = removal(toy({"p": "abc", "q": "cd", "r": "de"}), ["q", "a"], draws=5)
    assert [(named.iri, number) for named, number in found.removed] == [("a", 1), ("q", 2)]
    assert (found.after.institutions, found.after.components, found.after.pairs) == (4, 2, 2)
    assert found.comparison is not None
    assert found.comparison.spread == ((1, 2), (2, 3))


def test_everything_may_be_removed() -> None:
    found = removal(toy(["ab"]), ["a", "b"])
    assert (found.after.institutions, found.after.components, found.after.largest, found.comparison) == (0, 0, 0, None)
    assert removal(toy(["a"]), ["a"]).before.steps.mean is None
    assert json.dumps(found.to_json(), allow_nan=False)
    assert "Vergleich mit anderen ist nicht möglich" in found.text("de")


def test_the_largest_is_that_of_before() -> None:
    """abcde and vwxy stand apart; without the middle of abcde the other is larger, but nobody was cut off from it."""
    found = removal(toy(["ab", "bc", "cd", "de", "vwxy"]), ["c"], draws=5)
    assert (found.before.largest, found.after.largest) == (5, 4)
    assert names(found) == ["d", "e"]


@settings(max_examples=60, deadline=None)
@given(GROUPS, st.data())
def test_against_networkx(teams: list[list[str]], data: st.DataObject) -> None:
    """Components, pairs and steps of the projection, made anew without what is missing."""
    known = {f"p{number}": team for number, team in enumerate(teams)}
    everything = sorted({one for team in teams for one in team})
    removed = data.draw(st.lists(st.sampled_from([*everything, *known]), min_size=1, max_size=4, unique=True))
    found = removal(toy(known), removed, draws=3)
    for state, without in ((found.before, set[str]()), (found.after, set(removed))):
        plain = nx.Graph()
        plain.add_nodes_from(set(everything) - without)
        for project in set(known) - without:
            team = [one for one in known[project] if one not in without]
            plain.add_edges_from((one, other) for one in team for other in team if one < other)
        sizes = sorted(map(len, nx.connected_components(plain)))
        assert [size for size, number in state.sizes for _ in range(number)] == sizes
        assert (state.institutions, state.pairs, state.components) == (len(plain), plain.number_of_edges(), len(sizes))
        assert state.reach == sum(size * (size - 1) // 2 for size in sizes)
        lengths = [length for _, ends in nx.all_pairs_shortest_path_length(plain) for length in ends.values() if length]
        assert state.steps.mean == (pytest.approx(sum(lengths) / len(lengths)) if lengths else None)
    assert found.lost_reach >= 0
    for lang in ("de", "en"):
        assert found.text(lang).rstrip().endswith("draws" if lang == "en" else "Ziehungen")


def test_a_sample_of_steps_states_its_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """The true mean lies within two standard errors about as often as it should."""
    chance = np.random.default_rng(4)
    incidence = Incidence.of({f"p{n}": {f"i{one}" for one in chance.integers(0, 300, 3)} for n in range(220)})
    number = len(incidence.institutions)
    true = steps(incidence, np.arange(number)).mean
    assert true is not None
    monkeypatch.setattr(reach, "EXACT", 10)
    monkeypatch.setattr(reach, "SOURCES", 60)
    inside = 0
    for _ in range(60):
        found = steps(incidence, chance.permutation(number))
        assert found.mean is not None
        assert (found.exact, found.sources) == (False, 60)
        inside += abs(found.mean - true) <= 2 * found.error
    assert inside >= 51
    assert found.error < 0.1 * true


def test_parts_of_nothing() -> None:
    incidence = Incidence.of({"p": "ab"})
    found = parts(incidence, np.ones(2, dtype=bool))
    assert (found.largest, found.reach, found.label.tolist()) == (0, 0, [-1, -1])
    assert parts(incidence, None, np.ones(1, dtype=bool)).sizes.tolist() == [1, 1]


def test_random_others_are_like_what_was_removed() -> None:
    """30 institutions have one project, as the one removed: only they are drawn. The hub is alone with 31, so the 20 nearest are."""
    data = toy([*[["hub", f"i{n:02}"] for n in range(30)], ["hub", "pair", "i00"]])
    one, hub = removal(data, ["i05"], draws=5).comparison, removal(data, ["hub"], draws=5)
    assert one is not None
    assert (one.alike, one.spread) == (29, ((1, 1),))
    assert hub.comparison is not None
    assert (hub.comparison.alike, hub.comparison.spread) == (ALIKE, ((1, 2),))
    assert "part of the difference" in hub.text("en").replace("\n", " ")


def test_only_a_census_may_say_so(graph: Build, engine: DuckDB) -> None:
    with pytest.raises(AnalysisError, match="ego-sampled"):
        removal(toy(BRIDGE, frame=EGO), ["m"])
    with pytest.raises(AnalysisError) as refused:
        removal(load(graph, engine=engine), [SFS])
    assert "Vollerhebung" in refused.value.text("de")
    assert "census" in refused.value.text("en")


@pytest.mark.parametrize(
    ("remove", "draws", "words"),
    [([], 5, "Nothing was named"), (["nobody", "m"], 5, "No institution or project"), (["m"], 0, "number of draws"), (["m"], -3, "number of draws")],
)
def test_wrong_input_is_refused(remove: list[str], draws: int, words: str) -> None:
    with pytest.raises(AnalysisError, match=words):
        removal(toy(BRIDGE), remove, draws=draws)


def test_a_star_of_coordinators_is_refused() -> None:
    class Star(type(toy(BRIDGE))):  # type: ignore[misc]
        coordinators = object()

    data = toy(BRIDGE)
    star = Star(data.build, Selection(roles="coordinator-star"), data.table, data.labels, data.method)
    with pytest.raises(AnalysisError, match="coordinator-star"):
        removal(star, ["m"])


def test_one_name_may_be_given_as_text() -> None:
    assert removal(toy(BRIDGE), "m", draws=5) == removal(toy(BRIDGE), ["m"], draws=5)


def test_the_same_in_every_process() -> None:
    code = (
        "import json; from tests.analyse.toy import toy; from kg.analyse.removal import removal; "
        "teams = {f'p{n}': [f'i{(n * 7 + k * k * 3) % 40}' for k in range(2 + n % 3)] for n in range(30)}; "
        "found = removal(toy(teams), ['i3', 'p4', 'i7'], draws=40); "
        "print(json.dumps([found.to_json(), found.text('de'), found.caption('en')]))"
    )
    answers = set()
    for seed in ("1", "2", "3"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2], env=environment)
        answers.add(run.stdout)
    assert len(answers) == 1


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("teams", [BRIDGE, {"p": "ab"}, {f"p{n:02}": f"m{chr(97 + n)}" for n in range(12)}])
def test_the_figure_names_the_pieces_inside_its_bounds(teams: dict[str, str], lang: str) -> None:
    pytest.importorskip("matplotlib")
    found = removal(toy(teams), [next(one for one in ("m", "a") if any(one in team for team in teams.values()))], draws=3)
    figure = found.figure(lang)
    figure.canvas.draw()
    width, height = figure.get_size_inches() * figure.dpi
    for axes in figure.axes:
        for text in axes.texts:
            box = text.get_window_extent()
            assert box.x0 >= 0
            assert box.x1 <= width
            assert box.y0 >= 0
            assert box.y1 <= height
    assert "census" in found.caption(lang)


def test_the_texts_are_there_in_both_languages() -> None:
    for text in (removal_text.TEXT, groups_text.TEXT):
        for key, languages in text.items():
            assert sorted(languages) == ["de", "en"], key
            assert all(languages.values()), key
            fields = [sorted(part for _, part, _, _ in Formatter().parse(value) if part) for value in languages.values()]
            assert fields[0] == fields[1], key
