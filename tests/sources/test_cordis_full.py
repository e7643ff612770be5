"""All of Horizon Europe, and Horizon 2020 as assembled: counts, sums and oddities of the tables stand in the quads (README files of the data)."""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from kg.engine.duckdb import DuckDB
from kg.namespaces import ADMS, BASE, CODE, DCTERMS, INNO, ORG, RDF, SKOS
from kg.sources.cordis import CordisSource, read_cordis
from tests.sources.deliveries import POINTS, SHARED, Expected, Plain, near, read

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SHARED.is_dir(), reason="needs the whole deliveries in ../shared/data/cordis (HORIZON and H2020/assembled)"),
]
ROLE = f"{CODE}participation-role/"


class Mapped(NamedTuple):
    """A delivery, its source and the file of its quads."""

    source: CordisSource
    parquet: Path


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDB]:
    with DuckDB(threads=1, memory="300MB", spill=tmp_path_factory.mktemp("spill")) as opened:
        yield opened


def mapped(engine: DuckDB, folder: Path, work: Path) -> Mapped:
    source = read_cordis(engine, folder, work / "work", base=BASE)
    engine.to_parquet(source.quads, work / "quads.parquet")
    return Mapped(source, work / "quads.parquet")


@pytest.fixture(scope="module")
def horizon(engine: DuckDB, tmp_path_factory: pytest.TempPathFactory) -> Mapped:
    """Horizon Europe, mapped once."""
    return mapped(engine, SHARED / "HORIZON", tmp_path_factory.mktemp("horizon"))


@pytest.fixture(scope="module")
def h2020(engine: DuckDB, tmp_path_factory: pytest.TempPathFactory) -> Mapped:
    """Horizon 2020 as assembled, mapped once."""
    return mapped(engine, SHARED / "H2020" / "assembled", tmp_path_factory.mktemp("h2020"))


@pytest.fixture(scope="module")
def tables() -> dict[str, list[dict[str, str]]]:
    """The tables of Horizon Europe, read by the csv module."""
    return Plain(SHARED / "HORIZON").rows


@pytest.fixture(scope="module")
def rows(tables: dict[str, list[dict[str, str]]]) -> list[dict[str, str]]:
    """organization.csv of Horizon Europe."""
    return tables["organization"]


def query(engine: DuckDB, made: Mapped, sql: str) -> list[tuple[Any, ...]]:
    """Ask the quad table."""
    found: list[tuple[Any, ...]] = engine._connection.raw_sql(sql.replace("QUADS", f"read_parquet('{made.parquet}')")).fetchall()
    return found


def classes(engine: DuckDB, made: Mapped) -> dict[str, int]:
    return dict(query(engine, made, f"SELECT object, count(DISTINCT subject) FROM QUADS WHERE predicate = '{RDF.type}' GROUP BY 1"))


def test_horizon_is_whole(engine: DuckDB, horizon: Mapped) -> None:
    """15,188 projects, 101,391 participations, 27,690 organisations in 172 countries, nothing left out, nothing twice."""
    found = classes(engine, horizon)
    assert found[INNO.Project] == found[INNO.Funding] == 15_188
    assert found[INNO.Participation] == 101_391
    assert found[INNO.Organisation] == found[ORG.FormalOrganization] == 27_690
    assert horizon.source.rejected == 0
    assert not horizon.source.notes
    assert horizon.source.settings.name == "cordis-horizon"
    assert horizon.source.settings.frame.kind == "census"
    assert horizon.source.settings.state == "2025-10-28"
    total, distinct, graphs = query(
        engine, horizon, "SELECT count(*), count(DISTINCT (subject, predicate, object, kind, datatype, language)), count(DISTINCT graph) FROM QUADS"
    )[0]
    assert total == distinct
    assert graphs == 1


def test_countries_keep_the_codes_of_the_source(engine: DuckDB, horizon: Mapped, rows: list[dict[str, str]]) -> None:
    """172 countries in the table; regions may lie in further ones. Greece is EL and `country-GR`, the United Kingdom UK and `country-GB`."""
    found = dict(
        query(
            engine, horizon, f"SELECT object, subject FROM QUADS WHERE predicate = '{DCTERMS.identifier}' AND subject LIKE '{BASE}id/place/country-%'"
        )
    )
    assert len({row["country"] for row in rows} - {""}) == 172
    assert {row["country"] for row in rows} - {""} <= found.keys()
    assert found["EL"].endswith("/country-GR")
    assert found["UK"].endswith("/country-GB")
    assert found["XK"].endswith("/country-XK")
    assert len(set(found.values())) == len(found)


def test_every_project_has_one_coordinator(engine: DuckDB, horizon: Mapped) -> None:
    sql = f"""SELECT project.object, count(*) FROM QUADS AS role JOIN QUADS AS project USING (subject)
    WHERE role.predicate = '{INNO.role}' AND role.object = '{ROLE}coordinator' AND project.predicate = '{INNO.inInitiative}' GROUP BY 1"""
    found = dict(query(engine, horizon, sql))
    assert len(found) == 15_188
    assert set(found.values()) == {1}


