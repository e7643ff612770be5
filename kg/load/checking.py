"""Does the server hold what was sent? Counts of every graph, a sample statement by statement, and where counts differ, which statements are missing.

Compared is by value (:mod:`kg.load.values`). Statements with blank nodes are counted only: their labels are not those that were sent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Protocol, TypeAlias

from kg.errors import StoreError, Text
from kg.load.graphstore import GraphStore
from kg.load.spool import Spool
from kg.load.values import unmatched
from kg.store import EndpointStore, Table
from kg.store.base import CutError

if TYPE_CHECKING:
    import pyoxigraph as ox

    Node: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal

Pair: TypeAlias = tuple[str, str]
"""Subject and predicate."""

PAIRS = 100
"""Subjects with a predicate that one query asks for."""
QUERY_BYTES = 200_000
"""Bytes of their names in one query."""
COMPARED = 100_000
"""Statements that are looked for one by one where the counts of a graph differ."""
TOLD = 20
"""Missing statements that are kept to be shown; their number is always complete for those compared."""
SECONDS = 300
"""For one question: a count reads the whole graph."""


@dataclass(frozen=True)
class Missing:
    """A statement that the server does not have.

    Attributes:
        statement: In N-Triples.
        instead: What it has under this subject and predicate, in N-Triples, at most five.
        merged: It is a typed literal, and the server has another one there: it takes both for one value, and keeps one.
    """

    statement: str
    instead: tuple[str, ...] = ()
    merged: bool = False


@dataclass(frozen=True)
class Check:
    """What a comparison of one graph found.

    Attributes:
        expected: Distinct statements of the build.
        counted: Those that the server counts.
        sampled: Statements compared one by one.
        changed: Of those, how many have another datatype, or coordinates rounded, and the same value.
        changes: The first three of them: what was sent, and what the server has.
        missing: Number of statements found missing.
        merged: Of those, how many the server has merged with another.
        examples: The first of them.
        uncompared: Statements that were too many to be looked for one by one.
        by_predicate: Predicates whose numbers differ: (expected, counted).
    """

    expected: int
    counted: int
    sampled: int = 0
    changed: int = 0
    changes: tuple[tuple[str, str], ...] = ()
    missing: int = 0
    merged: int = 0
    examples: tuple[Missing, ...] = ()
    uncompared: int = 0
    by_predicate: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def same(self) -> bool:
        """The server holds the statements of the build."""
        return self.expected == self.counted and not self.missing


class Reader(Protocol):
    """A way to see what the server holds."""

    def count(self, graph: str) -> int:
        """Return the number of statements of a graph; 0 where there is none."""

    def predicates(self, graph: str) -> dict[str, int]:
        """Return the number of statements by predicate."""

    def objects(self, graph: str, pairs: Sequence[Pair]) -> dict[Pair, list[Node]]:
        """Return the objects of some subjects and predicates."""


class ByQuery:
    """Asks the server's query address."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._store = EndpointStore(address, timeout=SECONDS)

    def count(self, graph: str) -> int:
        """Return the number of statements of a graph."""
        rows = self._rows(graph, "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }")
        return _number(rows[0][0]) if rows else 0

    def predicates(self, graph: str) -> dict[str, int]:
        """Return the number of statements by predicate."""
        import pyoxigraph as ox

        rows = self._rows(graph, "SELECT ?p (COUNT(*) AS ?n) WHERE { ?s ?p ?o } GROUP BY ?p")
        return {predicate.value: _number(number) for predicate, number in rows if isinstance(predicate, ox.NamedNode)}

    def objects(self, graph: str, pairs: Sequence[Pair]) -> dict[Pair, list[Node]]:
        """Return the objects of some subjects and predicates; a server that cuts the answer is asked for fewer at a time."""
        import pyoxigraph as ox

        values = " ".join(f"({ox.NamedNode(subject)} {ox.NamedNode(predicate)})" for subject, predicate in pairs)
        try:
            rows = self._rows(graph, f"SELECT ?s ?p ?o WHERE {{ VALUES (?s ?p) {{ {values} }} ?s ?p ?o }}")
        except CutError:
            if len(pairs) == 1:
                raise
            half = len(pairs) // 2
            return self.objects(graph, pairs[:half]) | self.objects(graph, pairs[half:])
        found: dict[Pair, list[Node]] = {}
        for subject, predicate, value in rows:
            if isinstance(subject, ox.NamedNode) and isinstance(predicate, ox.NamedNode) and value is not None:
                found.setdefault((subject.value, predicate.value), []).append(value)
        return found

    def _rows(self, graph: str, query: str) -> list[tuple[Node | None, ...]]:
        result = self._store.query(query, default_graphs=[graph])
        assert isinstance(result, Table)
        return result.rows


