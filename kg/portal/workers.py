"""The pool of workers: child processes that answer one request each at a time, within limits that hold.

A request that overruns its time is answered with an error while its worker is killed and replaced; the same happens when the client goes away. A request that has
run for :data:`SLOW` seconds gives its worker a low priority and the pool a fresh worker in its place (up to as many slow ones as the pool has workers), so that
runaway queries leave cores and workers to short requests. pyoxigraph has no time-out and cannot be cancelled (oxigraph/oxigraph#1926): a process can.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from kg.errors import KgError, StoreError, Text
from kg.portal.frames import LENGTHS, packed
from kg.portal.page import Request
from kg.portal.render import BusyError
from kg.portal.settings import PortalSettings

SLOW = 0.5
"""Seconds after which a request is slow."""
ENDPOINT = "kg.portal.endpoint:"
"""Handlers of queries that anybody writes. However many are asked at once, they leave a worker and half of the queue to the pages."""
SLOW_PAGE = 3.0
"""The same for a page, whose work is bounded and mostly kept for the next one: on a busy machine a worker replaced after its first page would never be warm."""
LOW_PRIORITY = 15
"""Niceness of the worker of a slow request: about 3 % of a core that others want."""
GRACE = 0.2
"""Seconds that a request may go on after its client has gone, before its worker is killed."""
START = 60.0
"""Seconds a worker may need to start."""
RETRIES = 5
"""Failed starts in a row after which a pool gives up until it is asked again."""


class TimeLimitError(KgError):
    """A request has run into its time limit."""


class WorkerLostError(KgError):
    """A worker ended in the middle of a request, most often at its memory limit."""


@dataclass
class Answer:
    """What a worker has answered: the head of its frame, and the body or a file that holds it.

    Attributes:
        head: Status, media type, headers, rows, truncated.
        body: The body, unless it is in a file.
        file: Descriptor of a file with the body, or -1; whoever takes the answer closes it.
        size: Bytes of the body.
    """

    head: dict[str, Any]
    body: bytes = b""
    file: int = -1
    size: int = 0

    def close(self) -> None:
        """Close the file."""
        if self.file >= 0:
            os.close(self.file)
            self.file = -1


class Worker(asyncio.Protocol):
    """The front's end of one worker."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.slow = False
        self.query = False
        self.busy: asyncio.Future[Answer] | None = None
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None
        self._process: subprocess.Popen[bytes]
        self._files: socket.socket
        self.timer: asyncio.TimerHandle

    @classmethod
    async def start(cls, pool: Pool) -> Worker:
        """Start a process and wait until it has opened the graph.

        Raises:
            StoreError: It cannot.
        """
        worker = cls(pool)
        frames, far_frames = socket.socketpair()
        worker._files, far_files = socket.socketpair()
        worker._files.setblocking(False)
        ends = (far_frames.fileno(), far_files.fileno())
        worker._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "kg.portal.worker", *map(str, ends)], pass_fds=ends, stdin=subprocess.DEVNULL, start_new_session=True
        )
        far_frames.close()
        far_files.close()
        try:
            await asyncio.get_running_loop().connect_accepted_socket(lambda: worker, frames)
            answer = await asyncio.wait_for(worker.send(pool.config, b""), START)
        except asyncio.CancelledError:
            # The portal stops while this worker loads: it must not outlive the portal.
            worker.kill()
            raise
        except (TimeoutError, WorkerLostError) as error:
            worker.kill()
            what = Text("A worker process does not start.", "Ein Arbeitsprozess startet nicht.")
            raise StoreError(what, fix=Text("See the messages above on stderr.", "Siehe die Meldungen darüber auf stderr.")) from error
        if "failed" in answer.head:
            worker.kill()
            raise StoreError(Text(answer.head["failed"], answer.head["failed"]))
        return worker

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport (asyncio)."""
        # uvloop's transports are no subclass of asyncio's.
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Collect a frame and hand it to whoever waits (asyncio)."""
        self._buffer += data
        if len(self._buffer) < LENGTHS.size:
            return
        head_length, body_length = LENGTHS.unpack_from(self._buffer)
        end = LENGTHS.size + head_length + body_length
        if len(self._buffer) < end:
            return
        head = json.loads(self._buffer[LENGTHS.size : LENGTHS.size + head_length])
        body = bytes(self._buffer[LENGTHS.size + head_length : end])
        del self._buffer[:end]
        answer = Answer(head, body, size=len(body))
        if "file" in head:
            _, numbers, _, _ = socket.recv_fds(self._files, 1, 1)
            answer = Answer(head, b"", numbers[0], head["file"])
        if self.busy is not None and not self.busy.done():
            self.busy.set_result(answer)
        else:
            answer.close()
            self.pool.unclaimed(self)

    def connection_lost(self, _error: Exception | None) -> None:
        """Tell whoever waits that the process has ended (asyncio)."""
        if self.busy is not None and not self.busy.done():
            what = Text(
                "The request is too complex, or needs more memory than one request may use.",
                "Die Anfrage ist zu verschachtelt, oder sie braucht mehr Speicher, als eine Anfrage haben darf.",
            )
            fix = Text("Narrow the question down, or add a LIMIT.", "Grenzen Sie die Frage ein, oder setzen Sie ein LIMIT.")
            self.busy.set_exception(WorkerLostError(what, fix=fix))
        self.pool.lost(self)

    def send(self, head: dict[str, Any], body: bytes) -> asyncio.Future[Answer]:
        """Send a frame; the future is the answer."""
        self.busy = asyncio.get_running_loop().create_future()
        if self._transport is None or self._transport.is_closing():
            self.busy.set_exception(WorkerLostError(Text("A worker process has ended.", "Ein Arbeitsprozess ist beendet.")))
        else:
            self._transport.write(packed(head, body))
        return self.busy

    def lower(self) -> None:
        """Give the process a low priority, for good."""
        self.slow = True
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self._process.pid, LOW_PRIORITY)

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    def kill(self) -> None:
        """End the process at once and let go of its sockets."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL)
            # The process is ours and gone at once; waiting here leaves no zombie.
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(1)
        if self._transport is not None and not self._transport.is_closing():
            self._transport.close()
        self._files.close()


@dataclass
class Pool:
    """Workers on one graph.

    Attributes:
        settings: Limits.
        folder: Folder of the build (or mirror), or `None` for an endpoint alone.
        size: Workers that are kept ready.
        seconds: Wall-clock limit of a request.
        memory: Megabytes a request may use.
        prepare: Handlers a worker runs once before it is ready (loading the participations, for example).
        slow_after: Seconds after which a request is slow; `None` where all are expected to take long and a fresh worker costs more than a busy one.
    """

    settings: PortalSettings
    folder: Path | None
    size: int
    seconds: float
    memory: int
    prepare: Sequence[str] = ()
    slow_after: float | None = SLOW
    killed: int = 0
    refused: int = 0
    _idle: deque[Worker] = field(default_factory=deque)
    _all: set[Worker] = field(default_factory=set)
    _waiting: deque[asyncio.Future[Worker]] = field(default_factory=deque)
    _queries: deque[asyncio.Future[Worker]] = field(default_factory=deque)
    _starting: set[asyncio.Task[None]] = field(default_factory=set)
    _closed: bool = False
    _failures: int = 0

    @property
    def config(self) -> dict[str, Any]:
        """The first frame of a worker."""
        return {
            "settings": self.settings.to_json(),
            "folder": str(self.folder) if self.folder is not None else "",
            "memory": self.memory,
            "prepare": list(self.prepare),
            "lang": "en",
        }

    async def open(self) -> None:
        """Start the workers; at least one must come up.

        Raises:
            StoreError: None starts.
        """
        first = await Worker.start(self)
        self._all.add(first)
        self._free(first)
        self._replenish()

    @property
    def workers(self) -> list[Worker]:
        """The workers there are."""
        return list(self._all)

    @property
    def busy(self) -> int:
        """How many are at work."""
        return len(self._all) - len(self._idle)

    @property
    def waiting(self) -> int:
        """How many requests wait for a worker."""
        return len(self._waiting) + len(self._queries)

    async def ask(self, request: Request, *, compress: bool = False) -> Answer:
        """Return the answer of a worker.

        Raises:
            BusyError: Too many requests wait already, or none became free in time.
            TimeLimitError: The request ran into its limit; its worker was killed.
            WorkerLostError: The worker ended at its memory limit.
        """
        head = request.head()
        head["gzip"] = compress
        return await self.send(head, request.body)

    async def send(self, head: dict[str, Any], body: bytes = b"") -> Answer:
        """Send a head made by :meth:`Request.head` (see :meth:`ask`)."""
        handler = str(head.get("handler", ""))
        query = handler.startswith(ENDPOINT)
        worker = await self._queue(query) if not self._idle or (query and self._queries_full()) else self._idle.pop()
        worker.query = query
        loop = asyncio.get_running_loop()
        slow_after = self._patience(handler)
        # One timer for most requests: that of the limit begins only where a request is slow.
        if slow_after is not None and slow_after < self.seconds:
            worker.timer = loop.call_later(slow_after, self._slow, worker, self.seconds - slow_after)
        else:
            worker.timer = loop.call_later(self.seconds, self._overrun, worker)
        try:
            answer = await worker.send(head, body)
        except asyncio.CancelledError:
            loop.call_later(GRACE, self._late, worker, worker.busy)
            raise
        finally:
            worker.timer.cancel()
        if answer.head.get("retire"):
            self._drop(worker)
        else:
            self._done(worker)
        return answer

    def _patience(self, handler: str) -> float | None:
        page = handler.startswith("kg.portal.") and not handler.startswith(ENDPOINT)
        return max(self.slow_after, SLOW_PAGE) if page and self.slow_after is not None else self.slow_after

    def _queries_full(self) -> bool:
        return self.size > 1 and sum(worker.query for worker in self._all) >= 2 * self.size - 1

    async def _queue(self, query: bool) -> Worker:
        # Where no worker has come up several times in a row, waiting is in vain.
        dead = not self._all and self._failures >= RETRIES
        waiting = self._queries if query else self._waiting
        most = -(-self.settings.queue // 2) if query else self.settings.queue
        if self._closed or dead or len(waiting) >= most:
            self.refused += 1
            raise busy()
        self._replenish()
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[Worker] = loop.create_future()
        waiting.append(turn)
        late = loop.call_later(self.seconds, self._too_late, turn)
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self._free(turn.result())
            raise
        finally:
            late.cancel()

    def _too_late(self, turn: asyncio.Future[Worker]) -> None:
        """Refuse a request that has waited as long as it might have run."""
        if not turn.done():
            self.refused += 1
            turn.set_exception(busy())

    def _free(self, worker: Worker) -> None:
        worker.busy, worker.query = None, False
        self._idle.append(worker)
        self._pass_on()

    def _pass_on(self) -> None:
        """Give idle workers to those who wait: pages first, then queries as long as they may have one more."""
        while self._idle and (self._waiting or (self._queries and not self._queries_full())):
            query = not self._waiting
            turn = (self._queries if query else self._waiting).popleft()
            if not turn.done():
                worker = self._idle.pop()
                # Counted from now on, not only when the request goes on.
                worker.query = query
                turn.set_result(worker)

    def _done(self, worker: Worker) -> None:
        """Take a worker back: a slow one, whose priority stays low, is let go of."""
        if worker not in self._all:
            return
        if worker.slow or self._closed:
            self._drop(worker)
        else:
            self._free(worker)

    def _slow(self, worker: Worker, left: float) -> None:
        worker.timer = asyncio.get_running_loop().call_later(left, self._overrun, worker)
        worker.lower()
        self._replenish()

    def _overrun(self, worker: Worker) -> None:
        answered = worker.busy
        self.killed += 1
        if answered is not None and not answered.done():
            seconds = f"{self.seconds:g}"
            what = Text(f"The answer takes longer than {seconds} seconds.", f"Die Antwort dauert länger als {seconds} Sekunden.")
            fix = Text("Narrow the question down, or add a LIMIT.", "Grenzen Sie die Frage ein, oder setzen Sie ein LIMIT.")
            answered.set_exception(TimeLimitError(what, fix=fix))
        self._drop(worker)

    def _late(self, worker: Worker, abandoned: asyncio.Future[Answer] | None) -> None:
        """Kill the worker of a request whose client has gone, if it is still at it."""
        if worker in self._all and worker.busy is abandoned:
            self.killed += 1
            self._drop(worker)

    def unclaimed(self, worker: Worker) -> None:
        """Take back a worker whose answer nobody waits for any more."""
        self._done(worker)

    def _drop(self, worker: Worker) -> None:
        self._all.discard(worker)
        with contextlib.suppress(ValueError):
            self._idle.remove(worker)
        worker.kill()
        self._replenish()
        self._pass_on()

    def lost(self, worker: Worker) -> None:
        """Replace a worker whose process has ended."""
        if worker in self._all:
            self._drop(worker)

    def _replenish(self) -> None:
        """Start what is missing: `size` workers besides the slow ones, of which there are at most as many."""
        slow = sum(worker.slow for worker in self._all)
        wanted = self.size + min(slow, self.size)
        while not self._closed and len(self._all) + len(self._starting) < wanted and self._failures < RETRIES:
            task = asyncio.get_running_loop().create_task(self._start())
            self._starting.add(task)
            task.add_done_callback(self._starting.discard)

    async def _start(self) -> None:
        try:
            worker = await Worker.start(self)
        except (KgError, OSError) as error:
            self._failures += 1
            print(f"kg serve: {error}", file=sys.stderr)
            if self._failures == RETRIES:
                asyncio.get_running_loop().call_later(10, self._try_again)
            return
        self._failures = 0
        if self._closed:
            worker.kill()
            return
        self._all.add(worker)
        self._free(worker)

    def _try_again(self) -> None:
        self._failures = 0
        self._replenish()

    async def close(self, *, wait: float = 0.0) -> None:
        """Take no more requests, wait for those that run, and end the processes."""
        self._closed = True
        for turn in (*self._waiting, *self._queries):
            if not turn.done():
                turn.set_exception(busy())
        self._waiting.clear()
        self._queries.clear()
        for _ in range(int(wait * 20)):
            if not self.busy:
                break
            await asyncio.sleep(0.05)
        for task in list(self._starting):
            task.cancel()
        for worker in list(self._all):
            self._all.discard(worker)
            worker.kill()
        self._idle.clear()


def busy() -> BusyError:
    """Return the error of a portal that has too much to do."""
    what = Text("The portal has too much to do just now.", "Das Portal hat gerade zu viel zu tun.")
    return BusyError(what, fix=Text("Try again in a few seconds.", "Versuchen Sie es in einigen Sekunden wieder."))
