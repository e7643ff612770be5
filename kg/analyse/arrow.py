"""Arrow arrays from buffers and back: pyarrow's own conversions of Python values and of NumPy arrays import pandas first (0.4 s)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg.quads import strings

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray


def numbers(values: NDArray[Any]) -> pa.Array:
    """Return 32-bit or 64-bit integers, or floats, as an array."""
    import numpy as np
    import pyarrow as pa

    kinds = {"int32": pa.int32(), "int64": pa.int64(), "float64": pa.float64()}
    return pa.Array.from_buffers(kinds[values.dtype.name], len(values), [None, pa.py_buffer(np.ascontiguousarray(values))])


def constant(value: str) -> pa.StringScalar:
    """Return a text as an Arrow scalar.

    >>> constant("a").as_py()
    'a'
    """
    return strings([value])[0]


def positions(array: pa.Array, kind: str) -> NDArray[np.int64]:
    """Return an array of integers without nulls as NumPy's, without a copy.

    Args:
        array: The array.
        kind: NumPy's name of the type.
    """
    import numpy as np

    return np.frombuffer(array.buffers()[1], dtype=kind)[array.offset : array.offset + len(array)]
