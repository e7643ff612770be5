"""Two quad tables side by side in DuckDB: what one has and the other has not, exactly, and streams of it.

Plain SQL on DuckDB, not Ibis: every statement is fixed, values are bound, and the comparison itself takes less time than Ibis takes to compile it.
A difference is taken on distinct quads (subject, predicate, object, kind, datatype, language, graph); `origin` says where a row stood and is ignored.
"""

# ruff: noqa: S608 (only names of this package are put into statements; every value is bound)
from __future__ import annotations

import errno
import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from kg.diff.blank import canonical, piece_of
from kg.errors import BuildError, InputError, Text
from kg.quads import COLUMNS, Quad

MEMORY = "400MB"
"""What DuckDB holds before it writes to the working folder; the process needs about 150 MB more."""
PASS_ROWS = 1_000_000
"""Rows of both tables that are compared in one pass; larger ones are split by a hash of the subject."""
BATCH = 20_000
KEY = COLUMNS[:-1]
KEYS = ", ".join(KEY)
SIDES = ("a", "b")


class Session:
    """A DuckDB session over two quad tables.

    Views `all_a`, `all_b` (every quad that is compared, with duplicates), `a`, `b` (content: without the bookkeeping of builds); tables `delta_all`
    and view `delta` (`sign` is `+` for what only the new one has, `-` for what only the old one has). Blank nodes stand there under the labels that
    :mod:`kg.diff.blank` gave them, where it had to.

    Attributes:
        exact: Whether equal means equal; not where blank nodes were compared by their surroundings only.
        originals: Removed pieces of blank nodes as they were written.

    Args:
        old: Parquet files of the old table.
        new: Parquet files of the new table.
        work: Folder for what does not fit in memory; it must stay while the session is open.
        memory: What DuckDB may hold.
    """

    def __init__(self, old: Sequence[Path], new: Sequence[Path], work: Path, *, memory: str = MEMORY) -> None:
        import duckdb

        self.exact = True
        self.chosen: tuple[str, ...] = ()
        self._own: set[str] = set()
        self.originals: dict[str, list[Quad]] = {}
        self.files = {"a": list(old), "b": list(new)}
        # A file, not memory: the difference of two strangers is as large as both of them.
        work.mkdir(parents=True, exist_ok=True)
        self._connection = duckdb.connect(
            str(work / "diff.duckdb"),
            config={
                "memory_limit": memory,
                "temp_directory": str(work / "spill"),
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "preserve_insertion_order": False,
            },
        )
        self.run("SET enable_progress_bar = false")
        for side in SIDES:
            self._open(side)

    def _open(self, side: str) -> None:
        """Check the files of a side and make its view `raw_a` or `raw_b`."""
        for path in self.files[side]:
            check_table(path)
        if self.files[side]:
            paths = ", ".join(_quoted(str(path)) for path in self.files[side])
            self.run(f"CREATE VIEW raw_{side} AS SELECT {KEYS} FROM read_parquet([{paths}], union_by_name = true)")
        else:
            self.run(f"CREATE VIEW raw_{side} AS SELECT {', '.join(f'CAST(NULL AS VARCHAR) AS {name}' for name in KEY)} WHERE false")

    def graphs(self, side: str) -> list[str]:
        """Return the graphs of a side."""
        return [str(row[0]) for row in self.rows(f"SELECT DISTINCT graph FROM raw_{side} ORDER BY 1")]

    def choose(self, graphs: Iterable[str], bookkeeping: Iterable[str]) -> None:
        """Say which graphs are compared, and which of them are bookkeeping."""
        self.chosen, self._own = tuple(graphs), set(bookkeeping)
        everything = {*self.graphs("a"), *self.graphs("b")} <= set(self.chosen)
        for side in SIDES:
            # A filter costs a tenth of the comparison, so there is none where it would let everything through.
            self.run(f"CREATE VIEW all_{side} AS SELECT * FROM raw_{side} WHERE {'true' if everything else self._among(self.chosen)}")
            self._content(side, self._own)

    def _content(self, side: str, own: Collection[str]) -> None:
        """Make the view of a side without bookkeeping."""
        kept = [graph for graph in self.chosen if graph not in own]
        self.run(f"CREATE OR REPLACE VIEW {side} AS SELECT * FROM all_{side} WHERE {self._among(kept)}")

    @staticmethod
    def _among(graphs: Iterable[str]) -> str:
        """Return the condition that a quad is in one of some graphs, as constants: only these are looked for in the files."""
        listed = ", ".join(_quoted(graph) for graph in graphs)
        return f"graph IN ({listed})" if listed else "false"

    def compare(self, *, same: bool) -> None:
        """Fill `delta_all`; nothing is read where both tables are known to be the same."""
        self.run(f"CREATE TABLE delta_all (sign VARCHAR, {', '.join(f'{name} VARCHAR' for name in KEY)})")
        self.run(f"CREATE VIEW delta AS SELECT * FROM delta_all WHERE NOT ({self._among(self._own)})")
        if same:
            return
        self._split("all_a", "all_b")
        blank = "kind = 'bnode' OR starts_with(subject, '_:')"
        if self.rows(f"SELECT 1 FROM delta_all WHERE {blank} LIMIT 1"):
            self._by_content(blank)

    def _split(self, old: str, new: str) -> None:
        total = sum(table_rows(path) for paths in self.files.values() for path in paths)
        passes = -(-total // PASS_ROWS) or 1
        for number in range(passes):
            self._difference(old, new, f"hash(subject) % {passes} = {number}" if passes > 1 else "true")

    def _difference(self, old: str, new: str, condition: str) -> None:
        """Add to `delta_all` what only one of two relations has: one hash table of distinct quads, each with the sides that hold it."""
        self.run(
            f"INSERT INTO delta_all SELECT CASE side WHEN 1 THEN '-' ELSE '+' END, {KEYS} FROM ("
            f"SELECT {KEYS}, bit_or(side) AS side FROM (SELECT {KEYS}, 1 AS side FROM {old} WHERE {condition} "
            f"UNION ALL SELECT {KEYS}, 2 FROM {new} WHERE {condition}) GROUP BY {KEYS} HAVING bit_or(side) <> 3)"
        )

    def _by_content(self, blank: str) -> None:
        """Give blank nodes labels that depend on their content, in all views, and compare their quads again."""
        for side in SIDES:
            held = [Quad._make((*row, "")) for row in self.rows(f"SELECT DISTINCT {KEYS} FROM all_{side} WHERE {blank} ORDER BY {KEYS}")]
            found = canonical(held)
            self.exact = self.exact and found.exact
            if side == "a":
                self.originals = found.originals
            self._arrive(f"blank_{side}", found.quads)
            self.run(f"CREATE VIEW named_{side} AS SELECT * FROM raw_{side} WHERE NOT ({blank})")
            named = f"SELECT * FROM named_{side} WHERE {self._among(self.chosen)}"
            self.run(f"CREATE OR REPLACE VIEW all_{side} AS {named} UNION ALL SELECT * FROM blank_{side}")
            self._content(side, self._own)
        self.run(f"DELETE FROM delta_all WHERE {blank}")
        self._difference("blank_a", "blank_b", "true")

    def _arrive(self, name: str, quads: Sequence[Quad]) -> None:
        """Keep quads as a table."""
        from kg.quads import to_arrow

        self._connection.register("arriving", to_arrow(quads))
        self.run(f"CREATE TABLE {name} AS SELECT {KEYS} FROM arriving")
        self._connection.unregister("arriving")

    def as_written(self, quads: Iterable[Quad]) -> Iterator[Quad]:
        """Yield removed quads under the blank node labels of the old table; a piece of blank nodes is removed as a whole."""
        done: set[str] = set()
        for quad in quads:
            if not self.originals or (quad.kind != "bnode" and not quad.subject.startswith("_:")):
                yield quad
            elif (key := piece_of(quad)) not in done:
                done.add(key)
                yield from self.originals[key]

    def stream(self, sign: str, *, bookkeeping: bool = False) -> Iterator[Quad]:
        """Yield added (`+`) or removed (`-`) quads in the order of their columns, without holding all of them."""
        cursor = self._connection.cursor()
        try:
            cursor.execute(f"SELECT {KEYS} FROM {'delta_all' if bookkeeping else 'delta'} WHERE sign = ? ORDER BY {KEYS}", [sign])
            while batch := cursor.fetchmany(BATCH):
                for row in batch:
                    yield Quad._make((*row, ""))
        finally:
            cursor.close()

    def run(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """Run a statement; what the machine lacks becomes an error that says so."""
        import duckdb

        try:
            return self._connection.execute(sql, list(values)) if values else self._connection.execute(sql)
        except duckdb.OutOfMemoryException as error:
            what = Text("The memory for the comparison is used up.", "Der Speicher für den Vergleich ist aufgebraucht.")
            raise BuildError(what, fix=Text("Compare fewer graphs with --graph.", "Vergleichen Sie mit --graph weniger Graphen.")) from error
        except (duckdb.IOException, duckdb.InvalidInputException) as error:
            if "space left" in str(error):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
            files = ", ".join(sorted({str(path.parent) for paths in self.files.values() for path in paths}))
            what = Text("A quad table is damaged.", "Eine Quad-Tabelle ist beschädigt.")
            raise InputError(what, where=files, fix=Text("Build it again with `kg build`.", "Bauen Sie sie mit `kg build` neu.")) from error

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a statement and return its rows."""
        found: list[tuple[Any, ...]] = self.run(sql, values).fetchall()
        return found

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement once per row."""
        if listed := [list(row) for row in rows]:
            self._connection.executemany(sql, listed)

    def texts(self, name: str, values: Iterable[str]) -> None:
        """Keep some texts as the table `name` with the column `value`; it replaces what had the name."""
        import pyarrow as pa

        from kg.quads import strings

        self._connection.register("arriving", pa.table({"value": strings(sorted(set(values)))}))
        self.run(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM arriving")
        self._connection.unregister("arriving")

    def close(self) -> None:
        """End the session."""
        self._connection.close()

    def __enter__(self) -> Session:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def check_table(path: Path) -> None:
    """Refuse a file that is no quad table.

    Raises:
        InputError: It is missing, damaged, or has other columns (contracts, section 3).
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    again = Text("Name a quad table as `kg build` writes it.", "Nennen Sie eine Quad-Tabelle, wie `kg build` sie schreibt.")
    try:
        with pq.ParquetFile(path) as file:
            found, metadata = file.schema_arrow, file.metadata
    except (OSError, pa.ArrowException) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "damaged or no Parquet"
        what = Text(f"The quad table cannot be read ({reason}).", f"Die Quad-Tabelle ist nicht lesbar ({reason}).")
        raise InputError(what, where=str(path), fix=again) from error
    names = found.names
    groups = (
        metadata.row_group(number).column(place).statistics for number in range(metadata.num_row_groups) for place in range(metadata.num_columns)
    )
    if any(statistics is not None and statistics.null_count for statistics in groups):
        what = Text("The quad table has empty cells (null).", "Die Quad-Tabelle hat leere Zellen (null).")
        raise InputError(what, where=str(path), fix=again)
    text = all(pa.types.is_string(found.field(name).type) or pa.types.is_large_string(found.field(name).type) for name in names)
    if set(names) != set(COLUMNS) or not text:
        columns, expected = ", ".join(names), ", ".join(COLUMNS)
        what = Text(f"This is no quad table: its columns are {columns}.", f"Das ist keine Quad-Tabelle: Die Spalten sind {columns}.")
        fix = Text(f"A quad table has the text columns {expected}.", f"Eine Quad-Tabelle hat die Textspalten {expected}.")
        raise InputError(what, where=str(path), fix=fix)


def table_rows(path: Path) -> int:
    """Return the number of rows of a Parquet file."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        return int(file.metadata.num_rows)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
