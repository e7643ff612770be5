"""Measures of the collaboration network; each says its range, what it does with isolated nodes, and where it comes from.

A projection ties all members of a project to each other, so its clustering says more about project sizes than about institutions; the two-mode
measure does not have this fault. Both are given, never one alone (Latapy, Magnien, Del Vecchio 2008, doi:10.1016/j.socnet.2007.04.006, section 4).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import networkx as nx

EXACT_LIMIT = 5_000
SOURCES = 500


def sources(nodes: int) -> int:
    """Return from how many sources betweenness is computed in a network of this size."""
    return nodes if nodes <= EXACT_LIMIT else SOURCES


def degree(network: nx.Graph) -> dict[str, int]:
    """Return the number of partners of each institution, 0 or more."""
    return {node: int(value) for node, value in network.degree()}


def strength(network: nx.Graph) -> dict[str, float]:
    """Return the sum of edge weights of each institution, 0 or more.

    With Newman's weight it is the number of projects with at least one partner (Newman 2001, doi:10.1103/PhysRevE.64.016132, equation 3).
    """
    return {node: float(value) for node, value in network.degree(weight="weight")}


def betweenness(network: nx.Graph, *, seed: int = 1, exact_limit: int = EXACT_LIMIT) -> dict[str, float]:
    """Return how often each institution lies on shortest paths between two others.

    Computed with igraph: Newman's distances are sums of fractions, and paths of equal length (2/3 + 2/3 and 4/3) differ in the last bit of a float;
    igraph compares with a tolerance, networkx does not and would miss such ties.

    Args:
        network: Edges hold `distance` > 0, no unit: 1 / weight.
        seed: Seed of the sample of sources, where one is taken.
        exact_limit: Up to this many nodes all sources are taken; above, :data:`SOURCES` of them, and the values are estimates.

    Returns:
        One value per node, 0 (never) to 1 (always), divided by (n-1)(n-2)/2; 0 for all where there are fewer than three nodes.

    Source: U. Brandes (2001), doi:10.1080/0022250X.2001.9990249; sampled sources: Brandes and Pich (2007), doi:10.1142/S0218127407018403.
    """
    import random

    import igraph

    nodes = sorted(network)
    if len(nodes) < 3 or not network.number_of_edges():
        return dict.fromkeys(nodes, 0.0)
    number = {node: position for position, node in enumerate(nodes)}
    edges = [(number[one], number[other], float(distance)) for one, other, distance in network.edges(data="distance")]
    graph = igraph.Graph(n=len(nodes), edges=[edge[:2] for edge in edges])
    lengths = [edge[2] for edge in edges]  # plain floats: igraph ignores NumPy numbers
    taken = None if len(nodes) <= exact_limit else sorted(random.Random(seed).sample(range(len(nodes)), min(SOURCES, len(nodes))))  # noqa: S311
    values = graph.betweenness(directed=False, weights=lengths, sources=taken)
    scale = (len(nodes) / len(taken) if taken else 1.0) / ((len(nodes) - 1) * (len(nodes) - 2) / 2)
    return {node: float(value) * scale for node, value in zip(nodes, values, strict=True)}


def clustering_projected(network: nx.Graph) -> dict[str, float]:
    """Return how many pairs of an institution's partners are partners too, 0 to 1, without weights; fewer than two partners: 0.

    High wherever projects are large: every project is a complete graph.

    Source: Watts and Strogatz (1998), doi:10.1038/30918.
    """
    import networkx as nx

    return {node: float(value) for node, value in nx.clustering(network).items()}


def clustering_two_mode(two_mode: nx.Graph) -> dict[str, float]:
    """Return how far the project lists of an institution and of its partners overlap: mean of |A ∩ B| / |A ∪ B| over partners, 0 to 1.

    An institution without partners gets 0.

    Source: Latapy, Magnien, Del Vecchio (2008), doi:10.1016/j.socnet.2007.04.006, section 3.2 (cc•).
    """
    projects = {node: set(two_mode[node]) for node, side in two_mode.nodes(data="bipartite") if side == 1}
    teams = {node: set(two_mode[node]) for node, side in two_mode.nodes(data="bipartite") if side == 0}
    result = {}
    for node, own in projects.items():
        partners = set().union(*(teams[project] for project in own)) - {node} if own else set()
        overlaps = (len(own & projects[other]) / len(own | projects[other]) for other in sorted(partners))
        result[node] = sum(overlaps) / len(partners) if partners else 0.0
    return result


def core_number(network: nx.Graph) -> dict[str, int]:
    """Return the largest k such that the institution is in a part where each has at least k partners there; isolated: 0.

    One project of k + 1 institutions is enough for core number k.

    Source: Batagelj and Zaveršnik (2003), arXiv:cs/0310049.
    """
    import networkx as nx

    return {node: int(value) for node, value in nx.core_number(network).items()}


def components(network: nx.Graph) -> list[list[str]]:
    """Return the connected components, largest first, equal ones by smallest IRI; members sorted."""
    import networkx as nx

    return sorted((sorted(part) for part in nx.connected_components(network)), key=lambda part: (-len(part), part[0]))


@dataclass(frozen=True)
class Whole:
    """Measures of the network as a whole.

    Attributes:
        institutions: Number of nodes.
        projects: Number of projects, those with one institution included.
        edges: Number of pairs that share a project.
        repeated: Number of pairs that share at least two.
        isolated: Institutions without a partner.
        components: Number of connected components, isolated nodes included.
        largest: Institutions in the largest component.
        density: Edges divided by possible edges, 0 to 1.
        clustering_projected: Transitivity of the projection, 3 × triangles / connected triples, 0 to 1.
        clustering_two_mode: 4 × four-cycles / paths of length three in the two-mode network, 0 to 1 (Robins and Alexander 2004,
            doi:10.1023/B:CMOT.0000032580.12184.c0).
    """

    institutions: int
    projects: int
    edges: int
    repeated: int
    isolated: int
    components: int
    largest: int
    density: float
    clustering_projected: float
    clustering_two_mode: float

    def to_json(self) -> dict[str, Any]:
        """Return the measures by name."""
        return asdict(self)


def whole(network: nx.Graph, two_mode: nx.Graph) -> Whole:
    """Return the measures of the network as a whole; an empty network gives zeros."""
    import networkx as nx

    parts = components(network)
    return Whole(
        institutions=len(network),
        projects=sum(1 for _, side in two_mode.nodes(data="bipartite") if side == 0),
        edges=network.number_of_edges(),
        repeated=sum(1 for _, _, count in network.edges(data="count") if count > 1),
        isolated=sum(1 for _, value in network.degree() if value == 0),
        components=len(parts),
        largest=len(parts[0]) if parts else 0,
        density=float(nx.density(network)),
        clustering_projected=float(nx.transitivity(network)) if network else 0.0,
        clustering_two_mode=reinforcement(network, two_mode),
    )


def reinforcement(network: nx.Graph, two_mode: nx.Graph) -> float:
    """Return the share of paths of length three that close to a cycle of four, 0 to 1: partners who meet again.

    Source: Robins and Alexander (2004), doi:10.1023/B:CMOT.0000032580.12184.c0, section 4.
    """
    paths = sum((two_mode.degree(one) - 1) * (two_mode.degree(other) - 1) for one, other in two_mode.edges())
    if not paths:
        return 0.0
    # A cycle of four is a pair of institutions with a pair of shared projects.
    cycles = sum(count * (count - 1) // 2 for _, _, count in network.edges(data="count"))
    return float(4 * cycles / paths)
