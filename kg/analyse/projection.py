"""From participations to the collaboration network.

The rows come from one set-oriented expression over the quad table and run on any engine; the network is a plain `networkx.Graph`. Counting
rule (:data:`COUNTING_RULE`): projects only; every participation role, contributions apart; a part without a consortium of its own counts once,
with its whole. A large network is projected by columns (:mod:`kg.analyse.incidence`, :mod:`kg.analyse.edges`); its numbers are the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from kg.analyse.incidence import Incidence, is_large
from kg.analyse.labels import Named
from kg.engine.base import Engine
from kg.errors import AnalysisError, Text
from kg.link.links import representatives
from kg.namespaces import INNO, ORG, OWL, RDF, SCHEMA, SKOS, code, local_name

if TYPE_CHECKING:
    import networkx as nx
    import pyarrow as pa

LEVELS = ("unit", "merged", "top")
WEIGHTS = ("newman", "count")
ROLES: dict[str, tuple[str, ...]] = {"all": (), "without-associated": ("associated-partner",)}
"""Role filters, with the codes of participation roles each leaves out."""
KINDS = (INNO.Project,)
"""Classes of initiatives that count as a collaboration."""

COUNTING_RULE = {
    "de": "Gezählt werden nur Projekte und nur Beteiligungen (jede Rolle der Liste; Beiträge wie Unterstützen oder Entwickeln "
    "stehen getrennt). Ein Teil ohne eigenes Konsortium zählt einmal, mit seinem Ganzen. Jede Einrichtung zählt je Projekt "
    "einmal, gleich in wie vielen Rollen.",
    "en": "Only projects and only participations are counted (every role of the list; contributions such as supporting or "
    "developing stand apart). A part without a consortium of its own counts once, with its whole. Each institution counts "
    "once per project, in however many roles.",
}


class Row(NamedTuple):
    """One participation as it counts.

    Attributes:
        participation: IRI of the participation.
        initiative: IRI of the project it counts for (the whole, for a part without a consortium of its own).
        organisation: IRI of the institution it counts for at the chosen level.
        role: Code of the role, last step of its IRI.
        start: Start of the participation as a lexical form, or empty.
        end: End of the participation, or empty.
        named: IRI of the institution the source names.
        recorded: IRI of the initiative the source names.
    """

    participation: str
    initiative: str
    organisation: str
    role: str
    start: str
    end: str
    named: str
    recorded: str


def check(value: str, allowed: Iterable[str], name: str) -> str:
    """Return the value if it is one of those allowed.

    Raises:
        AnalysisError: It is not.
    """
    if value not in allowed:
        known = ", ".join(allowed)
        what = Text(f"{value!r} is unknown.", f"{value!r} gibt es nicht.")
        raise AnalysisError(what, where=f"--{name}", fix=Text(f"Use one of {known}.", f"Möglich sind {known}."))
    return value


def expression(quads: Any, *, level: str = "merged", roles: str = "all", kinds: Sequence[str] = KINDS) -> Any:
    """Return the participations in initiatives of some kinds as an Ibis expression, before parts are joined to their wholes.

    Args:
        quads: Ibis table in the layout of the quad table.
        level: `unit` (as named), `merged` (the unit stands for the larger body where both are named) or `top` (top of the hierarchy).
        roles: A key of :data:`ROLES`.
        kinds: IRIs of classes of initiatives.

    Returns:
        Columns `participation, initiative, organisation, role, start, end, named`, one row per participation and role.
    """

    def triples(predicate: str, subject: str, object_: str) -> Any:
        found = quads.filter(quads.predicate == predicate)
        return found.select(**{subject: found.subject, object_: found.object}).distinct()

    def functional(predicate: str, name: str) -> Any:
        # Dates are functional in a valid graph; the smallest value keeps one row per participation in any other.
        found = quads.filter(quads.predicate == predicate)
        return found.group_by(participation=found.subject).aggregate(**{name: found.object.min()})

    types = quads.filter((quads.predicate == RDF.type) & quads.object.isin(list(kinds))).select(initiative=quads.subject).distinct()
    rows = triples(INNO.inInitiative, "participation", "initiative").semi_join(types, "initiative")
    rows = rows.inner_join(triples(INNO.participant, "participation", "named"), "participation")
    rows = rows.inner_join(triples(INNO.role, "participation", "role"), "participation")
    if left_out := ROLES[roles]:
        rows = rows.filter(~rows.role.isin([code("participation-role", name) for name in left_out]))
    derived = {"unit": "", "merged": INNO.participantMerged, "top": INNO.participantTop}[level]
    rows = rows.left_join(functional(SCHEMA.startDate, "start"), "participation").drop("participation_right")
    rows = rows.left_join(functional(SCHEMA.endDate, "end"), "participation").drop("participation_right")
    if derived:
        rows = rows.left_join(functional(derived, "counted"), "participation").drop("participation_right")
        rows = rows.mutate(organisation=rows.counted.fill_null(rows.named))
    else:
        rows = rows.mutate(organisation=rows.named)
    return rows.select("participation", "initiative", "organisation", "role", "start", "end", "named")


def wholes(counts_with: Iterable[tuple[str, str]], part_of: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return for each part the one initiative it counts with.

    A part of several wholes counts with the innermost, a whole that is not above another of them; of equals with the one of the smallest IRI.
    A whole that itself counts with another passes its parts on. A cycle ends at its smallest IRI.

    >>> wholes([("room", "house"), ("room", "street")], [("house", "street")])
    {'room': 'house'}
    >>> wholes([("shelf", "room"), ("room", "house")], [])
    {'room': 'house', 'shelf': 'house'}
    """
    above: dict[str, set[str]] = {}
    for part, whole in part_of:
        above.setdefault(part, set()).add(whole)

    def all_above(item: str) -> set[str]:
        found: set[str] = set()
        waiting = [item]
        while waiting:
            for whole in above.get(waiting.pop(), ()):
                if whole not in found:
                    found.add(whole)
                    waiting.append(whole)
        return found

    choices: dict[str, set[str]] = {}
    for part, whole in counts_with:
        if part != whole:
            choices.setdefault(part, set()).add(whole)
    nearest = {}
    for part, candidates in choices.items():
        outer = set().union(*(all_above(candidate) - {candidate} for candidate in candidates))
        nearest[part] = min(candidates - outer or candidates)
    result = {}
    for part in sorted(nearest):
        path, item = [part], part
        while item in nearest and nearest[item] not in path:
            item = nearest[item]
            path.append(item)
        target = item if item not in nearest else min(path[path.index(nearest[item]) :])
        if target != part:
            result[part] = target
    return result


