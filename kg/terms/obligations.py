"""The obligations that the shapes put on each class and property, as records whose words are those of the shapes."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from kg.namespaces import RDF, SH
from kg.terms.model import SEVERITIES, Obligation
from kg.terms.statements import Statements

_NAME = re.compile(r"^([A-Z]\w*?)Shape(?:-|$)")
_WORD = re.compile(r"\binno:([A-Za-z]\w*)")
_STEPS = (SH.inversePath, SH.alternativePath, SH.zeroOrMorePath, SH.oneOrMorePath, SH.zeroOrOnePath)


def obligations(folder: Path, namespace: str, classes: tuple[str, ...], short: Callable[[str], str]) -> dict[str, tuple[Obligation, ...]]:
    """Read the shapes and return the rules of each term, most severe first.

    A rule that speaks of no term stands under its own IRI. A rule belongs to the class in whose name it stands (`<Class>Shape-<what>`) and that it targets, and to the properties of its path, target or query.

    Args:
        folder: Turtle files of shapes.
        namespace: Of the ontology.
        classes: Its classes.
        short: Gives the short name of an IRI.
    """
    shapes = Statements(sorted(folder.glob("*.ttl")))
    found: dict[str, dict[str, Obligation]] = {}
    for shape in shapes.subjects():
        words = shapes.texts(shape, SH.description)
        if shape.startswith("_:") or not words or not (shapes.objects(shape, SH.severity) or shapes.objects(shape, SH.path)):
            continue
        name = shape.rpartition("#")[2]
        of = match[1] if (match := _NAME.match(name)) and namespace + match[1] in classes else ""
        path = _path(shapes, shape)
        least, most = (shapes.value(shape, one) for one in (SH.minCount, SH.maxCount))
        rule = Obligation(
            shape=shape,
            name=name,
            of=of,
            severity=shapes.value(shape, SH.severity).rpartition("#")[2] or SEVERITIES[0],
            description=words,
            path=", ".join(short(one) for one in path),
            least=int(least) if least.isdigit() else None,
            most=int(most) if most.isdigit() else None,
            codes=tuple(one for head in shapes.iris(shape, SH["in"]) for one in shapes.members(head)),
        )
        speaks = {*path, *shapes.iris(shape, SH.targetSubjectsOf), *shapes.iris(shape, SH.targetObjectsOf), *shapes.iris(shape, SH.targetClass)}
        speaks |= {namespace + word for word in _queried(shapes, shape) if namespace + word not in classes}
        if of:
            speaks.add(namespace + of)
        for iri in speaks or {shape}:
            found.setdefault(iri, {})[shape] = rule
    rank = {name: number for number, name in enumerate(SEVERITIES)}
    return {iri: tuple(sorted(rules.values(), key=lambda one: (rank.get(one.severity, 9), one.name))) for iri, rules in found.items()}


def _path(shapes: Statements, shape: str) -> list[str]:
    """Return the properties of a path, whatever its form (SHACL, section 2.3.1)."""
    found: list[str] = []
    waiting = shapes.iris(shape, SH.path)
    seen: set[str] = set()
    while waiting:
        one = waiting.pop(0)
        if one in seen:
            continue
        seen.add(one)
        if not one.startswith("_:"):
            found.append(one)
            continue
        waiting += [step for kind in _STEPS for step in shapes.iris(one, kind)]
        waiting += shapes.members(one) if shapes.objects(one, RDF.first) else []
    return [one for one in found if one != RDF.nil]


def _queried(shapes: Statements, shape: str) -> set[str]:
    """Return the short names in the queries of a shape: its SPARQL target and constraints."""
    nodes = [shape, *shapes.iris(shape, SH.target), *shapes.iris(shape, SH.sparql)]
    queries = [text for node in nodes for text in shapes.texts(node, SH.select).values()]
    return {word for query in queries for word in _WORD.findall(re.sub(r"(?m)^\s*#.*$", "", query))}
