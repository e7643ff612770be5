"""What the tests of this folder share: reading cases and graphs, running an engine, a report as a multiset of facts.

A case file (`cases/*.txt`) holds cases one after the other:

    === name [section of the Recommendation] alone
    --- data / --- shapes        Turtle with the prefixes below; `--- graph` where one graph is both
    --- results                  one line per result: focus | path | value | component | shape | severity | messages
    --- refused                  instead of results: the shapes graph is ill-formed, or the processor has to report a failure
    --- pyshacl                  why and how pySHACL departs from the Recommendation; only where it does
    --- setwise                  the same for the set-oriented engine

The cases of a file are validated together, each with names of its own, so that many shapes stand side by side as in practice;
a case that is about whole graphs says `alone`, and one graph or a refusal is alone in any case. Expectations were worked out from the text of the Recommendation (section in brackets), not copied from an engine. `-` is nothing,
severity is Violation where it is left out, messages are compared only where they stand. Paths are written as in SPARQL with
brackets around every sequence and alternative. `_:x` is the same blank node in data, shapes and results.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import rdflib
from rdflib import RDF, BNode, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node
from rdflib.util import from_n3

from kg.errors import ValidationError
from kg.validate.graphs import validate_graphs

CASES = Path(__file__).parent / "cases"
SH = Namespace("http://www.w3.org/ns/shacl#")
EX = Namespace("http://example.org/")
NAMESPACES = {
    "ex": str(EX),
    "sh": str(SH),
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "rdf": str(RDF),
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
}
PREFIXES = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in NAMESPACES.items())
BLANK = "urn:blank:"
"""Blank nodes are read as IRIs of this form and turned back, so that a case can name them."""


@dataclass(frozen=True)
class Case:
    """One case.

    Attributes:
        name: File and name.
        section: Of the Recommendation.
        data, shapes: Turtle.
        results: A line for each; `None` where the shapes have to be refused.
        departs: Where pySHACL departs from the Recommendation, how.
        limit: Where the set-oriented engine does.
        alone: Whether it has to be validated by itself.
    """

    name: str
    section: str
    data: str
    shapes: str
    results: str | None
    departs: str = ""
    limit: str = ""
    alone: bool = False


class Fact(NamedTuple):
    """A validation result without the identity of its node."""

    focus: str
    path: str
    value: str
    component: str
    shape: str
    severity: str
    messages: tuple[str, ...] = ()


# --- reading ---------------------------------------------------------------------------------------------------------------


def read_cases() -> list[Case]:
    """Return the cases of all files, in order."""
    found = [case for file in sorted(CASES.glob("*.txt")) for case in _cases(file)]
    assert len({case.name for case in found}) == len(found), "two cases have one name"
    return found


def _cases(file: Path) -> Iterator[Case]:
    for block in re.split(r"^=== ", file.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        head, *parts = re.split(r"^--- ?", block, flags=re.MULTILINE)
        match = re.fullmatch(r"(\S+) \[(.+)\](?P<alone> alone)?\s*", head)
        assert match, f"{file.name}: {head}"
        texts = {title.strip(): text for title, _, text in (part.partition("\n") for part in parts)}
        unknown = set(texts) - {"data", "shapes", "graph", "results", "refused", "pyshacl", "setwise"}
        assert not unknown, f"{file.name}: {head}: {unknown}"
        assert ("results" in texts) != ("refused" in texts), f"{file.name}: {head}: either results or refused"
        yield Case(
            name=f"{file.stem}/{match[1]}",
            section=match[2],
            data=texts.get("graph") or texts.get("data", ""),
            shapes=texts.get("graph") or texts.get("shapes", ""),
            results=texts.get("results"),
            departs=" ".join(texts.get("pyshacl", "").split()),
            limit=" ".join(texts.get("setwise", "").split()),
            alone=bool(match["alone"]) or "graph" in texts or "refused" in texts,
        )


@contextmanager
def quiet() -> Iterator[None]:
    """Keep lexical forms as they are written, and rdflib from logging literals that are not of their datatype.

    What reads lexical forms is rdflib's own meanwhile: owlrl, which pySHACL may import, puts others in its place.
    """
    logger, normalize = logging.getLogger("rdflib.term"), rdflib.NORMALIZE_LITERALS
    level, reading = logger.level, dict(rdflib.term._toPythonMapping)
    logger.setLevel(logging.CRITICAL)
    rdflib.NORMALIZE_LITERALS = False
    rdflib.term._reset_bindings()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
        rdflib.term._toPythonMapping.update(reading)
        rdflib.NORMALIZE_LITERALS = normalize


def read_graph(turtle: str, place: str = "") -> Graph:
    """Read Turtle with the prefixes of the cases; lexical forms and names of blank nodes stay as they are written.

    Args:
        turtle: The text.
        place: Goes into all names, so that graphs of several cases can be united.
    """
    text = re.sub(r"_:([A-Za-z]\w*)", rf"<{BLANK}{place}\1>", PREFIXES + turtle)
    parsed, graph = Graph(), Graph()
    with quiet():
        parsed.parse(data=text.replace(str(EX), f"{EX}{place.replace('.', '/')}"), format="turtle")
    for subject, predicate, value in parsed:
        graph.add((_unblank(subject), predicate, _unblank(value)))
    return graph


def _unblank(node: Node) -> Node:
    return BNode(node.removeprefix(BLANK)) if isinstance(node, URIRef) and node.startswith(BLANK) else node


# --- running ---------------------------------------------------------------------------------------------------------------


def run(case: Case, engine: str) -> Graph:
    """Validate a case; the two graphs of a case with one graph are one object."""
    data = read_graph(case.data)
    shapes = data if case.data is case.shapes and case.data else read_graph(case.shapes)
    return validate(data, shapes, engine)


def validate(data: Graph, shapes: Graph, engine: str) -> Graph:
    """Validate with lexical forms kept."""
    with quiet():
        return validate_graphs(data, shapes, engine=engine)


def outcome(case: Case, engine: str) -> Counter[Fact] | None:
    """Return the facts of a case on its own, `None` where the engine refuses it.

    pySHACL stops at some shapes with whatever its libraries raise; that is a refusal too.
    """
    try:
        return spoken(facts(run(case, engine)), case)
    except Exception as error:
        if engine == "reference" or isinstance(error, ValidationError):
            return None
        raise


def outcomes(cases: list[Case], engine: str) -> tuple[Graph, dict[str, Counter[Fact]]]:
    """Validate cases together and return the report and the facts of each case by its name; facts of no case stand under no name."""
    data, shapes = Graph(), Graph()
    for number, case in enumerate(cases):
        data += read_graph(case.data, f"c{number}.")
        shapes += read_graph(case.shapes, f"c{number}.")
    report = validate(data, shapes, engine)
    found: dict[str, Counter[Fact]] = {case.name: Counter() for case in [*cases, Case("", "", "", "", "")]}
    for fact in facts(report).elements():
        place = re.search(r"\bc(\d+)[./]", f"{fact.shape} {fact.focus}")
        name = cases[int(place[1])].name if place else ""
        cells = [re.sub(rf"<{EX}([\w.-]+)>", r"ex:\1", re.sub(r"\bc\d+[./]", "", cell)) for cell in fact[:6]]
        found[name][Fact._make((*cells, fact.messages))] += 1
    return report, {case.name: spoken(found[case.name], case) for case in cases} | {"": found[""]}


def spoken(found: Counter[Fact], case: Case) -> Counter[Fact]:
    """Drop messages that the case does not speak of: where a shape has none, an engine may write its own (SHACL, section 3.6.2.7)."""
    wanted = {fact._replace(messages=()) for fact in expected(case) or () if fact.messages}
    return Counter([fact if fact._replace(messages=()) in wanted else fact._replace(messages=()) for fact in found.elements()])


# --- reports ---------------------------------------------------------------------------------------------------------------


def facts(report: Graph) -> Counter[Fact]:
    """Return what a report graph says, messages included."""
    (node,) = report.subjects(RDF.type, SH.ValidationReport)
    return Counter(_fact(report, result) for result in report.objects(node, SH.result))


def _fact(report: Graph, result: Node) -> Fact:
    def one(name: str) -> Node | None:
        found = list(report.objects(result, SH[name]))
        assert len(found) <= 1, (name, found)
        return found[0] if found else None

    path = one("resultPath")
    severity = one("resultSeverity")
    return Fact(
        focus=term_text(one("focusNode")),
        path=path_text(report, path) if path is not None else "-",
        value=term_text(one("value")),
        component=_component(term_text(one("sourceConstraintComponent"))),
        shape=term_text(one("sourceShape")),
        severity=term_text(severity).removeprefix("sh:"),
        messages=tuple(sorted(term_text(text) for text in report.objects(result, SH.resultMessage))),
    )


def _component(text: str) -> str:
    return text.removeprefix("sh:").removesuffix("ConstraintComponent") if text.startswith("sh:") else text


def term_text(node: Node | None) -> str:
    """Write a term: a prefixed name or IRI, a blank node's name, a literal with its own lexical form."""
    if node is None:
        return "-"
    if isinstance(node, URIRef):
        for prefix, namespace in NAMESPACES.items():
            local = node.removeprefix(namespace)
            if local != node and re.fullmatch(r"\w[\w.-]*", local):
                return f"{prefix}:{local}"
        return f"<{node}>"
    if isinstance(node, BNode):
        return f"_:{node}"
    assert isinstance(node, Literal)
    text = '"' + str(node).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    if node.language:
        return f"{text}@{node.language.lower()}"
    return text if node.datatype in (None, URIRef(NAMESPACES["xsd"] + "string")) else f"{text}^^{term_text(node.datatype)}"