def counted(
    engine: Engine,
    parquet: Iterable[Path],
    *,
    level: str = "merged",
    roles: str = "all",
    kinds: Sequence[str] = KINDS,
    linked: bool = False,
) -> Any:
    """Return the participations as they count, as an Ibis expression with the columns of :class:`Row`; the role is an IRI.

    Args:
        engine: Batch engine.
        parquet: Quad tables of a build.
        level: One of :data:`LEVELS`.
        roles: A key of :data:`ROLES`.
        kinds: IRIs of classes of initiatives.
        linked: Whether entities that exact links join (`owl:sameAs` in the graph of links) count as one, under the name of the curated one.

    Raises:
        AnalysisError: Level or role filter is unknown.
    """
    return counted_in(engine, engine.quads(parquet), level=level, roles=roles, kinds=kinds, linked=linked)


def counted_in(
    engine: Engine,
    quads: Any,
    *,
    level: str = "merged",
    roles: str = "all",
    kinds: Sequence[str] = KINDS,
    linked: bool = False,
) -> Any:
    """Return the same (:func:`counted`) from an Ibis table in the layout of the quad table; it needs no `origin`."""
    check(level, LEVELS, "level")
    check(roles, ROLES, "roles")
    found = expression(quads, level=level, roles=roles, kinds=kinds)
    found = found.mutate(recorded=found.initiative, start=found.start.fill_null(""), end=found.end.fill_null(""))
    inside = _pairs(engine, quads, INNO.countsWith)
    if whole := wholes(inside, _pairs(engine, quads, INNO.partOf)) if inside else {}:
        found = found.mutate(initiative=found.initiative.substitute(whole))
    if linked and (same := same_things(engine, quads)):
        found = found.mutate(initiative=found.initiative.substitute(same), organisation=found.organisation.substitute(same))
        found = _represented(engine, quads, found) if level == "merged" else found
    return found.select(*Row._fields)


