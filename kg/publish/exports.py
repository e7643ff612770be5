"""The network of institutions as GraphML, GEXF, CSV and Parquet, written by columns and in pieces: no tree and no text of the whole in memory.

GraphML and GEXF 1.2 are the bytes that NetworkX's writers give; a test compares them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from kg.analyse.arrow import constant, numbers
from kg.analyse.edges import Collaboration
from kg.analyse.labels import Named
from kg.analyse.lines import csv_field, joined, spelled, text, xml_attribute, xml_text
from kg.namespaces import local_name
from kg.publish.limits import MAX_CELL, SEPARATOR
from kg.quads import strings

if TYPE_CHECKING:
    import networkx as nx
    import pyarrow as pa

BATCH = 100_000
"""Edges written at once where they come without their projects."""


@dataclass(frozen=True)
class Portable:
    """A network with attributes of plain types only.

    Attributes:
        nodes: First column `id`, then one column per attribute, texts or integers.
        edges: Makes the batches of edges: `source` and `target`, then one column per attribute.
        names: Names of the edges' columns; empty where there are no edges.
        attributes: Attributes of the network: how it was made.
    """

    nodes: pa.Table
    edges: Callable[[], Iterable[pa.RecordBatch]]
    names: tuple[str, ...]
    attributes: Mapping[str, str]


def from_networkx(graph: nx.Graph) -> Portable:
    """Return a network whose nodes and edges all have the same attributes, as :func:`kg.publish.network.portable` gives it."""
    import pyarrow as pa

    nodes = [{"id": node, **data} for node, data in graph.nodes(data=True)]
    edges = [{"source": one, "target": other, **data} for one, other, data in graph.edges(data=True)]
    batches = _table(edges).to_batches() if edges else []
    return Portable(_table(nodes) if nodes else pa.table({"id": strings([])}), lambda: batches, tuple(edges[0]) if edges else (), graph.graph)


def _table(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Return rows with the same keys as a table of texts, integers and floats."""
    import numpy as np
    import pyarrow as pa

    def column(name: str) -> pa.Array:
        values = [row[name] for row in rows]
        if isinstance(values[0], str):
            return strings(values)
        return numbers(np.array(values, dtype=np.int64 if isinstance(values[0], int) else np.float64))

    return pa.table({name: column(name) for name in rows[0]})


def from_columns(network: Collaboration, labels: Mapping[str, Named], attributes: Mapping[str, str], *, shared: bool = False) -> Portable:
    """Return a network by columns with the attributes that :func:`kg.publish.network.portable` gives; `shared` of edges only if asked for."""
    import pyarrow as pa
    import pyarrow.compute as pc

    incidence = network.incidence
    known = [labels.get(iri, Named(iri)) for iri in network.names]
    slugs = strings([local_name(project) for project in incidence.projects])
    columns = {
        "id": strings(network.names),
        "label": strings([named.label("en") for named in known]),
        "label_de": strings([named.label("de") for named in known]),
        "label_en": strings([named.label("en") for named in known]),
        "kind": strings([named.kind for named in known]),
        "project_count": numbers(incidence.degrees),
        "projects": pc.binary_join(
            pa.ListArray.from_arrays(numbers(incidence.matrix.indptr.astype("int32")), slugs.take(numbers(incidence.columns))), constant(SEPARATOR)
        ),
    }

    def edges() -> Iterator[pa.RecordBatch]:
        if not shared:
            yield from network.batches(BATCH)
            return
        for batch in network.batches(shared=True):
            projects = batch["shared"]
            lists = pa.ListArray.from_arrays(projects.offsets, spelled(projects.values, slugs))
            yield batch.set_column(batch.schema.get_field_index("shared"), "shared", pc.binary_join(lists, constant(SEPARATOR)))

    names = ("source", "target", "weight", "count", *(("shared",) if shared else ()))
    return Portable(pa.table(columns), edges, names if network.number_of_edges() else (), attributes)


