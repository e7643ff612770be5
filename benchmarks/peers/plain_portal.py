"""The least that answers look-ups: a Starlette application on a store opened read-only, a thread per query, no limits (uvicorn --workers 2)."""

from __future__ import annotations

import os

import pyoxigraph as ox
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

STORE = ox.Store.read_only(os.environ["STORE"])


def answer(query: str) -> bytes:
    """Return the rows of a query as SPARQL JSON."""
    return STORE.query(query, use_default_graph_as_union=True).serialize(format=ox.QueryResultsFormat.JSON) or b""  # type: ignore[arg-type]


async def sparql(request: Request) -> Response:
    """Answer `?query=`."""
    return Response(await run_in_threadpool(answer, request.query_params["query"]), media_type="application/sparql-results+json")


app = Starlette(routes=[Route("/sparql", sparql)])
