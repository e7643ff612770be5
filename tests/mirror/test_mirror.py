"""A copy of a server's graph: equal to the build, kept while the server stays the same, whole or not there."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import stat
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.build import Build, read
from kg.errors import BuildError, ParameterError, StoreError
from kg.mirror import home_of, limit, local, mirror
from kg.mirror.fetching import table_of
from kg.mirror.native import GEOMETRY, WKT, restored
from kg.quads import Term, read_parquet
from kg.store.paging import pages
from tests.mirror.proxy import Change, lying, proxy
from tests.servers import Server, oxigraph

RUN = "import sys; from pathlib import Path; from kg.mirror import mirror; print(mirror(sys.argv[1], Path(sys.argv[2])).path)"


@pytest.fixture(scope="module")
def served(graph: Build, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The graph of Dortmund on a server that nobody writes to."""
    folder = tmp_path_factory.mktemp("served") / "store"
    shutil.copytree(graph.store, folder)
    with oxigraph(folder) as server:
        yield server


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Server]:
    """A server with two small graphs that tests write to."""
    with oxigraph(tmp_path / "small", writable=True) as server:
        for name in ("one", "two"):
            change(server, name, f"<http://a.example/{name}> <http://a.example/p> 'x' .")
        yield server


def change(server: Server, name: str, turtle: str) -> None:
    answer = httpx.put(
        server.graphs, params={"graph": f"http://a.example/graph/{name}"}, content=turtle.encode(), headers={"Content-Type": "text/turtle"}
    )
    assert answer.is_success


def rows(build: Build) -> list[tuple[str, ...]]:
    return [tuple(quad[:7]) for quad in read_parquet(build.parquet)]


def test_a_copy_is_equal_to_the_build(graph: Build, served: Server, tmp_path: Path) -> None:
    copy = mirror(served.query, tmp_path)
    for one, other in zip(copy.parquet, graph.parquet, strict=True):
        assert one.name == other.name
        found = [tuple(quad[:7]) for quad in read_parquet([one])]
        assert found == sorted(found)
        assert found == sorted({tuple(quad[:7]) for quad in read_parquet([other])})
    assert {quad.origin for quad in read_parquet(copy.parquet)} == set(graph.record["graphs"])
    same = ("id", "base", "name", "title", "state", "quads", "graphs", "classes", "searchable", "software")
    assert {key: copy.record[key] for key in same} == {key: graph.record[key] for key in same}
    source, original = copy.record["sources"][0], graph.record["sources"][0]
    assert {key: source[key] for key in ("name", "graph", "title", "license", "frame")} == {
        key: original[key] for key in ("name", "graph", "title", "license", "frame")
    }
    assert {item["file"]: item["sha256"] for item in copy.record["inputs"]} == {item["file"]: item["sha256"] for item in graph.record["inputs"]}
    assert len(ox.Store.read_only(str(copy.store))) == graph.record["quads"]
    assert copy.path.parent.parent == home_of(served.query, tmp_path)


def test_it_is_kept_while_the_server_stays_the_same(small: Server, tmp_path: Path) -> None:
    said: list[str] = []
    first = mirror(small.query, tmp_path / "root", progress=lambda text: said.append(text.en))
    assert [text for text in said if text.startswith("fetching")]
    said.clear()
    assert mirror(small.query, tmp_path / "root", progress=lambda text: said.append(text.en)).path == first.path
    assert said == ["asking the server what it holds"]
    # As many statements, another value.
    change(small, "two", "<http://a.example/two> <http://a.example/p> 'y' .")
    second = mirror(small.query, tmp_path / "root")
    assert second.path != first.path
    assert "y" in {row[2] for row in rows(second)}
    assert (home_of(small.query, tmp_path / "root") / "current").resolve() == second.path
    # The two newest are kept, and one that is back is not fetched again.
    change(small, "two", "<http://a.example/two> <http://a.example/p> 'x' .")
    assert mirror(small.query, tmp_path / "root").path == first.path
    change(small, "two", "<http://a.example/two> <http://a.example/p> 'z' .")
    third = mirror(small.query, tmp_path / "root")
    assert sorted(path.name for path in third.path.parent.iterdir()) == sorted([first.path.name, third.path.name])


def test_a_graph_of_any_name_is_a_source_with_its_own_name(small: Server, tmp_path: Path) -> None:
    change(small, "x/../../y z".replace(" ", "%20"), "<http://a.example/two> <http://a.example/p> _:b . _:b <http://a.example/p> 1 .")
    copy = mirror(small.query, tmp_path / "root")
    assert [path.parent for path in copy.parquet] == [copy.path / "quads"] * 3
    assert {source["graph"] for source in copy.record["sources"]} == set(copy.record["graphs"])
    assert copy.record["base"] == "http://a.example/"
    assert copy.record["id"] == copy.record["mirror"]["mark"]
    assert {source["frame"]["kind"] for source in copy.record["sources"]} == {"partial"}
    labels = {row[2] for row in rows(copy) if row[3] == "bnode"}
    assert len(labels) == 1
    assert labels <= {row[0] for row in rows(copy)}


