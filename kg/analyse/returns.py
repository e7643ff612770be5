"""Partners met again, by the classes of :mod:`kg.analyse.meetings`: those that came back after all earlier shared projects had ended, and those whose projects overlapped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.analyse import meetings
from kg.analyse.dates import Span, bounds
from kg.analyse.meetings import usable

if TYPE_CHECKING:
    from kg.analyse.model import Partner, Profile


@dataclass(frozen=True)
class Return:
    """How the projects shared with one repeat partner follow each other.

    Attributes:
        partner: The partner.
        kind: `returned`, `overlapping` or `undatable`.
        earlier: For `returned`, the shared project that had ended last before it, else empty.
        later: For `returned`, the first shared project that certainly began after all earlier ones had ended, else empty.
    """

    partner: Partner
    kind: str
    earlier: str = ""
    later: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return partner, class and, where there are, the two projects that show the return."""
        found = {"partner": self.partner.partner.iri, "class": self.kind}
        return {**found, "earlier": self.earlier, "later": self.later} if self.earlier else found


def classify(spans: Mapping[str, Span], projects: Sequence[str]) -> tuple[str, str, str]:
    """Return the class of some shared projects, with two that show a return.

    Args:
        spans: Dates by project; a project without an entry has none.
        projects: Shared projects, two or more.

    Returns:
        `returned` where a project certainly began after all earlier ones had ended, with the last of these and that project; else `undatable` where the
        dates of one do not tell, else `overlapping`.
    """
    import numpy as np

    dated = {project: usable(spans.get(project, Span())) for project in sorted(projects)}
    found = meetings.classify(np.zeros(len(dated), dtype=np.int64), meetings.Days.of(dated.values())).tolist()
    kinds = dict(zip(dated, (meetings.CLASSES[place] for place in found), strict=True))
    back = [project for project, kind in kinds.items() if kind == "returning"]
    if not back:
        return ("undatable" if "undatable" in kinds.values() else "overlapping"), "", ""
    later = min(back, key=lambda project: (bounds(dated[project].start)[0], project))
    before = [project for project, span in dated.items() if span.end and bounds(span.end)[1] < bounds(dated[later].start)[0]]
    return "returned", max(before, key=lambda project: (bounds(dated[project].end)[1], project)), later


def returns(profile: Profile) -> tuple[Return, ...]:
    """Return the class of each repeat partner of a profile, in its order.

    Only dates of the projects themselves count: a date of the institution's own participation does not say when the project ended.
    """
    spans = {entry.project.iri: entry.span for entry in profile.projects if entry.span.source == "project"}
    return tuple(Return(partner, *classify(spans, partner.projects)) for partner in profile.repeat_partners)
