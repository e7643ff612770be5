"""The names of two entities compared: what makes them alike, in words, and what tells them apart although they are alike.

Similarity is that of :mod:`kg.link.score` (words by their rarity, spelling mistakes allowed); here it is said how the names agree, and numbers and
opposites are looked at, because `Phase 1` and `Phase 2` are alike to the letter and two things.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from kg.duplicates.facts import Facts
from kg.duplicates.spelling import core
from kg.errors import Text
from kg.link.names import fold, is_short, key, squash, tokens, translated
from kg.link.score import UNKNOWN_WEIGHT, Profile, Reason, best_names, contained
from kg.link.words import SAME, STOP_WORDS

QUICK = 0.45
"""Part of the words' weight that two names must share before spelling mistakes are looked for."""

FULL, TRANSLATED = 0.92, 0.6
"""Strength of equal names, and of names that are equal in translation only."""

LITERAL = 0.5
"""Part of the words' weight that two names must share to the letter, so as not to be the same in translation only."""

ROMAN = {"ii": 2, "iii": 3, "iv": 4, "vi": 6, "vii": 7, "viii": 8, "ix": 9}
"""Roman numerals that are no words or initials besides."""

OPPOSITES = (
    frozenset(("nord", "north", "norte", "noord", "sud", "south", "sur", "zuid", "ost", "east", "este", "oost", "west", "oeste")),
    frozenset(("ober", "unter", "obere", "untere", "upper", "lower")),
    frozenset(("gross", "klein", "great", "little")),
    frozenset(("auftakt", "abschluss", "kick", "finale", "kickoff", "opening", "closing")),
    frozenset(("bachelor", "master", "doctoral")),
)
"""Words of which two names may have one each only if they mean two things (folded)."""

_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Naming:
    """How the names of two entities agree.

    Attributes:
        similarity: 0 to 1, of the names that speak most for their being one.
        same, close: Whether it is so high that what else agrees says something; a short name that is not the label of both says nothing.
        left, right: These names.
        reasons: What speaks for.
    """

    similarity: float
    same: bool
    close: bool
    left: str
    right: str
    reasons: tuple[Reason, ...]


def alike_at_most(left: Profile, right: Profile, weights: Mapping[str, float]) -> bool:
    """Tell quickly whether some pair of names may be alike: shared words, or few letters of difference."""
    return any(_quick(one, other, weights) for one in left.names for other in right.names)


def _quick(one: str, other: str, weights: Mapping[str, float]) -> bool:
    words, others = _word_set(one), _word_set(other)
    if shared := words & others:
        part = 2 * sum(weights.get(word, UNKNOWN_WEIGHT) for word in shared)
        if part >= QUICK * sum(weights.get(word, UNKNOWN_WEIGHT) for both in (words, others) for word in both):
            return True
    first, second = squash(one), squash(other)
    return abs(len(first) - len(second)) <= 2 and OSA.distance(first, second, score_cutoff=2) <= 2


@lru_cache(maxsize=1 << 17)
def _word_set(name: str) -> frozenset[str]:
    return frozenset(tokens(name))


def compare(left: Facts, right: Facts, ours: Profile, theirs: Profile, weights: Mapping[str, float], *, short: bool = True) -> Naming:
    """Return how the names of two entities agree.

    Args:
        left, right: The entities.
        ours, theirs: Their names, variants included.
        weights: Weight of each word.
        short: Whether a short name is one that several may bear: of bodies it is an acronym, of places just a name.
    """
    best = best_names(ours, theirs, weights)
    evidence = best.evidence
    if not short and is_short(best.left) and best.similarity >= 0.99:
        evidence = FULL
    elif best.similarity >= 0.99 and _only_translated(best.left, best.right, weights):
        # Ministries of health and centres for social innovation are in every country; only what else agrees makes them one.
        evidence = min(evidence, TRANSLATED)
    reasons = []
    if evidence:
        reasons.append(
            Reason("name" if best.similarity >= 0.99 else "similar-name", _said(left, right, best.left, best.right, best.similarity), evidence)
        )
    brief = {squash(name): name for name in left.names if is_short(name)}
    common = sorted(brief[folded] for folded in brief.keys() & {squash(name) for name in right.names if is_short(name)})
    if common and not is_short(best.left):
        reasons.append(Reason("same-short-name", Text(f"same short name “{common[0]}”", f"gleicher Kurzname „{common[0]}“"), 0.3))
    elif initials := next(_initials(left, right), "") or next(_initials(right, left), ""):
        text = Text(f"“{initials}” are the initials of the other name", f"„{initials}“ sind die Anfangsbuchstaben des anderen Namens")
        reasons.append(Reason("initials", text, 0.3))
    if best.similarity < 0.99 and contained(ours.names, theirs.names, weights):
        # Weak: a unit, a subsidiary and an edition hold the name of the whole, too.
        reasons.append(Reason("contained", Text("one name holds all words of the other", "ein Name enthält alle Wörter des anderen"), 0.1))
    full = not short or not is_short(best.left) or bool({core(name) for name in left.labels} & {core(name) for name in right.labels})
    return Naming(best.similarity, full and best.similarity >= 0.99, full and best.similarity >= 0.75, best.left, best.right, tuple(reasons))


