"""The quad table: one row per (quad, origin), and its ways in and out (contracts, section 3).

Columns: `subject, predicate, object, kind, datatype, language, graph, origin`. `kind` is the object's: `iri`, `bnode` or `literal`; blank nodes
start with `_:` in subject and object. The same quad from two rows stands twice; whoever counts statements works on distinct quads.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from kg.namespaces import RDF, XSD

if TYPE_CHECKING:
    import pyarrow as pa
    import pyoxigraph as ox

COLUMNS = ("subject", "predicate", "object", "kind", "datatype", "language", "graph", "origin")


class Term(NamedTuple):
    """The object of a statement.

    Attributes:
        value: IRI, blank node label with `_:`, or lexical form.
        kind: `iri`, `bnode` or `literal`.
        datatype: Datatype IRI of a literal, else empty.
        language: Language tag of a literal, lower case, else empty.
    """

    value: str
    kind: str = "iri"
    datatype: str = ""
    language: str = ""


class Quad(NamedTuple):
    """One statement, in one named graph, from one place in one source."""

    subject: str
    predicate: str
    object: str
    kind: str
    datatype: str
    language: str
    graph: str
    origin: str

    @property
    def term(self) -> Term:
        """The object as a term."""
        return Term(self.object, self.kind, self.datatype, self.language)


def iri(value: str) -> Term:
    """Return an IRI term."""
    return Term(value)


def literal(value: str, datatype: str = "", language: str = "") -> Term:
    """Return a literal; without datatype and language it is an `xsd:string`."""
    if language:
        return Term(value, "literal", RDF.langString, language.lower())
    return Term(value, "literal", datatype or XSD.string)


def decimal(value: str) -> Term:
    """Return an `xsd:decimal` in canonical form, as the stores write it.

    >>> decimal("12.50").value, decimal("-0.0").value, decimal("1e3").value
    ('12.5', '0', '1000')
    """
    from decimal import Decimal

    text = format(Decimal(value), "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return Term("0" if text in ("-0", "") else text, "literal", XSD.decimal)


def integer(value: int) -> Term:
    """Return an `xsd:integer`."""
    return Term(str(value), "literal", XSD.integer)


def boolean(value: bool) -> Term:
    """Return an `xsd:boolean`."""
    return Term("true" if value else "false", "literal", XSD.boolean)


_SPECIAL = re.compile(r'[\x00-\x1f\x7f"\\]')
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}


def _escape(text: str) -> str:
    """Escape a literal as canonical N-Quads do (RDF 1.1 N-Quads, section 4, and RDFC-1.0: control characters as \\uXXXX)."""
    return _SPECIAL.sub(lambda match: _ESCAPES.get(match.group()) or f"\\u{ord(match.group()):04X}", text)


def term_text(term: Term) -> str:
    """Return a term in N-Triples."""
    if term.kind == "iri":
        return f"<{term.value}>"
    if term.kind == "bnode":
        return term.value
    quoted = f'"{_escape(term.value)}"'
    if term.language:
        return f"{quoted}@{term.language}"
    return quoted if term.datatype in ("", XSD.string) else f"{quoted}^^<{term.datatype}>"


def _node_text(value: str) -> str:
    return value if value.startswith("_:") else f"<{value}>"


def quad_text(quad: Quad) -> str:
    """Return a quad as one N-Quads line without its line end."""
    graph = f" <{quad.graph}>" if quad.graph else ""
    return f"{_node_text(quad.subject)} <{quad.predicate}> {term_text(quad.term)}{graph} ."


def canonical_lines(quads: Iterable[Quad]) -> list[str]:
    """Return distinct N-Quads lines in code point order: equal graphs give equal lines (our graphs hold no blank nodes)."""
    return sorted({quad_text(quad) for quad in quads})


def schema() -> pa.Schema:
    """Return the Arrow schema of the quad table: eight strings, none null."""
    import pyarrow as pa

    return pa.schema([pa.field(name, pa.string(), nullable=False) for name in COLUMNS])


def to_arrow(quads: Iterable[Quad]) -> pa.Table:
    """Return quads as an Arrow table, sorted and without duplicates, so that equal input gives equal bytes."""
    import pyarrow as pa

    rows = sorted(set(quads))
    columns: list[Sequence[str]] = list(zip(*rows, strict=True)) if rows else [[] for _ in COLUMNS]
    return pa.table([strings(column) for column in columns], schema=schema())


def strings(column: Sequence[str]) -> pa.Array:
    """Return strings as an Arrow array. From buffers, because `pa.array` of a list imports pandas first (0.4 s)."""
    import pyarrow as pa

    encoded = [text.encode() for text in column]
    offsets = array("i", accumulate(map(len, encoded), initial=0))
    return pa.Array.from_buffers(pa.string(), len(column), [None, pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded))])


def write_parquet(quads: Iterable[Quad], path: Path) -> int:
    """Write quads to a Parquet file, one thread, fixed settings; return the number of rows."""
    import pyarrow.parquet as pq

    table = to_arrow(quads)
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path, compression="zstd", use_dictionary=True, write_statistics=True)
    return int(table.num_rows)


def read_parquet(paths: Iterable[Path]) -> Iterator[Quad]:
    """Read quads back, in file order."""
    import pyarrow.parquet as pq

    for path in paths:
        for batch in pq.ParquetFile(path).iter_batches(batch_size=100_000):
            yield from map(Quad, *(column.to_pylist() for column in batch.columns))


def subjects_among(paths: Iterable[Path], wanted: Iterable[str]) -> set[str]:
    """Return those of some IRIs that are the subject of a statement in quad tables."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    asked = strings(sorted(set(wanted)))
    found: set[str] = set()
    for path in paths:
        for batch in pq.ParquetFile(path).iter_batches(batch_size=100_000, columns=["subject"]):
            column = batch.column(0)
            found.update(column.filter(pc.is_in(column, asked)).unique().to_pylist())
    return found


