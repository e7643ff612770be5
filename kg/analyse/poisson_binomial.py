"""How many of many independent trials succeed that have different chances: the Poisson-binomial distribution, by classes of equal chance.

Trials of one chance are a binomial distribution; the classes are put together by convolution. All terms are sums of products of numbers of one sign, so
that a tail of 1e-150 is as exact, relatively, as one of 0.1; a Fourier transform (Hong 2013, doi:10.1016/j.csda.2012.10.006) would lose everything below
1e-15. Nothing is approximated: Poisson's distribution differs by up to twice the sum of squared chances (Le Cam 1960, doi:10.2140/pjm.1960.10.1181), more
than a threshold of 1e-10 bears; a test compares with that bound.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TINY = 1e-12
"""Largest share of a tail that may be left out beyond the last number computed."""
_CELLS = 2_000_000
"""Rows × numbers held at once."""


def upper_tails(trials: NDArray[np.int64], chance: NDArray[np.float64], least: NDArray[np.int64]) -> list[NDArray[np.float64]]:
    """Return the probabilities of at least 0, 1, 2 … successes.

    Args:
        trials: Number of trials of each class.
        chance: Chance of success, 0 to 1: cases by classes.
        least: For each case the largest number of successes asked for, 0 or more.

    Returns:
        For each case an array of `least + 1` probabilities, 0 to 1, not increasing. Relative error below 1e-9 (:data:`TINY`, and rounding). A number above
        that of all trials has probability 0; a probability below 1e-300 may be given as 0.

    Cost: cases × classes × (least + 20)², in NumPy; 14,000 cases of 82 classes with numbers up to 93 take about 5 s.
    """
    import numpy as np

    found: list[NDArray[np.float64]] = [np.empty(0)] * len(least)
    # Cases of nearly equal numbers together: the longest of a block decides its cost.
    order = np.argsort(least, kind="stable")
    start = 0
    while start < len(order):
        longest = int(least[order[start]]) + max(4, int(least[order[start]]) // 4)
        block = order[start : int(np.searchsorted(least[order], longest, side="right"))]
        block = block[: max(1, _CELLS // (longest + 20))]
        pending, length = block, int(least[block[-1]]) + 10
        while len(pending):
            tails, sure = _tails(trials, chance[pending], least[pending], length)
            for case in np.flatnonzero(sure).tolist():
                found[pending[case]] = tails[case, : least[pending[case]] + 1].copy()
            pending, length = pending[~sure], 2 * length
        start += len(block)
    return found


def _tails(
    trials: NDArray[np.int64], chance: NDArray[np.float64], least: NDArray[np.int64], length: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return tails from the probabilities of 0 … length − 1 successes, and for which cases that is enough."""
    import numpy as np

    length = min(length, int(trials.sum()) + 1)
    terms = probabilities(trials, chance, length)
    mean = chance @ trials
    numbers = np.arange(length)
    # Below the mean the complement is exact; above it the tail is summed up from its small end.
    complement = 1.0 - np.concatenate([np.zeros((len(terms), 1)), np.cumsum(terms, axis=1)[:, :-1]], axis=1)
    summed = np.cumsum(terms[:, ::-1], axis=1)[:, ::-1]
    above = numbers[np.newaxis, :] > mean[:, np.newaxis]
    tails = np.clip(np.where(above, summed, complement), 0.0, 1.0)
    if length == int(trials.sum()) + 1:
        padding = np.zeros((len(tails), max(0, int(least.max(initial=0)) + 1 - length)))
        return np.concatenate([tails, padding], axis=1), np.ones(len(tails), dtype=bool)
    # The terms are log-concave (Newton's inequalities): beyond the last one they fall at least as fast as a geometric series with the last ratio.
    last, before = terms[:, -1], terms[:, -2]
    ratio = np.divide(last, before, out=np.zeros_like(last), where=before > 0)
    rest = np.where(ratio < 1, last * ratio / np.maximum(1 - ratio, TINY), np.inf)
    asked = tails[np.arange(len(tails)), least]
    return tails, (least <= mean) | (rest <= TINY * asked) | (last == 0)


def probabilities(trials: NDArray[np.int64], chance: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """Return the probabilities of 0 … length − 1 successes, cases by numbers.

    Args:
        trials: Number of trials of each class.
        chance: Chance of success, cases by classes.
        length: How many numbers, 1 or more.
    """
    import numpy as np
    from scipy.special import gammaln, xlog1py, xlogy

    found = np.zeros((len(chance), length))
    found[:, 0] = 1.0
    for number, column in zip(trials.tolist(), chance.T, strict=True):
        most = min(number, length - 1)
        chosen = np.arange(most + 1)
        ways = gammaln(number + 1) - gammaln(chosen + 1) - gammaln(number - chosen + 1)
        single = np.exp(ways + xlogy(chosen, column[:, np.newaxis]) + xlog1py(number - chosen, -column[:, np.newaxis]))
        added = np.zeros_like(found)
        for many in range(most + 1):
            if not single[:, many].any():
                continue
            added[:, many:] += single[:, many, np.newaxis] * found[:, : length - many]
        found = added
    return found
