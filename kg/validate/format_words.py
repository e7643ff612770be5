"""What all forms of a report share: the style asked for, its words in both languages, and the sentences that count."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from kg.namespaces import curie
from kg.validate.places import Locator
from kg.validate.report import SEVERITIES, TABLE, Origin, Report, Result, readable_path
from kg.validate.select import View
from kg.validate.shapes import rule_of, text_in

LIMITS = {"Violation": 10, "Warning": 3, "Info": 0}
"""Results listed per rule unless a limit is asked for: what stops a release in detail, advice as one line with its count."""

PLACES = 3
"""Places listed per result in forms for people."""


@dataclass(frozen=True)
class Style:
    """How a report is shown.

    Attributes:
        lang: `de` or `en`.
        limit: Results listed per rule, 0 for all, `None` for what the format has by itself; counts are always complete.
        color: Whether to colour severities, for a terminal.
        group_by: `rule`, `file` or `class`.
        fail_on: Severity from which on a finding is a failure (JUnit): `violation`, `warning`, `info` or `never`.
        bom: Whether CSV begins with a byte order mark, which some spreadsheets need.
        locator: Where files lie, for forms that lead to a physical line.
    """

    lang: str = "en"
    limit: int | None = None
    color: bool = False
    group_by: str = "rule"
    fail_on: str = "violation"
    bom: bool = False
    locator: Locator = field(default_factory=Locator)

    def word(self, key: str) -> str:
        """Return a word of the page in the language."""
        return WORDS[key][self.lang == "en"]

    def severity(self, name: str, text: str) -> str:
        """Colour a text by severity."""
        if not self.color:
            return text
        from rich.color import ColorSystem
        from rich.style import Style as RichStyle

        return RichStyle.parse(_COLORS[name]).render(text, color_system=ColorSystem.STANDARD)

    def listed(self, severity: str, count: int, limits: dict[str, int] | None = None) -> int:
        """Return how many of `count` results of a rule are listed."""
        limit = (limits or LIMITS)[severity] if self.limit is None else self.limit or count
        return min(limit, count)


_COLORS = {"Violation": "bold red", "Warning": "yellow", "Info": "cyan", "rule": "bold"}

WORDS = {
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
    "more-of": ("… und {} weitere von {}: --limit-per-rule 0 zeigt alle", "… and {} more of {}: use --limit-per-rule 0"),
    "places": ("und {} weitere Stellen", "and {} more places"),
    "conforms": ("Keine Verstöße.", "No violations."),
    "fails": ("Die Regeln sind nicht erfüllt.", "The rules are not met."),
    "rules": ("in {} Regeln", "in {} rules"),
    "one-rule": ("in 1 Regel", "in 1 rule"),
    "no-place": ("ohne Zeile", "no row"),
    "no-file": ("Ohne Datei", "No file"),
    "new": ("neu", "new"),
    "known": ("bekannt", "known"),
    "fixed": ("behoben", "fixed"),
    "shown": (
        "{} von {} Befunden gezeigt: {}; nur sie zählen für den Exit-Code.",
        "{} of {} findings shown: {}; only these count for the exit code.",
    ),
    "filter-shape": ("Regel {}", "rule {}"),
    "filter-focus": ("Ding {}", "focus {}"),
    "filter-new": ("nur neue", "new only"),
    "since": ("{} neu, {} bekannt, {} behoben seit dem Vergleichsstand.", "{} new, {} known, {} fixed since the baseline."),
    "unseen": (
        "{} Befunde des Vergleichsstands liegen in Dateien, die jetzt nicht geprüft wurden.",
        "{} findings of the baseline lie in files that were not looked at now.",
    ),
    "partial": (
        "Der Vergleichsstand enthält nur einen Teil der Befunde von damals ({}): was er wegließ, zählt als neu.",
        "The baseline holds only a part of the findings of its time ({}): what it left out counts as new.",
    ),
    "fixed-title": ("Behoben seit dem Vergleichsstand", "Fixed since the baseline"),
    "title": ("Prüfbericht", "Validation report"),
    "rule": ("Regel", "Rule"),
    "file": ("Datei", "File"),
    "class": ("Klasse", "Class"),
    "severity": ("Schwere", "Severity"),
    "count": ("Anzahl", "Count"),
    "place": ("Stelle", "Place"),
    "value": ("Zelle", "Cell"),
    "property": ("Eigenschaft", "property"),
    "summary": ("Übersicht", "Summary"),
    "findings": ("Befunde", "Findings"),
    "nothing": ("Keine Befunde.", "No findings."),
    "not-listed": ("{} weitere nicht aufgeführt (--limit-per-rule 0 zeigt alle).", "{} more not listed (--limit-per-rule 0 shows all)."),
    "rows": (
        "Datei:Zeile nennt die Zeile der Tabelle; Zeile 1 ist die Kopfzeile.",
        "file:row names the row of the table; row 1 is the header.",
    ),
    "cut": (
        "Gekürzt auf 1 MB, die Grenze von GitHub: {} Befunde und {} Zeilen der Übersicht fehlen hier; die Zahlen oben sind vollständig.",
        "Cut at 1 MB, GitHub's limit: {} findings and {} lines of the summary are missing here; the counts above are complete.",
    ),
    "github-limit": (
        "GitHub zeigt je Schritt höchstens 10 Anmerkungen jeder Art, hier stehen {}.",
        "GitHub shows at most 10 annotations of each kind per step; here stand {}.",
    ),
    "table-rows": ("Zeilen in {}", "Rows of {}"),
}

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def plain(text: str, width: int = 300) -> str:
    """Return a text on one line, without control characters (a cell must not move the cursor), cut at a width.

    >>> plain("a\\nb\\x1b[2J")
    'a b\\\\x1b[2J'
    """
    line = _CONTROL.sub(lambda match: " " if match.group() in "\t\n\r" else f"\\x{ord(match.group()):02x}", text[: width + 1])
    return line if len(line) <= width else f"{line[:width]}…"


def place_text(place: Origin) -> str:
    """Return a place on one line."""
    return str(Origin(plain(place.file), place.row))


def places(result: Result, style: Style) -> str:
    """Return where a result comes from, the first places only."""
    if not result.origin:
        return style.word("no-place")
    shown = ", ".join(map(place_text, result.origin[:PLACES]))
    more = len(result.origin) - PLACES
    return f"{shown} {style.word('places').format(more)}" if more > 0 else shown


def rule_title(shape: str, lang: str) -> str:
    """Return a rule in plain words, else its short name."""
    info = rule_of(shape)
    return plain(info.rule(lang) if info else curie(shape), 1000)


def rule_words(shape: str, results: Iterable[Result], style: Style) -> tuple[str, str]:
    """Return a rule in plain words and what to do, in the language; the second is empty where each result says it."""
    info = rule_of(shape)
    messages = {text_in(result.message, style.lang) for result in results}
    message = plain(messages.pop(), 1000) if len(messages) == 1 else ""
    if info is None:
        return (message or curie(shape)), ""
    return info.rule(style.lang), message


def about(result: Result, style: Style, said: Iterable[str] = ()) -> list[str]:
    """Return what a result says besides rule, place and name: cell or path, expected, found, message; what was said already is left out."""
    known = set(said)
    words = (("expected", "" if result.expected in known else result.expected), ("found", result.found))
    parts = [f"{style.word(key)}: {plain(text)}" for key, text in words if text]
    if result.component == TABLE:
        parts = [f"{plain(result.path)}: {plain(result.found)}" if result.path else plain(result.found)] if result.found else []
    elif result.path and parts:
        parts[0] = f"{plain(readable_path(result.path))} {parts[0]}"
    message = plain(text_in(result.message, style.lang), 1000)
    return parts if message in known else [*parts, message]


def counts(results: Sequence[Result], style: Style) -> str:
    """Return the number of results per severity, in words."""
    found = Report("", tuple(results)).severities
    return ", ".join(f"{found[name]} {style.word(name if found[name] == 1 else name + 's')}" for name in SEVERITIES)


def summary(report: Report, style: Style) -> str:
    """Return the last line: counts per severity, complete whatever was listed."""
    rules = style.word("one-rule") if len(report.rules) == 1 else style.word("rules").format(len(report.rules))
    verdict = style.word("conforms") if report.conforms else style.word("fails")
    return f"{counts(report.results, style)} {rules}. {verdict}"


def new_mark(view: View, result: Result, style: Style) -> str:
    """Return the word that marks a finding as new since the baseline; those known need no word, most are."""
    return style.word("new") if view.state(result) == "new" else ""


def filter_words(view: View, style: Style) -> str:
    """Return what the filters let through, in words; empty where there is none."""
    shapes = [style.word("filter-shape").format(plain(name, 200)) for name in view.filters.shapes]
    foci = [style.word("filter-focus").format(plain(name, 200)) for name in view.filters.foci]
    return ", ".join([*shapes, *foci, *([style.word("filter-new")] if view.filters.new_only else [])])


def notes(view: View, style: Style) -> list[str]:
    """Return what must stand beside the counts: what the filters show, and what is new, known and fixed since the baseline."""
    found: list[str] = []
    if view.filters:
        found.append(style.word("shown").format(len(view.results), len(view.report.results), filter_words(view, style)))
    if (change := view.comparison) is not None:
        found.append(style.word("since").format(len(change.new), len(change.known), len(change.fixed)))
        if change.unseen:
            found.append(style.word("unseen").format(change.unseen))
        if change.partial:
            found.append(style.word("partial").format(plain(change.partial)))
    return found


def closing(view: View, style: Style) -> list[str]:
    """Return the notes and the summary, the summary last."""
    return [*notes(view, style), summary(view.report, style)]
