"""VoID, catalogue, manifest and README say what is there."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import rdflib
from rdflib import DCTERMS, FOAF, RDF, SKOS, VOID, URIRef

from kg.build import Build, build
from kg.config import SourceSettings
from kg.config.catalogue import CatalogueSettings
from kg.engine.duckdb import DuckDB
from kg.namespaces import INNO
from kg.namespaces import RDF as KG_RDF
from kg.publish import Publication, publish
from kg.publish.catalogue import Download, describe
from kg.publish.catalogue import void as write_void
from kg.publish.counts import Counts, PropertyCount, Tally
from kg.publish.nquads import in_order
from kg.publish.stream import by_subject
from kg.quads import Quad, iri, literal, read_parquet, write_parquet
from kg.store import Store, Table
from tests.sources.folders import entity, relation, source, write_folder

BASE = "https://w3id.org/innokg/"
DATASET = URIRef(f"{BASE}dataset")
DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")
XSD = rdflib.Namespace("http://www.w3.org/2001/XMLSchema#")
SPDX = rdflib.Namespace("http://spdx.org/rdf/terms#")
VCARD = rdflib.Namespace("http://www.w3.org/2006/vcard/ns#")


@pytest.fixture(scope="module")
def void(folder: Path) -> rdflib.Graph:
    return rdflib.Graph().parse(folder / "void.ttl")


@pytest.fixture(scope="module")
def catalogue(folder: Path) -> rdflib.Graph:
    return rdflib.Graph().parse(folder / "catalog.ttl")


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    """The publication of a folder without settings: no title, licence, publisher, contact or date."""
    root = tmp_path_factory.mktemp("bare")
    entities = [entity("p", "Project"), entity("a", "Institution"), entity("b", "Institution")]
    relations = [relation("p", "hasParticipant", "a", role="Partner"), relation("p", "coordinatedBy", "b")]
    return publish(build([write_folder(root / "my-city", [source("s1")], entities, relations)], root / "build"), root / "publish")


def table(store: Store, query: str) -> list[list[Any]]:
    answer = store.query(query)
    assert isinstance(answer, Table)
    return [[cell.value for cell in row if cell is not None] for row in answer.rows]


def number(graph: rdflib.Graph, subject: Any, predicate: URIRef) -> int:
    return int(str(graph.value(subject, predicate)))


def test_void_totals_are_those_of_sparql(void: rdflib.Graph, store: Store, graph: Build) -> None:
    total = table(store, "SELECT (COUNT(*) AS ?n) (COUNT(DISTINCT ?s) AS ?m) { SELECT DISTINCT ?s ?p ?o { ?s ?p ?o } }")[0]
    assert [number(void, DATASET, predicate) for predicate in (VOID.triples, VOID.distinctSubjects)] == [int(value) for value in total]
    # Not by SPARQL: Oxigraph takes an xsd:nonNegativeInteger for an xsd:integer.
    assert number(void, DATASET, VOID.distinctObjects) == len({quad.term for quad in read_parquet(graph.parquet)})
    entities = table(store, f'SELECT (COUNT(DISTINCT ?s) AS ?n) {{ ?s ?p ?o FILTER (STRSTARTS(STR(?s), "{BASE}id/")) }}')
    assert number(void, DATASET, VOID.entities) == int(entities[0][0])
    assert str(void.value(DATASET, VOID.uriSpace)) == f"{BASE}id/"


def test_void_partitions_are_those_of_sparql(void: rdflib.Graph, store: Store) -> None:
    classes = {str(void.value(part, VOID["class"])): number(void, part, VOID.entities) for part in void.objects(DATASET, VOID.classPartition)}
    assert classes == {row[0]: int(row[1]) for row in table(store, "SELECT ?c (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c } GROUP BY ?c")}
    columns = (VOID.triples, VOID.distinctSubjects, VOID.distinctObjects)
    properties = {
        str(void.value(part, VOID.property)): [number(void, part, column) for column in columns]
        for part in void.objects(DATASET, VOID.propertyPartition)
    }
    asked = "SELECT ?p (COUNT(*) AS ?n) (COUNT(DISTINCT ?s) AS ?m) (COUNT(DISTINCT ?o) AS ?k) { SELECT DISTINCT ?s ?p ?o { ?s ?p ?o } } GROUP BY ?p"
    assert properties == {row[0]: [int(value) for value in row[1:]] for row in table(store, asked)}
    assert number(void, DATASET, VOID.classes) == len(classes)
    assert number(void, DATASET, VOID.properties) == len(properties)


def test_void_links_and_graphs_are_those_of_sparql(void: rdflib.Graph, store: Store, graph: Build) -> None:
    linksets = list(void.subjects(RDF.type, VOID.Linkset))
    assert linksets
    for links in linksets:
        target, predicate = void.value(links, VOID.objectsTarget), void.value(links, VOID.linkPredicate)
        space = void.value(target, VOID.uriSpace)
        asked = f'SELECT (COUNT(*) AS ?n) {{ SELECT DISTINCT ?s ?o {{ ?s <{predicate}> ?o FILTER (isIRI(?o) && STRSTARTS(STR(?o), "{space}")) }} }}'
        assert number(void, links, VOID.triples) == int(table(store, asked)[0][0])
        assert void.value(links, VOID.subjectsTarget) == DATASET
    spaces = {str(void.value(void.value(links, VOID.objectsTarget), VOID.uriSpace)) for links in linksets}
    assert {"https://ror.org/", "http://www.wikidata.org/entity/", "https://cordis.europa.eu/project/id/"} <= spaces
    for name, quads in graph.record["graphs"].items():
        assert number(void, URIRef(name), VOID.triples) == quads


def test_void_of_two_graphs_is_that_of_sparql(void: rdflib.Graph, store: Store) -> None:
    """Each graph by itself: its triples, and the things of each class in it."""
    for name in ("dortmund", "codes"):
        graph = URIRef(f"{BASE}graph/{name}")
        assert (DATASET, VOID.subset, graph) in void
        asked = table(store, f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}")
        assert number(void, graph, VOID.triples) == int(asked[0][0])
        parts = {str(void.value(part, VOID["class"])): number(void, part, VOID.entities) for part in void.objects(graph, VOID.classPartition)}
        classes = table(store, f"SELECT ?c (COUNT(DISTINCT ?s) AS ?n) {{ GRAPH <{graph}> {{ ?s a ?c }} }} GROUP BY ?c")
        assert parts == {row[0]: int(row[1]) for row in classes}
        assert number(void, graph, VOID.classes) == len(parts)


def test_void_names_where_to_begin_and_both_ends_of_links(void: rdflib.Graph, store: Store) -> None:
    roots = set(void.objects(DATASET, VOID.rootResource))
    assert roots
    assert roots <= set(void.objects(DATASET, VOID.exampleResource))
    for links in void.subjects(RDF.type, VOID.Linkset):
        assert len(set(void.objects(links, VOID.target))) == 2
    features = {str(one).rsplit("/", 1)[1] for one in void.objects(DATASET, VOID.feature)}
    assert features == {"N-Quads", "Turtle", "JSON-LD"}
    assert void.value(DATASET, VOID.sparqlEndpoint) is None, "the settings name no endpoint"


def test_void_names_the_endpoint_and_dumps_of_a_release(graph: Build, publication: Publication) -> None:
    """Packed dumps are dumps as well; tables are none."""
    made = Counts(3, 2, 1, 1, 1, {INNO.Project: 1}, [], {"": 1}, {}, [], {}, {})
    said = SourceSettings("x", catalogue=CatalogueSettings(endpoint="https://example.org/sparql"))
    about = describe(graph, "2026.11", "2026-11-23", settings=said)
    kinds = {"x.trig": "TriG", "x.rdf": "RDF_XML", "x.nt": "N-Triples", "x.nq.gz": "N-Quads"}
    files = [Download(name, about.address(name), "", "", 1, "") for name in (*kinds, "x.csv", "x.parquet", "README.txt")]
    void = rdflib.Graph().parse(data=write_void(about, made, {}, files))
    me = URIRef(about.dataset)
    assert {str(one).rsplit("/", 1)[1] for one in void.objects(me, VOID.dataDump)} == set(kinds)
    assert {str(one).rsplit("/", 1)[1] for one in void.objects(me, VOID.feature)} == set(kinds.values())
    assert str(void.value(me, VOID.sparqlEndpoint)) == "https://example.org/sparql"
    assert str(void.value(me, URIRef("http://www.w3.org/ns/dcat#version"))) == "2026.11"
    assert len(list(void.objects(me, DCTERMS.title))) == 2


def test_void_names_examples_dumps_and_vocabularies(void: rdflib.Graph, folder: Path, store: Store) -> None:
    examples = {str(example) for example in void.objects(DATASET, VOID.exampleResource)}
    assert f"{BASE}id/project/t-factor" in examples
    for example in examples:
        assert table(store, f"SELECT ?c {{ <{example}> a ?c }}")
    dumps = {str(dump).removeprefix(f"{BASE}data/") for dump in void.objects(DATASET, VOID.dataDump)}
    assert dumps == {"dortmund.nq", "dortmund.ttl", "dortmund.jsonld"}
    assert all((folder / name).is_file() for name in dumps)
    assert {f"{BASE}ontology#", "http://www.w3.org/ns/org#"} <= {str(name) for name in void.objects(DATASET, VOID.vocabulary)}


def test_counts_hold_with_a_triple_in_two_graphs(tmp_path: Path) -> None:
    """Whole: each triple once; graph by graph: each where it stands; equal text of another datatype is another object."""
    rows = [
        Quad("https://x.org/id/a", KG_RDF.type, *iri(INNO.Project), "https://x.org/g1", "t#1"),
        Quad("https://x.org/id/a", KG_RDF.type, *iri(INNO.Project), "https://x.org/g1", "t#9"),
        Quad("https://x.org/id/a", KG_RDF.type, *iri(INNO.Project), "https://x.org/g2", "t#1"),
        Quad("https://x.org/id/b", KG_RDF.type, *iri(INNO.Project), "https://x.org/g2", "t#2"),
        Quad("https://x.org/id/b", KG_RDF.type, *iri(INNO.Place), "https://x.org/g2", "t#2"),
        Quad("https://x.org/id/b", INNO.acronym, *literal("1"), "https://x.org/g2", "t#2"),
        Quad("https://x.org/id/b", INNO.acronym, *literal("1", language="de"), "https://x.org/g2", "t#2"),
        Quad("https://x.org/y", INNO.partOf, *iri("https://x.org/id/a"), "https://x.org/g2", "t#2"),
    ]
    write_parquet(rows, tmp_path / "quads.parquet")
    with DuckDB() as engine:
        quads, tally = engine.quads([tmp_path / "quads.parquet"]), Tally("https://x.org/id/")
        for batch in by_subject(engine, quads):
            tally.add(in_order(batch)[0])
        counts = tally.counts(engine, quads, (INNO.Project,))
    assert (counts.quads, counts.triples, counts.subjects, counts.objects, counts.entities) == (7, 6, 3, 5, 2)
    assert counts.classes == {INNO.Project: 2, INNO.Place: 1}
    assert counts.graphs == {"https://x.org/g1": 1, "https://x.org/g2": 6}
    assert counts.classes_by_graph["https://x.org/g2"] == {INNO.Project: 2, INNO.Place: 1}
    assert PropertyCount(KG_RDF.type, 3, 2, 2) in counts.properties
    assert PropertyCount(INNO.acronym, 2, 1, 2) in counts.properties
    assert counts.examples == {INNO.Project: "https://x.org/id/a"}


def test_catalogue_has_what_dcat_ap_asks_for(catalogue: rdflib.Graph, folder: Path) -> None:
    """DCAT-AP 3.0.1: mandatory properties; each language once; every linked resource of a fixed range carries its class in the file."""
    catalog = catalogue.value(predicate=RDF.type, object=DCAT.Catalog)
    assert set(catalogue.objects(catalog, DCAT.dataset)) == {DATASET}
    for thing in (catalog, DATASET):
        for predicate in (DCTERMS.title, DCTERMS.description):
            assert sorted(str(text.language) for text in catalogue.objects(thing, predicate) if isinstance(text, rdflib.Literal)) == ["de", "en"]
        assert len(list(catalogue.objects(thing, DCTERMS.publisher))) == 1
    publisher = catalogue.value(DATASET, DCTERMS.publisher)
    assert (publisher, RDF.type, FOAF.Agent) in catalogue
    assert catalogue.value(publisher, FOAF.name)
    ranges = {
        DCTERMS.license: DCTERMS.LicenseDocument,
        DCTERMS.language: DCTERMS.LinguisticSystem,
        DCTERMS.format: DCTERMS.MediaTypeOrExtent,
        DCTERMS.conformsTo: DCTERMS.Standard,
        DCTERMS.rights: DCTERMS.RightsStatement,
        DCTERMS.provenance: DCTERMS.ProvenanceStatement,
        DCTERMS.publisher: FOAF.Agent,
        DCAT.mediaType: DCTERMS.MediaType,
        DCAT.theme: SKOS.Concept,
        DCAT.contactPoint: VCARD.Kind,
        DCAT.landingPage: FOAF.Document,
        DCAT.distribution: DCAT.Distribution,
        FOAF.homepage: FOAF.Document,
        SPDX.checksum: SPDX.Checksum,
        SPDX.algorithm: SPDX.ChecksumAlgorithm,
    }
    for predicate, kind in ranges.items():
        objects = set(catalogue.objects(None, predicate))
        assert objects, predicate
        assert all((thing, RDF.type, kind) in catalogue for thing in objects), predicate
    modified = catalogue.value(DATASET, DCTERMS.modified)
    assert isinstance(modified, rdflib.Literal)
    assert (str(modified), modified.datatype) == ("2026-11-22", XSD.date)


def test_distributions_are_the_files(catalogue: rdflib.Graph, folder: Path) -> None:
    names = set()
    for distribution in catalogue.objects(DATASET, DCAT.distribution):
        assert len(list(catalogue.objects(distribution, DCAT.accessURL))) == 1
        assert len(list(catalogue.objects(distribution, DCTERMS.license))) == 1
        path = folder / str(catalogue.value(distribution, DCAT.downloadURL)).removeprefix(f"{BASE}data/")
        names.add(path.name)
        size = catalogue.value(distribution, DCAT.byteSize)
        assert isinstance(size, rdflib.Literal)
        assert (int(str(size)), size.datatype) == (path.stat().st_size, XSD.nonNegativeInteger)
        checksum = catalogue.value(distribution, SPDX.checksum)
        assert str(catalogue.value(checksum, SPDX.checksumValue)) == hashlib.sha256(path.read_bytes()).hexdigest()
    assert {"dortmund.nq", "dortmund.ttl", "dortmund.jsonld", "incidence.csv", "network.graphml", "network.gexf"} <= names


def test_manifest_lists_every_file_with_its_checksum(folder: Path, publication: Publication, graph: Build) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest == publication.manifest
    assert {entry["name"] for entry in manifest["files"]} | {"manifest.json"} == {path.name for path in folder.iterdir()}
    for entry in manifest["files"]:
        data = (folder / entry["name"]).read_bytes()
        assert (entry["bytes"], entry["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
        assert entry["license"] == ["https://creativecommons.org/licenses/by/4.0/"]
    assert manifest["build"] == graph.id
    assert manifest["quads"] == graph.record["quads"]
    assert {name: part["quads"] for name, part in manifest["graphs"].items()} == graph.record["graphs"]
    assert all(manifest["classes"][name] == number for name, number in graph.record["classes"].items())
    assert manifest["inputs"] == graph.record["inputs"]
    assert manifest["method"]["level"] == "merged"
    assert manifest["sampling_frames"]["dortmund"]["kind"] == "ego-sampled"


def test_manifest_counts_what_is_in_the_files(folder: Path, publication: Publication) -> None:
    entries = {entry["name"]: entry for entry in publication.manifest["files"]}
    assert entries["dortmund.nq"]["quads"] == len((folder / "dortmund.nq").read_text(encoding="utf-8").split(" .\n")) - 1
    for name in ("incidence.csv", "nodes.csv", "edges.csv", "codebook.csv"):
        assert entries[name]["rows"] == len((folder / name).read_bytes().split(b"\r\n")) - 2
    assert entries["network.gexf"]["nodes"] == entries["network.graphml"]["nodes"] == entries["nodes.csv"]["rows"]


def test_no_run_time_and_no_folder_of_this_machine(folder: Path, graph: Build) -> None:
    for path in folder.iterdir():
        text = path.read_text(encoding="utf-8")
        assert graph.record["created"] not in text, path.name
        assert str(graph.path.parents[2]) not in text, path.name


def test_readme_names_every_file_in_both_languages(folder: Path) -> None:
    text = (folder / "README.txt").read_text(encoding="utf-8")
    for path in folder.iterdir():
        assert text.count(f"  {path.name} ") == 2, path.name
    for words in ("ZITIEREN", "HOW TO CITE", "creativecommons.org", "1/(k−1)", "ego-sampled"):
        assert words in text


def test_ontology_and_context_are_the_shipped_ones(folder: Path) -> None:
    root = Path(__file__).resolve().parents[2] / "ontology"
    for name, origin in (("ontology.ttl", "inno.ttl"), ("alignments.ttl", "alignments.ttl"), ("context.jsonld", "context.jsonld")):
        assert (folder / name).read_bytes() == (root / origin).read_bytes()


def test_what_is_not_known_is_left_out(bare: Publication) -> None:
    catalogue = rdflib.Graph().parse(bare.path / "catalog.ttl")
    assert str(catalogue.value(DATASET, DCTERMS.title)) == "my-city"
    assert catalogue.value(DATASET, DCTERMS.description)
    for predicate in (DCTERMS.license, DCTERMS.modified, DCTERMS.publisher, DCAT.contactPoint, DCTERMS.provenance, DCTERMS.temporal):
        assert catalogue.value(DATASET, predicate) is None
    assert bare.manifest["state"] is None
    assert {file.name for file in bare.files} >= {"my-city.nq", "network.gexf"}
    gexf = (bare.path / "network.gexf").read_text(encoding="utf-8")
    assert "<meta>" in gexf
    readme = (bare.path / "README.txt").read_text(encoding="utf-8")
    assert "None stated." in readme
    assert "State" not in readme
    entries = {entry["name"]: entry["license"] for entry in bare.manifest["files"]}
    assert entries["incidence.csv"] == []
    assert entries["ontology.ttl"] == ["https://creativecommons.org/licenses/by/4.0/"]
