"""A difference for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kg.diff.counts import DROP
from kg.diff.line import LABEL, shortened
from kg.diff.report import Report, Section, report
from kg.diff.result import LIMIT
from kg.results import printable

if TYPE_CHECKING:
    from kg.diff.result import Diff

_SIGNS = {"added": "+", "withdrawn": "-", "retired": "-", "renamed": "~", "changed": "~", "derived": "·"}
_COLOURS = {"+": "32", "-": "31", "~": "33", "·": "2"}


def text(
    found: Diff, lang: str = "en", *, limit: int = LIMIT, biggest: bool = False, drop: float = DROP, measures: bool = False, color: bool = False
) -> str:
    """Return a difference as text.

    Args:
        found: The difference.
        lang: `de` or `en`.
        limit: Entities listed per class; 0 for all.
        biggest: Those with the most changes first.
        drop: Loss in percent above which an alarm is raised.
        measures: Whether the effect on measures is computed and shown.
        color: Whether colours are used, beside the words and signs that say the same.
    """
    made = report(found, lang, limit=limit, biggest=biggest, drop=drop, measures=measures)
    paint = _Paint(color, lang)
    lines = [paint.bold(made.title), *made.compared, "", *made.summary]
    if made.alarms:
        lines += ["", paint.red(made.say(f"Alarms ({len(made.alarms)})", f"Alarme ({len(made.alarms)})"))]
        lines += [f"  ! {line}" for line in made.alarms]
    for section in made.sections:
        lines += ["", *_section(section, paint)]
    for heading, rows, more in made.counts:
        lines += ["", paint.bold(heading), *(f"  {line}" for line in _table(rows)), *([f"  {more}"] if more else [])]
    lines += _measures(made, paint)
    if made.notes:
        lines += ["", *(f"{made.say('Note', 'Hinweis')}: {note}" for note in made.notes)]
    return "\n".join(lines) + "\n"


def _section(section: Section, paint: _Paint) -> list[str]:
    lines = [paint.bold(f"{section.heading}: {section.counts}")]
    for entity, _, said in section.entities:
        sign = _SIGNS[entity.kind]
        phrase = "; ".join(said)
        label = printable(shortened(entity.label(paint.lang), LABEL))
        lines.append(f"  {paint.of(_COLOURS[sign], sign)} {label}{f': {printable(phrase)}' if phrase else ''}".replace("\n", " "))
    return [*lines, *([f"    {section.hidden}"] if section.hidden else [])]


def _measures(made: Report, paint: _Paint) -> list[str]:
    if not made.measures:
        return []
    lines = [
        "",
        paint.bold(made.say("Effect on the collaboration network", "Wirkung auf das Netz der Zusammenarbeit")),
        *(f"  {line}" for line in made.measures),
    ]
    if made.central:
        head = (made.say("most central institutions", "zentralste Einrichtungen"), made.say("rank", "Rang"), made.say("strength", "Stärke"))
        lines += [f"  {line}" for line in _table([head, *made.central])]
    return lines


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    cells = [[printable(" ".join(cell.split())) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    return [
        "  ".join(cell.ljust(width) if column == 0 else cell.rjust(width) for column, (cell, width) in enumerate(zip(row, widths, strict=True)))
        for row in cells
    ]


class _Paint:
    """Colours, where they are wanted."""

    def __init__(self, color: bool, lang: str) -> None:
        self._color = color
        self.lang = lang

    def of(self, code: str, text: str) -> str:
        """Return a text in a colour."""
        return f"\x1b[{code}m{text}\x1b[0m" if self._color else text

    def bold(self, text: str) -> str:
        """Return a heading."""
        return self.of("1", printable(text))

    def red(self, text: str) -> str:
        """Return a heading of alarms."""
        return self.of("1;31", printable(text))
