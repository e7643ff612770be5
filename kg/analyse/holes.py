"""Structural holes: how far the partners of an institution are tied to each other, so that it stands between few of them.

Everything follows from one sparse product per network, w_iq f_q w_qj summed over q for the pairs i, j that are tied, taken in blocks of rows: the
whole square of the matrix would hold most pairs of a programme.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.analyse import by_columns
from kg.analyse.edges import EdgeList, edge_list

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kg.analyse.measures import Network

STEPS = 10_000_000
"""Products of two weights that a block of rows holds at most before they are summed, at 12 bytes each; a single row may hold more."""
CELLS = 8_000_000
"""Cells of a block of rows at most, at 8 bytes each; a single row may hold more."""


def constraint(network: Network) -> dict[str, float | None]:
    """Return how far all ties of an institution lead back to the same partners (Burt's constraint), by weight.

    Formula: c_i = Σ_j (p_ij + Σ_q p_iq p_qj)² over the partners j of i, with p_ij = w_ij / s_i the share of i's ties that goes to j.

    Args:
        network: Edges hold `weight` > 0; without it every tie counts 1.

    Returns:
        One value per node, without unit: 1 / k (k partners alike, none of whom know each other) up to below 2; low values mean many structural holes,
        high ones that its partners work with each other. `None` for an isolated institution, which has no ties to share out.

    Cost: Σ_i k_i² products of weights in bounded memory; some seconds for 762,000 pairs.

    Source: R. S. Burt (1992), Structural Holes, ISBN 978-0-674-84371-4, equation 2.4; Burt (2004), doi:10.1086/421787.
    """
    import numpy as np

    edges = _edges(network)
    total = by_columns.strength(edges)
    share = np.divide(1.0, total, out=np.zeros(len(edges)), where=total > 0)
    through = two_steps(edges, share)
    # p_ij + Σ p_iq p_qj is (w_ij + Σ w_iq w_qj / s_q) / s_i, whose numerator is the same from both ends.
    values = by_columns.sums(edges, (edges.weight + through) ** 2) * share**2
    return _defined(edges, values)


def effective_size(network: Network, *, weighted: bool = False) -> dict[str, float | None]:
    """Return how many partners an institution has less those that others make redundant.

    Formula: without weights k_i - 2 t_i / k_i with t_i ties among its k_i partners (Borgatti 1997); with weights Σ_j (1 - Σ_q p_iq m_jq) over its
    partners j, with p_iq = w_iq / s_i and m_jq = w_jq / (largest weight of j). Both are the same where all weights are equal.

    Args:
        network: Edges hold `weight` > 0.
        weighted: By weight; otherwise a tie counts as a tie, and the number is one of partners.

    Returns:
        One value per node, in partners: 1 (all partners work with each other) to k (none do). `None` for an isolated institution.

    Cost: O(m d) without weights, d the mean number of partners; with weights as :func:`constraint`.

    Source: R. S. Burt (1992), Structural Holes, ISBN 978-0-674-84371-4, equation 2.2; S. P. Borgatti (1997), Connections 20(1), 35-38.
    """
    import numpy as np

    edges = _edges(network)
    partners = by_columns.degree(edges)
    if not weighted:
        ties = np.asarray(by_columns.clustering_projected(edges), dtype=np.float64)
        return _defined(edges, partners - ties * np.maximum(partners - 1, 0))
    total = np.maximum(by_columns.strength(edges), np.finfo(float).tiny)
    largest = np.zeros(len(edges))
    for ends in (edges.source, edges.target):
        np.maximum.at(largest, ends, edges.weight)
    through = two_steps(edges, np.ones(len(edges)))
    redundant = np.zeros(len(edges))
    for one, other in ((edges.source, edges.target), (edges.target, edges.source)):
        redundant += np.bincount(one, through / largest[other], len(edges))
    return _defined(edges, partners - redundant / total)


def two_steps(edges: EdgeList, factor: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return for each edge i, j the sum of w_iq f_q w_qj over the nodes q tied to both.

    Args:
        edges: A network.
        factor: f, one number per node.
    """
    import numpy as np

    number, found = len(edges), np.zeros(edges.number_of_edges())
    if not found.size:
        return found
    weights = by_columns.matrix(edges, edges.weight)
    scaled = weights.multiply(factor[np.newaxis, :]).tocsr()
    # The sum is the same from both ends, so that the columns right of the first row of a block are enough.
    low, high = np.minimum(edges.source, edges.target), np.maximum(edges.source, edges.target)
    order = np.argsort(low, kind="stable")
    low, high = low[order], high[order]
    ends = np.searchsorted(low, np.arange(number + 1))
    degrees = by_columns.degree(edges)
    steps = np.concatenate(([0], np.cumsum(by_columns.sums_over_partners(edges, degrees))))
    start = 0
    while start < number:
        stop = int(np.searchsorted(steps, steps[start] + STEPS, side="right")) - 1
        stop = max(min(stop, start + CELLS // (number - start)), start + 1)
        part = slice(ends[start], ends[stop])
        if part.stop > part.start:
            # A block of cells is read three times as fast as the product is sorted to be searched.
            block = (scaled[start:stop] @ weights[:, start:]).toarray()
            found[order[part]] = block[low[part] - start, high[part] - start]
        start = stop
    return found


def _edges(network: Network) -> EdgeList:
    return network if isinstance(network, EdgeList) else edge_list(network)


def _defined(edges: EdgeList, values: NDArray[np.float64]) -> dict[str, float | None]:
    """Return values by name, nothing for isolated nodes."""
    tied = by_columns.degree(edges) > 0
    return {name: value if some else None for name, value, some in zip(edges.names, values.tolist(), tied.tolist(), strict=True)}
