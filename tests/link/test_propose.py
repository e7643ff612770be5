"""Proposals on a small world: identifiers, names, units, decisions, and projects that help their partners."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kg.link.propose import Proposals, propose
from kg.link.sssom import BROAD, EXACT, SEMAPV, EntityMapping
from tests.link.world import LEFT, RIGHT, World, org, project

Run = Callable[..., Proposals]


def run(world: World, folder: Path, decided: tuple[EntityMapping, ...] = ()) -> Proposals:
    for engine, quads in world.engine(folder):
        return propose(engine, quads, LEFT, [RIGHT], decided, date="2026-01-01")
    raise AssertionError


def links(found: Proposals) -> dict[tuple[str, str], str]:
    return {(m.subject_id, m.object_id): m.predicate_id for m in found.accepted}


def filled() -> World:
    """Names that make words rare or common, as in a real source."""
    world = World()
    for number, city in enumerate(("Ulm", "Jena", "Kiel", "Trier", "Mainz", "Fulda", "Gera", "Hof", "Celle", "Emden")):
        world.organisation(RIGHT, f"u{number}", f"University of {city}", city=city, country="DE", kind="university")
        world.organisation(RIGHT, f"c{number}", f"City of {city}", city=city, country="DE", kind="public-body")
    return world


def test_an_identifier_links_whatever_the_spelling(tmp_path: Path) -> None:
    world = filled()
    left = world.organisation(LEFT, "tu", "TU Dortmund University", "Technische Universität Dortmund", ids=["ror:01k97gp34"])
    right = world.organisation(RIGHT, "pic-1", "TECHNISCHE UNIVERSITAT DORTMUND", ids=["ror:01k97gp34", "pic:999848453"])
    found = run(world, tmp_path)
    (mapping,) = found.accepted
    assert mapping.pair == (left, right)
    assert (mapping.predicate_id, mapping.mapping_justification, mapping.match_string) == (EXACT[0], SEMAPV + "LexicalMatching", "ror:01k97gp34")
    assert (mapping.subject_source, mapping.object_source, mapping.mapping_date) == (LEFT, RIGHT, "2026-01-01")
    assert not found.review


def test_an_identifier_of_another_body_by_its_name_is_shown_only(tmp_path: Path) -> None:
    world = filled()
    world.organisation(LEFT, "a", "Wasserwerke Musterstadt", ids=["ror:01k97gp34"])
    world.organisation(RIGHT, "b", "Zeppelin Luftschiffbau", ids=["ror:01k97gp34"])
    found = run(world, tmp_path)
    assert not found.accepted
    assert [candidate.pair for candidate in found.review] == [(org("a"), org("b"))]


def test_a_shared_identifier_goes_to_review(tmp_path: Path) -> None:
    world = filled()
    world.organisation(LEFT, "left", "Helmholtz Zentrum Musterstadt", ids=["ror:01k97gp34"])
    for number in (1, 2):
        world.organisation(RIGHT, f"pic-{number}", "Helmholtz Zentrum Musterstadt", ids=["ror:01k97gp34"])
    found = run(world, tmp_path)
    assert not found.accepted
    assert {candidate.object for candidate in found.review} == {org("pic-1"), org("pic-2")}


def test_the_name_decides_a_shared_identifier(tmp_path: Path) -> None:
    world = filled()
    world.organisation(LEFT, "left", "Helmholtz Zentrum Musterstadt", ids=["ror:01k97gp34"])
    world.organisation(RIGHT, "pic-1", "Helmholtz Zentrum Musterstadt", ids=["ror:01k97gp34"])
    world.organisation(RIGHT, "pic-2", "Luftschiffbau Zeppelin", ids=["ror:01k97gp34"])
    assert links(run(world, tmp_path)) == {(org("left"), org("pic-1")): EXACT[0]}


def test_the_same_name_in_another_city_is_not_linked(tmp_path: Path) -> None:
    world = filled()
    world.organisation(LEFT, "left", "Bürgerstiftung Morgenrot", city="Ulm")
    world.organisation(RIGHT, "right", "BUERGERSTIFTUNG MORGENROT EV", city="Kiel", country="DE")
    assert not run(world, tmp_path).accepted
    here = filled()
    here.organisation(LEFT, "left", "Bürgerstiftung Morgenrot", city="Kiel")
    here.organisation(RIGHT, "right", "BUERGERSTIFTUNG MORGENROT EV", city="Kiel", country="DE")
    assert links(run(here, tmp_path)) == {(org("left"), org("right")): EXACT[0]}


def test_two_of_the_same_name_are_left_to_a_person(tmp_path: Path) -> None:
    world = filled()
    world.organisation(LEFT, "left", "Akademie Morgenrot")
    for number in (1, 2):
        world.organisation(RIGHT, f"pic-{number}", "AKADEMIE MORGENROT")
    found = run(world, tmp_path)
    assert not found.accepted
    assert len(found.review) == 2


def test_a_unit_is_never_its_university(tmp_path: Path) -> None:
    world = filled()
    world.organisation(LEFT, "tu", "TU Dortmund University", "Technische Universität Dortmund", ids=["ror:01k97gp34"])
    world.organisation(LEFT, "sfs", "Sozialforschungsstelle", "TU Dortmund University", part_of="tu")
    world.organisation(LEFT, "centre", "Bertha Centre", "University of Cape Town", parent_ids=["ror:03p74gp79"])
    world.organisation(
        RIGHT, "pic-1", "TECHNISCHE UNIVERSITAT DORTMUND", "TU Dortmund University", "Technische Universität Dortmund", ids=["ror:01k97gp34"]
    )
    world.organisation(RIGHT, "pic-2", "UNIVERSITY OF CAPE TOWN", ids=["ror:03p74gp79"])
    found = run(world, tmp_path)
    assert links(found) == {(org("tu"), org("pic-1")): EXACT[0], (org("sfs"), org("pic-1")): BROAD, (org("centre"), org("pic-2")): BROAD}
    assert not found.review


def test_decisions_stand_and_are_never_proposed_again(tmp_path: Path) -> None:
    world = filled()
    world.organisation(LEFT, "left", "Akademie Morgenrot")
    world.organisation(RIGHT, "right", "AKADEMIE MORGENROT")
    pair = (org("left"), org("right"))
    assert pair in links(run(world, tmp_path))
    for modifier in ("", "Not"):
        found = run(world, tmp_path, (EntityMapping(pair[0], predicate_modifier=modifier, object_id=pair[1]),))
        assert not found.accepted
        assert not found.review


def consortium() -> World:
    world = filled()
    world.organisation(LEFT, "tno", "TNO")
    world.organisation(RIGHT, "pic-1", "NEDERLANDSE ORGANISATIE VOOR ONDERZOEK", "TNO")
    world.organisation(RIGHT, "pic-2", "TRANSPORTES DEL NORTE", "TNO")
    world.project(LEFT, "make-it", "MAKE-IT", ids=["cordis-rcn:200424"], members=["tno"])
    world.project(RIGHT, "cordis-1", "Understanding makers", "MAKE-IT", ids=["cordis:688241", "cordis-rcn:200424"], members=["pic-1/coordinator"])
    return world


def test_a_linked_project_decides_an_acronym(tmp_path: Path) -> None:
    found = run(consortium(), tmp_path)
    assert links(found) == {(project("make-it"), project("cordis-1")): EXACT[0], (org("tno"), org("pic-1")): EXACT[0]}
    (organisation,) = [m for m in found.accepted if m.subject_id == org("tno")]
    assert organisation.mapping_justification == SEMAPV + "CompositeMatching"
    assert "same project" in organisation.comment


def test_an_acronym_alone_decides_nothing(tmp_path: Path) -> None:
    world = filled()
    world.organisation(LEFT, "tno", "TNO")
    world.organisation(RIGHT, "pic-1", "NEDERLANDSE ORGANISATIE VOOR ONDERZOEK", "TNO")
    found = run(world, tmp_path)
    assert not found.accepted
    assert [candidate.pair for candidate in found.review] == [(org("tno"), org("pic-1"))]


def test_grant_number_and_project_id_are_one_scheme(tmp_path: Path) -> None:
    world = filled()
    world.project(LEFT, "x", "Some project", ids=["eu-grant:868887"])
    world.project(RIGHT, "cordis-868887", "Unleashing hubs", ids=["cordis:868887"])
    assert links(run(world, tmp_path)) == {(project("x"), project("cordis-868887")): EXACT[0]}


@pytest.mark.parametrize(
    ("start", "title", "expected"),
    [("2019-01-01", "Inclusive futures for Europe", True), ("2010-01-01", "", False), ("2019-01-01", "Silicon anodes for new batteries", False)],
)
def test_projects_of_one_acronym_need_title_and_time(tmp_path: Path, start: str, title: str, expected: bool) -> None:
    world = filled()
    world.project(LEFT, "beyond", "BEYOND4.0", *([title] if title else []), start=start)
    world.project(RIGHT, "cordis-2", "Inclusive futures for Europe", "BEYOND 4.0", start="2019-01-01")
    assert bool(run(world, tmp_path).accepted) is expected


def test_a_series_of_projects_is_several_projects(tmp_path: Path) -> None:
    world = filled()
    world.project(LEFT, "night-1", "Science Together at Night", ids=["cordis:101036127"], start="2021-05-01")
    world.project(RIGHT, "night-2", "Science Together at Night", ids=["cordis:101162609"], start="2021-05-01")
    found = run(world, tmp_path)
    assert not found.accepted
    assert not found.review


def test_a_register_by_others_is_believed_only_with_the_name(tmp_path: Path) -> None:
    world = filled()
    world.organisation(LEFT, "toscana", "Confederazione Italiana Agricoltori Toscana", ids=["ror:01k97gp34"])
    world.organisation(RIGHT, "umbria", "CONFEDERAZIONE ITALIANA AGRICOLTORI REGIONALE UMBRIA", ids=["ror:01k97gp34"])
    found = run(world, tmp_path)
    assert not found.accepted
    assert [candidate.pair for candidate in found.review] == [(org("toscana"), org("umbria"))]


def test_a_source_without_the_other_proposes_nothing(tmp_path: Path) -> None:
    world = World()
    world.organisation(LEFT, "a", "Akademie Morgenrot", ids=["ror:01k97gp34"])
    found = run(world, tmp_path)
    assert not found.accepted
    assert not found.review
