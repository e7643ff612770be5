"""Decisions that cannot both hold: about one pair, or over a chain of others; the problem names both rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kg.duplicates.model import DIFFERENT, SAME, Decision
from kg.errors import Problem, Text


def contradiction(decision: Decision, before: Decision) -> Problem:
    """Return the problem of two decisions about one pair."""
    names = f"{decision.one} / {decision.other}"
    what = Text(
        f"{names}: {decision.decision!r} here, but {before.decision!r} in {before.where or '-'}.",
        f"{names}: hier {decision.decision!r}, in {before.where or '-'} aber {before.decision!r}.",
    )
    fix = Text("Decide which one holds.", "Entscheiden Sie, was gilt.")
    return Problem(decision.file or "kg duplicates", decision.row, "decision", "contradiction", what._asdict(), fix._asdict(), decision.decision)


def chains(decided: Mapping[tuple[str, str], Decision], new: Mapping[tuple[str, str], Decision]) -> list[Problem]:
    """Return the pairs decided as different whose ends are the same over others, where a new decision has a part in it."""
    neighbours: dict[str, list[Decision]] = {}
    for found in decided.values():
        if found.decision == SAME:
            for end in found.ends:
                neighbours.setdefault(end, []).append(found)
    problems = []
    for ends, found in sorted(decided.items()):
        if found.decision == DIFFERENT and (path := _path(neighbours, *ends)) and (ends in new or any(step.ends in new for step in path)):
            rows = ", ".join(step.where or " = ".join(step.ends) for step in path)
            what = Text(
                f"{found.one} / {found.other} are different by {found.where or '-'}, but the same by {rows}.",
                f"{found.one} / {found.other} sind verschieden laut {found.where or '-'}, aber gleich laut {rows}.",
            )
            fix = Text("Take one of these decisions back.", "Nehmen Sie eine dieser Entscheidungen zurück.")
            at = found if ends in new else next(step for step in path if step.ends in new)
            problems.append(Problem(at.file or "kg duplicates", at.row, "decision", "contradiction", what._asdict(), fix._asdict(), at.decision))
    return problems


def _path(neighbours: Mapping[str, Sequence[Decision]], start: str, end: str) -> list[Decision]:
    """Return the shortest chain of decisions that makes two entities one, or nothing (breadth first)."""
    came: dict[str, tuple[str, Decision] | None] = {start: None}
    queue = [start]
    for entity in queue:
        for step in sorted(neighbours.get(entity, ()), key=lambda step: step.ends):
            other = step.ends[1] if step.ends[0] == entity else step.ends[0]
            if other not in came:
                came[other] = (entity, step)
                queue.append(other)
    found: list[Decision] = []
    back = came.get(end)
    while back:
        found.append(back[1])
        back = came[back[0]]
    return found[::-1]
