"""Small folders of tables for tests, and copies of the Dortmund tables with a change."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from kg.sources.folder import ENTITY_COLUMNS, RELATION_COLUMNS, SOURCE_COLUMNS

Rows = Sequence[Mapping[str, str]]


def csv_text(columns: Sequence[str], rows: Rows, delimiter: str = ",", line_end: str = "\r\n") -> str:
    """Return rows as CSV."""
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, list(columns), restval="", delimiter=delimiter, lineterminator=line_end, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


def columns_of(base: Sequence[str], rows: Rows) -> list[str]:
    """Return the base columns and those that rows add."""
    extra = [column for row in rows for column in row if column not in base]
    return [*base, *dict.fromkeys(extra)]


def write_folder(path: Path, sources: Rows, entities: Rows, relations: Rows, settings: str = "") -> Path:
    """Write a folder of tables and return it."""
    path.mkdir(parents=True, exist_ok=True)
    for name, base, rows in (
        ("sources", SOURCE_COLUMNS, sources),
        ("entities", ENTITY_COLUMNS, entities),
        ("relations", RELATION_COLUMNS, relations),
    ):
        (path / f"{name}.csv").write_text(csv_text(columns_of(base, rows), rows), encoding="utf-8", newline="")
    if settings:
        (path / "settings.toml").write_text(settings, encoding="utf-8")
    return path


def source(source_id: str, **cells: str) -> dict[str, str]:
    """Return a row of sources.csv."""
    return {"source_id": source_id, "url": f"https://example.org/{source_id}", "title": source_id, "publisher": source_id, "language": "de", **cells}


def entity(entity_id: str, type_: str, **cells: str) -> dict[str, str]:
    """Return a row of entities.csv."""
    return {"entity_id": entity_id, "type": type_, "label_de": entity_id, "label_en": entity_id, "source_ids": "s1", **cells}


def relation(subject: str, predicate: str, target: str, **cells: str) -> dict[str, str]:
    """Return a row of relations.csv."""
    return {"subject_id": subject, "predicate": predicate, "object_id": target, "source_id": "s1", "evidence": "Beleg.", **cells}


def edit_table(path: Path, change: Callable[[list[dict[str, str]]], list[dict[str, str]]]) -> None:
    """Rewrite a CSV file with changed rows."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        columns = list(reader.fieldnames or [])
        rows = change(list(reader))
    path.write_text(csv_text(columns_of(columns, rows), rows), encoding="utf-8", newline="")


def copy_folder(source_folder: Path, target: Path) -> Path:
    """Copy a folder of tables."""
    shutil.copytree(source_folder, target)
    return target
