"""The parts of the set-oriented engine by themselves: paths, literals, patterns, queries, numbers.

What whole shapes say is tested case by case in `tests/validate/setwise`.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import Graph

from kg.engine.duckdb import DuckDB
from kg.errors import ShapesError
from kg.namespaces import RDF, XSD
from kg.quads import Quad, Term, to_arrow, to_oxigraph
from kg.store import collect
from kg.validate.raw import raw_term, raw_text
from kg.validate.report import PropertyPath
from kg.validate.setwise import find
from kg.validate.setwise.compare import compare
from kg.validate.setwise.data import Data, encode
from kg.validate.setwise.lexical import well_formed
from kg.validate.setwise.paths import automaton
from kg.validate.setwise.queries import prebound
from kg.validate.setwise.regex import compile_pattern
from kg.validate.setwise.syntax import outline

EX = "http://example.org/"
PREFIXES = f"@prefix ex: <{EX}> . @prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <{XSD['']}> .\n"


@pytest.fixture
def session() -> Iterator[DuckDB]:
    with DuckDB(threads=1) as engine:
        yield engine


def shapes(turtle: str) -> Graph:
    return Graph().parse(data=PREFIXES + turtle, format="turtle")


def quad(subject: str, predicate: str, term: Term | str, graph: str = "", origin: str = "") -> Quad:
    term = Term(EX + term, "iri") if isinstance(term, str) else term
    return Quad(subject if subject.startswith("_:") else EX + subject, EX + predicate, *term, graph, origin)


def number(text: str, datatype: str = XSD.integer) -> Term:
    return Term(text, "literal", datatype)


# --- paths ---------------------------------------------------------------------------------------------------------------

EDGES = {("a", "p", "b"), ("b", "p", "c"), ("c", "p", "a"), ("a", "q", "c"), ("c", "q", "d"), ("d", "p", "d")}
NODES = "abcd"

LEAF = st.sampled_from([("iri", "p"), ("iri", "q")])
PATHS: st.SearchStrategy[PropertyPath] = st.recursive(
    LEAF,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from("^*+?"), inner),
        st.tuples(st.sampled_from("/|"), inner, inner),
        st.tuples(st.sampled_from("/|"), inner, inner, inner),
    ),
    max_leaves=6,
)


def by_definition(path: PropertyPath) -> set[tuple[str, str]]:
    """Return all pairs that a path connects, operator by operator (SPARQL 1.1, section 18.4)."""
    operator, *parts = path
    if operator == "iri":
        return {(s, o) for s, p, o in EDGES if p == parts[0]}
    inner = [by_definition(part) for part in parts]
    same = {(node, node) for node in NODES}
    if operator == "^":
        return {(o, s) for s, o in inner[0]}
    if operator == "|":
        return set().union(*inner)
    if operator == "?":
        return inner[0] | same
    if operator == "/":
        whole = inner[0]
        for after in inner[1:]:
            whole = {(a, d) for a, b in whole for c, d in after if b == c}
        return whole
    reached = set(inner[0])
    for _ in NODES:
        reached |= {(a, d) for a, b in reached for c, d in inner[0] if b == c}
    return reached | same if operator == "*" else reached


@given(PATHS)
def test_an_automaton_walks_what_its_path_means(path: PropertyPath) -> None:
    machine = automaton(path)
    found = {(node, node) for node in NODES} if machine.empty else set()
    frontier = seen = {(node, node, 0) for node in NODES}
    while frontier:
        frontier = {
            (start, end, step.target)
            for start, node, state in frontier
            for step in machine.steps
            if step.state == state
            for s, p, o in EDGES
            if p == step.predicate
            for begin, end in [(o, s) if step.inverse else (s, o)]
            if begin == node
        } - seen
        seen = seen | frontier
        found |= {(start, end) for start, end, state in frontier if any(step.target == state and step.accepting for step in machine.steps)}
    assert found == by_definition(path)


@pytest.mark.parametrize(
    ("path", "cyclic", "simple"),
    [(("iri", "p"), False, True), (("^", ("iri", "p")), False, True), (("?", ("iri", "p")), False, False), (("*", ("iri", "p")), True, False)],
)
def test_what_an_automaton_knows_of_itself(path: PropertyPath, cyclic: bool, simple: bool) -> None:
    machine = automaton(path)
    assert (machine.cyclic, machine.simple is not None) == (cyclic, simple)


@settings(max_examples=15, deadline=None)
@given(PATHS)
def test_values_are_those_of_the_path(path: PropertyPath) -> None:
    """The whole engine on a path: `sh:in ()` reports every value node once."""
    lines: list[str] = []

    def node(part: PropertyPath) -> str:
        operator, *parts = part
        if operator == "iri":
            return f"ex:{parts[0]}"
        if operator in "/|":
            items = "( " + " ".join(node(inner) for inner in parts) + " )"
            return items if operator == "/" else f"[ sh:alternativePath {items} ]"
        names = {"^": "inversePath", "*": "zeroOrMorePath", "+": "oneOrMorePath", "?": "zeroOrOnePath"}
        return f"[ sh:{names[operator]} {node(parts[0])} ]"

    lines.append(f"ex:S sh:targetNode ex:a, ex:b, ex:c, ex:d ; sh:path {node(path)} ; sh:in () .")
    with DuckDB(threads=1) as engine:
        found = find(engine, engine.table(to_arrow([quad(s, p, o) for s, p, o in EDGES])), shapes("\n".join(lines)), None)
    assert sorted((raw.focus[-1], raw.value[-1]) for raw in found) == sorted(by_definition(path))


# --- literals --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("datatype", "good", "bad"),
    [
        ("integer", ["0", "-007", "+1", "9" * 5000], ["", "1.0", " 1", "1e0", "+"]),
        ("decimal", ["1", "1.", ".5", "-0.50"], [".", "1e3", "INF"]),
        ("double", ["1e3", "INF", "-INF", "+INF", "NaN", ".5E-2"], ["inf", "1e", "nan"]),
        ("boolean", ["true", "false", "1", "0"], ["True", "yes", ""]),
        ("byte", ["127", "-128"], ["128", "-129"]),
        ("unsignedLong", ["18446744073709551615", "-0"], ["18446744073709551616", "-1"]),
        ("positiveInteger", ["1"], ["0", "-1"]),
        ("date", ["2024-02-29", "-0004-02-29", "2023-01-01+14:00", "0000-01-01"], ["2023-02-29", "2023-1-01", "2023-01-01+14:30", "23-01-01"]),
        ("dateTime", ["2023-01-01T24:00:00", "2023-12-31T23:59:59.999Z"], ["2023-01-01", "2023-01-01T24:00:01", "2023-01-01T25:00:00"]),
        ("dateTimeStamp", ["2023-01-01T00:00:00Z"], ["2023-01-01T00:00:00"]),
        ("time", ["00:00:00", "23:59:59-05:00"], ["24:01:00", "1:00:00"]),
        ("gYear", ["2023", "-0001", "12023Z"], ["02023", "23"]),
        ("gYearMonth", ["2023-12"], ["2023-13"]),
        ("gMonthDay", ["--02-29"], ["--02-30", "02-29"]),
        ("gDay", ["---31"], ["---32"]),
        ("duration", ["P1Y", "-PT0.5S", "P1DT1H"], ["P", "PT", "P1S", "1Y"]),
        ("dayTimeDuration", ["P1D", "PT1M"], ["P1M", "P1Y"]),
        ("yearMonthDuration", ["P1Y2M"], ["P1D"]),
        ("hexBinary", ["", "0aFF"], ["0", "0g"]),
        ("base64Binary", ["", "AQ==", "AQ ID"], ["AQ=", "A", "AR=="]),
        ("language", ["de", "en-GB"], ["", "de_DE", "abcdefghi"]),
        ("token", ["a b", ""], [" a", "a  b"]),
        ("NCName", ["a-b.c", "é"], ["1a", "a:b", ""]),
        ("NMTOKENS", ["a 1"], ["", "a  b"]),
    ],
)
def test_lexical_forms(datatype: str, good: list[str], bad: list[str]) -> None:
    assert [text for text in good if not well_formed(text, XSD[datatype])] == []
    assert [text for text in bad if well_formed(text, XSD[datatype])] == []


@pytest.mark.parametrize(
    ("left", "right", "order"),
    [
        (("1", "integer"), ("1.0", "decimal"), 0),
        (("2", "byte"), ("10", "integer"), -1),
        (("9007199254740993", "integer"), ("9007199254740992", "integer"), 1),
        (("1.1", "float"), ("1.1", "decimal"), 0),
        (("1.1", "float"), ("1.1", "double"), 1),
        (("NaN", "double"), ("1", "integer"), None),
        (("a", "string"), ("b", "string"), -1),
        (("1", "string"), ("2", "integer"), None),
        (("abc", "integer"), ("2", "integer"), None),
        (("false", "boolean"), ("1", "boolean"), -1),
        (("2020-01-01T12:00:00Z", "dateTime"), ("2020-01-01T13:00:00+01:00", "dateTime"), 0),
        (("2020-01-01T12:00:00Z", "dateTime"), ("2020-01-01T12:00:00", "dateTime"), None),
        (("2020-01-01T00:00:00Z", "dateTime"), ("2020-01-01T14:00:01", "dateTime"), -1),
        (("2020-01-01", "date"), ("2020-01-01T00:00:00", "dateTime"), None),
        (("2020-12-31", "date"), ("2021-01-01", "date"), -1),
        (("-0001", "gYear"), ("0001", "gYear"), -1),
        (("P1M", "duration"), ("P30D", "duration"), None),
        (("P1Y", "yearMonthDuration"), ("P11M", "duration"), 1),
    ],
)
def test_order(left: tuple[str, str], right: tuple[str, str], order: int | None) -> None:
    one, two = (number(text, XSD[datatype]) for text, datatype in (left, right))
    assert compare(one, two) == order
    assert compare(two, one) == (order if order is None else -order)


@given(st.decimals(allow_nan=False, allow_infinity=False), st.decimals(allow_nan=False, allow_infinity=False))
def test_decimals_are_ordered_as_numbers(left: Decimal, right: Decimal) -> None:
    one, two = (number(format(value, "f"), XSD.decimal) for value in (left, right))
    assert compare(one, two) == (left > right) - (left < right)


# --- patterns --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "flags", "matching", "failing"),
    [
        (r"^\i\c*$", "", ["a-b", ":x"], ["-a", "1"]),
        ("^[a-z-[aeiou]]+$", "", ["xyz"], ["xay"]),
        (r"^\p{Lu}\P{Lu}*$", "", ["Äb"], ["äb", "AB"]),
        (r"^\p{IsGreek}+$", "", ["αβ"], ["ab"]),
        (r"^\w+$", "", ["aé1"], ["a_b", "a b"]),
        ("a.c", "", ["abc"], ["a\nc"]),
        ("a.c", "s", ["a\nc"], []),
        ("^b$", "m", ["a\nb\nc"], ["ab"]),
        ("^a$", "", ["a"], ["a\n"]),
        ("HELLO world", "ix", ["helloworld"], ["hello world"]),
        ("a.c", "q", ["xa.cx"], ["abc"]),
        (r"^(a|b)\1$", "", ["aa"], ["ab"]),
        (r"[\d-]x[^\s]", "", ["-xy", "1xy"], ["ax ", "1x "]),
        (r"^[\]\[]$", "", ["]", "["], ["x"]),
    ],
)
def test_patterns(pattern: str, flags: str, matching: list[str], failing: list[str]) -> None:
    compiled = compile_pattern(pattern, flags)
    assert [text for text in matching if not compiled.search(text)] == []
    assert [text for text in failing if compiled.search(text)] == []


@pytest.mark.parametrize(("pattern", "flags"), [("(", ""), (r"\p{Xx}", ""), ("a", "g"), ("[z-a]", ""), (r"\y", ""), ("[a", ""), ("*", "")])
def test_what_is_no_pattern(pattern: str, flags: str) -> None:
    with pytest.raises(ValueError):
        compile_pattern(pattern, flags)


# --- queries ---------------------------------------------------------------------------------------------------------------


def test_the_outline_of_a_query_sees_through_strings_comments_and_braces() -> None:
    known = outline(
        """PREFIX ex: <http://example.org/> # { SELECT
        SELECT $this (COUNT(?v) AS ?n) WHERE {
          $this ex:p "} MINUS {" . { SELECT ?this ?v { ?this ex:q ?v FILTER (EXISTS { ?hidden ex:r ?v }) } LIMIT 3 }
          GRAPH ?g { ?x ?y '''} VALUES''' }
        } GROUP BY $this HAVING (COUNT(?v) > 2)"""
    )
    outer, inner = known.selects
    assert (outer.names, outer.grouped, inner.names, inner.grouped) == (["this"], ["this"], ["this", "v"], None)
    assert (known.made, known.graphs, known.sliced, len(known.groups)) == ({"n"}, {"g"}, True, 4)
    assert not known.words & {"MINUS", "VALUES"}
    assert "hidden" not in inner.seen


@pytest.mark.parametrize(
    "form", ["ASK { FILTER ($value > 1) }", "PREFIX e: <urn:e> ASK WHERE { { FILTER ($value > 1) } UNION { FILTER ($value > 5) } }"]
)
def test_an_ask_becomes_a_select_of_what_it_is_true_for(form: str) -> None:
    rows = " VALUES (?this ?value) { (<urn:a> 1) (<urn:a> 2) } "
    answers = ox.Store().query(prebound(form, rows, ["this", "value"]))
    assert [(row["this"].value, row["value"].value) for row in answers] == [("urn:a", "2")]  # type: ignore[union-attr]


def test_bound_variables_reach_every_group() -> None:
    """Also such as SPARQL evaluates before it joins: pre-binding joins the values with each pattern."""
    query = "SELECT $this ?x WHERE { { BIND (str($this) AS ?x) } UNION { SELECT $this ?x { $this ?p ?x } } }"
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("urn:a"), ox.NamedNode("urn:p"), ox.Literal("v")))
    found = store.query(prebound(query, " VALUES ?this { <urn:a> <urn:b> } ", ["this"]))
    assert sorted((row["this"].value, row["x"].value) for row in found) == [("urn:a", "urn:a"), ("urn:a", "v"), ("urn:b", "urn:b")]  # type: ignore[union-attr]


CONSTRAINT = 'ex:S sh:targetSubjectsOf ex:p ; sh:sparql [ sh:select "SELECT $this ?value { $this <http://example.org/p> ?value }" ] .'


def test_a_store_may_answer_in_either_form_and_blank_nodes_are_bound_too(session: DuckDB) -> None:
    rows = [quad("a", "p", number("1")), quad("_:b", "p", number("2"))]
    store = ox.Store()
    store.extend(to_oxigraph(row) for row in rows)
    table = session.table(to_arrow(rows))
    rules = shapes(CONSTRAINT)
    answers = [find(session, table, rules, query) for query in (None, store.query, lambda text: collect(store.query(text)))]
    assert answers[0] == answers[1] == answers[2]
    assert [(raw.focus, raw.value) for raw in answers[0]] == [("_:b", f'"2"^^<{XSD.integer}>'), (EX + "a", f'"1"^^<{XSD.integer}>')]


def test_a_limit_counts_for_each_focus_node(session: DuckDB) -> None:
    rows = [quad(subject, "p", number(text)) for subject in "ab" for text in "12"]
    found = find(session, session.table(to_arrow(rows)), shapes(CONSTRAINT.replace('}"', '} LIMIT 1"')), None)
    assert [raw.focus[-1] for raw in found] == ["a", "b"]


def test_a_query_the_store_cannot_answer_is_the_named_error(session: DuckDB) -> None:
    def broken(_: str) -> object:
        raise RuntimeError("gone")

    with pytest.raises(ShapesError, match="gone"):
        find(session, session.table(to_arrow([quad("a", "p", number("1"))])), shapes(CONSTRAINT), broken)


# --- numbers ---------------------------------------------------------------------------------------------------------------


def test_a_triple_counts_once_whatever_its_graphs_and_origins(session: DuckDB) -> None:
    rows = [quad("a", "p", "b", graph, origin) for graph in ("urn:g", "urn:h", "") for origin in ("x#1", "x#2")]
    found = find(
        session,
        session.table(to_arrow(rows)),
        shapes("ex:S sh:targetSubjectsOf ex:p ; sh:path ex:p ; sh:maxCount 1 ; sh:nodeKind sh:Literal ."),
        None,
    )
    assert [raw.component.rpartition("#")[2] for raw in found] == ["NodeKindConstraintComponent"]


@given(
    st.lists(
        st.sampled_from(
            [
                Term(EX + "a"),
                Term("_:a", "bnode"),
                *(Term("a", "literal", d) for d in (XSD.string, XSD.token)),
                *(Term("a", "literal", RDF.langString, lang) for lang in ("de", "en")),
            ]
        ),
        min_size=1,
        unique=True,
    )
)
@settings(max_examples=20, deadline=None)
def test_terms_are_told_apart_and_read_back(terms: list[Term]) -> None:
    with DuckDB(threads=1) as engine:
        table = engine.table(to_arrow([quad("s", "p", term) for term in terms]))
        data = encode(engine, table, [EX + "p"], terms)
        assert len(set(data.numbers.values())) == len(terms)
        assert data.terms(data.triples.select(id="o")) == {number: term for term, number in data.numbers.items()}


def test_terms_that_share_a_hash_are_numbered_anew(session: DuckDB, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hash of one value without salt, the true one with it."""
    whole = Data._hash

    def weak(self: Data, text: object, salt: str) -> object:
        return whole(self, text, salt) if salt else whole(self, text, salt) * 0

    monkeypatch.setattr(Data, "_hash", weak)
    rows = [quad("a", "p", "b"), quad("c", "p", "d")]
    data = encode(session, session.table(to_arrow(rows)), [EX + "p"], [])
    assert data.salt
    assert sorted(term.value[-1] for term in data.terms(data.triples.select(id="s"), data.triples.select(id="o")).values()) == list("abcd")


