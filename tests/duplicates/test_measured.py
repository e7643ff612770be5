"""Precision and recall of what is proposed, on pairs judged by hand before anything was scored (`sample.py` says how they were drawn)."""

from __future__ import annotations

from collections import Counter

import pytest

from kg.build import Build
from kg.duplicates.judge import LEAST
from tests.duplicates.sample import MADE_UP, Score, judged, measure, proposed, rows, table, with_copies

FLOORS = {"All real pairs": (0.92, 0.82), "All made-up pairs": (0.97, 0.85)}
"""Least precision and recall: measured are 0.94 and 0.85 on real pairs, 1.00 and 0.89 on made-up ones."""


@pytest.fixture(scope="module")
def scores(both: Build, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Score]:
    build = with_copies(both, tmp_path_factory.mktemp("copies") / "graph")
    return measure(judged(both.base), proposed(build, LEAST), LEAST)


@pytest.mark.parametrize("name", FLOORS)
def test_precision_and_recall(scores: dict[str, Score], name: str, capsys: pytest.CaptureFixture[str]) -> None:
    if name == "All real pairs":
        with capsys.disabled():
            print(f"\n{table(scores)}")
    precision, recall = FLOORS[name]
    assert scores[name].precision >= precision
    assert scores[name].recall >= recall


def test_known_look_alikes_stay_apart(scores: dict[str, Score]) -> None:
    for name in ("Dortmund organisations", "Dortmund projects, programmes, events", "CORDIS projects, programmes", "CORDIS organisations, middle"):
        assert scores[name].proposed == 0, name


def test_the_sample_is_whole(both: Build) -> None:
    import pyarrow.parquet as pq

    there = {subject for path in both.parquet for subject in pq.read_table(path, columns=["subject"])["subject"].to_pylist()}
    pairs = judged(both.base)
    real = [pair for pair in pairs if pair.stratum != MADE_UP]
    assert [end for pair in real for end in pair.ends if end not in there] == []
    assert [f"{both.base}id/{row['of']}" for row in rows("corrupted.csv") if f"{both.base}id/{row['of']}" not in there] == []
    assert max(Counter(pair.ends for pair in pairs).values()) == 1
    assert len(real) >= 120
    assert all(pair.reason for pair in pairs)
    assert sum(pair.same for pair in real) >= 30
