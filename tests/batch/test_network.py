"""Pairs, degree, components and PageRank: by hand, and against NetworkX and igraph on random networks."""

from __future__ import annotations

import igraph
import networkx as nx
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.batch import components, network, pagerank, paths, propagation
from kg.engine.duckdb import DuckDB
from tests.batch.small import Teams, expected, names, numbers, participations, tables

NAMES = [f"https://example.org/id/organisation/{name}" for name in ("a", "b", "Ä", "c/d", "c", "e\u2028f", "😀", "z", "a b", "=x")]
TEAMS = st.dictionaries(
    st.sampled_from([f"https://example.org/id/project/{n}" for n in range(8)]), st.lists(st.sampled_from(NAMES), min_size=1, max_size=6), min_size=1
)
SOME = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

BY_HAND: Teams = {"p1": ["a", "b", "c"], "p2": ["a", "b", "a"], "p3": ["d", "e"], "p4": ["f"]}
"""a and b share two projects (weights 1/2 and 1), c is with them in one; d and e are a pair of their own, f is alone; a stands twice in p2."""


def test_pairs_by_hand(duck: DuckDB) -> None:
    nodes, _, pairs = tables(duck, BY_HAND)
    name = names(duck, nodes)
    assert [name[number] for number in range(6)] == ["a", "b", "c", "d", "e", "f"]
    found = {(name[row["source"]], name[row["target"]]): (row["count"], row["weight"]) for row in duck.to_pylist(pairs)}
    assert found == {("a", "b"): (2, 1.5), ("a", "c"): (1, 0.5), ("b", "c"): (1, 0.5), ("d", "e"): (1, 1.0)}
    degrees = {name[row["node"]]: (row["degree"], row["strength"], row["shared"]) for row in duck.to_pylist(network.degree(pairs, nodes))}
    # With Newman's weight the strength of an institution is the number of its projects with a partner.
    assert degrees == {"a": (2, 2.0, 3), "b": (2, 2.0, 3), "c": (2, 1.0, 2), "d": (1, 1.0, 1), "e": (1, 1.0, 1), "f": (0, 0.0, 0)}


def test_sums_beyond_a_double_are_exact(duck: DuckDB) -> None:
    # 2^62 and 3: as a double it would be 2^62; the sum of 64-bit integers is one of 128 bits in DuckDB, which Parquet holds as a double.
    pairs = duck.table(pa.table({"source": numbers([0, 0]), "target": numbers([1, 2]), "count": numbers([2**62, 3]), "weight": pa.array([1.0, 0.1])}))
    nodes = duck.table(pa.table({"id": numbers([0, 1, 2]), "iri": pa.array(["a", "b", "c"])}))
    rows = {row["node"]: row["shared"] for row in duck.to_pylist(network.degree(pairs, nodes))}
    assert rows == {0: 2**62 + 3, 1: 2**62, 2: 3}


@SOME
@given(TEAMS)
def test_pairs_equal_plain_loops(duck: DuckDB, teams: Teams) -> None:
    nodes, _, pairs = tables(duck, teams)
    name, graph = names(duck, nodes), expected(teams)
    assert sorted(name.values()) == [name[number] for number in range(len(name))] == sorted(graph)
    rows = duck.to_pylist(pairs)
    assert {(name[row["source"]], name[row["target"]]): row["count"] for row in rows} == {
        tuple(sorted(ends)): graph.edges[ends]["count"] for ends in graph.edges
    }
    for row in rows:
        assert row["source"] < row["target"]
        assert row["weight"] == pytest.approx(graph.edges[name[row["source"]], name[row["target"]]]["weight"], abs=1e-12)


