"""How far two partitions of the same things agree: the adjusted Rand index, and how well the groups of one are found again in others."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

from kg.errors import AnalysisError, Text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def contingency(one: Sequence[Any] | NDArray[Any], other: Sequence[Any] | NDArray[Any]) -> tuple[Any, Any, NDArray[np.int64]]:
    """Return which groups of two partitions share members, and how many: positions of the groups (sorted by label) and counts, zeros left out.

    Raises:
        AnalysisError: The partitions are not of the same things.
    """
    import numpy as np

    if len(one) != len(other):
        what = Text(
            f"Two partitions of {len(one)} and {len(other)} things cannot be compared.",
            f"Zwei Einteilungen von {len(one)} und {len(other)} Dingen lassen sich nicht vergleichen.",
        )
        raise AnalysisError(what, fix=Text("Divide the same things both times.", "Teilen Sie beide Male dieselben Dinge ein."))
    first, second = (np.unique(np.asarray(labels), return_inverse=True) for labels in (one, other))
    width = max(len(second[0]), 1)
    cells, counts = np.unique(first[1].astype(np.int64) * width + second[1], return_counts=True)
    return cells // width, cells % width, counts.astype(np.int64)


def adjusted_rand(one: Sequence[Any] | NDArray[Any], other: Sequence[Any] | NDArray[Any]) -> float:
    """Return how far two partitions agree, corrected for chance.

    With n(ij) things in group i of the one and j of the other, a(i) and b(j) their sizes, and C(x) = x(x−1)/2:
    (Σ C(nij) − E) / ((Σ C(ai) + Σ C(bj))/2 − E), E = Σ C(ai) · Σ C(bj) / C(n).

    Args:
        one: Group of each thing; what the groups are called does not matter.
        other: Group of each thing in the other partition, in the same order.

    Returns:
        1 for equal partitions, 0 on average for random ones with these sizes, no less than -0.5, no unit. Where the formula gives 0/0 (all things
        in one group, or each alone, in both) the partitions are equal and the value is 1; so too for fewer than two things.

    Raises:
        AnalysisError: The partitions are not of the same things.

    Cost: a sort of n numbers. Source: Hubert and Arabie (1985), doi:10.1007/BF01908075, equation 5.
    """
    import numpy as np

    rows, columns, counts = contingency(one, other)
    if len(one) < 2:
        return 1.0
    # Integers of Python: for 10^5 things the product of two sums of pairs is beyond 64 bits.
    inside, first, second = (
        sum(size * (size - 1) // 2 for size in np.asarray(sizes).astype(np.int64).tolist())
        for sizes in (counts, np.bincount(rows, counts), np.bincount(columns, counts))
    )
    pairs = len(one) * (len(one) - 1) // 2
    above = 2 * (inside * pairs - first * second)
    below = (first + second) * pairs - 2 * first * second
    return above / below if below else 1.0


def mean_adjusted_rand(partitions: Sequence[NDArray[Any]]) -> float | None:
    """Return the mean of :func:`adjusted_rand` over all pairs of partitions, or nothing where there is only one."""
    found = [adjusted_rand(one, other) for one, other in combinations(partitions, 2)]
    return sum(found) / len(found) if found else None


def together(reference: NDArray[Any], partitions: Sequence[NDArray[Any]]) -> NDArray[np.float64]:
    """Return for each group of a partition (sorted by label) in what share of the others two of its members are together, on average over its pairs.

    Counted over all pairs, not sampled: Σ over the other partitions of Σ C(nij) / C(ai), divided by their number. 0 to 1; a group of one has no
    pair and is 1. NaN where there is no other partition.
    """
    import numpy as np

    sizes = np.unique(reference, return_counts=True)[1]
    pairs = sizes * (sizes - 1) / 2
    kept = np.zeros(len(sizes))
    for partition in partitions:
        rows, _, counts = contingency(reference, partition)
        kept += np.where(pairs > 0, np.bincount(rows, counts * (counts - 1) / 2, len(sizes)) / np.maximum(pairs, 1), 1.0)
    return kept / len(partitions) if partitions else np.full(len(sizes), np.nan)


def recovered(reference: NDArray[Any], partitions: Sequence[NDArray[Any]]) -> NDArray[np.float64]:
    """Return for each group of a partition (sorted by label) how well the others hold it: the largest Jaccard index with a group of theirs, on average.

    0 to 1, 1 where each of them has the very same group; unlike :func:`together` it falls when the group is swallowed by a larger one. NaN where
    there is no other partition. Source: Hennig (2007), doi:10.1016/j.csda.2006.11.025, who calls a mean below 0.6 not to be trusted.
    """
    import numpy as np

    sizes = np.unique(reference, return_counts=True)[1]
    found = np.zeros(len(sizes))
    for partition in partitions:
        rows, columns, counts = contingency(reference, partition)
        theirs = np.bincount(columns, counts).astype(np.int64)
        best = np.zeros(len(sizes))
        np.maximum.at(best, rows, counts / (sizes[rows] + theirs[columns] - counts))
        found += best
    return found / len(partitions) if partitions else np.full(len(sizes), np.nan)
