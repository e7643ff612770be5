"""Regular expressions as SPARQL and XPath mean them, translated to those of Python.

What differs is written out: name characters `\\i \\c`, categories and blocks `\\p{..}`, class subtraction `[a-z-[aeiou]]`, `\\w` and `\\s`,
and `$`, which in XPath is the very end. Look-ahead, which XPath has not, is let through, because other processors take it.
Source: XQuery 1.0 and XPath 2.0 Functions and Operators, section 7.6.1; XML Schema 1.1 part 2, appendix G.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache

from kg.validate.setwise.lexical import NAME_CHARACTERS, NAME_START

FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL, "x": re.NOFLAG, "q": re.NOFLAG}

Ranges = tuple[tuple[int, int], ...]

_WHOLE: Ranges = ((0, sys.maxunicode),)
_SPACE: Ranges = ((9, 10), (13, 13), (32, 32))
_BLOCKS = {
    **{"BasicLatin": (0, 0x7F), "Latin-1Supplement": (0x80, 0xFF), "LatinExtended-A": (0x100, 0x17F), "LatinExtended-B": (0x180, 0x24F)},
    **{"IPAExtensions": (0x250, 0x2AF), "SpacingModifierLetters": (0x2B0, 0x2FF), "CombiningDiacriticalMarks": (0x300, 0x36F)},
    **{"Greek": (0x370, 0x3FF), "GreekandCoptic": (0x370, 0x3FF), "Cyrillic": (0x400, 0x4FF), "Armenian": (0x530, 0x58F)},
    **{"Hebrew": (0x590, 0x5FF), "Arabic": (0x600, 0x6FF), "Devanagari": (0x900, 0x97F), "Thai": (0xE00, 0xE7F), "Georgian": (0x10A0, 0x10FF)},
    **{"LatinExtendedAdditional": (0x1E00, 0x1EFF), "GreekExtended": (0x1F00, 0x1FFF), "GeneralPunctuation": (0x2000, 0x206F)},
    **{"SuperscriptsandSubscripts": (0x2070, 0x209F), "CurrencySymbols": (0x20A0, 0x20CF), "LetterlikeSymbols": (0x2100, 0x214F)},
    **{"NumberForms": (0x2150, 0x218F), "Arrows": (0x2190, 0x21FF), "MathematicalOperators": (0x2200, 0x22FF), "BoxDrawing": (0x2500, 0x257F)},
    **{"Hiragana": (0x3040, 0x309F), "Katakana": (0x30A0, 0x30FF), "CJKUnifiedIdeographs": (0x4E00, 0x9FFF), "HangulSyllables": (0xAC00, 0xD7A3)},
}
"""Blocks of Unicode by the names of XML Schema, as far as they are asked for in practice."""


def normalised(points: Iterable[tuple[int, int]]) -> Ranges:
    """Sort ranges of code points and join those that touch."""
    found: list[tuple[int, int]] = []
    for low, high in sorted(points):
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(high, found[-1][1]))
        else:
            found.append((low, high))
    return tuple(found)


def without(left: Ranges, right: Ranges) -> Ranges:
    """Return what is in the first ranges and not in the second."""
    found = []
    for low, high in left:
        for start, end in right:
            if end < low or start > high:
                continue
            if start > low:
                found.append((low, start - 1))
            low = end + 1
        if low <= high:
            found.append((low, high))
    return tuple(found)


@lru_cache(maxsize=1)
def _categories() -> dict[str, list[tuple[int, int]]]:
    """Return runs of code points per general category, in one pass over Unicode."""
    found: dict[str, list[tuple[int, int]]] = {}
    start, current = 0, unicodedata.category("\0")
    for point in range(1, sys.maxunicode + 2):
        after = unicodedata.category(chr(point)) if point <= sys.maxunicode else ""
        if after != current:
            found.setdefault(current, []).append((start, point - 1))
            start, current = point, after
    return found


@lru_cache(maxsize=64)
def category(name: str) -> Ranges:
    """Return the code points of a general category (`L`, `Lu`) or a block (`IsBasicLatin`).

    Raises:
        ValueError: There is none of that name.
    """
    if name.startswith("Is"):
        if name[2:] not in _BLOCKS:
            raise ValueError(f"unknown block {name}")
        return (_BLOCKS[name[2:]],)
    known = _categories()
    if not name or (name not in known and name not in "LMNPZSC"):
        raise ValueError(f"unknown category {name}")
    return normalised(run for kind, runs in known.items() if kind.startswith(name) for run in runs)


def _word() -> Ranges:
    return without(_WHOLE, normalised((*category("P"), *category("Z"), *category("C"))))


_SETS: Mapping[str, Callable[[], Ranges]] = {
    "d": lambda: category("Nd"),
    "w": _word,
    "s": lambda: _SPACE,
    "i": lambda: NAME_START,
    "c": lambda: NAME_CHARACTERS,
}
_SINGLE = {"n": "\n", "r": "\r", "t": "\t"}


class _Translator:
    """Walks a pattern from left to right."""

    def __init__(self, pattern: str, flags: str) -> None:
        self.pattern = pattern
        self.multiline = "m" in flags
        self.dot_all = "s" in flags
        self.free = "x" in flags
        self.place = 0

    def peek(self, length: int = 1) -> str:
        return self.pattern[self.place : self.place + length]

    def take(self) -> str:
        if self.place >= len(self.pattern):
            raise ValueError("it ends too early")
        self.place += 1
        return self.pattern[self.place - 1]

    def parts(self) -> Iterator[str]:
        while self.place < len(self.pattern):
            mark = self.take()
            if mark == "\\":
                yield self.escape()
            elif mark == "[":
                yield written(self.set())
            elif mark == ".":
                yield r"[\s\S]" if self.dot_all else r"[^\n]"
            elif mark == "^":
                yield "^" if self.multiline else r"\A"
            elif mark == "$":
                yield r"(?=\n|\Z)" if self.multiline else r"\Z"
            elif not (self.free and mark in " \t\n\r"):
                yield mark

    def escape(self) -> str:
        mark = self.take()
        if mark.isdigit():
            return f"(?:\\{mark})" if mark != "0" else _bad(mark)
        if mark in ("b", "B", "A", "Z"):
            return _bad(mark)
        return rf"\{mark}" if mark in "dD" else written(self.escaped(mark))

    def escaped(self, mark: str) -> Ranges:
        """Return the set that an escape stands for, after its backslash."""
        if mark in "pP":
            if self.take() != "{":
                raise ValueError(f"\\{mark} without {{")
            end = self.pattern.find("}", self.place)
            name, self.place = self.pattern[self.place : end], end + 1
            if end < 0:
                raise ValueError(f"\\{mark} without }}")
            return category(name) if mark == "p" else without(_WHOLE, category(name))
        known = _SETS.get(mark.lower())
        if known is not None:
            return known() if mark.islower() else without(_WHOLE, known())
        if mark.isalnum() and mark not in _SINGLE:
            _bad(mark)
        point = ord(_SINGLE.get(mark, mark))
        return ((point, point),)

    def set(self) -> Ranges:
        """Read a character class after its bracket, with what is taken away from it."""
        negated = self.peek() == "^"
        self.place += negated
        found: list[tuple[int, int]] = []
        taken: Ranges = ()
        first = True
        while first or self.peek() != "]":
            if self.peek(2) == "-[" and not first:
                self.place += 2
                taken = self.set()
                if self.peek() != "]":
                    raise ValueError("something follows a subtraction")
                break
            low = self.member()
            if self.peek() == "-" and self.peek(2) not in ("-]", "-[") and len(low) == 1 and low[0][0] == low[0][1]:
                self.take()
                high = self.member()
                if len(high) != 1 or high[0][1] < low[0][0]:
                    raise ValueError("a range is the wrong way round")
                low = ((low[0][0], high[0][1]),)
            found += low
            first = False
        self.take()
        points = normalised(found)
        return without(without(_WHOLE, points) if negated else points, taken)

    def member(self) -> Ranges:
        mark = self.take()
        if mark == "\\":
            return self.escaped(self.take())
        return ((ord(mark), ord(mark)),)


def _bad(mark: str) -> str:
    raise ValueError(f"unknown escape \\{mark}")


def written(ranges: Ranges) -> str:
    """Write code points as a character class of Python."""
    if not ranges:
        return r"(?!)"
    return "[" + "".join(_point(low) if low == high else f"{_point(low)}-{_point(high)}" for low, high in ranges) + "]"


def _point(point: int) -> str:
    return f"\\U{point:08x}"


@lru_cache(maxsize=1024)
def compile_pattern(pattern: str, flags: str = "") -> re.Pattern[str]:
    """Translate a pattern.

    Args:
        pattern: Regular expression of XPath.
        flags: Letters out of `smixq`.

    Raises:
        ValueError: It is none.

    >>> [bool(compile_pattern(r"^[a-z-[aeiou]]+$").search(text)) for text in ("xyz", "xaz")]
    [True, False]
    >>> bool(compile_pattern(r"^\\i\\c*$").search("a-b")), bool(compile_pattern("^a$").search("a" + chr(10)))
    (True, False)
    """
    options = re.NOFLAG
    for flag in flags:
        if flag not in FLAGS:
            raise ValueError(f"unknown flag {flag}")
        options |= FLAGS[flag]
    text = re.escape(pattern) if "q" in flags else "".join(_Translator(pattern, flags).parts())
    try:
        return re.compile(text, options)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(str(error)) from error
