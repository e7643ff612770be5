"""Groups of large networks: Leiden is as good as what NetworkX finds, seeded, connected, and leaves Python's chance alone."""

from __future__ import annotations

import random
from itertools import combinations

import networkx as nx
import pytest

from kg.analyse import Analysis
from kg.analyse.communities import LEIDEN, communities, leiden, louvain
from kg.analyse.edges import collaboration, edge_list
from kg.analyse.incidence import Incidence
from kg.analyse.projection import network
from tests.analyse import horizon
from tests.analyse.networks import everything_large, rows


def test_two_cliques() -> None:
    found = network(rows([list(pair) for pair in [*combinations("abcd", 2), *combinations("wxyz", 2), ("d", "w")]]))
    with everything_large():
        groups = communities(found, seed=7)
    assert groups.groups == {"c1": ["a", "b", "c", "d"], "c2": ["w", "x", "y", "z"]}
    assert groups.method == LEIDEN


def check(net: nx.Graph) -> None:
    """Compare with Louvain and the greedy method, and the modularity with NetworkX's own."""
    found = leiden(edge_list(net), seed=1, resolution=1.0)
    parts = [set(group) for group in found.groups.values()]
    assert nx.community.is_partition(net, parts)
    assert all(nx.is_connected(net.subgraph(part)) for part in parts)
    assert found.modularity == pytest.approx(nx.community.modularity(net, parts, weight="weight"), abs=1e-9)
    greedy = nx.community.modularity(net, nx.community.greedy_modularity_communities(net, weight="weight"), weight="weight")
    assert found.modularity >= greedy - 0.005
    assert found.modularity >= louvain(net, seed=1, resolution=1.0).modularity - 0.01


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
    assert leiden(edges, seed=5, resolution=1.0) == leiden(edges, seed=5, resolution=1.0)
    assert random.random() == expected
    assert len(leiden(edges, seed=5, resolution=3.0).groups) > len(leiden(edges, seed=5, resolution=0.5).groups)


def test_nothing_to_group() -> None:
    with everything_large():
        assert communities(nx.Graph()).groups == {}
        assert communities(network(rows([["a"], ["b"]]))).groups == {"c1": ["a"], "c2": ["b"]}
