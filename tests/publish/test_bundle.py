"""Bundles: all parts are there, the same bytes in every process, checksums that find every change, nothing of the machine inside."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from kg.analyse import canvas
from kg.analyse.data import Data, Selection, load
from kg.analyse.method import Method
from kg.analyse.plates import EgoPlate
from kg.analyse.result import Result
from kg.build import Build
from kg.errors import AnalysisError, BuildError, InputError
from kg.publish.bundle import MANIFEST, bibtex, bundle, command, environment, verify

SFS = "https://w3id.org/innokg/id/organisation/sozialforschungsstelle"
PLAIN = ["CITATION.txt", MANIFEST, "README.txt", "citation.bib", "environment.json", "method.json", "result.csv", "result.json", "result.txt"]
FIGURE = ["figure.pdf", "figure.png", "figure.svg", "figure.txt"]


@dataclass(frozen=True)
class Table(Result):
    """A result without a figure."""

    name: ClassVar[str] = "table"
    columns: ClassVar[tuple[str, ...]] = ("name", "value", "list")
    method: Method

    def rows(self) -> list[dict[str, Any]]:
        return [
            {"name": "ä, b", "value": 0.1, "list": ["x", "y"]},
            {"name": '"q"', "value": None, "list": []},
            {"name": "c", "value": True, "list": ()},
        ]

    def text(self, lang: str) -> str:
        return f"Tabelle {lang}\n"

    def to_json(self) -> dict[str, Any]:
        return {"method": self.method.to_json(), "rows": self.rows()}


@pytest.fixture(scope="module")
def data(graph: Build) -> Data:
    return load(graph)


def entries(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def repack(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def test_a_result_without_a_figure_is_packed(data: Data, tmp_path: Path) -> None:
    path = tmp_path / "table.zip"
    assert bundle(Table(data.method), path, lang="de") == PLAIN
    found = entries(path)
    assert list(found) == PLAIN
    assert found["result.csv"].decode() == 'name,value,list\r\n"ä, b",0.1,x;y\r\n"""q""",,\r\nc,true,\r\n'
    assert json.loads(found["method.json"]) == data.method.to_json()
    assert found["CITATION.txt"].decode().strip() == Table(data.method).cite("de")
    readme = found["README.txt"].decode()
    assert f"Build {data.method.build}" in readme
    assert "kg analyse table --level merged --weight newman --roles all --seed 1" in readme
    assert all(name in readme for name in PLAIN if name not in (MANIFEST, "README.txt"))
    assert verify(path) == ()


def test_a_figure_and_the_network_go_along(data: Data, tmp_path: Path) -> None:
    path = tmp_path / "ego.zip"
    names = bundle(EgoPlate(data, SFS), path, network=data, options={"institution": SFS})
    assert names == sorted([*PLAIN, *FIGURE, "incidence.csv", "network.graphml"])
    found = entries(path)
    rows = list(csv.DictReader(io.StringIO(found["incidence.csv"].decode(), newline="")))
    assert len(rows) == len(data.incidence.rows)
    assert found["figure.svg"].startswith(b"<?xml")
    assert EgoPlate(data, SFS).caption("en") in found["figure.txt"].decode()
    assert verify(path) == ()
    assert bundle(EgoPlate(data, SFS), tmp_path / "bare.zip", figure=False) == PLAIN


def test_without_matplotlib_the_rest_is_packed(data: Data, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canvas, "available", lambda: False)
    assert bundle(EgoPlate(data, SFS), tmp_path / "x.zip") == PLAIN


def test_the_same_bytes_here_and_in_another_process(data: Data, tmp_path: Path) -> None:
    """Another hash of strings, another time zone, another folder."""
    first, other = tmp_path / "first.zip", tmp_path / "elsewhere" / "other.zip"
    other.parent.mkdir()
    bundle(EgoPlate(data, SFS), first, lang="de", network=data)
    code = (
        "import sys; from pathlib import Path; from kg.build import current; from kg.analyse.data import load\n"
        "from kg.publish.bundle import bundle; from kg.analyse.plates import EgoPlate\n"
        f"d = load(current(Path({str(data.build.path.parent.parent)!r})))\n"
        f"bundle(EgoPlate(d, {SFS!r}), Path(sys.argv[1]), lang='de', network=d)"
    )
    environ = {**os.environ, "PYTHONHASHSEED": "4711", "TZ": "Asia/Tokyo"}
    subprocess.run([sys.executable, "-c", code, str(other)], check=True, env=environ, cwd=tmp_path)
    assert other.read_bytes() == first.read_bytes()


def test_the_same_bytes_twice(data: Data, tmp_path: Path) -> None:
    for name in ("one.zip", "two.zip"):
        bundle(Table(data.method), tmp_path / name, network=data)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_nothing_of_the_machine_is_inside(data: Data, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    bundle(EgoPlate(data, SFS), path, options={"output": "/srv/somebody/out.csv", "build": str(tmp_path)})
    found = entries(path)
    for name, content in found.items():
        for secret in (str(tmp_path), str(data.build.path), str(Path.home()) + "/", "/home/"):
            assert secret.encode() not in content, (name, secret)
    with zipfile.ZipFile(path) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert [entry.filename for entry in archive.infolist()] == sorted(found)


def test_every_change_is_found(data: Data, tmp_path: Path) -> None:
    whole = tmp_path / "whole.zip"
    bundle(Table(data.method), whole)
    files = entries(whole)
    changed = repack(tmp_path / "changed.zip", {**files, "result.csv": files["result.csv"].replace(b"0.1", b"0.2")})
    missing = repack(tmp_path / "missing.zip", {name: content for name, content in files.items() if name != "method.json"})
    added = repack(tmp_path / "added.zip", {**files, "more.txt": b""})
    assert [(one.code, one.file) for one in verify(changed)] == [("bundle-changed", "changed.zip/result.csv")]
    assert [(one.code, one.file) for one in verify(missing)] == [("bundle-missing", "missing.zip/method.json")]
    assert [(one.code, one.file) for one in verify(added)] == [("bundle-unknown", "added.zip/more.txt")]
    assert verify(changed)[0].text("de").endswith("noch einmal.")
    with zipfile.ZipFile(whole, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("result.csv", b"other")
    assert {one.code for one in verify(whole)} == {"bundle-twice", "bundle-changed"}


def test_what_is_no_bundle_is_refused(data: Data, tmp_path: Path) -> None:
    (tmp_path / "text.zip").write_text("no archive")
    cases = {
        "text.zip": tmp_path / "text.zip",
        "absent.zip": tmp_path / "absent.zip",
        "bare.zip": repack(tmp_path / "bare.zip", {"a": b""}),
        "broken.zip": repack(tmp_path / "broken.zip", {MANIFEST: b"{"}),
        "list.zip": repack(tmp_path / "list.zip", {MANIFEST: b"[]"}),
        "empty.zip": repack(tmp_path / "empty.zip", {MANIFEST: b"{}"}),
    }
    for name, path in cases.items():
        with pytest.raises(InputError) as caught:
            verify(path)
        assert name in caught.value.text("de")
    with pytest.raises(AnalysisError, match="language"):
        bundle(Table(data.method), tmp_path / "x.zip", lang="fr")
    for target in (tmp_path, tmp_path / "none" / "x.zip"):
        with pytest.raises(BuildError):
            bundle(Table(data.method), target)
    assert not [path for path in tmp_path.iterdir() if path.name.endswith(".part")]


def test_the_command_names_what_was_selected(data: Data) -> None:
    method = replace(data.method, level="top", weight="count", seed=7, linked=True)
    found = command(method, "groups", {"resolution": "1.5", "name": "a b"})
    assert found == "kg analyse groups --level top --weight count --roles all --seed 7 --resolution 1.5 --name 'a b' --linked"
    assert Selection(level="top", weight="count", seed=7, linked=True).linked


def test_bibtex_has_what_is_needed(data: Data) -> None:
    method = replace(data.method, title={"de": "Netz {A} & B", "en": "Net"}, state="2026-11-22", name="dortmund", build="ab12")
    found = bibtex(method, "ego-network", "de")
    assert found.startswith("@misc{dortmund-ego-network-ab12,\n")
    assert "  title = {Netz (A) \\& B: ego-network},\n" in found
    assert "  year = {2026},\n" in found
    assert found.count("{") == found.count("}")
    assert "year" not in bibtex(replace(method, state=""), "x", "en")


def test_the_environment_names_versions_only() -> None:
    found = environment()
    assert found["python"].count(".") == 2
    assert set(found) == {"innovation-kg", "python", "packages"}
    assert all(value is None or value[0].isdigit() for value in found["packages"].values())
