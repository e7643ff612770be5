"""What an import did, in words: counts, differences, conflicts, what was ignored."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import unified_diff
from typing import Any

from kg.errors import Text
from kg.sheet.merge import Conflict, TableMerge
from kg.sheet.read import Imported

_LISTED = 20
# A terminal must not obey what stands in a cell: control characters, and marks that turn the direction of writing.
_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def summary(made: Imported, lang: str, *, preview: bool) -> str:
    """Return what was or would be done, for the terminal.

    Args:
        made: The import.
        lang: `de` or `en`.
        preview: Whether only the effect was asked for; then the differences are shown line by line.
    """
    lines: list[str] = []
    if preview and not made.refused:
        for table in made.changed:
            lines += _diff(table)
    lines += [note.in_(lang) for note in made.notes]
    for table in made.tables:
        lines += [f"{table.table}: {note.in_(lang)}" for note in table.notes]
        lines += _listed(
            table.converted,
            Text("Numbers and dates that the spreadsheet made of texts", "Zahlen und Datumsangaben, die das Tabellenprogramm aus Texten gemacht hat"),
            lang,
        )
        if table.formulas:
            cells = ", ".join(table.formulas[:_LISTED])
            what = Text(
                f"A spreadsheet that opens {table.table}.csv itself would compute these cells: {cells}",
                f"Ein Tabellenprogramm, das {table.table}.csv selbst öffnet, würde diese Zellen berechnen: {cells}",
            )
            lines.append(what.in_(lang) + _more(len(table.formulas), lang))
    lines += _conflicts(made, lang)
    lines += [f"{table.table}.csv: {counts(table, lang)}" for table in made.tables if not made.refused]
    lines.append(_end(made, lang, preview=preview))
    return "\n".join(_safe(line) for line in lines)


def counts(table: TableMerge, lang: str) -> str:
    """Return how many cells and rows of a table change, as in "3 cells changed, 1 row added"."""
    words = {
        "en": (("cell changed", "cells changed"), ("row added", "rows added"), ("row removed", "rows removed"), "unchanged"),
        "de": (("Zelle geändert", "Zellen geändert"), ("Zeile ergänzt", "Zeilen ergänzt"), ("Zeile entfernt", "Zeilen entfernt"), "unverändert"),
    }[lang]
    numbers = (len(table.changed), table.added, len(table.removed))
    parts = [f"{number} {names[number != 1]}" for number, names in zip(numbers, words[:3], strict=True) if number]
    return ", ".join(parts) or str(words[3])


def as_json(made: Imported) -> dict[str, Any]:
    """Return an import as data."""
    return {
        "workbook": made.workbook,
        "folder": str(made.folder),
        "written": made.written,
        "tables": {
            table.table: {
                "cells_changed": [{"row": row, "column": column} for row, column in table.changed],
                "rows_added": table.added,
                "rows_removed": table.removed,
                "notes": [note._asdict() for note in (*table.notes, *table.converted)],
                "formula_like": table.formulas,
            }
            for table in made.tables
        },
        "conflicts": [vars(conflict) for conflict in made.conflicts],
        "decided_for": made.choice,
        "notes": [note._asdict() for note in made.notes],
    }


def _conflicts(made: Imported, lang: str) -> Iterator[str]:
    if not made.conflicts:
        return
    head = (
        Text("Changed in the sheet and in the file", "Im Blatt und in der Datei geändert")
        if made.refused
        else Text(
            f"Changed on both sides; taken from the {made.choice}",
            f"Auf beiden Seiten geändert; übernommen aus {'dem Blatt' if made.choice == 'sheet' else 'der Datei'}",
        )
    )
    yield f"{head.in_(lang)}: {len(made.conflicts)}"
    for conflict in made.conflicts:
        yield _conflict(conflict, lang)


def _conflict(conflict: Conflict, lang: str) -> str:
    gone = {"de": "(Zeile gelöscht)", "en": "(row deleted)"}[lang]
    words = {"de": ("Zeile", "vorher", "Blatt", "Datei"), "en": ("row", "before", "sheet", "file")}[lang]
    place = f"{conflict.table}.csv" + (f":{conflict.row}" if conflict.row else "")
    column = f" [{conflict.column}]" if conflict.column else ""
    seen = f" ({words[2]}: {words[0]} {conflict.sheet_row})" if conflict.sheet_row else ""
    values = zip(words[1:], (conflict.base, conflict.sheet, conflict.file), strict=True)
    return f"  {place}{column}{seen}\n" + "\n".join(f"    {word + ':':<8} {gone if value is None else repr(value)}" for word, value in values)


def _end(made: Imported, lang: str, *, preview: bool) -> str:
    if made.refused:
        what = Text(
            "Nothing was written. Decide with --conflicts sheet or --conflicts file, or make the cells equal.",
            "Geschrieben wurde nichts. Entscheiden Sie mit --conflicts sheet oder --conflicts file, oder gleichen Sie die Zellen an.",
        )
    elif preview:
        what = Text("Preview: nothing was written.", "Vorschau: Geschrieben wurde nichts.")
    elif made.changed:
        what = Text(f"Written. Next: kg validate {made.folder}", f"Geschrieben. Weiter: kg validate {made.folder}")
    else:
        what = Text("Nothing to do: the tables hold all of this already.", "Nichts zu tun: Die Tabellen enthalten das alles schon.")
    return what.in_(lang)


def _listed(notes: list[Text], head: Text, lang: str) -> list[str]:
    if not notes:
        return []
    return [f"{head.in_(lang)}: {len(notes)}", *(f"  {note.in_(lang)}" for note in notes[:_LISTED]), *filter(None, [_more(len(notes), lang)])]


def _more(count: int, lang: str) -> str:
    rest = count - _LISTED
    return {"de": f"  … und {rest} weitere", "en": f"  … and {rest} more"}[lang] if rest > 0 else ""


def _diff(table: TableMerge) -> Iterator[str]:
    name = f"{table.table}.csv"
    before, after = (re.findall(r"[^\n]*\n|[^\n]+\Z", data.decode()) for data in (table.before, table.after))
    for line in unified_diff(before, after, name, name):
        yield line.rstrip("\r\n")
        if not line.endswith("\n"):
            yield "\\ No newline at end of file"


def _safe(text: str) -> str:
    return _UNSAFE.sub(lambda match: f"\\u{ord(match.group()):04x}", text)
