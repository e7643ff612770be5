"""Times of unequal precision: what is certain, what is possible (xsd:date, xsd:gYearMonth, xsd:gYear)."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from typing import Any


def bounds(text: str) -> tuple[dt.date, dt.date]:
    """Return the first and the last day that a date of day, month or year precision can mean.

    >>> bounds("2016")
    (datetime.date(2016, 1, 1), datetime.date(2016, 12, 31))
    >>> bounds("2024-02")[1].day
    29
    """
    parts = [int(part) for part in text[:10].split("-")]
    year, month, day = (*parts, 0, 0)[:3]
    if day:
        return dt.date(year, month, day), dt.date(year, month, day)
    if month:
        return dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])
    return dt.date(year, 1, 1), dt.date(year, 12, 31)


@dataclass(frozen=True)
class Span:
    """When something ran, as far as the sources say.

    Attributes:
        start: Lexical form of the start, or empty.
        end: Lexical form of the end, or empty.
        source: `project`, or `participation` where a date of the institution's own participation fills a gap.
    """

    start: str = ""
    end: str = ""
    source: str = "project"

    def years(self, first: int, last: int) -> tuple[range, range]:
        """Return the years in which it certainly ran, and those in which it may have run.

        Args:
            first: First year of the window; a missing start reaches back to it.
            last: Last year of the window; a missing end reaches forward to it.

        Returns:
            Two ranges, the second one containing the first. With one date missing only the known year is certain; with both missing nothing is.

        >>> Span("2022", "").years(2009, 2026)
        (range(2022, 2023), range(2022, 2027))
        >>> Span("", "").years(2009, 2026)
        (range(2009, 2009), range(2009, 2027))
        """
        start = int(self.start[:4]) if self.start else None
        end = int(self.end[:4]) if self.end else None
        if start is not None and end is not None:
            return range(start, end + 1), range(start, end + 1)
        if start is not None:
            return range(start, start + 1), range(start, max(last, start) + 1)
        if end is not None:
            return range(end, end + 1), range(min(first, end), end + 1)
        return range(first, first), range(first, last + 1)

    def text(self, unknown: str) -> str:
        """Return the span as text, with a word for what is not known.

        >>> Span("2018-11-01", "").text("?")
        '2018-11-01 – ?'
        """
        if self.start and self.start == self.end:
            return self.start
        return f"{self.start or unknown} – {self.end or unknown}" if self.start or self.end else unknown

    def to_json(self) -> dict[str, Any]:
        """Return start, end (null where unknown) and where they come from."""
        return {"start": self.start or None, "end": self.end or None, "source": self.source if self.start or self.end else None}
