"""The curated tables of Dortmund: whole, mapped without rest, evidenced; each test says how to repair them."""

from __future__ import annotations

import csv
import hashlib
import os
import re
from collections import Counter
from pathlib import Path

import pytest

from kg.build import Build
from kg.namespaces import CODE, INNO, RDF, SCHEMA
from kg.quads import Quad
from kg.sources.folder import ENTITY_COLUMNS, RELATION_COLUMNS, SOURCE_COLUMNS, read_folder
from kg.sources.statements import map_folder
from kg.store import Store, Table

ROOT = Path(__file__).resolve().parents[2]
DORTMUND = ROOT / "data" / "dortmund"
COLLECTED = Path(os.environ.get("KG_EVIDENCE", ROOT.parent / "shared" / "evidence" / "dortmund"))
needs_collection = pytest.mark.skipif(not COLLECTED.is_dir(), reason="the collected evidence is not on this machine (set KG_EVIDENCE to its folder)")
PREFIXES = """PREFIX inno: <https://w3id.org/innokg/ontology#> PREFIX role: <https://w3id.org/innokg/code/participation-role/>
PREFIX org: <http://www.w3.org/ns/org#> PREFIX project: <https://w3id.org/innokg/id/project/> PREFIX o: <https://w3id.org/innokg/id/organisation/>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> PREFIX adms: <http://www.w3.org/ns/adms#> PREFIX attestation: <https://w3id.org/innokg/code/attestation/>
PREFIX complete: <https://w3id.org/innokg/code/completeness/> PREFIX frame: <https://w3id.org/innokg/code/sampling-frame/> """


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def quads() -> list[Quad]:
    mapped, problems = map_folder(read_folder(DORTMUND))
    assert [problem.text() for problem in problems] == [], "repair the rows named"
    return mapped


def values(store: Store, query: str) -> list[tuple[str, ...]]:
    result = store.query(PREFIXES + query)
    assert isinstance(result, Table)
    return [tuple("" if term is None else term.value.rsplit("/", 1)[-1] for term in row) for row in result.rows]


@needs_collection
@pytest.mark.parametrize(
    ("name", "columns", "count"), [("sources", SOURCE_COLUMNS, 242), ("entities", ENTITY_COLUMNS, 500), ("relations", RELATION_COLUMNS, 1150)]
)
def test_collected_rows_are_unchanged(name: str, columns: tuple[str, ...], count: int) -> None:
    """New columns stand at the end, new rows behind the collected ones; nothing collected was changed."""
    collected, kept = rows(COLLECTED / f"{name}.csv"), rows(DORTMUND / f"{name}.csv")
    assert len(collected) == count
    assert tuple(kept[0])[: len(columns)] == columns
    assert [{c: row[c] for c in columns} for row in kept[:count]] == [{c: row[c] for c in columns} for row in collected]


@needs_collection
def test_the_collected_layout_maps_unchanged() -> None:
    """A folder with the three tables only, in the collected layout, maps without a problem (contracts, section 2)."""
    mapped, problems = map_folder(read_folder(COLLECTED))
    assert [problem.text() for problem in problems] == []
    assert {quad.origin for quad in mapped if quad.origin.startswith("dortmund/relations.csv")} >= {
        f"dortmund/relations.csv#{n}" for n in range(2, 1152)
    }


@needs_collection
def test_quotes_of_the_starting_page_are_found_again() -> None:
    text_file = COLLECTED / "texts" / "seed-sfs-2022.txt"
    text = text_file.read_text(encoding="utf-8")
    quoted = [row for row in rows(DORTMUND / "relations.csv") if row["quote"]]
    for row in quoted:
        assert text[int(row["quote_start"]) : int(row["quote_end"])] == row["quote"], row
        assert len(row["quote"]) <= 200, "quote shortly: the text is not ours to publish"
    seed = next(row for row in rows(DORTMUND / "sources.csv") if row["source_id"] == "seed-sfs-2022")
    assert seed["content_hash"] == "sha256:" + hashlib.sha256(text_file.read_bytes()).hexdigest()


def test_the_starting_page_is_quoted() -> None:
    """Every row of the starting page but one (the page does not say the award's name) carries a quotation."""
    seed = [row for row in rows(DORTMUND / "relations.csv") if row["source_id"] == "seed-sfs-2022"]
    assert [(r["subject_id"], r["predicate"], r["object_id"]) for r in seed if not r["quote"]] == [
        ("icapital-award-2021", "partOf", "icapital-award")
    ]


def test_every_row_becomes_a_claim(quads: list[Quad]) -> None:
    claimed = {quad.origin for quad in quads if quad.predicate == RDF.type and quad.object == INNO.Claim}
    count = len(rows(DORTMUND / "relations.csv"))
    assert {f"dortmund/relations.csv#{n}" for n in range(2, count + 2)} <= claimed


def test_every_claim_has_evidence_and_every_source_a_date(quads: list[Quad]) -> None:
    claims = {quad.subject for quad in quads if quad.predicate == RDF.type and quad.object == INNO.Claim}
    assert claims == {quad.subject for quad in quads if quad.predicate == INNO.evidence}
    read = {quad.subject: quad.object for quad in quads if quad.predicate == INNO.retrievedAt}
    assert len(read) == 242
    assert set(read.values()) == {"2026-11-22T00:00:00Z"}
    assert sum(quad.predicate == INNO.contentHash for quad in quads) == 1


def test_no_persons(quads: list[Quad]) -> None:
    assert not [quad for quad in quads if quad.object in ("http://xmlns.com/foaf/0.1/Person", "https://schema.org/Person")]