def graphml(network: Portable, path: Path) -> None:
    """Write GraphML (http://graphml.graphdrawing.org/specification.html)."""
    root = "http://graphml.graphdrawing.org/xmlns"
    keys = [("graph", name, "string") for name in network.attributes]
    keys += [("node", name, _type(network.nodes[name])) for name in network.nodes.column_names[1:]]
    first = next(iter(network.edges()), None) if network.names else None
    keys += [("edge", name, _type(first[name])) for name in network.names[2:]] if first is not None else []
    with path.open("wb") as file:
        _write(file, "<?xml version='1.0' encoding='utf-8'?>\n")
        _write(
            file,
            f'<graphml xmlns="{root}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="{root} {root}/1.0/graphml.xsd">\n',
        )
        for place, name, kind in reversed(keys):
            _write(file, f'  <key id="{name}" for="{place}" attr.name="{name}" attr.type="{kind}" />\n')
        _write(file, '  <graph edgedefault="undirected">\n')
        for batch in network.nodes.to_batches(BATCH):
            file.write(joined('    <node id="', _attribute(batch["id"]), '">\n', *_data(batch, batch.schema.names[1:]), "    </node>\n"))
        for batch in network.edges():
            ends = ('    <edge source="', _attribute(batch["source"]), '" target="', _attribute(batch["target"]), '">\n')
            file.write(joined(*ends, *_data(batch, network.names[2:]), "    </edge>\n"))
        for name, value in network.attributes.items():
            _write(file, f'    <data key="{name}">{escape(value)}</data>\n' if value else f'    <data key="{name}" />\n')
        _write(file, "  </graph>\n</graphml>\n")


def _data(batch: pa.RecordBatch, names: Sequence[str]) -> list[Any]:
    """Return one element per attribute, an empty one where the text is empty."""
    import pyarrow.compute as pc

    found = []
    for name in names:
        value = xml_text(text(batch[name]))
        full = pc.binary_join_element_wise(constant(f'      <data key="{name}">'), value, constant("</data>\n"), constant(""))
        found.append(pc.if_else(pc.equal(value, constant("")), constant(f'      <data key="{name}" />\n'), full))
    return found


def gexf(network: Portable, path: Path, *, state: str, creator: str, spells: str = "") -> None:
    """Write GEXF 1.2 (https://gexf.net/1.2/), which has no place for attributes of a network: the method stands in its `description`.

    Args:
        network: The network; nodes have a `label`, edges a `weight`.
        path: File to write.
        state: State date of the data, or empty.
        creator: Name and version of the software.
        spells: Name of the column of nodes and of edges that holds their `<spells>` elements, or nothing, where the network is one in time.
    """
    root = "http://www.gexf.net/1.2draft"
    mode = 'mode="dynamic" timeformat="date"' if spells else 'mode="static"'
    of_nodes = [name for name in network.nodes.column_names[1:] if name not in ("label", spells)]
    of_edges = [name for name in network.names[2:] if name not in ("weight", spells)]
    number = {("node", name): position for position, name in enumerate(of_nodes)}
    number |= {("edge", name): len(of_nodes) + position for position, name in enumerate(of_edges)}
    about = "\n".join(f"{name}: {value}" for name, value in network.attributes.items() if name != "name")
    title = f' name="{_quoted(network.attributes["name"])}"' if network.attributes.get("name") else ""
    with path.open("wb") as file:
        _write(file, "<?xml version='1.0' encoding='utf-8'?>\n")
        _write(
            file,
            f'<gexf xmlns="{root}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="{root} {root}/gexf.xsd" version="1.2">\n',
        )
        _write(file, f'  <meta lastmodifieddate="{state}">\n' if len(state) == 10 else "  <meta>\n")
        _write(file, f"    <creator>{escape(creator)}</creator>\n    <description>{escape(about)}</description>\n  </meta>\n")
        _write(file, f'  <graph defaultedgetype="undirected" {mode}{title}>\n')
        first = next(iter(network.edges()), None) if network.names else None
        for place, names, table in (("edge", of_edges, first), ("node", of_nodes, network.nodes)):
            if names and table is not None:
                _write(file, f'    <attributes mode="static" class="{place}">\n')
                for name in names:
                    _write(file, f'      <attribute id="{number[place, name]}" title="{name}" type="{_type(table[name])}" />\n')
                _write(file, "    </attributes>\n")
        _write(file, "    <nodes>\n" if network.nodes.num_rows else "    <nodes />\n")
        for batch in network.nodes.to_batches(BATCH):
            node = ('      <node id="', _attribute(batch["id"]), '" label="', _attribute(batch["label"]), '">\n')
            file.write(joined(*node, *_values(batch, of_nodes, number, "node"), *_column(batch, spells), "      </node>\n"))
        _write(file, "    </nodes>\n" if network.nodes.num_rows else "")
        _write(file, "    <edges>\n" if network.names else "    <edges />\n")
        done = 0
        for batch in network.edges():
            ends = ('      <edge source="', _attribute(batch["source"]), '" target="', _attribute(batch["target"]))
            rest = ('" id="', _range(done, batch.num_rows), '" weight="', text(batch["weight"]), '">\n')
            file.write(joined(*ends, *rest, *_values(batch, of_edges, number, "edge"), *_column(batch, spells), "      </edge>\n"))
            done += batch.num_rows
        _write(file, ("    </edges>\n" if network.names else "") + "  </graph>\n</gexf>\n")


