"""`/timeline`: what began and ran when; a histogram of all, and bars of some, page by page.

Counted is every thing of the chosen kind by its own IRI. Where sources give several dates, the earliest start and the latest end are drawn, and how many
such things there are is said. A missing end is no end: such a thing counts as running only in the year that is known.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.analyse.dates import Span
from kg.errors import ParameterError, Text
from kg.portal import drawn_timeline
from kg.portal.asking import Problem, frame
from kg.portal.desk import Desk
from kg.portal.drawing import year_of
from kg.portal.drawn_timeline import MOST, Bar
from kg.portal.fields import Field, field_of
from kg.portal.page import Reply, Request
from kg.portal.resolving import NearError, resolve
from kg.questions import Parameter
from kg.store import Table

if TYPE_CHECKING:
    from kg.store import Node

YEARS = 120
"""Years of one histogram; earlier ones are left out, and said."""
KINDS: dict[str, Text] = {
    "inno:Project": Text("Projects", "Projekte"),
    "inno:Event": Text("Events", "Veranstaltungen"),
    "inno:Campaign": Text("Campaigns", "Kampagnen"),
    "inno:Programme": Text("Programmes", "Programme"),
    "inno:AwardEdition": Text("Award editions", "Wettbewerbsrunden"),
}
_FILTERS = {
    "institution": "SELECT DISTINCT ?x WHERE { ?part inno:participant|inno:participantMerged ?institution ; inno:inInitiative ?x }",
    "programme": """SELECT DISTINCT ?x WHERE { ?own inno:partOf* ?programme .
        { ?x inno:partOf ?own } UNION { ?funding inno:underProgramme ?own ; inno:funds ?x } }""",
    "place": """SELECT DISTINCT ?x WHERE { ?site inno:withinPlace* ?place .
        { ?body inno:location ?site . ?part inno:participant ?body ; inno:inInitiative ?x }
        UNION { ?x inno:location ?site } UNION { ?use inno:site ?site ; inno:inInitiative ?x } }""",
}


def _parameters() -> tuple[Parameter, ...]:
    kinds = {name.removeprefix("inno:"): {"en": text.en, "de": text.de} for name, text in KINDS.items()}
    return (
        Parameter("kind", "enum", False, {"en": "kind", "de": "Art"}, default="Project", values=kinds),
        Parameter("from", "integer", False, {"en": "from year", "de": "ab Jahr"}),
        Parameter("to", "integer", False, {"en": "to year", "de": "bis Jahr"}),
        Parameter("institution", "iri", False, {"en": "with organisation", "de": "mit Einrichtung"}, of_class="inno:Organisation"),
        Parameter("place", "iri", False, {"en": "place or country", "de": "Ort oder Land"}, of_class="inno:Place"),
        Parameter("programme", "iri", False, {"en": "programme", "de": "Programm"}, of_class="inno:Programme"),
    )


@dataclass(frozen=True)
class Dated:
    """A thing with its dates; `several` where sources give more than one start or end."""

    iri: str
    span: Span
    several: bool = False


@dataclass(frozen=True)
class Chosen:
    """What the address asks for: the kind, the years, and the things that each filter leaves (`None` where there is no filter)."""

    kind: str
    first: int | None
    last: int | None
    among: frozenset[str] | None


def dated(desk: Desk, kind: str) -> list[Dated]:
    """Return all things of a kind, subclasses included, by start, end and IRI; those without a start come last. Read once."""
    return desk.cached(("timeline", kind), lambda: _dated(desk, kind))


def _dated(desk: Desk, kind: str) -> list[Dated]:
    starts: dict[str, set[str]] = {}
    ends: dict[str, set[str]] = {}
    query = f"SELECT ?x ?start ?end WHERE {{ ?c rdfs:subClassOf* {kind} . ?x a ?c OPTIONAL {{ ?x schema:startDate ?start }} OPTIONAL {{ ?x schema:endDate ?end }} }}"
    result = desk.store.query(query)
    for thing, start, end in result.rows if isinstance(result, Table) else []:
        assert thing is not None
        for found, term in ((starts, start), (ends, end)):
            known = found.setdefault(thing.value, set())
            if term is not None and year_of(term.value) is not None:
                known.add(term.value)
    things = [
        Dated(iri, Span(min(starts[iri], default=""), max(ends[iri], default="")), len(starts[iri]) > 1 or len(ends[iri]) > 1) for iri in starts
    ]
    return sorted(things, key=lambda one: (not one.span.start, one.span.start, one.span.end, one.iri))


def page(desk: Desk, request: Request) -> Reply:
    """Answer `/timeline`: filters `kind`, `from`, `to`, `institution`, `place`, `programme`; `page` for the next bars."""
    fields, chosen = _choice(desk, request)
    problems = any(field.error for field in fields)
    every = dated(desk, chosen.kind)
    there = [] if problems else [one for one in every if chosen.among is None or one.iri in chosen.among]
    with_date = [one for one in there if one.span.start or one.span.end]
    kept = [one for one in with_date if _within(one.span, chosen)]
    pages = max(1, -(-len(kept) // MOST))
    number = request.number("page", 1, 1, pages)
    few = kept[(number - 1) * MOST : number * MOST]
    names = desk.labels((one.iri for one in few), request.lang)
    bars = [Bar(names[one.iri], desk.href(one.iri, request), one.span.start, one.span.end) for one in few]
    title = KINDS[chosen.kind].in_(request.lang)
    years, earlier = _per_year(kept, chosen)
    return desk.render(
        "timeline.html",
        request,
        status=400 if problems else 200,
        fields=fields,
        problems=problems,
        title=title,
        total=len(every),
        there=len(there),
        undated=len(there) - len(with_date),
        kept=len(kept),
        several=sum(one.several for one in kept),
        open_ends=sum(not (one.span.start and one.span.end) for one in kept),
        bars=bars,
        picture=drawn_timeline.timeline(bars, title=title, lang=request.lang),
        years=years,
        earlier=earlier,
        histogram=drawn_timeline.histogram(years, title=title, lang=request.lang),
        first=(number - 1) * MOST + 1,
        before=request.with_values(page=number - 1 if number > 2 else None) if number > 1 else "",
        after=request.with_values(page=number + 1) if number < pages else "",
        frame=frame(desk, request.lang),
    )


def _within(span: Span, chosen: Chosen) -> bool:
    """Tell whether something ran, or may have run, in the years asked for."""
    first, last = chosen.first or 0, chosen.last or 9999
    start = int(span.start[:4]) if span.start else first
    end = int(span.end[:4]) if span.end else max(last, start)
    return start <= last and end >= first


def _per_year(things: list[Dated], chosen: Chosen) -> tuple[list[tuple[int, int, int]], int]:
    """Return `(year, began, ran for certain)` without gaps, and how many years earlier than the picture shows were left out."""
    began: Counter[int] = Counter(int(one.span.start[:4]) for one in things if one.span.start)
    ran: Counter[int] = Counter()
    for one in things:
        certain, _ = one.span.years(0, 9999)
        # An end before the start makes an empty range; it cannot be said in which years such a thing ran.
        ran.update(certain[:1000])
    found = sorted(year for year in set(began) | set(ran) if (chosen.first or 0) <= year <= (chosen.last or 9999))
    if not found:
        return [], 0
    first = max(found[0], found[-1] - YEARS + 1)
    return [(year, began[year], ran[year]) for year in range(first, found[-1] + 1)], first - found[0]


def _choice(desk: Desk, request: Request) -> tuple[list[Field], Chosen]:
    import pyoxigraph as ox

    fields: list[Field] = []
    numbers: dict[str, int] = {}
    among: frozenset[str] | None = None
    kind = "inno:Project"
    for parameter in _parameters():
        value, term, problem = request.value(parameter.name), None, None
        try:
            if parameter.type == "enum":
                kind = _kind(value or parameter.default)
            elif parameter.type == "integer" and value:
                numbers[parameter.name] = _year(value)
            elif value:
                term = ox.NamedNode(resolve(desk, value, parameter.of_class, lang=request.lang))
                found = _having(desk, parameter.name, term)
                among = found if among is None else among & found
        except NearError as error:
            problem = Problem(error, error.near)
        except ParameterError as error:
            problem = Problem(error)
        fields.append(field_of(desk, request, parameter, value, term, problem))
    return fields, Chosen(kind, numbers.get("from"), numbers.get("to"), among)


def _kind(value: str) -> str:
    if f"inno:{value}" not in KINDS:
        there = ", ".join(name.removeprefix("inno:") for name in KINDS)
        what = Text(f"{value[:80]!r} is none of the kinds.", f"{value[:80]!r} ist keine der Arten.")
        raise ParameterError(what, fix=Text(f"Use one of {there}.", f"Möglich sind {there}."))
    return f"inno:{value}"


def _year(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) == 4):
        what = Text(f"{value[:80]!r} is no year.", f"{value[:80]!r} ist kein Jahr.")
        raise ParameterError(what, fix=Text("Write four digits, such as 2021.", "Schreiben Sie vier Ziffern, etwa 2021."))
    return int(value)


def _having(desk: Desk, name: str, term: Node) -> frozenset[str]:
    """Return the things that a filter leaves; kept, for the next page asks again."""

    def make() -> frozenset[str]:
        result = desk.store.query(_FILTERS[name], {name: term})
        return frozenset(row[0].value for row in (result.rows if isinstance(result, Table) else []) if row[0] is not None)

    return desk.cached(("timeline", name, term.value), make)
