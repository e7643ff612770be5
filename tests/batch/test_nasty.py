"""The data set that is out to break things: lines, numbers and the report on DuckDB."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pyoxigraph as ox
import pytest

from kg.batch.options import Options
from kg.batch.report import csv_text, text
from kg.batch.start import Machine, batch
from kg.quads import canonical_lines, read_parquet
from tests.batch import nasty
from tests.batch.small import expected


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, dict[str, Any]]:
    root = nasty.build_root(tmp_path_factory.mktemp("nasty") / "build")
    work = tmp_path_factory.mktemp("nasty-work") / "work"
    return root, work, batch((), str(work), build=root, machine=Machine(memory="600MB", threads=2), options=Options(rounds=20))


def columns(work: Path, stage: str) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = pq.read_table(next((work / stage / "data").glob("*.parquet"))).to_pydict()
    return found


def test_lines_are_canonical_and_read_back_equal(done: tuple[Path, Path, dict[str, Any]]) -> None:
    root, work, _ = done
    raw = b"".join(gzip.decompress(part.read_bytes()) for part in sorted((work / "nquads" / "data").glob("*.gz")))
    rows = list(read_parquet(sorted((root / "current" / "quads").glob("*.parquet"))))
    assert sorted(raw.decode("utf-8").split("\n")[:-1]) == canonical_lines(rows)
    values = {quad.object.value for quad in ox.parse(raw, format=ox.RdfFormat.N_QUADS) if isinstance(quad.object, ox.Literal)}
    assert set(nasty.TEXTS) <= values


def test_statements_are_distinct_and_counted_exactly(done: tuple[Path, Path, dict[str, Any]]) -> None:
    root, work, report = done
    rows = {row[:-1] for row in read_parquet(sorted((root / "current" / "quads").glob("*.parquet")))}
    assert set(zip(*columns(work, "statements").values(), strict=True)) == rows
    assert report["counts"] == {"quads": len(rows), "triples": len({row[:-1] for row in rows}), "subjects": len({row[0] for row in rows})}
    properties = {
        iri: (triples, subjects) for group, _, iri, triples, subjects in zip(*columns(work, "counts").values(), strict=True) if group == "property"
    }
    for name in {row[1] for row in rows}:
        triples = {row[:-1] for row in rows if row[1] == name}
        assert properties[name] == (len(triples), len({row[0] for row in triples}))


def test_every_shape_of_team(done: tuple[Path, Path, dict[str, Any]]) -> None:
    _, work, report = done
    graph = expected({project: [f"{nasty.BASE}id/organisation/{one}" for one in team] for project, team in nasty.teams().items()})
    name = dict(zip(*columns(work, "nodes").values(), strict=True))
    assert list(name.values()) == sorted(graph)
    degree = columns(work, "degree")
    assert {name[node]: number for node, number in zip(degree["node"], degree["degree"], strict=True)} == dict(graph.degree())
    edges = columns(work, "edges")
    assert len(edges["source"]) == graph.number_of_edges() > nasty.HUGE * (nasty.HUGE - 1) / 2
    assert report["components"]["components"] == 3
    assert sum(columns(work, "pagerank")["pagerank"]) == pytest.approx(1, abs=1e-12)


def test_the_report_shows_an_order_on_a_census_and_is_safe_to_open(done: tuple[Path, Path, dict[str, Any]]) -> None:
    *_, report = done
    assert len(report["pagerank"]["top"]) == 10
    values = [one["pagerank"] for one in report["pagerank"]["top"]]
    assert values == sorted(values, reverse=True)
    for lang in ("de", "en"):
        written = text(report, lang)
        assert all(character.isprintable() or character == "\n" for character in written)
        assert len(written.splitlines()) == written.count("\n")
    cells = list(csv.reader(io.StringIO(csv_text(report))))
    assert cells[0][:3] == ["stage", "rows", "seconds"]
    assert not [cell for row in cells for cell in row if cell[:1] in "=+-@\t" and cell]


def test_label_lines_have_no_end_of_their_own(done: tuple[Path, Path, dict[str, Any]]) -> None:
    *_, report = done
    assert not any(end in line for line in text(report, "en").split("\n") for end in "\u2028\u2029\u0085\r")
