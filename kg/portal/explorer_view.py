"""What the explorer shows of a network: the strongest institutions and ties, with the numbers of all that is not shown.

Nothing is measured here anew: ties and weights are those of :class:`kg.analyse.edges.Collaboration`, groups those of :mod:`kg.analyse.communities`.
Columns throughout, so that a programme of 760,000 ties takes a moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kg.analyse.edges import Collaboration
from kg.analyse.frames import may
from kg.analyse.incidence import Incidence
from kg.analyse.labels import Named, sort_key
from kg.errors import AnalysisError, Text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kg.analyse.data import Data
    from kg.portal.explorer_choice import Choice
    from kg.portal.explorer_shelf import Shelf

TIES_PER_NODE = 3
"""Ties in the picture for each institution: with more, nothing can be told apart."""
LETTERS = "ABCDEFGH"
"""Marks of the groups in the picture; there are as many colours."""
WHOLE_TIES = 100_000
"""Ties that a download of the whole network holds at most."""
_DIGITS = 12


class NothingLeftError(AnalysisError):
    """A choice leaves no tie to show."""


@dataclass(frozen=True)
class Node:
    """An institution (or place) that is shown.

    Attributes:
        named: The institution.
        projects: Its projects.
        partners: Those it has a tie with, of the ties looked at.
        hidden: How many of these are not shown.
        strength: Sum of the weights of these ties.
        rank: Rank by strength among all institutions looked at, on a census; else `None`.
        group: Name of its group in the whole network, such as `c1`; empty where groups are off.
        letter: Mark of the group in the picture; empty for all but the eight groups of which most are shown.
    """

    named: Named
    projects: int
    partners: int
    hidden: int
    strength: float
    rank: int | None
    group: str
    letter: str


@dataclass(frozen=True)
class Edge:
    """A tie that is shown; `source` and `target` are positions of nodes, the smaller IRI is the source."""

    source: int
    target: int
    weight: float
    count: int


@dataclass(frozen=True)
class Counts:
    """How much there is, and how much of it is shown.

    Attributes:
        institutions, ties: Of the selection.
        of_kinds: Institutions of the kinds asked for.
        below: Ties among these below the minimum weight.
        looked_at, ties_looked_at: Institutions with a tie that is looked at (of the ego network where there is one), and these ties.
        ties_among: Ties looked at among the institutions shown.
    """

    institutions: int
    ties: int
    of_kinds: int
    below: int
    looked_at: int
    ties_looked_at: int
    ties_among: int


@dataclass(frozen=True, eq=False)
class View:
    """A part of a network, chosen by rule.

    Attributes:
        choice: What was asked for.
        data: What it was made from.
        nodes: The institution in the middle first, then by strength, equal ones by IRI.
        edges: By weight, equal ones by IRIs.
        counts: How much there is.
        centre: The institution in the middle as it is counted here, or `None`.
        asked: The institution that was asked for, where it counts as another.
        group_sizes: Members of each group that is shown, in the whole network.
        modularity: Of these groups in the whole network; `None` where groups are off.
    """

    choice: Choice
    data: Data
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    counts: Counts
    centre: Named | None
    asked: Named | None
    group_sizes: Mapping[str, int]
    modularity: float | None

    @property
    def cut(self) -> bool:
        """Whether there is more than is shown."""
        return len(self.nodes) < self.counts.institutions or len(self.edges) < self.counts.ties

    @cached_property
    def ranked(self) -> bool:
        """Whether the frame allows to put institutions in an order."""
        return may(self.data.frame, "order")

    @cached_property
    def places(self) -> list[tuple[float, float]]:
        """Places of the nodes in the picture, in inches (:func:`kg.portal.explorer_layout.places`)."""
        from kg.portal.explorer_layout import places

        return places(self)

    def rows(self, lang: str) -> list[int]:
        """Return positions of the nodes in the order of the table: by strength where the frame allows an order, else by name."""
        order = list(range(len(self.nodes)))
        return order if self.ranked else sorted(order, key=lambda place: (sort_key(self.nodes[place].named.label(lang)), self.nodes[place].named.iri))

    @cached_property
    def network(self) -> Collaboration:
        """What is shown as a network by columns, for the writers of files; of each institution all projects count."""
        positions = [self.data.incidence.position[node.named.iri] for node in self.nodes]
        ends = [(positions[edge.source], positions[edge.target]) for edge in self.edges]
        return part(self.data.collaboration, positions, ends, [(edge.weight, edge.count) for edge in self.edges])


def part(network: Collaboration, nodes: list[int], ends: list[tuple[int, int]], values: list[tuple[float, int]]) -> Collaboration:
    """Return some nodes and edges of a network by columns, by their positions, in order of IRIs."""
    import numpy as np

    chosen = np.array(sorted(nodes), dtype=np.int64)
    pairs = np.sort(np.array(ends, dtype=np.int64).reshape(-1, 2), axis=1)
    order = np.lexsort((pairs[:, 1], pairs[:, 0]))
    pairs = np.searchsorted(chosen, pairs[order]).astype(np.int32)
    weight = np.array([weight for weight, _ in values], dtype=np.float64)[order]
    count = np.array([count for _, count in values], dtype=np.int32)[order]
    return _of(network, chosen, pairs[:, 0], pairs[:, 1], weight, count)


def _of(network: Collaboration, chosen: NDArray[np.int64], source: Any, target: Any, weight: Any, count: Any) -> Collaboration:
    import numpy as np

    whole = network.incidence
    inside = np.isin(whole.rows, chosen)
    names = [whole.institutions[place] for place in chosen.tolist()]
    incidence = Incidence(names, whole.projects, np.searchsorted(chosen, whole.rows[inside]).astype(np.int32), whole.columns[inside])
    coordinators = network.coordinators[chosen] if network.coordinators is not None else None
    return Collaboration(names, source, target, weight, 1.0 / weight, count, incidence, coordinators)


@dataclass(frozen=True, eq=False)
class _Looked:
    """Ties that are looked at: by position in the network, with what each institution has of them."""

    edges: NDArray[np.int64]
    institutions: int
    below: int


def _looked_at(data: Data, choice: Choice) -> _Looked:
    import numpy as np

    network = data.collaboration
    allowed = np.ones(len(network), dtype=bool)
    if choice.kinds:
        allowed = np.fromiter((data.named(iri).kind in choice.kinds for iri in network.names), dtype=bool, count=len(network))
    inside = allowed[network.source] & allowed[network.target]
    # Weights are sums of fractions: 1/3 three times is not quite 1, and is at least 1 all the same.
    enough = np.round(network.weight, _DIGITS) >= choice.least
    return _Looked(np.flatnonzero(inside & enough), int(allowed.sum()), int((inside & ~enough).sum()))


def whole(data: Data, choice: Choice) -> tuple[Collaboration, int]:
    """Return the ties looked at of the whole network as a network by columns, the strongest 100,000 at most, and how many there are.

    Raises:
        NothingLeftError: There is none.
    """
    import numpy as np

    network, looked = data.collaboration, _looked_at(data, choice)
    found = looked.edges
    if not len(found):
        raise _nothing_left(choice)
    if len(found) > WHOLE_TIES:
        order = np.lexsort((found, -np.round(network.weight[found], _DIGITS)))
        found = np.sort(found[order[:WHOLE_TIES]])
    chosen = np.unique(np.concatenate((network.source[found], network.target[found]))).astype(np.int64)
    ends = [np.searchsorted(chosen, end[found]).astype(np.int32) for end in (network.source, network.target)]
    return _of(network, chosen, ends[0], ends[1], network.weight[found], network.count[found]), len(looked.edges)


def view(shelf: Shelf, choice: Choice) -> View:
    """Return what is shown of a choice.

    Raises:
        UnknownInstitutionError: The institution in the middle is not known.
        NothingLeftError: No tie is left.
        KgError: There are no participations, or the selection leaves none.
    """
    found: View = shelf.views.get_or(choice, lambda: _view(shelf, choice))
    return found


def _view(shelf: Shelf, choice: Choice) -> View:
    import numpy as np

    from kg.analyse.ranks import competition

    asked = shelf.institution(choice.institution) if choice.institution else None
    data = shelf.data(choice)
    network, looked = data.collaboration, _looked_at(data, choice)
    centre = counted_as(data, asked) if asked is not None else None
    edges, size = looked.edges, len(network)
    source, target, weight = network.source[edges], network.target[edges], np.round(network.weight[edges], _DIGITS)
    partners = np.bincount(source, minlength=size) + np.bincount(target, minlength=size)
    strength = np.round(np.bincount(source, weight, size) + np.bincount(target, weight, size), 9)
    if centre is None:
        order = np.lexsort((np.arange(size), -strength))
        chosen = order[strength[order] > 0][: choice.shown]
        around, ties_around = int((partners > 0).sum()), len(edges)
    else:
        own = data.incidence.position[centre.iri]
        tie = np.zeros(size)
        for end, other in ((source, target), (target, source)):
            tie[other[end == own]] = weight[end == own]
        order = np.lexsort((np.arange(size), -tie))
        near = order[tie[order] > 0]
        chosen = np.concatenate(([own], near[: choice.shown - 1])) if len(near) else near
        among = np.zeros(size, dtype=bool)
        among[near], among[own] = True, True
        around, ties_around = len(near) + 1, int((among[source] & among[target]).sum())
    if not len(chosen):
        raise _nothing_left(choice)
    inside = np.zeros(size, dtype=bool)
    inside[chosen] = True
    among_shown = np.flatnonzero(inside[source] & inside[target])
    among_shown = among_shown[np.lexsort((target[among_shown], source[among_shown], -weight[among_shown]))]
    place = np.full(size, -1, dtype=np.int64)
    place[chosen] = np.arange(len(chosen))
    pairs = list(zip(place[source[among_shown]].tolist(), place[target[among_shown]].tolist(), strict=True))
    kept = sorted(_strongest(pairs, len(chosen), hub=centre is not None))
    counts = network.count[edges[among_shown]].tolist()
    weights = weight[among_shown].tolist()
    shown_edges = tuple(Edge(*pairs[one], weights[one], counts[one]) for one in kept)
    seen = np.bincount(np.array([end for one in pairs for end in one], dtype=np.int64), minlength=len(chosen))
    ranks: list[Any] = [None] * size
    if may(data.frame, "order"):
        with_ties = np.flatnonzero(partners > 0)
        for position, rank in zip(with_ties.tolist(), competition(strength[with_ties]).tolist(), strict=True):
            ranks[position] = int(rank)
    groups, sizes, modularity = _groups(shelf, choice, [network.names[position] for position in chosen.tolist()])
    letters = dict(zip(sizes, LETTERS, strict=False))
    nodes = []
    for number, position in enumerate(chosen.tolist()):
        iri = network.names[position]
        group = groups.get(iri, "")
        hidden = int(partners[position]) - int(seen[number])
        rank = ranks[position]
        nodes.append(
            Node(
                data.named(iri),
                int(data.incidence.degrees[position]),
                int(partners[position]),
                hidden,
                float(strength[position]),
                rank,
                group,
                letters.get(group, ""),
            )
        )
    numbers = Counts(size, network.number_of_edges(), looked.institutions, looked.below, around, ties_around, len(pairs))
    return View(
        choice,
        data,
        tuple(nodes),
        shown_edges,
        numbers,
        centre,
        asked if asked is not None and centre is not None and asked.iri != centre.iri else None,
        sizes,
        modularity,
    )


def _strongest(pairs: list[tuple[int, int]], nodes: int, *, hub: bool = False) -> set[int]:
    """Return positions of the pairs to draw, given strongest first: those of a maximum spanning forest, which keep together what hangs together, then the first.

    With a hub, the first node, all its ties stand in for the forest. Source: J. B. Kruskal (1956), doi:10.1090/S0002-9939-1956-0078686-7.
    """
    above = list(range(nodes))

    def root(node: int) -> int:
        while above[node] != node:
            above[node] = above[above[node]]
            node = above[node]
        return node

    found: set[int] = set()
    if hub:
        found = {position for position, pair in enumerate(pairs) if 0 in pair}
    for position, (one, other) in enumerate([] if hub else pairs):
        first, second = root(one), root(other)
        if first != second:
            above[first] = second
            found.add(position)
    for position in range(len(pairs)):
        if len(found) >= TIES_PER_NODE * nodes:
            break
        found.add(position)
    return found


def _groups(shelf: Shelf, choice: Choice, shown: list[str]) -> tuple[dict[str, str], dict[str, int], float | None]:
    """Return the group of each institution shown, the members of these groups (of which most are shown first), and their modularity."""
    if not choice.groups:
        return {}, {}, None
    found = shelf.groups_of(choice)
    of = found.of()
    groups = {iri: of[iri] for iri in shown}
    many: dict[str, int] = {}
    for group in groups.values():
        many[group] = many.get(group, 0) + 1
    order = sorted(many, key=lambda group: (-many[group], int(group[1:])))
    return groups, {group: len(found.groups[group]) for group in order}, found.modularity


def counted_as(data: Data, asked: Named) -> Named:
    """Return what an institution counts as in a selection: itself, the body it is part of, or its place.

    Raises:
        NothingLeftError: It takes part in no project that counts, or counts for several.
    """
    import pyarrow.compute as pc

    from kg.analyse.arrow import constant

    if asked.iri in data.incidence.position:
        return asked
    rows = data.table.filter(pc.equal(data.table["named"], constant(asked.iri)))
    bodies = sorted(set(rows["organisation"].to_pylist()))
    if len(bodies) == 1:
        return data.named(bodies[0])
    en, de = asked.label("en"), asked.label("de")
    if bodies:
        what = Text(f"“{en}” counts for {len(bodies)} institutions at this level.", f"„{de}“ zählt auf dieser Ebene für {len(bodies)} Einrichtungen.")
        raise NothingLeftError(what, fix=Text("Take the level “as named”.", "Nehmen Sie die Ebene „wie genannt“."))
    what = Text(f"“{en}” takes part in no project that counts here.", f"„{de}“ ist an keinem Projekt beteiligt, das hier zählt.")
    raise NothingLeftError(what, fix=Text("Widen the choice: years, roles, sources.", "Wählen Sie weiter: Jahre, Rollen, Quellen."))


def _nothing_left(choice: Choice) -> NothingLeftError:
    what = Text("With this choice no tie is left to show.", "Mit dieser Auswahl bleibt keine Verbindung übrig.")
    parts = [(choice.least, Text("lower the minimum weight", "das Mindestgewicht senken"))]
    parts += [(len(choice.kinds), Text("allow more kinds of institutions", "mehr Arten von Einrichtungen zulassen"))]
    parts += [(choice.selection.windowed, Text("widen the years", "die Jahre weiter fassen"))]
    parts += [(choice.institution != "", Text("leave the institution out", "die Einrichtung weglassen"))]
    ways = [way for chosen, way in parts if chosen]
    fix = Text(f"You can: {', '.join(way.en for way in ways)}.", f"Möglich ist: {', '.join(way.de for way in ways)}.") if ways else None
    return NothingLeftError(what, fix=fix)
