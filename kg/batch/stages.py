"""Stages: tables below one folder or address, each with a record that is written last, so that a run that was killed goes on where it was.

    WORK/<stage>/data/…      Parquet (or lines), as the engine writes it
    WORK/<stage>/stage.json  key, rows, schema, seconds, engine; what has none is not finished and is made again

A key is a hash over the run, the name, what the stage was made with, and the keys of the stages it reads.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from kg.errors import KgError, SchemaError, Text, unwritable

if TYPE_CHECKING:
    from kg.engine.base import Engine

STAGE, DATA = "stage.json", "data"
ROUND = ".round-"


@dataclass(frozen=True)
class Record:
    """What is known of a finished stage.

    Attributes:
        name: Name of the stage, that of its folder.
        key: What it was made of; a stage with another key is made again.
        rows: Number of rows.
        schema: Type of each column by name, as Ibis writes it.
        seconds: How long it took.
        engine: Which engine made it.
        of: Keys of the stages it was made from, by name.
        about: What the step says of it: rounds, method, numbers.
        reused: Whether it was finished before this run.
    """

    name: str
    key: str
    rows: int
    schema: Mapping[str, str]
    seconds: float
    engine: str
    of: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)
    reused: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return everything, columns in their order."""
        return {**asdict(self), "schema": dict(self.schema), "of": dict(self.of), "about": dict(self.about)}


