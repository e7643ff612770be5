"""A session on a real cluster: the same answers, functions without this package on the workers, a worker that dies, a secret that is wrong."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from kg.engine import open_engine
from kg.engine.base import Engine
from kg.errors import EngineError
from tests.cluster import MEMORY, Cluster, cluster

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("cluster")) as started:
        yield started


@pytest.fixture(scope="module")
def session(running: Cluster) -> Iterator[Engine]:
    opened = open_engine("spark", master=running.address, memory=MEMORY, conf={"spark.sql.shuffle.partitions": "2"})
    yield opened
    opened.close()


def rows() -> Any:
    import pyarrow as pa

    texts = ["e\u0301", "Å", "\u212b", "plain", "İ", "ΟΔΟΣ"]
    return pa.table({"text": [texts[number % 6] + str(number % 977) for number in range(100_000)], "row": range(100_000)})


def counted(engine: Engine, table: Any) -> Any:
    """Texts in normal form (a function of Python on the workers), grouped: a shuffle between workers."""
    found = table.mutate(key=engine.call("nfc", table.text).lower())
    return (
        found.group_by("key").aggregate(count=found.count(), total=found.row.sum().cast("int64"), first=found.text.argmin(found.row)).order_by("key")
    )


def expected() -> list[dict[str, Any]]:
    with open_engine("duckdb") as engine:
        return engine.to_pylist(counted(engine, engine.table(rows())))


def test_the_same_answer(session: Engine, running: Cluster) -> None:
    assert session.to_pylist(counted(session, session.table(rows()))) == expected()
    assert running.alive() == 2
    assert all(running.executors(number) for number in range(2))


def test_nothing_listens_beyond_this_machine_and_no_secret_is_to_be_seen(session: Engine, running: Cluster) -> None:
    assert session.scalar(session.table(rows()).count()) == 100_000
    assert len(running.listening()) >= 6
    assert running.listening_elsewhere() == []
    shown = running.command_lines()
    assert any("CoarseGrainedExecutorBackend" in line for line in shown)
    assert not any(running.secret in line for line in shown)
    assert all(path.stat().st_mode & 0o077 == 0 for path in running.folder.glob("*.properties"))


def test_a_worker_that_dies_half_way(session: Engine, running: Cluster, tmp_path: Path) -> None:
    """Its tasks run again elsewhere, and what was written is whole."""
    session.write(session.table(rows()), tmp_path / "rows")
    gone: list[list[int]] = []
    killer = threading.Timer(1.0, lambda: gone.append(running.kill_worker(0)))
    killer.start()
    try:
        for _ in range(3):
            kept = session.cache(counted(session, session.read(tmp_path / "rows")))
            assert session.to_pylist(kept.order_by("key")) == expected()
    finally:
        killer.join()
    assert len(gone[0]) > 1, "the worker had an executor when it was killed"
    assert session.write(session.read(tmp_path / "rows"), tmp_path / "again") == 100_000


def test_when_no_worker_is_left_nobody_waits_for_ever(session: Engine, running: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.engine.workers.WORKERS_SECONDS", 3.0)
    running.kill_worker(1)
    with pytest.raises(EngineError, match="has had no worker for 3 s"):
        session.to_pylist(counted(session, session.table(rows())))


@pytest.mark.parametrize("secret", ["another", None])
def test_another_secret_is_refused(running: Cluster, monkeypatch: pytest.MonkeyPatch, secret: str | None, request: pytest.FixtureRequest) -> None:
    """Last, as only one session can be open: the one before is closed first."""
    request.getfixturevalue("session").close()
    if secret:
        monkeypatch.setenv("KG_SPARK_SECRET", secret)
    else:
        monkeypatch.delenv("KG_SPARK_SECRET")
    with pytest.raises(EngineError, match="does not know this secret") as caught:
        open_engine("spark", master=running.address, memory=MEMORY)
    assert running.secret not in caught.value.text()
    assert not [child for child in psutil.Process(os.getpid()).children() if child.name() == "java" and child.pid not in _own(running)]


def test_more_memory_than_any_worker_has(running: Cluster, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    request.getfixturevalue("session").close()
    monkeypatch.setattr("kg.engine.workers.WORKERS_SECONDS", 5.0)
    with pytest.raises(EngineError, match="gave no worker within 5 s"):
        open_engine("spark", master=running.address, memory="600GB", conf={"spark.driver.memory": "500m"})


def _own(running: Cluster) -> set[int]:
    return {running.master.pid, *(worker.pid for worker in running.workers)}
