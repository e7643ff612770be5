"""The catalogue record of the graph (DCAT-AP 3).

Everything is counted or stated in the settings; what is not known is left out. Each resource of another authority that the catalogue names
carries its class in the file, as DCAT-AP's shapes look nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kg.namespaces import DCAT, DCTERMS, FOAF, INNO, OWL, PREFIXES, RDF, RDFS, SKOS, XSD, code
from kg.publish.catalogue.description import Description, Triple, about_dataset, texts
from kg.publish.parts import QUOTES, QUOTING, File
from kg.publish.turtle import document
from kg.quads import iri, literal

SPDX = "http://spdx.org/rdf/terms#"
VCARD = PREFIXES["vcard"]
_EU = "http://publications.europa.eu/resource/authority/"
_IANA = "https://www.iana.org/assignments/media-types/"
_LANGUAGES = {"de": "DEU", "en": "ENG"}


def catalogue(about: Description, files: Iterable[File]) -> str:
    """Return a DCAT-AP 3 catalogue with one data set as Turtle.

    Args:
        about: What is said about the graph.
        files: The files that are distributions of the data set.
    """
    root = f"{about.base}catalog#"
    comment = "Catalogue record for data portals (DCAT-AP 3). What the settings do not say is left out."
    return document(about.base, _catalogue(about, list(files), root), comment=comment, extra={"this": root, "spdx": SPDX, "vcard": VCARD})


def _catalogue(about: Description, files: list[File], root: str) -> Iterator[Triple]:
    catalogue, me = f"{about.base}catalog", about.dataset
    publisher = _publisher(about, root)
    yield catalogue, RDF.type, iri(DCAT.Catalog)
    yield from texts(catalogue, DCTERMS.title, about.title)
    yield from texts(
        catalogue, DCTERMS.description, {lang: text.format(title=about.title.get(lang, about.name)) for lang, text in _CATALOGUE.items()}
    )
    yield from _shared(catalogue, about, publisher)
    yield catalogue, FOAF.homepage, iri(about.base)
    yield catalogue, DCAT.dataset, iri(me)
    if len(about.state) == 10:
        yield catalogue, DCTERMS.modified, literal(about.state, XSD.date)
    if len(about.licences) == 1:
        yield catalogue, DCTERMS.license, iri(about.licences[0])
    yield from about_dataset(about)
    yield from _shared(me, about, publisher)
    yield me, DCAT.landingPage, iri(about.base)
    yield me, DCAT.theme, iri(f"{_EU}data-theme/TECH")
    yield from _frames(me, about, root)
    for file in files:
        yield me, DCAT.distribution, iri(f"{root}{file.name}")
    for file in files:
        yield from _distribution(file, about, root)
    yield from publisher
    yield from _contacts(me, about, root)
    yield from _authorities(about, files)


_CATALOGUE = {"de": "Katalog mit einem Datensatz: {title}.", "en": "Catalogue with one data set: {title}."}


def _shared(subject: str, about: Description, publisher: Sequence[Triple]) -> Iterator[Triple]:
    if publisher:
        yield subject, DCTERMS.publisher, iri(publisher[0][0])
    for lang in sorted(about.title):
        if lang in _LANGUAGES:
            yield subject, DCTERMS.language, iri(f"{_EU}language/{_LANGUAGES[lang]}")


def _publisher(about: Description, root: str) -> list[Triple]:
    """Return what is said of the publisher. DCAT-AP allows one per data set, so the one of the first source that names one stands for all."""
    agent = f"{root}publisher"
    for source in about.sources:
        name, url = source["publisher"]["name"], source["publisher"]["url"]
        if name:
            said = [(agent, RDF.type, iri(FOAF.Agent)), (agent, FOAF.name, literal(name))]
            return said + ([(agent, FOAF.homepage, iri(url)), (url, RDF.type, iri(FOAF.Document))] if url else [])
    return []


def _contacts(me: str, about: Description, root: str) -> Iterator[Triple]:
    for number, source in enumerate(about.sources, 1):
        contact = source["contact"]
        if contact["name"] or contact["url"]:
            point = f"{root}contact" if number == 1 else f"{root}contact-{number}"
            yield me, DCAT.contactPoint, iri(point)
            yield point, RDF.type, iri(f"{VCARD}Organization")
            yield point, RDF.type, iri(f"{VCARD}Kind")
            if contact["name"]:
                yield point, f"{VCARD}fn", literal(contact["name"])
            if contact["url"]:
                yield point, f"{VCARD}{'hasEmail' if contact['url'].startswith('mailto:') else 'hasURL'}", iri(contact["url"])


def _frames(me: str, about: Description, root: str) -> Iterator[Triple]:
    """Say how each source was collected: what may be concluded depends on it."""
    for source in about.sources:
        frame = source["frame"]
        if frame["population"]:
            statement = f"{root}frame-{source['name']}"
            yield me, DCTERMS.provenance, iri(statement)
            yield statement, RDF.type, iri(DCTERMS.ProvenanceStatement)
            yield from texts(statement, RDFS.label, frame["population"])
            yield statement, INNO.samplingFrame, iri(code("sampling-frame", frame["kind"]))


def _distribution(file: File, about: Description, root: str) -> Iterator[Triple]:
    me, checksum = f"{root}{file.name}", f"{root}{file.name}-checksum"
    yield me, RDF.type, iri(DCAT.Distribution)
    yield me, DCTERMS.title, literal(file.name)
    yield from texts(me, DCTERMS.description, {"de": file.part.de, "en": file.part.en})
    yield me, DCAT.accessURL, iri(about.address(file.name))
    yield me, DCAT.downloadURL, iri(about.address(file.name))
    yield me, DCAT.mediaType, iri(f"{_IANA}{file.part.media}")
    yield me, DCTERMS.format, iri(f"{_EU}file-type/{file.part.format}")
    yield me, DCAT.byteSize, literal(str(file.bytes), XSD.nonNegativeInteger)
    if len(about.state) == 10:
        yield me, DCTERMS.modified, literal(about.state, XSD.date)
    if len(file.licences) == 1:
        yield me, DCTERMS.license, iri(file.licences[0])
    if file.part.holds in QUOTING:
        yield me, DCTERMS.rights, iri(f"{root}quotes")
    yield me, f"{SPDX}checksum", iri(checksum)
    yield checksum, RDF.type, iri(f"{SPDX}Checksum")
    yield checksum, f"{SPDX}algorithm", iri(f"{SPDX}checksumAlgorithm_sha256")
    yield checksum, f"{SPDX}checksumValue", literal(file.sha256, XSD.hexBinary)
    if file.part.holds in QUOTING:
        yield f"{root}quotes", RDF.type, iri(DCTERMS.RightsStatement)
        yield from texts(f"{root}quotes", RDFS.label, QUOTES)


def _authorities(about: Description, files: Iterable[File]) -> Iterator[Triple]:
    """Yield the class of every resource of another authority."""
    yield about.base, RDF.type, iri(FOAF.Document)
    yield about.ontology, RDF.type, iri(DCTERMS.Standard)
    yield about.ontology, RDF.type, iri(OWL.Ontology)
    for licence in sorted({*about.licences, *(licence for file in files for licence in file.licences)}):
        yield licence, RDF.type, iri(DCTERMS.LicenseDocument)
    for lang in sorted(about.title):
        if lang in _LANGUAGES:
            yield f"{_EU}language/{_LANGUAGES[lang]}", RDF.type, iri(DCTERMS.LinguisticSystem)
    for media in sorted({file.part.media for file in files}):
        yield f"{_IANA}{media}", RDF.type, iri(DCTERMS.MediaType)
    for name in sorted({file.part.format for file in files}):
        yield f"{_EU}file-type/{name}", RDF.type, iri(DCTERMS.MediaTypeOrExtent)
    theme = f"{_EU}data-theme/TECH"
    yield theme, RDF.type, iri(SKOS.Concept)
    yield from texts(theme, SKOS.prefLabel, {"de": "Wissenschaft und Technologie", "en": "Science and technology"})
    yield theme, SKOS.inScheme, iri(f"{_EU}data-theme")
    yield f"{_EU}data-theme", RDF.type, iri(SKOS.ConceptScheme)
    yield from texts(f"{_EU}data-theme", DCTERMS.title, {"de": "Datenthema", "en": "Data theme"})
    yield f"{SPDX}checksumAlgorithm_sha256", RDF.type, iri(f"{SPDX}ChecksumAlgorithm")
    for kind in sorted({source["frame"]["kind"] for source in about.sources if source["frame"]["population"]}):
        yield code("sampling-frame", kind), RDF.type, iri(SKOS.Concept)
