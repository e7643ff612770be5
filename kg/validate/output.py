"""Writing a report into a folder, all of its forms or none."""

from __future__ import annotations

from pathlib import Path

from kg.errors import unwritable
from kg.files import write_files
from kg.validate.report import FORMAT_VERSION, Report, json_parts, turtle_parts

TURTLE_LIMIT = 20_000
"""Results up to which the report is written as Turtle, too: beyond, few tools read it, and `--format turtle` gives it when it is wanted."""


def write_report(report: Report, folder: Path) -> tuple[Path, ...]:
    """Write `report.json`, and `report.ttl` up to :data:`TURTLE_LIMIT` results, into a folder, all or none; return their paths.

    A `report.ttl` of an earlier run goes where none is written, so that the two never tell different things.

    Raises:
        BuildError: The folder cannot be written; what stood there is untouched.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(error, folder, "--build") from error
    texts = {folder / "report.json": json_parts(report, more={"version": FORMAT_VERSION})}
    turtle = folder / "report.ttl"
    if len(report.results) <= TURTLE_LIMIT:
        texts[turtle] = turtle_parts(report)
    write_files(texts)
    if turtle not in texts:
        turtle.unlink(missing_ok=True)
    return tuple(texts)
