"""Figure: the backbone of the network, laid out part by part, with as many names as there is room for."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from kg.analyse.backbone import ALPHA, Backbone, backbone, backbone_upto
from kg.analyse.canvas import GREY, INK, WHITE, Ruler, canvas, draw_line, draw_lines, write
from kg.analyse.caption import finish, small, words
from kg.analyse.data import Data
from kg.analyse.placing import SMALL, Box, leader, pack, place_labels, spread
from kg.analyse.plate import WIDE, Plate, draw_mark, kind_legend, kinds_of, style_of, width_legend
from kg.analyse.wording import number

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NODES = 60


@dataclass(frozen=True)
class _Layout:
    """Where everything stands, in inches."""

    height: float
    spots: list[tuple[float, float]]
    diameters: list[float]
    labels: dict[int, tuple[Box, list[str]]]


@dataclass(frozen=True, eq=False)
class BackbonePlate(Plate):
    """The backbone as a network drawing.

    Attributes:
        data: What it is made from.
        nodes: Most institutions that are drawn.
        alpha: Threshold of the disparity filter; a smaller one is taken where more institutions would be drawn.
    """

    name: ClassVar[str] = "backbone"
    columns: ClassVar[tuple[str, ...]] = ("source", "target", "source_label", "target_label", "weight", "count", "log10_alpha")
    data: Data
    nodes: int = field(default=NODES)
    alpha: float = field(default=ALPHA)

    @cached_property
    def found(self) -> Backbone:
        """The backbone."""
        network = self.data.collaboration
        first = backbone(network, self.alpha)
        return first if len(first.nodes) <= self.nodes else backbone_upto(network, self.nodes)

    @cached_property
    def parts(self) -> list[list[int]]:
        """Connected parts of the backbone as positions of its nodes, largest first."""
        found = [sorted(part) for part in self.found.edge_list.graph.connected_components()]
        return sorted(found, key=lambda part: (-len(part), part[0]))

    def rows(self) -> list[dict[str, Any]]:
        """Return the kept pairs, by IRI."""
        network, found = self.data.collaboration, self.found
        result = []
        for edge in found.kept.tolist():
            one, other = network.names[network.source[edge]], network.names[network.target[edge]]
            labels = (self.data.named(one).label("en"), self.data.named(other).label("en"))
            numbers = (round(float(network.weight[edge]), 6), int(network.count[edge]), round(float(found.log_alpha[edge]) / math.log(10), 6))
            result.append(dict(zip(self.columns, (one, other, *labels, *numbers), strict=True)))
        return result

    def to_json(self) -> dict[str, Any]:
        """Return the kept pairs with the threshold."""
        found = self.found
        about = {
            "log10_alpha": round(found.log_threshold / math.log(10), 6),
            "most_nodes": found.most,
            "nodes": len(found.nodes),
            "of_nodes": len(found.edges),
            "edges": len(found.kept),
            "of_edges": found.edges.number_of_edges(),
            "share_of_weight": round(found.share_of_weight, 6),
        }
        return {**super().to_json(), "backbone": about}

    def title(self, lang: str) -> str:
        """Return a short name."""
        return words("title-backbone", lang)

    def caption(self, lang: str, width: float = WIDE) -> str:
        """Return the filter with its threshold, what was cut, and how many names had no room."""
        found = self.found
        alpha = small(found.log_threshold, lang)
        values = {
            "kept": number(len(found.kept), lang),
            "edges": number(found.edges.number_of_edges(), lang),
            "shown": number(len(found.nodes), lang),
            "nodes": number(len(found.edges), lang),
            "share": number(100 * found.share_of_weight, lang, 1),
        }
        sentences = [words("backbone", lang, alpha=alpha, **values)]
        if found.most is not None:
            sentences.append(words("backbone-cut", lang, most=number(found.most, lang)))
        if not len(found.kept):
            return finish([*sentences, words("backbone-empty", lang, alpha=alpha)], self.method, lang)
        labelled = len(self._layout(lang, width).labels)
        missing = len(found.nodes) - labelled
        sentences.append(words("backbone-marks", lang))
        if missing:
            sentences.append(words("backbone-labels", lang, labelled=labelled, shown=len(found.nodes), missing=missing))
        return finish(sentences, self.method, lang)

    def alternative(self, lang: str, width: float = WIDE) -> str:  # noqa: ARG002 (names are no part of it)
        """Return how many institutions and links are drawn, in how many parts."""
        found = self.found
        if not len(found.kept):
            return words("backbone-empty", lang, alpha=small(found.log_threshold, lang))
        return words(
            "backbone-alt", lang, shown=len(found.nodes), kept=len(found.kept), parts=number(len(self.parts), lang), largest=len(self.parts[0])
        )

    def kind(self, node: int) -> str:
        """Return the kind of a node of the backbone."""
        return self.data.named(self.found.edge_list.names[node]).kind

    @cached_property
    def projects(self) -> list[int]:
        """Number of projects of each node of the backbone."""
        return self.data.incidence.degrees[self.found.nodes].tolist()  # type: ignore[no-any-return]

    @cached_property
    def _layouts(self) -> dict[tuple[str, float], _Layout]:
        return {}

    def _layout(self, lang: str, width: float) -> _Layout:
        """Return where everything stands; caption and drawing need it both."""
        if (lang, width) not in self._layouts:
            self._layouts[lang, width] = _layout(self, lang, width)
        return self._layouts[lang, width]

    def draw(self, lang: str, width: float) -> Figure:
        """Return the drawing with its legends below."""
        style = style_of(width)
        drawn: Figure
        if not len(self.found.kept):
            drawn, axes = canvas(width, 0.6)
            write(axes, width / 2, 0.3, self.alternative(lang, width), style, ha="center")
            return drawn
        layout, edges = self._layout(lang, width), self.found.edge_list
        kinds = kinds_of(self.kind(node) for node in range(len(edges)))
        legend = kind_legend(None, kinds, style, 0.1, 0.0, width - 0.2, lang)
        drawn, axes = canvas(width, layout.height + legend + style.line * 2.2 + 0.28)
        counts = self.data.collaboration.count[self.found.kept].tolist()
        steps = _steps(counts)
        for one, other, count in zip(edges.source.tolist(), edges.target.tolist(), counts, strict=True):
            draw_lines(axes, [(layout.spots[one], layout.spots[other])], GREY, _width(count, steps[-1]), zorder=2)
        for node, (x, y) in enumerate(layout.spots):
            draw_mark(axes, x, y, self.kind(node), layout.diameters[node])
        for node, (box, lines) in layout.labels.items():
            if line := leader(layout.spots[node], layout.diameters[node] / 2, box):
                draw_lines(axes, [line], INK, 0.4, zorder=3)
            # A white seam keeps the name legible where a line passes behind it.
            write(
                axes,
                box.left + 0.015,
                (box.top + box.bottom) / 2,
                "\n".join(lines),
                style,
                ha="left",
                fontsize=style.small,
                zorder=6,
                path_effects=_seam(),
            )
        y = layout.height + 0.04
        kind_legend(axes, kinds, style, 0.1, y, width - 0.2, lang)
        width_legend(axes, steps, [_width(count, steps[-1]) for count in steps], style, 0.1, y + legend, lang)
        self._sizes(axes, style, y + legend + style.line * 1.2 + 0.06, lang)
        return drawn

    def _sizes(self, axes: Any, style: Any, top: float, lang: str) -> None:
        ruler, x, y = Ruler(), 0.1, top + style.line * 0.6
        title = words("legend-size", lang) + ":"
        write(axes, x, y, title, style, ha="left", fontsize=style.small)
        x += ruler.width(title, style.small) + 0.14
        for projects in _steps(self.projects):
            size = _diameter(projects, max(self.projects), style.width)
            draw_line(axes, [x + size / 2], [y], marker="o", markersize=size * 72, markerfacecolor=WHITE, markeredgecolor=GREY, lw=0)
            write(axes, x + size + 0.05, y, number(projects, lang), style, ha="left", fontsize=style.small)
            x += size + ruler.width(number(projects, lang), style.small) + 0.25


def _seam() -> list[Any]:
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=1.6, foreground=WHITE)]


def _layout(plate: BackbonePlate, lang: str, width: float) -> _Layout:
    """Return the places of nodes and names at a width."""
    style, ruler, edges = style_of(width), Ruler(), plate.found.edge_list
    shapes = [spread(edges, part, seed=plate.data.selection.seed) for part in plate.parts]
    row, name, step = (0.87, 1.2, 0.27) if width >= 5 else (0.59, 0.9, 0.2)
    small = {node for part in plate.parts if len(part) <= SMALL for node in part}
    label = [plate.data.named(iri).label(lang) for iri in edges.names]
    texts = [_cut(ruler.wrap(text, style.small, row if node in small else name)) for node, text in enumerate(label)]
    sizes = [(max(ruler.width(line, style.small) for line in lines) + 0.03, len(lines) * style.small * 1.28 / 72) for lines in texts]
    spots, height = pack(shapes, plate.parts, width, step=step, sizes=sizes)
    most = max(plate.projects)
    diameters = [_diameter(projects, most, style.width) for projects in plate.projects]
    wanted = sorted(range(len(edges)), key=lambda node: (-plate.projects[node], edges.names[node]))
    lines = [(spots[one], spots[other]) for one, other in zip(edges.source.tolist(), edges.target.tolist(), strict=True)]
    boxes = place_labels(spots, diameters, sizes, wanted, lines, (width, height), small)
    return _Layout(height, spots, diameters, {node: (box, texts[node]) for node, box in boxes.items()})


LINES = 5
"""Most lines of a name."""


def _cut(lines: list[str]) -> list[str]:
    """Return the lines of a name, a long one cut with an ellipsis that makes no line longer.

    >>> _cut(["a", "b", "c", "d", "e fg", "h"]), _cut(["a", "b", "c", "d", "agricultu-", "re"])
    (['a', 'b', 'c', 'd', 'e …'], ['a', 'b', 'c', 'd', 'agricult…'])
    """
    if len(lines) <= LINES:
        return lines
    kept = lines[LINES - 1].rsplit(" ", 1)
    return [*lines[: LINES - 1], f"{kept[0]} …" if len(kept) == 2 else f"{kept[0][:-2]}…"]


def _diameter(projects: int, most: int, width: float) -> float:
    """Return the diameter of a node in inches: its area grows with the number of projects."""
    least, largest = (0.06, 0.24) if width >= 5 else (0.05, 0.17)
    return math.sqrt(least**2 + (largest**2 - least**2) * projects / most)


def _steps(counts: list[int]) -> list[int]:
    """Return up to three numbers for a legend: smallest, one in between on a logarithmic scale, largest.

    >>> _steps([1, 4, 100]), _steps([2, 2])
    ([1, 10, 100], [2])
    """
    low, high = min(counts), max(counts)
    return sorted({low, round(math.sqrt(low * high)), high})


def _width(count: int, most: int) -> float:
    """Return the width of a line in points."""
    return 0.4 + 2.2 * count / max(most, 10)
