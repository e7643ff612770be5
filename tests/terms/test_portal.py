"""`/ontology` and `/ontology/<version>` in the portal: the page in both languages, four syntaxes, 404 with a list; what FOOPS! asks of the addresses."""

from __future__ import annotations

import pytest
from rdflib import Graph
from rdflib.compare import isomorphic
from rdflib.namespace import OWL, RDF

from kg.build import Build
from kg.portal import entity_ontology
from kg.portal.desk import Desk
from kg.portal.page import Reply, Request
from kg.portal.settings import PortalSettings
from kg.resources import root
from tests.terms.test_pages import Document

FORMATS = {"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld", "nt": "nt", "json": "json-ld"}


@pytest.fixture(scope="module")
def desk(both: Build) -> Desk:
    return Desk.open(PortalSettings(), both.path)


def ask(desk: Desk, path: str, lang: str = "en", form: str = "html", root: str = "", *, chosen: bool = False) -> Reply:
    version = path.removeprefix("/ontology").strip("/")
    names = {"version": version} if version else {}
    return entity_ontology.reply(desk, Request("entity:ontology", path, names, {}, lang, chosen, form, "http://h", root))


@pytest.mark.parametrize("path", ["/ontology", "/ontology/1.0.0"])
@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_page(desk: Desk, path: str, lang: str) -> None:
    reply = ask(desk, path, lang, root="/kg")
    assert reply.status == 200
    document = Document(reply.body.decode())
    assert {"Participation", "participant", "code-participation-role-partner", "main"} <= set(document.ids)
    assert len(document.ids) == len(set(document.ids))
    assert {link[1:] for link in document.links if link.startswith("#")} <= set(document.ids)
    assert "/kg/questions/award-won" in document.links
    assert "/kg/ontology/1.0.0.ttl" in document.links
    assert all(link.startswith(("#", "/kg", "http://", "https://")) for link in document.links), "behind a proxy, too"
    text = document.read(lang)
    assert ("Auswahl seiner Quellen" if lang == "de" else "Selection of its sources") in text, "the sampling frame stands beside the numbers"
    assert "style" not in document.attributes


def test_the_language_is_kept(desk: Desk) -> None:
    assert "/questions/award-won?lang=de" in Document(ask(desk, "/ontology", "de", chosen=True).body.decode()).links
    assert "/questions/award-won" in Document(ask(desk, "/ontology", "de").body.decode()).links


@pytest.mark.parametrize("path", ["/ontology", "/ontology/1.0.0"])
@pytest.mark.parametrize("form", FORMATS)
def test_the_ontology_in_each_format(desk: Desk, path: str, form: str) -> None:
    """FOOPS! URI1, VER2, CN1, RDF1, URI2: both addresses answer with the ontology whose IRI they are (or whose version)."""
    reply = ask(desk, path, form=form)
    graph = Graph().parse(data=reply.body, format=FORMATS[form])
    assert isomorphic(graph, Graph().parse(root() / "ontology" / "inno.ttl"))
    assert [str(one) for one in graph.subjects(RDF.type, OWL.Ontology)] == ["https://w3id.org/innokg/ontology"]
    assert 'rel="canonical"' in reply.headers["Link"]
    assert '<https://creativecommons.org/licenses/by/4.0/>; rel="license"' in reply.headers["Link"]


def test_suffixes(desk: Desk) -> None:
    for suffix, media in (("ttl", "text/turtle"), ("rdf", "application/rdf+xml"), ("jsonld", "application/ld+json"), ("nt", "application/n-triples")):
        reply = ask(desk, f"/ontology/1.0.0.{suffix}")
        assert reply.status == 200
        assert reply.media_type.startswith(media)


@pytest.mark.parametrize("path", ["/ontology/0.9.0", "/ontology/1.0.0x", "/ontology/latest", "/ontology/9.9.9.ttl", "/ontology/<script>"])
@pytest.mark.parametrize("form", ["html", "ttl"])
def test_a_version_that_is_not_here(desk: Desk, path: str, form: str) -> None:
    reply = ask(desk, path, "de", form)
    assert reply.status == 404
    assert b"/ontology/1.0.0" in reply.body
    assert b"<script>" not in reply.body or reply.media_type == "application/json"


def test_a_graph_with_another_version_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "andere Version" not in ask(desk, "/ontology", "de").body.decode()
    desk._made.clear()
    monkeypatch.setattr(entity_ontology, "_version_of_graph", lambda _: "0.9.0")
    assert "anderen Version der Ontologie gebaut: 0.9.0" in ask(desk, "/ontology", "de").body.decode()
    desk._made.clear()


def test_a_large_graph_is_not_counted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk._made.clear()
    monkeypatch.setattr(entity_ontology, "COUNTED", 10)
    text = ask(desk, "/ontology", "en").body.decode()
    assert "Uses of terms are not counted here" in text
    assert "<dt>Uses</dt>" not in text
    desk._made.clear()
