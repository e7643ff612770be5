"""The picture of a network as SVG, drawn by the server: in the page (colours by classes, light and dark) and as a file of its own (colours inside).

No meaning by colour alone: shapes tell kinds of institutions, letters tell groups.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from textwrap import wrap
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from kg.analyse.placing import Box, leader
from kg.analyse.wording import kind_label, number, significant
from kg.portal.explorer_layout import DOT, area, labels, radius

if TYPE_CHECKING:
    from kg.portal.explorer_view import Edge, Node, View

FILLS = ("#c9d1d6", "#56b4e9", "#e69f00", "#1fb58a", "#f0e442", "#e58fbd", "#f08a4b", "#9db4f0", "#b8a04a")
"""Colours of the groups A to H, after that of all others; black letters have a contrast of at least 7 on each. After Okabe and Ito (2008)."""
KINDS: dict[str, tuple[str, int]] = {
    "university": ("circle", 1),
    "research-institute": ("square", 2),
    "company": ("triangle", 3),
    "public-body": ("diamond", 4),
    "municipality": ("pentagon", 5),
    "civil-society": ("down", 6),
    "network": ("hexagon", 7),
    "cultural-institution": ("octagon", 8),
    "chamber": ("left", 4),
    "education-provider": ("right", 5),
    "": ("cross", 0),
}
"""Shape of each kind, and its colour where groups are off."""
_CORNERS = {
    "square": (4, 45),
    "triangle": (3, -90),
    "down": (3, 90),
    "diamond": (4, 0),
    "pentagon": (5, -90),
    "hexagon": (6, 0),
    "octagon": (8, 22.5),
    "left": (3, 180),
    "right": (3, 0),
}
STYLE = (
    "text{font-family:system-ui,'Segoe UI','DejaVu Sans',Helvetica,Arial,sans-serif}"
    ".net-tie{stroke:#7a8a94;stroke-opacity:.55;stroke-linecap:round}.net-leader{stroke:#4b5a63;stroke-width:.7}"
    ".net-shape{stroke:#fff;stroke-width:1.5}.net-centre .net-shape{stroke:#16232b;stroke-width:3}.net-letter{font-size:10px;font-weight:700;text-anchor:middle;fill:#000}"
    ".net-name{font-size:12px;fill:#16232b;stroke:#fff;stroke-width:3px;paint-order:stroke;stroke-linejoin:round}.net-caption{font-size:11px;fill:#333}"
    ".net-legend{font-size:11px;fill:#16232b}.net-hit{stroke:transparent;stroke-width:9}"
) + "".join(f".net-g{place}{{fill:{fill}}}" for place, fill in enumerate(FILLS))

Address = Callable[["Node"], str]
Evidence = Callable[["Edge"], str]


def shape(kind: str) -> str:
    """Return the name of the shape of a kind."""
    return KINDS.get(kind, KINDS[""])[0]


def colour(view: View, node: Node) -> int:
    """Return the number of the colour of a node: of its group where groups are on, else of its kind; 0 for all others."""
    if view.choice.groups:
        return "ABCDEFGH".index(node.letter) + 1 if node.letter else 0
    return KINDS.get(node.named.kind, KINDS[""])[1]


def mark(kind: str, x: float, y: float, size: float, classes: str) -> str:
    """Return the shape of a kind around a point; all shapes of a size have about the area of the circle of that radius."""
    name = shape(kind)
    if name == "circle":
        return f'<circle class="{classes}" cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}"/>'
    if name == "cross":
        arm, half = size * 1.05, size * 0.42
        turns = [(half, arm), (half, half), (arm, half)]
        points = [
            (sx * dx, sy * dy) for sx, sy, flip in ((1, 1, 0), (1, -1, 1), (-1, -1, 0), (-1, 1, 1)) for dx, dy in (turns[::-1] if flip else turns)
        ]
        points = [(a, -b) for a, b in points]
    else:
        corners, turn = _CORNERS[name]
        reach = size * math.sqrt(math.pi / (corners / 2 * math.sin(2 * math.pi / corners)))
        points = [
            (reach * math.cos(math.radians(turn + 360 * step / corners)), reach * math.sin(math.radians(turn + 360 * step / corners)))
            for step in range(corners)
        ]
    text = " ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in points)
    return f'<polygon class="{classes}" points="{text}"/>'


def drawing(view: View, lang: str, *, title: str, description: str, node_link: Address, edge_link: Evidence, target: str = "") -> str:
    """Return the picture for a page as an `<svg>` element; its colours come from `network.css`.

    Links in it take no place in the order of the keyboard: the tables beside the picture hold the same ones.

    Args:
        view: What is shown.
        lang: `de` or `en`.
        title, description: What a reader who does not see it needs.
        node_link, edge_link: Addresses of what a node and an edge lead to.
        target: Where links open; `_top` in a frame, which must not hold the portal's other pages.
    """
    across, down = (round(inch * DOT) for inch in area(view))
    head = (
        f'<svg class="net-svg" viewBox="0 0 {across} {down}" role="group" aria-labelledby="net-title net-description" lang="{lang}" '
        f'xmlns="http://www.w3.org/2000/svg"><title id="net-title">{escape(title)}</title><desc id="net-description">{escape(description)}</desc>'
    )
    return head + _body(view, lang, node_link, edge_link, target) + "</svg>"


def document(view: View, lang: str, *, title: str, description: str, caption: list[str]) -> bytes:
    """Return the picture as an SVG file with its legend, caption and style inside; it asks nobody for anything."""
    across, down = (round(inch * DOT) for inch in area(view))
    lines = [line for paragraph in caption for line in wrap(paragraph, 160)]
    legend = legend_of(view, lang)
    top = down + 14
    height = top + 18 * math.ceil(len(legend) / 4) + 16 * len(lines) + 24
    parts = [
        f'<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="{across}" height="{height}" viewBox="0 0 {across} {height}" '
        f'role="img" aria-labelledby="net-title net-description" xml:lang="{lang}" lang="{lang}"><title id="net-title">{escape(title)}</title>'
        f'<desc id="net-description">{escape(description)}</desc><style>{STYLE}</style><rect width="100%" height="100%" fill="#fff"/>',
        _body(view, lang, lambda _: "", lambda _: ""),
    ]
    for place, (kind, fill, letter, text) in enumerate(legend):
        x, y = 20 + (place % 4) * (across - 20) / 4, top + 18 * (place // 4)
        parts.append(mark(kind, x, y, 7, f"net-shape net-g{fill}"))
        if letter:
            parts.append(f'<text class="net-letter" x="{x:.1f}" y="{y + 3.6:.1f}">{letter}</text>')
        parts.append(f'<text class="net-legend" x="{x + 12:.1f}" y="{y + 4:.1f}">{escape(text)}</text>')
    start = top + 18 * math.ceil(len(legend) / 4) + 8
    parts += [f'<text class="net-caption" x="12" y="{start + 16 * place}">{escape(line)}</text>' for place, line in enumerate(lines)]
    return "".join([*parts, "</svg>\n"]).encode()


def legend_of(view: View, lang: str) -> list[tuple[str, int, str, str]]:
    """Return what the marks mean: kind whose shape is drawn, number of the colour, letter, text. First groups, then kinds."""
    found: list[tuple[str, int, str, str]] = []
    shown = [node.group for node in view.nodes]
    if view.choice.groups:
        lettered = {node.letter: node.group for node in view.nodes if node.letter}
        for letter, group in sorted(lettered.items()):
            size = number(view.group_sizes[group], lang)
            text = f"Gruppe {group}: {shown.count(group)} von {size}" if lang == "de" else f"group {group}: {shown.count(group)} of {size}"
            found.append(("university", "ABCDEFGH".index(letter) + 1, letter, text))
        if others := sum(not node.letter for node in view.nodes):
            found.append(("university", 0, "", f"andere Gruppen: {others}" if lang == "de" else f"other groups: {others}"))
    kinds: dict[str, int] = {}
    for node in view.nodes:
        known = node.named.kind if node.named.kind in KINDS else ""
        kinds[known] = kinds.get(known, 0) + 1
    order = [kind for kind in KINDS if kind in kinds]
    unknown = "Art unbekannt" if lang == "de" else "kind unknown"
    if order != [""]:
        found += [
            (kind, 0 if view.choice.groups else KINDS[kind][1], "", f"{kind_label(kind, lang) if kind else unknown}: {kinds[kind]}") for kind in order
        ]
    return found


def width(view: View, edge: Edge) -> float:
    """Return the width of a line in pixels: its root grows with the weight."""
    most = max(one.weight for one in view.edges)
    return round(0.7 + 3.8 * math.sqrt(edge.weight / most), 2)


def amount(value: float, lang: str) -> str:
    """Return a weight with up to three digits after the point.

    >>> amount(2.0, "en"), amount(0.33333, "de"), amount(1234.5, "en")
    ('2', '0,333', '1,234.5')
    """
    if 0 < value < 0.001:
        return significant(value, lang)
    return number(value, lang, 3).rstrip("0").rstrip(",.")


def _body(view: View, lang: str, node_link: Address, edge_link: Evidence, target: str = "") -> str:
    opens = f' target="{target}"' if target else ""
    spots = [(x * DOT, y * DOT) for x, y in view.places]
    nodes = view.nodes
    shared = "gemeinsame Projekte" if lang == "de" else "shared projects"
    projects = "Projekte" if lang == "de" else "projects"
    parts = ["<g>"]
    for place, edge in sorted(enumerate(view.edges), key=lambda pair: pair[1].weight):
        (x, y), (to_x, to_y) = spots[edge.source], spots[edge.target]
        ends = f'x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}"'
        text = f"{nodes[edge.source].named.label(lang)} – {nodes[edge.target].named.label(lang)}: {edge.count} {shared}"
        line = f'<title>{escape(text)}</title><line class="net-tie" {ends} stroke-width="{width(view, edge)}"/>'
        if link := edge_link(edge):
            line = f'<a href={quoteattr(link)}{opens} tabindex="-1" data-edge="{place}"><line class="net-hit" {ends}/>{line}</a>'
        else:
            line = f"<g>{line}</g>"
        parts.append(line)
    parts.append("</g><g>")
    size = area(view)
    names = labels(view, lang, size)
    for place, (_, box) in names.items():
        if line_ := leader(view.places[place], radius(view, place), box):
            (x, y), (to_x, to_y) = line_
            ends = f'x1="{x * DOT:.1f}" y1="{y * DOT:.1f}" x2="{to_x * DOT:.1f}" y2="{to_y * DOT:.1f}"'
            parts.append(f'<line class="net-leader" {ends}/>')
    for place, node in enumerate(nodes):
        x, y = spots[place]
        inner = f"<title>{escape(node.named.label(lang))}: {number(node.projects, lang)} {projects}</title>"
        inner += mark(node.named.kind, x, y, radius(view, place) * DOT, f"net-shape net-g{colour(view, node)}")
        if node.letter:
            inner += f'<text class="net-letter" x="{x:.1f}" y="{y + 3.6:.1f}">{node.letter}</text>'
        classes = "net-node net-centre" if node.named == view.centre else "net-node"
        link = node_link(node)
        parts.append(
            f'<a class="{classes}" href={quoteattr(link)}{opens} tabindex="-1" data-node="{place}">{inner}</a>'
            if link
            else f'<g class="{classes}">{inner}</g>'
        )
    parts += [_name(name, box) for name, box in names.values()]
    return "".join([*parts, "</g>"])


def _name(name: str, box: Box) -> str:
    x, y = (box.left + box.right) / 2 * DOT, (box.top + box.bottom) / 2 * DOT
    return f'<text class="net-name" text-anchor="middle" x="{x:.1f}" y="{y + 4:.1f}">{escape(name)}</text>'
