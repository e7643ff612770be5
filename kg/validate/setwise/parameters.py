"""Whether shapes keep to what SPARQL-based components say of their parameters.

A parameter declaration may itself be a property shape (`sh:datatype xsd:integer`); a shape that uses the component has to conform to it.
Shapes are then the data: the engine evaluates the declarations over the shapes graph.
Source: SHACL, section 6.2.1 (syntax rule Parameter-conformance).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.namespaces import RDF, SH
from kg.quads import Quad
from kg.validate.setwise.components import Component, read_components
from kg.validate.setwise.reading import Reader, ill_formed, to_term
from kg.validate.wellformed import TARGETS

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

    from kg.engine.base import Engine

_ELSEWHERE = {RDF.type, *(SH[name] for name in TARGETS)}
"""Properties that would make shapes of the shapes graph begin somewhere else."""

_DESCRIBING = {SH[name] for name in ("path", "optional", "name", "description", "order", "group", "defaultValue", "message", "severity")}


def check_parameters(engine: Engine, shapes: Graph) -> None:
    """Hold the shapes that use SPARQL-based components against the declarations of their parameters.

    Raises:
        ShapesError: A shape does not conform to one.
    """
    reader = Reader(shapes)
    used = [(component, declaration) for component in read_components(reader) for declaration in _constrained(reader, component)]
    if not used:
        return
    rules = _rules(reader, shapes, used)
    if rules is not None:
        from kg.quads import to_arrow
        from kg.validate.setwise import find

        found = find(engine, engine.table(to_arrow(_rows(shapes))), rules, None)
        for raw in found:
            raise ill_formed(_node(raw.focus), f"has a wrong value for <{raw.path}>", f"hat einen falschen Wert für <{raw.path}>", "section 6.2.1")


def _constrained(reader: Reader, component: Component) -> list[Node]:
    """Return the parameter declarations of a component that constrain their values."""
    from rdflib import URIRef

    found = []
    for declaration in reader.values(URIRef(component.iri), "parameter"):
        facts = {str(predicate) for predicate in reader.graph.predicates(declaration, None)}
        if any(fact.startswith(SH[""]) for fact in facts - _DESCRIBING):
            found.append(declaration)
    return found


def _rules(reader: Reader, shapes: Graph, used: list[tuple[Component, Node]]) -> Graph | None:
    """Return a shapes graph of the declarations, targeted at the shapes that use their components."""
    from rdflib import Graph, URIRef

    rules = Graph()
    targeted = False
    for component, declaration in used:
        mandatory = [URIRef(iri) for iri in component.parameters if iri not in component.optional]
        users = set(shapes.subjects(mandatory[0], None))
        for iri in mandatory[1:]:
            users &= set(shapes.subjects(iri, None))
        for value in reader.values(declaration, "path"):
            if any((user, value, None) in shapes for user in users):
                targeted = True
                rules.add((declaration, URIRef(SH.targetSubjectsOf), value))
    if not targeted:
        return None
    todo = [declaration for _, declaration in used]
    seen: set[Node] = set()
    while todo:
        node = todo.pop()
        if node not in seen:
            seen.add(node)
            for predicate, value in shapes.predicate_objects(node):
                if str(predicate) not in _ELSEWHERE:
                    rules.add((node, predicate, value))
                    todo.append(value)
    return rules


def _rows(shapes: Graph) -> list[Quad]:
    return [
        Quad(to_term(subject).value, str(predicate), *to_term(value), graph="", origin="")
        for subject, predicate, value in shapes.triples((None, None, None))
    ]


def _node(text: str) -> Node:
    from rdflib import BNode, URIRef

    return BNode(text[2:]) if text.startswith("_:") else URIRef(text)
