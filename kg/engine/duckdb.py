"""The default engine: DuckDB in this process, through Ibis."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any


class DuckDB:
    """An in-memory DuckDB session; files are read where they lie, nothing is downloaded or installed."""

    name = "duckdb"

    def __init__(self, *, threads: int | None = None, memory: str = "2GB") -> None:
        import ibis

        options: dict[str, Any] = {"memory_limit": memory, "autoinstall_known_extensions": False, "autoload_known_extensions": False}
        if threads:
            options["threads"] = threads
        self._connection = ibis.duckdb.connect(**options)

    def quads(self, paths: Iterable[Path]) -> Any:
        """Return the quad tables in these Parquet files as one Ibis table."""
        return self._connection.read_parquet([str(path) for path in paths])

    def to_pylist(self, expression: Any) -> list[dict[str, Any]]:
        """Run a table expression and return its rows."""
        # Compiled by Ibis, fetched by DuckDB: Ibis' own way to rows imports pandas first (0.4 s).
        cursor = self._connection.raw_sql(self._connection.compile(expression))
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def close(self) -> None:
        """End the session."""
        self._connection.disconnect()

    def __enter__(self) -> DuckDB:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
