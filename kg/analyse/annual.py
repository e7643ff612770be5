"""What is counted per year: running projects, institutions and pairs, who comes and goes, and which pairs meet; certain and possible.

The counting behind :mod:`kg.analyse.years`, by columns: each thing has the years in which the first and the last of its projects run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.analyse.meetings import CLASSES, Days, classify, meetings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kg.analyse.data import Data
    from kg.analyse.dates import Span

_NEVER = 1_000_000
"""A year after all others."""
_TIES = {"new_ties": ("new",), "repeated_ties": ("overlapping", "returning"), "returning_ties": ("returning",), "undatable_ties": ("undatable",)}
"""Classes of meetings that each number counts."""


@dataclass(frozen=True)
class Year:
    """One year; `…_possible` is the upper end of the band whose lower end is the certain number.

    Attributes:
        year: The year.
        projects: Projects that run in it.
        institutions: Institutions in at least one of them.
        pairs: Pairs of institutions that share at least one of them.
        density: 2 × pairs / (institutions × (institutions − 1)) of the certain network, 0 to 1; `None` for fewer than two institutions.
        mean_partners: 2 × pairs / institutions of the certain network, 0 or more; `None` without an institution.
        entering: Institutions in no project of an earlier year.
        leaving: Institutions whose last project ended the year before; `None` from the year of the state on, where it cannot be known.
        projects_so_far: Projects that began by the end of the year.
        institutions_so_far: Institutions in at least one of these.
        pairs_so_far: Pairs that share at least one of these.
        new_ties: Pairs whose first common project begins in the year.
        repeated_ties: Pairs with a common project that begins in the year and had one before (`overlapping` or `returning` in :mod:`kg.analyse.ties`).
        returning_ties: Those of them for which all earlier ones had ended.
        undatable_ties: Pairs with a common project that begins in the year, of which the dates do not tell whether it is one or the other.
        planned: Whether the year lies after the state of the data.
    """

    year: int
    projects: int
    projects_possible: int
    institutions: int
    institutions_possible: int
    pairs: int
    pairs_possible: int
    density: float | None
    mean_partners: float | None
    entering: int
    entering_possible: int
    leaving: int | None
    leaving_possible: int | None
    projects_so_far: int
    projects_so_far_possible: int
    institutions_so_far: int
    institutions_so_far_possible: int
    pairs_so_far: int
    pairs_so_far_possible: int
    new_ties: int
    repeated_ties: int
    returning_ties: int
    undatable_ties: int
    planned: bool


@dataclass(frozen=True, eq=False)
class _Running:
    """In which years some projects run: for certain, or possibly.

    Attributes:
        first: First year of each project; after all others where there is none.
        last: Last year of each project; before all others where there is none.
    """

    first: NDArray[np.int64]
    last: NDArray[np.int64]

    def by(self, owner: NDArray[Any], project: NDArray[Any], owners: int) -> _Owned:
        """Return the same for things with projects (institutions, pairs): `owner` and `project` say who has which."""
        import numpy as np

        first, last = np.full(owners, _NEVER), np.full(owners, -_NEVER)
        np.minimum.at(first, owner, self.first[project])
        np.maximum.at(last, owner, self.last[project])
        return _Owned(first, last, self, owner, project)

    def at(self, year: int) -> NDArray[np.bool_]:
        """Tell which run in a year."""
        return (self.first <= year) & (year <= self.last)


@dataclass(frozen=True, eq=False)
class _Owned:
    """In which years things with projects are there: `first` and `last` as in :class:`_Running`; in between there may be gaps."""

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    running: _Running
    owner: NDArray[Any]
    project: NDArray[Any]

    def at(self, year: int) -> NDArray[np.bool_]:
        """Tell which have a running project in a year."""
        import numpy as np

        found = np.zeros(len(self.first), dtype=bool)
        found[self.owner[self.running.at(year)[self.project]]] = True
        return found


def annual(data: Data, spans: list[Span], window: range, start: int, reach: int, known: int) -> tuple[Year, ...]:
    """Return the numbers of each year.

    Args:
        data: Participations that count.
        spans: Usable dates of each project, in the order of the incidence.
        window: Years to return.
        start: First year dated, to which a missing start reaches back.
        reach: Year to which a missing end reaches forward.
        known: Year of the state of the data: from it on nobody is said to have left.
    """
    incidence, network = data.incidence, data.collaboration
    pair, project = meetings(network)
    running = [_Running(*_ends(ranges)) for ranges in zip(*(span.years(start, reach) for span in spans), strict=True)]
    there = [one.by(incidence.rows, incidence.columns, len(incidence.institutions)) for one in running]
    tied = [one.by(pair, project, len(network.source)) for one in running]
    begun = _begun(classify(pair, Days.of(spans).at(project)), pair, project, spans)
    found = []
    for year in window:
        values: dict[str, Any] = {"year": year, "planned": year > known}
        for key, both in (("projects", running), ("institutions", there), ("pairs", tied)):
            values[key], values[f"{key}_possible"] = (int(one.at(year).sum()) for one in both)
            values[f"{key}_so_far"], values[f"{key}_so_far_possible"] = (int((one.first <= year).sum()) for one in both)
        members, ties = values["institutions"], values["pairs"]
        values["density"] = 2 * ties / (members * (members - 1)) if members > 1 else None
        values["mean_partners"] = 2 * ties / members if members else None
        values["entering"], values["entering_possible"] = _entering(there, year)
        values["leaving"], values["leaving_possible"] = _leaving(there, year) if year < known else (None, None)
        values |= {key: counts.get(year, 0) for key, counts in begun.items()}
        found.append(Year(**values))
    return tuple(found)


def _ends(ranges: tuple[range, ...]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    import numpy as np

    ends = np.array([(one.start, one.stop - 1) if one else (_NEVER, -_NEVER) for one in ranges], dtype=np.int64).reshape(-1, 2)
    return ends[:, 0], ends[:, 1]


def _entering(there: list[_Owned], year: int) -> tuple[int, int]:
    """Return how many are there for the first time: certainly there and not possibly before; possibly there and not certainly before."""
    sure, maybe = there
    return int((sure.at(year) & (maybe.first == year)).sum()), int((maybe.at(year) & (sure.first >= year)).sum())


def _leaving(there: list[_Owned], year: int) -> tuple[int, int]:
    """Return how many were there the year before for the last time, certain and possible as for entering."""
    sure, maybe = there
    return int((sure.at(year - 1) & (maybe.last == year - 1)).sum()), int((maybe.at(year - 1) & (sure.last < year)).sum())


def _begun(kind: NDArray[np.int8], pair: NDArray[np.int64], project: NDArray[np.int64], spans: list[Span]) -> dict[str, dict[int, int]]:
    """Return by year of start how many pairs meet anew, again, again after a break, and undatably; a pair counts once a year and class."""
    import numpy as np

    year = np.array([int(span.start[:4]) if span.start else -1 for span in spans], dtype=np.int64)[project]
    found = {}
    for key, kinds in _TIES.items():
        chosen = np.isin(kind, [CLASSES.index(name) for name in kinds]) & (year >= 0)
        distinct = np.unique(pair[chosen] * _NEVER + year[chosen]) % _NEVER
        found[key] = {int(one): int(count) for one, count in zip(*np.unique(distinct, return_counts=True), strict=True)}
    return found
