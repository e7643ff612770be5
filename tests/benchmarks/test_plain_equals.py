"""The yardstick does the same job: same triples, same derived statements, same results of the shapes as the project's own code.

`benchmarks/plain_mapping.py` is a second implementation of docs/decisions/0005-bulk.md, so either side's mistake shows here. Deliveries: odd rows
by hand, the slice of Dortmund, and a part of a whole delivery where the variable `KG_HORIZON` names its folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import Dataset

from benchmarks.cut import cut
from benchmarks.plain_mapping import BASE, map_delivery, read_reference
from benchmarks.plain_rules import derive
from benchmarks.plain_shacl import Answering, load_oxigraph, load_shapes, results, validate
from kg.build import Build, vocabulary_quads
from kg.config import SourceSettings, read_source_settings
from kg.engine.duckdb import DuckDB
from kg.infer import infer
from kg.namespaces import DCTERMS, FOAF, GEO, INNO, WGS
from kg.quads import Quad, from_oxigraph, quad_text, read_parquet, to_oxigraph
from kg.sources.cordis import read_cordis
from tests.benchmarks import odd_delivery

ROOT = Path(__file__).resolve().parents[2]
SLICE = ROOT / "data" / "cordis-dortmund"
WORDS = {DCTERMS.title, DCTERMS.description, INNO.samplingPopulation, FOAF.name}
"""Texts about a delivery as a whole; the page says that they are there, not how they read."""


@pytest.fixture(scope="module", params=["odd", "slice", "part"])
def delivery(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a delivery."""
    if request.param == "odd":
        return odd_delivery.write(tmp_path_factory.mktemp("odd") / "delivery")
    if request.param == "slice":
        if not SLICE.is_dir():
            pytest.skip("data/cordis-dortmund is not there")
        return SLICE
    if "KG_HORIZON" not in os.environ:
        pytest.skip("KG_HORIZON names no delivery")
    return cut(Path(os.environ["KG_HORIZON"]), tmp_path_factory.mktemp("part") / "delivery", Fraction(1, 64))


def imported(delivery: Path, work: Path) -> list[Quad]:
    """Return what the importer makes of a delivery."""
    engine = DuckDB()
    try:
        source = read_cordis(engine, delivery, work, base=BASE)
        engine.to_parquet(source.quads, work / "quads.parquet")
    finally:
        engine.close()
    return list(read_parquet([work / "quads.parquet"]))


def plain(delivery: Path) -> tuple[Dataset, Answering, str]:
    """Return the yardstick's dataset, its store and the name of its graph."""
    settings = read_source_settings(delivery) if (delivery / "settings.toml").is_file() else None
    own = (settings.name, settings.frame.kind) if settings else ("", "")
    store = Answering()
    dataset = Dataset(store=store, default_union=True)
    graph = map_delivery(dataset, delivery, read_reference(ROOT / "data" / "reference"), *own)
    return dataset, store, str(graph.identifier)


def quads_of(dataset: Dataset, graph: str = "") -> list[Quad]:
    """Return the quads of an rdflib dataset, of one graph where it is named."""
    text = dataset.serialize(format="nquads", encoding="utf-8")
    found = (from_oxigraph(quad, "") for quad in ox.parse(text, format=ox.RdfFormat.N_QUADS))
    return [quad for quad in found if not graph or quad.graph == graph]


def statements(quads: Iterable[Quad]) -> set[str]:
    """Return quads as N-Quads, apart from points, which are compared by value, and from how texts about the delivery read."""
    found = set()
    for quad in quads:
        about = quad.subject == quad.graph or "/id/agent/" in quad.subject
        if quad.predicate not in (WGS.lat, WGS.long, GEO.asWKT):
            found.add(quad_text(quad._replace(object="") if about and quad.predicate in WORDS else quad))
    return found


