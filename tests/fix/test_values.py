"""What values can be meant as, and what nobody can tell; a repair is itself right, and needs no other."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import IdentifierError
from kg.fix.addresses import identifier_form, url_forms
from kg.fix.characters import clean, restore, tidy
from kg.fix.dates import MONTHS, date_forms
from kg.fix.numbers import coordinate_forms, currency_forms, number_forms
from kg.fix.words import code_forms, language_forms, near
from kg.identifiers import parse_date, split_identifier
from kg.sources.folder import PREDICATES, TYPES

DATES = st.dates(datetime.date(1000, 1, 1), datetime.date(2999, 12, 31))


@given(DATES, st.sampled_from(["{0.day}.{0.month}.{0.year}", "{0.year}/{0.month}/{0.day}", "{0.year}-{0.month}-{0.day}", "{0:%Y-%m-%d}T00:00"]))
def test_a_full_date_comes_back(day: datetime.date, form: str) -> None:
    text = form.format(day)
    wanted = day.isoformat()
    assert [item.after for item in date_forms(text)] == ([] if text == wanted else [wanted])


@given(DATES, st.sampled_from(sorted(MONTHS)))
def test_a_month_in_words_comes_back(day: datetime.date, name: str) -> None:
    wanted = f"{day.year:04}-{MONTHS[name]:02}"
    assert [item.after for item in date_forms(f"{name.title()} {day.year:04}")] == [wanted]


@given(DATES)
def test_slashes_are_sure_only_where_one_reading_is_a_date(day: datetime.date) -> None:
    found = date_forms(f"{day.day}/{day.month}/{day.year:04}")
    assert day.isoformat() in [item.after for item in found]
    assert all(item.score == (1.0 if len(found) == 1 else 0.5) for item in found)


@given(st.text(max_size=25))
def test_whatever_is_proposed_is_a_date(text: str) -> None:
    assert all(parse_date(item.after) for item in date_forms(text))


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("24.11.2021", ["2021-11-24"]),
        ("11/2021", ["2021-11"]),
        ("24 November 2021", ["2021-11-24"]),
        ("November 24, 2021", ["2021-11-24"]),
        ("Mrz. 2020", ["2020-03"]),
        ("20211124", ["2021-11-24"]),
        ("2021-11-24 00:00:00", ["2021-11-24"]),
        ("ca. 2021", ["2021~"]),
        ("seit 2016", ["2016/.."]),
        ("44524", ["2021-11-24"]),
        ("24.11.21", []),
        ("31.02.2021", []),
        ("Frühjahr 2021", []),
        ("2021~", []),
    ],
)
def test_dates_as_people_write_them(text: str, after: list[str]) -> None:
    assert [item.after for item in date_forms(text)] == after


@given(st.decimals(min_value=0, max_value=10**9, places=2, allow_nan=False))
def test_german_and_english_amounts_come_back(amount: object) -> None:
    english = f"{amount:,}"
    german = english.translate(str.maketrans(",.", ".,"))
    wanted = f"{amount}".rstrip("0").rstrip(".")
    for text in (english, german, german.replace(".", " "), german.replace(".", "\u202f")):
        found = [item.after for item in number_forms(tidy(text))]
        assert found in ([wanted], [])
        assert found or text == f"{amount}"


@pytest.mark.parametrize(
    ("text", "whole", "after"),
    [
        ("1.250,50", False, ["1250.5"]),
        ("1 250", False, ["1250"]),
        ("1'250.00", False, ["1250"]),
        ("€ 1.250,00", False, ["1250"]),
        ("12,5", False, ["12.5"]),
        ("1.250.000", False, ["1250000"]),
        ("1.250", False, []),
        ("1.250", True, ["1250"]),
        ("1,250", False, ["1250", "1.25"]),
        ("12,5", True, []),
        ("etwa 20", False, []),
        ("1.25.0", False, []),
    ],
)
def test_numbers_as_people_write_them(text: str, whole: bool, after: list[str]) -> None:
    assert [item.after for item in number_forms(text, whole=whole)] == after


@pytest.mark.parametrize(
    ("text", "column", "after"),
    [
        ("51,5", "lat", ["51.5"]),
        ("51° 30' 50\" N", "lat", ["51.513889"]),
        ("7°27′55″O", "lon", ["7.465278"]),
        ("7.5° W", "lon", ["-7.5"]),
        ("51.5 N", "lon", []),
        ("95,5", "lat", []),
        ("51° 75'", "lat", []),
        ("N 51 S", "lat", []),
        ("Dortmund", "lat", []),
    ],
)
def test_coordinates_as_people_write_them(text: str, column: str, after: list[str]) -> None:
    assert [item.after for item in coordinate_forms(text, column)] == after


@given(st.text(st.sampled_from("abc .,äöüßÄÖÜéèàçñåøæłőć€„“”–…"), max_size=20))
def test_broken_umlauts_are_restored(text: str) -> None:
    broken = "".join(bytes([byte]).decode("cp1252") if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else chr(byte) for byte in text.encode())
    # A letter such as ł breaks into two characters that a text may hold for themselves; those stay as they are.
    assert restore(broken) == text or any(char in text for char in "łőćåæ")


@pytest.mark.parametrize("text", ["„Spaß“", "Ä“", "São Tomé", "ie³", "Łódź", "Ærø – Å", "naïve”", "Müller & Söhne", "10 °C", "©2021", "â la carte"])
def test_texts_that_are_right_stay(text: str) -> None:
    assert restore(text) == text
    assert clean(text, text=True) is None


@given(st.text(max_size=20), st.booleans())
def test_a_clean_cell_needs_no_cleaning(value: str, text: bool) -> None:
    found = clean(value, text=text)
    again = clean(found.after, text=text) if found else None
    assert again is None or again.kind == "mojibake"


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("www.tu-dortmund.de", ["https://www.tu-dortmund.de"]),
        ("HTTPS://www.tu-dortmund.de", ["https://www.tu-dortmund.de"]),
        ("htttp://a.de/x", ["http://a.de/x"]),
        ("http//a.de", ["http://a.de"]),
        ("https:/a.de", ["https://a.de"]),
        ("<https://a.de>", ["https://a.de"]),
        ("[A](https://a.de/b)", ["https://a.de/b"]),
        ("https://a.de/a b", ["https://a.de/ab", "https://a.de/a%20b"]),
        ("https://a.de/{x}", ["https://a.de/%7Bx%7D"]),
        ("info@a.de", []),
        ("siehe Anlage", []),
        ("javascript:alert(1)", []),
        ("ftp://a.de/x", []),
    ],
)
def test_web_addresses(text: str, after: list[str]) -> None:
    assert [item.after for item in url_forms(text, {})] == after


@given(st.text(st.sampled_from("htps:/w.ade- <>{}?#%"), max_size=20))
def test_whatever_is_proposed_is_a_web_address(text: str) -> None:
    for item in url_forms(text, {}):
        assert not url_forms(item.after, {})


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("https://ror.org/01k97gp34", "ror:01k97gp34"),
        ("ror.org/01k97gp34/", "ror:01k97gp34"),
        ("ROR: 01k97gp34", "ror:01k97gp34"),
        ("ror:https://ror.org/01k97gp34", "ror:01k97gp34"),
        ("https://www.wikidata.org/wiki/Q685557", "wikidata:Q685557"),
        ("https://cordis.europa.eu/project/id/868887/de", "cordis:868887"),
        ("10.1000/xyz", "doi:10.1000/xyz"),
        ("01k97gp34", "ror:01k97gp34"),
        ("ror:01k97gp35", ""),
        ("999986096", ""),
        ("TU Dortmund", ""),
    ],
)
def test_identifiers(text: str, after: str) -> None:
    found = identifier_form(text)
    assert (found.after if found else "") == after


@given(st.text(st.sampled_from("rogQ0123456789:/. hk"), max_size=16))
def test_whatever_is_proposed_is_an_identifier(text: str) -> None:
    found = identifier_form(text)
    if found:
        try:
            split_identifier(found.after)
        except IdentifierError:
            pytest.fail(found.after)


def test_codes_languages_and_near_misses() -> None:
    assert [(item.after, item.score) for item in code_forms("institution", TYPES)] == [("Institution", 1.0)]
    assert [(item.after, item.score) for item in code_forms("inno:hasParticipant", PREDICATES)] == [("hasParticipant", 1.0)]
    assert code_forms("https://w3id.org/innokg/ontology#hasParticipant", PREDICATES)[0].after == "hasParticipant"
    assert [(item.after, item.score) for item in code_forms("Einrichtung", TYPES)] == [("Institution", 0.9)]
    assert code_forms("hasParticipent", PREDICATES)[0].score < 1
    assert code_forms("liebt", PREDICATES) == []
    assert [item.after for item in language_forms("ENG")] == ["en"]
    assert near("award-2018", ["award-2017", "award-2019"]) == []
    assert [item.after for item in currency_forms("€")] == ["EUR"]
    assert currency_forms("EUR-ish") == []
