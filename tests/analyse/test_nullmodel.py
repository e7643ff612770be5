"""The null model: both margins kept, seeded, uniform over all networks with these margins, mixed."""

from __future__ import annotations

import random
from collections import Counter
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analyse import curveball
from kg.analyse.curveball import TRADES, chains, memory
from kg.analyse.data import load
from kg.analyse.incidence import Incidence
from kg.analyse.nullmodel import draws, repeats
from kg.build import Build
from kg.engine.duckdb import DuckDB
from kg.errors import AnalysisError

TEAMS = st.dictionaries(
    st.sampled_from([f"p{n}" for n in range(8)]), st.sets(st.sampled_from("abcdefghij"), min_size=1, max_size=6), min_size=1, max_size=8
)


def networks(teams: dict[str, set[str]], number: int, seed: int, **more: int) -> list[dict[str, list[str]]]:
    """Return the draws as institutions per project, an institution as often as it stands there."""
    found = []
    for rows, projects, columns in draws(teams, number, seed, **more):
        for row in rows:
            drawn: dict[str, list[str]] = {project: [] for project in projects}
            for position, organisation in zip(row, columns, strict=True):
                drawn[projects[position]].append(organisation)
            found.append(drawn)
    return found


@settings(max_examples=60, deadline=None)
@given(TEAMS, st.integers(0, 2**32 - 1))
def test_both_margins_are_kept(teams: dict[str, set[str]], seed: int) -> None:
    degrees = Counter(one for team in teams.values() for one in team)
    for drawn in networks(teams, 5, seed):
        assert {project: len(team) for project, team in drawn.items()} == {project: len(team) for project, team in teams.items()}
        assert Counter(one for team in drawn.values() for one in team) == degrees
        assert all(len(set(team)) == len(team) for team in drawn.values())  # nobody twice in one project


@settings(max_examples=20, deadline=None)
@given(TEAMS, st.integers(0, 2**32 - 1))
def test_equal_seeds_give_equal_draws(teams: dict[str, set[str]], seed: int) -> None:
    assert networks(teams, 3, seed) == networks(teams, 3, seed)


def test_other_seeds_and_batches_give_other_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    teams = {f"p{n}": set("abcdefghij"[n : n + 4]) for n in range(6)}
    assert networks(teams, 20, 1) != networks(teams, 20, 2)
    monkeypatch.setattr(curveball, "_PLACES", 1)
    assert len(networks(teams, 20, 1)) == 20  # one chain a batch


@pytest.mark.parametrize(
    "teams",
    [
        {"p": {"a", "b"}, "q": {"a", "c"}, "r": {"b", "d"}},
        {"p": {"a", "b", "c"}, "q": {"a"}, "r": {"d"}, "s": {"a", "b"}, "t": {"d"}},
    ],
    ids=["equal sizes", "sizes 3, 2, 1, 1, 1"],
)
def test_draws_are_uniform(teams: dict[str, set[str]]) -> None:
    """Every network with these margins comes up equally often (chi-square, 0.1 % level), although projects of similar size trade more often."""
    from scipy.stats import chi2

    degrees = Counter(one for team in teams.values() for one in team)
    choices = [list(combinations("abcd", len(team))) for team in teams.values()]
    possible = [chosen for chosen in product(*choices) if Counter(one for team in chosen for one in team) == degrees]
    number = 300 * len(possible)
    seen = Counter(tuple(tuple(sorted(team)) for team in drawn.values()) for drawn in networks(teams, number, 11))
    assert set(seen) == set(possible)
    statistic = sum((seen[one] - 300) ** 2 / 300 for one in possible)
    assert statistic < chi2.ppf(0.999, len(possible) - 1)


def test_the_smallest_networks_by_hand() -> None:
    """Projects of one change their member as a whole: of two networks either comes up half of the time. One project, and one institution, stay."""
    drawn = networks({"p": {"a"}, "q": {"b"}}, 2000, 4)
    assert sum(one["p"] == ["a"] for one in drawn) == pytest.approx(1000, abs=100)  # 4.5 standard deviations
    assert networks({"p": {"a", "b"}}, 2, 1) == [{"p": ["a", "b"]}] * 2
    assert networks({"p": {"a"}, "q": {"a"}}, 2, 1) == [{"p": ["a"], "q": ["a"]}] * 2


