"""Precision and recall of the score on pairs judged by hand (`sample.csv` says how)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from rapidfuzz import fuzz

from kg.link import score
from kg.link.score import ACCEPT, REVIEW, Profile, combine, organisation_reasons

HERE = Path(__file__).parent
PRECISION, RECALL, SHOWN = 0.98, 0.75, 0.99
"""Floors: of pairs proposed, the part that is right; of right pairs, the part proposed, and the part proposed or shown for review."""


def rows() -> list[dict[str, str]]:
    with (HERE / "sample.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def weights() -> dict[str, float]:
    with (HERE / "weights.csv").open(encoding="utf-8", newline="") as file:
        return {row["word"]: float(row["weight"]) for row in csv.DictReader(file)}


def profile(row: dict[str, str], side: str) -> Profile:
    def values(column: str) -> list[str]:
        return [value for value in row.get(f"{side}_{column}", "").split(" | ") if value]

    return Profile(
        tuple(values("names")),
        tuple(values("labels")),
        countries=frozenset(values("countries")),
        cities=frozenset(values("places")),
        kinds=frozenset(values("kinds")),
        hosts=frozenset(values("hosts")),
    )


def measured() -> tuple[float, float, float]:
    """Return precision and recall at ACCEPT, and recall at REVIEW."""
    words = weights()
    scores = []
    for row in rows():
        reasons = organisation_reasons(profile(row, "left"), profile(row, "right"), words, shared_project=row["shared_project"] == "yes")
        scores.append((row["verdict"] == "same", combine(reasons)))
    accepted = [same for same, value in scores if value >= ACCEPT]
    positives = sum(same for same, _ in scores)
    shown = sum(same for same, value in scores if value >= REVIEW)
    return sum(accepted) / max(len(accepted), 1), sum(accepted) / positives, shown / positives


def test_precision_and_recall(capsys: pytest.CaptureFixture[str]) -> None:
    precision, recall, shown = measured()
    with capsys.disabled():
        print(f"\nlinking by name, {len(rows())} judged pairs: precision {precision:.3f}, recall {recall:.3f}, with review {shown:.3f}")
    assert precision >= PRECISION
    assert recall >= RECALL
    assert shown >= SHOWN


def test_the_sample_is_large_and_mixed() -> None:
    verdicts = [row["verdict"] for row in rows()]
    assert len(verdicts) >= 80
    assert min(verdicts.count("same"), verdicts.count("other")) >= 40
    assert set(verdicts) == {"same", "other"}
    assert len({(row["left"], row["right"]) for row in rows()}) == len(verdicts)
    assert all(row["why"] for row in rows())


def broken() -> Iterator[tuple[str, object]]:
    yield "is_short", lambda _: False
    yield "_abbreviates", lambda *_: False
    yield "name_similarity", lambda one, other, _: fuzz.token_set_ratio(one.lower(), other.lower()) / 100
    yield "_words", lambda name: frozenset(name.split())


@pytest.mark.parametrize(("part", "wrong"), list(broken()), ids=lambda value: value if isinstance(value, str) else "")
def test_the_sample_notices_a_broken_score(monkeypatch: pytest.MonkeyPatch, part: str, wrong: object) -> None:
    score._abbreviates.cache_clear()
    monkeypatch.setattr(score, part, wrong)
    precision, recall, shown = measured()
    if hasattr(score._abbreviates, "cache_clear"):
        score._abbreviates.cache_clear()
    assert precision < PRECISION or recall < RECALL or shown < SHOWN
