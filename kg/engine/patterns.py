"""Regular expressions of the expressions (RE2, as DuckDB reads them) in Java's dialect.

What both read differently is rewritten; what Java cannot say is left to its error. Sources: RE2's syntax page, `java.util.regex.Pattern`.
"""

from __future__ import annotations

import re

_BLANK = r"\t\n\f\r "
_OTHER = r"\p{Cc}\p{Cf}\p{Co}\p{Cs}"
_WORD = "[0-9A-Za-z_]"
_EDGE = {
    r"\b": f"(?:(?<={_WORD})(?!{_WORD})|(?<!{_WORD})(?={_WORD}))",
    r"\B": f"(?:(?<={_WORD})(?={_WORD})|(?<!{_WORD})(?!{_WORD}))",
}
"""Edges of words of ASCII letters; to Java a letter with an accent is one as well."""
_NAMED = re.compile(r"\(\?P<")
_FLAGS = re.compile(r"\(\?([a-zA-Z]*)(-[a-zA-Z]+)?([:)])")
_POSIX = re.compile(r"\[:(\^?)([a-z]+):\]")
_POSIX_CLASSES = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": r"\x00-\x7F",
    "blank": r"\t ",
    "cntrl": r"\x00-\x1F\x7F",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\t\n\x0B\f\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}


def java_pattern(pattern: str) -> str:
    r"""Return a pattern of RE2 for `java.util.regex`.

    `$` is the end and not also the place before a last line break, a dot is anything but `\n`, `\s` has no vertical tab, case is that of
    Unicode, words are of ASCII letters, and `[` or `&&` inside a class are themselves.

    >>> java_pattern(r"a[[\s]$")
    '(?d)a[\\[\\t\\n\\f\\r ]\\z'
    """
    made, place = ["(?d)"], 0
    while place < len(pattern):
        text, place = _piece(pattern, place)
        made.append(text)
    return "".join(made)


def _piece(pattern: str, place: int) -> tuple[str, int]:
    """Return the next piece of a pattern in Java's dialect, and where the one after it begins."""
    character = pattern[place]
    if character == "\\":
        return _escape(pattern, place, inside=False)
    if character == "[":
        return _class(pattern, place)
    if character == "$":
        return r"\z", place + 1
    if found := _NAMED.match(pattern, place):
        return "(?<", found.end()
    if found := _FLAGS.match(pattern, place):
        return f"(?{found[1].replace('i', 'iu')}{found[2] or ''}{found[3]}", found.end()
    return character, place + 1


def _escape(pattern: str, place: int, *, inside: bool) -> tuple[str, int]:
    """Return an escape sequence."""
    if pattern.startswith(r"\Q", place):
        end = pattern.find(r"\E", place)
        end = len(pattern) if end < 0 else end
        return "".join(re.escape(character) for character in pattern[place + 2 : end]), end + 2
    escaped = pattern[place : place + 2]
    if escaped == r"\s":
        return (_BLANK if inside else f"[{_BLANK}]"), place + 2
    if escaped == r"\S":
        return f"[^{_BLANK}]", place + 2
    if escaped in _EDGE and not inside:
        return _EDGE[escaped], place + 2
    if pattern.startswith(r"\p{C}", place):
        # To Java what is not assigned is of category C as well.
        return (_OTHER if inside else f"[{_OTHER}]"), place + 5
    return escaped, place + 2


def _class(pattern: str, place: int) -> tuple[str, int]:
    """Return a class of characters."""
    made, place = ["["], place + 1
    if pattern.startswith("^", place):
        made.append("^")
        place += 1
    first = True
    while place < len(pattern) and (first or pattern[place] != "]"):
        first = False
        if found := _POSIX.match(pattern, place):
            members = _POSIX_CLASSES.get(found[2], found[0])
            made.append(f"[^{members}]" if found[1] else members)
            place = found.end()
        elif pattern[place] == "\\":
            text, place = _escape(pattern, place, inside=True)
            made.append(text)
        else:
            made.append(rf"\{pattern[place]}" if pattern[place] in "[]&" else pattern[place])
            place += 1
    return "".join(made) + "]", place + 1


def java_replacement(text: str) -> str:
    r"""Return a replacement as `java.util.regex.Matcher.replaceAll` takes it: `$1` for `\1`, and a plain `$` escaped.

    >>> java_replacement(r"\1$\\")
    '$1\\$\\\\'
    """
    return re.sub(r"\\([0-9\\])", lambda found: found[0] if found[1] == "\\" else f"${found[1]}", text.replace("$", r"\$"))
