"""What enrichment says: proposals, contradictions, what is held back, and how many entities have what before and after."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kg.errors import Problem, Text
from kg.link.score import Reason

SURE = 0.95
"""From here on a proposal without a rival is sure."""

SHOWN = 0.45
"""From here on a proposal is shown."""

UNSURE = 0.9
"""What a proposal with a rival gets at most."""

IDENTIFIERS, LOCATED, POINT, ADDRESS = "identifiers", "locatedIn", "lat/lon", "address"
COLUMNS = (IDENTIFIERS, LOCATED, POINT, ADDRESS)
"""What a proposal would fill: a column of entities.csv, both columns of a point, or a row `locatedIn` of relations.csv."""


@dataclass(frozen=True)
class Citation:
    """A row for sources.csv, by which what is taken over is evidenced.

    Attributes:
        source_id: Slug; if the folder has a source of this id already, that one is cited and nothing is added.
        url, title, publisher, language, published, note: As the columns of sources.csv.
    """

    source_id: str
    title: str
    url: str = ""
    publisher: str = ""
    language: str = "en"
    published: str = ""
    note: str = ""


@dataclass(frozen=True, order=True)
class NewPlace:
    """A place that a proposal names and the folder does not hold.

    Attributes:
        place_id: Its `entity_id`.
        de, en: Labels.
        country: Its country (a place of the folder or new too), or nothing.
        source_ids: Citations for the place itself.
        exists: Whether the folder holds it already (then only its id counts).
    """

    place_id: str
    de: str
    en: str
    country: NewPlace | None = None
    source_ids: tuple[str, ...] = ()
    exists: bool = False


@dataclass(frozen=True)
class Proposal:
    """One value for one entity.

    Attributes:
        entity: `entity_id`.
        label: Preferred labels, `de` and `en`.
        type: Type of the entity.
        column: One of :data:`COLUMNS`.
        value: What would stand there: `ror:…`, the id of a place, `51.5 7.46`, an address.
        score: 0 to 1.
        reasons: Evidence for (positive) and against (negative), the strongest first.
        sources: Ids of the citations.
        place: For `locatedIn`: the place, if it is new.
        rivals: Other values proposed for the same; none of them is sure.
    """

    entity: str
    label: Text
    type: str
    column: str
    value: str
    score: float
    reasons: tuple[Reason, ...] = ()
    sources: tuple[str, ...] = ()
    place: NewPlace | None = None
    rivals: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Stable name: hash of entity, column and value."""
        return _short(self.entity, self.column, self.value)

    @property
    def basis(self) -> str:
        """Hash of what speaks for and against: a proposal that was put off comes back when it changes."""
        return _short(f"{self.score:.3f}", *(reason.text.en for reason in self.reasons), *self.rivals)

    @property
    def kind(self) -> str:
        """`identifier` or `place`."""
        return "identifier" if self.column == IDENTIFIERS else "place"

    @property
    def slot(self) -> tuple[str, str, str]:
        """What it fills; two values for one slot are rivals."""
        return (self.entity, self.column, self.value.partition(":")[0] if self.column == IDENTIFIERS else "")

    @property
    def sure(self) -> bool:
        """Whether it is sure enough to be taken over unread."""
        return self.score >= SURE and not self.rivals

    @property
    def decided_as(self) -> str:
        """How a decision names it: column and value."""
        return f"{self.column} {self.value}"


def _short(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


@dataclass(frozen=True, order=True)
class Contradiction:
    """What a table says against what stands in the folder; never proposed.

    Attributes:
        entity, column: Where.
        value: What stands there.
        other: What the table says.
        why: Which table and row.
    """

    entity: str
    column: str
    value: str
    other: str
    why: Text = field(compare=False)


@dataclass(frozen=True, order=True)
class Held:
    """What was found and is not proposed, because it would be wrong: a parent's identifier above all.

    Attributes:
        entity: For whom it was found.
        value: What was found.
        why: Why it is held back.
    """

    entity: str
    value: str
    why: Text = field(compare=False)


@dataclass(frozen=True)
class Coverage:
    """How many entities of a type have something.

    Attributes:
        type: Type of entity.
        what: `ror`, `wikidata`, `gnd`, `pic`, `place`, `point`, `country`.
        total: Entities of the type.
        before: How many have it now.
        sure: How many after the sure proposals.
        all: How many after all proposals.
    """

    type: str
    what: str
    total: int
    before: int
    sure: int
    all: int


@dataclass(frozen=True)
class Enrichment:
    """What :func:`kg.enrich.propose.propose` found.

    Attributes:
        proposals: By score, the best first.
        contradictions: What disagrees with the folder.
        held: What was found and held back.
        problems: Faulty cells of the tables at hand.
        notes: What was not looked at, and why.
        citations: Source rows by id.
        coverage: Before and after.
        put_off: How many proposals a decision hides.
    """

    proposals: tuple[Proposal, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    held: tuple[Held, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[Text, ...] = ()
    citations: Mapping[str, Citation] = field(default_factory=dict)
    coverage: Sequence[Coverage] = ()
    put_off: int = 0
