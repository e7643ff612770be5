"""An answer as plain data of one language: what JSON holds, and what the other forms and the page are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kg.errors import Text
from kg.namespaces import curie, local_name
from kg.why.model import ATTESTATION, BASES, STATUS, Answer, Claim, Decision, Derivation, Origin, Overview, Source, Statement
from kg.why.reading import LINKS

if TYPE_CHECKING:
    from kg.store import Node

Names = Mapping[str, str]
RECORDS = {
    "participation": Text("participation", "Beteiligung"),
    "funding": Text("funding", "Förderung"),
    "award-result": Text("result", "Ergebnis"),
    "site-use": Text("site use", "Ortsnutzung"),
}
"""What a record is called, by the step of its address."""


class Plain:
    """Turns answers into plain data.

    Args:
        lang: `de` or `en`.
        words: Names of properties that the graph does not name.
    """

    def __init__(self, lang: str, words: Mapping[str, Text] | None = None) -> None:
        self.lang = lang
        self.words = words or {}

    def answer(self, answer: Answer) -> dict[str, Any]:
        """Return an answer; `found` tells whether anybody says so."""
        names = answer.names
        return {
            "subject": self._thing(answer.subject, names),
            "predicates": [self._property(one, names) for one in answer.predicates],
            "wanted": answer.wanted,
            "found": bool(answer.statements),
            "statements": [self._statement(one, names) for one in answer.statements],
            "near": [{"predicate": self._property(name, names), "object": self._term(value, names)} for name, value in answer.near],
            "notes": [one.in_(self.lang) for one in answer.notes],
        }

    def overview(self, found: Overview) -> dict[str, Any]:
        """Return an overview with its counts."""
        names = found.names
        return {
            "subject": self._thing(found.subject, names),
            "found": bool(found.lines),
            "counts": {
                "statements": len(found.lines),
                "contradicted": sum(one.contradicted for one in found.lines),
                "without_source": sum(one.basis == "row" for one in found.lines),
            },
            "lines": [
                {
                    "predicate": self._property(one.predicate, names),
                    "object": self._term(one.object, names),
                    "status": one.status,
                    "status_text": self._status(one.status),
                    "basis": one.basis,
                    "basis_text": BASES[one.basis].in_(self.lang),
                    "sources": one.sources,
                    "contradicted": one.contradicted,
                    "own_row": one.own_row,
                    "record": one.record,
                }
                for one in found.lines
            ],
            "decisions": [self._decision(one) for one in found.decisions],
            "notes": [one.in_(self.lang) for one in found.notes],
        }

    def _statement(self, one: Statement, names: Names) -> dict[str, Any]:
        return {
            "subject": self._thing(one.subject, names),
            "predicate": self._property(one.predicate, names),
            "object": self._term(one.object, names),
            "status": one.status,
            "status_text": self._status(one.status),
            "basis": one.basis,
            "basis_text": BASES[one.basis].in_(self.lang),
            "record": one.record,
            "reason": one.reason.in_(self.lang),
            "change": [text.in_(self.lang) for text in one.change],
            "claims": [self._claim(claim, names) for claim in one.claims],
            "sources": len(one.documents),
            "origins": [self._origin(place) for place in one.origins],
            "deliveries": [{"graph": two.graph, "title": two.title, "state": two.state, "publisher": two.publisher} for two in one.deliveries],
            "derived": [self._derivation(two, names) for two in one.derivations],
            "against": [self._claim(claim, names) for claim in one.against],
            "decisions": [self._decision(two) for two in one.decisions],
        }

    def _claim(self, one: Claim, names: Names) -> dict[str, Any]:
        return {
            "iri": one.iri,
            "predicate": self._property(one.predicate, names),
            "object": self._term(one.object, names),
            "of_record": one.predicate in LINKS,
            "status": one.status,
            "status_text": self._status(one.status),
            "attestation": one.attestation,
            "attestation_text": ATTESTATION[one.attestation].in_(self.lang) if one.attestation in ATTESTATION else one.attestation,
            "wordings": [{"text": text, "lang": lang} for text, lang in one.wordings],
            "concerns": [self._thing(iri, names) for iri in one.concerns if iri not in (one.subject, one.object.value)],
            "speakers": [self._thing(iri, names) for iri in one.speakers],
            "origins": [self._origin(place) for place in one.origins],
            "references": list(one.references),
            "sources": [self._source(source) for source in one.sources],
        }

    def _source(self, one: Source) -> dict[str, Any]:
        texts = {
            name: [{"text": text, "lang": lang} for text, lang in some] for name, some in (("paraphrases", one.paraphrases), ("quotes", one.quotes))
        }
        published = {"published": one.published, "retrieved": one.retrieved}
        return {"iri": one.document, "title": one.title, "publisher": one.publisher, **published, "page": one.page, **texts}

    def _derivation(self, one: Derivation, names: Names) -> dict[str, Any]:
        from kg.why.derived import title

        return {
            "rule": one.rule,
            "title": one.title.in_(self.lang),
            "premises": [
                {
                    "subject": self._thing(two.subject, names),
                    "predicate": self._property(two.predicate, names),
                    "object": self._term(two.object, names),
                    "sources": list(two.sources),
                    "origins": [self._origin(place) for place in two.origins],
                    "rules": [{"rule": name, "title": title(name).in_(self.lang)} for name in two.rules],
                }
                for two in one.premises
            ],
            "more": one.more,
        }

    def _decision(self, one: Decision) -> dict[str, Any]:
        told = {name: getattr(one, name) for name in ("target", "decision", "value", "who", "when", "why")}
        return {**told, "origin": self._origin(one.origin)}

    def _origin(self, one: Origin) -> dict[str, Any]:
        row = {"de": "Zeile", "en": "row"}[self.lang]
        return {"file": one.file, "row": one.row, "text": f"{one.file}, {row} {one.row}" if one.row else one.file}

    def _status(self, status: str) -> str:
        return STATUS[status].in_(self.lang) if status in STATUS else status

    def _thing(self, iri: str, names: Names) -> dict[str, str]:
        return {"iri": iri, "label": self._name(iri, names)}

    def _property(self, iri: str, names: Names) -> dict[str, str]:
        return {"iri": iri, "curie": curie(iri), "label": self._name(iri, names)}

    def _term(self, value: Node, names: Names) -> dict[str, str]:
        import pyoxigraph as ox

        if isinstance(value, ox.Literal):
            return {"value": value.value, "label": value.value, "lang": value.language or "", "datatype": curie(value.datatype.value)}
        return {"iri": value.value, "label": self._name(value.value, names)}

    def _name(self, iri: str, names: Names) -> str:
        """Return a name; of a record without one its kind and the beginning of its key."""
        name = names.get(iri) or local_name(iri)
        if name == local_name(iri) and iri in self.words:
            return self.words[iri].in_(self.lang)
        kind = RECORDS.get(iri.rsplit("/", 2)[-2] if iri.count("/") > 2 else "")
        return f"{kind.in_(self.lang)} {name[:8]}" if kind and name == local_name(iri) else name
