"""The ASGI application: reads and checks requests, asks a pool, sends what comes back (RFC 9110; Starlette)."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route as HttpRoute

from kg.errors import KgError, ParameterError, Text
from kg.portal import negotiate, ranges
from kg.portal.front import Front
from kg.portal.offers import form as offered_form
from kg.portal.offers import media_type
from kg.portal.page import MAX_VALUES, Reply, Request
from kg.portal.protocol import ProtocolError
from kg.portal.render import BusyError, NotFoundError, failure
from kg.portal.routes import TABLE, Route
from kg.portal.settings import PortalSettings
from kg.portal.workers import Answer, Pool, TimeLimitError, WorkerLostError, busy

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

CHUNK = 256 * 1024
BODY_SECONDS = 15.0
"""Seconds in which the body of a request must have come."""
WRITE_SECONDS = 30.0
WATCH_AFTER = 0.05
"""Seconds after which a request looks whether its client is still there."""
_HOST = re.compile(r"[A-Za-z0-9.\-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")
_NO_LINE_END = re.compile(r"[\x20-\x7e]*")
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-src 'self'; manifest-src 'self'; frame-ancestors {ancestors}"
)
SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, Location, Retry-After, X-Truncated, X-Rows, Content-Disposition, Accept-Ranges, Content-Range",
}


def make_app(settings: PortalSettings, front: Front | None = None) -> Starlette:
    """Return the application; its workers start and end with it."""
    from kg.portal.operation import operation_routes
    from kg.portal.sparql import sparql_routes
    from kg.portal.watching import Watching

    state = front or Front(settings, Watching())

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await state.start()
        yield
        await state.stop()

    pages = [HttpRoute(route.pattern, _endpoint(route), methods=[*route.methods, "OPTIONS"], name=route.handler) for route in TABLE]
    app = Starlette(routes=[*sparql_routes(), *operation_routes(), *pages], lifespan=lifespan, exception_handlers={404: _nothing_here, 405: _not_so})
    app.state.front = state
    return app


def with_headers(app: Starlette, settings: PortalSettings) -> ASGIApp:
    """Wrap an application so that the root path is no part of its paths, and every answer, whoever made it, carries the security headers."""
    from kg.portal.sparql import sparql

    strict = [(b"content-security-policy", CSP.format(ancestors="'none'").encode())]
    open_ = [(b"content-security-policy", CSP.format(ancestors=" ".join(settings.frame_ancestors) or "'none'").encode())]
    fixed = [(name.lower().encode(), value.encode()) for name, value in {**SECURITY, **CORS}.items()]

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        if settings.root_path and (scope["path"] + "/").startswith(settings.root_path + "/"):
            # A proxy may take the root path away or leave it.
            scope = {**scope, "path": scope["path"].removeprefix(settings.root_path) or "/"}
        policy = open_ if scope["path"].startswith("/embed/") else strict
        hosts = len([name for name, _ in scope["headers"] if name == b"host"])

        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", []), *fixed, *policy]}
            await send(message)

        if hosts > 1 or (not hosts and scope["http_version"] == "1.1"):
            # RFC 9112, section 3.2: two proxies could take two hosts differently.
            scope["app"] = app
            what = Text("The request must name one host.", "Die Anfrage muss einen Host nennen.")
            fix = Text("Send one header Host.", "Senden Sie eine Kopfzeile Host.")
            await refusal(HttpRequest(scope, receive), ParameterError(what, fix=fix), 400)(scope, receive, headed)
            return
        if scope["path"] == "/sparql":
            # The endpoint is the busiest address: past the router and its layers, which cost as much as the answer.
            scope["app"] = app
            response = await sparql(HttpRequest(scope, receive))
            await response(scope, receive, headed)
            return
        await app(scope, receive, headed)

    return wrapped


def _endpoint(route: Route) -> Callable[[HttpRequest], Awaitable[Response]]:
    async def endpoint(http: HttpRequest) -> Response:
        front: Front = http.app.state.front
        started = time.monotonic()
        if http.method != "POST" or route.body == "body_bytes":
            response, more = await _answer(front, route, http)
        elif front.uploads.locked():
            response, more = refusal(http, busy(), 503, {"Retry-After": "5"}), {}
        else:
            # Files are held as a whole until they are answered.
            async with front.uploads:
                response, more = await _answer(front, route, http)
        front.watching.answered(route.pattern, response.status_code, time.monotonic() - started, **more)
        return response

    return endpoint


async def _answer(front: Front, route: Route, http: HttpRequest) -> tuple[Response, dict[str, Any]]:
    if http.method == "OPTIONS":
        return options(*route.methods), {}
    body, problem = await _body(front, route, http) if http.method == "POST" else (b"", None)
    if problem is not None:
        return problem, {}
    compress = negotiate.gzip_accepted(http.headers.get("accept-encoding"))
    sent: dict[str, Any] = {"content_type": http.headers.get("content-type", "")} if http.method == "POST" else {"gzip": compress}
    try:
        request = read(front, http, f"kg.portal.{route.handler}", route.offers, body, **sent)
    except ParameterError as error:
        return refusal(http, error, 400), {}
    if not request.form:
        return not_acceptable(http, request, route.offers), {}
    tag = (
        front.tag(request.path, http.scope["query_string"].decode("latin-1"), request.lang, request.form, "gzip" if compress else "", request.origin)
        if route.kept and http.method != "POST"
        else ""
    )
    vary = "Accept-Encoding, Accept-Language" + (", Accept" if len(route.offers) > 1 else "")
    if tag and matches(http, tag):
        return Response(status_code=304, headers={"ETag": tag, "Vary": vary, "Cache-Control": "no-cache"}), {}
    release = front.release
    assert release is not None
    pool = release.analysis if route.pool == "analysis" else release.desk
    answer, problem = await ask(pool, request, http, compress=compress)
    if answer is None:
        return problem, {}
    head = answer.head
    headers = dict(safe(head["headers"]))
    headers.setdefault("Vary", vary)
    headers.setdefault("Cache-Control", "no-cache")
    # An answer that is not to be kept is not the one that belongs to the ETag.
    if tag and head["status"] == 200 and "no-store" not in headers["Cache-Control"]:
        headers["ETag"] = tag
    own = headers.get("ETag", "") if not tag and head["status"] == 200 and http.method != "POST" else ""
    if own and matches(http, own.removeprefix("W/")):
        # What a handler has marked itself: releases and their files.
        answer.close()
        kept = {name: value for name, value in headers.items() if name in ("ETag", "Vary", "Cache-Control", "Link")}
        return Response(status_code=304, headers=kept), {}
    return send(http, answer, headers), {key: head[key] for key in ("rows", "truncated") if head.get(key)}


async def _body(front: Front, route: Route, http: HttpRequest) -> tuple[bytes, Response | None]:
    """Return the body of a POST, or why it is not read."""
    limit = int(getattr(front.settings, route.body))
    try:
        body = await body_of(http, limit)
    except (TimeoutError, ClientDisconnect):
        return b"", Response(status_code=408)
    if body is None:
        size = f"{limit / 1024**2:g}"
        what = Text(f"What was sent is larger than {size} MB.", f"Was gesendet wurde, ist größer als {size} MB.")
        fix = Text(
            "Send fewer or smaller files, or use `kg validate`.", "Senden Sie weniger oder kleinere Dateien, oder verwenden Sie `kg validate`."
        )
        return b"", refusal(http, ParameterError(what, fix=fix), 413, {"Connection": "close"})
    return body, None


def read(front: Front, http: HttpRequest, handler: str, offers: tuple[str, ...], body: bytes = b"", **options: Any) -> Request:
    """Return the request as a worker takes it: query string parsed, language and format chosen, origin checked.

    Raises:
        ParameterError: The query string has too many values, or is no UTF-8.
    """
    try:
        values = parse_qs(http.url.query, keep_blank_values=True, max_num_fields=MAX_VALUES, errors="strict")
    except ValueError as error:
        what = Text("The address cannot be read: too many values, or no UTF-8.", "Die Adresse ist nicht lesbar: zu viele Werte, oder kein UTF-8.")
        raise ParameterError(what, fix=Text("Begin again at the home page.", "Beginnen Sie auf der Startseite neu.")) from error
    given = (values.get("lang") or [""])[0]
    lang = negotiate.language(http.headers.get("accept-language"), given)
    form = offered_form(http.headers.get("accept"), (values.get("format") or [""])[0], offers)
    return Request(
        handler,
        path=http.scope["path"],
        names=dict(http.path_params),
        values=values,
        lang=lang,
        chosen_lang=given in ("de", "en"),
        form=form or "",
        origin=origin(http),
        root=front.settings.root_path,
        body=body,
        options=options,
    )


def origin(http: HttpRequest) -> str:
    """Return scheme and host as the client sees them; a host that is none is taken as this machine."""
    host = http.headers.get("host", "")
    # A proxy may speak of WebSockets where it means encryption.
    scheme = "https" if http.scope["scheme"] in ("https", "wss") else "http"
    return f"{scheme}://{host if _HOST.fullmatch(host) else 'localhost'}"


async def ask(pool: Pool, request: Request, http: HttpRequest, *, compress: bool = False) -> tuple[Answer | None, Response]:
    """Return the answer of a pool, or the response that says why there is none. When the client goes away, the request is given up."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    gone: list[asyncio.Task[None]] = []

    async def watch() -> None:
        while (await http.receive())["type"] != "http.disconnect":
            pass
        assert task is not None
        task.cancel("gone")

    # Most answers come before it pays to watch the connection.
    timer = loop.call_later(WATCH_AFTER, lambda: gone.append(loop.create_task(watch())))
    try:
        return await pool.ask(request, compress=compress), Response()
    except asyncio.CancelledError:
        if task is None or not (gone and gone[0].done()):
            raise
        task.uncancel()
        return None, Response(status_code=499)
    except BusyError as error:
        return None, _trouble(error, request, 503, {"Retry-After": "2"})
    except TimeLimitError as error:
        return None, _trouble(error, request, 504)
    except WorkerLostError as error:
        # A query that ends its process will do so again: the client's to change.
        return None, _trouble(error, request, 400 if request.path == "/sparql" else 503)
    finally:
        timer.cancel()
        for one in gone:
            one.cancel()


