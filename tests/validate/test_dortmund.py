"""The graph of Dortmund: no Violation, exactly the Warnings of a list, and the same with rdflib's own query engine.

Write the list anew after a change that is meant: `python -m tests.validate.test_dortmund`.
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pyshacl
import pytest
from rdflib import Graph

from kg.build import Build, build
from kg.namespaces import SH
from kg.quads import read_parquet
from kg.sources.folder import ENTITY_COLUMNS, RELATION_COLUMNS, SOURCE_COLUMNS
from kg.validate import Report, exit_code, to_turtle, validate
from kg.validate.shapes import shapes_folder
from tests.sources.folders import csv_text
from tests.validate.base import rule, violations
from tests.validate.test_reference import facts, rdflib_dataset

ROOT = Path(__file__).resolve().parents[2]
DORTMUND = ROOT / "data" / "dortmund"
WARNINGS = Path(__file__).parent / "dortmund-warnings.csv"


def warnings_of(report: Report) -> list[tuple[str, str]]:
    """Return rule and focus of each Warning, in order."""
    return sorted((rule(result), result.focus) for result in report.results if result.severity == "Warning")


@pytest.fixture(scope="module")
def report(graph: Build) -> Report:
    """The report on the built graph."""
    return validate(build=graph, lang="de")


def test_there_is_no_violation(report: Report) -> None:
    assert [(rule(result), result.focus_label, *map(str, result.origin)) for result in violations(report)] == []
    assert report.conforms
    assert exit_code(report) == 0
    assert exit_code(report, "warning") == 1


def test_the_warnings_are_those_of_the_list(report: Report) -> None:
    with WARNINGS.open(encoding="utf-8", newline="") as file:
        expected = sorted((row["shape"], row["focus"]) for row in csv.DictReader(file))
    found = warnings_of(report)
    assert [item for item in found if item not in expected] == [], "new: mend the tables, or python -m tests.validate.test_dortmund"
    assert [item for item in expected if item not in found] == [], "gone: python -m tests.validate.test_dortmund"
    assert len(found) == len(expected)


def test_every_finding_has_a_row_and_texts(report: Report) -> None:
    for result in report.results:
        assert result.origin, result
        assert all(place.row >= 1 for place in result.origin)
        assert result.focus_label, result
        assert result.message["de"] != result.message["en"]
        assert result.expected, result


def test_without_a_build_the_tables_say_the_same(report: Report) -> None:
    """All findings on entities are there without a build, in the same rows of the same files."""
    brought = validate([DORTMUND], lang="de")
    names = {(result.id, tuple((Path(place.file).name, place.row) for place in result.origin)) for result in report.results}
    mine = {(result.id, tuple((Path(place.file).name, place.row) for place in result.origin)) for result in brought.results}
    assert names == mine


def collected(target: Path) -> Path:
    """Write the tables as they were collected: only the first columns, and only rows that need no other."""
    target.mkdir()
    columns = {"sources": SOURCE_COLUMNS, "entities": ENTITY_COLUMNS, "relations": RELATION_COLUMNS}
    for name, wanted in columns.items():
        with (DORTMUND / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if not row.get("value")]
        seen: set[tuple[str, ...]] = set()
        kept = []
        for row in rows:
            key = tuple(row[column] for column in wanted[:7])
            if name != "relations" or key not in seen:
                kept.append(row)
            seen.add(key)
        (target / f"{name}.csv").write_text(csv_text(wanted, kept), encoding="utf-8", newline="")
    return target


def test_the_collected_layout_has_no_violation(tmp_path: Path) -> None:
    found = violations(validate([collected(tmp_path / "collected")]))
    assert Counter(rule(result) for result in found) == {}, [(result.focus, *map(str, result.origin)) for result in found[:5]]


@pytest.mark.slow
def test_pyshacl_alone_says_the_same(graph: Build, report: Report) -> None:
    """The queries of targets give the same with rdflib's engine, which this package leaves out because of its time."""
    shapes = Graph()
    for file in sorted(shapes_folder().glob("*.ttl")):
        shapes.parse(file)
    quads = list(read_parquet(graph.parquet))
    _, own, _ = pyshacl.validate(rdflib_dataset(quads), shacl_graph=shapes, advanced=True, inplace=True)
    assert isinstance(own, Graph)
    mine = facts(Graph().parse(data=to_turtle(report), format="turtle"))
    assert mine == facts(own)
    assert any(SH.NotConstraintComponent in fact[3] for fact in mine)


def main() -> None:
    """Write the list of Warnings anew."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        found = warnings_of(validate(build=build([DORTMUND], Path(folder))))
    with WARNINGS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([("shape", "focus"), *found])
    print(f"{len(found)} warnings in {WARNINGS.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
