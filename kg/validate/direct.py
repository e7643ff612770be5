"""The direct engine: compiled shapes evaluated node by node over dictionaries, for graphs that fit in memory many times.

It reads shapes with the compiler of :mod:`kg.validate.setwise` and judges texts, ranges and patterns with the same functions, so that both follow the
Recommendation alike; what differs is how nodes are found. For a few thousand rows opening a session and sending expressions costs more than the work
itself, and pySHACL makes a result node for every branch of every `sh:or` that nobody reads. Shapes whose constraints are queries are refused here (SPARQL-based
targets are not): `auto` then takes another engine.
Source: Shapes Constraint Language (SHACL), W3C Recommendation, 20 July 2017, sections 2 to 4.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from kg.errors import ShapesError, Text
from kg.namespaces import RDF, RDFS
from kg.quads import Quad, Term, to_oxigraph
from kg.validate.raw import Raw
from kg.validate.report import PropertyPath
from kg.validate.setwise import as_raw
from kg.validate.setwise.checks import FITS, PASSES
from kg.validate.setwise.compare import less, less_or_equal
from kg.validate.setwise.compile import compile_shapes
from kg.validate.setwise.finding import Finding
from kg.validate.setwise.lexical import CHECKED
from kg.validate.setwise.model import LOGICAL, Constraint, Model, Shape
from kg.validate.setwise.reading import refused, show
from kg.validate.setwise.solutions import solutions

if TYPE_CHECKING:
    import pyoxigraph as ox
    from rdflib import Graph


def find(quads: Iterable[Quad], shapes: Graph, store: ox.Store | None = None) -> list[Raw]:
    """Validate the union of quads.

    Args:
        quads: Rows of a quad table, with ontology and code lists among them (targets see subclasses only then).
        shapes: The shapes graph; never changed.
        store: The same quads as a store; made where a target is a query and none is given.

    Returns:
        Results, in a fixed order.

    Raises:
        ShapesError: The shapes are ill-formed, or ask for what is refused here.
    """
    model = _compiled(shapes)
    evaluation = _Evaluation(model, Statements(quads), store)
    return sorted(evaluation.results(), key=lambda raw: (raw.shape, raw.component, raw.focus, raw.path, raw.value, *raw.texts))


@lru_cache(maxsize=4)
def _compiled(shapes: Graph) -> Model:
    """Compile shapes once: a graph of shapes is never changed, and a fix or a page validates several times."""
    model = compile_shapes(shapes)
    for shape in model.shapes:
        if shape.rules:
            raise refused(shape.node, "has a constraint that is a query", "hat eine Bedingung, die eine Abfrage ist")
    return model


class Statements:
    """Distinct triples of quads whatever their graph, by both ends.

    Args:
        quads: Rows of a quad table.
    """

    def __init__(self, quads: Iterable[Quad]) -> None:
        self.quads = list(dict.fromkeys(quad._replace(origin="") for quad in quads))
        self.forwards: dict[Term, dict[str, dict[Term, None]]] = {}
        self.backwards: dict[str, dict[Term, list[Term]]] = {}
        known: dict[str | Term, Term] = {}
        for quad in self.quads:
            # One object per term, so that dictionaries compare by identity first.
            predicate, term = quad.predicate, quad.term
            start = known.get(quad.subject) or known.setdefault(quad.subject, Term(quad.subject, "bnode" if quad.subject.startswith("_:") else "iri"))
            key = term if term.kind == "literal" else term.value
            end = known.get(key) or known.setdefault(key, term)
            ends = self.forwards.setdefault(start, {}).setdefault(predicate, {})
            if end not in ends:
                ends[end] = None
                self.backwards.setdefault(predicate, {}).setdefault(end, []).append(start)

    def objects(self, node: Term, predicate: str) -> Iterable[Term]:
        """Return the values of a property of a node, each once."""
        return self.forwards.get(node, {}).get(predicate, ())

    def subjects(self, node: Term, predicate: str) -> Sequence[Term]:
        """Return the nodes a property leads from to a node, each once."""
        return self.backwards.get(predicate, {}).get(node, ())

    def values(self, node: Term, path: PropertyPath) -> Iterable[Term]:
        """Return what a property path leads to, each node once (SHACL, section 2.3; SPARQL 1.1, section 18.4)."""
        if path[0] == "iri":
            return self.objects(node, path[1])
        return self._walk(node, path, back=False)

    def _walk(self, node: Term, path: PropertyPath, *, back: bool) -> dict[Term, None]:
        operator, *parts = path
        if operator == "iri":
            return dict.fromkeys(self.subjects(node, parts[0]) if back else self.objects(node, parts[0]))
        if operator == "^":
            return self._walk(node, parts[0], back=not back)
        if operator == "|":
            return dict.fromkeys(value for part in parts for value in self._walk(node, part, back=back))
        if operator == "/":
            reached = {node: None}
            for part in reversed(parts) if back else parts:
                reached = dict.fromkeys(value for start in reached for value in self._walk(start, part, back=back))
            return reached
        if operator == "?":
            return {node: None, **self._walk(node, parts[0], back=back)}
        reached = {node: None} if operator == "*" else {}
        waiting = [node]
        expanded: set[Term] = set()
        while waiting:
            start = waiting.pop()
            if start not in expanded:
                expanded.add(start)
                found = self._walk(start, parts[0], back=back)
                reached |= found
                waiting += found
        return reached

    def instances(self, iri: str) -> dict[Term, None]:
        """Return the SHACL instances of a class (section 1.1)."""
        kinds = self.backwards.get(RDF.type, {})
        return dict.fromkeys(node for kind in self.below(iri) for node in kinds.get(kind, ()))

    @cache  # noqa: B019 - lives and ends with one validation
    def below(self, iri: str) -> frozenset[Term]:
        """Return a class and its subclasses in the data."""
        return frozenset(self._walk(Term(iri), ("*", ("iri", RDFS.subClassOf)), back=True))


@dataclass
class _Evaluation:
    """One validation."""

    model: Model
    data: Statements
    given: ox.Store | None
    _failing: dict[tuple[int, Term], bool] = field(default_factory=dict)

    @cached_property
    def store(self) -> ox.Store:
        """The quads as a store, for queries."""
        import pyoxigraph as ox

        if self.given is not None:
            return self.given
        store = ox.Store()
        store.bulk_extend(map(to_oxigraph, self.data.quads))
        return store

    def results(self) -> Iterator[Raw]:
        """Yield the results of all targets."""
        for shape in self.model.shapes:
            if shape.targets:
                for focus in self._targets(shape):
                    yield from self._validate(shape, focus)

    def _targets(self, shape: Shape) -> dict[Term, None]:
        """Return focus nodes (SHACL, section 2.1.3; Advanced Features, section 3.1)."""
        targets, data = shape.targets, self.data
        found = dict.fromkeys(targets.nodes)
        for iri in targets.classes:
            found |= data.instances(iri)
        for predicate in targets.subjects_of:
            found |= {node: None for starts in data.backwards.get(predicate, {}).values() for node in starts}
        for predicate in targets.objects_of:
            found |= dict.fromkeys(data.backwards.get(predicate, ()))
        for query in targets.queries:
            found |= self._answers(query.text, show(query.node))
        return found

    def _answers(self, query: str, where: str) -> dict[Term, None]:
        found = solutions(lambda text: self.store.query(text, use_default_graph_as_union=True), query, where)
        nodes = dict.fromkeys(row["this"] for row in found if "this" in row)
        if any(node.kind == "literal" for node in nodes):
            # The store may write a literal in another way than the data; the set-oriented engine looks it up.
            raise _literal_target(where)
        return nodes

    def _validate(self, shape: Shape, focus: Term) -> Iterator[Raw]:
        """Yield the results of a shape for a focus node, and of its property shapes for its value nodes."""
        values = self._values(shape, focus)
        for constraint in shape.constraints:
            for value, path in self._violations(constraint, focus, values):
                yield as_raw(shape, Finding(shape.number, constraint.component, -1, value, path), focus)
        for number in shape.properties:
            inner = self.model.shapes[number]
            for value in values:
                yield from self._validate(inner, value)

    def _values(self, shape: Shape, focus: Term) -> Iterable[Term]:
        return (focus,) if shape.path is None else self.data.values(focus, shape.path)

    def _fails(self, number: int, node: Term) -> bool:
        """Tell whether a node does not conform to a shape (SHACL, section 3.5)."""
        key = (number, node)
        known = self._failing.get(key)
        if known is None:
            known = self._failing[key] = self._found_failing(self.model.shapes[number], node)
        return known

    def _found_failing(self, shape: Shape, node: Term) -> bool:
        values = self._values(shape, node)
        if any(True for constraint in shape.constraints for _ in self._violations(constraint, node, values)):
            return True
        return any(self._fails(number, value) for number in shape.properties for value in values)

    def _violations(self, constraint: Constraint, focus: Term, values: Iterable[Term]) -> Iterator[tuple[Term | None, str]]:
        """Yield the value in question, None where a result names none, and the property that stands for the shape's path, if any."""
        name, asked = constraint.name, constraint.value
        if name in LOGICAL:
            judge = _JUDGES[name]
            for value in values:
                if judge(sum(self._fails(number, value) for number in asked), len(asked)):
                    yield value, ""
        elif name in PASSES or name in FITS:
            for value in values:
                if not _passes(name, asked, value):
                    yield value, ""
        else:
            for found in _CHECKS[name](self, asked, focus, values):
                yield found if isinstance(found, tuple) and not isinstance(found, Term) else (found, "")

    # --- components that look at more than one value node ------------------------------------------------------------------

    def _class(self, asked: str, _focus: Term, values: Iterable[Term]) -> Iterator[Term]:
        kinds = self.data.below(asked)
        for value in values:
            if kinds.isdisjoint(self.data.objects(value, RDF.type)):
                yield value

    def _equals(self, asked: str, focus: Term, values: Iterable[Term]) -> Iterator[Term]:
        others = self.data.objects(focus, asked)
        yield from (value for value in values if value not in others)
        yield from (value for value in others if value not in values)

    def _disjoint(self, asked: str, focus: Term, values: Iterable[Term]) -> Iterator[Term]:
        others = self.data.objects(focus, asked)
        yield from (value for value in values if value in others)

    def _ordered(self, asked: str, focus: Term, values: Iterable[Term], holds: Callable[[Term, Term], bool]) -> Iterator[Term]:
        """Compare each value node with each value of another property; one result per pair that is not in order."""
        others = self.data.objects(focus, asked)
        yield from (value for value in values for other in others if not holds(value, other))

    def _qualified(self, asked: Any, _focus: Term, values: Iterable[Term], *, most: bool) -> Iterator[None]:
        count = 0
        for value in values:
            if not self._fails(asked.shape, value) and all(self._fails(sibling, value) for sibling in asked.siblings):
                count += 1
        if count > asked.high if most else count < asked.low:
            yield None

    def _closed(self, asked: Any, _focus: Term, values: Iterable[Term]) -> Iterator[tuple[Term, str]]:
        for value in values:
            for predicate, targets in self.data.forwards.get(value, {}).items():
                if predicate not in asked.allowed:
                    yield from ((target, predicate) for target in targets)


