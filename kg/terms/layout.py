"""Boxes and lines of a drawing: hand-placed columns, a lane for each target between them, all in whole pixels.

A property stands as a row in the box of its class, so that no name lies on a line; a line leads from the row to the box it speaks of where that stands in
the same or a neighbouring column. Lines run in the gap between two columns only, one vertical lane for each target, so that none crosses a box.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from kg.terms.areas import CODE, Area
from kg.terms.figure import HEAD, Box, Drawing, Line, Row, crossings, overlaps
from kg.terms.model import Ontology, text

ROW, PAD, MARGIN = 24, 10, 16
LANE, GAP, SIDE = 12, 26, 30
"""Between two lanes; between boxes of a column; left and right of all lanes together."""
FONT = 14
_NARROW, _WIDE = frozenset("ijltfrI.,:;'|!()[]-· "), frozenset("mwMWÄÖÜ→–")


def width_of(words: str, size: int = FONT, *, bold: bool = False) -> int:
    """Return how wide a text is at most, in pixels, in the fonts that a browser takes for `sans-serif`.

    >>> width_of("ii") < width_of("mm")
    True
    """
    parts = sum(0.42 if one in _NARROW else 1.0 if one in _WIDE else 0.76 if one.isupper() else 0.64 for one in words)
    return int(parts * size * (1.12 if bold else 1)) + 1


def lay_out(ontology: Ontology, area: Area, lang: str) -> Drawing:
    """Place the boxes of an area and lead its lines.

    The heights of the columns and the order of the lanes are tried one column after the other, and those kept where no two lines lie on each other and
    fewest cross; the first of equals counts, so that the drawing is the same each time.
    """
    columns = [[_box(ontology, key, names, lang) for key, names in column] for column in area.columns]
    shifts, turned = [0] * len(columns), [False] * (len(columns) + 1)
    best = _placed(area, lang, columns, shifts, turned)
    least = _cost(best)
    for number in range(len(columns) + 1):
        for shift in range(0, 2 * ROW, 6) if number < len(columns) else (0,):
            for turn in (False, True):
                tried = [*shifts[:number], shift, *shifts[number + 1 :]][: len(columns)], [*turned[:number], turn, *turned[number + 1 :]]
                drawing = _placed(area, lang, columns, *tried)
                if (cost := _cost(drawing)) < least:
                    best, least, shifts, turned = drawing, cost, *tried
    return best


def _placed(area: Area, lang: str, columns: list[list[Box]], shifts: list[int], turned: list[bool]) -> Drawing:
    """Return a drawing with its columns shifted down and its lanes from left to right in the order of their targets, or turned round."""
    lanes = [_turned(gap, turn) for gap, turn in zip(_lanes(columns), turned, strict=True)]
    boxes: list[Box] = []
    x, height = MARGIN, 0
    for number, column in enumerate(columns):
        x += SIDE + len(lanes[number]) * LANE if lanes[number] else 0
        width, y = max(box.width for box in column), MARGIN + shifts[number]
        for box in column:
            rows = tuple(replace(row, y=y + HEAD + 2 + ROW * place + ROW // 2) for place, row in enumerate(box.rows))
            boxes.append(replace(box, column=number, x=x, y=y, width=width, rows=rows))
            y += box.height + GAP
        height = max(height, y - GAP)
        x += width
    total = x + (SIDE + len(lanes[-1]) * LANE if lanes[-1] else 0) + MARGIN
    return Drawing(area, lang, total, height + MARGIN, tuple(boxes), tuple(_lines(boxes, lanes)))


def _turned(gap: list[tuple[str, str]], turn: bool) -> list[tuple[str, str]]:
    return gap[::-1] if turn else gap


def _cost(drawing: Drawing) -> int:
    """Return how bad a drawing is: lines that lie on each other count most, then crossings."""
    return 1000 * len(overlaps(drawing)) + crossings(drawing)


def relations(drawing: Drawing) -> list[tuple[str, str, str]]:
    """Return what a drawing says, in words: class, property, what it leads to."""
    names = {box.key: box.label for box in drawing.boxes}
    words = {"kind": {"en": "is a kind of", "de": "ist eine Art von"}[drawing.lang]}
    found = []
    for box in drawing.boxes:
        for row in box.rows:
            label, _, value = row.label.partition(" → ") if row.kind != "value" else row.label.partition(": ")
            found.append((box.label, words.get(row.kind, label), names.get(row.target, value)))
    return found


def iri_of(ontology: Ontology, key: str) -> str:
    """Return the IRI of a box or property."""
    if key.startswith(CODE):
        return next((one.iri for one in ontology.lists if one.name == key.removeprefix(CODE)), "")
    if ":" not in key:
        return ontology.header.namespace + key
    return next((iri for iri, short in ontology.shorts.items() if short == key), "")


def _name(ontology: Ontology, key: str, lang: str) -> str:
    iri = iri_of(ontology, key)
    return text(ontology.names.get(iri, {}), lang)[0] or key


def _anchor(ontology: Ontology, key: str) -> str:
    return ontology.anchor(iri_of(ontology, key))


def _head(ontology: Ontology, key: str, lang: str) -> tuple[str, str]:
    if key.startswith(CODE):
        found = next((one for one in ontology.lists if one.name == key.removeprefix(CODE)), None)
        number = len(found.codes) if found else 0
        return _name(ontology, key, lang), f"{number} {'Codes' if lang == 'de' else 'codes'}"
    return _name(ontology, key, lang), ""


def _box(ontology: Ontology, key: str, names: str, lang: str) -> Box:
    """Return a box with its size, not placed yet."""
    label, sub = _head(ontology, key, lang)
    rows = tuple(_rows(ontology, names, lang))
    head = width_of(label, FONT + 2, bold=True) + (width_of(sub) + PAD if sub else 0)
    width = max([head, *(width_of(row.label) for row in rows)]) + 2 * PAD
    return Box(key, label, sub, _anchor(ontology, key), 0, 0, 0, width, HEAD + (ROW * len(rows) + 6 if rows else 0), rows)


def _rows(ontology: Ontology, names: str, lang: str) -> list[Row]:
    """Return the rows of a box, not placed yet."""
    found = []
    for name in names.split():
        if name.startswith("^"):
            above = name[1:]
            kind = {"en": "kind of", "de": "Art von"}[lang]
            found.append(Row("", f"{kind} → {_name(ontology, above, lang)}", above, "kind", 0))
            continue
        name, _, target = name.partition(">")
        term = ontology.by_name.get(name)
        label = text(term.label, lang)[0] if term else name
        if target:
            found.append(Row(name, f"{label} → {_name(ontology, target, lang)}", target, "link", 0))
        elif term is not None and term.kind == "object":
            ends = [_key(ontology, one) for one in term.range]
            found.append(Row(name, f"{label} → {' / '.join(_name(ontology, one, lang) for one in ends)}", ends[0], "link", 0))
        elif term is not None:
            found.append(Row(name, f"{label}: {_value(term.range, lang)}", "", "value", 0))
    return found


_VALUES = {
    "string": ("text", "Text"),
    "langString": ("text with language", "Text mit Sprache"),
    "decimal": ("decimal number", "Dezimalzahl"),
    "integer": ("whole number", "ganze Zahl"),
    "boolean": ("true or false", "wahr oder falsch"),
    "dateTime": ("date and time", "Datum und Uhrzeit"),
    "EDTF": ("EDTF time", "EDTF-Zeit"),
}


def value_name(iri: str, lang: str) -> str:
    """Return what a datatype is called in words, or its local name."""
    name = iri.replace("#", "/").rpartition("/")[2]
    return _VALUES.get(name, (name, name))[lang == "de"]


def _value(iris: Iterable[str], lang: str) -> str:
    return " / ".join(value_name(one, lang) for one in iris)


def _key(ontology: Ontology, iri: str) -> str:
    return iri.removeprefix(ontology.header.namespace) if iri.startswith(ontology.header.namespace) else ontology.shorts.get(iri, iri)


def _lanes(columns: list[list[Box]]) -> list[list[tuple[str, str]]]:
    """Return for each gap (before each column, and after the last) the targets that have a lane in it, by kind of line, from top to bottom."""
    where = {box.key: (number, place) for number, column in enumerate(columns) for place, box in enumerate(column)}
    gaps: list[set[tuple[str, str]]] = [set() for _ in range(len(columns) + 1)]
    for number, column in enumerate(columns):
        for box in column:
            for row in box.rows:
                gap = _gap(number, where.get(row.target, (-9, 0))[0], same=box.key == row.target)
                if gap is not None:
                    gaps[gap].add((row.target, row.kind))
    return [sorted(gap, key=lambda one: (where[one[0]][1], where[one[0]][0], one[1])) for gap in gaps]


def _gap(column: int, target: int, *, same: bool) -> int | None:
    """Return the gap through which a line runs: to the right for the same and the next column, to the left for the one before; none for itself."""
    if same or abs(column - target) > 1:
        return None
    return column if target < column else column + 1


def _lines(boxes: list[Box], lanes: list[list[tuple[str, str]]]) -> Iterable[Line]:
    by_key = {box.key: box for box in boxes}
    right = {number: max(box.x + box.width for box in boxes if box.column == number) for number in range(len(lanes) - 1)}
    starts = {number: (right[number - 1] if number else 0) + SIDE // 2 for number in range(len(lanes))}
    for box in boxes:
        for row in box.rows:
            target = by_key.get(row.target)
            gap = _gap(box.column, target.column, same=box is target) if target else None
            if target is None or gap is None:
                continue
            lane = starts[gap] + LANE * lanes[gap].index((row.target, row.kind)) + LANE // 2
            begin = box.x if gap == box.column else box.x + box.width
            # A line from the left ends on the left side, from the same or the next column on the right side.
            end = target.x if target.column == gap else target.x + target.width
            port = target.port(row.kind)
            yield Line(box.key, target.key, row, ((begin, row.y), (lane, row.y), (lane, port), (end, port)))
