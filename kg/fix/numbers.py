"""Numbers, coordinates and currencies as people write them, in the form that the tables want.

Decimal comma and grouping follow the customs of German and English; what reads differently in the two is offered twice. Currencies: ISO 4217.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from kg.errors import Text
from kg.fix.model import SURE, Repair
from kg.quads import decimal

_SIGNS = {"€": "EUR", "euro": "EUR", "euros": "EUR", "eur": "EUR", "£": "GBP", "us$": "USD", "usd": "USD", "gbp": "GBP", "chf": "CHF", "sfr": "CHF"}
_SIGNS |= {"sek": "SEK", "dkk": "DKK", "nok": "NOK", "pln": "PLN", "zł": "PLN", "czk": "CZK", "huf": "HUF", "ron": "RON", "bgn": "BGN", "¥": "JPY"}
_UNSURE_SIGNS = {"$": "USD", "dollar": "USD", "kr": "SEK", "fr": "CHF", "pfund": "GBP", "pound": "GBP"}
_MONEY = re.compile(
    r"\A(?P<before>€|£|US\$|\$|EUR|Euro|USD|GBP|CHF)?\s*(?P<number>[^€£$A-Za-z]+?)\s*(?P<after>€|£|US\$|\$|EUR|Euro|USD|GBP|CHF)?\Z", re.I
)
_GROUPS = re.compile(r"[+-]?[0-9]{1,3}(?P<group>[., '’])[0-9]{3}(?:(?P=group)[0-9]{3})*(?P<rest>[.,][0-9]+)?\Z")
_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+\Z")
_PLAIN = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?\Z")

NUMBER = Text(
    "Tables write numbers with a decimal point and without grouping: 1250.5.",
    "Tabellen schreiben Zahlen mit Dezimalpunkt und ohne Tausendertrennung: 1250.5.",
)
EITHER = Text(
    "The sign before three digits can group thousands or begin the decimals; the source decides.",
    "Das Zeichen vor drei Ziffern kann Tausender trennen oder Nachkommastellen beginnen; die Quelle entscheidet.",
)
CURRENCY = Text("Currencies are written as three capitals (ISO 4217).", "Währungen stehen als drei Großbuchstaben (ISO 4217).")
DEGREES = Text("Tables write coordinates in decimal degrees with a point.", "Tabellen schreiben Koordinaten als Dezimalgrad mit Punkt.")


def _short(text: str) -> str | None:
    try:
        return decimal(text).value
    except InvalidOperation:
        return None


def number_forms(value: str, *, whole: bool = False) -> list[Repair]:
    """Return what a number can be meant as; empty where it is no number, or one already.

    Args:
        value: The cell, trimmed.
        whole: A count: a point cannot begin decimals.

    >>> [repair.after for repair in number_forms("1.250,50")], [repair.after for repair in number_forms("1 250")]
    (['1250.5'], ['1250'])
    >>> [(repair.after, repair.score) for repair in number_forms("1,250")]
    [('1250', 0.5), ('1.25', 0.5)]
    """
    text = value.replace("−", "-").replace("–", "-")
    money = _MONEY.match(text)
    named = bool(money and (money["before"] or money["after"]))
    text = money["number"].strip() if money else text
    if not named and text == value and _PLAIN.match(text) and not (whole and "." in text):
        return []
    groups = _GROUPS.match(text)
    found: list[tuple[str | None, float, Text]] = []
    if groups:
        group, rest = groups["group"], groups["rest"]
        if not rest or rest[0] != group:
            sign = rest[0] if rest else ""
            joined = text.replace(group, "").replace(sign, ".") if sign else text.replace(group, "")
            once = text.count(group) == 1
            if once and not rest and group in ",." and not whole:
                found = [(_short(joined), 0.5, EITHER), (_short(text.replace(",", ".")), 0.5, EITHER)]
            else:
                found = [(_short(joined), SURE, NUMBER)]
    elif _COMMA.match(text):
        found = [(_short(text.replace(",", ".")), SURE, NUMBER)]
    elif _PLAIN.match(text):
        found = [(_short(text), SURE, NUMBER)]
    fits = [(after, score, why) for after, score, why in found if after is not None and not (whole and "." in after)]
    return [Repair(after, "number", score, why) for after, score, why in fits]


def currency_in(value: str) -> str:
    """Return the code of the currency that stands beside a number, or empty.

    >>> currency_in("1.000 €"), currency_in("1000")
    ('EUR', '')
    """
    money = _MONEY.match(value)
    return _SIGNS.get((money["before"] or money["after"] or "").casefold(), "") if money else ""


def currency_forms(value: str) -> list[Repair]:
    """Return the code of a currency sign or name.

    >>> currency_forms("€")[0].after, currency_forms("$")[0].score
    ('EUR', 0.8)
    """
    folded = value.strip(" .").casefold()
    if folded in _SIGNS:
        return [Repair(_SIGNS[folded], "currency", SURE, CURRENCY)]
    return [Repair(_UNSURE_SIGNS[folded], "currency", 0.8, CURRENCY)] if folded in _UNSURE_SIGNS else []


_DEGREES = re.compile(
    r"(?P<first>[NSEWO])?\s*(?P<sign>[+-])?(?P<degrees>[0-9]{1,3}(?:[.,][0-9]+)?)\s*(?:[°º]\s*(?:(?P<minutes>[0-9]{1,2}(?:[.,][0-9]+)?)\s*['′’]\s*"
    r"(?:(?P<seconds>[0-9]{1,2}(?:[.,][0-9]+)?)\s*(?:\"|″|”|''|′′)\s*)?)?)?\s*(?P<last>[NSEWO])?\Z",
    re.I,
)


def coordinate_forms(value: str, column: str) -> list[Repair]:
    """Return a coordinate in decimal degrees, from degree notation or with a decimal comma.

    Args:
        value: The cell, trimmed.
        column: `lat` or `lon`; a letter of the other axis is no form of this one.

    >>> coordinate_forms("51,513889", "lat")[0].after, coordinate_forms("51°30'50\\"N", "lat")[0].after, coordinate_forms("33.9° S", "lat")[0].after
    ('51.513889', '51.513889', '-33.9')
    """
    match = _DEGREES.match(value.replace("−", "-").replace("–", "-"))
    if match is None:
        return []
    letter = (match["first"] or match["last"] or "").upper()
    if (match["first"] and match["last"]) or (letter and letter not in ("NS" if column == "lat" else "EWO")):
        return []
    degrees, minutes, seconds = (Decimal((match[part] or "0").replace(",", ".")) for part in ("degrees", "minutes", "seconds"))
    if minutes >= 60 or seconds >= 60 or (match["minutes"] and degrees % 1) or (match["seconds"] and minutes % 1):
        return []
    total = degrees + minutes / 60 + seconds / 3600
    if match["minutes"]:
        total = round(total, 6)
    negative = letter in ("S", "W") or match["sign"] == "-"
    after = match["degrees"].replace(",", ".") if not match["minutes"] else decimal(str(total)).value
    if total > (90 if column == "lat" else 180):
        return []
    return [Repair(f"-{after}" if negative else after, "coordinate", SURE, DEGREES)]
