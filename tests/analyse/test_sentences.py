"""Sentences of a profile: said by their rules, in both languages, with numbers and rows; no praise where the frame forbids it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from kg.analyse import Profile, profile
from kg.analyse.beside import TEXT as BESIDE_TEXT
from kg.analyse.compare_text import TEXT as COMPARE_TEXT
from kg.analyse.data import Selection, load
from kg.analyse.dates import Span, bounds
from kg.analyse.frames import Frame
from kg.analyse.kept import NOT_KEPT, keep, kept, path, profile_measures
from kg.analyse.nullmodel import Expected
from kg.analyse.page import render_page
from kg.analyse.positions import position_of
from kg.analyse.profile import EMPTY_MAPPING
from kg.analyse.render_text import render_profile
from kg.analyse.returns import classify, returns
from kg.analyse.sentence_text import RULES, TEXT
from kg.analyse.sentences import Sentence, sentences
from kg.analyse.ties import ties
from kg.build import Build
from kg.engine.duckdb import DuckDB
from kg.namespaces import local_name

PRAISE = re.compile(
    r"\b(hubs?|brokers?|strengthen\w*|central\w*|bridges?|key player|drehscheibe\w*|brücken?|gestärkt\w*|zentral\w*|führend\w*|leading)\b", re.I
)
SFS = "https://w3id.org/innokg/id/organisation/sozialforschungsstelle"


@pytest.fixture(scope="module")
def said(sfs: Profile) -> dict[str, Sentence]:
    return {sentence.key: sentence for sentence in sentences(sfs)}


def census(found: Profile) -> Profile:
    """Return a profile as if its data were a census."""
    return replace(found, method=replace(found.method, frame=Frame("census")), refusal=None)


def names(found: Profile) -> Iterator[str]:
    for named in (
        *found.things.values(),
        *(p.partner for p in found.partners),
        found.institution,
        found.asked,
        *found.above,
        *found.method.frame.around,
    ):
        yield from named.labels.values()
    yield from (wording for wording, _ in found.wordings)


def without_names(text: str, found: Profile) -> str:
    """Return a text without what the data call things: their names may hold any word."""
    text = " ".join(text.split())
    for name in sorted({*names(found)}, key=lambda name: (-len(name), name)):
        text = text.replace(" ".join(name.split()), "")
    return text


# What is said


def test_sentences_of_the_sozialforschungsstelle(said: dict[str, Sentence]) -> None:
    """The numbers of contracts 9 and of the tables, counted there by hand: 27, 199, 29; 200/30 as named, 192/29 at the top; 8, 2, 9, 8 by source."""
    assert list(said) == [
        "projects-and-partners",
        "partners-by-level",
        "roles-coded",
        "roles-worded",
        "attestation",
        "repeats-against-chance",
        "returns",
        "funding-by-programme",
        "activity",
        "position-withheld",
        "contributions-apart",
        "known-gaps",
    ]
    assert said["projects-and-partners"].values == {"projects": 27, "partners": 199, "repeat_partners": 29}
    levels = said["partners-by-level"].values
    assert {level: (levels[level]["partners"], levels[level]["repeat_partners"]) for level in levels} == {
        "unit": (200, 30),
        "merged": (199, 29),
        "top": (192, 29),
    }
    assert local_name(levels["top"]["institution"]) == "tu-dortmund"
    assert said["roles-coded"].values["coordinator"] == {"projects": 6, "through": 1}
    assert said["attestation"].values == {"outside": 8, "related": 2, "own": 9, "attributed": 8}
    assert said["contributions-apart"].values == {"contributions": 9, "elsewhere": 6}
    assert said["known-gaps"].values["no-amount"] == {"number": 26, "of": 27}


def test_returns_are_told_apart_from_overlaps(said: dict[str, Sentence], sfs: Profile) -> None:
    values = said["returns"].values
    assert values["returned"] + values["overlapping"] + values["undatable"] == values["of"] == 29
    assert len(said["returns"].rows) == values["returned"]
    spans = {entry.project.iri: entry.span for entry in sfs.projects}
    for one in returns(sfs):
        if one.kind == "returned":
            assert {one.earlier, one.later} <= set(one.partner.projects)
            assert bounds(spans[one.earlier].end)[1] < bounds(spans[one.later].start)[0]


@pytest.mark.parametrize(("observed", "en", "de"), [(29, "within", "Bereich"), (40, "more than chance", "mehr"), (3, "less than chance", "weniger")])
def test_what_chance_gives_decides_the_verdict(sfs: Profile, observed: int, en: str, de: str) -> None:
    assert sfs.repeats is not None
    number = Expected(observed, 27.5, 20.0, 32.0)
    changed = replace(sfs, repeats=replace(sfs.repeats, number=number))
    found = next(sentence for sentence in sentences(changed) if sentence.key == "repeats-against-chance")
    assert en in found.text["en"]
    assert de in found.text["de"]


def test_sentences_are_said_only_by_their_rules(graph: Build, engine: DuckDB) -> None:
    funder = profile(graph, "bmbf", engine=engine)
    assert {sentence.key for sentence in sentences(funder)} <= {"contributions-apart"}
    without = profile(graph, "stadt-dortmund", engine=engine, draws=0)
    keys = {sentence.key for sentence in sentences(without)}
    assert "repeats-against-chance" not in keys
    assert "returns" in keys
    alone = replace(without, partners=tuple(partner for partner in without.partners if partner.count == 1))
    assert "returns" not in {sentence.key for sentence in sentences(alone)}


def test_every_sentence_has_text_rule_rows_and_a_place_on_the_page(sfs: Profile, said: dict[str, Sentence]) -> None:
    found = json.loads(json.dumps(sfs.to_json()))["sentences"]
    assert [sentence["key"] for sentence in found] == list(said)
    for sentence in found:
        assert set(sentence) == {"key", "text", "values", "rule", "rows"}
        assert set(sentence["text"]) == set(sentence["rule"]) == {"de", "en"}
        assert sentence["rows"]
        assert "{" not in sentence["text"]["de"] + sentence["text"]["en"]
    for lang in ("de", "en"):
        page = render_page(sfs, lang, figures=False)
        text = " ".join(render_profile(sfs, lang).split())
        for sentence in said.values():
            assert f'href="#{sentence.anchor}"' in page
            assert f'id="{sentence.anchor}"' in page
            assert f"[{sentence.key}]" in text
        assert page.count('<a href="#project-1">') >= 1
        assert 'id="project-27"' in page


def test_texts_stand_in_both_languages_with_the_same_values() -> None:
    for texts in (TEXT, RULES, BESIDE_TEXT, COMPARE_TEXT):
        for key, text in texts.items():
            assert set(text) == {"de", "en"}, key
            assert sorted(set(re.findall(r"{(\w+)}", text["de"]))) == sorted(set(re.findall(r"{(\w+)}", text["en"]))), key


# What may not be said


def test_no_praise_in_any_text_but_two() -> None:
    for texts in (TEXT, BESIDE_TEXT, COMPARE_TEXT):
        for key, text in texts.items():
            assert key in ("hub", "broker") or not PRAISE.search(text["de"] + " " + text["en"]), key


def test_no_praise_on_the_frame_of_dortmund(graph: Build, engine: DuckDB, sfs: Profile) -> None:
    """In text, page and sentences, of the centre and of others; names of things are taken out first."""
    for found in (sfs, *(profile(graph, slug, engine=engine, draws=20) for slug in ("stadt-dortmund", "tno", "fh-dortmund"))):
        for lang in ("de", "en"):
            page = re.sub(r"<style.*?</style>|<[^>]*>", " ", render_page(found, lang, figures=False), flags=re.DOTALL)
            page = page.replace("&amp;", "&").replace("&#34;", '"').replace("&#39;", "'")
            for text in (render_profile(found, lang), page, *(sentence.text[lang] + sentence.rule[lang] for sentence in sentences(found))):
                assert not (match := PRAISE.search(without_names(text, found))), match
        assert all(measure["rank"] is None for measure in found.measures.values())
        assert not any(sentence.key.startswith("position-") and sentence.key != "position-withheld" for sentence in sentences(found))


def measured(rank: int, worst: int | None = None, n: int = 1000) -> dict[str, object]:
    return {"value": 5, "error": None, "rank": rank, "rank_best": rank, "rank_worst": worst or rank, "n": n}


@pytest.mark.parametrize(
    ("degree", "strength", "n", "expected"),
    [(10, 10, 1000, True), (10, 11, 1000, False), (11, 3, 1000, False), (1, 1, 99, False), (1, 1, 100, True), (2, 1, 100, False)],
)
def test_hub_needs_the_first_per_cent_by_both_measures(sfs: Profile, degree: int, strength: int, n: int, expected: bool) -> None:
    """Of 1,000 institutions the first per cent are ranks 1 to 10; of 99 there is none."""
    found = replace(census(sfs), measures={"degree": measured(degree, n=n), "strength": measured(strength, n=n)})
    assert ("hub" in {sentence.key for sentence in sentences(found)}) == expected
    assert "hub" not in {sentence.key for sentence in sentences(replace(found, method=sfs.method))}


@pytest.mark.parametrize(("worst", "expected"), [(10, True), (11, False)])
def test_broker_holds_at_the_edge_of_the_error(sfs: Profile, worst: int, expected: bool) -> None:
    found = replace(census(sfs), measures={"betweenness": measured(2, worst), "effective_size": measured(3)})
    assert ("broker" in {sentence.key for sentence in sentences(found)}) == expected


def test_positions_are_said_on_a_census(sfs: Profile) -> None:
    found = replace(census(sfs), measures={"betweenness": {**measured(40, 60), "rank_best": 30, "value": 0.000219, "error": 0.0000468}})
    text = next(sentence for sentence in sentences(found) if sentence.key == "position-betweenness").text
    assert (
        text["en"]
        == "Share of shortest paths between others (betweenness): 0.000219 (standard error 0.0000468), rank 30 to 60 of 1,000 institutions."
    )
    assert "Rang 30 bis 60 von 1.000" in text["de"]


# Dates


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        (Span("2014", "2016"), Span("2017", "2019"), "returned"),
        (Span("2014", "2016-06"), Span("2016-07", ""), "returned"),
        (Span("2014", "2016-06"), Span("2016", "2019"), "undatable"),
        (Span("2014", "2016"), Span("2016", "2019"), "undatable"),
        (Span("2014", "2018"), Span("2016", "2019"), "overlapping"),
        (Span("2014", ""), Span("2016", "2019"), "undatable"),
        (Span("", "2015"), Span("2016", ""), "returned"),
        (Span(), Span("2016", "2019"), "undatable"),
        (Span("2014-01-01", "2016-05-31"), Span("2016-05-31", "2017-01-01"), "overlapping"),
        (Span("2014-01-01", "2016-05-30"), Span("2016-05-31", "2017-01-01"), "returned"),
    ],
)
def test_classes_of_two_projects(one: Span, other: Span, kind: str) -> None:
    """By the first and last day each date can mean."""
    assert classify({"a": one, "b": other}, ["a", "b"])[0] == kind
    assert classify({"a": other, "b": one}, ["a", "b"])[0] == kind


def test_the_first_return_is_named() -> None:
    spans = {"a": Span("2010-01", "2011"), "b": Span("2010-02", "2014"), "c": Span("2015", "2016"), "d": Span("2013", "2014")}
    assert classify(spans, ["a", "b", "c", "d"]) == ("returned", "d", "c")
    assert classify(spans, ["a", "b", "d"]) == ("overlapping", "", "")  # a had ended when d began, b had not


def test_a_profile_says_what_the_ties_say(graph: Build, engine: DuckDB, sfs: Profile) -> None:
    found = ties(load(graph, engine=engine), SFS)
    back = {row["target"] if row["source"] == SFS else row["source"] for row in found.rows() if row["class"] == "returning"}
    assert back == {one.partner.partner.iri for one in returns(sfs) if one.kind == "returned"}
    assert len(back) == 12


# Measures


def test_measures_are_those_of_the_positions(graph: Build, engine: DuckDB, sfs: Profile) -> None:
    data = load(graph, engine=engine)
    expected = position_of(data, SFS)["measures"]
    assert {name: sfs.measures[name]["value"] for name in expected} == {name: measure["value"] for name, measure in expected.items()}
    assert sfs.measures["degree"]["value"] == 199
    assert sfs.repeats is not None
    assert sfs.measures["p_value"]["value"] == sfs.repeats.at_least
    assert sfs.measures["communities"]["value"].startswith("c")
    for measure in sfs.measures.values():
        assert {"value", "rank", "n", "formula", "parameters", "source", "level"} <= set(measure)
        assert measure["refusal"] == {"withheld": "order", "frame": "ego-sampled"}


def test_kept_measures_are_read_again(graph: Build, engine: DuckDB, monkeypatch: pytest.MonkeyPatch) -> None:
    data = load(graph, Selection(seed=7), engine=engine)
    fresh = profile_measures(data, SFS, None)
    monkeypatch.setattr("kg.analyse.kept.SMALL", 0)
    missing = profile_measures(data, SFS, None)
    assert missing["betweenness"]["value"] is None
    assert missing["betweenness"]["reason"] == NOT_KEPT
    assert (missing["degree"]["value"], missing["strength"]["value"]) == (199, fresh["strength"]["value"])
    file = keep(data)
    try:
        assert json.dumps(profile_measures(data, SFS, None), sort_keys=True) == json.dumps(fresh, sort_keys=True)
        assert kept(data, "https://example.org/nobody") is None
        other = load(graph, Selection(seed=8), engine=engine)
        assert path(other) != file
        assert kept(other, SFS) is None
        file.write_bytes(b"damaged")
        assert kept(data, SFS) is None
    finally:
        file.unlink()
    assert profile_measures(data, "https://example.org/nobody", None)["degree"]["value"] is None


def test_constraint_of_an_institution_without_partner_is_undefined(graph: Build, engine: DuckDB) -> None:
    data = load(graph, engine=engine)
    alone = [
        iri
        for iri, degree in zip(
            data.incidence.institutions, (data.incidence.matrix @ data.incidence.sizes - data.incidence.degrees).tolist(), strict=True
        )
        if not degree
    ]
    for iri in alone:
        assert profile_measures(data, iri, None)["constraint"]["value"] is None
        assert "reason" in profile_measures(data, iri, None)["constraint"]


def test_no_mapping_has_the_version_of_nothing() -> None:
    assert hashlib.sha256(b"").hexdigest()[:12] == EMPTY_MAPPING
