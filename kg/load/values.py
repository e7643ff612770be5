"""Terms by value: servers write numbers in another form, language tags in lower case, booleans as 1 (XML Schema 1.1, part 2; RDF 1.1 Concepts, section 3.3)."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, TypeAlias

from kg.namespaces import XSD

if TYPE_CHECKING:
    import pyoxigraph as ox

    Node: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal

Key: TypeAlias = tuple[str, ...]
_INTEGERS = frozenset(
    XSD[name]
    for name in (
        *("integer", "long", "int", "short", "byte", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger"),
        *("unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
    )
)
_DECIMAL, _DOUBLE, _FLOAT, _BOOLEAN = XSD.decimal, XSD.double, XSD.float, XSD.boolean
_GEOMETRY = ("http://www.opengis.net/ont/geosparql#wktLiteral", "http://www.openlinksw.com/schemas/virtrdf#Geometry")
_COORDINATE = re.compile(r"[-+]?\d{1,30}(?:\.\d{1,60})?")
MAX_DIGITS = 4000
"""Longer numbers are compared as text."""


def key(term: Node) -> Key:
    """Return what is equal for two terms of one kind, datatype, language and value."""
    import pyoxigraph as ox

    if isinstance(term, ox.NamedNode):
        return ("iri", term.value)
    if isinstance(term, ox.BlankNode):
        return ("bnode",)
    if term.language:
        return ("text", term.value, term.language.lower())
    datatype = term.datatype.value
    return ("literal", _canonical(term.value, datatype), datatype)


def loose(term: Node) -> Key:
    """Return what is equal for two terms of one value, whatever the datatype: `1`, `1.0`, `1e0` and `true` are one.

    Coordinates of a geometry are rounded to single precision, as Virtuoso keeps them (about half a metre at worst).
    """
    import pyoxigraph as ox

    if not isinstance(term, ox.Literal):
        return key(term)
    if term.datatype.value in _GEOMETRY:
        return ("wkt", _COORDINATE.sub(_single, term.value.upper()))
    number = _number({"true": "1", "false": "0"}.get(term.value, term.value))
    return ("value", number if number is not None else term.value)


def _canonical(text: str, datatype: str) -> str:
    if datatype == _BOOLEAN:
        return {"1": "true", "0": "false"}.get(text.strip(), text)
    if datatype in (_DOUBLE, _FLOAT):
        try:
            return repr(float(text)) if len(text) <= MAX_DIGITS else text
        except ValueError:
            return text
    if datatype == _DECIMAL or datatype in _INTEGERS:
        return _number(text) or text
    return text


def _single(number: re.Match[str]) -> str:
    try:
        return struct.pack("<f", float(number.group())).hex()
    except OverflowError:
        return number.group()


def _number(text: str) -> str | None:
    """Return a number in plain digits, or `None` where the text is none."""
    if len(text) > MAX_DIGITS:
        return None
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number.adjusted()) > MAX_DIGITS:
        return None
    plain = format(number, "f")
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return "0" if plain in ("-0", "") else plain


def unmatched(ours: Iterable[Node], theirs: Iterable[Node]) -> tuple[list[Node], list[tuple[Node, Node]]]:
    """Return those of our terms that a server does not have, and those that it has with another datatype, each with its own.

    Each of its terms stands for one of ours: where it has merged two, one of them is missing.
    """
    left = list(theirs)
    by_key: dict[Key, list[int]] = {}
    for number, term in enumerate(left):
        by_key.setdefault(key(term), []).append(number)
    used: set[int] = set()
    rest = []
    for term in ours:
        places = by_key.get(key(term))
        if places:
            used.add(places.pop())
        else:
            rest.append(term)
    by_value: dict[Key, list[int]] = {}
    for number, term in enumerate(left):
        if number not in used:
            by_value.setdefault(loose(term), []).append(number)
    missing, changed = [], []
    for term in rest:
        places = by_value.get(loose(term))
        if places:
            changed.append((term, left[places.pop()]))
        else:
            missing.append(term)
    return missing, changed
