"""SPARQL-based targets.

A target of a type (`sh:SPARQLTargetType`) is the query of the type, the target's parameters in it.
Source: SHACL Advanced Features, section 3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.namespaces import RDF, SH
from kg.quads import Term, term_text
from kg.validate.setwise.components import read_parameters
from kg.validate.setwise.model import Query
from kg.validate.setwise.prefixes import read_query
from kg.validate.setwise.reading import Reader, ill_formed, refused, to_term
from kg.validate.setwise.syntax import outline

if TYPE_CHECKING:
    from rdflib.term import Node


def read_target(reader: Reader, node: Node) -> Query:
    """Read a value of `sh:target`.

    Raises:
        ShapesError: It is no SPARQL-based target, or ill-formed.
    """
    if reader.values(node, "select"):
        return read_query(reader, node, bound=False)
    types = [kind for kind in reader.objects(node, RDF.type) if kind in reader.instances(SH.SPARQLTargetType)]
    if len(types) != 1:
        raise refused(node, "is no SPARQL-based target", "ist kein SPARQL-Ziel")
    parameters, optional = read_parameters(reader, types[0])
    terms: dict[str, Term] = {}
    for iri, name in parameters.items():
        values = reader.objects(node, iri)
        if len(values) > 1 or (not values and iri not in optional):
            raise ill_formed(node, f"needs one value for {name}", f"braucht einen Wert für {name}", "section 3.2 of the Advanced Features")
        if values:
            terms[name] = to_term(values[0])
    query = read_query(reader, types[0], parameters=parameters.values())
    if any(term.kind == "bnode" for term in terms.values()):
        raise refused(node, "has a blank node as a parameter", "hat einen leeren Knoten als Parameter")
    return Query(bind_constants(query.text, terms), False, node)


def bind_constants(text: str, terms: dict[str, Term]) -> str:
    """Bind variables of a query to one term each, in every group of patterns."""
    if not terms:
        return text
    block = f" VALUES ({' '.join(f'?{name}' for name in terms)}) {{ ({' '.join(term_text(term) for term in terms.values())}) }} "
    for place in sorted(outline(text).groups, reverse=True):
        text = text[:place] + block + text[place:]
    return text
