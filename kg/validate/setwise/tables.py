"""Small tables of parameters, made from rows of Python for use in expressions."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

    from kg.engine.base import Engine


def small_table(engine: Engine, columns: Sequence[str], rows: Iterable[Sequence[Any]], texts: Sequence[str] = ()) -> Any:
    """Return rows as an Ibis table of 64-bit integers, the columns in `texts` as text.

    Args:
        engine: The session the table is for.
        columns: Names, in the order of the rows' cells.
        rows: Cells; none is missing.
        texts: Names of the columns that hold text.
    """
    import pyarrow as pa

    cells: Sequence[Sequence[Any]] = list(zip(*rows, strict=True)) or [[] for _ in columns]
    made = [_texts(column) if name in texts else _integers(column) for name, column in zip(columns, cells, strict=True)]
    return engine.table(pa.table(made, names=list(columns)))


def _integers(column: Sequence[int]) -> pa.Array:
    # From buffers, because `pa.array` of a list imports pandas first.
    import pyarrow as pa

    return pa.Array.from_buffers(pa.int64(), len(column), [None, pa.py_buffer(array("q", column))])


def _texts(column: Sequence[str]) -> pa.Array:
    import pyarrow as pa

    encoded = [text.encode("utf-8", "surrogatepass") for text in column]
    offsets = array("q", accumulate(map(len, encoded), initial=0))
    return pa.Array.from_buffers(pa.large_string(), len(column), [None, pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded))])
