"""Rows become statements as docs/decisions/0001-model.md says."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from kg.namespaces import DCTERMS, INNO, ORG, RDF, SCHEMA, code
from kg.quads import Quad
from kg.sources.folder import read_folder
from kg.sources.statements import map_folder
from tests.sources.folders import csv_text, entity, relation, source, write_folder

BASE = "https://example.org/t/"
SETTINGS = '[graph]\nname = "t"\nbase = "https://example.org/t/"\nstate = "2026-01-02"\n[frame]\nkind = "partial"\n'
ENTITIES = [
    entity("p", "Project", start="2020-01-01"),
    entity("q", "Project"),
    entity("a", "Institution"),
    entity("b", "Institution"),
    entity("c", "Institution", kind="company"),
    entity("city", "Place"),
    entity("prog", "Programme"),
    entity("award", "Award"),
    entity("award-1", "Award"),
    entity("event", "Event", start="2021"),
    entity("camp", "Campaign"),
    entity("doc", "Document"),
    entity("topic", "Topic"),
]
SOURCES = [source("s1"), source("s2"), source("s3", publisher="s2")]


def quads_of(path: Path, relations: list[dict[str, str]], entities: list[dict[str, str]] | None = None, **tables: str) -> list[Quad]:
    folder = write_folder(path / "t", SOURCES, entities or ENTITIES, relations, SETTINGS)
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    quads, problems = map_folder(read_folder(folder))
    assert [problem.text() for problem in problems] == []
    return quads


def plain(quads: Iterable[Quad]) -> set[tuple[str, str, str]]:
    """Triples outside the evidence graph."""
    return {quad[:3] for quad in quads if not quad.graph.endswith("-evidence")}


def iri(kind: str, key: str) -> str:
    return f"{BASE}id/{kind}/{key}"


def values(quads: Iterable[Quad], subject: str, predicate: str) -> set[str]:
    return {o for s, p, o in plain(quads) if (s, p) == (subject, predicate)}


def participations(quads: Iterable[Quad]) -> set[tuple[str, str, str]]:
    """(initiative, organisation, role) of every participation, by local names."""
    triples = plain(quads)
    nodes = {s for s, p, o in triples if p == RDF.type and o == INNO.Participation}
    links = {(s, p): o.rsplit("/", 1)[-1] for s, p, o in triples if s in nodes and p != RDF.type}
    return {(links[n, INNO.inInitiative], links[n, INNO.participant], links[n, INNO.role]) for n in nodes}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (relation("a", "partOf", "b"), (iri("organisation", "a"), ORG.subOrganizationOf, iri("organisation", "b"))),
        (relation("p", "partOf", "prog"), (iri("project", "p"), INNO.partOf, iri("programme", "prog"))),
        (relation("award-1", "partOf", "award"), (iri("award-edition", "award-1"), INNO.editionOf, iri("award", "award"))),
        (relation("a", "hasSite", "city"), (iri("organisation", "a"), INNO.location, iri("place", "city"))),
        (relation("p", "hasSite", "q"), (iri("project", "p"), DCTERMS.relation, iri("project", "q"))),
        (relation("a", "locatedIn", "b"), (iri("organisation", "a"), ORG.linkedTo, iri("organisation", "b"))),
        (relation("city", "runBy", "a"), (iri("place", "city"), INNO.operatedBy, iri("organisation", "a"))),
        (relation("doc", "runBy", "a"), (iri("document", "doc"), DCTERMS.creator, iri("organisation", "a"))),
        (relation("city", "fundedBy", "prog"), (iri("programme", "prog"), INNO.supports, iri("place", "city"))),
        (relation("a", "developed", "doc"), (iri("organisation", "a"), INNO.developed, iri("document", "doc"))),
        (relation("p", "developed", "doc"), (iri("project", "p"), INNO.outcome, iri("document", "doc"))),
        (relation("p", "addresses", "topic"), (iri("project", "p"), DCTERMS.subject, f"{BASE}code/topic/topic")),
        (relation("a", "mentions", "p"), (iri("organisation", "a"), SCHEMA.mentions, iri("project", "p"))),
        (relation("p", "partOfCampaign", "camp"), (iri("project", "p"), INNO.featuredIn, iri("campaign", "camp"))),
        (relation("a", "awardedBy", "b"), None),
    ],
)
def test_plain_relations(tmp_path: Path, row: dict[str, str], expected: tuple[str, str, str] | None) -> None:
    folder = write_folder(tmp_path / "t", SOURCES, ENTITIES, [row], SETTINGS)
    quads, problems = map_folder(read_folder(folder))
    if expected is None:
        assert [problem.code for problem in problems] == ["wrong-pair"]
    else:
        assert problems == []
        assert expected in plain(quads)


def test_one_participation_per_role_code(tmp_path: Path) -> None:
    """Wordings that are no role, and dates, do not make a second participation."""
    rows = [
        relation("p", "hasParticipant", "a", role="vertreten durch"),
        relation("p", "hasParticipant", "a", role="Partner", start="2020-06-01", end="2024-05-31"),
        relation("p", "hasParticipant", "a", role="Fallstudie und zwei T-Labs", source_id="s2"),
    ]
    quads = quads_of(tmp_path, rows)
    assert participations(quads) == {("p", "a", "partner")}
    wordings = {quad.object for quad in quads if quad.predicate == INNO.roleWording}
    assert wordings == {"vertreten durch", "Partner", "Fallstudie und zwei T-Labs"}


def test_no_role_is_unspecified_never_a_guess(tmp_path: Path) -> None:
    rows = [relation("p", "hasParticipant", "a"), relation("p", "hasParticipant", "b", role="Klimawirkungsanalysen")]
    assert participations(quads_of(tmp_path, rows)) == {("p", "a", "unspecified"), ("p", "b", "unspecified")}


def test_two_roles_are_two_participations(tmp_path: Path) -> None:
    rows = [relation("p", "hasParticipant", "a", role="Partner und assoziierter Partner"), relation("p", "coordinatedBy", "b", role="Leader")]
    assert participations(quads_of(tmp_path, rows)) == {("p", "a", "partner"), ("p", "a", "associated-partner"), ("p", "b", "coordinator")}


def test_contributions_are_no_participations(tmp_path: Path) -> None:
    rows = [relation("a", p, "p") for p in ("developed", "contributedTo", "supports")] + [relation("a", "featuredIn", "event")]
    assert participations(quads_of(tmp_path, rows)) == set()


def test_a_city_that_acts_is_its_municipality(tmp_path: Path) -> None:
    rows = [relation("event", "hasParticipant", "city", role="Gaststadt")]
    assert participations(quads_of(tmp_path, rows)) == {("event", "municipality-city", "attendee")}
    known = [*ENTITIES, entity("town-hall", "Institution", kind="municipality", municipality_of="city")]
    assert participations(quads_of(tmp_path / "2", rows, known)) == {("event", "town-hall", "attendee")}


def test_a_folder_maps_wordings_of_its_own(tmp_path: Path) -> None:
    roles = "predicate,wording,scheme,code,rank,note\nhasParticipant,Socio,participation-role,partner,,\n"
    quads = quads_of(tmp_path, [relation("p", "hasParticipant", "a", role="Socio")], roles=roles)
    assert participations(quads) == {("p", "a", "partner")}


def end_dates(quads: Iterable[Quad]) -> set[str]:
    return values(quads, iri("project", "q"), SCHEMA.endDate)


def status_of(quads: list[Quad], value: str) -> set[str]:
    claims = {quad.subject for quad in quads if quad.predicate == RDF.object and quad.object == value}
    return {quad.object.rsplit("/", 1)[1] for quad in quads if quad.subject in claims and quad.predicate == INNO.claimStatus}


def end(value: str, by: str) -> dict[str, str]:
    return {"subject_id": "q", "predicate": "endDate", "value": value, "source_id": by, "evidence": "Beleg."}


def test_more_independent_publishers_win(tmp_path: Path) -> None:
    """s2 and s3 have one publisher: they count once, so the tie goes to the smallest value."""
    quads = quads_of(tmp_path, [end("2023-12-31", "s2"), end("2023-12-31", "s3"), end("2022-12-31", "s1")])
    assert end_dates(quads) == {"2022-12-31"}
    sources = [source("s1"), source("s2"), source("s3")]
    folder = write_folder(tmp_path / "2", sources, ENTITIES, [end("2023-12-31", "s2"), end("2023-12-31", "s3"), end("2022-12-31", "s1")], SETTINGS)
    independent, _ = map_folder(read_folder(folder))
    assert end_dates(independent) == {"2023-12-31"}
    assert status_of(independent, "2022-12-31") == {"disputed"}


def test_the_newest_dated_source_breaks_a_tie(tmp_path: Path) -> None:
    sources = [source("s1", published="2019"), source("s2", published="2022-05-01")]
    folder = write_folder(tmp_path / "t", sources, ENTITIES, [end("2022-12-31", "s1"), end("2023-12-31", "s2")], SETTINGS)
    quads, _ = map_folder(read_folder(folder))
    assert end_dates(quads) == {"2023-12-31"}


def test_the_entity_row_wins_and_a_decision_wins_over_it(tmp_path: Path) -> None:
    entities = [e if e["entity_id"] != "q" else {**e, "end": "2021-01-01"} for e in ENTITIES]
    rows = [end("2022-12-31", "s1"), end("2022-12-31", "s2")]
    assert end_dates(quads_of(tmp_path, rows, entities)) == {"2021-01-01"}
    head = ("target", "decision", "value", "who", "when", "why")
    decision = {"target": "q endDate 2022-12-31 s1", "decision": "accepted", "who": "team", "when": "2026-01-02", "why": "Bescheid."}
    assert end_dates(quads_of(tmp_path / "2", rows, entities, decisions=csv_text(head, [decision]))) == {"2022-12-31"}


def test_a_coarser_date_that_agrees_is_superseded(tmp_path: Path) -> None:
    quads = quads_of(tmp_path, [end("2022", "s1"), end("2022-12-31", "s2")])
    assert end_dates(quads) == {"2022-12-31"}
    assert status_of(quads, "2022") == {"superseded"}
    assert not [quad for quad in quads if quad.predicate == INNO.contradicts]


def test_contradictions_are_kept_and_linked(tmp_path: Path) -> None:
    quads = quads_of(tmp_path, [end("2022-12-31", "s1"), end("2023-12-31", "s2")])
    assert len(end_dates(quads)) == 1
    assert len({quad[:3] for quad in quads if quad.predicate == INNO.contradicts}) == 2


def test_a_disputed_node_has_claims_but_no_triples(tmp_path: Path) -> None:
    rows = [relation("award-1", "partOf", "award"), relation("award-1", "awardedTo", "city", start="2014")]
    head = ("target", "decision", "value", "who", "when", "why")
    decision = {"target": "award-1 awardedTo city s1", "decision": "disputed", "who": "team", "when": "2026-01-02", "why": "Zweifel."}
    quads = quads_of(tmp_path, rows, decisions=csv_text(head, [decision]))
    assert not any(p == INNO.candidate for _, p, _ in plain(quads))
    assert "disputed" in status_of(quads, iri("award-edition", "award-1"))


def test_an_identifier_of_the_parent_is_never_the_units_own(tmp_path: Path) -> None:
    entities = [*ENTITIES, entity("centre", "Institution", identifiers="ror:01k97gp34")]
    head = ("target", "decision", "value", "who", "when", "why")
    decision = {"target": "centre", "decision": "identifier-of-parent", "who": "team", "when": "2026-01-02", "why": "Hochschule."}
    triples = plain(quads_of(tmp_path, [], entities, decisions=csv_text(head, [decision])))
    predicates = {p for s, p, _ in triples if s == iri("organisation", "centre")}
    assert INNO.parentIdentifier in predicates
    assert not {p for p in predicates if p.endswith(("#identifier", "sameAs"))}


def test_units_and_bodies(tmp_path: Path) -> None:
    quads = quads_of(tmp_path, [relation("a", "partOf", "b"), relation("c", "partOf", "b")])
    assert ORG.OrganizationalUnit in values(quads, iri("organisation", "a"), RDF.type)
    assert ORG.FormalOrganization in values(quads, iri("organisation", "b"), RDF.type)
    assert ORG.FormalOrganization in values(quads, iri("organisation", "c"), RDF.type), "a subsidiary is a body of its own"


def test_imprecise_dates_stay_imprecise(tmp_path: Path) -> None:
    entities = [entity("p", "Project", start="2021~", end="2023-05"), entity("q", "Project", start="../2016")]
    quads = quads_of(tmp_path, [], entities)
    start = next(quad for quad in quads if quad.predicate == SCHEMA.startDate and not quad.graph.endswith("-evidence"))
    assert (start.object, start.datatype.rsplit("#", 1)[1]) == ("2021", "gYear")
    assert {quad.object for quad in quads if quad.predicate == INNO.edtf} == {"2021~", "../2016"}
    assert values(quads, iri("project", "p"), SCHEMA.endDate) == {"2023-05"}


def test_every_relation_row_has_a_claim_with_its_origin(tmp_path: Path) -> None:
    rows = [relation("p", "hasParticipant", "a", role="Partner"), relation("a", "partOf", "b"), relation("p", "fundedBy", "prog")]
    quads = quads_of(tmp_path, rows)
    claimed = {quad.origin for quad in quads if quad.predicate == RDF.type and quad.object == INNO.Claim}
    assert {f"t/relations.csv#{row}" for row in (2, 3, 4)} <= claimed


def test_base_is_a_setting(tmp_path: Path) -> None:
    quads = quads_of(tmp_path, [relation("p", "hasParticipant", "a", role="Partner")])
    assert all(quad.graph.startswith(BASE) for quad in quads)
    assert code("participation-role", "partner") in {quad.object for quad in quads}
