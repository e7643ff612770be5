"""What the graph holds, as :mod:`kg.publish.counts` counts it: distinct quads, triples, subjects; instances of classes, use of properties, graphs.

All counts are exact. Subjects, properties and graphs are numbered first, so that what is counted distinctly are numbers. A triple of several graphs counts
once in the whole; only subjects that stand in several graphs can have one, so only theirs are looked at again.
"""

from __future__ import annotations

from typing import Any

from kg.batch.exact import whole
from kg.namespaces import RDF

COUNTS = {"group": "string", "graph": "string", "iri": "string", "triples": "int64", "subjects": "int64"}
"""`group` is `whole`, `graph`, `class`, `class-in-graph` or `property`; `graph` and `iri` are empty where they do not apply."""
NUMBERED = {"id": "int64", "iri": "string"}
USES = {"graph": "int64", "subject": "int64", "predicate": "int64", "triples": "int64"}
REPEATED = {"subject": "int64", "predicate": "int64", "again": "int64"}


def uses(statements: Any, subjects: Any, names: Any) -> Any:
    """Return how often each subject has each property in each graph, as :data:`USES`.

    Args:
        statements: As :data:`kg.batch.statements.STATEMENTS`.
        subjects: Their subjects, as :data:`NUMBERED`.
        names: Their properties and graphs, as :data:`NUMBERED`.
    """
    import ibis

    rows = statements.select(subject_iri="subject", predicate_iri="predicate", graph_iri="graph")
    for name, numbers in (("subject", subjects), ("predicate", names), ("graph", names)):
        rows = rows.join(numbers.select(**{name: numbers.id, f"{name}_iri": numbers.iri}), f"{name}_iri").drop(f"{name}_iri")
    return rows.group_by(["graph", "subject", "predicate"]).aggregate(triples=ibis._.count().cast("int64"))


def names(statements: Any) -> Any:
    """Return the properties and graphs of statements in one column, `iri`, some of them twice."""
    return statements.select(iri="predicate").distinct().union(statements.select(iri="graph").distinct())


def repeated(statements: Any, subjects: Any, predicates: Any, use: Any) -> Any:
    """Return how often each subject says with each property what it also says in another graph, as :data:`REPEATED`: in all graphs but one."""
    import ibis

    graphs = use.select("graph", "subject").distinct().group_by("subject").aggregate(graphs=ibis._.count())
    several = graphs.filter(graphs.graphs > 1).select(id="subject")
    theirs = subjects.semi_join(several, "id").select(subject_id="id", subject="iri")
    rows = (
        statements.join(theirs, "subject").group_by(["subject_id", "predicate", "object", "kind", "datatype", "language"]).aggregate(n=ibis._.count())
    )
    again = rows.filter(rows.n > 1).join(predicates.select(predicate_id="id", predicate="iri"), "predicate")
    return again.group_by(subject=again.subject_id, predicate=again.predicate_id).aggregate(again=whole(again.n - 1))


def counts(statements: Any, names: Any, use: Any, again: Any) -> Any:
    """Return the numbers of a graph, as :data:`COUNTS`.

    Args:
        statements: As :data:`kg.batch.statements.STATEMENTS`.
        names: Properties and graphs, as :data:`NUMBERED`.
        use: As :data:`USES`.
        again: As :data:`REPEATED`.
    """
    import ibis

    def table(group: str, found: Any, graph: Any, iri: Any) -> Any:
        return found.select(
            group=ibis.literal(group), graph=graph, iri=iri, triples=found.triples.cast("int64"), subjects=found.subjects.cast("int64")
        )

    nothing = ibis.literal("")
    less = again.group_by("predicate").aggregate(again=whole(again.again))
    pairs = use.group_by(["subject", "predicate"]).aggregate(triples=whole(use.triples))
    properties = pairs.group_by("predicate").aggregate(triples=whole(pairs.triples), subjects=ibis._.count())
    joined = properties.left_join(less, "predicate")
    properties = joined.select(id=properties.predicate, triples=properties.triples - less.again.fill_null(0), subjects=properties.subjects)
    properties = properties.join(names, "id")
    placed = use.group_by(["graph", "subject"]).aggregate(triples=whole(use.triples))
    graphs = placed.group_by("graph").aggregate(triples=whole(placed.triples), subjects=ibis._.count())
    graphs = graphs.select("triples", "subjects", id="graph").join(names, "id")
    # Of all properties together: each triple has one.
    everything = properties.aggregate(triples=whole(properties.triples).fill_null(0)).cross_join(use.aggregate(subjects=use.subject.nunique()))
    types = statements.filter((statements.predicate == RDF.type) & (statements.kind == "iri")).select("graph", "subject", iri="object")
    instances = types.select("subject", "iri").distinct().group_by("iri").aggregate(subjects=ibis._.count()).mutate(triples=ibis._.subjects)
    by_graph = types.group_by(["graph", "iri"]).aggregate(subjects=ibis._.count()).mutate(triples=ibis._.subjects)
    tables = [
        table("whole", everything, nothing, nothing),
        table("graph", graphs, graphs.iri, nothing),
        table("class", instances, nothing, instances.iri),
        table("class-in-graph", by_graph, by_graph.graph, by_graph.iri),
        table("property", properties, nothing, properties.iri),
    ]
    return ibis.union(*tables)
