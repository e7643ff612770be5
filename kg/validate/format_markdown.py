"""A report as Markdown for the summary of a job or a comment (GitHub Flavored Markdown): a table of counts, then lists.

What comes from data is escaped: Markdown's own signs, HTML, and what a code host would turn into a mention or a reference.
"""

from __future__ import annotations

import re

from kg.namespaces import curie
from kg.validate.format_human import group_title
from kg.validate.format_words import Style, about, closing, counts, new_mark, place_text, plain, rule_title
from kg.validate.report import Result
from kg.validate.select import Group, View, grouped
from kg.validate.shapes import text_in

MAX_BYTES = 1_000_000
"""Bytes that are written at most: GitHub refuses a job summary of more than 1 MiB."""

FIXED = 10
_SIGNS = re.compile(r"([\\`*_\[\]|~$])")
_START = re.compile(r"\A(\s*(?:\d+(?=[.)]))?)([#+\-=.)])")
_REFERENCE = re.compile(r"([@#])(?=\w)")
_BREAK = "&#8203;"  # a break without width: it keeps a code host from seeing a mention or a number of an issue


def escape(text: str) -> str:
    """Return a text of data as Markdown that shows just this text.

    >>> escape("a|b <img> @me #1")
    'a\\\\|b &lt;img&gt; @&#8203;me #&#8203;1'
    """
    text = plain(text, 1000).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _START.sub(r"\1\\\2", _REFERENCE.sub(rf"\1{_BREAK}", _SIGNS.sub(r"\\\1", text))).replace("://", f":{_BREAK}//")


def markdown(view: View, style: Style) -> str:
    """Return the report: counts, a table of groups, and lists of findings, cut at :data:`MAX_BYTES` with a word on what is missing."""
    title = f"## {style.word('title')}"
    said = [f"**{escape(line)}**" if number == 0 else escape(line) for number, line in enumerate(reversed(closing(view, style)))]
    page = _Page([title, "", *(part for line in said for part in (line, ""))])
    groups = grouped(view.results, style.group_by)
    if not groups:
        page.add([style.word("nothing"), ""])
    rows = missing_rows = 0
    if groups:
        heads = [style.word(key) for key in ("severity", style.group_by, "count")]
        page.add([f"| {' | '.join(heads)} |", "|---|---|--:|"])
        for group in groups:
            if page.add([f"| {style.word(group.severity)} | {_title(group, style)} | {len(group.results)} |"]):
                rows += 1
        missing_rows = len(groups) - rows
        page.add(["", escape(style.word("rows")), ""])
    missing = 0
    for group in groups:
        missing += _group(page, view, group, style)
    _fixed(page, view, style)
    if missing or missing_rows:
        page.lines += [f"> {escape(style.word('cut').format(missing, missing_rows))}", ""]
    return "\n".join(page.lines).rstrip("\n") + "\n"


class _Page:
    """Lines, as many as there is room for; some room is kept for what must be said at the end."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.room = MAX_BYTES - 1_000 - sum(len(line.encode()) + 1 for line in lines)

    def add(self, lines: list[str]) -> bool:
        """Add lines if they fit; once something did not, nothing does, so that nothing is missing from the middle."""
        size = sum(len(line.encode()) + 1 for line in lines)
        if size > self.room:
            self.room = 0
            return False
        self.room -= size
        self.lines += lines
        return True


def _title(group: Group, style: Style) -> str:
    if style.group_by == "rule":
        return f"{escape(rule_title(group.results[0].shape, style.lang))} `{_code(group.key)}`"
    return escape(group_title(group, style))


def _code(text: str) -> str:
    return plain(text, 200).replace("`", "'").replace("|", "\\|")


def _group(page: _Page, view: View, group: Group, style: Style) -> int:
    """Add the findings of a group; return how many had no room."""
    listed: set[str] = set()
    rests: list[str] = []
    for shape, results in group.by_rule:
        limit = style.listed(results[0].severity, len(results))
        listed |= {result.id for result in results[:limit]}
        if limit < len(results):
            of = "" if style.group_by == "rule" else f" `{_code(curie(shape))}`"
            rests.append(f"- *{escape(style.word('not-listed').format(len(results) - limit))}*{of}")
    if not listed:
        return 0
    title = f"### {style.word(group.severity)}: {_title(group, style)}" if style.group_by == "rule" else f"### {_title(group, style)}"
    if not page.add([title, "", f"{escape(counts(group.results, style))}", ""]):
        return len(listed)
    missing = 0
    for result in group.results:
        if result.id in listed and not page.add([_item(view, result, style)]):
            missing += 1
    page.add([*rests, ""])
    return missing


def _item(view: View, result: Result, style: Style) -> str:
    where = ", ".join(escape(place_text(place)) for place in result.origin[:3]) or style.word("no-place")
    more = style.word("places").format(len(result.origin) - 3) if len(result.origin) > 3 else ""
    new = new_mark(view, result, style)
    marks = ([f"**{new}**"] if new else []) + ([] if style.group_by == "rule" else [style.word(result.severity)])
    mark = f" ({', '.join(marks)})" if marks else ""
    words = "; ".join(escape(part) for part in about(result, style))
    return f"- {where}{' ' if more else ''}{more} · **{escape(result.focus_label)}**{mark}: {words} `{result.id}`"


def _fixed(page: _Page, view: View, style: Style) -> None:
    if view.comparison is None or not view.comparison.fixed:
        return
    fixed = view.comparison.fixed
    lines = [f"### {style.word('fixed-title')} ({len(fixed)})", ""]
    for finding in fixed[:FIXED]:
        place = place_text(finding.origin[0]) if finding.origin else style.word("no-place")
        lines.append(f"- {escape(place)} · **{escape(finding.focus_label)}**: {escape(text_in(finding.message, style.lang))}")
    if len(fixed) > FIXED:
        lines.append(f"- … {len(fixed) - FIXED}")
    page.add([*lines, ""])


__all__ = ["MAX_BYTES", "escape", "markdown"]
