"""Folding: one form for all the ways in which a name is typed, and the words of a name.

Umlauts are typed as ä, ae or a, sharp s as ß, ss or s. Instead of storing each way, every word is brought to its shortest one: accents away,
then no `e` after a, o or u, no `s` after s, no `a` after a. The price is that few different words fall together (`poem`, `pom`).
Letters are only left out, and by what stands left of them, so the folded beginning of a word is a beginning of the folded word: prefixes work.
"""

from __future__ import annotations

import re
import unicodedata

MAX_TEXT = 200
"""Characters of a query that are read."""
MAX_WORDS = 12
"""Words of a query that are looked for."""
LEAST_MARKED = 3
_LETTERS = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "ŋ": "n"})
_SHORTER = re.compile("(?<=[aou])e|(?<=s)s|(?<=a)a")
_WORD = re.compile(r"[^\W_]+")
_CHUNK = re.compile(r"[^\W_]+(?:[-‐‑–./'’&+·_]+[^\W_]+)*")


def plain(text: str) -> str:
    """Return a text in lower case without accents.

    >>> plain("Łódź, Straße")
    'lodz, strasse'
    """
    if text.isascii():
        return text.lower()
    lower = unicodedata.normalize("NFKD", text.casefold()).translate(_LETTERS)
    return "".join(letter for letter in lower if not unicodedata.combining(letter))


def skeleton(text: str) -> str:
    """Return the shortest form of a text.

    >>> skeleton("Müller") == skeleton("Mueller") == skeleton("MULLER"), skeleton("Straße") == skeleton("strasse")
    (True, True)
    """
    return _SHORTER.sub("", plain(text))


def words(text: str) -> list[str]:
    """Return the folded words of a text.

    >>> words("Universität Duisburg-Essen")
    ['universitat', 'duisburg', 'esen']
    """
    return _WORD.findall(skeleton(text))


def key(text: str) -> str:
    """Return the folded words of a name as one text, for equality."""
    return " ".join(words(text))


def key_and_words(text: str) -> tuple[str, list[str]]:
    """Return a name folded for equality, and the words under which it is found: its own, and those joined that a hyphen or a dot separates.

    >>> key_and_words("T-Factor, e.V.")
    ('t factor e v', ['t', 'factor', 'e', 'v', 'tfactor', 'ev'])
    """
    folded = skeleton(text)
    found = _WORD.findall(folded)
    if len(found) > 1 and len(folded.split()) < len(found):
        joined = ["".join(_WORD.findall(chunk)) for chunk in _CHUNK.findall(folded)]
        return " ".join(found), found + [one for one in joined if one not in found]
    return " ".join(found), found


def chunks(text: str) -> list[list[str]]:
    """Return what a query asks for: one list of words for each part between blanks, bounded.

    >>> chunks("T-Factor Kaunas")
    [['t', 'factor'], ['kaunas']]
    """
    parts = [_WORD.findall(chunk) for chunk in _CHUNK.findall(skeleton(text[:MAX_TEXT]))]
    found: list[list[str]] = []
    left = MAX_WORDS
    for part in parts:
        if part[:left]:
            found.append(part[:left])
            left -= len(found[-1])
    return found


def identifier_key(text: str) -> str:
    """Return an identifier for equality: lower case, no blanks."""
    return "".join(text.split()).casefold()


def marks(text: str, asked: list[str]) -> list[tuple[str, bool]]:
    """Return a text in parts, with whether a part is a word asked for, or begins with one of three letters or more. The parts together are the text.

    >>> marks("TU Dortmund (Müller)", ["mul", "tu"])
    [('TU', True), (' Dortmund (', False), ('Müller', True), (')', False)]
    """
    beginnings = tuple(word for word in asked if len(word) >= LEAST_MARKED)
    parts: list[tuple[str, bool]] = []
    last = 0
    for match in _WORD.finditer(text):
        folded = skeleton(match.group())
        if folded in asked or folded.startswith(beginnings):
            if match.start() > last:
                parts.append((text[last : match.start()], False))
            parts.append((match.group(), True))
            last = match.end()
    if last < len(text):
        parts.append((text[last:], False))
    return parts
