"""The text of a SPARQL query, as far as pre-binding needs to know it: its groups, its sub-queries, what they project.

A query is cut into tokens, never parsed whole: pyoxigraph does that. What is found here is where terms are put in, and what the
Recommendation forbids.
Source: SPARQL 1.1, section 19.8 (grammar); SHACL, appendix "Pre-binding of Variables in SPARQL Queries".
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

_TOKEN = re.compile(
    r'(?P<string>"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^\'\\]|\\.|\'(?!\'\'))*\'\'\'|"(?:[^"\\\n\r]|\\.)*"|\'(?:[^\'\\\n\r]|\\.)*\')'
    r"|(?P<iri><[^\x00-\x20<>\"{}|^`\\]*>)"
    r"|(?P<comment>\#[^\n\r]*)"
    r"|(?P<variable>[?$]\w+)"
    r"|(?P<name>(?:[^\W\d_][\w.-]*)?:(?:[\w:%\\.-]*)|_:[\w.-]+)"
    r"|(?P<word>[A-Za-z_][\w-]*)"
    r"|(?P<mark>[{}()*]|\^\^|&&|\|\||!=|<=|>=|\S)",
    re.DOTALL,
)


class Token(NamedTuple):
    """A token: its kind, its text (words upper case), and where it begins and ends."""

    kind: str
    text: str
    start: int
    end: int


def tokens(query: str) -> Iterator[Token]:
    """Yield the tokens of a query, without comments."""
    for match in _TOKEN.finditer(query):
        kind = match.lastgroup or "mark"
        if kind != "comment":
            text = match.group()
            yield Token(kind, text.upper() if kind == "word" else text, match.start(), match.end())


@dataclass
class Select:
    """A SELECT of a query.

    Attributes:
        names: Projected variables, without those made by AS.
        everything: Whether it is `SELECT *`.
        seen: Variables that its patterns bring into scope, so that `*` returns them.
        grouped: Variables that stand alone in GROUP BY; None where there is no GROUP BY.
        group_at: Where more variables can be put into GROUP BY.
    """

    names: list[str] = field(default_factory=list)
    everything: bool = False
    seen: set[str] = field(default_factory=set)
    grouped: list[str] | None = None
    group_at: int = -1


@dataclass
class Outline:
    """What is known of a query.

    Attributes:
        ask: Whether it is an ASK.
        selects: All SELECTs, the outermost first (none for an ASK).
        groups: Where groups of patterns begin, just after the brace.
        body: Begin and end of the outermost group with its braces.
        tail: What stands after it.
        variables: All variables.
        made: Variables that AS makes.
        words: All words, upper case.
        graphs: Variables that GRAPH ranges over.
    """

    ask: bool = False
    selects: list[Select] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)
    body: tuple[int, int] = (-1, -1)
    tail: str = ""
    variables: set[str] = field(default_factory=set)
    made: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    graphs: set[str] = field(default_factory=set)

    @property
    def sliced(self) -> bool:
        """Whether LIMIT or OFFSET stands somewhere, which count for each focus node by itself."""
        return bool(self.words & {"LIMIT", "OFFSET"})

    def missing(self, names: Collection[str]) -> bool:
        """Return whether a sub-query does not return all of some variables."""
        inner = self.selects if self.ask else self.selects[1:]
        return any(not set(names) <= (select.seen if select.everything else set(select.names)) for select in inner)


@lru_cache(maxsize=512)
def outline(query: str) -> Outline:
    """Return what is known of a query."""
    found = Outline()
    listed = list(tokens(query))
    # SELECTs that have not ended, each with the number of braces open where it stands: its modifiers come after its own group.
    frames: list[tuple[Select, int]] = []
    # Each open brace: how many brackets were open before it, and whether it is in an EXISTS, which brings nothing into scope.
    open_groups: list[tuple[int, bool]] = []
    braces, depth, clause = 0, 0, ""
    for number, token in enumerate(listed):
        before = listed[number - 1].text if number else ""
        after = listed[number + 1] if number + 1 < len(listed) else None
        if token.kind == "variable":
            name = token.text[1:]
            found.variables.add(name)
            if before == "AS" or (depth == 0 and not (open_groups and open_groups[-1][1])):
                for select, _ in frames:
                    select.seen.add(name)
            if before == "AS":
                found.made.add(name)
            elif before == "GRAPH":
                found.graphs.add(name)
            elif depth == 0 and clause == "SELECT":
                frames[-1][0].names.append(name)
            elif depth == 0 and clause == "GROUP" and (grouped := frames[-1][0].grouped) is not None:
                grouped.append(name)
        elif token.kind == "word":
            found.words.add(token.text)
            if token.text == "ASK" and braces == 0 and not frames:
                found.ask = True
            elif token.text == "SELECT":
                found.selects.append(Select())
                frames.append((found.selects[-1], braces))
                clause, depth = "SELECT", 0
            elif token.text == "GROUP" and after is not None and after.text == "BY" and frames:
                frames[-1][0].grouped, frames[-1][0].group_at = [], after.end
                clause, depth = "GROUP", 0
            elif token.text in ("WHERE", "FROM", "HAVING", "ORDER", "LIMIT", "OFFSET"):
                clause = ""
        elif token.text == "(":
            depth += 1
        elif token.text == ")":
            depth -= 1
        elif token.text == "*" and clause == "SELECT" and depth == 0:
            frames[-1][0].everything = True
        elif token.text == "{":
            if braces == 0:
                found.body = (token.start, -1)
            if after is None or after.text != "SELECT":
                found.groups.append(token.end)
            open_groups.append((depth, before == "EXISTS" or bool(open_groups and open_groups[-1][1])))
            braces, clause, depth = braces + 1, "", 0
        elif token.text == "}":
            braces, clause, depth = braces - 1, "", open_groups.pop()[0] if open_groups else 0
            frames = [frame for frame in frames if frame[1] <= braces]
            if braces == 0:
                found.body = (found.body[0], token.end)
    found.tail = query[found.body[1] :] if found.body[1] >= 0 else ""
    return found
