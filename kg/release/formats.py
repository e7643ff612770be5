"""Further forms of the same statements: the quad table as one Parquet file, TriG, RDF/XML; and tables as Parquet.

TriG and RDF/XML are written by pyoxigraph, statement by statement, so that one batch is held at a time. Standards: RDF 1.1 TriG; RDF 1.1 XML Syntax.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from kg.namespaces import CODE, PREFIXES
from kg.publish.columns import QUAD
from kg.publish.heads import Ordered
from kg.publish.tables import Column
from kg.quads import nquads, schema, strings

if TYPE_CHECKING:
    import pyarrow as pa
    import pyoxigraph as ox

ROW_GROUP = 100_000
"""Rows of a row group: they are held before they are written."""
_CSV_BLOCK = 4 << 20
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*\Z")
"""What the last step of a property must be to name an XML element (an ASCII subset of NCName, Namespaces in XML 1.0)."""
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that no XML 1.0 document may hold (section 2.2)."""


class QuadTable:
    """The distinct quads as one table in the layout of :func:`kg.quads.schema`, written batch by batch; `origin` is empty, as a row stands for all origins.

    Args:
        path: File to write.
    """

    def __init__(self, path: Path) -> None:
        import pyarrow.parquet as pq

        self._writer = pq.ParquetWriter(path, schema(), compression="zstd", use_dictionary=True)
        self._held: list[pa.RecordBatch] = []
        self._rows = 0

    def __enter__(self) -> QuadTable:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if kind is None:
                self._flush()
        finally:
            self._writer.close()

    def add(self, batch: pa.RecordBatch) -> None:
        """Add a batch of distinct quads in the order of their lines."""
        import pyarrow as pa

        columns = [batch[name].cast(pa.string()) for name in QUAD]
        self._held.append(pa.record_batch([*columns, strings([""]).take(_zeros(batch.num_rows))], schema=schema()))
        self._rows += batch.num_rows
        if self._rows >= ROW_GROUP:
            self._flush()

    def _flush(self) -> None:
        import pyarrow as pa

        if self._held:
            self._writer.write_table(pa.Table.from_batches(self._held).combine_chunks(), row_group_size=2 * self._rows)
        self._held, self._rows = [], 0


def _zeros(number: int) -> pa.Array:
    import numpy as np

    from kg.analyse.arrow import numbers

    return numbers(np.zeros(number, dtype=np.int64))


def prefixes(base: str) -> dict[str, str]:
    """Return short names for the namespaces of a graph; a name that ends in `/` serves one kind of entity or code.

    Args:
        base: Namespace root of the entities.
    """
    kinds = (
        "organisation",
        "project",
        "programme",
        "participation",
        "place",
        "event",
        "document",
        "claim",
        "evidence",
        "identifier",
        "agent",
        "funding",
    )
    return {**PREFIXES, "code": CODE, "role": f"{CODE}participation-role/", **{kind: f"{base}id/{kind}/" for kind in kinds}}


def write_trig(table: Path, graphs: Iterable[str], path: Path, names: Mapping[str, str]) -> None:
    """Write a quad table as TriG, each graph in one piece, graphs in the order given, statements in the order of the table.

    Args:
        table: A quad table.
        graphs: IRIs of all its graphs; an empty one is the default graph.
        path: File to write.
        names: Prefixes.
    """
    import pyoxigraph as ox

    def quads() -> Iterator[ox.Quad]:
        for graph in graphs:
            for batch in _batches(table, graph):
                yield from ox.parse(nquads(batch), format=ox.RdfFormat.N_QUADS)

    _serialize(quads(), path, ox.RdfFormat.TRIG, names)


def _serialize(statements: Iterator[ox.Quad] | Iterator[ox.Triple], path: Path, form: ox.RdfFormat, names: Mapping[str, str]) -> None:
    import pyoxigraph as ox

    with path.open("wb") as file:
        target = Ordered(file)
        ox.serialize(statements, target, format=form, prefixes=dict(names))  # type: ignore[arg-type]
        target.flush()


