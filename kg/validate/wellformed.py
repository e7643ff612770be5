"""Syntax rules of shapes graphs: what is a shape, and what each parameter may be.

One row per parameter holds the rules of its table in the Recommendation; all nodes that are shapes are held against them, used or not.
Source: SHACL, sections 2, 4, 5, and appendix A (summary of syntax rules).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.namespaces import RDF, RDFS, SH, XSD
from kg.validate.setwise.paths import read_path
from kg.validate.setwise.reading import Reader, ill_formed
from kg.validate.setwise.regex import compile_pattern

if TYPE_CHECKING:
    from rdflib.term import Node


@dataclass(frozen=True)
class Rule:
    """What the values of a parameter are.

    Attributes:
        kind: `iri`, `literal`, `any`, `node` (IRI or blank node), `integer`, `boolean`, `string`, `list`, `shape`, `shapes` (a list of them).
        most: How many values a shape may have; 0 for any number.
        property_only: Whether node shapes may not have it.
        section: Where the Recommendation says so.
    """

    kind: str
    most: int = 0
    property_only: bool = False
    section: str = "section 4"


PARAMETERS: Mapping[str, Rule] = {
    "class": Rule("iri", section="section 4.1.1"),
    "datatype": Rule("iri", 1, section="section 4.1.2"),
    "nodeKind": Rule("iri", 1, section="section 4.1.3"),
    "minCount": Rule("integer", 1, True, "section 4.2.1"),
    "maxCount": Rule("integer", 1, True, "section 4.2.2"),
    "minExclusive": Rule("literal", 1, section="section 4.3.1"),
    "minInclusive": Rule("literal", 1, section="section 4.3.2"),
    "maxExclusive": Rule("literal", 1, section="section 4.3.3"),
    "maxInclusive": Rule("literal", 1, section="section 4.3.4"),
    "minLength": Rule("integer", 1, section="section 4.4.1"),
    "maxLength": Rule("integer", 1, section="section 4.4.2"),
    "pattern": Rule("string", 1, section="section 4.4.3"),
    "flags": Rule("string", 1, section="section 4.4.3"),
    "languageIn": Rule("list", 1, section="section 4.4.4"),
    "uniqueLang": Rule("boolean", 1, True, "section 4.4.5"),
    "equals": Rule("iri", section="section 4.5.1"),
    "disjoint": Rule("iri", section="section 4.5.2"),
    "lessThan": Rule("iri", 0, True, "section 4.5.3"),
    "lessThanOrEquals": Rule("iri", 0, True, "section 4.5.4"),
    "not": Rule("shape", section="section 4.6.1"),
    "and": Rule("shapes", section="section 4.6.2"),
    "or": Rule("shapes", section="section 4.6.3"),
    "xone": Rule("shapes", section="section 4.6.4"),
    "node": Rule("shape", section="section 4.7.1"),
    "property": Rule("shape", section="section 4.7.2"),
    "qualifiedValueShape": Rule("shape", 1, True, "section 4.7.3"),
    "qualifiedMinCount": Rule("integer", 1, section="section 4.7.3"),
    "qualifiedMaxCount": Rule("integer", 1, section="section 4.7.3"),
    "qualifiedValueShapesDisjoint": Rule("boolean", 1, section="section 4.7.3"),
    "closed": Rule("boolean", 1, section="section 4.8.1"),
    "ignoredProperties": Rule("list", 1, section="section 4.8.1"),
    "hasValue": Rule("any", section="section 4.8.2"),
    "in": Rule("list", 1, section="section 4.8.3"),
    "sparql": Rule("node", section="section 5.1"),
}
"""Parameters of SHACL Core, and `sh:sparql`."""

TARGETS: Mapping[str, Rule] = {
    "targetNode": Rule("term", section="section 2.1.3.1"),
    "targetClass": Rule("iri", section="section 2.1.3.2"),
    "targetSubjectsOf": Rule("iri", section="section 2.1.3.4"),
    "targetObjectsOf": Rule("iri", section="section 2.1.3.5"),
    "target": Rule("node", section="section 3 of the Advanced Features"),
}
OTHERS: Mapping[str, Rule] = {
    "severity": Rule("iri", 1, section="section 2.1.4"),
    "message": Rule("text", section="section 2.1.5"),
    "deactivated": Rule("flag", 1, section="section 2.1.6"),
}

NODE_KINDS = ("IRI", "BlankNode", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral")

_KINDS = {
    "iri": ("an IRI", "eine IRI"),
    "literal": ("a literal", "ein Literal"),
    "node": ("an IRI or a blank node", "eine IRI oder ein leerer Knoten"),
    "term": ("an IRI or a literal", "eine IRI oder ein Literal"),
    "integer": ("an xsd:integer", "ein xsd:integer"),
    "boolean": ("an xsd:boolean", "ein xsd:boolean"),
    "flag": ("true or false", "true oder false"),
    "string": ("an xsd:string", "ein xsd:string"),
    "text": ("a text, with or without a language", "ein Text, mit oder ohne Sprache"),
    "list": ("a list", "eine Liste"),
    "shapes": ("a list", "eine Liste"),
    "shape": ("a shape", "eine Form"),
}


def fits(reader: Reader, node: Node, kind: str) -> bool:
    """Return whether a node is of the kind that a rule names."""
    from rdflib import BNode, Literal, URIRef

    if kind in ("iri", "literal", "any"):
        return kind == "any" or isinstance(node, URIRef if kind == "iri" else Literal)
    if kind in ("node", "shape"):
        return isinstance(node, URIRef | BNode)
    if kind == "term":
        return isinstance(node, URIRef | Literal)
    if kind in ("list", "shapes"):
        return reader.is_list(node)
    return isinstance(node, Literal) and _literal_fits(node, kind)


def _literal_fits(node: Node, kind: str) -> bool:
    from kg.validate.setwise.lexical import well_formed
    from kg.validate.setwise.reading import to_term

    term = to_term(node)
    if kind == "text":
        return term.datatype in (XSD.string, RDF.langString)
    if kind == "flag":
        return term.datatype == XSD.boolean and term.value in ("true", "false")
    return term.datatype == XSD[kind] and well_formed(term.value, term.datatype)


def shape_nodes(reader: Reader, extra: Mapping[str, str]) -> list[Node]:
    """Return all nodes that are shapes (section 2.1).

    Args:
        reader: The shapes graph.
        extra: Parameters of SPARQL-based constraint components.
    """
    from rdflib import URIRef

    from kg.validate.setwise.reading import to_term

    found = reader.instances(SH.NodeShape) | reader.instances(SH.PropertyShape)
    for name in (*TARGETS, *PARAMETERS):
        found |= reader.subjects(name)
    for iri in extra:
        found |= set(reader.graph.subjects(URIRef(iri), None))
    for name, rule in PARAMETERS.items():
        if rule.kind in ("shape", "shapes"):
            for value in reader.graph.objects(None, URIRef(SH[name])):
                found |= {value} if rule.kind == "shape" else set(reader.items(value) if reader.is_list(value) else ())
    return sorted(found, key=to_term)


def check_shape(reader: Reader, node: Node) -> None:
    """Hold a shape against the syntax rules.

    Raises:
        ShapesError: It breaks one.
    """
    from rdflib import Literal

    if isinstance(node, Literal):
        raise ill_formed(node, "stands where a shape should", "steht, wo eine Form stehen soll", "section 2.1")
    for name, rule in (*PARAMETERS.items(), *TARGETS.items(), *OTHERS.items()):
        values = reader.values(node, name)
        if rule.most and len(values) > rule.most:
            raise ill_formed(node, f"has several values for sh:{name}", f"hat mehrere Werte für sh:{name}", rule.section)
        for value in values:
            if not fits(reader, value, rule.kind):
                en, de = _KINDS[rule.kind]
                raise ill_formed(
                    node, f"has a value of sh:{name} that is not {en}", f"hat für sh:{name} einen Wert, der nicht {de} ist", rule.section
                )
    _check_path(reader, node)
    _check_values(reader, node)


def _check_path(reader: Reader, node: Node) -> None:
    """Check what makes a shape a node shape or a property shape (sections 2.2 and 2.3)."""
    from rdflib import BNode, URIRef

    paths = reader.values(node, "path")
    if len(paths) > 1:
        raise ill_formed(node, "has several paths", "hat mehrere Pfade", "section 2.3")
    types = {str(kind) for kind in reader.objects(node, RDF.type)}
    if paths:
        read_path(reader, paths[0])
        if SH.NodeShape in types:
            raise ill_formed(node, "is a sh:NodeShape with a path", "ist eine sh:NodeShape mit Pfad", "section 2.2")
        if any(reader.graph.subjects(URIRef(SH.node), node)):
            raise ill_formed(node, "is a value of sh:node, but no node shape", "ist ein Wert von sh:node, aber keine Knotenform", "section 4.7.1")
        return
    if SH.PropertyShape in types or any(reader.graph.subjects(URIRef(SH.property), node)):
        raise ill_formed(node, "is a property shape without a path", "ist eine Eigenschaftsform ohne Pfad", "section 2.3")
    for name, rule in PARAMETERS.items():
        if rule.property_only and reader.values(node, name):
            raise ill_formed(node, f"is a node shape with sh:{name}", f"ist eine Knotenform mit sh:{name}", rule.section)
    if isinstance(node, BNode) and node in reader.instances(SH.NodeShape) and node in reader.instances(RDFS.Class):
        raise ill_formed(node, "is a class without an IRI", "ist eine Klasse ohne IRI", "section 2.1.3.3")


def _check_values(reader: Reader, node: Node) -> None:
    """Check what goes beyond the kind of a value."""
    from rdflib import URIRef

    from kg.validate.setwise.reading import to_term

    for kind in reader.values(node, "nodeKind"):
        if str(kind) not in {SH[name] for name in NODE_KINDS}:
            raise ill_formed(node, "has an unknown sh:nodeKind", "hat eine unbekannte sh:nodeKind", "section 4.1.3")
    for listed in reader.values(node, "languageIn"):
        if not all(to_term(item).datatype == XSD.string for item in reader.items(listed)):
            raise ill_formed(node, "lists what is no language in sh:languageIn", "nennt in sh:languageIn, was keine Sprache ist", "section 4.4.4")
    for listed in reader.values(node, "ignoredProperties"):
        if not all(isinstance(item, URIRef) for item in reader.items(listed)):
            raise ill_formed(node, "ignores what is no property", "übergeht, was keine Eigenschaft ist", "section 4.8.1")
    for pattern in reader.values(node, "pattern"):
        flags = "".join(str(value) for value in reader.values(node, "flags"))
        try:
            compile_pattern(str(pattern), flags)
        except ValueError as error:
            raise ill_formed(node, f"has a wrong sh:pattern: {error}", f"hat ein falsches sh:pattern: {error}", "section 4.4.3") from error
