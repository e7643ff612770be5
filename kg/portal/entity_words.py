"""Names of properties and classes of other vocabularies, the order in which properties stand, and what a list of incoming links is called.

Terms of our own ontology have their labels in the graph; the graph wins over this table wherever it has a label.
"""

from __future__ import annotations

from kg.errors import Text
from kg.namespaces import ADMS, DCAT, DCTERMS, FOAF, GEO, INNO, LOCN, OA, ORG, OWL, PROV, RDF, RDFS, SCHEMA, SKOS, WGS

WORDS: dict[str, Text] = {
    RDF.type: Text("class", "Klasse"),
    RDF.subject: Text("subject of the claim", "Subjekt der Aussage"),
    RDF.predicate: Text("predicate of the claim", "Prädikat der Aussage"),
    RDF.object: Text("object of the claim", "Objekt der Aussage"),
    RDF.Statement: Text("Reified statement", "Reifizierte Aussage"),
    RDFS.label: Text("label", "Bezeichnung"),
    RDFS.comment: Text("comment", "Anmerkung"),
    RDFS.seeAlso: Text("see also", "siehe auch"),
    RDFS.domain: Text("domain", "Definitionsbereich"),
    RDFS.range: Text("range", "Wertebereich"),
    RDFS.isDefinedBy: Text("defined by", "definiert durch"),
    RDFS.subClassOf: Text("subclass of", "Unterklasse von"),
    RDFS.subPropertyOf: Text("subproperty of", "Untereigenschaft von"),
    SKOS.prefLabel: Text("name", "Name"),
    SKOS.altLabel: Text("alternative name", "anderer Name"),
    SKOS.definition: Text("definition", "Definition"),
    SKOS.notation: Text("notation", "Kürzel"),
    SKOS.inScheme: Text("in scheme", "in der Liste"),
    SKOS.broader: Text("broader", "Oberbegriff"),
    SKOS.hasTopConcept: Text("top concept", "oberster Begriff"),
    SKOS.topConceptOf: Text("top concept of", "oberster Begriff von"),
    SKOS.example: Text("example", "Beispiel"),
    SKOS.closeMatch: Text("close match", "fast gleich"),
    SKOS.broadMatch: Text("broader match", "weiter gefasst"),
    SKOS.narrowMatch: Text("narrower match", "enger gefasst"),
    SKOS.relatedMatch: Text("related match", "verwandt"),
    SKOS.memberList: Text("members in order", "Mitglieder der Reihe nach"),
    DCTERMS.title: Text("title", "Titel"),
    DCTERMS.description: Text("description", "Beschreibung"),
    DCTERMS.identifier: Text("identifier", "Kennung"),
    DCTERMS.publisher: Text("publisher", "Herausgeber"),
    DCTERMS.creator: Text("author", "Urheber"),
    DCTERMS.created: Text("created", "angelegt"),
    DCTERMS.issued: Text("published", "veröffentlicht"),
    DCTERMS.modified: Text("state", "Stand"),
    DCTERMS.language: Text("language", "Sprache"),
    DCTERMS.license: Text("licence", "Lizenz"),
    DCTERMS.subject: Text("topic", "Thema"),
    DCTERMS.source: Text("source", "Quelle"),
    DCTERMS.relation: Text("related to", "verbunden mit"),
    DCTERMS.hasPart: Text("has part", "hat Teil"),
    DCTERMS.isReplacedBy: Text("replaced by", "ersetzt durch"),
    FOAF.page: Text("web page", "Webseite"),
    FOAF.name: Text("name", "Name"),
    SCHEMA.startDate: Text("start", "Beginn"),
    SCHEMA.endDate: Text("end", "Ende"),
    SCHEMA.keywords: Text("keywords", "Stichwörter"),
    SCHEMA.mentions: Text("mentions", "erwähnt"),
    SCHEMA.sameAs: Text("same thing elsewhere", "dasselbe anderswo"),
    OWL.sameAs: Text("same as", "dasselbe wie"),
    OWL.deprecated: Text("retired", "zurückgezogen"),
    OWL.inverseOf: Text("inverse of", "Umkehrung von"),
    OWL.versionInfo: Text("version", "Version"),
    ADMS.identifier: Text("identifier", "Kennung"),
    ADMS.status: Text("status", "Status"),
    ORG.classification: Text("kind", "Art"),
    ORG.subOrganizationOf: Text("part of", "Teil von"),
    ORG.memberOf: Text("member of", "Mitglied von"),
    ORG.linkedTo: Text("linked to", "verbunden mit"),
    LOCN.address: Text("address", "Anschrift"),
    GEO.hasDefaultGeometry: Text("geometry", "Geometrie"),
    GEO.asWKT: Text("coordinates (WKT)", "Koordinaten (WKT)"),
    WGS.lat: Text("latitude", "Breite"),
    WGS.long: Text("longitude", "Länge"),
    PROV.wasGeneratedBy: Text("made by", "erzeugt durch"),
    PROV.wasAssociatedWith: Text("carried out by", "ausgeführt von"),
    PROV.wasAttributedTo: Text("said by", "Aussage von"),
    PROV.used: Text("used", "verwendete"),
    PROV.generatedAtTime: Text("made at", "erzeugt am"),
    OA.hasSource: Text("document", "Dokument"),
    OA.hasSelector: Text("passage", "Stelle"),
    OA.exact: Text("quotation", "Zitat"),
    OA.start: Text("first character", "erstes Zeichen"),
    OA.end: Text("last character", "letztes Zeichen"),
    GEO.Geometry: Text("Geometry", "Geometrie"),
    LOCN.Address: Text("Address", "Anschrift"),
    DCAT.Dataset: Text("Data set", "Datensatz"),
    FOAF.Agent: Text("Publisher", "Herausgeber"),
    PROV.Activity: Text("Activity", "Vorgang"),
    PROV.Entity: Text("Entity (PROV)", "Entität (PROV)"),
    SKOS.Concept: Text("Concept", "Begriff"),
    SKOS.ConceptScheme: Text("Code list", "Codeliste"),
    SKOS.OrderedCollection: Text("Ordered list", "geordnete Liste"),
    ORG.FormalOrganization: Text("Legal body", "Rechtsträger"),
    ORG.OrganizationalUnit: Text("Unit of a larger body", "Teil einer größeren Einrichtung"),
    OWL.Class: Text("Class of the ontology", "Klasse der Ontologie"),
    OWL.ObjectProperty: Text("Property of the ontology", "Eigenschaft der Ontologie"),
    OWL.DatatypeProperty: Text("Property of the ontology", "Eigenschaft der Ontologie"),
    OWL.Ontology: Text("Ontology", "Ontologie"),
}
"""Names by IRI."""

