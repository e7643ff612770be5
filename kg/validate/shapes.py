"""The shapes, and a catalogue of them in plain words: severity, texts per language, what each constraint expects.

pySHACL loses the language of messages of SPARQL constraints, and no engine says what was expected; both are read from the catalogue.
Source: SHACL, sections 2.1.4 (severity), 2.1.5 (message), 4 (core constraint components).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import InputError, Text, ValidationError
from kg.namespaces import INNOSH, PREFIXES, RDF, SH, curie, local_name
from kg.quads import Quad
from kg.resources import folder
from kg.validate import report as terms

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

LANGUAGES = ("de", "en")
Texts = Mapping[str, str]


@dataclass(frozen=True)
class ShapeInfo:
    """What a report needs to know of a shape.

    Attributes:
        iri: The shape.
        severity: `Violation`, `Warning` or `Info`.
        message, name, description: Texts per language, empty where there is none.
        path: Property path of a property shape, else empty.
        expected: What each constraint component asks for: component IRI → text per language.
        predicates: Properties that the rule speaks of: its path and those of its target query.
    """

    iri: str
    severity: str = "Violation"
    message: Texts = field(default_factory=dict)
    name: Texts = field(default_factory=dict)
    description: Texts = field(default_factory=dict)
    path: str = ""
    expected: Mapping[str, Texts] = field(default_factory=dict)
    predicates: tuple[str, ...] = ()

    def rule(self, lang: str) -> str:
        """Return the rule in plain words: description, else name, else the shape's short name."""
        return text_in(self.description, lang) or text_in(self.name, lang) or curie(self.iri)


def text_in(texts: Texts, lang: str) -> str:
    """Return a text in a language, else in the other one, else empty."""
    return texts.get(lang) or next((text for text in texts.values() if text), "")


def shapes_folder() -> Path:
    """Return the folder of the shipped shapes."""
    return folder("ontology", "shapes")


@lru_cache(maxsize=4)
def load_shapes(path: Path | None = None) -> Graph:
    """Parse shapes into one graph.

    Args:
        path: A Turtle file or a folder of them; the shipped shapes by default.

    Raises:
        ValidationError: There are no shapes, or a file is no Turtle.
    """
    from kg.sources.rdf import read_rdf
    from kg.validate.union import union_graph

    where = path or shapes_folder()
    files = sorted(where.glob("*.ttl")) if where.is_dir() else [where]
    quads: list[Quad] = []
    for number, file in enumerate(files, start=1):
        try:
            quads += steady_blank_nodes(read_rdf(file), f"s{number}")
        except InputError as error:
            raise ValidationError(error.what, where=error.where, fix=error.fix) from error
    if not quads:
        fix = Text("Name a Turtle file of shapes or a folder of them.", "Nennen Sie eine Turtle-Datei mit Regeln oder einen Ordner davon.")
        raise ValidationError(Text("There are no shapes.", "Es gibt keine Regeln."), where=str(where), fix=fix)
    return union_graph(quads)


