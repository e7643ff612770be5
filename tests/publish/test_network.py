"""Network files: the bytes of NetworkX's own writers, and what NetworkX and igraph read back is what was written."""

from __future__ import annotations

import csv
from pathlib import Path
from xml.etree.ElementTree import ElementTree, SubElement

import networkx as nx
import pytest

from kg.analyse import incidence
from kg.analyse.edges import Collaboration, collaboration
from kg.analyse.incidence import Incidence
from kg.analyse.labels import Named
from kg.analyse.projection import Row, counted, members, network, organisations, participations
from kg.build import Build
from kg.engine.duckdb import DuckDB
from kg.publish import exports
from kg.publish.network import portable, write_gexf, write_graphml, write_network
from kg.publish.tables import COLUMNS, Facts, edges, write_table

ATTRIBUTES = {"name": 'A & "B" <c>', "method_en": "one\ntwo & three", "state": "", "build": "ab12"}
NASTY = [
    Row("x", "https://example.org/p/1?a=1&b=2", "https://example.org/o/ä&<b>", "partner", "", "", "a", "p"),
    Row("x", "https://example.org/p/1?a=1&b=2", "https://example.org/o/c", "partner", "", "", "c", "p"),
    Row("x", "https://example.org/p/2", "https://example.org/o/c", "partner", "", "", "c", "q"),
    Row("x", "https://example.org/p/2", "https://example.org/o/d", "partner", "", "", "d", "q"),
    Row("x", "https://example.org/p/3", "https://example.org/o/d", "partner", "", "", "d", "r"),
    Row("x", "https://example.org/p/2", "https://example.org/o/ä&<b>", "partner", "", "", "a", "q"),
    Row("x", "https://example.org/p/4", "https://example.org/o/alone", "partner", "", "", "e", "s"),
]
LABELS = {
    "https://example.org/o/ä&<b>": Named("", {"en": 'Quote " and <tag> & more', "de": "zwei\nZeilen\tund Tab; Semikolon"}, "company"),
    "https://example.org/o/c": Named("", {"en": "C, Inc.", "de": "C"}),
}


@pytest.fixture(scope="module", params=["dortmund", "nasty"])
def case(request: pytest.FixtureRequest, graph: Build) -> tuple[nx.Graph, Collaboration, dict[str, Named]]:
    rows, labels = NASTY, dict(LABELS)
    if request.param == "dortmund":
        with DuckDB() as engine:
            rows, labels = participations(engine, graph.parquet), organisations(engine, graph.parquet)
    return network(rows, "newman", labels), collaboration(Incidence.of(members(rows))), labels


def test_graphml_is_that_of_networkx(case: tuple[nx.Graph, Collaboration, dict[str, Named]], tmp_path: Path) -> None:
    plain = portable(case[0], ATTRIBUTES)
    nx.write_graphml_xml(plain, str(tmp_path / "expected"), named_key_ids=True)
    write_graphml(plain, tmp_path / "found")
    write_graphml(exports.from_columns(case[1], case[2], ATTRIBUTES, shared=True), tmp_path / "columns")
    assert (tmp_path / "found").read_bytes() == (tmp_path / "expected").read_bytes()
    assert (tmp_path / "columns").read_bytes() == (tmp_path / "expected").read_bytes()


def test_gexf_is_that_of_networkx(case: tuple[nx.Graph, Collaboration, dict[str, Named]], tmp_path: Path) -> None:
    from networkx.readwrite.gexf import GEXFWriter

    plain = portable(case[0], ATTRIBUTES)
    writer = GEXFWriter(encoding="utf-8", prettyprint=True, version="1.2draft")
    writer.add_graph(plain)
    meta = writer.xml.find("meta")
    meta.attrib.clear()
    meta.set("lastmodifieddate", "2026-11-22")
    meta.find("creator").text = "us & them"
    SubElement(meta, "description").text = "\n".join(f"{name}: {value}" for name, value in ATTRIBUTES.items() if name != "name")
    writer.indent(writer.xml)
    ElementTree(writer.xml).write(tmp_path / "expected", encoding="utf-8", xml_declaration=True)
    write_gexf(plain, tmp_path / "found", state="2026-11-22", creator="us & them")
    columns = exports.from_columns(case[1], case[2], ATTRIBUTES, shared=True)
    write_gexf(columns, tmp_path / "columns", state="2026-11-22", creator="us & them")
    # NetworkX ends without a line break.
    assert (tmp_path / "found").read_bytes().rstrip() == (tmp_path / "expected").read_bytes().rstrip()
    assert (tmp_path / "columns").read_bytes() == (tmp_path / "found").read_bytes()


