"""How much numbers depend on which projects are recorded: projects drawn with replacement, everything counted again.

A draw has as many projects as the data, some of them several times, a third (1/e) of them not at all; a project that is drawn twice counts as two with the
same institutions. Sums over projects (strength, number of projects) come out right on average. Partners are counted once however often they are met, so that
a draw has fewer of them than the data: the interval is moved by that difference (:class:`Interval`), which is given along as bias.

Sources: Efron, Tibshirani (1993), An Introduction to the Bootstrap, doi:10.1201/9780429246593, chapters 10 and 13; Snijders, Borgatti (1999), Non-parametric
standard errors and tests for network statistics, Connections 22(2).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.analyse.edges import BATCH, Collaboration
from kg.analyse.required import require_draws

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CONFIDENCE = 0.95


@dataclass(frozen=True, eq=False)
class Interval:
    """A number of each institution with its interval over draws.

    Attributes:
        value: In the data.
        bias: Mean over the draws less the value.
        low: 2.5 % of the draws lie below, moved by the bias; 0 or more.
        high: 2.5 % of the draws lie above, moved by the bias.
        rank: 1 for the largest value; equal values share the smallest rank.
        rank_low: 2.5 % of the draws give a better rank; not moved.
        rank_high: 2.5 % of the draws give a worse one.
        top: Share of draws in which the rank is among the first so many, 0 to 1.
    """

    value: NDArray[np.float64]
    bias: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    rank: NDArray[np.int64]
    rank_low: NDArray[np.int64]
    rank_high: NDArray[np.int64]
    top: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Common:
    """The common projects of all pairs, in the order of the edges of the network.

    Attributes:
        project: Projects of each pair, one pair after the other.
        starts: Where those of each pair begin.
    """

    project: NDArray[np.int32]
    starts: NDArray[np.int64]


def common(network: Collaboration) -> Common:
    """Return the common projects of all pairs of a network in which all of a project are tied; 4 bytes each."""
    import numpy as np

    matrix, projects = network.incidence.matrix, []
    for start in range(0, len(network.source), BATCH):
        ends = network.source[start : start + BATCH], network.target[start : start + BATCH]
        projects.append(matrix[ends[0]].multiply(matrix[ends[1]]).tocsr().indices.astype(np.int32))
    return Common(np.concatenate([np.empty(0, dtype=np.int32), *projects]), np.cumsum(network.count) - network.count)


def multiplicities(projects: int, draws: int, seed: int) -> NDArray[np.int64]:
    """Return how often each project is drawn: draws by projects, every row sums up to the number of projects.

    Raises:
        AnalysisError: No draws were asked for.
    """
    import numpy as np

    require_draws(draws)
    return np.random.default_rng(seed).multinomial(projects, np.full(projects, 1.0 / projects), size=draws)


def degrees(network: Collaboration, found: Common, drawn: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the number of partners of each institution in each draw, draws by institutions."""
    import numpy as np

    number = len(network)
    values = np.zeros((len(drawn), number))
    if not len(found.starts):
        return values
    for draw, times in enumerate(drawn):
        there = np.logical_or.reduceat((times > 0)[found.project], found.starts)
        values[draw] = np.bincount(network.source[there], minlength=number) + np.bincount(network.target[there], minlength=number)
    return values


def strengths(network: Collaboration, drawn: NDArray[np.int64], weight: str) -> NDArray[np.float64]:
    """Return the sum of weights of each institution in each draw, draws by institutions.

    A project of k adds 1 to each of its institutions with Newman's weight if k > 1, and k − 1 as a count.
    """
    import numpy as np

    sizes = network.incidence.sizes
    each = (sizes - 1 if weight == "count" else np.minimum(sizes - 1, 1)).astype(np.float64)
    return np.asarray((network.incidence.matrix @ (drawn * each).T).T)


def betweennesses(network: Collaboration, found: Common, drawn: NDArray[np.int64], weight: str) -> NDArray[np.float64]:
    """Return betweenness of each institution in each draw, by igraph, 0 to 1; draws by institutions."""
    import igraph
    import numpy as np

    number, sizes = len(network), network.incidence.sizes
    each = np.ones(len(sizes)) if weight == "count" else 1.0 / np.maximum(sizes - 1, 1)
    values, pairs = np.zeros((len(drawn), number)), (number - 1) * (number - 2) / 2
    if number < 3 or not len(found.starts):
        return values
    for draw, times in enumerate(drawn):
        weights = np.add.reduceat((times * each)[found.project], found.starts)
        there = weights > 0
        graph = igraph.Graph(n=number, edges=zip(network.source[there].tolist(), network.target[there].tolist(), strict=True))
        lengths = (1.0 / weights[there]).tolist()
        values[draw] = np.array(graph.betweenness(directed=False, weights=lengths or None)) / pairs
    return values


def interval(value: NDArray[np.float64], draws: NDArray[np.float64], top: int, most: float = math.inf) -> Interval:
    """Return the intervals of values over draws.

    Args:
        value: Of each institution in the data.
        draws: The same in each draw, draws by institutions.
        top: How many first ranks count as the top.
        most: The largest value there can be; an interval moved by its bias is cut there, and at 0.
    """
    import numpy as np
    from scipy.stats import rankdata

    tails = [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2]
    bias = draws.mean(axis=0) - value
    low, high = np.quantile(draws, tails, axis=0, method="inverted_cdf") - bias
    # Rounded, so that sums which differ in the last bit of a float are ties.
    ranks = rankdata(-np.round(draws, 9), method="min", axis=1).astype(np.int64)
    first, last = np.quantile(ranks, tails, axis=0, method="inverted_cdf").astype(np.int64)
    rank = rankdata(-np.round(value, 9), method="min").astype(np.int64)
    share = (ranks <= top).mean(axis=0)
    return Interval(value, bias, np.maximum(low, 0.0), np.minimum(high, most), rank, first, last, share)
