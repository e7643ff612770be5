"""Single cells change, every other byte stays."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import InputError
from kg.resources import folder
from kg.sources.lossless import LosslessTable, checksum

CELL = st.text(st.sampled_from("ab ,;\t\"'\r\nä=\ufeff"), max_size=6)


@st.composite
def tables(draw: st.DrawFn) -> tuple[bytes, str]:
    delimiter = draw(st.sampled_from(",;\t"))
    newline = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    quoted = draw(st.booleans())
    width = draw(st.integers(2, 4))
    rows = draw(st.lists(st.lists(CELL, min_size=width, max_size=width), max_size=4))
    out = io.StringIO(newline="")
    # The writer quotes line ends of its own kind only; a reader ends records at all of them.
    everything = quoted or any(sign in cell for row in rows for cell in row for sign in "\r\n")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=newline, quoting=csv.QUOTE_ALL if everything else csv.QUOTE_MINIMAL)
    writer.writerow([f"c{place}" for place in range(width)])
    writer.writerows(rows)
    text = out.getvalue()
    if draw(st.booleans()):
        text = text.removesuffix(newline)
    return (b"\xef\xbb\xbf" if draw(st.booleans()) else b"") + text.encode(), delimiter


def read(data: bytes, delimiter: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=delimiter))


@given(tables())
def test_nothing_changed_is_the_same_bytes_and_the_same_cells(given_table: tuple[bytes, str]) -> None:
    data, delimiter = given_table
    table = LosslessTable(data)
    assert table.data() == data
    width = len(table.columns)
    # A blank line is a record without cells; here they are empty.
    assert [list(table.row(number).values()) for number in table.rows] == [(row + [""] * width)[:width] for row in read(data, delimiter)[1:]]


@given(tables(), CELL, st.data())
def test_one_cell_changes_and_back_again(given_table: tuple[bytes, str], value: str, more: st.DataObject) -> None:
    data, delimiter = given_table
    table = LosslessTable(data)
    if not table.rows:
        return
    number, column = more.draw(st.sampled_from(table.rows)), more.draw(st.sampled_from(list(table.columns)))
    before = table.cell(number, column)
    table.set(number, column, value)
    expected = read(data, delimiter)
    expected[number - 1][list(table.columns).index(column)] = value
    assert read(table.data(), delimiter) == expected
    table.set(number, column, before)
    assert LosslessTable(table.data()).cell(number, column) == before


@given(tables(), CELL, st.data())
def test_a_row_comes_and_goes(given_table: tuple[bytes, str], value: str, more: st.DataObject) -> None:
    data, delimiter = given_table
    table = LosslessTable(data)
    number = more.draw(st.integers(2, len(table.rows) + 2))
    last = number == len(table.rows) + 2
    table.insert(number, {"c1": value})
    assert read(table.data(), delimiter)[number - 1] == ["", value, *[""] * (len(table.columns) - 2)]
    table.remove(number)
    # A last record without a line end gets one when another follows, and loses it when that is gone.
    assert table.data() == data or (last and table.data().rstrip(b"\r\n") == data)


@pytest.mark.parametrize("name", ["entities", "relations", "sources", "decisions", "retired"])
def test_the_shipped_tables_stay_as_they_are(name: str) -> None:
    data = (folder("data", "dortmund") / f"{name}.csv").read_bytes()
    table = LosslessTable(data)
    assert table.data() == data
    assert "".join(table.line(number) for number in (1, *table.rows)).encode() == data
    assert len(table.rows) == len(read(data, ",")) - 1


def test_quotes_stay_where_they_were() -> None:
    table = LosslessTable(b'a;b\r\n"1";2\r\n\r\n 3 ;"x;y"')
    table.set(2, "a", "7")
    table.set(2, "b", "8;9")
    table.set(4, "a", "=1")
    assert table.data() == b'a;b\r\n"7";"8;9"\r\n\r\n=1;"x;y"'
    assert table.row(3) == {"a": "", "b": ""}


def test_quotes_that_only_the_old_value_needed_go() -> None:
    table = LosslessTable(b'a,b\n"51,5",x\n"51,5","x"\n')
    table.set(2, "a", "51.5")
    table.set(3, "a", "51.5")
    assert table.data() == b'a,b\n51.5,x\n"51.5","x"\n'


@pytest.mark.parametrize("data", [b"", b'a,b\n"1,2\n', b"a,b\n\xff,1\n", b"a,a\n1,2\n", b'a,b\n"1"x,2\n'])
def test_what_cannot_be_kept_is_refused(data: bytes) -> None:
    with pytest.raises(InputError):
        LosslessTable(data, "t.csv")


def test_places_that_are_not_there() -> None:
    table = LosslessTable(b"a,b\n1\n", "t.csv")
    for act in (
        lambda: table.cell(3, "a"),
        lambda: table.set(2, "c", ""),
        lambda: table.set(2, "b", "x"),
        lambda: table.insert(9, {}),
        lambda: table.remove(1),
    ):
        with pytest.raises(InputError):
            act()
    assert table.data() == b"a,b\n1\n"


def test_a_file_changed_by_another_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"a\n1\n")
    table, mark = LosslessTable.read(path), checksum(path.read_bytes())
    path.write_bytes(b"a\n2\n")
    table.set(2, "a", "3")
    with pytest.raises(InputError, match="changed since"):
        table.write(path, expected=mark)
    assert path.read_bytes() == b"a\n2\n"
    table.write(path, expected=checksum(b"a\n2\n"))
    assert path.read_bytes() == b"a\n3\n"
    with pytest.raises(InputError, match="cannot be read"):
        LosslessTable.read(tmp_path / "none.csv")
