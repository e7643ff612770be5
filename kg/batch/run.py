"""The steps of a batch, in order: each reads stages and writes stages."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.batch.given import Given
from kg.batch.options import Options
from kg.batch.stages import Stages

if TYPE_CHECKING:
    from kg.engine.base import Engine


@dataclass
class Batch:
    """What a batch gives.

    Attributes:
        stages: Its stages.
        given: What it started from.
        options: What it did.
        found: What the report says beyond stages, by the name of its part.
        seconds: How long it took.
    """

    stages: Stages
    given: Given
    options: Options
    found: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def engine(self) -> Engine:
        """The session."""
        return self.stages.engine


def run(stages: Stages, given: Callable[[], Given], options: Options) -> Batch:
    """Do the steps that were asked for, those done before left as they are.

    Args:
        stages: Where they go.
        given: Reads sources or a build.
        options: What to do.
    """
    started = time.monotonic()
    _look_ahead(stages, options)
    batch = Batch(stages, given(), options)
    _statements(batch)
    for step, do in _DO.items():
        if options.wants(step):
            do(batch)
    stages.forget_outdated()
    batch.seconds = round(time.monotonic() - started, 3)
    return batch


def _look_ahead(stages: Stages, options: Options) -> None:
    """Find out what the last steps would stumble over before the first ones take their time."""
    if options.shapes is not None and options.wants("results"):
        from kg.validate.shapes import load_shapes

        load_shapes(options.shapes)
    if options.against is not None and options.wants("difference"):
        from kg.batch.against import earlier

        earlier(stages.engine, options.against)


def _statements(batch: Batch) -> None:
    from kg.batch.statements import STATEMENTS, distinct

    # What was parsed on the way to the quads need not be held any longer.
    batch.stages.refresh()
    batch.stages.stage("statements", lambda: distinct(batch.given.quads()), STATEMENTS, of=batch.given.stages)


def _results(batch: Batch) -> None:
    from kg.batch.results import by_severity, results
    from kg.validate.setwise.table import RESULTS
    from kg.validate.shapes import shapes_folder

    stages, shapes = batch.stages, batch.options.shapes
    sums = _checksums(shapes or shapes_folder())

    def severities(found: Any) -> Mapping[str, Any]:
        return {"severities": {row["severity"]: int(row["results"]) for row in batch.engine.to_pylist(by_severity(found))}}

    stages.stage(
        "results", lambda: results(batch.engine, stages.table("statements"), shapes), RESULTS, of=("statements",), made_with=sums, about=severities
    )
    # The results are made of tables that the session keeps.
    if not stages.records["results"].reused:
        stages.refresh()
    batch.found["results"] = dict(sorted(stages.records["results"].about["severities"].items()))


def _checksums(path: Path) -> list[str]:
    from kg.sources.reading import file_record

    files = sorted(path.glob("*.ttl")) if path.is_dir() else [path]
    return [file_record(file, file.name)["sha256"] for file in files if file.is_file()]


def _participations(batch: Batch) -> None:
    import ibis

    from kg.analyse.projection import Row, counted_in
    from kg.namespaces import INNO

    stages, level = batch.stages, batch.options.level
    predicate = {"merged": INNO.participantMerged, "top": INNO.participantTop}.get(level)

    def about(_: Any) -> Mapping[str, Any]:
        statements = stages.table("statements")
        derived = (
            predicate is not None
            and int(batch.engine.scalar(statements.filter(statements.predicate == predicate).limit(1).aggregate(n=ibis._.count()))) > 0
        )
        return {"level": level if derived or not batch.given.stages else "unit"}

    stages.stage(
        "participations",
        lambda: counted_in(batch.engine, stages.table("statements"), level=level),
        dict.fromkeys(Row._fields, "string"),
        of=("statements",),
        made_with=level,
        about=about,
    )
    batch.found["level"] = stages.records["participations"].about["level"]


def _team(batch: Batch) -> Any:
    """Number institutions and projects, and say who is in which."""
    from kg.batch import network

    if "participations" not in batch.stages.records:
        _participations(batch)
    stages = batch.stages
    counted = stages.table("participations")
    nodes = stages.stage("nodes", lambda: network.institutions(counted), network.NODES, of=("participations",))
    projects = stages.stage("projects", lambda: network.projects(counted), network.NODES, of=("participations",))
    return stages.stage("members", lambda: network.members(counted, nodes, projects), network.MEMBERS, of=("participations", "nodes", "projects"))


def _edges(batch: Batch) -> Any:
    from kg.batch import network

    team, stages = _team(batch), batch.stages
    pairs = stages.stage("edges", lambda: network.edges(team), network.EDGES, of=("members",))
    stages.stage("degree", lambda: network.degree(pairs, stages.table("nodes")), network.DEGREE, of=("edges", "nodes"))
    return pairs


def _components(batch: Batch) -> None:
    import ibis

    from kg.batch import components

    team, stages = _team(batch), batch.stages
    nodes = stages.table("nodes")
    end: dict[str, Any] = {}

    def make() -> Any:
        labels, end["rounds"], _ = stages.rounds(
            "components",
            lambda: components.start(nodes),
            lambda _, labels: components.step(team, labels),
            lambda before, after: batch.engine.scalar(components.changed(before, after)),
            components.LABELS,
            most=components.ROUNDS,
            of=("members",),
        )
        return components.named(labels)

    def about(table: Any) -> Mapping[str, Any]:
        sizes = table.group_by("component").aggregate(size=ibis._.count())
        both = sizes.aggregate(components=ibis._.count(), largest=sizes.size.max())
        row = batch.engine.to_pylist(both)[0]
        return {**end, "components": int(row["components"]), "largest": int(row["largest"] or 0)}

    stages.stage("components", make, components.COMPONENTS, of=("members", "nodes"), about=about)
    stages.forget_rounds("components")
    batch.found["components"] = dict(stages.records["components"].about)


def _pagerank(batch: Batch) -> None:
    from kg.batch import pagerank

    team, stages, options = _team(batch), batch.stages, batch.options
    nodes, number = stages.table("nodes"), stages.records["nodes"].rows
    end: dict[str, Any] = {}

    def make() -> Any:
        flow = stages.stage("pagerank.flows", lambda: pagerank.flows(team), pagerank.FLOWS, of=("members",))
        tied = stages.stage("pagerank.start", lambda: pagerank.start(flow), pagerank.RANKS, of=("pagerank.flows",))
        isolated = number - stages.records["pagerank.start"].rows

        def step(this: int, ranks: Any) -> Any:
            alone = pagerank.isolated_rank(this - 1, number, isolated)
            return pagerank.step(flow, ranks, pagerank.given_to_all(alone, number, isolated))

        ranks, rounds, left = stages.rounds(
            "pagerank",
            lambda: tied,
            step,
            lambda _, after: (batch.engine.scalar(pagerank.change(after)) or 0.0) / max(number, 1),
            pagerank.RANKS,
            most=options.rounds,
            enough=options.tolerance,
            of=("pagerank.flows", "nodes"),
        )
        end.update(rounds=rounds, change=left, converged=left <= options.tolerance, damping=pagerank.DAMPING)
        return pagerank.final(nodes, ranks, max(number, 1), pagerank.isolated_rank(rounds, max(number, 1), isolated))

    stages.stage("pagerank", make, pagerank.PAGERANK, of=("members", "nodes"), made_with=[options.rounds, options.tolerance], about=lambda _: end)
    stages.forget_rounds("pagerank")
    for name in ("pagerank.flows", "pagerank.start"):
        stages.forget(name)
    batch.found["pagerank"] = dict(stages.records["pagerank"].about)


def _groups(batch: Batch) -> None:
    from kg.batch import groups

    _edges(batch)
    groups.groups(batch)


def _counts(batch: Batch) -> None:
    from kg.batch import counting
    from kg.batch.network import numbered

    stages = batch.stages
    statements = stages.table("statements")
    subjects = stages.stage("subjects", lambda: numbered(statements.select(iri="subject")), counting.NUMBERED, of=("statements",))
    names = stages.stage("names", lambda: numbered(counting.names(statements)), counting.NUMBERED, of=("statements",))
    use = stages.stage("uses", lambda: counting.uses(statements, subjects, names), counting.USES, of=("statements", "subjects", "names"))
    of = ("statements", "subjects", "names", "uses")
    again = stages.stage("repeated", lambda: counting.repeated(statements, subjects, names, use), counting.REPEATED, of=of)
    stages.stage("counts", lambda: counting.counts(statements, names, use, again), counting.COUNTS, of=("statements", "names", "uses", "repeated"))
    whole = stages.table("counts")
    row = batch.engine.to_pylist(whole.filter(whole.group == "whole"))[0]
    batch.found["counts"] = {"quads": stages.records["statements"].rows, "triples": int(row["triples"]), "subjects": int(row["subjects"])}


def _nquads(batch: Batch) -> None:
    from kg.batch.ntriples import lines

    batch.stages.lines("nquads", lambda: lines(batch.stages.table("statements")), of=("statements",))


def _difference(batch: Batch) -> None:
    from kg.batch import difference
    from kg.batch.against import earlier

    stages = batch.stages
    assert batch.options.against is not None
    old, name = earlier(batch.engine, batch.options.against)

    def about(table: Any) -> Mapping[str, Any]:
        rows = sorted((row["graph"], row["sign"], int(row["statements"])) for row in batch.engine.to_pylist(difference.numbers(table)))
        by_graph: dict[str, dict[str, int]] = {}
        for graph, sign, number in rows:
            by_graph.setdefault(graph, {"added": 0, "removed": 0})["added" if sign == "+" else "removed"] = number
        sums = {key: sum(found[key] for found in by_graph.values()) for key in ("added", "removed")}
        return {**sums, "graphs": by_graph}

    stages.stage(
        "difference",
        lambda: difference.difference(old, stages.table("statements")),
        difference.DIFFERENCE,
        of=("statements",),
        made_with=name,
        about=about,
    )
    batch.found["difference"] = dict(stages.records["difference"].about)


_DO: Mapping[str, Callable[[Batch], Any]] = {
    "results": _results,
    "participations": _participations,
    "edges": _edges,
    "components": _components,
    "pagerank": _pagerank,
    "groups": _groups,
    "counts": _counts,
    "nquads": _nquads,
    "difference": _difference,
}
