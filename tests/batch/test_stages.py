"""Stages: finished ones are kept, half ones made again, another run's folder refused, whatever kills a run."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pytest

from kg.batch.folder import claim, locked
from kg.batch.stages import Stages
from kg.engine.duckdb import DuckDB
from kg.errors import BuildError, KgError, SchemaError
from tests.conftest import ROOT

RUN = {"id": "one", "software": "1", "inputs": []}
NUMBERS = {"n": "int64"}


@pytest.fixture
def work(tmp_path: Path, duck: DuckDB) -> str:
    folder = str(tmp_path / "work")
    claim(duck, folder, RUN, restart=False)
    return folder


def some(engine: DuckDB, *values: int) -> Any:
    return engine.table(pa.table({"n": pa.array(values, pa.int64())}))


def rows(engine: DuckDB, table: Any) -> list[int]:
    return sorted(row["n"] for row in engine.to_pylist(table))


def test_a_finished_stage_is_read_and_not_made_again(duck: DuckDB, work: str) -> None:
    first = Stages(duck, work, RUN)
    assert rows(duck, first.stage("a", lambda: some(duck, 3, 1, 2), NUMBERS, about=lambda table: {"sum": int(duck.scalar(table.n.sum()))})) == [
        1,
        2,
        3,
    ]
    record = json.loads((Path(work) / "a" / "stage.json").read_text())
    assert (record["rows"], record["schema"], record["engine"], record["about"]) == (3, {"n": "int64"}, "duckdb", {"sum": 6})
    again = Stages(duck, work, RUN)
    assert rows(duck, again.stage("a", lambda: pytest.fail("made again"), NUMBERS)) == [1, 2, 3]
    assert again.records["a"].reused
    assert not first.records["a"].reused


def test_other_options_make_a_stage_and_those_that_read_it_again(duck: DuckDB, work: str) -> None:
    def chain(option: int) -> list[bool]:
        stages = Stages(duck, work, RUN)
        stages.stage("a", lambda: some(duck, option), NUMBERS, made_with=option)
        stages.stage("b", lambda: stages.table("a"), NUMBERS, of=("a",))
        stages.stage("c", lambda: some(duck, 0), NUMBERS)
        assert rows(duck, stages.table("b")) == [option]
        return [stages.records[name].reused for name in "abc"]

    assert chain(1) == [False, False, False]
    assert chain(1) == [True, True, True]
    assert chain(2) == [False, False, True]


def test_what_was_made_from_other_stages_goes(duck: DuckDB, work: str) -> None:
    def chain(option: int, *names: str) -> list[str]:
        stages = Stages(duck, work, RUN)
        stages.stage("a", lambda: some(duck, option), NUMBERS, made_with=option)
        for name in names:
            stages.stage(name, lambda: stages.table("a"), NUMBERS, of=("a",))
        stages.forget_outdated()
        return sorted(path.name for path in Path(work).iterdir() if path.is_dir())

    assert chain(1, "b", "c") == ["a", "b", "c"]
    assert chain(1, "b") == ["a", "b", "c"]
    assert chain(2, "b") == ["a", "b"]


@pytest.mark.parametrize("damage", ["no record", "half a record", "no table", "half a table", "rows lost"])
def test_a_half_written_stage_is_made_again(duck: DuckDB, work: str, damage: str) -> None:
    Stages(duck, work, RUN).stage("a", lambda: some(duck, *range(100)), NUMBERS)
    folder = Path(work) / "a"
    table = next((folder / "data").glob("*.parquet"))
    if damage == "no record":
        (folder / "stage.json").unlink()
    elif damage == "half a record":
        (folder / "stage.json").write_text((folder / "stage.json").read_text()[:40])
    elif damage == "no table":
        table.unlink()
    elif damage == "half a table":
        table.write_bytes(table.read_bytes()[:-20])
    else:
        duck.to_parquet(some(duck, 1), table)
    stages = Stages(duck, work, RUN)
    assert rows(duck, stages.stage("a", lambda: some(duck, *range(100)), NUMBERS)) == list(range(100))
    assert not stages.records["a"].reused


def test_other_types_than_declared_are_refused_and_leave_nothing(duck: DuckDB, work: str) -> None:
    with pytest.raises(SchemaError):
        Stages(duck, work, RUN).stage("a", lambda: some(duck, 1).mutate(n=ibis._.n.cast("string")), NUMBERS)
    assert not (Path(work) / "a").exists()


def test_a_sum_stays_a_whole_number(duck: DuckDB, work: str) -> None:
    # DuckDB's own sum of 64-bit integers is one of 128 bits; 2^62 + 3 would come back as a double.
    table = some(duck, 2**62, 3)
    found = Stages(duck, work, RUN).stage("a", lambda: table.aggregate(n=table.n.sum()), NUMBERS)
    assert rows(duck, found) == [2**62 + 3]


def test_rounds_keep_the_last_only_and_go_on_from_it(duck: DuckDB, work: str) -> None:
    made: list[int] = []

    def repeat(most: int) -> tuple[list[int], int, float]:
        def step(number: int, before: Any) -> Any:
            made.append(number)
            return before.select(n=before.n * 2)

        stages = Stages(duck, work, RUN)
        table, rounds, left = stages.rounds("x", lambda: some(duck, 1), step, lambda before, after: 1000.0 - rows(duck, after)[0], NUMBERS, most=most)
        return rows(duck, table), rounds, left

    assert repeat(3) == ([8], 3, 992.0)
    assert [path.name for path in Path(work).glob("x*")] == ["x.round-3"]
    assert repeat(99) == ([1024], 10, -24.0)
    assert repeat(99) == ([1024], 10, -24.0), "it has ended, also when asked again"
    assert made == list(range(1, 11))


def test_another_runs_folder_is_refused_and_untouched(duck: DuckDB, work: str) -> None:
    Stages(duck, work, RUN).stage("a", lambda: some(duck, 1), NUMBERS)
    before = sorted(path.relative_to(work) for path in Path(work).rglob("*"))
    with pytest.raises(BuildError, match="another run") as caught:
        claim(duck, work, {**RUN, "id": "two", "inputs": ["x"]}, restart=False)
    assert "inputs" in caught.value.what.de
    assert caught.value.fix is not None
    assert "--restart" in caught.value.fix.de
    assert sorted(path.relative_to(work) for path in Path(work).rglob("*")) == before
    claim(duck, work, {**RUN, "id": "two"}, restart=True)
    assert [path.name for path in Path(work).iterdir()] == ["run.json"]


def test_a_folder_of_something_else_is_refused_even_with_restart(duck: DuckDB, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    for restart in (False, True):
        with pytest.raises(BuildError, match="something else"):
            claim(duck, str(tmp_path), RUN, restart=restart)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_restart_removes_stages_only(duck: DuckDB, work: str) -> None:
    Stages(duck, work, RUN).stage("a", lambda: some(duck, 1), NUMBERS)
    (Path(work) / "notes.txt").write_text("mine")
    claim(duck, work, RUN, restart=True)
    assert sorted(path.name for path in Path(work).iterdir()) == ["notes.txt", "run.json"]


def test_two_at_once_are_refused(tmp_path: Path) -> None:
    with locked(tmp_path / "work"):
        code = f"from pathlib import Path; from kg.batch.folder import locked\nwith locked(Path({str(tmp_path / 'work')!r})): pass"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode != 0
    assert "Another batch is at work" in done.stderr
    with locked(tmp_path / "work"):
        pass


def test_a_full_disk_is_said_and_leaves_no_half_stage(duck: DuckDB, work: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> int:
        (Path(work) / "a" / "data").mkdir(parents=True)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(duck, "write", full)
    with pytest.raises(KgError, match="disk is full"):
        Stages(duck, work, RUN).stage("a", lambda: some(duck, 1), NUMBERS)
    assert not (Path(work) / "a").exists()


COMMAND = [
    sys.executable,
    "-m",
    "kg",
    "batch",
    str(ROOT / "data" / "cordis-dortmund"),
    "--steps",
    "components,pagerank,counts",
    "--rounds",
    "6",
    "--threads",
    "1",
]


def results_of(work: Path) -> dict[str, Any]:
    import pyarrow.parquet as pq

    found: dict[str, Any] = {}
    for name in ("statements", "components", "pagerank", "counts"):
        table = pq.read_table(next((work / name / "data").glob("*.parquet")))
        found[name] = sorted(map(repr, zip(*(column.to_pylist() for column in table.columns), strict=True)))
    return found


def test_killed_at_any_moment_the_same_command_completes_with_the_same_result(tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    subprocess.run([*COMMAND, "--work", str(whole)], check=True, capture_output=True, cwd=ROOT, timeout=120)
    # Killed as soon as it begins one of these.
    for begun in ("statements", "pagerank.round-3", "uses"):
        process = subprocess.Popen([*COMMAND, "--work", str(killed)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)
        end = time.monotonic() + 60
        while not (killed / begun).exists() and process.poll() is None and time.monotonic() < end:
            time.sleep(0.002)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.wait()
    done = subprocess.run([*COMMAND, "--work", str(killed), "--format", "json"], check=True, capture_output=True, text=True, cwd=ROOT, timeout=120)
    stages = {stage["name"]: stage["reused"] for stage in json.loads(done.stdout)["stages"]}
    assert stages["statements"] is True, "what was finished is kept"
    assert results_of(killed) == results_of(whole)
    assert sorted(path.name for path in killed.iterdir()) == sorted(path.name for path in whole.iterdir())
