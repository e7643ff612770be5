"""What two graphs say of claims: contradictions between sources that came or were settled; and claims about what nobody asserts, under what they are about.

Open is a pair of claims that contradict each other (`inno:contradicts`) while neither is rejected, as the ready question `contradictions` has it.
"""

# ruff: noqa: S608 (only names of this package are put into statements; every value is bound)
from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kg.diff.line import value_text
from kg.errors import Text
from kg.namespaces import INNO, RDF
from kg.quads import Term

if TYPE_CHECKING:
    from kg.diff.names import Names
    from kg.diff.result import Diff
    from kg.diff.session import Session

_REJECTED = "/claim-status/rejected"
_ABOUT = (INNO.inInitiative, INNO.funds, INNO.inEdition, INNO.ofAward)
"""What leads from a participation, site use, funding or result to what it is about."""


class Contradiction(NamedTuple):
    """Two claims that contradict each other.

    Attributes:
        about: IRI of what they are about.
        name: What it is called.
        property: What they say something of; nothing where both say the same of it, of different things.
        one, other: Their values, or the things they name.
        how: How it was settled; empty for one that is open.
    """

    about: str
    name: Text
    property: Text | None
    one: Text
    other: Text
    how: Text | None = None


def contradictions(session: Session, names: Names, limit: int) -> tuple[tuple[Contradiction, ...], tuple[Contradiction, ...], tuple[int, int]]:
    """Return contradictions that came, those that were settled (each at most `limit`), and how many were and are open."""
    before, now = (_open(session, side) for side in ("a", "b"))
    came, gone = sorted(now - before)[:limit], sorted(before - now)[:limit]
    facts = {side: _facts(session, side, {claim for pair in (*came, *gone) for claim in pair}) for side in ("a", "b")}
    _learn(names, facts)
    return (
        tuple(found for pair in came if (found := _told(pair, facts["b"], names)) is not None),
        tuple(found for pair in gone if (found := _told(pair, facts["a"], names, _how(pair, facts["b"]))) is not None),
        (len(before), len(now)),
    )


def _open(session: Session, side: str) -> set[tuple[str, str]]:
    rows = session.rows(
        f"WITH rejected AS (SELECT DISTINCT subject FROM {side} WHERE predicate = ? AND ends_with(object, ?)) "
        f"SELECT DISTINCT least(subject, object), greatest(subject, object) FROM {side} WHERE predicate = ? "
        "AND subject NOT IN (SELECT subject FROM rejected) AND object NOT IN (SELECT subject FROM rejected)",
        [INNO.claimStatus, _REJECTED, INNO.contradicts],
    )
    return {(str(one), str(other)) for one, other in rows}


class _Fact(NamedTuple):
    about: str
    predicate: str
    value: Term
    party: str
    rejected: bool


def _facts(session: Session, side: str, claims: set[str]) -> dict[str, _Fact]:
    """Return what claims say, of whom, and whether they are rejected."""
    said: dict[str, dict[str, list[Term]]] = {}
    session.texts("asked", claims)
    wanted = (RDF.subject, RDF.predicate, RDF.object, INNO.claimStatus, INNO.concerns)
    rows = session.rows(
        f"SELECT DISTINCT subject, predicate, object, kind, datatype, language FROM {side} SEMI JOIN asked ON subject = value "
        f"WHERE predicate IN ({', '.join('?' for _ in wanted)}) ORDER BY ALL",
        wanted,
    )
    for claim, predicate, *term in rows:
        said.setdefault(claim, {}).setdefault(predicate, []).append(Term(*term))
    session.texts("asked", {one[RDF.subject][0].value for one in said.values() if RDF.subject in one})
    marks = ", ".join("?" for _ in _ABOUT)
    about = dict(
        session.rows(
            f"SELECT subject, min(object) FROM {side} SEMI JOIN asked ON subject = value WHERE predicate IN ({marks}) GROUP BY subject", _ABOUT
        )
    )
    found = {}
    for claim, one in said.items():
        if all(name in one for name in wanted[:3]):
            subject, predicate, value = (one[name][0] for name in wanted[:3])
            # A node that no accepted claim made is about what the claim itself names.
            named = value.value if predicate.value in _ABOUT else subject.value
            whole = about.get(subject.value, named)
            parties = [term.value for term in one.get(INNO.concerns, ()) if term.value not in (whole, value.value, subject.value)]
            rejected = any(term.value.endswith(_REJECTED) for term in one.get(INNO.claimStatus, ()))
            found[claim] = _Fact(whole, predicate.value, value, parties[0] if parties else "", rejected)
    return found


