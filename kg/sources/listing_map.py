"""A project list and its mapping become statements: the file is read, its cells are read, entities are made, and what was left out is told."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.config import SourceSettings
from kg.errors import Problem, Text
from kg.sources.listing_file import ListTable, read_list
from kg.sources.listing_mapping import ListMapping
from kg.sources.listing_rows import TEXTS, read_rows
from kg.sources.listing_statements import ListStatements
from kg.sources.tables import problem

if TYPE_CHECKING:
    from kg.engine.base import Engine

TOLD = 100
"""Problems that are told one by one; all are counted."""


@dataclass(frozen=True)
class Task:
    """A wording that no value map knows: whoever knows the list decides once, for all its rows.

    Attributes:
        kind: `role` or `kind`.
        wording: As it stands in the list.
        rows: How many rows have it.
        first: The first of them.
    """

    kind: str
    wording: str
    rows: int
    first: int

    @property
    def note(self) -> Text:
        """The task as one line."""
        named = {"role": Text("The role", "Die Rolle"), "kind": Text("The kind of organisation", "Die Art der Organisation")}[self.kind]
        rows = Text("1 row", "1 Zeile") if self.rows == 1 else Text(f"{self.rows:,} rows", f"{self.rows:,} Zeilen")
        result = Text("it stays unspecified", "sie bleibt unspecified") if self.kind == "role" else Text("it is left out", "sie bleibt weg")
        return Text(
            f"{named.en} {self.wording!r} ({rows.en}, first {self.first}) has no code: {result.en}. Add it below [{self.kind}s].",
            f"{named.de} {self.wording!r} ({rows.de}, zuerst {self.first}) hat keinen Code: {result.de}. Ergänzen Sie sie unter [{self.kind}s].",
        )


@dataclass
class MappedList:
    """A project list as statements; they are computed when they are written, as long as the session of the engine is open.

    Attributes:
        settings: Graph, publisher, frame.
        inputs: Name, size and SHA-256 of list and mapping, as `build.json` keeps them.
        quads: Ibis table in the layout of the quad table, distinct, not sorted.
        problems: Rows and cells left out, as many as are told one by one.
        counts: How many rows and cells are left out, by rule.
        tasks: Wordings without a code.
        records: Ibis table, one row per record (`row`, `project`, `p_<field>`).
        mentions: Ibis table, one row per organisation that a record names (`row`, `project`, `organisation`, `role` …).
        projects: Ibis table, one row per project (`project`, `iri`, `label` …).
    """

    settings: SourceSettings
    inputs: list[dict[str, Any]]
    quads: Any
    records: Any
    mentions: Any
    projects: Any
    problems: list[Problem] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    tasks: list[Task] = field(default_factory=list)

    @property
    def rejected(self) -> int:
        """How many rows and cells are left out."""
        return sum(self.counts.values())

    @property
    def notes(self) -> list[Text]:
        """The tasks as lines for the report of a build."""
        return [task.note for task in self.tasks]


def map_list(engine: Engine, path: Path, mapping: ListMapping, *, name: str | None = None, work: Path | None = None, told: int = TOLD) -> MappedList:
    """Turn a project list into statements.

    Args:
        engine: Batch engine; the result lives in its session.
        path: The list.
        mapping: Which column says what.
        name: How origins and messages name the file; its own name by default.
        work: Folder for copies, for an engine that reads files later than it is told to; a temporary one by default.
        told: How many problems are told one by one.

    Raises:
        InputError: The file is no list of this form, or a column of the mapping is absent.
    """
    if work is None:
        with tempfile.TemporaryDirectory(prefix="kg-list-") as temporary:
            return map_list(engine, path, mapping, name=name, work=Path(temporary), told=told)
    table = read_list(engine, path, mapping, work, name or path.name)
    rows = read_rows(engine, table, mapping)
    own = Path(mapping.file).name
    statements = ListStatements(engine, rows, mapping, table.file, {table.file: table.sha256, own: mapping.sha256})
    quads = statements.quads()
    problems, counts = _problems(engine, table, statements.problems, told)
    return MappedList(
        settings=mapping.settings,
        inputs=[
            {"file": table.file, "bytes": path.stat().st_size, "sha256": table.sha256},
            {"file": own, "bytes": mapping.bytes, "sha256": mapping.sha256},
        ],
        quads=quads,
        records=statements.records,
        mentions=statements.mentions,
        projects=statements.projects,
        problems=problems,
        counts=counts,
        tasks=_tasks(engine, statements.mentions),
    )


def _problems(engine: Engine, table: ListTable, tables: Sequence[Any], told: int) -> tuple[list[Problem], dict[str, int]]:
    """Return the first problems in the order of the rows, and how many there are by rule."""
    import ibis

    found = engine.cache(ibis.union(*tables).distinct())
    counts = {str(line["code"]): int(line["rows"]) for line in engine.to_pylist(found.group_by("code").agg(rows=found.count()).order_by("code"))}
    for item in table.problems:
        counts[item.code] = counts.get(item.code, 0) + 1
    problems = list(table.problems)
    for line in engine.to_pylist(found.order_by(["row", "column", "code", "value", "other"]).limit(told)):
        words = {"other": line["other"]}
        problems.append(problem(TEXTS, line["code"], table.file, int(line["row"]), line["column"], value=line["value"], words=words))
    return sorted(problems)[:told], counts


def _tasks(engine: Engine, mentions: Any) -> list[Task]:
    """Return the wordings without a code, each once, the most frequent first."""
    tasks = []
    for kind in ("role", "kind"):
        wording = mentions[f"{kind}_wording"]
        without = mentions.filter((wording != "") & (mentions[kind] == "")).select("row", wording=wording).distinct()
        counted = without.group_by("wording").agg(rows=without.count(), first=without.row.min())
        for line in engine.to_pylist(counted.order_by([counted["rows"].desc(), "wording"])):
            tasks.append(Task(kind, str(line["wording"]), int(line["rows"]), int(line["first"])))
    return tasks
