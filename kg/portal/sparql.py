"""The endpoint's addresses `/sparql` and `/graphs`: the front's part of the SPARQL 1.1 Protocol and of the Graph Store Protocol.

What a request means is decided in :mod:`kg.portal.protocol`, what the answer is in :mod:`kg.portal.answering`; here the two are joined to pools and HTTP.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.routing import Route as HttpRoute

from kg.errors import Text
from kg.portal import app, negotiate
from kg.portal.page import Request
from kg.portal.protocol import GraphOperation, Operation, ProtocolError, read, read_graph_store

if TYPE_CHECKING:
    from starlette.requests import Request as HttpRequest

    from kg.portal.front import Front

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
"""All come here, so that those that are refused say why."""
_VOLATILE = re.compile(r"\b(?:now|rand|uuid|struuid)\s*\(", re.IGNORECASE)
_MACHINE_OR_PERSON = ("application/sparql-results+json", "text/turtle", "text/html")


def sparql_routes() -> list[BaseRoute]:
    """Return the routes of the endpoint."""
    return [
        HttpRoute("/sparql", sparql, methods=METHODS),
        HttpRoute("/graphs", graphs, methods=METHODS),
        HttpRoute("/graphs/{key:path}", graphs, methods=METHODS),
    ]


async def sparql(http: HttpRequest) -> Response:
    """Answer a query, or describe the service; a browser is led to the editor."""
    front: Front = http.app.state.front
    started = time.monotonic()
    if http.method == "OPTIONS":
        return app.options("GET", "POST")
    accept, lang = http.headers.get("accept"), negotiate.language(http.headers.get("accept-language"))
    address: bytes = http.scope["query_string"]
    try:
        if http.headers.get("content-encoding", "identity").lower() != "identity":
            raise _packed()
        body = await app.body_of(http, front.settings.body_bytes) if http.method == "POST" else b""
        if body is None:
            raise _too_large(front)
        operation = read(http.method, address, http.headers.get("content-type"), body, accept=accept, lang=lang, limit=front.settings.body_bytes)
    except ProtocolError as error:
        front.watching.answered("/sparql", error.status, time.monotonic() - started)
        return app.of_reply(error.reply(accept, lang))
    except (TimeoutError, ClientDisconnect):
        return Response(status_code=408)
    if http.method == "GET" and b"format=" not in address and accept and negotiate.choose(accept, _MACHINE_OR_PERSON) == "text/html":
        query = f"?{urlencode({'query': operation.query, 'run': '1'})}" if operation.query else ""
        return Response(status_code=303, headers={"Location": f"{front.settings.root_path}/query{query}", "Vary": "Accept"})
    response, more = await _answer(front, http, "kg.portal.endpoint:handle", operation)
    mark = app.query_hash(operation.query) if operation.query else None
    front.watching.answered("/sparql", response.status_code, time.monotonic() - started, query=mark, **more)
    return response


async def graphs(http: HttpRequest) -> Response:
    """Answer the read half of the Graph Store Protocol."""
    front: Front = http.app.state.front
    started = time.monotonic()
    if http.method == "OPTIONS":
        return app.options("GET")
    accept, lang, key = http.headers.get("accept"), negotiate.language(http.headers.get("accept-language")), http.path_params.get("key", "")
    iri = f"{front.base}graph/{key}" if key else ""
    try:
        operation = read_graph_store(http.method, iri, http.scope["query_string"], accept=accept, lang=lang, limit=front.settings.body_bytes)
    except ProtocolError as error:
        return app.of_reply(error.reply(accept, lang))
    response, more = await _answer(front, http, "kg.portal.endpoint:handle_graph", operation)
    front.watching.answered("/graphs", response.status_code, time.monotonic() - started, **more)
    return response


async def _answer(front: Front, http: HttpRequest, handler: str, operation: Operation | GraphOperation) -> tuple[Response, dict[str, Any]]:
    compress, query = negotiate.gzip_accepted(http.headers.get("accept-encoding")), getattr(operation, "query", "")
    # Only descriptions hold addresses of this server.
    origin = "" if query else app.origin(http)
    # A query that asks for the time or for chance has another answer each time.
    tag = "" if _VOLATILE.search(query) else front.tag(handler, operation.key(), "gzip" if compress else "", origin)
    vary = {"Vary": "Accept, Accept-Encoding", "Cache-Control": "no-cache"}
    # A POST is not conditional (RFC 9110, section 13.2.1 speaks of GET and HEAD).
    if tag and http.method != "POST" and app.matches(http, tag):
        return Response(status_code=304, headers={"ETag": tag, **vary}), {}
    head = operation.head()
    root = front.settings.root_path
    request = Request(handler, "/sparql", lang=operation.lang, form="json", origin=origin, root=root, options={"operation": head})
    assert front.release is not None
    answer, problem = await app.ask(front.release.desk, request, http, compress=compress)
    if answer is None:
        return problem, {}
    headers = {**vary, **app.safe(answer.head["headers"])}
    # What a time limit has cut may be longer the next time.
    if tag and answer.head["status"] == 200 and "no-store" not in headers["Cache-Control"]:
        headers["ETag"] = tag
    return app.send(http, answer, headers), {name: answer.head[name] for name in ("rows", "truncated") if answer.head.get(name)}


def _packed() -> ProtocolError:
    """Return the refusal of a compressed body (RFC 9110, section 12.5.3): a few bytes could become gigabytes."""
    what = Text("A compressed request is not read.", "Eine komprimierte Anfrage wird nicht gelesen.")
    fix = Text("Send it without Content-Encoding.", "Senden Sie sie ohne Content-Encoding.")
    return ProtocolError(415, what, fix=fix, headers={"Accept-Encoding": "identity"})


def _too_large(front: Front) -> ProtocolError:
    limit = front.settings.body_bytes
    what = Text(f"The request is longer than {limit} bytes.", f"Die Anfrage ist länger als {limit} Bytes.")
    return ProtocolError(413, what, fix=Text("Ask for less at a time.", "Fragen Sie weniger auf einmal."))
