"""The worker's part of `/sparql` and `/graphs`: joins what was read of a request to the desk's store and the operator's limits."""

from __future__ import annotations

from kg.portal import answering, description
from kg.portal.desk import Desk
from kg.portal.page import Reply, Request
from kg.portal.protocol import GraphOperation, Operation
from kg.portal.streams import Limits
from kg.store import Table

GRAPH_ROWS = 10
"""How many times as many statements a whole graph may have as an answer has rows."""


def limits(desk: Desk, times: int = 1) -> Limits:
    """Return the bounds of an answer: a little earlier than the worker's own limit, so that a cut answer still leaves the worker."""
    settings = desk.settings
    return Limits(settings.rows * times, settings.answer_bytes, settings.seconds * 0.8)


def handle(desk: Desk, request: Request) -> Reply:
    """Answer a query, or describe the service."""
    operation = Operation.of(request.options["operation"])
    if operation.kind == "describe-service":
        return _describe(desk, request, operation.graph, operation.accept, operation.lang)
    return answering.answer(desk.store, operation, limits(desk), service_hosts=desk.settings.service_hosts)


def handle_graph(desk: Desk, request: Request) -> Reply:
    """Answer a request for a graph, or list the graphs."""
    operation = GraphOperation.of(request.options["operation"])
    if operation.kind == "list":
        return _describe(desk, request, operation.graph, operation.accept, operation.lang)
    return answering.answer_graph(desk.store, operation, limits(desk, GRAPH_ROWS))


def _describe(desk: Desk, request: Request, media: str, accept: str, lang: str) -> Reply:
    federated = bool(desk.settings.service_hosts)
    address = f"{request.origin}{request.root}/sparql"
    return description.describe(
        address, desk.cached("graph counts", lambda: graph_counts(desk)), media, federated=federated, accept=accept, lang=lang
    )


def graph_counts(desk: Desk) -> dict[str, int]:
    """Return the statements per named graph: from the record of the build, else counted."""
    if desk.build is not None and not desk.site.remote:
        return {str(graph): int(count) for graph, count in desk.build.record["graphs"].items()}
    result = desk.store.query("SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
    rows = result.rows if isinstance(result, Table) else []
    return {graph.value: int(count.value) for graph, count in rows if graph is not None and count is not None}
