"""Data made of teams in a line of code, with a frame, topics and countries, for results that need no build."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa

from kg.analyse.data import Data, Selection
from kg.analyse.frames import Frame
from kg.analyse.labels import Named
from kg.analyse.method import Method
from kg.build import Build

CENSUS = Frame("census", date="2026-01-01")
EGO = Frame("ego-sampled", around=(Named("a"),))


@dataclass(frozen=True, eq=False)
class Toy(Data):
    """Data whose topics and countries are given."""

    known_topics: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    known_countries: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def topics(self) -> dict[str, tuple[str, ...]]:
        return {project: tuple(self.known_topics.get(project, ())) for project in self.incidence.projects}

    @cached_property
    def countries(self) -> dict[str, str]:
        return dict(self.known_countries)

    def names(self, iris: Any) -> dict[str, Named]:
        return {iri: Named(iri, {"en": iri}) for iri in sorted(set(iris))}


def toy(
    teams: Mapping[str, Iterable[str]] | Iterable[Iterable[str]],
    *,
    frame: Frame = CENSUS,
    seed: int = 1,
    topics: Mapping[str, tuple[str, ...]] | None = None,
    countries: Mapping[str, str] | None = None,
    roles: str = "all",
) -> Toy:
    """Return data of teams by project, or of teams of the projects p0, p1, …"""
    named = teams if isinstance(teams, Mapping) else {f"p{number}": team for number, team in enumerate(teams)}
    pairs = [(project, one) for project, team in named.items() for one in team]
    columns = {"initiative": [project for project, _ in pairs], "organisation": [one for _, one in pairs], "role": ["partner"] * len(pairs)}
    table = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
    selection = Selection(seed=seed, roles=roles)
    method = Method("merged", "newman", roles, seed, 0, frame, "0" * 12, "build", "2026", "toy", {"en": "Toy"})
    labels = {one: Named(one, {"en": one.upper()}) for _, one in pairs}
    return Toy(Build(Path("/nowhere"), {}), selection, table, labels, method, None, topics or {}, countries or {})
