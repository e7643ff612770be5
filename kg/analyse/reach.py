"""What hangs together when participations are missing: components of institutions, and steps between them, from the two-mode network.

Two institutions hang together where projects lead from one to the other, so that the components are those of the collaboration network; the two-mode
network has them in a hundredth of the time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.analyse.incidence import Incidence

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

EXACT, SOURCES = 1_000, 200
"""Institutions up to which steps are counted from all of them, and sources where they are more."""
_BLOCK = 100


@dataclass(frozen=True, eq=False)
class Parts:
    """Components of the institutions that are there.

    Attributes:
        label: Component of each institution, 0 being the largest (equal ones by first institution); -1 for an institution that is not there.
        sizes: Number of institutions of each component, largest first.
    """

    label: NDArray[np.int64]
    sizes: NDArray[np.int64]

    @property
    def reach(self) -> int:
        """Pairs of institutions that can reach each other, Σ s(s−1)/2."""
        return int((self.sizes * (self.sizes - 1) // 2).sum())

    @property
    def largest(self) -> int:
        """Institutions of the largest component; 0 where there are none."""
        return int(self.sizes[0]) if len(self.sizes) else 0


def parts(incidence: Incidence, rows: NDArray[np.bool_] | None = None, columns: NDArray[np.bool_] | None = None) -> Parts:
    """Return the components of institutions without some institutions and projects.

    Args:
        incidence: Who is in which project.
        rows: Whether each institution is missing.
        columns: Whether each project is missing; its institutions stay.

    Cost: linear in the participations (some milliseconds for 100,000).
    """
    import numpy as np
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    number = len(incidence.institutions)
    there = np.ones(len(incidence.rows), dtype=bool)
    present = np.ones(number, dtype=bool)
    if rows is not None:
        there &= ~rows[incidence.rows]
        present = ~rows
    if columns is not None:
        there &= ~columns[incidence.columns]
    nodes = number + len(incidence.projects)
    ends = (incidence.rows[there], incidence.columns[there].astype(np.int64) + number)
    found = connected_components(coo_array((np.ones(len(ends[0]), dtype=np.int8), ends), shape=(nodes, nodes)), directed=False)[1][:number]
    _, first, position, sizes = np.unique(found[present], return_index=True, return_inverse=True, return_counts=True)
    order = np.lexsort((first, -sizes))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    label = np.full(number, -1, dtype=np.int64)
    label[present] = rank[position]
    return Parts(label, sizes[order].astype(np.int64))


@dataclass(frozen=True)
class Steps:
    """Mean number of steps between two institutions that can reach each other.

    Attributes:
        mean: 1 or more; `None` where no two can reach each other.
        error: Standard error; 0 where all sources were taken.
        sources: Institutions from which steps were counted.
        exact: Whether all were taken.
    """

    mean: float | None
    error: float
    sources: int
    exact: bool

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain data."""
        mean = None if self.mean is None else round(self.mean, 6)
        return {"mean": mean, "standard_error": round(self.error, 6), "sources": self.sources, "exact": self.exact}


def steps(incidence: Incidence, order: NDArray[np.int64], rows: NDArray[np.bool_] | None = None, columns: NDArray[np.bool_] | None = None) -> Steps:
    """Return the mean number of steps between institutions that can reach each other, without some institutions and projects.

    A step leads from an institution to one that shares a project with it, whatever its weight. With d the sum of steps from a source to all it can
    reach and r their number the mean is Σd / Σr over the sources; its standard error is that of a ratio from a sample without replacement (Cochran 1977,
    Sampling Techniques, section 6.4).

    Args:
        incidence: Who is in which project.
        order: Positions of all institutions in random order; the first ones that are there are the sources, so that two states have nearly the same.
        rows: Whether each institution is missing.
        columns: Whether each project is missing.

    Cost: sources × participations × largest distance, in blocks of 100 sources.
    """
    import numpy as np

    number = len(incidence.institutions)
    present = order[~rows[order]] if rows is not None else order
    taken = present if len(present) <= EXACT else present[:SOURCES]
    exact = len(taken) == len(present)
    keep = np.ones(number) if rows is None else (~rows).astype(float)
    matrix = incidence.matrix.astype(np.float32).multiply(keep[:, np.newaxis].astype(np.float32)).tocsr()
    if columns is not None:
        matrix = matrix.multiply((~columns).astype(np.float32)[np.newaxis, :]).tocsr()
    matrix.eliminate_zeros()
    turned = matrix.T.tocsr()
    sums, counts = np.zeros(len(taken)), np.zeros(len(taken))
    for start in range(0, len(taken), _BLOCK):
        block = taken[start : start + _BLOCK]
        front = np.zeros((number, len(block)), dtype=np.float32)
        front[block, np.arange(len(block))] = 1
        seen = front > 0
        distance = 0
        while front.any():
            distance += 1
            front = ((matrix @ (turned @ front)) > 0) & ~seen
            seen |= front
            found = front.sum(axis=0)
            sums[start : start + len(block)] += distance * found
            counts[start : start + len(block)] += found
            front = front.astype(np.float32)
    total = counts.sum()
    if not total:
        return Steps(None, 0.0, len(taken), exact)
    mean = float(sums.sum() / total)
    if exact:
        return Steps(mean, 0.0, len(taken), True)
    rest = sums - mean * counts
    spread = float((rest**2).sum()) / (len(taken) - 1) / len(taken) * (1 - len(taken) / len(present))
    return Steps(mean, float(np.sqrt(spread)) / float(counts.mean()), len(taken), False)
