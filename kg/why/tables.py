"""What the graph does not hold: file and row of a statement (quad tables of the build), rows and decisions (the tables it was built from).

A table is used only if it is, byte for byte, the one of the build (`inputs` of `build.json`); otherwise row numbers would point elsewhere.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.namespaces import RDF
from kg.resources import folder
from kg.sources.folder import DECISION_COLUMNS, RELATION_COLUMNS, relation_key
from kg.sources.tables import Row, Table, parse_table
from kg.why.model import Decision, Origin, term_of

if TYPE_CHECKING:
    from kg.build import Build
    from kg.quads import Term
    from kg.store import Node

MAX_BYTES = 50_000_000
_NAME = re.compile(r"[\w.-]+/[\w.-]+\.csv")

Key = tuple[str, str, "Term"]
"""Subject, predicate and object of a statement."""


class Tables:
    """The tables behind a build; without a build there are none.

    Args:
        build: The build, or `None` for a store without one.
        roots: Folders in which the source folders may lie, besides the shipped data, `./data` and the current folder.
    """

    def __init__(self, build: Build | None, roots: Iterable[Path] = ()) -> None:
        self._build = build
        here = Path.cwd()
        self._roots = (*roots, folder("data"), here / "data", here, here.parent)

    @property
    def has_origins(self) -> bool:
        """Whether there are quad tables."""
        return self._build is not None and (self._build.path / "quads").is_dir()

    def origins(self, subjects: Iterable[str]) -> dict[Key, list[str]]:
        """Return where the statements about some subjects come from, as the quad table writes it, sorted.

        Only the row groups that may hold a subject are read (DuckDB, statistics of Parquet).
        """
        wanted = sorted(set(subjects))
        if not wanted or not self.has_origins:
            return {}
        from kg.quads import Term

        found: dict[Key, set[str]] = defaultdict(set)
        # One value lets the row groups be chosen by their statistics.
        among, given = ("= ?", wanted[0]) if len(wanted) == 1 else ("IN (SELECT unnest(?))", wanted)
        rows = self._asked(f"SELECT subject, predicate, object, kind, datatype, language, origin FROM read_parquet(?) WHERE subject {among}", given)  # noqa: S608 (one of two texts)
        for subject, predicate, value, kind, datatype, language, origin in rows:
            found[subject, predicate, Term(value, kind, datatype, language)].add(origin)
        return {key: sorted(origins) for key, origins in found.items()}

    def _asked(self, sql: str, given: object) -> list[tuple[Any, ...]]:
        """Return the rows of a query on the quad tables; the files are its first parameter."""
        import duckdb

        assert self._build is not None
        files = [str(path) for path in sorted((self._build.path / "quads").glob("*.parquet"))]
        options: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": "500MB",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "temp_directory": "",
            "threads": 1,
        }
        with duckdb.connect(config=options) as connection:
            return connection.execute(sql, [files, given]).fetchall()

    @cached_property
    def decided(self) -> dict[str, tuple[str, ...]]:
        """How decisions name the rows of the claims that they are about: claim → references (asked for once)."""
        wanted = {one for decision in self.decisions for one in (decision.target, decision.value)}
        tables = {decision.origin.file.replace("decisions.csv", "relations.csv") for decision in self.decisions}
        named = {f"{file}#{row.number}": relation_key(row) for file in tables for row in self._rows(file).values() if relation_key(row) in wanted}
        if not named or not self.has_origins:
            return {}
        made: dict[str, set[str]] = defaultdict(set)
        sql = f"SELECT DISTINCT subject, origin FROM read_parquet(?) WHERE predicate = '{RDF.subject}' AND origin IN (SELECT unnest(?))"  # noqa: S608
        for claim, origin in self._asked(sql, sorted(named)):
            made[claim].add(named[origin])
        return {claim: tuple(sorted(references)) for claim, references in made.items()}

    @cached_property
    def decisions(self) -> list[Decision]:
        """The recorded decisions of all source folders that are at hand as they were built."""
        found = []
        for file in self._files("decisions.csv"):
            for row in self._table(file, DECISION_COLUMNS).rows:
                found.append(
                    Decision(Origin(file, row.number), *(row[name] for name in ("target", "decision", "value", "who", "when", "why"))),
                )
        return found

    @property
    def missing(self) -> list[str]:
        """Files of decisions that the build was made with and that are not at hand as they were."""
        return [file for file in self._files("decisions.csv") if self._path(file) is None]

    def reference(self, origin: Origin) -> str:
        """Return how a decision names the row of a claim, or empty where the table is not at hand, or is not one of relations."""
        if not origin.file.endswith("/relations.csv") or not origin.row:
            return ""
        row = self._rows(origin.file).get(origin.row)
        return relation_key(row) if row is not None else ""

    def about(self, references: Iterable[str]) -> tuple[Decision, ...]:
        """Return the decisions whose target, or whose other claim, is one of some references."""
        wanted = set(references) - {""}
        return tuple(one for one in self.decisions if wanted & {one.target, one.value})

    # --- files -----------------------------------------------------------------------------------------------------------

    def _files(self, name: str) -> list[str]:
        inputs = self._build.record.get("inputs", []) if self._build is not None else []
        files = [str(entry.get("file", "")) for entry in inputs]
        return sorted(file for file in files if file.rpartition("/")[2] == name and _NAME.fullmatch(file) and ".." not in file)

    def _path(self, file: str) -> Path | None:
        checksum = {str(entry.get("file")): entry.get("sha256") for entry in (self._build.record.get("inputs", []) if self._build else [])}.get(file)
        for root in self._roots:
            path = root / file
            try:
                if path.stat().st_size <= MAX_BYTES and sha256(path.read_bytes()).hexdigest() == checksum:
                    return path
            except OSError:
                continue
        return None

    def _table(self, file: str, columns: tuple[str, ...]) -> Table:
        table = Table(file)
        path = self._path(file)
        if path is not None:
            parse_table(path.read_bytes(), table, columns)
        return table

    def _rows(self, file: str) -> dict[int, Row]:
        if file not in self._read:
            self._read[file] = {row.number: row for row in self._table(file, RELATION_COLUMNS).rows}
        return self._read[file]

    @cached_property
    def _read(self) -> dict[str, dict[int, Row]]:
        return {}


def key(subject: str, predicate: str, value: Node) -> Key:
    """Return a statement as :meth:`Tables.origins` names it."""
    return subject, predicate, term_of(value)
