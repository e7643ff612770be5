"""The role of one institution across its projects (`kg profile`): facts looked up, counted by the rule, and put together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from kg.analyse import configuration, facts, kept, nullmodel
from kg.analyse.arrow import constant
from kg.analyse.beside import beside
from kg.analyse.data import Data, Selection, load
from kg.analyse.dates import Span
from kg.analyse.frames import caveats, refusal
from kg.analyse.incidence import Incidence
from kg.analyse.labels import Named, sort_key
from kg.analyse.method import Method
from kg.analyse.model import (
    ROLE_ORDER,
    ContributionEntry,
    ElsewhereEntry,
    Gap,
    Grant,
    LevelCount,
    Partner,
    Profile,
    ProjectEntry,
    RoleEntry,
    Site,
    Year,
    role_key,
)
from kg.analyse.nullmodel import Repeats
from kg.analyse.projection import LEVELS, ROLES, WEIGHTS, Row, check, rows_of
from kg.namespaces import DCTERMS, FOAF, INNO, SCHEMA, code, local_name

if TYPE_CHECKING:
    import pyarrow as pa

    from kg.build import Build
    from kg.engine.base import Engine
    from kg.store import Store

__all__ = ["Profile", "profile", "profiles"]

EMPTY_MAPPING = "e3b0c44298fc"
"""Version of a mapping without a statement (:func:`kg.analyse.method.mapping_version`): all levels of bodies are the same."""


def profile(
    build: Build,
    institution: str,
    *,
    level: str = "merged",
    weight: str = "newman",
    roles: str = "all",
    seed: int = 1,
    draws: int = 1000,
    selection: Selection | None = None,
    engine: Engine | None = None,
    store: Store | None = None,
) -> Profile:
    """Return the profile of an institution.

    Args:
        build: A finished build.
        institution: IRI of an organisation, its slug (`entity_id`), or its name.
        level: One of :data:`kg.analyse.projection.LEVELS`.
        weight: One of :data:`kg.analyse.projection.WEIGHTS`.
        roles: A key of :data:`kg.analyse.projection.ROLES`.
        seed: Seed of the null model.
        draws: Draws of the null model; 0 leaves it out.
        selection: All that counts; it replaces level, weight, roles and seed.
        engine: Batch engine; one is opened and closed without it.
        store: Store of the build; it is opened and closed without it.

    Raises:
        AnalysisError: The institution is not in the graph, or an option is unknown or makes no sense for one institution.
    """
    return profiles(build, [institution], selection or Selection(level, weight, roles, seed=seed), draws=draws, engine=engine, store=store)[0]


def profiles(
    build: Build,
    institutions: Sequence[str],
    selection: Selection | None = None,
    *,
    draws: int = 1000,
    engine: Engine | None = None,
    store: Store | None = None,
) -> list[Profile]:
    """Return the profiles of some institutions, made from the same data, in the order asked for (see :func:`profile`)."""
    from contextlib import ExitStack

    from kg.engine.duckdb import DuckDB
    from kg.store import open_store

    chosen = for_institutions(selection or Selection())
    with ExitStack() as stack:
        if store is None:
            store = open_store(build.store)
            stack.callback(store.close)
        iris = [facts.institution(store, build.base, institution) for institution in institutions]
        if engine is None:
            engine = stack.enter_context(DuckDB())
        data = load(build, chosen, engine=engine).with_draws(draws)
        others = _other_levels(data) if data.method.mapping != EMPTY_MAPPING else ()
        return [profile_of(data, iri, store, others) for iri in iris]


def for_institutions(selection: Selection) -> Selection:
    """Return a selection that makes sense for single institutions.

    Raises:
        AnalysisError: It counts institutions for places, ties coordinators only, or weighs by funding.
    """
    check(selection.level, LEVELS, "level")
    check(selection.weight, WEIGHTS, "weight")
    check(selection.roles, ROLES, "roles")
    return selection


def _other_levels(data: Data) -> tuple[Data, ...]:
    """Return the same participations as they count at each level of bodies, in the order of levels."""
    chosen = data.selection
    return tuple(data if level == chosen.level else load(data.build, replace(chosen, level=level), engine=data.engine) for level in LEVELS)


def _level(data: Data, asked: str) -> LevelCount:
    """Return how many projects and partners an institution has at the level of some data."""
    body, _ = _counted(_rows(data.table, asked, "organisation", "named"), asked)
    met: Counter[str] = Counter()
    projects = data.incidence.projects_of(body) if body in data.incidence.position else []
    for team in data.incidence.teams(projects).values():
        met.update(team - {body})
    return LevelCount(data.selection.level, data.named(body), len(projects), len(met), sum(count > 1 for count in met.values()))


def _rows(table: pa.Table, institution: str, *columns: str) -> list[Row]:
    """Return the participations that have an institution in one of some columns."""
    import pyarrow.compute as pc

    wanted = constant(institution)
    chosen = pc.equal(table[columns[0]], wanted)
    for column in columns[1:]:
        chosen = pc.or_(chosen, pc.equal(table[column], wanted))
    return rows_of(table.filter(chosen))


def _counted(rows: Sequence[Row], iri: str) -> tuple[str, list[tuple[str, int]]]:
    """Return the body that an institution counts as, and the other bodies for which its participations count, with their number of projects."""
    if any(row.organisation == iri for row in rows):
        body = iri
    else:
        bodies = {row.organisation for row in rows if row.named == iri}
        body = bodies.pop() if len(bodies) == 1 else iri
    others: dict[str, set[str]] = {}
    for row in rows:
        if row.named == iri and row.organisation != body:
            others.setdefault(row.organisation, set()).add(row.initiative)
    return body, sorted((other, len(projects)) for other, projects in others.items())


def _chance(incidence: Incidence, body: str, method: Method) -> Repeats:
    """Return repeat partners against chance: drawn in a small network, computed in a large one."""
    if len(incidence.rows) > nullmodel.DRAWN:
        return configuration.repeats(incidence, body, number=method.draws, seed=method.seed)
    return nullmodel.repeats(incidence.teams(), body, number=method.draws, seed=method.seed)


def comparable(store: Store, data: Data, own: Iterable[str]) -> tuple[tuple[Named, ...], Incidence]:
    """Return the sources within which meetings are compared with chance, and who is in which of their projects.

    Of several sources that name institutions each in its own way only those count that name the own projects: nobody of the others could have been met.
    """
    sources = {str(source["graph"]): source for source in data.build.record.get("sources", [])}
    if len(sources) < 2 or data.selection.linked:
        return (), data.incidence
    graphs = facts.sources(store, data.incidence.projects)
    there = {graph for project in own for graph in graphs.get(project, ())} & set(sources)
    kept_projects = [project for project in data.incidence.projects if there & set(graphs.get(project, ()))]
    if not there or len(kept_projects) == len(data.incidence.projects):
        return (), data.incidence
    titles = {graph: sources[graph].get("title") or {"": str(sources[graph]["name"])} for graph in there}
    return tuple(Named(graph, titles[graph]) for graph in sorted(there)), Incidence.of(data.incidence.teams(kept_projects))


def profile_of(data: Data, asked: str, store: Store, levels: Sequence[Data] = (), *, alone: bool = True) -> Profile:
    """Return the profile of an institution from data that were loaded.

    Args:
        data: The participations that count; its draws are those of the null model.
        asked: IRI of the institution.
        store: Store of the build.
        levels: The same participations at each level of bodies.
        alone: With what stands beside it and its measures in the network, which a comparison does without.
    """
    table, known, method, incidence = data.table, data.labels, data.method, data.incidence
    body, others = _counted(_rows(table, asked, "organisation", "named"), asked)
    mine: dict[str, list[Row]] = {}
    for row in _rows(table, body, "organisation"):
        mine.setdefault(row.initiative, []).append(row)
    teams = incidence.teams(mine)
    above, below = facts.family(store, body)
    look = _Lookups(store, [*mine], [row.participation for found in mine.values() for row in found], body)
    things = {**known, **look.things, **facts.names(store, above)}
    institution = things.get(body, Named(body))
    state = int(method.state[:4]) if method.state[:4].isdigit() else None
    projects = tuple(sorted((_project(look, things, p, found, teams[p], body, {*above, *below}) for p, found in mine.items()), key=_project_key))
    shared: dict[str, list[str]] = {}
    for project in mine:
        for other in teams[project] - {body}:
            shared.setdefault(other, []).append(project)

    def tie(common: Sequence[str]) -> float:
        return float(len(common)) if method.weight == "count" else sum(1.0 / (len(teams[project]) - 1) for project in common)

    partners = [Partner(things.get(other, Named(other)), tuple(sorted(common)), tie(sorted(common))) for other, common in shared.items()]
    partners.sort(key=lambda partner: (-partner.count, sort_key(partner.partner.label("de")), partner.partner.iri))
    within, compared = comparable(store, data, mine)
    chance = _chance(compared, body, method) if mine and method.draws else None
    worded = Counter(wording for entry in projects for wording in {w for role in entry.roles if role.itself for w in role.wordings})
    return Profile(
        institution=institution,
        asked=known.get(asked, Named(asked)),
        above=tuple(things[iri] for iri in above),
        elsewhere_counted=tuple((things.get(other, Named(other)), number) for other, number in others),
        projects=projects,
        partners=tuple(partners),
        repeats=chance,
        within=within,
        years=tuple(_years(projects, state)),
        wordings=tuple(sorted(worded.items(), key=lambda item: (-item[1], sort_key(item[0])))),
        contributions=tuple(ContributionEntry(c.predicate, things[c.object], c.wordings, len(c.documents)) for c in look.contributions),
        elsewhere=tuple(look.elsewhere_entries(things)),
        funded=tuple(sorted((things[iri] for iri in look.funded), key=lambda named: sort_key(named.label("de")))),
        gaps=tuple(_gaps(projects, partners)),
        refusal=refusal(method.frame),
        caveats=tuple(caveats(method.frame, institution)),
        levels=tuple(_level(other, asked) for other in levels),
        beside=beside(store, data.build, institution, above, mine) if alone else (),
        measures=kept.profile_measures(data, body, chance) if alone else {},
        method=method,
        things=things,
    )


_DATES = (SCHEMA.startDate, SCHEMA.endDate)


def _objects(statements: facts.Statements, predicate: str) -> set[str]:
    return {value.value for values in statements.values() for value in values.get(predicate, ())}


class _Lookups:
    """Everything a profile needs from the store, fetched in a fixed number of queries."""

    def __init__(self, store: Store, projects: Sequence[str], own: Sequence[str], institution: str) -> None:
        sizes = [INNO.declaredSize, INNO.recordedSize, INNO.completeness]
        self.projects = facts.statements(store, projects, [*_DATES, *sizes, DCTERMS.subject, FOAF.page])
        self.attested: dict[str, list[facts.Attestation]] = {}
        for attestation in facts.attestations(store, own):
            self.attested.setdefault(attestation.participation, []).append(attestation)
        self.fundings = facts.incoming(store, projects, INNO.funds)
        grants = [grant for found in self.fundings.values() for grant in found]
        self.grants = facts.statements(store, grants, [INNO.funder, INNO.underProgramme, INNO.amount, INNO.currency])
        self.sites = facts.sites(store, projects)
        self.contributions = facts.contributions(store, institution)
        self.elsewhere = facts.elsewhere(store, institution)
        given = facts.incoming(store, [institution], INNO.funder).get(institution, ())
        self.funded = _objects(facts.statements(store, given, [INNO.funds]), INNO.funds)
        spans = [entry.initiative for entry in self.elsewhere] + [entry.participation for entry in self.elsewhere]
        self.spans = facts.statements(store, spans, _DATES)
        wanted = {*projects, *self.funded, *(entry.initiative for entry in self.elsewhere), *(c.object for c in self.contributions)}
        wanted |= {a.publisher for found in self.attested.values() for a in found}
        wanted |= _objects(self.grants, INNO.funder) | _objects(self.grants, INNO.underProgramme) | _objects(self.projects, DCTERMS.subject)
        wanted |= {iri for found in self.sites.values() for site in found for iri in site}
        wanted |= {code("participation-role", role) for role in ROLE_ORDER}
        self.things = facts.names(store, wanted)

    def elsewhere_entries(self, things: Mapping[str, Named]) -> list[ElsewhereEntry]:
        found = []
        for entry in self.elsewhere:
            start = facts.first(self.spans, entry.initiative, SCHEMA.startDate) or facts.first(self.spans, entry.participation, SCHEMA.startDate)
            end = facts.first(self.spans, entry.initiative, SCHEMA.endDate) or facts.first(self.spans, entry.participation, SCHEMA.endDate)
            found.append(ElsewhereEntry(things[entry.initiative], entry.kind, entry.role, Span(start, end)))
        return sorted(found, key=lambda e: (e.span.start or "9999", sort_key(e.initiative.label("de")), role_key(e.role)))


def _project(
    look: _Lookups, things: Mapping[str, Named], project: str, rows: Sequence[Row], team: frozenset[str], body: str, family: set[str]
) -> ProjectEntry:
    def named(iri: str) -> Named:
        return things.get(iri) or Named(iri)

    def size(predicate: str) -> int | None:
        text = facts.first(look.projects, project, predicate)
        return int(text) if text else None

    values = look.projects.get(project, {})
    start, end = facts.first(look.projects, project, SCHEMA.startDate), facts.first(look.projects, project, SCHEMA.endDate)
    # A date of the institution's own participation fills a gap of the project's; it never replaces one.
    own_start = min((row.start for row in rows if row.start), default="") if not start else ""
    own_end = max((row.end for row in rows if row.end), default="") if not end else ""
    grouped: dict[tuple[str, str], list[facts.Attestation]] = {}
    for row in rows:
        grouped.setdefault((row.role, row.named), []).extend(look.attested.get(row.participation, ()))
    entries = []
    for (role, iri), found in grouped.items():
        documents = {(a.attestation, a.document) for a in found}
        entries.append(
            RoleEntry(
                role=role,
                named=named(iri),
                itself=iri == body,
                wordings=tuple(sorted({a.wording for a in found if a.wording}, key=sort_key)),
                attested=dict(sorted(Counter(attestation for attestation, _ in documents).items())),
                publishers=tuple(sorted((named(p) for p in {a.publisher for a in found if a.publisher}), key=lambda n: sort_key(n.label("de")))),
                disputed=bool(found) and all(a.status == "disputed" for a in found),
            )
        )
    entries.sort(key=lambda entry: (not entry.itself, role_key(entry.role), entry.named.iri))
    own = [a for row in rows if row.named == body for a in look.attested.get(row.participation, ())]
    stated = {a.publisher for a in own if a.attestation == "stated" and a.publisher}
    outside = stated - {body} - family
    return ProjectEntry(
        project=named(project),
        page=facts.first(look.projects, project, FOAF.page),
        span=Span(start or own_start, end or own_end, "participation" if own_start or own_end else "project"),
        roles=tuple(entries),
        parts=tuple(sorted((named(iri) for iri in {row.recorded for row in rows} - {project}), key=lambda n: n.iri)),
        size=len(team),
        declared=size(INNO.declaredSize),
        recorded=size(INNO.recordedSize),
        completeness=local_name(facts.first(look.projects, project, INNO.completeness) or "unknown"),
        grants=tuple(_grants(look, named, project)),
        topics=tuple(sorted((named(v.value) for v in values.get(DCTERMS.subject, ())), key=lambda n: sort_key(n.label("de")))),
        sites=tuple(Site(named(place), local_name(role) if role else "unspecified") for place, role in look.sites.get(project, ())),
        attestation=_attestation(own, stated, outside, body, any(look.attested.get(row.participation) for row in rows)),
        outside=tuple(sorted((named(iri) for iri in outside), key=lambda n: sort_key(n.label("de")))),
    )


def _attestation(own: Sequence[facts.Attestation], stated: set[str], outside: set[str], body: str, claimed: bool) -> str:
    if outside:
        return "outside"
    if stated - {body}:
        return "related"
    if any(a.attestation == "stated" for a in own):
        return "own"
    if any(a.attestation == "attributed" for a in own):
        return "attributed"
    return "other-body" if claimed else "delivery"


def _grants(look: _Lookups, named: Callable[[str], Named], project: str) -> Iterable[Grant]:
    for node in look.fundings.get(project, ()):
        funder, programme = facts.first(look.grants, node, INNO.funder), facts.first(look.grants, node, INNO.underProgramme)
        amount, currency = facts.first(look.grants, node, INNO.amount), facts.first(look.grants, node, INNO.currency)
        yield Grant(named(funder) if funder else None, named(programme) if programme else None, amount, currency if amount else "")


def _project_key(entry: ProjectEntry) -> tuple[str, str, tuple[str, str]]:
    start, end = entry.span.start, entry.span.end
    return (start or end or "9999", end or "9999", sort_key(entry.project.label("de")))


def _years(projects: Sequence[ProjectEntry], state: int | None) -> Iterable[Year]:
    """Yield the projects of each year, from the first year known to the last one known or the year of the data."""
    known = [int(text[:4]) for entry in projects for text in (entry.span.start, entry.span.end) if text]
    if not known:
        return
    first, last = min(known), max(*known, state or max(known))
    spans = {entry.project.iri: entry.span.years(first, max(state or last, first)) for entry in projects}
    for year in range(first, last + 1):
        roles: dict[str, tuple[int, int]] = {}
        for entry in projects:
            certain, possible = (year in years for years in spans[entry.project.iri])
            for role in entry.own_roles if possible else ():
                low, high = roles.get(role, (0, 0))
                roles[role] = (low + certain, high + 1)
        certain_all = sum(year in certain for certain, _ in spans.values())
        possible_all = sum(year in possible for _, possible in spans.values())
        yield Year(year, certain_all, possible_all, {role: roles[role] for role in sorted(roles, key=role_key)})


def _gaps(projects: Sequence[ProjectEntry], partners: Sequence[Partner]) -> Iterable[Gap]:
    """Yield what is not known about the projects and partners, gaps without a case left out."""
    tests: dict[str, Callable[[ProjectEntry], bool]] = {
        "no-start": lambda e: not e.span.start,
        "no-end": lambda e: not e.span.end,
        "role-unspecified": lambda e: e.own_roles == ("unspecified",),
        "only-attributed": lambda e: e.attestation == "attributed",
        "only-own": lambda e: e.attestation in ("own", "related"),
        "size-unknown": lambda e: e.completeness == "unknown",
        "size-partial": lambda e: e.completeness == "partial",
        "size-above": lambda e: e.declared is not None and e.recorded is not None and e.recorded > e.declared,
        "alone": lambda e: e.size == 1,
        "no-funding": lambda e: not e.grants,
        "no-amount": lambda e: not any(grant.amount for grant in e.grants),
        "no-topic": lambda e: not e.topics,
        "disputed": lambda e: any(role.disputed for role in e.roles),
    }
    for key, test in tests.items():
        things = tuple(entry.project for entry in projects if test(entry))
        if things:
            yield Gap(key, len(things), len(projects), things)
    if kindless := tuple(partner.partner for partner in partners if not partner.partner.kind):
        yield Gap("no-kind", len(kindless), len(partners), kindless)
    if projects:
        yield Gap("share", len(projects), len(projects))
