"""The quads of a graph in order of their subjects, in batches that end with a subject: whoever writes holds one batch at a time.

Sorting is the batch engine's, in a bounded memory with a folder for what does not fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from kg.publish.columns import QUAD

if TYPE_CHECKING:
    import pyarrow as pa

    from kg.engine.base import Engine

BATCH = 20_000
"""Rows of a batch, unless a subject has more."""


def by_subject(engine: Engine, quads: Any) -> Iterator[pa.RecordBatch]:
    """Yield the quads of an Ibis table in the order of the subjects of N-Quads lines, each subject whole in one batch.

    The order is that of the subject as N-Quads write it: `<a/b>` comes before `<a>`, as `/` comes before `>`. A quad that stands in several rows of
    the table comes several times.

    Args:
        engine: Batch engine.
        quads: Ibis table in the layout of the quad table.
    """
    import ibis

    blank = quads.subject.startswith("_:")
    order = ibis.ifelse(blank, quads.subject + " ", "<" + quads.subject + ">")
    yield from whole(engine.batches(quads.select(*QUAD).order_by(order), BATCH))


def whole(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield the same rows in batches that begin and end with a subject.

    Args:
        batches: Rows in which those of a subject stand together, cut anywhere.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    held: list[pa.RecordBatch] = []
    for batch in batches:
        if not batch.num_rows:
            continue
        last = batch["subject"][-1]
        start = pc.index(batch["subject"], last).as_py()
        if start or (held and held[-1]["subject"][-1] != last):
            yield pa.concat_batches([*held, batch.slice(0, start)])
            held = []
        held.append(batch.slice(start))
    if held:
        yield pa.concat_batches(held)
