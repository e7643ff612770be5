"""The reference engine: pySHACL over the union of the quads, its results led back to file and row.

Where a result comes from is read off the quads: first the statement (focus, path, value); else the values of the path; else the
statements the rule speaks of; else what makes the focus an instance of its class; else all its statements. Derived statements have no
row of their own.
Source: SHACL, section 3 (validation), and SHACL Advanced Features, section 3.1 (SPARQL-based targets).
"""

from __future__ import annotations

import gc
import logging
import re
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import Text, ValidationError
from kg.namespaces import DCTERMS, FOAF, INNO, OA, RDF, RDFS, SCHEMA, SH, SKOS, curie, local_name
from kg.quads import Quad, term_text
from kg.validate.report import Origin, Report, Result, make_report, parse_path, path_steps, path_text, readable_term
from kg.validate.shapes import LANGUAGES, ShapeInfo, Texts, load_catalogue, load_shapes, node_path, shape_texts, text_in

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.paths import Path as RdfPath
    from rdflib.term import Node

LABELS = (SKOS.prefLabel, DCTERMS.title, RDFS.label, FOAF.name, SCHEMA.name)
"""Properties that name a node, best first."""

PARTS = (
    *(INNO.inInitiative, INNO.participant, INNO.site, INNO.funds, INNO.funder, INNO.underProgramme, INNO.inEdition, INNO.ofAward),
    *(INNO.candidate, INNO.concerns, RDF.subject, OA.hasSource),
)
"""Properties whose objects name a node that has no name of its own (a participation by its initiative and organisation)."""

SHOWN = 200
"""Characters of a value shown in `found`."""

_ORIGIN = re.compile(r"(.+)#([0-9]+)\Z", re.DOTALL)
_WORDS = {
    "none": {"de": "keiner", "en": "none"},
    "nothing": {"de": "nichts davon", "en": "none of it"},
    "more": {"de": "und {} weitere", "en": "and {} more"},
    "expected": {"de": "Erwartet: {}", "en": "Expected: {}"},
}


