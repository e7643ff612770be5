"""Groups of institutions that share more projects with each other than with the rest, found by Leiden; seeded, with names that stay the same.

Leiden at every size: its groups always hang together, which those of Louvain need not, and one method serves all networks.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.analyse.edges import EdgeList, edge_list
from kg.analyse.incidence import is_large
from kg.errors import AnalysisError, Text

if TYPE_CHECKING:
    import networkx as nx

LEIDEN = "Leiden, igraph.Graph.community_leiden"
ROUNDS = 2
"""Rounds of Leiden on a large network; on a small one as many as still improve it. On Horizon Europe more rounds take seven times as long for 0.002 of
modularity."""
_DIGITS = 12


@dataclass(frozen=True)
class Communities:
    """A partition of the institutions.

    Attributes:
        groups: Members by name of the group; `c1` is the largest, equal ones by smallest IRI. An isolated institution is a group of one.
        modularity: Modularity of the partition at its resolution, 0 for a network without edges; at resolution 1 it is -0.5 to 1.
        seed: Seed of the run.
        resolution: Resolution, greater than 0; higher values give smaller groups.
        method: :data:`LEIDEN`.
    """

    groups: dict[str, list[str]]
    modularity: float
    seed: int
    resolution: float
    method: str = LEIDEN

    def of(self) -> dict[str, str]:
        """Return the group of each institution."""
        return {member: name for name, group in self.groups.items() for member in group}

    def to_json(self) -> dict[str, Any]:
        """Return the partition with its method."""
        return {"method": self.method, "seed": self.seed, "resolution": self.resolution, "modularity": self.modularity, "groups": self.groups}


def communities(network: nx.Graph | EdgeList, *, seed: int = 1, resolution: float = 1.0) -> Communities:
    """Return groups by greedy optimisation of modularity with edge weights.

    The modularity at resolution γ is Σ over groups of (w / m − γ (s / 2m)²): w is the weight inside the group, s the strength of its members, m the
    weight of all edges (Newman and Girvan 2004, doi:10.1103/PhysRevE.69.026113; with a resolution: Reichardt and Bornholdt 2006,
    doi:10.1103/PhysRevE.74.016110).

    Args:
        network: Edges hold `weight` > 0; 1 where it is missing. Without an edge each institution is a group of its own.
        seed: Equal seeds give equal groups, in every process and however the edges are ordered.
        resolution: Greater than 0.

    Raises:
        AnalysisError: The resolution or a weight is not a positive number.

    Cost: about a second for 760,000 edges. Source: Traag, Waltman, van Eck (2019), doi:10.1038/s41598-019-41695-z.
    """
    require_resolution(resolution)
    edges = network if isinstance(network, EdgeList) else _edges(network)
    found = membership(edges, seed=seed, resolution=resolution)
    groups: dict[int, list[int]] = {}
    for node, group in enumerate(found):
        groups.setdefault(group, []).append(node)
    return Communities(_ordered(edges.names, groups.values()), modularity(edges, found, resolution), seed, resolution)


def require_resolution(resolution: float) -> None:
    """Refuse a resolution that is not a positive number.

    Raises:
        AnalysisError: It is none.
    """
    if not (math.isfinite(resolution) and resolution > 0):
        what = Text(f"The resolution {resolution} is not a number above 0.", f"Die Auflösung {resolution} ist keine Zahl über 0.")
        fix = Text("Use 1; higher values give smaller groups.", "Nehmen Sie 1; höhere Werte geben kleinere Gruppen.")
        raise AnalysisError(what, where="--resolution", fix=fix)


def membership(edges: EdgeList, *, seed: int, resolution: float) -> list[int]:
    """Return the number of the group of each node, in the order of `edges.names`, as Leiden finds it."""
    import igraph

    if not edges.number_of_edges():
        return list(range(len(edges)))
    # igraph draws from one generator for the whole process: ours for this call, then Python's again, as igraph itself sets it.
    igraph.set_random_number_generator(random.Random(seed))  # noqa: S311
    rounds = ROUNDS if is_large(edges.number_of_edges()) else -1
    try:
        graph, weights = _canonical(edges)
        found = graph.community_leiden(objective_function="modularity", weights=weights, resolution=resolution, n_iterations=rounds)
    finally:
        igraph.set_random_number_generator(random)
    return found.membership  # type: ignore[no-any-return]


def modularity(edges: EdgeList, groups: list[int], resolution: float = 1.0) -> float:
    """Return the modularity of a partition at a resolution (formula: :func:`communities`); 0 for a network without edges."""
    if not edges.number_of_edges():
        return 0.0
    return float(edges.graph.modularity(groups, weights=_weights(edges), resolution=resolution))


def _canonical(edges: EdgeList) -> tuple[Any, list[float]]:
    """Return graph and weights with sorted edges: Leiden visits neighbours in the order of edges, which decides between equally good groups."""
    import igraph
    import numpy as np

    low, high = np.minimum(edges.source, edges.target), np.maximum(edges.source, edges.target)
    order = np.lexsort((high, low))
    if (np.diff(order) == 1).all() and (low == edges.source).all():
        return edges.graph, _weights(edges)
    pairs = zip(low[order].tolist(), high[order].tolist(), strict=True)
    weights = _weights(edges)
    return igraph.Graph(n=len(edges), edges=pairs), [weights[place] for place in order.tolist()]


def _weights(edges: EdgeList) -> list[float]:
    """Return the weights as plain floats, rounded: sums of fractions differ in the last bit with the order of their parts, which would decide ties."""
    import numpy as np

    return [float(weight) for weight in np.round(edges.weight, _DIGITS).tolist()]


def _edges(network: nx.Graph) -> EdgeList:
    """Return a network as arrays, its weights checked."""
    import numpy as np

    for one, other, weight in network.edges(data="weight", default=1.0):
        if not (isinstance(weight, int | float | np.number) and math.isfinite(weight) and weight > 0):
            what = Text(f"The weight {weight} of a pair is not a number above 0.", f"Das Gewicht {weight} eines Paars ist keine Zahl über 0.")
            fix = Text("Give each pair a weight above 0, or none.", "Geben Sie jedem Paar ein Gewicht über 0 oder keines.")
            raise AnalysisError(what, where=f"{one}, {other}", fix=fix)
    return edge_list(network)


def _ordered(names: Iterable[str], found: Iterable[Iterable[int]]) -> dict[str, list[str]]:
    """Return groups of positions as named groups of names; names are sorted, so that smallest position means smallest name."""
    nodes = list(names)
    groups = sorted(([nodes[position] for position in sorted(group)] for group in found), key=lambda group: (-len(group), group[0]))
    return {f"c{position}": group for position, group in enumerate(groups, start=1)}
