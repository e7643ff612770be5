"""Where institutions and names stand in the picture of a network: seeded, on what is shown only, so that a link shows the same picture next year."""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING

from kg.analyse.edges import EdgeList
from kg.analyse.placing import Box, pack, place_labels

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kg.portal.explorer_view import View

WIDTH = 10.0
"""Width of a picture in inches; the height follows."""
DOT = 96
"""Pixels an inch."""
TEXT = 0.125
"""Height of a name in inches (12 pixels)."""
LINE = 0.165
LETTER, CAPITAL = 0.57, 0.72
"""Width of a letter as a share of the height of the text, a little above the mean of common sans-serif fonts: no font is measured on the server."""
LABELS = 42
"""Names that are tried at most; placing more takes longer and finds no room."""
LONGEST = 30
"""Letters of a name in the picture; the whole name stands in the table and at the pointer."""
STEP = 0.7
MARGIN = 0.4
GAP = 0.05
"""Inches between two nodes."""
LARGE = 12
"""Nodes from which on a part is spread more evenly: its middle, where most is, gets more room."""


def places(view: View) -> list[tuple[float, float]]:
    """Return the place of each node in inches: each connected part laid out by itself (Fruchterman and Reingold 1991, doi:10.1002/spe.4380211102, in igraph, started
    from a circle), parts packed side by side, largest first.

    Places do not depend on the language.
    """
    import numpy as np

    size = len(view.nodes)
    ends = np.array([(edge.source, edge.target) for edge in view.edges], dtype=np.int32).reshape(-1, 2)
    weights = np.array([edge.weight for edge in view.edges], dtype=np.float64)
    # Weights span orders of magnitude; their roots pull, so that the strongest do not fall into one point.
    pull = np.sqrt(weights / weights.max()) if len(weights) else weights
    edges = EdgeList([node.named.iri for node in view.nodes], ends[:, 0], ends[:, 1], pull, pull)
    parts = sorted((sorted(part) for part in edges.graph.connected_components()), key=lambda part: (-len(part), part[0]))
    shapes = [_spread(edges, part, seed=view.data.selection.seed) for part in parts]
    spots, _ = pack(shapes, parts, WIDTH, step=STEP, sizes=[(1.2, TEXT)] * size)
    found = _apart(np.array(spots), np.array([radius(view, place) for place in range(size)]))
    found[:, 1] += MARGIN - found[:, 1].min()
    return [(round(x, 4), round(y, 4)) for x, y in found.tolist()]


def _apart(spots: NDArray[np.float64], radii: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return places pushed apart until no node covers another, as far as some steps achieve it."""
    import numpy as np

    spots = spots.copy()
    least = radii[:, None] + radii[None, :] + GAP
    for _ in range(60):
        between = spots[:, None, :] - spots[None, :, :]
        apart = np.hypot(between[..., 0], between[..., 1])
        missing = np.where(apart < least, least - apart, 0.0)
        np.fill_diagonal(missing, 0.0)
        if not missing.any():
            break
        # Two nodes on one spot have no direction away from each other; they part sideways, by their order.
        way = np.divide(between, apart[..., None], out=np.zeros_like(between), where=apart[..., None] > 0)
        order = np.arange(len(spots))
        way[..., 0] = np.where((apart == 0) & (missing > 0), np.sign(order[:, None] - order[None, :]), way[..., 0])
        spots += (way * (missing / 2)[..., None]).sum(axis=1)
    spots[:, 0] = np.clip(spots[:, 0], radii, WIDTH - radii)
    return spots


def _spread(edges: EdgeList, part: list[int], *, seed: int) -> list[tuple[float, float]]:
    """Return places within one connected part, wider than high, the mean length of an edge being 1."""
    import igraph
    import numpy as np

    if len(part) == 1:
        return [(0.0, 0.0)]
    graph = edges.graph.induced_subgraph(part)
    number = {node: position for position, node in enumerate(part)}
    inside = [position for position, end in enumerate(edges.source.tolist()) if end in number]
    pull = {frozenset((number[int(edges.source[one])], number[int(edges.target[one])])): float(edges.weight[one]) for one in inside}
    weights = [0.4 + pull[frozenset(edge.tuple)] for edge in graph.es]
    igraph.set_random_number_generator(random.Random(seed))  # noqa: S311
    try:
        start = graph.layout_kamada_kawai(seed=graph.layout_circle().coords).coords
        found = np.array(graph.layout_fruchterman_reingold(weights=weights, seed=start, niter=300, start_temp=0.3).coords)
    finally:
        igraph.set_random_number_generator(random)
    found -= found.mean(axis=0)
    turn = np.linalg.eigh(found.T @ found)[1][:, ::-1]
    found = found @ turn
    found *= np.where(found[0] < 0, -1.0, 1.0)
    if len(part) >= LARGE:
        far = np.hypot(found[:, 0], found[:, 1])
        found *= (np.maximum(far, 1e-9) / far.max())[:, None] ** -0.4
    lengths = [math.dist(found[edge.source], found[edge.target]) for edge in graph.es]
    found /= (sum(lengths) / len(lengths)) or 1.0
    return [(round(x, 6), round(y, 6)) for x, y in found.tolist()]


def radius(view: View, position: int) -> float:
    """Return the radius of a node in inches: its area grows with its projects."""
    most = max(node.projects for node in view.nodes)
    return round(0.075 + 0.125 * math.sqrt(view.nodes[position].projects / most), 4)


def short(label: str) -> str:
    """Return a name for the picture.

    >>> short("Technische Universität Dortmund"), short("Fraunhofer-Institut für Materialfluss und Logistik")
    ('Technische Universität Dortmu…', 'Fraunhofer-Institut für Mater…')
    """
    return label if len(label) <= LONGEST else label[: LONGEST - 1].rstrip(" ,;-–(") + "…"


def labels(view: View, lang: str, area: tuple[float, float]) -> dict[int, tuple[str, Box]]:
    """Return names and where they stand, for as many of the strongest as find room: none covers another name or a node."""
    spots = view.places
    names = [short(node.named.label(lang)) for node in view.nodes]
    sizes = [(sum(CAPITAL if letter.isupper() else LETTER for letter in name) * TEXT + 0.08, LINE) for name in names]
    wanted = sorted(range(len(names)), key=lambda place: (view.nodes[place].named != view.centre, -view.nodes[place].strength, place))[:LABELS]
    lines = [(spots[edge.source], spots[edge.target]) for edge in view.edges[: 2 * len(names)]]
    found = place_labels(spots, [2 * radius(view, place) for place in range(len(names))], sizes, wanted, lines, area)
    return {place: (names[place], box) for place, box in found.items()}


def area(view: View) -> tuple[float, float]:
    """Return width and height of the picture in inches."""
    return WIDTH, round(max(y for _, y in view.places) + MARGIN, 2)
