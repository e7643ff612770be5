"""The catalogue record of the graph being served (DCAT-AP 3): what `kg publish` writes, without files, with the address of the endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg.namespaces import DCAT, DCTERMS, RDF
from kg.portal.entity_facts import graph_facts
from kg.portal.entity_values import Reader, date
from kg.portal.facts import first, values

if TYPE_CHECKING:
    import pyoxigraph as ox

    from kg.portal.desk import Desk
    from kg.portal.page import Request

_EMPTY = {"publisher": {"name": "", "url": ""}, "contact": {"name": "", "url": ""}, "frame": {"kind": "partial", "around": "", "population": {}}}


def triples(desk: Desk, request: Request) -> list[ox.Triple]:
    """Return the catalogue with the data set, its sources as graphs, and the endpoint as a data service."""
    import pyoxigraph as ox

    from kg.publish.catalogue import Description, catalogue

    site = desk.site
    record: dict[str, Any] = desk.build.record if desk.build is not None else {}
    title = {lang: site.title.get(lang) or next(iter(site.title.values())) for lang in ("de", "en")}
    sources = [{**_EMPTY, **source} for source in record.get("sources", [])]
    texts = [source.get("description", {}) for source in sources]
    text = {lang: "\n\n".join(said[lang] for said in texts if said.get(lang)) or title[lang] for lang in ("de", "en")}
    about = Description(desk.base, str(record.get("name", "graph")), site.release, site.state, title, text, site.licenses, sources)
    made = {quad.triple for quad in ox.parse(catalogue(about, []).encode(), format=ox.RdfFormat.TURTLE)}
    endpoint = ox.NamedNode(request.origin + request.root + "/sparql")
    dataset, record_ = ox.NamedNode(about.dataset), ox.NamedNode(f"{desk.base}catalog")
    for subject, predicate, value in (
        (endpoint, RDF.type, ox.NamedNode(DCAT.DataService)),
        (endpoint, DCAT.endpointURL, endpoint),
        (endpoint, DCAT.servesDataset, dataset),
        (endpoint, DCTERMS.title, ox.Literal("SPARQL 1.1", language="en")),
        (endpoint, DCTERMS.title, ox.Literal("SPARQL 1.1", language="de")),
        (record_, DCAT.service, endpoint),
    ):
        made.add(ox.Triple(subject, ox.NamedNode(predicate), value))
    for graph, said in graph_facts(desk).items():
        made.add(ox.Triple(dataset, ox.NamedNode(DCTERMS.hasPart), ox.NamedNode(graph)))
        made |= {ox.Triple(ox.NamedNode(graph), ox.NamedNode(predicate), value) for predicate, value in said}
    return sorted(made, key=lambda one: (str(one.subject), str(one.predicate), str(one.object)))


def page_values(desk: Desk, request: Request) -> dict[str, Any]:
    """Return what the template shows: the sources with state, licence, publisher and how they were collected."""
    from kg.namespaces import INNO

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
    return {"sources": sources, "downloads": [(name, f"{request.root}/catalog?format={form}") for form, name in signs.items()]}
