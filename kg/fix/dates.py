"""Dates as people write them, in the form of the tables: `YYYY`, `YYYY-MM`, `YYYY-MM-DD`, or EDTF for what is not exact (ISO 8601-2:2019).

Dots mean day first (DIN 1355); slashes and hyphens are read both ways where both are dates.
"""

from __future__ import annotations

import datetime
import re

from kg.errors import Text
from kg.fix.model import SURE, Repair
from kg.identifiers import parse_date

FORM = Text("Tables write dates as YYYY, YYYY-MM or YYYY-MM-DD.", "Tabellen schreiben ein Datum als JJJJ, JJJJ-MM oder JJJJ-MM-TT.")
EITHER = Text(
    "Day and month can be read either way; the source decides which is meant.",
    "Tag und Monat lassen sich in beide Richtungen lesen; die Quelle entscheidet, was gemeint ist.",
)
TIME = Text(
    "The cell holds a time of day besides; tables hold the day only.", "Die Zelle nennt außerdem eine Uhrzeit; Tabellen enthalten nur den Tag."
)
ABOUT = Text("An approximate date is written with ~ behind it.", "Ein ungefähres Datum steht mit ~ dahinter.")
OPEN = Text("An open period is written as 2016/.. .", "Ein offener Zeitraum steht als 2016/.. .")
SERIAL = Text(
    "It looks like the day number that a spreadsheet keeps instead of a date.",
    "Es sieht aus wie die Tageszahl, die eine Tabellenkalkulation statt eines Datums führt.",
)

_MONTHS = (
    *(("januar", "january", "jan", "jän", "jänner"), ("februar", "february", "feb"), ("märz", "maerz", "march", "mar", "mär", "mrz")),
    *(("april", "apr"), ("mai", "may"), ("juni", "june", "jun"), ("juli", "july", "jul"), ("august", "aug")),
    *(("september", "sep", "sept"), ("oktober", "october", "okt", "oct"), ("november", "nov"), ("dezember", "december", "dez", "dec")),
)
MONTHS = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names}

_NAMED = re.compile(r"(?:(?P<day>[0-9]{1,2})(?:\.|st|nd|rd|th)?\s+)?(?P<month>[^\W\d_]{3,9})\.?,?\s+(?P<year>[0-9]{4})\Z")
_AMERICAN = re.compile(r"(?P<month>[^\W\d_]{3,9})\.?\s+(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>[0-9]{4})\Z")
_DAY_LAST = re.compile(r"(?P<year>[0-9]{4})(?P<sign>[-./ ])(?P<month>[0-9]{1,2})(?:(?P=sign)(?P<day>[0-9]{1,2}))?\Z")
_COMPACT = re.compile(r"(?P<year>(?:19|20)[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})\Z")
_DOTS = re.compile(r"(?P<day>[0-9]{1,2})\.\s?(?P<month>[0-9]{1,2})\.\s?(?P<year>[0-9]{4})\Z")
_SLASHES = re.compile(r"(?P<one>[0-9]{1,2})(?P<sign>[/-])(?P<two>[0-9]{1,2})(?P=sign)(?P<year>[0-9]{4})\Z")
_MONTH = re.compile(r"(?P<month>[0-9]{1,2})[./-](?P<year>[0-9]{4})\Z")
_TIME = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})[T ](?P<time>[0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?:[.,][0-9]+)?\s?(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?\Z"
)
_ABOUT = re.compile(r"(?:ca\.?|circa|c\.|um|about|around|etwa|approx\.?|~)\s*(?P<date>[0-9]{4}(?:-[0-9]{2}){0,2})\Z", re.I)
_SINCE = re.compile(r"(?:(?:seit|ab|since|from)\s+(?P<one>[0-9]{4}(?:-[0-9]{2}){0,2})|(?P<two>[0-9]{4})\s?[-–])\Z", re.I)
_SERIAL = re.compile(r"[1-6][0-9]{4}\Z")


def _iso(year: str, month: str | int, day: str | int | None = None) -> str:
    """Return year, month and day in the form of the tables; empty where there is no such day."""
    text = f"{year}-{int(month):02}" + (f"-{int(day):02}" if day else "")
    return text if parse_date(text) else ""


def date_forms(value: str) -> list[Repair]:
    """Return what a date can be meant as, likeliest first; empty where nobody can tell, or where it is one already.

    >>> [repair.after for repair in date_forms("24.11.2021")], [repair.after for repair in date_forms("24. November 2021")]
    (['2021-11-24'], ['2021-11-24'])
    >>> [(repair.after, repair.score) for repair in date_forms("03/04/2021")]
    [('2021-04-03', 0.5), ('2021-03-04', 0.5)]
    >>> date_forms("31.02.2021")
    []
    """
    if parse_date(value):
        return []
    found = [(after, score, why) for after, score, why in _readings(value) if after]
    return [Repair(after, "date", score, why) for after, score, why in dict.fromkeys(found)]


def _readings(value: str) -> list[tuple[str, float, Text]]:
    for pattern in (_NAMED, _AMERICAN):
        match = pattern.match(value)
        month = MONTHS.get(match["month"].casefold()) if match else None
        if match and month:
            return [(_iso(match["year"], month, match["day"]), SURE, FORM)]
    for pattern in (_DAY_LAST, _COMPACT, _DOTS):
        match = pattern.match(value)
        if match:
            return [(_iso(match["year"], match["month"], match["day"]), SURE if match["day"] else 0.9, FORM)]
    match = _SLASHES.match(value)
    if match:
        ways = {_iso(match["year"], match["two"], match["one"]), _iso(match["year"], match["one"], match["two"])} - {""}
        if len(ways) == 1:
            return [(ways.pop(), SURE, FORM)]
        return [(_iso(match["year"], match["two"], match["one"]), 0.5, EITHER), (_iso(match["year"], match["one"], match["two"]), 0.5, EITHER)]
    match = _MONTH.match(value)
    if match:
        return [(_iso(match["year"], match["month"]), SURE, FORM)]
    match = _TIME.match(value)
    if match:
        midnight = not match["time"].replace("00", "").strip(":") and match["zone"] in (None, "Z")
        return [(match["date"] if parse_date(match["date"]) else "", SURE if midnight else 0.9, FORM if midnight else TIME)]
    return _inexact(value)


def _inexact(value: str) -> list[tuple[str, float, Text]]:
    match = _ABOUT.match(value)
    if match:
        return [(f"{match['date']}~" if parse_date(match["date"]) else "", 0.9, ABOUT)]
    match = _SINCE.match(value)
    if match:
        date = match["one"] or match["two"]
        return [(f"{date}/.." if parse_date(date) else "", 0.7, OPEN)]
    if _SERIAL.match(value):
        return [((datetime.date(1899, 12, 30) + datetime.timedelta(days=int(value))).isoformat(), 0.7, SERIAL)]
    return []