def test_roles(engine: DuckDB, horizon: Mapped) -> None:
    found = dict(query(engine, horizon, f"SELECT object, count(*) FROM QUADS WHERE predicate = '{INNO.role}' GROUP BY 1"))
    assert found == {f"{ROLE}partner": 65_374, f"{ROLE}associated-partner": 16_116, f"{ROLE}coordinator": 15_188, f"{ROLE}third-party": 4_713}


def test_sums_agree_to_the_last_digit(engine: DuckDB, horizon: Mapped, tables: dict[str, list[dict[str, str]]]) -> None:
    """Exact decimals on both sides; and as many amounts as cells: empty gives none, 0 is 0."""
    rows, projects = tables["organization"], tables["project"]
    cells = [
        (INNO.contribution, rows, "ecContribution"),
        (INNO.netContribution, rows, "netEcContribution"),
        (INNO.amount, projects, "ecMaxContribution"),
    ]
    for predicate, table, column in cells:
        (total, count, zeros), *_ = query(
            engine,
            horizon,
            f"SELECT sum(object::DECIMAL(38,18)), count(*), count(*) FILTER (object = '0') FROM QUADS WHERE predicate = '{predicate}'",
        )
        values = [Decimal(row[column]) for row in table if row[column]]
        assert (Decimal(total), count, zeros) == (sum(values), len(values), sum(not value for value in values)), column
    costs = [Decimal(row["totalCost"]) for table in (rows, projects) for row in table if row["totalCost"]]
    (total, count), *_ = query(engine, horizon, f"SELECT sum(object::DECIMAL(38,18)), count(*) FROM QUADS WHERE predicate = '{INNO.totalCost}'")
    assert (Decimal(total), count) == (sum(costs), len(costs))


def test_pairs_that_occur_twice_are_kept_apart(engine: DuckDB, horizon: Mapped, rows: list[dict[str, str]]) -> None:
    """177 pairs of project and organisation have several participations each."""
    by_hand = Counter((row["projectID"], row["organisationID"]) for row in rows)
    sql = f"""SELECT project.object, organisation.object, count(*) FROM QUADS AS project JOIN QUADS AS organisation USING (subject)
    WHERE project.predicate = '{INNO.inInitiative}' AND organisation.predicate = '{INNO.participant}' GROUP BY 1, 2 HAVING count(*) > 1"""
    found = {(one.rsplit("-", 1)[-1], other.rsplit("-", 1)[-1]): times for one, other, times in query(engine, horizon, sql)}
    assert found == {pair: times for pair, times in by_hand.items() if times > 1}
    assert len(found) == 177


def test_organisations_spelled_several_ways_are_one(engine: DuckDB, horizon: Mapped, rows: list[dict[str, str]]) -> None:
    """One label each; the others beside it. One name may be two organisations (42 names)."""
    spelled: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        spelled[row["organisationID"]].add(row["name"])
    sql = f"SELECT subject, count(*) FROM QUADS WHERE predicate = '{SKOS.prefLabel}' AND subject LIKE '{BASE}id/organisation/%' GROUP BY 1"
    assert set(dict(query(engine, horizon, sql)).values()) == {1}
    assert sum(len(names) > 1 for names in spelled.values()) == 18
    for pic in (pic for pic, names in spelled.items() if len(names) > 1):
        labels = query(
            engine,
            horizon,
            f"SELECT object FROM QUADS WHERE subject = '{BASE}id/organisation/pic-{pic}' AND predicate IN ('{SKOS.prefLabel}', '{SKOS.altLabel}', '{INNO.acronym}')",
        )
        assert spelled[pic] <= {label for (label,) in labels}


def test_oddities_of_text(engine: DuckDB, horizon: Mapped, tables: dict[str, list[dict[str, str]]]) -> None:
    """Lines inside fields, text that looks like markup, normal form C, no blanks at the ends."""
    objectives = dict(
        query(engine, horizon, f"SELECT subject, object FROM QUADS WHERE predicate = '{DCTERMS.description}' AND subject LIKE '%/project/%'")
    )
    assert sum("\n" in text for text in objectives.values()) >= 7_770
    assert sum("\n" in row["objective"] for row in tables["project"]) >= 7_770
    assert "<payload>" in objectives[f"{BASE}id/project/cordis-101093186"]
    assert "<10pW" in objectives[f"{BASE}id/project/cordis-101081567"]
    assert all(text == text.strip() for text in objectives.values())
    titles = query(
        engine, horizon, f"SELECT count(*) FROM QUADS WHERE predicate = '{SKOS.prefLabel}' AND language = 'en' AND object <> nfc_normalize(object)"
    )
    assert titles == [(0,)]


