"""Measures of a network given as arrays: igraph where a graph must be walked, NumPy where columns can be counted.

:mod:`kg.analyse.measures` says what each measure means and calls these for large networks; what two libraries must agree on stands there in a table.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.analyse.edges import Collaboration, EdgeList
from kg.analyse.incidence import Incidence

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

GROUPS = 20
"""A sample is taken in so many groups; how much their results differ gives the standard error."""
BLOCK = 100
"""Sources whose distances to all nodes are held at once."""


def degree(edges: EdgeList) -> NDArray[np.int64]:
    """Return the number of partners of each node."""
    import numpy as np

    return np.bincount(edges.source, minlength=len(edges)) + np.bincount(edges.target, minlength=len(edges))


def strength(edges: EdgeList) -> NDArray[np.float64]:
    """Return the sum of weights of each node."""
    return sums(edges, edges.weight)


def sums(edges: EdgeList, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return for each node the sum of a value over its edges."""
    import numpy as np

    sums = np.bincount(edges.source, values, len(edges)) + np.bincount(edges.target, values, len(edges))
    return np.asarray(sums, dtype=np.float64)


def sums_over_partners(edges: EdgeList, values: NDArray[Any]) -> NDArray[np.float64]:
    """Return for each node the sum of a value of its partners."""
    import numpy as np

    one, other = (np.bincount(ends, values[others], len(edges)) for ends, others in ((edges.source, edges.target), (edges.target, edges.source)))
    return np.asarray(one + other, dtype=np.float64)


def matrix(edges: EdgeList, values: NDArray[Any]) -> Any:
    """Return the symmetric sparse matrix of a value per edge, columns sorted within rows."""
    import numpy as np
    from scipy.sparse import csr_array

    rows, columns = np.concatenate((edges.source, edges.target)), np.concatenate((edges.target, edges.source))
    found = csr_array((np.concatenate((values, values)), (rows, columns)), shape=(len(edges), len(edges)))
    found.sort_indices()
    return found


def clustering_projected(edges: EdgeList) -> Sequence[float]:
    """Return the local clustering coefficient of each node; igraph's NaN for fewer than two partners is 0."""
    return edges.graph.transitivity_local_undirected(mode="zero")  # type: ignore[no-any-return]


def clustering_two_mode(network: Collaboration) -> NDArray[np.float64]:
    """Return the mean overlap of the project lists of each institution and its partners."""
    import numpy as np

    projects = network.incidence.degrees
    overlap = network.count / (projects[network.source] + projects[network.target] - network.count)
    return sums(network, overlap) / np.maximum(degree(network), 1)


def core_number(edges: EdgeList) -> Sequence[int]:
    """Return the core number of each node."""
    return edges.graph.coreness()  # type: ignore[no-any-return]


def components(edges: EdgeList) -> list[list[int]]:
    """Return the connected components as positions of nodes."""
    return list(edges.graph.connected_components())


def pagerank(edges: EdgeList) -> Sequence[float]:
    """Return PageRank with weights, damping 0.85."""
    return edges.graph.pagerank(directed=False, damping=0.85, weights=edges.weights, implementation="prpack")  # type: ignore[no-any-return]


def transitivity(edges: EdgeList) -> float:
    """Return 3 × triangles / connected triples; igraph's NaN where there is no triple is 0."""
    return float(edges.graph.transitivity_undirected(mode="zero"))


