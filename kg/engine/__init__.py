"""Batch engines: whatever touches all statements is an Ibis expression, run here (architecture, section 3)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import EngineError, Text

if TYPE_CHECKING:
    from kg.engine.base import Engine

ENGINES = ("duckdb", "spark")
"""Names of the engines."""


def open_engine(
    name: str = "duckdb",
    *,
    master: str | None = None,
    memory: str = "2GB",
    threads: int | None = None,
    spill: str | Path | None = None,
    conf: Mapping[str, str] | None = None,
) -> Engine:
    """Open a batch engine.

    Args:
        name: `duckdb` or `spark`.
        master: Address of a Spark master; only for `spark`.
        memory: What the engine may hold, such as `2GB`; on Spark Java here and each executor.
        threads: Threads or cores.
        spill: Folder for what does not fit in memory; on Spark for what is kept between expressions, where the workers see it.
        conf: Further settings of Spark.

    Raises:
        EngineError: The name is unknown, settings of Spark are given to DuckDB, or Spark cannot be started or reached.
        MissingExtraError: PySpark is not installed.
    """
    if name not in ENGINES:
        what = Text(f"The engine {name!r} is unknown.", f"Die Rechenmaschine {name!r} ist unbekannt.")
        raise EngineError(what, fix=Text(f"Use {' or '.join(ENGINES)}.", f"Nehmen Sie {' oder '.join(ENGINES)}."))
    if name == "spark":
        from kg.engine.spark import Spark

        return Spark(master, memory=memory, threads=threads, spill=spill, conf=conf)
    if master or conf:
        what = Text("master and conf belong to Spark.", "master und conf gehören zu Spark.")
        raise EngineError(what, fix=Text("Add --engine spark.", "Ergänzen Sie --engine spark."))
    from kg.engine.duckdb import DuckDB
    from kg.engine.files import local_path

    return DuckDB(memory=memory, threads=threads, spill=None if spill is None else local_path(spill))
