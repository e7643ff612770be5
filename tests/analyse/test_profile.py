"""The profile of an institution: the numbers of the counting rule, their sources, and what is not known."""

from __future__ import annotations

import json
import time

import pytest

from kg.analyse import Profile, profile
from kg.analyse.dates import Span
from kg.analyse.model import CLASSES, ROLE_ORDER
from kg.analyse.render_text import render_profile
from kg.analyse.wording import KINDS, TEXT
from kg.build import Build
from kg.engine.duckdb import DuckDB
from kg.errors import AnalysisError
from kg.namespaces import local_name
from kg.store import Store, Table

KEYS = {
    "institution",
    "asked",
    "above",
    "counts_elsewhere",
    "method",
    "refusal",
    "caveats",
    "numbers",
    "repeat_partners",
    "roles",
    "wordings",
    "years",
    "projects",
    "partners",
    "funding",
    "topics",
    "places",
    "contributions",
    "elsewhere",
    "attestation",
    "unknown",
    "levels",
    "measures",
    "measures_caveat",
    "second_source",
    "sentences",
}
METHOD_KEYS = {
    "level",
    "weight",
    "roles",
    "initiatives",
    "linked",
    "counting_rule",
    "seed",
    "draws",
    "frame",
    "mapping_version",
    "build",
    "graph",
    "sources",
    "title",
    "state",
    "software",
}


def test_numbers(sfs: Profile) -> None:
    assert sfs.to_json()["numbers"] == {"projects": 27, "partners": 199, "repeat_partners": 29}
    assert sfs.repeats is not None
    assert sfs.repeats.number.observed == 29
    assert sfs.repeats.draws == 1000


def test_keys_of_the_json(sfs: Profile) -> None:
    found = json.loads(json.dumps(sfs.to_json()))
    assert set(found) == KEYS
    assert set(found["method"]) == METHOD_KEYS
    assert len(found["method"]["mapping_version"]) == 12
    assert set(found["projects"][0]) >= {"project", "time", "roles", "consortium", "funding", "topics", "sites", "attestation"}
    assert set(found["partners"][0]) == {"iri", "label", "kind", "projects", "of", "weight", "expected"}


def test_eight_projects_are_known_only_through_the_larger_body(sfs: Profile) -> None:
    attributed = {local_name(entry.project.iri) for entry in sfs.projects if entry.attestation == "attributed"}
    assert attributed == {"arte", "awiew", "beyond-4-0", "essa", "jobact-europe", "sic", "sike", "siscode"}
    assert sum(sfs.attestation_counts().values()) == 27
    assert list(sfs.attestation_counts()) == [name for name in CLASSES if name in sfs.attestation_counts()]


def test_outside_publishers_are_outside(sfs: Profile) -> None:
    own = {"sozialforschungsstelle", "tu-dortmund", "fakultaet-sozialwissenschaften"}
    assert not own & {local_name(tally.thing.iri) for tally in sfs.outside_publishers()}
    lab = next(entry for entry in sfs.projects if local_name(entry.project.iri) == "kosi-lab")
    assert {local_name(named.iri) for named in lab.outside} >= {"regionalverband-ruhr", "ils", "wuppertal-institut"}


def test_roles_by_code_and_in_the_words_of_the_sources(sfs: Profile) -> None:
    roles = {row["role"]: row for row in sfs.by_role()}
    assert roles["coordinator"]["itself"] == 5
    assert roles["evaluator"] == {"role": "evaluator", "projects": 2, "itself": 2, "through": 0}
    assert dict(sfs.wordings)["Verbundkoordination"] == 2
    guide = next(entry for entry in sfs.projects if local_name(entry.project.iri) == "guide")
    assert guide.roles[0].wordings == ("Evaluation und wissenschaftliche Begleitung",)


def test_open_dates_are_a_band(sfs: Profile) -> None:
    years = {year.year: year for year in sfs.years}
    assert all(year.certain <= year.possible for year in sfs.years)
    # greenSME (2022-?), IS2H4C (2024-?) and the competence centre (2021-?) may run in 2025, Emscher-Lippe4 has no date at all.
    assert (years[2025].certain, years[2025].possible) == (4, 8)
    assert list(years) == list(range(2009, 2028))


@pytest.mark.parametrize(
    ("span", "certain", "possible"),
    [
        (Span("2016", "2018-03"), [2016, 2017, 2018], [2016, 2017, 2018]),
        (Span("2018", ""), [2018], [2018, 2019, 2020]),
        (Span("", "2012"), [2012], [2010, 2011, 2012]),
        (Span("", ""), [], list(range(2010, 2021))),
        (Span("2024", ""), [2024], [2024]),
    ],
)
def test_years_of_a_span(span: Span, certain: list[int], possible: list[int]) -> None:
    low, high = span.years(2010, 2020)
    assert (list(low), list(high)) == (certain, possible)


def test_a_date_of_the_participation_fills_a_gap_and_says_so(sfs: Profile) -> None:
    esia = next(entry for entry in sfs.projects if local_name(entry.project.iri) == "esia")
    assert esia.span == Span("2024-06-10", "2027-06-10", "participation")


def test_contributions_stand_apart(sfs: Profile) -> None:
    assert {c.kind for c in sfs.contributions} == {"developed", "contributedTo", "featuredIn"}
    assert not {e.initiative.iri for e in sfs.elsewhere} & {p.project.iri for p in sfs.projects}


