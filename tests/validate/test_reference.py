"""The reference engine: the same results as pySHACL's own, each led back to the rows that make it."""

from __future__ import annotations

from pathlib import Path

import pyshacl
import pytest
from rdflib import RDF, BNode, Dataset, Graph, Literal, Namespace, URIRef
from rdflib.compare import to_isomorphic
from rdflib.term import Node

from kg.build import vocabulary_quads
from kg.config import SourceSettings
from kg.errors import ValidationError
from kg.namespaces import SH
from kg.quads import Quad, iri, literal
from kg.sources.rdf import read_rdf
from kg.validate import Report, to_turtle, validate
from kg.validate.engines import validate_quads
from kg.validate.graphs import validate_graphs
from kg.validate.shapes import load_shapes, shapes_folder, steady_blank_nodes
from kg.validate.union import to_literal
from tests.sources.folders import relation
from tests.validate.base import add_row, rule, small_folder, spoil

SHACL = Namespace(SH[""])
BAD = Path(__file__).parent / "bad.ttl"


def rdflib_dataset(quads: list[Quad]) -> Dataset:
    """Return quads as a plain rdflib data set, as pySHACL's manual shows it."""

    def node(value: str) -> Node:
        return BNode(value[2:]) if value.startswith("_:") else URIRef(value)

    dataset = Dataset(default_union=True)
    for quad in quads:
        graph = dataset.graph(URIRef(quad.graph)) if quad.graph else dataset.default_graph
        graph.add((node(quad.subject), node(quad.predicate), to_literal(quad.term) if quad.kind == "literal" else node(quad.object)))
    return dataset


def facts(graph: Graph) -> set[tuple[str, ...]]:
    """Return focus, path, value, component, shape, severity of each result of a report graph; a blank path by its form."""
    (report,) = graph.subjects(RDF.type, SHACL.ValidationReport)
    names = ("focusNode", "resultPath", "value", "sourceConstraintComponent", "sourceShape", "resultSeverity")
    return {tuple(form(graph, name, graph.value(result, SHACL[name])) for name in names) for result in graph.objects(report, SHACL.result)}


def form(graph: Graph, name: str, node: Node | None) -> str:
    """Return a term as text, a blank path by the hash of what it consists of."""
    if isinstance(node, BNode):
        if name != "resultPath":
            return "blank"
        digest: int = to_isomorphic(graph.cbd(node)).graph_digest()  # type: ignore[no-untyped-call]
        return str(digest)
    return node.n3() if isinstance(node, URIRef | Literal) else ""


@pytest.fixture(scope="module")
def bad() -> list[Quad]:
    """A file that breaks many rules, with the vocabulary."""
    return [*steady_blank_nodes(read_rdf(BAD, "bad.ttl"), "t"), *vocabulary_quads(SourceSettings(name="test"))]


@pytest.fixture(scope="module")
def own(bad: list[Quad]) -> Graph:
    """The report of plain pySHACL: rdflib's data set, rdflib's SPARQL."""
    shapes = Graph()
    for file in sorted(shapes_folder().glob("*.ttl")):
        shapes.parse(file)
    _, graph, _ = pyshacl.validate(rdflib_dataset(bad), shacl_graph=shapes, advanced=True)
    assert isinstance(graph, Graph)
    return graph


def test_the_turtle_report_says_what_pyshacl_says(bad: list[Quad], own: Graph) -> None:
    report = validate_quads(bad)
    graph = Graph().parse(data=to_turtle(report), format="turtle")
    assert facts(graph) == facts(own)
    assert len({result.shape for result in report.results}) >= 20


def test_messages_are_those_of_pyshacl(bad: list[Quad], own: Graph) -> None:
    mine = {text for result in validate_quads(bad).results for text in result.message.values()}
    assert mine == {str(text) for text in own.objects(None, SHACL.resultMessage)} - nested(own)


