"""Files for other tools: what is read back is what was written, on nasty labels, open dates and networks of any size."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import networkx as nx
import pyarrow as pa
import pytest

from kg.analyse.backbone import backbone_upto
from kg.analyse.data import Data, load
from kg.analyse.dates import Span
from kg.analyse.labels import Named
from kg.build import Build
from kg.errors import AnalysisError
from kg.publish import exchange
from kg.publish.exchange import (
    INCIDENCE,
    incidence_csv,
    incidence_parquet,
    incidence_table,
    kinds_partition,
    pajek,
    pajek_partition,
    temporal_gexf,
    vosviewer,
)

ROLE = "https://w3id.org/innokg/code/participation-role/"
NASTY = {
    "https://example.org/o/a": Named("https://example.org/o/a", {"en": 'Quote " \\ and\nline', "de": "Ä & <Ö>"}, "company"),
    "https://example.org/o/b": Named("https://example.org/o/b", {"en": "Same", "de": "Gleich"}, "university"),
    "https://example.org/o/c": Named("https://example.org/o/c", {"en": "Same", "de": "Gleich"}),
    "https://example.org/o/d": Named("https://example.org/o/d", {"en": "alone; 1, 2", "de": "allein"}, "company"),
}


@pytest.fixture(scope="module")
def data(graph: Build) -> Data:
    return load(graph)


@pytest.fixture
def nasty(data: Data) -> Data:
    """p: a, b (a in two roles); q: a, b, c; r: b, c; s: d alone. p has both dates, q only a start (a month), r none, s only an end (a year)."""
    a, b, c, d = (f"https://example.org/o/{letter}" for letter in "abcd")
    rows = [("p", a, "partner"), ("p", a, "coordinator"), ("p", b, "partner"), ("q", a, ""), ("q", b, "partner"), ("q", c, "partner")]
    rows += [("r", b, "partner"), ("r", c, "partner"), ("s", d, "partner"), ("s", d, "partner")]
    columns = {
        "initiative": [f"https://example.org/p/{row[0]}" for row in rows],
        "organisation": [row[1] for row in rows],
        "role": [ROLE + row[2] if row[2] else "" for row in rows],
    }
    found = replace(data, table=pa.table(columns), labels=NASTY)
    spans = {"p": Span("2020-03-01", "2022-02-28"), "q": Span("2021-05", ""), "r": Span(), "s": Span("", "2019")}
    found.__dict__["spans"] = {f"https://example.org/p/{project}": span for project, span in spans.items()}
    return found


def test_vosviewer_is_read_back(nasty: Data, tmp_path: Path) -> None:
    """Weights by hand: a–b 1 + ½, a–c ½, b–c ½ + 1; strength a 2, b 3, c 2, d 0."""
    path = tmp_path / "n.json"
    groups = {"https://example.org/o/a": 1, "https://example.org/o/b": 1000, "https://example.org/o/c": 1001}
    assert vosviewer(nasty, path, lang="en", groups=groups) == 4
    found = json.loads(path.read_text(encoding="utf-8"))
    items = found["network"]["items"]
    assert [item["label"] for item in items] == ['Quote " \\ and\nline', "Same", "Same", "alone; 1, 2"]
    assert [item["weights"] for item in items] == [
        {"Projects": 2, "Partners": 2, "Total link strength": 2.0},
        {"Projects": 3, "Partners": 2, "Total link strength": 3.0},
        {"Projects": 2, "Partners": 2, "Total link strength": 2.0},
        {"Projects": 1, "Partners": 0, "Total link strength": 0.0},
    ]
    assert [item.get("cluster") for item in items] == [1, 1000, None, None]
    assert [item.get("scores") for item in items] == [{"First year": 2020}, {"First year": 2020}, {"First year": 2021}, None]
    links = {(link["source_id"], link["target_id"]): link["strength"] for link in found["network"]["links"]}
    assert links == {(1, 2): 1.5, (1, 3): 0.5, (2, 3): 1.5}
    assert nasty.method.build in found["info"]["description"]


@pytest.mark.parametrize("batch", [1, 3, 100_000])
def test_pieces_of_any_size_join(data: Data, tmp_path: Path, batch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    part = backbone_upto(data.collaboration, 20).edge_list
    monkeypatch.setattr(exchange, "BATCH", batch)
    vosviewer(data, tmp_path / "n.json", edges=part)
    found = json.loads((tmp_path / "n.json").read_text(encoding="utf-8"))["network"]
    assert (len(found["items"]), len(found["links"])) == (len(part), part.number_of_edges())
    pajek(part, data.labels, tmp_path / "n.net")
    assert nx.read_pajek(tmp_path / "n.net").number_of_edges() == part.number_of_edges()


def test_pajek_is_read_back(nasty: Data, tmp_path: Path) -> None:
    assert pajek(nasty.collaboration, nasty.labels, tmp_path / "n.net", lang="en") == 4
    found = nx.read_pajek(tmp_path / "n.net")
    assert sorted(found) == ["Quote ' / and line", "Same [b]", "Same [c]", "alone; 1, 2"]
    weights = {frozenset(edge[:2]): edge[2] for edge in found.edges(data="weight")}
    first, second, third = "Quote ' / and line", "Same [b]", "Same [c]"
    assert weights == {frozenset((first, second)): 1.5, frozenset((first, third)): 0.5, frozenset((second, third)): 1.5}
    pajek(nasty.collaboration, nasty.labels, tmp_path / "bom.net", bom=True)
    assert (tmp_path / "bom.net").read_bytes() == b"\xef\xbb\xbf" + (tmp_path / "n.net").read_bytes()


def test_pajek_of_the_sources_has_every_weight(data: Data, tmp_path: Path) -> None:
    pajek(data.collaboration, data.labels, tmp_path / "n.net", lang="de")
    found = nx.Graph(nx.read_pajek(tmp_path / "n.net", encoding="utf-8"))
    assert (len(found), found.number_of_edges()) == (208, 1946)
    labels = [line.split('"')[1] for line in (tmp_path / "n.net").read_text(encoding="utf-8").splitlines()[1:209]]
    for one, other, weight in list(data.network.edges(data="weight"))[:200]:
        ends = [labels[data.incidence.position[end]] for end in (one, other)]
        assert found.edges[ends]["weight"] == weight


def test_pajek_partition(nasty: Data, tmp_path: Path) -> None:
    values, names = kinds_partition(nasty.collaboration, nasty.labels)
    assert (values, names) == ([1, 2, 0, 1], {0: "", 1: "company", 2: "university"})
    assert pajek_partition(values, tmp_path / "n.clu") == 4
    assert (tmp_path / "n.clu").read_text() == "*Vertices 4\n1\n2\n0\n1\n"
    with pytest.raises(AnalysisError, match="from 0"):
        pajek_partition([1, -1], tmp_path / "x.clu")


def test_incidence_is_read_back(nasty: Data, tmp_path: Path) -> None:
    assert incidence_csv(nasty, tmp_path / "i.csv") == incidence_parquet(nasty, tmp_path / "i.parquet") == 8
    with (tmp_path / "i.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == INCIDENCE
    assert [(row["institution"][-1], row["project"][-1], row["roles"]) for row in rows] == [
        ("a", "p", "coordinator; partner"),
        ("a", "q", ""),
        ("b", "p", "partner"),
        ("b", "q", "partner"),
        ("b", "r", "partner"),
        ("c", "q", "partner"),
        ("c", "r", "partner"),
        ("d", "s", "partner"),
    ]
    assert rows[0]["institution_label_en"] == 'Quote " \\ and\nline'
    read = duckdb.sql(f"SELECT * FROM '{tmp_path / 'i.parquet'}'").fetchall()
    assert [tuple(row.values()) for row in rows] == read


def test_incidence_of_the_sources_is_that_of_the_matrix(data: Data) -> None:
    table = incidence_table(data)
    found = set(zip(table["institution"].to_pylist(), table["project"].to_pylist(), strict=True))
    assert found == {(one, project) for project, team in data.incidence.teams().items() for one in team}
    assert table.num_rows == len(data.incidence.rows)
    assert all(table["roles"].to_pylist())


def test_gexf_in_time_by_hand(nasty: Data, tmp_path: Path) -> None:
    """a–b share p (2020-03-01 to 2022-02-28) and q (from 2021-05-01, open); b–c share q and r, which has no date; d has s (until 2019-12-31)."""
    path = tmp_path / "n.gexf"
    assert temporal_gexf(nasty, path, {"name": "n", "build": "x"}) == 4
    found = nx.read_gexf(path)
    p, q = ("2020-03-01", "2022-02-28"), ("2021-05-01", "None")  # NetworkX reads an open bound as the word None
    nodes = {node[-1]: (data.get("spells"), data["undated"]) for node, data in found.nodes(data=True)}
    assert nodes == {"a": ([p, q], 0), "b": ([p, q], 1), "c": ([q], 1), "d": ([("None", "2019-12-31")], 0)}
    edges: dict[str, Any] = {}
    for one, other, attributes in found.edges(data=True):
        edges["".join(sorted((one[-1], other[-1])))] = (attributes.get("spells"), attributes["undated"], attributes["weight"], attributes["count"])
    assert edges == {"ab": ([p, q], 0, 1.5, 2), "ac": ([q], 0, 0.5, 1), "bc": ([q], 1, 1.5, 2)}
    written = path.read_text(encoding="utf-8")
    assert 'mode="dynamic" timeformat="date"' in written
    assert '<spell start="2021-05-01" />' in written
    assert '<spell end="2019-12-31" />' in written


def test_what_has_no_date_at_all_has_no_spell(nasty: Data, tmp_path: Path) -> None:
    bare = replace(nasty)
    bare.__dict__["spans"] = {project: Span() for project in bare.incidence.projects}
    temporal_gexf(bare, tmp_path / "n.gexf", {})
    found = nx.read_gexf(tmp_path / "n.gexf")
    assert not [1 for _, data in found.nodes(data=True) if "spells" in data]
    assert {node[-1]: data["undated"] for node, data in found.nodes(data=True)} == {"a": 2, "b": 3, "c": 2, "d": 1}


def test_gexf_in_time_of_the_sources(data: Data, tmp_path: Path) -> None:
    temporal_gexf(data, tmp_path / "n.gexf", {"name": "dortmund"})
    found = nx.read_gexf(tmp_path / "n.gexf")
    assert (len(found), found.number_of_edges()) == (208, 1946)
    for one, other, count in data.network.edges(data="count"):
        attributes = found.edges[one, other]
        shared = data.incidence.shared(one, other)
        undated = [project for project in shared if not data.spans[project].start and not data.spans[project].end]
        assert attributes["undated"] == len(undated)
        assert len(attributes.get("spells", [])) <= count - len(undated)


def test_networks_without_edges_are_written(data: Data, tmp_path: Path) -> None:
    table = pa.table({"initiative": ["p", "q"], "organisation": ["a", "b"], "role": ["", ""]})
    bare = replace(data, table=table, labels={})
    bare.__dict__["spans"] = {"p": Span("2020", "2021"), "q": Span()}
    assert (
        vosviewer(bare, tmp_path / "n.json") == pajek(bare.collaboration, {}, tmp_path / "n.net") == temporal_gexf(bare, tmp_path / "n.gexf", {}) == 2
    )
    assert json.loads((tmp_path / "n.json").read_text())["network"]["links"] == []
    assert sorted(nx.read_pajek(tmp_path / "n.net")) == ["a", "b"]
    assert nx.read_gexf(tmp_path / "n.gexf").nodes["a"]["spells"] == [("2020-01-01", "2021-12-31")]


def test_the_same_bytes_twice(data: Data, tmp_path: Path) -> None:
    for write in (vosviewer, incidence_csv, incidence_parquet):
        write(data, tmp_path / "one")
        write(data, tmp_path / "two")
        assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