def by_rounds(engine: DuckDB, teams: Teams) -> tuple[dict[str, str], int]:
    nodes, team, _ = tables(engine, teams)
    labels, rounds = engine.cache(components.start(nodes)), 0
    while True:
        after = engine.cache(components.step(team, labels))
        changed, labels, rounds = engine.scalar(components.changed(labels, after)), after, rounds + 1
        if not changed:
            name = names(engine, nodes)
            return {name[row["node"]]: name[row["component"]] for row in engine.to_pylist(components.named(labels))}, rounds


@SOME
@given(TEAMS)
def test_components_equal_networkx(duck: DuckDB, teams: Teams) -> None:
    found, _ = by_rounds(duck, teams)
    assert found == {one: min(part) for part in nx.connected_components(expected(teams)) for one in part}


def test_components_of_a_long_path_need_few_rounds(duck: DuckDB) -> None:
    path = {f"p{n}": [f"o{n:04}", f"o{n + 1:04}"] for n in range(500)}
    found, rounds = by_rounds(duck, path)
    assert set(found.values()) == {"o0000"}
    assert rounds <= 20


def ranked(engine: DuckDB, teams: Teams, rounds: int) -> dict[str, float]:
    nodes, team, _ = tables(engine, teams)
    flow = engine.cache(pagerank.flows(team))
    ranks = engine.cache(pagerank.start(flow))
    number = engine.scalar(nodes.count())
    isolated = number - engine.scalar(ranks.count())
    for this in range(rounds):
        alone = pagerank.isolated_rank(this, number, isolated)
        ranks = engine.cache(pagerank.step(flow, ranks, pagerank.given_to_all(alone, number, isolated)))
    name = names(engine, nodes)
    last = pagerank.isolated_rank(rounds, number, isolated)
    return {name[row["node"]]: row["pagerank"] for row in engine.to_pylist(pagerank.final(nodes, ranks, number, last))}


def test_pagerank_equals_networkx_and_igraph(duck: DuckDB) -> None:
    teams = {**BY_HAND, "p5": ["c", "d", "g", "h", "i"], "p6": ["g", "j"], "p7": ["k"]}
    graph, found = expected(teams), ranked(duck, teams, 130)
    assert sum(found.values()) == pytest.approx(1, abs=1e-12)
    one = nx.pagerank(graph, weight="weight", tol=1e-15, max_iter=1000)
    nodes = sorted(graph)
    edges = [(nodes.index(a), nodes.index(b)) for a, b in graph.edges]
    weights = [float(graph.edges[ends]["weight"]) for ends in graph.edges]
    other = igraph.Graph(n=len(nodes), edges=edges).pagerank(directed=False, damping=0.85, weights=weights, implementation="prpack")
    for place, node in enumerate(nodes):
        assert found[node] == pytest.approx(one[node], abs=1e-9)
        assert found[node] == pytest.approx(other[place], abs=1e-9)


@SOME
@given(TEAMS, st.integers(1, 4))
def test_rounds_of_pagerank_are_steps_of_a_matrix(duck: DuckDB, teams: Teams, rounds: int) -> None:
    graph, found = expected(teams), ranked(duck, teams, rounds)
    nodes = sorted(graph)
    weights = nx.to_numpy_array(graph, nodelist=nodes, weight="weight")
    strength = weights.sum(axis=1)
    rank = np.full(len(nodes), 1 / len(nodes))
    for _ in range(rounds):
        arriving = weights @ np.divide(rank, strength, out=np.zeros(len(nodes)), where=strength > 0)
        rank = 0.15 / len(nodes) + 0.85 * (arriving + rank[strength == 0].sum() / len(nodes))
    assert [found[node] for node in nodes] == pytest.approx(rank.tolist(), abs=1e-13)


