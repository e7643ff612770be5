"""Every result by its command: text in both languages, plain data, table, figure and bundle; options that do not fit are refused."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kg.analyse.menu import MENU
from kg.build import Build
from kg.cli import app
from kg.cli.analysis import RESULTS
from kg.errors import AnalysisError, ParameterError

SFS = "sozialforschungsstelle"
CENSUS_ONLY = {"removal": ["--without", SFS]}
NEEDS = {
    "sensitivity": ["--institution", SFS],
    "ego-network": ["--institution", SFS],
    "ties": ["--institution", SFS],
    "places": ["--level", "country", "--graph", "cordis-dortmund"],
    "countries": ["--graph", "cordis-dortmund"],
    "robustness": ["--draws", "20"],
}
FIGURES = {"backbone", "countries", "distributions", "ego-network", "communities", "years"}


def run(graph: Build, *words: str) -> str:
    result = CliRunner().invoke(app, [*words, "--build", str(graph.path.parent.parent)], catch_exceptions=False, standalone_mode=True)
    assert result.exit_code == 0, result.output
    return result.stdout


def command(name: str) -> list[str]:
    extra = NEEDS.get(name, [])
    return ["analyse", name, *extra, *([] if "--graph" in extra else ["--graph", "dortmund"])]


def test_the_help_names_every_result() -> None:
    assert set(RESULTS) == set(MENU)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(MENU) - set(CENSUS_ONLY)))
def test_a_result_in_every_form(both: Build, tmp_path: Path, name: str) -> None:
    german, english = (run(both, *command(name), "--lang", lang) for lang in ("de", "en"))
    assert german.strip()
    assert english.strip()
    assert german != english
    assert "nan" not in english.lower().split()
    found = json.loads(run(both, *command(name), "--format", "json"))
    assert found["method"]["frame"]["kind"] in ("ego-sampled", "partial")
    rows = list(csv.reader(io.StringIO(run(both, *command(name), "--format", "csv"))))
    assert len(rows) > 1
    assert {len(row) for row in rows} == {len(rows[0])}
    path = tmp_path / "result.zip"
    run(both, *command(name), "--format", "bundle", "-o", str(path))
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        assert archive.testzip() is None
    assert {"result.csv", "result.json", "method.json", "CITATION.txt", "README.txt"} <= names
    assert ("figure.svg" in names) == (name in FIGURES)


@pytest.mark.parametrize("words", CENSUS_ONLY.values(), ids=CENSUS_ONLY)
def test_a_census_is_needed(both: Build, words: list[str]) -> None:
    with pytest.raises(AnalysisError, match="ego-sampled"):
        run(both, "analyse", "removal", *words, "--graph", "dortmund")


@pytest.mark.parametrize("form", ["graphml", "gexf", "vosviewer", "pajek", "incidence-csv", "incidence-parquet"])
def test_the_network_for_other_tools(both: Build, tmp_path: Path, form: str) -> None:
    path = tmp_path / "deep" / "network"
    run(both, "analyse", "--graph", "dortmund", "--format", form, "-o", str(path))
    assert path.stat().st_size > 10_000
    assert [found.name for found in path.parent.iterdir()] == ["network"]


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["unknown"], AnalysisError),
        (["pairs", "--resolution", "2"], AnalysisError),
        (["removal"], AnalysisError),
        (["ties", "--institution", "nobody"], ParameterError),
        (["pairs", "--alpha", "7"], AnalysisError),
        (["pairs", "--format", "svg"], AnalysisError),
        (["years", "--since", "1900", "--until", "1901", "--open-dates", "certain"], AnalysisError),
        (["network", "--format", "svg"], ParameterError),
    ],
)
def test_what_does_not_fit_is_refused(both: Build, words: list[str], error: type[Exception]) -> None:
    with pytest.raises(error):
        run(both, "analyse", *words, "--graph", "dortmund")


def test_compare(both: Build) -> None:
    found = json.loads(run(both, "compare", SFS, "stadt-dortmund", "--format", "json"))
    assert found["method"]["level"] == "merged"


def test_codebook_goes_to_a_second_coder_and_back(both: Build, tmp_path: Path) -> None:
    run(both, "codebook", "--output", str(tmp_path))
    with (tmp_path / "codebook.csv").open(encoding="utf-8-sig", newline="") as file:
        codes = {row["id"]: row["code"] for row in csv.DictReader(file)}
    with (tmp_path / "second-coder.csv").open(encoding="utf-8-sig", newline="") as file:
        sheet = list(csv.DictReader(file))
    for row in sheet:
        row["code"] = codes[row["id"]]
    with (tmp_path / "second-coder.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(sheet[0]))
        writer.writeheader()
        writer.writerows(sheet)
    result = CliRunner().invoke(app, ["codebook", "--second", str(tmp_path / "second-coder.csv"), "--format", "json"], catch_exceptions=False)
    assert result.exit_code == 0
    assert json.loads(result.stdout)["percent"] == 100.0


def test_every_option_of_a_result_is_one_of_the_command() -> None:
    import typer

    command = typer.main.get_command(app).commands["analyse"]  # type: ignore[attr-defined]
    known = {option.removeprefix("--") for parameter in command.params for option in parameter.opts}
    assert {option for entry in MENU.values() for option in entry.options} <= known
