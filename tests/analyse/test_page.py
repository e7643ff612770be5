"""The page: self-contained, escaped, structured; the figures: legible, complete, the same every time."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import combinations
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest

from kg.analyse import Profile, profile
from kg.analyse import figures as drawing
from kg.analyse.canvas import RC, Ruler
from kg.analyse.labels import Named
from kg.analyse.page import render_page
from kg.build import Build
from kg.engine.duckdb import DuckDB
from kg.errors import MissingExtraError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

VOID = {"meta", "br", "hr", "img", "input", "link", "path", "use", "rect", "line", "circle"}
INSTITUTIONS = ["sozialforschungsstelle", "stadt-dortmund", "fh-dortmund", "tno"]


class Reader(HTMLParser):
    """Collects tags, ids, addresses and headings, and checks that tags close."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[tuple[str, str, str]] = []
        self.ids: list[str] = []
        self.headings: list[int] = []
        self.tags: list[str] = []
        self.open: list[str] = []
        self.lang = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attributes}
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        if tag == "html":
            self.lang = values["lang"]
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        self.ids += [values["id"]] if "id" in values else []
        for name in ("src", "href", "xlink:href", "action", "data", "poster", "srcset"):
            if name in values:
                self.addresses.append((tag, name, values[name]))

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag, f"</{tag}> closes something else"


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    assert reader.open == []
    return reader


@pytest.fixture(scope="session", params=["de", "en"])
def page(request: pytest.FixtureRequest, sfs: Profile) -> tuple[str, str]:
    return request.param, render_page(sfs, request.param, figures=True)


def test_page_asks_no_other_host(page: tuple[str, str]) -> None:
    reader = read(page[1])
    for tag, name, address in reader.addresses:
        assert address.startswith("#") or (tag == "a" and name == "href" and address.startswith(("http://", "https://"))), (tag, name, address)
    assert not {"script", "iframe", "object", "embed", "link", "img", "base", "form"} & set(reader.tags)
    style = re.findall(r"<style.*?</style>", page[1], re.DOTALL)
    assert not re.search(r"@import|url\((?!#)", " ".join(style))


def test_page_is_structured(page: tuple[str, str]) -> None:
    lang, text = page
    reader = read(text)
    assert reader.lang == lang
    assert reader.headings[0] == 1
    assert reader.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(reader.headings, reader.headings[1:], strict=False))
    assert len(reader.ids) == len(set(reader.ids)), "an id stands twice"
    assert text.count('<svg role="img"') == 6
    assert text.count("<desc") == text.count("<title id=") == 6
    assert text.count("<caption>") == text.count("<table")
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', text))
    assert used <= set(reader.ids)


def test_page_states_method_frame_and_data_under_every_figure(page: tuple[str, str], sfs: Profile) -> None:
    for caption in re.findall(r"<figcaption>.*?</figcaption>", page[1], re.DOTALL):
        for part in ("merged", "ego-sampled", "2026-11-22", sfs.method.build):
            assert part in caption


def test_everything_of_the_data_is_escaped(sfs: Profile) -> None:
    evil = Named('javascript:alert("x")', {"de": "<script>alert(1)</script>&", "en": '"><img src=x onerror=alert(1)>'})
    entry = replace(sfs.projects[0], project=replace(evil, iri=sfs.projects[0].project.iri))
    changed = replace(sfs, institution=evil, projects=(entry, *sfs.projects[1:]), wordings=(("<b>x</b>", 1),))
    for lang in ("de", "en"):
        reader = read(render_page(changed, lang, figures=True))
        assert not {"script", "img", "b"} & set(reader.tags)
        assert not any(address.startswith("javascript:") for _, _, address in reader.addresses)


