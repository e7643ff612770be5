"""Which texts are literals of which datatype: lexical forms and ranges of all datatypes of XML Schema.

A text with white space around it is none, except where the datatype keeps it (RDF 1.1 Concepts, section 5.1: lexical forms are not trimmed).
Source: W3C XML Schema Definition Language 1.1 part 2, section 3; RDF 1.1 Concepts, sections 3.3 and 5.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from kg.namespaces import XSD

_ZONE = r"(?:Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?"
_YEAR = r"-?(?:[1-9][0-9]{3,}|0[0-9]{3})"
_MONTH = r"(?:0[1-9]|1[0-2])"
_DAY = r"(?:0[1-9]|[12][0-9]|3[01])"
_TIME = r"(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?|24:00:00(?:\.0+)?)"
_SECONDS = r"[0-9]+(?:\.[0-9]+)?S"
_CLOCK = rf"T(?:[0-9]+H(?:[0-9]+M)?(?:{_SECONDS})?|[0-9]+M(?:{_SECONDS})?|{_SECONDS})"
_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_START = ":A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
_LATER = f"{_START}\\-.0-9\u00b7\u0300-\u036f\u203f-\u2040"
_NCNAME = rf"[{_START.replace(':', '', 1)}][{_LATER.replace(':', '', 1)}]*"
_B04, _B16, _B64 = "[AQgw]", "[AEIMQUYcgkosw048]", "[A-Za-z0-9+/]"

_FORMS: Mapping[str, str] = {
    "boolean": r"true|false|1|0",
    "decimal": _NUMBER,
    "integer": r"[+-]?[0-9]+",
    "float": rf"(?:{_NUMBER})(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN",
    "dateTime": rf"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE}",
    "dateTimeStamp": rf"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE[:-1]}",
    "date": rf"{_YEAR}-{_MONTH}-{_DAY}{_ZONE}",
    "time": rf"{_TIME}{_ZONE}",
    "gYear": rf"{_YEAR}{_ZONE}",
    "gYearMonth": rf"{_YEAR}-{_MONTH}{_ZONE}",
    "gMonthDay": rf"--{_MONTH}-{_DAY}{_ZONE}",
    "gDay": rf"---{_DAY}{_ZONE}",
    "gMonth": rf"--{_MONTH}{_ZONE}",
    "duration": rf"-?P(?:(?:[0-9]+Y(?:[0-9]+M)?(?:[0-9]+D)?|[0-9]+M(?:[0-9]+D)?|[0-9]+D)(?:{_CLOCK})?|{_CLOCK})",
    "yearMonthDuration": r"-?P(?:[0-9]+Y(?:[0-9]+M)?|[0-9]+M)",
    "dayTimeDuration": rf"-?P(?:[0-9]+D(?:{_CLOCK})?|{_CLOCK})",
    "hexBinary": r"(?:[0-9a-fA-F]{2})*",
    "base64Binary": rf"(?:(?:{_B64} ?){{4}})*(?:(?:{_B64} ?){{3}}{_B64}|(?:{_B64} ?){{2}}{_B16} ?=|{_B64} ?{_B04} ?= ?=)?",
    # Every text an IRI reference could be after escaping; XML Schema itself rules out nothing.
    "anyURI": r"[\s\S]*",
    "string": r"[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]*",
    "normalizedString": r"[\u0020-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]*",
    "token": r"(?:[\u0021-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]+(?: [\u0021-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]+)*)?",
    "language": r"[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*",
    "Name": rf"[{_START}][{_LATER}]*",
    "NCName": _NCNAME,
    "NMTOKEN": rf"[{_LATER}]+",
    "QName": rf"(?:{_NCNAME}:)?{_NCNAME}",
}
_SAME = {"double": "float", "ID": "NCName", "IDREF": "NCName", "ENTITY": "NCName", "NOTATION": "QName"}

_RANGES: Mapping[str, tuple[int | None, int | None]] = {
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    **{name: (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for name, bits in (("byte", 8), ("short", 16), ("int", 32), ("long", 64))},
    **{f"unsigned{name}": (0, 2**bits - 1) for name, bits in (("Byte", 8), ("Short", 16), ("Int", 32), ("Long", 64))},
}
"""Datatypes derived from xsd:integer, with their bounds."""

INTEGERS = frozenset(XSD[name] for name in ("integer", *_RANGES))
NUMERIC = INTEGERS | {XSD.decimal, XSD.float, XSD.double}

_COMPILED = {XSD[name]: re.compile(form) for name, form in _FORMS.items()}
_COMPILED |= {XSD[name]: _COMPILED[XSD[same]] for name, same in _SAME.items()}
_COMPILED |= {XSD[name]: _COMPILED[XSD.integer] for name in _RANGES}
CHECKED = (frozenset(_COMPILED) | {XSD.NMTOKENS, XSD.IDREFS, XSD.ENTITIES}) - {XSD.string, XSD.anyURI}
"""Datatypes with texts that are not in them; what XML cannot hold in an xsd:string does not get into RDF."""

_DATED = frozenset(XSD[name] for name in ("dateTime", "dateTimeStamp", "date", "gMonthDay"))
_LISTS = {XSD.NMTOKENS: XSD.NMTOKEN, XSD.IDREFS: XSD.IDREF, XSD.ENTITIES: XSD.ENTITY}


def well_formed(text: str, datatype: str) -> bool:
    """Return whether a text is in the lexical space of a datatype; a datatype that is not known has no rule.

    >>> [well_formed("300", XSD.byte), well_formed("2023-02-29", XSD.date), well_formed("+.5", XSD.decimal), well_formed(" 1", XSD.integer)]
    [False, False, True, False]
    """
    members = _LISTS.get(datatype)
    if members is not None:
        return bool(text) and all(_COMPILED[members].fullmatch(part) for part in text.split(" "))
    form = _COMPILED.get(datatype)
    if form is None:
        return True
    if form.fullmatch(text) is None:
        return False
    if datatype in _DATED:
        return _day_exists(text)
    low, high = _RANGES.get(datatype.removeprefix(XSD[""]), (None, None))
    return (low is None and high is None) or _within(Decimal(text), low, high)


def _within(number: Decimal, low: int | None, high: int | None) -> bool:
    return (low is None or number >= low) and (high is None or number <= high)


_DATE = re.compile(r"(?:(-?[0-9]{4,})|-)-([0-9]{2})-([0-9]{2})")


def _day_exists(text: str) -> bool:
    match = _DATE.match(text)
    # The last four digits of a year decide whether it is a leap year, however long it is.
    return match is not None and int(match[3]) <= days_in_month(int(match[1][-4:]) if match[1] else 4, int(match[2]))


def days_in_month(year: int, month: int) -> int:
    """Return the number of days of a month of the proleptic Gregorian calendar; year 0 is 1 BC (XML Schema 1.1).

    >>> days_in_month(1900, 2), days_in_month(-4, 2), days_in_month(2023, 4)
    (28, 29, 30)
    """
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def _ranges(text: str) -> tuple[tuple[int, int], ...]:
    """Return the code points of a character class that holds ranges, escaped hyphens and single characters."""
    found = []
    for low, high in re.findall(r"(\\-|[^\\])(?:-(.))?", text, re.DOTALL):
        start = ord(low[-1])
        found.append((start, ord(high) if high else start))
    return tuple(sorted(found))


NAME_START = _ranges(_START)
"""Code points that begin a name of XML."""
NAME_CHARACTERS = _ranges(_LATER)
"""Code points within a name of XML."""
