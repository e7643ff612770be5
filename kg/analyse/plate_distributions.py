"""Figure: how degree, strength, project size and projects per institution are distributed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from kg.analyse.by_columns import degree, strength
from kg.analyse.canvas import BLUE, GREY, INK, PALE
from kg.analyse.caption import finish, short, words
from kg.analyse.data import Data
from kg.analyse.plate import WIDE, Plate, style_of
from kg.analyse.wording import number

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Distribution:
    """How one quantity is distributed.

    Attributes:
        n: Number of things.
        zeros: How many of them have 0.
        median: Median over all, zeros included.
        largest: Largest value; 0 where there is none.
        points: Value greater than 0, ascending, and how many things have at least this value.
    """

    n: int
    zeros: int
    median: float
    largest: float
    points: tuple[tuple[float, int], ...]


def distribution(values: NDArray[np.float64]) -> Distribution:
    """Return the complementary cumulative distribution of some numbers, 0 or more, fractions rounded to three significant digits.

    The points are (x, number of values ≥ x) for every x > 0 that occurs; no bins, no fit. Cost: O(n log n).
    """
    import numpy as np

    plain = values.astype(np.float64)
    with np.errstate(divide="ignore"):
        tens = np.where(plain > 0, np.floor(np.log10(np.maximum(plain, 1e-300))) - 2, 0)
    rounded = np.where(plain == np.round(plain), plain, np.round(plain / 10.0**tens) * 10.0**tens)
    # Powers of ten are not exact: equal values must be equal to the last bit.
    rounded = np.round(rounded, 12)
    found, counts = np.unique(rounded[rounded > 0], return_counts=True)
    above = np.cumsum(counts[::-1])[::-1]
    return Distribution(
        n=len(plain),
        zeros=int((plain == 0).sum()),
        median=float(np.median(plain)) if len(plain) else 0.0,
        largest=float(plain.max()) if len(plain) else 0.0,
        points=tuple(zip(found.tolist(), above.tolist(), strict=True)),
    )


@dataclass(frozen=True, eq=False)
class DistributionPlate(Plate):
    """Four complementary cumulative distributions on logarithmic axes.

    Attributes:
        data: What they are made from.
    """

    name: ClassVar[str] = "distributions"
    columns: ClassVar[tuple[str, ...]] = ("quantity", "value", "at_least", "share")
    data: Data

    @cached_property
    def parts(self) -> dict[str, Distribution]:
        """Distributions of `degree`, `strength`, `size` and `projects`."""
        network, incidence = self.data.collaboration, self.data.incidence
        return {
            "degree": distribution(degree(network).astype(float)),
            "strength": distribution(strength(network)),
            "size": distribution(incidence.sizes.astype(float)),
            "projects": distribution(incidence.degrees.astype(float)),
        }

    def rows(self) -> list[dict[str, Any]]:
        """Return one row for each point of each curve."""
        return [
            {"quantity": quantity, "value": value, "at_least": above, "share": round(above / part.n, 9)}
            for quantity, part in self.parts.items()
            for value, above in part.points
        ]

    def to_json(self) -> dict[str, Any]:
        """Return the curves with number, zeros, median and maximum of each quantity."""
        about = {key: {"n": part.n, "zeros": part.zeros, "median": part.median, "maximum": part.largest} for key, part in self.parts.items()}
        return {**super().to_json(), "quantities": about}

    def title(self, lang: str) -> str:
        """Return a short name."""
        return words("title-distributions", lang)

    def caption(self, lang: str, width: float = WIDE) -> str:  # noqa: ARG002 (nothing is cut at any width)
        """Return what is shown and how it was made."""
        found = self.parts["degree"]
        weight = words(f"weight-{self.method.weight}", lang)
        sentences = [words("distributions", lang, weight=weight, zeros=number(found.zeros, lang), of=number(found.n, lang))]
        if self.method.weight == "newman":
            sentences.append(words("distributions-newman", lang))
        return finish(sentences, self.method, lang)

    def alternative(self, lang: str, width: float = WIDE) -> str:  # noqa: ARG002
        """Return median and maximum of each curve."""
        values = {key: f"{short(part.median, lang)} / {short(part.largest, lang)}" for key, part in self.parts.items()}
        return words("distributions-alt", lang, **values)

    def draw(self, lang: str, width: float) -> Figure:
        """Return four panels, two beside each other at any width."""
        from matplotlib.figure import Figure as NewFigure

        style = style_of(width)
        height = width * (0.72 if width >= 5 else 1.02)
        drawn = NewFigure(figsize=(width, height), dpi=100)
        left, bottom, gap = (0.62, 0.36, (0.62, 0.66)) if width >= 5 else (0.56, 0.32, (0.48, 0.62))
        across, down = (width - left - gap[0] - 0.12) / 2, (height - bottom - gap[1] - 0.29) / 2
        for place, (key, part) in enumerate(self.parts.items()):
            row, column = divmod(place, 2)
            x, y = left + column * (across + gap[0]), bottom + (1 - row) * (down + gap[1])
            axes = drawn.add_axes((x / width, y / height, across / width, down / height))
            self._panel(axes, f"{'abcd'[place]}", key, part, style.text, style.small, lang)
        return drawn

    @staticmethod
    def _panel(axes: Any, letter: str, key: str, part: Distribution, size: float, small: float, lang: str) -> None:
        from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

        axes.set_xscale("log")
        axes.set_yscale("log")
        shares = [above / part.n for _, above in part.points]
        if part.points:
            axes.plot([value for value, _ in part.points], shares, drawstyle="steps-pre", color=BLUE, lw=1.1, zorder=3)
            axes.plot([value for value, _ in part.points], shares, ls="", marker="o", ms=1.8, color=INK, zorder=4)
        axes.set_xlim(min([1.0, *(value for value, _ in part.points)]) * 0.8, max(part.largest, 10.0) * 1.5)
        axes.set_ylim(min([0.1, *shares]) * 0.6, 3.0)
        ticks = ((axes.xaxis, lambda value, _: _value(value, lang)), (axes.yaxis, lambda value, _: _percent(value, lang)))
        for axis, tick in ticks:
            axis.set_major_locator(LogLocator(numticks=6))
            axis.set_minor_formatter(NullFormatter())
            axis.set_major_formatter(FuncFormatter(tick))
        axes.tick_params(labelsize=small, length=2.5, width=0.5, color=GREY, pad=2)
        axes.tick_params(which="minor", length=1.5, width=0.4, color=GREY)
        axes.grid(which="major", color=PALE, lw=0.4, zorder=0)
        axes.set_axisbelow(True)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        for side in ("left", "bottom"):
            axes.spines[side].set(color=GREY, linewidth=0.5)
        axes.set_xlabel(words(key, lang), fontsize=size, labelpad=2, color=INK)
        if letter in "ac":
            axes.set_ylabel(words("share-axis", lang), fontsize=size, labelpad=2, color=INK)
        values = {
            "n": number(part.n, lang),
            "zeros": number(part.zeros, lang),
            "median": short(part.median, lang),
            "largest": short(part.largest, lang),
        }
        axes.annotate(
            f"({letter})", (0, 1), (-8 - 2.4 * size, 0.5 * size), "axes fraction", "offset points", fontsize=size, fontweight="bold", color=INK
        )
        axes.set_title(words("panel-numbers", lang, **values), loc="right", fontsize=small, color=INK, pad=3, linespacing=1.1)


def _value(value: float, lang: str) -> str:
    """Return a power of ten as a tick.

    >>> _value(1000.0, "de"), _value(0.01, "en")
    ('1.000', '0.01')
    """
    return number(value, lang) if value >= 1 else number(value, lang, 6).rstrip("0")


def _percent(value: float, lang: str) -> str:
    """Return a share in percent with as few digits as it takes.

    >>> _percent(1.0, "en"), _percent(0.001, "de"), _percent(1e-5, "en")
    ('100 %', '0,1 %', '0.001 %')
    """
    digits = 0 if value >= 0.01 else 1 if value >= 0.001 else 2 if value >= 1e-4 else 3 if value >= 1e-5 else 4
    return f"{number(value * 100, lang, digits)} %"
