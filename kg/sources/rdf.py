"""RDF files as quads: Turtle, TriG, N-Triples, N-Quads, RDF/XML and JSON-LD, each quad with the line of its subject's block.

No parser in reach keeps a position per triple, so a small scanner finds where a subject's block begins (product guide, section g, fact 7).
RDF/XML and JSON-LD have no such blocks: their origin is the file. Nothing is fetched: a JSON-LD file must hold its context.
"""

from __future__ import annotations

import re
from pathlib import Path

from kg.errors import InputError, Text
from kg.quads import Quad, from_oxigraph

MAX_BYTES = 512 * 1024 * 1024
MAX_DEPTH = 500
"""Levels of nesting in JSON-LD and RDF/XML: their parsers take a stack frame or a copy per level, and deep files would end the process."""

_NESTING = {
    "JSON_LD": re.compile(rb'"(?:[^"\\]|\\.)*"|(?P<open>[\[{])|(?P<close>[\]}])', re.DOTALL),
    "RDF_XML": re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|(?P<close></|/>)|(?P<open><[^/!?])", re.DOTALL),
}
FORMATS = {
    ".ttl": "TURTLE",
    ".trig": "TRIG",
    ".nt": "N_TRIPLES",
    ".nq": "N_QUADS",
    ".rdf": "RDF_XML",
    ".xml": "RDF_XML",
    ".owl": "RDF_XML",
    ".jsonld": "JSON_LD",
}
_PREFIX = re.compile(r"^\s*(?:@prefix|PREFIX)\s+([\w.-]*):\s*<([^>]*)>", re.IGNORECASE)
_SUBJECT = re.compile(r"^(?:<([^>]*)>|([\w.-]*):([\w.%-]*)|(_:[\w.-]+))(?=\s|$)")


def read_rdf(path: Path, name: str | None = None, graph: str = "") -> list[Quad]:
    """Read an RDF file.

    Args:
        path: The file; its extension says the syntax.
        name: How the file is named in origins.
        graph: Graph IRI for triples that name none.

    Raises:
        InputError: Unknown extension, unreadable file, or a syntax error, with line and column.
    """
    import pyoxigraph as ox

    shown = name or str(path)
    kind = FORMATS.get(path.suffix.casefold())
    if kind is None:
        known = ", ".join(FORMATS)
        what = Text(f"The extension {path.suffix!r} is no RDF syntax.", f"Die Endung {path.suffix!r} ist keine RDF-Syntax.")
        raise InputError(what, where=shown, fix=Text(f"Known are {known} and .csv.", f"Bekannt sind {known} und .csv."))
    try:
        if path.stat().st_size > MAX_BYTES:
            limit = MAX_BYTES // 1024 // 1024
            what = Text(f"The file is larger than {limit} MB.", f"Die Datei ist größer als {limit} MB.")
            raise InputError(what, where=shown, fix=Text("Split it by named graph.", "Teilen Sie sie nach Graphen auf."))
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        what = Text(f"The file cannot be read: {reason}.", f"Die Datei ist nicht lesbar: {reason}.")
        raise InputError(what, where=shown, fix=Text("Check path and permissions.", "Prüfen Sie Pfad und Rechte.")) from error
    if not data.strip():
        fix = Text("Put at least one statement in it, or leave it out.", "Sie braucht mindestens eine Aussage; sonst lassen Sie sie weg.")
        raise InputError(Text("The file is empty.", "Die Datei ist leer."), where=shown, fix=fix)
    if kind in _NESTING and nesting(data, kind) > MAX_DEPTH:
        what = Text(f"The file is nested deeper than {MAX_DEPTH} levels.", f"Die Datei ist tiefer als {MAX_DEPTH} Ebenen verschachtelt.")
        raise InputError(what, where=shown, fix=Text("Write it flat: one object per subject.", "Schreiben Sie sie flach: ein Objekt je Subjekt."))
    try:
        parsed = list(ox.parse(data, format=getattr(ox.RdfFormat, kind), base_iri=path.resolve().as_uri()))
    except SyntaxError as error:
        line, column = error.lineno or 1, error.offset or 1
        lines = data.decode("utf-8", errors="replace").splitlines() or [""]
        excerpt = lines[min(line, len(lines)) - 1].strip()[:120]
        what = Text(f"Syntax error: {error.msg}. It stands at: {excerpt}", f"Syntaxfehler: {error.msg}. Er steht bei: {excerpt}")
        fix = Text("Correct the statement there.", "Berichtigen Sie die Aussage dort.")
        raise InputError(what, where=f"{shown}:{line}:{column}", fix=fix) from error
    except (ValueError, OSError) as error:
        what = Text(f"The file cannot be parsed: {error}.", f"Die Datei ist nicht zu lesen: {error}.")
        raise InputError(what, where=shown, fix=Text("Check syntax and encoding (UTF-8).", "Prüfen Sie Syntax und Kodierung (UTF-8).")) from error
    lines_of = subject_lines(data.decode("utf-8", errors="replace")) if kind in ("TURTLE", "TRIG", "N_TRIPLES", "N_QUADS") else {}
    quads = []
    for parsed_quad in parsed:
        quad = from_oxigraph(parsed_quad, "")
        origin = f"{shown}#{lines_of.get(quad.subject, 1)}"
        quads.append(quad._replace(origin=origin, graph=quad.graph or graph))
    return quads


def nesting(data: bytes, kind: str) -> int:
    """Return how deep the brackets or elements of a file are nested.

    >>> nesting(b'{"a": [1, "[["]}', "JSON_LD"), nesting(b"<a><b/><b>x</b></a>", "RDF_XML")
    (2, 2)
    """
    depth = deepest = 0
    for match in _NESTING[kind].finditer(data):
        if match.lastgroup == "open":
            depth += 1
            deepest = max(deepest, depth)
        elif match.lastgroup == "close":
            depth -= 1
    return deepest


def subject_lines(text: str) -> dict[str, int]:
    """Return the line on which each subject's first block begins."""
    prefixes: dict[str, str] = {}
    found: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        prefix = _PREFIX.match(line)
        if prefix:
            prefixes[prefix.group(1)] = prefix.group(2)
            continue
        subject = _SUBJECT.match(line.lstrip())
        if not subject:
            continue
        whole, short, local, blank = subject.groups()
        if blank or whole is not None:
            found.setdefault(blank or whole, number)
        elif short in prefixes:
            found.setdefault(prefixes[short] + local, number)
    return found
