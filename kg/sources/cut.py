"""A slice of CORDIS deliveries: every project with a participant in one city, with all its participants, in the publisher's layout.

Only the columns that the import maps are kept. Which organisations are in the city is read from the deliveries that say so; a delivery without
cities (Horizon 2020 as assembled) is cut by the same organisations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import InputError, Text, unwritable
from kg.sources.columns import slug
from kg.sources.cordis_layout import COLUMNS, NEEDED, OPTIONAL, REQUIRED
from kg.sources.delivery import open_delivery, read_delivered

if TYPE_CHECKING:
    from kg.engine.base import Engine


@dataclass(frozen=True)
class Cut:
    """What a slice holds.

    Attributes:
        organisations: How many organisations are in the city.
        rows: Number of rows per table.
    """

    organisations: int
    rows: dict[str, int]


def cut(engine: Engine, paths: Sequence[Path], city: str, target: Path, work: Path, *, country: str, projects: Sequence[str] = ()) -> Cut:
    """Write the slice of one city.

    Args:
        engine: Batch engine.
        paths: Deliveries.
        city: Name of the city, in any spelling that differs by case and accents only.
        target: Folder for the tables.
        work: Folder for what is unpacked.
        country: Country code as the deliveries write it.
        projects: Numbers of projects to keep besides.

    Raises:
        InputError: A delivery cannot be read, or nobody is in the city.
        BuildError: The folder cannot be written.
    """
    import ibis

    deliveries = [_tables(engine, path, work / str(number)) for number, path in enumerate(paths)]
    seats = [
        rows.filter((slug(engine, rows.city) == slug(engine, ibis.literal(city))) & (rows.country == country)).select("organisationID").distinct()
        for rows in (tables["organization"] for tables in deliveries)
    ]
    there = engine.cache(ibis.union(*seats, distinct=True) if len(seats) > 1 else seats[0])
    count = int(engine.scalar(there.count()))
    if not count:
        what = Text(f"No organisation is in {city} ({country}).", f"Keine Organisation ist in {city} ({country}).")
        raise InputError(what, where="--city", fix=Text("Check the spelling.", "Prüfen Sie die Schreibweise."))
    written: dict[str, int] = {}
    for stem in (*REQUIRED, *OPTIONAL):
        parts = [_part(tables, stem, there, projects, number) for number, tables in enumerate(deliveries) if stem in tables]
        if parts:
            whole = (ibis.union(*parts) if len(parts) > 1 else parts[0]).order_by("delivery", "row").select(*COLUMNS[stem])
            try:
                written[stem] = engine.to_csv(whole, target / f"{stem}.csv", delimiter=";")
            except OSError as error:
                raise unwritable(error, target) from error
    return Cut(count, written)


def _tables(engine: Engine, path: Path, work: Path) -> dict[str, Any]:
    """Read the tables of a delivery, with the mapped columns and no others."""
    import ibis

    delivery = open_delivery(path, work, REQUIRED, OPTIONAL)
    tables = {}
    for stem, item in delivery.files.items():
        # A row of topics belongs to a project, which is all that the slice takes its key for.
        wanted = ("projectID", *COLUMNS[stem]) if stem == "topics" else COLUMNS[stem]
        table = read_delivered(engine, item, f"{delivery.name}/{item.name}", NEEDED[stem], work, wanted=wanted)
        tables[stem] = table.data.select("row", **{c: table.data[c] if c in table.columns else ibis.literal("") for c in wanted})
    return tables


def _part(tables: dict[str, Any], stem: str, there: Any, projects: Sequence[str], number: int) -> Any:
    """Return the rows of one table that belong to the projects of the slice."""
    import ibis

    rows = tables["organization"]
    wanted = rows.semi_join(there, "organisationID").select("projectID").distinct()
    if projects:
        wanted = wanted.union(tables["project"].filter(tables["project"].id.isin(list(projects))).select(projectID="id"), distinct=True)
    table = tables[stem]
    key = "id" if stem == "project" else "projectID"
    chosen = table.semi_join(wanted, table[key] == wanted.projectID)
    if stem == "topics":  # one row per topic: its title is all that the import takes from there
        chosen = chosen.group_by("topic", "title").aggregate(row=chosen.row.min())
    return chosen.select("row", *COLUMNS[stem], delivery=ibis.literal(number))
