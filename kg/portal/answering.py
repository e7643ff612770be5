"""From a query to the bytes of its answer, inside a worker: refuse, evaluate, write within limits, explain what is wrong.

Without a dataset in query or request the default graph is the union of the named graphs. A dataset of the request wins over FROM and FROM NAMED
(SPARQL 1.1 Protocol, section 2.1.4), and FROM over the union. The engine does not merge the graphs of a union: what stands in two is two rows of a SELECT
(say DISTINCT), but one triple of a graph. DESCRIBE gives the concise bounded description: all statements with the thing as subject,
and those of the blank nodes they lead to. The known prefixes need no declaration; one of the query's own wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from time import monotonic

import pyoxigraph as ox

from kg.errors import KgError, QueryError, StoreError, Text
from kg.grammar import POSITION, engine_error, names_dataset, position
from kg.namespaces import PREFIXES
from kg.portal import guard
from kg.portal.negotiate import format_of, with_charset
from kg.portal.page import Reply
from kg.portal.protocol import GraphOperation, Operation, ProtocolError, not_acceptable
from kg.portal.streams import Cells, Limits, Written, write_rows, write_triples
from kg.results import write
from kg.store import EmbeddedStore, EndpointStore, Store, Table, Triples, syntax_error


def answer(store: Store, operation: Operation, limits: Limits, *, service_hosts: Iterable[str] = (), resolve: guard.Resolve | None = None) -> Reply:
    """Answer a query.

    Args:
        store: An embedded store, or an endpoint elsewhere (whose answer is held as a whole before it is written).
        operation: Of kind `query`.
        limits: Bounds of the answer; what exceeds them is left out, and the reply says so: `truncated`, and the headers `X-Truncated-By` (rows, bytes,
            seconds) and `X-Total-Rows-At-Least`.
        service_hosts: Hosts that SERVICE may name.
        resolve: See :func:`kg.portal.guard.refuse_service`.

    Returns:
        The answer, or the error as a reply with status 4xx or 5xx: no mistake of a user raises anything.
    """
    started = monotonic()
    try:
        guard.refuse_complex(operation.query)
        guard.refuse_service(operation.query, service_hosts, resolve=resolve)
        if isinstance(store, EmbeddedStore):
            return _embedded(store, operation, limits, started)
        return _remote(store, operation, limits, started)
    except SyntaxError as error:
        problem = explain(operation.query, str(error))
    except ProtocolError as error:
        problem = error
    except StoreError as error:
        problem = ProtocolError(502, error.what, fix=error.fix)
    except KgError as error:
        problem = ProtocolError(400, error.what, fix=error.fix)
    except (ValueError, RuntimeError, OSError) as error:
        what = Text(f"The query cannot be answered: {error}.", f"Die Abfrage ist nicht zu beantworten: {error}.")
        problem = ProtocolError(400, what, fix=Text("Simplify it, or narrow it down.", "Vereinfachen Sie sie, oder grenzen Sie sie ein."))
    return problem.reply(operation.accept, operation.lang)


def _embedded(store: EmbeddedStore, operation: Operation, limits: Limits, started: float) -> Reply:
    engine, query = store._store, operation.query
    if operation.default_graphs or operation.named_graphs:
        default: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] = [ox.NamedNode(iri) for iri in operation.default_graphs]
        named: list[ox.NamedNode | ox.BlankNode] = [ox.NamedNode(iri) for iri in operation.named_graphs]
        result = engine.query(query, prefixes=PREFIXES, default_graph=default, named_graphs=named)
    elif names_dataset(query):
        result = engine.query(query, prefixes=PREFIXES)
    else:
        result = engine.query(query, prefixes=PREFIXES, use_default_graph_as_union=True)
    if isinstance(result, ox.QuerySolutions):
        return _table(operation, [variable.value for variable in result.variables], result, limits, started)
    if isinstance(result, ox.QueryBoolean):
        return _boolean(operation, bool(result))
    # DESCRIBE gives a statement of two graphs twice, where CONSTRUCT does not.
    triples = _once(result, limits.rows) if _DESCRIBE.search(query) else result
    return _graph(operation, triples, limits, started)


_DESCRIBE = re.compile("describe", re.IGNORECASE)


def _once(triples: Iterable[ox.Triple], rows: int) -> Iterator[ox.Triple]:
    """Give each triple once; no more are remembered than an answer may have."""
    seen: set[ox.Triple] = set()
    for triple in triples:
        if triple not in seen:
            if len(seen) <= rows:
                seen.add(triple)
            yield triple


def _remote(store: Store, operation: Operation, limits: Limits, started: float) -> Reply:
    try:
        if isinstance(store, EndpointStore):
            result = store.query(operation.query, default_graphs=operation.default_graphs, named_graphs=operation.named_graphs)
        else:
            result = store.query(operation.query)
    except QueryError as error:
        # The server says what it does not like; where it stands is told by the grammar here.
        wrong = engine_error(operation.query)
        if wrong is not None:
            raise SyntaxError(wrong) from error
        raise
    if isinstance(result, Table):
        return _table(operation, list(result.variables), result.rows, limits, started)
    if isinstance(result, Triples):
        return _graph(operation, result.triples, limits, started)
    return _boolean(operation, result)


def _table(operation: Operation, variables: list[str], rows: Iterable[Cells], limits: Limits, started: float) -> Reply:
    if not operation.table:
        raise not_acceptable(("table",))
    try:
        written = write_rows(format_of(operation.table, "table"), variables, rows, limits, started)
    except QueryError as error:
        raise ProtocolError(406, error.what, fix=error.fix) from error
    return _reply(written, operation.table)


def _boolean(operation: Operation, value: bool) -> Reply:
    if not operation.table:
        raise not_acceptable(("table",))
    return _reply(Written(write(value, format_of(operation.table, "table")).encode(), 1), operation.table)


def _graph(operation: Operation | GraphOperation, triples: Iterable[ox.Triple], limits: Limits, started: float) -> Reply:
    if not operation.graph:
        raise not_acceptable(("graph",))
    form = format_of(operation.graph, "graph")
    try:
        written = write_triples(form, triples, limits, started)
    except ValueError as error:
        what = Text(f"The answer does not fit the format {form}: {error}.", f"Die Antwort passt nicht in das Format {form}: {error}.")
        raise ProtocolError(406, what, fix=Text("Use ttl or nt.", "Wählen Sie ttl oder nt.")) from error
    return _reply(written, operation.graph)


def _reply(written: Written, media: str) -> Reply:
    headers = {}
    if written.cut:
        headers = {"X-Truncated-By": written.cut, "X-Total-Rows-At-Least": str(written.rows + 1)}
        if written.cut == "seconds":
            # The next attempt may get further: this answer is not the one that belongs to the ETag.
            headers["Cache-Control"] = "no-store"
    return Reply(written.body, with_charset(media), 200, headers, written.rows, bool(written.cut))


def answer_graph(store: Store, operation: GraphOperation, limits: Limits) -> Reply:
    """Answer a request for one graph or for the union of all (Graph Store HTTP Protocol, section 5.2).

    Args:
        store: An embedded store, or an endpoint elsewhere.
        operation: Of kind `graph` or `default`; `list` is for :func:`kg.portal.description.describe`.
        limits: As in :func:`answer`.

    Returns:
        The triples; 404 for a graph that is not there.
    """
    started = monotonic()
    try:
        whole = Operation("query", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", graph=operation.graph, accept=operation.accept, lang=operation.lang)
        if operation.kind == "default":
            return answer(store, whole, limits)
        node = ox.NamedNode(operation.iri)
        if isinstance(store, EmbeddedStore):
            if not store._store.contains_named_graph(node):
                raise _unknown_graph(operation.iri)
            quads = store._store.quads_for_pattern(None, None, None, node)
            return _graph(operation, (quad.triple for quad in quads), limits, started)
        result = store.query("CONSTRUCT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }", {"g": node})
        if not isinstance(result, Triples) or not result.triples:
            raise _unknown_graph(operation.iri)
        return _graph(operation, result.triples, limits, started)
    except ValueError:
        problem = _unknown_graph(operation.iri)
    except ProtocolError as error:
        problem = error
    except KgError as error:
        problem = ProtocolError(502, error.what, fix=error.fix)
    return problem.reply(operation.accept, operation.lang)


def _unknown_graph(iri: str) -> ProtocolError:
    what = Text(f"There is no graph <{iri[:200]}>.", f"Den Graphen <{iri[:200]}> gibt es nicht.")
    return ProtocolError(404, what, fix=Text("The address without parameters lists the graphs.", "Die Adresse ohne Parameter zählt die Graphen auf."))


# Possessive: a long comment must not be tried in all its parts.
_UPDATES = re.compile(
    r"\s*+(?:(?:#[^\n\r]*+|prefix\s++[^\s<]*+\s*+<[^>]*+>|base\s*+<[^>]*+>)\s*+)*+"
    r"(?P<word>insert|delete|load|clear|drop|create|add|move|copy|with)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?P<prefix>[\w-][\w.-]*|):[\w.-]*$")
_NEAR = 300
_DECLARED = re.compile(r"\bprefix\s+(?P<prefix>[\w.-]*):", re.IGNORECASE)


def explain(query: str, message: str) -> ProtocolError:
    """Return the error for a query that does not parse: place, line with a caret, and one sentence of help.

    Args:
        query: As it was sent.
        message: What the engine says, with `line:column`.
    """
    base = syntax_error(query, query, message)
    sentence, *quoted = base.what.en.split("\n")
    error = ProtocolError(400, Text(sentence, base.what.de.split("\n")[0]), fix=base.fix)
    place = position(query, message)
    if place is not None and len(quoted) > 1:
        error.line, error.column = map(int, POSITION.search(message).groups())  # type: ignore[union-attr]
        error.excerpt, error.caret = quoted[0][2:], quoted[1][2:]
    update = _UPDATES.match(query)
    before = query[max(0, (place or 0) - _NEAR) : place or 0]
    name = _NAME.search(before)
    known = set(PREFIXES) | {found["prefix"] for found in _DECLARED.finditer(query)}
    if update:
        word = update["word"].upper()
        error.fix = Text(
            f"{word} is an update; this endpoint only answers questions.", f"{word} ist eine Änderung; dieser Endpunkt beantwortet nur Fragen."
        )
    elif name and name["prefix"] not in known:
        error.fix = Text(
            f"The prefix {name['prefix'][:40]}: is not declared; add a PREFIX line.",
            f"Das Präfix {name['prefix'][:40]}: ist nicht erklärt; ergänzen Sie eine PREFIX-Zeile.",
        )
    elif query.count("{") > query.count("}") and place is not None and not query[place:].strip():
        error.fix = Text("The query ends before all { are closed.", "Die Abfrage endet, bevor alle { geschlossen sind.")
    elif "IRI parsing failed" in message and re.search(r"<(?![A-Za-z][A-Za-z0-9+.-]*:)[^\s<>]*>$", before):
        error.fix = Text("Write IRIs in full, or add a BASE line.", "Schreiben Sie IRIs ganz aus, oder ergänzen Sie eine BASE-Zeile.")
    return error
