"""The shapes: each case fails at the shapes it names and only there, and each shape is needed by a case.

A case is a Turtle or TriG file. `valid.*` conforms without any result, Warnings and Infos included; `invalid.*` names in its first line
what must fire (`# expect: innosh:…`). Every case runs with rdflib's query engine and with Oxigraph's, since validation uses both.
"""

from __future__ import annotations

import difflib
import functools
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from pyshacl.entrypoints import meta_validate
from pyshacl.graph_abstraction import DataGraph
from pyshacl.shape import Shape
from pyshacl.validator import Validator
from rdflib import OWL, RDF, RDFS, BNode, Dataset, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.plugins.sparql import prepareQuery
from rdflib.query import Result
from rdflib.term import Node, Variable

ROOT = Path(__file__).resolve().parents[2]
CASES = Path(__file__).parent
SHAPES = ROOT / "ontology" / "shapes"
CODES = ROOT / "ontology" / "codes"
SH = Namespace("http://www.w3.org/ns/shacl#")
SKOS = Namespace("http://www.w3.org/2004/02/skos/core#")
INNOSH = "https://w3id.org/innokg/shapes#"
CODE = "https://w3id.org/innokg/code/"
ENGINES = ("rdflib", "oxigraph")
TARGETS = (SH.target, SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)
SEVERITIES = {SH.Violation, SH.Warning, SH.Info}

ALL = sorted(file for pattern in ("*/*.ttl", "*/*.trig") for file in CASES.glob(pattern))
INVALID = [file for file in ALL if file.name.startswith("invalid.")]
FILES = sorted(SHAPES.glob("*.ttl"))


def name(file: Path) -> str:
    """Name a case by folder and file."""
    return f"{file.parent.name}/{file.stem}"


def curie(node: Node) -> str:
    """Shorten the IRI of one of our shapes."""
    return str(node).replace(INNOSH, "innosh:")


@functools.cache
def shapes() -> Graph:
    """All shapes in one graph."""
    graph = Graph()
    for file in FILES:
        graph.parse(file)
    return graph


@functools.cache
def hierarchy() -> tuple[tuple[Node, Node, Node], ...]:
    """Return the class hierarchy of the ontology: all that targets need of it."""
    ontology = Graph().parse(ROOT / "ontology" / "inno.ttl")
    classes = set(ontology.subjects(RDF.type, OWL.Class))
    return tuple((s, RDFS.subClassOf, o) for s, o in ontology.subject_objects(RDFS.subClassOf) if s in classes and isinstance(o, URIRef))


@functools.cache
def prepared(query: str) -> Any:
    """Parse a query once for all cases."""
    return prepareQuery(query)


class CaseData(Dataset):
    """The quads of a case; queries go to one of the two engines."""

    def __init__(self, file: Path, engine: str) -> None:
        super().__init__(default_union=True)
        self.engine = engine
        self.parse(file, format="trig")
        for triple in hierarchy():
            self.add(triple)
        self.oxigraph = ox.Store()
        if engine == "oxigraph":
            self.oxigraph.load(self.serialize(format="nquads").encode(), format=ox.RdfFormat.N_QUADS)

    def query(self, query_object: Any, *args: Any, **kwargs: Any) -> Result:
        """Answer a query by the engine of the case."""
        if self.engine == "rdflib":
            return super().query(prepared(query_object), *args, **kwargs)
        found = self.oxigraph.query(query_object, use_default_graph_as_union=True)
        assert isinstance(found, ox.QuerySolutions)
        result = Result("SELECT")
        result.vars = [Variable(variable.value) for variable in found.variables]
        result.bindings = [{variable: _node(term) for variable, term in zip(result.vars, row, strict=True) if term is not None} for row in found]
        return result


def _node(term: object) -> URIRef | BNode:
    """Return an rdflib node; focus nodes of targets are no literals."""
    assert isinstance(term, ox.NamedNode | ox.BlankNode)
    return URIRef(term.value) if isinstance(term, ox.NamedNode) else BNode(term.value)


@functools.cache
def harvested() -> Any:
    """Return pySHACL's own view of the shapes, read once: reading takes longer than a case."""
    empty = DataGraph.from_rdflib(Dataset(default_union=True))
    found = Validator(empty, shacl_graph=shapes(), options={"advanced": True, "inplace": True}).shacl_graph
    assert found.shapes, "pySHACL gathers the shapes when they are first asked for"
    return found


