"""Pairs against chance: the distribution, the correction, answers worked out by hand, and drawn networks as an independent engine."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analyse.configuration import solve
from kg.analyse.data import load
from kg.analyse.edges import collaboration
from kg.analyse.incidence import Incidence
from kg.analyse.pair_chance import corrected, probabilities
from kg.analyse.pairs import METHODS, pairs, verify
from kg.analyse.poisson_binomial import upper_tails
from kg.build import Build
from kg.engine.duckdb import DuckDB
from kg.errors import AnalysisError
from tests.analyse.networks import everything_large
from tests.analyse.small import Part, Small
from tests.analyse.toy import CENSUS, EGO, toy


def exact(trials: list[int], chance: list[Fraction]) -> list[Fraction]:
    """Return the probabilities of 0, 1, 2 … successes in exact fractions."""
    found = [Fraction(1)]
    for number, share in zip(trials, chance, strict=True):
        for _ in range(number):
            found = [(found[k] if k < len(found) else 0) * (1 - share) + (found[k - 1] * share if k else 0) for k in range(len(found) + 1)]
    return found


CLASSES = st.lists(st.tuples(st.integers(1, 12), st.integers(0, 1000)), min_size=1, max_size=5)


@settings(max_examples=150, deadline=None)
@given(CLASSES, st.integers(0, 40))
def test_tails_are_those_of_exact_fractions(classes: list[tuple[int, int]], least: int) -> None:
    """Chances of 0, 1 and all thousandths between; numbers above that of all trials too."""
    trials, chance = [number for number, _ in classes], [Fraction(share, 1000) for _, share in classes]
    terms = exact(trials, chance)
    wanted = [float(sum(terms[k:], Fraction(0))) for k in range(least + 1)]
    found = upper_tails(np.array(trials), np.array([[float(share) for share in chance]]), np.array([least]))[0]
    assert found == pytest.approx(wanted, rel=1e-9, abs=1e-300)


def test_a_tail_of_1e_120_is_as_exact_as_one_of_a_tenth() -> None:
    """10,000 trials of chance 1/1,000,000: at least 30 of them, by Poisson's series bounded from both sides, and exactly by fractions."""
    trials, share = 10_000, Fraction(1, 1_000_000)
    term = Fraction(1)
    terms = []
    for k in range(60):
        terms.append(term)
        term = term * (trials - k) / (k + 1) * share / (1 - share)
    wanted = float(sum(terms[30:], Fraction(0)) * (1 - share) ** trials)
    found = upper_tails(np.array([trials]), np.array([[1e-6]]), np.array([30]))[0][30]
    assert wanted < 1e-90
    assert found == pytest.approx(wanted, rel=1e-9)


@settings(max_examples=60, deadline=None)
@given(CLASSES)
def test_poisson_is_as_near_as_le_cam_says(classes: list[tuple[int, int]]) -> None:
    """Half the sum of absolute differences is at most the sum of squared chances (Le Cam 1960)."""
    from scipy.stats import poisson

    trials, chance = np.array([number for number, _ in classes]), np.array([[share / 5000 for _, share in classes]])
    mean = float((trials * chance).sum())
    least = int(trials.sum())
    found = upper_tails(trials, chance, np.array([least]))[0]
    bound = float((trials * chance**2).sum())
    assert np.abs(found - poisson.sf(np.arange(least + 1) - 1, mean)).max() <= bound + 1e-9


def test_cases_are_kept_apart_and_in_order() -> None:
    """Many cases of different numbers at once give what each gives alone."""
    generator = np.random.default_rng(3)
    trials, chance, least = np.array([400, 30, 3]), generator.random((50, 3)) ** 3, generator.integers(0, 60, 50)
    together = upper_tails(trials, chance, least)
    for case in range(50):
        alone = upper_tails(trials, chance[case : case + 1], least[case : case + 1])[0]
        assert len(together[case]) == least[case] + 1
        assert together[case] == pytest.approx(alone, rel=1e-9)
        assert (np.diff(together[case]) <= 1e-12).all()


def test_two_projects_by_hand() -> None:
    """Four institutions, two projects of two: everyone is in each project with 1/2, two of them together with 1/4.

    Expected common projects 2 × 1/4 = 1/2; at least one with 1 − (3/4)² = 7/16. Six pairs could be; two met: q = min(6 × 7/16 / 2, 1) = 1.
    """
    found = pairs(toy(["ab", "cd"]))
    assert found.possible == 6
    assert found.expected.tolist() == pytest.approx([0.5, 0.5])
    assert found.p_value.tolist() == pytest.approx([7 / 16, 7 / 16])
    assert found.q_value.tolist() == [1.0, 1.0]
    assert found.number == 0
    first = found.rows()[0]
    assert (first["source"], first["target"], first["count"], first["shared"], first["significant"]) == ("a", "b", 1, ["p0"], False)
    assert set(first) == set(found.columns)


