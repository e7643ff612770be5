"""Figures of a profile: projects and repeat partners, projects in time, repeat partners against chance.

Drawn with matplotlib (extra `[plot]`) in two widths, for a page and for a narrow screen. All positions are computed from measured text, in
inches, so that no label covers another; a test measures them.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kg.analyse.canvas import (
    AMBER,
    BLUE,
    GREEN,
    GREY,
    INK,
    LIGHT,
    NARROW_STYLE,
    NBSP,
    ORANGE,
    PALE,
    PURPLE,
    RC,
    SKY,
    WHITE,
    WIDE_STYLE,
    Colour,
    Ruler,
    available,
    canvas,
    draw_box,
    draw_line,
    draw_lines,
    require,
    stack,
    stack_height,
    to_png,
    to_svg,
    write,
)
from kg.analyse.dates import Span, bounds
from kg.analyse.labels import sort_key
from kg.analyse.nullmodel import CONFIGURATION
from kg.analyse.wording import number, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from kg.analyse.model import Partner, Profile, ProjectEntry

__all__ = ["KINDS", "Drawing", "available", "drawings", "figure", "has_content", "require", "texts", "to_png"]

ROLE_COLOURS = {"coordinator": BLUE, "partner": SKY, "evaluator": GREEN, "associated-partner": AMBER, "operator": PURPLE, "unspecified": GREY}
LINES = (BLUE, ORANGE, GREEN, PURPLE, SKY, AMBER)
MAX_PARTNERS = 40
MAX_PROJECTS = 60
KINDS = ("timeline", "network", "partners")


@dataclass(frozen=True)
class Drawing:
    """One figure.

    Attributes:
        kind: One of :data:`KINDS`.
        title: Short name.
        caption: What it shows, how it was made, from which data.
        alternative: What a reader who does not see it needs, and where the data stand as a table.
        wide: SVG for a page, as an `<svg>` element.
        narrow: SVG for a narrow screen.
    """

    kind: str
    title: str
    caption: str
    alternative: str
    wide: str
    narrow: str


def drawings(profile: Profile, lang: str = "en") -> list[Drawing]:
    """Return the figures of a profile that have something to show.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    require()
    found = []
    for kind in KINDS:
        if not has_content(profile, kind):
            continue
        title, caption, alternative = texts(profile, kind, lang)
        wide = to_svg(figure(profile, kind, lang), f"{kind}-wide", title, alternative)
        narrow = to_svg(figure(profile, kind, lang, narrow=True), f"{kind}-narrow", title, alternative)
        found.append(Drawing(kind, title, caption, alternative, wide, narrow))
    return found


def has_content(profile: Profile, kind: str) -> bool:
    """Tell whether a figure of this kind would show anything."""
    if kind == "timeline":
        return bool(profile.years)
    return bool(profile.repeat_partners) and (kind == "network" or profile.repeats is not None)


def texts(profile: Profile, kind: str, lang: str) -> tuple[str, str, str]:
    """Return title, caption and text alternative of a figure."""
    method = profile.method
    years = [year.year for year in profile.years]
    values = {
        "name": profile.institution.label(lang),
        "projects": len(profile.projects),
        "repeats": len(profile.repeat_partners),
        "first": years[0] if years else "",
        "last": years[-1] if years else "",
        "draws": number(method.draws, lang),
        "seed": method.seed,
        "model": say("model-configuration" if profile.repeats and profile.repeats.method == CONFIGURATION else "model-curveball", lang),
    }
    caption = say(f"figure-{kind}-caption", lang, **values)
    limits = {"network": (MAX_PARTNERS, len(profile.repeat_partners)), "partners": (MAX_PARTNERS, len(profile.repeat_partners))}
    shown, of = limits.get(kind, (MAX_PROJECTS, len(profile.projects)))
    if kind == "network" and len(profile.projects) > MAX_PROJECTS:
        drawn = len(_drawn_projects(profile, _by_label(profile.repeat_partners, lang)))
        caption += " " + say("figure-cut-network", lang, shown=min(shown, of), of=of, projects=drawn, all=len(profile.projects))
    elif of > shown:
        caption += " " + say("figure-cut", lang, shown=shown, of=of)
    about = say(
        "figure-method",
        lang,
        level=method.level,
        roles=say(f"roles-{method.roles}", lang),
        frame=method.frame.kind,
        name=method.name,
        state=method.state or say("unknown", lang),
        build=method.build,
    )
    return say(f"figure-{kind}", lang), f"{caption} {about}", say(f"figure-{kind}-alt", lang, **values)


