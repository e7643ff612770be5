"""Identifiers as people write them, and their check digits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.enrich.identifiers import ORDER, gnd_is_valid, identifier, isni_is_valid, with_identifier
from kg.errors import IdentifierError
from kg.identifiers import ror_is_valid


@pytest.mark.parametrize(
    ("scheme", "text", "value"),
    [
        ("ror", "https://ror.org/01K97GP34", "ror:01k97gp34"),
        ("ror", "ror.org/01k97gp34/", "ror:01k97gp34"),
        ("wikidata", "wd:Q685557", "wikidata:Q685557"),
        ("wikidata", "https://www.wikidata.org/wiki/Q685557", "wikidata:Q685557"),
        ("gnd", "https://d-nb.info/gnd/2031351-2", "gnd:2031351-2"),
        ("gnd", "(DE-588)118540238", "gnd:118540238"),
        ("pic", "999848453.0", "pic:999848453"),
        ("isni", "0000 0001 2103 2683", "isni:0000000121032683"),
        ("ror", "  ", ""),
    ],
)
def test_every_writing_becomes_one_form(scheme: str, text: str, value: str) -> None:
    assert identifier(scheme, text) == value


@pytest.mark.parametrize(
    ("scheme", "text"),
    [
        ("ror", "01k97gp35"),
        ("gnd", "2031351-3"),
        ("gnd", "x"),
        ("pic", "12345678"),
        ("wikidata", "P31"),
        ("isni", "0000000121032684"),
        ("ror", "=1+1"),
    ],
)
def test_a_wrong_form_or_check_digit_is_an_error_in_both_languages(scheme: str, text: str) -> None:
    with pytest.raises(IdentifierError) as caught:
        identifier(scheme, text)
    assert caught.value.text("de") != caught.value.text("en")


@given(st.integers(0, 32**6 - 1), st.data())
def test_one_changed_digit_of_a_ror_never_passes(number: int, data: st.DataObject) -> None:
    letters = "0123456789abcdefghjkmnpqrstvwxyz"
    digits = "0" + "".join(letters[number >> shift & 31] for shift in range(25, -5, -5))
    total = 0
    for letter in digits:
        total = total * 32 + letters.index(letter)
    ror = f"{digits}{98 - total * 100 % 97:02d}"
    if ror_is_valid(ror):
        place = data.draw(st.integers(1, 6))
        other = data.draw(st.sampled_from([letter for letter in letters if letter != ror[place]]))
        assert not ror_is_valid(ror[:place] + other + ror[place + 1 :])


@given(st.integers(1, 10**7 - 1))
def test_exactly_one_check_character_fits_a_gnd_and_an_isni(number: int) -> None:
    signs = "0123456789X"
    assert sum(gnd_is_valid(f"{number}-{sign}") for sign in signs) == 1
    assert sum(isni_is_valid(f"{number:015d}{sign}") for sign in signs) == 1


@given(st.lists(st.sampled_from([f"{scheme}:x{number}" for scheme in ORDER for number in range(2)]), unique=True, max_size=6), st.sampled_from(ORDER))
def test_adding_an_identifier_moves_no_other(parts: list[str], scheme: str) -> None:
    cell = ";".join(parts)
    with_new = with_identifier(cell, f"{scheme}:new").split(";")
    assert [part for part in with_new if part != f"{scheme}:new"] == parts
    assert with_new.count(f"{scheme}:new") == 1
