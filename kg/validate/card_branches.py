"""The branches of `sh:or`, `sh:xone`, `sh:and`, `sh:node`, `sh:not` and `sh:qualifiedValueShape`: which there are, and why a node fails each of them.

Each branch becomes a shape of its own whose only target is the node in question, and the reference engine (pySHACL) judges it on the statements around that
node alone. That engine is chosen because it takes a handful of statements in milliseconds, where the set-oriented one opens a session; and the branches are
evaluated anew, instead of asking for `sh:detail` in the first run, because only one of the engines gives details, they double the time of a run, and a report
that was kept has none. Bounded: :data:`DEPTH` levels, :data:`BRANCHES` branches, :data:`STATEMENTS` statements around the node.
Source: SHACL, sections 4.6 (logical constraint components), 4.7 (shape-based constraint components).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.errors import KgError, Text
from kg.namespaces import INNOSH, RDF, RDFS, SH, curie, local_name
from kg.quads import Quad
from kg.validate.card_example import name_of
from kg.validate.card_words import cut, in_words, property_name, quoted, term_name
from kg.validate.raw import Raw, raw_term
from kg.validate.reader import follow
from kg.validate.report import Result, parse_path, readable_path
from kg.validate.shapes import Words, text_in
from kg.validate.surroundings import ANY, Surroundings, names

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

DEPTH = 4
BRANCHES = 20
STATEMENTS = 2_000
NODES = 5
"""Values whose branches are shown."""
TRIPLES = 5_000
"""Triples of shapes that are copied for one node."""

_LISTS = {"Or": "or", "Xone": "xone", "And": "and"}
_SINGLE = {"Node": "node", "Not": "not", "QualifiedMinCount": "qualifiedValueShape", "QualifiedMaxCount": "qualifiedValueShape"}
_LEADS: Mapping[str, Text] = {
    "Or": Text("At least one of these must hold; none does:", "Mindestens eines davon muss gelten; keines gilt:"),
    "Xone": Text("Exactly one of these must hold:", "Genau eines davon muss gelten:"),
    "And": Text("All of these must hold:", "Alle diese müssen gelten:"),
    "Node": Text("This must hold:", "Das muss gelten:"),
    "Not": Text("This must not hold:", "Das darf nicht gelten:"),
    "QualifiedMinCount": Text("Too few values meet this:", "Zu wenige Werte erfüllen dies:"),
    "QualifiedMaxCount": Text("Too many values meet this:", "Zu viele Werte erfüllen dies:"),
}


@dataclass(frozen=True)
class Branch:
    """One branch of a rule, judged on one node.

    Attributes:
        words: What it asks for.
        about: The value it was judged on.
        holds: Whether the value meets it.
        reasons: Why not.
        within: What is unfolded inside it.
    """

    words: str
    about: str
    holds: bool
    reasons: tuple[str, ...] = ()
    within: tuple[Unfolded, ...] = ()


@dataclass(frozen=True)
class Unfolded:
    """The branches of one constraint.

    Attributes:
        lead: How many of them must hold.
        branches: In the order of the shape.
        more: Branches that are not shown.
    """

    lead: str
    branches: tuple[Branch, ...] = ()
    more: int = 0


@dataclass
class _Work:
    """What one unfolding needs, and how many branches it may still show."""

    shapes: Graph
    around: Surroundings
    lang: str
    words: Words
    left: int = BRANCHES
    labels: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def name(self, node: str) -> str:
        if node not in self.labels:
            self.labels[node] = names(self.around, [node]).get(node, {})
        return name_of(self.labels[node], node, self.lang)


def unfold(result: Result, shapes: Graph, around: Surroundings, lang: str) -> tuple[Unfolded, ...]:
    """Return the branches of the constraint that a finding comes from; none where it has no branches.

    Args:
        result: The finding.
        shapes: The shapes graph; never changed.
        around: Statements of the data.
        lang: `de` or `en`.
    """
    from rdflib import URIRef

    kind = local_name(result.component).removesuffix("ConstraintComponent")
    if kind not in _LEADS:
        return ()
    shape = _holder(shapes, URIRef(result.shape), _parameter(kind))
    if shape is None:
        return ()
    if kind.startswith("Qualified"):
        found = follow(around, parse_path(result.path), [result.focus]).get(result.focus, set()) if result.path else set()
        nodes = sorted(found)
    else:
        nodes = [result.value or result.focus]
    work = _Work(shapes, around, lang, Words(shapes))
    try:
        return _unfolded(work, shape, kind, nodes, 1)
    except KgError:
        return ()  # Shapes that cannot be applied to one node alone: the card does without.


def _parameter(kind: str) -> str:
    return _LISTS.get(kind) or _SINGLE[kind]


def _holder(shapes: Graph, shape: Node, parameter: str) -> Node | None:
    """Return the shape, or the first unnamed one inside it, that has a parameter."""
    from rdflib import BNode, URIRef

    waiting, seen = [shape], {shape}
    while waiting:
        one = waiting.pop(0)
        if shapes.value(one, URIRef(SH[parameter])) is not None:
            return one
        for target in sorted((o for o in shapes.objects(one) if isinstance(o, BNode) and o not in seen), key=str):
            seen.add(target)
            waiting.append(target)
    return None


def _unfolded(work: _Work, shape: Node, kind: str, nodes: Iterable[str], depth: int) -> tuple[Unfolded, ...]:
    """Judge the branches of a constraint on some nodes."""
    from rdflib import URIRef

    parameter = _parameter(kind)
    roots = work.words.items(work.words.value(shape, parameter)) if kind in _LISTS else work.words.values(shape, parameter)
    roots = [root for root in roots if root != URIRef(INNOSH.Anything)]
    asked = list(nodes)
    if not roots or not asked or depth > DEPTH:
        return ()
    made: list[Branch] = []
    wanted = len(roots) * len(asked)
    for node in asked[:NODES]:
        shown = roots[: max(work.left, 0)]
        work.left -= len(shown)
        made += _judged(work, shown, node, depth)
    return (Unfolded(_LEADS[kind].in_(work.lang), tuple(made), wanted - len(made)),)


def _judged(work: _Work, roots: list[Node], node: str, depth: int) -> list[Branch]:
    from kg.validate import reference

    if not roots:
        return []
    graph, named = _alone(work.shapes, roots, node)
    found = reference.find(_statements(work.around, node, graph), graph)
    results: dict[str, list[Raw]] = {}
    for raw in found:
        results.setdefault(_branch_of(raw, named, graph), []).append(raw)
    made = []
    for number, root in enumerate(roots):
        failed = sorted(results.get(f"{_BRANCH}{number}", []), key=lambda raw: (raw.path, raw.component, raw.value))
        words, reasons, within = _words(work, root), list[str](), list[Unfolded]()
        for raw in failed:
            owner = root if raw.shape.startswith(_BRANCH) else raw.shape_node
            kind = local_name(raw.component).removesuffix("ConstraintComponent")
            inner = _unfolded(work, owner, kind, [raw.value or raw.focus], depth + 1) if kind in _LEADS and owner is not None else ()
            within += inner
            reason = "" if inner else _reason(work, owner, raw, words)
            if reason:
                reasons.append(reason)
        made.append(Branch(words, about(work, node), not failed, tuple(dict.fromkeys(reasons)), tuple(within)))
    return made


_BRANCH = "urn:innovation-kg:branch:"


def _alone(shapes: Graph, roots: list[Node], node: str) -> tuple[Graph, dict[str, Node]]:
    """Return a shapes graph in which each branch has the node as its only target, and nothing else has any."""
    from rdflib import Graph as RdfGraph
    from rdflib import URIRef
    from rdflib.term import BNode

    from kg.validate.union import to_literal

    term = raw_term(node)
    target = to_literal(term) if term.kind == "literal" else BNode(node[2:]) if term.kind == "bnode" else URIRef(node)
    graph, named = RdfGraph(), {}
    waiting = list(roots)
    seen: set[Node] = set(waiting)
    while waiting and len(graph) < TRIPLES:
        subject = waiting.pop()
        for predicate, value in shapes.predicate_objects(subject):
            if local_name(str(predicate)).startswith("target") and str(predicate).startswith(SH[""]):
                continue
            graph.add((subject, predicate, value))
            if value not in seen and (value, None, None) in shapes:
                seen.add(value)
                waiting.append(value)
    for number, root in enumerate(roots):
        name = URIRef(f"{_BRANCH}{number}")
        named[str(name)] = root
        is_property = shapes.value(root, URIRef(SH.path)) is not None
        graph.add((name, URIRef(RDF.type), URIRef(SH.PropertyShape if is_property else SH.NodeShape)))
        graph.add((name, URIRef(SH.targetNode), target))
        for predicate, value in shapes.predicate_objects(root):
            if not local_name(str(predicate)).startswith("target") and str(predicate) not in (RDF.type, SH.severity):
                graph.add((name, predicate, value))
    return graph, named


def _branch_of(raw: Raw, named: Mapping[str, Node], graph: Graph) -> str:
    """Return the branch that a result belongs to: its own shape, or the one that holds the property shape it is of."""
    from rdflib import URIRef

    if raw.shape in named or raw.shape_node is None:
        return raw.shape
    waiting, seen = [raw.shape_node], {raw.shape_node}
    while waiting:
        for subject in graph.subjects(None, waiting.pop()):
            if isinstance(subject, URIRef) and str(subject) in named:
                return str(subject)
            if subject not in seen:
                seen.add(subject)
                waiting.append(subject)
    return raw.shape


def _statements(around: Surroundings, node: str, shapes: Graph) -> list[Quad]:
    """Return the statements that the branches can speak of: along the properties of their paths, and types with the classes above them."""
    predicates = _predicates(shapes)
    found: dict[Quad, None] = {}
    level, seen = {node}, {node}
    for _ in range(DEPTH):
        level = {one for one in level if not one.startswith('"')}
        if not level or len(found) > STATEMENTS:
            break
        forwards = around.facts((one, predicate) for one in level for predicate in predicates)
        backwards = around.facts(((one, predicate) for one in level for predicate in predicates - {RDF.type, RDFS.subClassOf}), backwards=True)
        found |= dict.fromkeys([*forwards, *backwards][:STATEMENTS])
        reached = {quad.object for quad in forwards if quad.kind != "literal"} | {quad.subject for quad in backwards}
        level = reached - seen
        seen |= level
    if not node.startswith('"') and not found:
        found |= dict.fromkeys(around.facts([(node, ANY)])[:STATEMENTS])
    return list(found)


def _predicates(shapes: Graph) -> set[str]:
    from rdflib import URIRef
    from rdflib.term import BNode

    found = {RDF.type, RDFS.subClassOf}
    waiting: list[Node] = list(shapes.objects(None, URIRef(SH.path)))
    for name in ("equals", "disjoint", "lessThan", "lessThanOrEquals"):
        found |= {str(value) for value in shapes.objects(None, URIRef(SH[name]))}
    seen: set[Node] = set()
    while waiting:
        one = waiting.pop()
        if isinstance(one, URIRef):
            found.add(str(one))
        elif isinstance(one, BNode) and one not in seen:
            seen.add(one)
            waiting += shapes.objects(one)
    return found - {RDF.nil}


def _words(work: _Work, root: Node) -> str:
    described = text_in(work.words.texts(root, "description"), work.lang)
    return described or in_words(work.words.whole(root)[work.lang], work.lang)


def about(work: _Work, node: str) -> str:
    """Return a value for people: a text with what kind of text it is, a thing by its name and class."""
    term = raw_term(node)
    if term.kind == "literal":
        shown = quoted(cut(term.value, 120), work.lang)
        if term.language:
            return f"{shown} ({Text('text in the language', 'Text in der Sprache').in_(work.lang)} {term.language})"
        kind = curie(term.datatype)
        plain = Text("plain text", "einfacher Text").in_(work.lang)
        return f"{shown} ({plain if kind == 'xsd:string' else term_name(kind, work.lang)})"
    kinds = sorted({quad.object for quad in work.around.facts([(node, RDF.type)]) if quad.kind == "iri"})
    shown = ", ".join(term_name(curie(kind), work.lang) for kind in kinds)
    unknown = Text("of no known kind", "von keiner bekannten Art").in_(work.lang)
    return f"{quoted(cut(work.name(node), 120), work.lang)} ({shown or unknown})"


def _reason(work: _Work, owner: Node | None, raw: Raw, words: str) -> str:
    """Say why a value does not meet a branch; nothing where the words of the branch and the value beside them say it."""
    expected = in_words(work.words.components(owner).get(raw.component, {}).get(work.lang, ""), work.lang) if owner is not None else ""
    if not raw.path and expected == words:
        return ""
    kind = local_name(raw.component).removesuffix("ConstraintComponent")
    path = f"{property_name(readable_path(raw.path), work.lang)}: " if raw.path else ""
    value = about(work, raw.value) if raw.value else Text("none", "keiner").in_(work.lang)
    if kind == "Pattern":
        pattern = next(iter(work.words.values(owner, "pattern")), "") if owner is not None else ""
        return path + Text(f"{value} does not match the pattern {pattern}", f"{value} passt nicht zum Muster {pattern}").in_(work.lang)
    return path + Text(f"expected: {expected}; found: {value}", f"erwartet: {expected}; gefunden: {value}").in_(work.lang)
