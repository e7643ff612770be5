"""Faulty rows and cells of a table by columns: left out, counted, and told with file and row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kg.errors import Problem
from kg.sources.columns import Check
from kg.sources.tables import problem

if TYPE_CHECKING:
    from kg.engine.base import Engine

SHOWN = 200
"""Characters of a faulty cell that are told."""

TEXTS: dict[str, tuple[str, str, str, str]] = {
    "wrong-project-id": (
        "{value!r} ist keine Projektnummer.",
        "{value!r} is no project number.",
        "Die Zeile ist weggelassen; die Nummer hat 5 bis 9 Ziffern.",
        "The row is left out; the number has 5 to 9 digits.",
    ),
    "wrong-pic": (
        "{value!r} ist keine Organisationskennung (PIC).",
        "{value!r} is no participant identification code (PIC).",
        "Die Zeile ist weggelassen; die Kennung hat 9 Ziffern.",
        "The row is left out; the code has 9 digits.",
    ),
    "unknown-project": (
        "Das Projekt {value!r} steht nicht in project.csv.",
        "The project {value!r} is not in project.csv.",
        "Die Zeile ist weggelassen; holen Sie die ganze Lieferung.",
        "The row is left out; get the whole delivery.",
    ),
    "double-row": (
        "Den Schlüssel {value!r} hat schon eine frühere Zeile.",
        "An earlier row has the key {value!r} already.",
        "Die Zeile ist weggelassen; behalten Sie eine.",
        "The row is left out; keep one.",
    ),
    "empty-cell": ("Die Zelle {column!r} ist leer.", "The cell {column!r} is empty.", "Die Zeile ist weggelassen.", "The row is left out."),
    "wrong-date": (
        "{value!r} ist kein Tag im Kalender.",
        "{value!r} is no day of the calendar.",
        "Die Zelle ist weggelassen; geschrieben wird JJJJ-MM-TT.",
        "The cell is left out; write YYYY-MM-DD.",
    ),
    "wrong-moment": (
        "{value!r} ist kein Zeitpunkt.",
        "{value!r} is no point in time.",
        "Die Zelle ist weggelassen; geschrieben wird JJJJ-MM-TT hh:mm:ss.",
        "The cell is left out; write YYYY-MM-DD hh:mm:ss.",
    ),
    "wrong-amount": (
        "{value!r} ist kein Betrag.",
        "{value!r} is no amount.",
        "Die Zelle ist weggelassen; geschrieben wird 1250.5, mit Punkt und ohne Tausenderzeichen.",
        "The cell is left out; write 1250.5, with a point and without separators.",
    ),
    "wrong-number": ("{value!r} ist keine Zahl.", "{value!r} is no number.", "Die Zelle ist weggelassen.", "The cell is left out."),
    "wrong-boolean": (
        "{value!r} ist weder true noch false.",
        "{value!r} is neither true nor false.",
        "Die Zelle ist weggelassen.",
        "The cell is left out.",
    ),
    "wrong-code": ("{value!r} ist kein bekannter Code.", "{value!r} is no known code.", "Die Zelle ist weggelassen.", "The cell is left out."),
    "unknown-role": (
        "Die Rolle {value!r} ist unbekannt.",
        "The role {value!r} is unknown.",
        "Die Beteiligung bleibt, mit der Rolle unspecified.",
        "The participation stays, with the role unspecified.",
    ),
    "wrong-country": (
        "{value!r} ist kein Ländercode aus zwei Buchstaben.",
        "{value!r} is no country code of two letters.",
        "Die Zelle ist weggelassen.",
        "The cell is left out.",
    ),
    "wrong-coordinate": (
        "{value!r} ist kein Punkt „Breite,Länge“.",
        "{value!r} is no point 'latitude,longitude'.",
        "Die Zelle ist weggelassen; Grad mit Punkt, -90 bis 90 und -180 bis 180.",
        "The cell is left out; degrees with a point, -90 to 90 and -180 to 180.",
    ),
    "wrong-url": (
        "{value!r} ist keine Webadresse.",
        "{value!r} is no web address.",
        "Die Zelle ist weggelassen; sie beginnt mit http:// oder https://.",
        "The cell is left out; it begins with http:// or https://.",
    ),
    "wrong-doi": ("{value!r} ist keine DOI.", "{value!r} is no DOI.", "Die Zelle ist weggelassen.", "The cell is left out."),
}


@dataclass
class Checked:
    """A table whose faulty rows are gone and whose faulty cells are empty.

    Attributes:
        data: The table.
        problems: What was wrong, the first ones.
        count: How many rows and cells were wrong.
    """

    data: Any
    problems: list[Problem] = field(default_factory=list)
    count: int = 0


def check(engine: Engine, table: Any, file: str, checks: Sequence[Check], *, known: Any = None, key: str = "", told: int = 100) -> Checked:
    """Leave out what breaks a rule.

    Args:
        engine: Batch engine.
        table: Ibis table of texts with `row`.
        file: How the file is named.
        checks: What must hold; an empty cell breaks only rules of rows.
        known: Table with one column that this table has too: rows whose value is not in it are left out.
        key: Column that no two rows may share; later ones are left out.
        told: How many problems are told one by one.
    """
    import ibis

    state = table
    if key:
        state = state.mutate(again=state.row != state.row.min().over(group_by=key))
    if known is not None:
        column = known.columns[0]
        there = known.distinct().mutate(there=True)
        state = state.left_join(there, column).select(*state.columns, strange=there.there.isnull())
    rules = list(checks)
    faulty = {f"f{number}": ~rule.holds(state).fill_null(False) & ((state[rule.column] != "") | rule.row) for number, rule in enumerate(rules)}
    names = {f"f{number}": (rule.column, rule.code) for number, rule in enumerate(rules)}
    if known is not None:
        faulty["strange"], names["strange"] = state.strange, (known.columns[0], "unknown-project")
    if key:
        faulty["again"], names["again"] = state.again, (key, "double-row")
    if not faulty:
        return Checked(table)
    state = engine.cache(state.mutate(**faulty))
    counts = engine.to_pylist(state.aggregate(**{f"n_{name}": state[name].sum() for name in faulty}))[0]
    wrong = {name: int(counts[f"n_{name}"] or 0) for name in faulty}
    if not any(wrong.values()):
        engine.drop(state)
        return Checked(table)
    rows = [name for name, rule in ((f"f{n}", r) for n, r in enumerate(rules)) if rule.row] + [n for n in ("strange", "again") if n in faulty]
    cells = {rules[int(name[1:])].column: name for name in wrong if name not in rows and wrong[name]}
    parts = [
        state.filter(state[name]).select("row", column=ibis.literal(names[name][0]), code=ibis.literal(names[name][1]), value=state[names[name][0]])
        for name in faulty
        if wrong[name]
    ]
    found = engine.to_pylist(ibis.union(*parts).order_by("row", "column").limit(max(told, 0)))
    problems = [
        problem(TEXTS, item["code"], file, int(item["row"]), item["column"], value=item["value"][:SHOWN], subject=item["value"][:SHOWN])
        for item in found
    ]
    kept = state
    for name in rows:
        if wrong[name]:
            kept = kept.filter(~kept[name])
    kept = kept.mutate(**{column: ibis.ifelse(kept[name], "", kept[column]) for column, name in cells.items()})
    data = engine.cache(kept.select(*table.columns))
    engine.drop(state)
    return Checked(data, problems, sum(wrong.values()))
