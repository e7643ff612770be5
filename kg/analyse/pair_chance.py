"""What chance gives for pairs of institutions: probabilities for each, and their correction for many tests.

:mod:`kg.analyse.pairs` says what they mean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.analyse.configuration import Model
from kg.analyse.edges import Collaboration
from kg.analyse.poisson_binomial import upper_tails

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def probabilities(network: Collaboration, model: Model) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return for each edge the expected number of common projects and the probability of at least as many as there are.

    Institutions of as many projects are alike in the model, so that one distribution serves all pairs of two numbers of projects.
    """
    import numpy as np

    number = len(model.degrees)
    classes = np.searchsorted(model.degrees, network.incidence.degrees)
    ends = classes[network.source], classes[network.target]
    alike, case = np.unique(np.minimum(*ends).astype(np.int64) * number + np.maximum(*ends), return_inverse=True)
    most = np.zeros(len(alike), dtype=np.int64)
    np.maximum.at(most, case, network.count)
    both = model.chance[alike // number] * model.chance[alike % number]
    tails = upper_tails(model.projects, both, most)
    starts = np.concatenate(([0], np.cumsum(most + 1)))
    joined = np.concatenate([np.empty(0), *tails])
    return (both @ model.projects)[case], joined[starts[case] + network.count]


def corrected(p_value: NDArray[np.float64], tests: int, method: str) -> NDArray[np.float64]:
    """Return p-values corrected for a number of tests, of which those not given have the p-value 1.

    Args:
        p_value: The p-values below 1, and any others.
        tests: Number of all tests, at least that of the values.
        method: `fdr`: smallest share of false ones at which it would be named, min over j ≥ i of m · p(j) / j (Benjamini and Hochberg 1995; holds for
            independent and positively dependent tests); `bonferroni`: m · p. Never above 1.
    """
    import numpy as np

    if method == "bonferroni":
        return np.minimum(p_value * tests, 1.0)
    order = np.argsort(p_value, kind="stable")
    scaled = p_value[order] * tests / np.arange(1, len(order) + 1)
    found = np.empty_like(p_value)
    found[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return found
