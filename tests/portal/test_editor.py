"""The SPARQL editor: its vocabulary, examples and answers on the server, and the page with and without JavaScript in a real browser."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.build import Build
from kg.errors import KgError, ParameterError
from kg.portal import editor, vocabulary
from kg.portal.desk import Desk
from kg.portal.examples import OWN, examples_of, query_of, terms_in, terms_of
from kg.portal.page import Request
from kg.portal.render import STATIC
from kg.portal.settings import PortalSettings
from kg.store import EmbeddedStore, Table
from tests.portal.conftest import Served

NASTY = "<script>alert(1)</script>"
PROJECT = "https://w3id.org/innokg/ontology#Project"


@pytest.fixture(scope="module")
def desk(both: Build) -> Desk:
    return Desk(EmbeddedStore(both.store), PortalSettings(), both)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A graph without quad tables, with a name that is markup."""
    import pyoxigraph as ox

    folder = tmp_path_factory.mktemp("small") / "store"
    store = ox.Store(str(folder))
    data = f"""INSERT DATA {{ GRAPH <https://example.org/g> {{
      <https://w3id.org/innokg/id/project/x> a <{PROJECT}> ; <http://www.w3.org/2004/02/skos/core#prefLabel> {json.dumps(NASTY)} ;
        <https://w3id.org/innokg/ontology#page> <javascript:alert(1)> .
      <https://w3id.org/innokg/id/project/y> a <{PROJECT}> ; <http://www.w3.org/2004/02/skos/core#prefLabel> "Y"@de . }} }}"""
    store.update(data)
    store.flush()
    del store
    return Desk(EmbeddedStore(folder), PortalSettings())


def page(desk: Desk, **values: str) -> str:
    request = Request(
        "kg.portal.editor:page", "/query", values={name: [value] for name, value in values.items() if name != "lang"}, lang=values.get("lang", "en")
    )
    return editor.page(desk, request).body.decode()


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


# --- vocabulary ---------------------------------------------------------------------------------------------------------------


def test_counts_of_the_quad_tables_are_those_of_the_store(desk: Desk) -> None:
    made = vocabulary.vocabulary_of(desk)
    asked = desk.store.query("SELECT ?c ?p (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a ?c ; ?p ?o FILTER (isIRI(?c)) } GROUP BY ?c ?p")
    assert isinstance(asked, Table)
    expected = {(c.value, p.value): int(n.value) for c, p, n in asked.rows if c and p and n}
    found = {(kind.iri, name): count for kind in made.classes for name, count in kind.properties}
    assert found == expected
    assert made.sample == made.left_out == 0
    counts = [term.count for term in made.properties]
    assert counts == sorted(counts, reverse=True)


def test_terms_have_names_in_both_languages(desk: Desk) -> None:
    made = vocabulary.as_json(vocabulary.vocabulary_of(desk), "de")
    by_curie = {one["curie"]: one for one in (*made["classes"], *made["properties"])}
    assert by_curie["inno:Project"]["label"] == "Projekt"
    assert {"Beginn", "start"} <= set(by_curie["schema:startDate"]["names"])
    assert all(one["label"] for one in by_curie.values())
    project = next(one for one in made["classes"] if one["curie"] == "inno:Project")
    assert all(0 < count <= project["count"] for _, count in project["properties"])


def test_a_graph_without_quad_tables_is_sampled_and_says_so(small: Desk) -> None:
    made = vocabulary.vocabulary_of(small)
    assert made.sample == vocabulary.SAMPLE
    project = made.term(PROJECT)
    assert project is not None
    assert project.count == 2
    assert dict(project.properties)["https://w3id.org/innokg/ontology#page"] == 1


def test_samples_are_bounded_and_only_of_known_terms(desk: Desk) -> None:
    assert len(vocabulary.samples_of(desk, PROJECT, "de")) == 2
    assert vocabulary.samples_of(desk, "https://example.org/unknown", "de") == []
    assert vocabulary.samples_of(desk, "x> } DELETE", "de") == []


