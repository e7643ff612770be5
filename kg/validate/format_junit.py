"""A report as JUnit XML: a suite per group, a test case per finding.

The format has no standard; this is what Jenkins, GitLab and GitHub's reporters read in common: `testsuites/testsuite/testcase` with
`failure` or `skipped`, and properties on the suite. XML 1.0, section 2.2: characters that it does not allow are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape as html_escape

from kg.namespaces import curie
from kg.validate.format_human import group_title
from kg.validate.format_words import Style, about, closing, new_mark, place_text, plain, rule_title
from kg.validate.report import FAIL_ON, SEVERITIES, Report, Result
from kg.validate.select import Group, View, grouped

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text(value: str) -> str:
    """Return a text for XML 1.0, for elements and attributes alike.

    >>> text('a<b\\x00"')
    'a&lt;b&quot;'
    """
    return html_escape(_NOT_XML.sub("", value)).replace("\n", "&#10;").replace("\r", "&#13;").replace("\t", "&#9;")


def junit(view: View, style: Style) -> str:
    """Return the report as JUnit XML; what is below the threshold is skipped, with its text."""
    failing = SEVERITIES[: FAIL_ON.index(style.fail_on) + 1] if style.fail_on != "never" else ()
    totals = _totals(view, style)
    suites = [_suite(view, group, failing, totals, style) for group in grouped(view.results, style.group_by)]
    if not suites:
        name = text(style.word("nothing"))
        case = f'    <testcase classname="kg validate" name="{name}" time="0"/>\n'
        suites = [_element(style.word("title"), 1, 0, 0, totals, case)]
    failures = sum(result.severity in failing for result in view.results)
    count = len(view.results) or 1
    head = f'<testsuites name="kg validate" tests="{count}" failures="{failures}" errors="0" skipped="{len(view.results) - failures}" time="0">\n'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}{"".join(suites)}</testsuites>\n'


def _totals(view: View, style: Style) -> list[tuple[str, str]]:
    """Return the counts of the whole report, which stand in every suite: there is no place above the suites that all consumers read."""
    severities = view.report.severities
    found = [(f"total.{name}", str(severities[name])) for name in SEVERITIES]
    found += [("total.findings", str(len(view.report.results))), ("total.shown", str(len(view.results)))]
    if view.comparison is not None:
        change = view.comparison
        found += [("baseline.new", str(len(change.new))), ("baseline.known", str(len(change.known))), ("baseline.fixed", str(len(change.fixed)))]
    return [*found, ("summary", " ".join(closing(view, style)))]


def _suite(view: View, group: Group, failing: Iterable[str], totals: list[tuple[str, str]], style: Style) -> str:
    wanted = set(failing)
    title = rule_title(group.results[0].shape, style.lang) + f" [{group.key}]" if style.group_by == "rule" else group_title(group, style)
    cases = "".join(_case(view, result, result.severity in wanted, style) for result in group.results)
    failures = sum(result.severity in wanted for result in group.results)
    severities = Report("", group.results).severities
    own = [(name, str(severities[name])) for name in SEVERITIES]
    return _element(title, len(group.results), failures, len(group.results) - failures, [*own, *totals], cases)


def _element(name: str, tests: int, failures: int, skipped: int, properties: list[tuple[str, str]], cases: str) -> str:
    bag = "".join(f'      <property name="{text(key)}" value="{text(value)}"/>\n' for key, value in properties)
    head = f'  <testsuite name="{text(plain(name, 500))}" tests="{tests}" failures="{failures}" errors="0" skipped="{skipped}" time="0">\n'
    return f"{head}    <properties>\n{bag}    </properties>\n{cases}  </testsuite>\n"


def _case(view: View, result: Result, fails: bool, style: Style) -> str:
    place = style.locator.place(result.origin[0]) if result.origin else None
    words = "; ".join(about(result, style))
    word = new_mark(view, result, style)
    mark = f" [{word}]" if word else ""
    where = ", ".join(place_text(origin) for origin in result.origin[:10])
    # A name without row: consumers follow a test from run to run by class and name.
    name = f"{plain(result.focus_label, 120)} [{result.id}]"
    line = f' line="{place.line}"' if place and place.line else ""
    at = f' file="{text(plain(place.path, 1000))}"{line}' if place else ""
    tag = "failure" if fails else "skipped"
    kind = f' type="{result.severity}"' if fails else ""
    message = f"{style.word(result.severity)}{mark}: {words}"
    body = f"{where}\n{plain(result.focus)}\n{words}"
    return (
        f'    <testcase classname="{text(plain(curie(result.shape), 300))}" name="{text(name)}"{at} time="0">\n'
        f'      <{tag}{kind} message="{text(message)}">{text(body)}</{tag}>\n    </testcase>\n'
    )
