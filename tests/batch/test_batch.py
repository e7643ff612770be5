"""The batch on the slice of CORDIS: its numbers are those of `kg analyse`, `kg publish`, `kg validate` and `kg diff`."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import igraph
import pyarrow.parquet as pq
import pytest

from kg.analyse.communities import communities
from kg.analyse.data import load
from kg.analyse.measures import betweenness
from kg.batch.options import Options
from kg.batch.start import Machine, batch
from kg.build import Build
from kg.engine.duckdb import DuckDB
from kg.namespaces import RDF
from kg.publish.counts import Tally
from kg.publish.nquads import in_order
from kg.publish.stream import by_subject
from kg.quads import canonical_lines, read_parquet
from kg.validate import validate
from tests.batch.conftest import SLICE

MACHINE = Machine(memory="700MB", threads=2)


def table(work: Path, stage: str) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = pq.read_table(next((work / stage / "data").glob("*.parquet"))).to_pydict()
    return found


def rows(work: Path, stage: str) -> Iterator[tuple[Any, ...]]:
    return zip(*table(work, stage).values(), strict=True)


@pytest.fixture(scope="module")
def of_build(slice_root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    work = tmp_path_factory.mktemp("of-build") / "work"
    return work, batch((), str(work), build=slice_root, machine=MACHINE)


@pytest.fixture(scope="module")
def of_sources(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    work = tmp_path_factory.mktemp("of-sources") / "work"
    return work, batch([SLICE], str(work), build=work / "none", machine=MACHINE, options=Options(("counts", "components")))


def test_the_network_is_that_of_the_analysis(of_build: tuple[Path, dict[str, Any]], slice_build: Build) -> None:
    work, report = of_build
    network = load(slice_build).collaboration
    name = dict(zip(*table(work, "nodes").values(), strict=True))
    assert list(name.values()) == list(network.names)
    found = {(name[one], name[other]): (count, weight) for one, other, count, weight in rows(work, "edges")}
    expected = {
        (network.names[one], network.names[other]): (count, weight)
        for one, other, count, weight in zip(
            network.source.tolist(), network.target.tolist(), network.count.tolist(), network.weight.tolist(), strict=True
        )
    }
    assert found.keys() == expected.keys()
    assert {ends: count for ends, (count, _) in found.items()} == {ends: count for ends, (count, _) in expected.items()}
    assert [found[ends][1] for ends in expected] == pytest.approx([weight for _, weight in expected.values()], abs=1e-9)
    assert report["components"]["components"] == len(network.graph.connected_components())
    ranks = network.graph.pagerank(directed=False, damping=0.85, weights=network.weights, implementation="prpack")
    assert table(work, "pagerank")["pagerank"] == pytest.approx(ranks, abs=1e-9)
    assert report["pagerank"]["converged"]


def test_groups_and_betweenness_are_those_of_the_analysis(of_build: tuple[Path, dict[str, Any]], slice_build: Build) -> None:
    work, report = of_build
    network = load(slice_build).collaboration
    ours: dict[int, set[str]] = {}
    name = dict(zip(*table(work, "nodes").values(), strict=True))
    for node, group in rows(work, "communities"):
        ours.setdefault(group, set()).add(name[node])
    theirs = communities(network)
    assert sorted(map(sorted, ours.values())) == sorted(map(sorted, theirs.groups.values()))
    assert report["groups"]["communities"]["modularity"] == pytest.approx(theirs.modularity, abs=1e-9)
    assert report["groups"]["communities"]["approximate"] is False
    between = betweenness(network)
    assert {name[node]: value for node, value, _ in rows(work, "betweenness")} == pytest.approx(between, abs=1e-9)


def test_counts_are_those_of_the_publication(of_build: tuple[Path, dict[str, Any]], slice_build: Build) -> None:
    work, report = of_build
    with DuckDB() as engine:
        quads = engine.quads(slice_build.parquet)
        tally = Tally(slice_build.base)
        for part in by_subject(engine, quads):
            tally.add(in_order(part)[0])
        counts = tally.counts(engine, quads, ())
    assert report["counts"] == {"quads": counts.quads, "triples": counts.triples, "subjects": counts.subjects}
    found: dict[str, dict[Any, tuple[int, int]]] = {}
    for group, graph, iri, triples, subjects in rows(work, "counts"):
        found.setdefault(group, {})[(graph, iri) if group == "class-in-graph" else graph or iri] = (triples, subjects)
    assert {iri: number for iri, (_, number) in found["class"].items()} == counts.classes
    assert {graph: number for graph, (number, _) in found["graph"].items()} == counts.graphs
    assert found["property"] == {used.property: (used.triples, used.subjects) for used in counts.properties}
    by_graph = {(graph, iri): number for graph, classes in counts.classes_by_graph.items() for iri, number in classes.items()}
    assert {key: number for key, (_, number) in found["class-in-graph"].items()} == by_graph
    assert RDF.type in found["property"]


def test_lines_are_canonical(of_build: tuple[Path, dict[str, Any]], slice_build: Build) -> None:
    work, _ = of_build
    raw = b"".join(gzip.decompress(part.read_bytes()) for part in sorted((work / "nquads" / "data").glob("*.gz")))
    lines = raw.decode("utf-8").split("\n")
    assert lines.pop() == ""
    assert sorted(lines) == canonical_lines(read_parquet(slice_build.parquet))


def test_results_are_those_of_the_validation(of_build: tuple[Path, dict[str, Any]], slice_build: Build) -> None:
    work, report = of_build
    theirs = validate(build=slice_build, engine="setwise")
    assert report["results"] == dict(sorted(Counter(result.severity for result in theirs.results).items()))
    ours: Counter[tuple[str, ...]] = Counter()
    for severity, component, focus, ways in zip(*(table(work, "results")[name] for name in ("severity", "component", "focus", "ways")), strict=True):
        ours[severity, component, focus] += ways
    assert ours == Counter((result.severity, result.component, result.focus) for result in theirs.results)


def test_sources_give_the_quads_of_a_build_without_what_is_derived(of_sources: tuple[Path, dict[str, Any]], slice_build: Build) -> None:
    work, report = of_sources
    built = {quad for quad in read_parquet(slice_build.parquet) if not quad.graph.endswith("/graph/inferred")}
    found = {row for stage in ("quads.1", "quads.own") for row in rows(work, stage)}
    assert found == set(built)
    assert report["graph"] == slice_build.id
    assert any("derived" in note["en"] for note in report["notes"])
    assert report["level"] == "unit"


def test_an_order_needs_a_census(of_build: tuple[Path, dict[str, Any]]) -> None:
    _, report = of_build
    assert report["frame"]["kind"] == "partial"
    assert report["pagerank"]["top"] is None
    assert "order" in report["pagerank"]["withheld"]["withheld"]


def test_difference_is_the_symmetric_difference(
    of_build: tuple[Path, dict[str, Any]], of_sources: tuple[Path, dict[str, Any]], slice_root: Path
) -> None:
    (work, _), (old, _) = of_build, of_sources
    report = batch((), str(work), build=slice_root, machine=MACHINE, options=Options(("difference",), against=str(old)))
    before, after = set(rows(old, "statements")), set(rows(work, "statements"))
    assert set(rows(work, "difference")) == {("+", *row) for row in after - before} | {("-", *row) for row in before - after}
    assert (report["difference"]["added"], report["difference"]["removed"]) == (len(after - before), len(before - after))
    assert len(after - before) > 0


def test_above_the_limit_groups_are_approximate_and_say_so(of_build: tuple[Path, dict[str, Any]], slice_root: Path) -> None:
    work, _ = of_build
    report = batch((), str(work), build=slice_root, machine=MACHINE, options=Options(("groups",), one_node_edges=1000))
    for about in report["groups"].values():
        assert about["approximate"] is True
        assert about["because"] == {"edges": 64640, "one_node_edges": 1000}
        assert about["method"]
    assert sum("approximate" in note["en"] and "angenähert" in note["de"] for note in report["notes"]) == 2
    # In steps, estimated from a sample: near the exact value where it is large.
    values = table(work, "betweenness")["betweenness"]
    sources = report["groups"]["betweenness"]["sources"]
    assert sources == 16
    edges = table(work, "edges")
    graph = igraph.Graph(n=len(values), edges=list(zip(edges["source"], edges["target"], strict=True)))
    exact = graph.betweenness(directed=False)
    pairs = (len(values) - 1) * (len(values) - 2) / 2
    top = max(range(len(values)), key=exact.__getitem__)
    assert values[top] == pytest.approx(exact[top] / pairs, rel=0.2)
    assert not [*work.glob("*.round-*"), *work.glob("betweenness.*")]
