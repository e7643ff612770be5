"""The embedded store: an Oxigraph store on disk."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from kg.errors import QueryError, StoreError, Text
from kg.grammar import names_dataset
from kg.store.base import Result, collect
from kg.store.texts import bind, prefixes, refuse_unsafe, syntax_error

if TYPE_CHECKING:
    import pyoxigraph as ox

    from kg.store.base import Node


class EmbeddedStore:
    """An Oxigraph store on disk, opened read-only: many readers at once, no writer (product guide, section g, fact 1)."""

    def __init__(self, path: Path) -> None:
        import pyoxigraph as ox

        self.location = str(path)
        try:
            self._store = ox.Store.read_only(str(path))
        except OSError as error:
            what = Text(f"The store cannot be opened: {error}.", f"Der Speicher lässt sich nicht öffnen: {error}.")
            fix = Text("Build the graph again with `kg build`.", "Bauen Sie den Graphen mit `kg build` neu.")
            raise StoreError(what, where=str(path), fix=fix) from error

    def query(self, sparql: str, bindings: Mapping[str, Node] | None = None) -> Result:
        """Answer a query (see :class:`Store`)."""
        refuse_unsafe(sparql)
        text = bind(sparql, bindings)
        try:
            # FROM gives the query a dataset of its own; the union of all graphs would hide it.
            return collect(self._store.query(text, prefixes=prefixes(text), use_default_graph_as_union=not names_dataset(text)))
        except SyntaxError as error:
            raise syntax_error(sparql, text, str(error)) from error
        except (ValueError, RuntimeError, OSError) as error:
            what = Text(f"The query cannot be answered: {error}.", f"Die Abfrage ist nicht zu beantworten: {error}.")
            raise QueryError(what, fix=Text("Simplify it, or narrow it down.", "Vereinfachen Sie sie, oder grenzen Sie sie ein.")) from error

    def statements(
        self,
        subject: ox.NamedNode | ox.BlankNode | None = None,
        predicate: ox.NamedNode | None = None,
        value: Node | None = None,
        *,
        graph: ox.NamedNode | None = None,
        limit: int,
    ) -> list[ox.Quad]:
        """Return the first quads of a pattern in any graph, in the order of the index.

        It costs a few microseconds a quad, where a SPARQL query costs a hundred before its first row. A triple that two graphs hold comes twice.

        Args:
            subject, predicate, value, graph: Terms; `None` matches everything.
            limit: Quads that are read at most.

        Raises:
            StoreError: The store cannot be read.
        """
        try:
            return list(islice(self._store.quads_for_pattern(subject, predicate, value, graph), limit))
        except OSError as error:
            what = Text(f"The store cannot be read: {error}.", f"Der Speicher lässt sich nicht lesen: {error}.")
            fix = Text("Build the graph again with `kg build`.", "Bauen Sie den Graphen mit `kg build` neu.")
            raise StoreError(what, where=self.location, fix=fix) from error

    def count(self) -> int:
        """Return the number of quads."""
        return len(self._store)

    def graphs(self) -> list[str]:
        """Return the IRIs of the named graphs, sorted."""
        import pyoxigraph as ox

        return sorted(name.value for name in self._store.named_graphs() if isinstance(name, ox.NamedNode))

    def close(self) -> None:
        """Let go of the store."""

    def __enter__(self) -> EmbeddedStore:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
