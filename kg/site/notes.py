"""Who says so, as numbered notes at the end of a page: each passage of a document, each delivery and each rule once, however many statements rest on it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from kg.namespaces import DCTERMS, FOAF, INNO, OA, PROV, RDF, local_name
from kg.portal.entity_values import date
from kg.portal.entity_words import ATTESTATION, STATUS
from kg.portal.render import grouped, markup

if TYPE_CHECKING:
    from kg.site.graph import Graph
    from kg.site.reader import Reader

STATUSES = ("accepted", "disputed", "superseded", "rejected")
ROW_DOCUMENTS = 12
"""Documents named for what stands in the row of a thing itself; the rest are counted."""
PASSAGES = 8
"""Passages of one claim that become notes; the rest are counted."""


@dataclass(frozen=True)
class Claim:
    """What sources say about one statement.

    Attributes:
        number: The claim.
        subject, predicate, object: The statement.
        status, attestation: Notations of the codes, or empty.
        evidence: Passages, sorted by document and IRI.
        wordings, speakers: The role in the words of the source; who is cited.
        contradicts: Claims that cannot hold together with it.
    """

    number: int
    subject: int
    predicate: int
    object: int
    status: str
    attestation: str
    evidence: tuple[int, ...]
    wordings: tuple[int, ...]
    speakers: tuple[int, ...]
    contradicts: tuple[int, ...]

    @property
    def rank(self) -> tuple[int, bool, int]:
        """Where it stands: what holds first, sources of a statement's own before those of a row."""
        return (STATUSES.index(self.status) if self.status in STATUSES else len(STATUSES), self.attestation == "entity-row", self.number)


