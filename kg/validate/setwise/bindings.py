"""Solutions of a query as a table: a column per variable, terms as the numbers of :mod:`kg.validate.setwise.data`.

Only what BIND and aggregates make has no number: a column of texts of one datatype, a count, or a sum.
Source: SPARQL 1.1, sections 18.3 (solution mappings are multisets) and 18.5 (join, union).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from kg.namespaces import XSD
from kg.quads import Term
from kg.validate.setwise.algebra import Unsupported

TERM, COUNT, SUM, FLAG = "term", "count", "sum", "flag"
"""Kinds of columns: numbers of terms, whole numbers, scaled decimals, truth values; every other kind is the datatype of texts."""

Source: TypeAlias = Callable[[], Any]
"""Gives a table `id, text` that holds, among others, the terms of a column."""


@dataclass(frozen=True)
class Column:
    """What is known of a variable.

    Attributes:
        kind: What stands in the column.
        sources: Where its terms are written.
        sure: Whether it is bound in every solution.
        resource: Whether it is never a literal.
        scale: Digits after the point that a sum holds; -1 stands for a sum of integers.
    """

    kind: str = TERM
    sources: tuple[Source, ...] = ()
    sure: bool = True
    resource: bool = False
    scale: int = 0

    def term(self, cell: Any, text: str | None, tags: Sequence[Any], mask: int) -> Term | None:
        """Return what a cell stands for, None for nothing.

        Args:
            cell: The cell.
            text: Text of a term.
            tags, mask: Of the numbers.
        """
        if cell is None or (self.kind == TERM and text is None):
            return None
        if self.kind == TERM:
            return Term(str(text), *tags[cell & mask])
        if self.kind == COUNT:
            return Term(str(cell), "literal", XSD.integer)
        if self.kind == FLAG:
            return Term("true" if cell else "false", "literal", XSD.boolean)
        if self.kind == SUM:
            return Term(str(int(cell)), "literal", XSD.integer) if self.scale < 0 else Term(_decimal(int(cell), self.scale), "literal", XSD.decimal)
        return Term(str(cell), "literal", self.kind)


def _decimal(number: int, scale: int) -> str:
    from kg.quads import decimal

    digits = f"{abs(number):0{scale + 1}d}"
    return decimal(f"{'-' if number < 0 else ''}{digits[: len(digits) - scale]}.{digits[len(digits) - scale :] or '0'}").value


@dataclass(frozen=True)
class Bindings:
    """A multiset of solutions.

    Attributes:
        table: Columns by :attr:`names`.
        columns: Variable → what is known of it.
        names: Variable → name of its column.
        plain: Whether reading the table costs about as much as reading one predicate.
    """

    table: Any
    columns: Mapping[str, Column]
    names: Mapping[str, str]
    plain: bool = False

    def cell(self, variable: str) -> Any:
        """Return the column of a variable."""
        return self.table[self.names[variable]]

    def selected(self, variables: Iterable[str], *, distinct: bool = False) -> Bindings:
        """Return some of the variables.

        Raises:
            Unsupported: There are none: a table needs a column.
        """
        kept = sorted(variables)
        if not kept:
            raise Unsupported("a pattern without a variable")
        table = self.table.select(*(self.names[variable] for variable in kept))
        columns = {variable: self.columns[variable] for variable in kept}
        return replace(self, table=table.distinct() if distinct else table, columns=columns, plain=self.plain and not distinct)

    def filtered(self, condition: Any) -> Bindings:
        """Return the solutions for which an expression holds."""
        return replace(self, table=self.table.filter(condition))

    def with_table(self, table: Any, **columns: Column) -> Bindings:
        """Return the same variables over another table."""
        return replace(self, table=table, columns={**self.columns, **columns})

    def named(self, variables: Iterable[str]) -> list[str]:
        """Return the names of columns, in a fixed order."""
        return [self.names[variable] for variable in sorted(variables)]

    def shared(self, other: Bindings) -> list[str]:
        """Return the variables that both hold, all of them bound everywhere.

        Raises:
            Unsupported: One may be unbound, or is a term on one side only.
        """
        both = sorted(self.columns.keys() & other.columns.keys())
        for variable in both:
            one, two = self.columns[variable], other.columns[variable]
            if not (one.sure and two.sure) or one.kind != two.kind or one.scale != two.scale:
                raise Unsupported("a join over what may be unbound or is no term")
        return both

    def joined(self, other: Bindings) -> Bindings:
        """Return the natural join."""
        keys = self.named(self.shared(other))
        joined = self.table.join(other.table, keys) if keys else self.table.cross_join(other.table)
        columns = {**other.columns, **self.columns}
        for variable in self.columns.keys() & other.columns.keys():
            columns[variable] = replace(columns[variable], resource=columns[variable].resource or other.columns[variable].resource)
        return replace(self, table=joined.select(*self.named(columns)), columns=columns, plain=False)

    def matching(self, other: Bindings, *, negated: bool = False) -> Bindings:
        """Return the solutions that have a compatible one in another table, or that have none."""
        keys = self.named(self.shared(other))
        if not keys:
            raise Unsupported("EXISTS or MINUS without a common variable")
        right = other.table.select(*keys)
        table = self.table.anti_join(right, keys) if negated else self.table.semi_join(right, keys)
        return replace(self, table=table, plain=False)


def united(parts: Sequence[Bindings]) -> Bindings:
    """Return the union of solutions; a variable that is missing in one is unbound there.

    Raises:
        Unsupported: A variable is a term in one and something else in another.
    """
    import ibis

    if len(parts) == 1:
        return parts[0]
    columns: dict[str, Column] = {}
    for variable in sorted(set().union(*(part.columns for part in parts))):
        known = [part.columns[variable] for part in parts if variable in part.columns]
        if len({(one.kind, one.scale) for one in known}) > 1:
            raise Unsupported("a union of terms with what is made")
        columns[variable] = replace(
            known[0],
            sources=tuple(dict.fromkeys(source for one in known for source in one.sources)),
            sure=len(known) == len(parts) and all(one.sure for one in known),
            resource=all(one.resource for one in known),
        )
    names = parts[0].names
    types = {variable: part.cell(variable).type() for part in parts for variable in part.columns}
    tables = [
        part.table.select(
            **{
                names[variable]: part.cell(variable) if variable in part.columns else ibis.null().cast(types[variable].copy(nullable=True))
                for variable in columns
            }
        )
        for part in parts
    ]
    return Bindings(ibis.union(*tables), columns, names)
