"""What if institutions or projects were missing: what would still hang together, and would it with any others as well?

Only data on a whole population can say so; on others :func:`kg.analyse.frames.require` refuses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from kg.analyse import frames
from kg.analyse.data import Data
from kg.analyse.edges import Collaboration
from kg.analyse.incidence import Incidence
from kg.analyse.labels import Named, sort_key
from kg.analyse.method import Method
from kg.analyse.reach import Parts, Steps, parts, steps
from kg.analyse.result import Result
from kg.errors import AnalysisError, Text

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

DRAWS = 500
ALIKE = 20
"""Institutions (or projects) that random ones are at least drawn from, or twice as many as are removed: those with the same number of projects
(institutions), else the nearest."""


@dataclass(frozen=True)
class State:
    """How a network hangs together.

    Attributes:
        institutions: Institutions that are there.
        components: Number of components; an institution without partners is one.
        largest: Institutions of the largest.
        reach: Pairs of institutions that can reach each other, Σ s(s−1)/2 over the components.
        pairs: Pairs that work together.
        steps: Mean steps between two that can reach each other.
        sizes: Number of components of each size, smallest first.
    """

    institutions: int
    components: int
    largest: int
    reach: int
    pairs: int
    steps: Steps
    sizes: tuple[tuple[int, int], ...]

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain data."""
        return {
            "institutions": self.institutions,
            "components": self.components,
            "largest": self.largest,
            "pairs_that_reach_each_other": self.reach,
            "pairs": self.pairs,
            "steps": self.steps.to_json(),
            "sizes": [{"size": size, "components": number} for size, number in self.sizes],
        }


@dataclass(frozen=True)
class Comparison:
    """What the removal of random others would do.

    Attributes:
        draws: Number of draws.
        alike: From how many institutions or projects each one was drawn at least.
        spread: Fewest and most projects (institutions) of those drawn from, per thing removed, in the order of :attr:`Removal.removed`.
        drawn: Mean number of projects (institutions) of those drawn from, over all that was removed.
        removed: The same of what was removed; where it is larger, part of the difference is only that.
        cut_off: Mean number of institutions cut off over the draws.
        cut_off_most: Most institutions cut off in a draw.
        cut_off_share: Share of draws that cut off at least as many, (k + 1) / (n + 1).
        reach: Mean number of pairs that can no longer reach each other.
        reach_share: Share of draws with at least as many, (k + 1) / (n + 1).
    """

    draws: int
    alike: int
    spread: tuple[tuple[int, int], ...]
    drawn: float
    removed: float
    cut_off: float
    cut_off_most: int
    cut_off_share: float
    reach: float
    reach_share: float

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain data."""
        return {
            "draws": self.draws,
            "drawn_from_at_least": self.alike,
            "spread": [list(span) for span in self.spread],
            "mean_participations_drawn": round(self.drawn, 4),
            "mean_participations_removed": round(self.removed, 4),
            "mean_cut_off": round(self.cut_off, 4),
            "most_cut_off": self.cut_off_most,
            "share_of_draws_cutting_off_at_least_as_many": round(self.cut_off_share, 6),
            "mean_lost_reach": round(self.reach, 4),
            "share_of_draws_losing_at_least_as_much_reach": round(self.reach_share, 6),
        }


@dataclass(frozen=True)
class Removal(Result):
    """What hangs together before and after a removal.

    Attributes:
        removed: What was removed, by IRI, with its number of projects or institutions.
        projects: Which of them are projects.
        before: The network as it is.
        after: The network without them.
        cut_off: Institutions that were in the largest component and no longer are with the largest part of it, by label, with the size of their
            component; of equal parts the one with the smallest IRI is the rest, and where only single institutions are left all are cut off.
        pieces: Components after the removal that what was removed had held together, largest first: size, and members where they are few.
        comparison: Random others; `None` where there are none.
        method: How the numbers were made.
    """

    name: ClassVar[str] = "removal"
    columns: ClassVar[tuple[str, ...]] = ("iri", "label_de", "label_en", "component_size", "frame")

    removed: tuple[tuple[Named, int], ...]
    projects: frozenset[str]
    before: State
    after: State
    cut_off: tuple[tuple[Named, int], ...]
    pieces: tuple[tuple[int, tuple[Named, ...]], ...]
    comparison: Comparison | None
    method: Method

    @property
    def lost_reach(self) -> int:
        """Pairs that can no longer reach each other, those of the institutions removed among them."""
        return self.before.reach - self.after.reach

    @property
    def lost_pairs(self) -> int:
        """Pairs that no longer work together."""
        return self.before.pairs - self.after.pairs

    def rows(self) -> list[dict[str, Any]]:
        """Return one row per institution cut off from the largest component, by label."""
        frame = self.method.frame.kind
        return [
            {"iri": named.iri, "label_de": named.label("de"), "label_en": named.label("en"), "component_size": size, "frame": frame}
            for named, size in self.cut_off
        ]

    def text(self, lang: str) -> str:
        """Return the result for a reader."""
        from kg.analyse.removal_text import render

        return render(self, lang)

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain data."""
        return {
            "method": self.method.to_json(),
            "removed": [
                {**named.to_json(), "type": "project" if named.iri in self.projects else "institution", "participations": number}
                for named, number in self.removed
            ],
            "before": self.before.to_json(),
            "after": self.after.to_json(),
            "lost_pairs": self.lost_pairs,
            "lost_reach": self.lost_reach,
            "cut_off": [{**named.to_json(), "component_size": size} for named, size in self.cut_off],
            "pieces": [{"size": size, "members": [named.to_json() for named in members] or None} for size, members in self.pieces],
            "comparison": self.comparison.to_json() if self.comparison else None,
        }

    def caption(self, lang: str = "en") -> str:
        """Return the caption of the figure, with the method."""
        from kg.analyse.removal_figure import caption

        return caption(self, lang)

    def figure(self, lang: str = "en") -> Figure:
        """Return sizes of components before and after, and the pieces around what was removed.

        Raises:
            MissingExtraError: matplotlib is not installed.
        """
        from kg.analyse.removal_figure import draw

        return draw(self, lang)


