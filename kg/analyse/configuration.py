"""What chance would give in a large network: a bipartite configuration model, solved instead of drawn.

Among all ways to place institutions in projects that keep the number of projects of each institution and the number of institutions of each project on
average, it is the one that assumes nothing else: institution and project meet independently, with probability xy / (1 + xy). What an average would
blur is kept: the institution asked about has as many projects as it has; its company in a project of k has k − 1 members on average, so that a project
of one has none; and each other institution places as many participations as it has, each of them in one of those projects with the same chance.
Institutions of as many projects are alike, and so are projects of as many institutions, so that everything is computed for some hundred classes.

:mod:`kg.analyse.curveball` draws networks that keep both numbers exactly; a thousand draws of a programme would take ten minutes for one institution, this takes
a second. A test compares the two: means agree; the interval of the number of repeat partners is a little wider here, because partners met in one project
are taken as independent.

Sources: Saracco, Straka, Di Clemente, Gabrielli, Caldarelli, Squartini (2017), doi:10.1088/1367-2630/aa6b38; Vallarano, Bruno, Marchese, Trapani, Saracco,
Cimini, Zanon, Squartini (2021), doi:10.1038/s41598-021-93830-4 (solving it by iteration).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.analyse.incidence import Incidence
from kg.analyse.nullmodel import CONFIGURATION, Expected, Repeats
from kg.analyse.required import require_draws, require_projects

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ROUNDS = 20_000
TOLERANCE = 1e-9
"""Largest relative difference between a margin of the data and that of the model."""
CERTAIN = 1e9
"""Weight of an institution that is in all projects (of those that not all others are in), for the company it is in."""


@dataclass(frozen=True, eq=False)
class Model:
    """The model in classes.

    Attributes:
        degrees: Numbers of projects that institutions have, ascending.
        institutions: How many institutions have each.
        sizes: Numbers of institutions that projects have, ascending.
        projects: How many projects have each.
        chance: Probability that an institution of a degree is in a project of a size, degrees by sizes.
        company: The same where another institution is known to be in the project.
    """

    degrees: NDArray[np.int64]
    institutions: NDArray[np.int64]
    sizes: NDArray[np.int64]
    projects: NDArray[np.int64]
    chance: NDArray[np.float64]
    company: NDArray[np.float64]


def solve(incidence: Incidence) -> Model:
    """Return the model whose margins are those of the data, by fixed-point iteration.

    Args:
        incidence: Who is in which project; every institution in at least one.
    """
    import numpy as np

    degrees, institutions = np.unique(incidence.degrees, return_counts=True)
    sizes, projects = np.unique(incidence.sizes, return_counts=True)
    left, room = degrees.astype(np.float64), sizes.astype(np.float64)
    chance = _forced(left, institutions, room, projects)
    free, open_ = left > 0, room > 0
    x = np.full(len(degrees), CERTAIN)
    if free.any():
        inner, y = _solved(left[free], institutions[free], room[open_], projects[open_])
        chance[np.ix_(free, open_)] = _chance(inner, y)
        x[free] = inner
    others = np.ones(len(sizes))
    for _ in range(ROUNDS):
        before, others = others, _scaled(x, others, institutions, sizes - 1)
        if np.abs(others - before).max() <= TOLERANCE * others.max(initial=0.0):
            break
    return Model(degrees, institutions, sizes, projects, chance, _chance(x, others))


def _forced(
    left: NDArray[np.float64], institutions: NDArray[np.int64], room: NDArray[np.float64], projects: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return chances of 1 where an institution is in all projects or a project has all institutions, 0 elsewhere, and take them from both margins.

    What is left of margins that this settles is 0. No finite x or y would give a chance of 1, and the iteration would not end.
    """
    import numpy as np

    chance = np.zeros((len(left), len(room)))
    changed = True
    while changed:
        changed = False
        rows = (left > 0) & (left == projects[room > 0].sum())
        if rows.any():
            chance[np.ix_(rows, room > 0)] = 1.0
            room[room > 0] -= institutions[rows].sum()
            left[rows], changed = 0.0, True
        columns = (room > 0) & (room == institutions[left > 0].sum())
        if columns.any():
            chance[np.ix_(left > 0, columns)] = 1.0
            left[left > 0] -= projects[columns].sum()
            room[columns], changed = 0.0, True
    return chance


