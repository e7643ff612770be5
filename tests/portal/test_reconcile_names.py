"""How names are read and compared: the laws behind the scores."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.build import Build
from kg.errors import StoreError
from kg.link.names import squash, tokens
from kg.namespaces import INNO
from kg.portal.reconcile_names import CANDIDATES, Names, Shown
from kg.portal.reconcile_score import Asked, Scored, decide, with_properties
from kg.portal.reconcile_words import all_words
from kg.search import INDEX


@pytest.fixture(scope="module")
def names(both: Build) -> Names:
    return Names(both.path / INDEX)


WORDS = st.lists(
    st.sampled_from(
        ["S.p.A.", "e.V.", "GmbH", "l'eau", "Müller", "UNIVERSITAET", "of", "The", "a", "B", "&", "R&D", "2.0", "ß", "Øre", "d’", "AG", "-", "Łódź"]
    ),
    max_size=7,
)


@given(st.lists(st.one_of(st.text(max_size=30), WORDS.map(" ".join)), max_size=6))
@settings(deadline=None)
def test_many_names_at_once_are_read_as_one_by_one(given_: list[str]) -> None:
    """The law of the fast way: it gives what :mod:`kg.link.names` gives."""
    for name, (words, letters) in zip(given_, all_words(given_), strict=True):
        plain = " ".join(name.split())
        assert words == tuple(dict.fromkeys(tokens(plain))), name
        assert letters == squash(plain), name


def test_all_names_of_the_graph_are_read_so(names: Names, both: Build) -> None:
    found = [name for thing in names.shown(range(1, 2000), "en").values() for name in thing.names]
    assert len(found) > 1000
    assert [words for words, _ in all_words(found)] == [tuple(dict.fromkeys(tokens(name))) for name in found]


def test_every_thing_is_found_by_each_of_its_names(names: Names) -> None:
    """API 0.2, section 4.4: a query that is the name of a thing gives that thing, unless it is hidden by namesakes."""
    missed = 0
    things = [one for number, one in names.shown(range(1, 6000), "en").items() if INNO.Organisation in one.classes][::7]
    for thing in things:
        for name in thing.names[:3]:
            missed += thing.number not in names.candidates(name, (INNO.Organisation,))
    assert len(things) > 200
    assert missed <= len(things) // 100


def test_candidates_are_bounded(names: Names) -> None:
    for text in ("university", "a " * 250, "universität " * 40, "", "   ", "…"):
        assert len(names.candidates(text, ())) <= CANDIDATES


def _thing(number: int, *called: str) -> Shown:
    return Shown(number, f"https://e.org/{number}", called[0], (INNO.Organisation,), called, (), (), "", "", "", 0, 0, 0)


@given(st.sampled_from(["Weber Ultrasonics AG", "Stadt Dortmund", "X", "Universität Ulm"]), st.text(max_size=30))
@settings(deadline=None)
def test_scores_stay_between_0_and_100(both: Build, one: str, other: str) -> None:
    asked = Asked(other, _names(both))
    scored = asked.score(_thing(1, one))
    assert 0 <= scored.score <= 100 + 1e-9
    same = Asked(one, _names(both)).score(_thing(1, one))
    assert same.score == pytest.approx(100)
    assert same.score >= scored.score - 1e-9
    for agreed, numbers in (({"country": True}, {}), ({"country": False, "url": True}, {}), ({}, {"ror": False}), ({}, {"ror": True})):
        again = asked.score(_thing(1, one))
        with_properties(again, agreed, numbers)
        assert 0 <= again.score <= 100 + 1e-9
        assert again.score >= scored.score - 1e-9 or not all({**agreed, **numbers}.values())


_OPEN: list[Names] = []


def _names(both: Build) -> Names:
    if not _OPEN:
        _OPEN.append(Names(both.path / INDEX))
    return _OPEN[0]


@given(st.lists(st.tuples(st.floats(0, 100), st.booleans(), st.sampled_from([{}, {"country": True}, {"country": False}])), max_size=6))
@settings(deadline=None)
def test_at_most_one_match_and_it_is_the_best_and_clearly_so(given_: list[tuple[float, bool, dict[str, bool]]]) -> None:
    scored = [Scored(_thing(number, "x"), score, short=short, agreed=agreed) for number, (score, short, agreed) in enumerate(given_)]
    ordered = decide(scored)
    matched = [one for one in ordered if one.match]
    assert len(matched) <= 1
    assert [one.score for one in ordered] == sorted((one.score for one in ordered), key=lambda score: -round(score, 4)) or len(ordered) < 2
    if matched:
        assert matched[0] is ordered[0]
        assert matched[0].score >= 86
        assert all(matched[0].score - one.score >= 5 - 1e-3 for one in ordered[1:])
        assert not matched[0].short or True in matched[0].agreed.values()


def test_two_that_are_the_same_do_not_compete() -> None:
    pair = [Scored(_thing(1, "x"), 99), Scored(_thing(2, "x"), 99), Scored(_thing(3, "x"), 80)]
    assert not any(one.match for one in decide(pair))
    assert decide(pair, lambda one, other: {one, other} == {"https://e.org/1", "https://e.org/2"})[0].match


def test_a_damaged_index_is_told(tmp_path: Path) -> None:
    (tmp_path / "search.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreError) as caught:
        Names(tmp_path / "search.sqlite")
    assert "kg build" in caught.value.text()
