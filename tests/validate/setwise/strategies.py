"""Small data graphs and shapes graphs for comparing two engines.

Every component and path form can come up, nested to depth three. Where pySHACL departs from the Recommendation (the cases with a part
`pyshacl`), just that construct is left out, and the place says which.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from hypothesis import strategies as st
from rdflib import RDF, RDFS, XSD, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from tests.validate.setwise.base import EX, SH, quiet

Draw = Callable[[st.SearchStrategy[Any]], Any]

IRIS = [EX[f"n{number}"] for number in range(5)]
BLANKS: list[Node] = [BNode(f"m{number}") for number in range(2)]
CLASSES = [EX[f"C{number}"] for number in range(4)]
LINKS = [EX[f"p{number}"] for number in range(3)]
"""Predicates between any nodes."""
VALUES = [EX[f"v{number}"] for number in range(2)]
"""Predicates of literals with an order: sh:lessThan of pySHACL stops at blank nodes and takes equal IRIs for ordered."""

RANDOM = st.randoms(use_true_random=True)
"""One draw decides a whole pair of graphs: drawn in parts, graphs of few examples are much alike."""

MANY = (10, 12, 14, 16)
"""How many shapes stand in one graph: a run of the set-oriented engine takes hardly longer for many than for one."""


def literal(text: str, datatype: URIRef | None = None, lang: str | None = None) -> Literal:
    """Return a literal with the lexical form as it is."""
    with quiet():
        return Literal(text, datatype=datatype, lang=lang, normalize=False)


PLAIN = [literal(text) for text in ("", "a", "ab", "abc", "B", "äöü")]
TAGGED = [literal(text, lang=lang) for text, lang in (("a", "en"), ("b", "en"), ("ab", "en"), ("a", "de"), ("x", "de"), ("c", "en-gb"))]
NUMBERS = [
    literal(text, XSD[name])
    for text, name in (
        *(("1", "integer"), ("2", "integer"), ("02", "integer"), ("-3", "integer"), ("2.0", "decimal"), ("1.5", "decimal")),
        *(("2.0e0", "double"), ("7", "int"), ("1", "byte"), ("12345678901234567890", "integer")),
    )
]
ILL_TYPED = [literal(text, XSD[name]) for text, name in (("x", "integer"), ("300", "byte"), ("yes", "boolean"), ("-1", "nonNegativeInteger"))]
DATES = [literal(text, XSD.date) for text in ("2020-01-01", "2020-06-30", "1999-12-31")]
TIMES = [literal(text, XSD.dateTime) for text in ("2020-01-01T00:00:00Z", "2020-01-01T01:30:00+02:00", "2021-01-01T00:00:00Z")]
OTHERS = [literal("true", XSD.boolean), literal("false", XSD.boolean), literal("a", EX.own), literal("2020", XSD.gYear)]
THEMES: dict[str, list[Node]] = {
    "mixed": [*PLAIN, *TAGGED, *NUMBERS, *ILL_TYPED, *DATES, *TIMES, *OTHERS],
    "numbers": [*NUMBERS],
    "strings": [*PLAIN[1:]],
    "dates": [*DATES],
    "times": [*TIMES],
}
"""Literals of a pair of graphs. pySHACL puts literals of all kinds into one order, so ranges are drawn only where all are of one kind."""

DATATYPES = [XSD.string, XSD.integer, XSD.decimal, XSD.byte, XSD.boolean, XSD.date, XSD.nonNegativeInteger, RDF.langString, EX.own]
KINDS = [SH.IRI, SH.BlankNode, SH.Literal, SH.BlankNodeOrIRI, SH.BlankNodeOrLiteral, SH.IRIOrLiteral]
SEVERITIES = [SH.Violation, SH.Warning, SH.Info, EX.Advice]
PATTERNS = ["a", "^a", "b$", "^[a-c]+$", "ö", "^$", "^\\d", "n[0-2]", "(ab|B)", "."]
MESSAGES = [literal("Text"), literal("Text", lang="en"), literal("Wort", lang="de")]


# --- data --------------------------------------------------------------------------------------------------------------------


def draw_data(random: Random, literals: list[Node]) -> Graph:
    """Draw a data graph of links, typed nodes, subclasses and literals."""
    graph = Graph()
    subjects: list[Node] = [*IRIS, *BLANKS]
    tagged: list[Node] = [node for node in literals if isinstance(node, Literal) and node.language]
    parts: tuple[tuple[list[Node], list[URIRef], list[Node], int], ...] = (
        (subjects, LINKS, subjects, random.randint(6, 12)),
        (subjects, LINKS, literals, random.randint(6, 12)),
        (subjects[:3], LINKS, tagged or literals, random.randint(6, 12)),
        (subjects[:3], VALUES, list(NUMBERS) if tagged else literals, random.randint(6, 12)),
        (subjects, [RDF.type], list(CLASSES), random.randint(3, 6)),
        (list(CLASSES), [RDFS.subClassOf], list(CLASSES), random.randint(0, 4)),
    )
    for begin, predicates, end, number in parts:
        for _ in range(number):
            graph.add((random.choice(begin), random.choice(predicates), random.choice(end)))
    return graph


# --- shapes ------------------------------------------------------------------------------------------------------------------


@dataclass
class Builder:
    """Writes a shapes graph; blank nodes are numbered, so that both engines name the same."""

    random: Random
    theme: str = "mixed"
    graph: Graph = field(default_factory=Graph)
    number: int = 0

    @property
    def literals(self) -> list[Node]:
        """The literals of the theme."""
        return THEMES[self.theme]

    def pick(self, *values: Any) -> Any:
        """Return one of the values."""
        return self.random.choice(values)

    def some(self, values: Sequence[Any], low: int, high: int) -> list[Any]:
        """Return some of the values, each at most once."""
        return self.random.sample(list(values), min(len(values), self.random.randint(low, high)))

    def blank(self) -> BNode:
        """Return a new blank node."""
        self.number += 1
        return BNode(f"s{self.number}")

    def add(self, shape: Node, predicate: Node, value: Node) -> None:
        """Add a triple."""
        self.graph.add((shape, predicate, value))

    def list_of(self, members: list[Node]) -> Node:
        """Write a list and return its first node."""
        if not members:
            return RDF.nil
        first = self.blank()
        nodes = [first, *(self.blank() for _ in members[1:]), RDF.nil]
        for node, member, rest in zip(nodes, members, nodes[1:], strict=False):
            self.add(node, RDF.first, member)
            self.add(node, RDF.rest, rest)
        return first

    def path(self, depth: int = 2, *, inverted: bool = False) -> Node:
        """Write a path; no sequence inside sh:inversePath, which pySHACL does not reverse."""
        forms: list[Any] = ["link", "link", "inverse", "alternative", SH.zeroOrMorePath, SH.oneOrMorePath, SH.zeroOrOnePath]
        form: Any = self.pick(*forms, *(() if inverted else ("sequence", "sequence"))) if depth else "link"
        if form == "link":
            link: Node = self.pick(*LINKS, *LINKS, RDF.type)
            return link
        if form == "sequence":
            return self.list_of([self.path(depth - 1) for _ in range(self.pick(2, 2, 3))])
        node = self.blank()
        if form == "alternative":
            members = [self.path(depth - 1, inverted=inverted) for _ in range(self.pick(2, 2, 3))]
            self.add(node, SH.alternativePath, self.list_of(members))
        elif form == "inverse":
            self.add(node, SH.inversePath, self.path(depth - 1, inverted=True))
        else:
            self.add(node, form, self.path(depth - 1, inverted=inverted))
        return node

    def target(self, shape: Node) -> None:
        """Give a shape one to three targets."""
        for _ in range(self.pick(1, 1, 2, 3)):
            kind = self.pick("node", "class", "subjects", "objects", "nodes", "nodes")
            if kind == "node":
                self.add(shape, SH.targetNode, self.pick(*IRIS, *self.literals, EX.absent))
            elif kind == "nodes":
                for node in IRIS:
                    self.add(shape, SH.targetNode, node)
            elif kind == "class":
                self.add(shape, SH.targetClass, self.pick(*CLASSES))
            else:
                self.add(shape, SH.targetSubjectsOf if kind == "subjects" else SH.targetObjectsOf, self.pick(*LINKS, RDF.type))

    def shape(self, depth: int, parts: tuple[str, ...], *, name: Node | None = None, kind: str = "") -> Node:
        """Write a node shape or property shape with one to three constraints."""
        node = name or self.blank()
        kind = kind or self.pick("node", "property", "property")
        if kind == "property":
            self.add(node, SH.path, self.path())
        self.add(node, RDF.type, SH.PropertyShape if kind == "property" else SH.NodeShape)
        for _ in range(self.pick(1, 1, 2, 3)):
            self.constraint(node, kind, depth, self.pick(*parts))
        if self.pick(True, False, False):
            self.add(node, SH.severity, self.pick(*SEVERITIES))
        if self.pick(True, False, False):
            for message in self.some(MESSAGES, 1, 3):
                self.add(node, SH.message, message)
        if self.pick(*(False for _ in range(15)), True):
            self.add(node, SH.deactivated, literal("true", XSD.boolean))
        return node

    def constraint(self, shape: Node, kind: str, depth: int, part: str) -> None:
        """Add constraints of a part of section 4."""
        getattr(self, f"_{part}")(shape, kind, depth)

    def one(self, shape: Node, predicate: URIRef, value: Node) -> None:
        """Add a parameter that a shape may have once."""
        if (shape, predicate, None) not in self.graph:
            self.add(shape, predicate, value)

    # The parts of section 4, in its order.

    def _value_type(self, shape: Node, kind: str, depth: int) -> None:
        which = self.pick("class", "datatype", "nodeKind")
        if which == "class":
            self.add(shape, SH["class"], self.pick(*CLASSES))
        elif which == "datatype":
            self.one(shape, SH.datatype, self.pick(*DATATYPES))
        else:
            self.one(shape, SH.nodeKind, self.pick(*KINDS))

    def _cardinality(self, shape: Node, kind: str, depth: int) -> None:
        if kind == "property":
            self.one(shape, self.pick(SH.minCount, SH.maxCount), literal(self.pick("0", "1", "2", "3"), XSD.integer))

    def _range(self, shape: Node, kind: str, depth: int) -> None:
        if self.theme == "mixed":
            self._value_type(shape, kind, depth)
        else:
            predicate = self.pick(SH.minInclusive, SH.minExclusive, SH.maxInclusive, SH.maxExclusive)
            self.one(shape, predicate, self.pick(*self.literals))

    def _strings(self, shape: Node, kind: str, depth: int) -> None:
        which = self.pick(
            "minLength", "maxLength", "pattern", "languageIn", *(("uniqueLang", "uniqueLang", "uniqueLang") if kind == "property" else ())
        )
        if which == "minLength":  # not 0: pySHACL lets blank nodes pass
            self.one(shape, SH.minLength, literal(self.pick("1", "2", "3"), XSD.integer))
        elif which == "maxLength":
            self.one(shape, SH.maxLength, literal(self.pick("0", "2", "20"), XSD.integer))
        elif which == "pattern":
            if (shape, SH.pattern, None) not in self.graph:
                self.add(shape, SH.pattern, literal(self.pick(*PATTERNS)))
                if self.pick(True, False):  # not s, x: pySHACL ignores them
                    self.add(shape, SH.flags, literal(self.pick("i", "", "im")))
        elif which == "languageIn":
            ranges = self.some(["en", "de", "EN-gb", "*", "e"], 1, 2)
            self.one(shape, SH.languageIn, self.list_of([literal(text) for text in ranges]))
        else:
            if not {SH.lessThan, SH.lessThanOrEquals} & set(self.graph.predicates(shape)):
                self.graph.set((shape, SH.path, self.pick(*LINKS)))
            self.one(shape, SH.uniqueLang, literal("true", XSD.boolean))

    def _pairs(self, shape: Node, kind: str, depth: int) -> None:
        which = self.pick(SH.equals, SH.disjoint, SH.lessThan, SH.lessThanOrEquals)
        if which in (SH.equals, SH.disjoint):
            self.add(shape, which, self.pick(*LINKS))
        elif kind == "property":
            self.graph.set((shape, SH.path, self.pick(*VALUES)))
            self.add(shape, which, self.pick(*VALUES))

    def _logic(self, shape: Node, kind: str, depth: int) -> None:
        if not depth:
            self._value_type(shape, kind, depth)
            return
        which = self.pick("not", "and", "or", "xone")
        if which == "not":
            self.add(shape, SH["not"], self.shape(depth - 1, PARTS))
            return
        members = [self.shape(depth - 1, PARTS) for _ in range(self.pick(1, 2, 2, 3))]
        self.add(shape, SH[which], self.list_of(members))

    def _shape_based(self, shape: Node, kind: str, depth: int) -> None:
        if not depth:
            self._cardinality(shape, kind, depth)
            return
        which = self.pick("node", "property", "property", "qualified")
        if which == "node":
            self.add(shape, SH.node, self.shape(depth - 1, PARTS, kind="node"))
        elif which == "property":
            self.add(shape, SH.property, self.shape(depth - 1, PARTS, kind="property"))
        elif kind == "property":
            self._qualified(shape, depth)
        else:  # siblings on one property
            path = self.pick(*LINKS)
            disjoint = self.pick(True, True, False)
            for _ in range(2):
                inner = self.blank()
                self.add(shape, SH.property, inner)
                self.add(inner, SH.path, path)
                self._qualified(inner, depth, disjoint=disjoint)

    def _qualified(self, shape: Node, depth: int, *, disjoint: bool = False) -> None:
        if (shape, SH.qualifiedValueShape, None) in self.graph:
            return
        self.add(shape, SH.qualifiedValueShape, self.shape(depth - 1, ("value_type", "range", "other", "strings")))
        counts = self.pick((SH.qualifiedMinCount,), (SH.qualifiedMaxCount,), (SH.qualifiedMinCount, SH.qualifiedMaxCount))
        for predicate in counts:
            self.add(shape, predicate, literal(self.pick("0", "1", "2"), XSD.integer))
        if disjoint:
            self.add(shape, SH.qualifiedValueShapesDisjoint, literal("true", XSD.boolean))

    def _other(self, shape: Node, kind: str, depth: int) -> None:
        which = self.pick("closed", "hasValue", "in")
        if which == "closed":
            if (shape, SH.closed, None) in self.graph:
                return
            self.add(shape, SH.closed, literal("true", XSD.boolean))
            for predicate in self.some(LINKS, 0, 2):
                inner = self.blank()
                self.add(shape, SH.property, inner)
                self.add(inner, SH.path, predicate)
            if self.pick(True, False):
                self.add(shape, SH.ignoredProperties, self.list_of(self.some([RDF.type, *VALUES, *LINKS], 0, 3)))
        elif which == "hasValue":
            self.add(shape, SH.hasValue, self.pick(*IRIS, *self.literals, *BLANKS))
        else:
            self.one(shape, SH["in"], self.list_of(self.some([*IRIS, *self.literals], 1, 5)))


PARTS = ("value_type", "cardinality", "range", "strings", "pairs", "logic", "shape_based", "other")
"""The parts of section 4 of the Recommendation; property shapes of `shape_based` are in all others too."""


@st.composite
def graphs(draw: Draw, parts: tuple[str, ...] = PARTS, depth: int = 2) -> tuple[Graph, Graph]:
    """Return data and several shapes with targets and constraints of some parts."""
    usual = ("mixed", "mixed", "mixed", *THEMES)
    special: dict[tuple[str, ...], tuple[str, ...]] = {("range",): tuple(THEMES)[1:], ("strings",): ("mixed",)}
    random = draw(RANDOM)
    builder = Builder(random, random.choice(special.get(parts, usual)))
    data = draw_data(random, builder.literals)
    for number in range(builder.pick(*MANY)):
        shape = EX[f"S{number}"]
        builder.shape(depth, parts, name=shape)
        builder.target(shape)
    return data, builder.graph


@st.composite
def path_graphs(draw: Draw) -> tuple[Graph, Graph]:
    """Return data and shapes that report every value node of paths of depth three."""
    random = draw(RANDOM)
    builder = Builder(random)
    data = draw_data(random, builder.literals)
    for number in range(builder.pick(*MANY)):
        shape = EX[f"S{number}"]
        builder.add(shape, SH.path, builder.path(3))
        builder.add(shape, SH["in"], RDF.nil)
        builder.add(shape, SH.maxCount, literal(builder.pick("0", "1", "2"), XSD.integer))
        builder.target(shape)
    return data, builder.graph


QUERIES = (
    "SELECT DISTINCT $this ?value WHERE { $this $PATH ?value }",
    "SELECT DISTINCT $this ?value WHERE { $this $PATH ?value . FILTER isIRI(?value) }",
    "SELECT $this WHERE { FILTER NOT EXISTS { $this $PATH ?any } }",
    "SELECT DISTINCT $this ?value WHERE { { $this <http://example.org/p0> ?value } UNION { $this $PATH ?value } }",
    "SELECT DISTINCT $this ?value WHERE { $this <http://example.org/p0> ?x OPTIONAL { ?x $PATH ?value } FILTER (bound(?value)) }",
    "SELECT $this (COUNT(DISTINCT ?x) AS ?value) WHERE { $this $PATH ?x } GROUP BY $this HAVING (COUNT(DISTINCT ?x) > 1)",
)
"""Queries of property shapes; solutions are distinct because pySHACL drops equal ones, and each gives ?value or is one a focus node."""

TARGETS = (
    "SELECT ?this WHERE { ?this <http://example.org/p0> ?x }",
    "SELECT ?this WHERE { ?x <http://example.org/p1> ?this . FILTER isLiteral(?this) }",
    "SELECT ?this WHERE { ?this a <http://example.org/C0> . FILTER NOT EXISTS { ?this <http://example.org/p0> ?x } }",
)


@st.composite
def query_graphs(draw: Draw) -> tuple[Graph, Graph]:
    """Return data and SPARQL-based constraints, components and targets."""
    random = draw(RANDOM)
    builder = Builder(random, "strings")
    data = draw_data(random, builder.literals)
    component, parameter, validator = EX.Component, builder.blank(), builder.blank()
    for triple in (
        (component, RDF.type, SH.ConstraintComponent),
        (component, SH.parameter, parameter),
        (parameter, SH.path, EX.linked),
        (component, SH.validator, validator),
        (validator, RDF.type, SH.SPARQLAskValidator),
        (validator, SH.ask, literal("ASK { $value $linked ?x }")),
    ):
        builder.graph.add(triple)
    for number in range(builder.pick(*MANY)):
        shape = EX[f"S{number}"]
        form = builder.pick("constraint", "constraint", "component", "target")
        if form == "constraint":
            query = builder.blank()
            builder.add(shape, SH.path, builder.path(1))  # pySHACL writes a closure of a closure without brackets
            builder.add(shape, SH.sparql, query)
            builder.add(query, SH.select, literal(builder.pick(*QUERIES)))
        elif form == "component":  # on node shapes only: pySHACL leaves out sh:value on property shapes
            builder.add(shape, EX.linked, builder.pick(*LINKS))
        else:
            target = builder.blank()
            builder.shape(0, ("value_type", "range"), name=shape)
            builder.add(shape, SH.target, target)
            builder.add(target, RDF.type, SH.SPARQLTarget)
            builder.add(target, SH.select, literal(builder.pick(*TARGETS)))
        builder.target(shape)
    for node in builder.graph.objects(None, SH.targetNode):  # a path of length zero from a node outside the data: pySHACL differs
        data.add((EX.known, EX.mentions, node))
    return data, builder.graph
