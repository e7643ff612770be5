"""`kg serve` in one process: uvicorn with limits on what a connection may do before it has asked anything.

uvicorn bounds idle keep-alive, but neither the time in which a request head must arrive nor its size (with httptools): a client that sends a byte a minute
would hold a connection for ever.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kg.errors import KgError, StoreError, Text
from kg.portal.app import CORS, CSP, SECURITY, make_app, with_headers
from kg.portal.front import Front
from kg.portal.settings import PortalSettings
from kg.portal.watching import Watching

HEAD_SECONDS = 10.0
"""Seconds in which the head of a request must have come."""
HEAD_BYTES = 128 * 1024
"""Bytes of a request's head: a query in a GET address may be long."""
IDLE_SECONDS = 1.0
"""Seconds after which a connection on which nothing happens may be ended for the sake of a new one."""
KEEP_ALIVE = 30
GRACEFUL = 10
BACKLOG = 2048


OPEN_FILES = 16_384
"""Descriptors the front may hold: connections, and the files of answers on their way."""
_HEADERS = {
    **SECURITY,
    **CORS,
    "Content-Security-Policy": CSP.format(ancestors="'none'"),
    "Content-Type": "text/plain; charset=utf-8",
    "Connection": "close",
}
_NO_HTTP = Text("The request is no valid HTTP.", "Die Anfrage ist kein gültiges HTTP.")
_TOO_LATE = Text("The request did not come in time.", "Die Anfrage kam nicht rechtzeitig.")
_TOO_LONG = Text("The head of the request is too long.", "Der Kopf der Anfrage ist zu lang.")
_FULL = Text("Too many connections; try again in a few seconds.", "Zu viele Verbindungen; versuchen Sie es in einigen Sekunden wieder.")


