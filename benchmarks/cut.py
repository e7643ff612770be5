"""A part of a delivery: some projects, chosen by a hash of their id, with all their rows in every table."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import shutil
import sys
from fractions import Fraction
from pathlib import Path

SHARES = 64
KEYS = {"project": "id"}
"""Column with the project's id, per table; `projectID` in all others."""


def is_in(project: str, part: Fraction) -> bool:
    """Tell whether a project belongs to a part; a larger part holds every smaller one.

    >>> [is_in("101069359", Fraction(1, n)) for n in (1, 2, 64)]
    [True, False, False]
    """
    return int(hashlib.sha256(project.encode()).hexdigest()[:8], 16) % SHARES < part * SHARES


def cut(folder: Path, target: Path, part: Fraction) -> Path:
    """Write a part of a delivery.

    Args:
        folder: Delivery, a folder of `.csv.gz`.
        target: Folder to write to; finished parts are kept.
        part: Share of the projects, a multiple of 1/64.

    Returns:
        The folder of the part; the delivery itself where the part is the whole.
    """
    if part == 1:
        return folder
    done = target / ".done"
    if done.exists():
        return target
    target.mkdir(parents=True, exist_ok=True)
    csv.field_size_limit(sys.maxsize)
    for source in sorted(folder.glob("*.csv.gz")):
        with io.TextIOWrapper(gzip.open(source), encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, delimiter=";")
            header = next(reader)
            column = KEYS.get(source.name.split(".")[0], "projectID")
            if column not in header:
                shutil.copyfile(source, target / source.name)
                continue
            index = header.index(column)
            with gzip.GzipFile(target / source.name, "wb", compresslevel=6, mtime=0) as packed, io.TextIOWrapper(packed, "utf-8", newline="") as text:
                writer = csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n")
                writer.writerow(header)
                writer.writerows(row for row in reader if is_in(row[index], part))
    done.touch()
    return target
