"""Provenance and the record for search engines say what the build knows."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import rdflib
from rdflib import DCTERMS, FOAF, PROV, RDF, URIRef

from kg.build import Build
from kg.config import SourceSettings
from kg.config.catalogue import CatalogueSettings
from kg.publish import Publication
from kg.publish.catalogue import describe, listed, prov, schema_org
from tests.publish.profiles import DCAT, SPDX

BASE = "https://w3id.org/innokg/"
RELEASE = f"{BASE}releases/2026.11"


@pytest.fixture(scope="module")
def made(graph: Build) -> rdflib.Graph:
    """The provenance of a release."""
    return rdflib.Graph().parse(data=prov(describe(graph, "2026.11", "2026-11-23", previous="2026.10"), graph.record))


def test_the_release_was_generated_by_the_build_from_its_inputs(made: rdflib.Graph, graph: Build) -> None:
    me = URIRef(RELEASE)
    activity = made.value(me, PROV.wasGeneratedBy)
    assert (activity, RDF.type, PROV.Activity) in made
    assert str(activity).endswith(graph.id)
    used = set(made.objects(activity, PROV.used))
    assert used == set(made.objects(me, PROV.wasDerivedFrom))
    files = {}
    for one in used:
        checksum = made.value(one, SPDX.checksum)
        assert made.value(checksum, SPDX.algorithm) == SPDX.checksumAlgorithm_sha256
        files[str(made.value(one, DCTERMS.title))] = str(made.value(checksum, SPDX.checksumValue))
    assert files == {one["file"]: one["sha256"] for one in graph.record["inputs"]}
    agent = made.value(activity, PROV.wasAssociatedWith)
    assert (agent, RDF.type, PROV.SoftwareAgent) in made
    assert str(made.value(agent, DCAT.version)) == graph.record["software"]
    assert made.value(me, PROV.wasRevisionOf) == URIRef(f"{BASE}releases/2026.10")
    assert str(made.value(made.value(me, PROV.wasAttributedTo), FOAF.name)) == "innovation-kg"


def test_each_graph_is_derived_from_its_files(made: rdflib.Graph, graph: Build) -> None:
    def files(name: str) -> set[str]:
        return {str(made.value(one, DCTERMS.title)) for one in made.objects(URIRef(f"{BASE}graph/{name}"), PROV.wasDerivedFrom)}

    for source in graph.record["sources"]:
        assert files(source["name"]) == {one["file"] for one in graph.record["inputs"] if one["file"].startswith(f"{source['name']}/")}
    assert "ontology/inno.ttl" in files("ontology")
    assert all(one.startswith("ontology/codes/") for one in files("codes"))
    assert all(one.startswith("queries/infer/") for one in files("inferred"))


def test_provenance_knows_no_clock_and_no_machine(graph: Build) -> None:
    text = prov(describe(graph), graph.record)
    assert graph.record["created"] not in text
    assert str(graph.path) not in text
    assert "generatedAtTime" not in text
    assert "wasRevisionOf" not in text, "the graph as it is now follows no release"


def test_iris_of_inputs_are_those_of_the_graph(made: rdflib.Graph, graph: Build) -> None:
    name = graph.record["inputs"][0]["file"]
    entity = URIRef(f"{BASE}id/input/{hashlib.sha256(name.encode()).hexdigest()[:16]}")
    assert str(made.value(entity, DCTERMS.title)) == name


def of_type(data: dict[str, Any], kind: str) -> dict[str, Any]:
    return next(one for one in data["@graph"] if one["@type"] == kind)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_search_engines_get_what_they_require_and_recommend(graph: Build, publication: Publication, lang: str) -> None:
    said = CatalogueSettings(start="2010", end="2026", identifiers=("https://doi.org/10.5072/x",), endpoint="https://example.org/sparql")
    about = describe(graph, settings=SourceSettings("x", catalogue=said))
    data = schema_org(about, list(listed(publication.manifest["files"], "")), lang)
    assert data["@context"] == "https://schema.org"
    one, catalog = of_type(data, "Dataset"), of_type(data, "DataCatalog")
    assert one["name"] == about.title[lang]
    assert one["alternateName"] == about.title["en" if lang == "de" else "de"]
    assert 50 <= len(one["description"]) <= 5000
    assert one["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert one["creator"]["name"] == one["publisher"]["name"] == "innovation-kg"
    assert one["identifier"] == [f"{BASE}dataset", "https://doi.org/10.5072/x"]
    assert one["sameAs"] == ["https://doi.org/10.5072/x"]
    assert one["version"] == graph.id
    assert one["temporalCoverage"] == "2010/2026"
    assert {place["@id"] for place in one["spatialCoverage"]} >= {"http://data.europa.eu/nuts/code/DEA52"}
    assert one["isAccessibleForFree"] is True
    assert one["includedInDataCatalog"] == {"@id": catalog["@id"]}
    assert one["keywords"][0] == {"de": "Innovation", "en": "innovation"}[lang]
    files = {file["name"]: file for file in one["distribution"]}
    for file in publication.manifest["files"]:
        made = files[file["name"]]
        assert (made["contentUrl"], made["encodingFormat"], made["sha256"]) == (file["url"], file["media_type"], file["sha256"])
        assert made["contentSize"] == f"{file['bytes']} B"
    assert files["SPARQL"]["contentUrl"] == "https://example.org/sparql"
    parts = {part["@id"]: part for part in one["hasPart"]}
    assert set(parts) == {source["graph"] for source in graph.record["sources"]}
    assert all(part["name"] and part["measurementTechnique"] for part in parts.values())
    assert json.loads(json.dumps(data)) == data


def test_of_a_release_search_engines_get_the_release(graph: Build) -> None:
    data = schema_org(describe(graph, "2026.11", "2026-11-23"), [])
    one = of_type(data, "Dataset")
    assert (one["@id"], one["url"], one["version"], one["datePublished"]) == (RELEASE, RELEASE, "2026.11", "2026-11-23")
    assert "distribution" not in one


def test_what_is_not_known_is_not_said_and_lengths_are_kept() -> None:
    def described(text: str, **more: Any) -> dict[str, Any]:
        record = {"id": "b", "base": BASE, "name": "n", "title": {"en": "T"}, "sources": [{"name": "s", "description": {"en": text}, **more}]}
        return of_type(schema_org(describe(Build(Path(), record)), []), "Dataset")

    short, long = described("Short."), described("x" * 6000)
    assert short["description"].startswith("Short. ")
    assert len(short["description"]) >= 50
    assert len(long["description"]) == 5000
    assert long["description"].endswith("…")
    assert not {"license", "creator", "publisher", "keywords", "temporalCoverage", "spatialCoverage", "sameAs", "dateModified"} & set(short)
    assert described("x", catalogue={"access_rights": "NON_PUBLIC"})["isAccessibleForFree"] is False
