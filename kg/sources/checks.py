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
        "Die Zeile ist weggelassen; die Nummer hat 6 bis 9 Ziffern.",
        "The row is left out; the number has 6 to 9 digits.",
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
        count: How many rows and cells are left out; of a row that is left out its cells do not count.
        made: Whether `data` is a new table that the engine holds.
    """

    data: Any
    problems: list[Problem] = field(default_factory=list)
    count: int = 0
    made: bool = False


def check(engine: Engine, table: Any, file: str, checks: Sequence[Check], *, known: Any = None, key: Sequence[str] = (), told: int = 100) -> Checked:
    """Leave out what breaks a rule.

    Args:
        engine: Batch engine.
        table: Ibis table of texts with `row`, held by the engine.
        file: How the file is named.
        checks: What must hold; an empty cell breaks only rules of rows. A row is told with the first rule it breaks.
        known: Table with one column that this table has too: rows whose value is not in it are left out.
        key: Columns whose values together no two of the rows that stay may share; all but the first are left out.
        told: How many problems are told one by one.
    """
    found = _Found(engine, table, file, checks, known, key)
    return found.checked(max(told, 0))


class _Found:
    """What is wrong with one table; a table without a fault is gone through once and not copied."""

    def __init__(self, engine: Engine, table: Any, file: str, checks: Sequence[Check], known: Any, key: Sequence[str]) -> None:
        self.engine = engine
        self.table = table
        self.file = file
        self.key = key
        self.cells = [rule for rule in checks if not rule.row]
        self.rows = [rule for rule in checks if rule.row]
        self.known = known

    def checked(self, told: int) -> Checked:
        import ibis

        kept, out, wrong = self._rows()
        doubles = self._doubles(kept)
        if doubles is not None:
            kept = kept.anti_join(doubles, "row")
            out.append(doubles)
        counts = self._count(kept, wrong)
        if not out and not counts:
            return Checked(self.table)
        faults = [self._told(kept.filter(self._breaks(kept, rule)), rule.column, rule.code) for rule in counts]
        problems = self.engine.to_pylist(ibis.union(*out, *faults).order_by("row", "column", "code").limit(told))
        left = sum(int(self.engine.scalar(part.count())) for part in out)
        data = kept.select(*self.table.columns)
        for rule in counts:
            data = data.mutate(**{rule.column: ibis.ifelse(self._breaks(data, rule), "", data[rule.column])})
        data = self.engine.cache(data)
        for part in out:
            self.engine.drop(part)
        return Checked(data, [self._problem(**item) for item in problems], left + sum(counts.values()), made=True)

    def _rows(self) -> tuple[Any, list[Any], list[Check]]:
        """Return the rows that break no rule of rows, those that do, and the rules of cells that some cell breaks."""
        import ibis

        state = self._with_strange()
        why = {f"row_{number}": self._breaks(state, rule) for number, rule in enumerate(self.rows)}
        if self.known is not None:
            why["strange"] = state.strange
        cells = {f"cell_{number}": self._breaks(state, rule) for number, rule in enumerate(self.cells)}
        if not why and not cells:
            return self.table, [], []
        counts = self.engine.to_pylist(state.aggregate(**{name: flag.sum() for name, flag in {**why, **cells}.items()}))[0]
        wrong = [rule for number, rule in enumerate(self.cells) if counts[f"cell_{number}"]]
        broken = [name for name in why if counts[name]]
        if not broken:
            return self.table, [], wrong
        names = {f"row_{number}": (rule.column, rule.code) for number, rule in enumerate(self.rows)}
        if self.known is not None:
            names["strange"] = (self.known.columns[0], "unknown-project")
        first = ibis.cases(*((why[name], name) for name in broken), else_="")
        state = state.mutate(why=first)
        parts = [self._told(state.filter(state.why == name), *names[name]) for name in broken]
        out = self.engine.cache(ibis.union(*parts) if len(parts) > 1 else parts[0])
        return self.table.anti_join(out, "row"), [out], wrong

    def _with_strange(self) -> Any:
        if self.known is None:
            return self.table
        column = self.known.columns[0]
        there = self.known.distinct().mutate(there=True)
        return self.table.left_join(there, column).select(*(self.table[name] for name in self.table.columns), strange=there.there.isnull())

    def _doubles(self, kept: Any) -> Any:
        """Return the rows whose key an earlier row has, `None` where there are none."""
        if not self.key:
            return None
        groups = kept.group_by(*self.key).aggregate(first=kept.row.min(), times=kept.count())
        groups = self.engine.cache(groups.filter(groups.times > 1))
        found = None
        if self.engine.scalar(groups.count()):
            joined = kept.join(groups, list(self.key))
            later = joined.filter(joined.row != joined["first"])
            value, *rest = (later[name] for name in self.key)
            for part in rest:
                value = value.concat(" / ", part)
            found = self.engine.cache(self._told(later, self.key[0], "double-row", value))
        self.engine.drop(groups)
        return found

    def _count(self, kept: Any, rules: Sequence[Check]) -> dict[Check, int]:
        """Return how many cells of the rows that stay break each rule, where any does."""
        if not rules:
            return {}
        flags = {f"cell_{number}": self._breaks(kept, rule).sum() for number, rule in enumerate(rules)}
        counts = self.engine.to_pylist(kept.aggregate(**flags))[0]
        return {rule: int(counts[f"cell_{number}"]) for number, rule in enumerate(rules) if counts[f"cell_{number}"]}

    @staticmethod
    def _breaks(table: Any, rule: Check) -> Any:
        broken = ~rule.holds(table).fill_null(False)
        return broken if rule.row else broken & (table[rule.column] != "")

    @staticmethod
    def _told(table: Any, column: str, code: str, value: Any = None) -> Any:
        import ibis

        shown = (table[column] if value is None else value).substr(0, SHOWN)
        return table.select("row", column=ibis.literal(column), code=ibis.literal(code), value=shown)

    def _problem(self, row: int, column: str, code: str, value: str) -> Problem:
        return problem(TEXTS, code, self.file, int(row), column, value=value, subject=value)
