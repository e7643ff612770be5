"""Raw results become a report: names, texts, what was found, and from which file and row it comes.

Where a result comes from is read off the quads: first the statement (focus, path, value); else the values of the path; else the
statements the rule speaks of; else what makes the focus an instance of its class; else all its statements. Derived statements have no
row of their own. Results are read some thousands at a time, so that a report of any size needs little around it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from kg.namespaces import INNO, OA, RDF, curie, local_name
from kg.quads import Quad, term_text
from kg.validate.raw import Raw
from kg.validate.report import Origin, PropertyPath, Result, parse_path, path_steps, readable_term
from kg.validate.shapes import LANGUAGES, ShapeInfo, Texts, shape_texts, text_in
from kg.validate.surroundings import ANY, Names, Surroundings, names

if TYPE_CHECKING:
    from rdflib import Graph

PARTS = (
    *(INNO.inInitiative, INNO.participant, INNO.site, INNO.funds, INNO.funder, INNO.underProgramme, INNO.inEdition, INNO.ofAward),
    *(INNO.candidate, INNO.concerns, RDF.subject, OA.hasSource),
)
"""Properties whose objects name a node that has no name of its own (a participation by its initiative and organisation)."""

SHOWN = 200
"""Characters of a value shown in `found`."""
LISTED = 4
"""Values listed in `found`."""
CHUNK = 50_000
"""Results read at a time."""
COUNTED = ("MinCount", "MaxCount", "Qualified", "UniqueLang")
"""Components about the number of values: all of them are shown."""

_ORIGIN = re.compile(r"(.+)#([0-9]+)\Z", re.DOTALL)
_WORDS = {
    "none": {"de": "keiner", "en": "none"},
    "nothing": {"de": "nichts davon", "en": "none of it"},
    "more": {"de": "und {} weitere", "en": "and {} more"},
    "expected": {"de": "Erwartet: {}", "en": "Expected: {}"},
}


class Reader:
    """Turns raw results into results.

    Args:
        around: Statements of the data.
        catalogue: The shapes in words, by IRI.
        shapes: The shapes graph.
        lang: Language of labels, `expected` and `found`: `de` or `en`.
    """

    def __init__(self, around: Surroundings, catalogue: Mapping[str, ShapeInfo], shapes: Graph, lang: str) -> None:
        self.around = around
        self.catalogue = catalogue
        self.shapes = shapes
        self.lang = lang
        self.messages: dict[tuple[object, ...], Texts] = {}

    def results(self, found: Iterable[Raw]) -> Iterator[Result]:
        """Yield results, chunk by chunk."""
        raw = sorted(found, key=lambda item: (item.shape, item.focus))
        for start in range(0, len(raw), CHUNK):
            chunk = raw[start : start + CHUNK]
            yield from _Page(self, chunk).results()

    def info(self, item: Raw) -> ShapeInfo:
        """Return the rule of a result in words."""
        return self.catalogue.get(item.shape) or ShapeInfo(item.shape)

    def message(self, item: Raw, info: ShapeInfo) -> Texts:
        """Return the rule's message per language, its variables filled from what the engine wrote."""
        key = (item.shape, item.component, item.constraint, item.texts)
        if key not in self.messages:
            self.messages[key] = self._message(item, info)
        return self.messages[key]

    def _message(self, item: Raw, info: ShapeInfo) -> Texts:
        own = shape_texts(self.shapes, item.constraint, "message") if item.constraint is not None else {}
        templates = own or info.message
        if not templates:
            expected = info.expected.get(item.component, info.description)
            if text_in(expected, "en"):
                return {lang: f"{info.rule(lang)} {_WORDS['expected'][lang].format(text_in(expected, lang))}." for lang in LANGUAGES}
            return {lang: " ".join(item.texts) or curie(item.shape) for lang in LANGUAGES}
        filled = {lang: _fill(template, item.texts) for lang, template in templates.items()}
        return {lang: text_in(filled, lang) for lang in LANGUAGES}


