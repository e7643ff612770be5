"""Which engine applies the shapes, and what it found as a report."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import ShapesError, Text, ValidationError
from kg.quads import Quad, read_parquet
from kg.validate.raw import Raw
from kg.validate.reader import Reader
from kg.validate.report import Report, make_report
from kg.validate.shapes import load_catalogue, load_shapes
from kg.validate.surroundings import Columns, InMemory, Surroundings

if TYPE_CHECKING:
    import pyoxigraph as ox
    from rdflib import Graph
    from rdflib.term import Node

    from kg.build import Build

ENGINES = ("auto", "direct", "setwise", "reference")
"""Engines that can be asked for; `auto` chooses by size and falls back to the reference where a shape is refused."""

SMALL = 150_000
"""Statements up to which `auto` takes the direct engine: it is faster there, and its memory grows with them (125,706 statements: 4.5 s and 420 MB against 7.1 s and 350 MB)."""

MEMORY = "300MB"
"""What the session of the set-oriented engine holds before it writes to disk."""


def validate_quads(
    quads: Iterable[Quad], *, engine: str = "auto", lang: str = "en", shapes: Path | None = None, store: ox.Store | None = None
) -> Report:
    """Validate the union of quads in memory.

    Args:
        quads: Rows of a quad table, with ontology and code lists among them (targets see subclasses only then).
        engine: One of :data:`ENGINES`.
        lang: Language of labels, `expected` and `found`: `de` or `en`.
        shapes: A Turtle file or folder of shapes; the shipped ones by default.
        store: The same quads as a store, for queries of shapes; made where it is needed and not given.

    Raises:
        ValidationError: The shapes are ill-formed, or there is no such engine.
    """
    from kg.quads import to_arrow
    from kg.validate import direct, reference

    rows = list(quads)

    def setwise(graph: Graph) -> list[Raw]:
        from kg.validate.setwise import find

        with _session() as session:
            return find(session, session.table(to_arrow(rows)), graph, None)

    graph = load_shapes(shapes)
    engines = {"direct": lambda graph: direct.find(rows, graph, store), "setwise": setwise, "reference": lambda graph: reference.find(rows, graph)}
    name, found = _found(engine, len(rows), graph, engines)
    return _report(name, found, InMemory(rows), graph, shapes, lang)


def validate_build(build: Build, *, engine: str = "auto", lang: str = "en", shapes: Path | None = None) -> Report:
    """Validate a built graph (see :func:`validate_quads`); its quad tables and its store are read where they lie."""
    import pyoxigraph as ox

    from kg.validate import reference

    graph, size = load_shapes(shapes), int(build.record.get("quads", 0))
    if engine in ("direct", "reference") or (engine == "auto" and size <= SMALL):
        return validate_quads(read_parquet(build.parquet), engine=engine, lang=lang, shapes=shapes)
    with _session() as session:
        table = session.quads(build.parquet)

        def setwise(graph: Graph) -> list[Raw]:
            from kg.validate.setwise import find

            # Solutions as they come: the interface of stores would hold all rows of a target of fifty thousand nodes twice.
            store = ox.Store.read_only(str(build.store))
            return find(session, table, graph, lambda query: store.query(query, use_default_graph_as_union=True))

        name, found = _found(engine, size, graph, {"setwise": setwise, "reference": lambda graph: reference.find(read_parquet(build.parquet), graph)})
        return _report(name, found, Columns(session, table), graph, shapes, lang)


def _found(asked: str, size: int, shapes: Graph, engines: Mapping[str, Callable[[Graph], list[Raw]]]) -> tuple[str, list[Raw]]:
    """Run the engine asked for, or the one that fits so many statements; return its name and what it found."""
    if asked not in ENGINES:
        known = ", ".join(ENGINES)
        what = Text(f"There is no engine {asked!r}.", f"Die Auswertung {asked!r} gibt es nicht.")
        raise ValidationError(what, where="--engine", fix=Text(f"Use one of {known}.", f"Möglich sind {known}."))
    if asked != "auto":
        return asked, engines[asked](shapes)
    chosen = "direct" if size <= SMALL else "setwise"
    try:
        return chosen, engines[chosen](shapes)
    except ShapesError as error:
        return f"reference ({chosen}: {error.what.en})", engines["reference"](shapes)


def _report(engine: str, found: Sequence[Raw], around: Surroundings, graph: Graph, shapes: Path | None, lang: str) -> Report:
    names: dict[Node, str] = {}
    named = [item if item.shape == (name := _named_shape(graph, item.shape_node, names)) else replace(item, shape=name) for item in found]
    reader = Reader(around, load_catalogue(shapes), graph, lang)
    return make_report(reader.results(named), engine)


@contextmanager
def _session() -> Iterator[Any]:
    """Open a session that may write to disk what does not fit in memory."""
    from kg.engine.duckdb import DuckDB

    with tempfile.TemporaryDirectory(prefix="kg-") as folder, DuckDB(memory=MEMORY, spill=Path(folder)) as session:
        yield session


def _named_shape(shapes: Graph, shape: Node | None, names: dict[Node, str]) -> str:
    """Return the IRI of a shape; of a blank one, that of the nearest shape around it."""
    from rdflib import BNode

    if shape is None:
        return ""
    if shape in names:
        return names[shape]
    start = shape
    seen: set[Node] = set()
    while isinstance(shape, BNode) and shape not in seen:
        seen.add(shape)
        shape = min(shapes.subjects(None, shape), key=str, default=shape)
    names[start] = str(shape)
    return names[start]
