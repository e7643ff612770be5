"""The pictures of an answer: timeline, chart, network and map of the rows that the table holds, each with what it leaves out."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite, nan
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from kg.errors import Text
from kg.portal import drawn_rows, drawn_timeline
from kg.portal.asking import Asked
from kg.portal.columns import Column, span
from kg.portal.desk import Desk
from kg.portal.page import Request
from kg.results import iris_of
from kg.store import Table

if TYPE_CHECKING:
    from kg.store import Node

    Row = tuple[Node | None, ...]

VIEWS: dict[str, Text] = {
    "table": Text("Table", "Tabelle"),
    "timeline": Text("Timeline", "Zeitleiste"),
    "network": Text("Network", "Netzwerk"),
    "map": Text("Map", "Karte"),
    "chart": Text("Chart", "Diagramm"),
}


@dataclass
class Picture:
    """A picture with what must be said about it.

    Attributes:
        svg: The drawing, or empty where there is nothing to draw (or for a map).
        notes: What was left out, with numbers.
        src: Address of the GeoJSON of a map, or empty.
        places: For a map without JavaScript: `(name, address, number of things)`.
        choices: `(label, address, whether chosen)` of what a chart can measure.
    """

    svg: Markup = field(default_factory=lambda: Markup(""))
    notes: list[Text] = field(default_factory=list)
    src: str = ""
    places: list[tuple[str, str, int]] = field(default_factory=list)
    choices: list[tuple[str, str, bool]] = field(default_factory=list)


def picture(desk: Desk, request: Request, asked: Asked, columns: list[Column], rows: list[Row], view: str, title: str) -> Picture:
    """Return the picture of a view.

    Args:
        desk, request: For names and addresses.
        asked: The question as asked.
        columns: Columns that are shown.
        rows: Rows that passed the filters, in the order of the table.
        view: `timeline`, `network`, `map` or `chart`.
        title: Name of the picture.
    """
    if view == "map":
        made = _map(desk, request, asked, rows)
    else:
        made = {"timeline": _timeline, "network": _network, "chart": _chart}[view](desk, request, asked, columns, rows, title)
    if not (made.svg or made.src) and not made.notes:
        made.notes.append(Text("The rows hold nothing that this view could draw.", "Die Zeilen enthalten nichts, was diese Ansicht zeichnen könnte."))
    return made


def _names(desk: Desk, asked: Asked, rows: list[Row]) -> dict[str, str]:
    return desk.labels(iris_of(Table((), rows)) | {term.value for term in asked.terms.values() if _is_iri(term)}, asked.lang)


def _is_iri(term: Node | None) -> bool:
    import pyoxigraph as ox

    return isinstance(term, ox.NamedNode)


def _named(columns: list[Column], row: Row, names: dict[str, str], most: int = 2) -> str:
    """Return what a row is about: its first things (codes where it has no thing) in a few words."""
    first = [column for column in columns if column.kind == "thing"][:1] or [column for column in columns if column.kind == "iri"][:1]
    also = [column for column in columns if column.kind == "iri" and column not in first][: most - 1]
    words = [names[term.value] for column in (*first, *also) if (term := row[column.place]) is not None]
    return " · ".join(words) or " · ".join(term.value for column in columns[:1] if (term := row[column.place]) is not None)


def _address(desk: Desk, request: Request, columns: list[Column], row: Row) -> str:
    for kind in ("thing", "iri"):
        for column in columns:
            term = row[column.place]
            if column.kind == kind and term is not None:
                return desk.href(term.value, request)
    return ""


def _timeline(desk: Desk, request: Request, asked: Asked, columns: list[Column], rows: list[Row], title: str) -> Picture:
    start, end, point = span(columns)
    if start is None and end is None:
        return Picture()

    def value(row: Row, column: Column | None) -> str:
        term = row[column.place] if column is not None else None
        return term.value if term is not None else ""

    dated = [row for row in rows if value(row, start) or value(row, end)]
    dated.sort(key=lambda row: (value(row, start) or value(row, end), value(row, end)))
    few = dated[: drawn_timeline.MOST]
    names = _names(desk, asked, few)
    bars = [
        drawn_timeline.Bar(_named(columns, row, names), _address(desk, request, columns, row), value(row, start), value(row, end), point)
        for row in few
    ]
    made = Picture(drawn_timeline.timeline(bars, title=title, lang=asked.lang))
    if len(few) < len(dated):
        made.notes.append(
            Text(f"The first {len(few)} of {len(dated)} rows with a date.", f"Die ersten {len(few)} von {len(dated)} Zeilen mit Datum.")
        )
    if len(dated) < len(rows):
        made.notes.append(
            Text(f"{len(rows) - len(dated)} of {len(rows)} rows have no date.", f"{len(rows) - len(dated)} von {len(rows)} Zeilen haben kein Datum.")
        )
    return made


def _chart(desk: Desk, request: Request, asked: Asked, columns: list[Column], rows: list[Row], title: str) -> Picture:
    numbers = [column for column in columns if column.kind == "number"]
    wanted = request.value("y")
    # What is counted of the things themselves tells more than how many sources say so.
    y = next((one for one in numbers if one.name == wanted), next((one for one in numbers if one.name not in ("declared", "sources")), None))
    y = y or next(iter(numbers), None)
    if y is None:
        return Picture()
    filled = [row for row in rows if row[y.place] is not None and isfinite(_number(row[y.place]))]
    filled.sort(key=lambda row: -_number(row[y.place]))
    few = filled[: drawn_rows.MOST_BARS]
    names = _names(desk, asked, few)
    # Where the thing counted is itself a parameter that was not given, its column is shown and names the bars.
    ordered = sorted(columns, key=lambda column: asked.rows.variables.index(column.name) != len(asked.rows.variables) - 1)
    items = [drawn_rows.Item(_named(ordered, row, names, 1), _address(desk, request, ordered, row), _number(row[y.place])) for row in few]
    made = Picture(drawn_rows.bars(items, title=title, measured=y.label, lang=asked.lang))
    made.choices = [(one.label, request.with_values(y=one.name), one.name == y.name) for one in numbers] if len(numbers) > 1 else []
    if len(few) < len(filled):
        made.notes.append(Text(f"The {len(few)} largest of {len(filled)} rows.", f"Die {len(few)} größten von {len(filled)} Zeilen."))
    if len(filled) < len(rows):
        gap = len(rows) - len(filled)
        made.notes.append(Text(f"{gap} of {len(rows)} rows have no value.", f"{gap} von {len(rows)} Zeilen haben keinen Wert."))
    return made


def _number(term: Node | None) -> float:
    try:
        return float(term.value) if term is not None else nan
    except ValueError:
        return nan


def ties(asked: Asked, columns: list[Column], rows: list[Row]) -> tuple[list[drawn_rows.Tie], str]:
    """Return who is tied to whom in the rows, and the thing in the middle.

    Only entities and topics are tied, never other codes, classes or literals. The first column of things is tied to the next one, and the thing that was asked about to all in the
    first column that nothing else leads to. The weight is the number of rows, or the number that a column of the rows counts as shared.
    """
    unfit = ("source", "document", "claim", "node")
    things = [one for one in columns if (one.kind == "thing" and one.name not in unfit) or (one.kind == "iri" and one.name == "topic")][:2]
    centre = next((term.value for term in asked.terms.values() if _is_iri(term)), "")
    counted = next((column for column in columns if column.kind == "number" and column.name.startswith("shared")), None)
    weights: dict[tuple[str, str], float] = {}
    for row in rows:
        ends = [row[column.place] for column in things]
        if len(ends) == 2 and ends[0] is not None and ends[1] is not None and ends[0] != ends[1]:
            key = (ends[0].value, ends[1].value)
            weights[key] = weights.get(key, 0.0) + 1
    reached = {target for _, target in weights}
    around: dict[tuple[str, str], float] = {}
    for row in rows:
        one = row[things[0].place] if things else None
        if centre and one is not None and one.value != centre and one.value not in reached:
            key = (centre, one.value)
            number = _number(row[counted.place]) if counted is not None else nan
            around[key] = number if isfinite(number) and number > 0 else around.get(key, 0.0) + 1
    return [drawn_rows.Tie(*key, weight) for key, weight in (*around.items(), *weights.items())], centre


def _network(desk: Desk, request: Request, asked: Asked, columns: list[Column], rows: list[Row], title: str) -> Picture:
    found, centre = ties(asked, columns, rows)
    iris = {one for tie in found for one in (tie.source, tie.target)} | ({centre} if centre else set())
    names = desk.labels(iris, asked.lang)
    hrefs = {iri: desk.href(iri, request) for iri in iris}
    svg, drawn, every = drawn_rows.network(found, names, hrefs, centre=centre, title=title, lang=asked.lang)
    made = Picture(svg)
    if svg and drawn < every:
        made.notes.append(Text(f"The first {drawn} of {every} things.", f"Die ersten {drawn} von {every} Dingen."))
    return made


def _map(desk: Desk, request: Request, asked: Asked, rows: list[Row]) -> Picture:
    from kg.portal.row_places import places

    found = places(desk, asked)
    made = Picture()
    if found.features:
        values: dict[str, Any] = {**asked.values(), "format": "geojson"}
        made.src = request.url(f"/api/questions/{asked.question.name}", **values)
        made.places = [(one["properties"]["name"], desk.href(one["id"], request), one["properties"]["total"]) for one in found.features]
    if found.within:
        made.notes.append(
            Text(
                f"{found.within} of {found.total} things stand at a larger place, because their own has no coordinates.",
                f"{found.within} von {found.total} Dingen stehen an einem größeren Ort, weil ihr eigener keine Koordinaten hat.",
            )
        )
    if found.without:
        made.notes.append(
            Text(
                f"{found.without} of {found.total} things have no known position.",
                f"Von {found.without} der {found.total} Dinge ist keine Lage bekannt.",
            )
        )
    if found.left_out:
        made.notes.append(
            Text(f"{found.left_out} further things were not looked for.", f"Nach {found.left_out} weiteren Dingen wurde nicht gesucht.")
        )
    if len(rows) < len(asked.rows.rows):
        made.notes.append(Text("Filters do not apply to the map.", "Filter gelten für die Karte nicht."))
    return made