NAMED = 12
"""Members of a piece that are named."""


def removal(data: Data, remove: Sequence[str], *, draws: int = DRAWS) -> Removal:
    """Return what would hang together without some institutions or projects.

    An institution goes with its participations, its projects go on among the others; a project goes with its participations, its institutions stay.
    Institutions and projects are compared with random ones that have the same number of projects or institutions: whoever is in many projects always
    leaves a gap. Where fewer than 20 (or twice as many as are removed) have the same number, the nearest are drawn from; what was removed is never drawn.

    Args:
        data: Participations that count; on a census.
        remove: IRIs of institutions (as they count at the level selected) or projects; named twice counts once.
        draws: Random removals, 1 or more; shares of draws are (k + 1) / (n + 1) (Phipson and Smyth 2010, doi:10.2202/1544-6115.1585).

    Raises:
        AnalysisError: The data are no census, nothing is to be removed, something is not in the network, no draws were asked for, or the roles are
            `coordinator-star`, where not all of a project are tied.

    Units: institutions, pairs of institutions, steps. Removing all leaves 0 components, and steps that are `None`. Cost: 500 draws on Horizon Europe
    (100,000 participations) take about ten seconds. Sources: Borgatti (2006), doi:10.1007/s10588-006-7084-x (fragmentation as pairs that cannot
    reach each other); Albert, Jeong, Barabási (2000), doi:10.1038/35019019 (removal against random removal).
    """
    import numpy as np

    from kg.analyse.nullmodel import require_draws

    frames.require(data.frame, "removal")
    require_draws(draws)
    if data.coordinators is not None:
        what = Text(
            "Removal takes all institutions of a project to be tied to each other; with the role filter coordinator-star they are not.",
            "Das Entfernen setzt voraus, dass alle Einrichtungen eines Projekts verbunden sind; mit dem Rollenfilter coordinator-star sind sie es nicht.",
        )
        raise AnalysisError(what, where="--roles", fix=Text("Use the roles all.", "Nehmen Sie die Rollen all."))
    incidence = data.incidence
    institutions, projects = _found(data, remove)
    rows, columns = _mask(len(incidence.institutions), institutions), _mask(len(incidence.projects), projects)
    order = np.random.default_rng(data.selection.seed).permutation(len(incidence.institutions))
    whole, rest = parts(incidence), parts(incidence, rows, columns)
    network = data.collaboration
    lost = _lost_pairs(network, rows, columns)
    before = _state(whole, network.number_of_edges(), steps(incidence, order))
    after = _state(rest, before.pairs - lost, steps(incidence, order, rows, columns))
    gone = _cut_off(whole, rest)
    cut = [(data.named(incidence.institutions[row]), int(rest.sizes[rest.label[row]])) for row in np.flatnonzero(gone).tolist()]
    names = data.names([incidence.projects[column] for column in projects])
    removed = [(data.named(incidence.institutions[row]), int(incidence.degrees[row])) for row in institutions]
    removed += [(names[incidence.projects[column]], int(incidence.sizes[column])) for column in projects]
    return Removal(
        removed=tuple(removed),
        projects=frozenset(names),
        before=before,
        after=after,
        cut_off=tuple(sorted(cut, key=lambda pair: (sort_key(pair[0].label("de")), pair[0].iri))),
        pieces=_pieces(data, rest, institutions, projects, rows),
        comparison=_compare(incidence, institutions, projects, draws, data.selection.seed, (whole, int(gone.sum()), before.reach - after.reach)),
        method=data.with_draws(draws).method,
    )


