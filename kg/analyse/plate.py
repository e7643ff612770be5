"""What all figures of the whole have in common: widths, caption, text alternative, and files with the same bytes for the same data.

Text in a PDF is embedded (TrueType), in an SVG it stays text, in a PNG it is drawn at 300 dots an inch.
"""

from __future__ import annotations

import io
from abc import abstractmethod
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from kg.analyse.canvas import AMBER, BLUE, GREEN, GREY, INK, ORANGE, PURPLE, RC, SKY, WHITE, Colour, Ruler, Style, require, to_png, to_svg
from kg.analyse.caption import words
from kg.analyse.data import Data
from kg.analyse.method import Method
from kg.analyse.result import Result
from kg.analyse.wording import kind_label
from kg.errors import AnalysisError, Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDE, NARROW = 7.2, 3.5
"""Widths in inches: two columns of a journal, and one."""
DPI = 300
WIDE_STYLE = Style(WIDE, 7.5, 6.5, 0.125, 0.05, 1.6)
NARROW_STYLE = Style(NARROW, 6.5, 6.0, 0.105, 0.05, 0.95)
MARKS: dict[str, tuple[str, Colour]] = {
    "university": ("o", BLUE),
    "research-institute": ("s", ORANGE),
    "company": ("^", GREEN),
    "public-body": ("D", AMBER),
    "municipality": ("p", PURPLE),
    "civil-society": ("v", SKY),
    "network": ("h", GREY),
    "cultural-institution": ("<", PURPLE),
    "chamber": (">", AMBER),
    "education-provider": ("P", BLUE),
    "": ("X", INK),
}
"""Shape and colour of each kind of institution, the shape its own; a kind of another list is drawn as unknown."""


class Plate(Result):
    """A figure of the whole, as a result: its table, caption and text alternative go with it.

    Attributes:
        data: What it is drawn from.
        least, most: Widths in inches at which it is legible.
    """

    data: Data
    least: ClassVar[float] = 3.3
    most: ClassVar[float] = 10.0

    @property
    def method(self) -> Method:  # type: ignore[override]
        """How the numbers were made."""
        return self.data.method

    @abstractmethod
    def title(self, lang: str) -> str:
        """Return a short name of the figure."""

    @abstractmethod
    def caption(self, lang: str, width: float = WIDE) -> str:
        """Return what is shown, how it was made, what was cut at this width, and from which data."""

    @abstractmethod
    def alternative(self, lang: str, width: float = WIDE) -> str:
        """Return what a reader who does not see it needs, and where the data stand as a table."""

    @abstractmethod
    def draw(self, lang: str, width: float) -> Figure:
        """Return the drawing; called with matplotlib's settings of this project."""

    def figure(self, lang: str = "en", width: float = WIDE) -> Figure:
        """Return the figure at a width in inches (:data:`WIDE` or :data:`NARROW` fit most journals).

        Raises:
            AnalysisError: The width is out of range.
            MissingExtraError: matplotlib is not installed.
        """
        require()
        if not self.least <= width <= self.most:
            what = Text(
                f"A figure is {self.least} to {self.most} inches wide, not {width}.",
                f"Eine Abbildung ist {self.least} bis {self.most} Zoll breit, nicht {width}.",
            )
            raise AnalysisError(what, fix=Text(f"Take {WIDE} or {NARROW}.", f"Nehmen Sie {WIDE} oder {NARROW}."))
        import matplotlib as mpl

        with mpl.rc_context(RC):
            return self.draw(lang, width)

    def text(self, lang: str) -> str:
        """Return title, caption and text alternative."""
        return f"{self.title(lang)}\n\n{self.alternative(lang)}\n\n{self.caption(lang)}\n"

    def to_json(self) -> dict[str, Any]:
        """Return table, captions and text alternatives with the method."""
        texts = {
            name: {lang: write(lang) for lang in ("de", "en")}
            for name, write in (("title", self.title), ("caption", self.caption), ("alternative", self.alternative))
        }
        return {"method": self.method.to_json(), "name": self.name, **texts, "rows": self.rows()}

    def svg(self, lang: str = "en", width: float = WIDE) -> bytes:
        """Return the figure as an SVG file with its size in inches, title and text alternative."""
        drawn = self.figure(lang, width)
        text = to_svg(drawn, self.name, self.title(lang), self.alternative(lang, width))
        across, down = drawn.get_size_inches()
        text = text.replace("<svg ", f'<svg width="{across:g}in" height="{down:g}in" lang="{lang}" ', 1)
        return f'<?xml version="1.0" encoding="utf-8"?>\n{text}'.encode()

    def pdf(self, lang: str = "en", width: float = WIDE) -> bytes:
        """Return the figure as PDF with embedded fonts, without a date."""
        return to_pdf(self.figure(lang, width), self.title(lang))

    def png(self, lang: str = "en", width: float = WIDE) -> bytes:
        """Return the figure as PNG at 300 dots an inch."""
        return to_png(self.figure(lang, width), DPI)


