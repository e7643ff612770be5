"""A small real example of each term, as Turtle: taken from `examples.ttl`, whose statements all stand in the shipped graph."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from kg.namespaces import BASE, RDF, XSD
from kg.terms.statements import Statements

if TYPE_CHECKING:
    import pyoxigraph as ox

FILE = Path(__file__).with_name("examples.ttl")
_PLAIN = {XSD.integer, XSD.decimal, XSD.boolean}


def snippets(iris: list[str]) -> dict[str, str]:
    """Return Turtle for each term that the examples use: a class by the first thing of it, a property by its first statement with the class of its subject.

    IRIs below the namespace root are written relative to it: the snippet needs `@base` and the usual prefixes.
    """
    said = _said()
    found = {}
    for iri in iris:
        subject = next((one for one in said.subjects() if iri in said.iris(one, RDF.type)), "")
        if subject:
            found[iri] = turtle(said, subject, list(said.said(subject)))
        elif subject := next((one for one in said.subjects() if said.objects(one, iri)), ""):
            found[iri] = turtle(said, subject, [RDF.type, iri])
    return found


def prologue() -> str:
    """Return the lines that a snippet needs before it, to be read by a machine."""
    return f"@base <{BASE}> .\n" + "".join(f"@prefix {prefix}: <{root}> .\n" for prefix, root in sorted(_said().prefixes.items()))


@lru_cache(maxsize=1)
def _said() -> Statements:
    return Statements([FILE])


def turtle(said: Statements, subject: str, predicates: list[str]) -> str:
    """Return what is said of a subject by some properties, as one block of Turtle."""
    lines = []
    for predicate in predicates:
        values = [_term(said, one) for one in said.objects(subject, predicate)]
        if values:
            lines.append(f"{'a' if predicate == RDF.type else said.short(predicate)} {' , '.join(values)}")
    return f"{_iri(said, subject)} " + " ;\n    ".join(lines) + " ."


def _iri(said: Statements, iri: str) -> str:
    short = said.short(iri)
    return short if short != iri else f"<{iri.removeprefix(BASE)}>"


def _term(said: Statements, term: ox.NamedNode | ox.Literal | ox.BlankNode | ox.Triple) -> str:
    import pyoxigraph as ox

    if isinstance(term, ox.NamedNode):
        return _iri(said, term.value)
    if isinstance(term, ox.Literal) and not term.language:
        kind = term.datatype.value
        if kind in _PLAIN and (kind != XSD.decimal or "." in term.value):
            return term.value
        return str(term).replace(f"<{kind}>", said.short(kind))
    return str(term)
