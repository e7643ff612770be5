"""Measures of the collaboration network as a whole: its size, how it hangs together, and who works with whom by kind, country and degree."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from kg.analyse import by_columns
from kg.analyse.edges import Collaboration, EdgeList, edge_list
from kg.analyse.incidence import is_large
from kg.analyse.measures import components
from kg.analyse.mixing import Mixing

if TYPE_CHECKING:
    import networkx as nx

    from kg.analyse.measures import Network, TwoMode


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
        mixing: Assortativity by kind, by country and by degree, where the values were looked up (:func:`kg.analyse.mixing.mixing`).
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
    mixing: tuple[Mixing, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the measures that are one number each by name; :attr:`mixing` stands beside them: its values have errors and counts of their own."""
        return {name: value for name, value in asdict(self).items() if name != "mixing"}


def whole(network: Network, two_mode: TwoMode) -> Whole:
    """Return the measures of the network as a whole, without mixing; an empty network gives zeros.

    Formulas and ranges stand at :class:`Whole`. Cost: O(m d), d the mean number of partners, for the triangles.
    """
    parts = components(network)
    if isinstance(network, Collaboration):
        nodes, pairs = len(network), network.number_of_edges()
        return Whole(
            institutions=nodes,
            projects=len(network.incidence.projects),
            edges=pairs,
            repeated=int((network.count > 1).sum()),
            isolated=int((by_columns.degree(network) == 0).sum()),
            components=len(parts),
            largest=len(parts[0]) if parts else 0,
            density=2 * pairs / (nodes * (nodes - 1)) if nodes > 1 else 0.0,
            clustering_projected=by_columns.transitivity(network),
            clustering_two_mode=by_columns.reinforcement(network.incidence, network.count),
        )
    import networkx as nx

    assert not isinstance(network, EdgeList)
    assert not isinstance(two_mode, EdgeList)
    edges = edge_list(network) if is_large(network.number_of_edges()) else None
    return Whole(
        institutions=len(network),
        projects=sum(1 for _, side in two_mode.nodes(data="bipartite") if side == 0),
        edges=network.number_of_edges(),
        repeated=sum(1 for _, _, count in network.edges(data="count") if count > 1),
        isolated=sum(1 for _, value in network.degree() if value == 0),
        components=len(parts),
        largest=len(parts[0]) if parts else 0,
        density=float(nx.density(network)),
        clustering_projected=by_columns.transitivity(edges) if edges is not None else float(nx.transitivity(network)) if network else 0.0,
        clustering_two_mode=reinforcement(network, two_mode),
    )


def reinforcement(network: nx.Graph, two_mode: nx.Graph) -> float:
    """Return the share of paths of length three that close to a cycle of four: partners who meet again.

    Formula: 4 × four-cycles / paths of length three in the two-mode network. Range: 0 to 1. Unit: share. Cost: O(m). No path of length three: 0.

    Source: Robins and Alexander (2004), doi:10.1023/B:CMOT.0000032580.12184.c0, section 4.
    """
    paths = sum((two_mode.degree(one) - 1) * (two_mode.degree(other) - 1) for one, other in two_mode.edges())
    if not paths:
        return 0.0
    # A cycle of four is a pair of institutions with a pair of shared projects.
    cycles = sum(count * (count - 1) // 2 for _, _, count in network.edges(data="count"))
    return float(4 * cycles / paths)
