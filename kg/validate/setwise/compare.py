"""Comparing literals as SPARQL's `<` and `<=` do; what cannot be compared is neither.

Beyond SPARQL's own table (numbers, strings, booleans, xsd:dateTime) dates, times, parts of dates and durations are ordered, each
among its own kind, as XML Schema orders them. A value with a time zone and one without are compared where 14 hours do not matter.
Source: SPARQL 1.1, section 17.3 (operator mapping); XML Schema 1.1 part 2, sections 3.3 and appendix E.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from struct import pack, unpack
from typing import NamedTuple

from kg.namespaces import XSD
from kg.quads import Term
from kg.validate.setwise.lexical import INTEGERS, NUMERIC, days_in_month, well_formed

Ordering = int | None
"""-1, 0 or 1; None where there is no order."""

_ZONED = re.compile(r"(.*?)(Z|[+-][0-9]{2}:[0-9]{2})?\Z", re.DOTALL)
_HALF_DAY = Decimal(14 * 3600)


class Instant(NamedTuple):
    """A point of time: seconds, and whether a time zone is known."""

    seconds: Decimal
    zoned: bool


def compare(left: Term, right: Term) -> Ordering:
    """Order two terms.

    >>> one, two = Term("1", "literal", XSD.integer), Term("1.5", "literal", XSD.decimal)
    >>> compare(one, two), compare(one, Term("a", "literal", XSD.string))
    (-1, None)
    """
    if left.kind != "literal" or right.kind != "literal":
        return None
    one, two = _value(left.value, left.datatype), _value(right.value, right.datatype)
    if one is None or two is None:
        return None
    if left.datatype in NUMERIC and right.datatype in NUMERIC:
        return _numbers(one, two, single=XSD.double not in (left.datatype, right.datatype))
    if _family(left.datatype) != _family(right.datatype):
        return None
    if isinstance(one, Instant) and isinstance(two, Instant):
        return _instants(one, two)
    if isinstance(one, tuple) and isinstance(two, tuple):
        return _durations(one, two)
    return _ordered(one, two)


def less(left: Term, right: Term) -> bool:
    """Return whether SPARQL's `left < right` is true."""
    return compare(left, right) == -1


def less_or_equal(left: Term, right: Term) -> bool:
    """Return whether SPARQL's `left <= right` is true."""
    return compare(left, right) in (-1, 0)


def _ordered(one: object, two: object) -> Ordering:
    return int(one > two) - int(one < two)  # type: ignore[operator]


def _numbers(one: object, two: object, *, single: bool) -> Ordering:
    # A float on one side makes both floats, of single precision where there is no double (XPath 2.0, appendix B.1); NaN has no order.
    if isinstance(one, float) or isinstance(two, float):
        left, right = (_rounded(_float(number)) if single else _float(number) for number in (one, two))
        return None if left != left or right != right else _ordered(left, right)
    return _ordered(one, two)


def _float(number: object) -> float:
    try:
        return float(number)  # type: ignore[arg-type]
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")  # type: ignore[operator]


def _instants(one: Instant, two: Instant) -> Ordering:
    if one.zoned == two.zoned:
        return _ordered(one.seconds, two.seconds)
    difference = one.seconds - two.seconds
    return None if abs(difference) <= _HALF_DAY else _ordered(one.seconds, two.seconds)


def _durations(one: tuple[int, Decimal], two: tuple[int, Decimal]) -> Ordering:
    """Order durations of months and seconds: one is less where it is from each of the four starts of the Recommendation."""
    found = {_ordered(_from(start, one), _from(start, two)) for start in ((1696, 9), (1697, 2), (1903, 3), (1903, 7))}
    return found.pop() if len(found) == 1 else None


def _from(start: tuple[int, int], duration: tuple[int, Decimal]) -> Decimal:
    months, seconds = duration
    year, month = divmod(start[0] * 12 + start[1] - 1 + months, 12)
    return Decimal(_days(year, month + 1, 1)) * 86400 + seconds


def _family(datatype: str) -> str:
    return _FAMILIES.get(datatype, datatype)


_FAMILIES = {
    XSD.dateTimeStamp: XSD.dateTime,
    XSD.yearMonthDuration: XSD.duration,
    XSD.dayTimeDuration: XSD.duration,
    **{XSD[name]: XSD.string for name in ("normalizedString", "token", "language", "Name", "NCName", "NMTOKEN")},
}


@lru_cache(maxsize=65536)
def _value(text: str, datatype: str) -> object | None:
    """Return the value of a literal in a form that can be ordered; None where it has none or no order."""
    read = _READERS.get(datatype)
    if read is None or not well_formed(text, datatype):
        return None
    try:
        return read(text)
    except (ValueError, OverflowError, InvalidOperation):
        return None  # a number of thousands of digits


