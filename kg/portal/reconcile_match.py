"""From a query to candidates: by identifier, by name, by properties; scored, cut, and with at most one match."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.portal.reconcile_names import Names
from kg.portal.reconcile_query import Query
from kg.portal.reconcile_schema import IDENTIFIER, TYPES, property_of, type_id, type_of
from kg.portal.reconcile_score import Asked, Scored, decide, with_properties
from kg.portal.reconcile_values import Values
from kg.search.asked import Asked as Text

if TYPE_CHECKING:
    from kg.portal.desk import Desk
    from kg.portal.reconcile_names import Shown

COMPARED = 10
"""Candidates whose properties are compared."""
OTHER_TYPE = 0.9
"""Factor of a candidate that has none of the types, where they only should fit."""


def names_of(desk: Desk) -> Names:
    """Return the names of all things, read once.

    Raises:
        BusyError: The graph has no search index.
    """
    from kg.errors import Text as Words
    from kg.portal.render import BusyError

    if desk.index is None:
        what = Words("This graph has no search index.", "Dieser Graph hat keinen Suchindex.")
        raise BusyError(what, fix=Words("Build the graph again with `kg build`.", "Bauen Sie den Graphen mit `kg build` neu."))
    path = desk.index.path
    return desk.cached("reconcile-names", lambda: Names(path))


def answer(desk: Desk, queries: Mapping[str, Query], lang: str) -> dict[str, Any]:
    """Return a result batch: for each query its candidates, best first."""
    names = names_of(desk)
    values = Values(desk, names, lang)
    found = {name: _numbers(names, query) for name, query in queries.items()}
    # All things of a batch are read together.
    shown = names.shown({number for one in found.values() for number in one.all}, lang)
    return {name: {"result": _result(names, values, query, found[name], shown, lang)} for name, query in queries.items()}


def classes_of(query: Query) -> tuple[str, ...]:
    """Return the classes that a candidate must have one of: those of the query that are known; a query with unknown types only has none that fits."""
    if not query.types or query.strict == "should":
        return ()
    return tuple(filter(None, map(type_of, query.types))) or ("",)


@dataclass(frozen=True)
class _Found:
    """Numbers of things: named by an identifier in the query itself, or in a property; with a name like it."""

    outright: tuple[int, ...]
    by_property: tuple[int, ...]
    near: tuple[int, ...]

    @property
    def all(self) -> tuple[int, ...]:
        """All of them, each once."""
        return tuple(dict.fromkeys((*self.outright, *self.by_property, *self.near)))


def _numbers(names: Names, query: Query) -> _Found:
    classes = classes_of(query)
    outright: list[int] = []
    near: list[int] = []
    if query.text:
        asked = Text.of(query.text)
        outright = names.identified(asked.identifiers(), asked.iris(), classes)
        near = names.candidates(query.text, classes)
    by_property: list[int] = []
    for wish in query.wishes:
        one = property_of(wish.pid)
        if one is not None and one.kind == IDENTIFIER:
            keys = [key for value in wish.values for key in Text.of(value).identifiers()]
            by_property += names.identified(keys, [value for value in wish.values if "://" in value], classes)
    return _Found(tuple(outright), tuple(by_property), tuple(near))


def _result(names: Names, values: Values, query: Query, found: _Found, shown: Mapping[int, Shown], lang: str) -> list[dict[str, Any]]:
    asked = Asked(query.text, names)
    scored = {number: asked.score(shown[number]) for number in found.all if number in shown}
    wanted = set(filter(None, map(type_of, query.types)))
    for number, one in scored.items():
        if number in found.outright:
            one.score, one.identified = 100.0, True
        if query.strict == "all" and query.types and not (wanted and wanted <= set(one.thing.classes)):
            one.score = -1.0
        if query.strict == "should" and wanted and not wanted & set(one.thing.classes):
            one.score *= OTHER_TYPE
    ordered = decide([one for number, one in scored.items() if one.score > 0 or (number in found.by_property and one.score == 0)], values.same)
    if query.wishes:
        compared = [one for place, one in enumerate(ordered) if place < COMPARED or one.thing.number in found.by_property]
        values.read(one.thing.iri for one in compared)
        for one in compared:
            with_properties(one, *values.compare(one.thing, query.wishes))
            one.match = False
        ordered = decide([one for one in compared if one.score > 0], values.same)
    return [_candidate(one, lang) for one in ordered[: query.limit]]


def _candidate(one: Scored, lang: str) -> dict[str, Any]:
    thing = one.thing
    features: list[dict[str, Any]] = [
        {"id": "name_words", "value": round(one.likeness, 4)},
        {"id": "name_typed", "value": round(one.typed, 4)},
        {"id": "name_exact", "value": one.exact},
        {"id": "identifier", "value": one.identified},
        {"id": "links", "value": thing.weight},
    ]
    features += [{"id": f"property_{name}", "value": agrees} for name, agrees in sorted(one.agreed.items())]
    return {
        "id": thing.iri,
        "name": thing.name,
        "description": description(thing, lang),
        "type": types_of(thing, lang),
        "score": round(one.score, 2),
        "match": one.match,
        "features": features,
    }


def types_of(thing: Shown, lang: str) -> list[dict[str, str]]:
    """Return the classes of a thing that are reconciled, by id and name."""
    return [{"id": type_id(iri), "name": TYPES[iri].in_(lang)} for iri in thing.classes if iri in TYPES]


def description(thing: Shown, lang: str) -> str:
    """Return what tells namesakes apart: kind, acronym, place, country, years."""
    kinds = [TYPES[iri].in_(lang) for iri in thing.classes if iri in TYPES]
    acronym = [one for one in thing.acronyms if one != thing.name][:1]
    places = [one for one in dict.fromkeys((thing.place, thing.country)) if one and one != thing.name]
    years = "–".join(str(year) for year in dict.fromkeys((thing.since, thing.until)) if year)
    return ", ".join([*kinds, *acronym, *places, *([years] if years else [])])
