"""A store in memory of the data at hand, for queries that the given store cannot answer.

It is needed where a blank node is bound beforehand (no query text can name one) or where a query asks for the shapes graph. Data stand in
the default graph, and in their named graphs; the shapes in a graph of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import TYPE_CHECKING, Any

from kg.quads import COLUMNS, Quad, Term, to_oxigraph
from kg.validate.setwise.reading import to_term

if TYPE_CHECKING:
    import pyoxigraph as ox
    from rdflib import Graph

    from kg.engine.base import Engine

SHAPES_GRAPH = "urn:x-kg:shapes"
_ROWS = "urn:x-kg:rows:"
_VARIABLE = "urn:x-kg:variable:"


class Memory:
    """Data and shapes in an Oxigraph store of this process.

    Args:
        engine: The session that holds the quad table.
        quads: The quad table.
        shapes: The shapes graph.
    """

    def __init__(self, engine: Engine, quads: Any, shapes: Graph) -> None:
        import pyoxigraph as ox

        self._store = ox.Store()
        self._numbers = count()
        rows = quads.select(*COLUMNS[:-1]).distinct()
        for batch in engine.batches(rows, 50_000):
            columns = [column.to_pylist() for column in batch.columns]
            made = [to_oxigraph(Quad._make((*row, ""))) for row in zip(*columns, strict=True)]
            self._store.extend(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in made)
            self._store.extend(quad for quad in made if not isinstance(quad.graph_name, ox.DefaultGraph))
        self._store.extend(_shape_quads(shapes))

    def ask(self, query: str) -> Any:
        """Answer a query over the data; `GRAPH` reaches named graphs and the shapes."""
        return self._store.query(query)

    def rows(self, rows: Iterable[Mapping[str, Term]]) -> tuple[str, str]:
        """Keep rows of terms in a graph of their own.

        Returns:
            A graph pattern that binds the variables of one row after the other, blank nodes too; and the graph, to be forgotten.
        """
        import pyoxigraph as ox

        graph = f"{_ROWS}{next(self._numbers)}"
        names: Sequence[str] = ()
        for number, row in enumerate(rows):
            names = list(row)
            subject = ox.NamedNode(f"{graph}:{number}")
            for name, term in row.items():
                self._store.add(ox.Quad(subject, ox.NamedNode(_VARIABLE + name), to_node(term), ox.NamedNode(graph)))
        facts = " ; ".join(f"<{_VARIABLE}{name}> ?{name}" for name in names)
        return f" GRAPH <{graph}> {{ ?kgRow {facts} }} ", graph

    def forget(self, graph: str) -> None:
        """Drop rows."""
        import pyoxigraph as ox

        self._store.remove_graph(ox.NamedNode(graph))


def to_node(term: Term) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """Return a term as pyoxigraph has it."""
    return to_oxigraph(Quad("urn:s", "urn:p", *term, "", "")).object  # type: ignore[return-value]


def _shape_quads(shapes: Graph) -> Iterable[ox.Quad]:
    import pyoxigraph as ox

    name = ox.NamedNode(SHAPES_GRAPH)
    for subject, predicate, target in shapes:
        yield ox.Quad(to_node(to_term(subject)), ox.NamedNode(str(predicate)), to_node(to_term(target)), name)  # type: ignore[arg-type]