def _found(data: Data, remove: Sequence[str]) -> tuple[list[int], list[int]]:
    """Return positions of the institutions and of the projects to be removed, sorted."""
    wanted = sorted({remove} if isinstance(remove, str) else set(remove))
    if not wanted:
        what = Text("Nothing was named that should be removed.", "Es ist nichts genannt, was fehlen soll.")
        raise AnalysisError(what, fix=Text("Name institutions or projects.", "Nennen Sie Einrichtungen oder Projekte."))
    known = {project: number for number, project in enumerate(data.incidence.projects)}
    unknown = [iri for iri in wanted if iri not in data.incidence.position and iri not in known]
    if unknown:
        what = Text(
            f"No institution or project with participations at level {data.method.level}.",
            f"Keine Einrichtung und kein Projekt mit Beteiligungen auf der Ebene {data.method.level}.",
        )
        fix = Text("Check the name, or choose another level or role filter.", "Prüfen Sie den Namen, oder wählen Sie andere Ebene oder Rollen.")
        raise AnalysisError(what, where=", ".join(unknown), fix=fix)
    institutions = sorted(data.incidence.position[iri] for iri in wanted if iri in data.incidence.position)
    return institutions, sorted(known[iri] for iri in wanted if iri in known and iri not in data.incidence.position)


def _mask(number: int, positions: Sequence[int]) -> NDArray[np.bool_]:
    import numpy as np

    mask = np.zeros(number, dtype=bool)
    mask[list(positions)] = True
    return mask


def _state(found: Parts, pairs: int, distance: Steps) -> State:
    import numpy as np

    sizes, numbers = np.unique(found.sizes, return_counts=True)
    counted = tuple(zip(sizes.tolist(), numbers.tolist(), strict=True))
    return State(int(found.sizes.sum()), len(found.sizes), found.largest, found.reach, pairs, distance, counted)


def _cut_off(before: Parts, after: Parts) -> NDArray[np.bool_]:
    """Return which institutions were in the largest component and, still there, are no longer with most of those who were.

    Of equal parts the one with the smallest IRI counts as the rest of the largest component.
    """
    import numpy as np

    stayed: NDArray[np.bool_] = (before.label == 0) & (after.label >= 0)
    if not stayed.any():
        return stayed
    # The largest piece of the former largest component: another component may be larger now, and nobody was cut off from that.
    pieces = np.bincount(after.label[stayed])
    main = int(np.argmax(pieces))
    if pieces[main] == 1:
        return stayed  # nothing hangs together any more
    return np.asarray(stayed & (after.label != main), dtype=bool)