class Claims:
    """The claims of a graph, each read when a page asks for it."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        number = graph.number
        self._subject, self._predicate, self._object = number(RDF.subject), number(RDF.predicate), number(RDF.object)
        self._concerns, self._source = number(INNO.concerns), number(OA.hasSource)
        self._contradicts = number(INNO.contradicts)
        self.any = self._subject >= 0
        self.read = lru_cache(maxsize=20_000)(self._read)

    def about(self, thing: int) -> list[Claim]:
        """Return the claims about a thing, what holds first."""
        if not self.any:
            return []
        found = [self.read(one) for one in self.graph.linking(thing, self._subject)]
        return sorted((one for one in found if one is not None), key=lambda one: one.rank)

    def contested(self, thing: int) -> list[list[Claim]]:
        """Return the contradictions among the claims about a thing: groups of claims that cannot hold together."""
        mine = [one.number for one in self.about(thing) if one.contradicts]
        groups, seen = [], set[int]()
        for one in mine:
            group, open_ = set[int](), [one]
            while open_:
                number = open_.pop()
                claim = self.read(number)
                if claim is not None and number not in group:
                    group.add(number)
                    open_ += claim.contradicts
            if not group & seen:
                groups.append([claim for number in sorted(group) if (claim := self.read(number)) is not None])
            seen |= group
        return groups

    def disputing(self) -> set[int]:
        """Return the subjects of all claims that contradict another one."""
        found = set()
        for subject in self.graph.subjects() if self._contradicts >= 0 else ():
            if self.graph.values(subject, self._contradicts) and (claim := self.read(subject)):
                found.add(claim.subject)
        return found

    def _read(self, number: int) -> Claim | None:
        said: dict[str, list[int]] = {}
        for predicate, value, _ in self.graph.said(number):
            said.setdefault(self.graph.terms[predicate], []).append(value)
        try:
            subject, predicate, value = (said[name][0] for name in (RDF.subject, RDF.predicate, RDF.object))
        except KeyError:
            return None

        def code(name: str) -> str:
            return local_name(self.graph.terms[said[name][0]]) if said.get(name) else ""

        def place(passage: int) -> tuple[str, str]:
            document = self.graph.values(passage, self._source)
            return self.graph.terms[document[0]] if document else "", self.graph.terms[passage]

        return Claim(
            number,
            subject,
            predicate,
            value,
            code(INNO.claimStatus),
            code(INNO.attestation),
            tuple(sorted(said.get(INNO.evidence, ()), key=place)),
            tuple(said.get(INNO.roleWording, ())),
            tuple(said.get(PROV.wasAttributedTo, ())),
            tuple(said.get(INNO.contradicts, ())),
        )


class Notes:
    """The notes of one page, numbered in the order in which they are referred to."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._numbers: dict[Hashable, int] = {}
        self.items: list[Markup] = []

    def note(self, key: Hashable, make: Callable[[], Markup]) -> Markup:
        """Return the reference to a note, which is made when it is first referred to."""
        if key not in self._numbers:
            self._numbers[key] = len(self.items) + 1
            self.items.append(make())
        number = self._numbers[key]
        return markup(f'<a href="#s{number}">[{number}]</a>')

    def of_claims(self, claims: Sequence[Claim]) -> Markup:
        """Return the references for what claims say, with their status where it is not plain."""
        made = []
        for claim in claims:
            status = ""
            if claim.status != "accepted" and claim.status:
                known = STATUS.get(claim.status)
                status = f'<span class="status {escape(claim.status)}">{escape(known.in_(self.reader.lang) if known else claim.status)}</span> '
            made.append(markup(status) + self._of_claim(claim))
        return markup(" ").join(made)

    def _of_claim(self, claim: Claim) -> Markup:
        if claim.attestation == "entity-row":
            return self.note(("row", claim.evidence), lambda: self._row(claim))
        shown = claim.evidence[:PASSAGES]
        made = [
            self.note(("passage", one, claim.attestation, claim.wordings, claim.speakers), lambda one=one: self._passage(one, claim))  # type: ignore[misc]
            for one in shown
        ]
        if len(claim.evidence) > len(shown):
            more = grouped(len(claim.evidence) - len(shown), self.reader.lang)
            made.append(markup(f"+{more}"))
        return markup(" ").join(made)

    def _row(self, claim: Claim) -> Markup:
        """Return the note for what stands in the row of the thing itself: its documents, as each passage would say the same."""
        graph, reader = self.reader.graph, self.reader
        source = graph.number(OA.hasSource)
        documents = list(dict.fromkeys(document for one in claim.evidence for document in graph.values(one, source)))
        text = markup("; ").join(reader.link(one) for one in documents[:ROW_DOCUMENTS])
        if len(documents) > ROW_DOCUMENTS:
            text += f" (+{grouped(len(documents) - ROW_DOCUMENTS, reader.lang)})"
        return escape(ATTESTATION["entity-row"].in_(reader.lang)) + " " + text

    def _passage(self, passage: int, claim: Claim) -> Markup:
        graph, reader, german = self.reader.graph, self.reader, self.reader.lang == "de"
        number = graph.number
        said: dict[str, list[int]] = {}
        for predicate, value, _ in graph.said(passage):
            said.setdefault(graph.terms[predicate], []).append(value)
        parts: list[Markup] = []
        document = next(iter(said.get(OA.hasSource, ())), -1)
        if document >= 0:
            parts.append(reader.link(document))
            publisher = next(iter(graph.values(document, number(DCTERMS.publisher))), -1)
            if publisher >= 0:
                parts.append(", " + reader.link(publisher))
            if retrieved := graph.first(document, number(INNO.retrievedAt)):
                parts.append(escape(f", {'abgerufen' if german else 'read'} {date(retrieved, reader.lang)}"))
            page = next((graph.text(one) for one in graph.values(document, number(FOAF.page))), "")
            if page.startswith(("https://", "http://")):
                parts.append(markup(f' · <a href="{escape(page)}" rel="noreferrer">{"Webseite" if german else "web page"}</a>'))
        if claim.wordings:
            words = markup(", ").join(markup("„") + reader.show(one) + "“" for one in claim.wordings)
            parts.append(markup(" · im Wortlaut der Quelle: " if german else " · in the words of the source: ") + words)
        if claim.speakers:
            parts.append(escape(" · Aussage von " if german else " · said by ") + markup(", ").join(reader.link(one) for one in claim.speakers))
        quotes = [value for one in said.get(OA.hasSelector, ()) for value in graph.values(one, number(OA.exact))]
        for quote in quotes:
            term = graph.term(quote)
            lang = f' lang="{escape(term.language)}"' if term.language else ""
            parts.append(markup(f"<blockquote{lang}>„{escape(term.value)}“</blockquote>"))
        text, tag = reader.best(said.get(DCTERMS.description, ()))
        if text:
            parts.append(markup(f'<br><span class="quiet">{"Sinngemäß" if german else "In other words"}:</span> ') + reader.words(text, tag))
        if claim.attestation in ATTESTATION:
            parts.append(markup(f' <span class="quiet">{escape(ATTESTATION[claim.attestation].in_(reader.lang))}</span>'))
        return markup("").join(parts)


def joined(parts: Iterable[Markup], between: str = " ") -> Markup:
    """Return pieces of markup with something between them."""
    return escape(between).join(parts)
