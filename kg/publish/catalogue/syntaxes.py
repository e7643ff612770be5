"""A description in other syntaxes than our Turtle, written by pyoxigraph from the same statements."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from kg.errors import InputError, Text
from kg.namespaces import PREFIXES
from kg.publish.heads import ordered
from kg.quads import Quad, Term, to_oxigraph

if TYPE_CHECKING:
    import pyoxigraph as ox

SYNTAXES: Mapping[str, str] = {"jsonld": "JSON_LD", "nt": "N_TRIPLES", "rdf": "RDF_XML", "ttl": "TURTLE"}
_PREFIX = re.compile(r"^@prefix +([\w-]+): +<([^>]+)> \.$", re.MULTILINE)


def syntax(turtle: str, form: str) -> bytes:
    """Return a description in a syntax, with the prefixes of its Turtle.

    Args:
        turtle: As :func:`kg.publish.catalogue.catalogue`, `void` or `prov` return it.
        form: `ttl` (as it is), `jsonld`, `rdf` or `nt` (sorted).

    Raises:
        InputError: There is no such syntax.
    """
    import pyoxigraph as ox

    _known(form)
    if form == "ttl":
        return turtle.encode()
    triples = (quad.triple for quad in ox.parse(turtle.encode(), format=ox.RdfFormat.TURTLE))
    return _written(triples, form, dict(_PREFIX.findall(turtle)))


def written(triples: Iterable[tuple[str, str, Term]], form: str, prefixes: Mapping[str, str]) -> bytes:
    """Return statements in a syntax, those about one subject together.

    It needs a tenth of the time of :func:`syntax` in a process that has no columns loaded.

    Args:
        triples: Subject, predicate, object.
        form: As in :func:`syntax`.
        prefixes: Namespaces by prefix besides the known ones.

    Raises:
        InputError: There is no such syntax.
    """
    _known(form)
    subjects: dict[str, list[ox.Triple]] = {}
    for subject, predicate, term in triples:
        subjects.setdefault(subject, []).append(to_oxigraph(Quad(subject, predicate, *term, "", "")).triple)
    return _written((triple for found in subjects.values() for triple in found), form, {**PREFIXES, **prefixes})


def _written(triples: Iterable[ox.Triple], form: str, prefixes: Mapping[str, str]) -> bytes:
    import pyoxigraph as ox

    statements = sorted(triples, key=str) if form == "nt" else list(triples)
    text = "".join(str(one) for one in statements)
    used = {prefix: root for prefix, root in sorted(prefixes.items()) if root in text}
    return ordered(ox.serialize(statements, format=getattr(ox.RdfFormat, SYNTAXES[form]), prefixes=used) or b"")


def _known(form: str) -> None:
    if form not in SYNTAXES:
        there = ", ".join(sorted(SYNTAXES))
        what = Text(f"There is no syntax {form!r}.", f"Eine Syntax {form!r} gibt es nicht.")
        raise InputError(what, fix=Text(f"There are: {there}.", f"Es gibt: {there}."))
