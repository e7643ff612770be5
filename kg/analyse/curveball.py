"""Random two-mode networks with both margins kept, drawn by curveball trades.

Every draw has the same projects with the same number of institutions each, and the same institutions with the same number of projects each; only who
meets whom is random. Draws are independent chains of global curveball trades, as many chains at once as memory allows, as arrays.

Which projects trade with each other is drawn anew each time, more often projects of similar size (:data:`SPREADS`). That depends on the sizes alone,
which never change, so that all networks with these margins stay equally frequent; and it mixes several times as fast where a few projects have a hundred
institutions and most have one: a project of one moves at most one place of a large one, two large ones move half of theirs.

Sources: Strona, Nappo, Boccacci, Fattorini, San-Miguel-Ayanz (2014), doi:10.1038/ncomms5114 (curveball); Carstens, Berger, Strona (2018),
doi:10.1016/j.mex.2018.06.018 (global trades; uniform over all networks with these margins).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.analyse.incidence import Incidence
from kg.analyse.required import require_draws

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TRADES = 40
"""Global trades per draw, each of which lets every project trade once. :func:`memory` shows that it is enough: of the participations of the data as many are
left as chance would put there. Dortmund: 15.0 %, chance 15.0 %, in the largest projects 18.2 and 18.1 %; Horizon Europe: 1.03 and 1.01 %, in the largest
2.5 and 2.4 %. Ten trades in pairs drawn without regard to size leave 19.6 and 31 %, and 11 and 51 %."""
SPREADS = (0.3, 1.0, 3.0)
"""Projects trade with their neighbours in the order of log size + spread × normal noise; the spreads take turns, from projects of one size to any."""
_PLACES = 50_000
"""Limit of one batch (draws × participations), about 100 bytes each: small enough for the cache; another limit gives other draws for the same seed."""


def chains(incidence: Incidence, number: int, seed: int, *, trades: int = TRADES) -> Iterator[NDArray[np.int64]]:
    """Yield batches of random networks with both margins kept, each an independent chain that starts at the data.

    Args:
        incidence: Who is in which project.
        number: Number of draws, 1 or more.
        seed: Seed; equal seeds give equal draws.
        trades: Global trades per draw.

    Yields:
        Draws by participations: position of the project of each participation; its institution is that of `incidence.rows` in every draw. A batch takes
        some megabytes; on a slow core a draw of 100,000 participations takes 0.7 s, one of 300 takes 1 ms.

    Raises:
        AnalysisError: No draws were asked for.
    """
    import numpy as np

    require_draws(number)
    sizes, rows = incidence.sizes, incidence.rows.astype(np.int64)
    generator = np.random.default_rng(seed)
    size = max(1, min(number, _PLACES // max(1, len(rows))))
    for done in range(0, number, size):
        drawn = np.tile(incidence.columns.astype(np.int64), (min(size, number - done), 1))
        for trade in range(trades if len(sizes) > 1 else 0):
            _trade(drawn, rows, sizes, SPREADS[trade % len(SPREADS)], generator)
        yield drawn


def draws(
    teams: Mapping[str, Iterable[str]], number: int, seed: int, *, trades: int = TRADES
) -> Iterator[tuple[NDArray[np.int64], list[str], list[str]]]:
    """Yield the batches of :func:`chains` with names.

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
    incidence = Incidence.of({project: frozenset(team) for project, team in teams.items()})
    columns = [incidence.institutions[row] for row in incidence.rows.tolist()]
    for drawn in chains(incidence, number, seed, trades=trades):
        yield drawn, incidence.projects, columns


def _trade(drawn: NDArray[np.int64], rows: NDArray[np.int64], sizes: NDArray[np.int64], spread: float, generator: np.random.Generator) -> None:
    """Trade once between all projects of each chain, in pairs: both keep what they share and their sizes, the rest is dealt out anew."""
    import numpy as np

    count, projects = drawn.shape[0], len(sizes)
    order = np.argsort(np.log(np.maximum(sizes, 1)) + spread * generator.standard_normal((count, projects)), axis=1)
    # The first of the order sits out in half of the trades, so that each has either neighbour; so does the last where one is left over.
    offset = generator.integers(0, 2, (count, 1))
    slot = np.empty_like(order)
    np.put_along_axis(slot, order, np.arange(projects) + offset, axis=1)
    taken = np.take_along_axis(slot, drawn, axis=1)
    pairs = projects // 2 + 1
    group = (np.arange(count)[:, np.newaxis] * pairs + (taken >> 1)).ravel()
    left = (taken & 1).ravel() == 0
    free = np.flatnonzero(~_shared(group, rows, count))
    groups = group[free]
    shuffled = _shuffle(groups, generator)
    ordered, target = groups[shuffled], free[shuffled]
    starts = np.cumsum(np.bincount(ordered, minlength=count * pairs)) - np.bincount(ordered, minlength=count * pairs)
    quota = np.bincount(groups[left[free]], minlength=count * pairs)
    side = np.arange(free.size) - starts[ordered] >= quota[ordered]
    chain = ordered // pairs
    drawn.reshape(-1)[target] = order[chain, (ordered - chain * pairs) * 2 + side - offset[chain, 0]]