def test_what_the_margins_force_is_no_finding() -> None:
    """Two institutions that are in all projects meet in all of them by chance too: p is 1, exactly."""
    found = pairs(toy({f"p{n}": {"a", "b", f"c{n}"} for n in range(9)}))
    both = next(row for row in found.rows() if (row["source"], row["target"]) == ("a", "b"))
    assert (both["count"], both["expected"], both["p_value"]) == (9, 9.0, 1.0)


def planted() -> dict[str, set[str]]:
    """Return sixty projects of three of ninety institutions, and a pair that is together in twelve of them and nowhere else."""
    chooser = random.Random(7)
    found = {f"p{n:02}": {f"i{m:02}" for m in chooser.sample(range(90), 3)} for n in range(60)}
    for n in range(12):
        found[f"p{n:02}"] |= {"left", "right"}
    return found


def test_a_planted_pair_is_found_and_nothing_else() -> None:
    for method in METHODS:
        found = pairs(toy(planted()), method=method)
        assert [(row["source"], row["target"]) for row in found.rows() if row["significant"]] == [("left", "right")]
        assert found.rows()[0]["shared"] == [f"p{n:02}" for n in range(12)]
        assert found.backbone().number_of_edges() == found.number == 1
        assert len(found.backbone()) == len(found.network)


def test_random_networks_have_hardly_a_significant_pair() -> None:
    """Twenty networks without structure: with a rate of false pairs of 5 % at most a few of them name any."""
    wrong = 0
    for seed in range(20):
        chooser = random.Random(seed)
        teams = {f"p{n}": {f"i{m}" for m in chooser.sample(range(60), chooser.randint(1, 8))} for n in range(50)}
        wrong += pairs(toy(teams)).number > 0
    assert wrong <= 3


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(1e-12, 1.0), max_size=12), st.integers(0, 50))
def test_correction_counts_the_pairs_that_never_met(values: list[float], more: int) -> None:
    """The same as SciPy's with a p-value of 1 for each of the others."""
    from scipy.stats import false_discovery_control

    tests = len(values) + more
    found = corrected(np.array(values), tests, "fdr")
    if values:
        wanted = false_discovery_control([*values, *[1.0] * more])[: len(values)]
        assert found == pytest.approx(wanted)
    assert corrected(np.array(values), tests, "bonferroni") == pytest.approx(np.minimum(np.array(values) * tests, 1.0))


def test_correction_by_hand() -> None:
    """Ten tests, p = 0.001, 0.01, 0.02 and 0.9: 10 × 0.001 / 1, 10 × 0.01 / 2, 10 × 0.02 / 3, and 1 for the last."""
    found = corrected(np.array([0.02, 0.001, 0.9, 0.01]), 10, "fdr")
    assert found.tolist() == pytest.approx([0.2 / 3, 0.01, 1.0, 0.05])