def test_gaps_are_counted_and_worded(sfs: Profile) -> None:
    gaps = {gap["key"]: gap for gap in sfs.to_json()["unknown"]}
    assert gaps["only-attributed"]["number"] == 8
    assert gaps["size-unknown"]["number"] == 19
    assert gaps["no-amount"]["text"]["en"] == "amount of funding unknown: 26 of 27 projects"
    assert {f"gap-{key}" for key in gaps} <= set(TEXT)


def test_funding_is_the_projects_and_not_the_institutions(sfs: Profile) -> None:
    assert sfs.amounts() == {"EUR": {"sum": "7998425", "projects": 1}}
    assert "keine Quelle" in " ".join(render_profile(sfs, "de").split())


def test_consortium_says_how_complete_it_is(sfs: Profile) -> None:
    is2h4c = next(entry for entry in sfs.projects if local_name(entry.project.iri) == "is2h4c")
    assert (is2h4c.declared, is2h4c.recorded, is2h4c.completeness) == (35, 2, "partial")


def test_levels_differ_and_say_so(graph: Build, engine: DuckDB) -> None:
    unit = profile(graph, "sozialforschungsstelle", level="unit", engine=engine, draws=0)
    assert (len(unit.projects), len(unit.partners), len(unit.repeat_partners), unit.repeats) == (27, 200, 30, None)
    top = profile(graph, "sozialforschungsstelle", level="top", engine=engine, draws=10)
    assert local_name(top.institution.iri) == "tu-dortmund"
    assert "counts as “TU Dortmund University” at level top" in " ".join(render_profile(top, "en").split())
    university = profile(graph, "tu-dortmund", engine=engine, draws=0)
    assert local_name(university.institution.iri) == "sozialforschungsstelle"
    assert university.asked.iri.endswith("tu-dortmund")


def test_weight_changes_ties_and_nothing_else(graph: Build, engine: DuckDB) -> None:
    newman = profile(graph, "sozialforschungsstelle", engine=engine, draws=0)
    count = profile(graph, "sozialforschungsstelle", weight="count", engine=engine, draws=0)
    assert [p.weight for p in count.partners] == [float(p.count) for p in count.partners]
    assert {p.partner.iri: p.projects for p in newman.partners} == {p.partner.iri: p.projects for p in count.partners}
    # The weights of all ties sum up to the number of projects with a partner.
    assert sum(p.weight for p in newman.partners) == pytest.approx(sum(1 for entry in newman.projects if entry.size > 1))


def test_second_profile_is_the_same(graph: Build, sfs: Profile) -> None:
    again = profile(graph, "https://w3id.org/innokg/id/organisation/sozialforschungsstelle")
    assert json.dumps(again.to_json()) == json.dumps(sfs.to_json())
    other = profile(graph, "sozialforschungsstelle", seed=2)
    assert other.repeats != sfs.repeats


def test_an_institution_without_projects_has_a_profile(graph: Build, engine: DuckDB) -> None:
    funder = profile(graph, "bmbf", engine=engine)
    assert funder.projects == ()
    assert {local_name(named.iri) for named in funder.funded} >= {"iresilience", "kosi-lab", "propolis"}
    for lang in ("de", "en"):
        assert render_profile(funder, lang)


@pytest.mark.parametrize("institution", ["nobody", "https://w3id.org/innokg/id/project/t-factor", "not an iri: <>"])
def test_what_is_no_institution_is_refused(graph: Build, institution: str) -> None:
    with pytest.raises(AnalysisError):
        profile(graph, institution)


def test_every_institution_has_a_profile_in_both_languages(graph: Build, engine: DuckDB, store: Store) -> None:
    answer = store.query("SELECT ?o WHERE { ?o a <https://w3id.org/innokg/ontology#Organisation> } ORDER BY ?o")
    assert isinstance(answer, Table)
    for (term,) in answer.rows[::12]:
        assert term is not None
        found = profile(graph, term.value, engine=engine, store=store, draws=20)
        assert all(found.institution.label(lang) in render_profile(found, lang) for lang in ("de", "en"))


def test_codes_are_those_of_the_code_lists(store: Store) -> None:
    """Order of roles and labels of kinds in the code equal `ontology/codes`."""
    query = """SELECT ?c ?l WHERE {
      ?c <http://www.w3.org/2004/02/skos/core#inScheme> <https://w3id.org/innokg/code/%s> ; <http://www.w3.org/2004/02/skos/core#prefLabel> ?l }"""
    roles = store.query(query % "participation-role")
    kinds = store.query(query % "organisation-kind")
    assert isinstance(roles, Table)
    assert isinstance(kinds, Table)
    assert {local_name(row[0].value) for row in roles.rows if row[0]} == set(ROLE_ORDER)
    labels: dict[str, dict[str, str]] = {}
    for kind, label in kinds.rows:
        labels.setdefault(local_name(kind.value), {})[label.language] = label.value  # type: ignore[union-attr,index]
    assert labels == KINDS


def test_fast_enough(graph: Build, engine: DuckDB, store: Store) -> None:
    started = time.process_time()
    profile(graph, "sozialforschungsstelle", engine=engine, store=store)
    assert time.process_time() - started < 3
