"""Claims and evidence as what they say about the entity they concern: more or fewer sources for a fact, contradicting claims, decisions."""

# ruff: noqa: S608 (only names of this package are put into statements; every value is bound)
from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.diff.line import Line, listed, value_text
from kg.errors import Text
from kg.namespaces import INNO, OA, RDF
from kg.quads import Term

if TYPE_CHECKING:
    from kg.diff.names import Names
    from kg.diff.session import Session

Fact = tuple[str, str, Term]
"""Subject, predicate and object that a claim is about."""
_ASKED = (RDF.subject, RDF.predicate, RDF.object, INNO.claimStatus, INNO.evidence)
_ACCEPTED = "/claim-status/accepted"
_TITLES = 3


@dataclass
class Claim:
    """A changed claim in both tables.

    Attributes:
        fact: What it claims.
        status: IRI of its status by side, where it is there.
        documents: Documents that it rests on, by side.
    """

    fact: Fact
    status: dict[str, str] = field(default_factory=dict)
    documents: dict[str, set[str]] = field(default_factory=lambda: {"a": set(), "b": set()})


class Claims:
    """Claims of which a statement changed, with what they claim and the documents behind them.

    Args:
        session: The comparison.
        claims: IRIs of the claims.
    """

    def __init__(self, session: Session, claims: Iterable[str]) -> None:
        self.claims: dict[str, Claim] = {}
        wanted = set(claims)
        if wanted:
            self._read(session, wanted)

    def _read(self, session: Session, wanted: set[str]) -> None:
        facts: dict[str, dict[str, dict[str, list[Term]]]] = {"a": {}, "b": {}}
        session.texts("asked", wanted)
        marks = ", ".join("?" for _ in _ASKED)
        for side in ("a", "b"):
            rows = session.rows(
                f"SELECT DISTINCT subject, predicate, object, kind, datatype, language FROM {side} SEMI JOIN asked ON subject = value "
                f"WHERE predicate IN ({marks}) ORDER BY ALL",
                _ASKED,
            )
            for subject, predicate, *term in rows:
                facts[side].setdefault(subject, {}).setdefault(predicate, []).append(Term(*term))
        evidence = {term.value for side in facts.values() for claim in side.values() for term in claim.get(INNO.evidence, ())}
        session.texts("asked", evidence)
        documents: dict[str, dict[str, list[str]]] = {}
        for side in ("a", "b"):
            documents[side] = defaultdict(list)
            rows = session.rows(f"SELECT DISTINCT subject, object FROM {side} SEMI JOIN asked ON subject = value WHERE predicate = ?", [OA.hasSource])
            for subject, document in rows:
                documents[side][subject].append(document)
        for iri in sorted(wanted):
            either = facts["b"].get(iri) or facts["a"].get(iri) or {}
            if not all(either.get(name) for name in (RDF.subject, RDF.predicate, RDF.object)):
                continue
            claim = Claim((either[RDF.subject][0].value, either[RDF.predicate][0].value, either[RDF.object][0]))
            for side in ("a", "b"):
                if found := facts[side].get(iri):
                    claim.status[side] = min((term.value for term in found.get(INNO.claimStatus, ())), default="")
                    claim.documents[side] = {document for term in found.get(INNO.evidence, ()) for document in documents[side][term.value]}
            self.claims[iri] = claim

    def iris(self) -> set[str]:
        """Return the things that sentences about these claims name."""
        found: set[str] = set()
        for claim in self.claims.values():
            found |= {claim.fact[0], claim.fact[1], *claim.status.values(), *claim.documents["a"], *claim.documents["b"]}
            if claim.fact[2].kind == "iri":
                found.add(claim.fact[2].value)
        return found

    def lines(self, claims: Iterable[str], changed: set[Fact], said: Callable[[Fact], Text], names: Names) -> list[Line]:
        """Return what changed in the claims about an entity.

        Args:
            claims: Its claims of which a statement changed.
            changed: Facts that came or went themselves; their claims came and went with them and need no words of their own.
            said: A fact in words.
            names: Names of things.
        """
        by_fact: dict[Fact, list[Claim]] = defaultdict(list)
        for iri in sorted(claims):
            if (claim := self.claims.get(iri)) is not None and claim.fact not in changed:
                by_fact[claim.fact].append(claim)
        lines: list[Line] = []
        gained: dict[str, set[Fact]] = defaultdict(set)
        lost: dict[str, set[Fact]] = defaultdict(set)
        reworded = 0
        for fact, found in by_fact.items():
            standing = [c for c in found if any(status.endswith(_ACCEPTED) for status in c.status.values())]
            others = [c for c in found if c not in standing]
            lines += [line for claim in others if (line := _contested(claim, said(fact), names))]
            lines += [line for claim in standing if (line := _decided(claim, said(fact), names))]
            old, new = (set().union(*(claim.documents[side] for claim in standing)) for side in ("a", "b"))
            for document in new - old:
                gained[document].add(fact)
            for document in old - new:
                lost[document].add(fact)
            reworded += bool(standing and old == new and not any(_decided(claim, said(fact), names) for claim in standing))
        lines += _sources("sources-added", gained, said, names)
        lines += _sources("sources-removed", lost, said, names)
        if reworded:
            text = Text(
                f"evidence for {reworded:,} {'fact' if reworded == 1 else 'facts'} reworded",
                f"Beleg für {reworded} {'Aussage' if reworded == 1 else 'Aussagen'} anders gefasst",
            )
            lines.append(Line("reworded", text))
        return lines


