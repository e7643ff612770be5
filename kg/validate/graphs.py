"""Validating one RDF graph against another, with a standard report: what a SHACL processor does, without files and rows.

Source: SHACL, section 3.6 (validation report).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from kg.errors import ShapesError, Text, ValidationError
from kg.namespaces import SH
from kg.quads import Quad, Term
from kg.validate.raw import Raw, raw_term

if TYPE_CHECKING:
    from rdflib import BNode, Graph
    from rdflib.term import Node

ENGINES = ("setwise", "direct", "reference")


def validate_graphs(data: Graph, shapes: Graph, engine: str = "setwise") -> Graph:
    """Validate a data graph against a shapes graph.

    Args:
        data: The data graph; of a dataset the union of its graphs. Never changed.
        shapes: The shapes graph; may be the same object. Never changed.
        engine: `setwise`, `direct`, or `reference` for pySHACL.

    Returns:
        A graph with one `sh:ValidationReport`; `sh:conforms` is true only where there is no result at all.

    Raises:
        ShapesError: The shapes are ill-formed, or ask for what the engine does not do.
        ValidationError: There is no such engine.
    """
    if engine not in ENGINES:
        known = ", ".join(ENGINES)
        what = Text(f"There is no engine {engine!r}.", f"Die Auswertung {engine!r} gibt es nicht.")
        raise ValidationError(what, fix=Text(f"Use one of {known}.", f"Möglich sind {known}."))
    return _reference(data, shapes) if engine == "reference" else _own(data, shapes, engine)


def _own(data: Graph, shapes: Graph, engine: str) -> Graph:
    from kg.engine.duckdb import DuckDB
    from kg.quads import to_arrow
    from kg.validate import direct, setwise
    from kg.validate.setwise.reading import to_term

    rows = list(_quads(data))
    for row in rows:
        if row.predicate == SH.shapesGraph and row.kind != "iri":
            what = Text("The data name a shapes graph that is no IRI.", "Die Daten nennen einen Regelgraphen, der keine IRI ist.")
            raise ShapesError(what, where=row.subject, fix=Text("See SHACL, section 3.3.", "Siehe SHACL, Abschnitt 3.3."))
    if engine == "direct":
        found = direct.find(rows, shapes)
    else:
        with DuckDB(threads=1) as session:
            found = setwise.find(session, session.table(to_arrow(rows)), shapes, None)
    # Terms of the report are the very nodes of the graphs: language tags in their case, blank nodes with their identity.
    known: dict[Term, Node] = {}
    for graph in (shapes, data):
        for triple in graph.triples((None, None, None)):
            for node in (triple[0], triple[2]):
                known.setdefault(to_term(node), node)
    return report_graph(found, shapes, known)


def _quads(data: Graph) -> Iterator[Quad]:
    """Yield the triples of a graph, or those of a dataset with their graphs."""
    from rdflib import Dataset, URIRef
    from rdflib.graph import ConjunctiveGraph

    from kg.validate.setwise.reading import to_term

    def quad(triple: tuple[Node, Node, Node], graph: str) -> Quad:
        subject, predicate, target = (to_term(node) for node in triple)
        return Quad(subject.value, predicate.value, *target, graph=graph, origin="")

    if isinstance(data, ConjunctiveGraph | Dataset):
        for subject, predicate, target, context in data.quads((None, None, None, None)):
            name = getattr(context, "identifier", context)
            is_named = isinstance(name, URIRef) and str(name) != "urn:x-rdflib:default"
            yield quad((subject, predicate, target), str(name) if is_named else "")
        return
    for triple in data:
        yield quad(triple, "")


def report_graph(found: Iterable[Raw], shapes: Graph, known: dict[Term, Node]) -> Graph:
    """Write results as a validation report.

    Args:
        found: Results.
        shapes: The shapes graph, whose property paths are copied.
        known: Nodes to be used for terms.
    """
    from rdflib import RDF, BNode, Graph, Literal, URIRef

    report, root = Graph(), BNode()
    results = list(found)
    report.add((root, RDF.type, URIRef(SH.ValidationReport)))
    report.add((root, URIRef(SH.conforms), Literal(not results)))
    for raw in results:
        node = BNode()
        report.add((root, URIRef(SH.result), node))
        report.add((node, RDF.type, URIRef(SH.ValidationResult)))
        for name, value in _facts(raw, shapes, report, known):
            report.add((node, URIRef(SH[name]), value))
    return report


def _facts(raw: Raw, shapes: Graph, report: Graph, known: dict[Term, Node]) -> Iterator[tuple[str, Node]]:
    from rdflib import URIRef

    def node(term: Term) -> Node:
        return known[term] if term in known else _node(term)

    yield "focusNode", node(raw_term(raw.focus))
    yield "resultSeverity", URIRef(raw.severity_iri)
    yield "sourceConstraintComponent", URIRef(raw.component)
    if raw.shape_node is not None:
        yield "sourceShape", raw.shape_node
    if raw.path_node is not None:
        yield "resultPath", copied(raw.path_node, shapes, report)
    elif raw.path:
        yield "resultPath", URIRef(raw.path)
    if raw.value:
        yield "value", node(raw_term(raw.value))
    if raw.constraint is not None:
        yield "sourceConstraint", raw.constraint
    for message in raw.messages:
        yield "resultMessage", node(message)


def _node(term: Term) -> Node:
    from rdflib import BNode, URIRef

    from kg.validate.union import to_literal

    if term.kind == "literal":
        return to_literal(term)
    return BNode(term.value[2:]) if term.kind == "bnode" else URIRef(term.value)


def copied(node: Node, source: Graph, target: Graph, names: dict[Node, BNode] | None = None) -> Node:
    """Copy what hangs on a blank node into another graph, blank nodes fresh, and return the copy of the node."""
    from rdflib import BNode

    if not isinstance(node, BNode):
        return node
    names = {} if names is None else names
    if node not in names:
        names[node] = BNode()
        for predicate, value in source.predicate_objects(node):
            target.add((names[node], predicate, copied(value, source, target, names)))
    return names[node]


def _reference(data: Graph, shapes: Graph) -> Graph:
    """Validate with pySHACL; its failures become the one named error."""
    import pyshacl
    from pyparsing import ParseBaseException
    from pyshacl.errors import ReportableRuntimeError
    from rdflib import Graph as RdfGraph

    from kg.validate.union import copy_of

    try:
        _, report, _ = pyshacl.validate(data, shacl_graph=copy_of(shapes), advanced=True, meta_shacl=False, inference="none")
    except (ReportableRuntimeError, ParseBaseException, RecursionError, NotImplementedError) as error:
        raise _not_applicable(str(error)) from error
    if not isinstance(report, RdfGraph):
        raise _not_applicable(str(getattr(report, "message", report)))
    return report


def _not_applicable(reason: str) -> ShapesError:
    what = Text(f"The shapes cannot be applied: {reason}.", f"Die Regeln sind nicht anwendbar: {reason}.")
    return ShapesError(what, fix=Text("Check the shape named.", "Prüfen Sie die genannte Regel."))
