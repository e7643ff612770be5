"""Places of nodes and names in a drawing: parts laid out one by one and packed, names put where nothing else stands."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from kg.analyse.edges import EdgeList

Point: TypeAlias = tuple[float, float]
Segment: TypeAlias = tuple[Point, Point]


class Box(NamedTuple):
    """A rectangle, the origin at the top left."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        """Tell whether two rectangles share a point that is not on their edge.

        >>> Box(0, 0, 1, 1).overlaps(Box(1, 0, 2, 1)), Box(0, 0, 2, 2).overlaps(Box(1, 1, 3, 3))
        (False, True)
        """
        return self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom

    def crossed_by(self, segment: Segment) -> bool:
        """Tell whether a line passes through (Liang and Barsky 1984, doi:10.1145/357332.357333).

        >>> Box(0, 0, 1, 1).crossed_by(((-1, 0.5), (2, 0.5))), Box(0, 0, 1, 1).crossed_by(((-1, 2), (2, 2)))
        (True, False)
        """
        (x, y), (to_x, to_y) = segment
        across, down, first, last = to_x - x, to_y - y, 0.0, 1.0
        for slope, room in ((-across, x - self.left), (across, self.right - x), (-down, y - self.top), (down, self.bottom - y)):
            if slope == 0:
                if room <= 0:
                    return False
            elif slope < 0:
                first = max(first, room / slope)
            else:
                last = min(last, room / slope)
        return first < last


def spread(edges: EdgeList, part: Sequence[int], *, seed: int) -> list[Point]:
    """Return places of the nodes of one connected part, the mean length of its edges being 1.

    Layout of Kamada and Kawai (1989), doi:10.1016/0020-0190(89)90102-6, in igraph, started from a circle, then turned so that it is wider than
    high; edges count alike, whatever their weight. Seeded, so that equal input gives equal places in every process.
    """
    import random

    import igraph
    import numpy as np

    if len(part) == 1:
        return [(0.0, 0.0)]
    graph = edges.graph.induced_subgraph(list(part))
    igraph.set_random_number_generator(random.Random(seed))  # noqa: S311
    try:
        places = np.array(graph.layout_kamada_kawai(seed=graph.layout_circle().coords).coords)
    finally:
        igraph.set_random_number_generator(random)
    places -= places.mean(axis=0)
    ends = np.array(graph.get_edgelist())
    length = float(np.linalg.norm(places[ends[:, 0]] - places[ends[:, 1]], axis=1).mean())
    # The axis of greatest spread across; its sign is fixed by the first node, as an eigenvector has none.
    turn = np.linalg.eigh(places.T @ places)[1][:, ::-1]
    places = places @ turn / (length or 1.0)
    places *= np.where(places[0] < 0, -1.0, 1.0)
    return [(round(x, 6), round(y, 6)) for x, y in places.tolist()]


SMALL = 3
"""Parts of up to so many nodes are drawn as a row, with room for the names left and right of it."""


def pack(
    shapes: Sequence[Sequence[Point]], parts: Sequence[Sequence[int]], width: float, *, step: float, sizes: Sequence[tuple[float, float]]
) -> tuple[list[Point], float]:
    """Return places of all nodes in inches, and the height: parts side by side in rows, in the order given.

    Args:
        shapes: Places within each part.
        parts: Positions of the nodes of each part; together 0 to n − 1.
        width: Width of the drawing.
        step: Length of the edge of a part of two; in larger parts edges are longer, as far as the width allows.
        sizes: Width and height of the name of each node.
    """
    spots: list[Point] = [(0.0, 0.0)] * sum(map(len, parts))
    rows: list[list[tuple[Sequence[int], list[Point], float, float, float]]] = [[]]
    x, widest = 0.0, max(across for across, _ in sizes)
    for part, shape in zip(parts, shapes, strict=True):
        left, top = min(x for x, _ in shape), min(y for _, y in shape)
        across, down = max(x for x, _ in shape) - left, max(y for _, y in shape) - top
        large = len(part) > SMALL
        side = widest * 0.8 if large else max(sizes[node][0] for node in part) + 0.15
        above = step * 1.5 if large else max(0.13, max(sizes[node][1] for node in part) / 2 + 0.03)
        scale = min(step * (2.4 if large else len(part) - 1), (width - 2 * side) / across) if across else step
        block = [((px - left) * scale, (py - top) * scale) for px, py in shape]
        needed = across * scale + 2 * side
        if x and x + needed > width + 1e-9:
            rows.append([])
            x = 0.0
        rows[-1].append((part, block, needed, down * scale + 2 * above, above))
        x += needed
    y = 0.0
    for row in rows:
        spare = (width - sum(needed for _, _, needed, _, _ in row)) / max(len(row), 1)
        height, x = max((tall for *_, tall, _ in row), default=0.0), 0.0
        for part, block, needed, tall, above in row:
            for node, (px, py) in zip(part, block, strict=True):
                spots[node] = (x + spare / 2 + side + px, y + (height - tall) / 2 + above + py)
            x += needed + spare
        y += height
    return spots, y


def place_labels(
    spots: Sequence[Point],
    diameters: Sequence[float],
    sizes: Sequence[tuple[float, float]],
    wanted: Sequence[int],
    lines: Sequence[Segment],
    area: tuple[float, float],
    beside: Collection[int] = (),
) -> dict[int, Box]:
    """Return where names stand, one after the other: at a free place around the node, or at
    a distance, chosen so that few lines cross it and no other node is nearer; none where all places are taken.

    Args:
        spots: Places of the nodes.
        diameters: Their diameters.
        sizes: Width and height of each name.
        wanted: Nodes in the order in which their names are placed.
        lines: The edges.
        area: Width and height of the drawing; no name leaves it.
        beside: Nodes whose names stand right beside them or not at all.
    """
    import numpy as np

    centres, radii = np.array(spots), np.array(diameters) / 2
    taken = [Box(x - r, y - r, x + r, y + r) for (x, y), r in zip(spots, radii.tolist(), strict=True)]
    found: dict[int, Box] = {}
    leaders: list[Segment] = []
    for node in wanted:
        best: tuple[float, Box] | None = None
        for far, box in _around(spots[node], float(radii[node]), sizes[node]):
            if best is not None and best[0] <= far:
                break
            if far and node in beside:
                break
            if box.left < 0 or box.top < 0 or box.right > area[0] or box.bottom > area[1] or any(box.overlaps(other) for other in taken):
                continue
            line = leader(spots[node], float(radii[node]), box)
            if any(box.crossed_by(other) for other in leaders) or (line and _blocked(line, node, taken, leaders)):
                continue
            # A name that is nearer to another node is read as that one's.
            aside = np.maximum(np.maximum(box.left - centres[:, 0], centres[:, 0] - box.right), 0)
            below = np.maximum(np.maximum(box.top - centres[:, 1], centres[:, 1] - box.bottom), 0)
            near = np.hypot(aside, below) - radii
            astray = int((near < near[node] + 0.03).sum()) - 1 if line is None else 0
            cost = far + sum(box.crossed_by(other) for other in lines) + 2.0 * astray
            if best is None or cost < best[0]:
                best = (cost, box)
        if best is not None:
            found[node] = best[1]
            taken.append(best[1])
            if line := leader(spots[node], float(radii[node]), best[1]):
                leaders.append(line)
    return found


def _blocked(line: Segment, node: int, taken: Sequence[Box], leaders: Sequence[Segment]) -> bool:
    """Tell whether the line to a name would run through another node, a name, or the line to another name."""
    return any(box.crossed_by(line) for place, box in enumerate(taken) if place != node) or any(_cross(line, other) for other in leaders)


def _cross(one: Segment, other: Segment) -> bool:
    """Tell whether two lines cross.

    >>> _cross(((0, 0), (1, 1)), ((0, 1), (1, 0))), _cross(((0, 0), (1, 0)), ((0, 1), (1, 1)))
    (True, False)
    """

    def side(a: Point, b: Point, c: Point) -> float:
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

    return side(*one, other[0]) * side(*one, other[1]) < 0 and side(*other, one[0]) * side(*other, one[1]) < 0


LEADER = 0.2
"""Distance in inches between a node and its name from which on a line leads from one to the other."""


def _around(spot: Point, radius: float, size: tuple[float, float]) -> Iterator[tuple[float, Box]]:
    """Yield the places of a name with what its distance costs, nearest first: eight around the node, then eight at a distance, and so on."""
    (x, y), (across, down) = spot, size
    for far, away in enumerate((0.02, 0.25, 0.4, 0.6)):
        reach = radius + away
        slant = reach / math.sqrt(2)
        corners = [
            (x + reach, y - down / 2),
            (x - reach - across, y - down / 2),
            (x - across / 2, y - reach - down),
            (x - across / 2, y + reach),
            (x + slant, y - slant - down),
            (x + slant, y + slant),
            (x - slant - across, y - slant - down),
            (x - slant - across, y + slant),
        ]
        for left, top in corners:
            yield 4.0 * far, Box(left, top, left + across, top + down)


def leader(spot: Point, radius: float, box: Box) -> Segment | None:
    """Return the line from a node to its name where the name stands at a distance.

    >>> leader((0, 0), 0.1, Box(1, -1, 2, 1)), leader((0, 0), 0.1, Box(0.15, -1, 2, 1))
    (((0, 0), (1, 0)), None)
    """
    x, y = spot
    end = (min(max(x, box.left), box.right), min(max(y, box.top), box.bottom))
    return (spot, end) if math.dist(spot, end) - radius > LEADER else None
