"""Ill-formed shapes graphs are refused by a named error: one shapes graph for each syntax rule, by the rule's name.

Source: SHACL, section 3.4.2 (a processor should report a failure) and Appendix B (summary of the syntax rules); `path-` and `list-` rules: 2.3.1, 1.2.
"""

from __future__ import annotations

import pytest

from kg.errors import ShapesError
from tests.validate.setwise.base import read_graph, validate

DATA = 'ex:a a ex:C ; ex:p 1, "x"@en, ex:b ; ex:q 2 .'

S = "ex:S sh:targetNode ex:a ; "
P = "ex:S sh:targetNode ex:a ; sh:path ex:p ; "
ASK = '[ a sh:SPARQLAskValidator ; sh:ask "ASK { FILTER ($value > $x) }" ]'
SELECT = '"SELECT $this WHERE { $this <http://example.org/p> ?value }"'

RULES: dict[str, str] = {
    # 2.1 shapes and targets
    "targetNode-nodeKind": "ex:S sh:targetNode [] ; sh:nodeKind sh:IRI .",
    "targetClass-nodeKind literal": 'ex:S sh:targetClass "C" ; sh:nodeKind sh:IRI .',
    "targetClass-nodeKind blank": "ex:S sh:targetClass [] ; sh:nodeKind sh:IRI .",
    "targetSubjectsOf-nodeKind": 'ex:S sh:targetSubjectsOf "p" ; sh:nodeKind sh:IRI .',
    "targetObjectsOf-nodeKind": "ex:S sh:targetObjectsOf [] ; sh:nodeKind sh:IRI .",
    "implicit-targetClass-nodeKind": "[] a sh:NodeShape, rdfs:Class ; sh:nodeKind sh:IRI .",
    "severity-maxCount": S + "sh:nodeKind sh:Literal ; sh:severity sh:Info, sh:Warning .",
    "severity-nodeKind": S + 'sh:nodeKind sh:Literal ; sh:severity "Info" .',
    "message-datatype integer": S + "sh:nodeKind sh:Literal ; sh:message 5 .",
    "message-datatype iri": S + "sh:nodeKind sh:Literal ; sh:message ex:text .",
    "deactivated-maxCount": S + "sh:nodeKind sh:Literal ; sh:deactivated true, false .",
    "deactivated-datatype": S + 'sh:nodeKind sh:Literal ; sh:deactivated "true" .',
    # 2.2, 2.3 node shapes and property shapes
    "NodeShape-path-maxCount": P + "a sh:NodeShape ; sh:minCount 1 .",
    "PropertyShape-path-minCount": S + "a sh:PropertyShape ; sh:nodeKind sh:IRI .",
    "path-maxCount": P + "sh:path ex:q ; sh:minCount 1 .",
    "path-node literal": S + 'sh:path "p" ; sh:minCount 1 .',
    "path-node nothing": S + "sh:path [] ; sh:minCount 1 .",
    "path-node label only": S + 'sh:path [ rdfs:label "p" ] ; sh:minCount 1 .',
    "path-metarule two forms": S + "sh:path [ sh:inversePath ex:p ; sh:zeroOrMorePath ex:p ] ; sh:minCount 1 .",
    "path-inverse two values": S + "sh:path [ sh:inversePath ex:p, ex:q ] ; sh:minCount 1 .",
    "path-inverse literal": S + 'sh:path [ sh:inversePath "p" ] ; sh:minCount 1 .',
    "path-inverse more triples": S + 'sh:path [ sh:inversePath ex:p ; rdfs:label "p" ] ; sh:minCount 1 .',
    "path-sequence one member": S + "sh:path ( ex:p ) ; sh:minCount 1 .",
    "path-sequence literal member": S + 'sh:path ( ex:p "q" ) ; sh:minCount 1 .',
    "path-sequence ill-formed member": S + "sh:path ( ex:p [] ) ; sh:minCount 1 .",
    "path-sequence broken list": S + "sh:path [ rdf:first ex:p ] ; sh:minCount 1 .",
    "path-alternative one member": S + "sh:path [ sh:alternativePath ( ex:p ) ] ; sh:minCount 1 .",
    "path-alternative no list": S + "sh:path [ sh:alternativePath ex:p ] ; sh:minCount 1 .",
    "path-alternative empty": S + "sh:path [ sh:alternativePath () ] ; sh:minCount 1 .",
    "path-zero-or-more literal": S + "sh:path [ sh:zeroOrMorePath 5 ] ; sh:minCount 1 .",
    "path-one-or-more two values": S + "sh:path [ sh:oneOrMorePath ex:p, ex:q ] ; sh:minCount 1 .",
    "path-zero-or-one ill-formed": S + "sh:path [ sh:zeroOrOnePath [] ] ; sh:minCount 1 .",
    "path-non-recursive": S + "sh:path _:x ; sh:minCount 1 . _:x sh:inversePath _:x .",
    "path-non-recursive deep": S + "sh:path _:x ; sh:minCount 1 . _:x sh:zeroOrMorePath ( ex:p [ sh:inversePath _:x ] ) .",
    # 1.2 lists
    "list-cycle": S + "sh:in _:l . _:l rdf:first ex:a ; rdf:rest _:l .",
    "list-two-first": S + "sh:in _:l . _:l rdf:first ex:a, ex:b ; rdf:rest () .",
    "list-two-rest": S + "sh:in _:l . _:l rdf:first ex:a ; rdf:rest (), ( ex:b ) .",
    "list-no-first": S + "sh:in _:l . _:l rdf:rest () .",
    "list-no-rest": S + "sh:in _:l . _:l rdf:first ex:a .",
    "list-ends-in-literal": S + 'sh:in _:l . _:l rdf:first ex:a ; rdf:rest "end" .',
    # 2.1.1 several values of parameters of components with several parameters
    "multiple-parameters pattern": P + 'sh:pattern "a", "b" .',
    "multiple-parameters flags": P + 'sh:pattern "a" ; sh:flags "i", "s" .',
    "multiple-parameters closed": S + "sh:closed true, false .",
    "multiple-parameters ignoredProperties": S + "sh:closed true ; sh:ignoredProperties ( ex:p ), ( ex:q ) .",
    "multiple-parameters qualifiedMinCount": P + "sh:qualifiedValueShape [ sh:nodeKind sh:IRI ] ; sh:qualifiedMinCount 1, 2 .",
    "multiple-parameters qualifiedMaxCount": P + "sh:qualifiedValueShape [ sh:nodeKind sh:IRI ] ; sh:qualifiedMaxCount 1, 2 .",
    "multiple-parameters qualifiedValueShape": P + "sh:qualifiedValueShape [ sh:nodeKind sh:IRI ], [ sh:class ex:C ] ; sh:qualifiedMinCount 1 .",
    "multiple-parameters qualifiedValueShapesDisjoint": P
    + "sh:qualifiedValueShape [ sh:class ex:C ] ; sh:qualifiedMinCount 1 ; sh:qualifiedValueShapesDisjoint true, false .",
    # 4.1 value type
    "class-nodeKind literal": S + 'sh:class "C" .',
    "class-nodeKind blank": S + "sh:class [] .",
    "datatype-nodeKind": P + 'sh:datatype "integer" .',
    "datatype-maxCount": P + "sh:datatype xsd:integer, xsd:string .",
    "nodeKind-in": S + "sh:nodeKind sh:Iri .",
    "nodeKind-in literal": S + 'sh:nodeKind "IRI" .',
    "nodeKind-maxCount": S + "sh:nodeKind sh:IRI, sh:Literal .",
    # 4.2 cardinality
    "minCount-scope": S + "sh:minCount 1 .",
    "minCount-maxCount": P + "sh:minCount 1, 2 .",
    "minCount-datatype string": P + 'sh:minCount "1" .',
    "minCount-datatype int": P + 'sh:minCount "1"^^xsd:int .',
    "minCount-datatype decimal": P + "sh:minCount 1.0 .",
    "maxCount-scope": S + "sh:maxCount 1 .",
    "maxCount-maxCount": P + "sh:maxCount 1, 2 .",
    "maxCount-datatype": P + "sh:maxCount ex:one .",
    # 4.3 range
    "minExclusive-nodeKind": P + "sh:minExclusive ex:one .",
    "minExclusive-maxCount": P + "sh:minExclusive 1, 2 .",
    "minInclusive-nodeKind": P + "sh:minInclusive [] .",
    "minInclusive-maxCount": P + "sh:minInclusive 1, 2 .",
    "maxExclusive-nodeKind": P + "sh:maxExclusive ex:one .",
    "maxExclusive-maxCount": P + "sh:maxExclusive 1, 2 .",
    "maxInclusive-nodeKind": P + "sh:maxInclusive ex:one .",
    "maxInclusive-maxCount": P + "sh:maxInclusive 1, 2 .",
    # 4.4 strings
    "minLength-datatype": P + 'sh:minLength "3" .',
    "minLength-maxCount": P + "sh:minLength 1, 2 .",
    "maxLength-datatype": P + "sh:maxLength 3.0 .",
    "maxLength-maxCount": P + "sh:maxLength 1, 2 .",
    "pattern-datatype": P + 'sh:pattern "a"@en .',
    "pattern-datatype iri": P + "sh:pattern ex:a .",
    "pattern-regex": P + 'sh:pattern "a(" .',
    "pattern-regex range": P + 'sh:pattern "[z-a]" .',
    "flags-datatype": P + 'sh:pattern "a" ; sh:flags 5 .',
    "flags unknown": P + 'sh:pattern "a" ; sh:flags "k" .',
    "languageIn-node": P + 'sh:languageIn "en" .',
    "languageIn-members-datatype": P + 'sh:languageIn ( "en" "de"@de ) .',
    "languageIn-members-datatype iri": P + "sh:languageIn ( ex:en ) .",
    "languageIn-maxCount": P + 'sh:languageIn ( "en" ), ( "de" ) .',
    "uniqueLang-datatype": P + 'sh:uniqueLang "true" .',
    "uniqueLang-maxCount": P + "sh:uniqueLang true, false .",
    "uniqueLang-scope": S + "sh:uniqueLang true .",
    # 4.5 pairs
    "equals-nodeKind": P + 'sh:equals "q" .',
    "disjoint-nodeKind": P + "sh:disjoint [] .",
    "lessThan-nodeKind": P + 'sh:lessThan "q" .',
    "lessThan-scope": S + "sh:lessThan ex:q .",
    "lessThanOrEquals-nodeKind": P + "sh:lessThanOrEquals 5 .",
    "lessThanOrEquals-scope": S + "sh:lessThanOrEquals ex:q .",
    # 4.6 logic
    "not-node": S + 'sh:not "shape" .',
    "not-node ill-formed": S + "sh:not [ sh:nodeKind sh:Nothing ] .",
    "and-node": S + "sh:and [ sh:nodeKind sh:IRI ] .",
    "and-node literal": S + 'sh:and "shapes" .',
    "and-members-node": S + 'sh:and ( [] "shape" ) .',
    "or-node": S + "sh:or ex:T .",
    "or-members-node": S + "sh:or ( 5 ) .",
    "or-members-node ill-formed": S + "sh:or ( [ sh:minCount 1 ] ) .",
    "xone-node": S + "sh:xone [ rdf:first [ sh:nodeKind sh:IRI ] ] .",
    "xone-members-node": S + 'sh:xone ( "shape" ) .',
    # 4.7 shapes
    "node-node literal": S + 'sh:node "shape" .',
    "node-node property shape": S + "sh:node [ sh:path ex:p ; sh:minCount 1 ] .",
    "node-node ill-formed": S + "sh:node [ sh:nodeKind sh:IRI, sh:Literal ] .",
    "property-node literal": S + 'sh:property "shape" .',
    "property-node node shape": S + "sh:property [ sh:nodeKind sh:IRI ] .",
    "property-node ill-formed": S + 'sh:property [ sh:path ex:p ; sh:minCount "x" ] .',
    "qualifiedValueShape-node": P + 'sh:qualifiedValueShape "shape" ; sh:qualifiedMinCount 1 .',
    "qualifiedValueShape-scope": S + "sh:qualifiedValueShape [ sh:nodeKind sh:IRI ] ; sh:qualifiedMinCount 1 .",
    "qualifiedValueShapesDisjoint-datatype": P
    + 'sh:qualifiedValueShape [ sh:nodeKind sh:IRI ] ; sh:qualifiedMinCount 1 ; sh:qualifiedValueShapesDisjoint "true" .',
    "qualifiedMinCount-datatype": P + 'sh:qualifiedValueShape [ sh:nodeKind sh:IRI ] ; sh:qualifiedMinCount "1" .',
    "qualifiedMaxCount-datatype": P + "sh:qualifiedValueShape [ sh:nodeKind sh:IRI ] ; sh:qualifiedMaxCount 1.0 .",
    # 4.8 others
    "closed-datatype": S + 'sh:closed "true" .',
    "ignoredProperties-node": S + "sh:closed true ; sh:ignoredProperties ex:p .",
    "ignoredProperties-members-nodeKind": S + 'sh:closed true ; sh:ignoredProperties ( "p" ) .',
    "in-node": S + "sh:in ex:a .",
    "in-node literal": S + "sh:in 5 .",
    "in-maxCount": S + "sh:in ( ex:a ), ( ex:b ) .",
    # 5 SPARQL-based constraints
    "sparql-nodeKind": S + 'sh:sparql "SELECT $this WHERE { }" .',
    "SPARQLConstraint-select-count none": S + 'sh:sparql [ sh:message "x" ] .',
    "SPARQLConstraint-select-count two": S + f'sh:sparql [ sh:select {SELECT}, "SELECT $this WHERE {{ }}" ] .',
    "SPARQLConstraint-select-datatype": S + "sh:sparql [ sh:select ex:query ] .",
    "SPARQLConstraint-select-datatype language": S + f"sh:sparql [ sh:select {SELECT}@en ] .",
    "select-query-valid": S + 'sh:sparql [ sh:select "SELECT $this WHERE { $this ?p }" ] .',
    "select-query-valid ask": S + 'sh:sparql [ sh:select "ASK { $this ?p ?o }" ] .',
    "select-query-valid update": S + 'sh:sparql [ sh:select "DELETE WHERE { ?this ?p ?o }" ] .',
    "select-query-valid construct": S + 'sh:sparql [ sh:select "CONSTRUCT { ?this ?p ?o } WHERE { ?this ?p ?o }" ] .',
    "select-query-this": S + 'sh:sparql [ sh:select "SELECT ?o WHERE { $this <http://example.org/p> ?o }" ] .',
    "SPARQLConstraint-message-datatype": S + f"sh:sparql [ sh:message 5 ; sh:select {SELECT} ] .",
    "SPARQLConstraint-deactivated-maxCount": S + f"sh:sparql [ sh:deactivated true, false ; sh:select {SELECT} ] .",
    "SPARQLConstraint-deactivated-datatype": S + f'sh:sparql [ sh:deactivated "yes" ; sh:select {SELECT} ] .',
    "PATH-position object": P + 'sh:sparql [ sh:select "SELECT $this WHERE { $this ?p $PATH }" ] .',
    "PATH-position filter": P + 'sh:sparql [ sh:select "SELECT $this WHERE { $this ?p ?o . FILTER (?p = $PATH) }" ] .',
    "PATH-position select": P + 'sh:sparql [ sh:select "SELECT $this $PATH WHERE { $this $PATH ?o }" ] .',
    "prefixes-nodeKind": S + f'sh:sparql [ sh:prefixes "ex" ; sh:select {SELECT} ] .',
    "prefixes-duplicates": 'ex:o sh:declare [ sh:prefix "e" ; sh:namespace "http://a.example/"^^xsd:anyURI ], '
    '[ sh:prefix "e" ; sh:namespace "http://b.example/"^^xsd:anyURI ] . ' + S + f"sh:sparql [ sh:prefixes ex:o ; sh:select {SELECT} ] .",
    "declare-nodeKind": 'ex:o sh:declare "e" . ' + S + f"sh:sparql [ sh:prefixes ex:o ; sh:select {SELECT} ] .",
    "prefix-count none": 'ex:o sh:declare [ sh:namespace "http://a.example/"^^xsd:anyURI ] . '
    + S
    + f"sh:sparql [ sh:prefixes ex:o ; sh:select {SELECT} ] .",
    "prefix-count two": 'ex:o sh:declare [ sh:prefix "e", "f" ; sh:namespace "http://a.example/"^^xsd:anyURI ] . '
    + S
    + f"sh:sparql [ sh:prefixes ex:o ; sh:select {SELECT} ] .",
    "prefix-datatype": 'ex:o sh:declare [ sh:prefix ex:e ; sh:namespace "http://a.example/"^^xsd:anyURI ] . '
    + S
    + f"sh:sparql [ sh:prefixes ex:o ; sh:select {SELECT} ] .",
    "namespace-count none": 'ex:o sh:declare [ sh:prefix "e" ] . ' + S + f"sh:sparql [ sh:prefixes ex:o ; sh:select {SELECT} ] .",
    "namespace-datatype": 'ex:o sh:declare [ sh:prefix "e" ; sh:namespace <http://a.example/> ] . '
    + S
    + f"sh:sparql [ sh:prefixes ex:o ; sh:select {SELECT} ] .",
    # 6 SPARQL-based constraint components
    "Parameter-predicate-count none": f"ex:K a sh:ConstraintComponent ; sh:parameter [], [ sh:path ex:x ] ; sh:validator {ASK} . " + P + "ex:x 5 .",
    "Parameter-predicate-count two": f"ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:x, ex:y ] ; sh:validator {ASK} . " + P + "ex:x 5 .",
    "Parameter": f"ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ( ex:x ex:y ) ] ; sh:validator {ASK} . " + P + "ex:x 5 .",
    "parameter-name-VARNAME": f"ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:x ], [ sh:path ex:x-y ] ; sh:validator {ASK} . "
    + P
    + "ex:x 5 ; ex:x-y 1 .",
    "parameter-name-not-in this": f"ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:this ], [ sh:path ex:x ] ; sh:validator {ASK} . "
    + P
    + "ex:x 5 ; ex:this 1 .",
    "parameter-name-not-in value": f"ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:value ], [ sh:path ex:x ] ; sh:validator {ASK} . "
    + P
    + "ex:x 5 ; ex:value 1 .",
    "parameter-name-not-in PATH": f"ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:PATH ], [ sh:path ex:x ] ; sh:validator {ASK} . "
    + P
    + "ex:x 5 ; ex:PATH 1 .",
    "parameter-name-unique": "ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:x ], [ sh:path <http://other.example/x> ] ; "
    f"sh:validator {ASK} . " + P + "ex:x 5 ; <http://other.example/x> 1 .",
    "optional-datatype": f'ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:x ], [ sh:path ex:y ; sh:optional "yes" ] ; sh:validator {ASK} . '
    + P
    + "ex:x 5 .",
    "optional-maxCount": "ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:x ], [ sh:path ex:y ; sh:optional true, false ] ; "
    f"sh:validator {ASK} . " + P + "ex:x 5 .",
    "ConstraintComponent-parameter": f"ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:x ; sh:optional true ] ; sh:validator {ASK} . "
    + P
    + "ex:x 5 .",
    "Parameter-conformance": f"ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:x ; sh:datatype xsd:integer ] ; sh:validator {ASK} . "
    + P
    + 'ex:x "five" .',
    "multiple-parameters component": "ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:x ], [ sh:path ex:y ] ; "
    f"sh:validator {ASK} . " + P + "ex:x 5, 6 ; ex:y 1 .",
    "validator-class": "ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:x ] ; "
    f"sh:validator [ a sh:SPARQLSelectValidator ; sh:select {SELECT} ] . " + P + "ex:x 5 .",
    "nodeValidator-class": f"ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:x ] ; sh:nodeValidator {ASK} . " + S + "ex:x 5 .",
    "propertyValidator-class": f"ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:x ] ; sh:propertyValidator {ASK} . " + P + "ex:x 5 .",
    "ask-count none": "ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:x ] ; sh:validator [ a sh:SPARQLAskValidator ] . " + P + "ex:x 5 .",
    "ask-count two": "ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:x ] ; "
    'sh:validator [ a sh:SPARQLAskValidator ; sh:ask "ASK { }", "ASK { FILTER (false) }" ] . ' + P + "ex:x 5 .",
    "ask-datatype": "ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:x ] ; sh:validator [ a sh:SPARQLAskValidator ; sh:ask ex:query ] . "
    + P
    + "ex:x 5 .",
    "ask-sparql": 'ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:x ] ; sh:validator [ a sh:SPARQLAskValidator ; sh:ask "ASK { ?x }" ] . '
    + P
    + "ex:x 5 .",
    "ask-sparql select": "ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:x ] ; "
    f"sh:validator [ a sh:SPARQLAskValidator ; sh:ask {SELECT} ] . " + P + "ex:x 5 .",
    "SPARQLSelectValidator-select-count": "ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:x ] ; "
    "sh:nodeValidator [ a sh:SPARQLSelectValidator ] . " + S + "ex:x 5 .",
    "SPARQLSelectValidator-this": "ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:x ] ; "
    'sh:nodeValidator [ a sh:SPARQLSelectValidator ; sh:select "SELECT ?o WHERE { $this ?p ?o }" ] . ' + S + "ex:x 5 .",
}


