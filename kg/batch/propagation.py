"""Groups by label propagation where a network is too large for one machine: every institution takes the label with most weight among its partners.

All at the same time, ties by the smallest label. Two neighbours that swap labels would do so for ever, so in odd rounds labels only become smaller, in even
rounds only larger. It runs over who is in which project. An approximation of what Leiden finds: fewer, larger groups, and no measure is optimised.
Source: U. N. Raghavan, R. Albert, S. Kumara (2007), doi:10.1103/PhysRevE.76.036106.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg.batch.exact import real

if TYPE_CHECKING:
    from kg.engine.base import Engine

METHOD = "label propagation, synchronous, ties by the smallest label"
ROUNDS = 10
"""Rounds after which it ends in any case."""
SETTLED = 0.001
"""It ends when no more than this share of the institutions took another label, in two rounds one after the other."""
PART = 250_000
"""Memberships whose institutions are looked at together."""
DIGITS = 9
"""Decimals to which weights are compared, so that 1/3 + 1/3 + 1/3 ties with 1."""


def heard(engine: Engine, team: Any, labels: Any, *, parts: int = 1) -> Any:
    """Return the label with most weight among the partners of each institution that has any: columns `node, heard`, kept by the session.

    Args:
        engine: Session that holds the tables.
        team: As :data:`kg.batch.network.MEMBERS`.
        labels: Labels as :data:`kg.batch.components.LABELS`.
        parts: In how many parts of the institutions: at first each hears as many labels as it has partners, and DuckDB holds all groups at once.
    """
    import ibis

    tied = team.filter(team.size > 1).join(labels, "node").select("project", "node", "label", share=1.0 / (ibis._.size - 1).cast("float64"))
    tied = engine.cache(tied)
    present = engine.cache(tied.group_by(["project", "label"]).aggregate(number=ibis._.count().cast("float64")))
    chosen = [engine.cache(_chosen(tied.filter(tied.node % parts == part) if parts > 1 else tied, present)) for part in range(parts)]
    best = engine.cache(ibis.union(*chosen)) if parts > 1 else chosen[0]
    for done in (tied, present, *(chosen if parts > 1 else ())):
        engine.drop(done)
    return best


def _chosen(tied: Any, present: Any) -> Any:
    """Return `node, heard` for some institutions: their memberships with their share and own label, and how often each project has each label."""
    import ibis

    others = tied.select("project", "node", "share").join(present, "project").select("node", "label", vote=ibis._.share * ibis._.number)
    # Nobody listens to itself: its own voice is taken away again.
    own = tied.select("node", "label", vote=-tied.share)
    votes = others.union(own).group_by(["node", "label"]).aggregate(weight=real(ibis._.vote))
    votes = votes.mutate(weight=votes.weight.round(DIGITS).cast("float64"))
    # The greatest weight, of these the smallest label: in one pass, where a window would sort all votes.
    ranked = votes.filter(votes.weight > 0).select("node", vote=ibis.struct({"weight": votes.weight, "below": -votes.label}))
    most = ranked.group_by("node").aggregate(vote=ranked.vote.max())
    return most.select("node", heard=-most.vote["below"])


def step(labels: Any, best: Any, *, smaller: bool) -> Any:
    """Return the labels after a round, as :data:`kg.batch.components.LABELS`.

    Args:
        labels: The labels before.
        best: As :func:`heard` returns it.
        smaller: Whether labels may only become smaller in this round; else only larger.
    """
    import ibis

    joined = labels.left_join(best, "node").select(node=labels.node, label=labels.label, heard=best.heard.fill_null(labels.label))
    allowed = joined.heard < joined.label if smaller else joined.heard > joined.label
    return joined.select("node", label=ibis.ifelse(allowed, joined.heard, joined.label))
