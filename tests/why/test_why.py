"""`kg why` on the tables of Dortmund: every answer worked out by hand from the CSV files named beside it."""

from __future__ import annotations

import contextlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from kg.build import Build, build
from kg.cli import app
from kg.errors import ParameterError
from kg.infer import rules
from kg.portal.entity_words import WORDS
from kg.sources.claims import Decisions, SourceFacts, resolve
from kg.sources.claims import Statement as Stated
from kg.store import Store, open_store
from kg.why import Evidence, overview, why
from kg.why.asked import find_subject
from kg.why.data import Plain
from kg.why.derived import PREMISES
from kg.why.model import Claim, Source
from kg.why.standing import stand
from kg.why.text import answer_text
from tests.portal.conftest import oxigraph
from tests.sources.folders import entity, relation, source, write_folder

BASE = "https://w3id.org/innokg/"
SFS = BASE + "id/organisation/sozialforschungsstelle"


@pytest.fixture(scope="module")
def evidence(both: Build) -> Evidence:
    return Evidence(open_store(both.store), both, words=WORDS)


def answer(evidence: Evidence, subject: str, predicate: str, value: str = "", lang: str = "en") -> dict[str, Any]:
    iri = find_subject(evidence.store, subject, build=evidence.build)
    return Plain(lang, WORDS).answer(why(evidence, iri, predicate, value))


def places(origins: list[dict[str, Any]]) -> list[tuple[str, int]]:
    return [(one["file"], one["row"]) for one in origins]


def test_a_claim_with_two_sources_and_one_against(evidence: Evidence) -> None:
    """relations.csv 1159 and 1160 say 25, 1161 says 24: two publishers against one."""
    found = answer(evidence, "t-factor", "declaredSize")["statements"]
    assert [(one["object"]["label"], one["status"]) for one in found] == [("25", "accepted"), ("24", "disputed")]
    first, second = found
    assert first["reason"] == "It counts because more independent publishers say so: 2 against 1 for “24”."
    assert [places(one["origins"]) for one in first["claims"]] == [[("dortmund/relations.csv", 1159)], [("dortmund/relations.csv", 1160)]]
    assert [one["sources"][0]["iri"] for one in first["claims"]] == [BASE + "id/document/sowi-tfactor-2020", BASE + "id/document/futuribile-tfactor"]
    assert first["claims"][1]["sources"][0]["publisher"] == "Futuribile"
    assert first["claims"][1]["sources"][0]["paraphrases"] == [{"text": "Futuribile beziffert das Konsortium auf 25 Partner.", "lang": "de"}]
    assert first["claims"][1]["sources"][0]["retrieved"] == "2026-11-22"
    assert [(one["object"]["label"], places(one["origins"])) for one in first["against"]] == [("24", [("dortmund/relations.csv", 1161)])]
    assert first["change"][0] == "2 more independent publishers for “24”."
    assert second["change"] == ["A row in decisions.csv: t-factor declaredSize 24 sfs-tfactor-en,accepted,,who,when,why"]


def test_the_row_of_the_thing_itself_comes_first(evidence: Evidence) -> None:
    """entities.csv 29 says 1946, as relations.csv 1165 does; 1166 says 1972."""
    first, second = answer(evidence, "sozialforschungsstelle", "Beginn")["statements"]
    assert (first["object"]["label"], second["object"]["label"]) == ("1946", "1972")
    assert "row of the thing itself" in first["reason"]
    assert places(first["origins"]) == [("dortmund/entities.csv", 29), ("dortmund/relations.csv", 1165)]
    assert first["change"][0] == "Another value in row 29 of dortmund/entities.csv."
    assert [one["attestation"] for one in first["claims"]] == ["stated", "entity-row"]


def test_a_decision_is_named_with_who_when_and_why(evidence: Evidence) -> None:
    """decisions.csv 9 disputes Amsterdam 2014 (relations.csv 120), 7 accepts Barcelona (118), 11 says that they contradict each other."""
    found = answer(evidence, "icapital-award-2014", "awardedTo")["statements"]
    assert [(one["object"]["label"], one["status"]) for one in found] == [("Barcelona", "accepted"), ("Amsterdam", "disputed")]
    assert "“accepted”, decided by innovation-kg, Datenredaktion on 2026-11-22 (dortmund/decisions.csv, row 7)" in found[0]["reason"]
    assert [(one["origin"]["row"], one["decision"]) for one in found[1]["decisions"]] == [(9, "disputed"), (11, "contradicts")]
    assert "vertauscht vermutlich" in found[1]["reason"]
    assert [one["concerns"][0]["label"] for one in found[1]["against"]] == ["Barcelona"]
    assert found[1]["change"] == ["Change or remove row 9 of dortmund/decisions.csv; then the general rule holds."]


