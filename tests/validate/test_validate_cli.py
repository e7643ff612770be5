"""`kg validate` as people and pipelines call it: exit codes of filters and baselines, the GitHub Actions example, the pre-commit hook."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from kg.cli import main
from kg.sources.lossless import LosslessTable
from tests.validate.base import small_folder, spoil
from tests.validate.test_formats_machine import VALIDATOR

ROOT = Path(__file__).resolve().parents[2]


def run(command: list[str], cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "KG_LANG": "en", "NO_COLOR": "1", **env}
    variables.pop("KG_BUILD", None)
    return subprocess.run(command, check=False, capture_output=True, text=True, cwd=cwd, env=variables)


def kg(*arguments: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Call the command in this process: what takes a second in one of its own takes a tenth."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        patch.chdir(cwd)
        patch.setattr(sys, "argv", ["kg", *arguments])
        patch.delenv("KG_BUILD", raising=False)
        for name, value in {"KG_LANG": "en", "NO_COLOR": "1", **env}.items():
            patch.setenv(name, value)
        with pytest.raises(SystemExit) as end:
            main()
    return subprocess.CompletedProcess(["kg", *arguments], int(end.value.code or 0), out.getvalue(), err.getvalue())


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """The small folder with one wrong latitude, and a report of that state as baseline."""
    folder = small_folder(tmp_path / "small")
    spoil(folder, "entities", 4, lat="95")
    done = kg("validate", "small", "--format", "json", "--output", "base.json", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("1 Violation, ")
    return folder


def test_filters_and_baseline_decide_the_exit_code(faulty: Path) -> None:
    cwd = faulty.parent
    before = {path: path.read_bytes() for path in faulty.iterdir()}
    for arguments, code, words in (
        ((), 1, "1 Violation"),
        (("--baseline", "base.json"), 1, "0 new, "),
        (("--baseline", "base.json", "--new-only"), 0, "findings shown: new only"),
        (("--shape", "wrong-date"), 0, "0 of "),
        (("--shape", "wrong-coordinate"), 1, "1 of "),
        (("--focus", "alpha"), 0, "focus alpha; only these count for the exit code."),
        (("--focus", "stadt"), 1, "1 of "),
    ):
        done = kg("validate", "small", *arguments, cwd=cwd)
        assert (done.returncode, words in done.stdout) == (code, True), (arguments, done.stdout)
        assert "1 Violation, " in done.stdout.splitlines()[-1]
    spoil(faulty, "relations", 6, predicate="hostedAtt")
    done = kg("validate", "small", "--baseline", "base.json", "--new-only", "--format", "github", "--lang", "de", cwd=cwd)
    assert done.returncode == 1
    assert re.search(r"^::error file=small/relations.csv,line=6,title=Jedes Prädikat", done.stdout, re.MULTILINE)
    assert "wrong-coordinate" not in done.stdout
    assert {path: path.read_bytes() for path in faulty.iterdir() if path.name != "relations.csv"} == {
        path: data for path, data in before.items() if path.name != "relations.csv"
    }


def test_mistakes_are_said_in_one_line(faulty: Path) -> None:
    cwd = faulty.parent
    (cwd / "bad.json").write_text("{")
    for arguments, words in (
        (("--new-only",), "--new-only: There is no baseline to tell what is new. Keep a report first: kg validate --format json --output"),
        (("--baseline", "none.json"), "none.json: There is no such baseline. Make it anew: kg validate --format json"),
        (("--baseline", "bad.json"), "bad.json: The baseline is no JSON, line 1"),
        (("--shape", "EventShape-startDat"), "--shape: There is no rule 'EventShape-startDat'. Did you mean EventShape-startDate"),
        (("--group-by", "colour"), "--group-by: Findings cannot be grouped by 'colour'. Use one of rule, file, class."),
        (("--format", "xlsx"), "--format: There is no format 'xlsx'."),
    ):
        done = kg("validate", "small", *arguments, cwd=cwd)
        assert (done.returncode, done.stdout) == (2, ""), arguments
        assert done.stderr.startswith(f"kg: {words}"), done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_the_usual_baseline_lies_beside_the_reports(faulty: Path) -> None:
    cwd = faulty.parent
    (cwd / "build" / "report").mkdir(parents=True)
    done = kg("validate", "small", "--format", "json", "-o", "build/report/baseline.json", cwd=cwd)
    assert done.returncode == 1
    done = kg("validate", "small", "--new-only", cwd=cwd)
    assert done.returncode == 0
    assert "0 new, " in done.stdout


def test_one_table_is_compared_with_its_own_part(faulty: Path) -> None:
    done = kg("validate", "small/entities.csv", "--baseline", "base.json", cwd=faulty.parent)
    assert done.returncode == 1
    assert re.search(
        r"0 new, \d+ known, 0 fixed since the baseline\.\n[1-9]\d* findings of the baseline lie in files that were not looked at", done.stdout
    )


def test_csv_says_its_counts_beside_the_file(faulty: Path) -> None:
    done = kg("validate", "small", "--format", "csv", "--bom", "--shape", "wrong-coordinate", cwd=faulty.parent)
    assert done.stdout.startswith("\ufeffid,state,")
    (row,) = csv.DictReader(io.StringIO(done.stdout.removeprefix("\ufeff")))
    assert (row["file"], row["row"], row["value"]) == ("small/entities.csv", "4", "95")
    assert done.stderr.splitlines()[-1].startswith("1 Violation, ")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository as the example is for: tables, and `kg` on the path."""
    small_folder(tmp_path / "data" / "my-city")
    (tmp_path / ".git").mkdir()
    tools = tmp_path / "bin"
    tools.mkdir()
    tool = tools / "kg"
    tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m kg "$@"\n')
    tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    return tmp_path


