"""Fixtures shared by all tests: the graph of Dortmund, built once."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kg.build import Build, build
from kg.config import default_sources
from kg.store import Store, open_store

ROOT = Path(__file__).resolve().parent.parent
DORTMUND = ROOT / "data" / "dortmund"


SPARK = (
    "tests/batch/test_cluster.py",
    *(f"tests/engine/test_{name}.py" for name in ("cluster", "contract", "expressions", "spark")),
    "tests/validate/setwise/test_engines_agree.py",
)
"""Files of tests that open a Spark session: a process can hold one, and a machine of two cores one cluster."""


APART = ("tests/docs/test_pages.py",)
"""Files whose tests share nothing and take long: each test goes to whoever is free."""


def pytest_configure() -> None:
    """Let Java (Spark) compile only what is cheap to compile: tests end before more would pay (40 % of their processor time)."""
    os.environ.setdefault("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")


def pytest_collection_finish() -> None:
    """Keep what has been collected out of every later search for garbage: ten thousand tests live to the end."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give the tests of a file to one process, so that what a file sets up (servers, builds, browsers) is set up once."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return nodeid if file in APART else "spark" if file in SPARK else file

    return ByFile(config, log)


SUITES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "contract suite": (("tests/store/",), ("embedded", "oxigraph", "virtuoso")),
    "cluster suite": (SPARK, ("duckdb", "spark")),
}
"""What runs on several stores or engines: its files, and what stands in the names of its tests; what has none of these names runs on all of them."""

_seconds: dict[str, dict[str, float]] = {suite: {} for suite in SUITES}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add up the time of each store and engine, with what it takes to start and fill it."""
    for suite, (files, names) in SUITES.items():
        if report.nodeid.startswith(files) and not report.skipped:
            given = report.nodeid.rpartition("[")[2]
            name = next((name for name in names if name in given), "together")
            _seconds[suite][name] = _seconds[suite].get(name, 0.0) + report.duration


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print it."""
    for suite, found in _seconds.items():
        if found:
            terminalreporter.write_line(f"{suite}: " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in sorted(found.items())))


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