def _learn(names: Names, facts: dict[str, dict[str, _Fact]]) -> None:
    known = [fact for side in facts.values() for fact in side.values()]
    iris = {iri for fact in known for iri in (fact.about, fact.predicate, fact.party, fact.value.value if fact.value.kind == "iri" else "")}
    names.load(iri for iri in iris if iri and not iri.startswith("_:"))


def _told(pair: tuple[str, str], facts: dict[str, _Fact], names: Names, how: Text | None = None) -> Contradiction | None:
    if pair[0] not in facts or pair[1] not in facts:
        return None
    one, other = sorted((facts[pair[0]], facts[pair[1]]), key=lambda fact: (fact.value, fact.party, fact.about))
    name, predicate = value_text(Term(one.about), names), names.property(one.predicate)
    if one.value == other.value and one.party != other.party and one.party and other.party:
        return Contradiction(one.about, name, None, value_text(Term(one.party), names), value_text(Term(other.party), names), how)
    return Contradiction(one.about, name, predicate, value_text(one.value, names), value_text(other.value, names), how)


def _how(pair: tuple[str, str], now: dict[str, _Fact]) -> Text:
    """Say how a contradiction ended: by a decision, or because a source no longer says it."""
    if any(claim in now and now[claim].rejected for claim in pair):
        return Text("one of the two claims is rejected by a decision", "eine der beiden Aussagen ist durch eine Entscheidung verworfen")
    if any(claim not in now for claim in pair):
        return Text("one of the two claims is no longer made", "eine der beiden Aussagen wird nicht mehr gemacht")
    return Text("the two claims no longer count as contradicting", "die beiden Aussagen gelten nicht mehr als Widerspruch")


def under_what_they_are_about(found: Diff) -> None:
    """Put changed claims about a node that neither graph asserts (a result that is only disputed, for example) under the thing that they name.

    Such a node has no page and no name, so that nobody could look it up under its IRI.
    """
    from kg.diff.entity import count_kinds, read_entities

    session, marks = found.session, ", ".join("?" for _ in _ABOUT)
    both = " UNION ALL ".join(
        f"SELECT s.object AS iri, o.object AS home FROM {side} s JOIN {side} p ON p.subject = s.subject AND p.predicate = ? AND p.object IN ({marks}) "
        f"JOIN {side} o ON o.subject = s.subject AND o.predicate = ? JOIN unseen u ON u.iri = s.object WHERE s.predicate = ?"
        for side in ("a", "b")
    )
    session.run(
        "CREATE OR REPLACE TABLE unseen AS SELECT iri FROM entity WHERE iri NOT IN (SELECT iri FROM in_a) AND iri NOT IN (SELECT iri FROM in_b)"
    )
    if not session.rows("SELECT 1 FROM unseen LIMIT 1"):
        return
    values = [RDF.predicate, *_ABOUT, RDF.object, RDF.subject]
    session.run(f"CREATE OR REPLACE TABLE home AS SELECT iri, min(home) AS home FROM ({both}) GROUP BY iri", values * 2)
    session.run("UPDATE owned SET owner = h.home FROM home h WHERE owned.owner = h.iri")
    session.run(
        "CREATE OR REPLACE TABLE moved AS SELECT h.home AS iri, sum(e.added) AS added, sum(e.removed) AS removed FROM entity e JOIN home h ON h.iri = e.iri GROUP BY h.home"
    )
    session.run("DELETE FROM entity WHERE iri IN (SELECT iri FROM home)")
    session.run(
        "UPDATE entity SET kind = CASE kind WHEN 'derived' THEN 'changed' ELSE kind END, added = entity.added + m.added, removed = entity.removed + m.removed "
        "FROM moved m WHERE m.iri = entity.iri"
    )
    classes = " UNION ALL ".join(
        f"SELECT subject, object FROM {side} WHERE predicate = ? AND subject IN (SELECT iri FROM moved)" for side in ("a", "b")
    )
    session.run(
        "INSERT INTO entity (iri, cls, kind, added, removed) SELECT m.iri, coalesce(c.cls, ''), 'changed', m.added, m.removed FROM moved m LEFT JOIN ("
        f"SELECT t.subject, arg_min(t.object, (coalesce(r.rank, 1000), t.object)) AS cls FROM ({classes}) t LEFT JOIN class_rank r ON r.cls = t.object "
        "GROUP BY t.subject) c ON c.subject = m.iri WHERE m.iri NOT IN (SELECT iri FROM entity)",
        [RDF.type, RDF.type],
    )
    found.entities, found.kinds = read_entities(session, found.names), count_kinds(session)
