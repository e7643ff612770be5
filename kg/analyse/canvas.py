"""The drawing surface: measured text, sizes, colours, and a few marks in inches; matplotlib behind it (extra `[plot]`).

Colours: Okabe and Ito (2008), Color Universal Design; no meaning is carried by colour alone.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias
from xml.sax.saxutils import escape

from kg.errors import MissingExtraError, Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Colour: TypeAlias = tuple[float, float, float]


def _rgb(text: str) -> Colour:
    """Return a colour as numbers, which matplotlib takes as they are; it reads a text anew for every line it draws."""
    red, green, blue = (int(text[position : position + 2], 16) / 255 for position in (1, 3, 5))
    return red, green, blue


BLUE, ORANGE, GREEN, PURPLE, SKY, AMBER = map(_rgb, ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00"))
INK, GREY, PALE, LIGHT, WHITE = map(_rgb, ("#1a1a1a", "#767676", "#d9d9d9", "#b7d7ea", "#ffffff"))

WIDE, NARROW = 7.4, 3.6
"""Widths in inches; a narrow one fits a screen of 390 pixels at 96 pixels an inch."""
NBSP = "\u00a0"

RC: Any = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Helvetica", "Arial", "sans-serif"],
    "svg.fonttype": "none",
    "svg.hashsalt": "innovation-kg",
    "hatch.linewidth": 0.7,
    "text.parse_math": False,
}


def available() -> bool:
    """Tell whether matplotlib is installed."""
    from importlib.util import find_spec

    return find_spec("matplotlib") is not None


def require() -> None:
    """Refuse where figures were asked for and matplotlib is missing.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    if not available():
        raise MissingExtraError("matplotlib", "plot", Text("Figures", "Abbildungen"))


def to_png(drawn: Figure, dpi: int = 200) -> bytes:
    """Return a figure as PNG."""
    import matplotlib as mpl

    buffer = io.BytesIO()
    with mpl.rc_context(RC):
        drawn.savefig(buffer, format="png", dpi=dpi, facecolor="white", metadata={"Software": None})
    return buffer.getvalue()


