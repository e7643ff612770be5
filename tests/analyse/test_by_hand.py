"""Networks of textbooks, with answers worked out by hand or published: path, star, complete graph, kite, Florentine families, southern women."""

from __future__ import annotations

import networkx as nx
import pytest
from networkx.algorithms import bipartite

from kg.analyse import holes, measures
from kg.analyse.edges import Collaboration, collaboration
from kg.analyse.incidence import Incidence
from kg.analyse.mixing import by_degree
from kg.analyse.whole import whole

PATH = nx.path_graph(["a", "b", "c", "d"])
STAR = nx.star_graph(["c", "v", "x", "y", "z"])
COMPLETE = nx.complete_graph(["a", "b", "c", "d"])


def test_path() -> None:
    # Distances of a: 1, 2, 3; of b: 1, 1, 2.
    assert measures.harmonic(PATH).values == pytest.approx({"a": 11 / 18, "b": 5 / 6, "c": 5 / 6, "d": 11 / 18})
    # b lies between a and c and between a and d: two of three pairs.
    assert measures.betweenness(PATH) == pytest.approx({"a": 0, "b": 2 / 3, "c": 2 / 3, "d": 0})
    assert holes.effective_size(PATH) == {"a": 1.0, "b": 2.0, "c": 2.0, "d": 1.0}
    assert holes.constraint(PATH) == pytest.approx({"a": 1.0, "b": 0.5, "c": 0.5, "d": 1.0})


def test_star() -> None:
    assert measures.harmonic(STAR).values == pytest.approx({"c": 1, **dict.fromkeys("vxyz", 2.5 / 4)})
    assert measures.betweenness(STAR) == pytest.approx({"c": 1, **dict.fromkeys("vxyz", 0)})
    # c = 0.03 + 0.85 · 4x and x = 0.03 + 0.85 c / 4: c = 0.132 / 0.2775.
    assert measures.pagerank(STAR) == pytest.approx({"c": 0.132 / 0.2775, **dict.fromkeys("vxyz", 0.03 + 0.85 * 0.132 / 0.2775 / 4)})
    assert holes.constraint(STAR) == pytest.approx({"c": 1 / 4, **dict.fromkeys("vxyz", 1)})
    assert holes.effective_size(STAR) == {"c": 4.0, **dict.fromkeys("vxyz", 1.0)}
    assert by_degree_of(STAR) == pytest.approx(-1)


def test_complete() -> None:
    assert set(measures.harmonic(COMPLETE).values.values()) == {1.0}
    assert measures.pagerank(COMPLETE) == pytest.approx(dict.fromkeys("abcd", 1 / 4))
    assert holes.constraint(COMPLETE) == pytest.approx(dict.fromkeys("abcd", 25 / 27))  # (2n-3)² / (n-1)³
    assert holes.effective_size(COMPLETE) == pytest.approx(dict.fromkeys("abcd", 1))
    assert by_degree_of(COMPLETE) is None  # all have the same number of partners


def by_degree_of(graph: nx.Graph) -> float | None:
    from kg.analyse.edges import edge_list

    return by_degree(edge_list(graph)).value


def test_krackhardt_kite() -> None:
    """D. Krackhardt (1990), doi:10.2307/2393394, figure 1: Diane has most ties, Heather lies between most."""
    names = ["Andre", "Beverley", "Carol", "Diane", "Ed", "Fernando", "Garth", "Heather", "Ike", "Jane"]
    kite = nx.relabel_nodes(nx.krackhardt_kite_graph(), dict(enumerate(names)))
    degree, between, near = measures.degree(kite), measures.betweenness(kite), measures.harmonic(kite).values
    assert (degree["Diane"], degree["Fernando"], degree["Garth"], degree["Jane"]) == (6, 5, 5, 1)
    # As published, of 36 pairs: Heather 14, Fernando and Garth 8.33, Ike 8, Diane 3.67.
    published = {"Heather": 14, "Fernando": 8 + 1 / 3, "Garth": 8 + 1 / 3, "Ike": 8, "Diane": 3 + 2 / 3, "Jane": 0}
    assert {name: between[name] * 36 for name in published} == pytest.approx(published)
    # Fernando reaches 5 in one step, 3 in two, 1 in three: closeness 9/14 = 0.643 as published, and here (5 + 3/2 + 1/3) / 9.
    assert near["Fernando"] == near["Garth"] == pytest.approx((5 + 3 / 2 + 1 / 3) / 9)
    # Diane reaches 6, 1, 1 and 1 in one to four steps. The mean of 1 / distance puts her first, the mean distance of the published measure does not.
    assert near["Diane"] == max(near.values()) == pytest.approx((6 + 1 / 2 + 1 / 3 + 1 / 4) / 9)
    # Heather's partners Fernando and Garth know each other and have five ties each: (1/3)² + 2 (1/3 + 1/15)²; 3 - 2/3.
    assert holes.constraint(kite)["Heather"] == pytest.approx(1 / 9 + 2 * (2 / 5) ** 2)
    assert holes.effective_size(kite)["Heather"] == pytest.approx(3 - 2 / 3)
    assert holes.effective_size(kite)["Diane"] == pytest.approx(6 - 2 * 8 / 6)  # eight ties among her six partners
    assert (measures.core_number(kite)["Diane"], measures.core_number(kite)["Jane"]) == (3, 1)


