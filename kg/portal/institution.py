"""The page of an institution's role across its projects (`/institutions/{key}`): the profile of :mod:`kg.analyse.profile` in the portal's layout.

Numbers, sentences, refusals and their words are those of `kg profile`; the page adds links, and a bound on every table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from kg.analyse.caption import frame_sentence
from kg.analyse.page import _content as words_of
from kg.analyse.profile import EMPTY_MAPPING, for_institutions, profile_of
from kg.analyse.projection import LEVELS as BODIES
from kg.errors import AnalysisError, ParameterError
from kg.portal import explorer_text as texts
from kg.portal.explorer_choice import LEVELS, Choice
from kg.portal.explorer_content import content
from kg.portal.explorer_shelf import Shelf, UnknownInstitutionError, chosen, shelf_of
from kg.portal.explorer_view import NothingLeftError, counted_as, view
from kg.portal.render import failure, grouped

if TYPE_CHECKING:
    from kg.analyse.data import Data
    from kg.analyse.model import Profile
    from kg.portal.desk import Desk
    from kg.portal.page import Reply, Request

DRAWS = 1000
"""Draws of the null model, as in `kg profile`."""
ROWS = 60
"""Rows of a table unless more are asked for."""
MOST_ROWS = 2_000
NEIGHBOURS = 40
"""Institutions in the picture, the one in the middle included."""


def page(desk: Desk, request: Request) -> Reply:
    """Answer `/institutions/{key}`: the role of an institution, whose slug or IRI the key is, across its projects.

    Values: those of the selection (:func:`kg.portal.explorer_choice.read_choice`) and `rows`, how many rows tables have (60, at most 2,000).
    """
    shelf = shelf_of(desk)
    if shelf.default is None:
        assert shelf.reason is not None
        return failure(shelf.reason, request, status=404)
    choice = chosen(desk, request)[1]
    try:
        selection = for_institutions(choice.selection)
    except AnalysisError as error:
        raise ParameterError(error.what, where=(error.where or "").removeprefix("--"), fix=error.fix) from error
    try:
        asked = shelf.institution(request.names["key"])
        data = shelf.data(Choice(selection, choice.sources))
    except UnknownInstitutionError as error:
        near = [(request.url(shelf.profile_path(named.iri)), named.label(request.lang)) for named in error.near if shelf.profile_path(named.iri)]
        return failure(error, request, near=near)
    except AnalysisError as error:
        return failure(error, request, status=404)
    key = (asked.iri, selection, choice.sources, DRAWS)
    found: Profile = shelf.profiles.get_or(key, lambda: profile_of(data.with_draws(DRAWS), asked.iri, desk.store, shelf.levels(choice, data)))
    rows = request.number("rows", ROWS, 1, MOST_ROWS)
    words = words_of(found, request.lang)
    cut = bounded(words, rows)
    return desk.render(
        "institution.html",
        request,
        words=words,
        found=found,
        choice=choice,
        rows=rows,
        cut=cut,
        all_rows=request.with_values(rows=MOST_ROWS),
        most=MOST_ROWS,
        links=links(shelf, request, choice, found),
        years=years(found, request.lang),
        around=picture(shelf, data, choice, request, found),
        frame=data.frame,
        frame_name=texts.FRAME_NAMES[data.frame.kind][request.lang],
        frame_notes=frame_sentence(data.frame, request.lang),
        population=data.frame.population.get(request.lang, ()),
        method=texts.method_line(data.method, request.lang),
        levels=[
            (name, text.in_(request.lang), request.with_values(level=name))
            for name, text in LEVELS.items()
            if name in BODIES and data.method.mapping != EMPTY_MAPPING
        ],
        grouped=grouped,
    )


def bounded(words: dict[str, Any], rows: int) -> dict[str, int]:
    """Cut every table of a page after some rows, and return of how many rows each table that was cut had, by its caption."""
    found: dict[str, int] = {}

    def cut(table: dict[str, Any]) -> None:
        length = len(table["rows"])
        if length > rows:
            found[table["caption"]] = length
            for name in ("rows", "links", "ids"):
                table[name] = table[name][:rows]

    for value in words.values():
        if isinstance(value, dict) and "rows" in value:
            cut(value)
    for source in words["beside"]:
        cut(source["pairs"])
    return found


def links(shelf: Shelf, request: Request, choice: Choice, found: Profile) -> dict[str, str]:
    """Return where the page leads: the institution's document, its network, its comparison, its numbers as data."""
    key = shelf.key(found.institution.iri)
    return {
        "document": request.url(f"/doc/organisation/{quote(key)}") if key != found.institution.iri else request.url("/resource", iri=key),
        "network": request.url("/network", **{**choice.counting, "institution": key}),
        "country": request.url("/network", level="country", institution=key),
    }


def picture(shelf: Shelf, data: Data, choice: Choice, request: Request, found: Profile) -> dict[str, Any] | None:
    """Return the picture of the institution and its closest partners with its sentences, or nothing where it has none."""
    around = Choice(data.selection, choice.sources, institution=found.asked.iri, shown=NEIGHBOURS)
    try:
        counted_as(data, found.asked)
        return content(shelf, view(shelf, around), request)
    except NothingLeftError:
        return None


def years(found: Profile, lang: str) -> dict[str, Any] | None:
    """Return the bars of projects by year: certain ones filled, possible ones as outline above them; places in pixels."""
    if not found.years:
        return None
    most = max(year.possible for year in found.years)
    step = max(12.0, min(40.0, 720 / len(found.years)))
    every = 1 if step >= 34 else 2 if step >= 17 else 5
    bars = []
    for place, year in enumerate(found.years):
        certain, possible = 110 * year.certain / most, 110 * year.possible / most
        bars.append(
            {
                "x": round(20 + place * step, 1),
                "width": round(step * 0.72, 1),
                "middle": round(20 + (place + 0.36) * step, 1),
                "certain": (round(130 - certain, 1), round(certain, 1)),
                "open": (round(130 - possible, 1), round(possible - certain, 1)),
                "label": str(year.year) if year.year % every == 0 or len(found.years) == 1 else "",
                "top": round(126 - possible, 1),
                "number": str(year.certain) if year.certain == year.possible else f"{year.certain}–{year.possible}",
            }
        )
    text = (
        f"Projekte je Jahr, {found.years[0].year} bis {found.years[-1].year}; die Zahlen stehen in der Tabelle."
        if lang == "de"
        else f"Projects by year, {found.years[0].year} to {found.years[-1].year}; the table has the numbers."
    )
    return {"bars": bars, "width": round(40 + len(bars) * step), "text": text, "numbers": step >= 26}
