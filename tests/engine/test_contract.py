"""What every engine promises of files, functions, tables and batches (`kg.engine.base`)."""

from __future__ import annotations

import gzip
import unicodedata
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from kg.engine.base import FUNCTIONS, CsvError, Engine
from kg.errors import BuildError, InputError, SchemaError

TEXTS = ["plain", 'a "b"', "two\nlines", "two\r\nlines", "a;b", "\u2028", "🎉", "\x00", "", "שלום", "${env:HOME}", "\\", "x\x0by"]


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="")
    return path


def arrow(**columns: Any) -> Any:
    import pyarrow as pa

    return pa.table(columns)


def column(engine: Engine, expression: Any) -> list[Any]:
    return [next(iter(row.values())) for row in engine.to_pylist(expression)]


def test_rows_of_a_text_file_are_numbered_in_their_order(engine: Engine, tmp_path: Path) -> None:
    """Of a file larger than the parts that threads read at once (DuckDB reads it on either engine)."""
    count = 300_000 if engine.name == "duckdb" else 20_000
    path = write(tmp_path / "a.csv", "a;b\n" + "".join(f'{number};"{"x" * 40}\n{number}"\n' for number in range(count)))
    table = engine.csv(path, ("a", "b"), delimiter=";")
    wrong = table.filter(table.row != table.a.cast("int64") + 2).count()
    assert engine.scalar(wrong) == 0
    assert engine.scalar(table.count()) == count
    engine.drop(table)


