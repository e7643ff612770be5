"""The JSON API and the files: faithful to the data, openable by what reads them, and described by a valid OpenAPI document."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from zipfile import ZipFile

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.build import Build
from kg.portal import downloads, question_api
from kg.portal.asking import Asked
from kg.portal.desk import Desk
from kg.portal.page import Reply, Request
from kg.portal.settings import PortalSettings
from kg.portal.workbook import CELL, workbook
from kg.questions import KnowledgeGraph
from kg.store import Table

REPEAT = {"institution": "sozialforschungsstelle"}


@pytest.fixture(scope="module")
def desk(graph: Build) -> Iterator[Desk]:
    opened = Desk.open(PortalSettings(), graph.path)
    yield opened
    opened.store.close()


def request_for(name: str, lang: str = "en", **values: str) -> Request:
    path = f"/api/questions/{name}"
    return Request("", path, names={"name": name}, values={k: [v] for k, v in values.items()}, lang=lang, form="json", origin="http://kg.example")


def get(desk: Desk, name: str = "repeat-partners", **values: str) -> Reply:
    return question_api.answer(desk, request_for(name, **values))


def as_json(reply: Reply) -> Any:
    assert reply.media_type == "application/json"
    return json.loads(reply.body)


def test_an_answer_holds_rows_names_sentence_rule_frame_and_release(desk: Desk, graph: Build) -> None:
    data = as_json(get(desk, **REPEAT))
    assert data["total"] == len(data["rows"]) == 29
    assert data["truncated"] is False
    assert data["release"] == graph.id
    assert data["parameters"]["institution"]["label"] == "Social Research Centre Dortmund"
    assert data["parameters"]["minimum"]["datatype"].endswith("#integer")
    assert set(data["rows"][0]) <= set(data["columns"])
    assert data["rows"][0]["partner"]["type"] == "uri"
    assert data["rows"][0]["partner"]["label"]
    assert "29" in data["sentence"]
    assert data["frame"] in data["rule"]


def test_the_language_changes_names_and_texts_only(desk: Desk) -> None:
    english = as_json(get(desk, **REPEAT))
    german = as_json(question_api.answer(desk, request_for("repeat-partners", "de", **REPEAT)))
    assert german["sentence"] != english["sentence"]
    assert [row["partner"]["value"] for row in german["rows"]] == [row["partner"]["value"] for row in english["rows"]]


def test_the_list_describes_every_question(desk: Desk) -> None:
    data = as_json(question_api.listing(desk, request_for("questions")))
    assert [one["name"] for one in data["questions"]] == list(desk.questions)
    one = next(one for one in data["questions"] if one["name"] == "repeat-partners")
    assert {"name": "institution", "type": "iri", "required": True}.items() <= one["parameters"][0].items()
    assert list(one["parameters"][1]["values"]) == ["unit", "merged", "top"]


@pytest.mark.parametrize(
    ("values", "where"),
    [
        ({}, "institution"),
        ({"institution": "nobody at all"}, "institution"),
        ({**REPEAT, "minimum": "two"}, "minimum"),
        ({**REPEAT, "level": "highest"}, "level"),
        ({**REPEAT, "minimun": "2"}, "minimun"),
        ({**REPEAT, "format": "docx"}, "format"),
        ({**REPEAT, "format": "csv", "sort": "partner"}, "sort"),
        ({"institution": "x" * 2000}, "institution"),
    ],
)
@pytest.mark.parametrize("lang", ["de", "en"])
def test_errors_are_json_with_what_where_and_fix(desk: Desk, values: dict[str, str], where: str, lang: str) -> None:
    reply = question_api.answer(desk, request_for("repeat-partners", lang, **values))
    data = as_json(reply)
    assert reply.status == data["status"] == 400
    assert data["error"]
    assert data["fix"]
    assert data["where"] == where


def test_a_near_miss_names_what_may_be_meant(desk: Desk) -> None:
    data = as_json(get(desk, institution="Sozialforschungsstele"))
    assert any(one["iri"].endswith("/sozialforschungsstelle") for one in data["near"])
    reply = get(desk, "repeat-partner")
    assert reply.status == 404
    assert {"name": "repeat-partners", "label": "Repeat partners of an organisation"} in as_json(reply)["near"]


def test_csv_holds_the_values_as_they_are_and_names_on_request(desk: Desk) -> None:
    plain = get(desk, format="csv", **REPEAT)
    rows = list(csv.reader(io.StringIO(plain.body.decode(), newline="")))
    assert rows[0] == as_json(get(desk, **REPEAT))["columns"]
    assert len(rows) == 30
    assert not plain.body.startswith("\ufeff".encode())
    marked = get(desk, format="csv", labels="1", bom="1", **REPEAT)
    assert marked.body.startswith("\ufeff".encode())
    assert b"partner_label" in marked.body
    assert marked.headers["Content-Disposition"] == 'attachment; filename="repeat-partners-sozialforschungsstelle.csv"'
    assert get(desk, format="tsv", **REPEAT).body.startswith(b"?partner\t")


def test_turtle_is_a_result_set_with_its_source(desk: Desk) -> None:
    body = get(desk, format="ttl", **REPEAT).body
    triples = [quad.triple for quad in ox.parse(body, format=ox.RdfFormat.TURTLE)]
    solutions = [one for one in triples if one.predicate.value == downloads.RS + "solution"]
    assert len(solutions) == 29
    source = [str(one.object) for one in triples if one.predicate.value.endswith("/source")]
    assert source == ["<http://kg.example/questions/repeat-partners?institution=sozialforschungsstelle>"]
    json_body = get(desk, format="srj", **REPEAT).body
    # The generic reader of result sets finds the same rows in it.
    assert isinstance(ox.parse_query_results(json_body, format=ox.QueryResultsFormat.JSON), ox.QuerySolutions)


EVIL = ("=1+1", "+cmd", "-2+3", "@SUM(A1)", "#N/A", '=HYPERLINK("http://x")', "a\x07b", "x" * 40_000, "12", "")


def test_a_workbook_holds_text_as_text_and_says_what_was_asked(desk: Desk) -> None:
    from openpyxl import load_workbook

    question = desk.questions["repeat-partners"]
    number = ox.Literal("7", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer"))
    table = Table(("text", "count"), [(ox.Literal(one), number) for one in EVIL])
    asked = Asked(question, "en", {}, table=table, total=len(EVIL))
    body = workbook(table, downloads.facts(desk, request_for("repeat-partners"), asked), "en")
    book = load_workbook(io.BytesIO(body))
    rows, about = book["rows"], book["about"]
    for line, value in enumerate(EVIL, start=2):
        cell = rows.cell(line, 1)
        assert cell.data_type != "f"
        assert (cell.value or "") == value.replace("\x07", "\ufffd")[:CELL]
        assert rows.cell(line, 2).value == 7
    facts = {line[0]: line[1] for line in about.iter_rows(values_only=True)}
    assert facts["Release"].startswith(desk.site.release)
    assert "1 cells were cut" in facts["Cut"]
    assert "Sampling frame" in facts
    with ZipFile(io.BytesIO(body)) as inside:
        assert b"<f>" not in inside.read("xl/worksheets/sheet1.xml")
    assert body == workbook(table, downloads.facts(desk, request_for("repeat-partners"), asked), "en")


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_a_file_name_is_safe_whatever_it_is_made_of(name: str, slug: str) -> None:
    class Named:
        pass

    question: Any = Named()
    question.name = name
    asked = Asked(question, "en", {})
    clean = "".join(c for c in slug if c.isalnum())
    asked.terms = {"x": ox.NamedNode("http://x.example/" + clean)} if clean else {}
    assert re.fullmatch(r"[A-Za-z0-9_-]{0,120}\.csv", downloads.file_name(asked, "csv"))


def calls(desk: Desk, **values: str) -> dict[str, str]:
    question = desk.questions["repeat-partners"]
    return downloads.calls(request_for("repeat-partners"), Asked(question, "en", values))


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_calls_to_copy_are_quoted_for_their_language(value: str) -> None:
    class Named:
        name = "repeat-partners"

    question: Any = Named()
    found = downloads.calls(request_for("repeat-partners"), Asked(question, "en", {"institution": value}))
    assert shlex.split(found["kg"]) == ["kg", "ask", "repeat-partners", "--institution", value, "--store", "http://kg.example/sparql", "--lang", "en"]
    assert len(shlex.split(found["curl"])) == 5
    told: dict[str, Any] = {}

    class Graph:
        sentence = ""

        def __enter__(self) -> Graph:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def ask(self, name: str, **given: str) -> Graph:
            told.update(name=name, **given)
            return self

        def to_pandas(self) -> None:
            pass

    class Module:
        @staticmethod
        def open(*_: object, **__: object) -> Graph:
            return Graph()

    exec(found["Python"].removeprefix("import kg\n"), {"kg": Module, "print": lambda *_: None})
    assert told == {"name": "repeat-partners", "institution": value}


def test_the_command_to_copy_gives_the_same_answer(desk: Desk, graph: Build) -> None:
    command = shlex.split(calls(desk, **REPEAT)["kg"])
    command[command.index("--store") + 1] = str(graph.store)
    done = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, check=True)
    assert "29 rows" in done.stdout


def test_a_notebook_is_valid_and_runs_the_question(desk: Desk, graph: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    import nbformat

    import kg

    book = nbformat.reads(  # type: ignore[no-untyped-call]
        get(desk, format="ipynb", **REPEAT).body.decode(), as_version=4
    )
    nbformat.validate(book)
    asked_at: list[str] = []

    def here(location: str, **options: Any) -> KnowledgeGraph:
        asked_at.append(location)
        return KnowledgeGraph.open(graph.store, **options)

    monkeypatch.setattr(kg, "open", here)
    names: dict[str, Any] = {}
    for cell in book.cells:
        if cell.cell_type == "code":
            exec(cell.source, names)
    assert asked_at == ["http://kg.example/sparql"]
    assert len(names["rows"]) == 29


def test_a_citation_names_release_address_and_licence(desk: Desk) -> None:
    question = desk.questions["repeat-partners"]
    asked = Asked(question, "en", dict(REPEAT), table=Table(("partner",), []))
    asked.terms = {"institution": ox.NamedNode("https://w3id.org/innokg/id/organisation/sozialforschungsstelle")}
    cited = downloads.citation(desk, request_for("repeat-partners"), asked)
    for part in (
        desk.site.release,
        "Social Research Centre Dortmund",
        "http://kg.example/questions/repeat-partners?institution=sozialforschungsstelle",
    ):
        assert part in cited["text"]
    assert cited["BibTeX"].startswith("@misc{repeat-partners-")
    assert cited["BibTeX"].count("{") == cited["BibTeX"].count("}")


def test_geojson_places_the_things_of_the_rows(desk: Desk) -> None:
    data = json.loads(get(desk, "projects-of-place", place="dortmund", format="geojson").body)
    assert data["features"]
    for one in data["features"]:
        longitude, latitude = one["geometry"]["coordinates"]
        assert 7 < longitude < 8
        assert 51 < latitude < 52
    located = {thing["name"] for one in data["features"] for thing in one["properties"]["things"]} | {
        one["properties"]["name"] for one in data["features"]
    }
    assert data["withoutPlace"] + len(located) <= data["total"] + len(data["features"])


def test_what_is_cut_says_so_in_every_format(graph: Build) -> None:
    small = Desk.open(PortalSettings(rows=5), graph.path)
    data = as_json(get(small, **REPEAT))
    assert (len(data["rows"]), data["total"], data["truncated"]) == (5, 29, True)
    for form in ("csv", "tsv", "srj", "xlsx", "ttl"):
        reply = get(small, format=form, **REPEAT)
        assert reply.truncated
        assert reply.rows == 5


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_openapi_document_is_valid_and_has_an_operation_per_question(desk: Desk, lang: str) -> None:
    validator = pytest.importorskip("openapi_spec_validator", reason="pip install openapi-spec-validator")
    document = as_json(question_api.openapi(desk, request_for("openapi.json", lang)))
    validator.validate(document)
    for name, question in desk.questions.items():
        operation = document["paths"][f"/api/questions/{name}"]["get"]
        assert operation["summary"] == question.title[lang]
        own = {one.get("name"): one for one in operation["parameters"]}
        for parameter in question.parameters:
            assert own[parameter.name]["required"] == parameter.required
            assert own[parameter.name]["description"]
    minimum = {one.get("name"): one for one in document["paths"]["/api/questions/repeat-partners"]["get"]["parameters"]}["minimum"]
    assert minimum["schema"] == {"type": "integer", "minimum": 1, "default": 2}


def test_answers_fit_the_schema_that_describes_them(desk: Desk) -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="pip install jsonschema")
    document = as_json(question_api.openapi(desk, request_for("openapi.json")))
    schema = {"$ref": "#/components/schemas/Answer", "components": document["components"]}
    for name in ("repeat-partners", "collaboration-counts", "hierarchy"):
        jsonschema.Draft202012Validator(schema).validate(as_json(get(desk, name, **REPEAT)))
    problem = {"$ref": "#/components/schemas/Problem", "components": document["components"]}
    jsonschema.Draft202012Validator(problem).validate(as_json(get(desk)))
