"""The groups of a network as text, German and English."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from kg.analyse.frames import machine_caveat, may
from kg.analyse.render_text import WIDTH, method_line, table
from kg.analyse.texts import speaker
from kg.analyse.typical import LEAST
from kg.analyse.wording import number

if TYPE_CHECKING:
    from kg.analyse.groups import Group, Groups

SHOWN = 20
"""Groups described in the text at most; the table and JSON have all."""

TEXT: dict[str, dict[str, str]] = {
    "title": {"de": "Gruppen von Einrichtungen, die viel miteinander arbeiten", "en": "Groups of institutions that work together a lot"},
    "summary": {
        "de": "{institutions} Einrichtungen: {grouped} in {groups} Gruppen, {isolated} ohne Partner (keine Gruppe), {alone} mit Partnern, "
        "aber in keiner Gruppe. Modularität {modularity} bei Auflösung {resolution}.",
        "en": "{institutions} institutions: {grouped} in {groups} groups, {isolated} without a partner (no group), {alone} with partners but "
        "in no group. Modularity {modularity} at resolution {resolution}.",
    },
    "no-groups": {"de": "Keine Einrichtung hat einen Partner; es gibt keine Gruppen.", "en": "No institution has a partner; there are no groups."},
    "runs": {
        "de": "Leiden, {runs} Läufe mit den Startwerten {first} bis {last}; gezeigt ist der erste. Im Mittel stimmen zwei Läufe zu {agreement} "
        "überein (angepasster Rand-Index: 1 gleich, 0 Zufall). {verdict}",
        "en": "Leiden, {runs} runs with seeds {first} to {last}; the first one is shown. Two runs agree to {agreement} on average (adjusted Rand "
        "index: 1 equal, 0 chance). {verdict}",
    },
    "one-run": {
        "de": "Leiden, ein Lauf mit Startwert {first}; wie fest die Gruppen sind, ist mit einem Lauf nicht zu sagen.",
        "en": "Leiden, one run with seed {first}; one run cannot say how firm the groups are.",
    },
    "firm": {
        "de": "Die Einteilung im Ganzen hängt wenig vom Startwert ab; welche Gruppen fest sind, steht bei jeder.",
        "en": "The division as a whole depends little on the seed; which groups are firm stands with each.",
    },
    "unsteady": {
        "de": "Die Einteilung im Ganzen ist unbeständig: Andere, fast ebenso gute Einteilungen sehen anders aus. Zu nennen sind nur Gruppen, die "
        "wiedergefunden werden.",
        "en": "The division as a whole is unsteady: others that are nearly as good look different. Only groups that are found again should be named.",
    },
    "scan": {"de": "Andere Auflösungen", "en": "Other resolutions"},
    "scan-note": {
        "de": "Höhere Auflösung gibt kleinere Gruppen. Mittel über die Läufe; Modularität immer bei Auflösung 1.",
        "en": "A higher resolution gives smaller groups. Means over the runs; modularity always at resolution 1.",
    },
    "resolution": {"de": "Auflösung", "en": "resolution"},
    "groups": {"de": "Gruppen", "en": "groups"},
    "range": {"de": "von–bis", "en": "range"},
    "modularity": {"de": "Modularität", "en": "modularity"},
    "agreement": {"de": "Rand-Index", "en": "Rand index"},
    "run-count": {"de": "Läufe", "en": "runs"},
    "described": {"de": "Die Gruppen", "en": "The groups"},
    "shown": {
        "de": "{shown} von {of} Gruppen, nach Nummer (1 ist die größte). Alle: --format csv oder json.",
        "en": "{shown} of {of} groups, by number (1 is the largest). All of them: --format csv or json.",
    },
    "how-topics": {
        "de": "Typische Themen: öfter als in Projekten anderer Gruppen (gewichtetes Log-Odds-Verhältnis, mindestens {least} Projekte; in Klammern "
        "Projekte mit Beteiligung der Gruppe).",
        "en": "Typical topics: more often than in projects of other groups (weighted log-odds ratio, at least {least} projects; in brackets "
        "projects with members of the group).",
    },
    "how-members": {
        "de": "Mitglieder: die mit dem größten Anteil am Gewicht innerhalb der Gruppe.",
        "en": "Members: those with the largest share of the weight inside the group.",
    },
    "by-label": {
        "de": "Sie stehen nach Namen, ohne Reihenfolge untereinander.",
        "en": "They stand by name, in no order against each other.",
    },
    "facts": {
        "de": "{size} Einrichtungen · {density} aller Paare arbeiten zusammen · {ties} der Paare mit Mitgliedern bleiben innen ({weight} des Gewichts)",
        "en": "{size} institutions · {density} of all pairs work together · {ties} of the pairs with members stay inside ({weight} of the weight)",
    },
    "steadiness": {
        "de": "In {together} der anderen Läufe sind zwei Mitglieder zusammen; wiedergefunden {recovered} (Jaccard)",
        "en": "Two members are together in {together} of the other runs; found again {recovered} (Jaccard)",
    },
    "topics": {"de": "Themen: {list}", "en": "Topics: {list}"},
    "no-topics": {"de": "Themen: keine typischen", "en": "Topics: none typical"},
    "members": {"de": "Mitglieder: {list}", "en": "Members: {list}"},
    "countries": {"de": "Länder: {list} (von {of} mit bekanntem Land)", "en": "Countries: {list} (of {of} with a known country)"},
    "caveat": {"de": "Was diese Daten nicht sagen können: {text}", "en": "What these data cannot say: {text}"},
    "figure-cut": {
        "de": "Gezeichnet: {shown} von {of} Gruppen, mit {share} der gruppierten Einrichtungen.",
        "en": "Drawn: {shown} of {of} groups, with {share} of the grouped institutions.",
    },
    "figure-runs": {
        "de": "Leiden, {runs} Läufe, Startwerte {first} bis {last}; gezeichnet ist der erste.",
        "en": "Leiden, {runs} runs, seeds {first} to {last}; the first one is drawn.",
    },
    "figure-size": {"de": "{size} Einrichtungen", "en": "{size} institutions"},
    "figure-held": {"de": "wiedergefunden {value}", "en": "found again {value}"},
    "figure-caption": {
        "de": "Gruppen von Einrichtungen. Kreisfläche: Zahl der Mitglieder; Linienbreite: Gewicht der Zusammenarbeit zwischen zwei Gruppen, je Gruppe "
        "die {links} stärksten; nahe beieinander liegt, was viel gemeinsam hat. Rechts steht, wie gut andere Läufe die Gruppe wiederfinden (Jaccard, 1 ganz). {cut} Unten: Zahl der Gruppen, Modularität (bei Auflösung 1) und Übereinstimmung der "
        "Läufe (angepasster Rand-Index) je Auflösung; die gestrichelte Linie steht bei der gezeichneten.",
        "en": "Groups of institutions. Area of a circle: number of members; width of a line: weight of the collaboration between two groups, the {links} "
        "strongest of each; what shares much lies near. On the right stands how well other runs find the group again (Jaccard, 1 wholly). {cut} Below: number of groups, modularity (at resolution 1) and agreement of the runs (adjusted "
        "Rand index) by resolution; the dashed line is at the one drawn.",
    },
}


say = speaker(TEXT)


def percent(value: float, lang: str) -> str:
    """Return a share as it is written in a language.

    >>> percent(0.5, "de"), percent(0.004, "en")
    ('50\\xa0%', '0.4%')
    """
    text = number(100 * value, lang, 0 if value >= 0.0995 or value == 0 else 1)
    return f"{text}\u00a0%" if lang == "de" else f"{text}%"


def render(result: Groups, lang: str) -> str:
    """Return the groups as text: how many, how firm, at other resolutions, and one by one."""
    lines = [*_heading("title", lang, "=")]
    if not result.groups:
        return "\n".join([*lines, say("no-groups", lang), "", method_line(result.method, lang)]) + "\n"
    grouped = sum(len(group.members) for group in result.groups)
    counts = {
        "institutions": result.institutions,
        "grouped": grouped,
        "groups": len(result.groups),
        "isolated": result.isolated,
        "alone": result.alone,
    }
    values = {"modularity": number(result.modularity, lang, 3), "resolution": plain(result.resolution, lang)}
    lines += _wrap(say("summary", lang, **{key: number(value, lang) for key, value in counts.items()}, **values))
    lines += _wrap(_runs(result, lang))
    if caveat := machine_caveat(result.method.frame):
        lines += _wrap(say("caveat", lang, text=caveat[lang]))
    lines += ["", *_heading("scan", lang, "-"), *_wrap(say("scan-note", lang)), *_scan(result, lang)]
    lines += ["", *_heading("described", lang, "-")]
    shown = result.groups[:SHOWN]
    if len(shown) < len(result.groups):
        lines += _wrap(say("shown", lang, shown=len(shown), of=number(len(result.groups), lang)))
    by_label = "" if may(result.method.frame, "order") else f" {say('by-label', lang)}"
    lines += [*_wrap(say("how-topics", lang, least=LEAST)), *_wrap(f"{say('how-members', lang)}{by_label}")]
    for group in shown:
        lines += _group(group, lang)
    return "\n".join([*lines, "", *_wrap(method_line(result.method, lang))]) + "\n"


def _runs(result: Groups, lang: str) -> str:
    from kg.analyse.groups import FIRM

    first = result.method.seed
    if result.agreement is None:
        return say("one-run", lang, first=first)
    verdict = say("firm" if result.agreement >= FIRM else "unsteady", lang)
    values = {"first": first, "last": first + result.runs - 1, "agreement": number(result.agreement, lang, 2)}
    return say("runs", lang, runs=result.runs, verdict=verdict, **values)


def _scan(result: Groups, lang: str) -> list[str]:
    keys = ("resolution", "groups", "range", "modularity", "agreement", "run-count")
    rows = []
    for entry in result.scan:
        span = f"{number(entry.lowest, lang)}–{number(entry.highest, lang)}"
        agreement = "–" if entry.agreement is None else number(entry.agreement, lang, 2)
        quality = number(entry.modularity, lang, 3)
        rows.append([plain(entry.resolution, lang), number(entry.groups, lang, 1), span, quality, agreement, entry.runs])
    return table([say(key, lang) for key in keys], rows)


def _group(group: Group, lang: str) -> list[str]:
    shares = {"density": group.density, "ties": group.ties_inside, "weight": group.weight_inside}
    facts = say("facts", lang, size=number(len(group.members), lang), **{key: percent(value, lang) for key, value in shares.items()})
    found = [facts]
    if group.together is not None and group.recovered is not None:
        found.append(say("steadiness", lang, together=percent(group.together, lang), recovered=number(group.recovered, lang, 2)))
    topics = ", ".join(f"{named.label(lang)} ({number(projects, lang)})" for named, _, projects in group.topics)
    found.append(say("topics", lang, list=topics) if topics else say("no-topics", lang))
    found.append(say("members", lang, list="; ".join(named.label(lang) for named, _ in group.typical)))
    if group.countries:
        countries = ", ".join(f"{named.label(lang)} {number(count, lang)}" for named, count in group.countries)
        found.append(say("countries", lang, list=countries, of=number(group.located, lang)))
    return ["", *_wrap(f"{group.number}. {group.name[lang]}"), *(f"   {line}" for text in found for line in _wrap(text, WIDTH - 3))]


def plain(value: float, lang: str) -> str:
    """Return a resolution without needless zeros."""
    text = f"{value:g}"
    return text.replace(".", ",") if lang == "de" else text


def _heading(key: str, lang: str, mark: str) -> list[str]:
    text = say(key, lang)
    return [text, mark * len(text)]


def _wrap(text: str, width: int = WIDTH) -> list[str]:
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False) or [""]
