"""`/preflight`: without a release, with one, with a result that was kept; JSON, badge, accessibility."""

from __future__ import annotations

import json
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kg.build import Build
from kg.preflight import preflight
from kg.preflight.kept import keep
from tests.portal.browser import NARROW, WIDE, chromium
from tests.portal.conftest import Served, serving
from tests.portal.test_accessibility import look_at
from tests.preflight.conftest import BASE, DATASET, DUMP, TURTLE, VOID, catalogue, write_manifest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["chromium"]
PROFILES = ["dcat-ap", "dcat-ap-de", "ckan", "schema-org", "void", "files"]


@pytest.fixture(scope="module")
def root(both: Build, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of builds of its own."""
    folder = tmp_path_factory.mktemp("builds")
    shutil.copytree(both.path.parents[1], folder, dirs_exist_ok=True, symlinks=True, ignore=shutil.ignore_patterns("release", "report"))
    return folder


@pytest.fixture(scope="module")
def served(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A portal on it."""
    with serving(root, tmp_path_factory.mktemp("log") / "log", "--workers", "1", "--seconds", "20") as portal:
        portal.wait_for("/health/ready")
        yield portal


@pytest.fixture(scope="module")
def release(root: Path, served: Served) -> Path:
    """A release that lacks a contributor ID, made while the portal runs."""
    assert served.get("/preflight?lang=de").text.count("kg release") == 1
    assert served.get("/preflight?format=json").json()["release"] is None
    assert "kein Release" in served.get("/preflight/badge.svg?lang=de").text
    folder = root / "release" / "2026.11"
    folder.mkdir(parents=True)
    text = catalogue().replace("dcatde:contributorID", "dcterms:relation").replace("City of Example", "<script>x</script>")
    for name, content in {"catalog.ttl": text, "void.ttl": VOID, "data.nq": DUMP, "data.ttl": TURTLE, "dataset.json": json.dumps(DATASET)}.items():
        (folder / name).write_text(content)
    write_manifest(folder)
    return folder


def test_without_a_result_kept_only_the_catalogue_is_checked(served: Served, release: Path) -> None:
    assert release.is_dir()
    found = served.get("/preflight?format=json").json()
    assert (found["release"], found["base"]) == ("2026.11", BASE)
    assert [one["profile"] for one in found["verdicts"]] == PROFILES
    assert [one["answer"] for one in found["verdicts"]] == ["yes", "yes-but", "yes", "yes", "unchecked", "unchecked"]
    page = served.get("/preflight?lang=de")
    assert page.status_code == 200
    assert "Datenbereitsteller-ID" in page.text
    assert "catalogue.contributor_id" in page.text
    assert "<script>x" not in page.text
    assert page.headers["cache-control"] == "no-store"


def test_what_the_command_has_kept_is_shown(served: Served, release: Path, root: Path) -> None:
    keep(preflight(release), root)
    answers = [one["answer"] for one in served.get("/preflight?format=json").json()["verdicts"]]
    assert answers == ["yes", "yes-but", "yes", "yes", "yes", "yes"]
    title = ET.fromstring(served.get("/preflight/badge.svg?lang=en").content).find("{http://www.w3.org/2000/svg}title")
    assert title is not None
    assert "GovData (DCAT-AP.de 3.0): 0 violations" in str(title.text)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessible(served: Served, release: Path, chromium: Browser, scheme: str) -> None:
    assert release.is_dir()
    for width, lang in ((WIDE, "de"), (NARROW, "en")):
        look_at(chromium, served, ("/preflight",), lang, width, color_scheme=scheme)
