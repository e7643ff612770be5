"""How a number was made: printed with it in every format."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg import __version__
from kg.analyse.filters import Filters
from kg.analyse.frames import Frame
from kg.analyse.projection import COUNTING_RULE
from kg.namespaces import INNO, ORG

if TYPE_CHECKING:
    from kg.build import Build
    from kg.engine.base import Engine


def mapping_version(engine: Engine, parquet: Iterable[Path]) -> str:
    """Return 12 hex digits that change when it changes who counts for whom.

    They begin the SHA-256 of the sorted statements of `inno:representedByUnit` and `org:subOrganizationOf`.
    """
    quads = engine.quads(parquet)
    chosen = quads.filter(quads.predicate.isin([INNO.representedByUnit, ORG.subOrganizationOf])).select("subject", "predicate", "object").distinct()
    lines = sorted(f"<{row['subject']}> <{row['predicate']}> <{row['object']}> ." for row in engine.to_pylist(chosen))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Method:
    """How the numbers of a result were made.

    Attributes:
        level: `unit`, `merged` or `top`, or a level of places.
        weight: `newman`, `count` or `contribution`.
        roles: Role filter, or `coordinator-star`.
        seed: Seed of everything random.
        draws: Draws of the null model; 0 where none was made.
        frame: Sampling frame.
        mapping: Version of the mapping of units to larger bodies.
        build: Identifier of the build.
        state: State date of the data, or empty.
        name: Name of the graph.
        title: Title of the graph per language.
        linked: Whether entities that exact links join count as one.
        filters: Limits beyond the counting rule, and what they left out.
        sources: Names of the sources that were looked at.
    """

    level: str
    weight: str
    roles: str
    seed: int
    draws: int
    frame: Frame
    mapping: str
    build: str
    state: str
    name: str
    title: dict[str, str]
    linked: bool = False
    filters: Filters = field(default_factory=Filters)
    sources: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return everything, with the counting rule and the software version; `filters` only where there are any."""
        filters = self.filters.to_json()
        return {
            "level": self.level,
            "weight": self.weight,
            "roles": self.roles,
            "linked": self.linked,
            **({"filters": filters} if filters else {}),
            "initiatives": "projects",
            "counting_rule": COUNTING_RULE,
            "seed": self.seed,
            "draws": self.draws,
            "frame": self.frame.to_json(),
            "mapping_version": self.mapping,
            "build": self.build,
            "graph": self.name,
            "sources": list(self.sources),
            "title": self.title,
            "state": self.state or None,
            "software": f"innovation-kg {__version__}",
        }


def method_filters(method: Method, lang: str) -> str:
    """Return in a language which limits were chosen and what they left out, parts divided by ` · `; empty where there were none."""
    return method.filters.sentence(lang)


def method_of(
    build: Build,
    engine: Engine,
    frame: Frame,
    *,
    level: str,
    weight: str,
    roles: str,
    seed: int,
    draws: int,
    linked: bool = False,
    filters: Filters | None = None,
) -> Method:
    """Return the method block of a result."""
    record = build.record
    return Method(
        level=level,
        weight=weight,
        roles=roles,
        seed=seed,
        draws=draws,
        linked=linked,
        filters=filters or Filters(),
        frame=frame,
        mapping=mapping_version(engine, build.parquet),
        build=build.id,
        state=str(record.get("state", "")),
        name=str(record.get("name", "")),
        sources=tuple(str(source["name"]) for source in record.get("sources", ()) if source.get("name")),
        title={str(lang): str(text) for lang, text in record.get("title", {}).items()},
    )
