"""A delivery of CORDIS many times over: the same structure with new ids, for measuring how time and memory grow.

Usage: python -m benchmarks.scale_data --delivery FOLDER --copies 10 --output FOLDER

Every copy has project ids, record numbers, grant DOIs and organisation ids (PIC) of its own and a number behind its titles, objectives and names,
in every table alike; all other cells stay. So participations, organisations, statements and components multiply, while the size of projects and
the mixing inside a copy stay the same: what grows faster than the data because everybody works with everybody is *not* in it. The first copy is
the delivery itself. ROR ids are known for the first copy only, as the new organisations are nobody's. Only tables that a build reads are made.
"""

from __future__ import annotations

import argparse
import os
import shutil
from pathlib import Path
from typing import Any

TABLES = ("project", "organization", "topics", "legalBasis", "euroSciVoc", "webLink")
"""Tables of a delivery that become statements."""
FIRST_PIC = 100_000_000
"""First id of the new organisations; the publisher's own begin near 880 million."""
LAST = 999_999_999
"""Ids of projects have up to nine digits."""
MAX_COPIES = 100
NUMBERED = (("project", "title"), ("project", "objective"), ("organization", "name"))
"""Texts that carry the number of the copy, so that copies do not pack better than data of their own."""
MEMORY = "1GB"


def replicate(delivery: Path, target: Path, copies: int) -> dict[str, int]:
    """Write a delivery several times over, and return the rows of each table.

    Args:
        delivery: Folder of `.csv` or `.csv.gz` in the publisher's layout.
        target: Folder to be made, `.csv` in it; what is finished stays.
        copies: How many times.

    Returns:
        Number of rows written per table.

    Raises:
        ValueError: Too many copies, or ids that would meet those of the delivery.
        FileNotFoundError: A table that must be there is not.
    """
    import duckdb

    if not 1 <= copies <= MAX_COPIES:
        raise ValueError(f"copies: 1 to {MAX_COPIES}, not {copies}")
    started = target.with_name(f".{target.name}.part")
    shutil.rmtree(started, ignore_errors=True)
    started.mkdir(parents=True)
    # One thread: the order of the rows is that of the delivery, copy after copy, and nothing has to be kept to restore it.
    with duckdb.connect(config={"memory_limit": MEMORY, "threads": 1, "temp_directory": str(started / "spill")}) as connection:
        present = {stem: found for stem in TABLES if (found := _file(delivery, stem))}
        for stem in ("project", "organization"):
            if stem not in present:
                raise FileNotFoundError(f"{delivery}: no {stem}.csv or {stem}.csv.gz")
        for stem in ("project", "organization"):
            _read(connection, stem, present[stem])
        starts = _starts(connection, copies)
        rows = {}
        for stem, path in present.items():
            if stem not in ("project", "organization"):
                _read(connection, stem, path)
            rows[stem] = _write(connection, stem, started / f"{stem}.csv", copies, starts)
            connection.execute(f"DROP TABLE {stem}")
    shutil.rmtree(started / "spill", ignore_errors=True)
    shutil.rmtree(target, ignore_errors=True)
    os.replace(started, target)
    return rows


def _file(delivery: Path, stem: str) -> Path | None:
    return next((path for path in (delivery / f"{stem}.csv", delivery / f"{stem}.csv.gz") if path.is_file()), None)


def _read(connection: Any, stem: str, path: Path) -> None:
    """Read a table as texts; the columns are those of its header."""
    quoted = str(path).replace("'", "''")
    connection.execute(
        f"CREATE TEMP TABLE {stem} AS SELECT * FROM read_csv('{quoted}', header = true, delim = ';', quote = '\"', escape = '\"', "
        "all_varchar = true, allow_quoted_nulls = false, strict_mode = true, max_line_size = 4194304)"
    )


