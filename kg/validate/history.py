"""What `kg validate` keeps of the report on a build, for the inbox of findings: an index of it, and one line per report.

`build/report/<build id>.sqlite` holds the findings of a build in a form that pages read in milliseconds (a report on a whole programme is a JSON of 135 MB);
`build/report/history.csv` holds date, id and counts of every report, for the trend. New is what is not in the baseline: `baseline.json` in the same folder where
there is one (a report as `kg validate --format json` writes it), else the index of the build before (contracts, section 11). First seen is the date of the first
build in an unbroken line of indexes that had the finding.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import sqlite3
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import InputError, Text, unwritable
from kg.files import write_file
from kg.namespaces import INNO
from kg.validate.report import SEVERITIES, Report

if TYPE_CHECKING:
    from kg.build import Build

FORMAT = "1"
KEPT = 3
"""Indexes kept: builds are kept two at a time, and what is new is told against the one before."""
HISTORY = "history.csv"
BASELINE = "baseline.json"
COLUMNS = ("date", "build", "violations", "warnings", "infos", "rules", "findings")
MAX_LINES = 10_000
"""Lines of the history that are read."""
WHOLE = 64 * 1024 * 1024
"""Bytes of a baseline in another layout than ours that is read as a whole."""

_TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE message (id INTEGER PRIMARY KEY, texts TEXT NOT NULL);
CREATE TABLE rule (id INTEGER PRIMARY KEY, severity INTEGER NOT NULL, shape TEXT NOT NULL);
CREATE TABLE file (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE finding (
    id INTEGER PRIMARY KEY, mark TEXT NOT NULL, rule INTEGER NOT NULL, focus TEXT NOT NULL, label TEXT NOT NULL, class TEXT NOT NULL,
    component TEXT NOT NULL, path TEXT NOT NULL, value TEXT NOT NULL, expected TEXT NOT NULL, found TEXT NOT NULL, origin TEXT NOT NULL,
    message INTEGER NOT NULL, occurrence INTEGER NOT NULL, new INTEGER NOT NULL, first TEXT NOT NULL);
CREATE TABLE entity (
    rule INTEGER NOT NULL, rank INTEGER NOT NULL, focus TEXT NOT NULL, label TEXT NOT NULL, class TEXT NOT NULL, results INTEGER NOT NULL,
    new INTEGER NOT NULL, PRIMARY KEY (rule, rank)) WITHOUT ROWID;
CREATE TABLE summary (
    only_new INTEGER NOT NULL, rule INTEGER NOT NULL, results INTEGER NOT NULL, entities INTEGER NOT NULL, new INTEGER NOT NULL, first TEXT,
    files TEXT NOT NULL, PRIMARY KEY (only_new, rule)) WITHOUT ROWID;
CREATE TABLE kind (class TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE place (file INTEGER NOT NULL, finding INTEGER NOT NULL, PRIMARY KEY (file, finding)) WITHOUT ROWID;
"""
_INDEXES = """
CREATE INDEX finding_rule ON finding (rule, new);
CREATE INDEX finding_focus ON finding (focus, rule);
CREATE INDEX place_finding ON place (finding);
"""
_MARK = re.compile(r'^\s*"id": "([0-9a-f]{16})",?\s*$')
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:.]+Z)?")


@dataclass(frozen=True)
class Line:
    """One line of the history: date and id of a build, and how much was found in it."""

    date: str
    build: str
    counts: Mapping[str, int]
    rules: int


def index_path(folder: Path, build: str) -> Path:
    """Return where the index of a build's report lies."""
    return folder / f"{build}.sqlite"


def remember(report: Report, build: Build, folder: Path) -> Path:
    """Write the index of a report on a build and its line in the history, each whole or not at all; return the index.

    Args:
        report: What was found.
        build: The build that was validated.
        folder: `build/report`.

    Raises:
        InputError: The baseline cannot be read.
        BuildError: The folder cannot be written.
    """
    created = str(build.record.get("created", ""))
    date = created if _DATE.fullmatch(created) else ""
    before = _before(folder, build.id, date)
    baseline, known = _baseline(folder, before)
    first = _first_seen(before)
    target = index_path(folder, build.id)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".index-", dir=folder) as work:
            made = Path(work) / "index.sqlite"
            with closing(sqlite3.connect(made)) as connection:
                connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _TABLES)
                _fill(connection, report, _classes(build, report), known, first, date)
                meta = {"format": FORMAT, "build": build.id, "date": date, "baseline": baseline, "engine": report.engine}
                connection.executemany("INSERT INTO meta VALUES (?, ?)", sorted(meta.items()))
                connection.executescript(_INDEXES)
                _summarise(connection)
                connection.commit()
            os.replace(made, target)
    except OSError as error:
        raise unwritable(error, folder, "--build") from error
    _write_history(folder, report, build.id, date)
    _forget_old(folder, target)
    return target


