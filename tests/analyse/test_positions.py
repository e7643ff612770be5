"""The table of positions: its columns, ranks and bands, what is withheld on which frame, and one institution by every measure."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analyse import by_columns, measures
from kg.analyse.catalogue import CATALOGUE
from kg.analyse.data import Data, Selection, load
from kg.analyse.frames import Frame
from kg.analyse.positions import COLUMNS, RANK_COLUMNS, TEXT, Positions, position_of, positions
from kg.analyse.ranks import ranks
from kg.build import Build
from kg.engine.duckdb import DuckDB
from kg.errors import AnalysisError
from tests.analyse.conftest import SFS


@pytest.fixture(scope="module")
def sampled(graph: Build, engine: DuckDB) -> Data:
    return load(graph, engine=engine)


@pytest.fixture(scope="module")
def census(sampled: Data) -> Data:
    """The same data as if they were a census."""
    return replace(sampled, method=replace(sampled.method, frame=Frame("census")))


@pytest.fixture(scope="module")
def ranked(census: Data) -> Positions:
    return positions(census)


@pytest.fixture(scope="module")
def unranked(sampled: Data) -> Positions:
    return positions(sampled)


def test_columns(ranked: Positions, unranked: Positions) -> None:
    assert unranked.columns == COLUMNS
    assert set(ranked.columns) == {*COLUMNS, *RANK_COLUMNS}
    for found in (ranked, unranked):
        assert list(found.to_frame().columns) == list(found.columns)
        assert all(tuple(row) == found.columns for row in found.rows())
        assert len(found.rows()) == 208
    assert not any(column.startswith("rank") for column in unranked.columns)


def test_values_are_those_of_the_measures(census: Data, ranked: Positions) -> None:
    rows = {row["iri"]: row for row in ranked.rows()}
    assert (rows[SFS]["projects"], rows[SFS]["degree"], rows[SFS]["rank_degree"]) == (27, 199, 1)
    near = measures.harmonic(census.collaboration).values
    assert {iri: row["harmonic"] for iri, row in rows.items()} == pytest.approx(near, abs=1e-9)
    alone = [row for row in rows.values() if row["degree"] == 0]
    assert len(alone) == 1
    assert alone[0]["constraint"] is alone[0]["effective_size"] is alone[0]["rank_effective_size"] is None


def test_sorted_by_label_and_free_of_nan(ranked: Positions) -> None:
    text = json.dumps(ranked.to_json(), allow_nan=False)
    assert "NaN" not in text
    assert [row["label_de"] for row in ranked.rows()][:2] == sorted([row["label_de"] for row in ranked.rows()][:2])


@pytest.mark.parametrize("lang", ["de", "en"])
def test_text_says_what_the_frame_allows(ranked: Positions, unranked: Positions, lang: str) -> None:
    shown, withheld = ranked.text(lang), " ".join(unranked.text(lang).split())
    assert CATALOGUE["betweenness"].label[lang] in shown
    assert "(1)" in shown
    assert unranked.refusal is not None
    assert unranked.refusal.reason[lang] in withheld
    assert CATALOGUE["betweenness"].label[lang] not in withheld
    for text in (shown, withheld):
        assert ranked.method.mapping in text
        assert TEXT["mixing"][lang] in text


def test_machine_formats_carry_the_caveat(ranked: Positions, unranked: Positions) -> None:
    assert ranked.to_json()["caveats"] == []
    assert unranked.to_json()["caveats"][0]["measures"] == list(CATALOGUE)
    assert {row["frame"] for row in unranked.rows()} == {"ego-sampled"}
    assert unranked.to_json()["network"]["assortativity"][0]["by"] == "kind"


def test_one_institution(census: Data, ranked: Positions, unranked: Positions, sampled: Data) -> None:
    found = position_of(census, SFS, ranked)
    assert set(found["measures"]) == set(CATALOGUE)
    for name, measure in found["measures"].items():
        assert {"value", "n", "parameters", "label", "meaning", "unit", "range", "formula", "source"} <= set(measure), name
    assert found["measures"]["degree"] | {"value": 199, "n": 208, "rank": 1, "rank_best": 1, "rank_worst": 1} == found["measures"]["degree"]
    assert found["measures"]["effective_size"]["n"] == 207
    assert found["measures"]["betweenness"]["parameters"] == {"weight": "newman", "exact": True, "sources": 208}
    without = position_of(sampled, SFS, unranked)
    assert not any("rank" in measure for measure in without["measures"].values())
    assert without["refusal"] is not None
    assert without["caveats"]


def test_unknown_institution_is_refused(sampled: Data, unranked: Positions) -> None:
    with pytest.raises(AnalysisError, match="no project that counts"):
        position_of(sampled, "https://w3id.org/innokg/id/organisation/nobody")
    with pytest.raises(AnalysisError) as caught:
        unranked.of("nobody")
    assert "keinem Projekt" in caught.value.text("de")


def test_sampled_measures_have_errors_and_bands(census: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measures, "betweenness_estimate", lambda network, seed: by_columns.betweenness(network, 60, seed))
    monkeypatch.setattr(measures, "harmonic", lambda network, seed: by_columns.harmonic(network, 60, seed))
    found = positions(census)
    for row in found.rows():
        for name in ("betweenness", "harmonic"):
            assert row[f"{name}_error"] >= 0
            assert row[f"rank_{name}_best"] <= row[f"rank_{name}"] <= row[f"rank_{name}_worst"]
    assert any(row["rank_harmonic_best"] < row["rank_harmonic_worst"] for row in found.rows())
    assert "60" in found.text("de")
    assert positions(census).to_json() == found.to_json()


def test_places_instead_of_institutions(graph: Build, engine: DuckDB) -> None:
    """Another selection is measured in the same way."""
    found = positions(load(graph, Selection(level="top", weight="count"), engine=engine))
    assert (found.method.level, found.method.weight) == ("top", "count")
    assert all(value == int(value) for value in found.values["strength"])


def test_ranks_by_hand() -> None:
    assert ranks([3, 3, 1, 2]).rank == [1, 1, 4, 3]
    assert ranks([0.1 + 0.2, 0.3]).rank == [1, 1]  # equal but for rounding
    assert ranks([None, 1]).rank == [None, 1]
    assert (ranks([]).rank, ranks([]).number) == ([], 0)
    # 10 ± 2 and 7 ± 2 overlap, 1 ± 2 reaches neither: [8, 12], [5, 9], [-1, 3].
    banded = ranks([10, 7, 1], [1, 1, 1])
    assert (banded.best, banded.worst) == ([1, 1, 3], [2, 2, 3])
    # 10 ± 1 and 7 ± 1 do not overlap.
    apart = ranks([10, 7, 1], [0.5, 0.5, 0.5])
    assert apart.best == apart.worst == [1, 2, 3]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 5)), max_size=30))
def test_bands_hold_every_rank_that_the_errors_allow(found: list[tuple[int, int]]) -> None:
    values, errors = [float(value) for value, _ in found], [float(error) for _, error in found]
    got = ranks(values, errors)
    for place, (value, error) in enumerate(found):
        others = [one for position, one in enumerate(found) if position != place]
        assert got.rank[place] == 1 + sum(1 for other, _ in others if other > value)
        assert got.best[place] == 1 + sum(1 for other, wide in others if other - 2 * wide > value + 2 * error)
        assert got.worst[place] == 1 + sum(1 for other, wide in others if other + 2 * wide > value - 2 * error)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_every_measure_is_described(lang: str) -> None:
    assert set(CATALOGUE) | {"projects"} <= set(COLUMNS) | {"projects"}
    for measure in CATALOGUE.values():
        assert all((measure.label[lang], measure.meaning[lang], measure.range, measure.formula, measure.source))
        assert not measure.sampled or measure.weighted
