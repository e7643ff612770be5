"""Export and import without a change give the same bytes; one changed cell changes one cell."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from kg.errors import InputError, MissingExtraError
from kg.resources import folder as resource
from kg.sheet import export_sheet, import_sheet
from kg.sources.lossless import LosslessTable
from tests.sheet.books import cell, contents, edited, exported, folder, put

CELLS = st.one_of(
    st.sampled_from(
        ["", "", "007", "1,50", "2021-11", "1E5", " a ", "=1+1", "+a", "-a", "@a", "\ta", "'a", "a\nb", "a\r\nb", "_x0041_", "#N/A", "TRUE", "  "]
    ),
    st.text(st.sampled_from("aä😀\"';,=\r\n\t _x<&\ufeff\x85\x9b\u2028"), max_size=8),
)
COLUMNS = ("subject_id", "predicate", "object_id", "role", "start", "end", "source_id", "evidence")


@st.composite
def tables(draw: st.DrawFn) -> bytes:
    delimiter, newline = draw(st.sampled_from(",;\t")), draw(st.sampled_from(["\n", "\r\n"]))
    rows = draw(st.lists(st.lists(CELLS, min_size=len(COLUMNS), max_size=len(COLUMNS)), max_size=5))
    out = io.StringIO(newline="")
    # A lone carriage return is not quoted by every version of the writer, and ends a row then.
    everything = draw(st.booleans()) or any("\r" in text for row in rows for text in row)
    writer = csv.writer(out, delimiter=delimiter, lineterminator=newline, quoting=csv.QUOTE_ALL if everything else csv.QUOTE_MINIMAL)
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    text = out.getvalue()
    if draw(st.booleans()):
        text = text.removesuffix(newline)
    return (b"\xef\xbb\xbf" if draw(st.booleans()) else b"") + text.encode()


@settings(max_examples=25, deadline=None)
@given(tables(), st.booleans())
def test_nothing_changed_is_the_same_bytes(table: bytes, by_openpyxl: bool) -> None:
    with tempfile.TemporaryDirectory() as made:
        path = folder(Path(made) / "data", relations=table)
        book, before = exported(path), contents(path)
        if by_openpyxl:
            # Another program has read and written all of it.
            edited(book, lambda _: None)
        result = import_sheet(book, path)
        assert contents(path) == before
        assert not result.changed
        assert not result.conflicts


@settings(max_examples=25, deadline=None)
@given(tables(), CELLS, st.data())
def test_one_cell_changed_is_one_cell_changed(table: bytes, value: str, data: st.DataObject) -> None:
    before = LosslessTable(table)
    rows = [number for number in before.rows if any(text.strip() for text in before.row(number).values())]
    value = value.replace("\r\n", "\n").replace("\r", "\n").replace("_x", "x")
    if not rows or not value.strip():
        return
    place, column = data.draw(st.sampled_from(range(len(rows)))), data.draw(st.sampled_from(COLUMNS))
    with tempfile.TemporaryDirectory() as made:
        path = folder(Path(made) / "data", relations=table)

        def edit(book: Any) -> None:
            found = cell(book, "relations", place + 2, column)
            found.value = "x"
            found._value = value

        import_sheet(edited(exported(path), edit), path)
        after = LosslessTable((path / "relations.csv").read_bytes())
    assert [after.row(number) for number in after.rows if number != rows[place]] == [
        before.row(number) for number in before.rows if number != rows[place]
    ]
    assert after.cell(rows[place], column).replace("\r\n", "\n").replace("\r", "\n") == value
    before.set(rows[place], column, after.cell(rows[place], column))
    assert after.data() == before.data()


def test_the_shipped_tables_come_back_byte_for_byte(tmp_path: Path) -> None:
    path = tmp_path / "dortmund"
    shutil.copytree(resource("data", "dortmund"), path)
    before = contents(path)
    book = exported(path)
    assert import_sheet(book, path).changed == []
    assert contents(path) == before
    # One cell, changed by another program: one line of one file, and in it one cell.
    import_sheet(edited(book, put("relations", 10, "role", "Zitat, neu")), path)
    after = contents(path)
    old, new = before["relations.csv"].split(b"\r\n"), after["relations.csv"].split(b"\r\n")
    assert [number for number, (left, right) in enumerate(zip(old, new, strict=True), start=1) if left != right] == [10]
    assert new[9] == old[9].replace(b"Zitat in der Meldung", b'"Zitat, neu"')
    assert {name for name in before if before[name] != after[name]} == {"relations.csv"}


def test_the_same_tables_give_the_same_bytes(tmp_path: Path) -> None:
    path = folder(tmp_path / "data")
    first = exported(path).read_bytes()
    assert exported(path).read_bytes() == first


def test_every_cell_is_text_and_nothing_is_a_formula(tmp_path: Path) -> None:
    relations = "subject_id,predicate,object_id,role,start,end,source_id,evidence\na,b,c,=1+1,2021-11,007,#N/A,+49\n"
    book = exported(folder(tmp_path / "data", relations=relations))
    row = load_workbook(book)["relations"][2]
    assert [found.value for found in row] == ["a", "b", "c", "=1+1", "2021-11", "007", "#N/A", "+49", "2"]
    assert {found.number_format for found in row} == {"@"}
    assert [found.quotePrefix for found in row] == [False, False, False, True, False, False, False, True, False]
    with zipfile.ZipFile(book) as parts:
        sheets = {name: parts.read(name) for name in parts.namelist() if name.startswith("xl/worksheets/")}
    assert not any(b"<f>" in data or b"<v>" in data for data in sheets.values())


def test_blanks_alone_are_marked_to_be_kept(tmp_path: Path) -> None:
    book = exported(folder(tmp_path / "data", relations='subject_id,predicate,object_id,role,start,end,source_id,evidence\na,b,c,  ," x",007,s,t\n'))
    with zipfile.ZipFile(book) as parts:
        xml = parts.read("xl/worksheets/sheet3.xml")
    assert b'<t xml:space="preserve">  </t>' in xml
    assert b'<t xml:space="preserve"> x</t>' in xml
    # No mark that offers to make 007 a number.
    assert b'numberStoredAsText="1"' in xml


@pytest.mark.parametrize("package", ["openpyxl", "defusedxml"])
def test_a_missing_package_names_its_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    path = folder(tmp_path / "data")
    book = exported(path)
    for name in [name for name in sys.modules if name.split(".")[0] == package]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtraError, match=r"innovation-kg\[tables\]"):
        import_sheet(book, path)
    if package == "openpyxl":
        with pytest.raises(MissingExtraError, match=r"innovation-kg\[tables\]"):
            export_sheet(path, book)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_drop_downs_and_notes_stand_where_they_help(tmp_path: Path, lang: str) -> None:
    path = folder(tmp_path / "data")
    export_sheet(path, tmp_path / "b.xlsx", lang)
    book = load_workbook(tmp_path / "b.xlsx")
    rules = {rule.formula1: rule for rule in book["relations"].data_validations.dataValidation}
    assert set(rules) == {"list_entities", "list_predicates", "list_sources"}
    assert rules["list_predicates"].errorStyle in (None, "stop")
    assert rules["list_entities"].errorStyle == "warning"
    assert (book["_lists"].sheet_state, book["_innokg"].sheet_state) == ("hidden", "veryHidden")
    sheet, area = next(iter(book.defined_names["list_entities"].destinations))
    assert [found[0].value for found in book[sheet][area.replace("$", "")]] == ["amt", "werk"]
    for name in ("sources", "entities", "relations"):
        for found in book[name][1]:
            assert found.comment is not None
            assert len(found.comment.text) > 20
    note = book["entities"]["B1"].comment.text
    assert ("Project – Projekt" if lang == "de" else "Project – Project") in note
    # The technical column is hidden, and moves with the others when somebody sorts.
    assert book["relations"].column_dimensions["I"].hidden
    assert book["relations"].auto_filter.ref == "A1:I5"


@pytest.mark.parametrize(("text", "word"), [("a\x07b", "U+0007"), ("x" * 32_768, "32,768"), ("😀" * 16_384, "32,768"), ("\ufffe", "U+FFFE")])
def test_what_no_cell_can_hold_is_named_before_anything_is_written(tmp_path: Path, text: str, word: str) -> None:
    path = folder(tmp_path / "data", sources=f"source_id,url,title,publisher,language,published,note\ns1,u,t,p,de,,{text}\n")
    with pytest.raises(InputError) as refused:
        export_sheet(path, tmp_path / "b.xlsx")
    (problem,) = refused.value.problems
    assert (problem.row, problem.column) == (2, "note")
    assert problem.file.endswith("sources.csv")
    assert word in problem.what["en"]
    assert not (tmp_path / "b.xlsx").exists()


def test_a_workbook_that_may_hold_work_is_not_replaced(tmp_path: Path) -> None:
    path = folder(tmp_path / "data")
    book = edited(exported(path), put("relations", 2, "role", "Arbeit"))
    kept = book.read_bytes()
    with pytest.raises(InputError, match="--force"):
        export_sheet(path, book)
    assert book.read_bytes() == kept
    with pytest.raises(InputError, match="xlsx"):
        export_sheet(path, tmp_path / "b.csv")


def test_blank_records_and_a_column_called_row_stay(tmp_path: Path) -> None:
    relations = "_row,subject_id,predicate,object_id,role,start,end,source_id,evidence\r\n1,a,b,c,,,,s,x\r\n\r\n,,,,,,,,\r\n2,a,b,d,,,,s,y\r\n\r\n"
    path = folder(tmp_path / "data", relations=relations)
    import_sheet(edited(exported(path), put("relations", 3, "_row", "3")), path)
    assert (path / "relations.csv").read_bytes().decode() == relations.replace("2,a,b,d", "3,a,b,d")


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed (soffice); install it to run this round trip")
def test_libreoffice_changes_nothing(tmp_path: Path) -> None:
    relations = (
        'subject_id,predicate,object_id,role,start,end,source_id,evidence\na,b,c,=1+1,2021-11,007,"1,50","x\r\ny"\na, b ,c,TRUE,1E5,+1,_x0041_,#N/A\n'
    )
    path = folder(tmp_path / "data", relations=relations)
    book, before = exported(path), contents(path)
    (tmp_path / "out").mkdir()
    home = f"-env:UserInstallation=file://{tmp_path}/profile"
    subprocess.run(["soffice", home, "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path / "out"), str(book)], check=True, timeout=120)
    assert not import_sheet(tmp_path / "out" / book.name, path).changed
    assert contents(path) == before
