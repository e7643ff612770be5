"""Lists of what links to a thing, readable: participations as projects with role and years, results as awards with their stage.

Counts come first; a page shows a part, `/api/inverse` the rest by pages. Where more than :data:`~kg.portal.facts.MAX_COUNT` things link, they are not
sorted, and paging ends there: the page says so and names the SPARQL way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.namespaces import INNO, SCHEMA
from kg.portal.desk import Desk
from kg.portal.entity_facts import Sources, Witness
from kg.portal.entity_names import learn
from kg.portal.entity_values import Reader, Shown, date
from kg.portal.entity_words import INCOMING
from kg.portal.facts import MAX_COUNT, Said, claims, count_of, first, objects, rows, values
from kg.store import EmbeddedStore

if TYPE_CHECKING:
    from kg.store import Node

ROWS = 25
"""Rows of one page of a list."""
WHOLE = 60
"""A list this long is shown whole: cutting off a few rows would help nobody."""
SORTED = 200
"""Lists up to here are sorted by name; longer ones by date or IRI, which the store can do."""
_KEPT = 50_000
"""Things whose years or countries are kept."""
_ROLE_FIRST = ("coordinator", "lead")

NODES = {INNO.participant, INNO.inInitiative, INNO.site, INNO.funds, INNO.funder, INNO.underProgramme, INNO.candidate, INNO.inEdition, INNO.ofAward}
"""Properties whose subjects are nodes between things: participations, site uses, fundings, results."""
_ENDS = (INNO.participant, INNO.site, INNO.funds, INNO.candidate, INNO.inInitiative, INNO.inEdition, INNO.ofAward, INNO.underProgramme, INNO.funder)
_COLUMNS = (INNO.role, INNO.resultStatus, INNO.rank, INNO.contribution, INNO.amount, INNO.currency, INNO.underProgramme, INNO.funder)
_EURO = (INNO.contribution,)
"""Money that is euro by definition."""


@dataclass(frozen=True)
class Line:
    """One row of a list.

    Attributes:
        main: The thing at the other end.
        kind: Its class or place, in words, or empty.
        node: Address of the node between, or empty.
        cells: Values by column.
        years: Period, or empty.
        country: Name of the country of an organisation, or empty.
        witnesses: Claims about it.
    """

    main: Shown
    kind: str
    node: str
    cells: tuple[tuple[Shown, ...], ...]
    years: str
    country: str
    witnesses: tuple[Witness, ...]


@dataclass(frozen=True)
class Listing:
    """A list of what links to a thing by a property.

    Attributes:
        predicate: IRI of the property.
        title: Heading.
        count: How many there are, at most :data:`~kg.portal.facts.MAX_COUNT`.
        more: Whether there are more than that.
        columns: Names of the columns of :attr:`Line.cells`.
        lines: Rows of this page.
        page, pages: Number of this page, from 1, and of the last.
        sorted_by: How the rows are sorted: `name`, `date`, `iri`, or empty for not at all.
    """

    predicate: str
    title: str
    count: int
    more: bool
    columns: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    page: int = 1
    pages: int = 1
    sorted_by: str = "name"
    has_years: bool = False
    has_country: bool = False

    @property
    def shown(self) -> int:
        """Rows that are shown."""
        return len(self.lines)


def title_of(reader: Reader, predicate: str) -> str:
    """Return what a list of incoming links is called."""
    known = INCOMING.get(predicate)
    return known.in_(reader.lang) if known else f"← {reader.name(predicate)}"


def listing(
    reader: Reader,
    iri: str,
    predicate: str,
    count: int,
    *,
    more: bool = False,
    page: int = 1,
    whole: bool = True,
    known: Sequence[str] | None = None,
) -> Listing:
    """Return a page of the things that link to a thing.

    Args:
        reader: Of the request.
        iri: The thing.
        predicate: The property by which they link.
        count: How many there are (:func:`kg.portal.facts.count_of`).
        more: Whether there are more than were counted.
        page: From 1.
        whole: Whether a list of at most :data:`WHOLE` rows is not cut into pages.
        known: All the things that link, where they have been read already (:attr:`kg.portal.facts.Incoming.subjects`).
    """
    size = WHOLE if whole and count <= WHOLE else ROWS
    pages = max(1, -(-count // size))
    page = min(max(1, page), pages)
    if known is not None and count <= SORTED and not more:
        subjects, order = known, "name"
    else:
        subjects, order = _subjects(reader, iri, predicate, count, more, (page - 1) * size, size)
    lines, columns = _lines(reader, iri, predicate, subjects)
    if order == "name":
        lines = sorted(lines, key=_by_name)[(page - 1) * size : page * size]
    years, country = any(line.years for line in lines), any(line.country for line in lines)
    return Listing(predicate, title_of(reader, predicate), count, more, columns, tuple(lines), page, pages, order, years, country)


def counted(desk: Desk, iri: str, predicate: str) -> tuple[int, bool]:
    """Return how many things link by a property, at most :data:`~kg.portal.facts.MAX_COUNT`, and whether there are more."""
    count = count_of(desk.store, iri, predicate)
    return min(count, MAX_COUNT), count > MAX_COUNT


def _subjects(reader: Reader, iri: str, predicate: str, count: int, more: bool, offset: int, size: int) -> tuple[Sequence[str], str]:
    import pyoxigraph as ox

    bound: dict[str, Node] = {"s": ox.NamedNode(iri), "p": ox.NamedNode(predicate)}
    if count <= SORTED and not more:
        pattern, order, tail = "?x ?p ?s", "name", f"LIMIT {SORTED}"
    elif more:
        pattern, order, tail = "?x ?p ?s", "", f"OFFSET {offset} LIMIT {size}"
    elif predicate == INNO.participant:
        pattern = "?x inno:participant ?s . OPTIONAL { ?x inno:inInitiative ?i . ?i schema:startDate ?start }"
        order, tail = "date", f"ORDER BY DESC(?start) ?x OFFSET {offset} LIMIT {size}"
        del bound["p"]
    else:
        pattern, order, tail = "?x ?p ?s", "iri", f"ORDER BY ?x OFFSET {offset} LIMIT {size}"
    found = rows(reader.desk.store, f"SELECT ?x WHERE {{ {pattern} }} {tail}", bound)
    return [row[0].value for row in found if isinstance(row[0], ox.NamedNode)], order


def _lines(reader: Reader, iri: str, predicate: str, subjects: Sequence[str]) -> tuple[list[Line], tuple[str, ...]]:
    import pyoxigraph as ox

    desk = reader.desk
    if predicate not in NODES:
        learn(reader, subjects)
        return [Line(reader.link(one), "", "", (), "", "", ()) for one in subjects], ()
    said = reader.said(subjects)
    ends = {one: _end(said.get(one, []), iri) for one in subjects}
    used = [p for p in _COLUMNS if any(_has(said.get(one, []), p, iri, ends[one]) for one in subjects)]
    mentioned = {value.value for one in said.values() for _, value in one if isinstance(value, ox.NamedNode)}
    reader.know(mentioned | set(used))
    spans = described_years(desk, {end for end in ends.values() if end}) if predicate == INNO.participant else {}
    countries = country_of(desk, {end for end in ends.values() if end}) if predicate == INNO.inInitiative else {}
    reader.know(set(countries.values()))
    found, _ = claims(desk.store, subjects) if has_claims(desk) else ({}, False)
    sources = Sources(reader, iri, {key: claim for key, claim in found.items() if claim.subject in said})
    lines = []
    for one in subjects:
        facts, end = said.get(one, []), ends[one]
        cells = tuple(tuple(reader.show(value, p) for value in values(facts, p) if value.value not in (iri, end)) for p in used)
        start, stop = _period(facts) if any(_period(facts)) else spans.get(end, ("", ""))
        country = countries.get(end, "")
        main = reader.link(end) if end else reader.link(one)
        named = reader.name(country) if country else ""
        kind = reader.name(INNO.site) if predicate == INNO.inInitiative and values(facts, INNO.site) else ""
        lines.append(Line(main, kind, reader.href(one), cells, period(start, stop, reader.lang), named, _witnesses(sources, one)))
    return lines, tuple(reader.name(p) + (" (€)" if p in _EURO else "") for p in used)


def _has(said: Sequence[Said], predicate: str, iri: str, end: str) -> bool:
    return any(name == predicate and value.value not in (iri, end) for name, value in said)


def has_claims(desk: Desk) -> bool:
    """Tell whether the graph holds any claim: a store of bulk data alone needs no look for them (asked for once)."""
    return desk.cached("entity-claims", lambda: desk.store.query("ASK WHERE { ?c a inno:Claim }") is True)


def _witnesses(sources: Sources, node: str) -> tuple[Witness, ...]:
    return tuple(sources.witness(claim) for claim in sorted(sources.claims.values(), key=lambda one: one.iri) if claim.subject == node)


def _end(said: Sequence[Said], iri: str) -> str:
    """Return the thing at the other end of a node, or empty."""
    for predicate in _ENDS:
        for name, value in said:
            if name == predicate and value.value != iri:
                return value.value
    return ""


def _period(said: Sequence[Said]) -> tuple[str, str]:
    edtf = first(said, INNO.edtf)
    return (first(said, SCHEMA.startDate) or edtf, first(said, SCHEMA.endDate))


def period(start: str, end: str, lang: str) -> str:
    """Return a period by its years; a single day as such.

    >>> period("2020-06-01", "2024-05-31", "en"), period("2017", "", "de"), period("", "", "en"), period("2021-11-24", "2021-11-24", "de")
    ('2020–2024', '2017–', '', '24.11.2021')
    """
    if start and start == end:
        return date(start, lang)
    if not start and not end:
        return ""
    one, other = start[:4] if start[:4].isdigit() else start, end[:4] if end[:4].isdigit() else end
    return one if one == other else f"{one}–{other}"


def described_years(desk: Desk, iris: set[str]) -> dict[str, tuple[str, str]]:
    """Return start and end of several initiatives. Kept per desk: an initiative stands on the page of each of its participants."""
    import pyoxigraph as ox

    made: dict[str, tuple[str, str]] = {}
    if isinstance(desk.store, EmbeddedStore):
        known: dict[str, tuple[str, str]] = desk.cached("entity-years", dict)
        if len(known) > _KEPT:
            known.clear()
        for iri in iris:
            if iri not in known:
                dates = objects(desk.store, iri, (SCHEMA.startDate, SCHEMA.endDate))
                starts, ends = ([value.value for name, value in dates if name == one] for one in (SCHEMA.startDate, SCHEMA.endDate))
                known[iri] = min(filter(None, starts), default=""), max(filter(None, ends), default="")
            made[iri] = known[iri]
        return made
    things = " ".join(str(ox.NamedNode(iri)) for iri in sorted(iris))
    query = f"SELECT ?i ?a ?z WHERE {{ VALUES ?i {{ {things} }} OPTIONAL {{ ?i schema:startDate ?a }} OPTIONAL {{ ?i schema:endDate ?z }} }}"
    for initiative, start, end in rows(desk.store, query):
        if initiative is not None:
            had = made.get(initiative.value, ("", ""))
            first_ones, last_ones = (had[0], start.value if start else ""), (had[1], end.value if end else "")
            made[initiative.value] = min(filter(None, first_ones), default=""), max(filter(None, last_ones), default="")
    return made


def country_of(desk: Desk, iris: set[str]) -> dict[str, str]:
    """Return the country (topmost place) of several organisations: IRI → IRI. Kept per desk, as most partners come again."""
    import pyoxigraph as ox

    known: dict[str, str] = desk.cached("entity-countries", dict)
    if len(known) > _KEPT:
        known.clear()
    missing = sorted(iri for iri in iris if iri not in known)
    if missing:
        things = " ".join(str(ox.NamedNode(iri)) for iri in missing)
        query = (
            f"SELECT ?o ?c WHERE {{ VALUES ?o {{ {things} }} ?o inno:location ?l . ?l inno:withinPlace* ?c . "
            "FILTER NOT EXISTS { ?c inno:withinPlace ?up } }"
        )
        tops: dict[str, str] = {}
        for organisation, top in rows(desk.store, query):
            if organisation is not None and top is not None:
                tops[organisation.value] = min(tops.get(organisation.value, top.value), top.value)
        known.update({iri: tops.get(iri, "") for iri in missing})
    return {iri: known[iri] for iri in iris if known.get(iri)}


def _by_name(line: Line) -> tuple[bool, int, str, str]:
    role = next((shown.iri.rsplit("/", 1)[-1] for cell in line.cells for shown in cell if "/participation-role/" in shown.iri), "")
    return bool(line.kind), 0 if role in _ROLE_FIRST else 1, line.main.text.casefold(), line.node
