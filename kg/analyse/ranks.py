"""Ranks of values, and how far a rank is sure where the values are estimates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

TIE = 1e-7
"""Values that differ by a smaller share of their size are equal: the rest is rounding."""
ERRORS = 2.0
"""Standard errors that a band of ranks allows on both sides."""


@dataclass(frozen=True)
class Ranks:
    """Ranks by one measure, 1 for the largest value; `None` where the measure is undefined.

    Attributes:
        rank: Competition ranking: equal values share the rank of the first of them, and the next one follows after all of them (1, 2, 2, 4).
        best: Best rank that :data:`ERRORS` standard errors of both this value and all others allow; the rank itself where values are exact.
        worst: Worst rank they allow. A value of 0 with an error of 0 was met by no sampled path, so that its band is too narrow.
        number: Institutions that have a rank.
    """

    rank: list[int | None]
    best: list[int | None]
    worst: list[int | None]
    number: int


def ranks(values: Sequence[float | None], errors: Sequence[float] | None = None) -> Ranks:
    """Return the ranks of values.

    Args:
        values: Values, `None` where undefined.
        errors: Standard errors, or nothing where the values are exact.

    >>> ranks([5.0, 3.0, None, 3.0, 1.0]).rank
    [1, 2, None, 2, 4]
    >>> found = ranks([5.0, 4.9, 1.0], [0.1, 0.1, 0.1])
    >>> found.best, found.worst
    ([1, 1, 3], [2, 2, 3])
    """
    import numpy as np

    places = np.array([place for place, value in enumerate(values) if value is not None], dtype=np.int64)
    known = np.array([value for value in values if value is not None], dtype=np.float64)
    rank = competition(known)
    best = worst = rank
    if errors is not None:
        spread = ERRORS * np.asarray(errors, dtype=np.float64)[places]
        low, high = known - spread, known + spread
        best = len(known) - np.searchsorted(np.sort(low), high, side="right") + 1
        # A value whose own band has a width is among those that may lie above its lower end.
        worst = len(known) - np.searchsorted(np.sort(high), low, side="right") + 1 - (high > low)

    def spelled(found: NDArray[np.int64]) -> list[int | None]:
        full: list[int | None] = [None] * len(values)
        for place, one in zip(places.tolist(), found.tolist(), strict=True):
            full[place] = one
        return full

    return Ranks(spelled(rank), spelled(best), spelled(worst), len(known))


def competition(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the competition ranking of values, the largest first."""
    import numpy as np

    order = np.argsort(-values, kind="stable")
    falling = values[order]
    lower = falling[:-1] - falling[1:] > TIE * np.abs(falling[:-1])
    first = np.maximum.accumulate(np.where(np.concatenate(([True], lower)), np.arange(len(values)), 0)) if len(values) else order
    rank = np.empty(len(values), dtype=np.int64)
    rank[order] = first + 1
    return rank
