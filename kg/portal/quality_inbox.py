"""The index of a report as the inbox of findings asks it: counts by rule, entities of a rule, findings of an entity, all of them within filters."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.validate.history import COUNTED, FILES, read_meta
from kg.validate.report import SEVERITIES, Origin, Result

ON_PAGE = 10
MAX_PAGE = 1_000
OF_ENTITY = 5
"""Findings of one entity that are shown as cards on the page of a rule."""
CHOICES = 200
"""Files and classes offered as filters."""

# Conditions put in are fixed texts with question marks (:func:`_where`); what a reader chose is bound.
_FINDINGS = (
    "SELECT r.severity, r.shape, f.component, f.focus, f.label, f.path, f.value, m.texts, f.expected, f.found, f.origin, f.occurrence "
    "FROM finding f JOIN rule r ON r.id = f.rule JOIN message m ON m.id = f.message {} ORDER BY f.id LIMIT ? OFFSET ?"
)
_FAILING = "SELECT f.focus FROM finding f JOIN rule r ON r.id = f.rule WHERE r.shape = ? AND f.focus IN (SELECT value FROM json_each(?))"
_IN_FILE = "e.focus IN (SELECT f.focus FROM finding f JOIN rule r ON r.id = f.rule {})"
_ENTITY_COUNT = "SELECT count(*) FROM entity e JOIN rule r ON r.id = e.rule WHERE {}"
_ENTITIES = (
    "SELECT e.focus, e.label, e.class, e.results, e.new FROM entity e JOIN rule r ON r.id = e.rule WHERE {} ORDER BY e.rule, e.rank LIMIT ? OFFSET ?"
)


@dataclass(frozen=True)
class Filters:
    """What narrows the inbox down; empty texts do not.

    Attributes:
        severity: `Violation`, `Warning` or `Info`.
        rule: IRI of the rule.
        file: Name of a source file.
        kind: IRI of the class of the entity.
        new: Only what is not in the baseline.
    """

    severity: str = ""
    rule: str = ""
    file: str = ""
    kind: str = ""
    new: bool = False


@dataclass(frozen=True)
class RuleLine:
    """One rule of the inbox: how much was found, in how many entities, how much of it is new, since when, and from which files (most frequent first)."""

    shape: str
    severity: str
    results: int
    entities: int
    new: int
    first: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class EntityLine:
    """One entity of a rule, with how many findings of it."""

    focus: str
    label: str
    kind: str
    results: int
    new: int


class Inbox:
    """An open index (see :mod:`kg.validate.history`); read-only.

    Args:
        path: The file.
        meta: What it says of itself.
        key: Tells this file from one that takes its place.
    """

    def __init__(self, path: Path, meta: dict[str, str], key: tuple[int, int] = (0, 0)) -> None:
        self.meta = meta
        self.key = key
        self._connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)

    @classmethod
    def open(cls, path: Path, build: str, key: tuple[int, int] = (0, 0)) -> Inbox | None:
        """Return the index of a build, `None` where there is none that this version reads."""
        meta = read_meta(path) if path.is_file() else None
        return cls(path, meta, key) if meta is not None and meta.get("build") == build else None

    @property
    def baseline(self) -> str:
        """What new is told against: `baseline.json`, the id of the build before, or nothing."""
        return self.meta.get("baseline", "")

    def rules(self, filters: Filters) -> list[RuleLine]:
        """Return the rules, worst first, then by number of results."""
        if not (filters.file or filters.kind):
            wanted = "SELECT r.severity, r.shape, s.results, s.entities, s.new, s.first, s.files FROM summary s JOIN rule r ON r.id = s.rule WHERE s.only_new = ?"
            rows = [(*row[:-1], json.loads(row[-1])) for row in self._rows(wanted, (int(filters.new),))]
            lines = [_line(*row) for row in rows]
            lines = [one for one in lines if filters.severity in ("", one.severity) and filters.rule in ("", one.shape)]
        else:
            lines = self._counted(filters)
        return sorted(lines, key=lambda line: (SEVERITIES.index(line.severity), -line.results, line.shape))

    def _counted(self, filters: Filters) -> list[RuleLine]:
        """Count what no summary holds."""
        where, values = _where(filters)
        files: dict[int, list[str]] = {}
        for rule, name in self._rows(FILES.format(where), values):
            files.setdefault(rule, []).append(name)
        rules = {rule: (severity, shape) for rule, severity, shape in self._rows("SELECT id, severity, shape FROM rule", ())}
        rows = self._rows(COUNTED.format(where), values)
        return [_line(*(*rules[rule], *counts, files.get(rule, []))) for rule, *counts in rows]

    def counts(self, *, new: bool = False) -> dict[str, int]:
        """Return how many findings there are per severity."""
        query = "SELECT r.severity, sum(s.results) FROM summary s JOIN rule r ON r.id = s.rule WHERE s.only_new = ? GROUP BY r.severity"
        found = dict(self._rows(query, (int(new),)))
        return {name: int(found.get(number, 0)) for number, name in enumerate(SEVERITIES)}

    def files(self) -> list[str]:
        """Return the names of the source files, those of most findings first."""
        rows = self._rows("SELECT name FROM file JOIN place ON file = id GROUP BY id ORDER BY count(*) DESC, name LIMIT ?", (CHOICES,))
        return [name for (name,) in rows]

    def kinds(self) -> list[str]:
        """Return the classes of the entities."""
        return [kind for (kind,) in self._rows("SELECT class FROM kind ORDER BY class LIMIT ?", (CHOICES,))]

    def entities(self, filters: Filters, page: int) -> tuple[int, list[EntityLine]]:
        """Return how many entities there are, and those of a page by label."""
        parts = ["r.shape = ?"]
        values: list[object] = [filters.rule]
        for column, value in (("r.severity", SEVERITIES.index(filters.severity) if filters.severity else ""), ("e.class", filters.kind)):
            if value != "":
                parts.append(f"{column} = ?")
                values.append(value)
        if filters.new:
            parts.append("e.new")
        if filters.file:
            inner, more = _where(filters)
            parts.append(_IN_FILE.format(inner))
            values += more
        where = " AND ".join(parts)
        ((total,),) = self._rows(_ENTITY_COUNT.format(where), values)
        rows = self._rows(
            _ENTITIES.format(where),
            (*values, ON_PAGE, (page - 1) * ON_PAGE),
        )
        # With new only, what is counted is new.
        return total, [EntityLine(focus, label, kind, new if filters.new else results, new) for focus, label, kind, results, new in rows]

    def findings(self, filters: Filters, *, focus: str = "", limit: int, offset: int = 0) -> list[Result]:
        """Return findings as results, worst first, then by rule and label."""
        where, values = _where(filters, ["f.focus = ?"] if focus else [], [focus] if focus else [])
        rows = self._rows(_FINDINGS.format(where), (*values, limit, offset))
        return [
            Result(
                *(SEVERITIES[severity], shape, component, focus, label, path, value, json.loads(texts), expected, found),
                tuple(Origin(file, row) for file, row in json.loads(origin)),
                occurrence,
            )
            for severity, shape, component, focus, label, path, value, texts, expected, found, origin, occurrence in rows
        ]

    def failing(self, shape: str, nodes: Iterable[str]) -> set[str]:
        """Return which of some nodes are in findings of a rule."""
        rows = self._rows(_FAILING, (shape, json.dumps(list(nodes)[:500])))
        return {focus for (focus,) in rows}

    def _rows(self, query: str, values: Iterable[object]) -> list[Any]:
        return self._connection.execute(query, tuple(values)).fetchall()


def _line(severity: int, shape: str, results: int, entities: int, new: int, first: str | None, files: Iterable[str]) -> RuleLine:
    return RuleLine(shape, SEVERITIES[severity], results, entities, new, first or "", tuple(files))


def _where(filters: Filters, parts: Iterable[str] = (), values: Iterable[object] = ()) -> tuple[str, list[object]]:
    """Return the condition of a query; everything a reader chose is bound."""
    parts, values = list(parts), list(values)
    if filters.severity:
        parts.append("r.severity = ?")
        values.append(SEVERITIES.index(filters.severity))
    if filters.rule:
        parts.append("r.shape = ?")
        values.append(filters.rule)
    if filters.kind:
        parts.append("f.class = ?")
        values.append(filters.kind)
    if filters.file:
        parts.append("f.id IN (SELECT finding FROM place WHERE file IN (SELECT id FROM file WHERE name = ?))")
        values.append(filters.file)
    if filters.new:
        parts.append("f.new")
    return ("WHERE " + " AND ".join(parts) if parts else ""), values
