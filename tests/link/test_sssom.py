"""SSSOM/TSV: what is written reads back, what is wrong is named, and the shipped file is right."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.build import Build
from kg.errors import InputError
from kg.link.sssom import (
    BUILT_IN,
    EXACT,
    JUSTIFICATIONS,
    PREDICATES,
    SEMAPV,
    EntityMapping,
    MappingSet,
    new_set,
    parse_sssom,
    problems,
    read_sssom,
    sssom_text,
    write_sssom,
)
from kg.namespaces import BASE
from kg.quads import read_parquet

SHIPPED = sorted((Path(__file__).resolve().parents[2] / "data" / "mappings").glob("*.sssom.tsv"))
BULK = re.compile(re.escape(BASE) + r"id/(organisation/pic-[0-9]{9}|project/cordis-[0-9]{6,9})\Z")

SLUGS = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=6)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=20) | st.sampled_from(
    ['a "quoted" word', "# no comment", "a\nb", "tab\tin", "|"]
)
MAPPINGS = st.builds(
    EntityMapping,
    subject_id=SLUGS.map(lambda slug: f"{BASE}id/organisation/{slug}"),
    subject_label=TEXTS,
    predicate_id=st.sampled_from(sorted(PREDICATES)),
    predicate_modifier=st.sampled_from(["", "Not"]),
    object_id=SLUGS.map(lambda slug: f"{BASE}id/project/{slug}"),
    object_label=TEXTS,
    mapping_justification=st.sampled_from(sorted(JUSTIFICATIONS)),
    subject_source=st.just(f"{BASE}graph/left"),
    mapping_date=st.sampled_from(["", "2026-11-23"]),
    confidence=st.integers(0, 1000).map(lambda thousandths: thousandths / 1000),
    comment=TEXTS,
)


def empty() -> MappingSet:
    return new_set("test.sssom.tsv", BASE, {"en": "Test: a set", "de": "Test"}, "https://creativecommons.org/licenses/by/4.0/")


@settings(deadline=None)
@given(st.lists(MAPPINGS, max_size=5, unique_by=lambda mapping: mapping.pair))
def test_written_and_read_back(mappings: list[EntityMapping]) -> None:
    start = empty()
    text = sssom_text(MappingSet(start.metadata, start.prefixes, tuple(mappings), start.name))
    again = parse_sssom(text, start.name)
    assert list(again.mappings) == sorted(mappings)
    assert dict(again.metadata) == dict(start.metadata)
    assert [mapping.row for mapping in again.mappings] == list(range(2, len(mappings) + 2))
    assert sssom_text(again) == text


HEAD = f"""#curie_map:
#  o: {BASE}id/organisation/
#mapping_set_id: {BASE}mapping/test
#license: https://creativecommons.org/licenses/by/4.0/
"""
ROW = "subject_id\tpredicate_id\tobject_id\tmapping_justification\tconfidence\n{}\n"


def test_rows_are_counted_without_comment_lines() -> None:
    (mapping,) = parse_sssom(HEAD + ROW.format("o:a\tskos:exactMatch\to:b\tsemapv:LexicalMatching\t0.5"), "x").mappings
    assert mapping == EntityMapping(
        f"{BASE}id/organisation/a", object_id=f"{BASE}id/organisation/b", mapping_justification=SEMAPV + "LexicalMatching", confidence=0.5
    )
    assert mapping.row == 2


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("q:a\tskos:exactMatch\to:b\tsemapv:LexicalMatching\t1", "undeclared-prefix"),
        (f"{BASE}id/x\tskos:exactMatch\to:b\tsemapv:LexicalMatching\t1", "undeclared-prefix"),
        ("o:a\tskos:exactMatch\to:b\tsemapv:Guess\t1", "unknown-term"),
        ("o:a\trdfs:label\to:b\tsemapv:LexicalMatching\t1", "unknown-term"),
        ("o:a\tskos:exactMatch\to:b\tsemapv:LexicalMatching\t1.2", "confidence"),
        ("o:a\tskos:exactMatch\to:b\tsemapv:LexicalMatching\thigh", "confidence"),
        ("o:a\tskos:exactMatch\to:b\tsemapv:LexicalMatching\tnan", "confidence"),
        ("o:a\tskos:exactMatch\t\tsemapv:LexicalMatching\t1", "empty-cell"),
        ("o:a\tskos:exactMatch\to:a\tsemapv:LexicalMatching\t1", "itself"),
        ("o:a\tskos:exactMatch\to:b\tsemapv:LexicalMatching\t1\no:a\tskos:broadMatch\to:b\tsemapv:MappingReview\t1", "duplicate"),
    ],
)
def test_faults_are_named_with_their_row(row: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_sssom(HEAD + ROW.format(row), "x.sssom.tsv")
    (problem,) = caught.value.problems
    assert (problem.code, problem.file) == (code, "x.sssom.tsv")
    assert problem.row == 2 + row.count("\n")
    assert problem.what["de"]
    assert problem.what["en"]


@pytest.mark.parametrize("text", ["", "subject_id\n", HEAD, HEAD + "subject_id\tobject_id\n", "#a: [\n" + ROW.format("")])
def test_no_sssom_at_all_is_said_in_one_sentence(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_sssom(text, "x")
    assert caught.value.text("de") != caught.value.text("en")


def test_a_missing_slot_is_named() -> None:
    with pytest.raises(InputError) as caught:
        parse_sssom(HEAD.replace("#license", "#licence") + ROW.format("o:a\tskos:exactMatch\to:b\tsemapv:LexicalMatching\t1"), "x")
    assert [problem.code for problem in caught.value.problems] == ["missing-slot"]


def test_a_missing_file_is_no_traceback(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        read_sssom(tmp_path / "none.sssom.tsv")


def test_an_entity_without_prefix_is_refused(tmp_path: Path) -> None:
    start = empty()
    with pytest.raises(InputError):
        write_sssom(MappingSet(start.metadata, start.prefixes, (EntityMapping("urn:x", object_id="urn:y"),), start.name), tmp_path / "x.tsv")
    assert not list(tmp_path.iterdir())


def test_both_ends_have_to_exist() -> None:
    mappings = (EntityMapping("a", object_id="b", mapping_justification=SEMAPV + "MappingReview"),)
    found = problems(MappingSet({"mapping_set_id": "x", "license": "y"}, {}, mappings), {"a"}.__contains__)
    assert [(problem.code, problem.column) for problem in found] == [("unknown-entity", "object_id")]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_shipped_mappings(path: Path, graph: Build) -> None:
    """Subjects are in the graph of Dortmund; objects have the form of CORDIS entities, which are not shipped whole."""
    known = {quad.subject for quad in read_parquet(graph.parquet)}
    found = read_sssom(path)
    assert not problems(found, lambda entity: entity in known or bool(BULK.match(entity)))
    assert sssom_text(found) == path.read_text(encoding="utf-8"), "not canonical: write it with kg.link.sssom.write_sssom"
    used = set(re.findall(r"(?:^|\t)([a-z]+):", path.read_text(encoding="utf-8").split("\nsubject_id", 1)[1]))
    assert used - {"ror", "cordis", "pic", "doi"} <= set(BUILT_IN) | set(found.prefixes) | {"cordis-rcn"}


def test_what_has_to_be_linked_is() -> None:
    (path,) = [path for path in SHIPPED if path.name == "dortmund-cordis.sssom.tsv"]
    exact = {mapping.pair for mapping in read_sssom(path).mappings if mapping.exact}
    pairs = {
        "t-factor": "868887",
        "siscode": "788217",
        "sic": "693883",
        "make-it": "688241",
        "beyond-4-0": "822296",
        "is2h4c": "101138473",
        "greensme": "101058613",
    }
    assert exact >= {(f"{BASE}id/project/{left}", f"{BASE}id/project/cordis-{right}") for left, right in pairs.items()}
    assert (f"{BASE}id/organisation/tu-dortmund", f"{BASE}id/organisation/pic-999848453") in exact
    assert not [pair for pair in exact if pair[0].endswith("/sozialforschungsstelle")]
    assert len({left for left, _ in exact}) == len({right for _, right in exact}) == len(exact), "one to one"
    assert EXACT[0].endswith("exactMatch")
