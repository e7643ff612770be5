"""A load that died goes on: `kill -9` of a real server and of the client, and a server that lost what it had confirmed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from kg.errors import StoreError
from kg.load import Options, load
from kg.load.record import path_of, read
from tests.load.builds import NASTY, as_kept, graph, held, lines_of, numbered, write_build
from tests.servers import Server, free_port, oxigraph

ROOT = Path(__file__).resolve().parents[2]


def crash_after(server: Server, record: Path, chunks: int) -> threading.Thread:
    """Kill a server as soon as the record says that it has confirmed some chunks."""

    def watch() -> None:
        for _ in range(2000):
            if record.exists() and sum(one["done_chunks"] for one in json.loads(record.read_text())["graphs"].values()) >= chunks:
                server.process.kill()
                return
            time.sleep(0.005)

    thread = threading.Thread(target=watch)
    thread.start()
    return thread


def test_a_server_that_dies_in_the_middle_is_completed(tmp_path: Path) -> None:
    quads = [*numbered(4000), *NASTY]
    root, store, port = write_build(tmp_path / "build", quads), tmp_path / "store", free_port()
    store.mkdir()
    options = Options(chunk=50, tries=2)
    with oxigraph(store, writable=True, port=port) as server:
        thread = crash_after(server, path_of(root, server.graphs), 3)
        with pytest.raises(StoreError, match="Run the same command again"):
            load(root, server.graphs, options)
        thread.join()
    before = read(root, server.graphs).graphs[graph("one")]
    assert 3 <= before.done_chunks < 81
    assert not before.whole
    with oxigraph(store, writable=True, port=port) as server:
        done = load(root, server.graphs, options)
        assert done.same
        assert (done.graphs[0].state, done.graphs[0].again) == ("continued", False)
        assert done.graphs[0].sent == 4012 - before.done_statements
        assert held(server.graphs) == as_kept(lines_of(quads))


def test_a_server_that_comes_back_in_time_is_waited_for(tmp_path: Path) -> None:
    quads = numbered(2000)
    root, store, port = write_build(tmp_path / "build", quads), tmp_path / "store", free_port()
    store.mkdir()
    with oxigraph(store, writable=True, port=port) as server:
        thread = crash_after(server, path_of(root, server.graphs), 2)
        found: list[bool] = []
        loading = threading.Thread(target=lambda: found.append(load(root, server.graphs, Options(chunk=50)).same))
        loading.start()
        thread.join()
    with oxigraph(store, writable=True, port=port) as server:
        loading.join(timeout=60)
        assert found == [True]
        assert held(server.graphs) == lines_of(quads)


def test_a_client_that_dies_in_the_middle_is_completed(tmp_path: Path) -> None:
    quads = numbered(4000)
    root = write_build(tmp_path / "build", quads)
    (tmp_path / "store").mkdir()
    with oxigraph(tmp_path / "store", writable=True) as server:
        call = [sys.executable, "-m", "kg", "load", "--to", server.graphs, "--chunk", "20", "--build", str(root)]
        client = subprocess.Popen(call, cwd=ROOT, stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(ROOT)})
        record = path_of(root, server.graphs)
        while client.poll() is None and not (record.exists() and read(root, server.graphs).graphs[graph("one")].done_chunks > 2):
            time.sleep(0.01)
        client.send_signal(signal.SIGKILL)
        assert client.wait() == -signal.SIGKILL
        done = load(root, server.graphs)
        assert done.same
        assert done.graphs[0].state == "continued"
        assert held(server.graphs) == lines_of(quads)
        # What the killed one left behind is tidied away.
        assert {path.suffix for path in (root / "loads").iterdir()} == {".json", ".lock"}


def test_a_server_that_lost_statements_gets_the_graph_again(tmp_path: Path) -> None:
    quads = [*numbered(300), *numbered(20, "two")]
    root = write_build(tmp_path / "build", quads)
    with_nothing = (tmp_path / "first", tmp_path / "second")
    port = free_port()
    for store in with_nothing:
        store.mkdir()
        with oxigraph(store, writable=True, port=port) as server:
            done = load(root, server.graphs, Options(chunk=100))
            assert done.same
            assert held(server.graphs) == lines_of(quads)
    assert all(one.again for one in done.graphs)
    entry = read(root, server.graphs).graphs[graph("one")]
    assert entry.counted == 300
    assert entry.done_chunks == 3


@pytest.mark.parametrize("confirmed", [100, 200])
def test_a_part_that_the_server_no_longer_has(tmp_path: Path, confirmed: int) -> None:
    """150 statements are there, others than those confirmed: of 100 this shows when all are compared, of 200 at once."""
    quads = numbered(300)
    root = write_build(tmp_path / "build", quads)
    (tmp_path / "store").mkdir()
    with oxigraph(tmp_path / "store", writable=True) as server:
        load(root, server.graphs, Options(chunk=100))
        load(write_build(tmp_path / "part", [one for one in quads if one.object in {f"value {n}" for n in range(150)}]), server.graphs)
        record = read(root, server.graphs)
        entry = record.graphs[graph("one")]
        lines = "".join(f"{line}\n" for line in lines_of(quads)[:confirmed])
        entry.done_bytes, entry.done_statements, entry.done_chunks, entry.counted = len(lines), confirmed, confirmed // 100, None
        record.save()
        done = load(root, server.graphs, Options(chunk=100))
        assert done.same
        assert done.graphs[0].again
        assert done.graphs[0].state == "sent"
        assert done.graphs[0].sent == (500 if confirmed == 100 else 300)
        assert held(server.graphs) == lines_of(quads)
