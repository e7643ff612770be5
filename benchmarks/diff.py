"""Two deliveries of CORDIS compared: `kg diff` against plain Python sets and rdflib, in the same run.

Usage: python -m benchmarks.diff --delivery FOLDER [--seconds LIMIT]

There is one delivery at hand; the second is made of it: some projects fall out, some end later, some partners leave, some titles change, all chosen by a
hash of the row. Both are read into quad tables first (untimed), because a steward has them from the builds. The peers get the same statements as N-Quads and
give nothing but the two sets; `kg diff` also gives entities, words, counts and alarms.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import io
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from benchmarks.measure import KG, ROOT, Watched, machine, watch, write_fragment

LIMIT_SECONDS = 600.0
LIMIT_MEGABYTES = 12_000.0
SECONDS, MEGABYTES = 15.0, 1000.0
"""Aims for two deliveries of Horizon Europe: issue 6, "Numbers"."""
RUNS = 3
PART = 64
"""rdflib gets the statements of one subject in so many."""
DROPPED, LATER, LEFT, RETITLED = (0, 3), (3, 13), (0, 5), (13, 16)
"""Bands of a hash between 0 and 999: projects that fall out, end later, get another title; partners that leave."""

SETS = """
import sys
def read(name):
    with open(name, encoding="utf-8") as file:
        return set(file)
old, new = read(sys.argv[1]), read(sys.argv[2])
print(len(new - old), len(old - new))
"""
GRAPHS = """
import sys
from rdflib import Graph
from rdflib.compare import graph_diff
old, new = (Graph().parse(name, format="nt") for name in sys.argv[1:3])
_, removed, added = graph_diff(old, new)
print(len(added), len(removed))
"""


@dataclass(frozen=True)
class Measured:
    """What was measured.

    Attributes:
        quads: Statements of both tables.
        added, removed: Size of the difference.
        ours: Runs of `kg diff`.
        same: `kg diff` of a table with a copy of itself.
        sets: Plain Python sets on all statements.
        part: Statements of the part.
        ours_part, sets_part, graphs: The three on the part.
    """

    quads: tuple[int, int]
    added: int
    removed: int
    ours: tuple[Watched, ...]
    same: Watched
    sets: Watched
    part: tuple[int, int]
    ours_part: Watched
    sets_part: Watched
    graphs: Watched


def main() -> None:
    """Measure, print and write the fragment."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--delivery", type=Path, required=True, help="folder with the tables of a delivery (.csv.gz)")
    parser.add_argument("--seconds", type=float, default=LIMIT_SECONDS, help="limit of one peer")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        text = fragment(measure(arguments.delivery.resolve(), Path(work), arguments.seconds))
    print(text)
    print(write_fragment("diff", text))


def second(folder: Path, target: Path) -> Path:
    """Write a changed copy of a delivery; the same input gives the same bytes."""
    target.mkdir(parents=True, exist_ok=True)
    csv.field_size_limit(sys.maxsize)
    for source in sorted(folder.glob("*.csv.gz")):
        stem = source.name.split(".")[0]
        with io.TextIOWrapper(gzip.open(source), encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, delimiter=";")
            columns = list(reader.fieldnames or ())
            key = "id" if stem == "project" else "projectID" if "projectID" in columns else ""
            with gzip.GzipFile(target / source.name, "wb", compresslevel=1, mtime=0) as packed, io.TextIOWrapper(packed, "utf-8", newline="") as text:
                writer = csv.DictWriter(text, columns, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n", extrasaction="ignore")
                writer.writeheader()
                for row in reader:
                    band = bucket(row[key]) if key else 999
                    left = stem == "organization" and _within(bucket(f"{row[key]} {row['organisationID']}"), LEFT) and row["role"] != "coordinator"
                    if _within(band, DROPPED) or left:
                        continue
                    if stem == "project" and _within(band, LATER) and row["endDate"]:
                        row["endDate"] = f"{int(row['endDate'][:4]) + 1}-06-30"
                    if stem == "project" and _within(band, RETITLED):
                        row["title"] += " (phase 2)"
                    writer.writerow(row)
    return target


def bucket(text: str) -> int:
    """Return a number from 0 to 999 that depends on the text alone."""
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) % 1000


def _within(band: int, limits: tuple[int, int]) -> bool:
    return limits[0] <= band < limits[1]


def tables(delivery: Path, work: Path, name: str) -> Path:
    """Read a delivery into a quad table, as a build does."""
    from kg.diff.inputs import open_side

    folder = work / name
    folder.mkdir()
    (table,) = open_side(str(delivery), work, folder).tables
    return table


def part_of(table: Path, target: Path) -> int:
    """Write the statements of some subjects as a quad table of their own; return how many there are."""
    import duckdb

    query = "COPY (SELECT * FROM read_parquet(?) WHERE hash(subject) % ? = 0) TO '{}' (FORMAT parquet)".format(str(target).replace("'", "''"))
    with duckdb.connect() as connection:
        return int(connection.execute(query, [str(table), PART]).fetchone()[0])  # type: ignore[index]


