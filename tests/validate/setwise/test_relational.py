"""SELECT queries as expressions of the engine: what a store says, on drawn graphs and queries, and for the targets of this project's shapes."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from kg.build import Build
from kg.engine.duckdb import DuckDB
from kg.namespaces import RDF, XSD
from kg.quads import Quad, Term, from_oxigraph_term, to_arrow, to_oxigraph
from kg.validate.setwise.algebra import Unsupported, constants
from kg.validate.setwise.compile import compile_shapes
from kg.validate.setwise.data import encode
from kg.validate.setwise.kept import Kept
from kg.validate.setwise.query_reader import read_select
from kg.validate.setwise.targeting import Plans, focus_tables, read_plans
from kg.validate.shapes import load_shapes

EX = "http://example.org/"
NODES = [Term(f"{EX}n{number}") for number in range(4)] + [Term("_:b0", "bnode"), Term("_:b1", "bnode")]
PREDICATES = [f"{EX}p{number}" for number in range(3)]
LITERALS = [
    *(Term(text, "literal", XSD.string) for text in ("", "a", "ab", 'q"\\', "Ä\n")),
    *(Term(text, "literal", RDF.langString, tag) for text, tag in (("a", "de"), ("a", "en"), ("b", "de-at"))),
    *(Term(text, "literal", XSD.integer) for text in ("1", "2", "30", "-4")),
    *(Term(text, "literal", XSD.decimal) for text in ("1.5", "2.25")),
    *(Term(text, "literal", XSD.date) for text in ("2020-01-01", "2021-06-30")),
    Term("2020", "literal", XSD.gYear),
    Term("true", "literal", XSD.boolean),
]
"""Each in the form in which a store gives it back: it keeps values, and expressions keep terms (RDF 1.1 Concepts, section 3.3)."""
GRAPHS = [f"{EX}g1", f"{EX}g2", ""]


@pytest.fixture(scope="module")
def session() -> Iterator[DuckDB]:
    with DuckDB(threads=1) as made:
        yield made


def stored(quads: list[Quad]) -> ox.Store:
    """Return a store whose default graph is the union: one that Oxigraph makes for a query counts a triple of two graphs twice."""
    store = ox.Store()
    for quad in quads:
        store.add(to_oxigraph(quad))
        store.add(to_oxigraph(quad._replace(graph="")))
    return store


def asked(store: ox.Store, query: str, *, union: bool = False) -> set[Term]:
    """Return what a store finds for `?this`."""
    rows = store.query(query, use_default_graph_as_union=union)
    return {from_oxigraph_term(row["this"]) for row in rows if row["this"] is not None}  # type: ignore[union-attr]


def evaluated(session: DuckDB, quads: list[Quad], queries: list[str]) -> dict[str, set[Term] | str]:
    """Return what expressions find for each query, or why they are not for it."""
    found: dict[str, set[Term] | str] = {}
    plans = Plans()
    for text in queries:
        try:
            plans.queries[text] = read_select(text)
        except Unsupported as reason:
            found[text] = str(reason)
    engine = Kept(session)
    with engine.apart():
        data = encode(engine, session.table(to_arrow(quads)), plans.predicates(), plans.terms(), everywhere=plans.everywhere())
        tables = focus_tables(plans, data, engine)
        for text, table in tables.items():
            found[text] = set(data.terms(table.select(id="focus")).values())
    return found | plans.others


# --- drawn -------------------------------------------------------------------------------------------------------------------


def draw_quads(random: Random) -> list[Quad]:
    """Draw a few statements in two named graphs and the default graph, some of them in several."""
    # Oxigraph knows no empty walk from a constant that is not in the data (SPARQL 1.1, section 18.4, does), so all of them are.
    quads = [Quad(f"{EX}all", f"{EX}known", *term, "", "drawn") for term in (*NODES[:4], *LITERALS)]
    for _ in range(random.randint(6, 22)):
        subject, predicate = random.choice(NODES).value, random.choice(PREDICATES)
        term = random.choice([*NODES, *NODES, *LITERALS])
        for graph in random.sample(GRAPHS, random.choice((1, 1, 2))):
            quads.append(Quad(subject, predicate, *term, graph, "drawn"))
    return quads


class Writer:
    """Writes queries; every form that is translated can come up, nested to depth two."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def one(self, *choices: str) -> str:
        return self.random.choice(choices)

    def iri(self) -> str:
        return f"<{EX}n{self.random.randrange(4)}>"

    def predicate(self) -> str:
        return f"<{self.random.choice(PREDICATES)}>"

    def literal(self) -> str:
        return self.one('"a"', "1", "2.25", '"a"@de', '"2020-01-01"^^<http://www.w3.org/2001/XMLSchema#date>')

    def path(self, depth: int = 2) -> str:
        if not depth:
            return self.predicate()
        inner, other, one = self.path(depth - 1), self.path(depth - 1), self.one(self.predicate(), f"(^{self.predicate()})")
        # Oxigraph forgets the empty walk of `(p*)+`, so what is repeated is never empty.
        return self.one(
            self.predicate(), f"^{inner}", f"({inner}/{other})", f"({inner}|{other})", f"({one}|{self.predicate()})+", f"{one}*", f"{one}?"
        )

    def triple(self, subject: str = "") -> str:
        subject = subject or self.one("?this", "?a", "?b", self.iri())
        target = self.one("?this", "?a", "?b", "?c", "?v", self.iri(), self.literal(), "[]")
        return f"{subject} {self.one(self.predicate(), self.predicate(), self.predicate(), '?p', self.path())} {target} ."

    def condition(self, depth: int) -> str:
        x, y = self.one("?this", "?a", "?v", "?c"), self.one("?this", "?b", "?v", "?c")
        simple = [
            f"{x} = {y}", f"{x} != {y}", f"{x} = {self.iri()}", f"{x} IN ({self.iri()}, {self.iri()})", f"{x} = {self.literal()}", f"{x} < {self.literal()}",
            f"STR({x}) < STR({y})", f"STRSTARTS(STR({x}), STR({y}))", f"isIRI({x})", f"isBLANK({x})", f"isLITERAL({x})", f"LANG({x}) = \"de\"",
            f"LANGMATCHES(LANG({x}), \"de\")", f"DATATYPE({x}) = <{XSD.integer}>", f"ISNUMERIC({x})", f"{x} + 1 > 2", f"REGEX(STR({x}), \"^a\")",
            f"BOUND({x})", f"sameTerm({x}, {y})", f"STRLEN(STR({x})) > 1",
        ]  # fmt: skip
        if depth:
            inner = self.condition(depth - 1)
            simple += [f"!({inner})", f"({inner} || {self.condition(depth - 1)})", f"({inner} && {self.condition(depth - 1)})"]
            simple += [f"EXISTS {{ {self.group(depth - 1)} }}", f"NOT EXISTS {{ {self.group(depth - 1)} }}"] * 4
        return self.one(*simple)

    def group(self, depth: int) -> str:
        """Write what stands between braces; it speaks of `?this`."""
        parts = [self.triple("?this"), *(self.triple() for _ in range(self.random.randint(0, 2)))]
        if depth:
            extra = self.one("union", "graph", "optional", "minus", "bind", "select", "values", "", "")
            if extra == "union":
                parts.append(f"{{ {self.triple('?this')} }} UNION {{ {self.group(0)} }}")
            elif extra == "graph":
                parts.append(f"GRAPH {self.one('?g', f'<{EX}g1>')} {{ ?this {self.predicate()} ?c }}")
            elif extra == "optional":
                parts.append(f"OPTIONAL {{ ?this {self.predicate()} ?o . FILTER({self.condition(0)}) }}")
            elif extra == "minus":
                parts.append(f"MINUS {{ {self.triple('?this')} }}")
            elif extra == "bind":
                made = self.one("STR(?this)", 'CONCAT(STR(?this), "x")', "LCASE(STR(?v))")
                parts.append(f"BIND({made} AS ?made) FILTER(STRLEN(?made) > 3)")
            elif extra == "select":
                parts.insert(0, f"{{ {self.select()} }}")
            elif extra == "values":
                parts.append(f"VALUES ?a {{ {self.iri()} {self.iri()} {self.literal()} }}")
        parts += [f"FILTER({self.condition(depth)})" for _ in range(self.random.choice((0, 1, 1, 2)))]
        return " ".join(parts)

    def select(self) -> str:
        """Write a sub-query that groups, or makes distinct."""
        inner = f"?this {self.predicate()} ?a . ?this {self.predicate()} ?n ."
        least = self.one("1", "2")
        return self.one(
            f"SELECT ?this WHERE {{ {inner} }} GROUP BY ?this HAVING(COUNT(DISTINCT ?a) >= {least})",
            f"SELECT ?this (COUNT(*) AS ?many) WHERE {{ {inner} }} GROUP BY ?this HAVING(COUNT(?n) > {least})",
            f"SELECT ?this (MIN(STR(?a)) AS ?first) (MAX(STR(?n)) AS ?last) WHERE {{ {inner} }} GROUP BY ?this",
            f"SELECT ?this (SUM(?n) AS ?sum) WHERE {{ {inner} FILTER(ISNUMERIC(?n)) }} GROUP BY ?this HAVING(SUM(?n) > {least})",
            f"SELECT DISTINCT ?this WHERE {{ {inner} }}",
        )

    def query(self) -> str:
        """Write a whole query."""
        if self.random.random() < 0.2:
            return self.select()
        return f"SELECT {self.one('', 'DISTINCT ')}?this WHERE {{ {self.group(2)} }}"


