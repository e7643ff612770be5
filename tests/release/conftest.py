"""A small graph with what is awkward in it, built once, and its release."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from kg.build import Build, build
from kg.release import Release, checks, release
from tests.sources.folders import entity, relation, source, write_folder

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = """
[graph]
name = "small"
base = "https://example.org/small/"
state = "2026-01-02"
title.de = "Kleiner Graph"
title.en = "Small graph"
license = "https://creativecommons.org/licenses/by/4.0/"
[publisher]
name = "Example City"
[contact]
name = "Example City"
url = "https://example.org/contact"
"""
FORMULA = '=HYPERLINK("https://evil.example","x")'
ENTITIES = [
    entity("p", "Project", start="2020-06-01", end="2021", label_en=FORMULA, description_de="Zeile 1\nZeile, 2", identifiers="cordis:101004704"),
    entity("q", "Project", label_de="+49", label_en="@x"),
    entity("a", "Institution", kind="university", label_de="Universität A", label_en="University A"),
    entity("b", "Institution", label_de="-B", label_en='"B"; C'),
    entity("here", "Place", lat="51.5", lon="-0.25", label_de="Hier", label_en="Here"),
    entity("there", "Place"),
]
RELATIONS = [
    relation("p", "hasParticipant", "a", role="Partner"),
    relation("p", "coordinatedBy", "b"),
    relation("q", "hasParticipant", "a", role="Partner"),
    relation("a", "locatedIn", "here"),
]


def small_folder(path: Path, settings: str = SETTINGS) -> Path:
    """Write the tables of the small graph."""
    return write_folder(path, [source("s1")], ENTITIES, RELATIONS, settings)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """The small graph."""
    root = tmp_path_factory.mktemp("small-graph")
    return build([small_folder(root / "small")], root / "build")


@pytest.fixture(scope="session")
def frozen(small: Build, tmp_path_factory: pytest.TempPathFactory) -> Release:
    """Its release."""
    return release(small, "1.0", tmp_path_factory.mktemp("frozen") / "build", with_violations=True)


@pytest.fixture(scope="session")
def dortmund(graph: Build, tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The release of Dortmund."""
    return release(graph, "2026.11", tmp_path_factory.mktemp("dortmund-release") / "build")


@pytest.fixture(scope="session")
def findings(small: Build) -> dict[str, Any]:
    """What the validation of the small graph finds, looked for once."""
    return checks.validation(small, small.path)


@pytest.fixture
def known(findings: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Take those findings instead of validating again."""
    monkeypatch.setattr(checks, "validation", lambda *_: findings)


def content(folder: Path) -> dict[str, str]:
    """Return the checksums of the files of a folder."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def freeze(graph: Build, root: Path, version: str = "1.0", **options: Any) -> Release:
    """Release a graph, whatever was found in it."""
    return release(graph, version, root, with_violations=True, **options)
