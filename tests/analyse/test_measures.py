"""Measures against answers worked out by hand, and against a second library."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networkx.algorithms import bipartite

from kg.analyse import Analysis, measures
from kg.analyse.communities import communities
from kg.analyse.projection import Row, members, network, two_mode
from kg.analyse.whole import reinforcement, whole


def teams(*groups: str) -> list[Row]:
    return [Row(f"{n}{one}", f"p{n}", one, "partner", "", "", one, f"p{n}") for n, group in enumerate(groups) for one in group]


PATH = teams("ab", "bc", "cd")
STAR = teams("ca", "cb", "cd", "ce")
COMPLETE = teams("abcd")


def test_path() -> None:
    net = network(PATH)
    # Pairs that b lies between: a-c, a-d of the three pairs without b.
    assert measures.betweenness(net) == pytest.approx({"a": 0, "b": 2 / 3, "c": 2 / 3, "d": 0})
    assert measures.degree(net) == {"a": 1, "b": 2, "c": 2, "d": 1}
    assert measures.clustering_projected(net) == {"a": 0, "b": 0, "c": 0, "d": 0}
    assert measures.core_number(net) == {"a": 1, "b": 1, "c": 1, "d": 1}
    assert measures.components(net) == [["a", "b", "c", "d"]]


def test_star() -> None:
    net = network(STAR)
    assert measures.betweenness(net) == pytest.approx({"c": 1, "a": 0, "b": 0, "d": 0, "e": 0})
    assert measures.strength(net) == pytest.approx({"c": 4, "a": 1, "b": 1, "d": 1, "e": 1})


def test_complete() -> None:
    net, both = network(COMPLETE), two_mode(COMPLETE)
    assert set(measures.betweenness(net).values()) == {0.0}
    assert set(measures.clustering_projected(net).values()) == {1.0}
    assert set(measures.core_number(net).values()) == {3}
    assert measures.strength(net) == pytest.approx(dict.fromkeys("abcd", 1.0))
    # One project: all project lists are equal, so the two-mode overlap is 1, but nobody meets again.
    assert set(measures.clustering_two_mode(both).values()) == {1.0}
    assert reinforcement(net, both) == 0


def test_two_mode_clustering_by_hand() -> None:
    both = two_mode(teams("ab", "ab", "ac"))
    # a: {0,1,2}, b: {0,1}, c: {2}. Overlaps of a: 2/3 with b, 1/3 with c; of b: 2/3 with a; of c: 1/3 with a.
    assert measures.clustering_two_mode(both) == pytest.approx({"a": 1 / 2, "b": 2 / 3, "c": 1 / 3})


def test_meeting_again_by_hand() -> None:
    rows = teams("ab", "ab")
    # One cycle of four and four paths of length three: all of them close.
    assert reinforcement(network(rows), two_mode(rows)) == 1.0


def test_weighted_betweenness_prefers_strong_ties() -> None:
    net = network(teams("ab", "ab", "bc", "bc", "ac", "axyz"), "count")
    # a-b-c is as long as a-c (1/2 + 1/2 = 1): b has half of the pairs a-c, c-x, c-y, c-z, 2 of 10.
    assert measures.betweenness(net)["b"] == pytest.approx(0.2)
    strong = network(teams("ab", "ab", "ab", "bc", "bc", "bc", "ac"), "count")
    assert measures.betweenness(strong)["b"] == 1  # a-b-c is 2/3 long, a-c is 1


def test_isolated_and_empty() -> None:
    net, both = network(teams("a")), two_mode(teams("a"))
    assert measures.betweenness(net) == measures.clustering_two_mode(both) == {"a": 0.0}
    assert measures.core_number(net) == {"a": 0}
    about = whole(net, both)
    assert (about.institutions, about.projects, about.edges, about.isolated, about.components) == (1, 1, 0, 1, 1)
    empty = whole(network([]), two_mode([]))
    assert (empty.institutions, empty.largest, empty.clustering_projected) == (0, 0, 0.0)


def test_sampled_betweenness_is_seeded() -> None:
    net = network(PATH + teams("de", "ef", "fa"))
    one, other = (measures.betweenness(net, seed=3, exact_limit=2) for _ in range(2))
    assert one == other
    # A ring of six: taking all six sources as the sample gives the exact values.
    assert one == pytest.approx(measures.betweenness(net))


GROUPS = st.lists(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=5, unique=True), min_size=1, max_size=8)


@settings(max_examples=50, deadline=None)
@given(GROUPS)
def test_betweenness_agrees_with_networkx_on_exact_fractions(groups: list[list[str]]) -> None:
    """NetworkX compares path lengths exactly, so it gets them as fractions; equal lengths are then equal."""
    rows = teams(*("".join(group) for group in groups))
    net, sizes = network(rows), {project: len(team) for project, team in members(rows).items()}
    exact = nx.Graph()
    exact.add_nodes_from(net)
    for one, other, shared in net.edges(data="shared"):
        exact.add_edge(one, other, distance=1 / sum(Fraction(1, sizes[project] - 1) for project in shared))
    expected = nx.betweenness_centrality(exact, weight="distance")
    assert measures.betweenness(net) == pytest.approx(expected, abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(GROUPS)
def test_other_measures_agree_with_a_second_library(groups: list[list[str]]) -> None:
    import igraph

    rows = teams(*("".join(group) for group in groups))
    net, both = network(rows), two_mode(rows)
    names = list(net)
    other = igraph.Graph(n=len(names), edges=[(names.index(a), names.index(b)) for a, b in net.edges()])
    assert measures.core_number(net) == dict(zip(names, other.coreness(), strict=True))
    assert measures.clustering_projected(net) == pytest.approx(dict(zip(names, other.transitivity_local_undirected(mode="zero"), strict=True)))
    connected = [n for n in names if net.degree(n)]
    assert {n: measures.clustering_two_mode(both)[n] for n in connected} == pytest.approx(bipartite.latapy_clustering(both, connected))
    assert reinforcement(net, both) == pytest.approx(bipartite.robins_alexander_clustering(both))


@settings(max_examples=30, deadline=None)
@given(GROUPS)
def test_newman_strength_counts_projects_with_partners(groups: list[list[str]]) -> None:
    strength = measures.strength(network(teams(*("".join(group) for group in groups))))
    assert strength == pytest.approx({one: sum(1 for g in groups if one in g and len(g) > 1) for g in groups for one in g})


def test_communities_find_two_cliques() -> None:
    rows = teams(*("".join(pair) for pair in [*combinations("abcd", 2), *combinations("wxyz", 2)]), "dw")
    found = communities(network(rows), seed=7)
    assert found.groups == {"c1": ["a", "b", "c", "d"], "c2": ["w", "x", "y", "z"]}
    assert found.of()["x"] == "c2"


def test_communities_are_the_same_in_every_process(analysis: Analysis) -> None:
    import json
    import os
    import subprocess
    import sys

    edges = [(a, b, d["weight"]) for a, b, d in analysis.network.edges(data=True)]
    code = (
        "import json,sys,networkx as nx; from kg.analyse.communities import communities; g=nx.Graph(); "
        "g.add_weighted_edges_from(json.load(sys.stdin)); print(json.dumps(communities(g, seed=1).groups))"
    )
    answers = []
    for hash_seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        done = subprocess.run([sys.executable, "-c", code], input=json.dumps(edges), text=True, capture_output=True, check=True, env=environment)
        answers.append(json.loads(done.stdout))
    assert answers[0] == answers[1]


def test_communities_of_nothing() -> None:
    assert communities(nx.Graph()).groups == {}
    assert communities(network(teams("a"))).groups == {"c1": ["a"]}
