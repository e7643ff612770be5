"""A laid-out drawing as SVG: presentation attributes for the light, classes for the stylesheet that knows the dark; no script, no style element."""

from __future__ import annotations

from html import escape

from kg.terms.areas import AREAS, Area
from kg.terms.figure import HEAD, Drawing, Line
from kg.terms.layout import FONT, PAD, lay_out, relations
from kg.terms.model import Ontology

_INK, _PAPER, _PANEL, _LINE, _LINK = "#16232b", "#ffffff", "#f3f6f8", "#5f717b", "#0a5f78"


def drawings(ontology: Ontology, lang: str) -> list[Drawing]:
    """Return the drawings of all areas in a language."""
    return [lay_out(ontology, area, lang) for area in AREAS]


def svg(drawing: Drawing, *, page: str = "", file: bool = False) -> str:
    """Return a drawing as SVG.

    Args:
        drawing: Laid out.
        page: Address before `#` of the page that describes the terms.
        file: Whether it stands alone: with the XML head, its namespace and the stylesheet `ontology.css` beside it.
    """
    area, lang = drawing.area, drawing.lang
    title, about = area.title.in_(lang), area.about.in_(lang)
    said = "; ".join(f"{one} – {how} → {other}" for one, how, other in relations(drawing))
    head = f'width="{drawing.width}" height="{drawing.height}" viewBox="0 0 {drawing.width} {drawing.height}" class="kg-drawing" font-family="sans-serif" font-size="{FONT}"'
    ids = f"drawing-{area.name}"
    parts = []
    if file:
        parts.append('<?xml version="1.0" encoding="UTF-8"?>\n<?xml-stylesheet type="text/css" href="ontology.css"?>\n')
    space = 'xmlns="http://www.w3.org/2000/svg" xml:' if file else ""
    parts.append(
        f'<svg {head} {space}lang="{lang}" role="{"img" if file else "group"}" aria-labelledby="{ids}-title" aria-describedby="{ids}-desc">\n'
    )
    parts.append(f'<title id="{ids}-title">{escape(title)}</title>\n<desc id="{ids}-desc">{escape(about)} {escape(said) if file else ""}</desc>\n')
    if file:
        parts.append(f'<rect class="paper" width="{drawing.width}" height="{drawing.height}" fill="{_PAPER}"/>\n')
    parts += [_line(one) for one in drawing.lines]
    for box in drawing.boxes:
        parts.append(
            f'<g class="box"><rect x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}" rx="4" fill="{_PAPER}" stroke="{_LINE}"/>'
        )
        parts.append(f'<path class="head" d="{_head(box.x, box.y, box.width, box.height)}" fill="{_PANEL}" stroke="{_LINE}"/>')
        name = f'<text class="name" x="{box.x + PAD}" y="{box.y + 22}" font-size="{FONT + 2}" font-weight="bold" fill="{_LINK if box.anchor else _INK}">{escape(box.label)}</text>'
        parts.append(f'<a href="{escape(page)}#{escape(box.anchor)}">{name}</a>' if box.anchor else name)
        if box.sub:
            parts.append(f'<text class="row" x="{box.x + box.width - PAD}" y="{box.y + 22}" text-anchor="end" fill="{_INK}">{escape(box.sub)}</text>')
        parts += [f'<text class="row {row.kind}" x="{box.x + PAD}" y="{row.y + 5}" fill="{_INK}">{escape(row.label)}</text>' for row in box.rows]
        parts.append("</g>\n")
    parts.append("</svg>\n")
    return "".join(parts)


def _head(x: int, y: int, width: int, height: int) -> str:
    low = f"v{HEAD - 4}h-{width}v-{HEAD - 4}" if height > HEAD else f"v{HEAD - 8}a4 4 0 0 1 -4 4h-{width - 8}a4 4 0 0 1 -4 -4v-{HEAD - 8}"
    return f"M{x} {y + 4}a4 4 0 0 1 4 -4h{width - 8}a4 4 0 0 1 4 4{low}z"


def _line(line: Line) -> str:
    """Return a line with its arrow: open for links, hollow and dashed for kinds (as in UML class diagrams)."""
    (x0, y0), (lane, _), (_, y1), (x1, _) = line.points
    way = -1 if x1 < lane else 1
    back = x1 - way * (11 if line.row.kind == "kind" else 0)
    dash = ' stroke-dasharray="5 4"' if line.row.kind == "kind" else ""
    path = f'<path class="line {line.row.kind}" d="M{x0} {y0}H{lane}V{y1}H{back}" fill="none" stroke="{_LINE}" stroke-width="1.5"{dash}/>'
    if line.row.kind == "kind":
        tip = f'<path class="tip hollow" d="M{x1} {y1}l{-11 * way} -6v12z" fill="{_PAPER}" stroke="{_LINE}"/>'
    else:
        tip = f'<path class="tip" d="M{x1} {y1}l{-9 * way} -5v10z" fill="{_LINE}"/>'
    return path + tip + "\n"


def file_name(area: Area, lang: str) -> str:
    """Return the name of the file of a drawing."""
    return f"{area.name}.{lang}.svg"
