"""Which column holds what, and what a faulty cell of it can be instead."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from kg.cells import SIGNS, is_formula
from kg.errors import IdentifierError, Text
from kg.fix.addresses import identifier_form, url_forms
from kg.fix.characters import clean, tidy
from kg.fix.dates import date_forms
from kg.fix.known import AGREED, Index, Known
from kg.fix.model import SURE, Repair
from kg.fix.numbers import coordinate_forms, currency_forms, number_forms
from kg.fix.words import code_forms, id_form, language_forms
from kg.identifiers import SLUG, split_identifier
from kg.namespaces import SKOS, code
from kg.resources import folder as resource
from kg.sources.folder import ATTESTATIONS, DECIDED_PROPERTIES, DECISIONS, LITERAL_PREDICATES, PREDICATES, TYPES
from kg.sources.rdf import read_rdf

SEPARATOR = Text(
    "The parts of a list are separated by semicolons; every part is known.",
    "Die Teile einer Liste trennt ein Semikolon; jeder Teil ist bekannt.",
)

COLUMNS: dict[str, dict[str, str]] = {
    "sources": {
        **{"source_id": "id", "url": "url", "language": "language", "published": "date", "retrieved_at": "date"},
        **{"publisher_id": "entity", "content_hash": "hash"},
    },
    "entities": {
        **{"entity_id": "id", "type": "type", "start": "date", "end": "date", "url": "url", "identifiers": "identifiers"},
        **{"lat": "coordinate", "lon": "coordinate", "source_ids": "sources", "kind": "kind", "municipality_of": "entity"},
    },
    "relations": {
        **{"subject_id": "entity", "predicate": "predicate", "object_id": "entity", "role": "role", "start": "date", "end": "date"},
        **{"source_id": "source", "attestation": "attestation", "value": "value", "amount": "number", "currency": "currency"},
        **{"quote": "verbatim", "quote_start": "count", "quote_end": "count"},
    },
    "decisions": {"target": "target", "decision": "decision", "value": "decided", "when": "date"},
    "retired": {"iri": "url", "successor": "url", "date": "date"},
    "roles": {"wording": "verbatim"},
}
"""What the columns of the tables hold; those not named hold prose."""

FREE = ("entity", "sources", "source", "kind", "language", "role", "id")
"""What is checked against the tables or lists here, so that no finding is needed: a wrong id that is wrong in all places is none."""

_MULTIPLE = re.compile(r"[;,|\n\t]+")


@lru_cache(maxsize=1)
def organisation_kinds() -> tuple[str, ...]:
    """Return the codes of the list of kinds of organisations."""
    scheme = code("organisation-kind", "")
    quads = read_rdf(resource("ontology", "codes", "organisation-kind.ttl"), "organisation-kind.ttl")
    return tuple(sorted({quad.subject.removeprefix(scheme) for quad in quads if quad.predicate == SKOS.inScheme and quad.subject.startswith(scheme)}))


def repairs(table: str, column: str, row: Mapping[str, str], known: Known, *, faulty: bool) -> list[Repair]:
    """Return what a cell can be instead, likeliest first; empty where it is right or nobody can tell.

    Args:
        table: Kind of the table, such as `entities`.
        column: The column.
        row: The row as it stands.
        known: What the tables hold.
        faulty: A finding names the cell.
    """
    content = COLUMNS.get(table, {}).get(column, "text")
    raw = row[column]
    if content == "verbatim":
        return []
    if not raw.strip():
        return [emptied] if raw and (emptied := clean(raw, text=False)) else []
    found: list[Repair] = []
    value = tidy(raw)
    if content != "text" and value and (faulty or content in FREE):
        found = _forms(content, value, row, known)
    if not found:
        repaired = clean(raw, text=content in ("text", "role", "hash"))
        found = [repaired] if repaired else []
    # A cell must never turn into a formula of a spreadsheet by a repair, nor by losing the blank before its sign.
    was = raw.startswith(SIGNS) and _formula(raw)
    return [item for item in found if item.after != raw and (was or not _formula(item.after))]


def _formula(text: str) -> bool:
    return is_formula(text) and not re.match(r"-[0-9.]+\Z", text)


def _forms(content: str, value: str, row: Mapping[str, str], known: Known) -> list[Repair]:
    """Return the repairs of a value by what its column holds."""
    lists = {"type": TYPES, "predicate": (*PREDICATES, *LITERAL_PREDICATES), "attestation": ATTESTATIONS, "decision": DECISIONS}
    if content == "kind":
        return code_forms(value, organisation_kinds())
    if content in lists:
        return code_forms(value, lists[content])
    simple: dict[str, Callable[[], list[Repair]]] = {
        "date": lambda: date_forms(value),
        "number": lambda: number_forms(value),
        "count": lambda: number_forms(value, whole=True),
        "currency": lambda: currency_forms(value),
        "language": lambda: language_forms(value),
        "url": lambda: url_forms(value, known.hosts),
        "entity": lambda: known.reference(value, known.entities) if known.entities.ids else [],
        "source": lambda: known.reference(value, known.sources) if known.sources.ids else [],
        "sources": lambda: _list(value, lambda part: _referred(part, known, known.sources)) if known.sources.ids else [],
        "identifiers": lambda: _list(value, _identified),
        "role": lambda: known.wording(value),
        "id": lambda: _own(value),
        "value": lambda: _value(value, row),
        "decided": lambda: _decided(value, row, known),
        "target": lambda: _target(value, known),
    }
    return simple[content]() if content in simple else []


def coordinate(row: Mapping[str, str], column: str) -> list[Repair]:
    """Return a coordinate in decimal degrees, where the cell holds another form of one."""
    value = tidy(row[column])
    return [item for item in coordinate_forms(value, column) if item.after != value] if value else []


def _own(value: str) -> list[Repair]:
    """Return an id of the row's own in the agreed form; `x` alone says that no letter was left."""
    form = id_form(value)
    return [] if SLUG.match(value) or form == "x" else [Repair(form, "id-form", SURE, AGREED)]