def figure(profile: Profile, kind: str, lang: str = "en", *, narrow: bool = False) -> Figure:
    """Return one figure.

    Args:
        profile: The profile.
        kind: One of :data:`KINDS`.
        lang: `de` or `en`.
        narrow: For a narrow screen.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    require()
    import matplotlib as mpl

    draw: dict[str, Callable[[Profile, str, bool], Figure]] = {"network": _network, "timeline": _timeline, "partners": _partners}
    with mpl.rc_context(RC):
        return draw[kind](profile, lang, narrow)


def _by_label(partners: Sequence[Partner], lang: str) -> list[Partner]:
    return sorted(partners, key=lambda p: (-p.count, sort_key(p.partner.label(lang))))[:MAX_PARTNERS]


def _drawn_projects(profile: Profile, partners: Sequence[Partner]) -> list[ProjectEntry]:
    """Return the projects that are drawn beside some partners, in their order: those shared with any, of many those shared with most."""
    shared = Counter(project for partner in partners for project in partner.projects)
    linked = [entry for entry in profile.projects if shared[entry.project.iri]]
    kept = {entry.project.iri for entry in sorted(linked, key=lambda entry: -shared[entry.project.iri])[:MAX_PROJECTS]}
    return [entry for entry in linked if entry.project.iri in kept]


def _untangled(left: list[str], right: list[str], links: set[tuple[str, str]]) -> tuple[list[str], list[str]]:
    """Order two columns so that fewer lines cross: each takes the mean position of its neighbours, in turn (Sugiyama and others 1981)."""
    for _ in range(12):
        for moving, fixed, flip in ((right, left, False), (left, right, True)):
            place = {item: position / max(1, len(fixed) - 1) for position, item in enumerate(fixed)}
            mean: dict[str, float] = {}
            for position, item in enumerate(moving):
                near = [place[one] for one in fixed if ((item, one) if flip else (one, item)) in links]
                mean[item] = sum(near) / len(near) if near else position / max(1, len(moving) - 1)
            moving.sort(key=lambda item: mean[item])
    return left, right


def _network(profile: Profile, lang: str, narrow: bool) -> Figure:
    """Draw projects on the left, repeat partners on the right, a curve for each participation."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path as Curve

    style, ruler = (NARROW_STYLE if narrow else WIDE_STYLE), Ruler()
    partners = {p.partner.iri: p for p in _by_label(profile.repeat_partners, lang)}
    single: dict[str, int] = {}
    for partner in profile.partners:
        if partner.partner.iri not in partners:
            for project in partner.projects:
                single[project] = single.get(project, 0) + 1
    projects = {entry.project.iri: entry for entry in _drawn_projects(profile, list(partners.values()))}
    links = {(project, p.partner.iri) for p in partners.values() for project in p.projects if project in projects}
    met = {project for p in partners.values() for project in p.projects}
    alone = [entry for entry in profile.projects if entry.project.iri not in met]
    left, right = _untangled(list(projects), list(partners), links)
    label_width = (2.0 if not narrow else 1.02) - 0.1
    more = [f"{NBSP}(+{single[iri]})" if single.get(iri) else "" for iri in left]
    names = [ruler.wrap(projects[iri].project.label(lang) + extra, style.text, label_width) for iri, extra in zip(left, more, strict=True)]
    right_width = 2.75 if not narrow else 1.36
    circle = style.width - right_width - 0.12
    titles = [ruler.wrap(f"{partners[iri].partner.label(lang)}{NBSP}·{NBSP}{partners[iri].count}", style.text, right_width - 0.05) for iri in right]
    heads = [
        ruler.wrap(say("column-projects", lang), style.text, label_width, bold=True),
        ruler.wrap(say("column-partners", lang), style.text, right_width - 0.05, bold=True),
    ]
    top = 0.17 + style.line * max(len(head) for head in heads)
    bottom = top + max(stack_height(names, style), stack_height(titles, style), 8 * style.line)
    name = ruler.wrap(profile.institution.label(lang), style.text, bottom - top - 0.05, bold=True)
    spine = 0.08 + len(name) * style.line
    start = spine + 0.12
    square = start + label_width + 0.1
    rest: list[str] = []
    if alone:
        few = alone[: max(0, MAX_PROJECTS - len(projects))] if len(profile.projects) > MAX_PROJECTS else alone
        named = [e.project.label(lang) + (f"{NBSP}(+{single[e.project.iri]})" if single.get(e.project.iri) else "") for e in few]
        extra_names = ", ".join([*named, *([say("figure-more", lang, number=len(alone) - len(few))] if len(few) < len(alone) else [])])
        rest = ruler.wrap(f"{say('without-repeats', lang)}: {extra_names}", style.small, style.width - start - 0.15)
    height = bottom + 0.12 + (len(rest) * style.line + 0.08 if rest else 0)
    drawn, axes = canvas(style.width, height)
    ys = dict(zip(left, stack(names, style, top, bottom), strict=True))
    yp = dict(zip(right, stack(titles, style, top, bottom), strict=True))
    colours = {iri: LINES[position % len(LINES)] for position, iri in enumerate(left)}
    for project in left:
        for iri in right:
            if (project, iri) in links:
                bend = (circle - square) * 0.45
                points = [(square, ys[project]), (square + bend, ys[project]), (circle - bend, yp[iri]), (circle, yp[iri])]
                curve = Curve(points, [Curve.MOVETO, Curve.CURVE4, Curve.CURVE4, Curve.CURVE4])
                axes.add_artist(PathPatch(curve, fill=False, lw=1.1 if not narrow else 0.9, ec=colours[project], alpha=0.85))
    for iri, lines in zip(left, names, strict=True):
        write(axes, square - 0.07, ys[iri], "\n".join(lines), style, ha="right", multialignment="right")
        draw_line(axes, [square], [ys[iri]], marker="s", ms=4.5, color=colours[iri])
    for iri, lines in zip(right, titles, strict=True):
        write(axes, circle + 0.08, yp[iri], "\n".join(lines), style, ha="left")
    draw_line(axes, [circle] * len(right), list(yp.values()), marker="o", ms=4.5, color=INK, ls="none", zorder=3)
    draw_line(axes, [spine, spine], [top, height - 0.1], color=INK, lw=2.5, solid_capstyle="butt")
    along = {"ha": "center", "rotation": 90, "fontweight": "bold", "multialignment": "center"}
    write(axes, spine - 0.04 - len(name) * style.line / 2, (top + height - 0.1) / 2, "\n".join(name), style, **along)
    middle = (top - 0.05) / 2
    write(axes, square - 0.07, middle, "\n".join(heads[0]), style, ha="right", fontweight="bold", multialignment="right")
    write(axes, circle + 0.08, middle, "\n".join(heads[1]), style, ha="left", fontweight="bold")
    if rest:
        write(axes, start, bottom + 0.06 + len(rest) * style.line / 2, "\n".join(rest), style, ha="left", fontsize=style.small)
    return drawn  # type: ignore[no-any-return]