def _fill(
    connection: sqlite3.Connection, report: Report, classes: Mapping[str, str], known: set[str] | None, first: Mapping[str, str], date: str
) -> None:
    """Write the findings; texts, rules and files once each."""
    rules: dict[tuple[int, str], int] = {}
    files: dict[str, int] = {}
    messages: dict[str, int] = {}
    places: list[tuple[int, int]] = []

    def rows() -> Iterator[tuple[object, ...]]:
        for number, result in enumerate(report.results, start=1):
            mark = result.id
            rule = rules.setdefault((SEVERITIES.index(result.severity), result.shape), len(rules) + 1)
            message = messages.setdefault(json.dumps(dict(result.message), ensure_ascii=False, sort_keys=True), len(messages) + 1)
            places.extend((files.setdefault(file, len(files) + 1), number) for file in sorted({place.file for place in result.origin}))
            origin = json.dumps([[place.file, place.row] for place in result.origin], ensure_ascii=False, separators=(",", ":"))
            yield (
                *(number, mark, rule, result.focus, result.focus_label, classes.get(result.focus, ""), result.component, result.path, result.value),
                *(result.expected, result.found, origin, message, result.occurrence),
                *(int(known is not None and mark not in known), first.get(mark) or date),
            )

    connection.executemany("INSERT INTO finding VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", map(_storable, rows()))
    connection.executemany("INSERT INTO place VALUES (?, ?)", places)
    connection.executemany("INSERT INTO rule VALUES (?, ?, ?)", [(number, *key) for key, number in rules.items()])
    connection.executemany("INSERT INTO file VALUES (?, ?)", [_storable((number, name)) for name, number in files.items()])
    connection.executemany("INSERT INTO message VALUES (?, ?)", [_storable((number, texts)) for texts, number in messages.items()])


COUNTED = "SELECT f.rule, count(*), count(DISTINCT f.focus), sum(f.new), min(nullif(f.first, '')) FROM finding f JOIN rule r ON r.id = f.rule {} GROUP BY f.rule"
"""How much was found per rule: rule, results, entities, new ones, first seen."""
FILES = (
    "SELECT f.rule, (SELECT name FROM file WHERE id = p.file) FROM finding f JOIN rule r ON r.id = f.rule JOIN place p ON p.finding = f.id {} "
    "GROUP BY f.rule, p.file ORDER BY count(*) DESC, p.file"
)
"""From which files, those of most findings first."""


def _summarise(connection: sqlite3.Connection) -> None:
    """Write what the first pages show, so that they count nothing: rules, classes, and the entities of each rule in the order of their names."""
    for new, where in enumerate(("", "WHERE f.new")):
        files: dict[int, list[str]] = {}
        for rule, name in connection.execute(FILES.format(where)):
            files.setdefault(rule, []).append(name)
        rows = connection.execute(COUNTED.format(where)).fetchall()
        texts = {rule: json.dumps(files.get(rule, []), ensure_ascii=False) for rule, *_ in rows}
        connection.executemany("INSERT INTO summary VALUES (?, ?, ?, ?, ?, ?, ?)", [(new, *row, texts[row[0]]) for row in rows])
    connection.execute("INSERT INTO kind SELECT DISTINCT class FROM finding WHERE class != ''")
    entities = connection.execute("SELECT rule, focus, min(label), min(class), count(*), sum(new) FROM finding GROUP BY rule, focus").fetchall()
    ordered = sorted(entities, key=lambda row: (row[0], fold(row[2]), row[1]))
    connection.executemany("INSERT INTO entity VALUES (?, ?, ?, ?, ?, ?, ?)", [(rule, number, *rest) for number, (rule, *rest) in enumerate(ordered)])


def fold(label: str) -> str:
    """Return what a name is sorted by: without case, and without the marks of letters.

    >>> fold("Äußere Mühle")
    'aussere muhle'
    """
    return "".join(one for one in unicodedata.normalize("NFD", label.casefold()) if not unicodedata.combining(one))


def _storable(row: Iterable[object]) -> tuple[object, ...]:
    """Return a row without lone surrogates, which UTF-8 cannot hold."""
    return tuple(one.encode("utf-8", "backslashreplace").decode() if isinstance(one, str) else one for one in row)


