"""What each measure of position is called, in which unit and range it stands, how it is computed and where it comes from, in both languages.

Full texts stand at the functions in :mod:`kg.analyse.measures` and :mod:`kg.analyse.holes`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Measure:
    """One measure of an institution.

    Attributes:
        name: Name of its column.
        label: Name for readers, per language.
        meaning: What it says, in one sentence per language.
        unit: Unit per language, empty where it has none.
        range: From the smallest to the largest value.
        formula: How it is computed.
        source: Where it comes from, with DOI where there is one.
        ranked: Whether institutions of a census get ranks by it.
        sampled: Whether it is estimated from a sample of sources in large networks.
        weighted: Whether weights of pairs count.
    """

    name: str
    label: dict[str, str]
    meaning: dict[str, str]
    unit: dict[str, str]
    range: str
    formula: str
    source: str
    ranked: bool = False
    sampled: bool = False
    weighted: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return what the measure is, without its name."""
        about = {"label": self.label, "meaning": self.meaning, "unit": self.unit, "range": self.range}
        return {**about, "formula": self.formula, "weighted": self.weighted, "source": self.source}


def _both(de: str, en: str) -> dict[str, str]:
    return {"de": de, "en": en}


_INSTITUTIONS = _both("Einrichtungen", "institutions")
_SHARE = _both("Anteil", "share")
_NONE = _both("", "")
_BURT = "R. S. Burt (1992), Structural Holes, ISBN 978-0-674-84371-4"

