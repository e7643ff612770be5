"""Writing the two forms of a report into a folder, both or neither."""

from __future__ import annotations

from pathlib import Path

from kg.errors import unwritable
from kg.files import write_files
from kg.validate.report import Report, json_parts, turtle_parts


def write_report(report: Report, folder: Path) -> tuple[Path, Path]:
    """Write `report.json` and `report.ttl` into a folder, both or neither; return their paths.

    Raises:
        BuildError: The folder cannot be written; what stood there is untouched.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(error, folder, "--build") from error
    paths = folder / "report.json", folder / "report.ttl"
    write_files({paths[0]: json_parts(report), paths[1]: turtle_parts(report)})
    return paths
