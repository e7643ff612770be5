"""Betweenness where a network is too large for one machine: shortest paths in steps from a few origins, level by level.

An approximation in two ways: from a sample of origins, and with every pair at distance 1, whatever its weight.
Source: U. Brandes (2001), doi:10.1080/0022250X.2001.9990249; sampled origins: Brandes and Pich (2007), doi:10.1142/S0218127407018403.
"""

from __future__ import annotations

from typing import Any

METHOD = "Brandes, distances in steps, from sampled origins"
ORIGINS = 16
LEVELS = 100
"""Levels after which it ends in any case; collaboration networks have a dozen."""
REACHED = {"origin": "int64", "node": "int64", "paths": "float64"}
DEPENDENCY = {**REACHED, "dependency": "float64"}
BETWEENNESS = {"node": "int64", "betweenness": "float64", "error": "float64"}


def neighbours(pairs: Any) -> Any:
    """Return each pair in both directions: columns `node`, `other`."""
    return pairs.select(node=pairs.source, other=pairs.target).union(pairs.select(node=pairs.target, other=pairs.source))


def origins(degrees: Any, number: int, connected: int) -> Any:
    """Return evenly spaced institutions, in the order of their IRIs, among those that have partners, as :data:`REACHED`.

    Args:
        degrees: As :data:`kg.batch.network.DEGREE`.
        number: How many.
        connected: How many institutions have partners.
    """
    import ibis

    every = max(connected // max(number, 1), 1)
    placed = degrees.filter(degrees.degree > 0).select("node", place=ibis.row_number().over(order_by=ibis._.node))
    chosen = placed.filter((placed.place % every == every // 2) & (placed.place // every < number))
    return chosen.select(origin=chosen.node, node=chosen.node, paths=ibis.literal(1).cast("float64"))


def further(near: Any, reached: Any, before: Any) -> Any:
    """Return the next level, as :data:`REACHED`: what the last level leads to and neither it nor the level before holds.

    Args:
        near: As :func:`neighbours` returns it.
        reached: The last level.
        before: The level before it, or None.
    """
    import ibis

    led = reached.join(near, "node").group_by(["origin", "other"]).aggregate(paths=ibis._.paths.sum())
    found = led.select("origin", node=led.other, paths=led.paths.cast("float64"))
    known = reached.select("origin", "node") if before is None else reached.select("origin", "node").union(before.select("origin", "node"))
    return found.anti_join(known, ["origin", "node"])


def back(near: Any, reached: Any, beyond: Any) -> Any:
    """Return how much each origin depends on each node of a level, as :data:`DEPENDENCY`.

    Args:
        near: As :func:`neighbours` returns it.
        reached: The level.
        beyond: The dependencies of the next level, or None at the last.
    """
    import ibis

    if beyond is None:
        return reached.mutate(dependency=ibis.literal(0).cast("float64"))
    handed = beyond.select("origin", other=beyond.node, part=(1.0 + beyond.dependency) / beyond.paths)
    found = handed.join(near, "other").group_by(["origin", "node"]).aggregate(part=ibis._.part.sum())
    joined = reached.left_join(found, ["origin", "node"])
    return joined.select(
        origin=reached.origin, node=reached.node, paths=reached.paths, dependency=(reached.paths * found.part.fill_null(0.0)).cast("float64")
    )


def betweenness(nodes: Any, dependencies: Any, *, number: int, connected: int, taken: int) -> Any:
    """Return the estimate for every node, divided by (n-1)(n-2)/2, with its standard error, as :data:`BETWEENNESS`.

    Args:
        nodes: All nodes.
        dependencies: Those of all levels but that of the origins themselves.
        number: How many nodes there are.
        connected: How many of them have partners.
        taken: How many origins were taken.
    """
    import ibis

    pairs = max((number - 1) * (number - 2) / 2, 1.0)
    scale = connected / taken / 2 / pairs
    one = dependencies.dependency
    sums = dependencies.group_by("node").aggregate(total=one.sum(), squares=(one * one).sum())
    every = nodes.select(node=nodes.id)
    joined = every.left_join(sums, "node").select(node=every.node, total=sums.total.fill_null(0.0), squares=sums.squares.fill_null(0.0))
    spread = ibis.greatest(joined.squares - joined.total * joined.total / taken, 0.0) * taken / max(taken - 1, 1)
    return joined.select("node", betweenness=(joined.total * scale).cast("float64"), error=(spread.sqrt() * scale).cast("float64"))
