"""A report as one page that stands alone: no script, no request, light and dark, for screen, phone and paper (WCAG 2.2 AA)."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from kg.namespaces import curie
from kg.validate.format_human import group_title
from kg.validate.format_words import Style, closing, counts, new_mark, place_text, plain, rule_title
from kg.validate.report import TABLE, Result, readable_path
from kg.validate.select import Group, View, grouped
from kg.validate.shapes import text_in

LIMITS = {"Violation": 200, "Warning": 100, "Info": 50}
"""Findings listed per rule unless a limit is asked for: a page of ten thousand opens slowly."""

FIXED = 50

_STYLE = """
:root { color-scheme: light dark; --ink: #16222b; --quiet: #4d5c66; --paper: #fff; --panel: #f1f5f7; --line: #b9c4cb; --link: #0a5f78;
  --violation: #a30d0d; --warning: #7a4300; --info: #0a5f78; }
@media screen and (prefers-color-scheme: dark) { :root { --ink: #e6edf1; --quiet: #a8b6be; --paper: #11181d; --panel: #1a242b; --line: #4a5963;
  --link: #7cc7de; --violation: #ff9a94; --warning: #ffb870; --info: #7cc7de; } }
* { box-sizing: border-box; }
body { margin: 0; overflow-wrap: anywhere; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, "Segoe UI", "DejaVu Sans", Helvetica, Arial, sans-serif; }
header, main { max-width: 64rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0.5rem 0; }
h2 { font-size: 1.2rem; line-height: 1.3; margin: 2rem 0 0.3rem; }
p { margin: 0.3rem 0; }
.sum { font-weight: 600; }
.quiet { color: var(--quiet); }
a { color: var(--link); display: inline-block; min-height: 24px; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
code { font: 0.92em ui-monospace, "DejaVu Sans Mono", monospace; }
table { border-collapse: collapse; width: 100%; margin: 0.5rem 0; }
caption { text-align: start; font-weight: 600; padding: 0.3rem 0; }
th, td { text-align: start; vertical-align: top; padding: 0.35rem 0.6rem; border-bottom: 1px solid var(--line); font-weight: 400; }
thead th { font-weight: 600; background: var(--panel); }
th.n, td.n { text-align: end; white-space: nowrap; overflow-wrap: normal; }
.sev { font-weight: 600; white-space: nowrap; }
.Violation { color: var(--violation); } .Warning { color: var(--warning); } .Info { color: var(--info); }
ol { list-style: none; margin: 0.6rem 0 0; padding: 0; }
li { border-inline-start: 4px solid var(--line); background: var(--panel); margin: 0 0 0.6rem; padding: 0.6rem 0.8rem; break-inside: avoid; }
li.Violation, li.Warning, li.Info { border-color: currentcolor; }
li > * { color: var(--ink); }
li .place { color: var(--quiet); }
.state { border: 1px solid currentcolor; border-radius: 0.2rem; padding: 0 0.35rem; font-size: 0.85rem; margin-inline-start: 0.4rem; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.1rem 0.8rem; margin: 0.3rem 0 0; }
dt { color: var(--quiet); } dd { margin: 0; }
@media (max-width: 40rem) { dl { grid-template-columns: minmax(0, 1fr); } dd { margin: 0 0 0.3rem; } td, th { padding: 0.35rem 0.3rem; }
  th.n, td.n { white-space: normal; } }
@media print { :root { color-scheme: light; } header, main { max-width: none; padding: 0; } li { background: none; } a { color: inherit; } h2 { break-after: avoid; } }
"""


def html(view: View, style: Style) -> str:
    """Return the report as a page: counts, a table of groups, and the findings of each with place, what, expected, found and what to do."""
    groups = grouped(view.results, style.group_by)
    title = escape(style.word("title"))
    lines = list(reversed(closing(view, style)))
    said = f'<p class="sum">{escape(lines[0])}</p>\n' + "".join(f"<p>{escape(line)}</p>\n" for line in lines[1:])
    body = _table(groups, style) + "".join(_group(view, group, number, style) for number, group in enumerate(groups, start=1)) + _fixed(view, style)
    if not groups:
        body = f"<p>{escape(style.word('nothing'))}</p>\n{body}"
    return (
        f'<!doctype html>\n<html lang="{style.lang}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n"
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f'<header>\n<h1>{title}</h1>\n{said}<p class="quiet">{escape(style.word("rows"))}</p>\n</header>\n'
        f"<main>\n{body}</main>\n</body>\n</html>\n"
    )


def _name(group: Group, style: Style) -> str:
    """Return the title of a group as HTML."""
    if style.group_by == "rule":
        return f"{escape(rule_title(group.results[0].shape, style.lang))} <code>{escape(plain(group.key))}</code>"
    return escape(group_title(group, style))


def _severity(name: str, style: Style) -> str:
    return f'<span class="sev {name}">{escape(style.word(name))}</span>'


def _table(groups: Iterable[Group], style: Style) -> str:
    """Return the groups with their counts, each leading to its findings."""
    rows = ""
    for number, group in enumerate(groups, start=1):
        numbers = len(group.results) if style.group_by == "rule" else counts(group.results, style)
        link = f'<a href="#g{number}">{_name(group, style)}</a>'
        rows += f'<tr><td>{_severity(group.severity, style)}</td><th scope="row">{link}</th><td class="n">{numbers}</td></tr>\n'
    if not rows:
        return ""
    heads = (("", "severity"), ("", style.group_by), (' class="n"', "count"))
    head = "".join(f'<th scope="col"{attributes}>{escape(style.word(key))}</th>' for attributes, key in heads)
    return f"<table>\n<caption>{escape(style.word('summary'))}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n"


def _group(view: View, group: Group, number: int, style: Style) -> str:
    items: set[str] = set()
    rests = ""
    for shape, results in group.by_rule:
        limit = style.listed(results[0].severity, len(results), LIMITS)
        items |= {result.id for result in results[:limit]}
        if limit < len(results):
            of = "" if style.group_by == "rule" else f" <code>{escape(plain(curie(shape)))}</code>"
            rests += f'<p class="quiet">{escape(style.word("not-listed").format(len(results) - limit))}{of}</p>\n'
    listed = "".join(_item(view, result, style) for result in group.results if result.id in items)
    head = f'<section aria-labelledby="g{number}">\n<h2 id="g{number}">{_name(group, style)}</h2>\n<p>{escape(counts(group.results, style))}</p>\n'
    return f"{head}<ol>\n{listed}</ol>\n{rests}</section>\n"


def _item(view: View, result: Result, style: Style) -> str:
    new = new_mark(view, result, style)
    mark = f' <span class="state">{escape(new)}</span>' if new else ""
    severity = "" if style.group_by == "rule" else f"{_severity(result.severity, style)} "
    facts = [(style.word("expected"), result.expected), (style.word("found"), result.found)]
    if result.component == TABLE:
        facts = [(f"{style.word('value')} {plain(result.path)}".strip(), result.found)] if result.path else []
    elif result.path:
        facts.insert(0, (style.word("property"), readable_path(result.path)))
    if style.group_by != "rule":
        facts.append((style.word("rule"), f"{rule_title(result.shape, style.lang)} [{curie(result.shape)}]"))
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(plain(text))}</dd>" for name, text in facts if text)
    places = ", ".join(f"<code>{escape(place_text(place))}</code>" for place in result.origin[:10]) or escape(style.word("no-place"))
    more = f" {escape(style.word('places').format(len(result.origin) - 10))}" if len(result.origin) > 10 else ""
    return (
        f'<li class="{result.severity}" id="f{result.id}"><p class="place">{severity}{places}{more}{mark}</p>\n'
        f"<p><strong>{escape(plain(result.focus_label))}</strong>: {escape(plain(text_in(result.message, style.lang), 1000))}</p>\n"
        f"{f'<dl>{rows}</dl>' if rows else ''}</li>\n"
    )


def _fixed(view: View, style: Style) -> str:
    if view.comparison is None or not view.comparison.fixed:
        return ""
    fixed = view.comparison.fixed
    items = ""
    for finding in fixed[:FIXED]:
        place = place_text(finding.origin[0]) if finding.origin else style.word("no-place")
        text = plain(text_in(finding.message, style.lang), 1000)
        items += f'<li><p class="place"><code>{escape(place)}</code></p>\n<p><strong>{escape(plain(finding.focus_label))}</strong>: {escape(text)}</p></li>\n'
    rest = f'<p class="quiet">… {len(fixed) - FIXED}</p>\n' if len(fixed) > FIXED else ""
    head = f'<section aria-labelledby="fixed">\n<h2 id="fixed">{escape(style.word("fixed-title"))} ({len(fixed)})</h2>\n'
    return f"{head}<ol>\n{items}</ol>\n{rest}</section>\n"
