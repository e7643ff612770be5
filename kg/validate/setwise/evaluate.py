"""Evaluating a model: focus and value nodes level by level downwards, checks all at once, conformance level by level upwards.

A shape refers only to shapes of later levels. Going down, the value nodes of a level become focus nodes of the shapes it refers to. All
constraints that look at terms and triples are then checked together. Going up, what does not conform is known for a level before the
constraints that ask for it (`sh:not`, `sh:node`, …) are checked in the one above.
Source: SHACL, sections 3.4 (validation) and 3.5 (conformance checking).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from kg.quads import Term
from kg.validate.setwise.checks import CHECKS, NONE, Nodes, Use
from kg.validate.setwise.closed import closed
from kg.validate.setwise.data import Data
from kg.validate.setwise.finding import Finding
from kg.validate.setwise.logic import Logic
from kg.validate.setwise.model import LOGICAL, Model, Shape
from kg.validate.setwise.paths import automaton
from kg.validate.setwise.queries import Prebinding
from kg.validate.setwise.tables import small_table
from kg.validate.setwise.walk import Walker


@dataclass
class Outcome:
    """Results of one validation.

    Attributes:
        uses: Constraints by the number of their rule.
        shown: Columns `rule, focus, value, ways`: results of what looks at terms and triples; None where there are no such constraints.
        special: Results of queries and closed shapes with their focus node and how often each is to be reported.
    """

    uses: Sequence[Use]
    shown: Any = None
    special: list[tuple[Finding, Term, int]] = field(default_factory=list)


@dataclass
class Evaluation:
    """One validation of a model over data.

    Attributes:
        data: Terms and triples.
        model: Compiled shapes.
        quads: The quad table, for what needs triples of any predicate.
        targets: Columns `shape, focus`: the targets of all shapes.
        prebinding: Runs constraints that are queries.
    """

    data: Data
    model: Model
    quads: Any
    targets: Any
    prebinding: Prebinding
    focus: dict[int, Any] = field(default_factory=dict)
    values: dict[int, Any] = field(default_factory=dict)

    def findings(self) -> list[tuple[Finding, Term]]:
        """Return all results with their focus nodes, each as often as it is to be reported."""
        outcome = self.outcome()
        data = self.data
        found = [(item, term) for item, term, ways in outcome.special for _ in range(ways)]
        if outcome.shown is not None:
            shown = outcome.shown
            terms = data.terms(shown.select(id="focus"), shown.filter(shown.value != NONE).select(id="value"))
            for rule, focus, value, ways in data.fetch(shown):
                use = outcome.uses[rule]
                found += [(Finding(use.shape, use.constraint.component, focus, terms.get(value)), terms[focus])] * ways
        return found

    def outcome(self) -> Outcome:
        """Return all results, those that are many as a table."""
        levels = self.model.levels()
        self._down(levels)
        # One table, not a union of levels in every expression: these are compiled once for each component.
        nodes = Nodes(self.data, self._whole(self.focus, levels), self._whole(self.values, levels))
        uses = [Use(rule, shape.number, constraint) for rule, (shape, constraint) in enumerate(self._constraints())]
        by_name: dict[str, list[Use]] = defaultdict(list)
        for use in uses:
            by_name[use.constraint.name].append(use)
        engine = self.data.engine
        tables = []
        for names, check in CHECKS.items():
            if chosen := [use for name in names for use in by_name[name]]:
                tables.append(engine.cache(check(nodes, chosen)))
        special = [*closed(nodes, self.quads, by_name["Closed"]), *self.prebinding.findings(nodes, self.model)]
        logic = Logic(self.data, self.model, self.values, self.focus, tables, {(found.shape, found.focus) for found in special})
        tables += logic.violations([use for name in (*LOGICAL, "QualifiedMinCount", "QualifiedMaxCount") for use in by_name[name]])
        return self._reported(nodes, levels, uses, tables, special)

    def _whole(self, tables: dict[int, Any], levels: Sequence[Sequence[Shape]]) -> Any:
        """Return the tables of all levels as one, and keep of each level its part of that."""
        if len(tables) == 1:
            return next(iter(tables.values()))
        whole = self.data.engine.cache(_union(list(tables.values())))
        for level, table in tables.items():
            self.data.engine.drop(table)
            tables[level] = whole.filter(whole.shape.isin([shape.number for shape in levels[level]]))
        return whole

    def _constraints(self) -> Iterable[tuple[Shape, Any]]:
        return [(shape, constraint) for shape in self.model.shapes for constraint in shape.constraints]

    # --- downwards -------------------------------------------------------------------------------------------------------

    def _down(self, levels: Sequence[Sequence[Shape]]) -> None:
        """Find the focus and value nodes of every level."""
        walker = Walker(self.data, {shape.number: automaton(shape.path) if shape.path else None for shape in self.model.shapes})
        engine = self.data.engine
        arriving: dict[int, list[Any]] = defaultdict(list)
        for level, shapes in enumerate(levels):
            numbers = [shape.number for shape in shapes]
            parts = list(arriving[level])
            if any(shape.targets for shape in shapes):
                parts.append(self.targets.filter(self.targets.shape.isin(numbers)))
            if not parts:
                continue
            # Targets are distinct pairs already.
            self.focus[level] = engine.cache(_union(parts).distinct() if arriving[level] else parts[0])
            if level and not engine.scalar(self.focus[level].count()):
                del self.focus[level]  # nothing comes here, so nothing goes on from here
                continue
            self.values[level] = walker.values(self.focus[level], numbers)
            links = sorted({(shape.number, number) for shape in shapes for number in (*shape.checked(), *shape.properties)})
            later: dict[int, list[tuple[int, int]]] = defaultdict(list)
            for pair in links:
                later[self.model.shapes[pair[1]].level].append(pair)
            for below, pairs in later.items():
                table = small_table(engine, ("shape", "inner"), pairs)
                passed = self.values[level].join(table, "shape")
                arriving[below].append(passed.select(shape=passed.inner, focus=passed.value))

    # --- reporting -------------------------------------------------------------------------------------------------------

    def _reported(
        self, nodes: Nodes, levels: Sequence[Sequence[Shape]], uses: Sequence[Use], tables: Sequence[Any], special: Sequence[Finding]
    ) -> Outcome:
        """Return the violations of shapes that are reached by targets and `sh:property` alone, once for each way that leads there."""
        routes = self._routes(levels)
        engine, data = self.data.engine, self.data
        outcome = Outcome(uses)
        if special:
            pairs = small_table(engine, ("shape", "focus"), {(item.shape, item.focus) for item in special})
            rows = data.spelled(routes.semi_join(pairs, ["shape", "focus"]), "focus", "shape", "ways")
            known = {(shape, focus): (term, ways) for focus, term, shape, ways in rows}
            outcome.special = [(item, *known[item.shape, item.focus]) for item in special if (item.shape, item.focus) in known]
        if tables:
            outcome.shown = engine.cache(_union(list(tables)).join(routes, ["shape", "focus"]).select("rule", "focus", "value", "ways"))
            for done in (*tables, nodes.values, nodes.focus, self.targets, data.triples):
                engine.drop(done)  # room for the results, which may be many
        return outcome

    def _routes(self, levels: Sequence[Sequence[Shape]]) -> Any:
        """Return columns `shape, focus, ways`: how often a shape is validated for a focus node, other than to check conformance."""
        import ibis

        routes = self.targets.mutate(ways=ibis.literal(1).cast("int64"))
        arriving: dict[int, list[Any]] = defaultdict(list)
        parts = []
        for level, shapes in enumerate(levels):
            if level not in self.values or not (arriving[level] or any(shape.targets for shape in shapes)):
                continue
            here = [*arriving[level], routes.filter(routes.shape.isin([shape.number for shape in shapes]))]
            current = _union(here)
            if arriving[level]:
                current = self.data.engine.cache(
                    current.group_by("shape", "focus").aggregate(ways=ibis._.ways.cast("decimal(38, 0)").sum().cast("int64"))
                )
            parts.append(current)
            later: dict[int, list[tuple[int, int]]] = defaultdict(list)
            for shape in shapes:
                for number in shape.properties:
                    later[self.model.shapes[number].level].append((shape.number, number))
            for below, pairs in later.items():
                table = small_table(self.data.engine, ("shape", "inner"), pairs)
                passed = self.values[level].join(current, ["shape", "focus"]).join(table, "shape")
                arriving[below].append(passed.select(shape=passed.inner, focus=passed.value, ways=passed.ways))
        return routes if len(parts) == 1 and len(levels) == 1 else _union(parts)


def _union(tables: Sequence[Any]) -> Any:
    import ibis

    return ibis.union(*tables) if len(tables) > 1 else tables[0]
