"""Partners met again: told apart by dates into those who came back after a project had ended and those whose projects overlapped.

Each date stands for the interval it can mean (:func:`kg.analyse.dates.bounds`), and only what holds for every day of it is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from kg.analyse.dates import Span, bounds

if TYPE_CHECKING:
    from kg.analyse.model import Partner, Profile


@dataclass(frozen=True)
class Return:
    """How the projects shared with one repeat partner follow each other.

    Attributes:
        partner: The partner.
        kind: `returned`, `overlapping` or `undatable`.
        earlier: For `returned`, the project that had ended first, else empty.
        later: For `returned`, the first project that certainly began after it, else empty.
    """

    partner: Partner
    kind: str
    earlier: str = ""
    later: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return partner, class and, where there are, the two projects that show the return."""
        found = {"partner": self.partner.partner.iri, "class": self.kind}
        return {**found, "earlier": self.earlier, "later": self.later} if self.earlier else found


def follows(earlier: Span, later: Span) -> bool:
    """Tell whether one project had certainly ended before another began: its last possible day lies before the other's first.

    >>> follows(Span("2014", "2016"), Span("2017", "")), follows(Span("2014", "2016"), Span("2016", "2019"))
    (True, False)
    """
    return bool(earlier.end and later.start) and bounds(earlier.end)[1] < bounds(later.start)[0]


def overlap(one: Span, other: Span) -> bool:
    """Tell whether two projects certainly ran at the same time: on some day both had certainly begun and neither had certainly ended.

    >>> overlap(Span("2014", "2018"), Span("2016", "2020")), overlap(Span("2014", "2016"), Span("2016", "2019"))
    (True, False)
    """
    if not (one.start and one.end and other.start and other.end):
        return False
    begun = max(bounds(one.start)[1], bounds(other.start)[1])
    return begun <= min(bounds(one.end)[0], bounds(other.end)[0])


def classify(spans: Mapping[str, Span], projects: Sequence[str]) -> tuple[str, str, str]:
    """Return the class of some shared projects, with the first two that show a return.

    Args:
        spans: Dates by project; a project without an entry has none.
        projects: Shared projects, two or more.

    Returns:
        `returned` where one had certainly ended before another began; `overlapping` where every two certainly ran at the same time;
        else `undatable`.
    """
    pairs = [(spans.get(one, Span()), spans.get(other, Span()), one, other) for one, other in combinations(projects, 2)]
    found = [(b.start, a, b, x, y) for a, b, x, y in [*pairs, *((b, a, y, x) for a, b, x, y in pairs)] if follows(a, b)]
    if found:
        _, _, _, earlier, later = min(found, key=lambda row: (row[1].end, row[0], row[3], row[4]))
        return "returned", earlier, later
    return ("overlapping" if all(overlap(a, b) for a, b, _, _ in pairs) else "undatable"), "", ""


def returns(profile: Profile) -> tuple[Return, ...]:
    """Return the class of each repeat partner of a profile, in its order.

    Only dates of the projects themselves count: a date of the institution's own participation does not say when the project ended.
    """
    spans = {entry.project.iri: entry.span for entry in profile.projects if entry.span.source == "project"}
    return tuple(Return(partner, *classify(spans, partner.projects)) for partner in profile.repeat_partners)
