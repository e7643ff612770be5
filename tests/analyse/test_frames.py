"""What may be said on which frame: counts always, positions on a census only, and never without a reason."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kg.analyse import Analysis, Frame, Profile, analyse, frame_of, profile
from kg.analyse.frames import ALWAYS, CENSUS_ONLY, caveats, machine_caveat, may, refusal, require
from kg.analyse.labels import Named, sort_key
from kg.analyse.page import render_page
from kg.analyse.render_text import render_analysis, render_profile
from kg.analyse.wording import TEXT
from kg.build import Build
from kg.engine.duckdb import DuckDB
from kg.errors import AnalysisError

FORBIDDEN = re.compile(r"hub|broker|\brank(?!s and measures of position in the network are not given)|\brang(?!e)|zentral|central", re.IGNORECASE)
CENSUS_WORDS = {"rank", "rank-of", "ranks", "measures-note"}
"""Texts of the table of positions, which stands on a census only."""
EGO = Frame("ego-sampled", (Named("https://example.org/id/organisation/x", {"de": "Ix", "en": "Ex"}),))


def data_strings(value: Any) -> Iterator[str]:
    """Return every text in a result that comes from the data."""
    if isinstance(value, dict):
        for item in value.values():
            yield from data_strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from data_strings(item)
    elif isinstance(value, str):
        yield value


def own_words(text: str, result: Profile) -> str:
    """Return what a rendering says by itself: without tags, styles and the labels and wordings of the data."""
    import html

    text = html.unescape(re.sub(r"<[^>]*>", " ", re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)))
    labels = [named.label(lang) for named in result.things.values() for lang in ("de", "en")] + [wording for wording, _ in result.wordings]
    labels += [text for texts in result.method.frame.population.values() for text in texts]
    text = " ".join(text.split())
    for label in sorted(labels, key=len, reverse=True):
        text = text.replace(label, " ")
    return text


def test_sentences_hold_no_word_that_compares() -> None:
    sentences = json.dumps({key: text for key, text in TEXT.items() if key not in CENSUS_WORDS}, ensure_ascii=False)
    assert not FORBIDDEN.findall(sentences)
    found = refusal(EGO)
    assert found is not None
    assert not FORBIDDEN.findall(json.dumps(found.to_json(), ensure_ascii=False))


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("institution", ["sozialforschungsstelle", "stadt-dortmund"])
def test_profile_compares_nothing_and_says_why(graph: Build, engine: DuckDB, institution: str, lang: str) -> None:
    found = profile(graph, institution, engine=engine)
    assert found.refusal is not None
    reason = found.refusal.reason[lang]
    assert ("Vollerhebung" if lang == "de" else "census") in reason
    assert found.method.frame.centre(lang) in reason
    for text in (render_profile(found, lang), render_page(found, lang, figures=institution == "sozialforschungsstelle")):
        assert not FORBIDDEN.findall(own_words(text, found))
        assert " ".join(reason.split()) in " ".join(re.sub(r"<[^>]*>", " ", text).split())
    plain = found.to_json()
    assert "what_if" not in set(_keys(plain))
    assert {measure["rank"] for measure in plain["measures"].values()} == {None}
    assert plain["measures_caveat"], "machine formats hold measures of position with their caveat"


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _keys(item)
    elif isinstance(value, list):
        for item in value:
            yield from _keys(item)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_network_as_text_compares_nothing_and_says_why(analysis: Analysis, lang: str) -> None:
    text = render_analysis(analysis, lang)
    assert not FORBIDDEN.findall(text.replace("Centre", ""))
    assert "etweenness" not in text
    assert analysis.refusal is not None
    assert analysis.refusal.reason[lang] in " ".join(text.split())
    lines = text.splitlines()
    names = sorted((row.institution.label(lang) for row in analysis.institutions if row.projects > 1), key=sort_key)
    places = [next(i for i, line in enumerate(lines) if i > 12 and line.startswith(name[:20])) for name in names]
    assert places == sorted(places), "by name, not by value"


def test_machine_formats_carry_the_caveat(analysis: Analysis) -> None:
    found = analysis.to_json()
    (caveat,) = found["caveats"]
    assert "betweenness" in caveat["measures"]
    assert caveat["text"] == machine_caveat(analysis.method.frame)
    assert {row["frame"] for row in found["institutions"]} == {row["frame"] for row in found["edges"]} == {"ego-sampled"}
    assert analysis.files()["nodes.csv"].splitlines()[1].endswith(",ego-sampled")


def test_an_institution_beside_the_centre_has_lower_bounds(graph: Build, engine: DuckDB, sfs: Profile) -> None:
    assert sfs.caveats == ()
    other = profile(graph, "stadt-dortmund", engine=engine)
    assert "lower bounds" in other.caveats[0]["en"]
    assert "Untergrenzen" in render_profile(other, "de")


def test_census_allows_what_a_sample_does_not(graph: Build, engine: DuckDB) -> None:
    census = Frame("census")
    assert refusal(census) is None
    assert machine_caveat(census) is None
    assert caveats(census, Named("x")) == []
    assert all(may(census, statement) for statement in ALWAYS | CENSUS_ONLY)
    source = {**graph.record["sources"][0], "frame": {"kind": "census", "around": "", "date": "2026-01-01", "population": {}}}
    full = analyse(Build(graph.path, {**graph.record, "sources": [source]}), engine=engine)
    assert full.refusal is None
    assert "betweenness" in render_analysis(full, "en")
    assert full.to_json()["caveats"] == []


@pytest.mark.parametrize("kind", ["ego-sampled", "partial"])
@pytest.mark.parametrize("statement", sorted(CENSUS_ONLY))
def test_what_is_demanded_is_refused_with_the_reason(kind: str, statement: str) -> None:
    frame = replace(EGO, kind=kind)
    assert not may(frame, statement)
    with pytest.raises(AnalysisError, match="census"):
        require(frame, statement)
    for always in ALWAYS:
        require(frame, always)


def test_an_undecided_statement_is_an_error() -> None:
    with pytest.raises(AnalysisError, match="not decided"):
        may(EGO, "prestige")


def test_the_weakest_source_decides(tmp_path: Path) -> None:
    def build(*kinds: str) -> Build:
        sources = [
            {"name": kind, "frame": {"kind": kind, "around": "x" if kind == "ego-sampled" else "", "date": "", "population": {}}} for kind in kinds
        ]
        return Build(tmp_path, {"id": "1", "base": "https://example.org/", "sources": sources})

    assert frame_of(build("census")).kind == "census"
    assert frame_of(build("census", "partial")).kind == "partial"
    assert frame_of(build("census", "ego-sampled", "partial")).kind == "ego-sampled"
    assert frame_of(build()).kind == "partial"
    assert [named.iri for named in frame_of(build("ego-sampled")).around] == ["https://example.org/id/organisation/x"]
