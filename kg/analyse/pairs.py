"""Which institutions work together more often than chance: one probability for each pair, corrected for all pairs that there could be.

Chance is the bipartite configuration model (:mod:`kg.analyse.configuration`): every institution keeps its number of projects and every project its number of
institutions, on average. In it an institution and a project meet independently of all others, so that the number of projects two institutions share is the
sum of independent trials, one for each project: a Poisson-binomial distribution (:mod:`kg.analyse.poisson_binomial`). Its upper tail at the number in the
data is the p-value of the pair; nothing is drawn. Drawn networks, which keep both numbers exactly, verify it for chosen pairs (:func:`verify`). The model is
the more careful of the two: a project of k has k² rather than k(k−1) pairs in it on average, and an institution of three projects may have four; so expected
numbers are a little too high, and a small p of institutions with few projects is too large rather than too small: two to four times in a network of
a hundred participations, forty times for two institutions that have all of their four projects in common.

The correction is for all n(n−1)/2 pairs, not for those with a common project. A pair comes to be looked at because it has one: the others were tested as
well, and their p-value is 1. To leave them out would choose the tests by their result and let more pairs pass than the promised share.

Sources: Saracco, Straka, Di Clemente, Gabrielli, Caldarelli, Squartini (2017), doi:10.1088/1367-2630/aa6b38; Saracco, Di Clemente, Gabrielli, Squartini
(2015), doi:10.1038/srep10595; Benjamini, Hochberg (1995), doi:10.1111/j.2517-6161.1995.tb02031.x.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from kg.analyse.configuration import solve
from kg.analyse.curveball import TRADES, chains
from kg.analyse.data import Data
from kg.analyse.edges import BATCH, Collaboration
from kg.analyse.incidence import is_large
from kg.analyse.labels import Named
from kg.analyse.method import Method
from kg.analyse.nullmodel import CONFIGURATION
from kg.analyse.pair_chance import corrected, probabilities
from kg.analyse.pairs_text import TEXT, say
from kg.analyse.projection import check
from kg.analyse.required import require_all_tied
from kg.analyse.result import Result
from kg.errors import AnalysisError, Text

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

METHODS = ("fdr", "bonferroni")
"""`fdr`: Benjamini and Hochberg, expected share of false pairs among those named; `bonferroni`: probability of even one."""
SHOWN = 20
"""Pairs that a text names at most."""
LEAST_DRAWS = 10_000
"""Draws below which no share of draws is given for a single pair."""


@dataclass(frozen=True, eq=False)
class Pairs(Result):
    """Pairs of institutions against chance.

    Attributes:
        network: The collaboration network; arrays below are in the order of its edges.
        expected: Number of common projects that chance gives on average, 0 or more.
        p_value: Probability that chance gives at least as many, 0 to 1; relative error below 1e-9. Below 1e-300 it may be 0.
        q_value: The same corrected for all possible pairs, 0 to 1.
        alpha: Largest q-value of a pair that is significant.
        correction: One of :data:`METHODS`.
        labels: Labels of the institutions.
        method: How the numbers were made.
    """

    name: ClassVar[str] = "pairs"
    columns: ClassVar[tuple[str, ...]] = (
        "source",
        "target",
        "source_label_de",
        "source_label_en",
        "target_label_de",
        "target_label_en",
        "count",
        "expected",
        "p_value",
        "q_value",
        "significant",
        "shared",
        "frame",
    )
    network: Collaboration
    expected: NDArray[np.float64]
    p_value: NDArray[np.float64]
    q_value: NDArray[np.float64]
    alpha: float
    correction: str
    labels: Mapping[str, Named]
    method: Method

    @property
    def possible(self) -> int:
        """Number of pairs there could be, n(n−1)/2."""
        return len(self.network) * (len(self.network) - 1) // 2

    @cached_property
    def significant(self) -> NDArray[np.bool_]:
        """Which pairs work together more often than chance explains."""
        return self.q_value <= self.alpha

    @property
    def number(self) -> int:
        """How many pairs are significant."""
        return int(self.significant.sum())

    def backbone(self) -> Collaboration:
        """Return the network of the significant pairs alone, of all institutions."""
        net, kept = self.network, self.significant
        return Collaboration(net.names, net.source[kept], net.target[kept], net.weight[kept], net.distance[kept], net.count[kept], net.incidence)

    def rows(self) -> list[dict[str, Any]]:
        """Return the pairs, smallest p first, equal ones by IRI; `shared` lists the projects, the evidence of the pair.

        Of a network of more than :data:`kg.analyse.incidence.LARGE` pairs those with one common project that chance explains are left out; :meth:`table`
        and :meth:`batches` have all.
        """
        import numpy as np

        kept = self.significant | (self.network.count > 1) if is_large(len(self.p_value)) else np.ones(len(self.p_value), dtype=bool)
        chosen = np.flatnonzero(kept)
        return list(self._rows(chosen[np.argsort(self.p_value[chosen], kind="stable")]))

    def batches(self, size: int = BATCH) -> Iterator[list[dict[str, Any]]]:
        """Yield all pairs in the order of the network, in batches of rows."""
        import numpy as np

        for start in range(0, len(self.p_value), size):
            yield list(self._rows(np.arange(start, min(start + size, len(self.p_value)))))

    def table(self) -> pa.Table:
        """Return all pairs by columns in the order of the network, without labels and projects: `source`, `target` (dictionary-encoded), `weight`, `count`,
        `expected`, `p_value`, `q_value`, `significant`.
        """
        import pyarrow as pa

        found = self.network.table()
        for name in ("expected", "p_value", "q_value", "significant"):
            found = found.append_column(name, pa.array(getattr(self, name)))
        return found

    def _rows(self, chosen: NDArray[np.int64]) -> Iterator[dict[str, Any]]:
        net, matrix = self.network, self.network.incidence.matrix
        for start in range(0, len(chosen), BATCH):
            part = chosen[start : start + BATCH]
            shared = matrix[net.source[part]].multiply(matrix[net.target[part]]).tocsr()
            shared.sort_indices()
            for at, edge in enumerate(part.tolist()):
                ends = [self.labels.get(net.names[end[edge]]) or Named(net.names[end[edge]]) for end in (net.source, net.target)]
                projects = shared.indices[shared.indptr[at] : shared.indptr[at + 1]].tolist()
                values = (
                    *(end.iri for end in ends),
                    *(end.label(lang) for end in ends for lang in ("de", "en")),
                    int(net.count[edge]),
                    _rounded(self.expected[edge]),
                    _rounded(self.p_value[edge]),
                    _rounded(self.q_value[edge]),
                    bool(self.significant[edge]),
                    [net.incidence.projects[project] for project in projects],
                    self.method.frame.kind,
                )
                yield dict(zip(self.columns, values, strict=True))

    def text(self, lang: str) -> str:
        """Return what was found, the pairs of smallest p, and what it means."""
        import textwrap

        import numpy as np

        from kg.analyse.render_text import WIDTH, method_line, table
        from kg.analyse.wording import number

        title, possible = say("title", lang), number(self.possible, lang)
        counts = {"pairs": number(len(self.p_value), lang), "possible": possible, "institutions": number(len(self.network), lang)}
        found = say(
            self.correction if self.number else f"{self.correction}-none", lang, found=number(self.number, lang), alpha=_percent(self.alpha, lang)
        )
        lines = [title, "=" * len(title), *textwrap.wrap(f"{say('counts', lang, **counts)} {found}", WIDTH), ""]
        chosen = np.flatnonzero(self.significant)
        chosen = chosen[np.argsort(self.p_value[chosen], kind="stable")][:SHOWN]
        if len(chosen):
            if self.number > SHOWN:
                lines += [say("shown", lang, shown=SHOWN, of=number(self.number, lang)), ""]
            head = [say(key, lang) for key in ("one", "other", "count", "expected")]
            lines += table([*head, "p", "q"], [self._cells(row, lang) for row in self._rows(chosen)])
            lines.append("")
        for key in ("chance", "all-pairs", "within"):
            lines += textwrap.wrap(say(key, lang, possible=possible), WIDTH)
        lines += ["", *textwrap.wrap(method_line(self.method, lang), WIDTH)]
        return "\n".join(lines) + "\n"

    @staticmethod
    def _cells(row: Mapping[str, Any], lang: str) -> list[object]:
        labels = [row[f"{end}_label_{lang}"] for end in ("source", "target")]
        return [*labels, row["count"], _short(row["expected"], lang), _short(row["p_value"], lang), _short(row["q_value"], lang)]

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain data; of a large network the pairs of :meth:`rows`, which it says."""
        rows = self.rows()
        left = len(self.p_value) - len(rows)
        return {
            "method": self.method.to_json(),
            "null_model": CONFIGURATION,
            "distribution": "Poisson-binomial",
            "alpha": self.alpha,
            "correction": self.correction,
            "institutions": len(self.network),
            "possible_pairs": self.possible,
            "tested_pairs": self.possible,
            "pairs_with_a_common_project": len(self.p_value),
            "significant_pairs": self.number,
            "pairs": rows,
            **({"pairs_left_out": {"number": left, "text": TEXT["left-out"]}} if left else {}),
            "notes": {lang: [say(key, lang, possible=self.possible) for key in ("chance", "all-pairs", "within")] for lang in ("de", "en")},
        }


