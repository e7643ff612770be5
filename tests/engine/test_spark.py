"""Spark as the engine: how it starts and why it may not, what it keeps to itself, and files elsewhere than on this machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from kg.engine import open_engine
from kg.errors import BuildError, EngineError, InputError, KgError, MissingExtraError
from tests.cluster import Cluster, need_spark
from tests.engine.conftest import CONF
from tests.servers import free_port


def test_names_and_settings_are_checked() -> None:
    for arguments in ({"name": "flink"}, {"name": "duckdb", "master": "local"}, {"name": "duckdb", "conf": {"a": "b"}}):
        with pytest.raises(EngineError) as caught:
            open_engine(**arguments)
        assert caught.value.fix
        assert caught.value.text("de") != caught.value.text("en")


@pytest.mark.parametrize(
    "master", ["http://x", "local[0]", "spark://", "spark://host", "spark://host:port", "spark://u:geheim@host:7077", "local; rm", ""]
)
def test_what_is_no_master(master: str) -> None:
    need_spark()
    with pytest.raises(EngineError, match="no address of a Spark master") as caught:
        open_engine("spark", master=master or " ")
    assert "geheim" not in str(caught.value)


def test_a_master_that_is_not_there_is_said_at_once() -> None:
    """Spark itself would try for a minute; no Java is started for it."""
    need_spark()
    began = time.monotonic()
    with pytest.raises(EngineError, match="No Spark master answers"):
        open_engine("spark", master=f"spark://127.0.0.1:{free_port()}")
    assert time.monotonic() - began < 20


def test_something_else_that_listens_does_not_hold_us_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """A port that takes connections and says nothing: bounded by Spark's own tries."""
    need_spark()
    monkeypatch.setattr("kg.engine.jvm.START_SECONDS", 5.0)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(EngineError, match="No Spark session could be opened"):
        open_engine("spark", master=f"spark://127.0.0.1:{silent.getsockname()[1]}", memory="600MB")
    assert not _java_below()


@pytest.mark.parametrize("kind", ["none", "old", "home"])
def test_no_java_or_an_old_one(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    need_spark()
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    if kind == "old":
        java.write_text("#!/bin/sh\necho 'openjdk version \"1.8.0_402\"' >&2\n")
        java.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "none"))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    if kind != "none":
        monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(EngineError, match=r"Java 17 or newer; this is 8" if kind == "old" else "there is none") as caught:
        open_engine("spark")
    assert caught.value.fix is not None
    assert "apt-get install" in caught.value.fix.en


def test_without_the_package(tmp_path: Path) -> None:
    """What to install is named; nothing is imported for it."""
    code = (
        "import sys\nsys.modules['pyspark'] = None\nfrom kg.engine import open_engine\nfrom kg.errors import KgError\n"
        "try:\n    open_engine('spark')\nexcept KgError as error:\n    print(type(error).__name__, error.text('de'))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    assert done.stdout.startswith(MissingExtraError.__name__)
    assert "innovation-kg[spark]" in done.stdout


@pytest.mark.parametrize("memory", ["", "2", "two", "-1g", "9999999999g", "1g -Dx=y"])
def test_what_is_no_size_of_memory(memory: str) -> None:
    need_spark()
    with pytest.raises(EngineError, match="no size of memory"):
        open_engine("spark", memory=memory)


def test_a_session_keeps_to_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """One test for one session: nothing on stderr, no secret on a command line, loopback only, one at a time, nothing left."""
    need_spark()
    import pyarrow as pa

    secret = "geheim-0123456789abcdef"
    monkeypatch.setenv("KG_SPARK_SECRET", secret)
    before = set(tmp_path.iterdir())
    with open_engine("spark", threads=1, memory="500MB", spill=tmp_path / "spill", conf=CONF) as engine:
        table = engine.table(pa.table({"a": ["é"] * 3}))
        kept = engine.cache(table.select(b=engine.call("nfc", table.a)))
        assert engine.scalar(kept.count()) == 3
        assert any((tmp_path / "spill").rglob("*.parquet"))
        assert _java_below()
        seen = Cluster("", "", tmp_path, "", _Dead())  # type: ignore[arg-type]
        assert not any(secret in line for line in seen.command_lines())
        assert seen.listening()
        assert not seen.listening_elsewhere()
        with pytest.raises(EngineError, match="open in this process"):
            open_engine("spark", memory="500MB")
        with pytest.raises(Exception, match=r"ARRAY|CAST") as caught:
            engine.scalar(table.select(c=table.a.cast("int64")))
        assert not isinstance(caught.value, KgError)
        _elsewhere(engine, tmp_path)
    assert not _java_below()
    assert not list((tmp_path / "spill").rglob("*.parquet"))
    assert set(tmp_path.iterdir()) - before <= {tmp_path / "spill", tmp_path / "elsewhere"}
    said = capfd.readouterr()
    assert said.out == said.err == ""
    assert secret not in "".join(path.read_text(errors="replace") for path in tmp_path.rglob("*") if path.is_file())


def _elsewhere(engine: Any, folder: Path) -> None:
    """Through Hadoop's own files, as on object storage: the same promises as of files of this machine."""
    import pyarrow as pa

    from kg.engine import hadoop, spark

    files = engine.files
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hadoop, "is_local", lambda url: False)
        base = f"file://{folder}/elsewhere"
        assert not files.exists(f"{base}/x.json")
        files.write_text(f"{base}/x.json", "Ü")
        files.write_text(f"{base}/x.json", "Üb")
        assert files.read_text(f"{base}/x.json") == "Üb"
        files.write_text(f"{base}/sub/y", "1")
        files.write_text(f"{base}/_hidden", "1")
        assert files.list(base) == ["sub", "x.json"]
        files.move(f"{base}/sub", f"{base}/moved/deep")
        assert files.list(f"{base}/moved/deep") == ["y"]
        files.delete(f"{base}/moved")
        files.delete(f"{base}/moved")
        assert not files.exists(f"{base}/moved")
        with pytest.raises(InputError):
            files.read_text(f"{base}/none")
        with pytest.raises(BuildError):
            files.write_text(f"{base}/x.json/below", "1")
        patch.setattr(spark, "is_local", lambda url: False)
        table = engine.table(pa.table({"a": list(range(1000))}))
        assert engine.write(table.order_by(table.a.desc()), f"{base}/stage") == 1000
        back = engine.read(f"{base}/stage")
        assert [value for batch in engine.batches(back.order_by("a"), 300) for value in batch.column(0).to_pylist()] == list(range(1000))
    for url in ("s3a://bucket/x", "nosuch://x/y"):
        with pytest.raises(KgError) as caught:
            engine.write(engine.table(pa.table({"a": [1]})), url)
        assert caught.value.where


class _Dead:
    """Stands for a master where there is none."""

    pid = os.getpid()


def _java_below() -> list[int]:
    return [child.pid for child in psutil.Process().children(recursive=True) if child.name() == "java"]
