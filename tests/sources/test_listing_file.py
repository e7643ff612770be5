"""Files that are no list, or not the one the mapping describes: one clear error with the row, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.engine.duckdb import DuckDB
from kg.errors import InputError
from kg.sources.listing_file import MAX_RECORD, guess_encoding, read_list, sample
from kg.sources.listing_mapping import parse_mapping


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDB]:
    with DuckDB(threads=1) as opened:
        yield opened


def mapping(delimiter: str = ",", encoding: str = "utf-8", title: str = "a") -> str:
    table = f'[table]\ndelimiter = "{delimiter}"\nencoding = "{encoding}"\n'
    return f'{table}[project]\ntitle = "{title}"\n[[participants]]\nname = "b"\n'


def read(engine: DuckDB, path: Path, data: bytes, text: str = "") -> tuple[list[tuple[object, ...]], list[tuple[int, str]]]:
    """Return the records as tuples ending in their number, and the problems."""
    file = path / "list.csv"
    file.write_bytes(data)
    table = read_list(engine, file, parse_mapping(text or mapping()), path, "list.csv")
    rows = [tuple(row.values()) for row in engine.to_pylist(table.data.order_by("row"))]
    return rows, [(item.row, item.code) for item in table.problems]


@pytest.mark.parametrize(
    ("data", "where", "words"),
    [
        (b"", "list.csv", "empty"),
        (b"\xef\xbb\xbf", "list.csv", "empty"),
        (b" \n \n", "list.csv", "empty"),
        (b"\na,b\n1,2\n", "list.csv:1", "no column names"),
        (b"a,b,a\n1,2,3\n", "list.csv:1", "'a' stands twice"),
        (b"a;b\n1;2\n", "list.csv:1", "not separated by ','"),
        (b"a\tb\n1\t2\n", "list.csv:1", 'delimiter = "tab"'),
        (b"a,b\n1,2\nx,\xe4\n", "list.csv:3", 'encoding = "cp1252"'),
        ("a,b\n1,ä\n".encode("utf-16"), "list.csv:1", 'encoding = "utf-16"'),
        (b'a,b\n1,2\n3,"4\n5,6\n7,8\n', "list.csv:3", "a quote opened in line 3 is never closed"),
        (b'a,b\n"x\ny",2\n3,"4"z\n', "list.csv:3", "line 4"),
        (b"a,b\n1,\"" + b"x" * (MAX_RECORD + 10) + b"\"\n", "list.csv, line 2", "longer than 16 MB"),
        (b"A,b\n1,2\n", "mapping.toml:5", "Did you mean 'A'?"),
        (b"z,b\n1,2\n", "mapping.toml:5", "Present are: z, b."),
    ],
    ids=["empty", "bom", "blank", "above-header", "double", "semicolon", "tab", "cp1252", "utf-16", "open-quote", "text-behind-quote", "long", "near", "absent"],
)  # fmt: skip
def test_what_cannot_be_read(engine: DuckDB, tmp_path: Path, data: bytes, where: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        read(engine, tmp_path, data)
    assert caught.value.where == where
    assert words in caught.value.text("en")
    assert caught.value.text("de") != caught.value.text("en")


def test_a_missing_file_and_a_folder(engine: DuckDB, tmp_path: Path) -> None:
    for path, words in ((tmp_path / "no.csv", "missing"), (tmp_path, "folder")):
        with pytest.raises(InputError, match=words):
            read_list(engine, path, parse_mapping(mapping()), tmp_path, path.name)


@pytest.mark.parametrize(
    ("data", "rows", "problems"),
    [
        (b"a,b\n1,2\n\n3,4\n", [("1", "2", 2), ("3", "4", 4)], []),
        (b"a,b\r\n1,2\n3,4\r\n", [("1", "2", 2), ("3", "4", 3)], []),
        (b"a,b\r1,2\r3,4", [("1", "2", 2), ("3", "4", 3)], []),
        (b"\xef\xbb\xbfa,b\n1,\n", [("1", "", 2)], []),
        (b'a,b\n"1\n\n1",2\n3,4\n', [("1\n\n1", "2", 2), ("3", "4", 3)], []),
        (b'a,b\n"say ""x""",=1+1\n', [('say "x"', "=1+1", 2)], []),
        (b"a,b\n1,2,3\n4,5\n6\n", [("4", "5", 3)], [(2, "cell-count"), (4, "cell-count")]),
        (b"a,b\n1,x\x00y\n", [("1", "x\x00y", 2)], []),
        (b"a,b\n1,x\x00y\n\n", [("1", "xy", 2)], []),
        (b"a,b\n", [], []),
        (b"a,b", [], []),
        (b'"a",b,"",""\n1,2,3,4\n', [("1", "2", "3", "4", 2)], []),
    ],
    ids=["blank-line", "mixed-ends", "cr", "bom", "lines-in-cell", "quotes", "cell-count", "nul", "nul-slow", "header", "header-no-end", "nameless"],
)
def test_what_can_be_read(engine: DuckDB, tmp_path: Path, data: bytes, rows: list[tuple[object, ...]], problems: list[tuple[int, str]]) -> None:
    assert read(engine, tmp_path, data) == (rows, problems)


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "utf-16", "utf-16-le", "utf-8-sig", "cp850"])
def test_declared_encodings(engine: DuckDB, tmp_path: Path, encoding: str) -> None:
    rows, _ = read(engine, tmp_path, "a;b\nÜber;ß\n".encode(encoding), mapping(";", encoding))
    assert rows == [("Über", "ß", 2)]


def test_a_wrong_declared_encoding(engine: DuckDB, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="The file is UTF-8, not cp1252"):
        read(engine, tmp_path, "a,b\nÜber,ß\n".encode(), mapping(encoding="cp1252"))
    with pytest.raises(InputError, match="not cp1252"):
        read(engine, tmp_path, b"a,b\n1,\x81\n", mapping(encoding="cp1252"))


def test_fast_and_slow_reading_agree(engine: DuckDB, tmp_path: Path) -> None:
    """A blank line at the end turns to reading record by record; nothing else may change."""
    text = "a,b,c\n" + "".join(f'{n},"x ""{n}"" , \n y",é{n}\n' for n in range(2000))
    fast, slow = (read(engine, tmp_path, (text + end).encode()) for end in ("", "\n"))
    assert fast == slow
    assert len(fast[0]) == 2000


def test_the_beginning_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes("Titel|Ort\nÜ|x\n".encode("cp1252"))
    assert guess_encoding(file) == "cp1252"
    assert sample(file) == ("cp1252", "|", [["Titel", "Ort"], ["Ü", "x"]])
    file.write_bytes(b'a;b\n"' + b"x" * 3_000_000)
    assert sample(file)[2][0] == ["a", "b"]
