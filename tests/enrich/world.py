"""A small folder and tables at hand for tests of enrichment."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kg.enrich.cordis import City, Cordis, Links, RorOfPic
from kg.enrich.model import Citation, Enrichment
from kg.enrich.propose import Tables, propose
from kg.enrich.records import Countries, Record
from kg.link.sssom import SEMAPV, EntityMapping
from kg.namespaces import BASE
from tests.sources.folders import csv_text, entity, relation, source, write_folder

COUNTRIES = Countries()
SETTINGS = '[graph]\nname = "small"\nbase = "https://example.org/small/"\nstate = "2026-01-02"\n'
PIC = "pic:999848453"
TU_ROR, FH_ROR, ZSI_ROR = "ror:01k97gp34", "ror:03dv91853", "ror:044xeax47"


def institution(name: str, label: str, **cells: str) -> dict[str, str]:
    return entity(name, "Institution", label_de=label, label_en=label, kind="research-institute", description_de="Eine Einrichtung.", **cells)


def small(path: Path, *, decisions: list[dict[str, str]] | None = None, **changes: Mapping[str, str]) -> Path:
    """Write a folder: a university in a city, its institute, an unrelated institute, and a place far away."""
    rows = [
        entity("dortmund", "Place", label_de="Dortmund", label_en="Dortmund", lat="51.51", lon="7.46", description_de="Eine Stadt."),
        institution("tu", "Technische Universität Dortmund", alt_labels="TU Dortmund"),
        institution("sfs", "Sozialforschungsstelle Dortmund", alt_labels="sfs"),
        institution("irpud", "Institut für Raumplanung, TU Dortmund", alt_labels="IRPUD;TU Dortmund"),
        institution("zsi", "Zentrum für Soziale Innovation", alt_labels="ZSI", url="https://www.zsi.at"),
    ]
    for row in rows:
        row.update(changes.get(row["entity_id"], {}))
    relations = [relation("sfs", "partOf", "tu"), relation("tu", "locatedIn", "dortmund")]
    folder = write_folder(path, [source("s1", retrieved_at="2026-01-02")], rows, relations, SETTINGS)
    if decisions:
        columns = ("target", "decision", "value", "who", "when", "why")
        (folder / "decisions.csv").write_text(csv_text(columns, decisions), encoding="utf-8", newline="")
    return folder


def record(row: int, name: str, *ids: str, table: str = "x.csv", country: str = "", city: str = "", **cells: str) -> Record:
    return Record(table, row, (name,), ids, country, city, citation="ref-x", **cells)  # type: ignore[arg-type]


def found(folder: Path, *records: Record, cordis: Cordis | None = None, links: Links | None = None, kind: str = "") -> Enrichment:
    citations = {"ref-x": Citation("ref-x", "x.csv")}
    return propose(folder, Tables(records, citations=citations, cordis=cordis, links=links), COUNTRIES, kind=kind)


def link(entity_: str, pic: str, label: str, *, reviewed: bool = True) -> EntityMapping:
    how = SEMAPV + ("MappingReview" if reviewed else "LexicalMatching")
    return EntityMapping(
        f"{BASE}id/organisation/{entity_}",
        object_id=f"{BASE}id/organisation/pic-{pic}",
        object_label=label,
        mapping_justification=how,
        reviewer_label="Redaktion",
        object_source=f"{BASE}graph/cordis-test",
    )


def deliveries(*records: tuple[str, Record], rors: Mapping[str, RorOfPic] | None = None, cities: list[City] | None = None) -> Cordis:
    citation = Citation("ref-cordis-test", "CORDIS", "https://cordis.europa.eu")
    return Cordis({f"{BASE}id/organisation/pic-{pic}": item for pic, item in records}, cities or [], {citation.source_id: citation}, dict(rors or {}))


def values(enrichment: Enrichment, column: str = "identifiers") -> dict[tuple[str, str], float]:
    return {(p.entity, p.value): p.score for p in enrichment.proposals if p.column == column}
