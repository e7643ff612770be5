"""The collaboration network by columns: numbered institutions, one array per attribute of an edge.

The projection is a product of sparse matrices: of the incidence matrix with its transpose for the number of shared projects, weighted by 1 / (k − 1) in
between for Newman's weight. Where only coordinators are tied, the product of the matrix of coordinators with that of the others takes its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import add
from typing import TYPE_CHECKING, Any

from kg.analyse.arrow import numbers
from kg.analyse.incidence import Incidence
from kg.analyse.labels import Named
from kg.quads import strings

if TYPE_CHECKING:
    import networkx as nx
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

BATCH = 20_000
"""Edges whose shared projects are looked up at once."""


@dataclass(frozen=True, eq=False)
class EdgeList:
    """An undirected network without loops as arrays.

    Attributes:
        names: Names of the nodes; their positions are the numbers below.
        source: One end of each edge.
        target: The other end.
        weight: Weight of each edge, greater than 0.
        distance: Length of each edge, greater than 0.
    """

    names: Sequence[str]
    source: NDArray[np.int32]
    target: NDArray[np.int32]
    weight: NDArray[np.float64]
    distance: NDArray[np.float64]

    def __len__(self) -> int:
        """Return the number of nodes."""
        return len(self.names)

    def number_of_edges(self) -> int:
        """Return the number of edges."""
        return len(self.source)

    @cached_property
    def graph(self) -> Any:
        """The same as `igraph.Graph`, edges in the same order, without attributes."""
        import igraph

        # An iterator of pairs: three times as fast as an array, and less memory than a list.
        return igraph.Graph(n=len(self.names), edges=zip(self.source.tolist(), self.target.tolist(), strict=True))

    @property
    def weights(self) -> list[float]:
        """Weights for igraph, which passes over NumPy's integers without a word."""
        return self.weight.astype(float).tolist()  # type: ignore[no-any-return]

    @property
    def lengths(self) -> list[float]:
        """Distances for igraph."""
        return self.distance.astype(float).tolist()  # type: ignore[no-any-return]


def edge_list(network: nx.Graph) -> EdgeList:
    """Return a network as arrays; a missing weight is 1, a missing distance 1 / weight."""
    import numpy as np

    names = sorted(network)
    number = {name: position for position, name in enumerate(names)}
    edges = list(network.edges(data=True))
    source, target = (np.fromiter((number[edge[end]] for edge in edges), dtype=np.int32, count=len(edges)) for end in (0, 1))
    weight = np.fromiter((data.get("weight", 1.0) for _, _, data in edges), dtype=np.float64, count=len(edges))
    distance = np.fromiter((data.get("distance", 1.0 / data.get("weight", 1.0)) for _, _, data in edges), dtype=np.float64, count=len(edges))
    return EdgeList(names, source, target, weight, distance)


@dataclass(frozen=True, eq=False)
class Collaboration(EdgeList):
    """The collaboration network with the incidence it was projected from; edges are sorted, the smaller IRI is the source.

    Attributes:
        count: Number of shared projects of each edge.
        incidence: Who is in which project.
        coordinators: Who coordinates which project (institutions by projects) where only coordinators are tied, else `None`.
    """

    count: NDArray[np.int32]
    incidence: Incidence
    coordinators: Any = None

    def table(self, *, shared: bool = False) -> pa.Table:
        """Return the edges as an Arrow table.

        Args:
            shared: With the projects of each edge; see :meth:`batches` for doing without all of them at once.

        Returns:
            Columns `source`, `target` (IRIs, dictionary-encoded), `weight`, `count` and, if asked for, `shared` (list of project IRIs, sorted).
        """
        import pyarrow as pa

        return pa.Table.from_batches(self.batches(len(self.source) or 1) if not shared else self.batches(shared=True), self._schema(shared))

    def batches(self, size: int = BATCH, *, shared: bool = False) -> Iterator[pa.RecordBatch]:
        """Yield the edges in order, in batches of the columns of :meth:`table`."""
        import pyarrow as pa

        schema = self._schema(shared)
        names, projects = strings(self.names), strings(self.incidence.projects)
        for start in range(0, len(self.source), size):
            part = slice(start, start + size)
            columns = [pa.DictionaryArray.from_arrays(numbers(ends[part]), names) for ends in (self.source, self.target)]
            columns += [numbers(self.weight[part]), numbers(self.count[part])]
            if shared:
                found = self._shared(part)
                values = pa.DictionaryArray.from_arrays(numbers(found.indices.astype("int32")), projects)
                columns.append(pa.ListArray.from_arrays(numbers(found.indptr.astype("int32")), values))
            yield pa.RecordBatch.from_arrays(columns, schema=schema)

    def _shared(self, part: slice) -> Any:
        """Return the projects of some edges as a sparse matrix, edges by projects."""
        matrix = self.incidence.matrix
        if self.coordinators is None:
            found = matrix[self.source[part]].multiply(matrix[self.target[part]]).tocsr()
        else:
            one, other = (matrix[ends].multiply(self.coordinators[led]) for ends, led in self._both_ways(part))
            found = (one + other).tocsr()
        found.sort_indices()
        return found

    def _both_ways(self, part: slice) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int32]]]:
        yield self.source[part], self.target[part]
        yield self.target[part], self.source[part]

    @staticmethod
    def _schema(shared: bool) -> pa.Schema:
        import pyarrow as pa

        iri = pa.dictionary(pa.int32(), pa.string())
        fields = [("source", iri), ("target", iri), ("weight", pa.float64()), ("count", pa.int32())]
        return pa.schema([*fields, ("shared", pa.list_(iri))] if shared else fields)

    def networkx(self, labels: Mapping[str, Named] | None = None, *, edges: bool = True) -> nx.Graph:
        """Return the network as :func:`kg.analyse.projection.network` does, edges without `shared`; it takes about 1 kB an edge.

        Args:
            labels: Labels and kinds of the institutions.
            edges: With edges; without them the nodes alone.
        """
        import networkx as nx

        graph = nx.Graph()
        for institution in self.names:
            named = (labels or {}).get(institution, Named(institution))
            projects = self.incidence.projects_of(institution)
            graph.add_node(institution, label_de=named.label("de"), label_en=named.label("en"), kind=named.kind, projects=projects)
        if not edges:
            return graph
        columns = (self.source.tolist(), self.target.tolist(), self.weight.tolist(), self.distance.tolist(), self.count.tolist())
        graph.add_edges_from(
            (self.names[one], self.names[other], {"weight": weight, "distance": distance, "count": count})
            for one, other, weight, distance, count in zip(*columns, strict=True)
        )
        return graph


