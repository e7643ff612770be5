"""The page about one thing, put together: names, facts with their sources, contradictions, lists, and what stands beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg.namespaces import ADMS, INNO, PREFIXES, RDF, SCHEMA, SKOS, WGS
from kg.portal.addresses import Thing, data_address
from kg.portal.desk import Desk
from kg.portal.entity_contradictions import contradictions
from kg.portal.entity_facts import Sources, classes_of, fact_rows, graph_facts, graph_name, names_of
from kg.portal.entity_lists import Listing, has_claims, listing, title_of
from kg.portal.entity_names import learn, made_name
from kg.portal.entity_partners import AT_ONCE, Partners, partners
from kg.portal.entity_values import Reader, Shown
from kg.portal.entity_words import ASIDE, INCOMING, NAMES, place
from kg.portal.facts import Incoming, Said, Statement, claims, described, incoming, rows, statements
from kg.portal.page import Request
from kg.portal.schema_org import schema_org

if TYPE_CHECKING:
    from kg.questions import Question

OPEN_LISTS = 8
"""Lists that stand open on a page; the others are folded, with their count."""
_LIST_ORDER = {iri: number for number, iri in enumerate(INCOMING)}
_HEAD = frozenset({*NAMES, SKOS.altLabel, RDF.type})
_WHERE = (WGS.lat, WGS.long)
_PLACES = 5
_KEPT_PLACES = 20_000
_SIGNS = {"ttl": "Turtle", "jsonld": "JSON-LD", "nt": "N-Triples", "rdf": "RDF/XML"}


def page_values(desk: Desk, request: Request, thing: Thing) -> dict[str, Any]:
    """Return what the template `entity.html` shows of a thing.

    Args:
        desk: The graph.
        request: Language; `partners=all` counts the partners of a large organisation, too.
        thing: What the page is about.
    """
    reader = Reader(desk, request)
    facts, cut = statements(desk.store, thing.iri)
    reader.know(_mentioned(facts) | {thing.iri})
    links = incoming(desk.store, thing.iri)
    reader.know({link.predicate for link in links})
    learn(reader, [one.object.value for one in facts if one.predicate in (INNO.evidence, INNO.contradicts)])
    heading, others = names_of(reader, facts)
    said = [(one.predicate, one.object) for one in facts]
    if heading is None:
        heading = Shown(made_name(reader, said) or _graph_name(desk, reader, thing.iri) or reader.name(thing.iri) or thing.iri)
    reader.call(thing.iri, heading.text)
    known, claims_cut = claims(desk.store, [thing.iri]) if has_claims(desk) and facts else ({}, False)
    sources = Sources(reader, thing.iri, known)
    classes = classes_of(facts)
    spot = _location(desk, facts, said)
    lists, aside = _lists(reader, thing.iri, links)
    return {
        "thing": thing,
        "heading": heading,
        "names": others,
        "classes": [reader.link(one) for one in classes],
        "identifiers": _identifiers(desk, reader, facts),
        "rows": fact_rows(sources, facts, _HEAD),
        "too_many": cut or claims_cut,
        "contradictions": contradictions(sources),
        "lists": lists,
        "aside": aside,
        "partners": _partners(reader, thing.iri, classes, links),
        "spot": spot,
        "map": _map(request, thing.iri, classes, spot),
        "slug": _slug(desk, thing.iri) if INNO.Organisation in classes else "",
        "questions": _questions(desk, reader, thing.iri, classes),
        "frame": frame(desk, request.lang),
        "downloads": [(name, form, data_address(desk, request, thing.iri, form)) for form, name in _SIGNS.items()],
        "schema": schema_org(thing.iri, request.origin + request.root + thing.path, classes, facts, spot, request.lang),
    }


def frame(desk: Desk, lang: str) -> str:
    """Return how the data were collected, in a sentence (asked for once)."""
    from kg.questions import frame_text

    return desk.cached(("frame", lang), lambda: frame_text(desk.store, lang))


def _mentioned(facts: list[Statement]) -> set[str]:
    import pyoxigraph as ox

    return {one.predicate for one in facts} | {one.object.value for one in facts if isinstance(one.object, ox.NamedNode)}


def _graph_name(desk: Desk, reader: Reader, iri: str) -> str:
    """Return the name of a graph that says nothing of itself."""
    return graph_name(reader, iri) if iri.startswith(f"{desk.base}graph/") and iri not in graph_facts(desk) else ""


def _identifiers(desk: Desk, reader: Reader, facts: list[Statement]) -> list[tuple[str, Shown]]:
    """Return identifiers with the name of their scheme; one with a page elsewhere links to it."""
    import pyoxigraph as ox

    nodes = {one.object.value for one in facts if one.predicate == ADMS.identifier and isinstance(one.object, ox.NamedNode)}
    pages = [one.object.value for one in facts if one.predicate == SCHEMA.sameAs and one.object.value.startswith(("https://", "http://"))]
    said = described(desk.store, nodes) if nodes else {}
    reader.know(value.value for one in said.values() for predicate, value in one if predicate == SKOS.inScheme)
    made = []
    for iri, one in sorted(said.items()):
        text = next((value.value for predicate, value in one if predicate == SKOS.notation), "")
        scheme = next((value.value for predicate, value in one if predicate == SKOS.inScheme), "")
        # The page is the one whose address ends with the identifier: ROR, CORDIS, Wikidata, DOI.
        address = next((page for page in pages if text and page.rstrip("/").endswith(text.rsplit("/", 1)[-1])), "")
        if text:
            reader.call(iri, f"{reader.name(scheme)} {text}" if scheme else text)
            made.append((reader.name(scheme) if scheme else "", Shown(text, address)))
    return made


def _location(desk: Desk, facts: list[Statement], said: list[Said]) -> list[Said]:
    """Return what is said about the place of a thing with coordinates: the thing itself, or the first of its places."""
    if any(predicate == WGS.lat for predicate, _ in said):
        return said
    for one in [one for one in facts if one.predicate == INNO.location][:_PLACES]:
        if spot := _coordinates(desk, one.object.value):
            return spot
    return []


def _coordinates(desk: Desk, place: str) -> list[Said]:
    """Return what is said about a place with coordinates, or nothing; kept per desk, as most places come again."""
    known: dict[str, list[Said]] = desk.cached("entity-places", dict)
    if place not in known:
        if len(known) >= _KEPT_PLACES:
            known.clear()
        said = described(desk.store, [place]).get(place, [])
        known[place] = [one for one in said if one[0] in _WHERE] if any(predicate == WGS.lat for predicate, _ in said) else []
    return known[place]


def _map(request: Request, iri: str, classes: list[str], spot: list[Said]) -> str:
    """Return the address of the GeoJSON for the map beside a thing, or empty where there is no place to show."""
    if not spot:
        return ""
    if INNO.Organisation in classes:
        return request.url("/api/map", institution=iri)
    if INNO.Place in classes:
        return request.url("/api/map", place=iri)
    return ""


def _lists(reader: Reader, iri: str, links: list[Incoming]) -> tuple[list[Listing], list[Listing]]:
    """Return the lists that stand open, with rows, and those that are folded, with counts."""
    ordered = sorted(links, key=lambda one: (_LIST_ORDER.get(one.predicate, 1000), place(one.predicate)))
    open_: list[Listing] = []
    aside: list[Listing] = []
    for link in ordered:
        if link.predicate in ASIDE or link.more or len(open_) >= OPEN_LISTS:
            aside.append(Listing(link.predicate, title_of(reader, link.predicate), link.count, link.more))
        else:
            open_.append(listing(reader, iri, link.predicate, link.count, known=link.subjects))
    return open_, aside


def _partners(reader: Reader, iri: str, classes: list[str], links: list[Incoming]) -> Partners | int | None:
    """Return the partners; of a large organisation the number of its participations, until they are asked for."""
    mine = next((link for link in links if link.predicate == INNO.participant), None)
    if INNO.Organisation not in classes or mine is None:
        return None
    if mine.count > AT_ONCE and reader.request.value("partners") != "all":
        return mine.count
    return partners(reader, iri, mine.subjects)


def _slug(desk: Desk, iri: str) -> str:
    """Return the last step of the address of a profile, or empty for an organisation of another namespace."""
    root = f"{desk.base}id/organisation/"
    return iri[len(root) :] if iri.startswith(root) and "/" not in iri[len(root) :] else ""


def _above(desk: Desk) -> dict[str, set[str]]:
    """Return all superclasses of each class of the ontology, itself included (asked for once)."""

    def make() -> dict[str, set[str]]:
        query = "SELECT ?c ?up WHERE { ?c rdfs:subClassOf+ ?up . ?c a owl:Class } LIMIT 2000"
        made: dict[str, set[str]] = {}
        for lower, upper in rows(desk.store, query):
            if lower is not None and upper is not None:
                made.setdefault(lower.value, {lower.value}).add(upper.value)
        return made

    return desk.cached("entity-above", make)


def _questions(desk: Desk, reader: Reader, iri: str, classes: list[str]) -> list[tuple[str, str]]:
    """Return the ready questions that take a thing of these classes: title and address with the thing filled in."""
    made = [
        (title, reader.request.url(f"/questions/{name}", **{parameter: iri}))
        for title, name, parameter in desk.cached(("entity-questions", reader.lang, *classes), lambda: _asked_about(desk, classes, reader.lang))
    ]
    who = desk.questions.get("who-says-so")
    if who is not None and has_claims(desk):
        made.append((who.title[reader.lang], reader.request.url(f"/questions/{who.name}", subject=iri)))
    return made


def _asked_about(desk: Desk, classes: list[str], lang: str) -> list[tuple[str, str, str]]:
    """Return the questions that take a thing of these classes: title, name, and the parameter that takes it."""
    mine = {upper for one in classes for upper in _above(desk).get(one, {one})}

    def takes(question: Question) -> str:
        for parameter in question.parameters:
            if parameter.type == "iri" and parameter.of_class and not parameter.among:
                prefix, _, name = parameter.of_class.partition(":")
                if PREFIXES.get(prefix, "") + name in mine:
                    return parameter.name
        return ""

    found = [(question, takes(question)) for question in desk.questions.values()]
    return [(question.title[lang], question.name, parameter) for question, parameter in found if parameter]
