"""A report as text: `human`, `table`, `json`, `turtle`. One function per format, all of them in :data:`FORMATS`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

from kg.errors import Text, ValidationError
from kg.namespaces import curie
from kg.validate.report import SEVERITIES, TABLE, Origin, Report, Result, readable_path, to_json, to_turtle
from kg.validate.shapes import rule_of, text_in

LIMITS = {"Violation": 10, "Warning": 3, "Info": 0}
"""Results listed per rule unless a limit is asked for: what stops a release in detail, advice as one line with its count."""

PLACES = 3
"""Places listed per result."""


@dataclass(frozen=True)
class Style:
    """How a report is shown.

    Attributes:
        lang: `de` or `en`.
        limit: Results listed per rule, 0 for all, `None` for :data:`LIMITS`; counts are always complete.
        color: Whether to colour severities, for a terminal.
    """

    lang: str = "en"
    limit: int | None = None
    color: bool = False

    def word(self, key: str) -> str:
        """Return a word of the page in the language."""
        return _WORDS[key][self.lang == "en"]

    def severity(self, name: str, text: str) -> str:
        """Colour a text by severity."""
        if not self.color:
            return text
        from rich.color import ColorSystem
        from rich.style import Style as RichStyle

        return RichStyle.parse(_COLORS[name]).render(text, color_system=ColorSystem.STANDARD)


_COLORS = {"Violation": "bold red", "Warning": "yellow", "Info": "cyan", "rule": "bold"}

_WORDS = {
    "Violation": ("Verstoß", "Violation"),
    "Warning": ("Warnung", "Warning"),
    "Info": ("Hinweis", "Info"),
    "Violations": ("Verstöße", "Violations"),
    "Warnings": ("Warnungen", "Warnings"),
    "Infos": ("Hinweise", "Infos"),
    "result": ("Ergebnis", "result"),
    "results": ("Ergebnisse", "results"),
    "expected": ("erwartet", "expected"),
    "found": ("gefunden", "found"),
    "more": ("… und {} weitere: --limit-per-rule 0 zeigt alle", "… and {} more: use --limit-per-rule 0"),
    "places": ("und {} weitere Stellen", "and {} more places"),
    "conforms": ("Keine Verstöße.", "No violations."),
    "fails": ("Die Regeln sind nicht erfüllt.", "The rules are not met."),
    "rules": ("in {} Regeln", "in {} rules"),
    "one-rule": ("in 1 Regel", "in 1 rule"),
    "no-place": ("ohne Zeile", "no row"),
}

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def plain(text: str, width: int = 300) -> str:
    """Return a text on one line, without control characters (a cell must not move the cursor), cut at a width.

    >>> plain("a\\nb\\x1b[2J")
    'a b\\\\x1b[2J'
    """
    line = _CONTROL.sub(lambda match: " " if match.group() in "\t\n\r" else f"\\x{ord(match.group()):02x}", text[: width + 1])
    return line if len(line) <= width else f"{line[:width]}…"


def places(result: Result, style: Style) -> str:
    """Return where a result comes from, the first places only."""
    if not result.origin:
        return style.word("no-place")
    shown = ", ".join(str(Origin(plain(place.file), place.row)) for place in result.origin[:PLACES])
    more = len(result.origin) - PLACES
    return f"{shown} {style.word('places').format(more)}" if more > 0 else shown


def rule_words(shape: str, results: list[Result], style: Style) -> tuple[str, str]:
    """Return a rule in plain words and what to do, in the language; the second is empty where each result says it."""
    info = rule_of(shape)
    messages = {text_in(result.message, style.lang) for result in results}
    message = plain(messages.pop(), 1000) if len(messages) == 1 else ""
    if info is None:
        return (message or curie(shape)), ""
    return info.rule(style.lang), message


def human(report: Report, style: Style) -> str:
    """Return the report for people: by rule, worst first, each result with its file and row; the summary last."""
    lines: list[str] = []
    for shape, group in groupby(report.results, key=lambda result: (result.severity, result.shape)):
        results = list(group)
        severity, iri = shape
        rule, message = rule_words(iri, results, style)
        count = f"{len(results)} {style.word('result' if len(results) == 1 else 'results')}"
        lines.append(f"{style.severity(severity, style.word(severity))}: {style.severity('rule', rule)} [{curie(iri)}] · {count}")
        limit = LIMITS[severity] if style.limit is None else style.limit or len(results)
        if not limit:
            continue
        if message and message != rule:
            lines.append(f"  {message}")
        lines += [_line(result, style, said={rule, message}) for result in results[:limit]]
        if limit < len(results):
            lines.append(f"    {style.word('more').format(len(results) - limit)}")
        lines.append("")
    closing = [] if not lines or not lines[-1] else [""]
    return "\n".join([*lines, *closing, summary(report, style), ""])


def _line(result: Result, style: Style, said: set[str]) -> str:
    """Return a result: where, what it is about, expected and found, and the message where the rule's lines did not say it."""
    words = (("expected", "" if result.expected in said else result.expected), ("found", result.found))
    about = [f"{style.word(key)}: {plain(text)}" for key, text in words if text]
    if result.component == TABLE:
        about = [f"{result.path}: {plain(result.found)}" if result.path else plain(result.found)] if result.found else []
    elif result.path and about:
        about[0] = f"{readable_path(result.path)} {about[0]}"
    message = plain(text_in(result.message, style.lang), 1000)
    if message not in said:
        about.append(message)
    text = f"    {places(result, style)}  {plain(result.focus_label, 120)}"
    return f"{text} – {'; '.join(about)}" if about else text


