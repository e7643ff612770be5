"""All of Horizon Europe as a quad table, mapped as docs/decisions/0005-bulk.md says, as far as the network needs it; and plain counts over the CSV."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable, Iterator
from itertools import combinations
from pathlib import Path

import pytest

from kg.build import Build

ROOT = Path(__file__).resolve().parents[2]
TABLES = ROOT.parent / "shared" / "data" / "cordis" / "HORIZON"
BASE = "https://w3id.org/innokg/"
needs_horizon = pytest.mark.skipif(not (TABLES / "organization.csv.gz").exists(), reason="needs ../shared/data/cordis/HORIZON")

_ROLES = {
    "coordinator": "coordinator",
    "participant": "partner",
    "partner": "partner",
    "associatedPartner": "associated-partner",
    "internationalPartner": "associated-partner",
    "thirdParty": "third-party",
    "": "unspecified",
}
_KINDS = {"HES": "university", "REC": "research-institute", "PRC": "company", "PUB": "public-body"}


def rows(projects: Iterable[str] | None = None) -> Iterator[dict[str, str]]:
    """Return the rows of `organization.csv`, of some projects or of all."""
    chosen = set(projects) if projects is not None else None
    with gzip.open(TABLES / "organization.csv.gz", "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            if chosen is None or row["projectID"] in chosen:
                yield row


def teams(table: Iterable[dict[str, str]], without: Iterable[str] = ()) -> dict[str, set[str]]:
    """Return the organisations of each project, participations in some roles left out."""
    left_out = set(without)
    found: dict[str, set[str]] = {}
    for row in table:
        if _ROLES[row["role"]] not in left_out:
            found.setdefault(row["projectID"], set()).add(row["organisationID"])
    return found


def pairs(found: dict[str, set[str]]) -> dict[tuple[str, str], tuple[float, int]]:
    """Return weight after Newman and number of shared projects of each pair, by loops."""
    result: dict[tuple[str, str], tuple[float, int]] = {}
    for project in sorted(found):
        for pair in combinations(sorted(found[project]), 2):
            weight, count = result.get(pair, (0.0, 0))
            result[pair] = (weight + 1 / (len(found[project]) - 1), count + 1)
    return result


def build(folder: Path) -> Build:
    """Write the quad table of Horizon Europe and return it as a build without a store."""
    import duckdb

    quads = folder / "quads"
    quads.mkdir(parents=True)
    roles, kinds = (
        f"CASE {column} " + " ".join(f"WHEN '{key}' THEN '{value}'" for key, value in codes.items()) + " END"
        for column, codes in (("role", _ROLES), ("activityType", _KINDS))
    )
    connection = duckdb.connect(config={"threads": 1})
    options = "delim=';', header=true, quote='\"', escape='\"', all_varchar=true, max_line_size=16000000"
    connection.execute(
        f"""CREATE TABLE organisation AS SELECT row_number() OVER () + 1 AS row, 'id/participation/' || row AS node, projectID AS project,
          'id/organisation/pic-' || organisationID AS body, name, {roles} AS role, {kinds} AS kind, "order" AS place
          FROM read_csv('{TABLES / "organization.csv.gz"}', {options})"""
    )
    ontology, rdf = f"{BASE}ontology#", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    code, integer = f"{BASE}code/", "http://www.w3.org/2001/XMLSchema#integer"
    label, classification = "http://www.w3.org/2004/02/skos/core#prefLabel", "http://www.w3.org/ns/org#classification"
    iri = "'iri', '', ''"
    statements = [
        f"SELECT DISTINCT 'id/project/cordis-' || project, '{rdf}type', '{ontology}Project', {iri} FROM organisation",
        f"SELECT node, '{rdf}type', '{ontology}Participation', {iri} FROM organisation",
        f"SELECT node, '{ontology}inInitiative', '{BASE}id/project/cordis-' || project, {iri} FROM organisation",
        f"SELECT node, '{ontology}participant', '{BASE}' || body, {iri} FROM organisation",
        f"SELECT node, '{ontology}role', '{code}participation-role/' || role, {iri} FROM organisation",
        f"SELECT node, '{ontology}order', place, 'literal', '{integer}', '' FROM organisation",
        f"SELECT DISTINCT body, '{rdf}type', '{ontology}Organisation', {iri} FROM organisation",
        f"SELECT body, '{label}', min(name), 'literal', '{rdf}langString', 'en' FROM organisation GROUP BY body",
        f"SELECT DISTINCT body, '{classification}', '{code}organisation-kind/' || kind, {iri} FROM organisation WHERE kind IS NOT NULL",
    ]
    union = " UNION ALL ".join(f"({statement})" for statement in statements)
    columns = "t(subject, predicate, object, kind, datatype, language)"
    connection.execute(
        f"COPY (SELECT '{BASE}' || subject AS subject, predicate, object, kind, datatype, language, '{BASE}graph/cordis-horizon' AS graph, "
        f"'HORIZON/organization.csv#1' AS origin FROM ({union}) AS {columns} ORDER BY predicate, subject) "
        f"TO '{quads / 'cordis-horizon.parquet'}' (FORMAT parquet, COMPRESSION zstd)"
    )
    connection.close()
    frame = {"kind": "census", "around": "", "date": "2025-10-28", "population": {"de": "Horizont Europa", "en": "Horizon Europe"}}
    source = {"name": "cordis-horizon", "frame": frame}
    title = {"de": "Horizont Europa", "en": "Horizon Europe"}
    return Build(folder, {"id": "horizon", "base": BASE, "name": "cordis-horizon", "title": title, "state": "2025-10-28", "sources": [source]})
