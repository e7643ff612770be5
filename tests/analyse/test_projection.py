"""The projection: small answers by hand, and the whole against plain Python over the CSV tables."""

from __future__ import annotations

import csv
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest

from kg.analyse.projection import LEVELS, ROLES, Row, members, network, participations, two_mode, wholes
from kg.build import Build
from kg.engine.duckdb import DuckDB
from kg.errors import AnalysisError
from kg.namespaces import local_name

ROOT = Path(__file__).resolve().parents[2]
DORTMUND = ROOT / "data" / "dortmund"
SFS = "https://w3id.org/innokg/id/organisation/sozialforschungsstelle"


def row(project: str, organisation: str, role: str = "partner") -> Row:
    return Row(f"{project}-{organisation}-{role}", project, organisation, role, "", "", organisation, project)


TINY = [row("p", "a"), row("p", "b"), row("p", "c"), row("q", "a"), row("q", "b"), row("r", "d"), row("q", "a", "coordinator")]
"""p has three institutions, q two (a in two roles), r one: a and b share p and q."""


def test_newman_weight_by_hand() -> None:
    net = network(TINY)
    assert net["a"]["b"]["weight"] == pytest.approx(1 / 2 + 1 / 1)
    assert net["a"]["c"]["weight"] == pytest.approx(1 / 2)
    assert net["a"]["b"]["distance"] == pytest.approx(1 / 1.5)
    assert net["a"]["b"]["shared"] == ["p", "q"]
    assert sorted(net) == ["a", "b", "c", "d"]
    assert net.degree("d") == 0
    # Each project gives each member one unit of strength (Newman 2001).
    assert dict(net.degree(weight="weight")) == pytest.approx({"a": 2, "b": 2, "c": 1, "d": 0})


def test_count_weight_by_hand() -> None:
    net = network(TINY, "count")
    assert {(one, other): data["weight"] for one, other, data in net.edges(data=True)} == {("a", "b"): 2.0, ("a", "c"): 1.0, ("b", "c"): 1.0}


def test_two_mode_keeps_roles() -> None:
    both = two_mode(TINY)
    assert both.edges["q", "a"]["roles"] == ["coordinator", "partner"]
    assert both.nodes["p"]["bipartite"] == 0
    assert both.nodes["a"]["bipartite"] == 1


def test_order_of_rows_changes_nothing() -> None:
    one, other = network(TINY), network(list(reversed(TINY)))
    assert list(one.nodes(data=True)) == list(other.nodes(data=True))
    assert list(one.edges(data=True)) == list(other.edges(data=True))


@pytest.mark.parametrize(
    ("counts", "parts", "expected"),
    [
        ([("a", "b")], [], {"a": "b"}),
        ([("a", "b"), ("b", "c")], [], {"a": "c", "b": "c"}),
        ([("rhinotopia", "smart-rhino"), ("rhinotopia", "nordwaerts")], [("smart-rhino", "nordwaerts")], {"rhinotopia": "smart-rhino"}),
        ([("a", "y"), ("a", "x")], [], {"a": "x"}),
        ([("a", "b"), ("b", "a")], [], {"b": "a"}),
        ([("a", "a")], [], {}),
    ],
)
def test_a_part_counts_once(counts: list[tuple[str, str]], parts: list[tuple[str, str]], expected: dict[str, str]) -> None:
    assert wholes(counts, parts) == expected


def test_unknown_options_are_refused(graph: Build, engine: DuckDB) -> None:
    with pytest.raises(AnalysisError, match="unit, merged, top"):
        participations(engine, graph.parquet, level="group")
    with pytest.raises(AnalysisError, match="without-associated"):
        participations(engine, graph.parquet, roles="some")
    with pytest.raises(AnalysisError, match="newman"):
        network(TINY, "jaccard")


# The same rule in plain Python over the tables, without the graph, the engine or the ontology's rules.


