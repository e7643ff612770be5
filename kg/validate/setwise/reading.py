"""Reading a shapes graph: values, safe lists, SHACL instances; and the errors for what is ill-formed.

Source: SHACL, sections 1.1 (SHACL list, instance, subclass), 3.4.2 (ill-formed shapes graphs) and appendix A (syntax rules).
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from kg.errors import ShapesError, Text
from kg.namespaces import RDF, RDFS, SH, XSD
from kg.quads import Term

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node


def ill_formed(node: Node, what_en: str, what_de: str, section: str) -> ShapesError:
    """Return the error for a node of a shapes graph that breaks a syntax rule.

    Args:
        node: The node.
        what_en: What is wrong with it, after "The node".
        what_de: The same in German, after "Der Knoten".
        section: Section of the SHACL Recommendation that holds the rule.
    """
    shown = show(node)
    what = Text(f"The shapes are ill-formed: {shown} {what_en}.", f"Die Regeln sind fehlerhaft: {shown} {what_de}.")
    return ShapesError(what, where=shown, fix=Text(f"See SHACL, {section}.", f"Siehe SHACL, {section}."))


def refused(node: Node, what_en: str, what_de: str) -> ShapesError:
    """Return the error for shapes that are asked of the engine and that it does not evaluate."""
    shown = show(node)
    fix = Text("Rewrite the shape, or use the engine pyshacl.", "Schreiben Sie die Regel um, oder verwenden Sie die Auswertung pyshacl.")
    return ShapesError(Text(f"{shown} {what_en}.", f"{shown} {what_de}."), where=shown, fix=fix)


def show(node: Node) -> str:
    """Write a node for a message."""
    from kg.namespaces import curie
    from kg.validate.raw import raw_text

    return curie(raw_text(to_term(node)))


def to_term(node: Node) -> Term:
    """Return an rdflib node as a term of the quad table; the case of a language tag does not matter, so it is lower."""
    from rdflib import BNode, Literal

    if isinstance(node, Literal):
        if node.language:
            return Term(str(node), "literal", RDF.langString, node.language.lower())
        return Term(str(node), "literal", str(node.datatype or XSD.string))
    return Term(f"_:{node}", "bnode") if isinstance(node, BNode) else Term(str(node))


class Reader:
    """A shapes graph with the questions a compiler has.

    Args:
        graph: The shapes graph; never changed.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._facts: dict[Node, dict[str, list[Node]]] = {}
        self._instances: dict[str, set[Node]] = {}

    def values(self, node: Node, name: str) -> list[Node]:
        """Return the values of a property of the SHACL vocabulary, in a fixed order."""
        return self.objects(node, SH[name])

    def objects(self, node: Node, predicate: str) -> list[Node]:
        """Return the values of a property, in a fixed order."""
        facts = self._facts.get(node)
        if facts is None:
            facts = self._facts[node] = {}
            for property_, value in self.graph.predicate_objects(node):
                facts.setdefault(str(property_), []).append(value)
            for name, values in facts.items():
                if len(values) > 1:
                    facts[name] = sorted(set(values), key=to_term)
        return list(facts.get(predicate, ()))

    def subjects(self, name: str) -> set[Node]:
        """Return the subjects of a property of the SHACL vocabulary."""
        from rdflib import URIRef

        return set(self.graph.subjects(URIRef(SH[name]), None))

    def is_list(self, node: Node) -> bool:
        """Return whether a node is a SHACL list: it ends, and each of its nodes has one `rdf:first` and one `rdf:rest`."""
        return self._items(node) is not None

    def items(self, node: Node) -> list[Node]:
        """Return the members of a SHACL list.

        Raises:
            ShapesError: The node is no such list.
        """
        found = self._items(node)
        if found is None:
            raise ill_formed(node, "is no list", "ist keine Liste", "section 1.1")
        return found

    def _items(self, node: Node) -> list[Node] | None:
        from rdflib import Literal, URIRef

        end = URIRef(RDF.nil)
        members: list[Node] = []
        seen: set[Node] = set()
        while True:
            first, rest = self.objects(node, RDF.first), self.objects(node, RDF.rest)
            if node == end:
                return None if first or rest else members
            if len(first) != 1 or len(rest) != 1 or node in seen or isinstance(node, Literal):
                return None
            seen.add(node)
            members.append(first[0])
            node = rest[0]

    @cached_property
    def _subclasses(self) -> dict[Node, set[Node]]:
        from rdflib import URIRef

        found: dict[Node, set[Node]] = {}
        for lower, upper in self.graph.subject_objects(URIRef(RDFS.subClassOf)):
            found.setdefault(upper, set()).add(lower)
        return found

    def instances(self, iri: str) -> set[Node]:
        """Return the SHACL instances of a class within the shapes graph."""
        from rdflib import URIRef

        if iri not in self._instances:
            todo: list[Node] = [URIRef(iri)]
            classes: set[Node] = set()
            while todo:
                current = todo.pop()
                if current not in classes:
                    classes.add(current)
                    todo += self._subclasses.get(current, ())
            self._instances[iri] = {node for known in classes for node in self.graph.subjects(URIRef(RDF.type), known)}
        return self._instances[iri]
