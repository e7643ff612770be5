"""What chance would give: random two-mode networks with both margins kept.

Every draw has the same projects with the same number of institutions each, and the same institutions with the same number of projects each; only who
meets whom is random. Draws are independent chains of global curveball trades, all chains at once as arrays.

Sources: Strona, Nappo, Boccacci, Fattorini, San-Miguel-Ayanz (2014), doi:10.1038/ncomms5114 (curveball); Carstens, Berger, Strona (2018),
doi:10.1016/j.mex.2018.06.018 (global trades; uniform over all networks with these margins).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.errors import AnalysisError, Text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TRADES = 10
"""Global trades per draw: each project trades ten times, as in the 5 × (number of rows) trades between two rows that Strona et al. found enough."""
CURVEBALL = "curveball, both margins kept, global trades"
CONFIGURATION = "bipartite configuration model, both margins kept on average"
DRAWN = 3_000
"""Participations up to which networks are drawn; of more the model is solved (:mod:`kg.analyse.configuration`)."""
_CELLS = 1_000_000
"""Limit of one batch of draws (draws × institutions × pairs of projects); another limit gives other draws for the same seed."""


def require_draws(number: int) -> None:
    """Refuse a number of draws below one.

    Raises:
        AnalysisError: No draws were asked for.
    """
    if number < 1:
        what = Text("The number of draws must be at least 1.", "Die Zahl der Ziehungen muss mindestens 1 sein.")
        raise AnalysisError(what, where="--draws", fix=Text("Use 1000.", "Nehmen Sie 1000."))


def require_projects(some: bool, institution: str) -> None:
    """Refuse an institution that is in no project.

    Raises:
        AnalysisError: It is in none.
    """
    if not some:
        fix = Text("Choose another level, role filter or institution.", "Wählen Sie eine andere Ebene, andere Rollen oder eine andere Einrichtung.")
        raise AnalysisError(Text("The institution is in no project.", "Die Einrichtung ist in keinem Projekt."), where=institution, fix=fix)


def draws(
    teams: Mapping[str, Iterable[str]], number: int, seed: int, *, trades: int = TRADES
) -> Iterator[tuple[NDArray[np.int64], list[str], list[str]]]:
    """Yield batches of random assignments of institutions to projects with both margins kept.

    Args:
        teams: Institutions of each project.
        number: Number of draws, 1 or more.
        seed: Seed; equal seeds give equal draws.
        trades: Global trades per draw.

    Yields:
        `(rows, projects, columns)`: `rows[d, e]` is, in draw `d`, the position in `projects` of the project of the e-th place; `columns[e]` is
        the institution of the e-th place and the same in every draw.

    Raises:
        AnalysisError: No draws were asked for.
    """
    import numpy as np

    require_draws(number)
    projects = sorted(teams)
    places = sorted((organisation, position) for position, project in enumerate(projects) for organisation in set(teams[project]))
    columns = [organisation for organisation, _ in places]
    names = {organisation: position for position, organisation in enumerate(dict.fromkeys(columns))}
    column = np.array([names[organisation] for organisation in columns], dtype=np.int64)
    first = np.array([position for _, position in places], dtype=np.int64)
    pairs = len(projects) // 2
    generator = np.random.default_rng(seed)
    size = max(1, min(number, _CELLS // max(1, len(names) * max(1, pairs))))
    done = 0
    while done < number:
        batch = min(size, number - done)
        rows = np.tile(first, (batch, 1))
        if pairs:
            for _ in range(trades):
                _trade(rows, column, len(projects), len(names), generator)
        yield rows, projects, columns
        done += batch


def _trade(rows: NDArray[np.int64], column: NDArray[np.int64], projects: int, names: int, generator: np.random.Generator) -> None:
    """Trade once between all projects of each chain, in random pairs: both keep what they share and their sizes, the rest is dealt out anew."""
    import numpy as np

    chains, places = rows.shape
    pairs = projects // 2
    order = generator.permuted(np.tile(np.arange(projects), (chains, 1)), axis=1)
    position = np.empty_like(order)
    np.put_along_axis(position, order, np.broadcast_to(np.arange(projects), (chains, projects)), axis=1)
    slot = np.take_along_axis(position, rows, axis=1)  # with an odd number the project in the last slot sits out
    pair, side = slot >> 1, slot & 1
    chain = np.repeat(np.arange(chains), places)
    group = (chain * (pairs + 1) + pair.ravel()).astype(np.int64)
    cell = group * names + np.tile(column, chains)
    held = np.zeros((2, chains * (pairs + 1) * names), dtype=bool)
    left, right = side.ravel() == 0, side.ravel() == 1
    held[0, cell[left]] = True
    held[1, cell[right]] = True
    free = np.flatnonzero(~(held[0, cell] & held[1, cell]) & (pair.ravel() < pairs))
    groups = group[free]
    shuffled = _shuffle(groups, generator)
    ordered = groups[shuffled]
    counts = np.bincount(ordered, minlength=chains * (pairs + 1))
    starts = (np.cumsum(counts) - counts)[ordered]
    quota = np.bincount(groups[left[free]], minlength=chains * (pairs + 1))
    new_side = (np.arange(free.size) - starts >= quota[ordered]).astype(np.int64)
    target = free[shuffled]
    slots = pair.ravel()[target] * 2 + new_side
    rows.reshape(-1)[target] = order[chain[target], slots]


def _shuffle(groups: NDArray[np.int64], generator: np.random.Generator) -> NDArray[np.int64]:
    """Return the positions ordered by group, in random order inside each group.

    Group, random number and position share one integer, so that a plain sort does it, several times as fast as an argsort. At least 20 bits
    are random: two places tie once in a million, and a tie falls back to their order.
    """
    import numpy as np

    place_bits = max(1, int(groups.size).bit_length())
    random_bits = 62 - place_bits - int(groups.max(initial=0)).bit_length()
    assert random_bits >= 20, "a batch of draws is too large"
    noise = generator.integers(0, 1 << random_bits, groups.size)
    keys = (groups << (random_bits + place_bits)) | (noise << place_bits) | np.arange(groups.size)
    keys.sort()
    return keys & ((1 << place_bits) - 1)


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

    teams = {project: frozenset(team) for project, team in teams.items()}
    own = [team for team in teams.values() if institution in team]
    require_projects(bool(own), institution)
    partners = sorted(set().union(*own) - {institution})
    everyone = sorted(set().union(*teams.values()))
    index = {organisation: position for position, organisation in enumerate(everyone)}
    counts = np.empty((number, len(everyone)), dtype=np.int64)
    done = 0
    for rows, projects, columns in draws(teams, number, seed, trades=trades):
        batch = rows.shape[0]
        column = np.array([index[organisation] for organisation in columns], dtype=np.int64)
        mine = np.zeros((batch, len(projects)), dtype=bool)
        np.put_along_axis(mine, rows[:, column == index[institution]], True, axis=1)
        met = np.take_along_axis(mine, rows, axis=1)
        keys = np.arange(batch)[:, None] * len(everyone) + column[None, :]
        counts[done : done + batch] = np.bincount(keys[met], minlength=batch * len(everyone)).reshape(batch, len(everyone))
        done += batch
    counts[:, index[institution]] = 0
    again = (counts >= 2).sum(axis=1)

    def expected(values: NDArray[np.int64], observed: int) -> Expected:
        low, high = np.quantile(values, [0.025, 0.975], method="inverted_cdf")
        return Expected(observed, float(values.mean()), float(low), float(high))

    shared = {partner: sum(1 for team in own if partner in team) for partner in partners}
    observed = sum(1 for value in shared.values() if value > 1)
    return Repeats(
        number=expected(again, observed),
        at_least=(int((again >= observed).sum()) + 1) / (number + 1),
        partners={partner: expected(counts[:, index[partner]], value) for partner, value in shared.items()},
        draws=number,
        seed=seed,
        method=CURVEBALL,
    )