@pytest.mark.parametrize("rule", RULES)
def test_ill_formed_shapes_are_refused(rule: str) -> None:
    """A named error with texts in both languages that says what is wrong."""
    with pytest.raises(ShapesError) as caught:
        validate(read_graph(DATA), read_graph(RULES[rule]), "setwise")
    error = caught.value
    assert error.what.en
    assert error.what.de
    assert error.what.en != error.what.de
    assert error.fix is not None


@pytest.mark.parametrize("rule", ["nodeKind-in", "pattern-regex", "list-cycle", "select-query-valid", "path-non-recursive"])
def test_ill_formed_shapes_are_refused_on_empty_data_too(rule: str) -> None:
    """Whether shapes are well-formed does not depend on the data."""
    with pytest.raises(ShapesError):
        validate(read_graph(""), read_graph(RULES[rule]), "setwise")


def test_the_error_names_the_shape() -> None:
    with pytest.raises(ShapesError, match=r"example\.org/S"):
        validate(read_graph(DATA), read_graph(RULES["nodeKind-in"]), "setwise")


def test_values_of_shapes_graph_are_iris() -> None:
    """Rule `shapesGraph-nodeKind` (3.3) is about the data graph."""
    with pytest.raises(ShapesError):
        validate(read_graph('ex:data sh:shapesGraph "shapes" .'), read_graph("ex:S sh:targetNode ex:a ; sh:nodeKind sh:IRI ."), "setwise")
