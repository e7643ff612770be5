"""Answers as text: the standard result formats for machines, a table with names for people.

Sources: SPARQL 1.1 Query Results JSON Format, XML Format (second edition), CSV and TSV Formats (W3C Recommendations, 2013); RDF 1.1 Turtle.
Nothing is ever cut: a machine format holds every row, the table says how many there are.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from kg.errors import QueryError, Text
from kg.namespaces import PREFIXES, XSD, curie, local_name
from kg.store import Result, Store, Table, Triples

if TYPE_CHECKING:
    import pyoxigraph as ox

    from kg.store import Node

FORMATS = ("table", "csv", "tsv", "json", "xml", "turtle")
_BATCH = 400
_LABELS = """PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX dcterms: <http://purl.org/dc/terms/> PREFIX foaf: <http://xmlns.com/foaf/0.1/>
SELECT ?thing ?label WHERE {{ VALUES ?thing {{ {things} }} ?thing skos:prefLabel|rdfs:label|dcterms:title|foaf:name ?label }}"""


def labels(store: Store, iris: Iterable[str], lang: str) -> dict[str, str]:
    """Return a name for each IRI: in the language asked for, else German or English, else untagged, else any, else the IRI's last step."""
    import pyoxigraph as ox

    wanted = sorted(set(iris))
    order = (lang, "en" if lang == "de" else "de", "")
    best: dict[str, tuple[int, str]] = {}
    for start in range(0, len(wanted), _BATCH):
        things = " ".join(str(ox.NamedNode(iri)) for iri in wanted[start : start + _BATCH])
        result = store.query(_LABELS.format(things=things))
        for thing, label in result.rows if isinstance(result, Table) else []:
            if thing is not None and isinstance(label, ox.Literal):
                tag = label.language or ""
                candidate = (order.index(tag) if tag in order else len(order), label.value)
                best[thing.value] = min(best.get(thing.value, candidate), candidate)
    return {iri: best[iri][1] if iri in best else local_name(iri) for iri in wanted}


def iris_of(table: Table) -> set[str]:
    """Return the IRIs in a table."""
    import pyoxigraph as ox

    return {term.value for row in table.rows for term in row if isinstance(term, ox.NamedNode)}


def with_labels(table: Table, names: Mapping[str, str]) -> Table:
    """Return the table with a column `<variable>_label` behind each column that holds IRIs."""
    import pyoxigraph as ox

    holds = [any(isinstance(row[number], ox.NamedNode) for row in table.rows) for number in range(len(table.variables))]
    variables: list[str] = []
    for name, has in zip(table.variables, holds, strict=True):
        variables += [name, f"{name}_label"] if has else [name]
    rows = []
    for row in table.rows:
        cells: list[Node | None] = []
        for term, has in zip(row, holds, strict=True):
            cells.append(term)
            if has:
                cells.append(ox.Literal(names[term.value]) if isinstance(term, ox.NamedNode) else None)
        rows.append(tuple(cells))
    return Table(tuple(variables), rows)


def write(
    result: Result, form: str, *, names: Mapping[str, str] | None = None, add_labels: bool = False, lang: str = "en", hidden: Iterable[str] = ()
) -> str:
    """Return a result as text.

    Args:
        result: Rows, triples, or yes and no.
        form: One of :data:`FORMATS`.
        names: Names by IRI, for the table and for `add_labels`.
        add_labels: Add label columns to the machine formats.
        lang: Language of the table's last line.
        hidden: Variables that the table for people leaves out.

    Raises:
        QueryError: There is no such format, or it does not fit the form of the result.
    """
    if form not in FORMATS:
        known = ", ".join(FORMATS)
        what = Text(f"There is no format {form!r}.", f"Das Format {form!r} gibt es nicht.")
        raise QueryError(what, where="--format", fix=Text(f"Use one of {known}.", f"Möglich sind {known}."))
    if isinstance(result, Triples):
        if form not in ("turtle", "table"):
            what = Text("The answer is a graph, not a table.", "Die Antwort ist ein Graph, keine Tabelle.")
            raise QueryError(what, where=f"--format {form}", fix=Text("Use turtle.", "Wählen Sie turtle."))
        return turtle(result)
    if form == "turtle":
        what = Text("The answer is a table, not a graph.", "Die Antwort ist eine Tabelle, kein Graph.")
        raise QueryError(what, where="--format turtle", fix=Text("Use table, csv, tsv, json or xml.", "Wählen Sie table, csv, tsv, json oder xml."))
    if isinstance(result, bool):
        return _boolean(result, form, lang)
    known_names = names or {}
    if form == "table":
        return text_table(result, known_names, lang, hidden)
    table = with_labels(result, known_names) if add_labels else result
    return _WRITERS[form](table)


