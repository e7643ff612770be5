"""The role of one institution across its projects (`kg profile`): pure data, every number with its method; renderers stand in other modules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kg.analyse import facts
from kg.analyse.dates import Span
from kg.analyse.frames import Frame, Refusal, caveats, frame_of, refusal
from kg.analyse.labels import Named, sort_key
from kg.analyse.method import Method, method_of
from kg.analyse.nullmodel import Repeats, repeats
from kg.analyse.projection import WEIGHTS, Row, check, members, organisations, participations
from kg.namespaces import ADMS, DCTERMS, FOAF, INNO, SCHEMA, code, local_name

if TYPE_CHECKING:
    from kg.build import Build
    from kg.engine.base import Engine
    from kg.store import Store

ROLE_ORDER = (
    "coordinator",
    "partner",
    "associated-partner",
    "third-party",
    "subcontractor",
    "network-partner",
    "practice-partner",
    "evaluator",
    "initiator",
    "operator",
    "organiser",
    "host",
    "attendee",
    "speaker",
    "user",
    "unspecified",
)
"""Codes of the scheme participation-role, in the order of the list."""
CLASSES = ("outside", "related", "own", "attributed", "other-body", "delivery")
"""Who attests a participation, strongest first: an outside publisher; a body above or a unit below; the institution itself; its own entry where the
sources name only the larger body (`attributed`); sources name another body that counts here; a bulk delivery without claims."""


def role_key(role: str) -> tuple[int, str]:
    """Return the place of a role code in the code list; codes of other lists follow."""
    return (ROLE_ORDER.index(role) if role in ROLE_ORDER else len(ROLE_ORDER), role)


@dataclass(frozen=True)
class RoleEntry:
    """One role in one project.

    Attributes:
        role: Code of the role.
        named: The body the sources name, which may be larger or smaller than the institution that is counted.
        itself: Whether that body is the institution.
        wordings: The role as the sources word it.
        attested: Number of sources per attestation (`stated`, `attributed`).
        publishers: Publishers of these sources.
        disputed: Whether every claim of it is disputed.
    """

    role: str
    named: Named
    itself: bool
    wordings: tuple[str, ...]
    attested: Mapping[str, int]
    publishers: tuple[Named, ...]
    disputed: bool

    def to_json(self) -> dict[str, Any]:
        """Return the role with wordings and sources."""
        return {
            "role": self.role,
            "named": self.named.to_json(),
            "itself": self.itself,
            "wordings": list(self.wordings),
            "attested": dict(self.attested),
            "publishers": [publisher.to_json() for publisher in self.publishers],
            "disputed": self.disputed,
        }


@dataclass(frozen=True)
class Grant:
    """Money for a project: never the institution's share, which no source gives.

    Attributes:
        funder: Who pays, where a source says so.
        programme: Under which programme.
        amount: Decimal in lexical form, or empty.
        currency: ISO 4217 code, or empty.
    """

    funder: Named | None
    programme: Named | None
    amount: str = ""
    currency: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return funder, programme and amount."""
        return {
            "funder": self.funder.to_json() if self.funder else None,
            "programme": self.programme.to_json() if self.programme else None,
            "amount": self.amount or None,
            "currency": self.currency or None,
        }


@dataclass(frozen=True)
class Site:
    """A place of a project and its role there."""

    place: Named
    role: str

    def to_json(self) -> dict[str, Any]:
        """Return place and role."""
        return {"place": self.place.to_json(), "role": self.role}


