"""Decisions: what the mapping file keeps, what is refused, and that a refusal leaves everything as it was."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.duplicates.decisions import Book, book_text, decide, read_book, undo, write_book
from kg.duplicates.facts import Facts
from kg.duplicates.model import DECISIONS, Decision
from kg.duplicates.table import COLUMNS, read_decisions
from kg.errors import InputError
from kg.link.sssom import EXACT, new_set
from kg.namespaces import BASE
from tests.link.world import LEFT, org

FACTS = {org(key): Facts(org(key), (f"Body {key}",), graphs=frozenset((LEFT,))) for key in "abcdef"}
TITLE = {"en": "Test", "de": "Test"}


def book(path: Path) -> Book:
    return read_book(path, BASE, TITLE, "https://creativecommons.org/licenses/by/4.0/")


def said(*rows: tuple[str, str, str]) -> list[Decision]:
    return [Decision(org(one), org(other), word, "editor", "", "review.csv", number) for number, (one, other, word) in enumerate(rows, 2)]


def kept(path: Path, *rows: tuple[str, str, str], date: str = "2026-11-23") -> Book:
    write_book(decide(book(path), said(*rows), FACTS, date=date))
    return book(path)


def test_what_the_file_says(tmp_path: Path) -> None:
    path = tmp_path / "mappings" / "duplicates.sssom.tsv"
    found = kept(path, ("b", "a", "same"), ("c", "d", "different"), ("e", "f", "later"))
    same, different = found.mapping_set.mappings
    assert (same.subject_id, same.predicate_id, same.object_id, same.exact) == (org("b"), EXACT[0], org("a"), True)
    assert (different.rejected, different.reviewer_label, different.mapping_date) == (True, "editor", "2026-11-23")
    assert same.mapping_justification.endswith("/MappingReview")
    assert [(item.one, item.other, item.date, item.who) for item in found.later] == [(org("e"), org("f"), "2026-11-23", "editor")]
    # Nothing of `later` is a row: a build would make a link of it.
    assert "body e" not in path.read_text().casefold().partition("subject_id")[2]
    known = found.known()
    assert [known.decision(org(one), org(other)) for one, other in ("ab", "dc", "ef")] == ["same", "different", ""]


def test_a_decision_ends_what_was_put_off(tmp_path: Path) -> None:
    path = tmp_path / "d.tsv"
    kept(path, ("e", "f", "later"))
    assert kept(path, ("f", "e", "same")).later == ()


def test_the_same_decision_twice_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "d.tsv"
    kept(path, ("a", "b", "same"))
    before = path.read_bytes()
    kept(path, ("b", "a", "same"), date="2027-01-01")
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("earlier", "now", "words"),
    [
        ((), (("a", "b", "same"), ("b", "a", "different")), ("review.csv:2", "'different'", "'same'")),
        ((("a", "b", "same"),), (("a", "b", "different"),), ("d.tsv:2", "'different'")),
        ((("a", "b", "different"),), (("b", "a", "same"),), ("d.tsv:2", "'same'")),
        ((("a", "b", "same"),), (("a", "b", "later"),), ("d.tsv:2", "'later'")),
        ((("a", "b", "same"), ("b", "c", "same")), (("a", "c", "different"),), ("d.tsv:2", "d.tsv:3", "review.csv:2")),
        ((("a", "c", "different"), ("b", "c", "same")), (("a", "b", "same"),), ("d.tsv:2", "d.tsv:3", "review.csv:2")),
        ((), (("a", "b", "same"), ("b", "c", "same"), ("a", "c", "different")), ("review.csv:2", "review.csv:3", "review.csv:4")),
    ],
)
def test_contradictions_are_refused_with_both_rows(
    tmp_path: Path, earlier: Sequence[tuple[str, str, str]], now: Sequence[tuple[str, str, str]], words: Sequence[str]
) -> None:
    path = tmp_path / "d.tsv"
    kept(path, *earlier)
    before = path.read_bytes()
    with pytest.raises(InputError) as caught:
        decide(book(path), said(*now), FACTS)
    texts = [problem.text(lang) for problem in caught.value.problems for lang in ("en", "de")]
    for word in words:
        assert all(word in text for text in texts), (word, texts)
    assert path.read_bytes() == before


def test_other_mapping_files_are_not_contradicted(tmp_path: Path) -> None:
    other = kept(tmp_path / "other.sssom.tsv", ("a", "b", "different")).mapping_set
    with pytest.raises(InputError) as caught:
        decide(book(tmp_path / "d.tsv"), said(("a", "b", "same")), FACTS, [other])
    assert "other.sssom.tsv:2" in caught.value.problems[0].text()


def test_undo(tmp_path: Path) -> None:
    path = tmp_path / "d.tsv"
    found = kept(path, ("a", "b", "same"), ("e", "f", "later"))
    write_book(undo(found, org("b"), org("a")))
    write_book(undo(book(path), org("e"), org("f")))
    assert (book(path).mapping_set.mappings, book(path).later) == ((), ())
    with pytest.raises(InputError, match="Nothing is decided"):
        undo(book(path), org("a"), org("b"))
    assert kept(path, ("a", "b", "different")).known().decision(org("a"), org("b")) == "different"


def test_a_file_changed_meanwhile_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "d.tsv"
    first, second = book(path), book(path)
    write_book(decide(first, said(("a", "b", "same")), FACTS))
    before = path.read_bytes()
    with pytest.raises(InputError, match="changed"):
        write_book(decide(second, said(("c", "d", "same")), FACTS))
    assert path.read_bytes() == before
    path.unlink()
    with pytest.raises(InputError, match="changed"):
        write_book(decide(replace(second, mark="0" * 64), said(("c", "d", "same")), FACTS))
    assert not path.exists()


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "d.tsv"
    kept(path, ("a", "b", "later"))
    path.write_text(path.read_text().replace("one: ", "eins: "))
    with pytest.raises(InputError, match="no pair"):
        book(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="cannot be read"):
        book(path)


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")) | st.sampled_from("=+-@\t\n\r\"'#:|"), max_size=60)


CELLS = st.builds("{}{}".format, st.sampled_from(["", "=", "+", " -", "'@", "\t="]), TEXTS)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef"), st.sampled_from(DECISIONS), CELLS, CELLS), max_size=6))
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str, str, str]]) -> None:
    path = tmp_path_factory.mktemp("law") / "d.tsv"
    decisions = [Decision(org(one), org(other), word, who, note) for one, other, word, who, note in rows if one != other]
    try:
        made = decide(book(path), decisions, FACTS, date="2026-11-23")
    except InputError:
        return
    write_book(made)
    read = book(path)
    assert read.mapping_set.mappings == made.mapping_set.mappings
    assert read.later == made.later
    assert book_text(read) == book_text(made)
    # No cell of the table is a formula in whatever opens it.
    lines = [line for line in path.read_text(encoding="utf-8").split("\n") if not line.startswith("#")]
    cells = [cell for row in csv.reader(lines, delimiter="\t") for cell in row]
    assert not [cell for cell in cells if cell.lstrip(" \t\r\n")[:1] in tuple("=+-@＝＋－＠")]


def table(path: Path, *rows: dict[str, str], delimiter: str = ",", mark: str = "") -> Path:
    lines = [delimiter.join(COLUMNS)] + [delimiter.join(f'"{row.get(column, "")}"' for column in COLUMNS) for row in rows]
    path.write_text(mark + "\r\n".join(lines) + "\r\n", encoding="utf-8", newline="")
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("word", ["same", "SAME ", "gleich"])
def test_tables_as_spreadsheets_save_them(tmp_path: Path, delimiter: str, mark: str, word: str) -> None:
    path = table(tmp_path / "r.csv", {}, {"decision": word, "a_id": org("a"), "b_id": org("b"), "note": "'=x"}, delimiter=delimiter, mark=mark)
    assert read_decisions(path, "me") == [Decision(org("a"), org("b"), "same", "me", "=x", str(path), 3)]


def test_faulty_rows_are_all_named(tmp_path: Path) -> None:
    path = table(
        tmp_path / "r.csv",
        {"decision": "maybe", "a_id": org("a"), "b_id": org("b")},
        {"decision": "same", "a_id": org("a"), "b_id": org("a")},
        {"decision": "later", "a_id": "", "b_id": org("b")},
    )
    with pytest.raises(InputError) as caught:
        read_decisions(path, "me")
    assert [(problem.row, problem.code) for problem in caught.value.problems] == [(2, "unknown-decision"), (3, "no-pair"), (4, "no-pair")]
    path.write_text("decision;a_id\nsame;x\n")
    with pytest.raises(InputError, match="b_id"):
        read_decisions(path, "me")


def test_an_empty_set_is_canonical(tmp_path: Path) -> None:
    write_book(book(tmp_path / "d.tsv"))
    assert (
        book(tmp_path / "d.tsv").mapping_set.metadata
        == new_set("d.tsv", BASE, {"en": "Duplicates: Test"}, "https://creativecommons.org/licenses/by/4.0/").metadata
    )
