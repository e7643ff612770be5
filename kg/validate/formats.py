"""A report as text, in ten forms: one function per format, all of them in :data:`FORMATS`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from kg.errors import Text, ValidationError
from kg.validate.format_csv import to_csv
from kg.validate.format_github import github
from kg.validate.format_html import html
from kg.validate.format_human import human, table
from kg.validate.format_junit import junit
from kg.validate.format_markdown import markdown
from kg.validate.format_sarif import sarif
from kg.validate.format_words import LIMITS, Style, closing, plain, summary
from kg.validate.report import Report, exit_code, json_parts, turtle_parts
from kg.validate.select import GROUPS, View, grouped, view_keys


def _json(view: View, _style: Style) -> str:
    """Return the report as JSON: the counts of all that was found, the results that the filters let through."""
    return "".join(json_parts(view.report, results=view.results, more=view_keys(view)))


def _turtle(view: View, style: Style) -> str:
    """Return the results shown as Turtle; what filters and a baseline say stands above as comments, which no reader of Turtle minds."""
    said = closing(view, style) if view.filters or view.comparison else []
    return "".join([*(f"# {line}\n" for line in said), *turtle_parts(view.shown)])


FORMATS: dict[str, Callable[[View, Style], str]] = {
    "human": human,
    "table": table,
    "json": _json,
    "csv": to_csv,
    "html": html,
    "markdown": markdown,
    "github": github,
    "sarif": sarif,
    "junit": junit,
    "turtle": _turtle,
}
"""Every format by its name on the command line; a new one is a function here."""


def render(
    report: Report | View,
    format: str = "human",
    *,
    lang: str = "en",
    limit: int | None = None,
    color: bool = False,
    style: Style | None = None,
) -> str:
    """Return a report as text, with a line end.

    Args:
        report: The report, or what filters and a baseline make of it.
        format: A key of :data:`FORMATS`.
        lang: `de` or `en`.
        limit: Results listed per rule in `human`, `markdown`, `html` and `github`, 0 for all, `None` for what the format has by itself.
        color: Whether to colour, for a terminal.
        style: Everything else that can be asked for.

    Raises:
        ValidationError: There is no such format.
    """
    check_asked(format)
    view = report if isinstance(report, View) else View(report, report.results)
    chosen = replace(style or Style(), lang=lang, limit=None if limit is None else max(limit, 0), color=color)
    return FORMATS[format](view, chosen)


def check_asked(format: str, fail_on: str = "violation", group_by: str = "rule") -> None:
    """Refuse what there is not before anything is validated.

    Raises:
        ValidationError: There is no such format, threshold or grouping.
    """
    if format not in FORMATS:
        known = ", ".join(FORMATS)
        what = Text(f"There is no format {format!r}.", f"Das Format {format!r} gibt es nicht.")
        raise ValidationError(what, where="--format", fix=Text(f"Use one of {known}.", f"Möglich sind {known}."))
    exit_code(Report("", ()), fail_on)
    grouped((), group_by)


__all__ = ["FORMATS", "GROUPS", "LIMITS", "Style", "check_asked", "human", "plain", "render", "summary", "table"]