@dataclass(frozen=True)
class ProjectEntry:
    """One project of the institution.

    Attributes:
        project: The project.
        page: Its web page, or empty.
        span: When it ran.
        roles: Roles of the institution in it, its own first.
        parts: Parts of the project through which it takes part.
        size: Institutions recorded at the chosen level and with the chosen roles, the institution included.
        declared: Institutions the sources say the consortium has, or `None`.
        recorded: Institutions of the consortium recorded in the graph (level merged, without operators, hosts and users), or `None`.
        completeness: `complete`, `partial` or `unknown`.
        grants: Funding.
        topics: Topics.
        sites: Places.
        attestation: One of :data:`CLASSES`.
        outside: Publishers outside the institution's own hierarchy that state its participation.
    """

    project: Named
    page: str
    span: Span
    roles: tuple[RoleEntry, ...]
    parts: tuple[Named, ...]
    size: int
    declared: int | None
    recorded: int | None
    completeness: str
    grants: tuple[Grant, ...]
    topics: tuple[Named, ...]
    sites: tuple[Site, ...]
    attestation: str
    outside: tuple[Named, ...]

    @property
    def own_roles(self) -> tuple[str, ...]:
        """Codes of the roles in which the institution itself is named, else of those in which it counts; in the order of the list."""
        chosen = [entry for entry in self.roles if entry.itself] or list(self.roles)
        return tuple(sorted({entry.role for entry in chosen}, key=role_key))

    def to_json(self) -> dict[str, Any]:
        """Return the project with everything known about the institution's part in it."""
        return {
            "project": self.project.to_json(),
            "page": self.page or None,
            "time": self.span.to_json(),
            "roles": [entry.to_json() for entry in self.roles],
            "parts": [part.to_json() for part in self.parts],
            "consortium": {"counted": self.size, "declared": self.declared, "recorded": self.recorded, "completeness": self.completeness},
            "funding": [grant.to_json() for grant in self.grants],
            "topics": [topic.to_json() for topic in self.topics],
            "sites": [site.to_json() for site in self.sites],
            "attestation": self.attestation,
            "outside_publishers": [publisher.to_json() for publisher in self.outside],
        }


@dataclass(frozen=True)
class Partner:
    """An institution that shares a project.

    Attributes:
        partner: The institution.
        projects: IRIs of the shared projects, sorted.
        weight: Weight of the tie.
    """

    partner: Named
    projects: tuple[str, ...]
    weight: float

    @property
    def count(self) -> int:
        """Number of shared projects."""
        return len(self.projects)


@dataclass(frozen=True)
class Year:
    """Projects in one year.

    Attributes:
        year: The year.
        certain: Projects that ran in it by their dates.
        possible: Those and the projects with an open date that may have run.
        roles: The same per role code, as (certain, possible).
    """

    year: int
    certain: int
    possible: int
    roles: Mapping[str, tuple[int, int]]

    def to_json(self) -> dict[str, Any]:
        """Return the numbers of the year."""
        roles = {role: {"certain": low, "possible": high} for role, (low, high) in self.roles.items()}
        return {"year": self.year, "certain": self.certain, "possible": self.possible, "roles": roles}


@dataclass(frozen=True)
class Tally:
    """How many projects something holds for.

    Attributes:
        thing: The thing counted.
        projects: Labels do not matter: IRIs of the projects, sorted.
        detail: Codes that say in which role (places), else empty.
    """

    thing: Named
    projects: tuple[str, ...]
    detail: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return thing, number and projects."""
        return {**self.thing.to_json(), "projects": len(self.projects), "of": list(self.projects), **({"roles": list(self.detail)} if self.detail else {})}


@dataclass(frozen=True)
class Gap:
    """Something that is not known.

    Attributes:
        key: Kebab-case name, key of its sentence in :mod:`kg.analyse.wording`.
        number: For how many it is not known.
        of: Out of how many.
        things: What it concerns.
    """

    key: str
    number: int
    of: int
    things: tuple[Named, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the gap with its sentence in both languages."""
        from kg.analyse.wording import say

        text = {lang: say(f"gap-{self.key}", lang, number=self.number, of=self.of) for lang in ("de", "en")}
        return {"key": self.key, "number": self.number, "of": self.of, "text": text, "things": [thing.to_json() for thing in self.things]}


@dataclass(frozen=True)
class ContributionEntry:
    """A contribution: stated of the institution, but no participation and counted nowhere."""

    kind: str
    thing: Named
    wordings: tuple[str, ...]
    sources: int

    def to_json(self) -> dict[str, Any]:
        """Return kind, thing, wordings and number of sources."""
        return {"kind": self.kind, "thing": self.thing.to_json(), "wordings": list(self.wordings), "sources": self.sources}


@dataclass(frozen=True)
class ElsewhereEntry:
    """A participation in something that is no project, counted nowhere."""

    initiative: Named
    kind: str
    role: str
    span: Span

    def to_json(self) -> dict[str, Any]:
        """Return initiative, class, role and time."""
        return {"initiative": self.initiative.to_json(), "class": self.kind, "role": self.role, "time": self.span.to_json()}


