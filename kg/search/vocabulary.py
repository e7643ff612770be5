"""The words of all names, in memory: which words begin so, contain that, or look like a word with typing errors."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from functools import cached_property

LEAST = 4
"""Letters of a word that may be mistyped or stand inside another."""
ALTERNATIVES = 6
INSIDE = 40
REMEMBERED = 1000


def tolerance(word: str) -> int:
    """Return how many typing errors a word may have: none below 4 letters, 1 below 8, 2 below 14, else 3; none with digits."""
    if len(word) < LEAST or any(letter.isdigit() for letter in word):
        return 0
    return 1 if len(word) < 8 else 2 if len(word) < 14 else 3


class Vocabulary:
    """Folded words, sorted, with the number of things that have them in a name."""

    def __init__(self, text: str, counts: array[int]) -> None:
        self._text = f"\n{text}\n"
        self._words = text.split("\n") if text else []
        self._counts = counts
        self._near: dict[tuple[str, bool], list[str]] = {}

    def count(self, word: str) -> int:
        """Return how many things have a word in a name."""
        place = bisect_left(self._words, word)
        return self._counts[place] if place < len(self._words) and self._words[place] == word else 0

    def begins(self, beginning: str) -> int:
        """Return how many words begin so."""
        return bisect_left(self._words, beginning + "\U0010ffff") - bisect_left(self._words, beginning)

    def longest_beginning(self, word: str) -> str:
        """Return the longest beginning of a word with which another word begins, of four letters or more; empty where there is none."""
        return next((word[:length] for length in range(len(word), LEAST - 1, -1) if self.begins(word[:length])), "")

    def inside(self, part: str) -> list[str]:
        """Return words that contain a text, the most frequent first, at most 40."""
        found: list[str] = []
        place = self._text.find(part)
        while place >= 0 and len(found) < 20 * INSIDE:
            start, end = self._text.rfind("\n", 0, place) + 1, self._text.find("\n", place)
            found.append(self._text[start:end])
            place = self._text.find(part, end)
        return sorted(found, key=lambda word: (-self.count(word), word))[:INSIDE]

    def near(self, word: str, *, unfinished: bool = False) -> list[str]:
        """Return the words with the fewest typing errors (optimal string alignment: a swap of neighbours is one), at most 6.

        Words with the same first letter come first, then the most frequent.

        Args:
            word: Folded.
            unfinished: Whether the word may be the beginning of one; looked at where no whole word is near.
        """
        asked = (word, unfinished)
        if asked not in self._near:
            if len(self._near) >= REMEMBERED:
                self._near.clear()
            most = tolerance(word)
            self._near[asked] = (self._closest(word, most) or (self._closest_beginning(word, most) if unfinished else [])) if most else []
        return self._near[asked]

    def _closest(self, word: str, most: int) -> list[str]:
        among: list[str] = []
        for length in range(len(word) - most, len(word) + most + 1):
            among += self._by_length.get(length, ())
        return self._ranked(word, among, most)

    def _closest_beginning(self, word: str, most: int) -> list[str]:
        low, high = bisect_left(self._words, word[0]), bisect_left(self._words, word[0] + "\U0010ffff")
        beginnings = self._ranked(word, sorted({one[: len(word)] for one in self._words[low:high]}), max(1, most - 1))
        found = [one for beginning in beginnings for one in self._beginning(beginning)]
        return sorted(found, key=lambda one: (-self.count(one), one))[:ALTERNATIVES]

    def _beginning(self, beginning: str) -> list[str]:
        return self._words[bisect_left(self._words, beginning) : bisect_left(self._words, beginning + "\U0010ffff")]

    def _ranked(self, word: str, among: list[str], most: int) -> list[str]:
        from rapidfuzz.distance import OSA
        from rapidfuzz.process import extract

        found = extract(word, among, scorer=OSA.distance, score_cutoff=most, limit=None)
        least = min((distance for _, distance, _ in found), default=0)
        best = (one for one, distance, _ in found if distance == least)
        return sorted(best, key=lambda one: (one[0] != word[0], -self.count(one), one))[:ALTERNATIVES]

    @cached_property
    def _by_length(self) -> dict[int, list[str]]:
        """Words that may be meant by a mistyped one."""
        found: dict[int, list[str]] = {}
        for word in self._words:
            if len(word) >= LEAST - 1 and word.isalpha():
                found.setdefault(len(word), []).append(word)
        return found
