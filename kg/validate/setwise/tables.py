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
    kinds = [str if name in texts else int for name in columns]
    cells: list[Any] = [array("q") if kind is int else [] for kind in kinds]
    for row in rows:
        for column, cell in zip(cells, row, strict=True):
            column.append(cell)
    return columns_table(engine, columns, cells, kinds)


def columns_table(engine: Engine, columns: Sequence[str], cells: Sequence[Sequence[Any]], kinds: Sequence[type]) -> Any:
    """Return columns as an Ibis table.

    Args:
        engine: The session the table is for.
        columns: Names.
        cells: A sequence for each: arrays of 64-bit integers, or texts.
        kinds: `int` or `str` for each.
    """
    import pyarrow as pa

    made = [_integers(column) if kind is int else _texts(column) for column, kind in zip(cells, kinds, strict=True)]
    table = engine.table(pa.table(made, names=list(columns)))
    # DuckDB 1.5 reads Arrow where it lies, and fails where that is the side of a join it would filter ("BLOOM_FILTER is not currently supported").
    return engine.cache(table) if engine.name == "duckdb" else table


def _integers(column: Sequence[int]) -> pa.Array:
    # From buffers, because `pa.array` of a list imports pandas first.
    import pyarrow as pa

    numbers = column if isinstance(column, array) else array("q", column)
    return pa.Array.from_buffers(pa.int64(), len(numbers), [None, pa.py_buffer(numbers)])


def _texts(column: Sequence[str]) -> pa.Array:
    import pyarrow as pa

    encoded = [text.encode("utf-8", "surrogatepass") for text in column]
    offsets = array("q", accumulate(map(len, encoded), initial=0))
    return pa.Array.from_buffers(pa.large_string(), len(column), [None, pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded))])
