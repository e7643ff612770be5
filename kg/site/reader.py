"""How terms stand on the pages of one language: names with their fallback, texts marked where they are in another language, links to files of the site.

Everything that comes from the graph is escaped here; only `http` and `https` addresses become links.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from kg.namespaces import BASE, DCTERMS, INNO, RDF, RDFS, SKOS, XSD, local_name
from kg.portal.entity_values import date, number, short
from kg.portal.entity_words import LANGUAGES, NAMES, WORDS
from kg.portal.render import markup
from kg.site.names import in_language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.quads import Term
    from kg.site.graph import Graph

_NUMBERS = frozenset(XSD[name] for name in ("integer", "decimal", "double", "float", "int", "long", "nonNegativeInteger"))
_MONEY = frozenset((INNO.amount, INNO.contribution, INNO.netContribution, INNO.totalCost))
_PLAIN = frozenset((INNO.order, INNO.rank))
_DATES = frozenset((XSD.date, XSD.dateTime, XSD.gYear, XSD.gYearMonth))
_LETTERS = 140
LONG = 900
"""Letters of a text that a page shows; longer ones are cut, and the data beside the page hold them whole."""
_ENDS = (INNO.participant, INNO.candidate, INNO.site, INNO.funder, INNO.underProgramme, INNO.inInitiative, INNO.inEdition, INNO.ofAward, INNO.funds)


class Reader:
    """Shows the terms of a graph in a language.

    Args:
        graph: The graph.
        lang: `de` or `en`.
        pages: Path of the page, without ending, of each thing that has one.
        base: Namespace root of the graph.
        terms: Whether the site documents the ontology, so that its terms are linked.
        root: What leads from a page to the root of the site.
    """

    def __init__(self, graph: Graph, lang: str, pages: Mapping[int, str], base: str, *, terms: bool = False, root: str = "../../") -> None:
        self.graph, self.lang, self.pages, self.base, self.terms, self.root = graph, lang, pages, base, terms, root
        self._names: dict[int, tuple[str, str]] = {}
        self._links: dict[int, Markup] = {}
        self._naming = [graph.number(iri) for iri in NAMES]
        self._ontology = f"{BASE}ontology#"

    def at(self, root: str) -> Reader:
        """Return a reader for pages elsewhere in the site; names are looked up once for both."""
        other = Reader(self.graph, self.lang, self.pages, self.base, terms=self.terms, root=root)
        other._names = self._names
        return other

    # --- names ----------------------------------------------------------------------------------------------------------------

    def best(self, values: Iterable[int]) -> tuple[str, str]:
        """Return a text in the reader's language, else in the other one, else untagged, else any, and its language tag."""
        order = (self.lang, "en" if self.lang == "de" else "de", "")
        found = []
        for value in values:
            term = self.graph.term(value)
            if term.kind == "literal":
                tag = term.language.split("-")[0]
                found.append((order.index(tag) if tag in order else len(order), term.value, term.language))
        return min(found)[1:] if found else ("", "")

    def named(self, thing: int) -> tuple[str, str]:
        """Return the name of a thing and its language tag (empty for the reader's own language, and where none is stated)."""
        known = self._names.get(thing)
        if known is None:
            known = self._names[thing] = self._named(thing)
        return known

    def name(self, thing: int) -> str:
        """Return the name of a thing."""
        return self.named(thing)[0]

    def _named(self, thing: int) -> tuple[str, str]:
        given: dict[int, list[int]] = {}
        for predicate, value, _ in self.graph.said(thing):
            if predicate in self._naming:
                given.setdefault(predicate, []).append(value)
        for predicate in self._naming:
            text, tag = self.best(given.get(predicate, ()))
            if text:
                return text, "" if tag.split("-")[0] == self.lang else tag
        iri = self.graph.terms[thing]
        if iri in WORDS:
            return WORDS[iri].in_(self.lang), ""
        made = self._made(thing)
        return made or (local_name(iri) if iri.startswith((self.base, BASE)) else short(iri)), ""

    def _made(self, thing: int) -> str:
        """Return a name made from what is said about a thing without one: what it connects, or its notation."""
        said: dict[str, list[int]] = {}
        for predicate, value, _ in self.graph.said(thing):
            said.setdefault(self.graph.terms[predicate], []).append(value)
        ends = [self.name(value) for predicate in _ENDS for value in said.get(predicate, ()) if self.graph.is_iri(value)]
        text = " – ".join(ends)
        if not ends and SKOS.notation in said:
            scheme = next((self.name(value) for value in said.get(SKOS.inScheme, ())), "")
            text = f"{scheme} {self.graph.text(said[SKOS.notation][0])}".strip()
        elif not ends:
            text = self.best([*said.get(DCTERMS.description, ()), *said.get(RDFS.label, ())])[0]
        return text if len(text) <= _LETTERS else text[: _LETTERS - 1].rstrip() + "…"

    def word(self, iri: str) -> str:
        """Return the name of an IRI that may not be in the graph."""
        found = self.graph.number(iri)
        return self.name(found) if found >= 0 else WORDS[iri].in_(self.lang) if iri in WORDS else short(iri)

    # --- addresses ------------------------------------------------------------------------------------------------------------

    def file(self, thing: int) -> str:
        """Return the file of a thing's page from the root of the site, with a fragment for terms of the ontology; empty for what has none."""
        if thing in self.pages:
            return in_language(f"doc/{self.pages[thing]}.html", self.lang)
        iri = self.graph.terms[thing]
        if self.terms and iri.startswith(self._ontology) and iri[len(self._ontology) :].isalnum():
            return f"{in_language('ontology/index.html', self.lang)}#{iri[len(self._ontology) :]}"
        return ""

    def href(self, thing: int) -> str:
        """Return where a page links to for a thing: a file of the site, an address elsewhere, or nothing."""
        if file := self.file(thing):
            # Pages about things lie beside each other.
            return f"../{file[4:]}" if self.root == "../../" and file.startswith("doc/") else self.root + file
        iri = self.graph.terms[thing]
        return iri if iri.startswith(("https://", "http://")) and not iri.startswith((self.base, BASE)) else ""

    def link(self, thing: int) -> Markup:
        """Return a thing as a link; a name in another language says so by its attribute, to be spoken rightly."""
        known = self._links.get(thing)
        if known is None:
            text, tag = self.named(thing)
            href = self.href(thing)
            rel = ' rel="noreferrer"' if href.startswith(("https://", "http://")) else ""
            lang = f' lang="{escape(tag)}"' if tag else ""
            words = escape(text)
            known = markup(f'<a href="{escape(href)}"{lang}{rel}>{words}</a>' if href else f"<span{lang}>{words}</span>" if lang else words)
            self._links[thing] = known
        return known

    # --- terms ----------------------------------------------------------------------------------------------------------------

    def unstated(self, thing: int) -> bool:
        """Tell whether the name of a thing is a text of which no language is stated."""
        text = self.name(thing)
        tags = [term.language for _, value, _ in self.graph.said(thing) if (term := self.graph.term(value)).kind == "literal" and term.value == text]
        return bool(tags) and not any(tags)

    def mark(self, tag: str) -> Markup:
        """Return the name of another language, to stand behind a text."""
        known = LANGUAGES.get(tag.lower().split("-")[0])
        return markup(f' <span class="mark">({escape(known.in_(self.lang) if known else tag)})</span>')

    def show(self, value: int, predicate: str = "") -> Markup:
        """Return a term as a page shows it."""
        if self.graph.is_iri(value):
            return self.link(value)
        return self.literal(self.graph.term(value), predicate)

    def literal(self, term: Term, predicate: str = "") -> Markup:
        """Return a literal as a page shows it."""
        if term.language:
            return self.words(term.value, term.language)
        kind, text = term.datatype, term.value
        if kind in _NUMBERS:
            return escape(number(text, self.lang, money=predicate in _MONEY, plain=predicate in _PLAIN))
        if kind == XSD.boolean:
            words = {"true": ("yes", "ja"), "false": ("no", "nein")}.get(text, (text, text))
            return escape(words[self.lang == "de"])
        if kind in _DATES:
            return markup(f'<time datetime="{escape(text)}">{escape(date(text, self.lang))}</time>')
        if kind == XSD.anyURI and text.startswith(("https://", "http://")):
            return markup(f'<a href="{escape(text)}" rel="noreferrer">{escape(short(text))}</a>')
        return escape(_cut(text))

    def words(self, text: str, tag: str) -> Markup:
        """Return a text, marked where its language is not the reader's."""
        if not tag or tag.lower().split("-")[0] == self.lang:
            return escape(_cut(text))
        return markup(f'<span lang="{escape(tag)}">{escape(_cut(text))}</span>') + self.mark(tag)

    def classes(self, thing: int) -> list[int]:
        """Return the classes of a thing, our own first."""
        found = self.graph.values(thing, self.graph.number(RDF.type))
        return sorted(found, key=lambda one: (not self.graph.terms[one].startswith(INNO[""]), self.graph.terms[one]))


def _cut(text: str) -> str:
    return text if len(text) <= LONG else text[:LONG].rstrip() + " …"
