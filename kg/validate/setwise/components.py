"""SPARQL-based constraint components of a shapes graph: parameters and validators.

Source: SHACL, section 6.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.namespaces import RDF, SH
from kg.quads import Term
from kg.validate.setwise.model import Query
from kg.validate.setwise.prefixes import ALWAYS, read_query
from kg.validate.setwise.reading import Reader, ill_formed, to_term

if TYPE_CHECKING:
    from rdflib.term import Node

RESERVED = (*ALWAYS, "path", "PATH", "value")
"""Names no parameter may have (section 6.2.1)."""

_NAME = re.compile(r"[^\W\d][\w.\-]*\Z")
_VARIABLE = re.compile(r"\w+\Z")


@dataclass(frozen=True)
class Validator:
    """A query of a component with its messages."""

    query: Query
    messages: tuple[Term, ...]


@dataclass(frozen=True)
class Component:
    """A SPARQL-based constraint component.

    Attributes:
        iri: Its name.
        parameters: Parameter IRI → name of the variable.
        optional: IRIs of the optional ones.
        validators: `nodeValidator`, `propertyValidator`, `validator` → the query, as far as there is one.
        messages: `sh:message` of the component.
    """

    iri: str
    parameters: Mapping[str, str]
    optional: frozenset[str]
    validators: Mapping[str, Validator]
    messages: tuple[Term, ...] = field(default=())

    def validator(self, *, of_property: bool) -> Validator | None:
        """Return the validator for a kind of shapes (section 6.2.3)."""
        return self.validators.get("propertyValidator" if of_property else "nodeValidator") or self.validators.get("validator")


def read_components(reader: Reader) -> list[Component]:
    """Read all components that are not part of SHACL itself, in order.

    Raises:
        ShapesError: One is ill-formed.
    """
    from rdflib import URIRef

    nodes = sorted(reader.instances(SH.ConstraintComponent), key=to_term)
    return [_read(reader, node) for node in nodes if isinstance(node, URIRef) and not str(node).startswith(SH[""])]


def read_parameters(reader: Reader, node: Node) -> tuple[dict[str, str], set[str]]:
    """Read the parameters that a component or a type of targets declares.

    Returns:
        Parameter IRI → name of the variable, and the IRIs of the optional ones.

    Raises:
        ShapesError: A declaration is ill-formed.
    """
    from rdflib import URIRef

    parameters: dict[str, str] = {}
    optional = set()
    for declaration in reader.values(node, "parameter"):
        paths = reader.values(declaration, "path")
        if len(paths) != 1 or not isinstance(paths[0], URIRef):
            raise ill_formed(declaration, "is a parameter without one property", "ist ein Parameter ohne genau eine Eigenschaft", "section 6.2.1")
        match = _NAME.search(str(paths[0]))
        name = match.group() if match else ""
        if not _VARIABLE.match(name) or name in RESERVED or name in parameters.values():
            raise ill_formed(declaration, "is a parameter whose name cannot be used", "ist ein Parameter mit unbrauchbarem Namen", "section 6.2.1")
        parameters[str(paths[0])] = name
        flags = reader.values(declaration, "optional")
        if len(flags) > 1 or any(str(flag) not in ("true", "false", "1", "0") for flag in flags):
            raise ill_formed(declaration, "has a wrong sh:optional", "hat ein falsches sh:optional", "section 6.2.1")
        if any(str(flag) in ("true", "1") for flag in flags):
            optional.add(str(paths[0]))
    return parameters, optional


def _read(reader: Reader, node: Node) -> Component:
    parameters, optional = read_parameters(reader, node)
    if not set(parameters) - optional:
        raise ill_formed(node, "is a component without a mandatory parameter", "ist eine Komponente ohne Pflichtparameter", "section 6.2.1")
    validators: dict[str, Validator] = {}
    for kind, form in (("nodeValidator", "select"), ("propertyValidator", "select"), ("validator", "ask")):
        for value in reader.values(node, kind):
            # A validator in another language (JavaScript) is as if it were not there.
            others = {str(type_) for type_ in reader.objects(value, RDF.type)} - {SH.SPARQLSelectValidator, SH.SPARQLAskValidator}
            if reader.values(value, "select") or reader.values(value, "ask") or not others:
                if not reader.values(value, form):
                    raise ill_formed(value, f"is no sh:{kind}: it has no sh:{form}", f"ist kein sh:{kind}: ihm fehlt sh:{form}", "section 6.2.3")
                query = read_query(reader, value, parameters=parameters.values())
                validators.setdefault(kind, Validator(query, _messages(reader, value)))
    return Component(str(node), parameters, frozenset(optional), validators, _messages(reader, node))


def _messages(reader: Reader, node: Node) -> tuple[Term, ...]:
    return tuple(to_term(value) for value in reader.values(node, "message"))
