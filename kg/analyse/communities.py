"""Groups of institutions that share more projects with each other than with the rest; seeded, with names that stay the same.

Small networks are grouped by Louvain in NetworkX, large ones by Leiden in igraph: it is faster, and its groups always hang together.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.analyse.edges import EdgeList, edge_list
from kg.analyse.incidence import is_large

if TYPE_CHECKING:
    import networkx as nx

LOUVAIN = "Louvain, networkx.community.louvain_communities"
LEIDEN = "Leiden, igraph.Graph.community_leiden"
ROUNDS = 2
"""Rounds of Leiden. On Horizon Europe more rounds take seven times as long for 0.002 of modularity."""


@dataclass(frozen=True)
class Communities:
    """A partition of the institutions.

    Attributes:
        groups: Members by name of the group; `c1` is the largest, equal ones by smallest IRI. A group of one is an isolated institution.
        modularity: Modularity of the partition, -0.5 to 1, 0 for a network without edges.
        seed: Seed of the run.
        resolution: Resolution, greater than 0; higher values give smaller groups.
        method: :data:`LOUVAIN` or :data:`LEIDEN`.
    """

    groups: dict[str, list[str]]
    modularity: float
    seed: int
    resolution: float
    method: str = LOUVAIN

    def of(self) -> dict[str, str]:
        """Return the group of each institution."""
        return {member: name for name, group in self.groups.items() for member in group}

    def to_json(self) -> dict[str, Any]:
        """Return the partition with its method."""
        return {"method": self.method, "seed": self.seed, "resolution": self.resolution, "modularity": self.modularity, "groups": self.groups}


def communities(network: nx.Graph | EdgeList, *, seed: int = 1, resolution: float = 1.0) -> Communities:
    """Return groups by greedy optimisation of modularity with edge weights.

    Args:
        network: Edges hold `weight` > 0.
        seed: Equal seeds give equal groups, in every process.
        resolution: Greater than 0.

    Sources: Blondel, Guillaume, Lambiotte, Lefebvre (2008), doi:10.1088/1742-5468/2008/10/P10008 (Louvain); Traag, Waltman, van Eck (2019),
    doi:10.1038/s41598-019-41695-z (Leiden).
    """
    if isinstance(network, EdgeList):
        return leiden(network, seed=seed, resolution=resolution)
    if is_large(network.number_of_edges()):
        return leiden(edge_list(network), seed=seed, resolution=resolution)
    return louvain(network, seed=seed, resolution=resolution)


def louvain(network: nx.Graph, *, seed: int, resolution: float) -> Communities:
    """Return the groups that Louvain finds."""
    import networkx as nx

    nodes = sorted(network)
    # Numbers instead of IRIs: sets of strings have another order in each process, and the result depends on it.
    number = {node: position for position, node in enumerate(nodes)}
    plain = nx.Graph()
    plain.add_nodes_from(range(len(nodes)))
    plain.add_weighted_edges_from(sorted((*sorted((number[one], number[other])), weight) for one, other, weight in network.edges(data="weight")))
    found = nx.community.louvain_communities(plain, weight="weight", resolution=resolution, seed=seed) if len(plain) else []
    modularity = float(nx.community.modularity(plain, found, weight="weight", resolution=resolution)) if plain.number_of_edges() else 0.0
    return Communities(_ordered(nodes, found), modularity, seed, resolution, LOUVAIN)


def leiden(edges: EdgeList, *, seed: int, resolution: float) -> Communities:
    """Return the groups that Leiden finds."""
    import igraph

    if not edges.number_of_edges():
        return Communities(_ordered(edges.names, ([node] for node in range(len(edges)))), 0.0, seed, resolution, LEIDEN)
    weights = edges.weights
    # igraph draws from one generator for the whole process: ours for this call, then Python's again, as igraph itself sets it.
    igraph.set_random_number_generator(random.Random(seed))  # noqa: S311
    try:
        found = edges.graph.community_leiden(objective_function="modularity", weights=weights, resolution=resolution, n_iterations=ROUNDS)
    finally:
        igraph.set_random_number_generator(random)
    modularity = float(edges.graph.modularity(found.membership, weights=weights, resolution=resolution))
    return Communities(_ordered(edges.names, found), modularity, seed, resolution, LEIDEN)


def _ordered(names: Iterable[str], found: Iterable[Iterable[int]]) -> dict[str, list[str]]:
    """Return groups of positions as named groups of names; names are sorted, so that smallest position means smallest name."""
    nodes = list(names)
    groups = sorted(([nodes[position] for position in sorted(group)] for group in found), key=lambda group: (-len(group), group[0]))
    return {f"c{position}": group for position, group in enumerate(groups, start=1)}