def validate_quads(quads: Iterable[Quad], *, lang: str = "en", shapes: Path | None = None) -> Report:
    """Validate the union of quads with pySHACL.

    Args:
        quads: Rows of a quad table, with ontology and code lists among them (targets see subclasses only then).
        lang: Language of labels, `expected` and `found`: `de` or `en`.
        shapes: A Turtle file or folder of shapes; the shipped ones by default.

    Raises:
        ValidationError: The shapes are not well-formed, or the data is nested too deeply for them.
    """
    from kg.validate.union import union_graph

    rows = list(quads)
    with _quiet():
        graph = union_graph(rows)
        found = list(_run(graph, load_shapes(shapes)))
    reader = _Reader(rows, graph, load_catalogue(shapes), load_shapes(shapes), lang)
    return make_report(reader.results(found), "pyshacl")


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep rdflib from logging literals that are not of their datatype (shapes report those), and stop the collector of garbage."""
    logger, collecting = logging.getLogger("rdflib.term"), gc.isenabled()
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    gc.disable()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
        if collecting:
            gc.enable()


@dataclass(frozen=True)
class Raw:
    """A result as pySHACL gives it, terms as text."""

    severity: str
    shape: str
    component: str
    focus: str
    path: str
    value: str
    texts: tuple[str, ...]
    constraint: Node | None


def _run(graph: Graph, shapes: Graph) -> Iterator[Raw]:
    """Run pySHACL and yield its results."""
    import pyshacl
    from pyparsing import ParseBaseException
    from pyshacl.errors import ReportableRuntimeError
    from rdflib import Graph as RdfGraph
    from rdflib import URIRef

    from kg.validate.union import node_text

    try:
        _, report, _ = pyshacl.validate(graph, shacl_graph=shapes, advanced=True, inplace=True, meta_shacl=False, inference="none")
    except (ReportableRuntimeError, ParseBaseException) as error:
        raise _not_applicable(str(error)) from error
    except RecursionError as error:
        what = Text("The data is nested too deeply for the shapes.", "Die Daten sind für die Regeln zu tief verschachtelt.")
        fix = Text("Look for long chains of rdfs:subClassOf or of lists.", "Suchen Sie lange Ketten von rdfs:subClassOf oder lange Listen.")
        raise ValidationError(what, fix=fix) from error
    if not isinstance(report, RdfGraph):
        raise _not_applicable(str(getattr(report, "message", report)))
    names = {name: URIRef(SH[name]) for name in _PROPERTIES}
    paths: dict[Node, str] = {}

    for node in report.objects(None, URIRef(SH.result)):
        facts: dict[Node, list[Node]] = defaultdict(list)
        for predicate, target in report.predicate_objects(node):
            facts[predicate].append(target)

        def one(name: str, facts: Mapping[Node, list[Node]] = facts) -> Node | None:
            return next(iter(facts.get(names[name], ())), None)

        path, value, shape = one("resultPath"), one("value"), one("sourceShape")
        if path is not None and path not in paths:
            paths[path] = path_text(node_path(report, path))
        yield Raw(
            severity=local_name(str(one("resultSeverity"))),
            shape=_named_shape(shapes, shape),
            component=str(one("sourceConstraintComponent")),
            focus=node_text(focus) if (focus := one("focusNode")) is not None else "",
            path=paths[path] if path is not None else "",
            value=node_text(value) if value is not None else "",
            texts=tuple(sorted(str(text) for text in facts.get(names["resultMessage"], ()))),
            constraint=one("sourceConstraint"),
        )


_PROPERTIES = (
    *("resultPath", "value", "sourceShape", "resultSeverity", "sourceConstraintComponent"),
    *("focusNode", "resultMessage", "sourceConstraint"),
)


def _not_applicable(reason: str) -> ValidationError:
    what = Text(f"The shapes cannot be applied: {reason}.", f"Die Regeln sind nicht anwendbar: {reason}.")
    return ValidationError(what, fix=Text("Check the shape named.", "Prüfen Sie die genannte Regel."))


def _named_shape(shapes: Graph, shape: Node | None) -> str:
    """Return the IRI of a shape; of a blank one, that of the nearest shape around it."""
    from rdflib import BNode

    seen: set[Node] = set()
    while isinstance(shape, BNode) and shape not in seen:
        seen.add(shape)
        shape = min(shapes.subjects(None, shape), key=str, default=shape)
    return str(shape)


class _Reader:
    """Turns raw results into results: names, texts, what was found, and where it comes from."""

    def __init__(self, quads: Sequence[Quad], graph: Graph, catalogue: Mapping[str, ShapeInfo], shapes: Graph, lang: str) -> None:
        self.quads = quads
        self.graph = graph
        self.catalogue = catalogue
        self.shapes = shapes
        self.lang = lang
        self.by_subject: dict[str, list[Quad]] = defaultdict(list)
        self.by_object: dict[str, list[Quad]] = defaultdict(list)
        self.names: dict[str, dict[str, str]] = {}
        self.rdf_paths: dict[str, Node | RdfPath] = {}

    def results(self, found: Iterable[Raw]) -> Iterator[Result]:
        """Yield results for what pySHACL found."""
        raw = list(found)
        self._collect({item.focus for item in raw})
        for item in raw:
            info = self.catalogue.get(item.shape, ShapeInfo(item.shape))
            expected = text_in(info.expected.get(item.component, {}), self.lang) or text_in(info.description, self.lang)
            yield Result(
                severity=item.severity,
                shape=item.shape,
                component=item.component,
                focus=item.focus,
                focus_label=self.label(item.focus),
                path=item.path,
                value=item.value,
                message=self._message(item, info),
                expected=expected,
                found=self._found(item, info),
                origin=self._origin(item, info),
            )

    def _collect(self, nodes: set[str]) -> None:
        """Index the statements about the nodes in question, and the names of all nodes."""
        ranks: dict[tuple[str, str], tuple[int, str]] = {}
        for quad in self.quads:
            if quad.subject in nodes:
                self.by_subject[quad.subject].append(quad)
            if quad.kind != "literal" and quad.object in nodes:
                self.by_object[quad.object].append(quad)
            if quad.predicate in LABELS and quad.kind == "literal":
                rank, key = (LABELS.index(quad.predicate), quad.object), (quad.subject, quad.language[:2])
                if rank < ranks.get(key, (len(LABELS), "")):
                    ranks[key] = rank
                    self.names.setdefault(quad.subject, {})[quad.language[:2]] = quad.object

    # --- words -----------------------------------------------------------------------------------------------------------

    def label(self, node: str) -> str:
        """Return a node's name: its own, else those of what it links, else its last step."""
        own = self._own_label(node)
        if own:
            return own
        if node.startswith('"'):
            return readable_term(node)
        parts = {quad.predicate: quad.object for quad in sorted(self.by_subject.get(node, ()), reverse=True) if quad.predicate in PARTS}
        linked = [self._own_label(parts[predicate]) for predicate in PARTS if predicate in parts]
        return " – ".join(name for name in linked if name) or (node if node.startswith("_:") else local_name(node))

    def _own_label(self, node: str) -> str:
        names = self.names.get(node, {})
        return names.get(self.lang) or next((names[lang] for lang in ("de", "en", "", *sorted(names)) if names.get(lang)), "")

    def _message(self, item: Raw, info: ShapeInfo) -> Texts:
        """Return the rule's message per language, its variables filled from what pySHACL wrote."""
        own = shape_texts(self.shapes, item.constraint, "message") if item.constraint is not None else {}
        templates = own or info.message
        if not templates:
            expected = info.expected.get(item.component, info.description)
            if text_in(expected, "en"):
                return {lang: f"{info.rule(lang)} {_WORDS['expected'][lang].format(text_in(expected, lang))}." for lang in LANGUAGES}
            return {lang: " ".join(item.texts) or curie(item.shape) for lang in LANGUAGES}
        filled = {lang: _fill(template, item.texts) for lang, template in templates.items()}
        return {lang: text_in(filled, lang) for lang in LANGUAGES}

    def _found(self, item: Raw, info: ShapeInfo) -> str:
        """Say what stands where something else was expected."""
        component = local_name(item.component)
        if component.startswith(("MinCount", "MaxCount", "Qualified", "UniqueLang")):
            return self._listed(self._values(item.focus, item.path))
        if item.value and (item.value != item.focus or item.path):
            return self._shown(item.value)
        if component.startswith(("NodeKind", "Pattern", "Class", "In", "Datatype")):
            return self._shown(item.value)
        about = [quad for quad in self.by_subject.get(item.focus, ()) if quad.predicate in info.predicates]
        if not about:
            return _WORDS["nothing"][self.lang] if info.predicates else ""
        pairs = dict.fromkeys((quad.predicate, quad.object if quad.kind != "literal" else term_text(quad.term)) for quad in about)
        return self._listed([f"{curie(predicate)} {self._shown(value)}" for predicate, value in sorted(pairs)], shown=True)

    def _listed(self, values: list[str], *, shown: bool = False) -> str:
        if not values:
            return _WORDS["none"][self.lang]
        texts = values if shown else [self._shown(value) for value in sorted(values)]
        more = f"; {_WORDS['more'][self.lang].format(len(texts) - 4)}" if len(texts) > 4 else ""
        return "; ".join(texts[:4]) + more

    def _shown(self, value: str) -> str:
        if value.startswith(('"', "_:")):
            text = readable_term(value)
        else:
            name = self._own_label(value)
            text = f"{name} ({curie(value)})" if name else curie(value)
        return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"

    def _values(self, focus: str, path: str) -> list[str]:
        """Return what a path leads to."""
        from rdflib import BNode, URIRef

        from kg.validate.union import node_text

        if not path or focus.startswith('"'):
            return []
        if path not in self.rdf_paths:
            self.rdf_paths[path] = rdf_path(path)
        node = BNode(focus[2:]) if focus.startswith("_:") else URIRef(focus)
        return sorted({node_text(value) for value in self.graph.objects(node, self.rdf_paths[path])})

    # --- origin ----------------------------------------------------------------------------------------------------------

    def _origin(self, item: Raw, info: ShapeInfo) -> tuple[Origin, ...]:
        """Return where a result comes from: the first of the steps in the module's docstring that leads to a row."""
        own, onto = self.by_subject.get(item.focus, ()), self.by_object.get(item.focus, ())
        path = parse_path(item.path) if item.path else ("iri", "")
        steps = path_steps(path)
        values = [q for q in own if (q.predicate, False) in steps] + [q for q in onto if (q.predicate, True) in steps]
        if item.value:
            exact = [q for q in values if item.value in (q.subject if q.subject != item.focus else "", _object_text(q))]
            values = exact or values
        elif path[0] != "iri" and (path[0] != "^" or path[1][0] != "iri"):
            values = []  # a longer path that leads nowhere: where it begins says nothing
        spoken = [q for q in own if q.predicate in info.predicates]
        for group in (values, spoken, [q for q in own if q.predicate == RDF.type], own, onto):
            places = {place for quad in group if (place := origin(quad.origin))}
            if places:
                return tuple(sorted(places))
        return ()


