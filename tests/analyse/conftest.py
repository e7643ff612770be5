"""Fixtures of the analysis tests: one engine, and the profile of the Sozialforschungsstelle, made once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kg.analyse import Analysis, Profile, analyse, profile
from kg.build import Build
from kg.engine.duckdb import DuckDB

SFS = "https://w3id.org/innokg/id/organisation/sozialforschungsstelle"


@pytest.fixture(scope="session")
def engine() -> Iterator[DuckDB]:
    with DuckDB() as opened:
        yield opened


@pytest.fixture(scope="session")
def sfs(graph: Build, engine: DuckDB) -> Profile:
    return profile(graph, SFS, engine=engine)


@pytest.fixture(scope="session")
def analysis(graph: Build, engine: DuckDB) -> Analysis:
    return analyse(graph, engine=engine)
