"""Claims: what a source says, which of several claims is accepted, and how a claim is written down.

Source: ontology guide, section 7; RDF 1.1 Semantics, section D.1 (reification); Web Annotation Data Model, sections 4.2.4 and 4.2.5.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from kg.config import SourceSettings
from kg.identifiers import dates_agree, node_key
from kg.namespaces import DCTERMS, INNO, OA, PROV, RDF, SCHEMA, XSD, code, local_name
from kg.quads import Quad, Term, iri, literal, term_text

FUNCTIONAL = (SCHEMA.startDate, SCHEMA.endDate, INNO.declaredSize, INNO.amount, INNO.rank)
"""Properties of which one value is accepted per subject."""


@dataclass(frozen=True)
class Anchor:
    """Where a quotation stands in the stored text: characters `start` (counted from 0) to `end` (exclusive)."""

    exact: str
    start: int
    end: int


@dataclass
class Statement:
    """One statement of one source (or, for an entity's own columns, of all its sources).

    Attributes:
        subject, predicate, object: What is stated; for an n-ary node its defining edge.
        origin: `<path>#<row>`.
        sources: Source ids; more than one only with attestation `entity-row`.
        wording: The role in the source's words.
        paraphrase: What the source says, in our words.
        language: Language of wording and paraphrase.
        attestation: `stated`, `attributed` or `entity-row`.
        concerns: IRIs of the entities the row names.
        start, end: Time the source gives for the statement.
        anchor: Quotation.
        speaker: IRI of who is quoted, if not the author.
        reference: How `decisions.csv` names the row.
        status: Set by :func:`resolve`.
    """

    subject: str
    predicate: str
    object: Term
    origin: str
    sources: tuple[str, ...]
    wording: str = ""
    paraphrase: str = ""
    language: str = "de"
    attestation: str = "stated"
    concerns: tuple[str, ...] = ()
    start: Term | None = None
    end: Term | None = None
    anchor: Anchor | None = None
    speaker: str = ""
    reference: str = ""
    status: str = "accepted"

    @property
    def key(self) -> str:
        """The claim's key: subject, predicate, object, source, role wording (contracts, section 1)."""
        source = "*" if self.attestation == "entity-row" else self.sources[0]
        return node_key(
            (
                (RDF.subject, f"<{self.subject}>"),
                (RDF.predicate, f"<{self.predicate}>"),
                (RDF.object, term_text(self.object)),
                (OA.hasSource, term_text(literal(source))),
                (INNO.roleWording, term_text(literal(self.wording))),
            )
        )


@dataclass(frozen=True)
class SourceFacts:
    """What the choice between claims needs to know of a source: its publisher and its date (empty where unknown)."""

    publisher: str
    published: str


class Decisions:
    """Recorded decisions, by row and, where the decision says so, by property (`startDate`, `endDate`, `amount`, …)."""

    def __init__(self, entries: Iterable[tuple[str, str, str]]) -> None:
        """Take (reference of the row, local name of the property or empty, `accepted`/`disputed`/`rejected`)."""
        self._entries = {(reference, name): decision for reference, name, decision in entries}

    def of(self, statement: Statement) -> str:
        """Return the decision about a statement, or empty: one about its property before one about its row."""
        specific = self._entries.get((statement.reference, local_name(statement.predicate)))
        return specific or self._entries.get((statement.reference, ""), "")


def resolve(
    statements: list[Statement], decisions: Decisions, pairs: Iterable[tuple[str, str]], sources: Mapping[str, SourceFacts]
) -> list[tuple[Statement, Statement]]:
    """Set the status of every statement and return the pairs that contradict each other.

    The rule, in this order: a recorded decision; the value of the entity's own row; more independent publishers; the newest dated source;
    the smallest value. A less precise date that agrees with the accepted one is `superseded`.

    Args:
        statements: All statements; their `status` is set here.
        decisions: Recorded decisions.
        pairs: References of rows that contradict each other without a functional property.
        sources: Facts of the sources, by id.
    """
    for statement in statements:
        statement.status = "accepted" if statement.predicate in FUNCTIONAL else decisions.of(statement) or "accepted"
    contradicting: list[tuple[Statement, Statement]] = []
    groups: dict[tuple[str, str], list[Statement]] = defaultdict(list)
    for statement in statements:
        if statement.predicate in FUNCTIONAL:
            groups[statement.subject, statement.predicate].append(statement)
    for group in groups.values():
        contradicting += _resolve_group(group, decisions, sources)
    by_reference: dict[str, list[Statement]] = defaultdict(list)
    for statement in statements:
        by_reference[statement.reference].append(statement)
    for left, right in pairs:
        one, other = _comparable(by_reference.get(left, []), by_reference.get(right, []))
        if one is not None and other is not None:
            contradicting.append((one, other))
    return contradicting


def _comparable(left: list[Statement], right: list[Statement]) -> tuple[Statement | None, Statement | None]:
    """Of the statements two rows make, return the two that cannot both be true.

    First two values of one functional property of one subject; then two different edges; last, where one row alone states a value
    (an amount, say), that value against what the other row states.
    """
    different = [
        (one, other)
        for one in left
        for other in right
        if one.predicate == other.predicate and (one.subject, one.object) != (other.subject, other.object)
    ]
    for one, other in different:
        if one.predicate in FUNCTIONAL and one.subject == other.subject:
            return one, other
    for one, other in different:
        if one.predicate not in FUNCTIONAL:
            return one, other
    if not left or not right:
        return None, None
    return _alone(left, right), _alone(right, left)


def _alone(mine: list[Statement], others: list[Statement]) -> Statement:
    """Return the value that only this row states, else its edge."""
    stated = {statement.predicate for statement in others}
    return min(mine, key=lambda s: (s.predicate not in FUNCTIONAL or s.predicate in stated, s.predicate in FUNCTIONAL))


def _resolve_group(group: list[Statement], decisions: Decisions, sources: Mapping[str, SourceFacts]) -> list[tuple[Statement, Statement]]:
    values: dict[Term, list[Statement]] = defaultdict(list)
    for statement in group:
        values[statement.object].append(statement)
    decided = {value: {decision for s in members if (decision := decisions.of(s))} for value, members in values.items()}
    chosen = min(values, key=lambda value: rank(value, group, decided[value], sources))
    contradicting = []
    for value, members in values.items():
        for statement in members:
            if value == chosen:
                statement.status = "accepted" if "accepted" in decided[value] or not decided[value] else min(decided[value])
            elif "rejected" in decided[value]:
                statement.status = "rejected"
            elif coarser(value, chosen):
                statement.status = "superseded"
            else:
                statement.status = "disputed"
    for value, members in values.items():
        if members[0].status in ("disputed", "rejected"):
            contradicting += [(one, other) for one in values[chosen] for other in members if value != chosen]
    return contradicting


def rank(
    value: Term, group: list[Statement], decided: set[str], sources: Mapping[str, SourceFacts]
) -> tuple[int, int, int, int, tuple[int, ...], str]:
    """Return a sort key, best first: the rule's five steps in order, a more precise form of the same date before a coarser one."""
    agreeing = [s for s in group if s.object == value or (len(s.object.value) < len(value.value) and coarser(s.object, value))]
    named = [sources[source] for s in agreeing if s.attestation != "entity-row" for source in s.sources if source in sources]
    own_row = any(s.attestation == "entity-row" for s in agreeing)
    newest = max((fact.published for fact in named), default="")
    decision = 0 if "accepted" in decided else 2 if decided & {"disputed", "rejected"} else 1
    publishers = len({fact.publisher for fact in named})
    return (decision, 0 if own_row else 1, -publishers, -len(value.value), tuple(-ord(c) for c in newest), value.value)


def coarser(one: Term, other: Term) -> bool:
    """Tell whether two dates differ in precision only."""
    return one.datatype != other.datatype and dates_agree(one.value, other.value)


def claim_quads(statement: Statement, settings: SourceSettings, document: Mapping[str, str]) -> Iterable[Quad]:
    """Yield the quads of a claim and its evidence, in the graph of the evidence.

    Args:
        statement: Resolved statement.
        settings: Namespace and graph name.
        document: Source id → IRI of its document.
    """
    graph = settings.graph(f"{settings.name}-evidence")
    claim = settings.id("claim", statement.key)

    def quad(subject: str, predicate: str, term: Term) -> Quad:
        return Quad(subject, predicate, *term, graph, statement.origin)

    yield quad(claim, RDF.type, iri(INNO.Claim))
    yield quad(claim, RDF.type, iri(RDF.Statement))
    yield quad(claim, RDF.subject, iri(statement.subject))
    yield quad(claim, RDF.predicate, iri(statement.predicate))
    yield quad(claim, RDF.object, statement.object)
    yield quad(claim, INNO.claimStatus, iri(code("claim-status", statement.status)))
    yield quad(claim, INNO.attestation, iri(code("attestation", statement.attestation)))
    for entity in statement.concerns:
        yield quad(claim, INNO.concerns, iri(entity))
    if statement.wording:
        yield quad(claim, INNO.roleWording, literal(statement.wording, language=statement.language))
    if statement.start:
        yield quad(claim, SCHEMA.startDate, statement.start)
    if statement.end:
        yield quad(claim, SCHEMA.endDate, statement.end)
    if statement.speaker:
        yield quad(claim, PROV.wasAttributedTo, iri(statement.speaker))
    for source in statement.sources:
        evidence = _evidence_iri(statement, source, settings)
        yield quad(claim, INNO.evidence, iri(evidence))
        yield quad(evidence, RDF.type, iri(INNO.Evidence))
        yield quad(evidence, OA.hasSource, iri(document[source]))
        if statement.paraphrase:
            yield quad(evidence, DCTERMS.description, literal(statement.paraphrase, language=statement.language))
        if statement.anchor:
            yield from _anchor_quads(statement.anchor, evidence, settings, quad)


def _evidence_iri(statement: Statement, source: str, settings: SourceSettings) -> str:
    """Evidence is shared by claims that the same passage or paraphrase of the same source supports."""
    about = statement.concerns[0] if statement.attestation == "entity-row" and statement.concerns else statement.key
    key = node_key(
        (
            (OA.hasSource, term_text(literal(source))),
            (DCTERMS.description, term_text(literal(statement.paraphrase))),
            (INNO.evidence, term_text(literal(about))),
        )
    )
    return settings.id("evidence", key)


def _anchor_quads(anchor: Anchor, evidence: str, settings: SourceSettings, make: Callable[[str, str, Term], Quad]) -> Iterable[Quad]:
    key = node_key(((OA.hasSelector, term_text(literal(evidence))), (OA.exact, term_text(literal(anchor.exact))), (OA.start, str(anchor.start))))
    quote, position = settings.id("anchor", f"quote-{key}"), settings.id("anchor", f"position-{key}")
    yield make(evidence, OA.hasSelector, iri(quote))
    yield make(quote, RDF.type, iri(OA.TextQuoteSelector))
    yield make(quote, OA.exact, literal(anchor.exact))
    yield make(evidence, OA.hasSelector, iri(position))
    yield make(position, RDF.type, iri(OA.TextPositionSelector))
    yield make(position, OA.start, literal(str(anchor.start), XSD.integer))
    yield make(position, OA.end, literal(str(anchor.end), XSD.integer))