def _object_text(quad: Quad) -> str:
    return term_text(quad.term) if quad.kind == "literal" else quad.object


def origin(text: str) -> Origin | None:
    """Split an origin of the quad table; derived statements (`rule:<name>`) and the build's own have none.

    >>> origin("dortmund/entities.csv#14")
    Origin(file='dortmund/entities.csv', row=14)
    >>> origin("rule:involves") is None
    True
    """
    match = _ORIGIN.match(text)
    return Origin(match.group(1), int(match.group(2))) if match and not text.startswith("rule:") else None


_VARIABLE = re.compile(r"\{[?$](\w+)\}")


def _fill(template: str, texts: Iterable[str]) -> str:
    """Return the text that pySHACL made of a template; the template itself where none fits.

    >>> _fill("Ende {?e} vor {?b}.", ["End 1 before 2.", "Ende 1 vor 2."])
    'Ende 1 vor 2.'
    """
    if not _VARIABLE.search(template):
        return template
    pattern = "".join(".*" if index % 2 else re.escape(part) for index, part in enumerate(_VARIABLE.split(template)))
    return next((text for text in texts if re.fullmatch(pattern, text, re.DOTALL) and text != template), template)


def rdf_path(text: str) -> Node | RdfPath:
    """Return a property path of a report as rdflib evaluates it."""
    return _rdf_path(parse_path(text))


def _rdf_path(path: tuple[object, ...]) -> Node | RdfPath:
    from rdflib import URIRef
    from rdflib.paths import AlternativePath, InvPath, MulPath, SequencePath

    operator, *parts = path
    if operator == "iri":
        return URIRef(str(parts[0]))
    inner = [_rdf_path(part) for part in parts if isinstance(part, tuple)]
    if operator == "/":
        return SequencePath(*inner)  # type: ignore[arg-type]
    if operator == "|":
        return AlternativePath(*inner)  # type: ignore[arg-type]
    if operator == "^":
        return InvPath(inner[0])  # type: ignore[arg-type]
    return MulPath(inner[0], str(operator))  # type: ignore[arg-type]
