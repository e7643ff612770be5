"""Rows and triples into bytes, one by one, until the answer ends or a limit is reached; what is written stays a valid document.

Sources: SPARQL 1.1 Query Results JSON Format, XML Format (second edition), CSV and TSV Formats (W3C Recommendations, 2013). Triple terms and base
directions, which the engine knows already, are written as in the drafts of SPARQL 1.2.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring
from time import monotonic
from typing import TypeAlias
from xml.sax.saxutils import quoteattr

import pyoxigraph as ox

from kg.namespaces import PREFIXES, XSD
from kg.results import _tsv, _xml

Term: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Cells: TypeAlias = Iterable[Term | None]


@dataclass(frozen=True)
class Limits:
    """Bounds of one answer.

    Attributes:
        rows: Rows or triples.
        size: Bytes.
        seconds: Wall clock from the start of the evaluation, looked at between rows; what the engine does before the first row is for the worker's limit.
    """

    rows: int = 100_000
    size: int = 64 * 1024 * 1024
    seconds: float = 10.0


@dataclass
class Written:
    """What was written.

    Attributes:
        body: A whole document.
        rows: Rows or triples in it.
        cut: What ended it early: `rows`, `bytes`, `seconds`; empty when it holds everything. There was at least one more row then.
    """

    body: bytes
    rows: int
    cut: str = ""


class _Meter:
    """Says before each row whether it still fits."""

    def __init__(self, limits: Limits, started: float) -> None:
        self.rows, self.size, self.cut = 0, 0, ""
        self._limits, self._end = limits, started + limits.seconds

    def takes(self, size: int) -> bool:
        if self.rows >= self._limits.rows:
            self.cut = "rows"
        elif self.size + size > self._limits.size:
            self.cut = "bytes"
        elif monotonic() > self._end:
            self.cut = "seconds"
        else:
            self.rows += 1
            self.size += size
            return True
        return False


def json_term(term: Term) -> str:
    """Return a term as an object of the JSON format, section 3.2.2."""
    if isinstance(term, ox.NamedNode):
        return f'{{"type":"uri","value":{encode_basestring(term.value)}}}'
    if isinstance(term, ox.Literal):
        value = encode_basestring(term.value)
        if term.language:
            direction = f',"its:dir":"{term.direction.value}"' if term.direction else ""
            return f'{{"type":"literal","value":{value},"xml:lang":{encode_basestring(term.language)}{direction}}}'
        datatype = term.datatype.value
        if datatype == XSD.string:
            return f'{{"type":"literal","value":{value}}}'
        return f'{{"type":"literal","value":{value},"datatype":{encode_basestring(datatype)}}}'
    if isinstance(term, ox.BlankNode):
        return f'{{"type":"bnode","value":"{term.value}"}}'
    assert isinstance(term, ox.Triple)
    parts = (f'"{name}":{json_term(part)}' for name, part in (("subject", term.subject), ("predicate", term.predicate), ("object", term.object)))
    return f'{{"type":"triple","value":{{{",".join(parts)}}}}}'


def _json_rows(variables: Sequence[str]) -> Callable[[Cells], str]:
    keys = [encode_basestring(name) + ":" for name in variables]

    def row(cells: Cells) -> str:
        return "{" + ",".join([key + json_term(term) for key, term in zip(keys, cells, strict=True) if term is not None]) + "}"

    return row


# What can stand in XML as it is: most texts, and looking once is quicker than escaping.
_SIMPLE = re.compile(r"[^\x00-\x20&<>\ufffe\uffff]+(?: +[^\x00-\x20&<>\ufffe\uffff]+)*+")


def _text(text: str) -> str:
    return text if _SIMPLE.fullmatch(text) else _xml(text)


def _xml_term(term: Term) -> str:
    if isinstance(term, ox.NamedNode):
        return f"<uri>{_text(term.value)}</uri>"
    if isinstance(term, ox.BlankNode):
        return f"<bnode>{term.value}</bnode>"
    if isinstance(term, ox.Triple):
        parts = (("subject", term.subject), ("predicate", term.predicate), ("object", term.object))
        return "<triple>" + "".join(f"<{name}>{_xml_term(part)}</{name}>" for name, part in parts) + "</triple>"
    mark = ""
    if term.language:
        mark = f" xml:lang={quoteattr(term.language)}"
        if term.direction:
            mark += f' its:dir="{term.direction.value}" xmlns:its="http://www.w3.org/2005/11/its" its:version="2.0"'
    elif term.datatype.value != XSD.string:
        mark = f" datatype={quoteattr(term.datatype.value)}"
    return f"<literal{mark}>{_text(term.value)}</literal>"


def _xml_rows(variables: Sequence[str]) -> Callable[[Cells], str]:
    names = [quoteattr(name) for name in variables]

    def row(cells: Cells) -> str:
        bound = [f"<binding name={name}>{_xml_term(term)}</binding>" for name, term in zip(names, cells, strict=True) if term is not None]
        return "<result>" + "".join(bound) + "</result>\n"

    return row


def _csv_rows() -> Callable[[Cells], str]:
    buffer = io.StringIO(newline="")
    write = csv.writer(buffer, lineterminator="\r\n").writerow

    def row(cells: Cells) -> str:
        buffer.seek(0)
        buffer.truncate()
        write(["" if term is None else term.value if isinstance(term, ox.NamedNode | ox.Literal) else _plain(term) for term in cells])
        return buffer.getvalue()

    return row


def _plain(term: ox.BlankNode | ox.Triple) -> str:
    return f"<<( {term} )>>" if isinstance(term, ox.Triple) else str(term)


def _tsv_row(cells: Cells) -> str:
    return "\t".join(["" if term is None else _plain(term) if isinstance(term, ox.Triple) else _tsv(term) for term in cells]) + "\n"


def write_rows(form: str, variables: Sequence[str], rows: Iterable[Cells], limits: Limits, started: float) -> Written:
    """Write rows in `json`, `xml`, `csv` or `tsv`, as many as the limits allow.

    A cut JSON document says so in its head (`"truncated": true`); the other formats have no place for it.

    Args:
        form: Short name of the format.
        variables: Names without `?`.
        rows: Cells in the order of the variables; read one by one.
        limits: Bounds.
        started: :func:`time.monotonic` at the start of the evaluation.

    Raises:
        QueryError: A text cannot stand in XML.
    """
    meter = _Meter(limits, started)
    row, between = _row_writer(form, variables)
    parts: list[bytes] = []
    for cells in rows:
        data = row(cells).encode()
        if not meter.takes(len(data)):
            break
        parts.append(data)
    before, after = _frame(form, variables, meter.cut)
    return Written(b"".join((before.encode(), between.join(parts), after.encode())), meter.rows, meter.cut)


def _row_writer(form: str, variables: Sequence[str]) -> tuple[Callable[[Cells], str], bytes]:
    if form == "json":
        return _json_rows(variables), b","
    if form == "xml":
        return _xml_rows(variables), b""
    return (_csv_rows() if form == "csv" else _tsv_row), b""


def _frame(form: str, variables: Sequence[str], cut: str) -> tuple[str, str]:
    if form == "json":
        names = ",".join(map(encode_basestring, variables))
        mark = ',"truncated":true' if cut else ""
        return f'{{"head":{{"vars":[{names}]{mark}}},"results":{{"bindings":[', "]}}\n"
    if form == "xml":
        head = "".join(f"<variable name={quoteattr(name)}/>" for name in variables)
        start = '<?xml version="1.0"?>\n<sparql xmlns="http://www.w3.org/2005/sparql-results#">\n'
        return f"{start}<head>{head}</head>\n<results>\n", "</results>\n</sparql>\n"
    if form == "csv":
        return ",".join(variables) + "\r\n", ""
    return "\t".join(f"?{name}" for name in variables) + "\n", ""


_RDF = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "rdf": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
    "trig": ox.RdfFormat.TRIG,
    "nq": ox.RdfFormat.N_QUADS,
    "n3": ox.RdfFormat.N3,
}


def write_triples(form: str, triples: Iterable[ox.Triple], limits: Limits, started: float) -> Written:
    """Write triples in one of the RDF formats, as many as the limits allow, with those of the known prefixes that occur.

    A cut document says so in a comment where the format knows comments.

    Raises:
        ValueError: The triples do not fit the format (RDF/XML: a predicate without a local name, control characters).
    """
    meter = _Meter(limits, started)
    sink = io.BytesIO()

    def bounded() -> Iterator[ox.Triple]:
        for triple in triples:
            # The serialiser keeps a little in hand: what has reached the sink is what can be counted.
            meter.size = sink.tell()
            if not meter.takes(0 if meter.size < limits.size else 1):
                return
            yield triple

    prefixes = PREFIXES if form in ("ttl", "trig", "n3", "rdf") else None
    ox.serialize(bounded(), sink, format=_RDF[form], prefixes=prefixes)
    body = sink.getvalue()
    if form == "rdf":
        if any(body.find(character) >= 0 for character in _NOT_IN_XML):
            raise ValueError("a control character, which XML cannot hold")
        body = _used_namespaces(body)
    elif prefixes:
        body = _used_prefixes(body)
    if meter.cut and form != "jsonld":
        note = f"truncated after {meter.rows} triples: limit of {meter.cut}"
        body += (f"\n<!-- {note} -->\n" if form == "rdf" else f"# {note}\n").encode()
    return Written(body, meter.rows, meter.cut)


_NOT_IN_XML = [bytes([number]) for number in range(32) if number not in (9, 10, 13)] + ["\ufffe".encode(), "\uffff".encode()]


def _used_prefixes(body: bytes) -> bytes:
    """Sort the prefix lines at the start (the engine writes them in any order), and leave out those that nothing below refers to."""
    start = 0
    lines: list[tuple[bytes, bytes]] = []
    while body.startswith(b"@prefix ", start):
        end = body.index(b"\n", start) + 1
        line = body[start:end]
        lines.append((line.split(b" ", 2)[1], line))
        start = end
    rest = body[start:]
    return b"".join(line for prefix, line in sorted(lines) if prefix in rest) + rest


def _used_namespaces(body: bytes) -> bytes:
    """Do the same for the namespaces of an RDF/XML document."""
    start = body.index(b"<rdf:RDF") + len(b"<rdf:RDF")
    end = body.index(b">", start)
    names = sorted(body[start:end].split())
    rest = body[end:]
    kept = [name for name in names if name.startswith(b"xmlns:rdf=") or b"<" + name[6:].split(b"=", 1)[0] + b":" in rest]
    return body[:start] + b"".join(b" " + name for name in kept) + rest
