"""The catalogue of the graph being served (DCAT-AP 3): the data set with its published files, its frozen releases, and this portal's endpoint."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kg.namespaces import DCTERMS, INNO
from kg.portal.described import MEDIA
from kg.portal.entity_facts import graph_facts
from kg.portal.entity_values import Reader, date
from kg.portal.facts import first, values
from kg.portal.page import Reply
from kg.portal.released import releases

if TYPE_CHECKING:
    from kg.portal.desk import Desk
    from kg.portal.page import Request
    from kg.portal.released import Frozen
    from kg.publish.catalogue import Description, Download

MAX_RELEASES = 100
"""Releases that the catalogue lists, the newest first."""
KEPT = 16
"""Catalogues that are kept: one per syntax and address of the portal."""


def about(desk: Desk, request: Request) -> Description:
    """Return what is said about the graph being served; the endpoint is this portal's, unless the settings name a public one."""
    from kg.publish.catalogue import described

    record: dict[str, Any] = {**(desk.build.record if desk.build is not None else {}), "title": desk.site.title}
    said = described(record, desk.base)
    endpoint = said.catalogue.endpoint or f"{request.origin}{request.root}/sparql"
    return replace(said, catalogue=replace(said.catalogue, endpoint=endpoint))


def published_files(desk: Desk, request: Request) -> list[Download]:
    """Return the files that `kg publish` has made of this build, at their addresses here."""
    from kg.portal.pages import published
    from kg.publish.catalogue import listed

    here = f"{request.origin}{request.root}/downloads/"
    return list(listed([{**one, "url": here + str(one["name"])} for one in published(desk)], ""))


def frozen(desk: Desk, request: Request) -> list[dict[str, Any]]:
    """Return the manifests of the frozen releases of this graph, the newest first, their files at their addresses here."""
    here = f"{request.origin}{request.root}/releases"
    return [{**one.manifest, "files": [{**file, "url": f"{here}/{one.version}/{name}"} for name, file in one.offered.items()]} for one in _own(desk)]


def _own(desk: Desk) -> list[Frozen]:
    """Return the releases of this graph: another may have been built in the same folder before."""
    return [one for one in releases(desk) if one.dataset == f"{desk.base}releases/{one.version}"][:MAX_RELEASES]


def stamp(desk: Desk) -> tuple[object, ...]:
    """Return what changes when a release or a publication appears, by two looks at the disk."""
    try:
        published = (desk.build.path.parent.parent / "publish" / "manifest.json").stat().st_mtime_ns if desk.build is not None else 0
    except OSError:
        published = 0
    return published, tuple(one.version for one in releases(desk))


def data(desk: Desk, request: Request) -> Reply:
    """Return the catalogue in the syntax asked for; made once, until a release or a publication appears."""
    from kg.publish.catalogue.dcat import prefixes, statements
    from kg.publish.catalogue.syntaxes import written

    kept: dict[object, bytes] = desk.cached("catalogues", dict)
    form = "jsonld" if request.form == "json" else request.form
    key = (form, stamp(desk), request.origin, request.root)
    if key not in kept:
        if len(kept) >= KEPT:
            kept.clear()
        said = about(desk, request)
        kept[key] = written(statements(said, published_files(desk, request), frozen(desk, request)), form, prefixes(said))
    return Reply(kept[key], MEDIA[request.form])


def page_values(desk: Desk, request: Request) -> dict[str, Any]:
    """Return what the template shows: the data set, its releases, and the sources with state, licence, publisher and how they were collected."""
    reader = Reader(desk, request)
    found = graph_facts(desk)
    reader.know({value.value for said in found.values() for _, value in said if type(value).__name__ == "NamedNode"})
    sources = []
    for graph, said in sorted(found.items()):
        state = first(said, DCTERMS.modified)
        sources.append(
            {
                "title": reader.best(values(said, DCTERMS.title)) or reader.link(graph),
                "href": desk.href(graph, request),
                "text": reader.best(values(said, DCTERMS.description)),
                "state": date(state, request.lang) if state else "",
                "licences": [value.value for value in values(said, DCTERMS.license) if value.value.startswith(("https://", "http://"))],
                "publisher": [reader.link(value.value) for value in values(said, DCTERMS.publisher)],
                "frame": [reader.link(value.value) for value in values(said, INNO.samplingFrame)],
                "population": reader.best(values(said, INNO.samplingPopulation)),
            }
        )
    signs = {"ttl": "Turtle", "jsonld": "JSON-LD", "nt": "N-Triples", "rdf": "RDF/XML"}
    return {
        "sources": sources,
        "about": about(desk, request),
        "files": published_files(desk, request),
        "releases": _own(desk),
        "downloads": [(name, f"{request.root}/catalog?format={form}") for form, name in signs.items()],
    }