def steps(checkout: Path) -> dict[str, subprocess.CompletedProcess[str]]:
    """Run the steps of the example that are commands of ours, as the runner does: bash, stopping at the first error."""
    flow: dict[Any, Any] = yaml.safe_load((ROOT / "docs" / "ci" / "kg-validate.yml").read_text(encoding="utf-8"))
    job = flow["jobs"]["tables"]
    env = {**job["env"], "PATH": f"{checkout / 'bin'}{os.pathsep}{os.environ['PATH']}", "GITHUB_STEP_SUMMARY": str(checkout / "summary.md")}
    env["GITHUB_WORKSPACE"] = str(checkout)
    done = {}
    for step in job["steps"]:
        if "kg validate" in step.get("run", ""):
            done[step["name"]] = run(["bash", "-e", "-o", "pipefail", "-c", step["run"]], checkout, **env)
    return done


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
def test_the_github_actions_example_works(checkout: Path) -> None:
    flow: dict[Any, Any] = yaml.safe_load((ROOT / "docs" / "ci" / "kg-validate.yml").read_text(encoding="utf-8"))
    assert set(flow[True]) == {"push", "pull_request"}  # YAML 1.1 reads `on` as true
    assert all("uses" in step or "run" in step for step in flow["jobs"]["tables"]["steps"])
    table = checkout / "data" / "my-city" / "entities.csv"
    spoil(checkout / "data" / "my-city", "entities", 4, lat="95")
    done = steps(checkout)
    assert [item.returncode for item in done.values()] == [1, 0, 0]
    assert "::error file=data/my-city/entities.csv,line=4," in done["Findings at their lines"].stdout
    assert (checkout / "summary.md").read_text(encoding="utf-8").startswith("## Validation report")
    log = json.loads((checkout / "kg.sarif").read_text(encoding="utf-8"))
    assert list(VALIDATOR.iter_errors(log)) == []
    # With a baseline only what is new stops the merge.
    (checkout / ".kg").mkdir()
    kept = kg("validate", "data/my-city", "--format", "json", "--output", ".kg/baseline.json", cwd=checkout)
    assert kept.returncode == 1
    changed = LosslessTable.read(table)
    changed.set(5, "start", "gestern")
    changed.write(table)
    done = steps(checkout)
    assert [item.returncode for item in done.values()] == [1, 0, 0]
    assert done["Findings at their lines"].stdout.count("::error ") == 1
    assert "**new**" in (checkout / "summary.md").read_text(encoding="utf-8")


def test_the_pre_commit_hook_works(checkout: Path) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert (hook["id"], hook["language"], hook["require_serial"]) == ("kg-validate", "python", True)
    files = [
        str(path.relative_to(checkout))
        for path in sorted(checkout.rglob("*"))
        if path.is_file() and re.search(hook["files"], str(path.relative_to(checkout)))
    ]
    assert files == [f"data/my-city/{name}.csv" for name in ("entities", "relations", "sources")]
    env = {"PATH": f"{checkout / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    assert run([*shlex.split(hook["entry"]), *files], checkout, **env).returncode == 0
    spoil(checkout / "data" / "my-city", "entities", 5, start="gestern")
    done = run([*shlex.split(hook["entry"]), "data/my-city/entities.csv"], checkout, **env)
    assert done.returncode == 1
    assert "data/my-city/entities.csv:5" in done.stdout
    assert run([*shlex.split(hook["entry"]), "data/my-city/sources.csv"], checkout, **env).returncode == 0, "another table is not to blame"


def test_the_example_of_a_pre_commit_configuration_names_the_hook() -> None:
    text = (ROOT / "docs" / "ci" / "pre-commit-config.yaml").read_text(encoding="utf-8")
    config = yaml.safe_load(text)
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert config["repos"][0]["hooks"][0]["id"] == hook["id"]
    assert "args: [--baseline, .kg/baseline.json, --new-only]" in text
