"""What hangs together before and after a removal: sizes of components, and what remains of the part around (extra `[plot]`)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kg.analyse import canvas
from kg.analyse.canvas import BLUE, GREY, INK, LIGHT, ORANGE, WHITE, WIDE, WIDE_STYLE, Ruler
from kg.analyse.removal_text import removed_text, say
from kg.analyse.render_text import method_line
from kg.analyse.wording import number

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from kg.analyse.labels import Named
    from kg.analyse.removal import Removal, State

DRAWN = 10
"""Components drawn around what is missing at most."""
CLASSES: tuple[tuple[int, int | None], ...] = ((1, 1), (2, 2), (3, 5), (6, 20), (21, 100), (101, 1_000), (1_001, None))
_LEFT, _MISSING, _RIGHT, _HEIGHT = 3.3, 4.5, 5.15, 3.4
_NAMES = 3


def caption(result: Removal, lang: str) -> str:
    """Return the caption: what is seen, what is left out, frame and method."""
    number_of = len(result.pieces)
    cut = f"{say('figure-cut', lang, shown=DRAWN, of=number(number_of, lang))} " if number_of > DRAWN else ""
    text = say("figure-caption", lang, removed=removed_text(result, lang), cut=cut)
    return f"{text.rstrip()} {method_line(result.method, lang)}."


def draw(result: Removal, lang: str) -> Figure:
    """Return the figure.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    canvas.require()
    import matplotlib as mpl

    figure: Figure

    with mpl.rc_context(canvas.RC):
        ruler = Ruler()
        limit = WIDE - _RIGHT - 0.42
        blocks = [_label(size, members, lang, ruler, limit) for size, members in result.pieces[:DRAWN]]
        height = max(_HEIGHT, canvas.stack_height(_spaced(blocks), WIDE_STYLE) + 0.65)
        figure, axes = canvas.canvas(WIDE, height)
        _title(axes, 0.1, say("figure-sizes", lang))
        _title(axes, _LEFT + 0.35, say("figure-pieces", lang))
        _sizes(figure, result, lang, height)
        _pieces(axes, result, blocks, lang, height)
    return figure


def _title(axes: Any, x: float, text: str) -> None:
    canvas.write(axes, x, 0.18, text, WIDE_STYLE, fontweight="bold")


def _label(size: int, members: Sequence[Named], lang: str, ruler: Ruler, limit: float) -> list[str]:
    """Return the lines beside a component: its members where they are few, else their number."""
    if 0 < len(members) <= _NAMES:
        lines = []
        for named in members:
            wrapped = ruler.wrap(named.label(lang), WIDE_STYLE.small, limit)
            lines += wrapped if len(wrapped) <= 2 else [wrapped[0], f"{wrapped[1][:-2].rstrip()} …"]
        return lines
    return [say("figure-rest", lang, n=number(size, lang))]


def _spaced(blocks: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return the blocks with room for a circle: no fewer than two lines each, and one between them."""
    return [[*lines, *[""] * max(1, 2 - len(lines))] for lines in blocks]


def classes(state: State) -> list[int]:
    """Return how many components a state has of each class of sizes."""
    return [sum(many for size, many in state.sizes if size >= low and (high is None or size <= high)) for low, high in CLASSES]


def _sizes(figure: Any, result: Removal, lang: str, height: float) -> None:
    """Draw bars by class of size, before above after."""
    before, after = classes(result.before), classes(result.after)
    used = [place for place in range(len(CLASSES)) if before[place] or after[place]]
    axes = figure.add_axes((0.95 / WIDE, 0.55 / height, (_LEFT - 1.35) / WIDE, (height - 0.95) / height))
    most = max([*before, *after, 1])
    small = WIDE_STYLE.small
    # On a logarithmic scale that begins below 1, so that a single component has a bar.
    for shift, values, look in ((-0.2, before, {"facecolor": BLUE}), (0.2, after, {"facecolor": WHITE, "edgecolor": ORANGE, "hatch": "////"})):
        rows = [row + shift for row in range(len(used))]
        widths = [math.log10(values[place]) + 0.25 if values[place] else 0.0 for place in used]
        axes.barh(rows, widths, height=0.36, linewidth=0.8, **look)
        for row, width, place in zip(rows, widths, used, strict=True):
            axes.text(width + 0.04, row, number(values[place], lang), va="center", fontsize=small, color=INK)
    axes.set_yticks(range(len(used)), [_span(CLASSES[place], lang) for place in used], fontsize=small)
    axes.set_ylim(len(used) - 0.5, -0.5)
    axes.set_xlim(0, (math.log10(most) + 0.25) * 1.25 + 0.1)
    axes.set_xticks([])
    axes.set_ylabel(say("institutions", lang), fontsize=small, color=INK)
    axes.set_xlabel(say("figure-axis", lang), fontsize=small, color=INK)
    for side in ("top", "right", "bottom"):
        axes.spines[side].set_visible(False)
    marks = [_patch(BLUE), _patch(WHITE, edgecolor=ORANGE, hatch="////")]
    names = [say("before", lang), say("after", lang)]
    figure.legend(marks, names, loc="lower left", ncols=2, fontsize=small, frameon=False, bbox_to_anchor=(0.95 / WIDE, 0.0), borderaxespad=0.2)


def _patch(colour: Any, **more: Any) -> Any:
    from matplotlib.patches import Patch

    return Patch(facecolor=colour, **more)


def _span(bounds: tuple[int, int | None], lang: str) -> str:
    low, high = bounds
    if high is None:
        return f"> {number(low - 1, lang)}"
    return number(low, lang) if low == high else f"{number(low, lang)}–{number(high, lang)}"


def _pieces(axes: Any, result: Removal, blocks: Sequence[Sequence[str]], lang: str, height: float) -> None:
    """Draw what is missing on the left, and on the right the components it held together."""
    from matplotlib.patches import Circle

    left, middle, right = _MISSING, (height + 0.3) / 2, _RIGHT
    many = len(result.removed)
    text = say("figure-removed-one", lang) if many == 1 else say("figure-removed-many", lang, n=number(many, lang))
    canvas.draw_line(axes, [left], [middle], marker="X", markersize=13, color=ORANGE, linestyle="none", zorder=4)
    canvas.write(axes, left - 0.17, middle, text, WIDE_STYLE, ha="right", fontsize=WIDE_STYLE.small)
    if not blocks:
        canvas.write(axes, left + 0.4, middle, say("figure-nothing", lang), WIDE_STYLE)
        return
    style = WIDE_STYLE
    most = math.log10(result.pieces[0][0] + 1)
    places = canvas.stack(_spaced(blocks), style, 0.45, height - 0.15)
    for lines, y, (size, _) in zip(blocks, places, result.pieces, strict=False):
        radius = 0.05 + 0.12 * math.log10(size + 1) / most
        canvas.draw_line(axes, [left, right], [middle, y], color=GREY, linewidth=0.9, linestyle=(0, (3, 3)), zorder=1)
        axes.add_artist(Circle((right, y), radius, facecolor=LIGHT, edgecolor=BLUE, linewidth=1, zorder=3))
        top = y - (len(lines) - 1) * style.line / 2
        for row, line in enumerate(lines):
            canvas.write(axes, right + 0.32, top + row * style.line, line, style, fontsize=style.small)
