"""Constraint and effective size: by hand, by law, and against NetworkX and igraph."""

from __future__ import annotations

import igraph
import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analyse import holes
from kg.analyse.edges import collaboration, edge_list
from kg.analyse.incidence import Incidence
from kg.analyse.measures import AGREEMENT
from kg.analyse.projection import members, network
from tests.analyse.networks import GROUPS, rows

WEIGHTED = st.lists(
    st.tuples(st.integers(0, 7), st.integers(0, 7), st.floats(0.01, 100)).filter(lambda edge: edge[0] != edge[1]), min_size=0, max_size=25
)


def weighted(edges: list[tuple[int, int, float]]) -> nx.Graph:
    graph = nx.Graph()
    graph.add_nodes_from(f"n{n}" for n in range(8))
    graph.add_weighted_edges_from((f"n{one}", f"n{other}", weight) for one, other, weight in edges)
    return graph


def test_constraint_by_hand() -> None:
    # b has two partners who do not know each other: 2 · (1/2)². a has all its ties with b: 1².
    assert holes.constraint(nx.path_graph(["a", "b", "c"])) == pytest.approx({"a": 1.0, "b": 0.5, "c": 1.0})
    # A triangle: direct 1/2, by way of the third 1/2 · 1/2, twice: 2 · (3/4)².
    assert holes.constraint(nx.complete_graph(["a", "b", "c"])) == pytest.approx(dict.fromkeys("abc", 9 / 8))
    # n in a complete graph: (n-1) · (1/(n-1) + (n-2)/(n-1)²)² = (2n-3)²/(n-1)³.
    assert holes.constraint(nx.complete_graph(5)) == pytest.approx(dict.fromkeys(range(5), 49 / 64))


def test_weights_count_for_constraint_and_not_for_effective_size() -> None:
    graph = nx.Graph()
    graph.add_weighted_edges_from([("a", "b", 3.0), ("a", "c", 1.0)])
    # a puts 3/4 of its ties into b: (3/4)² + (1/4)².
    assert holes.constraint(graph)["a"] == pytest.approx(10 / 16)
    assert holes.effective_size(graph)["a"] == 2
    assert holes.effective_size(graph, weighted=True)["a"] == pytest.approx(2)
    graph.add_edge("b", "c", weight=1.0)
    # Partners b and c with one tie between them: 2 - 2/2. By weight: b is redundant by p_ac m_bc = 1/4 · 1/3, c by p_ab m_cb = 3/4 · 1.
    assert holes.effective_size(graph)["a"] == pytest.approx(1)
    assert holes.effective_size(graph, weighted=True)["a"] == pytest.approx(2 - 1 / 12 - 3 / 4)


def test_effective_size_by_hand() -> None:
    star = holes.effective_size(nx.star_graph(["c", "x", "y", "z"]))
    assert star == {"c": 3.0, "x": 1.0, "y": 1.0, "z": 1.0}
    assert set(holes.effective_size(nx.complete_graph(6)).values()) == {1.0}
    # Borgatti (1997), k - 2t/k: the hub of a wheel of six has six partners with six ties among them, 6 - 12/6.
    assert holes.effective_size(nx.relabel_nodes(nx.wheel_graph(7), str))["0"] == pytest.approx(4.0)


@pytest.mark.parametrize("measure", [holes.constraint, holes.effective_size])
def test_isolated_institutions_have_none(measure: object) -> None:
    net = network(rows([["a"], ["b", "c"]]))
    for given_network in (net, collaboration(Incidence.of(members(rows([["a"], ["b", "c"]]))))):
        assert measure(given_network) == {"a": None, "b": 1.0, "c": 1.0}  # type: ignore[operator]
    assert measure(nx.Graph()) == {}  # type: ignore[operator]
    assert measure(nx.empty_graph(["a"])) == {"a": None}  # type: ignore[operator]


def known(found: dict[str, float | None]) -> dict[str, float]:
    return {name: float("nan") if value is None else value for name, value in found.items()}


def close(name: str, expected: object) -> object:
    return pytest.approx(expected, rel=1e-9, abs=AGREEMENT[name].tolerance, nan_ok=True)


@settings(max_examples=60, deadline=None)
@given(WEIGHTED)
def test_both_libraries_agree_on_weights(edges: list[tuple[int, int, float]]) -> None:
    graph = weighted(edges)
    if graph.number_of_edges():
        assert known(holes.constraint(graph)) == close("constraint", nx.constraint(graph, weight="weight"))
        # Node by node: the matrix form of NetworkX 3.6 divides by the largest weight of the wrong end.
        assert known(holes.effective_size(graph, weighted=True)) == close(
            "effective_size", nx.effective_size(graph, nodes=list(graph), weight="weight")
        )
    assert known(holes.effective_size(graph)) == close("effective_size", nx.effective_size(graph, nodes=list(graph)))
    columns = edge_list(graph)
    other = igraph.Graph(n=len(columns), edges=list(zip(columns.source.tolist(), columns.target.tolist(), strict=True)))
    found = dict(zip(columns.names, other.constraint(weights=columns.weights), strict=True))
    assert known(holes.constraint(columns)) == close("constraint", found)


@settings(max_examples=60, deadline=None)
@given(WEIGHTED, st.floats(0.001, 1000))
def test_laws(edges: list[tuple[int, int, float]], factor: float) -> None:
    """Constraint lies between 1/k and 2 and does not change with the unit of weights; effective size lies between 1 and k."""
    graph = weighted(edges)
    scaled = weighted([(one, other, weight * factor) for one, other, weight in edges])
    values, again = holes.constraint(graph), holes.constraint(scaled)
    sizes = [holes.effective_size(graph), holes.effective_size(graph, weighted=True)]
    for node, partners in graph.degree():
        value = values[node]
        if not partners:
            assert value is None
            assert sizes[0][node] is sizes[1][node] is None
            continue
        assert value is not None
        assert 1 / partners - 1e-9 <= value < 2
        assert value == pytest.approx(again[node])
        for found in sizes:
            size = found[node]
            assert size is not None
            assert 1 - 1e-9 <= size <= partners + 1e-9


@settings(max_examples=30, deadline=None)
@given(GROUPS)
def test_blocks_of_any_size_give_the_same(groups: list[list[str]]) -> None:
    net = collaboration(Incidence.of(members(rows(groups))))
    whole = holes.two_steps(net, np.ones(len(net)))
    dense = np.zeros((len(net), len(net)))
    dense[net.source, net.target] = dense[net.target, net.source] = net.weight
    assert whole == pytest.approx((dense @ dense)[net.source, net.target])
    for steps, cells in ((1, 10**6), (10, 10**6), (10**6, 1), (10**6, 15)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(holes, "STEPS", steps)
            patch.setattr(holes, "CELLS", cells)
            assert holes.two_steps(net, np.ones(len(net))) == pytest.approx(whole)
