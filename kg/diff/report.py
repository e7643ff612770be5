"""What every form of text says, in one language and in one order: summary, alarms, entities, counts, measures, notes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.diff.counts import Count, graph_name
from kg.diff.entity import EntityChange
from kg.diff.line import Line
from kg.diff.measures import SIZES, Effect
from kg.diff.words import KINDS
from kg.errors import Text
from kg.namespaces import curie
from kg.sources.delivery import german

if TYPE_CHECKING:
    from kg.diff.inputs import Side
    from kg.diff.result import Diff

_COUNTED = ("class", "property", "graph")
MAX_COUNTS = 40
"""Rows of a table of counts that a text shows, alarms among them; JSON holds all."""


@dataclass
class Section:
    """One class of entities.

    Attributes:
        heading: Name of the class.
        counts: How many came, went and changed, as a phrase; complete.
        entities: Those that are listed, each with its kind and its lines.
        hidden: How many more there are, as a phrase; empty where all are listed.
    """

    heading: str
    counts: str
    entities: list[tuple[EntityChange, str, list[str]]]
    hidden: str = ""


@dataclass
class Report:
    """A difference in one language, before it is laid out."""

    lang: str
    title: str
    compared: list[str]
    summary: list[str]
    alarms: list[str]
    sections: list[Section]
    counts: list[tuple[str, list[tuple[str, str, str, str]], str]]
    measures: list[str] = field(default_factory=list)
    central: list[tuple[str, str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def say(self, en: str, de: str) -> str:
        """Return a text in the language of the report."""
        return de if self.lang == "de" else en


def number(value: int, lang: str) -> str:
    """Return a number with the separators of a language."""
    return german(value) if lang == "de" else f"{value:,}"


def report(found: Diff, lang: str, *, limit: int, biggest: bool, drop: float, measures: bool) -> Report:
    """Put a difference into one language.

    Args:
        found: The difference.
        lang: `de` or `en`.
        limit: Entities listed per class; 0 for all.
        biggest: Those with the most changes first.
        drop: Loss in percent above which an alarm is raised.
        measures: Whether the effect on measures is computed.
    """

    def say(en: str, de: str) -> str:
        return de if lang == "de" else en

    title = say(f"Changes from {found.old.name} to {found.new.name}", f"Änderungen von {found.old.name} zu {found.new.name}")
    compared = [f"{say('Old', 'Alt')}: {side_text(found.old, lang)}", f"{say('New', 'Neu')}: {side_text(found.new, lang)}"]
    made = Report(lang, title, compared, _summary(found, lang), [text.in_(lang) for text in found.alarm_texts(drop)], [], [])
    made.notes = [note.in_(lang) for note in found.notes]
    if any(found.bookkeeping):
        added, removed = found.bookkeeping
        made.notes.append(
            say(
                f"Not counted as a change: {added:,} new and {removed:,} old statements about the builds themselves (graph build).",
                f"Nicht als Änderung gezählt: {german(added)} neue und {german(removed)} alte Aussagen über die Builds selbst (Graph build).",
            )
        )
    if not found.empty:
        chosen = found.listed(limit, biggest=biggest)
        lines = found.describe([entity for members in chosen.values() for entity in members])
        made.sections = [_section(found, cls, members, lines, lang) for cls, members in chosen.items() if found.kinds.get(cls)]
        made.counts = _counts(found, lang, drop)
    if measures and not found.empty:
        made.measures, made.central = _measures(found.measures, lang)
    return made


def side_text(side: Side, lang: str) -> str:
    """Return what was compared: a build with title and date, anything else by its name."""
    if side.build is None:
        return side.name
    record = side.build.record
    title = record.get("title", {}).get(lang) or record.get("name", "")
    parts = [str(part) for part in (title, record.get("state", "")) if part]
    return f"Build {side.name} ({', '.join(parts)})" if parts else f"Build {side.name}"


def _summary(found: Diff, lang: str) -> list[str]:
    if found.empty:
        total = sum(count.new for count in found.counts if count.group == "graph")
        if lang == "de":
            return [f"Kein Unterschied: {german(total)} {'Aussage ist dieselbe' if total == 1 else 'Aussagen sind dieselben'}."]
        return [f"No difference: {total:,} {'statement is' if total == 1 else 'statements are'} the same."]
    added, removed = found.added_count, found.removed_count
    entities = sum(number for kinds in found.kinds.values() for number in kinds.values())
    if lang == "de":
        return [
            f"{german(added)} {'Aussage' if added == 1 else 'Aussagen'} neu, {german(removed)} entfallen; {german(entities)} {'Entität' if entities == 1 else 'Entitäten'} betroffen."
        ]
    return [
        f"{added:,} {'statement' if added == 1 else 'statements'} added, {removed:,} removed; {entities:,} {'entity' if entities == 1 else 'entities'} affected."
    ]


def _kinds(kinds: Mapping[str, int], lang: str) -> str:
    return ", ".join(f"{number(kinds[kind], lang)} {text.in_(lang)}" for kind, text in KINDS.items() if kinds.get(kind))


def _section(found: Diff, cls: str, members: list[EntityChange], lines: Mapping[str, tuple[Line, ...]], lang: str) -> Section:
    kinds = found.kinds[cls]
    entities = [(entity, KINDS[entity.kind].in_(lang), [line.text.in_(lang) for line in lines.get(entity.iri, ())]) for entity in members]
    rest = sum(kinds.values()) - len(members)
    hidden = ""
    if rest:
        hidden = f"… und {german(rest)} weitere (--limit 0 zeigt alle)" if lang == "de" else f"… and {rest:,} more (--limit 0 shows all)"
    return Section(found.names.cls(cls).in_(lang), _kinds(kinds, lang), entities, hidden)


def _counts(found: Diff, lang: str, drop: float) -> list[tuple[str, list[tuple[str, str, str, str]], str]]:
    """Return tables of (name, old, new, change) of what has another number now, each with its heading and what it does not show."""
    headings = {
        "class": Text("Things by class", "Anzahl nach Klasse"),
        "property": Text("Statements by property", "Aussagen nach Eigenschaft"),
        "graph": Text("Statements by graph", "Aussagen nach Graph"),
    }
    tables = []
    for group in _COUNTED:
        changed = [count for count in found.counts if count.group == group and count.old != count.new]
        # What lost too much must not be cut away; otherwise the largest changes stay.
        kept = sorted(changed, key=lambda c: (c.loss <= drop, -abs(c.new - c.old), c.iri))[:MAX_COUNTS]
        names = Counter(_name(count, found, lang) for count in kept)
        # Two vocabularies may call two properties the same.
        named = [(name if names[name] == 1 else f"{name} ({curie(count.iri)})", count) for count in kept for name in [_name(count, found, lang)]]
        shown = sorted(named, key=lambda pair: (pair[0].casefold(), pair[1].iri))
        rows = [(name, number(count.old, lang), number(count.new, lang), percent_text(count, lang)) for name, count in shown]
        rest = len(changed) - len(kept)
        if rows:
            more = (f"{german(rest)} weitere stehen in --format json" if lang == "de" else f"{rest:,} more stand in --format json") if rest else ""
            tables.append((headings[group].in_(lang), rows, more))
    return tables


def _name(count: Count, found: Diff, lang: str) -> str:
    if count.group == "graph":
        return graph_name(count.iri)
    named = found.names.cls(count.iri) if count.group == "class" else found.names.property(count.iri)
    return named.in_(lang)


def percent_text(count: Count, lang: str) -> str:
    """Return a change in percent, or that there was nothing before or is nothing now."""
    if count.percent is None:
        return "neu" if lang == "de" else "new"
    if not count.new:
        return "weg" if lang == "de" else "gone"
    # As many digits as it takes to see something, three at most.
    digits = next((places for places in (1, 2) if abs(count.percent) >= 10**-places), 3)
    text = f"{count.percent:+.{digits}f} %"
    return text.replace(".", ",").replace("-", "−") if lang == "de" else text.replace("-", "−")


def _measures(effect: Effect, lang: str) -> tuple[list[str], list[tuple[str, str, str]]]:
    """Return lines on the network and rows (institution, rank, strength)."""
    if effect.reason is not None:
        return [effect.reason.in_(lang)], []
    lines = []
    for name, (old, new) in (effect.sizes or {}).items():
        same = f"{number(old, lang)} ({'unverändert' if lang == 'de' else 'unchanged'})"
        lines.append(f"{SIZES[name].in_(lang)}: {same if old == new else f'{number(old, lang)} → {number(new, lang)}'}")
    if effect.method is not None:
        lines.append(effect.method.in_(lang))

    def both(old: float | None, new: float | None, digits: int) -> str:
        def one(value: float | None) -> str:
            if value is None:
                return "–"
            text = f"{value:,.{digits}f}"
            return text.translate(str.maketrans(",.", ".,")) if lang == "de" else text

        return one(new) if one(old) == one(new) else f"{one(old)} → {one(new)}"

    rows = [(p.label(lang), both(p.old_rank, p.new_rank, 0), both(p.old_strength, p.new_strength, 2)) for p in effect.places]
    return lines, rows