def test_a_decision_about_one_property_of_a_row(evidence: Evidence) -> None:
    """decisions.csv 19 rejects the year 2021 (relations.csv 1197); the other year counts because of that decision."""
    found = answer(evidence, "icapital-netzwerktreffen-2022", "startDate")["statements"]
    assert [(one["object"]["label"], one["status"]) for one in found] == [("2022-09-21", "accepted"), ("2021-09-21", "rejected")]
    assert "the editors decided against the other value" in found[0]["reason"]
    assert "decisions.csv, row 19" in found[0]["reason"]


def test_identifiers_of_a_parent(evidence: Evidence) -> None:
    """decisions.csv 3; the identifiers stand in entities.csv 341."""
    found = answer(evidence, "uct-bertha", "identifiers")["statements"]
    assert [one["object"]["label"] for one in found] == ["grid-grid-7836-a", "ror-03p74gp79", "wikidata-q951305"]
    assert all(one["basis"] == "row" and places(one["origins"]) == [("dortmund/entities.csv", 341)] for one in found)
    assert all([two["origin"]["row"] for two in one["decisions"]] == [3] for one in found)
    assert "identifier-of-parent" in found[0]["reason"]


def test_a_derived_statement_names_its_rule_and_one_level_of_premises(evidence: Evidence) -> None:
    """relations.csv 294 says that ANCI Toscana coordinates T-Factor."""
    (one,) = answer(evidence, "t-factor", "coordinatedBy")["statements"]
    assert one["basis"] == "derived"
    (derived,) = one["derived"]
    assert (derived["rule"], derived["title"]) == ("coordinated-by", "An initiative is coordinated by")
    assert {two["predicate"]["curie"] for two in derived["premises"]} == {"inno:inInitiative", "inno:participant", "inno:role"}
    assert all(places(two["origins"]) == [("dortmund/relations.csv", 294)] for two in derived["premises"])
    (complete,) = answer(evidence, "t-factor", "completeness")["statements"]
    assert [[rule["rule"] for rule in two["rules"]] for two in complete["derived"][0]["premises"]] == [[], ["recorded-size"]]


def test_every_rule_has_premises(evidence: Evidence) -> None:
    assert set(PREMISES) == {name for _, name, _ in rules()}
    for name, subject, predicate in (
        ("participant-merged", "", "inno:participantMerged"),
        ("participant-top", "", "inno:participantTop"),
        ("counts-with", "", "inno:countsWith"),
        ("recorded-size", "", "inno:recordedSize"),
        ("involves", "", "inno:involves"),
    ):
        rows = evidence.store.query(f"SELECT ?s WHERE {{ ?s {predicate} ?o }} ORDER BY ?s LIMIT 1").rows  # type: ignore[union-attr]
        for one in answer(evidence, rows[0][0].value, predicate)["statements"]:  # type: ignore[union-attr]
            assert one["derived"][0]["rule"] == name, subject
            assert one["derived"][0]["premises"], name


def test_a_participation_of_a_delivery(evidence: Evidence) -> None:
    """cordis-dortmund/organization.csv, record 2094."""
    (one,) = answer(evidence, "cordis-634429", "participant", "ACQUA AZZURRA SPA")["statements"]
    assert (one["basis"], one["claims"]) == ("delivery", [])
    assert places(one["origins"]) == [("cordis-dortmund/organization.csv", 2094)]
    assert [(two["state"], two["publisher"]) for two in one["deliveries"]] == [("2025-10-28", "Publications Office of the European Union")]
    assert "no single claims" in one["reason"]


