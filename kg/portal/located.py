"""Where things are, as the sources say: positions of places, the places around them, and what is located where.

Positions are WGS 84 (`geo:asWKT` of GeoSPARQL 1.1, or `wgs:lat` and `wgs:long`). A place without a position of its own counts as lying at the nearest
larger place that has one (`inno:withinPlace`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from math import isfinite

from kg.errors import Text
from kg.store import Store, Table

KINDS: dict[str, Text] = {
    "institution": Text("Institutions", "Einrichtungen"),
    "initiative": Text("Projects and programmes", "Projekte und Programme"),
    "event": Text("Events", "Veranstaltungen"),
}
MAX_ROWS = 500_000
"""Rows read per query about places; more is cut, and said."""
MAX_STEPS = 10
"""Steps to larger places."""


Point = tuple[float, float]


@dataclass(frozen=True)
class Located:
    """Where things are, as the sources say.

    Attributes:
        points: Positions of each place as (longitude, latitude) in WGS 84; several where the sources contradict each other.
        larger: Places that each place lies in directly, sorted.
        kinds: Kind of each thing (a key of :data:`KINDS`).
        places: Places of each thing.
        cut: Whether a query reached :data:`MAX_ROWS`.
    """

    points: dict[str, list[Point]]
    larger: dict[str, list[str]]
    kinds: dict[str, str]
    places: dict[str, set[str]]
    cut: bool = False
    _spots: dict[str, str] = field(default_factory=dict)

    def spot(self, place: str) -> str:
        """Return the place itself where it has a position, else the nearest larger place that has one, else an empty text."""
        if place not in self._spots:
            seen, level = {place}, [place]
            found = ""
            for _ in range(MAX_STEPS):
                found = next((one for one in level if one in self.points), "")
                level = sorted({larger for one in level for larger in self.larger.get(one, [])} - seen)
                seen.update(level)
                if found or not level:
                    break
            self._spots[place] = found
        return self._spots[place]


_WKT = re.compile(r"\s*(?:<http://www\.opengis\.net/def/crs/OGC/1\.3/CRS84>\s*)?POINT\s*\(\s*(\S+)\s+(\S+?)\s*\)\s*", re.IGNORECASE)


def point_of(longitude: str, latitude: str) -> Point | None:
    """Return a position from two decimal texts, rounded to five decimals (1 m); `None` where it lies on no earth.

    >>> point_of("7.465278", "51.513889"), point_of("7.4", "151"), point_of("x", "1")
    ((7.46528, 51.51389), None, None)
    """
    try:
        x, y = float(longitude), float(latitude)
    except ValueError:
        return None
    return (round(x, 5), round(y, 5)) if isfinite(x) and isfinite(y) and abs(x) <= 180 and abs(y) <= 90 else None


def wkt_point(text: str) -> Point | None:
    """Return the position of a WKT point in CRS 84, the default of GeoSPARQL 1.1 (section 8.5.1); `None` for other shapes and systems.

    >>> wkt_point("POINT(7.4 51.5)"), wkt_point("POLYGON((0 0,1 1,1 0,0 0))")
    ((7.4, 51.5), None)
    """
    match = _WKT.fullmatch(text)
    return point_of(match.group(1), match.group(2)) if match else None


def read_located(store: Store) -> Located:
    """Read where everything is. Bounded by :data:`MAX_ROWS` per query."""
    cut = False

    def rows(query: str) -> list[list[str]]:
        nonlocal cut
        result = store.query(f"{query} LIMIT {MAX_ROWS}")
        found = [[term.value for term in row if term is not None] for row in result.rows] if isinstance(result, Table) else []
        cut = cut or len(found) >= MAX_ROWS
        return found

    points: dict[str, set[Point]] = {}
    for place, text in rows(
        "SELECT DISTINCT ?place ?wkt WHERE { ?place a inno:Place ; geo:hasDefaultGeometry|geo:hasGeometry ?g . ?g geo:asWKT ?wkt }"
    ):
        if (point := wkt_point(text)) is not None:
            points.setdefault(place, set()).add(point)
    pairs: dict[str, list[tuple[str, str]]] = {}
    for place, latitude, longitude in rows("SELECT DISTINCT ?place ?lat ?long WHERE { ?place a inno:Place ; wgs:lat ?lat ; wgs:long ?long }"):
        pairs.setdefault(place, []).append((longitude, latitude))
    for place, values in pairs.items():
        # Two latitudes and two longitudes make four pairs, of which two are nobody's: only a single pair says where the place is.
        if place not in points and len(values) == 1 and (point := point_of(*values[0])) is not None:
            points[place] = {point}
    larger: dict[str, set[str]] = {}
    for place, around in rows("SELECT DISTINCT ?place ?larger WHERE { ?place inno:withinPlace ?larger }"):
        larger.setdefault(place, set()).add(around)
    kinds: dict[str, str] = {}
    for kind, name in (("initiative", "inno:Initiative"), ("event", "inno:Event"), ("institution", "inno:Organisation")):
        kinds.update((thing, kind) for (thing,) in rows(f"SELECT DISTINCT ?x WHERE {{ ?c rdfs:subClassOf* {name} . ?x a ?c }}"))
    places: dict[str, set[str]] = {}
    for thing, place in rows(
        "SELECT DISTINCT ?x ?place WHERE { { ?x inno:location ?place } UNION { ?use inno:site ?place ; inno:inInitiative ?x } FILTER (isIRI(?place)) }"
    ):
        if thing in kinds:
            places.setdefault(thing, set()).add(place)
    return Located(
        {place: sorted(found) for place, found in points.items()}, {place: sorted(found) for place, found in larger.items()}, kinds, places, cut
    )