class _Page:
    """Some results with everything that stands around them."""

    def __init__(self, reader: Reader, chunk: list[Raw]) -> None:
        self.reader = reader
        self.lang = reader.lang
        self.own: dict[str, list[Quad]] = defaultdict(list)
        self.onto: dict[str, list[Quad]] = defaultdict(list)
        self.values: dict[tuple[str, str], set[str]] = {}
        self.all: dict[str, tuple[list[Quad], list[Quad]]] = {}
        self.names: Names = names(reader.around, {item.focus for item in chunk if not item.focus.startswith('"')})
        self.chunk = chunk
        self._collect(chunk)
        shown = {text for item in chunk if (text := item.value)} | {value for found in self.values.values() for value in found}
        linked = {quad.object for quads in self.own.values() for quad in quads if quad.kind != "literal"}
        others = (linked | shown) - {item.focus for item in chunk}
        self.names |= names(reader.around, (node for node in others if not node.startswith('"')))
        self.places = [self._places(item) for item in chunk]
        self._complete()

    def _collect(self, chunk: list[Raw]) -> None:
        """Fetch the statements that the rules speak of, and what paths lead to where values are counted."""
        forwards: set[tuple[str, str]] = set()
        backwards: set[tuple[str, str]] = set()
        counted: dict[str, set[str]] = defaultdict(set)
        for item in chunk:
            if item.focus.startswith('"'):
                continue
            steps = _steps(item.path)
            spoken = (RDF.type, *self.reader.info(item).predicates, *(predicate for predicate, back in steps if not back))
            forwards |= {(item.focus, predicate) for predicate in spoken}
            backwards |= {(item.focus, predicate) for predicate, back in steps if back}
            if item.path and local_name(item.component).startswith(COUNTED):
                counted[item.path].add(item.focus)
        around = self.reader.around
        forwards |= {(item.focus, part) for item in chunk if item.focus not in self.names and not item.focus.startswith('"') for part in PARTS}
        for quad in around.facts(forwards):
            self.own[quad.subject].append(quad)
        for quad in around.facts(backwards, backwards=True):
            self.onto[quad.object].append(quad)
        for path, nodes in counted.items():
            for node, found in follow(around, parse_path(path), nodes).items():
                self.values[path, node] = found

    def _complete(self) -> None:
        """Fetch all statements about nodes that nothing of what was fetched leads to a row."""
        lost = {item.focus for item, places in zip(self.chunk, self.places, strict=True) if not places and not item.focus.startswith('"')}
        if not lost:
            return
        for back, facts in enumerate(self.reader.around.facts(((n, ANY) for n in lost), backwards=b) for b in (False, True)):
            for quad in facts:
                node = quad.object if back else quad.subject
                self.all.setdefault(node, ([], []))[back].append(quad)

    def results(self) -> Iterator[Result]:
        """Yield the results; where nothing of a rule leads to a row, its focus' statements do."""
        for item, places in zip(self.chunk, self.places, strict=True):
            yield self._result(item, places or _first_places(*self.all.get(item.focus, ((), ()))))

    def _result(self, item: Raw, places: tuple[Origin, ...]) -> Result:
        info = self.reader.info(item)
        expected = text_in(info.expected.get(item.component, {}), self.lang) or text_in(info.description, self.lang)
        return Result(
            severity=item.severity,
            shape=item.shape,
            component=item.component,
            focus=item.focus,
            focus_label=self.label(item.focus),
            path=item.path,
            value=item.value,
            message=self.reader.message(item, info),
            expected=expected,
            found=self._found(item, info),
            origin=places,
        )

    # --- words -----------------------------------------------------------------------------------------------------------

    def label(self, node: str) -> str:
        """Return a node's name: its own, else those of what it links, else its last step."""
        own = self._own_label(node)
        if own:
            return own
        if node.startswith('"'):
            return readable_term(node)
        parts = {quad.predicate: quad.object for quad in sorted(self.own.get(node, ()), reverse=True) if quad.predicate in PARTS}
        linked = [self._own_label(parts[predicate]) for predicate in PARTS if predicate in parts]
        return " – ".join(name for name in linked if name) or (node if node.startswith("_:") else local_name(node))

    def _own_label(self, node: str) -> str:
        known = self.names.get(node, {})
        return known.get(self.lang) or next((known[lang] for lang in ("de", "en", "", *sorted(known)) if known.get(lang)), "")

    def _found(self, item: Raw, info: ShapeInfo) -> str:
        """Say what stands where something else was expected."""
        component = local_name(item.component)
        if component.startswith(COUNTED):
            return self._listed(list(self.values.get((item.path, item.focus), ())))
        if item.value and (item.value != item.focus or item.path):
            return self._shown(item.value)
        if component.startswith(("NodeKind", "Pattern", "Class", "In", "Datatype")):
            return self._shown(item.value)
        about = [quad for quad in self.own.get(item.focus, ()) if quad.predicate in info.predicates]
        if not about:
            return _WORDS["nothing"][self.lang] if info.predicates else ""
        pairs = dict.fromkeys((quad.predicate, _object_text(quad)) for quad in about)
        return self._listed([f"{curie(predicate)} {self._shown(value)}" for predicate, value in sorted(pairs)], shown=True)

    def _listed(self, values: list[str], *, shown: bool = False) -> str:
        if not values:
            return _WORDS["none"][self.lang]
        texts = values if shown else [self._shown(value) for value in sorted(values)]
        more = f"; {_WORDS['more'][self.lang].format(len(texts) - LISTED)}" if len(texts) > LISTED else ""
        return "; ".join(texts[:LISTED]) + more

    def _shown(self, value: str) -> str:
        if value.startswith(('"', "_:")):
            text = readable_term(value)
        else:
            name = self._own_label(value)
            text = f"{name} ({curie(value)})" if name else curie(value)
        return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"

    # --- origin ----------------------------------------------------------------------------------------------------------

    def _places(self, item: Raw) -> tuple[Origin, ...]:
        """Return the rows of the statement, of the path's values, of what the rule speaks of, or of the focus' type."""
        own, onto = self.own.get(item.focus, ()), self.onto.get(item.focus, ())
        steps = _steps(item.path)
        values = [q for q in own if (q.predicate, False) in steps] + [q for q in onto if (q.predicate, True) in steps]
        if item.value:
            exact = [q for q in values if item.value in (q.subject if q.subject != item.focus else "", _object_text(q))]
            values = exact or values
        elif item.path and not _is_single(parse_path(item.path)):
            values = []  # a longer path that leads nowhere: where it begins says nothing
        predicates = self.reader.info(item).predicates
        spoken = [q for q in own if q.predicate in predicates]
        return _first_places(values, spoken, [q for q in own if q.predicate == RDF.type])


