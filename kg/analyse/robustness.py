"""How far numbers of institutions, and on a census their ranks, depend on single projects: 95 % intervals by bootstrap over projects.

:mod:`kg.analyse.bootstrap` draws and measures; here stands what may be said of it. How far numbers depend on the way of counting is another question:
:mod:`kg.analyse.sensitivity`.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from kg.analyse import measures
from kg.analyse.bootstrap import CONFIDENCE, Interval, betweennesses, common, degrees, interval, multiplicities, strengths
from kg.analyse.data import Data
from kg.analyse.frames import Refusal, machine_caveat, may, refusal
from kg.analyse.labels import Named, sort_key
from kg.analyse.method import Method
from kg.analyse.required import require_all_tied
from kg.analyse.result import Result
from kg.analyse.texts import speaker
from kg.analyse.wording import number
from kg.errors import AnalysisError, Text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LARGEST = {"betweenness": 1.0}
"""Largest value of measures that have one."""
DRAWS = 200
TOP = 10
BETWEENNESS = 10_000
"""Edges up to which betweenness is computed in each draw."""
LEAST = 5
"""Projects below which an institution gets no interval: with one of them, a draw has none of it in one case of three, whatever it is worth."""
SHOWN = 30
"""Institutions that a text shows at most."""
POSITIONAL = frozenset({"betweenness"})

TEXT: dict[str, dict[str, str]] = {
    "title": {"de": "Wie sicher die Zahlen sind", "en": "How sure the numbers are"},
    "what": {
        "de": "{draws} Mal wurden aus {projects} Projekten ebenso viele mit Zurücklegen gezogen und alle Zahlen neu berechnet (Bootstrap, Startwert {seed}). "
        "In Klammern der Bereich, in dem 95 % der Ziehungen liegen, um die mittlere Abweichung verschoben: Wer in einer Ziehung fehlt, fehlt auch als "
        "Partner, so dass Ziehungen weniger Partner haben als die Daten.",
        "en": "{draws} times as many projects were drawn with replacement from {projects}, and all numbers computed again (bootstrap, seed {seed}). In "
        "brackets the range of 95 % of the draws, moved by their mean difference: whoever is missing in a draw is missing as a partner, so that draws have "
        "fewer partners than the data.",
    },
    "census": {
        "de": "Die Daten sind eine Vollerhebung; der Bereich sagt nicht, was fehlt, sondern wie weit eine Zahl an einzelnen Projekten hängt, die auch anders "
        "hätten ausfallen können.",
        "en": "The data are a census; the range does not say what is missing but how far a number hangs on single projects, which might have turned out "
        "differently.",
    },
    "sample": {
        "de": "Der Bereich sagt, wie weit eine Zahl an einzelnen erfassten Projekten hängt. Was gar nicht erfasst wurde, deckt er nicht ab.",
        "en": "The range says how far a number hangs on single recorded projects. It does not cover what was not recorded at all.",
    },
    "few": {
        "de": "Für Einrichtungen mit weniger als {least} Projekten gibt es keinen Bereich: Aus so wenigen Projekten lässt er sich nicht schätzen.",
        "en": "There is no range for institutions with fewer than {least} projects: it cannot be estimated from so few.",
    },
    "shown-rank": {
        "de": "{shown} von {of} Einrichtungen mit mindestens {least} Projekten, nach Stärke.",
        "en": "{shown} of {of} institutions with at least {least} projects, by strength.",
    },
    "shown": {
        "de": "{shown} von {of} Einrichtungen mit mindestens {least} Projekten (die mit den meisten), nach Namen.",
        "en": "{shown} of {of} institutions with at least {least} projects (those of most), by name.",
    },
    "institution": {"de": "Einrichtung", "en": "Institution"},
    "degree": {"de": "Partner", "en": "partners"},
    "strength": {"de": "Stärke", "en": "strength"},
    "rank": {"de": "Rang", "en": "rank"},
    "top": {"de": "unter den ersten {top}", "en": "among the first {top}"},
    "range": {"de": "{value} ({low} bis {high})", "en": "{value} ({low} to {high})"},
}


_say = speaker(TEXT)


@dataclass(frozen=True, eq=False)
class Robustness(Result):
    """Numbers of all institutions with their intervals.

    Attributes:
        institutions: In the order of the arrays.
        projects: Number of projects of each.
        of: Number of all projects.
        intervals: By measure: `degree`, `strength`, and on small networks `betweenness` (units and ranges as in :mod:`kg.analyse.measures`).
        top: How many first ranks count as the top.
        refusal: Why there are no ranks; `None` on a census.
        method: How the numbers were made, with seed and draws.
    """

    name: ClassVar[str] = "robustness"
    columns: ClassVar[tuple[str, ...]] = (
        "iri",
        "label_de",
        "label_en",
        "projects",
        "measure",
        "value",
        "low",
        "high",
        "bias",
        "rank",
        "rank_low",
        "rank_high",
        "top_share",
        "frame",
    )
    institutions: tuple[Named, ...]
    projects: NDArray[np.int64]
    of: int
    intervals: Mapping[str, Interval]
    top: int
    refusal: Refusal | None
    method: Method

    def rows(self) -> list[dict[str, Any]]:
        """Return a row for each institution and measure, by label; ranks are `None` where the frame allows no order.

        `low` and `high` enclose 95 % of the draws, moved by `bias` (see :class:`kg.analyse.bootstrap.Interval`); they, the interval of the rank and the
        share of draws at the top are `None` for institutions with fewer than :data:`LEAST` projects.
        """
        return list(self._rows(sorted(range(len(self.institutions)), key=self._label)))

    def _label(self, at: int) -> tuple[tuple[str, str], str]:
        return sort_key(self.institutions[at].label("de")), self.institutions[at].iri

    def _rows(self, order: list[int]) -> Iterator[dict[str, Any]]:
        ranked = may(self.method.frame, "order")
        for at in order:
            named = self.institutions[at]
            for measure, found in self.intervals.items():
                sure = bool(self.projects[at] >= LEAST)
                values = [
                    float(round(array[at], 6)) if sure or array is found.value else None for array in (found.value, found.low, found.high, found.bias)
                ]
                ranks = [int(found.rank[at]) if ranked else None]
                ranks += [int(array[at]) if ranked and sure else None for array in (found.rank_low, found.rank_high)]
                share = float(found.top[at]) if ranked and sure else None
                about = (named.iri, named.label("de"), named.label("en"), int(self.projects[at]), measure)
                yield dict(zip(self.columns, (*about, *values, *ranks, share, self.method.frame.kind), strict=True))

    def text(self, lang: str) -> str:
        """Return the intervals of partners and strength of some institutions; on a census with ranks, the first of them."""
        import numpy as np

        from kg.analyse.render_text import WIDTH, method_line, table

        ranked = may(self.method.frame, "order")
        title = _say("title", lang)
        lines = [title, "=" * len(title)]
        what = _say("what", lang, draws=number(self.method.draws, lang), projects=number(self.of, lang), seed=self.method.seed)
        for sentence in (what, _say("census" if ranked else "sample", lang), _say("few", lang, least=LEAST)):
            lines += textwrap.wrap(sentence, WIDTH)
        strength = self.intervals["strength"]
        sure = np.flatnonzero(self.projects >= LEAST)
        first = sure[np.argsort(strength.rank[sure] if ranked else -self.projects[sure], kind="stable")][:SHOWN].tolist()
        head = [_say(key, lang) for key in ("institution", "degree", "strength")]
        if ranked:
            head += [_say("rank", lang), _say("top", lang, top=self.top)]
        else:
            first.sort(key=self._label)
        count = {"shown": number(len(first), lang), "of": number(len(sure), lang), "least": LEAST}
        lines += ["", _say("shown-rank" if ranked else "shown", lang, **count)]
        lines += ["", *table(head, [self._cells(at, lang, ranked) for at in first])] if first else []
        if self.refusal:
            lines += ["", *textwrap.wrap(self.refusal.reason[lang], WIDTH)]
        return "\n".join([*lines, "", *textwrap.wrap(method_line(self.method, lang), WIDTH)]) + "\n"

    def _cells(self, at: int, lang: str, ranked: bool) -> list[object]:
        def spread(value: float, low: float, high: float, digits: int = 0) -> str:
            texts = {"value": value, "low": low, "high": high}
            return _say("range", lang, **{key: number(float(one), lang, digits) for key, one in texts.items()})

        degree, strength = self.intervals["degree"], self.intervals["strength"]
        digits = 0 if bool((strength.value % 1 == 0).all()) else 1
        cells: list[object] = [self.institutions[at].label(lang), spread(degree.value[at], degree.low[at], degree.high[at])]
        cells.append(spread(strength.value[at], strength.low[at], strength.high[at], digits))
        if ranked:
            cells += [spread(strength.rank[at], strength.rank_low[at], strength.rank_high[at]), f"{number(100 * float(strength.top[at]), lang)} %"]
        return cells

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain data; measures of position with their caveat where the frame is no census."""
        caveat = machine_caveat(self.method.frame)
        positional = sorted(POSITIONAL & self.intervals.keys())
        return {
            "method": self.method.to_json(),
            "resampled": "projects, with replacement",
            "draws": self.method.draws,
            "seed": self.method.seed,
            "projects": self.of,
            "confidence": CONFIDENCE,
            "interval": "quantiles of the draws less bias; bias is mean of the draws less value",
            "least_projects": LEAST,
            "top": self.top,
            "refusal": self.refusal.to_json() if self.refusal else None,
            "caveats": [{"measures": positional, "text": caveat}] if caveat and positional else [],
            "institutions": self.rows(),
        }