def reinforcement(incidence: Incidence, counts: NDArray[np.int32]) -> float:
    """Return the share of two-mode paths of length three that close to a cycle of four."""
    import numpy as np

    member, projects = incidence.matrix, incidence.degrees
    ends = np.repeat(projects - 1, np.diff(member.indptr))
    paths = int((ends * (incidence.sizes[member.indices] - 1)).sum())
    many = counts.astype(np.int64)
    return float(4 * int((many * (many - 1) // 2).sum()) / paths) if paths else 0.0


@dataclass(frozen=True)
class Estimate:
    """A measure that may rest on a sample of sources.

    Attributes:
        values: Value of each node, by name.
        errors: Standard error of each node, by name; empty where the values are exact.
        sources: Number of sources the values rest on.
        exact: Whether all sources were taken.
    """

    values: dict[str, float]
    errors: dict[str, float]
    sources: int
    exact: bool

    def to_json(self) -> dict[str, Any]:
        """Return how the values were made, without the values."""
        largest = max(self.errors.values(), default=0.0)
        return {"exact": self.exact, "sources": self.sources, **({} if self.exact else {"largest_standard_error": largest})}


def betweenness(edges: EdgeList, taken: int, seed: int) -> Estimate:
    """Return betweenness from `taken` sources, divided by (n-1)(n-2)/2."""
    import numpy as np

    number, lengths = len(edges), edges.lengths

    def of(sources: Sequence[int] | None) -> NDArray[np.float64]:
        return np.array(edges.graph.betweenness(directed=False, weights=lengths, sources=sources))

    # Sampled sources walk each pair from one side only, which igraph allows for by halving, as over all sources.
    scale = (number - 1) * (number - 2) / 2
    return _estimate(edges, taken, seed, lambda sources: of(sources) * number / (len(sources) * scale), lambda: of(None) / scale)


def harmonic(edges: EdgeList, taken: int, seed: int) -> Estimate:
    """Return the mean of 1 / distance from `taken` sources, the node itself left out.

    Contributions are skewed: of a few sources near the centre they are large for everyone, of direct partners for one. So half of the sources are those
    of largest strength; all others are put in order by how near they are to these and drawn two by two from equal parts of that order; and what direct
    ties contribute is known for all and not estimated (stratified sampling with a certainty stratum: W. G. Cochran (1977), Sampling Techniques,
    ISBN 978-0-471-16240-7, chapters 5 and 5A).
    """
    import numpy as np
    from scipy.sparse.csgraph import dijkstra

    # SciPy takes a third of igraph's time; which of two paths of nearly equal length is shorter makes no difference here.
    number, lengths = len(edges), matrix(edges, edges.distance)

    def near(sources: Sequence[int]) -> NDArray[np.float64]:
        far = dijkstra(lengths, indices=list(sources))
        far[np.arange(len(sources)), list(sources)] = np.inf
        return np.asarray(1.0 / far)

    if taken >= number - 1:
        # In blocks: the distances of all pairs at once would be n² numbers.
        blocks = (range(start, min(start + BLOCK, number)) for start in range(0, number, BLOCK))
        exact = sum((near(block).sum(axis=0) for block in blocks), np.zeros(number)) / max(number - 1, 1)
        return Estimate(_named(edges, exact), {}, number, True)
    order = np.argsort(-strength(edges), kind="stable")
    certain, rest = order[: max(taken // 2, 1)], np.sort(order[max(taken // 2, 1) :])
    centre = near(certain.tolist())
    strata = np.array_split(rest[np.argsort(centre.mean(axis=0)[rest], kind="stable")], max((taken - len(certain)) // 2, 1))
    chooser = random.Random(seed)  # noqa: S311
    chosen = [source for stratum in strata for source in chooser.sample(stratum.tolist(), 2)]
    direct = matrix(edges, 1.0 / edges.distance)
    found = near(chosen) - direct[chosen].toarray()
    one, other, sizes = found[::2], found[1::2], np.array([len(stratum) for stratum in strata], dtype=np.float64)
    known = centre.sum(axis=0) + sums(edges, 1.0 / edges.distance) - direct[certain].sum(axis=0)
    values = (known + sizes @ (one + other) / 2) / (number - 1)
    error = np.sqrt((sizes * (sizes - 2)) @ (one - other) ** 2 / 4) / (number - 1)
    return Estimate(_named(edges, values), _named(edges, error), len(certain) + len(chosen), False)


def _estimate(
    edges: EdgeList,
    taken: int,
    seed: int,
    sampled: Callable[[Sequence[int]], NDArray[np.float64]],
    exact: Callable[[], NDArray[np.float64]],
) -> Estimate:
    """Return exact values where all sources are taken, else the mean over groups of sampled sources with its standard error.

    The sources are drawn without replacement, which makes the error smaller by the factor √(1 − taken / n).
    """
    import numpy as np

    number = len(edges)
    if taken >= number:
        return Estimate(_named(edges, exact()), {}, number, True)
    chosen = random.Random(seed).sample(range(number), taken)  # noqa: S311
    groups = [chosen[start::GROUPS] for start in range(min(GROUPS, taken))]
    found = np.array([sampled(group) for group in groups])
    weights = np.array([len(group) for group in groups]) / taken
    mean = weights @ found
    spread = (weights @ (found - mean) ** 2) / max(len(groups) - 1, 1)
    error = np.sqrt(spread * (1 - taken / number))
    return Estimate(_named(edges, mean), _named(edges, error), taken, False)


def _named(edges: EdgeList, values: NDArray[np.float64]) -> dict[str, float]:
    return dict(zip(edges.names, values.tolist(), strict=True))
