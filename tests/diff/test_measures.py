"""The effect on measures: compared on a census, refused with the reason elsewhere."""

from __future__ import annotations

from dataclasses import replace

from kg.build import Build
from kg.diff import diff
from kg.diff.measures import effect
from tests.diff.conftest import BASE, City
from tests.diff.tables import DORTMUND


def test_a_census_gives_sizes_ranks_and_strengths(city: City) -> None:
    with diff(root=city.root) as found:
        data = found.measures.to_json()
        text = found.text("en", measures=True)
    assert data["reason"] is None
    assert data["sizes"]["projects"] == {"old": 1, "new": 2}
    # River Lab: four institutions, then three; Lake Lab joins two of them again.
    assert data["sizes"]["ties"] == {"old": 6, "new": 3}
    university = next(place for place in data["central"] if place["iri"] == f"{BASE}id/organisation/example-university")
    assert university["strength"] == {"old": 1.0, "new": 2.0}
    assert university["rank"] == {"old": 1, "new": 1}
    gone = next(place for place in data["central"] if place["iri"].endswith("old-institute"))
    assert gone["rank"] == {"old": 1, "new": None}
    assert "projects: 1 → 2" in text


def test_no_measure_is_compared_on_a_sample_around_one_institution(graph: Build) -> None:
    found = effect(graph, graph)
    assert found.reason is not None
    assert "No measure is compared" in found.reason.en
    assert "Kein Maß wird verglichen" in found.reason.de
    assert "Sozialforschungsstelle" in found.reason.de
    assert found.places == ()


def test_one_weak_frame_is_enough_to_refuse(city: City) -> None:
    sources = [{**source, "frame": {**source["frame"], "kind": "partial"}} for source in city.old.record["sources"]]
    weak = replace(city.old, record={**city.old.record, "sources": sources})
    found = effect(weak, city.new)
    assert found.reason is not None
    assert found.frame == ("partial", "census")


def test_tables_have_no_measures_and_say_what_to_do() -> None:
    with diff(DORTMUND, DORTMUND) as found:
        assert found.empty
        assert "same" in (found.measures.reason or ("",))[0]
    assert "kg build" in (effect(None, None).reason or ("",))[0]