def to_svg(drawn: Figure, name: str, title: str, description: str) -> str:
    """Return a figure as an `<svg>` element with title and description, its ids made unique by a name, the same bytes for the same figure."""
    import matplotlib as mpl

    buffer = io.StringIO()
    with mpl.rc_context(RC):
        drawn.savefig(buffer, format="svg", facecolor="white", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{name}-", svg)
    svg = re.sub(r'<svg\b([^>]*?) width="[^"]*"([^>]*)>', r"<svg\1\2>", svg, count=1)
    svg = re.sub(r'<svg\b([^>]*?) height="[^"]*"([^>]*)>', r"<svg\1\2>", svg, count=1)
    labels = f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-desc">{escape(description)}</desc>'
    return re.sub(r"<svg\b([^>]*)>", lambda m: f'<svg role="img" aria-labelledby="{name}-title {name}-desc"{m[1]}>{labels}', svg, count=1)


class Ruler:
    """Measures text in inches from the advance widths of the font, without drawing it: exact enough, and a thousand times faster."""

    _advances: ClassVar[dict[tuple[str, bool], float]] = {}

    def _advance(self, character: str, bold: bool) -> float:
        if (character, bold) not in self._advances:
            from matplotlib.font_manager import FontProperties, findfont, get_font

            font = get_font(findfont(FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal")))
            font.set_size(72, 72)
            # linearHoriAdvance is in 16.16 pixels and free of hinting; the size of 72 makes one pixel 1/72 em.
            self._advances[character, bold] = font.load_char(ord(character)).linearHoriAdvance / 65536 / 72
        return self._advances[character, bold]

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        """Return the width of one line at a size in points."""
        return sum(self._advance(character, bold) for character in text) * size / 72

    def wrap(self, text: str, size: float, limit: float, *, bold: bool = False) -> list[str]:
        """Break a text at spaces into lines no wider than a limit; a word that is wider is broken after a hyphen or slash, else anywhere."""
        lines: list[str] = []
        words: list[str] = []
        # A label may hold line ends and tabs; at a no-break space only where there is no other way.
        for word in re.split(r"[ \t\r\n]+", text.strip(" \t\r\n")):
            words += word.split(NBSP) if self.width(word, size, bold=bold) > limit else [word]
        for word in words:
            for position, piece in enumerate(self._split(word, size, limit, bold)):
                glue = " " if position == 0 else ""
                if lines and self.width(lines[-1] + glue + piece, size, bold=bold) <= limit:
                    lines[-1] += glue + piece
                else:
                    lines.append(piece)
        return lines

    def _split(self, word: str, size: float, limit: float, bold: bool) -> list[str]:
        if self.width(word, size, bold=bold) <= limit or len(word) < 2:
            return [word]
        parts = re.findall(r"[^-/]+[-/]?|[-/]", word)
        if len(parts) > 1:
            return [piece for part in parts for piece in self._split(part, size, limit, bold)]
        most = next((n for n in range(len(word) - 1, 0, -1) if self.width(word[:n] + "-", size, bold=bold) <= limit), 1)
        # Before a consonant with a vowel after it: a syllable begins there in German and in English.
        cut = next((n for n in range(most, 2, -1) if re.match(r"[b-df-hj-np-tv-zß][aeiouyäöü]", word[n:], re.IGNORECASE)), most)
        return [word[:cut] + "-", *self._split(word[cut:], size, limit, bold)]


@dataclass(frozen=True)
class Style:
    """Sizes that differ between the widths: text in points, lengths in inches."""

    width: float
    text: float
    small: float
    line: float
    gap: float
    label: float


WIDE_STYLE = Style(WIDE, 9.0, 8.0, 0.165, 0.055, 2.1)
NARROW_STYLE = Style(NARROW, 7.5, 7.0, 0.14, 0.06, 1.2)


def canvas(width: float, height: float) -> tuple[Any, Any]:
    """Return a figure and axes whose units are inches, the origin at the top left."""
    from matplotlib.figure import Figure as NewFigure

    drawn = NewFigure(figsize=(width, height), dpi=100)
    axes = drawn.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    axes.axis("off")
    return drawn, axes


def write(axes: Any, x: float, y: float, text: str, style: Style, **more: Any) -> None:
    """Write a text, lines as they are broken, its middle at `y`."""
    values: dict[str, Any] = {"va": "center", "fontsize": style.text, "linespacing": 1.1, "color": INK, **more}
    axes.text(x, y, text, **values)


def draw_line(axes: Any, xs: Sequence[float], ys: Sequence[float], **more: Any) -> None:
    """Draw one line or row of markers."""
    from matplotlib.lines import Line2D

    axes.add_artist(Line2D(xs, ys, **more))


def draw_lines(axes: Any, lines: Sequence[tuple[tuple[float, float], tuple[float, float]]], colour: Colour, width: float, zorder: float = 2) -> None:
    """Draw straight lines of one colour at once."""
    from matplotlib.collections import LineCollection

    axes.add_artist(LineCollection(list(lines), colors=[colour], linewidths=width, zorder=zorder))


def draw_box(axes: Any, x: float, y: float, width: float, height: float, **more: Any) -> None:
    """Draw a rectangle from its top left corner."""
    from matplotlib.patches import Rectangle

    axes.add_artist(Rectangle((x, y), width, height, **more))


def stack(blocks: Sequence[Sequence[str]], style: Style, top: float, bottom: float | None = None) -> list[float]:
    """Return the middle of each block of lines, one below the other; spread evenly down to `bottom` where there is room."""
    heights = [len(lines) * style.line + style.gap for lines in blocks]
    spare = max(0.0, (bottom - top - sum(heights)) / len(blocks)) if bottom is not None and blocks else 0.0
    middles, y = [], top
    for height in heights:
        middles.append(y + (height + spare) / 2)
        y += height + spare
    return middles


def stack_height(blocks: Sequence[Sequence[str]], style: Style) -> float:
    """Return the height of blocks of lines, one below the other."""
    return sum(len(lines) * style.line + style.gap for lines in blocks)
