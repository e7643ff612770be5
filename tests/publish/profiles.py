"""What DCAT-AP 3.0.0 and DCAT-AP.de 3.0 ask of a catalogue, as a table: mandatory properties, classes of what is linked, kinds and numbers of values.

Source: the specifications, in our own words. It is read by a few lines here and not by the engine under test.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import rdflib
from rdflib import DCTERMS, FOAF, PROV, RDF, SKOS, BNode, Literal, URIRef
from rdflib.term import Node

DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")
XSD = rdflib.Namespace("http://www.w3.org/2001/XMLSchema#")
SPDX = rdflib.Namespace("http://spdx.org/rdf/terms#")
VCARD = rdflib.Namespace("http://www.w3.org/2006/vcard/ns#")
ADMS = rdflib.Namespace("http://www.w3.org/ns/adms#")
DCATAP = rdflib.Namespace("http://data.europa.eu/r5r/")
DCATDE = rdflib.Namespace("http://dcat-ap.de/def/dcatde/")

MANDATORY: dict[Node, tuple[Node, ...]] = {
    DCAT.Catalog: (DCTERMS.title, DCTERMS.description, DCTERMS.publisher),
    DCAT.Dataset: (DCTERMS.title, DCTERMS.description, DCTERMS.publisher),
    DCAT.DatasetSeries: (DCTERMS.title, DCTERMS.description),
    DCAT.Distribution: (DCAT.accessURL, DCTERMS.license),
    DCAT.DataService: (DCTERMS.title, DCAT.endpointURL, DCTERMS.publisher),
    DCAT.CatalogRecord: (DCTERMS.modified, FOAF.primaryTopic),
    FOAF.Agent: (FOAF.name,),
    SPDX.Checksum: (SPDX.algorithm, SPDX.checksumValue),
    SKOS.Concept: (SKOS.prefLabel,),
    SKOS.ConceptScheme: (DCTERMS.title,),
    ADMS.Identifier: (SKOS.notation,),
}
"""Properties without which a portal refuses: Violations of the profiles."""

RECOMMENDED: dict[Node, tuple[Node, ...]] = {
    DCAT.Catalog: (
        *(DCTERMS.issued, DCTERMS.language, DCTERMS.license, DCTERMS.modified, DCTERMS.spatial),
        *(DCAT.dataset, DCAT.record, DCAT.themeTaxonomy, FOAF.homepage),
    ),
    DCAT.Dataset: (
        *(DCTERMS.accessRights, DCTERMS.accrualPeriodicity, DCTERMS.conformsTo, DCTERMS.creator, DCTERMS.identifier, DCTERMS.issued),
        *(DCTERMS.language, DCTERMS.modified, DCTERMS.provenance, DCTERMS.spatial, DCAT.contactPoint, DCAT.distribution, DCAT.keyword),
        *(DCAT.landingPage, DCAT.theme, DCAT.version, PROV.wasGeneratedBy, FOAF.page, DCATDE.politicalGeocodingLevelURI),
    ),
    DCAT.DatasetSeries: (DCTERMS.publisher, DCTERMS.spatial, DCAT.contactPoint, DCTERMS.accrualPeriodicity),
    DCAT.Distribution: (
        *(DCTERMS.description, DCTERMS.format, DCTERMS.language, DCTERMS.modified, DCTERMS.title, DCAT.byteSize, DCAT.downloadURL),
        *(DCAT.mediaType, ADMS.status, SPDX.checksum, DCATAP.availability, DCATDE.licenseAttributionByText),
    ),
    DCAT.DataService: (
        *(DCTERMS.conformsTo, DCTERMS.description, DCTERMS.identifier, DCTERMS.license, DCTERMS.accessRights, DCAT.contactPoint),
        *(DCAT.endpointDescription, DCAT.keyword, DCAT.servesDataset, DCAT.theme, DCAT.landingPage),
    ),
    DCAT.CatalogRecord: (DCTERMS.conformsTo, DCTERMS.language, DCTERMS.title),
    VCARD.Kind: (VCARD.fn,),
    DCTERMS.LicenseDocument: (DCTERMS.type,),
}
"""Properties that portals show or search by, and that the settings of Dortmund give."""

RANGES: dict[Node, Node] = {
    DCTERMS.license: DCTERMS.LicenseDocument,
    DCTERMS.language: DCTERMS.LinguisticSystem,
    DCTERMS.format: DCTERMS.MediaTypeOrExtent,
    DCTERMS.conformsTo: DCTERMS.Standard,
    DCTERMS.rights: DCTERMS.RightsStatement,
    DCTERMS.accessRights: DCTERMS.RightsStatement,
    DCTERMS.accrualPeriodicity: DCTERMS.Frequency,
    DCTERMS.provenance: DCTERMS.ProvenanceStatement,
    DCTERMS.publisher: FOAF.Agent,
    DCTERMS.creator: FOAF.Agent,
    DCTERMS.spatial: DCTERMS.Location,
    DCTERMS.temporal: DCTERMS.PeriodOfTime,
    DCTERMS.type: SKOS.Concept,
    DCAT.mediaType: DCTERMS.MediaType,
    DCAT.compressFormat: DCTERMS.MediaType,
    DCAT.theme: SKOS.Concept,
    DCAT.themeTaxonomy: SKOS.ConceptScheme,
    DCAT.contactPoint: VCARD.Kind,
    DCAT.landingPage: FOAF.Document,
    DCAT.distribution: DCAT.Distribution,
    DCAT.dataset: DCAT.Dataset,
    DCAT.hasVersion: DCAT.Dataset,
    DCAT.inSeries: DCAT.DatasetSeries,
    DCAT.record: DCAT.CatalogRecord,
    DCAT.service: DCAT.DataService,
    DCAT.servesDataset: DCAT.Dataset,
    FOAF.homepage: FOAF.Document,
    FOAF.page: FOAF.Document,
    FOAF.primaryTopic: DCAT.Resource,
    SPDX.checksum: SPDX.Checksum,
    SPDX.algorithm: SPDX.ChecksumAlgorithm,
    ADMS.identifier: ADMS.Identifier,
    ADMS.status: SKOS.Concept,
    DCATAP.availability: SKOS.Concept,
    PROV.wasGeneratedBy: PROV.Activity,
}
"""Class that what is linked by a property must have, in the file itself."""

ONCE: tuple[Node, ...] = (
    *(DCTERMS.publisher, DCTERMS.license, DCTERMS.issued, DCTERMS.modified, DCTERMS.format, DCTERMS.rights, DCTERMS.accessRights),
    *(DCTERMS.accrualPeriodicity, DCAT.mediaType, DCAT.compressFormat, DCAT.byteSize, DCAT.version, SPDX.checksum, SPDX.algorithm),
    *(SPDX.checksumValue, DCATAP.availability, FOAF.primaryTopic, FOAF.homepage, DCAT.startDate, DCAT.endDate),
)
LITERALS: dict[Node, URIRef] = {
    DCAT.byteSize: XSD.nonNegativeInteger,
    SPDX.checksumValue: XSD.hexBinary,
    DCTERMS.issued: XSD.date,
    DCTERMS.modified: XSD.date,
}
TEXTS: tuple[Node, ...] = (DCTERMS.title, DCTERMS.description, DCAT.keyword, FOAF.name, SKOS.prefLabel, DCATDE.licenseAttributionByText)
"""Properties whose values are literals."""
GONE: tuple[Node, ...] = (
    *(DCTERMS.hasVersion, DCTERMS.isVersionOf, DCATDE.politicalGeocodingURI, DCATDE.geocodingDescription, DCATDE.legalBasis),
    *(DCATDE.originator, DCATDE.maintainer, DCATDE.qualityProcessURI, rdflib.OWL.versionInfo),
)
"""Properties that DCAT-AP.de 3.0 deprecates."""


class Finding(NamedTuple):
    """What is wrong with a subject."""

    rule: str
    subject: Node
    property: Node


def findings(graph: rdflib.Graph) -> Iterator[Finding]:
    """Yield everything for which a portal would refuse a catalogue, or warn."""
    for kind, properties in MANDATORY.items():
        for subject in graph.subjects(RDF.type, kind):
            for wanted in properties:
                if (subject, wanted, None) not in graph:
                    yield Finding("mandatory", subject, wanted)
    for subject in graph.subjects(RDF.type, VCARD.Kind):
        if not any((subject, way, None) in graph for way in (VCARD.hasEmail, VCARD.hasURL)):
            yield Finding("mandatory", subject, VCARD.hasEmail)
    for subject in graph.subjects(RDF.type, DCTERMS.PeriodOfTime):
        if not any((subject, end, None) in graph for end in (DCAT.startDate, DCAT.endDate)):
            yield Finding("mandatory", subject, DCAT.startDate)
    for predicate, kind in RANGES.items():
        for subject, value in graph.subject_objects(predicate):
            if (value, RDF.type, kind) not in graph or not isinstance(value, URIRef | BNode):
                yield Finding("class", subject, predicate)
    for predicate in ONCE:
        for subject in set(graph.subjects(predicate)):
            if len(list(graph.objects(subject, predicate))) > 1:
                yield Finding("once", subject, predicate)
    for predicate, datatype in LITERALS.items():
        for subject, value in graph.subject_objects(predicate):
            if not isinstance(value, Literal) or value.datatype != datatype or value.ill_typed:
                yield Finding("datatype", subject, predicate)
    for predicate in TEXTS:
        for subject, value in graph.subject_objects(predicate):
            if not isinstance(value, Literal):
                yield Finding("literal", subject, predicate)
    for subject, predicate in _twice(graph):
        yield Finding("language", subject, predicate)
    for predicate in GONE:
        for subject in graph.subjects(predicate):
            yield Finding("deprecated", subject, predicate)


def _twice(graph: rdflib.Graph) -> Iterator[tuple[Node, Node]]:
    """Yield where a title or description stands twice in one language."""
    for predicate in (DCTERMS.title, DCTERMS.description):
        for subject in set(graph.subjects(predicate)):
            tags = [value.language for value in graph.objects(subject, predicate) if isinstance(value, Literal)]
            if len(tags) != len(set(tags)):
                yield subject, predicate
