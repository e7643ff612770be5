"""Where the things in the rows of an answer are: the place itself, else the place a thing is located at, else the nearest larger one with coordinates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from kg.portal.asking import Asked
from kg.portal.columns import is_thing
from kg.portal.desk import Desk
from kg.portal.located import Point, wkt_point
from kg.results import iris_of
from kg.store import Table

MOST = 2_000
"""Things of the rows that are looked for on the map."""
STEPS = 6
"""Steps to larger places."""
_BATCH = 400


@dataclass(frozen=True)
class Places:
    """Points of the things in the rows.

    Attributes:
        features: GeoJSON features: one per place and position; `name`, `total` and `things` as the map wants them.
        total: Things that were looked for.
        within: Things that stand at a larger place somewhere, because their own has no coordinates.
        without: Things that no place with coordinates is known of.
        left_out: Things beyond :data:`MOST`.
    """

    features: list[dict[str, Any]]
    total: int
    within: int
    without: int
    left_out: int


def places(desk: Desk, asked: Asked) -> Places:
    """Return where the things of the rows are; parameters are left out, for they are what was asked about.

    Where a row names a place, its other things stand there, wherever else they may be; things of rows without a place stand at all places they have.
    """
    own = {term.value for term in asked.terms.values()}
    every = sorted(iri for iri in iris_of(asked.rows) if iri not in own and is_thing(desk, iri))
    things = every[:MOST]
    at = _named_together(desk, asked, set(things))
    lost = [thing for thing in things if thing not in at]
    for thing, place in _rows(desk, lost, "?x inno:location|(^inno:inInitiative/inno:site) ?y"):
        at.setdefault(thing, set()).add(place)
    points, stand = _standing(desk, {place for found in at.values() for place in found})
    here: dict[str, list[str]] = {}
    inside: dict[str, set[str]] = {}
    for thing in things:
        exact = {place for place in at.get(thing, ()) if stand.get(place) == place}
        for place in sorted({stand[place] for place in at.get(thing, ()) if place in stand}):
            here.setdefault(place, []).append(thing)
            if place not in exact:
                inside.setdefault(place, set()).add(thing)
    names = desk.labels([*here, *things], asked.lang)
    features = [
        {
            "type": "Feature",
            "id": place,
            "geometry": {"type": "Point", "coordinates": list(point)},
            "properties": {
                "name": names[place],
                "url": desk.local(place),
                "total": len(found),
                "within": len(inside.get(place, ())),
                "positions": len(points[place]),
                "things": [{"name": names[thing], "url": desk.local(thing)} for thing in found[:20] if thing != place],
            },
        }
        for place, found in sorted(here.items())
        for point in points[place]
    ]
    located = {thing for found in here.values() for thing in found}
    return Places(features, len(things), len(set().union(*inside.values())), len(things) - len(located), len(every) - len(things))


def _rows(desk: Desk, iris: Iterable[str], where: str) -> Iterable[tuple[str, str]]:
    import pyoxigraph as ox

    wanted = sorted(set(iris))
    for start in range(0, len(wanted), _BATCH):
        values = " ".join(str(ox.NamedNode(iri)) for iri in wanted[start : start + _BATCH])
        result = desk.store.query(f"SELECT DISTINCT ?x ?y WHERE {{ VALUES ?x {{ {values} }} {where} }} ORDER BY ?x ?y")
        for one, other in result.rows if isinstance(result, Table) else []:
            if one is not None and other is not None:
                yield one.value, other.value


def _points(desk: Desk, iris: Iterable[str]) -> dict[str, list[Point]]:
    found: dict[str, set[Point]] = {}
    for place, text in _rows(desk, iris, "?x geo:hasDefaultGeometry|geo:hasGeometry ?g . ?g geo:asWKT ?y"):
        if (point := wkt_point(text)) is not None:
            found.setdefault(place, set()).add(point)
    return {place: sorted(points) for place, points in found.items()}


def _named_together(desk: Desk, asked: Asked, things: set[str]) -> dict[str, set[str]]:
    """Return the places that stand in the same rows as a thing; a place stands at itself."""
    where = "?x a ?y . ?y rdfs:subClassOf* inno:Place"
    known = {iri for iri, _ in _rows(desk, things, where)}
    at = {place: {place} for place in known}
    for row in asked.rows.rows:
        iris = {term.value for term in row if term is not None} & things
        for thing in iris - known if iris & known else ():
            at.setdefault(thing, set()).update(iris & known)
    return at


def _standing(desk: Desk, wanted: set[str]) -> tuple[dict[str, list[Point]], dict[str, str]]:
    """Return the points of places, and for each place the one it stands at: itself, or the nearest larger one with coordinates."""
    points, now = _points(desk, wanted), {place: place for place in wanted}
    for _ in range(STEPS):
        open_ends = {place for place in now.values() if place not in points}
        larger: dict[str, str] = {}
        for place, around in _rows(desk, open_ends, "?x inno:withinPlace ?y"):
            larger.setdefault(place, around)
        if not larger:
            break
        points.update(_points(desk, larger.values()))
        now = {place: larger.get(at, at) for place, at in now.items()}
    return points, {place: at for place, at in now.items() if at in points}
