"""Cells that a spreadsheet would take for a formula: told, defused, restored (OWASP, CSV injection).

A cell is dangerous where a sign of a formula stands first, half or full width, behind blanks, marks of byte order or apostrophes; and where it
begins with a tab or a carriage return, which spreadsheets cut at or drop.
"""

from __future__ import annotations

import re

SIGNS = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
"""Signs that begin a formula, half and full width."""

_FORMULA = re.compile(r"[\s\ufeff']*[=+\-@\uff1d\uff0b\uff0d\uff20]|'*[\t\r]")


def is_formula(text: str) -> bool:
    """Tell whether a spreadsheet would take a text for a formula, or may do so once an apostrophe before it is gone.

    >>> is_formula("=1+1"), is_formula(" ＠x"), is_formula("-5"), is_formula("a-b"), is_formula("'s-Hertogenbosch")
    (True, True, True, False, False)
    """
    return _FORMULA.match(text) is not None


def defused(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; :func:`restored` gives the text back.

    >>> defused("=1+1"), defused("Partner"), restored(defused("'-x")) == "'-x"
    ("'=1+1", 'Partner', True)
    """
    return f"'{text}" if is_formula(text) else text


def restored(text: str) -> str:
    """Return the text of a cell that :func:`defused` wrote; texts that were never dangerous stay as they are."""
    return text[1:] if text.startswith("'") and is_formula(text) else text
