"""The evidence of a tie: the projects two institutions share, with each side's role, the years, and who says so in which words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.analyse import facts, meetings
from kg.analyse.dates import Span
from kg.analyse.labels import Named
from kg.analyse.returns import classify
from kg.namespaces import code, local_name

if TYPE_CHECKING:
    from kg.analyse.data import Data
    from kg.analyse.projection import Row
    from kg.store import Store

PROJECTS = 200
"""Shared projects whose evidence is shown; the number of all is always given."""


@dataclass(frozen=True)
class Part:
    """One participation of one side in a shared project.

    Attributes:
        participation: Its IRI; its page leads to the claims.
        role: IRI of the role.
        named: The institution that the sources name, where it is another than the one that counts; else `None`.
        wordings: The role as sources word it, with the language of each, sorted.
        documents: Sources with what they do: attestation (`stated`, `attributed`) and status (`accepted`, `disputed`, …), sorted.
    """

    participation: str
    role: str
    named: Named | None
    wordings: tuple[tuple[str, str], ...]
    documents: tuple[tuple[str, str, str], ...]

    @property
    def disputed(self) -> bool:
        """Whether every claim of it is disputed."""
        return bool(self.documents) and all(status == "disputed" for _, _, status in self.documents)

    @property
    def contested(self) -> bool:
        """Whether at least one claim of it is disputed, and another is not."""
        return not self.disputed and any(status == "disputed" for _, _, status in self.documents)


@dataclass(frozen=True)
class Shared:
    """A project two institutions share.

    Attributes:
        project: IRI.
        span: When it ran.
        members: Institutions that count in it.
        meeting: `new`, `overlapping`, `returning` or `undatable` (:mod:`kg.analyse.meetings`).
        share: What it adds to the weight of the tie; `None` with funding shares.
        sides: Participations of the first and of the second institution.
    """

    project: str
    span: Span
    members: int
    meeting: str
    share: float | None
    sides: tuple[tuple[Part, ...], tuple[Part, ...]]


@dataclass(frozen=True)
class Evidence:
    """Why two institutions are tied.

    Attributes:
        one, other: The institutions.
        weight: Weight of the tie; 0 where there is none.
        count: Number of shared projects behind it.
        kind: `returned`, `overlapping` or `undatable` for two projects or more (:mod:`kg.analyse.returns`), else empty.
        projects: The shared projects by start and IRI, at most 200.
    """

    one: Named
    other: Named
    weight: float
    count: int
    kind: str
    projects: tuple[Shared, ...]

    @property
    def things(self) -> set[str]:
        """IRIs of everything that needs a name to be shown."""
        found = set()
        for shared in self.projects:
            found.add(shared.project)
            for part in (*shared.sides[0], *shared.sides[1]):
                found |= {part.role, *(document for document, _, _ in part.documents if document)}
        return found

    def to_json(self, names: dict[str, str], lang: str) -> dict[str, Any]:
        """Return the evidence as plain data with names in a language."""

        def part(one: Part) -> dict[str, Any]:
            return {
                "participation": one.participation,
                "role": local_name(one.role),
                "role_label": names.get(one.role, local_name(one.role)),
                "named": one.named.to_json() if one.named else None,
                "wordings": [{"text": wording, "lang": tag or None} for wording, tag in one.wordings],
                "documents": [
                    {"iri": document, "label": names.get(document, document), "attestation": attestation, "status": status}
                    for document, attestation, status in one.documents
                ],
            }

        return {
            "a": {**self.one.to_json(), "label": self.one.label(lang)},
            "b": {**self.other.to_json(), "label": self.other.label(lang)},
            "weight": self.weight,
            "shared_projects": self.count,
            "shown": len(self.projects),
            "truncated": len(self.projects) < self.count,
            "meetings": self.kind or None,
            "projects": [
                {
                    "iri": shared.project,
                    "label": names.get(shared.project, shared.project),
                    **shared.span.to_json(),
                    "institutions": shared.members,
                    "meeting": shared.meeting,
                    "adds_to_weight": shared.share,
                    "a": [part(one) for one in shared.sides[0]],
                    "b": [part(one) for one in shared.sides[1]],
                }
                for shared in self.projects
            ],
        }


def evidence(data: Data, store: Store, one: Named, other: Named) -> Evidence:
    """Return why two institutions of a network are tied.

    Args:
        data: The participations that count.
        store: Graph to look claims and documents up in.
        one, other: Two institutions (or places) of the network.
    """
    import numpy as np

    found = _shared(data, one.iri, other.iri)
    spans = {project: data.spans[project] for project in found}
    order = sorted(found, key=lambda project: (spans[project].start or "9999", project))
    days = meetings.Days.of([meetings.usable(spans[project]) for project in order])
    kinds = meetings.classify(np.zeros(len(order), dtype=np.int64), days).tolist() if order else []
    shown = order[:PROJECTS]
    sides = [_rows(data, institution.iri, set(shown)) for institution in (one, other)]
    attested: dict[str, list[facts.Attestation]] = {}
    for claim in facts.attestations(store, [row.participation for side in sides for rows in side.values() for row in rows]):
        attested.setdefault(claim.participation, []).append(claim)
    place = {project: number for number, project in enumerate(data.incidence.projects)}
    projects = []
    for project, kind in zip(shown, kinds, strict=False):
        members = int(data.incidence.sizes[place[project]])
        share = {"count": 1.0, "newman": 1.0 / max(members - 1, 1)}.get(data.selection.weight)
        parts = (_parts(data, sides[0].get(project, []), one, attested), _parts(data, sides[1].get(project, []), other, attested))
        projects.append(Shared(project, spans[project], members, meetings.CLASSES[kind], share, parts))
    kind = classify(spans, order)[0] if len(order) > 1 else ""
    return Evidence(one, other, _weight(data, one.iri, other.iri), len(order), kind, tuple(projects))


def _shared(data: Data, one: str, other: str) -> list[str]:
    """Return the projects that tie two institutions; in a star those that one of them coordinates."""
    shared = data.incidence.shared(one, other)
    if data.coordinators is None:
        return shared
    place = {project: number for number, project in enumerate(data.incidence.projects)}
    rows = [data.coordinators[[data.incidence.position[iri]]].toarray().ravel() for iri in (one, other)]
    return [project for project in shared if rows[0][place[project]] or rows[1][place[project]]]


def _weight(data: Data, one: str, other: str) -> float:
    import numpy as np

    network = data.collaboration
    low, high = sorted((data.incidence.position[one], data.incidence.position[other]))
    found = np.flatnonzero((network.source == low) & (network.target == high))
    return round(float(network.weight[found[0]]), 12) if len(found) else 0.0


def _rows(data: Data, institution: str, projects: set[str]) -> dict[str, list[Row]]:
    """Return the participations of an institution in some projects, by project."""
    import pyarrow.compute as pc

    from kg.analyse.arrow import constant
    from kg.analyse.projection import rows_of

    columns = ["participation", "initiative", "organisation", "role", "start", "end", "named", "recorded"]
    found: dict[str, list[Row]] = {}
    for row in rows_of(data.table.filter(pc.equal(data.table["organisation"], constant(institution))).select(columns)):
        if row.initiative in projects:
            found.setdefault(row.initiative, []).append(row)
    return found


def _parts(data: Data, rows: list[Row], side: Named, attested: dict[str, list[facts.Attestation]]) -> tuple[Part, ...]:
    parts = []
    for row in sorted(rows, key=lambda row: (row.participation, row.role)):
        claims = attested.get(row.participation, [])
        wordings = tuple(sorted({(claim.wording, claim.wording_language) for claim in claims if claim.wording}))
        documents = tuple(sorted({(claim.document, claim.attestation, claim.status) for claim in claims}))
        role = row.role if ":" in row.role else code("participation-role", row.role)
        parts.append(Part(row.participation, role, data.named(row.named) if row.named != side.iri else None, wordings, documents))
    return tuple(parts)
