"""`kg publish`: whole or not at all, the same every time, and never over other files."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kg.build import Build, build, current
from kg.errors import BuildError
from kg.publish import Publication, publish, swap
from tests.sources.folders import entity, relation, source, write_folder

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Build:
    root = tmp_path_factory.mktemp("small")
    entities = [entity("p", "Project"), entity("a", "Institution"), entity("b", "Institution")]
    relations = [relation("p", "hasParticipant", "a", role="Partner"), relation("p", "coordinatedBy", "b")]
    settings = '[graph]\nname = "small"\nbase = "https://example.org/small/"\nstate = "2026-01-02"\n'
    return build([write_folder(root / "small", [source("s1")], entities, relations, settings)], root / "build")


@pytest.fixture(scope="module")
def first(small: Build, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish(small, tmp_path_factory.mktemp("first") / "publish").path


@pytest.fixture
def target(first: Path, tmp_path: Path) -> Path:
    """A folder with an earlier publication, alone in its folder."""
    return Path(shutil.copytree(first, tmp_path / "publish"))


def content(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def assert_whole(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    found = content(folder)
    found.pop("manifest.json")
    assert found == {entry["name"]: entry["sha256"] for entry in manifest["files"]}


def run(code: str, *arguments: str, seed: str = "0") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    return subprocess.run([sys.executable, "-c", code, *arguments], check=False, capture_output=True, text=True, cwd=ROOT, env=environment)


def test_same_tables_give_the_same_bytes(graph: Build, folder: Path, tmp_path: Path) -> None:
    """Another place of the build, another process, another seed of hashes, time zone and locale."""
    shutil.copytree(graph.path, tmp_path / "elsewhere")
    code = (
        "import json, sys\nfrom pathlib import Path\nfrom kg.build import Build\nfrom kg.publish import publish\npath = Path(sys.argv[1])\n"
        "publish(Build(path, json.loads((path / 'build.json').read_text(encoding='utf-8'))), Path(sys.argv[2]))\n"
        "assert 'pandas' not in sys.modules\n"
    )
    done = run(code, str(tmp_path / "elsewhere"), str(tmp_path / "publish"), seed="4711")
    assert done.returncode == 0, done.stderr
    assert content(tmp_path / "publish") == content(folder)


def test_publishing_again_replaces_the_folder(small: Build, first: Path, target: Path) -> None:
    (target / "small.nq").write_text("damaged")
    steps: list[str] = []
    publish(small, target, steps.append)
    assert content(target) == content(first)
    assert steps
    assert [path.name for path in target.parent.iterdir()] == ["publish"], "nothing is left beside"


def test_files_can_be_read_by_others(small: Build, tmp_path: Path) -> None:
    mask = os.umask(0o022)
    try:
        made = publish(small, tmp_path / "deep" / "publish").path
    finally:
        os.umask(mask)
    assert made.stat().st_mode & 0o777 == 0o755
    assert all(path.stat().st_mode & 0o777 == 0o644 for path in made.iterdir())


def test_other_files_are_not_replaced(small: Build, target: Path) -> None:
    with pytest.raises(BuildError, match=r"no part of a publication: publish\."):
        publish(small, target.parent)
    (target / "notes.txt").write_text("mine")
    with pytest.raises(BuildError, match="no part of a publication"):
        publish(small, target)
    assert (target / "notes.txt").read_text() == "mine"


def test_a_file_where_the_folder_should_be(small: Build, tmp_path: Path) -> None:
    (tmp_path / "publish").write_text("a file")
    with pytest.raises(BuildError, match="A file stands where"):
        publish(small, tmp_path / "publish")
    with pytest.raises(BuildError, match="A file stands where"):
        publish(small, tmp_path / "publish" / "below")
    assert (tmp_path / "publish").read_text() == "a file"


def test_a_link_to_the_folder_stays_a_link(small: Build, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "publish").symlink_to("real")
    publish(small, tmp_path / "publish")
    assert (tmp_path / "publish").is_symlink()
    assert_whole(tmp_path / "real")


STEPS = ("kg.publish.tables.write_table", "kg.publish.network.write_gexf", "kg.publish.catalogue.void", "kg.publish.swap._swap")
CASES = [*((step, errno.ENOSPC) for step in STEPS), *((STEPS[0], number) for number in (errno.EACCES, errno.EROFS, errno.EIO))]


@pytest.mark.parametrize(("step", "number"), CASES)
def test_a_failing_write_leaves_the_previous_publication(small: Build, target: Path, monkeypatch: pytest.MonkeyPatch, step: str, number: int) -> None:
    before = content(target)

    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(step, fail)
    with pytest.raises(BuildError) as caught:
        publish(small, target)
    assert caught.value.where == str(target)
    assert caught.value.fix
    assert content(target) == before
    assert [path.name for path in target.parent.iterdir()] == ["publish"]


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: mounts a small file system and drops to another user")


@needs_root
def test_full_disk(graph: Build, first: Path, tmp_path: Path) -> None:
    mount = tmp_path / "disk"
    mount.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(mount)], check=False, capture_output=True).returncode:
        pytest.skip("mounting is not allowed on this machine")
    try:
        shutil.copytree(first, mount / "publish")
        before = content(mount / "publish")
        with pytest.raises(BuildError, match="disk is full"):
            publish(graph, mount / "publish")
        assert content(mount / "publish") == before
        assert [path.name for path in mount.iterdir()] == ["publish"], "nothing half-written stays"
    finally:
        subprocess.run(["umount", str(mount)], check=True)


@needs_root
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="needs setpriv (util-linux)")
def test_folder_without_write_permission(small: Build) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom kg.build import current\nfrom kg.errors import KgError\nfrom kg.publish import publish\n"
        "try:\n    publish(current(Path(sys.argv[1])), Path('/usr/share/kg-publish'))\nexcept KgError as error:\n    print(error)\n"
    )
    root = small.path.parents[1]
    for path in (root, *root.parents):
        if path != Path("/") and path.stat().st_uid == 0 and "pytest" in str(path):
            path.chmod(0o755)
    command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", sys.executable, "-c", code, str(root)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    if "Permission" in done.stderr and "kg" not in done.stdout:
        pytest.skip("the interpreter itself cannot be read by another user on this machine")
    assert "/usr/share/kg-publish: It cannot be written: permission denied." in done.stdout, done.stderr


KILLED = """
import os, signal, sys
from pathlib import Path
from kg.build import current
from kg.publish import publish, swap

