"""Characters that nobody meant: blanks around a value, invisible ones, decomposed letters, and UTF-8 that was read as Windows-1252.

Unicode Standard Annex 15 (NFC); the pairs of broken umlauts follow from the code page itself, so that a repair is made only where it can be undone.
"""

from __future__ import annotations

import re
import unicodedata

from kg.errors import Text
from kg.fix.model import SURE, Repair

BLANK = Text(
    "The value has blanks before or behind it; nobody sees them, but comparisons do.",
    "Vor oder hinter dem Wert stehen Leerzeichen; man sieht sie nicht, Vergleiche schon.",
)
INVISIBLE = Text(
    "The value holds characters that cannot be seen (of no width, control or no-break); searches do not find it.",
    "Der Wert enthält Zeichen, die man nicht sieht (ohne Breite, Steuerzeichen, geschützte Leerzeichen); Suchen finden ihn nicht.",
)
DECOMPOSED = Text(
    "Letters and their dots or accents are stored apart; they look the same, but are not found. They are put together (NFC).",
    "Buchstaben und ihre Punkte oder Akzente sind getrennt gespeichert; sie sehen gleich aus, werden aber nicht gefunden. Sie werden zusammengesetzt (NFC).",
)
BROKEN = Text(
    "UTF-8 was once read as Windows-1252; the characters can be restored exactly.",
    "UTF-8 wurde einmal als Windows-1252 gelesen; die Zeichen lassen sich genau wiederherstellen.",
)

_NO_WIDTH = re.compile("[\u200b\u2060\ufeff]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_BREAK = re.compile(r"[\x0b\x0c]")
_WIDE = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")


def _byte_of(character: str) -> int:
    """Return the byte that Windows-1252 shows as this character; its five undefined bytes are shown as control characters."""
    try:
        return character.encode("cp1252")[0]
    except UnicodeEncodeError:
        return ord(character) if 0x80 <= ord(character) <= 0x9F else -1


_SHOWN = {byte: char for char in map(chr, (*range(0x80, 0x100), *range(0x152, 0x2123))) if 0x80 <= (byte := _byte_of(char)) <= 0xFF}


def _class(*bytes_: int) -> str:
    return "[" + "".join(re.escape(_SHOWN[byte]) for byte in bytes_) + "]"


_QUOTES = (0x82, 0x84, 0x85, 0x8B, 0x91, 0x92, 0x93, 0x94, 0x96, 0x97, 0x9B, 0xA0, 0xAB, 0xBB)
"""Quotation marks, dashes and the no-break space: they may well stand behind a letter that was meant."""

# Only leading characters that hardly any text holds: a letter such as ß before a quotation mark would be a sequence, too.
_MOJIBAKE = re.compile(
    f"{_class(0xE2)}{_class(*range(0x80, 0x85), 0x88)}{_class(*range(0x80, 0xC0))}|{_class(0xC2, 0xC3)}{_class(*range(0x80, 0xC0))}"
    f"|{_class(0xC4, 0xC5)}{_class(*sorted(set(range(0x80, 0xC0)) - set(_QUOTES)))}"
)


def _restored(match: re.Match[str]) -> str:
    """Return what the bytes were before; as it stands where they are no UTF-8 or no character that a text holds."""
    try:
        text = bytes(_byte_of(character) for character in match.group()).decode("utf-8")
    except (UnicodeDecodeError, ValueError):
        return match.group()
    return text if unicodedata.category(text)[0] in "LPSMN" or text == "\u00a0" else match.group()


def restore(value: str) -> str:
    """Undo UTF-8 read as Windows-1252, sequence by sequence.

    >>> restore("der „Spaß“, „Ä“ – â€žMÃ¼llerâ€œ")
    'der „Spaß“, „Ä“ – „Müller“'
    >>> restore("FÃ¶rderung fÃ¼r Straße"), restore("Müller â€“ MÃ¼ller"), restore("São Tomé, Ärzte")
    ('Förderung für Straße', 'Müller – Müller', 'São Tomé, Ärzte')
    """
    return _MOJIBAKE.sub(_restored, value)


def tidy(value: str) -> str:
    """Return a value of which every character counts (an id, a date, a number) without those that do not.

    >>> tidy("\\u00a0tu-\\u200bdortmund ")
    'tu-dortmund'
    """
    text = _CONTROL.sub("", _NO_WIDTH.sub("", _BREAK.sub(" ", unicodedata.normalize("NFC", value))))
    return _WIDE.sub(" ", text).strip()


def clean(value: str, *, text: bool) -> Repair | None:
    """Return a cell without the characters that nobody meant, `None` where there are none.

    Args:
        value: The cell as it stands.
        text: It is prose, in which a no-break space may be meant.
    """
    after, kind, score, reason = value, "", SURE, BLANK
    if after != after.strip():
        after, kind = after.strip(), "blank"
    visible = _NO_WIDTH.sub("", _CONTROL.sub("", _BREAK.sub(" ", after)))
    if not text:
        visible = _WIDE.sub(" ", visible)
    visible = visible.strip()
    if visible != after:
        after, kind, reason = visible, "characters", INVISIBLE
    composed = unicodedata.normalize("NFC", after)
    if composed != after:
        after, kind, reason = composed, "characters", DECOMPOSED
    restored = restore(after)
    if restored != after:
        after, kind, reason = restored, "mojibake", BROKEN
    return Repair(after, kind, score, reason) if kind else None
