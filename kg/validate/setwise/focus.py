"""Targets: the focus nodes that shapes begin with.

Shapes with the same targets are many (a class with twenty property shapes); a target is looked up once for all of them.
Source: SHACL, section 2.1.3.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kg.quads import Term
from kg.validate.setwise.data import Data
from kg.validate.setwise.model import Model, Targets
from kg.validate.setwise.tables import small_table


def targets(data: Data, model: Model, found: Mapping[int, Sequence[Term]], tables: Mapping[str, Any] | None = None) -> Any:
    """Return columns `shape, focus`, each pair once.

    Args:
        data: Terms and triples.
        model: Compiled shapes.
        found: What SPARQL-based targets found in a store, by shape.
        tables: What others found as expressions: text of a query → column `focus`.
    """
    import ibis

    sets: dict[tuple[Targets, tuple[Term, ...]], int] = {}
    members: list[tuple[int, int]] = []
    for shape in model.shapes:
        if shape.targets:
            key = (shape.targets, tuple(found.get(shape.number, ())))
            members.append((shape.number, sets.setdefault(key, len(sets))))
    named: set[tuple[int, int]] = set()
    kinds: list[tuple[int, int]] = []
    subjects: list[tuple[int, int]] = []
    objects: list[tuple[int, int]] = []
    below = data.subclasses({iri for shape in model.shapes for iri in shape.targets.classes})
    for (target, terms), number in sets.items():
        named |= {(number, data.numbers[term]) for term in (*target.nodes, *terms)}
        kinds += [(number, lower) for iri in target.classes for lower in below[iri]]
        subjects += [(number, data.predicates[iri]) for iri in target.subjects_of]
        objects += [(number, data.predicates[iri]) for iri in target.objects_of]
    triples, engine = data.triples, data.engine
    parts = [small_table(engine, ("target", "focus"), named)]
    if kinds:
        typed = triples.filter(triples.p == data.type_place).select(focus="s", kind="o")
        parts.append(typed.join(small_table(engine, ("target", "kind"), kinds), "kind").select("target", "focus"))
    if subjects:
        parts.append(triples.join(small_table(engine, ("target", "p"), subjects), "p").select("target", focus="s"))
    if objects:
        parts.append(triples.join(small_table(engine, ("target", "p"), objects), "p").select("target", focus="o"))
    for (target, _), number in sets.items():
        for query in target.queries:
            if tables and query.text in tables:
                parts.append(tables[query.text].select(target=ibis.literal(number).cast("int64"), focus="focus"))
    # Not a distinct union: with many parts it is a distinct for each.
    distinct = ibis.union(*parts).distinct() if len(parts) > 1 else parts[0]
    shapes = small_table(engine, ("shape", "target"), members)
    return engine.cache(distinct.join(shapes, "target").select("shape", "focus"))