def nested(graph: Graph) -> set[str]:
    """Return messages of details only."""
    details = set(graph.objects(None, SHACL.detail))
    top = {str(text) for node, text in graph.subject_objects(SHACL.resultMessage) if node not in details}
    return {str(text) for node in details for text in graph.objects(node, SHACL.resultMessage)} - top


def test_order_and_identity_do_not_depend_on_the_order_of_quads(bad: list[Quad]) -> None:
    assert validate_quads(bad) == validate_quads(reversed(bad))


def test_the_language_changes_words_only(bad: list[Quad]) -> None:
    german, english = validate_quads(bad, lang="de"), validate_quads(bad, lang="en")
    assert [result.id for result in german.results] == [result.id for result in english.results]
    assert [result.message for result in german.results] == [result.message for result in english.results]
    assert {result.found for result in german.results} != {result.found for result in english.results}
    assert any(result.expected.startswith("genau ein") for result in german.results)


# --- where a result comes from ------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_folder(tmp_path / "small")


def rows(report: Report, name: str) -> list[tuple[str, int]]:
    return [(Path(place.file).name, place.row) for result in report.results if rule(result) == name for place in result.origin]


def test_a_missing_value_leads_to_the_row_of_the_entity(folder: Path) -> None:
    spoil(folder, "entities", 5, start="", end="", label_en="")
    report = validate([folder])
    assert rows(report, "EventShape-startDate") == [("entities.csv", 5)]
    assert rows(report, "NamedThingShape-labelEn") == [("entities.csv", 5)]


def test_a_wrong_value_leads_to_the_row_that_states_it(folder: Path) -> None:
    """The project's end stands in a row of relations.csv, not in the row of the project."""
    spoil(folder, "entities", 2, end="")
    add_row(folder, "relations", **relation("alpha", "endDate", "", value="2018", source_id="s2"))
    report = validate([folder])
    assert rows(report, "DatedShape-order") == [("entities.csv", 2), ("relations.csv", 7)]
    result = next(result for result in report.results if rule(result) == "DatedShape-order")
    assert result.found == "schema:endDate 2018 (xsd:gYear); schema:startDate 2019 (xsd:gYear)"


def test_several_faults_lead_to_several_rows(folder: Path) -> None:
    spoil(folder, "entities", 2, description_de="")
    spoil(folder, "entities", 3, description_de="")
    spoil(folder, "entities", 5, start="", end="")
    report = validate([folder])
    assert sorted(rows(report, "NamedThingShape-descriptionDe")) == [("entities.csv", 2), ("entities.csv", 3)]
    assert rows(report, "EventShape-startDate") == [("entities.csv", 5)]


def test_a_relation_leads_to_its_row(folder: Path) -> None:
    add_row(folder, "relations", **relation("alpha", "partOf", "tag"))
    found = rows(validate([folder]), "InitiativeShape-partOfCycle")
    assert set(found) == {("relations.csv", 5), ("relations.csv", 7)}


def test_a_node_without_a_name_is_named_by_what_it_links(folder: Path, tmp_path: Path) -> None:
    shapes = tmp_path / "shapes.ttl"
    shapes.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix inno: <https://w3id.org/innokg/ontology#> .\n"
        "<https://example.org/S> a sh:PropertyShape ; sh:targetClass inno:Participation ; sh:path inno:order ; sh:minCount 1 .\n"
    )
    (result,) = validate([folder], shapes=shapes).results
    assert result.focus_label == "alpha – uni"
    assert rows(validate([folder], shapes=shapes), "S") == [("relations.csv", 2)]


def test_derived_statements_have_no_row() -> None:
    thing = "https://example.org/id/place/x"
    inno, skos = "https://w3id.org/innokg/ontology#", "http://www.w3.org/2004/02/skos/core#"
    quads = [
        Quad(thing, str(RDF.type), *iri(f"{inno}Place"), "", "rule:guess"),
        Quad(thing, f"{skos}prefLabel", *literal("X", language="it"), "", "a.csv#7"),
    ]
    report = validate_quads([*quads, *vocabulary_quads(SourceSettings(name="test"))])
    (result,) = (result for result in report.results if rule(result) == "NamedThingShape-evidence")
    assert [str(place) for place in result.origin] == ["a.csv:7"]