def hops(engine: DuckDB, teams: Teams) -> tuple[dict[str, float], dict[str, float]]:
    """Return betweenness in steps from every origin, and its error."""
    nodes, _, pairs = tables(engine, teams)
    degrees = engine.cache(network.degree(pairs, nodes))
    connected = engine.scalar(degrees.filter(degrees.degree > 0).count())
    near = engine.cache(paths.neighbours(pairs))
    levels = [engine.cache(paths.origins(degrees, connected, connected))]
    assert engine.scalar(levels[0].count()) == connected
    while engine.scalar(levels[-1].count()):
        levels.append(engine.cache(paths.further(near, levels[-1], levels[-2] if len(levels) > 1 else None)))
    beyond, found = None, None
    for level in reversed(levels[1:]):
        beyond = engine.cache(paths.back(near, level, beyond))
        found = beyond if found is None else found.union(beyond)
    number = engine.scalar(nodes.count())
    rows = engine.to_pylist(paths.betweenness(nodes, found, number=number, connected=max(connected, 1), taken=max(connected, 1)))
    name = names(engine, nodes)
    return {name[row["node"]]: row["betweenness"] for row in rows}, {name[row["node"]]: row["error"] for row in rows}


@settings(SOME, max_examples=5)
@given(TEAMS.filter(lambda teams: any(len(set(team)) > 1 for team in teams.values())))
def test_betweenness_from_all_origins_is_the_exact_one(duck: DuckDB, teams: Teams) -> None:
    found, _ = hops(duck, teams)
    exact = nx.betweenness_centrality(expected(teams))
    for node, value in exact.items():
        assert found[node] == pytest.approx(value, abs=1e-12)


def propagated(engine: DuckDB, teams: Teams, rounds: int, parts: int = 1) -> dict[str, str]:
    nodes, team, _ = tables(engine, teams)
    labels = engine.cache(components.start(nodes))
    for this in range(1, rounds + 1):
        best = propagation.heard(engine, team, labels, parts=parts)
        labels = engine.cache(propagation.step(labels, best, smaller=this % 2 == 1))
    name = names(engine, nodes)
    return {name[row["node"]]: name[row["label"]] for row in engine.to_pylist(labels)}


def test_label_propagation_by_hand(duck: DuckDB) -> None:
    # Two teams of four that share one member: each keeps together. A pair does not swap labels for ever.
    teams = {
        "p1": ["a", "b", "c", "d"],
        "p2": ["a", "b", "c", "d"],
        "p3": ["d", "w"],
        "p4": ["w", "x", "y", "z"],
        "p5": ["w", "x", "y", "z"],
        "p6": ["k", "l"],
        "p7": ["q"],
    }
    found = propagated(duck, teams, 8)
    assert found == propagated(duck, teams, 9) == propagated(duck, teams, 10)
    groups: dict[str, set[str]] = {}
    for one, label in found.items():
        groups.setdefault(label, set()).add(one)
    assert sorted(map(sorted, groups.values())) == [["a", "b", "c", "d"], ["k", "l"], ["q"], ["w", "x", "y", "z"]]


@SOME
@given(TEAMS)
def test_labels_never_leave_a_component(duck: DuckDB, teams: Teams) -> None:
    part, _ = by_rounds(duck, teams)
    found = propagated(duck, teams, 4)
    assert all(part[one] == part[label] for one, label in found.items())
    assert propagated(duck, teams, 4, parts=3) == found


@SOME
@given(TEAMS)
def test_one_label_step_is_the_definition(duck: DuckDB, teams: Teams) -> None:
    graph, found = expected(teams), propagated(duck, teams, 1)
    for one in graph:
        weights = {other: round(graph.edges[one, other]["weight"], 9) for other in graph[one]}
        heard = min((other for other, weight in weights.items() if weight == max(weights.values())), default=one)
        assert found[one] == min(one, heard)


def test_a_table_without_participations(duck: DuckDB) -> None:
    empty = participations(duck, {})
    nodes = network.institutions(empty)
    team = network.members(empty, nodes, network.projects(empty))
    assert duck.to_pylist(network.degree(network.edges(team), nodes)) == []
    assert duck.to_pylist(pagerank.final(nodes, pagerank.start(pagerank.flows(team)), 1, 1.0)) == []
