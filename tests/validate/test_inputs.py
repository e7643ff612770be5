"""Bad input: each kind gives one clear message with file, row and remedy; what cannot be read is an error that lists everything."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.errors import InputError
from kg.validate import exit_code, render, validate
from kg.validate.inputs import MESSAGES, read_inputs
from tests.sources.folders import entity, relation
from tests.validate.base import SOURCES, add_row, rule, rules, small_folder, spoil, violations

PREFIXES = """@prefix inno: <https://w3id.org/innokg/ontology#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix schema: <https://schema.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix p: <https://example.org/small/id/place/> .
@prefix o: <https://example.org/small/id/organisation/> .
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_folder(tmp_path / "small")


def test_a_good_folder_has_no_violation(folder: Path) -> None:
    report = validate([folder])
    assert violations(report) == []
    assert exit_code(report) == 0
    assert report.conforms


# table, row to spoil (0 adds one), cells, code, row, column
FINDINGS = [
    ("relations", 2, {"predicate": "coordinatesBy"}, "unknown-predicate", 2, "predicate"),
    ("entities", 3, {"type": "Institut"}, "unknown-type", 3, "type"),
    ("relations", 4, {"object_id": "stadtt"}, "unknown-id", 4, "object_id"),
    ("relations", 4, {"source_id": "s9"}, "unknown-id", 4, "source_id"),
    ("entities", 5, {"source_ids": "s1;s7"}, "unknown-id", 5, "source_ids"),
    ("entities", 5, {"start": "4.5.2020"}, "wrong-date", 5, "start"),
    ("entities", 5, {"start": "2020-02-30"}, "wrong-date", 5, "start"),
    ("sources", 3, {"published": "Mai 2021"}, "wrong-date", 3, "published"),
    ("entities", 4, {"lat": "95"}, "wrong-coordinate", 4, "lat"),
    ("entities", 4, {"lon": "sieben"}, "wrong-coordinate", 4, "lon"),
    ("relations", 0, relation("alpha", "coordinatedBy", "uni"), "duplicate-row", 7, ""),
    ("entities", 0, entity("uni", "Institution"), "double-id", 6, "entity_id"),
    ("entities", 2, {"identifiers": "ror:05591te56"}, "wrong-identifier", 2, "identifiers"),
    ("entities", 3, {"url": "www.example.org"}, "wrong-url", 3, "url"),
    ("entities", 5, {"end": "2019-01-01"}, "date-order", 5, "end"),
    ("relations", 3, {"source_id": ""}, "empty-cell", 3, "source_id"),
]


@pytest.mark.parametrize("named", ["folder", "file"])
@pytest.mark.parametrize(("table", "row", "cells", "code", "found_row", "column"), FINDINGS, ids=[f"{case[3]}-{case[5]}" for case in FINDINGS])
def test_a_faulty_cell_is_one_finding(
    folder: Path, named: str, table: str, row: int, cells: dict[str, str], code: str, found_row: int, column: str
) -> None:
    """The same finding whether the folder or the single file is named: file, row, column, what is wrong, what to do."""
    if row:
        spoil(folder, table, row, **cells)
    else:
        add_row(folder, table, **cells)
    path = folder if named == "folder" else folder / f"{table}.csv"
    report = validate([path])
    tables = [result for result in report.results if result.component == "table"]
    assert [(rule(result), result.path) for result in tables] == [(f"Table-{code}", column)]
    assert [(Path(place.file), place.row) for place in tables[0].origin] == [(folder / f"{table}.csv", found_row)]
    assert tables[0].severity == "Violation"
    assert exit_code(report) == 1
    for lang in ("de", "en"):
        assert tables[0].message[lang].count(".") >= 1
        assert tables[0].message[lang] != ""
    assert tables[0].expected
    assert "Traceback" not in render(report)


def test_a_faulty_row_gives_no_second_finding_where_it_is_named(folder: Path) -> None:
    spoil(folder, "entities", 3, type="Institut")
    codes = [rule(result) for result in violations(validate([folder]))]
    assert codes == ["Table-unknown-type"]


def test_all_problems_are_listed(folder: Path) -> None:
    spoil(folder, "entities", 2, start="x", end="y", url="z")
    spoil(folder, "entities", 4, lat="95", lon="200")
    spoil(folder, "sources", 2, published="gestern")
    found = sorted(result.path for result in validate([folder]).results if result.component == "table")
    assert found == ["end", "lat", "lon", "published", "start", "url"]


