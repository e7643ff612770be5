"""Repairs for the tables of a folder: from each finding, and from cells whose faults no rule reports (blanks, broken umlauts, swapped points)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from kg.errors import InputError, Problem, Text
from kg.fix.cells import repairs
from kg.fix.known import Known, read_known
from kg.fix.model import SURE, Edit, Proposal, Proposals, Repair, numbered
from kg.fix.rows import DIRECTION, Found, amount_with_currency, coordinates, points_of, repeated, swapped_dates, turned
from kg.sources.folder import RELATION_COLUMNS
from kg.sources.lossless import LosslessTable, checksum
from kg.validate.inputs import COLUMNS, TABLE_SUFFIXES, read_inputs

MAX_POINTS = 2000
"""With how many points of the table a point is compared."""

_KEY = {"entities": ("entity_id",), "sources": ("source_id",), "relations": (*RELATION_COLUMNS[:7], "value")}
_SUBJECT = {
    "entities": ("entity_id",),
    "sources": ("source_id",),
    "relations": ("subject_id", "predicate", "object_id", "value", "source_id"),
    "decisions": ("target",),
    "retired": ("iri",),
    "roles": ("predicate", "wording"),
}


@dataclass
class _Table:
    """A table as it is read for repairs."""

    kind: str
    name: str
    table: LosslessTable
    mark: str
    rows: dict[int, dict[str, str]]


def tables_of(path: Path) -> tuple[Path, dict[str, str]]:
    """Return the folder of tables that a path names, and the file name of each kind of table in it.

    Raises:
        InputError: There are no tables.
    """
    try:
        folder = path if path.is_dir() else path.parent
        names = {kind: f"{kind}.csv" for kind in COLUMNS if (folder / f"{kind}.csv").is_file()}
        there, file = path.exists(), path.is_file()
    except OSError as error:
        reason = error.strerror or str(error)
        what = Text(f"It cannot be read: {reason}.", f"Das ist nicht lesbar: {reason}.")
        raise InputError(what, where=str(path), fix=Text("Check the permissions.", "Prüfen Sie die Rechte.")) from error
    if not there:
        what = Text("There is no such file or folder.", "Das gibt es nicht.")
        raise InputError(what, where=str(path), fix=Text("Check the path.", "Prüfen Sie den Pfad."))
    if file and path.name not in names.values():
        kind = _kind(path)
        names = {**names, kind: path.name} if kind else {}
    if not names:
        what = Text("There are no tables to repair.", "Es gibt keine Tabellen zum Reparieren.")
        known = ", ".join(f"{name}.csv" for name in COLUMNS)
        fix = Text(f"Name a folder with tables ({known}) or one of them.", f"Nennen Sie einen Ordner mit Tabellen ({known}) oder eine davon.")
        raise InputError(what, where=str(path), fix=fix)
    return folder, names


def _kind(path: Path) -> str:
    """Return which kind of table a file with another name is, by its header; empty where it is none."""
    if path.suffix.casefold() not in TABLE_SUFFIXES:
        return ""
    header = set(LosslessTable.read(path).columns)
    fits = {kind: len(header & set(columns)) / len(columns) for kind, columns in COLUMNS.items()}
    best = max(fits, key=lambda kind: fits[kind])
    return best if fits[best] >= 0.5 else ""


def propose(path: Path) -> Proposals:
    """Find repairs for a folder of tables, or one table in it; nothing is changed.

    Args:
        path: A folder with `entities.csv` and so on, or one such file.

    Returns:
        The proposals; tables that cannot be read are in `fatal`, and what nobody can guess is in `left`.

    Raises:
        InputError: There are no tables.
    """
    folder, names = tables_of(path)
    inputs = read_inputs([path])
    tables: dict[str, _Table] = {}
    broken = {Path(item.file).name for item in inputs.fatal}
    for kind, name in names.items():
        if name in broken:
            continue
        try:
            # The bytes are read once, so that the mark is that of what the proposals are made of.
            data = (folder / name).read_bytes()
            table = LosslessTable(data, name)
        except (InputError, OSError):
            continue
        rows = {number: row for number in table.rows if any((row := table.row(number)).values())}
        tables[kind] = _Table(kind, name, table, checksum(data), rows)
    known = read_known(folder, {kind: item.table for kind, item in tables.items()})
    findings: dict[tuple[str, int], list[Problem]] = defaultdict(list)
    for item in inputs.problems:
        findings[Path(item.file).name, item.row].append(item)
    wanted = tables.values() if path.is_dir() else [item for item in tables.values() if item.name == path.name]
    found: list[Proposal] = []
    for one in wanted:
        found += _proposals(one, known, findings)
    if not inputs.fatal and "relations" in tables and tables["relations"] in wanted:
        found += _turned(folder, tables["relations"], findings)
    items = numbered(found)
    return Proposals(folder, path, items, tuple(_left(inputs.problems, items, known)), inputs.fatal, known.unsearched)


def _left(problems: Sequence[Problem], items: Sequence[Proposal], known: Known) -> Iterator[Problem]:
    """Yield the findings that no proposal starts from, and that do not only follow from a row of which the own id is repaired."""
    ids = known.entities.ids | known.sources.ids
    met = {(item.file, item.row, code) for item in items for code in item.findings}
    for problem in problems:
        follows = problem.code in ("unknown-id", "unknown-target") and problem.value in ids
        if not follows and (Path(problem.file).name, problem.row, problem.code) not in met:
            yield problem


def _proposals(one: _Table, known: Known, findings: Mapping[tuple[str, int], Sequence[Problem]]) -> Iterator[Proposal]:
    points = points_of(one.rows.values())[:MAX_POINTS] if one.kind == "entities" and {"lat", "lon"} <= set(one.table.columns) else []
    first: dict[tuple[str, ...], int] = {}
    for number, row in one.rows.items():
        here = findings.get((one.name, number), ())
        codes = {item.code for item in here}
        if one.kind in _KEY:
            key = tuple(row.get(column, "").strip() for column in _KEY[one.kind])
            earlier = first.setdefault(key, number)
            if codes & {"duplicate-row", "double-id"} and (again := repeated(row, one.rows, number, earlier)):
                score, reason = again
                if score == SURE or "duplicate-row" in codes:
                    code = "duplicate-row" if "duplicate-row" in codes else "double-id"
                    yield replace(_made(one, number, row, ((), "duplicate-row", score, reason), (code,)), remove=True)
                if score == SURE:
                    continue
        if "cell-count" not in codes:
            yield from _row(one, number, row, known, here, points)


def _row(
    one: _Table, number: int, row: Mapping[str, str], known: Known, here: Sequence[Problem], points: Sequence[tuple[Decimal, Decimal]]
) -> Iterator[Proposal]:
    """Yield the repairs of one row, cell by cell, then those of cells that belong together."""
    done: set[str] = set()
    for edits, kind, score, reason in _joint(one.kind, row, here, points):
        done |= {edit.column for edit in edits}
        named = tuple(sorted({item.code for item in here if item.column in done or item.code == "date-order"}))
        yield _made(one, number, row, (edits, kind, score, reason), named)
    for column in row:
        if column in done:
            continue
        named = tuple(sorted({item.code for item in here if _names(item, column, row)}))
        for item in repairs(one.kind, column, row, known, faulty=bool(named)):
            serves = named if _serves(item, named, known) else ()
            yield _made(one, number, row, ((Edit(column, row[column], item.after),), item.kind, item.score, item.reason), serves)


def _serves(item: Repair, codes: Sequence[str], known: Known) -> bool:
    """Tell whether a repair meets the findings of its cell: reading takes blanks away anyway, and an id must then be known."""
    if item.kind in ("characters", "mojibake") and {"unknown-id", "unknown-target"} & set(codes):
        return item.after in known.entities.ids | known.sources.ids
    return item.kind != "blank"


def _names(item: Problem, column: str, row: Mapping[str, str]) -> bool:
    """Tell whether a finding is about a cell; that of a decision names the target also where its value is meant."""
    if item.code == "unknown-target":
        return column in ("target", "value") and item.value == row[column].strip()
    return item.column == column and item.code != "empty-cell"


def _joint(kind: str, row: Mapping[str, str], here: Sequence[Problem], points: Sequence[tuple[Decimal, Decimal]]) -> list[Found]:
    codes = {item.code for item in here}
    found: list[Found] = []
    if "date-order" in codes and {"start", "end"} <= row.keys():
        found += swapped_dates(row)
    if kind == "entities" and {"lat", "lon"} <= row.keys():
        found += coordinates(row, points, faulty="wrong-coordinate" in codes)
    if kind == "relations" and {"amount", "currency"} <= row.keys() and any(item.column == "amount" for item in here):
        found += amount_with_currency(row)
    return found


def _made(one: _Table, number: int, row: Mapping[str, str], found: Found, codes: tuple[str, ...]) -> Proposal:
    edits, kind, score, reason = found
    subject = " ".join(filter(None, (row.get(column, "").strip() for column in _SUBJECT[one.kind])))
    return Proposal("", kind, one.name, number, subject, edits, reason, score, findings=codes, checksum=one.mark)


def _turned(folder: Path, one: _Table, findings: Mapping[tuple[str, int], Sequence[Problem]]) -> Iterator[Proposal]:
    """Yield rows whose subject and object are to be swapped."""
    wrong = [number for number in one.rows if any(item.code == "wrong-pair" for item in findings.get((one.name, number), ()))]
    if not wrong or one.name != "relations.csv":
        return
    for number in sorted(turned(folder, wrong)):
        row = one.rows[number]
        subject, target = row["subject_id"], row["object_id"]
        edits = (Edit("subject_id", subject, target.strip()), Edit("object_id", target, subject.strip()))
        yield _made(one, number, row, (edits, "direction", 0.9, DIRECTION), ("wrong-pair",))