@given(st.text(), st.sampled_from([XSD.string, XSD.token]), st.sampled_from(["", "de", "en-gb"]))
def test_terms_as_text_are_read_back(text: str, datatype: str, language: str) -> None:
    term = Term(text, "literal", RDF.langString if language else datatype, language)
    assert raw_term(raw_text(term)) == term


# --- refusals --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "turtle",
    [
        "ex:S sh:targetNode ex:a ; sh:node ex:S .",
        "ex:S sh:targetNode ex:a ; sh:property ex:P . ex:P sh:path ex:p ; sh:node ex:S .",
        "ex:g sh:entailment <http://www.w3.org/ns/entailment/RDFS> . ex:S sh:targetNode ex:a ; sh:nodeKind sh:IRI .",
        "ex:S sh:target [ a ex:Other ] ; sh:nodeKind sh:IRI .",
    ],
)
def test_what_is_not_supported_is_refused_by_name(session: DuckDB, turtle: str) -> None:
    with pytest.raises(ShapesError) as error:
        find(session, session.table(to_arrow([quad("a", "p", "b")])), shapes(turtle), None)
    assert error.value.text("de") != error.value.text("en")
    assert error.value.fix is not None


def test_recursion_that_nothing_reaches_is_no_matter(session: DuckDB) -> None:
    table = session.table(to_arrow([quad("a", "p", "b")]))
    assert find(session, table, shapes("ex:R sh:node ex:R . ex:S sh:targetNode ex:a ; sh:nodeKind sh:IRI ."), None) == []


def test_shapes_without_targets_find_nothing(session: DuckDB) -> None:
    assert find(session, session.table(to_arrow([quad("a", "p", "b")])), shapes("ex:S sh:nodeKind sh:Literal ."), None) == []


def test_no_data_at_all(session: DuckDB) -> None:
    found = find(session, session.table(to_arrow([])), shapes("ex:S sh:targetNode ex:a, 5 ; sh:path ex:p ; sh:minCount 1 ."), None)
    assert sorted(raw.focus for raw in found) == [f'"5"^^<{XSD.integer}>', EX + "a"]
