"""PageRank with Newman's weights, by projects instead of pairs.

With weights 1 / (k − 1) the rank that flows to i is Σ over its projects of (S − y_i) / (k − 1), where y_j = rank_j / strength_j, S is the sum of y in the
project, and the strength of an institution is the number of its projects with a partner. A round therefore reads participations, not pairs:
Σ k rows instead of Σ k². Source: L. Page et al. (1999), The PageRank Citation Ranking, section 2; weights as in networkx.pagerank.
"""

from __future__ import annotations

from typing import Any

from kg.batch.exact import real

DAMPING = 0.85
PAGERANK = {"node": "int64", "pagerank": "float64"}
FLOWS = {"project": "int64", "node": "int64", "size": "int64", "strength": "int64"}
RANKS = {"node": "int64", "rank": "float64", "change": "float64"}


def flows(team: Any) -> Any:
    """Return who is in which project with others, and the strength of each, as :data:`FLOWS`."""
    import ibis

    tied = team.filter(team.size > 1)
    strength = tied.group_by("node").aggregate(strength=ibis._.count().cast("int64"))
    return tied.join(strength, "node").select(*FLOWS)


def start(flow: Any) -> Any:
    """Return a rank of 1 for each institution that has a partner, as :data:`RANKS`; ranks are kept times the number of nodes, so that their mean is 1."""
    import ibis

    return flow.select("node").distinct().mutate(rank=ibis.literal(1).cast("float64"), change=ibis.literal(1).cast("float64"))


def step(flow: Any, ranks: Any, given: float) -> Any:
    """Return the ranks after a round, as :data:`RANKS`.

    Args:
        flow: As :data:`FLOWS`.
        ranks: The ranks before.
        given: What every node gets without a partner's help (:func:`given_to_all`).
    """
    import ibis

    before = ranks.select("node", rank=ranks.rank)
    shares = flow.join(before, "node")
    shares = shares.select("project", "node", "size", "rank", share=(shares.rank / shares.strength.cast("float64")))
    sums = shares.group_by("project").aggregate(total=real(ibis._.share))
    arriving = shares.join(sums, "project")
    arriving = arriving.select("node", "rank", part=(arriving.total - arriving.share) / (arriving.size - 1).cast("float64"))
    found = arriving.group_by("node").aggregate(rank=given + DAMPING * real(ibis._.part), old=ibis._.rank.max())
    return found.select("node", "rank", change=(found.rank - found.old).abs())


def isolated_rank(rounds: int, nodes: int, isolated: int) -> float:
    """Return the rank, times the number of nodes, of a node without a partner after so many rounds: all such nodes have the same."""
    rank = 1.0
    for _ in range(rounds):
        rank = given_to_all(rank, nodes, isolated)
    return rank


def given_to_all(rank: float, nodes: int, isolated: int) -> float:
    """Return what every node gets in a round: the jump, and an equal share of the rank that nodes without a partner hand on (`rank` each)."""
    return 1 - DAMPING + DAMPING * rank * isolated / nodes


def change(ranks: Any) -> Any:
    """Return the sum of changes in the last round."""
    return real(ranks.change)


def final(nodes: Any, ranks: Any, number: int, alone: float) -> Any:
    """Return the PageRank of every node, as :data:`PAGERANK`; they add up to 1.

    Args:
        nodes: All nodes.
        ranks: As :data:`RANKS`.
        number: How many nodes there are.
        alone: Rank of a node without a partner.
    """
    every = nodes.select(node=nodes.id)
    return every.left_join(ranks, "node").select(node=every.node, pagerank=ranks.rank.fill_null(alone) / float(number))
