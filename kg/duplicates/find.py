"""`kg duplicates`: the pairs that are probably one, those decided left out, and the groups they form.

A pair is compared within one source; two sources are linked by `kg link`, whose decisions are respected here.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.duplicates.blocks import candidates
from kg.duplicates.facts import CLASSES, Facts, World, read_world, sizes
from kg.duplicates.judge import LEAST, Judge, Judgement
from kg.errors import ParameterError, Text
from kg.link.score import Reason
from kg.namespaces import OWL, RDFS

if TYPE_CHECKING:
    from kg.build import Build
    from kg.duplicates.model import Known
    from kg.engine.base import Engine

MEMORY = "400MB"
"""What the batch engine holds before it writes to disk."""

LARGEST = 30
"""Members of a group up to which every pair of them is looked at; of a larger one its size and the pairs proposed are said."""


@dataclass(frozen=True)
class Pair:
    """Two entities that are probably one.

    Attributes:
        kind: Their class, a name of :data:`kg.duplicates.facts.CLASSES`.
        one, other: The entities; the first has the smaller IRI.
        score: 0 to 1.
        reasons: For and against, the strongest first.
        mark: Changes when something changes that a person looks at.
    """

    kind: str
    one: Facts
    other: Facts
    score: float
    reasons: tuple[Reason, ...]

    @property
    def ends(self) -> tuple[str, str]:
        """Their IRIs, the smaller first."""
        return (self.one.entity, self.other.entity)

    @property
    def mark(self) -> str:
        """What both looked like, in a few hex digits."""
        return f"{self.one.mark()}{self.other.mark()}"


@dataclass(frozen=True)
class Group:
    """At least three entities that pairs proposed, or decided as the same, hold together.

    Attributes:
        number: From 1, the largest first.
        kind: Their class.
        members: Sorted by IRI.
        unsupported: Pairs of members that merging the group would merge too although nothing is proposed for them, with the reasons against;
            `None` where the group is too large to look at all.
    """

    number: int
    kind: str
    members: tuple[Facts, ...]
    unsupported: tuple[Pair, ...] | None


@dataclass(frozen=True)
class Found:
    """What a search found.

    Attributes:
        pairs: All pairs from the least score on, the best first.
        groups: The groups among them.
        compared: For each class how many entities there are and how many pairs were compared.
        held: How many pairs were left out because they are decided (`same`, `different`, `later`) or linked otherwise (`linked`).
        least: The least score.
        frames: Name and kind of the sampling frame of each source.
        across: Whether pairs of two sources were compared.
    """

    pairs: tuple[Pair, ...]
    groups: tuple[Group, ...]
    compared: Mapping[str, tuple[int, int]]
    held: Mapping[str, int]
    least: float
    frames: tuple[tuple[str, str], ...]
    across: bool = False
    group_of: Mapping[str, int] = field(default_factory=dict)


def find(
    build: Build,
    *,
    graphs: Sequence[str] = (),
    classes: Sequence[str] = (),
    least: float = LEAST,
    across: bool = False,
    known: Known | None = None,
    again: bool = False,
) -> Found:
    """Return what is probably one in a build.

    Args:
        build: The build.
        graphs: Names of sources to look at; all by default.
        classes: Names of :data:`kg.duplicates.facts.CLASSES`; all by default.
        least: Score from which a pair is returned, above 0 to 1.
        across: Compare entities of two sources, too.
        known: What is decided already (:func:`kg.duplicates.decisions.known`).
        again: Return pairs that were put off, too.

    Cost: 25 s of processor time and 0.9 GB for Horizon Europe (56,000 entities); numbers are in docs/benchmarks.md.

    Raises:
        ParameterError: A class is unknown.
        BuildError: A source is not in the build.
    """
    chosen = check_classes(classes)
    seen = build.only(list(graphs)) if graphs else build
    sources = [str(entry["graph"]) for entry in seen.record["sources"]]
    with open_engine() as engine:
        quads = engine.quads(seen.parquet)
        there, linked = sizes(engine, quads, sources), _linked(engine, quads)
    pairs: list[Pair] = []
    groups: list[tuple[str, tuple[Facts, ...], tuple[Pair, ...] | None]] = []
    compared, held = {name: (there[name], 0) for name in chosen}, Counter[str]()
    for name in chosen:
        if there[name] > 1:
            # One class after the other, each with an engine of its own: the memory of the largest is what it takes.
            with open_engine() as engine:
                search = _Search(engine, engine.quads(seen.parquet), sources, name, least, linked, known, across=across, again=again)
            pairs += search.pairs.values()
            groups += search.groups()
            held += search.held
            compared[name] = (there[name], search.compared)
    groups.sort(key=lambda group: (-len(group[1]), group[1][0].entity))
    numbered = tuple(Group(number, *group) for number, group in enumerate(groups, 1))
    frames = tuple((str(entry["name"]), str(entry["frame"]["kind"])) for entry in seen.record["sources"])
    group_of = {member.entity: group.number for group in numbered for member in group.members}
    pairs.sort(key=lambda pair: (-pair.score, pair.ends))
    return Found(tuple(pairs), numbered, compared, dict(held), least, frames, across, group_of)


def explain(build: Build, one: str, other: str, kind: str) -> Pair:
    """Return one pair with its score and all reasons, however low the score.

    Args:
        build: The build.
        one, other: IRIs of entities of the class.
        kind: A name of :data:`kg.duplicates.facts.CLASSES`.
    """
    with open_engine() as engine:
        world = read_world(engine, engine.quads(build.parquet), [str(entry["graph"]) for entry in build.record["sources"]], kind)
        _, weights = candidates(engine, world)
    ends = sorted((one, other))
    return _pair(world, ends[0], ends[1], Judge(world, weights).judge(ends[0], ends[1]))


def check_classes(classes: Sequence[str]) -> tuple[str, ...]:
    """Return the classes asked for, in their order; all without a wish.

    Raises:
        ParameterError: One is unknown.
    """
    by_name = {name.casefold(): name for name in CLASSES}
    for name in classes:
        if name.casefold() not in by_name:
            what = Text(f"{name!r} is no class that can stand twice here.", f"{name!r} ist keine Klasse, in der hier Doppeltes gesucht wird.")
            names = ", ".join(CLASSES)
            raise ParameterError(what, where="--class", fix=Text(f"Use one of {names}.", f"Möglich sind {names}."))
    wanted = {by_name[name.casefold()] for name in classes}
    return tuple(name for name in CLASSES if not wanted or name in wanted)


@contextlib.contextmanager
def open_engine() -> Iterator[Engine]:
    """Give a batch engine with a folder to spill to, which goes with it."""
    from kg.engine.duckdb import DuckDB

    with tempfile.TemporaryDirectory() as folder, DuckDB(memory=MEMORY, spill=Path(folder) / "spill") as engine:
        yield engine


class _Search:
    """One class looked through."""

    def __init__(
        self,
        engine: Engine,
        quads: Any,
        sources: Sequence[str],
        name: str,
        least: float,
        linked: set[tuple[str, str]],
        known: Known | None,
        *,
        across: bool,
        again: bool,
    ) -> None:
        self.world = read_world(engine, quads, sources, name)
        self.name, self.linked, self.known, self.again = name, linked, known, again
        found, weights = candidates(engine, self.world)
        facts = self.world.facts
        pairs = [(a, b) for a, b in found if across or facts[a].graphs & facts[b].graphs]
        self.judge = Judge(self.world, weights)
        self.compared = len(pairs)
        self.held: Counter[str] = Counter()
        self.pairs: dict[tuple[str, str], Pair] = {}
        for one, other in pairs:
            if (judged := self.judge.judge(one, other, least=least)) is None:
                continue
            pair = _pair(self.world, one, other, judged)
            if state := self._decided(pair):
                self.held[state] += 1
            else:
                self.pairs[pair.ends] = pair

    def _decided(self, pair: Pair) -> str:
        """Return why a pair is not proposed, or nothing."""
        if self.known and (decision := self.known.decision(*pair.ends)):
            return decision
        if pair.ends in self.linked:
            return "linked"
        if self.known and not self.again and (put_off := self.known.later.get(pair.ends)) and put_off.mark == pair.mark:
            return "later"
        return ""

    def groups(self) -> list[tuple[str, tuple[Facts, ...], tuple[Pair, ...] | None]]:
        """Return what pairs proposed or decided as the same hold together, where it is more than a pair: class, members, unsupported pairs."""
        facts = self.world.facts
        same = {ends for ends in (self.known.same if self.known else ()) if ends[0] in facts and ends[1] in facts}
        groups: list[tuple[str, tuple[Facts, ...], tuple[Pair, ...] | None]] = []
        for members in components([*self.pairs, *sorted(same)]):
            inside = list(self._pairs_of(members))
            if not any(pair in self.pairs for pair in inside):
                continue
            unsupported = None
            if len(members) <= LARGEST:
                missing = [pair for pair in inside if pair not in self.pairs and pair not in same]
                unsupported = tuple(_pair(self.world, *pair, self.judge.judge(*pair)) for pair in missing)
            groups.append((self.name, tuple(facts[entity] for entity in members), unsupported))
        return groups

    @staticmethod
    def _pairs_of(members: Sequence[str]) -> Iterable[tuple[str, str]]:
        return ((one, other) for place, one in enumerate(members) for other in members[place + 1 :])


def components(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, ...]]:
    """Return the members, sorted, of each group of at least three that pairs hold together.

    >>> components([("a", "b"), ("b", "c"), ("x", "y")])
    [('a', 'b', 'c')]
    """
    from kg.link.links import representatives

    found: dict[str, list[str]] = {}
    for entity, representative in representatives(pairs).items():
        found.setdefault(representative, []).append(entity)
    return sorted(tuple(sorted(members)) for members in found.values() if len(members) > 2)


def _pair(world: World, one: str, other: str, judged: Judgement | None) -> Pair:
    score, reasons = (judged.score, judged.reasons) if judged else (0.0, ())
    return Pair(world.name, world.facts[one], world.facts[other], score, reasons)


def _linked(engine: Engine, quads: Any) -> set[tuple[str, str]]:
    """Return the pairs that a mapping of the build links, however."""
    links = quads.filter(quads.graph.endswith("/graph/links") & quads.predicate.isin([OWL.sameAs, RDFS.seeAlso]))
    rows = engine.to_pylist(links.select("subject", "object").distinct())
    return {(min(ends), max(ends)) for ends in ((str(row["subject"]), str(row["object"])) for row in rows)}
