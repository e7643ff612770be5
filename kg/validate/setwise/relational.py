"""SELECT queries as expressions over numbered triples, for where no SPARQL store can hold the data.

Patterns become joins of integers; EXISTS is evaluated for the distinct terms it is asked about, so that conditions in it see the variables
around it; paths with `*` and `+` walk in rounds; conditions on texts are judged once per distinct combination of terms (`scalar`).
What is not evaluated is an :class:`kg.validate.setwise.algebra.Unsupported`, never a guess. Literals are terms as they are written (RDF 1.1
Concepts, section 3.3): a store that keeps values instead (`01` as `1`) joins more of them.
Source: SPARQL 1.1, sections 18.4 (property paths), 18.5 (algebra), 18.6 (evaluation, substitution in EXISTS).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from kg.validate.setwise import algebra as a
from kg.validate.setwise.algebra import Unsupported, Var
from kg.validate.setwise.bindings import FLAG, TERM, Bindings, Column, united
from kg.validate.setwise.conditions import Conditions
from kg.validate.setwise.data import Data
from kg.validate.setwise.grouping import grouped
from kg.validate.setwise.sources import Sources
from kg.validate.setwise.tables import small_table
from kg.validate.setwise.triples import Triples


class Nothing(Exception):
    """There are no solutions, so nothing more has to be asked."""


@dataclass
class Relational:
    """Evaluates queries over one set of numbered terms.

    Attributes:
        data: Terms and triples of all predicates the queries speak of.
        sources: Where terms are written.
    """

    data: Data
    sources: Sources

    def focus(self, query: a.Select) -> Any:
        """Return what a query finds for `?this`: a column `focus`, each term once.

        Raises:
            Unsupported: The query asks for something that is not translated, or finds something else than terms.
        """
        try:
            found = self._select(query)
        except Nothing:
            return small_table(self.data.engine, ("focus",), [])
        if "this" not in found.columns or found.columns["this"].kind != TERM:
            raise Unsupported("a target that is no term of the data")
        cell = found.cell("this")
        return found.table.filter(cell.notnull()).select(focus=cell).distinct()

    @cached_property
    def _triples(self) -> Triples:
        return Triples(self.data, self.sources)

    @cached_property
    def _conditions(self) -> Conditions:
        return Conditions(self.data, self.sources)

    def _settled(self, found: Bindings) -> Bindings:
        """Return solutions whose table is asked several times without computing it again.

        Raises:
            Nothing: There are none.
        """
        if found.plain:
            return found
        kept = self.data.engine.cache(found.table)
        if not self.data.engine.scalar(kept.count()):
            raise Nothing
        return replace(found, table=kept, plain=True)

    # --- patterns ------------------------------------------------------------------------------------------------------------

    def _pattern(self, pattern: a.Pattern, seed: Bindings | None, graph: a.Node | None) -> Bindings:
        """Return the solutions of a pattern; with a seed, those that extend it, all its variables among theirs."""
        if isinstance(pattern, a.Basic):
            return self._triples.basic(pattern, seed, graph)
        if isinstance(pattern, a.Join):
            left = self._pattern(pattern.left, seed, graph)
            if isinstance(pattern.right, a.Basic):
                # Nothing in triple patterns can tell whether variables are bound before or after.
                return self._triples.basic(pattern.right, left, graph)
            return left.joined(self._pattern(pattern.right, seed, graph))
        if isinstance(pattern, a.Union):
            return self._union([(part, seed) for part in pattern.parts], graph)
        if isinstance(pattern, a.Filter):
            return self._filter(pattern, seed, graph)
        if isinstance(pattern, a.Extend):
            return self._extended(self._pattern(pattern.inner, seed, graph), pattern.name, pattern.expression)
        if isinstance(pattern, a.Named):
            return self._pattern(pattern.inner, seed, pattern.graph)
        if isinstance(pattern, a.Values):
            return self._seeded(self._values(pattern), seed)
        if isinstance(pattern, a.Select):
            if graph is not None:
                raise Unsupported("a sub-query in GRAPH")
            return self._seeded(self._select(pattern), seed)
        if isinstance(pattern, a.LeftJoin):
            return self._optional(pattern, seed, graph)
        left = self._settled(self._pattern(pattern.left, seed, graph))
        if seed is not None:
            raise Unsupported("MINUS in EXISTS")
        try:
            right = self._pattern(pattern.right, None, graph)
        except Nothing:
            return left
        if any(not column.sure for column in (*left.columns.values(), *right.columns.values())):
            raise Unsupported("MINUS over what may be unbound")
        return left.matching(right, negated=True) if left.columns.keys() & right.columns.keys() else left

    @staticmethod
    def _seeded(found: Bindings, seed: Bindings | None) -> Bindings:
        return found if seed is None else seed.joined(found)

    def _union(self, parts: Sequence[tuple[a.Pattern, Bindings | None]], graph: a.Node | None) -> Bindings:
        found = []
        for part, seed in parts:
            try:
                found.append(self._pattern(part, seed, graph))
            except Nothing:
                continue
        if not found:
            raise Nothing
        return united(found)

    def _values(self, pattern: a.Values) -> Bindings:
        if not pattern.rows:
            raise Nothing
        rows = [[self.data.numbers[term] for term in row] for row in pattern.rows]
        source = self.sources.of_terms({term for row in pattern.rows for term in row})
        columns = {
            name: Column(TERM, (source,), resource=all(row[place].kind != "literal" for row in pattern.rows))
            for place, name in enumerate(pattern.names)
        }
        return self._triples.bindings(small_table(self.data.engine, [self._triples.name(name) for name in pattern.names], rows), columns)

    def _optional(self, pattern: a.LeftJoin, seed: Bindings | None, graph: a.Node | None) -> Bindings:
        left = self._settled(self._pattern(pattern.left, seed, graph))
        if any(not column.sure for column in left.columns.values()):
            raise Unsupported("OPTIONAL after what may be unbound")
        try:
            right = left.joined(self._pattern(pattern.right, seed, graph))
            for condition in pattern.conditions:
                right = self._held(right, condition, graph)
            right = self._settled(right)
        except Nothing:
            return left
        # Equal solutions on the left all have the same partners, so telling them apart is not needed.
        return united([right, left.matching(right, negated=True)])

    # --- conditions -------------------------------------------------------------------------------------------------------------

    def _filter(self, pattern: a.Filter, seed: Bindings | None, graph: a.Node | None) -> Bindings:
        inner, conditions = pattern.inner, list(pattern.conditions)
        if isinstance(inner, a.Extend):
            # What does not speak of the new variable leaves fewer to make it for.
            early = [one for one in conditions if inner.name not in a.variables(one)]
            if early:
                below = a.Extend(a.Filter(inner.inner, tuple(early)), inner.name, inner.expression)
                late = tuple(one for one in conditions if one not in early)
                return self._pattern(a.Filter(below, late) if late else below, seed, graph)
        found = self._pattern(inner, seed, graph)
        waiting = []
        for one in conditions:
            expressed = self._conditions.expressed(found, one)
            if expressed is None:
                waiting.append(one)
            else:
                found = found.filtered(expressed)
        # Conditions on the same variables are judged together, and before EXISTS, as they leave fewer to look up.
        together: dict[frozenset[str], list[a.Expression]] = {}
        for one in waiting:
            if not _has_exists(one):
                together.setdefault(frozenset(a.variables(one)), []).append(one)
        for group in together.values():
            found = self._held(found, group[0] if len(group) == 1 else a.Call("&&", tuple(group)), graph)
        for one in filter(_has_exists, waiting):
            found = self._held(found, one, graph)
        return found

    def _held(self, found: Bindings, condition: a.Expression, graph: a.Node | None) -> Bindings:
        """Return the solutions for which a condition holds."""
        negated = isinstance(condition, a.Call) and condition.name == "!"
        asked = condition.arguments[0] if negated and isinstance(condition, a.Call) else condition
        if isinstance(asked, a.Exists):
            found = self._settled(found)
            matches = self._matches(found, asked, graph)
            if matches is None:
                if negated:
                    return found
                raise Nothing
            return found.matching(matches, negated=negated)
        if _has_exists(condition):
            found, condition = self._flagged(self._settled(found), condition, graph)
        expressed = self._conditions.expressed(found, condition)
        if expressed is not None:
            return found.filtered(expressed)
        return self._conditions.judged(self._settled(self._conditions.narrowed(found, condition)), condition)

    def _matches(self, found: Bindings, asked: a.Exists, graph: a.Node | None) -> Bindings | None:
        """Return the distinct terms for which a pattern has a solution; None where there are none."""
        shared = a.mentioned(asked.pattern) & found.columns.keys()
        if not shared:
            raise Unsupported("EXISTS without a common variable")
        if any(not found.columns[variable].sure for variable in shared):
            raise Unsupported("EXISTS over what may be unbound")
        try:
            return self._pattern(asked.pattern, found.selected(shared, distinct=True), graph).selected(shared, distinct=True)
        except Nothing:
            return None

    def _flagged(self, found: Bindings, condition: a.Expression, graph: a.Node | None) -> tuple[Bindings, a.Expression]:
        """Return solutions with a truth value for each EXISTS in a condition, and the condition over these."""
        import ibis

        if isinstance(condition, a.Exists):
            name = f"exists {len(self._triples.names)}"
            column = self._triples.name(name)
            matches = self._matches(found, condition, graph)
            if matches is None:
                table = found.table.mutate(**{column: ibis.literal(False)})
            else:
                keys = matches.named(matches.columns)
                marked = matches.table.mutate(**{column: ibis.literal(True)})
                joined = found.table.left_join(marked, keys)
                table = joined.select(*found.named(found.columns), **{column: joined[column].fill_null(False)})
            return found.with_table(table, **{name: Column(FLAG)}), Var(name)
        if isinstance(condition, a.Call):
            arguments = []
            for one in condition.arguments:
                found, one = self._flagged(found, one, graph) if _has_exists(one) else (found, one)
                arguments.append(one)
            condition = a.Call(condition.name, tuple(arguments))
        return found, condition

    # --- what is made -----------------------------------------------------------------------------------------------------------

    def _extended(self, found: Bindings, name: str, expression: a.Expression) -> Bindings:
        if name in found.columns:
            raise Unsupported("a variable that is bound twice")
        column = self._triples.name(name)
        if isinstance(expression, Var):
            if expression.name not in found.columns:
                return found
            table = found.table.mutate(**{column: found.cell(expression.name)})
            return found.with_table(table, **{name: found.columns[expression.name]})
        if _has_exists(expression):
            raise Unsupported("EXISTS in BIND")
        return self._conditions.made(self._settled(found), name, column, expression)

    def _select(self, query: a.Select) -> Bindings:
        """Evaluate a SELECT by itself."""
        wanted = [name for name, _ in query.columns]
        found = self._pattern(query.where, None, None)
        columns, having = query.columns, query.having
        if query.keys is not None:
            found, columns, having = grouped(found, query, self._conditions, self._triples.name, self._settled)
        for name, expression in columns:
            if expression != Var(name):
                found = self._extended(found, name, expression)
        for one in having:
            found = self._held(found, one, None)
        kept = [name for name in wanted if name in found.columns]
        if not kept:
            raise Nothing
        return found.selected(kept, distinct=query.distinct)


def _has_exists(expression: a.Expression) -> bool:
    return isinstance(expression, a.Exists) or (isinstance(expression, a.Call) and any(map(_has_exists, expression.arguments)))
