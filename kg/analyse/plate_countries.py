"""Figure: how much institutions of different countries work together, as a matrix."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from kg.analyse.canvas import GREY, INK, WHITE, Colour, Ruler, canvas, draw_box, write
from kg.analyse.caption import finish, short, words
from kg.analyse.data import Data
from kg.analyse.frames import may
from kg.analyse.labels import Named, sort_key
from kg.analyse.plate import WIDE, Plate, style_of
from kg.analyse.wording import number
from kg.errors import AnalysisError, Text

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

LARGEST, NARROW_LARGEST = 20, 10
"""Most countries that are drawn in a wide and in a narrow figure."""


@dataclass(frozen=True, eq=False)
class Matrix:
    """Weight between countries.

    Attributes:
        countries: IRIs, by number of participations, most first; equal ones by IRI.
        values: Sum of weights of all pairs of institutions of two countries, symmetric; on the diagonal those within a country, each pair once.
        unknown: Number of institutions without a country.
        known: Weight of all pairs whose two countries are known.
    """

    countries: tuple[str, ...]
    values: NDArray[np.float64]
    unknown: int
    known: float


def matrix(data: Data) -> Matrix:
    """Return the weight between all countries, by columns.

    Raises:
        AnalysisError: No institution has a country.
    """
    import numpy as np

    network, incidence = data.collaboration, data.incidence
    found = sorted(set(data.countries.values()))
    if not found:
        what = Text("No institution has a known country.", "Von keiner Einrichtung ist das Land bekannt.")
        fix = Text("Give institutions a location that lies within a country.", "Geben Sie Einrichtungen einen Ort, der in einem Land liegt.")
        raise AnalysisError(what, where=str(data.method.name), fix=fix)
    position = {iri: place for place, iri in enumerate(found)}
    code = np.array([position.get(data.countries.get(iri, ""), -1) for iri in network.names], dtype=np.int64)
    known = code >= 0
    size = len(found)
    parts = np.bincount(code[known], incidence.degrees[known], size)
    one, other = code[network.source], code[network.target]
    both = (one >= 0) & (other >= 0)
    low, high = np.minimum(one, other)[both], np.maximum(one, other)[both]
    sums = np.bincount(low * size + high, network.weight[both], size * size)
    upper = np.asarray(sums, dtype=np.float64).reshape(size, size)
    full = upper + np.triu(upper, 1).T
    order = sorted(range(size), key=lambda place: (-parts[place], found[place]))
    return Matrix(tuple(found[place] for place in order), full[np.ix_(order, order)], int((~known).sum()), float(upper.sum()))


@dataclass(frozen=True, eq=False)
class CountryPlate(Plate):
    """The weight between countries, in grey and numbers.

    Attributes:
        data: What it is made from.
        most_countries: Most countries in the table and in a wide figure; a narrow one shows at most :data:`NARROW_LARGEST`.
    """

    name: ClassVar[str] = "countries"
    columns: ClassVar[tuple[str, ...]] = ("country", "partner_country", "label", "partner_label", "weight")
    data: Data
    most_countries: int = field(default=LARGEST)

    def __post_init__(self) -> None:
        """Refuse a matrix of nothing.

        Raises:
            AnalysisError: Fewer than one or more than 30 countries are asked for.
        """
        if not 1 <= self.most_countries <= 30:
            what = Text("A matrix shows 1 to 30 countries.", "Eine Matrix zeigt 1 bis 30 Länder.")
            raise AnalysisError(what, fix=Text(f"{LARGEST} is usual.", f"Üblich sind {LARGEST}."))

    @cached_property
    def whole(self) -> Matrix:
        """The weight between all countries."""
        return matrix(self.data)

    @cached_property
    def labels(self) -> dict[str, Named]:
        """Labels of the countries."""
        return self.data.names(self.whole.countries)

    def _label(self, iri: str, lang: str) -> str:
        return self.labels[iri].label(lang).removeprefix("country-")

    def shown(self, lang: str, width: float = WIDE) -> list[int]:
        """Return positions of the countries that are drawn, in order: by total weight where the frame allows an order, else by name."""
        most = self.most_countries if width >= 5 else min(self.most_countries, NARROW_LARGEST)
        chosen = range(min(most, len(self.whole.countries)))
        if may(self.data.frame, "order"):
            total = self.whole.values.sum(axis=1)
            return sorted(chosen, key=lambda place: (-total[place], self.whole.countries[place]))
        return sorted(chosen, key=lambda place: sort_key(self._label(self.whole.countries[place], lang)))

    def rows(self) -> list[dict[str, Any]]:
        """Return one row for each pair of the countries in a wide figure, the country itself included, by English name where no order is allowed."""
        found, order = [], self.shown("en")
        for place, row in enumerate(order):
            for column in order[: place + 1]:
                one, other = self.whole.countries[row], self.whole.countries[column]
                cells = (one, other, self._label(one, "en"), self._label(other, "en"), round(float(self.whole.values[row, column]), 6))
                found.append(dict(zip(self.columns, cells, strict=True)))
        return found

    def title(self, lang: str) -> str:
        """Return a short name."""
        return words("title-countries", lang)

    def caption(self, lang: str, width: float = WIDE) -> str:
        """Return what is shown, what is cut, and in which order it stands."""
        import numpy as np

        order, whole = self.shown(lang, width), self.whole
        sentences = [words("countries", lang, weight=words(f"weight-{self.method.weight}", lang))]
        if len(order) < len(whole.countries):
            shown = float(np.triu(whole.values[np.ix_(order, order)]).sum())
            share = number(100 * shown / whole.known, lang, 1) if whole.known else "0"
            sentences.append(words("countries-cut", lang, shown=len(order), of=len(whole.countries), share=share))
        sentences.append(words("countries-by-total" if may(self.data.frame, "order") else "countries-by-name", lang))
        if whole.unknown:
            of = number(len(self.data.collaboration), lang)
            sentences.append(words("countries-unknown", lang, number=number(whole.unknown, lang), of=of))
        return finish(sentences, self.method, lang)

    def alternative(self, lang: str, width: float = WIDE) -> str:
        """Return first and last country and the largest value."""
        order, countries = self.shown(lang, width), self.whole.countries
        largest = float(self.whole.values[order][:, order].max())
        first, last = (self._label(countries[place], lang) for place in (order[0], order[-1]))
        return words("countries-alt", lang, first=first, last=last, largest=short(largest, lang))

    def draw(self, lang: str, width: float) -> Figure:
        """Return the lower triangle with the scale in the upper right corner."""
        import numpy as np

        style, ruler, order = style_of(width), Ruler(), self.shown(lang, width)
        names = [self._label(self.whole.countries[place], lang) for place in order]
        codes = [self.whole.countries[place].rsplit("country-", 1)[-1] for place in order]
        values = self.whole.values[np.ix_(order, order)]
        wrapped = [
            ruler.wrap(f"{name} ({code})" if name != code else code, style.small, 1.45 if width >= 5 else 0.95)
            for name, code in zip(names, codes, strict=True)
        ]
        left = max(ruler.width(line, style.small) for lines in wrapped for line in lines) + 0.1
        cell = min(0.42, (width - left - 0.05) / len(order))
        down = max(cell * 0.8, max(map(len, wrapped)) * style.line * 0.95)
        top = max(0.08, 1.25 - down * (len(order) - 1) * 0.6 if len(order) < 4 else 0.08)
        drawn: Figure
        drawn, axes = canvas(width, top + down * len(order) + 0.25)
        positive = values[values > 0]
        low, high = (np.log10(positive.min()), np.log10(positive.max())) if len(positive) else (0.0, 1.0)
        low = max(low, high - 4)
        for row, lines in enumerate(wrapped):
            y = top + row * down
            write(axes, left - 0.06, y + down / 2, "\n".join(lines), style, ha="right", fontsize=style.small)
            for column in range(row + 1):
                value = float(values[row, column])
                shade, ink = _shade(value, low, high)
                draw_box(axes, left + column * cell, y, cell, down, facecolor=shade, edgecolor=WHITE, linewidth=0.6)
                text = short(value, lang)
                size = min(style.small, style.small * (cell - 0.03) / max(ruler.width(text, style.small), 1e-9))
                write(axes, left + (column + 0.5) * cell, y + down / 2, text, style, ha="center", fontsize=size, color=ink)
        for column, code in enumerate(codes):
            write(axes, left + (column + 0.5) * cell, top + len(order) * down + 0.1, code, style, ha="center", fontsize=style.small)
        if len(positive) > 1:
            self._scale(axes, width, low, high, lang, top)
        return drawn

    @staticmethod
    def _scale(axes: Any, width: float, low: float, high: float, lang: str, top: float) -> None:
        style = style_of(width)
        step, height = (0.3, 0.13) if width >= 5 else (0.21, 0.1)
        right = width - 0.15
        write(axes, right, top + 0.08, words("countries-scale", lang), style, ha="right", fontsize=style.small)
        levels = [high - (high - low) * part / 4 for part in range(5)]
        for place, level in enumerate(levels):
            x = right - (place + 1) * (step + 0.04)
            shade, _ = _shade(10**level, low, high)
            draw_box(axes, x, top + 0.18, step + 0.04, height, facecolor=shade, edgecolor=GREY, linewidth=0.3)
            write(
                axes,
                x + (step + 0.04) / 2,
                top + 0.18 + height + 0.08,
                short(float(f"{10**level:.2g}"), lang),
                style,
                ha="center",
                fontsize=style.small,
            )


def _shade(value: float, low: float, high: float) -> tuple[Colour, Colour]:
    """Return the grey of a cell and the colour of its number; 0 is white."""
    import math

    if value <= 0:
        return WHITE, INK
    part = 1.0 if high <= low else min(1.0, max(0.0, (math.log10(value) - low) / (high - low)))
    grey = 0.95 - 0.75 * part
    return (grey, grey, grey), WHITE if grey < 0.46 else INK