def test_florentine_families() -> None:
    """J. F. Padgett, C. K. Ansell (1993), doi:10.1086/230190; betweenness of the marriage network in S. Wasserman, K. Faust (1994), chapter 5."""
    families = nx.florentine_families_graph()
    between = measures.betweenness(families)
    # The Medici lie on 47.5 of the 91 shortest connections between the fourteen other families.
    assert between["Medici"] * 91 == pytest.approx(47.5)
    published = {"Medici": 0.522, "Guadagni": 0.255, "Albizzi": 0.212, "Salviati": 0.143, "Ridolfi": 0.114, "Strozzi": 0.103, "Acciaiuoli": 0.0}
    assert {name: between[name] for name in published} == pytest.approx(published, abs=6e-4)
    # Six partners of the Medici, one tie among them (Ridolfi and Tornabuoni, who have three partners each).
    assert holes.effective_size(families)["Medici"] == pytest.approx(6 - 2 / 6)
    assert holes.constraint(families)["Medici"] == pytest.approx(4 / 36 + 2 * (1 / 6 + 1 / 18) ** 2)
    assert measures.clustering_projected(families)["Medici"] == pytest.approx(1 / 15)
    assert max(measures.pagerank(families).items(), key=lambda item: item[1])[0] == "Medici"


@pytest.fixture(scope="module")
def women() -> Collaboration:
    """Women as institutions, social events as projects."""
    davis = nx.davis_southern_women_graph()
    return collaboration(Incidence.of({event: list(davis[event]) for event in davis.graph["bottom"]}))


def test_davis_southern_women(women: Collaboration) -> None:
    """A. Davis, B. Gardner, M. Gardner (1941), Deep South: 18 women at 14 events, 89 attendances."""
    about = whole(women, women)
    assert (about.institutions, about.projects, len(women.incidence.rows)) == (18, 14, 89)
    # 139 of the 153 pairs of women met at least once, as NetworkX projects it too.
    davis = nx.davis_southern_women_graph()
    assert about.edges == bipartite.projected_graph(davis, davis.graph["top"]).number_of_edges() == 139
    assert about.density == pytest.approx(139 / 153)
    # As documented with NetworkX's function, an independent implementation.
    assert about.clustering_two_mode == pytest.approx(bipartite.robins_alexander_clustering(davis)) == pytest.approx(0.468, abs=5e-4)
    assert about.clustering_projected > 0.9
    events = dict(zip(women.names, women.incidence.degrees.tolist(), strict=True))
    assert (events["Evelyn Jefferson"], events["Theresa Anderson"], events["Flora Price"]) == (8, 8, 2)
    overlap = measures.clustering_two_mode(women)
    assert overlap["Flora Price"] == overlap["Olivia Carleton"]  # both were at events 9 and 11 and nowhere else
    # Newman's weight: an event of k women gives each of them 1 in all.
    assert measures.strength(women) == pytest.approx({name: float(number) for name, number in events.items()})


def test_two_events_by_hand(women: Collaboration) -> None:
    """Flora meets Olivia at events 9 and 11, of 12 and 4 women: 1/11 + 1/3."""
    place = {name: position for position, name in enumerate(women.names)}
    pair = {place["Flora Price"], place["Olivia Carleton"]}
    edge = next(i for i, ends in enumerate(zip(women.source.tolist(), women.target.tolist(), strict=True)) if set(ends) == pair)
    assert int(women.count[edge]) == 2
    assert float(women.weight[edge]) == pytest.approx(1 / 11 + 1 / 3)
