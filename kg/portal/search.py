"""Search: the page of results, the same as JSON, and suggestions while typing."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from kg.errors import Text
from kg.namespaces import curie, local_name
from kg.portal.page import Reply, Request, json_reply
from kg.portal.render import BusyError
from kg.portal.search_html import Lines, facet_items

if TYPE_CHECKING:
    from kg.portal.desk import Desk
    from kg.search import Found, Hit, SearchIndex

ON_PAGE = 20
MAX_PAGE = 1000
MAX_FILTERS = 10
SUGGESTIONS = 8
FILTERS = ("class", "place", "period", "graph")
"""Names in the query string of what narrows the result down."""


def page(desk: Desk, request: Request) -> Reply:
    """Answer `/search?q=&class=&place=&period=&graph=&page=`: a form, results with what they are, links that narrow down, pages."""
    index = _index(desk)
    found, number = _found(index, request, ON_PAGE)
    pages = max(1, -(-found.total // ON_PAGE))
    near = () if found.total else index.near(request.value("q"), lang=request.lang)

    def with_filter(name: str, value: str, on: bool) -> str:
        return _with_filter(request, name, value, on)

    shown = Counter((hit.label, hit.class_iri) for hit in (*found.hits, *near))
    lines = Lines(desk, request, list(found.words), {name for name, count in shown.items() if count > 1})
    return desk.render(
        "search.html",
        request,
        text=request.value("q")[:200],
        found=found,
        pages=pages,
        number=number,
        near=near,
        hit_line=lines.hit,
        facet_names=_FACET_NAMES,
        chosen=any(request.value(name) for name in FILTERS),
        facet_items=lambda facet: facet_items(facet, found, request.lang, with_filter),
        frame=desk.cached(("search-frame", request.lang), lambda: _frame(desk, request.lang)),
        headers={"X-Truncated": "true"} if not found.total_is_exact else None,
    )


_FACET_NAMES = {
    "class": Text("Kind", "Art"),
    "place": Text("Country or outermost place", "Land oder äußerster Ort"),
    "period": Text("Begins in", "Beginnt in"),
    "graph": Text("Source", "Quelle"),
}


def api(desk: Desk, request: Request) -> Reply:
    """Answer `/api/search` with the values of the page and `limit=` (at most 100): results, total, facets as JSON."""
    limit = request.number("limit", ON_PAGE, 1, 100)
    found, number = _found(_index(desk), request, limit)
    data = {
        "query": request.value("q")[:200],
        "lang": request.lang,
        "total": found.total,
        "totalIsExact": found.total_is_exact,
        "corrected": found.corrected,
        "partial": found.partial,
        "page": number,
        "limit": limit,
        "results": [_as_json(desk, request, hit) for hit in found.hits],
        "facets": {
            facet.name: {
                "values": [{"value": one.value, "label": one.label, "count": one.count, "chosen": one.chosen} for one in facet.values],
                "more": facet.more,
            }
            for facet in found.facets
        },
    }
    reply = json_reply(data)
    reply.rows, reply.truncated = len(found.hits), not found.total_is_exact
    return reply


def suggest(desk: Desk, request: Request) -> Reply:
    """Answer `/api/suggest?q=&class=&lang=&limit=` with what search.js shows: IRI, slug, name, kind, place, further name, address."""
    limit = request.number("limit", SUGGESTIONS, 1, 20)
    hits = _index(desk).suggest(request.value("q"), of_class=request.value("class"), lang=request.lang, limit=limit)
    fields = ("iri", "slug", "label", "lang", "kind", "place", "other", "url")
    return json_reply({"suggestions": [{name: value for name, value in _as_json(desk, request, hit).items() if name in fields} for hit in hits]})


def _index(desk: Desk) -> SearchIndex:
    """Return the index.

    Raises:
        BusyError: The graph has none.
    """
    if desk.index is None:
        what = Text("This graph has no search index.", "Dieser Graph hat keinen Suchindex.")
        raise BusyError(what, fix=Text("Build the graph again with `kg build`.", "Bauen Sie den Graphen mit `kg build` neu."))
    return desk.index


def _found(index: SearchIndex, request: Request, limit: int) -> tuple[Found, int]:
    """Search for what a request asks for; a page behind the last one is the last one."""
    number = request.number("page", 1, 1, MAX_PAGE)
    classes, places, periods, graphs = (tuple(filter(None, request.values.get(name, ())))[:MAX_FILTERS] for name in FILTERS)

    def ask(page: int) -> Found:
        return index.search(
            request.value("q"),
            lang=request.lang,
            classes=classes,
            places=places,
            periods=periods,
            graphs=graphs,
            limit=limit,
            offset=(page - 1) * limit,
        )

    found = ask(number)
    if not found.hits and number > 1 and found.total:
        number = min(-(-found.total // limit), MAX_PAGE)
        found = ask(number)
    return found, number


def _as_json(desk: Desk, request: Request, hit: Hit) -> dict[str, Any]:
    own = hit.iri.startswith(f"{desk.base}id/")
    return {
        "iri": hit.iri,
        "slug": local_name(hit.iri) if own else hit.iri,
        "label": hit.label,
        "lang": hit.lang,
        "class": curie(hit.class_iri) if hit.class_iri else "",
        "kind": hit.class_label,
        "other": hit.other,
        "otherKind": hit.other_kind,
        "acronym": hit.acronym,
        "place": ", ".join(one for one in (hit.place, hit.country) if one),
        "since": hit.since,
        "until": hit.until,
        "weight": hit.weight,
        "url": desk.href(hit.iri, request),
    }


def _with_filter(request: Request, name: str, value: str, on: bool) -> str:
    """Return the address with one more or one less value of a filter, on its first page."""
    given = [one for one in request.values.get(name, ()) if one != value]
    return request.with_values(page=None, **{name: [*given, value] if on else given or None})


def _frame(desk: Desk, lang: str) -> str:
    from kg.questions import frame_text

    return frame_text(desk.store, lang)