def _day(date: dt.date) -> float:
    """Return a date as a year with fraction."""
    first = dt.date(date.year, 1, 1)
    return date.year + (date - first).days / (dt.date(date.year + 1, 1, 1) - first).days


def segments(span: Span, first: float, last: float) -> tuple[tuple[float, float] | None, list[tuple[float, float]]]:
    """Return the part of a span that is certain and the parts that are open, in years with fraction.

    Args:
        span: The span.
        first: Where an open start begins.
        last: Where an open end stops.

    >>> segments(Span("2016", "2019"), 2009.0, 2026.0)
    ((2017.0, 2019.0), [(2016.0, 2017.0), (2019.0, 2020.0)])
    >>> segments(Span("2022-01-01", ""), 2009.0, 2026.0)
    (None, [(2022.0, 2026.0)])
    """
    one_day = 1 / 366
    if not span.start and not span.end:
        return None, [(first, last)]
    start = tuple(_day(d) for d in bounds(span.start)) if span.start else None
    end = tuple(_day(d) for d in bounds(span.end)) if span.end else None

    def after(value: float) -> float:
        return float(round(value + one_day)) if abs(round(value + one_day) - value) < 2 * one_day else value + one_day

    if start and not end:
        return None, [(start[0], max(last, after(start[1])))]
    if end and not start:
        return None, [(min(first, end[0]), after(end[1]))]
    assert start
    assert end
    opening = (start[0], after(start[1])) if start[1] > start[0] else (start[0], start[0])
    closing = (end[0], after(end[1])) if end[1] > end[0] else (after(end[0]), after(end[0]))
    if opening[1] > closing[0]:
        return None, [(opening[0], closing[1])]
    parts = [part for part in (opening, closing) if part[1] > part[0]]
    return (opening[1], closing[0]) if closing[0] > opening[1] else None, parts


