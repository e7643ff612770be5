"""A card for the terminal."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from kg.errors import Text
from kg.validate.formats import plain

if TYPE_CHECKING:
    from kg.validate.card_branches import Branch, Unfolded
    from kg.validate.card_rows import TableRow
    from kg.validate.cards import Card

_WORDS: dict[str, Text] = {
    "rule": Text("Rule", "Regel"),
    "expected": Text("expected", "erwartet"),
    "found": Text("found", "gefunden"),
    "row": Text("row", "Zeile"),
    "line": Text("line", "Zeile"),
    "more": Text("and {} more rows", "und {} weitere Zeilen"),
    "example": Text("A good example", "Ein gutes Beispiel"),
    "todo": Text("What to do", "Was zu tun ist"),
    "holds": Text("holds", "gilt"),
    "fails": Text("does not hold", "gilt nicht"),
    "branches": Text("{} more branches are not shown.", "{} weitere Zweige sind nicht gezeigt."),
    "empty": Text("(empty)", "(leer)"),
}


def word(key: str, lang: str) -> str:
    """Return a fixed word of a card."""
    return _WORDS[key].in_(lang)


def card_text(made: Card, lang: str = "", width: int = 100) -> str:
    """Return a card for the terminal, with a line end; control characters of cells are shown, not sent.

    Args:
        made: The card.
        lang: Language of the fixed words; that of the card by default.
        width: Columns to fill; at least 40.
    """
    lang, width = lang or made.lang, max(width, 40)
    lines = _wrapped(f"{made.severity_word}: {made.title}", width, "")
    lines += _wrapped(f"{word('rule', lang)}: {made.rule}", width)
    for asked in made.asked:
        lines += _wrapped(f"{asked.what} – {word('expected', lang)}: {asked.expected}; {word('found', lang)}: {asked.found}", width)
    for unfolded in made.unfolded:
        lines += _unfolded_lines(unfolded, lang, width, "  ")
    for row in made.rows:
        lines += _row_lines(row, lang, width)
    if made.more_rows:
        lines.append("  " + word("more", lang).format(made.more_rows))
    if made.example:
        said = "; ".join(f"{name}: {value}" for name, value in made.example.says)
        place = f" ({', '.join(made.example.places)})" if made.example.places else ""
        lines += _wrapped(f"{word('example', lang)}: {made.example.name}{place}{' – ' + said if said else ''}", width)
    lines += _wrapped(f"{word('todo', lang)}: {made.todo}", width)
    return "\n".join(lines) + "\n"


def _wrapped(text: str, width: int, indent: str = "  ") -> list[str]:
    return textwrap.wrap(plain(text, 2000), width, initial_indent=indent, subsequent_indent=indent + "  ") or [indent]


def _unfolded_lines(unfolded: Unfolded, lang: str, width: int, indent: str) -> list[str]:
    lines = _wrapped(unfolded.lead, width, indent)
    for branch in unfolded.branches:
        lines += _branch_lines(branch, lang, width, indent + "  ")
    if unfolded.more:
        lines.append(indent + "  " + word("branches", lang).format(unfolded.more))
    return lines


def _branch_lines(branch: Branch, lang: str, width: int, indent: str) -> list[str]:
    state = word("holds" if branch.holds else "fails", lang)
    reasons = f" – {'; '.join(branch.reasons)}" if branch.reasons else ""
    lines = _wrapped(f"- {branch.words} – {state}: {branch.about}{reasons}", width, indent)
    for inner in branch.within:
        lines += _unfolded_lines(inner, lang, width, indent + "  ")
    return lines


def _row_lines(row: TableRow, lang: str, width: int) -> list[str]:
    place = f"{plain(row.file)}, {word('row' if row.table else 'line', lang)} {row.row}" if row.row else plain(row.file)
    lines = _wrapped(f"{place}{': ' + row.note if row.note else ''}", width)
    shown = [cell for cell in row.cells if cell.text or cell.marked]
    longest = max((len(cell.column) for cell in shown), default=0)
    for cell in shown:
        text = plain(cell.text, max(width - longest - 6, 10)) or word("empty", lang)
        lines.append(f"  {'>' if cell.marked else ' '} {plain(cell.column):<{longest}}  {text}")
    return lines
