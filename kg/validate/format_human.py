"""A report for a terminal: grouped for people, and one line per result."""

from __future__ import annotations

from kg.namespaces import curie
from kg.validate.format_words import Style, about, closing, counts, new_mark, notes, place_text, places, plain, rule_words
from kg.validate.report import Result
from kg.validate.select import Group, View, class_names, grouped
from kg.validate.shapes import text_in

FIXED = 10
"""Fixed findings that are listed."""


def human(view: View, style: Style) -> str:
    """Return the report for people: in groups, each result with its file and row; the summary last."""
    lines: list[str] = []
    for group in grouped(view.results, style.group_by):
        lines += _rule(view, group, style) if style.group_by == "rule" else _mixed(view, group, style)
    lines += _fixed(view, style)
    gap = [] if not lines or not lines[-1] else [""]
    return "\n".join([*lines, *gap, *closing(view, style), ""])


def _rule(view: View, group: Group, style: Style) -> list[str]:
    """Return the findings of one rule under its words."""
    rule, message = rule_words(group.results[0].shape, group.results, style)
    count = f"{len(group.results)} {style.word('result' if len(group.results) == 1 else 'results')}"
    head = f"{style.severity(group.severity, style.word(group.severity))}: {style.severity('rule', rule)} [{group.key}] · {count}"
    limit = style.listed(group.severity, len(group.results))
    if not limit:
        return [head]
    words = [f"  {message}"] if message and message != rule else []
    more = len(group.results) - limit
    rest = [f"    {style.word('more').format(more)}"] if more else []
    return [head, *words, *(_line(view, result, style, {rule, message}) for result in group.results[:limit]), *rest, ""]


def _mixed(view: View, group: Group, style: Style) -> list[str]:
    """Return the findings of a file or class, of each rule as many as the limit allows."""
    lines = [f"{style.severity('rule', group_title(group, style))} · {counts(group.results, style)}"]
    listed: set[str] = set()
    rests: list[str] = []
    for shape, results in group.by_rule:
        limit = style.listed(results[0].severity, len(results))
        listed |= {result.id for result in results[:limit]}
        if limit < len(results):
            rests.append(f"    {style.word('more-of').format(len(results) - limit, curie(shape))}")
    for result in group.results:
        if result.id in listed:
            severity = style.severity(result.severity, style.word(result.severity))
            lines.append(f"{_line(view, result, style, set())} ({severity}, {curie(result.shape)})")
    return [*lines, *rests, ""]


def group_title(group: Group, style: Style) -> str:
    """Return the title of a group of a file or class."""
    if style.group_by == "file":
        return plain(group.key) or style.word("no-file")
    name = class_names(style.lang).get(group.key)
    return name or (style.word("table-rows").format(plain(group.key)) if "." in group.key else plain(group.key))


def _line(view: View, result: Result, style: Style, said: set[str]) -> str:
    """Return a result: where, what it is about, expected and found, and the message where the rule's lines did not say it."""
    word = new_mark(view, result, style)
    mark = f" [{word}]" if word else ""
    text = f"    {places(result, style)}  {plain(result.focus_label, 120)}{mark}"
    words = about(result, style, said)
    return f"{text} – {'; '.join(words)}" if words else text


def _fixed(view: View, style: Style) -> list[str]:
    if view.comparison is None or not view.comparison.fixed:
        return []
    fixed = view.comparison.fixed
    lines = [f"{style.word('fixed-title')} · {len(fixed)}"]
    for finding in fixed[:FIXED]:
        place = place_text(finding.origin[0]) if finding.origin else style.word("no-place")
        lines.append(
            f"    {place}  {plain(finding.focus_label, 120)} – {plain(text_in(finding.message, style.lang))} [{plain(curie(finding.shape))}]"
        )
    if len(fixed) > FIXED:
        lines.append(f"    … {len(fixed) - FIXED}")
    return [*lines, ""]


def table(view: View, style: Style) -> str:
    """Return one line per result: severity, place, rule, focus, message; what filters and a baseline say stands below."""
    rows = [_cells(view, result, style) for result in view.results]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(4)]
    lines = []
    for result, row in zip(view.results, rows, strict=True):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        cells[0] = style.severity(result.severity, cells[0])
        lines.append("  ".join([*cells, row[4]]))
    said = notes(view, style)
    lines += ["", *closing(view, style)] if said else []
    return "".join(f"{line}\n" for line in lines)


def _cells(view: View, result: Result, style: Style) -> tuple[str, str, str, str, str]:
    word = new_mark(view, result, style)
    mark = f"[{word}] " if word else ""
    message = mark + plain(text_in(result.message, style.lang))
    return style.word(result.severity), places(result, style), curie(result.shape), plain(result.focus_label, 40), message
