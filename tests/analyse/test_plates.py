"""Figures of the whole: their numbers by hand, texts that do not overlap or leave the page, cuts that are said, the same bytes twice."""

from __future__ import annotations

import hashlib
import itertools
import os
import subprocess
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analyse import plates
from kg.analyse.data import Data, Selection, load
from kg.analyse.labels import Named
from kg.analyse.placing import Box, leader, pack, place_labels
from kg.analyse.plate_countries import matrix
from kg.analyse.plate_distributions import distribution
from kg.analyse.plates import KINDS, NARROW, WIDE, BackbonePlate, CountryPlate, DistributionPlate, EgoPlate, Plate, plate
from kg.build import Build
from kg.engine.duckdb import DuckDB
from kg.errors import AnalysisError

SFS = "https://w3id.org/innokg/id/organisation/sozialforschungsstelle"
COUNTRY = "https://example.org/place/country-"


@pytest.fixture(scope="module")
def data(graph: Build) -> Data:
    return load(graph)


def made(data: Data, teams: dict[str, str], countries: dict[str, str] | None = None, kind: str = "census") -> Data:
    """Return data of projects with one letter per institution, their countries, on a frame."""
    rows = [(project, one) for project, team in sorted(teams.items()) for one in team]
    table = pa.table({"initiative": [row[0] for row in rows], "organisation": [row[1] for row in rows], "role": [""] * len(rows)})
    labels = {one: Named(one, {"en": f"Institution {one}"}, "university" if one < "c" else "") for team in teams.values() for one in team}
    method = replace(data.method, frame=replace(data.method.frame, kind=kind, around=()))
    found = replace(data, table=table, labels=labels, method=method)
    if countries is not None:
        found.__dict__["countries"] = {one: COUNTRY + code for one, code in countries.items()}
    return found


def some(data: Data) -> list[Plate]:
    small = made(data, {"p": "ab", "q": "abc", "r": "cd"}, {"a": "DE", "b": "FR", "c": "DE"})
    return [BackbonePlate(data), CountryPlate(small), DistributionPlate(data), EgoPlate(data, SFS)]


def texts(figure: Any) -> list[tuple[str, Any]]:
    """Return each text with its place as matplotlib draws it."""
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    hidden = set()  # ticks beyond the ends of an axis are made, but not drawn
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            hidden |= {id(label) for tick in axis.get_major_ticks() if not low <= tick.get_loc() <= high for label in (tick.label1, tick.label2)}
    found = figure.findobj(lambda one: hasattr(one, "get_text") and one.get_visible() and id(one) not in hidden)
    return [(one.get_text(), one.get_window_extent(renderer)) for one in found if one.get_text().strip()]


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("lang", ["de", "en"])
def test_no_text_leaves_the_page_or_covers_another(data: Data, lang: str, width: float) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    for one in some(data):
        figure = one.figure(lang, width)
        FigureCanvasAgg(figure)
        across, down = figure.get_size_inches() * figure.dpi
        boxes = texts(figure)
        assert boxes
        for text, box in boxes:
            inside = box.x0 >= -1 and box.y0 >= -1 and box.x1 <= across + 1 and box.y1 <= down + 1
            assert inside, (one.name, lang, width, text)
        for (first, a), (second, b) in itertools.combinations(boxes, 2):
            shared = min(a.x1, b.x1) - max(a.x0, b.x0) > 1.5 and min(a.y1, b.y1) - max(a.y0, b.y0) > 1.5
            assert not shared, (one.name, lang, width, first, second)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_captions_say_what_is_cut_and_end_with_the_method(data: Data, lang: str) -> None:
    for one in some(data):
        assert one.title(lang)
        assert one.alternative(lang)
        for width in (WIDE, NARROW):
            assert one.caption(lang, width).endswith(f"{data.method.build}.")
        assert one.text(lang).rstrip().endswith(f"{data.method.build}.")
        assert list(one.rows()[0]) == list(one.columns)
        assert one.to_json()["method"] == one.method.to_json()
    cut = BackbonePlate(data, nodes=8, alpha=1.0)
    assert len(cut.found.nodes) <= 8
    assert {"de": "höchstens 8", "en": "at most 8"}[lang] in cut.caption(lang)
    few = EgoPlate(data, SFS, most_partners=5)
    assert {"de": "5 von 29", "en": "5 of 29"}[lang] in few.caption(lang)
    assert len(few.partners) == 5


