"""The backbone of a weighted network: the edges that carry more of an institution's strength than an even chance split would give them.

Source: M. Á. Serrano, M. Boguñá, A. Vespignani (2009), Extracting the multiscale backbone of complex weighted networks, doi:10.1073/pnas.0808904106.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from kg.analyse.by_columns import degree, strength
from kg.analyse.edges import EdgeList
from kg.errors import AnalysisError, Text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ALPHA = 0.05
_DIGITS = 9
"""Digits of log α that count: edges that are equal by the formula differ in the last bits, and must be kept or left together."""


@dataclass(frozen=True, eq=False)
class Backbone:
    """The edges of a network that pass the disparity filter.

    Attributes:
        edges: The whole network.
        log_alpha: Natural logarithm of α of each edge of the whole (see :func:`log_disparity`).
        log_threshold: Natural logarithm of the threshold; kept are the edges with a smaller α.
        most: The most nodes that were to be shown; `None` where the threshold was given.
    """

    edges: EdgeList
    log_alpha: NDArray[np.float64]
    log_threshold: float
    most: int | None = None

    @cached_property
    def kept(self) -> NDArray[np.int64]:
        """Positions of the edges that are kept, ascending."""
        import numpy as np

        return np.flatnonzero(self.log_alpha < self.log_threshold)

    @cached_property
    def nodes(self) -> NDArray[np.int64]:
        """Positions of the nodes that an edge is kept of, ascending."""
        import numpy as np

        return np.unique(np.concatenate((self.edges.source[self.kept], self.edges.target[self.kept]))).astype(np.int64)

    @property
    def alpha(self) -> float:
        """Threshold, 0 to 1; 0 where it is smaller than a float can be (:attr:`log_threshold` holds it)."""
        return math.exp(self.log_threshold)

    @cached_property
    def edge_list(self) -> EdgeList:
        """The backbone as a network of its own, with the nodes of :attr:`nodes` only; edges in the same order."""
        import numpy as np

        kept, nodes = self.kept, self.nodes
        names = [self.edges.names[position] for position in nodes.tolist()]
        ends = [np.searchsorted(nodes, end[kept]).astype(np.int32) for end in (self.edges.source, self.edges.target)]
        return EdgeList(names, ends[0], ends[1], self.edges.weight[kept], self.edges.distance[kept])

    @property
    def share_of_weight(self) -> float:
        """Weight of the kept edges as a share of all weight, 0 to 1; 0 for a network without edges."""
        whole = float(self.edges.weight.sum())
        return float(self.edges.weight[self.kept].sum()) / whole if whole else 0.0


def log_disparity(edges: EdgeList) -> NDArray[np.float64]:
    """Return the natural logarithm of α of each edge, the smaller one of its two ends.

    α of an edge of weight w at a node with k edges of summed weight s is (1 − w/s)^(k − 1): the probability that it would get such a share or a larger
    one if the strength of the node were split at random, uniformly. 0 < α ≤ 1; small values mean an edge that stands out. At an end with a single
    edge nothing can stand out: there α is 1 and the other end decides, as in the paper. A pair that meets nobody else has α = 1 and is never kept.
    Logarithms, because α of a strong edge of an institution with thousands of partners is smaller than a float can be. Cost: O(edges).

    Args:
        edges: Weights greater than 0.

    Raises:
        AnalysisError: A weight is not a number greater than 0.
    """
    import numpy as np

    weight = edges.weight.astype(np.float64)
    if len(weight) and not (np.isfinite(weight).all() and (weight > 0).all()):
        what = Text("The disparity filter needs weights greater than 0.", "Der Disparitätsfilter braucht Gewichte größer als 0.")
        raise AnalysisError(what, fix=Text("Leave out edges without weight.", "Lassen Sie Kanten ohne Gewicht weg."))
    partners, sums = degree(edges), strength(edges)
    found = np.zeros(len(weight))
    for end in (edges.source, edges.target):
        others = partners[end] - 1
        # A share may reach 1 by rounding where the other edges weigh next to nothing.
        share = np.minimum(weight / sums[end], 1.0 - 2.0**-53)
        found = np.minimum(found, np.where(others > 0, others * np.log1p(-share), 0.0))
    return np.round(found, _DIGITS)


def disparity(edges: EdgeList) -> NDArray[np.float64]:
    """Return α of each edge, 0 to 1 (see :func:`log_disparity`)."""
    import numpy as np

    return np.exp(log_disparity(edges))


def backbone(edges: EdgeList, alpha: float = ALPHA) -> Backbone:
    """Return the edges with a smaller α than a threshold at one of their ends or both.

    Args:
        edges: The network.
        alpha: Threshold, greater than 0 and at most 1.

    Raises:
        AnalysisError: The threshold is out of range, or a weight is not greater than 0.
    """
    if not 0 < alpha <= 1:
        what = Text(f"α must be greater than 0 and at most 1, not {alpha}.", f"α muss größer als 0 und höchstens 1 sein, nicht {alpha}.")
        raise AnalysisError(what, fix=Text("0.05 is usual.", "Üblich ist 0.05."))
    return Backbone(edges, log_disparity(edges), round(math.log(alpha), _DIGITS))


def backbone_upto(edges: EdgeList, nodes: int = 150) -> Backbone:
    """Return the backbone at the largest threshold that shows at most so many nodes.

    Edges of equal α are kept or left together, so that fewer nodes may be shown, or none where too many edges share the smallest α.
    Cost: O(edges · log edges).

    Args:
        edges: The network.
        nodes: The most nodes to show, 2 or more.

    Raises:
        AnalysisError: `nodes` is smaller than 2, or a weight is not greater than 0.
    """
    import numpy as np

    if nodes < 2:
        what = Text("A backbone shows two nodes or more.", "Ein Rückgrat zeigt mindestens zwei Knoten.")
        raise AnalysisError(what, fix=Text("Ask for at least 2.", "Verlangen Sie mindestens 2."))
    found = log_disparity(edges)
    order = np.argsort(found, kind="stable")
    # Each node appears with the first edge in this order that touches it.
    ends = np.stack((edges.source[order], edges.target[order]), axis=1).ravel()
    first = np.unique(ends, return_index=True)[1] // 2
    shown = np.cumsum(np.bincount(first, minlength=len(order)))
    values = found[order]
    beyond = np.flatnonzero(shown > nodes)
    limit = float(values[beyond[0]]) if len(beyond) else 0.0
    return Backbone(edges, found, limit, nodes)
