"""Counts of both tables by class, property, graph and language of names, and alarms where something is lost."""

# ruff: noqa: S608 (only names of this package are put into statements; every value is bound)
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.diff.session import KEYS
from kg.errors import Text
from kg.namespaces import RDF, SKOS
from kg.sources.delivery import german

if TYPE_CHECKING:
    from kg.diff.names import Names
    from kg.diff.session import Session

DROP = 5.0
"""Loss in percent above which an alarm is raised."""
GROUPS = ("class", "property", "graph", "language")


@dataclass(frozen=True)
class Count:
    """A number in both tables.

    Attributes:
        group: `class` (things), `property`, `graph` (distinct statements), or `language` (things of a class that have a name in a language).
        iri: The class, property or graph; of a language the class.
        language: Language tag, or empty.
        old: Number in the old table.
        new: Number in the new table.
        old_of: For a language all things of the class in the old table, else 0.
        new_of: The same in the new table.
    """

    group: str
    iri: str
    language: str
    old: int
    new: int
    old_of: int = 0
    new_of: int = 0

    @property
    def percent(self) -> float | None:
        """Change in percent of the old number; nothing where there was none."""
        return None if not self.old else 100 * (self.new - self.old) / self.old

    @property
    def loss(self) -> float:
        """Loss in percent; of a language the loss of the share that has a name, so that a smaller class is no loss of names."""
        if not self.old:
            return 0.0
        if self.group == "language":
            if not self.new_of:
                return 0.0
            return max(0.0, 100 * (1 - (self.new / self.new_of) / (self.old / self.old_of)))
        return max(0.0, 100 * (self.old - self.new) / self.old)

    def to_json(self) -> dict[str, Any]:
        """Return group, IRI, language, both numbers and the change in percent."""
        percent = self.percent
        data = {"group": self.group, "iri": self.iri, "old": self.old, "new": self.new, "percent": None if percent is None else round(percent, 2)}
        if self.group == "language":
            data |= {"language": self.language, "old_of": self.old_of, "new_of": self.new_of}
        return data


def alarms(counts: Iterable[Count], limit: float) -> tuple[Count, ...]:
    """Return the counts whose loss is above a limit in percent: the largest loss first, then classes before properties, large numbers before small ones."""
    lost = [count for count in counts if count.loss > limit]
    return tuple(sorted(lost, key=lambda c: (-c.loss, GROUPS.index(c.group), c.new - c.old, c.iri, c.language)))


def alarm_text(count: Count, names: Names) -> Text:
    """Return an alarm as a sentence."""
    loss_en, loss_de = f"{count.loss:.1f} %", f"{count.loss:.1f} %".replace(".", ",")
    gone = not count.new
    numbers_en, numbers_de = f"{count.old:,} → {count.new:,}", f"{german(count.old)} → {german(count.new)}"
    if count.group == "class":
        name = names.cls(count.iri)
        en, de = f"{name.en}: {numbers_en}", f"{name.de}: {numbers_de}"
    elif count.group == "property":
        name = names.property(count.iri)
        en, de = f"Property “{name.en}”: {numbers_en}", f"Eigenschaft „{name.de}“: {numbers_de}"
    elif count.group == "graph":
        en, de = f"Graph {graph_name(count.iri)}: {numbers_en}", f"Graph {graph_name(count.iri)}: {numbers_de}"
    else:
        name = names.cls(count.iri)
        en = f"{name.en} with a name in “{count.language or '-'}”: {numbers_en} (of {count.old_of:,} → {count.new_of:,})"
        of = f"{german(count.old_of)} → {german(count.new_of)}"
        de = f"{name.de} mit Namen in „{count.language or '-'}“: {numbers_de} (von {of})"
    return Text(f"{en} – gone", f"{de} – ganz weg") if gone else Text(f"{en} – {loss_en} lost", f"{de} – {loss_de} verloren")


def graph_name(iri: str) -> str:
    """Return the short name of a graph."""
    return iri.rstrip("/").rsplit("/", 1)[-1] if iri else "-"


def count_all(session: Session, *, same: bool) -> tuple[Count, ...]:
    """Count both tables by class, property, graph and language; distinct things and distinct statements, without bookkeeping.

    Args:
        session: The comparison.
        same: Both are known to be equal, so that one of them is counted.
    """
    counted = {side: _count(session, side) for side in (("a",) if same else ("a", "b"))}
    old, new = counted["a"], counted["a" if same else "b"]
    keys = sorted(set(old) | set(new), key=lambda key: (GROUPS.index(key[0]), *key[1:]))
    totals = {key[1]: (old.get(key, 0), new.get(key, 0)) for key in keys if key[0] == "class"}
    return tuple(Count(*key, old.get(key, 0), new.get(key, 0), *(totals.get(key[1], (0, 0)) if key[0] == "language" else (0, 0))) for key in keys)


def _count(session: Session, side: str) -> dict[tuple[str, str, str], int]:
    found: dict[tuple[str, str, str], int] = {}
    # Equal rows have equal hashes: only rows whose hash occurs again can stand twice, and only these are compared as texts.
    hashed = f"hash({KEYS})"
    session.run(f"CREATE OR REPLACE TABLE again AS SELECT h FROM (SELECT {hashed} AS h FROM {side}) GROUP BY h HAVING count(*) > 1")
    if session.rows("SELECT 1 FROM again LIMIT 1"):
        once = f"SELECT predicate, graph FROM {side} WHERE {hashed} NOT IN (SELECT h FROM again)"
        twice = f"SELECT predicate, graph FROM (SELECT DISTINCT {KEYS} FROM {side} WHERE {hashed} IN (SELECT h FROM again))"
        distinct = f"{once} UNION ALL {twice}"
    else:
        distinct = f"SELECT predicate, graph FROM {side}"
    rows = session.rows(f"SELECT predicate, graph, count(*) FROM ({distinct}) GROUP BY ALL")
    for predicate, graph, number in rows:
        for key in (("property", predicate, ""), ("graph", graph, "")):
            found[key] = found.get(key, 0) + int(number)
    session.run(f"CREATE OR REPLACE TABLE typed AS SELECT DISTINCT subject, object AS cls FROM {side} WHERE predicate = ?", [RDF.type])
    for cls, number in session.rows("SELECT cls, count(*) FROM typed GROUP BY cls"):
        found["class", cls, ""] = int(number)
    named = session.rows(
        f"SELECT cls, language, count(*) FROM typed JOIN (SELECT DISTINCT subject, language FROM {side} WHERE predicate = ? AND kind = 'literal') "
        "USING (subject) GROUP BY ALL",
        [SKOS.prefLabel],
    )
    for cls, language, number in named:
        found["language", cls, language] = int(number)
    return found