@pytest.fixture(scope="module", autouse=True)
def _targets_read_once() -> Iterator[None]:
    """Let pySHACL read the targets of a shape once for all cases, which takes longer than to validate one."""

    def once(read: Callable[[Shape], Any]) -> Callable[[Shape], Any]:
        return functools.cache(lambda shape: found if isinstance(found := read(shape), dict) else tuple(found))

    with pytest.MonkeyPatch.context() as patch:
        for targets in (
            "target_nodes",
            "target_classes",
            "implicit_class_targets",
            "target_subjects_of",
            "target_objects_of",
            "advanced_target",
        ):
            patch.setattr(Shape, targets, once(getattr(Shape, targets)))
        yield


def failing_shapes(file: Path, engine: str) -> set[str]:
    """Return the shapes that report something on a case."""
    data = DataGraph.from_rdflib(CaseData(file, engine))
    validator = Validator(data, shacl_graph=Graph(), options={"advanced": True, "inplace": True})
    validator.shacl_graph = harvested()
    _, report, _ = validator.run()  # type: ignore[no-untyped-call]
    return {curie(shape) for result in report.objects(None, SH.result) for shape in report.objects(result, SH.sourceShape)}


def expected_shapes(file: Path) -> set[str]:
    """Return the shapes named in the first line of a case."""
    found = re.fullmatch(r"# expect: (innosh:\S+(?:, innosh:\S+)*)", file.read_text(encoding="utf-8").splitlines()[0])
    return set(found[1].split(", ")) if found else set()


@functools.cache
def reporting() -> frozenset[str]:
    """Return the shapes that can produce results: those with a target, and the properties of those."""
    targeted = {shape for target in TARGETS for shape in shapes().subjects(target)}
    return frozenset(curie(shape) for shape in targeted)


@functools.cache
def cases_by_shape() -> dict[str, list[Path]]:
    """Return the invalid cases that name a shape."""
    found: dict[str, list[Path]] = defaultdict(list)
    for file in INVALID:
        for shape in expected_shapes(file):
            found[shape].append(file)
    return dict(found)


# --- cases ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("case", ALL, ids=name)
def test_case(case: Path, engine: str) -> None:
    """A `valid.*` case conforms; an `invalid.*` case fails at the shapes it names, and only there."""
    assert failing_shapes(case, engine) == expected_shapes(case)


@pytest.mark.parametrize("case", INVALID, ids=name)
def test_an_invalid_case_names_shapes_and_differs_from_a_valid_one_in_one_place(case: Path) -> None:
    assert expected_shapes(case)
    mine = case.read_text(encoding="utf-8").splitlines()[1:]
    places = []
    for valid in case.parent.glob("valid.*"):
        matcher = difflib.SequenceMatcher(None, valid.read_text(encoding="utf-8").splitlines(), mine, autojunk=False)
        places.append(sum(tag != "equal" for tag, *_ in matcher.get_opcodes()))
    assert min(places) == 1, f"{case.name}: differs from each valid case of the folder in {places} places"


def test_every_shape_has_an_invalid_case() -> None:
    assert set(cases_by_shape()) == reporting()


@pytest.mark.parametrize("shape", sorted(reporting()))
def test_without_the_shape_its_cases_pass_it(shape: str) -> None:
    """Switched off, the shape is missing from the results of its cases and nothing else changes: each case depends on its shape."""
    harvested_shape = harvested().lookup_shape_from_node(URIRef(shape.replace("innosh:", INNOSH)))
    harvested_shape._deactivated = True
    try:
        for case in cases_by_shape()[shape]:
            assert failing_shapes(case, "oxigraph") == expected_shapes(case) - {shape}, name(case)
    finally:
        harvested_shape._deactivated = False


# --- the shapes themselves --------------------------------------------------------------------------------------------------------


def test_shapes_are_well_formed() -> None:
    conforms, _, text = meta_validate(shapes())
    assert conforms, text


def own_shapes() -> Iterator[Node]:
    """Yield all shapes but the blank ones inside lists."""
    for kind in (SH.NodeShape, SH.PropertyShape):
        yield from sorted(shapes().subjects(RDF.type, kind), key=str)


def test_shapes_are_named_and_property_shapes_never_blank() -> None:
    graph = shapes()
    paths = set(graph.subjects(SH.path))
    assert paths == set(graph.subjects(RDF.type, SH.PropertyShape))
    for shape in own_shapes():
        assert re.fullmatch(rf"{re.escape(INNOSH)}([A-Z]\w+Shape(-[a-z]\w+)?|Date|Anything)", str(shape)), shape


