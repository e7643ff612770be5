"""The command with its exit codes, every form of the report, the badge, and what is kept for the portal."""

from __future__ import annotations

import html.parser
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from datetime import date
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from typer.testing import CliRunner

from kg.cli import app
from kg.preflight import Flight, preflight
from kg.preflight.badge import badge
from kg.preflight.formats import FORMATS, from_dict, to_dict
from kg.preflight.kept import keep, kept
from tests.preflight.conftest import BASE, DUMP, Folder, catalogue, write_manifest

HOSTILE = '<script>alert(1)</script>\x1b[31m|`"::error::\n# x'


@pytest.fixture
def broken(make_folder: Folder) -> Path:
    """A release with a hostile title, no contributor ID, a broken file, and a label without language."""
    text = (
        catalogue()
        .replace('"Who works with whom"@en', f"<urn:x:{re.sub('[^a-z]', '', HOSTILE)}>")
        .replace("dcatde:contributorID", "dcterms:relation")
    )
    row = json.dumps({"@type": "Dataset", "name": "n", "description": HOSTILE, "url": HOSTILE})
    return make_folder(catalog_ttl=text, dataset_json=row, data_nq=DUMP.replace('"Anfang"@de', json.dumps(HOSTILE)))


def run(*arguments: object) -> Any:
    return CliRunner().invoke(app, ["preflight", *map(str, arguments)])


@pytest.fixture
def flight(broken: Path) -> Flight:
    return preflight(broken, today=date(2026, 11, 23))


def test_exit_codes(make_folder: Folder, tmp_path: Path) -> None:
    folder = make_folder(catalog_ttl=catalogue().replace("dcat:keyword", "dcterms:subject"))
    assert run(folder).exit_code == 0
    assert run(folder, "--fail-on", "warning").exit_code == 1
    (folder / "table.csv").write_text("x")
    assert run(folder).exit_code == 1
    assert run(folder, "--fail-on", "never").exit_code == 0
    assert run(folder, "--profile", "ckan").exit_code == 0
    for wrong in (
        (tmp_path / "gone",),
        (folder, "--profile", "x"),
        (folder, "--format", "x"),
        (folder, "--fail-on", "x"),
        (folder, "--shapes", tmp_path / "x"),
    ):
        done = subprocess.run([sys.executable, "-m", "kg", "preflight", *map(str, wrong)], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("kg: ")
        assert "Traceback" not in done.stderr


def test_default_is_the_newest_release(make_folder: Folder, tmp_path: Path) -> None:
    folder = make_folder()
    done = run("--build", tmp_path / "build", "--lang", "en")
    assert done.exit_code == 0
    assert f"Release 2026.11, 10 files: {folder}" in done.output
    assert (tmp_path / "build" / "report" / "preflight-2026.11.json").is_file()
    assert run("--build", tmp_path / "none").exit_code != 0


def test_both_languages_say_the_same(broken: Path) -> None:
    german, english = (run(broken, "--lang", lang).output for lang in ("de", "en"))
    assert "Datenbereitsteller-ID" in german
    assert re.search(r"\d Warnung", german.splitlines()[-1])
    assert "contributor ID" in english
    marks = [re.findall(r"^  ([✓~✗–]) ", text, re.MULTILINE) for text in (german, english)]
    assert marks[0] == marks[1] == ["✗", "✗", "✓", "✗", "✓", "✗"]
    assert german.count("\n\n") == english.count("\n\n")


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("lang", ["de", "en"])
def test_no_form_lets_a_value_through(flight: Flight, form: str, lang: str) -> None:
    text = FORMATS[form](flight, lang)
    assert "\x1b" not in text
    assert text == FORMATS[form](flight, lang)
    if form == "html":
        assert "<script>" not in text
        html.parser.HTMLParser().feed(text)
        assert f'<html lang="{lang}">' in text
    if form == "github":
        assert all(line.startswith(("::error ", "::warning ", "::notice ", "✓", "~", "✗", "–")) for line in text.splitlines())
    if form == "markdown":
        assert not re.search(r"(?<!\\)<script", text)


def test_json_is_read_again(flight: Flight) -> None:
    again = from_dict(json.loads(FORMATS["json"](flight, "en")), flight.path)
    assert to_dict(again) == to_dict(flight)
    assert again.verdicts == flight.verdicts


def test_turtle_is_a_graph_one_can_ask(flight: Flight) -> None:
    store = ox.Store()
    store.load(FORMATS["turtle"](flight, "en").encode(), format=ox.RdfFormat.TURTLE)
    query = """PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX dqv: <http://www.w3.org/ns/dqv#> PREFIX oa: <http://www.w3.org/ns/oa#>
        SELECT ?severity (COUNT(*) AS ?n) WHERE { ?report a sh:ValidationReport ; sh:conforms false ; sh:result ?result .
        ?result a dqv:QualityAnnotation ; oa:motivatedBy dqv:qualityAssessment ; oa:hasTarget <%sdataset> ; sh:resultSeverity ?severity ;
        sh:focusNode ?focus ; sh:sourceConstraintComponent ?component ; sh:resultMessage ?message FILTER(LANG(?message) = "de") } GROUP BY ?severity"""
    rows = store.query(query % BASE)
    assert isinstance(rows, ox.QuerySolutions)
    found = {row["severity"].value.rsplit("#", 1)[1]: int(row["n"].value) for row in rows}
    assert found == {name: count for name, count in flight.counts.items() if count}


@pytest.mark.parametrize("lang", ["de", "en"])
def test_badge_says_in_words_what_it_shows(flight: Flight, make_folder: Folder, lang: str) -> None:
    root = ET.fromstring(badge(flight, lang))
    title = root.find("{http://www.w3.org/2000/svg}title")
    assert title is not None
    assert "GovData (DCAT-AP.de 3.0): " in str(title.text)
    assert root.get("lang") == lang
    assert "#a4262c" in badge(flight, lang)
    assert {"de": "kein Release", "en": "no release"}[lang] in badge(None, lang)


def test_badge_and_report_are_written_whole(make_folder: Folder, tmp_path: Path) -> None:
    done = run(make_folder(), "--badge", tmp_path / "new" / "b.svg", "--output", tmp_path / "new" / "r.html", "--format", "html")
    assert done.exit_code == 0
    assert (tmp_path / "new" / "b.svg").read_text().endswith("</svg>\n")
    assert (tmp_path / "new" / "r.html").read_text().startswith("<!doctype html>")


def test_what_is_kept_belongs_to_one_manifest(make_folder: Folder, tmp_path: Path) -> None:
    folder, root = make_folder(), tmp_path / "build"
    keep(preflight(folder), root)
    known = kept(folder, root, "2026.11")
    assert known is not None
    assert {one.answer for one in known.verdicts} == {"yes"}
    (folder / "more.txt").write_text("x")
    write_manifest(folder)
    assert kept(folder, root, "2026.11") is None
    (root / "report" / "preflight-2026.11.json").write_text("[1]")
    assert kept(folder, root, "2026.11") is None
