"""Two states of the graph of Dortmund, each released: an end date changed, a partner added, an entity withdrawn with a successor and one without, a contradiction settled."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from kg.build import Build, build
from kg.namespaces import BASE
from kg.quads import Quad, read_parquet, write_parquet
from kg.release import Release, release
from kg.sources.lossless import LosslessTable
from tests.diff.tables import DORTMUND, changed_copy, new_row, row_of

KOSI = f"{BASE}id/project/kosi-lab"
UPDATE = f"{BASE}id/event/updatedeutschland"
EDITION = f"{BASE}id/award-edition/icapital-award-2014"
REPLACED = f"{BASE}id/organisation/projecttogether"
SUCCESSOR = f"{BASE}id/organisation/bundeskanzleramt"
GONE = f"{BASE}id/organisation/asp-architekten"
OLD, NEW = "2026.11", "2026.12"


class Two(NamedTuple):
    """A folder of builds whose build is the new state, with a release of each state."""

    root: Path
    old: Release
    new: Release
    build: Build


def edits(tables: dict[str, LosslessTable]) -> None:
    """Make the new state of the old one."""
    entities, relations, retired = tables["entities"], tables["relations"], tables["retired"]
    entities.set(row_of(entities, "entity_id", "kosi-lab"), "end", "2020")
    new_row(
        relations,
        subject_id="kosi-lab",
        predicate="hasParticipant",
        object_id="fh-dortmund",
        role="Partner",
        source_id="kosilab-en",
        evidence="Steht da.",
    )
    relations.remove(row_of(relations, "subject_id", "asp-architekten"))
    relations.remove(row_of(relations, "object_id", "projecttogether"))
    for name in ("asp-architekten", "projecttogether"):
        entities.remove(row_of(entities, "entity_id", name))
    new_row(retired, iri=REPLACED, successor=SUCCESSOR, date="2026-12-01")
    decisions = tables["decisions"]
    decisions.set(row_of(decisions, "target", "icapital-award-2014 awardedTo amsterdam ec-icapital-2017"), "decision", "rejected")


_MADE: list[Two] = []


@pytest.fixture(scope="session")
def two(tmp_path_factory: pytest.TempPathFactory) -> Two:
    """The two releases; made once for all modules, and changed by none."""
    if not _MADE:
        folder = tmp_path_factory.mktemp("two")
        root = folder / "build"
        old = release(build([DORTMUND], folder / "before"), OLD, folder / "before", output=root / "release", issued="2026-11-22")
        new = build([changed_copy(DORTMUND, folder / "tables" / "dortmund", edits)], root)
        _MADE.append(Two(root, old, release(new, NEW, root, issued="2026-12-22"), new))
    return _MADE[0]


@pytest.fixture
def copy(two: Two, tmp_path: Path) -> Path:
    """A folder of releases that a test may spoil."""
    shutil.copytree(two.root / "release", tmp_path / "release")
    return tmp_path / "release"


def frozen(folder: Path, version: str, quads: Iterable[Quad], **more: Any) -> dict[str, Any]:
    """Make a small release by hand: its quad table and its manifest, which is returned."""
    folder.mkdir(parents=True, exist_ok=True)
    write_parquet({quad._replace(origin="") for quad in quads}, folder / "small.parquet")
    manifest = {
        "version": version,
        "issued": "2026-11-22",
        "dataset": f"https://example.org/releases/{version}",
        "base": "https://example.org/",
        "name": "small",
        "files": [{"name": "small.parquet"}],
        **more,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return manifest


def of_build(folder: Path, version: str, made: Build, **more: Any) -> dict[str, Any]:
    """Make a small release of a build."""
    frames = {source["name"]: source["frame"] for source in made.record["sources"]}
    record: Mapping[str, Any] = made.record
    return frozen(folder, version, read_parquet(made.parquet), base=made.base, title=record["title"], sampling_frames=frames, **more)
