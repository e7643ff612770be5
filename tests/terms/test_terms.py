"""What is read of the ontology, against the files read in another way; broken and hostile files; the counted uses against the store."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.namespace import OWL, RDF, RDFS, SKOS

from kg.build import Build
from kg.errors import InputError
from kg.namespaces import PREFIXES
from kg.resources import root
from kg.store import Table, open_store
from kg.terms import Ontology, terms
from kg.terms.model import text
from kg.terms.page import web

NAMESPACE = PREFIXES["inno"]
FILES = root() / "ontology"


@pytest.fixture(scope="module")
def core() -> Graph:
    return Graph().parse(FILES / "inno.ttl").parse(FILES / "alignments.ttl")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of all files that may be spoilt."""
    for name in ("ontology", "queries"):
        shutil.copytree(root() / name, tmp_path / name)
    return tmp_path


def own(graph: Graph) -> set[URIRef]:
    kinds = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)
    return {one for kind in kinds for one in graph.subjects(RDF.type, kind) if isinstance(one, URIRef) and one.startswith(NAMESPACE)}


def ends(graph: Graph, term: URIRef, predicate: URIRef) -> list[str]:
    found = []
    for one in graph.objects(term, predicate):
        union = graph.value(one, OWL.unionOf)
        found += [str(member) for member in (Collection(graph, union) if union is not None else [one])]
    return sorted(found)


def said(graph: Graph, term: URIRef, predicate: URIRef) -> dict[str, str]:
    return {one.language or "": str(one) for one in graph.objects(term, predicate) if isinstance(one, Literal)}


def test_every_term_is_read_as_it_stands(core: Graph) -> None:
    found = terms()
    assert {term.iri for term in found.terms} == {str(one) for one in own(core)}
    for term in found.terms:
        iri = URIRef(term.iri)
        assert term.label == said(core, iri, RDFS.label)
        assert term.definition == said(core, iri, SKOS.definition)
        assert set(term.label) == set(term.definition) == {"de", "en"}
        assert sorted(term.domain) == ends(core, iri, RDFS.domain)
        assert sorted(term.range) == ends(core, iri, RDFS.range)
        inverse = {str(one) for one in (*core.objects(iri, OWL.inverseOf), *core.subjects(OWL.inverseOf, iri))}
        assert set(term.inverse) == inverse
        matches = {(kind, str(one)) for kind in ("closeMatch", "broadMatch", "narrowMatch", "relatedMatch") for one in core.objects(iri, SKOS[kind])}
        up = {(name, str(one)) for name in ("subClassOf", "subPropertyOf") for one in core.objects(iri, RDFS[name]) if isinstance(one, URIRef)}
        assert {(one.kind, one.iri) for one in term.alignments} == matches | {(kind, one) for kind, one in up if not one.startswith(NAMESPACE)}
        assert set(term.above) == {one for _, one in up if one.startswith(NAMESPACE)}
        assert ("functional" in term.traits) == ((iri, RDF.type, OWL.FunctionalProperty) in core)
        assert all(":" in one.short and not one.short.startswith("http") for one in term.alignments), "every alignment has a short name"


def test_what_derives_and_asks() -> None:
    found = terms()
    assert "derived" in found.by_name["involves"].traits
    assert "derived" not in found.by_name["participant"].traits
    assert "role-across-projects" in found.by_name["participantTop"].questions
    assert "award-won" in found.by_name["rank"].questions
    assert "award-won" not in found.by_name["participant"].questions
    assert found.by_name["site"].below == ()
    assert NAMESPACE + "Event" in found.by_name["Initiative"].below
    assert NAMESPACE + "Place" in found.by_name["Organisation"].disjoint
    assert found.by_name["role"].short == ("role", "@vocab")


def test_obligations_are_those_of_the_shapes() -> None:
    shapes = Graph()
    for path in sorted((FILES / "shapes").glob("*.ttl")):
        shapes.parse(path)
    sh = "http://www.w3.org/ns/shacl#"
    found = terms()
    stated = {one.shape for term in found.terms for one in term.obligations}
    described = {str(one) for one in shapes.subjects(URIRef(sh + "severity")) if isinstance(one, URIRef)}
    assert len(described) > 120
    assert stated | {one.shape for one in found.further} == described
    assert {one.name.partition("Shape")[0] for one in found.further} == {"Concept", "Dataset", "Date", "Dated", "Identifier"}
    role = next(one for one in found.by_name["role"].obligations if one.name == "ParticipationShape-role")
    assert (role.least, role.most, role.severity, role.path, len(role.codes)) == (1, 1, "Violation", "inno:role", 16)
    assert [one.severity for one in found.by_name["Participation"].obligations] == sorted(
        (one.severity for one in found.by_name["Participation"].obligations), key=["Violation", "Warning", "Info"].index
    )


