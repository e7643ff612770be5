"""The set-oriented SHACL engine: shapes as expressions over the quad table, all focus nodes at a time.

A shapes graph is compiled to plain records (`compile`, `model`); focus and value nodes are found level by level (`walk`), each constraint
component is one expression for all shapes (`checks`, `logic`, `closed`), and constraints that are queries run on a store, once for many
focus nodes (`queries`). It follows the W3C Recommendation alone: what it does not evaluate (recursive shapes, entailment regimes) it
refuses by :class:`kg.errors.ShapesError`.
Source: Shapes Constraint Language (SHACL), W3C Recommendation, 20 July 2017, https://www.w3.org/TR/shacl/; SPARQL-based targets of SHACL
Advanced Features, W3C Working Group Note, 8 June 2017.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg.namespaces import RDFS, local_name
from kg.quads import Term
from kg.validate.raw import Raw, raw_text

if TYPE_CHECKING:
    from rdflib import Graph

    from kg.engine.base import Engine
    from kg.validate.setwise.finding import Finding
    from kg.validate.setwise.model import Model, Shape
    from kg.validate.setwise.solutions import Ask


def find(engine: Engine, quads: Any, shapes: Graph, query: Ask | None) -> list[Raw]:
    """Validate a quad table.

    Args:
        engine: The session that holds the table.
        quads: Ibis table with the columns of :mod:`kg.quads`; the union of its graphs is validated, every triple once.
        shapes: The shapes graph; never changed.
        query: Answers a SPARQL query on a store of the same data, the union of graphs as its default graph, with what
            `pyoxigraph.Store.query` or :meth:`kg.store.Store.query` returns. None: a store is made where one is needed.

    Returns:
        Results, in a fixed order.

    Raises:
        ShapesError: The shapes are ill-formed, or ask for what is refused.
    """
    from kg.validate.setwise.compile import compile_shapes
    from kg.validate.setwise.data import encode
    from kg.validate.setwise.evaluate import Evaluation
    from kg.validate.setwise.focus import targets
    from kg.validate.setwise.parameters import check_parameters
    from kg.validate.setwise.queries import Prebinding

    model = compile_shapes(shapes)
    check_parameters(engine, shapes)
    if not model.shapes:
        return []
    prebinding = Prebinding(engine, quads, shapes, query)
    found = prebinding.targets(model)
    mentioned = [*_terms(model), *(term for terms in found.values() for term in terms)]
    data = encode(engine, quads, _predicates(model), mentioned)
    evaluation = Evaluation(data, model, quads, targets(data, model, found), prebinding)
    return sorted((as_raw(model.shapes[one.shape], one, focus) for one, focus in evaluation.findings()), key=_order)


def _predicates(model: Model) -> set[str]:
    """Return the predicates that shapes speak of."""
    from kg.validate.setwise.paths import predicates

    found = set()
    for shape in model.shapes:
        found |= {*shape.targets.subjects_of, *shape.targets.objects_of, *(predicates(shape.path) if shape.path else ())}
        if shape.targets.classes:
            found.add(RDFS.subClassOf)
        for constraint in shape.constraints:
            if constraint.name in ("Equals", "Disjoint", "LessThan", "LessThanOrEquals"):
                found.add(constraint.value)
            elif constraint.name == "Class":
                found.add(RDFS.subClassOf)
    return found


def _terms(model: Model) -> list[Term]:
    """Return the terms that shapes speak of, other than predicates."""
    found: list[Term] = []
    for shape in model.shapes:
        found += [*shape.targets.nodes, *map(Term, shape.targets.classes)]
        for constraint in shape.constraints:
            if constraint.name == "Class":
                found.append(Term(constraint.value))
            elif constraint.name == "HasValue":
                found.append(constraint.value)
            elif constraint.name == "In":
                found += constraint.value
    return found


def as_raw(shape: Shape, finding: Finding, focus: Term) -> Raw:
    """Return a finding as a result."""
    messages = finding.messages or shape.messages
    return Raw(
        severity=local_name(shape.severity),
        shape=shape.name,
        component=finding.component,
        focus=raw_text(focus),
        path=finding.path or shape.path_name,
        value=raw_text(finding.value) if finding.value is not None else "",
        texts=tuple(sorted(message.value for message in messages)),
        constraint=finding.constraint,
        messages=messages,
        severity_iri=shape.severity,
        shape_node=shape.node,
        path_node=None if finding.path else shape.path_node,
    )


def _order(raw: Raw) -> tuple[str, ...]:
    return (raw.shape, raw.component, raw.focus, raw.path, raw.value, *raw.texts)
