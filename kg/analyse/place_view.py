"""Collaboration between places: how much, and how much their totals lead to expect (:class:`CountryView`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.analyse.data import Data
from kg.analyse.frames import Refusal, may, refusal
from kg.analyse.labels import Named, sort_key
from kg.analyse.method import Method
from kg.analyse.places import PLACE_LEVELS
from kg.analyse.render_text import method_line, table
from kg.analyse.result import Result
from kg.analyse.view_text import lines, say
from kg.analyse.wording import number
from kg.errors import AnalysisError, Text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LEAST = 20
"""Common projects from which a pair is named in text for its ratio: one large project makes a ratio of hundreds between places seldom met."""
SHOWN = 30
"""Pairs in text."""
HALF = 1e-12
"""A place is in every tie where its total lacks no more than this share of the total of all others: its factor grows with 1 / √share."""


@dataclass(frozen=True)
class PlacePair:
    """Two places with projects in common.

    Attributes:
        one: The place of the smaller IRI.
        other: The other place.
        count: Number of projects they share.
        weight: Weight of their tie, as the method says.
        expected: Weight under quasi-independence, greater than 0.
        ratio: `weight` / `expected`.
    """

    one: Named
    other: Named
    count: int
    weight: float
    expected: float
    ratio: float


@dataclass(frozen=True)
class PlaceTotal:
    """A place with its totals.

    Attributes:
        place: The place.
        projects: Number of its projects, also those without another place.
        partners: Places it shares a project with.
        weight: Sum of the weights of its ties.
        activity: Factor a of quasi-independence: two places are expected to have a weight of a_i × a_j. `None` where one place is in every tie: it
            would be infinite; then the expected weights are the observed ones.
    """

    place: Named
    projects: int
    partners: int
    weight: float
    activity: float | None


@dataclass(frozen=True)
class CountryView(Result):
    """The matrix of places: who works with whom, compared with what the totals lead to expect.

    Attributes:
        pairs: Pairs with projects in common, by label; all others have count and weight 0.
        totals: Places by label.
        refusal: Why pairs are not put in an order; `None` on a census.
        method: How the numbers were made.
    """

    name = "places"
    columns = (
        *("place", "place_label_de", "place_label_en", "other", "other_label_de", "other_label_en"),
        *("count", "weight", "expected", "ratio", "frame"),
    )
    pairs: tuple[PlacePair, ...]
    totals: tuple[PlaceTotal, ...]
    refusal: Refusal | None
    method: Method

    def rows(self) -> list[dict[str, Any]]:
        """Return one row per pair with projects in common."""
        frame = self.method.frame.kind
        found = []
        for pair in self.pairs:
            names = (value for end in (pair.one, pair.other) for value in (end.iri, end.label("de"), end.label("en")))
            values = (pair.count, round(pair.weight, 6), round(pair.expected, 6), round(pair.ratio, 6), frame)
            found.append(dict(zip(self.columns, (*names, *values), strict=True)))
        return found

    def matrix(self, value: str = "weight") -> tuple[list[Named], list[list[float]]]:
        """Return the places and the full matrix of `count`, `weight`, `expected` or `ratio`; the diagonal and pairs without projects are 0.

        Raises:
            AnalysisError: There is no such value.
        """
        if value not in ("count", "weight", "expected", "ratio"):
            fix = Text("Use count, weight, expected or ratio.", "Möglich sind count, weight, expected und ratio.")
            raise AnalysisError(Text(f"{value!r} is unknown.", f"{value!r} gibt es nicht."), fix=fix)
        places = [total.place for total in self.totals]
        position = {place.iri: number for number, place in enumerate(places)}
        cells = [[0.0] * len(places) for _ in places]
        for pair in self.pairs:
            one, other = position[pair.one.iri], position[pair.other.iri]
            cells[one][other] = cells[other][one] = float(getattr(pair, value))
        return places, cells

    def text(self, lang: str) -> str:
        """Return numbers of the whole and a part of the pairs; an order by ratio only on a census."""
        possible = len(self.totals) * (len(self.totals) - 1) // 2
        counts = {"places": len(self.totals), "pairs": len(self.pairs), "none": possible - len(self.pairs)}
        sentences = [
            say("places-whole", lang, level=self.method.level, **{key: number(value, lang) for key, value in counts.items()}),
            say("places-rule", lang),
        ]
        if self.refusal is None:
            many = [pair for pair in self.pairs if pair.count >= LEAST]
            shown = sorted(many, key=lambda pair: (-round(pair.ratio, 9), pair.one.iri, pair.other.iri))[:SHOWN]
            sentences.append(say("places-ratio", lang, shown=len(shown), all=number(len(self.pairs), lang), least=LEAST))
        else:
            shown = sorted(self.pairs, key=lambda pair: (sort_key(pair.one.label(lang)), sort_key(pair.other.label(lang))))[:SHOWN]
            sentences += [say("places-cut", lang, shown=len(shown), all=number(len(self.pairs), lang)), self.refusal.reason[lang]]
        head = [say(key, lang) for key in ("place", "place", "shared-projects", "weight", "expected", "ratio")]
        cells = [
            (
                *(pair.one.label(lang), pair.other.label(lang), pair.count),
                *(number(value, lang, 2) for value in (pair.weight, pair.expected, pair.ratio)),
            )
            for pair in shown
        ]
        body = table(head, cells) if cells else [say("places-none", lang)]
        return "\n".join([*lines(say("places-title", lang), sentences), *body, "", method_line(self.method, lang)]) + "\n"

    def to_json(self) -> dict[str, Any]:
        """Return pairs and totals; the expected weight of a pair without projects is the product of both activities."""
        totals = [
            {
                **total.place.to_json(),
                "projects": total.projects,
                "partners": total.partners,
                "weight": round(total.weight, 6),
                "activity": None if total.activity is None else round(total.activity, 9),
            }
            for total in self.totals
        ]
        return {
            "method": self.method.to_json(),
            "refusal": self.refusal.to_json() if self.refusal else None,
            "expectation": "quasi-independence: a_i × a_j for i ≠ j, with the observed totals",
            "places": totals,
            "pairs": self.rows(),
        }


def countries(data: Data) -> CountryView:
    """Return the matrix of places of a selection at a level of places.

    The expectation is that of quasi-independence (Goodman 1968): a_i × a_j for two places, nothing for a place with itself, factors chosen such that
    each place keeps its total. Plain independence, s_i × s_j / Σ s, would expect a part of the weight inside each place, where there is none, and so call
    every pair of large places rare. The ratio is the probabilistic affinity index of Zitt and others (2000) with this expectation.

    Raises:
        AnalysisError: The selection counts institutions and not places.

    Sources: L. A. Goodman (1968), doi:10.2307/2285873; M. Zitt, E. Bassecoulard, Y. Okubo (2000), doi:10.1023/A:1005632319799.
    """
    import numpy as np

    if data.selection.level not in PLACE_LEVELS:
        what = Text("The matrix of places needs a level of places.", "Die Matrix der Orte braucht eine Ebene der Orte.")
        names = ", ".join(PLACE_LEVELS)
        raise AnalysisError(what, where=f"--level {data.selection.level}", fix=Text(f"Use one of {names}.", f"Möglich sind {names}."))
    network, incidence = data.collaboration, data.incidence
    size = len(incidence.institutions)
    sums = np.bincount(network.source, network.weight, size) + np.bincount(network.target, network.weight, size)
    partners = np.bincount(network.source, minlength=size) + np.bincount(network.target, minlength=size)
    factors = activities(sums.astype(np.float64))
    expected = factors[network.source] * factors[network.target] if factors is not None else network.weight
    named = [data.named(iri) for iri in incidence.institutions]
    columns = (network.source, network.target, network.count, network.weight, expected, network.weight / expected)
    pairs = [PlacePair(named[one], named[other], *values) for one, other, *values in zip(*(column.tolist() for column in columns), strict=True)]
    totals = [
        PlaceTotal(place, int(incidence.degrees[node]), int(partners[node]), float(sums[node]), None if factors is None else float(factors[node]))
        for node, place in enumerate(named)
    ]
    return CountryView(
        tuple(sorted(pairs, key=lambda pair: (sort_key(pair.one.label("en")), sort_key(pair.other.label("en")), pair.one.iri, pair.other.iri))),
        tuple(sorted(totals, key=lambda total: (sort_key(total.place.label("en")), total.place.iri))),
        None if may(data.frame, "order") else refusal(data.frame),
        data.method,
    )


def activities(sums: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Return factors a with a_i × (Σ a − a_i) = s_i, or nothing where one node has half of everything (it is in every tie, its factor infinite).

    Each a_i is a root of x² − A x + s_i with A = Σ a: the smaller one, but for the largest node, which may need the greater one. One number is sought, the
    difference u between A and twice the factor of the largest node, which tells both roots apart by its sign. It exists where no sum exceeds that of all
    others, as sums of a network without loops do.
    """
    import numpy as np
    from scipy.optimize import brentq

    if not sums.any():
        return np.zeros_like(sums)
    largest = int(sums.argmax())
    scale = float(sums[largest])
    others = np.delete(sums, largest) / scale
    if others.sum() * (1 - HALF) <= 1:
        return _two(sums)

    def factors(u: float) -> NDArray[np.float64]:
        # The smaller roots, without the difference of two nearly equal numbers.
        return np.asarray(2 * others / (np.hypot(u, 2) + np.sqrt(u * u + 4 * (1 - others))))

    def lacking(u: float) -> float:
        whole = float(np.hypot(u, 2))
        return float(factors(u).sum()) - (2 / (whole - u) if u < 0 else (whole + u) / 2)

    low, high = -1.0, 1.0
    while lacking(low) < 0:
        low *= 2
    while lacking(high) > 0:
        high *= 2
    u = float(brentq(lacking, low, high, xtol=1e-15, rtol=1e-15, maxiter=500))
    whole = float(np.hypot(u, 2))
    own = (whole - u) / 2 if u < 0 else 2 / (whole + u)
    return np.asarray(np.insert(factors(u), largest, own) * scale**0.5)


def _two(sums: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Return the factors where one node is in every tie: finite only where there is but one tie."""
    import numpy as np

    return np.where(sums > 0, np.sqrt(sums.max()), 0.0) if np.count_nonzero(sums) == 2 else None