def _first_places(*groups: Iterable[Quad]) -> tuple[Origin, ...]:
    for group in groups:
        places = {place for quad in group if (place := origin(quad.origin))}
        if places:
            return tuple(sorted(places))
    return ()


def _steps(path: str) -> list[tuple[str, bool]]:
    return path_steps(parse_path(path)) if path else []


def _is_single(path: PropertyPath) -> bool:
    return bool(path[0] == "iri" or (path[0] == "^" and path[1][0] == "iri"))


def follow(around: Surroundings, path: PropertyPath, nodes: Iterable[str]) -> dict[str, set[str]]:
    """Return what a property path leads to from each of many nodes (SHACL, section 2.3; SPARQL 1.1, section 18.4).

    Args:
        around: Statements of the data.
        path: The path.
        nodes: IRIs and blank nodes.

    Returns:
        Values by node, as results write terms; nodes without values are not in it.
    """
    starts = set(nodes)
    operator, *parts = path
    if operator == "iri":
        return _step(around, parts[0], starts, backwards=False)
    if operator == "^":
        return _backwards(around, parts[0], starts)
    if operator == "|":
        return _merged(follow(around, part, starts) for part in parts)
    if operator == "/":
        reached: dict[str, set[str]] = {node: {node} for node in starts}
        for part in parts:
            further = follow(around, part, {value for values in reached.values() for value in values if not value.startswith('"')})
            reached = {node: found for node, values in reached.items() if (found := set().union(*(further.get(v, set()) for v in values)))}
        return reached
    itself = {node: {node} for node in starts}
    if operator == "?":
        return _merged((itself, follow(around, parts[0], starts)))
    return _closure(around, parts[0], starts, itself if operator == "*" else {})


def _closure(around: Surroundings, path: PropertyPath, starts: set[str], known: dict[str, set[str]]) -> dict[str, set[str]]:
    edges: dict[str, set[str]] = {}
    new = starts
    while new:
        edges |= {node: set() for node in new} | follow(around, path, new)
        new = {value for values in edges.values() for value in values if not value.startswith('"')} - set(edges)
    result = {}
    for start in starts:
        reached, waiting = set(known.get(start, ())), list(edges[start])
        while waiting:
            value = waiting.pop()
            if value not in reached or (value == start and start in known):
                reached.add(value)
                waiting += [further for further in edges.get(value, ()) if further not in reached]
        if reached:
            result[start] = reached
    return result


def _backwards(around: Surroundings, path: PropertyPath, starts: set[str]) -> dict[str, set[str]]:
    operator, *parts = path
    if operator == "iri":
        return _step(around, parts[0], starts, backwards=True)
    if operator == "^":
        return follow(around, parts[0], starts)
    turned = [("^", part) for part in parts]
    return follow(around, (operator, *(reversed(turned) if operator == "/" else turned)), starts)


def _step(around: Surroundings, predicate: str, starts: set[str], *, backwards: bool) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for quad in around.facts(((node, predicate) for node in starts), backwards=backwards):
        node, value = (quad.object, quad.subject) if backwards else (quad.subject, _object_text(quad))
        found.setdefault(node, set()).add(value)
    return found


def _merged(parts: Iterable[Mapping[str, set[str]]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for part in parts:
        for node, values in part.items():
            found.setdefault(node, set()).update(values)
    return found


def _object_text(quad: Quad) -> str:
    return term_text(quad.term) if quad.kind == "literal" else quad.object


@lru_cache(maxsize=100_000)
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
