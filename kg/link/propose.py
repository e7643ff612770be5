"""`kg link`: which entities of two sources are the same, which are a part of the other, and which a person has to look at.

Identifiers go first, then names with places, dates and consortia; linked projects are evidence for their partners and the other way round, so both
are done in rounds until nothing new is linked. Nothing here changes a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.errors import Text
from kg.link.candidates import NameIndex, consortium_pairs, grouped, identifier_pairs
from kg.link.entities import KINDS, ORGANISATION, PROJECT, Side, read_side
from kg.link.profiles import Profiles
from kg.link.score import ACCEPT, REVIEW, Reason, best_names, combine, organisation_reasons, project_reasons
from kg.link.sssom import BROAD, EXACT, SEMAPV, EntityMapping

if TYPE_CHECKING:
    from kg.engine.base import Engine

OWN_SCHEMES = frozenset(("cordis", "cordis-rcn", "doi", "pic"))
"""Schemes whose issuer is the source itself: equality decides. Other registers (ROR, GRID, Wikidata) were matched by others and need a name."""

AGREE = 0.75
"""Similarity of names from which an identifier of another register is believed."""

ROUNDS = 3
LEAD = 2.0
"""How many times as doubtful the second candidate must be as the first, doubt being 1 - score."""

PER_ENTITY = 3
"""Candidates shown to a person for one entity."""


@dataclass(frozen=True)
class Candidate:
    """A pair that a person has to look at.

    Attributes:
        subject: Entity of the left source.
        object: Entity of the right source.
        score: 0 to 1.
        reasons: Evidence, the strongest first.
    """

    subject: str
    object: str
    score: float
    reasons: tuple[Reason, ...]

    @property
    def pair(self) -> tuple[str, str]:
        """Subject and object."""
        return (self.subject, self.object)


@dataclass(frozen=True)
class Proposals:
    """What :func:`propose` found.

    Attributes:
        accepted: New mappings, sure enough to be written.
        review: New pairs to look at, by score.
    """

    accepted: tuple[EntityMapping, ...]
    review: tuple[Candidate, ...]


def propose(
    engine: Engine,
    quads: Any,
    left_graph: str | Sequence[str],
    right_graph: str | Sequence[str],
    decided: Iterable[EntityMapping] = (),
    *,
    date: str = "",
) -> Proposals:
    """Propose mappings between the entities of two sources.

    Args:
        engine: Where the expressions run.
        quads: The quad table (Ibis).
        left_graph: IRI of the named graph whose entities become subjects; several count as one source.
        right_graph: The same for objects.
        decided: Mappings that stand already, accepted or rejected: they are kept, used as evidence, and never proposed again.
        date: `mapping_date` of new mappings, `YYYY-MM-DD`, or empty.
    """
    left, right = (read_side(engine, quads, names) for names in (left_graph, right_graph))
    return _Linker(engine, left, right, tuple(decided), date).run()


class _Linker:
    """One run: the two sides, what is linked so far, and the last scores."""

    def __init__(self, engine: Engine, left: Side, right: Side, decided: tuple[EntityMapping, ...], date: str) -> None:
        self.engine, self.left, self.right, self.date = engine, left, right, date
        self.decided = {mapping.pair: mapping for mapping in decided}
        self.exact = {mapping.pair for mapping in decided if mapping.exact}
        self.broad = {mapping.pair for mapping in decided if not mapping.exact and not mapping.rejected}
        self.new: dict[tuple[str, str], EntityMapping] = {}
        self.review: dict[str, dict[tuple[str, str], Candidate]] = {kind: {} for kind in KINDS}
        self.seen: dict[tuple[str, str], tuple[Any, Candidate | None]] = {}
        self.indexes = {kind: NameIndex(engine, left, right, kind) for kind in KINDS}
        self.profiles = Profiles(engine, left, right, self.indexes)
        entities = [str(row["entity"]) for row in engine.to_pylist(left.wholes.select("entity").distinct())]
        self.wholes = grouped(engine, left.wholes.select("entity", value="whole"), entities)
        self.units = {str(row["entity"]) for row in engine.to_pylist(left.units)}
        self.projects = {str(row["entity"]) for row in engine.to_pylist(left.types.filter(left.types.kind == PROJECT).select("entity"))}
        self.pairs = {kind: self.indexes[kind].pairs() for kind in KINDS}
        self.identifiers = {kind: identifier_pairs(engine, left, right, kind) for kind in KINDS}

    def run(self) -> Proposals:
        for kind in KINDS:
            self._by_identifier(kind)
        for _ in range(ROUNDS):
            before = len(self.new)
            for kind in KINDS:
                self._by_name(kind)
            self._units()
            if len(self.new) == before:
                break
        linked = {left for left, _ in self.exact}
        review = [candidate for kind in KINDS for candidate in self._shown(self.review[kind], linked)]
        return Proposals(tuple(sorted(self.new.values())), tuple(sorted(review, key=lambda c: (-c.score, c.pair))))

    def _accept(self, pair: tuple[str, str], predicate: str, justification: str, confidence: float, match: str, comment: str) -> None:
        if pair in self.decided or pair in self.new:
            return
        (self.exact if predicate == EXACT[0] else self.broad).add(pair)
        left, right = pair
        self.new[pair] = EntityMapping(
            left,
            self.profiles.label(left),
            predicate,
            object_id=right,
            object_label=self.profiles.label(right),
            mapping_justification=SEMAPV + justification,
            subject_source=self.profiles.graph(left),
            object_source=self.profiles.graph(right),
            mapping_date=self.date,
            confidence=round(confidence, 3),
            match_string=match,
            comment=comment,
        )

    def _by_identifier(self, kind: str) -> None:
        """Accept pairs that one identifier joins alone; the name has to agree where the register is somebody else's."""
        self.profiles.load(kind, [(row["left"], row["right"]) for row in self.identifiers[kind]])
        for row in self.identifiers[kind]:
            pair, scheme = (str(row["left"]), str(row["right"])), str(row["scheme"])
            if row["rights"] > 1 or (row["lefts"] > 1 and not row["parent"]):
                continue
            match = f"{scheme}:{row['value']}"
            if row["parent"]:
                self._accept(pair, BROAD, "MappingChaining", 0.95, match, "identifier of the body it belongs to")
            elif scheme in OWN_SCHEMES or self._names_agree(kind, pair):
                self._accept(pair, EXACT[0], "LexicalMatching", 1.0 if scheme in OWN_SCHEMES else 0.99, match, "same identifier")

    def _names_agree(self, kind: str, pair: tuple[str, str]) -> bool:
        left, right = (self.profiles.of(entity) for entity in pair)
        return best_names(left, right, self.indexes[kind].weights).similarity >= AGREE

    def _forbidden(self, pair: tuple[str, str]) -> bool:
        """Tell whether a unit would become the body it is a part of, or the pair is decided."""
        left, right = pair
        of_parent = any((whole, right) in self.exact for whole in self.wholes.get(left, ()))
        return pair in self.decided or pair in self.broad or of_parent

    def _by_name(self, kind: str) -> None:
        """Score all candidates of a kind and accept those that lead clearly on both sides."""
        shared = set()
        if kind == ORGANISATION:
            shared = set(consortium_pairs(self.engine, self.left, self.right, self._linked_projects()))
        identified = {(str(row["left"]), str(row["right"])): row for row in self.identifiers[kind] if not row["parent"]}
        pairs = sorted({*self.pairs[kind], *shared, *identified})
        self.profiles.load(kind, pairs)
        self.profiles.partners(self.exact | self.broad)
        found = []
        for pair in pairs:
            if self._forbidden(pair) or pair in self.new:
                continue
            context = (pair in shared, *(self.profiles.of(entity).partners for entity in pair))
            if self.seen.get(pair, (None, None))[0] != context:
                self.seen[pair] = (context, self._judged(kind, pair, identified.get(pair), shared_project=pair in shared))
            if candidate := self.seen[pair][1]:
                found.append(candidate)
        self.review[kind] = {candidate.pair: candidate for candidate in found}
        for candidate in _leaders(found, self.exact):
            del self.review[kind][candidate.pair]
            self._accept(candidate.pair, EXACT[0], _justification(candidate), candidate.score, "", _comment(candidate))

    def _judged(self, kind: str, pair: tuple[str, str], identified: Mapping[str, Any] | None, *, shared_project: bool) -> Candidate | None:
        """Score a pair; it is a candidate from :data:`REVIEW` on."""
        left, right = (self.profiles.of(entity) for entity in pair)
        weights = self.indexes[kind].weights
        if kind == PROJECT:
            reasons = project_reasons(left, right, weights)
        else:
            reasons = organisation_reasons(left, right, weights, shared_project=shared_project)
        if identified:
            reasons.append(_identifier_reason(identified))
        score = combine(reasons)
        strongest = sorted((reason for reason in reasons if reason.evidence), key=lambda reason: -abs(reason.evidence))
        return Candidate(*pair, score, tuple(strongest)) if score >= REVIEW else None

    def _linked_projects(self) -> list[tuple[str, str]]:
        return [pair for pair in sorted(self.exact) if pair[0] in self.projects]

    def _units(self) -> None:
        """Map a unit to what its nearest linked whole is mapped to: a broader body, never the same."""
        same: dict[str, list[str]] = {}
        for left, right in sorted(self.exact):
            same.setdefault(left, []).append(right)
        for unit in sorted(self.units - set(same)):
            for right in sorted({right for whole in self.wholes.get(unit, ()) for right in same.get(whole, ())}):
                self._accept((unit, right), BROAD, "MappingChaining", 0.95, "", "unit of a body that is mapped exactly")

    def _shown(self, candidates: Mapping[tuple[str, str], Candidate], linked: set[str]) -> Iterator[Candidate]:
        """Yield each entity's best candidates; of an entity that is linked only rivals as good as a match."""
        taken = {right for _, right in self.exact}
        shown: dict[str, int] = {}
        for candidate in sorted(candidates.values(), key=lambda c: (-c.score, c.pair)):
            rival = candidate.subject in linked or candidate.object in taken
            if self._forbidden(candidate.pair) or (rival and candidate.score < ACCEPT):
                continue
            shown[candidate.subject] = shown.get(candidate.subject, 0) + 1
            if shown[candidate.subject] <= PER_ENTITY:
                yield candidate


