"""Loading a real Virtuoso: digest, what it merges and rewrites, and its own bulk loader."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.errors import BuildError, StoreError
from kg.load import Options, load, report
from kg.load.bulk import write_bulk
from kg.namespaces import XSD
from kg.quads import iri, literal
from tests.load.builds import NASTY, graph, numbered, quad, write_build
from tests.servers import Server, virtuoso

WKT = "http://www.opengis.net/ont/geosparql#wktLiteral"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with virtuoso(tmp_path_factory.mktemp("virtuoso")) as running:
        yield running


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch, server: Server) -> None:
    for name, value in {"AUTH": "digest", "USER": server.user, "PASSWORD": server.password}.items():
        monkeypatch.setenv(f"KG_STORE_{name}", value)


def test_a_build_is_on_the_server_by_value(tmp_path: Path, server: Server) -> None:
    root = write_build(tmp_path, [*numbered(3000), *NASTY, *numbered(20, "two")])
    done = load(root, server.graphs, Options(chunk=1000))
    assert done.same, report.text(done, "en")
    assert done.query == server.query
    assert [(one.name, one.chunks) for one in done.graphs] == [("one", 4), ("two", 1)]
    assert [one.state for one in load(root, server.graphs).graphs] == ["there", "there"]


def test_large_chunks_with_digest(tmp_path: Path, server: Server) -> None:
    """Virtuoso answers 401 to a body of megabytes before it has read it; the challenge is answered beforehand."""
    quads = [one._replace(object=f"{one.object} {'x' * 900}") for one in numbered(9_000, "large")]
    done = load(write_build(tmp_path, quads), server.graphs)
    assert done.same, report.text(done, "en")
    assert done.graphs[0].bytes > 8_000_000
    assert done.graphs[0].chunks == 2


def test_a_graph_that_begins_with_a_long_text(tmp_path: Path, server: Server) -> None:
    """Virtuoso takes a body for no Turtle whose first statement is longer than 64 KiB."""
    quads = [quad("0", "abstract", literal("x" * 70_000), "long"), *numbered(50, "long")]
    root = write_build(tmp_path, quads)
    done = load(root, server.graphs)
    assert done.same, report.text(done, "en")


def test_merged_terms_are_no_success(tmp_path: Path, server: Server) -> None:
    numbers = [("1", XSD.integer), ("1.0", XSD.decimal), ("1.0E0", XSD.double), ("true", XSD.boolean)]
    merged = [quad("m", "value", literal(text, datatype), "merged") for text, datatype in numbers]
    root = write_build(tmp_path, [*numbered(50, "merged"), *merged])
    done = load(root, server.graphs)
    found = done.graphs[0].check
    assert not done.same
    assert found is not None
    assert (found.expected, found.counted, found.missing, found.merged) == (54, 51, 3, 3)
    assert found.by_predicate == {"https://example.org/value": (4, 1)}
    text = report.text(done, "en")
    assert "merges terms: 3 literals" in text
    assert text.count("<https://example.org/m> <https://example.org/value>") == 3
    assert "verschmilzt Terme: 3 Literale" in report.text(done, "de")
    # Sending it once more would change nothing, so it is not sent, and not called a success either.
    again = load(root, server.graphs)
    assert not again.same
    assert again.graphs[0].state == "there"


def test_coordinates_come_back_rounded_and_that_is_said(tmp_path: Path, server: Server) -> None:
    root = write_build(tmp_path, [quad("g", "asWKT", literal("POINT(4.699408 50.878059)", WKT), "points")])
    done = load(root, server.graphs)
    found = done.graphs[0].check
    assert done.same
    assert found is not None
    assert found.changed == 1
    assert "0 of 1 statements compared by value" in report.text(done, "en")
    assert "4.69940805" in found.changes[0][1]
    assert "1 came back with another datatype, or with coordinates rounded to single precision" in report.text(done, "en")


def test_blank_nodes_and_prune(tmp_path: Path, server: Server) -> None:
    blank = [quad("a", "p", iri("_:b0")._replace(kind="bnode"), "blank"), quad("_:b0", "name", literal("inner"), "blank")]
    root = write_build(tmp_path, [*blank, *numbered(30, "blank"), *numbered(5, "old")])
    done = load(root, server.graphs, Options(chunk=10))
    assert done.same
    assert done.graphs[0].blank == 2
    write_build(root, [*blank, *numbered(30, "blank")], "b2")
    done = load(root, server.graphs, Options(prune=True))
    assert done.pruned == (graph("old"),)


def test_wrong_password(tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_STORE_PASSWORD", "not-the-one")
    with pytest.raises(StoreError, match="does not accept the credentials") as caught:
        load(write_build(tmp_path, numbered(3)), server.graphs)
    assert "not-the-one" not in caught.value.text()
    monkeypatch.delenv("KG_STORE_AUTH")
    monkeypatch.delenv("KG_STORE_USER")
    monkeypatch.delenv("KG_STORE_PASSWORD")
    with pytest.raises(StoreError, match=r"Set KG_STORE_AUTH.*digest"):
        load(tmp_path, server.graphs)


def test_wrong_path(tmp_path: Path, server: Server) -> None:
    with pytest.raises(StoreError, match="no graph store at this address"):
        load(write_build(tmp_path, numbered(3)), server.graphs.replace("crud-auth", "crud-other"), Options(query=server.query))


def test_the_bulk_loader(tmp_path: Path, server: Server) -> None:
    quads = [*numbered(2000), *NASTY, *numbered(20, "odd_name")]
    root = write_build(tmp_path, quads)
    load(write_build(tmp_path / "before", numbered(7)), server.graphs)
    bulk = write_bulk(root, server.folder / "bulk")
    assert [(statements, iri_) for _, iri_, statements, _ in bulk.files] == [(20, graph("odd_name")), (2012, graph("one"))]
    assert all(file.endswith(".nt.gz") and "_" not in file for file, *_ in bulk.files)
    command = ["isql-vt", f"127.0.0.1:{server.sql_port}", server.user, server.password]
    for _ in range(2):
        ran = subprocess.run(command, input=f"LOAD {bulk.script};\n", check=True, capture_output=True, text=True, timeout=100)
        assert "Error" not in ran.stdout + ran.stderr
        assert "0 Rows" in ran.stdout
    done = load(root, server.graphs, Options(send=False))
    assert done.same, report.text(done, "en")
    assert {path.name for path in bulk.folder.iterdir()} == {"load.sql", *(file for file, *_ in bulk.files)}


def test_a_folder_that_no_script_can_name(tmp_path: Path) -> None:
    root = write_build(tmp_path, numbered(3))
    with pytest.raises(BuildError, match="cannot stand in a script"):
        write_bulk(root, tmp_path / "it's; here")
    assert not (tmp_path / "it's; here").exists()
