"""Years: a small history worked out by hand, bands of certain and possible, the laws between the columns, and what is said."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import combinations

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analyse.canvas import NARROW, to_png
from kg.analyse.data import Data, Selection, load
from kg.analyse.dates import Span
from kg.analyse.frames import Frame
from kg.analyse.incidence import Incidence
from kg.analyse.meetings import usable
from kg.analyse.ties import ties
from kg.analyse.years import TEXT, Years, years
from kg.build import Build
from kg.engine.duckdb import DuckDB
from kg.errors import AnalysisError


@pytest.fixture(scope="module")
def data(graph: Build, engine: DuckDB) -> Data:
    return load(graph.only(["dortmund"]), engine=engine)


def invented(data: Data, teams: dict[str, str], spans: dict[str, Span], *, state: str = "2015-06-30", kind: str = "census") -> Data:
    """Return data with other teams, dates, state and frame."""
    made = replace(data, method=replace(data.method, state=state, frame=Frame(kind)))
    made.__dict__["incidence"] = Incidence.of(teams)
    made.__dict__["spans"] = {project: spans.get(project, Span()) for project in made.incidence.projects}
    return made


TEAMS = {"p": "abc", "q": "ab", "r": "bd", "s": "ab"}
SPANS = {
    "p": Span("2010-01-01", "2011-12-31"),
    "q": Span("2011-06-01", "2012-03-01"),
    "r": Span("2013-01-01", "2014-12-31"),
    "s": Span("2014-01-01", "2015-12-31"),
}


def column(result: Years, name: str) -> list[object]:
    return [row[name] for row in result.rows()]


def test_by_hand(data: Data) -> None:
    result = years(invented(data, TEAMS, SPANS))
    assert column(result, "year") == [2010, 2011, 2012, 2013, 2014, 2015]
    assert column(result, "projects") == [1, 2, 1, 1, 2, 1]
    assert column(result, "institutions") == [3, 3, 2, 2, 3, 2]  # 2014: a, b and d
    assert column(result, "pairs") == [3, 3, 1, 1, 2, 1]
    assert column(result, "density") == [1, 1, 1, 1, pytest.approx(2 / 3), 1]
    assert column(result, "mean_partners") == [2, 2, 1, 1, pytest.approx(4 / 3), 1]
    assert column(result, "entering") == [3, 0, 0, 1, 0, 0]  # d in 2013; a comes back in 2014 and is not new
    assert column(result, "leaving") == [0, 0, 1, 0, 0, None]  # c after 2011; d after 2014 cannot be known in 2015
    assert column(result, "projects_so_far") == [1, 2, 2, 3, 4, 4]
    assert column(result, "institutions_so_far") == [3, 3, 3, 4, 4, 4]
    assert column(result, "pairs_so_far") == [3, 3, 3, 4, 4, 4]
    assert column(result, "new_ties") == [3, 0, 0, 1, 0, 0]
    assert column(result, "repeated_ties") == [0, 1, 0, 0, 1, 0]  # a and b: q overlaps p, s comes after both
    assert column(result, "returning_ties") == [0, 0, 0, 0, 1, 0]
    assert column(result, "undatable_ties") == [0] * 6
    for key in ("projects", "institutions", "pairs", "entering", "leaving", "projects_so_far"):
        assert column(result, key) == column(result, f"{key}_possible")


def test_open_dates_make_a_band(data: Data) -> None:
    # p ran in 2010 and perhaps on; q in 2013 for certain; r has no date.
    result = years(invented(data, {"p": "ab", "q": "bc", "r": "de"}, {"p": Span("2010", ""), "q": Span("2013", "2013")}, state=""))
    assert column(result, "projects") == [1, 0, 0, 1]
    assert column(result, "projects_possible") == [2, 2, 2, 3]
    assert column(result, "entering") == [2, 0, 0, 1]
    assert column(result, "entering_possible") == [4, 2, 2, 3]  # d and e any year; c in 2013
    # a and b may have left after 2010; b is certainly there in 2013, so only a and, not certain, d and e may leave before.
    assert column(result, "leaving") == [0, 0, 0, None]
    assert column(result, "leaving_possible") == [0, 3, 3, None]
    assert (result.undated, result.without_start) == (1, 1)
    assert column(result, "density")[1] is None
    assert column(result, "mean_partners")[1] is None


def test_certain_entries_and_exits(data: Data) -> None:
    # a is certainly there in 2012, and through a project without dates perhaps before and after; b keeps the window from 2010 to 2014.
    result = years(invented(data, {"p": "a", "q": "a", "r": "b"}, {"q": Span("2012", "2012"), "r": Span("2010", "2014")}, state=""))
    assert column(result, "entering") == [1, 0, 0, 0, 0]
    assert column(result, "entering_possible") == [2, 1, 1, 0, 0]
    assert column(result, "leaving") == [0, 0, 0, 0, None]
    assert column(result, "leaving_possible") == [0, 0, 0, 1, None]


def test_window(data: Data) -> None:
    made = invented(data, TEAMS, SPANS)
    whole = {row["year"]: row for row in years(made).rows()}
    part = years(made, since=2013, until=2014)
    assert part.rows() == [whole[2013], whole[2014]]
    assert column(years(made, since=1900, until=3000), "year") == list(whole)
    with pytest.raises(AnalysisError) as raised:
        years(made, since=2016)
    assert "2010 bis 2015" in raised.value.text("de")
    with pytest.raises(AnalysisError):
        years(made, since=2014, until=2012)


def test_years_after_the_state_are_plans(data: Data) -> None:
    made = invented(data, TEAMS, SPANS, state="2013-01-31")
    assert column(years(made), "year") == [2010, 2011, 2012, 2013]
    result = years(made, until=2015)
    assert column(result, "planned") == [False] * 4 + [True] * 2
    assert column(result, "leaving") == [0, 0, 1, None, None, None]
    assert TEXT["planned"]["en"].format(year=2013) in " ".join(result.text("en").split())
    # A state before all dates: the first year stands alone.
    assert column(years(invented(data, TEAMS, SPANS, state="2001-01-01")), "year") == [2010]


def test_a_selection_by_time_bounds_what_is_known(data: Data) -> None:
    made = replace(invented(data, TEAMS, SPANS), selection=Selection(since=2011, until=2013))
    for name in ("incidence", "spans"):
        made.__dict__[name] = getattr(invented(data, TEAMS, SPANS), name)
    result = years(made)
    assert column(result, "year") == [2011, 2012, 2013]
    assert column(result, "leaving") == [0, 1, None]
    assert "The data reach to 2013." in " ".join(result.text("en").split())


def test_no_dates(data: Data) -> None:
    with pytest.raises(AnalysisError):
        years(invented(data, TEAMS, {}))
    result = years(invented(data, {"p": "ab", "q": "a"}, {"p": Span("2012", "2010"), "q": Span("2011", "2011")}, state=""))
    assert (result.contradictory, result.undated) == (1, 1)
    assert "1" in " ".join(result.text("de").split()).split("unlesbares Datum tragen:")[1]


def test_one_institution(data: Data) -> None:
    result = years(invented(data, {"p": "a"}, {"p": Span("2010", "2010")}, state=""))
    assert [(row["pairs"], row["density"], row["mean_partners"]) for row in result.rows()] == [(0, None, 0.0)]
    assert "nan" not in result.text("en").casefold()


HISTORY = st.lists(
    st.tuples(
        st.lists(st.sampled_from("abcdef"), min_size=1, max_size=4, unique=True),
        st.one_of(st.just(""), st.integers(2000, 2006).map(str)),
        st.one_of(st.just(""), st.integers(2000, 2006).map(str)),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=40, deadline=None)
@given(HISTORY)
def test_laws_and_networkx(data: Data, drawn: list[tuple[list[str], str, str]]) -> None:
    spans = {f"p{n}": usable(Span(start, end)) for n, (_, start, end) in enumerate(drawn)}
    if not any(span.start or span.end for span in spans.values()):
        return
    teams = {f"p{n}": "".join(team) for n, (team, _, _) in enumerate(drawn)}
    made = invented(data, teams, spans, state="")
    result = years(made)
    first, last = result.years[0].year, result.years[-1].year
    for row in result.years:
        for key in ("projects", "institutions", "pairs", "entering", "projects_so_far", "institutions_so_far", "pairs_so_far"):
            assert getattr(row, key) <= getattr(row, f"{key}_possible")
        running = [project for project, span in spans.items() if row.year in span.years(first, last)[0]]
        network = nx.Graph(pair for project in running for pair in combinations(teams[project], 2))
        network.add_nodes_from(one for project in running for one in teams[project])
        assert (row.projects, row.institutions, row.pairs) == (len(running), len(network), network.number_of_edges())
        if len(network) > 1:
            assert row.density == pytest.approx(nx.density(network))
    # Who is certainly there came at some time: never more certain entries than institutions, never fewer possible ones.
    assert sum(row.entering for row in result.years) <= result.years[-1].institutions_so_far <= sum(row.entering_possible for row in result.years)
    if all(span.start and span.end for span in spans.values()):
        assert sum(row.entering for row in result.years) == len(made.incidence.institutions)
        assert column(result, "entering") == column(result, "entering_possible")


def test_meetings_agree_with_ties(data: Data) -> None:
    result, found = years(data, until=3000), ties(data)
    rows = found.rows()
    for name, kinds in (("repeated_ties", {"overlapping", "returning"}), ("returning_ties", {"returning"}), ("undatable_ties", {"undatable"})):
        expected = {(row["source"], row["target"], row["start"][:4]) for row in rows if row["class"] in kinds and row["start"]}
        assert sum(getattr(year, name) for year in result.years) == len(expected)


def test_text_says_what_the_frame_allows(data: Data) -> None:
    own = years(data)
    for lang in ("de", "en"):
        text = own.text(lang)
        assert TEXT["growth"][lang] in " ".join(text.split())
        assert TEXT["growth"][lang] in own.caption(lang)
        assert text.rstrip().endswith(own.method.build)
        assert TEXT["growth"][lang] not in " ".join(years(invented(data, TEAMS, SPANS)).text(lang).split())
    plain = own.to_json()
    assert json.loads(json.dumps(plain)) == plain
    assert plain["method"] == own.method.to_json()
    assert plain["caveats"] == [TEXT["growth"]]
    assert list(own.to_frame().columns) == list(Years.columns)
    assert not re.search(r"hub|broker|\brank|\brang|zentral|central", json.dumps(TEXT), re.IGNORECASE)


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("width", [3.5, None])
def test_figure(data: Data, lang: str, width: float | None) -> None:
    pytest.importorskip("matplotlib")
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    drawn = years(data).figure(lang, width)
    assert drawn.get_size_inches()[0] >= NARROW - 0.2
    to_png(drawn, 100)
    caption = drawn.texts[0]
    renderer = FigureCanvasAgg(drawn).get_renderer()  # type: ignore[no-untyped-call]
    box = caption.get_window_extent(renderer)
    assert box.x0 >= 0
    assert box.x1 <= drawn.bbox.width
    assert box.y0 >= 0
    assert "ego-sampled" in caption.get_text().replace("\n", " ")
    # Nothing is cut off: title, ticks and caption lie inside the figure.
    drawing = drawn.get_tightbbox(renderer)
    assert 0 <= drawing.x0 <= drawing.x1 <= drawn.get_size_inches()[0]
    # Nothing by colour alone: the possible part is hatched.
    assert any(patch.get_hatch() for patch in drawn.axes[0].patches)


def test_the_same_again(data: Data, graph: Build) -> None:
    assert years(load(graph.only(["dortmund"]))).text("de") == years(data).text("de")
