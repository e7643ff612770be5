"""What sources say against each other about a thing, side by side, and why one value stands (contracts, section 2; kg.sources.claims.resolve)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.portal.entity_facts import Sources, Witness, rank_of
from kg.portal.entity_values import Shown
from kg.portal.facts import Claim

if TYPE_CHECKING:
    from kg.store import Node


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
    claims, seen, made = sources.claims, set[str](), []
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
        made.append(_contradiction(sources, [claims[one] for one in sorted(group)]))
    return sorted(made, key=lambda one: (one.label, one.sides[0].value.text))


def _contradiction(sources: Sources, group: list[Claim]) -> Contradiction:
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
        best = witnesses[0]
        made.append(
            (rank_of(members[0].status), Side(best.value, best.status, best.status_text, witnesses, reader.link(subject) if subject else None))
        )
    made.sort(key=lambda one: (one[0], one[1].value.text))
    labels = sorted({reader.name(claim.predicate) for claim in group})
    return Contradiction(", ".join(labels), tuple(side for _, side in made), _why(group, [side for _, side in made], reader.lang))


def _why(group: list[Claim], sides: list[Side], lang: str) -> str:
    """Say why a value stands, as far as the claims show it (the order of the rule: kg.sources.claims.resolve)."""
    german = lang == "de"
    standing = [claim for claim in group if claim.status == "accepted"]
    if not standing:
        return "Keine der Angaben gilt: Sie bleiben offen." if german else "None of them is held: it stays open."
    if len({(claim.subject, claim.predicate, claim.object) for claim in standing}) > 1:
        return "Es ist nicht entschieden: Beide Angaben stehen im Graphen." if german else "It is not decided: both statements stand in the graph."
    if any(claim.attestation == "entity-row" for claim in standing):
        return (
            "Es gilt die Angabe aus der Zeile des Gegenstands, für die sich die Redaktion entschieden hat."
            if german
            else "The value in the row of the thing itself is held: the editors chose it."
        )
    if any(claim.status == "rejected" for claim in group):
        return "Die Redaktion hat die andere Angabe verworfen." if german else "The editors rejected the other statement."
    most = [_publishers(side) for side in sides]
    if len(most) > 1 and most[0] > max(most[1:]):
        return (
            f"Es gilt, was mehr voneinander unabhängige Herausgeber sagen: {most[0]} gegen {max(most[1:])}."
            if german
            else f"What more independent publishers say is held: {most[0]} against {max(most[1:])}."
        )
    return (
        "Entschieden nach der Regel: Entscheidung der Redaktion, dann mehr unabhängige Herausgeber, dann die genauere Angabe, dann die neueste Quelle."
        if german
        else "Decided by the rule: a decision of the editors, then more independent publishers, then the more precise value, then the newest source."
    )


def _publishers(side: Side) -> int:
    return len({one.publisher.iri if one.publisher else one.document.href for witness in side.witnesses for one in witness.passages})
