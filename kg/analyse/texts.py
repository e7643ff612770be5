"""Texts in two languages: each module that speaks keeps its own, and says them alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, TypeAlias

Texts: TypeAlias = Mapping[str, Mapping[str, str]]
"""Key → language → text with fields for values."""


class Say(Protocol):
    """Says a text in a language with its values filled in."""

    def __call__(self, key: str, lang: str, **values: object) -> str:
        """Return the text."""


def speaker(texts: Texts) -> Say:
    """Return what says the texts of a module.

    >>> speaker({"greeting": {"en": "{n} times hello"}})("greeting", "en", n=2)
    '2 times hello'
    """

    def say(key: str, lang: str, **values: object) -> str:
        return texts[key][lang].format(**values)

    return say
