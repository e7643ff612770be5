"""The page of a language: the whole ontology in one document, whose anchors are the local names of the terms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from markupsafe import Markup

from kg.namespaces import CODE
from kg.terms import words
from kg.terms.layout import relations, value_name
from kg.terms.model import Ontology, Relation, Term, Texts, text
from kg.terms.svg import drawings, svg
from kg.terms.syntaxes import SYNTAXES

if TYPE_CHECKING:
    from jinja2 import Environment

HERE = Path(__file__).resolve().parent
NAMES = {"ttl": "Turtle", "rdf": "RDF/XML", "jsonld": "JSON-LD", "nt": "N-Triples"}


def _nowhere(_: str) -> str:
    return ""


@dataclass(frozen=True)
class Links:
    """Where a page links to; all addresses are put into attributes as they are.

    Attributes:
        languages: Address of the same page by language; the switch is left out where this is empty.
        css: Address of the stylesheet of a page that stands alone.
        home: Address of what the page belongs to, or empty.
        download: Gives the address of a syntax (key of :data:`~kg.terms.syntaxes.SYNTAXES`).
        question: Gives the address of a ready question by name; empty where there is none.
        version: Gives the address of the page of a version; empty where there is none.
        drawing: Gives the address of a drawing's file by its name without ending; empty where there is none.
    """

    languages: Mapping[str, str] = field(default_factory=dict)
    css: str = "ontology.css"
    home: str = ""
    download: Callable[[str], str] = "ontology.{}".format
    question: Callable[[str], str] = _nowhere
    version: Callable[[str], str] = _nowhere
    drawing: Callable[[str], str] = _nowhere


class Said(NamedTuple):
    """A text as it is shown: `lang` where it is in another language than the page."""

    text: str
    lang: str = ""


class Place(NamedTuple):
    """A link: what is read, where it leads (empty: nowhere), the short name."""

    said: Said
    href: str
    short: str


def page(ontology: Ontology, lang: str, *, links: Links | None = None, standalone: bool = True) -> str:
    """Return the page.

    Args:
        ontology: What is described.
        lang: `de` or `en`.
        links: Where it links to; by default the files beside it.
        standalone: A whole HTML page with its stylesheet linked; otherwise what stands in `main`, to be framed by somebody else who links
            `ontology.css`. Neither has a script or a style of its own.
    """
    links = links or Links()
    values = _Values(ontology, lang, links)
    made = environment(lang)
    body = made.get_template("ontology.html").render(o=ontology, v=values, links=links, lang=lang)
    if not standalone:
        return body
    return made.get_template("frame.html").render(o=ontology, v=values, links=links, lang=lang, body=Markup(body))  # noqa: S704


@lru_cache(maxsize=2)
def environment(lang: str) -> Environment:
    """Return the templates, escaped by default; `t(en, de)` gives the text of a language."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.globals["t"] = lambda en, de: de if lang == "de" else en
    made.globals["words"] = words
    made.globals["syntaxes"] = [(form, NAMES[form]) for form in SYNTAXES]
    made.filters["number"] = lambda value: f"{value:,}".replace(",", ".") if lang == "de" else f"{value:,}"
    return made


