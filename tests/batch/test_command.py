"""`kg batch` as a user meets it: forms, languages, settings, exit codes, and what it says when something is wrong."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import kg.cli  # noqa: F401 (registers the commands)
from kg.batch.start import Machine, megabytes, settings
from kg.cli.base import app
from kg.errors import KgError, ParameterError
from tests.batch import nasty
from tests.conftest import DORTMUND, ROOT


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return nasty.build_root(tmp_path_factory.mktemp("nasty") / "build")


def kg_batch(*arguments: str | Path) -> int:
    """Run the command in this process and return its exit code; a user's mistake is raised."""
    code = app(["batch", *map(str, arguments)], standalone_mode=False)
    return int(code or 0)


def test_forms_and_languages(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    common = ("--build", root, "--work", tmp_path / "work", "--steps", "components, counts", "--threads", "1", "--memory", "500MB")
    assert kg_batch(*common, "--lang", "de") == 0
    german = capsys.readouterr().out
    assert "Stapellauf: Böse" in german
    assert "Komponenten: 3" in german
    assert "Stichprobe: census" in german
    assert kg_batch(*common, "--lang", "en") == 0
    english = capsys.readouterr().out
    assert "Components: 3" in english
    assert "kept" in english
    assert " new" not in english
    assert kg_batch(*common, "--format", "json") == 0
    record = json.loads(capsys.readouterr().out)
    assert record == json.loads((tmp_path / "work" / "report.json").read_text())
    assert {stage["name"] for stage in record["stages"]} >= {"statements", "participations", "nodes", "members", "components", "counts"}
    assert not {stage["name"] for stage in record["stages"]} & {"results", "pagerank", "nquads", "communities"}
    assert kg_batch(*common, "--format", "csv", "--output", tmp_path / "stages.csv") == 0
    rows = list(csv.DictReader(io.StringIO((tmp_path / "stages.csv").read_text())))
    assert [row["stage"] for row in rows] == [stage["name"] for stage in record["stages"]]


def test_settings_come_from_the_environment(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("KG_WORK", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("KG_ENGINE", "duckdb")
    monkeypatch.setenv("KG_MASTER", "spark://127.0.0.1:1")
    monkeypatch.setenv("KG_BUILD", str(root))
    assert kg_batch("--steps", "participations", "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)["engine"] == "duckdb"
    assert (tmp_path / "elsewhere" / "participations" / "stage.json").is_file()


def test_results_decide_over_the_exit_code_where_asked(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    common = ("--build", root, "--work", tmp_path / "work", "--steps", "results")
    assert kg_batch(*common) == 0
    assert kg_batch(*common, "--fail-on", "violation") == 1


MISTAKES = {
    "no build": (("--build", "{tmp}/none"), "no graph", "kg build"),
    "no source": (("{tmp}/nothing",), "no such source", "folder of tables"),
    "empty source": (("{tmp}/empty",), "no such source", "delivery"),
    "no step": (("--steps", "counts,everything"), "no step 'everything'", "quads, results"),
    "nothing to compare": (("--steps", "difference"), "nothing to compare", "--against"),
    "no batch to compare": (("--steps", "difference", "--against", "{tmp}/none"), "no finished statements", "--against"),
    "no engine": (("--engine", "abacus"), "'abacus' is unknown", "duckdb or spark"),
    "master without spark": (("--master", "spark://127.0.0.1:7077"), "belong to Spark", "--engine spark"),
    "no size": (("--memory", "lots"), "no size of memory", "2GB"),
    "too little": (("--memory", "1MB"), "no size of memory", "2GB"),
    "no setting": (("--conf", "spark.x"), "KEY=VALUE", "spark.executor.cores"),
    "a secret": (("--engine", "spark", "--conf", "spark.authenticate.secret=hush"), "is a secret", "KG_SPARK_SECRET"),
    "no level": (("--level", "galaxy"), "no level", "merged"),
    "no form": (("--format", "xml"), "no value of --format", "json"),
    "somewhere else": (("--work", "s3a://bucket/x"), "this machine only", "--engine spark"),
    "a file as a folder": (("--work", "{tmp}/file"), "a folder should be|File exists|is there", "--work"),
    "no shapes": (("--steps", "results", "--shapes", "{tmp}/none.ttl"), "cannot be read", "Check path"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_say_what_and_what_to_do(root: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("mine")
    given, what, fix = MISTAKES[name]
    arguments = [argument.format(tmp=tmp_path) for argument in given]
    defaults = [] if "--build" in arguments else ["--build", str(root)]
    defaults += [] if "--work" in arguments else ["--work", str(tmp_path / "work")]
    with pytest.raises(KgError) as caught:
        kg_batch(*arguments, *defaults)
    import re

    assert re.search(what, caught.value.what.en), caught.value.text()
    assert fix in (caught.value.fix.en if caught.value.fix else "")
    assert caught.value.what.de
    assert "hush" not in caught.value.text("de")
    assert (tmp_path / "file").read_text() == "mine"


def test_another_sources_folder_is_refused(root: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    assert kg_batch("--build", root, "--work", work, "--steps", "participations") == 0
    before = {path: path.read_bytes() for path in work.rglob("*") if path.is_file()}
    done = subprocess.run(
        [sys.executable, "-m", "kg", "batch", str(DORTMUND), "--work", str(work)], capture_output=True, text=True, check=False, cwd=ROOT, timeout=60
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "--restart" in done.stderr
    assert {path: path.read_bytes() for path in work.rglob("*") if path.is_file()} == before


def test_a_changed_source_is_another_run(tmp_path: Path) -> None:
    source = tmp_path / "city"
    shutil.copytree(DORTMUND, source)
    work = tmp_path / "work"
    assert kg_batch(source, "--work", work, "--steps", "quads") == 0
    relations = source / "relations.csv"
    relations.write_bytes(relations.read_bytes() + b"\n")
    with pytest.raises(KgError, match="another run"):
        kg_batch(source, "--work", work, "--steps", "quads")


def test_faulty_tables_are_told_row_by_row(tmp_path: Path) -> None:
    source = tmp_path / "city"
    shutil.copytree(DORTMUND, source)
    entities = (source / "entities.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (source / "entities.csv").write_text("".join([*entities, entities[1]]), encoding="utf-8")
    with pytest.raises(KgError) as caught:
        kg_batch(source, "--work", tmp_path / "work")
    assert any(problem.row == len(entities) + 1 for problem in caught.value.problems)
    assert not [path for path in (tmp_path / "work").iterdir() if path.name not in ("run.json", ".lock")]


def test_sizes_and_settings() -> None:
    assert [megabytes(text) for text in ("2GB", "1.5 gb", "300MB", "1TiB")] == [2000, 1500, 300, 1000000]
    assert settings(["spark.a=1", "spark.b=x=y"]) == {"spark.a": "1", "spark.b": "x=y"}
    for secret in ("fs.s3a.secret.key", "spark.hadoop.fs.s3a.access.key", "spark.ssl.keyPassword", "my.token"):
        with pytest.raises(ParameterError, match="is a secret"):
            Machine("spark", conf={secret: "x"})
