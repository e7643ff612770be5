"""The table of all institutions with their measures (`kg analyse`), sorted by label: an order by value would be an order of institutions."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.analyse import measures
from kg.analyse.communities import Communities, communities
from kg.analyse.frames import Refusal, frame_of, machine_caveat, may, refusal
from kg.analyse.labels import Named, sort_key
from kg.analyse.method import Method, method_of
from kg.analyse.projection import LEVELS, ROLES, WEIGHTS, check, network, organisations, participations, two_mode
from kg.errors import AnalysisError, Text, unwritable

if TYPE_CHECKING:
    import networkx as nx

    from kg.build import Build
    from kg.engine.base import Engine

NODE_COLUMNS = (
    "iri",
    "label_de",
    "label_en",
    "kind",
    "projects",
    "degree",
    "strength",
    "betweenness",
    "clustering_projected",
    "clustering_two_mode",
    "core",
    "component",
    "community",
    "frame",
)
EDGE_COLUMNS = ("source", "target", "source_label_de", "source_label_en", "target_label_de", "target_label_en", "weight", "count", "shared", "frame")
POSITIONAL = ("degree", "strength", "betweenness", "core", "component", "community")
"""Columns that say something about an institution only where all projects of a population are known."""
_DIGITS = 6


@dataclass(frozen=True)
class Institution:
    """One row of the table; ranges and sources of the measures stand in :mod:`kg.analyse.measures`.

    Attributes:
        institution: The institution.
        projects: Number of its projects.
        degree: Number of partners.
        strength: Sum of weights.
        clustering_projected: In the projection, 0 to 1.
        clustering_two_mode: In the two-mode network, 0 to 1.
        core: Core number.
        component: Number of its component, 1 being the largest.
        community: Name of its group.
    """

    institution: Named
    projects: int
    degree: int
    strength: float
    clustering_projected: float
    clustering_two_mode: float
    core: int
    component: int
    community: str


@dataclass(frozen=True)
class Analysis:
    """The collaboration network of a build with its measures.

    Attributes:
        network: The network (see :func:`kg.analyse.projection.network`).
        two_mode: Institutions and projects.
        institutions: One row each, by label.
        whole: Measures of the whole.
        communities: Groups.
        refusal: What may not be said on this frame and why; `None` on a census.
        method: How the numbers were made.
    """

    network: nx.Graph
    two_mode: nx.Graph
    institutions: tuple[Institution, ...]
    whole: measures.Whole
    communities: Communities
    refusal: Refusal | None
    method: Method

    @cached_property
    def betweenness(self) -> dict[str, float]:
        """Betweenness by IRI; machine formats only where the frame is no census, each time with its caveat."""
        return measures.betweenness(self.network, seed=self.method.seed)

    @property
    def shows_position(self) -> bool:
        """Whether measures of position may stand in text and pages."""
        return may(self.method.frame, "position")

    def nodes(self) -> list[dict[str, Any]]:
        """Return the table of institutions with the columns :data:`NODE_COLUMNS`."""
        frame = self.method.frame.kind
        return [
            {
                "iri": row.institution.iri,
                "label_de": row.institution.label("de"),
                "label_en": row.institution.label("en"),
                "kind": row.institution.kind,
                "projects": row.projects,
                "degree": row.degree,
                "strength": round(row.strength, _DIGITS),
                "betweenness": round(self.betweenness[row.institution.iri], _DIGITS),
                "clustering_projected": round(row.clustering_projected, _DIGITS),
                "clustering_two_mode": round(row.clustering_two_mode, _DIGITS),
                "core": row.core,
                "component": row.component,
                "community": row.community,
                "frame": frame,
            }
            for row in self.institutions
        ]

    def edges(self) -> list[dict[str, Any]]:
        """Return the pairs with the columns :data:`EDGE_COLUMNS`; `shared` lists the projects, the evidence of the pair."""
        nodes, frame = self.network.nodes, self.method.frame.kind
        return [
            {
                "source": one,
                "target": other,
                "source_label_de": nodes[one]["label_de"],
                "source_label_en": nodes[one]["label_en"],
                "target_label_de": nodes[other]["label_de"],
                "target_label_en": nodes[other]["label_en"],
                "weight": round(data["weight"], _DIGITS),
                "count": data["count"],
                "shared": list(data["shared"]),
                "frame": frame,
            }
            for one, other, data in sorted(self.network.edges(data=True), key=lambda edge: edge[:2])
        ]

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain data; the same for every language."""
        caveat = machine_caveat(self.method.frame)
        return {
            "method": self.method.to_json(),
            "refusal": self.refusal.to_json() if self.refusal else None,
            "caveats": [{"measures": list(POSITIONAL), "text": caveat}] if caveat else [],
            "network": self.whole.to_json(),
            "betweenness": {"exact": len(self.network) <= measures.EXACT_LIMIT, "sources": measures.sources(len(self.network))},
            "communities": {key: value for key, value in self.communities.to_json().items() if key != "groups"},
            "institutions": self.nodes(),
            "edges": self.edges(),
        }

    def files(self) -> dict[str, str]:
        """Return `nodes.csv`, `edges.csv` and `method.json` as texts by name (RFC 4180, lines end with CRLF)."""
        about = {key: value for key, value in self.to_json().items() if key not in ("institutions", "edges")}
        edges = [{**edge, "shared": ";".join(edge["shared"])} for edge in self.edges()]
        return {
            "nodes.csv": _csv(NODE_COLUMNS, self.nodes()),
            "edges.csv": _csv(EDGE_COLUMNS, edges),
            "method.json": json.dumps(about, indent=2, ensure_ascii=False, sort_keys=True) + "\n",
        }

    def write_csv(self, folder: Path) -> list[Path]:
        """Write :meth:`files` into a folder, made if it is missing.

        Raises:
            BuildError: The folder cannot be written.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
            written = []
            for name, text in self.files().items():
                path = folder / name
                path.write_bytes(text.encode("utf-8"))
                written.append(path)
        except OSError as error:
            raise unwritable(error, folder) from error
        return written


def _csv(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def analyse(
    build: Build,
    *,
    level: str = "merged",
    weight: str = "newman",
    roles: str = "all",
    seed: int = 1,
    resolution: float = 1.0,
    engine: Engine | None = None,
) -> Analysis:
    """Return the collaboration network of a build with its measures.

    Args:
        build: A finished build.
        level: One of :data:`kg.analyse.projection.LEVELS`.
        weight: One of :data:`kg.analyse.projection.WEIGHTS`.
        roles: A key of :data:`kg.analyse.projection.ROLES`.
        seed: Seed of communities and of sampled measures.
        resolution: Resolution of the communities, greater than 0.
        engine: Batch engine; one is opened and closed without it.

    Raises:
        AnalysisError: An option is unknown, or the build holds no participation in a project.
    """
    from contextlib import ExitStack

    from kg.engine.duckdb import DuckDB

    check(level, LEVELS, "level")
    check(weight, WEIGHTS, "weight")
    check(roles, ROLES, "roles")
    with ExitStack() as stack:
        if engine is None:
            engine = stack.enter_context(DuckDB())
        rows = participations(engine, build.parquet, level=level, roles=roles)
        if not rows:
            what = Text("There is no participation in a project.", "Es gibt keine Beteiligung an einem Projekt.")
            fix = Text("Add rows with hasParticipant and build again.", "Ergänzen Sie Zeilen mit hasParticipant, und bauen Sie neu.")
            raise AnalysisError(what, where=str(build.path), fix=fix)
        known = organisations(engine, build.parquet)
        frame = frame_of(build, engine)
        method = method_of(build, engine, frame, level=level, weight=weight, roles=roles, seed=seed, draws=0)
    graph, both = network(rows, weight, known), two_mode(rows)
    groups = communities(graph, seed=seed, resolution=resolution)
    group, core = groups.of(), measures.core_number(graph)
    degree, strength = measures.degree(graph), measures.strength(graph)
    projected, double = measures.clustering_projected(graph), measures.clustering_two_mode(both)
    part = {member: number for number, component in enumerate(measures.components(graph), start=1) for member in component}
    table = [
        Institution(
            institution=known.get(iri, Named(iri)),
            projects=len(graph.nodes[iri]["projects"]),
            degree=degree[iri],
            strength=strength[iri],
            clustering_projected=projected[iri],
            clustering_two_mode=double[iri],
            core=core[iri],
            component=part[iri],
            community=group[iri],
        )
        for iri in graph
    ]
    table.sort(key=lambda row: (sort_key(row.institution.label("de")), row.institution.iri))
    return Analysis(graph, both, tuple(table), measures.whole(graph, both), groups, refusal(frame), method)
