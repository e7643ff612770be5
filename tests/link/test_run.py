"""`kg link` from end to end: mapping file, review table, and decisions that come back."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from kg.errors import InputError
from kg.link.review import COLUMNS, read_decisions
from kg.link.run import Linked, exists_in, link
from kg.link.sssom import BROAD, SEMAPV, new_set, read_sssom
from kg.namespaces import BASE
from tests.link.world import LEFT, RIGHT, World, org


def world() -> World:
    made = World()
    made.organisation(LEFT, "tu", "TU Dortmund University", "Technische Universität Dortmund", ids=["ror:01k97gp34"])
    made.organisation(RIGHT, "pic-1", "TECHNISCHE UNIVERSITAT DORTMUND", ids=["ror:01k97gp34"])
    made.organisation(LEFT, "academy", "Akademie Morgenrot", city="Ulm")
    made.organisation(RIGHT, "pic-2", "AKADEMIE MORGENROT GMBH", country="DE")
    made.organisation(RIGHT, "pic-3", "AKADEMIE MORGENROT", country="AT")
    return made


def run(folder: Path, decisions: Path | None = None) -> Linked:
    for engine, quads in world().engine(folder):
        empty = new_set("a.sssom.tsv", BASE, {"en": "A and B", "de": "A und B"}, "https://creativecommons.org/licenses/by/4.0/")
        files = folder / "a.sssom.tsv", folder / "review.csv"
        return link(engine, quads, LEFT, RIGHT, *files, empty=empty, decisions=decisions, date="2026-01-01")
    raise AssertionError


@pytest.mark.slow
def test_the_whole_way(tmp_path: Path) -> None:
    first = run(tmp_path)
    assert (first.added, first.decided, first.review) == (1, 0, 2)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "review.csv").read_text(encoding="utf-8"))))
    assert tuple(rows[0]) == COLUMNS
    assert {row["right_names"] for row in rows} == {"AKADEMIE MORGENROT GMBH", "AKADEMIE MORGENROT"}
    assert all("Ulm" in row["left_places"] and row["reasons_de"] and row["reasons_en"] for row in rows)

    before = (tmp_path / "a.sssom.tsv").read_bytes()
    again = run(tmp_path)
    assert (again.added, again.review) == (0, 2)
    assert (tmp_path / "a.sssom.tsv").read_bytes() == before

    for row in rows:
        row |= {"decision": "part" if row["right_id"] == org("pic-2") else "different", "who": "Ada", "note": "read both pages"}
    with (tmp_path / "decided.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    third = run(tmp_path, tmp_path / "decided.csv")
    assert (third.added, third.decided, third.review) == (0, 2, 0)
    found = {m.pair: m for m in read_sssom(tmp_path / "a.sssom.tsv").mappings}
    part, other = found[org("academy"), org("pic-2")], found[org("academy"), org("pic-3")]
    assert (part.predicate_id, part.reviewer_label, part.comment, part.mapping_justification) == (
        BROAD,
        "Ada",
        "read both pages",
        SEMAPV + "MappingReview",
    )
    assert (part.subject_label, part.object_source) == ("Akademie Morgenrot", RIGHT)
    assert other.rejected
    assert run(tmp_path).review == 0


@pytest.mark.parametrize(
    ("text", "code"),
    [("decision,who,left_id,right_id\nmaybe,Ada,a,b\n", "unknown-decision"), ("decision,who,left_id,right_id\nsame,,a,b\n", "nobody")],
)
def test_a_wrong_decision_is_named(text: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        read_decisions(text, "review.csv")
    assert [(problem.code, problem.row) for problem in caught.value.problems] == [(code, 2)]


def test_open_rows_are_left_open() -> None:
    assert read_decisions("decision,who,left_id,right_id\n,,a,b\n", "x") == []
    with pytest.raises(InputError):
        read_decisions("a,b\n", "x")


def test_existence(tmp_path: Path) -> None:
    for engine, quads in world().engine(tmp_path):
        exists = exists_in(engine, quads, [org("tu"), org("none")])
        assert exists(org("tu"))
        assert not exists(org("none"))
