"""Meetings of pairs: worked out by hand, against every possible combination of days, and what is said about them."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analyse.data import Data, Selection, load
from kg.analyse.dates import Span
from kg.analyse.incidence import Incidence
from kg.analyse.labels import Named
from kg.analyse.meetings import CLASSES, Days, classify, usable
from kg.analyse.ties import TEXT, Ties, ties
from kg.build import Build
from kg.engine.duckdb import DuckDB
from kg.errors import AnalysisError
from tests.analyse.conftest import SFS


def classes(*spans: Span) -> list[str]:
    """Return the classes of the projects of one pair."""
    return [CLASSES[kind] for kind in classify(np.zeros(len(spans), dtype=np.int64), Days.of(spans)).tolist()]


@pytest.fixture(scope="module")
def data(graph: Build, engine: DuckDB) -> Data:
    return load(graph.only(["dortmund"]), engine=engine)


@pytest.fixture(scope="module")
def found(data: Data) -> Ties:
    return ties(data)


def invented(data: Data, teams: dict[str, str], spans: dict[str, Span]) -> Data:
    """Return data with other teams and dates."""
    made = replace(data)
    made.__dict__["incidence"] = Incidence.of(teams)
    made.__dict__["spans"] = {project: spans.get(project, Span()) for project in made.incidence.projects}
    return made


def test_by_hand() -> None:
    # The second began while the first ran; the third after both had ended.
    assert classes(Span("2010-01-01", "2012-12-31"), Span("2011-01-01", "2011-06-30"), Span("2013-01-01", "2014-01-01")) == [
        "new",
        "overlapping",
        "returning",
    ]
    # The last day of the first is the first day of the second: it still ran. A day later it had ended.
    assert classes(Span("2010-01-01", "2010-05-31"), Span("2010-05-31", "2011")) == ["new", "overlapping"]
    assert classes(Span("2010-01-01", "2010-05-31"), Span("2010-06-01", "2011")) == ["new", "returning"]
    # Two begin on the same day: nothing began before either of them.
    assert classes(Span("2010-01-01", "2011"), Span("2010-01-01", "2012")) == ["new", "new"]
    assert classes(Span("2010-01-01", "2011")) == ["new"]


def test_years_only() -> None:
    # Same year for both: any order is possible, and the first may or may not have ended.
    assert classes(Span("2016", "2016"), Span("2016", "2016")) == ["undatable", "undatable"]
    # 2016–2017 and 2018–2019: no day of 2018 lies before the end of 2017.
    assert classes(Span("2016", "2017"), Span("2018", "2019")) == ["new", "returning"]
    # Ends at some time in 2018, the other begins at some time in 2018.
    assert classes(Span("2016", "2018"), Span("2018", "2019")) == ["new", "undatable"]
    # Runs at least until the first day of 2019, the other begins in 2018.
    assert classes(Span("2016", "2019"), Span("2018", "2020")) == ["new", "overlapping"]


def test_missing_dates() -> None:
    # Without an end the first may have ended or not.
    assert classes(Span("2016", ""), Span("2018", "2019")) == ["new", "undatable"]
    # A third one that certainly runs decides it.
    assert classes(Span("2016", ""), Span("2018", "2019"), Span("2017", "2018-12-31")) == ["new", "overlapping", "undatable"]
    assert classes(Span(), Span("2018", "2019")) == ["undatable", "undatable"]
    # Without a start it began at the latest on its last day, before the other.
    assert classes(Span("", "2017"), Span("2018", "2019")) == ["new", "returning"]


def test_a_gap_between_two_that_must_run() -> None:
    # Begins between day 5 and day 12 of January; one runs until the 6th, another from the 8th on: only the 7th (and the 8th) is left to come back.
    first, third = Span("2020-01-01", "2020-01-06"), Span("2020-01-08", "2020-03-01")
    assert classes(first, Span("2020-01", "2020-06"), third)[1] == "undatable"


DAYS = st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 4), st.integers(0, 3))


def possible(intervals: list[tuple[int, int, int, int]]) -> list[set[str]]:
    """Return the classes of each project over every combination of days: the definition itself."""
    worlds = [[(start, end) for start in range(a, b + 1) for end in range(c, d + 1) if start <= end] for a, b, c, d in intervals]
    result: list[set[str]] = [set() for _ in intervals]
    for world in itertools.product(*worlds):
        for position, (start, _) in enumerate(world):
            before = [end for other, (begun, end) in enumerate(world) if other != position and begun < start]
            result[position].add("new" if not before else "overlapping" if max(before) >= start else "returning")
    return result


@settings(max_examples=200, deadline=None)
@given(st.lists(DAYS, min_size=1, max_size=4))
def test_every_combination_of_days(drawn: list[tuple[int, int, int, int]]) -> None:
    intervals = []
    for start, width, length, slack in drawn:
        first, last = start, start + width
        ends_first, ends_last = start + length, max(start + length, last) + slack
        intervals.append((first, last, ends_first, ends_last))
    days = Days(*np.array(intervals, dtype=np.int64).T)
    found = [CLASSES[kind] for kind in classify(np.zeros(len(intervals), dtype=np.int64), days).tolist()]
    assert found == [min(alternatives) if len(alternatives) == 1 else "undatable" for alternatives in possible(intervals)]


def test_pairs_do_not_mix_and_pieces_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    spans = [Span("2010", "2011"), Span("2013", "2014"), Span("2010", "2014"), Span("2012", "2013"), Span("2010-01-01", "2010-02-01")]
    days, pair = Days.of(spans), np.array([0, 0, 1, 1, 2])
    expected = ["new", "returning", "new", "overlapping", "new"]
    assert [CLASSES[kind] for kind in classify(pair, days).tolist()] == expected
    monkeypatch.setattr("kg.analyse.meetings._COMPARED", 1)
    assert [CLASSES[kind] for kind in classify(pair, days).tolist()] == expected


def test_unusable_dates() -> None:
    assert usable(Span("2020", "2019")) == Span()
    assert usable(Span("soon", "")) == Span()
    assert usable(Span("2020-05", "2020")) == Span("2020-05", "2020")


def test_institution(data: Data, found: Ties) -> None:
    # The repeat partners of the Sozialforschungsstelle are 29 (docs/decisions/0003-analysis.md).
    own = ties(data, SFS)
    assert len(own.pairs) == 29
    assert {source.iri for source, _ in own.pairs} == {SFS}
    assert ties(data, "sozialforschungsstelle").rows() == own.rows()
    inside = {(row["target"] if row["source"] == SFS else row["source"], row["project"], row["class"]) for row in found.rows() if SFS in row.values()}
    assert {(row["target"], row["project"], row["class"]) for row in own.rows()} == inside


def test_rows_are_the_common_projects(data: Data, found: Ties) -> None:
    rows = found.rows()
    for one, other in {(row["source"], row["target"]) for row in rows}:
        assert sorted(row["project"] for row in rows if (row["source"], row["target"]) == (one, other)) == data.incidence.shared(one, other)
    assert len(found.pairs) == int((data.collaboration.count >= 2).sum())
    assert sum(found.counts.values()) == len(rows)
    assert all(bool(row["earlier"]) or row["class"] in ("new", "undatable") for row in rows)
    assert all(not row["earlier"] for row in rows if row["class"] == "new")


def test_evidence(data: Data) -> None:
    made = invented(data, {"p": "ab", "q": "ab", "r": "bc"}, {"p": Span("2010-01-01", "2011-01-01"), "q": Span("2012", "2013")})
    rows = ties(made).rows()
    assert [(row["project"], row["class"], row["earlier"]) for row in rows] == [("p", "new", ""), ("q", "returning", "p [2010-01-01 – 2011-01-01]")]


def test_text_and_json(data: Data, found: Ties) -> None:
    for lang in ("de", "en"):
        text = found.text(lang)
        assert TEXT["returning"][lang] in text
        assert text.rstrip().endswith(found.method.build)
    plain = found.to_json()
    assert json.loads(json.dumps(plain)) == plain
    assert plain["method"] == found.method.to_json()
    assert plain["classes"] == found.counts
    assert plain["refusal"]["frame"] == "ego-sampled"
    assert list(found.to_frame().columns) == list(Ties.columns)


def test_long_lists_say_so(monkeypatch: pytest.MonkeyPatch, data: Data, found: Ties) -> None:
    monkeypatch.setattr("kg.analyse.ties.LISTED", 3)
    monkeypatch.setattr("kg.analyse.ties.SHOWN", 2)
    plain = found.to_json()
    assert plain["rows"] is None
    assert plain["rows_left_out"] == TEXT["left-out"]
    own = ties(data, SFS)
    assert TEXT["more"]["de"].format(number=len(own.pair) - 2) in own.text("de")


def test_no_pair_twice(data: Data) -> None:
    made = invented(data, {"p": "ab", "q": "c"}, {})
    empty = ties(made)
    assert empty.rows() == []
    assert TEXT["none"]["en"] in empty.text("en")


def test_unusable_dates_are_said(data: Data) -> None:
    made = invented(data, {"p": "ab", "q": "ab"}, {"p": Span("2020", "2010"), "q": Span("2012", "2013")})
    result = ties(made)
    assert [row["class"] for row in result.rows()] == ["undatable", "undatable"]
    assert result.contradictory == 1
    assert "1" in result.text("en").split("whose date cannot be read")[1]


def test_only_projects_that_tie_the_pair(graph: Build, engine: DuckDB) -> None:
    # In a star two partners of a project that neither coordinates do not meet in it.
    star = load(graph.only(["dortmund"]), Selection(roles="coordinator-star"), engine=engine)
    led = {(row["initiative"], row["organisation"]) for row in star.table.to_pylist() if row["role"].endswith("/coordinator")}
    rows = ties(star).rows()
    assert rows
    assert all((row["project"], row["source"]) in led or (row["project"], row["target"]) in led for row in rows)
    assert len(rows) == int(star.collaboration.count[star.collaboration.count >= 2].sum())


def test_unknown_institution(data: Data) -> None:
    with pytest.raises(AnalysisError) as raised:
        ties(data, "sozialforschungstelle")
    assert "sozialforschungsstelle" in raised.value.text("de")
    with pytest.raises(AnalysisError):
        ties(data, "https://example.org/none")


def test_labels_and_order_are_fixed(data: Data, found: Ties, graph: Build) -> None:
    again = ties(load(graph.only(["dortmund"])))
    assert again.rows() == found.rows()
    assert again.text("de") == found.text("de")
    assert isinstance(found.pairs[0][0], Named)
