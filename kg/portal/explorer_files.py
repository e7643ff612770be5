"""Networks as files for other programs: what is shown, or all of it up to a limit, by the writers of :mod:`kg.publish`."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg import __version__
from kg.analyse.arrow import numbers
from kg.analyse.lines import csv_field, joined, text
from kg.namespaces import local_name
from kg.publish import exchange, exports
from kg.quads import strings

if TYPE_CHECKING:
    import pyarrow as pa

    from kg.analyse.data import Data
    from kg.analyse.edges import Collaboration

MEDIA: dict[str, tuple[str, str]] = {
    "gexf": ("application/gexf+xml", "gexf"),
    "graphml": ("application/graphml+xml", "graphml"),
    "csv": ("text/csv; charset=utf-8", "csv"),
    "svg": ("image/svg+xml", "svg"),
    "vosviewer": ("application/json", "vosviewer.json"),
    "json": ("application/json", "json"),
}
"""Media type and ending of the file of each format."""
SHARED_TIES = 2_000
"""Ties up to which files hold the projects of each; looking them up takes a moment each."""
Groups = Mapping[str, str]


def write(form: str, data: Data, network: Collaboration, groups: Groups, about: Mapping[str, str], *, lang: str, table: str = "edges") -> bytes:
    """Return a network as a file.

    Args:
        form: `gexf`, `graphml`, `csv` or `vosviewer`.
        data: What the network was made from.
        network: The network.
        groups: Name of the group of each institution; empty where groups are off.
        about: Attributes of the network: how it was made and what was left out.
        lang: Language of labels where the format has one label.
        table: Of CSV: `edges` or `nodes`.
    """
    if form == "csv":
        return nodes_csv(data, network, groups, lang) if table == "nodes" else edges_csv(data, network, lang)
    writers: dict[str, Callable[[Path], object]] = {
        "gexf": lambda path: exports.gexf(
            _portable(data, network, groups, about), path, state=data.method.state, creator=f"innovation-kg {__version__}"
        ),
        "graphml": lambda path: exports.graphml(_portable(data, network, groups, about), path),
        "vosviewer": lambda path: exchange.vosviewer(
            data, path, lang=lang, edges=network, groups={iri: int(group[1:]) for iri, group in groups.items() if group}
        ),
    }
    with tempfile.TemporaryDirectory(prefix="network-") as folder:
        path = Path(folder) / "network"
        writers[form](path)
        return path.read_bytes()


def _portable(data: Data, network: Collaboration, groups: Groups, about: Mapping[str, str]) -> exports.Portable:
    """Return the network with its group as an attribute of each node; its projects too where it is small."""
    small = network.number_of_edges() <= SHARED_TIES
    plain = exports.from_columns(network, data.labels, about, shared=small)
    nodes = plain.nodes if small else plain.nodes.drop_columns(["projects"])
    if groups:
        nodes = nodes.append_column("group", strings([groups.get(iri, "") for iri in network.names]))
    return exports.Portable(nodes, plain.edges, plain.names, plain.attributes)


def edges_csv(data: Data, network: Collaboration, lang: str) -> bytes:
    """Return the ties as CSV (RFC 4180): both IRIs and labels, weight, shared projects; strongest first."""
    import numpy as np

    order = np.lexsort((network.target, network.source, -network.weight))
    names = strings(network.names)
    labels = strings([data.named(iri).label(lang) for iri in network.names])
    source, target = (numbers(end[order]) for end in (network.source, network.target))
    columns = [names.take(source), names.take(target), labels.take(source), labels.take(target)]
    cells = [*map(csv_field, columns), text(numbers(network.weight[order])), text(numbers(network.count[order]))]
    return _csv(("source", "target", "source_label", "target_label", "weight", "shared_projects"), cells)


def nodes_csv(data: Data, network: Collaboration, groups: Groups, lang: str) -> bytes:
    """Return the institutions as CSV (RFC 4180): IRI, label, kind, projects, partners and strength in this file's network, group; by IRI."""
    from kg.analyse.by_columns import degree, strength

    known = [data.named(iri) for iri in network.names]
    columns: list[Any] = [
        csv_field(strings(network.names)),
        csv_field(strings([named.label(lang) for named in known])),
        csv_field(strings([named.kind for named in known])),
        text(numbers(network.incidence.degrees)),
        text(numbers(degree(network))),
        text(numbers(strength(network))),
        csv_field(strings([groups.get(iri, "") for iri in network.names])),
    ]
    return _csv(("iri", "label", "kind", "projects", "partners", "strength", "group"), columns)


def _csv(head: tuple[str, ...], cells: list[pa.Array]) -> bytes:
    return ",".join(head).encode() + b"\r\n" + joined(*(part for cell in cells[:-1] for part in (cell, ",")), cells[-1], "\r\n")


def file_name(data: Data, form: str, table: str, centre: str = "") -> str:
    """Return the name of a file, ASCII: graph, build, what it is."""
    part = f"-{local_name(centre)}" if centre else ""
    kind = f"-{table}" if form == "csv" else ""
    plain = "".join(
        letter if letter.isascii() and (letter.isalnum() or letter in "-_") else "-"
        for letter in f"{data.method.name}{part}{kind}-{data.method.build}"
    )
    return f"{plain}.{MEDIA[form][1]}"
