"""What sources say against each other about a thing, side by side, and why one value stands (contracts, section 2; :mod:`kg.why`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.portal.entity_facts import Sources, Witness, rank_of
from kg.portal.entity_values import Shown
from kg.portal.facts import Claim
from kg.portal.why import evidence_of

if TYPE_CHECKING:
    from kg.store import Node
    from kg.why.standing import Standing


@dataclass(frozen=True)
class Side:
    """One value in a contradiction, with everyone who says it."""

    value: Shown
    status: str
    status_text: str
    witnesses: tuple[Witness, ...]
    about: Shown | None = None


@dataclass(frozen=True)
class Contradiction:
    """Values of one property that cannot hold together, the one that stands first, and why it stands."""

    label: str
    sides: tuple[Side, ...]
    why: str


def contradictions(sources: Sources) -> list[Contradiction]:
    """Return the contradictions among the claims, the value that stands first in each."""
    claims, seen, groups = sources.claims, set[str](), []
    for iri in sorted(claims):
        if iri in seen or not claims[iri].contradicts:
            continue
        group, open_ = set[str](), [iri]
        while open_:
            one = open_.pop()
            if one in claims and one not in group:
                group.add(one)
                open_ += claims[one].contradicts
        seen |= group
        groups.append([claims[one] for one in sorted(group)])
    if not groups:
        return []
    reasons = evidence_of(sources.reader.desk, sources.reader.lang).standing({claim.subject for group in groups for claim in group})
    made = [_contradiction(sources, group, reasons) for group in groups]
    return sorted(made, key=lambda one: (one.label, one.sides[0].value.text))


def _contradiction(sources: Sources, group: list[Claim], reasons: Mapping[str, Standing]) -> Contradiction:
    reader = sources.reader
    # Where they are about different nodes (two participations, say), or different properties, the value alone would not tell them apart.
    apart = len({(claim.subject, claim.predicate) for claim in group}) > 1
    sides: dict[tuple[str, str, Node], list[Claim]] = defaultdict(list)
    for claim in group:
        sides[claim.subject if apart else "", claim.predicate, claim.object].append(claim)
    made = []
    for (subject, _, _), members in sides.items():
        members.sort(key=lambda one: (rank_of(one.status), one.attestation == "entity-row", one.iri))
        witnesses = tuple(sources.witness(one) for one in members)
        shown = witnesses[0]
        made.append(
            (rank_of(members[0].status), Side(shown.value, shown.status, shown.status_text, witnesses, reader.link(subject) if subject else None))
        )
    made.sort(key=lambda one: (one[0], one[1].value.text))
    labels = sorted({reader.name(claim.predicate) for claim in group})
    best = min(group, key=lambda one: (rank_of(one.status), one.iri))
    return Contradiction(", ".join(labels), tuple(side for _, side in made), reasons[best.iri].reason.in_(reader.lang) if best.iri in reasons else "")