def _solved(
    left: NDArray[np.float64], institutions: NDArray[np.int64], room: NDArray[np.float64], projects: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return x and y of margins, by iteration; where they leave hardly a choice, what :data:`ROUNDS` rounds come to."""
    import numpy as np

    places = float((left * institutions).sum())
    x, y = left / np.sqrt(places), room / np.sqrt(places)
    for _ in range(ROUNDS):
        x = left / (projects * y / (1.0 + np.outer(x, y))).sum(axis=1)
        y = _scaled(x, y, institutions, room)
        if np.abs((_chance(x, y) * projects).sum(axis=1) / left - 1.0).max() < TOLERANCE:
            break
    return x, y


def _chance(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the probabilities xy / (1 + xy)."""
    import numpy as np

    product = np.outer(x, y)
    return product / (1.0 + product)


def _scaled(
    x: NDArray[np.float64], y: NDArray[np.float64], institutions: NDArray[np.int64], sizes: NDArray[np.int64] | NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the next y, with which projects have these sizes."""
    import numpy as np

    return sizes / ((institutions * x)[:, np.newaxis] / (1.0 + np.outer(x, y))).sum(axis=0)  # type: ignore[no-any-return]


def repeats(incidence: Incidence, institution: str, *, number: int = 1000, seed: int = 1) -> Repeats:
    """Return how many repeat partners an institution has, and how many it would have by chance.

    Its own projects are drawn, as many as it has; whom it meets in them follows from the model.

    Args:
        incidence: Who is in which project, of the whole network.
        institution: IRI of the institution.
        number: Number of draws of its projects.
        seed: Seed.

    Raises:
        AnalysisError: The institution is in no project, or no draws were asked for.
    """
    import numpy as np

    require_draws(number)
    require_projects(institution in incidence.position, institution)
    model, generator = solve(incidence), np.random.default_rng(seed)
    row = incidence.position[institution]
    own = int(np.searchsorted(model.degrees, incidence.degrees[row]))
    others = model.institutions.copy()
    others[own] -= 1
    chosen = own_projects(model, own, number, generator)
    # Each participation of another institution falls into one of the drawn projects with this chance.
    share = np.clip(chosen @ model.company.T / model.degrees, 0.0, 1.0)
    again = np.clip(1.0 - (1.0 - share) ** model.degrees - model.degrees * share * (1.0 - share) ** (model.degrees - 1), 0.0, 1.0)
    again[:, model.degrees == 1] = 0.0  # exactly, not up to the last bit
    drawn = generator.binomial(others, again).sum(axis=1)
    pairs = generator.binomial(model.degrees, share)
    met = Counter(other for column in incidence.columns_of(row) for other in incidence.rows_of(column) if other != row)
    observed = sum(1 for count in met.values() if count > 1)

    def expected(found: int, mean: float, draws: NDArray[np.int64]) -> Expected:
        low, high = np.quantile(draws, [0.025, 0.975], method="inverted_cdf")
        return Expected(found, mean, float(low), float(high))

    means, classes = (share * model.degrees).mean(axis=0), np.searchsorted(model.degrees, incidence.degrees)
    partners = {incidence.institutions[k]: expected(met[k], float(means[classes[k]]), pairs[:, classes[k]]) for k in sorted(met)}
    return Repeats(
        number=expected(observed, float((again @ others).mean()), drawn),
        at_least=(int((drawn >= observed).sum()) + 1) / (number + 1),
        partners=partners,
        draws=number,
        seed=seed,
        method=CONFIGURATION,
    )


def own_projects(model: Model, own: int, number: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """Return draws of how many projects of each size an institution is in, given how many it is in at all.

    Args:
        model: The model.
        own: Class of the institution.
        number: Number of draws.
        generator: Source of chance.

    Returns:
        Draws by sizes; every row sums up to the institution's number of projects.
    """
    import numpy as np

    wanted, kept, done = int(model.degrees[own]), [], 0
    while done < number:
        # The model keeps the number on average; draws that do not have it exactly are thrown away.
        drawn = generator.binomial(model.projects, model.chance[own], size=(4 * number, len(model.sizes)))
        kept.append(drawn[drawn.sum(axis=1) == wanted])
        done += len(kept[-1])
    return np.concatenate(kept)[:number]
