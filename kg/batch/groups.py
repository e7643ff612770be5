"""Groups and betweenness: on one machine up to a number of pairs, above it approximations on the engine, which say so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kg.batch import components, onenode, paths, propagation

if TYPE_CHECKING:
    from kg.batch.run import Batch


def groups(batch: Batch) -> None:
    """Write the stages `communities` and `betweenness`."""
    edges, limit = batch.stages.records["edges"].rows, batch.options.one_node_edges
    if edges <= limit:
        _on_one_node(batch)
    else:
        _on_the_engine(batch, {"edges": edges, "one_node_edges": limit})
    batch.found["groups"] = {name: dict(batch.stages.records[name].about) for name in ("communities", "betweenness")}


def _on_one_node(batch: Batch) -> None:
    from kg.analyse.communities import LEIDEN

    stages, options = batch.stages, batch.options
    held: list[Any] = []
    told: dict[str, Any] = {}

    def edges() -> Any:
        if not held:
            held.append(onenode.read(batch.engine, stages.table("edges"), stages.records["nodes"].rows))
        return held[0]

    def found() -> Any:
        table, modularity = onenode.communities(edges(), options.seed)
        told["communities"] = {"approximate": False, "method": LEIDEN, "seed": options.seed, "modularity": modularity}
        return batch.engine.table(table)

    def between() -> Any:
        table, how = onenode.betweenness(edges(), options.seed)
        told["betweenness"] = {
            "approximate": not how["exact"],
            "method": "Brandes, igraph.Graph.betweenness, distance 1 / weight",
            "seed": options.seed,
            **how,
        }
        return batch.engine.table(table)

    of, made_with = ("edges", "nodes"), ["one node", options.seed]
    stages.stage(
        "communities", found, onenode.COMMUNITIES, of=of, made_with=made_with, about=lambda table: told["communities"] | _count(batch, table)
    )
    stages.stage("betweenness", between, paths.BETWEENNESS, of=of, made_with=made_with, about=lambda _: told["betweenness"])


def _on_the_engine(batch: Batch, why: Mapping[str, int]) -> None:
    stages = batch.stages
    team, nodes = stages.table("members"), stages.table("nodes")
    told: dict[str, Any] = {}
    parts = 1 + stages.records["members"].rows // propagation.PART

    kept: list[Any] = []

    def heard(before: Any) -> Any:
        while kept:
            batch.engine.drop(kept.pop())
        kept.append(propagation.heard(batch.engine, team, before, parts=parts))
        return kept[0]

    def labels() -> Any:
        number = stages.records["nodes"].rows
        last, rounds, remaining = stages.rounds(
            "communities",
            lambda: components.start(nodes),
            lambda this, before: propagation.step(before, heard(before), smaller=this % 2 == 1),
            lambda before, after: batch.engine.scalar(components.changed(before, after)),
            components.LABELS,
            most=propagation.ROUNDS,
            enough=number * propagation.SETTLED,
            # One of each kind: labels only become smaller in one round, only larger in the next.
            in_a_row=2,
            of=("members",),
        )
        told["communities"] = {
            "approximate": True,
            "method": propagation.METHOD,
            "rounds": rounds,
            "moved_last": int(remaining),
            "settled": remaining <= number * propagation.SETTLED,
            "because": why,
        }
        return last.select("node", community=last.label)

    of, made_with = ("members", "nodes", "edges"), ["engine", paths.ORIGINS]
    stages.stage(
        "communities", labels, onenode.COMMUNITIES, of=of, made_with=made_with, about=lambda table: told["communities"] | _count(batch, table)
    )
    stages.forget_rounds("communities")
    stages.stage(
        "betweenness", lambda: _between(batch, told, why), paths.BETWEENNESS, of=of, made_with=made_with, about=lambda _: told["betweenness"]
    )
    for name in list(stages.records):
        if name.startswith("betweenness."):
            stages.forget(name)


def _between(batch: Batch, told: dict[str, Any], why: Mapping[str, int]) -> Any:
    import ibis

    stages = batch.stages
    near = stages.stage("betweenness.near", lambda: paths.neighbours(stages.table("edges")), {"node": "int64", "other": "int64"}, of=("edges",))
    degrees = stages.table("degree")
    connected = int(batch.engine.scalar(degrees.filter(degrees.degree > 0).aggregate(n=ibis._.count())))
    wanted = min(paths.ORIGINS, connected)
    levels = ["betweenness.level-0"]
    stages.stage(levels[0], lambda: paths.origins(degrees, wanted, connected), paths.REACHED, of=("degree",))
    taken = stages.records[levels[0]].rows
    while stages.records[levels[-1]].rows and len(levels) < paths.LEVELS:
        reached, before = stages.table(levels[-1]), stages.table(levels[-2]) if len(levels) > 1 else None
        name = f"betweenness.level-{len(levels)}"
        stages.stage(name, lambda r=reached, b=before: paths.further(near, r, b), paths.REACHED, of=(levels[-1], "betweenness.near"))  # type: ignore[misc]
        levels.append(name)
    cut = bool(stages.records[levels[-1]].rows)
    found, beyond = [], None
    for number in range(len(levels) - 1, 0, -1):
        after: list[str] = [] if beyond is None else [f"betweenness.back-{number + 1}"]
        beyond = stages.stage(
            f"betweenness.back-{number}",
            lambda level=levels[number], beyond=beyond: paths.back(near, stages.table(level), beyond),  # type: ignore[misc]
            paths.DEPENDENCY,
            of=(levels[number], *after),
        )
        found.append(beyond)
    told["betweenness"] = {
        "approximate": True,
        "method": paths.METHOD,
        "sources": taken,
        "levels": len(levels) - 2 if not cut else len(levels) - 1,
        "cut": cut,
        "because": why,
    }
    everything = found[0]
    for other in found[1:]:
        everything = everything.union(other)
    return paths.betweenness(stages.table("nodes"), everything, number=stages.records["nodes"].rows, connected=connected, taken=max(taken, 1))


def _count(batch: Batch, table: Any) -> Mapping[str, Any]:
    import ibis

    sizes = table.group_by("community").aggregate(size=ibis._.count())
    row = batch.engine.to_pylist(sizes.aggregate(groups=ibis._.count(), largest=sizes.size.max()))[0]
    return {"groups": int(row["groups"]), "largest": int(row["largest"] or 0)}
