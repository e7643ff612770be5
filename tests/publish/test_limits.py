"""What does not fit is left out whole, and said: in README, manifest and codebook."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from kg.analyse import incidence as sizes
from kg.analyse.edges import collaboration
from kg.analyse.incidence import Incidence
from kg.analyse.projection import Row, network
from kg.build import Build
from kg.publish import exports, publish
from kg.publish.limits import MAX_CELL, cell, limits, long_lists
from kg.publish.tables import COLUMNS, Facts, codebook, edges, nodes, write_table

NONE = Facts({}, {}, {}, {}, {})


def project(number: int) -> str:
    """An IRI of 30 characters: with `; ` 1,024 of them fill 32,766 characters of a cell, 1,025 are too many."""
    return f"https://example.org/id/p/{number:05}"


def teams(shared: int) -> dict[str, set[str]]:
    """Two institutions with so many projects, one of them with another project besides that a third takes part in."""
    return {project(number): {"https://example.org/a", "https://example.org/b"} for number in range(shared)} | {
        project(99_999): {"https://example.org/b", "https://example.org/c"}
    }


def read(path: Path) -> list[dict[str, str]]:
    csv.field_size_limit(1_000_000)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_cell_is_whole_or_empty() -> None:
    fits = ["a" * (MAX_CELL - 3), "b"]
    assert cell(fits) == "; ".join(fits)
    assert cell(["a" * (MAX_CELL - 2), "b"]) == ""


@pytest.mark.parametrize(("shared", "long"), [(1_023, 0), (1_024, 1), (1_025, 2)])
def test_long_lists_are_counted(shared: int, long: int) -> None:
    assert len("; ".join(map(project, range(1_024)))) == 32_766
    found = Incidence.of(teams(shared))
    assert long_lists(found) == long
    texts = limits(found)
    assert bool(texts) == (long > 0) or sizes.is_large(found.pairs)
    if long:
        assert f"Einrichtungen: {long};" in texts["de"]
        assert f"institutions: {long};" in texts["en"]


@pytest.mark.parametrize("shared", [1_024, 1_025])
def test_what_stands_in_the_cells_is_whole_or_empty(shared: int, tmp_path: Path) -> None:
    """By rows and by columns: the same bytes; a cell holds all projects or none, and the count stays."""
    rows = [Row("x", name, one, "partner", "", "", one, name) for name, team in teams(shared).items() for one in team]
    for folder in ("rows", "columns"):
        (tmp_path / folder).mkdir()
    graph = network(rows)
    write_table(tmp_path / "rows" / "edges.csv", edges(graph))
    columns = [column.name for column in COLUMNS["edges.csv"]]
    exports.edges_csv(collaboration(Incidence.of(teams(shared))), tmp_path / "columns" / "edges.csv", columns)
    assert (tmp_path / "rows" / "edges.csv").read_bytes() == (tmp_path / "columns" / "edges.csv").read_bytes()
    write_table(tmp_path / "rows" / "nodes.csv", nodes(graph, NONE))
    expected = {"a": shared, "b": shared + 1, "c": 1}
    for row in read(tmp_path / "rows" / "nodes.csv"):
        number = expected[row["id"][-1]]
        assert row["project_count"] == str(number)
        assert (len(row["projects"].split("; ")) if row["projects"] else 0) == (number if number <= 1_024 else 0)
    first, second = read(tmp_path / "columns" / "edges.csv")
    assert (first["count"], second["count"], second["shared"]) == (str(shared), "1", project(99_999))
    assert (first["shared"] == "") == (shared > 1_024)


def test_codebook_says_which_lists_may_be_empty() -> None:
    plain, bounded = codebook(), codebook(bounded=True)
    changed = [(row[0], row[1]) for row, other in zip(bounded, plain, strict=True) if row != other]
    assert changed == [("nodes.csv", "projects"), ("edges.csv", "shared")]
    assert all("incidence.csv" in row[5] for row in bounded if (row[0], row[1]) in changed)


def test_a_small_publication_has_no_limits(folder: Path) -> None:
    assert "limits" not in json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert "LIMITS" not in (folder / "README.txt").read_text(encoding="utf-8")


def test_a_large_publication_says_its_limits(graph: Build, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dortmund as if it were large: the same tables, evidence in the tables alone, and it is said."""
    monkeypatch.setattr(sizes, "LARGE", 0)
    made = publish(graph, tmp_path / "publish")
    text = (made.path / "README.txt").read_text(encoding="utf-8")
    for heading, lang in (("GRENZEN", "de"), ("LIMITS", "en")):
        assert f"{heading}\n" in text
        assert made.manifest["limits"][lang][:60] in " ".join(text.split())
    same = {path.name for path in folder.iterdir() if path.read_bytes() == (made.path / path.name).read_bytes()}
    assert {path.name for path in folder.iterdir()} - same == {"network.graphml", "network.gexf", "README.txt", "manifest.json", "catalog.ttl"}
    assert '"shared"' not in (made.path / "network.graphml").read_text(encoding="utf-8")
