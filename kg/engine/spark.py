"""Apache Spark as the engine: the same Ibis expressions, on one machine (`local[2]`) or on a cluster (docs/decisions/0011-scale.md)."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from kg.engine import jvm, workers
from kg.engine.base import COMPRESSION, FUNCTIONS
from kg.engine.files import is_local, local_path, no_line, nothing_there
from kg.engine.hadoop import HadoopFiles
from kg.engine.schema import cast_query, does_not_fit
from kg.errors import BuildError, EngineError, InputError, KgError, Text
from kg.files import make_folder_of

if TYPE_CHECKING:
    import pyarrow as pa

    from kg.engine.duckdb import DuckDB

MASTER = "local[2]"
"""Where a session runs if nobody says otherwise."""

SMALL = 1024 * 1024
"""Bytes of an Arrow table that travels inside the query instead of a file."""


class Spark:
    """A Spark session; only one can be open in a process.

    Args:
        master: `local[N]`, `spark://HOST:PORT`, `yarn` or `k8s://…`.
        memory: Heap of this process's Java and of each executor.
        threads: Cores to use, all that `master` has by default.
        spill: Folder or URL for what is kept between expressions; workers must see it, too. A temporary folder by default.
        conf: Further settings of Spark.

    Raises:
        MissingExtraError: PySpark is not installed.
        EngineError: No Java, no master, no worker, or the master wants another secret.
    """

    name = "spark"

    def __init__(
        self,
        master: str | None = None,
        *,
        memory: str = "1g",
        threads: int | None = None,
        spill: str | Path | None = None,
        conf: Mapping[str, str] | None = None,
    ) -> None:
        jvm.check_packages()
        self.master = master or (f"local[{threads}]" if threads else MASTER)
        jvm.check_master(self.master)
        jvm.check_java()
        self._exit = contextlib.ExitStack()
        self._numbers = count()
        self._driver: DuckDB | None = None
        try:
            self._open(memory, threads, spill, conf or {})
        except BaseException:
            self._exit.close()
            raise

    def _open(self, memory: str, threads: int | None, spill: str | Path | None, conf: Mapping[str, str]) -> None:
        import ibis

        from kg.engine.dialect import SparkCompiler

        # What Python's side of Spark logs are errors that are raised as well, as JSON with Java's whole stack.
        for name in ("SQLQueryContextLogger", "DataFrameQueryContextLogger"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        self._local = Path(self._exit.enter_context(tempfile.TemporaryDirectory(prefix="kg-spark-")))
        jvm.environment(self.master)
        machine = jvm.Machine(_size(memory), self._local)
        self._exit.callback(machine.end)
        kept = self._local / "kept" if spill is None else spill
        self._scratch = f"{kept}/{os.getpid()}-{self._local.name}"
        self._session = jvm.session(machine, jvm.settings(self.master, _size(memory), threads, str(self._local), conf))
        self._exit.callback(self._session.stop)
        if not self.master.startswith("local"):
            self._exit.enter_context(workers.watched(self._session))
        self._files = HadoopFiles(self._session)
        self._exit.callback(self._remove_scratch)
        self._connection = ibis.pyspark.connect(self._session)
        self._connection.compiler = SparkCompiler()
        self._functions = _register(self._session)

    @property
    def files(self) -> HadoopFiles:
        """Return what reads and writes small files at any address this session can reach."""
        return self._files

    def quads(self, paths: Iterable[Path]) -> Any:
        """Return the quad tables in these Parquet files as one Ibis table."""
        return self._parquet([self._reachable(Path(path)) for path in paths])

    def table(self, data: pa.Table) -> Any:
        """Return an Arrow table as an Ibis table."""
        data = _plain(data)
        if data.nbytes <= SMALL:
            return self._named(self._session.createDataFrame(data))
        import pyarrow.parquet as pq

        path = self._local / f"{next(self._numbers)}.parquet"
        pq.write_table(data, path, compression=COMPRESSION)
        return self._parquet([self._reachable(path)])

    def csv(self, path: Path, columns: Sequence[str], *, delimiter: str, only: Sequence[str] | None = None) -> Any:
        """Return a delimited text file as an Ibis table of texts with `row`, parsed by DuckDB on this machine: one parser, one truth."""
        driver = self._duckdb()
        table = driver.csv(path, columns, delimiter=delimiter, only=only)
        target = self._local / f"{next(self._numbers)}.parquet"
        driver.to_parquet(table, target)
        driver.drop(table)
        return self._parquet([self._reachable(target)])

    def call(self, function: str, value: Any) -> Any:
        """Return a call of one of :data:`kg.engine.base.FUNCTIONS`."""
        return self._functions[function](value)

    def cache(self, expression: Any) -> Any:
        """Run a table expression once and return the result as an Ibis table; it lies in files, so that no plan grows."""
        url = self._kept()
        return self._written(self._frame(expression), url)

    def drop(self, cached: Any) -> None:
        """Forget a result kept by :meth:`cache`."""
        name = cached.get_name()
        self._session.catalog.dropTempView(name)
        self._files.delete(f"{self._scratch}/{name}")

    def scalar(self, expression: Any) -> Any:
        """Run an expression of one value and return it."""
        return self.to_arrow(expression).column(0)[0].as_py()

    def to_pylist(self, expression: Any) -> list[dict[str, Any]]:
        """Run a table expression and return its rows."""
        rows: list[dict[str, Any]] = self.to_arrow(expression).to_pylist()
        return rows

    def to_arrow(self, expression: Any) -> pa.Table:
        """Run a table expression and return an Arrow table."""
        # Ibis' own way goes through pandas, which has no whole numbers beside missing ones.
        frame = self._frame(expression)
        with _told():
            return frame.toArrow()

    def batches(self, expression: Any, size: int) -> Iterator[pa.RecordBatch]:
        """Run a table expression and yield its rows in batches of about this size: through files, as Spark would collect them all."""
        import pyarrow.parquet as pq

        url = self._kept()
        with _told():
            self._frame(expression).write.parquet(self._address(url), compression=COMPRESSION)
        try:
            for path in self._fetched(url):
                with pq.ParquetFile(path) as file:
                    yield from file.iter_batches(size)
        finally:
            self._files.delete(url)

    def to_parquet(self, expression: Any, path: Path) -> int:
        """Run a table expression, write its rows to a Parquet file in their order, and return how many there are."""
        with self._on_this_machine(expression) as (driver, table):
            return driver.to_parquet(table, path)

    def to_csv(self, expression: Any, path: Path, *, delimiter: str) -> int:
        """Run a table expression, write its rows as delimited text, every cell quoted, and return how many there are."""
        with self._on_this_machine(expression) as (driver, table):
            return driver.to_csv(table, path, delimiter=delimiter)

    def write(self, expression: Any, url: str | Path, schema: Any = None) -> int:
        """Run a table expression and write its rows into a folder of Parquet files (see :class:`kg.engine.base.Engine`)."""
        target = str(url)
        sql = self._connection.compile(expression)
        with _told(target):
            actual = self._connection._get_schema_using_query(sql)
            query = cast_query(sql, actual, expression.schema() if schema is None else schema, self._connection.compiler, target)
            frame = self._session.sql(query)
        with self._beside(target) as part:
            frame.write.parquet(self._address(part), compression=COMPRESSION)
            # Counted in what was written (the footers), not in what was to be.
            return int(self._session.read.schema(frame.schema).parquet(self._pattern(part)).count())

    def read(self, url: str | Path) -> Any:
        """Return the table in a folder of Parquet files, whichever engine wrote it."""
        if not any(name.endswith(".parquet") for name in self._files.list(str(url))):
            raise nothing_there(url)
        return self._parquet([str(url)])

    def lines(self, expression: Any, url: str | Path) -> int:
        """Write a table of one text column as lines into a folder of gzip files, and return how many there are."""
        from pyspark.sql import Observation
        from pyspark.sql import functions as f

        target = str(url)
        frame = self._frame(expression)
        line = f.col(f"`{frame.columns[0]}`")
        broken = f.when(line.isNull() | line.contains("\n") | line.contains("\r"), f.raise_error(f.lit(NO_LINE))).otherwise(line)
        counted = Observation()
        with self._beside(target) as part:
            frame.select(broken.alias("value")).observe(counted, f.count(f.lit(1)).alias("lines")).write.text(self._address(part), compression="gzip")
        return int(counted.get["lines"])

    def close(self) -> None:
        """End the session and its Java process, and remove what it kept."""
        if self._driver:
            self._driver.close()
            self._driver = None
        self._exit.close()

    def __enter__(self) -> Spark:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    # --- tables ----------------------------------------------------------------------------------------------------------

    def _frame(self, expression: Any) -> Any:
        """Return an expression as Spark's own table."""
        sql = self._connection.compile(expression.as_table())
        with _told():
            return self._session.sql(sql)

    def _named(self, frame: Any, name: str | None = None) -> Any:
        """Return Spark's own table as one of Ibis."""
        name = name or f"t{next(self._numbers)}"
        frame.createOrReplaceTempView(name)
        return self._connection.table(name)

    def _written(self, frame: Any, url: str) -> Any:
        with _told():
            frame.write.parquet(self._address(url), compression=COMPRESSION)
            return self._named(self._session.read.schema(frame.schema).parquet(self._pattern(url)), url.rpartition("/")[2])

    def _parquet(self, urls: list[str]) -> Any:
        with _told():
            return self._named(self._session.read.parquet(*(self._pattern(url) for url in urls)))

    def _kept(self) -> str:
        return f"{self._scratch}/t{next(self._numbers)}"

    @contextlib.contextmanager
    def _beside(self, target: str) -> Iterator[str]:
        """Give a folder beside another one that takes its place when all went well."""
        target = target.rstrip("/")
        part = f"{target}.{os.getpid()}.part"
        if is_local(target):
            make_folder_of(local_path(target))
        self._files.delete(part)
        try:
            with _told(target):
                yield part
            self._files.move(part, target)
        except BaseException:
            with contextlib.suppress(BuildError, InputError):
                self._files.delete(part)
            raise

    # --- files -----------------------------------------------------------------------------------------------------------

    def _address(self, url: str) -> str:
        """Return an address as Spark takes it to write."""
        return f"file://{local_path(url).absolute()}" if is_local(url) else url

    def _pattern(self, url: str) -> str:
        """Return an address as Spark takes it to read: without a character that stands for others."""
        return re.sub(r"([\[\]{}*?\\])", r"\\\1", self._address(url))

    def _reachable(self, path: Path) -> str:
        """Return an address of a file of this machine that the workers can read."""
        if is_local(self._scratch):
            return str(path)
        target = f"{self._scratch}/sources/{next(self._numbers)}-{path.name}"
        self._files.put(path, target)
        return target

    def _fetched(self, url: str) -> Iterator[Path]:
        """Yield the Parquet files of a folder in their order, on this machine."""
        for name in self._files.list(url):
            if not name.endswith(".parquet"):
                continue
            if is_local(url):
                yield local_path(url) / name
                continue
            copy = self._local / name
            self._files.get(f"{url}/{name}", copy)
            try:
                yield copy
            finally:
                copy.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _on_this_machine(self, expression: Any) -> Iterator[tuple[DuckDB, Any]]:
        """Give a result to DuckDB, its rows in their order."""
        url = self._kept()
        with _told():
            self._frame(expression).write.parquet(self._address(url), compression=COMPRESSION)
        folder = self._local / f"{next(self._numbers)}"
        try:
            folder.mkdir()
            # A copy from elsewhere would be gone with the next one.
            paths = []
            for path in self._fetched(url):
                paths.append(path if is_local(url) else path.rename(folder / path.name))
            driver = self._duckdb()
            yield driver, driver.quads(paths)
        finally:
            self._files.delete(url)
            shutil.rmtree(folder, ignore_errors=True)

    def _duckdb(self) -> DuckDB:
        """Return the session that parses and writes single files of this machine."""
        from kg.engine.duckdb import DuckDB

        if self._driver is None:
            self._driver = DuckDB(threads=1, memory="500MB", spill=self._local / "duckdb")
        return self._driver

    def _remove_scratch(self) -> None:
        with contextlib.suppress(BuildError, InputError):
            self._files.delete(self._scratch)


