"""How time grows with size: the exponent of a power law through the measured points."""

from __future__ import annotations

import math
from collections.abc import Sequence


def exponent(points: Sequence[tuple[float, float]]) -> float | None:
    """Return b of time = a * size ** b, by least squares on logarithms; `None` for fewer than two sizes.

    Args:
        points: (size, seconds) pairs, all above 0.

    >>> round(exponent([(1, 2), (2, 4), (4, 8)]), 6)
    1.0
    >>> round(exponent([(1, 1), (10, 100)]), 6)
    2.0
    >>> exponent([(1, 1)]) is None
    True
    """
    if len({size for size, _ in points}) < 2:
        return None
    x, y = ([math.log(pair[axis]) for pair in points] for axis in (0, 1))
    centre = sum(x) / len(x)
    return sum((a - centre) * b for a, b in zip(x, y, strict=True)) / sum((a - centre) ** 2 for a in x)