def _shared(group: NDArray[np.int64], rows: NDArray[np.int64], count: int) -> NDArray[np.bool_]:
    """Tell which participations are of institutions that both projects of a pair have: those that stand twice in their group."""
    import numpy as np

    bits = int(group.size).bit_length()
    assert int(group.max(initial=0)).bit_length() + int(rows.max(initial=0)).bit_length() + bits < 63, "a batch of draws is too large"
    keys = ((group * (int(rows.max(initial=0)) + 1) + np.tile(rows, count)) << bits) | np.arange(group.size)
    keys.sort()
    twice = np.flatnonzero(keys[1:] >> bits == keys[:-1] >> bits)
    found = np.zeros(group.size, dtype=bool)
    found[keys[twice] & ((1 << bits) - 1)] = True
    found[keys[twice + 1] & ((1 << bits) - 1)] = True
    return found


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
class Memory:
    """How much of the data networks still hold after some trades.

    Attributes:
        trades: Numbers of global trades, ascending.
        kept: Share of participations that stand where the data have them, after so many trades, mean over chains, 0 to 1.
        kept_large: The same in the tenth of participations that are in the largest projects, which mix last.
        expected: Share that chance puts there (bipartite configuration model), what a mixed chain comes to.
        expected_large: The same in the largest projects.
        chains: Number of chains.
        seed: Seed.
    """

    trades: tuple[int, ...]
    kept: tuple[float, ...]
    kept_large: tuple[float, ...]
    expected: float
    expected_large: float
    chains: int
    seed: int

    def enough(self, tolerance: float = 0.01) -> int | None:
        """Return the smallest of the numbers of trades from which on both shares stay within a tolerance of those of chance, or nothing."""
        far = [
            abs(kept - self.expected) > tolerance or abs(large - self.expected_large) > tolerance
            for kept, large in zip(self.kept, self.kept_large, strict=True)
        ]
        first = max((number for number, value in enumerate(far, start=1) if value), default=0)
        return self.trades[first] if first < len(far) else None

    def to_json(self) -> dict[str, Any]:
        """Return the shares by number of trades, rounded."""
        return {
            "trades": list(self.trades),
            "kept": [round(value, 6) for value in self.kept],
            "kept_large": [round(value, 6) for value in self.kept_large],
            "expected": round(self.expected, 6),
            "expected_large": round(self.expected_large, 6),
            "chains": self.chains,
            "seed": self.seed,
        }


def memory(incidence: Incidence, trades: Sequence[int] = (5, 10, 20, 30, 40, 60), *, number: int = 20, seed: int = 1) -> Memory:
    """Return how much of the data is left after some numbers of global trades.

    A chain is mixed when it has forgotten where it began: of the participations of the data no more are left than chance puts there. Projects of one
    member, which can only change their member as a whole, count like all others.

    Args:
        incidence: Who is in which project.
        trades: Numbers of trades to look after.
        number: Number of chains for each; on 100,000 participations one chain takes 13 ms a trade.
        seed: Seed.

    Raises:
        AnalysisError: No chains were asked for.
    """
    import numpy as np

    from kg.analyse.configuration import solve

    require_draws(number)
    model, width = solve(incidence), len(incidence.projects)
    chance = model.chance[
        np.searchsorted(model.degrees, incidence.degrees)[incidence.rows], np.searchsorted(model.sizes, incidence.sizes)[incidence.columns]
    ]
    size = incidence.sizes[incidence.columns]
    least = np.quantile(size, 0.9, method="inverted_cdf")
    rows = incidence.rows.astype(np.int64)
    places = rows * width + incidence.columns
    found = []
    for many in sorted(set(trades)):
        shares = []
        for drawn in chains(incidence, number, seed, trades=many):
            kept = np.isin(rows * width + drawn, places)
            shares.append((len(drawn), kept.mean(), kept[incidence.sizes[drawn] >= least].mean()))
        weights, *means = zip(*shares, strict=True)
        found.append((many, *(float(np.average(mean, weights=weights)) for mean in means)))
    numbers, everywhere, inside = zip(*found, strict=True)
    return Memory(numbers, everywhere, inside, float(chance.mean()), float(chance[size >= least].mean()), number, seed)