def _value(value: str, row: Mapping[str, str]) -> list[Repair]:
    predicate = row.get("predicate", "").strip()
    if predicate in ("startDate", "endDate"):
        return date_forms(value)
    return number_forms(value, whole=predicate == "declaredSize") if predicate in ("declaredSize", "amount") else []


def _decided(value: str, row: Mapping[str, str], known: Known) -> list[Repair]:
    decision = row.get("decision", "").strip()
    if decision in ("accepted", "disputed", "rejected"):
        return code_forms(value, [name for name in DECIDED_PROPERTIES if name])
    return _target(value, known) if decision in ("merge", "same-as") else []


def _target(value: str, known: Known) -> list[Repair]:
    """Repair an id that a decision names; of a whole row (subject, predicate, object, source) each part for itself."""
    parts = value.split(" ")
    if len(parts) != 4:
        both = [item for index in (known.entities, known.sources) for item in known.reference(value, index)]
        return [] if value in known.entities.ids | known.sources.ids else sorted(both, key=lambda item: -item.score)[:1]
    made, worst = [], Repair("", "id", SURE, AGREED)
    for place, part in enumerate(parts):
        found: list[Repair] = []
        if place == 1:
            found = code_forms(part, (*PREDICATES, *LITERAL_PREDICATES))
        elif place != 2 or parts[1] not in LITERAL_PREDICATES:
            found = known.reference(part, known.sources if place == 3 else known.entities)
        made.append(found[0].after if found else part)
        if found and (not worst.after or found[0].score < worst.score):
            worst = found[0]
    return [Repair(" ".join(made), worst.kind, worst.score, worst.reason)] if made != parts else []


def _referred(part: str, known: Known, index: Index) -> Repair | None:
    """Return what a part of a list of ids can be; the same value where it is right, `None` where nobody can tell."""
    if part in index.ids:
        return Repair(part, "", SURE, AGREED)
    found = known.reference(part, index)
    unique = found and (len(found) == 1 or found[0].score > found[1].score)
    return found[0] if unique else None


def _identified(part: str) -> Repair | None:
    try:
        split_identifier(part)
    except IdentifierError:
        return identifier_form(part)
    return Repair(part, "", SURE, AGREED)


def _list(value: str, form: Callable[[str], Repair | None]) -> list[Repair]:
    """Repair a list part by part; what nobody can tell stays as it is.

    Where a part is right or can be repaired only when it is split at another sign than the semicolon, the separator is what is wrong.
    """
    made: list[str] = []
    changes: list[Repair] = []
    for part in filter(None, (part.strip() for part in value.split(";"))):
        known = form(part)
        if known is None or known.score < SURE:
            split = [text for text in (piece.strip() for piece in _MULTIPLE.split(part)) if text]
            split = split if len(split) > 1 else part.split()
            forms = [form(piece) for piece in split] if len(split) > 1 else [None]
            if all(item is not None and item.score >= SURE for item in forms):
                made += [item.after for item in forms if item]
                changes.append(Repair("", "separator", SURE, SEPARATOR))
                continue
        made.append(known.after if known else part)
        if known and known.kind:
            changes.append(known)
    if not changes:
        return []
    worst = min(changes, key=lambda item: item.score)
    return [Repair(";".join(made), worst.kind, worst.score, worst.reason)]