moment = sys.argv[3]
def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

if moment == "before":
    swap._swap = die
elif moment == "after":
    swapped = swap._swap
    swap._swap = lambda *a: (swapped(*a), die())
publish(current(Path(sys.argv[1])), Path(sys.argv[2]), lambda step: die() if step.startswith(moment) else None)
"""


@pytest.mark.parametrize("moment", ["writing N", "describing", "before", "after"])
def test_a_kill_leaves_a_whole_publication(small: Build, target: Path, moment: str) -> None:
    done = run(KILLED, str(small.path.parents[1]), str(target), moment)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert_whole(target)
    assert len(list(target.parent.iterdir())) == 2, "what the killed run left lies beside"
    with swap.replaced(target) as folder:
        assert {path.name for path in target.parent.iterdir()} == {"publish", folder.name}, "the next run tidies up"


def test_a_running_publication_is_not_tidied_away(tmp_path: Path) -> None:
    target = tmp_path / "publish"
    with swap.replaced(target) as first:
        (first / "a").write_text("first")
        with swap.replaced(target) as second:
            assert first.is_dir()
            (second / "a").write_text("second")
        assert (target / "a").read_text() == "second"
    assert (target / "a").read_text() == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["publish"]


def test_where_the_system_cannot_exchange_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swap, "_exchange", lambda *_: False)
    target = tmp_path / "publish"
    for text in ("one", "two", "three"):
        with swap.replaced(target) as folder:
            (folder / "a").write_text(text)
        assert (target / "a").read_text() == text
        assert [path.name for path in tmp_path.iterdir()] == ["publish"]
    target.rename(swap._aside(target))
    with swap.replaced(target) as folder:
        assert (target / "a").read_text() == "three", "a kill between the two renames is made good by the next run"
        (folder / "a").write_text("four")
    assert (target / "a").read_text() == "four"


def test_what_is_returned(publication: Publication, graph: Build) -> None:
    assert current(graph.path.parents[1]).id == publication.manifest["build"]
    for file in publication.files:
        assert file.bytes == (publication.path / file.name).stat().st_size
        assert file.purpose("de") != file.purpose("en")
