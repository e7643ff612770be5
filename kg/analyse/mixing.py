"""Who works with whom: whether partners are of the same kind, in the same country, or of similar degree (assortativity).

Pairs are counted once each, without weights. In data made of projects the pairs of one project come about together, so that an error that takes pairs
as independent is too small; a second one leaves out whole projects. Both are given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from kg.analyse import by_columns
from kg.analyse.edges import Collaboration, EdgeList

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kg.analyse.data import Data

KIND, COUNTRY, DEGREE = "kind", "country", "degree"
TINY = 1e-12
"""Share of its largest value below which a variation is an error of rounding."""


@dataclass(frozen=True)
class Mixing:
    """How far partners are alike in one respect.

    Attributes:
        by: `kind`, `country` or `degree`.
        value: Assortativity: 1 where all partners are alike, 0 where they are as by chance, below 0 where unlike ones work together; `None` where
            no pair is left, or all institutions of all pairs are alike.
        error: Standard error by the jackknife over pairs (Newman's); `None` where a value without one of the pairs is undefined.
        error_projects: Standard error by the jackknife over projects, which honours that the pairs of a project come about together; `None` as above,
            and where the pairs do not follow from all that share a project.
        alike: Share of pairs that are alike; `None` for degree, and without a pair.
        alike_by_chance: The same if ends were paired at random; `None` as above.
        categories: Number of different values met; 0 for degree.
        pairs: Pairs that count.
        pairs_left_out: Pairs with an institution whose value is not known.
        unknown: Institutions whose value is not known.
    """

    by: str
    value: float | None
    error: float | None
    error_projects: float | None
    alike: float | None
    alike_by_chance: float | None
    categories: int
    pairs: int
    pairs_left_out: int
    unknown: int

    def to_json(self) -> dict[str, Any]:
        """Return everything by name."""
        return asdict(self)


def mixing(data: Data) -> tuple[Mixing, ...]:
    """Return how far partners are alike by kind, by country and by degree; formulas stand at :func:`by_value` and :func:`by_degree`."""
    network = data.collaboration
    kinds = {iri: kind for iri in network.names if (kind := data.named(iri).kind)}
    return by_value(network, kinds, KIND), by_value(network, data.countries, COUNTRY), by_degree(network)


def by_value(edges: EdgeList, values: Mapping[str, str], by: str) -> Mixing:
    """Return the assortativity of a network by a value that each node has at most one of.

    Formula: r = (Σ_k e_kk - Σ_k a_k²) / (1 - Σ_k a_k²), with e_kk the share of pairs inside category k and a_k the share of ends there. Jackknife:
    σ² = Σ (r_i - r)², r_i without pair i.

    Args:
        edges: A network; weights do not count.
        values: Value by node; nodes without one are unknown: left out with their pairs, and counted.
        by: Name of the value.

    Returns:
        r up to 1, without unit; the lower end depends on the categories and is -1 at the least. `None` where no pair is left or only one category is
        met.

    Cost: O(m); the errors O(m) more and one sparse product.

    Source: M. E. J. Newman (2003), doi:10.1103/PhysRevE.67.026126, equations 2 and 5; jackknife over groups: B. Efron, C. Stein (1981),
    doi:10.1214/aos/1176345462.
    """
    import numpy as np
    from scipy.sparse import coo_array

    known = sorted({values[name] for name in edges.names if values.get(name)})
    number = {value: position for position, value in enumerate(known)}
    code = np.array([number.get(values.get(name, ""), -1) for name in edges.names], dtype=np.int64)
    counts = (code[edges.source] >= 0) & (code[edges.target] >= 0)
    one, other = code[edges.source[counts]], code[edges.target[counts]]
    inside = (one == other).astype(np.float64)
    ends = np.bincount(one, minlength=len(known)) + np.bincount(other, minlength=len(known)).astype(np.float64)

    def without(groups: NDArray[np.int64], total: int) -> NDArray[np.float64]:
        """Return r without each group of pairs."""
        chosen = groups >= 0
        cells = (np.tile(groups[chosen], 2), np.concatenate((one[chosen], other[chosen])))
        taken = coo_array((np.ones(len(cells[0])), cells), shape=(total, max(len(known), 1))).tocsr()
        squares = np.sum(ends**2) - 2 * (taken @ ends) + taken.multiply(taken).sum(axis=1) if len(known) else np.zeros(total)
        pairs = len(one) - np.bincount(groups[chosen], minlength=total)
        return _nominal(inside.sum() - np.bincount(groups[chosen], inside[chosen], total), squares, pairs.astype(np.float64))

    pairs = len(one)
    value = float(_nominal(np.array([inside.sum()]), np.array([np.sum(ends**2)]), np.array([float(pairs)]))[0])
    return Mixing(
        by,
        _known(value),
        *_errors(edges, counts, without, value),
        alike=float(inside.mean()) if pairs else None,
        alike_by_chance=float(np.sum((ends / (2 * pairs)) ** 2)) if pairs else None,
        categories=int((ends > 0).sum()),
        pairs=pairs,
        pairs_left_out=edges.number_of_edges() - pairs,
        unknown=int((code < 0).sum()),
    )


def by_degree(edges: EdgeList) -> Mixing:
    """Return the assortativity of a network by degree: whether institutions with many partners work with others that have many.

    Formula: Pearson's correlation of the degrees at both ends of a pair, each pair from both sides. Jackknife as in :func:`by_value`, degrees kept.

    Args:
        edges: A network; weights do not count.

    Returns:
        r from -1 to 1, without unit; `None` where no pair is left or all institutions with a partner have the same number of them. Large projects
        make it rise by themselves: all their members have many partners.

    Cost: O(m).

    Source: M. E. J. Newman (2002), doi:10.1103/PhysRevLett.89.208701, equation 4.
    """
    import numpy as np

    degrees = by_columns.degree(edges).astype(np.float64)
    one, other = degrees[edges.source], degrees[edges.target]
    # Around the mean, so that sums of squares of large degrees do not swallow what they differ by.
    centre = float((one + other).mean() / 2) if len(one) else 0.0
    one, other = one - centre, other - centre
    terms = np.stack([np.ones(len(one)), (one + other) / 2, one * other, (one**2 + other**2) / 2])
    totals = terms.sum(axis=1)
    value = float(_pearson(totals[:, np.newaxis])[0])

    def without(groups: NDArray[np.int64], total: int) -> NDArray[np.float64]:
        chosen = groups >= 0
        taken = np.stack([np.bincount(groups[chosen], term[chosen], total) for term in terms])
        return _pearson(totals[:, np.newaxis] - taken)

    errors = _errors(edges, np.ones(len(one), dtype=bool), without, value)
    return Mixing(DEGREE, _known(value), *errors, None, None, categories=0, pairs=len(one), pairs_left_out=0, unknown=0)


def _nominal(inside: NDArray[np.float64], squares: NDArray[np.float64], pairs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return r of numbers of pairs inside categories, sums of squares of ends, and numbers of pairs; NaN where it is undefined."""
    import numpy as np

    some = np.maximum(pairs, 1)
    chance = squares / (4 * some**2)
    free = np.where((pairs > 0) & (1 - chance > TINY), 1 - chance, np.nan)
    return np.asarray((inside / some - chance) / free)


def _pearson(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return r of number, Σ (x+y)/2, Σ xy and Σ (x²+y²)/2; NaN where it is undefined."""
    import numpy as np

    some = np.maximum(sums[0], 1)
    mean, product, square = sums[1:] / some
    spread = square - mean**2
    free = np.where((sums[0] > 0.5) & (spread > TINY * np.maximum(square, 1)), spread, np.nan)
    return np.asarray((product - mean**2) / free)


def _errors(edges: EdgeList, counts: NDArray[np.bool_], without: Any, value: float) -> tuple[float | None, float | None]:
    """Return the standard errors over pairs and over projects."""
    import numpy as np

    pairs = int(counts.sum())
    if value != value or pairs < 2:
        return None, None
    by_pair = float(np.sqrt(np.sum((without(np.arange(pairs), pairs) - value) ** 2)))
    sole = _sole(edges) if isinstance(edges, Collaboration) else None
    if sole is None:
        return _known(by_pair), None
    assert isinstance(edges, Collaboration)
    left = without(sole[counts], len(edges.incidence.projects))[edges.incidence.sizes > 1]
    by_project = float(np.sqrt((len(left) - 1) / len(left) * np.sum((left - left.mean()) ** 2))) if len(left) > 1 else float("nan")
    return _known(by_pair), _known(by_project)


def _sole(network: Collaboration) -> NDArray[np.int64] | None:
    """Return the only project that each pair shares, -1 where it shares several; nothing where sharing a project is not enough to be a pair."""
    import numpy as np
    from scipy.sparse import triu

    member = network.incidence.matrix
    marks = np.arange(len(network.incidence.projects), dtype=np.float64) + 1
    # The sum of the marks of all shared projects is the mark of the only one where there is one.
    shared = triu(member.multiply(marks[np.newaxis, :]).tocsr() @ member.T.tocsr(), k=1, format="csr")
    if shared.nnz != network.number_of_edges():
        return None
    shared.sort_indices()
    return np.where(network.count == 1, shared.data.astype(np.int64) - 1, -1)


def _known(value: float) -> float | None:
    return value if value == value else None
