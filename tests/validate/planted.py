"""The tables of Dortmund with faults planted in known rows, some of them hostile, one behind a cell of several lines."""

from __future__ import annotations

import shutil
from pathlib import Path

from kg.sources.lossless import LosslessTable
from tests.validate.base import small_folder

DORTMUND = Path(__file__).resolve().parents[2] / "data" / "dortmund"
HOSTILE = '=HYPERLINK("http://x","a|b") <img src=x onerror=alert(1)> @me #12 `code` ]] ::error file=a::b %0A, c: d\x1b[2J\u202e'

FAULTS = (
    # table, row, column, value, code of the rule
    ("entities", 2, "lat", "95", "wrong-coordinate"),
    ("entities", 5, "end", "2020-13-45", "wrong-date"),
    ("entities", 30, "lat", "@5", "wrong-coordinate"),
    ("entities", 31, "start", HOSTILE, "wrong-date"),
    ("entities", 54, "type", "Projekt", "unknown-type"),
    ("relations", 6, "predicate", "partOff", "unknown-predicate"),
    ("relations", 9, "source_id", "nichts", "unknown-id"),
    ("relations", 12, "attestation", "+Wrong", "wrong-code"),
    ("relations", 40, "object_id", "-t-faktor", "unknown-id"),
)
LINES = 3
"""Lines by which everything in `entities.csv` after row 12 lies lower than its row."""


def plant(folder: Path) -> Path:
    """Copy the tables of Dortmund to a folder and put the faults in."""
    shutil.copytree(DORTMUND, folder)
    for name in ("entities", "relations"):
        table = LosslessTable.read(folder / f"{name}.csv")
        for where, row, column, value, _ in FAULTS:
            if where == name:
                table.set(row, column, value)
        if name == "entities":
            table.set(12, "description_de", 'Zeile 1\nZeile 2, mit "Anführung"\r\nZeile 3\n')
        table.write(folder / f"{name}.csv")
    return folder


def hostile_folder(folder: Path) -> Path:
    """Write the small folder with every text of one entity hostile."""
    small_folder(folder)
    table = LosslessTable.read(folder / "entities.csv")
    for column in ("label_de", "label_en", "start"):
        table.set(2, column, HOSTILE)
    table.write(folder / "entities.csv")
    return folder
