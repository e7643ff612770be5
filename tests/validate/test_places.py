"""Physical lines: those that an editor counts, for every spreadsheet's variant, and no guess where a file is not the one that was read."""

from __future__ import annotations

import csv
import hashlib
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.sources.tables import read_table
from kg.validate import Origin
from kg.validate.places import Locator, record_lines, repository

CELL = st.text(alphabet='ab",;\n\r\t', max_size=6)


@given(
    st.lists(st.lists(CELL, min_size=2, max_size=2), min_size=1, max_size=8),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
def test_each_record_begins_at_its_line(rows: list[list[str]], delimiter: str, end: str, ends: bool) -> None:
    buffer = io.StringIO(newline="")
    parts = []
    for row in [["h", "i"], *rows]:
        csv.writer(buffer, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerow(row)
        parts.append(buffer.getvalue())
    text = parts[-1] if ends else parts[-1].removesuffix(end)
    expected = [1 + part.count("\n") for part in ["", *parts[:-1]]]
    assert list(record_lines(text)) == expected


@pytest.mark.parametrize("text", ['a,b\n1,"x\n', "a,b\n\n\n1,2\n", "", "a", "\ufeffa,b\r\n1,2\r\n", 'a,b\n1,"x"y\n3,4\n'])
def test_records_are_counted_as_tables_are_read(tmp_path: Path, text: str) -> None:
    file = tmp_path / "entities.csv"
    file.write_text(text, encoding="utf-8", newline="")
    rows = read_table(file, "x", ()).rows
    locator = Locator(tmp_path)
    lines = text.split("\n")
    for row in rows:
        line = locator.place(Origin(str(file), row.number)).line
        assert lines[line - 1].removesuffix("\r").split(",")[0] == row[next(iter(row.cells))]
    assert locator.place(Origin(str(file), 99)).line == 99, "a row that is not there keeps its number"


def test_paths_are_relative_to_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "repo" / "data"
    folder.mkdir(parents=True)
    (folder / "a.csv").write_text('x\n"1\n2"\n3\n')
    (tmp_path / "repo" / ".git").mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    for name in ("a.csv", "../data/a.csv", str(folder / "a.csv")):
        place = Locator.here().place(Origin(name, 3))
        assert (place.path, place.line, place.inside) == ("data/a.csv", 4, True)
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    assert Locator.here().place(Origin("a.csv", 0)).path == "repo/data/a.csv"
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path / "elsewhere"))
    assert Locator.here().base == tmp_path / "repo"
    assert repository(tmp_path) == tmp_path
    outside = Locator(tmp_path / "other").place(Origin("a.csv", 3))
    assert (outside.path, outside.inside) == ((folder / "a.csv").as_posix(), False)


def test_a_file_that_has_changed_since_the_build_keeps_the_row(tmp_path: Path) -> None:
    (tmp_path / "city").mkdir()
    file = tmp_path / "city" / "entities.csv"
    file.write_text('x\n"1\n2"\n3\n')
    good = hashlib.sha256(file.read_bytes()).hexdigest()
    origin = Origin("city/entities.csv", 3)
    for sums, line in (({"city/entities.csv": good}, 4), ({"city/entities.csv": "0" * 64}, 3), ({}, 4)):
        assert Locator(tmp_path, roots=(tmp_path,), checksums=sums).place(origin).line == line
    assert Locator(tmp_path).place(Origin("nowhere/x.csv", 3)) == Locator(tmp_path).place(Origin("nowhere/x.csv", 3))
    assert Locator(tmp_path).place(Origin("no\0where.csv", 3)).line == 3


def test_a_line_of_rdf_stays_a_line(tmp_path: Path) -> None:
    file = tmp_path / "a.ttl"
    file.write_text('<http://e/a> <http://e/b> """x\ny""" .\n')
    assert Locator(tmp_path).place(Origin(str(file), 2)).line == 2
