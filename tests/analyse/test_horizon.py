"""All of Horizon Europe: pairs against loops over the CSV, measures against a second library, memory and time of the whole."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kg.analyse import frame_of
from kg.analyse.edges import Collaboration, collaboration
from kg.analyse.incidence import Incidence
from kg.analyse.projection import counted, evidence, participations
from kg.analyse.render_text import MAX_INSTITUTIONS
from kg.build import Build
from kg.engine.duckdb import DuckDB
from tests.analyse import horizon

pytestmark = horizon.needs_horizon
PIC = f"{horizon.BASE}id/organisation/pic-"


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    return horizon.build(tmp_path_factory.mktemp("horizon") / "build")


@pytest.fixture(scope="module")
def projected(build: Build, engine: DuckDB) -> Collaboration:
    return collaboration(Incidence.read(engine.to_arrow(counted(engine, build.parquet))))


@pytest.mark.parametrize(("roles", "left_out", "edges"), [("all", (), 761_877), ("without-associated", ("associated-partner",), None)])
def test_every_pair_equals_loops_over_the_table(build: Build, engine: DuckDB, roles: str, left_out: tuple[str, ...], edges: int | None) -> None:
    expected = horizon.pairs(horizon.teams(horizon.rows(), left_out))
    found = collaboration(Incidence.read(engine.to_arrow(counted(engine, build.parquet, roles=roles))))
    assert found.number_of_edges() == len(expected) == (edges or len(expected))
    start = len(PIC)
    names = [name[start:] for name in found.names]
    for one, other, weight, count in zip(found.source.tolist(), found.target.tolist(), found.weight.tolist(), found.count.tolist(), strict=True):
        wanted = expected[names[one], names[other]]
        assert count == wanted[1]
        assert abs(weight - wanted[0]) < 1e-9


def test_counts_are_those_of_the_readme(projected: Collaboration) -> None:
    assert (len(projected), len(projected.incidence.projects), len(projected.incidence.rows)) == (27_690, 15_188, 101_391 - 177)


def test_evidence_of_an_edge_is_queried(build: Build, engine: DuckDB, projected: Collaboration) -> None:
    edge = int(projected.count.argmax())
    one, other = projected.names[projected.source[edge]], projected.names[projected.target[edge]]
    why = evidence(engine, build.parquet, one, other)
    assert sorted({row.initiative for row in why}) == projected.incidence.shared(one, other)
    assert len({row.initiative for row in why}) == projected.count[edge] > 50


def test_rows_by_columns_are_rows_by_loops(build: Build, engine: DuckDB) -> None:
    """Three projects, row by row."""
    chosen = ("101069359", "101057014", "101119550")
    expected = sorted((row["projectID"], row["organisationID"]) for row in horizon.rows(chosen))
    wanted = {f"{horizon.BASE}id/project/cordis-{project}" for project in chosen}
    found = [row for row in participations(engine, build.parquet) if row.initiative in wanted]
    assert sorted((row.initiative.rsplit("-", 1)[1], row.organisation[len(PIC) :]) for row in found) == expected


def test_projection_takes_a_second_or_two_of_processor_time(build: Build, engine: DuckDB) -> None:
    started = time.process_time()
    found = collaboration(Incidence.read(engine.to_arrow(counted(engine, build.parquet))))
    found.table()
    assert time.process_time() - started < 4


JOB = """
import json, sys
from pathlib import Path
from kg.analyse import analyse
from kg.analyse.render_text import render_analysis
from kg.build import Build
folder = Path(sys.argv[3])
found = analyse(Build(Path(sys.argv[1]), json.loads(sys.argv[2])))
(folder / "text").write_text(render_analysis(found, "en"), encoding="utf-8")
found.write_csv(folder)
about = found.to_json()
assert about["edges"] is None and found.refusal is None
# Not ru_maxrss: it begins with what the process was that started this one.
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
(folder / "memory").write_text(str(int(peak.split()[1]) / 1024), encoding="utf-8")
"""
"""Network, measures, groups, text and tables, in a process of their own."""


@pytest.fixture(scope="module")
def job(build: Build, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("job")
    subprocess.run([sys.executable, "-c", JOB, str(build.path), json.dumps(build.record), str(folder)], check=True, cwd=horizon.ROOT)
    return folder


def test_whole_job_stays_below_a_gigabyte(job: Path) -> None:
    assert float((job / "memory").read_text(encoding="utf-8")) < 1000


def test_tables_hold_every_institution_and_every_pair(job: Path) -> None:
    for name, lines in (("nodes.csv", 27_691), ("edges.csv", 761_878)):
        with (job / name).open("rb") as file:
            assert sum(1 for _ in file) == lines


def test_text_is_that_of_a_census_and_says_how_sure_it_is(build: Build, job: Path) -> None:
    assert frame_of(build).kind == "census"
    text = " ".join((job / "text").read_text(encoding="utf-8").split())
    assert "27,690 institutions in 15,188 projects; 761,877 pairs" in text
    assert "Leiden" in text
    assert "estimated from 100 institutions" in text
    shown = int(text.split(" of 27690 institutions (at least ")[0].rsplit(" ", 1)[1])
    assert 100 < shown <= MAX_INSTITUTIONS
    estimate = json.loads((job / "method.json").read_text(encoding="utf-8"))["betweenness"]
    assert (estimate["exact"], estimate["sources"]) == (False, 100)
    assert 0 < estimate["largest_standard_error"] < 0.05
