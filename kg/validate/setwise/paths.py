"""Property paths: their syntax in a shapes graph, their SPARQL text, and an automaton that walks them.

A path becomes an automaton without empty steps (Glushkov): one state per predicate in it, and 0 to begin with. Walking all paths of all
shapes at once is then one join per round, whatever operators they hold.
Source: SHACL, section 2.3.1; V. M. Glushkov (1961), The abstract theory of automata, doi:10.1070/RM1961v016n05ABEH004112.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.namespaces import RDF, SH
from kg.validate.report import PropertyPath, path_text
from kg.validate.setwise.reading import Reader, ill_formed

if TYPE_CHECKING:
    from rdflib.term import Node

OPERATORS = {"inversePath": "^", "zeroOrMorePath": "*", "oneOrMorePath": "+", "zeroOrOnePath": "?"}


def read_path(reader: Reader, node: Node, around: tuple[Node, ...] = ()) -> PropertyPath:
    """Read the path that starts at a node.

    Args:
        reader: The shapes graph.
        node: Value of `sh:path`, or a part of it.
        around: Blank nodes of the path around it, to find a path that holds itself.

    Raises:
        ShapesError: The node is no well-formed path.
    """
    from rdflib import BNode, URIRef

    if isinstance(node, URIRef):
        return ("iri", str(node))
    if not isinstance(node, BNode) or node in around:
        raise ill_formed(node, "is no property path", "ist kein Eigenschaftspfad", "section 2.3.1")
    inner = (*around, node)
    facts = [(str(predicate), target) for predicate, target in reader.graph.predicate_objects(node)]
    # A sequence is a list; what else is said of its node does not matter (section 2.3.1.2, informal note). All others are one triple.
    if any(predicate == RDF.first for predicate, _ in facts):
        return ("/", *_members(reader, node, inner))
    if len(facts) == 1:
        predicate, target = facts[0]
        if predicate == SH.alternativePath:
            return ("|", *_members(reader, target, inner))
        for name, operator in OPERATORS.items():
            if predicate == SH[name]:
                return (operator, read_path(reader, target, inner))
    raise ill_formed(node, "is no property path", "ist kein Eigenschaftspfad", "section 2.3.1")


def _members(reader: Reader, node: Node, around: tuple[Node, ...]) -> list[PropertyPath]:
    members = reader.items(node)
    if len(members) < 2:
        raise ill_formed(node, "is a path of fewer than two parts", "ist ein Pfad aus weniger als zwei Teilen", "section 2.3.1")
    return [read_path(reader, member, around) for member in members]


def sparql_path(path: PropertyPath) -> str:
    """Write a path for the predicate position of a SPARQL triple pattern."""
    return f"<{path[1]}>" if path[0] == "iri" else f"({path_text(path)})"


def predicates(path: PropertyPath) -> Iterator[str]:
    """Yield the predicates of a path."""
    if path[0] == "iri":
        yield str(path[1])
        return
    for part in path[1:]:
        yield from predicates(part)


@dataclass(frozen=True)
class Step:
    """A move of an automaton: from a state over a predicate (backwards where `inverse`) to a state, where the path may end."""

    state: int
    predicate: str
    inverse: bool
    target: int
    accepting: bool


@dataclass(frozen=True)
class Automaton:
    """A path to be walked from state 0.

    Attributes:
        steps: All moves.
        empty: Whether the path leads from every node to itself, too.
    """

    steps: tuple[Step, ...]
    empty: bool

    @property
    def simple(self) -> Step | None:
        """The only step, where the path is one predicate."""
        return self.steps[0] if len(self.steps) == 1 and not self.empty else None

    def states_after(self, states: frozenset[int]) -> frozenset[int]:
        """Return the states one move after some."""
        return frozenset(step.target for step in self.steps if step.state in states)

    @property
    def cyclic(self) -> bool:
        """Whether a walk may go on for ever."""
        states = frozenset({0})
        for _ in range(len(self.steps) + 2):
            states = self.states_after(states)
        return bool(states)


@dataclass
class _Part:
    """First and last positions of a part of a path, and whether it may be empty."""

    first: set[int]
    last: set[int]
    nullable: bool


def automaton(path: PropertyPath) -> Automaton:
    """Return the automaton of a path."""
    places: list[tuple[str, bool]] = []
    follow: set[tuple[int, int]] = set()

    def build(part: PropertyPath, inverse: bool) -> _Part:
        operator = part[0]
        if operator == "iri":
            places.append((str(part[1]), inverse))
            return _Part({len(places)}, {len(places)}, False)
        if operator == "^":
            return build(part[1], not inverse)
        if operator == "|":
            parts = [build(inner, inverse) for inner in part[1:]]
            return _Part(set().union(*(p.first for p in parts)), set().union(*(p.last for p in parts)), any(p.nullable for p in parts))
        if operator == "/":
            # Backwards, the last part comes first.
            parts = [build(inner, inverse) for inner in (reversed(part[1:]) if inverse else part[1:])]
            whole = parts[0]
            for after in parts[1:]:
                follow.update((a, b) for a in whole.last for b in after.first)
                whole = _Part(
                    whole.first | after.first if whole.nullable else whole.first,
                    whole.last | after.last if after.nullable else after.last,
                    whole.nullable and after.nullable,
                )
            return whole
        repeated = build(part[1], inverse)
        if operator in "*+":
            follow.update((a, b) for a in repeated.last for b in repeated.first)
        return _Part(repeated.first, repeated.last, repeated.nullable or operator in "*?")

    whole = build(path, False)
    moves = sorted({(0, target) for target in whole.first} | follow)
    steps = tuple(Step(state, *places[target - 1], target, target in whole.last) for state, target in moves)
    return Automaton(steps, whole.nullable)