def to_pdf(drawn: Figure, title: str) -> bytes:
    """Return a figure as PDF with embedded fonts, the same bytes for the same figure."""
    import matplotlib as mpl

    buffer = io.BytesIO()
    with mpl.rc_context({**RC, "pdf.fonttype": 42}):
        drawn.savefig(buffer, format="pdf", facecolor="white", metadata={"CreationDate": None, "Title": title, "Creator": "innovation-kg"})
    return buffer.getvalue()


def style_of(width: float) -> Style:
    """Return sizes of text and lines for a width in inches."""
    return WIDE_STYLE if width >= 5 else NARROW_STYLE


def mark_of(kind: str) -> tuple[str, Colour]:
    """Return shape and colour of a kind of institution."""
    return MARKS.get(kind, MARKS[""])


def draw_mark(axes: Any, x: float, y: float, kind: str, diameter: float, zorder: float = 4) -> None:
    """Draw the mark of a kind, its diameter in inches."""
    from matplotlib.lines import Line2D

    shape, colour = mark_of(kind)
    axes.add_artist(
        Line2D(
            [x], [y], marker=shape, markersize=diameter * 72, markerfacecolor=colour, markeredgecolor=WHITE, markeredgewidth=0.4, lw=0, zorder=zorder
        )
    )


def kinds_of(kinds: Iterable[str]) -> list[str]:
    """Return the kinds that occur, in the order of :data:`MARKS`; those of another list count as unknown."""
    found = {kind if kind in MARKS else "" for kind in kinds}
    return [kind for kind in MARKS if kind in found]


def flow(texts: Sequence[str], style: Style, indent: float, width: float) -> list[tuple[float, int]]:
    """Return where the entries of a legend stand: offset from the left in inches, and line; each entry has room for its mark before it."""
    ruler, found, x, line = Ruler(), list[tuple[float, int]](), 0.0, 0
    for text in texts:
        needed = indent + ruler.width(text, style.small) + 0.15
        if x and x + needed > width:
            x, line = 0.0, line + 1
        found.append((x, line))
        x += needed
    return found


def kind_legend(axes: Any, kinds: Sequence[str], style: Style, left: float, top: float, width: float, lang: str) -> float:
    """Draw the legend of kinds and return its lower edge; where `axes` is None measure only."""
    texts = [kind_label(kind, lang) for kind in kinds]
    places = flow(texts, style, 0.16, width)
    height = style.line * 1.15
    if axes is not None:
        for kind, text, (x, line) in zip(kinds, texts, places, strict=True):
            y = top + (line + 0.5) * height
            draw_mark(axes, left + x + 0.06, y, kind, 0.085)
            axes.text(left + x + 0.16, y, text, va="center", fontsize=style.small, color=INK)
    return top + (places[-1][1] + 1) * height if places else top


def width_legend(axes: Any, counts: Sequence[int], widths: Sequence[float], style: Style, left: float, top: float, lang: str) -> None:
    """Draw the legend of line widths in one line."""
    from matplotlib.lines import Line2D

    ruler, x, y = Ruler(), left, top + style.line * 0.6
    title = words("legend-width", lang) + ":"
    axes.text(x, y, title, va="center", fontsize=style.small, color=INK)
    x += ruler.width(title, style.small) + 0.1
    for count, width in zip(counts, widths, strict=True):
        axes.add_artist(Line2D([x, x + 0.2], [y, y], lw=width, color=GREY, solid_capstyle="butt"))
        axes.text(x + 0.25, y, str(count), va="center", fontsize=style.small, color=INK)
        x += 0.25 + ruler.width(str(count), style.small) + 0.14
