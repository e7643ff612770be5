"""Building from deliveries: whole or not at all, whatever happens; what is left out is counted and kept in the record."""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.build import build, current
from kg.errors import BuildError, InputError
from kg.namespaces import BASE, INNO
from kg.store import Table, open_store
from tests.sources.deliveries import PROJECT, ROOT, SLICE, TABLES, partner, project, write_delivery
from tests.sources.folders import entity, relation, source, write_folder

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: mounts a small file system")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A delivery of one project."""
    return write_delivery(tmp_path_factory.mktemp("deliveries") / "small")


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped slice as the publisher packs it."""
    path = tmp_path_factory.mktemp("packed") / "cordis.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for stem in TABLES:
            archive.write(SLICE / f"{stem}.csv", f"csv/{stem}.csv")
    return path


def start(sources: list[Path], root: Path) -> subprocess.Popen[str]:
    """Build in a process of its own, which names each step on standard output."""
    code = (
        "import sys\nfrom pathlib import Path\nfrom kg.build import build\n"
        "build([Path(p) for p in sys.argv[2:]], Path(sys.argv[1]), progress=lambda step: print(step, flush=True))\n"
    )
    command = [sys.executable, "-c", code, str(root), *map(str, sources)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT, text=True)


@pytest.mark.parametrize("step", ["reading", "writing the quad tables", "loading the store", "deriving statements", "counting"])
def test_kill_in_the_middle_leaves_the_previous_graph(small: Path, packed: Path, tmp_path: Path, step: str) -> None:
    """`kill -9` as soon as a step of the large build begins; the next build clears away what was left."""
    root = tmp_path / "build"
    before = build([small], root)
    process = start([packed], root)
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(step):
            process.send_signal(signal.SIGKILL)
            break
    process.wait()
    process.stdout.close()
    assert process.returncode == -signal.SIGKILL
    now = current(root)
    assert now.id == before.id
    assert open_store(root).count() == before.record["quads"]
    assert build([small], root).id == before.id
    assert not list((root / "graphs").glob(".tmp-*"))


def test_two_builds_at_once(small: Path, packed: Path, tmp_path: Path) -> None:
    """One waits for the other; both graphs are whole and kept."""
    root = tmp_path / "build"
    processes = [start([packed], root), start([small], root)]
    for process in processes:
        process.communicate()
    assert [process.returncode for process in processes] == [0, 0]
    kept = [path for path in (root / "graphs").iterdir() if not path.name.startswith(".")]
    assert len(kept) == 2
    for path in kept:
        assert open_store(path / "store").count() == json.loads((path / "build.json").read_text(encoding="utf-8"))["quads"]


@pytest.fixture
def disk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A file system of so many bytes."""
    mount = tmp_path / "disk"
    mount.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={request.param}", "tmpfs", str(mount)], check=False, capture_output=True).returncode:
        pytest.skip("mounting is not allowed on this machine")
    yield mount
    subprocess.run(["umount", str(mount)], check=True)


def refusal(path: Path, root: Path) -> str:
    """Return why a build is refused; the error itself would hold the store open, and with it the file system."""
    try:
        build([path], root)
    except BuildError as error:
        return error.text("de")
    return ""


@needs_root
@pytest.mark.parametrize("disk", ["600k", "1m", "3m", "20m"], indirect=True)
def test_full_disk(disk: Path, packed: Path, tmp_path: Path) -> None:
    """Full while unpacking, while writing quads, while loading the store: one clear error, and nothing half-written stays."""
    (disk / "before").write_text("kept")
    said = refusal(packed, disk / "build")
    assert said.startswith(f"{disk / 'build'}")
    assert said.endswith(": Der Datenträger ist voll. Schaffen Sie Platz; was vorher dort war, ist unberührt.")
    gc.collect()
    assert (disk / "before").read_text() == "kept"
    assert not list((disk / "build" / "graphs").glob("*")), "nothing half-written stays"


