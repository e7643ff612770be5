"""Which pairs are worth comparing: names with rare words in common, equal identifiers, the same page, one letter of difference.

All pairs of 28,000 organisations would be 390 million. The words and identifiers are those of :mod:`kg.link.candidates`, both sides being the same;
besides, names that differ by one letter, which have perhaps no word in common, meet over the spellings that leave one letter out.
Source of the last: T. Bocek, E. Hunt, B. Stiller (2007), Fast Similarity Search in Large Dictionaries (deletion neighbourhoods).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA

from kg.duplicates.facts import CLASSES, NUMBERED, World
from kg.duplicates.spelling import written_out
from kg.link.candidates import NameIndex, identifier_pairs

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kg.engine.base import Engine

SHORTEST, LONGEST = 7, 60
"""Letters and digits of names in which one letter may be wrong: in shorter ones it makes another word, longer ones share
other words."""

CROWD = 30
"""Entities that one page or one spelling may bring together; more say nothing."""


def candidates(engine: Engine, world: World) -> tuple[list[tuple[str, str]], Mapping[str, float]]:
    """Return the pairs that are compared, sorted, each with the smaller IRI first; and the weights of the words of its names.

    Args:
        engine: Where the expressions run.
        world: The entities.
    """
    found: set[tuple[str, str]] = set()
    weights: Mapping[str, float] = {}
    named = not numbered(world)
    if named:
        index = NameIndex(engine, world.side, world.side, CLASSES[world.name])
        found, weights = {pair for pair in index.pairs() if pair[0] < pair[1]}, index.weights
    for row in identifier_pairs(engine, world.side, world.side, CLASSES[world.name]):
        if not row["parent"] and row["rights"] <= CROWD:
            found.add(_ordered(str(row["left"]), str(row["right"])))
    entities = list(world.facts)
    pages: dict[str, set[str]] = {}
    for entity in entities:
        for page in world.facts[entity].pages:
            pages.setdefault(page.casefold().rstrip("/").partition("://")[2], set()).add(entity)
    for there in pages.values():
        if 1 < len(there) <= CROWD:
            found.update(combinations(sorted(there), 2))
    spelled: dict[str, set[str]] = {}
    for entity in entities if named else ():
        for text in world.facts[entity].names:
            spelled.setdefault(written_out(text).replace(" ", ""), set()).add(entity)
    for there in spelled.values():
        if 1 < len(there) <= CROWD:
            found.update(combinations(sorted(there), 2))
    for one, other in alike(sorted(spelled)):
        found.update(_ordered(a, b) for a in spelled[one] for b in spelled[other] if a != b and len(spelled[one]) * len(spelled[other]) <= CROWD)
    return sorted(found), weights


def numbered(world: World) -> bool:
    """Tell whether every entity bears a number of its issuer that no other bears, as all projects of CORDIS do: names make none of them one then."""
    for scheme in NUMBERED:
        values = [value for facts in world.facts.values() for found, value in facts.identifiers if found == scheme]
        if len(values) == len(set(values)) and all(any(found == scheme for found, _ in facts.identifiers) for facts in world.facts.values()):
            return world.name != "Document"
    return False


def _ordered(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


def alike(spellings: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the pairs of spellings that differ by one letter (left out, put in, another one, or two swapped).

    Cost: the sum of their lengths, in 12 bytes each.

    >>> list(alike(["dortmund", "dortmudn", "dortmunt", "bochum"]))
    [('dortmudn', 'dortmund'), ('dortmund', 'dortmunt')]
    """
    chosen = [text for text in spellings if SHORTEST <= len(text) <= LONGEST]
    seen: set[tuple[str, str]] = set()
    for group in _groups(chosen):
        for pair in combinations(sorted(chosen[place] for place in group), 2):
            if pair not in seen and OSA.distance(*pair, score_cutoff=1) == 1:
                seen.add(pair)
    yield from sorted(seen)


def _groups(texts: Sequence[str]) -> Iterator[Iterable[int]]:
    """Yield places of texts that have a spelling in common once a letter is left out. Hashes may meet by chance: what comes of it is measured."""
    import numpy as np

    size = sum(len(text) + 1 for text in texts)
    marks: NDArray[np.int64] = np.fromiter((mark for text in texts for mark in _without(text)), np.int64, size)
    owners = np.repeat(np.arange(len(texts), dtype=np.int32), [len(text) + 1 for text in texts])
    order = np.lexsort((owners, marks))
    marks, owners = marks[order], owners[order]
    edges = np.flatnonzero(np.diff(marks)) + 1
    starts, ends = np.concatenate(([0], edges)), np.concatenate((edges, [size]))
    for start, end in zip(*(side[ends - starts > 1].tolist() for side in (starts, ends)), strict=True):
        group = np.unique(owners[start:end])
        if 1 < len(group) <= CROWD:
            yield group.tolist()


def _without(text: str) -> Iterator[int]:
    yield hash(text)
    for place in range(len(text)):
        yield hash(text[:place] + text[place + 1 :])