class _Values:
    """What the templates ask for: texts in the page's language, links, drawings."""

    def __init__(self, ontology: Ontology, lang: str, links: Links) -> None:
        self.ontology, self.lang, self.links = ontology, lang, links

    def said(self, texts: Texts, otherwise: str = "") -> Said:
        """Return a text in the page's language, else in another one with its mark."""
        found, lang = text(texts, self.lang)
        return Said(found or otherwise, "" if lang == self.lang else lang)

    def place(self, iri: str) -> Place:
        """Return how an IRI is read and linked: a term here by its name and anchor, anything else by its short name and itself."""
        anchor, short = self.ontology.anchor(iri), self.ontology.shorts.get(iri, iri)
        if short.startswith("xsd:") or short == "rdf:langString" or iri.endswith("/EDTF"):
            return Place(Said(value_name(iri, self.lang)), web(iri), short if not iri.endswith("/EDTF") else "edtf:EDTF")
        return Place(self.said(self.ontology.names.get(iri, {}), short), f"#{anchor}" if anchor else web(iri), short)

    def places(self, iris: tuple[str, ...]) -> list[Place]:
        """Return several links."""
        return [self.place(one) for one in iris]

    def question(self, name: str) -> Place:
        """Return a ready question as a link."""
        return Place(self.said(self.ontology.questions.get(name, {}), name), web(self.links.question(name)), name)

    def around(self, iri: str) -> tuple[list[Place], list[Place]]:
        """Return the properties that things of a class carry and those that lead to them, by domain and range."""
        found = [term for term in self.ontology.terms if term.kind != "class"]
        return [self.place(one.iri) for one in found if iri in one.domain], [self.place(one.iri) for one in found if iri in one.range]

    def elsewhere(self, term: Term) -> list[tuple[str, list[Relation]]]:
        """Return the alignments of a term by kind, in words."""
        kinds: dict[str, list[Relation]] = {}
        for one in term.alignments:
            kinds.setdefault(one.kind, []).append(one)
        return [(words.word(words.RELATIONS, kind, self.lang), found) for kind, found in kinds.items()]

    def web(self, iri: str) -> str:
        """Return an address that may stand in a link."""
        return web(iri)

    def inherited(self, iris: tuple[str, ...]) -> list[Place]:
        """Return the classes whose obligations a class has, too: all above it that have any."""
        found: dict[str, None] = {}
        waiting = list(iris)
        by_iri = {term.iri: term for term in self.ontology.terms}
        while waiting:
            one = waiting.pop(0)
            if one in found or one not in by_iri:
                continue
            found[one] = None
            waiting += by_iri[one].above
        return [self.place(one) for one in found if by_iri[one].obligations]

    def frames(self) -> list[tuple[str, Said]]:
        """Return for each source of the counted graph its name and the name of its sampling frame."""
        graph = self.ontology.graph
        return [(name, self.said(self.ontology.names.get(f"{CODE}sampling-frame/{kind}", {}), kind)) for name, kind in graph.frames] if graph else []

    def changes(self) -> list[tuple[str, str, list[tuple[str, list[tuple[Place, Said]]]]]]:
        """Return the history: version, date, and by kind of change the terms with what is said of each."""
        made: dict[tuple[str, str], dict[str, list[tuple[Place, Said]]]] = {}
        for one in self.ontology.changes:
            term = self.ontology.by_name.get(one.term)
            listed = next((each for each in self.ontology.lists if one.term in (f"code/{each.name}",)), None)
            iri = term.iri if term else listed.iri if listed else self.ontology.header.iri.removesuffix("ontology") + one.term
            kinds = made.setdefault((one.version, one.date), {})
            kinds.setdefault(one.kind, []).append((self.place(iri), self.said(one.note)))
        return [(version, date, list(kinds.items())) for (version, date), kinds in made.items()]

    def drawings(self) -> list[dict[str, Any]]:
        """Return the drawings: area, markup, what they say in words."""
        return [
            {
                "area": one.area,
                "title": one.area.title.in_(self.lang),
                "about": one.area.about.in_(self.lang),
                "svg": Markup(svg(one)),  # noqa: S704
                "relations": relations(one),
                "file": self.links.drawing(one.area.name),
            }
            for one in drawings(self.ontology, self.lang)
        ]


def web(address: str) -> str:
    """Return an address if a link may lead to it: on the web, or relative; empty otherwise.

    >>> web("https://example.org/"), web("../x.html"), web("javascript:alert(1)")
    ('https://example.org/', '../x.html', '')
    """
    scheme, colon, _ = address.partition(":")
    plain = bool(colon) and not set("/?#") & set(scheme)
    return address if not plain or scheme.lower() in ("http", "https") else ""
