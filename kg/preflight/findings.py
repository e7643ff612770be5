"""What a preflight finds: places under rules, bounded, with words in both languages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from kg.errors import Text
from kg.validate.report import SEVERITIES

PROFILES = ("dcat-ap", "dcat-ap-de", "ckan", "schema-org", "void", "files", "shapes")
"""What is asked, in the order of the report; `shapes` are those that the user brings."""

KEPT = 100
"""Places of a rule that are kept; all are counted."""

TEXT = 400
"""Characters of a found value that are kept: a description may be long, and a hostile one without end."""


@dataclass(frozen=True)
class Place:
    """Where something is wrong.

    Attributes:
        file: Name of the file in the folder.
        subject: IRI or blank node, or empty.
        property: IRI of the property, or empty.
        found: What stands there.
        line: Line or record of the file, 0 where there is none.
    """

    file: str
    subject: str = ""
    property: str = ""
    found: str = ""
    line: int = 0


class Advice(NamedTuple):
    """What to do about a finding.

    Attributes:
        fix: What to do.
        setting: Setting of `settings.toml` that mends it (`publisher.name`), or empty.
        example: How it looks when it is right, or empty.
    """

    fix: Text
    setting: str = ""
    example: str = ""


@dataclass
class Card:
    """All places of one rule.

    Attributes:
        rule: Name of the rule, `Dataset-title-min`.
        severity: `Violation`, `Warning` or `Info`.
        profiles: For whom it counts, of :data:`PROFILES`.
        what: What is wrong.
        expected: What should stand there, or nothing.
        advice: What to do.
        component: IRI of the constraint component where the rule is a shape, else empty.
        shape: IRI of the shape, else empty.
        count: Number of places.
        places: The first :data:`KEPT` of them.
    """

    rule: str
    severity: str
    profiles: tuple[str, ...]
    what: Text
    expected: Text | None
    advice: Advice
    component: str = ""
    shape: str = ""
    count: int = 0
    places: list[Place] = field(default_factory=list)

    def add(self, place: Place) -> None:
        """Count a place, and keep it while there is room. A place twice is one place."""
        if place in self.places:
            return
        self.count += 1
        if len(self.places) < KEPT:
            self.places.append(place)


class Findings:
    """The cards of a preflight, one per rule, in the order in which rules were first broken."""

    def __init__(self) -> None:
        self._cards: dict[str, Card] = {}
        self.unchecked: dict[str, Text] = {}

    def add(
        self,
        rule: str,
        severity: str,
        profiles: tuple[str, ...],
        what: Text,
        place: Place,
        advice: Advice,
        *,
        expected: Text | None = None,
        component: str = "",
        shape: str = "",
    ) -> None:
        """Add a place under a rule; words and severity are those of the first place."""
        card = self._cards.get(rule)
        if card is None:
            card = self._cards[rule] = Card(rule, severity, profiles, what, expected, advice, component, shape)
        card.profiles = tuple(name for name in PROFILES if name in {*card.profiles, *profiles})
        card.add(Place(place.file, place.subject, place.property, cut(place.found), place.line))

    def leave(self, profile: str, why: Text) -> None:
        """Say why a profile could not be checked; the first reason stands."""
        self.unchecked.setdefault(profile, why)

    def cards(self) -> list[Card]:
        """Return the cards, worst first, then by profile and rule."""
        return sorted(self._cards.values(), key=lambda card: (SEVERITIES.index(card.severity), PROFILES.index(card.profiles[0]), card.rule))


def cut(text: str) -> str:
    """Return a text that is not too long, and says its length where it was cut.

    >>> cut("x" * 1000)[-9:]
    'x… [1000]'
    """
    return text if len(text) <= TEXT else f"{text[:TEXT]}… [{len(text)}]"
