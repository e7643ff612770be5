"""Without an extra a command does what it can, and names the extra for what it cannot.

Packages outside the chosen extras are hidden from the import system of the process and of all processes it starts, down to their dependencies
(:mod:`tests.house.extras`).
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kg.build import Build
from tests.house.extras import EXTRAS, PROJECT, ROOT, closure, environment, hidden, kg

DORTMUND = ROOT / "data" / "dortmund"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of an install without extras."""
    return environment(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="module")
def built(base: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the base install has built the graph of Dortmund."""
    folder = tmp_path_factory.mktemp("built")
    assert "Project" in kg(["build", "--source", str(DORTMUND)], folder, base)
    return folder


def test_what_is_hidden_is_what_the_extras_bring() -> None:
    gone = set(hidden())
    assert {"matplotlib", "openpyxl", "defusedxml", "starlette", "uvicorn", "httptools", "structlog", "prometheus_client", "python_multipart"} <= gone
    assert {"nbformat", "ipykernel", "pytest"} <= gone
    assert not gone & {
        "ibis",
        "duckdb",
        "pyarrow",
        "pandas",
        "rdflib",
        "pyoxigraph",
        "pyshacl",
        "networkx",
        "igraph",
        "scipy",
        "typer",
        "rich",
        "jinja2",
    }
    assert set(hidden("web")) < gone
    assert "prometheus_client" in hidden("web")
    assert "prometheus_client" not in hidden("metrics", "web")


def test_the_hook_hides_as_if_never_installed(base: dict[str, str], tmp_path: Path) -> None:
    code = "import importlib.util as u, kg\nprint(u.find_spec('matplotlib'))\ntry:\n    import starlette.routing\nexcept ModuleNotFoundError as e:\n    print(e.name)"
    done = subprocess.run([sys.executable, "-c", code], env=base, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["None", "starlette"]


def test_all_holds_every_extra_for_users() -> None:
    (line,) = EXTRAS["all"]
    named = set(line.partition("[")[2].rstrip("]").split(","))
    # pyspark brings 0.8 GB and asks for Java; dev and docs are for those who work on the project itself.
    assert named == set(EXTRAS) - {"all", "dev", "docs", "spark"}
    assert closure("all") >= closure("web") | closure("notebook") | closure("metrics")


def test_base_builds_validates_asks_and_publishes(built: Path, base: dict[str, str]) -> None:
    kg(["validate"], built, base)
    assert "T-Factor" in kg(["ask", "role-across-projects", "--institution", "sozialforschungsstelle"], built, base)
    kg(["analyse", "--format", "csv"], built, base)
    kg(["profile", "sozialforschungsstelle"], built, base)
    kg(["why", "t-factor"], built, base)
    kg(["publish"], built, base)
    assert (built / "build" / "publish" / "manifest.json").is_file()


def test_base_releases_and_looks_over_the_release(built: Path, base: dict[str, str]) -> None:
    kg(["release", "2026.11"], built, base)
    # What it finds in the data is another matter; that every profile is looked at is this one.
    said = json.loads(kg(["preflight", "--fail-on", "never", "--format", "json"], built, base))
    assert said["version"] == "2026.11"
    assert {one["answer"] for one in said["verdicts"]} <= {"yes", "yes-but", "no"}


def test_base_draws_no_figures_and_names_plot(built: Path, base: dict[str, str]) -> None:
    assert "innovation-kg[plot]" in kg(["analyse", "communities", "--format", "svg", "--output", "network.svg"], built, base, code=2)
    assert not (built / "network.svg").exists()
    # The page goes without figures, and says so.
    kg(["profile", "sozialforschungsstelle", "--format", "html", "--output", "profile.html"], built, base)
    assert "innovation-kg[plot]" in (built / "profile.html").read_text(encoding="utf-8")


def test_base_writes_no_workbooks_and_names_tables(built: Path, base: dict[str, str]) -> None:
    tables = built / "tables"
    shutil.copytree(DORTMUND, tables)
    said = kg(["export-sheet", str(tables), "--output", "book.xlsx"], built, base, code=2)
    assert "innovation-kg[tables]" in said
    assert not (built / "book.xlsx").exists()


def test_base_serves_nothing_and_names_web(built: Path, base: dict[str, str]) -> None:
    assert "innovation-kg[web]" in kg(["serve", "--port", "0"], built, base, code=2)


def test_web_serves_without_metrics_and_says_what_they_need(graph: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.portal.conftest import serving

    for name, value in environment(tmp_path / "hook", "web").items():
        monkeypatch.setenv(name, value)
    with serving(graph.path.parents[1], tmp_path / "log", "--workers", "1") as served:
        served.wait_for("/health/ready")
        assert served.get("/").status_code == 200
        answer = served.get("/metrics")
        assert answer.status_code == 501
        assert "pip install 'innovation-kg[metrics]'" in answer.text
        assert "Installieren" in answer.text
        table = served.get("/sparql?query=ASK%7B%3Fs%20%3Fp%20%3Fo%7D", headers={"Accept": "application/sparql-results+json"})
        assert table.json()["boolean"] is True


def test_every_bound_has_a_floor() -> None:
    for extra, lines in {"": PROJECT["dependencies"], **EXTRAS}.items():
        for line in lines:
            if line.startswith("innovation-kg") or line.startswith("types-"):
                continue
            assert "=" in line or "<" in line, (extra, line)
