"""The table of all institutions with their measures (`kg analyse`), sorted by label: an order by value would be an order of institutions."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.analyse import holes, measures
from kg.analyse.arrow import constant
from kg.analyse.by_columns import Estimate
from kg.analyse.communities import Communities, communities
from kg.analyse.data import Data, Selection, load
from kg.analyse.edges import Collaboration
from kg.analyse.frames import Refusal, machine_caveat, may, refusal
from kg.analyse.incidence import is_large
from kg.analyse.labels import Named, sort_key
from kg.analyse.lines import csv_field, joined, spelled, text
from kg.analyse.method import Method
from kg.analyse.mixing import mixing
from kg.analyse.projection import WEIGHTS, network, rows_of, two_mode
from kg.analyse.whole import Whole, whole
from kg.errors import unwritable
from kg.quads import strings

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
    "betweenness_error",
    "harmonic",
    "harmonic_error",
    "pagerank",
    "constraint",
    "effective_size",
    "clustering_projected",
    "clustering_two_mode",
    "core",
    "component",
    "community",
    "frame",
)
EDGE_COLUMNS = ("source", "target", "source_label_de", "source_label_en", "target_label_de", "target_label_en", "weight", "count", "shared", "frame")
POSITIONAL = (
    "degree",
    "strength",
    "betweenness",
    "harmonic",
    "pagerank",
    "constraint",
    "effective_size",
    "core",
    "component",
    "community",
)
"""Columns that say something about an institution only where all projects of a population are known."""
LEFT_OUT = {
    "de": "Die Liste der Paare ist lang; --format csv schreibt sie in eine Tabelle.",
    "en": "The list of pairs is long; --format csv writes it to a table.",
}
_DIGITS = 6
_MORE_DIGITS = 9
"""Decimals of PageRank, whose values are around 1 / n."""


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
        measured: The network that was measured; by columns if it is large.
        both: Institutions and projects; of a large network the same as `measured`.
        labels: Labels and kinds of the institutions.
        institutions: One row each, by label.
        whole: Measures of the whole.
        communities: Groups.
        refusal: What may not be said on this frame and why; `None` on a census.
        method: How the numbers were made.
    """

    measured: nx.Graph | Collaboration
    both: nx.Graph | Collaboration
    labels: Mapping[str, Named]
    institutions: tuple[Institution, ...]
    whole: Whole
    communities: Communities
    refusal: Refusal | None
    method: Method

    @cached_property
    def network(self) -> nx.Graph:
        """The network (see :func:`kg.analyse.projection.network`); a large one is made when it is first asked for, and takes about 1 kB an edge."""
        return self.measured.networkx(self.labels) if isinstance(self.measured, Collaboration) else self.measured

    @cached_property
    def two_mode(self) -> nx.Graph:
        """Institutions and projects (see :func:`kg.analyse.projection.two_mode`); that of a large network has no roles."""
        return self.both.incidence.networkx() if isinstance(self.both, Collaboration) else self.both

    @cached_property
    def betweenness_estimate(self) -> Estimate:
        """Betweenness with its standard error where it rests on a sample; machine formats only where the frame is no census, with its caveat."""
        return measures.betweenness_estimate(self.measured, seed=self.method.seed)

    @cached_property
    def harmonic(self) -> Estimate:
        """Harmonic closeness with its standard error where it rests on a sample; on frames as :attr:`betweenness_estimate`."""
        return measures.harmonic(self.measured, seed=self.method.seed)

    @property
    def betweenness(self) -> dict[str, float]:
        """Betweenness by IRI (see :attr:`betweenness_estimate`)."""
        return self.betweenness_estimate.values

    @property
    def shows_position(self) -> bool:
        """Whether measures of position may stand in text and pages."""
        return may(self.method.frame, "position")

    def nodes(self) -> list[dict[str, Any]]:
        """Return the table of institutions with the columns :data:`NODE_COLUMNS`; `None`: a measure is undefined, or exact and without an error."""
        frame = self.method.frame.kind
        between, near = self.betweenness_estimate, self.harmonic
        rank, held, free = measures.pagerank(self.measured), holes.constraint(self.measured), holes.effective_size(self.measured)
        return [
            {
                "iri": row.institution.iri,
                "label_de": row.institution.label("de"),
                "label_en": row.institution.label("en"),
                "kind": row.institution.kind,
                "projects": row.projects,
                "degree": row.degree,
                "strength": round(row.strength, _DIGITS),
                "betweenness": round(between.values[row.institution.iri], _DIGITS),
                "betweenness_error": _rounded(between.errors.get(row.institution.iri)),
                "harmonic": round(near.values[row.institution.iri], _DIGITS),
                "harmonic_error": _rounded(near.errors.get(row.institution.iri)),
                "pagerank": round(rank[row.institution.iri], _MORE_DIGITS),
                "constraint": _rounded(held[row.institution.iri]),
                "effective_size": _rounded(free[row.institution.iri]),
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
        """Return the pairs with the columns :data:`EDGE_COLUMNS`; `shared` lists the projects, the evidence of the pair.

        Of a large network :meth:`kg.analyse.edges.Collaboration.batches` gives the same in pieces.
        """
        frame = self.method.frame.kind
        found = []
        for one, other, weight, count, shared in self._pairs():
            first, second = (self.labels.get(iri, Named(iri)) for iri in (one, other))
            labels = (first.label("de"), first.label("en"), second.label("de"), second.label("en"))
            found.append(dict(zip(EDGE_COLUMNS, (one, other, *labels, round(weight, _DIGITS), count, shared, frame), strict=True)))
        return found

    def _pairs(self) -> Iterator[tuple[str, str, float, int, list[str]]]:
        if isinstance(self.measured, Collaboration):
            for batch in self.measured.batches(shared=True):
                yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
        else:
            for one, other, data in sorted(self.measured.edges(data=True), key=lambda edge: edge[:2]):
                yield one, other, data["weight"], data["count"], list(data["shared"])

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain data; the same for every language. Of a large network the pairs are left out, which it says."""
        large = isinstance(self.measured, Collaboration)
        return {
            **self._about(),
            "institutions": self.nodes(),
            "edges": None if large else self.edges(),
            **({"edges_left_out": {"number": self.whole.edges, "text": LEFT_OUT}} if large else {}),
        }

    def _about(self) -> dict[str, Any]:
        caveat = machine_caveat(self.method.frame)
        return {
            "method": self.method.to_json(),
            "refusal": self.refusal.to_json() if self.refusal else None,
            "caveats": [{"measures": list(POSITIONAL), "text": caveat}] if caveat else [],
            "network": {**self.whole.to_json(), "assortativity": [one.to_json() for one in self.whole.mixing]},
            "betweenness": self.betweenness_estimate.to_json(),
            "harmonic": self.harmonic.to_json(),
            "communities": {key: value for key, value in self.communities.to_json().items() if key != "groups"},
        }

    def files(self) -> dict[str, str]:
        """Return `nodes.csv`, `edges.csv` and `method.json` as texts by name (RFC 4180, lines end with CRLF)."""
        return {name: b"".join(pieces).decode("utf-8") for name, pieces in self._pieces().items()}

    def _pieces(self) -> dict[str, Iterable[bytes]]:
        """Return the files in pieces, made while they are written."""
        edges = self._edge_lines(self.measured) if isinstance(self.measured, Collaboration) else self._edge_rows()
        return {
            "nodes.csv": [_csv(NODE_COLUMNS, self.nodes())],
            "edges.csv": edges,
            "method.json": [(json.dumps(self._about(), indent=2, ensure_ascii=False, sort_keys=True) + "\n").encode("utf-8")],
        }

    def _edge_rows(self) -> Iterator[bytes]:
        yield _csv(EDGE_COLUMNS, [{**edge, "shared": ";".join(edge["shared"])} for edge in self.edges()])

    def _edge_lines(self, network: Collaboration) -> Iterator[bytes]:
        """Return the table of pairs by columns."""
        import pyarrow as pa
        import pyarrow.compute as pc

        known = [self.labels.get(iri, Named(iri)) for iri in network.names]
        names = [csv_field(strings(values)) for values in (network.names, *([one.label(lang) for one in known] for lang in ("de", "en")))]
        iri, german, english = names
        yield _csv(EDGE_COLUMNS, [])
        for batch in network.batches(shared=True):
            source, target, weight, count, shared = batch.columns
            ends = [spelled(source, iri), spelled(target, iri)]
            ends += [spelled(end, labels) for end in (source, target) for labels in (german, english)]
            projects = pa.ListArray.from_arrays(shared.offsets, shared.values.dictionary_decode())
            cells = [*ends, text(pc.round(weight, _DIGITS)), text(count), csv_field(pc.binary_join(projects, constant(";")))]
            yield joined(*(part for cell in cells for part in (cell, ",")), self.method.frame.kind, "\r\n")

    def write_csv(self, folder: Path) -> list[Path]:
        """Write :meth:`files` into a folder, made if it is missing, without holding them.

        Raises:
            BuildError: The folder cannot be written.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
            written = []
            for name, pieces in self._pieces().items():
                path = folder / name
                with path.open("wb") as file:
                    file.writelines(pieces)
                written.append(path)
        except OSError as error:
            raise unwritable(error, folder) from error
        return written


def _csv(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


def analyse(
    build: Build,
    *,
    level: str = "merged",
    weight: str = "newman",
    roles: str = "all",
    seed: int = 1,
    resolution: float = 1.0,
    linked: bool = False,
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
        linked: Whether entities that exact links join count as one.
        engine: Batch engine; one is opened and closed without it.

    Raises:
        AnalysisError: An option is unknown, or the build holds no participation in a project.
    """
    chosen = Selection(level=level, weight=weight, roles=roles, linked=linked, seed=seed)
    return measured(load(build, chosen, engine=engine), resolution=resolution)


def measured(data: Data, *, resolution: float = 1.0) -> Analysis:
    """Return the collaboration network of what was selected with its measures.

    Args:
        data: The participations that count.
        resolution: Resolution of the communities, greater than 0.
    """
    graph, both = _networks(data)
    groups = communities(graph, seed=data.selection.seed, resolution=resolution)
    group, core = groups.of(), measures.core_number(graph)
    degree, strength = measures.degree(graph), measures.strength(graph)
    projected, double = measures.clustering_projected(graph), measures.clustering_two_mode(both)
    part = {member: number for number, component in enumerate(measures.components(graph), start=1) for member in component}
    rows = [
        Institution(
            institution=data.named(iri),
            projects=projects,
            degree=degree[iri],
            strength=strength[iri],
            clustering_projected=projected[iri],
            clustering_two_mode=double[iri],
            core=core[iri],
            component=part[iri],
            community=group[iri],
        )
        for iri, projects in zip(data.incidence.institutions, data.incidence.degrees.tolist(), strict=True)
    ]
    rows.sort(key=lambda row: (sort_key(row.institution.label("de")), row.institution.iri))
    about = replace(whole(graph, both), mixing=mixing(data))
    return Analysis(graph, both, data.labels, tuple(rows), about, groups, refusal(data.frame), data.method)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)


def _networks(data: Data) -> tuple[nx.Graph, nx.Graph] | tuple[Collaboration, Collaboration]:
    """Return the collaboration network and the two-mode network of participations as they count, or twice the former by columns."""
    chosen = data.selection
    # What NetworkX is given projects every project to all of its pairs, by one of two weights.
    if is_large(data.incidence.pairs) or chosen.star or chosen.weight not in WEIGHTS:
        return data.collaboration, data.collaboration
    rows = rows_of(data.table)
    return network(rows, chosen.weight, data.labels), two_mode(rows)
