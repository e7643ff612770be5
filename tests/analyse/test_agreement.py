"""NetworkX and igraph give the same numbers, measure by measure as the table of agreements says; samples know how wrong they are."""

from __future__ import annotations

import inspect
import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings

from kg.analyse import holes, measures
from kg.analyse import whole as of_the_whole
from kg.analyse.by_columns import Estimate
from kg.analyse.edges import collaboration, edge_list
from kg.analyse.incidence import Incidence
from kg.analyse.measures import AGREEMENT
from kg.analyse.projection import Row, members, network, participations, two_mode
from kg.build import Build
from kg.engine.duckdb import DuckDB
from tests.analyse.networks import GROUPS, everything_large, rows

COMPARED_ELSEWHERE = {"constraint", "effective_size", "assortativity"}
"""Always measured by columns; test_holes and test_mixing compare them with NetworkX and igraph."""


def numbers(value: Any) -> Any:
    return value.values if isinstance(value, Estimate) else value.to_json() if isinstance(value, of_the_whole.Whole) else value


def compare(found: list[Row], name: str) -> None:
    """Compare NetworkX, igraph on the columns, and igraph on the same `networkx.Graph`."""
    plain, both, columns = network(found), two_mode(found), collaboration(Incidence.of(members(found)))
    measure: Callable[..., Any] = of_the_whole.whole if name == "whole" else getattr(measures, name)

    def of(one: Any, other: Any) -> Any:
        return numbers(measure(one, other) if name == "whole" else measure(other if name == "clustering_two_mode" else one))

    expected = of(plain, both)
    with everything_large():
        again = of(plain, both)
    for got in (of(columns, columns), again):
        if name == "components":
            assert got == expected
        else:
            assert got == pytest.approx(expected, rel=0, abs=AGREEMENT[name].tolerance)


def test_every_measure_is_in_the_table() -> None:
    modules = (measures, holes, of_the_whole)
    functions = {
        name for module in modules for name, value in vars(module).items() if inspect.isfunction(value) and value.__module__ == module.__name__
    }
    helpers = {"sources", "betweenness_estimate", "reinforcement", "two_steps"}  # part of `betweenness`, `whole` and `constraint`
    assert {name for name in functions if not name.startswith("_")} - helpers == set(AGREEMENT) - {"assortativity"}


BOTH_WAYS = sorted(set(AGREEMENT) - COMPARED_ELSEWHERE)


@pytest.mark.parametrize("name", BOTH_WAYS)
@pytest.mark.parametrize("level", ["merged", "top"])
def test_libraries_agree_on_dortmund(graph: Build, engine: DuckDB, name: str, level: str) -> None:
    compare(participations(engine, graph.parquet, level=level), name)


@pytest.mark.parametrize("name", BOTH_WAYS)
@settings(max_examples=25, deadline=None)
@given(groups=GROUPS)
def test_libraries_agree_on_random_networks(groups: list[list[str]], name: str) -> None:
    compare(rows(groups), name)


@pytest.mark.parametrize("name", BOTH_WAYS)
def test_libraries_agree_on_nothing_and_on_one(name: str) -> None:
    compare(rows([["a"]]), name)
    compare([], name)


@settings(max_examples=40, deadline=None)
@given(GROUPS)
def test_closeness_agrees_with_networkx_on_exact_fractions(groups: list[list[str]]) -> None:
    found = rows(groups)
    net, sizes = network(found), {project: len(team) for project, team in members(found).items()}
    exact = nx.Graph()
    exact.add_nodes_from(net)
    for one, other, shared in net.edges(data="shared"):
        exact.add_edge(one, other, distance=1 / sum(Fraction(1, sizes[project] - 1) for project in shared))
    others = max(len(net) - 1, 1)
    expected = {node: float(value) / others for node, value in nx.harmonic_centrality(exact, distance="distance").items()}
    assert measures.harmonic(net).values == pytest.approx(expected, abs=1e-9)


def test_pagerank_takes_the_weights() -> None:
    """A library that passes over weights gives b and c the same (igraph does with NumPy's integers)."""
    found = network(rows([["a", "b"], ["a", "b"], ["a", "c"]]), "count")
    with everything_large():
        ranks = measures.pagerank(found)
    assert ranks["b"] > 1.5 * ranks["c"]
    assert sum(ranks.values()) == pytest.approx(1)


@pytest.fixture(scope="module")
def middling() -> nx.Graph:
    chooser = random.Random(5)
    names = [f"i{n:03}" for n in range(300)]
    return network(rows([chooser.sample(names, chooser.randint(2, 9)) for _ in range(150)]))


@pytest.mark.parametrize("measure", [measures.betweenness_estimate, measures.harmonic], ids=["betweenness", "harmonic"])
def test_a_sample_states_its_error(middling: nx.Graph, measure: Callable[..., Estimate]) -> None:
    """The true value lies within two standard errors about as often as it should, and the errors are not merely large."""
    exact = measure(middling)
    assert (exact.exact, exact.errors, exact.sources) == (True, {}, len(middling))
    inside, total = 0, 0
    for seed in range(12):
        sample = measure(middling, seed=seed, exact_limit=10, number=100)
        assert (sample.exact, sample.sources) == (False, 100)
        assert sample.to_json()["largest_standard_error"] == max(sample.errors.values())
        for node, value in sample.values.items():
            if exact.values[node] > 1e-3:
                inside += abs(value - exact.values[node]) <= 2.1 * sample.errors[node]
                total += 1
    assert inside / total > 0.85
    largest = max(exact.values, key=lambda node: exact.values[node])
    assert sample.errors[largest] < exact.values[largest] / 2
    one, again, other = (measure(middling, seed=seed, exact_limit=10, number=100) for seed in (3, 3, 4))
    assert one == again != other


def test_the_correction_makes_closeness_surer() -> None:
    """In a network with a centre the error is a part of that of a plain sample of as many sources, and it is stated as it is."""
    chooser = random.Random(2)
    centre, others = [f"c{n:02}" for n in range(20)], [f"i{n:03}" for n in range(400)]
    near = [[*chooser.sample(centre, 2), chooser.choice(others[:150])] for _ in range(500)]
    far = [[chooser.choice(others[:150]), *chooser.sample(others[150:], 5)] for _ in range(90)]
    found = edge_list(network(rows([*near, *far])))
    exact = np.array(list(measures.harmonic(found).values.values()))
    lengths = found.graph.distances(weights=found.lengths)
    contributions = np.array([[1 / one if one else 0.0 for one in line] for line in lengths])
    off, plain, within = [], [], []
    for seed in range(20):
        sample = measures.harmonic(found, seed=seed, exact_limit=10, number=80)
        values, errors = np.array(list(sample.values.values())), np.array(list(sample.errors.values()))
        off.append(np.abs(values - exact).mean())
        within.append((np.abs(values - exact) <= 2.1 * errors + 1e-12).mean())
        drawn = random.Random(seed).sample(range(len(found)), 80)
        plain.append(np.abs(contributions[drawn].mean(axis=0) * len(found) / (len(found) - 1) - exact).mean())
    assert np.mean(off) < 0.6 * np.mean(plain)
    assert np.mean(within) > 0.8