def nquads(batch: pa.RecordBatch) -> bytes:
    """Return rows of the quad table as an N-Quads document, made by columns; rows of one quad give its line several times.

    Control characters stay as they are: parsers of N-Quads need only quotes, backslashes and line ends escaped (RDF 1.1 N-Quads, section 4).
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    column = {name: batch.column(index) for index, name in enumerate(batch.schema.names)}

    def join(*parts: Any) -> Any:
        return pc.binary_join_element_wise(*parts, "")

    def either(holds: Any, one: Any, other: Any) -> Any:
        return pc.if_else(holds, one, other)

    def node(values: Any) -> Any:
        return either(pc.starts_with(values, "_:"), values, join("<", values, ">"))

    text = column["object"]
    for character, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r")):
        text = pc.replace_substring(text, character, escaped)
    tagged, plain = pc.not_equal(column["language"], ""), pc.is_in(column["datatype"], pa.array(["", XSD.string]))
    quoted = join('"', text, '"')
    literals = either(tagged, join(quoted, "@", column["language"]), either(plain, quoted, join(quoted, "^^<", column["datatype"], ">")))
    objects = either(pc.equal(column["kind"], "literal"), literals, node(column["object"]))
    graphs = either(pc.equal(column["graph"], ""), "", join(" <", column["graph"], ">"))
    lines = join(node(column["subject"]), " <", column["predicate"], "> ", objects, graphs, " .\n")
    return _data(lines)


def _data(strings: pa.Array) -> bytes:
    """Return the texts of an array one behind the other."""
    _, offsets, data = strings.buffers()
    first, last = (
        int.from_bytes(offsets[4 * index : 4 * index + 4].to_pybytes(), "little") for index in (strings.offset, strings.offset + len(strings))
    )
    return bytes(data[first:last])


def from_oxigraph(quad: ox.Quad, origin: str) -> Quad:
    """Turn a pyoxigraph quad into a row of the table."""
    import pyoxigraph as ox

    graph = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""
    term = from_oxigraph_term(quad.object)
    subject = str(quad.subject) if isinstance(quad.subject, ox.BlankNode) else quad.subject.value  # type: ignore[union-attr]
    return Quad(subject, quad.predicate.value, *term, graph, origin)


def from_oxigraph_term(term: object) -> Term:
    """Turn a pyoxigraph term into a term of the table."""
    import pyoxigraph as ox

    if isinstance(term, ox.NamedNode):
        return Term(term.value)
    if isinstance(term, ox.BlankNode):
        return Term(str(term), "bnode")
    if isinstance(term, ox.Literal):
        return Term(term.value, "literal", term.datatype.value, term.language or "")
    raise TypeError(f"not a term of RDF 1.1: {term!r}")


def to_oxigraph(quad: Quad) -> ox.Quad:
    """Turn a row of the table into a pyoxigraph quad."""
    import pyoxigraph as ox

    term: ox.NamedNode | ox.BlankNode | ox.Literal
    if quad.kind != "literal":
        term = _node(quad.object)
    elif quad.language:
        term = ox.Literal(quad.object, language=quad.language)
    else:
        term = ox.Literal(quad.object, datatype=_iri(quad.datatype))
    return ox.Quad(_node(quad.subject), _iri(quad.predicate), term, _iri(quad.graph) if quad.graph else ox.DefaultGraph())


def _node(value: str) -> ox.NamedNode | ox.BlankNode:
    import pyoxigraph as ox

    return ox.BlankNode(value[2:]) if value.startswith("_:") else _iri(value)


# The same IRIs come again and again, predicates and graphs in every row.
@lru_cache(maxsize=16_384)
def _iri(value: str) -> ox.NamedNode:
    import pyoxigraph as ox

    return ox.NamedNode(value)
