"""Participations, site uses, fundings and award results as what they say about the entity they belong to: who came, who went, what of whom changed.

A pair of an entity and its partner is compared, not a node: a node's IRI depends on the role and, in a delivery of CORDIS, on the place in the list of
partners, so that one new partner gives new nodes to all that follow.
"""

# ruff: noqa: S608 (only names of this package are put into statements; every value is bound)
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.diff.line import Line, changed_values, listed, value_text
from kg.errors import Text
from kg.namespaces import INNO, RDF
from kg.quads import Term

if TYPE_CHECKING:
    from kg.diff.names import Names
    from kg.diff.session import Session


@dataclass(frozen=True)
class Relation:
    """How nodes of a class tie an entity to another thing.

    Attributes:
        code: Beginning of the codes of its lines.
        owner: Properties that lead to the entity.
        other: Properties that lead to the other thing.
        kind: Property of the role or status.
        one, many: What the other thing is called.
    """

    code: str
    owner: tuple[str, ...]
    other: tuple[str, ...]
    kind: str
    one: Text
    many: Text


RELATIONS: dict[str, Relation] = {
    INNO.Participation: Relation(
        "partner", (INNO.inInitiative,), (INNO.participant,), INNO.role, Text("partner", "Partner"), Text("partners", "Partner")
    ),
    INNO.SiteUse: Relation("site", (INNO.inInitiative,), (INNO.site,), INNO.role, Text("site", "Ort"), Text("sites", "Orte")),
    INNO.Funding: Relation(
        "funding", (INNO.funds,), (INNO.underProgramme, INNO.funder), "", Text("funding", "Förderung"), Text("fundings", "Förderungen")
    ),
    INNO.AwardResult: Relation(
        "result", (INNO.inEdition, INNO.ofAward), (INNO.candidate,), INNO.resultStatus, Text("result", "Ergebnis"), Text("results", "Ergebnisse")
    ),
}
DERIVED = frozenset({INNO.participantMerged, INNO.participantTop})
COORDINATOR = "/participation-role/coordinator"


@dataclass
class Pair:
    """All nodes between an entity and another thing, in both tables.

    Attributes:
        old: Values by property in the old table; empty where no node was there.
        new: The same in the new table.
    """

    old: dict[str, set[Term]] = field(default_factory=lambda: defaultdict(set))
    new: dict[str, set[Term]] = field(default_factory=lambda: defaultdict(set))


Pairs = dict[tuple[str, str, str], Pair]
"""Pairs by entity, class of the nodes and other thing (empty where a node names none)."""


