"""Mappings as statements and nodes."""

from __future__ import annotations

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.link.links import canonical, link_quads
from kg.link.sssom import BROAD, EXACT, EntityMapping, MappingSet
from kg.namespaces import OWL, RDFS

ROWS = (
    EntityMapping("a", object_id="x", row=2),
    EntityMapping("b", predicate_id=BROAD, object_id="x", row=3),
    EntityMapping("c", predicate_modifier="Not", object_id="y", row=4),
    EntityMapping("d", object_id="gone", row=5),
)


def test_links_of_accepted_rows_whose_ends_exist() -> None:
    found = list(link_quads(MappingSet({}, {}, ROWS, "m.sssom.tsv"), "g", {"a", "b", "c", "d", "x", "y"}.__contains__))
    assert [(quad.subject, quad.predicate, quad.object, quad.graph, quad.origin) for quad in found] == [
        ("a", OWL.sameAs, "x", "g", "data/mappings/m.sssom.tsv#2"),
        ("b", RDFS.seeAlso, "x", "g", "data/mappings/m.sssom.tsv#3"),
    ]


def test_only_exact_mappings_make_one_node() -> None:
    assert canonical(ROWS) == {"a": "a", "x": "a", "d": "d", "gone": "d"}


EDGES = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.sampled_from("uvwxyz"), st.sampled_from(["", "Not"]), st.sampled_from([EXACT[0], BROAD])), max_size=12
)


@settings(deadline=None)
@given(EDGES)
def test_components_agree_with_networkx(edges: list[tuple[str, str, str, str]]) -> None:
    network = nx.Graph((left, right) for left, right, modifier, predicate in edges if not modifier and predicate in EXACT)
    mappings = [
        EntityMapping(left, predicate_id=predicate, predicate_modifier=modifier, object_id=right) for left, right, modifier, predicate in edges
    ]
    expected = {node: min(part & set("abcdef")) for part in nx.connected_components(network) for node in part}
    assert canonical(mappings) == expected
    assert canonical(reversed(mappings)) == expected
