"""Queries that mean the same in words that Virtuoso answers rightly. Each rewriting stands for a departure that was seen (`kg.store.quirks`).

What cannot be put in other words is refused with a reason; a text that :mod:`kg.store.syntax` does not read goes as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import count

from kg.errors import Text
from kg.store.aggregates import lift
from kg.store.syntax import Group, Item, NotRead, Path, Query, Triple, Words, is_iri, is_variable, joined, read, words_of

LARGEST = 2**63 - 1


class Refused(Exception):
    """The server would answer wrongly, or not at all, and no other words are known."""

    def __init__(self, what: Text) -> None:
        super().__init__(what.en)
        self.what = what


@lru_cache(maxsize=256)
def for_virtuoso(sparql: str) -> str:
    """Return a query for Virtuoso.

    Args:
        sparql: SPARQL 1.1 with its prefixes.

    Raises:
        Refused: There are no words that Virtuoso answers rightly.
    """
    words = words_of(sparql)
    _small_numbers(words)
    try:
        query = read(sparql)
    except NotRead:
        return joined(words)
    fresh = (f"?kg_{number}" for number in count(1))
    _values_inside(query)
    _graphs(query)
    paths = [item.path for group in query.groups() for item in group.items if isinstance(item, Triple) and item.path.unbounded()]
    if len(paths) > 1 and any("+" in str(path) for path in paths):
        raise _no_path()
    if paths:
        # Nowhere else: `?x ?p <iri>` beside a BIND of IFs on ?p loses a row, which `?x ?p ?o` with VALUES does not.
        inline(query.where, {})
    for one in query.queries():
        anchor(one.where, [], fresh)
    for one in query.queries():
        lift(one, fresh)
    return str(query)


def _small_numbers(words: Sequence[str]) -> None:
    for word in words:
        digits = re.match(r"[\"']?[+-]?0*(\d{19,})", word)
        if digits and int(digits[1]) > LARGEST and (word.isdigit() or re.search(r"\^\^.*integer>?$", word)):
            what = Text(
                f"This server turns whole numbers beyond 64 bits into other numbers: {word[:40]}.",
                f"Dieser Server macht aus ganzen Zahlen über 64 Bit andere Zahlen: {word[:40]}.",
            )
            raise Refused(what)


def _values_inside(query: Query) -> None:
    """Put VALUES behind the pattern of an ASK or CONSTRUCT into it: Virtuoso knows it there for SELECT alone."""
    if query.head[0].upper() != "SELECT" and query.tail[:1] and query.tail[0].upper() == "VALUES":
        query.where = Group([Words([*query.tail]), Words([query.where])])
        query.tail = []


def _graphs(query: Query) -> None:
    """List the named graphs by GROUP BY: DISTINCT takes Virtuoso twelve times as long."""
    items = query.where.items
    if [word.upper() for word in query.head[:2]] != ["SELECT", "DISTINCT"] or query.tail or len(items) != 1 or len(query.head) != 3:
        return
    only = items[0].parts if isinstance(items[0], Words) and items[0].first == "GRAPH" else []
    inside = only[2].items if len(only) == 3 and isinstance(only[2], Group) else []
    if only and only[1] == query.head[2] and len(inside) == 1 and isinstance(inside[0], Triple):
        words = (query.head[2], inside[0].subject, inside[0].path.text, inside[0].object)
        if all(map(is_variable, words)) and len(set(words)) == 4:
            query.head, query.tail = ["SELECT", words[0]], ["GROUP", "BY", words[0]]


# --- one constant --------------------------------------------------------------------------------------------------------------


def inline(group: Group, known: Mapping[str, str]) -> None:
    """Write an IRI that VALUES binds into the triple patterns behind it: Virtuoso forgets VALUES beside a path of any length.

    A solution has that IRI for the variable in any case, so the patterns match the same; VALUES stays and gives it to the rest. MINUS is left alone: it
    looks at the variables that both sides have. A subquery has variables of its own.
    """
    if group.query:
        inline(group.query.where, {})
        return
    found = dict(known)
    for item in group.items:
        if isinstance(item, Triple):
            item.subject, item.object = found.get(item.subject, item.subject), found.get(item.object, item.object)
            continue
        if item.first == "VALUES":
            found |= _constants(item)
        for part in item.parts:
            if isinstance(part, Group):
                inline(part, {} if item.first == "MINUS" else found)


def _constants(values: Words) -> dict[str, str]:
    """Return the IRIs of a VALUES block of one row."""
    words = [str(part) for part in values.parts[1:]]
    middle = words.index("{")
    names, terms = ([word for word in part if word not in ("(", ")", "{", "}")] for part in (words[:middle], words[middle:]))
    return {name: term for name, term in zip(names, terms, strict=True) if is_iri(term)} if len(names) == len(terms) else {}


# --- paths of any length --------------------------------------------------------------------------------------------------------


def anchor(group: Group, outside: Sequence[Triple], fresh: Iterator[str], *, exists: bool = False) -> None:
    """Put every path of any length into a subquery of its own with DISTINCT and with what binds its start.

    Virtuoso gives an end once per way that leads to it, leaves out the start of a circle with `+`, loses rows where both ends are bound by other paths,
    and gives none where no end is bound in the same group. A path gives every pair once (SPARQL 1.1, section 9.3), so DISTINCT changes nothing, nor
    does a pattern of the same group that is repeated inside.

    Args:
        group: Changed in place.
        outside: Triples before it in the groups around.
        fresh: Names of new variables.
        exists: The group stands in EXISTS.

    Raises:
        Refused: It is a path of which Virtuoso was seen to lose or invent rows, in these words too.
    """
    if group.query:
        return
    items = [simple for item in group.items for simple in (_simple(item, fresh) if isinstance(item, Triple) else [item])]
    plain = [item for item in items if isinstance(item, Triple) and not item.path.unbounded() and "_:" not in item.subject + item.object]
    starts = [
        item for item in items if isinstance(item, Triple) and item.path.unbounded() and not (is_variable(item.subject) and is_variable(item.object))
    ]
    before: list[Triple] = []
    done: list[Item] = []
    for item in items:
        if isinstance(item, Words):
            for part in item.parts:
                if isinstance(part, Group):
                    anchor(part, [*outside, *before], fresh, exists=exists or item.first in ("FILTER", "BIND"))
            done.append(item)
        elif item.path.unbounded():
            if exists and len(items) > 1:
                raise _no_path()
            done.append(_within(item) if exists else _subquery(item, [*plain, *starts, *outside], fresh))
        else:
            before.append(item)
            done.append(item)
    group.items = done


def _simple(triple: Triple, fresh: Iterator[str]) -> list[Item]:
    """Take a path apart until only its parts of any length are left (SPARQL 1.1, section 18.2.2.3)."""
    path = triple.path
    if triple.subject == triple.object and is_variable(triple.subject) and not path.unbounded():
        # Virtuoso does not see that both ends are one: `?x p ?x` matches nothing, or everything.
        end = next(fresh)
        same = Words(["FILTER", "(", "SAMETERM", "(", end, ",", triple.object, ")", ")"])
        names = [triple.subject, *([path.text] if is_variable(path.text) and path.text != triple.subject else [])]
        return [_distinct(names, [Triple(triple.subject, path, end), same])]
    if not path.unbounded() or path.kind in ("*", "+"):
        return [triple]
    if path.kind == "^":
        return _simple(Triple(triple.object, path.parts[0], triple.subject), fresh)
    if path.kind == "/":
        ends = [triple.subject, *(next(fresh) for _ in path.parts[1:]), triple.object]
        return [item for number, part in enumerate(path.parts) for item in _simple(Triple(ends[number], part, ends[number + 1]), fresh)]
    if path.kind == "|":
        ways: list[str | Group] = []
        for part in path.parts:
            ways += [*(["UNION"] if ways else []), Group(_simple(Triple(triple.subject, part, triple.object), fresh))]
        return [Words(ways)]
    raise _no_path()


def _subquery(triple: Triple, others: Sequence[Triple], fresh: Iterator[str]) -> Words:
    start, end, step = triple.subject, triple.object, triple.path.parts[0]
    if step.kind == "^":
        start, end, step = end, start, step.parts[0]
    if not _is_link(step) or "_:" in start[:2] + end[:2] or start == end or not (is_variable(start) or is_variable(end)):
        raise _no_path()
    first, last, items = start, end, list[Item]()
    for term, place in ((start, 0), (end, 1)):
        if not is_variable(term):
            name = next(fresh)
            first, last = (name, last) if place == 0 else (first, name)
            items.append(Words(["FILTER", "(", name, "=", term, ")"]))
    known = first if first != start else last
    if first == start and last == end:
        known, held = next(((name, one) for name in (start, end) if (one := _binds(name, others, triple))), ("", None))
        if held is None or (triple.path.kind == "+" and known == start and _binds(end, others, triple)):
            raise _no_path()
        # In a subquery of its own: beside the path itself Virtuoso loses rows when others bind both ends.
        items.append(_distinct([known], [Triple(held.subject, held.path, held.object)], kept=triple.path.kind == "*"))
    between = next(fresh)
    if triple.path.kind == "*":
        items.append(_walk(first, step, last, known))
    elif known == first:
        items += [Triple(first, step, between), _walk(between, step, last, between)]
    else:
        items += [Triple(between, step, last), _walk(first, step, between, between)]
    return _distinct([word for word in (start, end) if is_variable(word)], items, kept=triple.path.kind == "*")


def _is_link(step: Path) -> bool:
    return step.kind == "link" and (is_iri(step.text) or step.text == "a")


def _walk(start: str, step: Path, end: str, known: str) -> Words:
    """Return a walk of any length from the end that is bound; Virtuoso chooses the wrong one by itself."""
    ends = f"T_IN({start}), T_OUT({end}), T_MIN(0), T_DIRECTION {1 if known == start else 2}"
    return Words([start, step.text, end, f"OPTION(TRANSITIVE, T_DISTINCT, {ends})", "."])


def _within(triple: Triple) -> Triple:
    """Return a path inside EXISTS: there a subquery does not see the row that is asked about, but how often something is found does not count."""
    if triple.path.kind != "*" or not _is_link(triple.path.parts[0]) or is_variable(triple.subject) == is_variable(triple.object):
        raise _no_path()
    return triple


def _distinct(names: Sequence[str], items: Sequence[Item], *, kept: bool = False) -> Words:
    """Return a subquery; one that is kept has a limit that nothing reaches, so that Virtuoso does not take it apart and lose rows."""
    return Words([Group(query=Query([], ["SELECT", "DISTINCT", *names], Group(list(items)), ["LIMIT", "1000000000"] if kept else []))])


def _binds(name: str, others: Sequence[Triple], itself: Triple) -> Triple | None:
    """Return the pattern that narrows a variable most: one with a constant beside it, if there is any."""
    having = [one for one in others if one is not itself and name in (one.subject, one.object)]
    return min(having, key=lambda one: (one.path.unbounded(), is_variable(one.subject) and is_variable(one.object)), default=None)


def _no_path() -> Refused:
    return Refused(
        Text(
            "This server answers such a path of any length (`*`, `+`) wrongly. It needs one property, and one end that is an IRI or that another pattern binds; one `+` in a query, none inside EXISTS.",
            "Einen solchen Pfad beliebiger Länge (`*`, `+`) beantwortet dieser Server falsch. Er braucht eine einzige Eigenschaft und ein Ende, das eine IRI ist oder das ein anderes Muster bindet; in einer Abfrage nur ein `+`, in EXISTS keines.",
        )
    )
