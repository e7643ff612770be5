"""Whether an answer was cut: queries that count what another one should have given (SPARQL 1.1, sections 11, 12 and 15)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.store.texts import form, keywords

ROUND = frozenset(first * 10**power for first in (1, 2, 5) for power in range(2, 8)) | {
    1024,
    2048,
    4096,
    8192,
    16384,
    32768,
    65536,
    131072,
    25_000,
    250_000,
}
"""Numbers of rows at which servers are set to cut."""
_NUMBER = re.compile(r"(?:\s|#[^\n\r]*[\n\r])*(\d+)")
_TAIL = ("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES")


@dataclass(frozen=True)
class Outline:
    """Where the parts of a query begin.

    Attributes:
        start: Of the form's word.
        dataset: `FROM …`, or empty.
        body: Of the braces of WHERE, its first and the position after its last.
        tail: `(word, position)` of the solution modifiers and of VALUES after WHERE.
    """

    start: int
    dataset: str
    body: tuple[int, int]
    tail: tuple[tuple[str, int], ...]


def outline(sparql: str) -> Outline | None:
    """Return the outline of a SELECT or CONSTRUCT; `None` where the text is not understood."""
    top: list[tuple[str, int]] = []
    blocks: list[tuple[int, int]] = []
    depth, opened = 0, 0
    for word, position in keywords(sparql):
        if word == "{":
            opened = position if depth == 0 else opened
            depth += 1
        elif word == "}":
            depth -= 1
            if depth == 0:
                blocks.append((opened, position + 1))
        elif depth == 0:
            top.append((word, position))
    start = next((position for word, position in top if word in ("SELECT", "CONSTRUCT")), None)
    if start is None or depth or not blocks:
        return None
    where = next((position for word, position in top if word == "WHERE"), None)
    # Without the word, WHERE is the first block that no expression holds: EXISTS in SELECT, the template of CONSTRUCT.
    heads = [block for block in blocks if where is None or block[0] > where]
    if where is None:
        if form(sparql) == "CONSTRUCT":
            heads = heads[1:]
        elif any(word in ("EXISTS", "NOT") for word, position in top if position < heads[0][0]):
            return None
    if not heads:
        return None
    first = next((position for word, position in top if word == "FROM"), None)
    end = heads[0][0] if where is None else where
    dataset = sparql[first:end] if first is not None and first < end else ""
    if "#" in dataset:
        dataset += "\n"
    return Outline(start, dataset, heads[0], tuple(one for one in top if one[1] > heads[0][1] and one[0] in _TAIL))


def own_limit(sparql: str) -> int | None:
    """Return the LIMIT of the outermost query, or `None`.

    >>> own_limit("SELECT * { { SELECT * { ?s ?p ?o } LIMIT 3 } } LIMIT 20")
    20
    """
    found = outline(sparql)
    for word, position in found.tail if found else ():
        number = _NUMBER.match(sparql, position + len(word))
        if word == "LIMIT" and number:
            return int(number.group(1)[:18])
    return None


def counting(sparql: str) -> str | None:
    """Return a query that counts the solutions of another, without its outermost ORDER BY; `None` where none can be written.

    >>> counting("PREFIX a: <b:> SELECT ?s FROM <b:g> WHERE { ?s a a:C } ORDER BY ?s LIMIT 5").replace(chr(10), " ")
    'PREFIX a: <b:> SELECT (COUNT(*) AS ?kgRows) FROM <b:g> WHERE { { SELECT ?s WHERE { ?s a a:C } LIMIT 5 } }'
    """
    found = outline(sparql)
    if found is None:
        return None
    words = [word for word, _ in found.tail]
    head, tail = sparql[: found.start], _without_order(sparql, found)
    if form(sparql) == "SELECT":
        inside = sparql[found.start : found.body[0]]
        if found.dataset:
            cut = inside.index(found.dataset.rstrip("\n"))
            inside = f"{inside[:cut]}WHERE "
    elif "GROUP" in words or "HAVING" in words:
        return None
    else:
        inside = "SELECT * WHERE "
    block = sparql[slice(*found.body)]
    select = f"{inside}{block}{tail}".rstrip()
    dataset = f"{found.dataset.strip()}\n" if found.dataset else ""
    return f"{head}SELECT (COUNT(*) AS ?kgRows) {dataset}WHERE {{ {{ {select}\n}} }}"


def _without_order(sparql: str, found: Outline) -> str:
    rest = sparql[found.body[1] :]
    place = next((number for number, (word, _) in enumerate(found.tail) if word == "ORDER"), None)
    if place is None:
        return rest
    start = found.tail[place][1]
    end = found.tail[place + 1][1] if place + 1 < len(found.tail) else len(sparql)
    return sparql[found.body[1] : start] + sparql[end:]