def points(quads: Iterable[Quad]) -> dict[str, list[Decimal]]:
    """Return the numbers of latitude, longitude and point, by place."""
    found: dict[str, list[Decimal]] = {}
    for quad in sorted(quads):
        if quad.predicate in (WGS.lat, WGS.long, GEO.asWKT):
            found.setdefault(quad.subject, []).extend(Decimal(part) for part in quad.object.removeprefix("POINT(").removesuffix(")").split())
    return found


def test_same_triples(delivery: Path, tmp_path: Path) -> None:
    """Importer and yardstick say the same about every row."""
    ours = imported(delivery, tmp_path)
    dataset, _, graph = plain(delivery)
    theirs = quads_of(dataset, graph)
    assert {quad.graph for quad in ours} == {graph}
    assert not sorted(statements(ours) - statements(theirs))
    assert not sorted(statements(theirs) - statements(ours))
    # The median of two values often ends in a five at the seventh decimal, which binary fractions round either way.
    mine, other = points(ours), points(theirs)
    assert mine.keys() == other.keys()
    for place, numbers in mine.items():
        assert [abs(one - two) <= Decimal("0.000001") for one, two in zip(numbers, other[place], strict=True)] == [True] * len(numbers), place


def derived_by_rules(quads: Iterable[Quad]) -> set[str]:
    """Return what the rules of `queries/infer/` derive."""
    store = ox.Store()
    store.bulk_extend(to_oxigraph(quad) for quad in dict.fromkeys(quad._replace(origin="") for quad in quads))
    return {quad_text(quad) for step in infer(store, f"{BASE}graph/inferred") for quad in step}


def derived_by_look_ups(dataset: Dataset) -> set[str]:
    """Return what the yardstick derives."""
    derive(dataset)
    return {quad_text(quad) for quad in quads_of(dataset, f"{BASE}graph/inferred")}


def test_same_derived_from_a_delivery(delivery: Path) -> None:
    dataset, _, graph = plain(delivery)
    expected = derived_by_rules(quads_of(dataset, graph))
    assert derived_by_look_ups(dataset) == expected


def test_same_derived_from_the_curated_graph(graph: Build) -> None:
    """Dortmund has what deliveries lack: merged and top levels, parts that count with their whole, declared sizes."""
    # Claims and their evidence are nine tenths of it, and no rule looks at them.
    left_out = ("/id/claim/", "/id/evidence/", "/id/anchor/")
    quads = [q for q in read_parquet(graph.parquet) if not q.graph.endswith("/inferred") and not any(part in q.subject for part in left_out)]
    dataset = Dataset(default_union=True)
    dataset.parse(data="\n".join(quad_text(quad) for quad in quads), format="nquads")
    expected = derived_by_rules(quads)
    assert derived_by_look_ups(dataset) == expected
    for name in ("participantMerged", "participantTop", "countsWith", "completeness/partial"):
        assert any(f"{name}>" in line for line in expected), name


def test_same_results(tmp_path: Path) -> None:
    """pySHACL finds the same on the yardstick's dataset, whoever answers the targets, as the project's engines on its quads."""
    from kg.validate.engines import validate_quads
    from kg.validate.report import path_text
    from kg.validate.shapes import node_path
    from kg.validate.union import node_text

    dataset, store, _ = plain(odd_delivery.write(tmp_path / "delivery"))
    dataset.parse(data="\n".join(quad_text(quad) for quad in vocabulary_quads(SourceSettings(name="x"))), format="nquads")
    derive(dataset)
    shapes = load_shapes(ROOT / "ontology" / "shapes")

    def found() -> list[tuple[str, str, str, str, str]]:
        return results(validate(dataset, shapes), shapes, node_text, lambda report, node: path_text(node_path(report, node)))

    slow = found()
    nquads = tmp_path / "graph.nq"
    dataset.serialize(nquads, format="nquads", encoding="utf-8")
    load_oxigraph(store, nquads)
    assert found() == slow
    for engine in ("reference", "setwise"):
        report = validate_quads(quads_of(dataset), engine=engine)
        assert slow == sorted((r.focus, r.path, r.value, r.component, r.shape) for r in report.results), engine
    assert len({shape for *_, shape in slow}) >= 4
