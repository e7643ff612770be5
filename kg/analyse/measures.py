"""Measures of institutions in the collaboration network; each says formula, range, cost, where it is undefined, and where it comes from.

A projection ties all members of a project to each other, so its clustering says more about project sizes than about institutions; the two-mode
measure does not have this fault. Both are given, never one alone (Latapy, Magnien, Del Vecchio 2008, doi:10.1016/j.socnet.2007.04.006, section 4).

A network is a `networkx.Graph` or, by columns, a :class:`kg.analyse.edges.Collaboration`. NetworkX measures small ones; large ones and all that are
given by columns are measured by igraph and NumPy (:mod:`kg.analyse.by_columns`). Both give the same numbers, as :data:`AGREEMENT` says. Structural
holes stand in :mod:`kg.analyse.holes`, measures of the network as a whole in :mod:`kg.analyse.whole`.

Costs: n institutions, m pairs, d their mean number of partners. No value is ever NaN: what is undefined is 0 where the table says so, else `None`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from kg.analyse import by_columns
from kg.analyse.by_columns import Estimate
from kg.analyse.edges import Collaboration, EdgeList, collaboration, edge_list
from kg.analyse.incidence import Incidence, is_large

if TYPE_CHECKING:
    import networkx as nx

    Network: TypeAlias = nx.Graph | EdgeList
    TwoMode: TypeAlias = nx.Graph | Collaboration

EXACT_LIMIT = 5_000
SOURCES = 100
"""Sources of sampled betweenness."""
NEAR_SOURCES = 400
"""Sources of sampled harmonic closeness, which cost a fifth of those of betweenness; half of them are those of largest strength."""


class Agreement(NamedTuple):
    """What NetworkX and igraph must agree on to give the same number.

    Attributes:
        tolerance: Largest difference between the two, and between runs of either.
        normalisation: What a value is divided by.
        undefined: What stands where the definition gives nothing.
        settings: Settings of the libraries without which they differ.
    """

    tolerance: float
    normalisation: str
    undefined: str
    settings: str = ""


AGREEMENT: dict[str, Agreement] = {
    "degree": Agreement(0, "none", "isolated: 0"),
    "strength": Agreement(1e-9, "none", "isolated: 0"),
    "betweenness": Agreement(1e-9, "(n-1)(n-2)/2", "fewer than three nodes: 0", "igraph at every size: it compares path lengths with a tolerance"),
    "harmonic": Agreement(1e-9, "n-1", "unreachable: 1/distance is 0; a single node: 0", "SciPy at every size"),
    "pagerank": Agreement(1e-9, "sum 1", "no edges: 1/n each", "networkx: tol 1e-15; igraph: prpack; damping 0.85; weights as plain floats"),
    "clustering_projected": Agreement(1e-9, "pairs of partners", "fewer than two partners: 0", "igraph: mode zero, else NaN"),
    "clustering_two_mode": Agreement(1e-9, "partners", "isolated: 0"),
    "constraint": Agreement(1e-9, "none", "isolated: None (NetworkX and igraph: NaN)", "weights as plain floats"),
    "effective_size": Agreement(1e-9, "none", "isolated: None (NetworkX: NaN)"),
    "core_number": Agreement(0, "none", "isolated: 0"),
    "components": Agreement(0, "none", "isolated: a component of one"),
    "whole": Agreement(1e-9, "as each attribute says", "no triple, no path: 0", "igraph: mode zero, else NaN"),
    "assortativity": Agreement(1e-9, "largest value possible", "no pair, or no variation: None (both libraries: NaN)", "unknown values left out"),
}
"""One entry per measure; tests compare both libraries on real and random networks by it. igraph passes over NumPy's integer weights without a word,
so that it only ever gets lists of floats (:class:`kg.analyse.edges.EdgeList`)."""


def _large(network: Network) -> EdgeList | None:
    """Return a network by columns if that is how it is measured, else nothing."""
    if isinstance(network, EdgeList):
        return network
    return edge_list(network) if is_large(network.number_of_edges()) else None


def _named(edges: EdgeList, values: Sequence[Any], kind: type) -> dict[str, Any]:
    return {name: kind(value) for name, value in zip(edges.names, values, strict=True)}


def sources(nodes: int) -> int:
    """Return from how many sources betweenness and closeness are computed in a network of this size."""
    return nodes if nodes <= EXACT_LIMIT else SOURCES


def degree(network: Network) -> dict[str, int]:
    """Return the number of partners of each institution.

    Formula: k_i = number of j with w_ij > 0. Range: whole numbers from 0 (isolated) to n - 1. Unit: institutions. Cost: O(m). Always defined.

    Source: L. C. Freeman (1978), doi:10.1016/0378-8733(78)90021-7.
    """
    if (edges := _large(network)) is not None:
        return _named(edges, by_columns.degree(edges).tolist(), int)
    assert not isinstance(network, EdgeList)
    return {node: int(value) for node, value in network.degree()}


def strength(network: Network) -> dict[str, float]:
    """Return the sum of edge weights of each institution.

    Formula: s_i = Σ_j w_ij. Range: 0 (isolated) and more. Unit: that of the weight; with Newman's weight it is the number of projects with at least
    one partner, with `count` the sum of shared projects over partners. Cost: O(m). Always defined.

    Source: A. Barrat et al. (2004), doi:10.1073/pnas.0400087101; with Newman's weight: M. E. J. Newman (2001), doi:10.1103/PhysRevE.64.016132,
    equation 3.
    """
    if (edges := _large(network)) is not None:
        return _named(edges, by_columns.strength(edges).tolist(), float)
    assert not isinstance(network, EdgeList)
    return {node: float(value) for node, value in network.degree(weight="weight")}


def betweenness(network: Network, *, seed: int = 1, exact_limit: int = EXACT_LIMIT) -> dict[str, float]:
    """Return how often each institution lies on shortest paths between two others; :func:`betweenness_estimate` says how sure that is."""
    return betweenness_estimate(network, seed=seed, exact_limit=exact_limit).values


def betweenness_estimate(network: Network, *, seed: int = 1, exact_limit: int = EXACT_LIMIT, number: int = SOURCES) -> Estimate:
    """Return how often each institution lies on shortest paths between two others, with its standard error where it is estimated.

    Computed with igraph: Newman's distances are sums of fractions, and paths of equal length (2/3 + 2/3 and 4/3) differ in the last bit of a float;
    igraph compares with a tolerance, networkx does not and would miss such ties.

    Args:
        network: Edges hold `distance` > 0, no unit: 1 / weight.
        seed: Seed of the sample of sources, where one is taken.
        exact_limit: Up to this many nodes all sources are taken; above, some of them, and the values are estimates.
        number: How many sources a sample takes.

    Returns:
        One value per node, without unit: Σ over pairs s, t of σ_st(i) / σ_st, the share of shortest paths from s to t through i, divided by
        (n-1)(n-2)/2; 0 (never) to 1 (always), an estimate may lie a little above. 0 for isolated nodes, and for all where there are fewer than three.

    Cost: O(m + n log n) for each source; all n sources up to `exact_limit`, 762,000 pairs take 0.1 s a source.
    An estimate of 0 with an error of 0 says that no sampled path met the institution, not that none does.

    Source: U. Brandes (2001), doi:10.1080/0022250X.2001.9990249; sampled sources: Brandes and Pich (2007), doi:10.1142/S0218127407018403.
    """
    edges = network if isinstance(network, EdgeList) else edge_list(network)
    if len(edges) < 3 or not edges.number_of_edges():
        return Estimate(dict.fromkeys(edges.names, 0.0), {}, len(edges), True)
    return by_columns.betweenness(edges, len(edges) if len(edges) <= exact_limit else number, seed)


def harmonic(network: Network, *, seed: int = 1, exact_limit: int = EXACT_LIMIT, number: int = NEAR_SOURCES) -> Estimate:
    """Return how near each institution is to all others: the mean of 1 / distance, with its standard error where it is estimated.

    The sample is stratified by how near institutions are to the centre (:func:`kg.analyse.by_columns.harmonic`).

    Args:
        network: Edges hold `distance` > 0, no unit: 1 / weight.
        seed: Seed of the sample, where one is taken.
        exact_limit: Up to this many nodes the values are exact.
        number: How many institutions a sample takes.

    Returns:
        One value per node, in units of the weight: Σ_j 1 / d_ij, divided by n-1; 0 (no partner) up to the largest weight. Institutions out of reach
        count as 0, so that parts that hang together by nothing need no rule of their own; 0 for a single node.

    Cost: O(m + n log n) for each source, all n sources up to `exact_limit`.

    Source: M. Marchiori, V. Latora (2000), doi:10.1016/S0378-4371(00)00311-3; sampled: D. Eppstein, J. Wang (2004), doi:10.7155/jgaa.00081.
    """
    edges = network if isinstance(network, EdgeList) else edge_list(network)
    if len(edges) < 2 or not edges.number_of_edges():
        return Estimate(dict.fromkeys(edges.names, 0.0), {}, len(edges), True)
    return by_columns.harmonic(edges, len(edges) if len(edges) <= exact_limit else number, seed)


def pagerank(network: Network) -> dict[str, float]:
    """Return the share of time a walk spends at each institution that follows ties by weight and starts anew with probability 0.15.

    Formula: r_i = 0.15 / n + 0.85 (Σ_j r_j w_ij / s_j + r_isolated / n), where a walk at an isolated node goes on anywhere. Range: 0 to 1, sum 1.
    Unit: share. Cost: O(m) for each of some 100 steps. Without pairs 1/n each; an empty network has no values.

    Source: S. Brin, L. Page (1998), doi:10.1016/S0169-7552(98)00110-X.
    """
    if (edges := _large(network)) is not None:
        return _named(edges, by_columns.pagerank(edges), float)
    import networkx as nx

    # The default tolerance of 1e-6 is the error of the whole vector: single values would differ in the seventh digit.
    return {node: float(value) for node, value in nx.pagerank(network, weight="weight", tol=1e-15, max_iter=10_000).items()}


def clustering_projected(network: Network) -> dict[str, float]:
    """Return the share of pairs of an institution's partners that are partners too, without weights.

    Formula: 2 t_i / (k_i (k_i - 1)) with t_i ties among its k_i partners. Range: 0 to 1. Unit: share. Cost: O(m d). Fewer than two partners: 0.
    High wherever projects are large: every project is a complete graph.

    Source: Watts and Strogatz (1998), doi:10.1038/30918.
    """
    if (edges := _large(network)) is not None:
        return _named(edges, by_columns.clustering_projected(edges), float)
    import networkx as nx

    return {node: float(value) for node, value in nx.clustering(network).items()}


def clustering_two_mode(two_mode: TwoMode) -> dict[str, float]:
    """Return how far the project lists of an institution and of its partners overlap.

    Formula: mean of |A ∩ B| / |A ∪ B| over its partners, A and B the sets of projects. Range: 0 to 1; above 0 with a partner. Unit: share. Cost:
    O(m). An institution without partners gets 0.

    Args:
        two_mode: Institutions and projects as :func:`kg.analyse.projection.two_mode` gives them, or the collaboration network by columns.

    Source: Latapy, Magnien, Del Vecchio (2008), doi:10.1016/j.socnet.2007.04.006, section 3.2 (cc•).
    """
    if isinstance(two_mode, Collaboration):
        return _named(two_mode, by_columns.clustering_two_mode(two_mode).tolist(), float)
    projects = {node: set(two_mode[node]) for node, side in two_mode.nodes(data="bipartite") if side == 1}
    teams = {node: set(two_mode[node]) for node, side in two_mode.nodes(data="bipartite") if side == 0}
    if is_large(sum(len(team) * (len(team) - 1) // 2 for team in teams.values())):
        return clustering_two_mode(collaboration(Incidence.of(teams)))
    result = {}
    for node, own in projects.items():
        partners = set().union(*(teams[project] for project in own)) - {node} if own else set()
        overlaps = (len(own & projects[other]) / len(own | projects[other]) for other in sorted(partners))
        result[node] = sum(overlaps) / len(partners) if partners else 0.0
    return result


def core_number(network: Network) -> dict[str, int]:
    """Return the largest k such that the institution is in a part of the network where each has at least k partners.

    Range: whole numbers from 0 (isolated) to the number of its partners. Unit: institutions. Cost: O(m). Always defined.
    One project of k + 1 institutions is enough for core number k.

    Source: Batagelj and Zaveršnik (2003), arXiv:cs/0310049.
    """
    if (edges := _large(network)) is not None:
        return _named(edges, by_columns.core_number(edges), int)
    import networkx as nx

    return {node: int(value) for node, value in nx.core_number(network).items()}


def components(network: Network) -> list[list[str]]:
    """Return the connected components, largest first, equal ones by smallest IRI; members sorted.

    Two institutions are in one component if a chain of shared projects joins them. An isolated one is a component of its own. Cost: O(m + n log n).
    """
    if (edges := _large(network)) is not None:
        found = [sorted(edges.names[node] for node in part) for part in by_columns.components(edges)]
    else:
        import networkx as nx

        found = [sorted(part) for part in nx.connected_components(network)]
    return sorted(found, key=lambda part: (-len(part), part[0]))