@dataclass(frozen=True)
class Profile:
    """One institution across its projects.

    Attributes:
        institution: The institution that is counted at the chosen level.
        asked: The institution that was asked for.
        above: Bodies it belongs to.
        elsewhere_counted: Its participations that count for another body at this level, as (body, number of projects).
        projects: Its projects, by start, those without dates last.
        partners: Its partners, most shared projects first, equal ones by label.
        repeats: Repeat partners against chance; `None` without projects.
        years: Projects by year.
        wordings: How the sources word its role, as (wording, number of projects), most frequent first.
        contributions: Contributions, apart.
        elsewhere: Participations in events, programmes and campaigns, apart.
        funded: What it funds itself, as named in the graph.
        gaps: What is not known.
        refusal: What may not be said on this frame and why; `None` on a census.
        caveats: Sentences needed to read the numbers.
        method: How the numbers were made.
        things: Labels of projects, roles and codes used in the profile.
    """

    institution: Named
    asked: Named
    above: tuple[Named, ...]
    elsewhere_counted: tuple[tuple[Named, int], ...]
    projects: tuple[ProjectEntry, ...]
    partners: tuple[Partner, ...]
    repeats: Repeats | None
    years: tuple[Year, ...]
    wordings: tuple[tuple[str, int], ...]
    contributions: tuple[ContributionEntry, ...]
    elsewhere: tuple[ElsewhereEntry, ...]
    funded: tuple[Named, ...]
    gaps: tuple[Gap, ...]
    refusal: Refusal | None
    caveats: tuple[dict[str, str], ...]
    method: Method
    things: Mapping[str, Named] = field(repr=False, default_factory=dict)

    @property
    def repeat_partners(self) -> tuple[Partner, ...]:
        """Partners of at least two projects."""
        return tuple(partner for partner in self.partners if partner.count > 1)

    def role_label(self, role: str, lang: str, scheme: str = "participation-role") -> str:
        """Return the label of a code."""
        return self.things.get(code(scheme, role), Named(code(scheme, role))).label(lang)

    def by_role(self) -> list[dict[str, Any]]:
        """Return the number of projects per role code; a project with two roles counts in both.

        Returns:
            Per role `role`, `projects`, `itself` (it is named itself) and `through` (only another body is named that counts for it).
        """
        itself: Counter[str] = Counter()
        through: Counter[str] = Counter()
        for entry in self.projects:
            own = {role.role for role in entry.roles if role.itself}
            itself.update(own)
            through.update({role.role for role in entry.roles if not role.itself} - own)
        return [
            {"role": role, "projects": itself[role] + through[role], "itself": itself[role], "through": through[role]}
            for role in sorted({*itself, *through}, key=role_key)
        ]

    def attestation_counts(self) -> dict[str, int]:
        """Return the number of projects per class of :data:`CLASSES`, classes without projects left out."""
        found = Counter(entry.attestation for entry in self.projects)
        return {name: found[name] for name in CLASSES if found[name]}

    def outside_publishers(self) -> list[Tally]:
        """Return the publishers outside its own hierarchy that state a participation, most projects first."""
        return _tally((publisher, entry.project.iri) for entry in self.projects for publisher in entry.outside)

    def tally(self, what: str) -> list[Tally]:
        """Return `programmes`, `funders`, `topics` or `sites` of its projects, most projects first, equal ones by label."""
        pairs: list[tuple[Named, str, str]] = []
        for entry in self.projects:
            iri = entry.project.iri
            if what == "topics":
                pairs += [(topic, iri, "") for topic in entry.topics]
            elif what == "sites":
                pairs += [(site.place, iri, site.role) for site in entry.sites]
            else:
                found = (grant.programme if what == "programmes" else grant.funder for grant in entry.grants)
                pairs += [(thing, iri, "") for thing in found if thing]
        details: dict[str, set[str]] = {}
        for thing, _, detail in pairs:
            details.setdefault(thing.iri, set()).update({detail} - {""})
        return [Tally(t.thing, t.projects, tuple(sorted(details[t.thing.iri]))) for t in _tally((thing, iri) for thing, iri, _ in pairs)]

    def amounts(self) -> dict[str, dict[str, Any]]:
        """Return the known sums of project funding per currency, with the number of projects they come from."""
        from decimal import Decimal

        found: dict[str, tuple[Decimal, set[str]]] = {}
        for entry in self.projects:
            for grant in entry.grants:
                if grant.amount:
                    total, projects = found.get(grant.currency, (Decimal(0), set()))
                    found[grant.currency] = (total + Decimal(grant.amount), projects | {entry.project.iri})
        return {currency: {"sum": format(total, "f"), "projects": len(projects)} for currency, (total, projects) in sorted(found.items())}

    def to_json(self) -> dict[str, Any]:
        """Return the profile as plain data; the same for every language."""
        expected = self.repeats.partners if self.repeats else {}
        return {
            "institution": self.institution.to_json(),
            "asked": self.asked.to_json(),
            "above": [named.to_json() for named in self.above],
            "counts_elsewhere": [{**named.to_json(), "projects": number} for named, number in self.elsewhere_counted],
            "method": self.method.to_json(),
            "refusal": self.refusal.to_json() if self.refusal else None,
            "caveats": list(self.caveats),
            "numbers": {"projects": len(self.projects), "partners": len(self.partners), "repeat_partners": len(self.repeat_partners)},
            "repeat_partners": self.repeats.to_json() if self.repeats else None,
            "roles": [{**row, "label": {lang: self.role_label(row["role"], lang) for lang in ("de", "en")}} for row in self.by_role()],
            "wordings": [{"wording": wording, "projects": number} for wording, number in self.wordings],
            "years": [year.to_json() for year in self.years],
            "projects": [entry.to_json() for entry in self.projects],
            "partners": [
                {
                    **partner.partner.to_json(),
                    "projects": partner.count,
                    "of": list(partner.projects),
                    "weight": round(partner.weight, 6),
                    "expected": expected[partner.partner.iri].to_json() if partner.partner.iri in expected else None,
                }
                for partner in self.partners
            ],
            "funding": {
                "programmes": [tally.to_json() for tally in self.tally("programmes")],
                "funders": [tally.to_json() for tally in self.tally("funders")],
                "amounts": self.amounts(),
                "funds": [named.to_json() for named in self.funded],
            },
            "topics": [tally.to_json() for tally in self.tally("topics")],
            "places": [tally.to_json() for tally in self.tally("sites")],
            "contributions": [entry.to_json() for entry in self.contributions],
            "elsewhere": [entry.to_json() for entry in self.elsewhere],
            "attestation": {
                "projects": self.attestation_counts(),
                "outside_publishers": [tally.to_json() for tally in self.outside_publishers()],
            },
            "unknown": [gap.to_json() for gap in self.gaps],
        }


