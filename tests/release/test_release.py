"""`kg release`: frozen, whole or not at all, the same every time, refused where something is missing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kg.build import Build, build
from kg.errors import BuildError, InputError, KgError, ParameterError
from kg.publish import swap
from kg.release import Release, ViolationsError, checks, latest, release, releases
from kg.release.listing import VERSION
from tests.release.conftest import ROOT, SETTINGS, content, freeze, small_folder


def command(*arguments: str, seed: str = "0", zone: str = "UTC") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C", "KG_LANG": "en"}
    return subprocess.run([sys.executable, "-m", "kg", *arguments], check=False, capture_output=True, text=True, cwd=ROOT, env=environment)


def test_another_build_in_another_place_gives_the_same_bytes(frozen: Release, tmp_path: Path) -> None:
    """Another folder, process, seed of hashes, time zone and locale; the validation is the kept one there."""
    folder = small_folder(tmp_path / "elsewhere" / "small")
    assert command("build", "--source", str(folder), "--build", str(tmp_path / "b"), seed="1").returncode == 0
    assert command("validate", "--build", str(tmp_path / "b"), seed="2").returncode in (0, 1)
    assert list((tmp_path / "b" / "report").glob("*.sqlite"))
    done = command("release", "1.0", "--build", str(tmp_path / "b"), "--with-violations", seed="4711", zone="Asia/Tokyo")
    assert done.returncode == 0, done.stderr
    assert content(tmp_path / "b" / "release" / "1.0") == content(frozen.path)


def test_dortmund_twice_gives_the_same_bytes(dortmund: Release, graph: Build, tmp_path: Path) -> None:
    again = release(graph, "2026.11", tmp_path)
    assert content(again.path) == content(dortmund.path)


def test_nothing_of_this_machine_is_inside(frozen: Release, small: Build) -> None:
    for path in frozen.path.iterdir():
        data = path.read_bytes()
        for secret in (str(small.path.parents[2]), str(ROOT), str(small.record["created"])):
            assert secret.encode() not in data, (path.name, secret)


def test_what_is_returned(frozen: Release) -> None:
    assert json.loads((frozen.path / "manifest.json").read_text(encoding="utf-8")) == frozen.manifest
    assert (frozen.version, frozen.issued, frozen.dataset) == ("1.0", "2026-01-02", "https://example.org/small/releases/1.0")
    root = frozen.path.parents[1]
    assert [one.version for one in releases(root)] == ["1.0"]
    assert latest(root) == releases(root)[0] == frozen


@pytest.mark.parametrize(
    "version", ["", "a", "v1", "1.0 ", "1..0", "1.", "1-", "../1", "1/2", "1.A", "latest", "1" * 33, "1ü", ".1", "1\n", "-1", "１"]
)
def test_what_is_no_version(small: Build, tmp_path: Path, version: str) -> None:
    with pytest.raises(ParameterError) as caught:
        freeze(small, tmp_path, version)
    assert caught.value.where == "VERSION"
    assert not list(tmp_path.iterdir())


def test_what_is_a_version() -> None:
    for version in ("1", "2026.11", "2026.11-rc.1", "0a", "1" * 32):
        checks.check_version(version)
        assert VERSION.match(version)


@pytest.mark.usefixtures("known")
def test_a_release_never_changes(small: Build, frozen: Release, tmp_path: Path) -> None:
    shutil.copytree(frozen.path, tmp_path / "release" / "1.0")
    before = content(tmp_path / "release" / "1.0")
    with pytest.raises(BuildError, match="exists already") as caught:
        freeze(small, tmp_path)
    assert caught.value.where == str(tmp_path / "release" / "1.0")
    assert content(tmp_path / "release" / "1.0") == before
    (tmp_path / "release" / "2-A").mkdir()
    with pytest.raises(BuildError, match="exists already"):
        freeze(small, tmp_path, "2-a")
    (tmp_path / "release" / "3").write_text("a file")
    with pytest.raises(BuildError, match="exists already"):
        freeze(small, tmp_path, "3")
    assert sorted(path.name for path in (tmp_path / "release").iterdir()) == ["1.0", "2-A", "3"]


@pytest.mark.parametrize("old", [True, False])
def test_a_folder_that_comes_in_between_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: bool) -> None:
    """Also where the system cannot rename without replacing, and where the folder is empty."""
    if old:
        monkeypatch.setattr(swap, "_renameat2", lambda *_: False)
    place = swap.placed(tmp_path / "1")
    (place.__enter__() / "a").write_text("mine")
    (tmp_path / "1").mkdir()
    with pytest.raises(FileExistsError):
        place.__exit__(None, None, None)
    assert [path.name for path in tmp_path.iterdir()] == ["1"]
    assert not list((tmp_path / "1").iterdir())
    with swap.placed(tmp_path / "2") as folder:
        (folder / "a").write_text("mine")
    assert (tmp_path / "2" / "a").read_text() == "mine"


@pytest.mark.usefixtures("known")
def test_publisher_and_contact_are_asked_for(tmp_path: Path) -> None:
    def built(name: str, without: str) -> Build:
        return build([small_folder(tmp_path / name / "small", SETTINGS.partition(without)[0])], tmp_path / name / "build")

    poor = built("one", "[publisher]")
    with pytest.raises(InputError) as caught:
        freeze(poor, tmp_path / "a")
    text = caught.value.text("en")
    assert text.startswith("small/settings.toml [publisher.name, contact.url]: Nobody is named as publisher. No contact is named. Set publisher.name")
    assert "Kein Kontakt ist genannt." in caught.value.text("de")
    with pytest.raises(InputError, match="No contact"):
        freeze(built("two", "[contact]"), tmp_path / "a")
    more = tmp_path / "more.toml"
    more.write_text('[publisher]\nname = "Somebody"\n[contact]\nemail = "data@example.org"\n')
    manifest = freeze(poor, tmp_path / "a", settings=more).manifest
    assert manifest["publisher"]["name"] == "Somebody"
    assert manifest["cite"]["en"].startswith("Somebody: Small graph, release 1.0 (2026-01-02, state 2026-01-02).")
    more.write_text("[publisher]\n")
    with pytest.raises(InputError) as caught:
        freeze(poor, tmp_path / "b", settings=more)
    assert str(more) in caught.value.text("en")
    assert not (tmp_path / "b").exists()


def test_the_day_of_issue(small: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert checks.day_of_issue("2026-03-04", small.record) == "2026-03-04"
    assert checks.day_of_issue("", small.record) == "2026-01-02"
    assert checks.day_of_issue("", {"state": "2026"}) == "2023-11-14"
    for wrong in ("2026-02-30", "20260101", "today", "2026-1-1"):
        with pytest.raises(ParameterError, match="is no day"):
            checks.day_of_issue(wrong, small.record)
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    with pytest.raises(InputError) as caught:
        checks.day_of_issue("", {"state": "", "sources": [{"name": "my-city"}]})
    assert caught.value.where == "my-city/settings.toml [graph.state]"


def test_a_graph_with_violations_is_refused(small: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = {"engine": "direct", "counts": {"violation": 1200, "warning": 0, "info": 0}, "rules": []}
    monkeypatch.setattr(checks, "validation", lambda *_: found)
    with pytest.raises(ViolationsError, match="1,200 Violations") as caught:
        release(small, "1.0", tmp_path)
    assert "kg validate" in caught.value.text("en")
    assert "1.200 Verstöße" in caught.value.text("de")
    assert not list(tmp_path.iterdir())
    assert freeze(small, tmp_path).manifest["validation"] == found


def test_the_summary_is_that_of_the_report(small: Build) -> None:
    from kg.validate import validate
    from kg.validate.history import remember

    report = validate(build=small)
    root = small.path.parents[1]
    fresh = checks.validation(small, root / "none")
    assert fresh["counts"] == {severity.lower(): number for severity, number in report.severities.items()}
    assert sum(rule["results"] for rule in fresh["rules"]) == len(report.results)
    folder = root.parent / "kept" / "report"
    remember(report, small, folder)
    assert checks._kept(small, folder.parent) == fresh, "the kept report says the same"
    assert checks._kept(small, root / "none") is None
    for path in folder.glob("*.sqlite"):
        path.write_bytes(b"damaged")
    assert checks.validation(small, folder.parent) == fresh


def test_command_refuses_a_graph_with_violations(small: Build, tmp_path: Path) -> None:
    """Seen in the kept report."""
    from kg.validate.history import remember
    from kg.validate.report import Report, Result

    said = {"de": "x", "en": "x"}
    made = Result("Violation", "https://example.org/s", "", "https://example.org/x", "x", "", "", said, "", "", ())
    shutil.copytree(small.path.parents[1], tmp_path / "build", symlinks=True)
    remember(Report("direct", (made,)), small, tmp_path / "build" / "report")
    done = command("release", "1.0", "--build", str(tmp_path / "build"))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("kg: The graph has 1 Violation: it is not released. `kg validate` lists")
    assert not (tmp_path / "build" / "release").exists()


def test_command_lists_releases(small: Build, frozen: Release, tmp_path: Path) -> None:
    place = ("--build", str(small.path.parents[1]), "--output", str(tmp_path))
    assert command("release", "--list", *place).stdout == f"No releases in {tmp_path}.\n"
    shutil.copytree(frozen.path, tmp_path / "1.0")
    made = command("release", "1.1", "--format", "json", "--with-violations", *place)
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["previous"] == "1.0"
    rows = json.loads(command("release", "--list", "--format", "json", *place).stdout)
    assert [(row["version"], row["previous"]) for row in rows] == [("1.1", "1.0"), ("1.0", None)]
    lines = command("release", "--list", *place).stdout.splitlines()
    assert [line.split()[:3] for line in lines[1:]] == [["1.1", "2026-01-02", "1.0"], ["1.0", "2026-01-02", "–"]]
    assert command("release", *place).returncode == 2
    assert "exists already" in command("release", "1.1", *place).stderr


@pytest.mark.usefixtures("known")
def test_previous(small: Build, frozen: Release, tmp_path: Path) -> None:
    shutil.copytree(frozen.path, tmp_path / "release" / "1.0")
    with pytest.raises(ParameterError, match=r"no release '0\.9'") as caught:
        freeze(small, tmp_path, "1.1", previous="0.9")
    assert "There are: 1.0" in caught.value.text("en")
    assert freeze(small, tmp_path, "1.1", previous="none").manifest["previous"] is None
    assert freeze(small, tmp_path, "1.2", previous="1.0").manifest["previous"] == "1.0"
    changes = json.loads((tmp_path / "release" / "1.2" / "changes.json").read_text(encoding="utf-8"))
    assert changes["from"]["version"] == "1.0"
    assert not changes["new"]
    assert not changes["withdrawn"]


def test_releases_in_order(tmp_path: Path) -> None:
    def put(name: str, issued: str, **more: Any) -> None:
        folder = tmp_path / "release" / name
        folder.mkdir(parents=True)
        (folder / "manifest.json").write_text(json.dumps({"version": name, "issued": issued, "files": [], **more}))

    put("2026.9", "2026-11-01")
    put("2026.10", "2026-11-01")
    put("2026.11", "2026-10-01")
    put("3", "2026-10-01", version="4")
    put("5", "2026-10-01", files=[{}])
    (tmp_path / "release" / "6").mkdir()
    (tmp_path / "release" / "7").mkdir()
    (tmp_path / "release" / "7" / "manifest.json").write_text("{")
    put("Z1", "2027-01-01")
    put(".kg-publish-1-a", "2027-01-01")
    assert [one.version for one in releases(tmp_path)] == ["2026.10", "2026.9", "2026.11"]
    assert releases(tmp_path / "none") == []
    assert latest(tmp_path / "none") is None


def test_errors_are_for_users(small: Build, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(KgError):
            freeze(small, tmp_path, output=place)