def test_only_the_columns_asked_for(engine: Engine, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", 'x;y;z\n1;;3\n"a ""b""";"";\n')
    table = engine.csv(path, ("one", "two words", "three"), delimiter=";", only=("three", "one"))
    assert engine.to_pylist(table.order_by("row")) == [
        {"three": "3", "one": "1", "row": 2},
        {"three": None, "one": 'a "b"', "row": 3},
    ]


@pytest.mark.parametrize("text", ["a;b\n1\n", "a;b\n1;2;3\n", 'a;b\n"1;2\n'])
def test_what_is_no_table_of_these_columns(engine: Engine, tmp_path: Path, text: str) -> None:
    """Refused whichever columns are kept; the session goes on."""
    for only in (None, ("b",)):
        with pytest.raises(CsvError):
            engine.csv(write(tmp_path / "a.csv", text), ("a", "b"), delimiter=";", only=only)
    assert engine.scalar(engine.csv(write(tmp_path / "b.csv", "a;b\n1;2\n"), ("a", "b"), delimiter=";").count()) == 1


def test_functions(engine: Engine) -> None:
    texts = ["", "plain", "e\u0301", "Ünï", "\u212b", "Ελλάδα", "a\nb", "\u0bca"]
    table = engine.table(arrow(text=texts, row=list(range(len(texts)))))
    for found in engine.to_pylist(table.select("text", **{name: engine.call(name, table.text) for name in FUNCTIONS if name != "hash64"})):
        text = found.pop("text")
        plain = unicodedata.normalize("NFC", "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c)[0] != "M"))
        assert found == {"nfc": unicodedata.normalize("NFC", text), "sha256": sha256(text.encode()).hexdigest(), "strip_accents": plain}


def test_functions_of_nothing_are_nothing(engine: Engine) -> None:
    table = engine.table(arrow(text=["a", None], row=[1, 2])).filter(lambda t: t.row == 2)
    for name in ("nfc", "sha256", "strip_accents"):
        assert engine.scalar(table.select(v=engine.call(name, table.text))) is None


def test_64_bits_of_a_text(engine: Engine) -> None:
    """The same for the same text, another one for another: of 20,000 texts none of 32 bits would come through."""
    texts = [f"https://example.org/id/{number}" for number in range(20_000)]
    table = engine.table(arrow(text=texts * 2))
    numbers = table.select(number=engine.call("hash64", table.text))
    assert str(numbers.schema()["number"]) == "int64"
    assert engine.scalar(numbers.number.nunique()) == len(texts)
    assert engine.scalar(numbers.filter((numbers.number > 2**40) | (numbers.number < -(2**40))).count()) > len(texts)


def test_what_is_kept_is_computed_once_and_can_be_dropped(engine: Engine, tmp_path: Path) -> None:
    table = engine.csv(write(tmp_path / "a.csv", "a\n1\n2\n"), ("a",), delimiter=";")
    kept = engine.cache(table.mutate(b=table.a.cast("int64") * 2))
    engine.drop(table)
    assert column(engine, kept.select("b").order_by("b")) == [2, 4]
    engine.drop(kept)
    with pytest.raises(Exception, match=r"does not exist|TABLE_OR_VIEW_NOT_FOUND"):
        engine.to_pylist(kept)


def test_text_survives_writing_and_reading(engine: Engine, tmp_path: Path) -> None:
    """Parquet, delimited text and batches give back what went in, in its order."""
    table = engine.table(arrow(text=TEXTS, row=list(range(len(TEXTS)))))
    assert engine.to_parquet(table.order_by("row"), tmp_path / "deep" / "a.parquet") == len(TEXTS)
    back = engine.quads([tmp_path / "deep" / "a.parquet"])
    assert column(engine, back.order_by("row").select("text")) == TEXTS
    assert engine.to_csv(table.order_by("row").select("text"), tmp_path / "a.csv", delimiter=";") == len(TEXTS)
    again = engine.csv(tmp_path / "a.csv", ("text",), delimiter=";")
    assert column(engine, again.order_by("row").select("text")) == TEXTS
    ordered = back.order_by(back.row.desc()).select("text")
    assert [text for batch in engine.batches(ordered, 2) for text in batch.column(0).to_pylist()] == TEXTS[::-1]
    assert engine.to_arrow(back.order_by("row").select("text")).column(0).to_pylist() == TEXTS


def test_texts_in_the_expression_are_those_texts(engine: Engine) -> None:
    """No escape, no variable, no end of the text."""
    import ibis

    given = [text for text in TEXTS if "\x00" not in text]  # DuckDB refuses it inside SQL
    table = engine.table(arrow(row=[1]))
    found = engine.to_pylist(table.select(**{f"c{number}": ibis.literal(text) for number, text in enumerate(given)}))
    assert list(found[0].values()) == given


@pytest.mark.parametrize("kind", ["large_string", "dictionary", "null", "list", "uint32", "uint64", "many"])
def test_arrow_tables_of_any_kind(engine: Engine, kind: str) -> None:
    import pyarrow as pa

    columns = {
        "large_string": pa.array(["a", None], pa.large_string()),
        "dictionary": pa.array(["a", "a"]).dictionary_encode(),
        "null": pa.nulls(2),
        "list": pa.array([["a", "b"], []], pa.list_(pa.large_string())),
        "uint32": pa.array([1, 2**32 - 1], pa.uint32()),
        "uint64": pa.array([1, 2**62], pa.uint64()),
        "many": pa.array([f"{number:0100}" for number in range(20_000)]),
    }
    table = engine.table(pa.table({"v": columns[kind]}))
    assert sorted(map(repr, column(engine, table))) == sorted(map(repr, columns[kind].to_pylist()))


# --- folders of Parquet files ----------------------------------------------------------------------------------------------


def test_a_table_is_written_under_its_types_and_read_again(engine: Engine, tmp_path: Path) -> None:
    """Sums of whole numbers stay whole numbers, where DuckDB's own would become doubles."""
    table = engine.table(arrow(text=[*TEXTS, None], row=[2**62 + 3, *range(len(TEXTS))]))
    url = tmp_path / "we ird [1]{a}*#%20" / "stage"
    assert engine.write(table, url) == len(TEXTS) + 1
    back = engine.read(url)
    assert {name: str(kind) for name, kind in back.schema().items()} == {"text": "string", "row": "int64"}
    assert set(column(engine, back.select("text"))) == {*TEXTS, None}
    total = table.aggregate(total=table.row.sum(), small=table.count().cast("int32"))
    assert engine.write(total, str(url)) == 1
    (found,) = engine.to_pylist(engine.read(str(url)))
    assert found == {"total": 2**62 + 3 + sum(range(len(TEXTS))), "small": len(TEXTS) + 1}
    assert {name: str(kind) for name, kind in engine.read(url).schema().items()} == {"total": "int64", "small": "int32"}


def test_a_table_of_no_rows_has_its_columns(engine: Engine, tmp_path: Path) -> None:
    table = engine.table(arrow(a=["x"], b=[1]))
    assert engine.write(table.filter(table.b > 1), tmp_path / "stage") == 0
    back = engine.read(tmp_path / "stage")
    assert back.columns == ("a", "b")
    assert engine.to_pylist(back) == []


def test_rows_in_an_order_keep_it(engine: Engine, tmp_path: Path) -> None:
    table = engine.table(arrow(a=list(range(50_000))))
    engine.write(table.order_by(table.a.desc()), tmp_path / "stage")
    found = [value for batch in engine.batches(engine.read(tmp_path / "stage"), 10_000) for value in batch.column(0).to_pylist()]
    assert found == list(range(49_999, -1, -1))


def test_other_types_than_declared_are_refused(engine: Engine, tmp_path: Path) -> None:
    """What was there stays, and nothing is left beside it."""
    table = engine.table(arrow(a=[1, 2**62, 2**62], b=["x", "y", "z"]))
    engine.write(table.select("b"), tmp_path / "stage")
    for expression, schema in (
        (table.aggregate(a=table.a.mean()), {"a": "int64"}),
        (table.select("a"), {"a": "string"}),
        (table.select("a"), {"other": "int64"}),
        (table.select("a", "b"), {"b": "string", "a": "int64"}),
        (table.aggregate(a=table.a.sum() + table.a.sum()), None),
        (table.select("a"), {"a": "int32"}),
    ):
        with pytest.raises(SchemaError):
            engine.write(expression, tmp_path / "stage", schema)
    assert column(engine, engine.read(tmp_path / "stage").order_by("b")) == ["x", "y", "z"]
    assert [path.name for path in tmp_path.iterdir()] == ["stage"]


def test_where_no_table_is(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "none", tmp_path / "empty"):
        with pytest.raises(InputError, match="no table"):
            engine.read(path)


def test_a_file_in_the_way(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(BuildError, match="A file stands where a folder should be"):
        engine.write(engine.table(arrow(a=[1])), tmp_path / "file" / "stage")
    assert (tmp_path / "file").read_text() == "x"


def test_lines(engine: Engine, tmp_path: Path) -> None:
    """Whole lines as they are, in files that any tool unpacks."""
    lines = ["plain", "tab\there", 'quote "', "\\n", "\u2028 🎉", "", "=1"]
    table = engine.table(arrow(line=lines, row=list(range(len(lines)))))
    assert engine.lines(table.select("line"), tmp_path / "nquads") == len(lines)
    parts = sorted(path for path in (tmp_path / "nquads").iterdir() if path.suffix == ".gz" and not path.name.startswith("."))
    found = "".join(gzip.decompress(path.read_bytes()).decode("utf-8") for path in parts)
    assert sorted(found.split("\n")) == sorted([*lines, ""])
    for wrong in ("a\nb", "a\rb", None):
        broken = engine.table(arrow(line=["a", wrong]))
        with pytest.raises(BuildError, match="no line"):
            engine.lines(broken, tmp_path / "nquads")
    assert sorted(path for path in (tmp_path / "nquads").iterdir() if path in parts) == parts
    assert [path.name for path in tmp_path.iterdir()] == ["nquads"]


def test_small_files(engine: Engine, tmp_path: Path) -> None:
    files, url = engine.files, str(tmp_path / "a b" / "stage.json")
    assert not files.exists(url)
    assert files.list(str(tmp_path / "a b")) == []
    files.write_text(url, "Ü\n")
    assert files.exists(url)
    assert files.read_text(url) == files.read_text(f"file://{url}") == "Ü\n"
    files.write_text(str(tmp_path / "a b" / ".hidden"), "")
    files.write_text(str(tmp_path / "a b" / "sub" / "x"), "")
    assert files.list(str(tmp_path / "a b")) == ["stage.json", "sub"]
    files.move(str(tmp_path / "a b"), str(tmp_path / "c"))
    assert files.read_text(str(tmp_path / "c" / "stage.json")) == "Ü\n"
    files.delete(str(tmp_path / "c"))
    files.delete(str(tmp_path / "c"))
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(InputError):
        files.read_text(url)