NO_LINE = "kg: a text is missing or holds a line break"


def _size(memory: str) -> str:
    """Return a size as Java takes it: `2GB`, `500MB`, `1g` → `2g`, `500m`, `1g`."""
    found = re.fullmatch(r"\s*([1-9][0-9]{0,6})\s*([kmgt])(i?b)?\s*", memory, re.IGNORECASE)
    if not found:
        what = Text(f"{memory!r} is no size of memory.", f"{memory!r} ist keine Speichergröße.")
        raise EngineError(what, fix=Text("Write 2GB or 500MB (--memory).", "Schreiben Sie 2GB oder 500MB (--memory)."))
    return found[1] + found[2].lower()


def _plain(data: pa.Table) -> pa.Table:
    """Return a table with types that Spark has: texts of one kind, no dictionaries, no column without a type."""
    import pyarrow as pa

    def plain(kind: pa.DataType) -> pa.DataType:
        if pa.types.is_dictionary(kind):
            return plain(kind.value_type)
        if pa.types.is_large_string(kind) or pa.types.is_string_view(kind) or pa.types.is_null(kind):
            return pa.string()
        if pa.types.is_list(kind) or pa.types.is_large_list(kind):
            return pa.list_(plain(kind.value_type))
        if pa.types.is_uint8(kind):
            return pa.int16()
        if pa.types.is_uint16(kind):
            return pa.int32()
        if pa.types.is_uint32(kind) or pa.types.is_uint64(kind):
            return pa.int64()
        return kind

    return data.cast(pa.schema([pa.field(field.name, plain(field.type)) for field in data.schema]))


