"""What stands around the nodes of a report: their statements and names, from rows in memory or by columns from a quad table of any size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from kg.namespaces import DCTERMS, FOAF, RDFS, SCHEMA, SKOS
from kg.quads import Quad

if TYPE_CHECKING:
    from kg.engine.base import Engine

LABELS = (SKOS.prefLabel, DCTERMS.title, RDFS.label, FOAF.name, SCHEMA.name)
"""Properties that name a node, best first."""

ANY = ""
"""Stands for every property."""

Names = dict[str, dict[str, str]]
"""Names by node and first two letters of the language."""


class Surroundings(Protocol):
    """Statements about nodes."""

    def facts(self, wanted: Iterable[tuple[str, str]], *, backwards: bool = False) -> list[Quad]:
        """Return the statements that begin, or end, at a node with a property.

        Args:
            wanted: Pairs of node (IRI or `_:` blank node) and property, :data:`ANY` for all.
            backwards: Whether the node is the object.
        """


def names(around: Surroundings, nodes: Iterable[str]) -> Names:
    """Return the best name of each node per language: by the order of :data:`LABELS`, then the smallest."""
    found: Names = {}
    ranks: dict[tuple[str, str], tuple[int, str]] = {}
    for quad in around.facts((node, label) for node in nodes for label in LABELS):
        if quad.kind == "literal":
            rank, key = (LABELS.index(quad.predicate), quad.object), (quad.subject, quad.language[:2])
            if rank < ranks.get(key, (len(LABELS), "")):
                ranks[key] = rank
                found.setdefault(quad.subject, {})[quad.language[:2]] = quad.object
    return found


class InMemory:
    """Rows of a quad table, indexed by both ends."""

    def __init__(self, rows: Iterable[Quad]) -> None:
        self._ends: tuple[dict[str, list[Quad]], dict[str, list[Quad]]] = (defaultdict(list), defaultdict(list))
        for quad in rows:
            self._ends[0][quad.subject].append(quad)
            if quad.kind != "literal":
                self._ends[1][quad.object].append(quad)

    def facts(self, wanted: Iterable[tuple[str, str]], *, backwards: bool = False) -> list[Quad]:
        """Return statements (see :class:`Surroundings`)."""
        index = self._ends[backwards]
        asked: dict[str, set[str]] = defaultdict(set)
        for node, predicate in wanted:
            asked[node].add(predicate)
        return [q for node, predicates in asked.items() for q in index.get(node, ()) if ANY in predicates or q.predicate in predicates]


class Columns:
    """A quad table that an engine holds."""

    def __init__(self, engine: Engine, quads: Any) -> None:
        self._engine = engine
        self._quads = quads

    def facts(self, wanted: Iterable[tuple[str, str]], *, backwards: bool = False) -> list[Quad]:
        """Return statements (see :class:`Surroundings`)."""
        pairs = set(wanted)
        everything = [node for node, predicate in pairs if predicate == ANY]
        found: list[Quad] = []
        if everything:
            found += self._matching(["node"], [everything], backwards=backwards)
        single = [(node, predicate) for node, predicate in pairs if predicate != ANY]
        if single:
            found += self._matching(["node", "property"], list(zip(*single, strict=True)), backwards=backwards)
        return found

    def _matching(self, names: Sequence[str], columns: Sequence[Sequence[str]], *, backwards: bool) -> list[Quad]:
        import pyarrow as pa

        from kg.quads import strings

        asked = self._engine.table(pa.table(dict(zip(names, map(strings, columns), strict=True))))
        quads = self._quads
        if len(names) == 2:
            quads = quads.filter(quads.predicate.isin(sorted(set(columns[1]))))
        if backwards:
            quads = quads.filter(quads.kind != "literal")
        same = [(quads.object if backwards else quads.subject) == asked.node]
        if len(names) == 2:
            same.append(quads.predicate == asked.property)
        found: list[Quad] = []
        for batch in self._engine.batches(quads.semi_join(asked, same), 100_000):
            found += map(Quad, *(column.to_pylist() for column in batch.columns))
        return found
