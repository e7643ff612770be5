"""Identifiers and dates: what is well formed, and the one spelling it is stored in.

Sources: ROR identifier pattern and ISO/IEC 7064 MOD 97-10 check digits (ror.org documentation, "ROR identifier pattern");
Extended Date/Time Format, ISO 8601-2:2019, levels 0 and 1 as far as `~`, `?` and open intervals.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from kg.errors import IdentifierError, Text
from kg.namespaces import XSD

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_ROR = re.compile(r"0[a-hj-km-np-tv-z0-9]{6}[0-9]{2}\Z")
_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"

PATTERNS: dict[str, re.Pattern[str]] = {
    "ror": _ROR,
    "grid": re.compile(r"grid\.[0-9]{1,8}\.[0-9a-f]{1,4}\Z"),
    "wikidata": re.compile(r"Q[1-9][0-9]*\Z"),
    "gnd": re.compile(r"(?:[0-9]{8,10}[0-9X]|[1-9][0-9]{0,7}-[0-9X])\Z"),
    "cordis": re.compile(r"[0-9]{6,9}\Z"),
    "cordis-rcn": re.compile(r"[0-9]{1,9}\Z"),
    "eu-grant": re.compile(r"[A-Za-z0-9-]{6,60}\Z"),
    "pic": re.compile(r"[0-9]{9}\Z"),
    "doi": re.compile(r"10\.[0-9]{4,9}/\S+\Z"),
}
"""Identifier schemes and the form of their values."""

LINKS: dict[str, str] = {
    "ror": "https://ror.org/{}",
    "wikidata": "http://www.wikidata.org/entity/{}",
    "gnd": "https://d-nb.info/gnd/{}",
    "cordis": "https://cordis.europa.eu/project/id/{}",
    "doi": "https://doi.org/{}",
}
"""IRI of the same thing elsewhere, per scheme; schemes without an entry have none."""


def node_key(pairs: Iterable[tuple[str, str]]) -> str:
    """Return the key of an n-ary node: 16 hex digits of SHA-256 over the sorted N-Triples of its key.

    Args:
        pairs: Predicate IRI and object as an N-Triples term, in any order.

    >>> node_key([("p", "<a>"), ("q", "<b>")]) == node_key([("q", "<b>"), ("p", "<a>")])
    True
    """
    lines = sorted(f"<{predicate}> {term} ." for predicate, term in pairs)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def ror_is_valid(value: str) -> bool:
    """Tell whether a ROR id has the right form and check digits (ISO/IEC 7064 MOD 97-10).

    >>> ror_is_valid("01k97gp34"), ror_is_valid("01k97gp35")
    (True, False)
    """
    if not _ROR.match(value):
        return False
    number = 0
    for character in value[:7]:
        number = number * 32 + _CROCKFORD.index(character)
    return 98 - (number * 100) % 97 == int(value[7:])


def split_identifier(text: str) -> tuple[str, str]:
    """Split `scheme:value` as a table writes it and check the value's form.

    Returns:
        Scheme (`cordis:rcn/…` is the older record number, scheme `cordis-rcn`) and value.

    Raises:
        IdentifierError: Unknown scheme, wrong form, or wrong check digits.

    >>> split_identifier("ror:01k97gp34")
    ('ror', '01k97gp34')
    >>> split_identifier("cordis:rcn/111472")
    ('cordis-rcn', '111472')
    """
    scheme, _, value = text.strip().partition(":")
    if scheme == "cordis" and value.startswith("rcn/"):
        scheme, value = "cordis-rcn", value[4:]
    if scheme not in PATTERNS:
        known = ", ".join(sorted(PATTERNS))
        what = Text(f"The identifier scheme {scheme!r} is unknown.", f"Das Kennungssystem {scheme!r} ist unbekannt.")
        raise IdentifierError(what, fix=Text(f"Known are: {known}.", f"Bekannt sind: {known}."))
    if not PATTERNS[scheme].match(value):
        what = Text(f"{value!r} is no identifier of the scheme {scheme}.", f"{value!r} ist keine Kennung des Systems {scheme}.")
        fix = Text("Look it up in the register, or empty the cell.", "Schlagen Sie sie im Register nach, oder leeren Sie die Zelle.")
        raise IdentifierError(what, fix=fix)
    if scheme == "ror" and not ror_is_valid(value):
        what = Text(f"The ROR id {value!r} has wrong check digits.", f"Die ROR-Kennung {value!r} hat falsche Prüfziffern.")
        fix = Text(
            "Look the organisation up at ror.org, or empty the cell.", "Schlagen Sie die Organisation auf ror.org nach, oder leeren Sie die Zelle."
        )
        raise IdentifierError(what, fix=fix)
    return scheme, value


@dataclass(frozen=True)
class DateValue:
    """A date as precise as its source.

    Attributes:
        lexical: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; empty where only the EDTF form says something (`../2016`).
        datatype: The XSD datatype IRI of `lexical`.
        edtf: The EDTF form where XSD cannot say it (`2021~`), else empty.
    """

    lexical: str
    datatype: str
    edtf: str = ""


_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?([~?%]?)\Z")
_OPEN = re.compile(r"(?:\.\./([0-9]{4}(?:-[0-9]{2}){0,2})|([0-9]{4}(?:-[0-9]{2}){0,2})/\.\.)\Z")


def parse_date(text: str) -> DateValue | None:
    """Read `YYYY`, `YYYY-MM`, `YYYY-MM-DD`, with `~`, `?`, `%` behind, or an open interval; `None` if it is none of them.

    >>> parse_date("2021~")
    DateValue(lexical='2021', datatype='http://www.w3.org/2001/XMLSchema#gYear', edtf='2021~')
    >>> parse_date("2021-02-30") is None
    True
    """
    import datetime

    if _OPEN.match(text):
        return DateValue("", "", text)
    match = _DATE.match(text)
    if not match:
        return None
    year, month, day, mark = match.groups()
    try:
        datetime.date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None
    lexical = text.rstrip("~?%")
    datatype = XSD.date if day else XSD.gYearMonth if month else XSD.gYear
    return DateValue(lexical, datatype, text if mark else "")


def dates_agree(one: str, other: str) -> bool:
    """Tell whether two dates agree as far as the less precise one goes.

    >>> dates_agree("2016", "2016-01-01"), dates_agree("2016", "2017")
    (True, False)
    """
    return one.startswith(other) or other.startswith(one)
