"""All statements of a named graph, page by page, complete or not at all.

A page is a part of the graph that was counted beforehand: some predicates, and of a predicate with many statements a range of `MD5(STR(?s))`. So every
page is checked against its COUNT, no page needs ORDER BY or OFFSET (Virtuoso sorts 10,000 rows at most, `MaxSortedTopRows`; Oxigraph sorts the whole graph
for every page: 2.1 s against 0.2 s on 73,000 statements), and a predicate is looked up in the server's index. A server that cuts its answers (Virtuoso:
10,000 rows) is asked in smaller parts.

Blank nodes have other names in every answer (SPARQL 1.1 Query Language, section 18.3.1: scope of a result), so statements with them come in one request or not at all.

Sources: SPARQL 1.1 Query Language, W3C Recommendation, 21 March 2013, sections 16.2 (CONSTRUCT), 17.4.6.1 (MD5).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kg.errors import StoreError, Text
from kg.store.base import NONE, Table, Triples

if TYPE_CHECKING:
    import pyoxigraph as ox

    from kg.store.base import Store

PAGE = 20_000
"""Statements asked for at a time: what is held in memory."""
SMALLEST = 500
"""A server that cuts even a page of so many is not asked for less."""
MAX_GRAPHS = 5_000
PREDICATES = 200
"""Predicates that one request names."""
_DEPTH = 12
"""Hex digits of a hash after which a part counts as one subject, or one object."""
_END = "g"
"""Greater than every hex digit."""


class ChangedError(StoreError):
    """The graph was written to while it was read."""

    def __init__(self, graph: str, before: int, after: int, where: str) -> None:
        what = Text(
            f"The graph changed while it was read: {graph} had {before:,} statements, then {after:,}.",
            f"Der Graph hat sich beim Lesen geändert: {graph} hatte {before} Aussagen, dann {after}.",
        )
        fix = Text("Try again when nobody writes to the server.", "Versuchen Sie es, wenn niemand auf den Server schreibt.")
        super().__init__(what, where=where, fix=fix)


def counts(store: Store) -> dict[str, int]:
    """Return the number of statements of every named graph, sorted by name, without the graphs that the server keeps for itself.

    Raises:
        StoreError: The server does not answer, or has more than five thousand named graphs.
    """
    import pyoxigraph as ox

    # Of a store that is none of a server's there is nothing to leave out.
    hidden = set(getattr(store, "quirks", NONE).system_graphs)
    rows = _rows(store, "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
    if len(rows) > MAX_GRAPHS + len(hidden):
        what = Text(f"The server has more than {MAX_GRAPHS:,} named graphs.", f"Der Server hat mehr als {MAX_GRAPHS} benannte Graphen.")
        fix = Text("Ask it with kg ask or kg query.", "Fragen Sie ihn mit kg ask oder kg query.")
        raise StoreError(what, where=store.location, fix=fix)
    found = {graph.value: _number(number) for graph, number in rows if isinstance(graph, ox.NamedNode)}
    return {graph: found[graph] for graph in sorted(found) if graph not in hidden and found[graph]}


def statements(store: Store, graph: str, count: int | None = None, *, page: int = PAGE) -> Iterator[ox.Triple]:
    """Yield every statement of a named graph once.

    Args:
        store: Any store.
        graph: IRI of the graph.
        count: Its statements as counted before; counted here by default.
        page: Statements that are asked for, and held, at a time.

    Raises:
        ChangedError: The graph had another number of statements before or after, or a part of it in between.
        StoreError: The server does not answer, or does not give everything that it counts; the message names how many of how many.
    """
    for part in pages(store, graph, count, page=page):
        yield from part


def pages(store: Store, graph: str, count: int | None = None, *, page: int = PAGE) -> Iterator[list[ox.Triple]]:
    """Yield the statements of a named graph in lists of at most `page`, disjoint (see :func:`statements`).

    Statements with blank nodes are one list, however many there are.
    """
    reading = _Reading(store, graph, page)
    whole = _Part(0)
    total = reading.count(whole)
    if count is not None and total != count:
        raise ChangedError(graph, count, total, store.location)
    yield from reading.all(replace(whole, count=total))
    after = reading.count(whole)
    if after != total:
        raise ChangedError(graph, total, after, store.location)


@dataclass(frozen=True)
class _Part:
    """Some statements of the graph.

    Attributes:
        count: How many there are.
        predicates: Of these predicates alone; of all where empty.
        subjects, objects: Those whose `MD5(STR(…))` is at least the first and less than the second; of all by default.
        blank: With a blank node, without one; `None`: both.
    """

    count: int
    predicates: tuple[str, ...] = ()
    subjects: tuple[str, str] = ("", _END)
    objects: tuple[str, str] = ("", _END)
    blank: bool | None = None


class _Reading:
    """One pass over a graph; remembers how large a page the server gives whole."""

    def __init__(self, store: Store, graph: str, page: int) -> None:
        self._store = store
        self._graph = graph
        self._limit = max(page, SMALLEST)
        self._short: tuple[int, int] | None = None

    def all(self, whole: _Part) -> Iterator[list[ox.Triple]]:
        """Yield all pages."""
        if whole.count <= self._limit:
            found = self._fetch(whole)
            if found is not None:
                yield found
                return
        blank = self.count(replace(whole, blank=True))
        if blank:
            yield self._blank(replace(whole, count=blank, blank=True))
            whole = replace(whole, count=whole.count - blank, blank=False)
        yield from self._by_predicate(whole)

    def count(self, part: _Part) -> int:
        """Return how many statements a part has now."""
        rows = _rows(self._store, f"SELECT (COUNT(*) AS ?n) WHERE {self._where(part)}")
        return _number(rows[0][0]) if rows else 0

    def _by_predicate(self, part: _Part) -> Iterator[list[ox.Triple]]:
        import pyoxigraph as ox

        rows = _rows(self._store, f"SELECT ?p (COUNT(*) AS ?n) WHERE {self._where(part)} GROUP BY ?p")
        sizes = sorted((predicate.value, _number(number)) for predicate, number in rows if isinstance(predicate, ox.NamedNode))
        if sum(size for _, size in sizes) != part.count:
            self._unchanged(part)
            # The list of predicates itself was cut.
            yield from self._by_hash(part)
            return
        few: list[tuple[str, int]] = []
        for name, size in (*sizes, ("", 0)):
            if few and (not name or len(few) == PREDICATES or sum(one for _, one in few) + size > self._limit):
                yield from self._page(replace(part, count=sum(one for _, one in few), predicates=tuple(one for one, _ in few)))
                few = []
            if name:
                few.append((name, size))

    def _page(self, part: _Part) -> Iterator[list[ox.Triple]]:
        """Yield a part in one piece where it fits and comes whole, else in smaller ones."""
        if part.count <= self._limit:
            found = self._fetch(part)
            if found is not None:
                yield found
                return
        yield from self._by_predicate(part) if len(part.predicates) > 1 else self._by_hash(part)

    def _by_hash(self, part: _Part) -> Iterator[list[ox.Triple]]:
        """Divide a part by hashes of its subjects, and where there is but one subject, of its objects."""
        by_object = _common(part.subjects) >= _DEPTH
        start, end = part.objects if by_object else part.subjects
        known = _common((start, end))
        if known >= _DEPTH:
            raise self._incomplete(self._short or (self._limit, part.count))
        more = next((digits for digits in (1, 2) if part.count <= self._limit / 2 * 16**digits), 3)
        length = max(known + more, len(start), 1 if end == _END else len(end))
        key = f"SUBSTR(MD5(STR({'?o' if by_object else '?s'})), 1, {length})"
        rows = _rows(self._store, f"SELECT ?k (COUNT(*) AS ?n) WHERE {self._where(part, f'BIND({key} AS ?k)')} GROUP BY ?k")
        sizes = sorted((prefix.value, _number(number)) for prefix, number in rows if prefix is not None)
        if sum(size for _, size in sizes) != part.count:
            self._unchanged(part)
            raise self._incomplete((sum(size for _, size in sizes), part.count))

        def between(first: str, last: str, size: int) -> _Part:
            hashes = (first, _after(last))
            return replace(part, count=size, objects=hashes) if by_object else replace(part, count=size, subjects=hashes)

        few: list[tuple[str, int]] = []
        for prefix, size in (*sizes, ("", 0)):
            if few and (not prefix or sum(one for _, one in few) + size > self._limit):
                yield from self._page(between(few[0][0], few[-1][0], sum(one for _, one in few)))
                few = []
            if prefix:
                few.append((prefix, size))

    def _fetch(self, part: _Part) -> list[ox.Triple] | None:
        """Return the statements of a part; `None` where the server gave too few and may give smaller parts whole."""
        found = self._construct(part)
        if len(found) == part.count:
            return found
        self._unchanged(part)
        self._short = self._short or (len(found), part.count)
        if len(found) > part.count or part.count <= SMALLEST:
            raise self._incomplete(self._short)
        # What came is where it cuts; a server that drops some of every page is found out by pages that become smaller and smaller.
        self._limit = max(SMALLEST, min(len(found), self._limit // 2))
        return None

    def _blank(self, part: _Part) -> list[ox.Triple]:
        found = self._construct(part)
        if len(found) == part.count:
            return found
        self._unchanged(part)
        what = Text(
            f"The server gives {len(found):,} of {part.count:,} statements with blank nodes of {self._graph}: it cuts its answers, and blank nodes have other "
            "names in every answer, so that they cannot be fetched in parts.",
            f"Der Server liefert {len(found)} von {part.count} Aussagen mit namenlosen Knoten von {self._graph}: Er kürzt seine Antworten, und namenlose "
            "Knoten heißen in jeder Antwort anders, sodass sie sich nicht in Teilen holen lassen.",
        )
        fix = Text(
            "Raise the row limit of the server, or give the nodes IRIs.", "Heben Sie die Zeilengrenze des Servers an, oder geben Sie den Knoten IRIs."
        )
        raise StoreError(what, where=self._store.location, fix=fix)

    def _construct(self, part: _Part) -> list[ox.Triple]:
        result = self._store.query(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {self._where(part)}")
        return list(dict.fromkeys(result.triples)) if isinstance(result, Triples) else []

    def _unchanged(self, part: _Part) -> None:
        """Raise where a part has another number of statements than before."""
        now = self.count(part)
        if now != part.count:
            raise ChangedError(self._graph, part.count, now, self._store.location)

    def _incomplete(self, found: tuple[int, int]) -> StoreError:
        what = Text(
            f"The server gives {found[0]:,} of {found[1]:,} statements of {self._graph}, in smaller parts, too: its answers are not complete.",
            f"Der Server liefert {found[0]} von {found[1]} Aussagen von {self._graph}, auch in kleineren Teilen: Seine Antworten sind nicht vollständig.",
        )
        fix = Text(
            "Raise the row limit of the server, or build the graph here.",
            "Heben Sie die Zeilengrenze des Servers an, oder bauen Sie den Graphen hier.",
        )
        return StoreError(what, where=self._store.location, fix=fix)

    def _where(self, part: _Part, more: str = "") -> str:
        """Return the pattern of a part; IRIs are checked and written by pyoxigraph."""
        values = f"VALUES ?p {{ {' '.join(_iris(part.predicates, self._store.location))} }} " if part.predicates else ""
        filters = [
            *_between("?s", part.subjects),
            *_between("?o", part.objects),
            *([] if part.blank is None else ["(isBlank(?s) || isBlank(?o))" if part.blank else "(!isBlank(?s) && !isBlank(?o))"]),
        ]
        graph = next(_iris([self._graph], self._store.location))
        only = f"FILTER({' && '.join(filters)}) " if filters else ""
        return f"{{ {values}GRAPH {graph} {{ ?s ?p ?o }} {only}{more} }}"


def _between(variable: str, hashes: tuple[str, str]) -> list[str]:
    """Return the conditions of a range of hashes; the texts are hex digits of our own counting, checked all the same."""
    start, end = hashes
    assert set(start + end) <= set("0123456789abcdefg")
    key = f"MD5(STR({variable}))"
    return [*([f'{key} >= "{start}"'] if start else []), *([f'{key} < "{end}"'] if end != _END else [])]


def _after(prefix: str) -> str:
    """Return the first text after all that begin with some hex digits.

    >>> _after("0f"), _after("a"), _after("ff")
    ('10', 'b', 'g')
    """
    number = int(prefix, 16) + 1
    return f"{number:0{len(prefix)}x}" if number < 16 ** len(prefix) else _END


def _common(hashes: tuple[str, str]) -> int:
    """Return how many digits all hashes of a range share.

    >>> _common(("", "g")), _common(("ab", "ac")), _common(("ab", "b0")), _common(("a1", "a4"))
    (0, 2, 1, 1)
    """
    start, end = hashes
    last = f"{int(end, 16) - 1:0{len(end)}x}" if end != _END else "f" * len(start)
    return next((number for number, (one, other) in enumerate(zip(start, last, strict=False)) if one != other), min(len(start), len(last)))


def _iris(names: Iterable[str], where: str) -> Iterator[str]:
    import pyoxigraph as ox

    for name in names:
        try:
            yield str(ox.NamedNode(name))
        except ValueError as error:
            what = Text(f"The server has a name that is no IRI: {name[:200]!r}.", f"Der Server hat einen Namen, der keine IRI ist: {name[:200]!r}.")
            raise StoreError(what, where=where, fix=Text("Rename it there.", "Benennen Sie ihn dort um.")) from error


def _rows(store: Store, query: str) -> list[tuple[ox.NamedNode | ox.BlankNode | ox.Literal | None, ...]]:
    result = store.query(query)
    return list(result.rows) if isinstance(result, Table) else []


def _number(term: ox.NamedNode | ox.BlankNode | ox.Literal | None) -> int:
    return int(term.value) if term is not None and term.value.isdigit() else 0
