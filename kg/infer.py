"""Derived statements: rules are CONSTRUCT queries in `queries/infer/`, their results a graph of their own.

Each derived quad's origin is `rule:<name>`. Rules run in the order of the `step` in their header; those of a later step see earlier results.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from kg.headers import query_files, read_header
from kg.quads import Quad, from_oxigraph, to_oxigraph
from kg.resources import folder

if TYPE_CHECKING:
    import pyoxigraph as ox


def rules() -> list[tuple[int, str, str]]:
    """Return the rules as (step, name, query), in the order in which they run."""
    found = []
    for path in query_files(folder("queries", "infer")):
        text = path.read_text(encoding="utf-8")
        found.append((int(read_header(text, str(path)).get("step", 1)), path.stem, text))
    return sorted(found)


def infer(store: ox.Store, graph: str) -> Iterator[list[Quad]]:
    """Run the rules and add their results to the store.

    Args:
        store: Writable store with the sources loaded.
        graph: IRI of the graph for derived statements.

    Yields:
        The new quads, one list per step.
    """
    import pyoxigraph as ox

    name = ox.NamedNode(graph)
    for _, step in groupby(rules(), key=lambda rule: rule[0]):
        quads: list[Quad] = []
        for _, rule, query in step:
            for triple in store.query(query, use_default_graph_as_union=True):  # type: ignore[union-attr]
                quads.append(from_oxigraph(ox.Quad(triple.subject, triple.predicate, triple.object, name), f"rule:{rule}"))
        store.bulk_extend(to_oxigraph(quad) for quad in quads)
        yield quads