def summary(report: Report, style: Style) -> str:
    """Return the last line: counts per severity, complete whatever was listed."""
    counts = report.severities
    parts = [f"{counts[name]} {style.word(name if counts[name] == 1 else name + 's')}" for name in SEVERITIES]
    rules = style.word("one-rule") if len(report.rules) == 1 else style.word("rules").format(len(report.rules))
    verdict = style.word("conforms") if report.conforms else style.word("fails")
    return f"{', '.join(parts)} {rules}. {verdict}"


def table(report: Report, style: Style) -> str:
    """Return one line per result: severity, place, rule, focus, message."""
    rows = [_cells(result, style) for result in report.results]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(4)]
    lines = []
    for result, row in zip(report.results, rows, strict=True):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        cells[0] = style.severity(result.severity, cells[0])
        lines.append("  ".join([*cells, row[4]]))
    return "".join(f"{line}\n" for line in lines)


def _cells(result: Result, style: Style) -> tuple[str, str, str, str, str]:
    message = plain(text_in(result.message, style.lang))
    return style.word(result.severity), places(result, style), curie(result.shape), plain(result.focus_label, 40), message


FORMATS: dict[str, Callable[[Report, Style], str]] = {
    "human": human,
    "table": table,
    "json": lambda report, _style: to_json(report),
    "turtle": lambda report, _style: to_turtle(report),
}
"""Every format by its name on the command line; a new one is a function here."""


def render(report: Report, format: str = "human", *, lang: str = "en", limit: int | None = None, color: bool = False) -> str:
    """Return a report as text, with a line end.

    Args:
        report: The report.
        format: A key of :data:`FORMATS`.
        lang: `de` or `en`.
        limit: Results listed per rule in `human`, 0 for all, `None` for :data:`LIMITS`.
        color: Whether to colour, for a terminal.

    Raises:
        ValidationError: There is no such format.
    """
    if format not in FORMATS:
        known = ", ".join(FORMATS)
        what = Text(f"There is no format {format!r}.", f"Das Format {format!r} gibt es nicht.")
        raise ValidationError(what, where="--format", fix=Text(f"Use one of {known}.", f"Möglich sind {known}."))
    return FORMATS[format](report, Style(lang, None if limit is None else max(limit, 0), color))


__all__ = ["FORMATS", "LIMITS", "Style", "human", "plain", "render", "summary", "table"]