def _lost_pairs(network: Collaboration, rows: NDArray[np.bool_], columns: NDArray[np.bool_]) -> int:
    """Return the number of pairs that no longer work together: one of them is missing, or all their projects are."""
    import numpy as np
    from scipy.sparse import triu

    lost = rows[network.source] | rows[network.target]
    if columns.any():
        matrix = network.incidence.matrix[:, np.flatnonzero(columns)]
        shared = triu(matrix @ matrix.T, k=1, format="coo")
        number = len(network.names)
        keys = network.source.astype(np.int64) * number + network.target
        place = np.searchsorted(keys, shared.row.astype(np.int64) * number + shared.col)
        lost[place[network.count[place] == shared.data]] = True
    return int(lost.sum())


def _pieces(
    data: Data, after: Parts, institutions: Sequence[int], projects: Sequence[int], rows: NDArray[np.bool_]
) -> tuple[tuple[int, tuple[Named, ...]], ...]:
    """Return the components after the removal that hold partners of the institutions, or members of the projects, that are missing."""
    import numpy as np

    incidence = data.incidence
    touched = {column for row in institutions for column in incidence.columns_of(row)} | set(projects)
    around = np.isin(incidence.columns, sorted(touched))
    near = np.unique(incidence.rows[around & ~rows[incidence.rows]])
    found = []
    for label in np.unique(after.label[near]).tolist():
        size = int(after.sizes[label])
        members = np.flatnonzero(after.label == label).tolist() if size <= NAMED else []
        found.append((size, tuple(sorted((data.named(incidence.institutions[row]) for row in members), key=lambda one: sort_key(one.label("de"))))))
    return tuple(found)


def _compare(
    incidence: Incidence, institutions: Sequence[int], projects: Sequence[int], draws: int, seed: int, effect: tuple[Parts, int, int]
) -> Comparison | None:
    """Return what random removals do; nothing where there is nothing to draw from."""
    import numpy as np

    whole, cut, reach = effect
    pools = [_alike(incidence.degrees, row, institutions) for row in institutions]
    others = [_alike(incidence.sizes, column, projects) for column in projects]
    if any(len(pool) < number for group, number in ((pools, len(institutions)), (others, len(projects))) for pool in group):
        return None
    generator = np.random.default_rng([seed, 1])
    number, width = len(incidence.institutions), len(incidence.projects)
    cuts, lost = np.empty(draws, dtype=np.int64), np.empty(draws, dtype=np.int64)
    for draw in range(draws):
        found = parts(incidence, _mask(number, _drawn(pools, generator)), _mask(width, _drawn(others, generator)))
        cuts[draw] = _cut_off(whole, found).sum()
        lost[draw] = whole.reach - found.reach
    spans = [(pool, incidence.degrees) for pool in pools] + [(pool, incidence.sizes) for pool in others]
    return Comparison(
        draws=draws,
        alike=min(len(pool) for pool in (*pools, *others)),
        spread=tuple((int(sizes[pool].min()), int(sizes[pool].max())) for pool, sizes in spans),
        drawn=float(np.mean([sizes[pool].mean() for pool, sizes in spans])),
        removed=float(np.mean([*incidence.degrees[list(institutions)], *incidence.sizes[list(projects)]])),
        cut_off=float(cuts.mean()),
        cut_off_most=int(cuts.max()),
        cut_off_share=(int((cuts >= cut).sum()) + 1) / (draws + 1),
        reach=float(lost.mean()),
        reach_share=(int((lost >= reach).sum()) + 1) / (draws + 1),
    )


def _alike(sizes: NDArray[np.int64], one: int, removed: Sequence[int]) -> NDArray[np.int64]:
    """Return those with the same number as one; where they are too few, the nearest, smaller positions first."""
    import numpy as np

    away = np.abs(sizes - sizes[one])
    away[list(removed)] = np.iinfo(np.int64).max
    same = np.flatnonzero(away == 0)
    least = max(ALIKE, 2 * len(removed))  # twice as many as are drawn, or all draws would be the same
    if len(same) >= least:
        return same
    nearest = np.argsort(away, kind="stable")[:least]
    return np.sort(nearest[away[nearest] < np.iinfo(np.int64).max])


def _drawn(pools: Sequence[NDArray[np.int64]], generator: np.random.Generator) -> list[int]:
    """Return one position of each pool, none twice."""
    taken: set[int] = set()
    for pool in pools:
        one = int(pool[generator.integers(len(pool))])
        while one in taken:
            one = int(pool[generator.integers(len(pool))])
        taken.add(one)
    return sorted(taken)
