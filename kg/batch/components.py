"""Connected components by the smallest number in reach: each round takes the smallest label among all partners, then that label's own label.

It runs over who is in which project, not over pairs: whoever shares a project shares its smallest label. With the jump from label to label the number of
rounds grows with the logarithm of the longest path.
"""

from __future__ import annotations

from typing import Any

COMPONENTS = {"node": "int64", "component": "int64"}
LABELS = {"node": "int64", "label": "int64"}
ROUNDS = 100
"""More than any network needs whose numbers fit in 64 bits."""


def start(nodes: Any) -> Any:
    """Return each node as its own label, as :data:`LABELS`."""
    return nodes.select(node=nodes.id, label=nodes.id)


def step(team: Any, labels: Any) -> Any:
    """Return the labels after a round.

    Args:
        team: As :data:`kg.batch.network.MEMBERS`; every node is in a project, be it alone.
        labels: The labels before, as :data:`LABELS`.
    """
    import ibis

    lowest = team.join(labels, "node").group_by("project").aggregate(label=ibis._.label.min())
    hop = team.select("project", "node").join(lowest, "project").group_by("node").aggregate(label=ibis._.label.min())
    there = hop.select(label=hop.node, beyond=hop.label)
    return hop.join(there, "label").select("node", label=ibis._.beyond)


def changed(before: Any, after: Any) -> Any:
    """Return how many labels differ."""
    import ibis

    return before.select("node", old=before.label).join(after, "node").filter(ibis._.old != ibis._.label).count()


def named(labels: Any) -> Any:
    """Return the component of each node, named by its smallest node, as :data:`COMPONENTS`."""
    return labels.select("node", component=labels.label)
