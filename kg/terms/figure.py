"""What a drawing consists of, and how good it is: lines that lie on each other, lines that cross."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from kg.terms.areas import Area

HEAD = 34
"""Height of the part of a box that names it."""


@dataclass(frozen=True)
class Row:
    """A line of text in a box: a property and what it leads to.

    Attributes:
        name: Short name of the property, or empty for what the class is a kind of.
        label: What is read.
        target: Key of the box it speaks of, drawn or not.
        kind: `link`, `kind` (more general class) or `value`.
        y: Middle of the row.
    """

    name: str
    label: str
    target: str
    kind: str
    y: int


@dataclass(frozen=True)
class Box:
    """A class or code list.

    Attributes:
        key: As in :class:`~kg.terms.areas.Area`.
        label, sub: Its name, and the second line.
        anchor: Where it is described on the page, or empty.
        column: Number of its column.
        x, y, width, height: In pixels.
    """

    key: str
    label: str
    sub: str
    anchor: str
    column: int
    x: int
    y: int
    width: int
    height: int
    rows: tuple[Row, ...]

    def port(self, kind: str) -> int:
        """Return the height at which lines of a kind reach it: apart, so that an arrow of one kind does not cover that of the other."""
        return self.y + (HEAD // 2 + 7 if kind == "kind" else HEAD // 2 - 6)


@dataclass(frozen=True)
class Line:
    """A line from a row to a box, as corners.

    Attributes:
        source, target: Keys of the boxes.
        row: Which property.
        kind: Of the row.
        points: Corners from the row to the arrow's tip.
    """

    source: str
    target: str
    row: Row
    points: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Drawing:
    """A drawing in a language, laid out."""

    area: Area
    lang: str
    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


_Level = tuple[int, int, int]


@lru_cache(maxsize=1)
def _measured(lines: tuple[Line, ...]) -> list[tuple[Line, tuple[str, str], tuple[_Level, _Level], _Level]]:
    """Return for each line its end, its two horizontal parts (height, from, to) and its vertical one (place, from, to)."""
    found = []
    for line in lines:
        (x0, y0), (lane, _), (_, y1), (x1, _) = line.points
        parts = (y0, min(x0, lane), max(x0, lane)), (y1, min(x1, lane), max(x1, lane))
        found.append((line, (line.target, line.row.kind), parts, (lane, min(y0, y1), max(y0, y1))))
    return found


def overlaps(drawing: Drawing) -> list[tuple[Line, Line]]:
    """Return pairs of lines to different ends that run on, or too near, each other; lines to one end may join."""
    return [
        (one, other)
        for (one, end, parts, lane), (other, other_end, other_parts, other_lane) in combinations(_measured(drawing.lines), 2)
        if end != other_end and (_near(lane, other_lane) or any(_near(a, b) for a in parts for b in other_parts))
    ]


def _near(one: _Level, other: _Level) -> bool:
    """Tell whether two parallel parts lie side by side."""
    return abs(one[0] - other[0]) < 5 and one[1] < other[2] and other[1] < one[2]


def crossings(drawing: Drawing) -> int:
    """Return how often lines to different ends cross."""
    measured = _measured(drawing.lines)
    return sum(
        start < lane < stop and low < y < high
        for _, end, _, (lane, low, high) in measured
        for _, other_end, parts, _ in measured
        if end != other_end
        for y, start, stop in parts
    )
