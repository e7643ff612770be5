"""Cards of findings: every rule and every problem explained in both languages, the row as it stands, a good example, branches unfolded."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.namespaces import INNOSH, SH, local_name
from kg.sources import folder as folder_module
from kg.sources import tables as tables_module
from kg.sources.folder import ALL_TEXTS
from kg.validate import Report, Result, validate
from kg.validate.card_texts import rule, sentences, title, todo
from kg.validate.card_todo import EXPLAINED, TODO
from kg.validate.card_words import LANGUAGES, found_in, in_words, without_iris
from kg.validate.cards import Card, Tables, Unfolded, bench_of_paths, card, card_text
from kg.validate.inputs import MESSAGES
from kg.validate.report import TABLE, Origin
from kg.validate.shapes import TABLE_RULES, load_catalogue, load_shapes, rule_of
from tests.validate.base import add_row, small_folder, spoil

NAME = "Smart Rhino"
INSTRUCTION = re.compile(
    r"(Add|Build|Change|Check|Clear|Close|Complete|Correct|Create|Decide|Delete|Determine|Enter|Fill|Find|Give|Keep|Leave|Link|Make|Merge|Name|Rebuild|Remove|Set"
    r"|Split|Take|Use|Write)\b"
)
"""How an English instruction begins."""
GERMAN = re.compile(r"\b\w+(en|ern|eln)\b|\b\w+en Sie\b")
"""An infinitive or a polite imperative somewhere in a German one."""


def results_of_rules() -> list[Result]:
    """One result per shape and constraint component that can cause one."""
    made = []
    for iri, info in load_catalogue().items():
        for component in info.expected:
            value = "" if "Count" in component else '"x"'
            made.append(Result(info.severity, iri, component, "https://example.org/id/project/a", NAME, info.path, value, info.message, "", "x", ()))
    return made


def codes() -> list[str]:
    return sorted({*ALL_TEXTS, *MESSAGES, *TABLE_RULES, "unreadable"})


def result_of_code(code: str) -> Result:
    """A result of a problem of tables, its texts filled."""
    texts = ALL_TEXTS.get(code) or MESSAGES.get(code) or ("Das ist falsch.", "That is wrong.", "Berichtigen Sie es.", "Correct it.")
    words = dict.fromkeys(
        ("value", "column", "table", "first", "low", "high", "reason", "reason_de", "hint", "hint_de", "subject_type", "object_type", "start"), "x1"
    )
    words |= dict.fromkeys(("limit", "byte", "position", "present", "found", "expected", "point", "known", "datatype", "file"), "x2")
    words["hint"] = "Did you mean Project?" if texts[2] == texts[3] else "Correct the cell."
    words |= {"reason": "It has no form.", "reason_de": "Es hat keine Form.", "hint_de": "Berichtigen Sie die Zelle."}
    de, en, fix_de, fix_en = (text.format(**words) for text in texts)
    message = {"de": f"{de} {fix_de}", "en": f"{en} {fix_en}"}
    return Result("Violation", INNOSH[f"Table-{code}"], TABLE, "alpha", NAME, "start", "x1", message, fix_en, "x1", (Origin("entities.csv", 2),))


def parts(result: Result, lang: str) -> dict[str, str]:
    info = rule_of(result.shape)
    return {"title": title(result, info, lang, NAME), "rule": rule(result.shape, info, lang), "todo": todo(result, lang)}


def check_language(result: Result) -> None:
    """Everything is there in both languages, differs, and can be read."""
    both = {lang: parts(result, lang) for lang in LANGUAGES}
    for part in ("title", "rule", "todo"):
        for lang in LANGUAGES:
            text = both[lang][part]
            assert text.strip(), (result.shape, part, lang)
            assert "{" not in text, (result.shape, part, lang, text)
        assert both["de"][part] != both["en"][part], (result.shape, part, both["de"][part])
    for lang in LANGUAGES:
        assert "://" not in both[lang]["title"], both[lang]["title"]
        assert NAME in both[lang]["title"], both[lang]["title"]
        assert both[lang]["title"].endswith((".", "“", "”")), both[lang]["title"]
        assert len(both[lang]["rule"]) > 12, both[lang]["rule"]


def test_there_are_rules() -> None:
    assert len({result.shape for result in results_of_rules()}) > 110
    assert len(codes()) > 30


def every_shape() -> set[str]:
    """Every shape in the files that has a constraint, by rdflib alone."""
    from rdflib import RDF, URIRef

    graph = load_shapes()
    found = set()
    about = {
        "path",
        "name",
        "description",
        "message",
        "severity",
        "order",
        "group",
        "property",
        "target",
        "deactivated",
        "declare",
        "prefixes",
        "select",
    }
    for kind in ("NodeShape", "PropertyShape"):
        for shape in graph.subjects(RDF.type, URIRef(SH[kind])):
            used = {local_name(str(p)) for p in graph.predicates(shape) if str(p).startswith(SH[""])}
            if isinstance(shape, URIRef) and {one for one in used - about if not one.startswith("target")}:
                found.add(str(shape))
    return found


def test_no_shape_with_a_constraint_is_without_a_card() -> None:
    assert every_shape() == {result.shape for result in results_of_rules()}


@pytest.mark.parametrize("result", results_of_rules(), ids=lambda result: f"{local_name(result.shape)}-{local_name(result.component)[:12]}")
def test_every_rule_is_explained_in_both_languages(result: Result) -> None:
    check_language(result)
    assert INSTRUCTION.match(todo(result, "en")), todo(result, "en")
    assert GERMAN.search(todo(result, "de")), todo(result, "de")


@pytest.mark.parametrize("code", codes())
def test_every_problem_of_tables_is_explained_in_both_languages(code: str) -> None:
    result = result_of_code(code)
    check_language(result)
    if "Did you mean" in result.message["de"]:
        assert (todo(result, "de"), todo(result, "en")) == ("Project eintragen, wenn das gemeint ist.", "Enter Project, if that is meant.")
    else:
        assert todo(result, "de") in result.message["de"]
    assert sentences(result, "en")[0] + " " + sentences(result, "en")[1] == result.message["en"]


def test_no_code_of_the_sources_is_missing() -> None:
    assert {*folder_module.TEXTS, *tables_module.TEXTS} <= set(codes())
    assert all(local_name(shape) for shape in TODO)
    assert {INNOSH[name] for name in TODO} <= set(load_catalogue()), "an instruction for a shape that is no more"
    assert set(EXPLAINED) <= set(codes())


# --- a card of a real finding --------------------------------------------------------------------------------------------


def cards(path: Path, lang: str = "en", **options: Path) -> tuple[Report, dict[str, Card]]:
    """Validate and return the first card of each rule."""
    report = validate([path], **options)  # type: ignore[arg-type]
    bench = bench_of_paths([path], report, **options)
    made: dict[str, Card] = {}
    for result in report.results:
        made.setdefault(local_name(result.shape), card(result, bench, lang))
    return report, made


def test_a_wrong_cell(tmp_path: Path) -> None:
    folder = small_folder(tmp_path / "small")
    spoil(folder, "entities", 2, start="21.5.2019")
    _, made = cards(folder)
    one = made["Table-wrong-date"]
    assert one.title == "“alpha”: '21.5.2019' is no date."
    assert one.rule.startswith("A date is a day (YYYY-MM-DD)")
    assert one.todo.startswith("Write YYYY")
    (row,) = one.rows
    assert (Path(row.file).name, row.row) == ("entities.csv", 2)
    assert [cell.column for cell in row.cells if cell.marked] == ["start"]
    assert {cell.column: cell.text for cell in row.cells}["entity_id"] == "alpha"
    _, german = cards(folder, "de")
    assert german["Table-wrong-date"].todo.startswith("Schreiben Sie JJJJ")
    json.dumps(one.data())


def add_fest(folder: Path) -> None:
    """Add an event with a start, in row 6."""
    header = (folder / "entities.csv").read_text().splitlines()[0].split(",")
    cells = {"entity_id": "fest", "type": "Event", "label_de": "Fest", "label_en": "Fest", "start": "2021-06-01", "source_ids": "s1"}
    add_row(folder, "entities", **dict.fromkeys(header, ""))
    spoil(folder, "entities", 6, **cells, description_de="Ein Fest.")


def test_what_is_missing_is_marked_and_another_row_shows_how_it_is_done(tmp_path: Path) -> None:
    folder = small_folder(tmp_path / "small")
    spoil(folder, "entities", 4, lat="", lon="")
    spoil(folder, "entities", 5, start="", end="", label_en="Meeting")
    add_fest(folder)
    _, made = cards(folder)
    one = made["EventShape-startDate"]
    assert one.title == "The event “Meeting” has no start."
    assert one.asked[0].expected == "at least one value"
    assert one.asked[0].found == "none"
    marked = [cell for row in one.rows for cell in row.cells if cell.marked]
    assert [(cell.column, cell.text) for cell in marked] == [("start", "")]
    assert one.example is not None
    assert one.example.name == "Fest"
    assert one.example.says == (("Start of the event", "2021-06-01"),)
    assert one.example.places[0].endswith("entities.csv:6")
    assert {link.kind for link in one.links} == {"entity", "rule", "source"}


def test_the_same_example_each_time_and_in_each_language(tmp_path: Path) -> None:
    folder = small_folder(tmp_path / "small")
    spoil(folder, "entities", 5, start="", end="")
    add_fest(folder)
    (_, first), (_, second), (_, german) = cards(folder), cards(folder), cards(folder, "de")
    assert first == second
    nodes = {name: one.example.node for name, one in first.items() if one.example}
    assert nodes
    assert nodes == {name: one.example.node for name, one in german.items() if one.example}


def test_a_file_that_changed_shows_no_row(tmp_path: Path) -> None:
    file = tmp_path / "dortmund" / "entities.csv"
    file.parent.mkdir()
    file.write_text("entity_id,start\na,2020\n")
    from kg.sources.lossless import checksum

    place, sums = Origin("dortmund/entities.csv", 2), {"dortmund/entities.csv": checksum(file.read_bytes())}
    for folders in ([tmp_path], [file.parent]):
        assert [cell.text for cell in Tables(folders, sums).row(place, ["start"], "en").cells] == ["a", "2020"]
    file.write_text("entity_id,start\nb,2020\n")
    changed = Tables([tmp_path], sums).row(place, (), "de")
    assert not changed.cells
    assert "geändert" in changed.note
    assert "not at hand" in Tables([], sums).row(place, (), "en").note
    assert "not at hand" in Tables([tmp_path], sums).row(Origin("../dortmund/entities.csv", 2), (), "en").note
    assert "not at hand" in Tables([tmp_path], {}).row(place, (), "en").note
    assert "no such row" in Tables([tmp_path]).row(Origin(place.file, 9), (), "en").note


def test_a_large_cell_and_many_columns_are_cut_and_said(tmp_path: Path) -> None:
    file = tmp_path / "wide.csv"
    file.write_text(",".join(f"c{n}" for n in range(70)) + "\n" + ",".join(["x" * 400] * 70) + "\n")
    row = Tables(named=True).row(Origin(str(file), 2), (), "en")
    assert len(row.cells) == 60
    assert row.note == "10 more columns are not shown."
    assert row.cells[0].text == "x" * 300 + "…"


# --- branches ------------------------------------------------------------------------------------------------------------

PREFIX = """@prefix inno: <https://w3id.org/innokg/ontology#> . @prefix schema: <https://schema.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix e: <https://example.org/id/project/> .
@prefix org: <http://www.w3.org/ns/org#> . @prefix s: <https://example.org/s#> .
"""
DATA = """e:a a inno:Project ; skos:prefLabel "Alpha"@de , "Alpha"@en ; schema:startDate "20211" .
e:b a inno:Project ; skos:prefLabel "Beta"@de , "Beta"@en ; schema:startDate "2021"^^xsd:gYear .
"""


def test_the_branches_of_a_shipped_rule(tmp_path: Path) -> None:
    file = tmp_path / "data.ttl"
    file.write_text(PREFIX + DATA)
    _, made = cards(file)
    one = made["DatedShape-startDate"]
    (outer,) = one.unfolded
    (node,) = outer.branches
    (inner,) = node.within
    assert inner.lead == "At least one of these must hold; none does:"
    assert [branch.words for branch in inner.branches] == ["a day (YYYY-MM-DD)", "a month (YYYY-MM)", "a year (YYYY)"]
    assert not any(branch.holds for branch in inner.branches)
    assert inner.branches[0].about == "“20211” (plain text)"
    assert one.example is not None
    assert one.example.says == (("Start", "2021"),)


SHAPES = """s:P a sh:PropertyShape ; sh:targetClass inno:Project ; sh:path schema:startDate ; sh:or (
  [ sh:datatype xsd:gYear ]
  [ sh:xone ( [ sh:pattern "^[0-9]{4}$" ; sh:datatype xsd:string ] [ sh:and ( [ sh:minLength 20 ] [ sh:datatype xsd:string ] ) ] ) ]
) .
s:Q a sh:NodeShape ; sh:targetClass inno:Project ; sh:name "Kein Altes"@de , "Nothing old"@en ; sh:not [ sh:property [ sh:path schema:startDate ; sh:hasValue "20211" ] ] .
s:R a sh:PropertyShape ; sh:targetClass inno:Project ; sh:path skos:prefLabel ; sh:qualifiedValueShape [ sh:languageIn ( "fr" ) ] ; sh:qualifiedMinCount 1 .
"""


def test_branches_of_every_kind(tmp_path: Path) -> None:
    file, shapes = tmp_path / "data.ttl", tmp_path / "shapes.ttl"
    file.write_text(PREFIX + DATA)
    shapes.write_text(PREFIX + SHAPES)
    _, made = cards(file, shapes=shapes)
    (either,) = made["P"].unfolded
    year, other = either.branches
    assert (year.words, year.holds, year.within) == ("a year (YYYY)", False, ())
    (xone,) = other.within
    four, both = xone.branches
    assert four.reasons == ("“20211” (plain text) does not match the pattern ^[0-9]{4}$",)
    (conjunction,) = both.within
    assert [branch.holds for branch in conjunction.branches] == [False, True]
    (forbidden,) = made["Q"].unfolded
    assert forbidden.lead == "This must not hold:"
    assert [branch.holds for branch in forbidden.branches] == [True]
    (french,) = made["R"].unfolded
    assert sorted((branch.about, branch.holds) for branch in french.branches) == [
        ("“Alpha” (text in the language de)", False),
        ("“Alpha” (text in the language en)", False),
    ]
    # Shapes that say nothing of themselves still give words.
    assert made["P"].title == "“Alpha” – start: “20211” is not allowed."
    assert "://" not in made["P"].rule
    text = card_text(made["P"], width=90)
    assert "Exactly one of these must hold:" in text
    assert max(map(len, text.splitlines())) <= 90


def test_a_hundred_branches_are_cut_and_said(tmp_path: Path) -> None:
    file, shapes = tmp_path / "data.ttl", tmp_path / "shapes.ttl"
    file.write_text(PREFIX + DATA)
    many = " ".join(f'[ sh:hasValue "{number}" ]' for number in range(100))
    shapes.write_text(f"{PREFIX} s:P a sh:PropertyShape ; sh:targetClass inno:Project ; sh:path schema:startDate ; sh:or ( {many} ) .")
    _, made = cards(file, shapes=shapes)
    (either,) = made["P"].unfolded
    assert (len(either.branches), either.more) == (20, 80)
    assert "80 more branches are not shown." in card_text(made["P"])


def test_deeper_than_four_levels_is_not_unfolded(tmp_path: Path) -> None:
    file, shapes = tmp_path / "data.ttl", tmp_path / "shapes.ttl"
    file.write_text(PREFIX + DATA)
    inner = "[ sh:datatype xsd:date ]"
    for _ in range(8):
        inner = f"[ sh:or ( {inner} {inner} ) ]"
    shapes.write_text(f"{PREFIX} s:P a sh:PropertyShape ; sh:targetClass inno:Project ; sh:path schema:startDate ; sh:node {inner} .")
    _, made = cards(file, shapes=shapes)

    def depth(unfolded: tuple[Unfolded, ...]) -> int:
        return max((1 + max((depth(branch.within) for branch in one.branches), default=0) for one in unfolded), default=0)

    def count(unfolded: tuple[Unfolded, ...]) -> int:
        return sum(1 + count(branch.within) for one in unfolded for branch in one.branches)

    assert depth(made["P"].unfolded) == 4
    assert count(made["P"].unfolded) <= 20


# --- words ---------------------------------------------------------------------------------------------------------------


@given(st.text(max_size=80))
def test_no_text_makes_a_title_with_an_address(label: str) -> None:
    result = results_of_rules()[0]
    made = title(result, rule_of(result.shape), "en", f"see https://example.org/id/x/{label}")
    assert "://" not in made or "://" in label


@given(st.text(alphabet="abc :/<>()\"'#", max_size=60))
def test_addresses_go_whatever_stands_around_them(text: str) -> None:
    assert "https://example.org/a/b" not in without_iris(f"{text} https://example.org/a/b")


def test_what_was_found_in_words() -> None:
    assert found_in("keiner", "en") == "none"
    assert found_in("2020; 2021; 2022; 2023; and 3 more", "de") == "2020; 2021; 2022; 2023; und 3 weitere"
    assert in_words("ein Knoten der Klasse inno:Place", "de") == "etwas der Art „Ort“"


def test_control_characters_of_a_cell_stay_in_the_card(tmp_path: Path) -> None:
    folder = small_folder(tmp_path / "small")
    spoil(folder, "entities", 2, start="\x1b[2Jx")
    report, made = cards(folder)
    assert report.results
    for one in made.values():
        assert "\x1b" not in card_text(one)
