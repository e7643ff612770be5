"""What runs on one machine: groups by Leiden and betweenness by igraph, from the table of pairs, up to a number of pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

    from kg.analyse.edges import EdgeList
    from kg.engine.base import Engine

ONE_NODE_EDGES = 2_000_000
"""Pairs up to which one machine measures: about half a gigabyte per million."""
COMMUNITIES = {"node": "int64", "community": "int64"}


def read(engine: Engine, pairs: Any, nodes: int) -> EdgeList:
    """Return pairs as arrays, sorted; nodes are named by their numbers.

    Args:
        engine: Session that reads them.
        pairs: As :data:`kg.batch.network.EDGES`.
        nodes: How many nodes there are.
    """
    import numpy as np

    from kg.analyse.edges import EdgeList

    batches = [
        batch for batch in engine.batches(pairs.select("source", "target", "weight").order_by(["source", "target"]), 100_000) if batch.num_rows
    ]

    def column(place: int, kind: Any) -> Any:
        return (
            np.concatenate([batch.column(place).to_numpy(zero_copy_only=False).astype(kind) for batch in batches]) if batches else np.zeros(0, kind)
        )

    weight = column(2, np.float64)
    return EdgeList(_Numbers(nodes), column(0, np.int32), column(1, np.int32), weight, 1.0 / weight)


class _Numbers(tuple):  # type: ignore[type-arg]
    """The numbers of nodes as their names."""

    def __new__(cls, nodes: int) -> _Numbers:
        return super().__new__(cls, (str(number) for number in range(nodes)))


def communities(edges: EdgeList, seed: int) -> tuple[pa.Table, float]:
    """Return the group of each node, as :data:`COMMUNITIES`, named by its smallest node, and the modularity."""
    import numpy as np
    import pyarrow as pa

    from kg.analyse.arrow import numbers
    from kg.analyse.communities import membership, modularity

    found = membership(edges, seed=seed, resolution=1.0)
    first: dict[int, int] = {}
    for node, group in enumerate(found):
        first.setdefault(group, node)
    names = np.array([first[group] for group in found], dtype=np.int64)
    table = pa.table({"node": numbers(np.arange(len(edges), dtype=np.int64)), "community": numbers(names)})
    return table, modularity(edges, found)


def betweenness(edges: EdgeList, seed: int) -> tuple[pa.Table, dict[str, Any]]:
    """Return betweenness with its standard error, as :data:`kg.batch.paths.BETWEENNESS`, and how it was made."""
    import numpy as np
    import pyarrow as pa

    from kg.analyse.arrow import numbers
    from kg.analyse.measures import betweenness_estimate

    found = betweenness_estimate(edges, seed=seed)
    values = np.array([found.values[name] for name in edges.names], dtype=np.float64)
    errors = np.array([found.errors.get(name, 0.0) for name in edges.names], dtype=np.float64)
    table = pa.table({"node": numbers(np.arange(len(edges), dtype=np.int64)), "betweenness": numbers(values), "error": numbers(errors)})
    return table, {**found.to_json(), "sources": found.sources}
