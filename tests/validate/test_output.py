"""Reports are written whole or not at all, with one clear error where a target cannot be written."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.errors import KgError
from kg.validate import from_json, make_report, write_file, write_report
from tests.validate.test_report import RESULT

REPORT = make_report([RESULT], "reference")


def test_both_files_are_written(tmp_path: Path) -> None:
    json, turtle = write_report(REPORT, tmp_path / "build" / "report")
    assert from_json(json.read_text(encoding="utf-8")) == REPORT
    assert "sh:ValidationReport" in turtle.read_text(encoding="utf-8")
    assert sorted(path.name for path in json.parent.iterdir()) == ["report.json", "report.ttl"]


def test_a_large_report_is_json_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_report(REPORT, tmp_path)
    monkeypatch.setattr("kg.validate.output.TURTLE_LIMIT", 0)
    assert [path.name for path in write_report(REPORT, tmp_path)] == ["report.json"]
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]


def test_files_are_replaced_and_readable_for_all(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    file.write_text("old")
    write_file(file, "new\n")
    assert file.read_bytes() == b"new\n"
    mask = os.umask(0)
    os.umask(mask)
    assert file.stat().st_mode & 0o777 == 0o666 & ~mask


def test_lone_surrogates_are_written(tmp_path: Path) -> None:
    write_file(tmp_path / "a", "\ud800")
    assert (tmp_path / "a").read_text() == "\\ud800"


def target_errors(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder").mkdir()
    yield tmp_path / "none" / "a.json", "no such folder"
    yield tmp_path / "file" / "a.json", "file stands where a folder"
    yield tmp_path / "folder", "folder stands where the file"
    yield tmp_path / ("x" * 300), "too long"


def test_targets_that_cannot_be_written(tmp_path: Path) -> None:
    for path, words in target_errors(tmp_path):
        with pytest.raises(KgError, match=words) as error:
            write_file(path, "x")
        assert error.value.where == str(path)
        assert error.value.fix
        assert error.value.text("de") != error.value.text("en")
    with pytest.raises(KgError, match="file stands where a folder"):
        write_report(REPORT, tmp_path / "file")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


CODE = """
import sys
from pathlib import Path
from kg.errors import KgError
from kg.validate.output import write_files
try:
    write_files({Path(sys.argv[1]) / name: 'x' * int(sys.argv[2]) for name in ('report.json', 'report.ttl')})
except KgError as error:
    print(error)
    sys.exit(2)
"""


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="needs root and setpriv: run as root in CI")
def test_a_folder_without_write_permission(tmp_path: Path) -> None:
    for parent in (tmp_path, *tmp_path.parents[:2]):
        parent.chmod(0o755)
    (tmp_path / "report.json").write_text("old")
    done = run("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", sys.executable, "-c", CODE, str(tmp_path), "10")
    assert (done.returncode, done.stdout.count("It cannot be written: permission denied.")) == (2, 1), done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]
    assert (tmp_path / "report.json").read_text() == "old"


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root for a small file system: run as root in CI")
def test_a_full_disk(tmp_path: Path) -> None:
    mounted = run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(tmp_path))
    if mounted.returncode:
        pytest.skip("no file system can be mounted here")
    try:
        (tmp_path / "report.json").write_text("old")
        done = run(sys.executable, "-c", CODE, str(tmp_path), "700000")
        assert done.returncode == 2, done.stderr
        assert "The disk is full." in done.stdout
        assert [path.name for path in tmp_path.iterdir()] == ["report.json"]
        assert (tmp_path / "report.json").read_text() == "old"
    finally:
        run("umount", str(tmp_path))
