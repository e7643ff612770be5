"""One DuckDB session for the steps; a graph of Dortmund's slice of CORDIS."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.build import Build, build
from kg.engine.duckdb import DuckDB
from tests.conftest import ROOT

SLICE = ROOT / "data" / "cordis-dortmund"


@pytest.fixture(scope="session")
def duck(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDB]:
    with DuckDB(threads=2, memory="500MB", spill=tmp_path_factory.mktemp("spill")) as engine:
        yield engine


@pytest.fixture(scope="session")
def slice_build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    return build([SLICE], tmp_path_factory.mktemp("slice") / "build")


@pytest.fixture(scope="session")
def slice_root(slice_build: Build) -> Path:
    return slice_build.path.parent.parent
