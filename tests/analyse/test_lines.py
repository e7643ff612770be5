"""Text by columns is what the standard library writes value by value."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ET

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analyse.lines import csv_field, joined, spelled, text, xml_attribute, xml_text

ALLOWED = st.characters(
    categories=("L", "M", "N", "P", "S", "Z", "Cc", "Cf", "Co"),
    exclude_characters="".join(map(chr, [*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])),
)
TEXTS = st.lists(st.text(ALLOWED, max_size=12), min_size=1, max_size=8)


def split(array: pa.Array) -> list[str]:
    return list(array.to_pylist())


@settings(deadline=None)
@given(TEXTS)
def test_csv_fields_are_those_of_the_csv_module(values: list[str]) -> None:
    def written(value: str) -> str:
        buffer = io.StringIO(newline="")
        csv.writer(buffer).writerow(["", value])
        return buffer.getvalue()[1:-2]

    assert split(csv_field(pa.array(values))) == [written(value) for value in values]


@settings(deadline=None)
@given(TEXTS)
def test_xml_is_that_of_elementtree(values: list[str]) -> None:
    for value, content, attribute in zip(values, split(xml_text(pa.array(values))), split(xml_attribute(pa.array(values))), strict=True):
        element = ET.Element("a", {"b": value})
        element.text = value
        expected = ET.tostring(element, encoding="unicode")
        assert f'<a b="{attribute}">{content}</a>' == expected.replace(" />", "></a>")


def test_what_xml_cannot_hold_is_replaced() -> None:
    assert split(xml_text(pa.array(["a\x00\x1f\ufffeb\tc"]))) == ["a\ufffd\ufffd\ufffdb\tc"]


@settings(deadline=None)
@given(st.lists(st.floats(1e-4, 1e15), min_size=1, max_size=8), st.lists(st.integers(-(2**31), 2**31), min_size=1, max_size=8))
def test_numbers_read_back_equal(floats: list[float], integers: list[int]) -> None:
    assert [float(value) for value in split(text(pa.array(floats)))] == floats
    assert split(text(pa.array(integers, pa.int64()))) == [str(value) for value in integers]


@settings(deadline=None)
@given(st.lists(st.integers(1, 10**7), min_size=1, max_size=8))
def test_floats_are_written_as_python_writes_them(values: list[int]) -> None:
    floats = [value / 1000 for value in values]
    assert split(text(pa.array(floats))) == [repr(value) for value in floats]


@settings(deadline=None)
@given(TEXTS, st.integers(0, 5))
def test_rows_are_joined(values: list[str], start: int) -> None:
    array = pa.array(["skipped"] * start + values)[start:]
    assert joined("<", array, ">", array, "\n").decode() == "".join(f"<{value}>{value}\n" for value in values)
    assert joined("<", pa.chunked_array([array, array]), ">").decode() == "".join(f"<{value}>" for value in values * 2)
    assert joined(pa.array([], pa.string()), "x") == b""


def test_entries_of_a_dictionary_get_other_names() -> None:
    column = pa.array(["b", "a", "b"]).dictionary_encode()
    assert split(spelled(column, pa.array(["B", "A"]))) == ["B", "A", "B"]
