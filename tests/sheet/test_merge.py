"""The three-way merge: what one side changed is taken, what both changed is a conflict, and nothing is lost."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import InputError
from kg.sheet import import_sheet
from kg.sheet.grid import Grid, GridRow
from kg.sheet.match import Candidate, matched
from kg.sheet.merge import merge
from kg.sources.lossless import LosslessTable
from tests.sheet.books import RELATIONS, cell, contents, edited, exported, folder, merged, put


def lines(path: Path, table: str = "relations") -> list[str]:
    return (path / f"{table}.csv").read_text().splitlines()[1:]


def change(path: Path, old: str, new: str, table: str = "relations") -> None:
    file = path / f"{table}.csv"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_changes_of_both_sides_are_joined_cell_by_cell(tmp_path: Path) -> None:
    path = folder(tmp_path / "data")
    book = edited(exported(path), put("relations", 2, "role", "Partnerin"))
    change(path, "s1,Eins", "s1,Eins und mehr")
    made = import_sheet(book, path)
    assert lines(path)[0] == "werk,hasParticipant,amt,Partnerin,2021-11,,s1,Eins und mehr"
    assert [table.changed for table in made.tables] == [[], [], [(2, "role")]]
    assert not made.conflicts
    # The same again: there is nothing left to do, and nothing is added twice.
    assert not import_sheet(book, path).changed


@pytest.mark.parametrize(("choice", "role"), [("sheet", "Blatt"), ("file", "Datei")])
def test_a_cell_changed_on_both_sides_is_a_conflict(tmp_path: Path, choice: str, role: str) -> None:
    path = folder(tmp_path / "data")
    book = edited(exported(path), put("relations", 2, "role", "Blatt"))
    edited(book, put("entities", 2, "label_de", "Amt neu"))
    change(path, "amt,Partner,", "amt,Datei,")
    before = contents(path)
    made = import_sheet(book, path)
    (conflict,) = made.conflicts
    assert (conflict.table, conflict.row, conflict.sheet_row, conflict.column) == ("relations", 2, 2, "role")
    assert (conflict.base, conflict.sheet, conflict.file) == ("Partner", "Blatt", "Datei")
    # All or nothing: the other table waits too.
    assert made.refused
    assert contents(path) == before
    made = import_sheet(book, path, conflicts=choice)
    assert made.written
    assert len(made.conflicts) == 1
    assert lines(path)[0].split(",")[3] == role
    assert lines(path, "entities")[0].split(",")[2] == "Amt neu"


def test_both_sides_changed_to_the_same_is_agreed(tmp_path: Path) -> None:
    path = folder(tmp_path / "data")
    book = edited(exported(path), put("relations", 2, "role", "Neu"))
    change(path, "amt,Partner,", "amt,Neu,")
    assert not import_sheet(book, path).conflicts


def test_rows_are_added_at_the_end_and_removed(tmp_path: Path) -> None:
    path = folder(tmp_path / "data")

    def edit(book: Any) -> None:
        book["relations"].delete_rows(3)
        book["relations"].insert_rows(2)
        for place, text in enumerate(["werk", "memberOf", "amt", None, None, None, "s1", "Neu, hier"], start=1):
            book["relations"].cell(2, place).value = text

    made = merged(path, edit)
    assert (made.tables[2].added, made.tables[2].removed, made.tables[2].changed) == (1, [3], [])
    rows = RELATIONS.splitlines()[1:]
    assert lines(path) == [rows[0], rows[2], rows[3], 'werk,memberOf,amt,,,,s1,"Neu, hier"']


def test_a_row_added_on_both_sides_is_added_once(tmp_path: Path) -> None:
    path = folder(tmp_path / "data")
    book = edited(exported(path), lambda opened: opened["relations"].append(["werk", "mentions", "amt", None, None, None, "s1", "Neu"]))
    change(path, "s1,Vier\n", "s1,Vier\nwerk,mentions,amt,,,,s1,Neu\n")
    assert not import_sheet(book, path).changed


def test_an_entity_added_on_both_sides_differently_is_a_conflict(tmp_path: Path) -> None:
    path = folder(tmp_path / "data")
    book = edited(exported(path), lambda opened: opened["entities"].append(["neu", "Project", "Blatt", "Sheet"]))
    with (path / "entities.csv").open("a") as file:
        file.write("neu,Project,Datei,Sheet,,,,,,,,,,s1\n")
    made = import_sheet(book, path)
    assert {(found.row, found.column, found.sheet, found.file) for found in made.conflicts} == {
        (4, "label_de", "Blatt", "Datei"),
        (4, "source_ids", "", "s1"),
    }
    import_sheet(book, path, conflicts="sheet")
    assert lines(path, "entities")[2] == "neu,Project,Blatt,Sheet,,,,,,,,,,"


@pytest.mark.parametrize(("choice", "left"), [("sheet", 3), ("file", 4)])
def test_a_row_deleted_here_and_changed_there(tmp_path: Path, choice: str, left: int) -> None:
    path = folder(tmp_path / "data")
    book = edited(exported(path), lambda opened: opened["relations"].delete_rows(3))
    change(path, "s1,Zwei", "s1,Zwei neu")
    (conflict,) = import_sheet(book, path).conflicts
    assert (conflict.row, conflict.column, conflict.sheet) == (3, "", None)
    import_sheet(book, path, conflicts=choice)
    assert len(lines(path)) == left


@pytest.mark.parametrize(("choice", "left"), [("sheet", 4), ("file", 3)])
def test_a_row_changed_here_and_deleted_there(tmp_path: Path, choice: str, left: int) -> None:
    path = folder(tmp_path / "data")
    book = edited(exported(path), put("relations", 3, "evidence", "Zwei neu"))
    change(path, RELATIONS.splitlines()[2] + "\n", "")
    (conflict,) = import_sheet(book, path).conflicts
    assert (conflict.row, conflict.sheet_row, conflict.file) == (0, 3, None)
    import_sheet(book, path, conflicts=choice)
    assert len(lines(path)) == left
    if choice == "sheet":
        assert lines(path)[-1] == "werk,hasParticipant,amt,Leitung,2022,,s1,Zwei neu"


def test_an_emptied_sheet_does_not_empty_a_table(tmp_path: Path) -> None:
    head = RELATIONS.splitlines()[0]
    path = folder(tmp_path / "data", relations=f"{head}\n" + "".join(f"werk,mentions,amt,,,,s1,{number}\n" for number in range(10)))
    before = contents(path)
    with pytest.raises(InputError) as refused:
        merged(path, lambda book: book["relations"].delete_rows(2, 10))
    assert "had 10" in refused.value.problems[0].what["en"]
    assert contents(path) == before
    # Nine of ten may go.
    assert len(merged(path, lambda book: book["relations"].delete_rows(3, 9)).tables[2].removed) == 9


def test_deleted_on_both_sides_is_agreed(tmp_path: Path) -> None:
    path = folder(tmp_path / "data")
    book = edited(exported(path), lambda opened: opened["relations"].delete_rows(3))
    change(path, RELATIONS.splitlines()[2] + "\n", "")
    made = import_sheet(book, path)
    assert not made.conflicts
    assert not made.changed


def reordered(sheet: Any, order: list[int], columns: int) -> None:
    """Sort rows of a sheet as a spreadsheet does, up to a column."""
    rows = {number: [sheet.cell(number, place).value for place in range(1, columns + 1)] for number in order}
    for number, source in zip(sorted(order), order, strict=True):
        for place, value in enumerate(rows[source], start=1):
            sheet.cell(number, place).value = value


@pytest.mark.parametrize("columns", [9, 8])
def test_sorting_the_sheet_does_not_sort_the_file(tmp_path: Path, columns: int) -> None:
    """With and without the technical column taking part."""
    path = folder(tmp_path / "data")

    def edit(book: Any) -> None:
        reordered(book["relations"], [4, 2, 5, 3], columns)
        cell(book, "relations", 3, "evidence").value = "Eins neu"

    made = merged(path, edit)
    rows = RELATIONS.splitlines()[1:]
    assert sorted(lines(path)) == sorted([rows[0].replace("Eins", "Eins neu"), *rows[1:]])
    if columns == 9:
        assert lines(path) == [rows[0].replace("Eins", "Eins neu"), *rows[1:]]
        assert any("sorted" in note.en for note in made.tables[2].notes)


def test_without_the_technical_column_content_decides(tmp_path: Path) -> None:
    path = folder(tmp_path / "data")

    def edit(book: Any) -> None:
        book["relations"].delete_cols(9)
        cell(book, "relations", 2, "evidence").value = "Eins neu"
        book["relations"].append(["werk", "mentions", "amt"])

    made = merged(path, edit)
    assert (made.tables[2].changed, made.tables[2].added, made.tables[2].removed) == ([(2, "evidence")], 1, [])


def test_a_copied_row_is_a_new_row(tmp_path: Path) -> None:
    path = folder(tmp_path / "data")

    def edit(book: Any) -> None:
        sheet = book["entities"]
        # Copied with its hidden number, above the row itself; then both are changed.
        values = [found.value for found in sheet[2]]
        sheet.insert_rows(2)
        for place, value in enumerate(values, start=1):
            sheet.cell(2, place).value = value
        sheet.cell(2, 1).value = "amt-zwei"
        sheet.cell(3, 3).value = "Amt neu"

    made = merged(path, edit)
    assert (made.tables[1].changed, made.tables[1].added, made.tables[1].removed) == ([(2, "label_de")], 1, [])
    assert lines(path, "entities")[2].startswith("amt-zwei,Institution,Amt,")


def test_a_renamed_id_stays_its_row(tmp_path: Path) -> None:
    path = folder(tmp_path / "data")
    made = merged(path, put("entities", 2, "entity_id", "amt-neu"))
    assert (made.tables[1].changed, made.tables[1].added) == ([(2, "entity_id")], 0)


def test_reordered_columns_are_fine_and_missing_ones_stay(tmp_path: Path) -> None:
    path = folder(tmp_path / "data", sources=b"\xef\xbb\xbfextra;source_id;url;title;publisher;language;published;note\r\n1;s1;u;t;p;de;;\r\n")

    def edit(book: Any) -> None:
        sheet = book["sources"]
        sheet.move_range("A1:A2", cols=12)
        sheet.delete_cols(1)
        sheet["B2"].value, sheet["B1"].value, sheet["C2"].value, sheet["C1"].value = "t2", "title", "u", "url"

    assert [table.changed for table in merged(path, edit).tables] == [[(2, "title")], [], []]
    assert (path / "sources.csv").read_bytes() == b"\xef\xbb\xbfextra;source_id;url;title;publisher;language;published;note\r\n1;s1;u;t2;p;de;;\r\n"
    made = merged(path, lambda book: book["sources"].delete_cols(1))
    assert not made.changed
    assert "extra" in made.tables[0].notes[0].en


def test_a_missing_sheet_leaves_its_table_and_an_unknown_one_is_ignored(tmp_path: Path) -> None:
    path = folder(tmp_path / "data")

    def edit(book: Any) -> None:
        book["relations"].title = "relation"
        book.create_sheet("geheim").sheet_state = "hidden"

    made = merged(path, edit)
    told = " ".join(note.en for note in made.notes)
    assert "'relation' was ignored. Did you rename relations?" in told
    assert "'geheim' was ignored" in told
    assert "relations.csv stays as it is" in told
    assert not made.changed


def test_hidden_rows_are_read_and_that_is_said(tmp_path: Path) -> None:
    path = folder(tmp_path / "data")

    def edit(book: Any) -> None:
        cell(book, "relations", 3, "role").value = "Neu"
        book["relations"].row_dimensions[3].hidden = True
        book["relations"].column_dimensions["D"].hidden = True
        book["relations"].sheet_state = "hidden"

    made = merged(path, edit)
    assert len(made.tables[2].notes) == 3
    assert made.tables[2].changed == [(3, "role")]


def test_what_the_spreadsheet_made_of_texts_is_text_again(tmp_path: Path) -> None:
    path = folder(tmp_path / "data")

    def edit(book: Any) -> None:
        for row, column, value, code in (
            ("entities", "start", 7, "General"),  # 007, still the same
            ("entities", "lat", 51.513889, "General"),
            ("relations", "start", datetime.date(2021, 11, 1), "mmm-yy"),
        ):
            number = 2 if column != "start" or row == "relations" else 3
            found = cell(book, row, number, column)
            found.value, found.number_format = value, code
        for column, value, code in (("start", datetime.date(2020, 6, 5), "dd.mm.yyyy"), ("end", 2024, "General"), ("role", 0.1, "0.00")):
            found = cell(book, "relations", 3, column)
            found.value, found.number_format = value, code

    made = merged(path, edit)
    assert made.tables[1].changed == []
    assert lines(path)[1] == "werk,hasParticipant,amt,0.1,2020-06-05,2024,s1,Zwei"
    assert len(made.tables[1].converted) == 2
    assert len(made.tables[2].converted) == 4


@pytest.mark.parametrize(
    ("value", "code", "word"),
    [
        (True, "General", "truth value"),
        (1e15, "General", "fifteen"),
        (0.5, "0%", "another form"),
        (datetime.datetime(2021, 1, 1, 12, 30), "yyyy-mm-dd h:mm", "time"),
        (datetime.date(2021, 11, 2), "d-mmm", "without year"),
    ],
)
def test_what_cannot_be_told_is_refused_with_its_address(tmp_path: Path, value: object, code: str, word: str) -> None:
    path = folder(tmp_path / "data")
    before = contents(path)

    def edit(book: Any) -> None:
        found = cell(book, "relations", 3, "role")
        found.value, found.number_format = value, code

    with pytest.raises(InputError) as refused:
        merged(path, edit)
    (problem,) = refused.value.problems
    assert problem.file == "data.xlsx relations!D3"
    assert word in problem.what["en"]
    assert contents(path) == before


def test_a_text_that_a_spreadsheet_would_compute_is_said(tmp_path: Path) -> None:
    path = folder(tmp_path / "data")

    def edit(book: Any) -> None:
        found = cell(book, "relations", 3, "role")
        found.value = "x"
        found._value = '=HYPERLINK("https://example.org")'

    made = merged(path, edit)
    assert made.tables[2].formulas == ["relations!D3"]
    assert '"=HYPERLINK(""https://example.org"")"' in lines(path)[1] or "=HYPERLINK" in lines(path)[1]


def test_a_file_changed_while_reading_is_not_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kg.sheet import read

    path = folder(tmp_path / "data")
    book = edited(exported(path), put("relations", 2, "role", "Neu"))

    def slow(*values: Any) -> Any:
        made = merge(*values)
        change(path, "Vier", "Fünf") if made.table == "relations" else None
        return made

    monkeypatch.setattr(read, "merge", slow)
    with pytest.raises(InputError, match="changed since it was read"):
        import_sheet(book, path)
    assert "Neu" not in (path / "relations.csv").read_text()
    assert "Fünf" in (path / "relations.csv").read_text()


ROW = st.fixed_dictionaries({"a": st.sampled_from("xyz"), "b": st.sampled_from("xyz"), "c": st.sampled_from(["", "x"])})


@settings(max_examples=200, deadline=None)
@given(st.lists(ROW, max_size=6), st.lists(st.tuples(ROW, st.integers(0, 8)), max_size=7), st.sampled_from(["", "a"]))
def test_no_base_row_is_found_twice(base: list[dict[str, str]], rows: list[tuple[dict[str, str], int]], key: str) -> None:
    known = dict(enumerate(base, start=2))
    given_rows = [Candidate(place, cells, hint, known.get(hint) == cells) for place, (cells, hint) in enumerate(rows, start=2)]
    found = matched(known, given_rows, ("a", "b", "c"), key)
    assert len(set(found.values())) == len(found)
    assert set(found.values()) <= set(known)
    # Every row that is still there in the same form is found, as often as it is there.
    same = matched(known, [Candidate(number, cells) for number, cells in known.items()], ("a", "b", "c"), key)
    assert {known[number]["a"] + known[number]["b"] for number in same.values()} == {cells["a"] + cells["b"] for cells in base}
    assert len(same) == len(base)


SIDE = st.dictionaries(
    st.tuples(st.integers(2, 9), st.sampled_from(["role", "start", "evidence"])), st.sampled_from(["", "neu", "anders"]), max_size=6
)


@settings(max_examples=100, deadline=None)
@given(SIDE, SIDE, st.permutations(range(2, 10)), st.booleans())
def test_the_merge_of_two_sides_is_cell_by_cell(theirs: Any, ours: Any, order: list[int], hints: bool) -> None:
    """Whatever the order of the sheet: each cell is what one side made of it, and a conflict stands exactly where both made something different."""
    columns = ("subject_id", "role", "start", "evidence", "note", "more")
    rows = {
        number: {
            "subject_id": f"id-{number}",
            "role": f"r{number}",
            "start": "2021",
            "evidence": f"e{number}",
            "note": f"n{number}",
            "more": f"m{number}",
        }
        for number in range(2, 10)
    }

    def table(side: Any) -> LosslessTable:
        made = LosslessTable((",".join(columns) + "\r\n").encode(), "relations.csv")
        for number, cells in rows.items():
            made.append({column: side.get((number, column), text) for column, text in cells.items()})
        return made

    grid = Grid("relations", {column: place for place, column in enumerate(columns, start=1)}, hinted=hints)
    for place, number in enumerate(order, start=2):
        cells = {column: theirs.get((number, column), text) for column, text in rows[number].items()}
        grid.rows.append(GridRow(place, cells, number if hints else 0))
    made = merge("b.xlsx", grid, table({}), table(ours))
    differ = {spot for spot in theirs if spot in ours and theirs[spot] != ours[spot]}
    assert {(conflict.row, conflict.column) for conflict in made.conflicts} == differ
    after = LosslessTable(made.after)
    if differ:
        assert made.after == made.before
    else:
        both = {**theirs, **ours}
        expected = [{column: both.get((number, column), text) for column, text in cells.items()} for number, cells in rows.items()]
        assert [after.row(number) for number in after.rows] == expected
