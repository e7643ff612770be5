"""Pictures of the rows of an answer: bars of a number, and who is tied to whom in layers."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from markupsafe import Markup

from kg.errors import Text
from kg.portal.drawing import ROW, Canvas, plain, ticks, width

MOST_BARS = 40
MOST_NODES = 60
_NAMES, _PLOT, _PAD = 320.0, 560.0, 70.0


@dataclass(frozen=True)
class Item:
    """One bar: a name, where it leads, and a number of 0 or more."""

    label: str
    href: str
    value: float


def bars(items: Sequence[Item], *, title: str, measured: str, lang: str, name: str = "bars") -> Markup:
    """Return horizontal bars with their numbers at the end, in the order given.

    Args:
        items: At most :data:`MOST_BARS` are drawn. The caller says how many there are.
        title: Name of the picture.
        measured: What the numbers count.
        lang: Language of the description.
        name: Prefix of its ids.
    """
    drawn = list(items[:MOST_BARS])
    if not drawn:
        return Markup("")
    marks = ticks(max(item.value for item in drawn))
    top = 34.0
    left = min(_NAMES, max(width(item.label) for item in drawn) + 20)
    long = _NAMES + _PLOT - left
    canvas = Canvas(_NAMES + _PLOT + _PAD, top + ROW * len(drawn) + 8, name)
    canvas.text(left, 12, measured, "d-small")
    for mark in marks:
        x = left + long * mark / marks[-1]
        canvas.line(x, top - 4, x, top + ROW * len(drawn), "d-grid")
        canvas.text(x, top - 8, plain(mark), "d-small", anchor="middle")
    for number, item in enumerate(drawn):
        y = top + ROW * number
        canvas.text(left - 8, y + 17, item.label, anchor="end", href=item.href, room=left - 14)
        wide = long * max(item.value, 0) / marks[-1]
        canvas.rect(left, y + 5, wide, ROW - 10, "d-a")
        canvas.text(left + wide + 5, y + 17, plain(item.value), "d-small")
    text = Text(f"{len(drawn)} bars: {measured}. The table holds the same.", f"{len(drawn)} Balken: {measured}. Die Tabelle enthält dasselbe.")
    return canvas.done(title, text.in_(lang))


@dataclass(frozen=True)
class Tie:
    """A tie between two things, with the number of rows (or what a column counts) behind it."""

    source: str
    target: str
    weight: float = 1.0


def layers(ties: Sequence[Tie], centre: str = "") -> list[list[str]]:
    """Return the things in layers: by steps from the centre along the ties; without one, those that nothing leads to come first.

    What cannot be reached stands in the first layer, as does everything in a ring without an entrance. The order within a layer is that of the ties.
    """
    after: dict[str, list[str]] = defaultdict(list)
    order: dict[str, int] = {}
    targets = {tie.target for tie in ties}
    for tie in ties:
        after[tie.source].append(tie.target)
        for one in (tie.source, tie.target):
            order.setdefault(one, len(order))
    roots = [centre] if centre in order else [one for one in order if one not in targets]
    depth = dict.fromkeys(roots, 0)
    waiting = deque(roots)
    while waiting:
        one = waiting.popleft()
        for other in after[one]:
            if other not in depth:
                depth[other] = depth[one] + 1
                waiting.append(other)
    found: dict[int, list[str]] = defaultdict(list)
    for one in order:
        found[depth.get(one, 0)].append(one)
    return [found[level] for level in sorted(found)]


def network(
    ties: Sequence[Tie], names: Mapping[str, str], hrefs: Mapping[str, str], *, centre: str = "", title: str, lang: str, name: str = "network"
) -> tuple[Markup, int, int]:
    """Return the ties as a picture in layers from left to right, and how many things are drawn of how many.

    Args:
        ties: In the order of the answer; those between the first :data:`MOST_NODES` things are drawn. Thicker means a larger weight.
        names, hrefs: Name and address per thing.
        centre: The thing in the middle of the question, or empty.
        title: Name of the picture.
        lang: Language of the description.
        name: Prefix of its ids.
    """
    every = list(dict.fromkeys(([centre] if centre else []) + [one for tie in ties for one in (tie.source, tie.target)]))
    kept = set(every[:MOST_NODES])
    drawn = [tie for tie in ties if tie.source in kept and tie.target in kept]
    if not drawn:
        return Markup(""), 0, len(every)
    columns = layers(drawn, centre)
    rows = max(map(len, columns))
    wide = 330.0 if len(columns) > 2 else 470.0
    height = ROW * rows + 20
    canvas = Canvas(wide * len(columns), height, name)
    place: dict[str, tuple[float, float]] = {}
    for level, column in enumerate(columns):
        gap = min((height - 20) / len(column), ROW * 4)
        first = 10 + (height - 20 - gap * len(column)) / 2
        for number, one in enumerate(column):
            place[one] = (14 + wide * level, first + gap * (number + 0.5))
    most = max(tie.weight for tie in drawn)
    room = wide - 110
    ends = {one: min(width(names[one]) * (1.12 if one == centre else 1), room) + 20 for one in place}
    for tie in drawn:
        (x1, y1), (x2, y2) = place[tie.source], place[tie.target]
        if x1 < x2:
            x1 += ends[tie.source]
        elif x2 < x1:
            x2 += ends[tie.target]
        middle = (x1 + x2) / 2
        title_of = f"{names[tie.source]} – {names[tie.target]}: {plain(tie.weight)}"
        canvas.path(["M", x1, y1, "C", middle, y1, middle, y2, x2 - 7, y2], "d-edge", width=1 + 3 * sqrt(tie.weight / most), title=title_of)
    for one, (x, y) in place.items():
        canvas.circle(x, y, 6, "d-centre" if one == centre else "d-node")
        canvas.text(
            x + 12,
            y + 4.5,
            names[one],
            "d-text d-strong" if one == centre else "d-text",
            href=hrefs.get(one, ""),
            room=room / (1.12 if one == centre else 1),
        )
    text = Text(
        f"{len(place)} things and {len(drawn)} ties, from left to right; thicker lines mean larger numbers. The table holds the same.",
        f"{len(place)} Dinge und {len(drawn)} Verbindungen, von links nach rechts; dickere Linien bedeuten größere Zahlen. Die Tabelle enthält dasselbe.",
    )
    return canvas.done(title, text.in_(lang)), len(place), len(every)