def path_text(graph: Graph, node: Node) -> str:
    """Write a path of a graph as in SPARQL, brackets around every sequence and alternative.

    Source: SHACL, section 2.3.1.
    """
    if not isinstance(node, BNode):
        return term_text(node)
    if (node, RDF.first, None) in graph:
        return "(" + "/".join(path_text(graph, member) for member in Collection(graph, node)) + ")"
    ((predicate, value),) = graph.predicate_objects(node)
    if predicate == SH.alternativePath:
        return "(" + "|".join(path_text(graph, member) for member in Collection(graph, value)) + ")"
    if predicate == SH.inversePath:
        return f"^{path_text(graph, value)}"
    inner = path_text(graph, value)
    return (f"({inner})" if inner.startswith("^") else inner) + {SH.zeroOrMorePath: "*", SH.oneOrMorePath: "+", SH.zeroOrOnePath: "?"}[predicate]  # type: ignore[index]


def expected(case: Case) -> Counter[Fact] | None:
    """Return the facts a case expects, `None` for a refusal."""
    if case.results is None:
        return None
    return Counter(_line(line) for line in case.results.splitlines() if line.strip())


def _line(line: str) -> Fact:
    cells = [cell.strip() for cell in re.split(r" \| ", line.strip())]
    focus, path, value, component, shape = cells[:5]
    severity = cells[5] if len(cells) > 5 else "Violation"
    messages = tuple(sorted(term_text(_term(cell)) for cell in cells[6:]))
    return Fact(term_text(_term(focus)), path, term_text(_term(value)), component, term_text(_term(shape)), severity, messages)


def _term(text: str) -> Node | None:
    """Read a term of an expectation with its lexical form."""
    if text == "-":
        return None
    if text.startswith("_:"):
        return BNode(text[2:])
    manager = Graph(bind_namespaces="none").namespace_manager
    for prefix, namespace in NAMESPACES.items():
        manager.bind(prefix, namespace)
    with quiet():
        if re.fullmatch(r"[+-]?\d+", text):
            return Literal(text, datatype=URIRef(NAMESPACES["xsd"] + "integer"))
        if text in ("true", "false"):
            return Literal(text, datatype=URIRef(NAMESPACES["xsd"] + "boolean"))
        node = from_n3(text, nsm=manager)
    assert isinstance(node, Node), text
    return node