def _classes(build: Build, report: Report) -> dict[str, str]:
    """Return the class of each node in question: one of ours before those of others."""
    import pyoxigraph as ox

    from kg.errors import KgError
    from kg.namespaces import RDF
    from kg.store import EmbeddedStore

    foci = {result.focus for result in report.results if not result.focus.startswith(('"', "_:"))}
    try:
        store = EmbeddedStore(build.store)
    except KgError:
        return {}
    kind, found = ox.NamedNode(RDF.type), {}
    with closing(store):
        for focus in foci:
            try:
                node = ox.NamedNode(focus)
            except ValueError:
                continue
            named = [quad.object.value for quad in store.statements(node, kind, limit=20) if isinstance(quad.object, ox.NamedNode)]
            found[focus] = min(named, key=lambda iri: (not iri.startswith(INNO[""]), iri), default="")
    return found


# --- what was before -----------------------------------------------------------------------------------------------------


def _before(folder: Path, build: str, date: str) -> Path | None:
    """Return the index of the build before."""
    others = sorted((meta["date"], path) for path in folder.glob("*.sqlite") if path.stem != build and (meta := read_meta(path)) is not None)
    earlier = [path for when, path in others if when <= date]
    return earlier[-1] if earlier else None


def _baseline(folder: Path, before: Path | None) -> tuple[str, set[str] | None]:
    """Return the name of the baseline (empty where there is none) and the identities in it."""
    file = folder / BASELINE
    if file.is_file():
        return BASELINE, _marks(file)
    if before is None:
        return "", None
    with closing(_open(before)) as connection:
        return before.stem, {mark for (mark,) in connection.execute("SELECT mark FROM finding")}


def _marks(file: Path) -> set[str]:
    """Return the identities in a report, read line by line as we write it: a report of a whole programme need not be in memory."""
    try:
        with file.open(encoding="utf-8") as lines:
            found = {match[1] for line in lines if (match := _MARK.match(line))}
        if not found and file.stat().st_size <= WHOLE:
            found = {str(item["id"]) for item in json.loads(file.read_text(encoding="utf-8"))["results"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        what = Text("The baseline is no report of a validation.", "Der Vergleichsstand ist kein Bericht einer Prüfung.")
        fix = Text(
            "Write one with `kg validate --format json -o build/report/baseline.json`, or delete the file.",
            "Schreiben Sie einen mit `kg validate --format json -o build/report/baseline.json`, oder löschen Sie die Datei.",
        )
        raise InputError(what, where=str(file), fix=fix) from error
    return found


def _first_seen(before: Path | None) -> dict[str, str]:
    if before is None:
        return {}
    with closing(_open(before)) as connection:
        return dict(connection.execute("SELECT mark, first FROM finding"))


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)


def read_meta(path: Path) -> dict[str, str] | None:
    """Return what an index says of itself, `None` where it is none that this version reads."""
    try:
        with closing(_open(path)) as connection:
            meta = dict(connection.execute("SELECT name, value FROM meta"))
    except sqlite3.Error:
        return None
    return meta if meta.get("format") == FORMAT else None


# --- history -------------------------------------------------------------------------------------------------------------


def read_history(folder: Path) -> list[Line]:
    """Return the lines of the history, oldest first; what is no line of it is passed over."""
    try:
        with (folder / HISTORY).open(encoding="utf-8", newline="") as file:
            rows = [row for _, row in zip(range(MAX_LINES), csv.DictReader(file), strict=False)]
    except (OSError, ValueError, csv.Error):
        return []
    lines = []
    for row in rows:
        with suppress(KeyError, TypeError, ValueError):
            counts = dict(zip(SEVERITIES, (int(row[name]) for name in COLUMNS[2:5]), strict=True))
            lines.append(Line(row["date"], row["build"], counts, int(row["rules"])))
    return sorted(lines, key=lambda line: (line.date, line.build))


def _write_history(folder: Path, report: Report, build: str, date: str) -> None:
    """Put the line of a report in place of an earlier one on the same build."""
    lines = [line for line in read_history(folder) if line.build != build]
    lines.append(Line(date, build, report.severities, len(report.rules)))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for line in sorted(lines, key=lambda line: (line.date, line.build)):
        writer.writerow([line.date, line.build, *(line.counts[name] for name in SEVERITIES), line.rules, sum(line.counts.values())])
    write_file(folder / HISTORY, text.getvalue())


def _forget_old(folder: Path, newest: Path) -> None:
    dated = sorted(((meta["date"], path) for path in folder.glob("*.sqlite") if path != newest and (meta := read_meta(path))), reverse=True)
    for _, path in dated[KEPT - 1 :]:
        path.unlink(missing_ok=True)


__all__ = ["BASELINE", "HISTORY", "Line", "index_path", "read_history", "read_meta", "remember"]
