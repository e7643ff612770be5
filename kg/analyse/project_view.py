"""The other projection: projects tied by the institutions they share (:class:`ProjectView`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.analyse.data import Data
from kg.analyse.incidence import Incidence
from kg.analyse.labels import Named
from kg.analyse.method import Method
from kg.analyse.render_text import method_line, table
from kg.analyse.result import Result
from kg.analyse.view_text import lines, say
from kg.analyse.wording import number
from kg.errors import AnalysisError, Text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TOP = 1000
"""Ties that are kept."""
SHOWN = 30
"""Rows of a table in text."""
_PRODUCTS = 2_000_000
"""Products of two participations that are held at once."""


@dataclass(frozen=True)
class ProjectTie:
    """Two projects with institutions in common.

    Attributes:
        one: The project of the smaller IRI.
        other: The other project.
        shared: Number of institutions in both.
        weight: Sum over them of 1 / (projects of the institution − 1), greater than 0.
        jaccard: Institutions in both / institutions in either, 0 to 1.
    """

    one: Named
    other: Named
    shared: int
    weight: float
    jaccard: float


@dataclass(frozen=True)
class ProjectView(Result):
    """Which projects are tied by institutions, how closely.

    Attributes:
        ties: The closest ties: by number of institutions, then weight, then IRIs.
        number: Ties in all.
        by_shared: How many ties rest on how many institutions.
        projects: Number of projects.
        isolated: Projects without a tie.
        components: Sizes of the connected parts, largest first.
        method: How the numbers were made.
    """

    name = "project-ties"
    columns = (
        *("project", "project_label_de", "project_label_en", "other", "other_label_de", "other_label_en"),
        *("shared", "weight", "jaccard", "frame"),
    )
    ties: tuple[ProjectTie, ...]
    number: int
    by_shared: dict[int, int]
    projects: int
    isolated: int
    components: tuple[int, ...]
    method: Method

    def rows(self) -> list[dict[str, Any]]:
        """Return the closest ties, one row each."""
        frame = self.method.frame.kind
        found = []
        for tie in self.ties:
            names = (value for end in (tie.one, tie.other) for value in (end.iri, end.label("de"), end.label("en")))
            found.append(dict(zip(self.columns, (*names, tie.shared, round(tie.weight, 6), round(tie.jaccard, 6), frame), strict=True)))
        return found

    def text(self, lang: str) -> str:
        """Return numbers of the whole and the closest ties."""
        counts = {"projects": self.projects, "ties": self.number, "isolated": self.isolated}
        largest = max(self.components, default=0)
        sentences = [
            say("projects-whole", lang, **{key: number(value, lang) for key, value in counts.items()}, largest=number(largest, lang)),
            say("projects-rule", lang),
        ]
        shown = self.ties[:SHOWN]
        if len(shown) < self.number:
            sentences.append(say("projects-cut", lang, shown=len(shown), all=number(self.number, lang)))
        head = [say(key, lang) for key in ("project", "project", "shared-institutions", "weight")]
        cells = [(tie.one.label(lang), tie.other.label(lang), tie.shared, number(tie.weight, lang, 2)) for tie in shown]
        body = table(head, cells) if cells else [say("projects-none", lang)]
        return "\n".join([*lines(say("projects-title", lang), sentences), *body, "", method_line(self.method, lang)]) + "\n"

    def to_json(self) -> dict[str, Any]:
        """Return numbers of the whole, the closest ties and how many there are in all."""
        return {
            "method": self.method.to_json(),
            "projects": self.projects,
            "ties": self.number,
            "ties_given": len(self.ties),
            "ties_by_shared_institutions": {str(shared): many for shared, many in self.by_shared.items()},
            "isolated": self.isolated,
            "components": list(self.components),
            "closest": self.rows(),
        }


def project_ties(data: Data, *, top: int = TOP) -> ProjectView:
    """Return the network of projects tied by institutions.

    An institution of d projects gives 1 / (d − 1) to each tie of two of them, as a project gives to pairs of institutions: one that is in hundreds of
    projects ties them loosely. The sum over the ties of a project is the number of its institutions that are in another project too.

    Args:
        data: Participations.
        top: Closest ties that are kept, 1 or more; all are counted.

    Raises:
        AnalysisError: `top` is below 1.

    Cost: time grows with Σ d², memory is bounded; Horizon Europe (15,188 projects, 3.2 million ties) takes about 3 s.

    Source: M. E. J. Newman (2001), doi:10.1103/PhysRevE.64.016132, equation 2, with projects and institutions exchanged.
    """
    import numpy as np
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    if top < 1:
        raise AnalysisError(
            Text("At least one tie must be kept.", "Mindestens eine Kante muss bleiben."), where="--top", fix=Text("Use 30.", "Nehmen Sie 30.")
        )
    incidence = data.incidence
    sizes, size = incidence.sizes, len(incidence.projects)
    best = np.empty((0, 4))
    spread = np.zeros(1, dtype=np.int64)
    tied = np.zeros(size, dtype=bool)
    for one, other, shared, weight in _ties(incidence):
        counts = np.bincount(shared, minlength=len(spread))
        counts[: len(spread)] += spread
        spread = counts
        tied[one] = tied[other] = True
        best = np.concatenate([best, np.stack([one, other, shared, weight], axis=1)])
        # Weights are rounded for the order only: sums of fractions differ in the last bit.
        order = np.lexsort((best[:, 1], best[:, 0], -np.round(best[:, 3], 9), -best[:, 2]))
        best = best[order[:top]]
    both = coo_array((np.ones(len(incidence.rows)), (incidence.columns, incidence.rows + size)), shape=(size + len(incidence.institutions),) * 2)
    components = np.sort(np.bincount(connected_components(both, directed=False)[1][:size]))[::-1]
    chosen = [(int(one), int(other), int(shared), float(weight)) for one, other, shared, weight in best.tolist()]
    names = data.names(incidence.projects[end] for pair in chosen for end in pair[:2])
    ties = tuple(
        ProjectTie(
            names[incidence.projects[one]], names[incidence.projects[other]], shared, weight, shared / float(sizes[one] + sizes[other] - shared)
        )
        for one, other, shared, weight in chosen
    )
    by_shared = {shared: int(many) for shared, many in enumerate(spread.tolist()) if many}
    return ProjectView(
        ties, sum(by_shared.values()), by_shared, size, int((~tied).sum()), tuple(part for part in components.tolist() if part), data.method
    )


def _ties(incidence: Incidence) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]]:
    """Yield pairs of projects with institutions in common, in pieces: positions (the smaller first), institutions in both, weight."""
    import numpy as np
    from scipy.sparse import csr_array

    matrix = incidence.matrix
    turned = matrix.T.tocsr()
    share = csr_array(matrix.multiply(1.0 / np.maximum(incidence.degrees - 1, 1)[:, np.newaxis]))
    done = np.cumsum(turned @ incidence.degrees)
    start = 0
    while start < len(done):
        end = max(start + 1, int(np.searchsorted(done, (done[start - 1] if start else 0) + _PRODUCTS, side="right")))
        counts, weights = (turned[start:end] @ right for right in (matrix, share))
        counts.sort_indices()
        weights.sort_indices()
        one = np.repeat(np.arange(start, start + counts.shape[0]), np.diff(counts.indptr))
        upper = counts.indices > one
        yield one[upper], counts.indices[upper].astype(np.int64), counts.data[upper].astype(np.int64), weights.data[upper]
        start = end
