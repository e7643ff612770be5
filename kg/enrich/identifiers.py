"""Identifiers as people's tables write them: brought to the one form of our tables, check digits tested.

Sources: ROR, "Identifier pattern" (ISO/IEC 7064 MOD 97-10); ISO 27729 and ISO/IEC 7064 MOD 11-2 (ISNI, ORCID); Deutsche Nationalbibliothek, GND
numbers with and without hyphen (check digit modulo 11); CORDIS, participant identification codes of nine digits.
"""

from __future__ import annotations

import re

from kg.errors import IdentifierError, Text
from kg.identifiers import split_identifier

ORDER = ("ror", "grid", "wikidata", "gnd", "pic", "doi", "cordis", "cordis-rcn", "eu-grant")
"""Order of schemes in a cell `identifiers`, where the cell does not show another."""

PROPOSED = ("ror", "wikidata", "gnd", "grid", "pic")
"""Schemes that are proposed for organisations and places."""

_PREFIXES = re.compile(
    r"(?:https?://)?(?:www\.)?(?:ror\.org/|wikidata\.org/(?:entity|wiki)/|d-nb\.info/gnd/|grid\.ac/institutes/|isni\.org/(?:isni/)?)"
    r"|(?:ror|wd|wikidata|gnd|grid|pic|isni):\s*|\(DE-588\)",
    re.IGNORECASE,
)
_WHOLE = re.compile(r"[0-9]+\.0\Z")
_GND = re.compile(r"(?P<new>1[0-9]{7,9}|3[0-9]{7,8})(?P<new_check>[0-9X])\Z|(?P<old>[0-9]{1,8})-(?P<old_check>[0-9X])\Z")


def isni_is_valid(value: str) -> bool:
    """Tell whether sixteen characters have the check digit of ISO/IEC 7064 MOD 11-2, as ISNI and ORCID have it.

    >>> isni_is_valid("0000000121032683"), isni_is_valid("0000000121032684")
    (True, False)
    """
    if not re.fullmatch(r"[0-9]{15}[0-9X]", value):
        return False
    total = 0
    for digit in value[:15]:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    return value[15] == ("X" if check == 10 else str(check))


def gnd_is_valid(value: str) -> bool:
    """Tell whether a GND number has its check digit: the sum weighted from the right modulo 11, its complement where no hyphen stands.

    >>> gnd_is_valid("118540238"), gnd_is_valid("4005728-8"), gnd_is_valid("2031351-2"), gnd_is_valid("118540239")
    (True, True, True, False)
    """
    match = _GND.match(value)
    if match is None:
        return False
    digits, check = (match["new"], match["new_check"]) if match["new"] else (match["old"], match["old_check"])
    rest = sum(weight * int(digit) for weight, digit in enumerate(reversed(digits), 2)) % 11
    if match["new"]:
        rest = (11 - rest) % 11
    return check == ("X" if rest == 10 else str(rest))


def identifier(scheme: str, text: str) -> str:
    """Return a cell as `scheme:value`, or empty where it is empty.

    Args:
        scheme: One of :data:`PROPOSED`, or `isni`.
        text: As registers, spreadsheets and link columns write it.

    Raises:
        IdentifierError: Wrong form or wrong check digit.

    >>> identifier("ror", "https://ror.org/01k97gp34"), identifier("pic", "999848453.0"), identifier("wikidata", "http://www.wikidata.org/entity/Q685557")
    ('ror:01k97gp34', 'pic:999848453', 'wikidata:Q685557')
    """
    value = _PREFIXES.sub("", text.strip(), count=1).strip().rstrip("/")
    if not value:
        return ""
    if scheme in ("ror", "grid"):
        value = value.lower()
    if scheme == "wikidata":
        value = value.upper()
    if scheme == "pic" and _WHOLE.match(value):
        value = value[:-2]  # a spreadsheet made a decimal of it
    if scheme == "isni":
        value = re.sub(r"[\s-]", "", value).upper()
        if not isni_is_valid(value):
            raise _wrong(value, "ISNI")
        return f"isni:{value}"
    split_identifier(f"{scheme}:{value}")
    if scheme == "gnd" and not gnd_is_valid(value):
        raise _wrong(value, "GND")
    return f"{scheme}:{value}"


def _wrong(value: str, scheme: str) -> IdentifierError:
    what = Text(
        f"{value[:60]!r} is no {scheme} number: form or check digit are wrong.",
        f"{value[:60]!r} ist keine {scheme}-Nummer: Form oder Prüfziffer sind falsch.",
    )
    return IdentifierError(what, fix=Text("Look it up in the register.", "Schlagen Sie sie im Register nach."))


def with_identifier(cell: str, new: str) -> str:
    """Return a cell `identifiers` with one more: before the first scheme that comes later in :data:`ORDER`, the others untouched.

    >>> with_identifier("grid:grid.5675.1;wikidata:Q685557", "ror:01k97gp34"), with_identifier("", "pic:999848453")
    ('ror:01k97gp34;grid:grid.5675.1;wikidata:Q685557', 'pic:999848453')
    >>> with_identifier("ror:01k97gp34; wikidata:Q685557", "pic:999848453")
    'ror:01k97gp34; wikidata:Q685557; pic:999848453'
    """
    parts = [part for part in cell.split(";") if part.strip()]
    rank = ORDER.index(new.partition(":")[0])
    known = [ORDER.index(scheme) if (scheme := part.strip().partition(":")[0]) in ORDER else len(ORDER) for part in parts]
    place = next((number for number, other in enumerate(known) if other > rank), len(parts))
    gap = "; " if "; " in cell else ";"
    stripped = [part.strip() for part in parts]
    return gap.join([*stripped[:place], new, *stripped[place:]])
