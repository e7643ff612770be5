"""Reading a SELECT: rdflib parses, and its tree becomes the records of :mod:`kg.validate.setwise.algebra`.

rdflib's own translation into the algebra is not used, because filters inside EXISTS get lost when its tree is copied.
Source: SPARQL 1.1, section 18.2 (translation to the algebra).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from kg.validate.setwise.algebra import (
    Aggregate,
    Basic,
    Call,
    Exists,
    Expression,
    Extend,
    Filter,
    Join,
    LeftJoin,
    Minus,
    Named,
    Node,
    Pattern,
    Select,
    Triple,
    Union,
    Unsupported,
    Values,
    Var,
    conjuncts,
)
from kg.validate.setwise.reading import to_term

if TYPE_CHECKING:
    from kg.validate.report import PropertyPath


def read_select(text: str) -> Select:
    """Read a SELECT with its prefixes.

    Raises:
        Unsupported: It holds something that is not read here.
    """
    from pyparsing.exceptions import ParseBaseException
    from rdflib.plugins.sparql.algebra import translatePath, translatePName, translatePrologue, traverse
    from rdflib.plugins.sparql.parser import parseQuery

    try:
        prologue, tree = parseQuery(text)
        known = translatePrologue(prologue, None)
        tree = traverse(tree, visitPost=partial(translatePName, prologue=known))
        tree = traverse(tree, visitPost=translatePath)
    except (ParseBaseException, RecursionError) as error:
        raise Unsupported("its syntax") from error
    if tree.name != "SelectQuery" or tree.datasetClause:
        raise Unsupported("another form than SELECT, or FROM")
    return _select(tree)


def _select(tree: Any) -> Select:
    if tree.limitoffset:
        raise Unsupported("LIMIT or OFFSET")
    if not tree.projection:
        raise Unsupported("SELECT *")
    columns: list[tuple[str, Expression]] = []
    for item in tree.projection:
        name = str(item.var if item.var is not None else item.evar)
        columns.append((name, Var(name) if item.var is not None else _expression(item.expr)))
    where = _group(tree.where)
    if tree.valuesClause:
        where = _joined(where, _values(tree.valuesClause))
    keys: list[str] = []
    for key in tree.groupby.condition if tree.groupby else ():
        if getattr(key, "name", "") == "GroupAs":
            where = Extend(where, str(key.var), _expression(key.expr))
            key = key.var
        key = _expression(key)
        if not isinstance(key, Var):
            raise Unsupported("GROUP BY an expression")
        keys.append(key.name)
    having = tuple(_expression(one) for one in tree.having.condition) if tree.having else ()
    grouped = bool(tree.groupby) or any(_has_aggregate(one) for one in (*having, *(made for _, made in columns)))
    return Select(where, tuple(columns), bool(tree.modifier), tuple(keys) if grouped else None, conjuncts(having))


def _has_aggregate(expression: Expression) -> bool:
    return isinstance(expression, Aggregate) or (isinstance(expression, Call) and any(map(_has_aggregate, expression.arguments)))


def _joined(left: Pattern, right: Pattern) -> Pattern:
    if left == Basic(()):
        return right
    return Basic((*left.triples, *right.triples)) if isinstance(left, Basic) and isinstance(right, Basic) else Join(left, right)


def _group(tree: Any) -> Pattern:
    """Read a group of patterns (section 18.2.2.6): its filters come last."""
    if tree.name == "SubSelect":
        return _select(tree)
    found: Pattern = Basic(())
    conditions: list[Expression] = []
    for part in tree.part or ():
        if part.name == "TriplesBlock":
            found = _joined(found, Basic(tuple(_triples(part.triples))))
        elif part.name == "Filter":
            conditions.append(_expression(part.expr))
        elif part.name == "GroupOrUnionGraphPattern":
            parts = tuple(map(_group, part.graph))
            # A group in braces is a pattern of its own: two of triples are not one, or their blank nodes would be the same.
            found = (
                (Union(parts) if len(parts) > 1 else parts[0]) if found == Basic(()) else Join(found, Union(parts) if len(parts) > 1 else parts[0])
            )
        elif part.name == "OptionalGraphPattern":
            inner = _group(part.graph)
            simple = isinstance(inner, Filter)
            found = LeftJoin(found, inner.inner if simple else inner, inner.conditions if simple else ())  # type: ignore[union-attr]
        elif part.name == "MinusGraphPattern":
            found = Minus(found, _group(part.graph))
        elif part.name == "GraphGraphPattern":
            found = _joined(found, Named(_node(part.term), _group(part.graph)))
        elif part.name == "InlineData":
            found = _joined(found, _values(part))
        elif part.name == "Bind":
            found = Extend(found, str(part.var), _expression(part.expr))
        else:
            raise Unsupported(str(part.name))
    return Filter(found, conjuncts(conditions)) if conditions else found


def _values(tree: Any) -> Values:
    names = tuple(map(str, tree.var))
    rows = [row if isinstance(row, list) else [row] for row in tree.value or ()]
    if any(isinstance(cell, str) and cell == "UNDEF" and type(cell) is str for row in rows for cell in row):
        raise Unsupported("VALUES with UNDEF")
    return Values(names, tuple(tuple(to_term(cell) for cell in row) for row in rows))


def _triples(blocks: Any) -> Iterator[Triple]:
    for block in blocks:
        cells = list(block)
        for place in range(0, len(cells), 3):
            subject, predicate, target = cells[place : place + 3]
            yield Triple(_node(subject), _predicate(predicate), _node(target))


def _node(node: Any) -> Node:
    from rdflib import BNode, Variable

    if isinstance(node, Variable):
        return Var(str(node))
    return Var(f"_:{node}") if isinstance(node, BNode) else to_term(node)


def _predicate(node: Any) -> Node | PropertyPath:
    from rdflib.paths import Path

    return _path(node) if isinstance(node, Path) else _node(node)


def _path(node: Any) -> PropertyPath:
    from rdflib import URIRef
    from rdflib.paths import AlternativePath, InvPath, MulPath, SequencePath

    if isinstance(node, URIRef):
        return ("iri", str(node))
    if isinstance(node, InvPath):
        return ("^", _path(node.arg))
    if isinstance(node, SequencePath | AlternativePath):
        return ("/" if isinstance(node, SequencePath) else "|", *map(_path, node.args))
    if isinstance(node, MulPath):
        return (str(node.mod), _path(node.path))
    raise Unsupported("a negated property set")


# --- expressions -------------------------------------------------------------------------------------------------------------

_BINARY = {"ConditionalAndExpression": "&&", "ConditionalOrExpression": "||"}
_UNARY = {"UnaryNot": "!", "UnaryMinus": "-", "UnaryPlus": "+"}
_ARGUMENTS = ("arg", "arg1", "arg2", "arg3", "text", "pattern", "replacement", "start", "length", "flags")
_STEADY = frozenset(
    (
        "STR",
        "LANG",
        "LANGMATCHES",
        "DATATYPE",
        "BOUND",
        "IRI",
        "URI",
        "ABS",
        "CEIL",
        "FLOOR",
        "ROUND",
        "CONCAT",
        "STRLEN",
        "UCASE",
        "LCASE",
        "ENCODE_FOR_URI",
        "CONTAINS",
        "STRSTARTS",
        "STRENDS",
        "STRBEFORE",
        "STRAFTER",
        "YEAR",
        "MONTH",
        "DAY",
        "HOURS",
        "MINUTES",
        "SECONDS",
        "TIMEZONE",
        "TZ",
        "MD5",
        "SHA1",
        "SHA256",
        "SHA384",
        "SHA512",
        "COALESCE",
        "IF",
        "STRLANG",
        "STRDT",
        "SAMETERM",
        "ISIRI",
        "ISURI",
        "ISBLANK",
        "ISLITERAL",
        "ISNUMERIC",
        "REGEX",
        "SUBSTR",
        "REPLACE",
    )
)
"""Functions that give the same for the same terms."""


def _expression(tree: Any) -> Expression:
    from rdflib.term import Identifier

    if isinstance(tree, Identifier):
        return _node(tree)
    name = str(getattr(tree, "name", ""))
    if name in _BINARY:
        parts = [tree.expr, *(tree.other or ())]
        return _expression(parts[0]) if len(parts) == 1 else Call(_BINARY[name], tuple(map(_expression, parts)))
    if name == "RelationalExpression":
        left = _expression(tree.expr)
        if tree.op is None:
            return left
        others = tree.other if isinstance(tree.other, list) else [tree.other]
        return Call(" ".join(str(tree.op).upper().split()), (left, *map(_expression, others)))
    if name in ("AdditiveExpression", "MultiplicativeExpression"):
        found = _expression(tree.expr)
        for operator, other in zip(tree.op or (), tree.other or (), strict=True):
            found = Call(str(operator), (found, _expression(other)))
        return found
    if name in _UNARY:
        return Call(_UNARY[name], (_expression(tree.expr),))
    if name in ("Builtin_EXISTS", "Builtin_NOTEXISTS"):
        found = Exists(_group(tree.graph))
        return found if name == "Builtin_EXISTS" else Call("!", (found,))
    if name.startswith("Builtin_") and (called := name.removeprefix("Builtin_").upper()) in _STEADY:
        cells = [tree[key] for key in _ARGUMENTS if key in tree]
        return Call(called, tuple(_expression(one) for cell in cells for one in (cell if isinstance(cell, list) else [cell])))
    if name == "Function":
        return Call(str(tree.iri), tuple(map(_expression, tree.expr or ())))
    if name.startswith("Aggregate_"):
        counted = tree.vars
        everything = isinstance(counted, str) and not isinstance(counted, Identifier)
        return Aggregate(name.removeprefix("Aggregate_").upper(), bool(tree.distinct), None if everything else _expression(counted))
    raise Unsupported(name or repr(tree))
