"""The table of all institutions: columns, files, method, and that files can be read back."""

from __future__ import annotations

import csv
import io
import json
import time
from pathlib import Path

import pytest

from kg.analyse import Analysis, analyse
from kg.analyse.analysis import EDGE_COLUMNS, NODE_COLUMNS, measured
from kg.analyse.data import Selection, load
from kg.analyse.positions import positions
from kg.analyse.render_text import render_analysis
from kg.build import Build
from kg.engine.duckdb import DuckDB
from kg.errors import AnalysisError, BuildError

SFS = "https://w3id.org/innokg/id/organisation/sozialforschungsstelle"


def test_size_of_the_network(analysis: Analysis) -> None:
    assert (analysis.whole.institutions, analysis.whole.edges, analysis.whole.projects) == (208, 1946, 36)
    assert analysis.whole.clustering_projected > 10 * analysis.whole.clustering_two_mode  # the projection inflates it; both are shown


def test_nodes_and_edges(analysis: Analysis) -> None:
    nodes = {row["iri"]: row for row in analysis.nodes()}
    assert (nodes[SFS]["projects"], nodes[SFS]["degree"]) == (27, 199)
    assert all(tuple(row) == NODE_COLUMNS for row in nodes.values())
    edges = analysis.edges()
    assert all(tuple(row) == EDGE_COLUMNS for row in edges)
    assert all(row["count"] == len(row["shared"]) > 0 for row in edges)
    assert all(analysis.network.nodes[iri]["label_de"] for iri in nodes)


def test_table_is_that_of_the_positions(graph: Build, engine: DuckDB, analysis: Analysis) -> None:
    found = {row["iri"]: row for row in positions(load(graph, engine=engine)).rows()}
    for row in analysis.nodes():
        other = found[row["iri"]]
        for name in ("degree", "strength", "betweenness", "harmonic", "pagerank", "constraint", "effective_size", "core", "component"):
            assert row[name] == pytest.approx(other[name], abs=1e-6), name
        assert row["betweenness_error"] is row["harmonic_error"] is None  # exact in a network of this size
    alone = next(row for row in analysis.nodes() if not row["degree"])
    assert alone["constraint"] is alone["effective_size"] is None


def test_assortativity_stands_with_the_network(analysis: Analysis) -> None:
    about = json.loads(analysis.files()["method.json"])
    kind, country, degree = about["network"]["assortativity"]
    assert (kind["by"], country["by"], degree["by"]) == ("kind", "country", "degree")
    assert kind["value"] == pytest.approx(0.0867, abs=1e-4)
    assert about["harmonic"] == {"exact": True, "sources": 208}


def test_other_selections_are_measured_too(graph: Build, engine: DuckDB) -> None:
    """A star of coordinators has pairs that its projects alone do not give, so that it is measured by columns."""
    found = measured(load(graph, Selection(roles="coordinator-star"), engine=engine))
    assert 0 < found.whole.edges < 1946
    assert all(tuple(row) == NODE_COLUMNS for row in found.nodes())


def test_csv_is_read_back(analysis: Analysis, tmp_path: Path) -> None:
    written = analysis.write_csv(tmp_path / "out")
    assert [path.name for path in written] == ["nodes.csv", "edges.csv", "method.json"]
    with written[0].open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 208
    with written[1].open(encoding="utf-8", newline="") as file:
        assert sum(int(row["count"]) > 1 for row in csv.DictReader(file)) == analysis.whole.repeated
    assert json.loads(written[2].read_text(encoding="utf-8"))["method"]["level"] == "merged"
    assert all(b"\r\n" in path.read_bytes() for path in written[:2])


def test_unwritable_folder_is_refused(analysis: Analysis, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(BuildError, match=r"file stands where|cannot be written"):
        analysis.write_csv(tmp_path / "file")


def test_equal_input_gives_equal_bytes(graph: Build, analysis: Analysis) -> None:
    assert analyse(graph).files() == analysis.files()


@pytest.mark.parametrize("lang", ["de", "en"])
def test_method_stands_under_every_text(analysis: Analysis, lang: str) -> None:
    text = " ".join(render_analysis(analysis, lang).split())
    for part in ("merged", "Newman", "ego-sampled", analysis.method.mapping, analysis.method.build, "2026-11-22"):
        assert part in text


def test_what_is_cut_is_said(analysis: Analysis) -> None:
    assert "35 of 208 institutions" in render_analysis(analysis, "en")


def test_seed_and_options_reach_the_method(graph: Build, engine: DuckDB) -> None:
    found = analyse(graph, level="top", weight="count", roles="without-associated", seed=9, engine=engine).to_json()
    assert {key: found["method"][key] for key in ("level", "weight", "roles", "seed")} == {
        "level": "top",
        "weight": "count",
        "roles": "without-associated",
        "seed": 9,
    }


def test_no_participation_is_an_error(graph: Build, tmp_path: Path) -> None:
    (tmp_path / "quads").mkdir()
    (tmp_path / "quads" / "vocabulary.parquet").write_bytes((graph.path / "quads" / "vocabulary.parquet").read_bytes())
    with pytest.raises(AnalysisError, match="no participation"):
        analyse(Build(tmp_path, graph.record))


def test_nodes_csv_keeps_umlauts(analysis: Analysis) -> None:
    rows = list(csv.DictReader(io.StringIO(analysis.files()["nodes.csv"])))
    assert any("ö" in row["label_de"] for row in rows)


def test_fast_enough(graph: Build, engine: DuckDB) -> None:
    started = time.process_time()
    analyse(graph, engine=engine)
    assert time.process_time() - started < 1.5
