"""The shipped slice, every row compared field by field with a plain reading of its CSV, both ways, through the store as it is built."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.build import Build, build
from kg.namespaces import BASE, DCAT, FOAF, INNO, PROV, RDF, SKOS, XSD
from kg.quads import Quad, read_parquet
from kg.store import Table, open_store
from tests.sources.deliveries import POINTS, SLICE, TABLES, Expected, Plain, Term, cleaned, near, read

GRAPH = f"{BASE}graph/cordis-dortmund"
DELIVERY = {
    *(f"{GRAPH}", f"{BASE}id/activity/delivery-cordis-dortmund", f"{BASE}id/agent/publications-office-of-the-european-union"),
    *(f"{BASE}id/input/cordis-dortmund-{stem.lower()}-csv" for stem in TABLES),
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """The slice, built by itself."""
    return build([SLICE], tmp_path_factory.mktemp("slice") / "build")


@pytest.fixture(scope="module")
def quads(built: Build) -> list[Quad]:
    """Its quad table."""
    return list(read_parquet([built.path / "quads" / "cordis-dortmund.parquet"]))


def pair(subject: object, term: object) -> tuple[str, Term]:
    """Return subject and object of a solution."""
    assert isinstance(subject, ox.NamedNode)
    if isinstance(term, ox.NamedNode):
        return subject.value, (term.value, "iri")
    assert isinstance(term, ox.Literal)
    return subject.value, (term.value, f"@{term.language}" if term.language else term.datatype.value)


@pytest.fixture(scope="module")
def stored(built: Build) -> Expected:
    """Subjects and objects by predicate, as SPARQL gives them, without the description of the delivery."""
    found: Expected = defaultdict(set)
    with open_store(built.store) as store:  # type: ignore[attr-defined]
        answer = store.query(f"SELECT ?s ?p ?o WHERE {{ GRAPH <{GRAPH}> {{ ?s ?p ?o }} }}")
    assert isinstance(answer, Table)
    for subject, predicate, term in answer.rows:
        assert isinstance(predicate, ox.NamedNode)
        if isinstance(subject, ox.NamedNode) and subject.value not in DELIVERY:
            found[predicate.value].add(pair(subject, term))
    return found


@pytest.fixture(scope="module")
def expected() -> Expected:
    """The same from the tables, by hand."""
    return Plain(SLICE).expected()


def test_the_graph_says_what_the_tables_say_and_nothing_else(stored: Expected, expected: Expected) -> None:
    """Table → graph and graph → table: the same subjects and objects for every property, and no property besides."""
    assert stored.keys() == expected.keys()
    for predicate, pairs in expected.items():
        if predicate in POINTS:
            assert near(stored[predicate], pairs), predicate
            continue
        assert not sorted(pairs - stored[predicate])[:5], f"{predicate}: a row says it, the graph does not"
        assert not sorted(stored[predicate] - pairs)[:5], f"{predicate}: the graph says it, no row does"


def test_every_row_is_one_thing(stored: Expected) -> None:
    """Not a row too few or too many: counted by SPARQL's answers, against the records of the files."""
    kinds = {
        kind: {subject for subject, (value, _) in stored[RDF.type] if value == INNO[kind]} for kind in ("Project", "Participation", "Organisation")
    }
    rows = read(SLICE, "organization")
    assert len(kinds["Project"]) == len(read(SLICE, "project")) == 188
    assert len(kinds["Participation"]) == len(rows) == 3609
    assert len(kinds["Organisation"]) == len({row["organisationID"] for row in rows})


def test_a_statement_stands_once(quads: list[Quad]) -> None:
    assert len({quad._replace(origin="") for quad in quads}) == len(quads)


def test_origins_lead_to_the_row_that_says_so(quads: list[Quad]) -> None:
    """What a statement says stands in the row that its origin names, apart from numbers and addresses, which have a spelling of their own."""
    said = (SKOS.prefLabel, SKOS.altLabel, SKOS.notation, INNO.acronym, FOAF.page)
    rows = {f"cordis-dortmund/{stem}.csv": read(SLICE, stem) for stem in TABLES}
    for name in ("countries", "nuts", "pic_ror"):
        rows[f"data/reference/{name}.csv"] = read(SLICE.parent / "reference", name, ",")
    checked = 0
    for quad in quads:
        if quad.predicate in said and quad.subject not in DELIVERY and quad.object not in ("EuroSciVoc", "Horizon Europe", "Horizon 2020"):
            file, _, number = quad.origin.rpartition("#")
            cells = rows[file][int(number) - 2]
            parts = {part for cell in cells.values() for part in ([cell] if "euroSciVoc" not in file else [cell, *cell.split("/")])}
            known = quad.object in parts or (quad.predicate == SKOS.notation and any(cell.startswith(quad.object) for cell in parts))
            assert known, quad
            checked += 1
    assert checked > 10_000


def test_the_delivery_is_described(quads: list[Quad], built: Build) -> None:
    """One data set, made by one activity from six files whose checksums are those of the files (contracts, section 7)."""
    about = {(quad.predicate, quad.object) for quad in quads if quad.subject == GRAPH}
    assert (RDF.type, DCAT.Dataset) in about
    assert (INNO.samplingFrame, "https://w3id.org/innokg/code/sampling-frame/partial") in about
    activity = next(value for predicate, value in about if predicate == PROV.wasGeneratedBy)
    used = {quad.object for quad in quads if quad.subject == activity and quad.predicate == PROV.used}
    sums = {quad.object for quad in quads if quad.subject in used and quad.object.startswith("sha256:")}
    inputs = {f"sha256:{item['sha256']}" for item in built.record["inputs"] if item["file"].startswith("cordis-dortmund/")}
    assert len(used) == len(sums) == 6
    assert sums == inputs
    assert not any(quad.datatype == XSD.date and quad.object > "2026" for quad in quads if quad.subject == GRAPH), "no clock in the graph"


def test_nothing_is_rejected_and_gaps_are_noted(built: Build) -> None:
    (source,) = json.loads((built.path / "build.json").read_text(encoding="utf-8"))["sources"]
    assert source["rejected"] == {"count": 0, "first": []}
    assert {"en": "184 participations name no organisation.", "de": "184 Beteiligungen nennen keinen Namen der Organisation."} in source["notes"]


def test_settings_of_the_folder_win(quads: list[Quad]) -> None:
    titles = {quad.object for quad in quads if quad.subject == GRAPH and quad.predicate.endswith("/title")}
    assert titles == {"CORDIS: EU research projects with a participant in Dortmund", "CORDIS: EU-Forschungsprojekte mit Dortmunder Beteiligung"}
    assert {quad.graph for quad in quads} == {GRAPH}


def test_the_read_me_counts_what_is_there() -> None:
    text = (Path(SLICE) / "README.md").read_text(encoding="utf-8")
    rows = read(SLICE, "organization")
    nameless = sum(not row["name"] for row in rows)
    for count in (f"{len(read(SLICE, 'project'))} projects", f"{len(rows):,} participations", f"{nameless} participations have no name"):
        assert count in text
    assert all(cleaned(row["title"]) for row in read(SLICE, "project"))
