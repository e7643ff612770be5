"""What spreadsheets make of texts, and texts again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.sheet.cells import boolean, iso_day, number
from kg.sheet.layout import escaped, letters, restored, row_column, shown, unescaped


@pytest.mark.parametrize(
    ("raw", "code", "text"),
    [
        ("2021", "General", "2021"),
        ("2021.0", "General", "2021"),
        ("51.513889", "General", "51.513889"),
        ("51.513888999999999", "General", "51.513889"),
        ("1E-5", "General", "0.00001"),
        ("1E+3", "General", "1000"),
        ("-7.5", "0.00", "-7.5"),
        ("1250", '#,##0.00\\ "€"', "1250"),
        ("1250", "[Red]0", "1250"),
        ("1250.5", "[$€-407]#,##0.00", "1250.5"),
        ("44524", "yyyy\\-mm\\-dd", "2021-11-24"),
        ("44524", "m/d/yy", "2021-11-24"),
        ("44524", "[$-407]d. mmmm yyyy", "2021-11-24"),
        ("44501", "mmm-yy", "2021-11"),
        ("44197", "yyyy", "2021"),
        ("1E+15", "General", None),
        ("12345678901234567890", "General", None),
        ("0.5", "0%", None),
        ("0.5", "# ?/?", None),
        ("100000", "0.00E+00", None),
        ("44524.5", "yyyy-mm-dd", None),
        ("44524", "d-mmm", None),
        ("44524", "mmm-yy", None),
        ("0.5", "h:mm", None),
        ("30", "yyyy-mm-dd", None),
        ("60", "yyyy-mm-dd", None),
        ("1.5", "[h]:mm", None),
        ("99999999", "yyyy-mm-dd", None),
        ("nan", "General", None),
        ("Infinity", "General", None),
        ("x", "General", None),
    ],
)
def test_a_number_in_its_format(raw: str, code: str, text: str | None) -> None:
    cell = number(raw, code, from_1904=False)
    assert cell.text == text
    assert (cell.problem is None) == (text is not None)


def test_days_counted_from_1904() -> None:
    assert number("43062", "yyyy-mm-dd", from_1904=True).text == "2021-11-24"


@pytest.mark.parametrize(
    ("raw", "code", "before", "same"),
    [
        ("7", "General", "007", True),
        ("1.5", "General", "1,50", True),
        ("1.5", "General", "1.5", True),
        ("100000", "0.00E+00", "1E5", True),
        ("1E15", "General", "1E+15", True),
        ("7", "General", "seven", False),
        ("7", "General", "", False),
        ("44501", "mmm-yy", "2021-11", True),
        ("44501", "yyyy-mm-dd", "2021-11", True),
        ("44502", "yyyy-mm-dd", "2021-11", False),
        ("44524", "d-mmm", "2021-11-24", True),
    ],
)
def test_what_a_text_became_is_still_that_text(raw: str, code: str, before: str, same: bool) -> None:
    assert number(raw, code, from_1904=False).stands_for(before) == same


def test_truth_values_and_iso_dates() -> None:
    assert boolean("1").stands_for("wahr")
    assert boolean("0").stands_for("FALSE")
    assert not boolean("1").stands_for("ja")
    assert boolean("1").text is None
    assert iso_day("2021-11-24T00:00:00").text == "2021-11-24"
    assert iso_day("2021-11-24T12:00:00").text is None
    assert iso_day("2021-13-24").text is None


@given(st.text(st.sampled_from("_xX0041dD \n")))
def test_escaping_is_undone(text: str) -> None:
    assert unescaped(escaped(text)) == text


@given(st.text(st.sampled_from("a\r\n")))
def test_line_breaks_are_shown_as_one_kind(text: str) -> None:
    assert "\r" not in shown(text)
    assert shown(restored(shown(text), text)) == shown(text)


def test_names_of_columns() -> None:
    assert [letters(number) for number in (1, 26, 27, 52, 200)] == ["A", "Z", "AA", "AZ", "GR"]
    assert row_column(["_row", "__row"]) == "___row"