@settings(max_examples=5, deadline=None, derandomize=True, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(random=st.randoms(use_true_random=True))
def test_drawn_queries(session: DuckDB, counted: dict[str, int], random: Random) -> None:
    """What is translated finds what Oxigraph finds; what is not says so."""
    quads = draw_quads(random)
    store = stored(quads)
    queries = list(dict.fromkeys(Writer(random).query() for _ in range(10)))
    found = evaluated(session, quads, queries)
    assert set(found) == set(queries)
    for query in queries:
        got = found[query]
        counted["refused" if isinstance(got, str) else "found" if got else "nothing"] += 1
        if not isinstance(got, str):
            note(query)
            assert got == asked(store, query), "\n".join([query, *sorted(map(str, quads))])


@pytest.fixture(scope="module")
def counted() -> Iterator[dict[str, int]]:
    """Count what became of queries: a comparison of nothing with nothing would prove nothing."""
    found = {"refused": 0, "found": 0, "nothing": 0}
    yield found
    assert found["found"] > 10, found
    assert found["refused"] < (found["found"] + found["nothing"]) / 2, found


# --- of this project -----------------------------------------------------------------------------------------------------------


def test_targets_of_the_shapes(session: DuckDB, graph: Build) -> None:
    """Every target is translated, and finds in Dortmund what the store finds."""
    plans = read_plans(compile_shapes(load_shapes()))
    assert len(plans.queries) > 30
    assert plans.others == {}
    assert not plans.everywhere(), "texts of focus nodes are looked up among the predicates that queries name"
    engine = Kept(session)
    store = ox.Store.read_only(str(graph.store))
    with engine.apart():
        data = encode(engine, session.quads(graph.parquet), plans.predicates(), plans.terms())
        tables = focus_tables(plans, data, engine)
        assert plans.others == {}
        found = {text: {term.value for term in data.terms(table.select(id="focus")).values()} for text, table in tables.items()}
    assert found == {text: {term.value for term in asked(store, text, union=True)} for text in plans.queries}
    assert sum(map(bool, found.values())) > 2


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("SELECT ?this WHERE { ?this ?p ?o } LIMIT 1", "LIMIT or OFFSET"),
        ("SELECT * WHERE { ?this ?p ?o }", "SELECT *"),
        (f"SELECT ?this WHERE {{ ?this !<{EX}p0> ?o }}", "a negated property set"),
        ("SELECT ?this WHERE { ?this ?p ?o FILTER(RAND() > 2) }", "Builtin_RAND"),
        ("SELECT ?this WHERE { VALUES (?this ?x) { (UNDEF 1) } }", "VALUES with UNDEF"),
        ("ASK { ?this ?p ?o }", "another form than SELECT, or FROM"),
        ("SELECT ?this FROM <urn:a> WHERE { ?this ?p ?o }", "another form than SELECT, or FROM"),
        ("SELECT (AVG(?o) AS ?this) WHERE { ?s ?p ?o } GROUP BY ?s", "AVG"),
    ],
)
def test_what_is_not_translated_is_named(session: DuckDB, query: str, why: str) -> None:
    assert evaluated(session, [Quad(f"{EX}a", PREDICATES[0], "1", "literal", XSD.integer, "", "", "x")], [query]) == {query: why}


