"""What a repair is: cells of one row before and after, why, and how sure; and which of several may be made together."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kg.errors import ParameterError, Problem, Text

KINDS: dict[str, Text] = {
    "blank": Text("Blanks before or behind a value", "Leerzeichen vor oder hinter einem Wert"),
    "characters": Text("Invisible or decomposed characters", "Unsichtbare oder zerlegte Zeichen"),
    "mojibake": Text("Broken umlauts", "Zerstörte Umlaute"),
    "date": Text("Form of a date", "Schreibweise eines Datums"),
    "date-order": Text("Start and end swapped", "Beginn und Ende vertauscht"),
    "number": Text("Form of a number", "Schreibweise einer Zahl"),
    "coordinate": Text("Form of a coordinate", "Schreibweise einer Koordinate"),
    "swapped": Text("Latitude and longitude swapped", "Breite und Länge vertauscht"),
    "currency": Text("Currency code", "Währungskürzel"),
    "language": Text("Language tag", "Sprachkürzel"),
    "code": Text("Spelling of a code", "Schreibweise eines Werts der Liste"),
    "id": Text("Id that nearly matches", "Kennung mit Tippfehler"),
    "id-form": Text("Id in another form", "Kennung in anderer Form"),
    "iri": Text("Address instead of an id", "Adresse statt Kennung"),
    "identifier": Text("Form of an identifier", "Form einer Fremdkennung"),
    "url": Text("Form of a web address", "Form einer Webadresse"),
    "separator": Text("Separator of a list", "Trennzeichen einer Liste"),
    "duplicate-row": Text("Repeated row", "Wiederholte Zeile"),
    "direction": Text("Subject and object swapped", "Subjekt und Objekt vertauscht"),
}
"""Kinds of repairs and their names."""

SURE = 1.0
"""Score of a repair that changes the form only: no other meaning is possible."""


@dataclass(frozen=True)
class Repair:
    """What one value could be instead.

    Attributes:
        after: The value repaired.
        kind: One of :data:`KINDS`.
        score: 0 to 1; :data:`SURE` where only the form changes.
        reason: Why.
    """

    after: str
    kind: str
    score: float
    reason: Text


@dataclass(frozen=True)
class Edit:
    """One cell before (as it stands, untrimmed) and after."""

    column: str
    before: str
    after: str


@dataclass(frozen=True)
class Proposal:
    """One repair of one row.

    Attributes:
        id: 16 hex digits over file, kind, subject and edits; stays the same when rows move.
        kind: One of :data:`KINDS`.
        file: Name of the table in its folder.
        row: Record number, the header being 1.
        subject: What the row is about.
        edits: The cells that change; empty where the row is removed.
        reason: Why, in both languages.
        score: 0 to 1; :data:`SURE` where only the form changes.
        remove: The row is taken away.
        findings: Codes of the findings of the table that it starts from; empty where the cell itself shows the fault.
        alternatives: Ids of proposals for the same cells: only one of them can be made.
        checksum: Mark of the file as it was read.
    """

    id: str
    kind: str
    file: str
    row: int
    subject: str
    edits: tuple[Edit, ...]
    reason: Text
    score: float
    remove: bool = False
    findings: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    checksum: str = ""

    @property
    def sure(self) -> bool:
        """Whether only the form changes."""
        return self.score >= SURE

    @property
    def column(self) -> str:
        """The columns that change, joined by a comma."""
        return ", ".join(edit.column for edit in self.edits)

    @property
    def before(self) -> str:
        """The cells as they stand, joined by a comma."""
        return ", ".join(edit.before for edit in self.edits)

    @property
    def after(self) -> str:
        """The cells repaired, joined by a comma."""
        return ", ".join(edit.after for edit in self.edits)

    @property
    def touches(self) -> frozenset[tuple[str, int, str]]:
        """File, row and column of every cell that changes; column `*` is the row."""
        columns = ["*"] if self.remove else [edit.column for edit in self.edits]
        return frozenset((self.file, self.row, column) for column in columns)

    def as_json(self) -> dict[str, Any]:
        """Return the proposal for JSON."""
        return {
            "id": self.id,
            "kind": self.kind,
            "file": self.file,
            "row": self.row,
            "subject": self.subject,
            "column": self.column,
            "before": self.before,
            "after": self.after,
            "edits": [{"column": edit.column, "before": edit.before, "after": edit.after} for edit in self.edits],
            "remove": self.remove,
            "reason": {"de": self.reason.de, "en": self.reason.en},
            "score": self.score,
            "sure": self.sure,
            "findings": list(self.findings),
            "alternatives": list(self.alternatives),
        }


@dataclass(frozen=True)
class Proposals:
    """All repairs of a folder of tables, in file and row order.

    Attributes:
        folder: The folder.
        path: What the user named: the folder, or one table in it.
        items: The proposals.
        left: Findings of the tables for which there is none.
        fatal: What cannot be read at all; nothing can be tried out while there is any.
        unsearched: For how many values no near match was looked for, because there were too many.
    """

    folder: Path
    path: Path
    items: tuple[Proposal, ...] = ()
    left: tuple[Problem, ...] = ()
    fatal: tuple[Problem, ...] = ()
    unsearched: int = 0

    @property
    def kinds(self) -> dict[str, int]:
        """Number of proposals per kind, in the order of :data:`KINDS`."""
        counts = Counter(item.kind for item in self.items)
        return {kind: counts[kind] for kind in KINDS if counts[kind]}


@dataclass(frozen=True)
class Choice:
    """Which proposals are to be made.

    Attributes:
        chosen: Those, no two of the same cell.
        undecided: Those of cells for which none is likelier than all others.
    """

    chosen: tuple[Proposal, ...]
    undecided: tuple[Proposal, ...] = ()


def numbered(proposals: Iterable[Proposal]) -> tuple[Proposal, ...]:
    """Give proposals their ids and name the alternatives of each; of two for one cell that do the same the likelier one stays."""
    best: dict[tuple[object, ...], Proposal] = {}
    for item in proposals:
        key = (item.file, item.row, item.edits, item.remove)
        if key not in best or item.score > best[key].score:
            best[key] = item
    seen: Counter[str] = Counter()
    made = []
    for item in sorted(best.values(), key=lambda item: (item.file, item.row, item.column, -item.score, item.kind, item.after)):
        parts = [item.file, item.kind, item.subject, *(part for edit in item.edits for part in (edit.column, edit.before, edit.after))]
        key_text = "\x00".join(parts)
        seen[key_text] += 1
        if seen[key_text] > 1:
            key_text += f"\x00{seen[key_text]}"
        made.append(replace(item, id=hashlib.sha256(key_text.encode("utf-8", "surrogatepass")).hexdigest()[:16]))
    rivals = _rivals(made)
    return tuple(replace(item, alternatives=tuple(sorted(other.id for other in rivals[item.id]))) for item in made)


def _rivals(items: Sequence[Proposal]) -> dict[str, list[Proposal]]:
    """Return, by id, the proposals that touch the same cells."""
    rows: dict[tuple[str, int], list[Proposal]] = {}
    for item in items:
        rows.setdefault((item.file, item.row), []).append(item)
    rivals: dict[str, list[Proposal]] = {item.id: [] for item in items}
    for group in rows.values():
        for item in group:
            for other in group:
                if other is not item and (item.remove or other.remove or item.touches & other.touches):
                    rivals[item.id].append(other)
    return rivals


def choose(proposals: Proposals, only: Sequence[str] = (), *, sure: bool = False) -> Choice:
    """Choose proposals; of several for one cell the likeliest is taken, and none where two are equally likely.

    Args:
        proposals: What there is.
        only: Ids and kinds; empty: all.
        sure: Only those that change nothing but the form.

    Raises:
        ParameterError: There is no such id or kind, or two chosen by id exclude each other.
    """
    ids = {item.id for item in proposals.items}
    for name in only:
        if name not in ids and name not in KINDS:
            what = Text(f"There is no repair and no kind of repairs {name!r}.", f"Es gibt keine Reparatur und keine Art von Reparaturen {name!r}.")
            there = ", ".join(proposals.kinds) or "-"
            fix = Text(f"Use an id from the preview, or one of: {there}.", f"Nehmen Sie eine Kennung aus der Vorschau oder eine von: {there}.")
            raise ParameterError(what, where="--only", fix=fix)
    named = {name for name in only if name in ids}
    candidates = [item for item in proposals.items if (not only or item.id in named or item.kind in only) and (item.sure or not sure)]
    rivals = _rivals(candidates)
    chosen, undecided = [], []
    for item in candidates:
        others = rivals[item.id]
        if item.id in named:
            clash = next((other for other in others if other.id in named), None)
            if clash is not None:
                what = Text(
                    f"The repairs {item.id} and {clash.id} change the same cell.", f"Die Reparaturen {item.id} und {clash.id} ändern dieselbe Zelle."
                )
                raise ParameterError(what, where=f"{item.file}:{item.row}", fix=Text("Choose one of them.", "Wählen Sie eine von beiden."))
            chosen.append(item)
        elif any(other.id in named or other.score >= item.score for other in others):
            undecided.append(item)
        else:
            chosen.append(item)
    taken = {item.id for item in chosen}
    open_ = [item for item in undecided if not any(other.id in taken for other in rivals[item.id])]
    return Choice(tuple(chosen), tuple(open_))
