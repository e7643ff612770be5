"""Text files written by columns: each batch of rows becomes one piece of bytes, joined in Arrow, without a Python object per row."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

from kg.analyse.arrow import constant

if TYPE_CHECKING:
    import pyarrow as pa

    Part: TypeAlias = str | pa.Array

_FORBIDDEN = "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"
"""Characters that no XML 1.0 document may hold (section 2.2)."""


def joined(*parts: Part) -> bytes:
    """Return rows of text as UTF-8, one after the other: the parts of the first row, then those of the second; a text stands in every row.

    >>> import pyarrow as pa
    >>> joined(pa.array(["a", "b"]), "=", pa.array(["1", "2"]), ";")
    b'a=1;b=2;'
    """
    import pyarrow.compute as pc

    rows = pc.binary_join_element_wise(*(constant(part) if isinstance(part, str) else part for part in parts), constant(""))
    if not len(rows):
        return b""
    return b"".join(_values(chunk) for chunk in getattr(rows, "chunks", [rows]))


def _values(rows: pa.StringArray) -> bytes:
    """Return the texts of an array without gaps, as they stand in its buffer."""
    import numpy as np

    _, offsets, values = rows.buffers()
    ends = np.frombuffer(offsets, dtype=np.int32)[rows.offset : rows.offset + len(rows) + 1]
    return bytes(memoryview(values)[ends[0] : ends[-1]]) if values is not None else b""


def text(column: Any) -> pa.Array:
    """Return numbers as Python writes them: the shortest form that reads back equal, `1.0` and not `1` for a float."""
    import pyarrow as pa
    import pyarrow.compute as pc

    written = pc.cast(column, pa.string())
    if not pa.types.is_floating(column.type):
        return written
    return pc.if_else(pc.match_substring_regex(written, "^-?[0-9]+$"), pc.binary_join_element_wise(written, constant(".0"), constant("")), written)


def spelled(column: Any, names: pa.Array) -> pa.Array:
    """Return a dictionary-encoded column with other names for its entries, such as escaped ones."""
    return names.take(column.indices)


def csv_field(column: Any) -> pa.Array:
    """Return texts as fields of RFC 4180, quoted where they must be."""
    import pyarrow.compute as pc

    quoted = pc.binary_join_element_wise(constant('"'), pc.replace_substring(column, '"', '""'), constant('"'), constant(""))
    return pc.if_else(pc.match_substring_regex(column, '[",\r\n]'), quoted, column)


def xml_text(column: Any) -> pa.Array:
    """Return texts for the content of an XML element; a character that XML does not have becomes U+FFFD."""
    return _replaced(column, (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")))


def xml_attribute(column: Any) -> pa.Array:
    """Return texts for the value of an XML attribute in double quotes."""
    return _replaced(column, (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("\r", "&#13;"), ("\n", "&#10;"), ("\t", "&#09;")))


def _replaced(column: Any, pairs: Iterable[tuple[str, str]]) -> pa.Array:
    import pyarrow.compute as pc

    column = pc.replace_substring_regex(column, _FORBIDDEN, "\ufffd")
    for old, new in pairs:
        column = pc.replace_substring(column, old, new)
    return column
