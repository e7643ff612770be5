"""The effect on the collaboration network: its size, its components, and the most central institutions before and after.

Only where the sampling frame of both builds allows positions to be compared (:mod:`kg.analyse.frames`); elsewhere the reason is given instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.errors import AnalysisError, Text

if TYPE_CHECKING:
    from kg.build import Build

TOP = 10
"""Institutions that are compared: the strongest of both networks."""


@dataclass(frozen=True)
class Place:
    """An institution in both networks.

    Attributes:
        iri: The institution.
        labels: Names by language.
        old_rank: Rank by strength in the old network, or nothing where it is not in it; equal values share the better rank.
        new_rank: Rank in the new one.
        old_strength: Sum of its tie weights (Newman) in the old network.
        new_strength: The same in the new one.
    """

    iri: str
    labels: Mapping[str, str]
    old_rank: int | None
    new_rank: int | None
    old_strength: float | None
    new_strength: float | None

    def label(self, lang: str) -> str:
        """Return the name in a language."""
        from kg.analyse.labels import Named

        return Named(self.iri, self.labels).label(lang)


@dataclass(frozen=True)
class Effect:
    """The effect of the difference on the collaboration network, or why it is not said.

    Attributes:
        reason: Why no measure is compared, or nothing.
        frame: Kinds of the frames of both, where both are builds.
        sizes: `institutions`, `projects`, `ties`, `components`, `largest` with the old and the new number.
        places: The most central institutions, by new rank.
        method: How it was computed.
    """

    reason: Text | None = None
    frame: tuple[str, str] = ("", "")
    sizes: Mapping[str, tuple[int, int]] | None = None
    places: tuple[Place, ...] = ()
    method: Text | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the effect with stable keys."""
        return {
            "reason": {"de": self.reason.de, "en": self.reason.en} if self.reason else None,
            "frame": {"old": self.frame[0] or None, "new": self.frame[1] or None},
            "sizes": {name: {"old": old, "new": new} for name, (old, new) in (self.sizes or {}).items()},
            "central": [
                {
                    "iri": place.iri,
                    "label": {"de": place.label("de"), "en": place.label("en")},
                    "rank": {"old": place.old_rank, "new": place.new_rank},
                    "strength": {
                        "old": None if place.old_strength is None else round(place.old_strength, 6),
                        "new": None if place.new_strength is None else round(place.new_strength, 6),
                    },
                }
                for place in self.places
            ],
            "method": {"de": self.method.de, "en": self.method.en} if self.method else None,
        }


SIZES: dict[str, Text] = {
    "institutions": Text("institutions", "Einrichtungen"),
    "projects": Text("projects", "Projekte"),
    "ties": Text("ties", "Verbindungen"),
    "components": Text("components", "Komponenten"),
    "largest": Text("institutions in the largest component", "Einrichtungen in der größten Komponente"),
}


def effect(old: Build | None, new: Build | None, *, same: bool = False) -> Effect:
    """Compare the collaboration networks of two builds.

    Args:
        old: The old build; nothing where the old side is none.
        new: The new build.
        same: The content is the same, so that there is nothing to compute.
    """
    from kg.analyse.frames import frame_of, refusal

    if same:
        return Effect(Text("The content is the same, and so are all measures.", "Der Inhalt ist derselbe, und so sind es alle Maße."))
    if old is None or new is None:
        reason = Text(
            "Measures are compared between two builds: they need derived statements. Build both with `kg build`.",
            "Maße werden zwischen zwei Builds verglichen: Sie brauchen abgeleitete Aussagen. Bauen Sie beide mit `kg build`.",
        )
        return Effect(reason)
    from kg.engine.duckdb import DuckDB

    with DuckDB(memory="500MB") as engine:
        frames = (frame_of(old, engine), frame_of(new, engine))
    kinds = (frames[0].kind, frames[1].kind)
    for frame in frames:
        if (refused := refusal(frame)) is not None:
            return Effect(Text(f"No measure is compared. {refused.reason['en']}", f"Kein Maß wird verglichen. {refused.reason['de']}"), kinds)
    try:
        before, after = _Network(old), _Network(new)
    except AnalysisError as error:
        return Effect(Text(f"No measure is compared. {error.text('en')}", f"Kein Maß wird verglichen. {error.text('de')}"), kinds)
    sizes = {name: (before.sizes[name], after.sizes[name]) for name in SIZES}
    chosen = {iri for network in (before, after) for iri, rank in network.rank.items() if rank <= TOP}
    chosen = set(sorted(chosen, key=lambda iri: (after.rank.get(iri, 10**9), before.rank.get(iri, 10**9), iri))[: 2 * TOP])
    labels = {**{iri: before.labels(iri) for iri in chosen}, **{iri: after.labels(iri) for iri in chosen if iri in after.rank}}
    places = [
        Place(iri, labels[iri], before.rank.get(iri), after.rank.get(iri), before.strength.get(iri), after.strength.get(iri))
        for iri in sorted(chosen, key=lambda iri: (after.rank.get(iri, 10**9), before.rank.get(iri, 10**9), iri))
    ]
    method = Text(
        "Level merged, Newman's weight, participations in projects; rank by strength, equal values share the better rank.",
        "Ebene merged, Gewicht nach Newman, Beteiligungen an Projekten; Rang nach Stärke, gleiche Werte teilen sich den besseren Rang.",
    )
    return Effect(None, kinds, sizes, tuple(places), method)


class _Network:
    """The network of one build, reduced to what is compared, so that only one is in memory at a time."""

    def __init__(self, build: Build) -> None:
        from kg.analyse import measures
        from kg.analyse.data import load
        from kg.analyse.ranks import ranks

        data = load(build)
        network = data.collaboration
        parts = measures.components(network)
        self.strength = measures.strength(network)
        order = sorted(self.strength)
        found = ranks([self.strength[iri] for iri in order]).rank
        self.rank = {iri: rank for iri, rank in zip(order, found, strict=True) if rank is not None}
        self.sizes = {
            "institutions": len(network),
            "projects": len(network.incidence.projects),
            "ties": network.number_of_edges(),
            "components": len(parts),
            "largest": len(parts[0]) if parts else 0,
        }
        best = [iri for iri, rank in self.rank.items() if rank <= 10 * TOP]
        self._labels = {iri: dict(data.named(iri).labels) for iri in best}
        self._all = data.labels

    def labels(self, iri: str) -> Mapping[str, str]:
        """Return the names of an institution."""
        return self._labels.get(iri) or dict(self._all[iri].labels if iri in self._all else {})