CATALOGUE: dict[str, Measure] = {
    measure.name: measure
    for measure in (
        Measure(
            "degree",
            _both("Partner", "Partners"),
            _both("Zahl der Partnereinrichtungen.", "Number of partner institutions."),
            _INSTITUTIONS,
            "0 to n-1",
            "k_i = number of j with w_ij > 0",
            "L. C. Freeman (1978), doi:10.1016/0378-8733(78)90021-7",
            ranked=True,
        ),
        Measure(
            "strength",
            _both("Stärke", "Strength"),
            _both(
                "Summe der Gewichte aller Paare; mit Newmans Gewicht die Zahl der Projekte mit mindestens einem Partner.",
                "Sum of the weights of all pairs; with Newman's weight the number of projects with at least one partner.",
            ),
            _both("wie das Gewicht", "as the weight"),
            "0 and more",
            "s_i = Σ_j w_ij",
            "A. Barrat et al. (2004), doi:10.1073/pnas.0400087101; M. E. J. Newman (2001), doi:10.1103/PhysRevE.64.016132",
            ranked=True,
            weighted=True,
        ),
        Measure(
            "betweenness",
            _both("Vermittlung", "Betweenness"),
            _both(
                "Wie oft die Einrichtung auf kürzesten Wegen zwischen zwei anderen liegt; ein Weg ist umso kürzer, je stärker seine Paare sind.",
                "How often the institution lies on shortest paths between two others; a path is the shorter, the stronger its pairs are.",
            ),
            _SHARE,
            "0 to 1",
            "Σ_st σ_st(i) / σ_st, divided by (n-1)(n-2)/2; length of a pair 1 / w",
            "U. Brandes (2001), doi:10.1080/0022250X.2001.9990249; sampled: U. Brandes, C. Pich (2007), doi:10.1142/S0218127407018403",
            ranked=True,
            sampled=True,
            weighted=True,
        ),
        Measure(
            "harmonic",
            _both("Nähe", "Closeness"),
            _both(
                "Wie nah alle anderen sind: Mittel der Kehrwerte der Entfernungen; wer unerreichbar ist, zählt 0.",
                "How near all others are: mean of 1 / distance; who is out of reach counts 0.",
            ),
            _both("wie das Gewicht", "as the weight"),
            "0 to the largest weight",
            "Σ_j 1 / d_ij, divided by n-1; length of a pair 1 / w",
            "M. Marchiori, V. Latora (2000), doi:10.1016/S0378-4371(00)00311-3; sampled: D. Eppstein, J. Wang (2004), doi:10.7155/jgaa.00081",
            ranked=True,
            sampled=True,
            weighted=True,
        ),
        Measure(
            "pagerank",
            _both("PageRank", "PageRank"),
            _both(
                "Anteil der Zeit, den ein Gang entlang der Paare, nach Gewicht und mit Neubeginn, bei der Einrichtung verbringt.",
                "Share of time that a walk along the pairs, by weight and with restarts, spends at the institution.",
            ),
            _SHARE,
            "0 to 1, sum 1",
            "r_i = 0.15 / n + 0.85 (Σ_j r_j w_ij / s_j + r_isolated / n)",
            "S. Brin, L. Page (1998), doi:10.1016/S0169-7552(98)00110-X",
            ranked=True,
            weighted=True,
        ),
        Measure(
            "constraint",
            _both("Beschränkung", "Constraint"),
            _both(
                "Wie sehr die Beziehungen der Einrichtung zu denselben, miteinander verbundenen Partnern führen; klein: viele strukturelle Löcher.",
                "How far the ties of the institution lead to the same partners, tied to each other; low means many structural holes.",
            ),
            _NONE,
            "1/k to below 2; undefined without a partner",
            "Σ_j (p_ij + Σ_q p_iq p_qj)², p_ij = w_ij / s_i, over partners j",
            f"{_BURT}; R. S. Burt (2004), doi:10.1086/421787",
            weighted=True,
        ),
        Measure(
            "effective_size",
            _both("Wirksame Größe", "Effective size"),
            _both(
                "Zahl der Partner, abzüglich derer, die schon andere Partner erreichen; ohne Gewichte.",
                "Number of partners less those that other partners reach already; without weights.",
            ),
            _INSTITUTIONS,
            "1 to k; undefined without a partner",
            "k_i - 2 t_i / k_i, t_i ties among the partners",
            f"{_BURT}; S. P. Borgatti (1997), Connections 20(1), 35-38",
            ranked=True,
        ),
        Measure(
            "core",
            _both("Kern", "Core"),
            _both(
                "Größtes k, für das die Einrichtung in einem Teil liegt, in dem jede mindestens k Partner hat.",
                "Largest k such that the institution is in a part where each has at least k partners.",
            ),
            _INSTITUTIONS,
            "0 to k",
            "k-core decomposition",
            "V. Batagelj, M. Zaveršnik (2003), arXiv:cs/0310049",
        ),
        Measure(
            "clustering_projected",
            _both("Cluster-Koeffizient der Projektion", "Clustering of the projection"),
            _both("Anteil der Partnerpaare, die selbst Partner sind.", "Share of pairs of partners that are partners too."),
            _SHARE,
            "0 to 1",
            "2 t_i / (k_i (k_i - 1)); fewer than two partners: 0",
            "D. J. Watts, S. H. Strogatz (1998), doi:10.1038/30918",
        ),
        Measure(
            "clustering_two_mode",
            _both("Cluster-Koeffizient im Zwei-Modus-Netz", "Clustering of the two-mode network"),
            _both(
                "Wie weit sich die Projekte der Einrichtung mit denen ihrer Partner decken.",
                "How far the projects of the institution and those of its partners overlap.",
            ),
            _SHARE,
            "0 to 1",
            "mean of |A ∩ B| / |A ∪ B| over partners; without a partner: 0",
            "M. Latapy, C. Magnien, N. Del Vecchio (2008), doi:10.1016/j.socnet.2007.04.006",
        ),
        Measure(
            "component",
            _both("Komponente", "Component"),
            _both(
                "Nummer des zusammenhängenden Teils, in dem die Einrichtung liegt; 1 ist der größte.",
                "Number of the connected part that the institution is in; 1 is the largest.",
            ),
            _NONE,
            "1 and more",
            "connected components by size, equal ones by smallest IRI",
            "J. Hopcroft, R. Tarjan (1973), doi:10.1145/362248.362272",
        ),
    )
}
"""By the name of the column, in the order of the table."""
