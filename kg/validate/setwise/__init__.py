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
    from kg.validate.setwise.evaluate import Evaluation
    from kg.validate.setwise.finding import Finding
    from kg.validate.setwise.kept import Kept
    from kg.validate.setwise.model import Model, Shape
    from kg.validate.setwise.solutions import Ask


def find(engine: Engine, quads: Any, shapes: Graph, query: Ask | None, *, relational: bool | None = None) -> list[Raw]:
    """Validate a quad table.

    Args:
        engine: The session that holds the table; nothing is left in it.
        quads: Ibis table with the columns of :mod:`kg.quads`; the union of its graphs is validated, every triple once.
        shapes: The shapes graph; never changed.
        query: Answers a SPARQL query on a store of the same data, the union of graphs as its default graph, with what
            `pyoxigraph.Store.query` or :meth:`kg.store.Store.query` returns. None: a store is made where one is needed.
        relational: Whether SPARQL-based targets are expressions of the engine, too; by default where the data are large or no store is given.

    Returns:
        Results, in a fixed order.

    Raises:
        ShapesError: The shapes are ill-formed, or ask for what is refused.
    """
    from kg.validate.setwise.kept import keeping

    with keeping(engine) as session:
        evaluation = prepared(session, quads, shapes, query, relational=relational)
        if evaluation is None:
            return []
        shape = evaluation.model.shapes
        return sorted((as_raw(shape[one.shape], one, focus) for one, focus in evaluation.findings()), key=_order)


def prepared(session: Kept, quads: Any, shapes: Graph, query: Ask | None, *, relational: bool | None = None) -> Evaluation | None:
    """Compile shapes, number terms and find targets (see :func:`find`); None where there are no shapes."""
    from kg.validate.setwise.compile import compile_shapes
    from kg.validate.setwise.data import encode
    from kg.validate.setwise.evaluate import Evaluation
    from kg.validate.setwise.focus import targets
    from kg.validate.setwise.parameters import check_parameters
    from kg.validate.setwise.queries import Prebinding
    from kg.validate.setwise.targeting import LARGE, Plans, focus_tables, read_plans

    model = compile_shapes(shapes)
    check_parameters(session, shapes)
    if not model.shapes:
        return None
    prebinding = Prebinding(session, quads, shapes, query)
    asked = any(shape.targets.queries for shape in model.shapes)
    if relational is None:
        relational = asked and session.scalar(quads.count()) >= LARGE
    plans = read_plans(model) if relational else Plans()
    while True:
        found = prebinding.targets(model, plans.queries)
        mentioned = [*_terms(model), *plans.terms(), *(term for terms in found.values() for term in terms)]
        data = encode(session, quads, _predicates(model) | plans.predicates(), mentioned, everywhere=plans.everywhere())
        known = len(plans.others)
        tables = focus_tables(plans, data, session)
        if len(plans.others) == known:
            return Evaluation(data, model, quads, targets(data, model, found, tables), prebinding)
        # A query that only its evaluation showed not to be translated is asked of a store, and its terms need numbers, too.
        for table in (data.triples, *tables.values()):
            session.drop(table)


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