def _only_translated(one: str, other: str, weights: Mapping[str, float]) -> bool:
    """Tell whether two equal names have little in common to the letter: not even the city or the person they are named for."""
    if key(one) != key(other) or not translated(one, other):
        return False
    words = _word_set(one)
    kept = {SAME.get(word, word) for word in set(_WORD.findall(fold(one))) & set(_WORD.findall(fold(other)))} & words
    weight = {word: weights.get(word, UNKNOWN_WEIGHT) for word in words}
    return sum(weight[word] for word in kept) < LITERAL * sum(weight.values())


def _initials(short: Facts, long: Facts) -> Iterator[str]:
    for name in short.names:
        letters = squash(name)
        if 3 <= len(letters) <= 8 and letters.isalpha() and name.isupper():
            for other in long.names:
                words = [word for word in _WORD.findall(fold(other)) if word not in STOP_WORDS]
                if len(words) >= 3 and "".join(word[0] for word in words) == letters:
                    yield name


def _said(left: Facts, right: Facts, one: str, other: str, similarity: float) -> Text:
    """Return in words how two names agree."""
    both = Text(f"“{one}” and “{other}”", f"„{one}“ und „{other}“")
    if one == other:
        said = Text(f"same name “{one}”", f"gleicher Name „{one}“")
    elif squash(one) == squash(other):
        said = Text(
            f"{both.en} differ only in case, accents or signs",
            f"{both.de} unterscheiden sich nur in Groß- und Kleinschreibung, Akzenten oder Zeichen",
        )
    elif key(one) == key(other) and translated(one, other):
        said = Text(f"{both.en} are the same in translation", f"{both.de} sind übersetzt gleich")
    elif key(one) == key(other):
        said = Text(
            f"{both.en} differ only in legal form, word order or small words",
            f"{both.de} unterscheiden sich nur in Rechtsform, Wortfolge oder Beiwörtern",
        )
    elif (distance := int(OSA.distance(squash(one), squash(other)))) <= 2:
        said = Text(f"{both.en} differ by {distance} letter{'s' * (distance > 1)}", f"{both.de} unterscheiden sich um {distance} Buchstaben")
    else:
        return Text(f"{both.en} are {similarity:.2f} alike", f"{both.de} sind zu {similarity:.2f} gleich")
    kinds = [_kind(facts, name) for facts, name in ((left, one), (right, other))]
    if kinds == [0, 0] or None in kinds:
        return said
    english, german = ("label", "alternative name", "short name"), ("Name", "anderer Name", "Kurzname")
    first, second = (kind or 0 for kind in kinds)
    return Text(f"{said.en} ({english[first]} and {english[second]})", f"{said.de} ({german[first]} und {german[second]})")


def _kind(facts: Facts, name: str) -> int | None:
    """Return whether a name is a label (0), an alternative (1) or a short name (2), or nothing for a part of one."""
    return next((place for place, names in enumerate((facts.labels, facts.alternatives, facts.acronyms)) if name in names), None)


def differences(left: Facts, right: Facts, naming: Naming, *, dated: bool) -> Iterator[Reason]:
    """Yield what tells alike names apart: other numbers, opposites.

    Args:
        left, right: The entities.
        naming: How their names agree.
        dated: Whether a number in one name alone makes another thing: an edition, a phase.
    """
    ours, theirs = numbers(naming.left), numbers(naming.right)
    if ours != theirs and squash(naming.left) != squash(naming.right):
        if ours and theirs:
            yield Reason("other-number", _numbers_said(ours, theirs), -0.9)
        else:
            yield Reason("number-in-one", _numbers_said(ours, theirs), -0.8 if dated else -0.4)
    else:
        series = [{found for name in facts.labels if (found := numbers(name))} for facts in (left, right)]
        if all(series) and not series[0] & series[1]:
            yield Reason("other-number", _numbers_said(min(series[0]), min(series[1])), -0.9)
    words, others = (set(_WORD.findall(fold(name))) for name in (naming.left, naming.right))
    for group in OPPOSITES:
        one, other = words & group, others & group
        if one and other and not one & other:
            text = Text(f"“{min(one)}” against “{min(other)}”", f"„{min(one)}“ gegen „{min(other)}“")
            yield Reason("opposite", text, -0.85)
            return


@lru_cache(maxsize=1 << 15)
def numbers(name: str) -> tuple[int, ...]:
    """Return the numbers in a name, sorted, Roman ones included.

    >>> numbers("Phase II (2019)"), numbers("Horizon2020"), numbers("IV-Beratung")
    ((2, 2019), (2020,), (4,))
    """
    folded = fold(name)
    found = [int(digits[:18]) for digits in _NUMBER.findall(folded)]
    found += [ROMAN[word] for word in _WORD.findall(folded) if word in ROMAN]
    return tuple(sorted(found))


def _numbers_said(ours: tuple[int, ...], theirs: tuple[int, ...]) -> Text:
    one, other = (", ".join(map(str, found)) for found in (ours, theirs))
    en = f"other number: {one or 'none'} and {other or 'none'}"
    return Text(en, f"andere Zahl: {one or 'keine'} und {other or 'keine'}")
