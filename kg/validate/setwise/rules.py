"""Constraints of shapes that are queries: `sh:sparql`, and those that parameters of SPARQL-based components declare.

Source: SHACL, sections 5.2 and 6.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import TYPE_CHECKING

from kg.namespaces import SH
from kg.validate.setwise.components import Component
from kg.validate.setwise.model import Shape, SparqlRule
from kg.validate.setwise.prefixes import read_query
from kg.validate.setwise.reading import Reader, ill_formed, to_term
from kg.validate.wellformed import OTHERS, fits

if TYPE_CHECKING:
    from rdflib.term import Node

SPARQL = SH.SPARQLConstraintComponent


def sparql_rules(reader: Reader, shape: Shape) -> Iterator[SparqlRule]:
    """Yield the SPARQL-based constraints of a shape that are not deactivated.

    Raises:
        ShapesError: One is ill-formed.
    """
    for node in reader.values(shape.node, "sparql"):
        rule = read_sparql(reader, node)
        if rule is not None:
            yield rule


def read_sparql(reader: Reader, node: Node) -> SparqlRule | None:
    """Read one SPARQL-based constraint; None where it is deactivated."""
    if reader.values(node, "ask"):
        raise ill_formed(node, "has sh:ask instead of sh:select", "hat sh:ask statt sh:select", "section 5.2")
    for name in ("message", "deactivated"):
        values = reader.values(node, name)
        if not all(fits(reader, value, OTHERS[name].kind) for value in values) or (name == "deactivated" and len(values) > 1):
            raise ill_formed(node, f"has a wrong sh:{name}", f"hat ein falsches sh:{name}", "section 5.2")
    query = read_query(reader, node)
    if any(str(value) == "true" for value in reader.values(node, "deactivated")):
        return None
    return SparqlRule(SPARQL, query, (), (), tuple(to_term(value) for value in reader.values(node, "message")), node)


def component_rules(reader: Reader, shape: Shape, components: list[Component]) -> Iterator[SparqlRule]:
    """Yield the constraints that a shape declares by having values for all mandatory parameters of a component.

    Raises:
        ShapesError: A component of several parameters has several values for one.
    """
    for component in components:
        validator = component.validator(of_property=shape.path is not None)
        values = {iri: reader.objects(shape.node, iri) for iri in component.parameters}
        if validator is None or not all(found for iri, found in values.items() if iri not in component.optional):
            continue
        if len(values) > 1 and any(len(found) > 1 for found in values.values()):
            raise ill_formed(
                shape.node,
                "has several values for a parameter of a component that has several",
                "hat mehrere Werte für einen von mehreren Parametern",
                "section 2.1.1",
            )
        present = [iri for iri, found in values.items() if found]
        for chosen in product(*(values[iri] for iri in present)):
            yield SparqlRule(
                component=component.iri,
                query=validator.query,
                parameters=tuple((component.parameters[iri], to_term(value)) for iri, value in zip(present, chosen, strict=True)),
                optional=tuple(name for iri, name in component.parameters.items() if not values[iri]),
                messages=validator.messages or component.messages,
                constraint=None,
            )
