"""What happened to some entities, in words: their own properties, their relations, the claims about them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from kg.diff.claims import Claims, Fact
from kg.diff.line import Line, changed_values, listed, value_text
from kg.diff.owners import INFERRED
from kg.diff.relations import RELATIONS, Relations
from kg.diff.words import PROPERTIES
from kg.errors import Text
from kg.namespaces import GEO, INNO, OA, OWL, RDF, SCHEMA, SKOS, WGS
from kg.quads import Term

if TYPE_CHECKING:
    from kg.diff.entity import EntityChange
    from kg.diff.names import Names
    from kg.diff.session import Session

MAX_ROWS = 2_000
"""Changed statements of one entity that are put into words; the rest is counted."""
_EVIDENCE = frozenset({INNO.Claim, INNO.Evidence, OA.TextQuoteSelector, OA.TextPositionSelector})
_POINT = frozenset({WGS.lat, WGS.long, GEO.hasDefaultGeometry})
_GONE = frozenset({OWL.deprecated, RDF.type})


class Row(NamedTuple):
    """One changed statement of an entity or of a node of it."""

    sign: str
    subject: str
    cls: str
    predicate: str
    term: Term
    graph: str


@dataclass
class _Rows:
    """The changed statements of one entity: its own, and those of its nodes by node."""

    own: list[Row] = field(default_factory=list)
    nodes: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    total: int = 0

    def of(self, classes: Iterable[str]) -> list[str]:
        """Return the nodes of some classes."""
        wanted = set(classes)
        return sorted(node for node, rows in self.nodes.items() if rows[0].cls in wanted)


def describe(session: Session, names: Names, entities: Sequence[EntityChange]) -> dict[str, tuple[Line, ...]]:
    """Return the lines of each entity, in the order in which they are read: properties, relations, claims.

    Args:
        session: The comparison, its tables `owned` and `entity` made (:func:`kg.diff.owners.fold`).
        names: Labels; what the lines name is looked up in one go.
        entities: What to describe. Cost: one pass over both tables per kind of look-up, however many entities.
    """
    rows = _rows(session, [entity.iri for entity in entities])
    relations = Relations(session, {cls: [iri for iri, found in rows.items() if found.of([cls])] for cls in RELATIONS})
    claims = Claims(session, (node for found in rows.values() for node in found.of([INNO.Claim])))
    iris = relations.iris() | claims.iris()
    for found in rows.values():
        for row in (*found.own, *(row for node in found.nodes.values() for row in node)):
            iris |= {row.subject, row.predicate, row.cls}
            if row.term.kind == "iri":
                iris.add(row.term.value)
    names.load(iri for iri in iris if iri and not iri.startswith("_:"))
    speaker = _Speaker(names, relations, claims)
    return {entity.iri: tuple(speaker.lines(entity, rows.get(entity.iri, _Rows()))) for entity in entities}


def _rows(session: Session, iris: Iterable[str]) -> dict[str, _Rows]:
    session.texts("wanted", iris)
    found: dict[str, _Rows] = defaultdict(_Rows)
    # Own statements first, so that a cut never takes them before those of nodes.
    query = (
        "SELECT owner, sign, subject, cls, predicate, object, kind, datatype, language, graph, number FROM (SELECT o.owner, o.cls, d.*, "
        "row_number() OVER (PARTITION BY o.owner ORDER BY d.subject <> o.owner, d.subject, d.predicate, d.sign, d.object, d.language, d.datatype, d.graph) "
        "AS place, count(*) OVER (PARTITION BY o.owner) AS number FROM delta d JOIN owned o USING (subject) SEMI JOIN wanted ON owner = value) "
        "WHERE place <= ? ORDER BY owner, place"
    )
    for owner, sign, subject, cls, predicate, *term, graph, number in session.rows(query, [MAX_ROWS]):
        row = Row(sign, subject, cls, predicate, Term(*term), graph)
        entity = found[owner]
        entity.total = number
        if subject == owner:
            entity.own.append(row)
        else:
            entity.nodes[subject].append(row)
    return found


class _Speaker:
    """Puts the rows of an entity into words."""

    def __init__(self, names: Names, relations: Relations, claims: Claims) -> None:
        self.names = names
        self.relations = relations
        self.claims = claims

    def lines(self, entity: EntityChange, rows: _Rows) -> list[Line]:
        """Return the lines of one entity."""
        whole = entity.kind in ("added", "withdrawn", "retired")
        lines = [self._summary(entity, rows)] if whole else [*self._own(entity, rows), *self._relations(entity, rows), *self._nodes(rows)]
        if not whole:
            lines += self._claims(rows)
        if rows.total > MAX_ROWS:
            rest = rows.total - MAX_ROWS
            lines.append(Line("more", Text(f"{rest:,} more statements changed", f"{rest} weitere Aussagen geändert")))
        if not lines:
            # Every changed statement is another one's consequence, or says the same in another graph.
            number = entity.added + entity.removed
            lines.append(
                Line("more", Text(f"{number:,} derived or repeated statements changed", f"{number} abgeleitete oder wiederholte Aussagen geändert"))
            )
        return lines

    def _summary(self, entity: EntityChange, rows: _Rows) -> Line:
        """Say in a phrase what came or went as a whole."""
        old = entity.kind != "added"
        sign = "-" if old else "+"
        values = {row.predicate: row.term.value for row in rows.own if row.sign == sign}
        parts: list[Text] = []
        if entity.kind == "retired":
            successor = entity.successor
            name = value_text(Term(successor), self.names) if successor else None
            parts.append(
                Text(f"retired, replaced by {name.en}", f"zurückgezogen, ersetzt durch {name.de}")
                if name
                else Text("retired, without a successor", "zurückgezogen, ohne Nachfolger")
            )
        start, end = values.get(SCHEMA.startDate, ""), values.get(SCHEMA.endDate, "")
        if start or end:
            parts.append(Text(f"{start or '?'} to {end or '?'}", f"{start or '?'} bis {end or '?'}"))
        number, coordinators = self.relations.summary(entity.iri, old=old)
        if number:
            word = Text("partner" if number == 1 else "partners", "Partner")
            if entity.cls != INNO.Project:
                word = Text("participant" if number == 1 else "participants", "Beteiligte")
            parts.append(Text(f"{number:,} {word.en}", f"{number} {word.de}"))
        if coordinators:
            found = listed([value_text(Term(iri), self.names) for iri in coordinators], 3)
            parts.append(Text(f"coordinated by {found.en}", f"koordiniert von {found.de}"))
        if not parts:
            number = entity.removed if old else entity.added
            parts.append(Text(f"{number:,} statements", f"{number} Aussagen"))
        return Line("summary", Text(", ".join(part.en for part in parts), ", ".join(part.de for part in parts)), "", tuple(coordinators))

    def _own(self, entity: EntityChange, rows: _Rows) -> list[Line]:
        """Say what changed in the entity's own properties; derived statements follow from others and are said only where nothing else changed."""
        derived = entity.kind == "derived"
        groups: dict[tuple[str, str], dict[str, list[Term]]] = defaultdict(lambda: {"-": [], "+": []})
        point: dict[str, set[str]] = defaultdict(set)
        for row in rows.own:
            if row.graph.endswith(INFERRED) != derived:
                continue
            if row.predicate in _POINT:
                point[row.sign].add(row.predicate)
            if row.predicate != GEO.hasDefaultGeometry or WGS.lat not in point[row.sign]:
                groups[row.predicate, row.term.language][row.sign].append(row.term)
        order = sorted(groups, key=lambda key: (key[0] != SKOS.prefLabel, key[0] not in PROPERTIES, self.names.property(key[0]).en, key))
        found = (changed_values(*key, groups[key]["-"], groups[key]["+"], self.names) for key in order)
        return [line for line in found if line is not None]

    def _relations(self, entity: EntityChange, rows: _Rows) -> list[Line]:
        nodes = [node for node in rows.of(RELATIONS) if not all(row.graph.endswith(INFERRED) for row in rows.nodes[node])]
        return self.relations.lines(entity.iri, nodes, entity.cls, self.names)

    def _nodes(self, rows: _Rows) -> list[Line]:
        """Say what changed in other nodes of the entity: an address, a geometry, a publisher, a file of a delivery, a node without a name."""
        lines: list[Line] = []
        linked = {row.term.value for row in rows.own}
        moved = any(row.predicate == WGS.lat for row in rows.own)
        for node, found in sorted(rows.nodes.items()):
            cls = found[0].cls
            known = cls in _EVIDENCE or (cls in RELATIONS and node in self.relations.of_node)
            if known or (node in linked and any(row.predicate == RDF.type for row in found)) or (cls == GEO.Geometry and moved):
                continue
            groups: dict[tuple[str, str], dict[str, list[Term]]] = defaultdict(lambda: {"-": [], "+": []})
            for row in found:
                if row.predicate != RDF.type:
                    groups[row.predicate, row.term.language][row.sign].append(row.term)
            about = self.names.cls(cls) if node.startswith("_:") or not cls else value_text(Term(node), self.names)
            for key in sorted(groups):
                line = changed_values(*key, groups[key]["-"], groups[key]["+"], self.names, about=about)
                if line is not None:
                    lines.append(Line("node-changed", line.text, line.property, (node,), line.old, line.new))
        return lines

    def _claims(self, rows: _Rows) -> list[Line]:
        evidence = [row for node in rows.of(_EVIDENCE) for row in rows.nodes[node]]
        if not evidence:
            return []
        everything = [*rows.own, *(row for node, found in rows.nodes.items() if found[0].cls not in _EVIDENCE for row in found)]
        changed = {(row.subject, row.predicate, row.term) for row in everything}
        lines = self.claims.lines(rows.of([INNO.Claim]), changed, self._said, self.names)
        pairs = {
            sign: {frozenset((row.subject, row.term.value)) for row in evidence if row.predicate == INNO.contradicts and row.sign == sign}
            for sign in "+-"
        }
        if pairs["+"] or pairs["-"]:
            more, fewer = len(pairs["+"]), len(pairs["-"])
            lines.append(
                Line(
                    "contradictions",
                    Text(
                        f"contradictions between sources: {more} more, {fewer} fewer", f"Widersprüche zwischen Quellen: {more} mehr, {fewer} weniger"
                    ),
                )
            )
        if not lines and not any(row.subject in {fact[0] for fact in changed} for row in evidence) and not changed:
            lines.append(Line("reworded", Text("evidence changed (passage or wording)", "Beleg geändert (Stelle oder Wortlaut)")))
        return lines

    def _said(self, fact: Fact) -> Text:
        """Return a fact as a noun: the property, and the other thing where there is one."""
        subject, predicate, term = fact
        if subject in self.relations.of_node:
            key = self.relations.of_node[subject]
            relation, title = RELATIONS[key[1]], self.relations.title(key, self.names, old=not self.relations.pairs[key].new)
            return Text(f"{relation.one.en} {title.en}", f"{relation.one.de} {title.de}")
        name = self.names.property(predicate)
        if term.kind == "iri" and predicate != GEO.hasDefaultGeometry:
            value = value_text(term, self.names)
            return Text(f"{name.en} {value.en}", f"{name.de} {value.de}")
        return Text(f"{name.en} ({term.language})", f"{name.de} ({term.language})") if term.language else name
