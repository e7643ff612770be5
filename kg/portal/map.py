"""The map: places with coordinates, and what is located there (GeoJSON, RFC 7946).

A thing whose place has no coordinates stands at the nearest larger place that has them, and is counted as such; things without any place are counted
too, so that a map never looks fuller than the graph is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kg.errors import ParameterError, Text
from kg.portal.desk import Desk
from kg.portal.located import KINDS, Located, read_located
from kg.portal.page import Reply, Request, json_reply
from kg.questions import frame_text, resolve_iri
from kg.store import Table

GEOJSON = "application/geo+json"
MAX_PLACES = 5_000
DEFAULT_PLACES = 2_000
ROWS_PER_PAGE = 250
NAMED_THINGS = 5
"""Things named per place."""
MAX_NAMED = 1_500
"""Things named in one answer; the rest are counted only."""


@dataclass
class Spot:
    """What is at one place of the map.

    Attributes:
        place: Its IRI.
        things: IRIs there by kind.
        within: Things whose own place, inside this one, has no coordinates.
    """

    place: str
    things: dict[str, set[str]] = field(default_factory=lambda: {kind: set() for kind in KINDS})
    within: set[str] = field(default_factory=set)

    @property
    def total(self) -> int:
        """Number of things."""
        return sum(map(len, self.things.values()))


@dataclass(frozen=True)
class Choice:
    """What a request asks to see.

    Attributes:
        kinds: Kinds shown.
        around: IRI of the institution or project whose related things are shown, or empty.
        parameter: `institution` or `project` where `around` is given.
        things: Related things; `None` for all.
        only: Places asked for; empty for all.
        limit: Places shown at most.
    """

    kinds: tuple[str, ...]
    around: str = ""
    parameter: str = ""
    things: frozenset[str] | None = None
    only: tuple[str, ...] = ()
    limit: int = DEFAULT_PLACES


def located(desk: Desk) -> Located:
    """Return :func:`read_located` of a desk, read once."""
    return desk.cached("map", lambda: read_located(desk.store))


_RELATED = {
    # An institution: its projects, whoever takes part in them, and itself. `participantMerged` finds those it took part in as a unit of a larger body.
    "institution": """SELECT DISTINCT ?x WHERE { ?mine inno:participant|inno:participantMerged ?around ; inno:inInitiative ?project .
      ?part inno:inInitiative ?project ; inno:inInitiative|inno:participant ?x }""",
    "project": "SELECT DISTINCT ?x WHERE { ?part inno:inInitiative ?around ; inno:participant ?x }",
}


def choice_of(desk: Desk, request: Request) -> Choice:
    """Read what a request asks to see.

    Parameters of the address: `kind` (of :data:`KINDS`, several allowed), `institution` or `project` (IRI, slug or name: only what is related to it),
    `place` (IRIs, several allowed), `limit` (1 to :data:`MAX_PLACES`).

    Raises:
        ParameterError: A kind is unknown, or nothing has the name given.
    """
    import pyoxigraph as ox

    asked = [kind for kind in request.values.get("kind", []) if kind.strip()]
    unknown = [kind for kind in asked if kind not in KINDS]
    if unknown:
        what = Text(f"There is no kind {unknown[0][:40]!r}.", f"Eine Art {unknown[0][:40]!r} gibt es nicht.")
        raise ParameterError(what, where="kind", fix=Text(f"There are: {', '.join(KINDS)}.", f"Es gibt: {', '.join(KINDS)}."))
    kinds = tuple(kind for kind in KINDS if kind in asked or not asked)
    limit = request.number("limit", DEFAULT_PLACES, 1, MAX_PLACES)
    only = tuple(dict.fromkeys(request.values.get("place", [])))
    for parameter, name in (("institution", "inno:Organisation"), ("project", "inno:Initiative")):
        if value := request.value(parameter):
            known = located(desk).kinds.get(value)
            around = value if known and (known == "institution") == (parameter == "institution") else ""
            around = around or resolve_iri(desk.store, value, name, lang=request.lang)
            result = desk.store.query(_RELATED[parameter], {"around": ox.NamedNode(around)})
            things = {row[0].value for row in result.rows if row[0] is not None} if isinstance(result, Table) else set()
            return Choice(kinds, around, parameter, frozenset(things | {around}), only, limit)
    return Choice(kinds, only=only, limit=limit)


def spots_of(where: Located, choice: Choice) -> tuple[list[Spot], dict[str, dict[str, int]]]:
    """Return the places of the map, those with most things first, and how many things of each kind have a place.

    Returns:
        The spots, and per kind `all`, `placed` (on the map), `without_position` (has a place, but neither it nor a larger one has coordinates).
    """
    spots: dict[str, Spot] = {}
    totals = {kind: {"all": 0, "placed": 0, "without_position": 0} for kind in choice.kinds}
    things: Iterable[str] = where.kinds if choice.things is None else sorted(choice.things & where.kinds.keys())
    for thing in things:
        kind = where.kinds[thing]
        if kind not in totals:
            continue
        totals[kind]["all"] += 1
        found = False
        for place in sorted(where.places.get(thing, ())):
            at = where.spot(place)
            if at:
                found = True
                spot = spots.setdefault(at, Spot(at))
                spot.things[kind].add(thing)
                if at not in where.places[thing]:
                    spot.within.add(thing)
        totals[kind]["placed" if found else "without_position"] += found or thing in where.places
    if choice.only:
        wanted = {at for place in choice.only if (at := where.spot(place))}
        spots = {at: spots.get(at, Spot(at)) for at in wanted}
    return sorted(spots.values(), key=lambda spot: (-spot.total, spot.place)), totals


def features(desk: Desk, request: Request, choice: Choice) -> dict[str, Any]:
    """Return the map as a GeoJSON FeatureCollection.

    Each feature is a place: `id` its IRI; `name`, `url`; numbers of `institution`, `initiative`, `event`; `total`; `within` (things that stand here
    because their own place has no coordinates); `things` (some of them: `name`, `url`, `kind`); `positions` (above 1 where sources contradict).
    The member `about` says what was cut and how much of the graph is on the map.
    """
    where = located(desk)
    spots, totals = spots_of(where, choice)
    shown = spots[: choice.limit]
    listed: dict[str, list[str]] = {}
    room = MAX_NAMED
    for spot in shown:
        listed[spot.place] = [thing for kind in KINDS for thing in sorted(spot.things[kind])][: min(NAMED_THINGS, room)]
        room -= len(listed[spot.place])
    names = desk.labels([*listed, *(thing for things in listed.values() for thing in things), *filter(None, [choice.around])], request.lang)

    def one(spot: Spot) -> dict[str, Any]:
        things = [{"name": names[iri], "url": desk.href(iri, request), "kind": where.kinds[iri]} for iri in listed[spot.place]]
        return {
            "name": names[spot.place],
            "url": desk.href(spot.place, request),
            **{kind: len(spot.things[kind]) for kind in KINDS},
            "total": spot.total,
            "within": len(spot.within),
            "things": things,
            "positions": len(where.points[spot.place]),
        }

    made = [
        {"type": "Feature", "id": spot.place, "geometry": {"type": "Point", "coordinates": list(point)}, "properties": properties}
        for spot in shown
        for properties in [one(spot)]
        for point in where.points[spot.place]
    ]
    about = {
        "places": len(spots),
        "shown": len(shown),
        "truncated": len(shown) < len(spots) or where.cut,
        "totals": totals,
        "around": {"iri": choice.around, "name": names[choice.around], "url": desk.href(choice.around, request)} if choice.around else None,
        "lang": request.lang,
        "frame": desk.cached(("frame", request.lang), lambda: frame_text(desk.store, request.lang)),
        "release": desk.site.release,
    }
    return {"type": "FeatureCollection", "about": about, "features": made}


def api(desk: Desk, request: Request) -> Reply:
    """Answer `/api/map`: the places as GeoJSON (:func:`features`)."""
    data = features(desk, request, choice_of(desk, request))
    reply = json_reply(data, media_type=GEOJSON)
    reply.rows, reply.truncated = data["about"]["shown"], data["about"]["truncated"]
    return reply


def page(desk: Desk, request: Request) -> Reply:
    """Answer `/map`: the map, and the same as a table."""
    return _page(desk, request, "base.html")


def embed(desk: Desk, request: Request) -> Reply:
    """Answer `/embed/map`: the map for a frame of another site, with its table folded away."""
    return _page(desk, request, "embed.html")


def _page(desk: Desk, request: Request, base: str) -> Reply:
    choice = choice_of(desk, request)
    data = features(desk, request, choice)
    rows: dict[str, dict[str, Any]] = {}
    for feature in data["features"]:
        longitude, latitude = feature["geometry"]["coordinates"]
        row = rows.setdefault(feature["id"], {"properties": feature["properties"], "points": ""})
        row["points"] += ("; " if row["points"] else "") + f"{latitude}, {longitude}"
    pages = max(1, -(-len(rows) // ROWS_PER_PAGE))
    number = request.number("page", 1, 1, pages)
    kept: Mapping[str, object] = {name: request.values.get(name, []) for name in ("kind", "institution", "project", "place", "limit")}
    start = (number - 1) * ROWS_PER_PAGE
    return desk.render(
        "map.html",
        request,
        base=base,
        about=data["about"],
        rows=list(rows.values())[start : start + ROWS_PER_PAGE],
        first=start + 1,
        pages=pages,
        number=number,
        kinds=KINDS,
        choice=choice,
        source=request.url("/api/map", **kept),
        whole=request.url("/map", **kept),
        frame=request.url("/embed/map", **kept),
        turn=lambda to: request.with_values(page=to),
    )
