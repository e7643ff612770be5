"""Every ready question gives the same answer on the embedded store, on `oxigraph serve` and on Virtuoso: row by row, and as a file."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kg.build import Build
from kg.questions import KnowledgeGraph, Question, bindings_of, find_question, load_questions
from kg.store import EmbeddedStore, EndpointStore, Store, Table
from tests.queries.test_questions import EXPECTED
from tests.servers import Server
from tests.store.conftest import Place
from tests.store.values import lists, rows

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = load_questions()
INNO = "https://w3id.org/innokg/ontology#"


SECOND = [
    ("place-in-campaign", {"project": "iresilience"}),
    ("repeat-partners", {"institution": "tno"}),
    ("collaboration-counts", {"institution": "social-innovation-center"}),
    ("who-says-so", {"subject": "iresilience", "predicate": "endDate"}),
    ("who-says-so", {"subject": "dortmund-kreativ", "object": "nordwaerts"}),
    ("projects-of-place", {"place": "do-huckarde"}),
    ("funding-of-project", {"project": "si-drive"}),
]
"""What the questions' own test asks elsewhere."""


def cases() -> list[tuple[str, dict[str, str]]]:
    """Each question with its example, with all its parameters, at every level, and with the second things of the questions' own test."""
    found: list[tuple[str, dict[str, str]]] = []
    for question in QUESTIONS:
        needed = {one.name: one.example for one in question.parameters if one.required}
        every = {one.name: INNO + one.example if one.name == "kind" else one.example for one in question.parameters if one.example}
        found += [(question.name, needed), (question.name, every)]
        found += [(question.name, {**needed, one.name: value}) for one in question.parameters for value in one.values]
    found += SECOND
    found += [(name, {one: INNO + value if one == "kind" else value for one, value in parameters.items()}) for name, parameters, _, _ in EXPECTED]
    return [case for number, case in enumerate(found) if case not in found[:number]]


CASES = cases()


def answer(store: Store, known: Store, name: str, parameters: dict[str, str]) -> Table:
    """Ask; the parameters are looked up in the embedded store."""
    question = find_question(name)
    result = store.query(question.sparql, bindings_of(known, question, parameters, "en"))
    assert isinstance(result, Table)
    return result


@pytest.mark.parametrize(("name", "parameters"), CASES, ids=[f"{name}-{'-'.join(given.values())}" for name, given in CASES])
@pytest.mark.parametrize("server", ["oxigraph", "virtuoso"])
def test_same_rows(request: pytest.FixtureRequest, store: Store, server: str, name: str, parameters: dict[str, str]) -> None:
    """The same rows in the same order: every question orders its answer."""
    running: Server = request.getfixturevalue(f"{server}_server")
    mine = answer(store, store, name, parameters)
    other = answer(endpoint(running), store, name, parameters)
    assert other.variables == mine.variables
    listed = lists(find_question(name).sparql)
    assert rows(other, listed) == rows(mine, listed)
    if server == "oxigraph":
        assert other.rows == mine.rows


_open: dict[str, EndpointStore] = {}


def endpoint(server: Server) -> EndpointStore:
    """One store per server, as a person who asks has one."""
    return _open.setdefault(server.query, EndpointStore(server.query))


def test_every_question_is_asked_of_two_things() -> None:
    for question in QUESTIONS:
        things = [one.name for one in question.parameters if one.type == "iri"]
        asked = {tuple(given.get(name, "") for name in things) for one, given in CASES if one == question.name}
        assert len(asked) > 1, question.name


def test_names_and_sentences(place: Place, store: Store) -> None:
    """What a person reads beside the rows: title, sentence, rule, names; and things found by their name."""
    for name, given in (("role-across-projects", {"institution": "TNO"}), ("who-says-so", {"subject": "t-factor"}), ("consortium-completeness", {})):
        mine, other = KnowledgeGraph(store, "de").ask(name, **given), KnowledgeGraph(place.store, "de").ask(name, **given)
        assert (other.sentence, other.rule, other.names) == (mine.sentence, mine.rule, mine.names)