class Joined:
    """A transport that sends the head of a response together with the first part of its body: one system call less for each answer."""

    def __init__(self, transport: Any) -> None:
        self._transport = transport
        self._head = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Keep a head until something follows it; send everything else."""
        if not self._head and data.startswith(b"HTTP/1.1 ") and data.endswith(b"\r\n\r\n"):
            self._head = data
            return
        head, self._head = self._head, b""
        self._transport.write(head + data if head else data)

    def flush(self) -> None:
        """Send a head that nothing follows (HEAD, 204, 304)."""
        if self._head:
            head, self._head = self._head, b""
            self._transport.write(head)

    def close(self) -> None:
        """Send what is left and close."""
        self.flush()
        self._transport.close()


class GuardedProtocol(HttpToolsProtocol):
    """HTTP/1.1 that ends connections whose request head is slow or too long, and serves as many connections as are allowed.

    uvicorn by itself refuses every request while there are too many connections, whoever came first. Here those that came first are served; a new one
    takes the place of one on which nothing happens, or is refused.
    """

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for a head (asyncio)."""
        super().connection_made(transport)
        self.transport: Any = Joined(transport)
        limit, self.limit_concurrency = self.limit_concurrency, None
        self._head_bytes = 0
        self._idle_since = self.loop.time()
        self._head_timer: asyncio.TimerHandle | None = None
        self._full = limit is not None and len(self.connections) > limit and not self._room()
        self._await_head()
        if self._full and limit is not None and len(self.connections) > 2 * limit:
            self._refuse(b"503 Service Unavailable", _FULL, b"Retry-After: 2\r\n")

    def _room(self) -> bool:
        """End the connection that has waited longest without a request; tell whether there was one."""
        before = self.loop.time() - IDLE_SECONDS
        # All connections of this server are of this class (`serve`).
        idle = [one for one in self.connections if isinstance(one, GuardedProtocol) and one.idle_since < before]
        if not idle:
            return False
        min(idle, key=lambda one: one.idle_since).transport.close()
        return True

    @property
    def idle_since(self) -> float:
        """Time since when no request is being answered; infinite while one is, and once the connection is closing."""
        at_work = self.cycle is not None and not self.cycle.response_complete
        return float("inf") if at_work or self.transport.is_closing() else self._idle_since

    def _await_head(self) -> None:
        self._head_bytes = 0
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(HEAD_SECONDS, self._late)

    def _head_there(self) -> None:
        self._head_bytes = -1
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _late(self) -> None:
        self._head_timer = None
        self._refuse(b"408 Request Timeout", _TOO_LATE)

    def _refuse(self, status: bytes, what: Text, more: bytes = b"") -> None:
        """Answer before the application is asked. The language of the client is not known yet: the sentence stands in both."""
        if self.transport is not None and not self.transport.is_closing():
            body = f"{what.en}\n{what.de}\n".encode()
            headers = "".join(f"{name}: {value}\r\n" for name, value in {**_HEADERS, "Content-Length": len(body)}.items()).encode()
            self.transport.write(b"HTTP/1.1 " + status + b"\r\n" + more + headers + b"\r\n" + body)
            self.transport.close()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's sentence is English only
        """Refuse what is no HTTP (uvicorn), with the headers of every other answer."""
        self._refuse(b"400 Bad Request", _NO_HTTP)

    def _unsupported_upgrade_warning(self) -> None:
        """Pass over a wish for WebSockets: any client can send it, and an operator can do nothing about it."""

    def data_received(self, data: bytes) -> None:
        """Count the bytes of a head (asyncio)."""
        if self._full:
            self._refuse(b"503 Service Unavailable", _FULL, b"Retry-After: 2\r\n")
            return
        if self._head_bytes < 0 and (self.cycle is None or self.cycle.response_complete):
            # The next request on a connection that is kept alive.
            self._await_head()
        if self._head_bytes >= 0:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES:
                self._head_there()
                self._refuse(b"431 Request Header Fields Too Large", _TOO_LONG)
                return
        super().data_received(data)

    def on_headers_complete(self) -> None:
        """Stop the wait for the head (httptools)."""
        self._head_there()
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """Note since when nothing happens (uvicorn)."""
        self._idle_since = self.loop.time()
        self.transport.flush()
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timer (asyncio)."""
        self._head_there()
        super().connection_lost(exc)


def serve(settings: PortalSettings, host: str, port: int, *, announce: bool = True) -> None:
    """Serve until SIGINT or SIGTERM; running requests may end first.

    Raises:
        StoreError: The port cannot be had, or the graph cannot be opened.
    """
    _more_files()
    front = Front(settings, Watching())
    bound = _bind(host, port)
    config = uvicorn.Config(
        with_headers(make_app(settings, front), settings),
        http=GuardedProtocol,
        ws="none",
        lifespan="off",
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=GRACEFUL,
        limit_concurrency=settings.connections,
        backlog=BACKLOG,
        loop="auto",
    )
    server = _Server(config, front, announce, f"http://{f'[{host}]' if ':' in host else host}:{bound.getsockname()[1]}{settings.root_path}/")
    # uvicorn raises the signal that stopped it once more at its end; a stop on demand is no failure.
    signal.signal(signal.SIGTERM, lambda *_: None)
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[bound])
    if front.problem is not None:
        raise front.problem


class _Server(uvicorn.Server):
    """uvicorn's server that says where the portal is once it is ready."""

    def __init__(self, config: uvicorn.Config, front: Front, announce: bool, address: str) -> None:
        super().__init__(config)
        self._front, self._announce, self._address = front, announce, address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open the graph, listen, then say the address."""
        try:
            await self._front.start()
        except KgError:
            self.should_exit = True
            return
        await super().startup(sockets)
        if self.started and self._announce:
            print(self._address, flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let running requests end, then the workers."""
        if self.started:
            await super().shutdown(sockets)
        await self._front.stop()


def _more_files() -> None:
    """Raise the soft limit of open files: its usual 1,024 is less than the connections and answers that the settings allow."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _bind(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        bound = socket.socket(family, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
    except (OSError, OverflowError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        what = Text(f"The address cannot be used: {reason}.", f"Die Adresse ist nicht zu haben: {reason}.")
        fix = Text("Choose another --port or --host.", "Wählen Sie mit --port oder --host eine andere.")
        raise StoreError(what, where=f"{host}:{port}", fix=fix) from error
    bound.listen(BACKLOG)
    bound.set_inheritable(False)
    return bound
