"""Mappings as statements and as nodes: what a build loads into `graph/links`, and what a network merges.

Source: docs/decisions/0005-bulk.md, section "Links"; contracts, section 9: questions never follow links.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from kg.link.sssom import EntityMapping, MappingSet
from kg.namespaces import OWL, RDFS
from kg.quads import Quad, iri


def link_quads(mapping_set: MappingSet, graph: str, entity_exists: Callable[[str], bool], file: str = "") -> Iterator[Quad]:
    """Yield the statements of the accepted mappings whose two ends are in the graph.

    Exact mappings become `owl:sameAs`, all others `rdfs:seeAlso`; rejected ones (`predicate_modifier` Not) nothing.

    Args:
        mapping_set: As :func:`kg.link.sssom.read_sssom` returns it.
        graph: IRI of `graph/links`.
        entity_exists: Tells whether an IRI is the subject of a statement in the graph.
        file: Name of the file in origins; that of the set below `data/mappings` by default.
    """
    origin = file or f"data/mappings/{mapping_set.name}"
    for mapping in mapping_set.mappings:
        if not mapping.rejected and entity_exists(mapping.subject_id) and entity_exists(mapping.object_id):
            predicate = OWL.sameAs if mapping.exact else RDFS.seeAlso
            yield Quad(mapping.subject_id, predicate, *iri(mapping.object_id), graph, f"{origin}#{mapping.row}")


def canonical(mappings: Iterable[EntityMapping]) -> dict[str, str]:
    """Return the representative of each entity that exact mappings join: the connected components, rejected and inexact mappings left out.

    The representative is the smallest IRI among the component's subjects, so that the curated side names the node.

    >>> same = [EntityMapping("b", object_id="x"), EntityMapping("a", object_id="x"), EntityMapping("c", object_id="y", predicate_modifier="Not")]
    >>> canonical(same)
    {'a': 'a', 'b': 'a', 'x': 'a'}
    """
    pairs = [(mapping.subject_id, mapping.object_id) for mapping in mappings if mapping.exact]
    return representatives(pairs)


def representatives(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the representative of each entity in pairs (subject, object) of the same thing: the smallest subject of its component.

    >>> representatives([("a", "x"), ("b", "x")])
    {'a': 'a', 'b': 'a', 'x': 'a'}
    """
    above: dict[str, str] = {}
    subjects = set()

    def top(entity: str) -> str:
        while above.setdefault(entity, entity) != entity:
            above[entity] = above[above[entity]]
            entity = above[entity]
        return entity

    for subject, target in pairs:
        subjects.add(subject)
        above[top(target)] = top(subject)
    members: dict[str, list[str]] = {}
    for entity in sorted(above):
        members.setdefault(top(entity), []).append(entity)
    names = {root: min(subjects.intersection(found)) for root, found in members.items()}
    return {entity: names[top(entity)] for entity in sorted(above)}