def test_drawn_networks_agree() -> None:
    """Curveball keeps both margins exactly, the model on average, which makes it careful: means a little higher, small p-values larger.

    10,000 draws of a network of 100 participations with a pair that meets in all of its four projects.
    """
    chooser = random.Random(5)
    weights = [1 / (rank + 1) ** 0.6 for rank in range(30)]
    teams: dict[str, set[str]] = {}
    for n in range(26):
        size = chooser.choice([1, 2, 2, 3, 4, 6, 10])
        team: set[str] = set()
        while len(team) < size:
            team.add(f"i{chooser.choices(range(30), weights)[0]:02}")
        teams[f"p{n:02}"] = team
    for n in range(4):
        teams[f"p{n:02}"] |= {"x", "y"}
    data = toy(teams)
    rows = pairs(data).rows()
    planted_pair = next(row for row in rows if (row["source"], row["target"]) == ("x", "y"))
    chosen = [planted_pair, rows[0], rows[3], rows[len(rows) // 4], rows[len(rows) // 2], rows[-1]]
    drawn = verify(data, [(row["source"], row["target"]) for row in chosen], trades=20)
    assert [row["count"] for row in drawn] == [row["count"] for row in chosen]
    for analytic, empirical in zip(chosen, drawn, strict=True):
        share = empirical["p_empirical"]
        error = 3 * (share * (1 - share) / 10_000) ** 0.5
        assert empirical["mean"] == pytest.approx(analytic["expected"], rel=0.25)
        if share > 0.1:
            assert analytic["p_value"] == pytest.approx(share, rel=0.35)
        else:
            assert share - error <= analytic["p_value"] <= 4 * (share + error) or analytic is planted_pair
    assert 5 * drawn[0]["p_empirical"] < planted_pair["p_value"] < 0.05  # all projects of both are common, which the model finds less surprising


def test_draws_of_single_pairs_need_ten_thousand() -> None:
    data = toy(["ab", "cd"])
    with pytest.raises(AnalysisError, match="at least 10000"):
        verify(data, [("a", "b")], draws=9_999)
    with pytest.raises(AnalysisError, match="in no project"):
        verify(data, [("a", "z")])
    (one,) = verify(data, [("a", "b")])
    assert one["p_empirical"] == pytest.approx(1 / 3, abs=0.02)  # a has one of three others with it; the model says 7/16, as margins hold on average


def test_one_distribution_serves_all_pairs_of_two_numbers_of_projects() -> None:
    """Every p is that of the pair taken alone, from its own chances in every project."""
    incidence = Incidence.of(planted())
    model = solve(incidence)
    network = collaboration(incidence)
    expected, p_value = probabilities(network, model)
    sizes = np.searchsorted(model.sizes, incidence.sizes)
    for edge in range(0, network.number_of_edges(), 17):
        ends = [np.searchsorted(model.degrees, incidence.degrees[end[edge]]) for end in (network.source, network.target)]
        both = model.chance[ends[0], sizes] * model.chance[ends[1], sizes]
        alone = upper_tails(np.ones(len(both), dtype=np.int64), both[np.newaxis, :], network.count[edge : edge + 1].astype(np.int64))[0][-1]
        assert expected[edge] == pytest.approx(both.sum())
        assert p_value[edge] == pytest.approx(alone, rel=1e-9)


def test_dortmund(graph: Build, engine: DuckDB) -> None:
    """280 participations do not bear a correction for 21,528 pairs: no pair is significant, and the text says so without a comparison of institutions."""
    found = pairs(load(graph, engine=engine))
    assert (found.possible, len(found.p_value), found.number) == (21_528, 1_946, 0)
    assert found.p_value.min() > 0.001
    for lang, sentence in (("de", "Verglichen wird innerhalb der erfassten Projekte"), ("en", "The comparison is within the recorded projects")):
        text = found.text(lang)
        assert sentence in " ".join(text.split())
        assert "21.528" in text or "21,528" in text
    assert "keinem davon" in " ".join(found.text("de").split())
    assert "none of them" in " ".join(found.text("en").split())


@pytest.mark.parametrize("frame", [CENSUS, EGO], ids=["census", "ego-sampled"])
def test_text_and_json_of_any_frame(frame: object) -> None:
    found = pairs(toy(planted(), frame=frame))  # type: ignore[arg-type]
    assert "left" in found.text("de").lower()
    assert "Saracco" in found.text("en")
    plain = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert plain["tested_pairs"] == found.possible == 83 * 82 // 2  # nine of the ninety are in no project
    assert plain["significant_pairs"] == 1
    assert plain["method"]["frame"]["kind"] == frame.kind  # type: ignore[attr-defined]
    assert "pairs_left_out" not in plain
    assert len(found.to_frame()) == len(plain["pairs"])


def test_large_networks_list_what_repeats_and_say_so() -> None:
    found = pairs(toy(planted()))
    everything = found.rows()
    with everything_large():
        large, plain = found.rows(), found.to_json()
    assert large == [row for row in everything if row["count"] > 1 or row["significant"]]
    assert plain["pairs_left_out"]["number"] == len(everything) - len(large) > 0
    by_network = [row for batch in found.batches(50) for row in batch]
    assert sorted(by_network, key=lambda row: (row["p_value"], row["source"], row["target"])) == sorted(
        everything, key=lambda row: (row["p_value"], row["source"], row["target"])
    )
    table = found.table()
    assert table.num_rows == len(everything)
    assert table["p_value"].to_pylist() == found.p_value.tolist()


@pytest.mark.parametrize("teams", [{"p": "a"}, {"p": "a", "q": "b"}, {"p": "ab"}, {"p": "ab", "q": "ab"}], ids=["one", "isolated", "two", "twice"])
def test_networks_of_one_or_two(teams: Mapping[str, str]) -> None:
    """No pair, or one that cannot be otherwise."""
    found = pairs(toy(teams))
    assert found.p_value.tolist() == [1.0] * len(found.p_value)
    assert found.number == 0
    assert json.dumps(found.to_json(), allow_nan=False)
    assert found.text("de")


def test_what_makes_no_sense_is_refused(tmp_path: Path, engine: DuckDB) -> None:
    data = toy(["ab"])
    for alpha in (0.0, 1.0, -1.0, float("nan")):
        with pytest.raises(AnalysisError, match="between 0 and 1"):
            pairs(data, alpha=alpha)
    with pytest.raises(AnalysisError):
        pairs(data, method="none")
    star = Small([Part("p", "a", "coordinator"), Part("p", "b")]).load(tmp_path, engine, roles="coordinator-star")
    with pytest.raises(AnalysisError, match="all partners"):
        pairs(star)