class Relations:
    """The relations of some entities, as far as a node of theirs changed.

    Args:
        session: The comparison.
        entities: Entities by the classes of their changed nodes.
    """

    def __init__(self, session: Session, entities: Mapping[str, Iterable[str]]) -> None:
        self._session = session
        self.pairs: Pairs = {}
        self.of_node: dict[str, tuple[str, str, str]] = {}
        wanted = {entity for classes in entities.values() for entity in classes}
        if wanted:
            self._read(wanted)

    def _read(self, entities: set[str]) -> None:
        session = self._session
        owners = sorted({name for relation in RELATIONS.values() for name in relation.owner})
        session.texts("tied", entities)
        marks = ", ".join("?" for _ in owners)
        for side in ("a", "b"):
            session.run(
                f"CREATE OR REPLACE TABLE tie_{side} AS SELECT DISTINCT q.subject, q.object AS entity FROM {side} q SEMI JOIN tied ON q.object = value "
                f"WHERE q.predicate IN ({marks})",
                owners,
            )
        # In the order of properties, so that the first of several others is always the same.
        facts: dict[str, dict[str, dict[str, set[Term]]]] = {"a": {}, "b": {}}
        ties: dict[str, str] = {}
        for side in ("a", "b"):
            ties |= dict(session.rows(f"SELECT subject, min(entity) FROM tie_{side} GROUP BY subject"))
            rows = session.rows(
                f"SELECT DISTINCT subject, predicate, object, kind, datatype, language FROM {side} SEMI JOIN tie_{side} t USING (subject)"
            )
            for subject, predicate, *term in rows:
                facts[side].setdefault(subject, defaultdict(set))[predicate].add(Term(*term))
        for side in ("a", "b"):
            for node, properties in facts[side].items():
                classes = {term.value for term in properties.get(RDF.type, ())}
                for cls, relation in RELATIONS.items():
                    if cls in classes:
                        self._add(side, node, cls, relation, ties[node], properties)

    def _add(self, side: str, node: str, cls: str, relation: Relation, entity: str, properties: Mapping[str, set[Term]]) -> None:
        others = [min(term.value for term in properties[name]) for name in relation.other if properties.get(name)]
        key = (entity, cls, others[0] if others else "")
        self.of_node[node] = key
        pair = self.pairs.setdefault(key, Pair())
        values = pair.old if side == "a" else pair.new
        values[RDF.type].add(Term(cls))
        for predicate, terms in properties.items():
            if predicate not in (RDF.type, *relation.owner, *relation.other) and predicate not in DERIVED:
                values[predicate] |= terms

    def iris(self) -> set[str]:
        """Return the things that sentences about these relations name."""
        found = {other for _, _, other in self.pairs if other} | {entity for entity, _, _ in self.pairs}
        for pair in self.pairs.values():
            for values in (pair.old, pair.new):
                found |= set(values) | {term.value for terms in values.values() for term in terms if term.kind == "iri"}
        return found

    def title(self, key: tuple[str, str, str], names: Names, *, old: bool = False) -> Text:
        """Return a pair by the other thing's name and its roles."""
        _, cls, other = key
        pair, relation = self.pairs[key], RELATIONS[cls]
        name = value_text(Term(other), names) if other else names.cls(cls)
        roles = self._roles(pair.old if old else pair.new, relation, names)
        return Text(f"{name.en} ({roles.en})", f"{name.de} ({roles.de})") if roles.en else name

    @staticmethod
    def _roles(values: Mapping[str, set[Term]], relation: Relation, names: Names) -> Text:
        terms = sorted(values.get(relation.kind, ())) if relation.kind else []
        return listed([value_text(term, names) for term in terms])

    def lines(self, entity: str, nodes: Iterable[str], cls_of_entity: str, names: Names) -> list[Line]:
        """Return what changed in the relations of an entity.

        Args:
            entity: The entity.
            nodes: Its nodes of which a statement changed.
            cls_of_entity: Its class: projects have partners, all others participants.
            names: Names of things.
        """
        touched = sorted({self.of_node[node] for node in nodes if node in self.of_node and self.of_node[node][0] == entity})
        lines: list[Line] = []
        for cls, relation in RELATIONS.items():
            keys = sorted((key for key in touched if key[1] == cls), key=lambda key: (names[key[2]].label("en").casefold(), key))
            words = (relation.one, relation.many)
            if cls == INNO.Participation and cls_of_entity != INNO.Project:
                words = (Text("participant", "Beteiligte"), Text("participants", "Beteiligte"))
            come = [key for key in keys if not self.pairs[key].old]
            gone = [key for key in keys if not self.pairs[key].new]
            lines += self._group(f"{relation.code}-added", come, words, Text("added", "hinzugekommen"), names)
            lines += self._group(f"{relation.code}-removed", gone, words, Text("removed", "weggefallen"), names)
            quiet = 0
            for key in keys:
                if key not in come and key not in gone:
                    found = self._within(key, relation, names)
                    lines += found
                    quiet += not found
            if quiet:
                lines.append(
                    Line(
                        "order",
                        Text(
                            f"order or notation of {quiet:,} {words[quiet > 1].en} changed, nothing else of them",
                            f"Reihenfolge oder Schreibung von {quiet} {words[quiet > 1].de} geändert, sonst nichts an ihnen",
                        ),
                    )
                )
        return lines

    def _group(self, code: str, keys: list[tuple[str, str, str]], words: tuple[Text, Text], verb: Text, names: Names) -> list[Line]:
        if not keys:
            return []
        removed = code.endswith("-removed")
        found = listed([self.title(key, names, old=removed) for key in keys], 8)
        word = words[len(keys) > 1]
        others = tuple(key[2] for key in keys)
        return [Line(code, Text(f"{word.en} {verb.en}: {found.en}", f"{word.de} {verb.de}: {found.de}"), "", others)]

    def _within(self, key: tuple[str, str, str], relation: Relation, names: Names) -> list[Line]:
        """Return what changed of a pair that is in both tables."""
        pair, lines = self.pairs[key], []
        for predicate in sorted(set(pair.old) | set(pair.new)):
            old, new = pair.old.get(predicate, set()), pair.new.get(predicate, set())
            if old == new or predicate in (INNO.order, RDF.type):
                continue
            about = value_text(Term(key[2]), names) if key[2] else names.cls(key[1])
            line = changed_values(predicate, "", old - new, new - old, names, about=about)
            if line is not None:
                code = "role-changed" if predicate == relation.kind else f"{relation.code}-changed"
                lines.append(Line(code, line.text, predicate, (key[2],) if key[2] else (), line.old, line.new))
        return lines

    def summary(self, entity: str, *, old: bool) -> tuple[int, list[str]]:
        """Return how many partners an entity has, and its coordinators."""
        partners, coordinators = 0, []
        for (owner, cls, other), pair in self.pairs.items():
            values = pair.old if old else pair.new
            if owner == entity and cls == INNO.Participation and values:
                partners += 1
                if other and any(term.value.endswith(COORDINATOR) for term in values.get(INNO.role, ())):
                    coordinators.append(other)
        return partners, sorted(coordinators)
