"""What a batch engine offers; expressions themselves are plain Ibis and know no engine."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol


class Engine(Protocol):
    """A session that runs Ibis expressions.

    Attributes:
        name: `duckdb` (in process) or another backend's name.
    """

    name: str

    def quads(self, paths: Iterable[Path]) -> Any:
        """Return the quad tables in these Parquet files as one Ibis table."""

    def to_pylist(self, expression: Any) -> list[dict[str, Any]]:
        """Run a table expression and return its rows."""

    def close(self) -> None:
        """End the session."""
