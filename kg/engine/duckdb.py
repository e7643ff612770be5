"""The default engine: DuckDB in this process, through Ibis."""

from __future__ import annotations

import contextlib
import errno
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from kg.engine.base import CsvError
from kg.engine.files import LocalFiles, local_path, nothing_there
from kg.errors import BuildError, Text, unwritable

if TYPE_CHECKING:
    import pyarrow as pa

_NAMES = {"nfc": "nfc_normalize", "sha256": "sha256", "strip_accents": "strip_accents"}
"""What DuckDB calls the functions of :data:`kg.engine.base.FUNCTIONS`; what is missing Ibis names itself."""

STREAM = "32MB"
"""What is computed ahead of a reader: with DuckDB's own 1 MB its threads mostly wait."""

LINES = 50_000
"""Lines that are held and compressed at once."""

ROW_GROUP = 10_240
"""Rows of a Parquet row group: one is held before it is written, and texts of projects are long."""

MAX_FIELD = 16 * 1024 * 1024
"""Bytes of the longest record that is read."""


class DuckDB:
    """An in-memory DuckDB session; files are read where they lie, nothing is downloaded or installed.

    Args:
        threads: Number of threads; as many as there are cores by default.
        memory: What DuckDB may hold before it writes to `spill`.
        spill: Folder for what does not fit in memory; without one too much is an error.
    """

    name = "duckdb"

    def __init__(self, *, threads: int | None = None, memory: str = "2GB", spill: Path | None = None) -> None:
        import duckdb
        import ibis

        options: dict[str, Any] = {"memory_limit": memory, "autoinstall_known_extensions": False, "autoload_known_extensions": False}
        options["temp_directory"] = str(spill) if spill else ""
        if threads:
            options["threads"] = threads
        self._threads = threads or os.cpu_count() or 1
        self._connection = ibis.duckdb.connect(**options)
        # The bar would write into the answer. In a notebook without ipywidgets there is none, and the setting is refused.
        with contextlib.suppress(duckdb.InvalidInputException):
            self._connection.raw_sql("SET enable_progress_bar = false")
        self._connection.raw_sql(f"SET streaming_buffer_size = '{STREAM}'")
        self._numbers = count()
        self._functions = {name: _builtin(name, called) for name, called in _NAMES.items()}
        self._files = LocalFiles()

    @property
    def files(self) -> LocalFiles:
        """Return what reads and writes small files of this machine."""
        return self._files

    def quads(self, paths: Iterable[Path]) -> Any:
        """Return the quad tables in these Parquet files as one Ibis table."""
        import duckdb

        try:
            return self._connection.read_parquet([str(path) for path in paths])
        except duckdb.IOException as error:
            raise _gone(error) or error from None

    def table(self, data: pa.Table) -> Any:
        """Return an Arrow table as an Ibis table."""
        name = self._name("arrow")
        self._connection.con.register(name, data)
        return self._connection.table(name)

    def csv(self, path: Path, columns: Sequence[str], *, delimiter: str, only: Sequence[str] | None = None) -> Any:
        """Return a delimited text file as an Ibis table of texts with `row` (see :class:`kg.engine.base.Engine`)."""
        import duckdb

        name = self._name("csv")
        types = ", ".join(f"{_quoted(column, chr(39))}: 'VARCHAR'" for column in columns)
        chosen = "*" if only is None else ", ".join(_quoted(column, chr(34)) for column in only)
        try:
            self._run(
                f"CREATE TEMP TABLE {name} AS SELECT {chosen}, row_number() OVER () + 1 AS row FROM read_csv({_quoted(str(path), chr(39))}, "  # noqa: S608
                f"header = true, delim = {_quoted(delimiter, chr(39))}, quote = '\"', escape = '\"', columns = {{{types}}}, auto_detect = false, "
                f"strict_mode = true, null_padding = false, allow_quoted_nulls = false, max_line_size = {MAX_FIELD}, encoding = 'utf-8')"
            )
        except duckdb.InvalidInputException as error:
            raise CsvError(str(error)) from error
        return self._connection.table(name)

    def call(self, function: str, value: Any) -> Any:
        """Return a call of one of :data:`kg.engine.base.FUNCTIONS`."""
        return value.hash() if function == "hash64" else self._functions[function](value)

    def cache(self, expression: Any) -> Any:
        """Run a table expression once and return the result as an Ibis table."""
        name = self._name("cached")
        self._run(f"CREATE TEMP TABLE {name} AS {self._connection.compile(expression)}")
        return self._connection.table(name)

    def drop(self, cached: Any) -> None:
        """Forget a result kept by :meth:`cache`."""
        self._run(f"DROP TABLE IF EXISTS {_quoted(cached.get_name(), chr(34))}")

    def scalar(self, expression: Any) -> Any:
        """Run an expression of one value and return it."""
        return self._run(self._connection.compile(expression)).fetchone()[0]

    def to_pylist(self, expression: Any) -> list[dict[str, Any]]:
        """Run a table expression and return its rows."""
        # Compiled by Ibis, fetched by DuckDB: Ibis' own way to rows imports pandas first (0.4 s).
        cursor = self._run(self._connection.compile(expression))
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def to_arrow(self, expression: Any) -> pa.Table:
        """Run a table expression and return an Arrow table."""
        return self._run(self._connection.compile(expression)).fetch_arrow_table()

    def batches(self, expression: Any, size: int) -> Iterator[pa.RecordBatch]:
        """Run a table expression and yield its rows in batches of about this size, without holding all of them."""
        yield from self._run(self._connection.compile(expression)).fetch_record_batch(size)

    def to_parquet(self, expression: Any, path: Path) -> int:
        """Run a table expression, write its rows to a Parquet file in their order, and return how many there are."""
        path.parent.mkdir(parents=True, exist_ok=True)
        done = self._run(
            f"COPY ({self._connection.compile(expression)}) TO {_quoted(str(path), chr(39))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
        )
        return int(done.fetchone()[0])

    def to_csv(self, expression: Any, path: Path, *, delimiter: str) -> int:
        """Run a table expression, write its rows as delimited text, every cell quoted, and return how many there are."""
        path.parent.mkdir(parents=True, exist_ok=True)
        done = self._run(
            f"COPY ({self._connection.compile(expression)}) TO {_quoted(str(path), chr(39))} "
            f"(FORMAT csv, HEADER, DELIMITER {_quoted(delimiter, chr(39))}, FORCE_QUOTE *)"
        )
        return int(done.fetchone()[0])

    def write(self, expression: Any, url: str | Path, schema: Any = None) -> int:
        """Run a table expression and write its rows into a folder of Parquet files (see :class:`kg.engine.base.Engine`)."""
        import duckdb

        from kg.engine.schema import cast_query, does_not_fit

        folder = local_path(url)
        sql = self._connection.compile(expression)
        query = cast_query(
            sql, self._connection._get_schema_using_query(sql), expression.schema() if schema is None else schema, self._connection.compiler, str(url)
        )
        # Rows in no order may come as they are ready; held back for their order they would fill the memory.
        self._run("SET preserve_insertion_order = false")
        try:
            with self._beside(folder) as part:
                done = self._run(
                    f"COPY ({query}) TO {_quoted(str(part / 'part-00000.parquet'), chr(39))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
                )
                return int(done.fetchone()[0])
        except duckdb.ConversionException as error:
            raise does_not_fit(str(url)) from error
        finally:
            self._run("SET preserve_insertion_order = true")

    def read(self, url: str | Path) -> Any:
        """Return the table in a folder of Parquet files, whichever engine wrote it."""
        folder = local_path(url)
        paths = [folder / name for name in self._files.list(str(folder)) if name.endswith(".parquet")]
        if not paths:
            raise nothing_there(url)
        return self.quads(paths)

    def lines(self, expression: Any, url: str | Path) -> int:
        """Write a table of one text column as lines into a folder of gzip files, and return how many there are."""
        from kg.engine.lines import write_gzip

        ended = expression.select(line=expression[expression.columns[0]] + "\n")
        with self._beside(local_path(url)) as part, (part / "part-00000.txt.gz").open("wb") as file:
            return write_gzip(self.batches(ended, LINES), file, self._threads, str(url))

    def close(self) -> None:
        """End the session."""
        self._connection.disconnect()

    def __enter__(self) -> DuckDB:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @contextlib.contextmanager
    def _beside(self, folder: Path) -> Iterator[Path]:
        """Give a folder beside another one that takes its place when all went well."""
        part = folder.with_name(f"{folder.name}.{os.getpid()}.part")
        self._files.delete(str(part))
        try:
            try:
                part.mkdir(parents=True)
            except OSError as error:
                raise unwritable(error, folder, "--work") from error
            yield part
            self._files.move(str(part), str(folder))
        except BaseException:
            self._files.delete(str(part))
            raise

    def _run(self, sql: str) -> Any:
        """Run a statement; what the machine lacks becomes an error that says so."""
        import duckdb

        try:
            return self._connection.raw_sql(sql)
        except duckdb.IOException as error:
            if "space left" in str(error):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
            raise _gone(error) or error from None
        except duckdb.OutOfMemoryException as error:
            # DuckDB calls a full folder for what does not fit in memory the same as full memory.
            if "max_temp_directory_size" in str(error) or "space left" in str(error):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
            what = Text("The engine's memory is used up.", "Der Speicher der Rechenmaschine ist aufgebraucht.")
            raise BuildError(what, fix=Text("Build from fewer rows at a time.", "Bauen Sie aus weniger Zeilen auf einmal.")) from error

    def _name(self, kind: str) -> str:
        return f"{kind}_{next(self._numbers)}"


def _gone(error: Exception) -> BuildError | None:
    """Return the error for a file that was removed while it was needed; `None` where DuckDB means something else."""
    text = str(error)
    if "No files found" not in text and os.strerror(errno.ENOENT) not in text:
        return None
    what = Text("A file of the graph is no longer there.", "Eine Datei des Graphen ist nicht mehr da.")
    named = re.search(r'"([^"]+)"', text)
    return BuildError(what, where=named and named[1], fix=Text("Build again: kg build", "Bauen Sie neu: kg build"))


def _builtin(name: str, called: str) -> Any:
    """Declare a function of DuckDB for Ibis."""
    import ibis

    def function(value: str) -> str:  # type: ignore[empty-body]
        """Stand for the engine's own function."""

    function.__name__ = name
    return ibis.udf.scalar.builtin(name=called)(function)


def _quoted(text: str, mark: str) -> str:
    return mark + text.replace(mark, mark * 2) + mark
