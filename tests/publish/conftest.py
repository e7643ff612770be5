"""The publication of Dortmund, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.build import Build
from kg.publish import Publication, publish


@pytest.fixture(scope="session")
def publication(graph: Build, tmp_path_factory: pytest.TempPathFactory) -> Publication:
    """The publication of Dortmund."""
    return publish(graph, tmp_path_factory.mktemp("publication") / "publish")


@pytest.fixture(scope="session")
def folder(publication: Publication) -> Path:
    """The folder of the publication of Dortmund."""
    return publication.path