def same_things(engine: Engine, quads: Any) -> dict[str, str]:
    """Return for each entity that an exact link joins (`owl:sameAs` in the graph of links) the one under whose name it counts."""
    return representatives(_pairs(engine, quads.filter(quads.graph.endswith("/graph/links")), OWL.sameAs))


def _represented(engine: Engine, quads: Any, rows: Any) -> Any:
    """Let a body's unit stand for it where both are named in one initiative, also where only a link brings them together."""
    units = dict(_pairs(engine, quads, INNO.representedByUnit))
    if not units:
        return rows
    there = rows.filter(rows.organisation.isin(sorted(units.values()))).select("initiative", unit="organisation").distinct()
    rows = rows.mutate(unit=rows.organisation.substitute(units))
    joined = rows.left_join(there, ["initiative", "unit"])
    return joined.select(
        *(rows[name] for name in rows.columns if name not in ("organisation", "unit")), organisation=there.unit.fill_null(rows.organisation)
    )


def participations(engine: Engine, parquet: Iterable[Path], *, level: str = "merged", roles: str = "all", kinds: Sequence[str] = KINDS) -> list[Row]:
    """Return the participations as they count, sorted (see :func:`counted`)."""
    return rows_of(engine.to_arrow(counted(engine, parquet, level=level, roles=roles, kinds=kinds)))


def rows_of(table: pa.Table) -> list[Row]:
    """Return the rows of a table with the columns of :class:`Row`, sorted."""
    columns = {name: table[name].to_pylist() for name in Row._fields}
    columns["role"] = [local_name(role) for role in columns["role"]]
    return sorted(map(Row, *columns.values()))


def evidence(engine: Engine, parquet: Iterable[Path], one: str, other: str, *, level: str = "merged", roles: str = "all") -> list[Row]:
    """Return why two institutions are tied: their participations in the projects they share, sorted.

    Args:
        engine: Batch engine.
        parquet: Quad tables of a build.
        one: IRI of an institution.
        other: IRI of another.
        level: One of :data:`LEVELS`.
        roles: A key of :data:`ROLES`.

    Raises:
        AnalysisError: Level or role filter is unknown.
    """
    rows = counted(engine, parquet, level=level, roles=roles)
    both = rows.filter(rows.organisation.isin([one, other]))
    shared = both.group_by("initiative").aggregate(members=both.organisation.nunique())
    return rows_of(engine.to_arrow(both.semi_join(shared.filter(shared.members == len({one, other})), "initiative")))


def _pairs(engine: Engine, quads: Any, predicate: str) -> list[tuple[str, str]]:
    found = quads.filter(quads.predicate == predicate).select("subject", "object").distinct()
    return sorted((row["subject"], row["object"]) for row in engine.to_pylist(found))


