"""A preflight for people and programs: terminal, Markdown, a page, annotations of GitHub, JSON, RDF."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape
from typing import Any

from kg.errors import Text
from kg.preflight import Flight, Verdict
from kg.preflight.findings import Advice, Card, Place
from kg.preflight.words import HEADS, MARKS, ONE, PORTALS, all_counted, line, more, place_text, portals
from kg.validate.format_github import COMMANDS, data, prop
from kg.validate.format_words import plain

SHOWN = {"Violation": 5, "Warning": 2, "Info": 1}
"""Places of a card that are shown to people; the number of all stands beside them."""


def head(flight: Flight, lang: str) -> str:
    """Return what was checked, in one line."""
    release = f"{HEADS['release'].in_(lang)} {plain(flight.version)}, " if flight.version else ""
    files = {"de": "Datei" if flight.files == 1 else "Dateien", "en": "file" if flight.files == 1 else "files"}[lang]
    return f"{release}{flight.files} {files}: {plain(str(flight.path), 500)}"


def human(flight: Flight, lang: str) -> str:
    """Return the report for a terminal: one line per portal, then the cards, worst first."""
    width = max(len(PORTALS[verdict.profile].in_(lang)) for verdict in flight.verdicts)
    lines = [f"{HEADS['title'].in_(lang)}: {head(flight, lang)}", ""]
    lines += [f"  {MARKS[one.answer]} {PORTALS[one.profile].in_(lang):<{width}}  {line(one, lang)}" for one in flight.verdicts]
    for card in flight.cards:
        lines += ["", f"{ONE[card.severity].in_(lang).capitalize()}: {plain(card.what.in_(lang), 500)} [{card.rule}] · {portals(card, flight, lang)}"]
        shown = card.places[: SHOWN[card.severity]]
        for place in shown:
            found = f" → {plain(place.found, 120)}" if place.found and place.found != "–" else ""
            lines.append(f"    {place_text(place, flight.base)}{found}")
        if rest := more(card, len(shown), lang):
            lines.append(f"    {rest}")
        lines += [f"    {name}: {text}" for name, text in _facts(card, lang) if card.severity != "Info" or name != HEADS["example"].in_(lang)]
    # str.capitalize would write the nouns of German small.
    counts = all_counted(flight.counts, lang)
    lines += ["", f"{counts[:1].upper()}{counts[1:]}. {HEADS['network'].in_(lang)}"]
    return "\n".join(lines) + "\n"


def _facts(card: Card, lang: str) -> list[tuple[str, str]]:
    # What must be there at least once is said by the rule itself.
    expected = card.expected if card.expected and not card.component.endswith("#MinCountConstraintComponent") else None
    facts = [("expected", expected.in_(lang) if expected else ""), ("todo", card.advice.fix.in_(lang)), ("example", card.advice.example)]
    return [(HEADS[name].in_(lang), text.replace("\n", "\n      ")) for name, text in facts if text]


def markdown(flight: Flight, lang: str) -> str:
    """Return the report as Markdown, for a pull request or an issue."""
    lines = [f"# {HEADS['title'].in_(lang)}", "", _md(head(flight, lang)), ""]
    lines += [f"| {HEADS['portal'].in_(lang)} | {HEADS['answer'].in_(lang)} |", "|---|---|"]
    lines += [f"| {_md(PORTALS[one.profile].in_(lang))} | {MARKS[one.answer]} {_md(line(one, lang))} |" for one in flight.verdicts]
    for card in flight.cards:
        lines += [
            "",
            f"## {ONE[card.severity].in_(lang).capitalize()}: {_md(card.what.in_(lang))}",
            "",
            f"`{card.rule}` · {_md(portals(card, flight, lang))}",
            "",
        ]
        shown = card.places[: SHOWN[card.severity]]
        lines += [f"- {_md(place_text(place))}{f': {_md(plain(place.found, 200))}' if place.found else ''}" for place in shown]
        if rest := more(card, len(shown), lang):
            lines.append(f"- {rest}")
        lines += ["", _md(card.advice.fix.in_(lang))]
        if card.advice.example:
            lines += ["", "```", card.advice.example.replace("```", "'''"), "```"]
    return "\n".join([*lines, "", _md(HEADS["network"].in_(lang)), ""])


def _md(text: str) -> str:
    """Escape a text for Markdown on one line."""
    return "".join(f"\\{char}" if char in "\\`*_[]<>|#" else char for char in plain(text, 1000))


_STYLE = """
:root { color-scheme: light dark; --ink: #16222b; --quiet: #4d5c66; --paper: #fff; --panel: #f1f5f7; --line: #b9c4cb; --link: #0a5f78;
  --violation: #a30d0d; --warning: #7a4300; --info: #0a5f78; --good: #1f6f3f; }
@media screen and (prefers-color-scheme: dark) { :root { --ink: #e6edf1; --quiet: #a8b6be; --paper: #11181d; --panel: #1a242b; --line: #4a5963;
  --link: #7cc7de; --violation: #ff9a94; --warning: #ffb870; --info: #7cc7de; --good: #8fd6a8; } }
* { box-sizing: border-box; }
body { margin: 0; overflow-wrap: anywhere; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, "Segoe UI", "DejaVu Sans", Helvetica, Arial, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.7rem; } h2 { font-size: 1.15rem; line-height: 1.35; margin: 0 0 0.4rem; } p { margin: 0.3rem 0; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; } th, td { text-align: start; vertical-align: top; padding: 0.4rem 0.6rem; border-bottom: 1px solid var(--line); }
thead th { background: var(--panel); } caption { text-align: start; font-weight: 600; padding: 0.3rem 0; }
section { border-inline-start: 5px solid currentcolor; background: var(--panel); margin: 1rem 0; padding: 0.7rem 1rem; break-inside: avoid; }
section > * { color: var(--ink); } .Violation { color: var(--violation); } .Warning { color: var(--warning); } .Info { color: var(--info); }
.no { color: var(--violation); } .yes { color: var(--good); } .yes-but { color: var(--warning); } .unchecked, .quiet { color: var(--quiet); }
ul { margin: 0.3rem 0; padding-inline-start: 1.2rem; } code, pre { font: 0.92em ui-monospace, "DejaVu Sans Mono", monospace; }
pre { white-space: pre-wrap; background: var(--paper); padding: 0.5rem; margin: 0.4rem 0; } b { font-weight: 600; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.1rem 0.8rem; margin: 0.4rem 0 0; } dt { color: var(--quiet); } dd { margin: 0; }
@media (max-width: 40rem) { dl { grid-template-columns: minmax(0, 1fr); } dd { margin: 0 0 0.4rem; } }
"""


def html(flight: Flight, lang: str) -> str:
    """Return the report as one page that stands alone: no script, no request, light and dark (WCAG 2.2 AA)."""
    title = escape(HEADS["title"].in_(lang))
    rows = "".join(
        f'<tr><th scope="row">{escape(PORTALS[one.profile].in_(lang))}</th><td><b class="{one.answer}">{MARKS[one.answer]}</b> {escape(line(one, lang))}</td></tr>\n'
        for one in flight.verdicts
    )
    table = (
        f'<table><caption>{escape(HEADS["answer"].in_(lang))}</caption><thead><tr><th scope="col">{escape(HEADS["portal"].in_(lang))}</th>'
        f'<th scope="col">{escape(HEADS["answer"].in_(lang))}</th></tr></thead><tbody>\n{rows}</tbody></table>\n'
    )
    return (
        f'<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n"
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n<p>{escape(head(flight, lang))}</p>\n{table}"
        f'{"".join(_section(card, flight, lang) for card in flight.cards)}<p class="quiet">{escape(HEADS["network"].in_(lang))}</p>\n</main>\n</body>\n</html>\n'
    )


def _section(card: Card, flight: Flight, lang: str) -> str:
    shown = card.places[: SHOWN[card.severity]]
    items = "".join(
        f"<li>{escape(place_text(place))}{f': <code>{escape(plain(place.found, 200))}</code>' if place.found else ''}</li>" for place in shown
    )
    rest = more(card, len(shown), lang)
    facts = [
        (HEADS["rule"].in_(lang), card.rule),
        (HEADS["for"].in_(lang), portals(card, flight, lang)),
        *[one for one in _facts(card, lang) if one[0] != HEADS["example"].in_(lang)],
    ]
    pairs = "".join(f"<dt>{escape(name)}</dt><dd>{escape(plain(text, 1000))}</dd>" for name, text in facts)
    example = f"<pre><code>{escape(card.advice.example)}</code></pre>" if card.advice.example else ""
    return (
        f'<section class="{card.severity}"><h2><span class="{card.severity}">{escape(ONE[card.severity].in_(lang).capitalize())}</span>: {escape(card.what.in_(lang))}</h2>'
        f"<ul>{items}</ul>{f'<p>{escape(rest)}</p>' if rest else ''}<dl>{pairs}</dl>{example}</section>\n"
    )


def github(flight: Flight, lang: str) -> str:
    """Return the report as workflow commands of GitHub Actions, one per card, then a line per portal."""
    lines = []
    for card in flight.cards:
        first = card.places[0]
        place = f"file={prop(plain(str(flight.path / first.file if flight.path.is_dir() else flight.path), 1000))}," + (
            f"line={first.line}," if first.line else ""
        )
        rest = f" ({more(card, 1, lang)})" if card.count > 1 else ""
        message = f"{card.what.in_(lang)} {place_text(first)}{rest}. {card.advice.fix.in_(lang)}"
        lines.append(f"::{COMMANDS[card.severity]} {place}title={prop(card.rule)}::{data(plain(message, 2000))}")
    lines += [f"{MARKS[one.answer]} {PORTALS[one.profile].in_(lang)}: {line(one, lang)}" for one in flight.verdicts]
    return "\n".join(lines) + "\n"


# --- JSON, to be read again --------------------------------------------------------------------------------------------------------------


def to_dict(flight: Flight) -> dict[str, Any]:
    """Return the report as JSON has it: words in both languages, every card with its kept places and the number of all."""
    return {
        "path": flight.path.name,
        "version": flight.version,
        "base": flight.base,
        "dataset": flight.dataset,
        "files": flight.files,
        "counts": flight.counts,
        "verdicts": [
            {
                "profile": one.profile,
                "portal": _both(PORTALS[one.profile]),
                "answer": one.answer,
                "counts": one.counts,
                "why": one.why and _both(one.why),
            }
            for one in flight.verdicts
        ],
        "cards": [
            {
                "rule": card.rule,
                "severity": card.severity,
                "profiles": list(card.profiles),
                "what": _both(card.what),
                "expected": card.expected and _both(card.expected),
                "fix": _both(card.advice.fix),
                "setting": card.advice.setting or None,
                "example": card.advice.example or None,
                "shape": card.shape or None,
                "component": card.component or None,
                "count": card.count,
                "places": [vars(place) for place in card.places],
            }
            for card in flight.cards
        ],
    }


def _both(text: Text) -> dict[str, str]:
    return {"en": text.en, "de": text.de}


def from_dict(found: dict[str, Any], path: Any) -> Flight:
    """Return the report that :func:`to_dict` wrote.

    Raises:
        KeyError, TypeError: It is another's.
    """

    def text(pair: dict[str, str] | None) -> Text | None:
        return Text(pair["en"], pair["de"]) if pair else None

    cards = tuple(
        Card(
            one["rule"], one["severity"], tuple(one["profiles"]), Text(**one["what"]), text(one["expected"]),
            Advice(Text(**one["fix"]), one["setting"] or "", one["example"] or ""), one["component"] or "", one["shape"] or "",
            one["count"], [Place(**place) for place in one["places"]],
        )
        for one in found["cards"]
    )  # fmt: skip
    verdicts = tuple(Verdict(one["profile"], one["answer"], dict(one["counts"]), text(one["why"])) for one in found["verdicts"])
    return Flight(path, found["version"], found["base"], found["dataset"], found["files"], cards, verdicts)


def as_json(flight: Flight, _lang: str) -> str:
    """Return the report as readable JSON."""
    return json.dumps(to_dict(flight), ensure_ascii=False, indent=2) + "\n"


def turtle(flight: Flight, _lang: str) -> str:
    """Return the report as a graph one can query: a SHACL validation report whose results are quality annotations.

    Source: SHACL, section 3.6; Data on the Web Best Practices: Data Quality Vocabulary (W3C Note, 15 December 2016), section 5.7.
    """
    from kg.preflight.rdf import turtle as write

    return write(flight)


FORMATS: dict[str, Callable[[Flight, str], str]] = {
    "human": human,
    "json": as_json,
    "markdown": markdown,
    "html": html,
    "github": github,
    "turtle": turtle,
}