@pytest.mark.parametrize("shape", sorted(reporting()))
def test_texts_and_severity(shape: str) -> None:
    """Severity is explicit; name, description and message are there once in German and English, and differ between rules."""
    graph, node = shapes(), URIRef(shape.replace("innosh:", INNOSH))
    severities = list(graph.objects(node, SH.severity))
    assert len(severities) == 1
    assert severities[0] in SEVERITIES
    for text in (SH.name, SH.description, SH.message):
        values = [value for value in graph.objects(node, text) if isinstance(value, Literal)]
        assert sorted(str(value.language) for value in values) == ["de", "en"], text
        assert all(str(value).strip() for value in values)
    for value in graph.objects(node, SH.message):
        assert len(str(value)) > 60, "a message says what is wrong, the rule, and the remedy"
        assert "  " not in str(value)


def test_messages_are_distinct() -> None:
    messages: dict[Node, list[str]] = defaultdict(list)
    for shape in reporting():
        for value in shapes().objects(URIRef(shape.replace("innosh:", INNOSH)), SH.message):
            messages[value].append(shape)
    assert {str(value): sorted(found) for value, found in messages.items() if len(found) > 1} == {}


def test_each_property_shape_stands_in_the_list_of_its_class() -> None:
    graph = shapes()
    for shape in graph.subjects(RDF.type, SH.PropertyShape):
        whole = URIRef(str(shape).rsplit("-", 1)[0])
        assert list(graph.subjects(SH.property, shape)) == [whole]
        assert not any((whole, target, None) in graph for target in TARGETS), "the targets stand on the property shapes"


def test_no_query_runs_per_node() -> None:
    """A SPARQL constraint takes 40 ms for each focus node; queries are targets, which run once."""
    graph = shapes()
    assert list(graph.subject_objects(SH.sparql)) == []
    for shape in graph.subjects(SH.target):
        judged = list(graph.objects(shape, SH["not"])) == [URIRef(INNOSH + "Anything")]
        assert judged or (shape, SH.path, None) in graph, "the query finds the results, or the nodes that a path is checked on"


@pytest.mark.parametrize("word", ["VALUES", "MINUS", "SERVICE", "AS ?this", "AS $this"])
def test_queries_keep_to_what_every_engine_takes(word: str) -> None:
    for query in shapes().objects(None, SH.select):
        assert word not in str(query).upper().replace("?THIS", "?this").replace("$THIS", "$this")


def code_lists() -> list[tuple[str, str]]:
    """Return shape and scheme of each list of codes."""
    graph, found = shapes(), []
    for shape, head in graph.subject_objects(SH["in"]):
        schemes = {str(value).removeprefix(CODE).split("/")[0] for value in Collection(graph, head)}
        assert len(schemes) == 1, shape
        found.append((curie(shape), schemes.pop()))
    return sorted(found)


@pytest.mark.parametrize(("shape", "scheme"), code_lists())
def test_lists_of_codes_are_those_of_the_code_lists(shape: str, scheme: str) -> None:
    file = CODES / f"{scheme}.ttl"
    if not file.exists():
        pytest.skip(f"no code list {scheme}")
    graph = shapes()
    head = graph.value(URIRef(shape.replace("innosh:", INNOSH)), SH["in"])
    assert head is not None
    codes = Graph().parse(file)
    assert {str(value) for value in Collection(graph, head)} == {str(code) for code in codes.subjects(RDF.type, SKOS.Concept)}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_files_are_written_in_one_style(file: Path) -> None:
    """Ours first, then by name, only those used; `a` first; one file, one comment on what it holds."""
    text = file.read_text(encoding="utf-8")
    assert text.startswith("# ")
    prefixes = re.findall(r"^@prefix (\w+):", text, re.MULTILINE)
    ours = [prefix for prefix in prefixes if prefix in ("inno", "innosh")]
    assert prefixes == ours + sorted(set(prefixes) - set(ours))
    body = re.sub(r'""".*?"""', "", text, flags=re.DOTALL)
    body = re.sub(r'"(?:[^"\\\n]|\\.)*"|<[^>\n]*>|^#.*|^@prefix.*', "", body, flags=re.MULTILINE)
    used = set(re.findall(r"(?<![\w-])([a-z]\w*):", body))
    assert set(prefixes) == used
