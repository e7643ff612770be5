"""Rows as a workbook (Office Open XML, by openpyxl): text stays text, and the same rows give the same bytes."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kg.archives import timeless
from kg.errors import MissingExtraError, Text
from kg.namespaces import XSD
from kg.store import Table

if TYPE_CHECKING:
    from kg.store import Node

CELL = 32_767
"""Characters that a cell of a workbook can hold."""
SHEET = 1_048_575
"""Rows that a sheet can hold below its header."""
# XML 1.0 cannot hold these; a workbook is XML.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def workbook(table: Table, facts: Mapping[str, str], lang: str) -> bytes:
    """Return the rows as a workbook with a second sheet that says what was asked of which release.

    Whole numbers and decimals are numbers; all else is text, whatever it begins with. What a cell or sheet cannot hold is cut, and the second sheet says so.

    Args:
        table: The rows.
        facts: Name and text of what the second sheet says.
        lang: Language of the sheets' names.

    Raises:
        MissingExtraError: openpyxl is not installed.
    """
    try:
        from openpyxl import Workbook
        from openpyxl.cell import WriteOnlyCell
    except ImportError as error:
        raise MissingExtraError("openpyxl", "web", Text("Workbooks", "Arbeitsmappen")) from error
    book = Workbook(write_only=True)
    cut = 0

    def cell(sheet: Any, value: str | int | float) -> Any:
        if not isinstance(value, str):
            return WriteOnlyCell(sheet, value)
        # Set after the value: openpyxl would take a text that begins with "=" for a formula, and "#N/A" for an error.
        made = WriteOnlyCell(sheet, _CONTROL.sub("\ufffd", value)[:CELL])
        made.data_type = "s"
        return made

    rows = book.create_sheet({"de": "Zeilen", "en": "rows"}[lang])
    rows.freeze_panes = "A2"
    rows.append([cell(rows, name) for name in table.variables])
    for row in table.rows[:SHEET]:
        cut += sum(term is not None and len(term.value) > CELL for term in row)
        rows.append([cell(rows, _value(term)) for term in row])
    about = book.create_sheet({"de": "Angaben", "en": "about"}[lang])
    for name, text in facts.items():
        about.append([cell(about, name), cell(about, text)])
    if cut or len(table.rows) > SHEET:
        what = Text(
            f"{cut} cells were cut at {CELL} characters; rows beyond {SHEET} are left out. CSV holds everything.",
            f"{cut} Zellen sind bei {CELL} Zeichen gekürzt; Zeilen jenseits von {SHEET} fehlen. CSV enthält alles.",
        )
        about.append([cell(about, {"de": "Gekürzt", "en": "Cut"}[lang]), cell(about, what.in_(lang))])
    buffer = io.BytesIO()
    book.save(buffer)
    # A strong ETag promises the same bytes.
    return timeless(buffer, level=4)


def _value(term: Node | None) -> str | int | float:
    """Return a term as a cell: numbers that a workbook holds exactly as numbers, all else as text."""
    import pyoxigraph as ox

    if term is None:
        return ""
    if isinstance(term, ox.Literal):
        kind = term.datatype.value
        # A workbook counts in doubles: 15 digits are exact.
        if kind in (XSD.integer, XSD.decimal) and len(term.value.strip("+-").replace(".", "")) <= 15:
            return int(term.value) if kind == XSD.integer else float(term.value)
    return f"_:{term.value}" if isinstance(term, ox.BlankNode) else term.value
