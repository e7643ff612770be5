"""Groups: Leiden is as good as what NetworkX finds, seeded, connected, the same in whatever order edges come, and leaves Python's chance alone."""

from __future__ import annotations

import random
from itertools import combinations

import networkx as nx
import pytest
from hypothesis import given, settings

from kg.analyse import Analysis
from kg.analyse.communities import LEIDEN, communities, membership, modularity
from kg.analyse.edges import collaboration, edge_list
from kg.analyse.incidence import Incidence
from kg.analyse.projection import network
from kg.errors import AnalysisError
from tests.analyse import horizon
from tests.analyse.networks import GROUPS, everything_large, rows

CLIQUES = [list(pair) for pair in [*combinations("abcd", 2), *combinations("wxyz", 2), ("d", "w")]]


def test_two_cliques() -> None:
    """Modularity by hand: 13 edges, 6 in each group, strength 13 each: 12/13 - 2 (13/26)² = 0.423."""
    found = network(rows(CLIQUES), "count")
    for groups in (communities(found, seed=7), communities(collaboration(Incidence.of({str(n): pair for n, pair in enumerate(CLIQUES)})), seed=7)):
        assert groups.groups == {"c1": ["a", "b", "c", "d"], "c2": ["w", "x", "y", "z"]}
        assert groups.modularity == pytest.approx(12 / 13 - 0.5)
        assert groups.method == LEIDEN
        assert groups.of()["x"] == "c2"


def check(net: nx.Graph) -> None:
    """Compare with Louvain and the greedy method, and the modularity with NetworkX's own."""
    found = communities(net, seed=1)
    parts = [set(group) for group in found.groups.values()]
    assert nx.community.is_partition(net, parts)
    assert all(nx.is_connected(net.subgraph(part)) for part in parts)
    assert found.modularity == pytest.approx(nx.community.modularity(net, parts, weight="weight"), abs=1e-9)
    greedy = nx.community.modularity(net, nx.community.greedy_modularity_communities(net, weight="weight"), weight="weight")
    assert found.modularity >= greedy - 0.005
    louvain = nx.community.louvain_communities(net, weight="weight", seed=1)
    assert found.modularity >= nx.community.modularity(net, louvain, weight="weight") - 0.01


def test_leiden_is_as_good_on_dortmund(analysis: Analysis) -> None:
    check(analysis.network)


@horizon.needs_horizon
def test_leiden_is_as_good_on_a_part_of_horizon() -> None:
    teams = horizon.teams(horizon.rows())
    check(collaboration(Incidence.of({project: teams[project] for project in sorted(teams)[::40]})).networkx())


def test_equal_seeds_give_equal_groups_and_chance_stays_as_it_was(analysis: Analysis) -> None:
    edges = edge_list(analysis.network)
    random.seed(3)
    expected = random.random()
    random.seed(3)
    assert communities(edges, seed=5) == communities(edges, seed=5)
    assert random.random() == expected
    assert len(communities(edges, seed=5, resolution=3.0).groups) > len(communities(edges, seed=5, resolution=0.5).groups)


@settings(max_examples=40, deadline=None)
@given(GROUPS)
def test_the_order_of_edges_and_the_size_of_the_network_do_not_matter(groups: list[list[str]]) -> None:
    """As a graph, turned round, by columns: the same groups, so that two results on the same selection speak of the same ones."""
    net = network(rows(groups))
    turned = nx.Graph()
    turned.add_nodes_from(reversed(list(net)))
    turned.add_weighted_edges_from((other, one, weight) for one, other, weight in reversed(list(net.edges(data="weight"))))
    by_columns = collaboration(Incidence.of({f"p{n}": team for n, team in enumerate(groups)}))
    found = communities(net, seed=2).groups
    assert found == communities(turned, seed=2).groups == communities(by_columns, seed=2).groups
    assert set().union(*map(set, found.values())) == set(net)


@pytest.mark.parametrize(("heavy", "expected"), [("ab cd", ["ab", "cd"]), ("bc ad", ["ad", "bc"])])
def test_weights_decide(heavy: str, expected: list[str]) -> None:
    """In a ring of four two opposite pairs weigh 5, the others 1; without weights both rings are the same."""
    ring = nx.Graph()
    ring.add_weighted_edges_from((one, other, 5 if f"{one}{other}" in heavy.split() else 1) for one, other in ("ab", "bc", "cd", "ad"))
    assert ["".join(group) for group in communities(ring).groups.values()] == expected


def test_the_order_of_edges_does_not_decide_ties() -> None:
    """A grid has many partitions that are equally good."""
    grid = nx.convert_node_labels_to_integers(nx.grid_2d_graph(7, 7), ordering="sorted")
    for seed in range(5):
        edges = list(grid.edges)
        random.Random(seed).shuffle(edges)
        turned = nx.Graph((other, one) for one, other in edges)
        assert communities(turned, seed=seed).groups == communities(grid, seed=seed).groups


@pytest.mark.parametrize("resolution", [0.5, 1.0, 2.5])
def test_modularity_agrees_with_networkx_at_every_resolution(analysis: Analysis, resolution: float) -> None:
    edges = edge_list(analysis.network)
    found = membership(edges, seed=1, resolution=1.0)
    parts = [{edges.names[node] for node, own in enumerate(found) if own == group} for group in sorted(set(found))]
    expected = nx.community.modularity(analysis.network, parts, weight="weight", resolution=resolution)
    assert modularity(edges, found, resolution) == pytest.approx(expected, abs=1e-9)


def test_nothing_to_group() -> None:
    assert communities(nx.Graph()).groups == {}
    assert communities(network(rows([["a"], ["b"]]))).groups == {"c1": ["a"], "c2": ["b"]}
    assert communities(network(rows([["a"], ["b"]]))).modularity == 0
    assert communities(network(rows([["a", "b"]]))).groups == {"c1": ["a", "b"]}
    with everything_large():
        assert communities(network(rows([["a", "b"], ["c"]]))).groups == {"c1": ["a", "b"], "c2": ["c"]}


@pytest.mark.parametrize("resolution", [0, -1, float("nan"), float("inf")])
def test_a_resolution_must_be_a_positive_number(resolution: float) -> None:
    with pytest.raises(AnalysisError, match="resolution"):
        communities(nx.path_graph(3), resolution=resolution)


@pytest.mark.parametrize("weight", [0, -1.0, float("nan"), float("inf"), "much", None])
def test_a_weight_must_be_a_positive_number(weight: object) -> None:
    net = nx.Graph()
    net.add_edge("a", "b", weight=weight)
    with pytest.raises(AnalysisError, match="weight"):
        communities(net)
