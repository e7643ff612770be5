"""A difference as Markdown, to be used as a release note (GitHub Flavored Markdown); whatever comes from the data is escaped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kg.diff.counts import DROP
from kg.diff.line import LABEL, shortened
from kg.diff.report import Report, Section, report
from kg.diff.result import LIMIT

if TYPE_CHECKING:
    from kg.diff.result import Diff

_SPECIAL = re.compile(r"[\\`*_{}\[\]<>#|~$!]")
_NESTED = 3
"""Up to so many changes of an entity stand in its own line, more of them below it."""


def escape(text: str) -> str:
    """Return a text that Markdown shows as it is: no markup, no HTML, no mention of a user, no link of its own accord.

    >>> escape("a*b <i> @x [1]")
    'a\\\\*b &lt;i&gt; &#64;x \\\\[1\\\\]'
    """
    flat = " ".join("".join(c if c.isprintable() else " " for c in text).split()).replace("&", "&amp;")
    flat = _SPECIAL.sub(lambda match: {"<": "&lt;", ">": "&gt;"}.get(match.group(), f"\\{match.group()}"), flat)
    flat = flat.replace("@", "&#64;").replace("://", "&#58;//").replace("www.", "www&#46;")
    return re.sub(r"^(\d+)([.)])", r"\1\\\2", re.sub(r"^([-+=])", r"\\\1", flat))


def markdown(found: Diff, lang: str = "en", *, limit: int = LIMIT, biggest: bool = False, drop: float = DROP, measures: bool = False) -> str:
    """Return a difference as a release note: heading, summary, alarms, entities by class, counts, measures, notes.

    Args:
        found: The difference.
        lang: `de` or `en`.
        limit: Entities listed per class; 0 for all.
        biggest: Those with the most changes first.
        drop: Loss in percent above which an alarm is raised.
        measures: Whether the effect on measures is computed and shown.
    """
    made = report(found, lang, limit=limit, biggest=biggest, drop=drop, measures=measures)
    lines = [f"# {escape(made.title)}", "", *(f"- {escape(line)}" for line in made.compared), "", *(f"**{escape(line)}**" for line in made.summary)]
    if made.alarms:
        lines += ["", f"## {made.say('Alarms', 'Alarme')}", "", *(f"- ⚠️ {escape(line)}" for line in made.alarms)]
    for section in made.sections:
        lines += ["", *_section(section, lang)]
    lines += _counts(made)
    if made.measures:
        lines += ["", f"## {made.say('Effect on the collaboration network', 'Wirkung auf das Netz der Zusammenarbeit')}", ""]
        lines += [f"- {escape(line)}" for line in made.measures]
        if made.central:
            head = (made.say("Institution", "Einrichtung"), made.say("Rank", "Rang"), made.say("Strength", "Stärke"))
            lines += ["", *_table(head, made.central)]
    if made.notes:
        lines += ["", f"## {made.say('Notes', 'Hinweise')}", "", *(f"- {escape(note)}" for note in made.notes)]
    return "\n".join(lines) + "\n"


def _section(section: Section, lang: str) -> list[str]:
    lines = [f"## {escape(section.heading)}: {escape(section.counts)}", ""]
    for entity, kind, said in section.entities:
        name = escape(shortened(entity.label(lang), LABEL))
        # An IRI in pointed brackets ends at none of the characters that an IRI may hold.
        link = f"[{name}](<{entity.iri}>)" if re.fullmatch(r"https?://[^\s<>\\]+", entity.iri) else name
        head = f"- **{link}** ({escape(kind)})" if entity.kind != "changed" else f"- **{link}**"
        phrases = [escape(phrase) for phrase in said]
        if len(phrases) <= _NESTED:
            lines.append(f"{head}: {'; '.join(phrases)}" if phrases else head)
        else:
            lines += [head, *(f"  - {phrase}" for phrase in phrases)]
    return [*lines, *([f"- {escape(section.hidden)}"] if section.hidden else [])]


def _counts(made: Report) -> list[str]:
    if not made.counts:
        return []
    lines = ["", f"## {made.say('Counts', 'Zahlen')}"]
    for heading, rows, more in made.counts:
        head = (heading, made.say("Old", "Alt"), made.say("New", "Neu"), made.say("Change", "Änderung"))
        lines += ["", *_table(head, rows), *(["", escape(more)] if more else [])]
    return lines


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    lines = [f"| {' | '.join(escape(cell) for cell in head)} |", f"| --- |{' ---: |' * (len(head) - 1)}"]
    return [*lines, *(f"| {' | '.join(escape(cell) for cell in row)} |" for row in rows)]
