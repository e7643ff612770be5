"""Assortativity by hand, against NetworkX and igraph, and its errors against leaving out pairs and projects one by one."""

from __future__ import annotations

import math
from functools import partial

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analyse.data import load
from kg.analyse.edges import Collaboration, collaboration, edge_list
from kg.analyse.incidence import Incidence
from kg.analyse.measures import AGREEMENT
from kg.analyse.mixing import Mixing, by_degree, by_value, mixing
from kg.analyse.projection import members
from kg.build import Build
from kg.engine.duckdb import DuckDB
from tests.analyse.networks import GROUPS, rows

VALUES = {name: "xyz"[position % 3] for position, name in enumerate("abcdefghij")}


def net(groups: list[list[str]]) -> Collaboration:
    return collaboration(Incidence.of(members(rows(groups))))


def test_two_kinds_by_hand() -> None:
    # Pairs ab, cd alike, bc not: e = 2/3; three ends of each kind: Σ a² = 1/2; r = (2/3 - 1/2) / (1 - 1/2) = 1/3.
    found = by_value(net([["a", "b"], ["b", "c"], ["c", "d"]]), {"a": "x", "b": "x", "c": "y", "d": "y"}, "kind")
    assert (found.value, found.alike, found.alike_by_chance) == pytest.approx((1 / 3, 2 / 3, 1 / 2))
    assert (found.categories, found.pairs, found.pairs_left_out, found.unknown) == (2, 3, 0, 0)
    # Without ab: pairs bc, cd, ends x 1, y 3: r = (1/2 - 10/16) / (6/16) = -1/3; the same without cd; without bc all are alike: 1.
    assert found.error == pytest.approx(math.sqrt(2 * (2 / 3) ** 2 + (2 / 3) ** 2))
    # Here every project is one pair: the same values, around their mean 1/9, with (G - 1) / G.
    assert found.error_projects == pytest.approx(math.sqrt(2 / 3 * (2 * (4 / 9) ** 2 + (8 / 9) ** 2)))


def test_unknown_values_are_left_out_and_counted() -> None:
    groups = [["a", "b"], ["b", "c"], ["c", "d"], ["d", "e"], ["f"]]
    values = {"a": "x", "b": "x", "c": "y", "d": "y", "e": ""}
    found = by_value(net(groups), values, "kind")
    assert found.value == pytest.approx(1 / 3)
    assert (found.pairs, found.pairs_left_out, found.unknown) == (3, 1, 2)


@pytest.mark.parametrize(
    ("groups", "values"),
    [([["a"], ["b"]], VALUES), ([["a", "b"], ["b", "c"]], dict.fromkeys("abc", "x")), ([["a", "b"]], {}), ([["a", "b"]], {"a": "x"})],
    ids=["no pair", "one kind", "nothing known", "one known"],
)
def test_undefined_is_none(groups: list[list[str]], values: dict[str, str]) -> None:
    found = by_value(net(groups), values, "kind")
    assert (found.value, found.error, found.error_projects) == (None, None, None)


def test_degrees_by_hand() -> None:
    # A star: the centre has three partners, the others one; every pair joins the extremes: -1. A ring: all alike, undefined.
    star = by_degree(net([["c", "x"], ["c", "y"], ["c", "z"]]))
    assert star.value == pytest.approx(-1)
    ring = by_degree(net([["a", "b"], ["b", "c"], ["c", "d"], ["d", "a"]]))
    assert (ring.value, ring.error, ring.error_projects) == (None, None, None)
    assert by_degree(net([["a"]])).value is None
    # A path of four: degrees (1,2), (2,2), (2,1); mean 5/3, covariance -1/9, variance 2/9.
    assert by_degree(net([["a", "b"], ["b", "c"], ["c", "d"]])).value == pytest.approx(-1 / 2)


def test_karate_club_as_published() -> None:
    """Newman (2003) gives no value for it; igraph and NetworkX document -0.4756 for degree."""
    assert by_degree(edge_list(nx.karate_club_graph())).value == pytest.approx(-0.47561, abs=1e-5)


