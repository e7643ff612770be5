"""Fixtures of differences: two builds of a small city that is a census, the second with changes in every table."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from kg.build import Build, build
from kg.init import init
from kg.sources.lossless import LosslessTable
from tests.diff.tables import new_row, row_of


class City(NamedTuple):
    """A folder of builds with an old and a new one, and the tables of the new one."""

    root: Path
    old: Build
    new: Build
    tables: Path


BASE = "https://example.org/city/"


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    """The example city of `kg init` as a census; then an organisation retired, one renamed, a place withdrawn, a partner added, a role changed."""
    folder = tmp_path_factory.mktemp("diff")
    tables, root = folder / "city", folder / "build"
    init(tables, base=BASE, title="City", state="2026-01-01")
    settings = tables / "settings.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace('kind = "partial"', 'kind = "census"'), encoding="utf-8")
    entities, relations = LosslessTable.read(tables / "entities.csv"), LosslessTable.read(tables / "relations.csv")
    for name, kind in (("old-institute", "Institution"), ("old-square", "Place"), ("new-institute", "Institution")):
        new_row(entities, entity_id=name, type=kind, label_de=f"{name} de", label_en=f"{name} en", source_ids="example-city-news")
    for name in ("old-institute", "new-institute"):
        new_row(
            relations,
            subject_id="river-lab",
            predicate="hasParticipant",
            object_id=name,
            role="Partner",
            source_id="example-city-news",
            evidence="Steht da.",
        )
    entities.write(tables / "entities.csv")
    relations.write(tables / "relations.csv")
    old = build([tables], root)

    def changes() -> None:
        entities.set(row_of(entities, "entity_id", "example-university"), "label_en", "University of Example City")
        entities.remove(row_of(entities, "entity_id", "old-institute"))
        entities.remove(row_of(entities, "entity_id", "old-square"))
        relations.remove(row_of(relations, "object_id", "old-institute"))
        relations.set(row_of(relations, "object_id", "new-institute"), "role", "Assoziierter Partner")
        new_row(
            entities,
            entity_id="lake-lab",
            type="Project",
            label_de="Seelabor",
            label_en="Lake *Lab* <b>@me",
            start="2025",
            source_ids="example-city-news",
        )
        for name, role in (("example-university", "Koordination"), ("new-institute", "Partner")):
            new_row(
                relations,
                subject_id="lake-lab",
                predicate="hasParticipant",
                object_id=name,
                role=role,
                source_id="example-city-news",
                evidence="Steht da.",
            )

    changes()
    entities.write(tables / "entities.csv")
    relations.write(tables / "relations.csv")
    retired = LosslessTable.read(tables / "retired.csv")
    new_row(retired, iri=f"{BASE}id/organisation/old-institute", successor=f"{BASE}id/organisation/new-institute", date="2026-01-01")
    retired.write(tables / "retired.csv")
    return City(root, old, build([tables], root), tables)