def _passes(name: str, asked: Any, value: Term) -> bool:
    if name in FITS and not FITS[name](asked, value):
        return False
    if name not in PASSES or (name == "Datatype" and asked not in CHECKED):
        return True
    return PASSES[name](asked, value)


def _unique_lang(_self: _Evaluation, _asked: bool, _focus: Term, values: Iterable[Term]) -> Iterator[None]:
    counts = Counter(value.language for value in values if value.language)
    yield from (None for count in counts.values() if count > 1)


def _bare(violated: bool) -> Iterator[None]:
    if violated:
        yield None


_JUDGES: Mapping[str, Callable[[int, int], bool]] = {
    "Not": lambda fails, _size: fails == 0,
    "Node": lambda fails, _size: fails > 0,
    "And": lambda fails, _size: fails > 0,
    "Or": lambda fails, size: fails == size,
    "Xone": lambda fails, size: size - fails != 1,
}
"""Whether a value node violates a logical constraint, from the shapes it does not conform to and how many there are (sections 4.6 and 4.7.1)."""

_CHECKS: Mapping[str, Callable[[_Evaluation, Any, Term, Any], Iterable[Any]]] = {
    "MinCount": lambda _self, asked, _focus, values: _bare(len(values) < asked),
    "MaxCount": lambda _self, asked, _focus, values: _bare(len(values) > asked),
    "UniqueLang": _unique_lang,
    "Class": _Evaluation._class,
    "Equals": _Evaluation._equals,
    "Disjoint": _Evaluation._disjoint,
    "LessThan": lambda self, asked, focus, values: self._ordered(asked, focus, values, less),
    "LessThanOrEquals": lambda self, asked, focus, values: self._ordered(asked, focus, values, less_or_equal),
    "HasValue": lambda _self, asked, _focus, values: _bare(asked not in values),
    "In": lambda _self, asked, _focus, values: (value for value in values if value not in asked),
    "QualifiedMinCount": lambda self, asked, focus, values: self._qualified(asked, focus, values, most=False),
    "QualifiedMaxCount": lambda self, asked, focus, values: self._qualified(asked, focus, values, most=True),
    "Closed": _Evaluation._closed,
}


def _literal_target(where: str) -> ShapesError:
    what = Text("A SPARQL-based target finds literals.", "Ein SPARQL-Ziel findet Literale.")
    return ShapesError(what, where=where, fix=Text("Use the engine setwise.", "Verwenden Sie die Auswertung setwise."))
