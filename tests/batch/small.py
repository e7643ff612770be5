"""Small networks for the steps of the batch: who is in which project, as tables of an engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import networkx as nx
import numpy as np
import pyarrow as pa

from kg.batch import network
from kg.engine.base import Engine

Teams = Mapping[str, Sequence[str]]


def participations(engine: Engine, teams: Teams) -> Any:
    """Return teams as a table of participations; who stands twice in a team is there in two roles."""
    rows = [(project, one) for project, team in teams.items() for one in team]
    return engine.table(
        pa.table({"initiative": pa.array([p for p, _ in rows], pa.string()), "organisation": pa.array([o for _, o in rows], pa.string())})
    )


def tables(engine: Engine, teams: Teams) -> tuple[Any, Any, Any]:
    """Return nodes, members and edges, computed and kept."""
    rows = participations(engine, teams)
    nodes = engine.cache(network.institutions(rows))
    team = engine.cache(network.members(rows, nodes, engine.cache(network.projects(rows))))
    return nodes, team, engine.cache(network.edges(team))


def names(engine: Engine, nodes: Any) -> dict[int, str]:
    return {row["id"]: row["iri"] for row in engine.to_pylist(nodes)}


def expected(teams: Teams) -> nx.Graph:
    """Return the collaboration network by plain loops."""
    graph = nx.Graph()
    for team in teams.values():
        once = sorted(set(team))
        graph.add_nodes_from(once)
        for place, one in enumerate(once):
            for other in once[place + 1 :]:
                edge = graph.get_edge_data(one, other, {"weight": 0.0, "count": 0})
                graph.add_edge(one, other, weight=edge["weight"] + 1 / (len(once) - 1), count=edge["count"] + 1)
    return graph


def numbers(values: Sequence[int]) -> pa.Array:
    return pa.array(np.array(values, dtype=np.int64))