def test_shapes_are_applied_beside_faulty_cells(folder: Path) -> None:
    spoil(folder, "entities", 2, label_de="")
    spoil(folder, "entities", 4, lat="95")
    assert sorted(rules(folder)) == [("NamedThingShape-labelDe", [2]), ("Table-wrong-coordinate", [4])]


def _to_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


# name, change, words of the message
UNREADABLE: list[tuple[str, Callable[[Path], object], str]] = [
    ("missing-file", lambda path: path.unlink(), "missing"),
    ("empty-file", lambda path: path.write_bytes(b""), "empty"),
    ("blank-file", lambda path: path.write_bytes(b"\xef\xbb\xbf \r\n"), "empty"),
    ("broken-utf8", lambda path: path.write_bytes(path.read_bytes().replace(b"alpha", "älpha".encode("latin-1"), 1)), "UTF-8"),
    ("missing-column", lambda path: path.write_bytes(path.read_bytes().replace(b"_id,", b"_nr,", 1)), "missing"),
    ("double-column", lambda path: path.write_bytes(path.read_bytes().replace(b"url", b"type", 1)), "twice"),
    ("open-quote", lambda path: path.write_bytes(path.read_bytes() + b'"never closed'), "CSV"),
    ("a-folder", lambda path: _to_folder(path), "cannot be read"),
]


@pytest.mark.parametrize("named", ["folder", "file"])
@pytest.mark.parametrize(("name", "change", "words"), UNREADABLE, ids=[case[0] for case in UNREADABLE])
def test_what_cannot_be_read_is_an_error(folder: Path, named: str, name: str, change: Callable[[Path], object], words: str) -> None:
    file = folder / "entities.csv"
    change(file)
    if named == "file" and name in ("missing-file", "a-folder"):
        words = "no such" if name == "missing-file" else "neither"
    with pytest.raises(InputError) as error:
        validate([folder if named == "folder" else file])
    assert words in " ".join([str(error.value), *(problem.text() for problem in error.value.problems)])
    assert str(file) in str(error.value)
    assert error.value.fix
    assert error.value.text("de") != error.value.text("en")


def test_the_row_of_a_broken_byte_is_named(folder: Path) -> None:
    file = folder / "entities.csv"
    file.write_bytes(file.read_bytes().replace("Universität".encode(), "Universität".encode("latin-1")))
    with pytest.raises(InputError, match=r"entities\.csv:3"):
        validate([folder])


def test_everything_unreadable_is_listed_at_once(folder: Path, tmp_path: Path) -> None:
    (folder / "sources.csv").write_bytes(b"")
    (folder / "relations.csv").write_text("subject_id,predicate\nalpha,x\n")
    spoil(folder, "entities", 4, lat="95")
    wrong = tmp_path / "wrong.ttl"
    wrong.write_text("<a> <b> .\n")
    with pytest.raises(InputError) as error:
        validate([folder, wrong, tmp_path / "nothing.ttl"])
    codes = [problem.code for problem in error.value.problems]
    assert codes.count("missing-column") == 6
    assert {"empty-file", "wrong-coordinate", "unreadable", "missing-path"} <= set(codes)


def test_an_unknown_settings_value_is_an_error(folder: Path) -> None:
    (folder / "settings.toml").write_text('[frame]\nkind = "all"\n')
    with pytest.raises(InputError, match=r"frame\.kind"):
        validate([folder])


def test_a_folder_without_anything_to_read(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("nothing")
    with pytest.raises(InputError, match="neither tables nor RDF"):
        validate([tmp_path])


# --- variants of CSV that are the same table ----------------------------------------------------------------------------------

VARIANTS: dict[str, Callable[[str], bytes]] = {
    "semicolon": lambda text: _delimited(text, ";").encode(),
    "tab": lambda text: _delimited(text, "\t").encode(),
    "bom": lambda text: text.encode("utf-8-sig"),
    "semicolon-bom": lambda text: _delimited(text, ";").encode("utf-8-sig"),
    "lf": lambda text: text.replace("\r\n", "\n").encode(),
    "cr": lambda text: text.replace("\r\n", "\r").encode(),
    "quoted": lambda text: _delimited(text, ",", quote=True).encode(),
    "trailing-blank-lines": lambda text: (text + "\r\n\r\n").encode(),
}


def _delimited(text: str, delimiter: str, *, quote: bool = False) -> str:
    import csv
    import io

    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter, quoting=csv.QUOTE_ALL if quote else csv.QUOTE_MINIMAL)
    writer.writerows(csv.reader(io.StringIO(text, newline="")))
    return buffer.getvalue()


