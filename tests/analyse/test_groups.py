"""Groups described: the adjusted Rand index, what is typical, how firm groups are, and the same answer in every process."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections import Counter
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kg.analyse import groups_figure
from kg.analyse.agreement import adjusted_rand, mean_adjusted_rand, recovered, together
from kg.analyse.communities import communities
from kg.analyse.data import load
from kg.analyse.groups import Groups, groups
from kg.analyse.typical import log_odds, typical
from kg.build import Build
from kg.engine.duckdb import DuckDB
from kg.errors import AnalysisError
from tests.analyse.networks import everything_large
from tests.analyse.toy import EGO, Toy, toy

LABELS = st.lists(st.integers(0, 4), min_size=2, max_size=12)
CLIQUES = {"p1": "abcd", "p2": "abcd", "q1": "wxyz", "q2": "wxyz", "link": "dw", "alone": "s"}
TOPICS = {"p1": ("dna", "any"), "p2": ("dna",), "q1": ("sea", "any"), "q2": ("sea",)}


# The adjusted Rand index


def test_adjusted_rand_by_hand() -> None:
    """Groups of the one against the other 1 1 0 / 1 2 1 / 0 0 4 (Yeung and Ruzzo 2001): 7 pairs, 13 and 14 of 45, so (7 - 182/45) / (27/2 - 182/45)."""
    table = [[1, 1, 0], [1, 2, 1], [0, 0, 4]]
    cells = [(row, column) for row in range(3) for column in range(3) for _ in range(table[row][column])]
    one, other = zip(*cells, strict=True)
    assert adjusted_rand(one, other) == pytest.approx((7 - 182 / 45) / (27 / 2 - 182 / 45))
    assert adjusted_rand(one, other) == pytest.approx(0.3126, abs=1e-4)
    assert adjusted_rand([0, 0, 1, 2], [0, 0, 1, 1]) == pytest.approx(4 / 7)
    assert adjusted_rand([0, 0, 1, 1], [0, 1, 0, 1]) == pytest.approx(-0.5)


def slow(one: list[int], other: list[int]) -> float:
    """Count pairs one by one (Hubert and Arabie 1985 in terms of pairs)."""
    kinds = Counter((one[i] == one[j], other[i] == other[j]) for i, j in combinations(range(len(one)), 2))
    both, first, second, neither = (kinds[key] for key in ((True, True), (True, False), (False, True), (False, False)))
    below = (both + first) * (first + neither) + (both + second) * (second + neither)
    return 2 * (both * neither - first * second) / below if below else 1.0


@settings(max_examples=200)
@given(st.data())
def test_adjusted_rand_against_counting_pairs(data: st.DataObject) -> None:
    one = data.draw(LABELS)
    other = data.draw(st.lists(st.integers(0, 4), min_size=len(one), max_size=len(one)))
    assert adjusted_rand(one, other) == pytest.approx(slow(one, other))
    assert adjusted_rand(one, other) == adjusted_rand(other, one)
    assert -0.5 - 1e-12 <= adjusted_rand(one, other) <= 1
    names = data.draw(st.permutations("vwxyz"))
    assert adjusted_rand([names[label] for label in one], other) == adjusted_rand(one, other)
    order = data.draw(st.permutations(range(len(one))))
    assert adjusted_rand([one[i] for i in order], [other[i] for i in order]) == adjusted_rand(one, other)
    assert adjusted_rand(one, one) == 1


def test_adjusted_rand_where_the_formula_has_none() -> None:
    assert [adjusted_rand([], []), adjusted_rand([1], [2]), adjusted_rand([1, 1], [2, 2]), adjusted_rand([1, 2], [3, 4])] == [1, 1, 1, 1]
    assert adjusted_rand([1, 1], [1, 2]) == 0
    with pytest.raises(AnalysisError, match="2 and 1"):
        adjusted_rand([1, 2], [1])
    assert mean_adjusted_rand([np.array([1, 2])]) is None


def test_adjusted_rand_of_random_partitions_is_nothing_on_average_and_large_ones_do_not_overflow() -> None:
    chance = np.random.default_rng(1)
    found = [adjusted_rand(chance.integers(0, 5, 200), chance.integers(0, 3, 200)) for _ in range(200)]
    assert abs(float(np.mean(found))) < 0.005
    large = np.zeros(300_000, dtype=int)
    large[:10] = 1
    assert adjusted_rand(large, large) == 1


def test_together_and_recovered_by_hand() -> None:
    """Group 0 of four is halved in one other run (2 of 6 pairs, Jaccard 2/4), kept but swallowed in the next (6 of 6, Jaccard 4/6)."""
    reference = np.array([0, 0, 0, 0, 1, 1])
    others = [np.array([7, 7, 8, 8, 9, 9]), np.array([5, 5, 5, 5, 5, 5])]
    assert together(reference, others) == pytest.approx([(2 / 6 + 1) / 2, 1])
    assert recovered(reference, others) == pytest.approx([(2 / 4 + 4 / 6) / 2, (1 + 2 / 6) / 2])
    assert together(np.array([0, 1]), [np.array([0, 0])]) == pytest.approx([1, 1])


# Typical topics


def test_log_odds_by_hand() -> None:
    """Two groups, topics (3, 1) and (1, 3): in all 4 and 4 of 8, prior 1 each; z = 2 ln(4/2) / √(1/4 + 1/2)."""
    z = 2 * math.log(2) / math.sqrt(1 / 4 + 1 / 2)
    assert log_odds(np.array([[3.0, 1.0], [1.0, 3.0]])) == pytest.approx(np.array([[z, -z], [-z, z]]))


def test_log_odds_of_nothing_special() -> None:
    assert not log_odds(np.array([[3.0], [1.0]])).any()
    assert not log_odds(np.zeros((2, 0))).any()
    assert log_odds(np.array([[2.0, 2.0, 0.0], [2.0, 2.0, 0.0]])) == pytest.approx(np.zeros((2, 3)))


def test_a_rare_topic_is_not_the_most_typical() -> None:
    """A quotient of shares would put `once` first: it stands in one group only. The least number of projects keeps it out as well."""
    counts = np.array([[30.0, 1.0, 5.0], [5.0, 0.0, 30.0]])
    z = log_odds(counts)
    assert z[0, 0] > z[0, 1] > 0
    found = typical(counts, np.array([[30, 1, 5], [5, 0, 30]]), 5)
    assert [[topic for topic, _ in one] for one in found] == [[0], [2]]
    assert [one[0][1] for one in found] == pytest.approx([z[0, 0], z[1, 2]])


# Groups


@pytest.fixture(scope="module")
def cliques() -> Groups:
    return groups(toy(CLIQUES, topics=TOPICS, countries={"a": "X", "b": "X", "c": "Y", "w": "Z"}), runs=6)


def test_two_cliques_described(cliques: Groups) -> None:
    """abcd and wxyz share two projects each, d and w one more.

    Inside a group: 6 of 6 pairs; 6 of 7 pairs that touch it; each project of four has weight 1/3 a pair, so 6 · 2/3 = 4 of 5 by weight. d has
    3 · 2/3 = 2 of the 8 ends inside, as all others; by label a comes first.
    """
    first, second = cliques.groups
    assert [first.members, second.members] == [tuple("abcd"), tuple("wxyz")]
    assert (cliques.institutions, cliques.isolated, cliques.alone) == (9, 1, 0)
    assert (first.density, first.ties_inside, first.weight_inside) == pytest.approx((1, 6 / 7, 4 / 5))
    assert [named.iri for named, _ in first.typical] == list("abcd")
    assert [share for _, share in first.typical] == pytest.approx([1 / 4] * 4)
    assert [(named.iri, projects) for named, _, projects in first.topics] == [("dna", 2)]
    assert [(named.iri, number) for named, number in first.countries] == [("X", 2), ("Y", 1)]
    assert first.located == 3
    assert first.name == {"de": "dna (mit A)", "en": "dna (with A)"}
    assert (first.together, first.recovered, cliques.agreement) == (1, 1, 1)
    assert cliques.links == {(1, 2): pytest.approx(1)}
    # 10 in weight: 4 + 4 + 1 = 9; modularity 8/9 - 2 (9/18)²
    assert cliques.modularity == pytest.approx(8 / 9 - 1 / 2)


def test_the_same_groups_as_in_the_table_of_institutions(graph: Build, engine: DuckDB) -> None:
    data = load(graph, engine=engine)
    found = groups(data, runs=2, scan=())
    names = communities(data.collaboration, seed=1).groups
    assert {f"c{group.number}": list(group.members) for group in found.groups} == {name: one for name, one in names.items() if len(one) > 1}


def test_shares_add_up_and_stay_in_range(graph: Build, engine: DuckDB) -> None:
    found = groups(load(graph, engine=engine), runs=4, scan=(2.0,))
    members = [one for group in found.groups for one in group.members]
    assert len(members) == len(set(members)) == found.institutions - found.isolated - found.alone
    for group in found.groups:
        for value in (group.density, group.ties_inside, group.weight_inside, group.together, group.recovered, *(share for _, share in group.typical)):
            assert value is not None
            assert 0 <= value <= 1
    assert [entry.resolution for entry in found.scan] == [1, 2]
    assert {entry.runs for entry in found.scan} == {4}


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=5, unique=True), min_size=1, max_size=8))
def test_random_networks_have_a_defined_result(teams: list[list[str]]) -> None:
    found = groups(toy(teams, topics={"p0": ("t", "u"), "p1": ("t",)}), runs=3, scan=(0.5, 3.0))
    assert sum(len(group.members) for group in found.groups) + found.isolated + found.alone == found.institutions
    json.dumps(found.to_json(), allow_nan=False)
    assert all(tuple(row) == found.columns for row in found.rows())
    for lang in ("de", "en"):
        assert "nan" not in found.text(lang).split()
        assert found.text(lang).rstrip().endswith("build")


def test_without_partners_there_are_no_groups() -> None:
    found = groups(toy([["a"], ["b"]]), runs=2)
    assert (found.groups, found.isolated, found.agreement, found.modularity) == ((), 2, None, 0)
    assert "keine Gruppen" in found.text("de")
    with pytest.raises(AnalysisError, match="no groups to draw"):
        found.figure("en")


def test_one_run_says_nothing_about_steadiness() -> None:
    found = groups(toy([["a", "b"], ["c", "d"]]), runs=1, scan=())
    assert (found.agreement, found.groups[0].together, found.groups[0].recovered) == (None, None, None)
    assert "one run cannot say" in found.text("en")


@pytest.mark.parametrize("wrong", [{"resolution": 0}, {"scan": (1.0, float("nan"))}, {"runs": 0}])
def test_wrong_numbers_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(AnalysisError):
        groups(toy([["a", "b"]]), **wrong)  # type: ignore[arg-type]


def test_a_large_network_has_fewer_runs_and_says_so() -> None:
    with everything_large():
        found = groups(toy(CLIQUES))
    assert (found.runs, [entry.runs for entry in found.scan]) == (10, [4, 4, 10, 4, 4])
    assert found.to_json()["parameters"]["runs"] == 10


def test_no_order_of_members_outside_a_census() -> None:
    """z is in every project of its group, a in one: on a census z comes first, elsewhere they stand by name."""
    teams = ["az", "bz", "cz"]
    assert groups(toy(teams), runs=2).groups[0].typical[0][0].iri == "z"
    found = groups(toy(teams, frame=EGO), runs=2)
    assert [named.iri for named, _ in found.groups[0].typical] == ["a", "b", "c", "z"]
    assert "no order against each other" in found.text("en").replace("\n", " ")
    assert "no finding about the institutions" in found.text("en").replace("\n", " ")
    assert found.to_json()["caveats"]
    assert not groups(toy(teams), runs=2).to_json()["caveats"]


@settings(max_examples=20, deadline=None)
@given(st.permutations("abcdwxyz"))
def test_other_names_give_the_same_groups(names: list[str]) -> None:
    renamed = dict(zip("abcdwxyz", names, strict=True))
    found = groups(toy({project: [renamed.get(one, one) for one in team] for project, team in CLIQUES.items()}), runs=2, scan=())
    assert {frozenset(group.members) for group in found.groups} == {frozenset(renamed[one] for one in part) for part in ("abcd", "wxyz")}


def test_the_same_in_every_process() -> None:
    code = (
        "import json; from tests.analyse.toy import toy; from kg.analyse.groups import groups; "
        "teams = {f'p{n}': [f'i{(n * 7 + k * k * 3) % 40}' for k in range(2 + n % 5)] for n in range(60)}; "
        "topics = {project: (f't{len(team)}', 'all') for project, team in teams.items()}; "
        "found = groups(toy(teams, topics=topics), runs=3); "
        "print(json.dumps([found.to_json(), found.text('de'), found.caption('en')]))"
    )
    answers = set()
    for seed in ("1", "2", "3"):
        run = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        answers.add(run.stdout)
    assert len(answers) == 1


# Figure


def overlap(radii: list[float], places: list[tuple[float, float]]) -> bool:
    pairs = combinations(zip(radii, places, strict=True), 2)
    return any(math.dist(here, there) < one + other - 1e-6 for (one, here), (other, there) in pairs)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_map_names_every_group_it_draws(graph: Build, engine: DuckDB, lang: str) -> None:
    pytest.importorskip("matplotlib")
    from matplotlib.patches import Circle

    found = groups(load(graph, engine=engine), runs=2, scan=(0.5,))
    axes = found.figure(lang).axes[0]
    circles = [patch for patch in axes.patches if isinstance(patch, Circle)] or [one for one in axes.artists if isinstance(one, Circle)]
    assert len(circles) == len(found.groups)
    radii, places = [float(one.radius) for one in circles], [(float(one.center[0]), float(one.center[1])) for one in circles]
    assert not overlap(radii, places)
    assert radii == sorted(radii, reverse=True)
    texts = [text.get_text() for text in axes.texts]
    for group in found.groups:
        assert texts.count(str(group.number)) == 2
    assert "Build" in found.caption("de")


def test_the_map_says_what_it_leaves_out() -> None:
    pytest.importorskip("matplotlib")
    many: Toy = toy([[f"a{n:02}", f"b{n:02}"] for n in range(groups_figure.DRAWN + 3)])
    found = groups(many, runs=2, scan=())
    assert f"Drawn: {groups_figure.DRAWN} of {groups_figure.DRAWN + 3} groups, with 82%" in found.caption("en")
    found.figure("en")


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0.1, 0.45), min_size=2, max_size=14), st.integers(0, 1000))
def test_circles_do_not_overlap(radii: list[float], seed: int) -> None:
    assume(sum((radius + 0.08) ** 2 for radius in radii) < 1.3)
    chance = np.random.default_rng(seed)
    numbers = list(range(1, len(radii) + 1))
    links = {(one, other): float(chance.random()) for one, other in combinations(numbers, 2) if chance.random() < 0.5}
    places = groups_figure._layout(numbers, links, radii, (3.9, 4.0))
    assert not overlap(radii, places)
    assert places == groups_figure._layout(numbers, links, radii, (3.9, 4.0))