def _boolean(value: bool, form: str, lang: str) -> str:
    text = "true" if value else "false"
    if form == "json":
        return json.dumps({"head": {}, "boolean": value}) + "\n"
    if form == "xml":
        return f'<?xml version="1.0"?>\n<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head/><boolean>{text}</boolean></sparql>\n'
    if form == "table":
        return {"de": {True: "ja", False: "nein"}, "en": {True: "yes", False: "no"}}[lang][value] + "\n"
    return text + "\n"


def json_term(term: Node) -> dict[str, str]:
    """Return a term as in SPARQL 1.1 Query Results JSON (section 3.2.2)."""
    import pyoxigraph as ox

    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": term.value}
    entry = {"type": "literal", "value": term.value}
    if term.language:
        entry["xml:lang"] = term.language
    elif term.datatype.value != XSD.string:
        entry["datatype"] = term.datatype.value
    return entry


def to_json(table: Table) -> str:
    """Return a table in the SPARQL results JSON format."""
    bindings = [{name: json_term(term) for name, term in zip(table.variables, row, strict=True) if term is not None} for row in table.rows]
    return json.dumps({"head": {"vars": list(table.variables)}, "results": {"bindings": bindings}}, ensure_ascii=False, indent=1) + "\n"


def to_xml(table: Table) -> str:
    """Return a table in the SPARQL results XML format."""
    import pyoxigraph as ox

    head = "".join(f"<variable name={quoteattr(name)}/>" for name in table.variables)
    parts = [f'<?xml version="1.0"?>\n<sparql xmlns="http://www.w3.org/2005/sparql-results#">\n<head>{head}</head>\n<results>\n']
    for row in table.rows:
        parts.append("<result>")
        for name, term in zip(table.variables, row, strict=True):
            if term is None:
                continue
            if isinstance(term, ox.NamedNode):
                inner = f"<uri>{_xml(term.value)}</uri>"
            elif isinstance(term, ox.BlankNode):
                inner = f"<bnode>{_xml(term.value)}</bnode>"
            else:
                mark = f" xml:lang={quoteattr(term.language)}" if term.language else ""
                if not term.language and term.datatype.value != XSD.string:
                    mark = f" datatype={quoteattr(term.datatype.value)}"
                inner = f"<literal{mark}>{_xml(term.value)}</literal>"
            parts.append(f"<binding name={quoteattr(name)}>{inner}</binding>")
        parts.append("</result>\n")
    return "".join(parts) + "</results>\n</sparql>\n"


def _xml(text: str) -> str:
    """Escape text for XML, line ends keep their form.

    Raises:
        QueryError: The text holds a character that XML 1.0 cannot hold.
    """
    if any((c < " " and c not in "\t\n\r") or c in "\ufffe\uffff" for c in text):
        what = Text(
            "The answer holds a control character, which XML cannot hold.", "Die Antwort enthält ein Steuerzeichen, das XML nicht fassen kann."
        )
        raise QueryError(what, where="--format xml", fix=Text("Use json, csv or tsv.", "Wählen Sie json, csv oder tsv."))
    # Some readers trim what stands between tags: blanks at the ends are written so that they count as text.
    return _ENDS.sub(lambda blanks: "".join(f"&#{ord(blank)};" for blank in blanks.group()), escape(text, {"\r": "&#13;"}))


_ENDS = re.compile(r"\A[ \t\n]+|[ \t\n]+\Z")


def to_csv(table: Table) -> str:
    """Return a table in the SPARQL results CSV format: values without quotes of their kind, lines end with CRLF."""
    import pyoxigraph as ox

    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(table.variables)
    for row in table.rows:
        writer.writerow(["" if term is None else f"_:{term.value}" if isinstance(term, ox.BlankNode) else term.value for term in row])
    return buffer.getvalue()


def to_tsv(table: Table) -> str:
    """Return a table in the SPARQL results TSV format: terms as in Turtle."""
    lines = ["\t".join(f"?{name}" for name in table.variables)]
    lines += ["\t".join("" if term is None else _tsv(term) for term in row) for row in table.rows]
    return "\n".join(lines) + "\n"


def _tsv(term: Node) -> str:
    return str(term).replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


_WRITERS: dict[str, Callable[[Table], str]] = {"json": to_json, "xml": to_xml, "csv": to_csv, "tsv": to_tsv}


def turtle(result: Triples) -> str:
    """Return triples as Turtle with the known prefixes that occur."""
    import pyoxigraph as ox

    triples = sorted(set(result.triples), key=str)
    text = " ".join(str(triple) for triple in triples)
    prefixes = {prefix: root for prefix, root in PREFIXES.items() if f"<{root}" in text}
    return (ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=prefixes) or b"").decode()


WIDE = 10
"""From this number of columns on, the table for people shows one block per row."""