def test_terms_are_compared_as_they_are_written(session: DuckDB) -> None:
    """Two literals of one value are two terms (RDF 1.1 Concepts, section 3.3) that are equal (SPARQL 1.1, section 17.4.1.7)."""
    quads = [Quad(f"{EX}a", PREDICATES[0], text, "literal", XSD.integer, "", "", "x") for text in ("1", "01")]
    counted = f"SELECT ?this WHERE {{ ?this <{PREDICATES[0]}> ?o }} GROUP BY ?this HAVING(COUNT(DISTINCT ?o) > 1)"
    unequal = f"SELECT ?this WHERE {{ ?this <{PREDICATES[0]}> ?a, ?b FILTER(?a != ?b) }}"
    assert evaluated(session, quads, [counted, unequal]) == {counted: {Term(f"{EX}a")}, unequal: set()}


def test_nothing_is_left_in_the_session(session: DuckDB) -> None:
    """A validation in a session that goes on forgets what it kept."""
    quads = draw_quads(Random(1))
    before = set(session._connection.list_tables())
    evaluated(session, quads, [Writer(Random(number)).query() for number in range(5)])
    assert not {name for name in set(session._connection.list_tables()) - before if name.startswith("cached")}


def test_constants_of_exists_are_known() -> None:
    query = read_select(f"SELECT ?this WHERE {{ ?this ?p ?o FILTER NOT EXISTS {{ ?this ?p <{EX}n1> FILTER EXISTS {{ <{EX}n2> ?p ?this }} }} }}")
    assert {Term(f"{EX}n1"), Term(f"{EX}n2")} <= constants(query)
