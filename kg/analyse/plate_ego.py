"""Figure: an institution, its repeat partners, and the ties among them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from kg.analyse.canvas import BLUE, GREY, INK, NBSP, PALE, Ruler, canvas, draw_line, draw_lines, stack, stack_height, write
from kg.analyse.caption import finish, words
from kg.analyse.data import Data
from kg.analyse.labels import sort_key
from kg.analyse.plate import WIDE, Plate, draw_mark, kind_legend, kinds_of, style_of, width_legend
from kg.analyse.wording import number
from kg.errors import AnalysisError, Text

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

REPEATED = 2
"""Shared projects from which on partners are repeat partners and ties among them are drawn."""
PARTNERS = 30


@dataclass(frozen=True, eq=False)
class EgoPlate(Plate):
    """An institution in the middle, its repeat partners around it.

    Attributes:
        data: What it is made from.
        institution: IRI of the institution.
        most_partners: Most partners that are drawn.
    """

    name: ClassVar[str] = "ego-network"
    columns: ClassVar[tuple[str, ...]] = ("institution", "partner", "label", "kind", "count", "with_institution")
    data: Data
    institution: str
    most_partners: int = field(default=PARTNERS)

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn.

        Raises:
            AnalysisError: The institution takes part in no project, or has no repeat partner, or the number of partners is out of range.
        """
        if not 1 <= self.most_partners <= 60:
            what = Text("An ego network shows 1 to 60 partners.", "Ein Ego-Netz zeigt 1 bis 60 Partner.")
            raise AnalysisError(what, fix=Text(f"{PARTNERS} is usual.", f"Üblich sind {PARTNERS}."))
        if self.institution not in self.data.incidence.position:
            what = Text("The institution takes part in no project.", "Die Einrichtung ist an keinem Projekt beteiligt.")
            fix = Text("Use its slug, name or IRI.", "Nehmen Sie Kennung, Name oder IRI.")
            raise AnalysisError(what, where=self.institution, fix=fix)
        if not self.repeats:
            what = Text("The institution has no repeat partner.", "Die Einrichtung hat keinen wiederkehrenden Partner.")
            fix = Text("Its single partners are listed by: kg profile", "Ihre einmaligen Partner nennt: kg profile")
            raise AnalysisError(what, where=self.institution, fix=fix)

    @cached_property
    def repeats(self) -> dict[int, int]:
        """Shared projects by position of each repeat partner, most first, equal ones by English label."""
        network = self.data.collaboration
        own = self.data.incidence.position[self.institution]
        found: dict[int, int] = {}
        for end, other in ((network.source, network.target), (network.target, network.source)):
            chosen = (end == own) & (network.count >= REPEATED)
            found |= dict(zip(other[chosen].tolist(), network.count[chosen].tolist(), strict=True))
        names = network.names
        return dict(sorted(found.items(), key=lambda pair: (-pair[1], sort_key(self.data.named(names[pair[0]]).label("en")), names[pair[0]])))

    @cached_property
    def partners(self) -> list[int]:
        """Positions of the partners that are drawn, in the order around the circle."""
        return self._around(list(self.repeats)[: self.most_partners])

    @cached_property
    def ties(self) -> list[tuple[int, int, int]]:
        """Pairs of drawn partners that repeat, with the number of projects they share, by position."""
        return self._ties(list(self.repeats)[: self.most_partners])

    def _ties(self, chosen: Sequence[int]) -> list[tuple[int, int, int]]:
        import numpy as np

        network = self.data.collaboration
        inside: NDArray[np.bool_] = np.zeros(len(network), dtype=bool)
        inside[list(chosen)] = True
        found = np.flatnonzero(inside[network.source] & inside[network.target] & (network.count >= REPEATED))
        return list(zip(network.source[found].tolist(), network.target[found].tolist(), network.count[found].tolist(), strict=True))

    def _around(self, chosen: list[int]) -> list[int]:
        """Return partners in an order where those that share much are near: each step to the free one that shares most with the last ones placed."""
        tie = {frozenset((one, other)): count for one, other, count in self.ties}
        free, placed = sorted(chosen, key=lambda place: (-self.repeats[place], place)), list[int]()
        while free:
            near = placed[-3:]
            best = max(
                free, key=lambda place: (sum(tie.get(frozenset((place, other)), 0) / (2**age) for age, other in enumerate(reversed(near))), -place)
            )
            placed.append(best)
            free.remove(best)
        return placed

    def _label(self, position: int, lang: str) -> str:
        return self.data.named(self.data.collaboration.names[position]).label(lang)

    def rows(self) -> list[dict[str, Any]]:
        """Return the repeat partners with most shared projects first, then the ties that are drawn among them."""
        names = self.data.collaboration.names
        found = [(self.institution, place, count, True) for place, count in self.repeats.items()]
        found += [(names[one], other, count, False) for one, other, count in self.ties]
        return [
            {
                "institution": iri,
                "partner": names[place],
                "label": self._label(place, "en"),
                "kind": self.data.named(names[place]).kind,
                "count": count,
                "with_institution": own,
            }
            for iri, place, count, own in found
        ]

    def title(self, lang: str) -> str:
        """Return a short name."""
        return words("title-ego-network", lang, name=self.data.named(self.institution).label(lang))

    def _values(self, lang: str) -> dict[str, object]:
        shown = min(len(self.repeats), self.most_partners)
        name = self.data.named(self.institution).label(lang)
        return {"name": name, "shown": shown, "repeats": number(len(self.repeats), lang), "least": REPEATED, "ties": number(len(self.ties), lang)}

    def caption(self, lang: str, width: float = WIDE) -> str:  # noqa: ARG002 (all partners that are drawn are labelled at any width)
        """Return what is shown and what is cut."""
        values = self._values(lang)
        sentences = [words("ego", lang, **values), words("ego-marks", lang, **values)]
        if len(self.repeats) > self.most_partners:
            sentences.append(words("ego-cut", lang))
        return finish(sentences, self.method, lang)

    def alternative(self, lang: str, width: float = WIDE) -> str:  # noqa: ARG002
        """Return how many partners and ties are drawn."""
        return words("ego-alt", lang, **self._values(lang))

    def draw(self, lang: str, width: float) -> Figure:
        """Return partners on an ellipse with their names beside it, left and right."""
        style, ruler, partners = style_of(width), Ruler(), self.partners
        column = width * 0.31
        half = (len(partners) + 1) // 2
        # Around the circle: down the right side, then up the left.
        sides = [partners[:half], partners[half:][::-1]]
        texts = {place: ruler.wrap(f"{self._label(place, lang)}{NBSP}({self.repeats[place]})", style.text, column - 0.05) for place in partners}
        blocks = [[texts[place] for place in side] for side in sides]
        kinds = kinds_of(self._kind(place) for place in [*partners, self.data.incidence.position[self.institution]])
        counts = _classes([self.repeats[place] for place in partners])
        legend = kind_legend(None, kinds, style, 0.1, 0.0, width - 0.2, lang)
        heading = ruler.wrap(self.data.named(self.institution).label(lang), style.text, width - 0.3, bold=True)
        top, inner = len(heading) * style.line + 0.2, max(width * 0.34, *(stack_height(block, style) + 0.05 * len(block) for block in blocks))
        height = top + inner + 0.12 + legend + style.line * 1.4
        drawn: Figure
        drawn, axes = canvas(width, height)
        centre, middle = width / 2, top + inner / 2
        across, down = width / 2 - column - 0.12, inner / 2
        spot: dict[int, tuple[float, float]] = {}
        for sign, side, block in zip((1, -1), sides, blocks, strict=True):
            for place, lines, y in zip(side, block, stack(block, style, top, top + inner) if block else [], strict=True):
                bend = math.sqrt(max(0.0, 1 - ((y - middle) / (down * 1.08)) ** 2))
                spot[place] = (centre + sign * across * (0.45 + 0.55 * bend), y)
                edge = centre + sign * (across + 0.1)
                draw_line(axes, [spot[place][0] + sign * 0.07, edge], [y, y], lw=0.3, color=PALE, zorder=1)
                write(axes, edge + sign * 0.03, y, "\n".join(lines), style, ha="left" if sign > 0 else "right")
        for one, other, _ in self.ties:
            _draw_tie(axes, spot[one], spot[other], (centre, middle))
        for place in partners:
            draw_lines(axes, [((centre, middle), spot[place])], BLUE, _width(self.repeats[place], counts[-1]), zorder=2)
        for place, (x, y) in spot.items():
            draw_mark(axes, x, y, self._kind(place), 0.11)
        # The name stands above, tied to its mark: in the middle it would cover partners in a narrow figure.
        draw_line(axes, [centre, centre], [top - 0.06, middle], lw=0.5, color=INK, zorder=3)
        draw_mark(axes, centre, middle, self._kind(self.data.incidence.position[self.institution]), 0.2, zorder=5)
        write(axes, centre, (top - 0.04) / 2, "\n".join(heading), style, ha="center", fontweight="bold")
        y = top + inner + 0.12
        kind_legend(axes, kinds, style, 0.1, y, width - 0.2, lang)
        width_legend(axes, counts, [_width(count, counts[-1]) for count in counts], style, 0.1, y + legend, lang)
        return drawn

    def _kind(self, position: int) -> str:
        return self.data.named(self.data.collaboration.names[position]).kind


def _draw_tie(axes: Any, one: tuple[float, float], other: tuple[float, float], middle: tuple[float, float]) -> None:
    """Draw a tie as a bow towards the middle, so that it does not run behind the marks between its ends."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    part = 0.1 + 0.35 * min(1.0, math.dist(one, other) / (2 * math.dist(one, middle)))
    bend = ((1 - part) * (one[0] + other[0]) / 2 + part * middle[0], (1 - part) * (one[1] + other[1]) / 2 + part * middle[1])
    path = Path([one, bend, other], [Path.MOVETO, Path.CURVE3, Path.CURVE3])
    axes.add_artist(PathPatch(path, facecolor="none", edgecolor=GREY, linewidth=0.5, alpha=0.7, zorder=1))


def _classes(counts: Sequence[int]) -> list[int]:
    """Return up to three numbers for the legend: smallest, one in between, largest.

    >>> _classes([2, 3, 9]), _classes([2, 2])
    ([2, 6, 9], [2])
    """
    low, high = min(counts), max(counts)
    return sorted({low, (low + high + 1) // 2, high})


def _width(count: int, most: int) -> float:
    """Return the width of a line in points."""
    return 0.4 + 2.0 * count / max(most, 10)