@given(st.text(max_size=300), st.integers(1, 200))
def test_shortened_texts_say_that_they_are_cut(text: str, most: int) -> None:
    short = vocabulary.shorten(text, most)
    assert len(short) <= most
    assert short == text or short.endswith("…")


# --- examples -----------------------------------------------------------------------------------------------------------------


def test_every_example_gives_an_answer(desk: Desk) -> None:
    examples = examples_of(desk)
    assert len(OWN) >= 6
    assert len({one.name for one in examples}) == len(examples)
    request = Request("x", "/query")
    for one in examples:
        shown = editor.run(desk, request, query_of(desk, one.name))
        assert shown.kind != "error", (one.name, shown.error)
        assert shown.count >= 1, one.name
        assert one.title.en != one.title.de
        assert set(one.terms) == set(terms_in(query_of(desk, one.name))) or not one.query


def test_examples_name_what_is_there(small: Desk) -> None:
    """On another graph the best connected thing of the class stands for the one that the header names."""
    terms = terms_of(small, small.questions["project-topics"])
    assert {str(term) for term in terms.values()} == {"<https://w3id.org/innokg/id/project/x>"}


# --- answers without JavaScript -----------------------------------------------------------------------------------------------


def test_rows_have_names_links_and_an_honest_count(desk: Desk) -> None:
    html = page(desk, query="SELECT ?x ?n WHERE { ?x a inno:Award . BIND (2 AS ?n) } ORDER BY ?x", run="1", lang="de")
    assert 'href="/doc/award/' in html
    assert "2 Zeilen, nicht gekürzt" in text_of(html)
    assert '<td class="number">2</td>' in html
    for form in ("csv", "tsv", "json", "xml"):
        assert f"format={form}" in html


def test_what_is_cut_says_so(desk: Desk) -> None:
    html = text_of(page(desk, query="SELECT * WHERE { ?s ?p ?o }", run="1"))
    assert "Shown are 1,000 of at least 1,001 rows" in html
    tight = replace(desk, settings=PortalSettings(rows=7), _made={})
    assert "7 von mindestens 8 Zeilen" in text_of(page(tight, query="SELECT * WHERE { ?s ?p ?o }", run="1", lang="de"))


def test_yes_no_and_graphs(desk: Desk) -> None:
    assert "Ja" in text_of(page(desk, query="ASK { ?s a inno:Project }", run="1", lang="de"))
    html = page(desk, query="CONSTRUCT { ?s a inno:Project } WHERE { ?s a inno:Project }", run="1")
    assert "@prefix inno:" in html
    assert "format=ttl" in html


def test_an_error_names_line_and_column(desk: Desk) -> None:
    html = text_of(page(desk, query="SELECT * WHERE {\n  ?s ?p }", run="1"))
    assert "Line 2, column" in html
    assert "?s ?p }" in html


@pytest.mark.parametrize(
    "query", ["SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }", "DROP ALL", "INSERT DATA { <a:b> <a:b> 1 }", "((((", "\0"]
)
def test_refusals_are_part_of_the_page(desk: Desk, query: str) -> None:
    assert 'role="alert"' in page(desk, query=query, run="1")


def test_data_never_becomes_markup(small: Desk) -> None:
    html = page(small, query="SELECT * WHERE { ?s ?p ?o }", run="1")
    assert NASTY not in html
    assert "&lt;script&gt;" in html
    assert 'href="javascript' not in html.lower()
    assert NASTY not in page(small, query=f"SELECT * {{ ?s ?p '{NASTY}' }}")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["SELECT", "*", "{", "}", "?s", "a", "inno:Project", ".", ";", "FILTER", "(", ")", '"', "<", "ASK", "\n", "LIMIT", "1", "ß", "\ud800"]
        ),
        max_size=14,
    )
)
def test_no_text_is_a_crash(small: Desk, words: list[str]) -> None:
    shown = editor.run(small, Request("x", "/query"), " ".join(words))
    assert shown.kind in ("table", "boolean", "graph", "error")


