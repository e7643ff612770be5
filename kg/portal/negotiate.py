"""Which format and which language a client gets: content negotiation (RFC 9110, section 12.5), suffixes and the `format` parameter.

Every function is pure and bounded: of a header only the first :data:`MAX_HEADER` characters and :data:`MAX_ITEMS` items count. What cannot be read in a
header is passed over, as section 12.5.1 leaves a server free to do; a header of which nothing can be read counts as absent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

MAX_HEADER = 8192
MAX_ITEMS = 100


@dataclass(frozen=True)
class Format:
    """One format in which an answer can be had.

    Attributes:
        name: Short name, which is the suffix without its dot, too.
        kind: `table` (SELECT, ASK), `graph` (CONSTRUCT, DESCRIBE, graphs, entities) or `page`.
        media: Registered media type.
        iri: IRI in the list of unique URIs for file formats (https://www.w3.org/ns/formats/); empty where there is none.
        names: Other short names that the `format` parameter takes.
        charset: Whether `charset=utf-8` is said in Content-Type (text types, whose default would be another).
    """

    name: str
    kind: str
    media: str
    iri: str = ""
    names: tuple[str, ...] = ()
    charset: bool = False

    @property
    def content_type(self) -> str:
        """Media type as it stands in the header."""
        return with_charset(self.media)


_FORMATS = "http://www.w3.org/ns/formats/"
FORMATS: tuple[Format, ...] = (
    Format("json", "table", "application/sparql-results+json", _FORMATS + "SPARQL_Results_JSON", ("srj", "sparql-results+json")),
    Format("xml", "table", "application/sparql-results+xml", _FORMATS + "SPARQL_Results_XML", ("srx", "sparql-results+xml")),
    Format("csv", "table", "text/csv", _FORMATS + "SPARQL_Results_CSV", charset=True),
    Format("tsv", "table", "text/tab-separated-values", _FORMATS + "SPARQL_Results_TSV", charset=True),
    Format("ttl", "graph", "text/turtle", _FORMATS + "Turtle", ("turtle",), charset=True),
    Format("nt", "graph", "application/n-triples", _FORMATS + "N-Triples", ("ntriples", "n-triples")),
    Format("rdf", "graph", "application/rdf+xml", _FORMATS + "RDF_XML", ("rdf+xml", "rdf/xml", "rdfxml", "rdf-xml")),
    Format("jsonld", "graph", "application/ld+json", _FORMATS + "JSON-LD", ("json-ld", "ld+json")),
    Format("trig", "graph", "application/trig", _FORMATS + "TriG"),
    Format("nq", "graph", "application/n-quads", _FORMATS + "N-Quads", ("nquads", "n-quads")),
    Format("n3", "graph", "text/n3", _FORMATS + "N3", charset=True),
    Format("html", "page", "text/html", charset=True),
)
"""All formats; within a kind the first is the answer to a client that does not say."""

ALIASES: dict[str, dict[str, str]] = {
    "table": {"application/json": "json", "application/xml": "xml", "text/xml": "xml"},
    "graph": {"application/json": "jsonld", "application/xml": "rdf", "text/xml": "rdf", "application/x-turtle": "ttl", "text/rdf+n3": "n3"},
    "page": {"application/xhtml+xml": "html"},
}
"""Wider media types that clients ask for, by kind: they get the format named, under the media type that they asked for."""

_BY_NAME = {name: form for form in FORMATS for name in (form.name, form.media, *form.names)}
_BY_SUFFIX = {form.name: form for form in FORMATS}


def with_charset(media: str) -> str:
    """Return a media type with `charset=utf-8` where it is a text type."""
    return f"{media}; charset=utf-8" if media.startswith("text/") else media


@lru_cache(maxsize=8)
def offered(kind: str) -> tuple[str, ...]:
    """Return the media types of a kind, registered ones first, in the order of preference."""
    return tuple(form.media for form in FORMATS if form.kind == kind) + tuple(ALIASES[kind])


def format_of(media: str, kind: str) -> str:
    """Return the short name of the format that a media type stands for within a kind (`application/json` is `json` or `jsonld`)."""
    return ALIASES[kind].get(media) or _BY_NAME[media].name


@dataclass(frozen=True)
class _Item:
    value: str
    quality: float
    place: int


_ITEM = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*"?)+')
_PARAMETER = re.compile(r'(?:[^;"]|"(?:[^"\\]|\\.)*"?)+')
_RANGE = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+/[!#$%&'*+.^_`|~0-9a-z-]+")
_TAG = re.compile(r"\*|[a-z]{1,8}(?:-[a-z0-9]{1,8})*")
_QUALITY = re.compile(r"0?\.[0-9]+|[01](?:\.[0-9]*)?")


def _items(header: str, shape: re.Pattern[str]) -> Iterator[_Item]:
    for place, match in enumerate(_ITEM.finditer(header[:MAX_HEADER])):
        if place >= MAX_ITEMS:
            return
        value, *parameters = _PARAMETER.findall(match.group()) or [""]
        value = value.strip(" \t").lower()
        quality = 1.0
        for parameter in parameters:
            name, _, given = parameter.partition("=")
            if name.strip(" \t").lower() == "q":
                given = given.strip(" \t")
                # A quality that cannot be read makes the item unreadable.
                quality = min(float(given), 1.0) if _QUALITY.fullmatch(given) else -1.0
        if quality >= 0 and shape.fullmatch(value):
            yield _Item(value, quality, place)


@lru_cache(maxsize=512)
def _chosen(accept: str | None, given: tuple[str, ...]) -> str | None:
    items = list(_items(accept, _RANGE)) if accept else []
    if not items:
        return given[0] if given else None
    best: tuple[float, int, int, int] | None = None
    chosen = None
    for number, media in enumerate(given):
        family = media.split("/", 1)[0] + "/*"
        matches = [(rank, item) for item in items for rank, value in ((2, media), (1, family), (0, "*/*")) if item.value == value]
        if not matches:
            continue
        rank = max(rank for rank, _ in matches)
        item = max((item for found, item in matches if found == rank), key=lambda one: (one.quality, -one.place))
        score = (item.quality, rank, -item.place, -number)
        if item.quality > 0 and (best is None or score > best):
            best, chosen = score, media
    return chosen


def choose(accept: str | None, offered: Sequence[str]) -> str | None:
    """Return the media type that a client likes best of those offered.

    For each type offered the most specific range decides its quality (RFC 9110, section 12.5.1). Among types of the same quality the one that was named
    more exactly wins, then the one named first, then the one offered first. Parameters of ranges other than `q` (charset, profile, version) are ignored.

    Args:
        accept: The header; `None`, empty or wholly unreadable means that anything will do.
        offered: Media types without parameters, lower case, the preferred one first.

    Returns:
        One of `offered`, or `None` where nothing is acceptable.
    """
    # What is kept must be as bounded as what is read.
    return _chosen(accept[:MAX_HEADER] if accept else None, tuple(offered))


def media_for(kind: str, accept: str | None, given: str = "") -> str:
    """Return the media type of an answer of a kind, or an empty string where the client accepts none.

    Args:
        kind: `table`, `graph` or `page`.
        accept: Accept header.
        given: Value of the `format` parameter (short name or media type); it wins over the header. `json` and `xml` fit both kinds. One that fits
            another kind only gives an empty string.
    """
    name = given.strip().lower()
    if not name or name == "auto":
        return choose(accept, offered(kind)) or ""
    if kind == "graph" and name in ("json", "xml"):
        return {"json": "application/ld+json", "xml": "application/rdf+xml"}[name]
    if name in ALIASES[kind]:
        return name
    form = _BY_NAME.get(name)
    return form.media if form and form.kind == kind else ""


def known(given: str) -> bool:
    """Return whether a value of the `format` parameter names a format."""
    name = given.strip().lower()
    return not name or name == "auto" or name in _BY_NAME or any(name in aliases for aliases in ALIASES.values())


def by_suffix(path: str) -> tuple[str, Format | None]:
    """Return a path without the suffix of a format, and the format; the path as it is and `None` where it ends otherwise.

    >>> by_suffix("/data/project/t-factor.ttl")[0]
    '/data/project/t-factor'
    """
    stem, dot, suffix = path.rpartition(".")
    form = _BY_SUFFIX.get(suffix) if dot and stem and not stem.endswith("/") else None
    return (stem, form) if form else (path, None)


_CODING = re.compile(r"\*|[!#$%&'+.^_`|~0-9a-z-]+")


def gzip_accepted(accept_encoding: str | None) -> bool:
    """Return whether a client takes gzip (RFC 9110, section 12.5.3): it must say so; `gzip;q=0` says the opposite.

    >>> gzip_accepted("br, gzip"), gzip_accepted("gzip;q=0, *"), gzip_accepted(None)
    (True, False, False)
    """
    return _gzip_accepted(accept_encoding[:MAX_HEADER]) if accept_encoding else False


@lru_cache(maxsize=64)
def _gzip_accepted(header: str) -> bool:
    quality = {item.value: item.quality for item in _items(header, _CODING)}
    return quality.get("gzip", quality.get("*", 0.0)) > 0


def language(accept_language: str | None, given: str | None = None) -> str:
    """Return `de` or `en`: what the address says, else the better liked of the two (RFC 4647, section 3.4: `de-AT` is served by `de`), else English."""
    if given in ("de", "en"):
        return given
    return _language(accept_language[:MAX_HEADER] if accept_language else None)


@lru_cache(maxsize=512)
def _language(accept_language: str | None) -> str:
    items = list(_items(accept_language, _TAG)) if accept_language else []
    best, chosen = (0.0, -MAX_ITEMS), "en"
    for name in ("en", "de"):
        own = [item for item in items if item.value == name or item.value.startswith(name + "-")]
        matches = own or [item for item in items if item.value == "*"]
        if matches:
            item = max(matches, key=lambda one: (one.quality, -one.place))
            if item.quality > 0 and (item.quality, -item.place) > best:
                best, chosen = (item.quality, -item.place), name
    return chosen
