"""The null model: both margins kept, seeded, uniform over all networks with these margins, fast enough."""

from __future__ import annotations

import time
from collections import Counter
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analyse import nullmodel
from kg.analyse.nullmodel import draws, repeats
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
    monkeypatch.setattr(nullmodel, "_CELLS", 1)
    assert len(networks(teams, 20, 1)) == 20  # one chain a batch


def test_draws_are_uniform() -> None:
    """Every network with these margins comes up equally often (chi-square, 0.1 % level)."""
    from scipy.stats import chi2

    teams = {"p": {"a", "b"}, "q": {"a", "c"}, "r": {"b", "d"}}
    degrees = Counter(one for team in teams.values() for one in team)
    choices = [list(combinations("abcd", 2)) for _ in teams]
    possible = [chosen for chosen in product(*choices) if Counter(one for team in chosen for one in team) == degrees]
    number = 6000
    seen = Counter(tuple(tuple(sorted(team)) for team in drawn.values()) for drawn in networks(teams, number, 11))
    assert set(seen) <= set(possible)
    expected = number / len(possible)
    statistic = sum((seen[one] - expected) ** 2 / expected for one in possible)
    assert statistic < chi2.ppf(0.999, len(possible) - 1)


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


def test_no_share_of_draws_for_single_pairs() -> None:
    """1,000 draws are too few for a p-value of one pair (contracts, section 9)."""
    found = repeats({"p": "ab", "q": "ab"}, "a", number=10)
    assert set(found.partners["b"].to_json()) == {"observed", "expected", "low", "high"}


def test_a_thousand_draws_take_less_than_two_seconds() -> None:
    import random

    chooser = random.Random(3)
    teams = {f"p{n}": set(chooser.sample(range(200), chooser.randint(2, 25))) for n in range(30)}
    named = {project: {str(one) for one in team} for project, team in teams.items()}
    started = time.process_time()
    repeats(named, sorted(named["p0"])[0])
    assert time.process_time() - started < 2