def collaboration(incidence: Incidence, weight: str = "newman", *, coordinators: Any = None, amounts: Any = None) -> Collaboration:
    """Return the collaboration network of an incidence.

    In a project of k institutions all are tied, or, in a star, each coordinator to all others (other coordinators included). A tie weighs

    - `count`: 1;
    - `newman`: 1 / (k − 1); all tied, a project gives each of its members one unit of strength, in a star each coordinator;
    - `contribution`: c_i / d_i + c_j / d_j, c being what each gets in the project in euro and d the number of its ties there, that is
      (c_i + c_j) / (k − 1) where all are tied: the ties of a project add up to its contributions. A pair that gets nothing known has no edge.

    Args:
        incidence: Who is in which project.
        weight: `newman`, `count` or `contribution`.
        coordinators: Who coordinates which project, institutions by projects; with it only coordinators are tied, and a project without one ties nobody.
        amounts: What each institution gets in each project, institutions by projects, 0 or more; needed for `contribution`.

    Source: M. E. J. Newman (2001), doi:10.1103/PhysRevE.64.016132, equation 2.
    """
    import numpy as np
    from scipy.sparse import triu

    def upper(product: Any) -> Any:
        # Ties are symmetric: with blocks from coordinators to others, either half of a pair may hold it.
        found = triu(product if coordinators is None else product + product.T, k=1, format="csr")
        found.eliminate_zeros()
        found.sort_indices()
        return found

    blocks = _blocks(incidence, coordinators)
    counts = upper(_sum(left @ right.T.tocsr() for left, right in blocks))
    if weight == "count":
        values = counts.data.astype(np.float64)
    elif weight == "newman":
        # A project of one institution makes no pair; any share does.
        share = 1.0 / np.maximum(incidence.sizes - 1, 1)
        values = upper(_sum(left.multiply(share[np.newaxis, :]).tocsr() @ right.T.tocsr() for left, right in blocks)).data
    else:
        spread = _spread(incidence, coordinators, amounts)
        given = ((left.multiply(spread).tocsr(), right.multiply(spread).tocsr(), left, right) for left, right in blocks)
        weights = upper(_sum(gets @ right.T.tocsr() + left @ others.T.tocsr() for gets, others, left, right in given))
        counts = counts.multiply(weights.sign()).astype(np.int32).tocsr()
        counts.sort_indices()
        values = weights.data
    source = np.repeat(np.arange(counts.shape[0], dtype=np.int32), np.diff(counts.indptr))
    ends = counts.indices.astype(np.int32)
    return Collaboration(incidence.institutions, source, ends, values, 1.0 / values, counts.data.astype(np.int32), incidence, coordinators)


def _sum(products: Iterable[Any]) -> Any:
    return reduce(add, products)


def _blocks(incidence: Incidence, coordinators: Any) -> list[tuple[Any, Any]]:
    """Return pairs of matrices whose products hold each tied pair, on either side of the diagonal, once (on both sides where all are tied).

    In a star these are coordinators with others, and coordinators with coordinators; the latter product is symmetric, so half of it is enough.
    """
    if coordinators is None:
        return [(incidence.matrix, incidence.matrix)]
    others = (incidence.matrix - coordinators).tocsr()
    others.eliminate_zeros()
    return [(coordinators, others), (coordinators * 0.5, coordinators)]


def _spread(incidence: Incidence, coordinators: Any, amounts: Any) -> Any:
    """Return what each institution gives to each of its ties in each project."""
    import numpy as np

    own = np.maximum(incidence.sizes - 1, 1)
    if coordinators is None:
        return amounts.multiply(1.0 / own[np.newaxis, :]).tocsr()
    led = amounts.multiply(coordinators).tocsr()
    coordinating = np.maximum(np.asarray(coordinators.sum(axis=0)).ravel(), 1)
    return (led.multiply(1.0 / own[np.newaxis, :]) + (amounts - led).multiply(1.0 / coordinating[np.newaxis, :])).tocsr()
