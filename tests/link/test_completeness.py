"""Consortia are compared member by member, not by size."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from kg.link.completeness import AS_PART, BESIDE, BOTH, LEFT_ONLY, RIGHT_ONLY, Completeness, completeness
from kg.link.sssom import BROAD, EntityMapping
from tests.link.world import LEFT, RIGHT, World, org, project


def compared(folder: Path) -> Completeness:
    world = World()
    for key, name in (("uni", "Universität"), ("sfs", "Institut"), ("lama", "LAMA"), ("old", "Nur kuratiert"), ("judge", "Gutachter")):
        world.organisation(LEFT, key, name)
    for key, *names in (("pic-1", "UNIVERSITY"), ("pic-2", "LAMA SOCIETA"), ("pic-3", "NEW"), ("pic-4",)):
        world.organisation(RIGHT, key, *names)
    world.project(LEFT, "t", "T-Factor", members=["uni/coordinator", "sfs", "lama", "old", "judge/evaluator"])
    world.project(RIGHT, "cordis-1", "T-FACTOR", members=["pic-1", "pic-2/third-party", "pic-3", "pic-4"])
    world.project(LEFT, "s", "SI-DRIVE", members=["uni"])
    world.project(RIGHT, "cordis-2", "SI-DRIVE")
    mappings = [
        EntityMapping(project("t"), object_id=project("cordis-1")),
        EntityMapping(project("s"), object_id=project("cordis-2")),
        EntityMapping(org("uni"), object_id=org("pic-1")),
        EntityMapping(org("sfs"), predicate_id=BROAD, object_id=org("pic-1")),
        EntityMapping(org("lama"), object_id=org("pic-2")),
        EntityMapping(org("old"), predicate_modifier="Not", object_id=org("pic-3")),
    ]
    for engine, quads in world.engine(folder):
        return completeness(engine, quads, mappings, LEFT, RIGHT)
    raise AssertionError


def test_member_by_member(tmp_path: Path) -> None:
    found = compared(tmp_path)
    assert [(m.state, m.left.rpartition("/")[2], m.right.rpartition("/")[2]) for m in found.members] == [
        (BOTH, "lama", "pic-2"),
        (BOTH, "uni", "pic-1"),
        (AS_PART, "sfs", "pic-1"),
        (LEFT_ONLY, "old", ""),
        (RIGHT_ONLY, "", "pic-3"),
        (RIGHT_ONLY, "", "pic-4"),
        (BESIDE, "judge", ""),
    ]
    assert found.members[1].left_roles == ("coordinator",)
    assert found.members[0].right_roles == ("third-party",)
    assert found.absent == ((project("s"), project("cordis-2")),)


def test_text_and_table(tmp_path: Path) -> None:
    found = compared(tmp_path)
    german, english = found.text("de"), found.text("en")
    assert "T-Factor = cordis-1" in german
    assert "nur in der zweiten Quelle: 2" in german
    assert "pic-4 (ohne Namen) [partner]" in german
    assert "only in the second source: 2" in english
    assert "The second source names no participants." in english
    table = list(csv.DictReader(io.StringIO(found.csv())))
    assert len(table) == len(found.members)
    assert table[0] | {"state": "both"} == table[0]