def test_code_lists_are_whole() -> None:
    graph = Graph()
    for path in sorted((FILES / "codes").glob("*.ttl")):
        graph.parse(path)
    found = terms()
    assert {code.iri for one in found.lists for code in one.codes} == {str(one) for one in graph.subjects(RDF.type, SKOS.Concept)}
    by_name = {one.name: one for one in found.lists}
    assert by_name["participation-role"].used_by == ("inno:role",)
    assert "org:classification" in by_name["organisation-kind"].used_by
    assert all(set(code.label) == {"de", "en"} for one in found.lists for code in one.codes)


def test_the_history_names_every_term_once() -> None:
    """Whoever adds, changes or retires a term says so in `ontology/history.csv`."""
    found = terms()
    added = [one.term for one in found.changes if one.kind == "added"]
    codes = {f"code/{one.name}/{code.notation}" for one in found.lists for code in one.codes}
    assert len(added) == len(set(added))
    assert {one for one in added if one not in codes} == {term.name for term in found.terms} | {f"code/{one.name}" for one in found.lists}
    assert {one.term for one in found.changes if one.kind == "deprecated"} == {term.name for term in found.terms if term.deprecated}
    assert found.changes[0].version == found.header.version
    assert all(one.note for one in found.changes if one.kind != "added")


def test_uses_are_those_of_the_store(both: Build) -> None:
    found, store = terms(both), open_store(both.store)
    query = "SELECT (COUNT(*) AS ?n) WHERE {{ SELECT DISTINCT ?s ?o WHERE {{ {} }} }}"

    def number(pattern: str) -> int:
        result = store.query(query.format(pattern))
        assert isinstance(result, Table)
        assert result.rows[0][0] is not None
        return int(result.rows[0][0].value)

    try:
        for term in found.terms:
            assert term.count == number(f"?s a <{term.iri}>" if term.kind == "class" else f"?s <{term.iri}> ?o"), term.name
        code = next(one for one in found.lists if one.name == "participation-role").codes[0]
        assert code.count == number(f"?s inno:role <{code.iri}>")
    finally:
        store.close()
    assert found.graph is not None
    assert dict(found.graph.frames) == {"dortmund": "ego-sampled", "cordis-dortmund": "partial"}
    assert terms().graph is None
    assert {term.count for term in terms().terms} == {None}


def test_a_deprecated_term_and_what_it_inherits(copy: Path) -> None:
    with (copy / "ontology" / "inno.ttl").open("a", encoding="utf-8") as file:
        file.write(
            'inno:old a owl:ObjectProperty ; rdfs:label "alt"@de ; owl:deprecated true ; dcterms:isReplacedBy inno:role ; skos:scopeNote "Nicht."@de .\n'
        )
    with (copy / "ontology" / "history.csv").open("a", encoding="utf-8") as file:
        file.write("1.0.0,2026-11-22,added,old,,\n1.1.0,2027-01-01,deprecated,old,Ersetzt durch role.,Replaced by role.\n")
    found = terms(root=copy)
    old = found.by_name["old"]
    assert (old.deprecated, old.successors, old.since) == (True, (NAMESPACE + "role",), "1.0.0")
    assert old.note == {"de": "Nicht."}
    assert [one.version for one in found.changes][:2] == ["1.1.0", "1.0.0"], "newest first"


@pytest.mark.parametrize(
    ("name", "text_", "where"),
    [
        ("inno.ttl", "inno:x a .", "inno.ttl"),
        ("history.csv", "version,date,change,term,de,en\n1,2,invented,x,,\n", "history.csv:2"),
        ("history.csv", "version,date,change,term,de,en\n1,2\n", "history.csv:2"),
        ("context.jsonld", "{", "context.jsonld"),
    ],
)
def test_a_broken_file_is_named(copy: Path, name: str, text_: str, where: str) -> None:
    (copy / "ontology" / name).write_text(text_, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        terms(root=copy)
    assert str(caught.value.where).endswith(where)
    assert caught.value.fix is not None


def test_a_missing_file_is_named(copy: Path) -> None:
    (copy / "ontology" / "inno.ttl").unlink()
    with pytest.raises(InputError, match=r"inno\.ttl"):
        terms(root=copy)


def test_a_list_in_a_circle_ends(copy: Path) -> None:
    with (copy / "ontology" / "inno.ttl").open("a", encoding="utf-8") as file:
        file.write("inno:ring a owl:ObjectProperty ; rdfs:domain [ owl:unionOf _:l ] . _:l rdf:first inno:Place ; rdf:rest _:l .\n")
    assert terms(root=copy).by_name["ring"].domain == (NAMESPACE + "Place",)


def test_texts_and_addresses() -> None:
    assert text({"fr": "lieu"}, "de") == ("lieu", "fr")
    assert [web(one) for one in ("http://x/", "HTTPS://x/", "#a", "a/b:c", "data:text/html,x", "JavaScript:alert(1)")] == [
        "http://x/",
        "HTTPS://x/",
        "#a",
        "a/b:c",
        "",
        "",
    ]


def test_nothing_is_read_twice() -> None:
    first: Ontology = terms()
    assert terms() is first
