"""Constraints that are queries, run for sets of focus nodes with their variables bound beforehand.

Pre-binding joins the values of the bound variables with every group of patterns of a query, also inside sub-queries. So they are put in
there as text, a chunk of focus nodes at a time: a query runs once per constraint and chunk, not once per node. Only where a query is cut
by LIMIT or OFFSET, which count for one focus node, is it run for each by itself.
Source: SHACL, sections 5.3, 6.3 and appendix "Pre-binding of Variables in SPARQL Queries".
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kg.errors import ShapesError, Text
from kg.namespaces import XSD
from kg.quads import Term, term_text
from kg.validate.setwise.checks import Nodes
from kg.validate.setwise.finding import Finding
from kg.validate.setwise.memory import SHAPES_GRAPH, Memory
from kg.validate.setwise.model import Model, Shape, SparqlRule
from kg.validate.setwise.paths import sparql_path
from kg.validate.setwise.prefixes import with_path
from kg.validate.setwise.reading import refused, show, to_term
from kg.validate.setwise.solutions import Ask, Solution, solutions
from kg.validate.setwise.spelling import Spelling, canonical
from kg.validate.setwise.syntax import outline, tokens

if TYPE_CHECKING:
    from rdflib import Graph

    from kg.engine.base import Engine

CHUNK = 500
"""Focus nodes of one run of a query."""

IN_MEMORY = 3_000_000
"""Statements up to which a store is made in memory (about 0.5 GB for each million)."""

_OPTIONAL = ("shapesGraph", "currentShape")


@dataclass(frozen=True)
class Bound:
    """What one run of a query is about: a focus node, and a value node where the query judges these."""

    focus: int
    this: Term
    value: Term | None = None

    def terms(self) -> dict[str, Term]:
        """Return the variables bound for it."""
        return {"this": self.this} if self.value is None else {"this": self.this, "value": self.value}


@dataclass
class Prebinding:
    """Runs the constraints of shapes that are queries.

    Attributes:
        engine: The session that holds the quad table.
        quads: The quad table.
        shapes: The shapes graph.
        ask: The store of the same data; None where there is none.
    """

    engine: Engine
    quads: Any
    shapes: Graph
    ask: Ask | None

    @cached_property
    def memory(self) -> Memory:
        """A store of this process, made when it is first needed.

        Raises:
            ShapesError: The data are too many for memory.
        """
        count = self.engine.scalar(self.quads.count())
        if count > IN_MEMORY:
            what = Text(
                f"A query of the shapes needs a SPARQL store, and {count:,} statements are too many for one in memory.",
                f"Eine Abfrage der Regeln braucht einen SPARQL-Speicher, und {_german(count)} Aussagen sind zu viele für einen im Hauptspeicher.",
            )
            fix = Text(
                "Validate a build, which has a store, or write the target without LIMIT, SERVICE and SELECT *.",
                "Prüfen Sie einen gebauten Graphen, der einen Speicher hat, oder schreiben Sie das Ziel ohne LIMIT, SERVICE und SELECT *.",
            )
            raise ShapesError(what, where="sh:select", fix=fix)
        return Memory(self.engine, self.quads, self.shapes)

    @property
    def store(self) -> Ask:
        """What answers queries that need nothing else."""
        return self.ask or self.memory.ask

    @cached_property
    def spelling(self) -> Spelling:
        """The way literals are written in the data, which a store may change."""
        return Spelling(self.engine, self.quads, self.store)

    def targets(self, model: Model, others: Container[str] = ()) -> dict[int, list[Term]]:
        """Return what the SPARQL-based targets of shapes find, once per query; those in `others` are found by other means."""
        found: dict[str, list[Term]] = {}
        by_shape: dict[int, list[Term]] = {}
        for shape in model.shapes:
            for query in shape.targets.queries:
                if query.text in others:
                    continue
                if query.text not in found:
                    answers = solutions(self.store, query.text, show(query.node))
                    nodes = dict.fromkeys(row["this"] for row in answers if "this" in row)
                    found[query.text] = [self.spelling.original(node) for node in nodes]
                by_shape.setdefault(shape.number, []).extend(found[query.text])
        return by_shape

    def findings(self, nodes: Nodes, model: Model) -> list[Finding]:
        """Return the results of all constraints that are queries."""
        shapes = [shape for shape in model.shapes if shape.rules]
        if not shapes:
            return []
        focus = self._focus(nodes, [shape for shape in shapes if any(not rule.query.ask for rule in shape.rules)])
        values = self._values(nodes, [shape for shape in shapes if any(rule.query.ask for rule in shape.rules)])
        return [
            finding
            for shape in shapes
            for rule in shape.rules
            for finding in self._run(shape, rule, (values if rule.query.ask else focus).get(shape.number, []))
        ]

    def _focus(self, nodes: Nodes, shapes: Sequence[Shape]) -> Mapping[int, list[Bound]]:
        found: dict[int, list[Bound]] = defaultdict(list)
        if shapes:
            own = nodes.focus.filter(nodes.focus.shape.isin([shape.number for shape in shapes]))
            for focus, term, shape in nodes.data.spelled(own, "focus", "shape"):
                found[shape].append(Bound(focus, term))
        return found

    def _values(self, nodes: Nodes, shapes: Sequence[Shape]) -> Mapping[int, list[Bound]]:
        found: dict[int, list[Bound]] = defaultdict(list)
        if shapes:
            own = nodes.values.filter(nodes.values.shape.isin([shape.number for shape in shapes]))
            terms = nodes.data.terms(own.select(id="focus"), own.select(id="value"))
            for shape, focus, value in nodes.data.fetch(own.select("shape", "focus", "value")):
                found[shape].append(Bound(focus, terms[focus], terms[value]))
        return found

    def _run(self, shape: Shape, rule: SparqlRule, bound: Sequence[Bound]) -> Iterator[Finding]:
        """Run one constraint for what it is bound to."""
        known = outline(rule.query.text)
        constants = dict(rule.parameters)
        own = {"shapesGraph": Term(SHAPES_GRAPH), "currentShape": to_term(shape.node)}
        constants |= {name: own[name] for name in _OPTIONAL if name in known.variables}
        size = 1 if known.sliced else CHUNK
        for start in range(0, len(bound), size):
            yield from self._chunk(shape, rule, bound[start : start + size], constants)

    def _chunk(self, shape: Shape, rule: SparqlRule, bound: Sequence[Bound], constants: Mapping[str, Term]) -> Iterator[Finding]:
        where = show(rule.query.node)
        text = with_path(rule.query.text, sparql_path(shape.path)) if shape.path is not None else rule.query.text
        rows = [{**item.terms(), **constants} for item in bound]
        blank = any(term.kind == "bnode" for row in rows for term in row.values())
        if blank and outline(text).graphs - set(constants):
            raise refused(
                rule.query.node, "asks for any graph with a blank node bound", "fragt nach beliebigen Graphen, und ein leerer Knoten ist gebunden"
            )
        inside = blank or "shapesGraph" in constants or self.ask is None
        ask: Ask = self.memory.ask if inside else self.store
        pattern, kept = self.memory.rows(rows) if blank else (_values(rows), "")
        try:
            answers = list(solutions(ask, prebound(text, pattern, list(rows[0])), where))
        finally:
            if kept:
                self.memory.forget(kept)
        places = _places(ask, bound, where)
        if rule.query.ask:
            passed = {item for answer in answers for item in places.get((answer["this"], answer.get("value")), ())}
            for item in bound:
                if item not in passed:
                    yield self._finding(shape, rule, item, item.terms(), constants)
            return
        for answer in answers:
            if answer.get("failure") == Term("true", "literal", XSD.boolean):
                what = Text("A query of the shapes reports a failure.", "Eine Abfrage der Regeln meldet einen Fehlschlag.")
                raise ShapesError(what, where=where, fix=Text("Look at what the query calls a failure.", "Prüfen Sie, was die Abfrage so nennt."))
            for item in places.get((answer["this"], None), ()):
                yield self._finding(shape, rule, item, answer, constants)

    def _finding(self, shape: Shape, rule: SparqlRule, item: Bound, answer: Solution, constants: Mapping[str, Term]) -> Finding:
        path = answer.get("path")
        value = answer.get("value")
        if value is not None and item.value is None:
            value = self.spelling.original(value, item.this)
        if value is None and shape.path is None:
            value = item.this
        message = answer.get("message")
        own = (message,) if message is not None and message.kind == "literal" else rule.messages
        shown = {**constants, **answer, "this": item.this}
        return Finding(
            shape=shape.number,
            component=rule.component,
            focus=item.focus,
            value=value,
            path=path.value if path is not None and path.kind == "iri" else "",
            messages=tuple(filled(text, shown) for text in own),
            constraint=rule.constraint,
        )


def _german(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def prebound(text: str, pattern: str, names: Sequence[str]) -> str:
    """Put a pattern that binds variables into every group of a query; an ASK becomes a SELECT of what it is true for.

    Args:
        text: The query.
        pattern: Binds the variables.
        names: The variables, `this` first.

    >>> prebound("SELECT $this WHERE { $this ?p ?o OPTIONAL { ?o ?q $this } }", " VALUES ?this { <urn:a> } ", ["this"])
    'SELECT $this WHERE { VALUES ?this { <urn:a> }  $this ?p ?o OPTIONAL { VALUES ?this { <urn:a> }  ?o ?q $this } }'
    """
    known = outline(text)
    inserts = [(place, pattern) for place in known.groups]
    for select in known.selects:
        # A bound variable is the same in all rows of a group, so grouping by it changes nothing but lets expressions see it.
        if select.grouped is not None and (missing := [name for name in names if name not in select.grouped]):
            inserts.append((select.group_at, "".join(f" ?{name}" for name in missing) + " "))
    for place, inserted in sorted(inserts, reverse=True):
        text = text[:place] + inserted + text[place:]
    if known.ask:
        form = next(token for token in tokens(text) if token.text == "ASK")
        text = f"{text[: form.start]}SELECT DISTINCT ?this ?value {text[form.end :]}"
    return text


def _values(rows: Sequence[Mapping[str, Term]]) -> str:
    names = " ".join(f"?{name}" for name in rows[0])
    return f" VALUES ({names}) {{ {' '.join('(' + ' '.join(term_text(term) for term in row.values()) + ')' for row in rows)} }} "


def _places(ask: Ask, bound: Sequence[Bound], where: str) -> Mapping[tuple[Term, Term | None], list[Bound]]:
    """Return what was bound by what an answer holds: a store may write a literal in another way."""
    literals = list(dict.fromkeys(term for item in bound for term in item.terms().values() if term.kind == "literal"))
    written = dict(zip(literals, canonical(ask, literals, where), strict=True))
    found: dict[tuple[Term, Term | None], list[Bound]] = defaultdict(list)
    for item in bound:
        found[written.get(item.this, item.this), written.get(item.value, item.value) if item.value is not None else None].append(item)
    return found


_BLANK = re.compile(r"\{[?$](\w+)\}")


def filled(message: Term, values: Mapping[str, Term]) -> Term:
    """Fill the variables of a message; one without a value stays as it is.

    >>> filled(Term("{$a} and {?b}", "literal", XSD.string), {"a": Term("1", "literal", XSD.integer)}).value
    '1 and {?b}'
    """
    return message._replace(value=_BLANK.sub(lambda match: values[match[1]].value if match[1] in values else match[0], message.value))
