"""The disparity filter: values worked out by hand, its laws, and agreement with the formula edge by edge in NetworkX."""

from __future__ import annotations

import math

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analyse.backbone import backbone, backbone_upto, disparity, log_disparity
from kg.analyse.edges import EdgeList, collaboration, edge_list
from kg.analyse.incidence import Incidence
from kg.errors import AnalysisError
from tests.analyse.networks import GROUPS

WEIGHTED = st.dictionaries(
    st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh")).filter(lambda pair: pair[0] < pair[1]),
    st.floats(0.01, 100),
    min_size=1,
    max_size=20,
)


def network(edges: dict[tuple[str, str], float]) -> EdgeList:
    graph = nx.Graph()
    graph.add_edges_from((*pair, {"weight": weight}) for pair, weight in edges.items())
    return edge_list(graph)


def by_pair(edges: EdgeList) -> dict[tuple[str, str], float]:
    found = zip(edges.source.tolist(), edges.target.tolist(), disparity(edges).tolist(), strict=True)
    return {(min(a, b), max(a, b)): alpha for one, other, alpha in found for a, b in [(edges.names[one], edges.names[other])]}


def test_a_star_is_judged_from_its_middle() -> None:
    """Middle a with weights 8, 1, 1: strength 10, three edges. α(8) = (1 − 0.8)² = 0.04; α(1) = (1 − 0.1)² = 0.81; the ends with one edge say nothing."""
    found = by_pair(network({("a", "b"): 8, ("a", "c"): 1, ("a", "d"): 1}))
    assert found == {("a", "b"): pytest.approx(0.04), ("a", "c"): pytest.approx(0.81), ("a", "d"): pytest.approx(0.81)}


def test_either_end_may_keep_an_edge() -> None:
    """Path a–b–c–d with 1, 9, 1. At b: α(a–b) = 0.9, α(b–c) = 0.1; at c the same. b–c is 0.1 from either side, a–b is judged at b alone."""
    found = by_pair(network({("a", "b"): 1, ("b", "c"): 9, ("c", "d"): 1}))
    assert found == {("a", "b"): pytest.approx(0.9), ("b", "c"): pytest.approx(0.1), ("c", "d"): pytest.approx(0.9)}


def test_the_smaller_value_of_both_ends_counts() -> None:
    """At a (4 of 5, two edges) 0.2; at b (4 of 16, three edges: 4, 6, 6) 0.75² = 0.5625. 0.2 counts."""
    found = by_pair(network({("a", "b"): 4, ("a", "x"): 1, ("b", "y"): 6, ("b", "z"): 6}))
    assert found["a", "b"] == pytest.approx(0.2)


def test_a_pair_that_meets_nobody_else_is_never_kept() -> None:
    edges = network({("a", "b"): 100})
    assert disparity(edges).tolist() == [1.0]
    assert backbone(edges, 1.0).kept.tolist() == []
    assert len(backbone_upto(edges, 10).nodes) == 0


def test_equal_edges_of_a_complete_network_are_kept_together_or_not_at_all() -> None:
    """K4 with equal weights: each edge has (1 − 1/3)² = 4/9."""
    edges = edge_list(nx.complete_graph(4))
    assert disparity(edges) == pytest.approx([4 / 9] * 6)
    assert len(backbone(edges, 0.5).kept) == 6
    assert len(backbone(edges, 0.4).kept) == 0
    assert len(backbone_upto(edges, 3).kept) == 0
    assert len(backbone_upto(edges, 4).kept) == 6


def test_the_threshold_itself_is_not_kept() -> None:
    """The paper keeps α_ij < α."""
    edges = network({("a", "b"): 1, ("a", "c"): 1})
    assert disparity(edges).tolist() == pytest.approx([0.5, 0.5])
    assert (len(backbone(edges, 0.5).kept), len(backbone(edges, 0.51).kept)) == (0, 2)


def test_a_strong_edge_of_a_large_star_does_not_vanish() -> None:
    """5,001 edges, one of half the strength: log α = 5,000 · log ½, far below the smallest float."""
    edges = network({("a", f"b{n:04}"): 1.0 for n in range(5000)} | {("a", "c"): 5000.0})
    assert log_disparity(edges).min() == pytest.approx(5000 * math.log(0.5))
    found = backbone_upto(edges, 2)
    assert [found.edge_list.names, found.edge_list.number_of_edges()] == [["a", "c"], 1]


