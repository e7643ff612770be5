"""Groups of institutions described: what is typical of each, how firm it is, and what other resolutions would give.

Modularity has many partitions that are nearly as good as the best (Good, de Montjoye, Clauset 2010, doi:10.1103/PhysRevE.81.046106) and overlooks small
groups (Fortunato and Barthélemy 2007, doi:10.1073/pnas.0605965104), so no partition is given without both checks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from kg.analyse.agreement import mean_adjusted_rand, recovered, together
from kg.analyse.by_columns import strength
from kg.analyse.communities import LEIDEN, membership, modularity, require_resolution
from kg.analyse.data import Data
from kg.analyse.frames import machine_caveat, may
from kg.analyse.incidence import is_large
from kg.analyse.labels import Named, sort_key
from kg.analyse.method import Method
from kg.analyse.result import Result
from kg.analyse.typical import LEAST, typical, weights
from kg.errors import AnalysisError, Text

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

SCAN = (0.25, 0.5, 1.0, 2.0, 4.0)
RUNS, LARGE_RUNS, LARGE_SCAN_RUNS = 20, 10, 4
"""Runs with different seeds: on a network of ordinary size, on a large one at the resolution asked for, and on a large one at the others of the scan."""
FIRM = 0.6
"""Agreement below which groups are called unsteady: the bound of Hennig (2007), doi:10.1016/j.csda.2006.11.025, for a single group."""
TOPICS, MEMBERS, COUNTRIES = 5, 5, 3
_DIGITS = 4


@dataclass(frozen=True)
class Group:
    """One group of at least two institutions.

    Attributes:
        number: 1 is the largest; equal ones by smallest IRI. The same group has the name `c1` in the table of institutions.
        name: Name per language, of its most typical topics and the member with most of its inner ties.
        members: IRIs, sorted.
        density: Pairs of members that work together / all pairs of members, 0 to 1.
        ties_inside: Pairs inside / pairs with at least one member in the group, 0 to 1.
        weight_inside: The same by weight.
        topics: Topics typical of it with z (see :func:`kg.analyse.typical.log_odds`) and the number of its projects with the topic.
        typical: Members with the largest share of the group's inner ties and that share (of the sum of weights inside, by ends); in this order on a
            census, else by label.
        countries: Countries with the number of members, most first.
        located: Members whose country is known.
        together: In what share of the other runs two members are together, on average; `None` with one run.
        recovered: How well the other runs hold the group (mean largest Jaccard index); `None` with one run.
    """

    number: int
    name: dict[str, str]
    members: tuple[str, ...]
    density: float
    ties_inside: float
    weight_inside: float
    topics: tuple[tuple[Named, float, int], ...]
    typical: tuple[tuple[Named, float], ...]
    countries: tuple[tuple[Named, int], ...]
    located: int
    together: float | None
    recovered: float | None

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain data."""
        return {
            "number": self.number,
            "name": self.name,
            "size": len(self.members),
            "density": round(self.density, _DIGITS),
            "ties_inside": round(self.ties_inside, _DIGITS),
            "weight_inside": round(self.weight_inside, _DIGITS),
            "topics": [{**named.to_json(), "z": round(z, _DIGITS), "projects": projects} for named, z, projects in self.topics],
            "typical_members": [{**named.to_json(), "share_of_inner_weight": round(share, _DIGITS)} for named, share in self.typical],
            "countries": [{**named.to_json(), "members": members} for named, members in self.countries],
            "members_with_country": self.located,
            "together": _rounded(self.together),
            "recovered": _rounded(self.recovered),
            "members": list(self.members),
        }


