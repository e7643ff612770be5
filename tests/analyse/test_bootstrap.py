"""Bootstrap over projects: every draw is the network of the projects drawn, a project drawn twice being two projects."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analyse import measures
from kg.analyse.bootstrap import betweennesses, common, degrees, interval, multiplicities, strengths
from kg.analyse.edges import Collaboration, collaboration
from kg.analyse.incidence import Incidence
from kg.analyse.projection import network
from kg.errors import AnalysisError
from tests.analyse.networks import GROUPS, rows


def of(groups: list[list[str]], weight: str = "newman") -> Collaboration:
    return collaboration(Incidence.of({f"p{n}": group for n, group in enumerate(groups)}), weight)


def test_one_draw_by_hand() -> None:
    """Projects abc, ab and cd; the second is drawn twice, the third once: a meets b alone, c meets d."""
    net, drawn = of([["a", "b", "c"], ["a", "b"], ["c", "d"]]), np.array([[0, 2, 1], [3, 0, 0]])
    shared = common(net)
    assert degrees(net, shared, drawn).tolist() == [[1, 1, 1, 1], [2, 2, 2, 0]]
    assert strengths(net, drawn, "newman").tolist() == [[2, 2, 1, 1], [3, 3, 3, 0]]
    assert strengths(net, drawn, "count").tolist() == [[2, 2, 1, 1], [6, 6, 6, 0]]


def test_betweenness_of_one_draw_by_hand() -> None:
    """ab and bc drawn, ac not: b lies between a and c, one of the one pair it could lie between."""
    net = of([["a", "b"], ["b", "c"], ["a", "c"]])
    assert betweennesses(net, common(net), np.array([[2, 1, 0], [1, 1, 1]]), "newman").tolist() == [[0, 1, 0], [0, 0, 0]]


@settings(max_examples=80, deadline=None)
@given(GROUPS, st.sampled_from(["newman", "count"]), st.data())
def test_a_draw_is_the_network_of_the_projects_drawn(groups: list[list[str]], weight: str, data: st.DataObject) -> None:
    """Compared with NetworkX on a network in which each project stands as often as it was drawn."""
    times = data.draw(st.lists(st.integers(0, 3), min_size=len(groups), max_size=len(groups)))
    net = of(groups, weight)
    order = [int(project[1:]) for project in net.incidence.projects]
    drawn = np.array([[times[number] for number in order]])
    alone: nx.Graph = network(rows([group for group, many in zip(groups, times, strict=True) for _ in range(many)]), weight)
    alone.add_nodes_from(net.names)
    shared = common(net)
    assert degrees(net, shared, drawn)[0].tolist() == [alone.degree(name) for name in net.names]
    assert strengths(net, drawn, weight)[0] == pytest.approx([alone.degree(name, weight="weight") for name in net.names])
    expected = measures.betweenness(alone)
    assert betweennesses(net, shared, drawn, weight)[0] == pytest.approx([expected[name] for name in net.names], abs=1e-9)


def test_projects_are_drawn_with_replacement_and_seeded() -> None:
    drawn = multiplicities(50, 400, 3)
    assert (drawn.sum(axis=1) == 50).all()
    assert (drawn == multiplicities(50, 400, 3)).all()
    assert (drawn != multiplicities(50, 400, 4)).any()
    assert (drawn == 0).mean() == pytest.approx((1 - 1 / 50) ** 50, abs=0.01)  # a third (1/e) is missing
    with pytest.raises(AnalysisError, match="at least 1"):
        multiplicities(50, 0, 1)


def test_intervals_by_hand() -> None:
    """Of 100 draws the third smallest and the third largest but one enclose 95 % (2.5 % lie below: the 3rd, 97.5 %: the 98th), moved by the bias.

    Values 1 … 100 in the draws have the mean 50.5; 60 in the data makes a bias of −9.5: from 3 + 9.5 to 98 + 9.5.
    """
    draws = np.arange(1, 101, dtype=float)[:, np.newaxis] * np.array([[1.0, 0.0]]) + np.array([[0.0, 49.5]])
    found = interval(np.array([60.0, 49.5]), draws, 1)
    assert found.bias.tolist() == [-9.5, 0.0]
    assert (found.low[0], found.high[0], found.low[1], found.high[1]) == (12.5, 107.5, 49.5, 49.5)
    assert found.rank.tolist() == [1, 2]
    assert found.top.tolist() == [0.51, 0.49]  # 50 … 100 lie above 49.5
    assert (found.rank_low.tolist(), found.rank_high.tolist()) == ([1, 1], [2, 2])


def test_intervals_never_reach_below_nothing_and_ties_share_a_rank() -> None:
    found = interval(np.array([1.0, 1.0, 0.0]), np.array([[5.0, 5.0, 0.0], [0.0, 0.0, 0.0]]), 2)
    assert found.low.min() == 0.0
    assert found.rank.tolist() == [1, 1, 3]
    assert interval(np.array([0.1 + 0.2, 0.3]), np.array([[0.1 + 0.2, 0.3]]), 1).rank.tolist() == [1, 1]


def test_sums_over_projects_come_out_right_on_average() -> None:
    """Strength is a sum over projects: its bias is nothing but chance; degree has fewer partners in a draw."""
    net = of([["a", *(f"x{n}" for n in range(m, m + 4))] for m in range(30)])
    drawn = multiplicities(30, 4000, 1)
    strength = interval(np.array([measures.strength(net)[name] for name in net.names]), strengths(net, drawn, "newman"), 1)
    assert strength.value[0] == 30.0
    assert strength.bias == pytest.approx(np.zeros(len(net.names)), abs=0.15)
    degree = interval(np.array([float(measures.degree(net)[name]) for name in net.names]), degrees(net, common(net), drawn), 1)
    assert degree.bias[0] < -1
    assert degree.low[0] < degree.value[0] < degree.high[0]


@pytest.mark.parametrize("groups", [[["a"]], [["a"], ["b"]]], ids=["one", "isolated"])
def test_networks_without_a_pair(groups: list[list[str]]) -> None:
    net = of(groups)
    drawn = multiplicities(len(groups), 5, 1)
    for found in (degrees(net, common(net), drawn), strengths(net, drawn, "newman"), betweennesses(net, common(net), drawn, "newman")):
        assert found.shape == (5, len(groups))
        assert not found.any()


def test_an_interval_ends_where_values_do() -> None:
    """Draws that miss much move the interval up: 0.9 with a bias of -0.2 would reach 1.1."""
    found = interval(np.array([0.9]), np.array([[0.5], [0.7], [0.9]]), 1, most=1.0)
    assert (found.high[0], interval(np.array([0.9]), np.array([[0.5], [0.7], [0.9]]), 1).high[0]) == (1.0, pytest.approx(1.1))