TABLE_RULES: dict[str, tuple[str, str]] = {
    # code of a problem: the rule in plain words, de and en
    "broken-csv": ("Eine Tabelle ist gültiges CSV.", "A table is valid CSV."),
    "broken-utf8": ("Eine Datei ist UTF-8.", "A file is UTF-8."),
    "cell-count": ("Jede Zeile hat so viele Zellen wie die Kopfzeile.", "Every row has as many cells as the header."),
    "control-character": ("Zellen enthalten keine Steuerzeichen.", "Cells hold no control characters."),
    "date-order": ("Das Ende liegt nicht vor dem Beginn.", "The end is not before the start."),
    "double-column": ("Jede Spalte steht einmal in der Kopfzeile.", "Every column stands once in the header."),
    "double-id": ("Jede Kennung gibt es einmal.", "Every id stands once."),
    "duplicate-row": ("Keine Zeile steht zweimal da.", "No row stands twice."),
    "empty-cell": ("Pflichtzellen sind ausgefüllt.", "Required cells are filled in."),
    "empty-file": ("Eine Datei ist nicht leer.", "A file is not empty."),
    "file-too-large": ("Eine Datei ist nicht zu groß.", "A file is not too large."),
    "half-amount": ("Betrag und Währung stehen zusammen.", "Amount and currency stand together."),
    "half-coordinate": ("Breite und Länge stehen zusammen.", "Latitude and longitude stand together."),
    "missing-column": ("Alle Spalten sind da.", "All columns are there."),
    "missing-file": ("Alle Dateien sind da.", "All files are there."),
    "self-reference": ("Keine Zeile verbindet etwas mit sich selbst.", "No row links a thing to itself."),
    "unknown-id": ("Jede Kennung, auf die verwiesen wird, gibt es.", "Every id that is referred to exists."),
    "unknown-predicate": ("Jedes Prädikat ist bekannt.", "Every predicate is known."),
    "unknown-target": ("Jede Entscheidung meint etwas, das es gibt.", "Every decision refers to something that exists."),
    "unknown-type": ("Jeder Typ ist bekannt.", "Every type is known."),
    "unreadable-file": ("Eine Datei ist lesbar.", "A file can be read."),
    "wrong-code": ("Ein Code steht in seiner Liste.", "A code stands in its list."),
    "wrong-coordinate": ("Koordinaten sind Dezimalgrad in ihren Grenzen.", "Coordinates are decimal degrees within their limits."),
    "wrong-date": ("Ein Datum ist ein Datum.", "A date is a date."),
    "wrong-id": ("Eine Kennung hat die vereinbarte Form.", "An id has the agreed form."),
    "wrong-identifier": ("Eine fremde Kennung hat die Form ihres Registers.", "A foreign identifier has the form of its register."),
    "wrong-language": ("Eine Sprache ist ein Sprachkürzel.", "A language is a language tag."),
    "wrong-literal": ("Ein Wert gehört zu seinem Datentyp.", "A value belongs to its datatype."),
    "wrong-number": ("Eine Zahl ist eine Zahl.", "A number is a number."),
    "wrong-pair": ("Ein Prädikat verbindet nur bestimmte Typen.", "A predicate links certain types only."),
    "wrong-url": ("Eine Webadresse ist eine Webadresse.", "A web address is a web address."),
}


def rule_of(shape: str) -> ShapeInfo | None:
    """Return what is known of a rule: a shipped shape, or a rule on the cells of tables."""
    known = load_catalogue().get(shape)
    code = shape.removeprefix(INNOSH["Table-"])
    if known is None and code in TABLE_RULES:
        de, en = TABLE_RULES[code]
        return ShapeInfo(shape, description={"de": de, "en": en})
    return known


def steady_blank_nodes(quads: Iterable[Quad], prefix: str) -> list[Quad]:
    """Name blank nodes by the order they come in: the same in every run, and apart from those of other files."""
    names: dict[str, str] = {}

    def steady(value: str) -> str:
        return names.setdefault(value, f"_:{prefix}b{len(names) + 1}") if value.startswith("_:") else value

    return [quad._replace(subject=steady(quad.subject), object=steady(quad.object) if quad.kind == "bnode" else quad.object) for quad in quads]


@lru_cache(maxsize=4)
def load_catalogue(path: Path | None = None) -> Mapping[str, ShapeInfo]:
    """Return the shapes that have an IRI, by IRI (see :func:`load_shapes`)."""
    return catalogue(load_shapes(path))


def catalogue(graph: Graph) -> dict[str, ShapeInfo]:
    """Describe the shapes of a graph that have an IRI, by IRI, in order."""
    from rdflib import URIRef

    words = Words(graph)
    kinds = (URIRef(SH.NodeShape), URIRef(SH.PropertyShape))
    shapes = {shape for kind in kinds for shape in graph.subjects(URIRef(RDF.type), kind) if isinstance(shape, URIRef)}
    return {str(shape): _describe(words, shape) for shape in sorted(shapes)}


def _describe(words: Words, shape: Node) -> ShapeInfo:
    severity = words.value(shape, "severity")
    path_node = words.value(shape, "path")
    path = words.path(path_node) if path_node is not None else ""
    queries = [str(q) for target in words.values(shape, "target") for q in words.values(target, "select")]
    queries += [str(q) for constraint in words.values(shape, "sparql") for q in words.values(constraint, "select")]
    stepped = [iri for iri, _ in terms.path_steps(terms.parse_path(path))] if path else []
    return ShapeInfo(
        iri=str(shape),
        severity=local_name(str(severity)) if severity is not None else "Violation",
        message=words.texts(shape, "message"),
        name=words.texts(shape, "name"),
        description=words.texts(shape, "description"),
        path=path,
        expected=words.components(shape),
        predicates=tuple(dict.fromkeys([*stepped, *(iri for query in queries for iri in query_predicates(query))])),
    )


