"""The shipped slice of CORDIS beside the curated tables: counts stay true, links join what is the same, nothing violates a rule."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from kg.analyse.analysis import analyse
from kg.analyse.projection import participations
from kg.build import Build, build
from kg.engine.duckdb import DuckDB
from kg.namespaces import BASE, OWL
from kg.quads import read_parquet
from kg.questions import KnowledgeGraph
from kg.validate import validate

ROOT = Path(__file__).resolve().parents[2]
SLICE = ROOT / "data" / "cordis-dortmund"
T_FACTOR = f"{BASE}id/project/t-factor"
TU_DORTMUND = f"{BASE}id/organisation/tu-dortmund"
SFS = f"{BASE}id/organisation/sozialforschungsstelle"


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Build:
    return build([ROOT / "data" / "dortmund", SLICE], tmp_path_factory.mktemp("both") / "build")


def rows(name: str) -> list[dict[str, str]]:
    with (SLICE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_it_holds_what_the_tables_hold(both: Build) -> None:
    assert (len(rows("project")), len(rows("organization"))) == (188, 3609)
    assert sum(path.stat().st_size for path in SLICE.glob("*.csv")) < 3_000_000
    quads = {quad for quad in read_parquet([both.path / "quads" / "cordis-dortmund.parquet"]) if quad.predicate.endswith("#inInitiative")}
    assert Counter(quad.object.rsplit("-", 1)[1] for quad in quads) == Counter(row["projectID"] for row in rows("organization"))


def test_counts_of_the_curated_tables_stay_true(both: Build) -> None:
    with KnowledgeGraph.open(both.store, lang="en") as graph:
        for level, expected in {"merged": ["27", "199", "29"], "unit": ["27", "200", "30"], "top": ["27", "192", "29"]}.items():
            answer = graph.ask("collaboration-counts", institution="sozialforschungsstelle", level=level)
            frame = answer.to_pandas()
            assert [str(frame[name].iloc[0]) for name in ("projects", "partners", "repeatPartners")] == expected


def test_links_join_what_must_be_joined(both: Build) -> None:
    links = {(quad.subject, quad.predicate, quad.object) for quad in read_parquet([both.path / "quads" / "links.parquet"])}
    assert (T_FACTOR, OWL.sameAs, f"{BASE}id/project/cordis-868887") in links
    assert (TU_DORTMUND, OWL.sameAs, f"{BASE}id/organisation/pic-999848453") in links
    assert not [link for link in links if link[0] == SFS and link[1] == OWL.sameAs]


def test_linked_entities_are_one_node(both: Build) -> None:
    with DuckDB() as engine:
        apart = participations(engine, both.parquet)
    assert {row.initiative for row in apart} >= {T_FACTOR, f"{BASE}id/project/cordis-868887"}
    linked = analyse(both, linked=True)
    plain = analyse(both)
    assert f"{BASE}id/organisation/pic-999848453" not in linked.network
    assert TU_DORTMUND in linked.network or SFS in linked.network
    assert len(linked.network) < len(plain.network)
    assert linked.method.to_json()["linked"] is True


def test_one_source_alone(both: Build) -> None:
    alone = analyse(both.only(["dortmund"]))
    assert alone.method.frame.kind == "ego-sampled"
    assert not [node for node in alone.network if "/pic-" in node]


def test_nothing_violates_a_rule(both: Build) -> None:
    report = validate(build=both)
    assert report.severities["Violation"] == 0
    assert report.engine == "direct"
