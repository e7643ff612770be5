"""Ontology, alignments and shapes in four syntaxes, and the shapes in one file.

Blank nodes get labels in the order in which the file names them: a parser's own labels differ from run to run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from kg.namespaces import PREFIXES
from kg.publish.heads import ordered
from kg.resources import folder as resource

if TYPE_CHECKING:
    import pyoxigraph as ox

_PREFIX = re.compile(r"@prefix\s+([A-Za-z][\w-]*):\s*<([^>]*)>")


def write_shapes(path: Path) -> None:
    """Write all shapes as one Turtle document: the files one after another, each under its name, the general one first."""
    files = sorted(resource("ontology", "shapes").glob("*.ttl"), key=lambda file: (file.stem != "shapes", file.name))
    path.write_text("\n".join(f"# --- {file.name}\n{file.read_text(encoding='utf-8').rstrip()}\n" for file in files), encoding="utf-8", newline="\n")


def write_syntaxes(turtle: Path) -> None:
    """Write a Turtle file beside itself as RDF/XML, JSON-LD and N-Triples."""
    import pyoxigraph as ox

    text = turtle.read_text(encoding="utf-8")
    names = PREFIXES | dict(_PREFIX.findall(text))
    triples = list(_steady(text))
    for ending, form in (("rdf", ox.RdfFormat.RDF_XML), ("jsonld", ox.RdfFormat.JSON_LD), ("nt", ox.RdfFormat.N_TRIPLES)):
        used = {} if form == ox.RdfFormat.N_TRIPLES else names
        turtle.with_suffix(f".{ending}").write_bytes(ordered(ox.serialize(triples, format=form, prefixes=used) or b""))


def _steady(text: str) -> Iterator[ox.Triple]:
    """Yield the triples of a Turtle document in its order, blank nodes numbered as they come."""
    import pyoxigraph as ox

    labels: dict[str, ox.BlankNode] = {}

    def steady(node: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple:
        return labels.setdefault(node.value, ox.BlankNode(f"b{len(labels)}")) if isinstance(node, ox.BlankNode) else node

    for quad in ox.parse(text, format=ox.RdfFormat.TURTLE):
        yield ox.Triple(steady(quad.subject), quad.predicate, steady(quad.object))  # type: ignore[arg-type]