class ByGraph:
    """Fetches whole graphs, where no query address is known; each is held until the next one."""

    def __init__(self, graphs: GraphStore) -> None:
        self._graphs = graphs
        self._held: tuple[str, dict[Pair, list[Node]], Counter[str]] = ("", {}, Counter())

    def count(self, graph: str) -> int:
        """Return the number of distinct statements of a graph, fetched anew."""
        import pyoxigraph as ox

        objects: dict[Pair, list[Node]] = {}
        numbers: Counter[str] = Counter()
        body = self._graphs.get(graph)
        try:
            for triple in {quad.triple for quad in ox.parse(body or b"", format=ox.RdfFormat.N_TRIPLES)}:
                numbers[triple.predicate.value] += 1
                if isinstance(triple.subject, ox.NamedNode) and not isinstance(triple.object, ox.Triple):
                    objects.setdefault((triple.subject.value, triple.predicate.value), []).append(triple.object)
        except SyntaxError as error:
            what = Text(
                "The server gives the graph back in N-Triples that cannot be read.", "Der Server gibt den Graphen in unlesbaren N-Triples zurück."
            )
            fix = Text("Name its query address with --query.", "Nennen Sie seine Abfrageadresse mit --query.")
            raise StoreError(what, where=self._graphs.where, fix=fix) from error
        self._held = (graph, objects, numbers)
        return numbers.total()

    def predicates(self, graph: str) -> dict[str, int]:
        """Return the number of statements by predicate."""
        if self._held[0] != graph:
            self.count(graph)
        return dict(self._held[2])

    def objects(self, graph: str, pairs: Sequence[Pair]) -> dict[Pair, list[Node]]:
        """Return the objects of some subjects and predicates."""
        if self._held[0] != graph:
            self.count(graph)
        return {pair: self._held[1].get(pair, []) for pair in pairs}


def check(reader: Reader, graph: str, spool: Spool) -> Check:
    """Compare a graph of the build with that of the server.

    Raises:
        StoreError: The server does not answer.
    """
    counted = reader.count(graph)
    differs = counted != spool.statements
    by_predicate = _by_predicate(reader, graph, spool) if differs else {}
    lines, uncompared = _lines(spool, by_predicate)
    sampled = set(spool.sample)
    missing, merged, changed = 0, 0, 0
    examples: list[Missing] = []
    changes: list[tuple[str, str]] = []
    for ours in _batches([*lines, *sorted(sampled.difference(lines))]):
        theirs = reader.objects(graph, list(ours))
        for pair, objects in ours.items():
            there = theirs.get(pair, [])
            gone, other = unmatched(objects, there)
            changed += len(other)
            changes += [(_line(pair, ours_term), str(theirs_term)) for ours_term, theirs_term in other[: 3 - len(changes)]]
            for term in gone:
                found = Missing(_line(pair, term), tuple(sorted(map(str, there))[:5]), _is_merged(term, there))
                missing, merged = missing + 1, merged + found.merged
                if len(examples) < TOLD:
                    examples.append(found)
    return Check(spool.statements, counted, len(sampled), changed, tuple(changes), missing, merged, tuple(examples), uncompared, by_predicate)


def _by_predicate(reader: Reader, graph: str, spool: Spool) -> dict[str, tuple[int, int]]:
    ours: Counter[str] = Counter()
    with spool.path.open("rb") as file:
        for line in file:
            ours[line.split(b" ", 2)[1][1:-1].decode()] += 1
    theirs = reader.predicates(graph)
    return {name: (ours[name], theirs.get(name, 0)) for name in sorted({*ours, *theirs}) if ours[name] != theirs.get(name, 0)}


def _lines(spool: Spool, predicates: Iterable[str]) -> tuple[dict[bytes, None], int]:
    """Return the statements of some predicates without blank nodes, as far as they are compared, and how many are left out."""
    wanted = {f"<{name}>".encode() for name in predicates}
    kept: dict[bytes, None] = {}
    left = 0
    if not wanted:
        return kept, left
    with spool.path.open("rb") as file:
        file.seek(spool.together)
        for line in file:
            if line.split(b" ", 2)[1] not in wanted:
                continue
            if len(kept) < COMPARED:
                kept[line.rstrip(b"\n")] = None
            else:
                left += 1
    return kept, left


def _batches(lines: Sequence[bytes]) -> Iterator[dict[Pair, list[Node]]]:
    """Yield the objects of statements by subject and predicate, as many pairs at a time as one query may name."""
    import pyoxigraph as ox

    pairs: dict[Pair, list[Node]] = {}
    for quad in ox.parse(b"\n".join(sorted(lines)), format=ox.RdfFormat.N_TRIPLES):
        if isinstance(quad.subject, ox.NamedNode) and not isinstance(quad.object, ox.Triple):
            pairs.setdefault((quad.subject.value, quad.predicate.value), []).append(quad.object)
    rest = iter(pairs.items())
    while some := list(islice(rest, PAIRS)):
        batch: dict[Pair, list[Node]] = {}
        size = 0
        for pair, objects in some:
            size += len(pair[0]) + len(pair[1])
            if batch and size > QUERY_BYTES:
                yield batch
                batch, size = {}, 0
            batch[pair] = objects
        yield batch


def _is_merged(term: Node, there: Sequence[Node]) -> bool:
    import pyoxigraph as ox

    from kg.namespaces import XSD

    def typed(one: Node) -> bool:
        return isinstance(one, ox.Literal) and not one.language and one.datatype.value != XSD.string

    return typed(term) and any(typed(other) for other in there)


def _line(pair: Pair, term: Node) -> str:
    return f"<{pair[0]}> <{pair[1]}> {term} ."


def _number(term: Node | None) -> int:
    try:
        return int(term.value) if term is not None else 0
    except ValueError as error:
        what = Text("The server's count is no number.", "Die Zahl des Servers ist keine Zahl.")
        raise StoreError(what, where="COUNT", fix=Text("Check the query address.", "Prüfen Sie die Abfrageadresse.")) from error