def _tally(pairs: Iterable[tuple[Named, str]]) -> list[Tally]:
    found: dict[str, tuple[Named, set[str]]] = {}
    for thing, project in pairs:
        found.setdefault(thing.iri, (thing, set()))[1].add(project)
    tallies = [Tally(thing, tuple(sorted(projects))) for thing, projects in found.values()]
    return sorted(tallies, key=lambda tally: (-len(tally.projects), sort_key(tally.thing.label("de"))))


def profile(
    build: Build,
    institution: str,
    *,
    level: str = "merged",
    weight: str = "newman",
    roles: str = "all",
    seed: int = 1,
    draws: int = 1000,
    engine: Engine | None = None,
    store: Store | None = None,
) -> Profile:
    """Return the profile of an institution.

    Args:
        build: A finished build.
        institution: IRI of an organisation, or its slug (`entity_id`).
        level: One of :data:`kg.analyse.projection.LEVELS`.
        weight: One of :data:`kg.analyse.projection.WEIGHTS`.
        roles: A key of :data:`kg.analyse.projection.ROLES`.
        seed: Seed of the null model.
        draws: Draws of the null model; 0 leaves it out.
        engine: Batch engine; one is opened and closed without it.
        store: Store of the build; it is opened and closed without it.

    Raises:
        AnalysisError: The institution is not in the graph, or an option is unknown.
    """
    from contextlib import ExitStack

    from kg.engine.duckdb import DuckDB
    from kg.store import open_store

    check(weight, WEIGHTS, "weight")
    iri = institution if ":" in institution else f"{build.base}id/organisation/{institution}"
    with ExitStack() as stack:
        if store is None:
            store = open_store(build.store)
            stack.callback(store.close)
        facts.require_organisation(store, iri)
        if engine is None:
            engine = stack.enter_context(DuckDB())
        rows = participations(engine, build.parquet, level=level, roles=roles)
        known = organisations(engine, build.parquet)
        frame = frame_of(build, engine)
        method = method_of(build, engine, frame, level=level, weight=weight, roles=roles, seed=seed, draws=draws)
        return _assemble(store, rows, known, frame, method, iri)


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