def _rounded(value: float) -> float:
    """Return a number with six significant digits: the last bits differ between machines."""
    return float(f"{value:.6g}")


def _short(value: float, lang: str) -> str:
    """Return a number with two significant digits.

    >>> _short(0.0234, "de"), _short(3.21e-9, "en"), _short(12.34, "en"), _short(0.0, "en")
    ('0,023', '3.2e-09', '12', '<1e-300')
    """
    if value == 0.0:
        return "<1e-300"
    text = f"{value:.2g}" if value < 1 else f"{value:.3g}" if value < 10 else f"{value:.0f}"
    return text.replace(".", ",") if lang == "de" else text


def _percent(value: float, lang: str) -> str:
    text = f"{100 * value:g}"
    return f"{text.replace('.', ',') if lang == 'de' else text} %"


def pairs(data: Data, *, alpha: float = 0.05, method: str = "fdr") -> Pairs:
    """Return which institutions work together more often than chance.

    Allowed on every frame: the comparison is within the recorded projects, which the result says.

    Args:
        data: The participations.
        alpha: Largest share of false pairs among those named (`fdr`), or probability of even one (`bonferroni`); above 0, below 1.
        method: One of :data:`METHODS`.

    Raises:
        AnalysisError: An option has no such value, or the selection ties coordinators only or weighs by funding.

    Cost: 762,000 pairs of 27,690 institutions take some seconds and 400 MB, a small network milliseconds. A network of one institution has no pair.
    """
    if not 0.0 < alpha < 1.0:
        what = Text(f"alpha must lie between 0 and 1, not {alpha!r}.", f"alpha muss zwischen 0 und 1 liegen, nicht {alpha!r}.")
        raise AnalysisError(what, where="--alpha", fix=Text("Use 0.05.", "Nehmen Sie 0.05."))
    check(method, METHODS, "method")
    require_all_tied(data.selection.roles, data.selection.weight)
    network = data.collaboration
    possible = len(network) * (len(network) - 1) // 2
    expected, p_value = probabilities(network, solve(network.incidence))
    q_value = corrected(p_value, possible, method)
    made = replace(data.method, draws=0)
    return Pairs(network, expected, p_value, q_value, alpha, method, data.labels, made)


