"""What a server made of terms while loading them, made undone where it can be.

Virtuoso (seen in 7.2.5) turns `geo:wktLiteral` into a geometry of its own datatype. It keeps the numbers of most points with 32 bits and writes 14 digits of
them: `POINT(7.46 51.51)` comes back as `POINT(7.460000038147 51.509998321533)`. The shortest decimal that is the same 32-bit number is what was loaded, up to
seven digits; what was more precise is lost on the server, by less than one metre. `7.0` comes back as `7`, and `POINT (` as `POINT(`.
"""

from __future__ import annotations

import re
import struct
from decimal import Decimal

from kg.quads import Term

GEOMETRY = "http://www.openlinksw.com/schemas/virtrdf#Geometry"
WKT = "http://www.opengis.net/ont/geosparql#wktLiteral"
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")


def restored(term: Term) -> Term:
    """Return the term that was loaded, as far as that can be told; any other term as it is.

    >>> restored(Term("POINT(7.460000038147 51.509998321533)", "literal", GEOMETRY)).value
    'POINT(7.46 51.51)'
    >>> restored(Term("POINT(44.462376 40.178172)", "literal", GEOMETRY)).value
    'POINT(44.462376 40.178172)'
    """
    if term.datatype != GEOMETRY:
        return term
    return term._replace(value=_NUMBER.sub(lambda match: _shortest(match.group()), term.value), datatype=WKT)


def _shortest(text: str) -> str:
    """Return the shortest decimal that is the same 32-bit number, where a text is how a 32-bit number is written with 14 digits.

    >>> _shortest("-9.9999997473788e-05"), _shortest("44.462376"), _shortest("5")
    ('-0.0001', '44.462376', '5')
    """
    try:
        kept = struct.unpack("f", wanted := struct.pack("f", float(text)))[0]
    except OverflowError:
        return text
    if f"{kept:.14g}" != text:
        return text
    shortest = next(short for digits in range(1, 10) if struct.pack("f", float(short := f"{kept:.{digits}g}")) == wanted)
    return format(Decimal(shortest), "f")
