"""What repairs do to findings, tables and statements, before anything is written."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from kg.errors import Text
from kg.fix import apply, effect, preview, propose
from kg.fix.diff import unified
from kg.fix.statements import change, patch, sparql
from kg.sources.lossless import LosslessTable
from tests.fix.cut import contents, cut_of_dortmund, find, put, write
from tests.sources.folders import entity, relation, source, write_folder


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cut_of_dortmund(tmp_path_factory.mktemp("cut") / "tables")


@pytest.fixture
def tables(cut: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(cut, tmp_path / "tables"))


def test_the_effect_is_the_difference_of_two_reports(tables: Path) -> None:
    put(tables, "entities", "tu-dortmund", {"start": "16.12.1968"})
    put(tables, "sources", "seed-sfs-2022", {"language": "German"})
    before = contents(tables)
    proposals = propose(tables)
    found = effect(tables, proposals.items)
    assert (
        sorted(item.shape.rpartition("-")[0][-5:] for item in found.removes if item.component == "table") == ["wrong", "wrong"]
        or len(found.removes) >= 2
    )
    assert found.adds == ()
    assert contents(tables) == before
    only = effect(tables, [item for item in proposals.items if item.kind == "language"])
    assert 0 < len(only.removes) < len(found.removes)
    assert effect(tables, ()).removes == ()


def test_a_finding_of_which_there_are_two_is_counted_twice(tables: Path) -> None:
    path = tables / "relations.csv"
    table = LosslessTable.read(path)
    row = find(table, subject_id="t-factor", predicate="declaredSize", value="25")
    for _ in range(2):
        table.insert(row + 1, {**table.row(row), "value": "25,0", "source_id": "sfs-tfactor-en"})
    write(path, table)
    proposals = propose(tables)
    assert len({item.id for item in proposals.items if item.kind == "number"}) == 2
    one = [item for item in proposals.items if item.kind == "number"][:1]
    assert len([item for item in effect(tables, one).removes if item.shape.endswith("wrong-number")]) == 1


def test_a_repair_that_would_add_findings_is_marked_and_left_out(tables: Path) -> None:
    put(tables, "entities", "t-factor", {"start": "01.06.2025"})
    shown = preview(propose(tables), sure=True)
    assert shown.choice.chosen == ()
    assert [item.kind for item in shown.harmful] == ["date"]
    asked = preview(propose(tables), ["date"])
    assert len(asked.choice.chosen) == 1
    assert asked.effect is not None
    assert any(item.shape.endswith("date-order") for item in asked.effect.adds)
    assert asked.harmful == asked.choice.chosen


def test_the_diff_is_read_by_patch(tables: Path, tmp_path: Path) -> None:
    put(tables, "entities", "tu-dortmund", {"start": "16.12.1968"})
    put(tables, "sources", "seed-sfs-2022", {"language": "German"})
    path = tables / "relations.csv"
    table = LosslessTable.read(path)
    table.append(table.row(5))
    path.write_bytes(table.data().removesuffix(b"\r\n"))
    proposals = propose(tables)
    text = unified(tables, proposals.items)
    assert text.count("\n@@ ") == 3
    assert "\\ No newline at end of file" in text
    other = Path(shutil.copytree(tables, tmp_path / "patched"))
    apply(tables, proposals.items)
    if shutil.which("patch"):
        subprocess.run(["patch", "--binary", "-p1", "-s"], cwd=other, input=text.encode(), check=True, timeout=60)
        assert contents(other) == contents(tables)


def test_statements_that_go_and_come(tables: Path) -> None:
    import pyoxigraph as ox

    from kg.quads import to_oxigraph
    from kg.validate.inputs import read_inputs

    put(tables, "entities", "technologiepark-dortmund", {"lat": "51.6", "lon": "7,403717"})
    proposals = propose(tables)
    made = change(tables, proposals.items)
    store = ox.Store()
    store.extend(to_oxigraph(quad._replace(origin="")) for quad in read_inputs([tables]).quads)
    store.update(sparql(made))
    lines = patch(made).splitlines()
    assert (lines[0], lines[-1]) == ("TX .", "TC .")
    assert {line[:2] for line in lines[1:-1]} <= {"A ", "D "}
    assert len(lines) - 2 == len(made.removed) + len(made.added) > 0
    assert any('"7.403717"' in line for line in lines)
    apply(tables, proposals.items)
    assert set(store) == {to_oxigraph(quad._replace(origin="")) for quad in read_inputs([tables]).quads}
    nothing = change(tables, ())
    assert (sparql(nothing), patch(nothing)) == ("", "")


def test_every_text_is_there_in_both_languages() -> None:
    from kg.fix import KINDS, addresses, characters, dates, known, numbers, rows, words

    texts = [
        value for module in (addresses, characters, dates, known, numbers, rows, words) for value in vars(module).values() if isinstance(value, Text)
    ]
    assert len(texts) > 25
    assert all(text.de and text.en and text.de != text.en for text in (*texts, *KINDS.values()))


def test_a_large_table_is_looked_through_in_one_go(tmp_path: Path) -> None:
    """As many near misses as are looked for are counted; the others are counted, too."""
    rows = [entity(f"e-{'abcdefghij'[n % 10] * 4}-{'klmnopqrst'[n // 10 % 10] * 4}-{'uvwxyz'[n // 100] * 4}", "Place") for n in range(220)]
    relations = [relation(f"{row['entity_id']}x", "locatedIn", rows[0]["entity_id"]) for row in rows]
    folder = write_folder(tmp_path / "t", [source("s1")], rows, relations)
    proposals = propose(folder)
    assert proposals.unsearched == 20
    assert sum(item.kind == "id" and item.score >= 0.9 for item in proposals.items) >= 200
    assert unified(folder, ()) == ""
