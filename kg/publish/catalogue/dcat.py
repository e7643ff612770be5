"""The catalogue record of the graph: DCAT-AP 3.0.0 and DCAT-AP.de 3.0 in one file.

Everything is counted or stated in the settings; what is not known is left out. Mandatory and recommended properties follow the specification of
DCAT-AP 3.0.0; of the German profile come the licence by its German IRI, the wording of the attribution, who delivers, and the level of
administration. Areas by their German key are `dcterms:spatial`, as version 3.0 of the profile deprecates `dcatde:politicalGeocodingURI`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from kg.config import codes
from kg.errors import Text
from kg.namespaces import ADMS, CODE, DCAT, DCTERMS, FOAF, INNO, OWL, PROV, RDF, RDFS, SKOS, XSD, code
from kg.publish.catalogue.description import Description, Triple, about_dataset, dates, day, released, texts
from kg.publish.catalogue.downloads import GRAPHS, Download, downloads, listed
from kg.publish.catalogue.linked import SPDX, THEMES, VCARD, Linked
from kg.publish.catalogue.parties import contact, publisher
from kg.publish.parts import QUOTES, File
from kg.publish.turtle import document
from kg.quads import iri, literal

DCATAP, DCATDE = "http://data.europa.eu/r5r/", f"{codes.DE}dcatde/"
PROFILES = (DCATAP, f"{DCATDE}3.0/")
"""Profiles that records conform to."""
PROTOCOL = "https://www.w3.org/TR/sparql11-protocol/"
_TEXTS = {
    "catalogue": ("Datenkatalog zu „{title}“.", "Data catalogue of “{title}”."),
    "series": ("{title}: Releases", "{title}: releases"),
    "about series": (
        "Die eingefrorenen Releases von „{title}“: Jedes bleibt unter seiner Adresse, wie es erschienen ist.",
        "The frozen releases of “{title}”: each stays at its address as it was issued.",
    ),
    "service": ("{title}: SPARQL-Endpunkt", "{title}: SPARQL endpoint"),
    "about service": (
        "Beantwortet Abfragen in SPARQL 1.1 über „{title}“; nur lesend.",
        "Answers queries in SPARQL 1.1 over “{title}”; read only.",
    ),
}
_FRAMES = {
    "census": Text("census", "Vollerhebung"),
    "ego-sampled": Text("ego-sampled", "Auswahl um einen Kern"),
    "partial": Text("partial", "Teilauswahl"),
}


def catalogue(about: Description, files: Iterable[File | Download], releases: Iterable[Mapping[str, Any]] = ()) -> str:
    """Return the catalogue as Turtle: a data set, and the frozen releases that are named.

    Args:
        about: What is said about the graph, or about one release of it.
        files: The files that are distributions of the data set.
        releases: Manifests of frozen releases (`version`, `issued`, `previous`, `title`, `license`, `files`), the newest first. With `about` on
            one release they are not wanted.
    """
    comment = "Catalogue record for data portals (DCAT-AP 3.0.0, DCAT-AP.de 3.0). What the settings do not say is left out."
    return document(about.base, statements(about, files, releases), comment=comment, extra=prefixes(about))


def statements(about: Description, files: Iterable[File | Download], releases: Iterable[Mapping[str, Any]] = ()) -> list[Triple]:
    """Return the statements of the catalogue; see :func:`catalogue`."""
    return _Catalogue(about, f"{about.base}catalog#").written(downloads(files, root=about.address("")), list(releases))


def prefixes(about: Description) -> dict[str, str]:
    """Return the prefixes of a catalogue that are not known everywhere."""
    return {"this": f"{about.base}catalog#", "spdx": SPDX, "vcard": VCARD, "dcatap": DCATAP, "dcatde": DCATDE}


class _Catalogue(Linked):
    """Writes one catalogue.

    Args:
        about: What is said about the data set.
        root: Where the IRIs of nodes begin that have none of their own.
    """

    def __init__(self, about: Description, root: str) -> None:
        super().__init__()
        self._about, self._root, self._iri = about, root, f"{about.base}catalog"

    def written(self, files: list[Download], releases: Sequence[Mapping[str, Any]]) -> list[Triple]:
        """Return all statements of the catalogue."""
        about, me = self._about, self._iri
        frozen = [(released(about, manifest), manifest) for manifest in releases]
        versions = [about] if about.version else [one for one, _ in frozen]
        self.say(me, RDF.type, iri(DCAT.Catalog))
        self.add(texts(me, DCTERMS.title, about.title))
        self.add(texts(me, DCTERMS.description, self._words("catalogue")))
        self._general(me, about)
        self.document(me, FOAF.homepage, about.catalogue.homepage or about.base)
        first = about.catalogue.issued or min((one.issued for one in versions if one.issued), default="")
        self.add(day(me, DCTERMS.issued, first))
        self.add(day(me, DCTERMS.modified, max(about.state, *(one.issued for one in versions), "")))
        self.link(me, DCAT.themeTaxonomy, THEMES[0], SKOS.ConceptScheme)
        if len(about.licences) == 1:
            self.german_licence(me, about.licences[0])
        for one in (about, *(release for release, _ in frozen)):
            self.say(me, DCAT.dataset, iri(one.dataset))
        if about.catalogue.endpoint:
            self.say(me, DCAT.service, iri(f"{self._root}sparql"))
        self._dataset(about if about.version else replace(about, issued=first), files)
        for one, manifest in frozen:
            self._dataset(one, list(listed(manifest.get("files") or (), one.dataset)))
            self.say(about.dataset, DCAT.hasVersion, iri(one.dataset))
        if versions:
            self._series(versions)
        if about.catalogue.endpoint:
            self._service()
        self._parties()
        return self.triples()

    def _words(self, name: str) -> dict[str, str]:
        german, english = _TEXTS[name]
        title = self._about.title
        return {"de": german.format(title=title.get("de", "")), "en": english.format(title=title.get("en", ""))}

    def _general(self, me: str, about: Description) -> None:
        """Say what catalogue, data sets and series have alike: publisher, languages, places, time."""
        said = about.catalogue
        if about.publisher:
            self.say(me, DCTERMS.publisher, iri(f"{self._root}publisher"))
        for lang in sorted(about.title):
            self.language(me, lang)
        for place in (*said.spatial, *said.political_geocoding):
            self.link(me, DCTERMS.spatial, place, DCTERMS.Location)
        if said.start or said.end:
            period = f"{self._root}temporal"
            self.link(me, DCTERMS.temporal, period, DCTERMS.PeriodOfTime)
            self.add(dates(period, DCAT.startDate, said.start))
            self.add(dates(period, DCAT.endDate, said.end))

    def _described(self, me: str, about: Description) -> None:
        """Say what data sets, series and services have alike: keywords, themes, rights, contacts, page."""
        said = about.catalogue
        for number in range(1, len(about.contacts) + 1):
            self.say(me, DCAT.contactPoint, iri(self._contact(number)))
        for lang, keywords in sorted(said.keywords.items()):
            for keyword in keywords:
                self.say(me, DCAT.keyword, literal(keyword, language=lang))
        for name in said.themes or ("TECH",):
            self.theme(me, name)
        if said.access_rights:
            self._code(me, DCTERMS.accessRights, "access-right", said.access_rights, DCTERMS.RightsStatement)
        self.document(me, DCAT.landingPage, said.homepage or about.base)

    def _code(self, me: str, predicate: str, scheme: str, name: str, kind: str) -> None:
        self.link(me, predicate, f"{codes.EU}{scheme}/{name}", kind)

    def _dataset(self, about: Description, files: list[Download]) -> None:
        me, said = about.dataset, about.catalogue
        self.add(about_dataset(about))
        self.say(me, RDF.type, iri(DCAT.Resource))
        self._general(me, about)
        self._described(me, about)
        self.link(me, DCTERMS.conformsTo, about.ontology, DCTERMS.Standard, OWL.Ontology)
        for licence in about.licences if len(about.licences) == 1 else ():
            self.licence(me, licence)
        if about.publisher:
            self.say(me, DCTERMS.creator, iri(f"{self._root}publisher"))
        self.add(day(me, DCTERMS.issued, about.issued))
        if said.frequency and not about.version:
            self._code(me, DCTERMS.accrualPeriodicity, "frequency", said.frequency, DCTERMS.Frequency)
        elif about.version:
            self._code(me, DCTERMS.accrualPeriodicity, "frequency", "NEVER", DCTERMS.Frequency)
        if said.availability:
            self.concept(me, f"{DCATAP}availability", f"{codes.EU}planned-availability/{said.availability}", codes.AVAILABILITY[said.availability])
        for contributor in said.contributor_id:
            self.say(me, f"{DCATDE}contributorID", iri(contributor))
        if level := said.political_geocoding_level:
            self.concept(me, f"{DCATDE}politicalGeocodingLevelURI", f"{codes.GEOCODING}Level/{level}", codes.LEVELS[level])
        for page in said.documentation:
            self.document(me, FOAF.page, page)
        self.document(me, FOAF.page, about.ontology)
        for number, identifier in enumerate(said.identifiers if not about.version else (), 1):
            node = f"{self._root}identifier-{number}"
            self.link(me, ADMS.identifier, node, ADMS.Identifier, also=[(SKOS.notation, literal(identifier, XSD.anyURI))])
        if about.build:
            self.link(me, PROV.wasGeneratedBy, about.activity, PROV.Activity)
        if about.version:
            self.link(me, DCAT.inSeries, about.series, DCAT.DatasetSeries)
            self.say(me, DCAT.isVersionOf, iri(f"{about.base}dataset"))
            if about.previous:
                self.say(me, DCAT.prev, iri(about.release(about.previous)))
        self._frames(me, about)
        for file in files:
            self.say(me, DCAT.distribution, iri(self._distribution_iri(about, file)))
        for file in files:
            self._distribution(file, about)
        self._record(about)

    def _record(self, about: Description) -> None:
        """Say when the data set came into the catalogue; without a day there is no record, as it must have one."""
        changed = about.issued or about.state
        if not list(day("", DCTERMS.modified, changed)):
            return
        me = f"{self._root}record-{about.version}" if about.version else f"{self._root}record"
        self.link(self._iri, DCAT.record, me, DCAT.CatalogRecord)
        self.say(me, FOAF.primaryTopic, iri(about.dataset))
        self.add(texts(me, DCTERMS.title, about.names))
        self.add(day(me, DCTERMS.issued, about.issued))
        self.add(day(me, DCTERMS.modified, changed))
        for lang in sorted(about.title):
            self.language(me, lang)
        for profile in PROFILES:
            self.standard(me, profile)

    def _frames(self, me: str, about: Description) -> None:
        """Say how each source was collected: what may be concluded depends on it."""
        for source in about.sources:
            frame = source["frame"]
            if frame["population"]:
                statement = f"{self._root}frame-{source['name']}"
                self.link(me, DCTERMS.provenance, statement, DCTERMS.ProvenanceStatement)
                self.add(texts(statement, RDFS.label, frame["population"]))
                if kind := _FRAMES.get(frame["kind"]):
                    scheme = f"{CODE}sampling-frame"
                    names = Text("Sampling frame", "Stichprobenrahmen")
                    self.concept(statement, INNO.samplingFrame, code("sampling-frame", frame["kind"]), kind, scheme, names)

    def _distribution_iri(self, about: Description, file: Download) -> str:
        return f"{about.dataset}#{file.name}" if about.version else f"{self._root}{file.name}"

    def _distribution(self, file: Download, about: Description) -> None:
        me, said = self._distribution_iri(about, file), about.catalogue
        checksum = f"{me}-checksum"
        self.say(me, RDF.type, iri(DCAT.Distribution))
        self.say(me, DCTERMS.title, literal(file.name))
        self.add(texts(me, DCTERMS.description, file.purpose or {}))
        self.say(me, DCAT.accessURL, iri(file.url))
        self.say(me, DCAT.downloadURL, iri(file.url))
        self.media(me, DCAT.mediaType, file.media)
        if file.format:
            self.link(me, DCTERMS.format, f"{codes.EU}file-type/{file.format}", DCTERMS.MediaTypeOrExtent)
        if file.compression:
            self.media(me, DCAT.compressFormat, file.compression)
        self.say(me, DCAT.byteSize, literal(str(file.bytes), XSD.nonNegativeInteger))
        self.add(day(me, DCTERMS.issued, about.issued))
        self.add(day(me, DCTERMS.modified, about.state))
        if len(file.licences) == 1:
            self.german_licence(me, file.licences[0])
        self.add(texts(me, f"{DCATDE}licenseAttributionByText", said.attribution))
        if said.availability:
            self.concept(me, f"{DCATAP}availability", f"{codes.EU}planned-availability/{said.availability}", codes.AVAILABILITY[said.availability])
        self.concept(me, ADMS.status, f"{codes.EU}distribution-status/COMPLETED", Text("completed", "abgeschlossen"))
        for lang in sorted(about.title):
            self.language(me, lang)
        if file.ending in GRAPHS:
            self.link(me, DCTERMS.conformsTo, about.ontology, DCTERMS.Standard, OWL.Ontology)
        if file.quotes:
            names = ((RDFS.label, literal(text, language=lang)) for lang, text in QUOTES.items())
            self.link(me, DCTERMS.rights, f"{self._root}quotes", DCTERMS.RightsStatement, also=names)
        if file.sha256:
            self.link(me, f"{SPDX}checksum", checksum, f"{SPDX}Checksum")
            self.link(checksum, f"{SPDX}algorithm", f"{SPDX}checksumAlgorithm_sha256", f"{SPDX}ChecksumAlgorithm")
            self.say(checksum, f"{SPDX}checksumValue", literal(file.sha256, XSD.hexBinary))

    def _series(self, versions: Sequence[Description]) -> None:
        """Describe the series of releases, which are given with the newest first."""
        about, me = self._about, self._about.series
        self.say(me, RDF.type, iri(DCAT.DatasetSeries))
        self.add(texts(me, DCTERMS.title, self._words("series")))
        self.add(texts(me, DCTERMS.description, self._words("about series")))
        self.say(me, DCTERMS.identifier, literal(me))
        self._general(me, about)
        self._described(me, about)
        days = sorted(one.issued for one in versions if one.issued)
        if days:
            self.add(day(me, DCTERMS.modified, days[-1]))
        if not about.version:
            self.add(day(me, DCTERMS.issued, days[0] if days else ""))
            self.say(me, DCAT.first, iri(versions[-1].dataset))
            self.say(me, DCAT.last, iri(versions[0].dataset))
        self._code(me, DCTERMS.accrualPeriodicity, "frequency", about.catalogue.frequency or "IRREG", DCTERMS.Frequency)

    def _service(self) -> None:
        about, me = self._about, f"{self._root}sparql"
        endpoint = about.catalogue.endpoint
        self.say(me, RDF.type, iri(DCAT.DataService))
        self.add(texts(me, DCTERMS.title, self._words("service")))
        self.add(texts(me, DCTERMS.description, self._words("about service")))
        self.say(me, DCTERMS.identifier, literal(endpoint))
        self.say(me, DCAT.endpointURL, iri(endpoint))
        self.say(me, DCAT.endpointDescription, iri(endpoint))
        self.say(me, DCAT.servesDataset, iri(about.dataset))
        if about.publisher:
            self.say(me, DCTERMS.publisher, iri(f"{self._root}publisher"))
        self._described(me, about)
        self.standard(me, PROTOCOL)
        if len(about.licences) == 1:
            self.german_licence(me, about.licences[0])

    def _contact(self, number: int) -> str:
        return f"{self._root}contact" if number == 1 else f"{self._root}contact-{number}"

    def _parties(self) -> None:
        """Describe publisher and contacts."""
        if self._about.publisher:
            publisher(self, f"{self._root}publisher", self._about.publisher)
        for number, party in enumerate(self._about.contacts, 1):
            contact(self, self._contact(number), party)