@pytest.mark.parametrize("variant", VARIANTS)
def test_spreadsheet_variants_give_the_same_report(folder: Path, variant: str) -> None:
    spoil(folder, "entities", 2, label_de="", description_de="Zwei; drei, vier")
    spoil(folder, "entities", 4, lat="95")
    before = validate([folder])
    for file in folder.glob("*.csv"):
        file.write_bytes(VARIANTS[variant](file.read_bytes().decode()))
    assert validate([folder]) == before


def test_a_cell_with_line_breaks_is_one_record(folder: Path) -> None:
    spoil(folder, "entities", 2, description_de='Eine\nBeschreibung\r\nin "drei" Zeilen')
    spoil(folder, "entities", 4, lat="95")
    assert ("Table-wrong-coordinate", [4]) in rules(folder)


# --- single tables ------------------------------------------------------------------------------------------------------------


def test_a_table_alone_is_checked_for_itself(folder: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    spoil(folder, "relations", 3, start="2020-13")
    add_row(folder, "relations", **relation("alpha", "coordinatedBy", "uni"))
    shutil.copy(folder / "relations.csv", alone)
    assert rules(alone / "relations.csv") == [("Table-duplicate-row", [7]), ("Table-wrong-date", [3])]


def test_a_single_table_tells_only_of_itself(folder: Path) -> None:
    spoil(folder, "entities", 4, lat="95")
    spoil(folder, "entities", 2, label_de="")
    spoil(folder, "relations", 3, start="morgen")
    assert rules(folder / "relations.csv") == [("Table-wrong-date", [3])]
    assert sorted(rules(folder / "entities.csv")) == [("NamedThingShape-labelDe", [2]), ("Table-wrong-coordinate", [4])]
    assert len(rules(folder / "entities.csv", folder / "relations.csv")) == 3


def test_an_unreadable_sibling_is_no_reason_to_stop(folder: Path) -> None:
    spoil(folder, "relations", 3, start="morgen")
    (folder / "entities.csv").write_bytes(b"\xff")
    assert rules(folder / "relations.csv") == [("Table-wrong-date", [3])]


def test_a_table_by_another_name_is_known_by_its_header(folder: Path, tmp_path: Path) -> None:
    spoil(folder, "entities", 4, lat="95")
    other = tmp_path / "Einträge 2026.csv"
    shutil.copy(folder / "entities.csv", other)
    assert rules(other) == [("Table-wrong-coordinate", [4])]
    strange = tmp_path / "strange.csv"
    strange.write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match="no known table"):
        validate([strange])


def test_sources_alone(tmp_path: Path) -> None:
    from kg.sources.folder import SOURCE_COLUMNS
    from tests.sources.folders import csv_text

    file = tmp_path / "sources.csv"
    file.write_text(csv_text(SOURCE_COLUMNS, [*SOURCES, {"source_id": "s3", "title": "t", "language": "deutsch"}]), encoding="utf-8")
    assert rules(file) == [("Table-wrong-language", [4])]


# --- RDF ----------------------------------------------------------------------------------------------------------------------


def write(path: Path, text: str) -> Path:
    path.write_text(PREFIXES + text, encoding="utf-8")
    return path


def test_a_syntax_error_has_line_and_column(tmp_path: Path) -> None:
    file = write(tmp_path / "a.ttl", "p:x a inno:Place ;\n  skos:prefLabel .\n")
    with pytest.raises(InputError, match=r"a\.ttl:8:\d+: Syntax error"):
        validate([file])


