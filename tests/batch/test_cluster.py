"""Both engines, stage by stage, on a real cluster of a master and two workers: equal schemas, equal rows, also when a worker dies half way."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from kg.batch import given
from kg.batch.folder import claim
from kg.batch.options import Options
from kg.batch.run import run
from kg.batch.stages import Stages
from kg.batch.start import Machine, batch
from kg.build import Build, current
from kg.engine import open_engine
from kg.engine.base import Engine
from kg.errors import BuildError
from tests.batch import nasty
from tests.cluster import MEMORY, Cluster, cluster, need_spark
from tests.conftest import ROOT

CONF = {"spark.sql.shuffle.partitions": "2", "spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN"}
OPTIONS = Options(rounds=5)
TOLERANCE = 1e-12


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    need_spark()
    with cluster(tmp_path_factory.mktemp("cluster")) as made:
        yield made


@pytest.fixture(scope="module")
def session(real: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = open_engine("spark", master=real.address, memory=MEMORY, spill=tmp_path_factory.mktemp("kept"), conf=CONF)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def nasty_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return nasty.build_root(tmp_path_factory.mktemp("nasty") / "build")


@pytest.fixture(scope="module")
def both_root(slice_build: Build, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The nasty data and the slice in one build, so that every stage is run once."""
    return nasty.build_root(tmp_path_factory.mktemp("nasty-and-slice") / "build", slice_build.parquet)


def on_duckdb(root: Path, work: Path, options: Options) -> None:
    batch((), str(work), build=root, machine=Machine(memory="600MB", threads=2), options=options)


def on_spark(engine: Engine, root: Path, work: Path, options: Options) -> None:
    build = current(root)
    known = given.run_of_build(build)
    claim(engine, str(work), known, restart=False)
    stages = Stages(engine, str(work), known)
    run(stages, lambda: given.of_build(stages, build), options)


def assert_equal(one: Path, other: Path) -> list[str]:
    """Compare all stages of two batches; return their names."""
    stages = [sorted(path.parent.name for path in work.glob("*/stage.json")) for work in (one, other)]
    assert stages[0] == stages[1]
    for stage in stages[0]:
        records = [json.loads((work / stage / "stage.json").read_text()) for work in (one, other)]
        assert records[0]["engine"] != records[1]["engine"]
        for key in ("key", "rows", "schema"):
            assert records[0][key] == records[1][key], stage
        assert_about(stage, records[0]["about"], records[1]["about"])
        if records[0]["schema"]:
            assert_tables(stage, one, other)
        else:
            assert lines(one / stage) == lines(other / stage), stage
    return stages[0]


def assert_about(stage: str, one: Any, other: Any) -> None:
    if isinstance(one, dict):
        assert one.keys() == other.keys(), stage
        for key in one:
            assert_about(f"{stage}.{key}", one[key], other[key])
    else:
        assert one == (pytest.approx(other, abs=1e-9) if isinstance(one, float) else other), stage


def assert_tables(stage: str, one: Path, other: Path) -> None:
    tables = [pq.ParquetDataset(sorted((work / stage / "data").glob("*.parquet"))).read() for work in (one, other)]
    kinds = [[(field.name, str(field.type)) for field in table.schema] for table in tables]
    assert kinds[0] == kinds[1], stage
    exact = [name for name, kind in kinds[0] if kind != "double"]
    floats = [name for name, kind in kinds[0] if kind == "double"]
    rows = []
    for table in tables:
        keys, values = (list(zip(*(table[name].to_pylist() for name in names), strict=True)) or [()] * table.num_rows for names in (exact, floats))
        rows.append(sorted(zip(keys, values, strict=True)))
    assert [keys for keys, _ in rows[0]] == [keys for keys, _ in rows[1]], stage
    for (keys, ours), (_, theirs) in zip(*rows, strict=True):
        assert ours == pytest.approx(theirs, abs=TOLERANCE), (stage, keys)


def lines(stage: Path) -> list[bytes]:
    return sorted(line for part in (stage / "data").glob("*.gz") for line in gzip.decompress(part.read_bytes()).split(b"\n") if line)