def test_an_edge_that_is_all_but_everything_has_a_number() -> None:
    found = log_disparity(network({("a", "b"): 1.0, ("a", "c"): 1e-300, ("b", "d"): 1e-300}))
    assert np.isfinite(found).all()


@settings(deadline=None)
@given(WEIGHTED)
def test_it_is_the_formula_of_the_paper(edges: dict[tuple[str, str], float]) -> None:
    graph = nx.Graph()
    graph.add_edges_from((*pair, {"weight": weight}) for pair, weight in edges.items())
    found = by_pair(edge_list(graph))
    for one, other, weight in graph.edges(data="weight"):
        ends = [(graph.degree(end), graph.degree(end, weight="weight")) for end in (one, other)]
        alphas = [(1 - weight / strength) ** (degree - 1) if degree > 1 else 1.0 for degree, strength in ends]
        assert found[min(one, other), max(one, other)] == pytest.approx(min(alphas), rel=1e-6, abs=1e-9)


@settings(deadline=None)
@given(WEIGHTED, st.floats(0.001, 1), st.floats(0.001, 1))
def test_a_larger_threshold_keeps_more(edges: dict[tuple[str, str], float], one: float, other: float) -> None:
    whole = network(edges)
    small, large = (set(backbone(whole, alpha).kept.tolist()) for alpha in sorted((one, other)))
    assert small <= large


@settings(deadline=None)
@given(WEIGHTED, st.integers(2, 9))
def test_it_shows_at_most_so_many_nodes_and_as_many_as_it_can(edges: dict[tuple[str, str], float], most: int) -> None:
    whole = network(edges)
    found = backbone_upto(whole, most)
    assert len(found.nodes) <= most
    above = found.log_alpha[(found.log_alpha >= found.log_threshold) & (found.log_alpha < 0)]
    if len(above):  # with the next edges it would be too many
        kept = found.log_alpha <= above.min()
        assert len(np.unique(np.concatenate((whole.source[kept], whole.target[kept])))) > most


@settings(deadline=None)
@given(WEIGHTED)
def test_the_unit_of_weights_does_not_matter(edges: dict[tuple[str, str], float]) -> None:
    doubled = {pair: 2 * weight for pair, weight in edges.items()}
    assert log_disparity(network(edges)) == pytest.approx(log_disparity(network(doubled)), abs=1e-8)


@settings(deadline=None)
@given(GROUPS)
def test_the_backbone_is_a_network_of_its_own(groups: list[list[str]]) -> None:
    whole = collaboration(Incidence.of({f"p{n}": set(group) for n, group in enumerate(groups)}))
    found = backbone(whole, 0.7)
    part = found.edge_list
    pairs = {(part.names[a], part.names[b]) for a, b in zip(part.source.tolist(), part.target.tolist(), strict=True)}
    assert pairs == {(whole.names[whole.source[edge]], whole.names[whole.target[edge]]) for edge in found.kept.tolist()}
    assert {name for pair in pairs for name in pair} == set(part.names)
    assert 0 <= found.share_of_weight <= 1


def test_a_network_without_edges_has_an_empty_backbone() -> None:
    empty = collaboration(Incidence.of({"p": {"a"}, "q": {"b"}}))
    for found in (backbone(empty), backbone_upto(empty)):
        assert (len(found.kept), len(found.nodes), found.share_of_weight) == (0, 0, 0.0)


@pytest.mark.parametrize("alpha", [0, -1, 1.5, math.nan])
def test_a_threshold_out_of_range_is_refused(alpha: float) -> None:
    with pytest.raises(AnalysisError, match="greater than 0"):
        backbone(network({("a", "b"): 1}), alpha)


def test_bad_input_is_refused() -> None:
    with pytest.raises(AnalysisError, match="two nodes"):
        backbone_upto(network({("a", "b"): 1}), 1)
    for weight in (0.0, -1.0, math.nan, math.inf):
        edges = EdgeList(["a", "b"], np.array([0], "int32"), np.array([1], "int32"), np.array([weight]), np.array([1.0]))
        with pytest.raises(AnalysisError, match="weights"):
            backbone(edges)
