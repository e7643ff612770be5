"""Every format is read back by a parser that is not ours."""

from __future__ import annotations

import csv
import io

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import QueryError
from kg.namespaces import XSD
from kg.questions import KnowledgeGraph
from kg.results import to_csv, to_json, to_tsv, to_xml, turtle, write
from kg.store import Store, Table, Triples, collect

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
XML_TEXT = st.text(st.characters(codec="utf-8", min_codepoint=32, exclude_characters="\ufffe\uffff\x7f"), max_size=20) | st.sampled_from(
    ["a\tb\nc", " ", "\n a \t"]
)
IRI = st.from_regex(r"https://example\.org/[a-z0-9/&=?]{1,10}", fullmatch=True).map(ox.NamedNode)


def literals(text: st.SearchStrategy[str]) -> st.SearchStrategy[ox.Literal]:
    return st.one_of(
        text.map(ox.Literal),
        text.map(lambda value: ox.Literal(value, language="de")),
        st.integers().map(lambda number: ox.Literal(str(number), datatype=ox.NamedNode(XSD.integer))),
    )


def tables(text: st.SearchStrategy[str]) -> st.SearchStrategy[Table]:
    row = st.tuples(st.one_of(st.none(), IRI), st.one_of(st.none(), literals(text)))
    return st.lists(row, max_size=5).map(lambda rows: Table(("a", "b_2"), list(rows)))


@given(tables(TEXT))
def test_json(table: Table) -> None:
    assert collect(ox.parse_query_results(to_json(table).encode(), format=ox.QueryResultsFormat.JSON)) == table


@given(tables(XML_TEXT))
def test_xml(table: Table) -> None:
    assert collect(ox.parse_query_results(to_xml(table).encode(), format=ox.QueryResultsFormat.XML)) == table


@given(tables(TEXT))
def test_tsv(table: Table) -> None:
    assert collect(ox.parse_query_results(to_tsv(table).encode(), format=ox.QueryResultsFormat.TSV)) == table


@given(tables(TEXT))
def test_csv(table: Table) -> None:
    rows = list(csv.reader(io.StringIO(to_csv(table), newline="")))
    assert rows[0] == ["a", "b_2"]
    assert rows[1:] == [["" if term is None else term.value for term in row] for row in table.rows]


def test_turtle_is_read_by_rdflib(store: Store) -> None:
    result = store.query("CONSTRUCT { ?s skos:prefLabel ?o } WHERE { ?s a inno:Project ; skos:prefLabel ?o }")
    assert isinstance(result, Triples)
    assert len(rdflib.Graph().parse(data=turtle(result), format="turtle")) == len(set(result.triples)) == 88


def test_labels_beside_iris(store: Store) -> None:
    answer = KnowledgeGraph(store, "de").ask("hierarchy", institution="social-innovation-center")
    plain, labelled = answer.to_text("csv"), answer.to_text("csv", labels=True)
    assert "_label" not in plain
    assert labelled.splitlines()[0].startswith("step,unit,unit_label,parent,parent_label")
    assert "Wirtschaftsförderung Dortmund" in labelled


def test_yes_and_no(store: Store) -> None:
    answer = KnowledgeGraph(store, "de").query("ASK { ?x a inno:Project }")
    assert answer.to_text("table") == "ja\n"
    assert '"boolean": true' in answer.to_text("json")
    assert bool(ox.parse_query_results(answer.to_text("xml").encode(), format=ox.QueryResultsFormat.XML))


@pytest.mark.parametrize(("result", "form"), [(Table(("x",)), "turtle"), (Triples(), "csv"), (Table(("x",)), "pdf")])
def test_formats_that_do_not_fit(result: Table | Triples, form: str) -> None:
    with pytest.raises(QueryError):
        write(result, form)


def test_nothing_is_cut(store: Store) -> None:
    answer = KnowledgeGraph(store, "en").query("SELECT ?s ?p ?o WHERE { ?s ?p ?o } LIMIT 5000")
    assert "5000 rows" in answer.to_text("table")
    assert len(answer.to_text("tsv").splitlines()) == 5001


def test_terminal_is_not_steered(store: Store) -> None:
    text = KnowledgeGraph(store, "en").query("SELECT ?x WHERE { BIND ('a\u001b[31mred' AS ?x) }").to_text("table")
    assert "\x1b" not in text


def test_what_xml_cannot_hold_is_refused(store: Store) -> None:
    answer = KnowledgeGraph(store, "en").query("SELECT ?x WHERE { BIND ('a\u0001' AS ?x) }")
    with pytest.raises(QueryError, match="control character"):
        answer.to_text("xml")
    assert "\\u0001" in answer.to_text("json")
