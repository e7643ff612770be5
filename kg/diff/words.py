"""What properties, classes and kinds of change are called, in both languages; terms of the own ontology have their labels in the graph or beside it."""

from __future__ import annotations

from kg.errors import Text
from kg.namespaces import ADMS, DCAT, DCTERMS, FOAF, GEO, INNO, LOCN, OA, ORG, OWL, PROV, RDF, RDFS, SCHEMA, SKOS, WGS

PROPERTIES: dict[str, Text] = {
    RDF.type: Text("class", "Klasse"),
    RDF.subject: Text("subject of a claim", "Subjekt einer Aussage"),
    RDF.predicate: Text("property of a claim", "Eigenschaft einer Aussage"),
    RDF.object: Text("object of a claim", "Objekt einer Aussage"),
    OA.hasSource: Text("document of evidence", "Dokument eines Belegs"),
    OA.hasSelector: Text("passage of evidence", "Stelle eines Belegs"),
    OA.exact: Text("quotation", "Zitat"),
    OA.start: Text("first character of a passage", "erstes Zeichen einer Stelle"),
    OA.end: Text("last character of a passage", "letztes Zeichen einer Stelle"),
    RDFS.label: Text("name", "Name"),
    RDFS.comment: Text("comment", "Anmerkung"),
    RDFS.seeAlso: Text("see also", "siehe auch"),
    SKOS.prefLabel: Text("name", "Name"),
    SKOS.altLabel: Text("alternative name", "anderer Name"),
    SKOS.definition: Text("definition", "Definition"),
    SKOS.notation: Text("notation", "Kürzel"),
    SKOS.inScheme: Text("list", "Liste"),
    SKOS.broader: Text("broader concept", "Oberbegriff"),
    DCTERMS.title: Text("title", "Titel"),
    DCTERMS.description: Text("description", "Beschreibung"),
    DCTERMS.identifier: Text("identifier", "Kennung"),
    DCTERMS.publisher: Text("publisher", "Herausgeber"),
    DCTERMS.creator: Text("author", "Urheber"),
    DCTERMS.issued: Text("publication date", "Veröffentlichung"),
    DCTERMS.modified: Text("state", "Stand"),
    DCTERMS.language: Text("language", "Sprache"),
    DCTERMS.license: Text("licence", "Lizenz"),
    DCTERMS.subject: Text("topic", "Thema"),
    DCTERMS.source: Text("source", "Quelle"),
    DCTERMS.relation: Text("related", "verbunden"),
    DCTERMS.isReplacedBy: Text("successor", "Nachfolger"),
    FOAF.page: Text("web page", "Webseite"),
    FOAF.name: Text("name", "Name"),
    SCHEMA.startDate: Text("start date", "Anfangsdatum"),
    SCHEMA.endDate: Text("end date", "Enddatum"),
    SCHEMA.keywords: Text("keywords", "Stichwörter"),
    SCHEMA.mentions: Text("mentions", "erwähnt"),
    SCHEMA.sameAs: Text("same thing elsewhere", "dasselbe anderswo"),
    OWL.sameAs: Text("same as", "dasselbe wie"),
    OWL.deprecated: Text("retired", "zurückgezogen"),
    ADMS.identifier: Text("identifier", "Kennung"),
    ADMS.status: Text("status", "Status"),
    ORG.classification: Text("kind", "Art"),
    ORG.subOrganizationOf: Text("larger body", "übergeordnete Einrichtung"),
    ORG.memberOf: Text("membership", "Mitgliedschaft"),
    ORG.linkedTo: Text("linked to", "verbunden mit"),
    LOCN.address: Text("address", "Anschrift"),
    GEO.hasDefaultGeometry: Text("geometry", "Geometrie"),
    GEO.asWKT: Text("coordinates", "Koordinaten"),
    WGS.lat: Text("latitude", "Breite"),
    WGS.long: Text("longitude", "Länge"),
    PROV.wasGeneratedBy: Text("made by", "erzeugt durch"),
    PROV.wasAttributedTo: Text("said by", "Aussage von"),
    PROV.used: Text("used", "verwendete"),
}
"""Names of properties of other vocabularies, as nouns that `changed` and `added` can follow."""

CLASSES: dict[str, Text] = {
    INNO.Project: Text("Projects", "Projekte"),
    INNO.Organisation: Text("Organisations", "Organisationen"),
    INNO.Event: Text("Events", "Veranstaltungen"),
    INNO.Programme: Text("Programmes", "Programme"),
    INNO.Campaign: Text("Campaigns", "Kampagnen"),
    INNO.Award: Text("Awards", "Auszeichnungen"),
    INNO.AwardEdition: Text("Award editions", "Wettbewerbsrunden"),
    INNO.Place: Text("Places", "Orte"),
    INNO.Document: Text("Documents", "Dokumente"),
    SKOS.Concept: Text("Concepts", "Begriffe"),
    SKOS.ConceptScheme: Text("Code lists", "Codelisten"),
    DCAT.Dataset: Text("Data sets", "Datensätze"),
    PROV.Activity: Text("Activities", "Vorgänge"),
    PROV.Entity: Text("Files of a delivery", "Dateien einer Lieferung"),
    INNO.Participation: Text("Participations", "Beteiligungen"),
    INNO.SiteUse: Text("Site uses", "Ortsnutzungen"),
    INNO.Funding: Text("Fundings", "Förderungen"),
    INNO.AwardResult: Text("Award results", "Wettbewerbsergebnisse"),
    INNO.Claim: Text("Claims", "Aussagen von Quellen"),
    INNO.Evidence: Text("Pieces of evidence", "Belege"),
    ADMS.Identifier: Text("Identifiers", "Kennungen"),
    GEO.Geometry: Text("Geometries", "Geometrien"),
    LOCN.Address: Text("Addresses", "Anschriften"),
    FOAF.Agent: Text("Publishers", "Herausgeber"),
    ORG.FormalOrganization: Text("Legal bodies", "Rechtsträger"),
    ORG.OrganizationalUnit: Text("Units of larger bodies", "Teile größerer Einrichtungen"),
    RDF.Statement: Text("Reified statements", "Reifizierte Aussagen"),
    OWL.Class: Text("Classes of the ontology", "Klassen der Ontologie"),
    OWL.ObjectProperty: Text("Object properties", "Objekteigenschaften"),
    OWL.DatatypeProperty: Text("Data properties", "Dateneigenschaften"),
    OWL.Ontology: Text("Ontologies", "Ontologien"),
    "": Text("Without a class", "Ohne Klasse"),
}
"""Classes in the plural, in the order in which they are listed; a thing of several classes stands under the first."""

ORDER = {cls: number for number, cls in enumerate(CLASSES)}

KINDS: dict[str, Text] = {
    "added": Text("added", "neu"),
    "withdrawn": Text("withdrawn", "entfallen"),
    "retired": Text("retired", "zurückgezogen"),
    "renamed": Text("renamed", "umbenannt"),
    "changed": Text("changed", "geändert"),
    "derived": Text("only derived statements", "nur abgeleitete Aussagen"),
}
"""Kinds of change of an entity, in the order in which they are counted."""

NAMES = (SKOS.prefLabel, DCTERMS.title, RDFS.label, FOAF.name, SKOS.notation)
"""Properties that hold the name of a thing, the best first."""


def class_rank(cls: str) -> tuple[int, str]:
    """Return the place of a class in the list; unknown ones follow by IRI, what has no class comes last."""
    return (ORDER.get(cls, len(ORDER)) if cls else len(ORDER) + 1, cls)
