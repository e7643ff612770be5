"""How sure numbers are, and how far they depend on the way of counting: what is said on which frame, and answers worked out by hand."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from kg.analyse.data import Selection, load
from kg.analyse.robustness import LEAST, Robustness, robustness
from kg.analyse.sensitivity import Sensitivity, sensitivity, variants
from kg.build import Build
from kg.engine.duckdb import DuckDB
from kg.errors import AnalysisError
from tests.analyse.conftest import SFS
from tests.analyse.small import Claim, Part, Small, thing
from tests.analyse.toy import CENSUS, EGO, toy

TEAMS = [["a", f"x{n}", f"y{n % 3}"] for n in range(12)] + [["b", f"x{n}"] for n in range(6)] + [["z"]]
RANKS = ("rank", "rank_low", "rank_high", "top_share")


def of(result: Robustness, institution: str, measure: str) -> dict[str, object]:
    return next(row for row in result.rows() if (row["iri"], row["measure"]) == (institution, measure))


def test_on_a_census_with_ranks() -> None:
    found = robustness(toy(TEAMS, frame=CENSUS), draws=100, top=2)
    row = of(found, "a", "strength")
    assert (row["value"], row["rank"], row["projects"]) == (12.0, 1, 12)
    assert row["low"] < 12 < row["high"]  # type: ignore[operator]
    assert row["top_share"] == 1.0
    assert of(found, "b", "degree")["value"] == 6.0
    text = found.text("de")
    assert "unter den ersten 2" in text
    assert "Vollerhebung" in text
    assert "100 Ziehungen" in " ".join(text.split())
    assert found.refusal is None


def test_elsewhere_without_ranks_and_with_the_reason() -> None:
    found = robustness(toy(TEAMS, frame=EGO), draws=50)
    assert all(row[key] is None for row in found.rows() for key in RANKS)
    for lang, word in (("de", "Rang"), ("en", "rank")):
        text = " ".join(found.text(lang).split())
        assert found.refusal is not None
        assert found.refusal.reason[lang] in text
        assert word not in text.replace(found.refusal.reason[lang], "")
    plain = found.to_json()
    assert plain["caveats"][0]["measures"] == ["betweenness"]
    assert plain["refusal"]["frame"] == "ego-sampled"
    assert "betweenness" not in found.text("en").lower()


def test_few_projects_bear_no_interval() -> None:
    found = robustness(toy(TEAMS), draws=50)
    for row in found.rows():
        given = [row[key] is not None for key in ("low", "high", "bias", "rank_low", "rank_high", "top_share")]
        assert given == [row["projects"] >= LEAST] * 6
        assert row["value"] is not None
    assert f"weniger als {LEAST} Projekten" in " ".join(found.text("de").split())


def test_rows_are_by_label_and_the_same_for_the_same_seed() -> None:
    one, other = (robustness(toy(TEAMS, seed=5), draws=20) for _ in range(2))
    assert one.rows() == other.rows()
    assert one.rows() != robustness(toy(TEAMS, seed=6), draws=20).rows()
    labels = [row["label_de"] for row in one.rows()]
    assert labels == sorted(labels)
    assert tuple(one.rows()[0]) == one.columns
    plain = json.loads(json.dumps(one.to_json(), allow_nan=False))
    assert (plain["draws"], plain["seed"], plain["method"]["draws"], plain["method"]["seed"]) == (20, 5, 20, 5)


@pytest.mark.parametrize("teams", [["a"], ["a", "b"], ["ab"]], ids=["one", "isolated", "two"])
def test_the_smallest_networks(teams: Sequence[str]) -> None:
    found = robustness(toy(teams), draws=5)
    assert {row["value"] for row in found.rows()} <= {0.0, 1.0}
    assert found.text("de")
    assert json.dumps(found.to_json(), allow_nan=False)


def test_dortmund(graph: Build, engine: DuckDB) -> None:
    """The range holds the value of the data, and of a census it is not."""
    found = robustness(load(graph, engine=engine), draws=40)
    row = of(found, SFS, "degree")
    assert row["value"] == 199.0
    assert 100 < row["low"] < 199 < row["high"] < 300  # type: ignore[operator]
    assert row["rank"] is None


def test_what_makes_no_sense_is_refused() -> None:
    for options in ({"draws": 1}, {"draws": -3}, {"top": 0}):
        with pytest.raises(AnalysisError, match="at least"):
            robustness(toy(TEAMS), **options)
    with pytest.raises(AnalysisError, match="all partners"):
        robustness(toy(TEAMS, roles="coordinator-star"))


def numbers(found: Sensitivity) -> dict[str, tuple[int, int, int]]:
    return {one.name: (one.projects, one.partners, one.repeat_partners) for one in found.variants}


@pytest.fixture(scope="module")
def dortmund(graph: Build, engine: DuckDB) -> Sensitivity:
    return sensitivity(graph, "sozialforschungsstelle", engine=engine)


def test_the_known_numbers_of_dortmund(dortmund: Sensitivity) -> None:
    """Level and roles as computed from the tables in plain Python (docs/decisions/0003-analysis.md)."""
    found = numbers(dortmund)
    assert found["selection"] == (27, 199, 29)
    assert found["level-unit"] == (27, 200, 30)
    assert found["level-top"] == (27, 192, 29)
    assert found["roles-without-associated"] == (27, 196, 27)
    assert found["weight-count"] == found["selection"]
    assert found["cap"][1] < 199


def test_no_rank_beyond_a_census(dortmund: Sensitivity) -> None:
    assert all(row["rank"] is None and row["difference_rank"] is None for row in dortmund.rows())
    for lang, word in (("de", "Rang"), ("en", "rank")):
        assert dortmund.refusal is not None
        text = " ".join(dortmund.text(lang).split())
        assert dortmund.refusal.reason[lang] in text
        assert word not in text.split()
    assert "Technische Universität Dortmund" in dortmund.text("de")  # counts as it at the top
    assert tuple(dortmund.rows()[0]) == dortmund.columns
    assert json.dumps(dortmund.to_json(), allow_nan=False)


def test_a_body_that_counts_as_another_one(graph: Build, engine: DuckDB, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten projects name TU Dortmund; merged they count for its Sozialforschungsstelle, at the level of units for itself."""
    units = [pair for pair in variants(Selection()) if pair[0] == "level-unit"]
    monkeypatch.setattr(sys.modules["kg.analyse.sensitivity"], "variants", lambda *_: units)
    found = sensitivity(graph, "tu-dortmund", engine=engine)
    assert numbers(found)["selection"] == (27, 199, 29)
    assert numbers(found)["level-unit"][0] == 10
    assert "zählt als „Sozialforschungsstelle Dortmund“" in " ".join(found.text("de").split())