def _identifier_reason(row: Mapping[str, Any]) -> Reason:
    identifier = f"{row['scheme']}:{row['value']}"
    if row["rights"] > 1 or row["lefts"] > 1:
        text = Text(f"same {identifier}, which several bear", f"gleiche Kennung {identifier}, die mehrere tragen")
        return Reason("shared-identifier", text, 0.5)
    text = Text(f"same {identifier}, but another name", f"gleiche Kennung {identifier}, aber anderer Name")
    return Reason("same-identifier", text, 0.7)


def _leaders(candidates: Sequence[Candidate], exact: set[tuple[str, str]]) -> list[Candidate]:
    """Return the pairs at or above :data:`ACCEPT` that no rival on either side comes near; what is linked already is taken."""
    rivals: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        rivals.setdefault(candidate.subject, []).append(candidate)
        rivals.setdefault(candidate.object, []).append(candidate)
    taken = {end for pair in exact for end in pair}

    def leads(candidate: Candidate) -> bool:
        others = [other for end in candidate.pair for other in rivals[end] if other is not candidate]
        return all(1 - other.score >= LEAD * (1 - candidate.score) for other in others) and not taken & set(candidate.pair)

    return [candidate for candidate in candidates if candidate.score >= ACCEPT and leads(candidate)]


def _justification(candidate: Candidate) -> str:
    codes = {reason.code for reason in candidate.reasons if reason.evidence > 0}
    return {frozenset(("same-name",)): "LexicalMatching", frozenset(("similar-name",)): "LexicalSimilarityThresholdMatching"}.get(
        frozenset(codes), "CompositeMatching"
    )


def _comment(candidate: Candidate) -> str:
    return "; ".join(reason.text.en for reason in candidate.reasons)