def test_page_without_matplotlib_names_the_extra(sfs: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.analyse.canvas.available", lambda: False)
    monkeypatch.setattr("kg.analyse.figures.available", lambda: False)
    text = render_page(sfs, "en")
    assert "innovation-kg[plot]" in text
    assert "<svg" not in text
    with pytest.raises(MissingExtraError, match="matplotlib"):
        render_page(sfs, "en", figures=True)


def test_page_without_projects(graph: Build, engine: DuckDB) -> None:
    for lang in ("de", "en"):
        read(render_page(profile(graph, "bmbf", engine=engine), lang, figures=True))


# Figures


def boxes(figure: Figure) -> list[tuple[str, float, float, float, float]]:
    """Return text and box in inches of every label, as matplotlib draws it."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.text import Text

    figure.set_dpi(300)
    with mpl.rc_context(RC):
        canvas: Any = FigureCanvasAgg(figure)
        renderer = canvas.get_renderer()
        found = []
        for text in figure.findobj(Text):
            if text.get_text() and text.get_visible() and text.axes is not None and text in text.axes.texts:
                box = text.get_window_extent(renderer)
                found.append((text.get_text(), box.x0 / 300, box.y0 / 300, box.x1 / 300, box.y1 / 300))
    return found


@pytest.fixture(scope="module")
def drawn(graph: Build, engine: DuckDB) -> dict[str, Profile]:
    return {institution: profile(graph, institution, engine=engine, draws=20) for institution in INSTITUTIONS}


@pytest.mark.parametrize("institution", INSTITUTIONS)
@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("kind", drawing.KINDS)
@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
def test_no_label_covers_another_or_leaves_the_figure(drawn: dict[str, Profile], institution: str, lang: str, kind: str, narrow: bool) -> None:
    found = drawn[institution]
    if not drawing.has_content(found, kind):
        pytest.skip("nothing to show")
    figure = drawing.figure(found, kind, lang, narrow=narrow)
    width, height = figure.get_size_inches()
    labels = boxes(figure)
    assert labels
    for text, x0, y0, x1, y1 in labels:
        assert x0 >= -0.01, text
        assert y0 >= -0.01, text
        assert x1 <= width + 0.01, text
        assert y1 <= height + 0.01, text
    for (one, ax0, ay0, ax1, ay1), (other, bx0, by0, bx1, by1) in combinations(labels, 2):
        across, down = min(ax1, bx1) - max(ax0, bx0), min(ay1, by1) - max(ay0, by0)
        assert across <= 0.01 or down <= 0.012, f"{one!r} and {other!r} overlap by {across:.3f} x {down:.3f} inches"


def test_every_project_and_repeat_partner_is_in_the_figures(sfs: Profile) -> None:
    def letters(texts: list[str]) -> str:
        return re.sub(r"[\s\u00a0-]", "", "".join(texts))

    for lang in ("de", "en"):
        for narrow in (False, True):
            words = {kind: letters([b[0] for b in boxes(drawing.figure(sfs, kind, lang, narrow=narrow))]) for kind in drawing.KINDS}
            for entry in sfs.projects:
                name = letters([entry.project.label(lang)])
                assert name in words["timeline"]
                assert name in words["network"]
            for partner in sfs.repeat_partners:
                name = letters([partner.partner.label(lang)])
                assert name in words["partners"]
                assert name in words["network"]


def test_text_is_large_enough(sfs: Profile) -> None:
    """At least 7 points in print; on a narrow screen, where an inch has 96 pixels, more than 9 pixels."""
    from matplotlib.text import Text

    for kind in drawing.KINDS:
        for narrow in (False, True):
            figure = drawing.figure(sfs, kind, "de", narrow=narrow)
            sizes = [float(text.get_fontsize()) for text in figure.findobj(Text) if text.get_text()]
            assert min(sizes) >= (7 if narrow else 8)


def test_svg_is_well_formed_small_and_the_same_each_time(sfs: Profile) -> None:
    one, other = drawing.drawings(sfs, "en"), drawing.drawings(sfs, "en")
    assert one == other
    for found in one:
        for svg in (found.wide, found.narrow):
            ElementTree.fromstring(svg)
            assert len(svg) < 120_000
            assert "<image" not in svg


def test_figures_do_not_lean_on_colour_alone() -> None:
    """Colours are those of Okabe and Ito; roles stand beside their bars as words."""
    okabe_ito = {(0, 114, 178), (213, 94, 0), (0, 158, 115), (204, 121, 167), (86, 180, 233), (230, 159, 0)}
    greys = {colour for colour in drawing.ROLE_COLOURS.values() if max(colour) - min(colour) < 0.01}
    used = {tuple(round(part * 255) for part in colour) for colour in {*drawing.ROLE_COLOURS.values(), *drawing.LINES} - greys}
    assert used <= okabe_ito


def test_ruler_measures_what_matplotlib_draws(sfs: Profile) -> None:
    ruler = Ruler()
    for text, x0, _, x1, _ in boxes(drawing.figure(sfs, "partners", "de")):
        if "\n" not in text and len(text) > 12:
            size = 9.0 if text in {p.partner.label("de") for p in sfs.repeat_partners} else None
            if size:
                assert ruler.width(text, size) == pytest.approx(x1 - x0, rel=0.03)


def test_wrap_breaks_at_spaces_first() -> None:
    ruler = Ruler()
    wide = ruler.width("Forschungsinstitut für", 9)
    assert ruler.wrap("Forschungsinstitut für Wasser- und Abfall", 9, wide) == ["Forschungsinstitut für", "Wasser- und Abfall"]
    assert ruler.wrap("Kompetenzzentrum", 9, ruler.width("Kompetenzzentr-", 9)) == ["Kompetenzzent-", "rum"]
    assert "".join(ruler.wrap("x" * 200, 9, 0.5)).replace("-", "") == "x" * 200


def test_png(sfs: Profile) -> None:
    assert drawing.to_png(drawing.figure(sfs, "timeline", "de"), 80).startswith(b"\x89PNG")