@pytest.fixture(scope="module")
def nasty_duck(nasty_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    work = tmp_path_factory.mktemp("nasty-duck") / "work"
    on_duckdb(nasty_root, work, Options(("components", "counts")))
    return work


def test_every_stage_of_the_slice_and_the_nasty_data_is_equal(session: Engine, both_root: Path, tmp_path: Path) -> None:
    duck, spark = tmp_path / "duck", tmp_path / "spark"
    on_duckdb(both_root, duck, OPTIONS)
    on_spark(session, both_root, spark, OPTIONS)
    stages = assert_equal(duck, spark)
    expected = {"statements", "results", "participations", "nodes", "members", "edges", "degree", "components", "pagerank", "counts", "nquads"}
    assert set(stages) >= expected
    rows = {name: json.loads((spark / name / "stage.json").read_text())["rows"] for name in stages}
    assert rows["results"] > 1000, "nothing found proves nothing"
    assert rows["statements"] > 30_000


def test_every_approximation_is_equal(session: Engine, nasty_root: Path, tmp_path: Path) -> None:
    options = Options(("groups",), one_node_edges=10)
    on_duckdb(nasty_root, tmp_path / "duck", options)
    on_spark(session, nasty_root, tmp_path / "spark", options)
    assert_equal(tmp_path / "duck", tmp_path / "spark")


def test_a_folder_begun_by_one_engine_is_finished_by_the_other(session: Engine, nasty_root: Path, nasty_duck: Path, tmp_path: Path) -> None:
    on_duckdb(nasty_root, tmp_path / "work", Options(("edges",)))
    on_spark(session, nasty_root, tmp_path / "work", Options(("edges", "counts", "difference"), against=str(nasty_duck)))
    engines = {path.parent.name: json.loads(path.read_text())["engine"] for path in (tmp_path / "work").glob("*/stage.json")}
    assert (engines["edges"], engines["counts"]) == ("duckdb", "spark")
    assert json.loads((tmp_path / "work" / "difference" / "stage.json").read_text())["rows"] == 0


def test_another_runs_folder_is_refused(session: Engine, nasty_root: Path, slice_root: Path, nasty_duck: Path) -> None:
    with pytest.raises(BuildError, match="another run"):
        on_spark(session, slice_root, nasty_duck, Options(("counts",)))


def test_nothing_listens_elsewhere(real: Cluster, session: Engine) -> None:
    assert session.scalar(_one(session)) == 1
    assert real.listening()
    assert real.listening_elsewhere() == []


def _one(engine: Engine) -> Any:
    import pyarrow as pa

    return engine.table(pa.table({"n": pa.array([1], pa.int64())})).n.max()


def test_the_command_completes_although_a_worker_dies(real: Cluster, nasty_root: Path, nasty_duck: Path, tmp_path: Path, session: Engine) -> None:
    session.close()  # the cluster has room for one application
    work = tmp_path / "work"
    command = [sys.executable, "-m", "kg", "batch", "--engine", "spark", "--master", real.address, "--memory", MEMORY, "--build", str(nasty_root)]
    command += ["--work", str(work), "--steps", "components,counts", "--format", "json", *(f"--conf={key}={value}" for key, value in CONF.items())]
    with (tmp_path / "said").open("w") as said:
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, cwd=ROOT)
        end = time.monotonic() + 240
        while not (work / "members" / "stage.json").exists() and process.poll() is None and time.monotonic() < end:
            time.sleep(0.05)
        assert process.poll() is None, (tmp_path / "said").read_text()
        assert real.kill_worker(0)
        assert process.wait(240) == 0, (tmp_path / "said").read_text()
    assert real.alive() <= 1 or real.workers[0].poll() is not None
    for stage in ("statements", "members", "components", "subjects", "uses", "repeated", "counts"):
        assert_tables(stage, nasty_duck, work)
    assert real.secret not in (work / "report.json").read_text() + (work / "run.json").read_text()
