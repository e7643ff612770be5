"""Fixtures shared by all tests: the graph of Dortmund, built once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.build import Build, build
from kg.config import default_sources
from kg.store import Store, open_store

ROOT = Path(__file__).resolve().parent.parent
DORTMUND = ROOT / "data" / "dortmund"


@pytest.fixture(scope="session")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """The graph of Dortmund."""
    return build([DORTMUND], tmp_path_factory.mktemp("dortmund") / "build")


@pytest.fixture(scope="session")
def both(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """The default graph: Dortmund and its slice of CORDIS."""
    return build(default_sources(), tmp_path_factory.mktemp("both") / "build")


@pytest.fixture(scope="session")
def store(graph: Build) -> Iterator[Store]:
    """The store of the graph of Dortmund."""
    opened = open_store(graph.store)
    yield opened
    opened.close()