def kg(*arguments: str, store: str, cwd: Path) -> str:
    """Run a command as people do; `build` is a folder of builds, else an address."""
    option = ["--store", store] if store.startswith("http") else ["--build", store]
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "KG_LANG": "en"}
    for name in ("KG_BUILD", "KG_STORE"):
        variables.pop(name, None)
    done = subprocess.run([sys.executable, "-m", "kg", *arguments, *option], check=False, capture_output=True, text=True, cwd=cwd, env=variables)
    assert done.returncode == 0, done.stderr
    return done.stdout


def unordered(text: str, question: Question) -> list[list[str]]:
    """The cells of a CSV file, the parts of lists sorted."""
    table = list(csv.reader(io.StringIO(text, newline="")))
    listed = lists(question.sparql)
    return [["; ".join(sorted(cell.split("; "))) if name in listed else cell for name, cell in zip(table[0], row, strict=True)] for row in table]


@pytest.mark.parametrize("name", ["role-across-projects", "projects-of-place"])
def test_whole_commands(graph: Build, oxigraph_server: Server, virtuoso_server: Server, tmp_path: Path, name: str) -> None:
    """`kg ask --format csv` in processes of their own: byte by byte on Oxigraph; on Virtuoso but for the order in lists."""
    question = find_question(name)
    call = [
        "ask",
        name,
        "--format",
        "csv",
        "--labels",
        *(word for one in question.parameters if one.required for word in (f"--{one.name}", one.example)),
    ]
    embedded = kg(*call, store=str(graph.path.parents[1]), cwd=tmp_path)
    assert kg(*call, store=oxigraph_server.query, cwd=tmp_path) == embedded
    assert unordered(kg(*call, store=virtuoso_server.query, cwd=tmp_path), question) == unordered(embedded, question)


def test_whole_query(graph: Build, oxigraph_server: Server, virtuoso_server: Server, tmp_path: Path) -> None:
    """`kg query` with paths, aggregates and text: the same bytes on the three stores."""
    query = "SELECT ?p ?name (COUNT(DISTINCT ?o) AS ?n) (MIN(?s) AS ?start) { ?p a inno:Project ; skos:prefLabel ?name . ?x inno:inInitiative ?p ; inno:participant ?o . ?o org:subOrganizationOf* ?top OPTIONAL { ?p schema:startDate ?s } } GROUP BY ?p ?name ORDER BY ?p STR(?name)"
    embedded = kg("query", query, "--format", "csv", store=str(graph.path.parents[1]), cwd=tmp_path)
    assert embedded.count("\n") > 40
    for server in (oxigraph_server, virtuoso_server):
        assert kg("query", query, "--format", "csv", store=server.query, cwd=tmp_path) == embedded


@pytest.mark.parametrize("server", ["oxigraph", "virtuoso"])
def test_files_of_all_questions(request: pytest.FixtureRequest, store: Store, server: str) -> None:
    """The CSV of every question with its example, written in one process: the same bytes, on Virtuoso but for the order in lists."""
    running: Server = request.getfixturevalue(f"{server}_server")
    other = KnowledgeGraph(endpoint(running), "en")
    for question in QUESTIONS:
        given = {one.name: one.example for one in question.parameters if one.required}
        texts = [graph.ask(question.name, **given).to_text("csv", labels=True) for graph in (KnowledgeGraph(store, "en"), other)]
        if server == "oxigraph":
            assert texts[1] == texts[0]
        assert unordered(texts[1], question) == unordered(texts[0], question)


def test_embedded_answers_hold_no_tag_by_chance(store: EmbeddedStore) -> None:
    """A joined text is a plain one (SPARQL 1.1, section 18.5.1.7); the engine would keep a tag that all parts share."""
    for question in QUESTIONS:
        listed = lists(question.sparql)
        if listed:
            given = {one.name: one.example for one in question.parameters if one.required}
            table = answer(store, store, question.name, given)
            cells = [
                cell for name, row in ((table.variables, row) for row in table.rows) for one, cell in zip(name, row, strict=True) if one in listed
            ]
            assert not [cell for cell in cells if getattr(cell, "language", None)]
