"""A small folder of tables without a Violation, and helpers to spoil it in one place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kg.namespaces import local_name
from kg.validate import Report, Result, validate
from tests.sources.folders import edit_table, entity, relation, source, write_folder

SETTINGS = """
[graph]
name = "small"
base = "https://example.org/small/"
state = "2026-01-01"
title.de = "Kleiner Graph"
title.en = "Small graph"
license = "https://creativecommons.org/licenses/by/4.0/"

[frame]
kind = "partial"
population.de = "Vier Einträge."
population.en = "Four entries."
"""

SOURCES = [source("s1", published="2020"), source("s2", published="2021-05")]
ENTITIES = [
    entity("alpha", "Project", start="2019", end="2021", description_de="Ein Projekt."),
    entity("uni", "Institution", description_de="Eine Universität.", kind="university"),
    entity("stadt", "Place", lat="51.5", lon="7.4", description_de="Eine Stadt."),
    entity("tag", "Event", start="2020-05-04", end="2020-05-05", description_de="Eine Tagung.", source_ids="s1;s2"),
]
RELATIONS = [
    relation("alpha", "coordinatedBy", "uni"),
    relation("alpha", "hasSite", "stadt", role="Pilotstadt"),
    relation("uni", "locatedIn", "stadt"),
    relation("tag", "partOf", "alpha"),
    relation("tag", "hostedAt", "stadt", source_id="s2"),
]


def small_folder(path: Path) -> Path:
    """Write the small folder: entities stand in rows 2 to 5, relations in rows 2 to 6."""
    return write_folder(path, SOURCES, ENTITIES, RELATIONS, SETTINGS)


def spoil(path: Path, table: str, row: int, **cells: str) -> None:
    """Overwrite cells of a record; the header is row 1."""

    def change(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        rows[row - 2].update(cells)
        return rows

    edit_table(path / f"{table}.csv", change)


def add_row(path: Path, table: str, **cells: str) -> None:
    """Append a record."""
    edit_table(path / f"{table}.csv", lambda rows: [*rows, cells])


def violations(report: Report) -> list[Result]:
    """Return the Violations of a report."""
    return [result for result in report.results if result.severity == "Violation"]


def rule(result: Result) -> str:
    """Return the local name of a result's shape."""
    return local_name(result.shape)


def rules(*paths: Path) -> list[tuple[str, list[int]]]:
    """Validate and return rule and rows of each Violation."""
    return [(rule(result), [place.row for place in result.origin]) for result in violations(validate(list(paths)))]


Change = Callable[[Path], None]
