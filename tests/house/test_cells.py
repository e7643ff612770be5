"""What no spreadsheet may compute, and what no archive may do: one rule each, for all who write cells or read archives."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kg.archives import blown, points_outside, timeless, unfit
from kg.cells import defused, is_formula, restored

ROOT = Path(__file__).resolve().parents[2]
CELLS = st.text(st.sampled_from(" \t\r\n'\ufeff\u00a0=+-@＝＋－＠a1"), max_size=6)


@given(CELLS | st.text(max_size=8))
@example("'=1")
@example("''\t")
def test_what_is_defused_comes_back_and_is_no_formula(text: str) -> None:
    made = defused(text)
    assert restored(made) == text
    # A spreadsheet sees what stands first; the apostrophe makes it text.
    assert made == text or made[0] == "'"
    if made == text:
        assert not made.lstrip(" \t\r\n\ufeff\u00a0").startswith(tuple("=+-@＝＋－＠"))
        assert not made.startswith(("\t", "\r"))


@pytest.mark.parametrize("text", ["=HYPERLINK()", "+1", "-1", "@SUM", "\t=1", "\r", " =1", "\ufeff=1", "＝1", "'=1"])
def test_hostile_cells(text: str) -> None:
    assert is_formula(text)


@pytest.mark.parametrize("text", ["", "a=b", "'s-Hertogenbosch", "1-2", "Müller-Straße", " a", "'", "#N/A"])
def test_plain_cells(text: str) -> None:
    assert not is_formula(text)


@given(st.text(st.sampled_from("ab./\\:C"), max_size=8))
def test_a_name_that_stays_inside_is_relative_on_every_system(name: str) -> None:
    if points_outside(name):
        return
    for pure in (PurePosixPath(name), PureWindowsPath(name)):
        assert not pure.is_absolute()
        assert not pure.drive
        assert ".." not in pure.parts


@pytest.mark.parametrize(
    ("flags", "method", "mode", "reason"),
    [(0, 8, 0, ""), (0, 0, 0o100644, ""), (1, 8, 0, "encrypted"), (0, 14, 0, "method"), (0, 12, 0, "method"), (0, 8, 0o120777, "link")],
)
def test_why_an_entry_is_not_unpacked(flags: int, method: int, mode: int, reason: str) -> None:
    entry = zipfile.ZipInfo("a.csv")
    entry.flag_bits, entry.compress_type, entry.external_attr = flags, method, mode << 16
    assert unfit(entry) == reason


def test_bombs_are_told_by_ratio_beyond_what_is_free() -> None:
    assert blown(2001, 10, ratio=200, free=1000)
    assert not blown(2000, 10, ratio=200, free=1000)
    assert not blown(1000, 0, ratio=200, free=1000)
    assert blown(1001, 0, ratio=200, free=1000)


def test_a_workbook_loses_its_clock_and_nothing_else() -> None:
    book = io.BytesIO()
    core = b"<dcterms:created>2026-11-23T10:00:00Z</dcterms:created><dc:title>2026-11-23</dc:title>"
    with zipfile.ZipFile(book, "w") as archive:
        archive.writestr("docProps/core.xml", core)
        archive.writestr("xl/a.xml", b"<created>2026</created>")
    made = timeless(book, level=6, change=lambda name, data: data.upper() if name == "xl/a.xml" else data)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert archive.read("docProps/core.xml") == core.replace(b"2026-11-23T10:00:00Z", b"2000-01-01T00:00:00Z")
        assert archive.read("xl/a.xml") == b"<CREATED>2026</CREATED>"
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_nobody_writes_the_rule_again() -> None:
    # The two that remain look at numbers in other ways: columns of Arrow, and cells of other people's tables.
    allowed = {"kg/cells.py", "kg/publish/tables.py", "kg/preflight/check_syntax.py"}
    sign = re.compile(r"uff1d|＝|\(\"=\", \"\+\"|=\+\\?-@")
    found = {path.relative_to(ROOT).as_posix() for path in (ROOT / "kg").rglob("*.py") if sign.search(path.read_text(encoding="utf-8"))}
    assert found <= allowed
