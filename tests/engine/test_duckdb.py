"""The default engine: what it promises of files, functions, batches, memory and disk (`kg.engine.base`)."""

from __future__ import annotations

import errno
import os
import subprocess
import unicodedata
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from kg.engine.base import FUNCTIONS, CsvError
from kg.engine.duckdb import DuckDB
from kg.errors import BuildError


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDB]:
    with DuckDB(threads=2) as opened:
        yield opened


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="")
    return path


def test_rows_of_a_text_file_are_numbered_in_their_order(engine: DuckDB, tmp_path: Path) -> None:
    """Of a file larger than the parts that threads read at once."""
    count = 300_000
    path = write(tmp_path / "a.csv", "a;b\n" + "".join(f'{number};"{"x" * 40}\n{number}"\n' for number in range(count)))
    table = engine.csv(path, ("a", "b"), delimiter=";")
    wrong = table.filter(table.row != table.a.cast("int64") + 2).count()
    assert engine.scalar(wrong) == 0
    assert engine.scalar(table.count()) == count
    engine.drop(table)


def test_only_the_columns_asked_for(engine: DuckDB, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", 'x;y;z\n1;;3\n"a ""b""";"";\n')
    assert engine.to_pylist(engine.csv(path, ("one", "two words", "three"), delimiter=";", only=("three", "one"))) == [
        {"three": "3", "one": "1", "row": 2},
        {"three": None, "one": 'a "b"', "row": 3},
    ]


@pytest.mark.parametrize("text", ["a;b\n1\n", "a;b\n1;2;3\n", 'a;b\n"1;2\n'])
@pytest.mark.parametrize("only", [None, ("b",)])
def test_what_is_no_table_of_these_columns(engine: DuckDB, tmp_path: Path, text: str, only: tuple[str, ...] | None) -> None:
    """Refused whichever columns are kept; the session goes on."""
    with pytest.raises(CsvError):
        engine.csv(write(tmp_path / "a.csv", text), ("a", "b"), delimiter=";", only=only)
    assert engine.scalar(engine.csv(write(tmp_path / "b.csv", "a;b\n1;2\n"), ("a", "b"), delimiter=";").count()) == 1


def test_functions(engine: DuckDB) -> None:
    import ibis

    for text in ("", "plain", "e\u0301", "Ünï", "\u212b", "Ελλάδα", "a\nb"):
        value = ibis.literal(text)
        found = {name: engine.scalar(engine.call(name, value)) for name in FUNCTIONS}
        plain = "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")
        assert found == {"nfc": unicodedata.normalize("NFC", text), "sha256": sha256(text.encode()).hexdigest(), "strip_accents": plain}


def test_what_is_kept_is_computed_once_and_can_be_dropped(engine: DuckDB, tmp_path: Path) -> None:
    table = engine.csv(write(tmp_path / "a.csv", "a\n1\n2\n"), ("a",), delimiter=";")
    kept = engine.cache(table.mutate(b=table.a.cast("int64") * 2))
    engine.drop(table)
    assert [row["b"] for row in engine.to_pylist(kept.order_by("b"))] == [2, 4]
    engine.drop(kept)
    with pytest.raises(Exception, match="does not exist"):
        engine.to_pylist(kept)


def test_text_survives_writing_and_reading(engine: DuckDB, tmp_path: Path) -> None:
    """Parquet, delimited text and batches give back what went in."""
    import pyarrow as pa

    texts = ["plain", 'a "b"', "two\nlines", "a;b", "\u2028", "🎉", "\x00", "", "שלום"]
    table = engine.table(pa.table({"text": texts, "row": list(range(len(texts)))}))
    assert engine.to_parquet(table, tmp_path / "deep" / "a.parquet") == len(texts)
    back = engine.quads([tmp_path / "deep" / "a.parquet"])
    assert [row["text"] for row in engine.to_pylist(back.order_by("row"))] == texts
    assert engine.to_csv(table.select("text"), tmp_path / "a.csv", delimiter=";") == len(texts)
    again = engine.csv(tmp_path / "a.csv", ("text",), delimiter=";")
    assert [row["text"] for row in engine.to_pylist(again.order_by("row"))] == texts
    assert [text for batch in engine.batches(back.order_by("row").select("text"), 2) for text in batch.column(0).to_pylist()] == texts
    assert engine.to_arrow(back.order_by("row").select("text")).column(0).to_pylist() == texts


BIG = "SELECT md5(range::VARCHAR) || md5((range + 1)::VARCHAR) AS text, range AS row FROM range(3000000)"


def test_memory_that_is_too_small_is_an_error_that_says_so() -> None:
    with DuckDB(threads=1, memory="20MB") as small, pytest.raises(BuildError, match="memory is used up"):
        small.cache(small._connection.sql(BIG).order_by("text"))


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root: mounts a small file system")
def test_a_full_disk_is_a_full_disk(tmp_path: Path) -> None:
    """Whether what does not fit in memory or what is written finds no room."""
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(tmp_path)], check=False, capture_output=True).returncode:
        pytest.skip("mounting is not allowed on this machine")
    try:
        with DuckDB(threads=1, memory="50MB", spill=tmp_path / "spill") as small:
            with pytest.raises(OSError, match="No space left") as caught:
                small.cache(small._connection.sql(BIG).order_by("text"))
            assert caught.value.errno == errno.ENOSPC
            with pytest.raises(OSError, match="No space left"):
                small.to_parquet(small._connection.sql(BIG), tmp_path / "a.parquet")
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


def test_nothing_heavy_is_imported_for_rows(tmp_path: Path) -> None:
    """pandas takes 0.4 s to import, and no way to rows needs it."""
    write(tmp_path / "a.csv", "a\n1\n")
    code = (
        "import sys\nfrom pathlib import Path\nfrom kg.engine.duckdb import DuckDB\nwith DuckDB() as engine:\n"
        f"    table = engine.csv(Path({str(tmp_path / 'a.csv')!r}), ('a',), delimiter=';')\n"
        "    engine.to_pylist(table), engine.scalar(table.count()), engine.to_arrow(table), list(engine.batches(table, 10))\n"
        f"    engine.to_parquet(table, Path({str(tmp_path / 'a.parquet')!r}))\nprint('pandas' in sys.modules)\n"
    )
    import sys

    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    assert done.stdout.strip() == "False"
