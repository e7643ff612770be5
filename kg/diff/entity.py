"""Entities that came, went or changed: who they are and how much of them changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kg.analyse.labels import sort_key
from kg.diff.names import Names
from kg.diff.words import class_rank
from kg.namespaces import DCTERMS

if TYPE_CHECKING:
    from kg.diff.session import Session

MAX_ENTITIES = 200_000
"""Entities that are held as objects; counts are complete beyond it."""


@dataclass(frozen=True)
class EntityChange:
    """An entity of which statements changed, its own or those of its participations, claims and other nodes.

    Attributes:
        iri: The entity, never a helper node.
        cls: Its class, the one it is listed under; empty where nothing says it.
        kind: `added`, `withdrawn`, `retired` (with an entry in `retired.csv`), `renamed`, `changed`, or `derived` (only statements that follow from others).
        labels: Names by language tag, those of the new table before those of the old.
        added: Statements that only the new table has.
        removed: Statements that only the old table has.
        successor: IRI of what replaces a retired entity, or empty.
    """

    iri: str
    cls: str
    kind: str
    labels: Mapping[str, str] = field(default_factory=dict)
    added: int = 0
    removed: int = 0
    successor: str = ""

    def label(self, lang: str) -> str:
        """Return the name in a language, else in the other one, else the last step of the IRI."""
        from kg.analyse.labels import Named

        return Named(self.iri, self.labels).label(lang)

    def to_json(self) -> dict[str, Any]:
        """Return the entity without its lines."""
        return {
            "iri": self.iri,
            "class": self.cls or None,
            "kind": self.kind,
            "label": {"de": self.label("de"), "en": self.label("en")},
            "added": self.added,
            "removed": self.removed,
            "successor": self.successor or None,
        }


def read_entities(session: Session, names: Names) -> tuple[EntityChange, ...]:
    """Return the entities by class, then label; of more than :data:`MAX_ENTITIES` those with the most changes."""
    rows = session.rows("SELECT iri, cls, kind, added, removed FROM entity ORDER BY added + removed DESC, iri LIMIT ?", [MAX_ENTITIES])
    names.load(row[0] for row in rows if not row[0].startswith("_:"))
    successors = dict(
        session.rows(
            "SELECT subject, min(object) FROM b WHERE predicate = ? AND subject IN (SELECT iri FROM entity WHERE kind = 'retired') GROUP BY subject",
            [DCTERMS.isReplacedBy],
        )
    )
    names.load(successors.values())
    found = [EntityChange(iri, cls, kind, names[iri].labels, added, removed, successors.get(iri, "")) for iri, cls, kind, added, removed in rows]
    return tuple(sorted(found, key=lambda entity: (class_rank(entity.cls), sort_key(entity.label("de")), entity.iri)))


def count_kinds(session: Session) -> dict[str, dict[str, int]]:
    """Return how many entities of each class came, went and changed, by class and kind; complete."""
    found: dict[str, dict[str, int]] = {}
    for cls, kind, number in session.rows("SELECT cls, kind, count(*) FROM entity GROUP BY ALL"):
        found.setdefault(cls, {})[kind] = int(number)
    return {cls: found[cls] for cls in sorted(found, key=class_rank)}
