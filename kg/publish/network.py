"""The network of institutions for Gephi, yEd, Cytoscape and the like: GraphML and GEXF, by NetworkX's writers.

GEXF 1.2 has no place for attributes of a graph, so the method stands in its `description`. NetworkX puts the clock into GEXF; the state date
replaces it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ElementTree, SubElement

from kg.namespaces import local_name

if TYPE_CHECKING:
    import networkx as nx


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


def write_graphml(graph: nx.Graph, path: Path) -> None:
    """Write GraphML; the writer of the standard library, so that bytes do not depend on what else is installed."""
    import networkx as nx

    nx.write_graphml_xml(graph, str(path), named_key_ids=True)


def write_gexf(graph: nx.Graph, path: Path, *, state: str, creator: str) -> None:
    """Write GEXF.

    Args:
        graph: As :func:`portable` gives it.
        path: File to write.
        state: State date of the data, or empty.
        creator: Name and version of the software.
    """
    from networkx.readwrite.gexf import GEXFWriter

    writer = GEXFWriter(encoding="utf-8", prettyprint=True, version="1.2draft")
    writer.add_graph(graph)
    meta = writer.xml.find("meta")
    meta.attrib.clear()
    if len(state) == 10:
        meta.set("lastmodifieddate", state)
    meta.find("creator").text = creator
    SubElement(meta, "description").text = "\n".join(f"{name}: {value}" for name, value in graph.graph.items() if name != "name")
    writer.indent(writer.xml)
    ElementTree(writer.xml).write(path, encoding="utf-8", xml_declaration=True)