@pytest.mark.parametrize(("allowed", "builds"), [(2, False), (3, True), (4, True)])
def test_as_many_rejects_as_allowed_and_no_more(tmp_path: Path, allowed: int, builds: bool) -> None:
    """Rows and cells count alike: one row, two cells. The record keeps what was left out."""
    rows = [partner(1), partner(1, organisationID="none"), partner(1, SME="maybe", country="Germany", order="2")]
    folder, root = write_delivery(tmp_path / "d", organization=rows), tmp_path / "build"
    if not builds:
        with pytest.raises(InputError, match="3 rows or cells cannot be mapped; 2 are allowed") as caught:
            build([folder], root, max_rejects=allowed)
        assert [(item.file, item.row, item.column) for item in caught.value.problems] == [
            ("d/organization.csv", 3, "organisationID"),
            ("d/organization.csv", 4, "SME"),
            ("d/organization.csv", 4, "country"),
        ]
        assert "3 Zeilen oder Zellen lassen sich nicht abbilden, erlaubt sind 2" in caught.value.text("de")
        assert not (root / "current").exists()
        return
    made = build([folder], root, max_rejects=allowed)
    rejected = made.record["sources"][0]["rejected"]
    assert rejected["count"] == 3
    assert rejected["first"][0] == {
        **{"file": "d/organization.csv", "row": 3, "column": "organisationID", "code": "wrong-pic", "value": "none"},
        "what": {"de": "'none' ist keine Organisationskennung (PIC).", "en": "'none' is no participant identification code (PIC)."},
    }
    assert made.record["classes"][INNO.Participation] == 2


def test_none_is_allowed_where_none_is(small: Path, tmp_path: Path) -> None:
    assert build([small], tmp_path / "build", max_rejects=0).record["sources"][0]["rejected"]["count"] == 0


def test_a_delivery_beside_curated_tables_lives_in_their_namespace(tmp_path: Path) -> None:
    """The first source gives namespace and titles; each source has a graph of its own, and questions see their union."""
    settings = '[graph]\nname = "city"\nbase = "https://city.example/"\n'
    tables = write_folder(
        tmp_path / "city", [source("s1")], [entity("p", "Project"), entity("a", "Institution")], [relation("p", "hasParticipant", "a")], settings
    )
    made = build([tables, write_delivery(tmp_path / "d")], tmp_path / "build")
    assert {"https://city.example/graph/city", "https://city.example/graph/cordis-horizon"} <= set(made.record["graphs"])
    assert made.base == "https://city.example/"
    with open_store(made.store) as store:  # type: ignore[attr-defined]
        answer = store.query(f"SELECT ?p WHERE {{ ?x <{INNO.inInitiative}> ?p }} ORDER BY ?p")
    assert isinstance(answer, Table)
    assert [row[0].value for row in answer.rows if row[0] is not None] == [
        f"https://city.example/id/project/{name}" for name in ("cordis-101000001", "p")
    ]


def test_two_deliveries_of_one_name_do_not_mix(tmp_path: Path) -> None:
    """Two zips called alike: each is unpacked into a folder of its own."""
    for place, number, programme in (("one", 1, "HORIZON"), ("two", 2, "H2020")):
        folder = write_delivery(tmp_path / place / "plain", project=[project(number, frameworkProgramme=programme)], organization=[partner(number)])
        with zipfile.ZipFile(tmp_path / place / "csv.zip", "w") as archive:
            for path in folder.iterdir():
                archive.write(path, path.name)
    made = build([tmp_path / "one" / "csv.zip", tmp_path / "two" / "csv.zip"], tmp_path / "build")
    assert made.record["classes"][INNO.Project] == 2
    assert {f"{BASE}graph/cordis-horizon", f"{BASE}graph/cordis-h2020"} <= set(made.record["graphs"])


def test_two_deliveries_for_one_graph_are_refused(tmp_path: Path) -> None:
    one, two = write_delivery(tmp_path / "one"), write_delivery(tmp_path / "two", project=[{**PROJECT, "title": "Other"}])
    with pytest.raises(InputError, match="Two sources have the graph name 'cordis-horizon'"):
        build([one, two], tmp_path / "build")


def test_same_input_gives_the_same_graph(small: Path, tmp_path: Path) -> None:
    one, two = build([small], tmp_path / "one"), build([small], tmp_path / "two")
    assert one.id == two.id
    assert one.record["graphs"] == two.record["graphs"]
    names = [path.name for path in one.parquet]
    assert [path.name for path in two.parquet] == names
    assert [path.read_bytes() for path in one.parquet] == [path.read_bytes() for path in two.parquet]
