"""Participations become a network of numbers: institutions and projects numbered by the order of their IRIs, who is in which, pairs, degree.

Everything after this module joins integers. Definitions: :func:`kg.analyse.edges.collaboration`, all of a project tied.
Source: M. E. J. Newman (2001), doi:10.1103/PhysRevE.64.016132, equation 2.
"""

from __future__ import annotations

from typing import Any

from kg.batch.exact import real, whole

NODES = {"id": "int64", "iri": "string"}
MEMBERS = {"project": "int64", "node": "int64", "size": "int64"}
EDGES = {"source": "int64", "target": "int64", "count": "int64", "weight": "float64"}
DEGREE = {"node": "int64", "degree": "int64", "strength": "float64", "shared": "int64"}


def numbered(iris: Any) -> Any:
    """Return the distinct values of a text column (`iri`) with a number each, 0 and up, in the order of their code points."""
    import ibis

    return iris.distinct().select(id=ibis.row_number().over(order_by=ibis._.iri).cast("int64"), iri=ibis._.iri)


def institutions(participations: Any) -> Any:
    """Return the institutions of participations, as :data:`NODES`."""
    return numbered(participations.select(iri=participations.organisation))


def projects(participations: Any) -> Any:
    """Return the projects of participations, as :data:`NODES`."""
    return numbered(participations.select(iri=participations.initiative))


def members(participations: Any, nodes: Any, initiatives: Any) -> Any:
    """Return who is in which project, each once in however many roles, with how many there are in it, as :data:`MEMBERS`."""
    import ibis

    named = participations.select(project_iri=participations.initiative, node_iri=participations.organisation)
    found = named.join(initiatives.select(project="id", project_iri="iri"), "project_iri").join(nodes.select(node="id", node_iri="iri"), "node_iri")
    pairs = found.select("project", "node").distinct()
    sizes = pairs.group_by("project").aggregate(size=ibis._.count().cast("int64"))
    return pairs.join(sizes, "project").select("project", "node", "size")


def edges(team: Any) -> Any:
    """Return the pairs of institutions that share a project, as :data:`EDGES`: `source` < `target`, `count` of projects, Newman's `weight`.

    A project of k institutions makes k(k−1)/2 rows on the way: it is this step that grows faster than the data.
    """
    import ibis

    tied = team.filter(team.size > 1)
    one = tied.select("project", "size", source=tied.node)
    other = tied.select("project", target=tied.node)
    pairs = one.join(other, "project").filter(ibis._.source < ibis._.target)
    # Each share is computed once per project, not once per pair of rows.
    pairs = pairs.select("source", "target", share=1.0 / (pairs.size - 1).cast("float64"))
    return pairs.group_by(["source", "target"]).aggregate(count=ibis._.count().cast("int64"), weight=real(ibis._.share))


def degree(pairs: Any, nodes: Any) -> Any:
    """Return partners, sum of weights and sum of shared projects of every institution, as :data:`DEGREE`; isolated ones have 0."""
    import ibis

    ends = pairs.select("count", "weight", node=pairs.source).union(pairs.select("count", "weight", node=pairs.target))
    found = ends.group_by("node").aggregate(degree=ibis._.count().cast("int64"), strength=real(ibis._.weight), shared=whole(ibis._["count"]))
    every = nodes.select(node=nodes.id)
    joined = every.left_join(found, "node")
    return joined.select(
        node=every.node,
        degree=found.degree.fill_null(0).cast("int64"),
        strength=found.strength.fill_null(0.0),
        shared=found.shared.fill_null(0).cast("int64"),
    )
