"""Cutting a slice: every project with a participant in one city, with all its participants, in the publisher's layout."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.engine.duckdb import DuckDB
from kg.errors import InputError
from kg.sources.cordis_layout import COLUMNS
from kg.sources.cut import cut
from tests.sources.deliveries import ORGANIZATION, OTHERS, SHARED, SLICE, partner, project, read, write_delivery


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDB]:
    with DuckDB(threads=1) as opened:
        yield opened


def test_projects_of_a_city_with_all_their_partners(engine: DuckDB, tmp_path: Path) -> None:
    """Whatever the spelling of the city; a delivery without cities is cut by the same organisations; named projects come along."""
    one = write_delivery(
        tmp_path / "one",
        project=[project(number, objective="two\nlines") for number in (1, 2, 3)],
        organization=[
            partner(1, city="KÖLN"),
            partner(1, organisationID="111111111", city="Paris", country="FR", order="2", name='A "B"; C'),
            partner(2, organisationID="222222222", city="Köln", country="AT"),
            partner(3, organisationID="333333333", city="Koln"),
        ],
        topics=[{**OTHERS["topics"], "projectID": str(101000000 + number)} for number in (1, 2, 3)],
    )
    bare = {column: cell for column, cell in ORGANIZATION.items() if column not in ("city", "order")}
    two = write_delivery(
        tmp_path / "two",
        project=[project(number) for number in (4, 5, 6)],
        organization=[{**bare, "projectID": "101000004", "city": ""}, {**bare, "projectID": "101000005", "organisationID": "444444444", "city": ""}],
    )
    done = cut(engine, [one, two], "köln", tmp_path / "cut", tmp_path / "work", country="DE", projects=["101000006"])
    assert done.organisations == 2
    assert [row["id"] for row in read(tmp_path / "cut", "project")] == ["101000001", "101000003", "101000004", "101000006"]
    rows = read(tmp_path / "cut", "organization")
    assert [(row["projectID"], row["organisationID"]) for row in rows] == [
        ("101000001", "999848453"),
        ("101000001", "111111111"),
        ("101000003", "333333333"),
        ("101000004", "999848453"),
    ]
    assert rows[1]["name"] == 'A "B"; C'
    assert {row["objective"] for row in read(tmp_path / "cut", "project")} == {"two\nlines", "An aim."}
    assert tuple(row for row in rows[0] if row != "row") == COLUMNS["organization"]
    assert len(read(tmp_path / "cut", "topics")) == done.rows["topics"] == 1


def test_a_city_where_nobody_is(engine: DuckDB, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No organisation is in Atlantis"):
        cut(engine, [write_delivery(tmp_path / "d")], "Atlantis", tmp_path / "cut", tmp_path / "work", country="DE")
    assert not (tmp_path / "cut").exists()


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the whole deliveries in ../shared/data/cordis (HORIZON and H2020/assembled)")
def test_the_shipped_slice_is_what_its_read_me_says(engine: DuckDB, tmp_path: Path) -> None:
    """Cut again from the deliveries, byte for byte."""
    paths = [SHARED / "HORIZON", SHARED / "H2020" / "assembled"]
    done = cut(engine, paths, "Dortmund", tmp_path / "cut", tmp_path / "work", country="DE", projects=["868887"])
    assert done.organisations == 31
    assert done.rows["project"] == 188
    for path in sorted((tmp_path / "cut").iterdir()):
        assert path.read_bytes() == (SLICE / path.name).read_bytes(), path.name
