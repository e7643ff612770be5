"""Compiled shapes: plain records, numbered, with lists and paths read, deactivated parts gone.

Source: SHACL, sections 2.1 (shapes), 4 (core constraint components), 5 and 6 (SPARQL), and SHACL Advanced Features, section 3 (targets).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kg.namespaces import SH
from kg.quads import Term
from kg.validate.raw import raw_text
from kg.validate.report import PropertyPath, path_text

if TYPE_CHECKING:
    from rdflib.term import Node


@dataclass(frozen=True)
class Query:
    """A SPARQL query of a shapes graph, with its prefixes in front.

    Attributes:
        text: The whole query; `$PATH` is still in it.
        ask: Whether it is an ASK.
        node: Where it stands, for messages.
    """

    text: str
    ask: bool
    node: Node = field(compare=False)


@dataclass(frozen=True)
class Targets:
    """Where the focus nodes of a shape come from.

    Attributes:
        nodes: `sh:targetNode`.
        classes: `sh:targetClass`, and the shape itself where it is a class.
        subjects_of, objects_of: Properties.
        queries: SPARQL-based targets.
    """

    nodes: tuple[Term, ...] = ()
    classes: tuple[str, ...] = ()
    subjects_of: tuple[str, ...] = ()
    objects_of: tuple[str, ...] = ()
    queries: tuple[Query, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.nodes or self.classes or self.subjects_of or self.objects_of or self.queries)


@dataclass(frozen=True)
class Constraint:
    """One constraint of one shape.

    Attributes:
        component: IRI of the constraint component.
        value: What it asks for: a number, a term, terms, numbers of shapes; the component knows which.
    """

    component: str
    value: Any

    @property
    def name(self) -> str:
        """The component without namespace and ending: `MinCount`."""
        return self.component.removeprefix(SH[""]).removesuffix("ConstraintComponent")


@dataclass(frozen=True)
class Qualified:
    """Value of a qualified count: the shape, the bounds (-1: none), and the shapes a counted node must not conform to."""

    shape: int
    low: int
    high: int
    siblings: tuple[int, ...]


@dataclass(frozen=True)
class Closed:
    """Value of a closed shape: the properties that may occur."""

    allowed: tuple[str, ...]


@dataclass(frozen=True)
class Pattern:
    """Value of `sh:pattern` with its flags."""

    pattern: str
    flags: str


@dataclass(frozen=True)
class SparqlRule:
    """A constraint that is a query: `sh:sparql`, or a constraint of a SPARQL-based constraint component.

    Attributes:
        component: IRI of the constraint component.
        query: The query.
        parameters: Names and values bound beforehand.
        optional: Names of parameters that have no value here.
        messages: `sh:message` of the constraint, the validator or the component.
        constraint: Value of `sh:sparql`, None for a component.
    """

    component: str
    query: Query
    parameters: tuple[tuple[str, Term], ...]
    optional: tuple[str, ...]
    messages: tuple[Term, ...]
    constraint: Node | None = field(compare=False)


@dataclass
class Shape:
    """A shape.

    Attributes:
        number: Its place in the model.
        node: IRI or blank node.
        path: Property path; None for a node shape.
        path_node: The path as it stands in the shapes graph.
        severity: IRI.
        messages: `sh:message`.
        targets: Where its focus nodes come from.
        constraints: Constraints of one component and a value each; none where the shape is deactivated.
        rules: Constraints that are queries.
        properties: Numbers of the property shapes its value nodes have to have.
        level: Length of the longest chain of references that leads to it.
    """

    number: int
    node: Node
    path: PropertyPath | None = None
    path_node: Node | None = None
    severity: str = SH.Violation
    messages: tuple[Term, ...] = ()
    targets: Targets = field(default_factory=Targets)
    constraints: list[Constraint] = field(default_factory=list)
    rules: list[SparqlRule] = field(default_factory=list)
    properties: list[int] = field(default_factory=list)
    level: int = 0

    @cached_property
    def name(self) -> str:
        """The node as results write it."""
        from kg.validate.setwise.reading import to_term

        return raw_text(to_term(self.node))

    @cached_property
    def path_name(self) -> str:
        """The path as results write it; empty for a node shape."""
        return path_text(self.path) if self.path is not None else ""

    def checked(self) -> list[int]:
        """Return the shapes whose conformance decides on this one."""
        found: list[int] = []
        for constraint in self.constraints:
            if isinstance(constraint.value, Qualified):
                found += [constraint.value.shape, *constraint.value.siblings]
            elif constraint.name in LOGICAL:
                found += constraint.value
        return found


LOGICAL = ("Not", "Node", "And", "Or", "Xone")
"""Components whose value is a tuple of numbers of shapes."""


@dataclass(frozen=True)
class Model:
    """All shapes of a shapes graph that can matter, by number."""

    shapes: list[Shape]

    def levels(self) -> list[list[Shape]]:
        """Return the shapes by level: each refers to later levels only."""
        found: list[list[Shape]] = [[] for _ in range(1 + max((shape.level for shape in self.shapes), default=-1))]
        for shape in self.shapes:
            found[shape.level].append(shape)
        return found

    def decided(self) -> set[int]:
        """Return the shapes whose conformance has to be known: those others check, and the property shapes of these."""
        todo = [number for shape in self.shapes for number in shape.checked()]
        found: set[int] = set()
        while todo:
            number = todo.pop()
            if number not in found:
                found.add(number)
                todo += self.shapes[number].properties
        return found
