"""Small steps on columns of quads that all writers share: which rows begin something new, what few distinct values become, what is escaped.

Nothing here loops over rows; Python sees each distinct combination of predicate, kind, datatype, language and graph once per batch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kg.analyse.arrow import constant, numbers, positions
from kg.quads import strings

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

QUAD = ("subject", "predicate", "object", "kind", "datatype", "language", "graph")
"""The columns of a quad, without its origin."""


def codes(column: pa.Array) -> tuple[pa.Array, NDArray[np.int64]]:
    """Return the distinct values of a column, and for each row the position of its value among them."""
    import numpy as np

    if not len(column):
        return column, np.zeros(0, dtype=np.int64)
    coded = column.dictionary_encode()  # a column that is encoded already stays as it is
    return coded.dictionary, positions(coded.indices, "int32")


def combinations(batch: pa.RecordBatch, names: Sequence[str]) -> tuple[list[tuple[str, ...]], NDArray[np.int64]]:
    """Return the distinct combinations of values of some columns, sorted, and for each row the position of its own.

    >>> import pyarrow as pa
    >>> found, position = combinations(pa.record_batch({"a": ["x", "y", "x"], "b": ["2", "1", "1"]}), ["a", "b"])
    >>> found, position.tolist()
    ([('x', '1'), ('x', '2'), ('y', '1')], [1, 2, 0])
    """
    import numpy as np

    key = np.zeros(batch.num_rows, dtype=np.int64)
    for name in names:
        values, position = codes(batch[name])
        if len(key) and int(key.max()) > 2**31:
            key = np.unique(key, return_inverse=True)[1]
        key = key * max(len(values), 1) + position
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    rows = batch.select(list(names)).take(numbers(first.astype(np.int64)))
    found = list(zip(*(column.to_pylist() for column in rows.columns), strict=True))
    order = sorted(range(len(found)), key=found.__getitem__)
    rank = np.empty(len(found), dtype=np.int64)
    rank[order] = np.arange(len(found))
    return [found[number] for number in order], rank[inverse]


def starts(*keys: NDArray[Any]) -> NDArray[np.bool_]:
    """Return for each row whether one of some keys differs from the row before; the first row always does."""
    import numpy as np

    new = np.zeros(len(keys[0]), dtype=bool)
    new[:1] = True
    for key in keys:
        new[1:] |= key[1:] != key[:-1]
    return new


def changes(column: pa.Array) -> NDArray[np.bool_]:
    """Return for each row whether its text differs from that of the row before; the first row always does."""
    import numpy as np
    import pyarrow.compute as pc

    new = np.ones(len(column), dtype=bool)
    new[1:] = truth(pc.not_equal(column.slice(1), column.slice(0, max(len(column) - 1, 0))))
    return new


def mask(values: NDArray[np.bool_]) -> pa.BooleanArray:
    """Return truth values as an Arrow array."""
    import numpy as np
    import pyarrow as pa

    return pa.Array.from_buffers(pa.bool_(), len(values), [None, pa.py_buffer(np.packbits(values, bitorder="little"))])


def truth(values: pa.BooleanArray) -> NDArray[np.bool_]:
    """Return an Arrow array of truth values without nulls as NumPy's."""
    import numpy as np

    if not len(values):
        return np.zeros(0, dtype=bool)
    bits = np.frombuffer(values.buffers()[1], dtype=np.uint8)
    return np.unpackbits(bits, bitorder="little")[values.offset : values.offset + len(values)].astype(bool)


def choose(texts: Iterable[str], position: NDArray[Any]) -> pa.StringArray:
    """Return for each row one of a few texts."""
    import numpy as np

    return strings(list(texts)).take(numbers(position.astype(np.int64)))


def where(holds: NDArray[np.bool_], column: pa.Array) -> pa.StringArray:
    """Return a column of texts, empty in the rows where something does not hold."""
    import pyarrow.compute as pc

    return pc.if_else(mask(holds), column, constant(""))


def escape(column: pa.Array, special: str, escapes: Mapping[str, str]) -> pa.Array:
    """Return texts with some characters escaped; only the rows that hold one are touched.

    Args:
        column: The texts.
        special: Regular expression (RE2) of one character that must be escaped.
        escapes: What each character becomes: the backslash first, the rare ones last.
    """
    import pyarrow.compute as pc

    holds = pc.match_substring_regex(column, special)
    found = column.filter(holds)
    rest = found
    for character, escaped in escapes.items() if len(found) else ():
        if character in _RARE and not len(rest := rest.filter(pc.match_substring_regex(rest, _RARELY))):
            break
        found = pc.replace_substring(found, character, escaped)
    return pc.replace_with_mask(column, holds, found) if len(found) else column


_RARE = {chr(number) for number in (*range(0x20), 0x7F)} - set("\n\r\t")
_RARELY = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