def _column(batch: pa.RecordBatch, name: str) -> list[Any]:
    return [batch[name]] if name else []


def _values(batch: pa.RecordBatch, names: Sequence[str], number: Mapping[tuple[str, str], int], place: str) -> list[Any]:
    if not names:
        return []
    found: list[Any] = ["        <attvalues>\n"]
    for name in names:
        found += [f'          <attvalue for="{number[place, name]}" value="', _attribute(batch[name]), '" />\n']
    return [*found, "        </attvalues>\n"]


def edges_csv(network: Collaboration, path: Path, columns: Sequence[str]) -> int:
    """Write the pairs with their projects as CSV (RFC 4180) and return how many there are; a list too long for a cell is left empty.

    Args:
        network: The network by columns.
        path: File to write.
        columns: Names in the header line, of the columns of :meth:`kg.analyse.edges.Collaboration.table` with `shared`.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    iri = csv_field(strings(network.names))
    with path.open("wb") as file:
        _write(file, ",".join(columns) + "\r\n")
        for batch in network.batches(shared=True):
            source, target, weight, count, shared = batch.columns
            projects = pc.binary_join(pa.ListArray.from_arrays(shared.offsets, shared.values.dictionary_decode()), constant(SEPARATOR))
            fits = pc.less_equal(pc.utf8_length(projects), numbers(np.array([MAX_CELL], dtype=np.int32))[0])
            projects = csv_field(pc.if_else(fits, projects, constant("")))
            cells = [spelled(source, iri), spelled(target, iri), text(weight), text(count)]
            file.write(joined(*(part for cell in cells for part in (cell, ",")), projects, "\r\n"))
    return network.number_of_edges()


def edges_parquet(network: Collaboration, path: Path, *, shared: bool = True) -> int:
    """Write the pairs as Parquet, columns of :meth:`kg.analyse.edges.Collaboration.table`, one thread, and return how many there are."""
    import pyarrow.parquet as pq

    empty = network.table(shared=shared).schema if not network.number_of_edges() else None
    batches = network.batches(shared=shared)
    first = next(batches, None)
    schema = first.schema if first is not None else empty
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in [first, *batches] if first is not None else []:
            writer.write_batch(batch)
    return network.number_of_edges()


def _attribute(column: Any) -> Any:
    """Return a column as values of XML attributes; the entries of a dictionary are written once."""
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        return spelled(column, xml_attribute(column.dictionary))
    return xml_attribute(text(column))


def _range(start: int, length: int) -> Any:
    import numpy as np

    return text(numbers(np.arange(start, start + length, dtype=np.int64)))


def _type(column: Any) -> str:
    """Return the type of a column as GraphML and GEXF call it."""
    import pyarrow as pa

    return "double" if pa.types.is_floating(column.type) else "long" if pa.types.is_integer(column.type) else "string"


def _quoted(value: str) -> str:
    return escape(value, {'"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#09;"})


def _write(file: IO[bytes], line: str) -> None:
    file.write(line.encode("utf-8"))
