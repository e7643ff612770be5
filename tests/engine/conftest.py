"""Engines to try: DuckDB, and Spark on two threads of this machine where it can run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kg.engine import open_engine
from kg.engine.base import Engine
from tests.cluster import need_spark

CONF = {"spark.sql.shuffle.partitions": "2", "spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN"}
"""For tables of a few rows: compiling a query takes longer than running it."""


def opened(name: str) -> Engine:
    """Return an engine on two threads, or skip the test and say what is missing."""
    if name == "spark":
        need_spark()
        return open_engine("spark", threads=2, memory="600MB", conf=CONF)
    return open_engine(name, threads=2)


@pytest.fixture(scope="module", params=["duckdb", "spark"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Each engine in turn: a promise is kept by both."""
    made = opened(request.param)
    yield made
    made.close()


@pytest.fixture(scope="module")
def engines() -> Iterator[tuple[Engine, Engine]]:
    """Both engines at once, to compare."""
    duckdb, spark = opened("duckdb"), opened("spark")
    yield duckdb, spark
    spark.close()
    duckdb.close()