@dataclass(frozen=True)
class Scan:
    """What a resolution gives.

    Attributes:
        resolution: Greater than 0.
        runs: Number of runs with different seeds.
        groups: Number of groups of two or more, mean over the runs.
        lowest: Fewest groups of a run.
        highest: Most groups of a run.
        modularity: Modularity at resolution 1, so that resolutions compare; mean over the runs.
        agreement: Mean adjusted Rand index between the runs; `None` with one run.
    """

    resolution: float
    runs: int
    groups: float
    lowest: int
    highest: int
    modularity: float
    agreement: float | None

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain data."""
        return {
            "resolution": self.resolution,
            "runs": self.runs,
            "groups": round(self.groups, 2),
            "fewest": self.lowest,
            "most": self.highest,
            "modularity": round(self.modularity, _DIGITS),
            "adjusted_rand": _rounded(self.agreement),
        }


@dataclass(frozen=True)
class Groups(Result):
    """Groups of a network, each described, with how firm they are.

    Attributes:
        groups: Groups of two or more institutions, by number.
        institutions: Number of institutions.
        isolated: Institutions without any partner; they are no groups.
        alone: Institutions with partners that Leiden leaves to themselves.
        modularity: Modularity of this partition at resolution 1.
        resolution: Resolution of this partition.
        runs: Runs with the seeds `seed`, `seed` + 1, …; the groups are those of the first.
        agreement: Mean adjusted Rand index between the runs, over institutions with a partner; `None` with one run or without them.
        scan: Other resolutions, and this one.
        links: Weight of the ties between two groups, by their numbers, the smaller first.
        method: How the numbers were made.
    """

    name: ClassVar[str] = "communities"
    columns: ClassVar[tuple[str, ...]] = (
        "number",
        "name_de",
        "name_en",
        "size",
        "density",
        "ties_inside",
        "weight_inside",
        "topics_de",
        "topics_en",
        "members_de",
        "members_en",
        "countries_de",
        "countries_en",
        "together",
        "recovered",
        "frame",
    )

    groups: tuple[Group, ...]
    institutions: int
    isolated: int
    alone: int
    modularity: float
    resolution: float
    runs: int
    agreement: float | None
    scan: tuple[Scan, ...]
    links: dict[tuple[int, int], float]
    method: Method

    def rows(self) -> list[dict[str, Any]]:
        """Return one row per group, by number."""
        return [
            {
                "number": group.number,
                "name_de": group.name["de"],
                "name_en": group.name["en"],
                "size": len(group.members),
                "density": round(group.density, _DIGITS),
                "ties_inside": round(group.ties_inside, _DIGITS),
                "weight_inside": round(group.weight_inside, _DIGITS),
                **{f"topics_{lang}": "; ".join(named.label(lang) for named, _, _ in group.topics) for lang in ("de", "en")},
                **{f"members_{lang}": "; ".join(named.label(lang) for named, _ in group.typical) for lang in ("de", "en")},
                **{f"countries_{lang}": "; ".join(f"{named.label(lang)} {number}" for named, number in group.countries) for lang in ("de", "en")},
                "together": _rounded(group.together),
                "recovered": _rounded(group.recovered),
                "frame": self.method.frame.kind,
            }
            for group in self.groups
        ]

    def text(self, lang: str) -> str:
        """Return the groups for a reader."""
        from kg.analyse.groups_text import render

        return render(self, lang)

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain data; `members` of a group are IRIs."""
        caveat = machine_caveat(self.method.frame)
        return {
            "method": self.method.to_json(),
            "caveats": [{"measures": ["groups", "typical_members", "name"], "text": caveat}] if caveat else [],
            "parameters": {
                "algorithm": LEIDEN,
                "objective": "modularity",
                "resolution": self.resolution,
                "runs": self.runs,
                "seeds": [self.method.seed, self.method.seed + self.runs - 1],
                "shown_run": self.method.seed,
                "agreement": "mean adjusted Rand index, institutions with a partner",
                "topics": f"weighted log-odds with informative prior, at least {LEAST} projects",
            },
            "institutions": self.institutions,
            "isolated": self.isolated,
            "alone": self.alone,
            "modularity": round(self.modularity, _DIGITS),
            "adjusted_rand": _rounded(self.agreement),
            "scan": [entry.to_json() for entry in self.scan],
            "groups": [group.to_json() for group in self.groups],
            "links": [{"one": one, "other": other, "weight": round(weight, _DIGITS)} for (one, other), weight in self.links.items()],
        }

    def caption(self, lang: str = "en") -> str:
        """Return the caption of the figure, with what it leaves out and the method."""
        from kg.analyse.groups_figure import caption

        return caption(self, lang)

    def figure(self, lang: str = "en") -> Figure:
        """Return the map of groups and the scan of resolutions.

        Raises:
            AnalysisError: There is no group.
            MissingExtraError: matplotlib is not installed.
        """
        from kg.analyse.groups_figure import draw

        return draw(self, lang)


