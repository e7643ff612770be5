"""A consumer of its own: what a CKAN portal takes from a catalogue when it harvests one, in few words.

It follows the order of the European profile of ckanext-dcat 2.4: a data set needs a title (its name is made from it) and belongs to the organisation that
harvests; a text in the portal's language wins, else the first one; files are resources with address, format, licence, size and checksum.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import pytest
import rdflib
from rdflib import DCTERMS, FOAF, RDF, RDFS, Literal, URIRef

from kg.build import Build
from kg.publish import Publication
from kg.publish.catalogue import catalogue, describe, listed, syntax
from tests.publish.profiles import DCAT, SPDX, VCARD

LICENCES = {"Creative Commons Attribution 4.0": "CC-BY-4.0"}
"""Licences of a portal by their title."""
EXTRAS = {
    "issued": DCTERMS.issued,
    "modified": DCTERMS.modified,
    "identifier": DCTERMS.identifier,
    "frequency": DCTERMS.accrualPeriodicity,
    "provenance": DCTERMS.provenance,
    "access_rights": DCTERMS.accessRights,
    "spatial_uri": DCTERMS.spatial,
    "theme": DCAT.theme,
    "language": DCTERMS.language,
    "version": DCAT.version,
}


class Portal:
    """Harvests the data sets of a catalogue.

    Attributes:
        records: What it has taken.
        refused: What it could not take, with the reason.
    """

    def __init__(self, text: bytes, syntax_: str, lang: str) -> None:
        self._graph, self._lang = rdflib.Graph().parse(data=text, format=syntax_), lang
        self.records: list[dict[str, Any]] = []
        self.refused: list[tuple[str, str]] = []
        for one in sorted(set(self._graph.subjects(RDF.type, DCAT.Dataset)), key=str):
            try:
                self.records.append(self._record(one))
            except ValueError as error:
                self.refused.append((str(one), str(error)))

    def _text(self, subject: Any, predicate: Any) -> str:
        values = sorted(self._graph.objects(subject, predicate), key=str)
        texts = [value for value in values if isinstance(value, Literal)]
        own = [text for text in texts if text.language == self._lang]
        if own or texts:
            return str((own or texts)[0])
        for value in values:
            return self._text(value, RDFS.label) or str(value)
        return ""

    def _record(self, one: Any) -> dict[str, Any]:
        title = self._text(one, DCTERMS.title)
        if not title:
            raise ValueError("no title")
        publisher, contact = self._graph.value(one, DCTERMS.publisher), self._graph.value(one, DCAT.contactPoint)
        files = [self._resource(file) for file in sorted(self._graph.objects(one, DCAT.distribution), key=str)]
        return {
            "uri": str(one),
            "name": re.sub(r"[^a-z0-9]+", "-", unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()).strip("-")[:100],
            "title": title,
            "notes": self._text(one, DCTERMS.description),
            "url": self._text(one, DCAT.landingPage),
            "tags": sorted({str(tag) for tag in self._graph.objects(one, DCAT.keyword) if getattr(tag, "language", "") == self._lang}),
            "license_id": next((known for file in files if (known := LICENCES.get(file["license_title"]))), ""),
            "publisher_name": self._text(publisher, FOAF.name) if publisher else "",
            "contact": {way: str(self._graph.value(contact, VCARD[way]) or "") for way in ("fn", "hasEmail", "hasURL")} if contact else {},
            "resources": files,
            "extras": {name: text for name, predicate in EXTRAS.items() if (text := self._text(one, predicate))},
        }

    def _resource(self, file: Any) -> dict[str, Any]:
        graph = self._graph
        checksum, licence = graph.value(file, SPDX.checksum), graph.value(file, DCTERMS.license)
        return {
            "url": self._text(file, DCAT.downloadURL) or self._text(file, DCAT.accessURL),
            "name": self._text(file, DCTERMS.title),
            "description": self._text(file, DCTERMS.description),
            "mimetype": self._text(file, DCAT.mediaType).removeprefix("https://www.iana.org/assignments/media-types/"),
            "format": self._text(file, DCTERMS.format).rpartition("/")[2],
            "size": int(self._text(file, DCAT.byteSize) or -1),
            "hash": self._text(checksum, SPDX.checksumValue) if checksum else "",
            "license": str(licence or ""),
            "license_title": self._text(licence, DCTERMS.title) if licence else "",
            "rights": self._text(file, DCTERMS.rights),
        }


@pytest.fixture(scope="module")
def turtle(graph: Build, publication: Publication) -> str:
    """The catalogue of the graph and one release."""
    frozen = {**publication.manifest, "version": "2026.11", "issued": "2026-11-23", "files": publication.manifest["files"][:3]}
    return catalogue(describe(graph), list(listed(publication.manifest["files"], "")), [frozen])


@pytest.mark.parametrize(("form", "name"), [("ttl", "turtle"), ("rdf", "xml"), ("jsonld", "json-ld")])
@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_portal_takes_every_record(turtle: str, publication: Publication, form: str, name: str, lang: str) -> None:
    portal = Portal(syntax(turtle, form), name, lang)
    assert portal.refused == []
    live, release = portal.records
    assert (live["uri"], release["uri"]) == ("https://w3id.org/innokg/dataset", "https://w3id.org/innokg/releases/2026.11")
    assert live["title"] == {"de": "Dortmund – Innovationsökosystem", "en": "Dortmund innovation ecosystem"}[lang]
    assert live["name"] != release["name"], "a portal makes addresses from titles"
    assert live["notes"].startswith({"de": "Wer im", "en": "Who works"}[lang])
    assert live["url"] == "https://w3id.org/innokg/"
    assert live["license_id"] == "CC-BY-4.0"
    assert live["publisher_name"] == "innovation-kg"
    assert live["contact"]["fn"] == "innovation-kg"
    assert live["contact"]["hasURL"]
    assert {"de": "Zusammenarbeit", "en": "collaboration"}[lang] in live["tags"]
    assert set(EXTRAS) <= set(live["extras"])
    assert {"de": "Ausgehend von", "en": "Starting from"}[lang] in live["extras"]["provenance"]
    assert len(live["resources"]) == len(publication.manifest["files"])
    assert len(release["resources"]) == 3
    files = {one["name"]: one for one in publication.manifest["files"]}
    for one in live["resources"]:
        file = files[one["name"]]
        assert (one["url"], one["size"], one["hash"], one["mimetype"]) == (file["url"], file["bytes"], file["sha256"], file["media_type"])
        assert one["license"].startswith("http://dcat-ap.de/def/licenses/")
        assert one["format"]
        assert one["description"] == file["purpose"][lang]
    quoting = {one["name"] for one in live["resources"] if one["rights"]}
    assert quoting == {one["name"] for one in publication.manifest["files"] if one.get("rights")}


def test_one_record_without_a_title_does_not_stop_the_others(turtle: str) -> None:
    graph = rdflib.Graph().parse(data=turtle)
    graph.remove((URIRef("https://w3id.org/innokg/releases/2026.11"), DCTERMS.title, None))
    portal = Portal(graph.serialize(encoding="utf-8"), "turtle", "de")
    assert portal.refused == [("https://w3id.org/innokg/releases/2026.11", "no title")]
    assert [one["uri"] for one in portal.records] == ["https://w3id.org/innokg/dataset"]


def test_a_portal_in_a_third_language_gets_a_text_all_the_same(turtle: str) -> None:
    portal = Portal(turtle.encode(), "turtle", "fr")
    assert all(one["title"] and one["notes"] and one["resources"] for one in portal.records)
