"""Aggregates in words that Virtuoso answers as the standard says (SPARQL 1.1, sections 11 and 18.5.1); see :mod:`kg.store.rewriting`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg.store.syntax import Group, NotRead, Query, Triple, Words, is_variable

AGGREGATES = ("COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT")


def lift(query: Query, fresh: Iterator[str]) -> None:
    """Compute aggregates in a subquery and what is made of them outside.

    Virtuoso cannot compile an expression of two aggregates beside a path, wants a separator, and passes over what is unbound, where the standard has an
    error and so no value (SPARQL 1.1, section 18.5.1).
    """
    head, items, dataset = _select(query.head)
    sure = bound(query.where)
    made = {item[-2]: item for item in items if len(item) > 1}
    wanted = [name for name, item in made.items() if _needs(item, sure)]
    behind = next((number for number, word in enumerate(query.tail) if word.upper() in ("ORDER", "LIMIT", "OFFSET", "VALUES")), len(query.tail))
    inside, outside = query.tail[:behind], query.tail[behind:]
    if not wanted or _aggregates(outside) or any(name in other[:-2] for name in made for other in items if len(other) > 1):
        return
    inner: list[str] = [item[0] for item in items if len(item) == 1]
    inner += [word for word in outside if is_variable(word) and word not in made and word not in inner]
    outer: list[str] = []
    for item in items:
        if len(item) == 1 or item[-2] not in wanted:
            inner += item if len(item) > 1 else []
            outer.append(item[0] if len(item) == 1 else item[-2])
            continue
        expression, parts = _lifted(item[1:-3], sure, fresh)
        inner += parts
        outer += ["(", *expression, "AS", item[-2], ")"]
    query.where = Group([Words([Group(query=Query([], ["SELECT", *inner], query.where, inside))])])
    query.head, query.tail = [*head, *outer, *dataset], outside


def _select(head: list[str]) -> tuple[list[str], list[list[str]], list[str]]:
    """Split a head into its form, its variables and expressions, and its dataset."""
    if head[0].upper() != "SELECT":
        return head, [], []
    at = 2 if len(head) > 1 and head[1].upper() in ("DISTINCT", "REDUCED") else 1
    front, items = head[:at], list[list[str]]()
    while at < len(head) and head[at].upper() != "FROM":
        end = at + 1 if head[at] != "(" else _closing(head, at) + 1
        items.append(head[at:end])
        at = end
    return front, items, head[at:]


def _closing(words: Sequence[str], at: int) -> int:
    depth = 0
    for number in range(at, len(words)):
        depth += (words[number] == "(") - (words[number] == ")")
        if not depth:
            return number
    raise NotRead


def _aggregates(words: Sequence[str]) -> list[int]:
    return [number for number, word in enumerate(words[:-1]) if word.upper() in AGGREGATES and words[number + 1] == "("]


def _needs(item: list[str], sure: set[str]) -> bool:
    found = _aggregates(item)
    return len(found) > 1 or any(_partly(item[at], _argument(item, at), sure) or _bare(item, at) for at in found)


def _argument(words: list[str], at: int) -> list[str]:
    """Return what an aggregate is of, without DISTINCT and separator."""
    inside = words[at + 2 : _closing(words, at + 1)]
    inside = inside[1:] if inside and inside[0].upper() == "DISTINCT" else inside
    return inside[: inside.index(";")] if ";" in inside else inside


def _bare(words: list[str], at: int) -> bool:
    return words[at].upper() == "GROUP_CONCAT" and ";" not in words[at : _closing(words, at + 1)]


def _partly(name: str, argument: list[str], sure: set[str]) -> bool:
    """Return whether an aggregate may meet what is unbound, which must leave it without a value."""
    if name.upper() in ("COUNT", "SAMPLE") or argument[0].upper() in ("COALESCE", "IF"):
        return False
    return any(is_variable(word) and word not in sure for word in argument)


def _lifted(words: list[str], sure: set[str], fresh: Iterator[str]) -> tuple[list[str], list[str]]:
    """Replace aggregates by variables; return the expression and the items that give the variables."""
    expression, parts, at = list[str](), list[str](), 0
    places = set(_aggregates(words))
    while at < len(words):
        if at not in places:
            expression.append(words[at])
            at += 1
            continue
        end = _closing(words, at + 1)
        call, argument, name = words[at : end + 1], _argument(words, at), next(fresh)
        if _bare(words, at):
            call = [*call[:-1], ";", "SEPARATOR", "=", '" "', ")"]
        parts += ["(", *call, "AS", name, ")"]
        if _partly(words[at], argument, sure):
            some, every, none = next(fresh), next(fresh), next(fresh)
            parts += ["(", "COUNT", "(", *argument, ")", "AS", some, ")", "(", "COUNT", "(", "*", ")", "AS", every, ")"]
            expression += ["IF", "(", some, "=", every, ",", name, ",", none, ")"]
        else:
            expression.append(name)
        at = end + 1
    return expression, parts


def bound(group: Group) -> set[str]:
    """Return variables that have a value in every solution of a group."""
    if group.query:
        _, items, _ = _select(group.query.head)
        inner = bound(group.query.where)
        return inner if ["*"] in items else {item[0] for item in items if len(item) == 1} & inner
    found: set[str] = set()
    for item in group.items:
        if isinstance(item, Triple):
            found |= {word for word in (item.subject, item.object, item.path.text) if is_variable(word)}
        elif item.first == "VALUES" and "UNDEF" not in (str(part).upper() for part in item.parts):
            found |= {str(part) for part in item.parts if is_variable(str(part))}
        elif isinstance(item.parts[0], Group):
            found |= set.intersection(*(bound(part) for part in item.parts if isinstance(part, Group)))
        elif item.first == "GRAPH":
            found |= {word for part in item.parts for word in (bound(part) if isinstance(part, Group) else {part} if is_variable(part) else set())}
    return found