def test_forty_trades_are_enough(graph: Build, engine: DuckDB) -> None:
    """Of the participations of the data no more are left than chance puts there, in Dortmund and in the largest projects too; five trades are too few."""
    dortmund = memory(load(graph, engine=engine).incidence, (5, TRADES), number=400)
    assert dortmund.enough() == TRADES
    assert dortmund.kept[0] > dortmund.expected + 0.05
    assert dortmund.kept[1] == pytest.approx(dortmund.expected, abs=0.005)
    assert set(dortmund.to_json()) == {"trades", "kept", "kept_large", "expected", "expected_large", "chains", "seed"}
    none = memory(load(graph, engine=engine).incidence, (1, 2), number=50)
    assert none.enough() is None


def test_what_a_chain_remembers_by_hand() -> None:
    """Four projects of one: each keeps its member with chance 1/4; before any trade all do."""
    found = memory(Incidence.of({project: {project.upper()} for project in "pqrs"}), (0, TRADES), number=3000)
    assert found.kept[0] == found.kept_large[0] == 1.0
    assert found.expected == found.expected_large == pytest.approx(0.25)
    assert found.kept[1] == pytest.approx(0.25, abs=0.02)


def test_projects_of_like_size_trade_more_often_so_that_large_ones_mix(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of five large projects among many of one; in pairs without regard to size they keep most of what they have."""
    teams = {f"big{n}": {f"i{n}-{m}" for m in range(40)} for n in range(5)} | {f"p{n}": {f"j{n}"} for n in range(400)}
    mixed = memory(Incidence.of(teams), (TRADES,), number=5)
    monkeypatch.setattr(curveball, "SPREADS", (1e9,))
    slow = memory(Incidence.of(teams), (TRADES,), number=5)
    assert slow.kept_large[0] > 0.3
    assert mixed.kept_large[0] < slow.kept_large[0] - 0.1


def test_a_network_larger_than_a_batch_is_drawn_one_at_a_time() -> None:
    chooser = random.Random(1)
    teams = {f"p{n}": {f"i{m}" for m in chooser.sample(range(9000), chooser.choice([1, 1, 2, 5, 20]))} for n in range(10_000)}
    incidence = Incidence.of(teams)
    batches = list(chains(incidence, 2, 1, trades=2))
    assert [len(batch) for batch in batches] == [1, 1]
    for (drawn,) in batches:
        assert (np.bincount(drawn, minlength=len(incidence.projects)) == incidence.sizes).all()
        assert len(np.unique(incidence.rows.astype(np.int64) * len(incidence.projects) + drawn)) == len(drawn)


def test_repeats_by_hand() -> None:
    """Two projects with the same two institutions allow no other network: chance gives what is there."""
    found = repeats({"p": "ab", "q": "ab"}, "a", number=50)
    assert (found.number.observed, found.number.mean, found.number.low, found.number.high) == (1, 1.0, 1.0, 1.0)
    assert found.at_least == 1.0
    assert found.partners["b"].observed == 2


def test_repeats_expect_less_where_chance_has_a_choice() -> None:
    """a meets b in both its projects; among ten others chance seldom repeats that."""
    teams = {"p": "ab", "q": "ab", "r": "cd", "s": "ef", "t": "gh", "u": "ij"}
    found = repeats(teams, "a", number=2000, seed=5)
    assert found.number.observed == 1
    assert found.number.mean < 0.1
    assert found.at_least < 0.1


def test_repeats_refuse_what_makes_no_sense() -> None:
    with pytest.raises(AnalysisError, match="in no project"):
        repeats({"p": "ab"}, "z")
    with pytest.raises(AnalysisError, match="at least 1"):
        list(draws({"p": "ab"}, 0, 1))
    for number in (0, -1):
        with pytest.raises(AnalysisError, match="at least 1"):
            repeats({"p": "ab"}, "a", number=number)
        with pytest.raises(AnalysisError, match="at least 1"):
            memory(Incidence.of({"p": "ab"}), number=number)


def test_no_share_of_draws_for_single_pairs() -> None:
    """1,000 draws are too few for a p-value of one pair (contracts, section 9)."""
    found = repeats({"p": "ab", "q": "ab"}, "a", number=10)
    assert set(found.partners["b"].to_json()) == {"observed", "expected", "low", "high"}
