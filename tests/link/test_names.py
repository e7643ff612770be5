"""Names: what is alike stays alike however it is written, and what differs stays different."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.link.names import fold, is_short, key, squash, tokens, translated, variants
from kg.link.score import name_similarity

NAMES = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Z")), max_size=60)


@settings(deadline=None)
@given(NAMES)
def test_folding_twice_changes_nothing(name: str) -> None:
    assert fold(fold(name)) == fold(name)


@settings(deadline=None)
@given(NAMES)
def test_case_does_not_matter_to_the_words(name: str) -> None:
    assert tokens(name.lower().upper().lower()) == tokens(name.lower())


@settings(deadline=None)
@given(st.lists(st.sampled_from(["Universität", "Łódź", "GmbH", "Straße", "de", "Cologne", "S.p.A.", "Ærø"]), max_size=5))
def test_umlauts_are_alike_in_both_spellings(words: list[str]) -> None:
    name = " ".join(words)
    assert tokens(name) == tokens(name.replace("ä", "ae").replace("ß", "ss")) == tokens(name.replace("ä", "a").replace("Ł", "L"))


@settings(deadline=None)
@given(NAMES, NAMES)
def test_similarity_is_symmetric_and_bounded(one: str, other: str) -> None:
    assert 0 <= name_similarity(one, other, {}) <= 1
    assert name_similarity(one, other, {}) == pytest.approx(name_similarity(other, one, {}), abs=0.2)


@settings(deadline=None)
@given(NAMES.filter(lambda name: bool(tokens(name))))
def test_a_name_is_its_own_twin(name: str) -> None:
    assert name_similarity(name, name, {}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Technische Universität Dortmund", "TECHNISCHE UNIVERSITAET DORTMUND"),
        ("Zentrum für Soziale Innovation", "ZENTRUM FUR SOZIALE INNOVATION GMBH"),
        ("Stadt Köln", "City of Cologne"),
        ("Uniwersytet Łódzki", "UNIWERSYTET LODZKI"),
        ("Institut d’Arquitectura Avançada de Catalunya", "INSTITUT D'ARQUITECTURA AVANCADA DE CATALUNYA"),
        ("Kraków Technology Park", "KRAKOWSKI PARK TECHNOLOGICZNY SP ZOO"),
        ("Ferriere Nord S.p.A.", "FERRIERE NORD SPA"),
        ("Stichting Waag Society", "Waag Society"),
        ("H2O-People", "H2O-PEOPLE BV"),
    ],
)
def test_same_key(one: str, other: str) -> None:
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("University of Bath", "BATH SPA UNIVERSITY"),
        ("Technische Universität Dortmund", "TECHNISCHE UNIVERSITAT DARMSTADT"),
        ("Sidenor Aceros Especiales", "SIDENOR INVESTIGACION Y DESARROLLO SA"),
        ("ArcelorMittal Poland", "ArcelorMittal Spain"),
    ],
)
def test_other_key(one: str, other: str) -> None:
    assert key(one) != key(other)


def test_a_name_of_nothing_but_a_legal_form_stays() -> None:
    assert tokens("Foundation") == ("foundation",)
    assert tokens("") == ()


def test_short_and_translated() -> None:
    assert is_short("TNO")
    assert not is_short("Tecnalia")
    assert translated("City of Milan", "Comune di Milano")
    assert not translated("Comune di Milano", "COMUNE DI MILANO")


def test_an_acronym_of_the_parent_is_no_variant() -> None:
    assert variants("Sinnergiak Social Innovation (UPV/EHU)") == ("Sinnergiak Social Innovation (UPV/EHU)",)
    assert "UPV/EHU" in variants("Universidad del País Vasco (UPV/EHU)")


def test_squash() -> None:
    assert squash("T-Factor") == squash("TFACTOR")
