"""The network by columns is the network of loops: same nodes, pairs, numbers and evidence, on random networks and on Dortmund."""

from __future__ import annotations

import csv
import io
from typing import Any

import networkx as nx
import pytest
from hypothesis import given, settings

from kg.analyse import Analysis, analyse
from kg.analyse.edges import Collaboration, collaboration
from kg.analyse.incidence import Incidence
from kg.analyse.projection import LEVELS, ROLES, WEIGHTS, evidence, members, network, organisations, participations, two_mode
from kg.build import Build
from kg.engine.duckdb import DuckDB
from tests.analyse.networks import GROUPS, everything_large, rows

SFS = "https://w3id.org/innokg/id/organisation/sozialforschungsstelle"
CITY = "https://w3id.org/innokg/id/organisation/stadt-dortmund"


def pairs(found: Collaboration) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for batch in found.batches(3, shared=True) for row in batch.to_pylist()]


def agree(plain: nx.Graph, found: Collaboration) -> None:
    assert list(found.names) == list(plain)
    expected = [(one, other, d["weight"], d["count"], d["shared"]) for one, other, d in plain.edges(data=True)]
    got = pairs(found)
    assert [(a, b, n, s) for a, b, _, n, s in got] == [(a, b, n, s) for a, b, _, n, s in expected]
    assert [row[2] for row in got] == pytest.approx([row[2] for row in expected], abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(GROUPS)
def test_columns_equal_loops_on_random_networks(groups: list[list[str]]) -> None:
    found = rows(groups)
    for weight in WEIGHTS:
        agree(network(found, weight), collaboration(Incidence.of(members(found)), weight))


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("roles", ROLES)
def test_columns_equal_loops_on_dortmund(graph: Build, engine: DuckDB, level: str, roles: str) -> None:
    found = participations(engine, graph.parquet, level=level, roles=roles)
    agree(network(found), collaboration(Incidence.of(members(found))))


def test_a_large_network_is_the_same_without_its_evidence(graph: Build, engine: DuckDB) -> None:
    found, known = participations(engine, graph.parquet), organisations(engine, graph.parquet)
    small = network(found, "newman", known)
    with everything_large():
        large = network(found, "newman", known)
    assert list(large.nodes(data=True)) == list(small.nodes(data=True))
    for _, _, data in small.edges(data=True):
        del data["shared"]
    assert [edge[:2] for edge in large.edges] == [edge[:2] for edge in small.edges]
    for one, other, data in small.edges(data=True):
        assert large.edges[one, other] == pytest.approx(data, abs=1e-12)


def test_two_mode_network_by_columns_is_the_same_without_roles(graph: Build, engine: DuckDB) -> None:
    found = participations(engine, graph.parquet)
    plain, columns = two_mode(found), Incidence.of(members(found)).networkx()
    assert dict(columns.nodes(data=True)) == dict(plain.nodes(data=True))
    assert {frozenset(edge) for edge in columns.edges} == {frozenset(edge) for edge in plain.edges}


def test_evidence_of_a_pair_is_asked_for(graph: Build, engine: DuckDB) -> None:
    found = participations(engine, graph.parquet)
    plain, columns = network(found), Incidence.of(members(found))
    partners = sorted(plain[SFS])[::20]
    assert CITY in plain[SFS]
    for partner in {*partners, CITY}:
        why = evidence(engine, graph.parquet, SFS, partner)
        assert sorted({row.initiative for row in why}) == plain.edges[SFS, partner]["shared"] == columns.shared(SFS, partner)
        assert {row.organisation for row in why} == {SFS, partner}
    assert evidence(engine, graph.parquet, SFS, "https://example.org/nobody") == []


def test_an_empty_network_has_no_edges() -> None:
    found = collaboration(Incidence.of({}))
    assert (len(found), found.number_of_edges(), found.table().num_rows, found.table(shared=True).num_rows) == (0, 0, 0, 0)
    assert found.table(shared=True).schema.names == ["source", "target", "weight", "count", "shared"]
    assert list(collaboration(Incidence.of({"p": {"a"}})).networkx()) == ["a"]


def test_analysis_of_a_large_network_writes_the_same_files(graph: Build, engine: DuckDB, analysis: Analysis) -> None:
    with everything_large():
        large = analyse(graph, engine=engine)
        files = large.files()
        assert large.to_json()["edges"] is None
        assert large.to_json()["edges_left_out"]["number"] == 1946
        assert large.edges() == analysis.edges()
    assert files["edges.csv"] == analysis.files()["edges.csv"]
    # Groups come from another method; everything else is the same.
    ours, theirs = (list(csv.DictReader(io.StringIO(text))) for text in (files["nodes.csv"], analysis.files()["nodes.csv"]))
    for one, other in zip(ours, theirs, strict=True):
        assert {**one, "community": ""} == {**other, "community": ""}
    assert large.whole == analysis.whole
    assert "Leiden" in files["method.json"]
    assert set(large.network.edges) == set(analysis.network.edges)
    assert set(large.two_mode) == set(analysis.two_mode)
