"""The part of SPARQL that targets are written in, as plain records.

What is not among them (LIMIT, SERVICE, DESCRIBE, negated property sets, …) is an :class:`Unsupported`, never something else.
Source: SPARQL 1.1 Query Language, W3C Recommendation, 21 March 2013, section 18.2 (translation to the algebra).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from kg.quads import Term, term_text

if TYPE_CHECKING:
    from kg.validate.report import PropertyPath


class Unsupported(Exception):
    """A query holds something that is not translated; the text says what."""


@dataclass(frozen=True)
class Var:
    """A variable; a blank node of a pattern is one whose name begins with `_:`."""

    name: str


@dataclass(frozen=True)
class Call:
    """An operator or function with its arguments.

    Attributes:
        name: `&&`, `=`, `IN`, `STR`, …, or the IRI of a cast.
        arguments: Expressions.
    """

    name: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True)
class Exists:
    """EXISTS; NOT EXISTS is a `!` around it."""

    pattern: Pattern


@dataclass(frozen=True)
class Aggregate:
    """An aggregate; `COUNT(*)` has no argument."""

    name: str
    distinct: bool
    argument: Expression | None


Expression: TypeAlias = Var | Term | Call | Exists | Aggregate
Node: TypeAlias = Var | Term


@dataclass(frozen=True)
class Triple:
    """A triple pattern: its predicate is a node, or a property path other than a single property."""

    subject: Node
    predicate: Node | PropertyPath
    object: Node


@dataclass(frozen=True)
class Basic:
    """Triple patterns that all hold."""

    triples: tuple[Triple, ...]


@dataclass(frozen=True)
class Join:
    """Both patterns hold."""

    left: Pattern
    right: Pattern


@dataclass(frozen=True)
class LeftJoin:
    """OPTIONAL."""

    left: Pattern
    right: Pattern
    conditions: tuple[Expression, ...]


@dataclass(frozen=True)
class Union:
    """One of several patterns holds."""

    parts: tuple[Pattern, ...]


@dataclass(frozen=True)
class Minus:
    """MINUS."""

    left: Pattern
    right: Pattern


@dataclass(frozen=True)
class Filter:
    """Conditions on the solutions of a pattern, all of which hold."""

    inner: Pattern
    conditions: tuple[Expression, ...]


@dataclass(frozen=True)
class Extend:
    """BIND."""

    inner: Pattern
    name: str
    expression: Expression


@dataclass(frozen=True)
class Named:
    """GRAPH."""

    graph: Node
    inner: Pattern


@dataclass(frozen=True)
class Values:
    """VALUES without UNDEF."""

    names: tuple[str, ...]
    rows: tuple[tuple[Term, ...], ...]


@dataclass(frozen=True)
class Select:
    """A SELECT.

    Attributes:
        where: Its pattern.
        columns: Name → expression, the variable itself where it is not made by AS.
        distinct: DISTINCT or REDUCED.
        keys: Variables of GROUP BY; None where nothing is grouped.
        having: Conditions on groups.
    """

    where: Pattern
    columns: tuple[tuple[str, Expression], ...]
    distinct: bool
    keys: tuple[str, ...] | None
    having: tuple[Expression, ...]


Pattern: TypeAlias = Basic | Join | LeftJoin | Union | Minus | Filter | Extend | Named | Values | Select


def conjuncts(conditions: Any) -> tuple[Expression, ...]:
    """Return conditions with every `&&` taken apart."""
    found: list[Expression] = []
    for one in conditions:
        found += conjuncts(one.arguments) if isinstance(one, Call) and one.name == "&&" else [one]
    return tuple(found)


_INFIX = frozenset(("&&", "||", "=", "!=", "<", ">", "<=", ">=", "+", "-", "*", "/"))


def expression_text(expression: Expression, names: dict[str, str]) -> str:
    """Write an expression in SPARQL.

    Args:
        expression: Without EXISTS and aggregates.
        names: Name of a variable → the name to write; one that is not in it is written as a variable that nothing binds.
    """
    if isinstance(expression, Var):
        return f"?{names.get(expression.name, 'nothing')}"
    if isinstance(expression, Term):
        return term_text(expression)
    if not isinstance(expression, Call):
        raise Unsupported("EXISTS or an aggregate in an expression")
    parts = [expression_text(one, names) for one in expression.arguments]
    name = expression.name
    if name in _INFIX and len(parts) > 1:
        return f"({f' {name} '.join(parts)})"
    if name in ("!", "-", "+"):
        return f"({name} {parts[0]})"
    if name in ("IN", "NOT IN"):
        return f"({parts[0]} {name} ({', '.join(parts[1:])}))"
    called = {"SAMETERM": "sameTerm"}.get(name, f"<{name}>" if ":" in name else name)
    return f"{called}({', '.join(parts)})"


# --- questions ---------------------------------------------------------------------------------------------------------------


def variables(expression: Expression) -> set[str]:
    """Return the variables of an expression, those of EXISTS among them."""
    if isinstance(expression, Var):
        return {expression.name}
    if isinstance(expression, Exists):
        return mentioned(expression.pattern)
    inner = expression.arguments if isinstance(expression, Call) else (expression.argument,) if isinstance(expression, Aggregate) else ()
    return set().union(*(variables(one) for one in inner if one is not None))


def mentioned(pattern: Pattern) -> set[str]:
    """Return the variables that a pattern speaks of and that may be bound outside it."""
    if isinstance(pattern, Select):
        return {name for name, _ in pattern.columns}
    found: set[str] = set()
    if isinstance(pattern, Basic):
        found = {cell.name for one in pattern.triples for cell in (one.subject, one.predicate, one.object) if isinstance(cell, Var)}
    elif isinstance(pattern, Values):
        found = set(pattern.names)
    elif isinstance(pattern, Named) and isinstance(pattern.graph, Var):
        found = {pattern.graph.name}
    elif isinstance(pattern, Extend):
        found = {pattern.name}
    return found.union(*(variables(one) for one in _expressions(pattern)), *(mentioned(one) for one in _inner(pattern)))


def walk(pattern: Pattern, graph: Node | None = None) -> Iterator[tuple[Pattern, Node | None]]:
    """Yield a pattern and all in it, those of EXISTS too, each with the GRAPH around it."""
    yield pattern, graph
    around = pattern.graph if isinstance(pattern, Named) else graph
    for inner in _inner(pattern):
        yield from walk(inner, around)
    for expression in _expressions(pattern):
        for one in _parts(expression):
            if isinstance(one, Exists):
                yield from walk(one.pattern, around)


def constants(pattern: Pattern) -> set[Term]:
    """Return the terms that solutions are compared with: those of triple patterns, GRAPH and VALUES, and IRIs of expressions."""
    found: set[Term] = set()
    for part, _ in walk(pattern):
        if isinstance(part, Basic):
            found |= {cell for one in part.triples for cell in (one.subject, one.object) if isinstance(cell, Term)}
        elif isinstance(part, Values):
            found |= {cell for row in part.rows for cell in row}
        elif isinstance(part, Named) and isinstance(part.graph, Term):
            found.add(part.graph)
        found |= {one for expression in _expressions(part) for one in _parts(expression) if isinstance(one, Term) and one.kind == "iri"}
    return found


def _parts(expression: Expression) -> Iterator[Expression]:
    yield expression
    if isinstance(expression, Call):
        for one in expression.arguments:
            yield from _parts(one)
    elif isinstance(expression, Aggregate) and expression.argument is not None:
        yield from _parts(expression.argument)


def _inner(pattern: Pattern) -> tuple[Pattern, ...]:
    if isinstance(pattern, Union):
        return pattern.parts
    if isinstance(pattern, Join | LeftJoin | Minus):
        return (pattern.left, pattern.right)
    if isinstance(pattern, Filter | Extend | Named):
        return (pattern.inner,)
    return (pattern.where,) if isinstance(pattern, Select) else ()


def _expressions(pattern: Pattern) -> tuple[Expression, ...]:
    if isinstance(pattern, Filter | LeftJoin):
        return pattern.conditions
    if isinstance(pattern, Extend):
        return (pattern.expression,)
    return (*(made for _, made in pattern.columns), *pattern.having) if isinstance(pattern, Select) else ()
