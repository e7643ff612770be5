"""A project list becomes statements as docs/how-to/listing.md and docs/decisions/0005-bulk.md say."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.build import vocabulary_quads
from kg.engine.duckdb import DuckDB
from kg.errors import Problem
from kg.identifiers import node_key
from kg.namespaces import ADMS, DCAT, DCTERMS, FOAF, INNO, ORG, PROV, RDF, SCHEMA, SKOS, XSD, code
from kg.quads import Quad, Term, quad_text, to_oxigraph
from kg.sources.listing import ListMapping, MappedList, Task, map_list, parse_mapping, read_mapping
from kg.validate.engines import validate_quads

EXAMPLE = Path(__file__).resolve().parents[2] / "data" / "examples" / "foundation-projects"
BASE = "https://example.org/t/"
HEAD = '[graph]\nname = "l"\nbase = "https://example.org/t/"\nstate = "2026-01-02"\n'


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDB]:
    with DuckDB(threads=1) as opened:
        yield opened


def mapped(engine: DuckDB, path: Path, text: str, mapping: str | ListMapping, told: int = 100) -> tuple[list[Quad], MappedList]:
    """Map the text of a list and return its quads and the rest."""
    file = path / "list.csv"
    file.write_text(text, encoding="utf-8", newline="")
    result = map_list(engine, file, parse_mapping(HEAD + mapping) if isinstance(mapping, str) else mapping, told=told)
    return [Quad(**row) for row in engine.to_pylist(result.quads)], result


def values(quads: list[Quad], subject: str, predicate: str) -> set[str]:
    return {quad.object for quad in quads if (quad.subject, quad.predicate) == (subject, predicate)}


def iri(kind: str, key: str) -> str:
    return f"{BASE}id/{kind}/{key}"


def places(result: MappedList) -> list[tuple[int, str, str]]:
    return [(item.row, item.column, item.code) for item in result.problems]


def participations(quads: list[Quad]) -> set[tuple[str, str, str]]:
    """(project, organisation, role) of every participation, by local names."""
    nodes = {quad.subject for quad in quads if quad.object == INNO.Participation}
    links = {(q.subject, q.predicate): q.object.rsplit("/", 1)[-1] for q in quads if q.subject in nodes}
    return {(links[n, INNO.inInitiative], links[n, INNO.participant], links[n, INNO.role]) for n in nodes}


SIMPLE = """
[table]
delimiter = ";"
[project]
title = "title"
start = "start"
[[participants]]
name = "org"
role = "role"
[roles]
"Koordinator" = "coordinator"
"Partner" = "partner"
"""


# --- the shipped example -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def example(engine: DuckDB) -> tuple[list[Quad], MappedList]:
    result = map_list(engine, EXAMPLE / "projects.csv", read_mapping(EXAMPLE / "mapping.toml"))
    return [Quad(**row) for row in engine.to_pylist(result.quads)], result


def test_the_example_has_no_violations(example: tuple[list[Quad], MappedList]) -> None:
    quads, result = example
    report = validate_quads([*quads, *vocabulary_quads(result.settings)])
    assert [(item.shape, item.focus) for item in report.results if item.severity == "Violation"] == []
    # Shapes that should fire on this example do: the report is about these statements.
    assert {item.shape.split("#")[-1] for item in report.results if item.severity == "Warning"} == {
        "NamedThingShape-labelEn",
        "OrganisationShape-classification",
        "ProjectShape-coordinator",
    }


def test_the_example_is_counted(example: tuple[list[Quad], MappedList]) -> None:
    quads, result = example
    classes = {name: len({q.subject for q in quads if q.object == INNO[name]}) for name in ("Project", "Organisation", "Participation", "Funding")}
    # 12 rows; 11 leads and 109 partner names; 103 names of organisations in all, funders among them.
    assert classes == {"Project": 12, "Organisation": 103, "Participation": 120, "Funding": 12}
    assert (result.problems, result.counts, result.tasks) == ([], {}, [Task("role", "Region", 1, 7)])


def test_quads_are_whole_distinct_and_of_one_graph(example: tuple[list[Quad], MappedList]) -> None:
    quads, result = example
    assert len({quad[:7] for quad in quads}) == len(quads)
    assert {quad.graph for quad in quads} == {result.settings.graph()}
    assert {quad.origin.partition("#")[0] for quad in quads} == {"projects.csv", "mapping.toml"}
    for quad in quads:
        assert quad_text(quad)
        to_oxigraph(quad)  # refuses a malformed IRI
        assert all(isinstance(part, str) for part in quad)


def test_the_delivery_is_described(example: tuple[list[Quad], MappedList]) -> None:
    quads, result = example
    graph = result.settings.graph()
    (activity,) = values(quads, graph, PROV.wasGeneratedBy)
    assert activity == result.settings.id("activity", "delivery-foundation-projects")
    assert values(quads, activity, RDF.type) == {PROV.Activity}
    used = values(quads, activity, PROV.used)
    checksums = {f"sha256:{hashlib.sha256((EXAMPLE / name).read_bytes()).hexdigest()}" for name in ("projects.csv", "mapping.toml")}
    assert {value for file in used for value in values(quads, file, DCTERMS.identifier)} == checksums
    assert {item["sha256"] for item in result.inputs} == {text.removeprefix("sha256:") for text in checksums}
    assert values(quads, graph, RDF.type) == {DCAT.Dataset}
    assert values(quads, graph, INNO.samplingFrame) == {code("sampling-frame", "partial")}
    assert values(quads, graph, DCTERMS.modified) == {"2026-11-22"}


# --- keys ----------------------------------------------------------------------------------------------------------------


def test_participation_keys_are_those_of_node_key(example: tuple[list[Quad], MappedList]) -> None:
    quads, result = example
    nodes = {quad.subject for quad in quads if quad.object == INNO.Participation}
    facts = {(q.subject, q.predicate): q.object for q in quads if q.subject in nodes and q.predicate != RDF.type}
    for node in nodes:
        key = node_key((predicate, f"<{facts[node, predicate]}>") for predicate in (INNO.role, INNO.participant, INNO.inInitiative))
        assert node == result.settings.id("participation", key)
    assert len(nodes) == 120


def test_a_project_is_its_id_or_its_title_and_start(engine: DuckDB, tmp_path: Path) -> None:
    quads, _ = mapped(engine, tmp_path, "title;start;org;role\nÜber Wärme;2020;A;\nÜber Wärme;2021;A;\nüber  wärme;2020;B;\n", SIMPLE)
    projects = {q.subject for q in quads if q.object == INNO.Project}
    assert projects == {iri("project", "l-ueber-waerme-2020"), iri("project", "l-ueber-waerme-2021")}
    by_id = SIMPLE.replace('title = "title"', 'title = "title"\nid = "start"')
    quads, _ = mapped(
        engine, tmp_path, "title;start;org;role\nOne;01-X;A;\nTwo;01-X;B;\nOne;01/X;A;\nOne;01.X;A;\n", by_id.replace('start = "start"\n', "")
    )
    slash, dot = (hashlib.sha256(text.encode()).hexdigest()[:8] for text in ("01/x", "01.x"))
    assert {q.subject for q in quads if q.object == INNO.Project} == {
        iri("project", "l-01-x"),
        iri("project", f"l-01-x-{slash}"),
        iri("project", f"l-01-x-{dot}"),
    }


def test_names_that_lose_letters_stay_apart(engine: DuckDB, tmp_path: Path) -> None:
    names = ["Αθήνα", "Σπάρτη", "Πανεπιστήμιο 1", "Οργανισμός 1", "北京", "Łódź Straße", "»GmbH«", "GmbH", "N" * 500, "N" * 501]
    rows = "".join(f"P;2020;{name};\n" for name in names)
    quads, _ = mapped(engine, tmp_path, f"title;start;org;role\n{rows}", SIMPLE)
    organisations = {q.subject.removeprefix(iri("organisation", "l-")) for q in quads if q.object == INNO.Organisation}
    assert len(organisations) == 9  # the two spellings of GmbH are one
    assert {"lodz-strasse", "gmbh"} <= organisations
    assert max(map(len, organisations)) <= 80
    assert values(quads, iri("organisation", "l-gmbh"), SKOS.altLabel) == {"GmbH"}


def test_an_organisation_is_its_identifier(engine: DuckDB, tmp_path: Path) -> None:
    mapping = SIMPLE.replace('role = "role"', 'identifiers.ror = "ror"\nidentifiers.pic = "pic"\n[[participants]]\nname = "funder"')
    rows = (
        "title;start;org;ror;pic;funder\n"
        "P;2020;TU Dortmund;https://ror.org/01k97gp34;999888777;\n"
        "Q;2020;Technische Universität;01K97GP34;;TU Dortmund\n"  # the only identifier of the name: the same body
        "R;2020;Other;01k97gp35;;\n"  # wrong check digits: left out, by name
        "S;2020;Twice;;111111111;\n"
        "T;2020;Twice;;222222222;\n"
        "U;2020;Twice;;;\n"  # the name has two identifiers: none is guessed
    )
    quads, result = mapped(engine, tmp_path, rows, mapping)
    tu = iri("organisation", "l-ror-01k97gp34")
    organisations = {q.subject for q in quads if q.object == INNO.Organisation}
    keys = ("other", "pic-111111111", "pic-222222222", "twice")
    assert organisations == {tu, *(iri("organisation", f"l-{key}") for key in keys)}
    assert values(quads, tu, SKOS.prefLabel) == {"TU Dortmund"}
    assert values(quads, tu, SKOS.altLabel) == {"Technische Universität"}
    assert values(quads, tu, ADMS.identifier) == {iri("identifier", "ror-01k97gp34"), iri("identifier", "pic-999888777")}
    assert values(quads, tu, SCHEMA.sameAs) == {"https://ror.org/01k97gp34"}
    assert values(quads, iri("identifier", "ror-01k97gp34"), SKOS.notation) == {"01k97gp34"}
    assert places(result) == [(4, "ror", "wrong-identifier")]
    assert {o for p, o, _ in participations(quads) if p == "l-q-2020"} == {"l-ror-01k97gp34"}


def test_the_place_may_tell_organisations_apart(engine: DuckDB, tmp_path: Path) -> None:
    mapping = SIMPLE.replace('role = "role"', 'place = "role"').replace('delimiter = ";"', 'delimiter = ";"\norganisation_key = ["name", "place"]')
    quads, _ = mapped(engine, tmp_path, "title;start;org;role\nP;2020;Stadtwerke;Bonn\nP;2020;Stadtwerke;Unna\nP;2020;Stadtwerke;\n", mapping)
    organisations = {q.subject.rsplit("/", 1)[-1] for q in quads if q.object == INNO.Organisation}
    assert organisations == {"l-stadtwerke-bonn", "l-stadtwerke-unna", "l-stadtwerke"}


# --- values --------------------------------------------------------------------------------------------------------------

FULL = """
[table]
delimiter = ";"
language = "de"
date = ["DD.MM.YYYY", "MM/YYYY", "YYYY"]
decimal = ","
missing = ["k. A."]
[project]
id = "id"
title = "Titel"
acronym = "Kürzel"
start = "von"
end = "bis"
place = "Ort"
country = "Land"
page = "Seite"
amount = "Summe"
currency = {value = "EUR"}
programme = "Programm"
funder = "Geber"
[project.identifiers]
doi = "doi"
[[participants]]
name = "Einrichtung"
role = "Rolle"
kind = "Art"
contribution = "Anteil"
[roles]
"Koordinator" = "coordinator"
[kinds]
"Hochschule" = "university"
[countries]
"Freistaat Bayern" = "DE"
"""
HEADER = "id;Titel;Kürzel;von;bis;Ort;Land;Seite;Summe;Programm;Geber;doi;Einrichtung;Rolle;Art;Anteil\n"


def row(**cells: str) -> str:
    given = {"id": "1", "Titel": "T", "Einrichtung": "E", **cells}
    return ";".join(given.get(name, "") for name in HEADER.strip().split(";")) + "\n"


def test_a_full_row(engine: DuckDB, tmp_path: Path) -> None:
    text = HEADER + row(
        Kürzel="TT", von="1.3.2020", bis="12/2021", Ort="München", Land="Freistaat Bayern", Seite="https://example.org/a b", Summe="1.234.567,80 €",
        Programm="Prog", Geber="Stiftung X", doi="https://doi.org/10.3030/868887", Rolle="koordinator", Art="HOCHSCHULE", Anteil="12,50",
    )  # fmt: skip
    quads, result = mapped(engine, tmp_path, text, FULL)
    assert (result.problems, result.tasks) == ([], [])
    project, place, funding = iri("project", "l-1"), iri("place", "l-de-muenchen"), iri("funding", "l-1")
    terms = {(q.predicate, q.term) for q in quads if q.subject == project}
    assert {
        (SKOS.prefLabel, Term("T", "literal", RDF.langString, "de")),
        (INNO.acronym, Term("TT", "literal", XSD.string)),
        (SCHEMA.startDate, Term("2020-03-01", "literal", XSD.date)),
        (SCHEMA.endDate, Term("2021-12", "literal", XSD.gYearMonth)),
        (INNO.location, Term(place)),
        (FOAF.page, Term("https://example.org/a%20b")),
        (SCHEMA.sameAs, Term("https://doi.org/10.3030/868887")),
        (ADMS.identifier, Term(iri("identifier", "doi-10-3030-868887"))),
        (RDF.type, Term(INNO.Project)),
    } == terms
    assert values(quads, place, INNO.withinPlace) == {iri("place", "country-DE")}
    assert {q.object for q in quads if q.subject == iri("place", "country-DE") and q.predicate == SKOS.prefLabel} == {"Deutschland", "Germany"}
    assert {(q.predicate, q.object) for q in quads if q.subject == funding} == {
        (RDF.type, INNO.Funding),
        (INNO.funds, project),
        (INNO.underProgramme, iri("programme", "l-prog")),
        (INNO.funder, iri("organisation", "l-stiftung-x")),
        (INNO.amount, "1234567.8"),
        (INNO.currency, "EUR"),
    }
    assert values(quads, iri("organisation", "l-e"), ORG.classification) == {code("organisation-kind", "university")}
    assert {q.term for q in quads if q.predicate == INNO.contribution} == {Term("12.5", "literal", XSD.decimal)}
    assert participations(quads) == {("l-1", "l-e", "coordinator")}
    report = validate_quads([*quads, *vocabulary_quads(result.settings)])
    assert [item for item in report.results if item.severity == "Violation"] == []


FAULTY: list[tuple[dict[str, str], str, str]] = [
    ({"von": "31.02.2020"}, "von", "wrong-date"),
    ({"von": "2020-02-01"}, "von", "wrong-date"),
    ({"bis": "13/2020"}, "bis", "wrong-date"),
    ({"von": "2021", "bis": "12/2020"}, "bis", "end-before-start"),
    ({"Land": "Narnia"}, "Land", "unknown-country"),
    ({"Seite": "www.example.org"}, "Seite", "wrong-url"),
    ({"Seite": "https://example.org/%zz"}, "Seite", "wrong-url"),
    ({"Summe": "1,234.50", "Programm": "P"}, "Summe", "wrong-amount"),
    ({"Summe": "-1", "Programm": "P"}, "Summe", "wrong-amount"),
    ({"Summe": "12"}, "Summe", "amount-without-source"),
    ({"doi": "868887"}, "doi", "wrong-identifier"),
    ({"Anteil": "viel"}, "Anteil", "wrong-amount"),
    ({"Titel": ""}, "Titel", "no-title"),
    ({"Einrichtung": ""}, "Einrichtung", "no-participant"),
    ({"Einrichtung": "", "Anteil": "5"}, "Einrichtung", "no-name"),
    ({"id": "", "Titel": "k. A."}, "id", "no-project"),
    ({"Kürzel": "x" * 1_100_000}, "Kürzel", "long-cell"),
]


def test_a_faulty_cell_is_left_out_and_told(engine: DuckDB, tmp_path: Path) -> None:
    """One wrong cell gives its problem with row and column; the statements that are left keep all shapes."""
    rows = "".join(row(**{"id": str(number), "Titel": f"T{number}", **cells}) for number, (cells, _, _) in enumerate(FAULTY, start=2))
    quads, result = mapped(engine, tmp_path, HEADER + rows, FULL)
    expected = [(number, column, rule) for number, (_, column, rule) in enumerate(FAULTY, start=2)]
    # The row with a share and no name names no organisation either.
    (nameless,) = (number for number, _, rule in expected if rule == "no-name")
    assert places(result) == sorted([*expected, (nameless, "Einrichtung", "no-participant")])
    assert result.rejected == len(expected) + 1
    for lang in ("de", "en"):
        assert all(item.text(lang).startswith(f"list.csv:{item.row} [") for item in result.problems)
    projects = {q.subject for q in quads if q.object == INNO.Project}
    assert projects == {iri("project", f"l-{number}") for number, _, rule in expected if rule != "no-project"}
    report = validate_quads([*quads, *vocabulary_quads(result.settings)])
    assert [item for item in report.results if item.severity == "Violation"] == []


def test_what_rows_of_one_project_say_differently(engine: DuckDB, tmp_path: Path) -> None:
    """The first row stands, also where dates of two rows contradict each other."""
    text = HEADER + row(von="2020", Anteil="1", Programm="A") + row(Titel="t", bis="2019", Anteil="2", Programm="B") + row(Titel="Z", von="2021")
    quads, result = mapped(engine, tmp_path, text, FULL)
    project = iri("project", "l-1")
    assert values(quads, project, SKOS.prefLabel) == {"T"}
    assert values(quads, project, SCHEMA.startDate) == values(quads, project, SCHEMA.endDate) == set()
    assert places(result) == [
        (3, "Anteil", "conflicting-value"),
        (3, "Programm", "conflicting-value"),
        (3, "bis", "end-before-start"),
        (4, "Titel", "conflicting-value"),
        (4, "von", "conflicting-value"),
    ]
    assert {q.object for q in quads if q.predicate == INNO.contribution} == {"1"}


def test_roles_are_never_guessed(engine: DuckDB, tmp_path: Path) -> None:
    text = "title;start;org;role\nP;2020;A;Koordinator\nP;2020;B;PARTNER \nP;2020;C;Partnerin\nP;2020;D;\nQ;2020;C;Partnerin\n"
    quads, result = mapped(engine, tmp_path, text, SIMPLE)
    assert {(o, r) for p, o, r in participations(quads) if p == "l-p-2020"} == {
        ("l-a", "coordinator"),
        ("l-b", "partner"),
        ("l-c", "unspecified"),
        ("l-d", "unspecified"),
    }
    assert result.tasks == [Task("role", "Partnerin", 2, 4)]
    assert result.rejected == 0
    assert "'Partnerin' (2 Zeilen, zuerst 4)" in result.notes[0].de


def test_several_partners_in_one_cell(engine: DuckDB, tmp_path: Path) -> None:
    mapping = """
