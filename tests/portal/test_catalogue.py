"""/catalog, /.well-known/void, /dataset, /context: what programs ask a portal for first."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from rdflib import DCTERMS, RDF, VOID, URIRef

from kg.build import Build
from kg.portal import entity, entity_catalog, void
from kg.portal.desk import Desk
from kg.portal.page import Reply, Request
from kg.portal.render import NotFoundError
from kg.portal.settings import PortalSettings
from kg.publish import publish
from tests.portal.conftest import Served
from tests.publish.profiles import DCAT, findings

BASE = "https://w3id.org/innokg/"
DATASET, CATALOGUE = URIRef(f"{BASE}dataset"), URIRef(f"{BASE}catalog")
SYNTAXES = {"ttl": "turtle", "nt": "nt", "rdf": "xml", "jsonld": "json-ld", "json": "json-ld"}


@pytest.fixture
def desk(tmp_path: Path, graph: Build) -> Desk:
    """A desk on a graph whose folder of builds is empty but for it."""
    (tmp_path / "graphs").mkdir()
    (tmp_path / "graphs" / graph.id).symlink_to(graph.path)
    return replace(Desk.open(PortalSettings(), graph.path), build=Build(tmp_path / "graphs" / graph.id, graph.record), _made={})


def ask(path: str, form: str = "ttl", lang: str = "en", **names: str) -> Request:
    return Request("x", path, names, {}, lang, form=form, origin="http://h:1", root="/kg")


def parsed(reply: Reply, form: str = "ttl") -> rdflib.Graph:
    assert reply.status == 200
    return rdflib.Graph().parse(data=reply.body, format=SYNTAXES[form])


def freeze(desk: Desk, version: str, issued: str, **more: Any) -> None:
    """Put the manifest of a release beside the builds."""
    assert desk.build is not None
    folder = desk.build.path.parent.parent / "release" / version
    folder.mkdir(parents=True)
    file = {"name": "a.csv", "media_type": "text/csv", "bytes": 3, "sha256": "ab" * 32, "license": ["https://creativecommons.org/licenses/by/4.0/"]}
    said = {"version": version, "issued": issued, "base": BASE, "dataset": f"{BASE}releases/{version}", "state": issued, "title": {"de": "Älter"}}
    (folder / "manifest.json").write_text(json.dumps({**said, "files": [file], **more}), encoding="utf-8")


@pytest.mark.parametrize("form", list(SYNTAXES))
def test_the_catalogue_in_every_syntax_is_what_portals_take(desk: Desk, form: str) -> None:
    freeze(desk, "2026.9", "2026-09-01")
    freeze(desk, "2026.10", "2026-10-01", previous="2026.9")
    found = parsed(entity.catalog(desk, ask("/catalog", form)), form)
    assert list(findings(found)) == []
    releases = [URIRef(f"{BASE}releases/{version}") for version in ("2026.9", "2026.10")]
    assert set(found.objects(CATALOGUE, DCAT.dataset)) == {DATASET, *releases}
    assert str(found.value(releases[0], DCTERMS.issued)) == "2026-09-01"
    assert found.value(URIRef(f"{BASE}releases"), DCAT.last) == releases[1], "the version after 9 is 10"
    service = found.value(predicate=RDF.type, object=DCAT.DataService)
    assert found.value(service, DCAT.endpointURL) == URIRef("http://h:1/kg/sparql")
    distribution = found.value(releases[0], DCAT.distribution)
    assert found.value(distribution, DCAT.downloadURL) == URIRef("http://h:1/kg/releases/2026.9/a.csv")


def test_the_catalogue_lists_a_release_as_soon_as_it_is_there(desk: Desk) -> None:
    first = entity.catalog(desk, ask("/catalog")).body
    assert entity.catalog(desk, ask("/catalog")).body is first, "made once"
    freeze(desk, "2026.9", "2026-09-01")
    assert b"releases/2026.9>" in entity.catalog(desk, ask("/catalog")).body
    freeze(desk, "2026.8", "2026-08-01", dataset="https://example.org/releases/2026.8")
    assert b"2026.8" not in entity.catalog(desk, ask("/catalog")).body, "a release of another graph"


def test_catalogues_for_many_addresses_are_not_all_kept(desk: Desk) -> None:
    for number in range(3 * entity_catalog.KEPT):
        entity.catalog(desk, replace(ask("/catalog"), origin=f"http://h{number}"))
    assert len(desk.cached("catalogues", dict)) <= entity_catalog.KEPT


def test_published_files_stand_at_their_addresses_here(desk: Desk, graph: Build) -> None:
    assert desk.build is not None
    publish(graph, desk.build.path.parent.parent / "publish")
    found = parsed(entity.catalog(desk, ask("/catalog")))
    assert list(findings(found)) == []
    urls = {str(found.value(one, DCAT.downloadURL)) for one in found.objects(DATASET, DCAT.distribution)}
    assert "http://h:1/kg/downloads/dortmund.nq" in urls
    page = entity.catalog(desk, ask("/catalog", "html")).body.decode()
    assert 'href="/kg/downloads/dortmund.nq"' in page
    counted = parsed(void.page(desk, ask("/.well-known/void")))
    assert int(str(counted.value(DATASET, VOID.triples))) > 10_000
    for form in ("nt", "rdf", "jsonld", "json"):
        assert len(parsed(void.page(desk, ask("/.well-known/void", form)), form)) == len(counted)


def test_without_a_publication_void_says_what_the_build_has_counted(desk: Desk, graph: Build) -> None:
    found = parsed(void.page(desk, ask("/.well-known/void")))
    assert found.value(DATASET, VOID.triples) is None, "distinct triples of all graphs are not known"
    for name, triples in graph.record["graphs"].items():
        pattern = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
        asked = desk.store.query(pattern, {"g": ox.NamedNode(name)})
        assert int(str(found.value(URIRef(name), VOID.triples))) == triples == int(asked.rows[0][0].value)  # type: ignore[union-attr]
    parts = {
        str(found.value(part, VOID["class"])): int(str(found.value(part, VOID.entities))) for part in found.objects(DATASET, VOID.classPartition)
    }
    assert parts == graph.record["classes"]
    assert found.value(DATASET, VOID.sparqlEndpoint) == URIRef("http://h:1/kg/sparql")


def test_pages_are_where_browsers_are_sent(desk: Desk) -> None:
    assert void.page(desk, ask("/.well-known/void", "html")).headers["Location"] == "/kg/catalog"
    assert void.dataset(desk, ask("/dataset", "html")).headers["Location"] == "/kg/"
    for form in SYNTAXES:
        reply = void.dataset(desk, ask("/dataset", form))
        assert (reply.status, reply.headers["Location"]) == (303, f"/kg/catalog?format={form}")


def test_the_context_never_changes_under_its_address(desk: Desk) -> None:
    reply = void.context(desk, ask("/context/1.jsonld", "jsonld", name="1.jsonld"))
    assert reply.media_type == "application/ld+json"
    assert "immutable" in reply.headers["Cache-Control"]
    assert "@context" in json.loads(reply.body)
    for name in ("2.jsonld", "../inno.ttl", ""):
        with pytest.raises(NotFoundError):
            void.context(desk, ask("/context/x", "jsonld", name=name))


def test_a_graph_without_a_record_has_a_catalogue_all_the_same(desk: Desk) -> None:
    bare = replace(desk, build=None, _made={})
    found = parsed(entity.catalog(bare, ask("/catalog")))
    assert (DATASET, RDF.type, DCAT.Dataset) in found
    assert (DATASET, RDF.type, VOID.Dataset) in parsed(void.page(bare, ask("/.well-known/void")))


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_page_says_what_there_is_and_what_to_do(desk: Desk, lang: str) -> None:
    page = entity.catalog(desk, ask("/catalog", "html", lang)).body.decode()
    text = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert {"de": "kg release macht eines", "en": "kg release makes one"}[lang] in text
    assert {"de": "kg publish schreibt sie", "en": "kg publish writes them"}[lang] in text
    assert {"de": "Zusammenarbeit", "en": "collaboration"}[lang] in text
    freeze(desk, "2026.9", "2026-09-01", title={"de": "<script>alert(1)</script>"})
    page = entity.catalog(desk, ask("/catalog", "html", lang)).body.decode()
    assert "/kg/releases/2026.9" in page
    assert "<script>alert" not in page


def test_over_http_each_client_gets_its_syntax(portal: Served) -> None:
    for path in ("/catalog", "/.well-known/void"):
        for media in ("text/turtle", "application/ld+json", "application/rdf+xml", "application/n-triples"):
            answer = portal.get(path, headers={"Accept": f"{media}, */*;q=0.1"})
            assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, media)
            assert "Accept" in answer.headers["vary"]
    assert portal.get("/catalog", headers={"Accept": "text/html"}).text.startswith("<!doctype html>")
    assert portal.get("/catalog", headers={"Accept": "image/png"}).status_code == 406
    answer = portal.get("/dataset", headers={"Accept": "text/turtle"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/catalog?format=ttl")
    answer = portal.get("/context/1.jsonld")
    assert "immutable" in answer.headers["cache-control"]
    assert portal.get("/context/9.jsonld").status_code == 404
