"""The catalogue of shapes: texts in both languages, every constraint said in plain words."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import ValidationError
from kg.namespaces import INNO, INNOSH, SCHEMA, SH, local_name
from kg.sources.folder import ALL_TEXTS
from kg.validate.shapes import TABLE_RULES, catalogue, load_catalogue, load_shapes, query_predicates, rule_of

PREFIX = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ex: <https://example.org/s#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix inno: <https://w3id.org/innokg/ontology#> .
"""


def expected(tmp_path: Path, constraint: str, lang: str = "en") -> str:
    """Return what a property shape with one constraint expects."""
    file = tmp_path / "shapes.ttl"
    file.write_text(f"{PREFIX} ex:S a sh:PropertyShape ; sh:path ex:p ; {constraint} .")
    info = catalogue(load_shapes(file))["https://example.org/s#S"]
    load_shapes.cache_clear()
    texts = {text[lang] for text in info.expected.values()}
    assert len(texts) == 1
    return texts.pop()


SAID = [
    ("sh:minCount 1 ; sh:maxCount 1", "exactly one value", "genau ein Wert"),
    ("sh:minCount 1", "at least one value", "mindestens ein Wert"),
    ("sh:maxCount 2", "at most 2 values", "höchstens 2 Werte"),
    ("sh:minCount 2 ; sh:maxCount 3", "2 to 3 values", "2 bis 3 Werte"),
    ("sh:maxCount 0", "no value", "kein Wert"),
    ("sh:datatype xsd:date", "xsd:date", "xsd:date"),
    ("sh:class inno:Place", "a node of class inno:Place", "ein Knoten der Klasse inno:Place"),
    ("sh:nodeKind sh:IRI", "an IRI", "eine IRI"),
    (
        "sh:in ( <https://w3id.org/innokg/code/site-role/pilot> <https://w3id.org/innokg/code/site-role/venue> )",
        "one of: pilot or venue",
        "eines von: pilot oder venue",
    ),
    ('sh:languageIn ( "de" "en" )', "a text in the language de or en", "ein Text in der Sprache de oder en"),
    ("sh:uniqueLang true", "at most one value per language", "je Sprache höchstens ein Wert"),
    ("sh:minInclusive -90", "at least -90", "mindestens -90"),
    ("sh:lessThan ex:q", "less than https://example.org/s#q", "kleiner als https://example.org/s#q"),
    (
        "sh:or ( [ sh:datatype xsd:date ] [ sh:datatype xsd:gYearMonth ] [ sh:datatype xsd:gYear ] )",
        "xsd:date, xsd:gYearMonth or xsd:gYear",
        "xsd:date, xsd:gYearMonth oder xsd:gYear",
    ),
    ("sh:not [ sh:datatype xsd:date ]", "not: xsd:date", "nicht: xsd:date"),
    (
        "sh:node [ sh:property [ sh:path ex:q ; sh:minCount 1 ] ]",
        "https://example.org/s#q: at least one value",
        "https://example.org/s#q: mindestens ein Wert",
    ),
    (
        'sh:qualifiedValueShape [ sh:languageIn ( "de" ) ] ; sh:qualifiedMinCount 1',
        "at least one value: a text in the language de",
        "mindestens ein Wert: ein Text in der Sprache de",
    ),
    ("sh:closed true ; sh:ignoredProperties ( ex:a ex:b )", "only these properties: https://example.org/s#a, https://example.org/s#b", ""),
    ("sh:hasValue ex:v", "the value https://example.org/s#v", "der Wert https://example.org/s#v"),
]


@pytest.mark.parametrize(("constraint", "english", "german"), SAID, ids=[case[0][:30] for case in SAID])
def test_constraints_in_plain_words(tmp_path: Path, constraint: str, english: str, german: str) -> None:
    assert expected(tmp_path, constraint) == english
    if german:
        assert expected(tmp_path, constraint, "de") == german


def test_every_shipped_constraint_is_said_in_both_languages() -> None:
    infos = load_catalogue()
    assert len(infos) > 100
    for info in infos.values():
        for component, texts in info.expected.items():
            assert texts["de"].strip(), (info.iri, component)
            assert texts["en"].strip(), (info.iri, component)
            assert "_:" not in texts["en"], (info.iri, component)


def test_every_shipped_rule_has_texts_in_both_languages() -> None:
    for info in load_catalogue().values():
        if info.expected:
            assert {"de", "en"} <= set(info.message), info.iri
            assert {"de", "en"} <= set(info.description), info.iri
            assert info.severity in ("Violation", "Warning", "Info")


def test_a_shipped_rule_in_the_catalogue() -> None:
    info = load_catalogue()[INNOSH["EventShape-startDate"]]
    assert (info.severity, info.path) == ("Warning", SCHEMA.startDate)
    assert info.rule("de") == "Eine Veranstaltung hat einen Beginn."
    assert info.expected[SH.MinCountConstraintComponent]["en"] == "at least one value"
    assert load_catalogue()[INNOSH["DatedShape-order"]].predicates == (SCHEMA.startDate, SCHEMA.endDate)


def test_every_problem_of_a_cell_has_a_rule_in_plain_words() -> None:
    codes = set(ALL_TEXTS) | {"unknown-type", "unknown-predicate", "unknown-id", "wrong-literal"}
    assert set(TABLE_RULES) == codes
    info = rule_of(INNOSH["Table-wrong-url"])
    assert info is not None
    assert info.rule("en") == "A web address is a web address."
    assert rule_of("https://example.org/none") is None


def test_predicates_of_a_query() -> None:
    query = "SELECT ?this WHERE { ?this a inno:Project . FILTER EXISTS { ?any inno:inInitiative ?this ; inno:participant ?o } $this inno:partOf+ ?w }"
    assert query_predicates(query) == [INNO.partOf]


def test_paths_of_shapes() -> None:
    infos = load_catalogue()
    path = infos[INNOSH["ProjectShape-participation"]].path
    assert path == f"^<{INNO.inInitiative}>/<{INNO.participant}>"
    assert infos[INNOSH["CampaignShape-features"]].path == f"(^<{INNO.partOf}>)*/^<{INNO.featuredIn}>"
    assert {local_name(step) for step in infos[INNOSH["InitiativeShape-place"]].predicates} == {"location", "inInitiative"}


@pytest.mark.parametrize(("text", "words"), [("nonsense", "Syntax error"), ("", "empty"), ("# nothing\n", "no shapes")])
def test_shapes_that_cannot_be_read(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "shapes.ttl"
    file.write_text(text)
    with pytest.raises(ValidationError, match=words):
        load_shapes(file)
    with pytest.raises(ValidationError, match="No such file"):
        load_shapes(tmp_path / "none.ttl")
