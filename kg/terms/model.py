"""What the documentation knows of an ontology: plain records without markup."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

Texts = Mapping[str, str]
"""A text per language (`de`, `en`); a language that is missing is not in it. Texts without a language stand under the empty key."""
KINDS = ("class", "object", "datatype")
SEVERITIES = ("Violation", "Warning", "Info")


@dataclass(frozen=True)
class Relation:
    """How a term stands to one of another vocabulary.

    Attributes:
        kind: `subClassOf`, `subPropertyOf`, `exactMatch`, `closeMatch`, `broadMatch`, `narrowMatch` or `relatedMatch`.
        iri: The other term.
        short: Its short name, or the IRI where no prefix is known.
    """

    kind: str
    iri: str
    short: str


@dataclass(frozen=True)
class Obligation:
    """One rule of the shapes.

    Attributes:
        shape: IRI of the shape.
        name: Short name of the shape, such as `ParticipationShape-role`.
        of: Local name of the class whose shape it is, or empty.
        severity: One of :data:`SEVERITIES`.
        description: The rule in words.
        path: Short names of the properties on its path, or empty for a rule across things.
        least, most: Cardinality (SHACL, section 4.2); `None` where there is none.
        codes: IRIs that `sh:in` allows.
    """

    shape: str
    name: str
    of: str
    severity: str
    description: Texts
    path: str = ""
    least: int | None = None
    most: int | None = None
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """What happened to a term in a version: one row of `ontology/history.csv`.

    Attributes:
        version, date: Of the ontology.
        kind: `added`, `changed` or `deprecated`.
        term: Local name, or `code/<list>` or `code/<list>/<notation>`.
        note: What changed, in words; empty for a new term.
    """

    version: str
    date: str
    kind: str
    term: str
    note: Texts


@dataclass(frozen=True)
class Term:
    """A class or property of the ontology.

    Attributes:
        name: Local name; also the anchor on the page.
        kind: One of :data:`KINDS`.
        label, definition, note, example: Texts.
        domain, range: IRIs; the members of a union each.
        above, below: IRIs of terms of this ontology one step more general or more special.
        inverse, disjoint: IRIs.
        traits: `functional`, `symmetric`, `transitive`, `derived`.
        alignments: Terms of other vocabularies.
        obligations: Rules of the shapes that speak of it.
        questions: Names of ready questions that use it.
        rules: Titles of the rules that derive it.
        snippet: Statements of a real graph in Turtle, or empty.
        short: What JSON-LD calls it, with the type that its values take there; empty where the context does not know it.
        count: Things of the class or statements with the property in a graph; `None` where none was given.
        since: Version that added it, or empty.
        deprecated: Whether it should no longer be used.
        successors: IRIs to use instead.
    """

    iri: str
    name: str
    kind: str
    label: Texts
    definition: Texts
    note: Texts = field(default_factory=dict)
    example: Texts = field(default_factory=dict)
    domain: tuple[str, ...] = ()
    range: tuple[str, ...] = ()
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    inverse: tuple[str, ...] = ()
    disjoint: tuple[str, ...] = ()
    traits: tuple[str, ...] = ()
    alignments: tuple[Relation, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    questions: tuple[str, ...] = ()
    rules: tuple[Texts, ...] = ()
    snippet: str = ""
    short: tuple[str, str] = ("", "")
    count: int | None = None
    since: str = ""
    deprecated: bool = False
    successors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Code:
    """A code of a list: one of the values that a property may take."""

    iri: str
    notation: str
    label: Texts
    definition: Texts
    matches: tuple[Relation, ...] = ()
    count: int | None = None
    since: str = ""
    deprecated: bool = False
    successors: tuple[str, ...] = ()


@dataclass(frozen=True)
class CodeList:
    """A closed list of codes.

    Attributes:
        name: Last step of its IRI, such as `participation-role`.
        codes: In the order of the list.
        used_by: Short names of the properties that take its codes, by the shapes.
    """

    iri: str
    name: str
    label: Texts
    definition: Texts
    codes: tuple[Code, ...]
    used_by: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()

    @property
    def anchor(self) -> str:
        """Where it stands on the page."""
        return f"code-{self.name}"


@dataclass(frozen=True)
class Header:
    """What the ontology says of itself; what it does not say is empty."""

    iri: str
    version: str
    version_iri: str
    title: Texts
    description: Texts
    prefix: str
    namespace: str
    previous: str = ""
    licence: str = ""
    creator: tuple[tuple[str, str], ...] = ()
    publisher: tuple[tuple[str, str], ...] = ()
    created: str = ""
    issued: str = ""
    modified: str = ""
    citation: str = ""
    status: str = ""
    sources: tuple[str, ...] = ()
    see_also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Graph:
    """The graph whose uses are counted.

    Attributes:
        title: Of the graph.
        state: Day its sources stand for, or empty.
        frames: For each source its name and the code of its sampling frame.
    """

    title: Texts
    state: str
    frames: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Ontology:
    """An ontology as people read it.

    Attributes:
        header: What it says of itself.
        terms: Classes, then properties that lead to things, then properties that hold values; each in the order of the file.
        lists: Code lists by name.
        names: Labels of all terms and codes, and of foreign classes that the file describes.
        shorts: Short names of all IRIs on the page.
        further: Rules that speak of none of the terms: those of borrowed classes and properties.
        questions: Title of each ready question.
        changes: History, newest version first.
        graph: The graph whose uses are counted; `None` where none was given.
    """

    header: Header
    terms: tuple[Term, ...]
    lists: tuple[CodeList, ...]
    names: Mapping[str, Texts]
    shorts: Mapping[str, str]
    further: tuple[Obligation, ...]
    questions: Mapping[str, Texts]
    changes: tuple[Change, ...]
    graph: Graph | None = None

    @cached_property
    def by_name(self) -> dict[str, Term]:
        """Terms by local name."""
        return {term.name: term for term in self.terms}

    def anchor(self, iri: str) -> str:
        """Return where a term, list or code stands on the page; empty for what does not stand there."""
        return self._anchors.get(iri, "")

    @cached_property
    def _anchors(self) -> dict[str, str]:
        found = {term.iri: term.name for term in self.terms}
        for one in self.lists:
            found[one.iri] = one.anchor
            found |= {code.iri: f"{one.anchor}-{code.notation}" for code in one.codes}
        return found

    def of_kind(self, kind: str) -> list[Term]:
        """Return the terms of a kind, in their order."""
        return [term for term in self.terms if term.kind == kind]


def text(texts: Texts, lang: str) -> tuple[str, str]:
    """Return a text in a language, else in another one, and the language it is in (empty where it has none).

    >>> text({"de": "Ort", "en": "Place"}, "de"), text({"en": "Place"}, "de"), text({"": "x"}, "de"), text({}, "de")
    (('Ort', 'de'), ('Place', 'en'), ('x', ''), ('', ''))
    """
    for one in (lang, "en", "de", *sorted(texts)):
        if one in texts:
            return texts[one], one
    return "", ""
