"""What a mapping makes of a list, before anything is built: the first rows as they will become, and what would be left out, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import Problem
from kg.sources.listing_map import TOLD, MappedList, Task, map_list
from kg.sources.listing_mapping import ListMapping
from kg.sources.listing_rows import FUNDER

if TYPE_CHECKING:
    from kg.engine.base import Engine

PARTICIPANTS = 5
"""Organisations of a row that are shown."""
PROBLEMS = 20
"""Problems that are shown."""
WIDTH = 100
"""Characters of a value that are shown."""

_WORDS = {
    "row": ("Zeile", "Row"),
    "time": ("Zeit", "Time"),
    "place": ("Ort", "Place"),
    "programme": ("Programm", "Programme"),
    "funder": ("Geldgeber", "Funder"),
    "amount": ("Betrag", "Amount"),
    "page": ("Seite", "Page"),
    "more": ("und {} weitere", "and {} more"),
    "totals": (
        "{file}: {records:,} Zeilen → {projects:,} Projekte, {organisations:,} Organisationen, {participations:,} Beteiligungen.",
        "{file}: {records:,} rows → {projects:,} projects, {organisations:,} organisations, {participations:,} participations.",
    ),
    "rejected": ("Weggelassen ({}):", "Left out ({}):"),
    "none": ("Nichts wird weggelassen.", "Nothing is left out."),
    "tasks": ("Zu entscheiden:", "To decide:"),
}


@dataclass(frozen=True)
class Participant:
    """An organisation that a row names: its role code (`unspecified` where it has none), its name here, its IRI, its place and country."""

    role: str
    name: str
    iri: str
    place: str
    country: str


@dataclass(frozen=True)
class Record:
    """A row of the list as it will become.

    Attributes:
        row: Record number, the header being 1.
        project: Label of the project.
        iri: IRI of the project.
        facts: What else the row says of the project: `time`, `place`, `programme`, `funder`, `amount`, `page`.
        participants: Organisations it names.
    """

    row: int
    project: str
    iri: str
    facts: dict[str, str]
    participants: list[Participant]


@dataclass(frozen=True)
class Preview:
    """The first rows of a list as they will become, and what would be left out of all of it.

    Attributes:
        file: The list.
        records: The first rows.
        totals: Numbers of `records`, `projects`, `organisations`, `participations` of the whole list.
        problems: Rows and cells left out, the first of them.
        counts: How many there are, by rule.
        tasks: Wordings without a code.
    """

    file: str
    records: list[Record]
    totals: dict[str, int]
    problems: list[Problem]
    counts: dict[str, int] = field(default_factory=dict)
    tasks: list[Task] = field(default_factory=list)

    def text(self, lang: str = "en") -> str:
        """Return the preview as plain text in `de` or `en`."""
        return "".join(f"{line}\n" for line in self._lines(lang))

    def _lines(self, lang: str) -> Iterable[str]:
        def word(key: str, *values: object, **named: object) -> str:
            return _WORDS[key][0 if lang == "de" else 1].format(*values, **named)

        for record in self.records:
            yield f"{word('row')} {record.row}: {_short(record.project)}"
            yield f"  <{record.iri}>"
            for name, value in record.facts.items():
                yield f"  {word(name)}: {_short(value)}"
            for item in record.participants[:PARTICIPANTS]:
                where = ", ".join(filter(None, (item.place, item.country)))
                yield f"  {item.role}: {_short(item.name)}{f' ({_short(where)})' if where else ''}"
                yield f"    <{item.iri}>"
            if len(record.participants) > PARTICIPANTS:
                yield f"  {word('more', len(record.participants) - PARTICIPANTS)}"
            yield ""
        yield word("totals", file=self.file, **self.totals)
        if self.counts:
            yield word("rejected", ", ".join(f"{code} {number:,}" for code, number in sorted(self.counts.items())))
            for problem in self.problems[:PROBLEMS]:
                yield f"  {problem.text(lang)}"
            if (more := sum(self.counts.values()) - PROBLEMS) > 0:
                yield f"  {word('more', more)}"
        else:
            yield word("none")
        if self.tasks:
            yield word("tasks")
            yield from (f"  {task.note.in_(lang)}" for task in self.tasks)


def preview(path: Path, mapping: ListMapping, rows: int = 10, *, engine: Engine | None = None, name: str | None = None) -> Preview:
    """Map a list without building anything.

    Args:
        path: The list.
        mapping: Which column says what.
        rows: How many rows are shown.
        engine: Batch engine; one of its own by default.
        name: How messages name the file.

    Raises:
        InputError: As :func:`kg.sources.listing_map.map_list`.
    """
    if engine is None:
        from kg.engine.duckdb import DuckDB

        with DuckDB() as own:
            return preview(path, mapping, rows, engine=own, name=name)
    mapped = map_list(engine, path, mapping, name=name, told=TOLD)
    return Preview(name or path.name, _records(engine, mapped, rows), _totals(engine, mapped), mapped.problems, mapped.counts, mapped.tasks)


def _totals(engine: Engine, mapped: MappedList) -> dict[str, int]:
    mentions = mapped.mentions
    taking_part = mentions.filter(mentions.block != FUNDER)
    return {
        "records": int(engine.scalar(mapped.records.count())),
        "projects": int(engine.scalar(mapped.projects.count())),
        "organisations": int(engine.scalar(mentions.organisation.nunique())),
        "participations": int(engine.scalar(taking_part.select("project", "organisation", "role").distinct().count())),
    }


def _records(engine: Engine, mapped: MappedList, rows: int) -> list[Record]:
    """Return the first rows, each with the organisations it names."""
    labels = mapped.projects.select("project", "iri", "label")
    first = mapped.records.order_by("row").limit(rows).join(labels, "project")
    named = mapped.mentions.filter(mapped.mentions.block != FUNDER).semi_join(first, "row")
    named = named.select("row", "block", "role", "name", "organisation", "place", "country").order_by(["row", "block", "name"])
    by_row: dict[int, list[Participant]] = {}
    for item in engine.to_pylist(named):
        participant = Participant(item["role"] or "unspecified", item["name"], item["organisation"], item["place"], item["country"])
        by_row.setdefault(item["row"], []).append(participant)
    return [
        Record(int(item["row"]), str(item["label"]), str(item["iri"]), _facts(item), by_row.get(item["row"], []))
        for item in engine.to_pylist(first.order_by("row"))
    ]


def _facts(item: dict[str, Any]) -> dict[str, str]:
    facts = {
        "time": f"{item['p_start'] or '…'} – {item['p_end'] or '…'}" if item["p_start"] or item["p_end"] else "",
        "place": ", ".join(filter(None, (item["p_place"], item["p_country"]))),
        "programme": item["p_programme"],
        "funder": item["p_funder"],
        "amount": f"{item['p_amount']} {item['p_currency']}".strip(),
        "page": item["p_page"],
    }
    return {name: value for name, value in facts.items() if value}


def _short(text: str) -> str:
    """Return a value on one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= WIDTH else line[: WIDTH - 1] + "…"
