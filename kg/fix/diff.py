"""The difference that repairs make to the tables: a unified diff that `patch` reads, and its lines shortened for the eye."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from kg.fix.apply import edited
from kg.fix.model import Proposal
from kg.sources.lossless import LosslessTable

WIDTH = 100
"""Characters of a line that a preview shows."""
CONTEXT = 3
"""Unchanged lines around a change."""


def unified(folder: Path, chosen: Sequence[Proposal]) -> str:
    """Return one unified diff of all tables that change, whole lines, three lines around each change; read by `patch -p1`.

    Records are compared one by one, because it is known which of them go: comparing all lines with all others takes minutes on a large table.

    Args:
        folder: The folder of tables.
        chosen: Repairs, no two of the same cell.

    Raises:
        InputError: A table has changed since the repairs were proposed.
    """
    parts: list[str] = []
    for name, data in edited(folder, chosen).items():
        gone = {item.row for item in chosen if item.file == name and item.remove}
        signed = list(_signed(LosslessTable.read(folder / name), LosslessTable(data, name), gone))
        parts += [f"--- a/{name}\n+++ b/{name}\n", *_hunks(signed)]
    return "".join(parts)


def _signed(before: LosslessTable, after: LosslessTable, gone: set[int]) -> Iterator[tuple[str, str]]:
    """Yield the lines of both tables with ` `, `-` or `+`; a record may hold several."""
    place = 0
    for number in (1, *before.rows):
        old = before.line(number)
        place += number not in gone
        new = after.line(place) if number not in gone else ""
        if old == new:
            yield from ((" ", line) for line in _lines(old))
        else:
            yield from (("-", line) for line in _lines(old))
            yield from (("+", line) for line in _lines(new))


def _lines(text: str) -> list[str]:
    """Return lines with their ends; a carriage return stays with its line."""
    parts = text.split("\n")
    return [f"{part}\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _hunks(signed: Sequence[tuple[str, str]]) -> Iterator[str]:
    changed = [place for place, (sign, _) in enumerate(signed) if sign != " "]
    spans: list[list[int]] = []
    for place in changed:
        if spans and place - spans[-1][1] <= 2 * CONTEXT:
            spans[-1][1] = place
        else:
            spans.append([place, place])
    old = new = done = 0
    for first, last in spans:
        start, end = max(0, first - CONTEXT), min(len(signed), last + CONTEXT + 1)
        old += sum(sign != "+" for sign, _ in signed[done:start])
        new += sum(sign != "-" for sign, _ in signed[done:start])
        minus, plus = (sum(sign != other for sign, _ in signed[start:end]) for other in "+-")
        yield f"@@ -{old + bool(minus)},{minus} +{new + bool(plus)},{plus} @@\n"
        for sign, line in signed[start:end]:
            yield f"{sign}{line}" if line.endswith("\n") else f"{sign}{line}\n\\ No newline at end of file\n"
        old, new, done = old + minus, new + plus, end


def line_of(table: LosslessTable, row: int) -> str:
    """Return a record as it stands in one line; line ends within it are shown as `↵`."""
    return table.line(row).rstrip("\r\n").replace("\r\n", "↵").replace("\n", "↵").replace("\r", "↵")


def shortened(before: str, after: str, width: int = WIDTH) -> tuple[str, str]:
    """Return two lines cut to what differs and some characters around it; `…` stands where something was cut.

    >>> shortened("a" * 50 + "X" + "b" * 50, "a" * 50 + "YY" + "b" * 50, 20)
    ('…aaaaaaaaaXbbbbbbbbb…', '…aaaaaaaaaYYbbbbbbbbb…')
    """
    if max(len(before), len(after)) <= width:
        return before, after
    shortest = min(len(before), len(after))
    same = next((place for place in range(shortest) if before[place] != after[place]), shortest)
    tail = next((place for place in range(shortest - same) if before[-1 - place] != after[-1 - place]), shortest - same)
    around = max(8, (width - (max(len(before), len(after)) - same - tail)) // 2)
    start = max(0, same - around)
    return _cut(before, start, len(before) - tail + around, width), _cut(after, start, len(after) - tail + around, width)


def _cut(line: str, start: int, end: int, width: int) -> str:
    end = min(end, start + 3 * width)
    return ("…" if start else "") + line[start:end] + ("…" if end < len(line) else "")
