"""What one set of distinct statements has and another has not, by one grouping of both."""

from __future__ import annotations

from typing import Any

from kg.batch.statements import STATEMENTS

DIFFERENCE = {"sign": "string", **STATEMENTS}
"""A statement, and `+` where only the new set has it, `-` where only the old one has."""


def difference(old: Any, new: Any) -> Any:
    """Return the statements that only one of two sets has, as :data:`DIFFERENCE`; blank nodes are compared by their labels.

    Args:
        old: Distinct statements, as :data:`kg.batch.statements.STATEMENTS`.
        new: The same.
    """
    import ibis

    both = old.mutate(side=ibis.literal(1, "int64")).union(new.mutate(side=ibis.literal(2, "int64")))
    found = both.group_by(list(STATEMENTS)).aggregate(side=ibis._.side.max(), sides=ibis._.count())
    alone = found.filter(found.sides == 1)
    return alone.select(*STATEMENTS, sign=ibis.ifelse(alone.side == 2, "+", "-")).select(*DIFFERENCE)


def numbers(found: Any) -> Any:
    """Return how many statements each graph gained and lost: columns `graph`, `sign`, `statements`."""
    import ibis

    return found.group_by(["graph", "sign"]).aggregate(statements=ibis._.count())
