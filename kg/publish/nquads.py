"""Canonical N-Quads by columns: the lines of :func:`kg.quads.canonical_lines`, without a Python object per quad.

Standard: RDF 1.1 N-Quads, section 4, and RDF Dataset Canonicalization, section 5 (escapes).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.analyse.arrow import constant, numbers
from kg.analyse.lines import joined
from kg.namespaces import XSD
from kg.publish.columns import QUAD, changes, choose, combinations, escape, mask

if TYPE_CHECKING:
    import pyarrow as pa

SPECIAL = r'[\x00-\x1f\x7f"\\]'
_SHORT = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
ESCAPES = _SHORT | {chr(number): f"\\u{number:04X}" for number in (*range(0x20), 0x7F) if chr(number) not in _SHORT}
"""What the characters of a literal become that cannot stand in it, the backslash first."""
PLAIN = ("", XSD.string)
"""Datatypes that are not written."""


def nodes(column: pa.Array) -> pa.Array:
    """Return IRIs and blank nodes as N-Quads write them."""
    import pyarrow.compute as pc

    iris = pc.binary_join_element_wise(constant("<"), column, constant(">"), constant(""))
    return pc.if_else(pc.starts_with(column, "_:"), column, iris)


def ending(datatype: str, language: str) -> str:
    """Return what follows the text of a literal."""
    if language:
        return f'"@{language}'
    return '"' if datatype in PLAIN else f'"^^<{datatype}>'


def lines(batch: pa.RecordBatch) -> pa.Array:
    """Return the line of each row, with its line end."""
    import numpy as np
    import pyarrow.compute as pc

    found, position = combinations(batch, ("predicate", "kind", "datatype", "language", "graph"))
    before, after = [], []
    for predicate, kind, datatype, language, graph in found:
        opened, closed = {"iri": ("<", ">"), "bnode": ("", "")}.get(kind, ('"', ending(datatype, language)))
        before.append(f" <{predicate}> {opened}")
        after.append(f"{closed}{f' <{graph}>' if graph else ''} .\n")
    literal = np.array([kind == "literal" for _, kind, *_ in found], dtype=bool)[position]
    value = pc.if_else(mask(literal), escape(batch["object"], SPECIAL, ESCAPES), batch["object"])
    return pc.binary_join_element_wise(nodes(batch["subject"]), choose(before, position), value, choose(after, position), constant(""))


def in_order(batch: pa.RecordBatch) -> tuple[pa.RecordBatch, bytes]:
    """Return the distinct quads of a batch in the order of their lines, columns of few values encoded as dictionaries, and the lines.

    Args:
        batch: Quads in the order of their subjects (:func:`kg.publish.stream.by_subject`).
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    batch = pa.record_batch({name: batch[name] if name in _LONG else batch[name].dictionary_encode() for name in QUAD})
    text = lines(batch)
    number = np.cumsum(changes(batch["subject"]))
    order = pc.sort_indices(pa.table({"subject": numbers(number), "line": text}), sort_keys=[("subject", "ascending"), ("line", "ascending")])
    text = text.take(order)
    new = mask(changes(text))
    return batch.take(order).filter(new), joined(text.filter(new))


_LONG = ("subject", "object")
"""Columns of many values; those of few are held as numbers."""
