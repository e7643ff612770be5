"""The R script of the documents reads the exports."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from kg.build import Build
from kg.publish import publish

SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "r" / "read-network.R"


def test_script_reads_the_exports(graph: Build, tmp_path: Path) -> None:
    if shutil.which("Rscript") is None:
        pytest.skip("R is not installed: apt-get install r-base-core r-cran-igraph r-cran-tidygraph")
    publish(graph, tmp_path / "build" / "publish")
    done = subprocess.run(["Rscript", str(SCRIPT)], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "UNW-" in done.stdout, "undirected, named, weighted"
