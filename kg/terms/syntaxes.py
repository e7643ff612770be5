"""The ontology files in four syntaxes: the Turtle file as it stands, the others made from it, the same bytes each time."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from kg.errors import KgError, Text
from kg.resources import root as resources

SYNTAXES = {"ttl": "text/turtle", "rdf": "application/rdf+xml", "jsonld": "application/ld+json", "nt": "application/n-triples"}
"""Media types by suffix."""
FILES = {"ontology": "inno.ttl", "alignments": "alignments.ttl"}


@lru_cache(maxsize=16)
def syntax(form: str, name: str = "ontology", root: Path | None = None) -> bytes:
    """Return an ontology file in a syntax.

    Args:
        form: Key of :data:`SYNTAXES`.
        name: `ontology`, or `alignments` for its links to other vocabularies.
        root: Folder that holds `ontology/`; the shipped one by default.

    Raises:
        KgError: There is no such syntax or file.
    """
    import pyoxigraph as ox

    if form not in SYNTAXES or name not in FILES:
        what = Text(f"There is no {name} as {form!r}.", f"Es gibt {name} nicht als {form!r}.")
        fix = Text(f"Choose one of {', '.join(SYNTAXES)}.", f"Möglich sind {', '.join(SYNTAXES)}.")
        raise KgError(what, fix=fix)
    data = ((root or resources()) / "ontology" / FILES[name]).read_bytes()
    if form == "ttl":
        return data
    parser = ox.parse(data, format=ox.RdfFormat.TURTLE)
    triples = [quad.triple for quad in parser]
    blank: dict[str, ox.BlankNode] = {}

    def steady(term: ox.NamedNode | ox.Literal | ox.BlankNode | ox.Triple) -> ox.NamedNode | ox.Literal | ox.BlankNode | ox.Triple:
        # The parser names blank nodes by chance; here they are numbered in the order of the file.
        return blank.setdefault(term.value, ox.BlankNode(f"b{len(blank) + 1}")) if isinstance(term, ox.BlankNode) else term

    made = [ox.Triple(steady(one.subject), one.predicate, steady(one.object)) for one in triples]  # type: ignore[arg-type]
    formats = {"rdf": ox.RdfFormat.RDF_XML, "jsonld": ox.RdfFormat.JSON_LD, "nt": ox.RdfFormat.N_TRIPLES}
    text = "".join(map(str, made))
    prefixes = {prefix: iri for prefix, iri in sorted(parser.prefixes.items()) if iri in text}
    return ox.serialize(made, format=formats[form], prefixes=prefixes if form != "nt" else None) or b""
