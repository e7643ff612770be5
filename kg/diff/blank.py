"""Blank nodes: labels that depend on what is said, not on who wrote it, so that equal graphs give equal quads.

A graph is cut into pieces of blank nodes that stand in one quad with each other. Each piece is canonicalised on its own (RDF Dataset Canonicalization,
RDFC-1.0, W3C Recommendation 2024, section 4) and its nodes are named by a hash of the result: a piece that did not change cancels out even where
another one did, which labels numbered over the whole graph would prevent. Equal pieces are counted.

Bounds: canonicalisation takes exponential time on graphs made for it (RDFC-1.0, section 7.1). Above :data:`MAX_QUADS` blank-node quads per side, or in a
piece where more than :data:`MAX_ALIKE` nodes cannot be told apart by their surroundings, nodes are named by these surroundings alone (colour
refinement): equal graphs are still equal, but different ones may be taken for equal; the result says so, and gives no patch.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kg.errors import InputError, Text
from kg.quads import Quad, from_oxigraph, quad_text, to_oxigraph

MAX_QUADS = 50_000
MAX_READ = 1_000_000
MAX_ALIKE = 8
ROUNDS = 50
"""Rounds of colour refinement: nodes that differ only farther away than this count as alike."""
PREFIX = "_:d"
KEY = 24


@dataclass(frozen=True)
class Canonical:
    """The blank-node quads of one side under labels that depend on their content.

    Attributes:
        quads: The quads, relabelled.
        originals: The quads of each piece as they were written, by the key of the piece (:func:`piece_of`).
        exact: Whether equal means equal.
    """

    quads: list[Quad] = field(default_factory=list)
    originals: dict[str, list[Quad]] = field(default_factory=dict)
    exact: bool = True


def canonical(quads: Sequence[Quad]) -> Canonical:
    """Relabel the distinct quads of one side that hold a blank node.

    Raises:
        InputError: There are more than :data:`MAX_READ`.
    """
    if len(quads) > MAX_READ:
        what = Text(
            f"More than {MAX_READ:,} statements hold a blank node.",
            f"Mehr als {MAX_READ} Aussagen enthalten einen leeren Knoten.",
        )
        raise InputError(what, fix=Text("Give these nodes IRIs.", "Geben Sie diesen Knoten IRIs."))
    colours = _colours(quads)
    found: list[Quad] = []
    originals: dict[str, list[Quad]] = {}
    exact = len(quads) <= MAX_QUADS
    seen: Counter[str] = Counter()
    for piece in _pieces(quads) if exact else [list(quads)]:
        if not exact or _alike(piece, colours) > MAX_ALIKE:
            exact = False
            found += relabel(piece, {node: f"{PREFIX}{colours[node][:KEY]}" for node in _nodes(piece)})
            continue
        made = _canonicalised(piece)
        text = "\n".join(sorted(quad_text(quad) for quad in made))
        seen[text] += 1
        key = hashlib.sha256(f"{seen[text]} {text}".encode()).hexdigest()[:KEY]
        originals[key] = piece
        found += relabel(made, {node: f"{PREFIX}{key}x{node[2:]}" for node in _nodes(made)})
    return Canonical(sorted(set(found)), originals, exact)


def piece_of(quad: Quad) -> str:
    """Return the key of the piece that a relabelled quad belongs to."""
    label = quad.subject if quad.subject.startswith(PREFIX) else quad.object
    return label[len(PREFIX) : len(PREFIX) + KEY]


def relabel(quads: Iterable[Quad], labels: Mapping[str, str]) -> list[Quad]:
    """Return quads with other labels of blank nodes."""
    return [
        quad._replace(
            subject=labels.get(quad.subject, quad.subject), object=labels.get(quad.object, quad.object) if quad.kind == "bnode" else quad.object
        )
        for quad in quads
    ]


def _in(quad: Quad) -> list[str]:
    return [*([quad.subject] if quad.subject.startswith("_:") else []), *([quad.object] if quad.kind == "bnode" else [])]


def _nodes(quads: Iterable[Quad]) -> list[str]:
    return sorted({node for quad in quads for node in _in(quad)})


def _alike(piece: Sequence[Quad], colours: Mapping[str, str]) -> int:
    """Return how many nodes of a piece share their colour with another one."""
    return sum(count for count in Counter(colours[node] for node in _nodes(piece)).values() if count > 1)


def _pieces(quads: Sequence[Quad]) -> list[list[Quad]]:
    """Cut quads where no blank node is shared."""
    above: dict[str, str] = {}

    def root(node: str) -> str:
        while above.setdefault(node, node) != node:
            above[node] = above[above[node]]
            node = above[node]
        return node

    for quad in quads:
        first, *others = (root(node) for node in _in(quad))
        for other in others:
            above[other] = first
    found: dict[str, list[Quad]] = defaultdict(list)
    for quad in quads:
        found[root(_in(quad)[0])].append(quad)
    return list(found.values())


def _colours(quads: Sequence[Quad]) -> dict[str, str]:
    """Colour refinement: a node's colour is a hash of the quads around it, its neighbours standing there by their colour of the round before."""
    around: dict[str, list[Quad]] = defaultdict(list)
    for quad in quads:
        for node in set(_in(quad)):
            around[node].append(quad)
    colours = dict.fromkeys(around, "start")
    for _ in range(ROUNDS):
        following = {}
        for node, mine in around.items():
            lines = sorted(
                quad_text(quad)
                for one in mine
                for quad in relabel([one], {other: "_:self" if other == node else f"_:c{colours[other]}" for other in _in(one)})
            )
            following[node] = hashlib.sha256("\n".join(lines).encode()).hexdigest()
        settled = len(set(following.values())) == len(set(colours.values()))
        colours = following
        if settled:
            break
    return colours


def _canonicalised(piece: Sequence[Quad]) -> list[Quad]:
    import pyoxigraph as ox

    # Labels as other programs write them may not be ones that the parser takes.
    plain = {node: f"_:n{number}" for number, node in enumerate(_nodes(piece))}
    dataset = ox.Dataset([to_oxigraph(quad) for quad in relabel(piece, plain)])
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return [from_oxigraph(quad, "") for quad in dataset]
