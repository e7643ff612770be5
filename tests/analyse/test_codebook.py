"""The codebook: counts checked against the tables themselves, sheets that open in a spreadsheet, and no filled sheet lost."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.analyse.codebook import TEXT, Codebook, codebook
from kg.analyse.coders import agreement
from kg.analyse.model import ROLE_ORDER
from kg.analyse.sheets import CODE_COLUMNS, CODEBOOK, CODES, COLUMNS, SECOND, SECOND_COLUMNS, role_codes
from kg.build import Build
from kg.cells import defused, restored
from kg.engine.duckdb import DuckDB
from kg.errors import AnalysisError
from tests.conftest import DORTMUND


@pytest.fixture(scope="module")
def found(graph: Build, engine: DuckDB) -> Codebook:
    return codebook(graph.only(["dortmund"]), engine=engine)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_against_the_tables(found: Codebook) -> None:
    with (DORTMUND / "relations.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["role"]]
    expected: dict[str, set[tuple[str, str]]] = {}
    for row in rows:
        expected.setdefault(row["role"].strip(), set()).add((row["subject_id"], row["object_id"]))
    given = {row["role"].strip() for row in rows if row["predicate"] == "hasParticipant"}
    wordings = {entry.wording for entry in found.entries}
    # The other predicates of participation (coordinatedBy, runBy …) name their code themselves.
    assert given <= wordings <= set(expected)
    for wording in ("Verbundkoordination", "Planungspartner", "Halbfinalistin"):
        assert sum(entry.participations for entry in found.entries if entry.wording == wording) == len(expected[wording])


def test_rows(found: Codebook) -> None:
    assert len({entry.id for entry in found.entries}) == len(found.entries)
    codes = {code.code for code in found.codes}
    for entry in found.entries:
        assert entry.code in codes
        assert entry.participations >= 1
        assert entry.sources >= 1
        assert entry.example_url.startswith("http")
        assert entry.example_kind in ("quote", "note")
        assert not entry.id[0].isdigit()  # a spreadsheet would take 1e23 for a number
    assert any(entry.example_kind == "quote" for entry in found.entries)
    assert [tuple(row) for row in found.rows()] == [COLUMNS] * len(found.entries)
    spelled = {(entry.wording, entry.code): entry.label_de for entry in found.entries}
    assert spelled["Verbundkoordination", "coordinator"] == "Koordination"


def test_code_list() -> None:
    codes = role_codes()
    assert tuple(code.code for code in codes) == tuple(ROLE_ORDER)
    assert all(code.label_de and code.label_en and code.definition_de and code.definition_en for code in codes)


def test_files(found: Codebook, tmp_path: Path) -> None:
    written = found.write(tmp_path / "sheets")
    assert [path.name for path in written] == [CODEBOOK, SECOND, CODES]
    for path, columns in zip(written, (COLUMNS, SECOND_COLUMNS, CODE_COLUMNS), strict=True):
        data = path.read_bytes()
        assert data.startswith(b"\xef\xbb\xbf")
        assert data.split(b"\r\n")[0].decode("utf-8-sig") == ",".join(columns)
    own, other = read(written[0]), read(written[1])
    assert {row["id"]: row["wording"] for row in own} == {row["id"]: row["wording"] for row in other}
    assert [row["id"] for row in own] != [row["id"] for row in other]
    assert all(row["code"] == "" for row in other)
    assert all(row["code"] for row in own)


def test_order_is_fixed_by_the_seed(found: Codebook, graph: Build) -> None:
    again = codebook(graph.only(["dortmund"]))
    assert again.second() == found.second()
    other = replace(found, method=replace(found.method, seed=2))
    assert other.second() != found.second()
    assert other.rows() == found.rows()


def test_a_filled_sheet_is_not_overwritten(found: Codebook, tmp_path: Path) -> None:
    found.write(tmp_path)
    found.write(tmp_path)  # an empty one is
    rows = read(tmp_path / SECOND)
    rows[3]["code"] = "partner"
    with (tmp_path / SECOND).open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, SECOND_COLUMNS, delimiter=";")  # as a German spreadsheet saves it
        writer.writeheader()
        writer.writerows(rows)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(AnalysisError) as raised:
        found.write(tmp_path)
    assert "1 Codes" in raised.value.text("de")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    (tmp_path / SECOND).write_text("something else", encoding="utf-8")
    with pytest.raises(AnalysisError):
        found.write(tmp_path)


def test_round_trip_with_a_second_coder(found: Codebook, tmp_path: Path) -> None:
    found.write(tmp_path)
    codes = {entry.id: entry.code for entry in found.entries}
    rows = read(tmp_path / SECOND)
    for row in rows:
        row["code"] = codes[row["id"]]
    with (tmp_path / SECOND).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, SECOND_COLUMNS, delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    result = agreement(tmp_path / CODEBOOK, tmp_path / SECOND, draws=20)
    assert result.percent == 100
    assert result.alpha == 1
    assert len(result.both) == len(found.entries)


def test_formulas(found: Codebook, tmp_path: Path) -> None:
    entry = replace(found.entries[0], wording='=HYPERLINK("x")', example="@SUM(1)")
    replace(found, entries=(entry,)).write(tmp_path)
    for name in (CODEBOOK, SECOND):
        row = read(tmp_path / name)[0]
        assert row["wording"] == '\'=HYPERLINK("x")'
        assert row["example"] == "'@SUM(1)"


@given(st.text(alphabet=" \t'=+-@＝ab"))
def test_defusing_loses_nothing(text: str) -> None:
    cell = defused(text)
    assert restored(cell) == text
    assert cell.lstrip(" \t\r\n")[:1] not in tuple("=+-@＝")


def test_text_and_json(found: Codebook) -> None:
    for lang in ("de", "en"):
        text = found.text(lang)
        assert TEXT["title"][lang] in text
        assert "Verbundkoordination" in text
        assert text.rstrip().endswith(found.method.build)
    plain = found.to_json()
    assert json.loads(json.dumps(plain)) == plain
    assert plain["method"] == found.method.to_json()
    assert all(set(texts) == {"de", "en"} for texts in TEXT.values())


def test_without_wordings(graph: Build, engine: DuckDB, tmp_path: Path) -> None:
    # Seen through no source of its own, only the vocabulary and what is derived are left.
    with pytest.raises(AnalysisError) as raised:
        codebook(replace(graph, chosen=("vocabulary",)), engine=engine)
    assert "Wortlaut" in raised.value.text("de")
