"""GROUP BY with its aggregates.

Counts are counts of numbers; the least and greatest text is one of the engine's texts, which both engines order by code points; sums are
exact, over scaled whole numbers.
Source: SPARQL 1.1, section 18.5.1 (aggregates).
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from kg.namespaces import XSD
from kg.validate.setwise import algebra as a
from kg.validate.setwise.algebra import Aggregate, Call, Unsupported, Var
from kg.validate.setwise.bindings import COUNT, SUM, TERM, Bindings, Column
from kg.validate.setwise.conditions import Conditions
from kg.validate.setwise.lexical import INTEGERS, well_formed
from kg.validate.setwise.tables import columns_table

Columns = tuple[tuple[str, a.Expression], ...]
DIGITS = 9
"""Digits after the point that a sum may have."""


def grouped(
    found: Bindings, query: a.Select, conditions: Conditions, name_of: Callable[[str], str], settled: Callable[[Bindings], Bindings]
) -> tuple[Bindings, Columns, tuple[a.Expression, ...]]:
    """Group solutions, and return the groups with the columns and conditions of a query over them.

    Args:
        found: The solutions.
        query: The SELECT; its keys are not None.
        conditions: Judges values.
        name_of: Name of a variable's column.
        settled: Keeps solutions.

    Raises:
        Unsupported: One group of everything, or an aggregate that is not translated.
    """
    if not query.keys:
        raise Unsupported("an aggregate without GROUP BY")
    asked: dict[Aggregate, str] = {}

    def replaced(expression: a.Expression) -> a.Expression:
        if isinstance(expression, Aggregate):
            return Var(asked.setdefault(expression, f"aggregate {len(asked)}"))
        return Call(expression.name, tuple(map(replaced, expression.arguments))) if isinstance(expression, Call) else expression

    columns = tuple((name, replaced(expression)) for name, expression in query.columns)
    having = tuple(map(replaced, query.having))
    unknown = [key for key in query.keys if key not in found.columns]
    keys = [key for key in query.keys if key in found.columns]
    if unknown or not keys:
        raise Unsupported("GROUP BY what is never bound")
    if any(not (isinstance(one, Aggregate) and one.name == "COUNT") for one in asked):
        found = settled(found)
    names = found.named(keys)
    whole = found.table.select(*names).distinct() if not asked else None
    made: dict[str, Column] = {}
    counts = {name: one for one, name in asked.items() if one.name == "COUNT"}
    if counts:
        whole = found.table.group_by(names).aggregate(**{name_of(name): _count(found, one) for name, one in counts.items()})
        made = {name: Column(COUNT) for name in counts}
    for one, name in asked.items():
        if name in counts:
            continue
        table, made[name] = (_sum if one.name == "SUM" else _extreme)(found, one, names, name_of(name), conditions)
        whole = table if whole is None else _beside(whole, table, names, name_of(name), found, keys)
    kept = {key: found.columns[key] for key in keys}
    return replace(found, table=whole, columns={**kept, **made}, plain=False), columns, having


def _beside(whole: Any, table: Any, names: Sequence[str], name: str, found: Bindings, keys: Sequence[str]) -> Any:
    if any(not found.columns[key].sure for key in keys):
        raise Unsupported("several aggregates over what may be unbound")
    joined = whole.join(table, list(names))
    return joined.select(*whole.columns, name)


def _count(found: Bindings, one: Aggregate) -> Any:
    import ibis

    if one.argument is None:
        if one.distinct:
            raise Unsupported("COUNT(DISTINCT *)")
        return ibis._.count().cast("int64")
    if not isinstance(one.argument, Var) or one.argument.name not in found.columns:
        raise Unsupported("COUNT of an expression")
    cell = found.cell(one.argument.name)
    return (cell.nunique() if one.distinct else cell.count()).cast("int64")


def _extreme(found: Bindings, one: Aggregate, names: Sequence[str], name: str, conditions: Conditions) -> tuple[Any, Column]:
    """Return the least or greatest text of each group."""
    argument = one.argument
    if one.name not in ("MIN", "MAX"):
        raise Unsupported(one.name)
    text = f"{name}_text"
    if isinstance(argument, Call) and argument.name == "STR" and isinstance(argument.arguments[0], Var):
        variable = argument.arguments[0].name
        column = found.columns.get(variable)
        if column is None or column.kind != TERM or not column.sure:
            raise Unsupported(f"{one.name} of what may be unbound")
        table = conditions.texts_of(found, variable, text)
        # A blank node has no text: that is an error, and the group has no value.
        blank = (table[found.names[variable]] & conditions.data.mask) == 1
    elif isinstance(argument, Var) and (known := found.columns.get(argument.name)) is not None and known.kind == XSD.string and known.sure:
        table = found.table.mutate(**{text: found.cell(argument.name)})
        blank = table[text].isnull()
    else:
        raise Unsupported(f"{one.name} of anything but texts")
    cell = table[text].min() if one.name == "MIN" else table[text].max()
    groups = table.group_by(list(names)).aggregate(**{text: cell, f"{name}_bad": blank.cast("int64").max()})
    whole = groups.mutate(**{name: (groups[f"{name}_bad"] == 0).ifelse(groups[text], None)}).select(*names, name)
    return whole, Column(XSD.string, sure=False)


def _sum(found: Bindings, one: Aggregate, names: Sequence[str], name: str, conditions: Conditions) -> tuple[Any, Column]:
    """Return the sum of each group, exactly; a group with something else than a number has none."""
    if one.distinct or not isinstance(one.argument, Var):
        raise Unsupported("SUM of an expression or of distinct values")
    variable = one.argument.name
    column = found.columns.get(variable)
    if column is None or column.kind != TERM or not column.sure:
        raise Unsupported("SUM of what may be unbound")
    data = conditions.data
    ids = found.table.select(id=found.cell(variable)).distinct()
    numbers, values, whole_numbers = array("q"), [], True
    digits = 0
    for number, text in data.fetch(conditions.sources.texts(ids, column.sources).select("id", "text")):
        tag = data.tags[number & data.mask]
        if tag.datatype in (XSD.double, XSD.float):
            raise Unsupported("SUM of floating-point numbers")
        if tag.datatype not in INTEGERS | {XSD.decimal} or not well_formed(text, tag.datatype):
            continue
        value = Decimal(text)
        whole_numbers = whole_numbers and tag.datatype in INTEGERS
        digits = max(digits, -int(value.as_tuple().exponent))
        numbers.append(number)
        values.append(value)
    if digits > DIGITS or any(abs(value) >= 10 ** (18 - digits) for value in values):
        raise Unsupported("SUM of numbers this long")
    scaled = array("q", (int(value.scaleb(digits)) for value in values))
    own = found.names[variable]
    parts = columns_table(data.engine, (own, f"{name}_part"), (numbers, scaled), (int, int))
    joined = found.table.left_join(parts, own)
    part = joined[f"{name}_part"]
    groups = joined.group_by(list(names)).aggregate(
        **{f"{name}_sum": part.cast("decimal(38, 0)").sum(), f"{name}_bad": part.isnull().cast("int64").max()}
    )
    total = (groups[f"{name}_bad"] == 0).ifelse(groups[f"{name}_sum"].cast("decimal(38, 0)"), None)
    # Text, so that no engine widens or rounds it.
    whole = groups.mutate(**{name: total.cast("string")}).select(*names, name)
    return whole, Column(SUM, sure=False, scale=-1 if whole_numbers else digits)