def verify(data: Data, chosen: Sequence[tuple[str, str]], *, draws: int = LEAST_DRAWS, trades: int = TRADES) -> list[dict[str, Any]]:
    """Return for chosen pairs the share of drawn networks in which they share at least as many projects as in the data.

    Drawn networks keep both margins exactly, those of the model on average; the two answer the same question and differ a little.

    Args:
        data: The participations.
        chosen: Pairs of IRIs.
        draws: Number of draws, 10,000 or more: fewer do not bear a p-value of a single pair.
        trades: Global trades per draw.

    Returns:
        For each pair `source`, `target`, `count`, `mean`, `p_empirical` = (k + 1) / (n + 1), between 0 and 1 (Phipson and Smyth 2010,
        doi:10.2202/1544-6115.1585), `draws`, `trades` and `seed`.

    Raises:
        AnalysisError: Too few draws, or an institution is in no project.

    Cost: 10,000 draws of 300 participations take 10 s, of 100,000 two hours.
    """
    import numpy as np

    if draws < LEAST_DRAWS:
        what = Text(
            f"A p-value of a single pair needs at least {LEAST_DRAWS} draws, not {draws}.",
            f"Ein p-Wert eines einzelnen Paares braucht mindestens {LEAST_DRAWS} Ziehungen, nicht {draws}.",
        )
        raise AnalysisError(what, where="--draws", fix=Text(f"Use {LEAST_DRAWS}.", f"Nehmen Sie {LEAST_DRAWS}."))
    incidence, seed = data.incidence, data.selection.seed
    for one in sorted({end for pair in chosen for end in pair} - incidence.position.keys()):
        fix = Text("Choose institutions of this selection.", "Wählen Sie Einrichtungen dieser Auswahl.")
        raise AnalysisError(Text("The institution is in no project.", "Die Einrichtung ist in keinem Projekt."), where=one, fix=fix)
    places = {end: np.flatnonzero(incidence.rows == incidence.position[end]) for pair in chosen for end in pair}
    counts = np.zeros((len(chosen), draws), dtype=np.int32)
    done = 0
    for drawn in chains(incidence, draws, seed, trades=trades):
        for number, (one, other) in enumerate(chosen):
            # Nobody is twice in one project, so that each equal pair of places is one common project.
            same = drawn[:, places[one], np.newaxis] == drawn[:, np.newaxis, places[other]]
            counts[number, done : done + len(drawn)] = same.sum(axis=(1, 2))
        done += len(drawn)
    observed = [len(incidence.shared(one, other)) for one, other in chosen]
    return [
        {
            "source": one,
            "target": other,
            "count": count,
            "mean": _rounded(counts[number].mean()),
            "p_empirical": (int((counts[number] >= count).sum()) + 1) / (draws + 1),
            "draws": draws,
            "trades": trades,
            "seed": seed,
        }
        for number, ((one, other), count) in enumerate(zip(chosen, observed, strict=True))
    ]