NAMES = (SKOS.prefLabel, DCTERMS.title, RDFS.label, FOAF.name)
"""Properties that hold the name of a thing, the best first."""

FIRST = (
    *(INNO.acronym, SKOS.definition, DCTERMS.description, ORG.classification, ADMS.status, INNO.claimStatus, INNO.participant, INNO.candidate),
    *(INNO.funds, INNO.inInitiative, INNO.inEdition, INNO.ofAward, INNO.editionOf, INNO.role, INNO.site, INNO.resultStatus, INNO.rank),
    *(SCHEMA.startDate, SCHEMA.endDate, INNO.edtf, DCTERMS.issued, DCTERMS.publisher, INNO.funder, INNO.underProgramme, INNO.amount, INNO.currency),
    *(INNO.contribution, INNO.netContribution, INNO.totalCost, INNO.partOf, ORG.subOrganizationOf, ORG.memberOf, INNO.location, INNO.withinPlace),
    *(LOCN.address, INNO.operatedBy, DCTERMS.subject, SCHEMA.keywords, INNO.developed, INNO.outcome, INNO.contributedTo, INNO.supports),
    *(INNO.featuredIn, INNO.follows, DCTERMS.relation, ORG.linkedTo, RDF.subject, RDF.predicate, RDF.object, INNO.roleWording, INNO.attestation),
    *(INNO.evidence, INNO.contradicts, INNO.concerns, RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, RDFS.range, INNO.declaredSize),
)
LAST = (INNO.recordedSize, INNO.completeness, INNO.coordinatedBy, INNO.involves, OWL.sameAs, SCHEMA.sameAs, RDFS.seeAlso, FOAF.page, RDFS.isDefinedBy)
_ORDER = {iri: number for number, iri in enumerate(FIRST)} | {iri: 1000 + number for number, iri in enumerate(LAST)}


def place(predicate: str) -> tuple[int, str]:
    """Return where a property stands on a page: what matters first, derived and outward links last, the rest by IRI between them."""
    return _ORDER.get(predicate, 500), predicate