def organisations(engine: Engine, parquet: Iterable[Path]) -> dict[str, Named]:
    """Return every organisation of a build with labels and kind, by IRI."""
    quads = engine.quads(parquet)
    members = quads.filter((quads.predicate == RDF.type) & (quads.object == INNO.Organisation)).select("subject").distinct()
    wanted = quads.filter(quads.predicate.isin([SKOS.prefLabel, ORG.classification])).semi_join(members, "subject")
    labels: dict[str, dict[str, str]] = {row["subject"]: {} for row in engine.to_pylist(members)}
    kinds: dict[str, str] = {}
    for row in engine.to_pylist(wanted.select("subject", "predicate", "object", "language").distinct()):
        if row["predicate"] == ORG.classification:
            kinds[row["subject"]] = min(local_name(row["object"]), kinds.get(row["subject"], "~"))
        else:
            known = labels[row["subject"]]
            known[row["language"]] = min(row["object"], known.get(row["language"], row["object"]))
    return {iri: Named(iri, labels[iri], kinds.get(iri, "")) for iri in sorted(labels)}


def members(rows: Iterable[Row]) -> dict[str, frozenset[str]]:
    """Return the institutions of each project."""
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row.initiative, set()).add(row.organisation)
    return {project: frozenset(found[project]) for project in sorted(found)}


def two_mode(rows: Iterable[Row]) -> nx.Graph:
    """Return the two-mode network: institutions (`bipartite=1`) and projects (`bipartite=0`), an edge for each participation, with its `roles`."""
    import networkx as nx

    roles: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        roles.setdefault((row.initiative, row.organisation), set()).add(row.role)
    graph = nx.Graph()
    graph.add_nodes_from(sorted({project for project, _ in roles}), bipartite=0)
    graph.add_nodes_from(sorted({organisation for _, organisation in roles}), bipartite=1)
    graph.add_edges_from((project, organisation, {"roles": sorted(codes)}) for (project, organisation), codes in sorted(roles.items()))
    return graph


def network(rows: Iterable[Row], weight: str = "newman", labels: Mapping[str, Named] | None = None) -> nx.Graph:
    """Return the collaboration network: institutions that share a project.

    Args:
        rows: Participations as they count.
        weight: `newman`: the sum over shared projects of 1 / (k - 1), k being the institutions of the project, so that a project gives each of its
            members one unit of strength in all; `count`: the number of shared projects.
        labels: Labels and kinds of the institutions.

    Returns:
        Nodes are organisation IRIs with `label_de`, `label_en`, `kind`, `projects` (sorted IRIs), isolated ones included. Edges hold
        `weight` > 0, `distance` = 1 / weight, `count` and, unless the network is large, the evidence, `shared` (sorted project IRIs); of a large one
        :func:`evidence` gives it. Nodes and edges are in a fixed order.

    Raises:
        AnalysisError: The weight is unknown.

    Source: M. E. J. Newman (2001), Scientific collaboration networks II, doi:10.1103/PhysRevE.64.016132, equation 2.
    """
    import networkx as nx

    from kg.analyse.edges import collaboration

    check(weight, WEIGHTS, "weight")
    teams = members(rows)
    if is_large(sum(len(team) * (len(team) - 1) // 2 for team in teams.values())):
        return collaboration(Incidence.of(teams), weight).networkx(labels)
    projects: dict[str, list[str]] = {}
    shared: dict[tuple[str, str], list[str]] = {}
    for project, team in teams.items():
        ordered = sorted(team)
        for organisation in ordered:
            projects.setdefault(organisation, []).append(project)
        for pair in combinations(ordered, 2):
            shared.setdefault(pair, []).append(project)
    graph = nx.Graph()
    for organisation in sorted(projects):
        named = (labels or {}).get(organisation, Named(organisation))
        graph.add_node(organisation, label_de=named.label("de"), label_en=named.label("en"), kind=named.kind, projects=projects[organisation])
    for (one, other), common in sorted(shared.items()):
        value = float(len(common)) if weight == "count" else sum(1.0 / (len(teams[project]) - 1) for project in common)
        graph.add_edge(one, other, weight=value, distance=1.0 / value, count=len(common), shared=common)
    return graph
