"""The difference of two graphs as one object: entities, counts, alarms, measures, streams of quads and its forms of text."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from kg.diff.counts import DROP, Count, alarm_text, alarms
from kg.diff.entity import EntityChange
from kg.diff.line import Line
from kg.diff.names import Names
from kg.diff.words import KINDS
from kg.errors import Text
from kg.quads import Quad

if TYPE_CHECKING:
    from kg.diff.inputs import Side
    from kg.diff.measures import Effect
    from kg.diff.session import Session

LIMIT = 20
"""Entities that are listed per class."""


@dataclass
class Diff:
    """The difference of an old and a new graph. Close it when done: it holds a session and a working folder.

    Attributes:
        old: What was compared.
        new: What it was compared with.
        counts: Numbers by class, property, graph and language.
        entities: Every entity of which something changed, by class, then label (at most :data:`kg.diff.entity.MAX_ENTITIES`).
        kinds: How many entities came, went and changed, by class and kind; complete.
        added_count: Distinct statements that only the new graph has.
        removed_count: Distinct statements that only the old graph has.
        bookkeeping: Added and removed statements about the builds themselves, which are no change of content.
        graphs: IRIs of the graphs that were compared.
        notes: What must be known to read the result.
        exact: Whether blank nodes were compared exactly.
    """

    old: Side
    new: Side
    counts: tuple[Count, ...]
    entities: tuple[EntityChange, ...]
    kinds: Mapping[str, Mapping[str, int]]
    added_count: int
    removed_count: int
    bookkeeping: tuple[int, int]
    graphs: tuple[str, ...]
    notes: tuple[Text, ...]
    exact: bool
    session: Session = field(repr=False)
    names: Names = field(repr=False)
    work: Path = field(repr=False)

    @property
    def empty(self) -> bool:
        """Whether the content is the same."""
        return not self.added_count and not self.removed_count

    @property
    def added(self) -> Iterator[Quad]:
        """Statements of content that only the new graph has, sorted, streamed; `origin` is empty."""
        return self.session.stream("+")

    @property
    def removed(self) -> Iterator[Quad]:
        """Statements of content that only the old graph has, sorted, streamed."""
        return self.session.stream("-")

    @cached_property
    def measures(self) -> Effect:
        """The effect on the collaboration network; computed when it is asked for (Horizon Europe: some 20 s)."""
        from kg.diff.measures import effect

        return effect(self.old.build, self.new.build, same=self.empty)

    def alarms(self, limit: float = DROP) -> tuple[Count, ...]:
        """Return what lost more than a share in percent."""
        return alarms(self.counts, limit)

    def alarm_texts(self, limit: float = DROP) -> list[Text]:
        """Return the alarms as sentences."""
        found = self.alarms(limit)
        self.names.load({count.iri for count in found if count.iri})
        return [alarm_text(count, self.names) for count in found]

    def describe(self, entities: Sequence[EntityChange]) -> dict[str, tuple[Line, ...]]:
        """Return what happened to some entities, by IRI."""
        from kg.diff.describe import describe

        return describe(self.session, self.names, entities) if entities else {}

    def listed(self, limit: int = LIMIT, *, biggest: bool = False) -> dict[str, list[EntityChange]]:
        """Return the entities that are listed, by class.

        Args:
            limit: How many per class; 0 for all.
            biggest: Those with the most changed statements first; else by label.
        """
        found: dict[str, list[EntityChange]] = {cls: [] for cls in self.kinds}
        kinds = {kind: number for number, kind in enumerate(KINDS)}
        for entity in self.entities:
            found[entity.cls].append(entity)
        for cls, members in found.items():
            # What only follows from other changes is listed last, and cut first.
            members.sort(key=lambda e: (e.kind == "derived", -(e.added + e.removed) if biggest else 0))
            chosen = members[:limit] if limit else members
            found[cls] = chosen if biggest else sorted(chosen, key=lambda e: kinds[e.kind])
        return found

    def text(self, lang: str = "en", **options: Any) -> str:
        """Return the difference for a terminal (:func:`kg.diff.human.text`)."""
        from kg.diff.human import text

        return text(self, lang, **options)

    def markdown(self, lang: str = "en", **options: Any) -> str:
        """Return the difference as a release note (:func:`kg.diff.markdown.markdown`)."""
        from kg.diff.markdown import markdown

        return markdown(self, lang, **options)

    def to_json(self, **options: Any) -> dict[str, Any]:
        """Return the difference with stable keys (:func:`kg.diff.data.to_json`)."""
        from kg.diff.data import to_json

        return to_json(self, **options)

    def patch(self) -> Iterator[str]:
        """Yield the lines of an RDF patch that makes the new graph of the old one (:func:`kg.diff.patch.patch`)."""
        from kg.diff.patch import patch

        return patch(self)

    def close(self) -> None:
        """End the session and remove the working folder."""
        self.session.close()
        shutil.rmtree(self.work, ignore_errors=True)

    def __enter__(self) -> Diff:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
