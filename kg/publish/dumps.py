"""The graph as N-Quads, Turtle and JSON-LD, written in one pass over the quads in order of their subjects.

One batch is held at a time; sorting is the batch engine's. N-Quads are canonical: distinct lines in code point order.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from kg.analyse.lines import joined
from kg.publish.columns import codes, mask
from kg.publish.files import Checked, checked
from kg.publish.jsonld import Compactor
from kg.publish.nquads import in_order
from kg.publish.turtle import Turtle

if TYPE_CHECKING:
    import pyarrow as pa


def write_dumps(
    batches: Iterable[pa.RecordBatch],
    folder: Path,
    name: str,
    *,
    base: str,
    context: Mapping[str, Any],
    without: Collection[str],
    each: Callable[[pa.RecordBatch], None] = lambda _: None,
) -> tuple[dict[str, int], dict[str, Checked]]:
    """Write `<name>.nq`, `<name>.ttl` and `<name>.jsonld`.

    Args:
        batches: Quads in the order of :func:`kg.publish.stream.by_subject`.
        folder: Existing folder to write to.
        name: Name of the files without ending.
        base: Namespace root of the entities.
        context: The content of the JSON-LD context.
        without: Graphs left out of the Turtle file.
        each: Called with each batch of distinct quads, in the order of their lines.

    Returns:
        The number of statements per file, quads or triples for Turtle, and the size and checksum of each.
    """
    quads = triples = 0
    turtle, nodes = Turtle(base), _Nodes(Compactor(context, base), folder, name)
    body = folder / f".{name}.ttl"
    with ExitStack() as files:
        nquads = files.enter_context(checked(folder / f"{name}.nq"))
        readable = files.enter_context(body.open("wb"))
        files.enter_context(nodes)
        for batch in batches:
            distinct, lines = in_order(batch)
            quads += distinct.num_rows
            each(distinct)
            nquads.write(lines)
            nodes.write(distinct)
            number, blocks = turtle.blocks(_outside(distinct, without))
            triples += number
            readable.write(blocks)
    with checked(folder / f"{name}.ttl") as target:
        target.write(turtle.head().encode())
        target.append(body)
    numbers = {f"{name}.nq": quads, f"{name}.ttl": triples, f"{name}.jsonld": quads}
    return numbers, {f"{name}.nq": nquads, f"{name}.ttl": target, f"{name}.jsonld": nodes.join()}


def _outside(batch: pa.RecordBatch, graphs: Collection[str]) -> pa.RecordBatch:
    """Return the rows of a batch that are in none of some graphs."""
    import numpy as np

    names, position = codes(batch["graph"])
    return batch.filter(mask(np.array([name not in graphs for name in names.to_pylist()], dtype=bool)[position]))


class _Nodes:
    """The JSON-LD file: a document needs each graph in one piece, so each has a file of its own until the end."""

    def __init__(self, compact: Compactor, folder: Path, name: str) -> None:
        self._compact, self._folder, self._name = compact, folder, name
        self._parts: dict[str, tuple[Path, IO[bytes]]] = {}
        self._files = ExitStack()

    def __enter__(self) -> _Nodes:
        return self

    def __exit__(self, *_: object) -> None:
        self._files.close()

    def write(self, batch: pa.RecordBatch) -> None:
        """Write the nodes of a batch of distinct quads."""
        for graph, nodes in self._compact.nodes(batch):
            if graph in self._parts:
                self._parts[graph][1].write(joined(",\n", nodes))
            else:
                path = self._folder / f".{self._name}.{len(self._parts)}.jsonld"
                self._parts[graph] = (path, self._files.enter_context(path.open("wb")))
                self._parts[graph][1].write(joined(",\n", nodes).removeprefix(b",\n"))

    def join(self) -> Checked:
        """Put the graphs together, each named one as an object of its own, and return the size and checksum of the file."""
        with checked(self._folder / f"{self._name}.jsonld") as target:
            target.write(f'{{\n"@context": {json.dumps(self._compact.context, ensure_ascii=False, indent=1)},\n"@graph": [\n'.encode())
            for number, graph in enumerate(sorted(self._parts)):
                target.write(b",\n" if number else b"")
                if graph:
                    target.write(self._compact.graph(graph).encode())
                target.append(self._parts[graph][0])
                target.write(b"\n]}" if graph else b"")
            target.write(b"\n]\n}\n")
        return target