def _assemble(store: Store, rows: Sequence[Row], known: Mapping[str, Named], frame: Frame, method: Method, asked: str) -> Profile:
    body, others = _counted(rows, asked)
    teams = members(rows)
    mine: dict[str, list[Row]] = {}
    for row in rows:
        if row.organisation == body:
            mine.setdefault(row.initiative, []).append(row)
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
    chance = repeats(teams, body, number=method.draws, seed=method.seed) if mine and method.draws else None
    worded = Counter(wording for entry in projects for wording in {w for role in entry.roles if role.itself for w in role.wordings})
    return Profile(
        institution=institution,
        asked=known.get(asked, Named(asked)),
        above=tuple(things[iri] for iri in above),
        elsewhere_counted=tuple((things.get(other, Named(other)), number) for other, number in others),
        projects=projects,
        partners=tuple(partners),
        repeats=chance,
        years=tuple(_years(projects, state)),
        wordings=tuple(sorted(worded.items(), key=lambda item: (-item[1], sort_key(item[0])))),
        contributions=tuple(ContributionEntry(c.predicate, things[c.object], c.wordings, len(c.documents)) for c in look.contributions),
        elsewhere=tuple(look.elsewhere_entries(things)),
        funded=tuple(sorted((things[iri] for iri in look.funded), key=lambda named: sort_key(named.label("de")))),
        gaps=tuple(_gaps(projects, partners)),
        refusal=refusal(frame),
        caveats=tuple(caveats(frame, institution)),
        method=method,
        things=things,
    )


class _Lookups:
    """Everything a profile needs from the store, fetched in a fixed number of queries."""

    def __init__(self, store: Store, projects: Sequence[str], own: Sequence[str], institution: str) -> None:
        fields = [SCHEMA.startDate, SCHEMA.endDate, INNO.declaredSize, INNO.recordedSize, INNO.completeness, DCTERMS.subject, FOAF.page, ADMS.identifier]
        self.projects = facts.statements(store, projects, fields)
        self.attested: dict[str, list[facts.Attestation]] = {}
        for attestation in facts.attestations(store, own):
            self.attested.setdefault(attestation.participation, []).append(attestation)
        self.fundings = facts.incoming(store, projects, INNO.funds)
        grants = [grant for found in self.fundings.values() for grant in found]
        self.grants = facts.statements(store, grants, [INNO.funder, INNO.underProgramme, INNO.amount, INNO.currency])
        involved = facts.incoming(store, projects, INNO.inInitiative)
        uses = facts.statements(store, [node for found in involved.values() for node in found], [INNO.site, INNO.role])
        self.sites = {
            project: sorted({(facts.first(uses, node, INNO.site), facts.first(uses, node, INNO.role)) for node in found if facts.first(uses, node, INNO.site)})
            for project, found in involved.items()
        }
        self.contributions = facts.contributions(store, institution)
        self.elsewhere = facts.elsewhere(store, institution)
        given = facts.incoming(store, [institution], INNO.funder).get(institution, ())
        self.funded = sorted({value.value for values in facts.statements(store, given, [INNO.funds]).values() for value in values.get(INNO.funds, ())})
        spans = [entry.initiative for entry in self.elsewhere] + [entry.participation for entry in self.elsewhere]
        self.spans = facts.statements(store, spans, [SCHEMA.startDate, SCHEMA.endDate])
        wanted = {*projects, *self.funded, *(entry.initiative for entry in self.elsewhere), *(c.object for c in self.contributions)}
        wanted |= {a.publisher for found in self.attested.values() for a in found}
        wanted |= {value.value for values in self.grants.values() for predicate in (INNO.funder, INNO.underProgramme) for value in values.get(predicate, ())}
        wanted |= {value.value for values in self.projects.values() for value in values.get(DCTERMS.subject, ())}
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


def _grants(look: _Lookups, named: Any, project: str) -> Iterable[Grant]:
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
    tests = {
        "no-start": lambda e: not e.span.start,
        "no-end": lambda e: not e.span.end,
        "role-unspecified": lambda e: e.own_roles == ("unspecified",),
        "only-attributed": lambda e: e.attestation == "attributed",
        "only-own": lambda e: e.attestation in ("own", "related"),
        "size-unknown": lambda e: e.completeness == "unknown",
        "size-partial": lambda e: e.completeness == "partial",
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
