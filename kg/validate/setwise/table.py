"""Results as a table, for where they may be millions: never an object of Python for each.

Every bulk entity without a German label is a result; a list of them would take a kilobyte each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg.namespaces import local_name
from kg.quads import Term
from kg.validate.raw import raw_text
from kg.validate.setwise.checks import NONE
from kg.validate.setwise.data import FIRST
from kg.validate.setwise.tables import small_table

if TYPE_CHECKING:
    from rdflib import Graph

    from kg.engine.base import Engine
    from kg.validate.setwise.data import Data
    from kg.validate.setwise.evaluate import Evaluation, Outcome
    from kg.validate.setwise.solutions import Ask

TEXTS = ("severity", "shape", "component", "focus", "path", "value", "kind", "datatype", "language")
"""Columns of text."""

RESULTS = {**dict.fromkeys(TEXTS, "string"), "ways": "int64"}
"""The columns of :func:`results` with their types."""


def results(engine: Engine, quads: Any, shapes: Graph, query: Ask | None = None, *, relational: bool | None = None) -> Any:
    """Validate a quad table and return the results as a table.

    Args:
        engine: The session that holds the table; the tables that the result is made of are left in it.
        quads: Ibis table with the columns of :mod:`kg.quads` (`origin` may be missing); the union of its graphs is validated.
        shapes: The shapes graph.
        query: A store of the same data (see :func:`kg.validate.setwise.find`).
        relational: Whether SPARQL-based targets are expressions of the engine (see there).

    Returns:
        An Ibis table of :data:`RESULTS` in no order: last step of the severity's IRI; shape; component; focus node and path as
        :class:`kg.validate.raw.Raw` has them; text of the value with kind (empty: no value), datatype and language; and how often
        the result is to be reported (SHACL, section 3.4). Messages are those of the shape.

    Raises:
        ShapesError: The shapes are ill-formed, or ask for what is refused.
    """
    from kg.validate.setwise import prepared
    from kg.validate.setwise.kept import keeping

    with keeping(engine) as session:
        evaluation = prepared(session, quads, shapes, query, relational=relational)
        if evaluation is None:
            return _listed(engine, [])
        outcome = evaluation.outcome()
        parts = [_listed(engine, _special(evaluation, outcome))] if outcome.special or outcome.shown is None else []
        if outcome.shown is not None:
            terms = session.cache(_texts(evaluation.data, outcome.shown))
            for left in (outcome.shown, terms):
                session.left(left)
            parts.append(_described(engine, evaluation, outcome, terms))
    return parts[0].union(parts[1]) if len(parts) > 1 else parts[0]


def summary(found: Any) -> Any:
    """Return how many results there are: columns `severity, shape, component, results`.

    Args:
        found: As :func:`results` returns it.
    """
    import ibis

    # A sum of 64-bit integers is something else on each engine.
    return found.group_by("severity", "shape", "component").aggregate(results=ibis._.ways.cast("decimal(38, 0)").sum().cast("int64"))


def _texts(data: Data, shown: Any) -> Any:
    """Return columns `id, text` of the terms that results name."""
    import ibis

    ids = ibis.union(shown.select(id="focus"), shown.filter(shown.value != NONE).select(id="value"), distinct=True)
    return data.texts(ids)


def _described(engine: Engine, evaluation: Evaluation, outcome: Outcome, terms: Any) -> Any:
    """Return results in words: what rules and tags say from small tables, texts of terms from `terms`."""
    data = evaluation.data
    rows = []
    for use in outcome.uses:
        shape = evaluation.model.shapes[use.shape]
        rows.append((use.rule, local_name(shape.severity), shape.name, use.constraint.component, shape.path_name))
    words = ("severity", "shape", "component", "path")
    rules = small_table(engine, ("rule", *words), rows, texts=words)
    names = ("kind", "datatype", "language")
    tags = small_table(engine, ("tag", *names), [*((place, *tag) for place, tag in enumerate(data.tags)), (data.mask, "", "", "")], texts=names)
    shown = outcome.shown
    # No tag has the last place, so a result without a value finds empty texts there.
    numbered = shown.select("rule", "value", "ways", id="focus", tag=shown.value & data.mask)
    focus = numbered.join(_named(engine, data, numbered, terms), "id").select("rule", "value", "ways", "tag", focus="text")
    values = terms.select(value="id", text="text").union(small_table(engine, ("value", "text"), [(NONE, "")], texts=("text",)))
    whole = focus.join(values, "value").select("rule", "ways", "tag", "focus", value="text")
    return whole.join(rules, "rule").join(tags, "tag").select(*RESULTS)


def _named(engine: Engine, data: Data, numbered: Any, terms: Any) -> Any:
    """Return `id, text` of focus nodes as results write them: literals, which are few as focus nodes, in N-Triples."""
    resource = terms.filter((terms.id & data.mask) < len(FIRST))
    literals = numbered.filter((numbered.id & data.mask) >= len(FIRST)).select("id").distinct()
    rows = [(number, raw_text(Term(text, *data.tags[number & data.mask]))) for number, text in data.fetch(terms.semi_join(literals, "id"))]
    return resource.union(small_table(engine, ("id", "text"), rows, texts=("text",))) if rows else resource


def _special(evaluation: Evaluation, outcome: Outcome) -> list[tuple[Any, ...]]:
    rows = []
    for one, focus, ways in outcome.special:
        shape = evaluation.model.shapes[one.shape]
        value = one.value if one.value is not None else ("", "", "", "")
        rows.append((local_name(shape.severity), shape.name, one.component, raw_text(focus), one.path or shape.path_name, *value, ways))
    return rows


def _listed(engine: Engine, rows: list[tuple[Any, ...]]) -> Any:
    return small_table(engine, tuple(RESULTS), rows, texts=TEXTS)
