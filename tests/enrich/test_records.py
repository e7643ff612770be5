"""Tables at hand in every layout, and what is wrong with them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg.enrich import records as module
from kg.enrich.records import Countries, Record, read_records
from kg.errors import InputError, ParameterError, Problem

TU = {"name": "TU Dortmund University", "ror": "https://ror.org/01k97gp34"}


def read(path: Path, text: str, columns: dict[str, str] | None = None) -> tuple[list[Record], list[Problem], str]:
    path.write_text(text, encoding="utf-8", newline="")
    return read_records(path, columns or {}, "ref-x", Countries())


def test_a_plain_list_in_german_with_semicolons(tmp_path: Path) -> None:
    text = "\ufeffEinrichtung;ROR_ID;Stadt;Land;Adresse\r\nTU Dortmund;01k97gp34;Dortmund;Deutschland;August-Schmidt-Straße 4, 44227 Dortmund\r\n"
    found, problems, layout = read(tmp_path / "a.csv", text)
    assert (problems, layout) == ([], "table")
    assert found == [
        Record(
            "a.csv", 2, ("TU Dortmund",), ("ror:01k97gp34",), "DE", "Dortmund", address="August-Schmidt-Straße 4, 44227 Dortmund", citation="ref-x"
        )
    ]


def test_the_ror_dump_as_csv(tmp_path: Path) -> None:
    header = (
        "id,names.types.ror_display,names.types.alias,names.types.label,status,external_ids.type.wikidata.preferred,external_ids.type.grid.preferred,"
        "locations.geonames_details.name,locations.geonames_details.country_code,locations.geonames_details.lat,links.type.website"
    )
    rows = (
        "https://ror.org/01k97gp34,TU Dortmund University,,de: Technische Universität Dortmund; en: TU Dortmund University,active,Q685557,grid.5675.1,"
        "Dortmund,DE,51.5,http://www.tu-dortmund.de/\nhttps://ror.org/03dv91853,Gone,,,withdrawn,,,,,,\n"
    )
    found, problems, layout = read(tmp_path / "v2.csv", f"{header}\n{rows}")
    assert (problems, layout, len(found)) == ([], "ror", 1)
    assert found[0].names == ("TU Dortmund University", "Technische Universität Dortmund")
    assert found[0].ids == ("ror:01k97gp34", "wikidata:Q685557", "grid:grid.5675.1")
    assert (found[0].country, found[0].city, found[0].url, found[0].city_point) == ("DE", "Dortmund", "http://www.tu-dortmund.de/", True)


@pytest.mark.parametrize("schema", [1, 2])
def test_the_ror_dump_as_json(tmp_path: Path, schema: int) -> None:
    second = {
        "id": "https://ror.org/01k97gp34",
        "names": [
            {"value": "TU Dortmund University", "types": ["ror_display", "label"]},
            {"value": "Technische Universität Dortmund", "types": ["label"]},
        ],
        "external_ids": [
            {"type": "wikidata", "all": ["Q685557"], "preferred": None},
            {"type": "grid", "all": ["grid.5675.1"], "preferred": "grid.5675.1"},
        ],
        "locations": [{"geonames_details": {"name": "Dortmund", "country_code": "DE", "lat": 51.5}}],
        "links": [{"type": "website", "value": "http://www.tu-dortmund.de/"}],
        "status": "active",
    }
    first = {
        "id": "https://ror.org/01k97gp34",
        "name": "TU Dortmund University",
        "labels": [{"label": "Technische Universität Dortmund", "iso639": "de"}],
        "external_ids": {"Wikidata": {"all": ["Q685557"], "preferred": None}, "GRID": {"all": "grid.5675.1", "preferred": "grid.5675.1"}},
        "addresses": [{"city": "Dortmund", "lat": 51.5}],
        "country": {"country_code": "DE"},
        "links": ["http://www.tu-dortmund.de/"],
        "status": "active",
    }
    found, problems, layout = read(tmp_path / "d.json", json.dumps([first if schema == 1 else second]))
    assert (problems, layout) == ([], "ror")
    assert set(found[0].names) == {"TU Dortmund University", "Technische Universität Dortmund"}
    assert set(found[0].ids) == {"ror:01k97gp34", "wikidata:Q685557", "grid:grid.5675.1"}
    assert (found[0].country, found[0].city, found[0].url) == ("DE", "Dortmund", "http://www.tu-dortmund.de/")


def test_an_answer_of_wikidata_with_a_point(tmp_path: Path) -> None:
    text = "item,itemLabel,ror,coord\nhttp://www.wikidata.org/entity/Q685557,TU Dortmund,01k97gp34,Point(7.4131 51.4925)\n"
    found, _, layout = read(tmp_path / "query.csv", text)
    assert (layout, found[0].ids, found[0].point, found[0].city_point) == (
        "wikidata",
        ("ror:01k97gp34", "wikidata:Q685557"),
        ("51.4925", "7.4131"),
        False,
    )


def test_an_export_of_openrefine_is_a_table_with_tabs(tmp_path: Path) -> None:
    found, _, _ = read(tmp_path / "refine.tsv", "name\tqid\tlat\tlon\nWaag\tQ2535477\t52.37\t4.90\n")
    assert (found[0].ids, found[0].point) == (("wikidata:Q2535477",), ("52.37", "4.90"))


def test_wrong_identifiers_points_and_formulas_are_named_with_their_row(tmp_path: Path) -> None:
    text = "name,ror,lat,lon,address\nA,01k97gp35,,,\nB,,99,7,=HYPERLINK(1)\nC,01k97gp34,51,7,Weg 1\n"
    found, problems, _ = read(tmp_path / "x.csv", text)
    assert [(item.row, item.column, item.code) for item in problems] == [
        (2, "ror", "wrong-identifier"),
        (3, "address", "formula"),
        (3, "lat", "wrong-point"),
    ]
    assert [(record.ids, record.address) for record in found] == [((), ""), ((), ""), (("ror:01k97gp34",), "Weg 1")]


def test_unknown_columns_are_refused_with_what_may_be_meant(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"--columns name=Naame"):
        read(tmp_path / "x.csv", "Naame,Wert\nA,1\n")
    with pytest.raises(ParameterError, match="Did you mean Titel"):
        read(tmp_path / "x.csv", "Titel,Wert\nA,1\n", {"name": "Titl"})
    with pytest.raises(ParameterError, match="is no field"):
        read(tmp_path / "x.csv", "Titel,Wert\nA,1\n", {"nome": "Titel"})
    assert read(tmp_path / "x.csv", "Titel,Wert\nA,1\n", {"name": "Wert"})[0][0].names == ("1",)


@pytest.mark.parametrize("text", ["", "a,\0\n", '"name\n', "name\n" + '"x' * 3])
def test_a_broken_table_is_one_clear_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path / "x.csv", text)
    assert "x.csv" in caught.value.text("de")


@pytest.mark.parametrize("text", ["{", "[]", '"x"', "[1]", "[" * 100_000])
def test_broken_json_is_one_clear_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError):
        read(tmp_path / "x.json", text)


def test_bounds_are_errors_and_not_silent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_RECORDS", 2)
    with pytest.raises(InputError, match="more than 2 rows"):
        read(tmp_path / "x.csv", "name\n" + "a\n" * 3)
    monkeypatch.setattr(module, "MAX_BYTES", 3)
    with pytest.raises(InputError, match="larger than"):
        read(tmp_path / "x.csv", "name\n")
    with pytest.raises(InputError, match="cannot be read"):
        read_records(tmp_path / "none.csv", {}, "", Countries())
    monkeypatch.undo()
    (tmp_path / "x.csv").write_bytes(b"name\n\xff")
    with pytest.raises(InputError, match="UTF-8"):
        read_records(tmp_path / "x.csv", {}, "", Countries())


@pytest.mark.parametrize(
    ("text", "iso"), [("", ""), (" ", ""), ("EL", "GR"), ("uk", "GB"), ("Österreich", "AT"), ("Austria", "AT"), ("Atlantis", "")]
)
def test_countries_by_code_and_name_and_nothing_is_no_country(text: str, iso: str) -> None:
    assert Countries().iso(text) == iso