def test_predicates_of_the_tables_and_the_words_of_a_source(evidence: Evidence) -> None:
    """relations.csv 279."""
    (one,) = answer(evidence, "t-factor", "hasParticipant", "Technische Universität Dortmund")["statements"]
    assert one["claims"][0]["wordings"] == [{"text": "Partner", "lang": "de"}]
    assert places(one["claims"][0]["origins"]) == [("dortmund/relations.csv", 279)]
    far = answer(evidence, "tu-dortmund", "participant", "t-factor")["statements"]
    assert [two["subject"] for two in far] == [one["subject"]], "asked from the other end it is the same record"


def test_nobody_says_so(evidence: Evidence) -> None:
    found = answer(evidence, "t-factor", "declaredSize", "26")
    assert not found["found"]
    assert [one["object"]["label"] for one in found["near"]] == ["24", "25"] or [one["object"]["label"] for one in found["near"]] == ["25", "24"]


def test_an_overview_counts_and_begins_with_what_is_contradicted(evidence: Evidence) -> None:
    found = Plain("de", WORDS).overview(overview(evidence, BASE + "id/project/t-factor"))
    assert [(one["object"]["label"], one["sources"]) for one in found["lines"][:2]] == [("24", 1), ("25", 2)]
    assert found["counts"]["contradicted"] == 2
    assert found["counts"]["statements"] == len(found["lines"])
    named = {one["predicate"]["label"] for one in found["lines"]}
    assert {"declared size", "participant", "Klasse"} <= named, "names of the graph are those of the evidence"
    places_of = overview(evidence, BASE + "id/organisation/uct-bertha")
    assert [one.decision for one in places_of.decisions] == ["identifier-of-parent"]


@pytest.mark.parametrize(
    ("text", "iri"),
    [
        ("t-factor", BASE + "id/project/t-factor"),
        ("<" + SFS + ">", SFS),
        ("Sozialforschungsstelle Dortmund", SFS),
        ("thema-zwischennutzung", BASE + "code/topic/thema-zwischennutzung"),
        ("inno:Project", BASE + "ontology#Project"),
    ],
)
def test_ways_to_name_a_subject(evidence: Evidence, text: str, iri: str) -> None:
    assert find_subject(evidence.store, text, build=evidence.build) == iri


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("t-faktor", "Did you mean T-Factor (t-factor)"),
        ("Dortmund", "means 2 things"),
        ("https://example.org/none", "Nothing"),
        ("", "empty"),
        ("x" * 2000, "1,000"),
    ],
)
def test_unknown_and_ambiguous_subjects(evidence: Evidence, text: str, part: str) -> None:
    with pytest.raises(ParameterError) as caught:
        find_subject(evidence.store, text, build=evidence.build)
    assert part in caught.value.text()


@lru_cache(maxsize=1)
def _opened(path: str) -> tuple[Store, Evidence]:
    store = open_store(path)
    return store, Evidence(store, words=WORDS)


@given(st.text(max_size=60))
@settings(max_examples=25, deadline=None)
def test_whatever_is_typed_is_found_or_refused(both: Build, text: str) -> None:
    """The law of the door: a name is an error that says what to do, never syntax."""
    store, evidence = _opened(str(both.store))
    for ask in (lambda: find_subject(store, text, build=both), lambda: why(evidence, SFS, text), lambda: why(evidence, SFS, "startDate", text)):
        with contextlib.suppress(ParameterError):
            ask()


# --- the reason is the rule ------------------------------------------------------------------------------------------------

VALUES = st.sampled_from(["2019", "2020", "2020-05", "2020-05-31", "2021"])
CLAIMS = st.lists(st.tuples(VALUES, st.sampled_from("abc"), st.sampled_from(["", "2019", "2021-02"]), st.booleans()), min_size=1, max_size=6)


