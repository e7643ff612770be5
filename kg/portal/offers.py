"""What a route offers: short names of formats, their media types, and which of them a client gets."""

from __future__ import annotations

from collections.abc import Sequence

from kg.portal.negotiate import choose

MEDIA = {
    "html": "text/html",
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
    "json": "application/json",
    "geojson": "application/geo+json",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ipynb": "application/x-ipynb+json",
    "gexf": "application/gexf+xml",
    "graphml": "application/graphml+xml",
    "svg": "image/svg+xml",
    "png": "image/png",
    "vosviewer": "application/vnd.vosviewer+json",
    "xml": "application/xml",
    "atom": "application/atom+xml",
    "txt": "text/plain",
}
"""Media types by short name (where the register of media types has none, the one in use)."""

_BY_MEDIA = {media: name for name, media in MEDIA.items()}


def media_type(name: str) -> str:
    """Return the media type of a short name."""
    return MEDIA[name]


def form(accept: str | None, given: str, offers: Sequence[str]) -> str:
    """Return the short name of the format that a client gets, or an empty string where it accepts none of those offered.

    Args:
        accept: Accept header. A route with one format does not negotiate: a browser asks for scripts and maps with all kinds of headers.
        given: Value of the `format` parameter; it wins over the header, where the route offers it.
        offers: Short names, the preferred one first.
    """
    if given and given in offers:
        return given
    if len(offers) == 1:
        return offers[0]
    media = choose(accept, [MEDIA[name] for name in offers])
    return _BY_MEDIA[media] if media else ""
