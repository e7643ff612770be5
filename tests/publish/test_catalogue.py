"""The catalogue is what DCAT-AP 3 and DCAT-AP.de 3 ask for: of the graph as it is now, of one release, of several, with and without settings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import DCTERMS, FOAF, RDF, SKOS, URIRef
from rdflib.compare import isomorphic

from kg.build import Build
from kg.config import SourceSettings, codes, read_settings
from kg.config.catalogue import CatalogueSettings
from kg.publish import Publication
from kg.publish.catalogue import Description, catalogue, describe, listed, syntax
from kg.publish.catalogue.dcat import prefixes, statements
from kg.publish.catalogue.syntaxes import written
from tests.publish.profiles import ADMS, DCAT, DCATAP, DCATDE, GONE, MANDATORY, RANGES, RECOMMENDED, SPDX, VCARD, XSD, Finding, findings

BASE = "https://w3id.org/innokg/"
RELEASE = URIRef(f"{BASE}releases/2026.11")
EARLIER = URIRef(f"{BASE}releases/2026.10")
SERIES = URIRef(f"{BASE}releases")
DATASET = URIRef(f"{BASE}dataset")
CATALOGUE = URIRef(f"{BASE}catalog")
SUM = "ab" * 32
SAID = CatalogueSettings(
    start="2010",
    end="2026-11-22",
    issued="2026-10-01",
    contributor_id=("http://dcat-ap.de/def/contributors/beispiel",),
    documentation=("https://example.org/how",),
    endpoint="https://example.org/sparql",
    identifiers=("https://doi.org/10.5072/example",),
)
FULL = SourceSettings(
    "x",
    publisher="Example",
    publisher_type="LocalAuthority",
    publisher_email="a@example.org",
    contact="Team",
    contact_email="mailto:b@example.org",
    contact_telephone="+49 231 12345",
    contact_url="https://example.org/form",
    catalogue=SAID,
)


def manifest(publication: Publication, version: str, issued: str, previous: str | None) -> dict[str, Any]:
    """Return the manifest of a frozen release with the files of a publication, the large ones packed besides."""
    files = [{key: value for key, value in one.items() if key != "url"} for one in publication.manifest["files"]]
    for one in files:
        if one["bytes"] > 1_000_000:
            one["compressed"] = {"name": f"{one['name']}.gz", "bytes": 1234, "sha256": SUM}
    return {**publication.manifest, "version": version, "issued": issued, "previous": previous, "files": files}


@pytest.fixture(scope="module")
def about(graph: Build) -> Description:
    return describe(graph, "2026.11", "2026-11-23", previous="2026.10")


@pytest.fixture(scope="module")
def release(about: Description, publication: Publication) -> rdflib.Graph:
    """The catalogue of one release."""
    files = listed(manifest(publication, "2026.11", "2026-11-23", "2026.10")["files"], about.dataset)
    return rdflib.Graph().parse(data=catalogue(about, list(files)))


@pytest.fixture(scope="module")
def turtle(graph: Build, publication: Publication) -> str:
    """The catalogue of the graph as it is now and of two releases, with every setting."""
    files = list(listed(publication.manifest["files"], ""))
    frozen = [manifest(publication, "2026.11", "2026-11-23", "2026.10"), manifest(publication, "2026.10", "2026-10-01", None)]
    return catalogue(describe(graph, settings=FULL), files, frozen)


@pytest.fixture(scope="module")
def whole(turtle: str) -> rdflib.Graph:
    return rdflib.Graph().parse(data=turtle)


def without(graph: rdflib.Graph, kind: Any, predicate: Any) -> rdflib.Graph:
    """Return a catalogue in which no thing of a class has a property."""
    made = rdflib.Graph()
    things = set(graph.subjects(RDF.type, kind))
    for triple in graph:
        if not (triple[0] in things and triple[1] == predicate):
            made.add(triple)
    return made


def test_portals_find_nothing_to_refuse(release: rdflib.Graph, whole: rdflib.Graph, folder: Path) -> None:
    for graph in (release, whole, rdflib.Graph().parse(folder / "catalog.ttl")):
        assert list(findings(graph)) == []


@pytest.mark.parametrize(("kind", "predicate"), [(kind, one) for kind, many in MANDATORY.items() for one in many])
def test_every_mandatory_property_is_there_and_missed_when_gone(whole: rdflib.Graph, kind: URIRef, predicate: URIRef) -> None:
    things = set(whole.subjects(RDF.type, kind))
    assert things
    missed = {one.subject for one in findings(without(whole, kind, predicate)) if (one.rule, one.property) == ("mandatory", predicate)}
    assert missed >= things


@pytest.mark.parametrize(("kind", "predicate"), [(kind, one) for kind, many in RECOMMENDED.items() for one in many])
def test_every_recommended_property_is_there(whole: rdflib.Graph, kind: URIRef, predicate: URIRef) -> None:
    for thing in whole.subjects(RDF.type, kind):
        assert (thing, predicate, None) in whole, thing


@pytest.mark.parametrize(("predicate", "kind"), list(RANGES.items()))
def test_every_linked_resource_carries_its_class_in_the_file(whole: rdflib.Graph, predicate: URIRef, kind: URIRef) -> None:
    values = set(whole.objects(None, predicate))
    assert values, predicate
    made = rdflib.Graph()
    for triple in whole:
        if triple[1] != RDF.type or triple[2] != kind:
            made.add(triple)
    assert any((one.rule, one.property) == ("class", predicate) for one in findings(made))


def test_the_checker_sees_what_else_can_be_wrong(whole: rdflib.Graph) -> None:
    made = rdflib.Graph() + whole
    made.add((DATASET, DCTERMS.title, rdflib.Literal("Another", lang="de")))
    made.add((DATASET, DCTERMS.publisher, rdflib.URIRef("https://example.org/other")))
    made.add((DATASET, DCAT.keyword, rdflib.URIRef("https://example.org/keyword")))
    made.set((DATASET, DCTERMS.issued, rdflib.Literal("yesterday", datatype=XSD.date)))
    made.add((DATASET, GONE[0], RELEASE))
    found = set(findings(made))
    for rule, predicate in (
        ("language", DCTERMS.title),
        ("once", DCTERMS.publisher),
        ("class", DCTERMS.publisher),
        ("literal", DCAT.keyword),
        ("datatype", DCTERMS.issued),
        ("deprecated", GONE[0]),
    ):
        assert Finding(rule, DATASET, predicate) in found


def test_a_release_is_a_version_in_a_series(release: rdflib.Graph) -> None:
    assert set(release.objects(CATALOGUE, DCAT.dataset)) == {RELEASE}
    assert release.value(RELEASE, DCAT.inSeries) == SERIES
    assert release.value(RELEASE, DCAT.prev) == EARLIER
    assert release.value(RELEASE, DCAT.isVersionOf) == DATASET
    assert str(release.value(RELEASE, DCAT.version)) == "2026.11"
    assert str(release.value(RELEASE, DCTERMS.issued)) == "2026-11-23"
    assert "2026.11" in {str(text)[-7:] for text in release.objects(RELEASE, DCTERMS.title)}
    assert release.value(RELEASE, DCTERMS.accrualPeriodicity) == URIRef(f"{codes.EU}frequency/NEVER")
    topic = release.value(release.value(CATALOGUE, DCAT.record), FOAF.primaryTopic)
    assert topic == RELEASE
    assert release.value(predicate=RDF.type, object=DCAT.DataService) is None, "no endpoint is named in the settings"


def test_several_releases_stand_in_one_catalogue(whole: rdflib.Graph) -> None:
    assert set(whole.objects(CATALOGUE, DCAT.dataset)) == {DATASET, RELEASE, EARLIER}
    assert set(whole.objects(DATASET, DCAT.hasVersion)) == {RELEASE, EARLIER}
    assert (whole.value(SERIES, DCAT.first), whole.value(SERIES, DCAT.last)) == (EARLIER, RELEASE)
    assert whole.value(EARLIER, DCAT.prev) is None
    assert len(set(whole.objects(CATALOGUE, DCAT.record))) == 3
    assert [str(whole.value(SERIES, one)) for one in (DCTERMS.issued, DCTERMS.modified)] == ["2026-10-01", "2026-11-23"]
    assert str(whole.value(CATALOGUE, DCTERMS.modified)) == "2026-11-23", "no earlier than the newest release"


def test_a_packed_file_is_a_distribution_of_its_own(whole: rdflib.Graph, publication: Publication) -> None:
    packed = set(whole.subjects(DCAT.compressFormat))
    large = [one for one in publication.manifest["files"] if one["bytes"] > 1_000_000]
    assert large
    assert len(packed) == 2 * len(large)
    for one in packed:
        assert str(whole.value(one, DCAT.downloadURL)).endswith(".gz")
        assert int(str(whole.value(one, DCAT.byteSize))) == 1234
        assert str(whole.value(whole.value(one, SPDX.checksum), SPDX.checksumValue)) == SUM
        plain = URIRef(str(one).removesuffix(".gz"))
        assert whole.value(one, DCAT.mediaType) == whole.value(plain, DCAT.mediaType)
        assert whole.value(plain, DCAT.compressFormat) is None


def test_settings_stand_where_portals_look_for_them(whole: rdflib.Graph) -> None:
    values = {
        DCATDE.contributorID: {URIRef(SAID.contributor_id[0])},
        DCATDE.politicalGeocodingLevelURI: {URIRef(f"{codes.GEOCODING}Level/municipality")},
        DCAT.theme: {URIRef(f"{codes.EU}data-theme/{name}") for name in ("TECH", "REGI")},
        DCTERMS.accessRights: {URIRef(f"{codes.EU}access-right/PUBLIC")},
        DCTERMS.accrualPeriodicity: {URIRef(f"{codes.EU}frequency/IRREG")},
        DCATAP.availability: {URIRef(f"{codes.EU}planned-availability/AVAILABLE")},
    }
    for predicate, wanted in values.items():
        assert set(whole.objects(DATASET, predicate)) == wanted, predicate
    places = set(whole.objects(DATASET, DCTERMS.spatial))
    assert URIRef("http://dcat-ap.de/def/politicalGeocoding/municipalityKey/05913000") in places
    period = whole.value(DATASET, DCTERMS.temporal)
    assert whole.value(period, DCAT.startDate) == rdflib.Literal("2010", datatype=XSD.gYear)
    assert whole.value(period, DCAT.endDate) == rdflib.Literal("2026-11-22", datatype=XSD.date)
    assert str(whole.value(whole.value(DATASET, ADMS.identifier), SKOS.notation)) == SAID.identifiers[0]
    contact = whole.value(DATASET, DCAT.contactPoint)
    ways = [whole.value(contact, way) for way in (VCARD.hasEmail, VCARD.hasURL, VCARD.hasTelephone)]
    assert ways == [URIRef("mailto:b@example.org"), URIRef("https://example.org/form"), URIRef("tel:+4923112345")]
    publisher = whole.value(DATASET, DCTERMS.publisher)
    assert str(whole.value(publisher, FOAF.name)) == "Example", "settings of the release win over those of the sources"
    assert whole.value(publisher, DCTERMS.type) == URIRef(f"{codes.PUBLISHER_TYPE}LocalAuthority")
    service = whole.value(predicate=RDF.type, object=DCAT.DataService)
    assert whole.value(service, DCAT.endpointURL) == URIRef(SAID.endpoint)
    keywords = {str(one.language) for one in whole.objects(DATASET, DCAT.keyword) if isinstance(one, rdflib.Literal)}
    assert keywords == {"de", "en"}


def test_the_licence_has_the_iri_that_govdata_takes(whole: rdflib.Graph) -> None:
    german = URIRef("http://dcat-ap.de/def/licenses/cc-by/4.0")
    stated = URIRef("https://creativecommons.org/licenses/by/4.0/")
    for one in whole.subjects(RDF.type, DCAT.Distribution):
        assert set(whole.objects(one, DCTERMS.license)) == {german}
    assert set(whole.objects(CATALOGUE, DCTERMS.license)) == {german}
    assert stated in set(whole.objects(german, rdflib.RDFS.seeAlso))
    assert set(whole.objects(DATASET, DCTERMS.license)) == {stated}


@pytest.mark.parametrize(
    ("stated", "german"),
    [
        ("https://creativecommons.org/licenses/by/4.0/", "cc-by/4.0"),
        ("http://www.creativecommons.org/licenses/by-sa/4.0/legalcode", "cc-by-sa/4.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/deed.de", "cc-zero"),
        ("https://www.govdata.de/dl-de/by-2-0", "dl-by-de/2.0"),
        ("https://example.org/our-own", ""),
    ],
)
def test_known_licences_are_mapped_and_others_stay(stated: str, german: str) -> None:
    assert codes.german_licence(stated) == (f"http://dcat-ap.de/def/licenses/{german}" if german else stated)


def test_an_older_build_is_described_with_less(graph: Build, publication: Publication) -> None:
    """A record without the settings that are new, as earlier versions wrote it."""
    old = {"name": "", "url": ""}
    sources = [
        {**{key: value for key, value in one.items() if key != "catalogue"}, "publisher": {"name": "Old", "url": ""}, "contact": old}
        for one in graph.record["sources"]
    ]
    made = describe(Build(graph.path, {**graph.record, "sources": sources}))
    found = rdflib.Graph().parse(data=catalogue(made, list(listed(publication.manifest["files"], ""))))
    assert list(findings(found)) == []
    assert found.value(DATASET, DCAT.keyword) is None
    bare = describe(Build(graph.path, {"id": "x", "base": BASE, "name": "bare", "title": {}, "sources": [{"name": "a", "graph": f"{BASE}graph/a"}]}))
    assert {one.property for one in findings(rdflib.Graph().parse(data=catalogue(bare, [])))} == {DCTERMS.publisher}


def test_settings_of_a_file_win_and_fill(graph: Build, tmp_path: Path) -> None:
    file = tmp_path / "portal.toml"
    file.write_text('[graph]\ntitle.de = "Neu"\n[publisher]\nname = "Neu GmbH"\n[catalogue]\nthemes = "EDUC"\n', encoding="utf-8")
    made, plain = describe(graph, settings=read_settings(file)), describe(graph)
    assert (made.title["de"], made.title["en"]) == ("Neu", plain.title["en"])
    assert (made.publisher.name, made.publisher.url) == ("Neu GmbH", "")
    assert made.catalogue == replace(plain.catalogue, themes=("EDUC",))
    assert made.contacts == plain.contacts


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Co", "Cn")), min_size=1, max_size=40)


@given(title=TEXT, text=TEXT, keyword=TEXT, name=TEXT)
@settings(max_examples=25, deadline=None)
def test_all_syntaxes_say_the_same_whatever_the_texts(title: str, text: str, keyword: str, name: str) -> None:
    said = CatalogueSettings(keywords={"de": (keyword,)}, attribution={"en": name}, spatial=("https://example.org/ö",), endpoint="https://e.org/s")
    record = {"title": {"de": title, "en": title}, "name": "x", "id": "b", "state": "2026-11-22", "sources": []}
    settings_ = SourceSettings("x", description={"de": text, "en": text}, publisher=name, catalogue=said)
    about = describe(Build(Path(), {**record, "base": BASE}), settings=settings_)
    turtle = catalogue(about, [])
    graph = rdflib.Graph().parse(data=turtle)
    for form, name_ in (("jsonld", "json-ld"), ("rdf", "xml"), ("nt", "nt")):
        assert isomorphic(graph, rdflib.Graph().parse(data=syntax(turtle, form), format=name_)), form
    assert isomorphic(graph, rdflib.Graph().parse(data=written(statements(about, []), "ttl", prefixes(about))))
    assert rdflib.Literal(title, lang="de") in set(graph.objects(DATASET, DCTERMS.title))


def test_the_same_settings_give_the_same_bytes(graph: Build, publication: Publication, turtle: str) -> None:
    files = list(listed(publication.manifest["files"], ""))
    frozen = [manifest(publication, "2026.11", "2026-11-23", "2026.10"), manifest(publication, "2026.10", "2026-10-01", None)]
    assert catalogue(describe(graph, settings=FULL), files, frozen) == turtle
    for form in ("jsonld", "rdf", "nt"):
        assert syntax(turtle, form) == syntax(turtle, form)


def test_a_manifest_with_holes_is_read_as_far_as_it_goes() -> None:
    entries: list[dict[str, Any]] = [{}, {"name": "a.csv"}, {"name": "b.bin", "license": "https://x.org/l", "compressed": None}]
    found = list(listed(entries, "https://x.org/releases/1"))
    assert [(one.name, one.url, one.format, one.licences) for one in found] == [
        ("a.csv", "https://x.org/releases/1/a.csv", "CSV", ()),
        ("b.bin", "https://x.org/releases/1/b.bin", "", ("https://x.org/l",)),
    ]