def test_files_have_the_same_bytes_in_every_process(data: Data) -> None:
    """SVG, PDF and PNG twice here, and the SVG in a process with other hashes of strings."""
    one, ego = BackbonePlate(data), EgoPlate(data, SFS)
    for write in (one.svg, one.pdf, one.png):
        assert write("de", NARROW) == write("de", NARROW)
    code = (
        "import hashlib; from pathlib import Path; from kg.build import current; from kg.analyse.data import load\n"
        "from kg.analyse.plates import BackbonePlate, EgoPlate\n"
        f"d = load(current(Path({str(data.build.path.parent.parent)!r})))\n"
        f"print(hashlib.sha256(BackbonePlate(d).svg('de') + EgoPlate(d, {SFS!r}).svg('de')).hexdigest())"
    )
    environ = {**os.environ, "PYTHONHASHSEED": "4711"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environ)
    assert done.stdout.strip() == hashlib.sha256(one.svg("de") + ego.svg("de")).hexdigest()


def test_files_are_what_they_say(data: Data) -> None:
    one = DistributionPlate(data)
    svg = one.svg("de", NARROW).decode()
    assert svg.startswith("<?xml")
    assert 'width="3.5in"' in svg
    assert one.title("de") in svg
    pdf = one.pdf("en")
    assert pdf.startswith(b"%PDF")
    assert b"CreationDate" not in pdf
    assert one.png("en").startswith(b"\x89PNG")


def test_country_matrix_by_hand(data: Data) -> None:
    """p: a (DE), b (FR): 1. q: a, b, c (DE) at 1/2 each: a–b DE–FR ½, a–c DE–DE ½, b–c DE–FR ½. r: c, d without a country: left out.

    DE–FR: 1 + ½ + ½ = 2; DE–DE: ½; FR–FR: 0. Participations: DE a 2 + c 2 = 4, FR 2.
    """
    small = made(data, {"p": "ab", "q": "abc", "r": "cd"}, {"a": "DE", "b": "FR", "c": "DE"})
    found = matrix(small)
    assert found.countries == (COUNTRY + "DE", COUNTRY + "FR")
    assert found.values.tolist() == [[0.5, 2.0], [2.0, 0.0]]
    assert (found.unknown, found.known) == (1, 2.5)
    assert "1 of 4 institutions" in CountryPlate(small).caption("en")
    assert [(row["label"], row["partner_label"], row["weight"]) for row in CountryPlate(small).rows()] == [
        ("DE", "DE", 0.5),
        ("FR", "DE", 2.0),
        ("FR", "FR", 0.0),
    ]


def test_only_a_census_orders_countries(data: Data) -> None:
    """FR has most weight (it meets DE and IT), DE is first by name."""
    teams, countries = {"p": "ab", "q": "bc"}, {"a": "DE", "b": "FR", "c": "IT"}
    orders = {}
    for kind in ("census", "ego-sampled", "partial"):
        one = CountryPlate(made(data, teams, countries, kind))
        orders[kind] = [one.whole.countries[place][-2:] for place in one.shown("en")]
        assert ("ranking" in one.caption("en")) == (kind != "census")
    assert orders == {"census": ["FR", "DE", "IT"], "ego-sampled": ["DE", "FR", "IT"], "partial": ["DE", "FR", "IT"]}


def test_more_countries_than_fit_are_cut_and_the_cut_is_said(data: Data) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    teams = {f"p{n}": letters[n : n + 2] for n in range(25)}
    one = CountryPlate(made(data, teams, {letter: f"{letter.upper()}{letter.upper()}" for letter in letters}))
    assert (len(one.shown("en", WIDE)), len(one.shown("en", NARROW))) == (20, 10)
    assert "10 of 26 countries" in one.caption("en", NARROW)
    # 19 of 25 pairs lie between the 20 countries that are shown: the inner ones have two projects each, b to u by IRI.
    assert "20 von 26" not in one.caption("en")
    assert "76.0 %" in one.caption("en", WIDE)


def test_without_a_country_the_matrix_is_refused(data: Data) -> None:
    with pytest.raises(AnalysisError, match="country"):
        CountryPlate(made(data, {"p": "ab"}, {})).rows()


def test_distribution_by_hand() -> None:
    """0, 1, 1, 3: at least 1 are three, at least 3 is one; one zero; median 1."""
    found = distribution(np.array([0.0, 1.0, 3.0, 1.0]))
    assert (found.n, found.zeros, found.median, found.largest, found.points) == (4, 1, 1.0, 3.0, ((1.0, 3), (3.0, 1)))
    rounded = distribution(np.array([1 / 3, 0.3331, 2.0])).points
    assert rounded == ((0.333, 3), (2.0, 1))
    assert distribution(np.array([])).points == ()


@settings(deadline=None)
@given(st.lists(st.integers(0, 50), min_size=1, max_size=50))
def test_distribution_counts_what_is_at_least(values: list[int]) -> None:
    found = distribution(np.array(values, dtype=float))
    assert dict(found.points) == {float(x): sum(value >= x for value in values) for x in set(values) - {0}}


