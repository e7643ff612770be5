"""What cards read around a finding: statements from a store on disk, a few at a time, and from which row of a table a node comes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kg.quads import Quad, from_oxigraph
from kg.validate.reader import origin
from kg.validate.report import Origin
from kg.validate.surroundings import ANY

if TYPE_CHECKING:
    from kg.store import EmbeddedStore

LIMIT = 400
"""Statements read per node and property: a card shows a handful of them."""


class StoreFacts:
    """Statements of a store (see :class:`kg.validate.surroundings.Surroundings`); their origins are not in it."""

    def __init__(self, store: EmbeddedStore, limit: int = LIMIT) -> None:
        self._store = store
        self._limit = limit

    def facts(self, wanted: Iterable[tuple[str, str]], *, backwards: bool = False) -> list[Quad]:
        """Return statements about nodes, at most the limit per pair."""
        import pyoxigraph as ox

        found: dict[Quad, None] = {}
        for node, predicate in dict.fromkeys(wanted):
            if not node or node.startswith('"'):
                continue
            try:
                end = ox.BlankNode(node[2:]) if node.startswith("_:") else ox.NamedNode(node)
            except ValueError:
                continue  # A node that is no IRI stands in no store.
            named = None if predicate == ANY else ox.NamedNode(predicate)
            rows = self._store.statements(None, named, end, limit=self._limit) if backwards else self._store.statements(end, named, limit=self._limit)
            # The same triple stands in several graphs.
            found |= dict.fromkeys(from_oxigraph(quad, "")._replace(graph="") for quad in rows)
        return list(found)


def places_of(parquet: Sequence[Path], node: str, predicates: Sequence[str] = ()) -> tuple[Origin, ...]:
    """Return the rows that the statements about a node come from, read off the quad tables; those of some properties where these have any."""
    import pyarrow.parquet as pq

    rows: list[tuple[str, str]] = []
    for path in parquet:
        # Tables are sorted by subject: all but one group of rows is passed over by its statistics.
        table = pq.read_table(path, columns=["predicate", "origin"], filters=[("subject", "==", node)])
        rows += zip(table.column("predicate").to_pylist(), table.column("origin").to_pylist(), strict=True)
    for wanted in (set(predicates), {predicate for predicate, _ in rows}):
        places = {place for predicate, text in rows if predicate in wanted and (place := origin(text))}
        if places:
            return tuple(sorted(places))
    return ()
