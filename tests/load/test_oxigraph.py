"""Loading a real `oxigraph serve`: whole, twice, changed, with blank nodes; what differs is found."""

from __future__ import annotations

import urllib.request
from pathlib import Path

import pytest

from kg.errors import StoreError
from kg.load import Options, load, plan
from kg.load.record import path_of, read
from kg.quads import iri, literal
from tests.load.builds import NASTY, as_kept, graph, held, lines_of, numbered, quad, write_build
from tests.servers import oxigraph

ROOT = Path(__file__).resolve().parents[2]


def test_a_build_is_on_the_server_and_the_second_load_sends_nothing(tmp_path: Path) -> None:
    quads = [*numbered(2500), *NASTY, *numbered(30, "two")]
    root = write_build(tmp_path / "build", quads)
    (tmp_path / "store").mkdir()
    with oxigraph(tmp_path / "store", writable=True) as server:
        done = load(root, server.graphs, Options(chunk=1000))
        assert done.same
        assert done.query == server.query
        assert [(one.name, one.state, one.chunks) for one in done.graphs] == [("one", "sent", 3), ("two", "sent", 1)]
        assert held(server.graphs) == as_kept(lines_of(quads))
        assert done.graphs[0].check is not None
        assert done.graphs[0].check.sampled > 200
        again = load(root, server.graphs, Options(chunk=1000))
        assert again.same
        assert [one.state for one in again.graphs] == ["there", "there"]
        assert sum(one.sent for one in again.graphs) == 0
        forced = load(root, server.graphs, Options(restart=True, graphs=["two"]))
        assert [(one.name, one.state) for one in forced.graphs] == [("two", "sent")]
        assert held(server.graphs, "two") == lines_of(quads, "two")
    assert not [path for path in (root / "loads").iterdir() if path.suffix not in (".json", ".lock")]


def test_what_was_in_the_graph_is_replaced_and_other_graphs_stay(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    with oxigraph(tmp_path / "store", writable=True) as server:
        load(write_build(tmp_path / "a", [*numbered(40), *numbered(9, "two")]), server.graphs)
        other = [quad("x", "p", literal("only this"))]
        assert load(write_build(tmp_path / "b", other), server.graphs).same
        assert held(server.graphs) == lines_of(other)
        assert len(held(server.graphs, "two")) == 9


def test_a_changed_build_is_sent_graphs_that_are_gone_are_named_and_pruned(tmp_path: Path) -> None:
    root = write_build(tmp_path / "build", [*numbered(40), *numbered(9, "two"), *numbered(5, "three")])
    (tmp_path / "store").mkdir()
    with oxigraph(tmp_path / "store", writable=True) as server:
        load(root, server.graphs)
        load(write_build(tmp_path / "elsewhere", numbered(3, "not-ours")), server.graphs)
        write_build(root, [*numbered(41), *numbered(9, "two")], "b2")
        done = load(root, server.graphs)
        assert [(one.name, one.state) for one in done.graphs] == [("one", "sent"), ("two", "there")]
        assert done.gone == (graph("three"),)
        assert len(held(server.graphs, "three")) == 5
        done = load(root, server.graphs, Options(prune=True))
        assert (done.gone, done.pruned) == ((), (graph("three"),))
        assert read(root, server.graphs).graphs.keys() == {graph("one"), graph("two")}
        with pytest.raises(Exception, match="404"):
            held(server.graphs, "three")
        assert len(held(server.graphs, "not-ours")) == 3


def test_blank_nodes_arrive_once_and_joined(tmp_path: Path) -> None:
    blank = [one for n in range(30) for one in (quad("a", "p", iri(f"_:b{n}")._replace(kind="bnode")), quad(f"_:b{n}", "name", literal(f"n{n}")))]
    root = write_build(tmp_path / "build", [*blank, *numbered(50)])
    (tmp_path / "store").mkdir()
    with oxigraph(tmp_path / "store", writable=True) as server:
        for _ in range(2):
            done = load(root, server.graphs, Options(chunk=10, restart=True))
            assert done.same
            assert done.graphs[0].blank == 60
            assert done.graphs[0].chunks == 6
        lines = held(server.graphs)
        assert len(lines) == 110
        objects = {line.split()[2] for line in lines if line.startswith("<https://example.org/a>")}
        assert objects == {line.split()[0] for line in lines if line.startswith("_:")}
        assert len(objects) == 30


def test_somebody_else_wrote_into_a_graph(tmp_path: Path) -> None:
    quads = numbered(30)
    root = write_build(tmp_path / "build", quads)
    (tmp_path / "store").mkdir()
    with oxigraph(tmp_path / "store", writable=True) as server:
        load(root, server.graphs)
        line = b"<https://example.org/x> <https://example.org/p> <https://example.org/y> .\n"
        request = urllib.request.Request(f"{server.graphs}?graph={graph('one')}", line, {"Content-Type": "application/n-triples"}, method="POST")
        urllib.request.urlopen(request, timeout=20).close()
        looked = load(root, server.graphs, Options(send=False))
        assert not looked.same
        assert looked.graphs[0].state == "compared"
        found = looked.graphs[0].check
        assert found is not None
        assert found.by_predicate == {"https://example.org/p": (0, 1)}
        assert found.missing == 0
        assert load(root, server.graphs).same
        assert held(server.graphs) == lines_of(quads)


def test_missing_statements_are_named(tmp_path: Path) -> None:
    quads = numbered(200)
    root = write_build(tmp_path / "build", quads)
    (tmp_path / "store").mkdir()
    with oxigraph(tmp_path / "store", writable=True) as server:
        gone = {"value 3", "value 77"}
        load(write_build(tmp_path / "less", [one for one in quads if one.object not in gone]), server.graphs)
        for query in ("", server.query):
            found = load(root, server.graphs, Options(send=False, query=query)).graphs[0].check
            assert found is not None
            assert (found.expected, found.counted, found.missing, found.merged) == (200, 198, 2, 0)
            assert {value for value in gone for one in found.examples if f'"{value}"' in one.statement} == gone


def test_a_read_only_server_is_told(tmp_path: Path) -> None:
    root = write_build(tmp_path / "build", numbered(3))
    store = tmp_path / "store"
    store.mkdir()
    with oxigraph(store, writable=True):
        pass
    with oxigraph(store) as server, pytest.raises(StoreError, match=r"403.*read-only"):
        load(root, server.graphs, Options(tries=2))


def test_a_plan_asks_nobody(tmp_path: Path) -> None:
    root = write_build(tmp_path / "build", [*numbered(250), *numbered(3, "two")])
    made = plan(root, "http://127.0.0.1:1/store", Options(chunk=100))
    assert [(one.name, one.state, one.chunks, one.sent) for one in made.graphs] == [("one", "planned", 3, 250), ("two", "planned", 1, 3)]
    assert not path_of(root, "http://127.0.0.1:1/store").exists()
