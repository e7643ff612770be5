"""Consortia compared member by member: who stands in both sources, who only in the curated one, who only in the other.

Two consortia of the same size can name different bodies, so numbers alone are never compared. A unit counts where the body it is a part of is named
(`as-part`): the institute works, its university signs.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.link.candidates import grouped
from kg.link.entities import Side, read_side
from kg.link.sssom import EntityMapping
from kg.namespaces import SKOS, local_name

if TYPE_CHECKING:
    from kg.engine.base import Engine

OUTSIDE = frozenset(("network-partner", "practice-partner", "evaluator", "attendee", "speaker", "user", "host"))
"""Roles beside a consortium: who has no other role is not missing in the other source."""

BOTH, AS_PART, LEFT_ONLY, RIGHT_ONLY, BESIDE = "both", "as-part", "left-only", "right-only", "beside"
STATES = {
    BOTH: ("in beiden", "in both"),
    AS_PART: ("als Teil einer dort genannten Einrichtung", "as a part of a body named there"),
    LEFT_ONLY: ("nur in der ersten Quelle", "only in the first source"),
    RIGHT_ONLY: ("nur in der zweiten Quelle", "only in the second source"),
    BESIDE: ("neben dem Konsortium", "beside the consortium"),
}
COLUMNS = ("project", "project_label", "other_project", "state", "left", "left_label", "left_roles", "right", "right_label", "right_roles")


@dataclass(frozen=True, order=True)
class Member:
    """One body in one or both consortia of a linked project.

    Attributes:
        project: Project of the left source.
        other_project: The project it is linked to.
        state: One of :data:`STATES`.
        left, right: The body in each source, or empty.
        left_roles, right_roles: Its role codes there.
    """

    project: str
    other_project: str
    state: str
    left: str
    right: str
    left_roles: tuple[str, ...] = ()
    right_roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Completeness:
    """The comparison of all linked projects.

    Attributes:
        members: One row per body and project.
        labels: Label of each entity that has one.
        absent: Projects whose linked counterpart has no participation at all in the right source.
    """

    members: tuple[Member, ...]
    labels: dict[str, str]
    absent: tuple[tuple[str, str], ...] = ()

    def csv(self) -> str:
        """Return the comparison as CSV."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        for item in self.members:
            left, right = (self.labels.get(entity, "") for entity in (item.left, item.right))
            names = (item.project, self.labels.get(item.project, ""), item.other_project, item.state)
            writer.writerow((*names, item.left, left, " ".join(item.left_roles), item.right, right, " ".join(item.right_roles)))
        return out.getvalue()

    def text(self, lang: str) -> str:
        """Return the comparison as text in `de` or `en`."""
        german = lang == "de"
        lines = []
        for project, other in sorted({(item.project, item.other_project) for item in self.members} | set(self.absent)):
            lines.append(f"{self.labels.get(project, local_name(project))} = {local_name(other)}")
            if (project, other) in self.absent:
                lines.append("  Die zweite Quelle nennt keine Beteiligten." if german else "  The second source names no participants.")
            for state, words in STATES.items():
                found = [item for item in self.members if (item.project, item.other_project, item.state) == (project, other, state)]
                if found:
                    lines.append(f"  {words[0 if german else 1]}: {len(found)}")
                    lines += [f"    {self._line(item, german=german)}" for item in found]
        return "\n".join(lines) + "\n"

    def _line(self, item: Member, *, german: bool) -> str:
        unnamed = "ohne Namen" if german else "no name"
        sides = []
        for entity, roles in ((item.left, item.left_roles), (item.right, item.right_roles)):
            if entity:
                sides.append(f"{self.labels.get(entity) or f'{local_name(entity)} ({unnamed})'} [{', '.join(roles)}]")
        return " – ".join(sides)


def completeness(
    engine: Engine, quads: Any, mappings: Iterable[EntityMapping], left_graph: str | Sequence[str], right_graph: str | Sequence[str]
) -> Completeness:
    """Compare the consortia of all projects that are linked exactly.

    Args:
        engine: Where the expressions run.
        quads: The quad table (Ibis).
        mappings: Accepted and rejected mappings; rejected ones are ignored.
        left_graph: Named graph or graphs of the mappings' subjects.
        right_graph: Named graph or graphs of the objects.
    """
    left, right = (read_side(engine, quads, names) for names in (left_graph, right_graph))
    kept = [mapping for mapping in mappings if not mapping.rejected]
    same, part = ({m.pair for m in kept if m.exact}, {m.pair for m in kept if not m.exact and m.predicate_id == SKOS.broadMatch})
    linked = sorted(same)
    one = _consortia(engine, left, {pair[0] for pair in linked})
    other = _consortia(engine, right, {pair[1] for pair in linked})
    present = {str(row["entity"]) for row in engine.to_pylist(right.types.select("entity").distinct())}
    members: list[Member] = []
    absent = []
    for project, counterpart in linked:
        if project in one and counterpart in other:
            members += _compared(project, counterpart, one[project], other[counterpart], same, part)
        elif project in one and counterpart in present:
            absent.append((project, counterpart))
    entities = {entity for m in members for entity in (m.project, m.left, m.right)} | {project for project, _ in absent}
    return Completeness(tuple(sorted(members, key=_order)), _labels(engine, (left, right), entities - {""}), tuple(absent))


def _order(member: Member) -> tuple[str, int, str, str]:
    return (member.project, list(STATES).index(member.state), member.left, member.right)


def _consortia(engine: Engine, side: Side, projects: set[str]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return, for each project, its bodies with their role codes."""
    rows = engine.to_pylist(side.members.filter(side.members.initiative.isin(sorted(projects))).order_by(["initiative", "organisation", "role"]))
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for row in rows:
        roles = found.setdefault(str(row["initiative"]), {})
        roles[str(row["organisation"])] = (*roles.get(str(row["organisation"]), ()), *([local_name(str(row["role"]))] if row["role"] else []))
    return found


def _compared(
    project: str,
    counterpart: str,
    left: dict[str, tuple[str, ...]],
    right: dict[str, tuple[str, ...]],
    same: set[tuple[str, str]],
    part: set[tuple[str, str]],
) -> list[Member]:
    found, met = [], set()
    for body, roles in left.items():
        exact = [other for other in right if (body, other) in same]
        whole = [other for other in right if (body, other) in part]
        if exact or whole:
            met.update(exact or whole)
            found += [Member(project, counterpart, BOTH if exact else AS_PART, body, other, roles, right[other]) for other in exact or whole]
        else:
            state = BESIDE if roles and set(roles) <= OUTSIDE else LEFT_ONLY
            found.append(Member(project, counterpart, state, body, "", roles))
    return [*found, *(Member(project, counterpart, RIGHT_ONLY, "", other, (), roles) for other, roles in right.items() if other not in met)]


def _labels(engine: Engine, sides: Iterable[Side], entities: set[str]) -> dict[str, str]:
    labels: dict[str, str] = {}
    for side in sides:
        names = side.names.filter(side.names.predicate == SKOS.prefLabel)
        chosen = grouped(engine, names.select("entity", value=(names.language == "en").ifelse("0", "1") + names.text), entities)
        labels |= {entity: values[0][1:] for entity, values in chosen.items()}
    return labels
