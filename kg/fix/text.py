"""A preview of repairs as text and as JSON."""

from __future__ import annotations

import re
from typing import Any

from kg.errors import Text
from kg.fix.diff import WIDTH, line_of, shortened
from kg.fix.effect import Effect
from kg.fix.model import KINDS, Proposal
from kg.fix.preview import Preview
from kg.sources.lossless import LosslessTable
from kg.validate import Result

SHOWN = 100
"""Repairs that a preview lists where nothing else is asked for."""
SHOWN_LEFT = 10


def _plural(count: int, one: Text, many: Text, lang: str) -> str:
    return f"{count} {(one if count == 1 else many).in_(lang)}"


def _findings(count: int, lang: str) -> str:
    return _plural(count, Text("finding", "Befund"), Text("findings", "Befunde"), lang)


def _repairs(count: int, lang: str) -> str:
    return _plural(count, Text("repair", "Reparatur"), Text("repairs", "Reparaturen"), lang)


def effect_text(effect: Effect, lang: str) -> str:
    """Return "removes 12 findings, adds 0" and how many findings about rows that did not count before come into sight."""
    gone, new = _findings(len(effect.removes), lang), len(effect.adds)
    text = Text(f"removes {gone}, adds {new}", f"entfernt {gone}, ergänzt {new}").in_(lang)
    if effect.uncovers:
        seen = len(effect.uncovers)
        more = Text(f"uncovers {seen} about rows that were left out before", f"deckt {seen} zu Zeilen auf, die bisher wegblieben")
        text += f"; {more.in_(lang)}"
    return text


def _score(item: Proposal, lang: str) -> str:
    if item.sure:
        return Text("sure", "sicher").in_(lang)
    number = f"{item.score:.2f}"
    return number.replace(".", ",") if lang == "de" else number


def _lines(item: Proposal, table: LosslessTable, lang: str) -> list[str]:
    """Return one repair: place, the line of the table before and after, and why."""
    before, column = line_of(table, item.row), item.column or "*"
    lines = [f"@@ {item.file}:{item.row} {item.subject[:80]} @@ {column} · {KINDS[item.kind].in_(lang)} · {_score(item, lang)} · {item.id}"]
    if item.remove:
        lines.append(f"- {before[:WIDTH]}{'…' if len(before) > WIDTH else ''}")
    else:
        values = [(edit.column, table.cell(item.row, edit.column)) for edit in item.edits]
        for edit in item.edits:
            table.set(item.row, edit.column, edit.after)
        old, new = shortened(before, line_of(table, item.row))
        lines += [f"- {old}", f"+ {new}"]
        for column, value in values:
            table.set(item.row, column, value)
    lines.append(f"  {item.reason.in_(lang)}")
    if item.alternatives:
        others = ", ".join(item.alternatives)
        lines.append(Text(f"  excludes: {others}", f"  schließt aus: {others}").in_(lang))
    return [_visible(line) for line in lines]


_SIGNS = re.compile("[\x00-\x1f\x7f-\xa0\u00ad\u0300-\u036f\u200b-\u200f\u202a-\u202f\u2060-\u2069\ufeff]")


def _visible(text: str) -> str:
    """Show the characters that nobody sees, and those that a terminal would obey."""
    return _SIGNS.sub(lambda match: f"⟨U+{ord(match.group()):04X}⟩", text)


def human(preview: Preview, lang: str, limit: int = SHOWN) -> str:
    """Return a preview for people: every repair with its line before and after, then what they do to the findings.

    Args:
        preview: What is shown.
        lang: `de` or `en`.
        limit: How many repairs are listed, 0 for all; how many there are is always said.
    """
    proposals, choice = preview.proposals, preview.choice
    tables = {name: LosslessTable.read(proposals.folder / name, name) for name in {item.file for item in proposals.items}}
    lines: list[str] = []
    chosen = (*choice.chosen, *choice.undecided, *preview.harmful)
    listed = tuple(sorted(dict.fromkeys(chosen), key=lambda item: (item.file, item.row, item.column, -item.score)))
    shown = listed[:limit] if limit else listed
    for item in shown:
        lines += _lines(item, tables[item.file], lang)
        if item in choice.undecided:
            lines.append(
                Text(
                    "  Not chosen: others for this cell are as likely; choose with --only.",
                    "  Nicht gewählt: andere für diese Zelle sind ebenso möglich; wählen Sie mit --only.",
                ).in_(lang)
            )
        if item in preview.harmful:
            taken = item in choice.chosen
            marked = Text("  It would add findings.", "  Sie würde Befunde ergänzen.")
            left_out = Text("  Not chosen: it would add findings.", "  Nicht gewählt: sie würde Befunde ergänzen.")
            lines.append((marked if taken else left_out).in_(lang))
        lines.append("")
    if len(shown) < len(listed):
        rest = _repairs(len(listed) - len(shown), lang)
        lines += [Text(f"… and {rest} more: --limit 0 lists all.", f"… und {rest} mehr: --limit 0 zeigt alle.").in_(lang), ""]
    if any("…" in line for line in lines if line[:2] in ("- ", "+ ")):
        lines += [
            Text(
                "Long lines are shortened around the change (…); --format diff shows them whole.",
                "Lange Zeilen sind um die Änderung herum gekürzt (…); --format diff zeigt sie ganz.",
            ).in_(lang),
            "",
        ]
    if not proposals.items:
        lines.append(Text("Nothing to repair.", "Nichts zu reparieren.").in_(lang))
    lines += _kinds(preview, lang) + _total(preview, lang) + _left(preview, lang)
    return "\n".join(lines).rstrip("\n") + "\n"


