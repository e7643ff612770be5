"""How a term stands on a page: text in the reader's language with a mark where it is in another, dates and numbers as people write them, links."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from kg.namespaces import BASE, INNO, PREFIXES, XSD, curie, local_name
from kg.portal.desk import Desk
from kg.portal.entity_words import LANGUAGES, WORDS
from kg.portal.facts import Said, described
from kg.portal.page import Request
from kg.portal.render import grouped

if TYPE_CHECKING:
    from kg.store import Node

LONG = 600
"""Characters after which a text is folded."""
_MONEY = (INNO.amount, INNO.contribution, INNO.netContribution, INNO.totalCost)
_PLAIN = (INNO.order, INNO.rank)
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}:\d{2}).*)?")
_NUMBERS = frozenset(XSD[name] for name in ("integer", "decimal", "double", "float", "int", "long", "nonNegativeInteger"))


class Shown(NamedTuple):
    """A term as a page shows it (a tuple, as a page has hundreds of them).

    Attributes:
        text: What is read.
        href: Where it links to, or empty.
        lang: Language attribute where it is not the page's language, or empty.
        mark: Name of that language, or empty.
        time: Machine form of a date, or empty.
        iri: IRI of a thing, or empty.
        long: Whether the text is folded.
    """

    text: str
    href: str = ""
    lang: str = ""
    mark: str = ""
    time: str = ""
    iri: str = ""
    long: bool = False


class Reader:
    """Shows terms to the reader of one request; names are looked up together, once (:meth:`know`)."""

    def __init__(self, desk: Desk, request: Request) -> None:
        self.desk = desk
        self.request = request
        self.lang = request.lang
        self._names: dict[str, str] = {}
        self._hrefs: dict[str, str] = {}
        self._said: dict[str, list[Said]] = {}

    def know(self, iris: Iterable[str]) -> None:
        """Look up the names of several IRIs at once."""
        missing = {iri for iri in iris if iri not in self._names}
        if missing:
            self._names.update(self.desk.labels(missing, self.lang))

    def said(self, iris: Iterable[str]) -> dict[str, list[Said]]:
        """Return what is said about several things (:func:`kg.portal.facts.described`), read once for the lists and the pictures of a page."""
        wanted = list(iris)
        missing = [iri for iri in wanted if iri not in self._said]
        if missing:
            found = described(self.desk.store, missing)
            self._said.update({iri: found.get(iri, []) for iri in missing})
        return {iri: self._said[iri] for iri in wanted if self._said[iri]}

    def call(self, iri: str, name: str) -> None:
        """Use a name made for an IRI that has none, for this request."""
        self._names[iri] = name

    def name(self, iri: str) -> str:
        """Return the name of an IRI; without one a known word, else its short form."""
        if iri not in self._names:
            self.know([iri])
        name = self._names[iri]
        if name != local_name(iri):
            return name
        if iri in WORDS:
            return WORDS[iri].in_(self.lang)
        return name if iri.startswith((self.desk.base, BASE)) else short(iri)

    def href(self, iri: str) -> str:
        """Return where a page links to for an IRI."""
        if iri not in self._hrefs:
            self._hrefs[iri] = self.desk.href(iri, self.request)
        return self._hrefs[iri]

    def link(self, iri: str) -> Shown:
        """Return a thing as a link."""
        return Shown(self.name(iri), self.href(iri), iri=iri)

    def show(self, term: Node, predicate: str = "") -> Shown:
        """Return a term as the page shows it.

        Args:
            term: The term.
            predicate: Property whose value it is: money and counts are written differently.
        """
        import pyoxigraph as ox

        if isinstance(term, ox.NamedNode):
            return self.link(term.value)
        if isinstance(term, ox.BlankNode):
            return Shown(f"_:{term.value}")
        if term.language:
            return said(term, self.lang)
        kind = term.datatype.value
        if kind in _NUMBERS:
            return Shown(number(term.value, self.lang, money=predicate in _MONEY, plain=predicate in _PLAIN))
        if kind == XSD.boolean:
            words = {"true": ("yes", "ja"), "false": ("no", "nein")}.get(term.value, (term.value, term.value))
            return Shown(words[self.lang == "de"])
        if kind in (XSD.date, XSD.dateTime, XSD.gYear, XSD.gYearMonth):
            return Shown(date(term.value, self.lang), time=term.value)
        if kind == XSD.anyURI and term.value.startswith(("https://", "http://")):
            return Shown(term.value, term.value)
        return Shown(term.value, long=len(term.value) > LONG)

    def best(self, terms: Iterable[Node]) -> Shown | None:
        """Return the text in the reader's language, else German or English, else untagged, else any, marked."""
        import pyoxigraph as ox

        order = (self.lang, "en" if self.lang == "de" else "de", "")
        texts = [term for term in terms if isinstance(term, ox.Literal)]
        if not texts:
            return None
        return said(min(texts, key=lambda one: (_rank(one.language or "", order), one.value)), self.lang)


def _rank(tag: str, order: tuple[str, ...]) -> int:
    base = tag.lower().split("-")[0]
    return order.index(base) if base in order else len(order)


def said(term: Node, lang: str) -> Shown:
    """Return a text, marked where its language is not the reader's."""
    tag = getattr(term, "language", None) or ""
    if not tag or tag.lower().split("-")[0] == lang:
        return Shown(term.value, long=len(term.value) > LONG)
    name = LANGUAGES.get(tag.lower().split("-")[0])
    return Shown(term.value, lang=tag, mark=name.in_(lang) if name else tag, long=len(term.value) > LONG)


def date(text: str, lang: str) -> str:
    """Return a date as it is written in a language; midnight of a time stamp is a day.

    >>> date("2020-06-01", "de"), date("2020-06-01", "en"), date("1946", "de"), date("2026-11-22T00:00:00Z", "de")
    ('01.06.2020', '2020-06-01', '1946', '22.11.2026')
    """
    match = _DATE.fullmatch(text)
    if not match:
        return text
    year, month, day, clock = match.groups()
    written = f"{day}.{month}.{year}" if lang == "de" else f"{year}-{month}-{day}"
    return written if clock in (None, "00:00") else f"{written}, {clock}"


def number(text: str, lang: str, *, money: bool = False, plain: bool = False) -> str:
    """Return a number as it is written in a language; what is no plain number stays as it is.

    >>> number("12904833.5", "de", money=True), number("1234", "en"), number("51.490706", "de"), number("-0.5", "en")
    ('12.904.833,50', '1,234', '51,490706', '-0.5')
    """
    match = re.fullmatch(r"([+-]?)(\d{1,30})(?:\.(\d+))?", text)
    if not match or plain:
        return text
    sign, whole, part = match.groups()
    part = f"{part or ''}00"[: max(2, len(part or ""))] if money and part and int(part) else "" if money else (part or "")
    return sign.replace("+", "") + grouped(int(whole), lang) + (("," if lang == "de" else ".") + part if part else "")


def short(iri: str) -> str:
    """Return an IRI shortened by a known prefix; a web address without its scheme.

    >>> short("http://www.w3.org/2004/02/skos/core#Concept"), short("https://ror.org/01k97gp34")
    ('skos:Concept', 'ror.org/01k97gp34')
    """
    small = curie(iri)
    return small if small != iri or iri in PREFIXES.values() else iri.removeprefix("https://").removeprefix("http://").rstrip("/")