def test_sampled_projects_field_by_field(engine: DuckDB, horizon: Mapped, tables: dict[str, list[dict[str, str]]]) -> None:
    """300 projects with all their rows, and the largest consortium: what the quads say of them is what the rows say, both ways."""
    chance = random.Random(20251028)
    ids = set(chance.sample([row["id"] for row in tables["project"]], 300)) | {"101057014"}
    plain = Plain(
        SHARED / "HORIZON", rows={stem: [row for row in found if row.get("projectID", row.get("id")) in ids] for stem, found in tables.items()}
    )
    plain.projects()
    plain.links()
    plain.participations()
    plain.sciences()
    subjects = {subject for pairs in plain.found.values() for subject, _ in pairs if re.search("/id/(project|funding|participation)/", subject)}
    assert len(subjects) > 2_000
    found = statements(engine, horizon, f"subject IN ({', '.join(repr(subject) for subject in sorted(subjects))})")
    for predicate in plain.found.keys() | found.keys():
        assert found[predicate] == {pair for pair in plain.found[predicate] if pair[0] in subjects}, predicate


def statements(engine: DuckDB, made: Mapped, which: str) -> Expected:
    """Return subjects and objects by predicate."""
    found: Expected = defaultdict(set)
    for subject, predicate, value, kind, datatype, language in query(
        engine, made, f"SELECT subject, predicate, object, kind, datatype, language FROM QUADS WHERE {which}"
    ):
        found[predicate].add((subject, (value, "iri" if kind == "iri" else f"@{language}" if language else datatype)))
    return found


def test_places_and_organisations_of_the_whole_delivery(engine: DuckDB, horizon: Mapped, rows: list[dict[str, str]]) -> None:
    """All cities, regions and countries, and all that is said of every organisation."""
    plain = Plain(SHARED / "HORIZON", rows={"organization": rows})
    plain.places()
    plain.organisations()
    found = statements(
        engine, horizon, f"subject LIKE '{BASE}id/place/%' OR subject LIKE '{BASE}id/organisation/%' OR subject LIKE '{BASE}id/geometry/%'"
    )
    for predicate in found:
        by_hand = {pair for pair in plain.found[predicate] if "/id/identifier/" not in pair[0]}
        if predicate in POINTS:
            assert near(found[predicate], by_hand)
        else:
            assert not sorted(found[predicate] ^ by_hand)[:5], predicate


def test_h2020_has_all_projects_and_says_what_is_missing(engine: DuckDB, h2020: Mapped) -> None:
    found = classes(engine, h2020)
    assert found[INNO.Project] == 35_381
    assert found[INNO.Participation] == 118_734
    assert h2020.source.rejected == 0
    assert h2020.source.settings.name == "cordis-h2020"
    assert h2020.source.settings.frame.kind == "partial"
    english, german = {note.en for note in h2020.source.notes}, {note.de for note in h2020.source.notes}
    assert "16,424 of 35,381 projects have no participation: the frame is partial." in english
    assert "16.424 von 35.381 Projekten haben keine Beteiligung: Die Stichprobe ist unvollständig (partial)." in german
    assert "12,167 participations name no organisation." in english
    for table in ("legalBasis", "euroSciVoc", "webLink"):
        assert f"There is no table {table}." in english
    for column in ("city", "nutsCode", "geolocation", "order", "SME"):
        assert f"assembled/organization.csv: {column} is empty in every row." in english


def test_t_factor_is_there(engine: DuckDB, h2020: Mapped) -> None:
    """25 participations, coordinated by ANCI Toscana, 7,998,425 euros."""
    me = f"{BASE}id/project/cordis-868887"
    count = query(engine, h2020, f"SELECT count(*) FROM QUADS WHERE predicate = '{INNO.inInitiative}' AND object = '{me}'")
    assert count == [(25,)]
    amount = query(engine, h2020, f"SELECT object FROM QUADS WHERE subject = '{BASE}id/funding/cordis-868887' AND predicate = '{INNO.amount}'")
    assert amount == [("7998425",)]
    identifiers = query(engine, h2020, f"SELECT object FROM QUADS WHERE subject = '{me}' AND predicate = '{ADMS.identifier}'")
    assert (f"{BASE}id/identifier/cordis-rcn-229098",) in identifiers


def test_h2020_sums_and_pairs(engine: DuckDB, h2020: Mapped) -> None:
    rows = read(SHARED / "H2020" / "assembled", "organization")
    values = [Decimal(row["ecContribution"]) for row in rows if row["ecContribution"]]
    (total, count), *_ = query(engine, h2020, f"SELECT sum(object::DECIMAL(38,18)), count(*) FROM QUADS WHERE predicate = '{INNO.contribution}'")
    assert (Decimal(total), count) == (sum(values), len(values))
    assert len({(row["projectID"], row["organisationID"], row["role"]) for row in rows}) == len(rows), "without an order no two rows share a key"