def node_path(graph: Graph, node: Node) -> terms.PropertyPath:
    """Read the property path that starts at a node of a shapes graph or report."""
    return Words(graph).tuple_path(node)


def shape_texts(graph: Graph, node: Node, name: str) -> dict[str, str]:
    """Return the texts of a shape or constraint per language; one without a language counts for both."""
    return Words(graph).texts(node, name)


_ABOUT_THIS = re.compile(r"[?$]this\s+(?![;.)}])([^.{}]*)")
_NAME = re.compile(r"(?<![\w?$<:/#-])([A-Za-z][\w-]*):([A-Za-z][\w-]*)")


def query_predicates(query: str) -> list[str]:
    """Return the properties that a query states of `?this`, as far as they are written as prefixed names.

    >>> [curie(p) for p in query_predicates("SELECT ?this WHERE { ?this a inno:Event ; schema:startDate ?s . ?x inno:site ?y }")]
    ['schema:startDate']
    """
    found = []
    for match in _ABOUT_THIS.finditer(query):
        text = re.sub(r"\ba\s+[\w-]+:[\w-]+", " ", match.group(1))
        for prefix, name in _NAME.findall(text):
            if prefix in PREFIXES and name[0].islower():
                found.append(PREFIXES[prefix] + name)
    return list(dict.fromkeys(found))


