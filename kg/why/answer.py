"""The answer to "who says so": the statements of a thing with one property, each with everything that speaks for and against it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from kg.errors import Text
from kg.namespaces import INNO, local_name
from kg.results import labels
from kg.why import reading
from kg.why.asked import Wanted, find_predicates
from kg.why.derived import derivation, made_by
from kg.why.evidence import Evidence
from kg.why.model import (
    DELIVERY,
    DERIVED,
    LINK,
    ROW,
    STATUSES,
    VOCABULARY,
    Answer,
    Claim,
    Decision,
    Derivation,
    Origin,
    Premise,
    Statement,
)
from kg.why.standing import is_functional, stand, undo
from kg.why.tables import key

if TYPE_CHECKING:
    from kg.store import Node

MAX_ANSWERED = 200
"""Statements that one answer explains."""
NEAR = 10
RULE = "rule:"

_OF_ENTITY = {"identifier-of-parent": INNO.parentIdentifier, "merge": INNO.representedByUnit}
"""Decisions about an entity, by the property in which they show."""


def why(evidence: Evidence, subject: str, predicate: str, wanted: str = "") -> Answer:
    """Say who says so, for the statements of a thing with one property.

    Args:
        evidence: The graph.
        subject: IRI (:func:`kg.why.asked.find_subject`).
        predicate: As typed (:func:`kg.why.asked.find_predicates`); of a record that links the subject its other ends count as well
            (`participant` of a project).
        wanted: The value as typed, or empty for all values.

    Raises:
        ParameterError: No property is called so.
    """
    store = evidence.store
    held, cut = reading.statements(store, subject)
    linked, cut_records = reading.records(store, subject)
    own, cut_claims = evidence.claims([subject], concerning=subject)
    hidden = _hidden(subject, own, linked)
    there = {name for name, _ in held} | {name for _, name, _ in linked} | {one.predicate for one in own if one.subject == subject}
    predicates = find_predicates(store, predicate, there | {name for _, name, _ in hidden}, evidence.words)
    pairs = {(subject, name, value) for name, value in held if name in predicates}
    pairs |= {(one.subject, one.predicate, one.object) for one in own if one.subject == subject and one.predicate in predicates}
    pairs |= {(record, name, value) for record, name, value in [*linked, *hidden] if name in predicates}
    if not pairs and set(predicates) <= reading.ENDS:
        # Asked from the far end: `participant` of an organisation is what it takes part in.
        pairs = {(record, name, value) for record, name, value in linked if name in _other_ends(predicates)}
    iris = {value.value for _, _, value in pairs if _is_iri(value)}
    spoken = {tag: labels(store, iris, tag) for tag in ("de", "en")}
    notes = evidence.notes()
    if cut or cut_records or cut_claims:
        text = Text(
            f"Not everything was looked at: at most {reading.MAX_STATEMENTS:,} statements, {reading.MAX_CLAIMS:,} claims and {reading.MAX_RECORDS} records.",
            f"Nicht alles wurde angesehen: höchstens {reading.MAX_STATEMENTS} Aussagen, {reading.MAX_CLAIMS} Angaben der Quellen und {reading.MAX_RECORDS} Einträge.",
        )
        notes.append(text)

    def called(value: Node) -> set[str]:
        return {value.value, local_name(value.value)} | {names[value.value] for names in spoken.values() if value.value in names}

    chosen = {one for one in pairs if not wanted or Wanted(wanted).matches(one[2], called(one[2]))}
    near = sorted(
        {(name, value) for _, name, value in pairs - chosen}, key=lambda one: (-Wanted(wanted).nearness(called(one[1])) if wanted else 0, str(one))
    )
    ordered = sorted(chosen, key=lambda one: (one[1], str(one[2]), one[0]))
    if len(ordered) > MAX_ANSWERED:
        number = len(ordered)
        notes.append(
            Text(
                f"Explained are the first {MAX_ANSWERED} of {number:,} statements.", f"Erklärt sind die ersten {MAX_ANSWERED} von {number} Aussagen."
            )
        )
        ordered = ordered[:MAX_ANSWERED]
    made = _Explainer(evidence, subject, held, own, ordered).all()
    names = labels(store, _mentioned(subject, predicates, made, near[:NEAR]), evidence.lang)
    return Answer(subject, predicates, wanted, tuple(made), () if made else tuple(near[:NEAR]), tuple(notes), names)


class _Explainer:
    """Explains some statements of one thing; what they share is read once."""

    def __init__(
        self,
        evidence: Evidence,
        subject: str,
        held: Mapping[tuple[str, Node], tuple[str, ...]],
        own: Sequence[Claim],
        chosen: Sequence[tuple[str, str, Node]],
    ) -> None:
        self.evidence = evidence
        self.subject = subject
        self.chosen = chosen
        others = sorted({one for one, _, _ in chosen} - {subject})
        self.held = {subject: dict(held)} | {one: reading.statements(evidence.store, one)[0] for one in others}
        read, _ = evidence.claims(others) if others else ([], False)
        self.claims = {one.iri: one for one in (*own, *read)}
        # Of a statement that is contradicted, everybody who says something else about the same belongs to the picture.
        self.by_subject: dict[str, list[Claim]] = defaultdict(list)
        for claim in self.claims.values():
            self.by_subject[claim.subject].append(claim)
        self.origins = evidence.tables.origins({one for one, _, _ in chosen})

    def all(self) -> list[Statement]:
        """Return the statements, those that count first."""
        made = [self._one(*one) for one in self.chosen]
        return sorted(made, key=lambda one: (one.predicate, _rank_of(one.status), str(one.object), one.subject))

    def _one(self, subject: str, predicate: str, value: Node) -> Statement:
        evidence = self.evidence
        mine = [one for one in self.by_subject[subject] if one.predicate == predicate and one.object == value]
        record = ""
        if not mine and (making := [one for one in self.by_subject[subject] if one.predicate in reading.LINKS]):
            # The claims about a record are about the edge that makes it; they hold for its other parts.
            mine, record = making, subject
        elif subject != self.subject:
            record = subject
        graphs = self.held[subject].get((predicate, value), ())
        places = self.origins.get(key(subject, predicate, value), [])
        held = bool(graphs) or (predicate, value) in self.held[subject]
        group = [one for one in self.by_subject[subject] if mine and one.predicate == mine[0].predicate]
        against = self._against(mine, group)
        rules = sorted({place.removeprefix(RULE) for place in places if place.startswith(RULE)})
        if not rules and f"{evidence.base}graph/inferred" in graphs:
            rules = [""]
        derivations = tuple(_with_sources(evidence, derivation(evidence.store, subject, predicate, value, rule)) for rule in rules)
        statement = Statement(
            subject,
            predicate,
            value,
            "accepted" if held else min((one.status for one in mine), key=_rank_of, default="disputed"),
            evidence.basis(graphs, mine),
            tuple(sorted(mine, key=lambda one: (_rank_of(one.status), one.attestation == "entity-row", one.origins, one.iri))),
            record,
            tuple(evidence.deliveries[graph] for graph in graphs if graph in evidence.deliveries and graph not in evidence.curated),
            derivations,
            tuple(sorted({Origin.of(place) for place in places if not place.startswith(RULE)})),
            tuple(sorted(against, key=lambda one: (_rank_of(one.status), str(one.object), one.origins, one.iri))),
            self._decisions(predicate, mine),
        )
        standing = stand(mine, group, against) if mine else None
        reason = standing.reason if standing else _reason(statement)
        return replace(statement, reason=reason, change=standing.change if standing else _change(statement))

    def _against(self, mine: Sequence[Claim], group: Sequence[Claim]) -> list[Claim]:
        """Return the claims that say something else: those that a claim names, and other values of a property that has one."""
        told = {iri for one in mine for iri in one.contradicts}
        found = {iri: self.claims[iri] for iri in told if iri in self.claims}
        if mine and is_functional(mine[0].predicate):
            found.update({one.iri: one for one in group if one.object != mine[0].object})
        return list(found.values())

    def _decisions(self, predicate: str, mine: Sequence[Claim]) -> tuple[Decision, ...]:
        found = [one for claim in mine for one in claim.decisions]
        entity = local_name(self.subject)
        found += [one for one in self.evidence.tables.decisions if one.target == entity and _OF_ENTITY.get(one.decision) == predicate]
        return tuple(sorted(dict.fromkeys(found), key=lambda one: one.origin))


def _other_ends(predicates: Iterable[str]) -> set[str]:
    """Return what records with one of some ends link besides."""
    asked = set(predicates)
    return {edge for edge, ends in reading.LINKS.items() if asked & set(ends)} | {end for edge in asked for end in reading.LINKS.get(edge, ())}


def _hidden(subject: str, own: Iterable[Claim], linked: Sequence[tuple[str, str, Node]]) -> list[tuple[str, str, Node]]:
    """Return what records that the graph does not hold, because their claims are not accepted, would link with a thing."""
    import pyoxigraph as ox

    there = {record for record, _, _ in linked}
    made = []
    for claim in own:
        if claim.subject == subject or claim.subject in there or claim.predicate not in reading.LINKS:
            continue
        if claim.object.value != subject:
            made.append((claim.subject, claim.predicate, claim.object))
        for other in claim.concerns:
            if other not in (subject, claim.object.value):
                made += [(claim.subject, end, ox.NamedNode(other)) for end in reading.LINKS[claim.predicate]]
    return list(dict.fromkeys(made))


def _with_sources(evidence: Evidence, found: Derivation) -> Derivation:
    """Add to the premises of a rule what each of them rests on: one level, no further."""
    subjects = {one.subject for one in found.premises}
    claims, _ = evidence.claims(subjects) if subjects else ([], False)
    origins = evidence.tables.origins(subjects)
    made = []
    for one in found.premises:
        about = [claim for claim in claims if claim.subject == one.subject]
        mine = [claim for claim in about if claim.predicate == one.predicate and claim.object == one.object]
        mine = mine or [claim for claim in about if claim.predicate in reading.LINKS and claim.status == "accepted"]
        places = origins.get(key(one.subject, one.predicate, one.object), [])
        rules = {place.removeprefix(RULE) for place in places if place.startswith(RULE)}
        if not places and not mine and one.predicate in made_by():
            rules = {made_by()[one.predicate][0]}
        titles = sorted({source.title for claim in mine for source in claim.sources})
        files = sorted({Origin.of(place) for place in places if not place.startswith(RULE)})
        made.append(Premise(one.subject, one.predicate, one.object, tuple(titles), tuple(files), tuple(sorted(rules))))
    return replace(found, premises=tuple(made))


def _reason(statement: Statement) -> Text:
    """Say why a statement without claims stands."""
    if statement.basis == DERIVED:
        return Text(
            "It follows from other statements by a rule; no source says it in so many words.",
            "Sie folgt nach einer Regel aus anderen Aussagen; keine Quelle sagt sie wörtlich.",
        )
    if statement.basis == ROW:
        if statement.decisions:
            one = statement.decisions[0]
            return Text(
                f"By a decision of the editors (“{one.decision}”, {one.who or '–'}, {one.when or '–'}): {one.why}",
                f"Nach einer Entscheidung der Redaktion („{one.decision}“, {one.who or '–'}, {one.when or '–'}): {one.why}",
            )
        return Text(
            "It stands in a row of the tables without a source of its own: the editors' word, for which no single source is cited.",
            "Sie steht in einer Zeile der Tabellen ohne eigene Quelle: Angabe der Redaktion, für die keine einzelne Quelle genannt ist.",
        )
    if statement.basis == LINK:
        return Text("The two were judged the same in the mapping file.", "Beide wurden in der Zuordnungsdatei als dasselbe beurteilt.")
    if statement.basis == VOCABULARY:
        return Text(
            "The ontology or a code list says so; it is a definition, no finding.",
            "Ontologie oder Codeliste sagen es; es ist eine Festlegung, kein Befund.",
        )
    if statement.basis == DELIVERY:
        return Text(
            "The delivery says so; statements of deliveries have no single claims and are taken as delivered.",
            "Die Lieferung sagt es; Aussagen aus Lieferungen haben keine einzelnen Belege und gelten, wie sie geliefert sind.",
        )
    return Text("The build recorded it.", "Das Bauen hat es festgehalten.")


def _change(statement: Statement) -> tuple[Text, ...]:
    """Say what would change a statement without claims."""
    where = "; ".join(f"{one.file}, {{row}} {one.row}" for one in statement.origins[:3])
    place = Text(where.replace("{row}", "row"), where.replace("{row}", "Zeile"))
    if statement.basis == DERIVED:
        return (Text("Other statements to derive from, and a new build.", "Andere Aussagen, aus denen abgeleitet wird, und ein neuer Build."),)
    if statement.basis == DELIVERY:
        text = Text("A newer delivery of the source, and a new build.", "Eine neuere Lieferung der Quelle und ein neuer Build.")
        return (text,)
    if statement.decisions:
        return (undo(statement.decisions[0]),)
    if statement.basis in (ROW, LINK) and place.en:
        return (Text(f"Another cell in {place.en}, and a new build.", f"Eine andere Zelle in {place.de} und ein neuer Build."),)
    return ()


def _mentioned(subject: str, predicates: Iterable[str], made: Sequence[Statement], near: Iterable[tuple[str, Node]]) -> set[str]:
    """Return the IRIs of an answer that are shown by name."""
    found = {subject, *predicates}
    for one in made:
        claims = (*one.claims, *one.against)
        found |= {one.subject, one.predicate, one.object.value if _is_iri(one.object) else one.subject}
        for claim in claims:
            found |= {claim.subject, claim.predicate, *claim.speakers, *claim.concerns} | ({claim.object.value} if _is_iri(claim.object) else set())
        for premise in (premise for derived in one.derivations for premise in derived.premises):
            found |= {premise.subject, premise.predicate} | ({premise.object.value} if _is_iri(premise.object) else set())
    found |= {name for name, _ in near} | {value.value for _, value in near if _is_iri(value)}
    return found


def _is_iri(value: Node) -> bool:
    import pyoxigraph as ox

    return isinstance(value, ox.NamedNode)


def _rank_of(status: str) -> int:
    return STATUSES.index(status) if status in STATUSES else len(STATUSES)
