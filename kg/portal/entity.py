"""Pages and data about one thing: `/id/… → /doc/…, /data/…`, `/resource?iri=`, `/api/inverse`, `/ontology`, `/catalog` (product guide, P2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg.errors import ParameterError, Text
from kg.portal import entity_catalog, entity_html, entity_ontology
from kg.portal.addresses import Thing, data_address, document_path, is_iri, thing, without_suffix
from kg.portal.described import MEDIA, description, written
from kg.portal.entity_facts import rule_title
from kg.portal.entity_lists import counted, listing
from kg.portal.entity_page import frame, page_values
from kg.portal.entity_values import Reader
from kg.portal.facts import MAX_COUNT, exists, rows
from kg.portal.page import Reply, Request, json_reply
from kg.portal.page import redirect as redirect_to
from kg.portal.released import withdrawn
from kg.portal.render import GoneError, NotFoundError, failure
from kg.store import EmbeddedStore

if TYPE_CHECKING:
    from kg.portal.desk import Desk

NEAR = 8
"""Near matches that a missing address offers."""
_FIRST = ("base.html", "home.html", "entity.html", "entity_parts.html", "map_box.html", "search.html", "question.html", "question_field.html")
"""Templates that are compiled before the first request; the others take some hundredths of a second when they are first asked for."""


def prepare(desk: Desk, request: Request) -> Reply:
    """Do once, before a worker takes requests, what its first page would wait for: templates, questions, rules, one page of this graph.

    A first page takes half a second without it, which counts as slow, so that a busy portal would give up each new worker after one request.
    """
    from kg.portal.render import environment

    for lang in ("en", "de"):
        for name in _FIRST:
            environment(lang).get_template(name)
    rule_title(desk, "", request.lang)
    if not desk.questions or not isinstance(desk.store, EmbeddedStore):
        return Reply()
    some = rows(desk.store, "SELECT ?s WHERE { ?s a inno:Organisation } LIMIT 1")
    for iri in (row[0].value for row in some if row[0] is not None):
        _answer(desk, request, Thing(iri, document_path(desk, iri), "html", True))
    return Reply()


def redirect(desk: Desk, request: Request) -> Reply:
    """Answer `/id/…`, `/code/…`, `/graph/…`: 303 to the document, or to the data in the format asked for (RFC 9110, section 15.4.4)."""
    kind, _, key = request.path.lstrip("/").partition("/")
    found = thing(desk, key if kind == "id" else f"{kind}/{key}")
    if problem := _problem(desk, request, found):
        return problem
    form = found.form or request.form
    if form == "html":
        return redirect_to(_document(request, found))
    return redirect_to(data_address(desk, request, found.iri, "jsonld" if form == "json" else form))


def document(desk: Desk, request: Request) -> Reply:
    """Answer `/doc/…`: the page, or the data where Accept, a suffix or `format` asks for them."""
    if without_suffix(request.names["key"])[0] == "ontology":
        return ontology(desk, request)
    return _answer(desk, request, thing(desk, request.names["key"]))


def data(desk: Desk, request: Request) -> Reply:
    """Answer `/data/…`: RDF in the format of the suffix or of Accept; who wants a page is sent to it."""
    found = thing(desk, request.names["key"])
    if problem := _problem(desk, request, found):
        return problem
    form = found.form or request.form
    return redirect_to(_document(request, found)) if form == "html" else _data(desk, request, found, form)


def resource(desk: Desk, request: Request) -> Reply:
    """Answer `/resource?iri=`: any subject of the graph; one of ours is sent to its document.

    Raises:
        ParameterError: There is no `iri`, or it is none.
    """
    iri = request.value("iri")
    if not is_iri(iri):
        what = Text("An IRI is missing.", "Es fehlt eine IRI.") if not iri else Text("This is no IRI.", "Das ist keine IRI.")
        fix = Text("Write /resource?iri=https://…", "Schreiben Sie /resource?iri=https://…")
        raise ParameterError(what, where=iri[:200], fix=fix)
    local = desk.local(iri)
    if local and thing(desk, local.removeprefix("/doc/")).iri == iri:
        return redirect_to(request.url(local) if request.form == "html" else data_address(desk, request, iri, request.form))
    return _answer(desk, request, Thing(iri, document_path(desk, iri), "", exists(desk.store, iri)))


def inverse(desk: Desk, request: Request) -> Reply:
    """Answer `/api/inverse?iri=&property=&page=`: what links to a thing by a property, as a page or as JSON.

    Raises:
        ParameterError: `iri` or `property` is missing or no IRI.
    """
    iri, predicate = request.value("iri"), request.value("property")
    for name, value in (("iri", iri), ("property", predicate)):
        if not is_iri(value):
            what = Text(f"{name} is missing or no IRI.", f"{name} fehlt oder ist keine IRI.")
            fix = Text("Write /api/inverse?iri=https://…&property=https://…", "Schreiben Sie /api/inverse?iri=https://…&property=https://…")
            raise ParameterError(what, where=value[:200], fix=fix)
    reader = Reader(desk, request)
    count, more = counted(desk, iri, predicate)
    found = listing(reader, iri, predicate, count, more=more, page=request.number("page", 1, 1, MAX_COUNT), whole=False)
    name = _name_of(reader, iri)
    if request.form == "html":
        headers = {"X-Robots-Tag": "noindex"}
        about = request.url(document_path(desk, iri)) if desk.local(iri) else request.url("/resource", iri=iri)
        return desk.render(
            "entity_inverse.html",
            request,
            headers=headers,
            html=entity_html,
            listing=found,
            iri=iri,
            name=name,
            about=about,
            frame=frame(desk, request.lang),
        )
    items = [
        {
            "name": line.main.text,
            "iri": line.main.iri,
            "url": line.main.href,
            "node": line.node or None,
            "years": line.years or None,
            "country": line.country or None,
            **{column: [shown.text for shown in cell] for column, cell in zip(found.columns, line.cells, strict=True)},
        }
        for line in found.lines
    ]
    said: dict[str, Any] = {"iri": iri, "property": predicate, "count": count, "more": more, "page": found.page, "pages": found.pages}
    reply = json_reply({**said, "sorted": found.sorted_by or None, "frame": frame(desk, request.lang), "items": items})
    reply.rows, reply.truncated = len(items), more
    return reply


def ontology(desk: Desk, request: Request) -> Reply:
    """Answer `/ontology` and `/ontology/{version}`: the terms explained, or the vocabulary as RDF."""
    return entity_ontology.reply(desk, request)


def catalog(desk: Desk, request: Request) -> Reply:
    """Answer `/catalog`: the catalogue (DCAT-AP 3) of the graph and its releases, as a page or as RDF."""
    if request.form != "html":
        return entity_catalog.data(desk, request)
    return desk.render("entity_catalog.html", request, html=entity_html, **entity_catalog.page_values(desk, request))


def _answer(desk: Desk, request: Request, found: Thing) -> Reply:
    if problem := _problem(desk, request, found):
        return problem
    form = found.form or request.form
    if form != "html":
        return _data(desk, request, found, form)
    headers = {"Link": _links(desk, request, found.iri, found.path)}
    return desk.render("entity.html", request, headers=headers, html=entity_html, **page_values(desk, request, found))


def _data(desk: Desk, request: Request, found: Thing, form: str) -> Reply:
    address = request.origin + data_address(desk, request, found.iri, "jsonld" if form == "json" else form)
    body = written(description(desk, found.iri, address), form)
    headers = {"Link": _links(desk, request, found.iri, found.path), "Content-Location": data_address(desk, request, found.iri, form)}
    return Reply(body, MEDIA[form], headers=headers)


def _document(request: Request, found: Thing) -> str:
    """Return the address of a document; its path is encoded already."""
    return request.url(found.path)


def _links(desk: Desk, request: Request, iri: str, path: str) -> str:
    """Return the Link header (RFC 8288): the other formats, the topic, licences, the canonical address.

    An IRI with characters beyond ASCII is percent-encoded, as headers are ASCII.
    """
    from urllib.parse import quote

    here = request.origin + request.root

    def address(form: str) -> str:
        own = f"{request.root}/ontology?format={form}" if path == "/ontology" else data_address(desk, request, iri, form)
        return request.origin + own

    topic = quote(iri, safe=":/?#[]@!$&'()*+,;=%-._~")
    links = [f'<{here}{path}>; rel="canonical"', f'<{topic}>; rel="http://xmlns.com/foaf/0.1/primaryTopic"']
    links += [f'<{address(form)}>; rel="alternate"; type="{MEDIA[form].partition(";")[0]}"' for form in ("ttl", "jsonld", "nt", "rdf")]
    links.append(f'<{address("ttl")}>; rel="describedby"; type="text/turtle"')
    links += [f'<{quote(licence, safe=":/?#@!$&()*+,;=%-._~")}>; rel="license"' for licence in desk.site.licenses]
    return ", ".join(links)


def _problem(desk: Desk, request: Request, found: Thing) -> Reply | None:
    """Return 404 with near matches for what the graph does not know, 410 for what is retired or a release withdrew; `None` where all is well."""
    import pyoxigraph as ox

    if found.found and not desk.cached("entity-retired", lambda: desk.store.query("ASK WHERE { ?s owl:deprecated true }") is True):
        return None
    if found.found:
        query = "SELECT ?next WHERE { ?s owl:deprecated true OPTIONAL { ?s dcterms:isReplacedBy ?next } } LIMIT 10"
        retired = rows(desk.store, query, {"s": ox.NamedNode(found.iri)})
        if not retired:
            return None
        return _gone(desk, request, found, sorted({row[0].value for row in retired if isinstance(row[0], ox.NamedNode)}))
    released = withdrawn(desk, found.iri) if found.iri else None
    if released is not None:
        return _gone(desk, request, found, [released[1]] if released[1] else [], released[0])
    what = Text("The graph knows nothing of this address.", "Unter dieser Adresse kennt der Graph nichts.")
    fix = Text("Search for it by name.", "Suchen Sie danach mit dem Namen.")
    near: list[tuple[str, str]] = []
    if desk.index is not None:
        hits = desk.index.near(found.iri or request.path, lang=request.lang, limit=NEAR)
        names = desk.labels([hit.iri for hit in hits], request.lang)
        near = [(desk.href(hit.iri, request), names[hit.iri]) for hit in hits]
    return failure(NotFoundError(what, where=found.iri or request.path, fix=fix), request, near=near)


def _gone(desk: Desk, request: Request, found: Thing, successors: list[str], release: str = "") -> Reply:
    """Return 410 (RFC 9110, section 15.5.11) that names the successor on the page and in the Link header (RFC 5829: `successor-version`)."""
    what = (
        Text(f"This address was withdrawn with release {release}.", f"Diese Adresse ist mit dem Release {release} entfallen.")
        if release
        else Text("This address is retired.", "Diese Adresse ist zurückgezogen.")
    )
    fix = (
        Text("Its successor is named below.", "Ihr Nachfolger steht unten.")
        if successors
        else Text("It has no successor.", "Sie hat keinen Nachfolger.")
    )
    names = desk.labels(successors, request.lang)
    near = [(desk.href(one, request), names[one]) for one in successors]
    links = ", ".join(f'<{request.origin if address.startswith("/") else ""}{address}>; rel="successor-version"' for address, _ in near)
    return failure(GoneError(what, where=found.iri, fix=fix), request, near=near, headers={"Link": links} if links else None)


def _name_of(reader: Reader, iri: str) -> str:
    from kg.portal.entity_names import learn

    learn(reader, [iri])
    return reader.name(iri)


__all__ = ("catalog", "data", "document", "inverse", "ontology", "redirect", "resource")
