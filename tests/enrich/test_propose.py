"""What is proposed and what must not be, on small folders."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kg.enrich.cordis import City, Links, RorOfPic
from kg.enrich.model import SURE
from kg.enrich.propose import LATER, REJECTED
from tests.enrich.world import FH_ROR, PIC, TU_ROR, ZSI_ROR, deliveries, found, link, record, small, values

ZSI = ("Zentrum für Soziale Innovation", ZSI_ROR)


def decision(target: str, word: str, value: str = "") -> dict[str, str]:
    return {"target": target, "decision": word, "value": value, "who": "x", "when": "2026-01-01", "why": "y"}


def test_a_name_alone_is_shown_and_with_the_website_it_is_sure(tmp_path: Path) -> None:
    alone = found(small(tmp_path / "a"), record(2, *ZSI))
    assert 0.9 <= values(alone)["zsi", ZSI_ROR] < SURE
    sure = found(small(tmp_path / "b"), record(2, *ZSI, url="http://zsi.at/"))
    proposal = sure.proposals[0]
    assert proposal.sure
    assert any("zsi.at" in reason.text.de for reason in proposal.reasons)
    assert "x.csv:2" in proposal.reasons[0].text.en
    assert proposal.sources == ("ref-x",)


def test_another_identifier_finds_what_the_name_would_not(tmp_path: Path) -> None:
    folder = small(tmp_path / "a", zsi={"identifiers": "wikidata:Q685557"})
    result = found(folder, record(2, "Centre for Social Innovation, Vienna", ZSI_ROR, "wikidata:Q685557"))
    assert values(result)["zsi", ZSI_ROR] >= SURE
    other = found(folder, record(2, "Bakery", ZSI_ROR, "wikidata:Q685557"))
    assert values(other)["zsi", ZSI_ROR] < SURE


@pytest.mark.parametrize("name", ["Technische Universität Dortmund", "TU Dortmund", "TU Dortmund University", "TECHNISCHE UNIVERSITAT DORTMUND"])
def test_the_identifier_of_the_whole_is_never_given_to_a_unit(tmp_path: Path, name: str) -> None:
    result = found(small(tmp_path / "a"), record(2, name, TU_ROR, city="Dortmund", country="DE", url="https://www.tu-dortmund.de"))
    assert not {entity for entity, _ in values(result)} & {"sfs", "irpud"}
    known = found(small(tmp_path / "b", tu={"identifiers": TU_ROR}), record(2, name, TU_ROR, city="Dortmund", country="DE"))
    assert not values(known)


def test_an_identifier_that_the_whole_bears_is_held_back_even_by_an_exact_link(tmp_path: Path) -> None:
    folder = small(tmp_path / "a", tu={"identifiers": TU_ROR})
    pic = PIC.removeprefix("pic:")
    cordis = deliveries(rors={pic: RorOfPic(TU_ROR, "high", "x", 2, 1)})
    result = found(folder, cordis=cordis, links=Links({"sfs": (link("sfs", pic, "SOZIALFORSCHUNGSSTELLE"),)}, frozenset()))
    assert ("sfs", TU_ROR) not in values(result)
    assert [(item.entity, item.value) for item in result.held] == [("sfs", TU_ROR)]
    assert "the body it is a part of" in result.held[0].why.en


def test_one_identifier_found_for_a_unit_and_its_whole_goes_to_the_whole(tmp_path: Path) -> None:
    pic = PIC.removeprefix("pic:")
    links = Links({entity: (link(entity, pic, "X"),) for entity in ("sfs", "tu")}, frozenset())
    result = found(small(tmp_path / "a"), cordis=deliveries(), links=links)
    assert list(values(result)) == [("tu", PIC)]
    assert [item.entity for item in result.held] == ["sfs"]


def test_the_decision_identifier_of_parent_is_respected(tmp_path: Path) -> None:
    folder = small(tmp_path / "a", decisions=[decision("zsi", "identifier-of-parent")], zsi={"identifiers": "wikidata:Q685557"})
    for item in (record(2, *ZSI, url="https://zsi.at"), record(2, "x", ZSI_ROR, "wikidata:Q685557")):
        result = found(folder, item)
        assert not values(result)
        assert (result.held[0].entity, result.held[0].value) == ("zsi", ZSI_ROR)


def test_two_rors_for_one_are_shown_together_and_neither_is_sure(tmp_path: Path) -> None:
    result = found(small(tmp_path / "a"), record(2, *ZSI, url="https://zsi.at"), record(3, ZSI[0], FH_ROR, url="https://zsi.at"))
    assert set(values(result)) == {("zsi", ZSI_ROR), ("zsi", FH_ROR)}
    assert not any(proposal.sure for proposal in result.proposals)
    assert all(len(proposal.rivals) == 1 and proposal.score <= 0.9 for proposal in result.proposals if proposal.column == "identifiers")


def test_what_disagrees_is_a_contradiction_and_never_an_overwrite(tmp_path: Path) -> None:
    folder = small(tmp_path / "a", zsi={"identifiers": FH_ROR, "address": "Linke Wienzeile 246"})
    result = found(folder, record(2, *ZSI, url="https://zsi.at", address="Anderer Weg 1"))
    assert not [p for p in result.proposals if p.entity == "zsi"]
    assert [(item.column, item.value, item.other) for item in result.contradictions] == [
        ("address", "Linke Wienzeile 246", "Anderer Weg 1"),
        ("identifiers", FH_ROR, ZSI_ROR),
    ]


def test_a_ror_that_the_table_gives_several_pics_counts_less_and_says_so(tmp_path: Path) -> None:
    pic = PIC.removeprefix("pic:")
    links = Links({"zsi": (link("zsi", pic, "ZSI"),)}, frozenset())
    one = found(small(tmp_path / "a"), cordis=deliveries(rors={pic: RorOfPic(ZSI_ROR, "high", "x", 7, 1)}), links=links)
    two = found(small(tmp_path / "b"), cordis=deliveries(rors={pic: RorOfPic(ZSI_ROR, "high", "x", 7, 2)}), links=links)
    assert values(one)["zsi", ZSI_ROR] >= SURE > values(two)["zsi", ZSI_ROR]
    reasons = [reason.text for proposal in two.proposals for reason in proposal.reasons]
    assert any("2 PICs" in text.en and "2 PICs" in text.de for text in reasons)
    assert any("pic_ror.csv:7" in text.en for text in reasons)


def test_a_pair_that_somebody_has_refused_is_not_found_by_name_again(tmp_path: Path) -> None:
    pic = PIC.removeprefix("pic:")
    item = replace(record(0, ZSI[0], PIC, table="cordis-test", url="https://zsi.at"), citation="ref-cordis-test")
    cordis = deliveries((pic, item))
    assert ("zsi", PIC) in values(found(small(tmp_path / "a"), cordis=cordis))
    iri = next(iter(cordis.records))
    assert not values(found(small(tmp_path / "b"), cordis=cordis, links=Links({}, frozenset({("zsi", iri)}))))


def test_a_rejected_proposal_stays_away_and_one_put_off_comes_back_when_its_reasons_change(tmp_path: Path) -> None:
    first = found(small(tmp_path / "a"), record(2, *ZSI)).proposals[0]
    rejected = small(tmp_path / "b", decisions=[decision("zsi", REJECTED, first.decided_as)])
    for item in (record(2, *ZSI), record(2, *ZSI, url="https://zsi.at")):
        result = found(rejected, item)
        assert (values(result), result.put_off) == ({}, 1)
    later = small(tmp_path / "c", decisions=[decision("zsi", LATER, f"{first.decided_as} @{first.basis}")])
    assert not values(found(later, record(2, *ZSI)))
    assert values(found(later, record(2, *ZSI, url="https://zsi.at")))


def test_a_city_of_the_folder_is_found_and_another_of_its_name_is_not(tmp_path: Path) -> None:
    here = found(small(tmp_path / "a"), record(2, *ZSI, city="DORTMUND", country="DE", url="https://zsi.at"))
    assert ("zsi", "dortmund") in values(here, "locatedIn")
    far = City("Dortmund", ("Dortmund",), "AT", ("48.2", "16.4"), 3, "ref-cordis-test")
    there = found(small(tmp_path / "b"), record(2, *ZSI, city="Dortmund", country="AT", url="https://zsi.at"), cordis=deliveries(cities=[far]))
    (proposal,) = [p for p in there.proposals if p.column == "locatedIn" and p.entity == "zsi"]
    assert proposal.value == "dortmund-at"
    assert proposal.place is not None
    assert proposal.place.country is not None
    assert (proposal.place.country.place_id, proposal.place.country.de) == ("country-at", "Österreich")


def test_the_point_of_a_city_is_not_given_to_an_institution(tmp_path: Path) -> None:
    point = record(2, *ZSI, url="https://zsi.at", point=("48.19", "16.35"))  # type: ignore[arg-type]
    assert values(found(small(tmp_path / "a"), point), "lat/lon") == {("zsi", "48.19 16.35"): pytest.approx(0.969, abs=0.02)}
    assert not values(found(small(tmp_path / "b"), replace(point, city_point=True)), "lat/lon")


def test_a_unit_may_lie_where_its_whole_lies_with_its_own_reason_and_no_coordinates(tmp_path: Path) -> None:
    result = found(small(tmp_path / "a"), record(2, "Technische Universität Dortmund", TU_ROR, point=("51.49", "7.41")))  # type: ignore[arg-type]
    (proposal,) = [p for p in result.proposals if p.entity == "sfs"]
    assert (proposal.column, proposal.value, proposal.score) == ("locatedIn", "dortmund", 0.6)
    assert "part of" in proposal.reasons[0].text.en
    assert "gehört zu" in proposal.reasons[0].text.de


def test_numbers_before_and_after_and_one_kind_only(tmp_path: Path) -> None:
    result = found(small(tmp_path / "a"), record(2, *ZSI, url="https://zsi.at"), kind="identifier")
    ror = next(row for row in result.coverage if (row.type, row.what) == ("Institution", "ror"))
    assert (ror.total, ror.before, ror.sure, ror.all) == (4, 0, 1, 1)
    assert {proposal.kind for proposal in result.proposals} == {"identifier"}
    assert {proposal.kind for proposal in found(small(tmp_path / "b"), record(2, *ZSI), kind="place").proposals} == {"place"}


def test_the_same_tables_give_the_same_proposals_in_any_order(tmp_path: Path) -> None:
    folder = small(tmp_path / "a")
    items = [record(2, *ZSI, url="https://zsi.at"), record(3, "Technische Universität Dortmund", TU_ROR), record(4, "ZSI", FH_ROR)]
    one, other = found(folder, *items), found(folder, *reversed(items))
    assert [(p.id, p.score, p.rivals) for p in one.proposals] == [(p.id, p.score, p.rivals) for p in other.proposals]


def test_an_identifier_of_a_scheme_that_the_graph_does_not_know_is_held_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kg.enrich import propose as module

    monkeypatch.setattr(module, "codes", lambda _: ("ror",))
    result = found(small(tmp_path / "a"), record(2, *ZSI, "gnd:2031351-2", url="https://zsi.at"))
    assert [(item.value, "identifier-scheme" in item.why.de) for item in result.held] == [("gnd:2031351-2", True)]
    assert list(values(result)) == [("zsi", ZSI_ROR)]
    monkeypatch.setattr(module, "codes", lambda _: ("ror", "gnd"))
    again = found(small(tmp_path / "b"), record(2, *ZSI, "gnd:2031351-2", url="https://zsi.at"))
    assert ("zsi", "gnd:2031351-2") in values(again)


@pytest.mark.parametrize("word", ["enriched", "not-enriched", "enrich-later"])
def test_the_words_of_enrichment_are_decisions_that_change_no_statement(tmp_path: Path, word: str) -> None:
    from kg.sources.folder import read_folder
    from kg.sources.statements import map_folder

    plain, decided = small(tmp_path / "a"), small(tmp_path / "b", decisions=[decision("zsi", word, f"identifiers {ZSI_ROR}")])
    one, other = read_folder(plain, "x"), read_folder(decided, "x")
    assert not other.problems
    assert map_folder(one) == map_folder(other)