def lines(table: Path, target: Path, *, graphs: bool) -> int:
    """Write a quad table as N-Quads, or as N-Triples for a program that knows no graphs; return the number of lines."""
    import pyarrow.parquet as pq

    from kg.quads import nquads, strings

    number = 0
    with target.open("wb") as file:
        for batch in pq.ParquetFile(table).iter_batches(batch_size=100_000):
            one = batch if graphs else batch.set_column(batch.schema.get_field_index("graph"), "graph", strings([""] * batch.num_rows))
            number += batch.num_rows
            file.write(nquads(one))
    return number


def measure(delivery: Path, work: Path, seconds: float) -> Measured:
    """Measure everything on one delivery.

    Raises:
        RuntimeError: `kg diff` failed, or a peer found another difference.
    """
    old = tables(delivery, work, "old")
    new = tables(second(delivery, work / delivery.name), work, "new")
    ours = tuple(_ours(old, new, work) for _ in range(RUNS))
    copy = work / "copy.parquet"
    copy.write_bytes(old.read_bytes())
    same = _ours(old, copy, work)
    quads = tuple(lines(table, work / f"{name}.nq", graphs=True) for name, table in (("old", old), ("new", new)))
    sets = _peer(SETS, work, "nq", seconds)
    added, removed = _found(work)
    parts = tuple(part_of(table, work / f"part-{name}.parquet") for name, table in (("old", old), ("new", new)))
    ours_part = _ours(work / "part-old.parquet", work / "part-new.parquet", work)
    for name in ("old", "new"):
        lines(work / f"part-{name}.parquet", work / f"{name}.nt", graphs=False)
    sets_part = _peer(SETS, work, "nt", seconds)
    expected = _found(work)
    graphs = _peer(GRAPHS, work, "nt", seconds)
    if not graphs.ended and _found(work) != expected:
        raise RuntimeError(f"rdflib found {_found(work)}, plain sets {expected}")
    return Measured((quads[0], quads[1]), added, removed, ours, same, sets, (parts[0], parts[1]), ours_part, sets_part, graphs)


def _ours(old: Path, new: Path, work: Path) -> Watched:
    found = watch([*KG, "diff", str(old), str(new), "--no-measures", "--lang", "en"], ROOT, output=work / "ours.txt")
    if found.code:
        raise RuntimeError(found.errors)
    return found


def _peer(program: str, work: Path, extension: str, seconds: float) -> Watched:
    command = [sys.executable, "-c", program, str(work / f"old.{extension}"), str(work / f"new.{extension}")]
    found = watch(command, ROOT, output=work / "peer.txt", seconds=seconds, megabytes=LIMIT_MEGABYTES)
    if found.code and not found.ended:
        raise RuntimeError(found.errors)
    return found


def _found(work: Path) -> tuple[int, int]:
    words = (work / "peer.txt").read_text(encoding="utf-8").split()
    return (int(words[0]), int(words[1])) if words else (0, 0)


def fragment(found: Measured) -> str:
    """Return the fragment in Markdown."""
    middle = sorted(found.ours, key=lambda run: run.seconds)[len(found.ours) // 2]
    peak = max(run.megabytes for run in found.ours)
    rows = [
        ("`kg diff` (entities in words, counts, alarms)", middle, found.quads),
        ("`kg diff`, the same table twice (a copy)", found.same, (found.quads[0], found.quads[0])),
        ("plain Python sets of lines (difference only)", found.sets, found.quads),
        (f"`kg diff`, 1/{PART} of the subjects", found.ours_part, found.part),
        (f"plain Python sets, 1/{PART}", found.sets_part, found.part),
        (f"rdflib `graph_diff`, 1/{PART}", found.graphs, found.part),
    ]
    listed = "".join(
        f"| {name} | {quads[0]:,} and {quads[1]:,} | {_seconds(run)} | {run.cpu:.1f} | {run.megabytes:,.0f} |\n" for name, run, quads in rows
    )
    ratio = found.graphs.cpu / found.ours_part.cpu
    return (
        "## Difference of two deliveries\n\n"
        f"`python -m benchmarks.diff --delivery FOLDER` on {machine()}; rdflib {version('rdflib')}, duckdb {version('duckdb')}. "
        f"Horizon Europe and a changed copy of it: {found.added:,} statements added, {found.removed:,} removed. Quad tables at hand; `kg diff`: median of "
        f"{len(found.ours)} runs, largest memory; peers one run, from N-Quads. Memory is that of the whole process tree; *CPU* is processor time, which other "
        "work on the machine disturbs less than wall time.\n\n"
        "| | statements | s | CPU s | MB |\n|---|---:|---:|---:|---:|\n"
        f"{listed}\n"
        f"- Two deliveries: {middle.seconds:.1f} s (aim {SECONDS:.0f}: {_held(middle.seconds <= SECONDS)}), {peak:,.0f} MB (aim {MEGABYTES:,.0f}: "
        f"{_held(peak <= MEGABYTES)}).\n"
        f"- Memory of plain sets: {found.sets.megabytes / peak:.1f} times ours. Processor time of rdflib on the part: {'over ' if found.graphs.ended else ''}"
        f"{ratio:.1f} times ours.\n"
    )


def _seconds(run: Watched) -> str:
    return f"> {run.seconds:,.0f} (ended: {run.ended})" if run.ended else f"{run.seconds:.1f}"


def _held(holds: bool) -> str:
    return "held" if holds else "**missed**"


if __name__ == "__main__":
    started = time.perf_counter()
    main()
    print(f"{time.perf_counter() - started:.0f} s", file=sys.stderr)
