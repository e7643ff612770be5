"""A cut of the tables of Dortmund, small enough to be checked many times, every row with the bytes it has there; and faults put into tables."""

from __future__ import annotations

import shutil
from pathlib import Path

from kg.sources.lossless import LosslessTable
from tests.conftest import DORTMUND

ENTITIES = {
    *("dortmund", "stadt-dortmund", "icapital-award", "icapital-award-2021", "innovation-next-door", "nordwaerts", "sozialforschungsstelle"),
    *("fakultaet-sozialwissenschaften", "tu-dortmund", "iresilience", "t-factor", "dortmunder-u", "wirtschaftsfoerderung-dortmund"),
    *("europaeische-kommission", "eic", "eismea", "eic-summit-2021", "icapital-anhoerung-2021", "diwodo", "projektor", "fh-dortmund", "tzdo"),
    *("technologiepark-dortmund", "dortmund-kreativ", "masterplan-wissenschaft", "greenhouse-ruhr", "union-gewerbehof", "helpathon"),
    *("helpathon-vol-1", "uni-sydney", "phoenix-see"),
}


def write(path: Path, table: LosslessTable) -> None:
    """Write a table as it is."""
    path.write_bytes(table.data())


def keep(table: LosslessTable, rows: set[int]) -> None:
    """Take all other rows away."""
    for number in reversed(table.rows):
        if number not in rows:
            table.remove(number)


def cut_of_dortmund(folder: Path) -> Path:
    """Write the cut: the entities above, what the tables say among them, and the sources that they need."""
    folder.mkdir(parents=True)
    shutil.copyfile(DORTMUND / "settings.toml", folder / "settings.toml")
    entities, relations, sources, decisions = (
        LosslessTable.read(DORTMUND / f"{name}.csv") for name in ("entities", "relations", "sources", "decisions")
    )
    among = set()
    used = set()
    for number in relations.rows:
        row = relations.row(number)
        if row["subject_id"] in ENTITIES and (row["object_id"] in ENTITIES or not row["object_id"]):
            among.add(number)
            used.add(row["source_id"])
    keep(relations, among)
    keep(entities, {number for number in entities.rows if entities.cell(number, "entity_id") in ENTITIES})
    for number in entities.rows:
        cited = [source for source in entities.cell(number, "source_ids").split(";") if source]
        kept = [source for source in cited if source in used] or cited[:1]
        used |= set(kept)
        entities.set(number, "source_ids", ";".join(kept))
        if entities.cell(number, "municipality_of") not in ENTITIES:
            entities.set(number, "municipality_of", "")
    keep(sources, {number for number in sources.rows if sources.cell(number, "source_id") in used})
    for number in sources.rows:
        if sources.cell(number, "publisher_id") not in ENTITIES:
            sources.set(number, "publisher_id", "")
    keep(
        decisions,
        {number for number in decisions.rows if decisions.cell(number, "target") in ENTITIES and decisions.cell(number, "value") in ENTITIES | {""}},
    )
    for name, table in (("entities", entities), ("relations", relations), ("sources", sources), ("decisions", decisions)):
        write(folder / f"{name}.csv", table)
    return folder


def find(table: LosslessTable, **cells: str) -> int:
    """Return the number of the first row with these cells."""
    return next(number for number in table.rows if all(table.cell(number, column) == value for column, value in cells.items()))


def put(folder: Path, table: str, key: str, cells: dict[str, str]) -> int:
    """Change cells of the row with this key in the first column, and return its number."""
    path = folder / f"{table}.csv"
    opened = LosslessTable.read(path)
    row = find(opened, **{opened.columns[0]: key})
    for column, value in cells.items():
        opened.set(row, column, value)
    write(path, opened)
    return row


def contents(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}