def _days(year: int, month: int, day: int) -> int:
    """Return the days since 1 March of year 0 (proleptic Gregorian calendar)."""
    year -= month <= 2
    era, of_era = divmod(year, 400)
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year


def _moment(year: int, month: int, day: int, clock: str, zone: str | None) -> Instant:
    hours, minutes, seconds = clock.split(":")
    total = Decimal(_days(year, month, day)) * 86400 + int(hours) * 3600 + int(minutes) * 60 + Decimal(seconds)
    if zone and zone != "Z":
        sign = -1 if zone[0] == "-" else 1
        total -= sign * (int(zone[1:3]) * 3600 + int(zone[4:6]) * 60)
    return Instant(total, zone is not None)


def _split(text: str) -> tuple[str, str | None]:
    match = _ZONED.match(text)
    assert match is not None
    return match[1], match[2]


def _date_time(text: str) -> Instant:
    date, _, rest = text.partition("T")
    clock, zone = _split(rest)
    year, month, day = date.rsplit("-", 2)
    return _moment(int(year), int(month), int(day), clock, zone)


def _zoned_date(text: str) -> tuple[str, str | None]:
    # The zone of a date may begin with a hyphen, too: it is what is left after ten characters from the first digit of the month on.
    match = re.match(r"(-?[0-9]{4,}-[0-9]{2}-[0-9]{2})(.*)\Z", text)
    assert match is not None
    return match[1], match[2] or None


def _date(text: str) -> Instant:
    date, zone = _zoned_date(text)
    year, month, day = date.rsplit("-", 2)
    return _moment(int(year), int(month), int(day), "00:00:00", zone)


def _time(text: str) -> Instant:
    clock, zone = _split(text)
    # 24:00:00 is the first moment of the day, not the last.
    return _moment(1972, 12, 31, "00:00:00" if clock.startswith("24") else clock, zone)


def _part(pattern: str) -> Callable[[str], Instant]:
    """Return a reader of a part of a date: what is missing is taken from 31 December 1972 (XML Schema 1.1, appendix E.3.1)."""
    compiled = re.compile(pattern + r"(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?\Z")

    def read(text: str) -> Instant:
        match = compiled.match(text)
        assert match is not None
        parts = match.groupdict()
        year, month = int(parts.get("year") or 1972), int(parts.get("month") or 12)
        day = int(parts.get("day") or days_in_month(year, month))
        return _moment(year, month, day, "00:00:00", parts["zone"])

    return read


_DURATION = re.compile(r"(-)?P(?:([0-9]+)Y)?(?:([0-9]+)M)?(?:([0-9]+)D)?(?:T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9.]+)S)?)?\Z")


def _duration(text: str) -> tuple[int, Decimal]:
    match = _DURATION.match(text)
    assert match is not None
    years, months, days, hours, minutes = (int(part or 0) for part in match.groups()[1:6])
    seconds = Decimal(days * 86400 + hours * 3600 + minutes * 60) + Decimal(match[7] or 0)
    sign = -1 if match[1] else 1
    return sign * (years * 12 + months), sign * seconds


def _double(text: str) -> float:
    return float(text.replace("INF", "inf"))


def _single(text: str) -> float:
    return _rounded(_double(text))


def _rounded(number: float) -> float:
    """Return the nearest number of single precision."""
    try:
        return float(unpack("f", pack("f", number))[0])
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")


def _same(text: str) -> str:
    return text


_READERS: Mapping[str, Callable[[str], object]] = {
    **dict.fromkeys(INTEGERS, Decimal),
    XSD.decimal: Decimal,
    XSD.double: _double,
    XSD.float: _single,
    XSD.boolean: lambda text: text in ("true", "1"),
    XSD.string: _same,
    **{datatype: _same for datatype, family in _FAMILIES.items() if family == XSD.string},
    XSD.dateTime: _date_time,
    XSD.dateTimeStamp: _date_time,
    XSD.date: _date,
    XSD.time: _time,
    XSD.gYear: _part(r"(?P<year>-?[0-9]{4,})"),
    XSD.gYearMonth: _part(r"(?P<year>-?[0-9]{4,})-(?P<month>[0-9]{2})"),
    XSD.gMonth: _part(r"--(?P<month>[0-9]{2})"),
    XSD.gMonthDay: _part(r"--(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"),
    XSD.gDay: _part(r"---(?P<day>[0-9]{2})"),
    **dict.fromkeys((XSD.duration, XSD.yearMonthDuration, XSD.dayTimeDuration), _duration),
}