class Words:
    """Reads a shapes graph and says its constraints in German and English: values of shapes, paths, and what each component expects."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    def values(self, node: Node, name: str) -> list[Node]:
        """Return the values of a parameter of SHACL, in order."""
        from rdflib import URIRef

        return sorted(self.graph.objects(node, URIRef(SH[name])), key=str)

    def value(self, node: Node, name: str) -> Node | None:
        """Return the first value of a parameter, `None` where there is none."""
        return next(iter(self.values(node, name)), None)

    def number(self, node: Node, name: str) -> int:
        """Return a count, -1 where there is none."""
        found = self.value(node, name)
        return -1 if found is None else int(str(found))

    def items(self, node: Node | None) -> list[Node]:
        """Return the members of a list."""
        return list(self.graph.items(node)) if node is not None else []

    def texts(self, node: Node, name: str) -> dict[str, str]:
        """Return texts per language; one without a language counts for both."""
        found: dict[str, str] = {}
        for text in self.values(node, name):
            lang = str(getattr(text, "language", None) or "")
            if lang:
                found[lang] = str(text)
            else:
                found |= {language: str(text) for language in LANGUAGES if language not in found}
        return found

    def path(self, node: Node) -> str:
        """Return a property path as text."""
        return terms.path_text(self.tuple_path(node))

    def tuple_path(self, node: Node) -> terms.PropertyPath:
        """Return a property path as operators and parts."""
        from rdflib import URIRef

        if isinstance(node, URIRef):
            return ("iri", str(node))
        members = self.items(node)
        if members:
            return ("/", *(self.tuple_path(member) for member in members))
        alternatives = self.value(node, "alternativePath")
        if alternatives is not None:
            return ("|", *(self.tuple_path(member) for member in self.items(alternatives)))
        for name, operator in (("inversePath", "^"), ("zeroOrMorePath", "*"), ("oneOrMorePath", "+"), ("zeroOrOnePath", "?")):
            inner = self.value(node, name)
            if inner is not None:
                return (operator, self.tuple_path(inner))
        what = Text("A shape has a property path that is none.", "Eine Regel hat einen ungültigen Eigenschaftspfad.")
        raise ValidationError(what, where=str(node), fix=Text("See SHACL, section 2.3.1.", "Siehe SHACL, Abschnitt 2.3.1."))

    # --- expected --------------------------------------------------------------------------------------------------------

    def components(self, shape: Node) -> dict[str, Texts]:
        """Return what each constraint of a shape expects: component IRI → text per language."""
        found: dict[str, Texts] = {}
        for name, (component, say) in _COMPONENTS.items():
            if self.values(shape, name):
                found[SH[component]] = say(self, shape)
        return found

    def whole(self, shape: Node, depth: int = 0) -> Texts:
        """Say a whole shape, for use inside another."""
        if depth > 4:
            return {"de": curie(str(shape)), "en": curie(str(shape))}
        parts = [say(self, shape) for name, (_, say) in _COMPONENTS.items() if name != "not" and self.values(shape, name)]
        parts += [self.whole(value, depth + 1) for value in self.values(shape, "property")]
        unique = list({text["en"]: text for text in parts}.values())
        if not unique:
            described = self.texts(shape, "description")
            return {lang: text_in(described, lang) or curie(str(shape)) for lang in LANGUAGES}
        path = self.value(shape, "path")
        prefix = f"{terms.readable_path(self.path(path))}: " if path is not None else ""
        return {lang: prefix + _joined(lang, [text[lang] for text in unique], "and") for lang in LANGUAGES}


_JOIN = {("de", "and"): " und ", ("en", "and"): " and ", ("de", "or"): " oder ", ("en", "or"): " or "}


def _joined(lang: str, parts: Iterable[str], word: str) -> str:
    """Join with commas and a last "and" or "or".

    >>> _joined("en", ["a", "b", "c"], "or")
    'a, b or c'
    """
    listed = list(parts)
    if len(listed) < 2:
        return "".join(listed)
    return ", ".join(listed[:-1]) + _JOIN[lang, word] + listed[-1]


def _both(de: str, en: str) -> Texts:
    return {"de": de, "en": en}


def _count(words: Words, shape: Node) -> Texts:
    return _range(words.number(shape, "minCount"), words.number(shape, "maxCount"))


def _range(low: int, high: int) -> Texts:
    """Say how many values.

    >>> _range(1, 1)["en"], _range(1, -1)["en"], _range(-1, 3)["de"]
    ('exactly one value', 'at least one value', 'höchstens 3 Werte')
    """
    de = {0: "kein Wert", 1: "ein Wert"}
    en = {0: "no value", 1: "one value"}

    def number(count: int) -> tuple[str, str]:
        return de.get(count, f"{count} Werte"), en.get(count, f"{count} values")

    if high == 0:
        return _both("kein Wert", "no value")
    if low == high:
        return _both(f"genau {number(low)[0]}", f"exactly {number(low)[1]}")
    if low > 0 and high > 0:
        return _both(f"{low} bis {high} Werte", f"{low} to {high} values")
    if high > 0:
        return _both(f"höchstens {number(high)[0]}", f"at most {number(high)[1]}")
    return _both(f"mindestens {number(low)[0]}", f"at least {number(low)[1]}")


def _qualified(words: Words, shape: Node) -> Texts:
    count = _range(words.number(shape, "qualifiedMinCount"), words.number(shape, "qualifiedMaxCount"))
    inner = words.value(shape, "qualifiedValueShape")
    what = words.whole(inner, 1) if inner is not None else _both("", "")
    return {lang: f"{count[lang]}: {what[lang]}" for lang in LANGUAGES}


_NODE_KINDS = {
    "IRI": ("eine IRI", "an IRI"),
    "Literal": ("ein Literal", "a literal"),
    "BlankNode": ("ein leerer Knoten", "a blank node"),
    "BlankNodeOrIRI": ("eine IRI oder ein leerer Knoten", "an IRI or a blank node"),
    "IRIOrLiteral": ("eine IRI oder ein Literal", "an IRI or a literal"),
    "BlankNodeOrLiteral": ("ein leerer Knoten oder ein Literal", "a blank node or a literal"),
}


def _node_kind(words: Words, shape: Node) -> Texts:
    kind = local_name(str(words.value(shape, "nodeKind")))
    return _both(*_NODE_KINDS.get(kind, (kind, kind)))


def _shown(node: Node) -> str:
    """Say a term of a list: codes by their last step."""
    text = str(node)
    return local_name(text) if "/code/" in text else curie(text)


def _listed(name: str, word: str, de: str, en: str) -> Callable[[Words, Node], Texts]:
    def say(words: Words, shape: Node) -> Texts:
        shown = [_shown(item) for item in words.items(words.value(shape, name))]
        return {lang: lead + _joined(lang, shown, word) for lang, lead in (("de", de), ("en", en))}

    return say


def _shapes(name: str, word: str) -> Callable[[Words, Node], Texts]:
    """Say a list of alternatives (`sh:or`, `sh:xone`) or of parts (`sh:and`)."""

    def say(words: Words, shape: Node) -> Texts:
        parts = [words.whole(item, 1) for item in words.items(words.value(shape, name))]
        return {lang: _joined(lang, [part[lang] for part in parts], word) for lang in LANGUAGES}

    return say


def _each(name: str, de: str, en: str, word: str = "and") -> Callable[[Words, Node], Texts]:
    """Say a parameter that stands there once or several times."""

    def say(words: Words, shape: Node) -> Texts:
        shown = [curie(str(value)) for value in words.values(shape, name)]
        return {lang: lead.format(_joined(lang, shown, word)) for lang, lead in (("de", de), ("en", en))}

    return say


def _node(words: Words, shape: Node) -> Texts:
    parts = [words.whole(value, 1) for value in words.values(shape, "node")]
    return {lang: _joined(lang, [part[lang] for part in parts], "and") for lang in LANGUAGES}


def _described(words: Words, shape: Node) -> Texts:
    """Say a rule that is a query: in the words of its description."""
    described = words.texts(shape, "description")
    return {lang: text_in(described, lang) for lang in LANGUAGES}


def _not(words: Words, shape: Node) -> Texts:
    described = _described(words, shape)
    if all(described.values()):
        return described
    parts = [words.whole(value, 1) for value in words.values(shape, "not")]
    return {lang: lead + _joined(lang, [part[lang] for part in parts], "and") for lang, lead in (("de", "nicht: "), ("en", "not: "))}


def _unique_lang(_words: Words, _shape: Node) -> Texts:
    return _both("je Sprache höchstens ein Wert", "at most one value per language")


def _closed(words: Words, shape: Node) -> Texts:
    own = [str(p) for node in words.values(shape, "property") for p in words.values(node, "path")]
    listed = [*own, *(str(item) for item in words.items(words.value(shape, "ignoredProperties")))]
    shown = [terms.readable_path(iri) for iri in dict.fromkeys(listed)]
    return {lang: lead + ", ".join(shown) for lang, lead in (("de", "nur diese Eigenschaften: "), ("en", "only these properties: "))}


_COMPONENTS: dict[str, tuple[str, Callable[[Words, Node], Texts]]] = {
    # parameter: component, how it is said
    "minCount": ("MinCountConstraintComponent", _count),
    "maxCount": ("MaxCountConstraintComponent", _count),
    "datatype": ("DatatypeConstraintComponent", _each("datatype", "{}", "{}")),
    "class": ("ClassConstraintComponent", _each("class", "ein Knoten der Klasse {}", "a node of class {}")),
    "nodeKind": ("NodeKindConstraintComponent", _node_kind),
    "in": ("InConstraintComponent", _listed("in", "or", "eines von: ", "one of: ")),
    "hasValue": ("HasValueConstraintComponent", _each("hasValue", "der Wert {}", "the value {}")),
    "pattern": ("PatternConstraintComponent", _each("pattern", "ein Text der Form {}", "a text of the form {}")),
    "minLength": ("MinLengthConstraintComponent", _each("minLength", "Länge mindestens {}", "length at least {}")),
    "maxLength": ("MaxLengthConstraintComponent", _each("maxLength", "Länge höchstens {}", "length at most {}")),
    "languageIn": ("LanguageInConstraintComponent", _listed("languageIn", "or", "ein Text in der Sprache ", "a text in the language ")),
    "uniqueLang": ("UniqueLangConstraintComponent", _unique_lang),
    "minInclusive": ("MinInclusiveConstraintComponent", _each("minInclusive", "mindestens {}", "at least {}")),
    "maxInclusive": ("MaxInclusiveConstraintComponent", _each("maxInclusive", "höchstens {}", "at most {}")),
    "minExclusive": ("MinExclusiveConstraintComponent", _each("minExclusive", "größer als {}", "greater than {}")),
    "maxExclusive": ("MaxExclusiveConstraintComponent", _each("maxExclusive", "kleiner als {}", "less than {}")),
    "equals": ("EqualsConstraintComponent", _each("equals", "dieselben Werte wie {}", "the same values as {}")),
    "disjoint": ("DisjointConstraintComponent", _each("disjoint", "kein Wert von {}", "no value of {}")),
    "lessThan": ("LessThanConstraintComponent", _each("lessThan", "kleiner als {}", "less than {}")),
    "lessThanOrEquals": ("LessThanOrEqualsConstraintComponent", _each("lessThanOrEquals", "höchstens so groß wie {}", "at most {}")),
    "qualifiedMinCount": ("QualifiedMinCountConstraintComponent", _qualified),
    "qualifiedMaxCount": ("QualifiedMaxCountConstraintComponent", _qualified),
    "node": ("NodeConstraintComponent", _node),
    "or": ("OrConstraintComponent", _shapes("or", "or")),
    "xone": ("XoneConstraintComponent", _shapes("xone", "or")),
    "and": ("AndConstraintComponent", _shapes("and", "and")),
    "not": ("NotConstraintComponent", _not),
    "closed": ("ClosedConstraintComponent", _closed),
    "sparql": ("SPARQLConstraintComponent", _described),
}
