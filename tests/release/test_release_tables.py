"""Tables, their descriptions and the places: every cell has the form that the descriptions promise, read with small readers of our own."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from kg.build import Build
from kg.engine.duckdb import DuckDB
from kg.namespaces import DCTERMS, INNO, RDF, SCHEMA, SKOS, WGS
from kg.publish.tables import COLUMNS, safe, write_columns, write_table
from kg.quads import Quad, Term, iri, literal, write_parquet
from kg.release import Release, entities
from kg.release.packages import Keys, Reference, find_keys
from kg.release.tables import Known, Place, read_known, write_entities
from kg.store import Store, Table
from tests.release.conftest import FORMULA

CASTS = {"integer": int, "number": float, "string": str}


@pytest.fixture(params=["frozen", "dortmund"])
def made(request: pytest.FixtureRequest) -> Release:
    """A small release and a large one."""
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Release)
    return found


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def described(release: Release, name: str) -> dict[str, Any]:
    found = json.loads((release.path / name).read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def test_every_table_is_described_in_both_ways(made: Release) -> None:
    tables = sorted(path.name for path in made.path.glob("*.csv") if path.name != "changes.csv")
    package, metadata = described(made, "datapackage.json"), described(made, "csv-metadata.json")
    assert sorted(resource["path"] for resource in package["resources"]) == sorted(table["url"] for table in metadata["tables"]) == tables
    codebook = rows(made.path / "codebook.csv")
    for name in tables:
        with (made.path / name).open(encoding="utf-8", newline="") as file:
            header = next(csv.reader(file))
        resource = next(resource for resource in package["resources"] if resource["path"] == name)
        table = next(table for table in metadata["tables"] if table["url"] == name)
        assert [field["name"] for field in resource["schema"]["fields"]] == header
        assert [column["name"] for column in table["tableSchema"]["columns"]] == header
        assert [row["column"] for row in codebook if row["file"] == name] == header
        assert all(column["titles"]["de"][0] == column["titles"]["en"][0] == column["name"] for column in table["tableSchema"]["columns"])
    assert all(row["meaning_de"] and row["meaning_en"] for row in codebook)


def test_data_package_keeps_what_it_promises(made: Release) -> None:
    """Table Schema, version 1: type, pattern, limits, uniqueness, keys, checksums."""
    package = described(made, "datapackage.json")
    assert re.fullmatch("[a-z0-9._-]+", package["name"])
    assert package["licenses"][0]["name"] == "CC-BY-4.0"
    keys: dict[tuple[str, str], set[str]] = {}
    for resource in package["resources"]:
        found = rows(made.path / resource["path"])
        assert resource["bytes"] == (made.path / resource["path"]).stat().st_size
        for field in resource["schema"]["fields"]:
            values = [row[field["name"]] for row in found]
            limits = field.get("constraints", {})
            for value in values:
                if not value:
                    assert not limits.get("required"), (resource["name"], field["name"])
                    continue
                number = CASTS[field["type"]](value)
                assert re.search(limits.get("pattern", ""), value), (resource["name"], field["name"], value)
                assert "minimum" not in limits or limits["minimum"] <= number
                assert "maximum" not in limits or number <= limits["maximum"]
            assert not limits.get("unique") or len(set(values)) == len(values)
            keys[resource["name"], field["name"]] = set(values)
    refers = [(resource["name"], key) for resource in package["resources"] for key in resource["schema"].get("foreignKeys", ())]
    assert len(refers) == 7
    for name, key in refers:
        assert keys[name, key["fields"]] <= keys[key["reference"]["resource"], key["reference"]["fields"]], (name, key)


def test_csvw_keeps_what_it_promises(made: Release) -> None:
    """Metadata Vocabulary for Tabular Data: datatype, separator, primary key."""
    metadata = described(made, "csv-metadata.json")
    assert metadata["@context"][0] == "http://www.w3.org/ns/csvw"
    for table in metadata["tables"]:
        found = rows(made.path / table["url"])
        schema = table["tableSchema"]
        for column in schema["columns"]:
            datatype = column["datatype"] if isinstance(column["datatype"], dict) else {"base": column["datatype"]}
            for row in found:
                cell = row[column["name"]]
                for value in cell.split(column["separator"]) if column.get("separator") else [cell]:
                    if not value:
                        continue
                    {"integer": int, "number": float}.get(datatype["base"], str)(value)
                    assert re.search(datatype.get("format", ""), value)
                    assert datatype["base"] != "anyURI" or ":" in value
        if key := schema.get("primaryKey"):
            assert len({row[key] for row in found}) == len(found)


def test_keys_are_stated_only_where_they_hold(tmp_path: Path) -> None:
    tables = {name: COLUMNS[name] for name in ("nodes.csv", "edges.csv")}
    node, edge = [""] * len(tables["nodes.csv"]), [""] * len(tables["edges.csv"])
    write_table(tmp_path / "nodes.csv", [["a", *node[1:]], ["b", *node[1:]]])
    write_table(tmp_path / "edges.csv", [["a", "b", *edge[2:]], ["a", "c", *edge[2:]]])
    assert find_keys(tmp_path, tables) == Keys({"nodes.csv": "id"}, [Reference("edges.csv", "source", "nodes.csv", "id")])
    write_table(tmp_path / "nodes.csv", [["a", *node[1:]], ["a", *node[1:]]])
    assert find_keys(tmp_path, tables) == Keys({}, [])
    write_table(tmp_path / "nodes.csv", [])
    assert find_keys(tmp_path, tables) == Keys({"nodes.csv": "id"}, [])


def test_one_row_per_entity_as_sparql_finds_them(dortmund: Release, store: Store) -> None:
    for name, table in entities.ENTITIES.items():
        found = {row["id"] for row in rows(dortmund.path / name)}
        classes = " ".join(f"<{kind}>" for kind in table.classes)
        answer = store.query(f"SELECT DISTINCT ?s {{ VALUES ?c {{ {classes} }} ?s a ?c }}")
        assert isinstance(answer, Table)
        assert found == {row[0].value for row in answer.rows if row[0] is not None}, name
        entry = next(entry for entry in dortmund.files if entry["name"] == name)
        assert entry["count"] == len(found)


def test_cells_of_an_entity(frozen: Release) -> None:
    projects = {row["id"].rsplit("/", 1)[-1]: row for row in rows(frozen.path / "projects.csv")}
    one = projects["p"]
    assert (one["start"], one["end"], one["identifiers"], one["coordinator"].rsplit("/", 1)[-1]) == ("2020-06-01", "2021", "cordis:101004704", "b")
    assert one["description_de"] == "Zeile 1\nZeile, 2"
    assert one["disputed"] == ""
    organisation = next(row for row in rows(frozen.path / "organisations.csv") if row["id"].endswith("/a"))
    assert (organisation["kind"], organisation["label_de"], organisation["places"].rsplit("/", 1)[-1]) == ("university", "Universität A", "here")


def test_no_cell_is_a_formula(frozen: Release, tmp_path: Path) -> None:
    found = 0
    for path in frozen.path.glob("*.csv"):
        for row in rows(path):
            for name, cell in row.items():
                assert not re.match(r"\s*[=@]", cell), (path.name, name, cell)
                assert not re.match(r"\s*[+-]", cell) or re.fullmatch(r"[+-]?[0-9.]+", cell), (path.name, name, cell)
                found += f"'{FORMULA}" == cell
    assert found >= 3, "in projects.csv and incidence.csv"
    longitude = {row["id"].rsplit("/", 1)[-1]: row["longitude"] for row in rows(frozen.path / "places.csv")}
    assert longitude == {"here": "-0.25", "there": ""}
    import pyarrow as pa

    values = ["=1", "-1.5", "+x", "@", " =1", "\t", "-1e5", "a", "", "'=1", "\ufeff=1", "＝1"]
    names = [column.name for column in COLUMNS["edges.csv"]]
    table = [[value] * len(names) for value in values]
    (tmp_path / "columns").mkdir()
    write_table(tmp_path / "edges.csv", table)
    write_columns(tmp_path / "columns" / "edges.csv", [pa.record_batch([pa.array(values)] * len(names), names=names)])
    assert rows(tmp_path / "columns" / "edges.csv") == rows(tmp_path / "edges.csv")
    assert [safe(value) for value in values] == ["'=1", "-1.5", "'+x", "'@", "' =1", "'\t", "-1e5", "a", "", "'=1", "'\ufeff=1", "'＝1"]


def test_typed_tables_say_what_the_tables_say(made: Release) -> None:
    for name in ("incidence", "nodes", "edges"):
        plain, typed = rows(made.path / f"{name}.csv"), pq.read_table(made.path / f"{name}.parquet").to_pylist()
        assert len(plain) == len(typed)
        for column in COLUMNS[f"{name}.csv"]:
            for text, value in zip((row[column.name] for row in plain), (row[column.name] for row in typed), strict=True):
                if not text:
                    assert value in (None, "")
                elif column.type.startswith("list of "):
                    assert value == text.split("; ")
                else:
                    assert value == {"integer": int, "decimal": float}.get(column.type, str)(text)


BASE = "https://example.org/"


def written(folder: Path, *statements: tuple[str, str, Term]) -> tuple[dict[str, list[dict[str, str]]], Known]:
    """Write the tables of a few statements, each of which stands in two graphs."""
    folder.mkdir(exist_ok=True)
    write_parquet(
        [Quad(f"{BASE}{s}", p, o.value, o.kind, o.datatype, o.language, f"{BASE}g{n}", "t#1") for s, p, o in statements for n in (1, 2)],
        folder / "quads",
    )
    with DuckDB(threads=1) as engine:
        quads = engine.quads([folder / "quads"])
        known = read_known(engine, quads)
        write_entities(engine, quads, known, folder)
    return {path.name: rows(path) for path in folder.glob("*.csv")}, known


def test_contradictions_are_shown(tmp_path: Path) -> None:
    tables, _ = written(
        tmp_path,
        ("p", RDF.type, iri(INNO.Project)),
        ("p", SCHEMA.startDate, literal("2020", "x:gYear")),
        ("p", SCHEMA.startDate, literal("2021-05", "x:gYearMonth")),
        ("p", SCHEMA.endDate, literal("soon")),
        ("p", INNO.totalCost, literal("12.50", "x:decimal")),
        ("p", INNO.declaredSize, literal("eleven")),
        ("p", SKOS.prefLabel, literal("P", language="fr")),
        ("q", RDF.type, iri(INNO.Project)),
    )
    one, other = tables["projects.csv"]
    assert (one["start"], one["end"], one["declared_size"], one["total_cost"], one["label_de"]) == ("", "", "", "12.50", "P")
    assert one["disputed"] == "start: 2020 | 2021-05; end: soon; declared_size: eleven"
    assert other["disputed"] == ""


def test_places_with_and_without_coordinates(tmp_path: Path) -> None:
    from kg.release.places import write_places

    def place(name: str, *numbers: tuple[str, str]) -> list[tuple[str, str, Term]]:
        return [(name, RDF.type, iri(INNO.Place)), *((name, predicate, literal(value)) for predicate, value in numbers)]

    tables, known = written(
        tmp_path,
        *place("good", (WGS.lat, "51.5"), (WGS.long, "-0.25")),
        *place("none"),
        *place("half", (WGS.lat, "51.5")),
        *place("two", (WGS.lat, "51.5"), (WGS.lat, "52"), (WGS.long, "1")),
        *place("off", (WGS.lat, "91"), (WGS.long, "1")),
        *place("word", (WGS.lat, "north"), (WGS.long, "1")),
        *place("nan", (WGS.lat, "NaN"), (WGS.long, "1")),
        ("land", RDF.type, iri(INNO.Place)),
        ("land", DCTERMS.identifier, literal("DE")),
        ("good", INNO.withinPlace, iri(f"{BASE}region")),
        ("region", RDF.type, iri(INNO.Place)),
        ("region", DCTERMS.identifier, literal("DEA52")),
        ("region", INNO.withinPlace, iri(f"{BASE}land")),
        ("land", INNO.withinPlace, iri(f"{BASE}good")),
        ("o", RDF.type, iri(INNO.Organisation)),
        ("o", INNO.location, iri(f"{BASE}good")),
    )
    found = write_places(known, tmp_path / "places.geojson", {})
    assert found._asdict() == {"places": 9, "located": 1, "without": 3, "disputed": 5}
    cells = {row["id"].removeprefix(BASE): row for row in tables["places.csv"]}
    assert (cells["good"]["latitude"], cells["good"]["longitude"], cells["good"]["country"]) == ("51.5", "-0.25", "DE")
    assert cells["two"]["disputed"] == "latitude: 51.5 | 52"
    assert cells["off"]["disputed"] == "latitude: 91"
    assert [cells[name]["kind"] for name in ("land", "region", "good")] == ["country", "nuts-3", ""]
    assert tables["organisations.csv"][0]["country"] == "DE"
    assert Place().point is None


def test_geojson_is_what_the_standard_says(made: Release, request: pytest.FixtureRequest) -> None:
    """RFC 7946: longitude first, no `crs`, positions on the globe, identifiers unique; counts say what is left out."""
    data = described(made, "places.geojson")
    assert data["type"] == "FeatureCollection"
    assert "crs" not in data
    assert len({feature["id"] for feature in data["features"]}) == len(data["features"]) == data["counts"]["located"]
    assert sum(data["counts"][name] for name in ("located", "without", "disputed")) == data["counts"]["places"] == len(rows(made.path / "places.csv"))
    cells = {row["id"]: row for row in rows(made.path / "places.csv")}
    for feature in data["features"]:
        longitude, latitude = feature["geometry"]["coordinates"]
        assert (feature["type"], feature["geometry"]["type"]) == ("Feature", "Point")
        assert (longitude, latitude) == (float(cells[feature["id"]]["longitude"]), float(cells[feature["id"]]["latitude"]))
        assert -180 <= longitude <= 180
        assert -90 <= latitude <= 90
        assert {"name_de", "name_en", "kind"} <= set(feature["properties"])
    assert data["note"]["en"] in " ".join((made.path / "README.txt").read_text(encoding="utf-8").split())


def test_a_text_too_long_for_a_cell_is_said(tmp_path: Path) -> None:
    tables, known = written(
        tmp_path,
        ("p", RDF.type, iri(INNO.Project)),
        ("p", DCTERMS.description, literal("x" * 40_000, language="de")),
        ("p", DCTERMS.description, literal("short", language="en")),
    )
    assert (tables["projects.csv"][0]["description_de"], tables["projects.csv"][0]["description_en"]) == ("", "short")
    assert known.emptied["projects.csv"] == 1


def test_codes_of_the_tables_are_explained(dortmund: Release, graph: Build) -> None:
    known = {(scheme, row["code"]) for row in rows(dortmund.path / "codes.csv") for scheme in row["scheme"].split("; ")}
    for name, columns in {**entities.COLUMNS, **COLUMNS}.items():
        for column in columns:
            if not column.values.startswith("https://w3id.org/innokg/code/"):
                continue
            scheme = column.values.rsplit("/", 1)[-1]
            found = {code for row in rows(dortmund.path / name) for code in row[column.name].split("; ") if code}
            assert {(scheme, code) for code in found} <= known, (name, column.name)
    assert graph.id == dortmund.manifest["build"]