def groups(data: Data, *, resolution: float = 1.0, scan: Sequence[float] = SCAN, runs: int | None = None) -> Groups:
    """Return the groups of the collaboration network, described, with how firm they are.

    Args:
        data: Participations that count; their seed is that of the first run, whose groups are given.
        resolution: Greater than 0; higher values give smaller groups.
        scan: Other resolutions to look at.
        runs: Runs with different seeds, 1 or more; without it 20, on a large network 10, there 4 at the other resolutions of the scan.

    Raises:
        AnalysisError: A resolution or the number of runs is not above 0.

    Without a tie there is no group: the numbers of groups are 0 and the agreement is `None`. Cost: runs × resolutions × one run of Leiden (1.5 s
    on Horizon Europe with 760,000 pairs). Sources: Traag, Waltman, van Eck (2019), doi:10.1038/s41598-019-41695-z (Leiden); Hubert and Arabie
    (1985), doi:10.1007/BF01908075 (agreement); Lambiotte (2010), arXiv:1004.4268 (resolutions by the agreement of runs).
    """
    import numpy as np

    for value in (resolution, *scan):
        require_resolution(value)
    if runs is not None and runs < 1:
        what = Text("The number of runs must be at least 1.", "Die Zahl der Läufe muss mindestens 1 sein.")
        raise AnalysisError(what, where="--runs", fix=Text("Use 20.", "Nehmen Sie 20."))
    network = data.collaboration
    large = is_large(network.number_of_edges())
    number = runs if runs is not None else LARGE_RUNS if large else RUNS
    others = min(number, LARGE_SCAN_RUNS) if large else number
    tied = (np.bincount(network.source, minlength=len(network)) + np.bincount(network.target, minlength=len(network))) > 0
    entries, chosen, found_at = [], np.zeros(0, dtype=np.int64), []
    for value in sorted({float(resolution), *map(float, scan)}):
        times = number if value == resolution else others
        found = [np.array(membership(network, seed=data.selection.seed + run, resolution=value), dtype=np.int64) for run in range(times)]
        sizes = [int((np.unique(one[tied], return_counts=True)[1] > 1).sum()) for one in found]
        quality = float(np.mean([modularity(network, one.tolist()) for one in found]))
        agreement = mean_adjusted_rand([one[tied] for one in found]) if tied.any() else None
        entries.append(Scan(value, times, float(np.mean(sizes)), min(sizes), max(sizes), quality, agreement))
        if value == resolution:
            chosen, found_at = found[0], found[1:]
    own = next(entry for entry in entries if entry.resolution == resolution)
    group = _numbered(chosen)
    described, links = _describe(data, group, found_at)
    return Groups(
        groups=described,
        institutions=len(network),
        isolated=int((~tied).sum()),
        alone=int((tied & (group < 0)).sum()),
        modularity=modularity(network, chosen.tolist()),
        resolution=float(resolution),
        runs=number,
        agreement=own.agreement,
        scan=tuple(entries),
        links=links,
        method=data.method,
    )