def test_codes_used_exist(quads: list[Quad], graph: Build) -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "ontology" / "codes").glob("*.ttl"))
    used = {
        quad.object for quad in quads if quad.object.startswith(CODE) and not quad.object.startswith((CODE + "topic", CODE + "identifier-scheme"))
    }
    missing = {iri for iri in used if f"<{iri}>" not in text and not re.search(rf":{re.escape(iri.rsplit('/', 1)[1])}\b", text)}
    assert not missing


def test_sfs_in_t_factor_is_one_participation(store: Store) -> None:
    found = values(
        store, "SELECT ?role WHERE { ?p inno:inInitiative project:t-factor ; inno:participant o:sozialforschungsstelle ; inno:role ?role }"
    )
    assert found == [("partner",)]


def test_one_participation_per_pair_and_role(store: Store) -> None:
    query = """SELECT ?i ?o ?r (COUNT(?p) AS ?n) WHERE { ?p inno:inInitiative ?i ; inno:participant ?o ; inno:role ?r } GROUP BY ?i ?o ?r HAVING (COUNT(?p) > 1)"""
    assert values(store, query) == []


def test_eight_projects_are_known_through_the_university_only(store: Store) -> None:
    query = """SELECT DISTINCT ?project WHERE { ?p inno:participant o:sozialforschungsstelle ; inno:inInitiative ?project . ?project a inno:Project .
      FILTER NOT EXISTS { ?q inno:participant o:sozialforschungsstelle ; inno:inInitiative ?project . ?c rdf:subject ?q ; inno:attestation attestation:stated } }"""
    expected = {"siscode", "sike", "essa", "beyond-4-0", "sic", "arte", "jobact-europe", "awiew"}
    assert {row[0] for row in values(store, query)} == expected


def test_identifiers_of_universities_stay_with_them(store: Store) -> None:
    query = "SELECT ?o WHERE { ?o inno:parentIdentifier ?i FILTER NOT EXISTS { ?o adms:identifier ?own } } GROUP BY ?o ORDER BY ?o"
    assert [row[0] for row in values(store, query)] == ["fh-muenster", "uct-bertha", "uni-sydney"]


def test_completeness_of_consortia(store: Store) -> None:
    query = "SELECT ?p ?c WHERE { ?p inno:declaredSize ?n ; inno:completeness ?c } ORDER BY ?p"
    assert dict(values(store, query)) == {  # type: ignore[arg-type]
        "dynaklim": "partial",
        "iresilience": "complete",
        "is2h4c": "partial",
        "kosi-lab": "complete",
        "si-drive": "partial",
        "sic": "complete",
        "simpact": "complete",
        "t-factor": "complete",
    }
    assert values(store, "SELECT (COUNT(?p) AS ?n) WHERE { ?p a inno:Project FILTER NOT EXISTS { ?p inno:completeness ?c } }") == [("0",)]


def test_sampling_frame(store: Store) -> None:
    query = "SELECT ?frame ?around WHERE { <https://w3id.org/innokg/graph/dortmund> inno:samplingFrame ?frame ; inno:sampledAround ?around }"
    assert values(store, query) == [("ego-sampled", "sozialforschungsstelle")]


def test_same_role_at_two_levels_is_no_contradiction(store: Store) -> None:
    """SPIRE-SAIS: sfs and TU Dortmund are both named as coordinator; both stand, neither is disputed."""
    query = "SELECT ?o WHERE { ?p inno:inInitiative project:spire-sais ; inno:role role:coordinator ; inno:participant ?o } ORDER BY ?o"
    assert [row[0] for row in values(store, query)] == ["sozialforschungsstelle", "tu-dortmund"]
    query = "SELECT ?c WHERE { ?p inno:inInitiative project:spire-sais ; inno:role role:coordinator . ?c rdf:subject ?p ; inno:contradicts ?d }"
    assert values(store, query) == []


def test_end_of_funding_is_not_end_of_project(store: Store) -> None:
    query = f"SELECT ?end ?funded WHERE {{ project:iresilience <{SCHEMA.endDate}> ?end . ?f inno:funds project:iresilience ; <{SCHEMA.endDate}> ?funded }}"
    assert values(store, query) == [("2021-10-31", "2022-06-30")]


def test_known_contradictions_are_open(store: Store) -> None:
    """Properties on which claims contradict each other, with their subjects (docs: data/dortmund/README.md)."""
    query = "SELECT DISTINCT ?s ?p WHERE { ?c inno:contradicts ?d ; rdf:subject ?s ; rdf:predicate ?p }"
    found = {(subject, predicate.rsplit("#", 1)[-1]) for subject, predicate in values(store, query)}
    entities = {pair for pair in found if not re.fullmatch(r"[0-9a-f]{16}", pair[0])}
    ends = "beyond-4-0 essa evolving-regions guide icapital-netzwerktreffen-2022 incluscience iresilience sic spire-sais"
    starts = "essi icapital-netzwerktreffen-2022 sic sozialforschungsstelle technologiepark-dortmund tzdo"
    assert entities == {
        *((name, "endDate") for name in ends.split()),
        *((name, "startDate") for name in starts.split()),
        *((name, "declaredSize") for name in ("dynaklim", "kosi-lab", "simpact", "t-factor")),
        *{("do-hafen-schuetzenstrasse", "altLabel"), ("ecce", "location"), ("kosi-lab", "partOf"), ("union-gewerbehof", "operatedBy")},
    }
    nodes = Counter(predicate for subject, predicate in found - entities)
    # Winners of 2014 and 2016, the second prize of 2021, six funding periods, the day of the network meeting at its venue.
    assert nodes == Counter({"inEdition": 6, "amount": 2, "endDate": 7, "startDate": 1})
