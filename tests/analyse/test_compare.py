"""Two institutions side by side: counts, overlap, chance, and what is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analyse import Profile
from kg.analyse.compare import ASPECTS, Comparison, Overlap, compare, pair_chance
from kg.analyse.data import Selection, load
from kg.analyse.incidence import Incidence
from kg.analyse.pairs import pairs
from kg.analyse.wording import TEXT
from kg.build import Build
from kg.engine.duckdb import DuckDB
from kg.errors import AnalysisError
from kg.namespaces import local_name
from kg.store import Store

from .networks import GROUPS


@pytest.fixture(scope="module")
def found(graph: Build, engine: DuckDB, store: Store) -> Comparison:
    return compare(graph, "sozialforschungsstelle", "stadt-dortmund", engine=engine, store=store)


def test_numbers_of_both_and_of_what_they_share(found: Comparison, sfs: Profile) -> None:
    """27 projects and 6, one of them (iResilience) shared; its 13 other members and what else both meet are shared partners."""
    overlap = {one.aspect: one for one in found.overlaps()}
    assert (overlap["project"].both, overlap["project"].only_one, overlap["project"].only_other) == (1, 26, 5)
    assert [local_name(iri) for iri in found.shared("project")] == ["iresilience"]
    partners = [{partner.partner.iri for partner in profile.partners} - {p.institution.iri for p in found.sides} for profile in found.sides]
    assert set(found.shared("partner")) == partners[0] & partners[1]
    assert overlap["partner"].only_one == len(partners[0] - partners[1])
    assert len(partners[0]) == len(sfs.partners) - 1


def test_both_directions_say_the_same(graph: Build, engine: DuckDB, store: Store, found: Comparison) -> None:
    turned = compare(graph, "stadt-dortmund", "sozialforschungsstelle", engine=engine, store=store)
    assert turned.chance == found.chance
    assert [(o.both, o.only_other, o.only_one) for o in turned.overlaps()] == [(o.both, o.only_one, o.only_other) for o in found.overlaps()]
    assert turned.shared("partner") == found.shared("partner")


def test_rows_hold_every_aspect(found: Comparison) -> None:
    rows = found.rows()
    assert {row["aspect"] for row in rows} == set(ASPECTS)
    assert all(tuple(row) == found.columns for row in rows)
    assert len(found.to_frame()) == len(rows)
    assert len({(row["aspect"], row["key"]) for row in rows}) == len(rows)
    by_role = {row["key"]: (row["one"], row["other"]) for row in rows if row["aspect"] == "role"}
    assert by_role["coordinator"] == (6, 0)
    for aspect in ("project", "partner"):
        part = [row for row in rows if row["aspect"] == aspect]
        assert sum(row["shared"] for row in part) == len(found.shared(aspect))


def test_json_and_text(found: Comparison) -> None:
    data = json.loads(json.dumps(found.to_json()))
    assert data["method"]["level"] == "merged"
    assert data["refusal"]["frame"] == "ego-sampled"
    assert data["one"]["numbers"]["projects"] == 27
    for lang in ("de", "en"):
        text = " ".join(found.text(lang).split())
        assert "iResilience" in text
        assert text.rstrip().endswith(f"Build {found.method.build}" if lang == "de" else f"build {found.method.build}")
        assert {"de": "nicht, welche der beiden Einrichtungen wichtiger ist", "en": "do not say which of the two institutions matters more"}[
            lang
        ] in text
        assert {"de": "Untergrenzen", "en": "lower bounds"}[lang] in text
        assert TEXT["frame-title"][lang] in text


def test_chance_is_that_of_all_pairs(graph: Build, engine: DuckDB, found: Comparison) -> None:
    """The same number as the table of all pairs gives for this one."""
    table = {frozenset((row["source"], row["target"])): row for row in pairs(load(graph, engine=engine)).rows()}
    row = table[frozenset(profile.institution.iri for profile in found.sides)]
    assert found.chance is not None
    assert found.chance.count == row["count"] == 1
    assert found.chance.p_value == pytest.approx(row["p_value"], rel=1e-6)


def test_chance_by_hand() -> None:
    """Projects {a, b} and {c, d}: each institution is in each project with chance 1/2, so two share 2 × 1/4 on average, at least one with 1 − (3/4)²."""
    incidence = Incidence.of({"p": {"a", "b"}, "q": {"c", "d"}})
    expected, p_value = pair_chance(incidence, "a", "b")
    assert expected == pytest.approx(0.5, abs=1e-6)
    assert p_value == pytest.approx(7 / 16, abs=1e-6)
    assert pair_chance(incidence, "a", "c")[1] == pytest.approx(1.0)


@settings(max_examples=40, deadline=None)
@given(GROUPS)
def test_chance_is_a_probability(groups: list[list[str]]) -> None:
    incidence = Incidence.of({f"p{number}": set(group) for number, group in enumerate(groups)})
    for other in incidence.institutions[1:3]:
        expected, p_value = pair_chance(incidence, incidence.institutions[0], other)
        assert 0 <= expected <= len(groups) + 1e-6
        assert 0 <= p_value <= 1
        assert pair_chance(incidence, other, incidence.institutions[0])[1] == pytest.approx(p_value)


@given(st.sets(st.integers(0, 9)), st.sets(st.integers(0, 9)))
def test_jaccard(one: set[int], other: set[int]) -> None:
    share = Overlap("project", len(one & other), len(one - other), len(other - one)).jaccard
    if not one | other:
        assert share is None
    else:
        assert share == len(one & other) / len(one | other)
        assert (share == 1) == (one == other)


def test_jaccard_by_hand() -> None:
    assert Overlap("project", 1, 2, 1).jaccard == 0.25
    assert Overlap("topic", 0, 0, 0).to_json()["jaccard"] is None


def test_no_shared_project_and_no_project(graph: Build, engine: DuckDB, store: Store) -> None:
    none = compare(graph, "bmbf", "tno", engine=engine, store=store)
    assert none.chance is None
    assert none.shared("project") == []
    for lang in ("de", "en"):
        assert none.text(lang)
    assert json.dumps(none.to_json())
    apart = compare(graph, "stadt-dortmund", "tno", engine=engine, store=store)
    assert apart.chance is not None
    assert (apart.chance.count, apart.chance.p_value) == (0, 1.0)
    assert "No shared project" in apart.text("en")


@pytest.mark.parametrize(
    ("one", "other", "message"),
    [
        ("tno", "tno", "Both are"),
        ("sozialforschungsstelle", "tu-dortmund", "count as"),
        ("tno", "nobody at all", "is called"),
        ("", "tno", "is called"),
        ("a: b <>", "tno", "is called"),
    ],
)
def test_what_cannot_be_compared_is_refused(graph: Build, engine: DuckDB, store: Store, one: str, other: str, message: str) -> None:
    with pytest.raises(AnalysisError, match=message) as caught:
        compare(graph, one, other, engine=engine, store=store)
    assert caught.value.what.de != caught.value.what.en


def test_at_level_unit_the_larger_body_stands_alone(graph: Build, engine: DuckDB, store: Store) -> None:
    found = compare(graph, "sozialforschungsstelle", "tu-dortmund", selection=Selection(level="unit"), engine=engine, store=store)
    assert [local_name(profile.institution.iri) for profile in found.sides] == ["sozialforschungsstelle", "tu-dortmund"]


@pytest.mark.parametrize("selection", [Selection(level="country"), Selection(roles="coordinator-star"), Selection(weight="contribution")])
def test_options_of_networks_are_refused(graph: Build, engine: DuckDB, store: Store, selection: Selection) -> None:
    with pytest.raises(AnalysisError):
        compare(graph, "tno", "stadt-dortmund", selection=selection, engine=engine, store=store)


def test_a_name_serves(graph: Build, engine: DuckDB, store: Store, found: Comparison) -> None:
    named = compare(graph, "Sozialforschungsstelle Dortmund", "Stadt Dortmund", engine=engine, store=store)
    assert named.to_json() == found.to_json()
