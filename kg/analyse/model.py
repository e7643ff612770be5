"""What a profile holds: pure data and counts over it; :mod:`kg.analyse.profile` fills it, the renderers show it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kg.analyse.dates import Span
from kg.analyse.frames import Refusal, machine_caveat
from kg.analyse.labels import Named, sort_key
from kg.analyse.method import Method
from kg.analyse.nullmodel import Repeats
from kg.namespaces import code

if TYPE_CHECKING:
    from kg.analyse.beside import Beside

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
class LevelCount:
    """How many projects and partners there are at one level of counting.

    Attributes:
        level: One of :data:`kg.analyse.projection.LEVELS`.
        institution: The body the institution counts as there.
        projects: Number of projects of that body.
        partners: Number of other institutions in them.
        repeat_partners: Those in at least two of them.
    """

    level: str
    institution: Named
    projects: int
    partners: int
    repeat_partners: int

    def numbers(self) -> dict[str, int]:
        """Return the three numbers by name."""
        return {"projects": self.projects, "partners": self.partners, "repeat_partners": self.repeat_partners}

    def to_json(self) -> dict[str, Any]:
        """Return level, body and numbers."""
        return {"level": self.level, "institution": self.institution.to_json(), **self.numbers()}


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
        projects: IRIs of the projects, sorted.
        detail: Codes that say in which role (places), else empty.
    """

    thing: Named
    projects: tuple[str, ...]
    detail: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return thing, number and projects."""
        found = {**self.thing.to_json(), "projects": len(self.projects), "of": list(self.projects)}
        return {**found, "roles": list(self.detail)} if self.detail else found


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
        within: The sources within which that comparison stays, where there are others too; else empty.
        years: Projects by year.
        wordings: How the sources word its role, as (wording, number of projects), most frequent first.
        contributions: Contributions, apart.
        elsewhere: Participations in events, programmes and campaigns, apart.
        funded: What it funds itself, as named in the graph.
        gaps: What is not known.
        refusal: What may not be said on this frame and why; `None` on a census.
        caveats: Sentences needed to read the numbers.
        levels: Projects and partners at each level of bodies; empty where no unit is mapped to a larger body.
        beside: What other sources say of it or of a body above, counted nowhere here.
        measures: Measures of the network by standard name (see :mod:`kg.analyse.kept`).
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
    within: tuple[Named, ...]
    years: tuple[Year, ...]
    wordings: tuple[tuple[str, int], ...]
    contributions: tuple[ContributionEntry, ...]
    elsewhere: tuple[ElsewhereEntry, ...]
    funded: tuple[Named, ...]
    gaps: tuple[Gap, ...]
    refusal: Refusal | None
    caveats: tuple[dict[str, str], ...]
    levels: tuple[LevelCount, ...]
    beside: tuple[Beside, ...]
    measures: Mapping[str, Mapping[str, Any]]
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
        from kg.analyse.sentences import sentences

        expected = self.repeats.partners if self.repeats else {}
        return {
            "institution": self.institution.to_json(),
            "asked": self.asked.to_json(),
            "above": [named.to_json() for named in self.above],
            "counts_elsewhere": [{**named.to_json(), "projects": number} for named, number in self.elsewhere_counted],
            "method": self.method.to_json(),
            "sentences": [sentence.to_json() for sentence in sentences(self)],
            "refusal": self.refusal.to_json() if self.refusal else None,
            "caveats": list(self.caveats),
            "numbers": {"projects": len(self.projects), "partners": len(self.partners), "repeat_partners": len(self.repeat_partners)},
            "levels": [level.to_json() for level in self.levels],
            "repeat_partners": {**self.repeats.to_json(), "within": [source.to_json() for source in self.within]} if self.repeats else None,
            "measures_caveat": machine_caveat(self.method.frame),
            "measures": {name: dict(measure) for name, measure in self.measures.items()},
            "second_source": [found.to_json() for found in self.beside],
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
