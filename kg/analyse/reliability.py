"""Measures of agreement between coders: Cohen's kappa and Krippendorff's alpha for nominal codes, and their bootstrap intervals.

Sources: J. Cohen (1960), A coefficient of agreement for nominal scales, doi:10.1177/001316446002000104; J. L. Fleiss, J. Cohen, B. S. Everitt (1969), Large
sample standard errors of kappa and weighted kappa, doi:10.1037/h0028106; K. Krippendorff (2011), Computing Krippendorff's alpha-reliability,
https://repository.upenn.edu/asc_papers/43; B. Efron (1979), Bootstrap methods, doi:10.1214/aos/1176344552.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_AT_ONCE = 200
"""Resamples held at once."""


def alpha(units: Sequence[Sequence[Hashable | None]]) -> float | None:
    """Return Krippendorff's alpha for nominal data of any number of coders.

    Alpha is 1 − (n − 1) Σ o_ck / Σ n_c n_k over c ≠ k, where o_ck counts the pairs of values c and k inside units, each divided by the number of values of
    the unit less one, n_c the values c among all that can be paired, and n all of these. A unit with fewer than two values pairs nothing and drops out.

    Args:
        units: For each unit the values of the coders; `None` where one gave none.

    Returns:
        1 for full agreement, 0 for what chance gives, below 0 for less; `None` where fewer than two values can be paired or all are the same.

    Source: Krippendorff (2011), section C.

    >>> alpha([("a", "a"), ("b", "b"), ("a", None)])
    1.0
    """
    paired = [[value for value in unit if value is not None] for unit in units]
    counts = [Counter(unit) for unit in paired if len(unit) > 1]
    totals: Counter[Hashable] = sum(counts, Counter())
    n = sum(totals.values())
    expected = n * n - sum(count * count for count in totals.values())
    if not expected:
        return None
    sizes = [sum(unit.values()) for unit in counts]
    observed = math.fsum((size**2 - sum(count**2 for count in unit.values())) / (size - 1) for unit, size in zip(counts, sizes, strict=True))
    return 1 - (n - 1) * observed / expected


class Kappa(NamedTuple):
    """Cohen's kappa with its standard error.

    Attributes:
        value: 1 for full agreement, 0 for what chance gives, down to −1.
        error: Large-sample standard error for an interval (not for a test against 0).
    """

    value: float
    error: float


def kappa(pairs: Sequence[tuple[Hashable, Hashable]]) -> Kappa | None:
    """Return Cohen's kappa of two coders who coded the same units.

    Kappa is (p_o − p_e) / (1 − p_e), p_o being the share of equal codes and p_e the sum of p_i. p_.i, what two coders with these margins reach by chance.

    Args:
        pairs: The codes of both for each unit.

    Returns:
        Kappa and its standard error; `None` without units, and where both gave one and the same category only (p_e = 1).

    Source: Cohen (1960); Fleiss, Cohen, Everitt (1969) for the standard error.

    >>> kappa([("a", "a"), ("a", "b"), ("b", "a"), ("b", "b")]).value
    0.0
    """
    n = len(pairs)
    cells = Counter(pairs)
    first, second = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    # In whole numbers, so that full agreement by chance is told exactly.
    chance = sum(count * second[code] for code, count in first.items())
    if chance == n * n:
        return None
    observed, expected = sum(count for (one, other), count in cells.items() if one == other) / n, chance / n**2
    value = (observed - expected) / (1 - expected)
    total = 0.0
    for (one, other), count in sorted(cells.items(), key=repr):
        if one == other:
            total += count / n * (1 - (first[one] + second[one]) / n * (1 - value)) ** 2
        else:
            total += count / n * (1 - value) ** 2 * ((second[one] + first[other]) / n) ** 2
    variance = (total - (value - expected * (1 - value)) ** 2) / (n * (1 - expected) ** 2)
    return Kappa(value, math.sqrt(max(0.0, variance)))


class Interval(NamedTuple):
    """A 95 % interval from resamples, and how many of these gave no value and were left out."""

    low: float
    high: float
    undefined: int


def intervals(pairs: Sequence[tuple[str, str]], draws: int, seed: int) -> tuple[Interval | None, Interval | None]:
    """Return the bootstrap intervals of kappa and alpha: the 2.5 and 97.5 percentiles over resamples of the units with replacement.

    Args:
        pairs: The codes of both for each unit.
        draws: Number of resamples.
        seed: Seed; equal seeds give equal intervals.

    Returns:
        Two intervals; `None` for fewer than two units, or where fewer than half of the resamples give a value.

    Source: Efron (1979); Krippendorff's own bootstrap draws errors instead of units.
    """
    import numpy as np

    n = len(pairs)
    if n < 2:
        return None, None
    codes = sorted({code for pair in pairs for code in pair})
    first, second = (np.array([[code == pair[end] for code in codes] for pair in pairs], dtype=np.int64) for end in (0, 1))
    same = np.array([one == other for one, other in pairs], dtype=np.int64)
    generator = np.random.default_rng(seed)
    kappas, alphas = [], []
    for start in range(0, draws, _AT_ONCE):
        times = generator.multinomial(n, np.full(n, 1 / n), size=min(_AT_ONCE, draws - start))
        rows, columns, equal = times @ first, times @ second, times @ same
        chance = (rows * columns).sum(axis=1)
        both = rows + columns
        unequal = (2 * n) ** 2 - (both**2).sum(axis=1)
        kappas.append(_ratio(n * equal - chance, n * n - chance))
        alphas.append(1 - _ratio((2 * n - 1) * 2 * (n - equal), unequal))
    return _interval(np.concatenate(kappas)), _interval(np.concatenate(alphas))


def _ratio(above: NDArray[np.int64], below: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the ratio where it is defined; elsewhere infinity, which :func:`_interval` leaves out."""
    import numpy as np

    found = np.full(len(above), np.inf)
    np.divide(above, below, out=found, where=below != 0)
    return found


def _interval(values: NDArray[np.float64]) -> Interval | None:
    import numpy as np

    defined = values[np.isfinite(values)]
    if 2 * len(defined) < len(values) or not len(defined):
        return None
    low, high = np.percentile(defined, [2.5, 97.5])
    return Interval(float(low), float(high), len(values) - len(defined))
