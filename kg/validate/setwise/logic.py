"""Constraints that ask whether value nodes conform to other shapes, from the last level upwards.

One expression per level holds `sh:not`, `sh:node`, `sh:and`, `sh:or` and `sh:xone` alike: all count how many of the shapes named a value
node does not conform to.
Source: SHACL, sections 4.6 and 4.7.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kg.validate.setwise.checks import NONE, Use
from kg.validate.setwise.data import Data
from kg.validate.setwise.model import LOGICAL, Model
from kg.validate.setwise.tables import small_table

NOT, ALL, ANY, ONE = range(4)
"""What the count is compared with: no shape conformed to, all, at least one, exactly one."""

_OPERATORS = {"Not": NOT, "Node": ALL, "And": ALL, "Or": ANY, "Xone": ONE}


@dataclass
class Logic:
    """Conformance of the nodes of one validation.

    Attributes:
        data: Terms and triples.
        model: Compiled shapes.
        values: Level → columns `shape, focus, value`.
        focus: Level → columns `shape, focus`.
        tables: Violations of the other constraints: `shape, rule, focus, value`.
        others: Shapes and focus nodes that other means found a violation for.
    """

    data: Data
    model: Model
    values: Mapping[int, Any]
    focus: Mapping[int, Any]
    tables: Sequence[Any]
    others: Collection[tuple[int, int]]
    failing: list[Any] = field(default_factory=list)

    def violations(self, uses: Sequence[Use]) -> list[Any]:
        """Return the violations of logical and qualified constraints, a table per level and kind."""
        found: list[Any] = []
        decided = self.model.decided()
        for level in sorted(self.values, reverse=True):
            here = [use for use in uses if self.model.shapes[use.shape].level == level]
            own = []
            if logical := [use for use in here if use.constraint.name in LOGICAL]:
                own.append(self.data.engine.cache(self._logical(level, logical)))
            if counted := [use for use in here if use.constraint.name not in LOGICAL]:
                own.append(self.data.engine.cache(self._qualified(level, counted)))
            numbers = sorted(decided & {shape.number for shape in self.model.shapes if shape.level == level})
            if numbers:
                self.failing.append(self.data.engine.cache(self._failing(level, numbers, own)))
            found += own
        return found

    def _fails(self) -> Any:
        """Return columns `inner, value`: what does not conform to the shapes of later levels."""
        import ibis

        if not self.failing:
            return small_table(self.data.engine, ("inner", "value"), [])
        whole = ibis.union(*self.failing) if len(self.failing) > 1 else self.failing[0]
        return whole.select(inner=whole.shape, value=whole.focus)

    def _logical(self, level: int, uses: Sequence[Use]) -> Any:
        import ibis

        engine = self.data.engine
        asked = small_table(
            engine,
            ("shape", "rule", "operator", "size"),
            [(use.shape, use.rule, _OPERATORS[use.constraint.name], len(use.value)) for use in uses],
        )
        members = small_table(engine, ("rule", "inner"), [(use.rule, inner) for use in uses for inner in use.value])
        values = self.values[level].join(asked, "shape")
        bad = values.join(members, "rule").semi_join(self._fails(), ["inner", "value"])
        counts = bad.group_by("rule", "focus", "value").aggregate(bad=ibis._.count())
        known = values.left_join(counts, ["rule", "focus", "value"])
        fails = ibis.coalesce(known.bad, 0)
        wrong = ibis.cases(
            (known.operator == NOT, fails == 0),
            (known.operator == ALL, fails > 0),
            (known.operator == ANY, fails == known.size),
            else_=known.size - fails != 1,
        )
        return known.filter(wrong).select("shape", "rule", "focus", "value")

    def _qualified(self, level: int, uses: Sequence[Use]) -> Any:
        import ibis

        engine = self.data.engine
        asked = small_table(
            engine,
            ("shape", "rule", "inner", "low", "high"),
            [
                (use.shape, use.rule, use.value.shape, min(use.value.low, 2**62), min(use.value.high, 2**62) if _bounded(use) else 2**62)
                for use in uses
            ],
        )
        fails = self._fails()
        counted = self.values[level].join(asked, "shape").anti_join(fails, ["inner", "value"])
        siblings = [(use.rule, sibling) for use in uses for sibling in use.value.siblings]
        if siblings:
            table = small_table(engine, ("rule", "inner"), siblings)
            candidates = counted.select("rule", "focus", "value").join(table, "rule")
            taken = candidates.anti_join(fails, ["inner", "value"]).select("rule", "focus", "value").distinct()
            counted = counted.anti_join(taken, ["rule", "focus", "value"])
        counts = counted.group_by("rule", "focus").aggregate(count=ibis._.count())
        known = self.focus[level].join(asked, "shape").left_join(counts, ["rule", "focus"])
        count = ibis.coalesce(known["count"], 0)
        return known.filter((count < known.low) | (count > known.high)).select("shape", "rule", "focus", value=ibis.literal(NONE).cast("int64"))

    def _failing(self, level: int, numbers: Sequence[int], own: Sequence[Any]) -> Any:
        """Return columns `shape, focus`: what does not conform to shapes of this level."""
        import ibis

        engine = self.data.engine
        parts = [table.filter(table.shape.isin(list(numbers))).select("shape", "focus") for table in (*self.tables, *own)]
        found = [pair for pair in self.others if pair[0] in set(numbers)]
        parts.append(small_table(engine, ("shape", "focus"), found))
        links = [(number, inner) for number in numbers for inner in self.model.shapes[number].properties]
        if links:
            passed = self.values[level].join(small_table(engine, ("shape", "inner"), links), "shape")
            parts.append(passed.semi_join(self._fails(), ["inner", "value"]).select("shape", "focus"))
        return (ibis.union(*parts) if len(parts) > 1 else parts[0]).distinct()


def _bounded(use: Use) -> bool:
    return use.constraint.name == "QualifiedMaxCount"
