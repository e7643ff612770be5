"""What chance would give for the repeat partners of one institution: random two-mode networks with both margins kept (:mod:`kg.analyse.curveball`).

In large networks the same is solved instead of drawn (:mod:`kg.analyse.configuration`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.analyse.curveball import TRADES, chains, draws
from kg.analyse.incidence import Incidence
from kg.analyse.required import require_draws, require_projects

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["CONFIGURATION", "CURVEBALL", "DRAWN", "TRADES", "Expected", "Repeats", "draws", "repeats", "require_draws", "require_projects"]

CURVEBALL = "curveball, both margins kept, global trades"
CONFIGURATION = "bipartite configuration model, both margins kept on average"
DRAWN = 3_000
"""Participations up to which networks are drawn for one institution's numbers; of more the model is solved (:mod:`kg.analyse.configuration`)."""


@dataclass(frozen=True)
class Expected:
    """An observed number and what chance would give.

    Attributes:
        observed: The number in the data.
        mean: Mean over the draws.
        low: 2.5 % of the draws lie below.
        high: 2.5 % of the draws lie above.
    """

    observed: int
    mean: float
    low: float
    high: float

    def to_json(self) -> dict[str, Any]:
        """Return observed number, mean and interval."""
        return {"observed": self.observed, "expected": round(self.mean, 4), "low": self.low, "high": self.high}


@dataclass(frozen=True)
class Repeats:
    """Repeat partners of one institution against chance.

    Attributes:
        number: Institutions it meets in at least two projects.
        at_least: Share of draws with at least as many, (k + 1) / (n + 1), between 0 and 1 (Phipson and Smyth 2010, doi:10.2202/1544-6115.1585).
        partners: For each partner in the data, the number of shared projects; no share of draws is given for a single pair, for which 1,000 draws are
            too few.
        draws: Number of draws.
        seed: Seed.
        method: :data:`CURVEBALL` or :data:`CONFIGURATION`.
    """

    number: Expected
    at_least: float
    partners: dict[str, Expected]
    draws: int
    seed: int
    method: str

    def to_json(self) -> dict[str, Any]:
        """Return the numbers with their method; partners stand in the list of partners."""
        return {
            **self.number.to_json(),
            "share_of_draws_at_least": round(self.at_least, 6),
            "interval": 0.95,
            "method": self.method,
            **({"trades": TRADES} if self.method == CURVEBALL else {}),
            "draws": self.draws,
            "seed": self.seed,
        }


def repeats(teams: Mapping[str, Iterable[str]], institution: str, *, number: int = 1000, seed: int = 1, trades: int = TRADES) -> Repeats:
    """Return how many repeat partners an institution has, and how many it would have by chance.

    Args:
        teams: Institutions of each project, of the whole network.
        institution: IRI of the institution.
        number: Number of draws.
        seed: Seed.
        trades: Global trades per draw.

    Raises:
        AnalysisError: The institution is in no project, or no draws were asked for.
    """
    import numpy as np

    require_draws(number)
    incidence = Incidence.of({project: frozenset(team) for project, team in teams.items()})
    require_projects(institution in incidence.position, institution)
    me, everyone, width = incidence.position[institution], len(incidence.institutions), len(incidence.projects)
    own = [frozenset(incidence.rows_of(column)) - {me} for column in incidence.columns_of(me)]
    counts = np.empty((number, everyone), dtype=np.int64)
    done = 0
    for drawn in chains(incidence, number, seed, trades=trades):
        batch = drawn.shape[0]
        mine = np.zeros((batch, width), dtype=bool)
        np.put_along_axis(mine, drawn[:, incidence.rows == me], True, axis=1)
        met = np.take_along_axis(mine, drawn, axis=1)
        keys = np.arange(batch)[:, None] * everyone + incidence.rows[None, :]
        counts[done : done + batch] = np.bincount(keys[met], minlength=batch * everyone).reshape(batch, everyone)
        done += batch
    counts[:, me] = 0
    again = (counts >= 2).sum(axis=1)

    def expected(values: NDArray[np.int64], observed: int) -> Expected:
        low, high = np.quantile(values, [0.025, 0.975], method="inverted_cdf")
        return Expected(observed, float(values.mean()), float(low), float(high))

    shared = {partner: sum(1 for team in own if partner in team) for partner in sorted(set().union(*own))}
    observed = sum(1 for value in shared.values() if value > 1)
    return Repeats(
        number=expected(again, observed),
        at_least=(int((again >= observed).sum()) + 1) / (number + 1),
        partners={incidence.institutions[partner]: expected(counts[:, partner], value) for partner, value in shared.items()},
        draws=number,
        seed=seed,
        method=CURVEBALL,
    )
