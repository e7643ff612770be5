"""Drawings by geometry: no box on another, no text out of its box, no line through a box or on another line; all terms are drawn."""

from __future__ import annotations

from itertools import combinations
from xml.etree import ElementTree

import pytest

from kg.terms import Ontology, terms
from kg.terms.areas import AREAS, CODE
from kg.terms.figure import HEAD, Box, Drawing, Line, crossings, overlaps
from kg.terms.layout import lay_out, relations
from kg.terms.svg import svg

DRAWN = [(area.name, lang) for area in AREAS for lang in ("de", "en")]
Rectangle = tuple[int, int, int, int]


@pytest.fixture(scope="module")
def found() -> Ontology:
    return terms()


def drawn(found: Ontology, name: str, lang: str) -> Drawing:
    return lay_out(found, next(area for area in AREAS if area.name == name), lang)


def rectangle(box: Box) -> Rectangle:
    return box.x, box.y, box.x + box.width, box.y + box.height


def meet(one: Rectangle, other: Rectangle) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def segments(line: Line) -> list[Rectangle]:
    pairs = zip(line.points, line.points[1:], strict=False)
    return [(min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1])) for a, b in pairs]


@pytest.mark.parametrize(("name", "lang"), DRAWN)
def test_geometry(found: Ontology, name: str, lang: str) -> None:
    drawing = drawn(found, name, lang)
    boxes = {box.key: box for box in drawing.boxes}
    for one, other in combinations(drawing.boxes, 2):
        assert not meet(rectangle(one), rectangle(other)), (one.key, other.key)
    for box in drawing.boxes:
        assert box.x > 0
        assert box.y > 0
        assert box.x + box.width < drawing.width
        assert box.y + box.height < drawing.height
        assert all(box.y + HEAD < row.y - 8 and row.y + 8 < box.y + box.height for row in box.rows)
        assert all(b.y - a.y >= 20 for a, b in zip(box.rows, box.rows[1:], strict=False)), "rows do not lie on each other"
    for line in drawing.lines:
        for left, top, right, bottom in segments(line):
            for box in drawing.boxes:
                x0, y0, x1, y1 = rectangle(box)
                assert not meet((left, top, right + 1, bottom + 1), (x0 + 1, y0 + 1, x1, y1)), (line.source, line.row.label, box.key)
            assert left >= 0
            assert right <= drawing.width
        (start, end), source, target = (line.points[0], line.points[-1]), boxes[line.source], boxes[line.target]
        assert start[0] in (source.x, source.x + source.width)
        assert end[0] in (target.x, target.x + target.width)
        assert target.y < end[1] < target.y + HEAD
    assert not overlaps(drawing)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_both_languages_have_the_same_lines(found: Ontology, lang: str) -> None:
    assert sum(len(drawn(found, area.name, lang).lines) for area in AREAS) == sum(len(drawn(found, area.name, "en").lines) for area in AREAS)
    assert max(crossings(drawn(found, area.name, lang)) for area in AREAS) <= 20


def test_every_term_and_list_is_drawn(found: Ontology) -> None:
    boxes = {key for area in AREAS for column in area.columns for key, _ in column}
    names = {name.partition(">")[0] for area in AREAS for column in area.columns for _, names in column for name in names.split()}
    assert {term.name for term in found.of_kind("class")} <= boxes
    assert {term.name for term in found.terms if term.kind != "class"} <= names
    assert {CODE + one.name for one in found.lists} <= boxes


def test_what_is_drawn_is_true(found: Ontology) -> None:
    """A property is drawn at a class of its domain, or one below; `^` names a class right above."""
    for area in AREAS:
        for key, names in (pair for column in area.columns for pair in column):
            term = found.by_name.get(key)
            for name in names.split():
                if name.startswith("^"):
                    assert term is not None
                    assert found.by_name[name[1:]].iri in term.above, (area.name, key, name)
                elif (prop := found.by_name.get(name.partition(">")[0])) is not None:
                    iri = term.iri if term else next(one for one, short in found.shorts.items() if short == key)
                    assert iri in prop.domain, (area.name, key, name)
                if CODE in name:
                    listed = next(one for one in found.lists if one.name == name.partition(CODE)[2])
                    path = name.partition(">")[0]
                    if listed.used_by:
                        assert path in listed.used_by or f"inno:{path}" in listed.used_by, (key, name, listed.used_by)


@pytest.mark.parametrize(("name", "lang"), DRAWN)
def test_the_svg_is_well_formed_and_says_its_relations(found: Ontology, name: str, lang: str) -> None:
    drawing = drawn(found, name, lang)
    text = svg(drawing, page="index.html", file=True)
    tree = ElementTree.fromstring(text)
    space = "{http://www.w3.org/2000/svg}"
    title, described = tree.find(f"{space}title"), tree.find(f"{space}desc")
    assert title is not None
    assert title.text == drawing.area.title.in_(lang)
    assert described is not None
    assert described.text is not None
    for one, how, other in relations(drawing):
        assert f"{one} – {how} → {other}" in described.text
        assert other
    assert "<style" not in text
    assert "style=" not in text.replace("xml-stylesheet", "")
    links = [one.get("href") or "" for one in tree.iter(f"{space}a")]
    assert all(link.removeprefix("index.html#") in found._anchors.values() for link in links)
    assert len(links) >= len([box for box in drawing.boxes if ":" not in box.key])


def test_the_geometry_test_finds_what_is_wrong(found: Ontology) -> None:
    """Two lines on one height to different ends are found."""
    drawing = drawn(found, "codes", "de")
    one, other = drawing.lines[:2]
    height = one.points[0][1]
    moved = Line(other.source, other.target, other.row, tuple((x, height) for x, _ in other.points))
    assert overlaps(Drawing(drawing.area, "de", drawing.width, drawing.height, drawing.boxes, (one, moved)))