[project]
title = "title"
[[participants]]
name = "lead"
role = {value = "coordinator"}
country = {value = "Österreich"}
[[participants]]
name = "partners"
separator = ";"
role = {value = "partner"}
"""
    quads, _ = mapped(engine, tmp_path, 'title,lead,partners\nP,A,"B; C ;;B"\nQ,,"A;D"\n', mapping)
    assert participations(quads) == {
        ("l-p", "l-a", "coordinator"),
        ("l-p", "l-b", "partner"),
        ("l-p", "l-c", "partner"),
        ("l-q", "l-a", "partner"),
        ("l-q", "l-d", "partner"),
    }
    assert values(quads, iri("organisation", "l-a"), INNO.location) == {iri("place", "country-AT")}


def test_statements_bear_the_first_row_that_says_them(engine: DuckDB, tmp_path: Path) -> None:
    quads, _ = mapped(engine, tmp_path, "title;start;org;role\nP;;A;\n\nP;;B;\nP;;A;\n", SIMPLE)
    origins = {(q.subject.rsplit("/", 1)[-1], q.predicate): q.origin for q in quads}
    assert origins["l-p", RDF.type] == "list.csv#2"
    assert origins["l-b", SKOS.prefLabel] == "list.csv#4"  # the blank line counts, as in a spreadsheet
    assert {q.origin for q in quads if q.object == INNO.Participation} == {"list.csv#2", "list.csv#4"}


def test_formulas_stay_text(engine: DuckDB, tmp_path: Path) -> None:
    cells = ["=cmd|' /C calc'!A0", "+1+1", "@SUM(A1)", "-2+3"]
    quads, _ = mapped(engine, tmp_path, "title;start;org;role\n" + "".join(f'P;2020;"{cell}";\n' for cell in cells), SIMPLE)
    labels = {q.object for q in quads if q.predicate in (SKOS.prefLabel, SKOS.altLabel)}
    assert set(cells) <= labels


def test_problems_are_counted_beyond_those_told(engine: DuckDB, tmp_path: Path) -> None:
    text = HEADER + "".join(row(id=str(number), Titel=f"T{number}", von="bald") for number in range(30))
    _, result = mapped(engine, tmp_path, text, FULL, told=4)
    assert [item.row for item in result.problems] == [2, 3, 4, 5]
    assert (result.counts, result.rejected) == ({"wrong-date": 30}, 30)
    assert all(isinstance(item, Problem) and item.value == "bald" for item in result.problems)


def test_a_header_alone_gives_the_data_set_only(engine: DuckDB, tmp_path: Path) -> None:
    quads, result = mapped(engine, tmp_path, "title;start;org;role\n", SIMPLE)
    assert {q.object for q in quads if q.predicate == RDF.type} == {DCAT.Dataset, PROV.Activity, PROV.Entity}
    assert result.rejected == 0


# --- properties ----------------------------------------------------------------------------------------------------------

CONTROL = {chr(n) for n in (*range(32), *range(0x7F, 0xA0))} - set("\t\n\r") | {"\ufffe", "\uffff"}


def kept(text: str) -> str:
    """What must be left of a cell, said independently of the code under test."""
    text = unicodedata.normalize("NFC", "".join(c for c in text if c not in CONTROL))
    blank = {c for c in text if unicodedata.category(c).startswith("Z") or c in "\t\n\r\v\f"}
    return text.strip("".join(blank))


CELLS = st.text(st.characters(codec="utf-8"), max_size=30) | st.text(st.sampled_from('a"; ,\t\n\r\x00\x07\u0308\u00a0ä=ß'), max_size=12)


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(CELLS, min_size=1, max_size=60))
def test_any_text_survives(engine: DuckDB, tmp_path: Path, cells: list[str]) -> None:
    """Cell → file → literal: only the normal form, control characters and blanks at the ends change."""
    import csv
    import io

    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(["id", "title", "org"])
    for number, cell in enumerate(cells):
        writer.writerow([f"p{number}", cell, f"Org {number}"])
    mapping = '[table]\ndelimiter = ";"\n[project]\nid = "id"\ndescription = "title"\ntitle = "id"\n[[participants]]\nname = "org"\n'
    quads, result = mapped(engine, tmp_path, out.getvalue(), mapping)
    found = {q.subject.rsplit("-", 1)[-1]: q.object for q in quads if q.predicate == DCTERMS.description}
    assert found == {f"p{number}": kept(cell) for number, cell in enumerate(cells) if kept(cell)}
    assert result.rejected == 0


@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(6)))
def test_the_order_of_rows_changes_no_statement(engine: DuckDB, tmp_path: Path, order: list[int]) -> None:
    rows = [f"P{n % 2};20{10 + n % 2};Org {n};{('Koordinator', 'Partner', '')[n % 3]}\n" for n in range(6)]
    straight, _ = mapped(engine, tmp_path, "title;start;org;role\n" + "".join(rows), SIMPLE)
    shuffled, _ = mapped(engine, tmp_path, "title;start;org;role\n" + "".join(rows[n] for n in order), SIMPLE)

    def facts(quads: list[Quad]) -> set[tuple[str, ...]]:
        return {quad[:7] for quad in quads if not quad.object.startswith("sha256:")}

    assert facts(straight) == facts(shuffled)