# --- shapes of one's own ------------------------------------------------------------------------------------------------------

OWN = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ex: <https://example.org/s#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:severity sh:Warning ; sh:sparql ex:Query ; sh:property [ sh:path ex:q ; sh:maxCount 0 ] .
ex:Query a sh:SPARQLConstraint ;
  sh:message "{$this} hat {?value} statt {?low}."@de , "{$this} has {?value}, not {?low}."@en ;
  sh:select "SELECT $this ?value ?low WHERE { $this <https://example.org/s#p> ?value . BIND(3 AS ?low) FILTER(?value < ?low) }" .
"""


@pytest.fixture
def shapes(tmp_path: Path) -> Path:
    file = tmp_path / "shapes.ttl"
    file.write_text(OWN)
    return file


def thing(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "data.ttl"
    file.write_text(f"@prefix ex: <https://example.org/s#> .\n{text}")
    return file


def test_messages_of_a_query_are_filled_in_both_languages(tmp_path: Path, shapes: Path) -> None:
    file = thing(tmp_path, "ex:a a ex:C ;\n ex:p 2 .\n")
    (result,) = validate([file], shapes=shapes).results
    assert result.message == {"de": "https://example.org/s#a hat 2 statt 3.", "en": "https://example.org/s#a has 2, not 3."}
    assert (result.severity, result.value) == ("Warning", '"2"^^<http://www.w3.org/2001/XMLSchema#integer>')
    assert [place.row for place in result.origin] == [2]


def test_a_blank_shape_goes_by_the_name_of_the_shape_around_it(tmp_path: Path, shapes: Path) -> None:
    file = thing(tmp_path, "ex:a a ex:C ; ex:q 1, 2 .\n")
    (result,) = validate([file], shapes=shapes).results
    assert result.shape == "https://example.org/s#S"
    assert result.found == "1 (xsd:integer); 2 (xsd:integer)"
    assert result.message["de"]


@pytest.mark.parametrize(
    "query", ["SELECT ?x WHERE { ?x a }", "SELECT $this WHERE { $this ?p ?o MINUS { ?a ?b ?c } }"], ids=["syntax", "not allowed"]
)
def test_shapes_that_cannot_be_applied(tmp_path: Path, query: str) -> None:
    shapes = tmp_path / "shapes.ttl"
    shapes.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <https://example.org/s#> .\n"
        f'ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:sparql [ sh:message "x" ; sh:select "{query}" ] .\n'
    )
    with pytest.raises(ValidationError, match="cannot be applied"):
        validate([thing(tmp_path, "ex:a a ex:C .\n")], shapes=shapes)


def test_a_shape_that_is_none(tmp_path: Path) -> None:
    shapes = tmp_path / "shapes.ttl"
    shapes.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <https://example.org/s#> .\nex:S a sh:PropertyShape ; sh:targetClass ex:C .\n"
    )
    with pytest.raises(ValidationError, match="cannot be applied"):
        validate([thing(tmp_path, "ex:a a ex:C .\n")], shapes=shapes)


def test_there_is_no_such_engine(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="no engine 'fast'"):
        validate([tmp_path], engine="fast")
    with pytest.raises(ValidationError, match="nothing to validate"):
        validate()


def test_shapes_are_loaded_once() -> None:
    assert load_shapes() is load_shapes()


def test_the_shapes_stay_as_they_are() -> None:
    """pySHACL adds statements to the shapes it is given; all engines share the parsed ones."""
    before = set(load_shapes())
    validate_quads((), engine="reference")
    assert set(load_shapes()) == before
    own = Graph().parse(data="[] a <http://www.w3.org/ns/shacl#NodeShape> .")
    validate_graphs(Graph(), own, "reference")
    assert len(own) == 1