def _trouble(error: KgError, request: Request, status: int, headers: dict[str, str] | None = None) -> Response:
    """Return why a pool has no answer: at the endpoint in the shape of its other errors, elsewhere as a page or as JSON."""
    operation = request.options.get("operation")
    if operation is None:
        return of_reply(failure(error, request, status=status, headers=headers))
    return of_reply(ProtocolError(status, error.what, error.fix, headers).reply(operation["accept"], request.lang))


def matches(http: HttpRequest, tag: str) -> bool:
    """Tell whether the client has this answer already (RFC 9110, section 13.1.2: weak comparison)."""
    given = http.headers.get("if-none-match", "")
    return given.strip() == "*" or tag in (one.strip().removeprefix("W/") for one in given[:4096].split(","))


def safe(headers: Mapping[str, str]) -> Mapping[str, str]:
    """Return the headers whose values are printable ASCII: a line end in a value would begin another header."""
    return {name: value for name, value in headers.items() if _NO_LINE_END.fullmatch(name + value)}


def send(http: HttpRequest, answer: Answer, headers: dict[str, str]) -> Response:
    """Return the response to an answer; a large body is streamed from its file, and a client that does not read is dropped."""
    head = answer.head
    if head.get("truncated"):
        headers["X-Truncated"] = "true"
    if head.get("rows") is not None:
        headers["X-Rows"] = str(head["rows"])
    if answer.file < 0:
        return Response(answer.body, head["status"], headers, head["type"])
    if head.get("disk"):
        return from_disk(http, answer, headers)
    if http.method == "HEAD":
        answer.close()
        return Response(b"", head["status"], {**headers, "Content-Length": str(answer.size)}, head["type"])
    return FileResponse(answer, headers)


