"""The map on a static page: places with what is located there, drawn on outlines that travel with the software, and the same as a table."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from kg.portal.drawing import width
from kg.portal.located import KINDS, Point
from kg.portal.map import Choice, Spot, spots_of
from kg.portal.render import STATIC, grouped, markup

if TYPE_CHECKING:
    from kg.portal.located import Located
    from kg.site.frame import Pages
    from kg.site.reader import Reader
    from kg.store import Store

ROWS = 400
"""Places in the table; the list from A to Z holds all."""
NAMES = 26
"""Names that are tried on a picture."""
_WIDTH, _MARGIN = 960.0, 12.0
_LARGEST = 22.0


@dataclass(frozen=True)
class Window:
    """What a picture shows: west, south, east, north in degrees, the outlines below it, and its name."""

    name: str
    west: float
    south: float
    east: float
    north: float
    outlines: str


WINDOWS = (Window("europe", -11.5, 34.0, 36.0, 66.5, "countries.geojson"), Window("ruhr", 6.6, 51.2, 8.1, 51.85, "ruhr.geojson"))
WORLD = Window("world", -170.0, -56.0, 180.0, 78.0, "countries.geojson")
LEAST = 3
"""Places that a window must hold to be drawn."""
_TITLES = {"europe": ("Europe", "Europa"), "ruhr": ("Dortmund and the Ruhr area", "Dortmund und das Ruhrgebiet"), "world": ("The world", "Die Welt")}


def located_of(store: Store) -> Located:
    """Read where everything is (:func:`kg.portal.located.read_located`)."""
    from kg.portal.located import read_located

    return read_located(store)


def write_map(pages: Pages, reader: Reader, where: Located) -> None:
    """Write `map.html`."""
    lang, reader = pages.lang, reader.at("")
    spots, totals = spots_of(where, Choice(tuple(KINDS)))
    windows = [one for one in WINDOWS if sum(_inside(one, point) for spot in spots for point in where.points[spot.place]) >= LEAST]
    if not any(one.name == "europe" for one in windows):
        windows = [WORLD, *windows] if spots else []
    pictures = [(_TITLES[one.name][lang == "de"], _picture(one, spots, where, reader), _outside(one, spots, where)) for one in windows]
    rows = [(_named(reader, spot), _counts(spot), len(spot.within), _points(where.points[spot.place], lang)) for spot in spots[:ROWS]]
    pages.write(
        "map.html",
        "map.html",
        pictures=pictures,
        rows=rows,
        count=len(spots),
        kinds=[name.in_(lang) for name in KINDS.values()],
        totals=[(KINDS[kind].in_(lang), one) for kind, one in totals.items()],
        credit=_credit(windows),
        number=lambda value: grouped(value, lang),
    )


def _named(reader: Reader, spot: Spot) -> Markup:
    thing = reader.graph.number(spot.place)
    return reader.link(thing) if thing >= 0 else escape(spot.place)


def _counts(spot: Spot) -> list[int]:
    return [len(spot.things[kind]) for kind in KINDS]


def _points(points: Sequence[Point], lang: str) -> str:
    texts = [f"{y:.4f}; {x:.4f}" if lang == "de" else f"{y:.4f}, {x:.4f}" for x, y in points]
    return " / ".join(text.replace(".", ",") if lang == "de" else text for text in texts)


def _inside(window: Window, point: Point) -> bool:
    return window.west <= point[0] <= window.east and window.south <= point[1] <= window.north


def _outside(window: Window, spots: Sequence[Spot], where: Located) -> int:
    return sum(not any(_inside(window, point) for point in where.points[spot.place]) for spot in spots)


class _Projection:
    """Degrees to pixels: equirectangular, true in the middle of the window."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self._narrow = math.cos(math.radians((window.south + window.north) / 2))
        self._scale = (_WIDTH - 2 * _MARGIN) / ((window.east - window.west) * self._narrow)
        self.height = round((window.north - window.south) * self._scale + 2 * _MARGIN)

    def __call__(self, point: Sequence[float]) -> tuple[float, float]:
        x = _MARGIN + (point[0] - self.window.west) * self._narrow * self._scale
        return round(x, 1), round(self.height - _MARGIN - (point[1] - self.window.south) * self._scale, 1)


def _picture(window: Window, spots: Sequence[Spot], where: Located, reader: Reader) -> Markup:
    """Return the map as an `<svg>` element; links in it stand in the table as well, so that they take no place in the order of the keyboard."""
    project, german = _Projection(window), reader.lang == "de"
    title = _TITLES[window.name][german]
    text = "Karte; die Tabelle darunter sagt dasselbe." if german else "Map; the table below says the same."
    made = [
        f'<svg viewBox="0 0 {_WIDTH:.0f} {project.height}" role="group" aria-labelledby="map-{window.name}"><title id="map-{window.name}">'
        f'{escape(title)}. {text}</title><rect class="map-sea" width="{_WIDTH:.0f}" height="{project.height}"/>'
    ]
    made += [f'<path class="map-land" d="{path}"/>' for path in _outlines(window, project)]
    shown = [(spot, project(point)) for spot in spots for point in where.points[spot.place] if _inside(window, point)]
    most = max((spot.total for spot, _ in shown), default=1)
    boxes: list[tuple[float, float, float, float]] = []
    names = []
    for number, (spot, (x, y)) in enumerate(shown):
        radius = round(3 + (_LARGEST - 3) * math.sqrt(spot.total / most), 1)
        thing = reader.graph.number(spot.place)
        name, href = (reader.name(thing), reader.href(thing)) if thing >= 0 else (spot.place, "")
        circle = f'<circle class="map-spot" cx="{x}" cy="{y}" r="{radius}"><title>{escape(name)}: {spot.total}</title></circle>'
        made.append(f'<a href="{escape(href)}" tabindex="-1" aria-hidden="true">{circle}</a>' if href else circle)
        wide = width(name) * 0.85
        box = (x + radius + 2, y - 8, x + radius + 4 + wide, y + 6)
        free = all(box[2] < one[0] or box[0] > one[2] or box[3] < one[1] or box[1] > one[3] for one in boxes)
        if number < NAMES and free and box[2] < _WIDTH:
            boxes.append(box)
            names.append(f'<text class="map-text" x="{box[0]:.1f}" y="{y + 4:.1f}">{escape(name)}</text>')
    return markup("".join([*made, *names, "</svg>"]))


def _outlines(window: Window, project: _Projection) -> list[str]:
    """Return the outlines in a window as paths, points that fall into one pixel left out."""
    found: Any = json.loads((STATIC / "geo" / window.outlines).read_text(encoding="utf-8"))
    paths = []
    for feature in found["features"]:
        shape = feature["geometry"]
        for polygon in [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"] if shape["type"] == "MultiPolygon" else []:
            ring = polygon[0]
            xs, ys = [point[0] for point in ring], [point[1] for point in ring]
            if max(xs) < window.west or min(xs) > window.east or max(ys) < window.south or min(ys) > window.north:
                continue
            points = list(dict.fromkeys((round(x), round(y)) for x, y in map(project, ring)))
            if len(points) > 2:
                paths.append("M" + "L".join(f"{x} {y}" for x, y in points) + "Z")
    return paths


def _credit(windows: Sequence[Window]) -> list[str]:
    texts = []
    for name in dict.fromkeys(one.outlines for one in windows):
        found: Any = json.loads((STATIC / "geo" / name).read_text(encoding="utf-8"))
        texts.append(str(found.get("credit") or ""))
    return list(dict.fromkeys(filter(None, texts)))
