"""The commands that read a whole graph, on real servers: what they say is what they say of the build."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pyoxigraph as ox
import pytest
from typer.testing import CliRunner

from kg.build import Build
from kg.cli import app
from kg.errors import KgError
from kg.mirror import home_of
from kg.quads import read_parquet, to_oxigraph
from tests.servers import Server, oxigraph, virtuoso

Run = Callable[..., tuple[int, str]]
EXACT = {
    "positions": ("analyse", "positions", "--format", "csv"),
    "profile": ("profile", "sozialforschungsstelle", "--format", "json", "--draws", "20"),
    "comparison": ("compare", "sozialforschungsstelle", "stadt-dortmund", "--format", "csv"),
}


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(words), catch_exceptions=False, standalone_mode=True)
    return result.exit_code, result.stdout


def load(build: Build, server: Server) -> None:
    """Load a build by the Graph Store Protocol."""
    by_graph: dict[str, set[ox.Triple]] = {}
    for quad in read_parquet(build.parquet):
        by_graph.setdefault(quad.graph, set()).add(to_oxigraph(quad).triple)
    auth = httpx.DigestAuth(server.user, server.password) if server.user else None
    for graph, triples in sorted(by_graph.items()):
        body = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
        headers = {"Content-Type": "application/n-triples"}
        httpx.put(server.graphs, params={"graph": graph}, content=body or b"", headers=headers, auth=auth, timeout=120).raise_for_status()


@pytest.fixture(scope="module", params=["oxigraph", "virtuoso"])
def server(request: pytest.FixtureRequest, graph: Build, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server") / request.param
    if request.param == "oxigraph":
        shutil.copytree(graph.store, folder)
        with oxigraph(folder) as running:
            yield running
    else:
        with virtuoso(folder) as running:
            load(graph, running)
            yield running


@pytest.fixture(scope="module")
def root(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of builds that the copies of the server lie in."""
    return tmp_path_factory.mktemp("root")


@pytest.fixture(scope="module")
def here(graph: Build, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The build in a folder that commands may write reports to."""
    root = tmp_path_factory.mktemp("here")
    shutil.copytree(graph.path, root / "graphs" / graph.id)
    (root / "current").symlink_to(f"graphs/{graph.id}")
    return root


@pytest.mark.parametrize("what", EXACT)
def test_the_same_bytes(what: str, server: Server, root: Path, here: Path) -> None:
    assert run(*EXACT[what], "--store", server.query, "--build", str(root)) == run(*EXACT[what], "--build", str(here))


def test_validation_differs_in_places_alone(server: Server, root: Path, here: Path) -> None:
    """A server knows no files and rows."""
    found = [run("validate", "--format", "json", *words) for words in (("--store", server.query, "--build", str(root)), ("--build", str(here)))]
    assert found[0][0] == found[1][0]
    theirs, ours = (json.loads(text) for _, text in found)
    assert any(one["origin"] for one in ours["results"])
    assert not any(one["origin"] for one in theirs["results"])
    assert placeless(theirs) == placeless(ours)
    report = home_of(server.query, root) / "report"
    assert (report / "report.json").is_file() or list(report.iterdir())
    assert not (root / "report").exists()


def placeless(report: dict[str, Any]) -> list[dict[str, Any]]:
    """Return findings without files and rows, in an order of their own: that of a report goes by files first."""
    keys = ("id", "severity", "shape", "component", "focus", "focus_label", "path", "value", "expected", "found")
    return sorted(({key: one.get(key) for key in keys} for one in report["results"]), key=lambda one: json.dumps(one, sort_keys=True))


def test_publication(server: Server, root: Path, here: Path, tmp_path: Path) -> None:
    """Data and tables are the same; publisher and contact stand in the settings of a source, not in its graph. Virtuoso shortens coordinates."""
    for name, words in {"theirs": ("--store", server.query, "--build", str(root)), "ours": ("--build", str(here))}.items():
        assert run("publish", *words, "--output", str(tmp_path / name))[0] == 0
    differ = {path.name for path in (tmp_path / "ours").iterdir() if path.read_bytes() != (tmp_path / "theirs" / path.name).read_bytes()}
    about = {"README.txt", "catalog.ttl", "manifest.json", "network.gexf", "network.graphml"}
    assert differ <= about | ({"dortmund.nq", "dortmund.ttl", "dortmund.jsonld"} if server.name == "virtuoso" else set())
    lines = [set((tmp_path / name / "dortmund.nq").read_text(encoding="utf-8").splitlines()) for name in ("ours", "theirs")]
    assert not [line for line in lines[0] ^ lines[1] if "geosparql#asWKT" not in line]


def test_what_wins(server: Server, root: Path, here: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`--store` says what is read, as in `kg ask`; a build that is named wins over the environment."""
    text = run("compare", "sozialforschungsstelle", "stadt-dortmund", "--store", server.query, "--build", str(root))
    monkeypatch.setenv("KG_STORE", "http://127.0.0.1:9/none")
    assert run("compare", "sozialforschungsstelle", "stadt-dortmund", "--build", str(here)) == text
    monkeypatch.chdir(tmp_path)
    with pytest.raises(KgError, match=r"127\.0\.0\.1:9"):
        run("compare", "sozialforschungsstelle", "stadt-dortmund")
    # A folder keeps meaning that.
    assert run("compare", "sozialforschungsstelle", "stadt-dortmund", "--store", str(here)) == text
    assert run("compare", "sozialforschungsstelle", "stadt-dortmund", "--store", str(here / "current")) == text
    assert list(tmp_path.iterdir()) == []


def test_too_much_and_mistyped_cost_no_fetch(server: Server, tmp_path: Path) -> None:
    words = ("--store", server.query, "--build", str(tmp_path / "root"))
    for command in (("analyse",), ("profile", "x"), ("compare", "x", "y"), ("validate",), ("publish",)):
        with pytest.raises(KgError, match="a copy may have 10"):
            run(*command, *words, "--max-statements", "10")
    for command in (("analyse", "--format", "nonsense"), ("validate", "--format", "nonsense"), ("publish", "--base-url", "http://a.example/")):
        with pytest.raises(KgError):
            run(*command, *words)
    with pytest.raises(KgError, match="Either files are checked or a graph"):
        run("validate", str(tmp_path), *words)
    assert not (tmp_path / "root").exists()


def test_releases_lie_with_the_copy(server: Server, root: Path) -> None:
    code, text = run("release", "--list", "--store", server.query, "--build", str(root), "--lang", "en")
    assert (code, text.strip()) == (0, f"No releases in {home_of(server.query, root) / 'release'}.")
