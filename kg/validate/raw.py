"""A result as an engine gives it, before names, texts and places are put to it.

Terms are text in the form of :mod:`kg.validate.report`: an IRI as it is, a blank node as `_:b1`, a literal as N-Triples writes it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.namespaces import XSD
from kg.quads import Term, term_text

if TYPE_CHECKING:
    from rdflib.term import Node


@dataclass(frozen=True, slots=True)
class Raw:
    """One result (SHACL, section 3.6.2).

    Attributes:
        severity: Last step of the severity's IRI, `Violation` where the shape gives none.
        shape: The shape that caused it.
        component: IRI of the constraint component.
        focus: The focus node.
        path: Property path as text (:func:`kg.validate.report.path_text`), empty where there is none.
        value: The value in question, empty where there is none.
        texts: Messages without their language.
        constraint: The SPARQL-based constraint, where that is what failed.
        messages: Messages with their language.
        severity_iri: The severity in full.
        shape_node: The shape as it stands in the shapes graph; a blank node keeps its identity.
        path_node: The property path as it stands in the shapes graph.
    """

    severity: str
    shape: str
    component: str
    focus: str
    path: str
    value: str
    texts: tuple[str, ...]
    constraint: Node | None
    messages: tuple[Term, ...] = ()
    severity_iri: str = ""
    shape_node: Node | None = None
    path_node: Node | None = None


def raw_text(term: Term) -> str:
    """Write a term as results do.

    >>> raw_text(Term("https://example.org/a")), raw_text(Term("a", "literal", XSD.string))
    ('https://example.org/a', '"a"')
    """
    return term_text(term) if term.kind == "literal" else term.value


_LITERAL = re.compile(r'"(?P<text>(?:[^"\\]|\\.)*)"(?:@(?P<language>[\w-]+)|\^\^<(?P<datatype>[^>]*)>)?\Z', re.DOTALL)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)", re.DOTALL)
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


def _unescaped(match: re.Match[str]) -> str:
    code = match.group(1)
    return chr(int(code[1:], 16)) if code[0] in "uU" and len(code) > 1 else _PLAIN.get(code, code)


def raw_term(text: str) -> Term:
    """Read a term that :func:`raw_text` wrote.

    >>> raw_term('"a"@en').language, raw_term("_:b").kind, raw_term("https://example.org/a").kind
    ('en', 'bnode', 'iri')
    """
    match = _LITERAL.match(text) if text.startswith('"') else None
    if match is None:
        return Term(text, "bnode" if text.startswith("_:") else "iri")
    value = _ESCAPE.sub(_unescaped, match["text"])
    if match["language"]:
        return Term(value, "literal", "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString", match["language"])
    return Term(value, "literal", match["datatype"] or XSD.string)