def _batches(table: Path, graph: str) -> Iterator[pa.RecordBatch]:
    """Yield the rows of one graph; a row group that has none is not read."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    file = pq.ParquetFile(table, read_dictionary=["predicate", "kind", "datatype", "language", "graph"])
    position = file.schema_arrow.get_field_index("graph")
    for group in range(file.num_row_groups):
        known = file.metadata.row_group(group).column(position).statistics
        if known is not None and known.has_min_max and not known.min <= graph <= known.max:
            continue
        for batch in file.iter_batches(batch_size=ROW_GROUP, row_groups=[group], use_threads=False):
            found = batch.filter(pc.equal(batch["graph"], graph))
            if found.num_rows:
                yield pa.record_batch([column.cast(pa.string()) for column in found.columns], schema=schema())


def write_rdf_xml(turtle: Path, path: Path, names: Mapping[str, str], predicates: Collection[str]) -> dict[str, int]:
    """Write the triples of a Turtle file as RDF/XML.

    XML has no name for some properties (`https://example.org/1`), and no way to write some control characters: such triples are left out, such characters become
    U+FFFD.

    Args:
        turtle: The Turtle file.
        path: File to write.
        names: Prefixes.
        predicates: All properties of the file.

    Returns:
        The number of triples that were left out by property, and of those that hold a replaced character under no name.
    """
    import pyoxigraph as ox

    nameless = {predicate for predicate in predicates if not _NAME.match(re.split("[/#]", predicate)[-1])}
    lost: dict[str, int] = {}

    def triples() -> Iterator[ox.Triple]:
        for quad in ox.parse(path=str(turtle), format=ox.RdfFormat.TURTLE):
            triple, term = quad.triple, quad.object
            if triple.predicate.value in nameless:
                lost[triple.predicate.value] = lost.get(triple.predicate.value, 0) + 1
                continue
            if isinstance(term, ox.Literal) and _FORBIDDEN.search(term.value):
                lost[""] = lost.get("", 0) + 1
                text = _FORBIDDEN.sub("\ufffd", term.value)
                literal = ox.Literal(text, language=term.language) if term.language else ox.Literal(text, datatype=term.datatype)
                triple = ox.Triple(triple.subject, triple.predicate, literal)
            yield triple

    _serialize(triples(), path, ox.RdfFormat.RDF_XML, names)
    return dict(sorted(lost.items()))


def write_typed(table: Path, columns: Iterable[Column], path: Path) -> None:
    """Write a CSV table as Parquet: integers and decimals as numbers, lists as lists, an empty cell of either as null, everything else as text.

    Args:
        table: A table of :mod:`kg.publish.tables`.
        columns: Its columns.
        path: File to write.
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.csv as pc_csv
    import pyarrow.parquet as pq

    from kg.publish.limits import SEPARATOR

    types: dict[str, Any] = {"integer": pa.int64(), "decimal": pa.float64()}
    columns = list(columns)
    kinds = [types.get(column.type) or (pa.list_(pa.string()) if column.type.startswith("list of ") else pa.string()) for column in columns]
    form = pa.schema([pa.field(column.name, kind) for column, kind in zip(columns, kinds, strict=True)])
    texts = pc_csv.ConvertOptions(column_types={column.name: pa.string() for column in columns}, strings_can_be_null=False)
    reader = pc_csv.open_csv(
        table,
        read_options=pc_csv.ReadOptions(use_threads=False, block_size=_CSV_BLOCK),
        parse_options=pc_csv.ParseOptions(newlines_in_values=True),
        convert_options=texts,
    )
    with pq.ParquetWriter(path, form, compression="zstd") as writer:
        for batch in reader:
            found = []
            for column, kind in zip(batch.columns, kinds, strict=True):
                if pa.types.is_string(kind):
                    found.append(column)
                    continue
                some = pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)
                found.append(pc.split_pattern(some, SEPARATOR) if pa.types.is_list(kind) else some.cast(kind))
            writer.write_batch(pa.record_batch([column.cast(kind) for column, kind in zip(found, kinds, strict=True)], schema=form))
