"""`kg build`: whole or not at all, the same every time."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kg.build import Build, build, current
from kg.config import SETTINGS_FILE
from kg.errors import BuildError, InputError
from kg.quads import canonical_lines, read_parquet
from kg.store import open_store
from tests.sources.folders import copy_folder, edit_table, entity, relation, source, write_folder

ROOT = Path(__file__).resolve().parents[2]
DORTMUND = ROOT / "data" / "dortmund"
SETTINGS = '[graph]\nname = "small"\nbase = "https://example.org/small/"\nstate = "2026-01-02"\n'


@pytest.fixture
def small(tmp_path: Path) -> Path:
    entities = [entity("p", "Project"), entity("a", "Institution"), entity("b", "Institution")]
    relations = [relation("p", "hasParticipant", "a", role="Partner"), relation("p", "coordinatedBy", "b")]
    return write_folder(tmp_path / "small", [source("s1")], entities, relations, SETTINGS)


def test_layout(graph: Build) -> None:
    root = graph.path.parents[1]
    assert (root / "current").is_symlink()
    assert not Path(os.readlink(root / "current")).is_absolute()
    assert {"quads", "store", "build.json"} <= {path.name for path in graph.path.iterdir()}
    assert {path.stem for path in graph.parquet} == {"dortmund", "vocabulary", "build", "inferred"}
    assert set(graph.record["graphs"]) == {
        f"https://w3id.org/innokg/graph/{name}" for name in ("dortmund", "dortmund-evidence", "ontology", "codes", "inferred", "build")
    }


def test_store_holds_the_quad_table(graph: Build) -> None:
    store = open_store(graph.store)
    assert store.count() == len(canonical_lines(read_parquet(graph.parquet))) == graph.record["quads"]


def test_same_input_gives_the_same_bytes(graph: Build, tmp_path: Path) -> None:
    """Another folder, another order of the files on disk, another moment: the same lines and the same id."""
    other = build([copy_folder(DORTMUND, tmp_path / "dortmund")], tmp_path / "build")
    assert other.id == graph.id
    assert canonical_lines(read_parquet(other.parquet)) == canonical_lines(read_parquet(graph.parquet))


def test_order_of_rows_changes_nothing(small: Path, tmp_path: Path) -> None:
    one = build([small], tmp_path / "one")
    edit_table(small / "relations.csv", lambda rows: rows[::-1])
    edit_table(small / "entities.csv", lambda rows: rows[::-1])
    two = build([small], tmp_path / "two")

    def lines(made: Build) -> list[str]:
        return [line for line in canonical_lines(read_parquet(made.parquet)) if "/graph/build>" not in line]

    assert lines(one) == lines(two)


def test_a_second_build_adds_nothing_and_two_are_kept(small: Path, tmp_path: Path) -> None:
    root = tmp_path / "build"
    first = build([small], root)
    assert build([small], root).id == first.id
    for number in range(3):
        edit_table(small / "entities.csv", lambda rows, n=number: [{**row, "label_en": f"x{n}"} for row in rows])  # type: ignore[misc]
        newest = build([small], root)
    kept = [path for path in (root / "graphs").iterdir() if not path.name.startswith(".")]
    assert len(kept) == 2
    assert current(root).id == newest.id


def test_problems_refuse_the_build_and_write_nothing(small: Path, tmp_path: Path) -> None:
    edit_table(small / "relations.csv", lambda rows: [{**row, "object_id": "nobody", "start": "2021-13-01"} for row in rows])
    root = tmp_path / "build"
    with pytest.raises(InputError) as caught:
        build([small], root)
    assert sorted((p.row, p.code) for p in caught.value.problems) == [(2, "unknown-id"), (2, "wrong-date"), (3, "unknown-id"), (3, "wrong-date")]
    assert not root.exists()


def test_current_without_a_build(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="no graph yet"):
        current(tmp_path)


def start(sources: Path, root: Path) -> subprocess.Popen[bytes]:
    code = f"from pathlib import Path; from kg.build import build; build([Path({str(sources)!r})], Path({str(root)!r}))"
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)


@pytest.mark.parametrize("moment", [0.6, 1.2, 1.6, 2.0, 2.4, 2.8, 3.4])
def test_kill_at_any_moment_leaves_the_previous_graph(small: Path, tmp_path: Path, moment: float) -> None:
    """`kill -9` during the build of a larger graph: the small one stays current, or the large one is complete."""
    root = tmp_path / "build"
    before = build([small], root)
    process = start(DORTMUND, root)
    time.sleep(moment)
    process.send_signal(signal.SIGKILL)
    process.wait()
    now = current(root)
    assert json.loads((now.path / "build.json").read_text())["id"] == now.id
    assert open_store(root).count() == now.record["quads"]
    if now.id == before.id:
        assert open_store(root).count() == before.record["quads"]
    again = build([small], root)
    assert not list((root / "graphs").glob(".tmp-*")), "what the kill left behind is cleared away"
    assert again.id == before.id


def test_two_builds_at_once(small: Path, tmp_path: Path) -> None:
    root = tmp_path / "build"
    processes = [start(small, root), start(small, root), start(DORTMUND, root)]
    assert [process.wait() for process in processes] == [0, 0, 0]
    assert open_store(root).count() == current(root).record["quads"]


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: mounts a small file system and drops to another user")


@needs_root
def test_full_disk(tmp_path: Path) -> None:
    """A file system of 1 MB: one clear error, and what was there stays."""
    mount = tmp_path / "disk"
    mount.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(mount)], check=False, capture_output=True).returncode:
        pytest.skip("mounting is not allowed on this machine")
    try:
        (mount / "before").write_text("kept")
        with pytest.raises(BuildError, match="disk is full"):
            build([DORTMUND], mount / "build")
        assert (mount / "before").read_text() == "kept"
        assert not list((mount / "build" / "graphs").glob("*")), "nothing half-written stays"
    finally:
        subprocess.run(["umount", str(mount)], check=True)


@needs_root
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="needs setpriv (util-linux)")
def test_folder_without_write_permission(small: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom kg.build import build\nfrom kg.errors import KgError\n"
        "try:\n    build([Path(sys.argv[1])], Path('/usr/share/kg-build'))\nexcept KgError as error:\n    print(error)\n"
    )
    for path in (small, *small.parents):
        if path != Path("/") and path.stat().st_uid == 0 and "pytest" in str(path):
            path.chmod(0o755)
    command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", sys.executable, "-c", code, str(small)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    if "Permission" in done.stderr and "kg" not in done.stdout:
        pytest.skip("the interpreter itself cannot be read by another user on this machine")
    assert "cannot be written" in done.stdout, done.stderr


def test_a_file_where_the_folder_should_be(small: Path, tmp_path: Path) -> None:
    (tmp_path / "build").write_text("a file")
    with pytest.raises(BuildError, match="A file stands where"):
        build([small], tmp_path / "build")


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        ("[graph\n", "no valid TOML"),
        ('[graph]\nbase = "x"\n', "no namespace"),
        ('[graph]\nname = "A B"\n', "no kebab-case name"),
        ('[frame]\nkind = "all"\n', "is unknown"),
        ('[frame]\nkind = "ego-sampled"\n', "frame.around is missing"),
        ('[graph]\nstate = "yesterday"\n', "is no date"),
    ],
)
def test_wrong_settings(small: Path, tmp_path: Path, settings: str, what: str) -> None:
    (small / SETTINGS_FILE).write_text(settings)
    with pytest.raises(InputError, match=what):
        build([small], tmp_path / "build")
