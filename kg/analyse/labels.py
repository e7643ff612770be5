"""Names of things in two languages, and the order in which a missing one is replaced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kg.namespaces import local_name


@dataclass(frozen=True)
class Named:
    """A thing with its IRI and its labels.

    Attributes:
        iri: IRI of the thing.
        labels: Label per language tag; the empty tag holds a label without language.
        kind: Code of its kind (last step of the IRI), or empty where it is not known.
    """

    iri: str
    labels: Mapping[str, str] = field(default_factory=dict)
    kind: str = ""

    def label(self, lang: str) -> str:
        """Return the label in a language, else in the other one, else without language, else the last step of the IRI.

        >>> Named("https://example.org/id/x", {"en": "Ex"}).label("de"), Named("https://example.org/id/x").label("de")
        ('Ex', 'x')
        """
        for tag in (lang, "de", "en", ""):
            if text := self.labels.get(tag):
                return text
        return next(iter(sorted(self.labels.values())), "") or local_name(self.iri)

    def to_json(self) -> dict[str, Any]:
        """Return IRI, both labels and kind."""
        return {"iri": self.iri, "label": {"de": self.label("de"), "en": self.label("en")}, "kind": self.kind or None}


def sort_key(text: str) -> tuple[str, str]:
    """Return the key by which labels are put in order: accents and case do not matter (DIN 5007-1).

    >>> sorted(["Zebra", "Äpfel", "apfel"], key=sort_key)
    ['apfel', 'Äpfel', 'Zebra']
    """
    import unicodedata

    folded = "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))
    return folded.replace("ł", "l").replace("ø", "o"), text
