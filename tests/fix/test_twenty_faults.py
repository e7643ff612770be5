"""Each of more than twenty faults is found in its row, explained in both languages and, where it is mechanical, undone to the same bytes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kg.fix import KINDS, apply, choose, propose
from kg.validate import validate_paths
from tests.fix.cut import cut_of_dortmund
from tests.fix.faults import FAULTS, Fault

TABLES = ("entities", "relations", "sources", "decisions")
MECHANICAL = [fault for fault in FAULTS if fault.kind]
LEFT = [fault for fault in FAULTS if not fault.kind]


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cut_of_dortmund(tmp_path_factory.mktemp("cut") / "tables")


@pytest.fixture
def tables(cut: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(cut, tmp_path / "tables"))


def same(one: Path, other: Path) -> bool:
    return all((one / f"{name}.csv").read_bytes() == (other / f"{name}.csv").read_bytes() for name in TABLES)


def found(folder: Path, fault: Fault, row: int) -> list[dict[str, str]]:
    """Return the texts of the findings that the validation has for the fault, at its row."""
    report = validate_paths([folder])
    hits = [
        item
        for item in report.results
        if item.shape.endswith(fault.code) and any((Path(o.file).stem, o.row) == (fault.table, row) for o in item.origin)
    ]
    return [dict(item.message) for item in hits]


def test_there_are_enough_of_them() -> None:
    assert len(MECHANICAL) >= 20
    assert len(LEFT) >= 4
    assert {fault.kind for fault in MECHANICAL} >= set(KINDS) - {"identifier"}


def test_the_cut_has_nothing_to_repair(cut: Path) -> None:
    proposals = propose(cut)
    assert (proposals.items, proposals.left, proposals.fatal) == ((), (), ())
    assert validate_paths([cut]).severities["Violation"] == 0


@pytest.mark.parametrize("fault", MECHANICAL, ids=lambda fault: fault.name)
def test_what_is_mechanical_is_found_explained_and_undone(cut: Path, tables: Path, fault: Fault) -> None:
    row = fault.put(tables)
    assert not same(cut, tables)
    if fault.code:
        messages = found(tables, fault, row)
        assert messages
        assert all(message["de"] and message["en"] and message["de"] != message["en"] for message in messages)
    proposals = propose(tables)
    mine = [item for item in proposals.items if item.kind == fault.kind]
    assert [(item.file, item.row) for item in mine] == [(f"{fault.table}.csv", row)]
    assert mine[0].reason.de
    assert mine[0].reason.en not in ("", mine[0].reason.de)
    assert proposals.left == ()
    written = apply(tables, choose(proposals, [fault.kind]).chosen)
    assert [path.name for path in written] == [f"{fault.table}.csv"]
    assert same(cut, tables)


@pytest.mark.parametrize("fault", LEFT, ids=lambda fault: fault.name)
def test_what_nobody_can_know_is_explained_and_not_guessed(tables: Path, fault: Fault) -> None:
    row = fault.put(tables)
    messages = found(tables, fault, row)
    assert messages
    assert all(message["de"] and message["en"] and message["de"] != message["en"] for message in messages)
    before = {path.name: path.read_bytes() for path in tables.iterdir()}
    assert apply(tables, choose(propose(tables)).chosen) == []
    assert {path.name: path.read_bytes() for path in tables.iterdir()} == before


def test_day_or_month_is_offered_twice_and_either_can_be_chosen(cut: Path, tables: Path) -> None:
    fault = next(fault for fault in LEFT if fault.name == "day or month")
    fault.put(tables)
    proposals = propose(tables)
    one, other = proposals.items
    assert {one.after, other.after} == {"2020-05-02", "2020-02-05"}
    assert (one.alternatives, other.alternatives) == ((other.id,), (one.id,))
    assert not one.sure
    assert choose(proposals).undecided == (one, other)
    right = next(item for item in proposals.items if item.after == "2020-05-02")
    apply(tables, choose(proposals, [right.id]).chosen)
    assert same(cut, tables)
