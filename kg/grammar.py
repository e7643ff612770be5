"""What the grammar of the engine says of a query's words, where the words themselves can lie.

Whether a query holds SERVICE or FROM cannot be told from its words alone: `<` opens an IRI or compares, a comment ends at CR, too, and `trueSERVICE<…>`
and `SERVICE:x` are read as the keyword. So the grammar of the engine itself decides: the word is misspelt, and if the text still parses, none of its
occurrences was the keyword.
"""

from __future__ import annotations

import re

from kg.namespaces import PREFIXES

_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_SERVICE = re.compile("service", re.IGNORECASE)
_CALL = re.compile(r"service(?:\s*\bsilent\b)?", re.IGNORECASE)
_FROM = re.compile("from", re.IGNORECASE)


def hides_service(query: str) -> bool:
    """Return whether the word SERVICE is written with codepoint escapes, which some engines replace before parsing (SPARQL 1.1, section 19.2)."""
    return len(_SERVICE.findall(_unescaped(query))) != len(_SERVICE.findall(query))


def calls(query: str) -> bool:
    """Return whether a query would call another address.

    Raises:
        SyntaxError: The text is no SPARQL whatever is read as SERVICE; the message is the engine's.
    """
    if not _SERVICE.search(_unescaped(query)):
        return False
    if hides_service(query):
        return True
    wrong = engine_error(misspelt_service(query))
    if wrong is None:
        return False
    place = position(query, wrong)
    beside = place is not None and any(found.start() <= place <= found.end() + 1 for found in _SERVICE.finditer(query))
    if not beside and engine_error(_CALL.sub("GRAPH", query)) is not None:
        raise SyntaxError(wrong)
    return True


def names_dataset(query: str) -> bool:
    """Return whether a query has FROM, and so a dataset of its own."""
    return bool(_FROM.search(query)) and engine_error(_FROM.sub(lambda found: found.group()[:3] + "k", query)) is not None


def _unescaped(query: str) -> str:
    return _ESCAPE.sub(lambda found: _character(found.group(1) or found.group(2)), query) if "\\" in query else query


def _character(digits: str) -> str:
    number = int(digits, 16)
    return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"


def misspelt_service(query: str) -> str:
    """Return the query with every SERVICE misspelt."""
    return _SERVICE.sub(lambda found: found.group()[:5] + ("K" if found.group()[5].isupper() else "k") + found.group()[6:], query)


def engine_error(query: str) -> str | None:
    """Return what the engine says against a text that holds no SERVICE, or `None`; asked of an empty store."""
    import pyoxigraph as ox

    try:
        ox.Store().query(query, prefixes=PREFIXES)
    except SyntaxError as error:
        return str(error)
    except (ValueError, RuntimeError, OSError):
        # It was parsed; what fails in the evaluation will fail again where it can be answered for.
        return None
    return None


POSITION = re.compile(r"error at (\d+):(\d+)")


def position(query: str, message: str) -> int | None:
    """Return the offset that a message of the engine names by line and column, or `None`."""
    match = POSITION.search(message)
    if not match:
        return None
    lines = query.split("\n")
    line = min(int(match[1]), len(lines))
    return sum(len(one) + 1 for one in lines[: line - 1]) + int(match[2]) - 1
