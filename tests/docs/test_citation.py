"""How to cite: CITATION.cff, .zenodo.json and codemeta.json say the same as the package, and nothing that does not exist."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

import kg

ROOT = Path(__file__).resolve().parents[2]
CFF: dict[str, Any] = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
ZENODO: dict[str, Any] = json.loads((ROOT / ".zenodo.json").read_text(encoding="utf-8"))
CODEMETA: dict[str, Any] = json.loads((ROOT / "codemeta.json").read_text(encoding="utf-8"))
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_version_is_that_of_the_package() -> None:
    assert str(CFF["version"]) == ZENODO["version"] == CODEMETA["version"] == kg.__version__


def test_title_authors_and_day_are_equal() -> None:
    assert CFF["title"] == ZENODO["title"] == CODEMETA["name"]
    assert CFF["title"].startswith(PROJECT["name"])
    names = [author["name"] for author in CFF["authors"]]
    assert (
        names
        == [one["name"] for one in ZENODO["creators"]]
        == [one["name"] for one in CODEMETA["author"]]
        == [one["name"] for one in PROJECT["authors"]]
    )
    assert str(CFF["date-released"]) == ZENODO["publication_date"] == CODEMETA["datePublished"]
    assert CFF["keywords"] == ZENODO["keywords"] == CODEMETA["keywords"]
    assert CODEMETA["description"] in " ".join(CFF["abstract"].split())
    assert CODEMETA["description"] in ZENODO["description"]


def test_licences_of_software_and_data_are_said() -> None:
    assert CFF["license"] == PROJECT["license"] == "Apache-2.0"
    assert ZENODO["license"] == "apache-2.0"
    assert CODEMETA["license"].endswith("/Apache-2.0")
    assert CODEMETA["hasPart"][0]["license"].endswith("/CC-BY-4.0")
    assert "CC BY 4.0" in ZENODO["notes"]
    assert "CC BY 4.0" in CFF["abstract"]


def test_no_identifier_is_invented() -> None:
    """No DOI has been assigned; a DOI here must be that of a real deposit, and none is known."""
    for name in ("CITATION.cff", ".zenodo.json", "codemeta.json"):
        text = (ROOT / name).read_text(encoding="utf-8").replace("https://doi.org/10.5063/schema/codemeta-2.0", "")
        assert not re.search(r"\b10\.\d{4,9}/", text), name
        assert "orcid" not in text.casefold(), name


@pytest.mark.parametrize("key", ["cff-version", "message", "title", "authors"])
def test_required_keys_of_the_citation_file(key: str) -> None:
    """Citation File Format 1.2.0, section "Required keys"."""
    assert CFF[key]


def test_files_that_codemeta_names_exist() -> None:
    for key in ("softwareHelp", "readme", "releaseNotes"):
        assert (ROOT / CODEMETA[key]).is_file(), key
