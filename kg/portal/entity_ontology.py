"""`/ontology` and `/ontology/{version}`: the documentation of the ontology in the portal's frame, or its file in an RDF syntax (`kg.terms`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from kg.errors import Text
from kg.namespaces import BASE, OWL
from kg.portal.addresses import without_suffix
from kg.portal.described import MEDIA
from kg.portal.facts import rows
from kg.portal.page import Reply
from kg.portal.render import NotFoundError, failure, markup
from kg.store import EmbeddedStore
from kg.terms import Links, Ontology, page, syntax, terms

if TYPE_CHECKING:
    from kg.portal.desk import Desk
    from kg.portal.page import Request

IRI = BASE + "ontology"
COUNTED = 500_000
"""Statements of a graph up to which uses are counted for the page, which takes some tenths of a second then."""


def reply(desk: Desk, request: Request) -> Reply:
    """Answer `/ontology`, `/ontology/{version}` and `/doc/ontology`: the page, or the ontology in the format of Accept, of a suffix or of `format`.

    There is one version, that of the software; another one is answered by 404 with a list of those there are (RFC 9110, section 15.5.5).
    """
    version = without_suffix(request.names.get("version", ""))[0]
    found = terms()
    if version and version != found.header.version:
        what = Text("This version of the ontology is not here.", "Diese Version der Ontologie gibt es hier nicht.")
        fix = Text("Choose one of the versions there are.", "Wählen Sie eine der vorhandenen Versionen.")
        near = [(request.url(f"/ontology/{found.header.version}"), found.header.version)]
        return failure(NotFoundError(what, where=request.path[:200], fix=fix), request, near=near)
    form = without_suffix(request.path)[1] or request.form
    headers = {"Link": _links(request, found)}
    if form == "html":
        return desk.render("entity_ontology.html", request, headers=headers, **page_values(desk, request))
    return Reply(syntax("jsonld" if form == "json" else form), MEDIA[form], headers=headers)


def page_values(desk: Desk, request: Request) -> dict[str, Any]:
    """Return what the template shows: title, description and the body of the page; the graph's own version where it is another one."""
    found = desk.cached("ontology-terms", lambda: _terms(desk))
    key = ("ontology-page", request.lang, request.chosen_lang, request.root)
    body = desk.cached(key, lambda: page(found, request.lang, links=_addresses(desk, request), standalone=False))
    other = desk.cached("ontology-version", lambda: _version_of_graph(desk))
    return {
        "title": found.header.title.get(request.lang, "Ontology"),
        "about": found.header.description.get(request.lang, ""),
        "number": found.header.version,
        "other": other if other != found.header.version else "",
        "counted": found.graph is not None,
        "body": markup(body),
    }


def _terms(desk: Desk) -> Ontology:
    """Return the ontology, its uses counted where the graph was built here and is not too large."""
    build = desk.build
    counted = build is not None and isinstance(desk.store, EmbeddedStore) and desk.site.statements <= COUNTED
    return terms(build if counted else None, store=desk.store)


def _version_of_graph(desk: Desk) -> str:
    """Return which version of the ontology the graph holds, or empty where it does not say."""
    import pyoxigraph as ox

    given: dict[str, Any] = {"o": ox.NamedNode(IRI), "p": ox.NamedNode(OWL.versionInfo)}
    return next((row[0].value for row in rows(desk.store, "SELECT ?v WHERE { ?o ?p ?v } LIMIT 1", given) if row[0] is not None), "")


def _addresses(desk: Desk, request: Request) -> Links:
    version = terms().header.version
    return Links(
        download=lambda form: f"{request.root}/ontology/{version}.{form}",
        question=lambda name: request.url(f"/questions/{name}") if name in desk.questions else "",
        version=lambda one: request.url(f"/ontology/{one}") if one == version else "",
    )


def _links(request: Request, found: Ontology) -> str:
    """Return the Link header (RFC 8288): the current page, this version (RFC 5829), the other formats, the licence."""
    here = f"{request.origin}{request.root}/ontology"
    version = f"{here}/{quote(found.header.version)}"
    links = [f'<{here}>; rel="canonical"', f'<{version}>; rel="latest-version"', f'<{IRI}>; rel="http://xmlns.com/foaf/0.1/primaryTopic"']
    links += [f'<{version}.{form}>; rel="alternate"; type="{MEDIA[form].partition(";")[0]}"' for form in ("ttl", "jsonld", "nt", "rdf")]
    links.append(f'<{version}.ttl>; rel="describedby"; type="text/turtle"')
    if found.header.licence.startswith("https://"):
        links.append(f'<{quote(found.header.licence, safe=":/?#%-._~")}>; rel="license"')
    return ", ".join(links)
