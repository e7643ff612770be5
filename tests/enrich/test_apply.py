"""Decisions that come back, and what is written: whole or not at all, and nothing else."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from kg.enrich.apply import Applied, apply, snapshot
from kg.enrich.model import Enrichment
from kg.enrich.records import Record
from kg.enrich.review import ACCEPT, LATER, REJECT, Decision, human_text, read_review, review_text
from kg.errors import InputError
from kg.sources.folder import read_folder
from kg.validate import validate
from tests.enrich.world import PIC, ZSI_ROR, found, record, small, values

ZSI = record(2, "Zentrum für Soziale Innovation", ZSI_ROR, PIC, url="https://zsi.at", city="WIEN", country="AT", address="Linke Wienzeile 246")


def proposed(folder: Path, *items: Record) -> Enrichment:
    return found(folder, *(items or (ZSI,)))


def take(folder: Path, result: Enrichment, decision: str = ACCEPT, *, entity: str = "zsi") -> Applied:
    decisions = [Decision(proposal, decision, "Redaktion") for proposal in result.proposals if proposal.entity == entity]
    return apply(folder, snapshot(folder), decisions, result.citations, date="2026-11-23")


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / name).read_text(encoding="utf-8"), newline="")))


def test_accepted_values_stand_in_the_tables_with_their_source(tmp_path: Path) -> None:
    folder = small(tmp_path / "a", zsi={"identifiers": "wikidata:Q1"})
    made = take(folder, proposed(folder))
    row = next(row for row in rows(folder, "entities.csv") if row["entity_id"] == "zsi")
    assert row["identifiers"] == f"{ZSI_ROR};wikidata:Q1;{PIC}"
    assert (row["address"], row["source_ids"]) == ("Linke Wienzeile 246", "s1;ref-x")
    assert made.places == ("country-at", "wien")
    assert made.sources == ("ref-x", "ref-cordis-countries")
    relations = [(row["subject_id"], row["object_id"], row["source_id"]) for row in rows(folder, "relations.csv") if row["predicate"] == "locatedIn"]
    assert relations[1:] == [("wien", "country-at", "ref-x"), ("zsi", "wien", "ref-x")]
    assert rows(folder, "sources.csv")[1]["retrieved_at"] == "2026-11-23"
    decided = rows(folder, "decisions.csv")
    assert ("zsi", "enriched", f"identifiers {ZSI_ROR}", "Redaktion", "2026-11-23") in {tuple(row.values())[:5] for row in decided}
    assert all("x.csv:2" in row["why"] for row in decided)
    assert not read_folder(folder).problems
    assert not [item for item in validate([folder]).results if item.severity == "Violation"]


def test_every_other_byte_stays(tmp_path: Path) -> None:
    folder = small(tmp_path / "a", zsi={"identifiers": "wikidata:Q1"})
    before = snapshot(folder)
    take(folder, proposed(folder))
    for name, data in snapshot(folder).items():
        old, new = before.get(name, b"").split(b"\r\n"), data.split(b"\r\n")
        changed = [(one, other) for one, other in zip(old, new, strict=False) if one != other and one]
        assert all(b"zsi" in other for _, other in changed), name


def test_nothing_is_proposed_twice_and_applying_again_changes_nothing(tmp_path: Path) -> None:
    folder = small(tmp_path / "a")
    first = proposed(folder)
    take(folder, first)
    after = snapshot(folder)
    again = proposed(folder)
    assert not [p for p in again.proposals if p.entity == "zsi"]
    assert take(folder, again).files == ()
    assert snapshot(folder) == after


@pytest.mark.parametrize(("word", "kept"), [(REJECT, "not-enriched"), (LATER, "enrich-later")])
def test_what_is_not_accepted_changes_decisions_only_and_is_not_proposed_again(tmp_path: Path, word: str, kept: str) -> None:
    folder = small(tmp_path / "a")
    result = proposed(folder)
    assert take(folder, result, word).files == ("decisions.csv",)
    assert {row["decision"] for row in rows(folder, "decisions.csv")} == {kept}
    assert not [p for p in proposed(folder).proposals if p.entity == "zsi"]
    assert not read_folder(folder).problems


def test_a_change_in_the_meantime_is_not_overwritten(tmp_path: Path) -> None:
    folder = small(tmp_path / "a")
    before, result = snapshot(folder), proposed(folder)
    (folder / "relations.csv").write_bytes((folder / "relations.csv").read_bytes() + b"tu,memberOf,zsi,,,,s1,Beleg.\r\n")
    now = snapshot(folder)
    with pytest.raises(InputError, match="has changed"):
        apply(folder, before, [Decision(result.proposals[0], ACCEPT, "x")], result.citations, date="2026-11-23")
    assert snapshot(folder) == now


def test_tables_that_would_get_a_new_problem_are_not_written(tmp_path: Path) -> None:
    folder = small(tmp_path / "a")
    before, result = snapshot(folder), proposed(folder)
    with pytest.raises(InputError, match="new problems") as caught:
        apply(folder, before, [Decision(result.proposals[0], ACCEPT, "x")], result.citations, date="yesterday")
    assert caught.value.problems
    assert snapshot(folder) == before


def test_the_review_table_holds_no_formula_and_comes_back(tmp_path: Path) -> None:
    folder = small(tmp_path / "a")
    result = proposed(folder, record(2, "=HYPERLINK(1) Zentrum für Soziale Innovation", ZSI_ROR, url="https://zsi.at"), ZSI)
    text = review_text(result.proposals)
    for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")):
        assert not [cell for cell in row if cell[:1] in "=+-@\t" and cell]
    table = tmp_path / "review.csv"
    filled = text.replace("\r\n,,,", "\r\naccept,=cmd,-1 Zweifel,").replace("accept,=cmd", "accept,Redaktion", 1)
    table.write_text(filled, encoding="utf-8", newline="")
    decisions = read_review(table, result.proposals)
    assert len(decisions) == len(result.proposals)
    apply(folder, snapshot(folder), decisions, result.citations, date="2026-11-23")
    cells = [cell for row in rows(folder, "decisions.csv") for cell in (row["who"], row["why"])]
    assert "'=cmd" in cells
    assert not [cell for cell in cells if cell[:1] in "=+-@"]


def edited(result: Enrichment, column: str, value: str, **others: str) -> str:
    reader = csv.DictReader(io.StringIO(review_text(result.proposals).removeprefix("\ufeff"), newline=""))
    lines = list(reader)
    lines[0].update({"decision": "accept", "who": "x", **others, column: value})
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(reader.fieldnames or ()))
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue()


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("decision", "maybe", "unknown-decision"),
        ("who", "", "nobody"),
        ("id", "0123456789ab", "unknown-proposal"),
        ("value", "ror:01k97gp34", "unknown-proposal"),
    ],
)
def test_a_wrong_row_of_the_review_table_is_named_and_nothing_is_taken(tmp_path: Path, column: str, value: str, code: str) -> None:
    result = proposed(small(tmp_path / "a"))
    table = tmp_path / "review.csv"
    table.write_text(edited(result, column, value), encoding="utf-8", newline="")
    with pytest.raises(InputError) as caught:
        read_review(table, result.proposals)
    assert [(item.row, item.code) for item in caught.value.problems] == [(2, code)]


def test_two_accepted_values_of_one_slot_are_refused(tmp_path: Path) -> None:
    other = record(3, "Zentrum für Soziale Innovation", "ror:03dv91853", url="https://zsi.at")
    result = proposed(small(tmp_path / "a"), ZSI, other)
    table = tmp_path / "review.csv"
    table.write_text(review_text(result.proposals).replace("\r\n,,,", "\r\naccept,x,,"), encoding="utf-8", newline="")
    with pytest.raises(InputError, match="1 problems"):
        read_review(table, result.proposals)


def test_a_review_table_without_its_columns_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "review.csv"
    for text in ("a,b\n1,2\n", "", "decision,who\n"):
        table.write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match="missing"):
            read_review(table, ())


def test_a_cut_list_says_how_many_more_there_are(tmp_path: Path) -> None:
    result = proposed(small(tmp_path / "a"))
    for lang, word in (("de", "weitere"), ("en", "more")):
        text = human_text(result, lang, limit=1)
        assert f"… 1 {word}" in text
        assert str(len(result.proposals)) in text
    assert values(result)["zsi", ZSI_ROR] >= 0.95
