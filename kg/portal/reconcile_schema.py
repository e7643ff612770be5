"""What the reconciliation service calls types and properties: ids, names in German and English, where the values are found in the graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kg.errors import Text
from kg.namespaces import DCTERMS, FOAF, INNO, ORG, PREFIXES, SCHEMA, SKOS, curie

ORGANISATION, PROJECT, PLACE, PROGRAMME = (INNO[name] for name in ("Organisation", "Project", "Place", "Programme"))
TYPES: dict[str, Text] = {
    ORGANISATION: Text("Organisation", "Organisation"),
    PROJECT: Text("Project", "Projekt"),
    PLACE: Text("Place", "Ort"),
    PROGRAMME: Text("Programme", "Programm"),
    INNO.Event: Text("Event", "Veranstaltung"),
    INNO.Campaign: Text("Campaign", "Kampagne"),
    INNO.Award: Text("Award", "Auszeichnung"),
    INNO.AwardEdition: Text("Edition of an award", "Runde einer Auszeichnung"),
    INNO.Document: Text("Document", "Dokument"),
    SKOS.Concept: Text("Concept, topic", "Begriff, Thema"),
}
"""Classes whose things are reconciled; only those that the graph has are offered."""

LITERAL, ENTITY, IDENTIFIER, COUNTRY, COUNT = "literal", "entity", "identifier", "country", "count"
"""Where values come from: texts, numbers and dates; things; identifiers of a scheme; the outermost place; how many things link here."""


@dataclass(frozen=True)
class Property:
    """A property of the service.

    Attributes:
        id: What clients send.
        name: What people read.
        kind: Where values come from.
        paths: IRIs of properties, the first with a value counts; the scheme of an identifier; of a count the properties that lead here.
        types: Classes that it is proposed for; empty for all.
        value_type: Class of its values, where they are things.
        also: Further names under which it is known.
    """

    id: str
    name: Text
    kind: str
    paths: tuple[str, ...]
    types: tuple[str, ...] = ()
    value_type: str = ""
    also: tuple[str, ...] = ()


_BODIES = (ORGANISATION,)
_WORK = (PROJECT, PROGRAMME, INNO.Event, INNO.Campaign)
PROPERTIES: dict[str, Property] = {
    one.id: one
    for one in (
        Property("ror", Text("ROR", "ROR"), IDENTIFIER, ("ror",), _BODIES),
        Property("pic", Text("PIC (participant code of the EU)", "PIC (Teilnehmercode der EU)"), IDENTIFIER, ("pic",), _BODIES),
        Property("vat", Text("VAT number", "Umsatzsteuernummer"), IDENTIFIER, ("vat",), _BODIES),
        Property("gnd", Text("GND", "GND"), IDENTIFIER, ("gnd",)),
        Property("wikidata", Text("Wikidata", "Wikidata"), IDENTIFIER, ("wikidata",)),
        Property("grid", Text("GRID", "GRID"), IDENTIFIER, ("grid",), _BODIES),
        Property("cordis", Text("CORDIS project number", "CORDIS-Projektnummer"), IDENTIFIER, ("cordis",), (PROJECT,)),
        Property("grant", Text("Grant number of the EU", "EU-Fördernummer"), IDENTIFIER, ("eu-grant",), (PROJECT,)),
        Property("doi", Text("DOI", "DOI"), IDENTIFIER, ("doi",), (PROJECT, INNO.Document)),
        Property("country", Text("Country", "Land"), COUNTRY, (), (ORGANISATION, PLACE), PLACE, ("land", "countrycode")),
        Property(
            "place",
            Text("Place, city", "Ort, Stadt"),
            ENTITY,
            (INNO.location, INNO.withinPlace),
            (ORGANISATION, PLACE, PROJECT),
            PLACE,
            ("city", "ort", "stadt"),
        ),
        Property("url", Text("Web page", "Webseite"), LITERAL, (FOAF.page,), (), "", ("webseite", "homepage", "website")),
        Property("acronym", Text("Acronym", "Kurzname"), LITERAL, (INNO.acronym,), (ORGANISATION, PROJECT), "", ("shortname",)),
        Property("label_de", Text("Name in German", "Name auf Deutsch"), LITERAL, (SKOS.prefLabel + "@de",)),
        Property("label_en", Text("Name in English", "Name auf Englisch"), LITERAL, (SKOS.prefLabel + "@en",)),
        Property("alt_label", Text("Other names", "Andere Namen"), LITERAL, (SKOS.altLabel,)),
        Property("kind", Text("Kind of organisation", "Art der Organisation"), ENTITY, (ORG.classification,), _BODIES),
        Property(
            "part_of",
            Text("Part of", "Teil von"),
            ENTITY,
            (ORG.subOrganizationOf, INNO.partOf, INNO.editionOf),
            (ORGANISATION, *_WORK, INNO.AwardEdition),
        ),
        Property(
            "start", Text("Start", "Beginn"), LITERAL, (SCHEMA.startDate,), (*_WORK, ORGANISATION, INNO.AwardEdition), "", ("startdate", "beginn")
        ),
        Property("end", Text("End", "Ende"), LITERAL, (SCHEMA.endDate,), (*_WORK, INNO.AwardEdition), "", ("enddate", "ende")),
        Property("coordinator", Text("Coordinated by", "Koordiniert von"), ENTITY, (INNO.coordinatedBy,), (PROJECT,), ORGANISATION),
        Property("participants", Text("Organisations involved", "Beteiligte Organisationen"), ENTITY, (INNO.involves,), _WORK, ORGANISATION),
        Property("projects", Text("Number of participations", "Zahl der Beteiligungen"), COUNT, (INNO.participant,), _BODIES),
        Property("total_cost", Text("Total cost", "Gesamtkosten"), LITERAL, (INNO.totalCost,), (PROJECT,)),
        Property("topic", Text("Topic", "Thema"), ENTITY, (DCTERMS.subject,), (PROJECT, INNO.Event, INNO.Document), SKOS.Concept),
        Property("lat", Text("Latitude", "Breite"), LITERAL, (PREFIXES["wgs"] + "lat",), (PLACE,)),
        Property("lon", Text("Longitude", "Länge"), LITERAL, (PREFIXES["wgs"] + "long",), (PLACE,)),
        Property("description", Text("Description", "Beschreibung"), LITERAL, (DCTERMS.description, SKOS.definition)),
    )
}
SETTINGS = ("limit", "content")
CONTENT = {
    "value": Text("the value (a thing as id and name)", "der Wert (ein Gegenstand mit Kennung und Namen)"),
    "name": Text("its name as text", "sein Name als Text"),
    "id": Text("its IRI as text", "seine IRI als Text"),
    "count": Text("how many values there are", "wie viele Werte es gibt"),
}


def type_id(iri: str) -> str:
    """Return how a class is called in answers."""
    return curie(iri)


def type_of(text: str) -> str:
    """Return the class that a client means (CURIE, IRI or local name), or empty."""
    wanted = text.strip().strip("<>")
    for iri in TYPES:
        if wanted in (iri, curie(iri)) or wanted.casefold() == iri.rsplit("#", 1)[-1].casefold():
            return iri
    return ""


def property_of(text: str) -> Property | None:
    """Return the property that a client means (id, IRI, CURIE or a known name), or `None`."""
    wanted = text.strip().strip("<>")
    if wanted in PROPERTIES:
        return PROPERTIES[wanted]
    folded = wanted.casefold()
    for one in PROPERTIES.values():
        if folded in (one.id, *one.also, one.name.en.casefold(), one.name.de.casefold()) or any(wanted in (path, curie(path)) for path in one.paths):
            return one
    return None


def proposed(type_iri: str, there: Mapping[str, object]) -> list[Property]:
    """Return the properties that fit a class, those of identifiers only where the graph has their scheme."""
    found = [one for one in PROPERTIES.values() if not type_iri or not one.types or type_iri in one.types]
    return [one for one in found if one.kind != IDENTIFIER or one.paths[0] in there]
