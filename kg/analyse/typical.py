"""What is typical of a group: topics that its projects have more often than the projects of others.

A plain quotient of shares puts the rarest topics on top, a difference of shares the most common ones. The log-odds ratio with a prior, divided by its
standard error, weighs both: it asks how much more often, and how sure that is (Monroe, Colaresi, Quinn 2008, doi:10.1093/pan/mpn018).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kg.analyse.incidence import Incidence

LEAST = 2
"""Projects of a group that must have a topic for it to be called typical of the group."""
WORTH = 1.0
"""Weight a topic must have in a group: one project that is all its own, or the like in parts."""


def log_odds(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how much more often each topic (column) stands in a group (row) than in all other groups together, in standard errors.

    With y the weight of a topic in the group, n the weight of all topics in it, the same with a dash for all other groups, and a prior α that has the
    shares of all groups together and one mention per topic in sum: δ = ln((y + α) / (n + Σα − y − α)) − ln((y' + α) / (n' + Σα − y' − α)),
    z = δ / √(1/(y + α) + 1/(y' + α)).

    Returns:
        z, no unit: above 0 more often than elsewhere; 0 everywhere where there are fewer than two topics. A z of 2 is no test: topics are many.

    Source: Monroe, Colaresi, Quinn (2008), doi:10.1093/pan/mpn018, equations 16, 19, 22 and 23.
    """
    import numpy as np

    whole = counts.sum(axis=0)
    used = np.count_nonzero(whole)
    if used < 2:
        return np.zeros_like(counts)
    prior = used * whole / whole.sum()
    here, elsewhere = counts + prior, whole - counts + prior
    every_here, every_elsewhere = here.sum(axis=1, keepdims=True), elsewhere.sum(axis=1, keepdims=True)
    known = np.broadcast_to(whole > 0, counts.shape)
    found = np.zeros_like(counts)
    ratio = np.log(here / (every_here - here), where=known, out=np.zeros_like(counts))
    ratio -= np.log(elsewhere / (every_elsewhere - elsewhere), where=known, out=np.zeros_like(counts))
    error = np.sqrt(np.divide(1, here, where=known, out=np.zeros_like(counts)) + np.divide(1, elsewhere, where=known, out=np.zeros_like(counts)))
    np.divide(ratio, error, where=known, out=found)
    return found


def weights(incidence: Incidence, membership: NDArray[Any], topics: dict[str, tuple[str, ...]]) -> tuple[list[str], NDArray[Any], NDArray[Any]]:
    """Return the topics, and what weight and how many projects each group has of each.

    A project counts for a group by the share of its institutions that are in the group, so that a project adds up to 1 over all groups.

    Args:
        incidence: Who is in which project.
        membership: Group of each institution, 0 or more; -1 for those in no group.
        topics: Topics of each project.

    Returns:
        Topics (sorted), weight and number of projects, both as groups by topics.
    """
    import numpy as np
    from scipy.sparse import csr_array

    names = sorted({topic for project in incidence.projects for topic in topics.get(project, ())})
    position = {topic: number for number, topic in enumerate(names)}
    pairs = [(column, position[topic]) for column, project in enumerate(incidence.projects) for topic in topics.get(project, ())]
    number = int(membership.max(initial=-1)) + 1
    group = membership[incidence.rows]
    inside = group >= 0
    share = 1.0 / incidence.sizes[incidence.columns[inside]]
    shape = (number, len(incidence.projects))
    parts = csr_array((share, (group[inside], incidence.columns[inside])), shape=shape)
    rows, columns = (np.array([pair[end] for pair in pairs], dtype=np.int64) for end in (0, 1))
    table = csr_array((np.ones(len(pairs)), (rows, columns)), shape=(len(incidence.projects), len(names)))
    weight = (parts @ table).toarray()
    parts.data[:] = 1  # entries of one group and project are summed already: one each
    return names, weight, np.rint((parts @ table).toarray()).astype(np.int64)


def typical(weight: NDArray[np.float64], projects: NDArray[np.int64], most: int) -> list[list[tuple[int, float]]]:
    """Return for each group the topics typical of it with their z, highest first, equal ones in the order of topics; at most `most`."""
    import numpy as np

    z = np.where((projects >= LEAST) & (weight >= WORTH - 1e-9), log_odds(weight), 0.0)
    z = np.round(z, 9)
    return [[(int(topic), float(row[topic])) for topic in np.argsort(-row, kind="stable")[:most] if row[topic] > 0] for row in z]
