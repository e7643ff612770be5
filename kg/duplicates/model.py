"""What a decision about a pair is, and what follows from all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from kg.link.links import representatives

SAME, DIFFERENT, LATER = "same", "different", "later"
DECISIONS = (SAME, DIFFERENT, LATER)
"""One and the same; two; not decided yet."""


def ordered(one: str, other: str) -> tuple[str, str]:
    """Return two IRIs, the smaller first.

    >>> ordered("b", "a")
    ('a', 'b')
    """
    return (one, other) if one < other else (other, one)


@dataclass(frozen=True)
class Decision:
    """What somebody decided about a pair.

    Attributes:
        one, other: IRIs; of two that are the same the first gives the name.
        decision: `same`, `different` or `later`.
        who, note: As given.
        file, row: Where it was given, for messages.
    """

    one: str
    other: str
    decision: str
    who: str = ""
    note: str = ""
    file: str = ""
    row: int = 0

    @property
    def ends(self) -> tuple[str, str]:
        """Both IRIs, the smaller first."""
        return ordered(self.one, self.other)

    @property
    def where(self) -> str:
        """File and row."""
        return f"{self.file}:{self.row}" if self.row else self.file


@dataclass(frozen=True)
class Later:
    """A pair put off.

    Attributes:
        one, other: IRIs, the smaller first.
        date: When.
        mark: What the pair looked like (:attr:`kg.duplicates.find.Pair.mark`): once that changes it is shown again.
        who, note: As given.
    """

    one: str
    other: str
    date: str = ""
    mark: str = ""
    who: str = ""
    note: str = ""


@dataclass(frozen=True)
class Known:
    """Everything that is decided.

    Attributes:
        decided: For each pair the decision that holds, with who and where.
        later: Pairs put off.
    """

    decided: Mapping[tuple[str, str], Decision]
    later: Mapping[tuple[str, str], Later]

    def decision(self, one: str, other: str) -> str:
        """Return `same` or `different`, or nothing; what is decided of one holds for what is the same as it."""
        if found := self.decided.get(ordered(one, other)):
            return found.decision
        first, second = (self._one.get(entity, entity) for entity in (one, other))
        return SAME if first == second else DIFFERENT if ordered(first, second) in self._two else ""

    @cached_property
    def _one(self) -> dict[str, str]:
        """For each entity that is the same as another the one that stands for all of them."""
        return representatives(self.same)

    @cached_property
    def _two(self) -> frozenset[tuple[str, str]]:
        """Pairs of these that are different."""
        different = (ends for ends, found in self.decided.items() if found.decision == DIFFERENT)
        return frozenset(ordered(self._one.get(one, one), self._one.get(other, other)) for one, other in different)

    @property
    def same(self) -> tuple[tuple[str, str], ...]:
        """The pairs decided to be one, sorted."""
        return tuple(sorted(ends for ends, found in self.decided.items() if found.decision == SAME))
