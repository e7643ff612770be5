"""The whole way as a steward goes it, in real processes: list, fill in, take over, list again; and what a decision does to a network."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kg.analyse.data import load
from kg.analyse.selection import Selection
from kg.build import Build, build
from kg.cli.duplicates import FORMS
from kg.duplicates.decisions import DEFAULT_FILE
from kg.duplicates.facts import CLASSES
from kg.quads import read_parquet
from tests.conftest import DORTMUND, ROOT

A, B = "organisation/anspe", "organisation/zsi"


def run(folder: Path, graph: Build, *arguments: str, code: int = 0, lang: str = "en") -> str:
    """Run `kg duplicates` in a folder and return what it wrote: to stdout, or to stderr where it failed."""
    (folder / "build").mkdir(exist_ok=True)
    if not (folder / "build" / "current").exists():
        (folder / "build" / "current").symlink_to(graph.path)
    done = subprocess.run(
        [sys.executable, "-m", "kg", "duplicates", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "KG_LANG": lang, "KG_WHO": "desk"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr if code else done.stdout


def test_the_whole_way(both: Build, tmp_path: Path) -> None:
    run(tmp_path, both, "--class", "Organisation", "--class", "Place", "--format", "csv", "--output", "review.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "review.csv").read_text(encoding="utf-8-sig"))))
    scores = [float(row["score"]) for row in rows]
    assert len(rows) >= 30
    assert scores == sorted(scores, reverse=True)
    montpellier = next(row for row in rows if "MONTPELLIER" in row["a_name"])
    assert "ror:051escj72" in montpellier["a_identifiers"]
    assert "PIC" in montpellier["against_de"]
    for row, word in zip((montpellier, *[row for row in rows if row is not montpellier][:2]), ("same", "verschieden", "later"), strict=True):
        row["decision"], row["note"] = word, "=SUM(A1)"
    with (tmp_path / "filled.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    assert "1 same, 1 different, 1 later" in run(tmp_path, both, "--decisions", "filled.csv")
    text = (tmp_path / DEFAULT_FILE).read_text()
    assert "'=SUM(A1)" in text
    assert "desk" in text
    after = json.loads(
        run(tmp_path, both, "--class", "Organisation", "--class", "Place", "--format", "json", "--output", "after.json") or "0"
    ) or json.loads((tmp_path / "after.json").read_text())
    assert after["found"] == len(rows) - 3
    assert after["left_out"] == {"different": 1, "later": 1, "same": 1}
    assert "frame" in after["sources"][0]
    listed = run(tmp_path, both, "--decided")
    assert listed.startswith("same: ")
    assert "desk" in listed
    assert (tmp_path / DEFAULT_FILE).read_text() == text


def test_single_decisions(graph: Build, tmp_path: Path) -> None:
    assert "0 gleich, 1 verschieden" in run(tmp_path, graph, "--different", "anspe", "organisation:zsi", "--note", "Bogotá", lang="de")
    before = (tmp_path / DEFAULT_FILE).read_bytes()
    error = run(tmp_path, graph, "--same", A, B, code=2)
    assert f"{DEFAULT_FILE}:2" in error
    assert (tmp_path / DEFAULT_FILE).read_bytes() == before
    assert "verschieden: " in run(tmp_path, graph, "--decided", lang="de")
    run(tmp_path, graph, "--undo", A, B)
    run(tmp_path, graph, "--same", A, B, "--who", "editor")
    assert "editor" in (tmp_path / DEFAULT_FILE).read_text()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--same", "anspe", "zssi"), "zsi"),
        (("--same", "anspe", "anspe"), "same entry"),
        (("--same", "organisation/stadt-dortmund", "place/dortmund"), "two classes"),
        (("--same", "anspe", "zsi", "--later", "anspe", "zsi"), "together"),
        (("--class", "Person"), "Organisation"),
        (("--graph", "nowhere"), "dortmund"),
        (("--format", "xml"), "json"),
        (("--decisions", "missing.csv"), "missing.csv"),
        (("--undo", "anspe", "zsi"), "Nothing is decided"),
    ],
)
def test_mistakes_are_said(graph: Build, tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    assert words in run(tmp_path, graph, *arguments, code=2)
    assert not (tmp_path / DEFAULT_FILE).exists()


def test_explain_tells_why_not(graph: Build, tmp_path: Path) -> None:
    told = run(tmp_path, graph, "--explain", "tu-dortmund", "sozialforschungsstelle", lang="de")
    assert told.startswith("0.00")
    assert "− eines ist ein Teil des anderen" in told


def test_the_help_names_all_classes_and_forms(tmp_path: Path, graph: Build) -> None:
    text = run(tmp_path, graph, "--help")
    assert all(name in text for name in CLASSES)
    assert "|".join(FORMS) in text


def test_a_decision_makes_one_node_with_linked(graph: Build, tmp_path: Path) -> None:
    """A mapping file that lies beside the tables goes into the next build, and `kg analyse --linked` follows it."""
    tables = tmp_path / "dortmund"
    shutil.copytree(DORTMUND, tables)
    run(tmp_path, graph, "--same", A, B, "--mappings", "dortmund/duplicates.sssom.tsv")
    decided = build([tables], tmp_path / "decided")
    apart, linked = (len(load(decided, Selection(linked=linked)).incidence.institutions) for linked in (False, True))
    assert linked == apart - 1
    assert "dortmund/duplicates.sssom.tsv" in [one["file"] for one in decided.record["inputs"]]
    assert {quad.origin for quad in read_parquet([decided.path / "quads" / "links.parquet"])} == {"dortmund/duplicates.sssom.tsv#2"}
    assert decided.record["id"] != graph.record["id"]
