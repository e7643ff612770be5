"""What a batch engine offers; expressions themselves are plain Ibis and know no engine.

Functions that engines name differently are declared once, in :data:`FUNCTIONS`; an expression calls `engine.call("nfc", column)`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import pyarrow as pa

FUNCTIONS = ("nfc", "sha256", "strip_accents")
"""Functions of one text each: Unicode normal form C; SHA-256 in hex digits of its UTF-8; accents dropped."""


class CsvError(ValueError):
    """A delimited text file is no table of the columns it should have: a record is too short or too long, a quote is open, or it is no UTF-8."""


class Engine(Protocol):
    """A session that runs Ibis expressions.

    What an engine cannot put anywhere (the disk is full) is an `OSError` with `ENOSPC`; what its memory cannot hold is a
    :class:`kg.errors.BuildError`.

    Attributes:
        name: `duckdb` (in process) or another backend's name.
    """

    name: str

    def quads(self, paths: Iterable[Path]) -> Any:
        """Return the quad tables in these Parquet files as one Ibis table."""

    def table(self, data: pa.Table) -> Any:
        """Return an Arrow table as an Ibis table."""

    def csv(self, path: Path, columns: Sequence[str], *, delimiter: str, only: Sequence[str] | None = None) -> Any:
        """Return a delimited text file (RFC 4180 quoting) as an Ibis table of texts, with `row`: the record's number, the header being 1.

        Args:
            path: The file; it must be UTF-8 where `only` is given.
            columns: Names of its columns, whatever the header calls them.
            delimiter: What separates cells.
            only: Columns to keep; all by default.

        Raises:
            CsvError: A record does not have these columns, or a field is too long.
        """

    def call(self, function: str, value: Any) -> Any:
        """Return a call of one of :data:`FUNCTIONS`."""

    def cache(self, expression: Any) -> Any:
        """Run a table expression once and return the result as an Ibis table."""

    def drop(self, cached: Any) -> None:
        """Forget a result kept by :meth:`cache`."""

    def scalar(self, expression: Any) -> Any:
        """Run an expression of one value and return it."""

    def to_pylist(self, expression: Any) -> list[dict[str, Any]]:
        """Run a table expression and return its rows."""

    def to_arrow(self, expression: Any) -> pa.Table:
        """Run a table expression and return an Arrow table."""

    def batches(self, expression: Any, size: int) -> Iterator[pa.RecordBatch]:
        """Run a table expression and yield its rows in batches of about this size, without holding all of them."""

    def to_parquet(self, expression: Any, path: Path) -> int:
        """Run a table expression, write its rows to a Parquet file in their order, and return how many there are."""

    def to_csv(self, expression: Any, path: Path, *, delimiter: str) -> int:
        """Run a table expression, write its rows as delimited text, every cell quoted, and return how many there are."""

    def close(self) -> None:
        """End the session."""
