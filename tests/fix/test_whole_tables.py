"""The faults all at once in the whole tables of Dortmund; and the tables without any fault."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kg.fix import apply, preview, propose
from kg.validate import validate_paths
from tests.conftest import DORTMUND
from tests.fix.faults import FAULTS, Fault

TABLES = ("entities", "relations", "sources", "decisions")


def put_all(folder: Path) -> list[tuple[Fault, int]]:
    """Put every mechanical fault that does not meet another one in a cell; a repeated row last, so that it repeats one without a fault."""
    put: list[tuple[Fault, int]] = []
    taken: set[tuple[str, int, str]] = set()
    for fault in sorted((fault for fault in FAULTS if fault.kind), key=lambda fault: not fault.cells):
        kept = (folder / f"{fault.table}.csv").read_bytes()
        try:
            row = fault.put(folder)
        except StopIteration:
            continue
        cells = {(fault.table, row, column) for column in (fault.cells or {"*": ""})}
        # An id of its own in another form would make all rows that name it faulty, too.
        if taken & cells or "entity_id" in fault.cells:
            (folder / f"{fault.table}.csv").write_bytes(kept)
            continue
        taken |= cells
        put.append((fault, row))
    return put


def test_the_tables_have_nothing_to_repair() -> None:
    proposals = propose(DORTMUND)
    assert (proposals.items, proposals.left, proposals.fatal, proposals.unsearched) == ((), (), (), 0)


@pytest.mark.slow
def test_all_at_once(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(DORTMUND, tmp_path / "dortmund"))
    put = put_all(folder)
    assert len(put) >= 20
    proposals = propose(folder)
    assert proposals.left == ()
    assert {(f"{fault.table}.csv", row, fault.kind) for fault, row in put} == {(item.file, item.row, item.kind) for item in proposals.items}
    shown = preview(proposals)
    assert shown.effect is not None
    assert shown.effect.adds == ()
    assert len(shown.effect.removes) >= sum(bool(fault.code) for fault, _ in put)
    apply(folder, shown.choice.chosen)
    assert all((folder / f"{name}.csv").read_bytes() == (DORTMUND / f"{name}.csv").read_bytes() for name in TABLES)
    assert validate_paths([folder]).severities == validate_paths([DORTMUND]).severities