INCOMING: dict[str, Text] = {
    INNO.participant: Text("Takes part in", "Beteiligt an"),
    INNO.participantMerged: Text("Counted for these participations of a larger body", "Zählt für diese Beteiligungen einer größeren Einrichtung"),
    INNO.participantTop: Text("Participations of its units", "Beteiligungen ihrer Einheiten"),
    INNO.inInitiative: Text("Participants and places", "Beteiligte und Orte"),
    INNO.site: Text("Used by", "Genutzt von"),
    INNO.funds: Text("Funding", "Förderung"),
    INNO.funder: Text("Gives money to", "Fördert"),
    INNO.underProgramme: Text("Funded under this programme", "In diesem Programm gefördert"),
    INNO.candidate: Text("Awards", "Auszeichnungen"),
    INNO.inEdition: Text("Results", "Ergebnisse"),
    INNO.ofAward: Text("Results without an edition", "Ergebnisse ohne Runde"),
    INNO.editionOf: Text("Editions", "Runden"),
    INNO.partOf: Text("Parts", "Teile"),
    INNO.hasPart: Text("Part of", "Teil von"),
    INNO.countsWith: Text("Counted with it", "Zählen mit"),
    INNO.location: Text("Located here", "Hier ansässig"),
    INNO.withinPlace: Text("Places in it", "Orte darin"),
    INNO.operatedBy: Text("Runs", "Betreibt"),
    INNO.developed: Text("Developed by", "Entwickelt von"),
    INNO.outcome: Text("Came out of", "Hervorgegangen aus"),
    INNO.contributedTo: Text("Contributions by", "Beiträge von"),
    INNO.supports: Text("Supported by", "Unterstützt von"),
    INNO.featuredIn: Text("Presents", "Stellt vor"),
    INNO.follows: Text("Followed by", "Gefolgt von"),
    INNO.conferredBy: Text("Confers", "Verleiht"),
    INNO.involves: Text("Involved in", "Einbezogen in"),
    INNO.coordinatedBy: Text("Coordinates", "Koordiniert"),
    INNO.representedByUnit: Text("Stands for the larger body", "Steht für die größere Einrichtung"),
    INNO.concerns: Text("Claims that name it", "Aussagen, die es nennen"),
    INNO.evidence: Text("Claims that rest on it", "Aussagen, die darauf beruhen"),
    INNO.contradicts: Text("Contradicted by", "Widersprochen von"),
    INNO.role: Text("Participations in this role", "Beteiligungen in dieser Rolle"),
    INNO.sampledAround: Text("Data sets collected around it", "Um sie herum erhobene Datensätze"),
    INNO.samplingFrame: Text("Data sets of this frame", "Datensätze mit diesem Rahmen"),
    ORG.subOrganizationOf: Text("Units", "Einheiten"),
    ORG.memberOf: Text("Members", "Mitglieder"),
    ORG.linkedTo: Text("Linked from", "Verbunden von"),
    ORG.classification: Text("Of this kind", "Von dieser Art"),
    DCTERMS.subject: Text("On this topic", "Zu diesem Thema"),
    DCTERMS.publisher: Text("Published", "Herausgegeben"),
    DCTERMS.creator: Text("Wrote", "Verfasste"),
    DCTERMS.source: Text("Source of", "Quelle von"),
    DCTERMS.relation: Text("Related", "Verbunden"),
    DCTERMS.hasPart: Text("Part of", "Teil von"),
    DCTERMS.isReplacedBy: Text("Replaces", "Ersetzt"),
    SCHEMA.mentions: Text("Mentioned in", "Erwähnt in"),
    SKOS.broader: Text("Narrower", "Unterbegriffe"),
    SKOS.inScheme: Text("In this list", "In dieser Liste"),
    SKOS.hasTopConcept: Text("Top concept of", "Oberster Begriff von"),
    SKOS.topConceptOf: Text("Top concepts", "Oberste Begriffe"),
    OA.hasSource: Text("Evidence from it", "Belege daraus"),
    ADMS.identifier: Text("Identifies", "Kennung von"),
    ADMS.status: Text("With this status", "Mit diesem Status"),
    LOCN.address: Text("Address of", "Anschrift von"),
    GEO.hasDefaultGeometry: Text("Geometry of", "Geometrie von"),
    RDF.type: Text("Instances", "Instanzen"),
    RDF.subject: Text("Claims about it", "Aussagen darüber"),
    RDF.object: Text("Claims that lead to it", "Aussagen, die darauf führen"),
    RDF.predicate: Text("Claims with this property", "Aussagen mit dieser Eigenschaft"),
    RDFS.seeAlso: Text("Pointed to by", "Verwiesen von"),
    OWL.sameAs: Text("Same as", "Dasselbe wie"),
    RDFS.domain: Text("Properties it has", "Eigenschaften, die es hat"),
    RDFS.range: Text("Properties that lead to it", "Eigenschaften, die darauf führen"),
    RDFS.subClassOf: Text("Subclasses", "Unterklassen"),
    RDFS.subPropertyOf: Text("Subproperties", "Untereigenschaften"),
    PROV.wasGeneratedBy: Text("Made", "Erzeugte"),
}
"""Headings of lists of incoming links by property."""

ASIDE = frozenset(
    {
        *(RDF.subject, RDF.object, RDF.predicate, INNO.concerns, INNO.involves, INNO.coordinatedBy, INNO.participantMerged, INNO.participantTop),
        *(OA.hasSource, RDF.type, SKOS.inScheme, SKOS.topConceptOf, RDFS.isDefinedBy, PROV.used, INNO.role, OWL.sameAs, RDFS.seeAlso, OA.hasSelector),
    }
)
"""Lists of incoming links that keep books or repeat others: they stand closed at the end."""

STATUS = {
    "accepted": Text("accepted", "gültig"),
    "disputed": Text("disputed", "bestritten"),
    "superseded": Text("superseded", "überholt"),
    "rejected": Text("rejected", "verworfen"),
}
ATTESTATION = {
    "attributed": Text("The source passes on what somebody else says.", "Die Quelle gibt wieder, was jemand anderes sagt."),
    "entity-row": Text(
        "Stands in the row of the thing itself; all its sources are named, not each of them says this.",
        "Steht in der Zeile des Gegenstands selbst; genannt sind alle seine Quellen, nicht jede sagt dies.",
    ),
}
LANGUAGES = {
    "de": Text("German", "Deutsch"),
    "en": Text("English", "Englisch"),
    "fr": Text("French", "Französisch"),
    "es": Text("Spanish", "Spanisch"),
}
