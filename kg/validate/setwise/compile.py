"""Compiling a shapes graph: from nodes to the records of :mod:`kg.validate.setwise.model`.

All shapes are held against the syntax rules; compiled are those that a target leads to. Recursive ones are refused (SHACL, section 3.4.3).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from kg.errors import ShapesError, Text
from kg.namespaces import RDFS, SH
from kg.quads import Term
from kg.validate.setwise.components import Component, read_components
from kg.validate.setwise.model import Closed, Constraint, Model, Pattern, Qualified, Shape, Targets
from kg.validate.setwise.paths import read_path
from kg.validate.setwise.reading import Reader, refused, to_term
from kg.validate.setwise.rules import component_rules, sparql_rules
from kg.validate.setwise.targets import read_target
from kg.validate.wellformed import check_shape, shape_nodes

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node


def compile_shapes(graph: Graph) -> Model:
    """Compile a shapes graph.

    Args:
        graph: The shapes graph; never changed.

    Raises:
        ShapesError: It is ill-formed, holds recursive shapes that are used, or asks for an entailment regime.
    """
    reader = Reader(graph)
    for regime in graph.objects(None, _sh("entailment")):
        raise refused(regime, "is an entailment regime, and none is supported", "ist eine Folgerungsart, und keine wird unterstützt")
    components = read_components(reader)
    nodes = shape_nodes(reader, {iri: component.iri for component in components for iri in component.parameters})
    for node in nodes:
        check_shape(reader, node)
    try:
        return _Compiler(reader, components).model(nodes)
    except RecursionError:
        what = Text("The shapes are nested too deeply.", "Die Regeln sind zu tief verschachtelt.")
        raise ShapesError(what, fix=Text("Take the innermost shapes out.", "Nehmen Sie die innersten Formen heraus.")) from None


def _sh(name: str) -> Node:
    from rdflib import URIRef

    return URIRef(SH[name])


class _Compiler:
    """Numbers shapes as it comes to them."""

    def __init__(self, reader: Reader, components: list[Component]) -> None:
        self.reader = reader
        self.components = components
        self.shapes: list[Shape] = []
        self.numbers: dict[Node, int] = {}
        self.classes = reader.instances(RDFS.Class)
        self.typed = reader.instances(SH.NodeShape) | reader.instances(SH.PropertyShape)

    def model(self, nodes: list[Node]) -> Model:
        """Compile the shapes that have targets, and what they refer to."""
        for node in nodes:
            if self._targets(node) and not self._deactivated(node):
                self._number(node, ())
        for shape in self.shapes:
            if not self._deactivated(shape.node):
                shape.targets = self._targets(shape.node)
        self._levels()
        return Model(self.shapes)

    def _deactivated(self, node: Node) -> bool:
        return any(str(value) == "true" for value in self.reader.values(node, "deactivated"))

    def _targets(self, node: Node) -> Targets:
        values = self.reader.values
        classes = [str(value) for value in values(node, "targetClass")]
        if node in self.classes and node in self.typed:
            classes.append(str(node))
        return Targets(
            nodes=tuple(to_term(value) for value in values(node, "targetNode")),
            classes=tuple(dict.fromkeys(classes)),
            subjects_of=tuple(str(value) for value in values(node, "targetSubjectsOf")),
            objects_of=tuple(str(value) for value in values(node, "targetObjectsOf")),
            queries=tuple(read_target(self.reader, value) for value in values(node, "target")),
        )

    def _number(self, node: Node, around: tuple[Node, ...]) -> int:
        """Return the number of a shape, compiling it first where it is new."""
        if node in around:
            raise refused(node, "is a recursive shape, and these are not supported", "ist eine rekursive Form, und solche werden nicht unterstützt")
        if node in self.numbers:
            return self.numbers[node]
        number = self.numbers[node] = len(self.shapes)
        paths = self.reader.values(node, "path")
        severity = next((str(value) for value in self.reader.values(node, "severity")), SH.Violation)
        shape = Shape(
            number=number,
            node=node,
            path=read_path(self.reader, paths[0]) if paths else None,
            path_node=paths[0] if paths else None,
            severity=severity,
            messages=tuple(to_term(value) for value in self.reader.values(node, "message")),
        )
        self.shapes.append(shape)
        if not self._deactivated(node):
            self._fill(shape, (*around, node))
        return number

    def _fill(self, shape: Shape, around: tuple[Node, ...]) -> None:
        """Read the constraints of a shape."""
        reader, node = self.reader, shape.node

        def add(component: str, value: Any) -> None:
            shape.constraints.append(Constraint(SH[f"{component}ConstraintComponent"], value))

        for parameter, (component, read) in _SIMPLE.items():
            for value in reader.values(node, parameter):
                add(component, read(reader, value))
        for pattern in reader.values(node, "pattern"):
            add("Pattern", Pattern(str(pattern), "".join(str(value) for value in reader.values(node, "flags"))))
        if any(_true(value) for value in reader.values(node, "uniqueLang")):
            add("UniqueLang", True)
        if any(_true(value) for value in reader.values(node, "closed")):
            add("Closed", self._closed(node))
        for parameter, component in (("not", "Not"), ("node", "Node")):
            for value in reader.values(node, parameter):
                add(component, (self._number(value, around),))
        for parameter, component in (("and", "And"), ("or", "Or"), ("xone", "Xone")):
            for value in reader.values(node, parameter):
                add(component, tuple(self._number(member, around) for member in reader.items(value)))
        self._qualified(node, around, add)
        shape.properties = [self._number(value, around) for value in reader.values(node, "property")]
        shape.rules = [*sparql_rules(reader, shape), *component_rules(reader, shape, self.components)]

    def _closed(self, node: Node) -> Closed:
        from rdflib import URIRef

        paths = [path for value in self.reader.values(node, "property") for path in self.reader.values(value, "path")]
        ignored = [item for listed in self.reader.values(node, "ignoredProperties") for item in self.reader.items(listed)]
        return Closed(tuple(sorted({str(path) for path in (*paths, *ignored) if isinstance(path, URIRef)})))

    def _qualified(self, node: Node, around: tuple[Node, ...], add: Callable[[str, Any], None]) -> None:
        reader = self.reader
        for value in reader.values(node, "qualifiedValueShape"):
            siblings: set[Node] = set()
            if any(_true(flag) for flag in reader.values(node, "qualifiedValueShapesDisjoint")):
                parents = set(reader.graph.subjects(_sh("property"), node))
                properties = {prop for parent in parents for prop in reader.values(parent, "property")}
                siblings = {sibling for prop in properties for sibling in reader.values(prop, "qualifiedValueShape")} - {value}
            inner = self._number(value, around)
            others = tuple(self._number(sibling, around) for sibling in sorted(siblings, key=to_term))
            for low in reader.values(node, "qualifiedMinCount"):
                add("QualifiedMinCount", Qualified(inner, int(str(low)), -1, others))
            for high in reader.values(node, "qualifiedMaxCount"):
                add("QualifiedMaxCount", Qualified(inner, -1, int(str(high)), others))

    def _levels(self) -> None:
        """Put each shape after all that refer to it."""
        changed = True
        while changed:
            changed = False
            for shape in self.shapes:
                for number in (*shape.checked(), *shape.properties):
                    if self.shapes[number].level <= shape.level:
                        self.shapes[number].level = shape.level + 1
                        changed = True


def _true(value: Node) -> bool:
    # The rules speak of the term `true`; "1"^^xsd:boolean is another term.
    return str(value) == "true"


def _whole(_reader: Reader, value: Node) -> int:
    return int(str(value))


def _iri(_reader: Reader, value: Node) -> str:
    return str(value)


def _term(_reader: Reader, value: Node) -> Term:
    return to_term(value)


def _terms(reader: Reader, value: Node) -> tuple[Term, ...]:
    return tuple(dict.fromkeys(to_term(item) for item in reader.items(value)))


def _languages(reader: Reader, value: Node) -> tuple[str, ...]:
    return tuple(str(item) for item in reader.items(value))


_SIMPLE: Mapping[str, tuple[str, Callable[[Reader, Node], Any]]] = {
    "class": ("Class", _iri),
    "datatype": ("Datatype", _iri),
    "nodeKind": ("NodeKind", _iri),
    "minCount": ("MinCount", _whole),
    "maxCount": ("MaxCount", _whole),
    "minExclusive": ("MinExclusive", _term),
    "minInclusive": ("MinInclusive", _term),
    "maxExclusive": ("MaxExclusive", _term),
    "maxInclusive": ("MaxInclusive", _term),
    "minLength": ("MinLength", _whole),
    "maxLength": ("MaxLength", _whole),
    "languageIn": ("LanguageIn", _languages),
    "equals": ("Equals", _iri),
    "disjoint": ("Disjoint", _iri),
    "lessThan": ("LessThan", _iri),
    "lessThanOrEquals": ("LessThanOrEquals", _iri),
    "hasValue": ("HasValue", _term),
    "in": ("In", _terms),
}
"""Parameters that are a constraint of their own."""