def test_tables_of_graphs() -> None:
    base = "https://w3id.org/innokg/"
    assert [table_of(f"{base}graph/{name}", base) for name in ("dortmund", "dortmund-evidence", "codes", "ontology", "build")] == [
        "dortmund",
        "dortmund",
        "vocabulary",
        "vocabulary",
        "build",
    ]
    others = [table_of(name, base) for name in ("http://a.example/a", "http://b.example/a", f"{base}graph/..", f"{base}graph/a/b", "urn:x:ü")]
    assert len(set(others)) == len(others)
    assert not [name for name in others if "/" in name or "." in name or not name.isascii()]


def test_only_the_owner_reads_it(small: Server, tmp_path: Path) -> None:
    copy = mirror(small.query, tmp_path / "root")
    home = home_of(small.query, tmp_path / "root")
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in (home, home.parent)] == [0o700, 0o700]
    assert "127.0.0.1" not in home.name
    assert json.loads((copy.path / "build.json").read_text())["mirror"]["address"] == small.query


def test_too_many_statements_are_refused_before_anything_is_fetched(small: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(StoreError, match="holds 2 statements; a copy may have 1") as caught:
        mirror(small.query, tmp_path / "root", maximum=1)
    assert "--max-statements" in caught.value.text("de")
    monkeypatch.setenv("KG_MIRROR_MAX", "1")
    with pytest.raises(StoreError, match="a copy may have 1"):
        mirror(small.query, tmp_path / "root")
    assert not (tmp_path / "root").exists()
    assert mirror(small.query, tmp_path / "root", maximum=2).record["quads"] == 2


@pytest.mark.parametrize("text", ["0", "-1", "many", "1e6", "99999999999", "٣"])
def test_a_bound_that_is_no_number(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_MIRROR_MAX", text)
    with pytest.raises(ParameterError, match="KG_MIRROR_MAX"):
        limit()


def test_an_empty_server(tmp_path: Path) -> None:
    with oxigraph(tmp_path / "empty", writable=True) as server, pytest.raises(StoreError, match="no named graph"):
        mirror(server.query, tmp_path / "root")
    assert not (tmp_path / "root").exists()


def test_a_server_that_lies_leaves_nothing(small: Server, tmp_path: Path) -> None:
    with lying(small.query) as address, pytest.raises(StoreError, match=r"gives 0 of 1 statements of http://a\.example/graph/one"):
        mirror(address, tmp_path / "root")
    assert not list((tmp_path / "root").glob("mirrors/*/graphs/*"))
    assert not list((tmp_path / "root").glob("mirrors/*/graphs/.*"))


def test_a_server_that_gives_statements_twice_is_found_out(small: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many rows as it counts, but those of another page."""
    monkeypatch.setattr("kg.mirror.fetching.pages", partial(pages, page=600))
    change(small, "two", "".join(f"<http://a.example/{number}> <http://a.example/p> 1 ; <http://a.example/q> 1 .\n" for number in range(600)))
    with (
        proxy(small.query, lambda asked, body: body.replace(b"/q>", b"/p>") if "CONSTRUCT" in asked else body) as address,
        pytest.raises(StoreError, match="counts 1,201 statements, but gives 601 different ones"),
    ):
        mirror(address, tmp_path / "root")
    assert not list((tmp_path / "root").glob("mirrors/*/graphs/*"))
    assert mirror(small.query, tmp_path / "root").record["quads"] == 1_201


def test_what_changes_once_is_fetched_again_and_what_always_changes_is_refused(small: Server, tmp_path: Path) -> None:
    number = 0

    def changing(times: int) -> Change:
        def after(asked: str, body: bytes) -> bytes:
            nonlocal number
            if "CONSTRUCT" in asked and number < times:
                number += 1
                change(small, "two", f"<http://a.example/two> <http://a.example/p> {', '.join(map(str, range(number + 2)))} .")
            return body

        return after

    with proxy(small.query, changing(1)) as address:
        assert mirror(address, tmp_path / "root").record["quads"] == 4
    number = 0
    with proxy(small.query, changing(100)) as address, pytest.raises(StoreError, match="changed while it was read"):
        mirror(address, tmp_path / "other")
    assert not list((tmp_path / "other").glob("mirrors/*/graphs/*"))


def test_two_at_once(small: Server, tmp_path: Path) -> None:
    asked: list[str] = []

    def heard(text: str, body: bytes) -> bytes:
        asked.append(text)
        return body

    with proxy(small.query, heard) as address:
        command = [sys.executable, "-c", RUN, address, str(tmp_path / "root")]
        running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
        found = {process.communicate(timeout=120)[0] for process in running}
    assert [process.returncode for process in running] == [0, 0]
    assert len(found) == 1
    # Only one of them fetched.
    assert len([text for text in asked if "CONSTRUCT" in text]) == 2


def test_a_fetch_that_is_killed_leaves_no_half_copy(small: Server, tmp_path: Path) -> None:
    reached, go_on = threading.Event(), threading.Event()

    def hold(asked: str, body: bytes) -> bytes:
        if "CONSTRUCT" in asked and "graph/two" in asked and not reached.is_set():
            reached.set()
            go_on.wait(30)
        return body

    with proxy(small.query, hold) as address:
        home = home_of(address, tmp_path / "root")
        process = subprocess.Popen([sys.executable, "-c", RUN, address, str(tmp_path / "root")])
        assert reached.wait(60)
        process.send_signal(signal.SIGKILL)
        process.wait()
        go_on.set()
        left = list((home / "graphs").iterdir())
        assert [path.name[:5] for path in left] == [".tmp-"]
        assert not (home / "current").exists()
        copy = mirror(address, tmp_path / "root")
    assert [path.name for path in (home / "graphs").iterdir()] == [copy.path.name]
    assert copy.record["quads"] == len(rows(copy))


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Path]:
    mount = tmp_path / "full"
    mount.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(mount)], check=False, capture_output=True).returncode:
        pytest.skip("needs the right to mount a small file system")
    yield mount
    subprocess.run(["umount", str(mount)], check=False)


def test_a_full_disk_is_one_clear_error(served: Server, full: Path) -> None:
    with pytest.raises(BuildError, match="disk is full"):
        mirror(served.query, full / "root")
    assert not list(full.glob("root/mirrors/*/graphs/*"))


def test_a_folder_that_cannot_be_written(small: Server, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BuildError, match="A file stands where a folder should be"):
        mirror(small.query, tmp_path / "file")


def test_large_tables_are_sorted_on_disk(served: Server, graph: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.mirror.fetching.AT_ONCE", 5_000)
    copy = mirror(served.query, tmp_path)
    found = rows(copy)
    assert sorted(found) == sorted({tuple(quad[:7]) for quad in read_parquet(graph.parquet)})
    for path in copy.parquet:
        part = [tuple(quad[:7]) for quad in read_parquet([path])]
        assert part == sorted(part)
    assert not (copy.path / ".work").exists()


def test_a_local_folder_is_the_build_in_it(graph: Build, tmp_path: Path) -> None:
    for folder in (graph.path, graph.store, graph.path.parents[1]):
        assert local(folder).path == graph.path
    with pytest.raises(BuildError, match="no graph yet"):
        local(tmp_path)
    shutil.copytree(graph.store, tmp_path / "store")
    with pytest.raises(BuildError, match="a store alone"):
        local(tmp_path / "store")


@given(st.decimals(-180, 180, places=4).map(str), st.decimals(-90, 90, places=5).map(str))
def test_what_virtuoso_makes_of_a_point_is_undone(x: str, y: str) -> None:
    """Numbers of up to seven digits, kept with 32 bits and written with 14."""
    wanted = [plain(text) for text in (x, y)]
    given = " ".join(f"{struct.unpack('f', struct.pack('f', float(text)))[0]:.14g}" for text in wanted)
    assert restored(Term(f"POINT({given})", "literal", GEOMETRY)) == Term(f"POINT({' '.join(wanted)})", "literal", WKT)


def plain(text: str) -> str:
    """Return a decimal as people write it, of seven digits at most."""
    number = Decimal(f"{Decimal(text):.7g}").normalize()
    return "0" if not number else format(number, "f")


def test_other_terms_are_left_alone() -> None:
    for term in (Term("POINT(7.460000038147 1)", "literal", WKT), Term("http://a.example/7.460000038147"), Term("7.460000038147", "literal")):
        assert restored(term) == term


def test_a_copy_that_was_damaged_is_fetched_again(small: Server, tmp_path: Path) -> None:
    copy = mirror(small.query, tmp_path / "root")
    (copy.path / "build.json").write_text("{", encoding="utf-8")
    again = mirror(small.query, tmp_path / "root")
    assert read(again.path).record["quads"] == 2
    with contextlib.suppress(OSError):
        os.utime(again.path)
    assert time.time() - again.path.stat().st_mtime < 60
