"""N-Quads, Turtle and JSON-LD say what the store says, and the same every time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.build import Build
from kg.engine.duckdb import DuckDB
from kg.namespaces import INNO, RDF, SKOS, XSD
from kg.publish.dumps import write_dumps
from kg.publish.stream import BATCH, by_subject, whole
from kg.quads import Quad, Term, canonical_lines, from_oxigraph, iri, literal, quad_text, read_parquet, to_oxigraph, write_parquet
from kg.resources import folder as resource

BASE = "https://w3id.org/innokg/"
CONTEXT = json.loads(resource("ontology", "context.jsonld").read_text(encoding="utf-8"))["@context"]
LEFT_OUT = {f"{BASE}graph/build", f"{BASE}graph/ontology"}


def lines(path: Path, form: ox.RdfFormat) -> list[str]:
    return sorted({quad_text(from_oxigraph(quad, "")) for quad in ox.parse(path=str(path), format=form)})


def dump(quads: Iterable[Quad], folder: Path, base: str = BASE, without: Iterable[str] = (), size: int = BATCH) -> Path:
    """Write quads as a publication does, through the batch engine."""
    table = folder.parent / f"{folder.name}.parquet"
    write_parquet(quads, table)
    with DuckDB(threads=1) as engine:
        batches = by_subject(engine, engine.quads([table]))
        cut = whole(batch.slice(start, size) for batch in batches for start in range(0, batch.num_rows, size))
        numbers, sums = write_dumps(cut, folder, "x", base=base, context=CONTEXT, without=set(without))
    for name, checked in sums.items():
        data = (folder / name).read_bytes()
        assert (checked.bytes, checked.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert numbers["x.nq"] == numbers["x.jsonld"] == (folder / "x.nq").read_bytes().count(b" .\n")
    return folder


def test_nquads_are_what_the_store_dumps(graph: Build, folder: Path) -> None:
    """Loaded into a new store and dumped by it, as a store has its own form for some literals."""

    def dumped(store: ox.Store) -> list[str]:
        data = store.dump(format=ox.RdfFormat.N_QUADS)
        assert data is not None
        return sorted(data.decode().splitlines())

    loaded = ox.Store()
    loaded.bulk_load(path=str(folder / "dortmund.nq"), format=ox.RdfFormat.N_QUADS)
    assert dumped(loaded) == dumped(ox.Store.read_only(str(graph.store)))


def test_nquads_are_canonical(graph: Build, folder: Path) -> None:
    text = (folder / "dortmund.nq").read_bytes().decode()
    assert text == "".join(f"{line}\n" for line in canonical_lines(read_parquet(graph.parquet)))


def test_turtle_is_the_union_of_the_data_graphs(graph: Build, folder: Path) -> None:
    found = {str(quad.triple) for quad in ox.parse(path=str(folder / "dortmund.ttl"), format=ox.RdfFormat.TURTLE)}
    assert found == {str(to_oxigraph(quad).triple) for quad in read_parquet(graph.parquet) if quad.graph not in LEFT_OUT}


def test_turtle_reads_well(folder: Path) -> None:
    text = (folder / "dortmund.ttl").read_text(encoding="utf-8")
    head, *blocks = text.split("\n\n")
    assert head.startswith("@prefix inno: ")
    assert all(f"{line.split()[1]}" in text[len(head) :] for line in head.splitlines()), "only prefixes that are used"
    subjects = [block.split("\n", 1)[0] for block in blocks]
    assert len(subjects) == len(set(subjects))
    factor = next(block for block in blocks if block.startswith("project:t-factor\n"))
    assert factor.splitlines()[1] == "    a inno:Project ;"
    assert "inno:declaredSize 25 ;" in factor


def test_jsonld_gives_the_same_quads(graph: Build, folder: Path) -> None:
    assert lines(folder / "dortmund.jsonld", ox.RdfFormat.JSON_LD) == canonical_lines(read_parquet(graph.parquet))


def test_jsonld_embeds_the_context_and_uses_its_names(folder: Path) -> None:
    document = json.loads((folder / "dortmund.jsonld").read_text(encoding="utf-8"))
    assert document["@context"] == {"@base": BASE, **CONTEXT}
    graphs = {part["id"]: {node["id"]: node for node in part["@graph"]} for part in document["@graph"]}
    project = graphs["graph/dortmund"]["id/project/t-factor"]
    assert project["type"] == "Project"
    assert project["prefLabel"]["en"] == "T-Factor"
    assert project["declaredSize"] == 25
    assert project["startDate"] == {"@value": "2020-06-01", "@type": "xsd:date"}
    assert graphs["graph/inferred"]["id/project/t-factor"]["coordinatedBy"].startswith("id/organisation/")


def test_jsonld_reads_the_same_with_rdflib(graph: Build, tmp_path: Path) -> None:
    """A slice without the claims: rdflib is slow."""
    import rdflib

    slice_ = [quad for quad in read_parquet(graph.parquet) if not quad.graph.endswith("-evidence")][::3]
    dump(slice_, tmp_path)
    before, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
    try:
        found = rdflib.Dataset()
        found.parse(tmp_path / "x.jsonld", format="json-ld")
        expected = rdflib.Dataset()
        expected.parse(tmp_path / "x.nq", format="nquads")

        def quads(data: rdflib.Dataset) -> set[tuple[str, ...]]:
            return {tuple(term.n3() for term in quad if isinstance(term, rdflib.term.Identifier)) for quad in data.quads()}

        assert quads(found) == quads(expected)
        assert len(quads(found)) == len(canonical_lines(slice_))
    finally:
        rdflib.NORMALIZE_LITERALS = before


IRIS = [
    *(
        f"{BASE}id/{rest}"
        for rest in ("project/x", "project/x-1", "project/a.b", "project/a.", "a/../b", "a/./b", "a/..", "/x", "a//b", "", "a:b", "ü", "a(b)")
    ),
    *(BASE, f"{BASE}code/topic/x", f"{BASE}code/participation-role/partner", f"{BASE}ontology#", f"{BASE}ontology#Project", f"{BASE}graph/x"),
    *(
        "geo:51.5,7.4",
        "id:x",
        "type:y",
        "label:z",
        "mailto:a@example.org",
        "urn:isbn:1",
        "https://example.org/?q=a&b#c",
        "https://example.org",
        "x:y",
    ),
    *("http://www.w3.org/2004/02/skos/core#//x", "https://schema.org/Person", RDF.nil, RDF.type),
]
PREDICATES = [
    *(RDF.type, RDF.object, RDF.first, SKOS.prefLabel, SKOS.memberList, SKOS.notation, INNO.amount, INNO.declaredSize, INNO.sme, INNO.role),
    *(
        INNO.inInitiative,
        INNO.edtf,
        f"{RDF.type}s",
        "https://example.org/p",
        "geo:p",
        "https://schema.org/a/b",
        "http://purl.org/dc/terms/description",
    ),
]
NODES = st.sampled_from([*IRIS, "_:b1", "_:b10", "_:b2"])
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.sampled_from(
        [
            '"',
            "\\",
            "a\nb",
            "\t",
            "\x00",
            "\x7f",
            "\u2028",
            "@id",
            "007",
            "-0",
            "12.5",
            "12",
            "-12",
            "1" * 20,
            ".5",
            "5.",
            "+1",
            "true",
            "1",
            "T",
            "id/x",
        ]
    ),
)
LITERALS = st.one_of(
    st.builds(literal, TEXTS, st.sampled_from([XSD.string, XSD.integer, XSD.decimal, XSD.boolean, XSD.date, "geo:wkt", "https://example.org/type"])),
    st.builds(lambda text, language: literal(text, language=language), TEXTS, st.sampled_from(["de", "en", "en-gb"])),
)
OBJECTS = st.one_of(LITERALS, NODES.map(lambda value: Term(value, "bnode") if value.startswith("_:") else iri(value)))
GRAPHS = st.sampled_from(["", f"{BASE}graph/x", "https://example.org/g", "geo:51.5,7.4"])


def made(subject: str, predicate: str, term: Term, graph: str) -> Quad:
    return Quad(subject, predicate, *term, graph, "test#1")


QUADS = st.lists(st.builds(made, NODES, st.sampled_from(PREDICATES), OBJECTS, GRAPHS), max_size=25)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(quads=QUADS, base=st.sampled_from([BASE, "https://example.org/", "https://example.org/city/"]), size=st.sampled_from([1, 3, BATCH]))
def test_any_quads_survive(quads: list[Quad], base: str, size: int, tmp_path: Path) -> None:
    expected = canonical_lines(quads)
    dump(quads, tmp_path, base, size=size)
    assert (tmp_path / "x.nq").read_bytes().decode() == "".join(f"{line}\n" for line in expected)
    assert lines(tmp_path / "x.jsonld", ox.RdfFormat.JSON_LD) == expected
    triples = {str(quad.triple) for quad in ox.parse(path=str(tmp_path / "x.ttl"), format=ox.RdfFormat.TURTLE)}
    assert triples == {str(to_oxigraph(quad).triple) for quad in quads}
    assert {path.name for path in tmp_path.iterdir()} == {"x.nq", "x.ttl", "x.jsonld"}


@pytest.mark.parametrize("value", ["geo:51.5,7.4", "id:x"])
def test_an_iri_that_reads_like_a_short_name(value: str, tmp_path: Path) -> None:
    """RFC 5870 `geo:` addresses begin as our prefix does; such a node is written without short names."""
    quads = [
        Quad(f"{BASE}id/place/a", INNO.location, *iri(value), f"{BASE}graph/x", "t#1"),
        Quad(f"{BASE}id/place/b", RDF.type, *iri(INNO.Place), f"{BASE}graph/x", "t#2"),
    ]
    dump(quads, tmp_path)
    assert lines(tmp_path / "x.jsonld", ox.RdfFormat.JSON_LD) == canonical_lines(quads)


def test_a_triple_in_two_graphs_stands_once_in_turtle(tmp_path: Path) -> None:
    quads = [
        Quad(f"{BASE}id/project/a", RDF.type, *iri(INNO.Project), graph, "t#1") for graph in (f"{BASE}graph/x", f"{BASE}graph/y", f"{BASE}graph/z")
    ]
    dump(quads, tmp_path, without=[f"{BASE}graph/z"])
    assert (tmp_path / "x.ttl").read_text(encoding="utf-8").count("inno:Project") == 1
    assert len(lines(tmp_path / "x.jsonld", ox.RdfFormat.JSON_LD)) == 3
