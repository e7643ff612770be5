"""Pictures the server draws: the few marks of an SVG and its scales. They print, need no JavaScript, and keep to the policy of the pages.

Colours, dash and hatch patterns come from classes in `static/question.css` (Okabe and Ito, as in :mod:`kg.analyse.canvas`), never from attributes or styles,
so that one picture serves light and dark. No meaning hangs on colour alone: series differ by hatching, everything has its name or number beside it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import floor, log10

from markupsafe import Markup, escape

from kg.analyse.dates import bounds

ROW = 26
"""Height of a row in pixels: the names in it are links, which want 24 (WCAG 2.2, 2.5.8)."""
_NARROW, _WIDE = set("iljtfr.,:;'|()[]! "), set("mwMW@%—…")
_YEAR = re.compile(r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?")


@dataclass
class Canvas:
    """An SVG while it is made.

    Attributes:
        width, height: In pixels.
        name: Prefix of its ids, unique on a page.
    """

    width: float
    height: float
    name: str
    parts: list[str] = field(default_factory=list)

    def rect(self, x: float, y: float, width: float, height: float, kind: str) -> None:
        """Draw a box."""
        self.parts.append(f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(max(width, 0))}" height="{_n(height)}" class="{kind}"/>')

    def line(self, x1: float, y1: float, x2: float, y2: float, kind: str) -> None:
        """Draw a line."""
        self.parts.append(f'<line x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}" class="{kind}"/>')

    def path(self, data: Sequence[str | float], kind: str, *, width: float = 0.0, title: str = "") -> None:
        """Draw a path of letters and numbers."""
        text = " ".join(part if isinstance(part, str) else _n(part) for part in data)
        stroke = f' stroke-width="{_n(width)}"' if width else ""
        inner = f"<title>{escape(title)}</title>" if title else ""
        self.parts.append(f'<path d="{text}" class="{kind}"{stroke}>{inner}</path>')

    def circle(self, x: float, y: float, radius: float, kind: str) -> None:
        """Draw a circle."""
        self.parts.append(f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}" class="{kind}"/>')

    def text(self, x: float, y: float, text: str, kind: str = "d-text", *, anchor: str = "start", href: str = "", room: float = 0.0) -> None:
        """Write a text, shortened to a room in pixels where one is given (its whole stands in its title), as a link where there is an address."""
        shown = shortened(text, room)
        whole = f"<title>{escape(text)}</title>" if shown != text else ""
        place = "" if anchor == "start" else f' text-anchor="{anchor}"'
        made = f'<text x="{_n(x)}" y="{_n(y)}" class="{kind}"{place}>{escape(shown)}{whole}</text>'
        name = f' aria-label="{escape(text)}"' if whole else ""
        self.parts.append(f'<a href="{escape(href)}"{name}>{made}</a>' if href else made)

    def done(self, title: str, description: str) -> Markup:
        """Return the `<svg>` element with its name and its description."""
        ids = f"{self.name}-title {self.name}-desc"
        head = f'<title id="{self.name}-title">{escape(title)}</title><desc id="{self.name}-desc">{escape(description)}</desc>'
        size = f'viewBox="0 0 {_n(self.width)} {_n(self.height)}" width="{_n(self.width)}" height="{_n(self.height)}"'
        # A group, not an image: the names in it are links, which the role img would hide from screen readers.
        body = "\n".join(self.parts)
        return Markup(f'<svg class="drawn" role="group" aria-labelledby="{ids}" {size}>{head}\n{body}\n</svg>')  # noqa: S704  every text is escaped above


def _n(number: float) -> str:
    """Return a number with at most one decimal, which is finer than a screen."""
    return f"{number:.1f}".removesuffix(".0").replace("-0", "0") if abs(number) < 0.05 else f"{number:.1f}".removesuffix(".0")


def width(text: str) -> float:
    """Return about how wide a text of 13 pixels is, in pixels: three kinds of letters, rather too wide than too narrow for common fonts."""
    return sum(4.6 if c in _NARROW else 12.5 if c in _WIDE else 9.0 if c.isupper() else 8.0 for c in text)


def shortened(text: str, room: float) -> str:
    """Return a text that fits a room in pixels, with an ellipsis where it is cut; a room of 0 means any.

    >>> shortened("Sozialforschungsstelle Dortmund", 140)
    'Sozialforschungss…'
    """
    if not room or width(text) <= room:
        return text
    left = room - width("…")
    for number, character in enumerate(text):
        left -= width(character)
        if left < 0:
            return text[: max(number, 1)].rstrip() + "…"
    return text


def ticks(most: float, wanted: int = 5) -> list[float]:
    """Return round numbers from 0 to at least a number, in steps of 1, 2 or 5 times a power of ten.

    >>> ticks(37)
    [0.0, 10.0, 20.0, 30.0, 40.0]
    >>> ticks(3)
    [0.0, 1.0, 2.0, 3.0]
    """
    if most < 1e-9:
        return [0.0, 1.0]
    power = 10.0 ** floor(log10(most / wanted))
    step = next(factor * power for factor in (1, 2, 5, 10) if most / (factor * power) <= wanted)
    if float(most).is_integer():
        step = max(step, 1.0)
    found = [0.0]
    while found[-1] < most * (1 - 1e-9):
        found.append(len(found) * step)
    return found


def year_of(text: str, *, end: bool = False) -> float | None:
    """Return a date as a year with a fraction: the first day that it can mean, or the end of the last one; `None` where it is no date.

    >>> year_of("2016"), year_of("2016", end=True), round(year_of("2016-07-01") or 0, 2), year_of("soon")
    (2016.0, 2017.0, 2016.5, None)
    """
    match = _YEAR.match(text)
    if not match:
        return None
    try:
        first, last = bounds(match.group())
    except ValueError:
        return None
    day = last if end else first
    # The end of a day: a project of one day has a length.
    days = day.timetuple().tm_yday - (0 if end else 1)
    long = 366 if day.year % 4 == 0 and (day.year % 100 != 0 or day.year % 400 == 0) else 365
    return day.year + days / long


def plain(number: float) -> str:
    """Return a number without a decimal point where it is whole."""
    return str(int(number)) if float(number).is_integer() else f"{number:g}"