@given(CLAIMS)
def test_the_value_said_to_count_is_the_one_that_the_build_chooses(given_: list[tuple[str, str, str, bool]]) -> None:
    """The law of the reason: it is found without knowing the statuses' cause, and speaks for the accepted value and against the others."""
    from kg.identifiers import parse_date
    from kg.namespaces import SCHEMA
    from kg.sources.statements import date_term

    stated, facts, claims = [], {}, []
    for number, (text, publisher, published, own) in enumerate(given_):
        date = parse_date(text)
        term = date_term(date) if date else None
        assert term is not None
        document = f"https://e.org/d{number}"
        facts[document] = SourceFacts(f"https://e.org/{publisher}", published)
        stated.append(Stated("https://e.org/s", SCHEMA.endDate, term, "", (document,), attestation="entity-row" if own else "stated"))
    resolve(stated, Decisions([]), [], facts)
    import pyoxigraph as ox

    for one in stated:
        made = Source(one.sources[0], "t", "p", facts[one.sources[0]].publisher, facts[one.sources[0]].published)
        value = ox.Literal(one.object.value, datatype=ox.NamedNode(one.object.datatype))
        claims.append(Claim(one.sources[0], one.subject, one.predicate, value, one.status, one.attestation, sources=(made,)))
    for claim in claims:
        mine = [one for one in claims if one.object == claim.object]
        reason = stand(mine, claims).reason
        if claim.status == "accepted":
            assert reason.en.startswith("It counts because")
            assert reason.de.startswith("Diese Angabe gilt")
        else:
            chosen = next(one.object.value for one in claims if one.status == "accepted")
            assert f"“{chosen}”" in reason.en
            assert "not at hand" not in reason.en


def test_each_step_of_the_rule_has_its_words(tmp_path: Path) -> None:
    """Precision, date of the source, and the smaller value, in tables made for it."""
    rows = [
        relation("p", "endDate", "", source_id="s1", value="2020-05-31"),
        relation("p", "endDate", "", source_id="s2", value="2021"),
        relation("p", "startDate", "", source_id="s1", value="2011"),
        relation("p", "startDate", "", source_id="s2", value="2012"),
        relation("p", "declaredSize", "", source_id="s3", value="7"),
        relation("p", "declaredSize", "", source_id="s4", value="8"),
    ]
    sources = [
        source("s1", publisher="A", published="2019"),
        source("s2", publisher="B", published="2022"),
        source("s3", publisher="C", published=""),
        source("s4", publisher="D", published=""),
    ]
    folder = tmp_path / "small"
    write_folder(
        folder, sources, [entity("p", "Project")], rows, '[graph]\nname = "small"\nbase = "https://example.org/small/"\nstate = "2026-01-02"\n'
    )
    built = build([folder], tmp_path / "build")
    found = Evidence(open_store(built.store), built, roots=[tmp_path], words=WORDS)
    reasons = {name: answer(found, "p", name)["statements"][0] for name in ("endDate", "startDate", "declaredSize")}
    assert {name: one["object"]["label"] for name, one in reasons.items()} == {"endDate": "2020-05-31", "startDate": "2012", "declaredSize": "7"}
    assert "written more precisely" in reasons["endDate"]["reason"]
    assert "newest source is dated 2022, that of “2011” 2019" in reasons["startDate"]["reason"]
    assert "the smaller value is taken" in reasons["declaredSize"]["reason"]


def test_a_decision_comes_before_own_row_and_number_of_publishers(tmp_path: Path) -> None:
    """Without the two rows of decisions.csv the row of the thing itself (1946) and two publishers against one (7) would win."""
    rows = [
        relation("p", "startDate", "", source_id="s2", value="1972"),
        relation("p", "declaredSize", "", source_id="s1", value="7"),
        relation("p", "declaredSize", "", source_id="s2", value="7"),
        relation("p", "declaredSize", "", source_id="s3", value="8"),
    ]
    sources = [source(name, publisher=name.upper(), published="2020") for name in ("s1", "s2", "s3")]
    folder = tmp_path / "small"
    base = '[graph]\nname = "small"\nbase = "https://example.org/small/"\nstate = "2026-01-02"\n'
    write_folder(folder, sources, [entity("p", "Project", start="1946")], rows, base)

    def built(name: str) -> Evidence:
        made = build([folder], tmp_path / name)
        return Evidence(open_store(made.store), made, roots=[tmp_path], words=WORDS)

    def answers(found: Evidence, lang: str = "en") -> list[dict[str, Any]]:
        return [one for predicate in ("startDate", "declaredSize") for one in answer(found, "p", predicate, lang=lang)["statements"]]

    assert [(one["object"]["label"], one["status"]) for one in answers(built("before"))] == [
        ("1946", "accepted"),
        ("1972", "disputed"),
        ("7", "accepted"),
        ("8", "disputed"),
    ]
    (folder / "decisions.csv").write_text(
        "target,decision,value,who,when,why\n"
        "p startDate 1972 s2,accepted,,Desk,2026-01-03,The charter says so.\n"
        "p declaredSize 8 s3,accepted,,Desk,2026-01-04,Counted again.\n",
        encoding="utf-8",
    )
    decided = built("after")
    after = answers(decided)
    assert [(one["object"]["label"], one["status"]) for one in after] == [
        ("1972", "accepted"),
        ("1946", "disputed"),
        ("8", "accepted"),
        ("7", "disputed"),
    ]
    start, own_row, size, majority = after
    made = ["“accepted”, decided by Desk on 2026-01-03 (small/decisions.csv, row 2): The charter says so."]
    made.append("“accepted”, decided by Desk on 2026-01-04 (small/decisions.csv, row 3): Counted again.")
    for number, (one, other) in enumerate(((start, own_row), (size, majority))):
        assert made[number] in one["reason"]
        assert [(two["origin"]["row"], two["decision"]) for two in one["decisions"]] == [(number + 2, "accepted")]
        assert one["change"] == [f"Change or remove row {number + 2} of small/decisions.csv; then the general rule holds."]
        assert other["decisions"] == []
        assert other["reason"] == f"“{one['object']['label']}” counts instead, because the editors decided so: {made[number]}"
    german = answers(decided, "de")[1]["reason"]
    assert german.startswith("Stattdessen gilt die Angabe „1972“, weil die Redaktion ")
    assert german.endswith("„gültig“, entschieden von Desk am 2026-01-03 (small/decisions.csv, Zeile 2): The charter says so.")