def test_strength_of_newman_is_the_number_of_projects_with_partners(data: Data) -> None:
    """p: a, b; q: a, b, c; r: d alone. Strength of a: 1 + ½ + ½ = 2 = its projects; d has none."""
    parts = DistributionPlate(made(data, {"p": "ab", "q": "abc", "r": "d"})).parts
    assert parts["strength"].points == ((1.0, 3), (2.0, 2))
    assert (parts["strength"].zeros, parts["size"].points) == (1, ((1.0, 3), (2.0, 2), (3.0, 1)))


def test_ego_network_by_hand(data: Data) -> None:
    """a shares 3 projects with b, 2 with c, 1 with d; b and c share 2."""
    small = made(data, {"p": "abc", "q": "abc", "r": "ab", "s": "ad"})
    one = EgoPlate(small, "a")
    assert [(row["institution"], row["partner"], row["count"]) for row in one.rows()] == [("a", "b", 3), ("a", "c", 2), ("b", "c", 2)]
    assert one.figure("de", NARROW)
    assert len(EgoPlate(data, SFS).repeats) == 29


def test_the_backbone_of_the_sources_is_that_of_the_filter(data: Data) -> None:
    """12 of 1,946 pairs have α < 0.05 at one of their ends."""
    one = BackbonePlate(data)
    assert len(one.rows()) == len(one.found.kept) == 12
    assert all(row["log10_alpha"] < np.log10(0.05) for row in one.rows())
    assert sum(map(len, one.parts)) == len(one.found.nodes)


def test_nothing_that_stands_out_is_drawn_as_that(data: Data) -> None:
    one = BackbonePlate(made(data, {"p": "ab"}))
    for lang, part in (("en", "No pair"), ("de", "Kein Paar")):
        assert part in one.alternative(lang)
        assert one.figure(lang, NARROW)
        assert one.caption(lang)


def test_bad_input_is_refused(data: Data) -> None:
    cases: list[tuple[str, dict[str, Any]]] = [
        ("map", {}),
        ("backbone", {"unknown": 1}),
        ("ego-network", {}),
        ("ego-network", {"institution": "https://example.org/nobody"}),
        ("ego-network", {"institution": SFS, "most_partners": 0}),
        ("countries", {"most_countries": 0}),
    ]
    for kind, options in cases:
        with pytest.raises(AnalysisError):
            plate(data, kind, **options)
    with pytest.raises(AnalysisError, match="repeat partner"):
        EgoPlate(made(data, {"p": "ab"}), "a")
    for width in (1.0, 50.0):
        with pytest.raises(AnalysisError, match="inches"):
            BackbonePlate(data).figure("en", width)
    assert list(KINDS) == ["backbone", "countries", "distributions", "ego-network"]
    assert isinstance(plate(data, "distributions"), DistributionPlate)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(0.5, 4), st.floats(0.5, 4)), min_size=1, max_size=15), st.floats(0.1, 1.2))
def test_names_are_placed_without_overlaps(spots: list[tuple[float, float]], across: float) -> None:
    size = len(spots)
    boxes = place_labels(spots, [0.1] * size, [(across, 0.15)] * size, range(size), list(itertools.pairwise(spots)), (4.5, 4.5))
    nodes = [Box(x - 0.05, y - 0.05, x + 0.05, y + 0.05) for x, y in spots]
    for one, other in itertools.combinations(boxes.values(), 2):
        assert not one.overlaps(other)
    for place, box in boxes.items():
        assert box.left >= 0
        assert box.top >= 0
        assert box.right <= 4.5
        assert box.bottom <= 4.5
        assert not any(box.overlaps(node) for node in nodes)
        line = leader(spots[place], 0.05, box)
        assert line is None or not any(other.crossed_by(line) for name, other in boxes.items() if name != place)


@settings(deadline=None)
@given(st.lists(st.integers(2, 5), min_size=1, max_size=12))
def test_parts_are_packed_within_the_width(lengths: list[int]) -> None:
    starts = [sum(lengths[:n]) for n in range(len(lengths))]
    parts = [list(range(start, start + length)) for start, length in zip(starts, lengths, strict=True)]
    shapes = [[(float(n), float(n % 2)) for n in range(length)] for length in lengths]
    spots, height = pack(shapes, parts, 7.2, step=0.3, sizes=[(0.9, 0.2)] * sum(lengths))
    assert len(set(spots)) == sum(lengths)
    assert all(0 <= x <= 7.2 and 0 <= y <= height for x, y in spots)


def test_the_seed_of_the_selection_reaches_the_layout(graph: Build) -> None:
    with DuckDB() as engine:
        first, same = (load(graph, Selection(seed=7), engine=engine) for _ in range(2))
        assert BackbonePlate(first).svg() == BackbonePlate(same).svg()
    assert plates.WIDE == 7.2