def robustness(data: Data, *, draws: int = DRAWS, top: int = TOP) -> Robustness:
    """Return the numbers of all institutions with 95 % intervals.

    Args:
        data: The participations; all of a project tied, weight `newman` or `count`.
        draws: Draws of the bootstrap, 2 or more; 200 are enough for an interval, 1,000 for its second digit.
        top: How many first ranks count as the top, 1 or more; used on a census only.

    Returns:
        Degree and strength; betweenness too in a network of up to :data:`BETWEENNESS` edges. An isolated institution has 0 (0 to 0).

    Raises:
        AnalysisError: An option is out of range, or the selection ties coordinators only or weighs by funding.

    Cost: 200 draws of Horizon Europe (762,000 pairs) take ten seconds and 750 MB; of 2,000 pairs with betweenness some seconds.
    """
    require_all_tied(data.selection.roles, data.selection.weight)
    for value, least, option in ((draws, 2, "--draws"), (top, 1, "--top")):
        if value < least:
            what = Text(f"The value must be at least {least}, not {value}.", f"Der Wert muss mindestens {least} sein, nicht {value}.")
            raise AnalysisError(what, where=option, fix=Text("Leave the option out.", "Lassen Sie die Option weg."))
    network, weight, seed = data.collaboration, data.selection.weight, data.selection.seed
    incidence = network.incidence
    drawn = multiplicities(len(incidence.projects), draws, seed)
    shared = common(network)
    values: dict[str, Mapping[str, float]] = {"degree": measures.degree(network), "strength": measures.strength(network)}
    found = {"degree": degrees(network, shared, drawn), "strength": strengths(network, drawn, weight)}
    if network.number_of_edges() <= BETWEENNESS:
        values["betweenness"] = measures.betweenness(network)
        found["betweenness"] = betweennesses(network, shared, drawn, weight)
    return Robustness(
        institutions=tuple(data.named(iri) for iri in incidence.institutions),
        projects=incidence.degrees,
        of=len(incidence.projects),
        intervals={
            measure: interval(_array(values[measure], incidence.institutions), drawn, top, LARGEST.get(measure, math.inf))
            for measure, drawn in found.items()
        },
        top=top,
        refusal=refusal(data.frame),
        method=data.with_draws(draws).method,
    )


def _array(values: Mapping[str, float], order: list[str]) -> NDArray[np.float64]:
    import numpy as np

    return np.array([values[name] for name in order], dtype=np.float64)
