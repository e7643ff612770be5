"""The benchmark of growth: deliveries many times over hold together, two runs are compared row by row, the fragment says what was found."""

from __future__ import annotations

import csv
import gzip
import json
import time
from pathlib import Path
from typing import Any

import pytest

from benchmarks import scale, scale_data, scale_same, scale_text
from benchmarks.kept import Value
from benchmarks.measure import ROOT
from tests.benchmarks import odd_delivery

SLICE = ROOT / "data" / "cordis-dortmund"


def rows(folder: Path, stem: str) -> list[dict[str, str]]:
    with (folder / f"{stem}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


@pytest.fixture(scope="module")
def threefold(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scale") / "3x"
    counts = scale_data.replicate(SLICE, folder, 3)
    assert counts == {stem: 3 * len(rows(SLICE, stem)) for stem in scale_data.TABLES}
    return folder


@pytest.mark.parametrize("stem", scale_data.TABLES)
def test_first_copy_is_the_delivery(threefold: Path, stem: str) -> None:
    old, new = rows(SLICE, stem), rows(threefold, stem)
    assert new[: len(old)] == old
    assert len(new) == 3 * len(old)


def test_copies_have_ids_of_their_own_and_the_same_structure(threefold: Path) -> None:
    """Ids of all copies are different, keep their form, and mean the same in every table."""
    projects, parts = rows(threefold, "project"), rows(threefold, "organization")
    ids, pics = {row["id"] for row in projects}, {row["organisationID"] for row in parts}
    assert len(ids) == len(projects)
    assert len(pics) == 3 * len({row["organisationID"] for row in rows(SLICE, "organization")})
    assert all(len(pic) == 9 and pic.isdigit() for pic in pics)
    assert all(6 <= len(name) <= 9 and name.isdigit() for name in ids)
    for stem in ("organization", "legalBasis", "euroSciVoc", "webLink"):
        assert {row["projectID"] for row in rows(threefold, stem)} <= ids
    size = len(projects) // 3
    for copy in (1, 2):
        moved = {old["id"]: new["id"] for old, new in zip(projects, projects[copy * size :], strict=False)}
        share = len(parts) // 3
        renamed: dict[str, str] = {}
        for old, new in zip(parts[:share], parts[copy * share :], strict=False):
            assert new["projectID"] == moved[old["projectID"]]
            assert renamed.setdefault(old["organisationID"], new["organisationID"]) == new["organisationID"]
            assert (new["order"], new["role"], new["ecContribution"]) == (old["order"], old["role"], old["ecContribution"])
        assert len(set(renamed.values())) == len(renamed), "two organisations became one"
        for old, new in zip(projects[:size], projects[copy * size :], strict=False):
            assert new["title"] == (f"{old['title']} {copy + 1}" if old["title"] else "")
            assert new["grantDoi"] == old["grantDoi"].replace(old["id"], new["id"])


def test_copies_are_the_same_bytes_again(threefold: Path, tmp_path: Path) -> None:
    scale_data.replicate(SLICE, tmp_path / "again", 3)
    for stem in scale_data.TABLES:
        assert (tmp_path / "again" / f"{stem}.csv").read_bytes() == (threefold / f"{stem}.csv").read_bytes(), stem


def test_odd_cells_survive(tmp_path: Path) -> None:
    """Line breaks, quotes and faulty ids of real deliveries: copied as they are."""
    odd = odd_delivery.write(tmp_path / "odd")
    scale_data.replicate(odd, tmp_path / "twice", 2)
    for stem in ("project", "organization"):
        with (odd / f"{stem}.csv").open(encoding="utf-8-sig", newline="") as file:
            old = list(csv.DictReader(file, delimiter=";"))
        new = rows(tmp_path / "twice", stem)
        assert new[: len(old)] == old
        assert len(new) == 2 * len(old)


def test_too_many_copies(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="1 to 100"):
        scale_data.replicate(SLICE, tmp_path / "x", 0)
    with pytest.raises(FileNotFoundError, match="no project"):
        scale_data.replicate(tmp_path, tmp_path / "x", 2)
    assert not (tmp_path / "x").exists()


def test_new_ids_never_meet_old_ones(tmp_path: Path) -> None:
    """A delivery that already has the ids which copies would get is refused."""
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "project.csv").write_text('"id";"rcn"\n"101000000";"1"\n')
    (tmp_path / "d" / "organization.csv").write_text('"projectID";"organisationID"\n"101000000";"100000001"\n"101000000";"900000000"\n')
    with pytest.raises(ValueError, match="would meet"):
        scale_data.replicate(tmp_path / "d", tmp_path / "x", 3)
    (tmp_path / "d" / "project.csv").write_text('"id";"rcn"\n"999999999";"1"\n')
    with pytest.raises(ValueError, match="nine digits"):
        scale_data.replicate(tmp_path / "d", tmp_path / "x", 2)


def stage(work: Path, name: str, table: dict[str, list[Any]], schema: dict[str, str]) -> None:
    """Write a stage as the batch does."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    (work / name / "data").mkdir(parents=True)
    data = pa.table(table)
    pq.write_table(data, work / name / "data" / "part-0.parquet")
    record = {"rows": data.num_rows, "schema": schema, "seconds": 1.5, "engine": "duckdb"}
    (work / name / "stage.json").write_text(json.dumps(record))


def test_comparison_finds_what_differs(tmp_path: Path) -> None:
    kinds = {"node": "int64", "rank": "float64"}
    one, two = tmp_path / "one", tmp_path / "two"
    stage(one, "same", {"node": [1, 2, 2], "rank": [0.5, 0.25, 0.125]}, kinds)
    stage(two, "same", {"node": [2, 1, 2], "rank": [0.125, 0.5 + 1e-13, 0.25]}, kinds)
    stage(one, "number", {"node": [1, 2], "rank": [0.5, 0.5]}, kinds)
    stage(two, "number", {"node": [1, 3], "rank": [0.5, 0.5]}, kinds)
    stage(one, "value", {"node": [1, 2], "rank": [0.5, 0.5]}, kinds)
    stage(two, "value", {"node": [1, 2], "rank": [0.5, 0.6]}, kinds)
    stage(one, "nothing", {"node": [1], "rank": [0.5]}, kinds)
    stage(two, "nothing", {"node": [1], "rank": [None]}, kinds)
    stage(one, "doubled", {"node": [1, 1], "rank": [0.5, 0.5]}, kinds)
    stage(two, "doubled", {"node": [1], "rank": [0.5]}, kinds)
    stage(one, "kind", {"node": [1], "rank": [0.5]}, kinds)
    stage(two, "kind", {"node": [1], "rank": [0.5]}, {**kinds, "node": "int32"})
    stage(one, "alone", {"node": [1], "rank": [0.5]}, kinds)
    found = {item["stage"]: item for item in scale_same.compare(one, two)}
    assert {name for name, item in found.items() if item["same"]} == {"same"}
    assert 0 < found["same"]["float"] < 1e-12
    assert found["value"]["only"] == [1, 1]


def test_lines_are_compared_in_any_order(tmp_path: Path) -> None:
    for name, parts in (("one", ["a\nb\n", "c\n"]), ("two", ["c\na\n", "b\n"]), ("three", ["a\nb\n", "d\n"])):
        (tmp_path / name / "nquads" / "data").mkdir(parents=True)
        for number, text in enumerate(parts):
            (tmp_path / name / "nquads" / "data" / f"{number}.nq.gz").write_bytes(gzip.compress(text.encode()))
        (tmp_path / name / "nquads" / "stage.json").write_text(json.dumps({"rows": 3, "schema": {}}))
    assert scale_same.compare(tmp_path / "one", tmp_path / "two")[0]["same"]
    assert not scale_same.compare(tmp_path / "one", tmp_path / "three")[0]["same"]


def test_stages_in_the_order_they_were_finished(tmp_path: Path) -> None:
    stage(tmp_path, "quads", {"node": [1]}, {"node": "int64"})
    stage(tmp_path, "edges", {"node": [1, 2]}, {"node": "int64"})
    found = scale.read_stages(tmp_path)
    assert [(item["stage"], item["rows"]) for item in found] == [("quads", 1), ("edges", 2)]
    assert all(item["bytes"] for item in found)


def test_largest_size_of_a_folder(tmp_path: Path) -> None:
    with scale.Largest(tmp_path / "spill") as spilt:
        (tmp_path / "spill").mkdir()
        (tmp_path / "spill" / "a").write_bytes(b"x" * 1000)
        for _ in range(100):
            if spilt.bytes:
                break
            time.sleep(0.1)
        (tmp_path / "spill" / "a").unlink()
    assert spilt.bytes == 1000


def results() -> Value:
    """Results as a finished run leaves them."""

    def batch(seconds: float, megabytes: float) -> Value:
        stages = [{"stage": "quads", "rows": 10, "seconds": seconds / 2, "cpu": seconds / 4, "megabytes": megabytes}]
        return {"seconds": seconds, "cpu": seconds, "megabytes": megabytes, "spill": 0.0, "stages": stages}

    store = {"seconds": 2.0, "megabytes": 500.0, "bytes": 800, "quads": 10}
    same = [{"stage": "quads", "rows": [10, 10], "only": [0, 0], "float": 0.0, "same": True}]
    found: Value = {"sizes": [1, 10], "memory": "2GB", "threads": 2, "master": "local[2]", "store": {"1": store, "10": None}}
    return {**found, "batch": {"1": batch(10.0, 500.0), "10": batch(100.0, 1900.0)}, "spark": {**batch(200.0, 3000.0), "same": same}}


def test_fragment_says_what_was_found() -> None:
    text = scale_text.fragment(results())
    for line in (
        "| quads | 10 | 5.0 | 2.5 | 500 | 10 | 50.0 | 25.0 | 1900 | 1.00 |",
        "| beside the stages: start, reading the sources, report | | 5.0 | 7.5 | | | 50.0 | 75.0 | | |",
        "| without communities and betweenness | | 10.0 | 10.0 | | | 100.0 | 100.0 | | 1.00 |",
        "- 10x without groups: 100 s, aim below 600 s (held); whole: 1,900 MB, aim below 2,000 MB (held).",
        "- Growth without groups: exponent 1.00, aim at most 1.15 (held); of processor time 1.00.",
        "| 1x | 10 | 2.0 | 5 | 500 | 80 |",
        "| quads | 100.0 | 5.0 | 10 | yes |  |",
        "- Spark took 20.0 times as long as DuckDB at this size",
    ):
        assert line in text, line


def test_fragment_says_what_was_missed() -> None:
    found = results()
    found["batch"]["10"] |= {"seconds": 1000.0, "megabytes": 2500.0}
    found["spark"]["same"][0] |= {"same": False, "only": [1, 2]}
    text = scale_text.fragment(found)
    for part in ("1000 s, aim below 600 s (**missed**)", "2,500 MB, aim below 2,000 MB (**missed**)", "exponent 2.00", "**no**: 1 and 2 rows"):
        assert part in text, part
    found["batch"]["10"]["stages"][0]["about"] = {"approximate": True}
    assert "- 10x: quads approximate;" in scale_text.fragment(found)
    found["batch"]["10"]["error"] = "kg batch: memory"
    text = scale_text.fragment(found)
    assert "- 10x was not finished: kg batch: memory" in text
    assert "1000 s, aim" not in text


def test_groups_are_reported_apart() -> None:
    found = results()
    found["batch"]["10"]["stages"].append({"stage": "communities", "rows": 10, "seconds": 30.0, "cpu": 40.0, "megabytes": 100})
    text = scale_text.fragment(found)
    assert "| without communities and betweenness | | 10.0 | 10.0 | | | 70.0 | 60.0 | | 0.85 |" in text
    assert "- 10x without groups: 70 s" in text


def test_fragment_without_results() -> None:
    """What is not measured is said, not left out."""
    text = scale_text.fragment({**results(), "batch": {"1": None}, "store": {}, "spark": None})
    assert text.count("not measured yet") == 3
