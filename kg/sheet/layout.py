"""What a workbook of tables looks like: its sheets, the technical column, and how text stands in a cell.

Source: ECMA-376 part 1, section 18 (SpreadsheetML) and 22.9.2.19 (ST_Xstring: `_xHHHH_` stands for a character).
"""

from __future__ import annotations

import re
from collections.abc import Collection

TABLES = ("sources", "entities", "relations", "decisions", "retired", "roles")
"""Tables of a folder in the order of their sheets; a table that the folder does not have gets no sheet."""

KEYS = {"sources": "source_id", "entities": "entity_id"}
"""Column that names a row, where there is one."""

LISTS_SHEET = "_lists"
KEPT_SHEET = "_innokg"
"""Hidden sheets: the lists behind the drop-downs, and the tables as they were."""

ROW_COLUMN = "_row"

CELL_LIMIT = 32_767
"""UTF-16 units that a cell of a workbook can hold."""

FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML 1.0 cannot hold (production 2)."""

_BREAK = re.compile(r"\r\n?")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def row_column(columns: Collection[str]) -> str:
    """Return the name of the technical column: one that the table does not have."""
    name = ROW_COLUMN
    while name in columns:
        name = "_" + name
    return name


def shown(text: str) -> str:
    """Return a text as a cell shows it: a spreadsheet knows one kind of line break.

    >>> shown("a\\r\\nb")
    'a\\nb'
    """
    return _BREAK.sub("\n", text)


def restored(text: str, before: str) -> str:
    """Return a text from a cell with the line breaks that the cell of the table has.

    >>> restored("a\\nb\\nc", "a\\r\\nb")
    'a\\r\\nb\\r\\nc'
    """
    breaks = set(re.findall(r"\r\n|\r|\n", before))
    return text.replace("\n", breaks.pop()) if len(breaks) == 1 else text


def escaped(text: str) -> str:
    """Return a text in which nothing reads as an escaped character.

    >>> escaped("_x0041_"), unescaped(escaped("_x0041_"))
    ('_x005F_x0041_', '_x0041_')
    """
    return re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text) if "_x" in text else text


def unescaped(text: str) -> str:
    """Return a text with its escaped characters as they are."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def units(text: str) -> int:
    """Return the length of a text as a spreadsheet counts it: in UTF-16 units."""
    return len(text) + sum(sign > "\uffff" for sign in text)


def letters(number: int) -> str:
    """Return the letters of a column, the first being 1.

    >>> letters(1), letters(26), letters(27), letters(703)
    ('A', 'Z', 'AA', 'AAA')
    """
    name = ""
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name