@pytest.mark.parametrize("name", ["empty.ttl", "empty.nq", "empty.jsonld", "empty.rdf"])
def test_an_empty_rdf_file_is_an_error(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_bytes(b"\n")
    with pytest.raises(InputError, match="empty"):
        validate([file])


def test_broken_utf8_in_turtle(tmp_path: Path) -> None:
    file = tmp_path / "a.ttl"
    file.write_bytes(b'<http://e/a> <http://e/b> "\xff" .\n')
    with pytest.raises(InputError, match=r"a\.ttl"):
        validate([file])


def test_an_rdf_file_is_validated_with_the_line_of_its_subject(tmp_path: Path) -> None:
    file = write(tmp_path / "a.ttl", '\np:eins a inno:Place ;\n  skos:prefLabel "Eins"@de ;\n  skos:prefLabel "Uno"@it .\n')
    report = validate([file])
    found = {rule(result): result for result in report.results}
    assert {"NamedThingShape-label", "NamedThingShape-evidence"} <= set(found)
    assert [(place.file, place.row) for place in found["NamedThingShape-label"].origin] == [(str(file), 8)]
    assert found["NamedThingShape-label"].value == '"Uno"@it'
    assert found["NamedThingShape-label"].focus_label == "Eins"


def test_unknown_terms_and_references_in_rdf(tmp_path: Path) -> None:
    file = write(tmp_path / "a.ttl", 'p:eins a inno:Plaze ;\n  skos:prefLabel "Eins"@de ;\n  inno:withinPlaze p:zwei ;\n  rdfs:seeAlso p:drei .\n')
    found = {(rule(result), result.value) for result in violations(validate([file]))}
    assert ("Table-unknown-type", "inno:Plaze") in found
    assert ("Table-unknown-predicate", "inno:withinPlaze") in found
    assert ("Table-unknown-id", "https://example.org/small/id/place/drei") in found
    report = validate([file])
    text = next(result.message["en"] for result in report.results if result.value == "inno:Plaze")
    assert "Did you mean inno:Place?" in text


def test_files_are_validated_as_one_graph(tmp_path: Path) -> None:
    one = write(tmp_path / "one.ttl", 'p:eins a inno:Place ; skos:prefLabel "Eins"@de ; rdfs:seeAlso p:zwei .\n')
    two = write(tmp_path / "two.ttl", 'p:zwei a inno:Place ; skos:prefLabel "Zwei"@de .\n')
    assert any(result.value.endswith("/zwei") for result in validate([one]).results)
    assert not any(result.component == "table" for result in validate([one, two]).results)
    assert validate([tmp_path]) == validate([one, two])


def test_blank_nodes_of_two_files_stay_apart_and_keep_their_names(tmp_path: Path) -> None:
    for name in ("one.ttl", "two.ttl"):
        write(tmp_path / name, f'_:a a inno:Place ; skos:prefLabel "{name}"@de .\n[] a inno:Place .\n')
    first, second = validate([tmp_path]), validate([tmp_path])
    assert [result.id for result in first.results] == [result.id for result in second.results]
    assert len({result.focus for result in first.results if rule(result) == "NamedThingShape-iri"}) == 4


def test_lexical_forms_are_kept(tmp_path: Path) -> None:
    file = write(
        tmp_path / "a.ttl",
        'p:eins a inno:Place ; skos:prefLabel "E"@de ; schema:startDate "abc"^^<http://www.w3.org/2001/XMLSchema#gYear>, "007"^^<http://www.w3.org/2001/XMLSchema#integer> .\n',
    )
    found = {(rule(result), result.value) for result in validate([file]).results}
    # rdflib knows an ill-typed xsd:gYear only where owlrl was imported before; the finding then comes from the shape itself.
    by_shape = ("DatedShape-startDate", '"abc"^^<http://www.w3.org/2001/XMLSchema#gYear>')
    assert ("Table-wrong-date", "abc") in found or by_shape in found
    assert ("DatedShape-startDate", '"007"^^<http://www.w3.org/2001/XMLSchema#integer>') in found


def test_tables_and_rdf_together(folder: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "a.ttl", "o:uni rdfs:seeAlso p:stadt .\n")
    assert rules(folder, file) == []
    assert rules(file) != []


def test_jsonld_and_rdfxml(tmp_path: Path) -> None:
    json = tmp_path / "a.jsonld"
    json.write_text('{"@id": "https://example.org/small/id/place/eins", "@type": "https://w3id.org/innokg/ontology#Place"}')
    xml = tmp_path / "a.rdf"
    xml.write_text(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:inno="https://w3id.org/innokg/ontology#">'
        '<inno:Place rdf:about="https://example.org/small/id/place/zwei"/></rdf:RDF>'
    )
    for file in (json, xml):
        found = {rule(result) for result in validate([file]).results}
        assert "NamedThingShape-labelEn" in found


def test_a_remote_context_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonld"
    file.write_text('{"@context": "https://example.org/context.jsonld", "@id": "http://e/a", "x": "y"}')
    with pytest.raises(InputError, match=r"a\.jsonld"):
        validate([file])


def test_unknown_extension(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    file.write_bytes(b"PK")
    with pytest.raises(InputError, match="extension"):
        validate([file])


def test_messages_are_in_both_languages() -> None:
    for texts in MESSAGES.values():
        assert len(texts) == 4
        assert texts[0] != texts[1]


def test_read_inputs_raises_nothing(tmp_path: Path) -> None:
    inputs = read_inputs([tmp_path / "none", tmp_path])
    assert {problem.code for problem in inputs.fatal} == {"missing-path", "empty-folder"}