def _timeline(profile: Profile, lang: str, narrow: bool) -> Figure:
    """Draw the number of projects per year above, and the duration of each below."""
    style, ruler = (NARROW_STYLE if narrow else WIDE_STYLE), Ruler()
    entries = profile.projects[:MAX_PROJECTS]
    first, last = profile.years[0].year, profile.years[-1].year + 1
    state = profile.method.state
    today = min(_day(bounds(state)[1]), float(last)) if state else float(last)
    names = [ruler.wrap(entry.project.label(lang), style.text, style.label) for entry in entries]
    x0, x1 = style.label + 0.18, style.width - 0.16
    scale = (x1 - x0) / (last - first)
    bars = []
    for entry, lines in zip(entries, names, strict=True):
        words = _role_words(profile, entry, lang)
        bar = _bar(entry, float(first), last + 0.08 / scale, today, (ruler.width(words, style.small) + 0.08) / scale)
        if not bar.side:  # no room beside the bar: the words stand below the name
            lines += ruler.wrap(f"({words})", style.text, style.label)
        bars.append(bar)
    upper, chart = 0.34, (0.95 if not narrow else 0.8)
    top = upper + chart + 0.42
    bottom = top + stack_height(names, style)
    drawn, axes = canvas(style.width, bottom + 0.32)

    def x(year: float) -> float:
        return x0 + (year - first) * scale

    most = max(year.possible for year in profile.years)

    def level(count: float) -> float:
        return upper + chart * (1 - count / most)

    for year in profile.years:
        wide = x(year.year + 1) - x(year.year)
        draw_box(axes, x(year.year), level(year.certain), wide, level(0) - level(year.certain), fc=BLUE, lw=0)
        if year.possible > year.certain:
            draw_box(axes, x(year.year), level(year.possible), wide, level(year.certain) - level(year.possible), fc=LIGHT, lw=0)
    step = max(1, -(-most // 3))
    for tick in range(0, most + 1, step):
        draw_line(axes, [x0, x1], [level(tick)] * 2, color=WHITE if tick else GREY, lw=0.8, alpha=0.7 if tick else 1)
        write(axes, x0 - 0.06, level(tick), str(tick), style, ha="right", fontsize=style.small)
    heading = ruler.wrap(say("years", lang), style.text, style.label - 0.2)
    write(axes, x0 - 0.3, upper + chart / 2, "\n".join(heading), style, ha="right", multialignment="right", fontweight="bold")
    for key, colour, left in (("certain", BLUE, x0), ("possible", LIGHT, x0 + 0.22 + ruler.width(say("certain", lang), style.small) + 0.2)):
        draw_box(axes, left, 0.11, 0.13, 0.1, fc=colour, lw=0)
        write(axes, left + 0.19, 0.16, say(key, lang), style, ha="left", fontsize=style.small)
    gap = 1
    while ruler.width("2026", style.small) * 1.5 > x(first + gap) - x(first):
        gap += 1
    grid = [((x(n), top - 0.02), (x(n), bottom)) for n in range(first, last + 1)]
    draw_lines(axes, grid, PALE, 0.4, zorder=0)
    draw_lines(axes, grid[::gap], PALE, 0.9, zorder=0)
    for year_number in range(first, last + 1):
        major = (year_number - first) % gap == 0
        if major and year_number < last:
            for y in (top - 0.13, bottom + 0.13):
                write(axes, x(year_number + 0.5) if gap == 1 else x(year_number), y, str(year_number), style, ha="center", fontsize=style.small)
    height = style.line * 0.72
    for entry, lines, bar, y in zip(entries, names, bars, stack(names, style, top), strict=True):
        write(axes, x0 - 0.08, y, "\n".join(lines), style, ha="right", multialignment="right")
        for begin, finish in bar.open:
            draw_box(axes, x(begin), y - height / 2, max(x(finish) - x(begin), 0.02), height, fc=WHITE, ec=bar.colour, hatch="/////", lw=0.8)
        if bar.certain:
            begin, finish = bar.certain
            draw_box(axes, x(begin), y - height / 2, x(finish) - x(begin), height, fc=bar.colour, ec=bar.colour, lw=0.8)
        if bar.side:
            words = _role_words(profile, entry, lang)
            wide = ruler.width(words, style.small)
            at = x(bar.finish) + 0.06 if bar.side == "left" else x(bar.begin) - 0.06
            draw_box(axes, at - 0.01 if bar.side == "left" else at - wide - 0.01, y - height / 2, wide + 0.02, height, fc=WHITE, lw=0)
            write(axes, at, y, words, style, ha=bar.side, fontsize=style.small)
    draw_line(axes, [x(today)] * 2, [top, bottom], color=INK, lw=0.9, ls=(0, (4, 3)), zorder=0.5)
    return drawn  # type: ignore[no-any-return]


@dataclass(frozen=True)
class _Bar:
    """What is drawn for one project.

    Attributes:
        colour: Colour of the role.
        certain: The certain part, in years with fraction.
        open: The open parts.
        side: Alignment of the role's words: `left` (they stand to the right of the bar), `right` (to its left), or empty where neither side has room.
    """

    colour: Colour
    certain: tuple[float, float] | None
    open: tuple[tuple[float, float], ...]
    side: str

    @property
    def begin(self) -> float:
        """Left end of the bar."""
        return min(value for part in (*self.open, *([self.certain] if self.certain else [])) for value in part)

    @property
    def finish(self) -> float:
        """Right end of the bar."""
        return max(value for part in (*self.open, *([self.certain] if self.certain else [])) for value in part)


def _bar(entry: ProjectEntry, first: float, last: float, today: float, words: float) -> _Bar:
    """Return the bar of a project on an axis from `first` to `last`; `words` is the width of its role's words in years."""
    certain, parts = segments(entry.span, first, today)
    colour = ROLE_COLOURS.get(entry.own_roles[0] if entry.own_roles else "", AMBER)
    bar = _Bar(colour, certain, tuple(parts), "")
    if bar.finish + words <= last:
        return replace(bar, side="left")
    return replace(bar, side="right") if bar.begin - words >= first else bar


def _role_words(profile: Profile, entry: ProjectEntry, lang: str) -> str:
    words = ", ".join(profile.role_label(role, lang) for role in entry.own_roles)
    return words if entry.span.start or entry.span.end else f"{say('undated', lang)}; {words}"


def _partners(profile: Profile, lang: str, narrow: bool) -> Figure:
    """Draw shared projects per repeat partner with what chance would give."""
    style, ruler = (NARROW_STYLE if narrow else WIDE_STYLE), Ruler()
    assert profile.repeats is not None
    chosen = _by_label(profile.repeat_partners, lang)
    chance = profile.repeats.partners
    label_width = 3.3 if not narrow else 1.75
    names = [ruler.wrap(p.partner.label(lang), style.text, label_width) for p in chosen]
    legend = [(say("observed", lang), "bar"), (say("chance-legend", lang), "line")]
    top = 0.36 if not narrow else 0.5
    bottom = top + stack_height(names, style)
    drawn, axes = canvas(style.width, bottom + 0.5)
    x0, x1 = label_width + 0.2, style.width - 0.25
    most = max([p.count for p in chosen] + [int(chance[p.partner.iri].high) for p in chosen])

    def x(count: float) -> float:
        return x0 + count / most * (x1 - x0)

    step = max(1, -(-most // 6))
    for tick in range(0, most + 1, step):
        draw_line(axes, [x(tick)] * 2, [top, bottom], color=PALE if tick else GREY, lw=0.8, zorder=0)
        write(axes, x(tick), bottom + 0.12, str(tick), style, ha="center", fontsize=style.small)
    write(axes, (x0 + x1) / 2, bottom + 0.33, say("axis-shared", lang), style, ha="center")
    height = style.line * 0.8
    whiskers: list[tuple[tuple[float, float], tuple[float, float]]] = []
    means: list[tuple[float, float]] = []
    for partner, lines, y in zip(chosen, names, stack(names, style, top), strict=True):
        write(axes, x0 - 0.08, y, "\n".join(lines), style, ha="right", multialignment="right")
        draw_box(axes, x0, y - height / 2, x(partner.count) - x0, height, fc=LIGHT, ec=BLUE, lw=0.6)
        found = chance[partner.partner.iri]
        whiskers.append(((x(found.low), y), (x(found.high), y)))
        whiskers += [((x(end), y - height / 3.2), (x(end), y + height / 3.2)) for end in (found.low, found.high)]
        means.append((x(found.mean), y))
    draw_lines(axes, whiskers, INK, 1.1)
    draw_line(axes, *zip(*means, strict=True), marker="D", ms=4.2 if not narrow else 3.6, mfc=ORANGE, mec=WHITE, mew=0.5, ls="none", zorder=3)
    left, y = (x0, 0.16) if not narrow else (0.1, 0.14)
    for text, mark in legend:
        if mark == "bar":
            draw_box(axes, left, y - 0.05, 0.24, 0.1, fc=LIGHT, ec=BLUE, lw=0.6)
        else:
            draw_line(axes, [left, left + 0.24], [y, y], color=INK, lw=1.1)
            draw_line(axes, [left + 0.12], [y], marker="D", ms=4.2, mfc=ORANGE, mec=WHITE, mew=0.5)
        write(axes, left + 0.31, y, text, style, ha="left", fontsize=style.small)
        if narrow:
            y += 0.18
        else:
            left += 0.31 + ruler.width(text, style.small) + 0.3
    return drawn  # type: ignore[no-any-return]
