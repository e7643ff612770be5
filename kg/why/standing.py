"""Why one of several values counts, and what would change it: the rule of :func:`kg.sources.claims.resolve`, put into words.

The rule itself is not written a second time: the values are ranked by the function that the build uses, and the first place in which the key of the
value that counts differs from that of the next one is the step that decided.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.errors import Text
from kg.namespaces import SCHEMA, local_name
from kg.quads import Term
from kg.sources import claims as rule
from kg.why.model import STATUS, Claim, Decision, term_of

OWN_COLUMNS = (SCHEMA.startDate, SCHEMA.endDate)
"""Of the properties with one accepted value, those that entities.csv has a column for."""
DECIDES = ("accepted", "disputed", "rejected")
OPEN = Text(
    "It is not decided: both statements stand in the graph, marked as contradicting each other.",
    "Es ist nicht entschieden: Beide Angaben stehen im Graphen, als einander widersprechend gekennzeichnet.",
)
MANY = Text(
    "It counts because a source says so: of this property several values may stand side by side, and each one counts unless the editors decide against it.",
    "Diese Angabe gilt, weil eine Quelle es sagt: Von dieser Eigenschaft können mehrere Werte nebeneinander stehen, und jeder gilt, solange die Redaktion nicht "
    "dagegen entscheidet.",
)


@dataclass(frozen=True)
class Standing:
    """Why a value counts or does not, and what would change it."""

    reason: Text
    change: tuple[Text, ...] = ()


def is_functional(predicate: str) -> bool:
    """Tell whether one value of a property is accepted per subject."""
    return predicate in rule.FUNCTIONAL


def stand(mine: Sequence[Claim], group: Sequence[Claim], others: Sequence[Claim] = ()) -> Standing:
    """Say why a value stands as it does.

    Args:
        mine: The claims that say the value, at least one.
        group: All claims about the same subject and property, `mine` among them.
        others: Claims that contradict it, of whatever subject and property.
    """
    status = min((claim.status for claim in mine), key=_rank_of)
    if recorded := [one for claim in mine for one in claim.decisions if _is_about(one, claim) and one.decision == status]:
        return Standing(_decided(recorded[0]), (undo(recorded[0]),))
    if not is_functional(mine[0].predicate):
        return _plain(mine, others, status)
    values: dict[Term, list[Claim]] = defaultdict(list)
    for claim in group:
        values[term_of(claim.object)].append(claim)
    me = term_of(mine[0].object)
    if len(values) == 1:
        return _alone(mine, status)
    return _chosen(me, values, status)


def _plain(mine: Sequence[Claim], others: Sequence[Claim], status: str) -> Standing:
    if status == "accepted":
        change = _reject(mine)
        return Standing(OPEN if any(one.status == "accepted" for one in others) else MANY, change)
    if status == "disputed" and not any(one.decisions for one in mine):
        if any(one.status == "accepted" for one in others):
            return Standing(_unseen(status))
        text = Text(
            "It does not count because the record it is a part of is not accepted.",
            "Diese Angabe gilt nicht, weil der Eintrag, zu dem sie gehört, nicht gilt.",
        )
        return Standing(text)
    return Standing(_unseen(status))


def _alone(mine: Sequence[Claim], status: str) -> Standing:
    if status != "accepted":
        return Standing(_unseen(status))
    number = len({source.document for claim in mine if claim.attestation != "entity-row" for source in claim.sources})
    if all(claim.attestation == "entity-row" for claim in mine):
        reason = Text("It counts because nothing says otherwise: only the thing's own row gives a value.", "")._replace(
            de="Diese Angabe gilt, weil nichts anderes dasteht: Nur die Zeile des Gegenstands selbst nennt einen Wert."
        )
    elif any(claim.attestation == "entity-row" for claim in mine):
        reason = Text(
            f"It counts because the thing's own row and {_sources(number).en} agree; nothing says otherwise.",
            f"Diese Angabe gilt, weil die Zeile des Gegenstands selbst und {_sources(number).de} übereinstimmen; nichts sagt etwas anderes.",
        )
    elif number == 1:
        reason = Text(
            "It counts because it is the only claim: no other source gives a value.",
            "Diese Angabe gilt als einzige Angabe: Keine andere Quelle nennt einen Wert.",
        )
    else:
        reason = Text(
            f"It counts because all {number} sources that give a value agree.",
            f"Diese Angabe gilt, weil alle {number} Quellen, die einen Wert nennen, übereinstimmen.",
        )
    return Standing(reason, (*_outdo(mine, _publishers(mine, mine) + 1), *_reject(mine)))


def _chosen(me: Term, values: dict[Term, list[Claim]], status: str) -> Standing:
    """Rank the values as the build does, and say what decided."""
    statements = {id(claim): _statement(claim) for group in values.values() for claim in group}
    facts = {
        source.document: rule.SourceFacts(source.publisher_iri, source.published)
        for group in values.values()
        for claim in group
        for source in claim.sources
    }
    decided = {value: {one.decision for claim in group for one in claim.decisions if _is_about(one, claim)} for value, group in values.items()}
    keys = {value: rule.rank(value, list(statements.values()), decided[value], facts) for value in values}
    order = sorted(values, key=lambda value: keys[value])
    best, held = order[0], next((value for value, group in values.items() if any(one.status == "accepted" for one in group)), None)
    if held is None or best != held:
        # What the claims of the graph say does not follow from the rule: it was decided, and the decision is not at hand.
        return Standing(_unseen(status))
    next_best = next(value for value in order if value != best)
    step = next(number for number, (one, other) in enumerate(zip(keys[best], keys[next_best], strict=True)) if one != other)
    claims = [claim for group in values.values() for claim in group]
    mine, theirs = _publishers(values[best], claims), _publishers(values[next_best], claims)
    if step == 0 and decided[next_best]:
        against = next(one for claim in values[next_best] for one in claim.decisions if _is_about(one, claim))
        why = Text(
            f"the editors decided against the other value: {_decided(against).en}",
            f"die Redaktion gegen den anderen Wert entschieden hat: {_decided(against).de}",
        )
    elif step == 0:
        made = next(one for claim in values[best] for one in claim.decisions if _is_about(one, claim))
        why = Text(f"the editors decided so: {_decided(made).en}", f"die Redaktion so entschieden hat: {_decided(made).de}")
    else:
        why = _step(step, best, next_best, mine, theirs, values)
    if me == best:
        reason = Text(f"It counts because {why.en}", f"Diese Angabe gilt, weil {why.de}")
        change = () if step == 0 else (*_outdo(values[best], mine - theirs + 1, next_best.value), *_reject(values[best]))
        return Standing(reason, change)
    if status == "superseded":
        text = Text(
            f"It agrees with “{best.value}”, which is more precise and counts instead.",
            f"Sie stimmt mit „{best.value}“ überein, das genauer ist und stattdessen gilt.",
        )
        return Standing(text)
    text = Text(f"“{best.value}” counts instead, because {why.en}", f"Stattdessen gilt die Angabe „{best.value}“, weil {why.de}")
    return Standing(text, tuple(_accept(values[me])))


def _step(step: int, best: Term, other: Term, mine: int, theirs: int, values: dict[Term, list[Claim]]) -> Text:
    if step == 1:
        return Text(
            "it stands in the row of the thing itself, which the editors keep; that comes before single sources.",
            "sie in der Zeile des Gegenstands selbst steht, die die Redaktion führt; das geht einzelnen Quellen vor.",
        )
    if step == 2:
        return Text(
            f"more independent publishers say so: {mine} against {theirs} for “{other.value}”.",
            f"sie mehr voneinander unabhängige Herausgeber sagen: {mine} gegen {theirs} für „{other.value}“.",
        )
    equal = Text(
        f"as many independent publishers say each ({mine})" if mine == theirs else "no decision, own row or number of publishers tells them apart",
        f"gleich viele voneinander unabhängige Herausgeber jede sagen ({mine})"
        if mine == theirs
        else "weder Entscheidung noch eigene Zeile noch Zahl der Herausgeber sie trennt",
    )
    if step == 3:
        return Text(
            f"{equal.en}, and the value that is written more precisely comes first (“{best.value}” before “{other.value}”).",
            f"{equal.de} und der genauer geschriebene Wert vorgeht („{best.value}“ vor „{other.value}“).",
        )
    if step == 4:
        newest, against = _newest(values[best]), _newest(values[other])
        return Text(
            f"{equal.en}, and its newest source is dated {newest}, that of “{other.value}” {against or 'not at all'}.",
            f"{equal.de} und ihre neueste Quelle von {newest} ist, die von „{other.value}“ {'von ' + against if against else 'undatiert'}.",
        )
    return Text(
        f"{equal.en} and none of their sources is newer; then the smaller value is taken (“{best.value}” before “{other.value}”).",
        f"{equal.de} und keine ihrer Quellen neuer ist; dann wird der kleinere Wert genommen („{best.value}“ vor „{other.value}“).",
    )


def _statement(claim: Claim) -> rule.Statement:
    """Return a claim as the build had it before it chose."""
    documents = tuple(sorted({source.document for source in claim.sources}))
    return rule.Statement(claim.subject, claim.predicate, term_of(claim.object), "", documents, attestation=claim.attestation)


def _publishers(claims: Sequence[Claim], group: Sequence[Claim]) -> int:
    """Return how many publishers say a value, those of a less precise date that agrees with it included, as the build counts them."""
    me = term_of(claims[0].object)
    agreeing = [one for one in group if one.object == claims[0].object or _agrees(term_of(one.object), me)]
    return len({source.publisher_iri for one in agreeing if one.attestation != "entity-row" for source in one.sources})


def _agrees(one: Term, value: Term) -> bool:
    return len(one.value) < len(value.value) and rule.coarser(one, value)


def _newest(claims: Iterable[Claim]) -> str:
    return max((source.published for claim in claims if claim.attestation != "entity-row" for source in claim.sources), default="")


def _is_about(decision: Decision, claim: Claim) -> bool:
    """Tell whether a decision accepts, disputes or rejects a claim: by its row, or by the property it names."""
    return decision.decision in DECIDES and decision.target in claim.references and decision.value in ("", local_name(claim.predicate))


def _rank_of(status: str) -> int:
    return list(STATUS).index(status) if status in STATUS else len(STATUS)


def _sources(number: int) -> Text:
    return Text("1 source", "1 Quelle") if number == 1 else Text(f"{number} sources", f"{number} Quellen")


def _decided(one: Decision) -> Text:
    name = STATUS[one.decision]
    place = Text(f"{one.origin.file}, row {one.origin.row}", f"{one.origin.file}, Zeile {one.origin.row}")
    return Text(
        f"“{name.en}”, decided by {one.who or '–'} on {one.when or '–'} ({place.en}): {one.why}",
        f"„{name.de}“, entschieden von {one.who or '–'} am {one.when or '–'} ({place.de}): {one.why}",
    )


def undo(one: Decision) -> Text:
    """Return what takes a decision back."""
    return Text(
        f"Change or remove row {one.origin.row} of {one.origin.file}; then the general rule holds.",
        f"Zeile {one.origin.row} von {one.origin.file} ändern oder entfernen; dann gilt die allgemeine Regel.",
    )


def _unseen(status: str) -> Text:
    name = STATUS.get(status, Text(status, status))
    return Text(
        f"It is “{name.en}” by a decision of the editors that does not follow from the claims; the table of decisions is not at hand here.",
        f"Sie ist „{name.de}“ nach einer Entscheidung der Redaktion, die aus den Angaben nicht folgt; die Tabelle der Entscheidungen liegt hier nicht vor.",
    )


def _more_publishers(number: int, value: str = "") -> Text:
    other = Text(f"for “{value}”" if value else "for another value", f"für „{value}“" if value else "für einen anderen Wert")
    if number == 1:
        return Text(f"One more independent publisher {other.en}.", f"Ein weiterer unabhängiger Herausgeber {other.de}.")
    return Text(f"{number} more independent publishers {other.en}.", f"{number} weitere unabhängige Herausgeber {other.de}.")


def _outdo(mine: Sequence[Claim], publishers: int, value: str = "") -> Iterable[Text]:
    """Say which tables would give another value: the thing's own row comes first; without one, publishers count."""
    rows = sorted({place for claim in mine if claim.attestation == "entity-row" for place in claim.origins})
    if any(claim.attestation == "entity-row" for claim in mine):
        named = (
            Text(f"row {rows[0].row} of {rows[0].file}", f"Zeile {rows[0].row} von {rows[0].file}")
            if rows
            else Text("its own row", "seiner eigenen Zeile")
        )
        yield Text(f"Another value in {named.en}.", f"Ein anderer Wert in {named.de}.")
        return
    if mine[0].predicate in OWN_COLUMNS:
        yield Text(
            "Another value in the thing's own row of entities.csv (it comes before single sources).",
            "Ein anderer Wert in der Zeile des Gegenstands in entities.csv (sie geht einzelnen Quellen vor).",
        )
    yield _more_publishers(publishers, value)


def _reject(claims: Sequence[Claim]) -> tuple[Text, ...]:
    references = sorted({one for claim in claims for one in claim.references})
    if not references:
        return ()
    line = f"{references[0]},rejected,,who,when,why"
    more = Text(f" (and for {len(references) - 1} more)", f" (und für {len(references) - 1} weitere)") if len(references) > 1 else Text("", "")
    return (Text(f"A row in decisions.csv: {line}{more.en}", f"Eine Zeile in decisions.csv: {line}{more.de}"),)


def _accept(claims: Sequence[Claim]) -> Iterable[Text]:
    references = sorted({one for claim in claims for one in claim.references})
    if references:
        line = f"{references[0]},accepted,,who,when,why"
        yield Text(f"A row in decisions.csv: {line}", f"Eine Zeile in decisions.csv: {line}")
