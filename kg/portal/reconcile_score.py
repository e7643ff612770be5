"""How sure a candidate is, from 0 to 100, and when it is taken as the same thing (`match`).

The name gives the score; properties raise it, cut it, or, if they are identifiers, decide it. A match is proposed only where the best candidate is above
:data:`MATCH` and by :data:`MARGIN` better than the second: both are measured (`benchmarks/reconcile.py`), not guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import prod

from rapidfuzz import fuzz

from kg.link.names import is_short, tokens, variants
from kg.link.score import name_similarity
from kg.portal.reconcile_names import Names, Shown
from kg.portal.reconcile_words import folded

MATCH = 86.0
"""Score from which the best candidate may be a match."""
MARGIN = 5.0
"""How much better than the second it must be."""
TYPED = 0.06
"""Share of the score that how the names are typed has: it tells apart what has the same words (`X GmbH`, `X AG`)."""
INSIDE = 0.8
"""Likeness of a name whose words all stand in the other one, one of them rare."""
WRITTEN_OUT = 0.98
"""Factor of a likeness that needs abbreviations written out."""
REPLACED = 0.3
"""How much of the doubt about a mistyped word is doubt about the name."""
RIVALS = 6
"""Candidates, the best included, that are looked at for a near second."""
RARE = 7.0
SUPPORT = {"country": 0.15, "place": 0.35, "url": 0.5}
"""Share of what is missing to 100 that an agreeing property gives; others :data:`OTHER`."""
OTHER = 0.3
AGAINST = {"country": 0.8, "place": 0.93, "url": 0.97}
"""Factor of a property that says something else."""
OTHER_AGAINST = 0.9
OTHER_NUMBER = 0.4
"""Factor of an identifier of the same scheme with another value."""


@dataclass
class Scored:
    """A candidate with its score.

    Attributes:
        thing: The candidate.
        score: 0 to 100.
        likeness: Of the names, 0 to 1.
        typed: How alike the names are typed, 0 to 1.
        exact: Whether the names are equal as typed.
        short: Whether only a short name or acronym is alike, which many may bear.
        identified: Whether an identifier decides it.
        agreed: Whether each property asked for agrees; what the graph does not know is not there.
        match: Whether it is taken as the same thing.
    """

    thing: Shown
    score: float = 0.0
    likeness: float = 0.0
    typed: float = 0.0
    exact: bool = False
    short: bool = False
    identified: bool = False
    agreed: dict[str, bool] = field(default_factory=dict)
    match: bool = False


class Asked:
    """A name that is looked for, folded once.

    Args:
        text: As sent.
        names: All names, for weights of words and for what words may be meant.
    """

    def __init__(self, text: str, names: Names) -> None:
        self.text = text
        self.folded = folded(text)
        self.words = set(tokens(text))
        self.short = is_short(text)
        self.written_out = names.written_out(text)
        self.weights = names.weights
        self.meant = {word: options for word, options in names.meant(self.words).items() if options}

    def score(self, thing: Shown) -> Scored:
        """Compare with all names of a thing; the nearest one counts."""
        best = Scored(thing)
        for name in thing.names:
            for part, theirs, short in _parts(name):
                likeness = self._likeness(part)
                typed = fuzz.ratio(self.folded, theirs) / 100
                score = 100 * ((1 - TYPED) * likeness + TYPED * typed)
                if score > best.score:
                    best = Scored(thing, score, likeness, typed, self.folded == theirs, self.short or short)
        return best

    def _likeness(self, name: str) -> float:
        others = set(tokens(name))
        best = self._of_words(self.text, self.words, name, others)
        if self.written_out:
            best = max(best, WRITTEN_OUT * self._of_words(self.written_out, set(tokens(self.written_out)), name, others))
        replaced = {word: (one, factor) for word, options in self.meant.items() for one, factor in options if one in others}
        if replaced:
            words = [replaced[word][0] if word in replaced else word for word in sorted(self.words)]
            # Of a name of one word nothing is left that speaks for it.
            doubt = prod(1 - (1 - factor) * REPLACED for _, factor in replaced.values()) ** (2 if len(self.words) == 1 else 1)
            best = max(best, doubt * self._of_words(" ".join(words), set(words), name, others))
        return best

    def _of_words(self, text: str, words: set[str], name: str, others: set[str]) -> float:
        likeness = name_similarity(text, name, self.weights)
        if likeness < INSIDE:
            less, more = sorted((words, others), key=len)
            if len(less) > 1 and less <= more and max(self.weights.get(word, 0.0) for word in less) >= RARE:
                return max(likeness, INSIDE)
        return likeness


@lru_cache(maxsize=1 << 16)
def _parts(name: str) -> tuple[tuple[str, str, bool], ...]:
    """Return a name and the names in it, each folded, and whether it is short."""
    return tuple((part, folded(part), is_short(part)) for part in variants(name))


def with_properties(one: Scored, agreed: Mapping[str, bool], numbers: Mapping[str, bool]) -> None:
    """Let properties speak.

    Args:
        one: Scored by its name; changed here.
        agreed: Property → whether the value agrees; unknown ones are not there.
        numbers: Scheme of an identifier → whether its value agrees.
    """
    one.agreed = {**agreed, **numbers}
    for name, agrees in agreed.items():
        one.score = one.score + (100 - one.score) * SUPPORT.get(name, OTHER) if agrees else one.score * AGAINST.get(name, OTHER_AGAINST)
    if any(numbers.values()):
        one.score, one.identified = 100.0, True
    elif numbers:
        one.score *= OTHER_NUMBER


def decide(scored: Sequence[Scored], same: Callable[[str, str], bool] = lambda *_: False) -> list[Scored]:
    """Return the candidates, best first, and say which one is a match: at most one.

    Args:
        scored: Candidates.
        same: Whether the graph says that two things, by IRI, are the same: then they do not compete.
    """
    ordered = sorted(scored, key=lambda one: (-round(one.score, 4), -one.thing.weight, one.thing.iri))
    if not ordered:
        return []
    best = ordered[0]
    # A short name is shared by bodies that nobody has listed here: it needs something that supports it.
    sure = best.identified or not best.short or any(best.agreed.values())
    spoken_against = any(not agrees for agrees in best.agreed.values()) and not best.identified
    if sure and not spoken_against and best.score >= MATCH:
        rivals = [one for one in ordered[1:RIVALS] if best.score - one.score < MARGIN]
        best.match = all(same(best.thing.iri, one.thing.iri) for one in rivals)
    return ordered
