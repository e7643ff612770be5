"""The command as people call it: whole processes, exit codes, what stands on which stream."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kg.build import Build
from tests.sources.folders import edit_table, entity, relation, source, write_folder

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = '[graph]\nname = "small"\nbase = "https://example.org/small/"\nstate = "2026-01-02"\n'


def kg(*arguments: str, cwd: Path, lang: str = "en", stdin: str = "", env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "KG_LANG": lang, "NO_COLOR": "1", **(env or {})}
    variables.pop("KG_BUILD", None)
    return subprocess.run([sys.executable, "-m", "kg", *arguments], check=False, capture_output=True, text=True, cwd=cwd, input=stdin, env=variables)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    entities = [entity("p", "Project", label_en="Project P", description_de="Ein Projekt."), entity("a", "Institution"), entity("b", "Institution")]
    relations = [relation("p", "hasParticipant", "a", role="Partner"), relation("p", "coordinatedBy", "b")]
    return write_folder(tmp_path / "small", [source("s1")], entities, relations, SETTINGS)


@pytest.fixture(scope="session")
def root(graph: Build) -> str:
    return str(graph.path.parents[1])


def test_help_groups_the_commands_by_user(tmp_path: Path) -> None:
    done = kg("--help", cwd=tmp_path)
    assert done.returncode == 0
    names = "Data stewards|Researchers|Linked-data portals|init|build|validate|ask|query|analyse|profile|publish"
    words = re.findall(rf"^(?:  )?({names})\b", done.stdout, re.MULTILINE)
    assert words == [
        "Data stewards",
        "init",
        "build",
        "validate",
        "Researchers",
        "ask",
        "query",
        "analyse",
        "profile",
        "Linked-data portals",
        "publish",
    ]
    assert "Datenpflege" in kg("--help", cwd=tmp_path, lang="de").stdout


def test_ask_in_every_format(root: str, tmp_path: Path) -> None:
    call = ("ask", "role-across-projects", "--institution", "sozialforschungsstelle", "--build", root)
    assert "T-Factor" in kg(*call, cwd=tmp_path).stdout
    answer = json.loads(kg(*call, "--format", "json", cwd=tmp_path).stdout)
    assert answer["head"]["vars"][0] == "project"
    assert len({row["project"]["value"] for row in answer["results"]["bindings"]}) == 27
    for form, start in (("csv", "project,role,"), ("tsv", "?project\t?role"), ("xml", "<?xml")):
        assert kg(*call, "--format", form, cwd=tmp_path).stdout.startswith(start)
    assert "project_label" in kg(*call, "--format", "csv", "--labels", cwd=tmp_path).stdout
    assert "beteiligt ist: 27" in kg(*call, "--lang", "de", cwd=tmp_path).stdout


def test_query_from_argument_file_and_stdin(root: str, tmp_path: Path) -> None:
    text = "SELECT (COUNT(?p) AS ?n) WHERE { ?p a inno:Project }"
    (tmp_path / "q.rq").write_text(text)
    for call, stdin in (((text,), ""), (("q.rq",), ""), (("-",), text), ((), text)):
        done = kg("query", *call, "--format", "csv", "--build", root, cwd=tmp_path, stdin=stdin)
        assert done.stdout.splitlines() == ["n", "44"], done.stderr


def test_analyse_and_profile(root: str, tmp_path: Path) -> None:
    assert kg("analyse", "--format", "csv", "--output", "network", "--build", root, cwd=tmp_path).returncode == 0
    assert {path.name for path in (tmp_path / "network").iterdir()} == {"nodes.csv", "edges.csv", "method.json"}
    assert json.loads(kg("analyse", "--format", "json", "--build", root, cwd=tmp_path).stdout)
    done = kg("profile", "Sozialforschungsstelle Dortmund", "--draws", "50", "--build", root, cwd=tmp_path)
    assert "27 projects, 199 partner institutions, 29 of them" in done.stdout
    done = kg(
        "profile", "sozialforschungsstelle", "--format", "html", "--output", "sfs.html", "--draws", "50", "--build", root, cwd=tmp_path, lang="de"
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert "27" in (tmp_path / "sfs.html").read_text(encoding="utf-8")


def test_init_and_everything_after_it(tmp_path: Path) -> None:
    assert kg("init", "my-city", "--title", "Meine Stadt", cwd=tmp_path).returncode == 0
    city = tmp_path / "my-city"
    rows = sum(len((city / f"{name}.csv").read_text(encoding="utf-8").splitlines()) - 1 for name in ("sources", "entities", "relations"))
    assert rows == 10
    for call in (("validate", "."), ("build",), ("validate",), ("ask",), ("analyse",), ("profile", "example-university"), ("publish",)):
        done = kg(*call, cwd=city)
        assert done.returncode == 0, (call, done.stdout, done.stderr)
        assert done.stderr == "", call
    assert "Meine Stadt" in kg("build", cwd=city, lang="de").stdout
    again = kg("init", "my-city", cwd=tmp_path)
    assert (again.returncode, "not empty" in again.stderr) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("ask", "nothing"), "no question"),
        (("ask", "hierarchy"), "needs --institution"),
        (("ask", "hierarchy", "--institution"), "has no value"),
        (("ask", "hierarchy", "sfs"), "without the name of a parameter"),
        (("ask", "hierarchy", "--institution", "sfz"), "is called"),
        (("ask", "hierarchy", "--institution", "sfs", "--format", "pdf"), "no format"),
        (("query", "SELECT ?x WHERE { ?x"), "no valid SPARQL"),
        (("query", "no-such-file.rq"), "cannot be read"),
        (("query", "DELETE WHERE { ?s ?p ?o }"), "no SPARQL question"),
        (("profile", "nobody"), "is called"),
        (("profile", "sfs", "--level", "best"), "unknown"),
        (("profile", "sfs", "--format", "pdf"), "no value of --format"),
        (("analyse", "--weight", "heavy"), "unknown"),
        (("validate", "nothing.ttl"), "no such file"),
        (("validate", "--format", "pdf"), "no format"),
        (("validate", "--fail-on", "always"), "always"),
        (("publish", "--output", "/proc/nothing"), "no such folder"),
        (("ask", "hierarchy", "--store", "http://127.0.0.1:9/sparql", "--institution", "sfs"), "does not answer"),
        (("ask", "hierarchy", "--lang", "fr", "--institution", "sfs"), "not available"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_mistakes_are_one_line_and_exit_code_2(root: str, tmp_path: Path, arguments: tuple[str, ...], what: str) -> None:
    english, german = (kg(*arguments, *(() if "--store" in arguments else ("--build", root)), cwd=tmp_path, lang=lang) for lang in ("en", "de"))
    assert english.returncode == german.returncode == 2, english.stdout + english.stderr
    assert "Traceback" not in english.stderr
    assert what in english.stderr
    assert english.stderr != german.stderr or "--lang" in arguments
    assert english.stderr.startswith("kg: ")


def test_nothing_is_built_yet(tmp_path: Path) -> None:
    for call in (("ask", "hierarchy", "--institution", "x"), ("query", "ASK { }"), ("validate",), ("analyse",), ("profile", "x"), ("publish",)):
        done = kg(*call, cwd=tmp_path)
        assert (done.returncode, "no graph yet" in done.stderr) == (2, True), call
        assert not list(tmp_path.iterdir()), call


def test_findings_are_exit_code_1_and_build_refuses(small: Path, tmp_path: Path) -> None:
    edit_table(small / "entities.csv", lambda rows: [{**row, "start": "2021-13-01"} if row["entity_id"] == "p" else row for row in rows])
    found = kg("validate", "small", cwd=tmp_path)
    assert found.returncode == 1
    assert "small/entities.csv:2" in found.stdout
    assert kg("validate", "small", "--fail-on", "never", cwd=tmp_path).returncode == 0
    refused = kg("build", "--source", "small", cwd=tmp_path)
    assert refused.returncode == 2
    assert "small/entities.csv:2 [start]" in refused.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"small"}, "nothing was written"


def test_a_reader_that_stops(root: str, tmp_path: Path) -> None:
    command = f"{sys.executable} -m kg query 'SELECT ?s ?p ?o WHERE {{ ?s ?p ?o }} LIMIT 20000' --format csv --build {root} | head -1"
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, shell=True, check=False, capture_output=True, text=True, cwd=tmp_path, env=env)
    assert done.stdout == "s,p,o\n"
    assert done.stderr == ""


def test_version(tmp_path: Path) -> None:
    assert kg("--version", cwd=tmp_path).stdout.startswith("innovation-kg 0.")