def text_table(table: Table, names: Mapping[str, str], lang: str, hidden: Iterable[str] = ()) -> str:
    """Return a table for people: names with the short IRI beside, every row, the number of rows below.

    Args:
        table: Rows.
        names: Names by IRI.
        lang: Language of the last line.
        hidden: Variables that say the same in every row and stand in the sentence above (parameters); empty columns are left out, too.
    """
    left_out = set(hidden)
    empty = {name for number, name in enumerate(table.variables) if table.rows and all(row[number] is None for row in table.rows)}
    kept = [number for number, name in enumerate(table.variables) if name not in left_out | empty]
    columns = [table.variables[number] for number in kept]
    cells = [[cell(row[number], names) for number in kept] for row in table.rows]
    lines = _blocks(columns, cells) if len(columns) >= WIDE else _grid(columns, cells)
    count = len(table.rows)
    noun = {"de": "Zeile" if count == 1 else "Zeilen", "en": "row" if count == 1 else "rows"}[lang]
    return "\n".join([*lines, f"{count} {noun}"]) + "\n"


def _grid(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> list[str]:
    import shutil

    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text as RichText

    if not columns:
        return []
    shown = RichTable(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in columns:
        shown.add_column(name, overflow="fold")
    for row in cells:
        shown.add_row(*map(RichText, row))
    buffer = io.StringIO()
    width = max(shutil.get_terminal_size((140, 24)).columns, 80)
    Console(file=buffer, width=width, color_system=None, highlight=False).print(shown)
    return [line.rstrip() for line in buffer.getvalue().splitlines()]


def _blocks(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> list[str]:
    width = max(map(len, columns))
    lines: list[str] = []
    for number, row in enumerate(cells, start=1):
        lines.append(f"── {number} " + "─" * 40)
        lines += [f"{name:<{width}}  {' '.join(text.split())}" for name, text in zip(columns, row, strict=True) if text]
    return lines


def cell(term: Node | None, names: Mapping[str, str]) -> str:
    """Return a term for people: a name with the last step of its IRI, or the text; control characters are made visible."""
    import pyoxigraph as ox

    if term is None:
        return ""
    if isinstance(term, ox.BlankNode):
        return f"_:{term.value}"
    if isinstance(term, ox.Literal):
        return printable(term.value)
    name, short = names.get(term.value, ""), curie(term.value)
    if short == term.value and "/" in term.value.removeprefix("https://").removeprefix("http://"):
        short = local_name(term.value)
    if not name or name.casefold() == short.casefold():
        return printable(name or short)
    return printable(f"{name} ({short})")


def printable(text: str) -> str:
    """Replace what would steer a terminal."""
    return "".join(c if c == "\n" or c.isprintable() or c in "\t" else "\ufffd" for c in text)


def to_pandas(table: Table, names: Mapping[str, str] | None = None) -> Any:
    """Return a table as a pandas DataFrame: numbers as numbers, all else as text; with `names`, label columns are added."""
    import pandas as pd
    import pyoxigraph as ox

    whole = with_labels(table, names) if names is not None else table

    def value(term: Node | None) -> object:
        if term is None:
            return None
        if isinstance(term, ox.Literal):
            kind = term.datatype.value
            if kind == XSD.integer:
                return int(term.value)
            if kind in (XSD.decimal, XSD.double, XSD.float):
                return float(term.value)
            if kind == XSD.boolean:
                return term.value in ("true", "1")
        return term.value

    return pd.DataFrame([[value(term) for term in row] for row in whole.rows], columns=list(whole.variables))


def to_html(table: Table, names: Mapping[str, str], caption: str = "") -> str:
    """Return a table as HTML, every text escaped; only http(s) IRIs become links."""
    from html import escape as html

    import pyoxigraph as ox

    def shown(term: Node | None) -> str:
        text = html(cell(term, names))
        if isinstance(term, ox.NamedNode) and term.value.startswith(("http://", "https://")):
            return f'<a href="{html(term.value, quote=True)}">{text}</a>'
        return text

    head = "".join(f"<th>{html(name)}</th>" for name in table.variables)
    body = "".join(f"<tr>{''.join(f'<td>{shown(term)}</td>' for term in row)}</tr>" for row in table.rows)
    title = f"<caption>{html(caption)}</caption>" if caption else ""
    return f"<table>{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def literal_of(text: str, datatype: str = "") -> ox.Literal:
    """Return a literal term."""
    import pyoxigraph as ox

    return ox.Literal(text, datatype=ox.NamedNode(datatype)) if datatype else ox.Literal(text)


__all__: Sequence[str] = (
    "FORMATS",
    "cell",
    "iris_of",
    "json_term",
    "labels",
    "literal_of",
    "printable",
    "text_table",
    "to_csv",
    "to_html",
    "to_json",
    "to_pandas",
    "to_tsv",
    "to_xml",
    "turtle",
    "with_labels",
    "write",
)
