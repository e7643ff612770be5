"""The map of groups with the scan of resolutions below it (extra `[plot]`)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kg.analyse import canvas
from kg.analyse.canvas import BLUE, GREY, INK, LIGHT, NBSP, WHITE, WIDE, WIDE_STYLE, Ruler
from kg.analyse.groups_text import percent, plain, say
from kg.analyse.render_text import method_line
from kg.analyse.wording import number
from kg.errors import AnalysisError, Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from kg.analyse.groups import Group, Groups

DRAWN = 14
"""Groups drawn at most: as many as the list beside the map can name."""
LINKS = 3
"""Lines drawn per group: to those with which it has the most weight."""
_MAP, _HEIGHT, _SCAN = 3.9, 4.0, 1.75
_LARGEST = 0.45


def drawn(result: Groups) -> tuple[Group, ...]:
    """Return the groups that are drawn: by number, up to :data:`DRAWN`."""
    return result.groups[:DRAWN]


def caption(result: Groups, lang: str) -> str:
    """Return the caption: what is seen, what is left out, frame and method."""
    shown = drawn(result)
    grouped = sum(len(group.members) for group in result.groups)
    share = percent(sum(len(group.members) for group in shown) / max(grouped, 1), lang)
    cut = say("figure-cut", lang, shown=len(shown), of=number(len(result.groups), lang), share=share)
    about = say("figure-caption", lang, links=LINKS, cut=cut)
    seeds = say("figure-runs", lang, runs=result.runs, first=result.method.seed, last=result.method.seed + result.runs - 1)
    return f"{about} {seeds} {method_line(result.method, lang)}."


def draw(result: Groups, lang: str) -> Figure:
    """Return the map of groups and the scan of resolutions.

    Raises:
        AnalysisError: There is no group.
        MissingExtraError: matplotlib is not installed.
    """
    canvas.require()
    if not result.groups:
        what = Text(
            "No institution has a partner; there are no groups to draw.", "Keine Einrichtung hat einen Partner; es gibt keine Gruppen zu zeichnen."
        )
        raise AnalysisError(what, fix=Text("Choose another level or role filter.", "Wählen Sie eine andere Ebene oder andere Rollen."))
    import matplotlib as mpl

    figure: Figure

    with mpl.rc_context(canvas.RC):
        shown = drawn(result)
        ruler = Ruler()
        blocks = [_entry(group, lang, ruler) for group in shown]
        height = max(_HEIGHT, canvas.stack_height([lines for _, lines in blocks], WIDE_STYLE) + 0.2)
        figure, axes = canvas.canvas(WIDE, height + _SCAN + 0.35)
        _map(axes, result, shown, height)
        _key(axes, blocks, height)
        _scan(figure, result, lang, height)
    return figure


def _entry(group: Group, lang: str, ruler: Ruler) -> tuple[str, list[str]]:
    """Return number and name of a group, at most two lines, and its size."""
    limit = WIDE - _MAP - 0.55
    lines = ruler.wrap(group.name[lang], WIDE_STYLE.small, limit)
    if len(lines) > 2:
        rest = " ".join(lines[1:])
        while ruler.width(rest + " …", WIDE_STYLE.small) > limit:
            rest = rest[:-1].rstrip()
        lines = [lines[0], rest + " …"]
    counts = say("figure-size", lang, size=number(len(group.members), lang))
    held = f" · {say('figure-held', lang, value=number(group.recovered, lang, 2))}" if group.recovered is not None else ""
    return str(group.number), [*lines, f"{counts}{held}".replace(" ", NBSP)]


def _key(axes: Any, blocks: Sequence[tuple[str, list[str]]], height: float) -> None:
    style = WIDE_STYLE
    for (mark, lines), middle in zip(blocks, canvas.stack([lines for _, lines in blocks], style, 0.1, height - 0.1), strict=True):
        top = middle - (len(lines) - 1) * style.line / 2
        canvas.write(axes, _MAP + 0.38, top, mark, style, ha="right", fontweight="bold", fontsize=style.small)
        for place, line in enumerate(lines):
            last = place == len(lines) - 1
            canvas.write(axes, _MAP + 0.48, top + place * style.line, line, style, fontsize=style.small, color=GREY if last else INK)


def _map(axes: Any, result: Groups, shown: Sequence[Group], height: float) -> None:
    """Draw circles and the strongest lines between them."""
    from matplotlib.patches import Circle

    most = max(len(group.members) for group in shown)
    radii = [max(_LARGEST * math.sqrt(len(group.members) / most), 0.1) for group in shown]
    numbers = [group.number for group in shown]
    places = _layout(numbers, result.links, radii, (_MAP, height))
    at = dict(zip(numbers, places, strict=True))
    kept = _strongest(numbers, result.links)
    heaviest = max(kept.values(), default=1.0)
    for (one, other), weight in sorted(kept.items(), key=lambda pair: pair[1]):
        (x, y), (u, v) = at[one], at[other]
        canvas.draw_line(axes, [x, u], [y, v], color=GREY, alpha=0.45, linewidth=0.5 + 6 * weight / heaviest, zorder=1, solid_capstyle="round")
    for group, radius, (x, y) in zip(shown, radii, places, strict=True):
        axes.add_artist(Circle((x, y), radius, facecolor=LIGHT, edgecolor=BLUE, linewidth=1, zorder=3))
        size = 9.0 if radius > 0.16 else 7.0
        canvas.write(axes, x, y, str(group.number), WIDE_STYLE, ha="center", fontsize=size, fontweight="bold", zorder=4)


def _strongest(numbers: Sequence[int], links: dict[tuple[int, int], float]) -> dict[tuple[int, int], float]:
    """Return the ties that are among the strongest of one of their groups."""
    kept: dict[tuple[int, int], float] = {}
    for one in numbers:
        own = sorted(
            ((weight, pair) for pair, weight in links.items() if one in pair and set(pair) <= set(numbers)), key=lambda tie: (-tie[0], tie[1])
        )
        kept.update({pair: weight for weight, pair in own[:LINKS]})
    return kept


def _layout(
    numbers: Sequence[int], links: dict[tuple[int, int], float], radii: Sequence[float], box: tuple[float, float]
) -> list[tuple[float, float]]:
    """Return the middles of circles: near where they share much weight for their size (Kamada and Kawai 1989), pushed apart until none overlap.

    It begins on a circle and draws nothing at random, so that equal groups give the same map.
    """
    import igraph
    import numpy as np

    count = len(numbers)
    if count == 1:
        return [(box[0] / 2, box[1] / 2)]
    position = {one: place for place, one in enumerate(numbers)}
    weights = {(position[one], position[other]): weight for (one, other), weight in links.items() if one in position and other in position}
    ties = np.zeros((count, count))
    for (one, other), weight in weights.items():
        ties[one, other] = ties[other, one] = weight
    volume = np.maximum(ties.sum(axis=1), 1e-9)
    # Every pair gets a length, short where the two share more than their sizes let expect, so that unconnected groups have a place as well.
    share = ties / np.sqrt(np.outer(volume, volume))
    length = 1.0 / (0.15 + share / max(share.max(), 1e-9))
    graph = igraph.Graph.Full(count)
    lengths = [float(length[edge.tuple]) for edge in graph.es]
    # `weights` of this layout are lengths.
    start = graph.layout_circle()
    points = np.array(graph.layout_kamada_kawai(seed=start, weights=lengths, maxiter=2000).coords)
    sizes = np.array(radii)
    low, span = points.min(axis=0), np.maximum(np.ptp(points, axis=0), 1e-9)
    margin = sizes.max() + 0.05
    points = margin + (points - low) / span * (np.array(box) - 2 * margin)
    for _ in range(400):
        points = _apart(points, sizes, box)
    return [(float(x), float(y)) for x, y in points]


def _apart(points: Any, sizes: Any, box: tuple[float, float]) -> Any:
    """Return the middles of circles moved a little where two overlap or one leaves the box."""
    import numpy as np

    moved = points.copy()
    for one in range(len(points)):
        for other in range(one):
            away = points[one] - points[other]
            distance = float(np.hypot(*away))
            lack = sizes[one] + sizes[other] + 0.15 - distance
            if lack > 0:
                # Two circles in the same place part along a direction of their own.
                direction = away / distance if distance > 1e-6 else np.array([math.cos(one), math.sin(one)])
                moved[one] += direction * lack / 2
                moved[other] -= direction * lack / 2
    return np.clip(moved, sizes[:, None] + 0.03, np.array(box) - sizes[:, None] - 0.03)


def _scan(figure: Any, result: Groups, lang: str, height: float) -> None:
    """Draw three small panels: groups, modularity and agreement by resolution."""
    full = height + _SCAN + 0.35
    xs = [entry.resolution for entry in result.scan]
    panels: list[tuple[str, list[float | None]]] = [
        ("groups", [entry.groups for entry in result.scan]),
        ("modularity", [entry.modularity for entry in result.scan]),
        ("agreement", [entry.agreement for entry in result.scan]),
    ]
    small = WIDE_STYLE.small
    for place, (key, values) in enumerate(panels):
        left = 0.55 + place * (WIDE - 0.3) / 3
        axes = figure.add_axes((left / WIDE, 0.45 / full, (WIDE / 3 - 0.75) / WIDE, (_SCAN - 0.6) / full))
        known = [(x, y) for x, y in zip(xs, values, strict=True) if y is not None]
        axes.axvline(result.resolution, color=GREY, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
        axes.plot([x for x, _ in known], [y for _, y in known], color=BLUE, marker="o", markersize=4, linewidth=1.2, markerfacecolor=WHITE, zorder=2)
        axes.set_xscale("log")
        axes.minorticks_off()
        axes.set_xticks(xs, [plain(x, lang) for x in xs], fontsize=small)
        axes.set_ylim(*(0, max([y for _, y in known], default=1.0) * 1.12 or 1.0) if key != "agreement" else (0, 1.08))
        axes.tick_params(axis="y", labelsize=small)
        digits = 0 if key == "groups" else 1
        if key == "agreement":
            axes.set_yticks([0, 0.5, 1])
        else:
            axes.yaxis.set_major_locator(_ticks(integer=key == "groups"))
        axes.yaxis.set_major_formatter(_numbers(lang, digits, axes))
        axes.set_title(say(key, lang)[:1].upper() + say(key, lang)[1:], fontsize=WIDE_STYLE.text, loc="left", color=INK)
        axes.set_xlabel(say("resolution", lang), fontsize=small, color=INK)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)


def _ticks(*, integer: bool) -> Any:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(4, integer=integer)


def _numbers(lang: str, digits: int, axes: Any) -> Any:
    """Return a formatter of ticks; it takes a further digit where the ticks need it."""
    from matplotlib.ticker import FuncFormatter

    def text(value: float, _: Any) -> str:
        enough = digits
        while digits and enough < 4 and any(abs(round(tick, enough) - tick) > 1e-9 for tick in axes.get_yticks()):
            enough += 1
        return number(value, lang, enough)

    return FuncFormatter(text)