def from_disk(http: HttpRequest, answer: Answer, headers: dict[str, str]) -> Response:
    """Return a file of the disk, or the range of it that was asked for (RFC 9110, section 14)."""
    head, size = answer.head, answer.size
    if head["status"] != 200:
        return FileResponse(answer, headers)
    headers["Accept-Ranges"] = "bytes"
    if http.method == "HEAD":
        answer.close()
        return Response(b"", 200, {**headers, "Content-Length": str(size)}, head["type"])
    wanted = ranges.wanted(http.headers.get("range"), http.headers.get("if-range"), headers.get("ETag", ""), size)
    if wanted is None:
        return FileResponse(answer, headers)
    if not wanted:
        answer.close()
        return Response(b"", 416, {**headers, "Content-Range": f"bytes */{size}"})
    head["status"] = 206
    headers["Content-Range"] = f"bytes {wanted.start}-{wanted.stop - 1}/{size}"
    return FileResponse(answer, headers, wanted)


class FileResponse(StreamingResponse):
    """An answer streamed from its file, or a part of it; the file is closed at the end, whatever the end is."""

    def __init__(self, answer: Answer, headers: dict[str, str], part: range | None = None) -> None:
        self.answer = answer
        self.part = range(answer.size) if part is None else part
        super().__init__(self._chunks(), answer.head["status"], {**headers, "Content-Length": str(len(self.part))}, answer.head["type"])

    async def _chunks(self) -> AsyncIterator[bytes]:
        position, end = self.part.start, self.part.stop
        while position < end:
            count = min(CHUNK, end - position)
            if self.answer.head.get("disk"):
                # A disk may let one wait; an anonymous file is memory.
                part = await asyncio.to_thread(os.pread, self.answer.file, count, position)
            else:
                part = os.pread(self.answer.file, count, position)
            if not part:
                raise ClientDisconnect  # The file became shorter: better a broken answer than one that seems whole.
            position += len(part)
            yield part

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file; each part must be taken within a time."""

        async def patient(message: Message) -> None:
            await asyncio.wait_for(send(message), WRITE_SECONDS)

        try:
            await super().__call__(scope, receive, patient)
        except TimeoutError:
            raise ClientDisconnect from None
        finally:
            self.answer.close()


def of_reply(reply: Reply) -> Response:
    """Return a reply as a response."""
    return Response(reply.body, reply.status, {**safe(reply.headers), "Cache-Control": "no-store"}, reply.media_type)


def options(*methods: str) -> Response:
    """Return the answer to OPTIONS, CORS pre-flight included (Fetch standard)."""
    allowed = ", ".join((*methods, *(("HEAD",) if "GET" in methods else ()), "OPTIONS"))
    headers = {
        "Allow": allowed,
        "Access-Control-Allow-Methods": allowed,
        "Access-Control-Allow-Headers": "Accept, Accept-Language, Content-Type, If-None-Match, If-Range, Range",
        "Access-Control-Max-Age": "86400",
    }
    return Response(status_code=204, headers=headers)


def plain_request(http: HttpRequest) -> Request:
    """Return a request that is good enough for an error page, whatever the client sent."""
    front: Front = http.app.state.front
    accept = http.headers.get("accept", "")[:1000]
    given = http.query_params.get("lang", "") if len(http.url.query) < 2000 else ""
    lang = negotiate.language(http.headers.get("accept-language"), given)
    form = "html" if "text/html" in accept else "json"
    return Request("", "/", lang=lang, chosen_lang=given in ("de", "en"), form=form, origin=origin(http), root=front.settings.root_path)


def refusal(http: HttpRequest, error: KgError, status: int, headers: dict[str, str] | None = None) -> Response:
    """Return an error of the front itself."""
    return of_reply(failure(error, plain_request(http), status=status, headers=headers))


def not_acceptable(http: HttpRequest, request: Request, offers: tuple[str, ...]) -> Response:
    """Return 406 with a list of what there is (RFC 9110, section 15.5.7)."""
    there = ", ".join(media_type(name) for name in offers)
    what = Text("None of the formats asked for exists here.", "Keines der gewünschten Formate gibt es hier.")
    links = ", ".join(f'<{request.origin}{http.url.path}?format={name}>; rel="alternate"; type="{media_type(name)}"' for name in offers)
    error = NotFoundError(what, fix=Text(f"There are: {there}.", f"Es gibt: {there}."))
    return refusal(http, error, 406, {"Link": links, "Vary": "Accept"})


async def _nothing_here(http: HttpRequest, _: Exception) -> Response:
    what = Text("There is nothing at this address.", "Unter dieser Adresse gibt es nichts.")
    fix = Text("Search for it, or begin at the home page.", "Suchen Sie danach, oder beginnen Sie auf der Startseite.")
    return refusal(http, NotFoundError(what, fix=fix), 404)


async def _not_so(http: HttpRequest, error: Exception) -> Response:
    what = Text(f"{http.method} is not possible here.", f"{http.method} ist hier nicht möglich.")
    allow = getattr(error, "headers", None) or {}
    return refusal(http, ParameterError(what, fix=Text("Use GET.", "Verwenden Sie GET.")), 405, dict(allow))


def query_hash(text: str) -> str:
    """Return a short mark of a query for the log, which never holds the query itself."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:12]


async def body_of(http: HttpRequest, limit: int) -> bytes | None:
    """Return the body of a request, or `None` where it is longer than the limit.

    Raises:
        TimeoutError: It does not come in time.
        ClientDisconnect: The client has gone.
    """
    parts, size = [], 0
    async with asyncio.timeout(BODY_SECONDS):
        async for part in http.stream():
            size += len(part)
            if size > limit:
                return None
            parts.append(part)
    return b"".join(parts)
