"""What a site holds: pages that say what the graph says and who says so, links that lead somewhere, data beside them; whole or not at all."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pyoxigraph as ox
import pytest

from kg.quads import Term
from kg.site.graph import Graph, read_graph
from kg.site.reader import Reader
from kg.site.things import things
from kg.store import Table, open_store
from tests.site.conftest import ADDRESS, ADDRESSES, FORMULA, MARKUP, Read, broken

ROOT = Path(__file__).resolve().parents[2]
T_FACTOR = "doc/project/t-factor.html"
SFS = "doc/organisation/sozialforschungsstelle.html"


# --- links --------------------------------------------------------------------------------------------------------------------


def test_every_link_leads_to_a_file_of_the_site(dortmund: Read) -> None:
    assert len(dortmund.pages) > 1500
    assert broken(dortmund) == {}


def test_links_hold_on_hostile_names(hostile: Read) -> None:
    assert broken(hostile) == {}


def test_a_broken_link_would_be_found(dortmund: Read, tmp_path: Path) -> None:
    shutil.copytree(dortmund.path, tmp_path / "copy")
    page = tmp_path / "copy" / T_FACTOR
    page.write_text(page.read_text().replace("../organisation/anci-toscana.html", "../organisation/anci-toscanaa.html"))
    spoilt = Read(type(dortmund.written)(tmp_path / "copy", 0, 0, 0, ()), dortmund.build)
    assert broken(spoilt) == {"../organisation/anci-toscanaa.html": T_FACTOR}


# --- pages --------------------------------------------------------------------------------------------------------------------


def test_everything_has_a_page_in_both_languages_and_its_data(dortmund: Read) -> None:
    graph = read_graph(dortmund.build.parquet)
    paths = set(things(graph, dortmund.build.base).values())
    assert {
        "project/t-factor",
        "organisation/sozialforschungsstelle",
        "document/wiki-sfs",
        "award/icapital-award",
        "code-topic/thema-arbeitsmarktintegration",
    } <= paths
    for path in paths:
        assert {f"doc/{path}.html", f"doc/{path}.de.html", f"data/{path}.ttl"} <= dortmund.files
    store = open_store(dortmund.build.store)
    result = store.query(
        "SELECT DISTINCT ?x WHERE { VALUES ?k { inno:Initiative inno:Organisation inno:Place inno:Document } ?c rdfs:subClassOf* ?k . ?x a ?c }"
    )
    assert isinstance(result, Table)
    named = {graph.terms[thing] for thing in things(graph, dortmund.build.base)}
    assert len(result.rows) > 700
    assert {row[0].value for row in result.rows if row[0] is not None} <= named
    store.close()


@pytest.mark.parametrize(
    ("lang", "file", "words"),
    [
        (
            "en",
            T_FACTOR,
            (
                "T-Factor",
                "Sources contradict each other (1)",
                "declared size",
                "more independent publishers say so: 2 against 1",
                "ANCI Toscana",
                "coordinator",
            ),
        ),
        (
            "de",
            "doc/project/t-factor.de.html",
            ("Quellen widersprechen einander (1)", "bestritten", "Koordination", "abgerufen 22.11.2026", "Sinngemäß"),
        ),
        ("en", SFS, ("Social Research Centre Dortmund", "Takes part in", "T-Factor", "Most shared projects", "Evinger Platz 17, 44339 Dortmund")),
        ("en", "doc/document/wiki-sfs.html", ("What this document attests", "Wikipedia")),
        ("de", "doc/place/dortmund.de.html", ("Koordinaten", "51,513889; 7,465278", "Hier ansässig")),
    ],
)
def test_a_page_says_what_is_known_and_who_says_so(dortmund: Read, lang: str, file: str, words: tuple[str, ...]) -> None:
    page = dortmund.pages[file]
    assert page.found[0] == ("html", {"lang": lang})
    text = re.sub(r"\s+", " ", "".join(page.text))
    for word in words:
        assert word in text, word


def test_both_values_of_a_contradiction_stand_with_their_sources(dortmund: Read) -> None:
    section = dortmund.text(T_FACTOR).partition('<section id="contradictions"')[2].partition("</section>")[0]
    sides = re.findall(r'<li class="side"><span class="value">(\d+)</span> <span class="status (\w+)">.*?</li>', section)
    assert sides == [("25", "accepted"), ("24", "disputed")]
    for number in re.findall(r'href="#s(\d+)"', section):
        note = dortmund.text(T_FACTOR).partition(f'<li id="s{number}">')[2].partition("</li>")[0]
        assert "../document/" in note, "a note names its document"


def test_nothing_runs_or_loads_from_elsewhere(dortmund: Read, hostile: Read) -> None:
    """The policy of the pages, and what would break it: scripts and styles inside, handlers, requests to others."""
    for read in (dortmund, hostile):
        for name, page in read.pages.items():
            if name.startswith("ontology/"):
                continue
            policy = next(attributes["content"] for tag, attributes in page.found if attributes.get("http-equiv") == "Content-Security-Policy")
            assert policy.startswith("default-src 'none'; ")
            assert "unsafe" not in policy
            for tag, attributes in page.found:
                assert not any(one.startswith("on") or one == "style" for one in attributes), (name, tag, attributes)
                assert tag not in ("style", "iframe", "object", "embed", "base"), name
                assert tag != "script" or "src" in attributes or attributes.get("type") == "application/ld+json", name
                loads = attributes.get("src", "") or (
                    attributes.get("href", "") if tag == "link" and attributes.get("rel") in ("stylesheet", "icon") else ""
                )
                assert not re.match(r"[a-z]+:|//", loads), (name, loads)
                for one in ADDRESSES:
                    assert re.match(r"https?://|mailto:|(?![a-z]+:)", attributes.get(one, "")), (name, attributes)


def test_hostile_names_are_text(hostile: Read) -> None:
    page = hostile.pages["doc/organisation/example-university.html"]
    assert MARKUP in "".join(page.text)
    assert not any(tag == "img" for tag, _ in page.found)
    for name in ("index.html", "network.html", "ties.html", "map.html", "list/organisation.html", "questions/index.html"):
        assert not any(attributes.get("src") == "x" for _, attributes in hostile.pages[name].found), name
    assert "</script>" not in hostile.text("search-index.js")
    for name in hostile.files:
        if name.startswith("questions/") and name.endswith(".csv"):
            assert not re.search(r'(?m)(?:^|,)"?=', hostile.text(name)), name
    assert any(
        f"'{FORMULA}".replace('"', '""') in hostile.text(name) for name in hostile.files if name.startswith("questions/") and name.endswith(".csv")
    )


def test_an_address_that_would_run_is_no_link() -> None:
    """`javascript:` cannot come through the tables; as RDF it could."""
    graph = Graph(
        ["https://x.org/a", "javascript:alert(1)", '"\x01http://www.w3.org/2001/XMLSchema#anyURI\x01javascript:alert(1)'],
        np.zeros((4, 0), dtype=np.int32),
    )
    reader = Reader(graph, "en", {}, "https://w3id.org/innokg/")
    assert reader.link(1) == "javascript:alert(1)"
    assert "href" not in reader.show(2)
    assert "href" in reader.link(0)
    assert "href" not in reader.literal(Term("data:text/html,x", "literal", "http://www.w3.org/2001/XMLSchema#anyURI"))


def test_a_name_without_a_language_is_marked() -> None:
    terms = ["https://x.org/a", "http://www.w3.org/2004/02/skos/core#prefLabel", '"\x01http://www.w3.org/2001/XMLSchema#string\x01Name', "g"]
    reader = Reader(Graph(terms, np.array([[0], [1], [2], [3]], dtype=np.int32)), "en", {}, "https://w3id.org/innokg/")
    assert reader.name(0) == "Name"
    assert reader.unstated(0)


# --- data ---------------------------------------------------------------------------------------------------------------------


def test_the_data_beside_a_page_are_of_the_graph(dortmund: Read) -> None:
    """Every triple but those about the document itself is in the graph; what is said about the thing itself is complete."""
    store = ox.Store.read_only(str(dortmund.build.store))
    for path in ("project/t-factor", "organisation/sozialforschungsstelle", "place/dortmund", "document/wiki-sfs", "code/topic"):
        document = ox.NamedNode(f"{ADDRESS}data/{path}.ttl")
        body = (dortmund.path / f"data/{path}.ttl").read_bytes()
        triples = {quad.triple for quad in ox.parse(body, format=ox.RdfFormat.TURTLE, base_iri=document.value)}
        me = next(one.object for one in triples if one.subject == document and one.predicate.value.endswith("primaryTopic"))
        assert isinstance(me, ox.NamedNode)
        own = {one for one in triples if one.subject != document}
        assert all(any(store.quads_for_pattern(one.subject, one.predicate, one.object)) for one in own)
        assert {quad.triple for quad in store.quads_for_pattern(me, None, None)} == {one for one in own if one.subject == me}


def test_catalogue_and_void_are_there(dortmund: Read) -> None:
    forms = {"ttl": ox.RdfFormat.TURTLE, "jsonld": ox.RdfFormat.JSON_LD, "rdf": ox.RdfFormat.RDF_XML}
    parsed = {
        form: {str(quad.triple) for quad in ox.parse((dortmund.path / f"catalog.{form}").read_bytes(), format=kind)} for form, kind in forms.items()
    }
    assert parsed["ttl"] == parsed["jsonld"] == parsed["rdf"]
    assert dortmund.text(".well-known/void") == dortmund.text("void.ttl")
    base = dortmund.build.base
    for name in ("catalog.ttl", "void.ttl"):
        graph = ox.Store()
        graph.bulk_load((dortmund.path / name).read_bytes(), ox.RdfFormat.TURTLE)
        for predicate in ("http://www.w3.org/ns/dcat#downloadURL", "http://rdfs.org/ns/void#dataDump"):
            for quad in graph.quads_for_pattern(None, ox.NamedNode(predicate), None):
                assert quad.object.value.removeprefix(base) in dortmund.files, quad  # type: ignore[union-attr]


def test_large_files_are_packed_and_what_the_catalogue_page_says(dortmund: Read) -> None:
    import gzip
    import hashlib

    page = dortmund.text("catalog.html")
    manifest = json.loads(dortmund.text("data/manifest.json"))
    for entry in manifest["files"]:
        if entry["name"] in ("catalog.ttl", "void.ttl"):
            continue
        plain, packed = dortmund.path / "data" / entry["name"], dortmund.path / "data" / f"{entry['name']}.gz"
        assert plain.is_file() != packed.is_file()
        content = plain.read_bytes() if plain.is_file() else gzip.decompress(packed.read_bytes())
        assert hashlib.sha256(content).hexdigest() == entry["sha256"]
        assert packed.is_file() == (entry["bytes"] > 100_000)
        assert hashlib.sha256((plain if plain.is_file() else packed).read_bytes()).hexdigest() in page


def test_the_sitemap_names_every_page(dortmund: Read) -> None:
    tree = ElementTree.fromstring(dortmund.text("sitemap.xml"))
    found = {one.text for one in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")}
    assert found == {ADDRESS + name for name in dortmund.pages if name != "404.html"}
    assert f"Sitemap: {ADDRESS}sitemap.xml" in dortmund.text("robots.txt")


def test_the_index_finds_everything(dortmund: Read) -> None:
    script = dortmund.text("search-index.js")
    entries = json.loads(script.partition('parts["all"]=')[2].rstrip().removesuffix(";"))
    assert {f"doc/{entry[1]}.html" for entry in entries} == {
        name for name in dortmund.files if name.startswith("doc/") and name.endswith(".html") and not name.endswith(".de.html")
    }


def test_every_question_has_a_page_with_an_answer(dortmund: Read) -> None:
    from kg.questions import load_questions

    for question in load_questions():
        text = "".join(dortmund.pages[f"questions/{question.name}.html"].text)
        assert question.title["en"] in text
        assert 'id="answer"' in dortmund.text(f"questions/{question.name}.html"), question.name
        assert f"questions/{question.name}.de.csv" in dortmund.files


def test_every_tie_of_the_picture_has_its_evidence(dortmund: Read) -> None:
    drawn = re.findall(r'href="ties\.html#(tie-\d+)"', dortmund.text("network.html"))
    sections = dict(re.findall(r'<section class="tie" id="(tie-\d+)".*?<tbody>(.*?)</tbody>', dortmund.text("ties.html"), re.DOTALL))
    assert len(set(drawn)) > 30
    for tie in drawn:
        assert "doc/project/" in sections[tie] or "doc/programme/" in sections[tie] or "doc/campaign/" in sections[tie]
