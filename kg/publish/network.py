"""The network of institutions for Gephi, yEd, Cytoscape and the like: GraphML and GEXF, and its tables.

A small network is a `networkx.Graph` whose edges carry their projects; of a large one the files for graph tools hold weight and count only, and
`edges.csv` the projects. Everything is written in pieces (:mod:`kg.publish.exports`); the state date stands where NetworkX would put the clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from kg.analyse.edges import collaboration
from kg.analyse.incidence import Incidence, is_large
from kg.analyse.labels import Named
from kg.analyse.projection import network, rows_of
from kg.namespaces import local_name
from kg.publish import exports
from kg.publish.exports import Portable
from kg.publish.tables import COLUMNS, Facts, edges, nodes, write_table

if TYPE_CHECKING:
    import networkx as nx
    import pyarrow as pa


def portable(network: nx.Graph, attributes: Mapping[str, str]) -> nx.Graph:
    """Return the network with attributes of plain types only.

    Args:
        network: As :func:`kg.analyse.projection.network` gives it.
        attributes: Attributes of the graph: how it was made.

    Returns:
        Nodes are IRIs with `label` (English), `label_de`, `label_en`, `kind`, `project_count` and `projects`; edges have `weight`, `count` and
        `shared`. Projects are the last steps of their IRIs, separated by `; `.
    """
    import networkx as nx

    graph = nx.Graph(**attributes)
    for iri, data in sorted(network.nodes(data=True)):
        labels = {"label": data["label_en"], "label_de": data["label_de"], "label_en": data["label_en"]}
        graph.add_node(iri, **labels, kind=data["kind"], project_count=len(data["projects"]), projects=_slugs(data["projects"]))
    for one, other, data in sorted((min(u, v), max(u, v), d) for u, v, d in network.edges(data=True)):
        graph.add_edge(one, other, weight=float(data["weight"]), count=int(data["count"]), shared=_slugs(data["shared"]))
    return graph


def _slugs(iris: list[str]) -> str:
    return "; ".join(local_name(iri) for iri in iris)


def write_graphml(graph: nx.Graph | Portable, path: Path) -> None:
    """Write GraphML.

    Args:
        graph: As :func:`portable` or :func:`kg.publish.exports.from_columns` gives it.
        path: File to write.
    """
    exports.graphml(graph if isinstance(graph, Portable) else exports.from_networkx(graph), path)


def write_gexf(graph: nx.Graph | Portable, path: Path, *, state: str, creator: str) -> None:
    """Write GEXF.

    Args:
        graph: As :func:`portable` or :func:`kg.publish.exports.from_columns` gives it.
        path: File to write.
        state: State date of the data, or empty.
        creator: Name and version of the software.
    """
    exports.gexf(graph if isinstance(graph, Portable) else exports.from_networkx(graph), path, state=state, creator=creator)


def write_network(
    folder: Path, table: pa.Table, labels: Mapping[str, Named], known: Facts, attributes: Mapping[str, str], *, weight: str, state: str, creator: str
) -> dict[str, int]:
    """Write `nodes.csv`, `edges.csv`, `network.graphml` and `network.gexf` of a network of any size and return their numbers of rows and nodes.

    Args:
        folder: Folder to write into.
        table: Participations as they count, the result of :func:`kg.analyse.projection.counted`.
        labels: Labels and kinds of the institutions.
        known: What the table of institutions says besides.
        attributes: Attributes of the network: how it was made.
        weight: One of :data:`kg.analyse.projection.WEIGHTS`.
        state: State date of the data, or empty.
        creator: Name and version of the software.
    """
    incidence = Incidence.read(table)
    if is_large(incidence.pairs):
        found = collaboration(incidence, weight)
        plain: nx.Graph | Portable = exports.from_columns(found, labels, attributes)
        rows = nodes(found.networkx(labels, edges=False), known)
        numbers = {"edges.csv": exports.edges_csv(found, folder / "edges.csv", [column.name for column in COLUMNS["edges.csv"]])}
    else:
        graph = network(rows_of(table), weight, labels)
        plain, rows = portable(graph, attributes), nodes(graph, known)
        numbers = {"edges.csv": write_table(folder / "edges.csv", edges(graph))}
    numbers["nodes.csv"] = write_table(folder / "nodes.csv", rows)
    write_graphml(plain, folder / "network.graphml")
    write_gexf(plain, folder / "network.gexf", state=state, creator=creator)
    return {**numbers, "network.graphml": len(rows), "network.gexf": len(rows)}
