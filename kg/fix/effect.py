"""What repairs do to the findings: a copy of the tables is validated as it is and with the repairs made, and the two reports are compared."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from kg.fix.apply import copy_tables, edited
from kg.fix.model import Proposal
from kg.quads import Quad
from kg.validate import Report, Result, validate_paths
from kg.validate.inputs import REQUIRED, read_inputs
from kg.validate.report import TABLE


@dataclass(frozen=True)
class Effect:
    """The difference of two reports, by the ids of their findings.

    Attributes:
        removes: Findings that go.
        adds: Findings that come.
        uncovers: Findings that come because a row that was left out counts now: about things that were not in the graph at all, or advice (Info)
            in a graph that such a row adds to. The repair does not make them, it lets them be seen.
        left: Violations and Warnings that stay.
        causes: Rows (file, number) that speak of what an added finding is about, by its id.
    """

    removes: tuple[Result, ...]
    adds: tuple[Result, ...]
    uncovers: tuple[Result, ...]
    left: tuple[Result, ...]
    causes: Mapping[str, frozenset[tuple[str, int]]] = field(default_factory=dict)


class Trial:
    """A copy of a folder in which repairs are tried out; a context manager.

    The copy is validated once as it is and once per set of repairs; the tables of the user are only read.
    """

    def __init__(self, path: Path, lang: str = "en", before: Report | None = None) -> None:
        """Take the folder or table that the user named, the language of names in findings, and the report on them where there is one already."""
        self.path = path
        self.lang = lang
        self._before = before
        self._quads: tuple[Quad, ...] | None = None
        self._work = tempfile.TemporaryDirectory(prefix="kg-fix-")

    def __enter__(self) -> Trial:
        copied = copy_tables(self.path, Path(self._work.name))
        self._copy = copied if copied.is_dir() else copied.parent
        # Of one table the whole folder is looked at, where it is whole and the table has its usual name: a repaired id mends other tables, too.
        whole = all((self._copy / f"{kind}.csv").is_file() for kind in REQUIRED) and (copied.is_dir() or copied.stem in REQUIRED)
        self._target = self._copy if whole else copied
        self._original = {path.name: path.read_bytes() for path in self._copy.iterdir()}
        return self

    def __exit__(self, *_: object) -> None:
        self._work.cleanup()

    @property
    def before(self) -> Report:
        """The report on the tables as they are.

        Raises:
            InputError: They cannot be read.
        """
        if self._before is None:
            self._before = self._validated()
        return self._before

    @property
    def quads(self) -> tuple[Quad, ...]:
        """The statements of the tables as they are."""
        if self._quads is None:
            self._quads = read_inputs([self._target]).quads
        return self._quads

    def _validated(self) -> Report:
        """Return the report with files named as in the user's folder."""
        report = validate_paths([self._target], lang=self.lang)
        shown = self.path if self.path.is_dir() else self.path.parent
        results = tuple(
            replace(item, origin=tuple(replace(place, file=self._shown(place.file, shown)) for place in item.origin)) for item in report.results
        )
        return replace(report, results=results)

    def _shown(self, file: str, folder: Path) -> str:
        return str(folder / Path(file).name) if file.startswith(str(self._copy)) else file

    def effect(self, chosen: Sequence[Proposal]) -> Effect:
        """Return what repairs do (see :func:`effect`)."""
        before = self.before
        quads = self.quads
        for name, data in edited(self._copy, chosen, keep_rows=True).items():
            (self._copy / name).write_bytes(data)
        try:
            after = self._validated() if chosen else before
            one, other = ({item.id: item for item in report.results} for report in (before, after))
            new = [item for identity, item in other.items() if identity not in one]
            if new:
                quads = read_inputs([self._target]).quads
        finally:
            for name, data in self._original.items():
                (self._copy / name).write_bytes(data)
        uncovered = self._uncovered(new, quads) if new else []
        adds = tuple(item for item in new if item not in uncovered)
        return Effect(
            removes=tuple(item for identity, item in one.items() if identity not in other),
            adds=adds,
            uncovers=tuple(uncovered),
            left=tuple(item for item in after.results if item.severity != "Info"),
            causes={item.id: _rows_about(item, quads) for item in adds},
        )

    def _uncovered(self, new: Sequence[Result], quads: Sequence[Quad]) -> list[Result]:
        """Return the findings that come because a row counts that was left out before."""
        subjects, rows = {quad.subject for quad in self.quads}, {quad.origin for quad in self.quads}
        back = any(quad.origin not in rows for quad in quads)
        return [item for item in new if item.component != TABLE and (item.focus not in subjects or (item.severity == "Info" and back))]


def _rows_about(item: Result, quads: Sequence[Quad]) -> frozenset[tuple[str, int]]:
    """Return the rows that a finding comes from, and those of which statements name what it is about."""
    rows = {(Path(place.file).name, place.row) for place in item.origin}
    for quad in quads:
        if item.focus in (quad.subject, quad.object):
            file, _, row = quad.origin.rpartition("#")
            rows.add((Path(file).name, int(row or 0)))
    return frozenset(rows)


def effect(path: Path, chosen: Sequence[Proposal], *, lang: str = "en") -> Effect:
    """Return what repairs do to the findings, tried out on a copy; the tables are only read.

    Args:
        path: The folder of tables, or the table, that the repairs were proposed for.
        chosen: Repairs, no two of the same cell.
        lang: Language of names in the findings.

    Raises:
        InputError: The tables cannot be read, or have changed since the repairs were proposed.
    """
    with Trial(path, lang) as trial:
        return trial.effect(chosen)


def without_additions(trial: Trial, chosen: Sequence[Proposal]) -> tuple[tuple[Proposal, ...], Effect, tuple[Proposal, ...]]:
    """Leave out the repairs that would add findings.

    A finding that comes is laid at repairs as :func:`behind` does.

    Returns:
        The repairs that are left, their effect, and those left out.
    """
    kept = tuple(chosen)
    out: list[Proposal] = []
    while True:
        found = trial.effect(kept)
        if not found.adds or not kept:
            return kept, found, tuple(out)
        guilty = {item.id for added in found.adds for item in behind(found, added, kept)}
        out += [item for item in kept if item.id in guilty]
        kept = tuple(item for item in kept if item.id not in guilty)


def behind(effect: Effect, added: Result, chosen: Sequence[Proposal]) -> Sequence[Proposal]:
    """Return the repairs that a finding which comes is laid at: those of the rows it comes from, else of rows about its subject, else all."""
    origin = {(Path(place.file).name, place.row) for place in added.origin}
    for rows in (origin, effect.causes.get(added.id, frozenset())):
        guilty = [item for item in chosen if (item.file, item.row) in rows]
        if guilty:
            return guilty
    return chosen
