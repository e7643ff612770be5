"""What a spreadsheet made of a text, made a text again: numbers, dates, truth values. What cannot be told for sure is refused, cell by cell."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from kg.errors import Text

# Literals, escaped signs, fill and padding, colours and locales: nothing in them says what the number is (ECMA-376 part 1, 18.8.31).
_DECORATION = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
MAX_EXACT = 10**15
"""A spreadsheet keeps fifteen digits."""


@dataclass(frozen=True)
class Typed:
    """A cell that holds no text.

    Attributes:
        seen: What it holds, for messages.
        text: The text it stands for; none where more than one could be meant.
        problem: Why there is none.
        number: Its number, for numbers.
        day: Its day, for dates.
        truth: Its value, for truth values.
        broken: Whether it is refused whatever stood there: a formula, an error.
    """

    seen: str
    text: str | None = None
    problem: Text | None = None
    number: float | None = None
    day: datetime.date | None = None
    truth: bool | None = None
    broken: bool = False

    def stands_for(self, before: str) -> bool:
        """Tell whether a spreadsheet makes this of the text that stood there: of `007` the number 7."""
        before = before.strip()
        if self.truth is not None:
            return before.casefold() in (("true", "wahr") if self.truth else ("false", "falsch"))
        if self.day is not None:
            iso = self.day.isoformat()
            return before == iso or (self.day.day == 1 and before == iso[:7])
        if self.number is not None:
            try:
                # The comma of German tables.
                value = Decimal(before.replace(",", "."))
            except InvalidOperation:
                return False
            return value.is_finite() and len(before) <= 40 and float(value) == self.number
        return False


Cell = str | Typed


def formula(text: str) -> Typed:
    """Return a cell with a formula; its last value is not trusted."""
    seen = f"={text}" if text else "="
    return Typed(seen[:60], problem=Text("The cell holds a formula.", "Die Zelle enthält eine Formel."), broken=True)


def error(text: str) -> Typed:
    """Return a cell with an error value."""
    return Typed(text[:60], problem=Text(f"The cell holds the error {text[:60]}.", f"Die Zelle enthält den Fehler {text[:60]}."), broken=True)


def boolean(raw: str) -> Typed:
    """Return a cell with a truth value: `true` or `wahr` may have been typed."""
    truth = raw.strip() in ("1", "true")
    seen = "TRUE" if truth else "FALSE"
    return Typed(
        seen,
        problem=Text(
            f"The spreadsheet has made the truth value {seen} of a text.", f"Die Tabelle hat aus einem Text den Wahrheitswert {seen} gemacht."
        ),
        truth=truth,
    )


def number(raw: str, code: str, *, from_1904: bool) -> Typed:
    """Return a cell with a number in a number format.

    Args:
        raw: The number as the file holds it.
        code: Code of the format, such as `General` or `yyyy\\-mm\\-dd`.
        from_1904: Whether days are counted from 1904.
    """
    try:
        value = float(raw)
    except ValueError:
        return error(raw)
    if value != value or value in (float("inf"), float("-inf")):
        return error(raw)
    plain = _DECORATION.sub("", code.split(";")[0]).casefold()
    if plain not in ("general", "@", "") and re.search(r"[dmyhs]", plain.replace("general", "")):
        return _day(value, plain, from_1904=from_1904)
    seen = _digits(value)
    if abs(value) >= MAX_EXACT:
        what = Text(
            f"The number {seen} has lost digits: a spreadsheet keeps fifteen.", f"Die Zahl {seen} hat Stellen verloren: Eine Tabelle behält fünfzehn."
        )
        return Typed(seen, problem=what, number=value)
    if any(sign in plain for sign in "%?") or re.search(r"e[+-]", plain):
        what = Text(
            f"The number {seen} is shown in another form ({code}), so that it is unsure what was typed.",
            f"Die Zahl {seen} wird in anderer Form angezeigt ({code}); was eingegeben wurde, ist unsicher.",
        )
        return Typed(seen, problem=what, number=value)
    return Typed(seen, text=seen, number=value)


def _digits(value: float) -> str:
    """Return the shortest digits that are this number, without exponent."""
    if value.is_integer() and abs(value) < MAX_EXACT:
        return str(int(value))
    return repr(value) if abs(value) >= MAX_EXACT else format(Decimal(repr(value)), "f")


def _day(value: float, plain: str, *, from_1904: bool) -> Typed:
    unsure = Text("The spreadsheet has made a date of a text", "Die Tabelle hat aus einem Text ein Datum gemacht")

    def refused(why: Text, day: datetime.date | None = None) -> Typed:
        return Typed(_digits(value) if day is None else day.isoformat(), problem=Text(f"{unsure.en}; {why.en}.", f"{unsure.de}; {why.de}."), day=day)

    epoch = datetime.date(1904, 1, 1) if from_1904 else datetime.date(1899, 12, 30)
    # Before 1900-03-01 spreadsheets count a day that never was.
    if not (0 if from_1904 else 61) <= value < 2_900_000:
        return refused(Text("its day cannot be told", "welcher Tag es ist, lässt sich nicht sagen"))
    day = epoch + datetime.timedelta(days=int(value))
    if value != int(value) or "y" not in plain:
        return refused(Text("a time or a date without year is no date here", "eine Uhrzeit oder ein Datum ohne Jahr gilt hier nicht"), day)
    if "d" in plain:
        return Typed(day.isoformat(), text=day.isoformat(), day=day)
    if day.day == 1 and "m" in plain:
        return Typed(day.isoformat()[:7], text=day.isoformat()[:7], day=day)
    if (day.month, day.day) == (1, 1):
        return Typed(day.isoformat()[:4], text=day.isoformat()[:4], day=day)
    return refused(Text("it shows less than it holds", "sie zeigt weniger, als sie enthält"), day)


def iso_day(raw: str) -> Typed:
    """Return a cell of type `d`, which holds a date in ISO 8601."""
    match = re.fullmatch(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T00:00:00(?:\.0+)?Z?)?", raw.strip())
    try:
        day = datetime.date.fromisoformat(match[1]) if match else None
    except ValueError:
        day = None
    if day is None:
        return Typed(raw[:60], problem=Text("The cell holds a time.", "Die Zelle enthält eine Uhrzeit."))
    return Typed(day.isoformat(), text=day.isoformat(), day=day)
