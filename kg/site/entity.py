"""What the page about one thing shows: names, facts and who says so, contradictions, lists of what links to it, partners.

The words and the order are those of the portal (:mod:`kg.portal.entity_words`); bounds are of a page that is read, and what is left out is said with its number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from kg.namespaces import ADMS, DCTERMS, GEO, INNO, LOCN, OA, OWL, PREFIXES, PROV, RDF, RDFS, SCHEMA, SKOS, WGS
from kg.portal.entity_lists import period
from kg.portal.entity_values import date
from kg.portal.entity_words import ASIDE, INCOMING, NAMES, place
from kg.portal.render import grouped, markup
from kg.site.notes import Claim, Claims, Notes, joined

if TYPE_CHECKING:
    from kg.errors import Text
    from kg.site.graph import Graph
    from kg.site.reader import Reader

VALUES = 40
"""Values of one property that a page shows."""
ROWS = 250
"""Rows of one list that a page shows."""
PARTNERS = 12
"""Partners with the most shared projects that a page names."""
SORTED = 5_000
"""Lists up to here are sorted by name; of longer ones the first by IRI are shown."""
NODES = (
    *(INNO.participant, INNO.inInitiative, INNO.site, INNO.funds, INNO.funder, INNO.underProgramme),
    *(INNO.candidate, INNO.inEdition, INNO.ofAward),
)
"""Properties whose subjects stand between two things and have no page of their own."""
_ENDS = (INNO.participant, INNO.site, INNO.funds, INNO.candidate, INNO.inInitiative, INNO.inEdition, INNO.ofAward, INNO.underProgramme, INNO.funder)
_COLUMNS = (INNO.role, INNO.resultStatus, INNO.rank, INNO.contribution, INNO.amount, INNO.currency, INNO.underProgramme, INNO.funder)
_HIDDEN = frozenset((*NAMES, SKOS.altLabel, RDF.type, ADMS.identifier, INNO.involves, GEO.hasDefaultGeometry, OWL.deprecated, DCTERMS.isReplacedBy))
_UNLISTED = frozenset(
    (
        *(*ASIDE, INNO.evidence, INNO.contradicts, INNO.countsWith, PROV.wasAttributedTo, INNO.declaredSize, LOCN.address, DCTERMS.isReplacedBy),
        *(ADMS.identifier, GEO.hasDefaultGeometry, RDFS.subClassOf, INNO.attestation, INNO.claimStatus, INNO.representedByUnit, RDF.first, RDF.rest),
    )
)
_LIST_ORDER = {iri: place_ for place_, iri in enumerate(INCOMING)}
_OWN_GRAPHS = {
    "ontology": ("Ontology", "Ontologie"),
    "codes": ("Code lists", "Codelisten"),
    "links": ("Links found by identifiers", "Verknüpfungen über Kennungen"),
    "build": ("Record of the build", "Protokoll des Bauens"),
    "inferred": ("Derived statements", "Abgeleitete Aussagen"),
}


@dataclass(frozen=True)
class Row:
    """A property: its name, its values with their sources, and how many more there are."""

    label: str
    values: tuple[tuple[Markup, Markup], ...]
    more: int


@dataclass(frozen=True)
class Side:
    """One value in a contradiction with its status and its sources."""

    value: Markup
    about: Markup
    sources: Markup


@dataclass(frozen=True)
class Contradiction:
    """Values that cannot hold together, and why one of them stands."""

    label: str
    sides: tuple[Side, ...]
    why: str


@dataclass(frozen=True)
class Listing:
    """A list of what links to a thing: heading, columns of the table, rows of cells; no columns for a plain list."""

    title: str
    count: int
    columns: tuple[str, ...]
    rows: tuple[tuple[Markup, ...], ...]
    sorted: bool = True


@dataclass(frozen=True)
class About:
    """Everything that the page about one thing shows; `single` tells that all of it rests on one note, which is then said once."""

    heading: str
    tag: str
    mark: Markup
    iri: str
    classes: tuple[str, ...]
    names: tuple[Markup, ...]
    identifiers: tuple[tuple[str, Markup], ...]
    retired: bool
    successors: tuple[Markup, ...]
    contradictions: tuple[Contradiction, ...]
    rows: tuple[Row, ...]
    lists: tuple[Listing, ...]
    partners: tuple[tuple[Markup, int], ...]
    partner_count: int
    notes: tuple[Markup, ...]
    single: bool


@dataclass
class Maker:
    """Makes what pages show, in one language.

    Attributes:
        reader: Of the language.
        claims: Of the graph.
        reasons: Why a claim stands as it does, by its number.
        rules: Title of the rule that derives a property, by IRI and language.
    """

    reader: Reader
    claims: Claims
    reasons: Mapping[int, Text]
    rules: Mapping[str, Mapping[str, str]]
    _members: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.graph: Graph = self.reader.graph
        self._inferred = self.graph.number(f"{self.reader.base}graph/inferred")
        self.number: Callable[[str], int] = lru_cache(maxsize=500)(self.graph.number)
        self.delivery: Callable[[int], Markup] = lru_cache(maxsize=500)(self._delivery)
        self.country: Callable[[int], int] = lru_cache(maxsize=50_000)(self._country)

    def about(self, thing: int) -> About:
        """Return what the page about a thing shows."""
        reader, graph, notes = self.reader, self.graph, Notes(self.reader)
        said: dict[int, dict[int, list[int]]] = {}
        for predicate, value, name in graph.said(thing):
            said.setdefault(predicate, {}).setdefault(value, []).append(name)
        claims = self.claims.about(thing)
        heading, tag = reader.named(thing)
        contradictions = tuple(self._contradiction(group, notes) for group in self.claims.contested(thing))
        together = self._together(said)
        shown = [one for one in self._ordered(said) if not (together and graph.terms[one[0]] in (WGS.lat, WGS.long))]
        rows = tuple(self._row(predicate, values, claims, notes) for predicate, values in shown)
        if together:
            rows += (self._position(said, claims, notes),)
        links = graph.links(thing)
        lists = self._lists(thing, links, notes)
        participations = links.get(self.number(INNO.participant), [])
        partners, count = self._partners(thing, participations) if participations else ((), 0)
        deprecated = self.number(OWL.deprecated)
        classes = tuple(reader.name(one) for one in reader.classes(thing))
        single = len(notes.items) == 1 and not claims and not any("derived" in source for row in rows for _, source in row.values)
        if single:
            lists = tuple(_without_sources(one, reader.lang) for one in lists)
        return About(
            heading,
            tag,
            reader.mark(tag) if tag else self._unstated(thing),
            graph.terms[thing],
            classes,
            self._other_names(said, heading),
            self._identifiers(said),
            any(graph.text(value) == "true" for value in said.get(deprecated, ())),
            tuple(reader.link(one) for one in said.get(self.number(DCTERMS.isReplacedBy), ())),
            contradictions,
            rows,
            lists,
            partners,
            count,
            tuple(notes.items),
            single,
        )

    def _unstated(self, thing: int) -> Markup:
        words = "Sprache nicht angegeben" if self.reader.lang == "de" else "language not stated"
        return markup(f' <span class="mark">({words})</span>') if self.reader.unstated(thing) else Markup()

    # --- the head -------------------------------------------------------------------------------------------------------------

    def _other_names(self, said: Mapping[int, Mapping[int, Sequence[int]]], heading: str) -> tuple[Markup, ...]:
        found = [value for name in (*NAMES, SKOS.altLabel) for value in said.get(self.number(name), ()) if self.graph.text(value) != heading]
        shown = {str(one): one for one in (self.reader.show(value) for value in found)}
        return tuple(shown[key] for key in sorted(shown))

    def _identifiers(self, said: Mapping[int, Mapping[int, Sequence[int]]]) -> tuple[tuple[str, Markup], ...]:
        graph, made = self.graph, []
        pages = [graph.text(value) for name in (SCHEMA.sameAs, RDFS.seeAlso, OWL.sameAs) for value in said.get(self.number(name), ())]
        for node in said.get(self.number(ADMS.identifier), ()):
            text = graph.first(node, self.number(SKOS.notation))
            scheme = next(iter(graph.values(node, self.number(SKOS.inScheme))), -1)
            page = next((one for one in pages if one.startswith(("https://", "http://")) and one.rstrip("/").endswith(text.rsplit("/", 1)[-1])), "")
            if text:
                shown = markup(f'<a href="{escape(page)}" rel="noreferrer">{escape(text)}</a>') if page else escape(text)
                made.append((self.reader.name(scheme) if scheme >= 0 else "", shown))
        return tuple(sorted(made, key=lambda one: (one[0], str(one[1]))))

    # --- facts ----------------------------------------------------------------------------------------------------------------

    def _ordered(self, said: Mapping[int, Mapping[int, list[int]]]) -> list[tuple[int, Mapping[int, list[int]]]]:
        shown = [(predicate, values) for predicate, values in said.items() if self.graph.terms[predicate] not in _HIDDEN]
        return sorted(shown, key=lambda one: place(self.graph.terms[one[0]]))

    def _together(self, said: Mapping[int, Mapping[int, list[int]]]) -> bool:
        """Tell whether latitude and longitude are one position, which is one row; several of them are nobody's pairs."""
        return all(len(said.get(self.number(name), ())) == 1 for name in (WGS.lat, WGS.long))

    def _position(self, said: Mapping[int, Mapping[int, list[int]]], claims: Sequence[Claim], notes: Notes) -> Row:
        lat, long = (next(iter(said[self.number(name)].items())) for name in (WGS.lat, WGS.long))
        text = f"{self.graph.text(lat[0])}, {self.graph.text(long[0])}"
        words = text.replace(", ", "; ").replace(".", ",") if self.reader.lang == "de" else text
        sources = self._sources(self.number(WGS.lat), lat[0], lat[1], claims, notes)
        return Row("Koordinaten" if self.reader.lang == "de" else "coordinates", ((escape(words), sources),), 0)

    def _row(self, predicate: int, values: Mapping[int, list[int]], claims: Sequence[Claim], notes: Notes) -> Row:
        reader, iri = self.reader, self.graph.terms[predicate]
        shown = [(reader.show(value, iri), value, graphs) for value, graphs in values.items()]
        shown.sort(key=lambda one: (" lang=" in one[0], one[0].striptags().casefold(), one[1]))
        if predicate == self.number(LOCN.address):
            shown = [(self._address(value), value, graphs) for _, value, graphs in shown]
        made = tuple((text, self._sources(predicate, value, graphs, claims, notes)) for text, value, graphs in shown[:VALUES])
        return Row(reader.name(predicate), made, len(shown) - len(made))

    def _address(self, node: int) -> Markup:
        """Return an address on one line: what its node says of itself, in the order of the vocabulary's own terms."""
        if not self.graph.is_iri(node):
            return self.reader.show(node)
        texts = [self.graph.text(value) for _, value, _ in self.graph.said(node) if self.graph.is_literal(value)]
        return escape(", ".join(dict.fromkeys(texts))) if texts else self.reader.link(node)

    def _sources(self, predicate: int, value: int, graphs: Sequence[int], claims: Sequence[Claim], notes: Notes) -> Markup:
        """Return who says a statement: its claims, else the deliveries that hold it, and the rule that derived it."""
        found = [one for one in claims if one.predicate == predicate and one.object == value]
        parts = [notes.of_claims(found)] if found else []
        if any(one.contradicts for one in found):
            words = "umstritten" if self.reader.lang == "de" else "contradicted"
            parts.append(markup(f'<a class="contested" href="#contradictions">{words}</a>'))
        if self._inferred in graphs:
            parts.append(markup(f'<span class="derived">{"abgeleitet" if self.reader.lang == "de" else "derived"}</span>'))
            parts.append(notes.note(("rule", predicate), lambda: self._rule(predicate)))
        if not found:
            parts += [notes.note(("graph", one), lambda one=one: self.delivery(one)) for one in graphs if one != self._inferred]  # type: ignore[misc]
        return joined(parts)

    def _rule(self, predicate: int) -> Markup:
        lang = self.reader.lang
        title = self.rules.get(self.graph.terms[predicate], {}).get(lang, "")
        words = "Nach einer Regel aus anderen Aussagen abgeleitet" if lang == "de" else "Derived from other statements by a rule"
        return escape(f"{words}: „{title}“." if title else f"{words}.")

    def _delivery(self, graph: int) -> Markup:
        """Return a graph as a source: its title and its state; its page names the publisher."""
        reader, german = self.reader, self.reader.lang == "de"
        iri = self.graph.terms[graph]
        step = iri.rsplit("/", 1)[-1]
        if step in _OWN_GRAPHS:
            return escape(_OWN_GRAPHS[step][german])
        subject = self.graph.number(iri.removesuffix("-evidence")) if not self.graph.said(graph) else graph
        if subject < 0:
            return escape(step)
        text = reader.link(subject)
        if state := self.graph.first(subject, self.number(DCTERMS.modified)):
            text += f", {'Stand' if german else 'state'} {date(state, reader.lang)}"
        return text

    # --- contradictions -------------------------------------------------------------------------------------------------------

    def _contradiction(self, group: Sequence[Claim], notes: Notes) -> Contradiction:
        reader = self.reader
        apart = len({(claim.subject, claim.predicate) for claim in group}) > 1
        sides: dict[tuple[int, int, int], list[Claim]] = {}
        for claim in sorted(group, key=lambda one: one.rank):
            sides.setdefault((claim.subject if apart else -1, claim.predicate, claim.object), []).append(claim)
        made = tuple(
            Side(
                reader.show(members[0].object, self.graph.terms[predicate]),
                reader.link(subject) if subject >= 0 else Markup(),
                self._status(members[0]) + notes.of_claims([_plain(one) for one in members]),
            )
            for (subject, predicate, _), members in sides.items()
        )
        best = min(group, key=lambda one: one.rank)
        why = self.reasons.get(best.number)
        label = ", ".join(sorted({reader.name(claim.predicate) for claim in group}))
        return Contradiction(label, made, why.in_(reader.lang) if why else "")

    def _status(self, claim: Claim) -> Markup:
        from kg.portal.entity_words import STATUS

        known = STATUS.get(claim.status)
        return markup(f'<span class="status {escape(claim.status)}">{escape(known.in_(self.reader.lang) if known else claim.status)}</span> ')

    # --- lists ----------------------------------------------------------------------------------------------------------------

    def _lists(self, thing: int, links: Mapping[int, list[int]], notes: Notes) -> tuple[Listing, ...]:
        graph = self.graph
        made = []
        if passages := links.get(self.number(OA.hasSource)):
            made.append(self._attested(passages))
        shown = [(graph.terms[predicate], subjects) for predicate, subjects in links.items() if graph.terms[predicate] not in _UNLISTED]
        for iri, subjects in sorted(shown, key=lambda one: (_LIST_ORDER.get(one[0], 1000), place(one[0]))):
            known = [one for one in subjects if graph.is_iri(one)]
            if iri in NODES:
                made.append(self._table(thing, iri, known, notes))
            elif with_page := [one for one in known if one in self.reader.pages]:
                made.append(self._plain_list(iri, with_page))
        return tuple(made)

    def _title(self, iri: str) -> str:
        known = INCOMING.get(iri)
        return known.in_(self.reader.lang) if known else f"← {self.reader.word(iri)}"

    def _plain_list(self, iri: str, subjects: list[int]) -> Listing:
        sort = len(subjects) <= SORTED
        key = (lambda one: (self.reader.name(one).casefold(), self.graph.terms[one])) if sort else (lambda one: ("", self.graph.terms[one]))
        rows = tuple((self.reader.link(one),) for one in sorted(subjects, key=key)[:ROWS])
        return Listing(self._title(iri), len(subjects), (), rows, sort)

    def _table(self, thing: int, iri: str, nodes: list[int], notes: Notes) -> Listing:
        """Return nodes between two things as a table: the thing at the other end, country or years, role, money, sources."""
        graph, reader, german = self.graph, self.reader, self.reader.lang == "de"
        sort = len(nodes) <= SORTED
        lines = []
        for node in nodes if sort else sorted(nodes, key=lambda one: graph.terms[one])[:ROWS]:
            said: dict[str, list[tuple[int, int]]] = {}
            for predicate, value, name in graph.said(node):
                said.setdefault(graph.terms[predicate], []).append((value, name))
            end = next((value for name in _ENDS for value, _ in said.get(name, ()) if value != thing), -1)
            role = next((graph.terms[value].rsplit("/", 1)[-1] for value, _ in said.get(INNO.role, ())), "")
            kind = INNO.site in said and iri == INNO.inInitiative
            order = (kind, role not in ("coordinator", "lead"), reader.name(end).casefold() if end >= 0 else "", graph.terms[node])
            lines.append((order, node, end, said))
        lines.sort(key=lambda one: one[0])
        shown = lines[:ROWS]
        used = [
            name for name in _COLUMNS if any(name in said and any(value not in (thing, end) for value, _ in said[name]) for _, _, end, said in shown)
        ]
        countries = iri == INNO.inInitiative and any(self.country(end) >= 0 for _, _, end, _ in shown)
        spans = [self._span(said, end) for _, _, end, said in shown]
        rows = []
        for (_, node, end, said), span in zip(shown, spans, strict=True):
            main = reader.link(end) if end >= 0 else escape(reader.name(node))
            if INNO.site in said and iri == INNO.inInitiative:
                main += markup(f' <span class="mark">({escape(reader.word(INNO.site))})</span>')
            cells = [main]
            if countries:
                top = self.country(end)
                cells.append(escape(reader.name(top) if top >= 0 else "–"))
            if any(spans):
                cells.append(escape(span or "–"))
            for column in used:
                values = dict.fromkeys(value for value, _ in said.get(column, ()) if value not in (thing, end))
                # Roles repeat in every row: words, and no links.
                words = column in (INNO.role, INNO.resultStatus)
                cells.append(joined([escape(reader.name(value)) if words else reader.show(value, column) for value in values], ", ") or markup("–"))
            cells.append(self._node_sources(node, said, notes))
            rows.append(tuple(cells))
        columns = [
            "Name",
            *(["Land" if german else "Country"] if countries else []),
            *(["Jahre" if german else "Years"] if any(spans) else []),
            *(reader.word(name) + (" (€)" if name == INNO.contribution else "") for name in used),
            "Quellen" if german else "Sources",
        ]
        return Listing(self._title(iri), len(nodes), tuple(columns), tuple(rows), sort)

    def _node_sources(self, node: int, said: Mapping[str, Sequence[tuple[int, int]]], notes: Notes) -> Markup:
        claims = self.claims.about(node)
        if claims:
            # One reference per source, however many properties of the node it attests.
            distinct = {(one.status, one.attestation, one.evidence, one.wordings, one.speakers): one for one in reversed(claims)}
            text = notes.of_claims(sorted(distinct.values(), key=lambda one: one.rank))
            if any(one.contradicts for one in claims):
                text += markup(f' <span class="contested">{"umstritten" if self.reader.lang == "de" else "contradicted"}</span>')
            return text
        graphs = dict.fromkeys(name for values in said.values() for _, name in values if name != self._inferred)
        return joined([notes.note(("graph", one), lambda one=one: self.delivery(one)) for one in graphs])  # type: ignore[misc]

    def _span(self, said: Mapping[str, Sequence[tuple[int, int]]], end: int) -> str:
        """Return the years of a node, else those of the initiative at its other end."""
        graph = self.graph

        def given(values: Sequence[int]) -> list[str]:
            return sorted(filter(None, map(graph.text, values)))

        starts, ends = (given([value for value, _ in said.get(name, ())]) for name in (SCHEMA.startDate, SCHEMA.endDate))
        edtf = given([value for value, _ in said.get(INNO.edtf, ())])
        if not (starts or ends or edtf) and end >= 0 and INNO.participant in said:
            starts, ends = (given(graph.values(end, self.number(name))) for name in (SCHEMA.startDate, SCHEMA.endDate))
        return period((starts or edtf or [""])[0], (ends or [""])[-1], self.reader.lang)

    def _attested(self, passages: Sequence[int]) -> Listing:
        """Return what a document attests: the statements whose evidence lies in it."""
        reader, german = self.reader, self.reader.lang == "de"
        evidence = self.number(INNO.evidence)
        found: dict[tuple[int, int, int], Claim] = {}
        for passage in passages:
            for number in self.graph.linking(passage, evidence):
                if (claim := self.claims.read(number)) is not None:
                    found.setdefault((claim.subject, claim.predicate, claim.object), claim)
        order = sorted(found.values(), key=lambda one: (reader.name(one.subject).casefold(), place(self.graph.terms[one.predicate]), one.number))
        rows = tuple(
            (
                reader.link(one.subject),
                escape(reader.name(one.predicate)),
                (self._status(one) if one.status not in ("", "accepted") else Markup()) + reader.show(one.object, self.graph.terms[one.predicate]),
            )
            for one in order[:ROWS]
        )
        columns = ("Gegenstand", "Eigenschaft", "Wert") if german else ("Thing", "Property", "Value")
        return Listing("Was dieses Dokument belegt" if german else "What this document attests", len(order), columns, rows)

    # --- partners -------------------------------------------------------------------------------------------------------------

    def _partners(self, thing: int, participations: Sequence[int]) -> tuple[tuple[tuple[Markup, int], ...], int]:
        """Return the organisations with several shared initiatives, most first, as the sources name them; and how many partners there are."""
        initiative = self.number(INNO.inInitiative)
        counts: Counter[int] = Counter()
        for one in {value for node in participations for value in self.graph.values(node, initiative)}:
            counts.update(self._taking_part(one))
        counts.pop(thing, None)
        several = [one for one in counts.items() if one[1] > 1]
        best = sorted(several, key=lambda one: (-one[1], self.graph.terms[one[0]]))[:PARTNERS]
        return tuple((self.reader.link(one), shared) for one, shared in best), len(counts)

    def _taking_part(self, initiative: int) -> tuple[int, ...]:
        if initiative not in self._members:
            nodes = self.graph.linking(initiative, self.number(INNO.inInitiative))
            self._members[initiative] = tuple({one for node in nodes for one in self.graph.values(node, self.number(INNO.participant))})
        return self._members[initiative]

    def _country(self, thing: int) -> int:
        """Return the topmost place around a thing; -1 for none."""
        within, found = self.number(INNO.withinPlace), -1
        for one in sorted(self.graph.values(thing, self.number(INNO.location)), key=self.graph.terms.__getitem__)[:1] if thing >= 0 else ():
            found, seen = one, {one}
            while upper := [up for up in self.graph.values(found, within) if up not in seen]:
                found = min(upper, key=self.graph.terms.__getitem__)
                seen.add(found)
        return found


def _without_sources(listing: Listing, lang: str) -> Listing:
    """Return a list without its last column, where that is the one of sources."""
    if listing.columns[-1:] != (("Quellen" if lang == "de" else "Sources"),):
        return listing
    return replace(listing, columns=listing.columns[:-1], rows=tuple(row[:-1] for row in listing.rows))


def _plain(claim: Claim) -> Claim:
    """Return a claim whose status is said already."""
    return replace(claim, status="")


def rule_titles() -> dict[str, dict[str, str]]:
    """Return the title of the rule whose CONSTRUCT makes a property, by IRI and language."""
    from kg.headers import read_header
    from kg.infer import rules

    made: dict[str, dict[str, str]] = {}
    for _, name, query in rules():
        for word in query.partition("CONSTRUCT")[2].partition("}")[0].replace("{", " ").split():
            if word.startswith("inno:"):
                made.setdefault(PREFIXES["inno"] + word.removeprefix("inno:"), read_header(query, name).get("title") or {})
    return made


__all__: Sequence[str] = ("About", "Contradiction", "Listing", "Maker", "Row", "Side", "grouped", "rule_titles")
