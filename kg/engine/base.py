"""What a batch engine offers; expressions themselves are plain Ibis and know no engine.

Functions that engines name differently are declared once, in :data:`FUNCTIONS`; an expression calls `engine.call("nfc", column)`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

if TYPE_CHECKING:
    import pyarrow as pa

FUNCTIONS = ("nfc", "sha256", "strip_accents", "hash64")
"""Functions of one value each: Unicode normal form C (of text without NUL, where DuckDB ends some texts); SHA-256 in hex digits of its UTF-8; accents dropped;
64 bits (int64) that are the same for the same text on one engine, and others on another."""

COMPRESSION = "zstd"
"""Of Parquet files."""


class CsvError(ValueError):
    """A delimited text file is no table of the columns it should have: a record is too short or too long, a quote is open, or it is no UTF-8."""


class Files(Protocol):
    """Small files and folders at the addresses that an engine writes to: local paths, and on Spark whatever its Hadoop settings can reach."""

    def exists(self, url: str) -> bool:
        """Tell whether a file or folder is there."""

    def read_text(self, url: str) -> str:
        """Return a file's text (UTF-8).

        Raises:
            InputError: There is none, it cannot be read, or it is larger than :data:`kg.engine.files.MAX_TEXT`.
        """

    def write_text(self, url: str, text: str) -> None:
        """Write a file whole or not at all, and the folders above it.

        Raises:
            BuildError: It cannot be written; what stood there is untouched.
        """

    def delete(self, url: str) -> None:
        """Remove a file, or a folder with all in it; nothing happens where there is none."""

    def list(self, url: str) -> list[str]:
        """Return the names in a folder, sorted, without those that begin with a dot or an underscore; none where there is no folder."""

    def move(self, source: str, target: str) -> None:
        """Give a file or folder another name; what stands at the target is removed first."""


class Engine(Protocol):
    """A session that runs Ibis expressions.

    What an engine cannot put anywhere (the disk is full) is an `OSError` with `ENOSPC`; what its memory cannot hold is a
    :class:`kg.errors.BuildError`; a cluster that is gone is a :class:`kg.errors.EngineError`.

    Attributes:
        name: `duckdb` (in process) or `spark`.
        files: Small files beside the tables.
    """

    name: str

    @property
    def files(self) -> Files:
        """Return what reads and writes small files where this engine writes tables."""

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

    def write(self, expression: Any, url: str | Path, schema: Any = None) -> int:
        """Run a table expression and write its rows into a folder of Parquet files; what was there is replaced when all is written.

        Args:
            expression: Table expression; its order stays where it has one.
            url: The folder: a path, or on Spark any address that its Hadoop settings can reach.
            schema: Names and types of the columns (what `ibis.schema` takes); those of the expression by default.

        Returns:
            The number of rows.

        Raises:
            SchemaError: What the engine computed is of another type than declared, or a whole number does not fit. Whole numbers of another
                width are cast: DuckDB's sum of int64 is a HUGEINT, which Parquet would hold as a double.
        """

    def read(self, url: str | Path) -> Any:
        """Return the table in a folder of Parquet files, whichever engine wrote it.

        Raises:
            InputError: There is no such folder, or no Parquet file in it.
        """

    def lines(self, expression: Any, url: str | Path) -> int:
        """Write a table of one text column as lines into a folder of gzip files (UTF-8, `\\n`), and return how many there are.

        Raises:
            BuildError: A text is missing or holds a line break.
        """

    def close(self) -> None:
        """End the session, and remove what it kept."""

    def __enter__(self) -> Self:
        """Return the engine; it is closed when the block ends."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close the engine."""