def table(name: str) -> list[dict[str, str]]:
    with (DORTMUND / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def teams_from_tables(level: str, roles: str) -> dict[str, set[str]]:
    """Return the institutions of each project as the counting rule says, from the CSV tables alone."""
    entities = {entity["entity_id"]: entity for entity in table("entities.csv")}
    municipality = {entity["municipality_of"]: iri for iri, entity in entities.items() if entity["municipality_of"]}
    with (ROOT / "data" / "mappings" / "roles.csv").open(encoding="utf-8", newline="") as file:
        codes: dict[tuple[str, str], set[str]] = {}
        for mapping in csv.DictReader(file):
            if mapping["scheme"] == "participation-role":
                codes.setdefault((mapping["predicate"], mapping["wording"]), set()).add(mapping["code"])
    named: dict[tuple[str, str], set[str]] = {}
    above: dict[str, set[str]] = {}
    parts: dict[str, set[str]] = {}
    for relation in table("relations.csv"):
        subject, predicate, object_ = relation["subject_id"], relation["predicate"], relation["object_id"]
        kinds = (entities[subject]["type"], entities[object_]["type"] if object_ else "")
        if kinds == ("Project", "Institution") and predicate in ("hasParticipant", "coordinatedBy", "organisedBy", "runBy", "hasSite", "hostedAt"):
            fixed = {"coordinatedBy": "coordinator", "organisedBy": "organiser", "runBy": "operator", "hasSite": "host", "hostedAt": "host"}
            found = codes.get((predicate, relation["role"])) or ({fixed[predicate]} if predicate in fixed else set())
            named.setdefault((subject, object_), set()).update(found)
        elif kinds == ("Project", "Place") and predicate == "hasParticipant":
            found = codes.get((predicate, relation["role"]), set())
            named.setdefault((subject, municipality.get(object_, f"municipality-{object_}")), set()).update(found)
        elif predicate == "partOf" and kinds == ("Institution", "Institution"):
            above.setdefault(subject, set()).add(object_)
        elif predicate == "partOf" and kinds == ("Project", "Project"):
            parts.setdefault(subject, set()).add(object_)
    left_out = set(ROLES[roles])
    teams: dict[str, set[str]] = {}
    for (project, institution), found in named.items():
        if not found or found - left_out:
            teams.setdefault(project, set()).add(institution)
    consortium = {p for (p, _), found in named.items() if not found or found - {"operator", "initiator", "organiser", "host"}}
    for part in sorted(parts):
        if part not in consortium and part in teams:
            targets = [whole for whole in parts[part] if not any(whole in parts.get(other, ()) for other in parts[part])]
            teams.setdefault(min(targets), set()).update(teams.pop(part))
    if level == "merged":
        merges = {decision["target"]: decision["value"] for decision in table("decisions.csv") if decision["decision"] == "merge"}
        return {p: {merges[i] if merges.get(i) in team else i for i in team} for p, team in teams.items()}
    if level == "top":
        return {p: {summit(i, above) for i in team} for p, team in teams.items()}
    return teams


def summit(institution: str, above: dict[str, set[str]]) -> str:
    """Return the only body at the top of the hierarchy, or the institution itself where there are several or none."""
    tops, waiting, seen = set(), list(above.get(institution, ())), set()
    while waiting:
        body = waiting.pop()
        if body in seen:
            continue
        seen.add(body)
        if above.get(body):
            waiting += above[body]
        else:
            tops.add(body)
    return tops.pop() if len(tops) == 1 else institution


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("roles", ROLES)
def test_projection_equals_plain_python_over_the_tables(graph: Build, engine: DuckDB, level: str, roles: str) -> None:
    expected = teams_from_tables(level, roles)
    found = {
        local_name(p): {local_name(i) for i in team} for p, team in members(participations(engine, graph.parquet, level=level, roles=roles)).items()
    }
    assert found == expected
    pairs = Counter(pair for team in expected.values() for pair in combinations(sorted(team), 2))
    edges = network(participations(engine, graph.parquet, level=level, roles=roles)).edges(data="count")
    assert {tuple(sorted((local_name(a), local_name(b)))): count for a, b, count in edges} == dict(pairs)


@pytest.mark.parametrize(
    ("level", "roles", "institution", "numbers"),
    [
        ("merged", "all", "sozialforschungsstelle", (27, 199, 29)),
        ("merged", "without-associated", "sozialforschungsstelle", (27, 196, 27)),
        ("unit", "all", "sozialforschungsstelle", (27, 200, 30)),
        ("top", "all", "tu-dortmund", (27, 192, 29)),
    ],
)
def test_numbers_of_the_sozialforschungsstelle(
    graph: Build, engine: DuckDB, level: str, roles: str, institution: str, numbers: tuple[int, int, int]
) -> None:
    net = network(participations(engine, graph.parquet, level=level, roles=roles))
    node = f"https://w3id.org/innokg/id/organisation/{institution}"
    assert (len(net.nodes[node]["projects"]), net.degree(node), sum(1 for _, _, n in net.edges(node, data="count") if n > 1)) == numbers


def test_contributions_never_count(graph: Build, engine: DuckDB) -> None:
    """Every row is a participation of the graph; no contribution makes one."""
    assert all("/id/participation/" in row.participation for row in participations(engine, graph.parquet))