@pytest.mark.parametrize("shared", [True, False])
def test_both_libraries_read_what_was_written(case: tuple[nx.Graph, Collaboration, dict[str, Named]], tmp_path: Path, shared: bool) -> None:
    import igraph

    columns = exports.from_columns(case[1], case[2], ATTRIBUTES, shared=shared)
    write_graphml(columns, tmp_path / "n.graphml")
    write_gexf(columns, tmp_path / "n.gexf", state="", creator="us")
    expected = portable(case[0], ATTRIBUTES)
    if not shared:
        for _, _, data in expected.edges(data=True):
            del data["shared"]
    graphml, gexf = nx.read_graphml(tmp_path / "n.graphml"), nx.read_gexf(tmp_path / "n.gexf")
    for found in (graphml, gexf):
        assert set(found) == set(expected)
        assert found.number_of_edges() == expected.number_of_edges()
        for one, other, data in expected.edges(data=True):
            assert {key: found.edges[one, other][key] for key in data} == data
    assert dict(graphml.nodes(data=True)) == dict(expected.nodes(data=True))
    read = igraph.Graph.Read_GraphML(str(tmp_path / "n.graphml"))
    # igraph's reader leaves an ampersand in an attribute as libxml2's character reference.
    identifiers = [identifier.replace("&#38;", "&") for identifier in read.vs["id"]]
    assert identifiers == list(expected)
    assert read.vs["label_en"] == [data["label_en"] for _, data in expected.nodes(data=True)]
    ends = [(identifiers[edge.source], identifiers[edge.target], edge["weight"], edge["count"]) for edge in read.es]
    assert ends == [(one, other, data["weight"], data["count"]) for one, other, data in expected.edges(data=True)]


def test_edge_table_is_that_of_the_loops(case: tuple[nx.Graph, Collaboration, dict[str, Named]], tmp_path: Path) -> None:
    expected, found = tmp_path / "a" / "edges.csv", tmp_path / "b" / "edges.csv"
    expected.parent.mkdir()
    found.parent.mkdir()
    number = write_table(expected, edges(case[0]))
    assert exports.edges_csv(case[1], found, [column.name for column in COLUMNS["edges.csv"]]) == number
    assert found.read_bytes() == expected.read_bytes()


@pytest.mark.parametrize("shared", [True, False])
def test_parquet_is_read_back(case: tuple[nx.Graph, Collaboration, dict[str, Named]], tmp_path: Path, shared: bool) -> None:
    import duckdb

    number = exports.edges_parquet(case[1], tmp_path / "edges.parquet", shared=shared)
    columns = "source, target, weight, count" + (", shared" if shared else "")
    rows = duckdb.sql(f"SELECT {columns} FROM '{tmp_path / 'edges.parquet'}' ORDER BY source, target").fetchall()
    wanted = [(one, other, data["weight"], data["count"], data["shared"]) for one, other, data in case[0].edges(data=True)]
    assert len(rows) == number == len(wanted)
    assert rows == [row if shared else row[:4] for row in wanted]


def test_a_network_without_edges_is_written(tmp_path: Path) -> None:
    empty = collaboration(Incidence.of({"p": {"a"}, "q": {"b"}}))
    columns = exports.from_columns(empty, {}, {"name": "x"})
    write_graphml(columns, tmp_path / "n.graphml")
    write_gexf(columns, tmp_path / "n.gexf", state="", creator="us")
    for read, name in ((nx.read_graphml, "n.graphml"), (nx.read_gexf, "n.gexf")):
        found = read(tmp_path / name)
        assert (set(found), found.number_of_edges()) == ({"a", "b"}, 0)
    assert exports.edges_parquet(empty, tmp_path / "e.parquet") == 0
    assert exports.edges_csv(empty, tmp_path / "e.csv", ["source"]) == 0


def test_files_of_a_large_network_hold_the_same(graph: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with DuckDB() as engine:
        table = engine.to_arrow(counted(engine, graph.parquet))
        labels = organisations(engine, graph.parquet)
    known = Facts({}, {}, {}, {}, {})
    numbers = {}
    for name, limit in (("small", 10**9), ("large", 0)):
        monkeypatch.setattr(incidence, "LARGE", limit)
        (tmp_path / name).mkdir()
        more = {"weight": "newman", "state": "2026-11-22", "creator": "us"}
        numbers[name] = write_network(tmp_path / name, table, labels, known, ATTRIBUTES, **more)
    assert numbers["small"] == numbers["large"] == {"edges.csv": 1946, "nodes.csv": 208, "network.graphml": 208, "network.gexf": 208}
    for name in ("nodes.csv", "edges.csv"):
        assert (tmp_path / "small" / name).read_bytes() == (tmp_path / "large" / name).read_bytes()
    with (tmp_path / "large" / "edges.csv").open(encoding="utf-8", newline="") as file:
        assert all(row["shared"] for row in csv.DictReader(file))
    assert "shared" not in (tmp_path / "large" / "network.graphml").read_text(encoding="utf-8")
