"""What crawlers and browsers ask for by itself: robots.txt (RFC 9309), the sitemap (protocol 0.9) in parts, the description of the search (OpenSearch 1.1)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote
from xml.sax.saxutils import escape

from kg.errors import Text
from kg.namespaces import INNO
from kg.portal.page import Reply, Request
from kg.portal.released import releases
from kg.portal.render import NotFoundError
from kg.store import EmbeddedStore, Table

if TYPE_CHECKING:
    from kg.portal.desk import Desk

XML = "application/xml; charset=utf-8"
PART = 10_000
"""Addresses in one part: well below the 50,000 and 50 MB that the protocol allows."""
MAX_ADDRESS = 2048
CLASSES = ("Organisation", "Project", "Programme", "Campaign", "Event", "Place", "Document", "Award", "AwardEdition")
"""Classes of the `inno:` vocabulary whose things have pages worth finding: no participation, claim or piece of evidence."""
PAGES = ("/", "/questions", "/network", "/map", "/timeline", "/about", "/about/data", "/about/api", "/catalog", "/ontology")
HIDDEN = ("/sparql", "/query", "/api/", "/graphs", "/search", "/embed/", "/data/", "/resource", "/health/", "/metrics")
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


def robots(_: Desk, request: Request) -> Reply:
    """Say what may be crawled: the pages about things, not what computes an answer."""
    lines = ["User-agent: *", *(f"Disallow: {request.root}{path}" for path in HIDDEN), "", f"Sitemap: {request.origin}{request.root}/sitemap.xml", ""]
    return Reply("\n".join(lines).encode(), "text/plain; charset=utf-8")


def sitemap(desk: Desk, request: Request) -> Reply:
    """List the parts of the sitemap."""
    here, changed = request.origin + request.root, _changed(desk)
    entries = [f"<sitemap><loc>{escape(here)}/sitemap-{number}.xml</loc>{changed}</sitemap>" for number in range(len(_parts(desk)) + 1)]
    return _xml("sitemapindex", entries)


def sitemap_part(desk: Desk, request: Request) -> Reply:
    """List the addresses of one part: 0 the portal's own pages, then things by class.

    Raises:
        NotFoundError: There is no such part.
    """
    number, parts = request.names.get("number", ""), _parts(desk)
    if not re.fullmatch(r"0|[1-9]\d{0,5}", number) or int(number) > len(parts):
        what = Text("There is no such part of the sitemap.", "Einen solchen Teil der Sitemap gibt es nicht.")
        raise NotFoundError(what, fix=Text(f"There are 0 to {len(parts)}.", f"Es gibt 0 bis {len(parts)}."))
    days: dict[str, str] = {}
    if number == "0":
        found = releases(desk)
        # A frozen page changes with its release only; the list with the newest.
        days = {f"/releases/{one.version}": one.issued for one in found} | ({"/releases": found[0].issued} if found else {})
        paths = [*PAGES, *(f"/questions/{quote(name)}" for name in desk.questions), "/releases", *(f"/releases/{one.version}" for one in found)]
    else:
        name, offset = parts[int(number) - 1]
        # The order of a build's store never changes; sorting all things for each part would take seconds. An endpoint promises no order.
        order = "" if isinstance(desk.store, EmbeddedStore) else "ORDER BY ?x"
        result = desk.store.query(f"SELECT DISTINCT ?x WHERE {{ ?x a inno:{name} FILTER (isIRI(?x)) }} {order} LIMIT {PART} OFFSET {offset}")
        rows = result.rows if isinstance(result, Table) else []
        paths = sorted(path for row in rows if row[0] is not None and (path := desk.local(row[0].value)))
    here, changed = request.origin + request.root, _changed(desk)
    entries = [
        f"<url><loc>{escape(here + path)}</loc>{_lastmod(days[path]) if path in days else changed}</url>"
        for path in paths
        if len(here + path) <= MAX_ADDRESS
    ]
    return _xml("urlset", entries)


def opensearch(desk: Desk, request: Request) -> Reply:
    """Describe the search, so that a browser can offer it."""
    title = desk.site.title.get(request.lang) or "Knowledge graph"
    search = f"{request.origin}{request.root}/search?q={{searchTerms}}&lang={request.lang}"
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">\n'
        f"<ShortName>{escape(title[:16].strip())}</ShortName>\n<Description>{escape(title)}</Description>\n"
        f'<Url type="text/html" template="{escape(search, {chr(34): "&quot;"})}"/>\n<InputEncoding>UTF-8</InputEncoding>\n</OpenSearchDescription>\n'
    )
    return Reply(body.encode(), "application/opensearchdescription+xml; charset=utf-8")


def _parts(desk: Desk) -> list[tuple[str, int]]:
    """Return class and offset of each part; counted once."""
    return desk.cached("sitemap parts", lambda: _count(desk))


def _count(desk: Desk) -> list[tuple[str, int]]:
    names = " ".join(f"inno:{name}" for name in CLASSES)
    result = desk.store.query(f"SELECT ?kind (COUNT(DISTINCT ?x) AS ?n) WHERE {{ VALUES ?kind {{ {names} }} ?x a ?kind }} GROUP BY ?kind")
    rows = result.rows if isinstance(result, Table) else []
    counts = {kind.value.removeprefix(INNO[""]): int(n.value) for kind, n in rows if kind is not None and n is not None}
    return [(name, offset) for name in CLASSES for offset in range(0, counts.get(name, 0), PART)]


def _changed(desk: Desk) -> str:
    """Return the state of the data as `lastmod`: nothing in a build changes after it."""
    return _lastmod(desk.site.state)


def _lastmod(date: str) -> str:
    return f"<lastmod>{date}</lastmod>" if _DATE.fullmatch(date) else ""


def _xml(root: str, entries: list[str]) -> Reply:
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">', *entries, f"</{root}>", ""]
    return Reply("\n".join(lines).encode(), XML)


__all__ = ("opensearch", "robots", "sitemap", "sitemap_part")
