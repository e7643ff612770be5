"""The benchmark of the measures on a small build: all runs come through, both sides give the same, limits show in the fragment."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import analysis
from kg.build import Build


@pytest.fixture(scope="module")
def small(graph: Build, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of work after the project's side has run on Dortmund."""
    work = tmp_path_factory.mktemp("work")
    (work / "build").write_text(str(graph.path.parents[1]), encoding="utf-8")
    for side in ("whole", "ours"):
        analysis.one(side, work)
    return work


@pytest.mark.parametrize("name", sorted(analysis.NAMES))
def test_both_sides_give_the_same(small: Path, name: str) -> None:
    analysis.one(name, small)
    if name not in analysis.SAMPLED:
        assert analysis.difference(small, name) < 1e-9


def test_fragment_says_what_was_ended() -> None:
    done = {
        "ours": {"seconds": 0.5, "cpu": 0.5},
        "theirs": {"seconds": 5.0, "cpu": 5.0},
        "ended": "",
        "failed": "",
        "cpu": 6.0,
        "megabytes": 900.0,
        "same": 0.0,
    }
    late = {**done, "theirs": {}, "ended": "time", "cpu": 66.0, "limit": 60.0, "same": None}
    large = {**late, "ended": "memory", "megabytes": 6001.0}
    broken = {**late, "ended": "", "failed": "MemoryError"}
    found = {
        **{
            "graph": "g",
            "institutions": 27690,
            "participations": 101391,
            "pairs": 762000,
            "seconds": 30.0,
            "cpu": 25.0,
            "megabytes": 700.0,
            "limit": 60.0,
        },
        "measures": {"degree": done, "constraint": late, "effective_size": large, "betweenness": broken},
        "igraph": {"seconds": 9.8, "cpu": 9.7},
    }
    text = analysis.fragment(found)
    assert "27,690 institutions" in text
    assert "2000 MB (held)" in text
    assert "| degree | 0.50 | 0.50 | 5.0 | 5.0 | 10 | 0 |" in text
    assert "| constraint | 0.50 | 0.50 | out of time | over 60 | over 120 | – |" in text
    assert "out of memory at 6001 MB" in text
    assert "failed: MemoryError" in text
    assert "(missed)" in analysis.fragment({**found, "seconds": 91.0})