def _numbered(found: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return groups numbered from 0 by size, equal ones by their first member; -1 for a group of one."""
    import numpy as np

    _, first, position, sizes = np.unique(found, return_index=True, return_inverse=True, return_counts=True)
    order = np.lexsort((first, -sizes))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return np.where(sizes[position] > 1, rank[position], -1)


def _describe(data: Data, group: NDArray[np.int64], others: list[NDArray[np.int64]]) -> tuple[tuple[Group, ...], dict[tuple[int, int], float]]:
    """Return the groups with what is typical of them, and the ties between them."""
    import numpy as np

    network = data.collaboration
    number = int(group.max(initial=-1)) + 1
    grouped = group >= 0
    one, other = group[network.source], group[network.target]
    same = (one == other) & (one >= 0)

    def sums(values: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the sum inside each group, and of all ties that touch it."""
        inside = np.bincount(one[same], values[same], number)
        crossing = [np.bincount(end[~same & (end >= 0)], values[~same & (end >= 0)], number) for end in (one, other)]
        return inside, inside + crossing[0] + crossing[1]

    pairs, touching = sums(np.ones(len(network.source)))
    inner, all_weight = sums(network.weight)
    own = strength(network) - _outer(network, ~same)
    kept = together(group[grouped], [found[grouped] for found in others])
    held = _held(group, others)
    topics, weight, projects = weights(data.incidence, group, data.topics)
    found_topics = typical(weight, projects, TOPICS)
    members: list[list[int]] = [[] for _ in range(number)]
    for position in np.flatnonzero(grouped).tolist():
        members[group[position]].append(position)
    central = [
        sorted(rows, key=lambda row: (-round(float(own[row]), 9), sort_key(data.named(network.names[row]).label("de"))))[:MEMBERS] for rows in members
    ]
    where = [_countries(data, [network.names[row] for row in rows]) for rows in members]
    wanted = [topics[topic] for found in found_topics for topic, _ in found] + [country for found in where for country, _ in found[:COUNTRIES]]
    names = data.names(wanted)
    ordered = may(data.frame, "order")
    described = []
    for place, rows in enumerate(members):
        size = len(rows)
        shown = [(data.named(network.names[row]), float(own[row] / (2 * inner[place]))) for row in central[place]]
        labels = [(names[topics[topic]], z, int(projects[place, topic])) for topic, z in found_topics[place]]
        described.append(
            Group(
                number=place + 1,
                name=_name([named for named, _, _ in labels], [named for named, _ in shown], size),
                members=tuple(network.names[row] for row in rows),
                density=float(pairs[place] / (size * (size - 1) / 2)),
                ties_inside=float(pairs[place] / touching[place]),
                weight_inside=float(inner[place] / all_weight[place]),
                topics=tuple(labels),
                typical=tuple(shown if ordered else sorted(shown, key=lambda pair: (sort_key(pair[0].label("de")), pair[0].iri))),
                countries=tuple((names[country], count) for country, count in where[place][:COUNTRIES]),
                located=sum(count for _, count in where[place]),
                together=float(kept[place]) if others else None,
                recovered=float(held[place]) if others else None,
            )
        )
    crossing = ~same & (one >= 0) & (other >= 0)
    low, high = np.minimum(one, other)[crossing], np.maximum(one, other)[crossing]
    keys, inverse = np.unique(low * max(number, 1) + high, return_inverse=True)
    total = np.bincount(inverse, network.weight[crossing], len(keys))
    links = {(int(key) // number + 1, int(key) % number + 1): float(value) for key, value in zip(keys, total, strict=True)}
    return tuple(described), links


def _outer(network: Any, crossing: NDArray[Any]) -> NDArray[np.float64]:
    """Return the strength of each institution over the ties that leave its group."""
    import numpy as np

    ends = (np.bincount(end[crossing], network.weight[crossing], len(network)) for end in (network.source, network.target))
    return np.asarray(sum(ends), dtype=np.float64)


def _held(group: NDArray[np.int64], others: list[NDArray[np.int64]]) -> NDArray[np.float64]:
    """Return how well the other runs hold each group; members of groups of one count in the size of the groups of the others."""
    return recovered(group, others)[1:] if (group < 0).any() else recovered(group, others)


def _countries(data: Data, members: list[str]) -> list[tuple[str, int]]:
    """Return the countries of some institutions with their numbers, most first."""
    counts: dict[str, int] = {}
    for member in members:
        if country := data.countries.get(member):
            counts[country] = counts.get(country, 0) + 1
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _name(topics: Sequence[Named], members: Sequence[Named], size: int) -> dict[str, str]:
    """Return the name of a group: two topics and a member; without topics two members.

    >>> _name([Named("t", {"en": "DNA"})], [Named("m", {"en": "Inserm"})], 9)
    {'de': 'DNA (mit Inserm)', 'en': 'DNA (with Inserm)'}
    """
    words = {"de": ("mit", "und", "und weitere"), "en": ("with", "and", "and others")}
    if topics:
        return {lang: f"{', '.join(one.label(lang) for one in topics[:2])} ({word} {members[0].label(lang)})" for lang, (word, _, _) in words.items()}
    if size == len(members) == 2:
        return {lang: f" {word} ".join(one.label(lang) for one in members) for lang, (_, word, _) in words.items()}
    return {lang: f"{', '.join(one.label(lang) for one in members[:2])} {word}" for lang, (_, _, word) in words.items()}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)
