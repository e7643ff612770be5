"""What a text asks for, as expressions of FTS5. Every word is folded and quoted: a query is data, never syntax."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from kg.namespaces import PREFIXES
from kg.search.fold import MAX_TEXT, chunks, identifier_key, key

MANY_WORDS = 4
LEAST_BEGINNING = 2
"""Letters of a word that may be the beginning of another."""


@dataclass(frozen=True)
class Asked:
    """A text that somebody looks for.

    Attributes:
        text: As typed, cut to 200 characters, blanks around it taken away.
        instead: Folded words to look for in place of a folded word.
    """

    text: str
    instead: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, text: str) -> Asked:
        """Return what a text asks for."""
        return cls(" ".join(text[:MAX_TEXT].split()))

    @cached_property
    def parts(self) -> list[list[str]]:
        """Folded words by the parts between blanks."""
        return chunks(self.text)

    @cached_property
    def words(self) -> list[str]:
        """Folded words in their order."""
        return [word for part in self.parts for word in part]

    @cached_property
    def key(self) -> str:
        """The whole text, folded."""
        return key(self.text)

    def identifiers(self) -> list[str]:
        """Return the forms in which the text may be an identifier: as typed, without a scheme in front (`ROR:`), the last steps of an address."""
        text = self.text.strip("<>").rstrip("/")
        found = [text]
        if "://" in text:
            steps = text.split("://", 1)[1].split("/")
            found += ["/".join(steps[-2:]), steps[-1]]
        elif ":" in text:
            found.append(text.split(":", 1)[1])
        return list(dict.fromkeys(identifier_key(one) for one in found if one))

    def iris(self) -> list[str]:
        """Return the IRIs that the text may be: as typed, or a prefixed name."""
        text = self.text.strip("<>")
        prefix, colon, local = text.partition(":")
        return [text, PREFIXES[prefix] + local] if colon and prefix in PREFIXES else [text]

    def all_words(self, *, beginning: bool, anywhere: bool = False) -> str:
        """Return the expression for things that have all the words in their names.

        Args:
            beginning: Whether the last word may be the beginning of one.
            anywhere: Whether words may also stand in the names of place and class; one of them must be in a name.
        """
        last = len(self.parts) - 1
        groups = [self._part(part, beginning=beginning and index == last) for index, part in enumerate(self.parts)]
        every, some = " AND ".join(groups), " OR ".join(groups)
        if not anywhere:
            return f"{{name}} : ({every})"
        # Place and class have few words: many words are never all theirs, and to look for each one costs most.
        return f"({every}) AND {{name}} : ({some})" if len(self.words) < MANY_WORDS else every

    def _part(self, part: list[str], *, beginning: bool) -> str:
        groups = [self._word(word, beginning=beginning and index == len(part) - 1) for index, word in enumerate(part)]
        together = "(" + " AND ".join(groups) + ")"
        if len(part) == 1:
            return together
        return f"({together} OR {_quoted(''.join(part), beginning)})"

    def _word(self, word: str, *, beginning: bool) -> str:
        options = self.instead.get(word)
        if options:
            return "(" + " OR ".join(_quoted(one, False) for one in options) + ")"
        return _quoted(word, beginning)


def any_of(words: Sequence[str], *, beginning: bool = False) -> str:
    """Return the expression for things that have one of some words, or beginnings of words, in their names."""
    return "{name} : (" + " OR ".join(_quoted(word, beginning) for word in words) + ")"


def _quoted(word: str, beginning: bool) -> str:
    mark = "*" if beginning and len(word) >= LEAST_BEGINNING else ""
    return '"' + word.replace('"', '""') + '"' + mark
