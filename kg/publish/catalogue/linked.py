"""Statements of a catalogue, with the class and name of everything that they link to.

`sh:class` looks only into the data: a linked code or document of somebody else counts as untyped unless the file itself says what it is.
So a link is made together with its class, and cannot be made without.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kg.config import codes
from kg.errors import Text
from kg.namespaces import DCTERMS, FOAF, PREFIXES, RDF, RDFS, SKOS
from kg.publish.catalogue.description import Triple
from kg.quads import Term, iri, literal

IANA = "https://www.iana.org/assignments/media-types/"
SPDX = "http://spdx.org/rdf/terms#"
VCARD = PREFIXES["vcard"]
LANGUAGES = {"de": "DEU", "en": "ENG"}


class Linked:
    """Collects statements, and what is said of linked resources, which come last and in order of their IRIs."""

    def __init__(self) -> None:
        self._said: dict[Triple, None] = {}
        self._linked: dict[Triple, None] = {}

    def triples(self) -> list[Triple]:
        """Return all statements, each once."""
        return [*self._said, *(triple for triple in sorted(self._linked) if triple not in self._said)]

    def say(self, subject: str, predicate: str, value: Term) -> None:
        """Add a statement."""
        self._said[subject, predicate, value] = None

    def add(self, triples: Iterable[Triple]) -> None:
        """Add statements."""
        self._said |= dict.fromkeys(triples)

    def link(self, subject: str, predicate: str, target: str, *kinds: str, also: Iterable[tuple[str, Term]] = ()) -> None:
        """Add a link with the classes of its target, and what else is said of it."""
        self.say(subject, predicate, iri(target))
        self._linked |= dict.fromkeys((target, RDF.type, iri(kind)) for kind in kinds)
        self._linked |= dict.fromkeys((target, name, value) for name, value in also)

    def concept(self, subject: str, predicate: str, target: str, label: Text, scheme: str = "", scheme_label: Text | None = None) -> None:
        """Add a link to a concept, with its name and its scheme."""
        also = [(SKOS.prefLabel, literal(label.de, language="de")), (SKOS.prefLabel, literal(label.en, language="en"))]
        self.link(subject, predicate, target, SKOS.Concept, also=[*also, *([(SKOS.inScheme, iri(scheme))] if scheme else [])])
        if scheme and scheme_label:
            names = ((DCTERMS.title, literal(scheme_label.in_(lang), language=lang)) for lang in ("de", "en"))
            self._linked |= dict.fromkeys([(scheme, RDF.type, iri(SKOS.ConceptScheme)), *((scheme, name, value) for name, value in names)])

    def theme(self, subject: str, name: str) -> None:
        """Add a data theme."""
        self.concept(subject, "http://www.w3.org/ns/dcat#theme", f"{codes.EU}data-theme/{name}", codes.THEMES[name], *THEMES)

    def language(self, subject: str, name: str) -> None:
        """Add a language; one that the European list has under no known code is left out."""
        if name in LANGUAGES:
            self.link(subject, DCTERMS.language, f"{codes.EU}language/{LANGUAGES[name]}", DCTERMS.LinguisticSystem)

    def document(self, subject: str, predicate: str, page: str) -> None:
        """Add a page."""
        self.link(subject, predicate, page, FOAF.Document)

    def standard(self, subject: str, standard: str) -> None:
        """Add what a resource conforms to."""
        self.link(subject, DCTERMS.conformsTo, standard, DCTERMS.Standard)

    def media(self, subject: str, predicate: str, name: str) -> None:
        """Add a registered media type."""
        self.link(subject, predicate, f"{IANA}{name}", DCTERMS.MediaType)

    def licence(self, subject: str, licence: str) -> None:
        """Add a licence with its type, and the addresses under which others know it."""
        known = codes.LICENCES.get(codes.licence_key(licence))
        also: list[tuple[str, Term]] = []
        if known:
            german, european, kind, name = known
            others = {licence, f"{codes.DE}licenses/{german}", *([f"{codes.EU}licence/{european}"] if european else [])} - {licence}
            also = [(DCTERMS.title, literal(name)), *((RDFS.seeAlso, iri(other)) for other in sorted(others))]
            self._licence_type(licence, kind)
        self.link(subject, DCTERMS.license, licence, DCTERMS.LicenseDocument, also=also)

    def german_licence(self, subject: str, licence: str) -> None:
        """Add a licence by the IRI that GovData takes; the one that was stated stands beside it (`rdfs:seeAlso`)."""
        german = codes.german_licence(licence)
        if german == licence:
            self.licence(subject, licence)
            return
        _, european, kind, name = codes.LICENCES[codes.licence_key(licence)]
        others = [licence, *([f"{codes.EU}licence/{european}"] if european else [])]
        also = [(DCTERMS.title, literal(name)), *((RDFS.seeAlso, iri(other)) for other in others)]
        self._licence_type(german, kind)
        self.link(subject, DCTERMS.license, german, DCTERMS.LicenseDocument, also=also)

    def _licence_type(self, licence: str, kind: str) -> None:
        label = LICENCE_TYPES[kind]
        target = f"{codes.LICENCE_TYPE}{kind}"
        names = ((SKOS.prefLabel, literal(label.in_(lang), language=lang)) for lang in ("de", "en"))
        self._linked |= dict.fromkeys(
            [(licence, DCTERMS.type, iri(target)), (target, RDF.type, iri(SKOS.Concept)), *((target, name, value) for name, value in names)]
        )


THEMES = (f"{codes.EU}data-theme", Text("Data theme", "Datenthema"))
LICENCE_TYPES: Mapping[str, Text] = {
    "Attribution": Text("attribution", "Namensnennung"),
    "NoDerivativeWork": Text("no derivative work", "keine Bearbeitung"),
    "NonCommercialUseOnly": Text("non-commercial use only", "nicht kommerziell"),
    "PublicDomain": Text("public domain", "gemeinfrei"),
    "ViralEffect-ShareAlike": Text("share alike", "Weitergabe unter gleichen Bedingungen"),
}