STATED: Claim = ("accepted", "stated", ("d1", "d2"))
SINGLE: Claim = ("accepted", "stated", ("d1",))
DISPUTED: Claim = ("disputed", "stated", ("d1",))
ATTRIBUTED: Claim = ("accepted", "attributed", ("d1",))


def small() -> Small:
    """Return five projects: a with b on two documents; a with b, b disputed; a with c, c attributed; a with three others; b with c, d and e."""
    parts = [Part("p1", "a", claims=[STATED]), Part("p1", "b", claims=[STATED])]
    parts += [Part("p2", "a", claims=[SINGLE]), Part("p2", "b", claims=[DISPUTED])]
    parts += [Part("p3", "a", claims=[SINGLE]), Part("p3", "c", claims=[ATTRIBUTED])]
    parts += [Part("p4", body, "partner" if body != "d" else "associated-partner", claims=[SINGLE]) for body in "abcd"]
    parts += [Part("p5", body, claims=[SINGLE]) for body in "bcde"]
    return Small(parts)


def test_each_way_of_counting_by_hand(tmp_path: Path, engine: DuckDB) -> None:
    """a: p1–p4; partners b (p1, p2, p4), c (p3, p4), d (p4). Newman: one unit for each project with a partner.

    b: p1, p2, p4, p5, so that it ties with a at 4. Up to three institutions: p1–p3 for a, p1 and p2 for b.
    """
    (tmp_path / "quads").mkdir()
    built = small().build(tmp_path)
    found = sensitivity(built, thing("organisation", "a"), cap=3, engine=engine)
    assert numbers(found) == {
        "selection": (4, 3, 2),
        "level-unit": (4, 3, 2),
        "level-top": (4, 3, 2),
        "roles-without-associated": (4, 2, 2),
        "claims-undisputed": (4, 3, 2),  # b in p4, p1; c in p3, p4
        "claims-without-attributed": (4, 3, 1),  # c in p4 only
        "claims-several-sources": (1, 1, 0),
        "cap": (3, 2, 1),
        "weight-count": (4, 3, 2),
    }
    by_name = {variant.name: variant for variant in found.variants}
    assert by_name["selection"].strength == 4.0
    assert by_name["claims-undisputed"].strength == 3.0  # alone in p2
    assert by_name["weight-count"].strength == 6.0  # 1 + 1 + 1 + 3
    assert by_name["selection"].rank == 1  # b has four as well
    assert by_name["claims-undisputed"].rank == 1  # b, c have three at most
    assert by_name["weight-count"].rank == 3  # b has 1 + 1 + 3 + 3, c 1 + 3 + 3
    first, *others = found.rows()
    assert first["difference_partners"] == 0
    by_row = {row["variant"]: row for row in others}
    assert (by_row["cap"]["difference_partners"], by_row["cap"]["difference_strength"]) == (-1, -1.0)
    assert by_row["weight-count"]["difference_strength"] is None
    assert "Rang" in found.text("de")
    assert "3 (−1)" in found.text("en")
    assert found.refusal is None


def test_nothing_that_remains_is_said_not_raised(tmp_path: Path, engine: DuckDB) -> None:
    """No claim rests on two documents."""
    (tmp_path / "quads").mkdir()
    built = Small([Part("p", "a", claims=[SINGLE]), Part("p", "b", claims=[SINGLE])]).build(tmp_path)
    found = sensitivity(built, "a", engine=engine)
    row = next(row for row in found.rows() if row["variant"] == "claims-several-sources")
    assert (row["counted_as"], row["projects"], row["rank"]) == (None, 0, None)
    assert "Keine Beteiligung" in found.text("de")
    assert "–" in found.text("en")


def test_variants_change_one_choice_each() -> None:
    base = Selection(level="unit", weight="count", cap=10, claims="undisputed", roles="without-associated")
    names = [name for name, _ in variants(base, 20)]
    assert names == [
        "level-merged",
        "level-top",
        "roles-all",
        "claims-all",
        "claims-without-attributed",
        "claims-several-sources",
        "weight-newman",
    ]
    fields = ("level", "weight", "roles", "claims", "cap")
    assert all(sum(getattr(base, key) != getattr(chosen, key) for key in fields) == 1 for _, chosen in variants(base, 20))


def test_unknown_institutions_are_refused(graph: Build, engine: DuckDB) -> None:
    with pytest.raises(AnalysisError, match="in none of the projects"):
        sensitivity(graph, "nirgendwo", engine=engine)
    with pytest.raises(AnalysisError, match="all partners"):
        sensitivity(graph, SFS, Selection(weight="contribution"), engine=engine)