def test_names_are_bounded(desk: Desk) -> None:
    def ask(*iris: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(editor.labels(desk, Request("x", "/api/labels", values={"iri": list(iris)}, lang="de")).body)
        return found

    assert ask(PROJECT)["labels"][PROJECT] == {"label": "Projekt", "short": "inno:Project", "href": "/doc/ontology/Project"}
    for wrong in (("no iri",), ("https://example.org/" + "x" * 3000,), tuple(f"https://example.org/{n}" for n in range(201))):
        with pytest.raises(ParameterError):
            ask(*wrong)


def test_unknown_example(desk: Desk) -> None:
    with pytest.raises(KgError, match="no such example"):
        page(desk, example="../../etc")


# --- completion, in Node ------------------------------------------------------------------------------------------------------

CASES = [
    ("SELECT * WHERE { ?x a Proj| }", "class", "Proj", []),
    ("SELECT * WHERE { ?x a inno:Project ; Begi| }", "property", "Begi", ["inno:Project"]),
    ("SELECT * WHERE { ?x a inno:Project . ?x | }", "property", "", ["inno:Project"]),
    ("SELECT * WHERE { ?x | ?y . ?x a inno:Project }", "property", "", ["inno:Project"]),
    ("SELECT * WHERE { ?x inno:a/inno:| ?y . ?x a inno:Project }", "property", "inno:", []),
    ("SELECT * WHERE { ?x (inno:a|inno:b)+ |", "thing", "", []),
    ('SELECT * WHERE { FILTER (STR(?x) = "a }") ?x a inno:Project ; | }', "property", "", ["inno:Project"]),
    ("SELECT * WHERE { ?p inno:location [ a inno:Place ; | ] }", "property", "", ["inno:Place"]),
    ("SELECT * WHERE { ?p inno:participant Dort| }", "thing", "Dort", []),
    ("SELECT ?| WHERE { ?x a inno:Project }", "variable", "?", []),
    ("# a comment ?x a |", "none", "", []),
    ('SELECT * { ?x rdfs:label "abc| }', "none", "abc", []),
    ("PREFIX in|", "none", "in", []),
]


def test_completion_reads_the_query() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs Node: apt-get install nodejs")
    script = f"""
      import {{ placeAt, termsFor, missingPrefixes, fold }} from {json.dumps((STATIC / "completion.js").as_uri())};
      const cases = {json.dumps([case[0] for case in CASES])};
      const places = cases.map((text) => placeAt(text.replace("|", (m, at) => at === text.lastIndexOf("|") ? "" : m), text.lastIndexOf("|")));
      const start = {{ iri: "s", curie: "schema:startDate", label: "Beginn", names: ["Beginn", "start"], definition: "", count: 9 }};
      const size = {{ iri: "g", curie: "inno:size", label: "Größe", names: ["Größe", "size"], definition: "", count: 5 }};
      const kind = {{ iri: "p", curie: "inno:Project", label: "Projekt", names: ["Projekt"], definition: "", count: 3, properties: [[1, 2]] }};
      const vocabulary = {{ classes: [kind], properties: [start, size], prefixes: {{}}, left_out: 0, sample: 0 }};
      const words = (kind, word, types) => termsFor(vocabulary, {{ kind, word, subject: "?x", types: new Set(types) }}).map((one) => [one.term.curie, one.count]);
      console.log(JSON.stringify({{
        places: places.map((one) => [one.kind, one.word, [...one.types]]),
        german: words("property", "groesse", []), bare: words("property", "Grö", []), english: words("property", "sta", []),
        onProjects: words("property", "", ["inno:Project"]), classes: words("class", "proj", []),
        missing: missingPrefixes('PREFIX inno: <x> SELECT * {{ ?s inno:x skos:y ; schema:z "dct:q" }} # foaf:x', {{ inno: 1, skos: 1, schema: 1, dct: 1, foaf: 1 }}),
      }}));
    """
    found = json.loads(subprocess.run([node, "--input-type=module", "-e", script], capture_output=True, text=True, check=True, timeout=30).stdout)
    # In the case of a path with "|", the last bar is the cursor.
    assert found["places"] == [[kind, word, types] for _, kind, word, types in CASES]
    assert found["german"] == found["bare"] == [["inno:size", 5]]
    assert found["english"] == [["schema:startDate", 9]]
    assert found["onProjects"] == [["inno:size", 2]]
    assert found["classes"] == [["inno:Project", 3]]
    assert found["missing"] == ["schema", "skos"]


# --- the page in a browser ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    api = pytest.importorskip("playwright.sync_api", reason="needs pip install playwright")
    if not Path("/usr/bin/chromium").exists():
        pytest.skip("needs Chromium: apt-get install chromium")
    with api.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def tab(browser: Any, portal: Served) -> Iterator[Any]:
    """A page that reports requests to other hosts, refusals of the content security policy, and errors of scripts."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    opened = context.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on("console", lambda line: problems.append(line.text) if "Content Security Policy" in line.text else None)
    opened.on("request", lambda request: None if request.url.startswith((portal.address, "data:")) else problems.append(request.url))
    yield opened
    context.close()
    assert problems == []


def typed(tab: Any, text: str) -> None:
    tab.click(".CodeMirror-lines")
    tab.keyboard.press("Control+a")
    tab.keyboard.press("Delete")
    tab.keyboard.type(text)


def test_a_german_name_becomes_a_term_with_its_prefix(tab: Any, portal: Served) -> None:
    tab.goto(f"{portal.address}/query?lang=de")
    tab.wait_for_selector(".CodeMirror")
    typed(tab, "SELECT * WHERE { ?x a inno:Project ; Begi")
    tab.wait_for_selector(".CodeMirror-hints >> text=schema:startDate")
    tab.keyboard.press("Enter")
    tab.keyboard.type(" ?b } ORDER BY ?x ?b LIMIT 3")
    assert "PREFIX schema: <https://schema.org/>" in tab.input_value("#query")
    tab.keyboard.press("Control+Enter")
    tab.wait_for_selector("#answer table")
    assert tab.locator("#answer tbody tr").count() == 3
    assert "3 Zeilen, nicht gekürzt" in tab.inner_text("#answer")
    tab.wait_for_selector("#answer td .curie")
    assert "/doc/project/" in (tab.get_attribute("#answer td a", "href") or "")
    assert "query=" in tab.url
    # The card shows what the cursor stood on, with numbers of this graph.
    assert "schema:startDate" in tab.inner_text("#card")
    # The address is the state: another tab shows and runs the same.
    query = tab.input_value("#query")
    tab.reload()
    tab.wait_for_selector("#answer table")
    assert tab.input_value("#query") == query


def test_an_error_is_underlined_and_explained(tab: Any, portal: Served) -> None:
    tab.goto(f"{portal.address}/query?lang=en")
    tab.wait_for_selector(".CodeMirror")
    typed(tab, "SELECT * WHERE { ?x unknown:y ?z }")
    tab.keyboard.press("Escape")
    tab.click("#run")
    tab.wait_for_selector("#answer [role=alert]")
    assert "unknown" in tab.inner_text("#answer")
    assert tab.locator(".kg-error").count() >= 1


def test_the_same_button_cancels_on_the_server(tab: Any, portal: Served) -> None:
    tab.goto(f"{portal.address}/query?lang=en")
    tab.wait_for_selector(".CodeMirror")
    typed(tab, "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    tab.keyboard.press("Escape")
    tab.click("#run")
    tab.wait_for_selector("#run:text('Cancel')")
    tab.click("#run")
    tab.wait_for_selector("#state:text('Cancelled')")
    assert portal.get("/sparql?query=ASK%7B%7D").status_code == 200


def test_escape_then_tab_leaves_the_editor(tab: Any, portal: Served) -> None:
    tab.goto(f"{portal.address}/query?lang=en")
    tab.wait_for_selector(".CodeMirror")
    tab.click(".CodeMirror-lines")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.closest('.CodeMirror') !== null")
    tab.keyboard.press("Escape")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.id") == "run"


def test_without_javascript_the_server_answers(browser: Any, portal: Served) -> None:
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto(f"{portal.address}/query?lang=de&example=frames")
    assert "samplingFrame" in opened.input_value("textarea")
    opened.click("#run")
    assert "lang=de" in opened.url
    assert opened.locator("#answer tbody tr").count() >= 2
    assert "Stichprobe" in opened.inner_text("main")
    context.close()