# --- where nothing but a store is there ------------------------------------------------------------------------------------


def test_an_endpoint_gives_what_the_graph_holds(both: Build, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(both.store, tmp_path / "store")
    with oxigraph(tmp_path / "store") as address:
        found = Evidence(open_store(address), None, words=WORDS)
        iri = find_subject(found.store, "t-factor")
        made = Plain("en", WORDS).answer(why(found, iri, "declared size", "25"))
        disputed = Plain("en", WORDS).answer(why(found, find_subject(found.store, "icapital-award-2014"), "candidate", "amsterdam"))
    (one,) = made["statements"]
    assert one["reason"] == "It counts because more independent publishers say so: 2 against 1 for “24”."
    assert (one["origins"], one["claims"][0]["origins"]) == ([], [])
    assert any("Files and rows are not shown" in note for note in made["notes"])
    assert "table of decisions is not at hand" in disputed["statements"][0]["reason"]


def test_changed_tables_are_not_used(both: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table that is not, byte for byte, the one of the build would name the wrong rows."""
    from kg.why import tables

    monkeypatch.setattr(tables, "folder", lambda *_: tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dortmund").mkdir()
    (tmp_path / "dortmund" / "decisions.csv").write_text("target,decision,value,who,when,why\nx,accepted,,a,b,c\n")
    found = Evidence(open_store(both.store), both, words=WORDS)
    assert found.tables.decisions == []
    assert any("dortmund/decisions.csv is not at hand" in note.en for note in found.notes())


# --- the command -----------------------------------------------------------------------------------------------------------


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["why", *arguments])


def test_the_command(both: Build) -> None:
    folder = str(both.path.parents[1])
    found = run("t-factor", "declaredSize", "25", "--build", folder, "--lang", "de")
    assert found.exit_code == 0, found.output
    assert "T-Factor · angegebene Größe: 25" in found.output
    assert "dortmund/relations.csv, Zeile 1159" in found.output
    nobody = run("t-factor", "declaredSize", "26", "--build", folder, "--format", "json")
    assert nobody.exit_code == 1
    assert json.loads(nobody.output)["found"] is False
    with pytest.raises(ParameterError):
        CliRunner().invoke(app, ["why", "t-faktor", "--build", folder], catch_exceptions=False)
    by_store = run("t-factor", "declaredSize", "--store", str(both.store), "--lang", "en")
    assert "row 1159" in by_store.output, "the quad tables lie beside the store"


def test_markdown_of_hostile_text_is_text(evidence: Evidence) -> None:
    data = answer(evidence, "t-factor", "declaredSize")
    data["statements"][0]["claims"][0]["sources"][0]["title"] = "<img src=x> [a](javascript:b) `c` *d*\n# e"
    text = answer_text(data, "en", markdown=True)
    assert "\\<img src=x\\> \\[a\\](javascript:b) \\`c\\` \\*d\\* \\# e" in text
