"""The honest table (product guide, pattern R3): filtered, sorted and cut rows, cells with names, and what each cell leads to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kg.namespaces import XSD, curie, local_name
from kg.portal.asking import Asked
from kg.portal.columns import Column, is_thing
from kg.portal.desk import Desk
from kg.portal.page import Request
from kg.questions import folded
from kg.results import iris_of, printable
from kg.store import Table

if TYPE_CHECKING:
    from kg.store import Node

    Row = tuple[Node | None, ...]

SHOWN = 1_000
"""Rows on a page."""
MENUS = 100
"""Rows up to which each cell has its menu."""
LONG = 120
"""Characters from which a text is no value that one filters by."""


@dataclass(frozen=True)
class Cell:
    """One cell.

    Attributes:
        text: What it says: the name of a thing, or the value.
        short: Short form of the IRI, where it says more than the name.
        href: Where it leads; empty for literals.
        lang: Language of a literal, where it is tagged.
        kind: Kind of its column, for the class of the cell.
        only, without: Addresses of the page with only the rows that have this value, or without them; empty without a menu.
        about: Address of the questions about this thing; empty for others.
    """

    text: str
    short: str = ""
    href: str = ""
    lang: str = ""
    kind: str = "text"
    only: str = ""
    without: str = ""
    about: str = ""


@dataclass(frozen=True)
class Heading:
    """The head of a column: `sort` is the address that sorts by it, `sorted` the state for `aria-sort` (empty where it is not)."""

    name: str
    label: str
    foreign: str
    kind: str
    sort: str
    sorted: str


@dataclass
class Shown:
    """The table of a page.

    Attributes:
        headings, cells: What stands in it.
        rows: All rows that passed the filters, sorted.
        total: Rows of the answer before filters.
        filters: `(text, address without it)` per filter in force.
        find: Text that rows must contain.
        menus: Whether cells have menus.
    """

    headings: list[Heading]
    cells: list[list[Cell]]
    rows: list[Row]
    total: int
    filters: list[tuple[str, str]] = field(default_factory=list)
    find: str = ""
    menus: bool = True

    @property
    def cut(self) -> bool:
        """Whether the page shows fewer rows than there are."""
        return len(self.cells) < len(self.rows)


def shown(desk: Desk, request: Request, asked: Asked, columns: list[Column]) -> Shown:
    """Return the table that a request asks for: `only` and `without` (`variable term`), `find`, `sort`, `dir`."""
    rows, filters = _filtered(desk, request, asked)
    find = request.value("find")[:200]
    by = next((column for column in columns if column.name == request.value("sort")), None)
    by_name = bool(find) or (by is not None and by.kind in ("thing", "iri", "text"))
    names = desk.labels(iris_of(Table((), rows)), asked.lang) if by_name else {}
    if find:
        wanted = folded(find)
        rows = [row for row in rows if any(wanted in folded(_text(row[column.place], names)) for column in columns)]
        filters.append((f"„{find}“" if asked.lang == "de" else f"“{find}”", request.with_values(find=None)))
    down = request.value("dir") == "desc"
    if by is not None:
        place = by.place
        filled = [row for row in rows if row[place] is not None]
        filled.sort(key=lambda row: _key(row[place], names), reverse=down)
        rows = filled + [row for row in rows if row[place] is None]
    page = rows[:SHOWN]
    names = desk.labels(iris_of(Table((), page)), asked.lang)
    menus = len(page) <= MENUS
    cells = [[_cell(desk, request, row[column.place], column, names, menus) for column in columns] for row in page]
    headings = [_heading(request, column, by, down) for column in columns]
    return Shown(headings, cells, rows, len(asked.rows.rows), filters, find, menus)


def _filtered(desk: Desk, request: Request, asked: Asked) -> tuple[list[Row], list[tuple[str, str]]]:
    import pyoxigraph as ox

    rows, filters = list(asked.rows.rows), []
    place = {name: number for number, name in enumerate(asked.rows.variables)}
    for kind in ("only", "without"):
        for given in request.values.get(kind, [])[:10]:
            name, _, term = given.partition(" ")
            if name not in place:
                continue
            # Terms are compared as text in N-Triples form: nothing is parsed, nothing reaches a query.
            rows = [row for row in rows if (_written(row[place[name]]) == term) == (kind == "only")]
            known = next((one for row in asked.rows.rows for one in row if one is not None and _written(one) == term), None)
            value = term or "–"
            if known is not None:
                value = desk.labels([known.value], asked.lang)[known.value] if isinstance(known, ox.NamedNode) else known.value
            sign = {"only": "=", "without": "≠"}[kind]
            rest = [one for one in request.values[kind] if one != given]
            filters.append((f"{name} {sign} {printable(value)[:80]}", request.with_values(**{kind: rest or None})))
    return rows, filters


def _written(term: Node | None) -> str:
    return "" if term is None else str(term)


def _text(term: Node | None, names: dict[str, str]) -> str:
    return "" if term is None else names.get(term.value, term.value)


def _key(term: Node | None, names: dict[str, str]) -> tuple[int, float, str, str]:
    """Return what a value sorts by: numbers by size, all else by folded text, which is right for dates, too; ties by the term itself."""
    import pyoxigraph as ox

    assert term is not None
    if isinstance(term, ox.Literal):
        if term.datatype.value in (XSD.integer, XSD.decimal, XSD.double, XSD.float):
            number = float(term.value)
            # NaN compares with nothing: it comes first.
            return (0, number if number == number else float("-inf"), "", str(term))
        return (1, 0.0, folded(term.value), str(term))
    return (1, 0.0, folded(_text(term, names)), str(term))


def _cell(desk: Desk, request: Request, term: Node | None, column: Column, names: dict[str, str], menus: bool) -> Cell:
    import pyoxigraph as ox

    if term is None:
        return Cell("", kind=column.kind)
    address: dict[str, Any] = {"only": "", "without": ""}
    if menus and column.kind != "number" and 0 < len(term.value) <= LONG:
        this = f"{column.name} {term}"
        address = {kind: request.with_values(**{kind: [*request.values.get(kind, []), this]}) for kind in ("only", "without")}
    if isinstance(term, ox.NamedNode):
        name, short = printable(names.get(term.value, term.value)), curie(term.value)
        if short == term.value:
            short = local_name(term.value)
        about = request.url("/questions", thing=term.value) if menus and is_thing(desk, term.value) else ""
        shown_short = "" if short.casefold() == name.casefold() else printable(short)
        return Cell(name, shown_short, desk.href(term.value, request), kind=column.kind, about=about, **address)
    if isinstance(term, ox.BlankNode):
        return Cell(f"_:{term.value}", kind=column.kind)
    lang = term.language if isinstance(term, ox.Literal) and term.language and term.language != request.lang else ""
    return Cell(printable(term.value), lang=lang or "", kind=column.kind, **address)


def _heading(request: Request, column: Column, by: Column | None, down: bool) -> Heading:
    mine = by is not None and by.name == column.name
    state = ("descending" if down else "ascending") if mine else ""
    # Numbers are sorted from the largest first: that is what one looks for.
    start = "desc" if column.kind == "number" else "asc"
    turn = ("asc" if down else "desc") if mine else start
    return Heading(column.name, column.label, column.foreign, column.kind, request.with_values(sort=column.name, dir=turn), state)
