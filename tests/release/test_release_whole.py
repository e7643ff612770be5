"""Whatever happens while a release is written: it is there whole, or not at all."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kg.build import Build
from kg.errors import BuildError
from kg.publish import swap
from kg.release import Release, releases
from tests.release.conftest import ROOT, content, freeze


def assert_whole(folder: Path) -> None:
    lines = [line.split("  ") for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()]
    found = content(folder)
    found.pop("SHA256SUMS")
    assert {name: sha256 for sha256, name in lines} == found


STEPS = ("kg.release.formats.write_trig", "kg.release.pack.pack", "kg.release.changes.write", "kg.publish.catalogue.void", "kg.publish.swap._rename")


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("step", STEPS)
def test_a_failing_write_leaves_nothing(small: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(step, fail)
    with pytest.raises(BuildError, match="disk is full") as caught:
        freeze(small, tmp_path)
    assert caught.value.where == str(tmp_path / "release" / "1.0")
    assert not list((tmp_path / "release").iterdir())


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root: mounts a small file system")
@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("size", ["600k", "1m", "2m"])
def test_full_disk(small: Build, tmp_path: Path, size: str) -> None:
    mount = tmp_path / "disk"
    mount.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(mount)], check=False, capture_output=True).returncode:
        pytest.skip("mounting is not allowed on this machine")
    try:
        with pytest.raises(BuildError, match="disk is full"):
            freeze(small, mount)
        assert not list((mount / "release").iterdir()), "nothing half-written stays"
    finally:
        subprocess.run(["umount", str(mount)], check=True)


KILLED = """
import os, signal, sys
from pathlib import Path
from kg.build import current
from kg.publish import swap
from kg.release import release

moment = sys.argv[3]
def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

if moment == "before":
    swap._rename = die
elif moment == "after":
    renamed = swap._rename
    swap._rename = lambda *a: (renamed(*a), die())
release(current(Path(sys.argv[1])), "1.0", Path(sys.argv[2]), with_violations=True, progress=lambda step: die() if step.startswith(moment) else None)
"""


@pytest.mark.parametrize("moment", ["writing TriG", "describing", "before", "after"])
def test_a_kill_leaves_a_whole_release_or_none(small: Build, frozen: Release, tmp_path: Path, moment: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(small.path.parents[1]), str(tmp_path), moment], check=False, capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    folder = tmp_path / "release"
    left = sorted(path.name for path in folder.iterdir())
    assert len(left) == 1
    if moment == "after":
        assert content(folder / "1.0") == content(frozen.path)
        return
    assert left[0].startswith(".kg-publish-")
    assert releases(tmp_path) == []
    with swap.placed(folder / "2") as work:
        assert [path.name for path in folder.iterdir()] == [work.name], "the next run tidies up"


def test_of_two_at_once_one_wins(small: Build, tmp_path: Path) -> None:
    arguments = ["release", "7", "--build", str(small.path.parents[1]), "--output", str(tmp_path), "--with-violations"]
    environment = {**os.environ, "KG_LANG": "en"}
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "kg", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=environment
        )
        for _ in range(2)
    ]
    ended = [(*process.communicate(), process.returncode) for process in running]
    assert sorted(code for *_, code in ended) == [0, 2], ended
    assert "exists already" in next(errors for _, errors, code in ended if code == 2)
    assert [path.name for path in tmp_path.iterdir()] == ["7"]
    assert_whole(tmp_path / "7")