def _register(session: Any) -> dict[str, Any]:
    """Give the session the functions that Spark has not, and return all of them for Ibis."""
    import ibis

    from kg.engine.dialect import UPPER

    def nfc(text: str | None) -> str | None:
        import unicodedata

        return text if text is None or text.isascii() else unicodedata.normalize("NFC", text)

    def strip_accents(text: str | None) -> str | None:
        import unicodedata

        if text is None or text.isascii():
            return text
        return unicodedata.normalize("NFC", "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c)[0] != "M"))

    # Functions inside a function travel by value: a worker needs Python, and nothing of this package.
    def upper(text: str | None) -> str | None:
        if text is None or text.isascii():
            return text if text is None else text.upper()
        capitals = ((c, c.upper(), c.title()) for c in text)
        return "".join("\u1e9e" if c == "ß" else one if len(one) == 1 else other if len(other) == 1 else c for c, one, other in capitals)

    for name, function in (("kg_nfc", nfc), ("kg_strip_accents", strip_accents), (UPPER, upper)):
        session.udf.register(name, function, "string")

    @ibis.udf.scalar.builtin(name="kg_nfc")  # type: ignore[untyped-decorator]
    def call_nfc(value: str) -> str:  # type: ignore[empty-body]
        """Stand for the function."""

    @ibis.udf.scalar.builtin(name="kg_strip_accents")  # type: ignore[untyped-decorator]
    def call_strip_accents(value: str) -> str:  # type: ignore[empty-body]
        """Stand for the function."""

    functions = {
        "nfc": call_nfc,
        "strip_accents": call_strip_accents,
        "sha256": lambda value: value.hexdigest("sha256"),
        "hash64": lambda value: value.hash(),
    }
    return {name: functions[name] for name in FUNCTIONS}


@contextlib.contextmanager
def _told(where: str | None = None) -> Iterator[None]:
    """Turn what Java says into errors that say what is wrong; what is no lack of the machine stays what it is."""
    try:
        yield
    except (KgError, OSError):
        raise
    except Exception as error:
        said = _said(error)
        if "No space left on device" in said or "Disk quota exceeded" in said:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
        if where and ("ARITHMETIC_OVERFLOW" in said or "CAST_OVERFLOW" in said):
            raise does_not_fit(where or "") from error
        if NO_LINE in said:
            raise no_line(where or "") from error
        if "OutOfMemoryError" in said or "CANNOT_ACQUIRE_MEMORY" in said or "exceeds spark.driver.maxResultSize" in said:
            what = Text("The engine's memory is used up.", "Der Speicher der Rechenmaschine ist aufgebraucht.")
            raise BuildError(what, where=where, fix=Text("Give it more (--memory).", "Geben Sie ihr mehr (--memory).")) from error
        if workers.CANCELLED in said:
            raise workers.no_worker_left() from error
        if _is_gone(said):
            what = Text(
                "The Spark session has ended: the cluster or its Java process is gone.",
                "Die Spark-Sitzung ist zu Ende: Cluster oder Java-Prozess sind weg.",
            )
            fix = Text("Start it again; finished stages are kept.", "Starten Sie neu; fertige Stufen bleiben.")
            raise EngineError(what, where=where, fix=fix) from error
        raise


def _said(error: Exception) -> str:
    """Return what an error says; some of Spark's own fail at that."""
    try:
        return str(error)
    except Exception:
        return type(error).__name__


def _is_gone(said: str) -> bool:
    signs = (
        "stopped SparkContext",
        "SparkContext was shut down",
        "Answer from Java side is empty",
        "Connection refused",
        "Master removed our application",
    )
    return any(sign in said for sign in signs)
