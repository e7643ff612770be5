"""Pictures the server draws: well-formed, within their frame, and holding what they say."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analyse import canvas
from kg.portal import drawn_rows, drawn_timeline
from kg.portal.drawing import shortened, ticks, width, year_of
from kg.portal.drawn_rows import Item, Tie, layers
from kg.portal.drawn_timeline import Bar
from kg.portal.render import STATIC

SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> ElementTree.Element:
    """Read a drawing as XML; there is no namespace in HTML, so one is put in for the reader."""
    return ElementTree.fromstring(str(svg).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def years() -> st.SearchStrategy[str]:
    dates = st.dates().map(lambda day: day.isoformat())
    return st.one_of(st.just(""), dates, dates.map(lambda day: day[:7]), dates.map(lambda day: day[:4]))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.builds(Bar, label=st.text(max_size=80), href=st.just("/doc/x"), start=years(), end=years(), point=st.booleans()), max_size=70))
def test_any_timeline_is_well_formed_and_stays_in_its_frame(bars: list[Bar]) -> None:
    svg = drawn_timeline.timeline(
        [Bar("".join(c for c in b.label if c.isprintable()), b.href, b.start, b.end, b.point) for b in bars], title="T", lang="en"
    )
    dated = [bar for bar in bars if bar.dated]
    if not dated:
        assert svg == ""
        return
    root = parsed(svg)
    wide = float(root.get("width", "0"))
    for box in root.iter(f"{SVG}rect"):
        assert 0 <= float(box.get("x", "-1")) <= wide
        assert float(box.get("x", "0")) + float(box.get("width", "0")) <= wide + 0.2
    assert len(list(root.iter(f"{SVG}a"))) == min(len(dated), drawn_timeline.MOST)


def test_open_ends_are_dashed_and_a_wrong_order_is_two_points() -> None:
    svg = drawn_timeline.timeline(
        [Bar("open", "", "2016"), Bar("ended", "", "", "2018"), Bar("wrong", "", "2020", "2019"), Bar("whole", "", "2015-01-01", "2017-12-31")],
        title="T",
        lang="de",
    )
    root = parsed(svg)
    assert [line.get("class") for line in root.iter(f"{SVG}line")].count("d-open") == 2
    assert len(list(root.iter(f"{SVG}path"))) == 2
    assert [box.get("class") for box in root.iter(f"{SVG}rect")].count("d-a") == 1


def test_text_of_a_source_never_becomes_markup() -> None:
    evil = '<script>alert("x")</script>&'
    svg = drawn_timeline.timeline([Bar(evil, "/doc/x?a=1&b=2", "2020", "2021")], title=evil, lang="en")
    svg += drawn_rows.bars([Item(evil, '"><script>', 3)], title=evil, measured=evil, lang="en")
    svg += drawn_rows.network([Tie("a", "b")], {"a": evil, "b": evil}, {"a": evil}, centre="a", title=evil, lang="en")[0]
    assert "<script" not in svg
    for part in re.findall(r"<svg.*?</svg>", svg, re.DOTALL):
        parsed(part)


def test_pictures_keep_to_the_policy_of_the_pages() -> None:
    """No style attribute, no style element, no script, no address of another host, no event attribute."""
    svg = drawn_timeline.histogram([(2020, 1, 2), (2021, 0, 2)], title="T", lang="en")
    svg += drawn_timeline.timeline([Bar("a", "/doc/a", "2020", "2021")], title="T", lang="en")
    svg += drawn_rows.bars([Item("a", "/doc/a", 2)], title="T", measured="n", lang="en")
    assert not re.search(r"style=|<style|<script|https?://|\son\w+=", svg)


def test_colours_are_those_of_the_figures() -> None:
    css = (STATIC / "question.css").read_text(encoding="utf-8")
    palette = {"#" + "".join(f"{round(part * 255):02x}" for part in getattr(canvas, name)) for name in ("BLUE", "ORANGE", "SKY", "AMBER")}
    assert set(re.findall(r"--d-\w+: (#[0-9a-f]{6})", css)) <= palette
    drawn = "".join(path.read_text(encoding="utf-8") for path in Path(drawn_rows.__file__).parent.glob("draw*.py"))
    assert not re.search(r"#[0-9a-fA-F]{6}", drawn)
    for name in set(re.findall(r'"(d-[a-z-]+)', drawn)):
        assert f".{name} " in css, name


def test_histogram_draws_every_year_to_scale() -> None:
    root = parsed(drawn_timeline.histogram([(2020, 10, 20), (2021, 0, 20), (2022, 5, 10)], title="T", lang="en"))
    titled = {box.findtext(f"{SVG}title"): float(box.get("height", "0")) for box in root.iter(f"{SVG}rect") if box.find(f"{SVG}title") is not None}
    assert titled["2020: 10 began"] == pytest.approx(titled["2022: 10 running"])
    assert titled["2020: 20 running"] == pytest.approx(2 * titled["2020: 10 began"], abs=0.2)
    assert titled["2021: 0 began"] == 0


@given(st.floats(min_value=0, max_value=1e12, allow_nan=False))
def test_ticks_begin_at_nothing_reach_the_largest_and_are_few(most: float) -> None:
    marks = ticks(most)
    assert marks[0] == 0
    assert marks[-1] >= most * (1 - 1e-9)
    assert 2 <= len(marks) <= 8


@given(st.text(max_size=60), st.floats(min_value=20, max_value=400))
def test_a_shortened_text_fits_and_begins_the_text(text: str, room: float) -> None:
    shown = shortened(text, room)
    assert shown == text or (shown.endswith("…") and text.startswith(shown[:-1]))
    assert width(shown) <= room or len(shown) <= 2


@given(years(), years())
def test_a_date_lies_before_the_end_of_itself_and_order_is_kept(one: str, other: str) -> None:
    for text in (one, other):
        start, end = year_of(text), year_of(text, end=True)
        assert (start is None) == (end is None) == (not text)
        if start is not None and end is not None:
            assert start < end
    if len(one) == len(other) == 10 and one < other:
        assert (year_of(one) or 0) < (year_of(other) or 0)


def test_layers_follow_the_steps_and_lose_nobody() -> None:
    chain = [Tie("unit", "faculty"), Tie("faculty", "university")]
    assert layers(chain, "unit") == [["unit"], ["faculty"], ["university"]]
    assert layers([Tie("p", "t"), Tie("q", "t")]) == [["p", "q"], ["t"]]
    assert layers([Tie("a", "b"), Tie("b", "a")]) == [["a", "b"]]


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh")).filter(lambda tie: tie[0] != tie[1]), min_size=1, max_size=30))
def test_everything_stands_in_one_layer(pairs: list[tuple[str, str]]) -> None:
    found = layers([Tie(*pair) for pair in pairs], pairs[0][0])
    flat = [one for layer in found for one in layer]
    assert sorted(flat) == sorted({one for pair in pairs for one in pair})


def test_a_network_says_how_much_of_it_is_drawn() -> None:
    ties = [Tie("centre", f"n{number}") for number in range(100)]
    names = {one: one for tie in ties for one in (tie.source, tie.target)}
    svg, drawn, every = drawn_rows.network(ties, names, {}, centre="centre", title="T", lang="en")
    assert (drawn, every) == (drawn_rows.MOST_NODES, 101)
    assert len(list(parsed(svg).iter(f"{SVG}circle"))) == drawn