def _value(fact: Fact, said: Text, names: Names) -> Text:
    value = value_text(fact[2], names)
    return Text(f"{said.en} {value.en}", f"{said.de} {value.de}") if fact[2].kind == "literal" else said


def _contested(claim: Claim, said: Text, names: Names) -> Line | None:
    """Return what happened to a claim that is not accepted, if it came, went or has another status."""
    old, new = claim.status.get("a"), claim.status.get("b")
    value = _value(claim.fact, said, names)
    if old is None and new is not None:
        status = value_text(Term(new), names)
        text = Text(f"also claimed, but {status.en}: {value.en}", f"auch behauptet, aber {status.de}: {value.de}")
        return Line("claim-added", text, claim.fact[1], tuple(sorted(claim.documents["b"])), (), (claim.fact[2].value,))
    if new is None:
        text = Text(f"no longer claimed: {value.en}", f"nicht mehr behauptet: {value.de}")
        return Line("claim-removed", text, claim.fact[1], tuple(sorted(claim.documents["a"])), (claim.fact[2].value,), ())
    return _decided(claim, said, names)


def _decided(claim: Claim, said: Text, names: Names) -> Line | None:
    """Return the change of a status."""
    old, new = claim.status.get("a"), claim.status.get("b")
    if old is None or new is None or old == new:
        return None
    before, after, value = value_text(Term(old), names), value_text(Term(new), names), _value(claim.fact, said, names)
    text = Text(f"claim “{value.en}”: {before.en} → {after.en}", f"Aussage „{value.de}“: {before.de} → {after.de}")
    return Line("claim-status", text, claim.fact[1], (), (old,), (new,))


def _sources(code: str, found: Mapping[str, set[Fact]], said: Callable[[Fact], Text], names: Names) -> list[Line]:
    """Return one line for all documents that are newly, or no longer, cited."""
    if not found:
        return []
    order = sorted(found, key=lambda iri: (names[iri].label("en").casefold(), iri))
    titles = listed([value_text(Term(iri), names) for iri in order], _TITLES)
    facts = listed(sorted({said(fact) for facts in found.values() for fact in facts}), 4)
    number = len(order)
    if code == "sources-added":
        head = Text(f"{number:,} more {'source' if number == 1 else 'sources'}", f"{number} weitere {'Quelle' if number == 1 else 'Quellen'}")
    else:
        head = Text(f"{number:,} {'source' if number == 1 else 'sources'} fewer", f"{number} {'Quelle' if number == 1 else 'Quellen'} weniger")
    return [Line(code, Text(f"{head.en}: {titles.en} (for {facts.en})", f"{head.de}: {titles.de} (für {facts.de})"), "", tuple(order))]
