"""When pairs of institutions meet: the class of every common project of a pair, from the days its dates can mean.

Dates have unequal precision, so each is an interval of days (:func:`kg.analyse.dates.bounds`). A class is given only where every combination of days inside
these intervals leads to it; else the meeting is `undatable`. The core of :mod:`kg.analyse.ties` and :mod:`kg.analyse.years`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from kg.analyse.arrow import positions
from kg.analyse.dates import Span, bounds
from kg.analyse.edges import Collaboration

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kg.analyse.data import Data

CLASSES = ("new", "overlapping", "returning", "undatable")
"""`new`: no common project began before; `overlapping`: one that began before still ran on the first day; `returning`: all that began before had ended;
`undatable`: the dates allow more than one of these."""
NEVER, ALWAYS = 4_000_000, -1
"""Days after the last and before the first that a date can mean."""
_COMPARED = 4_000_000
"""Comparisons of two projects of a pair held at once."""


def usable(span: Span) -> Span:
    """Return a span, or one without dates if a date cannot be read or the end lies before the start.

    >>> usable(Span("2020", "2018")) == Span(), usable(Span("2020", "2020-05")) == Span("2020", "2020-05")
    (True, True)
    """
    try:
        contradictory = bool(span.start and span.end) and bounds(span.start)[0] > bounds(span.end)[1]
        for date in filter(None, (span.start, span.end)):
            bounds(date)
    except ValueError:
        return Span()
    return Span() if contradictory else span


class Days(NamedTuple):
    """The first and the last day on which each of some projects can begin and end, as numbers; each array is as long as the projects are many."""

    begins_first: NDArray[np.int64]
    begins_last: NDArray[np.int64]
    ends_first: NDArray[np.int64]
    ends_last: NDArray[np.int64]

    @classmethod
    def of(cls, spans: Iterable[Span]) -> Days:
        """Return the days of spans that are :func:`usable`; a missing date can be any day that the other one allows."""
        import numpy as np

        found = []
        for span in spans:
            start = tuple(day.toordinal() for day in bounds(span.start)) if span.start else (ALWAYS, NEVER)
            end = tuple(day.toordinal() for day in bounds(span.end)) if span.end else (ALWAYS, NEVER)
            # Nothing ends before it begins: each date bounds the other.
            found.append((start[0], min(start[1], end[1]), max(end[0], start[0]), end[1]))
        columns = np.array(found, dtype=np.int64).reshape(-1, 4).T
        return cls(*columns)

    def at(self, chosen: NDArray[Any]) -> Days:
        """Return the days of some projects, by position."""
        return Days(*(column[chosen] for column in self))


def classify(pair: NDArray[np.int64], days: Days) -> NDArray[np.int8]:
    """Return the class of each project of each pair, as a position in :data:`CLASSES`.

    A project P of a pair is `new` if no other common project Q begins before it; `overlapping` if some Q begins before it and ends on its first day or
    later; `returning` if some Q begins before it and all that do end before its first day. Where the days allow more than one, it is `undatable`.

    Args:
        pair: Number of the pair of each meeting; the meetings of a pair stand together.
        days: The days of the project of each meeting.

    Cost: time grows with Σ n² over pairs of n common projects, memory is bounded.
    """
    import numpy as np

    result = np.zeros(len(days.begins_first), dtype=np.int8)
    sizes = np.unique(pair, return_counts=True)[1]
    ends = np.cumsum(sizes)
    start = 0
    while start < len(sizes):
        total = np.cumsum(sizes[start:] ** 2)
        stop = start + max(1, int(np.searchsorted(total, _COMPARED, side="right")))
        first, last = int(ends[start] - sizes[start]), int(ends[stop - 1])
        result[first:last] = _classify(sizes[start:stop], Days(*(column[first:last] for column in days)))
        start = stop
    return result


def _classify(sizes: NDArray[np.int64], days: Days) -> NDArray[np.int8]:
    """Return the classes of a few pairs: each project is compared with the others of its pair."""
    import numpy as np

    entries = len(days.begins_first)
    times = np.repeat(sizes, sizes)
    this = np.repeat(np.arange(entries), times)
    begin = np.repeat(np.cumsum(sizes) - sizes, sizes)
    other = np.arange(len(this)) - np.repeat(np.cumsum(times) - times, times) + np.repeat(begin, times)
    this, other = (side[this != other] for side in (this, other))
    mine, theirs = days.at(this), days.at(other)

    def some(found: NDArray[np.bool_]) -> NDArray[np.bool_]:
        return np.bincount(this[found], minlength=entries) > 0

    new = ~some(theirs.begins_last < mine.begins_first)
    overlapping = some(np.maximum(mine.begins_first, theirs.begins_first + 1) <= np.minimum(mine.begins_last, theirs.ends_last))
    # A project that begins on a known day comes back if one has ended by then and none must still be running.
    returning = some(theirs.ends_first < mine.begins_first) & ~some(
        (theirs.begins_last < mine.begins_first) & (theirs.ends_first >= mine.begins_first)
    )
    where = np.flatnonzero((days.begins_first < days.begins_last) & (times > 1))
    for one in where.tolist():
        returning[one] = _may_return(one, slice(int(begin[one]), int(begin[one] + times[one])), days)
    alternatives = new.astype(int) + overlapping + returning
    return np.where(alternatives > 1, 3, np.where(new, 0, np.where(overlapping, 1, 2))).astype(np.int8)


def _may_return(one: int, pair: slice, days: Days) -> bool:
    """Tell whether there is a day in the interval of a start on which one other project has ended and none must still be running."""
    others = [position for position in range(pair.start, pair.stop) if position != one]
    day = max(int(days.begins_first[one]), 1 + min(int(days.ends_first[other]) for other in others))
    for last, first in sorted((int(days.begins_last[other]), int(days.ends_first[other])) for other in others):
        if last < day <= first:
            day = first + 1
    return day <= int(days.begins_last[one])


def meetings(network: Collaboration) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the position of the pair and of the project of every meeting: each project that ties a pair, pairs and their projects in order."""
    import numpy as np

    none = np.zeros(0, dtype=np.int64)
    pairs, projects, start = [none], [none], 0
    for batch in network.batches(shared=True):
        found = batch.column("shared")
        sizes = np.diff(positions(found.offsets, "int32"))
        pairs.append(np.repeat(np.arange(start, start + len(sizes)), sizes))
        projects.append(positions(found.values.indices, "int32").astype(np.int64))
        start += len(sizes)
    return np.concatenate(pairs), np.concatenate(projects)


def spans_of(data: Data) -> tuple[list[Span], int]:
    """Return the usable dates of each project in the order of the incidence, and of how many projects the dates are unusable."""
    known = [data.spans[project] for project in data.incidence.projects]
    found = [usable(span) for span in known]
    return found, sum(one != other for one, other in zip(known, found, strict=True))
