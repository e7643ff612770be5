"""The parts of release notes that are numbers: what there is, what has another number, quality, measures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kg.diff.counts import DROP, Count
from kg.diff.measures import SIZES
from kg.diff.words import class_rank
from kg.errors import Text
from kg.release.changes import Changes
from kg.release.notes_form import Block, Section, section
from kg.release.notes_words import SEVERITIES, number, signed

ROWS = 30
"""Rows of a table of counts."""


def holds(found: Changes) -> Section | None:
    """Return how many things of each class the release holds."""
    order = sorted((count for count in found.numbers if count.group == "class" and count.new), key=lambda count: class_rank(count.iri))
    rows = [(found.names[count.iri], number(count.new)) for count in order]
    head = (Text("Class", "Klasse"), Text("Number", "Anzahl"))
    return section("holds", Block("table", Text("Things by class", "Anzahl nach Klasse"), head=head, rows=tuple(rows[:ROWS])) if rows else None)


def counts(found: Changes) -> Section | None:
    """Return what has another number than before, by class and property; what lost more than :data:`kg.diff.counts.DROP` percent is marked."""
    titles = {"class": Text("Things by class", "Anzahl nach Klasse"), "property": Text("Statements by property", "Aussagen nach Eigenschaft")}
    blocks: list[Block | None] = []
    for group, title in titles.items():
        changed = [count for count in found.numbers if count.group == group and count.old != count.new]
        # What lost most must not be cut away; then the largest changes.
        chosen = sorted(changed, key=lambda count: (count.loss <= DROP, -abs(count.new - count.old), count.iri))[:ROWS]
        rows = tuple(
            _row(found, count)
            for count in sorted(chosen, key=lambda count: class_rank(count.iri) if group == "class" else (0, found.names[count.iri].en))
        )
        if rows:
            head = (title, Text("Before", "Vorher"), Text("Now", "Jetzt"), Text("Change", "Änderung"), Text("In percent", "In Prozent"))
            blocks.append(Block("table", title, head=head, rows=rows))
        if len(changed) > ROWS:
            more = number(len(changed) - ROWS)
            blocks.append(Block("text", text=Text(f"{more.en} more have changed less.", f"{more.de} weitere haben sich weniger geändert.")))
    if not blocks and found.statements != (0, 0):
        blocks.append(
            Block("text", text=Text("No number of a class or property has changed.", "Keine Zahl einer Klasse oder Eigenschaft hat sich geändert."))
        )
    return section("counts", *blocks)


def _row(found: Changes, count: Count) -> tuple[Text, ...]:
    percent = count.percent
    share = "–" if percent is None else f"{percent:+.1f} %".replace("-", "−")
    mark = "⚠️ " if count.loss > DROP else ""
    name = found.names[count.iri]
    return (
        Text(f"{mark}{name.en}", f"{mark}{name.de}"),
        number(count.old),
        number(count.new),
        signed(count.new - count.old),
        Text(share, share.replace(".", ",")),
    )


def findings(manifest: Mapping[str, Any]) -> dict[str, int]:
    """Return the findings of a release by severity (`violation`, `warning`, `info`), as its manifest says; empty where it says nothing."""
    said = manifest.get("validation")
    counts = said.get("counts") if isinstance(said, Mapping) else None
    if not isinstance(counts, Mapping):
        return {}
    return {name: counts[name] for name in SEVERITIES if isinstance(counts.get(name), int)}


def quality(found: Changes) -> Section | None:
    """Return the findings of the validation before and now, as the manifests say."""
    now = findings(found.manifest)
    before = findings(found.previous) if found.previous else {}
    if not now and not before:
        return None
    head = [Text("Findings", "Befunde")]
    if before:
        head.append(Text("Before", "Vorher"))
    head += [Text("Now", "Jetzt"), *([Text("Change", "Änderung")] if before else [])]
    rows = []
    for name, text in SEVERITIES.items():
        cells = [text]
        if before:
            cells.append(number(before.get(name, 0)))
        cells.append(number(now.get(name, 0)) if now else Text("not checked", "nicht geprüft"))
        if before:
            cells.append(signed(now.get(name, 0) - before.get(name, 0)) if now else Text("–", "–"))
        rows.append(tuple(cells))
    return section("quality", Block("table", Text("Findings by severity", "Befunde nach Schwere"), head=tuple(head), rows=tuple(rows)))


def measures(found: Changes) -> Section | None:
    """Return the effect on the collaboration network, or why it is not said."""
    effect = found.effect
    if effect is None:
        return None
    if effect.reason is not None:
        return section("measures", Block("text", text=effect.reason))
    rows = [(SIZES[name], number(old), number(new), signed(new - old)) for name, (old, new) in (effect.sizes or {}).items()]
    head = (Text("Network", "Netz"), Text("Before", "Vorher"), Text("Now", "Jetzt"), Text("Change", "Änderung"))
    blocks: list[Block | None] = [Block("table", Text("Size of the network", "Größe des Netzes"), head=head, rows=tuple(rows)) if rows else None]
    if effect.places:
        ranked = tuple(
            (Text(place.label("en"), place.label("de")), _rank(place.old_rank), _rank(place.new_rank), _strength(place.new_strength))
            for place in effect.places
        )
        columns = (
            Text("Institution", "Einrichtung"),
            Text("Rank before", "Rang vorher"),
            Text("Rank now", "Rang jetzt"),
            Text("Strength now", "Stärke jetzt"),
        )
        title = Text("The most central institutions", "Die zentralsten Einrichtungen")
        blocks.append(Block("table", title, head=columns, rows=ranked))
    blocks.append(Block("text", text=effect.method) if effect.method else None)
    return section("measures", *blocks)


def _rank(rank: int | None) -> Text:
    return Text("–", "–") if rank is None else number(rank)


def _strength(value: float | None) -> Text:
    return Text("–", "–") if value is None else Text(f"{value:,.2f}", f"{value:,.2f}".translate(str.maketrans(",.", ".,")))
