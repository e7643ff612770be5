"""What makes a pair, what excludes one, and what groups say: small worlds written as quads."""

from __future__ import annotations

import os
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.build import Build
from kg.duplicates.blocks import alike
from kg.duplicates.find import Found, check_classes, find
from kg.duplicates.judge import kilometres, tail
from kg.duplicates.model import Decision, Known, Later
from kg.duplicates.naming import numbers
from kg.errors import ParameterError
from kg.namespaces import BASE, FOAF, INNO, ORG, RDF, SCHEMA, SKOS
from kg.quads import iri, literal, write_parquet
from tests.link.world import LEFT, RIGHT, World, org

Make = Callable[[World], Build]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Turn a world into a build of two sources, left and right."""

    def made(world: World) -> Build:
        (tmp_path / "quads").mkdir(exist_ok=True)
        write_parquet(world.quads, tmp_path / "quads" / "all.parquet")
        sources = [{"name": graph.rsplit("/", 1)[1], "graph": graph, "frame": {"kind": "partial"}} for graph in (LEFT, RIGHT)]
        return Build(tmp_path, {"base": BASE, "sources": sources, "title": {"en": "Test"}})

    return made


def scored(found: Found) -> dict[tuple[str, str], float]:
    return {(pair.one.entity.rsplit("/", 1)[1], pair.other.entity.rsplit("/", 1)[1]): pair.score for pair in found.pairs}


def codes(found: Found) -> set[str]:
    return {reason.code for pair in found.pairs for reason in pair.reasons}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Technische Universität Dortmund", "TECHNISCHE UNIVERSITAET DORTMUND"),
        ("Technische Universität Dortmund", unicodedata.normalize("NFD", "Technische Universität Dortmund")),
        ("Technische Universität Dortmund", "Universität Dortmund, Technische"),
        ("Technische Universität Dortmund", "TU Dortmund"),
        ("Technologiezentrum Ruhr GmbH", "Technologie-Zentrum Ruhr"),
        ("Sozialforschungsstelle", "Sozialforschungstelle"),
        ("Sozialforschungsstelle", "Sozialforshcungsstelle"),
    ],
)
def test_spellings_of_one_name(make: Make, one: str, other: str) -> None:
    world = World()
    world.organisation(LEFT, "a", one)
    world.organisation(LEFT, "b", other)
    world.organisation(LEFT, "c", "Fachhochschule Südwestfalen")
    assert set(scored(find(make(world)))) == {("a", "b")}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Energy Summit 2019", "Energy Summit 2021"),
        ("Resilient City Phase 1", "Resilient City Phase 2"),
        ("Resilient City", "Resilient City II"),
        ("Quartier Innenstadt-Nord", "Quartier Innenstadt-West"),
    ],
)
def test_numbers_and_opposites_tell_apart(make: Make, one: str, other: str) -> None:
    world = World()
    for key, name in (("a", one), ("b", other)):
        world.project(LEFT, key, name)
    assert scored(find(make(world))) == {}


def test_a_part_is_never_its_whole(make: Make) -> None:
    world = World()
    world.organisation(LEFT, "a", "Institut für Raumplanung", ids=["ror:01k97gp34"])
    world.organisation(LEFT, "b", "Institut für Raumplanung", part_of="c", ids=["ror:01k97gp34"])
    world.organisation(LEFT, "c", "Fakultät Planung", part_of="a")
    assert scored(find(make(world), least=0.05)) == {}


def test_a_sequel_is_not_what_it_follows(make: Make) -> None:
    world = World()
    world.add(LEFT, world.project(LEFT, "b", "Resilient City"), INNO.follows, iri(world.project(LEFT, "a", "Resilient City")))
    assert scored(find(make(world), least=0.05)) == {}


@pytest.mark.parametrize(
    ("ids", "countries", "members", "proposed"),
    [
        (("ror:01k97gp34", "ror:01k97gp34"), ("DE", "DE"), ("", ""), True),
        (("ror:01k97gp34", "ror:03dv91853"), ("DE", "DE"), ("", ""), False),
        (("pic:999848453", "pic:999848454"), ("DE", "DE"), ("", ""), True),
        (("pic:999848453", "pic:999848454"), ("DE", "AT"), ("", ""), False),
        (("pic:999848453", "pic:999848454"), ("DE", "DE"), ("partner", "partner"), False),
        ((), ("DE", "DE"), ("partner", "coordinator"), False),
        ((), ("", ""), ("", ""), True),
    ],
)
def test_what_speaks_against_equal_names(
    make: Make, ids: tuple[str, ...], countries: tuple[str, str], members: tuple[str, str], proposed: bool
) -> None:
    world = World()
    for number, key in enumerate("ab"):
        world.organisation(LEFT, key, "Zentrum für Wasserforschung", ids=ids[number : number + 1], country=countries[number])
    world.project(LEFT, "p", "Flussbild", members=[f"{key}/{role}" for key, role in zip("ab", members, strict=True) if role])
    assert (("a", "b") in scored(find(make(world)))) is proposed


def test_reasons_are_said_in_both_languages(make: Make) -> None:
    world = World()
    world.organisation(LEFT, "a", "Zentrum für Wasserforschung", "ZWF", ids=["pic:999848453"], city="Essen", country="DE")
    world.organisation(LEFT, "b", "Wasserforschung, Zentrum für", "ZWF", ids=["pic:999848454"], city="Essen", country="DE")
    for key in "ab":
        world.add(LEFT, org(key), FOAF.page, iri("https://www.zwf.example/start"))
    world.add(LEFT, f"{BASE}id/place/left-essen", RDF.type, iri(INNO.Place))
    (pair,) = find(make(world)).pairs
    assert {reason.code for reason in pair.reasons} == {"name", "same-short-name", "same-page", "same-place", "other-identifier"}
    assert all(reason.text.de and reason.text.en and reason.text.de != reason.text.en for reason in pair.reasons)
    assert [reason.evidence < 0 for reason in pair.reasons if reason.code == "other-identifier"] == [True]


def test_projects_need_the_same_time(make: Make) -> None:
    world = World()
    for key, start, end in (("a", "2016-01-01", "2018-12-31"), ("b", "2016-01-01", "2018-12-31"), ("c", "2019-01-01", "2021-12-31")):
        world.add(LEFT, world.project(LEFT, key, "Soziale Quartiere gestalten", start=start), SCHEMA.endDate, literal(end))
    assert set(scored(find(make(world)))) == {("a", "b")}


def test_partners_in_common_beyond_chance(make: Make) -> None:
    world = World()
    for key in ("a", "b", *(f"p{number}" for number in range(40))):
        world.organisation(LEFT, key, "Hafenlabor Nord" if key in "ab" else f"Partner {number_word(key)}", country="DE")
    world.project(LEFT, "all", "Netz der anderen", members=[f"p{number}" for number in range(40)])
    for number, key in enumerate("abab"):
        world.project(LEFT, f"q{number}", f"Vorhaben {'ABCD'[number]}", members=[key, *(f"p{partner}" for partner in range(5))])
    (pair,) = [pair for pair in find(make(world), classes=["organisation"]).pairs if pair.one.entity == org("a")]
    assert "shared-partners" in {reason.code for reason in pair.reasons}


def number_word(key: str) -> str:
    return "".join("abcdefghij"[int(digit)] for digit in key[1:]) * 3


def test_places_by_distance_and_level(make: Make) -> None:
    world = World()
    for key, lat, long, code in (("a", 51.51, 7.47, ""), ("b", 51.52, 7.46, ""), ("c", 48.1, 11.6, ""), ("d", None, None, "DEA52")):
        place = f"{BASE}id/place/{key}"
        world.add(LEFT, place, RDF.type, iri(INNO.Place))
        world.add(LEFT, place, SKOS.prefLabel, literal("Neustadt", language="de"))
        if lat is not None:
            world.add(LEFT, place, "http://www.w3.org/2003/01/geo/wgs84_pos#lat", literal(str(lat)))
            world.add(LEFT, place, "http://www.w3.org/2003/01/geo/wgs84_pos#long", literal(str(long)))
        if code:
            world.add(LEFT, place, "http://purl.org/dc/terms/identifier", literal(code))
    assert set(scored(find(make(world)))) == {("a", "b")}


def test_two_sources_only_on_request(make: Make) -> None:
    world = World()
    world.organisation(LEFT, "a", "Zentrum für Wasserforschung")
    world.organisation(RIGHT, "b", "Zentrum für Wasserforschung")
    build = make(world)
    assert scored(find(build)) == {}
    assert set(scored(find(build, across=True))) == {("a", "b")}


def test_a_group_says_what_would_be_merged_unsupported(make: Make) -> None:
    world = World()
    world.organisation(LEFT, "a", "Zentrum für Wasserforschung", country="DE")
    world.organisation(LEFT, "b", "Zentrum für Wasserforschung")
    world.organisation(LEFT, "c", "Zentrum für Wasserforschung", country="AT")
    found = find(make(world))
    assert set(scored(found)) == {("a", "b"), ("b", "c")}
    (group,) = found.groups
    assert [facts.entity.rsplit("/", 1)[1] for facts in group.members] == ["a", "b", "c"]
    assert group.unsupported is not None
    ((pair),) = group.unsupported
    assert pair.ends == (org("a"), org("c"))
    assert "other-country" in {reason.code for reason in pair.reasons}


def test_decisions_are_respected(make: Make) -> None:
    world = World()
    for key in "abc":
        world.organisation(LEFT, key, "Zentrum für Wasserforschung")
    build = make(world)

    def known(*decisions: tuple[str, str, str], later: dict[tuple[str, str], Later] | None = None) -> Known:
        decided = {(org(one), org(other)): Decision(org(one), org(other), word) for one, other, word in decisions}
        return Known(decided, later or {})

    assert len(find(build, known=known()).pairs) == 3
    assert set(scored(find(build, known=known(("a", "b", "different"))))) == {("a", "c"), ("b", "c")}
    # What is the same over a third one is the same, and what is different from one is different from all that are the same as it.
    assert scored(find(build, known=known(("a", "b", "same"), ("b", "c", "same")))) == {}
    assert scored(find(build, known=known(("a", "b", "same"), ("b", "c", "different")))) == {}
    pair = find(build).pairs[0]
    put_off = Later(*pair.ends, "2026-01-01", pair.mark)
    held = find(build, known=known(later={pair.ends: put_off}))
    assert pair.ends not in {found.ends for found in held.pairs}
    assert held.held == {"later": 1}
    assert pair.ends in {found.ends for found in find(build, known=known(later={pair.ends: put_off}), again=True).pairs}
    world.add(LEFT, pair.ends[0], SKOS.altLabel, literal("ZWF"))
    assert pair.ends in {found.ends for found in find(make(world), known=known(later={pair.ends: put_off})).pairs}


def test_linked_pairs_are_not_proposed(make: Make) -> None:
    world = World()
    for key in "ab":
        world.organisation(LEFT, key, "Zentrum für Wasserforschung")
    world.add(f"{BASE}graph/links", org("b"), "http://www.w3.org/2002/07/owl#sameAs", iri(org("a")))
    found = find(make(world))
    assert (scored(found), found.held) == ({}, {"linked": 1})


def test_numbered_classes_are_not_compared_by_name(make: Make) -> None:
    world = World()
    for number in range(3):
        world.project(LEFT, str(number), "One Name of Many", ids=[f"cordis:10000000{number}"])
    found = find(make(world))
    assert found.pairs == ()
    assert found.compared["Project"] == (3, 0)
    # One without a number may still be one of them.
    world.project(LEFT, "x", "One Name of Many")
    assert len(find(make(world)).pairs) == 3


def test_nothing_and_little(make: Make) -> None:
    world = World()
    assert find(make(world)).pairs == ()
    world.organisation(LEFT, "a", "Zentrum")
    world.add(LEFT, org("nameless"), RDF.type, iri(INNO.Organisation))
    world.add(LEFT, org("nameless"), ORG.classification, iri(f"{BASE}code/organisation-kind/company"))
    assert find(make(world)).pairs == ()


def test_an_unknown_class_is_named() -> None:
    assert check_classes(["place", "Organisation"]) == ("Organisation", "Place")
    with pytest.raises(ParameterError, match="Persons"):
        check_classes(["Persons"])


def test_one_letter_of_difference() -> None:
    words = ["technologie", "technolgie", "tecnhologie", "technologies", "biologie", "technologia", "wasser", "wassre"]
    # All pairs in reach of one edit, found without comparing all; short words are left alone.
    pairs = {("technolgie", "technologie"), ("technologie", "tecnhologie"), ("technologie", "technologies"), ("technologia", "technologie")}
    assert set(alike(words)) == pairs


def test_measures_by_hand() -> None:
    assert numbers("Horizon 2020 – Phase III") == (3, 2020)
    assert numbers("Vital Energy") == ()
    assert kilometres((0, 0), (0, 1)) == pytest.approx(111.19, abs=0.01)
    # Two of two drawn from four, both right: 1 of 6.
    assert tail(2, 2, 2, 4) == pytest.approx(1 / 6)


def test_the_order_of_hashes_does_not_matter(both: Build) -> None:
    code = (
        "import sys; from pathlib import Path; from kg.build import read; from kg.duplicates.find import find; from kg.duplicates.table import csv_text\n"
        "found = find(read(Path(sys.argv[1])), classes=['Organisation']); sys.stdout.write(csv_text(found, found.pairs))"
    )
    texts = [
        subprocess.run(
            [sys.executable, "-c", code, str(both.path)], check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    ]
    assert texts[0] == texts[1]
    assert texts[0].count(b"\r\n") >= 2
