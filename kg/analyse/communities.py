"""Groups of institutions that share more projects with each other than with the rest; seeded, with names that stay the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import networkx as nx

METHOD = "Louvain, networkx.community.louvain_communities"


@dataclass(frozen=True)
class Communities:
    """A partition of the institutions.

    Attributes:
        groups: Members by name of the group; `c1` is the largest, equal ones by smallest IRI. A group of one is an isolated institution.
        modularity: Modularity of the partition, -0.5 to 1, 0 for a network without edges.
        seed: Seed of the run.
        resolution: Resolution, greater than 0; higher values give smaller groups.
    """

    groups: dict[str, list[str]]
    modularity: float
    seed: int
    resolution: float

    def of(self) -> dict[str, str]:
        """Return the group of each institution."""
        return {member: name for name, group in self.groups.items() for member in group}

    def to_json(self) -> dict[str, Any]:
        """Return the partition with its method."""
        return {"method": METHOD, "seed": self.seed, "resolution": self.resolution, "modularity": self.modularity, "groups": self.groups}


def communities(network: nx.Graph, *, seed: int = 1, resolution: float = 1.0) -> Communities:
    """Return groups by greedy optimisation of modularity with edge weights.

    Args:
        network: Edges hold `weight` > 0.
        seed: Equal seeds give equal groups, in every process.
        resolution: Greater than 0.

    Source: Blondel, Guillaume, Lambiotte, Lefebvre (2008), doi:10.1088/1742-5468/2008/10/P10008.
    """
    import networkx as nx

    nodes = sorted(network)
    # Numbers instead of IRIs: sets of strings have another order in each process, and the result depends on it.
    number = {node: position for position, node in enumerate(nodes)}
    plain = nx.Graph()
    plain.add_nodes_from(range(len(nodes)))
    plain.add_weighted_edges_from(sorted((*sorted((number[one], number[other])), weight) for one, other, weight in network.edges(data="weight")))
    found = nx.community.louvain_communities(plain, weight="weight", resolution=resolution, seed=seed) if len(plain) else []
    modularity = float(nx.community.modularity(plain, found, weight="weight", resolution=resolution)) if plain.number_of_edges() else 0.0
    groups = sorted(([nodes[position] for position in sorted(group)] for group in found), key=lambda group: (-len(group), group[0]))
    return Communities({f"c{position}": group for position, group in enumerate(groups, start=1)}, modularity, seed, resolution)
