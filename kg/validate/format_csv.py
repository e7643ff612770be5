"""A report as CSV (RFC 4180), one line per finding, safe to open in a spreadsheet.

Columns, always these: `id, state, severity, rule, file, row, line, places, focus, focus_label, path, value, expected, found, message, shape,
component, selection`. `row` is the record in the table (header 1), `line` the physical line in the file; `places` holds all places as
`file:row; file:row`; `state` is `new` or `known` against a baseline, else empty; `rule` says the rule in words; `selection` says how many
findings of how many the file holds, and by which filter. Texts are in the language of the report.
"""

from __future__ import annotations

import csv
import io

from kg.cells import defused
from kg.validate.format_words import Style, filter_words, plain, rule_title
from kg.validate.select import View
from kg.validate.shapes import text_in

COLUMNS = (
    *("id", "state", "severity", "rule", "file", "row", "line", "places", "focus", "focus_label", "path", "value"),
    *("expected", "found", "message", "shape", "component", "selection"),
)

_LONG = 32_000  # a spreadsheet's cell holds 32,767 characters


def safe(text: str) -> str:
    """Return a cell on one line that no spreadsheet takes for a formula.

    >>> safe("=1+1"), safe("-5"), safe("a")
    ("'=1+1", "'-5", 'a')
    """
    return plain(defused(text), _LONG)


def to_csv(view: View, style: Style) -> str:
    """Return the report as CSV with CRLF line ends."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    words = filter_words(view, style)
    of = {"de": "von", "en": "of"}[style.lang]
    selection = f"{len(view.results)} {of} {len(view.report.results)}" + (f": {words}" if words else "")
    rules: dict[str, str] = {}
    for result in view.results:
        first = result.origin[0] if result.origin else None
        place = style.locator.place(first) if first else None
        if result.shape not in rules:
            rules[result.shape] = rule_title(result.shape, style.lang)
        cells = {
            "id": result.id,
            "state": view.state(result),
            "severity": result.severity,
            "rule": rules[result.shape],
            "file": first.file if first else "",
            "row": str(first.row) if first and first.row else "",
            "line": str(place.line) if place and place.line else "",
            "places": "; ".join(map(str, result.origin)),
            "message": text_in(result.message, style.lang),
            "selection": selection,
        }
        writer.writerow([safe(cells[column] if column in cells else str(getattr(result, column))) for column in COLUMNS])
    return ("\ufeff" if style.bom else "") + buffer.getvalue()
