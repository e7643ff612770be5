"""The CSV tables and the network files agree with each other and with the store."""

from __future__ import annotations

import csv
from pathlib import Path

import networkx as nx
import pytest

from kg.analyse.projection import network, organisations, participations
from kg.build import Build
from kg.engine.duckdb import DuckDB
from kg.namespaces import local_name
from kg.publish.tables import COLUMNS
from kg.store import Store, Table


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def expected(graph: Build) -> nx.Graph:
    with DuckDB() as engine:
        return network(participations(engine, graph.parquet), "newman", organisations(engine, graph.parquet))


def test_every_column_is_in_the_codebook_and_every_entry_is_a_column(folder: Path) -> None:
    described = [(row["file"], row["column"]) for row in rows(folder / "codebook.csv")]
    found = []
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            found += [(path.name, column) for column in next(csv.reader(file))]
    assert len(described) == len(set(described))
    assert sorted(described) == sorted(found)
    assert all(row["meaning_de"] and row["meaning_en"] and row["type"] for row in rows(folder / "codebook.csv"))


@pytest.mark.parametrize("name", sorted(COLUMNS))
def test_values_have_the_type_the_codebook_says(folder: Path, name: str) -> None:
    patterns = {
        "iri": r"https?://\S+",
        "code": r"[a-z-]+",
        "date": r"\d{4}(-\d{2}){0,2}",
        "integer": r"\d+",
        "decimal": r"-?\d+(\.\d+)?(e-\d+)?",
        "text": r"(?s).+",
    }
    import re

    for column in COLUMNS[name]:
        kind = column.type.removeprefix("list of ")
        for row in rows(folder / name):
            cell = row[column.name]
            for value in cell.split("; ") if column.type != kind else [cell]:
                assert not value or re.fullmatch(patterns[kind], value), (name, column.name, value)


@pytest.mark.parametrize("name", sorted(COLUMNS))
def test_tables_are_rfc_4180(folder: Path, name: str) -> None:
    data = (folder / name).read_bytes()
    assert not data.startswith(b"\xef\xbb\xbf")
    assert data.endswith(b"\r\n")


def test_incidence_holds_each_participation_in_a_project_once(folder: Path, store: Store) -> None:
    answer = store.query(
        """PREFIX inno: <https://w3id.org/innokg/ontology#>
        SELECT ?participation ?organisation ?project ?role (GROUP_CONCAT(DISTINCT STR(?document); separator=" ") AS ?documents) WHERE {
          ?project a inno:Project . ?participation inno:inInitiative ?project ; inno:participant ?organisation ; inno:role ?role .
          ?claim <http://www.w3.org/1999/02/22-rdf-syntax-ns#subject> ?participation ;
                 <http://www.w3.org/1999/02/22-rdf-syntax-ns#predicate> inno:inInitiative ; inno:evidence/<http://www.w3.org/ns/oa#hasSource> ?document
        } GROUP BY ?participation ?organisation ?project ?role"""
    )
    assert isinstance(answer, Table)
    known = set()
    for row in answer.rows:
        participation, organisation, project, role, documents = (cell.value if cell is not None else "" for cell in row)
        known.add((participation, organisation, project, local_name(role), tuple(sorted(documents.split()))))
    found = [
        (row["participation"], row["institution"], row["project"], row["role"], tuple(row["sources"].split("; ")))
        for row in rows(folder / "incidence.csv")
    ]
    assert set(found) == known
    assert len(found) == len(known)


def test_incidence_counts_as_the_network_does(folder: Path, expected: nx.Graph) -> None:
    counted = {(row["institution_merged"], row["project_counted"]) for row in rows(folder / "incidence.csv")}
    assert counted == {(iri, project) for iri, data in expected.nodes(data=True) for project in data["projects"]}


def test_nodes_and_edges_are_the_network(folder: Path, expected: nx.Graph) -> None:
    nodes = {row["id"]: (row["label_de"], row["label_en"], row["kind"], row["projects"].split("; ")) for row in rows(folder / "nodes.csv")}
    assert nodes == {iri: (data["label_de"], data["label_en"], data["kind"], data["projects"]) for iri, data in expected.nodes(data=True)}
    edges = {
        frozenset((row["source"], row["target"])): (float(row["weight"]), int(row["count"]), row["shared"].split("; "))
        for row in rows(folder / "edges.csv")
    }
    assert edges == {frozenset(pair): (data["weight"], data["count"], data["shared"]) for *pair, data in expected.edges(data=True)}


@pytest.mark.parametrize(("name", "read"), [("network.graphml", nx.read_graphml), ("network.gexf", nx.read_gexf)], ids=["graphml", "gexf"])
def test_network_files_read_back(folder: Path, expected: nx.Graph, name: str, read: object) -> None:
    assert callable(read)
    found = read(folder / name)
    assert not found.is_directed()
    assert set(found) == set(expected)
    assert {frozenset(pair) for pair in found.edges} == {frozenset(pair) for pair in expected.edges}
    for iri, data in expected.nodes(data=True):
        node = found.nodes[iri]
        assert (node["label_de"], node["label_en"], node["label"], node.get("kind") or "") == (
            data["label_de"],
            data["label_en"],
            data["label_en"],
            data["kind"],
        )
        assert node["projects"].split("; ") == [local_name(project) for project in data["projects"]]
    for one, other, data in expected.edges(data=True):
        edge = found.edges[one, other]
        assert (edge["weight"], edge["count"], edge["shared"].split("; ")) == (
            data["weight"],
            data["count"],
            [local_name(project) for project in data["shared"]],
        )


def test_method_stands_in_both_network_files(folder: Path) -> None:
    graph = nx.read_graphml(folder / "network.graphml").graph
    assert (graph["level"], graph["weight_rule"], graph["sampling_frame"]) == ("merged", "newman", "ego-sampled")
    assert "1/(k−1)" in graph["method_de"]
    assert "1/(k−1)" in graph["method_en"]
    gexf = (folder / "network.gexf").read_text(encoding="utf-8")
    assert '<meta lastmodifieddate="2026-11-22">' in gexf
    assert "level: merged" in gexf
    assert "NetworkX" not in gexf


def test_mapping_of_the_two_levels_shows(folder: Path) -> None:
    """The university is named, the research centre that stands for it counts."""
    arte = [row for row in rows(folder / "incidence.csv") if row["project"].endswith("/arte") and row["institution"].endswith("/tu-dortmund")]
    assert [local_name(row["institution_merged"]) for row in arte] == ["sozialforschungsstelle"]
