"""Who is in which project, by columns: institutions and projects as numbers, participations as a sparse matrix.

Nothing here loops over participations: text becomes numbers in Arrow, numbers become a matrix in SciPy.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kg.analyse.arrow import positions

if TYPE_CHECKING:
    import networkx as nx
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

LARGE = 50_000
"""Pairs of institutions inside projects, Σ k(k−1)/2, up to which a network is a `networkx.Graph` with its evidence on every edge, measured by
NetworkX; a larger one is held by columns and measured by igraph."""


def is_large(pairs: int) -> bool:
    """Tell whether a network of so many pairs or edges is held by columns and measured by igraph."""
    return pairs > LARGE


@dataclass(frozen=True, eq=False)
class Incidence:
    """Who is in which project: each participation of an institution in a project once, in however many roles.

    Attributes:
        institutions: IRIs, sorted.
        projects: IRIs, sorted.
        rows: Position of the institution of each participation; sorted.
        columns: Position of its project; sorted within an institution.
    """

    institutions: list[str]
    projects: list[str]
    rows: NDArray[np.int32]
    columns: NDArray[np.int32]

    @classmethod
    def read(cls, table: pa.Table) -> Incidence:
        """Return the incidence of a table with the columns `initiative` and `organisation`."""
        projects, columns = _codes(table["initiative"])
        institutions, rows = _codes(table["organisation"])
        return cls(institutions, projects, *_distinct(rows, columns, len(projects)))

    @classmethod
    def of(cls, teams: Mapping[str, Collection[str]]) -> Incidence:
        """Return the incidence of teams by project."""
        import numpy as np

        projects = sorted(teams)
        institutions = sorted(set().union(*teams.values()))
        position = {institution: number for number, institution in enumerate(institutions)}
        sizes = [len(teams[project]) for project in projects]
        rows = np.fromiter((position[one] for project in projects for one in teams[project]), dtype=np.int32, count=sum(sizes))
        columns = np.repeat(np.arange(len(projects), dtype=np.int32), sizes)
        return cls(institutions, projects, *_distinct(rows, columns, len(projects)))

    @cached_property
    def matrix(self) -> Any:
        """Institutions by projects as compressed sparse rows, 1 for each participation."""
        import numpy as np
        from scipy.sparse import csr_array

        ends = np.concatenate(([0], np.cumsum(self.degrees)))
        return csr_array((np.ones(len(self.rows), dtype=np.int32), self.columns, ends), shape=(len(self.institutions), len(self.projects)))

    @cached_property
    def position(self) -> dict[str, int]:
        """Position of each institution."""
        return {institution: number for number, institution in enumerate(self.institutions)}

    @cached_property
    def sizes(self) -> NDArray[np.int64]:
        """Number of institutions of each project."""
        import numpy as np

        return np.bincount(self.columns, minlength=len(self.projects))

    @cached_property
    def degrees(self) -> NDArray[np.int64]:
        """Number of projects of each institution."""
        import numpy as np

        return np.bincount(self.rows, minlength=len(self.institutions))

    @property
    def pairs(self) -> int:
        """Pairs of institutions inside projects, Σ k(k−1)/2: no projection has more edges."""
        return int((self.sizes * (self.sizes - 1) // 2).sum())

    @cached_property
    def _by_project(self) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Positions of institutions in the order of projects, and where each project ends."""
        import numpy as np

        order = np.argsort(self.columns, kind="stable")
        return self.rows[order], np.cumsum(self.sizes)

    def columns_of(self, row: int) -> list[int]:
        """Return the positions of the projects of an institution, sorted."""
        import numpy as np

        start, end = np.searchsorted(self.rows, [row, row + 1])
        return self.columns[start:end].tolist()  # type: ignore[no-any-return]

    def rows_of(self, column: int) -> list[int]:
        """Return the positions of the institutions of a project, sorted."""
        rows, ends = self._by_project
        return rows[ends[column] - self.sizes[column] : ends[column]].tolist()  # type: ignore[no-any-return]

    def projects_of(self, institution: str) -> list[str]:
        """Return the projects of an institution, sorted."""
        return [self.projects[column] for column in self.columns_of(self.position[institution])]

    def teams(self, projects: Iterable[str] | None = None) -> dict[str, frozenset[str]]:
        """Return the institutions of some projects, or of all."""
        wanted = set(projects) if projects is not None else None
        chosen = [(column, project) for column, project in enumerate(self.projects) if wanted is None or project in wanted]
        return {project: frozenset(self.institutions[row] for row in self.rows_of(column)) for column, project in chosen}

    def shared(self, one: str, other: str) -> list[str]:
        """Return the projects two institutions share, sorted."""
        theirs = set(self.projects_of(other))
        return [project for project in self.projects_of(one) if project in theirs]

    def networkx(self) -> nx.Graph:
        """Return the two-mode network as :func:`kg.analyse.projection.two_mode` does, without roles."""
        import networkx as nx

        graph = nx.Graph()
        graph.add_nodes_from(self.projects, bipartite=0)
        graph.add_nodes_from(self.institutions, bipartite=1)
        graph.add_edges_from(
            (self.projects[column], self.institutions[row]) for row, column in zip(self.rows.tolist(), self.columns.tolist(), strict=True)
        )
        return graph


def _codes(column: pa.ChunkedArray) -> tuple[list[str], NDArray[np.int32]]:
    """Return the distinct texts of a column, sorted, and the position of each value among them."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    coded = column.combine_chunks().dictionary_encode()
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.combine_chunks()
    order = pc.sort_indices(coded.dictionary)
    rank = np.empty(len(order), dtype=np.int32)
    rank[positions(order, "uint64")] = np.arange(len(order), dtype=np.int32)
    return coded.dictionary.take(order).to_pylist(), rank[positions(coded.indices, "int32")]


def _distinct(rows: NDArray[np.int32], columns: NDArray[np.int32], width: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return each pair of row and column once, sorted."""
    import numpy as np

    key = np.unique(rows.astype(np.int64) * max(width, 1) + columns)
    return (key // max(width, 1)).astype(np.int32), (key % max(width, 1)).astype(np.int32)