def _starts(connection: Any, copies: int) -> dict[str, int]:
    """Number projects and organisations, and return the first new id of each kind and how many a copy needs.

    Raises:
        ValueError: New ids would meet old ones, or have more than nine digits.
    """
    connection.execute(
        "CREATE TEMP TABLE ids AS SELECT id AS old, row_number() OVER (ORDER BY id) - 1 AS number "
        "FROM (SELECT DISTINCT id FROM project WHERE regexp_full_match(id, '[0-9]{6,9}'))"
    )
    connection.execute(
        'CREATE TEMP TABLE pics AS SELECT "organisationID" AS old, row_number() OVER (ORDER BY "organisationID") - 1 AS number '
        'FROM (SELECT DISTINCT "organisationID" FROM organization WHERE regexp_full_match("organisationID", \'[0-9]{9}\'))'
    )
    projects, last = connection.execute("SELECT count(*), coalesce(max(old::BIGINT), 0) FROM ids").fetchone()
    organisations, lowest = connection.execute("SELECT count(*), coalesce(min(old::BIGINT), 999999999) FROM pics").fetchone()
    record = connection.execute("SELECT coalesce(max(try_cast(rcn AS BIGINT)), 0) FROM project").fetchone()[0]
    starts = {"id": last + 1, "projects": projects, "rcn": record + 1, "pic": FIRST_PIC, "organisations": organisations}
    if max(last, record) + projects * (copies - 1) > LAST:
        raise ValueError(f"{copies} copies: new ids of projects would have more than nine digits")
    if FIRST_PIC + organisations * (copies - 1) > lowest:
        raise ValueError(f"{copies} copies: new ids of organisations would meet the delivery's own, from {lowest}")
    return starts


def _write(connection: Any, stem: str, path: Path, copies: int, starts: dict[str, int]) -> int:
    """Write all copies of one table, every cell quoted as the publisher does, and return the number of rows."""
    columns = [name for name, *_ in connection.execute(f"DESCRIBE {stem}").fetchall()]
    copied = " UNION ALL ".join(_copy(stem, columns, copy, starts) for copy in range(copies))
    quoted = str(path).replace("'", "''")
    done = connection.execute(f"COPY ({copied}) TO '{quoted}' (FORMAT csv, HEADER, DELIMITER ';', FORCE_QUOTE *)").fetchone()
    return int(done[0])


def _copy(stem: str, columns: list[str], copy: int, starts: dict[str, int]) -> str:
    """Return the query of one copy of a table."""
    # A cell that is empty is quoted text; as NULL it would be written without quotes.
    chosen = ", ".join(f"coalesce({_cell(stem, name, copy, starts)}, '') AS \"{name}\"" for name in columns)
    joined = ""
    if copy and _project(stem) in columns:
        joined += f' LEFT JOIN ids ON ids.old = {stem}."{_project(stem)}"'
    if copy and stem == "organization":
        joined += ' LEFT JOIN pics ON pics.old = organization."organisationID"'
    return f"(SELECT {chosen} FROM {stem}{joined} ORDER BY {stem}.rowid)"


def _cell(stem: str, name: str, copy: int, starts: dict[str, int]) -> str:
    """Return the expression of a cell in a copy; what is no number stays as it is, with its fault."""
    cell = f'{stem}."{name}"'
    if not copy:
        return cell
    project = starts["id"] + (copy - 1) * starts["projects"]
    if name == _project(stem):
        return f"coalesce(({project} + ids.number)::VARCHAR, {cell})"
    if (stem, name) == ("project", "rcn"):
        return f"CASE WHEN {cell} = '' THEN '' ELSE coalesce(({starts['rcn'] + (copy - 1) * starts['projects']} + ids.number)::VARCHAR, {cell}) END"
    if (stem, name) == ("project", "grantDoi"):
        return f"replace({cell}, project.id, coalesce(({project} + ids.number)::VARCHAR, project.id))"
    if (stem, name) == ("organization", "organisationID"):
        return f"coalesce(({starts['pic'] + (copy - 1) * starts['organisations']} + pics.number)::VARCHAR, {cell})"
    if (stem, name) in NUMBERED:
        return f"CASE WHEN {cell} = '' THEN '' ELSE {cell} || ' {copy + 1}' END"
    return cell


def _project(stem: str) -> str:
    """Return the column with the project's id."""
    return "id" if stem == "project" else "projectID"


def main() -> None:
    """Write what is asked for and say how much it is."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--delivery", type=Path, required=True, help="folder of the delivery")
    parser.add_argument("--copies", type=int, required=True)
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    rows = replicate(arguments.delivery, arguments.output, arguments.copies)
    size = sum(path.stat().st_size for path in arguments.output.glob("*.csv"))
    print(f"{arguments.output}: {size / 1e6:,.0f} MB; " + ", ".join(f"{stem} {count:,}" for stem, count in rows.items()))


if __name__ == "__main__":
    main()
