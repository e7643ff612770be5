"""A SELECT, ASK or CONSTRUCT as a tree that can be changed and written again: only as deep as a rewriting for a server needs.

The grammar is that of SPARQL 1.1, section 19.8. Expressions, VALUES blocks and triples with `[ … ]` or `( … )` stay as their words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

_STRING = r'"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^\'\\]|\\.|\'(?!\'\'))*\'\'\'|"(?:[^"\\\n\r]|\\.)*"|\'(?:[^\'\\\n\r]|\\.)*\''
_IRI = r"<[^\s<>\"{}|^`\\]*>"
_NAME = r"(?:[^\W\d_][\w.-]*)?:(?:[\w:.-]|%[0-9A-Fa-f]{2}|\\.)*(?<!\.)"
_TOKEN = re.compile(
    rf"(?P<space>\s+|\#[^\n\r]*)|(?P<term>(?:{_STRING})(?:@[A-Za-z]+(?:-[A-Za-z0-9]+)*|\^\^(?:{_IRI}|{_NAME}))?|{_IRI}|_:[\w.-]*\w|{_NAME}"
    r"|[?$]\w+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<word>[A-Za-z_]\w*)|(?P<mark>\|\||&&|!=|<=|>=|.)",
    re.DOTALL,
)
_MODIFIERS = ("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES")
_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")


def joined(parts: Iterable[object]) -> str:
    """Return words as a text; without spaces at brackets: Oxigraph 0.5.13 does not take `COALESCE (?a)`."""
    text, before = "", "("
    for part in map(str, parts):
        text += part if not part or before == "(" or part in ("(", ")", ",") else " " + part
        before = part or before
    return text


class NotRead(ValueError):
    """The text is not read by this small grammar; the server itself says whether it is wrong."""


@dataclass(frozen=True)
class Path:
    """A property path.

    Attributes:
        kind: `link` (one property, variable or negated set, as written in `text`), `^`, `/`, `|`, `*`, `+`, `?`.
        parts: The paths it is made of.
        text: Of a link.
    """

    kind: str
    parts: tuple[Path, ...] = ()
    text: str = ""

    def __str__(self) -> str:
        if self.kind == "link":
            return self.text
        if self.kind == "^":
            return f"^({self.parts[0]})"
        if self.kind in ("/", "|"):
            return "(" + self.kind.join(map(str, self.parts)) + ")"
        return f"({self.parts[0]}){self.kind}"

    def unbounded(self) -> bool:
        """Return whether it may be of any length."""
        return self.kind in ("*", "+") or any(part.unbounded() for part in self.parts)


@dataclass
class Triple:
    """A triple pattern, its property a path."""

    subject: str
    path: Path
    object: str

    def __str__(self) -> str:
        return f"{self.subject} {self.path} {self.object} ."


@dataclass
class Words:
    """What stays as it is, but for the groups in it (FILTER EXISTS, OPTIONAL, UNION)."""

    parts: list[str | Group]

    def __str__(self) -> str:
        return joined(self.parts)

    @property
    def first(self) -> str:
        """The first word in upper case; empty where a group is first."""
        return self.parts[0].upper() if self.parts and isinstance(self.parts[0], str) else ""


Item: TypeAlias = "Triple | Words"


@dataclass
class Group:
    """A group graph pattern; one that holds a subquery has no items."""

    items: list[Item] = field(default_factory=list)
    query: Query | None = None

    def __str__(self) -> str:
        return "{ " + (str(self.query) if self.query else joined(self.items)) + " }"


@dataclass
class Query:
    """A query or subquery.

    Attributes:
        prologue: PREFIX and BASE.
        head: From the form to the pattern: `SELECT`, variables, FROM.
        where: The pattern.
        tail: Solution modifiers and a VALUES block at the end.
    """

    prologue: list[str]
    head: list[str]
    where: Group
    tail: list[str]

    def __str__(self) -> str:
        return joined([*self.prologue, *self.head, "WHERE", self.where, *self.tail])

    def groups(self) -> Iterator[Group]:
        """All groups, outer ones first, also those of subqueries."""
        waiting = [self.where]
        while waiting:
            group = waiting.pop()
            yield group
            if group.query:
                waiting.append(group.query.where)
            waiting += [part for item in group.items if isinstance(item, Words) for part in item.parts if isinstance(part, Group)]

    def queries(self) -> list[Query]:
        """The query and all subqueries."""
        return [self, *(group.query for group in self.groups() if group.query)]


def is_variable(word: str) -> bool:
    """Return whether a word is a variable."""
    return word[:1] in ("?", "$")


def is_iri(word: str) -> bool:
    """Return whether a word is an IRI, in full or with a prefix."""
    return word.startswith("<") or bool(re.match(r"[^\W\d_]?[\w.-]*:", word) and not word.startswith("_:"))


def words_of(sparql: str) -> list[str]:
    """Return the words of a query, without spaces and comments."""
    return [match.group() for match in _TOKEN.finditer(sparql) if match.lastgroup != "space"]


def read(sparql: str) -> Query:
    """Read a query.

    Raises:
        NotRead: It has a form that is not read here (DESCRIBE), or is wrong.
    """
    words = words_of(sparql)
    start = next((number for number, word in enumerate(words) if word.upper() in _FORMS), len(words))
    try:
        query = _Reader(words, start).query(words[:start])
    except (IndexError, RecursionError) as error:
        raise NotRead from error
    return query


class _Reader:
    def __init__(self, words: list[str], at: int) -> None:
        self.words = words
        self.at = at

    def here(self) -> str:
        return self.words[self.at].upper() if self.at < len(self.words) else ""

    def take(self) -> str:
        self.at += 1
        return self.words[self.at - 1]

    def expect(self, word: str) -> str:
        if self.here() != word:
            raise NotRead(self.here())
        return self.take()

    def query(self, prologue: list[str], *, inner: bool = False) -> Query:
        head = [self.take()]
        if head[0].upper() == "DESCRIBE":
            raise NotRead("DESCRIBE")
        if head[0].upper() == "CONSTRUCT":
            # The short form has its triples once, as template and as pattern (section 16.2.4).
            start = self.at
            self.at += self.here() == "WHERE"
            head += self.balanced("{", "}")
            self.at = start if self.words[start].upper() == "WHERE" else self.at
        while self.here() not in ("WHERE", "{"):
            head += self.balanced("(", ")") if self.here() == "(" else [self.take()]
        if self.here() == "WHERE":
            self.take()
        where, tail = self.group(), []
        while self.at < len(self.words) and not (inner and self.here() == "}"):
            tail += self.balanced("{", "}") if self.here() == "{" else [self.take()]
        return Query(prologue, head, where, tail)

    def balanced(self, opening: str, closing: str) -> list[str]:
        found, depth = [self.expect(opening)], 1
        while depth:
            found.append(self.take())
            depth += (found[-1] == opening) - (found[-1] == closing)
        return found

    def group(self) -> Group:
        self.expect("{")
        if self.here() == "SELECT":
            query = self.query([], inner=True)
            self.expect("}")
            return Group(query=query)
        items: list[Item] = []
        while self.here() != "}":
            items += self.items()
        self.take()
        return Group(items)

    def items(self) -> list[Item]:
        word = self.here()
        if word == ".":
            self.take()
            return []
        if word == "{":
            parts: list[str | Group] = [self.group()]
            while self.here() == "UNION":
                parts += [self.take(), self.group()]
            return [Words(parts)]
        if word in ("OPTIONAL", "MINUS"):
            return [Words([self.take(), self.group()])]
        if word == "GRAPH":
            return [Words([self.take(), self.take(), self.group()])]
        if word in ("FILTER", "BIND"):
            return [Words([self.take(), *self.constraint()])]
        if word == "VALUES":
            block: list[str | Group] = [self.take()]
            block += self.balanced("(", ")") if self.here() == "(" else [self.take()]
            return [Words([*block, *self.balanced("{", "}")])]
        return self.triples()

    def constraint(self) -> list[str | Group]:
        """Read an expression in brackets, a call, or [NOT] EXISTS."""
        found: list[str | Group] = []
        while self.here() not in ("(", "EXISTS"):
            found.append(self.take())
        depth = 0
        while True:
            if self.here() == "EXISTS":
                found += [self.take(), self.group()]
            else:
                found.append(self.take())
                depth += (found[-1] == "(") - (found[-1] == ")")
            if not depth:
                return found

    def triples(self) -> list[Item]:
        """Read the triples of one subject; as words where they hold `[ … ]` or `( … )`."""
        start = self.at
        found: list[Item] = []
        try:
            subject = self.term()
            while True:
                path = self.alternatives()
                found.append(Triple(subject, path, self.term()))
                while self.here() == ",":
                    self.take()
                    found.append(Triple(subject, path, self.term()))
                while self.here() == ";":
                    self.take()
                    if self.here() in (".", "}", ";"):
                        continue
                    break
                else:
                    return found
        except NotRead:
            self.at = start
        block: list[str | Group] = []
        ends = ("FILTER", "BIND", "VALUES", "OPTIONAL", "MINUS", "GRAPH", "{", "}", ".")
        while self.here() not in ends:
            block += self.balanced("[", "]") if self.here() == "[" else self.balanced("(", ")") if self.here() == "(" else [self.take()]
        return [Words([*block, "."])]

    def term(self) -> str:
        word = self.here()
        if word in ("+", "-"):
            return self.take() + self.take()
        if word in ("[", "(") or not re.match(r"[?$<\"'\d:]|_:|TRUE|FALSE|[^\W\d_][\w.-]*:", word) or word in ("<", "?", "$"):
            raise NotRead(word)
        return self.take()

    def alternatives(self) -> Path:
        if self.here()[:1] in ("?", "$"):
            return Path("link", text=self.take())
        return self.series("|", lambda: self.series("/", self.element))

    def series(self, mark: str, one: Callable[[], Path]) -> Path:
        parts = [one()]
        while self.here() == mark:
            self.take()
            parts.append(one())
        return parts[0] if len(parts) == 1 else Path(mark, tuple(parts))

    def element(self) -> Path:
        inverse = self.here() == "^"
        if inverse:
            self.take()
        if self.here() == "(":
            self.take()
            path = self.alternatives()
            self.expect(")")
        elif self.here() == "!":
            text = self.take()
            path = Path(
                "link",
                text=text
                + ("".join(self.balanced("(", ")")) if self.here() == "(" else self.take() if self.here() != "^" else self.take() + self.take()),
            )
        elif self.here() == "A" or re.match(r"<.|[^\W\d_]?[\w.-]*:", self.words[self.at]):
            path = Path("link", text=self.take())
        else:
            raise NotRead(self.here())
        if self.here() in ("*", "+", "?"):
            path = Path(self.take(), (path,))
        return Path("^", (path,)) if inverse else path
