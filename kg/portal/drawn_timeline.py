"""Bars over years: when things began and ended, open ends included, and how many began and ran in each year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from kg.errors import Text
from kg.portal.drawing import ROW, Canvas, plain, ticks, width, year_of

MOST = 60
"""Bars of one picture."""
_NAMES, _PLOT, _HEAD, _PAD = 320.0, 620.0, 28.0, 14.0
"""Most room for names, and the plot; short names leave their room to the plot."""


@dataclass(frozen=True)
class Bar:
    """One thing in time.

    Attributes:
        label, href: Its name, and where it leads.
        start, end: Lexical forms of dates (year, month or day); empty where unknown.
        point: Whether `start` is the day of an event rather than the start of something that goes on.
    """

    label: str
    href: str
    start: str
    end: str = ""
    point: bool = False

    @property
    def dated(self) -> bool:
        """Whether it can be drawn."""
        return year_of(self.start) is not None or year_of(self.end) is not None


def timeline(bars: Sequence[Bar], *, title: str, lang: str, name: str = "timeline") -> Markup:
    """Return bars from start to end on an axis of years; an unknown start or end is a dashed line to the edge of the picture.

    Args:
        bars: At most :data:`MOST` are drawn; what has no date is left out. The caller says how many there are.
        title: Name of the picture.
        lang: Language of its description.
        name: Prefix of its ids.
    """
    drawn = [bar for bar in bars if bar.dated][:MOST]
    if not drawn:
        return Markup("")
    low, high = _span(drawn)
    left = min(_NAMES, max(width(bar.label) for bar in drawn) + 20)
    wide = _NAMES + _PLOT - left
    axis = _Axis(low, high, left, wide)
    canvas = Canvas(_NAMES + _PLOT + _PAD, _HEAD + ROW * len(drawn) + _PAD, name)
    bottom = _HEAD + ROW * len(drawn)
    for year in _marked(int(low), int(high)):
        x = axis.x(year)
        canvas.line(x, _HEAD - 6, x, bottom, "d-grid")
        if x < _NAMES + _PLOT - 14:
            canvas.text(x + 3, _HEAD - 9, str(year), "d-small")
    for number, bar in enumerate(drawn):
        y = _HEAD + ROW * number
        if number % 2 == 0:
            canvas.rect(0, y, canvas.width, ROW, "d-stripe")
        canvas.text(6, y + 17, bar.label, href=bar.href, room=left - 16)
        _mark(canvas, bar, y, axis)
    first, last = int(low), int(high) - 1
    text = Text(
        f"{len(drawn)} bars from {first} to {last}; a dashed line means that a source names no start or no end. The table holds the same.",
        f"{len(drawn)} Balken von {first} bis {last}; eine gestrichelte Linie heißt, dass keine Quelle Beginn oder Ende nennt. Die Tabelle enthält dasselbe.",
    )
    return canvas.done(title, text.in_(lang))


@dataclass(frozen=True)
class _Axis:
    """Years `low` to `high` on a line that begins at `left` and is `wide` pixels long."""

    low: float
    high: float
    left: float
    wide: float

    def x(self, year: float) -> float:
        return self.left + (year - self.low) * self.wide / (self.high - self.low)


def _mark(canvas: Canvas, bar: Bar, y: float, axis: _Axis) -> None:
    start, end = year_of(bar.start), year_of(bar.end, end=True)
    middle = y + ROW / 2
    if bar.point or (start is not None and end is not None and end <= start):
        # A day of an event; and an end before the start is shown as it stands, as two points, and not as a bar.
        for at in (start, None if bar.point else end):
            if at is not None:
                x = axis.x(at)
                canvas.path(["M", x, middle - 6, "L", x + 6, middle, "L", x, middle + 6, "L", x - 6, middle, "Z"], "d-a")
    elif start is None and end is not None:
        canvas.line(axis.left, middle, axis.x(end), middle, "d-open")
        canvas.line(axis.x(end), middle - 7, axis.x(end), middle + 7, "d-end")
    elif start is not None and end is None:
        canvas.line(axis.x(start), middle, axis.x(axis.high), middle, "d-open")
        canvas.line(axis.x(start), middle - 7, axis.x(start), middle + 7, "d-end")
    elif start is not None and end is not None:
        canvas.rect(axis.x(start), middle - 7, max(axis.x(end) - axis.x(start), 2), 14, "d-a")


def _span(bars: Sequence[Bar]) -> tuple[float, float]:
    """Return the years of the axis; one more on a side where an open end wants to be seen."""
    found = [at for bar in bars for at in (year_of(bar.start), year_of(bar.start, end=True), year_of(bar.end), year_of(bar.end, end=True))]
    years = [at for at in found if at is not None]
    low, high = int(min(years)), int(max(years)) + 1
    if float(max(years)).is_integer():
        high = int(max(years))
    low -= any(not bar.start for bar in bars)
    high += any(not bar.end and not bar.point for bar in bars)
    return float(low), float(max(high, low + 1))


def _marked(low: int, high: int) -> range:
    """Return the years that get a line: at most about twelve."""
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 500, 1000, 10_000) if (high - low) / step <= 12)
    return range(low + (-low) % step, high + 1, step)


def histogram(years: Sequence[tuple[int, int, int]], *, title: str, lang: str, name: str = "histogram") -> Markup:
    """Return how many began (solid) and how many ran (hatched) in each year.

    Args:
        years: `(year, began, ran)`, one per year without gaps.
        title: Name of the picture.
        lang: Language of legend and description.
        name: Prefix of its ids.
    """
    if not years:
        return Markup("")
    began, ran = Text("began", "begonnen"), Text("running", "laufend")
    left, top, height, wide = 56.0, 34.0, 170.0, 880.0
    canvas = Canvas(left + wide + _PAD, top + height + 28, name)
    marks = ticks(max(max(one, other) for _, one, other in years))
    canvas.parts.append(
        f'<defs><pattern id="{name}-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect width="6" height="6" class="d-b-paper"/><line x1="0" y1="0" x2="0" y2="6" class="d-b-line"/></pattern></defs>'
    )
    for mark in marks:
        y = top + height - height * mark / marks[-1]
        canvas.line(left, y, left + wide, y, "d-grid")
        canvas.text(left - 6, y + 4, plain(mark), "d-small", anchor="end")
    slot = wide / len(years)
    bar = min(max((slot - 4) / 2, 1.0), 28.0)
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 500, 1000, 10_000) if 38 * len(years) / step <= wide)
    for number, (year, one, other) in enumerate(years):
        x = left + slot * number + (slot - 2 * bar) / 2
        for place, value, kind in ((0, one, "d-a"), (1, other, "")):
            tall = height * value / marks[-1]
            shape = f'x="{x + place * bar:.1f}" y="{top + height - tall:.1f}" width="{bar:.1f}" height="{tall:.1f}"'
            paint = f'class="{kind}"' if kind else f'class="d-b" fill="url(#{name}-hatch)"'
            canvas.parts.append(f"<rect {shape} {paint}><title>{year}: {value} {(ran if place else began).in_(lang)}</title></rect>")
        if year % step == 0:
            canvas.text(left + slot * (number + 0.5), top + height + 18, str(year), "d-small", anchor="middle")
    canvas.rect(left, 6, 14, 14, "d-a")
    canvas.text(left + 20, 17, began.in_(lang), "d-small")
    canvas.parts.append(f'<rect x="{left + 110}" y="6" width="14" height="14" class="d-b" fill="url(#{name}-hatch)"/>')
    canvas.text(left + 130, 17, ran.in_(lang), "d-small")
    text = Text(
        f"Per year from {years[0][0]} to {years[-1][0]}: how many began, and how many ran. The table holds the same.",
        f"Je Jahr von {years[0][0]} bis {years[-1][0]}: wie viele begannen und wie viele liefen. Die Tabelle enthält dasselbe.",
    )
    return canvas.done(title, text.in_(lang))
