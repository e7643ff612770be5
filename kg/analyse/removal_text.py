"""What would be without some institutions or projects as text, German and English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.analyse.groups_text import percent
from kg.analyse.labels import sort_key
from kg.analyse.render_text import method_line, table, wrap
from kg.analyse.texts import speaker
from kg.analyse.wording import number

if TYPE_CHECKING:
    from kg.analyse.reach import Steps
    from kg.analyse.removal import Comparison, Removal

UNEQUAL = 0.1
"""Relative difference in participations from which the comparison says that like could not be drawn for like."""
SHOWN = 40
"""Institutions cut off that the text names at most."""

TEXT: dict[str, dict[str, str]] = {
    "title": {"de": "Was ohne sie noch zusammenhinge", "en": "What would hang together without them"},
    "institution-one": {"de": "{name} (1 Projekt)", "en": "{name} (1 project)"},
    "institution-many": {"de": "{name} ({n} Projekte)", "en": "{name} ({n} projects)"},
    "project-one": {"de": "Projekt {name} (1 Einrichtung)", "en": "project {name} (1 institution)"},
    "project-many": {"de": "Projekt {name} ({n} Einrichtungen)", "en": "project {name} ({n} institutions)"},
    "removed": {"de": "Weggedacht: {list}.", "en": "Removed in thought: {list}."},
    "rule": {
        "de": "Eine Einrichtung fehlt mit ihren Beteiligungen, ihre Projekte bleiben; ein Projekt fehlt mit seinen Beteiligungen, seine "
        "Einrichtungen bleiben. Was statt ihrer entstanden wäre, sagt das nicht.",
        "en": "An institution is missing with its participations, its projects stay; a project is missing with its participations, its institutions "
        "stay. What would have come about instead is not known.",
    },
    "before": {"de": "vorher", "en": "before"},
    "after": {"de": "nachher", "en": "after"},
    "change": {"de": "Änderung", "en": "change"},
    "measure": {"de": "Maß", "en": "measure"},
    "institutions": {"de": "Einrichtungen", "en": "institutions"},
    "components": {"de": "Teilnetze", "en": "components"},
    "largest": {"de": "Einrichtungen im größten Teilnetz", "en": "institutions in the largest component"},
    "reach": {"de": "Paare, die sich erreichen", "en": "pairs that can reach each other"},
    "pairs": {"de": "Paare, die zusammenarbeiten", "en": "pairs that work together"},
    "steps": {"de": "Schritte zwischen zweien im Mittel", "en": "mean steps between two"},
    "steps-sampled": {
        "de": "Schritte sind aus {sources} ausgelosten Einrichtungen geschätzt; hinter ± steht der Standardfehler.",
        "en": "Steps are estimated from {sources} institutions drawn at random; the standard error stands behind ±.",
    },
    "cut-none": {
        "de": "Keine Einrichtung verliert den Anschluss an das größte Teilnetz.",
        "en": "No institution loses its connection to the largest component.",
    },
    "cut-one": {
        "de": "1 Einrichtung verliert den Anschluss an das größte Teilnetz: {list}.",
        "en": "1 institution loses its connection to the largest component: {list}.",
    },
    "cut-many": {
        "de": "{n} Einrichtungen verlieren den Anschluss an das größte Teilnetz: {list}.",
        "en": "{n} institutions lose their connection to the largest component: {list}.",
    },
    "and-more": {"de": "{list} und {n} weitere (--format csv oder json)", "en": "{list} and {n} more (--format csv or json)"},
    "comparison": {
        "de": "Zum Vergleich {draws} Mal ebenso viele andere, zufällig aus denen mit gleich vielen Projekten (bei Projekten: Einrichtungen) oder den "
        "{alike} nächsten ({spread}): Im Mittel verlieren {mean} Einrichtungen den Anschluss, höchstens {most}. In {share} der Ziehungen sind es "
        "mindestens so viele wie hier; in {reach} fallen mindestens so viele Paare auseinander.",
        "en": "For comparison {draws} times as many others, drawn at random from those with as many projects (for projects: institutions) or the {alike} "
        "nearest ({spread}): on average {mean} institutions lose their connection, at most {most}. In {share} of the draws at least as many do as "
        "here; in {reach} at least as many pairs can no longer reach each other.",
    },
    "unequal": {
        "de": "Die ausgelosten haben im Mittel {drawn} statt {removed} Beteiligungen; ein Teil des Unterschieds kommt daher.",
        "en": "Those drawn have {drawn} instead of {removed} participations on average; part of the difference comes from that.",
    },
    "no-comparison": {
        "de": "Ein Vergleich mit anderen ist nicht möglich: Es gibt nicht genug andere.",
        "en": "There is no comparison with others: there are not enough of them.",
    },
    "to": {"de": "{low} bis {high}", "en": "{low} to {high}"},
    "figure-sizes": {"de": "Größe der Teilnetze", "en": "Size of components"},
    "figure-pieces": {"de": "Was durch sie verbunden war", "en": "What they connected"},
    "figure-axis": {"de": "Zahl der Teilnetze", "en": "number of components"},
    "figure-removed-one": {"de": "weggedacht", "en": "removed"},
    "figure-removed-many": {"de": "{n} weggedacht", "en": "{n} removed"},
    "figure-rest": {"de": "{n} Einrichtungen", "en": "{n} institutions"},
    "figure-nothing": {"de": "Niemand sonst war beteiligt.", "en": "Nobody else took part."},
    "figure-caption": {
        "de": "Ohne {removed}. Links: Zahl der Teilnetze je Größe (Einrichtungen), vorher (gefüllt) und nachher (schraffiert), logarithmisch. Rechts: die "
        "Teilnetze, die danach aus den bisherigen Partnern bleiben; gestrichelte Linien führen zu dem, was fehlt. {cut}",
        "en": "Without {removed}. Left: number of components by size (institutions), before (filled) and after (hatched), on a logarithmic scale. Right: the "
        "components that remain of the former partners; dashed lines lead to what is missing. {cut}",
    },
    "figure-cut": {"de": "Gezeichnet sind {shown} von {of}, die größten.", "en": "Drawn are {shown} of {of}, the largest ones."},
}


say = speaker(TEXT)


def removed_text(result: Removal, lang: str) -> str:
    """Return what was removed, with numbers of projects or institutions."""
    found = []
    for named, count in result.removed:
        kind = "project" if named.iri in result.projects else "institution"
        found.append(say(f"{kind}-{'one' if count == 1 else 'many'}", lang, name=named.label(lang), n=number(count, lang)))
    return ", ".join(found)


def render(result: Removal, lang: str) -> str:
    """Return the result as text: a table of before and after, who is cut off, and random others."""
    title = say("title", lang)
    lines = [title, "=" * len(title), *wrap(say("removed", lang, list=removed_text(result, lang))), *wrap(say("rule", lang)), ""]
    lines += _table(result, lang)
    if not result.before.steps.exact:
        lines += ["", *wrap(say("steps-sampled", lang, sources=result.before.steps.sources))]
    lines += ["", *wrap(_cut(result, lang)), *wrap(_compared(result.comparison, lang))]
    return "\n".join([*lines, "", *wrap(method_line(result.method, lang))]) + "\n"


def _table(result: Removal, lang: str) -> list[str]:
    rows = []
    for key in ("institutions", "components", "largest", "reach", "pairs"):
        before, after = getattr(result.before, key), getattr(result.after, key)
        rows.append([say(key, lang), number(before, lang), number(after, lang), _signed(after - before, lang)])
    one, other = result.before.steps, result.after.steps
    change = "–" if one.mean is None or other.mean is None else _signed(other.mean - one.mean, lang, 3)
    rows.append([say("steps", lang), _steps(one, lang), _steps(other, lang), change])
    widths = [max(len(row[place]) for row in rows) for place in range(4)]
    return table([say(key, lang) for key in ("measure", "before", "after", "change")], [[row[0], *_right(row, widths)] for row in rows])


def _right(row: list[str], widths: list[int]) -> list[str]:
    """Return the numbers of a row flush right."""
    return [text.rjust(width) for text, width in zip(row[1:], widths[1:], strict=True)]


def _signed(value: float, lang: str, digits: int = 0) -> str:
    text = number(abs(value), lang, digits)
    return f"{'−' if value < 0 else '+'}{text}" if abs(value) >= 0.5 / 10**digits else "0"


def _steps(found: Steps, lang: str) -> str:
    if found.mean is None:
        return "–"
    return number(found.mean, lang, 3) if found.exact else f"{number(found.mean, lang, 3)} ± {number(found.error, lang, 3)}"


def _cut(result: Removal, lang: str) -> str:
    if not result.cut_off:
        return say("cut-none", lang)
    names = sorted((named.label(lang) for named, _ in result.cut_off), key=sort_key)
    listed = "; ".join(names[:SHOWN])
    if len(names) > SHOWN:
        listed = say("and-more", lang, list=listed, n=number(len(names) - SHOWN, lang))
    return say("cut-one" if len(names) == 1 else "cut-many", lang, n=number(len(names), lang), list=listed)


def _compared(found: Comparison | None, lang: str) -> str:
    if found is None:
        return say("no-comparison", lang)
    spans = dict.fromkeys(
        number(low, lang) if low == high else say("to", lang, low=number(low, lang), high=number(high, lang)) for low, high in found.spread
    )
    values = {"draws": number(found.draws, lang), "alike": number(found.alike, lang), "spread": "; ".join(spans)}
    values |= {"mean": number(found.cut_off, lang, 1), "most": number(found.cut_off_most, lang)}
    text = say("comparison", lang, **values, share=percent(found.cut_off_share, lang), reach=percent(found.reach_share, lang))
    if abs(found.drawn - found.removed) <= UNEQUAL * found.removed:
        return text
    return f"{text} {say('unequal', lang, drawn=number(found.drawn, lang, 1), removed=number(found.removed, lang, 1))}"
