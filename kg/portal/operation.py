"""What an operator needs, answered by the front itself: static files, health, metrics."""

from __future__ import annotations

import gzip
import mimetypes
from functools import lru_cache
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute
from starlette.routing import Route as HttpRoute

from kg.errors import MissingExtraError
from kg.portal.negotiate import gzip_accepted
from kg.portal.render import STATIC, asset

if TYPE_CHECKING:
    from starlette.requests import Request as HttpRequest

    from kg.portal.front import Front

FOREVER = "public, max-age=31536000, immutable"
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".geojson": "application/geo+json", ".svg": "image/svg+xml"}


def operation_routes() -> list[BaseRoute]:
    """Return the routes of the front itself."""
    return [
        HttpRoute("/static/{mark}/{name:path}", static),
        HttpRoute("/health/live", live),
        HttpRoute("/health/ready", ready),
        HttpRoute("/metrics", metrics),
    ]


@lru_cache(maxsize=1)
def _files() -> frozenset[str]:
    """Return the names of all static files: only these are ever opened, so that no path can lead elsewhere."""
    return frozenset(path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*") if path.is_file())


@lru_cache(maxsize=128)
def _content(name: str, compress: bool) -> bytes:
    body = (STATIC / name).read_bytes()
    return gzip.compress(body, 9, mtime=0) if compress else body


async def static(http: HttpRequest) -> Response:
    """Return a static file; with the mark of its content in the address it may be kept for ever."""
    name = http.path_params["name"]
    if name not in _files():
        return Response(b"", 404, media_type="text/plain")
    suffix = "." + name.rpartition(".")[2]
    kind = _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    compress = gzip_accepted(http.headers.get("accept-encoding")) and (kind.startswith("text/") or "json" in kind or "svg" in kind)
    known = asset(name).split("/")[2] == http.path_params["mark"]
    headers = {"Cache-Control": FOREVER if known else "no-cache", "Vary": "Accept-Encoding"}
    if compress:
        headers["Content-Encoding"] = "gzip"
    return Response(_content(name, compress), 200, headers, kind)


async def live(_: HttpRequest) -> Response:
    """Tell that the process answers."""
    return JSONResponse({"live": True}, headers={"Cache-Control": "no-store"})


async def ready(http: HttpRequest) -> Response:
    """Tell whether the graph can be asked, and how the pools stand."""
    front: Front = http.app.state.front
    state = front.capabilities()
    return JSONResponse(state, 200 if state["ready"] else 503, headers={"Cache-Control": "no-store"})


async def metrics(http: HttpRequest) -> Response:
    """Return counters for Prometheus (text format 0.0.4), where the operator serves them; without the package 501 and what to install."""
    front: Front = http.app.state.front
    if not front.settings.metrics:
        return Response(b"", 404, media_type="text/plain")
    front.measure()
    headers = {"Cache-Control": "no-store"}
    try:
        return Response(front.watching.metrics(), media_type="text/plain; version=0.0.4; charset=utf-8", headers=headers)
    except MissingExtraError as error:
        # Read by a machine or in an operator's terminal, so in both languages.
        return Response("".join(f"# {error.text(lang)}\n" for lang in ("en", "de")), 501, media_type="text/plain; charset=utf-8", headers=headers)
