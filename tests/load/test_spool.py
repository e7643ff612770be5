"""A graph as a file: the lines of the canonical form, those with blank nodes first, and the same sample every time."""

from __future__ import annotations

import gzip
import hashlib
import random
from pathlib import Path

import pytest

from kg.engine.duckdb import DuckDB
from kg.load.bulk import _packed
from kg.load.spool import SAMPLE, Sampler, Spool, write
from kg.quads import Quad, iri, literal
from tests.load.builds import NASTY, graph, lines_of, numbered, quad, write_build


def spool(root: Path, quads: list[Quad], name: str = "one") -> Spool:
    write_build(root, quads)
    with DuckDB(threads=1) as engine:
        return write(engine, engine.quads(sorted((root / "current" / "quads").glob("*.parquet"))), graph(name), root / "graph.nt")


def test_distinct_sorted_lines_of_one_graph(tmp_path: Path) -> None:
    quads = [
        *numbered(3000),
        *NASTY,
        *numbered(50, "two"),
        quad("s/a", "p", iri("https://example.org/x")),
        quad("s", "p", iri("https://example.org/x")),
    ]
    made = spool(tmp_path, quads)
    expected = "".join(f"{line}\n" for line in lines_of(quads)).encode()
    assert made.path.read_bytes() == expected
    assert (made.statements, made.size, made.sha256) == (expected.count(b"\n"), len(expected), hashlib.sha256(expected).hexdigest())
    assert (made.together, made.blank) == (0, 0)


def test_statements_with_blank_nodes_stand_first(tmp_path: Path) -> None:
    blank = [
        quad("_:b1", "p", literal("x")),
        quad("a", "p", iri("_:b1")._replace(kind="bnode")),
        quad("_:b1", "q", iri("_:b2")._replace(kind="bnode")),
    ]
    made = spool(tmp_path, [*numbered(10), *blank])
    head, rest = made.path.read_bytes()[: made.together], made.path.read_bytes()[made.together :]
    assert made.blank == 3 == head.count(b"\n")
    assert all(b"_:b" in line for line in head.splitlines())
    assert b"_:b" not in rest
    assert not any(b"_:" in line for line in made.sample)


def test_the_sample_is_the_same_in_any_order_and_holds_the_nasty_ones(tmp_path: Path) -> None:
    made = spool(tmp_path, [*numbered(3000), *NASTY])
    assert SAMPLE <= len(made.sample) <= SAMPLE + 7
    text = b"\n".join(made.sample)
    for part in (b'\\"hello\\"\\n', "🦊".encode(), b"\\u0001", b"lang lang lang"):
        assert part in text
    lines = made.path.read_bytes().split(b"\n")[:-1]
    random.Random(1).shuffle(lines)
    again = Sampler()
    again.take(lines)
    kept = {line for line in again.chosen() if line not in made.sample}
    assert all(b"\\" in line or not line.isascii() for line in kept)  # which of several nasty ones may differ, the others not


@pytest.mark.parametrize("name", ["a.nt.gz"])
def test_packed_files_have_no_time_in_them(tmp_path: Path, name: str) -> None:
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        with _packed(tmp_path / folder / name) as file:
            file.write(b"line\n")
    assert (tmp_path / "x" / name).read_bytes() == (tmp_path / "y" / name).read_bytes()
    assert gzip.decompress((tmp_path / "x" / name).read_bytes()) == b"line\n"