def as_number(value: float | None) -> float:
    return float("nan") if value is None else value


@settings(max_examples=60, deadline=None)
@given(GROUPS)
def test_libraries_agree(groups: list[list[str]]) -> None:
    columns = net(groups)
    graph = columns.networkx()
    nx.set_node_attributes(graph, VALUES, "value")
    other = columns.graph
    nominal, degree = as_number(by_value(columns, VALUES, "kind").value), as_number(by_degree(columns).value)
    close = partial(pytest.approx, rel=0, abs=AGREEMENT["assortativity"].tolerance, nan_ok=True)
    assert nominal == close(other.assortativity_nominal(["xyz".index(VALUES[name]) for name in columns.names], directed=False))
    if columns.number_of_edges():
        met = {VALUES[node] for node in graph if graph.degree(node)}
        assert math.isnan(nominal) == (len(met) == 1)
        if len(met) > 1:
            assert nominal == close(nx.attribute_assortativity_coefficient(graph, "value"))
        if not math.isnan(degree):
            assert degree == close(other.assortativity_degree(directed=False))
            assert degree == close(nx.degree_pearson_correlation_coefficient(graph))


@settings(max_examples=40, deadline=None)
@given(GROUPS)
def test_errors_are_those_of_leaving_out_one_by_one(groups: list[list[str]]) -> None:
    columns = net(groups)
    found = by_value(columns, VALUES, "kind")
    graph = columns.networkx()
    nx.set_node_attributes(graph, VALUES, "value")
    if found.value is not None and found.error is not None:
        total = 0.0
        for edge in list(graph.edges):
            less = graph.copy()
            less.remove_edge(*edge)
            total += (nx.attribute_assortativity_coefficient(less, "value") - found.value) ** 2
        assert found.error == pytest.approx(math.sqrt(total), abs=1e-9)
    if found.value is not None and found.error_projects is not None:
        large = [place for place, group in enumerate(groups) if len(group) > 1]
        left = [by_value(net([group for place, group in enumerate(groups) if place != out]), VALUES, "kind").value for out in large]
        mean = math.fsum(as_number(value) for value in left) / len(left)
        squares = math.fsum((as_number(value) - mean) ** 2 for value in left)
        assert found.error_projects == pytest.approx(math.sqrt((len(left) - 1) / len(left) * squares), abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(GROUPS, st.permutations("xyz"))
def test_names_of_categories_do_not_matter(groups: list[list[str]], names: list[str]) -> None:
    turned = {name: names["xyz".index(value)] for name, value in VALUES.items()}
    one, other = by_value(net(groups), VALUES, "kind"), by_value(net(groups), turned, "kind")
    for field in ("value", "error", "error_projects"):
        assert as_number(getattr(one, field)) == pytest.approx(as_number(getattr(other, field)), nan_ok=True)
    assert one.value is None or -1 <= one.value <= 1


def test_pairs_of_a_star_of_coordinators_have_no_error_over_projects() -> None:
    """Where sharing a project is not enough to be a pair, projects do not say which pairs fall away with them."""
    full = net([["a", "b", "c"], ["c", "d"]])
    keep = full.weight > 0.6
    part = Collaboration(full.names, full.source[keep], full.target[keep], full.weight[keep], full.distance[keep], full.count[keep], full.incidence)
    assert by_degree(part).error_projects is None


def test_mixing_of_dortmund(graph: Build, engine: DuckDB) -> None:
    kind, country, degree = mixing(load(graph, engine=engine))
    assert [one.by for one in (kind, country, degree)] == ["kind", "country", "degree"]
    assert isinstance(kind, Mixing)
    # Two institutions without a kind, 32 pairs with them.
    assert (kind.unknown, kind.pairs, kind.pairs_left_out) == (2, 1914, 32)
    assert kind.error is not None
    assert kind.error_projects is not None
    # Pairs of one project come about together: taken as independent they seem surer than they are.
    assert kind.error_projects > kind.error
