"""The solved null model: margins of the data, the institution's own number of projects kept, and the numbers of drawn networks that are mixed."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analyse import nullmodel
from kg.analyse.configuration import own_projects, repeats, solve
from kg.analyse.incidence import Incidence
from kg.errors import AnalysisError


def sparse(seed: int, projects: int = 120, names: int = 150) -> dict[str, set[str]]:
    """Return projects of unequal sizes with institutions of unequal numbers of projects, as real programmes have."""
    chooser = random.Random(seed)
    weights = [1 / (rank + 1) ** 0.7 for rank in range(names)]
    found = {}
    for n in range(projects):
        size = chooser.choice([1, 1, 1, 2, 3, 5, 8, 12])
        team: set[str] = set()
        while len(team) < size:
            team.add(f"i{chooser.choices(range(names), weights)[0]:03}")
        found[f"p{n:03}"] = team
    return found


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_margins_are_those_of_the_data(seed: int) -> None:
    model = solve(Incidence.of(sparse(seed)))
    assert (model.chance * model.projects).sum(axis=1) == pytest.approx(model.degrees, rel=1e-6)
    assert (model.chance * model.institutions[:, np.newaxis]).sum(axis=0) == pytest.approx(model.sizes, rel=1e-6)
    assert (model.company * model.institutions[:, np.newaxis]).sum(axis=0) == pytest.approx(model.sizes - 1, abs=1e-6)
    assert model.chance.min() > 0
    assert model.chance.max() < 1


def test_own_projects_are_as_many_as_in_the_data() -> None:
    model = solve(Incidence.of(sparse(1)))
    for own in (0, len(model.degrees) - 1):
        drawn = own_projects(model, own, 500, np.random.default_rng(2))
        assert drawn.shape == (500, len(model.sizes))
        assert set(drawn.sum(axis=1)) == {model.degrees[own]}
        assert (drawn <= model.projects).all()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_numbers_agree_with_drawn_networks(seed: int) -> None:
    """Chains of enough trades keep both margins exactly; the model must tell the same story."""
    teams = sparse(seed)
    incidence = Incidence.of(teams)
    ordered = sorted(incidence.institutions, key=lambda one: -incidence.degrees[incidence.position[one]])
    for institution in (ordered[0], ordered[3]):
        solved = repeats(incidence, institution, number=4000, seed=seed)
        drawn = nullmodel.repeats(teams, institution, number=200, seed=seed, trades=50)
        assert solved.number.observed == drawn.number.observed
        assert solved.number.mean == pytest.approx(drawn.number.mean, rel=0.12, abs=0.3)
        # Partners met in one project are taken as independent, so that the interval is a little wider, never narrower by much.
        assert drawn.number.low - 7 <= solved.number.low <= drawn.number.low + 3
        assert drawn.number.high - 3 <= solved.number.high <= drawn.number.high + 7
        assert {k: v.observed for k, v in solved.partners.items()} == {k: v.observed for k, v in drawn.partners.items()}
        means = [sum(expected.mean for expected in found.partners.values()) for found in (solved, drawn)]
        assert means[0] == pytest.approx(means[1], rel=0.12)


def test_what_margins_settle_is_settled() -> None:
    """a is in both projects and b in the one of two: nothing else fits, so that every chance is 0 or 1, exactly; degrees and sizes ascend."""
    model = solve(Incidence.of({"p": "ab", "q": "a"}))
    assert model.chance.tolist() == [[0.0, 1.0], [1.0, 1.0]]
    assert solve(Incidence.of({"p": "abc", "q": "ab", "r": "a"})).chance.tolist() == [[0, 0, 1], [0, 1, 1], [1, 1, 1]]
    assert solve(Incidence.of({"p": "a"})).chance.tolist() == [[1.0]]


def test_chances_by_hand() -> None:
    """Four institutions of one project each in two projects of two: each is in either with 1/2. With a fifth in both, nothing changes for the others."""
    assert solve(Incidence.of({"p": "ab", "q": "cd"})).chance == pytest.approx(np.array([[0.5]]))
    model = solve(Incidence.of({"p": "abe", "q": "cde"}))
    assert model.chance == pytest.approx(np.array([[0.5], [1.0]]))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sets(st.sampled_from("abcdef"), min_size=1), min_size=1, max_size=6))
def test_small_margins_are_kept_too(groups: list[set[str]]) -> None:
    """Where the margins leave hardly a choice the iteration ends a little before; never by more than a hundredth."""
    model = solve(Incidence.of({f"p{n}": group for n, group in enumerate(groups)}))
    assert (model.chance * model.projects).sum(axis=1) == pytest.approx(model.degrees, rel=0.01)
    assert (model.chance * model.institutions[:, np.newaxis]).sum(axis=0) == pytest.approx(model.sizes, rel=0.01)
    assert model.chance.min() >= 0
    assert model.chance.max() <= 1


def test_who_is_in_one_project_meets_nobody_twice() -> None:
    """Projects of two, every other institution in one of them: nothing can repeat, in the data or by chance."""
    teams = {f"p{n}": {"a", f"x{n}"} for n in range(5)} | {f"q{n}": {f"y{n}", f"z{n}"} for n in range(30)}
    found = repeats(Incidence.of(teams), "a", number=200)
    assert (found.number.observed, found.number.mean, found.number.high, found.at_least) == (0, 0.0, 0.0, 1.0)


def test_projects_of_one_give_no_partners() -> None:
    teams = {f"p{n}": {"a"} for n in range(20)} | {f"q{n}": {f"y{n}"} for n in range(20)}
    found = repeats(Incidence.of(teams), "a", number=100)
    assert found.partners == {}
    assert found.number.mean == pytest.approx(0.0, abs=1e-9)


def test_equal_seeds_give_equal_numbers_and_the_method_is_told() -> None:
    incidence = Incidence.of(sparse(4))
    one = incidence.institutions[0]
    assert repeats(incidence, one, number=50, seed=3) == repeats(incidence, one, number=50, seed=3)
    assert repeats(incidence, one, number=50).to_json()["method"] == nullmodel.CONFIGURATION
    assert "trades" not in repeats(incidence, one, number=50).to_json()


def test_what_makes_no_sense_is_refused() -> None:
    incidence = Incidence.of({"p": {"a", "b"}})
    with pytest.raises(AnalysisError, match="in no project"):
        repeats(incidence, "z")
    with pytest.raises(AnalysisError, match="at least 1"):
        repeats(incidence, "a", number=0)