class Stages:
    """The stages of one run.

    Args:
        engine: Session that runs the steps.
        work: Folder or address of the stages, without a slash at its end.
        run: What the folder belongs to (:func:`kg.batch.folder.claim`).
        progress: Called with the name of each step.
        reopen: Ends a session and gives a new one; without it a session stays.

    Attributes:
        engine: The session; tables are of the one they were read in.
        records: Finished stages of this run, in their order.
    """

    def __init__(
        self,
        engine: Engine,
        work: str,
        run: Mapping[str, Any],
        progress: Callable[[str], None] = lambda _: None,
        reopen: Callable[[Engine], Engine] | None = None,
    ) -> None:
        self.engine = engine
        self._reopen = reopen
        self.work = work
        self.run = str(run["id"])
        self.progress = progress
        self.records: dict[str, Record] = {}

    def key(self, name: str, made_with: Any = None, of: Sequence[str] = ()) -> str:
        """Return the key of a stage.

        Args:
            name: Name of the stage.
            made_with: Options that matter to it, as JSON.
            of: Names of the stages it reads; they are done already.
        """
        parts = [self.run, name, made_with, [self.records[other].key for other in of]]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]

    def finished(self, name: str, key: str) -> Record | None:
        """Return the record of a stage that is done, is of this key, and still has all its rows."""
        if name in self.records and self.records[name].key == key:
            return self.records[name]
        address = f"{self.work}/{name}"
        try:
            found = json.loads(self.engine.files.read_text(f"{address}/{STAGE}")) if self.engine.files.exists(f"{address}/{STAGE}") else {}
            record = Record(**{**found, "reused": True})
            if record.key != key:
                return None
            if record.schema and int(self.engine.scalar(self.engine.read(f"{address}/{DATA}").count())) != record.rows:
                return None
        except Exception:
            # A record that does not read, tables that are gone or cut off (each engine has its own error for that): as good as not done.
            return None
        return record

    def table(self, name: str) -> Any:
        """Return the table of a stage that is done."""
        return self.engine.read(f"{self.work}/{name}/{DATA}")

    def stage(
        self,
        name: str,
        make: Callable[[], Any],
        schema: Mapping[str, str],
        *,
        of: Sequence[str] = (),
        made_with: Any = None,
        about: Callable[[Any], Mapping[str, Any]] | None = None,
    ) -> Any:
        """Return the table of a stage, made now unless it is finished.

        Args:
            name: Name of the stage.
            make: Gives the table expression.
            schema: Type of each column by name; what the engine wrote must have it.
            of: Names of the stages it reads.
            made_with: Options that matter to it.
            about: Gives what the record says of the table, once it is written.

        Raises:
            SchemaError: The engine computed other types.
        """
        key = self.key(name, made_with, of)
        if (done := self.finished(name, key)) is None:
            address, started = f"{self.work}/{name}", time.monotonic()
            self.progress(name)
            self.engine.files.delete(address)
            with self._whole(name):
                expression = make()
                expression = expression.select(*schema)
                _check(name, schema, {column: str(kind) for column, kind in expression.schema().items()})
                rows = self.engine.write(expression, f"{address}/{DATA}", dict(schema))
                table = self.engine.read(f"{address}/{DATA}")
                _check(name, schema, {column: str(kind) for column, kind in table.schema().items()})
                told = dict(about(table)) if about else {}
                done = self._record(Record(name, key, rows, dict(schema), 0.0, self.engine.name, self._keys(of), told), started)
        self.records[name] = done
        return self.table(name)

    def lines(self, name: str, make: Callable[[], Any], *, of: Sequence[str] = (), made_with: Any = None) -> int:
        """Write a stage of text lines (a table of one text column) as gzip files, unless it is finished, and return how many lines there are."""
        key = self.key(name, made_with, of)
        if (done := self.finished(name, key)) is None:
            address, started = f"{self.work}/{name}", time.monotonic()
            self.progress(name)
            self.engine.files.delete(address)
            with self._whole(name):
                rows = self.engine.lines(make(), f"{address}/{DATA}")
                done = self._record(Record(name, key, rows, {}, 0.0, self.engine.name, self._keys(of)), started)
        self.records[name] = done
        return done.rows

    def rounds(
        self,
        name: str,
        start: Callable[[], Any],
        step: Callable[[int, Any], Any],
        left: Callable[[Any, Any], float],
        schema: Mapping[str, str],
        *,
        most: int,
        enough: float = 0.0,
        in_a_row: int = 1,
        of: Sequence[str] = (),
        made_with: Any = None,
    ) -> tuple[Any, int, float]:
        """Repeat a step, a stage per round, until little is left to do; of old rounds only the last stays.

        Args:
            name: Name of the step.
            start: Gives the table before the first round.
            step: Gives the table after a round, from its number (1 and up) and the table before.
            left: Gives how much is left, from the tables before and after.
            schema: As in :meth:`stage`.
            most: After so many rounds it ends in any case.
            enough: It ends when what is left is not above this,
            in_a_row: in so many rounds one after the other.
            of: Names of the stages it reads.
            made_with: Options that matter to it.

        Returns:
            The last table, the number of rounds, and what was left.
        """
        number = self._last_round(name, of, made_with)
        if number < 0:
            self.stage(f"{name}{ROUND}0", start, schema, of=of, made_with=made_with, about=lambda _: {"left": None, "calm": 0})
            number = 0
        about = self.records[f"{name}{ROUND}{number}"].about
        while number < most and about["calm"] < in_a_row:
            before, calm, number = self.table(f"{name}{ROUND}{number}"), int(about["calm"]), number + 1
            stage = f"{name}{ROUND}{number}"

            def told(after: Any, before: Any = before, calm: int = calm) -> Mapping[str, Any]:
                remaining = float(left(before, after))
                return {"left": remaining, "calm": calm + 1 if remaining <= enough else 0}

            self.stage(
                stage,
                lambda before=before, this=number: step(this, before),  # type: ignore[misc]
                schema,
                of=of,
                made_with=made_with,
                about=told,
            )
            about = self.records[stage].about
            # The round before the last stays until the last is done: whoever is killed between goes on from it.
            self.forget(f"{name}{ROUND}{number - 1}")
        return self.table(f"{name}{ROUND}{number}"), number, float("inf") if about["left"] is None else float(about["left"])

    def _last_round(self, name: str, of: Sequence[str], made_with: Any) -> int:
        """Return the number of the last finished round of an earlier run, -1 without one; those that are not finished go."""
        beginning = f"{name}{ROUND}"
        there = [item.removeprefix(beginning) for item in self.engine.files.list(self.work) if item.startswith(beginning)]
        for number in sorted((int(item) for item in there if item.isdigit()), reverse=True):
            stage = f"{beginning}{number}"
            done = self.finished(stage, self.key(stage, made_with, of))
            if done is not None:
                self.records[stage] = done
                return number
            self.forget(stage)
        return -1

    def refresh(self) -> None:
        """Begin a new session, so that nothing a step has kept in memory stays there; tables read before are gone."""
        if self._reopen is not None:
            self.engine = self._reopen(self.engine)

    def forget(self, name: str) -> None:
        """Remove a stage."""
        self.engine.files.delete(f"{self.work}/{name}")
        self.records.pop(name, None)

    def forget_rounds(self, name: str) -> None:
        """Remove the rounds of a step whose result is written."""
        for item in self.engine.files.list(self.work):
            if item.startswith(f"{name}{ROUND}"):
                self.forget(item)

    def forget_outdated(self) -> None:
        """Remove stages of earlier options that were made from stages that are others now, so that nobody reads the two side by side."""
        for name in self.engine.files.list(self.work):
            address = f"{self.work}/{name}/{STAGE}"
            if name in self.records or not self.engine.files.exists(address):
                continue
            with contextlib.suppress(KgError, ValueError, AttributeError):
                made_from = json.loads(self.engine.files.read_text(address)).get("of", {})
                if any(other in self.records and self.records[other].key != key for other, key in made_from.items()):
                    self.forget(name)

    def _keys(self, of: Sequence[str]) -> dict[str, str]:
        return {other: self.records[other].key for other in of}

    def _record(self, record: Record, started: float) -> Record:
        return self._write(replace(record, seconds=round(time.monotonic() - started, 3)))

    def _write(self, record: Record) -> Record:
        kept = {key: value for key, value in record.to_json().items() if key != "reused"}
        self.engine.files.write_text(f"{self.work}/{record.name}/{STAGE}", json.dumps(kept, indent=2, ensure_ascii=False, sort_keys=True) + "\n")
        return record

    @contextlib.contextmanager
    def _whole(self, name: str) -> Iterator[None]:
        """Leave nothing of a stage that fails; its files are the first thing that a full disk needs back."""
        try:
            yield
        except BaseException as error:
            with contextlib.suppress(Exception):
                self.engine.files.delete(f"{self.work}/{name}")
            if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise unwritable(error, f"{self.work}/{name}", "--work") from error
            raise


def _check(name: str, declared: Mapping[str, str], found: Mapping[str, str]) -> None:
    """Compare the columns of a stage with those declared; whether a column may be empty does not matter."""
    plain = {column: kind.removeprefix("!") for column, kind in found.items()}
    if plain != dict(declared) or list(plain) != list(declared):
        what = Text(f"The stage has the columns {plain}, not {dict(declared)}.", f"Die Stufe hat die Spalten {plain} statt {dict(declared)}.")
        raise SchemaError(what, where=name)
