"""A report as workflow commands of GitHub Actions: each finding an annotation at its line.

Source: GitHub Docs, "Workflow commands for GitHub Actions", setting a debug, notice, warning and error message. In data `%`, CR and LF are
percent-encoded, in properties `:` and `,` too. GitHub shows ten annotations of each kind per step; so the worst stand first, and the last
lines count everything.
"""

from __future__ import annotations

from kg.namespaces import curie
from kg.validate.format_words import Style, about, closing, new_mark, plain, rule_title
from kg.validate.report import SEVERITIES, Result
from kg.validate.select import View

COMMANDS = {"Violation": "error", "Warning": "warning", "Info": "notice"}
SHOWN = 10
"""Annotations of a kind that GitHub shows per step."""


def data(text: str) -> str:
    """Escape the message of a command.

    >>> data("50 %\\r\\n")
    '50 %25%0D%0A'
    """
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def prop(text: str) -> str:
    """Escape a property of a command.

    >>> prop("a:b,c")
    'a%3Ab%2Cc'
    """
    return data(text).replace(":", "%3A").replace(",", "%2C")


def github(view: View, style: Style) -> str:
    """Return one command per finding, worst and new ones first; the complete counts last."""
    ordered = sorted(view.results, key=lambda result: (SEVERITIES.index(result.severity), view.state(result) == "known"))
    left: dict[str, int] = {}
    lines: list[str] = []
    shown: dict[str, int] = {}
    for result in ordered:
        shown[result.shape] = shown.get(result.shape, 0) + 1
        if style.limit and shown[result.shape] > style.limit:
            left[result.shape] = left.get(result.shape, 0) + 1
        else:
            lines.append(_command(view, result, style))
    lines += [f"{curie(shape)}: {style.word('more').format(count)}" for shape, count in left.items()]
    counts = view.shown.severities
    if any(count > SHOWN for count in counts.values()):
        lines.append(style.word("github-limit").format(sum(shown.values()) - sum(left.values())))
    return "".join(f"{line}\n" for line in [*lines, *closing(view, style)])


def _command(view: View, result: Result, style: Style) -> str:
    properties: list[tuple[str, str]] = []
    if result.origin:
        place = style.locator.place(result.origin[0])
        properties.append(("file", plain(place.path, 1000)))
        if place.line:
            properties.append(("line", str(place.line)))
    properties.append(("title", f"{rule_title(result.shape, style.lang)} [{curie(result.shape)}]"))
    word = new_mark(view, result, style)
    mark = f" [{word}]" if word else ""
    rest = [str(place) for place in result.origin]
    where = f" ({', '.join(rest[:3])}{', …' if len(rest) > 3 else ''})" if rest else ""
    message = f"{plain(result.focus_label, 120)}{mark}{plain(where)}: {'; '.join(about(result, style))} #{result.id}"
    return f"::{COMMANDS[result.severity]} {','.join(f'{name}={prop(text)}' for name, text in properties)}::{data(message)}"
