"""Everything that is said about a thing, with the number of its sources: what is contradicted first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kg.errors import Text
from kg.namespaces import INNO, RDF, local_name
from kg.results import labels
from kg.why import reading
from kg.why.evidence import Evidence
from kg.why.model import STATUSES, Line, Overview
from kg.why.standing import is_functional

if TYPE_CHECKING:
    from kg.store import Node
    from kg.why.model import Claim

OTHER_ENDS = frozenset(one for many in reading.LINKS.values() for one in many)


def overview(evidence: Evidence, subject: str) -> Overview:
    """Return a line for each statement about a thing: what it rests on, and how many documents say so.

    Args:
        evidence: The graph.
        subject: IRI (:func:`kg.why.asked.find_subject`).
    """
    store = evidence.store
    held, cut = reading.statements(store, subject)
    linked, cut_records = reading.records(store, subject)
    records = {record for record, _, _ in linked}
    claims, cut_claims = evidence.claims([subject, *records], concerning=subject)
    documents: dict[tuple[str, str, Node], set[str]] = {}
    said: dict[tuple[str, str, Node], list[Claim]] = {}
    for claim in claims:
        key = (claim.subject, claim.predicate, claim.object)
        said.setdefault(key, []).append(claim)
        documents.setdefault(key, set()).update(source.document for source in claim.sources)
    several = Counter((one, name) for one, name, _ in said if is_functional(name))
    contested = {key for key, some in said.items() if any(one.contradicts for one in some) or several[key[:2]] > 1}
    # A claim about an edge that makes a record speaks for the whole record.
    making = {key[0]: key for key in said if key[1] in reading.LINKS}
    lines = []
    for (name, value), graphs in held.items():
        key = (subject, name, value)
        mine = said.get(key, [])
        lines.append(
            Line(name, value, "accepted", evidence.basis(graphs, mine), len(documents.get(key, ())), key in contested, own_row=_own_row(mine))
        )
    for key, some in said.items():
        if key[0] == subject and (key[1], key[2]) not in held:
            status = min((one.status for one in some), key=STATUSES.index)
            lines.append(Line(key[1], key[2], status, "claim", len(documents[key]), key in contested, own_row=_own_row(some)))
    for record, name, value in linked:
        # Of a record the far end is named, not the edge back to the thing.
        if name in OTHER_ENDS or not any(one == record and end in OTHER_ENDS for one, end, _ in linked):
            made = making.get(record)
            mine = said[made] if made else []
            doubted = any(key[0] == record for key in contested)
            basis = "claim" if mine else "delivery"
            lines.append(Line(name, value, "accepted", basis, len(documents[made]) if made else 0, doubted, record))
    decisions = tuple(one for one in evidence.tables.decisions if one.target == local_name(subject) or one.value == local_name(subject))
    notes = evidence.notes()
    if cut or cut_records or cut_claims:
        text = Text(
            f"Not everything is counted: at most {reading.MAX_STATEMENTS:,} statements, {reading.MAX_CLAIMS:,} claims and {reading.MAX_RECORDS} records.",
            f"Nicht alles ist gezählt: höchstens {reading.MAX_STATEMENTS} Aussagen, {reading.MAX_CLAIMS} Angaben der Quellen und {reading.MAX_RECORDS} Einträge.",
        )
        notes.append(text)
    iris = {subject} | {one.predicate for one in lines} | {one.object.value for one in lines if "://" in one.object.value}
    names = labels(store, iris, evidence.lang)
    lines.sort(
        key=lambda one: (
            not one.contradicted,
            one.record != "",
            _place(one.predicate),
            names.get(one.object.value, one.object.value).casefold(),
            one.record,
        )
    )
    return Overview(subject, tuple(lines), decisions, tuple(notes), names)


def _own_row(claims: Sequence[Claim]) -> bool:
    return bool(claims) and all(one.attestation == "entity-row" for one in claims)


def _place(predicate: str) -> tuple[int, str]:
    return (0 if predicate == RDF.type else 2 if predicate in (INNO.involves, INNO.coordinatedBy) else 1), predicate
