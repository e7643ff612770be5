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
from kg.portal.app import make_app, with_headers
from kg.portal.front import Front
from kg.portal.settings import PortalSettings
from kg.portal.watching import Watching

HEAD_SECONDS = 10.0
"""Seconds in which the head of a request must have come."""
HEAD_BYTES = 128 * 1024
"""Bytes of a request's head: a query in a GET address may be long."""
KEEP_ALIVE = 30
GRACEFUL = 10
BACKLOG = 2048


class GuardedProtocol(HttpToolsProtocol):
    """HTTP/1.1 that ends connections whose request head is slow or too long."""

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for a head (asyncio)."""
        super().connection_made(transport)
        self._head_bytes = 0
        self._head_timer: asyncio.TimerHandle | None = None
        self._await_head()

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
        self._refuse(b"408 Request Timeout")

    def _refuse(self, status: bytes) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(b"HTTP/1.1 " + status + b"\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
            self.transport.close()

    def data_received(self, data: bytes) -> None:
        """Count the bytes of a head (asyncio)."""
        if self._head_bytes < 0 and (self.cycle is None or self.cycle.response_complete):
            # The next request on a connection that is kept alive.
            self._await_head()
        if self._head_bytes >= 0:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES:
                self._head_there()
                self._refuse(b"431 Request Header Fields Too Large")
                return
        super().data_received(data)

    def on_headers_complete(self) -> None:
        """Stop the wait for the head (httptools)."""
        self._head_there()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timer (asyncio)."""
        self._head_there()
        super().connection_lost(exc)


def serve(settings: PortalSettings, host: str, port: int, *, announce: bool = True) -> None:
    """Serve until SIGINT or SIGTERM; running requests may end first.

    Raises:
        StoreError: The port cannot be had, or the graph cannot be opened.
    """
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