def _kinds(preview: Preview, lang: str) -> list[str]:
    counts: dict[str, int] = {}
    for item in preview.choice.chosen:
        counts[item.kind] = counts.get(item.kind, 0) + 1
    width = max((len(kind) for kind in counts), default=0)
    lines = []
    for kind in (kind for kind in KINDS if kind in counts):
        text = f"  {kind:<{width}}  {_repairs(counts[kind], lang)}  ({KINDS[kind].in_(lang)})"
        lines.append(f"{text}: {effect_text(preview.each[kind], lang)}" if kind in preview.each else text)
    return lines


def _total(preview: Preview, lang: str) -> list[str]:
    chosen, lines = preview.choice.chosen, []
    total = len(preview.proposals.items)
    if total:
        text = f"{len(chosen)} {Text('of', 'von').in_(lang)} {_repairs(total, lang) if lang == 'en' or total != 1 else '1 Reparatur'}"
        if preview.effect is not None:
            text += f": {effect_text(preview.effect, lang)}"
        lines.append(text + ".")
    if preview.effect is not None and preview.effect.adds:
        lines.append(Text("They would add:", "Sie würden ergänzen:").in_(lang))
        lines += [_finding(item, lang) for item in preview.effect.adds[:SHOWN_LEFT]]
    if preview.proposals.unsearched:
        count = preview.proposals.unsearched
        lines.append(
            Text(
                f"For {count} more values no near match was looked for: run it again after these repairs.",
                f"Für {count} weitere Werte wurde nichts Ähnliches gesucht: rufen Sie den Befehl nach diesen Reparaturen noch einmal auf.",
            ).in_(lang)
        )
    return lines


def _finding(item: Result, lang: str) -> str:
    place = ", ".join(map(str, item.origin[:2]))
    return _visible(f"  {place} {item.focus_label}: {item.message.get(lang, '')}")


def _left(preview: Preview, lang: str) -> list[str]:
    """Return what is left to people: findings for which no repair can be known from the tables."""
    left = preview.proposals.left
    if not left:
        return []
    head = Text(
        f"{_findings(len(left), lang)} left to you: the tables do not say what is right.",
        f"{_findings(len(left), lang)} für Sie: was richtig ist, sagen die Tabellen nicht.",
    )
    lines = ["", head.in_(lang), *(f"  {_visible(item.text(lang))}" for item in left[:SHOWN_LEFT])]
    if len(left) > SHOWN_LEFT:
        more = len(left) - SHOWN_LEFT
        lines.append(Text(f"  … and {more} more: kg validate lists all.", f"  … und {more} mehr: kg validate zeigt alle.").in_(lang))
    return lines


def as_json(preview: Preview) -> dict[str, Any]:
    """Return a preview for machines: all repairs, what is chosen, and the effect by the ids of the findings."""
    proposals = preview.proposals
    return {
        "folder": str(proposals.folder),
        "proposals": [item.as_json() for item in proposals.items],
        "kinds": proposals.kinds,
        "chosen": [item.id for item in preview.choice.chosen],
        "undecided": [item.id for item in preview.choice.undecided],
        "harmful": [item.id for item in preview.harmful],
        "effect": effect_json(preview.effect) if preview.effect else None,
        "each": {kind: effect_json(one) for kind, one in preview.each.items()},
        "left": [
            {"file": item.file, "row": item.row, "column": item.column, "code": item.code, "value": item.value, "what": item.what, "fix": item.fix}
            for item in proposals.left
        ],
        "unreadable": [{"file": item.file, "row": item.row, "code": item.code, "what": item.what, "fix": item.fix} for item in proposals.fatal],
        "unsearched": proposals.unsearched,
    }


def effect_json(effect: Effect) -> dict[str, Any]:
    """Return an effect for machines: the ids of findings that go, come and come into sight, and how many Violations and Warnings stay."""
    return {
        "removes": [item.id for item in effect.removes],
        "adds": [item.id for item in effect.adds],
        "uncovers": [item.id for item in effect.uncovers],
        "left": len(effect.left),
    }
